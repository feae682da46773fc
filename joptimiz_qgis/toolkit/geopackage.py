"""A GeoPackage in SQL: tables with titles, lists of values and a spatial index, all in one transaction.

By Python's own sqlite3 and not by GDAL, so that a file is complete or not there, whatever the version of GDAL, and so that an
older file is changed in place under SQLite's locks. The format: GeoPackage 1.2 (OGC 12-128r15).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import struct
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .errors import WorkspaceError
from .progress import Progress
from .schema import Field, Table
from .schema.table import with_none
from .spatial_index import pack

APPLICATION_ID, USER_VERSION = 0x47504B47, 10200
SRS_ID = 4326
GEOMETRY = "geom"
KEY = "fid"
COLUMN_TYPES = {"boolean": "BOOLEAN", "number": "DOUBLE", "integer": "INTEGER"}
"""Of a field's type; text for all others. Dates are text: a day without an hour, or a date that cannot be read, is to stay what it is."""

_WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],'
    'PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],'
    'AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]'
)
_BASE = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
  srs_id INTEGER, CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
"""
_EXTENSIONS = """
CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
  scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE IF NOT EXISTS gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
  mime_type TEXT, constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
  min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
"""
_SYSTEMS = (
    ("Undefined cartesian SRS", -1, "NONE", -1, "undefined", None),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined", None),
    ("WGS 84 geodetic", SRS_ID, "EPSG", SRS_ID, _WGS84, None),
)
_TRIGGERS = """
CREATE TRIGGER "rtree_{t}_{c}_insert" AFTER INSERT ON "{t}" WHEN (new."{c}" NOT NULL AND NOT ST_IsEmpty(NEW."{c}"))
BEGIN INSERT OR REPLACE INTO "rtree_{t}_{c}" VALUES (NEW."{k}", ST_MinX(NEW."{c}"), ST_MaxX(NEW."{c}"), ST_MinY(NEW."{c}"), ST_MaxY(NEW."{c}")); END;
CREATE TRIGGER "rtree_{t}_{c}_update1" AFTER UPDATE OF "{c}" ON "{t}" WHEN OLD."{k}" = NEW."{k}" AND (NEW."{c}" NOTNULL AND NOT ST_IsEmpty(NEW."{c}"))
BEGIN INSERT OR REPLACE INTO "rtree_{t}_{c}" VALUES (NEW."{k}", ST_MinX(NEW."{c}"), ST_MaxX(NEW."{c}"), ST_MinY(NEW."{c}"), ST_MaxY(NEW."{c}")); END;
CREATE TRIGGER "rtree_{t}_{c}_update2" AFTER UPDATE OF "{c}" ON "{t}" WHEN OLD."{k}" = NEW."{k}" AND (NEW."{c}" ISNULL OR ST_IsEmpty(NEW."{c}"))
BEGIN DELETE FROM "rtree_{t}_{c}" WHERE id = OLD."{k}"; END;
CREATE TRIGGER "rtree_{t}_{c}_update3" AFTER UPDATE ON "{t}" WHEN OLD."{k}" != NEW."{k}" AND (NEW."{c}" NOTNULL AND NOT ST_IsEmpty(NEW."{c}"))
BEGIN DELETE FROM "rtree_{t}_{c}" WHERE id = OLD."{k}";
INSERT OR REPLACE INTO "rtree_{t}_{c}" VALUES (NEW."{k}", ST_MinX(NEW."{c}"), ST_MaxX(NEW."{c}"), ST_MinY(NEW."{c}"), ST_MaxY(NEW."{c}")); END;
CREATE TRIGGER "rtree_{t}_{c}_update4" AFTER UPDATE ON "{t}" WHEN OLD."{k}" != NEW."{k}" AND (NEW."{c}" ISNULL OR ST_IsEmpty(NEW."{c}"))
BEGIN DELETE FROM "rtree_{t}_{c}" WHERE id IN (OLD."{k}", NEW."{k}"); END;
CREATE TRIGGER "rtree_{t}_{c}_delete" AFTER DELETE ON "{t}" WHEN old."{c}" NOT NULL BEGIN DELETE FROM "rtree_{t}_{c}" WHERE id = OLD."{k}"; END;
"""


@dataclass(frozen=True)
class Layer:
    """One table of the file.

    Attributes
    ----------
    name : str
        Of the table in the file.
    table : Table
        Whose fields it has.
    geometry : str
        ``Point``, ``MultiLineString``, ``MultiPolygon``; empty for a table without.
    """

    name: str
    table: Table
    geometry: str
    title: dict[str, str]


# -- opening ------------------------------------------------------------------------------------------------------


@contextmanager
def connected(path: Path, write: bool = False) -> Iterator[sqlite3.Connection]:
    """A connection without transactions of its own; what SQLite and the system have against it comes out as a `WorkspaceError`."""
    try:
        with closing(_connect(path, write)) as connection:
            yield connection
    except (sqlite3.Error, OSError) as error:
        raise refusal(path, error) from error


def _connect(path: Path, write: bool) -> sqlite3.Connection:
    name = quote(path.absolute().as_posix())
    name = f"//{name}" if name.startswith("//") else name  # a server's share: two slashes more, or SQLite reads a host
    return sqlite3.connect(f"file:{name}?mode={'rw' if write else 'ro'}", uri=True, isolation_level=None, timeout=2)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Everything that is done meanwhile, or nothing; other programs' edits are waited for, then refused."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has ended it already
            connection.execute("ROLLBACK")
        raise


def refusal(path: Path, error: Exception) -> WorkspaceError:
    """What SQLite or the system said, as a sentence."""
    said = str(error).lower()
    if "locked" in said or "busy" in said:
        return WorkspaceError(
            "“{name}” is being changed by another program. Save or cancel the edits there (in QGIS: the pencil), then try again. "
            "Nothing was changed.",
            name=path.name,
        )
    if "full" in said or "disk i/o" in said or getattr(error, "errno", None) in (27, 28, 122):  # EFBIG, ENOSPC, EDQUOT
        return WorkspaceError(
            "The disk with “{path}” is full or does not answer any more. Make room, or choose another folder. Nothing was changed.", path=path
        )
    locked_away = "unable to open" in said and not all(os.access(place, os.W_OK) for place in (path, path.parent))  # no room for its journal
    if locked_away or "readonly" in said or "read-only" in said or isinstance(error, PermissionError):
        return WorkspaceError(
            "“{path}” cannot be written: the file or its folder is read-only. Copy it to a folder of yours, or ask for the right to write. "
            "Nothing was changed.",
            path=path,
        )
    return WorkspaceError(
        "“{name}” cannot be read as a GeoPackage ({cause}). Expected: an intact .gpkg file. Take a backup of it, or make a new workspace.",
        name=path.name,
        cause=error,
    )


def tables_in(connection: sqlite3.Connection) -> set[str]:
    """Names of the tables in the file, those of the format included."""
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}


def columns_in(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    """Column → declared type."""
    return {row[1]: row[2] for row in connection.execute(f"PRAGMA table_info({quoted(table)})")}


def quoted(name: str) -> str:
    """A name as SQL wants it."""
    return '"' + name.replace('"', '""') + '"'


def statement(template: str, **parts: str) -> str:
    """SQL with `parts`, names that are ours or `quoted`, in place of ``{part}``; values are bound, never filled in."""
    return template.format(**parts)


# -- writing ------------------------------------------------------------------------------------------------------


def create_base(connection: sqlite3.Connection) -> None:
    """What every GeoPackage has, in an empty file."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {USER_VERSION}")
    run_script(connection, _BASE)
    ensure_systems(connection)


