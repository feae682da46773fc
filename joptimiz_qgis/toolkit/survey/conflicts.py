"""What synchronisation could not settle, as Mergin Maps and QField leave it in the survey's folder: found by name and content, and read.

Mergin Maps: ``bays (conflicted copy, jack v10).gpkg`` (older: ``bays.gpkg_conflict_jack_v10``) is a whole copy of a layer;
``bays (edit conflict, jack v10).json`` (older: ``…_conflict.json``) is what its library geodiff writes: rows by their fid, columns by their
number, with the value before, the one that was there and the one that was kept.
QField: delta files (``{"deltas": […]}``) and the list of deltas that QFieldCloud gives, of which those not applied count.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely

from .. import geopackage
from ..errors import WorkspaceError
from ..messages import Message, tr

MERGIN_COPY, MERGIN_EDITS, QFIELD_EDITS = "mergin_copy", "mergin_edits", "qfield_edits"
_COPIES = (
    re.compile(r"^(?P<stem>.+) \(conflicted copy, (?P<user>.*?) v(?P<version>-?\d+)\)(?: \(\d+\))?(?P<ending>\.[^.]+)$", re.IGNORECASE),
    re.compile(r"^(?P<stem>.+?)(?P<ending>\.gpkg)_conflict(?:_copy)?_?(?P<user>.*?)(?:_v(?P<version>\d+))?$", re.IGNORECASE),
)
_EDITS = (
    re.compile(r"^(?P<stem>.+) \(edit conflict, (?P<user>.*?) v(?P<version>-?\d+)\)(?: \(\d+\))?\.json$", re.IGNORECASE),
    re.compile(r"^(?P<stem>.+?)(?:\.gpkg)?_(?:rebase_)?conflicts?\.json$", re.IGNORECASE),
)
_LARGEST_JSON = 50_000_000
_SETTLED = {"applied", "status_applied", "ignored", "status_ignored", "pending", "status_pending", "busy", "status_busy"}


@dataclass(frozen=True)
class Edit:
    """One value about which two edits disagree; `base` is what both began with, `theirs` what was there, `ours` what was to replace it."""

    table: str
    row: str
    field: str
    base: Any
    theirs: Any
    ours: Any

    def __str__(self) -> str:
        shown = {name: "—" if value is None else str(value) for name, value in vars(self).items()}
        return tr("{row}, {field}: {base}, then {theirs} by one and {ours} by the other", **{k: v for k, v in shown.items() if k != "table"})


@dataclass
class Conflict:
    """A file that tells of a conflict.

    Attributes
    ----------
    about : str
        Name of the file that it is about.
    user, version : str
        Whose edits, of which version of the project; empty where the name does not say.
    edits : list of Edit
        `row` is the uuid of the row where it could be found, else its number.
    problem : Message or None
        Why it could not be read.
    """

    kind: str
    path: Path
    about: str
    user: str = ""
    version: str = ""
    edits: list[Edit] = field(default_factory=list)
    problem: Message | None = None

    def sentence(self) -> str:
        """What it is, in words."""
        if self.problem is not None:
            return tr("The conflict file “{name}” cannot be read: {cause}. Look at it by hand.", name=self.path.name, cause=self.problem)
        who = {"name": self.path.name, "about": self.about, "user": self.user or "?"}
        if self.kind == MERGIN_COPY:
            return tr("“{name}” is a conflicted copy of “{about}” by {user}: its bays are compared as a survey of their own.", **who)
        return tr("“{name}” tells of {count} values of “{about}” that two people changed differently.", count=len(self.edits), **who)


def find_conflicts(folder: Path) -> list[Conflict]:
    """All conflict files of a survey's folder and of the folders in it, in the order of their names; nothing is changed."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            conflict = _conflict(path)
            if conflict is not None:
                found.append(conflict)
    return found


def is_conflict_copy(path: Path) -> bool:
    """Whether a file's name is that of a conflicted copy."""
    return any(pattern.match(path.name) for pattern in _COPIES)


