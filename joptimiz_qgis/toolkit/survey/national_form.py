"""Values of our tables ↔ the text that the national schemas want in a published file."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from ..findings import is_missing
from ..schema import Field, Table
from ..schema.table import with_none

DEGREE_DECIMALS = 7
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MINUTES = re.compile(r"(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2})(Z|[+-]\d{2}:?\d{2})?")


def published_names(table: Table) -> dict[str, str]:
    """Field of `table` → its name in the national schema, in the order of the schema; our own fields are not among them."""
    return {field.name: field.name.upper() for field in table.fields if not field.own}


def published_text(field: Field, value: Any) -> str:
    """A value as the national schema writes it; empty where there is none."""
    if is_missing(value):
        return ""
    if field.type == "boolean":
        return "oui" if value else "non"
    if field.unit == "degree":
        return f"{float(value):.{DEGREE_DECIMALS}f}"
    if field.type in ("number", "integer"):
        return f"{float(value):.15g}"
    text = str(value).strip()
    kind = field.published.get("type", field.type)
    if kind == "date":
        return text[:10] if _DAY.match(text) else text
    return _moment(text) if kind == "datetime" else text


def _moment(text: str) -> str:
    """A date with its time, as the schema's type wants it; a day alone begins at midnight."""
    if _DAY.fullmatch(text):
        return f"{text}T00:00:00"
    minutes = _MINUTES.fullmatch(text)
    return f"{minutes[1]}:00{minutes[2] or ''}" if minutes else text


def published_table(table: Table, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of one of our tables as text in the form of its national schema.

    Parameters
    ----------
    rows : DataFrame
        Columns named as the fields; one that is missing gives empty cells.

    Returns
    -------
    DataFrame
        Index of `rows`, the schema's columns in its order, text only (empty where there is no value).
    """
    columns = {}
    for name, title in published_names(table).items():
        field = table[name]
        values = with_none(rows[name]) if name in rows.columns else pd.Series(None, index=rows.index, dtype=object)
        columns[title] = pd.Series([published_text(field, value) for value in values], index=rows.index, dtype=object)
    return pd.DataFrame(columns, index=rows.index)


def cell_text(value: Any) -> str:
    """A cell of any table as the text that a file would have; empty where it holds nothing."""
    if is_missing(value):
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value)
