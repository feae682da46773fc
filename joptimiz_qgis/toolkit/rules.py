"""What applies when and to whom: perimeters and their rules at a moment, for a vehicle, at points.

One evaluator for the Games' perimeters, low-emission zones and goods-traffic orders: they differ in their tables only. What is
not known (hours that cannot be read, dates in the wrong order, a vehicle's weight) gives "unknown", never "always" or "never".
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Callable, Union

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .crs import metric_crs, require_crs, to_crs
from .distinct_hours import DistinctHours
from .errors import DataError, ParameterError
from .hours_in_words import every_week, opening_hours_in_words
from .messages import Message
from .opening_hours import as_local
from .schema.table import kinds
from .validity import NEVER, Periods
from .vehicles import NO, UNKNOWN, YES, Vehicle, concerned, conditions_in_words, exempted

if TYPE_CHECKING:
    from .opening_hours.evaluate import Holidays

Moments = Union[np.datetime64, np.ndarray]
"""One moment for all perimeters, or one each."""

ROAD_DISTANCE_M = 10.0
"""A point so near to the axis of a special road is on it: half the width of a road of four lanes and its pavement."""

ACCESS = ("allowed", "unknown", "forbidden")
"""By how surely access is forbidden: NO, UNKNOWN, YES."""

_ALLOWS, _FORBIDS = "Autorise", "Interdit"
_CONDITIONS = (
    "regl_modalite", "veh_types", "critair", "veh_cqas", "veh_tonnage_modalite", "veh_tonnage", "veh_usages", "sauf_veh_usages",
    "veh_long", "veh_larg", "veh_haut", "veh_motors",
)  # fmt: skip
_ROUNDS = 64


@dataclass
class Applying:
    """What applies at a moment.

    Attributes
    ----------
    at : datetime
        Local time of Europe/Paris.
    vehicle : Vehicle or None
    active : Series of boolean
        Index of the perimeters: whether a restriction is in force there for anyone at all; NA where that is not known.
    access : Series of str
        Index of the perimeters: ``allowed``, ``forbidden`` or ``unknown`` for the vehicle; None where none was given. Each
        perimeter is taken by itself; what overrides what depends on the place: see `points`.
    points : DataFrame or None
        Index of the points: ``perimeters`` (tuple of index labels of those that hold the point, are valid and are not overridden,
        in the table's order), ``overridden`` (tuple), ``access`` (None without vehicle) and ``decided_by`` (tuple of the
        perimeters that make it so), ``next_change`` (when the state of one of them, or of one that was not valid yet, changes).
    notes : list of Message
    """

    at: datetime
    vehicle: Vehicle | None
    active: pd.Series
    access: pd.Series
    points: pd.DataFrame | None
    notes: list[Message]
    _evaluation: _Evaluation
    _perimeters: gpd.GeoDataFrame

    def by_kind(self, state: bool | None = True) -> dict[str, int]:
        """Perimeters by kind (``type_peri``), the most numerous first: active ones, inactive ones, or (None) those not known to be."""
        chosen = self.active.isna() if state is None else (self.active == state).fillna(False)
        kind = _column(self._perimeters, "type_peri")
        counts = kind[chosen.astype(bool)].fillna("?").value_counts()
        return {str(name): int(count) for name, count in sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))}

    @functools.cached_property
    def next_change(self) -> pd.Series:
        """When the state of each perimeter next changes: its access if a vehicle was given, else whether it is active.

        Series of datetime64[s], index of the perimeters; NaT where nothing changes within a year of the moment (of the start of
        a validity that lies ahead).
        """
        return pd.Series(self._evaluation.next_change(self._now), index=self.active.index)

    def first_change(self) -> datetime | None:
        """When the state of any perimeter next changes."""
        first = self._evaluation.first_change(self._now)
        return None if np.isnat(first) else first.item()

    def next_change_of(self, labels: Sequence[Any]) -> pd.Series:
        """`next_change` of the perimeters with these index labels only, which is quicker."""
        positions = self.active.index.get_indexer(pd.Index(labels))
        changes = self._evaluation.only(positions).next_change(self._now) if len(positions) else np.array([], dtype="datetime64[s]")
        return pd.Series(changes, index=pd.Index(labels))

    def why(self, label: Any) -> list[Message]:
        """Why the perimeter with index label `label` is in the state it is in; one sentence or several."""
        return self._evaluation.why(int(self.active.index.get_indexer(pd.Index([label]))[0]), self._now)

    def table(self) -> gpd.GeoDataFrame:
        """The perimeters with ``active``, ``access``, ``why`` (in the reader's language) and ``next_change`` (ISO 8601 text)."""
        why = [" ; ".join(map(str, self._evaluation.why(position, self._now))) for position in range(len(self.active))]
        changes = [None if pd.isna(change) else pd.Timestamp(change).isoformat(timespec="minutes") for change in self.next_change]
        return self._perimeters.assign(active=self.active, access=self.access, why=why, next_change=changes)

    @property
    def _now(self) -> np.datetime64:
        return np.datetime64(self.at, "s")


def applying(
    perimeters: gpd.GeoDataFrame,
    rules: pd.DataFrame,
    at: datetime,
    vehicle: Vehicle | None = None,
    points: gpd.GeoSeries | None = None,
    road_distance: float = ROAD_DISTANCE_M,
    is_public_holiday: Holidays = None,
    is_school_holiday: Holidays = None,
) -> Applying:
    """Perimeters and rules at a moment.

    Parameters
    ----------
    perimeters : GeoDataFrame
        Fields of the table perimeters, of which ``cle`` is needed where there are rules. A perimeter is valid from ``date_debut`` to
        ``date_fin`` (half-open; a day without an hour is included).
    rules : DataFrame
        Fields of the table perimeter_rules, ``perimetre`` being the ``cle`` of a perimeter. A rule is in force while it and its
        perimeter are valid and its hours (``periode_jh``) are open; without hours, at any hour.
    at : datetime
        Local time of Europe/Paris; converted to it if it has a time zone.
    vehicle : Vehicle, optional
    points : GeoSeries, optional
        Points with a CRS, for which to say what applies there. Of low-emission zones only one speaks at a point: the nearest
        special road within `road_distance`, else the last in the table's order of the zones that hold the point.
    road_distance : float
        Metres, inclusive.
    is_public_holiday, is_school_holiday : callable or set of dates, optional
        See `OpeningHours`.

    Returns
    -------
    Applying

    Raises
    ------
    DataError
        Two perimeters have the same ``cle``.
    CrsError
        Perimeters or points have no CRS, where there are points.
    ParameterError
        `road_distance` is no distance.

    Notes
    -----
    Within a perimeter: a rule that forbids the vehicle and is in force forbids it, whatever allows it. Else one that allows it
    and whose hours are open allows it; a rule that allows it in other hours forbids it in these (the national schema: "jours et
    heures de circulation autorisés"). Where the rules only say who is allowed and the vehicle is not among them, or there is no
    rule at all (save in a commune, which restricts nothing), access is unknown.
    At a point: forbidden where one of its perimeters forbids, else unknown where one is unknown, else allowed.
    """
    at = as_local(at)
    notes: list[Message] = []
    evaluation = _Evaluation.of(perimeters, rules, vehicle, (is_public_holiday, is_school_holiday), notes)
    now = np.datetime64(at, "s")
    state = evaluation.state(now)
    active = pd.Series(pd.arrays.BooleanArray(state.active == YES, state.active == UNKNOWN), index=perimeters.index)
    names = np.array([*ACCESS], dtype=object)
    access = pd.Series(names[state.forbidden] if vehicle else [None] * len(perimeters), index=perimeters.index, dtype=object)
    result = Applying(at, vehicle, active, access, None, notes, evaluation, perimeters)
    if points is not None:
        if not road_distance >= 0:
            raise ParameterError("The distance is {value}. Expected: a number of metres, 0 or more.", value=road_distance)
        result.points = _at_points(perimeters, points, road_distance, state, result)
    return result


class Timetable:
    """Perimeters and their rules made ready once, to be asked about many moments.

    Parameters
    ----------
    perimeters, rules, vehicle, is_public_holiday, is_school_holiday
        See `applying`; the perimeters' shapes are not needed.

    Attributes
    ----------
    notes : list of Message

    Raises
    ------
    DataError
        Two perimeters have the same ``cle``.
    """

    def __init__(
        self,
        perimeters: pd.DataFrame,
        rules: pd.DataFrame,
        vehicle: Vehicle | None = None,
        is_public_holiday: Holidays = None,
        is_school_holiday: Holidays = None,
    ) -> None:
        self.notes: list[Message] = []
        self._evaluation = _Evaluation.of(perimeters, rules, vehicle, (is_public_holiday, is_school_holiday), self.notes)
        keys = pd.Index(_column(perimeters, "cle"))
        self._owned = (keys.get_indexer(rules["perimetre"]) >= 0) if len(rules) else np.array([], dtype=bool)

    def valid(self, at: datetime) -> np.ndarray:
        """Whether each perimeter is valid by its dates: NO, UNKNOWN or YES; ndarray of int8."""
        return self._evaluation.valid(np.datetime64(as_local(at), "s"))

    def perimeters(self, at: datetime) -> np.ndarray:
        """Whether each perimeter applies: is active or, to the vehicle if one was given, forbidden; NO, UNKNOWN or YES.

        The same as `Applying.active` and `Applying.access`.
        """
        return self._evaluation.signature(np.datetime64(as_local(at), "s"))

    def rules(self, at: datetime) -> np.ndarray:
        """Whether each rule is in force and made for the vehicle (if one was given); NO, UNKNOWN or YES.

        Out of its hours a rule that allows is in force all the same: it keeps out whom it allows at other hours. A rule of a
        perimeter that is not there is UNKNOWN.
        """
        own, now = self._evaluation, np.datetime64(as_local(at), "s")
        force = np.minimum(own.valid(now)[own.owner], np.minimum(own.rule_valid(now), np.where(own.allows, YES, own.slots(now))))
        result: np.ndarray = np.full(len(self._owned), UNKNOWN, dtype=np.int8)
        result[self._owned] = force if own.vehicle is None else np.minimum(force, own.concern)
        return result

    def moments(self, first: datetime, last: datetime) -> list[datetime]:
        """`first`, and the moments before `last` at which something may change, in order."""
        own, start, end = self._evaluation, np.datetime64(first, "s"), np.datetime64(last, "s")
        bounds = np.concatenate([own.start, own.end, own.rule_start, own.rule_end])
        within = bounds[(bounds > start) & (bounds < end)]
        return sorted({first, *(moment.item() for moment in np.unique(within)), *own.hours.changes(first, last)})

    def recurs(self, first: datetime, last: datetime) -> np.ndarray:
        """Whether each perimeter is in every week as in any other between two moments; ndarray of bool.

        Nothing of it begins or ends meanwhile, and its rules' hours name weekdays only, or holidays of which there are none.
        """
        own, start, end = self._evaluation, np.datetime64(first, "s"), np.datetime64(last, "s")

        def bounded(*bounds: np.ndarray) -> np.ndarray:
            return np.logical_or.reduce([(bound > start) & (bound < end) for bound in bounds])

        ordinary = not own.hours.has_holiday(first, last)
        other_weeks = np.array([*(not every_week(text, ordinary) for text in own.hours.texts), False], dtype=bool)
        changing = self._concerning(first, last) & (bounded(own.rule_start, own.rule_end) | other_weeks[own.hours_of])
        result = ~bounded(own.start, own.end)
        result[own.owner[changing]] = False
        return result

    def rules_in_words(self, position: int, first: datetime, last: datetime) -> list[Message]:
        """The rules of a perimeter that bear on the vehicle (on anyone, without one) between two moments; hours as people write them."""
        own = self._evaluation
        chosen = np.flatnonzero(self._concerning(first, last) & (own.owner == position))
        if not own.has_rules[position]:
            return [Message("a place, which restricts nothing") if own.place[position] else Message("the file holds no rule for it")]
        said = []
        for rule in chosen:
            words = own.rule_in_words(rule, opening_hours_in_words)
            if own.assumed[rule]:
                words = Message("{rule} (assumed: the order decides)", rule=words)
            if own.vehicle is not None and own.exempt[rule] == YES and own.forbids[rule]:
                words = Message("exempted by its use: {rule}", rule=words)
            said.append(words)
        return said or [Message("no rule of it is against this vehicle")]

    def _concerning(self, first: datetime, last: datetime) -> np.ndarray:
        """Rules that may be in force between two moments and bear on the vehicle, if one was given."""
        own, start, end = self._evaluation, np.datetime64(first, "s"), np.datetime64(last, "s")
        meanwhile = own.rule_unclear | ~((own.rule_start >= end) | (own.rule_end <= start))
        return meanwhile if own.vehicle is None else meanwhile & ((own.concern > NO) | own.allows)


# -- the state of perimeters ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _State:
    """Of each perimeter at a moment: is it valid, is a restriction active, is the vehicle forbidden; NO, UNKNOWN or YES."""

    valid: np.ndarray
    active: np.ndarray
    forbidden: np.ndarray


@dataclass(frozen=True)
class _Evaluation:
    """Perimeters and rules as arrays: everything about them that does not depend on the moment.

    `owner` is the position of each rule's perimeter, `hours_of` that of its hours (-1: any hour). Where a period is `unclear` it
    has neither start nor end.
    """

    start: np.ndarray
    end: np.ndarray
    unclear: np.ndarray
    place: np.ndarray
    owner: np.ndarray
    rule_start: np.ndarray
    rule_end: np.ndarray
    rule_unclear: np.ndarray
    hours_of: np.ndarray
    allows: np.ndarray
    forbids: np.ndarray
    concern: np.ndarray
    exempt: np.ndarray
    hours: DistinctHours
    rules: pd.DataFrame
    vehicle: Vehicle | None

    @classmethod
    def of(
        cls,
        perimeters: pd.DataFrame,
        rules: pd.DataFrame,
        vehicle: Vehicle | None,
        holidays: tuple[Holidays, Holidays],
        notes: list[Message],
    ) -> _Evaluation:
        periods = Periods(_column(perimeters, "date_debut"), _column(perimeters, "date_fin"))
        rules, owner = _owned(perimeters, rules, notes)
        rule_periods = Periods(_column(rules, "periode_debut"), _column(rules, "periode_fin"))
        codes, texts = pd.factorize(_column(rules, "periode_jh"))
        hours = DistinctHours([str(text) for text in texts], *holidays)
        if None in hours.read:
            unread = [text for text, read in zip(hours.texts, hours.read) if read is None]
            notes.append(Message("Hours that cannot be read: {examples}", examples="; ".join(unread[:5])))
        modality = _column(rules, "regl_modalite").to_numpy()
        concern, exempt = _for_vehicle(rules, vehicle or Vehicle())
        places = {row["key"] for row in kinds("perimeter_kinds") if row["family"] == "place"}
        return cls(
            start=np.where(periods.unclear, NEVER, periods.start),
            end=np.where(periods.unclear, NEVER, periods.end),
            unclear=periods.unclear,
            place=_column(perimeters, "type_peri").isin(places).to_numpy(),
            owner=owner,
            rule_start=np.where(rule_periods.unclear, NEVER, rule_periods.start),
            rule_end=np.where(rule_periods.unclear, NEVER, rule_periods.end),
            rule_unclear=rule_periods.unclear,
            hours_of=codes,
            allows=modality == _ALLOWS,
            forbids=modality == _FORBIDS,
            concern=concern,
            exempt=exempt,
            hours=hours,
            rules=rules,
            vehicle=vehicle,
        )

    @functools.cached_property
    def assumed(self) -> np.ndarray:
        """Rules that are the general ones of a kind of perimeter and not published with it."""
        result: np.ndarray = _column(self.rules, "supposee").astype("boolean").fillna(False).to_numpy(dtype=bool)
        return result

    @functools.cached_property
    def has_rules(self) -> np.ndarray:
        counts: np.ndarray = np.bincount(self.owner, minlength=len(self.start))
        return counts > 0

    def only(self, positions: np.ndarray) -> _Evaluation:
        """The same for some perimeters."""
        new = np.full(len(self.start), -1)
        new[positions] = np.arange(len(positions))
        kept = new[self.owner] >= 0
        perimeters = {name: getattr(self, name)[positions] for name in ("start", "end", "unclear", "place")}
        names = ("rule_start", "rule_end", "rule_unclear", "hours_of", "allows", "forbids", "concern", "exempt")
        of_rules = {name: getattr(self, name)[kept] for name in names}
        return _Evaluation(**perimeters, owner=new[self.owner[kept]], **of_rules, hours=self.hours, rules=self.rules[kept], vehicle=self.vehicle)

    # -- at a moment, or each perimeter at a moment of its own ---------------------------------------------------

    def valid(self, moment: Moments) -> np.ndarray:
        return _inside(self.start, self.end, self.unclear, moment)

    def rule_valid(self, moment: Moments) -> np.ndarray:
        return _inside(self.rule_start, self.rule_end, self.rule_unclear, self.of_rules(moment))

    def of_rules(self, moment: Moments) -> Moments:
        """The moment of each rule's perimeter."""
        return moment[self.owner] if isinstance(moment, np.ndarray) else moment

    def slots(self, moment: Moments) -> np.ndarray:
        """Whether the hours of each rule are open."""
        result: np.ndarray = np.full(len(self.owner), YES, dtype=np.int8)
        with_hours = np.flatnonzero(self.hours_of >= 0)
        at = self.of_rules(moment)
        codes, moments, which = _pairs_of(self.hours_of[with_hours], at[with_hours] if isinstance(at, np.ndarray) else at)
        states = [self.hours.state(int(code), each.item()) for code, each in zip(codes, moments)]
        result[with_hours] = np.array(states, dtype=np.int8)[which]
        return result

    def state(self, moment: Moments) -> _State:
        valid, rule_valid, slot = self.valid(moment), self.rule_valid(moment), self.slots(moment)
        force = np.minimum(rule_valid, np.where(self.allows, YES, slot)).astype(np.int8)
        active = np.minimum(valid, np.where(self.has_rules, self.any_of(force), YES))
        forbidden = np.minimum(valid, self.forbidden(force, rule_valid, slot))
        return _State(valid, active.astype(np.int8), forbidden.astype(np.int8))

    def forbidden(self, force: np.ndarray, rule_valid: np.ndarray, slot: np.ndarray) -> np.ndarray:
        """Whether the rules of each perimeter forbid the vehicle; see the notes of `applying`."""
        made_for = np.minimum(force, self.concern)
        ban = self.any_of(np.where(self.forbids, np.minimum(made_for, YES - self.exempt), NO))
        allowed = self.any_of(np.where(self.allows, np.minimum(made_for, slot), NO))
        elsewhen = self.any_of(np.where(self.allows, np.minimum(made_for, YES - slot), NO))
        mute = self.any_of(np.where(self.allows | self.forbids, NO, made_for)) > NO
        others_only = self.any_of(np.where(self.allows & (rule_valid > NO) & (self.concern < YES), YES, NO)) == YES
        result = np.maximum(ban, np.minimum(elsewhen, YES - allowed))
        open_question = mute | (others_only & (allowed == NO)) | ~(self.has_rules | self.place)
        return np.maximum(result, np.where(open_question, UNKNOWN, NO))

    def any_of(self, of_rules: np.ndarray) -> np.ndarray:
        """The greatest answer among the rules of each perimeter; NO where it has none."""
        result: np.ndarray = np.full(len(self.start), NO, dtype=np.int8)
        for answer in (UNKNOWN, YES):
            result[self.owner[of_rules == answer]] = answer
        return result

    # -- as time goes by -----------------------------------------------------------------------------------------

    def next_change(self, now: np.datetime64) -> np.ndarray:
        """When the state of each perimeter next changes; NaT where it does not."""
        change = self.next_event(np.full(len(self.start), now))
        before = self.signature(now)
        open_ = np.flatnonzero(self.has_rules & ~np.isnat(change))
        for _ in range(_ROUNDS):
            # What happens to a rule changes nothing where another rule, or something that is not known, gives the same answer.
            same = self.only(open_).signature(change[open_]) == before[open_]
            if not same.any():
                return change
            open_ = open_[same]
            change[open_] = self.only(open_).next_event(change[open_])
            open_ = open_[~np.isnat(change[open_])]
        change[open_] = NEVER
        return change

    def first_change(self, now: np.datetime64) -> np.datetime64:
        """When the state of any perimeter next changes; those that lie ahead are worked out only as far as needed."""
        ahead = np.flatnonzero(self.start > now)
        ahead = ahead[np.argsort(self.start[ahead])]
        started = np.flatnonzero(~(self.start > now))
        first = NEVER
        for part in (started, *np.array_split(ahead, len(ahead) // 1000 + 1)):
            if len(part) and not self.start[part].min() >= first:  # a comparison with NaT is False
                first = np.fmin.reduce(self.only(part).next_change(now), initial=first)
        return first

    def signature(self, moment: Moments) -> np.ndarray:
        state = self.state(moment)
        return state.active if self.vehicle is None else state.forbidden

    def next_event(self, now: np.ndarray) -> np.ndarray:
        """When something next happens to a rule of each perimeter that bears on it, or to a perimeter without rules."""
        bare = ~self.has_rules & (self.vehicle is None or ~self.place)
        own = np.where(self.start > now, self.start, np.where(self.end > now, self.end, NEVER))
        events = np.where(bare, own, NEVER)
        relevant = np.flatnonzero((self.concern > NO) & (self.exempt == NO) | self.allows) if self.vehicle else np.arange(len(self.owner))
        of_rules = self.rule_events(relevant, now[self.owner[relevant]])
        order = np.argsort(of_rules)[::-1]  # NaT sorts last: reversed, the earliest is written last
        order = order[~np.isnat(of_rules[order])]
        events[self.owner[relevant[order]]] = of_rules[order]
        return events

    def rule_events(self, rules: np.ndarray, now: np.ndarray) -> np.ndarray:
        """When each rule next comes into force or ceases to be."""
        owner = self.owner[rules]
        start = np.fmax(self.start[owner], self.rule_start[rules])
        end = np.fmin(self.end[owner], self.rule_end[rules])
        ahead = start > now
        # Without a vehicle a rule that allows restricts at all hours.
        hours_of = self.hours_of[rules] if self.vehicle else np.where(self.allows[rules], -1, self.hours_of[rules])
        slot, change = self.slot_and_change(hours_of, np.where(ahead, start, now))
        change = np.where(change < end, change, np.where(np.isnat(end), change, NEVER))
        in_force = np.where(ahead, start, np.fmin(change, end))
        # Out of its hours a rule that forbids says nothing; one that allows does, to a vehicle.
        event = np.where((slot == NO) & ~self.allows[rules], change, in_force)
        return np.where((end <= now) | (end <= start), NEVER, event)

    def slot_and_change(self, hours_of: np.ndarray, moments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """State of hours at moments, and when it next changes; each distinct pair is worked out once."""
        slot: np.ndarray = np.full(len(hours_of), YES, dtype=np.int8)
        change = np.full(len(hours_of), NEVER)
        with_hours = np.flatnonzero(hours_of >= 0)
        codes, at, which = _pairs_of(hours_of[with_hours], moments[with_hours])
        states = [self.hours.state(int(code), moment.item()) for code, moment in zip(codes, at)]
        changes = [self.hours.next_change(int(code), moment.item()) for code, moment in zip(codes, at)]
        slot[with_hours] = np.array(states, dtype=np.int8)[which]
        change[with_hours] = np.array(changes, dtype="datetime64[s]")[which]
        return slot, change

    # -- in words ------------------------------------------------------------------------------------------------

    def why(self, position: int, now: np.datetime64) -> list[Message]:
        """Sentences on one perimeter."""
        alone = self.only(np.array([position]))
        valid = int(alone.valid(now)[0])
        if valid == NO:
            return [Message("not valid at this moment: {period}", period=_period(alone.start[0], alone.end[0]))]
        reasons = [Message("its dates cannot be relied on, so that it may or may not be valid")] if valid == UNKNOWN else []
        if not len(alone.owner):
            return [*reasons, Message("a place, which restricts nothing") if alone.place[0] else Message("the file holds no rule for it")]
        return reasons + (alone.rules_in_force(now) if self.vehicle is None else alone.reasons_for_vehicle(now))

    def rules_in_force(self, now: np.datetime64) -> list[Message]:
        """The rules of the only perimeter that are in force, or may be, for whomever they are."""
        force = np.minimum(self.rule_valid(now), np.where(self.allows, YES, self.slots(now)))
        return [self.rule_in_words(rule) for rule in np.flatnonzero(force > NO)] or [Message("no rule of it is in force at this moment")]

    def reasons_for_vehicle(self, now: np.datetime64) -> list[Message]:
        """What decides on the vehicle in the only perimeter."""
        valid, slot = self.rule_valid(now), self.slots(now)
        force = np.minimum(valid, np.where(self.allows, YES, slot))
        made_for = np.minimum(force, self.concern)
        forbidden = self.forbidden(force, valid, slot)[0]
        bans = np.where(self.forbids, np.minimum(made_for, YES - self.exempt), NO)
        elsewhen = np.where(self.allows, np.minimum(made_for, YES - slot), NO)
        if forbidden == YES:
            return [self.rule_in_words(rule) for rule in np.flatnonzero(np.maximum(bans, elsewhen) == YES)]
        if forbidden == UNKNOWN:
            return self.open_questions(np.flatnonzero((made_for > NO) & ~((self.exempt == YES) & self.forbids) | self.allows), valid, slot)
        spoken_for = np.flatnonzero((made_for == YES) & (self.allows | (self.exempt == YES)))
        if len(spoken_for):
            return [
                self.rule_in_words(rule)
                if self.allows[rule]
                else Message("exempted by its use: {rule}", rule=self.rule_in_words(rule))
                for rule in spoken_for
            ]
        return [Message("no rule of it is against this vehicle at this moment")]

    def open_questions(self, rules: np.ndarray, valid: np.ndarray, slot: np.ndarray) -> list[Message]:
        """What is not known about rules that leave access open."""
        found = []
        for rule in rules:
            words = self.rule_in_words(rule)
            if valid[rule] == UNKNOWN:
                found.append(Message("the dates of the rule cannot be relied on: {rule}", rule=words))
            elif slot[rule] == UNKNOWN:
                found.append(Message("its hours leave it open whether the rule is in force: {rule}", rule=words))
            elif not self.allows[rule] and not self.forbids[rule]:
                found.append(Message("the rule does not say whether it forbids or allows: {rule}", rule=words))
            elif self.concern[rule] == UNKNOWN:
                found.append(Message("it depends on what is not known of the vehicle or of the rule: {rule}", rule=words))
            elif self.allows[rule] and self.concern[rule] == NO:
                found.append(Message("it only says who is allowed, and this vehicle is not among them: {rule}", rule=words))
        return found or [Message("its rules leave it open")]

    def rule_in_words(self, rule: int, hours: Callable[[str], str] = str) -> Message:
        row = self.rules.iloc[rule].to_dict()
        code = self.hours_of[rule]
        when: object = Message("at any hour") if code < 0 else hours(self.hours.texts[code])
        templates = {_FORBIDS: Message("forbidden ({when}) for {who}"), _ALLOWS: Message("allowed only ({when}) for {who}")}
        template = templates.get(str(row.get("regl_modalite")), Message("restricted ({when}) for {who}"))
        return Message(template.template, when=when, who=conditions_in_words(row))


def _pairs_of(codes: np.ndarray, moments: Moments) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distinct pairs of a code and a moment, and which of them each is."""
    if not isinstance(moments, np.ndarray):
        distinct, which = np.unique(codes, return_inverse=True)
        return distinct, np.full(len(distinct), moments), which
    _, times = np.unique(moments, return_inverse=True)
    _, first, which = np.unique(codes * (len(moments) + 1) + times, return_index=True, return_inverse=True)
    return codes[first], moments[first], which


def _column(table: pd.DataFrame, name: str) -> pd.Series:
    return table[name] if name in table else pd.Series([None] * len(table), index=table.index, dtype=object)


def _inside(start: np.ndarray, end: np.ndarray, unclear: np.ndarray, moment: Moments) -> np.ndarray:
    outside = (start > moment) | (end <= moment)  # comparisons with NaT are False
    return np.where(unclear, UNKNOWN, np.where(outside, NO, YES)).astype(np.int8)


def _owned(perimeters: pd.DataFrame, rules: pd.DataFrame, notes: list[Message]) -> tuple[pd.DataFrame, np.ndarray]:
    """Rules of these perimeters, and the position of the perimeter of each."""
    if not len(rules):
        return rules, np.array([], dtype=np.intp)
    keys = pd.Index(_column(perimeters, "cle"))
    if not keys.is_unique:
        twice = keys[keys.duplicated()][0]
        raise DataError(
            "Several perimeters have the key “{key}”, so that it is not known whose rules are whose. Read them from their source again.",
            key=twice,
        )
    owner = keys.get_indexer(rules["perimetre"])
    if (owner < 0).any():
        notes.append(Message("{count} rules are of perimeters that are not there; they do not count.", count=int((owner < 0).sum())))
    return rules[owner >= 0], owner[owner >= 0]


def _for_vehicle(rules: pd.DataFrame, vehicle: Vehicle) -> tuple[np.ndarray, np.ndarray]:
    """Whether each rule is made for the vehicle, and whether it exempts it; rules that read the same are judged once."""
    codes = np.zeros(len(rules), dtype=np.int64)
    for name in _CONDITIONS:
        if name in rules and rules[name].notna().any():
            values = pd.factorize(rules[name])[0]
            codes = pd.factorize(codes * (values.max() + 2) + values + 1)[0]
    _, first, which = np.unique(codes, return_index=True, return_inverse=True)
    distinct = rules.iloc[first].to_dict("records")
    concern = np.array([concerned(rule, vehicle) for rule in distinct], dtype=np.int8)[which]
    return concern, np.array([exempted(rule, vehicle) for rule in distinct], dtype=np.int8)[which]


def _period(start: np.datetime64, end: np.datetime64) -> Message:
    first, last = (_shown(moment) for moment in (start, end))
    if not np.isnat(start) and not np.isnat(end):
        return Message("from {start} to {end}", start=first, end=last)
    return Message("from {start}", start=first) if np.isnat(end) else Message("until {end}", end=last)


def _shown(moment: np.datetime64) -> str:
    return str(moment)[:16].replace("T", " ")


# -- at points -----------------------------------------------------------------------------------------------------------


def _at_points(perimeters: gpd.GeoDataFrame, points: gpd.GeoSeries, road_distance: float, state: _State, result: Applying) -> pd.DataFrame:
    """What applies at each point; see `Applying.points`."""
    point, perimeter, distance = _pairs(perimeters, points, road_distance)
    held, which = np.unique(perimeter, return_inverse=True)
    change = result.next_change_of(perimeters.index[held]).to_numpy()[which]
    valid = state.valid[perimeter] > NO
    speaks = _speaking(perimeters, point, perimeter, distance, state.valid)
    counted = valid & speaks
    forbidden: np.ndarray = np.full(len(points), NO, dtype=np.int8)
    np.maximum.at(forbidden, point[counted], state.forbidden[perimeter[counted]])
    labels = perimeters.index.to_numpy()
    next_change = np.full(len(points), NEVER)
    np.fmin.at(next_change, point, change)
    decisive = counted & (state.forbidden[perimeter] == forbidden[point]) & (forbidden[point] > NO)
    names = np.array([*ACCESS], dtype=object)
    return pd.DataFrame(
        {
            "perimeters": _grouped(point[counted], labels[perimeter[counted]], len(points)),
            "overridden": _grouped(point[valid & ~speaks], labels[perimeter[valid & ~speaks]], len(points)),
            "access": pd.Series(names[forbidden] if result.vehicle else [None] * len(points), index=points.index, dtype=object),
            "decided_by": _grouped(point[decisive], labels[perimeter[decisive]], len(points)) if result.vehicle else [()] * len(points),
            "next_change": next_change,
        },
        index=points.index,
    )


def _pairs(perimeters: gpd.GeoDataFrame, points: gpd.GeoSeries, road_distance: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions of points and perimeters that hold them, ordered by both, and the distance (0 in an area)."""
    require_crs(points, str(Message("layer")))
    crs = metric_crs(perimeters.geometry)
    shapes = to_crs(perimeters.geometry, crs).to_numpy()
    places = to_crs(points, crs).to_numpy()
    is_line = shapely.get_dimensions(shapes) == 1
    lines, areas = np.flatnonzero(is_line), np.flatnonzero(~is_line)
    # The tree is one of points, since what is asked for is prepared, and an area has a thousand corners.
    tree = shapely.STRtree(places)
    within = tree.query(shapes[areas], predicate="intersects")
    along = tree.query(shapes[lines], predicate="dwithin", distance=road_distance)
    pairs = np.column_stack([[within[1], areas[within[0]]], [along[1], lines[along[0]]]])
    pairs = pairs[:, np.lexsort((pairs[1], pairs[0]))]
    distance = np.zeros(pairs.shape[1])
    on_line = np.flatnonzero(is_line[pairs[1]])
    distance[on_line] = shapely.distance(places[pairs[0][on_line]], shapes[pairs[1][on_line]])
    return pairs[0], pairs[1], distance


def held_by(perimeters: gpd.GeoDataFrame, points: gpd.GeoSeries, road_distance: float = ROAD_DISTANCE_M) -> tuple[np.ndarray, np.ndarray]:
    """Positions of points and of perimeters that hold them, whatever the moment; see `applying`.

    Returns
    -------
    point, perimeter : ndarray of int
        By point; then the perimeters in the table's order, but of the low-emission zones the one that speaks in place of the
        others, where all are valid, comes last.
    """
    point, perimeter, distance = _pairs(perimeters, points, road_distance)
    is_zfe, is_line = _zones_and_roads(perimeters)
    on_road = is_zfe[perimeter] & is_line[perimeter]
    order = np.lexsort((perimeter, np.where(on_road, -distance, 0), on_road, point))
    return point[order], perimeter[order]


def low_emission(perimeters: pd.DataFrame) -> np.ndarray:
    """Which perimeters are low-emission zones or their special roads: of these one alone speaks at a point."""
    families = {row["key"]: row["family"] for row in kinds("perimeter_kinds")}
    result: np.ndarray = _column(perimeters, "type_peri").map(families).eq("zfe").to_numpy()
    return result


def _zones_and_roads(perimeters: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    return low_emission(perimeters), shapely.get_dimensions(perimeters.geometry.to_numpy()) == 1


def _speaking(perimeters: gpd.GeoDataFrame, point: np.ndarray, perimeter: np.ndarray, distance: np.ndarray, valid: np.ndarray) -> np.ndarray:
    """Where a perimeter is not overridden at a point: of the low-emission zones that surely are valid only one speaks."""
    is_zfe, is_line = _zones_and_roads(perimeters)
    surely = np.flatnonzero(is_zfe[perimeter] & (valid[perimeter] == YES))
    # The last of each point in this order speaks: a road rather than a zone, the nearest road, the last in the table.
    order = surely[np.lexsort((perimeter[surely], -distance[surely], is_line[perimeter[surely]], point[surely]))]
    is_last = np.append(point[order][1:] != point[order][:-1], True) if len(order) else np.array([], dtype=bool)
    speaks: np.ndarray = np.ones(len(point), dtype=bool)
    speaks[surely] = False
    speaks[order[is_last]] = True
    return speaks


def _grouped(rows: np.ndarray, values: np.ndarray, count: int) -> list[tuple[Any, ...]]:
    """The `values` of each of `count` rows; `rows` are in order."""
    bounds = np.searchsorted(rows, np.arange(count + 1))
    return [tuple(values[first:last].tolist()) for first, last in zip(bounds[:-1], bounds[1:])]
