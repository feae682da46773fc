"""Perimeters: hatches of an angle a kind, in the Games' colours, so that several upon each other can be told apart, on paper too."""

from __future__ import annotations

from typing import NamedTuple

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsFeatureRequest,
    QgsRendererCategory,
    QgsSymbol,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.messages import language
from ..toolkit.schema.table import kinds
from .describe import describe
from .labels import label_near
from .symbols import WHITE, cased_line, hatched_area, is_line

_DARK = "#4a4f57"


class Look(NamedTuple):
    """How a kind is drawn: colour, angle of the hatch in degrees (None: none), distance of the hatches in mm."""

    colour: str
    angle: float | None
    spacing: float = 3.0
    casing: str = WHITE
    dots: bool = False
    dash: tuple[float, ...] = ()


LOOKS = {
    "Rouge": Look("#c8442f", 45),
    "Bleu": Look("#2f6fc8", 135),
    "Gris": Look("#5f6b7a", 0, 2.4),
    "Blanc": Look("#ffffff", 90, 3.0, _DARK),
    "ZFE": Look("#2e8b57", 160, 7.0, dash=(6, 2)),
    "Voie spéciale": Look("#0f8a7e", None),
    "ZTL": Look("#6a4c93", 20, 3.6),
    "Aire piétonne": Look("#b86a00", None, 2.6, dots=True),
    "Arrêté": Look("#8c510a", 70, 4.0, dash=(3, 1.5)),
    "Commune": Look("#17375e", None, dash=(8, 2, 1, 2)),
    "Autre": Look("#333333", 110, 4.5),
}
UNKNOWN = Look("#333333", None, dash=(1, 1.5))
PERIMETER_COLOURS = {kind: look.colour for kind, look in LOOKS.items()}


def style_perimeters(layer: QgsVectorLayer, form: bool = False, title: str = "") -> None:
    """Hatches by kind; a layer that holds some shows these in its legend, an empty one and that of a workspace (`form`) all."""
    titles = {row["key"]: row[language()] for row in kinds("perimeter_kinds")}
    found = {str(kind) for kind in layer.uniqueValues(layer.fields().indexOf("type_peri")) if kind}
    shown = [kind for kind in titles if form or not found or kind in found]
    if is_line(layer) and form:
        shown = [kind for kind in shown if kind in {"Voie spéciale", "Arrêté", "Autre"} | found]
    shown += sorted(found - set(shown))
    categories = [QgsRendererCategory(kind, symbol_of(layer, LOOKS.get(kind, UNKNOWN)), titles.get(kind, kind)) for kind in shown]
    categories.append(QgsRendererCategory(None, symbol_of(layer, UNKNOWN), _tr("Kind not known")))
    renderer = QgsCategorizedSymbolRenderer("type_peri", categories)
    if not is_line(layer):  # the smaller ones on top, or a large one hides their outlines
        renderer.setOrderBy(QgsFeatureRequest.OrderBy([QgsFeatureRequest.OrderByClause("area(@geometry)", False)]))
        renderer.setOrderByEnabled(True)
    layer.setRenderer(renderer)
    describe(layer, "perimeters", title, form)
    label_near(layer, "nom", wrap=24)
    layer.triggerRepaint()


def symbol_of(layer: QgsVectorLayer, look: Look) -> QgsSymbol:
    """`look` as a symbol for the geometry of `layer`."""
    if is_line(layer):
        return cased_line(look.colour, 1.2, look.casing, 1.0)
    return hatched_area(look.colour, look.angle, look.spacing, look.casing, look.dots, look.dash)


def _tr(text: str) -> str:
    return QCoreApplication.translate("PerimetersLayer", text)
