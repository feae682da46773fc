"""Layers that hold a firm's data: found in a project, and kept out of whatever is packed or published."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from qgis.core import QgsVectorLayer

from ..toolkit.company.privacy import has_our_columns, refuse_company
from .customers import is_company_data

if TYPE_CHECKING:
    from qgis.core import QgsMapLayer, QgsProject


def holds_customers(layer: QgsMapLayer) -> bool:
    """Whether a layer is marked, or has columns that imports and enrichments write: somebody opened the file, or a copy, by hand."""
    return is_company_data(layer) or (isinstance(layer, QgsVectorLayer) and has_our_columns(layer.fields().names()))


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
    refuse_company([layer.name() for layer in layers if holds_customers(layer)])
