"""A file's rows as they were published, before any mapping: text by column, where each row came from, its geometry."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..errors import FileError
from ..messages import Message, tr
from ..schema.table import with_none

if TYPE_CHECKING:
    import geopandas as gpd


@dataclass(frozen=True)
class Reject:
    """A row that was not taken, and why.

    Attributes
    ----------
    line : int
        Line of the file (1 = the header), or number of the feature.
    column, value : str
        What the reason is about; empty where it is the whole row.
    """

    line: int
    column: str
    value: str
    reason: Message

    def __str__(self) -> str:
        if not self.column:
            return tr("Line {line}: {reason}", line=self.line, reason=self.reason)
        return tr(
            "Line {line}, column “{column}”, value “{value}”: {reason}",
            line=self.line,
            column=self.column,
            value=self.value,
            reason=self.reason,
        )


@dataclass
class RawTable:
    """Rows as published.

    Attributes
    ----------
    name : str
        What to call the source in messages (a file's name).
    rows : DataFrame
        One column a published column; text columns hold None where the source is empty. RangeIndex.
    lines : ndarray of int
        Line of the file (or number of the feature) of each row.
    geometry : GeoSeries or None
        Where the source has one; with the CRS that it declares.
    rejects : list of Reject
        Rows that could not even be told into columns.
    notes : list of Message
        What was found out about the file (encoding, delimiter…).
    """

    name: str
    rows: pd.DataFrame
    lines: np.ndarray
    geometry: gpd.GeoSeries | None = None
    rejects: list[Reject] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)

    @property
    def row_count(self) -> int:
        """Rows that the source holds, rejected ones included."""
        return len(self.rows) + len(self.rejects)

    @property
    def columns(self) -> list[str]:
        """Published names of the columns."""
        return [str(column) for column in self.rows.columns]

    def text(self, column: str) -> pd.Series:
        """Column as stripped text; None where empty."""
        values = self.rows[column]
        if not pd.api.types.is_string_dtype(values) and values.dtype != object:
            values = _as_text(values)
        return with_none(values.map(lambda value: str(value).strip() or None, na_action="ignore"))


def _as_text(values: pd.Series) -> pd.Series:
    if pd.api.types.is_float_dtype(values):  # 12.0 in a file that lost its integers is 12
        return values.map(lambda number: f"{number:.15g}", na_action="ignore")
    if pd.api.types.is_datetime64_dtype(values) and (values.dropna() == values.dropna().dt.normalize()).all():
        return values.dt.strftime("%Y-%m-%d")  # days, which the vector driver made into midnights
    return values.map(str, na_action="ignore")


def refuse_web_page(head: bytes, name: str) -> None:
    """Raise `FileError` where `head`, the first bytes of file `name`, is that of a web page: a portal's error saved as data."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise FileError(
            "The file “{name}” is a web page (HTML), not data: the server sent an error or a login page in its place. "
            "Open the address in a browser and download the file again.",
            name=name,
        )


def source_name(path: Path | str) -> str:
    """What to call `path` in messages: its name without the folder."""
    return Path(str(path).split("|")[0]).name
