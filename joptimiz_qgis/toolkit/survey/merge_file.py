"""The inventory as a file: read, changed by a merge after a backup, and put back byte for byte by an undo.

A GeoPackage in the schema's fields is changed row by row in one transaction: other layers, styles, columns of the town's own and row numbers
stay. Any other file is only read, and the result is a new GeoPackage.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .. import geopackage, history
from ..errors import DataError, FileError, OutputError, ParameterError
from ..messages import Message, tr
from ..progress import Progress
from ..read.bays import read_bays
from ..read.raw import RawTable
from ..read.reading import Reading
from ..read.vector import read_vector
from ..schema import load_table
from ..workspace import put_in_place
from ..write.tables import check_output, write_layers
from . import project
from .decisions import Decision, load_decisions
from .merging import Applied, Merge, MergeSettings, apply, compared, merged_photos
from .returned import bays_of_layer, read_surveys

BAYS = "bays"


class MergeHistory(history.History):
    """Backups and log of the merges into a file; the log has all that a merge did, bay by bay."""

    NOTHING = Message("There is no merge of “{name}” to undo.")
    CHANGED = Message(
        "“{name}” was changed since its last merge; an undo would lose those changes. Save a copy first, then undo with --even-if-changed."
    )

    def log(self, backup: str | None, counts: Mapping[str, int], details: Mapping[str, Any]) -> Path:
        """Add a merge to the log, and a file of its own that says every value it changed."""
        self.folder.mkdir(exist_ok=True)
        number = 1 + max((int(found.name[:4]) for found in self.folder.glob("[0-9][0-9][0-9][0-9].merge.json")), default=0)
        path = self.folder / f"{number:04d}.merge.json"
        path.write_text(json.dumps(details, ensure_ascii=False, indent=1, default=str), encoding="utf-8")
        self.record(backup, {"kind": "merge", "counts": dict(counts), "details": path.name})
        return path

    def undo(self, even_if_changed: bool = False) -> history.Undone:
        """See `history.History.undo`; the merge's own file stays and says when it was undone."""
        last = (self.entries() or [{}])[-1]
        undone = super().undo(even_if_changed)
        path = self.folder / str(last.get("details", ""))
        if path.is_file():
            told = json.loads(path.read_text(encoding="utf-8"))
            path.write_text(json.dumps({"undone_at": _now(), **told}, ensure_ascii=False, indent=1), encoding="utf-8")
        return undone


@dataclass
class Inventory:
    """The bays that a survey is merged into.

    Attributes
    ----------
    path : Path
    layer : str
        Of a GeoPackage.
    bays : GeoDataFrame
        Labels are the rows' keys in a GeoPackage, else their place.
    in_place : bool
        Whether the file itself can be changed: a GeoPackage in the schema's fields.
    kind : str
        Type of the layer's geometry in a GeoPackage, in capitals.
    """

    path: Path
    layer: str
    bays: gpd.GeoDataFrame
    in_place: bool
    notes: list[Message] = field(default_factory=list)
    kind: str = ""


def read_inventory(path: Path | str, mapping: str | None = None, crs: str | None = None) -> Inventory:
    """The inventory of a file of bays; ``file.gpkg|layername=bays`` names a layer.

    Raises
    ------
    FileError, HeaderError, CrsError, WorkspaceError
        See `read_bays`; or the file is being changed by another program.
    DataError
        It has no bay.
    """
    file, _, options = str(path).partition("|")
    named = dict(option.partition("=")[::2] for option in options.split("|") if option).get("layername", "")
    if Path(file).suffix.lower() == ".gpkg" and Path(file).is_file() and Path(file).stat().st_size:
        found = _read_geopackage(Path(file), named, mapping, crs)
    else:
        reading = read_bays(path, mapping, crs)
        found = Inventory(Path(file), "", reading.table.reset_index(drop=True), False, list(reading.notes))
        found.notes += _unread(reading)
    if not len(found.bays):
        raise DataError("The inventory “{name}” has no bay. Import the survey as a first inventory instead.", name=found.path.name)
    return found


