"""Any file of a firm → text cells with their lines, and what was found out about it: all of it can be told otherwise."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..errors import FileError, ParameterError
from ..messages import Message
from ..read.raw import RawTable, Reject, source_name
from ..read.text_table import read_text_grid, unique_names
from ..read.vector import read_vector
from .workbook import WORKBOOK_ENDINGS, Grid, Sheet, read_workbook, workbook_kind

TEXT_ENDINGS = (".csv", ".txt", ".tsv", ".tab", ".asc")
VECTOR_ENDINGS = (".gpkg", ".shp", ".geojson", ".json", ".fgb", ".tab", ".mif", ".parquet", ".kml")
_SNIFFED_ROWS = 30
_HEADER_WITHIN = 30
_SAMPLE = 500
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?")
_COMMA, _POINT = re.compile(r"-?\d+,\d+"), re.compile(r"-?\d+\.\d+")


@dataclass(frozen=True)
class ReadOptions:
    """What the user says about a file; None where it is to be found out.

    Attributes
    ----------
    encoding : str or None
        Of delimited text, or of a vector file that does not say it.
    delimiter : str or None
        Of delimited text.
    decimal : str or None
        ``,`` or ``.``.
    sheet : str or None
        Of a workbook; layer of a vector file.
    header_row : int or None
        Line of the file, or row of the sheet, of the header; 0 where there is none.
    skip_rows : int
        Rows behind the header that hold no customer (units, explanations).
    """

    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    skip_rows: int = 0


@dataclass(frozen=True)
class Sniffed:
    """What a file was read as.

    Attributes
    ----------
    kind : str
        ``text``, ``xlsx``, ``ods``, ``xls`` or ``vector``.
    encoding, delimiter, sheet : str
        Empty where the kind has none.
    decimal : str
        ``,``, ``.``, or empty where no number tells.
    sheets : tuple of Sheet
        All sheets of a workbook.
    header_row : int
        Line or row of the header; 0 where the file has none.
    skipped : tuple of int
        Lines above the header, and those that the user skips: not read as customers.
    """

    kind: str
    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""
    sheet: str = ""
    sheets: tuple[Sheet, ...] = ()
    header_row: int = 1
    skipped: tuple[int, ...] = ()

    def options(self) -> ReadOptions:
        """The same, to be read so again."""
        return ReadOptions(
            self.encoding or None,
            self.delimiter or None,
            self.decimal or None,
            self.sheet or None,
            self.header_row if self.kind != "vector" else None,
            0,
        )


@dataclass
class CompanyFile:
    """A firm's file as text cells.

    Attributes
    ----------
    raw : RawTable
        Text columns in the file's order, None where empty; lines; rejected rows with their reasons; notes.
    sniffed : Sniffed
        What it was read as.
    """

    raw: RawTable
    sniffed: Sniffed
    options: ReadOptions = field(default_factory=ReadOptions)

    @property
    def records(self) -> int:
        """Rows of the file that are not empty, titles and header included: `raw` rows, rejects, skipped and the header."""
        header = int(self.sniffed.kind != "vector" and self.sniffed.header_row > 0)
        return self.raw.row_count + len(self.sniffed.skipped) + header

    def preview(self, rows: int = 20) -> pd.DataFrame:
        """The first rows as they will be read; the index holds their lines."""
        shown = self.raw.rows.head(rows).copy()
        shown.index = pd.Index(self.raw.lines[:rows], name="line")
        return shown

    def kinds(self) -> dict[str, str]:
        """Column → ``number``, ``date``, ``text`` or ``empty``, by its first values."""
        return {str(name): _kind(self.raw.rows[name]) for name in self.raw.rows.columns}


def read_company_file(path: Path | str, options: ReadOptions | None = None) -> CompanyFile:
    """Rows of any file of a firm, as text.

    Parameters
    ----------
    path : path
        CSV, TXT, XLSX, ODS, XLS, or a vector file (GeoPackage, Shapefile, GeoJSON, MapInfo TAB…); only read.
    options : ReadOptions, optional
        What the user says; the rest is found out.

    Returns
    -------
    CompanyFile
        Every row that is not empty is among its rows, its rejects or the skipped ones.

    Raises
    ------
    FileError
        The file is missing, empty, damaged, protected, open in another program, or holds nothing but a header.
    ParameterError
        It has no such sheet or header row.
    """
    options = _checked(options or ReadOptions())
    file = Path(str(path).partition("|")[0])
    name = source_name(file)
    _check_there(file, name)
    ending = file.suffix.lower()
    if file.is_dir() and ending != ".gdb":
        raise FileError("“{path}” is a folder. Give the name of a file in it.", path=file)
    workbook = workbook_kind(file) if file.is_file() else ""
    if workbook:
        return _from_workbook(file, workbook, options)
    if ending in WORKBOOK_ENDINGS and not _looks_like_text(file):
        raise FileError(
            "The file “{name}” is not the workbook that its ending promises. Open it in its program and save it again.", name=name
        )
    _check_markup(file, name)
    if file.is_dir() or (ending in VECTOR_ENDINGS and not (ending == ".tab" and not _is_mapinfo(file))):
        return _from_vector(path, options)
    return _from_text(file, options)


def _checked(options: ReadOptions) -> ReadOptions:
    """The options, a tabulator by its name or as programmers write it understood."""
    if options.skip_rows < 0:  # counted from the end, it would take customers for explanations
        raise ParameterError("The number of rows to skip is {rows}; expected: 0 or more.", rows=options.skip_rows)
    if options.delimiter and options.delimiter.lower() in {"tab", "\\t"}:
        return replace(options, delimiter="\t")
    if options.delimiter and (len(options.delimiter) > 1 or options.delimiter in '\r\n"'):
        raise ParameterError("“{delimiter}” is no delimiter. Expected: one character, for example “;”, or “tab”.", delimiter=options.delimiter)
    return options


def _check_there(file: Path, name: str) -> None:
    if not file.exists():
        raise FileError("There is no file “{path}”. Check the name and the folder.", path=file)
    if name.startswith(("~$", ".~lock.")):
        raise FileError("“{name}” only marks that a workbook is open in another program. Choose the workbook itself.", name=name)
    if file.is_file():
        try:
            with file.open("rb") as content:
                content.read(1)
        except OSError as error:
            raise FileError(
                "The file “{name}” cannot be opened ({cause}). If it is open in Excel, close it there, or save a copy and import that.",
                name=name,
                cause=error.strerror,
            ) from error


def _check_markup(file: Path, name: str) -> None:
    """Raise `FileError` where a program wrote its table as a web page, or as the XML of Excel 2003, and called it .xls or .csv."""
    if file.is_dir():
        return
    with file.open("rb") as content:
        head = content.read(65_536).lower()
    page = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<html", b"<!doctype html", b"<table", b"<meta")) and b"<table" in head
    if page or b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        raise FileError(
            "“{name}” is a table written as a web page or as XML, whatever its ending says. Open it in Excel or LibreOffice, save it as .xlsx or "
            ".csv, and import that.",
            name=name,
        )


def _is_mapinfo(file: Path) -> bool:
    with file.open("rb") as content:
        return content.read(64).lstrip().lower().startswith(b"!table")


def _looks_like_text(file: Path) -> bool:
    """Many programs write CSV and call it .xls."""
    with file.open("rb") as content:
        head = content.read(4096)
    return b"\0" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff"))


# -- kinds of files ------------------------------------------------------------------------------------------------------


def _from_text(file: Path, options: ReadOptions) -> CompanyFile:
    name = source_name(file)
    grid = read_text_grid(file, options.encoding, options.delimiter)
    notes = [Message("{name}: encoding {encoding}, delimiter “{delimiter}”", name=name, encoding=grid.encoding, delimiter=grid.delimiter)]
    notes += grid.notes
    if grid.nuls:
        notes.append(Message("{count} NUL bytes were left out.", count=grid.nuls))
    sniffed = Sniffed("text", grid.encoding, grid.delimiter)
    return _tabled(name, grid.records, sniffed, options, notes)


def _from_workbook(file: Path, kind: str, options: ReadOptions) -> CompanyFile:
    name = source_name(file)
    grid = read_workbook(file, options.sheet)
    notes = [Message("{name}: sheet “{sheet}”", name=name, sheet=grid.sheet), *grid.notes]
    others = [sheet.name for sheet in grid.sheets if sheet.name != grid.sheet]
    if others:
        notes.append(Message("Other sheets of the workbook, not read: {sheets}.", sheets=", ".join(others)))
    width = max((_filled_width(cells) for _, cells in grid.rows), default=0)
    rows = [(line, [*cells, *[""] * (width - len(cells))][:width]) for line, cells in grid.rows]
    sniffed = Sniffed(kind, sheet=grid.sheet, sheets=tuple(grid.sheets))
    return _tabled(name, rows, sniffed, options, notes)


def _from_vector(path: Path | str, options: ReadOptions) -> CompanyFile:
    _check_parts(Path(str(path).partition("|")[0]))
    raw = read_vector(path, options.sheet, options.encoding)
    if not len(raw.rows):
        raise FileError("The file “{name}” holds a header and no row. Export it again with its rows, or choose another file.", name=raw.name)
    if not len(raw.rows.columns):
        raise FileError(
            "“{name}” holds shapes and no column: nothing tells one customer from another. Export it again with its table.", name=raw.name
        )
    rows = pd.DataFrame({str(name): raw.text(name) for name in raw.rows.columns}, index=raw.rows.index)
    rows.columns = pd.Index(unique_names([str(name) for name in rows.columns]))
    text = replace(raw, rows=rows, notes=[*raw.notes, *_doubly_encoded(rows)])
    sniffed = Sniffed("vector", sheet=options.sheet or "", header_row=0, decimal=options.decimal or _decimal(rows))
    return CompanyFile(text, sniffed, options)


def _check_parts(file: Path) -> None:
    """Raise `FileError` where a shapefile came without the parts that hold its rows."""
    if file.suffix.lower() == ".shp":
        there = {path.name.lower() for path in file.parent.glob("*.*")}
        lost = [file.stem + ending for ending in (".shx", ".dbf") if (file.stem + ending).lower() not in there]
        if lost:
            raise FileError(
                "The shapefile “{name}” came without “{parts}”. Copy all its parts together (.shp, .shx, .dbf, .prj, .cpg).",
                name=file.name,
                parts="”, “".join(lost),
            )


def _filled_width(cells: Sequence[str]) -> int:
    return max((position for position, cell in enumerate(cells, start=1) if cell.strip()), default=0)


# -- header and rows -----------------------------------------------------------------------------------------------------


def _tabled(name: str, records: Grid, sniffed: Sniffed, options: ReadOptions, notes: list[Message]) -> CompanyFile:
    at = _header_at(records, options.header_row, name)
    if at is None:
        width = _common_width(records)
        header, body, above, header_row = [""] * width, records, [], 0
        notes.append(Message("No row looks like a header: the columns are numbered. If there is one, say which row it is."))
    else:
        header_row, cells = records[at]
        header, body, above = _trimmed(cells, sniffed.kind), records[at + 1 :], records[:at]
    skipped = [line for line, _ in above] + [line for line, _ in body[: options.skip_rows]]
    body = body[options.skip_rows :]
    if not body:
        raise FileError("The file “{name}” holds a header and no row. Export it again with its rows, or choose another file.", name=name)
    if above:
        notes.append(Message("{count} rows above the header (line {line}) were not read.", count=len(above), line=header_row))
    names = unique_names([" ".join(cell.split()) for cell in header])
    doubled = [column for column in names if re.search(r" \(\d+\)$", column) and column not in header]
    if doubled:
        notes.append(Message("Several columns have the same name; they are told apart as {names}.", names=", ".join(doubled)))
    good, rejects = _sorted_out(body, header, sniffed.delimiter)
    unwrapped = _unwrap([cells for _, cells in good])
    if unwrapped:
        note = Message(
            "{count} {count:?cell was|cells were} written as formulas of text for a spreadsheet (=…); the text itself was read.", count=unwrapped
        )
        notes.append(note)
    table = _frame([cells for _, cells in good], names)
    notes += _doubly_encoded(table)
    decimal = options.decimal or _decimal(table)
    raw = RawTable(name, table, np.array([line for line, _ in good], dtype=int), rejects=rejects, notes=notes)
    found = replace(sniffed, header_row=header_row, skipped=tuple(skipped), decimal=decimal)
    return CompanyFile(raw, found, options)


def _frame(rows: list[list[str]], names: list[str]) -> pd.DataFrame:
    cells = np.empty((len(rows), len(names)), dtype=object)
    for number, row in enumerate(rows):
        cells[number] = [text.strip() or None for text in row]
    return pd.DataFrame(cells, columns=pd.Index(names), dtype=object)


_WRAPPED = re.compile(r'="([^"]*)"')


def _unwrap(rows: list[list[str]]) -> int:
    """Take ``="01000"``, by which exports keep a spreadsheet from taking the zero, for 01000; how many cells were so."""
    count = 0
    for cells in rows:
        for at, cell in enumerate(cells):
            if cell.startswith('="') and (match := _WRAPPED.fullmatch(cell)):
                cells[at] = match[1]
                count += 1
    return count


def _trimmed(cells: list[str], kind: str) -> list[str]:
    """A text header without the empty names that a delimiter at the line's end makes; a sheet has its width from its rows."""
    return cells[: max(1, _filled_width(cells))] if kind == "text" else list(cells)


