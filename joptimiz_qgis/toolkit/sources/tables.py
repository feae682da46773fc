"""Copies → one table: each read as the source's kind of table, cut to the area, with counts that add up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from ..crs import WGS84, has_position, known_crs
from ..errors import DataError, JoptimizError
from ..messages import Message
from ..read.bays import bays_from_raw
from ..read.columns import locate, typed
from ..read.delivery_points import TEXT_NAMES
from ..read.raw import RawTable, Reject
from ..read.reading import Reading
from ..read.vector import read_raw
from ..schema import load_table, table_names
from ..schema.table import with_none
from ..web import host_of
from .area import inside

if TYPE_CHECKING:
    from .area import Area
    from .catalogue import Source
    from .copies import Copy


@dataclass
class SourceTable:
    """What was read from the copies of a source.

    Attributes
    ----------
    table : GeoDataFrame
        All rows of all copies within the area.
    readings : list of Reading
        One a copy that could be read, before the area.
    outside : int
        Rows read that lie outside the area.
    notes : list of Message
        Copies that could not be read, and why.
    """

    table: gpd.GeoDataFrame
    readings: list[Reading]
    outside: int = 0
    notes: list[Message] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Rows read, rejected, outside the area, and in the table."""
        return {
            "rows_read": sum(reading.rows_read for reading in self.readings),
            "rejected": sum(reading.rejected for reading in self.readings),
            "outside": self.outside,
            "rows": len(self.table),
        }


def read_copies(source: Source, copies: list[Copy], area: Area | None = None) -> SourceTable:
    """The table in `copies`.

    Raises
    ------
    FileError, HeaderError, CrsError, DataError
        No copy can be read: the reason of the first.
    """
    readings, notes, refusals = [], [], []
    for copy in copies:
        try:
            readings.append(read_copy(source, copy))
        except JoptimizError as error:
            refusals.append(error)
            notes.append(Message("“{title}” cannot be read: {cause}", title=copy.origin.title or copy.path.name, cause=error.message))
    if not readings:
        raise refusals[0] if refusals else DataError("“{name}” holds no row.", name=source.name)
    whole = _together([reading.table for reading in readings])
    table = inside(whole, area) if area else whole
    return SourceTable(table, readings, len(whole) - len(table), notes)


def read_copy(source: Source, copy: Copy) -> Reading:
    """The table in one copy: bays in the national schema, every other kind with its published columns."""
    raw = read_raw(copy.path)
    raw.name = copy.origin.title if source.schema else f"{host_of(source.url)} {source.dataset or source.collection}".strip()
    if source.table == "bays":
        return bays_from_raw(raw, source.mapping or None)
    return rows_with_position(raw, source.coordinates)


def rows_with_position(raw: RawTable, coordinates: tuple[str, ...] = ()) -> Reading:
    """Rows as published, with a geometry; those without are among the rejects.

    Parameters
    ----------
    coordinates : (str, str), optional
        Columns of x and y in degrees, where their names do not tell.
    """
    notes = list(raw.notes)
    rows, geometry = raw.rows, raw.geometry
    if geometry is None:
        plain = coordinates and set(coordinates) <= set(raw.columns)
        named = RawTable(raw.name, rows[list(coordinates)].set_axis(["longitude", "latitude"], axis=1), raw.lines) if plain else raw
        geometry, located = locate(named, WGS84 if plain else None)
        rows = typed(rows, TEXT_NAMES)
        notes += [] if plain else located
    elif geometry.crs is None:
        geometry = geometry.set_crs(known_crs(WGS84))
    known = has_position(geometry)
    reason = Message("no usable coordinates: the row cannot be placed on the map")
    rejects = sorted((*raw.rejects, *(Reject(int(line), "", "", reason) for line in raw.lines[~known])), key=lambda reject: reject.line)
    own = pd.DataFrame({name: _plain(rows[name]) for name in rows.columns}, index=rows.index)
    own = own.rename(columns={"geometry": "geometry_text"})  # the name is the position's
    table = gpd.GeoDataFrame(own, geometry=geometry.to_numpy(), crs=geometry.crs)[known]
    return Reading(raw.name, table, rejects, notes=notes)


def _plain(values: pd.Series) -> pd.Series:
    """`values` with lists as text, ``gonflage, DAB``: few formats hold lists, and each makes something else of them."""
    if values.dtype != object:
        return values
    return with_none(values.map(lambda value: _listed(value) if isinstance(value, (list, tuple, np.ndarray)) else value))


def _listed(values: Any) -> str | None:
    return ", ".join(str(value) for value in values if value is not None) or None


def _together(tables: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    if len(tables) == 1:
        return tables[0].reset_index(drop=True)
    crs = tables[0].crs
    return gpd.GeoDataFrame(pd.concat([table.to_crs(crs) for table in tables], ignore_index=True), crs=crs)


def key_of(source: Source) -> list[str]:
    """The columns that tell the rows of `source` from one another; empty where nothing says so."""
    if source.key:
        return list(source.key)
    return [load_table(source.table).key] if source.table in table_names() else []