def _conflict(path: Path) -> Conflict | None:
    for pattern in _COPIES:
        match = pattern.match(path.name)
        if match:
            return Conflict(MERGIN_COPY, path, match["stem"] + match["ending"], match["user"] or "", match["version"] or "")
    named = next((match for match in (pattern.match(path.name) for pattern in _EDITS) if match), None)
    if named is None and path.suffix.lower() != ".json":
        return None
    told = _json(path)
    user, version = (named.groupdict().get(name) or "" if named else "" for name in ("user", "version"))
    if isinstance(told, dict) and isinstance(told.get("geodiff"), list):
        about = f"{named['stem']}.gpkg" if named else path.with_suffix(".gpkg").name
        return Conflict(MERGIN_EDITS, path, about, user, version, list(_geodiff(told["geodiff"], path.parent / about)))
    if isinstance(told, dict) and (isinstance(told.get("deltas"), list) or _cloud_list(told.get("results"))):
        deltas = told.get("deltas") or [one["content"] for one in told["results"] if str(one.get("status", "")).lower() not in _SETTLED]
        edits = list(_deltas(deltas))
        layers = dict.fromkeys(edit.table for edit in edits)
        return Conflict(QFIELD_EDITS, path, ", ".join(layers), edits=edits) if edits else None
    if named is not None:
        return Conflict(MERGIN_EDITS, path, f"{named['stem']}.gpkg", user, version, problem=Message("it is not what Mergin Maps writes"))
    return None


def _json(path: Path) -> Any:
    try:
        if path.stat().st_size > _LARGEST_JSON:
            return None
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return None


def _cloud_list(results: Any) -> bool:
    return isinstance(results, list) and all(isinstance(one, dict) and isinstance(one.get("content"), dict) for one in results) and bool(results)


# -- geodiff -------------------------------------------------------------------------------------------------------------


def _geodiff(entries: list[Any], package: Path) -> Iterator[Edit]:
    """Entries with the names of columns and the uuids of rows, out of the GeoPackage beside the file where it is there."""
    for entry in filter(lambda one: isinstance(one, dict), entries):
        table, fid = str(entry.get("table", "")), str(entry.get("fid", ""))
        names, row = _names_and_row(package, table, fid)
        for change in entry.get("changes", ()):
            number = int(change.get("column", -1))
            name = names[number] if 0 <= number < len(names) else str(number)
            yield Edit(table, row, name, *(_value(change.get(part), name) for part in ("base", "old", "new")))


def _names_and_row(package: Path, table: str, fid: str) -> tuple[list[str], str]:
    if not package.is_file():
        return [], fid
    try:
        with geopackage.connected(package) as connection:
            names = list(geopackage.columns_in(connection, table))
            if not names or "uuid" not in names or not fid.isdigit():
                return names, fid
            query = geopackage.statement("SELECT uuid FROM {table} WHERE {key} = ?", table=geopackage.quoted(table), key=geopackage.quoted(names[0]))
            found = connection.execute(query, (int(fid),)).fetchone()
            return names, str(found[0]) if found and found[0] else fid
    except WorkspaceError:
        return [], fid


def _value(value: Any, name: str) -> Any:
    """A value as people read it; geometries, which are written in base64, as WKT."""
    if name in ("geom", "geometry") and isinstance(value, str):
        try:
            shape = geopackage.shapes_of([base64.b64decode(value, validate=True)])[0]
        except (binascii.Error, IndexError):
            return value
        return value if shape is None else shapely.to_wkt(shape, rounding_precision=7)
    return value


# -- deltas --------------------------------------------------------------------------------------------------------------


def _deltas(deltas: list[Any]) -> Iterator[Edit]:
    for delta in filter(lambda one: isinstance(one, dict), deltas):
        table = str(delta.get("localLayerName") or delta.get("localLayerId") or delta.get("sourceLayerId") or "")
        old, new = (delta.get(part) or {} for part in ("old", "new"))
        before, after = old.get("attributes") or {}, new.get("attributes") or {}
        row = str(after.get("uuid") or before.get("uuid") or delta.get("sourcePk") or delta.get("localPk") or "")
        for name in dict.fromkeys((*before, *after)):
            if before.get(name) != after.get(name):
                yield Edit(table, row, name, before.get(name), None, after.get(name))
        if new.get("geometry") and old.get("geometry") != new.get("geometry"):
            yield Edit(table, row, "geometry", old.get("geometry"), None, new.get("geometry"))
