"""What applies at a moment as a layer."""

from __future__ import annotations

from qgis.core import QgsCategorizedSymbolRenderer, QgsFillSymbol, QgsLineSymbol, QgsRendererCategory, QgsSymbol, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication

from .describe import describe
from .symbols import is_line

APPLYING_COLOURS = {"true": "#c8442f", "false": "#8a97a6", "": "#d98200"}


def style_applying(layer: QgsVectorLayer) -> None:
    """By what is known of the moment: active, not active, not known; never one of the last two as the first."""
    labels = {"true": _tr("Active"), "false": _tr("Not active"), "": _tr("Not known")}
    categories = [QgsRendererCategory(value, _outline(layer, APPLYING_COLOURS[value]), label) for value, label in labels.items()]
    layer.setRenderer(QgsCategorizedSymbolRenderer("CASE WHEN \"active\" IS NULL THEN '' WHEN \"active\" THEN 'true' ELSE 'false' END", categories))
    describe(layer, "perimeters", _tr("What applies"))
    layer.triggerRepaint()


def _outline(layer: QgsVectorLayer, colour: str) -> QgsSymbol:
    if is_line(layer):
        return QgsLineSymbol.createSimple({"color": colour, "width": "1.2"})
    return QgsFillSymbol.createSimple({"style": "no", "outline_color": colour, "outline_width": "0.7", "outline_style": "dash"})


def _tr(text: str) -> str:
    return QCoreApplication.translate("VisualizLayer", text)
