"""What opening hours mean: selectors of days, spans of minutes, and how rules combine into one state.

Source: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification, and where that leaves a choice, what its
reference implementation opening_hours.js does. Minutes are counted from midnight of the day a span belongs to, so that
a span running over midnight simply ends beyond 1440.
"""

from __future__ import annotations

import calendar
import enum
import functools
import itertools
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Callable, Optional, Union

from ..holidays import easter_sunday, is_public_holiday

DAY = 24 * 60
"""Minutes in a day."""

DayTest = Callable[[date], Optional[bool]]
"""Whether a date is a holiday; None where it is not known."""

Holidays = Union[DayTest, Container[date], None]
"""Holidays as callers give them: a function of the date, a set of dates, or None for the default."""

DateKey = tuple[int, int, int]
"""Year, month, day: compared as such, so that 29 February has its place in every year."""


class State(enum.Enum):
    """What is known of a moment."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class HolidayCalendar:
    """The two kinds of holidays that `PH` and `SH` select.

    Parameters
    ----------
    public, school : callable
        Whether a date is a public holiday, a school holiday; None where that is not known.
    """

    public: DayTest
    school: DayTest

    @classmethod
    def of(cls, public: Holidays, school: Holidays) -> HolidayCalendar:
        """Calendar from what a caller gave; by default the French public holidays, and school holidays unknown."""
        return cls(
            public=is_public_holiday if public is None else _as_test(public),
            school=_never_known if school is None else _as_test(school),
        )

    def is_holiday(self, kind: str, day: date) -> bool | None:
        """Whether `day` is a holiday of `kind` PH or SH."""
        return self.public(day) if kind == "PH" else self.school(day)


def _as_test(days: DayTest | Container[date]) -> DayTest:
    if callable(days):
        return days
    return days.__contains__


def _never_known(_: date) -> bool | None:
    return None


# -- selectors of days


@dataclass(frozen=True)
class YearRange:
    """`2024`, `2024-2030/2`, `2024+`: years `first` to `last`, both included, every `step` years."""

    first: int
    last: int
    step: int = 1

    def includes(self, day: date, _: HolidayCalendar) -> bool:
        """Whether the selector takes in `day`."""
        return self.first <= day.year <= self.last and (day.year - self.first) % self.step == 0


@dataclass(frozen=True)
class WeekRange:
    """`week 2-52/2`: ISO 8601 weeks `first` to `last`, both included, every `step` weeks."""

    first: int
    last: int
    step: int = 1

    def includes(self, day: date, _: HolidayCalendar) -> bool:
        """Whether the selector takes in `day`."""
        week = day.isocalendar()[1]
        return self.first <= week <= self.last and (week - self.first) % self.step == 0


@dataclass(frozen=True)
class MonthDay:
    """`Dec 25`, `2024 Jul 26`: a day of every year, or of one year. Day 0 stands for the month as a whole."""

    month: int
    day: int
    year: int | None = None

    def key(self, year: int) -> DateKey:
        """Place of the day in a year."""
        return (year, self.month, self.day)


@dataclass(frozen=True)
class Easter:
    """`easter -2 days`: Easter Sunday moved by `offset` days."""

    offset: int = 0
    year: int | None = None

    def key(self, year: int) -> DateKey:
        """Place of the day in a year."""
        day = easter_sunday(year) + timedelta(days=self.offset)
        return (day.year, day.month, day.day)


@dataclass(frozen=True)
class DateRange:
    """`Apr 15-Oct 31`, `Nov-Feb`, `2024 Jul 26-2024 Aug 11`: from `start` to `end`, both included.

    Without a year the range comes back every year, and one whose end lies before its start runs into the next year.
    """

    start: MonthDay | Easter
    end: MonthDay | Easter

    def includes(self, day: date, _: HolidayCalendar) -> bool:
        """Whether the selector takes in `day`."""
        key = (day.year, day.month, day.day)
        years = (day.year - 1, day.year) if self.start.year is None else (self.start.year,)
        return any(self.start.key(year) <= key <= self._last(year) for year in years)

    def _last(self, year: int) -> DateKey:
        """End of the range that starts in `year`."""
        if self.end.year is not None:
            return self.end.key(self.end.year)
        same_year = self.end.key(year)
        return same_year if self.start.key(year) <= same_year else self.end.key(year + 1)


@dataclass(frozen=True)
class WeekdayRange:
    """`Mo-Fr`, `Fr-Mo`, `We[1]`, `Su[-1] +1 day`: weekdays `first` to `last`, Monday being 0.

    `nth` keeps only some of a month, counted from its start (1 to 5) or its end (-1 to -5); empty keeps all. `offset`
    moves the days thus found.
    """

    first: int
    last: int
    nth: tuple[int, ...] = ()
    offset: int = 0

    def includes(self, day: date, _: HolidayCalendar) -> bool:
        """Whether the selector takes in `day`."""
        base = day - timedelta(days=self.offset)
        if (base.weekday() - self.first) % 7 > (self.last - self.first) % 7:
            return False
        if not self.nth:
            return True
        days_left = calendar.monthrange(base.year, base.month)[1] - base.day
        return (base.day - 1) // 7 + 1 in self.nth or -(days_left // 7 + 1) in self.nth


@dataclass(frozen=True)
class Holiday:
    """`PH`, `SH`, `PH -1 day`: public or school holidays, moved by `offset` days."""

    kind: str
    offset: int = 0

    def includes(self, day: date, holidays: HolidayCalendar) -> bool:
        """Whether the selector takes in `day`; a day of which nothing is known is none."""
        return bool(holidays.is_holiday(self.kind, day - timedelta(days=self.offset)))


Selector = Union[YearRange, WeekRange, DateRange, WeekdayRange, Holiday]


# -- spans and their rule


@dataclass(frozen=True)
class Bound:
    """Where a span starts or ends: between `earliest` and `latest` (minutes), which are one for a time of the clock."""

    earliest: int
    latest: int

    @classmethod
    def at(cls, minute: int) -> Bound:
        """A bound that is known to the minute."""
        return cls(minute, minute)

    def moved(self, minutes: int) -> Bound:
        """The same bound, later by `minutes`."""
        return Bound(self.earliest + minutes, self.latest + minutes)


@dataclass(frozen=True)
class Span:
    """`08:00-12:00`, `22:00-06:00`, `sunrise-sunset`, `18:00+`: half-open from `start` to `end`."""

    start: Bound
    end: Bound

    def covers(self, minute: int) -> bool | None:
        """Whether the span covers a minute; None where that depends on a bound which is not known."""
        if not self.start.earliest <= minute < self.end.latest:
            return False
        return True if self.start.latest <= minute < self.end.earliest else None


WHOLE_DAY = Span(Bound.at(0), Bound.at(DAY))


@dataclass(frozen=True)
class Rule:
    """One rule: on which days, during which spans, in which state, and how it joins the rules before it.

    Parameters
    ----------
    days : tuple of tuples of selectors
        Each inner tuple is a list of alternatives (`Mo-Fr,PH`), and a day must be in all of them (`Jul-Aug`, `PH`).
    spans : tuple of Span
    state : State
    separator : {";", ",", "||"}
        What stood before the rule: normal, additional or fallback.
    """

    days: tuple[tuple[Selector, ...], ...]
    spans: tuple[Span, ...]
    state: State
    separator: str

    def applies(self, day: date, holidays: HolidayCalendar) -> bool:
        """Whether the rule is made for `day`."""
        return all(any(selector.includes(day, holidays) for selector in group) for group in self.days)

    def covers(self, day: date, minute: int, holidays: HolidayCalendar) -> bool | None:
        """Whether a span of `day`, or one of the day before that runs over midnight, covers a minute of `day`."""
        answers = [
            span.covers(minute + shift)
            for origin, shift in ((day, 0), (day - timedelta(days=1), DAY))
            if any(span.end.latest > shift for span in self.spans) and self.applies(origin, holidays)
            for span in self.spans
        ]
        if True in answers:
            return True
        return None if None in answers else False


def combine(rules: Sequence[Rule], day: date, minute: int, holidays: HolidayCalendar) -> State:
    """State of one minute, every holiday being known.

    A normal rule replaces, for the whole of the days it is made for, what the rules before it said. One that closes
    only takes its own hours away (section explain:rule_modifier:closed of the specification).
    An additional rule leaves other hours alone, and a fallback rule speaks only where the result would be closed.
    """
    state = State.CLOSED
    for rule in rules:
        if rule.separator == "||" and state is not State.CLOSED:
            continue
        if rule.separator == ";" and rule.state is not State.CLOSED and rule.applies(day, holidays):
            state = State.CLOSED
        covered = rule.covers(day, minute, holidays)
        if covered:
            state = rule.state
        elif covered is None and state is not rule.state:
            state = State.UNKNOWN
    return state


def evaluate(rules: Sequence[Rule], day: date, minute: int, holidays: HolidayCalendar) -> State:
    """State of one minute; UNKNOWN where it depends on a holiday of which nothing is known.

    Parameters
    ----------
    rules : sequence of Rule
    day : date
    minute : int
        Minutes since midnight, 0 to 1439.
    holidays : HolidayCalendar
    """
    states = {combine(rules, day, minute, guess) for guess in _possible_calendars(rules, day, holidays)}
    return states.pop() if len(states) == 1 else State.UNKNOWN


def _possible_calendars(rules: Sequence[Rule], day: date, holidays: HolidayCalendar) -> Iterator[HolidayCalendar]:
    """Every way in which the holidays that the rules ask about, and that are not known, may turn out."""
    unknown = [asked for asked in _asked_holidays(rules, day) if holidays.is_holiday(*asked) is None]
    if not unknown:
        yield holidays
        return
    for answers in itertools.product((True, False), repeat=len(unknown)):
        yield _supposing(holidays, dict(zip(unknown, answers)))


def _asked_holidays(rules: Sequence[Rule], day: date) -> list[tuple[str, date]]:
    """Kind and date of all that the rules want to know about holidays to give the state of `day`."""
    offsets = {(s.kind, s.offset) for rule in rules for group in rule.days for s in group if isinstance(s, Holiday)}
    return sorted({(kind, day - timedelta(days=offset + back)) for kind, offset in offsets for back in (0, 1)})


def _supposing(holidays: HolidayCalendar, answers: Mapping[tuple[str, date], bool]) -> HolidayCalendar:
    """The same calendar with some answers filled in."""

    def answer(kind: str, day: date) -> bool | None:
        known = holidays.is_holiday(kind, day)
        return answers.get((kind, day)) if known is None else known

    return HolidayCalendar(functools.partial(answer, "PH"), functools.partial(answer, "SH"))


def change_minutes(rules: Sequence[Rule]) -> list[int]:
    """Minutes of the day, in order, at which the state may change."""
    bounds = (bound for rule in rules for span in rule.spans for bound in (span.start, span.end))
    return sorted({0} | {minute % DAY for bound in bounds for minute in (bound.earliest, bound.latest)})
