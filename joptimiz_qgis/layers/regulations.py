"""Goods-traffic orders: drawn by what they do, with a form whose lists are check boxes and whose link to the order's text can be clicked.

The two widgets of our own (`LIST_WIDGET`, `HOURS_WIDGET`) are there while the plugin is; a project opened without it shows text in
their place, and the constraints, which are plain expressions, still say what is expected. What is stored is the schema's own text.
"""

from __future__ import annotations

from collections.abc import Mapping

from qgis.core import (
    Qgis,
    QgsAction,
    QgsCategorizedSymbolRenderer,
    QgsDefaultValue,
    QgsEditorWidgetSetup,
    QgsFieldConstraints,
    QgsRendererCategory,
    QgsSymbol,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.messages import language
from ..toolkit.read.order_values import NATIONAL_VEHICLES
from ..toolkit.schema import load_table
from ..toolkit.schema.table import kinds
from .describe import describe
from .labels import label_near
from .symbols import WHITE, cased_line, hatched_area, is_line

LIST_WIDGET, HOURS_WIDGET = "JoptimizList", "JoptimizHours"
TABLE = "regulations"
COLOURS = {"Interdit": "#8c510a", "Autorise": "#01665e"}
_OTHER = "#4a4f57"
_LISTS = ("veh_types", "veh_motors", "veh_cqas")
_USES = ("veh_usages", "sauf_veh_usages")
_OPEN_URL = "joptimiz_open_order"


def style_regulations(layer: QgsVectorLayer, form: bool = False, title: str = "") -> None:
    """Brown where an order forbids, green where it allows; streets as lines, areas hatched."""
    labels = {"Interdit": _tr("Forbids"), "Autorise": _tr("Allows")}
    categories = [QgsRendererCategory(key, _symbol(layer, colour, 70 if key == "Interdit" else 20), labels[key]) for key, colour in COLOURS.items()]
    categories.append(QgsRendererCategory(None, _symbol(layer, _OTHER, 0), _tr("Not said")))
    layer.setRenderer(QgsCategorizedSymbolRenderer("regl_modalite", categories))
    describe(layer, TABLE, title, form)
    layer.setDisplayExpression('coalesce("emprise_designation", "emprise_zone", "coll_nom", "id")')
    if form:
        _complete_form(layer)
        _offer_text(layer)
    label_near(layer, "emprise_designation", _LABEL)
    layer.triggerRepaint()


def _symbol(layer: QgsVectorLayer, colour: str, angle: float) -> QgsSymbol:
    return cased_line(colour, 1.3, WHITE, 1.0) if is_line(layer) else hatched_area(colour, angle, 4.0, WHITE, dash=(3, 1.5))


# -- the form -----------------------------------------------------------------------------------------------------


def _complete_form(layer: QgsVectorLayer) -> None:
    """What the schema's description alone does not say: lists in one cell, pairs of fields, links, hours."""
    table = load_table(TABLE)
    for name in _LISTS:
        values = list(NATIONAL_VEHICLES if name == "veh_types" else table[name].enum)
        _set_list(layer, name, values, open_list=name == "veh_types")
        allowed = ", ".join("'{}'".format(value.replace("'", "''")) for value in values)
        text = f"\"{name}\" IS NULL OR array_all(array({allowed}), string_to_array(\"{name}\", '|'))"
        _expect(layer, name, text, _tr("Values of the list, separated by |: {values}").format(values=", ".join(values)))
    for name in _USES:
        _set_list(layer, name, [row["key"] for row in kinds("vehicle_uses")], open_list=True)
    _expect(layer, "veh_tonnage", _WEIGHT_RULE, _tr("From 0 to 45 t; a weight goes with a direction (“jusqu'à” or “à partir de”)."))
    _expect(layer, "veh_tonnage_modalite", _PAIR_RULE, _tr("A direction goes with a weight."))
    hours = _tr("In the syntax of OpenStreetMap: Mo-Fr 08:00-12:00; Sa 08:00-10:00; PH off (Mo Monday … Su Sunday, PH public holidays).")
    _expect(layer, "periode_jh", _HOURS_RULE, hours)
    _expect(layer, "arr_url", _URL_RULE, _tr("An address that begins with https:// or http://."))
    _widget(layer, "periode_jh", HOURS_WIDGET, {})
    _widget(layer, "arr_url", "ExternalResource", _LINK)
    index = layer.fields().indexOf("geom_origine")
    if index >= 0:
        layer.setDefaultValueDefinition(index, QgsDefaultValue(_ORIGIN, True))


_LINK = {
    "UseLink": True, "FullUrl": True, "FileWidget": True, "FileWidgetButton": False, "StorageMode": 0, "RelativeStorage": 0, "DocumentViewer": 0,
}  # fmt: skip
_PAIR_RULE = '("veh_tonnage" IS NULL) = ("veh_tonnage_modalite" IS NULL)'
_WEIGHT_RULE = f'"veh_tonnage" IS NULL OR ("veh_tonnage" >= 0 AND "veh_tonnage" <= 45 AND {_PAIR_RULE})'
_HOURS_RULE = (
    "\"periode_jh\" IS NULL OR (regexp_match(\"periode_jh\", '24/7|:[0-5][0-9]|sun(rise|set)|(Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)') > 0 "
    "AND regexp_match(lower(\"periode_jh\"), '[0-9] ?h|lun|mar[.di]|mer[.c]|jeu|ven|sam|dim|férié') = 0)"
)
_URL_RULE = "\"arr_url\" IS NULL OR regexp_match(\"arr_url\", '^https?://[^ ]+$') > 0"
_ORIGIN = (
    "CASE WHEN @geometry IS NULL OR is_empty(@geometry) THEN 'à localiser' "
    "WHEN coalesce(\"geom_origine\", 'à localiser') = 'à localiser' THEN 'dessinée' ELSE \"geom_origine\" END"
)
"""An order that is given a geometry in QGIS is no longer one to be located."""


def _set_list(layer: QgsVectorLayer, name: str, values: list[str], open_list: bool) -> None:
    titles = {row["key"]: row[language()] for table in ("vehicle_kinds", "vehicle_uses") for row in kinds(table)}
    shown = [titles.get(value, value)[:1].upper() + titles.get(value, value)[1:] for value in values]
    _widget(layer, name, LIST_WIDGET, {"values": values, "titles": shown, "separator": "|", "open": open_list})


def _widget(layer: QgsVectorLayer, name: str, kind: str, config: Mapping[str, object]) -> None:
    index = layer.fields().indexOf(name)
    if index >= 0:
        layer.setEditorWidgetSetup(index, QgsEditorWidgetSetup(kind, dict(config)))


def _expect(layer: QgsVectorLayer, name: str, expression: str, said: str) -> None:
    """A warning in the form, never a refusal."""
    index = layer.fields().indexOf(name)
    if index >= 0:
        layer.setConstraintExpression(index, expression, said)
        strength = QgsFieldConstraints.ConstraintStrength.ConstraintStrengthSoft
        layer.setFieldConstraint(index, QgsFieldConstraints.Constraint.ConstraintExpression, strength)


def _offer_text(layer: QgsVectorLayer) -> None:
    """The order's text one click away: from the map, the table and the form."""
    actions = layer.actions()
    if any(action.shortTitle() == _OPEN_URL for action in actions.actions()):
        return
    for action in actions.actions():
        if action.command() == '[% "arr_url" %]':
            return
    title = _tr("Open the order's text")
    made = QgsAction(Qgis.AttributeActionType.OpenUrl, title, '[% "arr_url" %]', "", False, title, {"Canvas", "Feature", "Form"})
    actions.addAction(made)
    layer.setMapTipTemplate(_TIP)


_TIP = (
    '<b>[% coalesce("emprise_designation", "coll_nom") %]</b><br>[% coalesce("regl_modalite", \'\') %] '
    '[% coalesce(replace("veh_types", \'|\', \', \'), \'\') %] [% coalesce("veh_tonnage_modalite", \'\') %] '
    '[% coalesce(to_string("veh_tonnage") || \' t\', \'\') %]'
    '<br>[% coalesce("periode_jh", \'\') %]<br><a href="[% "arr_url" %]">[% coalesce("arr_url", \'\') %]</a>'
)


_LABEL = (
    "coalesce(\"emprise_designation\", '') || "
    "coalesce(' – ' || replace(to_string(\"veh_tonnage\"), '.', ',') || ' t', '')"
)


def _tr(text: str) -> str:
    return QCoreApplication.translate("RegulationsLayer", text)
