"""Public holidays against the `holidays` package, which keeps its own rules, and against dates published elsewhere."""

from __future__ import annotations

from datetime import date

import pytest

from joptimiz_qgis.toolkit.holidays import easter_sunday, is_public_holiday, public_holidays

holidays = pytest.importorskip("holidays", reason="pip install holidays: the independent list of public holidays")

YEARS = range(1982, 2101)

# What the package counts as public although only banks, schools or custom keep it: art. L3422-2 names one day overseas.
CUSTOMARY = {"Good Friday", "Mi-Careme", "Victor Schoelcher Day"}


# Deliberate disagreement: the package drops Whit Monday of the years in which it was by default the day worked for
# solidarity (law 2004-626). That law changed who is paid, not the list of holidays of the Code du travail.
WHIT_MONDAYS_WORKED = {date(2005, 5, 16), date(2006, 6, 5), date(2007, 5, 28)}


def theirs(year, subdivision=None):
    """Names by date according to the package, with the Whit Mondays it leaves out."""
    listed = dict(holidays.France(years=year, subdiv=subdivision, language="en_US"))
    return {**listed, **{day: "Whit Monday" for day in WHIT_MONDAYS_WORKED if day.year == year}}


@pytest.mark.parametrize(
    ("year", "easter"),
    [
        # U.S. Census Bureau, "Easter dates": the earliest and latest possible ones and some between.
        (1818, date(1818, 3, 22)),
        (1943, date(1943, 4, 25)),
        (1954, date(1954, 4, 18)),
        (1981, date(1981, 4, 19)),
        (2000, date(2000, 4, 23)),
        (2008, date(2008, 3, 23)),
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2038, date(2038, 4, 25)),
    ],
)
def test_easter_of_known_years(year, easter):
    assert easter_sunday(year) == easter


def test_easter_of_every_gregorian_year_as_dateutil_has_it():
    dateutil_easter = pytest.importorskip("dateutil.easter").easter
    assert [easter_sunday(year) for year in range(1583, 4100)] == [dateutil_easter(year) for year in range(1583, 4100)]


def test_year_2024_as_service_public_lists_it():
    assert list(public_holidays(2024)) == [
        date(2024, 1, 1),
        date(2024, 4, 1),
        date(2024, 5, 1),
        date(2024, 5, 8),
        date(2024, 5, 9),
        date(2024, 5, 20),
        date(2024, 7, 14),
        date(2024, 8, 15),
        date(2024, 11, 1),
        date(2024, 11, 11),
        date(2024, 12, 25),
    ]


@pytest.mark.parametrize("year", YEARS)
def test_common_holidays_agree_with_the_package(year):
    assert set(public_holidays(year)) == set(theirs(year))


@pytest.mark.parametrize("department", ["57", "67", "68"])
def test_alsace_and_moselle_agree_with_the_package(department):
    subdivision = "57" if department == "57" else "6AE"
    for year in YEARS:
        assert set(public_holidays(year, department)) == set(theirs(year, subdivision)), year


@pytest.mark.parametrize(
    ("department", "subdivision", "first_year"),
    [
        ("971", "971", 1984),
        ("972", "972", 1984),
        ("973", "973", 1984),
        ("974", "974", 1984),
        ("976", "976", 1984),
        ("977", "BL", 2012),
        ("978", "MF", 2012),
    ],
)
def test_overseas_agrees_with_the_package(department, subdivision, first_year):
    for year in range(first_year, 2101):
        legal = {day for day, names in theirs(year, subdivision).items() if not set(names.split("; ")) <= CUSTOMARY}
        assert set(public_holidays(year, department)) == legal, year


@pytest.mark.parametrize("day", sorted(WHIT_MONDAYS_WORKED))
def test_whit_monday_stayed_a_holiday_while_it_was_worked(day):
    assert day not in holidays.France(years=day.year), "the package lists it now: drop the exception above"
    assert is_public_holiday(day)


def test_ascension_on_labour_day_and_on_victory_day_keeps_both_names():
    assert public_holidays(2008)[date(2008, 5, 1)] == "Fête du Travail, Ascension"
    assert len(public_holidays(2008)) == 10
    assert public_holidays(1997)[date(1997, 5, 8)] == "Victoire de 1945, Ascension"


def test_26_december_is_a_holiday_in_strasbourg_only():
    assert is_public_holiday(date(2024, 12, 26), "67")
    assert not is_public_holiday(date(2024, 12, 26), "75")
    assert not is_public_holiday(date(2024, 12, 26))


def test_good_friday_of_strasbourg():
    assert is_public_holiday(date(2024, 3, 29), "67")
    assert not is_public_holiday(date(2024, 3, 29), "974")


def test_what_is_returned_is_the_callers_to_change():
    public_holidays(2024).clear()
    assert len(public_holidays(2024)) == 11
