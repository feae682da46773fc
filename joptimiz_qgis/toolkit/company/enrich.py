"""What a firm wants to know of each customer: perimeters, rules, forbidden and free hours, ways in, the nearest bay.

Customers of the same perimeters are one question: fifty thousand of them ask a few hundred.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from ..coverage import bay_coverage, bay_ids, joined
from ..crs import WGS84, has_position, require_crs
from ..errors import ParameterError
from ..messages import Message, count, language, tr
from ..parameters import MAX_DISTANCE_M, check_distance
from ..period import Course, Period, PeriodTable
from ..progress import Progress
from ..read.columns import locate
from ..read.delivery_points import as_points
from ..read.raw import RawTable
from ..read.vector import read_raw
from ..rules import held_by
from ..schema.table import kinds, with_none
from ..vehicles import NO, UNKNOWN, YES, vehicle_in_words
from .locate import PLACED
from .merge import OWN_COLUMNS, STATE
from .pipeline import CUSTOMERS, TO_REVIEW
from .spreadsheet import Column, sheet_columns
from .titles import (
    ACCESS,
    ALLOWED,
    BAY,
    BAY_ADDRESS,
    BAY_COUNT,
    BAY_M,
    BAY_NEAR,
    DATES,
    ENRICHMENT_COLUMNS,
    FORBIDDEN,
    FORBIDDEN_HOURS,
    FREE_HOURS,
    KINDS,
    NOT_KNOWN,
    NOT_PLACED,
    PERIMETER_COUNT,
    PERIMETERS,
    PERIOD,
    RESTRICTED,
    RULES,
    SLOTS,
    UNKNOWN_HOURS,
    WAY_IN,
    WAY_IN_M,
    WAYS_IN,
    access_in_words,
    column_meanings,
    import_titles,
    import_values,
    titles,
)
from .ways_in import WaysIn

if TYPE_CHECKING:
    from ..vehicles import Vehicle

BETWEEN = " | "
"""Between perimeters; what is said of one has semicolons of its own."""


@dataclass
class Customers:
    """Customers to be enriched.

    Attributes
    ----------
    rows : DataFrame
        Their columns as they are. RangeIndex.
    geometry : GeoSeries
        Their positions; missing where there is none.
    usable : ndarray of bool
        Which positions count: not 0, 0, which stands for none, nor those that still wait for a person's review.
    notes : list of Message
    reasons : dict
        Label of the row → why its position does not count.
    """

    name: str
    rows: pd.DataFrame
    geometry: gpd.GeoSeries
    usable: np.ndarray
    notes: list[Message] = field(default_factory=list)
    reasons: dict[Any, Message] = field(default_factory=dict)


def read_customers(path: Path | str, crs: str | None = None, layer: str | None = None) -> Customers:
    """Customers from a file: any vector file, a CSV with coordinates, or what the import of a company's file wrote.

    Parameters
    ----------
    path : path
        Of a result of the import both layers are read, those on the map first.
    crs : str, optional
        Of the coordinates, where the file does not say it.
    layer : str, optional
        Of a file that holds several.

    Raises
    ------
    FileError, HeaderError, CrsError, ParameterError
        See `read_raw` and `locate`.
    """
    if layer is None and "|" not in str(path) and is_import(path):
        parts = [read_raw(path, name) for name in (CUSTOMERS, TO_REVIEW)]
        return customers_of([part for part in parts if len(part.rows)] or parts[:1], crs)
    return customers_of([read_raw(path, layer)], crs)


def is_import(path: Path | str) -> bool:
    """Whether a file is the result of an import of customers: it has both layers."""
    if Path(path).suffix.lower() != ".gpkg" or not Path(path).is_file():
        return False
    try:
        names = set(gpd.list_layers(path)["name"])
    except Exception:  # noqa: BLE001 - reading it will say what is wrong
        return False
    return {CUSTOMERS, TO_REVIEW} <= names


def customers_of(parts: Sequence[RawTable], crs: str | None = None) -> Customers:
    """Customers from tables in memory, one after the other; rows without position are kept."""
    notes: list[Message] = []
    shapes = []
    for raw in parts:
        geometry = raw.geometry
        if geometry is None:
            geometry, said = locate(raw, crs)
            notes += [*raw.notes, *said]
        elif geometry.crs is None and crs:
            geometry = geometry.set_crs(crs)
        shapes.append(geometry)
    crs_known = next((each.crs for each in shapes if each.crs is not None), None)
    geometry = pd.concat([each if each.crs is not None else each.set_crs(crs_known) for each in shapes], ignore_index=True)
    points, note = as_points(gpd.GeoSeries(geometry))
    rows = pd.concat([raw.rows for raw in parts], ignore_index=True)
    rows = rows.drop(columns=[name for name in ENRICHMENT_COLUMNS if name in rows])  # an enrichment of last month is made again
    there = has_position(points)
    nought = there & at_nought(points)
    waits = there & ~rows[STATE].eq(PLACED).to_numpy() if STATE in rows else np.zeros(len(rows), dtype=bool)
    reasons = {row: why for which, why in ((~there, _NO_POSITION), (waits, _WAITS), (nought, _NOUGHT)) for row in rows.index[which]}
    return Customers(parts[0].name, rows, points, there & ~nought & ~waits, [*notes, *([note] if note else [])], reasons)


_NO_POSITION = Message("at any time: the customer has no position")
_WAITS = Message("at any time: the customer’s position waits for a review")
_NOUGHT = Message("at any time: the customer’s position is 0, 0, which stands for none")
_NOUGHT_DEG = 1e-5


def at_nought(points: gpd.GeoSeries) -> np.ndarray:
    """Points at 0, 0, of their own CRS or in degrees: what programs write where they know no position; no customer of France lies there."""
    found = (points.x.abs() < _NOUGHT_DEG) & (points.y.abs() < _NOUGHT_DEG)
    if points.crs is not None and not points.crs.is_geographic:
        degrees = points.to_crs(WGS84)
        found |= (degrees.x.abs() < _NOUGHT_DEG) & (degrees.y.abs() < _NOUGHT_DEG)
    return found.to_numpy(dtype=bool)


@dataclass(frozen=True)
class Question:
    """What is asked of the customers.

    Attributes
    ----------
    period : Period
        Days that hours are told for.
    vehicle : Vehicle or None
        The firm's; without one a perimeter restricts where a restriction is in force for anyone.
    max_distance : float
        Metres within which a bay is near, inclusive.
    """

    period: Period
    vehicle: Vehicle | None = None
    max_distance: float = MAX_DISTANCE_M


@dataclass
class Enrichment:
    """What was found.

    Attributes
    ----------
    columns : DataFrame
        Index of the customers; the columns whose data were given, titles by `titles`. Rows without a usable position have the period,
        ``non_place``, and in the column of the hours not known the reason: nothing is said to be allowed there.
    question : Question
    notes : list of Message
    """

    columns: pd.DataFrame
    question: Question
    notes: list[Message]

    def counts(self) -> dict[str, int]:
        """Customers in all, placed and not, by access, in a perimeter, with a bay near."""
        placed = self.placed
        found = {"customers": len(self.columns), "placed": int(placed.sum()), "not_placed": int((~placed).sum())}
        if ACCESS in self.columns:
            access = self.columns[ACCESS]
            named = {"allowed": ALLOWED, "restricted": RESTRICTED, "forbidden": FORBIDDEN, "unknown": NOT_KNOWN}
            found["in_perimeter"] = int((self.columns[PERIMETER_COUNT].fillna(0) > 0).sum())
            found |= {name: int((access == value).sum()) for name, value in named.items()}
        if BAY_NEAR in self.columns:
            found["with_bay"] = int(self.columns[BAY_NEAR].fillna(False).sum())
        return found

    @property
    def placed(self) -> np.ndarray:
        """Customers with a usable position."""
        return np.asarray(self.columns.attrs["placed"])

    def sentences(self) -> list[Message]:
        """The counts in words; no value of the file."""
        figures: dict[str, object] = {name: count(number) for name, number in self.counts().items()}
        figures |= {"period": self.question.period, "distance": f"{self.question.max_distance:g}"}
        said = [Message("{customers} {customers:?customer|customers}, of which {not_placed} without a usable position.", **figures)]
        if ACCESS in self.columns:
            said.append(
                Message(
                    "{period}: {in_perimeter} in a perimeter; access allowed for {allowed}, restricted for {restricted}, forbidden for "
                    "{forbidden}, not known for {unknown}.",
                    **figures,
                )
            )
        if BAY_NEAR in self.columns:
            said.append(Message("{with_bay} have a usable bay within {distance} m.", **figures))
        return said

    def titles(self) -> dict[str, str]:
        """Title of each column in the reader's language."""
        return {name: title for name, title in titles(self.question.max_distance).items() if name in self.columns}


