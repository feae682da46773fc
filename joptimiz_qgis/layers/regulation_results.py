"""Results about orders as layers: what a control has found, where rules change between neighbours."""

from __future__ import annotations

from qgis.core import QgsCategorizedSymbolRenderer, QgsRendererCategory, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.survey.findings import SEVERITIES, SEVERITY_TITLES
from ..toolkit.survey.harmonisation import ASPECT_TITLES
from .symbols import dot

_SEVERITY_COLOURS = dict(zip(SEVERITIES, ("#c8442f", "#d98200", "#5f6b7a")))
_ASPECT_COLOURS = {
    "rule": "#000000", "weight": "#d55e00", "vehicles": "#0072b2", "hours": "#cc79a7", "exemptions": "#009e73", "size": "#e69f00",
    "one_side": "#56b4e9",
}  # fmt: skip


def style_findings(layer: QgsVectorLayer) -> None:
    """One colour a severity."""
    categories = [
        QgsRendererCategory(str(SEVERITY_TITLES[key]), dot(colour, 3.2, 2.2), str(SEVERITY_TITLES[key])) for key, colour in _SEVERITY_COLOURS.items()
    ]
    layer.setRenderer(QgsCategorizedSymbolRenderer("severity", categories))
    titles = {
        "severity": _tr("Severity"), "kind": _tr("What"), "key": _tr("Order"), "line": _tr("Line"), "field": _tr("Field"), "value": _tr("Value"),
        "problem": _tr("What is the matter"), "expected": _tr("Expected"), "proposal": _tr("Proposed"), "code": _tr("Code"),
        "related": _tr("Other orders"), "longitude": _tr("Longitude (°)"), "latitude": _tr("Latitude (°)"),
    }  # fmt: skip
    _name(layer, _tr("Findings on orders"), titles)
    layer.setDisplayExpression('"problem"')


def style_differences(layer: QgsVectorLayer) -> None:
    """One colour for each thing that changes; they differ for the colour-blind too."""
    categories = [QgsRendererCategory(key, dot(colour, 3.6, 2.4), str(ASPECT_TITLES[key])) for key, colour in _ASPECT_COLOURS.items()]
    layer.setRenderer(QgsCategorizedSymbolRenderer("aspect", categories))
    titles = {
        "voie": _tr("Street"), "aspect": _tr("Code"), "sujet": _tr("What changes"),
        "valeur_a": _tr("On one side"), "valeur_b": _tr("On the other side"),
        "arretes_a": _tr("Order on one side"), "arretes_b": _tr("Order on the other side"), **_town_titles(),
    }  # fmt: skip
    _name(layer, _tr("Differences at the boundaries"), titles)
    tip = '<b>[% "voie" %]</b><br>[% "sujet" %]<br>[% "commune_a" %] : [% "valeur_a" %]<br>[% "commune_b" %] : [% "valeur_b" %]'
    layer.setMapTipTemplate(tip)
    layer.setDisplayExpression("coalesce(\"voie\", '') || ' – ' || coalesce(\"sujet\", '')")


def describe_pairs(layer: QgsVectorLayer) -> None:
    """Titles of the table of pairs."""
    titles = {
        **_town_titles(), "voies": _tr("Streets compared"), "voies_differentes": _tr("Streets that differ"), "differences": _tr("Differences"),
        **{key: str(title) for key, title in ASPECT_TITLES.items()},
    }  # fmt: skip
    _name(layer, _tr("Pairs of municipalities"), titles)


def _town_titles() -> dict[str, str]:
    return {
        "commune_a": _tr("Municipality"), "insee_a": _tr("INSEE code"), "commune_b": _tr("Neighbour"), "insee_b": _tr("INSEE code of the neighbour"),
    }  # fmt: skip


def _name(layer: QgsVectorLayer, title: str, titles: dict[str, str]) -> None:
    layer.setName(title)
    for name, text in titles.items():
        index = layer.fields().indexOf(name)
        if index >= 0:
            layer.setFieldAlias(index, text)
    layer.triggerRepaint()


def _tr(text: str) -> str:
    return QCoreApplication.translate("RegulationsLayer", text)
