"""Mapping files: how a dialect of open data is recognised, and how its columns become a table's fields.

A mapping is a JSON file in ``resources/mappings`` (those of other tables than bays: in the folder named after the table), or any
file that a user names. Its keys:

``name``, ``title``, ``table``
    What it is called, in words, and the table that it fills.
``recognise``
    Columns that the header must have (case, accents and punctuation do not count).
``keep``
    ``[{"column", "values", "reason"}]``: only rows with one of these values are taken, others are rejected with the reason;
    ``"drop"`` instead of ``"values"`` rejects those and takes the others.
``missing``
    Texts that stand for "no value" in every column (``NA``).
``positions``
    Ways to a geometry, the first that gives one wins: ``{"geojson": column}``, ``{"wkt": column}``,
    ``{"pair": column, "order": "lat lon" | "guess"}``, ``{"longitude": column, "latitude": column}``; ``unknown`` lists pairs that
    stand for "not located".
``crs``
    Of those positions.
``fields``
    Field → source, one of ``{"column"}``, ``{"first_of": [columns]}``, ``{"join": [columns], "separator"}``, ``{"constant"}``,
    ``{"minutes": column}`` (ISO 8601 duration), ``{"hours": column, "cds": column}``, ``{"spans": [[start, end], …]}``; with
    ``values`` (published → schema; null = says nothing), ``other`` (what any other value becomes), ``factor`` (to the schema's unit),
    ``unknown`` (values that stand for "not known") and ``absent`` (what stands in for a value that should be there and is not; flagged).
``assumed_hours``
    Kind of bay → hours that the city's general rule gives to bays without hours of their own.
``patterns``
    Field → form that its values have in this source; another form is kept and flagged.
``rules``
    Of perimeters: ``[{"fields", "needs", "only"}]``, each of which makes a row of the table perimeter_rules of each perimeter.
    ``fields`` as above; ``needs`` lists fields of the rule of which one must have a value; ``only`` (field of the perimeter → values)
    keeps the rule to some of them; ``assumed`` marks the general rule of a kind, which the file itself does not give.
``line_kind``
    Of perimeters: the kind of those that are lines.
``competitions``
    Of perimeters: ``{"only": {field: [values]}, "site": [fields]}``: rows whose dates are those of competitions, and what tells their
    sites apart; see `toolkit.competitions`.
``remark``
    A sentence (``{"fr", "en"}``) that the user is told about the source.
"""

from __future__ import annotations

import functools
import json
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import FileError, HeaderError, ParameterError
from ..messages import Message, language
from ..schema import load_table, table_names

FOLDER = Path(__file__).parents[2] / "resources" / "mappings"
GENERIC = "generic"
PERIMETER_RULES = "perimeter_rules"
_SOURCES = ("column", "first_of", "join", "constant", "minutes", "hours", "spans")
_WAYS = (("geojson",), ("wkt",), ("pair", "order"), ("longitude", "latitude"))


@dataclass(frozen=True)
class Mapping:
    """One mapping file; see the module's text for what each part means."""

    name: str
    title: dict[str, str]
    table: str
    fields: dict[str, dict[str, Any]]
    recognise: tuple[str, ...] = ()
    keep: tuple[dict[str, Any], ...] = ()
    missing: tuple[str, ...] = ()
    positions: tuple[dict[str, Any], ...] = ()
    crs: str = ""
    assumed_hours: dict[str, str] = field(default_factory=dict)
    about: str = ""
    patterns: dict[str, str] = field(default_factory=dict)
    rules: tuple[dict[str, Any], ...] = ()
    line_kind: str = ""
    competitions: dict[str, Any] = field(default_factory=dict)
    remark: dict[str, str] = field(default_factory=dict)

    def missing_columns(self, columns: list[str]) -> list[str]:
        """Columns that the mapping needs and that are not among `columns`."""
        present = {fold(column) for column in columns}
        return [column for column in self.recognise if fold(column) not in present]


def fold(name: str) -> str:
    """A column's name without case, accents and punctuation, so that portals' spellings of it meet."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in plain if character.isalnum())


@functools.cache
def load_mapping(path: Path) -> Mapping:
    """The mapping in file `path`."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        fault = _fault(content)
        if fault:
            raise FileError("The mapping file “{path}” cannot be used: {cause}", path=path.name, cause=fault)
        parts: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in content.items()}
        return Mapping(**parts)
    except (OSError, ValueError, TypeError) as error:
        raise FileError("The mapping file “{path}” cannot be used: {cause}", path=path.name, cause=error) from error


