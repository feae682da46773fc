"""Copies → one table: each read as the source's kind of table, cut to the area, with counts that add up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from ..errors import DataError, JoptimizError
from ..messages import Message
from ..read.perimeters import PerimeterReading
from ..read.reading import Reading
from ..read.tables import table_from_raw
from ..read.vector import read_raw
from ..schema import load_table, table_names
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
    rules : DataFrame or None
        Of perimeters: the rules of those in `table`.
    """

    table: gpd.GeoDataFrame
    readings: list[Reading]
    outside: int = 0
    notes: list[Message] = field(default_factory=list)
    rules: pd.DataFrame | None = None

    @property
    def rejects(self) -> pd.DataFrame:
        """The rejected rows of all copies; ``source`` says which, where there are several."""
        parts = [reading.reject_table() for reading in self.readings]
        if len(parts) == 1:
            return parts[0]
        named = [part.assign(source=reading.source) for part, reading in zip(parts, self.readings)]
        return pd.concat(named, ignore_index=True) if named else pd.DataFrame(columns=["line", "column", "value", "reason", "source"])

    def rows_with(self, kind: str) -> int:
        """Rows read that have at least one remark of `kind` (`Reading.rows_with`)."""
        return sum(reading.rows_with(kind) for reading in self.readings)

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
    return joined(readings, area, notes)


def joined(readings: list[Reading], area: Area | None = None, notes: list[Message] | None = None) -> SourceTable:
    """What `readings` hold within `area`, as one table."""
    whole, rules = together(readings)
    table = inside(whole, area) if area else whole
    if rules is not None:
        rules = rules[rules["perimetre"].isin(table["cle"])].reset_index(drop=True)
    return SourceTable(table, readings, len(whole) - len(table), notes or [], rules)


def read_copy(source: Source, copy: Copy) -> Reading:
    """The table in one copy, by the reader of its kind; the catalogue's entry says what the rows do not."""
    raw = read_raw(copy.path)
    raw.name = copy.origin.title if source.schema else f"{host_of(source.url)} {source.dataset or source.collection}".strip()
    return table_from_raw(source.table, raw, source.mapping or None, source.crs or None, source.kind or None, source.coordinates)


def together(readings: list[Reading]) -> tuple[gpd.GeoDataFrame, pd.DataFrame | None]:
    """The tables of `readings` as one, and the rules of its perimeters; None where they are none.

    Several files may use the same key for a perimeter: from the second on it bears the file's number, and so do its rules.
    """
    tables, rules = [reading.table for reading in readings], [reading.rules for reading in readings if isinstance(reading, PerimeterReading)]
    if not rules:
        return _together(tables), None
    taken: set[str] = set()
    for number, (table, own) in enumerate(zip(tables, rules), start=1):
        repeated = set(table["cle"]) & taken
        names = {key: f"{key}@{number}" for key in repeated}
        tables[number - 1] = table.assign(cle=table["cle"].replace(names)) if names else table
        rules[number - 1] = _renamed(own, names) if names else own
        taken |= set(tables[number - 1]["cle"])
    return _together(tables), pd.concat(rules, ignore_index=True)


def _renamed(rules: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    owner = rules["perimetre"].replace(names)
    suffix = rules["id"].astype("string").str.rpartition("/")[2]
    return rules.assign(perimetre=owner, id=(owner.astype("string") + "/" + suffix).astype(object))


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
