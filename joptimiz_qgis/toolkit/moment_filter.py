"""Which rows of a project's tables apply at a moment or in a range of hours, to a vehicle, for some kinds: states and subset strings.

The answers are those of `rules.applying` and `usability.usable_bays`, made ready for many moments: what does not depend on the
moment is worked out once a table, what depends on the hours once a distinct text. What is not known stays: it is told apart, and
left out only where that is asked for.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from .distinct_hours import DistinctHours
from .errors import ParameterError
from .messages import Message, count, language
from .opening_hours import as_local
from .parameters import check_stop_minutes, check_vehicle_length
from .regulations import as_perimeters
from .rules import Timetable
from .schema import load_table
from .schema.table import kinds as kinds_of
from .subset_strings import Among, AtLeast, Condition, Dialect, RowNumbers, subset_string
from .usability import always_reserved, bay_hours
from .validity import Periods
from .vehicles import NO, UNKNOWN, YES, Vehicle, concerned

LONGEST_RANGE = timedelta(days=31)

_UNNAMED = "?"
_NUMBER = "number"


@dataclass(frozen=True)
class Question:
    """What one wants to know.

    Attributes
    ----------
    start : datetime
        Local time of Europe/Paris.
    end : datetime or None
        With it, what applies at any moment from `start` to before `end`, 31 days later at most; without, at `start`.
    vehicle : Vehicle or None
        With it, the perimeters that are forbidden to it, the rules that are made for it, the bays that are long enough for it, the
        access points that let it through.
    kinds : frozenset of str or None
        Kinds of perimeters (``?`` for those without one); None for all.
    stop_minutes : float or None
        How long the vehicle stops at a bay.
    hide_unknown : bool
        Leave out what may or may not apply.
    """

    start: datetime
    end: datetime | None = None
    vehicle: Vehicle | None = None
    kinds: frozenset[str] | None = None
    stop_minutes: float | None = None
    hide_unknown: bool = False

    def __post_init__(self) -> None:
        if self.end is not None and not self.start < self.end <= self.start + LONGEST_RANGE:
            raise ParameterError(
                "The hours from {start} to {end} are no range. Expected: an end after the start, 31 days later at most.",
                start=self.start.isoformat(sep=" ", timespec="minutes"),
                end=self.end.isoformat(sep=" ", timespec="minutes"),
            )


@dataclass(frozen=True)
class Answer:
    """State of each row: NO, UNKNOWN or YES (ndarray of int8), and whether it stays on the map."""

    state: np.ndarray
    keep: np.ndarray

    @property
    def certain(self) -> int:
        """Rows that surely apply."""
        return int((self.state == YES).sum())

    @property
    def unknown(self) -> int:
        """Rows that may or may not apply."""
        return int((self.state == UNKNOWN).sum())


class MomentTable(ABC):
    """A table that is asked again and again.

    Parameters
    ----------
    name : str
        Of the schema: ``bays``, ``perimeters``…
    columns : mapping
        Column as the source calls it → values (None where null), all of the same length. Case does not count in the names.
    kinds : mapping
        Column → ``text`` or ``number`` where a subset string can compare its values; others are left out of these.
    """

    def __init__(self, name: str, columns: Mapping[str, pd.Series], kinds: Mapping[str, str]) -> None:
        self.table = table_of(name, columns)
        self.source_name = {column.lower(): column for column in columns}
        self.source = columns
        self.kinds = kinds
        self._conditions: list[Condition] | None = None

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.table)

    def answer(self, question: Question) -> Answer:
        """Which rows apply."""
        state = self.state(question)
        return Answer(state, state == YES if question.hide_unknown else state > NO)

    def subset(self, answer: Answer, numbers: RowNumbers | None, dialect: Dialect) -> str | None:
        """The subset string that keeps what `answer` keeps; see `subset_string`."""
        if self._conditions is None:
            self._conditions = self.conditions()
        return subset_string(answer.keep, self._conditions, numbers, dialect)

    @abstractmethod
    def state(self, question: Question) -> np.ndarray:
        """Of each row: NO, UNKNOWN or YES."""

    @abstractmethod
    def conditions(self) -> list[Condition]:
        """What the columns can say in a subset string."""

    def among(self, *names: str) -> list[Condition]:
        """A condition on the columns `names`, the first that has a value; none where one cannot be compared."""
        there = [self.source_name[name] for name in names if name in self.source_name]
        if not there or any(column not in self.kinds for column in there):
            return []
        return [Among(there, [self.source[column] for column in there])]


def table_of(name: str, columns: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Columns of a layer as the fields of table `name`: lower case, text turned into the fields' types, blank text as missing."""
    fields = {field.name: field for field in load_table(name).fields}
    made = {}
    for column, values in columns.items():
        field = fields.get(column.lower())
        if field is None:
            continue
        plain = values.reset_index(drop=True)
        texts = plain.map(lambda value: isinstance(value, str)).to_numpy(dtype=bool)
        if texts.any():
            plain = plain.mask(plain.map(lambda value: isinstance(value, str) and not value.strip()).to_numpy(dtype=bool), None)
        if texts.any() and field.type in ("boolean", "number", "integer"):
            plain = field.convert(plain.map(lambda value: value if value is None or pd.isna(value) else str(value)))[0]
        made[field.name] = field.typed(plain)
    size = len(next(iter(columns.values()))) if columns else 0
    return pd.DataFrame(made, index=range(size))


