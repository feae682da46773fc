"""An audit on paper: a layout out of a template, filled by variables, with light styles that a thousand pages can bear.

Templates are the users' to change: maps, legends and pages are found by what they are, words come as variables of the layout, and
what a template lacks is left out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    Qgis,
    QgsCentroidFillSymbolLayer,
    QgsCoordinateReferenceSystem,
    QgsExpression,
    QgsExpressionContextUtils,
    QgsFeatureRequest,
    QgsFillSymbol,
    QgsFontMarkerSymbolLayer,
    QgsInvertedPolygonRenderer,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLegendRenderer,
    QgsLegendStyle,
    QgsMapLayer,
    QgsMapLayerLegendUtils,
    QgsMarkerSymbol,
    QgsPathResolver,
    QgsPrintLayout,
    QgsProperty,
    QgsReadWriteContext,
    QgsRectangle,
    QgsRuleBasedRenderer,
    QgsSimpleMarkerSymbolLayer,
    QgsSingleSymbolRenderer,
    QgsSymbol,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtXml import QDomDocument

from ..paths import AUDIT_LAYOUT
from ..toolkit.errors import FileError
from ..toolkit.messages import count, language
from ..toolkit.palette import BAY_COLOUR
from .audit import TABLE_PROPERTY, AuditFigures, Labelled, audit_layers, figures
from .gaps import COLOURS as GAP_COLOURS

if TYPE_CHECKING:
    from qgis.core import QgsProject

ZONES_ALL, ZONES_NONE = -1, 0
_GAP_COLOUR = GAP_COLOURS[-2]
_GAPS_IN_OVERVIEW = 10
_GAPS_TOLD = 4
_LIMIT_COLOUR = "#8792a0"
_VEIL = QColor(255, 255, 255, 150)
_SMALL_POINT_MM = 1.1
_IN_LEGEND = "joptimiz/legend"
_MARGIN = 1.06  # of the extent of the overview
# What is worst comes first: movements that no bay covers, points where movements are not known.
_NOT_COVERED = 'coalesce("movements" - "movements_covered", "points" - "covered")'
_OF_ATLAS = "$id = @atlas_featureid"


def audit_layout(
    project: QgsProject,
    path: str | Path,
    template: str | Path | None = None,
    background: Sequence[QgsMapLayer] = (),
    zone_pages: int = ZONES_ALL,
) -> QgsPrintLayout:
    """The audit in the GeoPackage `path` as a layout, ready to be exported by its atlas, or at once where that is not enabled.

    Parameters
    ----------
    project : QgsProject
        An empty one, of which nothing else is made: it gets the layers, the CRS and the layout, which
        ends with it.
    path : str or Path
        The GeoPackage that an audit wrote.
    template : str or Path, optional
        A .qpt of QGIS; ours where not given. See `layout_variables` for what its texts may say.
    background : sequence of QgsMapLayer
        Drawn under the audit, the first uppermost; copies are taken.
    zone_pages : int
        Pages of zones, those with most that is not covered first: so many, `ZONES_ALL` or `ZONES_NONE`. Zones without delivery
        points have none.

    Raises
    ------
    FileError
        The audit or the template is missing, cannot be read or is something else; the template has no map.
    """
    said = figures(path)
    layout = QgsPrintLayout(project)
    layout.setName(said.title)
    project.layoutManager().addLayout(layout)  # which then ends before the project does, whoever still refers to either
    _load(layout, Path(template or AUDIT_LAYOUT))
    layers = audit_layers(path)  # once nothing can be refused any more: each ends up with the project, and ends with it
    project.setCrs(_crs(said, layers))
    project.setEllipsoid(project.crs().ellipsoidAcronym())
    zones = layers.get("zones")
    ranked = _ranked_zones(zones) if zones else []
    wanted = ranked if zone_pages == ZONES_ALL else ranked[:zone_pages]
    copies = [layer.clone() for layer in background]
    of_overview, of_zone = _overview_layers(layers, bool(ranked)), _zone_layers(layers)
    for layer in {layer.id(): layer for layer in (*layers.values(), *of_overview, *of_zone, *copies)}.values():
        project.addMapLayer(layer, False)
    extent = _extent(zones if ranked else layers["coverage"], ranked, project)
    for item in _items(layout, QgsLayoutItemMap):
        item.setLayers([*(of_zone if item.atlasDriven() else of_overview), *copies])
        item.setKeepLayerSet(True)
        item.setCrs(project.crs())
        if not item.atlasDriven() and extent is not None:
            item.zoomToExtent(extent)
    for legend in _items(layout, QgsLayoutItemLegend):
        linked = legend.linkedMap()
        _fill_legend(legend, of_zone if linked is not None and linked.atlasDriven() else of_overview)
    QgsExpressionContextUtils.setLayoutVariables(layout, layout_variables(said, layers, len(wanted), len(ranked)))
    if wanted:
        _set_atlas(layout, zones, wanted if len(wanted) < len(ranked) else None)
    else:
        layout.atlas().setEnabled(False)
        _leave_out_atlas_pages(layout)
    layout.refresh()
    return layout


def layout_variables(said: AuditFigures, layers: dict[str, QgsVectorLayer], pages: int, ranked: int) -> dict[str, Any]:
    """What the texts of a template may say, by the variables' names.

    ``audit_title``, ``audit_day``, ``audit_lead``; ``audit_key_1_value``, ``audit_key_1_label`` and so on; ``audit_method``,
    ``audit_parameters``, ``audit_notes``, ``audit_sources`` (a line each); ``audit_figure_…`` for each of `AuditFigures.numbers`;
    ``audit_zones`` (pages of zones), ``audit_zones_ranked`` (zones with delivery points); ``audit_zone_gaps`` and
    ``audit_zone_heaviest`` (for ``from_json``: number and list of the gaps that touch a zone, by its ``@atlas_featureid``; zones
    without gaps are not in them); ``audit_language`` and ``audit_percent`` (for ``format_number``); and the layout's
    own words, ``audit_text_…``.
    """
    key = {
        f"audit_key_{number}_{part}": getattr(shown, part)
        for number, shown in enumerate(said.key, start=1)
        for part in ("value", "label")
    }
    numbers = {f"audit_figure_{name}": value for name, value in said.numbers.items()}
    words = {f"audit_text_{name}": text for name, text in _words("movements" in said.numbers, bool(ranked), "gaps" in layers).items()}
    found: dict[str, Any] = {
        "audit_title": said.title,
        "audit_day": _tr("Audit of {day}").format(day=said.day),
        "audit_lead": said.lead,
        "audit_method": _list([*said.method, *map(_pair, said.walking)]),
        "audit_parameters": _list([*map(_pair, said.parameters), *_outside(layers.get("zones"))]),
        "audit_notes": _list(said.notes),
        "audit_sources": _pair(Labelled(_tr("Sources"), ", ".join(said.sources))),
        "audit_zones": pages,
        **_gaps_of_zones(layers),
        "audit_zones_ranked": count(ranked),
        "audit_language": language(),
        "audit_percent": "\u202f%" if language() == "fr" else "%",
        **key,
        **numbers,
        **words,
    }
    return found


def _gaps_of_zones(layers: dict[str, QgsVectorLayer]) -> dict[str, str]:
    """Found here once: expressions that look into another layer search the user's project, which this is not."""
    if "gaps" not in layers or "zones" not in layers:
        return {}
    zones = layers["zones"]
    touching: dict[str, list[str]] = {}
    request = QgsFeatureRequest().setDestinationCrs(zones.crs(), zones.transformContext())
    request.addOrderBy('"rank"')
    for gap in layers["gaps"].getFeatures(request):
        shape = gap.geometry()
        near = QgsFeatureRequest().setNoAttributes().setFilterRect(shape.boundingBox())
        for zone in zones.getFeatures(near):
            if zone.geometry().intersects(shape):
                touching.setdefault(str(zone.id()), []).append(f"{gap['rank']}. {gap['label']}")
    told = {zone: "\n".join(found[:_GAPS_TOLD]) + ("\n…" if found[_GAPS_TOLD:] else "") for zone, found in touching.items()}
    counts = {zone: len(found) for zone, found in touching.items()}
    return {"audit_zone_gaps": json.dumps(counts), "audit_zone_heaviest": json.dumps(told)}


