"""Workbooks (XLSX, ODS, XLS) → rows of text cells with their numbers, as the sheet shows them and without what a sheet loses.

XLSX goes through openpyxl, ODS through GDAL (pyogrio), XLS through xlrd where it is installed, else through GDAL where its build
reads XLS (that of QGIS's Windows installer does). Sources are read only, formulas give the value computed last.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import re
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import FileError, MissingDependencyError, ParameterError
from ..messages import Message
from ..read.raw import source_name

Grid = list[tuple[int, list[str]]]
"""Number of each row in the sheet (1 = the first) and its cells as text; rows without any text are left out."""

XLSX_ENDINGS = (".xlsx", ".xlsm", ".xltx", ".xltm")
WORKBOOK_ENDINGS = (*XLSX_ENDINGS, ".ods", ".xls")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_LARGEST_CONTENT = 2_000_000_000
"""Bytes, unpacked: 50 000 rows of 30 columns have some 100 MB; more than this is an archive made to fill a machine."""
_ZEROS = re.compile(r"0{2,}")
_FORMULA_WITHOUT_VALUE = re.compile(rb"<f\b[^>]*?(?:/>|>[^<]*</f>)\s*(?:</c>|<v\s*/>|<v></v>)")
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_ERROR_VALUES = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#VALEUR!", "#NOM?"}
_ERROR_NUMBER = re.compile(r"Err:\d{3}")


@dataclass(frozen=True)
class Sheet:
    """A sheet's name and whether the workbook hides it."""

    name: str
    hidden: bool = False


@dataclass
class SheetGrid:
    """One sheet's cells.

    Attributes
    ----------
    sheet : str
        The one that was read.
    sheets : list of Sheet
        All of them.
    rows : Grid
        Text cells.
    notes : list of Message
        What had to be restored or could not be.
    """

    sheet: str
    sheets: list[Sheet]
    rows: Grid
    notes: list[Message] = field(default_factory=list)


def workbook_kind(path: Path) -> str:
    """``xlsx``, ``ods`` or ``xls`` by the file's first bytes, whatever its name says; empty where it is no workbook."""
    with path.open("rb") as file:
        head = file.read(8)
    if head == _OLE:
        return "xls"
    if not head.startswith(_ZIP):
        return ""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "xl/workbook.bin" in names:
                raise FileError(
                    "“{name}” is a binary workbook (.xlsb). Open it in Excel or LibreOffice, save it as .xlsx, and import that.",
                    name=source_name(path),
                )
            if any(name.startswith("xl/") for name in names):
                return "xlsx"
            if "mimetype" in names and b"opendocument.spreadsheet" in archive.read("mimetype"):
                return "ods"
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise _broken(source_name(path), error) from error
    return ""


def read_workbook(path: Path, sheet: str | None = None) -> SheetGrid:
    """One sheet of a workbook as text cells.

    Parameters
    ----------
    path : path
        .xlsx, .ods or .xls; only read.
    sheet : str, optional
        Its name; the first one that is visible and holds more than a row where not given.

    Raises
    ------
    FileError
        The workbook is damaged, protected by a password, or empty.
    ParameterError
        It has no sheet of that name.
    MissingDependencyError
        The library that reads this kind is not installed here.
    """
    name = source_name(path)
    kind = workbook_kind(path)
    if kind != "xls":
        _check_archive(path, name)
    readers = {"xlsx": _read_xlsx, "ods": _read_ods, "xls": _read_xls}
    if kind not in readers:
        raise FileError("The file “{name}” is not a workbook. Expected: .xlsx, .ods or .xls.", name=name)
    try:
        return readers[kind](path, sheet, name)
    except (FileError, ParameterError, MissingDependencyError):
        raise
    except Exception as error:  # openpyxl, xlrd and GDAL meet damaged files with errors of every kind
        raise _broken(name, error) from error


def _broken(name: str, error: Exception) -> FileError:
    return FileError(
        "The workbook “{name}” is damaged ({cause}). Open it in its program, save it again under another name, and import that one.",
        name=name,
        cause=(str(error).strip().splitlines() or [type(error).__name__])[0][:200],
    )


def _protected(name: str) -> FileError:
    return FileError(
        "The workbook “{name}” is protected by a password. Open it in its program, remove the password (File, Info) and save a copy to import.",
        name=name,
    )


