"""Delivery points as a layer: by trade, in few colours that the colour-blind tell apart (Okabe and Ito's)."""

from __future__ import annotations

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsRendererCategory,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication

from .describe import describe
from .symbols import dot

COLOUR = "#0f8a7e"
TRADES = {
    "retail": ("#009e73", ("47",)),
    "catering": ("#d55e00", ("55", "56")),
    "wholesale": ("#e69f00", ("45", "46", "49", "50", "51", "52", "53")),
    "health": ("#56b4e9", ("75", "86", "87", "88")),
    "making": ("#7b4f2e", tuple(f"{division:02}" for division in range(1, 44))),
    "services": ("#cc79a7", tuple(f"{division}" for division in (*range(58, 75), *range(77, 86), *range(90, 100)))),
}
"""Trade → colour and divisions of the NAF (rev. 2): retail 47, hotels and restaurants 55–56, wholesale, vehicles and transport 45–46 and
49–53, health 75 and 86–88, farming to building 01–43, offices and services the rest. Six, because more colours are not told apart; no dark
blue, which is that of bays."""
_OTHER = "#5f6b7a"
_ACTIVITY = ("apet700", "apen700", "codeape", "code_ape", "naf")


def style_delivery_points(layer: QgsVectorLayer, form: bool = False) -> None:
    """Dots by trade where the layer has the activity code, else of one colour: thousands are to be seen, not each of them."""
    field = next((name for name in _ACTIVITY for mine in layer.fields().names() if mine.lower() == name), None)
    name = next((mine for mine in layer.fields().names() if mine.lower() == field), None)
    layer.setRenderer(_by_trade(name) if name else QgsSingleSymbolRenderer(dot(COLOUR, 2.0, 0.8)))
    if form:
        describe(layer, "delivery_points", _tr("Delivery points"), form)
    layer.setName(_tr("Delivery points"))
    layer.triggerRepaint()


def _by_trade(field: str) -> QgsCategorizedSymbolRenderer:
    labels = {
        "retail": _tr("Retail trade"),
        "catering": _tr("Hotels, cafés, restaurants"),
        "wholesale": _tr("Wholesale, vehicles, transport"),
        "health": _tr("Health and care"),
        "making": _tr("Farming, industry, building"),
        "services": _tr("Offices and services"),
    }
    cases = []
    for trade, (_, divisions) in TRADES.items():
        listed = ", ".join(f"'{division}'" for division in divisions)
        cases.append(f"WHEN left(\"{field}\", 2) IN ({listed}) THEN '{trade}'")
    categories = [QgsRendererCategory(trade, dot(colour, 2.0, 0.8), labels[trade]) for trade, (colour, _) in TRADES.items()]
    categories.append(QgsRendererCategory(None, dot(_OTHER, 1.8, 0.7), _tr("Activity not known")))
    return QgsCategorizedSymbolRenderer(f"CASE {' '.join(cases)} END", categories)


def _tr(text: str) -> str:
    return QCoreApplication.translate("DeliveryPointsLayer", text)