def ensure_systems(connection: sqlite3.Connection) -> None:
    """The CRS that the tables use, and the tables of the extensions."""
    connection.executemany("INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", _SYSTEMS)
    run_script(connection, _EXTENSIONS)
    for table, definition in (("gpkg_data_columns", "schema"), ("gpkg_data_column_constraints", "schema")):
        _extension(connection, (table, None, "gpkg_schema", f"http://www.geopackage.org/spec121/#extension_{definition}", "read-write"))


def _extension(connection: sqlite3.Connection, row: tuple[Any, ...]) -> None:
    known = "SELECT 1 FROM gpkg_extensions WHERE table_name = ? AND column_name IS ? AND extension_name = ?"
    if connection.execute(known, row[:3]).fetchone() is None:  # NULL is never unique
        connection.execute("INSERT INTO gpkg_extensions VALUES (?, ?, ?, ?, ?)", row)


def run_script(connection: sqlite3.Connection, script: str) -> None:
    """Several statements within the transaction (`executescript` would end it)."""
    statement = ""
    for line in script.strip().splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


def create_layer(
    connection: sqlite3.Connection, layer: Layer, rows: pd.DataFrame | None = None, more: Sequence[tuple[str, str]] = ()
) -> None:
    """One table with its index, titles and lists of values, and its rows.

    Parameters
    ----------
    rows : DataFrame, optional
        Columns: fields of the table and those of `more`; with a geometry in EPSG:4326 of the layer's type where it has one.
        A column ``fid`` gives the keys.
    more : sequence of (name, type)
        Columns that the table has not, behind its own.
    """
    columns = [(field.name, COLUMN_TYPES.get(field.type, "TEXT")) for field in layer.table.fields]
    shape = [f"{quoted(GEOMETRY)} {layer.geometry.upper()}"] if layer.geometry else []
    definitions = [f"{quoted(KEY)} INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL", *shape]
    definitions += [f"{quoted(name)} {kind}" for name, kind in (*columns, *more)]
    connection.execute(f"CREATE TABLE {quoted(layer.name)} ({', '.join(definitions)})")
    _register(connection, layer)
    for field in layer.table.fields:
        _describe(connection, layer, field)
    names = [name for name, _ in (*columns, *more)]
    if rows is not None and len(rows):
        insert_rows(connection, layer, rows, names)
    if layer.geometry:
        _index(connection, layer, rows)