class BayTable(MomentTable):
    """Delivery bays: whether each can be used, as `usable_bays` says."""

    def __init__(self, columns: Mapping[str, pd.Series], kinds: Mapping[str, str]) -> None:
        super().__init__("bays", columns, kinds)
        bays = self.table
        inactive = ~bays["active"].astype("boolean").fillna(True).astype(bool) if "active" in bays else pd.Series(False, index=bays.index)
        self.inactive = inactive.to_numpy()
        self.length_m, self.stay = _known(bays, "longueur") / 100, _known(bays, "duree_max")
        hours = bay_hours(bays)
        self.codes, texts = pd.factorize(hours)
        self.hours = DistinctHours([str(text) for text in texts])
        self.always = always_reserved(bays, hours).to_numpy()

    def state(self, question: Question) -> np.ndarray:
        """Of each bay, whether it can be used."""
        length = question.vehicle.length_m if question.vehicle else None
        check_vehicle_length(length)
        check_stop_minutes(question.stop_minutes)
        fit = np.minimum(_enough(self.length_m, length), _enough(self.stay, question.stop_minutes))
        reserved = np.append(_best(self.hours.states, _moments(question, self.hours)), np.int8(UNKNOWN))[self.codes]
        state = np.minimum(fit, np.where(self.always, YES, reserved))
        return np.where(self.inactive, NO, state).astype(np.int8)

    def conditions(self) -> list[Condition]:
        """In service, long enough, for long enough, hours."""
        numbers: list[Condition] = [
            AtLeast(self.source_name[name], _known(self.table, name))
            for name in ("longueur", "duree_max")
            if self.kinds.get(self.source_name.get(name, "")) == _NUMBER
        ]
        return [*self.among("active"), *numbers, *self.among("temporalite_osm", "temporalite_defaut")]


