"""Surveys that came back: the folder of a survey project, a GeoPackage of it, or any file of bays; only read.

A survey is read from a copy, so that neither a tablet's nor QGIS's open file is touched. What is wrong with it is said, and everything
that can be read is.
"""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from .. import geopackage
from ..errors import DataError, FileError, JoptimizError, WorkspaceError
from ..messages import Message, count, tr
from ..progress import Progress
from ..read.bays import bays_from_raw, read_bays
from ..read.raw import RawTable, Reject
from ..read.reading import Reading
from ..schema.table import with_none
from . import project
from .conflicts import MERGIN_COPY, Conflict, find_conflicts, is_conflict_copy

SURVEY, LINE, STATUS, NOTE, AGENT, VISITED = "_survey", "_line", "_status", "_note", "_agent", "_visited"
OWN_COLUMNS = (SURVEY, LINE, STATUS, NOTE, AGENT, VISITED)
"""Columns beside the schema's: which survey, which row of it, what the surveyor said of the visit."""
_FROM = {STATUS: project.STATUS, NOTE: project.NOTE, AGENT: project.AGENT, VISITED: project.VISITED}
_OFFLINE_TABLES = {"log_layer_ids", "log_added_features", "log_feature_updates"}


@dataclass
class Returned:
    """One survey.

    Attributes
    ----------
    name : str
        What to call it in messages.
    path : Path
        The file of its bays.
    folder : Path
        What photos' paths are relative to.
    bays : GeoDataFrame
        Fields of the schema and `OWN_COLUMNS`; EPSG:4326.
    photos, visits : DataFrame
        As the survey has them; `photos` with `file`, the path of each, and `found`.
    conflict : Conflict or None
        Where this is a conflicted copy of another survey.
    """

    name: str
    path: Path
    folder: Path
    bays: gpd.GeoDataFrame
    photos: pd.DataFrame = field(default_factory=pd.DataFrame)
    visits: pd.DataFrame = field(default_factory=pd.DataFrame)
    conflict: Conflict | None = None
    rejects: list[Reject] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)

    @property
    def lost_photos(self) -> list[str]:
        """Paths of photos that are not there, as the survey has them."""
        return [] if self.photos.empty else self.photos.loc[~self.photos["found"], project.PHOTO_PATH].tolist()


@dataclass
class Surveys:
    """All that came back.

    Attributes
    ----------
    parts : list of Returned
        Conflicted copies behind the survey that they are copies of.
    conflicts : list of Conflict
    """

    parts: list[Returned]
    conflicts: list[Conflict]

    def sentences(self) -> list[str]:
        """What was read, and what is the matter with it."""
        said = []
        for part in self.parts:
            said.append(tr("{name}: {count} surveyed bays.", name=part.name, count=count(len(part.bays))))
            said += [f"{part.name} : {note}" for note in part.notes]
            said += [f"{part.name} : {reject}" for reject in part.rejects[:10]]
            lost = part.lost_photos
            if lost:
                listed = ", ".join(lost[:5]) + ("…" if len(lost) > 5 else "")
                said.append(tr("{name}: {count} photos are not in the folder: {listed}", name=part.name, count=count(len(lost)), listed=listed))
        return [*said, *(conflict.sentence() for conflict in self.conflicts)]


def read_surveys(paths: Iterable[Path | str], progress: Progress | None = None) -> Surveys:
    """Read one or several surveys, each with the conflict files beside it.

    Parameters
    ----------
    paths : iterable of path
        Folders or projects of surveys, or files of bays of any kind that `read_bays` knows.

    Raises
    ------
    FileError, WorkspaceError
        A survey is missing, broken, or being written to by another program.
    DataError
        There is no surveyed bay in all of them.
    """
    progress = progress or Progress()
    given = [Path(str(path)) for path in paths]
    parts: list[Returned] = []
    conflicts: list[Conflict] = []
    for number, path in enumerate(given):
        progress.step(number / max(1, len(given)), tr("Reading {name}", name=path.name))
        found, told = _read_one(path)
        parts += found
        conflicts += [conflict for conflict in told if conflict.path not in {known.path for known in conflicts}]
    _name_apart(parts)
    if not any(len(part.bays) for part in parts):
        names = ", ".join(path.name for path in given) or "—"
        raise DataError("There is no surveyed bay in {names}: nothing to merge. Was the survey synchronised before it was copied?", names=names)
    return Surveys(parts, conflicts)


def _name_apart(parts: list[Returned]) -> None:
    """Two surveyors' folders may have the same name."""
    taken: set[str] = set()
    for part in parts:
        name, number = part.name, 2
        while part.name in taken:
            part.name, number = f"{name} ({number})", number + 1
        taken.add(part.name)
        part.bays[SURVEY] = part.name


def _read_one(path: Path) -> tuple[list[Returned], list[Conflict]]:
    file = Path(str(path).partition("|")[0])
    if not file.exists():
        raise FileError("There is no file “{path}”. Check the name and the folder.", path=file)
    if file.is_dir() or file.suffix.lower() in (".qgz", ".qgs"):
        return _read_folder(file if file.is_dir() else file.parent)
    if file.suffix.lower() == ".gpkg" and file.name == project.survey_layers()[project.BAYS].file:
        return _read_folder(file.parent)
    return [_read_file(path)], []