def _outside(zones: QgsVectorLayer | None) -> list[str]:
    """What the page of no zone counts: rows without an outline."""
    if zones is None:
        return []
    rows = zones.getFeatures(QgsFeatureRequest(QgsExpression('"points" > 0 AND $geometry IS NULL')))
    return [_pair(Labelled(row["zone"], _tr("delivery points, {points}").format(points=count(row["points"])))) for row in rows]


def _list(texts: Sequence[str]) -> str:
    return "\n".join(f"• {text}" for text in texts)


def _pair(shown: Labelled) -> str:
    return f"{shown.label}\u202f: {shown.value}" if language() == "fr" else f"{shown.label}: {shown.value}"


def _words(moved: bool, zoned: bool, gaps: bool) -> dict[str, str]:
    """The layout's own words, in the language in use."""
    overview = _tr("Share of the delivery points covered, by zone") if zoned else _tr("Delivery points, covered or not")
    rank = _tr("Rank {rank} of {zones} – not covered: delivery points, {points}; movements per week, {movements}")
    rank_by_points = _tr("Rank {rank} of {zones} – not covered: delivery points, {points}")
    return {
        "overview": _tr("{map}; the {gaps} heaviest gaps by rank").format(map=overview, gaps=_GAPS_IN_OVERVIEW) if gaps else overview,
        "method": _tr("Method and limits"),
        "parameters": _tr("Parameters"),
        "footer": _tr("Made by JOPTIMIZ"),
        "rank": rank if moved else rank_by_points,
        "figures": _tr("Figures"),
        "zone": _tr("This zone"),
        "whole": _tr("Whole"),
        "covered": _tr("This zone (green) and the whole (grey)"),
        "share_points": _tr("Delivery points covered"),
        "share_movements": _tr("Movements covered"),
        "points": _tr("Delivery points"),
        "movements": _tr("Movements per week"),
        "median": _tr("Median distance to a usable bay"),
        "bays": _tr("Usable bays"),
        "points_per_bay": _tr("Delivery points per usable bay"),
        "gaps": _tr("Gaps of the coverage"),
        "gaps_here": _tr("Gaps that touch this zone: {gaps}, by rank:"),
        "no_gap": _tr("No gap touches this zone."),
    }