class PerimeterTable(MomentTable):
    """Perimeters: whether each is active or, with a vehicle, forbidden to it, as `applying` says.

    Parameters
    ----------
    columns, kinds
        See `MomentTable`.
    rules : DataFrame
        Fields of the table perimeter_rules.
    table : DataFrame, optional
        What the columns say in the fields of the table perimeters, where it takes more than `table_of` to know.
    present : ndarray of bool, optional
        With `table`: rows that are perimeters; the others, which an import would reject, do not apply.
    """

    def __init__(
        self,
        columns: Mapping[str, pd.Series],
        kinds: Mapping[str, str],
        rules: pd.DataFrame,
        table: pd.DataFrame | None = None,
        present: np.ndarray | None = None,
    ) -> None:
        super().__init__("perimeters", columns, kinds)
        self.table = self.table if table is None else table
        self.present: np.ndarray = np.ones(len(self.table), dtype=bool) if present is None else present
        self.rules = rules
        self.kind = self.table.get("type_peri", pd.Series([None] * len(self.table), dtype=object)).fillna(_UNNAMED).to_numpy()
        self._timetable: tuple[Vehicle | None, Timetable] | None = None

    def timetable(self, vehicle: Vehicle | None) -> Timetable:
        """Perimeters and rules made ready for a vehicle; the last one is remembered."""
        if self._timetable is None or self._timetable[0] != vehicle:
            self._timetable = (vehicle, Timetable(self.table, self.rules, vehicle))
        return self._timetable[1]

    def state(self, question: Question) -> np.ndarray:
        """Of each perimeter, whether it applies; those of other kinds do not."""
        own = self.timetable(question.vehicle)
        state = _best(own.perimeters, _moments(question, own))
        return np.where(self.wanted(question), state, NO).astype(np.int8)

    def wanted(self, question: Question) -> np.ndarray:
        """Which perimeters are of the kinds asked for."""
        return self.present if question.kinds is None else self.present & np.isin(self.kind.astype(str), sorted(question.kinds))

    def conditions(self) -> list[Condition]:
        """Kind and dates."""
        return [*self.among("type_peri"), *self.among("date_debut"), *self.among("date_fin")]

    def kinds_present(self) -> list[str]:
        """Kinds that have a perimeter, in the order of the list of kinds."""
        there = set(map(str, self.kind[self.present]))
        listed = [row["key"] for row in kinds_of("perimeter_kinds")]
        return [*(kind for kind in listed if kind in there), *sorted(there - set(listed))]

    def by_kind(self, answer: Answer, state: int = YES) -> dict[str, int]:
        """Perimeters in a state, by kind."""
        found = self.kind[answer.state == state].tolist()
        return {kind: found.count(kind) for kind in self.kinds_present() if kind in found}


class RegulationTable(PerimeterTable):
    """Goods-traffic orders: whether each is in force or, with a vehicle, forbids it where it holds."""

    def __init__(self, columns: Mapping[str, pd.Series], kinds: Mapping[str, str]) -> None:
        perimeters, rules = as_perimeters(table_of("regulations", columns))
        super().__init__(columns, kinds, rules, perimeters)

    def conditions(self) -> list[Condition]:
        """Hours, dates, what for whom."""
        single = ("periode_jh", "periode_debut", "periode_fin", "regl_modalite", "veh_types", "veh_tonnage_modalite", "coll_insee")
        column = self.source_name.get("veh_tonnage", "")
        weight = [AtLeast(column, _known(self.rules, "veh_tonnage"))] if self.kinds.get(column) == _NUMBER else []
        return [*weight, *(condition for name in single for condition in self.among(name))]


class RuleTable(MomentTable):
    """Rules of perimeters: whether each is in force and made for the vehicle.

    Parameters
    ----------
    columns, kinds
        See `MomentTable`.
    perimeters : PerimeterTable
        Theirs; `perimeters.rules` are the rows of this table, in its order.
    """

    def __init__(self, columns: Mapping[str, pd.Series], kinds: Mapping[str, str], perimeters: PerimeterTable) -> None:
        super().__init__("perimeter_rules", columns, kinds)
        self.perimeters = perimeters
        keys = pd.Index(perimeters.table["cle"]) if "cle" in perimeters.table else pd.Index([])
        self.owner = keys.get_indexer(pd.Index(self.table["perimetre"])) if len(keys) and keys.is_unique else np.full(len(self), -1)

    def state(self, question: Question) -> np.ndarray:
        """Of each rule, whether it applies; those of perimeters of other kinds do not."""
        own = self.perimeters.timetable(question.vehicle)
        wanted = np.append(self.perimeters.wanted(question), True)[self.owner]
        return np.where(wanted, _best(own.rules, _moments(question, own)), NO).astype(np.int8)

    def conditions(self) -> list[Condition]:
        """Hours, dates, whose they are and for whom."""
        single = ("periode_jh", "periode_debut", "periode_fin", "perimetre", "regl_modalite", "veh_types")
        return [condition for name in single for condition in self.among(name)]