def _register(connection: sqlite3.Connection, layer: Layer) -> None:
    kind = "features" if layer.geometry else "attributes"
    title = _free_identifier(connection, layer)
    system = SRS_ID if layer.geometry else None
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES (?, ?, ?, ?, ?)",
        (layer.name, kind, title, layer.table.standard, system),
    )
    if layer.geometry:
        connection.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, 0, 0)", (layer.name, GEOMETRY, layer.geometry.upper(), SRS_ID)
        )


def _free_identifier(connection: sqlite3.Connection, layer: Layer) -> str:
    from .messages import language

    title = layer.title[language()]
    taken = connection.execute("SELECT 1 FROM gpkg_contents WHERE identifier = ?", (title,)).fetchone()
    return layer.name if taken else title


def _describe(connection: sqlite3.Connection, layer: Layer, field: Field) -> None:
    """Title of a field, and its list of values where no other is allowed."""
    constraint = None
    if field.enum and field.type == "string" and not field.open:
        constraint = f"joptimiz_{layer.table.name}_{field.name}"
        values = [(constraint, "enum", value, value) for value in field.enum]
        connection.executemany(
            "INSERT OR IGNORE INTO gpkg_data_column_constraints (constraint_name, constraint_type, value, description) VALUES (?, ?, ?, ?)", values
        )
    connection.execute(
        "INSERT OR REPLACE INTO gpkg_data_columns (table_name, column_name, name, title, constraint_name) VALUES (?, ?, ?, ?, ?)",
        (layer.name, field.name, field.title, field.title, constraint),
    )


def insert_rows(connection: sqlite3.Connection, layer: Layer, rows: pd.DataFrame, names: Sequence[str]) -> None:
    """`rows` into the table of `layer`, those of its columns that are among `names`."""
    given = [name for name in names if name in rows.columns]
    columns = [with_none(rows[name]).map(_plain).tolist() for name in given]
    if KEY in rows.columns and KEY not in given:
        given, columns = [KEY, *given], [[int(key) for key in rows[KEY]], *columns]
    if layer.geometry and isinstance(rows, gpd.GeoDataFrame):
        given, columns = [GEOMETRY, *given], [blobs(rows.geometry), *columns]
    marks = ", ".join("?" * len(given))
    sql = statement("INSERT INTO {table} ({columns}) VALUES ({marks})", table=quoted(layer.name), columns=", ".join(map(quoted, given)), marks=marks)
    connection.executemany(sql, zip(*columns))


