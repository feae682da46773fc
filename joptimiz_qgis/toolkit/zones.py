"""Coverage by zone and by category: the figures of one coverage run, split so that the parts always add up to the whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .crs import check_crs, has_position, to_crs
from .errors import DataError, ParameterError
from .messages import Message, count, tr
from .movements import movement_weights
from .progress import Progress
from .read.delivery_points import as_points
from .read.mapping import fold
from .usability import usable_bays

POINT_INDICATORS = (
    "points",
    "covered",
    "share_points",
    "movements",
    "movements_covered",
    "share_movements",
    "median_distance_m",
    "mean_distance_m",
)
BAY_INDICATORS = ("bays", "points_per_bay", "movements_per_bay")

OUTSIDE = "outside"
"""Label, in the index, of the row of the points that lie outside every zone."""

# Folded names of fields that name a zone, the likeliest first: names, then codes (IGN, INSEE, the portals of Paris and Lyon).
NAME_FIELDS = (
    "nom", "name", "libelle", "lib", "label", "nomiris", "libiris", "nomquartier", "lqu", "lar", "nomcom", "nomcommune", "libcom",
    "libgeo", "nomepci", "nomdep", "nomzone", "quartier", "secteur", "district", "titre", "title", "designation",
    "codeiris", "dcomiris", "inseeiris", "codeinsee", "insee", "inseecom", "cinsee", "carinsee", "car", "codgeo", "codecom",
    "codecommune", "codepostal", "code", "id",
)  # fmt: skip

# At about 0.1 s a batch a cancel is answered at once and the index is still queried in bulk.
_BATCH = 100_000
_EXAMPLES = 5
_POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass
class Breakdown:
    """Figures of the parts of one coverage run, and what the user should know about them.

    Attributes
    ----------
    rows : DataFrame or GeoDataFrame
        One row a part. Shares are fractions of the part's own points or movements; what cannot be told is missing.
    """

    rows: pd.DataFrame | gpd.GeoDataFrame
    notes: list[Message]


@dataclass(frozen=True)
class Areas:
    """Zones that can be used: their names and polygons on the index of the layer."""

    names: pd.Series
    geometry: gpd.GeoSeries
    notes: list[Message]


@dataclass(frozen=True)
class _Places:
    """Of each point the position of its zone (-1 outside every zone), and what lies in several."""

    zone: np.ndarray
    on_border: int
    in_overlap: int
    overlapping: int


def coverage_by_zone(
    points: gpd.GeoSeries,
    rows: pd.DataFrame,
    zones: gpd.GeoDataFrame,
    zone_field: str | None = None,
    movements: pd.Series | None = None,
    bays: gpd.GeoDataFrame | None = None,
    progress: Progress | None = None,
) -> Breakdown:
    """Figures of a coverage run by zone.

    Each point counts once: in the zone in which it lies and, on a common border or where zones overlap, in the first of them
    in the order of the layer. Points are brought into the zones' CRS, so that common borders stay common. A bay counts where a
    point on it lies, by the same rule; so a point may be covered by a bay that counts in the zone next to its own.

    Parameters
    ----------
    points : GeoSeries, n rows
        Delivery points in any CRS.
    rows : DataFrame
        `toolkit.coverage.Coverage.rows` of `points`: the same index, columns ``covered`` and ``distance_m``.
    zones : GeoDataFrame, m rows
        Polygons in any CRS. Invalid ones are repaired; rows without any area are left out; both are noted by name.
    zone_field : str, optional
        Column of `zones` that names them; guessed from the usual ones (`NAME_FIELDS`) where not given.
    movements : Series, optional
        Movements per week of each point (index of `points`); a missing, negative or unreadable number counts as 0 and is noted.
    bays : GeoDataFrame, optional
        The bays that counted in the coverage run, any CRS: the usable ones (see `usable_bays`). Those out of service never count.
    progress : Progress, optional

    Returns
    -------
    Breakdown
        `rows`: GeoDataFrame in the zones' CRS and on their index; columns ``zone`` (name), `POINT_INDICATORS`,
        `BAY_INDICATORS` and the geometry. Distances in metres, over the located points of the zone. Where points lie outside
        every zone, a last row labelled `OUTSIDE`, without geometry, has them. Shares and distances are missing where there
        are no points, the columns of movements and of bays where none were given, figures per bay where there is no bay.

    Raises
    ------
    ParameterError
        `zones` has no column `zone_field`.
    CrsError
        A layer without CRS, or with coordinates that cannot be in it.
    DataError
        There are no zones or none has an area; `rows` or `movements` are not those of `points`.
    CancelledError
        `progress` says that the user asked to stop.
    """
    progress = progress or Progress()
    _check_index(points.index, rows, movements)
    counted = _counted(rows)
    areas = usable_areas(zones, zone_field)
    check_crs(points, str(Message("delivery points")))
    weights, notes = _weights(movements, counted)
    places = _places(points[counted], areas.geometry, progress.part(0, 0.8))
    figures = _figures(places.zone, len(areas.names), rows[counted], weights)
    bay_zone = None if bays is None else _places(_bay_points(bays), areas.geometry, progress.part(0.8, 1)).zone
    _add_bays(figures, bay_zone)
    notes = [*areas.notes, *_position_notes(counted), *notes, *_place_notes(places, bay_zone)]
    return Breakdown(_zone_rows(figures, areas, outside=bool((places.zone < 0).any())), notes)


def coverage_by_category(category: pd.Series, rows: pd.DataFrame, movements: pd.Series | None = None) -> Breakdown:
    """Figures of a coverage run by category of the delivery points: trade, NAF code, class of customers.

    Parameters
    ----------
    category : Series, n rows
        Category of each point; blank and missing ones have a row of their own.
    rows, movements
        See `coverage_by_zone`; the index of `category`.

    Returns
    -------
    Breakdown
        `rows`: DataFrame with the columns ``category`` (text) and `POINT_INDICATORS`; the category with the most points
        first, equals by name, the points without category last.

    Raises
    ------
    DataError
        `rows` or `movements` are not those of the points.
    """
    _check_index(category.index, rows, movements)
    counted = _counted(rows)
    weights, notes = _weights(movements, counted)
    codes, names = pd.factorize(_texts(category[counted]).to_numpy(dtype=object))  # a missing category has the code -1
    figures = _figures(codes, len(names), rows[counted], weights)
    unknown = bool((codes < 0).any())
    figures.insert(0, "category", [*names, tr("Category not known")])
    known = figures.iloc[:-1].sort_values(["points", "category"], ascending=[False, True])
    table = pd.concat([known, figures.iloc[-1:]]) if unknown else known
    return Breakdown(table.reset_index(drop=True), [*_position_notes(counted), *notes])


def totals(rows: pd.DataFrame) -> dict[str, Any]:
    """Figures of the whole out of the `rows` of a `Breakdown`.

    Returns
    -------
    dict
        ``points``, ``covered``, ``share_points``, ``movements``, ``movements_covered`` and ``share_movements``; None for what
        is not known.
    """
    points, covered = int(rows["points"].sum()), int(rows["covered"].sum())
    moved, carried = (float(rows[name].sum(min_count=1)) for name in ("movements", "movements_covered"))
    known = not np.isnan(moved)
    return {
        "points": points,
        "covered": covered,
        "share_points": covered / points if points else None,
        "movements": moved if known else None,
        "movements_covered": carried if known else None,
        "share_movements": carried / moved if known and moved > 0 else None,
    }


# -- what counts ---------------------------------------------------------------------------------------------------


def _check_index(index: pd.Index, rows: pd.DataFrame, movements: pd.Series | None) -> None:
    for other in (rows, movements):
        if other is not None and not other.index.equals(index):
            raise DataError(
                "The results of the coverage ({rows} rows) are not those of these delivery points ({points}). Run the coverage again.",
                rows=len(other),
                points=len(index),
            )


def _counted(rows: pd.DataFrame) -> np.ndarray:
    """Where points had a position when coverage was measured."""
    counted: np.ndarray = rows["covered"].notna().to_numpy()
    return counted


def _weights(movements: pd.Series | None, counted: np.ndarray) -> tuple[np.ndarray | None, list[Message]]:
    """Movements of the counted points, 0 where there is no usable number; None where no movements were given."""
    return (None, []) if movements is None else movement_weights(movements[counted])


def _position_notes(counted: np.ndarray) -> list[Message]:
    lost = int((~counted).sum())
    return [Message("{count} delivery points have no position; they are in no row of the figures.", count=count(lost))] if lost else []


# -- figures -------------------------------------------------------------------------------------------------------


def _figures(part: np.ndarray, parts: int, rows: pd.DataFrame, weights: np.ndarray | None) -> pd.DataFrame:
    """`POINT_INDICATORS` of the parts 0, 1, … `parts` - 1, then of the points that are in none of them (-1)."""
    part = np.where(part < 0, parts, part)
    covered = rows["covered"].to_numpy(dtype=bool)
    sizes = np.bincount(part, minlength=parts + 1)
    reached = np.bincount(part[covered], minlength=parts + 1)
    distances = pd.Series(rows["distance_m"].to_numpy(dtype=float)).groupby(part)
    figures = pd.DataFrame({"points": sizes, "covered": reached, "share_points": _ratio(reached, sizes)})
    moved: np.ndarray = np.full(parts + 1, np.nan)
    carried = moved
    if weights is not None:
        moved = np.bincount(part, weights, parts + 1)
        carried = np.bincount(part[covered], weights[covered], parts + 1)
    figures["movements"], figures["movements_covered"] = moved, carried
    figures["share_movements"] = _ratio(carried, moved)
    figures["median_distance_m"] = distances.median().reindex(figures.index)
    figures["mean_distance_m"] = distances.mean().reindex(figures.index)
    return figures


def _add_bays(figures: pd.DataFrame, bay_zone: np.ndarray | None) -> None:
    if bay_zone is None:
        figures["bays"] = pd.Series(pd.NA, index=figures.index, dtype="Int64")
        figures["points_per_bay"] = figures["movements_per_bay"] = np.nan
        return
    parts = len(figures) - 1
    bays = np.bincount(np.where(bay_zone < 0, parts, bay_zone), minlength=parts + 1)
    figures["bays"] = pd.Series(bays, index=figures.index, dtype="Int64")
    figures["points_per_bay"] = _ratio(figures["points"], bays)
    figures["movements_per_bay"] = _ratio(figures["movements"], bays)


def _ratio(part: Any, whole: Any) -> np.ndarray:
    """`part` / `whole`; NaN where there is nothing to divide by."""
    top, bottom = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    return np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom > 0)


def _zone_rows(figures: pd.DataFrame, areas: Areas, *, outside: bool) -> gpd.GeoDataFrame:
    names, shapes, labels = [*areas.names], [*areas.geometry], areas.names.index
    if outside:
        names, shapes = [*names, tr("Outside every zone")], [*shapes, None]
        labels = pd.Index([*labels, OUTSIDE], dtype=object)
    figures = figures.iloc[: len(labels)].set_axis(labels)
    figures.insert(0, "zone", pd.Series(names, index=labels, dtype=object))
    return gpd.GeoDataFrame(figures, geometry=gpd.GeoSeries(shapes, index=labels, crs=areas.geometry.crs))


# -- which zone ----------------------------------------------------------------------------------------------------


def _places(points: gpd.GeoSeries, areas: gpd.GeoSeries, progress: Progress) -> _Places:
    """First of `areas` in which each of `points` lies, borders included."""
    shapes = areas.to_numpy()
    places = to_crs(points, areas.crs).to_numpy()
    zone = np.full(len(places), -1, dtype=np.intp)
    border = overlap = 0
    overlapping = np.zeros(len(shapes), dtype=bool)
    shapely.prepare(shapes)  # for all batches at once: most of the work with detailed outlines
    for start in range(0, len(places), _BATCH):
        progress.step(start / len(places))
        batch = slice(start, start + _BATCH)
        # The index is over the points: an area that asks for its points is prepared, a point that asks for its area is not.
        area, point = shapely.STRtree(places[batch]).query(shapes, predicate="intersects")
        zone[batch][point[::-1]] = area[::-1]  # areas come in their order: written backwards, the first one stays
        several = np.bincount(point, minlength=len(places[batch])) > 1
        if several.any():
            inside = _strictly_inside(places[batch], several, shapes)
            overlapping[area[inside[point]]] = True
            overlap += int(inside.sum())
            border += int((several & ~inside).sum())
    shapely.destroy_prepared(shapes)
    return _Places(zone, border, overlap, int(overlapping.sum()))


def _strictly_inside(places: np.ndarray, several: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """Which of the points that lie in `several` areas are off the border of one of them: there, areas overlap."""
    inside = np.zeros(len(places), dtype=bool)
    rows = np.flatnonzero(several)
    found = shapely.STRtree(places[rows]).query(shapes, predicate="contains_properly")[1]
    inside[rows[found]] = True
    return inside


def _bay_points(bays: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """A point on each bay in service that has a position."""
    check_crs(bays.geometry, str(Message("bays")))
    usable = usable_bays(bays).usable.to_numpy() & has_position(bays.geometry)
    return as_points(bays.geometry[usable])[0]


def _place_notes(places: _Places, bay_zone: np.ndarray | None) -> list[Message]:
    outside = int((places.zone < 0).sum())
    notes = []
    if places.on_border:
        notes.append(
            Message(
                "{count} delivery points lie on a border between zones; each was counted once, in the first of them in the order of the layer.",
                count=count(places.on_border),
            )
        )
    if places.in_overlap:
        notes.append(
            Message(
                "{count} delivery points lie in several zones, because {zones} zones overlap; each was counted once, in the first of them "
                "in the order of the layer.",
                count=count(places.in_overlap),
                zones=count(places.overlapping),
            )
        )
    if outside and outside == len(places.zone):
        notes.append(Message("No delivery point lies in a zone. Check that the two layers show the same place, each in its true CRS."))
    elif outside:
        notes.append(Message("{count} delivery points lie outside every zone; they have a row of their own.", count=count(outside)))
    elsewhere = 0 if bay_zone is None else int((bay_zone < 0).sum())
    if elsewhere and not outside:
        notes.append(Message("{count} usable bays lie outside every zone; they are in no row of the figures.", count=count(elsewhere)))
    return notes


# -- zones ---------------------------------------------------------------------------------------------------------


def usable_areas(zones: gpd.GeoDataFrame, zone_field: str | None) -> Areas:
    """Zones that have an area, repaired, with their names; what was wrong with the others."""
    if not len(zones):
        raise DataError(
            "There are no {what} in the layer: it is empty. Choose another layer, or check its filter.", what=Message("zone polygons")
        )
    check_crs(zones.geometry, str(Message("zone polygons")))
    names, notes = _names(zones, zone_field)
    shapes, broken = _polygons(zones.geometry)
    areal = shapes.notna().to_numpy()
    if not areal.any():
        raise DataError("None of the {count} zones is an area. Choose a layer of polygons that have a geometry.", count=len(zones))
    repaired = broken & areal
    if repaired.any():
        notes.append(
            Message("The outlines of {count} zones were invalid and were repaired: {names}", count=int(repaired.sum()), names=_some(names[repaired]))
        )
    if not areal.all():
        notes.append(
            Message(
                "{count} zones were left out, because they have no geometry, no area or impossible coordinates: {names}",
                count=int((~areal).sum()),
                names=_some(names[~areal]),
            )
        )
    return Areas(names[areal], shapes[areal], notes)


def _polygons(geometry: gpd.GeoSeries) -> tuple[gpd.GeoSeries, np.ndarray]:
    """The polygonal parts of each geometry in two dimensions, missing where there are none, and which ones were invalid."""
    shapes = shapely.force_2d(geometry.to_numpy())
    shapes[~has_position(geometry)] = None
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    shapes[owner[~np.isfinite(corners).all(axis=1)]] = None  # the bounds do not tell of one corner that is not a number
    broken = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    shapes[broken] = shapely.make_valid(shapes[broken])
    other = ~np.isin(shapely.get_type_id(shapes), _POLYGONAL)
    shapes[other] = [_polygonal_part(shape) for shape in shapes[other]]
    shapes[shapely.is_empty(shapes)] = None
    return gpd.GeoSeries(shapes, index=geometry.index, crs=geometry.crs), broken


def _polygonal_part(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    parts = shapely.get_parts(shapely.get_parts(shape)) if shape is not None else []
    polygons = [part for part in parts if part.geom_type == "Polygon"]
    return shapely.union_all(polygons) if polygons else None


def _names(zones: gpd.GeoDataFrame, zone_field: str | None) -> tuple[pd.Series, list[Message]]:
    """Name of each zone, numbered ``Zone 1``… where it has none, and what should be said about that."""
    columns = [str(column) for column in zones.columns if column != zones.geometry.name]
    field, notes = (_chosen_field(zone_field, columns), []) if zone_field else _guessed_field(zones, columns)
    names = _texts(zones[field]) if field else pd.Series(None, index=zones.index, dtype=object)
    nameless = names.isna().to_numpy()
    numbered = np.array([f"Zone {number}" for number in range(1, len(zones) + 1)], dtype=object)  # the same word in French
    names = names.where(~nameless, pd.Series(numbered, index=zones.index))
    if field and nameless.any():
        notes.append(
            Message(
                "{count} zones have no name in “{field}”; they bear their number in the layer: {names}",
                count=int(nameless.sum()),
                field=field,
                names=_some(names[nameless]),
            )
        )
    repeated = names.duplicated()
    if repeated.any():
        notes.append(
            Message(
                "{count} zones bear the name of another zone; their figures are kept apart: {names}",
                count=int(repeated.sum()),
                names=_some(names[repeated].drop_duplicates()),
            )
        )
    return names, notes


def _chosen_field(name: str, columns: list[str]) -> str:
    alike = [name] if name in columns else [column for column in columns if column.casefold() == name.casefold()]
    if len(alike) != 1:
        raise ParameterError(
            "The zones have no field “{field}”. Choose one of: {fields}", field=name, fields=", ".join(columns) or "–"
        )
    return alike[0]


def _guessed_field(zones: gpd.GeoDataFrame, columns: list[str]) -> tuple[str | None, list[Message]]:
    folded = {fold(column): column for column in reversed(columns)}
    known = [folded[name] for name in NAME_FIELDS if name in folded]
    field = next((column for column in known if _texts(zones[column]).notna().any()), None)
    if field:
        return field, [Message("The zones are named after their field “{field}”.", field=field)]
    said = Message(
        "No field that names the zones was recognised; they are numbered in the order of the layer. Fields: {fields}",
        fields=", ".join(columns) or "–",
    )
    return None, [said]


def _texts(values: pd.Series) -> pd.Series:
    """`values` as text without blanks around it, None where missing or blank; 75101.0 is 75101."""
    texts = pd.Series(None, index=range(len(values)), dtype=object)
    known = values.notna().to_numpy()
    texts[known] = [_text(value) for value in values[known].tolist()]
    return texts.set_axis(values.index)


def _text(value: Any) -> str | None:
    whole = isinstance(value, (float, np.floating)) and float(value).is_integer()
    return str(int(value) if whole else value).strip() or None


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:_EXAMPLES]) + ("…" if len(listed) > _EXAMPLES else "")
