"""A table's description, and the conversion of published text into its types.

Loads no library by itself: the plugin reads descriptions when QGIS starts.
"""

from __future__ import annotations

import csv
import functools
import json
import math
import re
import unicodedata
from dataclasses import dataclass
from dataclasses import field as made_by
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from ..messages import Message, language

if TYPE_CHECKING:
    import pandas as pd

_TRUE = {"oui", "o", "vrai", "true", "1", "1.0", "yes"}
_FALSE = {"non", "n", "faux", "false", "0", "0.0", "no"}
_RESOURCES = Path(__file__).parents[2] / "resources" / "tables"
_PANDAS_TYPES = {"boolean": "boolean", "number": "float64", "integer": "Int64"}


@dataclass(frozen=True)
class Field:
    """One field of a table.

    Attributes
    ----------
    type : str
        ``string``, ``boolean``, ``number``, ``integer``, ``datetime`` or ``list`` (several values of an enumeration).
    unit : str
        ``cm``, ``m``, ``t``, ``minute``, ``kW``, ``degree``; empty where it has none.
    enum : tuple of str
        The values allowed, as the schema writes them (case does not count in a file); empty where any is.
    minimum, maximum : float or None
        Inclusive, in `unit`.
    own : bool
        True for a field that the national schema does not have.
    open : bool
        True where a value that is outside the rules is kept as it was published, and flagged: a kind of perimeter that we
        do not know, a date that cannot be read and that must not turn into "at all times".
    separator : str
        Between the values of a ``list``.
    published : dict
        What the national schema asks of the published text alone, beyond the rest: ``format`` (``uri``, ``uuid``), ``pattern``,
        ``min_length``, ``max_length``, ``float`` (a binary number, not a decimal one). An import does not mind these.
    """

    name: str
    type: str
    label: dict[str, str]
    unit: str = ""
    enum: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    required: bool = False
    unique: bool = False
    pattern: str = ""
    own: bool = False
    open: bool = False
    separator: str = ","
    published: dict[str, Any] = made_by(default_factory=dict, hash=False)

    @property
    def title(self) -> str:
        """The label in the reader's language, with the unit."""
        return self.label[language()]

    @property
    def pandas_type(self) -> str:
        """The pandas type of a column of this field; text is ``object`` with None where missing."""
        return _PANDAS_TYPES.get(self.type, "object")

    def convert(self, text: pd.Series) -> tuple[pd.Series, pd.Series]:
        """Text as published → values of the field.

        Parameters
        ----------
        text : Series of str
            None where the source has no value.

        Returns
        -------
        values : Series
            Of the field's type, missing where `text` is missing or cannot be read.
        problems : Series of Message
            Index: only the rows whose value was dropped or is outside the rules, with the reason.
        """
        import pandas as pd

        convert = _CONVERTERS[self.type]
        # Published columns repeat few values: each distinct text is converted once.
        distinct = {value: convert(self, value) for value in text.dropna().unique()}
        values = text.map({value: result for value, (result, _) in distinct.items()})
        reasons = {value: problem for value, (_, problem) in distinct.items() if problem is not None}
        problems = text[text.isin(list(reasons))].map(reasons) if reasons else pd.Series(dtype=object)
        return self.typed(values), problems

    def typed(self, values: pd.Series) -> pd.Series:
        """`values` (of Python objects, None or NaN where missing) as a column of this field's type."""
        column = with_none(values)
        kind: Any = self.pandas_type
        return column if kind == "object" else column.astype(kind)


@dataclass(frozen=True)
class Group:
    """Fields that a form shows together.

    Attributes
    ----------
    label : dict of str
        By language.
    fields : tuple of str
        Names, in the form's order.
    """

    label: dict[str, str]
    fields: tuple[str, ...]

    @property
    def title(self) -> str:
        """The label in the reader's language."""
        return self.label[language()]


@dataclass(frozen=True)
class Table:
    """A table: its name, title, standard, CRS, key, fields, and the groups that a form makes of them.

    Attributes
    ----------
    published : dict
        What the national schema says of the whole file: ``key``, the spellings of ``missing``, ``true`` and ``false``, its ``version``
        and where the ``schema`` is. Empty for a table that has no national schema.
    """

    name: str
    title: dict[str, str]
    standard: str
    crs: str
    key: str
    fields: tuple[Field, ...]
    groups: tuple[Group, ...] = ()
    published: dict[str, Any] = made_by(default_factory=dict, hash=False)

    def __getitem__(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)

    @property
    def names(self) -> list[str]:
        """Names of the fields, in the table's order."""
        return [field.name for field in self.fields]


@functools.cache
def load_table(name: str) -> Table:
    """The description of table `name` (``bays``)."""
    return table_of(json.loads((Path(__file__).parent / f"{name}.json").read_text(encoding="utf-8")))


def table_of(description: dict[str, Any]) -> Table:
    """A table out of its description, as a file of this folder gives it; those of a survey lie elsewhere."""
    description = dict(description)
    fields = tuple(Field(**{**field, "enum": _values_allowed(field.get("enum", ()))}) for field in description.pop("fields"))
    groups = tuple(Group(group["label"], tuple(group["fields"])) for group in description.pop("groups", ()))
    return Table(**description, fields=fields, groups=groups)


