"""Delimited text (CSV and its kin): encoding, delimiter and line numbers found out, nothing lost on the way."""

from __future__ import annotations

import csv
import io
import itertools
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
_SAMPLED = 200_000
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
    notes : tuple of Message
        What had to be mended.
    """

    records: list[tuple[int, list[str]]]
    encoding: str
    delimiter: str
    nuls: int
    notes: tuple[Message, ...] = ()


def read_text_grid(path: Path | str, encoding: str | None = None, delimiter: str | None = None) -> TextGrid:
    """Cells of a delimited text file whose first row may be a title.

    More forgiving than `read_text_table`: UTF-16 without its mark, lines of another encoding, quotation marks that are never closed and
    stray NUL bytes are read, and the delimiter is the one that cuts most rows alike, whatever the first one is.

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
    notes: list[Message] = []
    if encoding:
        text, used = _decode_as(content, encoding, name), encoding
    else:
        text, used = _decode_any(content, name, notes)
    nuls = text.count("\0")
    lines = list(io.StringIO(text.replace("\0", ""), newline=""))
    cut_by = delimiter or max(DELIMITERS, key=lambda candidate: _common_width(_sample(lines), candidate))
    open_quotes: list[int] = []
    records = list(_mended_records(lines, cut_by, name, open_quotes))
    if not records:
        raise FileError("The file “{name}” is empty.", name=name)
    if open_quotes:
        notes.append(Message("A quotation mark is opened and never closed at line {lines}: it was read as a character.", lines=_listed(open_quotes)))
    return TextGrid(records, used, cut_by, nuls, tuple(notes))


def _listed(lines: list[int]) -> str:
    return ", ".join(map(str, lines[:10])) + (", …" if len(lines) > 10 else "")


def _sample(lines: list[str]) -> list[str]:
    """The first lines, some rows of them."""
    size = 0
    for number, line in enumerate(lines):
        size += len(line)
        if size > _SAMPLED:
            return lines[: max(number, 1)]
    return lines


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
        if error.reason == "unexpected end of data" and not content[: error.start].isascii():
            raise _cut_short(name) from error
    return content.decode("cp1252", errors="replace"), "windows-1252"


def _decode_any(content: bytes, name: str, notes: list[Message]) -> tuple[str, str]:
    """As `_decode`, with UTF-16 that lacks its mark, text with NUL bytes in it, and lines of UTF-8 among others; says so in `notes`."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decode(content, name)
    if b"\0" not in content:
        return _decode_lines(content, name, notes)
    sample = content[:65_536]
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if zeros.count(0) > 0.6 * len(zeros) and len(content) % 2 == 0:
            try:
                return content.decode(encoding), encoding
            except UnicodeDecodeError:
                continue
    if content.count(0) > _MOST_NULS * len(content) or any(byte in _CONTROL for byte in sample):
        return _decode(content, name)  # which refuses it
    text, encoding = _decode_lines(content.replace(b"\0", b""), name, notes)
    return text + "\0" * content.count(0), encoding


def _decode_lines(content: bytes, name: str, notes: list[Message]) -> tuple[str, str]:
    """Each line by itself where some are UTF-8 and others are not: exports of several programs, put together in one file."""
    text, encoding = _decode(content, name)
    if encoding != "windows-1252":
        return text, encoding
    made, strange = [], []
    for number, line in enumerate(content.split(b"\n"), start=1):
        try:
            made.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            made.append(line.decode("cp1252", errors="replace"))
            strange.append(number)
    mixed = "\n".join(made)
    if mixed == text:  # no line is UTF-8 beyond ASCII
        return text, encoding
    notes.append(Message("Line {lines} is in Windows-1252 where the rest is UTF-8; each line was read in its own.", lines=_listed(strange)))
    return mixed.lstrip("\ufeff"), "utf-8"


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


def _common_width(sample: list[str], delimiter: str) -> float:
    """How many of the first rows `delimiter` cuts into their commonest number (> 1) of cells; more cells break ties."""
    try:
        widths = [len(cells) for _, cells in itertools.islice(_mended_records(sample, delimiter, "", []), _SNIFFED_ROWS + 1)]
    except FileError:
        return 0.0  # the sample ends inside a quoted cell, by this delimiter
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
            raise _never_closed(name, last)
    except csv.Error as error:
        raise _not_cut(name, start, error, delimiter) from error
    finally:
        csv.field_size_limit(previous_limit)


def _mended_records(lines: list[str], delimiter: str, name: str, open_quotes: list[int]) -> Iterator[tuple[int, list[str]]]:
    """As `_records`; a line whose quotation swallows the rows behind it is read without quotation, and told in `open_quotes`.

    Without a `name` the lines are a sample, which may end anywhere.
    """
    previous_limit = csv.field_size_limit(_LARGEST_CELL)
    widths: Counter[int] = Counter()
    start = first = 0
    try:
        while start < len(lines):
            reader = csv.reader(map(lines.__getitem__, range(start, len(lines))), delimiter=delimiter)
            for cells in reader:
                behind, swallowed = start + reader.line_num, False
                at_end = behind == len(lines) and _ends_inside_quotes("".join(lines[first:behind]), delimiter)
                if behind - first > 1 or (at_end and lines[first].endswith(("\n", "\r"))):  # else the file is cut short
                    usual, plain = widths.most_common(1), _unquoted(lines[first], delimiter)
                    strange = len(cells) != len(plain) or _quotation_fault("".join(lines[first:behind]), delimiter) != ""
                    swallowed = bool(usual) and len(plain) == usual[0][0] > 1 and strange
                if swallowed:
                    cells, behind = plain, first + 1  # noqa: PLW2901 - the same row, read otherwise
                    open_quotes.append(behind)
                elif at_end and name:
                    raise _never_closed(name, first + 1)
                if any(cell.strip() for cell in cells):
                    yield first + 1, cells
                    widths[len(cells)] += 1
                first = behind
                if swallowed:
                    break
            start = max(first, start + 1)
    except csv.Error as error:
        raise _not_cut(name, first + 1, error, delimiter) from error
    finally:
        csv.field_size_limit(previous_limit)


def _unquoted(line: str, delimiter: str) -> list[str]:
    """Cells of one line whose quotation marks are characters as others."""
    return next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE), [])


def _never_closed(name: str, line: int) -> FileError:
    return FileError(
        "The file “{name}” is cut short: a quotation mark opened at line {line} is never closed. "
        "Download it again, or close the quotation.",
        name=name,
        line=line,
    )


def _not_cut(name: str, line: int, error: csv.Error, delimiter: str) -> FileError:
    return FileError(
        "The file “{name}”, line {line}: {cause}. Expected: text cells of reasonable size separated by “{delimiter}”.",
        name=name,
        line=line,
        cause=error,
        delimiter=delimiter,
    )


def _ends_inside_quotes(text: str, delimiter: str) -> bool:
    return "unexpected end" in _quotation_fault(text, delimiter)


def _quotation_fault(text: str, delimiter: str) -> str:
    """What is wrong with the quotation of a text: never closed, or closed in the middle of a cell; empty where nothing is."""
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return str(error)
    return ""


def unique_names(header: list[str]) -> list[str]:
    """`header` with names for nameless columns and a number behind a repeated one."""
    first = [cell or f"column_{position}" for position, cell in enumerate(header, start=1)]
    names: list[str] = []
    taken: set[str] = set()
    for plain in first:
        name, number = plain, 1
        while name in taken or (number > 1 and name in first):  # another column may be called “name (2)” itself
            number += 1
            name = f"{plain} ({number})"
        taken.add(name)
        names.append(name)
    return names