def _check_archive(path: Path, name: str) -> None:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if sum(entry.file_size for entry in entries) > _LARGEST_CONTENT:
            raise FileError("The workbook “{name}” is too large once unpacked. Save the sheet that is needed as CSV.", name=name)
        if any(entry.flag_bits & 1 for entry in entries):
            raise _protected(name)
        if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise _protected(name)


def _choose(sheets: list[Sheet], sheet: str | None, name: str) -> list[str]:
    """Names of the sheets to try, in turn."""
    if sheet is None:
        return [item.name for item in sheets if not item.hidden] or [item.name for item in sheets]
    if sheet in [item.name for item in sheets]:
        return [sheet]
    raise ParameterError(
        "The workbook “{name}” has no sheet “{sheet}”. Its sheets are: {sheets}.",
        name=name,
        sheet=sheet,
        sheets=", ".join(item.name for item in sheets),
    )


def _first_with_rows(found: Iterator[tuple[str, Grid, list[Message]]], sheets: list[Sheet], name: str) -> SheetGrid:
    """The first sheet that has a header and a row; else the first that has anything."""
    kept: SheetGrid | None = None
    for title, rows, notes in found:
        if kept is None or (not kept.rows and rows):
            kept = SheetGrid(title, sheets, rows, notes)
        if len(rows) > 1:
            kept = SheetGrid(title, sheets, rows, notes)
            break
    if kept is None or not kept.rows:
        raise FileError("The file “{name}” is empty.", name=name)
    return kept


# -- XLSX ----------------------------------------------------------------------------------------------------------------


def _read_xlsx(path: Path, sheet: str | None, name: str) -> SheetGrid:
    if importlib.util.find_spec("openpyxl") is None:
        raise MissingDependencyError(
            "Reading “{name}” needs the Python library openpyxl, which is not installed here. Install it, or save the sheet as CSV.",
            name=name,
        )
    import openpyxl

    file = path.open("rb")  # by its content: openpyxl refuses a workbook that is called .csv
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        tabs = {tab.title: tab for tab in book.worksheets}
        sheets = [Sheet(title, tab.sheet_state != "visible") for title, tab in tabs.items()]
        wanted = _choose(sheets, sheet, name)
        return _first_with_rows(((title, *_xlsx_rows(tabs[title], path)) for title in wanted), sheets, name)
    finally:
        file.close()


def _xlsx_rows(tab: Any, path: Path) -> tuple[Grid, list[Message]]:
    tab.reset_dimensions()  # what a sheet says of its own extent is often wrong
    cells = _Cells()
    content = b""
    with zipfile.ZipFile(path) as archive:
        part = getattr(tab, "_worksheet_path", "")
        if part in archive.namelist():
            content = archive.read(part)
    rows: dict[int, list[str]] = {}
    for number, row in enumerate(tab.iter_rows(), start=1):
        texts = [cells.text(cell.value, getattr(cell, "number_format", "")) if cell.value is not None else "" for cell in row]
        if any(text.strip() for text in texts):
            rows[number] = texts
    notes = cells.notes()
    merged = _spread(rows, [_area(match) for match in _MERGED.finditer(content)])
    if merged:
        notes.append(Message("{count} merged cells: each cell of the area has its value.", count=merged))
    uncomputed = len(_FORMULA_WITHOUT_VALUE.findall(content))
    if uncomputed:
        notes.append(
            Message(
                "{count} formulas have no computed value and were read as empty. Open the workbook in its program, save it, and import it again.",
                count=uncomputed,
            )
        )
    return [(number, rows[number]) for number in sorted(rows)], notes


def _area(match: re.Match[bytes]) -> tuple[int, int, int, int]:
    left, top, right, bottom = match.groups()
    return int(top), _column_number(left), int(bottom), _column_number(right)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _spread(rows: dict[int, list[str]], areas: list[tuple[int, int, int, int]]) -> int:
    """Give each cell of merged areas the value of the first, downwards only: a title across columns stays one cell."""
    count = 0
    for top, left, bottom, _right in areas:
        value = rows.get(top, [])[left - 1 : left]
        if bottom == top or not value or not value[0].strip() or bottom - top > 1_000_000:
            continue
        inside = range(top + 1, bottom + 1) if bottom - top < len(rows) else [number for number in rows if top < number <= bottom]
        for number in filter(rows.__contains__, inside):
            row = rows[number]
            row.extend([""] * (left - len(row)))
            if not row[left - 1]:
                row[left - 1] = value[0]
                count += 1
    return count