def _plain(value: Any) -> Any:
    """A value as SQLite takes it."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (str, int, float, bytes)):
        return value
    return str(value)


def _index(connection: sqlite3.Connection, layer: Layer, rows: pd.DataFrame | None) -> None:
    """Spatial index, its triggers, and the extent; the rows must be there already."""
    there, boxes, keys = np.empty(0, dtype=bool), np.empty((0, 4)), np.empty(0, dtype=np.int64)
    if rows is not None and len(rows):
        keys = np.array([row[0] for row in connection.execute(statement("SELECT fid FROM {table} ORDER BY rowid", table=quoted(layer.name)))])
        order = np.argsort(rows[KEY].to_numpy()) if KEY in rows.columns else np.arange(len(rows))
        boxes = shapely.bounds(rows.geometry.to_numpy())[order]
        there = ~np.isnan(boxes).any(axis=1)
    add_index(connection, layer.name, GEOMETRY, KEY, keys[there], boxes[there])


def add_index(
    connection: sqlite3.Connection,
    table: str,
    column: str,
    key: str,
    keys: np.ndarray,
    boxes: np.ndarray,
    progress: Progress | None = None,
) -> None:
    """Spatial index of a layer, its triggers and its extent: those of the rows `keys` with their `boxes` (see `pack`)."""
    run_script(connection, _EXTENSIONS)
    name = f"rtree_{table}_{column}"
    connection.execute(f"CREATE VIRTUAL TABLE {quoted(name)} USING rtree(id, minx, maxx, miny, maxy)")
    definition = "http://www.geopackage.org/spec120/#extension_rtree"
    _extension(connection, (table, column, "gpkg_rtree_index", definition, "write-only"))
    pack(connection, name.replace('"', '""'), keys, boxes, progress)
    if len(keys):
        extent = (*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist(), table)
        connection.execute("UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?", extent)
    names = {"t": table, "c": column, "k": key}
    run_script(connection, _TRIGGERS.format(**{mark: text.replace('"', '""') for mark, text in names.items()}))


def append_rows(connection: sqlite3.Connection, layer: Layer, rows: pd.DataFrame) -> None:
    """`rows` (see `create_layer`) into a table that is there, with its spatial index and its extent; needs `add_functions`."""
    insert_rows(connection, layer, rows, [field.name for field in layer.table.fields])
    if layer.geometry:
        update_extent(connection, layer)


def update_extent(connection: sqlite3.Connection, layer: Layer) -> None:
    """The extent that the file tells of a table, after rows were added or moved."""
    if layer.geometry:
        index = quoted(f"rtree_{layer.name}_{GEOMETRY}")
        extent = connection.execute(statement("SELECT min(minx), min(miny), max(maxx), max(maxy) FROM {index}", index=index)).fetchone()
        update = "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?"
        connection.execute(update, (*extent, layer.name))


def add_functions(connection: sqlite3.Connection) -> None:
    """The functions that the index's triggers call, before anything else is asked; programs that edit GeoPackages bring their own."""

    def box(blob: bytes | None) -> tuple[float, ...]:
        if blob is None or blob[3] & 0b10000:
            return ()
        if (blob[3] >> 1) & 0b111:
            return struct.unpack_from("<4d" if blob[3] & 1 else ">4d", blob, 8)
        west, south, east, north = shapely.bounds(shapes_of([blob])[0])
        return (west, east, south, north)

    connection.create_function("ST_IsEmpty", 1, lambda blob: None if blob is None else int(not box(blob)), deterministic=True)
    for place, name in enumerate(("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY")):
        connection.create_function(name, 1, lambda blob, place=place: (box(blob) or (None,) * 4)[place], deterministic=True)


