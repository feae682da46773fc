"""Hours as people write them, read back by a reader of the tests' own, minute after minute."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from joptimiz_qgis.toolkit.hours_in_words import every_week, hours_in_words, opening_hours_in_words
from joptimiz_qgis.toolkit.messages import set_language
from joptimiz_qgis.toolkit.opening_hours import OpeningHours

DAY, WEEK = 1440, 7 * 1440
MONDAY, FRIDAY = date(2024, 7, 22), date(2024, 7, 26)  # of weeks without public holidays
MIDNIGHT = datetime(2024, 7, 22)
NAMES = ["lun", "mar", "mer", "jeu", "ven", "sam", "dim"]
HOURS = r"(?:24 h/24|\d+ h(?: \d\d)?–\d+ h(?: \d\d)?)"


def spans(first: date, *pairs: tuple[float, float]) -> list[tuple[datetime, datetime]]:
    """Spans in hours from midnight of `first`."""
    midnight = datetime(first.year, first.month, first.day)
    return [(midnight + timedelta(hours=start), midnight + timedelta(hours=end)) for start, end in pairs]


def minutes_of(words: str, first: date, days: int = 7) -> set[int]:
    """Minutes from midnight of `first` that French words mean; a clumsy reader that knows nothing of how they were made."""
    found: set[int] = set()
    for group in words.split(" ; ") if words else ():
        match = re.fullmatch(rf"(.+?) ({HOURS}(?:, {HOURS})*)", group)
        assert match, group
        for day in days_of(match[1], first, days):
            for piece in match[2].split(", "):
                start, end = (0, DAY) if piece == "24 h/24" else [clock(text) for text in piece.split("–")]
                end += DAY if end <= start else 0
                found |= {(day * DAY + minute) % (days * DAY) for minute in range(start, end)}
    return found


def clock(text: str) -> int:
    hour, _, minute = text.partition(" h")
    return int(hour) * 60 + int(minute or 0)


def days_of(words: str, first: date, length: int) -> list[int]:
    if words == "tous les jours":
        return list(range(length))
    days = [first + timedelta(days=number) for number in range(length)]
    dated = [f"{NAMES[day.weekday()]} {day:%d/%m}" for day in days]
    weekly = [NAMES[day.weekday()] for day in days]
    names = dated if "/" in words else weekly
    chosen = []
    for part in words.split(", "):
        ends = part.split("–")
        if "/" in words:
            chosen += range(names.index(ends[0]), names.index(ends[-1]) + 1)
        else:
            wanted = range(NAMES.index(ends[0]), NAMES.index(ends[-1]) + 1)
            chosen += [number for number, name in enumerate(names) if NAMES.index(name) in wanted]
    return chosen


@pytest.fixture
def french():
    set_language("fr")


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([(24 * day + 6, 24 * day + 11) for day in range(5)], "lun–ven 6 h–11 h"),
        ([(24 * day + 6.5, 24 * day + 11.75) for day in (0, 2)], "lun, mer 6 h 30–11 h 45"),
        ([(0, 168)], "tous les jours 24 h/24"),
        ([(24 * day + 22, 24 * day + 30) for day in range(5)], "lun–ven 22 h–6 h"),
        ([(0, 6), *((24 * day + 22, 24 * day + 30) for day in range(6)), (166, 168)], "tous les jours 22 h–6 h"),
        ([(0, 7), *((24 * day + 20, 24 * day + 31) for day in range(4)), (116, 168)], "lun–ven 0 h–7 h, 20 h–24 h ; sam, dim 24 h/24"),
        ([(24 * day + 7, 24 * day + 20) for day in range(6)] + [(144, 168)], "lun–sam 7 h–20 h ; dim 24 h/24"),
        ([(24, 72), (120, 144)], "mar, mer, sam 24 h/24"),
        ([], ""),
    ],
)
def test_weeks_worked_by_hand(french, pairs, words):
    assert hours_in_words(spans(MONDAY, *pairs), MONDAY) == words


def test_a_week_that_starts_on_a_friday_is_told_from_monday(french):
    pairs = [(24 * day + 6, 24 * day + 11) for day in (0, 3, 4, 5, 6)]  # Fri, Mon–Thu
    assert hours_in_words(spans(FRIDAY, *pairs), FRIDAY) == "lun–ven 6 h–11 h"


@pytest.mark.parametrize(
    ("days", "pairs", "words"),
    [
        (1, [(13, 24)], "ven 26/07 13 h–24 h"),
        (1, [(0, 24)], "ven 26/07 24 h/24"),
        (7, [(13, 26)], "ven 26/07 13 h–24 h ; sam 27/07 0 h–2 h"),  # 13 hours are no night
        (7, [(15, 26)], "ven 26/07 15 h–2 h"),
        (7, [(0, 96)], "ven 26/07–lun 29/07 24 h/24"),
        (7, [(0, 168)], "tous les jours 24 h/24"),
        (2, [(22, 30)], "ven 26/07 22 h–6 h"),
    ],
)
def test_dates_worked_by_hand(french, days, pairs, words):
    assert hours_in_words(spans(FRIDAY, *pairs), FRIDAY, days, dated=True) == words


def test_english():
    assert hours_in_words(spans(MONDAY, *((24 * day + 6.5, 24 * day + 11) for day in range(5)), (120, 168)), MONDAY) == (
        "Mon–Fri 6:30–11:00 ; Sat, Sun all day"
    )
    assert hours_in_words(spans(FRIDAY, (13, 24)), FRIDAY, 1, dated=True) == "Fri 26/07 13:00–24:00"
    assert hours_in_words(spans(MONDAY, (0, 168)), MONDAY) == "every day all day"


@pytest.mark.parametrize(("end", "words"), [("13:59:59", "13 h–13 h 59"), ("23:59:59", "13 h–24 h"), ("23:59:00", "13 h–23 h 59"), ("13:00:59", "")])
def test_seconds_as_files_write_them(french, end, words):
    pair = [(datetime(2024, 7, 26, 13), datetime.fromisoformat(f"2024-07-26T{end}"))]
    assert hours_in_words(pair, FRIDAY, 1, dated=True).removeprefix("ven 26/07 ") == words


bounds = st.lists(st.one_of(st.integers(0, WEEK), st.sampled_from(range(0, WEEK + 1, 60)), st.sampled_from(range(0, WEEK + 1, DAY))), max_size=16, unique=True)


@settings(max_examples=120, deadline=None)
@given(bounds, st.integers(0, 6), st.booleans())
@example([0, 360, 9720, WEEK], 0, False)
@example([0, 1, WEEK - 1, WEEK], 3, False)
def test_the_words_mean_the_same_minutes(ends, weekday, dated):
    set_language("fr")
    ends = sorted(ends)
    pairs = list(zip(ends[::2], ends[1::2]))
    first = MONDAY + timedelta(days=weekday)
    words = hours_in_words(spans(first, *((start / 60, end / 60) for start, end in pairs)), first, 7, dated)
    assert minutes_of(words, first) == {minute for start, end in pairs for minute in range(start, end)}


days_text = st.sampled_from(["", "Mo-Fr ", "Mo,We ", "Sa,Su ", "Sa-Mo ", "Mo-Su ", "Tu "])
time_text = st.builds(lambda start, length: f"{start // 60:02d}:{start % 60:02d}-{(start + length) // 60:02d}:{(start + length) % 60:02d}",
                      st.integers(0, 95).map(lambda quarter: quarter * 15), st.integers(1, 95).map(lambda quarter: quarter * 15))  # fmt: skip
rule_text = st.builds(lambda days, times: days + ",".join(times), days_text, st.lists(time_text, min_size=1, max_size=2))


@settings(max_examples=40, deadline=None)
@given(st.lists(rule_text, min_size=1, max_size=3).map("; ".join))
@example("Mo-Fr 08:00-12:00,14:00-18:00; Sa 08:00-12:00")
@example("24/7")
def test_opening_hours_in_words_mean_what_the_syntax_means(text):
    set_language("fr")
    hours = OpeningHours.parse(text)
    words = opening_hours_in_words(text)
    states = {minute: hours.is_open(MIDNIGHT + timedelta(minutes=minute)) for minute in range(0, WEEK, 15)}
    if words == text:  # what leaves something open is not retold
        assert None in states.values()
    else:
        told = minutes_of(words, MONDAY)
        assert {minute: minute in told for minute in states} == states


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mo-Fr 08:00-20:00; PH off", "lun–ven 8 h–20 h, sauf jours fériés"),
        ("Mo-Sa 06:00-11:00", "lun–sam 6 h–11 h"),
        ("Jul 01-31 Mo-Fr 08:00-20:00", "Jul 01-31 Mo-Fr 08:00-20:00"),
        ("sunrise-sunset", "sunrise-sunset"),
        ("Mo[1] 08:00-12:00", "Mo[1] 08:00-12:00"),
        ("2024 08:00-12:00", "2024 08:00-12:00"),
        ("08:00+", "08:00+"),
        ("jours ouvrés", "jours ouvrés"),
        ("", ""),
    ],
)
def test_what_is_more_than_weekdays_and_hours_stays_as_it_is_written(french, text, words):
    assert opening_hours_in_words(text) == words


@pytest.mark.parametrize(("text", "weekly"), [("Mo-Fr 08:00-20:00", True), ("24/7", True), ("PH off", False), ("SH off", False), ("week 1-53/2 Mo", False), ("Jan Mo", False)])
def test_which_hours_are_the_same_every_week(text, weekly):
    assert every_week(text) is weekly
    assert every_week("Mo-Fr 08:00-20:00; PH off", with_holidays=True)
