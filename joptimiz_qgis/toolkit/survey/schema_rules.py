"""The rules of a national schema, applied to text as it is published: the same findings as a table-schema validator gives.

What a table's description says (`toolkit.schema`) is all that is known here; the tests compare it with the schemas' own files, and the
findings with those of frictionless. Each finding offers the value that was meant where the text leaves no doubt about it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pandas as pd

from ..findings import Correction, is_missing
from ..messages import Message
from ..progress import Progress
from ..read import order_values
from ..schema import Field, Table
from ..schema.table import parse_number
from .findings import ERROR, NOTICE, Finding, Rule
from .national_form import cell_text, published_names, published_text

REQUIRED = Rule("schema_required", ERROR, Message("A required value is missing"))
TYPE = Rule("schema_type", ERROR, Message("A value of the wrong kind"))
ENUM = Rule("schema_enum", ERROR, Message("A value that the list does not have"))
RANGE = Rule("schema_range", ERROR, Message("A number outside the range"))
PATTERN = Rule("schema_pattern", ERROR, Message("A text of the wrong form"))
LENGTH = Rule("schema_length", ERROR, Message("A text of the wrong length"))
UNIQUE = Rule("schema_unique", ERROR, Message("A value that must be unique is repeated"))
KEY = Rule("schema_key", ERROR, Message("The key is missing"))
KEY_TO_MAKE = Rule("key_to_make", NOTICE, Message("No UUID yet; the export makes one"))
HEADER = Rule("schema_header", ERROR, Message("A column is missing, unknown or out of place"))

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_SIZE = re.compile(r"([\d.,\s]+?)\s*(cm|m)\.?", re.IGNORECASE)
_ADDRESS_SPELLINGS = str.maketrans(
    {"œ": "oe", "Œ": "Oe", "æ": "ae", "/": "-", "‐": "-", "‑": "-", "—": "–", ";": ",", "ʼ": "’", "`": "'", "´": "'", "&": "et"}
)
UUID_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://schema.data.gouv.fr/CEREMA/schema-aire-livraison")


_KEYS = (Message("an identifier in every row"), Message("a UUID in every row"))


@dataclass(frozen=True)
class Fault:
    """What a rule has against a text."""

    rule: Rule
    sentence: Message
    expected: Message | None = None


def faults_of(table: Table, field: Field, text: str) -> tuple[Fault, ...]:
    """What the schema has against one published text; nothing where it is as it should be.

    Parameters
    ----------
    text : str
        As in the file, spaces included.
    """
    if text in table.published["missing"]:
        return (Fault(REQUIRED, Message("The value is missing."), Message("a value in every row")),) if field.required else ()
    value, fault = _READERS.get(field.published.get("type", field.type), _read_text)(table, field, text)
    return (fault,) if fault else tuple(_constraints(field, text, value))


def meant(table: Table, field: Field, text: str) -> str | None:
    """The text that was meant by one that the schema does not take; None where only a person can tell."""
    for candidate in _candidates(field, text):
        if candidate and candidate != text and candidate not in table.published["missing"] and not faults_of(table, field, candidate):
            return candidate
    return None


def made_uuid(identifier: str, owner: str = "") -> str:
    """The UUID of a bay that has none: always the same for the same identifier and owner (UUID 5)."""
    return str(uuid.uuid5(UUID_SPACE, f"{owner}/{identifier}" if owner else identifier))


# -- reading one text ----------------------------------------------------------------------------------------------------

Read = tuple[Any, "Fault | None"]


def _read_boolean(table: Table, _field: Field, text: str) -> Read:
    if text in table.published["true"]:
        return True, None
    if text in table.published["false"]:
        return False, None
    return None, Fault(TYPE, Message("“{value}” is neither yes nor no.", value=text), Message("oui, non, vrai, faux, true, false, 1 or 0"))


def _read_number(_table: Table, field: Field, text: str) -> Read:
    kind: Callable[[str], Any] = float if field.published.get("float") else Decimal
    try:
        return kind(text.strip()), None
    except (ValueError, InvalidOperation):
        example = Message("a number with a decimal point and without unit, for example 12.5")
        return None, Fault(TYPE, Message("“{value}” is not a number.", value=text), example)


def _read_moment(_table: Table, _field: Field, text: str) -> Read:
    from dateutil.parser import isoparse

    example = Message("a date and a time, for example 2025-10-22T12:50:21Z")
    fault = Fault(TYPE, Message("“{value}” is not a date with its time.", value=text), example)
    if len(text) < 19 or text[16] != ":":  # a day alone, hours without seconds
        return None, fault
    try:
        return isoparse(text), None
    except (ValueError, OverflowError):
        return None, fault


def _read_text(_table: Table, field: Field, text: str) -> Read:
    form = field.published.get("format", "")
    if form == "uri" and not _SCHEME.match(text):
        return None, Fault(TYPE, Message("“{value}” is not a web address.", value=text), Message("an address with its beginning, https://…"))
    if form == "uuid" and not _is_uuid(text):
        example = Message("32 hexadecimal digits, for example {example}", example="11346768-d01a-434a-bf41-16a1bd7fd32d")
        return None, Fault(TYPE, Message("“{value}” is not a UUID.", value=text), example)
    return text, None


def _is_uuid(text: str) -> bool:
    try:
        return bool(uuid.UUID(text))
    except ValueError:
        return False


def _read_day(_table: Table, _field: Field, text: str) -> Read:
    try:
        return datetime.strptime(text, "%Y-%m-%d"), None  # noqa: DTZ007 - a day
    except ValueError:
        example = Message("a day, for example 2021-04-30")
        return None, Fault(TYPE, Message("“{value}” is not a day as year-month-day.", value=text), example)


def _read_clock(_table: Table, _field: Field, text: str) -> Read:
    from dateutil.parser import isoparse

    fault = Fault(TYPE, Message("“{value}” is not a time with its seconds.", value=text), Message("hours, minutes and seconds, for example 03:00:00"))
    if len(text) < len("03:00:00") or text[5] != ":":
        return None, fault
    try:
        return isoparse(f"2000-01-01T{text}").timetz(), None
    except (ValueError, OverflowError):
        return None, fault


def _read_position(_table: Table, _field: Field, text: str) -> Read:
    fault = Fault(TYPE, Message("“{value}” is not a position.", value=text), Message("longitude,latitude in degrees, for example 5.42101,43.53591"))
    try:
        longitude, latitude = (Decimal(part.strip()) for part in text.split(","))
        inside = abs(longitude) <= 180 and abs(latitude) <= 90
    except (ValueError, InvalidOperation):
        return None, fault
    return (text, None) if inside else (None, fault)


_READERS: dict[str, Callable[[Table, Field, str], Read]] = {
    "date": _read_day,
    "time": _read_clock,
    "geopoint": _read_position,
    "boolean": _read_boolean,
    "number": _read_number,
    "integer": _read_number,
    "datetime": _read_moment,
}


def _constraints(field: Field, text: str, value: Any) -> Iterator[Fault]:
    """What the schema has against a text that could be read."""
    if field.enum and field.type != "list" and value not in field.enum:
        allowed = ", ".join(field.enum)
        yield Fault(ENUM, Message("“{value}” is not one of the values allowed.", value=text), Message("one of: {values}", values=allowed))
    low, high = field.minimum, field.maximum
    if (low is not None or high is not None) and not _within(value, low, high):
        between = Message("{low:g} to {high:g} {unit}", low=low or 0, high=high or float("inf"), unit=field.unit)
        yield Fault(RANGE, Message("{value} is outside the range.", value=text.strip()), between)
    if field.type in ("string", "list"):
        yield from _text_constraints(field, text)


def _within(value: Any, low: float | None, high: float | None) -> bool:
    if value != value:  # noqa: PLR0124 - “nan” is a number to Python, and in no range
        return False
    return (low is None or value >= low) and (high is None or value <= high)


def _text_constraints(field: Field, text: str) -> Iterator[Fault]:
    pattern = field.published.get("pattern") or field.pattern
    if pattern and not re.match(f"^{pattern}$", text):
        yield Fault(PATTERN, Message("“{value}” does not have the form that the schema asks for.", value=text), _form(field, text))
    shortest, longest = field.published.get("min_length", 0), field.published.get("max_length", float("inf"))
    if not shortest <= len(text) <= longest:
        length = Message("{shortest} to {longest} characters", shortest=shortest, longest=longest)
        yield Fault(LENGTH, Message("“{value}” has {found} characters.", value=text, found=len(text)), length)


def _form(field: Field, text: str) -> Message:
    """The form of a text field in words; where single characters are at fault, which."""
    if field.type == "list":
        return Message("one or more of: {values}, with “{separator}” between them", values=", ".join(field.enum), separator=field.separator)
    if field.name in _FORMS:
        return _FORMS[field.name]
    pattern = field.published.get("pattern") or field.pattern
    odd = sorted({character for character in text if not re.match(f"^{pattern}$", character)})
    return Message("a text without these characters: {characters}", characters=" ".join(odd))


_FORMS = {
    "code_postal": Message("five digits, for example 75001"),
    "coll_insee": Message("five characters, for example 75101 or 2A004"),
}
"""What a form is in words, where it is more than a set of characters: nobody reads a regular expression."""


# -- what was meant ------------------------------------------------------------------------------------------------------


def _candidates(field: Field, text: str) -> Iterator[str | None]:
    plain = text.strip()
    yield plain
    if field.unit == "cm":
        yield from _sizes(field, plain)
    if field.name == "adresse":
        yield re.sub(r"[^a-zA-Z0-9\-–'’«»°\"\sÀ-ÿ(),.]", " ", plain.translate(_ADDRESS_SPELLINGS)).strip()
    if field.name == "code_postal" and re.fullmatch(r"\d{4}", plain):
        yield plain.zfill(5)
    if field.published.get("format") == "uri" and re.match(r"(www\.|[\w-]+\.[a-z]{2,}/)", plain):
        yield f"https://{plain}"
    tidy = order_values.tidier(field.name)
    if tidy is not None:
        yield tidy(plain)
    value, _ = field.convert(pd.Series([re.sub(r"\s*[,;|/]\s*", field.separator, plain) if field.type == "list" else plain], dtype=object))
    if not is_missing(value.iloc[0]):
        yield published_text(field, value.iloc[0])


def _sizes(field: Field, text: str) -> Iterator[str]:
    """Centimetres out of “9,5 m”, “950 cm” and “9.5”, which can only be metres."""
    written = _SIZE.fullmatch(text)
    number = parse_number(written[1] if written else text)
    if number is None or field.minimum is None or field.maximum is None:
        return
    if written and written[2].lower() == "cm":
        yield f"{number:.10g}"
    elif 1 <= number < field.minimum and 100 * number <= field.maximum:
        yield f"{round(100 * number, 2):.10g}"


# -- whole tables --------------------------------------------------------------------------------------------------------


def schema_columns(table: Table, columns: list[str]) -> dict[str, str]:
    """Field of `table` → the column of that name, whatever its case; fields without a column are left out."""
    by_name = {column.lower(): column for column in reversed(columns)}
    return {name: by_name[name] for name in published_names(table) if name in by_name}


def check_header(table: Table, columns: list[str]) -> Iterator[Finding]:
    """What the schema has against the header of a published file: columns that lack, that it does not know, or in another order."""
    names = list(published_names(table).values())
    for name in names:
        if name not in columns:
            yield _of_header(name, Message("The column {name} is missing.", name=name))
    for column in columns:
        if column not in names:
            yield _of_header(column, Message("The schema has no column “{name}”.", name=column))
    here = [column for column in columns if column in names]
    wanted = [name for name in names if name in columns]
    for found, right in zip(here, wanted):
        if found != right:
            yield _of_header(found, Message("The column {name} stands where {right} is expected.", name=found, right=right))


def _of_header(column: str, sentence: Message) -> Finding:
    return Finding(None, 1, "", column, "", HEADER, sentence, Message("the columns of the schema, in its order and in capitals"))


@dataclass
class Places:
    """What is known of the rows beside their cells: the lines of the file, and where they lie."""

    lines: np.ndarray
    positions: Mapping[Any, tuple[float, float]]


def check_rows(
    table: Table, rows: pd.DataFrame, places: Places, progress: Progress | None = None, published: bool = True
) -> list[Finding]:
    """What the schema has against the cells of `rows`.

    Parameters
    ----------
    rows : DataFrame
        Columns named as the schema's (in any case), as text or as values; those of other names do not count.
    places : Places
        `lines` has one entry a row; `positions` goes by label.
    published : bool
        False for a table of our own, which an export brings into the published form: what it will see to is no error.

    Returns
    -------
    list of Finding
        By row, then in the schema's order; `column` is the name in `rows`. Corrections keep a column's type.
    """
    progress = progress or Progress()
    columns = schema_columns(table, [str(column) for column in rows.columns])
    here = _Cells(table, rows, places, columns, published)
    found: list[tuple[int, int, Finding]] = []
    for number, (name, column) in enumerate(columns.items()):
        progress.step(number / len(columns))
        found += [(at, number, finding) for at, finding in here.of_field(table[name], column)]
    return [finding for *_, finding in sorted(found, key=lambda item: item[:2])]


class _Cells:
    """Rows with all that a finding says of them."""

    def __init__(self, table: Table, rows: pd.DataFrame, places: Places, columns: dict[str, str], published: bool) -> None:
        self.table = table
        self.published = published
        self.rows = rows
        self.places = places
        column = columns.get("id") or columns.get(table.published["key"])
        self.keys = [cell_text(value) for value in rows[column]] if column else [""] * len(rows)
        self.owners = [cell_text(value) for value in rows[columns["commune"]]] if "commune" in columns else [""] * len(rows)

    def of_field(self, field: Field, column: str) -> Iterator[tuple[int, Finding]]:
        """Findings of one column, each with the place of its row; each distinct text is judged once."""
        values = self.rows[column].to_numpy(dtype=object)
        texts = [cell_text(value) for value in values]
        if not self.published and field.type == "datetime":
            texts = [published_text(field, text) if text else "" for text in texts]
        verdicts = {text: faults_of(self.table, field, text) for text in set(texts)}
        proposals = {text: meant(self.table, field, text) for text, faults in verdicts.items() if faults}
        for at, text in enumerate(texts):
            for fault in verdicts[text]:
                yield at, self._finding(at, field, column, fault, proposals[text])
        yield from self._repeated(field, column, texts, verdicts)

    def _repeated(self, field: Field, column: str, texts: list[str], verdicts: dict[str, tuple[Fault, ...]]) -> Iterator[tuple[int, Finding]]:
        """A value that an earlier row has, a key that is not there."""
        key = field.name == self.table.published["key"]
        first: dict[str, int] = {}
        for at, text in enumerate(texts):
            missing = text in self.table.published["missing"]
            if missing and key:
                rule = KEY if self.published else KEY_TO_MAKE
                fault = Fault(rule, Message("The row has no key."), _KEYS[field.published.get("format") == "uuid"])
                yield at, self._finding(at, field, column, fault, self._key_for(at))
            elif not missing and not verdicts[text] and (key or field.unique):
                if text in first:
                    told = Message("“{value}” is also that of line {line}.", value=text, line=int(self.places.lines[first[text]]))
                    yield at, self._finding(at, field, column, Fault(UNIQUE, told, Message("a value of its own in each row")), None)
                first.setdefault(text, at)

    def _key_for(self, at: int) -> str | None:
        """The key that a row without one gets; none where the identifier would give it to two rows."""
        identifier = self.keys[at]
        return made_uuid(identifier, self.owners[at]) if identifier and self._identifiers()[identifier] == 1 else None

    def _identifiers(self) -> dict[str, int]:
        if not hasattr(self, "_known"):
            self._known = {str(key): int(rows) for key, rows in pd.Series(self.keys, dtype=object).value_counts().items()}
        return self._known

    def _finding(self, at: int, field: Field, column: str, fault: Fault, proposal: str | None) -> Finding:
        row = self.rows.index[at]
        before = self.rows[column].iloc[at]
        corrections = () if proposal is None else (Correction(column, _plain(before), self._as_before(field, proposal, column, before)),)
        place = self.places.positions.get(row)
        line = int(self.places.lines[at])
        return Finding(row, line, self.keys[at], column, cell_text(before), fault.rule, fault.sentence, fault.expected, corrections, place)

    def _as_before(self, field: Field, text: str, column: str, before: Any) -> Any:
        """`text` as a value of the type that the column has."""
        if isinstance(before, str) or (is_missing(before) and self.rows[column].dtype == object):
            return text
        value = field.convert(pd.Series([text], dtype=object))[0].iloc[0]
        return value.item() if hasattr(value, "item") else value


def _plain(value: Any) -> Any:
    return None if is_missing(value) else value.item() if hasattr(value, "item") else value