def _sorted_out(body: Grid, header: list[str], delimiter: str) -> tuple[Grid, list[Reject]]:
    width = len(header)
    good: Grid = []
    rejects = []
    named = [cell.strip() for cell in header]
    for line, cells in body:
        fitting = cells if len(cells) == width else [*cells[:width]] if not any(cell.strip() for cell in cells[width:]) else cells
        reason = None
        if len(fitting) != width:
            reason = Message(
                "it has {found} cells where the header has {expected}; look for a missing or unquoted “{delimiter}”",
                found=len(cells),
                expected=width,
                delimiter=delimiter,
            )
        elif [cell.strip() for cell in fitting] == named and any(named):
            reason = Message("it repeats the header")
        elif width >= 4 and sum(1 for cell in fitting if cell.strip()) == 1:
            reason = Message("it has one cell only: a title, a total or a comment")
        elif _is_total(fitting):
            reason = Message("it is a total, not a customer")
        if reason is None:
            good.append((line, fitting))
        else:
            rejects.append(Reject(line, "", (delimiter or ";").join(cells), reason))
    return good, rejects


_TOTAL = re.compile(r"(?:sous[- ]?)?tota(?:l|ux)(?: g[ée]n[ée]ral)?(?: ht| ttc)?\s*:?", re.IGNORECASE)


