"""The tables behind movements per week: rates, activities, workforce classes, hours of the day.

They lie in ``resources/tables`` as CSV that a spreadsheet opens; users may copy, edit and give them back, so that what is wrong
with one is said with its line, column and value.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np

from ..paths import RESOURCES
from .errors import DataError, FileError, HeaderError
from .messages import Message, language
from .read.mapping import fold
from .read.text_table import read_text_table
from .schema.table import parse_number

TABLES = RESOURCES / "tables"
RATES_FILE = TABLES / "movement_rates.csv"
CATEGORIES_FILE = TABLES / "naf_categories.csv"
WORKFORCE_FILE = TABLES / "workforce_classes.csv"
PROFILE_FILE = TABLES / "hourly_profile.csv"

FORMS: dict[str, Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]] = {
    "LOG": lambda jobs, a, b: a * np.log(jobs) + b,
    "LOG0": lambda jobs, a, _: a * np.log(jobs),
    "LIN": lambda jobs, a, b: a * jobs + b,
    "RATIO": lambda jobs, a, _: a * jobs,
}
"""Movements per week out of the jobs and the coefficients a and b, by the forms of METHODS.md."""


@dataclass(frozen=True)
class Rate:
    """Movements per week of one category as a function of its jobs E.

    Attributes
    ----------
    form : str
        ``LOG`` a·ln E + b, ``LOG0`` a·ln E, ``LIN`` a·E + b, ``RATIO`` a·E.
    floor : float
        Least result, movements per week. Ours: 1, because an establishment in activity receives something, and a logarithm
        gives nothing to one job; where a straight line itself gives less to one job, that value, since the rate says so.
    label : dict
        Language (``fr``, ``en``) → text.
    """

    category: str
    form: str
    a: float
    b: float
    floor: float
    label: dict[str, str]
    source: str

    @property
    def title(self) -> str:
        """Category and label in the reader's language."""
        return f"{self.category} ({self.label[language()]})"

    def movements(self, jobs: float) -> float:
        """Movements per week of an establishment with `jobs` jobs (at least 1), the floor included."""
        value = FORMS[self.form](np.array(jobs, dtype=float), np.array(self.a), np.array(self.b))
        return max(self.floor, float(value))


@dataclass(frozen=True)
class WorkforceClass:
    """One class of INSEE's "tranche d'effectifs": its bounds and the jobs it stands for; None where not known or open."""

    code: str
    minimum: float | None
    maximum: float | None
    jobs: float | None
    label: str


def load_rates(path: Path | None = None) -> dict[str, Rate]:
    """Rates by category.

    Parameters
    ----------
    path : path, optional
        A copy of ``movement_rates.csv`` with columns category, form, a, b, floor (and label_fr, label_en, source); ours if not given.

    Raises
    ------
    FileError, HeaderError, DataError
        The file cannot be read, lacks a column or holds a value that makes no rate; with file, line, column and value.
    """
    rates: dict[str, Rate] = {}
    for row in _rows(path or RATES_FILE, ("category", "form", "a", "b", "floor")):
        category = row.code("category", rates)
        form = row.one_of("form", list(FORMS))
        label = {language: row.cells.get(f"label_{language}", "") or category for language in ("fr", "en")}
        a, b, floor = row.number("a"), row.number("b"), row.number("floor", least=0)
        rates[category] = Rate(category, form, a, b, floor, label, row.cells.get("source", ""))
    return rates


def load_categories(path: Path | None = None, rates: Mapping[str, Rate] | None = None) -> dict[str, str]:
    """Category of each beginning of an activity code, folded (no dots, spaces, accents or capitals).

    Ours assigns NAF rev. 2 to the categories of the rates: a choice, made to be edited. A user's table takes the place of ours;
    a code of his own, or a word such as ``Restaurant``, does as well as one of the NAF.

    Parameters
    ----------
    path : path, optional
        A copy of ``naf_categories.csv`` with columns code and category; ours if not given.
    rates : mapping, optional
        The categories that there are; those of `load_rates` if not given.

    Raises
    ------
    FileError, HeaderError, DataError
        The file cannot be read, lacks a column, names a category without rate or a code twice; with file, line, column and value.
    """
    known = list(load_rates() if rates is None else rates)
    prefixes: dict[str, str] = {}
    for row in _rows(path or CATEGORIES_FILE, ("code", "category")):
        prefixes[row.code("code", prefixes, activity_code)] = row.one_of("category", known)
    return prefixes


