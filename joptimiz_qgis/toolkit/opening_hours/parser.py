"""Reading the `opening_hours` syntax: text to tokens, tokens to rules.

Grammar: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification. Read too, since published files hold them:
any case (`mo-fr`), one-digit hours (`8:00`), spaces around hyphens and commas, typographic dashes and quotes, days and
holidays mixed in a list (`Mo-Fr,PH,Sa`), `Dec 25,26`, `Mo-Fr 24/7`, a stray `;` at the end.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from typing import NoReturn

from ..errors import JoptimizError
from ..messages import Message
from .evaluate import (
    DAY,
    WHOLE_DAY,
    Bound,
    DateRange,
    Easter,
    Holiday,
    MonthDay,
    Rule,
    Selector,
    Span,
    State,
    WeekdayRange,
    WeekRange,
    YearRange,
)

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAY_NUMBER = {name.lower(): number for number, name in enumerate(WEEKDAYS)}
_MONTH_NUMBER = {name.lower(): number for number, name in enumerate(_MONTHS, start=1)}
_STATES = {"open": State.OPEN, "off": State.CLOSED, "closed": State.CLOSED, "unknown": State.UNKNOWN}

# When these may fall, in minutes of legal time: wide enough for every French department, so that what is said to be
# open or closed is so everywhere, and the hours between are said to be unknown.
_SUN = {
    "dawn": Bound(4 * 60, 10 * 60),
    "sunrise": Bound(4 * 60 + 30, 10 * 60),
    "sunset": Bound(16 * 60, 23 * 60),
    "dusk": Bound(16 * 60, 24 * 60),
}

_LAST_YEAR = 9999
_SEPARATORS = (";", ",", "||")
# En dash, em dash, non-breaking hyphen, minus; curly quotes; non-breaking spaces. One for one, so that positions stay.
_TYPOGRAPHY = str.maketrans("\u2013\u2014\u2011\u2212\u201c\u201d\u00a0\u202f", '----""  ')
_TOKEN = re.compile(
    r"(?P<always>24/7)|(?P<time>\d{1,2}:\d{2}(?!\d))|(?P<year>[12]\d{3}(?!\d))|(?P<number>\d{1,3}(?!\d))"
    r'|(?P<word>[^\W\d_]+)|(?P<comment>"[^"]*")|(?P<sign>\|\||[-+,;:/()\[\]])'
)

_WRONG_THERE = Message(
    'Opening hours "{text}": "{found}" at character {column}, but {expected} was expected. Write for example {example}'
)
_STOPS_SHORT = Message('Opening hours "{text}": {expected} is missing at the end. Write for example {example}')

_A_RULE = Message("a day (Mo, Tu, We, Th, Fr, Sa, Su, PH, SH), a date, a time or off")
_A_WEEKDAY = Message("a day in English (Mo, Tu, We, Th, Fr, Sa, Su)")
_A_MONTH = Message("a month in English (Jan, Feb, … Dec)")
_A_MONTH_DAY = Message("a day that this month has")
_A_FIRST_YEAR = Message("a year before a date that is followed by +")
_FULL_DATES = Message("a date after the first one, both with their years")
_A_YEAR = Message("a year not before the first one")
_A_WEEK = Message("a week from 1 to 53, not before the first one")
_A_STEP = Message("a step of 1 or more")
_AN_NTH = Message("a rank in the month, 1 to 5 or -1 to -5")
_A_DAY_COUNT = Message("a number of days")
_A_START = Message("a time from 00:00 to 23:59")
_AN_END = Message("a time from 00:00 to 48:00")
_A_HYPHEN = Message("a hyphen and the time of the end")
_A_SHIFT = Message("+ or - and a number of hours, as (sunset-00:30)")
_A_BRACKET = Message("a closing bracket")
_A_SEPARATOR = Message("the end of the rule or one of ; , ||")
_ONE_LIST = Message("one list of days, or holidays and then weekdays")
_HOURS_BEFORE_COMMA = Message("hours before the comma, or ; between the rules")


class OpeningHoursError(JoptimizError, ValueError):
    """A text is not opening hours, or a span cannot be written as such.

    Parameters
    ----------
    text : str
        All of the text.
    position : int
        Index in `text` where reading stopped; ``len(text)`` where something is missing at the end.
    expected : Message
        What should have stood there.
    example : str
        Opening hours that can be read.
    found : str, optional
        What stands there instead; by default the word at `position`.

    Attributes
    ----------
    text, position, found, expected, example
        The same; `expected` is a str in the reader's language.
    """

    def __init__(self, text: str, position: int, expected: Message, example: str, found: str | None = None) -> None:
        self.text = text
        self.position = position
        self.found = _word_at(text, position) if found is None else found
        self.expected = str(expected)
        self.example = example
        template = _WRONG_THERE.template if self.found else _STOPS_SHORT.template
        super().__init__(template, text=text, found=self.found, column=position + 1, expected=expected, example=example)


def _word_at(text: str, position: int) -> str:
    match = re.match(r"[\w:/]+|\S", text[position:])
    return match.group() if match else ""


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int


def _tokens(text: str) -> list[_Token]:
    """Words, numbers and signs of a text, and an empty token of kind ``end``."""
    tokens = []
    position = 0
    plain = text.translate(_TYPOGRAPHY)
    while position < len(plain):
        match = _TOKEN.match(plain, position)
        if match:
            tokens.append(_Token(match.lastgroup or "", match.group().lower(), position))
            position = match.end()
        elif plain[position].isspace():
            position += 1
        else:
            raise OpeningHoursError(text, position, _A_RULE, "Mo-Fr 08:00-12:00")
    return [*tokens, _Token("end", "", len(text))]


def parse_rules(text: str) -> tuple[Rule, ...]:
    """Rules of an `opening_hours` text, in their order.

    Parameters
    ----------
    text : str

    Returns
    -------
    tuple of Rule
        At least one.

    Raises
    ------
    OpeningHoursError
        The text is empty or does not follow the syntax.
    """
    return _Parser(text).rules()


class _Parser:
    """Recursive descent over the tokens of one text; each method reads one symbol of the grammar."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._index = 0

    # -- looking and stepping

    @property
    def _token(self) -> _Token:
        return self._tokens[self._index]

    @property
    def _next(self) -> _Token:
        return self._tokens[min(self._index + 1, len(self._tokens) - 1)]

    def _take(self) -> _Token:
        token = self._token
        self._index += 1
        return token

    def _take_sign(self, *signs: str) -> str:
        """The sign that stands here if it is one of `signs`, which is then passed; else an empty text."""
        return self._take().text if self._token.kind == "sign" and self._token.text in signs else ""

    def _take_word(self, *words: str) -> str:
        return self._take().text if self._token.kind == "word" and self._token.text in words else ""

    def _fail(self, expected: Message, example: str, token: _Token | None = None) -> NoReturn:
        raise OpeningHoursError(self._text, (token or self._token).position, expected, example)

    # -- rules

    def rules(self) -> tuple[Rule, ...]:
        rules = [self._rule(";")]
        while self._token.kind != "end":
            separator_token = self._token
            separator = self._take_sign(*_SEPARATORS)
            if not separator and separator_token.kind in ("number", "year"):
                self._fail(_A_START, "Mo-Fr 08:00-12:00")
            if not separator:
                self._fail(_A_SEPARATOR, "Mo-Fr 08:00-12:00; Sa 09:00-12:00")
            if separator == "," and not self._hours_were_given:
                # "Mo, 10:00-12:00" would otherwise be a Monday all day long and 10:00-12:00 on every day.
                self._fail(_HOURS_BEFORE_COMMA, "Mo-Fr 08:00-12:00, We 14:00-18:00", separator_token)
            if separator == ";" and self._token.kind == "end":
                break
            rules.append(self._rule(separator))
        return tuple(rules)

    def _rule(self, separator: str) -> Rule:
        start = self._index
        days = self._days()
        spans = self._spans()
        states_before = self._index
        state = self._state()
        if self._index == start:
            self._fail(_A_RULE, "Mo-Fr 08:00-12:00,14:00-18:00; PH off")
        self._hours_were_given = bool(spans) or self._index > states_before
        return Rule(days, spans or (WHOLE_DAY,), state, separator)

    def _state(self) -> State:
        word = self._take_word(*_STATES)
        has_comment = self._token.kind == "comment"
        if has_comment:
            self._take()
        if word:
            return _STATES[word]
        # A comment alone is a condition that only a person can judge ("by appointment").
        return State.UNKNOWN if has_comment else State.OPEN

    # -- days

    def _days(self) -> tuple[tuple[Selector, ...], ...]:
        groups = [self._years(), self._dates(), self._weeks()]
        self._take_sign(":")
        groups += self._weekdays_and_holidays()
        self._take_sign(":")
        return tuple(tuple(group) for group in groups if group)

    def _years(self) -> list[Selector]:
        years: list[Selector] = []
        # In "2024 Jul 26" the year belongs to the date.
        while self._token.kind == "year" and not self._is_month(self._next):
            years.append(self._year_range())
            if self._next.kind != "year" or not self._take_sign(","):
                break
        return years

    def _year_range(self) -> YearRange:
        first = int(self._take().text)
        if self._take_sign("+"):
            return YearRange(first, _LAST_YEAR)
        if not self._take_sign("-"):
            return YearRange(first, first)
        last = self._number("year", first, _LAST_YEAR, _A_YEAR, "2024-2026")
        return YearRange(first, last, self._step())

    def _step(self) -> int:
        return self._number("number", 1, 999, _A_STEP, "week 2-52/2") if self._take_sign("/") else 1

    def _number(self, kind: str, low: int, high: int, expected: Message, example: str) -> int:
        token = self._token
        if token.kind != kind or not low <= int(token.text) <= high:
            self._fail(expected, example)
        return int(self._take().text)

    def _weeks(self) -> list[Selector]:
        weeks: list[Selector] = []
        if self._take_word("week"):
            weeks.append(self._week_range())
            while self._next.kind == "number" and self._take_sign(","):
                weeks.append(self._week_range())
        return weeks

    def _week_range(self) -> WeekRange:
        first = self._number("number", 1, 53, _A_WEEK, "week 1-10")
        if not self._take_sign("-"):
            return WeekRange(first, first)
        last = self._number("number", first, 53, _A_WEEK, "week 51-53,1-2")
        return WeekRange(first, last, self._step())

    # -- dates

    @staticmethod
    def _is_month(token: _Token) -> bool:
        return token.kind == "word" and (token.text in _MONTH_NUMBER or token.text == "easter")

    def _is_date(self) -> bool:
        return self._is_month(self._token) or (self._token.kind == "year" and self._is_month(self._next))

    def _dates(self) -> list[Selector]:
        dates: list[Selector] = []
        if not self._is_date():
            return dates
        dates.append(self._date_range(None))
        while self._token.text == "," and self._date_follows_comma():
            self._take()
            dates.append(self._date_range(dates[-1]))
        return dates

    def _date_follows_comma(self) -> bool:
        return self._next.kind in ("number", "year") or self._is_month(self._next)

    def _date_range(self, before: Selector | None) -> DateRange:
        """One range; after a comma it may leave out the year, or the year and the month, of the one `before` it."""
        start_token = self._token
        start = self._date(before.start if isinstance(before, DateRange) else None)
        if self._take_sign("+"):
            if start.year is None:
                self._fail(_A_FIRST_YEAR, "2024 Sep 1+", start_token)
            return DateRange(start, MonthDay(12, 31, _LAST_YEAR))
        if not self._take_sign("-"):
            return DateRange(start, _last_day(start))
        end_token = self._token
        # In "Jul 26-31" the month is said once. The year is not handed on, or "2024 Dec 20-Jan 5" would be empty.
        end = self._date(replace(start, year=None))
        if _is_whole_month(start) != _is_whole_month(end):
            self._fail(_A_MONTH_DAY, "Jul 26-Aug 31")
        if not _years_agree(start, end):
            self._fail(_FULL_DATES, "2024 Jul 26-2024 Aug 11", end_token)
        return DateRange(start, _last_day(end))

    def _date(self, previous: MonthDay | Easter | None) -> MonthDay | Easter:
        """A date; `previous` lends its year, and its month to a lone day number."""
        year = previous.year if previous else None
        if self._token.kind == "year":
            year = int(self._take().text)
        elif self._token.kind == "number" and isinstance(previous, MonthDay) and previous.day:
            return MonthDay(previous.month, self._day_of(previous.month), year)
        if self._take_word("easter"):
            return Easter(self._day_offset(), year)
        if self._token.text not in _MONTH_NUMBER:
            self._fail(_A_MONTH, "Apr 15-Oct 31")
        month = _MONTH_NUMBER[self._take().text]
        return MonthDay(month, self._day_of(month) if self._token.kind == "number" else 0, year)

    def _day_of(self, month: int) -> int:
        leap_year = 2024
        return self._number("number", 1, calendar.monthrange(leap_year, month)[1], _A_MONTH_DAY, "Dec 25")

    def _day_offset(self) -> int:
        """`+1 day`, `-2 days`: signed number of days, 0 where there is none."""
        sign = self._token.text
        if sign not in ("+", "-") or self._next.kind != "number":
            return 0
        self._take()
        days = self._number("number", 0, 366, _A_DAY_COUNT, "PH -1 day off")
        if not self._take_word("day", "days"):
            self._fail(_A_DAY_COUNT, "PH -1 day off")
        return days if sign == "+" else -days

    # -- weekdays and holidays

    @staticmethod
    def _is_day(token: _Token) -> bool:
        return token.kind == "word" and (token.text in _WEEKDAY_NUMBER or token.text in ("ph", "sh"))

    def _weekdays_and_holidays(self) -> list[list[Selector]]:
        """One list of days, or two set side by side that must both hold: `PH Mo-Fr` is a holiday from Monday to Friday.

        The national schemas rely on it: "`PH Su off` […] à l'exception des jours fériés tombant un dimanche".
        """
        groups: list[list[Selector]] = []
        while self._is_day(self._token):
            start = self._token
            groups.append(self._day_list())
            if len(groups) > 1 and {_kind_of(group) for group in groups[-2:]} != {Holiday, WeekdayRange}:
                self._fail(_ONE_LIST, "PH Mo-Fr 08:00-12:00", start)
        return groups

    def _day_list(self) -> list[Selector]:
        days = [self._day()]
        while self._is_day(self._next) and self._take_sign(","):
            days.append(self._day())
        return days

    def _day(self) -> Selector:
        holiday = self._take_word("ph", "sh")
        if holiday:
            return Holiday(holiday.upper(), self._day_offset())
        first = self._weekday()
        if self._take_sign("["):
            nth = self._nth_list()
            return WeekdayRange(first, first, nth, self._day_offset())
        return WeekdayRange(first, self._weekday() if self._take_sign("-") else first)

    def _weekday(self) -> int:
        if self._token.text not in _WEEKDAY_NUMBER:
            self._fail(_A_WEEKDAY, "Mo-Fr 08:00-12:00")
        return _WEEKDAY_NUMBER[self._take().text]

    def _nth_list(self) -> tuple[int, ...]:
        nth = self._nth_range()
        while self._take_sign(","):
            nth += self._nth_range()
        if not self._take_sign("]"):
            self._fail(_A_BRACKET, "We[1] 08:00-12:00")
        return nth

    def _nth_range(self) -> tuple[int, ...]:
        example = "We[1],Su[-1] 08:00-12:00"
        if self._take_sign("-"):
            return (-self._number("number", 1, 5, _AN_NTH, example),)
        first = self._number("number", 1, 5, _AN_NTH, example)
        last = self._number("number", first, 5, _AN_NTH, example) if self._take_sign("-") else first
        return tuple(range(first, last + 1))

    # -- times

    def _is_time(self, token: _Token) -> bool:
        return token.kind in ("time", "always") or token.text in _SUN or token.text == "("

    def _spans(self) -> tuple[Span, ...]:
        if not self._is_time(self._token):
            return ()
        spans = [self._span()]
        while self._is_time(self._next) and self._take_sign(","):
            spans.append(self._span())
        return tuple(spans)

    def _span(self) -> Span:
        if self._token.kind == "always":
            self._take()
            return WHOLE_DAY
        start = self._bound(DAY - 1, _A_START)
        if self._take_sign("+"):
            return Span(start, _open_end(start.earliest, start))
        if not self._take_sign("-"):
            self._fail(_A_HYPHEN, "08:00-12:00")
        end = self._bound(2 * DAY, _AN_END)
        # "22:00-06:00" ends on the next day, and so does "08:00-08:00".
        if end.latest <= start.earliest:
            end = end.moved(DAY)
        return Span(start, _open_end(end.earliest, start) if self._take_sign("+") else end)

    def _bound(self, latest: int, expected: Message) -> Bound:
        token = self._token
        if self._take_sign("("):
            return self._shifted_event()
        if token.text in _SUN:
            return _SUN[self._take().text]
        minute = _minute(token.text) if token.kind == "time" else None
        if minute is None or minute > latest:
            self._fail(expected, "08:00-12:00")
        self._take()
        return Bound.at(minute)

    def _shifted_event(self) -> Bound:
        """`(sunset-00:30)`, its opening bracket being read."""
        example = "(sunrise+01:00)-(sunset-00:30)"
        event = self._take_word(*_SUN)
        sign = self._take_sign("+", "-") if event else ""
        minutes = _minute(self._token.text) if sign and self._token.kind == "time" else None
        if minutes is None or minutes > DAY:
            self._fail(_A_SHIFT, example)
        self._take()
        if not self._take_sign(")"):
            self._fail(_A_BRACKET, example)
        return _SUN[event].moved(minutes if sign == "+" else -minutes)