# -- the template ----------------------------------------------------------------------------------------------------


def _load(layout: QgsPrintLayout, path: Path) -> None:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(
            "The template “{path}” cannot be read: {cause}. Give a template (.qpt) saved by QGIS’s layout designer.",
            path=path,
            cause=getattr(error, "strerror", None) or error,
        ) from error
    document = QDomDocument()
    context = QgsReadWriteContext()
    context.setPathResolver(QgsPathResolver(str(path)))
    document.setContent(text)
    if document.documentElement().tagName() != "Layout":
        raise FileError("“{path}” is not a layout template. Give a template (.qpt) saved by QGIS’s layout designer.", path=path)
    layout.loadFromTemplate(document, context)
    if not _items(layout, QgsLayoutItemMap):
        raise FileError("The template “{path}” has no map. Add one in QGIS’s layout designer, and save the template again.", path=path)


def _items(layout: QgsPrintLayout, kind: type) -> list[Any]:
    return [item for item in layout.items() if isinstance(item, kind)]


def _fill_legend(legend: QgsLayoutItemLegend, layers: Sequence[QgsVectorLayer]) -> None:
    """The audit's layers without their names, which stand beside single marks and are told by classes."""
    legend.setAutoUpdateModel(False)
    root = legend.model().rootGroup()
    root.removeAllChildren()
    for layer in layers:
        if layer.customProperty(_IN_LEGEND, True):
            node = root.addLayer(layer)
            QgsLegendRenderer.setNodeLegendStyle(node, QgsLegendStyle.Style.Hidden)
            if layer.customProperty(TABLE_PROPERTY) == "gaps":  # whose rank would be taken from the zone of the page
                QgsMapLayerLegendUtils.setLegendNodeCustomSymbol(node, 0, _gap_symbol(outlined=False, rank="1"))
                legend.model().refreshLayerLegend(node)
    legend.adjustBoxSize()


def _set_atlas(layout: QgsPrintLayout, zones: QgsVectorLayer, chosen: Sequence[int] | None) -> None:
    atlas = layout.atlas()
    atlas.setCoverageLayer(zones)
    atlas.setFilterFeatures(True)
    ids = "" if chosen is None else f" AND $id IN ({', '.join(map(str, chosen))})"
    atlas.setFilterExpression(f'"points" > 0 AND $geometry IS NOT NULL{ids}')
    atlas.setSortFeatures(True)
    atlas.setSortExpression(_NOT_COVERED)
    atlas.setSortAscending(False)
    atlas.setHideCoverage(False)
    atlas.setEnabled(True)


def _leave_out_atlas_pages(layout: QgsPrintLayout) -> None:
    """Pages with a map of a zone; where they are all that the template has, they stay."""
    of_zones = {item.page() for item in _items(layout, QgsLayoutItemMap) if item.atlasDriven()}
    pages = layout.pageCollection().pages()
    if len(of_zones) < len(pages):
        for number in of_zones:
            pages[number].setExcludeFromExports(True)


# -- zones and extent ------------------------------------------------------------------------------------------------


