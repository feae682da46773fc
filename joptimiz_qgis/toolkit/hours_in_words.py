"""Hours of a week or of some days as people write them: “lun–ven 6 h–11 h”, “Mon–Fri 6:00–11:00”."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from .messages import language, tr
from .opening_hours import OpeningHours, OpeningHoursError, State
from .opening_hours.evaluate import DAY, HolidayCalendar, change_minutes, evaluate

Span = tuple[datetime, datetime]
"""From a start to an end, half-open."""

WEEK_DAYS = 7
NIGHT_MINUTES = 12 * 60
"""A span over midnight no longer than this may be told as one (22 h–6 h); a longer one day by day."""

_RUN = 3
_ANY_MONDAY = date(2024, 1, 8)  # of a week without holidays
_EVERY_WEEK = re.compile(r"(?:mo|tu|we|th|fr|sa|su|off|open|closed|24/7|\d{1,2}:\d\d|[\s,;|\-–+])*", re.IGNORECASE)
_SAVE_HOLIDAYS = re.compile(r"\s*;\s*ph\s+(?:off|closed)\s*;?\s*$", re.IGNORECASE)
_HOLIDAYS = re.compile(r"\bph\b", re.IGNORECASE)

_Pieces = tuple[tuple[int, int], ...]
"""Minutes from midnight of a day; an end beyond 24 h is on the next day."""


def hours_in_words(spans: Iterable[Span], first: date, days: int = WEEK_DAYS, dated: bool = False) -> str:
    """Spans as text.

    Parameters
    ----------
    spans : iterable of (start, end)
        Local time, in order and apart, from midnight of `first` to midnight `days` days later. Seconds are dropped, as files that
        write 23:20:59 mean 23:20; a day that lacks its last minute is a whole one.
    first : date
    days : int
    dated : bool
        Name the days by their dates. Otherwise by weekdays: the spans are those of any week, `days` is 7, and what runs over the
        period's end goes on at its start.

    Returns
    -------
    str
        Days of the same hours together (``lun–ven 6 h–11 h ; sam, dim 24 h/24``), in the reader's language; empty without a span.
    """
    midnight = datetime.combine(first, time.min)
    minutes = [(_minutes(start - midnight), _minutes(end - midnight)) for start, end in spans]
    minutes = [(start, end) for start, end in minutes if end > start]
    if not minutes:
        return ""
    told = (_told(minutes, nights, first, days, dated) for nights in (True, False))
    return min(told, key=len)


def _told(minutes: Sequence[tuple[int, int]], nights: bool, first: date, days: int, dated: bool) -> str:
    """Spans as text; with `nights`, what is short and runs over midnight is one piece: shorter in some weeks, longer in others."""
    length = days * DAY
    if nights and not dated and len(minutes) > 1 and minutes[0][0] == 0 and minutes[-1][1] == length and minutes[0][1] <= NIGHT_MINUTES:
        minutes = [*minutes[1:-1], (minutes[-1][0], length + minutes[0][1])]
    by_day: dict[int, list[tuple[int, int]]] = {}
    for start, end in minutes:
        for day, piece in _day_pieces(start, end, nights):
            by_day.setdefault(day % days, []).append(piece)
    groups: dict[_Pieces, list[int]] = {}
    offset = 0 if dated else first.weekday()
    for day in sorted(by_day, key=lambda each: each if dated else (each + offset) % WEEK_DAYS):
        groups.setdefault(tuple(sorted(by_day[day])), []).append(day)
    told = ((_dates(which, first, days) if dated else _weekdays(which, first), pieces) for pieces, which in groups.items())
    return " ; ".join(f"{which} {_pieces_in_words(pieces)}" for which, pieces in told)


def _minutes(since: timedelta) -> int:
    minutes = int(since.total_seconds() // 60)
    return minutes + 1 if minutes % DAY == DAY - 1 and since.total_seconds() % 60 else minutes


def _day_pieces(start: int, end: int, nights: bool) -> Iterable[tuple[int, tuple[int, int]]]:
    """A span by day."""
    day, next_midnight = start // DAY, (start // DAY + 1) * DAY
    if end <= next_midnight or (nights and end - start <= NIGHT_MINUTES):
        yield day, (start - day * DAY, end - day * DAY)
        return
    yield day, (start - day * DAY, DAY)
    yield from _day_pieces(next_midnight, end, nights)


def _pieces_in_words(pieces: _Pieces) -> str:
    return ", ".join(tr("all day") if piece == (0, DAY) else f"{_clock(piece[0])}–{_clock(piece[1])}" for piece in pieces)


def _clock(minute: int) -> str:
    """``6 h``, ``6 h 30``; ``6:00``, ``6:30``."""
    hour, rest = divmod(minute - DAY if minute > DAY else minute, 60)
    if language() == "fr":
        return f"{hour} h {rest:02d}" if rest else f"{hour} h"
    return f"{hour}:{rest:02d}"


def day_name(day: date) -> str:
    """Short name of a weekday."""
    return _day_names(language())[day.weekday()]


@functools.lru_cache
def _day_names(_language: str) -> tuple[str, ...]:
    return (tr("Mon"), tr("Tue"), tr("Wed"), tr("Thu"), tr("Fri"), tr("Sat"), tr("Sun"))


def date_in_words(day: date, year: bool = False) -> str:
    """``ven 26/07``, ``Fri 26/07``: the day first in both languages, beside a weekday it cannot be mistaken."""
    return f"{day_name(day)} {day:%d/%m/%Y}" if year else f"{day_name(day)} {day:%d/%m}"


def _weekdays(days: Sequence[int], first: date) -> str:
    """Days of any week, Monday first."""
    numbers = sorted((first.weekday() + day) % WEEK_DAYS for day in days)
    if len(numbers) == WEEK_DAYS:
        return tr("every day")
    return _runs(numbers, [day_name(_ANY_MONDAY + timedelta(days=number)) for number in range(WEEK_DAYS)])


def _dates(days: Sequence[int], first: date, length: int) -> str:
    """Days of a period by their dates."""
    if length > 1 and len(days) == length:
        return tr("every day")
    return _runs(days, _date_names(first, length, language()))


@functools.lru_cache(maxsize=64)
def _date_names(first: date, length: int, _language: str) -> list[str]:
    return [date_in_words(first + timedelta(days=number)) for number in range(length)]


def _runs(numbers: Sequence[int], names: Sequence[str]) -> str:
    """Three in a row or more as a range."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    told = (f"{names[run[0]]}–{names[run[-1]]}" if len(run) >= _RUN else ", ".join(names[number] for number in run) for run in runs)
    return ", ".join(told)