def _is_whole_month(date: MonthDay | Easter) -> bool:
    return isinstance(date, MonthDay) and not date.day


def _last_day(date: MonthDay | Easter) -> MonthDay | Easter:
    """The date itself; of a whole month, its end."""
    return replace(date, day=31) if isinstance(date, MonthDay) and not date.day else date


def _years_agree(start: MonthDay | Easter, end: MonthDay | Easter) -> bool:
    """Whether it is plain in which years a range starts and ends.

    It is not in "Jul 26-2024 Aug 11", nor in "2024 Nov-Feb": that may be one winter or two ends of one year.
    """
    if end.year is None:
        ends_before = isinstance(start, MonthDay) and isinstance(end, MonthDay) and end.month < start.month
        return not (start.year and _is_whole_month(start) and ends_before)
    return start.year is not None and start.key(start.year) <= end.key(end.year)


def _kind_of(group: list[Selector]) -> type | None:
    """Class of all of a group's selectors; None for a mixed group."""
    kinds = {type(selector) for selector in group}
    return kinds.pop() if len(kinds) == 1 else None


def _minute(time: str) -> int | None:
    """Minutes since midnight of ``H:MM`` or ``HH:MM``; None for more than 59 minutes."""
    hours, minutes = (int(part) for part in time.split(":"))
    return hours * 60 + minutes if minutes < 60 else None


def _open_end(known_until: int, start: Bound) -> Bound:
    """End of which only is known that it is not before `known_until`.

    It is looked for no later than opening_hours.js does: by midnight, within ten hours of an evening start, within
    eight hours of a start from 22:00 on.
    """
    hours = 10 if start.latest < 22 * 60 else 8
    latest = DAY if start.latest < 17 * 60 else start.latest + hours * 60
    return Bound(known_until, max(known_until, latest))
