"""Customers as a table that a French Excel or LibreOffice opens well: XLSX, or CSV with semicolons and decimal commas."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

from ..errors import MissingDependencyError, OutputError, not_written
from ..messages import tr
from ..progress import Progress
from ..read.delivery_points import TEXT_NAMES
from ..read.mapping import fold
from ..schema.table import with_none
from ..write.tables import check_output
from .export import safe_cell

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

ENDINGS = (".xlsx", ".csv")
MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 1_048_576, 16_384, 32_767
"""What a sheet holds, and a cell."""

TEXT, NUMBER, DATE, MOMENT, YES_NO = "text", "number", "date", "moment", "yes_no"

_WIDTHS = (9, 48)
_WIDTH_SAMPLE = 500
_ROWS_BETWEEN_CHECKS = 2_000
_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,3})")  # no longer: a postcode, an identifier
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d{0,11})[.,]\d{1,12}")
_DATES = (
    (re.compile(r"\d{4}-\d\d-\d\d"), "%Y-%m-%d"),
    (re.compile(r"\d\d/\d\d/\d{4}"), "%d/%m/%Y"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d"), "%Y-%m-%dT%H:%M:%S"),
)  # fmt: skip
_CODES = (*TEXT_NAMES, "cp", "ident", "numero", "ref")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Column:
    """A column of the sheet.

    Attributes
    ----------
    title : str
        Its header.
    kind : str
        Of its cells.
    cells : list
        None where missing.
    as_given : list or None
        Texts that a CSV file keeps as they were, where the cells are what they mean.
    """

    title: str
    kind: str
    cells: list[Any]
    as_given: list[Any] | None = None


def sheet_columns(table: pd.DataFrame, titles: Mapping[str, str], words: Mapping[str, Mapping[str, str]] | None = None) -> list[Column]:
    """Columns of a sheet.

    Parameters
    ----------
    table : DataFrame
        In the order wanted. Text of which every cell is a plain number or a date, and that is no code, becomes that.
    titles : mapping
        Headers of the columns that have another one than their name.
    words : mapping, optional
        Column → what is written for each of its values.
    """
    made = []
    for name in table.columns:
        title = titles.get(str(name), str(name))
        if words and name in words:
            values = [words[str(name)].get(value, value) for value in with_none(table[name]).tolist()]
            made.append(Column(title, TEXT, values))
        else:
            made.append(Column(title, *_typed(table[name], str(name))))
    return made


def _typed(values: pd.Series, name: str) -> tuple[str, list[Any], list[Any] | None]:
    """Kind and cells of a column; its texts, where the cells are numbers or dates that were written in them."""
    kinds = pd.api.types
    cells = with_none(values).tolist()
    if kinds.is_bool_dtype(values):
        return YES_NO, [None if cell is None else bool(cell) for cell in cells], None
    if kinds.is_numeric_dtype(values):
        return NUMBER, [None if cell is None or not np.isfinite(cell) else cell for cell in cells], None
    if kinds.is_datetime64_any_dtype(values):
        moments = [None if cell is None else pd.Timestamp(cell).tz_localize(None).to_pydatetime() for cell in cells]
        days = all(moment is None or moment.time() == datetime.min.time() for moment in moments)
        return (DATE if days else MOMENT), moments, None
    texts = [None if cell is None else str(cell) for cell in cells]
    return (*_typed_texts(texts, name), texts)


def _typed_texts(cells: list[str | None], name: str) -> tuple[str, list[Any]]:
    """Texts as what all of them are; codes stay text, whatever they look like."""
    given = [cell for cell in cells if cell is not None and cell.strip()]
    if not given or any(part in fold(name) for part in _CODES):
        return TEXT, cells
    if all(_INTEGER.fullmatch(cell) or _DECIMAL.fullmatch(cell) for cell in given):
        return NUMBER, [None if not cell or not cell.strip() else _number(cell) for cell in cells]
    for shape, pattern in _DATES:
        if shape.fullmatch(given[0]) and all(shape.fullmatch(cell) for cell in given):
            try:
                moments = [datetime.strptime(cell.replace(" ", "T"), pattern) if cell and cell.strip() else None for cell in cells]  # noqa: DTZ007
            except ValueError:
                return TEXT, cells
            early = any(moment is not None and moment.year < 1901 for moment in moments)  # Excel's days begin in 1900
            return (TEXT, cells) if early else (MOMENT if "T" in pattern else DATE, moments)
    return TEXT, cells


def _number(text: str) -> float | int:
    return int(text) if _INTEGER.fullmatch(text) else float(text.replace(",", "."))


def write_spreadsheet(
    columns: Sequence[Column],
    path: Path | str,
    overwrite: bool = False,
    about: Sequence[tuple[str, str]] = (),
    progress: Progress | None = None,
) -> Path:
    """Write a table as XLSX or CSV, by the ending of its name; whole or not at all.

    Parameters
    ----------
    columns : sequence of Column
        Of the same length.
    path : path
    overwrite : bool
        Replace a file that exists.
    about : sequence of (str, str), optional
        What the table is, for a second sheet of a workbook.

    Raises
    ------
    OutputError
        The ending is unknown, the file exists, the table is too large for a sheet, or the folder cannot be written.
    MissingDependencyError
        A workbook, without openpyxl.
    CancelledError
        `progress` says that the user asked to stop.
    """
    path = check_output(path, overwrite, ENDINGS)
    write = _write_csv if path.suffix.lower() == ".csv" else _write_xlsx
    with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=path.parent) as folder:
        part = Path(folder) / path.name
        try:
            write(columns, part, about, progress or Progress())
            part.replace(path)
        except OSError as error:
            raise not_written(path, error) from error
    return path


def _rows(cells: Sequence[list[Any]], progress: Progress) -> Iterator[tuple[Any, ...]]:
    count = max(map(len, cells), default=0)
    for number, row in enumerate(zip(*cells)):
        if number % _ROWS_BETWEEN_CHECKS == 0:
            progress.step(number / count)
        yield row


# -- CSV -----------------------------------------------------------------------------------------------------------------


def _write_csv(columns: Sequence[Column], path: Path, _about: Sequence[tuple[str, str]], progress: Progress) -> None:
    import csv

    shown = [safe_cell if column.as_given else _CSV_TEXT.get(column.kind, safe_cell) for column in columns]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow([safe_cell(column.title) for column in columns])
        for row in _rows([column.as_given or column.cells for column in columns], progress):
            writer.writerow([_shown(value, show) for value, show in zip(row, shown)])


def _shown(value: Any, show: Callable[[Any], Any]) -> Any:
    return "" if value is None else show(value)


def _decimal_comma(value: Any) -> str:
    return str(value) if isinstance(value, int) else f"{value:.15g}".replace(".", ",")


def yes_no(value: Any) -> str:
    """A truth as a word in the reader's language."""
    return tr("yes") if value else tr("no")


