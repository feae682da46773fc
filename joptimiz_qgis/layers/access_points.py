"""Access points: the way in, the way out, or both."""

from __future__ import annotations

from qgis.core import QgsCategorizedSymbolRenderer, QgsRendererCategory, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication

from .describe import describe
from .symbols import WHITE, mark

COLOURS = {"entrée": "#0072b2", "sortie": "#c8442f", "entrée-sortie": "#17375e"}
_ICONS = {"entrée": "access_in", "sortie": "access_out", "entrée-sortie": "access_both"}
_OTHER = "#4a4f57"
_SIZE_MM = 4.6


def style_access_points(layer: QgsVectorLayer, form: bool = False) -> None:
    """One mark a way through; colours that differ for the colour-blind too, and arrows that differ anyway."""
    labels = {"entrée": _tr("Way in"), "sortie": _tr("Way out"), "entrée-sortie": _tr("Way in and out")}
    categories = [
        QgsRendererCategory(way, mark(_ICONS[way], _SIZE_MM, colour, WHITE, 2.0), labels[way]) for way, colour in COLOURS.items()
    ]
    categories.append(QgsRendererCategory(None, mark("access_point", _SIZE_MM, _OTHER, WHITE, 2.0), _tr("Way not known")))
    layer.setRenderer(QgsCategorizedSymbolRenderer("type", categories))
    describe(layer, "access_points", form=form)
    layer.triggerRepaint()


def _tr(text: str) -> str:
    return QCoreApplication.translate("AccessPointsLayer", text)
