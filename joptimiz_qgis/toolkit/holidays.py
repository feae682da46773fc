"""French public holidays, computed for any year: no list of dates to keep up to date, no service to ask.

The eleven of every department: Code du travail, art. L3133-1, eleven since the law of 2 October 1981 restored 8 May.
Alsace and Moselle: art. L3134-13. Commemorations of the abolition of slavery overseas: art. L3422-2 and décret 83-1003
of 23 November 1983.
"""

from __future__ import annotations

import functools
from datetime import date, timedelta

_FIXED = {
    (1, 1): "Jour de l'an",
    (5, 1): "Fête du Travail",
    (5, 8): "Victoire de 1945",
    (7, 14): "Fête nationale",
    (8, 15): "Assomption",
    (11, 1): "Toussaint",
    (11, 11): "Armistice de 1918",
    (12, 25): "Noël",
}
_DAYS_AFTER_EASTER = {1: "Lundi de Pâques", 39: "Ascension", 50: "Lundi de Pentecôte"}

ALSACE_MOSELLE = frozenset({"57", "67", "68"})

ABOLITION_OF_SLAVERY = {
    "971": (5, 27),  # Guadeloupe
    "972": (5, 22),  # Martinique
    "973": (6, 10),  # Guyane
    "974": (12, 20),  # La Réunion
    "976": (4, 27),  # Mayotte
    "977": (10, 9),  # Saint-Barthélemy
    "978": (5, 28),  # Saint-Martin
}
"""Month and day of the commemoration, by department (or collectivity) code."""


def easter_sunday(year: int) -> date:
    """Easter Sunday of a Gregorian year.

    Parameters
    ----------
    year : int
        1583 or later; earlier years had another calendar.

    Returns
    -------
    date
        Always between 22 March and 25 April.

    Notes
    -----
    Anonymous Gregorian algorithm: "A New York correspondent", Nature 13, 20 April 1876, p. 487; as given by J. Meeus,
    Astronomical Algorithms, chapter 8. The one-letter names are the source's.
    """
    a = year % 19
    b, c = divmod(year, 100)
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    l = (32 + 2 * e + 2 * i - h - k) % 7  # noqa: E741 - so that it can be read beside the source
    m = (a + 11 * h + 22 * l) // 451
    month, day = divmod(h + l - 7 * m + 114, 31)
    return date(year, month, day + 1)


@functools.lru_cache(maxsize=256)
def _named_holidays(year: int, department: str) -> dict[date, str]:
    easter = easter_sunday(year)
    days = {date(year, month, day): name for (month, day), name in _FIXED.items()}
    # Ascension may fall on 1 or 8 May: the day keeps both names.
    for offset, name in _DAYS_AFTER_EASTER.items():
        day = easter + timedelta(days=offset)
        days[day] = f"{days[day]}, {name}" if day in days else name
    if department in ALSACE_MOSELLE:
        days[easter - timedelta(days=2)] = "Vendredi saint"
        days[date(year, 12, 26)] = "Saint-Étienne"
    if department in ABOLITION_OF_SLAVERY:
        days[date(year, *ABOLITION_OF_SLAVERY[department])] = "Abolition de l'esclavage"
    return dict(sorted(days.items()))


def public_holidays(year: int, department: str = "") -> dict[date, str]:
    """Public holidays of a year and their French names.

    Parameters
    ----------
    year : int
        1982 or later for the list to be the legal one; the day's rule is applied to any Gregorian year.
    department : str
        Department code such as ``"75"``, ``"67"``, ``"974"``. It adds Good Friday and 26 December in Alsace and Moselle
        (by law Good Friday is one only in communes that have a Protestant church), and the commemoration of the
        abolition of slavery overseas. Empty or any other code: the eleven common holidays.

    Returns
    -------
    dict
        Name of each holiday, by date in order. Ten entries where Ascension falls on 1 or 8 May.
    """
    return dict(_named_holidays(year, department))


def is_public_holiday(day: date, department: str = "") -> bool:
    """Whether a day is a public holiday in a department; see `public_holidays`."""
    return day in _named_holidays(day.year, department)
