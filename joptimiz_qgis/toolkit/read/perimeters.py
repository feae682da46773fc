"""Perimeters of any published dialect (Games, low-emission zones, orders, any polygons) → the tables perimeters and perimeter_rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..competitions import END_MARGIN_MINUTES, restriction_periods
from ..errors import HeaderError
from ..messages import Message, OwnWords, count
from ..schema import load_table
from ..validity import Periods
from .importing import TableImport, mapping_for
from .mapping import PERIMETER_RULES
from .raw import RawTable
from .reading import Reading
from .vector import read_raw

LINE, POLYGON = 1, 2
"""Dimensions, as shapely counts them."""

_SOURCE_COLUMNS = ("column", "hours", "minutes")


def _no_rules() -> pd.DataFrame:
    return pd.DataFrame({each.name: each.typed(pd.Series(dtype=object)) for each in load_table(PERIMETER_RULES).fields})


@dataclass
class PerimeterReading(Reading):
    """Perimeters read from a file, and their rules.

    Attributes
    ----------
    rules : DataFrame
        Fields of the table perimeter_rules; ``perimetre`` is the ``cle`` of the perimeter in `table`.
    """

    rules: pd.DataFrame = field(default_factory=_no_rules)


def read_perimeters(path: Path | str, mapping: str | None = None, crs: str | None = None, layer: str | None = None) -> PerimeterReading:
    """Perimeters from a file.

    Parameters
    ----------
    path : path
        A vector file of polygons or special-road lines, or a CSV with WKT.
    mapping : str, optional
        Name of a shipped mapping (``games``, ``zfe``, ``orders``, ``generic``) or path of a mapping file; recognised from the
        header where not given.
    crs : str, optional
        CRS of the geometry, where the file declares none.
    layer : str, optional
        Of a file that holds several.

    Returns
    -------
    PerimeterReading
        `table` has the fields of the table perimeters, in the file's order (of overlapping low-emission zones the last one
        wins), in two dimensions; invalid geometry is repaired and a remark says so. `rules` has those of perimeter_rules. Rows
        without an area or a line are among `rejects`. Dates and hours that cannot be read are kept, flagged, and count as unknown.

    Raises
    ------
    FileError, HeaderError, CrsError, ParameterError
        See `read_raw`, `recognise` and `locate`.
    """
    return perimeters_from_raw(read_raw(path, layer), mapping, crs)


def perimeters_from_raw(raw: RawTable, mapping: str | None = None, crs: str | None = None) -> PerimeterReading:
    """Perimeters from rows that are already in memory; see `read_perimeters`."""
    return _PerimeterImport(raw, mapping_for("perimeters", raw, mapping), crs).read()


def read_rules(path: Path | str, layer: str | None = None) -> pd.DataFrame:
    """Rules that were imported before, from a table of the fields of perimeter_rules (CSV, GeoPackage…).

    Parameters
    ----------
    path : path
    layer : str, optional
        Of a file that holds several.

    Returns
    -------
    DataFrame
        Fields of the table perimeter_rules.

    Raises
    ------
    FileError, ParameterError
        See `read_raw`.
    HeaderError
        It has no column ``perimetre``.
    """
    return rules_from_raw(read_raw(path, layer))


def rules_from_raw(raw: RawTable) -> pd.DataFrame:
    """Rules from rows that are already in memory; see `read_rules`."""
    if "perimetre" not in raw.columns:
        raise HeaderError(
            "“{source}” is no table of rules: it has no column “perimetre”. Expected: the rules that the import of perimeters gives.",
            source=raw.name,
        )
    fields = load_table(PERIMETER_RULES).fields
    given = {each.name: each.convert(raw.text(each.name))[0] for each in fields if each.name in raw.columns}
    return pd.DataFrame({each.name: given.get(each.name, each.typed(_empty(raw))) for each in fields})


def _empty(raw: RawTable) -> pd.Series:
    return pd.Series([None] * len(raw.rows), index=raw.rows.index, dtype=object)


class _PerimeterImport(TableImport):
    """Perimeters: geometry repaired, a key of their own, dates that make sense, rules."""

    def read(self) -> PerimeterReading:
        if self.mapping.remark:
            self.notes.append(OwnWords(self.mapping.remark))
        reading = self.run()
        return PerimeterReading(**vars(reading), rules=self.rules)

    # -- geometry ------------------------------------------------------------------------------------------------

    def geometry(self) -> gpd.GeoSeries:
        """Areas and lines in two dimensions, repaired where invalid; rows with anything else are rejected."""
        geometry = self.unswapped(super().base_geometry())
        values = shapely.force_2d(geometry.to_numpy())
        invalid = ~shapely.is_missing(values) & ~shapely.is_valid(values)
        for row in np.flatnonzero(invalid):
            cause = shapely.is_valid_reason(values[row]).partition("[")[0]
            values[row] = repaired(values[row])
            self.remark(row, "geometry", "corrected", Message("the geometry was invalid ({cause}) and was repaired", cause=cause))
        unusable = ~shapely.is_missing(values) & ~shapely.is_empty(values) & (shapely.get_dimensions(values) < LINE)
        self.reject(unusable, "", None, Message("a perimeter is an area or a road, and this is a point"))
        return gpd.GeoSeries(values, index=geometry.index, crs=geometry.crs)

    # -- fields --------------------------------------------------------------------------------------------------

    def complete(self, table: pd.DataFrame, geometry: gpd.GeoSeries) -> None:
        """Kind of the lines, dates in order, rules."""
        if self.mapping.line_kind:
            lines = shapely.get_dimensions(geometry.to_numpy()) == LINE
            table["type_peri"] = table["type_peri"].where(~lines, self.mapping.line_kind)
        self.check_dates(table, "date_debut", "date_fin")
        if self.mapping.competitions:
            self.take_competitions(table)
        self.rules = self.made_rules(table)

    def take_competitions(self, table: pd.DataFrame) -> None:
        """Dates that are those of competitions become those of their restrictions; see `restriction_periods`."""
        rule = self.mapping.competitions
        rows = self.taken.copy()
        for name, values in rule["only"].items():
            rows &= table[name].isin(values).to_numpy()
        periods = Periods(table["date_debut"], table["date_fin"])
        rows &= ~periods.unclear
        place = np.flatnonzero(rows)
        if not len(place):
            return
        site = table[list(rule["site"])].iloc[place].astype("string").agg("/".join, axis=1)
        start, end = restriction_periods(site, periods.start[place], periods.end[place])
        changed = start != periods.start[place]
        for name, moments in (("date_debut", start), ("date_fin", end)):
            texts = pd.Series([None if np.isnat(moment) else str(moment) for moment in moments], index=table.index[place], dtype=object)
            table[name] = texts.reindex(table.index).where(rows, table[name])
        self.notes.append(
            Message(
                "The dates of {count} rows are those of competitions: a restriction runs from the start to {minutes} minutes before the "
                "end, and competitions of a site that overlap are united ({united} rows begin with an earlier one).",
                count=count(len(place)),
                minutes=END_MARGIN_MINUTES,
                united=count(int(changed.sum())),
            )
        )

    def check_dates(self, table: pd.DataFrame, first: str, last: str) -> None:
        """A remark on each row that ends before it starts."""
        periods = Periods(table[first], table[last])
        for row in np.flatnonzero(periods.end <= periods.start):
            start, end = table[first].iloc[row], table[last].iloc[row]
            problem = Message("it ends ({end}) before it starts ({start}); whether it applies counts as unknown", end=end, start=start)
            self.remark(row, last, "flagged", problem)

    def identify(self, table: pd.DataFrame, geometry: gpd.GeoSeries) -> None:
        """A key that no other perimeter has, whatever the published identifiers are worth."""
        super().identify(table, geometry)
        lines = pd.Series([str(line) for line in self.raw.lines], index=table.index)
        alone = table["id"].notna() & ~table["id"].duplicated(keep=False)
        numbered = (table["id"].astype("string").fillna("") + "#" + lines).astype(object)
        table["cle"] = table["cle"].where(table["cle"].notna(), table["id"].where(alone, numbered))
        self.rules["perimetre"] = table["cle"].loc[self.rules["source_ligne"].to_numpy()].to_numpy()
        self.rules["source_ligne"] = pd.Series(self.raw.lines, index=table.index).loc[self.rules["source_ligne"].to_numpy()].to_numpy()
        self.rules["source_ligne"] = self.rules["source_ligne"].astype("Int64")
        repeats = self.rules.groupby("perimetre").cumcount() + 1
        self.rules["id"] = (self.rules["perimetre"].astype("string") + "/" + repeats.astype("string")).astype(object)

    # -- rules ---------------------------------------------------------------------------------------------------

    def made_rules(self, table: pd.DataFrame) -> pd.DataFrame:
        """Rules of the rows taken, in the rows' order; ``source_ligne`` still holds the row."""
        made = [self.rules_of(template, table) for template in self.mapping.rules]
        rules = pd.concat([part for part in made if len(part)] or [_no_rules()])
        return rules.sort_index(kind="stable").reset_index(drop=True)

    def rules_of(self, template: dict[str, Any], table: pd.DataFrame) -> pd.DataFrame:
        """The rule that `template` makes of each perimeter it is made for."""
        rows = self.taken.copy()
        for name, values in template.get("only", {}).items():
            rows &= table[name].isin(values).to_numpy()
        needs = template.get("needs", [])
        if needs:
            rows &= self.given(template, needs)
        schema = load_table(PERIMETER_RULES)
        columns = {}
        outside, self.taken = self.taken, rows  # remarks are for the rows that get the rule
        for each in schema.fields:
            spec = template["fields"].get(each.name)
            columns[each.name] = self.rule_field(each, spec) if spec else self.empty(each)
        self.taken = outside
        rules = pd.DataFrame(columns)[rows]
        rules["source"] = self.raw.name
        rules["source_ligne"] = np.flatnonzero(rows)
        if template.get("assumed"):
            rules["supposee"] = pd.array([True] * len(rules), dtype="boolean")
            for row in np.flatnonzero(rows):
                self.remark(row, "rules", "completed", Message("the general rule of its kind is assumed"))
        return rules

    def rule_field(self, each: Any, spec: dict[str, Any]) -> pd.Series:
        """Values of a field of a rule; remarks name the published column, and only rows that get the rule have one."""
        before = len(self.remarks)
        values = self.field(each, spec)
        column = next((spec[kind] for kind in _SOURCE_COLUMNS if kind in spec), each.name)
        added = [remark for remark in self.remarks[before:] if self.taken[remark.row]]
        self.remarks[before:] = [type(remark)(remark.row, column, remark.kind, remark.text) for remark in added]
        return values

    def given(self, template: dict[str, Any], needs: list[str]) -> np.ndarray:
        """Rows of which one of the fields `needs` has a published value; a remark where other fields of the rule have one."""
        here, others = np.zeros(len(self.taken), dtype=bool), np.zeros(len(self.taken), dtype=bool)
        for name, spec in template["fields"].items():
            for column in (spec[kind] for kind in _SOURCE_COLUMNS if kind in spec):
                there = self.text(column).notna().to_numpy()
                if name in needs:
                    here |= there
                else:
                    others |= there
            if "first_of" in spec and name in needs:
                here |= np.logical_or.reduce([self.text(column).notna().to_numpy() for column in spec["first_of"]])
        for row in np.flatnonzero(others & ~here & self.taken):
            cause = Message("{fields} is not given, so that no rule is made of the rest", fields=", ".join(_published(template, needs)))
            self.remark(row, ", ".join(_published(template, needs)), "flagged", cause)
        return here


def _published(template: dict[str, Any], names: list[str]) -> list[str]:
    return [str(template["fields"][name].get("column", name)) for name in names]


def repaired(geometry: shapely.Geometry) -> shapely.Geometry:
    """A valid geometry of the same dimension: the areas of a broken area, the lines of a broken line."""
    dimension = shapely.get_dimensions(geometry)
    parts = shapely.get_parts(shapely.make_valid(geometry))
    while (shapely.get_type_id(parts) == shapely.GeometryType.GEOMETRYCOLLECTION).any():
        parts = shapely.get_parts(shapely.get_parts(parts))
    same = [part for multi in parts for part in shapely.get_parts(multi) if shapely.get_dimensions(part) == dimension]
    return shapely.union_all(same) if same else shapely.from_wkt("POLYGON EMPTY")
