"""Recurring slots: reading, evaluating and writing the OpenStreetMap `opening_hours` syntax.

`parser` reads the syntax, `evaluate` gives the rules their meaning; here is what the rest of the toolkit calls. Moments
are local time of Europe/Paris, spans are half-open: at 12:00 `08:00-12:00` is closed.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from ..errors import ParameterError
from ..messages import Message
from .evaluate import (
    DAY,
    HolidayCalendar,
    Holidays,
    Rule,
    State,
    change_minutes,
    evaluate,
)
from .parser import WEEKDAYS, OpeningHoursError, parse_rules

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["OpeningHours", "OpeningHoursError", "State", "as_local", "from_cds", "from_spans", "open_at"]

_IS_OPEN = {State.OPEN: True, State.CLOSED: False, State.UNKNOWN: None}

_TWO_TIMES = Message("a start and an end that differ")
_A_SPAN_TIME = Message("a time from 00:00 to 24:00, as HH:MM")
_CDS_SPANS = Message("a JSON list of Curb Data Specification time spans")
_CDS_FIELD = Message("only days_of_week, months, times_of_day, time_of_day_start and time_of_day_end")
_CDS_DAY = Message("days among mon, tue, wed, thu, fri, sat, sun")
_CDS_MONTH = Message("months from 1 to 12")
_CDS_TIMES = Message("pairs of times")
_CDS_EXAMPLE = '[{"days_of_week":["mon","tue"],"times_of_day":[["08:00","12:00"]]}]'

_CDS_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CDS_FIELDS = frozenset({"days_of_week", "months", "times_of_day", "time_of_day_start", "time_of_day_end"})
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class OpeningHours:
    """Opening hours that have been read; two that were read from the same text are equal.

    Wherever a method takes `is_public_holiday` or `is_school_holiday`, it is a function of a date that answers True,
    False or None for not known, or a set of the dates. Left out, public holidays are those of all of France
    (`holidays.is_public_holiday`) and school holidays are not known.
    """

    text: str
    rules: tuple[Rule, ...]

    @classmethod
    def parse(cls, text: str) -> OpeningHours:
        """Read an `opening_hours` text; the same text is read once only.

        Raises
        ------
        OpeningHoursError
            The text does not follow the syntax.
        """
        return _parse(text)

    def state(
        self,
        moment: datetime,
        is_public_holiday: Holidays = None,
        is_school_holiday: Holidays = None,
    ) -> State:
        """State at a moment.

        Parameters
        ----------
        moment : datetime
            Local time of Europe/Paris; converted to it if it has a time zone.
        is_public_holiday, is_school_holiday : callable or set of dates, optional

        Returns
        -------
        State
            UNKNOWN where the text says so, where a comment sets a condition, and where the answer hangs on something
            that is not known: a school holiday, the hour of sunrise or sunset, an open end (`18:00+`).
        """
        local = as_local(moment)
        holidays = HolidayCalendar.of(is_public_holiday, is_school_holiday)
        return evaluate(self.rules, local.date(), local.hour * 60 + local.minute, holidays)

    def is_open(
        self,
        moment: datetime,
        is_public_holiday: Holidays = None,
        is_school_holiday: Holidays = None,
    ) -> bool | None:
        """True or False, and None where `state` says UNKNOWN."""
        return _IS_OPEN[self.state(moment, is_public_holiday, is_school_holiday)]

    def next_change(
        self,
        moment: datetime,
        horizon_days: int = 366,
        is_public_holiday: Holidays = None,
        is_school_holiday: Holidays = None,
    ) -> datetime | None:
        """First moment after `moment` at which the state is another one.

        Parameters
        ----------
        moment : datetime
        horizon_days : int
            Days after that of `moment` in which a change is looked for.
        is_public_holiday, is_school_holiday : callable or set of dates, optional

        Returns
        -------
        datetime or None
            Without time zone, local time of Europe/Paris; None where nothing changes within the horizon.
        """
        local = as_local(moment)
        holidays = HolidayCalendar.of(is_public_holiday, is_school_holiday)
        now = evaluate(self.rules, local.date(), local.hour * 60 + local.minute, holidays)
        minutes = change_minutes(self.rules)
        for days in range(horizon_days + 1):
            day = local.date() + timedelta(days=days)
            midnight = datetime.combine(day, time.min)
            for minute in minutes:
                change = midnight + timedelta(minutes=minute)
                if change > local and evaluate(self.rules, day, minute, holidays) is not now:
                    return change
        return None

    def weekly_grid(
        self,
        monday: date,
        is_public_holiday: Holidays = None,
        is_school_holiday: Holidays = None,
    ) -> list[bool | None]:
        """Whether it is open at the start of each hour of a week.

        Parameters
        ----------
        monday : date
            First day of the week.
        is_public_holiday, is_school_holiday : callable or set of dates, optional

        Returns
        -------
        list of 168 bool or None
            From Monday 00:00 to Sunday 23:00; None where the state is not known.

        Raises
        ------
        ParameterError
            `monday` is another day.
        """
        if monday.weekday() != 0:
            raise ParameterError("A week starts on a Monday, and {day} is none.", day=monday.isoformat())
        holidays = HolidayCalendar.of(is_public_holiday, is_school_holiday)
        return [
            _IS_OPEN[evaluate(self.rules, monday + timedelta(days=day), minute, holidays)]
            for day in range(7)
            for minute in range(0, DAY, 60)
        ]


@functools.lru_cache(maxsize=4096)
def _parse(text: str) -> OpeningHours:
    return OpeningHours(text, parse_rules(text))


@functools.lru_cache(maxsize=1)
def _paris() -> tzinfo:
    # Imported late: on Windows the time zones come with pandas' own dependency tzdata, and naive moments need none.
    from zoneinfo import ZoneInfo

    return ZoneInfo("Europe/Paris")


def as_local(moment: datetime) -> datetime:
    """`moment` as local time of Europe/Paris without time zone, which it is already where it names none."""
    return moment if moment.tzinfo is None else moment.astimezone(_paris()).replace(tzinfo=None)


def open_at(
    texts: Iterable[str | None] | pd.Series,
    moment: datetime,
    is_public_holiday: Holidays = None,
    is_school_holiday: Holidays = None,
) -> pd.Series:
    """Whether each of many places is open at a moment.

    Parameters
    ----------
    texts : Series or iterable of str
        `opening_hours` texts; each distinct one is read and evaluated once.
    moment : datetime
        Local time of Europe/Paris.
    is_public_holiday, is_school_holiday : callable or set of dates, optional
        See `OpeningHours`.

    Returns
    -------
    Series of boolean
        Index of `texts`. NA where the text is empty, cannot be read, or leaves the state unknown.
    """
    import pandas as pd

    series = texts if isinstance(texts, pd.Series) else pd.Series(list(texts), dtype="object")
    answers = {
        text: _open_or_unknown(text, moment, is_public_holiday, is_school_holiday) for text in series.dropna().unique()
    }
    return pd.Series([answers.get(text) for text in series], index=series.index, dtype="boolean", name=series.name)


def _open_or_unknown(text: object, moment: datetime, public: Holidays, school: Holidays) -> bool | None:
    try:
        return OpeningHours.parse(str(text)).is_open(moment, public, school)
    except OpeningHoursError:
        return None


# -- writing the syntax


def from_spans(spans: Sequence[tuple[str, str]], days: str = "") -> str:
    """Write hours that lie in columns, such as "Plage horaire 1-Début" and "-Fin", as `opening_hours`.

    Parameters
    ----------
    spans : sequence of (start, end)
        Times as ``HH:MM``, the end up to ``24:00``; an end before its start is on the next day. Spans are kept as they
        are and in their order, except that one which is there twice is written once.
    days : str
        Selector of days to put before them, such as ``"Mo-Sa"``; empty for every day.

    Returns
    -------
    str
        Such as ``"Mo-Sa 07:00-20:00"`` or ``"19:30-07:30,09:30-16:30"``; empty without a span, since nothing is known.

    Raises
    ------
    OpeningHoursError
        A time is none, a span ends when it starts (which in published files stands for unknown as often as for all
        day: the reader has to say), or `days` is not a selector of days.
    """
    if not spans:
        return ""
    times = [_span_text(start, end) for start, end in spans]
    text = f"{days.strip()} {','.join(dict.fromkeys(times))}".strip()
    parse_rules(text)
    return text


def _span_text(start: str, end: str) -> str:
    written = f"{start}-{end}"
    first = _checked_time(start, written, 0, "23:59")
    last = _checked_time(end, written, len(start) + 1, "24:00")
    if first == last:
        raise OpeningHoursError(written, 0, _TWO_TIMES, "07:00-20:00", found=written)
    return f"{first}-{last}"


def _checked_time(value: str, written: str, position: int, latest: str) -> str:
    """`value` as ``HH:MM``."""
    hours, colon, minutes = value.strip().partition(":")
    padded = f"{hours.zfill(2)}:{minutes}"
    well_formed = colon and len(padded) == 5 and (hours + minutes).isascii() and (hours + minutes).isdigit()
    if not well_formed or padded > latest or minutes > "59":
        raise OpeningHoursError(written, position, _A_SPAN_TIME, "07:00-20:00", found=value)
    return padded


def from_cds(cds: Sequence[Mapping[str, Any]] | str) -> str:
    """Write the time spans of the Curb Data Specification as `opening_hours`.

    Parameters
    ----------
    cds : list of dict, or str
        Time spans, or their JSON, in the dialect of the national schema (``times_of_day``, a list of pairs) or that of
        CDS itself (``time_of_day_start``, ``time_of_day_end``). A span without times is all day, one without days is
        every day.

    Returns
    -------
    str
        Such as ``"Mo-Fr 08:00-12:00; Sa 10:00-18:00"``; empty for an empty list or text.

    Raises
    ------
    OpeningHoursError
        It is not such a list, or a span is bound to something that is not read (days of the month, a designated
        period, dates): leaving that out would make the slot larger than it is.
    """
    if isinstance(cds, str) and not cds.strip():
        return ""
    times_by_days: dict[tuple[str, tuple[int, ...]], list[tuple[str, str]]] = {}
    for span in _cds_spans(cds):
        key = (_cds_months(span), _cds_days(span))
        times_by_days.setdefault(key, []).extend(_cds_times(span))
    rules = [from_spans(times, _days_text(months, days)) for (months, days), times in times_by_days.items()]
    return _cds_separator(times_by_days).join(rules)


def _cds_separator(times_by_days: Mapping[tuple[str, tuple[int, ...]], Sequence[tuple[str, str]]]) -> str:
    """The plain ``;`` where each day has one rule and none runs over midnight; else ``,``, which replaces nothing."""
    days = [day for _, days in times_by_days for day in days]
    over_midnight = any(end.zfill(5) <= start.zfill(5) for times in times_by_days.values() for start, end in times)
    return ", " if over_midnight or len(days) > len(set(days)) else "; "


def _cds_error(cds: object, expected: Message, found: object) -> OpeningHoursError:
    text = cds if isinstance(cds, str) else json.dumps(cds, ensure_ascii=False, default=str)
    return OpeningHoursError(text, 0, expected, _CDS_EXAMPLE, found=str(found))


def _cds_spans(cds: Sequence[Mapping[str, Any]] | str) -> list[Mapping[str, Any]]:
    try:
        spans = json.loads(cds) if isinstance(cds, str) else cds
    except json.JSONDecodeError as error:
        raise OpeningHoursError(str(cds), error.pos, _CDS_SPANS, _CDS_EXAMPLE) from error
    if not isinstance(spans, list) or not all(isinstance(span, Mapping) for span in spans):
        raise _cds_error(cds, _CDS_SPANS, cds)
    for span in spans:
        unread = [field for field, value in span.items() if value is not None and field not in _CDS_FIELDS]
        if unread:
            raise _cds_error(span, _CDS_FIELD, ", ".join(unread))
    return spans


def _cds_days(span: Mapping[str, Any]) -> tuple[int, ...]:
    """Numbers of the weekdays, Monday being 0."""
    days = span.get("days_of_week") or _CDS_DAYS
    try:
        return tuple(sorted({_CDS_DAYS.index(day) for day in days}))
    except ValueError as error:
        raise _cds_error(span, _CDS_DAY, days) from error


def _cds_months(span: Mapping[str, Any]) -> str:
    months = span.get("months") or []
    if not all(isinstance(month, int) and 1 <= month <= 12 for month in months):
        raise _cds_error(span, _CDS_MONTH, months)
    return ",".join(_MONTHS[month - 1] for month in sorted(set(months)))


def _cds_times(span: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs = span.get("times_of_day")
    if not pairs:
        return [(span.get("time_of_day_start") or "00:00", span.get("time_of_day_end") or "24:00")]
    if not all(isinstance(pair, (list, tuple)) and len(pair) == 2 for pair in pairs):
        raise _cds_error(span, _CDS_TIMES, pairs)
    return [(str(start), str(end)) for start, end in pairs]


def _days_text(months: str, days: Sequence[int]) -> str:
    """`Apr,May Mo-Fr,Su`: runs of three weekdays or more as a range."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    names = [
        f"{WEEKDAYS[run[0]]}-{WEEKDAYS[run[-1]]}" if len(run) > 2 else ",".join(WEEKDAYS[day] for day in run)
        for run in runs
    ]
    return f"{months} {','.join(names)}".strip()
