"""Layers that hold a firm's data: found in a project, and kept out of whatever is packed or published."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from qgis.core import QgsVectorLayer

from ..toolkit.errors import ParameterError
from .customers import is_company_data

if TYPE_CHECKING:
    from qgis.core import QgsMapLayer, QgsProject


_KEY = "jz_cle"


def holds_customers(layer: QgsMapLayer) -> bool:
    """Whether a layer is marked, or has the key that every import writes: somebody opened the file, or a copy, by hand."""
    return is_company_data(layer) or (isinstance(layer, QgsVectorLayer) and layer.fields().lookupField(_KEY) >= 0)


def company_layers(project: QgsProject) -> list[QgsMapLayer]:
    """The layers of `project` that hold a firm's customers."""
    return [layer for layer in project.mapLayers().values() if holds_customers(layer)]


def refuse_company_layers(layers: Iterable[QgsMapLayer]) -> None:
    """Raise `ParameterError` where one of `layers` holds a firm's customers: before a project is packed for the field, or published.

    Raises
    ------
    ParameterError
        Names the layers.
    """
    found = [layer.name() for layer in layers if holds_customers(layer)]
    if found:
        raise ParameterError(
            "“{names}” holds a firm’s customers, which go into no package and no publication. Leave it out, or remove it from the project first.",
            names="”, “".join(found),
        )