class _Cells:
    """Values of cells as text, counting what had to be restored."""

    def __init__(self) -> None:
        self.zeros = 0
        self.errors = 0

    def text(self, value: Any, shown_as: str = "") -> str:
        if isinstance(value, str) and (value in _ERROR_VALUES or _ERROR_NUMBER.fullmatch(value)):
            self.errors += 1
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (int, float)):
            return self._number(value, shown_as)
        return _moment(value)

    def _number(self, value: float, shown_as: str) -> str:
        text = plain_number(value)
        digits = shown_as.replace('"', "").replace(" ", "").replace("\\", "")
        if _ZEROS.fullmatch(digits) and text.isdigit() and len(text) < len(digits):
            self.zeros += 1
            return text.zfill(len(digits))  # the sheet shows 01000 for 1000
        return text

    def notes(self) -> list[Message]:
        notes = []
        if self.zeros:
            notes.append(Message("{count} numbers have their leading zeros back, as the sheet shows them.", count=self.zeros))
        if self.errors:
            notes.append(Message("{count} cells hold an error of a formula (#N/A, #REF…) and were read as empty.", count=self.errors))
        return notes


def _moment(value: Any) -> str:
    """Dates and hours as text; text itself."""
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time(0)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    if isinstance(value, dt.timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    return str(value)


def plain_number(value: float) -> str:
    """A number without exponent and without the tail of binary fractions: 30297152800013, 2.35."""
    if isinstance(value, int) or (abs(value) < 1e15 and value == int(value)):
        return str(int(value))
    return f"{value:.15g}"


# -- ODS, and XLS by GDAL ------------------------------------------------------------------------------------------------


_BLANKS = re.compile(rb'<text:s(?:\s+text:c="(\d{1,9})")?\s*(?:/>|></text:s>)')
_TAB, _LINE_BREAK = (re.compile(rb"<text:" + name + rb"\s*(?:/>|></text:" + name + rb">)") for name in (b"tab", b"line-break"))
_LONGEST_BLANK = 1_000


def _read_ods(path: Path, sheet: str | None, name: str) -> SheetGrid:
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml")
        plain = _with_blanks(content)
        hidden = _hidden_ods(content.decode("utf-8", "replace"))
        if plain == content:
            return _read_gdal(path, sheet, name, "ODS", hidden)
        with tempfile.TemporaryDirectory(prefix="joptimiz-") as folder:
            copy = Path(folder) / "sheet.ods"
            with zipfile.ZipFile(copy, "w") as written:
                for entry in archive.namelist():
                    if entry.endswith((".xml", "mimetype")):
                        written.writestr(entry, plain if entry == "content.xml" else archive.read(entry))
            return _read_gdal(copy, sheet, name, "ODS", hidden)


def _with_blanks(content: bytes) -> bytes:
    """Blanks, tabs and line breaks as characters: OpenDocument has elements for them, which GDAL passes over."""
    blanks = _BLANKS.sub(lambda found: b" " * min(int(found[1] or 1), _LONGEST_BLANK), content)
    return _LINE_BREAK.sub(b"\n", _TAB.sub(b"\t", blanks))


def _hidden_ods(text: str) -> set[str]:
    """Names of the sheets whose style hides them."""
    styles = set()
    for style in re.finditer(r'<style:style [^>]*style:name="([^"]+)"[^>]*style:family="table"[^>]*>(.*?)</style:style>', text, re.DOTALL):
        if 'table:display="false"' in style[2]:
            styles.add(style[1])
    tables = re.findall(r"<table:table ([^>]*)>", text)
    found = [dict(re.findall(r'table:(name|style-name)="([^"]*)"', attributes)) for attributes in tables]
    return {table["name"] for table in found if table.get("style-name") in styles and "name" in table}


def _read_gdal(path: Path, sheet: str | None, name: str, driver: str, hidden: set[str]) -> SheetGrid:
    if importlib.util.find_spec("pyogrio") is None:
        raise MissingDependencyError(
            "Reading “{name}” needs the Python library {library}, which is not installed here. Save the sheet as .xlsx or CSV and import that.",
            name=name,
            library="pyogrio",
        )
    import pyogrio

    with _gdal_options({f"OGR_{driver}_HEADERS": "DISABLE", f"OGR_{driver}_FIELD_TYPES": "STRING"}):
        titles = [str(title) for title in pyogrio.list_layers(path)[:, 0]]
        sheets = [Sheet(title, title in hidden) for title in titles]
        wanted = _choose(sheets, sheet, name)
        return _first_with_rows(((title, *_gdal_rows(path, title)) for title in wanted), sheets, name)


def _gdal_rows(path: Path, title: str) -> tuple[Grid, list[Message]]:
    import pyogrio

    frame = pyogrio.read_dataframe(path, layer=title, read_geometry=False, fid_as_index=True)
    cells = _Cells()
    texts = frame.astype(object).where(frame.notna(), "").to_numpy()
    rows = [(int(number), [cells.text(value) for value in row]) for number, row in zip(frame.index, texts)]
    return [(number, row) for number, row in rows if any(text.strip() for text in row)], cells.notes()


@contextmanager
def _gdal_options(options: dict[str, str]) -> Iterator[None]:
    import pyogrio

    before = {name: pyogrio.get_gdal_config_option(name) for name in options}
    pyogrio.set_gdal_config_options(options)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({name: _option_text(value) for name, value in before.items()})


def _option_text(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else ("YES" if value else "NO")


# -- XLS -----------------------------------------------------------------------------------------------------------------


def _read_xls(path: Path, sheet: str | None, name: str) -> SheetGrid:
    with path.open("rb") as file:
        if "EncryptedPackage".encode("utf-16-le") in file.read():
            raise _protected(name)  # an XLSX with a password is wrapped into an OLE file, as XLS is
    if importlib.util.find_spec("xlrd") is not None:
        return _read_xls_xlrd(path, sheet, name)
    import pyogrio

    if "XLS" in pyogrio.list_drivers():
        return _read_gdal(path, sheet, name, "XLS", set())
    raise MissingDependencyError(
        "Reading “{name}” needs the Python library {library}, which is not installed here. Save the sheet as .xlsx or CSV and import that.",
        name=name,
        library="xlrd",
    )


def _read_xls_xlrd(path: Path, sheet: str | None, name: str) -> SheetGrid:
    import xlrd

    try:
        book = xlrd.open_workbook(path, formatting_info=True, on_demand=True)
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise _protected(name) from error
        raise
    try:
        sheets = [Sheet(tab.name, bool(tab.visibility)) for tab in book.sheets()]
        wanted = _choose(sheets, sheet, name)
        return _first_with_rows(((title, *_xls_rows(book, book.sheet_by_name(title))) for title in wanted), sheets, name)
    finally:
        book.release_resources()


def _xls_rows(book: Any, tab: Any) -> tuple[Grid, list[Message]]:
    cells = _Cells()
    rows: dict[int, list[str]] = {}
    for number in range(tab.nrows):
        texts = [_xls_text(cells, book, cell) for cell in tab.row(number)]
        if any(text.strip() for text in texts):
            rows[number + 1] = texts
    merged = _spread(rows, [(top + 1, left + 1, bottom, right) for top, bottom, left, right in tab.merged_cells])
    notes = cells.notes()
    if merged:
        notes.append(Message("{count} merged cells: each cell of the area has its value.", count=merged))
    return [(number, rows[number]) for number in sorted(rows)], notes


def _xls_text(cells: _Cells, book: Any, cell: Any) -> str:
    import xlrd

    if cell.ctype in {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}:
        return ""
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return cells.text("#N/A")
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return cells.text(bool(cell.value))
    if cell.ctype == xlrd.XL_CELL_DATE:
        moment = xlrd.xldate_as_datetime(cell.value, book.datemode)
        return cells.text(moment.time() if cell.value < 1 else moment)
    shown_as = book.format_map[book.xf_list[cell.xf_index].format_key].format_str if cell.xf_index is not None else ""
    return cells.text(cell.value, shown_as)
