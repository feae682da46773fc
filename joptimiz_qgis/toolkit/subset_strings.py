"""Subset strings: text with which a data source keeps exactly the rows that are to be kept, in the language it understands.

Languages differ in how they write texts, truth and the number of a row; `Dialect` knows how. A string is made of the distinct
values of columns where that gives exactly the rows and is short enough, else of the rows' own numbers.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Union

import numpy as np
import pandas as pd

SHORT = 500
"""A condition on values of up to so many characters is preferred to a shorter one on row numbers: a person can read it."""

_MOST_RANGES = 200  # each is an OR, and SQLite takes an expression 1000 deep
_IN_A_LIST = 1_000
_BITS_FROM = 100
_LONGEST_BITS = 5_000_000


@dataclass(frozen=True)
class Dialect:
    """How a data source writes conditions.

    Attributes
    ----------
    name : str
        ``sqlite`` (GeoPackage, SpatiaLite), ``ogr`` (OGR SQL: Shapefile, GeoJSON, FlatGeobuf…), ``postgres``, ``expression`` (QGIS's own:
        memory layers, delimited text) or ``sql`` (any other: values only).
    yes, no : str
        Truth.
    row : str
        What stands for a row's number where no column does; empty where nothing does.
    same_text : callable
        What two texts have in common that the source takes for equal.
    """

    name: str
    yes: str
    no: str
    row: str
    same_text: Any

    def column(self, name: str) -> str:
        """A column's name, quoted."""
        return '"' + name.replace('"', '\\"' if self.name == "ogr" else '""') + '"'

    def literal(self, value: Any) -> str | None:
        """A value as the dialect writes it; None where it cannot."""
        if isinstance(value, (bool, np.bool_)):
            return self.yes if value else self.no
        if isinstance(value, (int, float, np.integer, np.floating)):
            return repr(value.item() if isinstance(value, np.generic) else value) if math.isfinite(value) else None
        return self.text(str(value))

    def text(self, text: str) -> str | None:
        """A text, quoted; None where the dialect has no way to write it."""
        if "\0" in text:
            return None
        if self.name == "expression":
            return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
        if self.name == "ogr" and ("\\'" in text or text.endswith("\\")):
            return None  # OGR takes \' for a quote that does not end the text
        return "'" + text.replace("'", "''") + "'"


def _itself(text: str) -> str:
    return text


def _as_a_number(text: str) -> object:
    try:
        return float(text)  # QGIS compares texts that look like numbers as numbers
    except ValueError:
        return text


DIALECTS = {
    "sqlite": Dialect("sqlite", "1", "0", "rowid", _itself),
    "ogr": Dialect("ogr", "1", "0", "FID", str.casefold),
    "postgres": Dialect("postgres", "TRUE", "FALSE", "", _itself),
    "expression": Dialect("expression", "TRUE", "FALSE", "$id", _as_a_number),
    "sql": Dialect("sql", "1", "0", "", str.casefold),
}


@dataclass(frozen=True)
class RowNumbers:
    """What tells the rows apart: a key column, or (where it is empty) the dialect's own number of a row.

    Attributes
    ----------
    column : str
    rows : ndarray, shape (n,)
        Integers, or texts of a key column; distinct.
    """

    column: str
    rows: np.ndarray

    @functools.cached_property
    def order(self) -> np.ndarray:
        """Positions of the rows by growing number."""
        return np.argsort(self.rows, kind="stable")


class Among:
    """A condition on the values of one column, or of the first of several that has one.

    Parameters
    ----------
    names : sequence of str
        Columns as the source calls them, the first that is not null counts.
    values : sequence of Series
        Their values, None where null.
    """

    def __init__(self, names: Sequence[str], values: Sequence[pd.Series]) -> None:
        self.names = tuple(names)
        merged = values[0].reset_index(drop=True).astype(object)
        for other in values[1:]:
            merged = merged.where(merged.notna(), other.reset_index(drop=True))
        self.codes, distinct = pd.factorize(merged)
        self.distinct = list(distinct)
        self._literals: dict[str, list[str | None]] = {}

    def learn(self, keep: np.ndarray) -> _Values:
        """The condition that all rows to keep meet, and as few others as this column can tell apart."""
        found: np.ndarray = np.zeros(len(self.distinct) + 1, dtype=bool)  # the last stands for null, whose code is -1
        found[self.codes[keep]] = True
        there: np.ndarray = np.zeros(len(self.distinct) + 1, dtype=bool)
        there[self.codes] = True
        found[-1] |= not there[-1]  # of a row without a value that comes later nothing is known
        return _Values(self, found, bool((found | ~there).all()))

    def literals(self, dialect: Dialect) -> list[str | None]:
        """The distinct values as the dialect writes them."""
        if dialect.name not in self._literals:
            self._literals[dialect.name] = [dialect.literal(value) for value in self.distinct]
        return self._literals[dialect.name]


