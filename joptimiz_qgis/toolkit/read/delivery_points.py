"""Delivery points (establishments, customers) from any vector file or CSV with coordinates."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..crs import check_crs, has_position, known_crs
from ..errors import DataError
from ..messages import Message
from .columns import locate, typed
from .raw import RawTable, Reject
from .reading import Reading
from .vector import read_raw

# Codes are text whatever they look like: SIRET, SIREN, NIC, postcodes, INSEE codes, phone numbers, workforce classes.
TEXT_NAMES = ("siret", "siren", "nic", "postal", "codpos", "insee", "code", "tel", "tefet", "trancheeffectif", "ident")


def read_delivery_points(path: Path | str, crs: str | None = None, layer: str | None = None) -> Reading:
    """Delivery points from a file.

    Parameters
    ----------
    path : path
        Any vector file, or a CSV with coordinates.
    crs : str, optional
        CRS of the coordinates, where the file does not declare it and the values do not tell.
    layer : str, optional
        Of a file that holds several.

    Returns
    -------
    Reading
        `table`: the published columns and one point a row (lines and polygons give a point on them, and a note says so).
        Rows without position are among `rejects`.

    Raises
    ------
    FileError, HeaderError, CrsError, ParameterError
        See `read_raw` and `locate`.
    DataError
        No row has a position.
    """
    return points_from_raw(read_raw(path, layer), crs)


def points_from_raw(raw: RawTable, crs: str | None = None) -> Reading:
    """Delivery points from rows that are already in memory; see `read_delivery_points`."""
    notes = list(raw.notes)
    if raw.geometry is None:
        geometry, located = locate(raw, crs)
        notes += located
        rows = typed(raw.rows, TEXT_NAMES)
    else:
        geometry = raw.geometry.set_crs(known_crs(crs)) if crs and raw.geometry.crs is None else raw.geometry
        rows = raw.rows
    check_crs(geometry, raw.name)
    geometry, note = as_points(geometry)
    notes += [note] if note else []
    located_rows = has_position(geometry)
    if not len(rows):
        raise DataError("“{name}” holds no delivery point.", name=raw.name)
    if not located_rows.any():
        raise DataError(
            "None of the {count} rows of “{name}” has a usable position. Check the coordinate columns, or locate the addresses first.",
            count=len(rows),
            name=raw.name,
        )
    reason = Message("no usable coordinates: the delivery point cannot be placed on the map")
    rejects = raw.rejects + [Reject(int(line), "", "", reason) for line in raw.lines[~located_rows]]
    own = pd.DataFrame(rows).rename(columns={"geometry": "geometry_text"})  # the name is the point's
    table = gpd.GeoDataFrame(own, geometry=geometry.to_numpy(), crs=geometry.crs)[located_rows]
    return Reading(raw.name, table, sorted(rejects, key=lambda reject: reject.line), notes=notes)


def as_points(geometry: gpd.GeoSeries) -> tuple[gpd.GeoSeries, Message | None]:
    """One point a geometry, in two dimensions; a sentence where lines, polygons or several points had to be turned into one."""
    values = geometry.to_numpy()
    kinds = shapely.get_type_id(values)
    extended = (kinds > 0) & ~shapely.is_empty(values)  # neither missing (-1) nor a point (0)
    flat = shapely.force_2d(values) if shapely.has_z(values).any() else values.copy()
    if not extended.any():
        return gpd.GeoSeries(flat, index=geometry.index, crs=geometry.crs), None
    flat[extended] = _point_on(flat[extended])
    several = (kinds == shapely.GeometryType.MULTIPOINT) & (shapely.get_num_geometries(values) == 1)
    turned = int((extended & ~several).sum())
    note = Message(
        "{count} delivery points are lines, areas or groups of points; a point on each of them was taken.", count=turned
    )
    return gpd.GeoSeries(flat, index=geometry.index, crs=geometry.crs), note if turned else None


def _point_on(geometry: np.ndarray) -> np.ndarray:
    """A point on the surface of each geometry; missing where the geometry is too broken to have one."""
    return np.array([_point_on_surface(item) for item in geometry], dtype=object)


def _point_on_surface(geometry: shapely.Geometry) -> shapely.Geometry | None:
    for candidate in (geometry, shapely.make_valid(geometry)):
        try:
            point = shapely.point_on_surface(candidate)
        except shapely.GEOSException:
            continue
        if not shapely.is_empty(point):
            return point
    return None
