"""The control of goods-traffic orders: what the national schema asks, and what it cannot say.

Weights without a direction, hours that cannot be read, periods that end before they start, orders that no map can show.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..crs import WGS84, has_position, looks_swapped
from ..findings import Correction, is_missing
from ..messages import Message
from ..opening_hours import OpeningHours, OpeningHoursError
from ..progress import Progress
from ..read import order_values, positions
from ..read.raw import RawTable
from ..read.regulations import regulations_from_raw
from ..schema import load_table
from ..validity import Periods
from .findings import NOTICE, WARNING, Finding, Findings, Rule
from .national_form import cell_text
from .order_geometry import locate_orders
from .schema_rules import Places, check_header, check_rows, schema_columns

WEIGHT_DIRECTION = Rule("order_weight_direction", WARNING, Message("A weight without its direction"))
DIRECTION_WEIGHT = Rule("order_direction_weight", WARNING, Message("A direction without a weight"))
VEHICLES = Rule("order_vehicles", WARNING, Message("A kind of vehicle that the schema does not name"))
HOURS = Rule("order_hours", WARNING, Message("Hours that cannot be read"))
PERIOD = Rule("order_period", WARNING, Message("A period that ends before it starts"))
PERIOD_TEXT = Rule("order_period_text", NOTICE, Message("A period in words"))
FUTURE = Rule("order_future", WARNING, Message("A date in the future"))
SWAPPED = Rule("order_swapped", WARNING, Message("Latitude before longitude"))
ABROAD = Rule("order_abroad", WARNING, Message("A place outside France"))
GEOMETRY = Rule("order_geometry", WARNING, Message("A geometry that cannot be read"))
ONE_END = Rule("order_one_end", NOTICE, Message("Only one end of the section"))
TO_LOCATE = Rule("order_to_locate", NOTICE, Message("No geometry yet"))
NO_PLACE = Rule("order_no_place", WARNING, Message("No geometry, and none can be made"))
ELSEWHERE = Rule("order_elsewhere", WARNING, Message("Outside its municipality"))
REPEATED = Rule("order_repeated", WARNING, Message("The same rule twice"))

_ENDS = ("geom_debut", "geom_fin")
_WITHIN_M = 200.0


def check_regulations(
    raw: RawTable,
    streets: gpd.GeoDataFrame | None = None,
    municipalities: gpd.GeoDataFrame | None = None,
    today: date | None = None,
    header: bool = False,
    progress: Progress | None = None,
) -> Findings:
    """What is wrong or doubtful in orders.

    Parameters
    ----------
    raw : RawTable
        Columns of the national schema in any case: a published file, or a layer of the table regulations.
    streets, municipalities : GeoDataFrame, optional
        See `locate_orders`: with them it is said of each order without geometry whether one can be made.
    today : date, optional
        Dates after it are in the future; the computer's own day where not given.
    header : bool
        Judge the names and the order of the columns too: for files that are published as they are.
    progress : Progress, optional

    Returns
    -------
    Findings
        By row; `column` is the name in `raw`. Those of the schema (codes ``schema_…``) are the same as those of a validator of table
        schemas.

    Raises
    ------
    HeaderError, CrsError
        See `regulations_from_raw` and `locate_orders`.
    """
    progress = progress or Progress()
    control = _Control(raw, today or date.today())  # noqa: DTZ011 - the user's own day
    found = list(check_header(control.table, [str(column) for column in raw.columns])) if header else []
    found += check_rows(control.table, raw.rows, Places(raw.lines, control.positions), progress.part(0, 0.5))
    found += control.meaning()
    progress.step(0.6)
    found += control.places(streets, municipalities, progress.part(0.6, 1))
    place = {label: number for number, label in enumerate(raw.rows.index)}
    found.sort(key=lambda finding: place.get(finding.row, -1))
    return Findings(found, len(raw.rows))


class _Control:
    """Orders as published and as read, with all that a finding says of them."""

    def __init__(self, raw: RawTable, today: date) -> None:
        self.raw = raw
        self.today = today
        self.table = load_table("regulations")
        self.columns = schema_columns(self.table, [str(column) for column in raw.rows.columns])
        self.orders = regulations_from_raw(raw, "national").table.reindex(raw.rows.index)
        shapes = self.orders.geometry.to_crs(WGS84) if self.orders.crs is not None else self.orders.geometry.set_crs(WGS84)
        self.shapes = shapes
        self.positions = self._positions()

    def _positions(self) -> dict[Any, tuple[float, float]]:
        """Where each row lies: on its geometry, else at the start of its section."""
        inside = self.shapes.where(has_position(self.shapes), None).representative_point()
        known = {label: (point.x, point.y) for label, point in inside.items() if point is not None and not point.is_empty}
        first, second = positions.pairs(self.orders["geom_debut"])
        for label, x, y in zip(self.orders.index, first, second):
            if label not in known and np.isfinite(x) and np.isfinite(y):
                known[label] = (float(x), float(y))
        return known

    def finding(
        self,
        row: Any,
        field: str,
        rule: Rule,
        sentence: Message,
        expected: Message | None = None,
        after: str | None = None,
        related: tuple[str, ...] = (),
    ) -> Finding:
        """A finding about one cell; `after` is what would mend it."""
        column = self.columns.get(field, field.upper())
        before = self.raw.rows.loc[row, column] if column in self.raw.rows.columns else None
        value = cell_text(before)
        corrections = () if after is None else (Correction(column, None if is_missing(before) else before, after),)
        line = int(self.raw.lines[self.raw.rows.index.get_loc(row)])
        key = cell_text(self.raw.rows.loc[row, self.columns["id"]]) if "id" in self.columns else ""
        return Finding(row, line, key, column, value, rule, sentence, expected, corrections, self.positions.get(row), related)

    def given(self, row: Any, field: str) -> bool:
        """Whether the published cell holds something."""
        column = self.columns.get(field)
        return column is not None and cell_text(self.raw.rows.loc[row, column]) not in self.table.published["missing"]

    # -- what a rule means ---------------------------------------------------------------------------------------

    def meaning(self) -> Iterator[Finding]:
        """Weights, vehicles, hours, dates, repetitions."""
        for row, order in self.orders.iterrows():
            yield from self._weight(row, order)
            yield from self._vehicles(row, order)
            yield from self._hours(row, order)
            if order["arr_date"] and str(order["arr_date"])[:10] > self.today.isoformat() and order_values.day(str(order["arr_date"])[:10]):
                yield self.finding(row, "arr_date", FUTURE, Message("The order is dated {day}, which is to come.", day=order["arr_date"]))
        yield from self._periods()
        yield from self._repeated()

    def _weight(self, row: Any, order: pd.Series) -> Iterator[Finding]:
        weight, direction = self.given(row, "veh_tonnage"), self.given(row, "veh_tonnage_modalite")
        if weight and not direction:
            said = Message("The weight has no direction: whether it concerns the vehicles up to it or from it on is not known.")
            after = order["veh_tonnage_modalite"]  # written into the weight's own cell: “à partir de 19 t”
            yield self.finding(row, "veh_tonnage_modalite", WEIGHT_DIRECTION, said, Message("“jusqu'à” or “à partir de”"), after)
        if direction and not weight:
            said = Message("A direction stands there without a weight.")
            yield self.finding(row, "veh_tonnage", DIRECTION_WEIGHT, said, Message("a weight from 0 to 45 t"))

    def _vehicles(self, row: Any, order: pd.Series) -> Iterator[Finding]:
        kinds = [part.strip() for part in (order["veh_types"] or "").split("|") if part.strip()]
        odd = [kind for kind in kinds if kind not in order_values.NATIONAL_VEHICLES]
        if odd:
            said = Message("The schema does not name {kinds}.", kinds=", ".join(odd))
            values = ", ".join(order_values.NATIONAL_VEHICLES)
            expected = Message("one or more of: {values}, with “{separator}” between them", values=values, separator="|")
            yield self.finding(row, "veh_types", VEHICLES, said, expected)
        elif kinds and self.given(row, "veh_types") and cell_text(self.raw.rows.loc[row, self.columns["veh_types"]]) != "|".join(kinds):
            said = Message("The list is not written as the schema writes it.")
            yield self.finding(row, "veh_types", VEHICLES, said, None, "|".join(kinds))

    def _hours(self, row: Any, order: pd.Series) -> Iterator[Finding]:
        if not order["periode_jh"]:
            return
        try:
            OpeningHours.parse(order["periode_jh"])
        except OpeningHoursError as error:
            example = Message("for example {example}", example="Mo-Fr 08:00-12:00; Sa 08:00-10:00; PH off")
            yield self.finding(row, "periode_jh", HOURS, Message("The hours cannot be read: {cause}", cause=error), example)

    def _periods(self) -> Iterator[Finding]:
        start, end = self.orders["periode_debut"], self.orders["periode_fin"]
        periods = Periods(start, end)
        backwards = periods.end <= periods.start
        for number, row in enumerate(self.orders.index):
            if backwards[number]:
                said = Message("The period ends ({end}) before it starts ({start}).", end=end.iloc[number], start=start.iloc[number])
                yield self.finding(row, "periode_fin", PERIOD, said)
            for field in ("periode_debut", "periode_fin"):
                text = self.orders[field].iloc[number]
                if text and order_values.day(str(text)[:10]) is None:
                    said = Message("“{value}” is no date: whether the rule applies counts as unknown.", value=text)
                    yield self.finding(row, field, PERIOD_TEXT, said, Message("a day, for example 2021-04-30"))

    def _repeated(self) -> Iterator[Finding]:
        """Rows that differ in their identifier alone."""
        names = [field.name for field in self.table.fields if not field.own and field.name != "id"]
        rows = self.orders[names].astype(object).where(self.orders[names].notna(), None)
        wkt = [None if shape is None else shape.wkt for shape in self.shapes]
        first: dict[tuple[Any, ...], Any] = {}
        for row, values, shape in zip(self.orders.index, rows.itertuples(index=False, name=None), wkt):
            same = first.setdefault((*values, shape), row)
            if same != row:
                other = self.orders.loc[same, "id"] or ""
                said = Message("The row says the same as “{other}”.", other=other)
                yield self.finding(row, "id", REPEATED, said, related=(str(other),))

    # -- where it holds ------------------------------------------------------------------------------------------

    def places(self, streets: gpd.GeoDataFrame | None, municipalities: gpd.GeoDataFrame | None, progress: Progress) -> list[Finding]:
        """Geometries and ends; what can be located and what cannot."""
        return [*self._ends(), *self._shapes(), *self._outside(municipalities), *self._missing(streets, municipalities, progress)]

    def _ends(self) -> Iterator[Finding]:
        for field in _ENDS:
            if field not in self.columns:
                continue
            published = self.raw.text(self.columns[field])
            first, second = positions.pairs(published)
            swapped = looks_swapped(first, second)
            for number, row in enumerate(self.orders.index):
                if swapped[number]:
                    said = Message("Latitude comes before longitude.")
                    yield self.finding(row, field, SWAPPED, said, Message("longitude before latitude"), f"{second[number]:.10g},{first[number]:.10g}")
        for row in self.orders.index:
            given = [self.given(row, field) for field in _ENDS]
            if any(given) and not all(given):
                missing = _ENDS[given.index(False)]
                yield self.finding(row, missing, ONE_END, Message("The section has one end only: the whole street would be taken."))

    def _shapes(self) -> Iterator[Finding]:
        column = self.columns.get("geom_wkt")
        if self.raw.geometry is None and column is not None:
            yield from self._published_shapes(self.raw.text(column))
            return
        x, y = _middles(self.shapes.to_numpy())
        for row, abroad in zip(self.orders.index, _abroad(x, y)):
            if abroad:
                yield self.finding(row, "geom_wkt", ABROAD, Message("The geometry lies outside France."))

    def _published_shapes(self, published: pd.Series) -> Iterator[Finding]:
        """Shapes as the text of the file has them, before the import put them right."""
        x, y = _middles(positions.from_wkt(published)[0])
        swapped, abroad = looks_swapped(x, y), _abroad(x, y)
        for number, (row, text) in enumerate(published.items()):
            if text and self.shapes.loc[row] is None:
                said = Message("The geometry cannot be read, or is none of a street or an area.")
                yield self.finding(row, "geom_wkt", GEOMETRY, said, Message("a LINESTRING or POLYGON in WKT, longitude first"))
            elif swapped[number]:
                right = shapely.to_wkt(self.shapes.loc[row], rounding_precision=7)
                yield self.finding(row, "geom_wkt", SWAPPED, Message("Latitude comes before longitude."), Message("longitude before latitude"), right)
            elif abroad[number]:
                yield self.finding(row, "geom_wkt", ABROAD, Message("The geometry lies outside France."))

    def _outside(self, municipalities: gpd.GeoDataFrame | None) -> Iterator[Finding]:
        """Geometries that do not touch their own municipality."""
        if municipalities is None or not has_position(self.shapes).any():
            return
        towns = self.orders.assign(emprise_designation="commune", geom_origine=None).set_geometry(_nowhere(self.orders.index))
        areas = locate_orders(towns, None, municipalities).orders.geometry
        crs = areas.estimate_utm_crs() if has_position(areas).any() else None
        if crs is None:
            return
        far = self.shapes.to_crs(crs).distance(areas.to_crs(crs), align=False)
        for row, metres in far.items():
            if metres > _WITHIN_M:
                code = self.orders.loc[row, "coll_insee"]
                said = Message("The geometry lies {metres:.0f} m outside the municipality {code}.", metres=metres, code=code)
                yield self.finding(row, "geom_wkt", ELSEWHERE, said)

    def _missing(self, streets: gpd.GeoDataFrame | None, municipalities: gpd.GeoDataFrame | None, progress: Progress) -> Iterator[Finding]:
        """Whether a geometry can be made for the orders that have none."""
        lost = self.orders[~has_position(self.shapes)]
        if not len(lost):
            return
        located = locate_orders(lost.set_geometry(_nowhere(lost.index)), streets, municipalities, progress=progress)
        for row in lost.index:
            if row in located.found.index:
                said = Message("The order has no geometry; “Locate orders” can make it out of its name ({way}).", way=located.found[row])
                yield self.finding(row, "emprise_designation", TO_LOCATE, said)
            elif not self.orders.loc[row, "emprise_designation"] or streets is not None or municipalities is not None:
                told = located.told.get(row, Message("it is to be located"))
                said = Message("The order has no geometry, and none can be made: {cause}.", cause=told)
                yield self.finding(row, "emprise_designation", NO_PLACE, said)
            else:
                said = Message("The order has no geometry: locate it by its name, or draw it.")
                yield self.finding(row, "emprise_designation", TO_LOCATE, said)


def _nowhere(index: pd.Index) -> gpd.GeoSeries:
    return gpd.GeoSeries([None] * len(index), index=index, crs=WGS84)


def _middles(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Degrees in the middle of each shape, NaN where there is none."""
    middles = shapely.centroid(shapes)
    return shapely.get_x(middles), shapely.get_y(middles)


def _abroad(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Where degrees lie in no part of France, either way round."""
    abroad: np.ndarray = np.isfinite(x) & ~looks_swapped(x, y) & ~looks_swapped(y, x)
    return abroad
