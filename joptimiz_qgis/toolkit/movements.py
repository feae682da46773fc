"""Movements (deliveries and pick-ups) per week of each delivery point, out of its activity and its number of jobs.

The rates are those of METHODS.md: a form and two coefficients a category (FRETURB's groups "st45"); see `movement_tables`.
"""

from __future__ import annotations

import math
import numbers
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

from .errors import ParameterError
from .messages import Message, count, decimal
from .movement_tables import (
    FORMS,
    Rate,
    WorkforceClass,
    class_code,
    load_categories,
    load_hourly_profile,
    load_rates,
    load_workforce_classes,
)
from .read.mapping import fold
from .schema.table import parse_number

__all__ = [
    "DEFAULT_CATEGORY",
    "DEFAULT_JOBS",
    "FLAGS",
    "MOVEMENT_COLUMNS",
    "OWN_JOB",
    "WEEKDAY_SHARE",
    "MovedShare",
    "Movements",
    "category_of",
    "columns_read",
    "hourly_share",
    "load_categories",
    "load_rates",
    "load_workforce_classes",
    "moved_share",
    "movement_weights",
    "movements_by_hour",
    "per_weekday",
    "tells_activity",
    "weekly_movements",
]

DEFAULT_CATEGORY = "23"
"""Other shops: what a delivery point of unknown activity counts as. A point of an audit in a town centre is most often a shop."""

DEFAULT_JOBS = 1.5
"""Jobs where the workforce is not known: middle of the smallest class with employees (1 or 2). That class is also the median
one of the 1 066 restaurants of Paris 13 in Sirene 2018, those without employees included."""

OWN_JOB = 1.0
"""Jobs where there is no employee: the owner works. The rates hold from one job on (ln 0 has no value)."""

WEEKDAY_SHARE = 0.19
"""Share of the week's movements on one weekday, Monday to Friday (METHODS.md); the five make 95 %."""

UNKNOWN_ACTIVITY = "unknown_activity"
DEFAULTED_JOBS = "default_jobs"
FLOORED = "floored"
FLAGS = (UNKNOWN_ACTIVITY, DEFAULTED_JOBS, FLOORED)
"""What `Movements.rows` may say of a row, the graver first: a row bears the first of those that hold for it."""

MOVEMENT_COLUMNS = ("movements_per_week", "movements_category", "jobs", "movements_flag")

# Folded names of columns, the establishment's own before those of its firm.
ACTIVITY_NAMES = (
    "apet700", "apet", "activiteprincipaleetablissement", "codenaf", "naf", "nafrev2", "codeape", "ape", "activiteprincipale",
    "apen700", "activiteprincipaleunitelegale", "activite", "activity",
)  # fmt: skip
WORKFORCE_NAMES = (
    "tefet", "trancheeffectifsetablissement", "trancheeffectifetablissement", "trancheeffectifs", "trancheeffectif", "libtefet",
)  # fmt: skip
JOBS_NAMES = (
    "jobs", "emplois", "nbemplois", "nombreemplois", "effectif", "effectifs", "effectifetablissement", "nbsalaries",
    "nombresalaries", "salaries", "employees",
)  # fmt: skip

_NAMED = 10  # of the unknown codes, those that are named
_OLD_NAF = re.compile(r"\d{3}[a-z]")  # NAF 2003, as 521D: its first two digits mean something else
_CLASS_LABEL = re.compile(r"(\d[\d\s]*)(?:à\s*\d|a\s*\d|ou\s*\d|(?<=^0 )salari|(?:salariés\s*)?et plus)")
_PLAIN_NUMBER = re.compile(r"(?:0|[1-9]\d*)(?:[.,]\d+)?")

Value = TypeVar("Value")
Amount = TypeVar("Amount", float, np.ndarray, pd.Series)


@dataclass
class Movements:
    """Movements of each delivery point, and what the user should know about them.

    Attributes
    ----------
    rows : DataFrame
        Index of the table; columns `MOVEMENT_COLUMNS`. ``movements_flag`` is empty or one of `FLAGS`.
    """

    rows: pd.DataFrame
    notes: list[Message]


