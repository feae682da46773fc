"""The map of the audit report: positions as whole decimetres, small enough for a whole city in one file."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..crs import has_position, metric_crs, to_crs
from ..messages import count, tr
from ..palette import BAY_COLOUR, COVERED_COLOURS, UNCOVERED_COLOURS, UNKNOWN_COLOUR, spread
from ..parameters import band_labels

_UNIT_M = 0.1  # half a pixel at the closest zoom: finer would only make the file larger
_OUTLINE_M = 4.0  # by how much the drawn outline of a zone may leave the real one
_LEAST_VIEW_M = 200.0


def map_data(
    points: gpd.GeoSeries,
    rows: pd.DataFrame,
    bays: gpd.GeoDataFrame,
    max_distance: float,
    bands: Sequence[float],
    gaps: gpd.GeoDataFrame | None = None,
    zones: pd.DataFrame | None = None,
) -> dict[str, Any]:
    """What the page's script draws: positions from one origin, colours, and the view of all points.

    Parameters
    ----------
    points : GeoSeries
        Any CRS; drawn in the metric CRS of the place.
    rows : DataFrame
        `toolkit.coverage.Coverage.rows` of `points`.
    bays : GeoDataFrame
        Any geometry type and CRS; a boolean column ``usable`` tells apart those that do not count.
    max_distance, bands
        Metres, of the coverage run.
    gaps, zones : GeoDataFrame, optional
        Polygons with ``rank`` and ``label``; polygons drawn as outlines (a table without geometry is not drawn).
    """
    crs = metric_crs(points[has_position(points)])
    located = has_position(points) & rows["covered"].notna().to_numpy()
    xy = shapely.get_coordinates(to_crs(points[located], crs).to_numpy())
    low, high = xy.min(axis=0), xy.max(axis=0)
    slack = max(_LEAST_VIEW_M - float((high - low).max()), 0.0) / 2 + 0.03 * float((high - low).max())
    origin = np.floor(low)
    classes = _classes(max_distance, bands)
    return {
        "unit": _UNIT_M,
        "view": [round(float(value), 1) for value in (*(low - slack - origin), *(high + slack - origin))],
        "points": _packed(xy, origin),
        "kind": base64.b64encode(_kinds(rows[located], classes).tobytes()).decode("ascii"),
        "distance": _distances(rows.loc[located, "distance_m"]),
        "classes": [{"colour": colour, "covered": covered} for covered, _, colour in classes],
        **_bay_data(bays, crs, origin),
        "bayColour": BAY_COLOUR,
        "gaps": [] if gaps is None else _gap_data(gaps, crs, origin),
        "zones": _rings(zones, crs, origin) if isinstance(zones, gpd.GeoDataFrame) else [],
    }


def legend(rows: pd.DataFrame, max_distance: float, bands: Sequence[float]) -> list[dict[str, str]]:
    """Colour, name and number of points of each class that occurs."""
    classes = _classes(max_distance, bands)
    sizes = np.bincount(_kinds(rows[rows["covered"].notna()], classes), minlength=len(classes))
    shown = [_class_name(covered, band) for covered, band, _ in classes]
    return [
        {"colour": colour, "text": text, "points": count(int(size))}
        for text, (_, _, colour), size in zip(shown, classes, sizes)
        if size
    ]


def _classes(max_distance: float, bands: Sequence[float]) -> list[tuple[bool, str, str]]:
    """Covered or not, band and colour: those of the layer in QGIS; a band that the distance cuts is in both."""
    labels = list(zip((0.0, *bands), (*bands, math.inf), band_labels(bands)))
    near = [label for low, _, label in labels if low < max_distance]
    far = [label for _, high, label in labels if high > max_distance]
    covered = [(True, label, colour) for label, colour in zip(near, spread(COVERED_COLOURS, len(near)))]
    uncovered = [(False, label, colour) for label, colour in zip(far, spread(UNCOVERED_COLOURS, len(far)))]
    return [*covered, *uncovered, (False, "", UNKNOWN_COLOUR)]


def _class_name(covered: bool, band: str) -> str:
    if not band:
        return tr("No distance")
    return tr("{band}: covered", band=band) if covered else tr("{band}: not covered", band=band)


def _kinds(rows: pd.DataFrame, classes: list[tuple[bool, str, str]]) -> np.ndarray:
    place = {(covered, band): number for number, (covered, band, _) in enumerate(classes)}
    found = [place.get((bool(covered), band), len(classes) - 1) for covered, band in zip(rows["covered"], rows["band"])]
    return np.asarray(found, dtype=np.uint8)


def _distances(metres: pd.Series) -> str:
    """As 16 bits, in decimetres; the largest number where there is none or it is beyond 6 km."""
    values = np.nan_to_num(metres.to_numpy(dtype=float) / _UNIT_M, nan=65_535, posinf=65_535)
    return base64.b64encode(np.minimum(np.rint(values), 65_535).astype("<u2").tobytes()).decode("ascii")


def _bay_data(bays: gpd.GeoDataFrame, crs: Any, origin: np.ndarray) -> dict[str, str]:
    shapes = to_crs(bays.geometry, crs)
    placed = has_position(shapes)
    xy = shapely.get_coordinates(shapely.point_on_surface(shapes.to_numpy()[placed]))
    usable = bays["usable"].fillna(False).to_numpy(dtype=bool) if "usable" in bays else np.ones(len(bays), dtype=bool)
    flags = usable[placed].astype(np.uint8)
    return {"bays": _packed(xy, origin), "usable": base64.b64encode(flags.tobytes()).decode("ascii")}


def _packed(xy: np.ndarray, origin: np.ndarray) -> str:
    """East and north in turn, 32 bits each, little end first as in every browser."""
    return base64.b64encode(np.rint((xy - origin) / _UNIT_M).astype("<i4").tobytes()).decode("ascii")


def _gap_data(gaps: gpd.GeoDataFrame, crs: Any, origin: np.ndarray) -> list[dict[str, Any]]:
    placed = gaps[has_position(gaps.geometry)]
    shapes = to_crs(placed.geometry, crs)
    return [
        {"rank": int(rank), "label": str(label), "rings": _shape_rings(shape, origin)}
        for rank, label, shape in zip(placed["rank"], placed["label"], shapes)
    ]


def _rings(zones: gpd.GeoDataFrame, crs: Any, origin: np.ndarray) -> list[list[int]]:
    """Outlines of all zones, east and north in turn."""
    shapes = to_crs(zones.geometry[has_position(zones.geometry)], crs).to_numpy()
    return [ring for shape in shapely.simplify(shapes, _OUTLINE_M) for ring in _shape_rings(shape, origin)]


def _shape_rings(shape: Any, origin: np.ndarray) -> list[list[int]]:
    """Outer and inner rings of a polygon or of several; a line or a point as its own positions."""
    parts = shapely.get_parts(shape)
    rings = [ring for part in parts for ring in (shapely.get_rings(part) if part.geom_type == "Polygon" else [part])]
    return [np.rint((shapely.get_coordinates(ring) - origin) / _UNIT_M).astype(int).ravel().tolist() for ring in rings]


def embedded(data: Any) -> str:
    """`data` as JSON that can stand in a page's script element, whatever texts it holds."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
