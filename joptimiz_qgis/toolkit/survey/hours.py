"""Recurring hours compared with one another, and written as time spans of the Curb Data Specification."""

from __future__ import annotations

import functools
import json
from datetime import date, datetime, time, timedelta
from typing import Any

from ..opening_hours import OpeningHours, OpeningHoursError, State, from_cds
from ..opening_hours.evaluate import change_minutes

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONDAYS = tuple(date(2027, month, 8) + timedelta(days=-date(2027, month, 8).weekday()) for month in range(1, 13))
"""A Monday in the first half of each month of a year that begins on a Friday: hours that change with the season differ between them."""

Spans = tuple[tuple[int, int], ...]
Week = tuple[Spans, ...]


def read_hours(text: str | None) -> OpeningHours | None:
    """`text` as opening hours; None where it is empty or cannot be read."""
    try:
        return OpeningHours.parse(text) if text else None
    except OpeningHoursError:
        return None


def cds_hours(text: str | None) -> OpeningHours | None:
    """The JSON of time spans (of the national schema or of CDS itself) as opening hours; None where it cannot be read."""
    try:
        return read_hours(from_cds(text)) if text else None
    except OpeningHoursError:
        return None


@functools.lru_cache(maxsize=4096)
def weeks(hours: OpeningHours) -> tuple[Week, ...] | None:
    """Open spans (minutes of the day) by weekday in one week of each month, no day of which is a holiday.

    None where a state is not known: hours that hang on a comment, on the sun.
    """
    minutes = [*change_minutes(hours.rules), 24 * 60]
    try:
        return tuple(tuple(_day(hours, monday + timedelta(days=day), minutes) for day in range(7)) for monday in _MONDAYS)
    except LookupError:
        return None


def _day(hours: OpeningHours, day: date, minutes: list[int]) -> Spans:
    """Open spans of one day; those that touch are one."""
    spans: list[tuple[int, int]] = []
    for start, end in zip(minutes, minutes[1:]):
        state = hours.state(datetime.combine(day, time.min) + timedelta(minutes=start), frozenset(), frozenset())
        if state is State.UNKNOWN:
            raise LookupError(day)
        if state is State.OPEN:
            if spans and spans[-1][1] == start:
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((start, end))
    return tuple(spans)


def same_hours(one: OpeningHours, other: OpeningHours) -> bool | None:
    """Whether two texts mean the same hours on days that are no holidays; None where one of them cannot be told."""
    first, second = weeks(one), weeks(other)
    return None if first is None or second is None else first == second


def always(hours: OpeningHours) -> bool:
    """Whether it is open at any moment."""
    found = weeks(hours)
    return found is not None and all(day == ((0, 24 * 60),) for week in found for day in week)


def time_spans(hours: OpeningHours) -> list[dict[str, Any]] | None:
    """The hours as time spans in the dialect of the national schema; None where these cannot say it (seasons, conditions)."""
    found = weeks(hours)
    if found is None or any(week != found[0] for week in found):
        return None
    days_by_spans: dict[Spans, list[str]] = {}
    for name, spans in zip(_DAYS, found[0]):
        if spans:
            days_by_spans.setdefault(spans, []).append(name)
    return [
        {"days_of_week": days, "times_of_day": [[_clock(start), _clock(end)] for start, end in spans]} for spans, days in days_by_spans.items()
    ]


def time_spans_text(hours: OpeningHours) -> str | None:
    """`time_spans` as the JSON of one cell."""
    spans = time_spans(hours)
    return json.dumps(spans, separators=(",", ":")) if spans else None


def cds_time_spans(hours: OpeningHours) -> list[dict[str, Any]] | None:
    """The hours as time spans of CDS 1.0.1 itself: one span each, midnight left out."""
    spans = time_spans(hours)
    if spans is None:
        return None
    return [_cds_span(span["days_of_week"], start, end) for span in spans for start, end in span["times_of_day"]]


def _cds_span(days: list[str], start: str, end: str) -> dict[str, Any]:
    span: dict[str, Any] = {} if len(days) == len(_DAYS) else {"days_of_week": days}
    if start != "00:00":
        span["time_of_day_start"] = start
    if end != "24:00":
        span["time_of_day_end"] = end
    return span


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
