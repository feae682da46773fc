"""Access points of perimeters, and points of interest, of any published dialect → their tables."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from ..crs import WGS84
from ..errors import ParameterError
from ..messages import Message
from ..schema import load_table
from ..validity import Periods
from .delivery_points import as_points
from .importing import TableImport, mapping_for
from .mapping import GENERIC, Mapping, fold
from .raw import RawTable
from .reading import Reading
from .vector import read_raw


def read_access_points(path: Path | str, mapping: str | None = None, crs: str | None = None, layer: str | None = None) -> Reading:
    """Access points from a file.

    Parameters
    ----------
    path : path
        Any vector file, or a CSV with coordinates.
    mapping, crs, layer : str, optional
        See `read_perimeters`; without a mapping, the generic one.

    Returns
    -------
    Reading
        `table` has the fields of the table access_points and a point a row. ``horaires`` that cannot be read are kept, flagged,
        and count as unknown.

    Raises
    ------
    FileError, HeaderError, CrsError, ParameterError
        See `read_raw`, `recognise` and `locate`.
    """
    return access_points_from_raw(read_raw(path, layer), mapping, crs)


def access_points_from_raw(raw: RawTable, mapping: str | None = None, crs: str | None = None) -> Reading:
    """Access points from rows that are already in memory; see `read_access_points`."""
    return _PlaceImport(raw, mapping_for("access_points", raw, mapping or GENERIC), crs).run()


def read_points_of_interest(
    path: Path | str, mapping: str | None = None, crs: str | None = None, layer: str | None = None, kind: str | None = None
) -> Reading:
    """Points of interest from a file.

    Parameters
    ----------
    path : path
        Any vector file, or a CSV with coordinates.
    mapping, crs, layer : str, optional
        See `read_perimeters`. Shipped: ``irve`` (charging stations), ``prix_carburants`` (fuel stations), ``aires_stockage``
        (waiting areas for lorries), ``generic``.
    kind : str, optional
        Kind of the rows of which the file does not say it, one of resources/tables/poi_kinds.csv. With it, a file whose header no
        mapping recognises is read by the generic one.

    Returns
    -------
    Reading
        `table` has the fields of the table points_of_interest and a point a row.

    Raises
    ------
    FileError, HeaderError, CrsError
        See `read_raw`, `recognise` and `locate`.
    ParameterError
        `kind` is none of those known.
    """
    return points_of_interest_from_raw(read_raw(path, layer), mapping, crs, kind)


def points_of_interest_from_raw(
    raw: RawTable, mapping: str | None = None, crs: str | None = None, kind: str | None = None
) -> Reading:
    """Points of interest from rows that are already in memory; see `read_points_of_interest`."""
    allowed = load_table("points_of_interest")["type_poi"].enum
    if kind is not None and kind not in allowed:
        raise ParameterError("“{kind}” is not a kind of point of interest. Expected one of: {allowed}.", kind=kind, allowed=", ".join(allowed))
    chosen = mapping_for("points_of_interest", raw, mapping or (GENERIC if kind else None))
    return _PlaceImport(raw, chosen, crs, kind).run()


class _PlaceImport(TableImport):
    """Places: one point a row, a kind for those that have none."""

    UNLOCATED = Message("no usable coordinates: the place cannot be put on the map")

    def __init__(self, raw: RawTable, mapping: Mapping, crs: str | None, kind: str | None = None) -> None:
        super().__init__(raw, mapping, crs)
        self.kind = kind

    def geometry(self) -> gpd.GeoSeries:
        """A point of each row: that on a line or an area where it is one."""
        geometry, note = as_points(super().geometry())
        self.notes += [note] if note else []
        return geometry

    def complete(self, table: pd.DataFrame, geometry: gpd.GeoSeries) -> None:  # noqa: ARG002 - some tables need it
        """Kind of those that have none; dates in order."""
        if "type_poi" in table:
            table["type_poi"] = table["type_poi"].where(table["type_poi"].notna(), self.kind)
            for row in np.flatnonzero(table["type_poi"].isna().to_numpy()):
                self.remark(row, "type_poi", "flagged", Message("the kind of the place is not given"))
        if "date_fin" in table:
            periods = Periods(table["date_debut"], table["date_fin"])
            for row in np.flatnonzero(periods.end <= periods.start):
                self.remark(row, "date_fin", "flagged", Message("it ends before it starts; whether it applies counts as unknown"))


def delivery_point_table(raw: RawTable, mapping: str | None = None, crs: str | None = None) -> Reading:
    """Establishments or customers as the table delivery_points, for a workspace; `points_from_raw` keeps the published columns instead.

    Parameters
    ----------
    raw : RawTable
    mapping : str, optional
        Without one, the generic mapping, which knows the names of the Sirene base.
    crs : str, optional
        CRS of the coordinates, where it cannot be found out.

    Returns
    -------
    Reading
        A note names the published columns for which the table has no field.

    Raises
    ------
    HeaderError, CrsError, ParameterError
        See `recognise` and `locate`.
    """
    chosen = mapping_for("delivery_points", raw, mapping or GENERIC)
    reading = _DeliveryPointImport(raw, chosen, crs).run()
    left = _columns_left(raw, chosen)
    if left:
        reading.notes.append(Message("Columns for which the table has no field, and which were not taken: {columns}.", columns=", ".join(left)))
    return reading


class _DeliveryPointImport(_PlaceImport):
    """Delivery points: longitude and latitude follow from the geometry where they are not given."""

    UNLOCATED = Message("no usable coordinates: the delivery point cannot be placed on the map")

    def complete(self, table: pd.DataFrame, geometry: gpd.GeoSeries) -> None:
        """Longitude and latitude of all that have a place."""
        inside = geometry[self.taken].to_crs(WGS84)
        for name, values in (("longitude", inside.x), ("latitude", inside.y)):
            table[name] = values.round(7).reindex(table.index)


def _columns_left(raw: RawTable, mapping: Mapping) -> list[str]:
    """Published columns that hold something and that no field takes."""
    sources = [source for spec in mapping.fields.values() for kind in ("column", "hours", "first_of") for source in _listed(spec.get(kind))]
    taken = {fold(source) for source in sources} | {"geometry", "geom", "geopoint2d", "geoshape"}
    return [column for column in raw.columns if fold(column) not in taken and raw.text(column).notna().any()]


def _listed(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else value or []