def enrich(
    customers: Customers,
    question: Question,
    perimeters: gpd.GeoDataFrame | None = None,
    rules: pd.DataFrame | None = None,
    access_points: gpd.GeoDataFrame | None = None,
    bays: gpd.GeoDataFrame | None = None,
    progress: Progress | None = None,
) -> Enrichment:
    """Say of each customer what bears on a delivery there.

    Parameters
    ----------
    customers : Customers
    question : Question
    perimeters, rules : optional
        Tables of `read_perimeters`.
    access_points : GeoDataFrame, optional
        Table of `read_access_points`; needs perimeters.
    bays : GeoDataFrame, optional
        Table of `read_bays`.

    Returns
    -------
    Enrichment
        A perimeter counts where it is valid at some time of the period, or may be; its state is that of `applying` at every moment,
        save that one of a minute or less between two of another kind is none (files write 12:59 for 13:00).

    Raises
    ------
    ParameterError
        Neither perimeters nor bays; an impossible distance.
    CrsError
        Layers without CRS.
    DataError
        Two perimeters have the same key; no bay has a position.
    CancelledError
    """
    progress = progress or Progress()
    check_distance(question.max_distance)
    if perimeters is None and bays is None:
        raise ParameterError("There is nothing to enrich the customers with. Give perimeters, bays, or both.")
    require_crs(customers.geometry, customers.name)
    index = customers.geometry.index
    placed = customers.usable
    parts = [pd.DataFrame({PERIOD: pd.Series(str(question.period), index=index, dtype=object)})]
    notes: list[Message] = []
    points = customers.geometry[placed]
    if perimeters is not None:
        found, said = _by_perimeters(points, question, perimeters, rules, access_points, progress.part(0, 0.8))
        found = found.reindex(index)
        found[ACCESS] = found[ACCESS].where(placed, NOT_PLACED)
        reasons = [str(customers.reasons.get(row, _NO_POSITION)) for row in index[~placed]]
        hours = found[UNKNOWN_HOURS].to_numpy(dtype=object, copy=True)
        hours[~placed] = reasons
        found[UNKNOWN_HOURS] = pd.Series(hours, index=index, dtype=object)
        parts.append(found)
        notes += said
    elif access_points is not None:
        notes.append(Message("Ways in are those of perimeters: without perimeters they are not looked at."))
    if bays is not None:
        found, said = _by_bays(points, question, bays, progress.part(0.8, 1))
        parts.append(found.reindex(index))
        notes += said
    columns = pd.concat(parts, axis=1)
    columns.attrs["placed"] = placed.copy()
    return Enrichment(columns, question, notes)