def _ranked_zones(zones: QgsVectorLayer) -> list[int]:
    """Ids of the zones that have delivery points and an outline, those with most that is not covered first."""
    request = QgsFeatureRequest().setFilterExpression('"points" > 0 AND $geometry IS NOT NULL')
    request.addOrderBy(_NOT_COVERED, False)
    return [feature.id() for feature in zones.getFeatures(request)]


def _crs(said: AuditFigures, layers: dict[str, QgsVectorLayer]) -> QgsCoordinateReferenceSystem:
    """Where distances were measured, so that scale bars are right; else the first metric one of the layers."""
    candidates = [QgsCoordinateReferenceSystem(said.crs), *(layers[name].crs() for name in ("gaps", "coverage") if name in layers)]
    metric = (crs for crs in candidates if crs.isValid() and crs.mapUnits() == Qgis.DistanceUnit.Meters)
    return next(metric, QgsCoordinateReferenceSystem("EPSG:3857"))


def _extent(layer: QgsVectorLayer, chosen: Sequence[int], project: QgsProject) -> QgsRectangle | None:
    """Of the zones that have delivery points, else of the delivery points: nothing that is not the audit's subject."""
    request = QgsFeatureRequest().setNoAttributes()
    if chosen:
        request.setFilterFids(list(chosen))
    request.setDestinationCrs(project.crs(), project.transformContext())
    extent = QgsRectangle()
    for feature in layer.getFeatures(request):
        if feature.hasGeometry():
            extent.combineExtentWith(feature.geometry().boundingBox())
    if extent.isNull():
        return None
    extent.scale(_MARGIN)
    return extent if extent.width() and extent.height() else extent.buffered(100)


# -- layers of the maps ----------------------------------------------------------------------------------------------


def _overview_layers(layers: dict[str, QgsVectorLayer], zoned: bool) -> list[QgsVectorLayer]:
    """From the top: the heaviest gaps by their ranks, and the zones by their share; the points where there are no zones."""
    shown = []
    if "gaps" in layers:
        shown.append(_copy(layers["gaps"], _tr("Gap, by rank"), _gap_renderer(outlined=False)))
        shown[-1].setSubsetString(f'"rank" <= {_GAPS_IN_OVERVIEW}')
    if zoned:
        return [*shown, _print_zones(layers["zones"])]
    points = _print_points(layers["coverage"])
    for rule in points.renderer().rootRule().children():
        rule.symbol().setSize(_SMALL_POINT_MM)
        rule.symbol().symbolLayer(0).setStrokeStyle(0)
    return [*shown, points]


def _print_zones(zones: QgsVectorLayer) -> QgsVectorLayer:
    """Classes in percent (of what, the title of the map says); where zones overlap, the smaller is seen."""
    made = zones.clone()
    renderer = made.renderer()
    renderer.setOrderBy(QgsFeatureRequest.OrderBy([QgsFeatureRequest.OrderByClause("$area", False)]))
    renderer.setOrderByEnabled(True)
    for number, shown in enumerate(renderer.ranges()):
        if shown.lowerValue() >= 0:
            low, high = round(100 * shown.lowerValue()), round(100 * shown.upperValue())
            renderer.updateRangeLabel(number, _tr("{low} to {high}%").format(low=low, high=high))
    return made


def _print_points(points: QgsVectorLayer) -> QgsVectorLayer:
    """As on the screen; the class of points without distance only where there are some."""
    made = points.clone()
    classes = made.renderer().rootRule()
    without = classes.children()[-1]
    if not next(made.getFeatures(QgsFeatureRequest(QgsExpression(without.filterExpression())).setLimit(1)), None):
        classes.removeChild(without)
    return made


def _zone_layers(layers: dict[str, QgsVectorLayer]) -> list[QgsVectorLayer]:
    """From the top: the zone's outline, gaps, a veil over the rest, bays, points, limits."""
    zones = layers.get("zones")
    shown = []
    if zones:
        shown.append(_copy(zones, _tr("This zone"), _rules(_outline(BAY_COLOUR, 0.9), _OF_ATLAS)))
    if "gaps" in layers:
        shown.append(_copy(layers["gaps"], _tr("Gap, by rank"), _gap_renderer(outlined=True)))
    if zones:
        veil = QgsFillSymbol.createSimple({"outline_style": "no"})
        veil.setColor(_VEIL)
        shown.append(_copy(zones, "", QgsInvertedPolygonRenderer(_rules(veil, _OF_ATLAS))))
        shown[-1].setCustomProperty(_IN_LEGEND, False)
    shown += [_print_bays(layers["bays"]), _print_points(layers["coverage"])]
    if zones:
        shown.append(_copy(zones, _tr("Limits of the zones"), QgsSingleSymbolRenderer(_outline(_LIMIT_COLOUR, 0.25))))
    return shown