def _read_geopackage(path: Path, layer: str, mapping: str | None, crs: str | None) -> Inventory:
    with geopackage.connected(path) as connection:
        tables = geopackage.tables_in(connection)
        name = layer or (BAYS if BAYS in tables else _only_layer(connection, path))
        if name not in tables:
            names = ", ".join(_layers(connection))
            raise FileError("“{name}” has no layer “{layer}”. Its layers are: {layers}.", name=path.name, layer=name, layers=names)
        frame = geopackage.read_layer(connection, name)
        kinds = geopackage.columns_in(connection, name)
        shape = connection.execute("SELECT geometry_type_name FROM gpkg_geometry_columns WHERE table_name = ?", (name,)).fetchone()
    if not isinstance(frame, gpd.GeoDataFrame):
        raise FileError("The layer “{layer}” of “{name}” has no geometry: it holds no bays.", layer=name, name=path.name)
    keys = frame["fid"].to_numpy(dtype=np.int64)
    raw = RawTable(path.name, pd.DataFrame(frame.drop(columns=["fid", frame.geometry.name])), keys, frame.geometry)
    own = {"id", "uuid", "adresse", "longueur"} <= set(raw.columns) and kinds["id"].upper().startswith(("TEXT", "VARCHAR", "CHAR"))
    reading = bays_of_layer(raw, mapping or ("national_v1" if own else None), crs)
    bays = reading.table.set_axis(pd.Index(keys[reading.table.index]), axis=0)
    return Inventory(path, name, bays, own, [*reading.notes, *_unread(reading)], str(shape[0]).upper())


def _unread(reading: Reading) -> list[Message]:
    if not reading.rejects:
        return []
    return [Message("{count} rows of the inventory could not be read; the first: {reject}", count=reading.rejected, reject=reading.rejects[0])]