def drop_layer(connection: sqlite3.Connection, name: str) -> None:
    """A table with all that the file says of it."""
    for row in connection.execute("SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (name,)).fetchall():
        connection.execute(f"DROP TABLE IF EXISTS {quoted(f'rtree_{name}_{row[0]}')}")
    connection.execute(f"DROP TABLE {quoted(name)}")
    present = tables_in(connection)
    listed = ("gpkg_geometry_columns", "gpkg_extensions", "gpkg_data_columns", "gpkg_ogr_contents", "gpkg_metadata_reference", "gpkg_contents")
    for table in filter(present.__contains__, listed):
        connection.execute(statement("DELETE FROM {table} WHERE lower(table_name) = lower(?)", table=table), (name,))


# -- geometry -----------------------------------------------------------------------------------------------------


def blobs(geometry: gpd.GeoSeries, system: int = SRS_ID) -> list[bytes | None]:
    """Geometries as GeoPackage writes them; None where there is none."""
    values = geometry.to_numpy()
    missing, empty = shapely.is_missing(values), shapely.is_empty(values)
    shapes = shapely.to_wkb(values, flavor="iso")
    boxes = shapely.bounds(values)[:, [0, 2, 1, 3]]
    bare, framed = struct.Struct("<2sBBi"), struct.Struct("<2sBBi4d")
    made: list[bytes | None] = []
    for shape, box, lacking, void in zip(shapes, boxes.tolist(), missing, empty):
        if lacking:
            made.append(None)
        elif void:
            made.append(bare.pack(b"GP", 0, 0b10001, system) + shape)
        else:
            made.append(framed.pack(b"GP", 0, 0b00011, system, *box) + shape)
    return made


def shapes_of(column: Sequence[bytes | None]) -> np.ndarray:
    """Geometries out of what GeoPackage wrote; None where there is none or it cannot be read."""
    lengths = (0, 32, 48, 48, 64)
    bare = [None if blob is None else bytes(blob)[8 + lengths[(blob[3] >> 1) & 0b111] :] for blob in column]
    values: np.ndarray = np.empty(len(bare), dtype=object)
    values[:] = bare
    return shapely.from_wkb(values, on_invalid="ignore")


def read_layer(connection: sqlite3.Connection, name: str) -> pd.DataFrame:
    """All rows of a table with their keys as column ``fid``; a GeoDataFrame where the table has a geometry."""
    cursor = connection.execute(statement("SELECT * FROM {table}", table=quoted(name)))
    names = [column[0] for column in cursor.description]
    rows = cursor.fetchall()
    columns = {column: pd.Series([row[place] for row in rows], dtype=object) for place, column in enumerate(names)}
    frame = pd.DataFrame(columns, index=range(len(rows)))
    key = next((row[1] for row in connection.execute(f"PRAGMA table_info({quoted(name)})") if row[5]), None)
    if key and key != KEY:
        frame = frame.rename(columns={key: KEY})
    found = connection.execute("SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?", (name,)).fetchone()
    if found is None:
        return frame
    column, system = found
    shapes = shapes_of(frame[column].tolist())
    return gpd.GeoDataFrame(frame.drop(columns=column), geometry=gpd.GeoSeries(shapes, index=frame.index, crs=_crs(connection, system)))


def _crs(connection: sqlite3.Connection, system: int) -> str | None:
    row = connection.execute(
        "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?", (system,)
    ).fetchone()
    if row is None or system in (-1, 0):
        return None
    return f"{row[0]}:{row[1]}" if row[0].upper() in ("EPSG", "OGC", "IGNF") else str(row[2])


def back_up(path: Path, backup: Path) -> None:
    """A copy by SQLite's own means, which sees to the logs of a file that is open elsewhere."""
    part = backup.with_name(f".{backup.name}.part")
    try:
        with connected(path) as old, closing(sqlite3.connect(part)) as new:
            old.backup(new)
        shutil.move(part, backup)
    finally:
        part.unlink(missing_ok=True)


