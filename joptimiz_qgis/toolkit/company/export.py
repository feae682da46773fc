"""Tables of a firm as files that a spreadsheet opens: no cell of theirs may run as a formula."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Callable

import pandas as pd

from ..errors import not_written
from ..write.tables import check_output

_RISKY = ("=", "+", "-", "@", "\t", "\r")
_HARMLESS = re.compile(r"[+-]?[\d\s.,()/\u00a0\u202f]+(?:[eE][+-]?\d+)?")


def safe_cell(text: object) -> object:
    """`text` with an apostrophe before it where a spreadsheet would take it for a formula (OWASP, CSV injection).

    Numbers and telephone numbers stay: ``-3,5``, ``+33 1 23 45 67 89``.
    """
    if isinstance(text, str) and text.lstrip(" \u00a0").startswith(_RISKY) and not _HARMLESS.fullmatch(text.strip()):
        return "'" + text
    return text


def safe_table(table: pd.DataFrame) -> pd.DataFrame:
    """`table` with its cells and its columns' names made safe; see `safe_cell`."""
    plain = {name: pd.api.types.is_numeric_dtype(table[name]) or pd.api.types.is_datetime64_any_dtype(table[name]) for name in table.columns}
    cells = {name: table[name] if plain[name] else table[name].map(safe_cell) for name in table.columns}
    return pd.DataFrame(cells, index=table.index).rename(columns=lambda name: safe_cell(str(name)))


def write_csv(table: pd.DataFrame, path: Path | str, overwrite: bool = False) -> Path:
    """Write `table` as CSV (UTF-8 with byte order mark, semicolons: what a French spreadsheet opens), whole or not at all."""
    path = check_output(path, overwrite, (".csv",))
    with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=path.parent) as folder:
        part = Path(folder) / path.name
        try:
            safe_table(table).to_csv(part, sep=";", index=False, encoding="utf-8-sig")
            part.replace(path)
        except OSError as error:  # a spreadsheet that has the file open
            raise not_written(path, error) from error
    return path


@contextmanager
def in_place(write: Callable[[Path], object], path: Path | str) -> Iterator[None]:
    """Have the file that `write` makes at `path` meanwhile; what was there comes back where the rest fails: for results that belong together.

    Raises
    ------
    OutputError
        The file cannot be written, or another program has it open; what is written meanwhile has not begun then.
    """
    path = Path(path)
    try:
        with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=path.parent) as folder:
            part, before = Path(folder) / path.name, Path(folder) / f"before-{path.name}"
            write(part)
            if path.exists():
                path.replace(before)
            try:
                part.replace(path)
                yield
            except BaseException:
                if before.exists():
                    before.replace(path)
                else:
                    path.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise not_written(path, error) from error