def _copy(layer: QgsVectorLayer, name: str, renderer: Any) -> QgsVectorLayer:
    made = layer.clone()
    made.setName(name)
    made.setLabelsEnabled(False)
    made.setRenderer(renderer)
    return made


def _rules(symbol: QgsSymbol, expression: str) -> QgsRuleBasedRenderer:
    root = QgsRuleBasedRenderer.Rule(None)
    root.appendChild(QgsRuleBasedRenderer.Rule(symbol, filterExp=expression))
    return QgsRuleBasedRenderer(root)


def _outline(colour: str, width: float) -> QgsFillSymbol:
    return QgsFillSymbol.createSimple({"style": "no", "outline_color": colour, "outline_width": str(width), "joinstyle": "round"})


def _gap_renderer(outlined: bool) -> QgsSingleSymbolRenderer:
    """The heaviest above the others."""
    renderer = QgsSingleSymbolRenderer(_gap_symbol(outlined, '"rank"'))
    renderer.setOrderBy(QgsFeatureRequest.OrderBy([QgsFeatureRequest.OrderByClause('"rank"', False)]))
    renderer.setOrderByEnabled(True)
    return renderer


def _gap_symbol(outlined: bool, rank: str) -> QgsFillSymbol:
    """A disc with the rank at the heart of the gap: drawn with it, so that no labels have to be placed on a thousand pages."""
    colour, pale = QColor(_GAP_COLOUR), QColor(_GAP_COLOUR)
    pale.setAlpha(40 if outlined else 0)
    symbol = QgsFillSymbol.createSimple({"outline_color": _GAP_COLOUR, "outline_width": "0.5", "outline_style": "solid" if outlined else "no"})
    symbol.symbolLayer(0).setFillColor(pale)
    disc = QgsSimpleMarkerSymbolLayer(Qgis.MarkerShape.Circle, 4, color=colour, strokeColor=QColor("#ffffff"))
    disc.setStrokeWidth(0.3)
    text = QgsFontMarkerSymbolLayer("Arial", "1", 2.4, QColor("#ffffff"))
    properties = text.dataDefinedProperties()
    properties.setProperty(text.Property.Character, QgsProperty.fromExpression(f"to_string({rank})"))
    properties.setProperty(text.Property.Size, QgsProperty.fromExpression(f"CASE WHEN {rank} > 99 THEN 1.7 ELSE 2.4 END"))
    mark = QgsMarkerSymbol()
    mark.changeSymbolLayer(0, disc)
    mark.appendSymbolLayer(text)
    centre = QgsCentroidFillSymbolLayer()
    centre.setPointOnSurface(True)
    centre.setSubSymbol(mark)
    symbol.appendSymbolLayer(centre)
    return symbol


def _print_bays(bays: QgsVectorLayer) -> QgsVectorLayer:
    """Squares as in the report in HTML: full where the bay counts, hollow where it does not."""
    kinds = [(_tr("Usable bay"), 'coalesce("usable", true)', BAY_COLOUR)]
    usable = bays.fields().indexOf("usable")
    if usable < 0:
        kinds = [(_tr("Delivery bay"), "", BAY_COLOUR)]
    elif next(bays.getFeatures(QgsFeatureRequest(QgsExpression('NOT "usable"')).setLimit(1)), None):
        kinds.append((_tr("Bay that does not count"), 'NOT coalesce("usable", true)', "#ffffff"))
    root = QgsRuleBasedRenderer.Rule(None)
    for label, expression, fill in kinds:
        root.appendChild(QgsRuleBasedRenderer.Rule(_bay_symbol(bays, fill), filterExp=expression, label=label))
    return _copy(bays, _tr("Delivery bays"), QgsRuleBasedRenderer(root))


def _bay_symbol(bays: QgsVectorLayer, fill: str) -> QgsSymbol:
    if bays.geometryType() == Qgis.GeometryType.Point:
        outline = "#ffffff" if fill == BAY_COLOUR else BAY_COLOUR
        return QgsMarkerSymbol.createSimple(
            {"name": "square", "color": fill, "size": "2.2", "outline_color": outline, "outline_width": "0.3"}
        )
    symbol = QgsSymbol.defaultSymbol(bays.geometryType())
    symbol.setColor(QColor(BAY_COLOUR))
    return symbol


def _tr(text: str) -> str:
    return QCoreApplication.translate("AuditLayout", text)