def load_workforce_classes(path: Path | None = None) -> dict[str, WorkforceClass]:
    """INSEE's workforce classes by code, with the middle of each.

    Parameters
    ----------
    path : path, optional
        A copy of ``workforce_classes.csv`` with columns code, minimum, maximum and jobs; ours if not given. Empty jobs: not known.

    Raises
    ------
    FileError, HeaderError, DataError
        The file cannot be read, lacks a column or holds a value that is no number; with file, line, column and value.
    """
    classes: dict[str, WorkforceClass] = {}
    for row in _rows(path or WORKFORCE_FILE, ("code", "minimum", "maximum", "jobs")):
        code = row.code("code", classes, class_code)
        low, high, jobs = (row.number(name, least=0) if row.cells[name] else None for name in ("minimum", "maximum", "jobs"))
        classes[code] = WorkforceClass(code, low, high, jobs, row.cells.get("label_fr", ""))
    return classes


@functools.cache
def load_hourly_profile() -> tuple[float, ...]:
    """Share (0–1) of a weekday's movements in each of its 24 hours; the published ones add up to 100.2 %, these to 1."""
    rows = list(_rows(PROFILE_FILE, ("hour", "share_pct")))
    shares = [row.number("share_pct", least=0) for row in sorted(rows, key=lambda row: row.number("hour"))]
    return tuple(share / sum(shares) for share in shares)


# -- files ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Row:
    """One row of a table that users may edit; knows where it stands, so that what is wrong with it can be found."""

    name: str
    line: int
    cells: dict[str, str]

    def refused(self, column: str, reason: Message) -> DataError:
        return DataError(
            "The table “{name}” cannot be used. Line {line}, column “{column}”, value “{value}”: {reason}.",
            name=self.name,
            line=self.line,
            column=column,
            value=self.cells[column],
            reason=reason,
        )

    def code(self, column: str, taken: Mapping[str, object], normal: Callable[[str], str] = str) -> str:
        """The cell as a key that no row before has."""
        key = normal(self.cells[column])
        if not key:
            raise self.refused(column, Message("it is empty"))
        if key in taken:
            raise self.refused(column, Message("a line above has it already"))
        return key

    def one_of(self, column: str, expected: Sequence[str]) -> str:
        if self.cells[column] not in expected:
            reason = Message(
                "expected one of {expected} (a spreadsheet may have made a date of it: format the column as text)",
                expected=", ".join(expected),
            )
            raise self.refused(column, reason)
        return self.cells[column]

    def number(self, column: str, least: float = -math.inf) -> float:
        value = parse_number(self.cells[column])
        if value is None:
            raise self.refused(column, Message("expected a number, as 1.057"))
        if value < least:
            raise self.refused(column, Message("expected a number of at least {least:g}", least=least))
        return value


def _rows(path: Path, required: Sequence[str]) -> Iterator[_Row]:
    raw = read_text_table(path)
    if raw.rejects:
        first = raw.rejects[0]
        raise FileError("The table “{name}” cannot be used. {problem}.", name=raw.name, problem=first)
    names = {fold(column): column for column in reversed(raw.columns)}
    absent = [name for name in required if fold(name) not in names]
    if absent:
        raise HeaderError(
            "The table “{name}” lacks the columns {absent}. Found: {columns}.",
            name=raw.name,
            absent=", ".join(absent),
            columns=", ".join(raw.columns[:25]),
        )
    headers = {column: next((name for name in required if fold(name) == fold(column)), column) for column in raw.columns}
    for line, cells in zip(raw.lines, raw.rows.to_numpy()):
        yield _Row(raw.name, int(line), {headers[column]: str(cell).strip() for column, cell in zip(raw.columns, cells)})


def activity_code(text: str) -> str:
    """`text` without dots, spaces, accents and capitals, and with the zero that a spreadsheet takes from ``01``."""
    return _two_digits(fold(text))


def class_code(text: str) -> str:
    """`text` in capitals, and with the zero that a spreadsheet takes from ``01``."""
    return _two_digits(text.strip().upper())


def _two_digits(code: str) -> str:
    """No workforce class and no division of the NAF has a single digit."""
    return f"0{code}" if re.fullmatch(r"\d", code) else code
