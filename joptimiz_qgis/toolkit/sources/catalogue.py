"""The catalogue of sources: what can be fetched, from where, and as which table.

It is a JSON file, ``resources/sources.json`` or another that an administrator wrote: ``{"about": …, "sources": [entry, …]}``.
The keys of an entry:

``id``
    Lower-case letters, digits and ``_``; names the source on the command line and its copies.
``title``
    ``{"fr": …, "en": …}``.
``table``
    What its rows are: one of `TABLES`.
``service``, ``url``
    One of `SERVICES`, and its address: the file itself for ``file``; the portal (``https://opendata.paris.fr``) for ``opendatasoft`` and
    ``datagouv``; the landing page for ``ogcapi``; the address before the ``?`` for ``wfs``.
``dataset``
    Identifier in the portal (``opendatasoft``, ``datagouv``).
``collection``
    Collection (``ogcapi``) or feature type (``wfs``).
``schema``
    ``datagouv``: instead of ``dataset``, every file of the portal that declares this schema (``CEREMA/schema-aire-livraison``).
``resource``
    ``datagouv``: which file of the dataset: ``{"title": start of its title, "format": "csv"}``.
``format``
    Of the files: one of `FORMATS`; ``geojson`` for ``ogcapi`` and ``wfs``.
``where``
    ``opendatasoft``: a filter in its query language. ``area_field``: its field with the position, by which an area is asked for.
``options``
    Further parameters sent as they are.
``mapping``
    How the table is read (``resources/mappings``, or the path of a mapping file); recognised from the header where not given.
``kind``
    ``points_of_interest``: what the places are, where the file does not say it (``resources/tables/poi_kinds.csv``).
``coordinates``
    ``[x, y]``: the columns with the coordinates, where their names do not tell.
``crs``
    Of the coordinates, where the file does not say it (``EPSG:2154``).
``key``
    The fields of the table that tell one row from another, for comparing with an older file; the table's own where not given.
``licence``, ``attribution``
    Shown with the layer.
``origin``, ``checked``
    Where the entry's address was found; the day on which the service was asked (``2026-11-20``), null where it was not.

Loads no library: dialogs list the sources.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Callable
from urllib.parse import urlsplit

from ..errors import FileError, ParameterError
from ..messages import Message, language

CATALOGUE = Path(__file__).parents[2] / "resources" / "sources.json"
TABLES = ("access_points", "bays", "delivery_points", "perimeters", "points_of_interest")
SERVICES = ("datagouv", "file", "ogcapi", "opendatasoft", "wfs")
FORMATS = ("csv", "geojson", "gpkg", "json", "parquet")

_NEEDED: dict[str, tuple[str, ...]] = {
    "datagouv": ("format",),
    "file": ("format",),
    "ogcapi": ("collection",),
    "opendatasoft": ("dataset", "format"),
    "wfs": ("collection",),
}


@dataclass(frozen=True)
class Source:
    """One entry of a catalogue; see the module's text for what each key means."""

    id: str
    table: str
    service: str
    url: str
    title: dict[str, str] = field(default_factory=dict)
    dataset: str = ""
    collection: str = ""
    schema: str = ""
    resource: dict[str, str] = field(default_factory=dict)
    format: str = "geojson"
    where: str = ""
    area_field: str = ""
    options: dict[str, str] = field(default_factory=dict)
    mapping: str = ""
    kind: str = ""
    coordinates: tuple[str, ...] = ()
    crs: str = ""
    key: tuple[str, ...] = ()
    licence: str = ""
    attribution: str = ""
    origin: str = ""
    checked: str | None = None

    @property
    def name(self) -> str:
        """The title in the reader's language."""
        return self.title.get(language()) or self.title.get("fr") or self.id