def weekly_movements(
    table: pd.DataFrame,
    activity: str | None = None,
    workforce: str | None = None,
    jobs: str | None = None,
    categories: Path | None = None,
    default_jobs: float = DEFAULT_JOBS,
    *,
    default_category: str = DEFAULT_CATEGORY,
    rates: Path | None = None,
    classes: Path | None = None,
    times: np.ndarray | None = None,
) -> Movements:
    """Movements per week of each delivery point.

    The category of an activity code is that of the longest prefix in the table of categories; its rate is applied to the number
    of jobs, else to that of the workforce class, else to `default_jobs`. No employee counts as `OWN_JOB`.

    Parameters
    ----------
    table : DataFrame, n rows
        One delivery point a row; geometry is not needed.
    activity : str, optional
        Column with NAF (APE) codes as ``5610A``, ``56.10A`` or ``5610``, or with codes or words of the user's own `categories`.
        Found by its usual names where not given; with none at all every point is of `default_category`.
    workforce : str, optional
        Column with INSEE's workforce classes (``00``, ``01``, … ``53``, ``NN``) or their labels; found by its usual names.
    jobs : str, optional
        Column with numbers of jobs; found by its usual names. It goes before `workforce` where a row has both.
    categories, rates, classes : path, optional
        The user's own tables in place of ours; see `load_categories`, `load_rates` and `load_workforce_classes`.
    default_jobs : float
        Jobs of a point whose workforce is missing, ``NN`` or unreadable; at least 1.
    default_category : str
        Category of a point whose activity is missing or unknown.
    times : ndarray of int, shape (n,), optional
        How many delivery points each row stands for, where `table` holds the distinct ones of many; the notes count these.

    Returns
    -------
    Movements
        `rows`: ``movements_per_week`` (float, never missing), ``movements_category``, ``jobs`` (float, those that the rate was
        applied to) and ``movements_flag``. Movements of different flags add up; the notes count each cause.

    Raises
    ------
    ParameterError
        A column that the table does not have, default jobs below 1, a default category without rate.
    FileError, HeaderError, DataError
        One of the tables cannot be used; the sentence says where.
    """
    _check_defaults(default_jobs)
    known_rates = load_rates(rates)
    if default_category not in known_rates:
        raise _no_rate(default_category, known_rates)
    prefixes = load_categories(categories, known_rates)
    levels = load_workforce_classes(classes)
    columns = _columns(table, activity, workforce, jobs, levels)
    times = np.ones(len(table), dtype=np.int64) if times is None else times
    place, unknown, notes = _categories(table, columns.activity, prefixes, known_rates, known_rates[default_category], times)
    employed, defaulted, said = _jobs(table, columns, levels, default_jobs, times)
    movements, floored = _apply(known_rates, place, employed)
    flag = np.array(["", *FLAGS], dtype=object)[np.select([unknown, defaulted, floored], [1, 2, 3])]
    rows = pd.DataFrame(
        {
            "movements_per_week": movements,
            "movements_category": np.array(list(known_rates), dtype=object)[place],
            "jobs": employed,
            "movements_flag": flag,
        },
        index=table.index,
    )
    return Movements(rows, columns.notes() + notes + said + _floor_notes(floored, times))


def movement_weights(given: pd.Series) -> tuple[np.ndarray, list[Message]]:
    """Movements as numbers to weigh points with, and a note on those that count as 0: missing, negative or not a number."""
    numeric = pd.to_numeric(given, errors="coerce").astype("float64")
    text = numeric.isna() & given.notna()
    if text.any():  # decimal commas, thousands' spaces
        numeric[text] = given[text].astype(str).map(parse_number).astype("float64")
    values = numeric.to_numpy(dtype=float)
    usable = np.isfinite(values) & (values >= 0)
    if usable.all():
        return values, []
    note = Message(
        "{count} delivery points have no usable number of movements (missing, negative or not a number); they count as 0 movements.",
        count=count(int((~usable).sum())),
    )
    return np.where(usable, values, 0.0), [note]


@dataclass(frozen=True)
class MovedShare:
    """Movements per week of the located delivery points, those at covered ones, and their share (0–1; None of nothing)."""

    movements: float
    covered: float

    @property
    def share(self) -> float | None:
        """Of the movements, the part at covered points."""
        return self.covered / self.movements if self.movements > 0 else None


def moved_share(covered: pd.Series, movements: pd.Series) -> MovedShare:
    """How much of the movements is at covered points.

    Parameters
    ----------
    covered : Series of boolean, n rows
        Missing where a point has no position (or was not measured): it does not count.
    movements : Series, n rows
        Per week; see `movement_weights`.
    """
    located = covered.notna().to_numpy()
    weights, _ = movement_weights(movements[located])
    return MovedShare(float(weights.sum()), float(weights[covered[located].to_numpy(dtype=bool)].sum()))


def tells_activity(table: pd.DataFrame) -> bool:
    """Whether `table` has a column whose name says that it holds activity codes; without one, movements would be invented."""
    return _usual(list(table.columns), ACTIVITY_NAMES) is not None


