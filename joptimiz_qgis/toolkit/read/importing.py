"""One run of one mapping over one raw table: what the readers of all tables share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .. import opening_hours
from ..crs import WGS84, check_crs, has_position, known_crs, looks_swapped
from ..messages import Message
from ..schema import Field, load_table
from ..schema.table import parse_number, with_none
from . import columns, positions
from .mapping import GENERIC, Mapping, fold, get_mapping, recognise
from .raw import RawTable, Reject
from .reading import Reading, Remark

_ISO_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?", re.IGNORECASE)


def mapping_for(table: str, raw: RawTable, mapping: str | None) -> Mapping:
    """The mapping that the user named, else the one that the header of `raw` is recognised by."""
    return get_mapping(table, mapping) if mapping else recognise(table, raw.columns, raw.name, raw.geometry is not None)


class TableImport:
    """One run of one mapping over one raw table; a table of its own kind overrides `geometry`, `complete` and `identify`."""

    UNLOCATED = Message("no usable geometry: the row cannot be placed on the map")

    def __init__(self, raw: RawTable, mapping: Mapping, crs: str | None) -> None:
        self.raw = raw
        self.mapping = mapping
        self.crs = crs
        self.schema = load_table(mapping.table)
        self.published = {fold(column): column for column in reversed(raw.columns)}
        self.remarks: list[Remark] = []
        self.rejects = list(raw.rejects)
        self.notes = list(raw.notes)
        self.taken = np.ones(len(raw.rows), dtype=bool)

    def run(self) -> Reading:
        """Reading of the whole table."""
        self.keep_rows()
        known_crs(self.crs or self.mapping.crs or WGS84)
        geometry = self.geometry()
        check_crs(geometry, self.raw.name)
        self.reject_unlocated(geometry)
        values = {field.name: self.field(field) for field in self.schema.fields if field.name in self.mapping.fields}
        table = pd.DataFrame({field.name: values.get(field.name, self.empty(field)) for field in self.schema.fields})
        self.complete(table, geometry)
        self.identify(table, geometry)
        self.remarks = [remark for remark in self.remarks if self.taken[remark.row]]
        table["remarques"] = self.remarks_by_row()
        frame = gpd.GeoDataFrame(table, geometry=geometry)[self.taken]
        rejects = sorted(self.rejects, key=lambda reject: reject.line)
        return Reading(self.raw.name, frame, rejects, self.remarks, self.mapping.name, self.notes)

    # -- columns -------------------------------------------------------------------------------------------------

    def text(self, column: str) -> pd.Series:
        """Published column as text; None where empty, absent, or written as one of the mapping's missing values."""
        name = self.published.get(fold(column))
        if name is None:
            return self.nothing()
        text = self.raw.text(name)
        return _without(text, self.mapping.missing)

    def nothing(self) -> pd.Series:
        """A column of text without any value."""
        return pd.Series(np.full(len(self.raw.rows), None, dtype=object), index=self.raw.rows.index)

    def empty(self, field: Field) -> pd.Series:
        """A column of `field` without any value."""
        kind: Any = field.pandas_type
        return self.nothing() if kind == "object" else pd.Series(None, index=self.raw.rows.index, dtype=kind)

    def field(self, field: Field, spec: dict[str, Any] | None = None) -> pd.Series:
        """Values of one field, with remarks for what had to be changed."""
        spec = self.mapping.fields[field.name] if spec is None else spec
        kind = next(kind for kind in _SOURCES if kind in spec)
        text = _SOURCES[kind](self, field, spec)
        if "unknown" in spec and kind != "spans":
            text = _without(text, spec["unknown"])
        if "values" in spec:
            text = _mapped(text, spec)
        if "factor" in spec:
            text = text.map(lambda value: _scaled(value, spec["factor"]), na_action="ignore")
        text = with_none(text)
        if "absent" in spec:
            text = self.filled(field, text, spec["absent"])
        text = self.tidied(field, text)
        if text.isna().all():
            return self.empty(field)
        values, problems = field.convert(text)
        self.check_form(field, values)
        missing = values.isna().to_numpy()
        for row, problem in zip(problems.index.to_numpy(), problems):
            dropped = bool(missing[row]) or (field.type == "list" and not field.open)
            self.remark(row, field.name, "corrected" if dropped else "flagged", problem)
        return values

    def tidied(self, field: Field, text: pd.Series) -> pd.Series:  # noqa: ARG002 - for tables whose sources write values in ways of their own
        """`text` as the field's conversion understands it; as it is here."""
        return text

    def filled(self, field: Field, text: pd.Series, absent: str) -> pd.Series:
        """`text` with what stands in for a value that should be there."""
        for row in np.flatnonzero(text.isna().to_numpy()):
            self.remark(row, field.name, "flagged", Message("it should be given and is not; taken as “{value}”", value=absent))
        return text.fillna(absent)

    def check_form(self, field: Field, values: pd.Series) -> None:
        """A remark on each value that does not have the form it has in this source."""
        pattern = self.mapping.patterns.get(field.name)
        if pattern:
            malformed = values.notna() & ~values.astype("string").str.fullmatch(pattern).fillna(True).astype(bool)
            for row in np.flatnonzero(malformed.to_numpy()):
                problem = Message("{value} does not have the form expected (kept as it is)", value=values[row])
                self.remark(row, field.name, "flagged", problem)

    def remark(self, row: Any, field: str, kind: str, text: Message) -> None:
        """Note something about one value of a row."""
        self.remarks.append(Remark(int(row), field, kind, text))

    # -- rows ----------------------------------------------------------------------------------------------------

    def reject(self, rows: np.ndarray, column: str, values: pd.Series | None, reason: Message) -> None:
        """Take `rows` out, with a reason."""
        for row in np.flatnonzero(rows & self.taken):
            value = "" if values is None or values.iloc[row] is None else str(values.iloc[row])
            self.rejects.append(Reject(int(self.raw.lines[row]), column, value, reason))
        self.taken &= ~rows

    def keep_rows(self) -> None:
        """Reject the rows that the mapping does not take."""
        for rule in self.mapping.keep:
            text = self.text(rule["column"])
            folded = text.map(str.casefold, na_action="ignore")
            if "values" in rule:
                unwanted = ~folded.isin([value.casefold() for value in rule["values"]])
            else:
                unwanted = folded.isin([value.casefold() for value in rule["drop"]])
            self.reject(unwanted.to_numpy(), rule["column"], text, Message(rule["reason"]))

    def reject_unlocated(self, geometry: gpd.GeoSeries) -> None:
        """Reject the rows that cannot be placed."""
        lost = ~has_position(geometry)
        column, values = self.position_cells()
        self.reject(lost, column, values, self.UNLOCATED)

    def position_cells(self) -> tuple[str, pd.Series | None]:
        """The column that was to give the position, for the reason of a rejection."""
        if self.raw.geometry is None:
            for way in self.mapping.positions:
                column = next(way[key] for key in ("pair", "geojson", "longitude", "wkt") if key in way)
                if fold(column) in self.published:
                    return column, self.text(column)
        return "", None

    # -- positions -----------------------------------------------------------------------------------------------

    def geometry(self) -> gpd.GeoSeries:
        """Geometry of each row; missing where it has none."""
        return self.unswapped(self.base_geometry())

    def unswapped(self, geometry: gpd.GeoSeries) -> gpd.GeoSeries:
        """`geometry` with longitude first where a row lies in France the other way round only."""
        if geometry.crs is None or not geometry.crs.is_geographic:
            return geometry
        bounds = np.where(has_position(geometry)[:, None], geometry.bounds.to_numpy(), np.nan)
        swapped = looks_swapped(bounds[:, [0, 2]].mean(axis=1), bounds[:, [1, 3]].mean(axis=1))
        for row in np.flatnonzero(swapped):
            self.remark(row, "geometry", "corrected", Message("latitude and longitude were the other way round"))
        values = geometry.to_numpy().copy()
        values[swapped] = shapely.transform(values[swapped], lambda xy: xy[:, ::-1])
        return gpd.GeoSeries(values, index=geometry.index, crs=geometry.crs)

    def base_geometry(self) -> gpd.GeoSeries:
        """The published position: the geometry of the layer, or what the columns give."""
        if self.raw.geometry is not None:
            geometry = self.raw.geometry
            return geometry.set_crs(self.crs) if self.crs and geometry.crs is None else geometry
        if not self.mapping.positions:
            geometry, notes = columns.locate(self.raw, self.crs)
            self.notes += notes
            return geometry
        found: np.ndarray = np.full(len(self.raw.rows), None, dtype=object)
        for way in self.mapping.positions:
            empty = shapely.is_missing(found) | shapely.is_empty(found)
            if not empty.any():
                break
            found = np.where(empty, self.positions(way), found)
        return gpd.GeoSeries(found, crs=self.crs or self.mapping.crs or WGS84)

    def positions(self, way: dict[str, Any]) -> np.ndarray:
        """Geometry by one of the ways that the mapping names."""
        if "geojson" in way:
            return positions.from_geojson(self.text(way["geojson"]))
        if "wkt" in way:
            return positions.from_wkt(self.text(way["wkt"]))[0]
        if "pair" in way:
            first, second = positions.pairs(_without(self.text(way["pair"]), way.get("unknown", ())))
            if way["order"] == "lat lon":
                x, y = second, first
            else:
                x, y, swapped = positions.in_longitude_first(first, second)
                if swapped:
                    self.notes.append(Message("“{columns}” holds latitude before longitude; read so.", columns=way["pair"]))
        else:
            x, y = (positions.numbers(self.text(way[axis])) for axis in ("longitude", "latitude"))
        if not known_crs(self.crs or self.mapping.crs or WGS84).is_geographic:
            return positions.points(x, y)
        outside = ~((np.abs(x) <= 180) & (np.abs(y) <= 90))
        return positions.points(np.where(outside, np.nan, x), np.where(outside, np.nan, y))

    # -- fields that follow from others --------------------------------------------------------------------------

    def complete(self, table: pd.DataFrame, geometry: gpd.GeoSeries) -> None:
        """Fill fields of `table` that follow from others; nothing here."""

    def identify(self, table: pd.DataFrame, geometry: gpd.GeoSeries) -> None:  # noqa: ARG002 - some tables need it
        """Fields that every row has whatever its source: where it came from, an identifier."""
        table["source"] = table["source"].where(table["source"].notna(), self.raw.name)
        table["source_ligne"] = table["source_ligne"].fillna(pd.Series(self.raw.lines, index=table.index)).astype("Int64")
        self.flag_repeated(table)
        if "id" not in self.mapping.fields or (self.mapping.name == GENERIC and table["id"].isna().all()):
            table["id"] = [str(line) for line in self.raw.lines]

    def flag_repeated(self, table: pd.DataFrame) -> None:
        """A remark on each row whose identifier another row has as well."""
        repeated = table["id"].notna() & table["id"].duplicated(keep=False) & self.taken
        for row in np.flatnonzero(repeated.to_numpy()):
            self.remark(row, "id", "flagged", self.repeated(table["id"].iloc[row]))

    def repeated(self, value: str) -> Message:
        """What to say of an identifier that several rows have."""
        return Message("{value} is the identifier of several rows", value=value)

    def remarks_by_row(self) -> pd.Series:
        """All remarks on each row as one text."""
        by_row: dict[int, list[str]] = {}
        for remark in self.remarks:
            by_row.setdefault(remark.row, []).append(str(remark))
        return pd.Series([" ; ".join(by_row.get(row, ())) or None for row in range(len(self.taken))], dtype=object)

    # -- sources of a field --------------------------------------------------------------------------------------

    def from_column(self, _field: Field, spec: dict[str, Any]) -> pd.Series:
        """One column."""
        return self.text(spec["column"])

    def from_first(self, _field: Field, spec: dict[str, Any]) -> pd.Series:
        """The first of several columns that has a value."""
        found = self.text(spec["first_of"][0])
        for column in spec["first_of"][1:]:
            found = found.where(found.notna(), self.text(column))
        return found

    def from_join(self, _field: Field, spec: dict[str, Any]) -> pd.Series:
        """Several columns, one behind the other."""
        parts = [self.text(column) for column in spec["join"]]
        separator = spec.get("separator", " ")
        joined = [separator.join(cell for cell in row if cell) or None for row in zip(*parts)]
        # « RUE DE L' » + « AIGLE » is one word
        return pd.Series(joined, index=self.raw.rows.index, dtype=object).str.replace("' ", "'", regex=False)

    def from_constant(self, _field: Field, spec: dict[str, Any]) -> pd.Series:
        """The same for all rows."""
        return pd.Series(spec["constant"], index=self.raw.rows.index, dtype=object)

    def from_minutes(self, _field: Field, spec: dict[str, Any]) -> pd.Series:
        """An ISO 8601 duration, in minutes."""
        return self.text(spec["minutes"]).map(_minutes, na_action="ignore")

    def from_hours(self, field: Field, spec: dict[str, Any]) -> pd.Series:
        """Published opening_hours (kept even where unreadable, and flagged), else built from the CDS column."""
        text = self.text(spec["hours"])
        readable = {hours: _readable(hours) for hours in text.dropna().unique()}
        for row in np.flatnonzero(text.map(lambda hours: readable.get(hours) is False).to_numpy()):
            problem = Message("{value} cannot be read as opening hours (kept as it is; the hours count as unknown)", value=text[row])
            self.remark(row, field.name, "flagged", problem)
        if "cds" not in spec:
            return text
        cds = self.text(spec["cds"])
        needed = text.isna() & cds.notna()
        built = self.built(field, cds[needed], opening_hours.from_cds)
        return text.where(~needed, built.reindex(text.index))

    def from_spans(self, field: Field, spec: dict[str, Any]) -> pd.Series:
        """Pairs of columns start, end → opening_hours."""
        unknown = {tuple(pair) for pair in spec.get("unknown", ())}
        ends = [zip(self.text(start), self.text(end)) for start, end in spec["spans"]]
        slots = pd.Series([tuple(pair for pair in row if any(pair)) for row in zip(*ends)], index=self.raw.rows.index, dtype=object)
        for row, pairs in slots.items():
            if not all(map(all, pairs)):
                self.remark(row, field.name, "corrected", Message("a slot with a start and no end (or the reverse) is left out"))
            if pairs and all(pair in unknown for pair in pairs):
                note = Message("“{slot}” can mean not known or all day (left empty)", slot="–".join(pairs[0]))
                self.remark(row, field.name, "flagged", note)
        complete = slots.map(lambda pairs: tuple(pair for pair in pairs if all(pair) and pair not in unknown))
        return self.built(field, complete[complete.map(len) > 0], opening_hours.from_spans).reindex(slots.index)

    def built(self, field: Field, cells: pd.Series, build: Callable[[Any], str]) -> pd.Series:
        """Hours built from each of `cells`; a cell that cannot be read is dropped with a remark."""
        results: dict[Any, str | opening_hours.OpeningHoursError] = {}
        for cell in cells.unique():
            try:
                results[cell] = build(cell)
            except opening_hours.OpeningHoursError as error:
                results[cell] = error
        for row, cell in cells.items():
            if not isinstance(results[cell], str):
                self.remark(row, field.name, "corrected", Message("hours left out: {cause}", cause=results[cell]))
        return cells.map(lambda cell: results[cell] if isinstance(results[cell], str) else None).astype(object)