def _read_folder(folder: Path) -> tuple[list[Returned], list[Conflict]]:
    conflicts = find_conflicts(folder)
    main = project.survey_layers()[project.BAYS].path(folder)
    packages = [path for path in sorted(folder.glob("*.gpkg")) if not is_conflict_copy(path)]
    offline = [path for path in packages if path != main and _is_offline(path)]
    if not main.is_file() and not offline:
        names = ", ".join(path.name for path in packages) or "—"
        raise FileError(
            "The folder “{folder}” has no “{file}”, where the surveyed bays should be. GeoPackages in it: {names}. Copy the whole folder of the "
            "project again, or choose the file of bays itself.",
            folder=folder,
            file=main.name,
            names=names,
        )
    parts = [_read_package(main, folder.name)] if main.is_file() else []
    note = Message("it is a copy that QField made for work without network")
    parts += [_read_package(path, f"{folder.name}/{path.name}", note) for path in offline]
    for name, table in ((project.PHOTOS, "photos"), (project.VISITS, "visits")):
        rows, lacking = _beside(folder, name)
        setattr(parts[0], table, rows)
        parts[0].notes += [lacking] if lacking is not None else []
    parts[0].photos = _resolved(parts[0].photos, folder)
    for conflict in conflicts:
        if conflict.kind == MERGIN_COPY and conflict.about.lower() == main.name:
            try:
                copy = _read_package(conflict.path, conflict.path.name)
            except JoptimizError as error:
                conflict.problem = error.message
                continue
            copy.conflict = conflict
            parts.append(copy)
    return parts, conflicts


def _is_offline(path: Path) -> bool:
    try:
        with geopackage.connected(path) as connection:
            return bool(_OFFLINE_TABLES & geopackage.tables_in(connection)) and _bays_in(geopackage.tables_in(connection)) is not None
    except WorkspaceError:
        return False


def _bays_in(tables: set[str]) -> str | None:
    """The table of bays; QField adds to the name of a layer."""
    named = sorted(name for name in tables if name == project.BAYS or name.lower().startswith((f"{project.BAYS}_", f"{project.BAYS} ")))
    return named[0] if named else None


def _read_package(path: Path, name: str, note: Message | None = None) -> Returned:
    """The bays of a survey project's GeoPackage."""
    with _copied(path) as copy, geopackage.connected(copy) as connection:
        tables = geopackage.tables_in(connection)
        table = _bays_in(tables)
        if table is None:
            shown = sorted(one for one in tables if not one.startswith(("gpkg_", "rtree_", "sqlite_")))
            raise FileError(
                "“{name}” has no layer “{layer}”. Its layers are: {layers}. Copy the survey’s folder again.",
                name=path.name,
                layer=project.BAYS,
                layers=", ".join(shown) or "—",
            )
        frame = geopackage.read_layer(connection, table)
    part = _bays_of(frame, path, name)
    part.notes += [note] if note is not None else []
    return part


class _copied:  # noqa: N801 - a context manager that reads like a verb
    """A copy of a GeoPackage with its logs, so that what a program has not written back yet is read too."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Path:
        self._refuse_locked()
        self.folder = tempfile.TemporaryDirectory(prefix="joptimiz-")
        copy = Path(self.folder.name) / "survey.gpkg"
        try:
            for ending in ("", "-wal", "-journal"):
                source = self.path.with_name(self.path.name + ending)
                if source.exists():
                    shutil.copyfile(source, copy.with_name(copy.name + ending))
        except OSError as error:
            self.folder.cleanup()
            raise geopackage.refusal(self.path, error) from error
        return copy

    def __exit__(self, kind: object, error: object, _trace: object) -> None:
        self.folder.cleanup()
        if isinstance(error, WorkspaceError):
            raise _broken(self.path, error) from error

    def _refuse_locked(self) -> None:
        if self.path.stat().st_size == 0:
            raise FileError("The file “{name}” is empty.", name=self.path.name)
        if not self.path.with_name(self.path.name + "-wal").exists():
            try:
                with geopackage.connected(self.path) as connection:
                    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            except WorkspaceError as error:
                if "locked" in str(error.__cause__).lower():
                    raise
                raise _broken(self.path, error) from error


def _broken(path: Path, error: WorkspaceError) -> FileError:
    return FileError(
        "The survey’s file “{name}” is damaged ({cause}): it was probably copied before it was complete. Copy it again from the tablet or from "
        "the server; nothing was changed.",
        name=path.name,
        cause=error.__cause__ or error,
    )


def _bays_of(frame: pd.DataFrame, path: Path, name: str) -> Returned:
    """Rows as the form wrote them → the schema's fields; columns that lack or are strange are said."""
    notes: list[Message] = []
    layer = project.survey_layers()[project.BAYS]
    if not isinstance(frame, gpd.GeoDataFrame):
        raise FileError("The layer of bays of “{name}” has no geometry any more. Copy the survey’s folder again.", name=path.name)
    columns = [str(column) for column in frame.columns if column not in ("geometry", "fid")]
    lacking = [one for one in layer.table.names if one not in columns and one not in ("source", "source_ligne", "remarques", "temporalite_defaut")]
    strange = [one for one in columns if one not in layer.table.names]
    if not {"uuid", "id"} & set(columns):
        raise FileError(
            "The layer of bays of “{name}” has neither “uuid” nor “id” any more: its form was changed. Its columns are: {columns}. Choose it as a "
            "file of bays of any kind, under another name.",
            name=path.name,
            columns=", ".join(columns),
        )
    if lacking:
        notes.append(Message("columns that the survey had are gone: {names}. Their values stay as the inventory has them.", names=", ".join(lacking)))
    if strange:
        notes.append(Message("columns that the survey did not have: {names}. They stay in the survey’s file.", names=", ".join(strange)))
    plain = _in_schema_units(pd.DataFrame(frame.drop(columns="geometry")))
    lines = plain["fid"].to_numpy(dtype=np.int64)
    reading = bays_of_layer(RawTable(name, plain.drop(columns="fid"), lines, frame.geometry), "national_v1")
    changed = [remark for remark in reading.remarks if remark.kind == "corrected"]
    if changed:
        notes.append(Message("{count} values could not be read as the field wants them; the first: {remark}", count=len(changed), remark=changed[0]))
    bays = reading.table.assign(**{SURVEY: name, LINE: lines[reading.table.index]})
    for own, column in _FROM.items():
        bays[own] = with_none(plain[column].loc[reading.table.index]) if column in plain else None
    return Returned(name, path, path.parent, _in_degrees(bays), rejects=reading.rejects, notes=[*reading.notes, *notes])