# -- perimeters ----------------------------------------------------------------------------------------------------------


def _by_perimeters(
    points: gpd.GeoSeries,
    question: Question,
    perimeters: gpd.GeoDataFrame,
    rules: pd.DataFrame | None,
    access_points: gpd.GeoDataFrame | None,
    progress: Progress,
) -> tuple[pd.DataFrame, list[Message]]:
    """Columns of the points that hang on perimeters, and what to say."""
    progress.step(0, tr("Looking up what applies"))
    sets, which, perimeters = _sets(points, perimeters)
    rules = rules if rules is not None else pd.DataFrame({"perimetre": []})
    rules = rules[rules["perimetre"].isin(perimeters["cle"])] if "cle" in perimeters else rules[:0]
    table = PeriodTable(perimeters, rules, question.period, question.vehicle, progress=progress.part(0.1, 0.7))
    told = _Words(perimeters, table)
    rows = [told.row(positions) for positions in sets]
    by_set = {name: pd.Series([row[name] for row in rows], dtype=object) for name in told.COLUMNS}
    columns = pd.DataFrame({name: values.to_numpy()[which] if len(rows) else [] for name, values in by_set.items()}, index=points.index)
    columns[PERIMETER_COUNT] = columns[PERIMETER_COUNT].astype("Int64")
    notes = list(table.notes)
    if access_points is not None:
        progress.step(0.7, tr("Looking for ways in"))
        ways = WaysIn(access_points, question.period, question.vehicle)
        notes += ways.notes
        names = [told.names_of(positions) for positions in sets]
        found = ways.nearest(points, names, which)
        columns[WAY_IN], columns[WAY_IN_M], columns[WAYS_IN] = found
    return columns, notes


def _sets(points: gpd.GeoSeries, perimeters: gpd.GeoDataFrame) -> tuple[list[tuple[int, ...]], np.ndarray, gpd.GeoDataFrame]:
    """Distinct sets of perimeters that hold points together, which of them holds each point, and the perimeters that hold any.

    Sets are positions in the latter, in the order of `held_by`.
    """
    point, perimeter = held_by(perimeters, points) if len(points) else (np.array([], dtype=int),) * 2
    used, perimeter = np.unique(perimeter, return_inverse=True)
    bounds = np.searchsorted(point, np.arange(len(points) + 1))
    numbers: dict[tuple[int, ...], int] = {}
    which = np.empty(len(points), dtype=np.intp)
    values = perimeter.tolist()
    for row, (first, last) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist())):
        which[row] = numbers.setdefault(tuple(values[first:last]), len(numbers))
    return list(numbers), which, perimeters.iloc[used].reset_index(drop=True)