def _values_allowed(enum: list[str] | str) -> tuple[str, ...]:
    """The values themselves, or the keys of the table in resources/tables that is named instead of them."""
    return tuple(row["key"] for row in kinds(enum)) if isinstance(enum, str) else tuple(enum)


@functools.cache
def kinds(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a list of kinds in resources/tables (``poi_kinds``): ``key``, titles ``fr`` and ``en``, and what else it has."""
    with (_RESOURCES / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file, delimiter=";"))


def table_names() -> list[str]:
    """Names of the tables that are described."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.json"))


def with_none(values: pd.Series) -> pd.Series:
    """`values` as Python objects, None where missing (pandas has several ways to say missing; files and shapely know None)."""
    import pandas as pd

    missing = values.isna().to_numpy()
    objects = values.to_numpy(dtype=object, copy=True)
    objects[missing] = None
    return pd.Series(objects, index=values.index, dtype=object)


def parse_number(text: str) -> float | None:
    """A number written with a decimal point or comma and with or without thousands' spaces; None where it is none."""
    compact = re.sub(r"[\s\u00a0\u202f]", "", text)
    if "," in compact and "." not in compact:
        compact = compact.replace(",", ".", 1)
    try:
        number = float(compact)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


Converted = tuple[Any, "Message | None"]


def _folded(text: str) -> str:
    """Text as the enumerations write it: lower case, one character an accented letter, a straight apostrophe."""
    return unicodedata.normalize("NFC", text).casefold().replace("’", "'")


@functools.cache
def _by_folded(enum: tuple[str, ...]) -> dict[str, str]:
    return {_folded(value): value for value in enum}


def _not_allowed(field: Field, text: str) -> Message:
    allowed = ", ".join(field.enum)
    if field.open:
        return Message("{value} is not one of the values known (kept as it is): {allowed}", value=text, allowed=allowed)
    return Message("{value} is not one of the values allowed: {allowed}", value=text, allowed=allowed)


def _to_text(field: Field, text: str) -> Converted:
    if field.enum:
        value = _by_folded(field.enum).get(_folded(text))
        if value is None:
            return (text if field.open else None), _not_allowed(field, text)
        return value, None
    if field.pattern and not re.search(field.pattern, text):
        return text, Message("{value} does not have the form expected (kept as it is)", value=text)
    return text, None


def _to_list(field: Field, text: str) -> Converted:
    parts = [part.strip() for part in text.split(field.separator) if part.strip()]
    values = [_by_folded(field.enum).get(_folded(part)) if field.enum else part for part in parts]
    unknown = [part for part, value in zip(parts, values) if value is None]
    kept = [value or (part if field.open else None) for part, value in zip(parts, values)]
    problem = _not_allowed(field, ", ".join(unknown)) if unknown else None
    return field.separator.join(value for value in kept if value) or None, problem


def _to_boolean(_field: Field, text: str) -> Converted:
    folded = text.casefold()
    if folded in _TRUE or folded in _FALSE:
        return folded in _TRUE, None
    return None, Message("{value} is neither yes nor no (oui/non, vrai/faux, true/false, 1/0)", value=text)


def _to_number(field: Field, text: str) -> Converted:
    number = parse_number(text)
    if number is None:
        return None, Message("{value} is not a number", value=text)
    return number, _out_of_range(field, number)


def _to_integer(field: Field, text: str) -> Converted:
    number, problem = _to_number(field, text)
    return (None if number is None else round(number)), problem


def _out_of_range(field: Field, number: float) -> Message | None:
    low, high = field.minimum, field.maximum
    if (low is None or number >= low) and (high is None or number <= high):
        return None
    return Message(
        "{value:g} {unit} is outside the range {low:g}–{high:g} (kept as it is)",
        value=number,
        unit=field.unit,
        low=-math.inf if low is None else low,
        high=math.inf if high is None else high,
    )


def _to_datetime(field: Field, text: str) -> Converted:
    french = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})(.*)", text)
    iso = "{2}-{1:0>2}-{0:0>2}{3}".format(*french.groups()) if french else re.sub(r"^(\d{4})/(\d{2})/(\d{2})", r"\1-\2-\3", text)
    try:
        moment = datetime.fromisoformat(re.sub(r"Z$", "+00:00", iso))
    except ValueError:
        expected = "2025-10-22, 2025-10-22T14:25:05Z"
        if field.open:
            return text, Message("{value} is not a date (kept as it is; expected: {expected})", value=text, expected=expected)
        return None, Message("{value} is not a date (expected: 2025-10-22 or 2025-10-22T14:25:05Z)", value=text)
    return moment.isoformat().replace("+00:00", "Z") if len(iso) > 10 else iso, None


_CONVERTERS: dict[str, Callable[[Field, str], Converted]] = {
    "string": _to_text,
    "list": _to_list,
    "boolean": _to_boolean,
    "number": _to_number,
    "integer": _to_integer,
    "datetime": _to_datetime,
}