def bays_of_layer(raw: RawTable, mapping: str | None = None, crs: str | None = None) -> Reading:
    """Bays of a layer, where the layer says: a footprint in ``geom_wkt`` may be older than the point that a surveyor moved."""
    column = next((one for one in raw.columns if one.casefold() == "geom_wkt"), None)
    if column is None or raw.geometry is None:
        return bays_from_raw(raw, mapping, crs)
    reading = bays_from_raw(dataclasses.replace(raw, rows=raw.rows.drop(columns=column)), mapping, crs)
    reading.table["geom_wkt"] = raw.text(column).loc[reading.table.index]
    return reading


def _in_schema_units(rows: pd.DataFrame) -> pd.DataFrame:
    """What was typed in metres in the schema's centimetres; what nobody typed as it stands, readable or not, so that it can be told."""
    found = project.in_schema_units(rows)
    for metres, name in project.IN_METRES.items():
        if metres in rows and name in rows:
            typed = pd.to_numeric(rows[metres], errors="coerce").notna()
            found[name] = found[name].astype(object).where(typed, rows[name])
    return found


def _read_file(path: Path) -> Returned:
    """Any file of bays."""
    reading = read_bays(path)
    bays = reading.table.assign(**{SURVEY: reading.source, LINE: reading.table["source_ligne"].to_numpy()})
    bays = bays.assign(**dict.fromkeys(_FROM))
    file = Path(str(path).partition("|")[0])
    return Returned(reading.source, file, file.parent, _in_degrees(bays), rejects=reading.rejects, notes=list(reading.notes))


def _in_degrees(bays: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return bays.set_geometry(bays.geometry.force_2d()).to_crs(4326) if bays.crs is not None else bays.set_crs(4326)


def _beside(folder: Path, name: str) -> tuple[pd.DataFrame, Message | None]:
    """Photos or visits; a sentence where they lack or cannot be read."""
    layer = project.survey_layers()[name]
    path = layer.path(folder)
    if not path.is_file():
        return pd.DataFrame(columns=layer.table.names), Message("“{file}” is missing: the survey comes without it.", file=layer.file)
    try:
        with _copied(path) as copy, geopackage.connected(copy) as connection:
            if name not in geopackage.tables_in(connection):
                return pd.DataFrame(columns=layer.table.names), Message("“{file}” has no layer “{layer}” any more.", file=layer.file, layer=name)
            return geopackage.read_layer(connection, name).drop(columns="fid", errors="ignore"), None
    except JoptimizError as error:
        return pd.DataFrame(columns=layer.table.names), error.message


def _resolved(photos: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """`photos` with the file of each and whether it is there; a path is relative to the survey's folder."""
    paths = with_none(photos[project.PHOTO_PATH]) if project.PHOTO_PATH in photos else pd.Series(None, index=photos.index, dtype=object)
    files = [None if path is None else folder / str(path).replace("\\", "/") for path in paths]
    found = [path is not None and path.is_file() for path in files]
    photos = photos.copy()
    photos[project.PHOTO_PATH] = paths
    photos["file"] = pd.Series([None if path is None else str(path) for path in files], index=photos.index, dtype=object)
    photos["found"] = pd.Series(found, index=photos.index, dtype=bool)
    return photos[paths.notna()].reset_index(drop=True)
