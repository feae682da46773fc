"""Delivery bays as a layer: by kind and by state, a form in French with the national enumerations."""

from __future__ import annotations

from qgis.core import QgsCategorizedSymbolRenderer, QgsMarkerSymbol, QgsRendererCategory, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication

from .describe import describe
from .symbols import WHITE, mark

MARKING_YELLOW = "#f5b800"
KIND_COLOURS = {
    "aire permanente": "#17375e",
    "aire périodique": "#3d7ab8",
    "zone marchandises": "#6a4c93",
}
OTHER_COLOUR = "#5f6b7a"
OUT_OF_SERVICE = "hors service"
WITHOUT_HOURS = "aire périodique, horaires non connus"
_MARKER_MM = 4.0


def style_bays(layer: QgsVectorLayer, form: bool = False) -> None:
    """Symbols by kind and state of bay, aliases with units, lists for the enumerations, name."""
    layer.setRenderer(_renderer(layer))
    describe(layer, "bays", _tr("Delivery bays"), form)
    if layer.fields().indexOf("adresse") >= 0:
        layer.setDisplayExpression('coalesce("adresse", "id")')
    layer.triggerRepaint()


def _renderer(layer: QgsVectorLayer) -> QgsCategorizedSymbolRenderer:
    labels = {
        "aire permanente": _tr("Permanent bay"),
        "aire périodique": _tr("Periodic bay"),
        "zone marchandises": _tr("Goods area"),
    }
    categories = [QgsRendererCategory(kind, _mark("bay", colour), labels[kind]) for kind, colour in KIND_COLOURS.items()]
    without = mark("bay_no_hours", _MARKER_MM, KIND_COLOURS["aire périodique"], WHITE)
    categories.append(QgsRendererCategory(WITHOUT_HOURS, without, _tr("Periodic bay, hours not known")))
    closed = mark("bay_closed", _MARKER_MM, OTHER_COLOUR, WHITE, 1.4)
    categories.append(QgsRendererCategory(OUT_OF_SERVICE, closed, _tr("Bay out of service")))
    categories.append(QgsRendererCategory(None, _mark("bay", OTHER_COLOUR), _tr("Kind not known")))
    return QgsCategorizedSymbolRenderer(_state(layer), categories)


def _state(layer: QgsVectorLayer) -> str:
    """Kind and state of a bay as one value; a layer that lacks a field is drawn by what it has."""
    names = set(layer.fields().names())
    cases = []
    if "active" in names:
        cases.append(f"WHEN \"active\" = false THEN '{OUT_OF_SERVICE}'")
    hours = [f'"{name}"' for name in ("temporalite_osm", "temporalite_defaut") if name in names]
    if hours and "type" in names:
        cases.append(f"WHEN \"type\" = 'aire périodique' AND coalesce({', '.join(hours)}, '') = '' THEN '{WITHOUT_HOURS}'")
    kind = '"type"' if "type" in names else "NULL"
    return f"CASE {' '.join(cases)} ELSE {kind} END" if cases else kind


def _mark(icon: str, colour: str) -> QgsMarkerSymbol:
    return mark(icon, _MARKER_MM, colour, MARKING_YELLOW)


def _tr(text: str) -> str:
    return QCoreApplication.translate("BaysLayer", text)