@dataclass(frozen=True)
class _Values:
    """Which values of a column a row may have."""

    among: Among
    allowed: np.ndarray
    says_nothing: bool

    def holds(self) -> np.ndarray:
        result: np.ndarray = self.allowed[self.among.codes]
        return result

    def write(self, dialect: Dialect) -> str | None:
        allowed, null = self.allowed[:-1], bool(self.allowed[-1])
        if self._mixed(dialect):
            return None
        literals = self.among.literals(dialect)
        sides = [[text for text, kept in zip(literals, allowed) if bool(kept) is side] for side in (True, False)]
        among, others = ([text for text in side if text is not None] for side in sides)
        if len(among) + len(others) < len(literals):
            return None
        negated = sum(map(len, others)) < sum(map(len, among))
        return _written(self.among.names, others if negated else among, negated, null, dialect)

    def _mixed(self, dialect: Dialect) -> bool:
        """Whether the source takes a value to keep and one to leave out for the same."""
        if dialect.same_text is _itself:
            return False
        folded = [dialect.same_text(value) if isinstance(value, str) else value for value in self.among.distinct]
        kept = {value for value, is_kept in zip(folded, self.allowed) if is_kept}
        return any(value in kept for value, is_kept in zip(folded, self.allowed) if not is_kept)


def _written(names: Sequence[str], values: list[str], negated: bool, null: bool, dialect: Dialect) -> str:
    """``a IN (…)``, nulls told apart: comparisons with them are neither true nor false, and sources differ in what follows."""
    name = dialect.column(names[0])
    listed = in_list(name, values, negated)
    if len(names) > 1:
        rest = _written(names[1:], values, negated, null, dialect)
        return f"(({name} IS NOT NULL AND {listed}) OR ({name} IS NULL AND {rest}))" if listed else f"({name} IS NOT NULL OR {rest})"
    if null:
        return f"({name} IS NULL OR {listed})" if listed else ""
    return f"({name} IS NOT NULL AND {listed})" if listed else f"{name} IS NOT NULL"


def in_list(name: str, values: Sequence[str], negated: bool) -> str:
    """``name [NOT] IN (…)`` in parts that every source takes; empty where it would say nothing."""
    if not values:
        return "" if negated else "1 = 0"
    parts = [values[place : place + _IN_A_LIST] for place in range(0, len(values), _IN_A_LIST)]
    word = "NOT IN" if negated else "IN"
    texts = [f"{name} {word} ({', '.join(part)})" for part in parts]
    return texts[0] if len(texts) == 1 else "(" + (" AND " if negated else " OR ").join(texts) + ")"


class AtLeast:
    """A condition on a number: known and not too small, or not known (null, not above 0).

    Parameters
    ----------
    name : str
        Column as the source calls it.
    values : ndarray of float, shape (n,)
        NaN where not known.
    """

    def __init__(self, name: str, values: np.ndarray) -> None:
        self.name, self.known = name, values
        self.unknown = np.isnan(values)

    def learn(self, keep: np.ndarray) -> _Limit:
        """The greatest limit, in hundreds of the numbers that are there, that all rows to keep meet."""
        known = self.known[keep & ~self.unknown]
        limit = float(known.min()) if len(known) else math.inf
        unknown = bool((keep & self.unknown).any()) or not self.unknown.any()
        all_known = self.known[~self.unknown]
        nothing = not len(all_known) or limit <= float(all_known.min())
        return _Limit(self, limit, unknown, nothing and (unknown or not self.unknown.any()))


@dataclass(frozen=True)
class _Limit:
    number: AtLeast
    limit: float
    unknown: bool
    says_nothing: bool

    def holds(self) -> np.ndarray:
        result: np.ndarray = np.where(self.number.unknown, self.unknown, self.number.known >= self.limit)
        return result

    def write(self, dialect: Dialect) -> str | None:
        name = dialect.column(self.number.name)
        enough = f"{name} >= {self.limit!r}" if math.isfinite(self.limit) else "1 = 0"
        return f"({name} IS NULL OR {name} <= 0 OR {enough})" if self.unknown else f"({name} > 0 AND {enough})"


Condition = Union[Among, AtLeast]


