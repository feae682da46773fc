"""Delivery bays under control: the national schema's rules, and what a schema cannot say.

A file or a layer is read as any other import; what the schema asks is judged on the cells as they were written, what makes sense on the
bays as they were understood. Rows keep their labels all the way, so that a finding leads back to its feature.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..crs import WGS84, has_position
from ..findings import Correction, is_missing
from ..messages import Message
from ..opening_hours import as_local
from ..progress import Progress
from ..read.bays import bays_from_raw
from ..schema import load_table
from . import bay_places, bay_sense
from .findings import ERROR, NOTICE, WARNING, Finding, Findings, Rule
from .national_form import cell_text
from .schema_rules import Places, check_header, check_rows, schema_columns

if TYPE_CHECKING:
    import geopandas as gpd

    from ..read.raw import RawTable, Reject
    from ..read.reading import Reading

NATIONAL = "national_v1"
NO_POSITION = Rule("no_position", ERROR, Message("The bay cannot be placed on the map"))
NOT_A_BAY = Rule("not_a_bay", NOTICE, Message("The row is no delivery bay and is left out"))
CELLS = Rule("row_cells", ERROR, Message("The row has more or fewer cells than the header"))
IMPORTED = Rule("import_remark", NOTICE, Message("Changed or doubted when the file was read"))
AMBIGUOUS = Rule("hours_ambiguous", WARNING, Message("Hours that the source leaves open"))


@dataclass(frozen=True)
class Limits:
    """From where on something is told of.

    Attributes
    ----------
    duplicate_m : float
        Metres between two bays from which they are taken for one.
    footprint_m : float
        Metres from the point to its footprint.
    commune_m : float
        Metres outside the communes; outlines are simplified.
    road_m : float
        Metres to the nearest road's axis.
    size_share : float
        Share by which a length may differ from that of the footprint.
    today : datetime, optional
        What is the future.
    """

    duplicate_m: float = 3.0
    footprint_m: float = 10.0
    commune_m: float = 30.0
    road_m: float = 30.0
    size_share: float = 0.2
    today: datetime | None = None


@dataclass
class Control:
    """What came of a control.

    Attributes
    ----------
    findings : Findings
    reading : Reading
        The bays as they were understood; labels as in the rows that were given.
    """

    findings: Findings
    reading: Reading


class Bays:
    """The bays with the cells that they were read from: what the rules look at."""

    def __init__(self, raw: RawTable, reading: Reading, limits: Limits) -> None:
        self.raw = raw
        self.table = reading.table
        self.reading = reading
        self.limits = limits
        national = reading.mapping == NATIONAL
        self.columns = schema_columns(load_table("bays"), raw.columns) if national else {}
        self.national = national
        self.today = as_local(limits.today) if limits.today else datetime.now()  # noqa: DTZ005 - local time, as the dates are
        self.positions = _positions(self.table)
        self.lines = dict(zip(raw.rows.index, (int(line) for line in raw.lines)))
        self.ids = {row: cell_text(value) for row, value in self.table["id"].items()}

    def value(self, row: Any, field: str) -> Any:
        """A value of a bay; None where missing."""
        found = self._records().get(row, {}).get(field)
        return None if is_missing(found) else found

    def _records(self) -> dict[Any, dict[str, Any]]:
        if not hasattr(self, "_by_row"):
            plain = pd.DataFrame(self.table.drop(columns=self.table.geometry.name)).astype(object)
            self._by_row = dict(zip(plain.index, plain.to_dict("records")))
        return self._by_row

    def given(self, *fields: str) -> Iterator[tuple[Any, tuple[Any, ...]]]:
        """Rows in which all of these fields have a value, with the values."""
        for row in self.table.index:
            values = tuple(self.value(row, field) for field in fields)
            if all(value is not None for value in values):
                yield row, values

    def finding(
        self, row: Any, field: str, rule: Rule, sentence: Message, expected: Message | None = None, related: tuple[str, ...] = (), **mended: Any
    ) -> Finding:
        """A finding about a field of a bay; `mended` says which fields would have to hold what."""
        corrections = tuple(filter(None, (self._correction(row, name, value) for name, value in mended.items())))
        whole = corrections if len(corrections) == len(mended) else ()
        column = self.columns.get(field, field)
        shown = "" if field == "geometry" else cell_text(self.value(row, field))
        place = self.positions.get(row)
        return Finding(row, self.lines.get(row, 0), self.ids.get(row, ""), column, shown, rule, sentence, expected, whole, place, related)

    def _correction(self, row: Any, field: str, after: Any) -> Correction | None:
        """The change of a cell as the rows have it; None where they have no such cell."""
        if field == "geometry":
            if self.raw.geometry is None:
                return None
            return Correction("geometry", self.raw.geometry.loc[row], after)
        if field not in self.columns:
            return None
        column = self.columns[field]
        before = self.raw.rows[column].loc[row]
        if isinstance(before, str) and after is not None:
            after = cell_text(after)
        return Correction(column, None if is_missing(before) else before, after)


def validate_bays(
    raw: RawTable,
    mapping: str | None = None,
    crs: str | None = None,
    communes: gpd.GeoDataFrame | None = None,
    roads: gpd.GeoSeries | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Control:
    """Everything that is wrong or doubtful in a table of delivery bays.

    Parameters
    ----------
    raw : RawTable
        Rows of a file or layer, of any source that has a mapping. What is in the form of the national schema is judged by its rules too.
    mapping, crs : str, optional
        See `read_bays`.
    communes : GeoDataFrame, optional
        Polygons; a column ``nom`` or ``name`` is compared with the bays' commune.
    roads : GeoSeries, optional
        Lines of the roads.
    limits : Limits, optional

    Returns
    -------
    Control
        Findings by line, the gravest first in each; the rows are those of `raw`.

    Raises
    ------
    FileError, HeaderError, CrsError
        See `read_bays`.
    CancelledError
        `progress` says that the user asked to stop.
    """
    progress = progress or Progress()
    reading = bays_from_raw(raw, mapping, crs)
    bays = Bays(raw, reading, limits or Limits())
    progress.step(0.2)
    found = [*_schema(bays, progress.part(0.2, 0.5)), *_of_import(bays)]
    for number, rule in enumerate(bay_sense.CHECKS):
        progress.step(0.5 + 0.2 * number / len(bay_sense.CHECKS))
        found += rule(bays)
    found += bay_places.check_places(bays, communes, roads, progress.part(0.7, 1))
    order = {ERROR: 0, WARNING: 1, NOTICE: 2}
    found.sort(key=lambda item: (item.line, order[item.severity], item.column))
    return Control(Findings(found, len(raw.rows) + len(raw.rejects)), reading)


def _schema(bays: Bays, progress: Progress) -> Iterator[Finding]:
    """What the schema has against the cells of a table in its form; against the bays themselves where the file has another."""
    table, raw = load_table("bays"), bays.raw
    if bays.national:
        if all(column.isupper() for column in raw.columns):
            yield from check_header(table, raw.columns)
        yield from check_rows(table, raw.rows, Places(raw.lines, bays.positions), progress, published=raw.geometry is None)
        return
    lines = np.array([bays.lines[row] for row in bays.table.index], dtype=int)
    rows = pd.DataFrame(bays.table.drop(columns=bays.table.geometry.name))
    for finding in check_rows(table, rows, Places(lines, bays.positions), progress, published=False):
        yield replace(finding, corrections=())  # the file has no such cells


def _of_import(bays: Bays) -> Iterator[Finding]:
    """Rows that were left out, and what was remarked on the others."""
    kept = {rule["reason"] for rule in _mapping_rules(bays)}
    known = {reject.line for reject in bays.raw.rejects}
    by_line = {line: row for row, line in bays.lines.items()}
    for reject in bays.reading.rejects:
        rule = NOT_A_BAY if reject.reason.template in kept else CELLS if reject.line in known else NO_POSITION
        yield _of_reject(bays, by_line.get(reject.line), reject, rule)
    for row, field, text in _remarks(bays):
        if field == "temporalite_osm" and bays.value(row, "temporalite_osm") is None:
            sentence = Message("No hours are known: {remark}", remark=text)
            yield bays.finding(row, field, AMBIGUOUS, sentence, Message("the hours as the sign says them, or 24/7"))
        elif not bays.national:
            yield bays.finding(row, field, IMPORTED, Message("When it was read: {remark}.", remark=text))


def _of_reject(bays: Bays, row: Any, reject: Reject, rule: Rule) -> Finding:
    column = bays.columns.get("id")
    key = cell_text(bays.raw.rows[column].loc[row]) if column and row is not None else ""
    sentence = Message("The row is left out: {reason}.", reason=reject.reason)
    return Finding(row, reject.line, key, reject.column, reject.value, rule, sentence)


def _mapping_rules(bays: Bays) -> tuple[dict[str, Any], ...]:
    from ..read.mapping import mappings

    found = mappings("bays").get(bays.reading.mapping)
    return found.keep if found else ()


def _remarks(bays: Bays) -> Iterator[tuple[Any, str, Any]]:
    """What was remarked when the bays were imported, now or earlier: a layer of ours keeps it as text."""
    for remark in bays.reading.remarks:
        if remark.kind != "completed":
            yield remark.row, remark.field, remark.text
    names = {column.lower(): column for column in bays.raw.columns}
    if bays.national and "remarques" in names:
        for row, text in bays.raw.rows[names["remarques"]].items():
            for part in cell_text(text).split(" ; "):
                field, _, said = part.partition(": ")
                if said and row in bays.ids:
                    yield row, field, said


def _positions(table: gpd.GeoDataFrame) -> dict[Any, tuple[float, float]]:
    """Longitude and latitude of each bay that has a place."""
    geometry = table.geometry.force_2d().representative_point()
    places = geometry.to_crs(WGS84) if geometry.crs is not None else geometry
    known = has_position(places)
    return {row: (float(x), float(y)) for row, x, y, good in zip(table.index, places.x, places.y, known) if good}
