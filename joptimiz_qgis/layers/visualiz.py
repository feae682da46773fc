"""Perimeters, access points and points of interest as layers."""

from __future__ import annotations

import colorsys

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsEditorWidgetSetup,
    QgsFillSymbol,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsRendererCategory,
    QgsSingleSymbolRenderer,
    QgsSymbol,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.messages import language
from ..toolkit.schema import load_table
from ..toolkit.schema.table import kinds
from .bays import svg_marker

PERIMETER_COLOURS = {
    "Rouge": "#c8442f",
    "Bleu": "#2f6fc8",
    "Gris": "#5f6b7a",
    "Blanc": "#b9b3a8",
    "ZFE": "#2e8b57",
    "Voie spéciale": "#0f8a7e",
    "ZTL": "#6a4c93",
    "Aire piétonne": "#d98200",
    "Arrêté": "#8c510a",
    "Commune": "#17375e",
}
OTHER_COLOUR = "#333333"
APPLYING_COLOURS = {"true": "#c8442f", "false": "#8a97a6", "": "#d98200"}
ACCESS_COLOUR = "#c8442f"


def style_perimeters(layer: QgsVectorLayer) -> None:
    """Outlines by kind: several lie upon each other, and the map under them is to be seen."""
    titles = {row["key"]: row[language()] for row in kinds("perimeter_kinds")}
    found = sorted(str(kind) for kind in layer.uniqueValues(layer.fields().indexOf("type_peri")) if kind)
    categories = [QgsRendererCategory(kind, _outline(layer, PERIMETER_COLOURS.get(kind, OTHER_COLOUR)), titles.get(kind, kind)) for kind in found]
    categories.append(QgsRendererCategory(None, _outline(layer, OTHER_COLOUR), _tr("Kind not known")))
    layer.setRenderer(QgsCategorizedSymbolRenderer("type_peri", categories))
    _describe(layer, "perimeters")


def style_applying(layer: QgsVectorLayer) -> None:
    """By what is known of the moment: active, not active, not known; never one of the last two as the first."""
    labels = {"true": _tr("Active"), "false": _tr("Not active"), "": _tr("Not known")}
    categories = [QgsRendererCategory(value, _outline(layer, APPLYING_COLOURS[value]), label) for value, label in labels.items()]
    layer.setRenderer(QgsCategorizedSymbolRenderer("CASE WHEN \"active\" IS NULL THEN '' WHEN \"active\" THEN 'true' ELSE 'false' END", categories))
    _describe(layer, "perimeters")
    layer.setName(_tr("What applies"))


def style_access_points(layer: QgsVectorLayer) -> None:
    """One mark: an arrow into the perimeter."""
    layer.setRenderer(QgsSingleSymbolRenderer(svg_marker("access_point", 3.6, ACCESS_COLOUR, "#ffffff")))
    _describe(layer, "access_points")


def style_points_of_interest(layer: QgsVectorLayer) -> None:
    """A colour a kind, evenly spread, so that a kind has the same one in every project."""
    rows = kinds("poi_kinds")
    found = {str(kind) for kind in layer.uniqueValues(layer.fields().indexOf("type_poi")) if kind}
    categories = [
        QgsRendererCategory(row["key"], _dot(number / len(rows)), row[language()])
        for number, row in enumerate(rows)
        if row["key"] in found
    ]
    categories += [QgsRendererCategory(kind, _dot(None), kind) for kind in sorted(found - {row["key"] for row in rows})]
    categories.append(QgsRendererCategory(None, _dot(None), _tr("Kind not known")))
    layer.setRenderer(QgsCategorizedSymbolRenderer("type_poi", categories))
    _describe(layer, "points_of_interest")


def _describe(layer: QgsVectorLayer, name: str) -> None:
    """Titles as aliases, lists for the closed enumerations, the table's title as name."""
    table = load_table(name)
    for field in table.fields:
        index = layer.fields().indexOf(field.name)
        if index < 0:
            continue
        layer.setFieldAlias(index, field.title)
        if field.enum and field.type == "string" and not field.open:
            layer.setEditorWidgetSetup(index, QgsEditorWidgetSetup("ValueMap", {"map": [{value: value} for value in field.enum]}))
    layer.setName(table.title[language()])
    layer.setDisplayExpression('coalesce("nom", "id")')
    layer.triggerRepaint()


def _outline(layer: QgsVectorLayer, colour: str) -> QgsSymbol:
    if layer.geometryType() == QgsWkbTypes.GeometryType.LineGeometry:
        return QgsLineSymbol.createSimple({"color": colour, "width": "1.2"})
    return QgsFillSymbol.createSimple({"style": "no", "outline_color": colour, "outline_width": "0.7", "outline_style": "dash"})


def _dot(hue: float | None) -> QgsMarkerSymbol:
    red, green, blue = (0.4, 0.4, 0.4) if hue is None else colorsys.hls_to_rgb(hue, 0.42, 0.6)
    colour = "#" + "".join(f"{round(255 * part):02x}" for part in (red, green, blue))
    return QgsMarkerSymbol.createSimple({"name": "square", "color": colour, "size": "2.6", "outline_color": "#ffffff", "outline_width": "0.2"})


def _tr(text: str) -> str:
    return QCoreApplication.translate("VisualizLayer", text)
