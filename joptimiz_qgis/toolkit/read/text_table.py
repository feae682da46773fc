"""Delimited text (CSV and its kin): encoding, delimiter and line numbers found out, nothing lost on the way."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import FileError
from ..messages import Message
from .raw import RawTable, Reject, refuse_web_page, source_name

DELIMITERS = (";", ",", "\t", "|")
TEXT_ENDINGS = (".csv", ".txt", ".tsv")
_SNIFFED_ROWS = 30
_LARGEST_CELL = 2**24  # a detailed municipal boundary as WKT takes megabytes

_CONTROL = frozenset(range(32)) - {0, 9, 10, 12, 13}
_MOST_NULS = 0.05  # a few are a program's padding; more, or any beside other control bytes, is no text


@dataclass(frozen=True)
class TextGrid:
    """Delimited text cut into cells, before anybody says which row is the header.

    Attributes
    ----------
    records : list of (int, list of str)
        Line on which each row begins (1 = the first), and its cells as written; rows without any text are left out.
    encoding, delimiter : str
        What it was read with.
    nuls : int
        NUL bytes that were left out.
    """

    records: list[tuple[int, list[str]]]
    encoding: str
    delimiter: str
    nuls: int


def read_text_grid(path: Path | str, encoding: str | None = None, delimiter: str | None = None) -> TextGrid:
    """Cells of a delimited text file whose first row may be a title.

    More forgiving than `read_text_table`: UTF-16 without its mark and stray NUL bytes are read, and the delimiter is the one that
    cuts most rows alike, whatever the first one is.

    Parameters
    ----------
    encoding, delimiter : str, optional
        What the user says; found out where not given.

    Raises
    ------
    FileError
        As `read_text_table`, or the file cannot be in the encoding that the user says.
    """
    path = Path(path)
    name = source_name(path)
    content = _read_bytes(path)
    if encoding:
        text, used = _decode_as(content, encoding, name), encoding
    else:
        text, used = _decode_any(content, name)
    nuls = text.count("\0")
    text = text.replace("\0", "")
    cut_by = delimiter or max(DELIMITERS, key=lambda candidate: _common_width(text[:200_000], candidate))
    records = list(_records(text, cut_by, name))
    if not records:
        raise FileError("The file “{name}” is empty.", name=name)
    return TextGrid(records, used, cut_by, nuls)


def is_text_table(path: Path | str) -> bool:
    """Whether `path` is to be read as delimited text, by its ending."""
    return str(path).lower().endswith(TEXT_ENDINGS)


def read_text_table(path: Path | str) -> RawTable:
    """Rows of a delimited text file.

    Encoding: by byte order mark, else strict UTF-8, else Windows-1252. Delimiter: the one that cuts the first rows most
    evenly. Quoted line breaks are understood and line numbers are those of the file.

    Parameters
    ----------
    path : path
        The file; it is only read.

    Returns
    -------
    RawTable
        Without geometry; rows that have more or fewer cells than the header are among its `rejects`.

    Raises
    ------
    FileError
        The file is missing, empty, cut short, not text, or holds nothing but a header.
    """
    path = Path(path)
    name = source_name(path)
    text, encoding = _decode(_read_bytes(path), name)
    delimiter = _sniff_delimiter(text)
    records = list(_records(text, delimiter, name))
    if not records:
        raise FileError("The file “{name}” is empty.", name=name)
    header = unique_names([cell.strip() for cell in records[0][1]])
    good, rejects = [], []
    for line, cells in records[1:]:
        if len(cells) == len(header):
            good.append((line, cells))
        else:
            reason = Message(
                "it has {found} cells where the header has {expected}; look for a missing or unquoted “{delimiter}”",
                found=len(cells),
                expected=len(header),
                delimiter=delimiter,
            )
            rejects.append(Reject(line, "", "", reason))
    if not good and not rejects:
        raise FileError("The file “{name}” holds a header and no row. Export it again with its rows, or choose another file.", name=name)
    rows = pd.DataFrame([cells for _, cells in good], columns=header, dtype=object)
    notes = [Message("{name}: encoding {encoding}, delimiter “{delimiter}”", name=name, encoding=encoding, delimiter=delimiter)]
    return RawTable(name, rows, np.array([line for line, _ in good], dtype=int), rejects=rejects, notes=notes)


def _read_bytes(path: Path) -> bytes:
    name = source_name(path)
    if not path.is_file():
        raise FileError("There is no file “{path}”. Check the name and the folder.", path=path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileError("The file “{name}” cannot be read: {cause}", name=name, cause=error.strerror) from error
    if not content.strip():
        raise FileError("The file “{name}” is empty.", name=name)
    refuse_web_page(content[:512], name)
    return content


def _decode(content: bytes, name: str) -> tuple[str, str]:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            try:
                return content.decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise _cut_short(name) from error
    if b"\0" in content:
        raise FileError(
            "The file “{name}” is not a text file (it holds binary data). Expected: a CSV file; if it is a spreadsheet or "
            "an archive, open it and save it as CSV.",
            name=name,
        )
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        # UTF-8 all the way to a last, incomplete character is a download that broke off, not another encoding.
        if error.start >= len(content) - 3 and not content[: error.start].isascii():
            raise _cut_short(name) from error
    return content.decode("cp1252", errors="replace"), "windows-1252"


def _decode_any(content: bytes, name: str) -> tuple[str, str]:
    """As `_decode`, with UTF-16 that lacks its mark and text with NUL bytes in it."""
    if b"\0" not in content or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decode(content, name)
    sample = content[:65_536]
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if zeros.count(0) > 0.6 * len(zeros) and len(content) % 2 == 0:
            try:
                return content.decode(encoding), encoding
            except UnicodeDecodeError:
                continue
    if content.count(0) > _MOST_NULS * len(content) or any(byte in _CONTROL for byte in sample):
        return _decode(content, name)  # which refuses it
    text, encoding = _decode(content.replace(b"\0", b""), name)
    return text + "\0" * content.count(0), encoding


def _decode_as(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding).lstrip("\ufeff")
    except (UnicodeDecodeError, LookupError) as error:
        raise FileError(
            "The file “{name}” cannot be read as {encoding}. Choose another encoding; French programs write UTF-8 or Windows-1252.",
            name=name,
            encoding=encoding,
        ) from error


def _cut_short(name: str) -> FileError:
    return FileError("The file “{name}” is cut short: its last character is incomplete. Download it again.", name=name)


def _sniff_delimiter(text: str) -> str:
    sample = text[:200_000]
    return max(DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter))


def _common_width(sample: str, delimiter: str) -> float:
    """How many of the first rows `delimiter` cuts into their commonest number (> 1) of cells; more cells break ties."""
    widths = _widths(sample, delimiter)
    several = Counter(width for width in widths if width > 1)
    if not several:
        return 0.0
    width, same = max(several.items(), key=lambda item: (item[1], item[0]))
    return same / len(widths) + math.log10(width) / 10


def _evenness(sample: str, delimiter: str) -> float:
    """How many of the first rows `delimiter` cuts into the same number (> 1) of cells; more cells break ties."""
    widths = _widths(sample, delimiter)
    if not widths or widths[0] < 2:
        return 0.0
    same = Counter(widths)[widths[0]]
    return same / len(widths) + math.log10(widths[0]) / 10


def _widths(sample: str, delimiter: str) -> list[int]:
    """Numbers of cells into which `delimiter` cuts the first rows."""
    widths: list[int] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if row:
                widths.append(len(row))
            if len(widths) > _SNIFFED_ROWS:
                break
    except csv.Error:
        pass  # the sample ends inside a quoted cell: what was read so far counts
    return widths


def _records(text: str, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line on which each begins; empty lines are passed over."""
    previous_limit = csv.field_size_limit(_LARGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield start, cells
            last, start = start, reader.line_num + 1
        if text.count('"') % 2 and _ends_inside_quotes(text, delimiter):
            raise FileError(
                "The file “{name}” is cut short: a quotation mark opened at line {line} is never closed. "
                "Download it again, or close the quotation.",
                name=name,
                line=last,
            )
    except csv.Error as error:
        raise FileError(
            "The file “{name}”, line {line}: {cause}. Expected: text cells of reasonable size separated by “{delimiter}”.",
            name=name,
            line=start,
            cause=error,
            delimiter=delimiter,
        ) from error
    finally:
        csv.field_size_limit(previous_limit)


def _ends_inside_quotes(text: str, delimiter: str) -> bool:
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def unique_names(header: list[str]) -> list[str]:
    """`header` with names for nameless columns and a number behind a repeated one."""
    seen: Counter[str] = Counter()
    names = []
    for position, cell in enumerate(header, start=1):
        name = cell or f"column_{position}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names