_CSV_TEXT: dict[str, Callable[[Any], str]] = {
    NUMBER: _decimal_comma,
    DATE: lambda value: f"{value:%d/%m/%Y}",
    MOMENT: lambda value: f"{value:%d/%m/%Y %H:%M}",
    YES_NO: yes_no,
}


# -- XLSX ----------------------------------------------------------------------------------------------------------------


def _write_xlsx(columns: Sequence[Column], path: Path, about: Sequence[tuple[str, str]], progress: Progress) -> None:
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise MissingDependencyError(
            "Writing a workbook needs the Python library openpyxl, which is not installed here. Install it, or choose a .csv file."
        ) from error
    length = max((len(column.cells) for column in columns), default=0)
    if length >= MOST_ROWS or len(columns) > MOST_COLUMNS:
        raise OutputError(
            "The table has {rows} rows and {columns} columns, and a sheet holds {most} rows and {most_columns} columns. Choose a .csv file.",
            rows=length,
            columns=len(columns),
            most=MOST_ROWS - 1,
            most_columns=MOST_COLUMNS,
        )
    frame = path.with_name(f"frame-{path.name}")
    book = Workbook(write_only=True)
    try:
        _begin(book.create_sheet(tr("Customers")), columns, length)
        if about:
            _explain(book.create_sheet(tr("About")), about)
        book.save(frame)
    except BaseException:
        for sheet in book.worksheets:  # its rows lie in a temporary file of openpyxl's until the end of QGIS
            with suppress(Exception):
                sheet.close()
                sheet._writer.cleanup()  # noqa: SLF001 - there is no other way to it
        raise
    _fill(frame, path, columns, progress)


_STYLE = re.compile(rb'\bs="(\d+)"')
_FIRST_SHEET = "xl/worksheets/sheet1.xml"
_FORMATS = {DATE: "dd/mm/yyyy", MOMENT: "dd/mm/yyyy hh:mm"}
_COMPRESSION = 4
"""A third faster than zlib's usual 6, for files some per cent larger."""


