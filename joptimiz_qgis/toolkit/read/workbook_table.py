"""Workbooks (XLSX, ODS, XLS) whose first row is the header → rows of text, as a CSV gives them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import FileError
from ..messages import Message
from .raw import RawTable, Reject, source_name
from .text_table import unique_names

_ENDINGS = (".xlsx", ".xlsm", ".ods", ".xls")


def is_workbook(path: Path | str) -> bool:
    """Whether `path` is to be read as a workbook, by its ending."""
    return str(path).lower().endswith(_ENDINGS)


def read_workbook_table(path: Path | str, sheet: str | None = None) -> RawTable:
    """Rows of one sheet.

    Parameters
    ----------
    path : path
        Only read.
    sheet : str, optional
        The first visible one that holds rows where not given.

    Raises
    ------
    FileError, ParameterError, MissingDependencyError
        See `read_workbook`; FileError too where there is nothing but a header.
    """
    from ..company.workbook import read_workbook

    path = Path(path)
    name = source_name(path)
    if not path.is_file():
        raise FileError("There is no file “{path}”. Check the name and the folder.", path=path)
    grid = read_workbook(path, sheet)
    if len(grid.rows) < 2:
        raise FileError("The file “{name}” holds a header and no row. Export it again with its rows, or choose another file.", name=name)
    header = unique_names([cell.strip() for cell in grid.rows[0][1]])
    good, rejects = [], []
    for line, cells in grid.rows[1:]:
        filled = [*cells, *[""] * (len(header) - len(cells))]
        if any(cell.strip() for cell in filled[len(header) :]):
            reason = Message("the row has more cells than the header ({cells} and {expected})", cells=len(cells), expected=len(header))
            rejects.append(Reject(line, "", "", reason))
        else:
            good.append((line, filled[: len(header)]))
    rows = pd.DataFrame([cells for _, cells in good], columns=header, dtype=object)
    notes = [Message("Sheet “{sheet}” of the workbook.", sheet=grid.sheet), *grid.notes]
    return RawTable(name, rows.mask(rows == "", None), np.array([line for line, _ in good]), None, rejects, notes)