class AccessTable(MomentTable):
    """Access points: whether each is valid, open, and lets the vehicle through.

    Parameters
    ----------
    columns, kinds
        See `MomentTable`.
    perimeters : PerimeterTable or None
        An access point whose perimeter is not wanted or not valid by its dates is not one; of a perimeter that is not there nothing is said.
    """

    def __init__(self, columns: Mapping[str, pd.Series], kinds: Mapping[str, str], perimeters: PerimeterTable | None = None) -> None:
        super().__init__("access_points", columns, kinds)
        empty = pd.Series([None] * len(self.table), dtype=object)
        column = {name: self.table.get(name, empty) for name in ("horaires", "date_debut", "date_fin", "perimetre")}
        self.codes, texts = pd.factorize(column["horaires"])
        self.hours = DistinctHours([str(text) for text in texts])
        self.periods = Periods(column["date_debut"], column["date_fin"])
        self.perimeters = perimeters
        self.owner = np.full(len(self), -1)
        if perimeters is not None:
            for name in ("id", "cle"):
                keys = perimeters.table[name] if name in perimeters.table else pd.Series(dtype=object)
                places = dict(zip(keys[keys.notna() & ~keys.duplicated(keep=False)], np.flatnonzero(keys.notna() & ~keys.duplicated(keep=False))))
                found = column["perimetre"].map(lambda key, places=places: places.get(key, -1)).to_numpy(dtype=int)
                self.owner = np.where(found >= 0, found, self.owner)

    def state(self, question: Question) -> np.ndarray:
        """Of each access point, whether the vehicle may pass."""
        passes = self._passes(question.vehicle)
        moments = sorted({*_moments(question, self.hours), *self._bounds(question)})
        return np.minimum(passes, _best(lambda at: self._open(at, question), moments)).astype(np.int8)

    def conditions(self) -> list[Condition]:
        """Hours, dates, whose they are and for whom."""
        single = ("horaires", "date_debut", "date_fin", "perimetre", "veh_types", "veh_tonnage", "veh_haut", "veh_larg")
        return [condition for name in single for condition in self.among(name)]

    def _open(self, at: datetime, question: Question) -> np.ndarray:
        state = np.append(self.hours.states(at), np.int8(YES))[self.codes]  # without hours: at any hour
        state = np.minimum(state, self.periods.at(np.datetime64(at, "s")))
        if self.perimeters is None:
            return state
        valid = np.where(self.perimeters.wanted(question), self.perimeters.timetable(question.vehicle).valid(at), NO)
        return np.minimum(state, np.append(valid, YES)[self.owner])

    def _bounds(self, question: Question) -> list[datetime]:
        """Moments in the range at which dates begin or end."""
        if question.end is None:
            return []
        bounds = np.concatenate([self.periods.start, self.periods.end])
        found = bounds[(bounds > np.datetime64(question.start, "s")) & (bounds < np.datetime64(question.end, "s"))]
        theirs = [] if self.perimeters is None else self.perimeters.timetable(question.vehicle).moments(question.start, question.end)
        return [*(moment.item() for moment in np.unique(found)), *theirs]

    def _passes(self, vehicle: Vehicle | None) -> np.ndarray:
        if vehicle is None:
            return np.full(len(self), YES, dtype=np.int8)
        fields = [name for name in ("veh_types", "veh_tonnage", "veh_haut", "veh_larg") if name in self.table]
        rows = self.table[fields].astype(object).where(self.table[fields].notna(), None).to_dict("records") if fields else [{}] * len(self)
        allowed = {"regl_modalite": "Autorise", "veh_tonnage_modalite": "jusqu'à"}
        return np.array([concerned({**row, **allowed}, vehicle) for row in rows], dtype=np.int8)