class _Words:
    """What is said of sets of perimeters; what is said of one perimeter is worked out once."""

    COLUMNS = (ACCESS, PERIMETER_COUNT, PERIMETERS, KINDS, DATES, SLOTS, RULES, FORBIDDEN_HOURS, FREE_HOURS, UNKNOWN_HOURS)

    def __init__(self, perimeters: gpd.GeoDataFrame, table: PeriodTable) -> None:
        self.perimeters, self.table = perimeters, table
        titles = {row["key"]: row[language()] for row in kinds("perimeter_kinds")}
        kind = _texts(perimeters, "type_peri")
        self.kinds = [titles.get(each, each) for each in kind]
        name, key = _texts(perimeters, "nom"), _texts(perimeters, "id")
        self.names = [first or second for first, second in zip(name, key)]
        self.called = [frozenset(filter(None, map(str.casefold, each))) for each in zip(_texts(perimeters, "cle"), key, name)]
        self.dates = [_dates(*each) for each in zip(_texts(perimeters, "date_debut"), _texts(perimeters, "date_fin"))]
        self._slots: dict[int, str] = {}
        self._rules: dict[int, str] = {}

    def row(self, positions: tuple[int, ...]) -> dict[str, Any]:
        """The columns of points in these perimeters."""
        course = self.table.course(positions)
        valid = [position for position in sorted(positions) if self.table.valid[position]]
        groups: dict[tuple[str, str], list[int]] = {}
        for position in valid:
            groups.setdefault((self.kinds[position], self.names[position]), []).append(position)
        none, several = tr("none"), len(groups) > 1
        return {
            ACCESS: access_of(course),
            PERIMETER_COUNT: len(valid),
            PERIMETERS: BETWEEN.join(_called(*key) for key in groups) or None,
            KINDS: BETWEEN.join(dict.fromkeys(kind for kind, _ in groups)) or None,
            DATES: BETWEEN.join(_said(name if several else "", (self.dates[each] for each in which)) for (_, name), which in groups.items()) or None,
            SLOTS: BETWEEN.join(_said(name if several else "", map(self.slots, which)) for (_, name), which in groups.items()) or None,
            RULES: self.rules_by_kind(valid) or None,
            FORBIDDEN_HOURS: course.in_words(YES) or none,
            FREE_HOURS: course.in_words(NO) or none,
            UNKNOWN_HOURS: course.in_words(UNKNOWN) or None,
        }

    def slots(self, position: int) -> str:
        """When a restriction of a perimeter is in force for anyone, within the period."""
        if position not in self._slots:
            course = self.table.active(position)
            told = course.in_words(YES) or tr("none")
            unknown = course.in_words(UNKNOWN)
            self._slots[position] = tr("{hours} (not known: {unknown})", hours=told, unknown=unknown) if unknown else told
        return self._slots[position]

    def rules(self, position: int) -> str:
        """The rules of a perimeter that bear on the vehicle."""
        if position not in self._rules:
            self._rules[position] = _distinct(str(rule) for rule in self.table.rules_in_words(position))
        return self._rules[position]

    def rules_by_kind(self, positions: list[int]) -> str:
        """The rules of perimeters: many of one kind have the same, which are told once."""
        by_kind: dict[str, list[str]] = {}
        for position in positions:
            by_kind.setdefault(self.kinds[position], []).append(self.rules(position))
        return BETWEEN.join(_said(kind if len(by_kind) > 1 else "", rules) for kind, rules in by_kind.items())

    def names_of(self, positions: tuple[int, ...]) -> frozenset[str]:
        """What access points may call the valid ones among these perimeters."""
        called: frozenset[str] = frozenset()
        return called.union(*(self.called[position] for position in positions if self.table.valid[position]))


def _dates(first: str, last: str) -> str:
    """From when to when a perimeter is valid, as it was published."""
    start, end = _shown(first), _shown(last)
    if start and end:
        return tr("from {start} to {end}", start=start, end=end)
    if start or end:
        return tr("from {start}", start=start) if start else tr("until {end}", end=end)
    return tr("without dates")


