"""From when to when something is valid: dates of tables as moments of local time, and whether a moment lies between two."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from .opening_hours import as_local
from .vehicles import NO, UNKNOWN, YES

_PLAIN = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d")

NEVER = np.datetime64("NaT", "s")


def moments(values: pd.Series, last: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Dates as moments.

    Parameters
    ----------
    values : Series
        ISO 8601 text (local time of Europe/Paris unless it names a time zone), dates or datetimes; missing where none is set.
    last : bool
        They end something: a day without an hour is included and ends at the next midnight.

    Returns
    -------
    moments : ndarray of datetime64[s], shape (n,)
        NaT where missing or unreadable.
    unreadable : ndarray of bool, shape (n,)
        Where there is a value and it is no date.
    """
    codes, distinct = pd.factorize(values)
    plain = _plain_moments(distinct)
    if plain is not None:
        return np.append(plain, NEVER)[codes], np.zeros(len(codes), dtype=bool)
    read = [_moment(value, last) for value in distinct]
    table = np.array([*(NEVER if moment is None else np.datetime64(moment, "s") for moment in read), NEVER], dtype="datetime64[s]")
    bad = np.array([*(moment is None for moment in read), False], dtype=bool)
    return table[codes], bad[codes]  # a missing value has the code -1: the last entry


def _plain_moments(values: object) -> np.ndarray | None:
    """Values that are all ISO text to the second and without time zone, as moments, at once; None for any others."""
    texts = list(values) if isinstance(values, (np.ndarray, pd.Index)) else []
    if not all(isinstance(text, str) and _PLAIN.fullmatch(text) for text in texts):
        return None
    try:
        return np.array(texts, dtype="datetime64[s]")
    except ValueError:
        return None


def _moment(value: object, last: bool) -> datetime | None:
    text = value.isoformat() if hasattr(value, "isoformat") else str(value).strip()
    try:
        moment = as_local(datetime.fromisoformat(text.replace("Z", "+00:00")))
        return moment + timedelta(days=1) if last and len(text) == len("2025-10-22") else moment
    except (ValueError, OverflowError):
        return None


class Periods:
    """From a start to an end each, half-open; without one where there is none.

    Parameters
    ----------
    first, last : Series
        See `moments`.

    Attributes
    ----------
    start, end : ndarray of datetime64[s], shape (n,)
        NaT where unlimited.
    unclear : ndarray of bool, shape (n,)
        Where a date cannot be read or the end is not after the start: whether it is valid is not known at any moment.
    """

    def __init__(self, first: pd.Series, last: pd.Series) -> None:
        self.start, bad_start = moments(first)
        self.end, bad_end = moments(last, last=True)
        self.unclear = bad_start | bad_end | (self.end <= self.start)

    def at(self, moment: np.datetime64 | np.ndarray) -> np.ndarray:
        """Whether each is valid at a moment: NO, UNKNOWN or YES."""
        inside = ~(self.start > moment) & ~(self.end <= moment)  # comparisons with NaT are False
        return np.where(self.unclear, UNKNOWN, np.where(inside, YES, NO)).astype(np.int8)
