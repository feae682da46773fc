"""What applies over some days: how sets of perimeters bear on a vehicle from moment to moment, each set looked at once."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .errors import ParameterError
from .hours_in_words import WEEK_DAYS, Span, date_in_words, hours_in_words, joined
from .messages import Message, language
from .progress import Progress
from .rules import Timetable, low_emission
from .vehicles import NO, YES, Vehicle

if TYPE_CHECKING:
    from .opening_hours.evaluate import Holidays

MOST_DAYS = 366
BLINK_SECONDS = 60
"""A state no longer than this is none: files write 12:59 or 23:59:59 for the end of what goes on at 13:00 or at midnight."""


@dataclass(frozen=True)
class Period:
    """Days in a row.

    Parameters
    ----------
    first : date
    days : int
        From 1 to `MOST_DAYS`.
    """

    first: date
    days: int = WEEK_DAYS

    def __post_init__(self) -> None:
        if not 1 <= self.days <= MOST_DAYS:
            raise ParameterError("The period is of {days} days. Expected: from 1 to {most}.", days=self.days, most=MOST_DAYS)

    @property
    def start(self) -> datetime:
        """Midnight at which it begins."""
        return datetime.combine(self.first, time.min)

    @property
    def end(self) -> datetime:
        """Midnight at which it ends."""
        return self.start + timedelta(days=self.days)

    def __str__(self) -> str:
        """Its days, in the reader's language."""
        last = self.first + timedelta(days=self.days - 1)
        names = [date_in_words(day, year=True) for day in dict.fromkeys((self.first, last))]
        return " – ".join(names)


@dataclass(frozen=True)
class Course:
    """How something goes over a period: NO, UNKNOWN or YES in each of the spans between `moments`.

    Attributes
    ----------
    moments : list of datetime
        One more than states: from the period's start to its end.
    states : ndarray of int8
    weekly : bool
        Every week is like this one.
    """

    period: Period
    moments: list[datetime]
    states: np.ndarray
    weekly: bool
    _words: dict[tuple[int, str], str] = field(default_factory=dict)

    def spans(self, state: int) -> list[Span]:
        """When it is in `state`."""
        found: list[Span] = []
        for number in np.flatnonzero(self.states == state):
            joined(found, self.moments[number], self.moments[number + 1])
        return found

    def in_words(self, state: int) -> str:
        """The hours in which it is in `state`; empty where there are none.

        By weekdays where every week is the same and the period is no shorter than one, else by dates.
        """
        told: str = self._words.get((state, language()), "")
        if not told and self.ever(state):
            told = self._words[state, language()] = self._told(state)
        return told

    def _told(self, state: int) -> str:
        if not self.weekly or self.period.days < WEEK_DAYS:
            return hours_in_words(self.spans(state), self.period.first, self.period.days, dated=True)
        end = self.period.start + timedelta(days=WEEK_DAYS)
        week = [(start, min(stop, end)) for start, stop in self.spans(state) if start < end]
        return hours_in_words(week, self.period.first)

    def ever(self, state: int) -> bool:
        """Whether it is in `state` at any time."""
        return bool((self.states == state).any())

    def always(self, state: int) -> bool:
        """Whether it is in `state` all the time."""
        return bool((self.states == state).all())


class PeriodTable:
    """Perimeters and their rules over a period.

    Parameters
    ----------
    perimeters, rules, vehicle, is_public_holiday, is_school_holiday
        See `rules.applying`; the perimeters' shapes are not needed.
    period : Period
    progress : Progress, optional

    Attributes
    ----------
    notes : list of Message
    """

    def __init__(
        self,
        perimeters: pd.DataFrame,
        rules: pd.DataFrame,
        period: Period,
        vehicle: Vehicle | None = None,
        is_public_holiday: Holidays = None,
        is_school_holiday: Holidays = None,
        progress: Progress | None = None,
    ) -> None:
        progress = progress or Progress()
        self.period, self.vehicle = period, vehicle
        own = Timetable(perimeters, rules, vehicle, is_public_holiday, is_school_holiday)
        anyone = own if vehicle is None else Timetable(perimeters, rules, None, is_public_holiday, is_school_holiday)
        self.notes: list[Message] = own.notes
        starts = own.moments(period.start, period.end)
        self._timetable, self._moments = own, [*starts, period.end]
        shape = (len(perimeters), len(starts))
        self._valid, self._forbidden, self._active = (np.zeros(shape, dtype=np.int8) for _ in range(3))
        for number, moment in enumerate(starts):
            progress.step(number / len(starts))
            self._valid[:, number] = own.valid(moment)
            self._forbidden[:, number] = own.perimeters(moment)
            self._active[:, number] = self._forbidden[:, number] if vehicle is None else anyone.perimeters(moment)
        self._courses: dict[tuple[bytes, bool], Course] = {}
        self._low_emission = low_emission(perimeters)
        self._recurs = own.recurs(period.start, period.end)

    @functools.cached_property
    def valid(self) -> np.ndarray:
        """Whether each perimeter is valid at some time of the period, or may be; ndarray of bool."""
        return np.asarray((self._valid > NO).any(axis=1))

    def course(self, positions: Sequence[int]) -> Course:
        """How perimeters that hold a point together bear on the vehicle: NO lets it in, YES keeps it out.

        Without a vehicle: whether a restriction is in force for anyone.

        Parameters
        ----------
        positions : sequence of int
            In the order of `rules.held_by`: of the low-emission zones that surely are valid the last one speaks.
        """
        chosen = np.asarray(positions, dtype=np.intp)
        counted = self._valid[chosen] > NO
        zones = self._low_emission[chosen][:, None] & (self._valid[chosen] == YES)
        later = np.logical_or.accumulate(zones[::-1], axis=0)[::-1]
        counted[:-1] &= ~(zones[:-1] & later[1:])
        states = np.where(counted, self._forbidden[chosen], NO).max(axis=0, initial=NO)
        return self._course(states, bool(self._recurs[chosen][self.valid[chosen]].all()))

    def active(self, position: int) -> Course:
        """When a restriction of one perimeter is in force for anyone at all."""
        return self._course(self._active[position], bool(self._recurs[position]))

    def rules_in_words(self, position: int) -> list[Message]:
        """See `Timetable.rules_in_words`."""
        return self._timetable.rules_in_words(position, self.period.start, self.period.end)

    def _course(self, states: np.ndarray, weekly: bool) -> Course:
        """Sets that go the same way have one course, told once."""
        key = (states.tobytes(), weekly)
        if key not in self._courses:
            self._courses[key] = self._made(states, weekly)
        return self._courses[key]

    def _made(self, states: np.ndarray, weekly: bool) -> Course:
        changes = np.flatnonzero(np.diff(states)) + 1
        starts = [0, *changes.tolist()]
        moments = [*(self._moments[number] for number in starts), self.period.end]
        moments, kept = without_blinks(moments, states[starts].tolist())
        return Course(self.period, moments, np.array(kept, dtype=np.int8), weekly)


def without_blinks(moments: list[datetime], states: list[int]) -> tuple[list[datetime], list[int]]:
    """The same without states that last no longer than `BLINK_SECONDS` between two spans of one state, or at the end."""
    shortest = timedelta(seconds=BLINK_SECONDS)
    starts, kept = [moments[0]], [states[0]]
    for number in range(1, len(states)):
        start, end, state = moments[number], moments[number + 1], states[number]
        following = states[number + 1] if number + 1 < len(states) else kept[-1]
        if end - start <= shortest and following == kept[-1]:
            continue
        if state != kept[-1]:
            starts.append(start)
            kept.append(state)
    return [*starts, moments[-1]], kept