def _fault(content: Any) -> Message | None:
    """What is wrong with the shape of a mapping file, so that its author reads it before the first row is."""
    if not isinstance(content, dict) or not all(isinstance(content.get(key), dict) for key in ("title", "fields")):
        return Message("it is not an object with “name”, “title”, “table” and “fields”")
    if content.get("table") not in table_names():
        return Message("its “table” is not one of {tables}", tables=", ".join(table_names()))
    for part, is_well_formed in (("keep", _is_rule), ("positions", _is_way), ("rules", _makes_a_rule)):
        entries = content.get(part, [])
        if not isinstance(entries, list) or not all(map(is_well_formed, entries)):
            return Message("“{part}” is not written as it should be", part=part)
    made = [(PERIMETER_RULES, rule["fields"]) for rule in content.get("rules", [])]
    for table, fields in ((content["table"], content["fields"]), *made):
        fault = _fault_of_fields(table, fields)
        if fault:
            return fault
    return None


def _fault_of_fields(table: str, fields: dict[str, Any]) -> Message | None:
    known = load_table(table).names
    for name, source in fields.items():
        if name not in known:
            return Message("“{field}” is not a field of the table {table}", field=name, table=table)
        if not _is_source(source):
            return Message("the source of the field “{field}” is not one of {kinds}", field=name, kinds=", ".join(_SOURCES))
    return None


def _is_source(source: Any) -> bool:
    return (
        isinstance(source, dict)
        and any(isinstance(source.get(kind), (str, list)) for kind in _SOURCES)
        and isinstance(source.get("values", {}), dict)
        and isinstance(source.get("factor", 1), (int, float))
    )


def _is_rule(rule: Any) -> bool:
    return (
        isinstance(rule, dict)
        and all(isinstance(rule.get(key), str) for key in ("column", "reason"))
        and any(isinstance(rule.get(key), list) for key in ("values", "drop"))
    )


def _makes_a_rule(rule: Any) -> bool:
    return isinstance(rule, dict) and isinstance(rule.get("fields"), dict) and isinstance(rule.get("only", {}), dict)


def _is_way(way: Any) -> bool:
    return isinstance(way, dict) and any(set(keys) <= set(way) for keys in _WAYS)


def mappings(table: str) -> dict[str, Mapping]:
    """All shipped mappings for `table`, by name; the generic one last."""
    found = {path.stem: load_mapping(path) for path in (*sorted(FOLDER.glob("*.json")), *sorted((FOLDER / table).glob("*.json")))}
    names = sorted((name for name, mapping in found.items() if mapping.table == table), key=lambda name: (name == GENERIC, name))
    return {name: found[name] for name in names}


def get_mapping(table: str, name: str) -> Mapping:
    """The mapping of that name, or in that file."""
    available = mappings(table)
    if name in available:
        return available[name]
    if name.endswith(".json"):
        return load_mapping(Path(name))
    raise ParameterError(
        "There is no mapping “{name}”. Choose one of: {names} — or give the path of a mapping file (.json).",
        name=name,
        names=", ".join(available),
    )


def recognise(table: str, columns: list[str], source: str, has_geometry: bool) -> Mapping:
    """The mapping whose columns `columns` has; the generic one for a layer with a geometry that none recognises.

    Raises
    ------
    HeaderError
        None fits and there is no geometry: says what is missing for the nearest one.
    """
    available = mappings(table)
    specific = [mapping for name, mapping in available.items() if name != GENERIC and mapping.recognise]
    fitting = [mapping for mapping in specific if not mapping.missing_columns(columns)]
    if fitting:
        return max(fitting, key=lambda mapping: len(mapping.recognise))
    if has_geometry:
        return available[GENERIC]
    nearest = min(specific, key=lambda mapping: len(mapping.missing_columns(columns)) / len(mapping.recognise))
    raise HeaderError(
        "The header of “{source}” is not that of any known source for “{table}”. Nearest: {nearest}, of which it lacks: {missing}. "
        "If the file has coordinates, read it with the generic mapping (--mapping generic; in QGIS: Mapping = Generic).",
        source=source,
        table=load_table(table).title[language()],
        nearest=nearest.name,
        missing=", ".join(nearest.missing_columns(columns)),
    )
