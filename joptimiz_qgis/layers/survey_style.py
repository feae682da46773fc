"""How a survey looks on a tablet: bays by the state of their visit, sectors and municipalities with how far the work has come.

Counts are plain expressions on the layer of bays, by its name: they are right on any device, at once, and need nothing of ours.
"""

from __future__ import annotations

from qgis.core import (
    Qgis,
    QgsCategorizedSymbolRenderer,
    QgsFillSymbol,
    QgsPalLayerSettings,
    QgsProperty,
    QgsRendererCategory,
    QgsRuleBasedRenderer,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsUnitTypes,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QColor, QFont

from ..toolkit.survey.project import NEW, NOT_FOUND, SECTOR, SEEN, STATUS, TO_SEE
from .symbols import WHITE, mark

_MARK_MM = 5.0
_FONTS = ["Arial", "DejaVu Sans"]
"""QGIS tries to download a family that it knows and does not find (Open Sans, Roboto), and complains without network; these it never does."""
STATE_COLOURS = {TO_SEE: "#e66101", SEEN: "#12897c", NOT_FOUND: "#6b6b6b", NEW: "#5e3c99"}
"""Told apart by colour-blind readers; what was not found has its own mark besides."""
_DONE = ((1.0, "#12897c", 70), (0.5, "#6cc3b8", 55), (0.0, "#f4d9a8", 45))
"""Share seen at least, colour, opacity (of 255)."""


def style_bays(layer: QgsVectorLayer) -> None:
    """Marks by the state of the visit, those still to be seen above the others."""
    labels = {TO_SEE: _tr("To see"), SEEN: _tr("Seen"), NOT_FOUND: _tr("Not found"), NEW: _tr("New")}
    categories = []
    for state, label in labels.items():
        icon = "bay_closed" if state == NOT_FOUND else "bay"
        categories.append(QgsRendererCategory(state, mark(icon, _MARK_MM, STATE_COLOURS[state], WHITE, 2.2), label))
    layer.setRenderer(QgsCategorizedSymbolRenderer(STATUS, categories))


def style_sectors(layer: QgsVectorLayer, bays: str) -> None:
    """Sectors filled by the share of their bays that was seen, and labelled with it."""
    seen, known = _counts(bays, f'"{SECTOR}" = attribute(@parent, \'secteur\')')
    share = f"({seen}) / nullif({known}, 0)"
    root = QgsRuleBasedRenderer.Rule(None)
    texts = (_tr("Sector finished"), _tr("Half of the sector seen"), _tr("Sector to see"))
    below = None
    for (least, colour, opacity), text in zip(_DONE, texts):
        upper = "" if below is None else f" AND coalesce({share}, 0) < {below:g}"
        fill = QColor(colour)
        fill.setAlpha(opacity)
        symbol = QgsFillSymbol.createSimple({"outline_color": "#17375e", "outline_width": "0.6", "joinstyle": "round"})
        symbol.symbolLayer(0).setFillColor(fill)
        root.appendChild(QgsRuleBasedRenderer.Rule(symbol, filterExp=f"coalesce({share}, 0) >= {least:g}{upper}", label=text))
        below = least
    layer.setRenderer(QgsRuleBasedRenderer(root))
    title = _tr("Sector")
    text = f"'{title} ' || \"secteur\" || coalesce(' – ' || \"agent\", '') || '\\n' || ({seen}) || ' / ' || ({known})"
    _label(layer, text, 10, "#17375e")


def style_communes(layer: QgsVectorLayer, bays: str) -> None:
    """Outlines with names and how many bays were seen, for a look from afar."""
    layer.setRenderer(_outlines())
    # The commune's own name is what surveyors see in the form; a point on a border counts in both.
    seen, known = _counts(bays, "intersects($geometry, geometry(@parent))")
    _label(layer, f"\"nom\" || '\\n' || ({seen}) || ' / ' || ({known})", 9, "#56616e", far=25_000)


def _counts(bays: str, of_area: str) -> tuple[str, str]:
    """Expressions: bays of an area that were dealt with (seen, not found, new), and all of them."""
    done = f"{of_area} AND \"{STATUS}\" <> '{TO_SEE}'"
    return tuple(f"coalesce(aggregate('{bays}', 'count', \"uuid\", {which}), 0)" for which in (done, of_area))  # type: ignore[return-value]


def _outlines() -> QgsRuleBasedRenderer:
    root = QgsRuleBasedRenderer.Rule(None)
    outline = {"style": "no", "outline_color": "#56616e", "outline_width": "0.8", "outline_style": "dash", "joinstyle": "round"}
    root.appendChild(QgsRuleBasedRenderer.Rule(QgsFillSymbol.createSimple(outline), label=_tr("Municipality")))
    return QgsRuleBasedRenderer(root)


def _label(layer: QgsVectorLayer, expression: str, size: float, colour: str, far: float = 0) -> None:
    settings = QgsPalLayerSettings()
    settings.isExpression = True
    settings.fieldName = expression
    settings.placement = Qgis.LabelPlacement.Horizontal
    settings.multilineAlign = Qgis.LabelMultiLineAlignment.Center
    style = QgsTextFormat()
    font = QFont(_FONTS[0])
    font.setFamilies(_FONTS)
    style.setFont(font)
    style.setFamilies(_FONTS)
    style.setSize(size)
    style.setSizeUnit(QgsUnitTypes.RenderUnit.RenderPoints)
    style.setColor(QColor(colour))
    halo = QgsTextBufferSettings()
    halo.setEnabled(True)
    halo.setSize(1.0)
    halo.setColor(QColor(WHITE))
    style.setBuffer(halo)
    settings.setFormat(style)
    if far:  # names of municipalities would stand upon those of the sectors
        shown = QgsProperty.fromExpression(f"@map_scale > {far:g}")
        properties = settings.dataDefinedProperties()
        properties.setProperty(QgsPalLayerSettings.Property.Show, shown)
        settings.setDataDefinedProperties(properties)
    layer.setLabeling(QgsVectorLayerSimpleLabeling(settings))
    layer.setLabelsEnabled(True)


def _tr(text: str) -> str:
    return QCoreApplication.translate("SurveyStyle", text)