def load_catalogue(path: Path | str = CATALOGUE) -> dict[str, Source]:
    """The sources of a catalogue, by id, in the file's order.

    Raises
    ------
    FileError
        The file is missing, is not JSON, or an entry is wrong: says which file, which entry and what.
    """
    path = Path(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise FileError(
            "The catalogue of sources “{path}” cannot be read: {cause}", path=path, cause=error.strerror or error
        ) from error
    except ValueError as error:
        raise FileError("The catalogue of sources “{path}” is not JSON: {cause}", path=path, cause=error) from error
    entries = content.get("sources") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise FileError("The catalogue of sources “{path}” has no list “sources”.", path=path)
    found: dict[str, Source] = {}
    for number, entry in enumerate(entries, start=1):
        fault = _fault(entry, found)
        if fault:
            raise FileError(
                "The catalogue of sources “{path}”, entry {number} ({entry}): {cause}.",
                path=path,
                number=number,
                entry=entry.get("id") or "?" if isinstance(entry, dict) else "?",
                cause=fault,
            )
        found[entry["id"]] = as_source(entry)
    return found


def get_source(name: str, catalogue: Path | str = CATALOGUE) -> Source:
    """The source called `name` in a catalogue; `ParameterError`, with the names that there are, where there is none."""
    sources = load_catalogue(catalogue)
    if name not in sources:
        raise ParameterError("There is no source “{name}”. There are: {names}.", name=name, names=", ".join(sources))
    return sources[name]


def chosen_source(name: str, catalogue: Path | None, parts: dict[str, Any]) -> Source:
    """The source called `name` in `catalogue` (the shipped one where None), or the one at the address `name`.

    Parameters
    ----------
    parts : dict
        For an address: the keys of an entry (``service``, ``collection``…); ``table`` is ``points_of_interest`` and ``format`` is what
        the address ends with, where they are not given.
    """
    if "://" not in name:
        return get_source(name, catalogue or CATALOGUE)
    path = Path(urlsplit(name).path)
    ending = path.suffix[1:].lower()
    guessed = {"table": "points_of_interest", "service": "file", "format": ending if ending in FORMATS else "geojson"}
    words = "_".join((urlsplit(name).netloc, path.stem, parts.get("dataset", ""), parts.get("collection", "")))
    return as_source({"id": re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_"), "url": name, **guessed, **parts})


def as_source(entry: dict[str, Any]) -> Source:
    """A source out of an entry's keys; `ParameterError` where they do not make one."""
    fault = _fault(entry, {})
    if fault:
        raise ParameterError("The source cannot be used: {cause}.", cause=fault)
    parts: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    if parts["service"] in {"ogcapi", "wfs"}:
        parts["format"] = "geojson"
    return Source(**parts)


def _fault(entry: Any, before: dict[str, Source]) -> Message | None:
    """What is wrong with an entry, the first thing found."""
    if not isinstance(entry, dict):
        return Message("it is not an object with “id”, “table”, “service” and “url”")
    checks = (_wrong_keys, lambda item: _wrong_id(item, before), _wrong_values, _wrong_service)
    return next((fault for check in checks if (fault := check(entry))), None)


def _texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(part, str) for pair in value.items() for part in pair)


def _names(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(part, str) for part in value)


def _day(value: Any) -> bool:
    if value is None:
        return True
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def _text(value: Any) -> bool:
    return isinstance(value, str)


_FORMS: dict[str, tuple[Callable[[Any], bool], str]] = {
    **dict.fromkeys(("title", "resource", "options"), (_texts, '{"name": "text"}')),
    **dict.fromkeys(("coordinates", "key"), (_names, '["column", …]')),
    "checked": (_day, "2026-11-20, null"),
}


def _wrong_keys(entry: dict[str, Any]) -> Message | None:
    known = list(Source.__dataclass_fields__)
    unknown = [key for key in entry if key not in known]
    if unknown:
        return Message("“{key}” is not one of the keys: {keys}", key=unknown[0], keys=", ".join(known))
    for key in ("id", "table", "service", "url"):
        if not entry.get(key):
            return Message("“{key}” is missing", key=key)
    for key, value in entry.items():
        fits, form = _FORMS.get(key, (_text, '"text"'))
        if not fits(value):
            return Message("“{key}” has the form {value}. Expected: {form}", key=key, value=json.dumps(value, ensure_ascii=False), form=form)
    return None


def _wrong_id(entry: dict[str, Any], before: dict[str, Source]) -> Message | None:
    if not re.fullmatch(r"[a-z0-9_]+", entry["id"]):
        return Message("“id” may have lower-case letters, digits and _ only")
    return Message("another entry has the same “id”") if entry["id"] in before else None


def _wrong_values(entry: dict[str, Any]) -> Message | None:
    for key, allowed in (("table", TABLES), ("service", SERVICES), ("format", FORMATS)):
        if entry.get(key, allowed[0]) not in allowed:
            return Message("“{key}” is “{value}”. Expected one of: {allowed}", key=key, value=entry[key], allowed=", ".join(allowed))
    if entry.get("coordinates") and len(entry["coordinates"]) != 2:
        return Message("“coordinates” names two columns, that of x first")
    return None


def _wrong_service(entry: dict[str, Any]) -> Message | None:
    service = entry["service"]
    for key in _NEEDED[service]:
        if not entry.get(key):
            return Message("“{key}” is missing, which the service {service} needs", key=key, service=service)
    if service == "datagouv" and bool(entry.get("dataset")) == bool(entry.get("schema")):
        return Message("the service datagouv needs either “dataset” or “schema”")
    if urlsplit(entry["url"]).scheme not in {"http", "https"}:
        return Message("“{key}” is “{value}”. Expected one of: {allowed}", key="url", value=entry["url"], allowed="https://…, http://…")
    return None
