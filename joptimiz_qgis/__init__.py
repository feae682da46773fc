"""JOPTIMIZ for QGIS. Importing the package imports neither QGIS nor the toolkit's libraries."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from .plugin import JoptimizPlugin


def classFactory(iface: QgisInterface) -> JoptimizPlugin:  # noqa: N802 - the name that QGIS calls
    """Make the plugin (called by QGIS)."""
    from .plugin import JoptimizPlugin

    return JoptimizPlugin(iface)