def _is_total(cells: Sequence[str]) -> bool:
    """“Total” in a row that is mostly empty: a firm of that name has an address."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return len(cells) >= 4 and 2 * len(filled) <= len(cells) and any(map(_TOTAL.fullmatch, filled))


_TWICE = re.compile("[\u00c2\u00c3][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122]|\u00e2\u20ac")


def _doubly_encoded(rows: pd.DataFrame) -> list[Message]:
    """A note where cells or names of columns look like UTF-8 that a program took for Windows-1252: Ã© for é."""
    texts = [*map(str, rows.columns), *(cell for name in rows.columns for cell in rows[name].head(_SAMPLE).dropna())]
    if not any(map(_TWICE.search, texts)):
        return []
    return [Message("Some accents look wrong (“Ã©” for “é”): say the encoding of the file; if that does not help, have it exported again.")]


def _common_width(records: Grid) -> int:
    return Counter(len(cells) for _, cells in records[: _SNIFFED_ROWS * 4]).most_common(1)[0][0]


def _header_at(records: Grid, told: int | None, name: str) -> int | None:
    """Position of the header among `records`; None where the file has none."""
    if told == 0:
        return None
    if told is not None:
        for position, (line, _) in enumerate(records):
            if line == told:
                return position
        raise ParameterError("“{name}” has no row {row} to take as header, or it is empty.", name=name, row=told)
    sample = records[: _HEADER_WITHIN + _SNIFFED_ROWS]
    widths = [sum(1 for cell in cells if cell.strip()) for _, cells in sample]
    usual = float(np.median(widths[len(widths) // 2 :]))
    for position, (_, cells) in enumerate(sample[:_HEADER_WITHIN]):
        if widths[position] >= max(min(2.0, usual), 0.6 * usual) and _may_be_header(cells):
            return position
    return 0 if _may_be_header(records[0][1]) or len(records) == 1 else None


def _may_be_header(cells: Sequence[str]) -> bool:
    """Names, and no numbers among them: a year or two may be."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    numbers = [cell for cell in filled if _NUMBER.fullmatch(cell.replace(" ", "").replace("\u00a0", ""))]
    plain_years = [cell for cell in numbers if re.fullmatch(r"(?:19|20)\d\d", cell)]
    return bool(filled) and len(numbers) == len(plain_years) and len(plain_years) < max(1, len(filled) / 2)