def _begin(sheet: WriteOnlyWorksheet, columns: Sequence[Column], length: int) -> None:
    """The sheet with its header, and a row of dates that shows how they are styled: `_fill` puts the rows into its place."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils import get_column_letter

    for number, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = _width(column)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(columns), 1))}{length + 1}"
    sheet.append([_header(sheet, column.title) for column in columns])
    pattern = []
    for column in columns:
        cell = WriteOnlyCell(sheet, datetime(2000, 1, 1))  # noqa: DTZ001 - a sheet's dates have no zone
        cell.number_format = _FORMATS.get(column.kind, "General")
        pattern.append(cell)
    sheet.append(pattern)


def _fill(frame: Path, path: Path, columns: Sequence[Column], progress: Progress) -> None:
    """`frame` with its rows, at `path`. openpyxl makes a Python object and several XML nodes a cell; a million of them take it half a minute."""
    with zipfile.ZipFile(frame) as given, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION) as made:
        for entry in given.infolist():
            content = given.read(entry)
            if entry.filename != _FIRST_SHEET:
                made.writestr(entry.filename, content)
                continue
            start, end = content.index(b'<row r="2"'), content.index(b"</sheetData>")
            cells = re.findall(rb"<c ([^>]*)>", content[start:end])
            styles = [int(found[1]) if (found := _STYLE.search(cell)) else 0 for cell in cells]
            with made.open(entry.filename, "w") as sheet:
                sheet.write(content[:start])
                for text in _row_texts(columns, styles, progress):
                    sheet.write(text.encode("utf-8", "replace"))
                sheet.write(content[end:])


def _row_texts(columns: Sequence[Column], styles: Sequence[int], progress: Progress) -> Iterator[str]:
    """The rows as a sheet's XML has them, some thousand at a time."""
    from openpyxl.utils import get_column_letter

    writers = [_cell_writer(column.kind, style) for column, style in zip(columns, styles)]
    letters = [get_column_letter(number) for number in range(1, len(columns) + 1)]
    rows = _rows([column.cells for column in columns], progress)
    first = 2
    while part := list(islice(rows, _ROWS_BETWEEN_CHECKS)):
        numbers = range(first, first + len(part))
        first += len(part)
        cells = [
            [f'<c r="{letter}{number}{rest}' if rest else "" for number, rest in zip(numbers, map(write, values))]
            for letter, write, values in zip(letters, writers, zip(*part))
        ]
        yield "".join(f'<row r="{number}">{"".join(row)}</row>' for number, row in zip(numbers, zip(*cells)))


def _cell_writer(kind: str, style: int) -> Callable[[Any], str]:
    """What stands behind a cell's name, by its value; values that come again are not written anew."""
    from openpyxl.utils.datetime import to_excel

    def number(value: Any) -> str:
        if value is None:
            return ""
        return f'"><v>{float(value)!r}</v></c>' if isinstance(value, float) else f'"><v>{int(value)}</v></c>'  # numpy's own say what they are

    def text(value: Any) -> str:
        if value is None:
            return ""
        shown = escape(yes_no(value) if kind == YES_NO else str(cell_text(value)), {"\r": "&#13;"})
        return f'" t="inlineStr"><is><t{_KEEP if shown != shown.strip() else ""}>{shown}</t></is></c>'

    def day(value: Any) -> str:
        return "" if value is None else f'" s="{style}"><v>{to_excel(value)!r}</v></c>'

    if kind == NUMBER:
        return number
    return lru_cache(maxsize=10_000)(day if kind in _FORMATS else text)


_KEEP = ' xml:space="preserve"'


def _header(sheet: WriteOnlyWorksheet, title: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill

    made = WriteOnlyCell(sheet, cell_text(title))
    made.font = Font(bold=True)
    made.fill = PatternFill("solid", fgColor="E3EAF2")
    made.alignment = Alignment(vertical="top", wrap_text=True)
    return made


def _explain(sheet: WriteOnlyWorksheet, about: Sequence[tuple[str, str]]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 34, 110
    for name, text in about:
        first, second = WriteOnlyCell(sheet, cell_text(name)), WriteOnlyCell(sheet, cell_text(text))
        first.font = Font(bold=True)
        first.alignment = second.alignment = Alignment(vertical="top", wrap_text=True)
        sheet.append([first, second])


def cell_text(text: str) -> Any:
    """A text as a cell holds it: no formula, no character that the format has not, no longer than a cell."""
    if _NOT_IN_XML.search(text):
        text = _NOT_IN_XML.sub("\ufffd", text)
    safe = safe_cell(text)
    return safe if len(str(safe)) <= MOST_CHARACTERS else str(safe)[: MOST_CHARACTERS - 1] + "…"


def _width(column: Column) -> float:
    """By the longest of the first values, within bounds; a header wraps at its words."""
    words = [len(word) for word in column.title.split()] or [0]
    if column.kind in {DATE, MOMENT}:
        longest = 16 if column.kind == MOMENT else 10
    else:
        longest = max((len(str(value)) for value in column.cells[:_WIDTH_SAMPLE] if value is not None), default=0)
    return float(min(max(longest + 2, *(word + 4 for word in words), _WIDTHS[0]), _WIDTHS[1]))

