"""A recipe: how one firm's export is read, without any of its data; replayed on next month's file.

Loads no library by itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Callable

from ..errors import FileError, HeaderError, ParameterError
from ..messages import Message
from ..read.mapping import fold
from .columns import FIELD_NAMES, write_json

VERSION = 1
GEOPLATEFORME = "https://data.geopf.fr/geocodage/search/csv"
"""The State's geocoder, successor of api-adresse.data.gouv.fr; 50 requests a second, then HTTP 429."""

MISSING_ROWS = ("keep", "mark", "remove")
THRESHOLD = 0.6
"""Score under which an answer of the geocoder goes to review (addok's scores, 0–1)."""


@dataclass(frozen=True)
class Recipe:
    """The answers to the questions of an import.

    Attributes
    ----------
    name : str
        What the user calls it.
    read : dict
        Values of `reading.ReadOptions` that differ from what is found out.
    columns : dict
        Field (see `columns.FIELDS`) → column.
    crs : str
        Of the coordinates; empty where it is told from their values. ``EPSG:4326 swapped`` for latitude first.
    corrections : tuple of str
        Codes of findings whose proposals the user agreed to once and for all.
    key : tuple of str
        Columns that tell customers from one another; empty: the identifier, else the SIRET, else name and address.
    missing : str
        What becomes of customers that the new file has not: ``keep``, ``mark`` or ``remove``.
    geocoder : str
        Address of a service; empty where addresses are not to be sent. The consent is asked for again at each import.
    threshold : float
        Score under which its answers go to review.
    header : tuple of str
        Columns of the file that the recipe was made with.
    """

    name: str = ""
    read: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    crs: str = ""
    corrections: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    missing: str = "mark"
    geocoder: str = ""
    threshold: float = THRESHOLD
    header: tuple[str, ...] = ()

    def save(self, path: Path | str) -> None:
        """Write the recipe as a small JSON file."""
        write_json({"joptimiz_recipe": VERSION, **asdict(self)}, Path(path))

    def fitted(self, columns: Sequence[str], source: str) -> Recipe:
        """The recipe with the columns' names as file `source` writes them (case, accents and punctuation do not count).

        Raises
        ------
        HeaderError
            The file lost a column that the recipe needs.
        """
        by_name = {fold(column): column for column in reversed(columns)}
        exact = set(columns)
        needed = [*self.columns.values(), *self.key]
        lost = [column for column in dict.fromkeys(needed) if column not in exact and fold(column) not in by_name]
        if lost and not self.header and not set(lost) & set(self.columns.values()):
            raise ParameterError("The key column “{name}” is not in the file.", name=", ".join(lost))
        if lost:
            new = [column for column in columns if fold(column) not in {fold(old) for old in self.header}]
            raise HeaderError(
                "“{source}” has no column “{columns}” any more, which the recipe “{recipe}” needs. New columns: {new}. "
                "Choose the columns again and save the recipe.",
                source=source,
                columns="”, “".join(lost),
                recipe=self.name or "?",
                new=", ".join(new) or "—",
            )

        def here(column: str) -> str:
            return column if column in exact else by_name[fold(column)]

        return replace(self, columns={name: here(column) for name, column in self.columns.items()}, key=tuple(map(here, self.key)))


def load_recipe(path: Path | str) -> Recipe:
    """The recipe in a file.

    Raises
    ------
    FileError
        It is missing, or not a recipe.
    """
    path = Path(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError("There is no file “{path}”. Check the name and the folder.", path=path) from error
    except (ValueError, RecursionError) as error:
        raise _no_recipe(path, Message("it is not JSON")) from error
    fault = _fault(content)
    if fault:
        raise _no_recipe(path, fault)
    known = {item.name for item in fields(Recipe)}
    parts: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in content.items() if name in known}
    return Recipe(**parts)


def _no_recipe(path: Path, cause: Message) -> FileError:
    return FileError(
        "“{name}” is not a recipe of an import ({cause}). Choose a file that an import saved with “Save the recipe”.",
        name=path.name,
        cause=cause,
    )


def _fault(content: Any) -> Message | None:
    if not isinstance(content, Mapping) or "joptimiz_recipe" not in content:
        return Message("it has no “joptimiz_recipe”")
    if content["joptimiz_recipe"] != VERSION:
        return Message("it was made by another version")
    for name, right in _SHAPES.items():
        if name in content and not right(content[name]):
            return Message("“{key}” is not written as it should be", key=name)
    unknown = [name for name in content.get("columns", {}) if name not in FIELD_NAMES]
    if unknown:
        return Message("“{key}” is not written as it should be", key=unknown[0])
    return _fault_of_reading(content.get("read", {}))


def _fault_of_reading(read: Mapping[str, Any]) -> Message | None:
    for name, value in read.items():
        if name not in _READ_SHAPES or not _READ_SHAPES[name](value):
            return Message("“{key}” is not written as it should be", key=name)
    return None


def _is_number(value: Any) -> bool:
    """A number, and not a truth, which Python counts among them."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_row(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _or_none(right: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or right(value)


_SHAPES: dict[str, Callable[[Any], bool]] = {
    "read": lambda value: isinstance(value, dict),
    "columns": lambda value: isinstance(value, dict) and all(map(_is_text, value.values())),
    "threshold": lambda value: _is_number(value) and 0 <= value <= 1,
    "missing": lambda value: value in MISSING_ROWS,
    **dict.fromkeys(("corrections", "key", "header"), _are_texts),
    **dict.fromkeys(("name", "crs", "geocoder"), _is_text),
}
_READ_SHAPES: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("encoding", "sheet"), _or_none(_is_text)),
    "delimiter": _or_none(lambda value: _is_text(value) and len(value) == 1),
    "decimal": _or_none(lambda value: value in (",", ".")),
    "header_row": _or_none(_is_row),
    "skip_rows": _is_row,
}