# -- what columns hold ---------------------------------------------------------------------------------------------------


def _decimal(rows: pd.DataFrame) -> str:
    """The sign that most decimal numbers are written with; empty where there are none."""
    commas = points = 0
    for name in rows.columns:
        for value in rows[name].head(_SAMPLE).dropna():
            commas += bool(_COMMA.fullmatch(value))
            points += bool(_POINT.fullmatch(value))
    return "" if commas == points == 0 else "," if commas > points else "."


def _kind(values: pd.Series) -> str:
    known = values.dropna().head(_SAMPLE)
    if not len(known):
        return "empty"
    if known.map(lambda text: bool(_NUMBER.fullmatch(text)) and not re.match(r"0\d", text)).mean() > 0.95:
        return "number"
    if known.map(lambda text: bool(re.fullmatch(r"\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d{2}-\d{2}.*", text))).mean() > 0.8:
        return "date"
    return "text"


def numbers(values: pd.Series, decimal: str = "") -> np.ndarray:
    """Text → float64, NaN where it is no number.

    Parameters
    ----------
    values : Series of str
        None where empty.
    decimal : str
        ``,`` where a point is a thousands' mark, ``.`` where a comma is; empty where either may be the decimal sign.
    """
    return np.array([_number(value, decimal) for value in values], dtype=float)


def _number(value: Any, decimal: str) -> float:
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return np.nan
    text = re.sub(r"[\s\u00a0\u202f']", "", str(value)).rstrip("°")
    if "," in text and "." in text:  # the last one is the decimal sign
        text = text.replace("." if text.rfind(",") > text.rfind(".") else ",", "")
    elif decimal == "." and re.fullmatch(r"-?\d{1,3}(?:,\d{3})+", text):
        text = text.replace(",", "")
    elif decimal == "," and re.fullmatch(r"-?\d{1,3}(?:\.\d{3}){2,}", text):
        text = text.replace(".", "")
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return np.nan
    return number if np.isfinite(number) else np.nan
