"""Distinct opening hours of a table: each text is read once, and its state between two of its changes is worked out once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from .opening_hours import OpeningHours, OpeningHoursError, State
from .opening_hours.evaluate import HolidayCalendar, change_minutes, evaluate
from .validity import NEVER
from .vehicles import NO, UNKNOWN, YES

if TYPE_CHECKING:
    from .opening_hours.evaluate import Holidays

_STATES = {State.OPEN: YES, State.CLOSED: NO, State.UNKNOWN: UNKNOWN}
_HORIZON_DAYS = 366
_MOST_REMEMBERED = 2_000_000


class DistinctHours:
    """Opening hours by number.

    Parameters
    ----------
    texts : sequence of str
        Distinct; the numbers ("codes") are their places.
    is_public_holiday, is_school_holiday : callable or set of dates, optional
        See `OpeningHours`.

    Attributes
    ----------
    texts : tuple of str
    read : tuple of OpeningHours or None
        None for a text that cannot be read: its state is UNKNOWN at any moment.
    """

    def __init__(self, texts: Sequence[str], is_public_holiday: Holidays = None, is_school_holiday: Holidays = None) -> None:
        self.texts = tuple(texts)
        self.read = tuple(map(_readable, self.texts))
        self._given = (is_public_holiday, is_school_holiday)
        self._holidays = HolidayCalendar.of(is_public_holiday, is_school_holiday)
        self._minutes = [None if hours is None else change_minutes(hours.rules) for hours in self.read]
        self._known: dict[tuple[int, int, int], int] = {}

    def __len__(self) -> int:
        """How many there are."""
        return len(self.texts)

    def state(self, code: int, moment: datetime) -> int:
        """NO, UNKNOWN or YES at a moment of local time."""
        hours, minutes = self.read[code], self._minutes[code]
        if hours is None or minutes is None:
            return UNKNOWN
        minute = moment.hour * 60 + moment.minute
        key = (code, moment.toordinal(), bisect_right(minutes, minute))
        found = self._known.get(key)
        if found is None:
            if len(self._known) > _MOST_REMEMBERED:
                self._known.clear()
            found = self._known[key] = _STATES[evaluate(hours.rules, moment.date(), minute, self._holidays)]
        return found

    def states(self, moment: datetime) -> np.ndarray:
        """State of all at a moment: ndarray of int8, shape (len(self),)."""
        return np.fromiter((self.state(code, moment) for code in range(len(self))), dtype=np.int8, count=len(self))

    def next_change(self, code: int, moment: datetime) -> np.datetime64:
        """When the state next changes; NaT where it does not within a year."""
        hours = self.read[code]
        change = None if hours is None else hours.next_change(moment, _HORIZON_DAYS, *self._given)
        return NEVER if change is None else np.datetime64(change, "s")

    def has_holiday(self, first: datetime, last: datetime) -> bool:
        """Whether a day from `first` to before `last` is a public holiday, or may be."""
        days = ((first + timedelta(days=day)).date() for day in range((last - first).days + 1))
        return any(self._holidays.public(day) is not False for day in days if day < last.date() or last.time() != last.min.time())

    def changes(self, first: datetime, last: datetime) -> list[datetime]:
        """Moments after `first` and before `last` at which one of them may change, in order."""
        minutes = sorted({minute for each in self._minutes if each is not None for minute in each})
        midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
        days = range((last - midnight).days + 1)
        moments = (midnight + timedelta(days=day, minutes=minute) for day in days for minute in minutes)
        return [moment for moment in moments if first < moment < last]


def _readable(text: str) -> OpeningHours | None:
    try:
        return OpeningHours.parse(text)
    except OpeningHoursError:
        return None