_SOURCES: dict[str, Callable[[TableImport, Field, dict[str, Any]], pd.Series]] = {
    "column": TableImport.from_column,
    "first_of": TableImport.from_first,
    "join": TableImport.from_join,
    "constant": TableImport.from_constant,
    "minutes": TableImport.from_minutes,
    "hours": TableImport.from_hours,
    "spans": TableImport.from_spans,
}


def _without(text: pd.Series, unwanted: Sequence[str]) -> pd.Series:
    return with_none(text.mask(text.isin(list(unwanted)))) if unwanted else text


def _mapped(text: pd.Series, spec: dict[str, Any]) -> pd.Series:
    known = {published.casefold(): value for published, value in spec["values"].items()}

    def translate(value: str) -> str | None:
        return known.get(value.casefold(), spec.get("other", value))

    return with_none(text.map(translate, na_action="ignore"))


def _scaled(text: str, factor: float) -> str:
    number = parse_number(text)
    return text if number is None else f"{round(number * factor, 2):.10g}"


def _minutes(text: str) -> str:
    match = _ISO_DURATION.fullmatch(text)
    if not match or not any(match.groups()):
        return text  # the schema's own conversion says what is wrong with it
    days, hours, minutes = (int(group or 0) for group in match.groups())
    return str((days * 24 + hours) * 60 + minutes)


def _readable(hours: str) -> bool:
    try:
        opening_hours.OpeningHours.parse(hours)
    except opening_hours.OpeningHoursError:
        return False
    return True