def subset_string(keep: np.ndarray, conditions: Iterable[Condition], numbers: RowNumbers | None, dialect: Dialect) -> str | None:
    """The condition that keeps exactly the rows `keep`.

    Parameters
    ----------
    keep : ndarray of bool, shape (n,)
    conditions : iterable of Among or AtLeast
        What the rows' own columns can say, of n rows each.
    numbers : RowNumbers or None
        Of the n rows; None where the source has none.
    dialect : Dialect

    Returns
    -------
    str or None
        Empty where all rows are kept; None where neither values nor numbers can say it.
    """
    if keep.all():
        return ""
    if not keep.any():
        return "1 = 0"
    by_value = _by_value(keep, conditions, dialect)
    if by_value is not None and len(by_value) <= SHORT:
        return by_value
    by_number = None if numbers is None else _by_number(keep, numbers, dialect)
    found = [text for text in (by_value, by_number) if text is not None]
    return min(found, key=len) if found else None


def _by_value(keep: np.ndarray, conditions: Iterable[Condition], dialect: Dialect) -> str | None:
    learnt = [part for part in (condition.learn(keep) for condition in conditions) if not part.says_nothing]
    written = [(part.write(dialect), part.holds()) for part in learnt]
    usable = sorted(((text, holds) for text, holds in written if text), key=lambda part: -len(part[0]))
    together = np.logical_and.reduce([holds for _, holds in usable]) if usable else np.ones(len(keep), dtype=bool)
    if not np.array_equal(together, keep):
        return None
    needed = usable
    for part in usable:  # the longest that the others make superfluous goes first
        fewer = [other for other in needed if other is not part]
        if fewer and np.array_equal(np.logical_and.reduce([holds for _, holds in fewer]), keep):
            needed = fewer
    return " AND ".join(text for text, _ in reversed(needed))


def _by_number(keep: np.ndarray, numbers: RowNumbers, dialect: Dialect) -> str | None:
    name = dialect.column(numbers.column) if numbers.column else dialect.row
    if not name:
        return None
    kept = keep[numbers.order]
    values = numbers.rows[numbers.order]
    if not np.issubdtype(values.dtype, np.integer):
        texts = [dialect.literal(value) for value in values]
        if None in texts:
            return None
        sides = [[text for text, is_kept in zip(texts, kept) if text and bool(is_kept) is side] for side in (True, False)]
        return in_list(name, sides[0], negated=False) if sum(map(len, sides[0])) <= sum(map(len, sides[1])) else in_list(name, sides[1], negated=True)
    found = [_runs(name, values, kept, negated=False), _runs(name, values, ~kept, negated=True)]
    ranges = min((text for text in found if text is not None), key=len, default=None)
    listed = values[kept] if kept.sum() * 2 <= len(kept) else values[~kept]
    by_list = in_list(name, list(map(str, listed.tolist())), negated=len(listed) != kept.sum())
    shortest = by_list if ranges is None else min(ranges, by_list, key=len)
    bits = _bits(name, values, kept) if dialect.name == "expression" and len(listed) > _BITS_FROM and len(shortest) > SHORT else None
    return shortest if bits is None else bits


def _runs(name: str, values: np.ndarray, chosen: np.ndarray, negated: bool) -> str | None:
    """Rows as ranges of numbers that follow each other in the table; None where these are too many."""
    padded = np.concatenate([[False], chosen, [False]])
    starts, ends = np.flatnonzero(~padded[:-1] & padded[1:]), np.flatnonzero(padded[:-1] & ~padded[1:]) - 1
    alone = starts == ends
    if len(starts) - alone.sum() > _MOST_RANGES:
        return None
    parts = [f"{name} BETWEEN {values[first]} AND {values[last]}" for first, last in zip(starts[~alone], ends[~alone])]
    if alone.any():
        parts.append(in_list(name, list(map(str, values[starts[alone]].tolist())), negated=False))
    text = " OR ".join(parts)
    return f"NOT ({text})" if negated else (f"({text})" if len(parts) > 1 else text)


def _bits(name: str, values: np.ndarray, kept: np.ndarray) -> str | None:
    """A digit a number: QGIS looks through a list from its start for each row, and finds a digit at once."""
    first, last = int(values[0]), int(values[-1])
    if last - first >= _LONGEST_BITS:
        return None
    digits: np.ndarray = np.zeros(last - first + 1, dtype=np.uint8)
    digits[values[kept] - first] = 1
    return f"substr('{(digits + ord('0')).tobytes().decode('ascii')}', {name} - {first - 1}, 1) = '1'"