def _layers(connection: sqlite3.Connection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT table_name FROM gpkg_geometry_columns ORDER BY table_name")]


def _only_layer(connection: sqlite3.Connection, path: Path) -> str:
    names = _layers(connection)
    if len(names) == 1:
        return names[0]
    raise ParameterError(
        "The file “{name}” holds several layers: {layers}. Name one, for example: {example}",
        name=path.name,
        layers=", ".join(names) or "—",
        example=f"{path}|layername={names[0] if names else BAYS}",
    )


@dataclass
class SurveyMerge:
    """A merge that is ready to be looked at, decided and written."""

    inventory: Inventory
    merge: Merge
    sources: list[Path]

    def sentences(self) -> list[str]:
        """What was read, what is the matter with it, and what the comparison gave."""
        notes = [str(note) for note in (*self.inventory.notes, *self.merge.notes)]
        return [*self.merge.surveys.sentences(), *notes, self.merge.sentence()]

    def preview(self, decisions: Mapping[str, Decision]) -> Applied:
        """What would be written."""
        return apply(self.merge, decisions)


def open_merge(
    inventory: Path | str,
    surveys: Sequence[Path | str],
    settings: MergeSettings | None = None,
    communes: Path | str | None = None,
    mapping: str | None = None,
    progress: Progress | None = None,
) -> SurveyMerge:
    """Read an inventory and what came back, and compare them; nothing is written.

    Parameters
    ----------
    communes : path, optional
        Polygons of municipalities; those of the survey's folder where not given.
    """
    progress = progress or Progress()
    progress.step(0, tr("Reading {name}", name=Path(str(inventory)).name))
    found = read_inventory(inventory, mapping)
    back = read_surveys(surveys, progress.part(0.1, 0.3))
    own = _own_communes([part.folder for part in back.parts])
    areas = _polygons(communes) if communes else own
    territory = None if own is None else own.geometry
    merge = compared(found.bays, back, settings, areas, territory, progress.part(0.3, 1))
    return SurveyMerge(found, merge, [Path(str(path).partition("|")[0]) for path in surveys])


def _own_communes(folders: Iterable[Path]) -> gpd.GeoDataFrame | None:
    """The municipalities that the surveys bring along: all of what was to be surveyed; None where one of them brings none."""
    layer = project.survey_layers()[project.COMMUNES]
    paths = [layer.path(folder) for folder in dict.fromkeys(folders)]
    if not paths or not all(path.is_file() for path in paths):
        return None
    parts = [_polygons(path) for path in paths]
    return gpd.GeoDataFrame(pd.concat([part.to_crs(4326) for part in parts], ignore_index=True), geometry="geometry", crs=4326)


def _polygons(path: Path | str) -> gpd.GeoDataFrame:
    raw = read_vector(path)
    if raw.geometry is None or raw.geometry.crs is None:
        raise FileError("“{name}” has no polygons with a coordinate system: it cannot be used as the municipalities.", name=raw.name)
    return gpd.GeoDataFrame(raw.rows.drop(columns="geometry", errors="ignore"), geometry=raw.geometry)


# -- writing -------------------------------------------------------------------------------------------------------------


@dataclass
class Written:
    """What was written: the file, the file of the log, and the photos under the new inventory's bays."""

    path: Path
    log: Path
    applied: Applied
    photos: int
    photos_apart: int


def write_merge(
    ready: SurveyMerge,
    decisions: Mapping[str, Decision],
    output: Path | str,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Written:
    """Write the new inventory, after a backup of what is at `output`; then the log.

    Parameters
    ----------
    output : path
        Ending .gpkg: the inventory itself, or another file.
    overwrite : bool
        Also where `output` is another file that exists (a backup of it is kept as well).

    Raises
    ------
    OutputError, WorkspaceError
        It cannot be written, or another program has changes of it open; nothing was changed then.
    """
    progress = progress or Progress()
    path = Path(output)
    same = path.exists() and path.resolve() == ready.inventory.path.resolve()
    _refuse_survey(path, ready)
    if same and not ready.inventory.in_place:
        raise OutputError(
            "“{name}” is not a GeoPackage in the fields of the national schema, and is only read. Give another file for the result.", name=path.name
        )
    check_output(path, overwrite or same, (".gpkg",))
    applied = apply(ready.merge, decisions)
    strange = _points_among_areas(ready.inventory.kind, applied)
    if same and strange:
        raise OutputError(
            "The layer “{layer}” of “{name}” holds footprints, and {count} surveyed bays are points. Give another file for the result: "
            "it will hold points, and the footprints in “geom_wkt”.",
            layer=ready.inventory.layer,
            name=path.name,
            count=strange,
        )
    photos, apart = merged_photos(ready.merge, applied)
    past = MergeHistory(path)
    backup = past.back_up()
    try:
        progress.step(0.3, tr("Writing {name}", name=path.name))
        if same:
            _write_rows(path, ready.inventory, applied, _relative(photos, path.parent))
        elif ready.inventory.in_place and not strange:
            _write_copy(ready.inventory, applied, _relative(photos, path.parent), path, progress)
        else:
            layers: dict[str, pd.DataFrame] = {BAYS: _with_footprints(applied.table)}
            write_layers({**layers, **({project.PHOTOS: _relative(photos, path.parent)} if len(photos) else {})}, path, overwrite=True)
    except BaseException:
        if backup:
            (past.folder / backup).unlink(missing_ok=True)
        raise
    log = past.log(backup, {**ready.merge.counts(), **applied.counts()}, _details(ready, decisions, applied, photos))
    return Written(path, log, applied, len(photos), apart)


def _points_among_areas(kind: str, applied: Applied) -> int:
    """Surveyed points that a layer of footprints would have to take."""
    if kind in ("", "POINT", "MULTIPOINT", "GEOMETRY", "GEOMETRYCOLLECTION"):
        return 0
    shapes = np.array([*applied.shapes.values(), *applied.added.geometry], dtype=object)
    return int((shapely.get_dimensions(shapes) == 0).sum())


def _with_footprints(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """`table` with its areas as text too: in a file with points among them they are written as points."""
    areas = shapely.get_dimensions(table.geometry.to_numpy()) > 0
    if not areas.any() or areas.all() or "geom_wkt" not in table:
        return table
    texts = table.geometry.to_crs(4326).map(lambda shape: shapely.to_wkt(shape, rounding_precision=7))
    return table.assign(geom_wkt=table["geom_wkt"].where(table["geom_wkt"].notna() | ~areas, texts))


def undo_merge(path: Path | str, even_if_changed: bool = False) -> history.Undone:
    """Put back the file as it was before the last merge, byte for byte; see `history.History.undo`."""
    return MergeHistory(path).undo(even_if_changed)


def _refuse_survey(path: Path, ready: SurveyMerge) -> None:
    if any(path.resolve() == part.path.resolve() for part in ready.merge.surveys.parts):
        raise OutputError("“{path}” is one of the inputs; sources are never modified. Choose another file for the result.", path=path)


def _relative(photos: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Photos with their paths as the result has them: from its own folder, where both are on one disk."""
    if not len(photos):
        return photos.drop(columns="file")
    paths = []
    for file in photos["file"]:
        try:
            paths.append(Path(os.path.relpath(file, folder)).as_posix())
        except ValueError:  # Windows: on another disk
            paths.append(Path(file).as_posix())
    return photos.assign(**{project.PHOTO_PATH: pd.Series(paths, index=photos.index, dtype=object)}).drop(columns="file")


def _write_copy(inventory: Inventory, applied: Applied, photos: pd.DataFrame, path: Path, progress: Progress) -> None:
    """A copy of the inventory's GeoPackage with the changes in it, at `path`: whole or not at all."""
    with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=path.parent) as folder:
        part = Path(folder) / path.name
        try:
            shutil.copyfile(inventory.path, part)
        except OSError as error:
            raise geopackage.refusal(path, error) from error
        _write_rows(part, inventory, applied, photos)
        progress.step(0.9)
        put_in_place(part, path)


def _write_rows(path: Path, inventory: Inventory, applied: Applied, photos: pd.DataFrame) -> None:
    """The changes into a GeoPackage, in one transaction: QGIS may have it open (Windows would let no other file take its place)."""
    with geopackage.connected(path, write=True) as connection:
        geopackage.add_functions(connection)
        with geopackage.transaction(connection):
            _Rows(connection, inventory).write(applied)
            _write_photos(connection, photos)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # QGIS keeps a log beside it: all of it into the file, for its mark


class _Rows:
    """The rows of one table of a GeoPackage, changed in SQL."""

    def __init__(self, connection: sqlite3.Connection, inventory: Inventory) -> None:
        self.connection, self.layer, self.crs = connection, inventory.layer, inventory.bays.crs
        self.table = geopackage.quoted(inventory.layer)
        self.columns = geopackage.columns_in(connection, inventory.layer)
        self.key = next(row[1] for row in connection.execute(f"PRAGMA table_info({self.table})") if row[5])
        query = "SELECT column_name, geometry_type_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?"
        self.shape, self.kind, self.system = connection.execute(query, (inventory.layer,)).fetchone()

    def write(self, applied: Applied) -> None:
        values: dict[Any, dict[str, Any]] = {}
        for label, name, _, new in applied.cells:
            if name in self.columns:
                values.setdefault(label, {})[name] = _sql(new)
        labels = list(applied.shapes)
        for label, blob in zip(labels, self.blobs([applied.shapes[label] for label in labels])):
            values.setdefault(label, {})[self.shape] = blob
        for label, row in values.items():
            marks = ", ".join(f"{geopackage.quoted(name)} = ?" for name in row)
            sql = geopackage.statement("UPDATE {table} SET {marks} WHERE {key} = ?", table=self.table, marks=marks, key=geopackage.quoted(self.key))
            self.connection.execute(sql, (*row.values(), int(label)))
        drop = geopackage.statement("DELETE FROM {table} WHERE {key} = ?", table=self.table, key=geopackage.quoted(self.key))
        self.connection.executemany(drop, [(int(label),) for label in applied.deleted])
        self.insert(applied.added)
        self.note_extent()

    def insert(self, added: gpd.GeoDataFrame) -> None:
        if not len(added):
            return
        names = [name for name in load_table("bays").names if name in added and name in self.columns]
        columns = ", ".join(map(geopackage.quoted, [*names, self.shape]))
        marks = ", ".join("?" * (len(names) + 1))
        sql = geopackage.statement("INSERT INTO {table} ({columns}) VALUES ({marks})", table=self.table, columns=columns, marks=marks)
        rows = zip(*([_sql(value) for value in added[name].astype(object)] for name in names), self.blobs(list(added.geometry)))
        self.connection.executemany(sql, rows)

    def blobs(self, shapes: list[Any]) -> list[bytes | None]:
        """Shapes as the layer holds them: points of a layer of points, parts of one of several parts."""
        series = gpd.GeoSeries(shapes, crs=self.crs)
        kind = self.kind.upper()
        if kind == "POINT":
            series = series.representative_point()
        elif kind not in ("GEOMETRY", "GEOMETRYCOLLECTION") and len(series):
            flat = series.geom_type.str.upper()
            series = series.where(~(kind.startswith("MULTI") & (flat == kind[5:])), _multi(series))
        return geopackage.blobs(series, self.system)

    def note_extent(self) -> None:
        index = f"rtree_{self.layer}_{self.shape}"
        if index not in geopackage.tables_in(self.connection):
            return
        sql = geopackage.statement("SELECT min(minx), min(miny), max(maxx), max(maxy) FROM {index}", index=geopackage.quoted(index))
        extent = self.connection.execute(sql).fetchone()
        update = "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?, last_change = ? WHERE table_name = ?"
        self.connection.execute(update, (*extent, datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z"), self.layer))


def _multi(series: gpd.GeoSeries) -> gpd.GeoSeries:
    joins = {"Point": shapely.multipoints, "LineString": shapely.multilinestrings, "Polygon": shapely.multipolygons}
    made = [joins[shape.geom_type]([shape]) if shape is not None and shape.geom_type in joins else shape for shape in series]
    return gpd.GeoSeries(made, index=series.index, crs=series.crs)


def _sql(value: Any) -> Any:
    """A value as SQLite takes it."""
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, np.generic):
        value = value.item()
    return int(value) if isinstance(value, bool) else value if isinstance(value, (str, int, float)) else str(value)


def _write_photos(connection: sqlite3.Connection, photos: pd.DataFrame) -> None:
    """Photos into their table, which is made where there is none; those that it has already stay as they are."""
    if not len(photos):
        return
    layer = project.survey_layers()[project.PHOTOS]
    if layer.name not in geopackage.tables_in(connection):
        geopackage.ensure_systems(connection)
        geopackage.create_layer(connection, geopackage.Layer(layer.name, layer.table, "", layer.title), photos)
        return
    columns = geopackage.columns_in(connection, layer.name)
    known = set()
    if "uuid" in columns:
        known = {row[0] for row in connection.execute(geopackage.statement("SELECT uuid FROM {table}", table=geopackage.quoted(layer.name)))}
    fresh = photos[~photos["uuid"].isin(known)]
    names = [name for name in fresh.columns if name in columns]
    geopackage.insert_rows(connection, geopackage.Layer(layer.name, layer.table, "", layer.title), fresh, names)


# -- log -----------------------------------------------------------------------------------------------------------------


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def _details(ready: SurveyMerge, decisions: Mapping[str, Decision], applied: Applied, photos: pd.DataFrame) -> dict[str, Any]:
    """All that the merge did and left undone, value by value."""
    inventory, surveyed = ready.merge.inventory, ready.merge.surveyed
    names, before = inventory["id"].to_dict(), inventory.geometry.to_dict()
    labels = [label for item in applied.waiting for label in (item.survey, *item.copies)]
    waiting = dict(zip(labels, _rows(surveyed.loc[labels])))
    keys = {item.key for item in ready.merge.items}
    return {
        "at": _now(),
        "inventory": str(ready.inventory.path),
        "surveys": [{"name": part.name, "file": str(part.path), "bays": len(part.bays)} for part in ready.merge.surveys.parts],
        "settings": asdict(ready.merge.settings),
        "counts": {**ready.merge.counts(), **applied.counts()},
        "sentences": ready.sentences(),
        "decisions": {key: asdict(one) for key, one in decisions.items()},
        "decisions_without_bay": sorted(set(decisions) - keys),
        "changes": [{"id": names[label], "field": name, "old": old, "new": new} for label, name, old, new in applied.cells],
        "crs": str(inventory.crs),
        "moved": [{"id": names[label], "old": before[label].wkt, "new": shape.wkt} for label, shape in applied.shapes.items()],
        "added": _rows(applied.added),
        "deleted": _rows(inventory.loc[applied.deleted]),
        "waiting": [
            {"key": item.key, "why": item.why(), "surveyed": [waiting[row] for row in (item.survey, *item.copies)]} for item in applied.waiting
        ],
        "photos": photos.to_dict("records"),
        "photos_lost": {part.name: part.lost_photos for part in ready.merge.surveys.parts if part.lost_photos},
    }


def _rows(table: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    plain = pd.DataFrame(table).astype(object).assign(**{table.geometry.name: table.geometry.map(str)})
    return [{str(name): value for name, value in row.items() if not pd.isna(value)} for row in plain.to_dict("records")]


__all__ = ["MergeHistory", "SurveyMerge", "Written", "load_decisions", "open_merge", "read_inventory", "undo_merge", "write_merge"]
