"""Where delivery bays lie: against their footprint, their commune, the roads, and each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from ..company.checks import town_key
from ..crs import WGS84, has_position, looks_swapped, metric_crs, to_crs
from ..messages import Message, decimal
from ..progress import Progress
from ..read import positions
from .findings import ERROR, NOTICE, WARNING, Finding, Rule
from .national_form import cell_text

if TYPE_CHECKING:
    from .validate_bays import Bays

SWAPPED = Rule("position_swapped", ERROR, Message("Longitude and latitude exchanged"))
TWO_PLACES = Rule("position_differs", WARNING, Message("Coordinates that are not where the map shows the bay"))
WKT = Rule("footprint_unreadable", ERROR, Message("A footprint that cannot be read"))
WKT_FORM = Rule("footprint_form", ERROR, Message("A footprint that is not valid WKT"))
SHAPE = Rule("footprint_shape", NOTICE, Message("A footprint that is not a rectangle of five points"))
CROSSED = Rule("footprint_crossed", ERROR, Message("A footprint that crosses itself"))
FAR_FOOTPRINT = Rule("footprint_far", WARNING, Message("A footprint far from its point"))
SIZE = Rule("footprint_size", WARNING, Message("Length or width that the footprint contradicts"))
OVERLAP = Rule("overlap", WARNING, Message("Footprints that overlap"))
DUPLICATE = Rule("duplicate", WARNING, Message("Bays at the same place"))
OUTSIDE = Rule("outside_commune", WARNING, Message("Outside the communes"))
COMMUNE = Rule("commune_differs", WARNING, Message("Another commune than the one it lies in"))
FAR_ROAD = Rule("far_from_road", WARNING, Message("Far from any road"))

_LEAST_OVERLAP_M2 = 1.0
_LEAST_SIZE_CM = 50.0
_NAMES = ("nom", "name", "nom_com", "libelle", "commune")


def check_places(bays: Bays, communes: gpd.GeoDataFrame | None, roads: gpd.GeoSeries | None, progress: Progress) -> list[Finding]:
    """All that can be said of places; what the positions spoil is not measured with."""
    if not len(bays.table):
        return []
    swapped = {finding.row: finding for finding in swapped_positions(bays)}
    found = list(swapped.values())
    sound = bays.table[~bays.table.index.isin(list(swapped)) & has_position(bays.table.geometry)]
    if not len(sound):
        return found
    crs = metric_crs(sound.geometry)
    shapes = to_crs(sound.geometry.force_2d(), crs)
    progress.step(0.2)
    found += two_places(bays, shapes)
    found += footprints(bays, shapes)
    progress.step(0.4)
    found += duplicates(bays, shapes)
    progress.step(0.6)
    if communes is not None and len(communes):
        found += in_communes(bays, shapes, communes)
    progress.step(0.8)
    if roads is not None and len(roads):
        found += near_roads(bays, shapes, roads)
    return found


def swapped_positions(bays: Bays) -> Iterator[Finding]:
    """Bays that lie in France only when their coordinates are exchanged."""
    rows = list(bays.positions)
    if not rows:
        return
    x, y = np.array([bays.positions[row] for row in rows]).T
    for row, lon, lat, exchanged in zip(rows, x, y, looks_swapped(x, y)):
        if exchanged:
            mended: dict[str, Any] = {"longitude": lat, "latitude": lon}
            if bays.raw.geometry is not None:
                mended["geometry"] = shapely.transform(bays.raw.geometry.loc[row], lambda xy: xy[:, ::-1])
            sentence = Message("The bay lies at {lon:.5f}; {lat:.5f}: outside France, and in it the other way round.", lon=lon, lat=lat)
            yield bays.finding(row, "longitude", SWAPPED, sentence, Message("longitude before latitude"), **mended)


def two_places(bays: Bays, shapes: gpd.GeoSeries) -> Iterator[Finding]:
    """Coordinates in the cells of a layer that lie elsewhere than its point: somebody moved the point."""
    if bays.raw.geometry is None or "longitude" not in bays.columns:
        return
    cells = [bays.table[name].astype(float) for name in ("longitude", "latitude")]
    told = to_crs(gpd.GeoSeries(gpd.points_from_xy(*cells), index=bays.table.index, crs=WGS84), shapes.crs)
    distance = shapes.distance(told.reindex(shapes.index))
    for row in distance.index[(distance > bays.limits.footprint_m).to_numpy()]:
        lon, lat = bays.positions[row]
        sentence = Message("The coordinates in the table are {metres} m from where the bay is drawn.", metres=decimal(distance[row]))
        yield bays.finding(row, "longitude", TWO_PLACES, sentence, None, longitude=round(lon, 7), latitude=round(lat, 7))


# -- footprints ----------------------------------------------------------------------------------------------------------


def footprints(bays: Bays, shapes: gpd.GeoSeries) -> Iterator[Finding]:
    """What is to be said of the footprints that are given as text."""
    texts = bays.table["geom_wkt"].reindex(shapes.index)
    texts = texts[texts.notna()]
    if not len(texts):
        return
    read, mended = positions.from_wkt(texts)
    flat = gpd.GeoSeries(shapely.force_2d(read), index=texts.index, crs=WGS84)
    metric = to_crs(flat, shapes.crs)
    for row, shape, was_mended in zip(texts.index, flat, mended):
        yield from _footprint(bays, row, shape, bool(was_mended))
    yield from _against_point(bays, metric)
    yield from _against_sizes(bays, metric)
    yield from _overlaps(bays, metric)


def _footprint(bays: Bays, row: Any, shape: Any, was_mended: bool) -> Iterator[Finding]:
    polygon = Message("POLYGON((x y, …)) of five points, the last of which is the first")
    if shape is None or shape.is_empty:
        yield bays.finding(row, "geom_wkt", WKT, Message("The footprint cannot be read."), polygon)
        return
    if was_mended:
        sentence = Message("The footprint lacks its second parentheses: it is not valid WKT.")
        yield bays.finding(row, "geom_wkt", WKT_FORM, sentence, polygon, geom_wkt=footprint_text(shape))
    if not shape.is_valid:
        yield bays.finding(row, "geom_wkt", CROSSED, Message("The outline of the footprint crosses itself."), polygon)
    elif shape.geom_type != "Polygon" or len(shape.exterior.coords) != 5 or shape.interiors:
        yield bays.finding(row, "geom_wkt", SHAPE, Message("The footprint is no outline of four corners."), polygon)


def footprint_text(shape: Any) -> str:
    """A footprint as the national schema writes it: WKT, seven decimals."""
    return str(shapely.to_wkt(shape, rounding_precision=7, trim=False))


def _against_point(bays: Bays, metric: gpd.GeoSeries) -> Iterator[Finding]:
    """Footprints that do not lie about the coordinates of the row."""
    table = bays.table.loc[metric.index]
    points = to_crs(gpd.GeoSeries(gpd.points_from_xy(table["longitude"], table["latitude"]), index=table.index, crs=WGS84), metric.crs)
    distance = metric.distance(points)
    for row in distance.index[(distance > bays.limits.footprint_m).to_numpy()]:
        sentence = Message("The footprint lies {metres} m from the bay's coordinates.", metres=decimal(distance[row]))
        expected = Message("no more than {metres:g} m", metres=bays.limits.footprint_m)
        yield bays.finding(row, "geom_wkt", FAR_FOOTPRINT, sentence, expected)


def _against_sizes(bays: Bays, metric: gpd.GeoSeries) -> Iterator[Finding]:
    """Length and width against the sides of the smallest rectangle around the footprint; a bay askew may have them the other way round."""
    known = metric[metric.geom_type == "Polygon"]
    for row, shape in known.items():
        short, long = _sides(shape)
        for field in ("longueur", "largeur"):
            value = bays.value(row, field)
            nearest = min((short, long), key=lambda side: abs(side - float(value))) if value is not None else 0.0
            apart = abs(nearest - float(value)) if value is not None else 0.0
            if value is not None and apart > max(_LEAST_SIZE_CM, bays.limits.size_share * nearest):
                sentence = Message("{value:g} cm are given; the footprint measures {long:.0f} × {short:.0f} cm.", value=value, long=long, short=short)
                measured: dict[str, Any] = {field: float(round(long if field == "longueur" else short, -1))}
                yield bays.finding(row, field, SIZE, sentence, None, **measured)


def _sides(shape: Any) -> tuple[float, float]:
    """Sides of the smallest rectangle around `shape`, in cm, the shorter first."""
    corners = np.array(shapely.minimum_rotated_rectangle(shape).exterior.coords)
    lengths = 100 * np.hypot(*np.diff(corners[:3], axis=0).T)
    return float(lengths.min()), float(lengths.max())


def _overlaps(bays: Bays, metric: gpd.GeoSeries) -> Iterator[Finding]:
    sound = metric[metric.is_valid & (metric.geom_type == "Polygon")]
    values = sound.to_numpy()
    first, second = shapely.STRtree(values).query(values, predicate="intersects")
    for one, other in zip(first, second):
        area = shapely.area(shapely.intersection(values[one], values[other])) if one < other else 0.0
        if area > _LEAST_OVERLAP_M2:
            row, related = sound.index[one], bays.ids[sound.index[other]]
            sentence = Message("The footprint shares {area} m² with that of {other}.", area=decimal(area), other=related)
            yield bays.finding(row, "geom_wkt", OVERLAP, sentence, None, (related,))


# -- each other, communes, roads -----------------------------------------------------------------------------------------


def duplicates(bays: Bays, shapes: gpd.GeoSeries) -> Iterator[Finding]:
    """Bays within a few metres of another: each of them is told of, with the others."""
    points = shapes.representative_point().to_numpy()
    first, second = shapely.STRtree(points).query(points, predicate="dwithin", distance=bays.limits.duplicate_m)
    near: dict[int, list[int]] = {}
    for one, other in zip(first, second):
        if one != other:
            near.setdefault(int(one), []).append(int(other))
    for at, others in sorted(near.items()):
        closest = min(others, key=lambda other: shapely.distance(points[at], points[other]))
        related = tuple(bays.ids[shapes.index[other]] for other in sorted(others))
        metres = decimal(float(shapely.distance(points[at], points[closest])))
        sentence = Message("The bay lies {metres} m from {other}: the same one twice?", metres=metres, other=", ".join(related))
        expected = Message("one row for each bay, more than {metres:g} m apart", metres=bays.limits.duplicate_m)
        yield bays.finding(shapes.index[at], "geometry", DUPLICATE, sentence, expected, related)


def in_communes(bays: Bays, shapes: gpd.GeoSeries, communes: gpd.GeoDataFrame) -> Iterator[Finding]:
    """Bays outside all communes, and those whose commune is called otherwise than the one they lie in."""
    areas = to_crs(communes.geometry, shapes.crs).make_valid().to_numpy()
    names = next((communes[name] for name in communes.columns if str(name).lower() in _NAMES), None)
    points = shapes.representative_point().to_numpy()
    tree = shapely.STRtree(areas)
    point, area = tree.query(points, predicate="dwithin", distance=bays.limits.commune_m)
    found: dict[int, list[int]] = {}
    for one, other in zip(point, area):
        found.setdefault(int(one), []).append(int(other))
    for at, row in enumerate(shapes.index):
        if at not in found:
            metres = float(shapely.distance(areas[tree.nearest(points[at])], points[at]))
            sentence = Message("The bay lies outside the communes, {metres:.0f} m from the nearest.", metres=metres)
            yield bays.finding(row, "geometry", OUTSIDE, sentence, Message("a place in one of the communes"))
        elif names is not None and bays.value(row, "commune"):
            here = [cell_text(names.iloc[number]) for number in found[at]]
            if town_key(bays.value(row, "commune")) not in {town_key(name) for name in here if name}:
                sentence = Message("The commune is “{commune}”; the bay lies in {names}.", commune=bays.value(row, "commune"), names=", ".join(here))
                mended: dict[str, Any] = {"commune": here[0]} if len(here) == 1 else {}
                yield bays.finding(row, "commune", COMMUNE, sentence, None, **mended)


def near_roads(bays: Bays, shapes: gpd.GeoSeries, roads: gpd.GeoSeries) -> Iterator[Finding]:
    """Bays far from any road's axis."""
    lines = to_crs(roads, shapes.crs)
    lines = lines[~(lines.isna() | lines.is_empty)].to_numpy()
    points = shapes.representative_point().to_numpy()
    if not len(lines):
        return
    at, _ = shapely.STRtree(lines).query(points, predicate="dwithin", distance=bays.limits.road_m)
    for number in sorted(set(range(len(points))) - {int(one) for one in at}):
        sentence = Message("No road within {metres:g} m.", metres=bays.limits.road_m)
        yield bays.finding(shapes.index[number], "geometry", FAR_ROAD, sentence, Message("a place beside a road"))