def columns_read(
    names: Iterable[str], activity: str | None = None, workforce: str | None = None, jobs: str | None = None
) -> list[str]:
    """Of the columns `names`, those that `weekly_movements` would read; none where nothing tells what is done at the points."""
    found = _found(names, activity, workforce, jobs)
    return [name for name in found if name] if found[0] or activity or workforce or jobs else []


def per_weekday(movements_per_week: Amount) -> Amount:
    """Movements on one weekday out of those of the week: `WEEKDAY_SHARE` of them."""
    return movements_per_week * WEEKDAY_SHARE


def hourly_share(hour: int) -> float:
    """Share (0–1) of a weekday's movements that take place from `hour` to the next, local time.

    The published profile adds up to 100.2 %; the shares are of that sum, so that the 24 make 1.

    Raises
    ------
    ParameterError
        `hour` is not a whole number from 0 to 23.
    """
    if not isinstance(hour, numbers.Integral) or isinstance(hour, bool) or not 0 <= hour < 24:
        raise ParameterError("The hour is {value}. Expected: a whole number from 0 to 23.", value=hour)
    return load_hourly_profile()[int(hour)]


def movements_by_hour(movements_per_week: float) -> pd.Series:
    """Movements in each hour of a weekday (index ``hour``, 0–23, local time) of so many a week."""
    hours = pd.RangeIndex(24, name="hour")
    return pd.Series(per_weekday(movements_per_week) * np.array(load_hourly_profile()), index=hours, name="movements")


# -- columns ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Columns:
    activity: str | None
    workforce: str | None
    jobs: str | None

    def notes(self) -> list[Message]:
        said = []
        if self.activity is not None:
            said.append(Message("The activity of the delivery points is read from the column “{column}”.", column=self.activity))
        used = [name for name in (self.jobs, self.workforce) if name is not None]
        if used:
            said.append(Message("Their jobs are read from: {columns}.", columns=", ".join(used)))
        return said


def _columns(
    table: pd.DataFrame, activity: str | None, workforce: str | None, jobs: str | None, classes: dict[str, WorkforceClass]
) -> _Columns:
    for name in (activity, workforce, jobs):
        if name is not None and name not in table.columns:
            raise ParameterError(
                "There is no column “{column}” in the table of delivery points. Found: {columns}.",
                column=name,
                columns=", ".join(map(str, table.columns[:25])),
            )
    guessed = jobs is None
    activity, workforce, jobs = _found(table.columns, activity, workforce, jobs)
    # “effectif” may well hold classes: 02 is then 3 to 5 jobs, and not 2.
    if guessed and jobs is not None and _holds_classes(table[jobs], classes):
        workforce, jobs = workforce or jobs, None
    return _Columns(activity, workforce, jobs)


def _found(names: Iterable[str], activity: str | None, workforce: str | None, jobs: str | None) -> tuple[str | None, ...]:
    """The columns chosen, else those of the usual names."""
    present = list(names)
    usual = (ACTIVITY_NAMES, WORKFORCE_NAMES, JOBS_NAMES)
    return tuple(chosen or _usual(present, known) for chosen, known in zip((activity, workforce, jobs), usual))


def _usual(columns: Sequence[str], names: Sequence[str]) -> str | None:
    by_name = {fold(str(column)): column for column in reversed(columns)}
    return next((by_name[name] for name in names if name in by_name), None)


def _holds_classes(values: pd.Series, classes: dict[str, WorkforceClass]) -> bool:
    if pd.api.types.is_numeric_dtype(values):
        return False
    texts = [text for text in _distinct(values)[1] if not _PLAIN_NUMBER.fullmatch(text)]
    return any(_class_of(text, classes) is not None for text in texts)