def access_of(course: Course) -> str:
    """The access over a period in one word."""
    if course.always(YES):
        return FORBIDDEN
    if course.ever(YES):
        return RESTRICTED
    return NOT_KNOWN if course.ever(UNKNOWN) else ALLOWED


def _called(kind: str, name: str) -> str:
    return f"{kind} : {name}" if kind and name else kind or name or "?"


def _distinct(texts: Iterable[str]) -> str:
    return " ; ".join(dict.fromkeys(texts))


def _said(of: str, texts: Iterable[str]) -> str:
    """What is said of something, after its name where it has one."""
    return f"{of} : {_distinct(texts)}" if of else _distinct(texts)


def _texts(table: pd.DataFrame, name: str) -> list[str]:
    """A column as text; empty where missing."""
    if name not in table:
        return [""] * len(table)
    return ["" if value is None else str(value) for value in with_none(table[name]).tolist()]


def _shown(moment: str) -> str:
    """A date as people write it; as it is where it is none."""
    day, _, hour = moment.replace(" ", "T").partition("T")
    parts = day.split("-")
    if len(parts) != 3:
        return moment
    clock = hour[:5]
    return "/".join(reversed(parts)) + (f" {clock}" if clock and clock != "00:00" else "")


# -- bays ----------------------------------------------------------------------------------------------------------------


def _no_bays() -> pd.DataFrame:
    """Columns of no row."""
    plain = pd.DataFrame({BAY: [], BAY_M: [], BAY_NEAR: [], BAY_COUNT: []})
    return plain.astype({BAY: object, BAY_M: float, BAY_NEAR: "boolean", BAY_COUNT: "Int64"})


def _by_bays(
    points: gpd.GeoSeries, question: Question, bays: gpd.GeoDataFrame, progress: Progress
) -> tuple[pd.DataFrame, list[Message]]:
    """Nearest usable bay of each point."""
    progress.step(0, tr("Looking for the nearest bays"))
    if not len(points):
        return _no_bays().reindex(points.index), []
    length = question.vehicle.length_m if question.vehicle else None
    coverage = bay_coverage(points, bays, question.max_distance, progress=progress, vehicle_length=length)
    rows = coverage.rows
    columns = pd.DataFrame({BAY: rows["nearest_bay"]}, index=points.index)
    addresses = dict(zip(bay_ids(bays).tolist(), _texts(bays, "adresse")))
    if any(addresses.values()):
        columns[BAY_ADDRESS] = [addresses.get(bay) or None for bay in rows["nearest_bay"].tolist()]
    columns[BAY_M] = rows["distance_m"].round(1)
    columns[BAY_NEAR] = rows["covered"]
    columns[BAY_COUNT] = rows["bays_within"].astype("Int64")
    return columns, coverage.notes


# -- the whole as a sheet ------------------------------------------------------------------------------------------------


def enriched(customers: Customers, enrichment: Enrichment) -> gpd.GeoDataFrame:
    """The customers with what was found behind their own columns."""
    return joined(gpd.GeoDataFrame(customers.rows, geometry=customers.geometry), enrichment.columns)


def sheet(customers: Customers, enrichment: Enrichment) -> list[Column]:
    """The result for a spreadsheet: the firm's columns untouched and in their order, what was found, what the import had added."""
    own = [name for name in customers.rows.columns if name not in OWN_COLUMNS]
    added = [name for name in customers.rows.columns if name in OWN_COLUMNS]
    firm = sheet_columns(customers.rows[own], {})
    found = sheet_columns(enrichment.columns, enrichment.titles(), {ACCESS: access_in_words()})
    return [*firm, *found, *sheet_columns(customers.rows[added], import_titles(), import_values())]


def about(customers: Customers, enrichment: Enrichment, sources: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the table is: for whom, for when, out of what, and what its columns mean.

    Parameters
    ----------
    sources : mapping
        What was given (``perimeters``, ``access_points``, ``bays``) → what it is called.
    """
    question = enrichment.question
    vehicle = str(vehicle_in_words(question.vehicle)) if question.vehicle else tr("none given")
    named = {"perimeters": tr("Perimeters"), "access_points": tr("Access points"), "bays": tr("Delivery bays")}
    rows = [
        (tr("Customers"), customers.name),
        (tr("Period"), str(question.period)),
        (tr("Vehicle"), vehicle),
        *((named[key], name) for key, name in sources.items()),
        (tr("Result"), " ".join(map(str, enrichment.sentences()))),
        (tr("Remarks"), " ".join(map(str, enrichment.notes)) or tr("none")),
    ]
    meanings = column_meanings()
    return [*rows, ("", ""), *((title, meanings[name]) for name, title in enrichment.titles().items() if name in meanings)]