def every_week(text: str, with_holidays: bool = False) -> bool:
    """Whether opening hours name weekdays and hours only, so that one week is like the other: no dates, no sunsets.

    Public holidays pass where there are none meanwhile (`with_holidays`).
    """
    return _EVERY_WEEK.fullmatch(_HOLIDAYS.sub("", text) if with_holidays else text) is not None


def opening_hours_in_words(text: str) -> str:
    """Hours in the OpenStreetMap syntax as people write them; `text` itself where it is more than weekdays and hours, or unclear."""
    plain, except_holidays = _SAVE_HOLIDAYS.subn("", text)
    words = _week_in_words(plain) if every_week(plain) else ""
    if not words:
        return text
    return tr("{hours}, save public holidays", hours=words) if except_holidays else words


def _week_in_words(text: str) -> str:
    """Weekdays and hours; empty where they leave something open or cannot be read."""
    try:
        rules = OpeningHours.parse(text).rules
    except OpeningHoursError:
        return ""
    calendar = HolidayCalendar.of(frozenset(), frozenset())
    minutes = [*change_minutes(rules), DAY]
    spans: list[Span] = []
    for day in range(WEEK_DAYS):
        midnight = datetime.combine(_ANY_MONDAY, time.min) + timedelta(days=day)
        for start, end in zip(minutes, minutes[1:]):
            state = evaluate(rules, midnight.date(), start, calendar)
            if state is State.UNKNOWN:
                return ""
            if state is State.OPEN:
                joined(spans, midnight + timedelta(minutes=start), midnight + timedelta(minutes=end))
    return hours_in_words(spans, _ANY_MONDAY)


def joined(spans: list[Span], start: datetime, end: datetime) -> None:
    """Add a span behind `spans`; one that begins where the last one ends makes it longer."""
    if spans and spans[-1][1] == start:
        spans[-1] = (spans[-1][0], end)
    else:
        spans.append((start, end))