def _distinct(values: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Place of each value among the distinct ones (-1 where missing), and these as text: a million rows have few of them."""
    try:
        codes, found = pd.factorize(values)
    except TypeError:  # lists and the like, which some formats allow
        codes, found = pd.factorize(values.map(str, na_action="ignore"))
    texts = [_text(value) for value in found]
    blank = np.array([*(not text for text in texts), False])
    return np.where(blank[codes], -1, codes), texts


def _text(value: object) -> str:
    if isinstance(value, numbers.Real) and not isinstance(value, bool):
        return f"{float(value):.15g}"  # 5610.0 in a file that lost its integers is 5610
    return str(value).strip()


def _per_row(codes: np.ndarray, values: Sequence[Value], missing: Value) -> np.ndarray:
    """The value of each row out of those of the distinct ones; the last place is that of -1."""
    return np.array([*values, missing])[codes]


def _counts(codes: np.ndarray, texts: Sequence[str], chosen: Sequence[bool], times: np.ndarray) -> list[tuple[str, int]]:
    """The chosen texts with their numbers of delivery points, the commonest first."""
    rows: list[float] = list(np.bincount(codes[codes >= 0], times[codes >= 0], minlength=len(texts)))
    counts = [(text, int(number)) for text, number, wanted in zip(texts, rows, chosen) if wanted and number]
    return sorted(counts, key=lambda pair: (-pair[1], pair[0]))


def _named(counts: Sequence[tuple[str, int]]) -> str:
    shown = ", ".join(f"{text[:40]} ({count(rows)})" for text, rows in counts[:_NAMED])
    return f"{shown}…" if len(counts) > _NAMED else shown


# -- activities ------------------------------------------------------------------------------------------------------------


def category_of(activity: str, prefixes: Mapping[str, str]) -> str | None:
    """Category of one activity code: that of the longest of `prefixes` (see `load_categories`) that it begins with; None without."""
    code = fold(activity)
    shortest = len(code) if _OLD_NAF.fullmatch(code) else 1
    return next((prefixes[code[:length]] for length in range(len(code), shortest - 1, -1) if code[:length] in prefixes), None)


def _categories(
    table: pd.DataFrame, column: str | None, prefixes: Mapping[str, str], rates: Mapping[str, Rate], default: Rate,
    times: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, list[Message]]:
    """Place of each row's category in `rates`, whether it is only the default, and what to say of it."""
    names = list(rates)
    usual = names.index(default.category)
    if column is None:
        note = Message(
            "No column with an activity code was found: every delivery point gets the rate of category {category}, and its "
            "movements tell little. Expected: a column such as apet700, naf or activitePrincipaleEtablissement.",
            category=default.title,
        )
        return np.full(len(table), usual), np.ones(len(table), dtype=bool), [note]
    codes, texts = _distinct(table[column])
    found = [category_of(text, prefixes) for text in texts]
    places = [usual if category is None else names.index(category) for category in found]
    unknown = _per_row(codes, [category is None for category in found], True)
    return _per_row(codes, places, usual), unknown, _activity_notes(codes, texts, found, default, times)


def _activity_notes(
    codes: np.ndarray, texts: list[str], found: list[str | None], default: Rate, times: np.ndarray
) -> list[Message]:
    notes = []
    missing = int(times[codes < 0].sum())
    if missing:
        notes.append(
            Message(
                "{count} delivery points have no activity code: they get the rate of category {category}.",
                count=count(missing),
                category=default.title,
            )
        )
    unknown = _counts(codes, texts, [category is None for category in found], times)
    if unknown:
        notes.append(
            Message(
                "{count} delivery points have an activity code that is not in the table of categories: they get the rate of category "
                "{category}. The commonest: {codes}.",
                count=count(sum(rows for _, rows in unknown)),
                category=default.title,
                codes=_named(unknown),
            )
        )
    if any(_OLD_NAF.fullmatch(fold(text)) for text, _ in unknown):
        notes.append(Message("Activity codes of three digits and a letter are of the NAF of 2003: recode them to NAF rev. 2."))
    return notes


# -- jobs ------------------------------------------------------------------------------------------------------------------


def _check_defaults(default_jobs: float) -> None:
    sound = isinstance(default_jobs, numbers.Real) and not isinstance(default_jobs, bool)
    if not (sound and math.isfinite(default_jobs) and default_jobs >= 1):
        raise ParameterError(
            "The default number of jobs is {value}. Expected: a number of at least 1, for example 1.5.", value=default_jobs
        )


def _jobs(
    table: pd.DataFrame, columns: _Columns, classes: dict[str, WorkforceClass], default: float, times: np.ndarray
) -> tuple[np.ndarray, np.ndarray, list[Message]]:
    """Jobs of each row, whether they are only the default, and what to say of them."""
    jobs: np.ndarray = np.full(len(table), np.nan)
    alone = np.zeros(len(table), dtype=bool)
    notes: list[Message] = []
    if columns.jobs is not None:
        jobs, notes = _numbers(table[columns.jobs], columns.jobs, times)
    if columns.workforce is not None:
        of_class, alone, said = _class_jobs(table[columns.workforce], classes, times)
        alone &= np.isnan(jobs)
        jobs = np.where(np.isnan(jobs), of_class, jobs)
        notes = notes + said
    defaulted = np.isnan(jobs)
    notes += _jobs_notes(columns, int(times[defaulted].sum()), int(times[alone | (jobs < OWN_JOB)].sum()), default)
    return np.where(defaulted, default, np.maximum(jobs, OWN_JOB)), defaulted, notes


def _numbers(values: pd.Series, name: str, times: np.ndarray) -> tuple[np.ndarray, list[Message]]:
    """Numbers of jobs; NaN where there is none, with a sentence on what could not be one."""
    if pd.api.types.is_numeric_dtype(values):
        jobs = values.to_numpy(dtype=float, na_value=np.nan)
        given = ~np.isnan(jobs)
    else:
        codes, texts = _distinct(values)
        parsed = [parse_number(text) for text in texts]
        jobs = _per_row(codes, [np.nan if number is None else number for number in parsed], np.nan)
        given = codes >= 0
    sound = np.isfinite(jobs) & (jobs >= 0)
    odd = int(times[given & ~sound].sum())
    notes = [Message("{count} values of “{column}” are no number of jobs and count as missing.", count=count(odd), column=name)]
    return np.where(sound, jobs, np.nan), notes if odd else []


def _class_jobs(
    values: pd.Series, classes: dict[str, WorkforceClass], times: np.ndarray
) -> tuple[np.ndarray, np.ndarray, list[Message]]:
    """Jobs of each row's class (NaN where not known), whether it has no employee, and the classes that are not known."""
    codes, texts = _distinct(values)
    found = [_class_of(text, classes) for text in texts]
    jobs = [np.nan if level is None or level.jobs is None else level.jobs for level in found]
    alone = [level is not None and level.maximum == 0 for level in found]
    odd = _counts(codes, texts, [level is None for level in found], times)
    notes = (
        [Message("Workforce classes that are not known, and count as missing: {classes}.", classes=_named(odd))] if odd else []
    )
    return _per_row(codes, jobs, np.nan), _per_row(codes, alone, False), notes


def _class_of(text: str, classes: dict[str, WorkforceClass]) -> WorkforceClass | None:
    """Class of a code as ``02`` (or 2, its zero lost), or of a label as ``3 à 5 salariés``."""
    code = class_code(text)
    if code in classes:
        return classes[code]
    if "nonemployeu" in fold(text):  # “Unités non employeuses”, “Établissement non employeur”
        return classes.get("NN")
    lowest = _CLASS_LABEL.match(text.lower())
    if lowest is None:
        return None
    number = int(re.sub(r"\D", "", lowest[1]))
    return next((level for level in classes.values() if level.minimum == number), None)


def _jobs_notes(columns: _Columns, defaulted: int, alone: int, default: float) -> list[Message]:
    if columns.jobs is None and columns.workforce is None:
        return [
            Message(
                "No column with a workforce class or a number of jobs was found: every delivery point counts as {jobs} jobs.",
                jobs=decimal(default),
            )
        ]
    notes = []
    if defaulted:
        notes.append(
            Message(
                "{count} delivery points have no known workforce: they count as {jobs} jobs.",
                count=count(defaulted),
                jobs=decimal(default),
            )
        )
    if alone:
        notes.append(
            Message(
                "{count} delivery points have no employee: the owner works, and counts as one job.", count=count(alone)
            )
        )
    return notes


# -- rates -----------------------------------------------------------------------------------------------------------------


def _apply(rates: Mapping[str, Rate], place: np.ndarray, jobs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Movements per week of each row, and where they are the floor."""
    columns = zip(*((rate.a, rate.b, rate.floor) for rate in rates.values()))
    a, b, floor = (np.array(values)[place] for values in columns)
    forms = np.array([rate.form for rate in rates.values()])[place]
    raw = np.zeros(len(jobs))
    for form, formula in FORMS.items():
        rows = forms == form
        raw[rows] = formula(jobs[rows], a[rows], b[rows])
    # a·1 + b in binary may fall short of a floor written in decimals.
    floored = raw < floor - 1e-9
    return np.maximum(raw, floor), floored


def _floor_notes(floored: np.ndarray, times: np.ndarray) -> list[Message]:
    low = int(times[floored].sum())
    if not low:
        return []
    return [
        Message(
            "For {count} delivery points the rate gives less than the least that its table states: they get that.",
            count=count(low),
        )
    ]


def _no_rate(category: str, rates: Mapping[str, Rate]) -> ParameterError:
    return ParameterError(
        "There is no rate for the default category “{value}”. Expected one of: {expected}.",
        value=category,
        expected=", ".join(rates),
    )