def _known(table: pd.DataFrame, column: str) -> np.ndarray:
    """Numbers of a column; NaN where they are missing, infinite or not above 0."""
    if column not in table:
        return np.full(len(table), np.nan)
    values: np.ndarray = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    return np.where((values > 0) & (values < np.inf), values, np.nan)


def _enough(values: np.ndarray, needed: float | None) -> np.ndarray:
    if needed is None:
        return np.full(len(values), YES, dtype=np.int8)
    return np.where(np.isnan(values), UNKNOWN, np.where(values < needed, NO, YES)).astype(np.int8)


def _moments(question: Question, what: DistinctHours | Timetable) -> list[datetime]:
    """The moments at which the answer may differ."""
    start = as_local(question.start)
    if question.end is None:
        return [start]
    end = as_local(question.end)
    return what.moments(start, end) if isinstance(what, Timetable) else [start, *what.changes(start, end)]


def _best(state: object, moments: list[datetime]) -> np.ndarray:
    """The surest state of each row at one of the moments."""
    result: np.ndarray = state(moments[0])  # type: ignore[operator]
    for moment in moments[1:]:
        result = np.maximum(result, state(moment))  # type: ignore[operator]
    return result


# -- in words ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """Counts of what applies.

    Attributes
    ----------
    perimeters, perimeters_unknown : dict of int by kind, or None without a layer of perimeters
    bays : tuple of int or None
        Usable surely, usable perhaps, all.
    """

    perimeters: dict[str, int] | None = None
    perimeters_unknown: dict[str, int] | None = None
    bays: tuple[int, int, int] | None = None
    for_vehicle: bool = False

    def words(self) -> str:
        """« 3 périmètres rouges, 2 périmètres bleus actifs ; 41 aires utilisables sur 52. »."""
        parts = []
        if self.perimeters is not None:
            parts.append(str(self._perimeters()))
            if self.perimeters_unknown:
                parts.append(str(Message("not known: {perimeters}", perimeters=_counted(self.perimeters_unknown))))
        if self.bays is not None:
            sure, perhaps, total = self.bays
            usable, of = count(sure + perhaps), count(total)
            perhaps_too = Message("{usable} bays usable out of {total}, {unknown} of them perhaps", usable=usable, total=of, unknown=count(perhaps))
            parts.append(str(perhaps_too if perhaps else Message("{usable} bays usable out of {total}", usable=usable, total=of)))
        text = (" ; " if language() == "en" else "\u202f; ").join(parts)
        return f"{text}." if text else ""

    def _perimeters(self) -> Message:
        if not self.perimeters:
            return Message("No perimeter forbidden to this vehicle") if self.for_vehicle else Message("No active perimeter")
        template = Message("Forbidden to this vehicle: {perimeters}") if self.for_vehicle else Message("Active: {perimeters}")
        return Message(template.template, perimeters=_counted(self.perimeters))


def _counted(by_kind: dict[str, int]) -> str:
    """« 3 périmètres rouges, 1 périmètre bleu »."""
    titles = {row["key"]: row for row in kinds_of("perimeter_kinds")}
    words = []
    for kind, number in by_kind.items():
        row = titles.get(kind)
        name = kind if row is None else row[f"{language()}_many"] if number > 1 else row[language()][:1].lower() + row[language()][1:]
        words.append(f"{count(number)} {name}")
    return ", ".join(words)
