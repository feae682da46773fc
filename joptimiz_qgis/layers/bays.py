"""Delivery bays as a layer: by kind, a form in French with the national enumerations."""

from __future__ import annotations

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsEditorWidgetSetup,
    QgsMarkerSymbol,
    QgsRendererCategory,
    QgsSvgMarkerSymbolLayer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QColor

from ..paths import icon_path
from ..toolkit.schema import load_table

MARKING_YELLOW = "#f5b800"
KIND_COLOURS = {
    "aire permanente": "#17375e",
    "aire périodique": "#3d7ab8",
    "zone marchandises": "#6a4c93",
}
OTHER_COLOUR = "#5f6b7a"
_MARKER_MM = 4.0


def style_bays(layer: QgsVectorLayer) -> None:
    """Symbols by kind of bay, aliases with units, lists for the enumerations, name."""
    layer.setRenderer(_renderer())
    for field in load_table("bays").fields:
        index = layer.fields().indexOf(field.name)
        if index < 0:
            continue
        layer.setFieldAlias(index, field.title)
        if field.enum and field.type == "string":
            choices = [{value: value} for value in field.enum]
            layer.setEditorWidgetSetup(index, QgsEditorWidgetSetup("ValueMap", {"map": choices}))
    layer.setName(_tr("Delivery bays"))
    layer.setDisplayExpression('coalesce("adresse", "id")')
    layer.triggerRepaint()


def _renderer() -> QgsCategorizedSymbolRenderer:
    labels = {
        "aire permanente": _tr("Permanent bay"),
        "aire périodique": _tr("Periodic bay"),
        "zone marchandises": _tr("Goods area"),
    }
    categories = [QgsRendererCategory(kind, _mark(colour), labels[kind]) for kind, colour in KIND_COLOURS.items()]
    categories.append(QgsRendererCategory(None, _mark(OTHER_COLOUR), _tr("Kind not known")))
    return QgsCategorizedSymbolRenderer("type", categories)


def _mark(colour: str) -> QgsMarkerSymbol:
    return svg_marker("bay", _MARKER_MM, colour, MARKING_YELLOW)


def svg_marker(icon: str, size_mm: float, fill: str, outline: str) -> QgsMarkerSymbol:
    """One of the plugin's marks as a marker symbol."""
    marker = QgsSvgMarkerSymbolLayer(icon_path(icon), size_mm)
    marker.setFillColor(QColor(fill))
    marker.setStrokeColor(QColor(outline))
    symbol = QgsMarkerSymbol()
    symbol.changeSymbolLayer(0, marker)  # takes ownership, which the constructor with a list does not
    return symbol


def _tr(text: str) -> str:
    return QCoreApplication.translate("BaysLayer", text)
