"""The workspace: one GeoPackage with the tables of Visualiz, made whole, checked, brought up to date.

Its version is a row of the table ``joptimiz_workspace``; where the rows came from is told by ``joptimiz_imports``. A GeoPackage that
only holds results of the imports has no such row: that is version 0, and the first migration makes a workspace of it.
"""

from __future__ import annotations

import functools
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Callable

import geopandas as gpd
import pandas as pd
import shapely

from . import geopackage
from .company.privacy import refuse_customers
from .crs import WGS84
from .drives import is_on_network
from .errors import WorkspaceError
from .geopackage import GEOMETRY, KEY, Layer, statement
from .messages import Message, count, tr
from .progress import Progress
from .read.bays import bays_from_raw
from .read.perimeters import PerimeterReading, perimeters_from_raw
from .read.places import access_points_from_raw, delivery_point_table, points_of_interest_from_raw
from .read.raw import RawTable
from .read.reading import Reading
from .read.regulations import regulations_from_raw
from .read.vector import read_raw
from .schema import load_table
from .write.tables import check_output

SCHEMA_VERSION = 2
VERSION_TABLE, IMPORTS_TABLE = "joptimiz_workspace", "joptimiz_imports"
ROADS = "perimeter_roads"
"""Special roads of low-emission zones: fields of the table perimeters, lines; one layer of a GIS holds areas or lines."""

REGULATIONS, REGULATION_AREAS = "regulations", "regulation_areas"
"""Goods-traffic orders on streets, with those that have no geometry yet, and those that hold in areas: the same fields."""

_TITLES = {
    ROADS: {"fr": "Voies des périmètres", "en": "Roads of the perimeters"},
    REGULATIONS: {"fr": "Arrêtés de circulation (voies, à localiser)", "en": "Traffic orders (streets, to be located)"},
    REGULATION_AREAS: {"fr": "Arrêtés de circulation (zones)", "en": "Traffic orders (areas)"},
}
_GEOMETRY = {
    "access_points": "Point",
    "points_of_interest": "Point",
    "bays": "Point",
    "delivery_points": "Point",
    REGULATIONS: "MultiLineString",
    ROADS: "MultiLineString",
    REGULATION_AREAS: "MultiPolygon",
    "perimeters": "MultiPolygon",
    "perimeter_rules": "",
}
_DESCRIBED_BY = {ROADS: "perimeters", REGULATION_AREAS: REGULATIONS}
"""Tables that have the fields of another."""
SOURCES = ("bays", "delivery_points", "perimeters", "access_points", "points_of_interest", REGULATIONS)
"""Tables that are read from files; the others follow from these."""
TABLES = tuple(_GEOMETRY)
"""Names of the tables, from the top of the map to its bottom."""

_OWN_TABLES = f"""
CREATE TABLE IF NOT EXISTS {VERSION_TABLE} (name TEXT NOT NULL PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS {IMPORTS_TABLE} (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, table_name TEXT NOT NULL, source TEXT, mapping TEXT,
  rows_read INTEGER, imported INTEGER, rejected INTEGER, licence TEXT, imported_at TEXT);
"""
_IMPORT_COLUMNS = "table_name, source, mapping, rows_read, imported, rejected, licence, imported_at"
_INSERT_IMPORT = statement("INSERT INTO {table} ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", table=IMPORTS_TABLE, columns=_IMPORT_COLUMNS)


@dataclass(frozen=True)
class Import:
    """Where rows of a table came from."""

    table: str
    source: str
    mapping: str = ""
    rows_read: int = 0
    imported: int = 0
    rejected: int = 0
    licence: str = ""
    imported_at: str = ""

    @classmethod
    def of(cls, table: str, reading: Reading, licence: str = "") -> Import:
        """What `reading` counted, now."""
        moment = datetime.now().isoformat(timespec="seconds")  # noqa: DTZ005 - the user's own clock
        return cls(table, reading.source, reading.mapping, reading.rows_read, reading.imported, reading.rejected, licence, moment)


@dataclass(frozen=True)
class Workspace:
    """What a workspace holds.

    Attributes
    ----------
    rows : dict of int
        Rows by table.
    backup : path or None
        Copy of the file as it was, where it was brought up to date.
    notes : list of Message
        What the user should know: a network drive, a migration.
    """

    path: Path
    version: int
    rows: dict[str, int]
    imports: list[Import] = field(default_factory=list)
    backup: Path | None = None
    notes: list[Message] = field(default_factory=list)


@functools.cache
def layer_of(name: str) -> Layer:
    """The table `name` (one of `TABLES`) as a layer of a file or a database."""
    table = load_table(described_by(name))
    return Layer(name, table, _GEOMETRY[name], _TITLES.get(name, table.title))


def described_by(name: str) -> str:
    """The table of the schema whose fields the table `name` has."""
    return _DESCRIBED_BY.get(name, name)


def tables_of(name: str) -> tuple[str, ...]:
    """The table `name` and those that hold its rows of another geometry."""
    return (name, *(other for other, fields in _DESCRIBED_BY.items() if fields == name))


# -- rows ---------------------------------------------------------------------------------------------------------


def rows_for(readings: Mapping[str, Iterable[Reading]]) -> dict[str, pd.DataFrame]:
    """Rows of the workspace's tables out of what the readers gave.

    Parameters
    ----------
    readings : mapping
        Table → one or several readings; those of perimeters bring their rules, and their lines become ``perimeter_roads``.

    Returns
    -------
    dict of DataFrame
        See `create_workspace`.
    """
    found: dict[str, list[pd.DataFrame]] = {}
    keys: set[str] = set()
    for name, each in readings.items():
        for reading in each:
            rows = reading.table
            if isinstance(reading, PerimeterReading):
                rows, rules = _keys_apart(reading, keys)
                keys |= set(rows["cle"])
                found.setdefault("perimeter_rules", []).append(rules)
            for table, part in fitted(name, rows).items():
                found.setdefault(table, []).append(part)
    return {name: _joined(parts) for name, parts in found.items()}


def _keys_apart(reading: PerimeterReading, taken: set[str]) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Perimeters and rules with the source's name behind the keys that perimeters of another file have as well."""
    clashing = {key: f"{key}@{reading.source}" for key in reading.table["cle"] if key in taken}
    if not clashing:
        return reading.table, reading.rules
    rules = reading.rules.copy()
    theirs = rules["perimetre"].isin(list(clashing))
    rules.loc[theirs, "id"] = rules.loc[theirs, "id"] + f"@{reading.source}"
    return reading.table.assign(cle=reading.table["cle"].replace(clashing)), rules.assign(perimetre=rules["perimetre"].replace(clashing))


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [part for part in parts if len(part)] or parts[:1]
    return pd.concat(filled, ignore_index=True) if len(filled) > 1 else filled[0].reset_index(drop=True)


def fitted(name: str, table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """`table` in EPSG:4326 and in the geometry types of the workspace: tables by name.

    Areas of bays become a point on them (the footprint goes to ``geom_wkt``); perimeters that are lines go to ``perimeter_roads``,
    orders that hold in areas to ``regulation_areas``.
    """
    if not isinstance(table, gpd.GeoDataFrame):
        return {name: table}
    frame = table.set_geometry(table.geometry.force_2d())
    frame = frame.set_crs(WGS84) if frame.crs is None else frame.to_crs(WGS84)
    kind = described_by(name)
    if kind == REGULATIONS:
        areas = pd.Series(shapely.get_dimensions(frame.geometry.to_numpy()) == 2, index=frame.index)
        streets = {REGULATIONS: _multi(frame[~areas], shapely.multilinestrings, 1)}
        return {**streets, REGULATION_AREAS: _multi(frame[areas], shapely.multipolygons, 2)} if areas.any() else streets
    if kind != "perimeters":
        return {name: _as_points(frame)}
    lines = pd.Series(shapely.get_dimensions(frame.geometry.to_numpy()) == 1, index=frame.index)
    parts = {"perimeters": _multi(frame[~lines], shapely.multipolygons, 2)}
    return {**parts, ROADS: _multi(frame[lines], shapely.multilinestrings, 1)} if lines.any() else parts


def _as_points(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One point a row; a footprint is kept as text."""
    extended = ~shapely.is_missing(frame.geometry.to_numpy()) & (frame.geometry.geom_type != "Point").to_numpy()
    if not extended.any():
        return frame
    points = frame.geometry.where(~extended, frame.geometry.representative_point())
    if "geom_wkt" in frame.columns:
        areas = extended & frame["geom_wkt"].isna().to_numpy()
        frame = frame.assign(geom_wkt=frame["geom_wkt"].astype(object).where(~areas, frame.geometry.to_wkt()))
    return frame.set_geometry(points)


def _multi(frame: gpd.GeoDataFrame, join: Callable[[Any], Any], dimension: int) -> gpd.GeoDataFrame:
    """Each geometry as one of several parts, of which those of `dimension` are taken."""
    shapes = [None if shape is None else join(_parts(shape, dimension)) for shape in frame.geometry]
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))


def _parts(shape: shapely.Geometry, dimension: int) -> list[shapely.Geometry]:
    if not hasattr(shape, "geoms"):
        return [shape] if shapely.get_dimensions(shape) == dimension and not shape.is_empty else []
    return [part for each in shape.geoms for part in _parts(each, dimension)]


def readings_of(
    sources: Mapping[str, Sequence[Path | str | RawTable]],
    crs: str | None = None,
    poi_kind: str | None = None,
    progress: Progress | None = None,
) -> dict[str, list[Reading]]:
    """Read files, or rows in memory, each as the table it is given for.

    Parameters
    ----------
    sources : mapping
        Table (one of `SOURCES`) → files or rows.
    crs : str, optional
        CRS of coordinates whose file does not say it.
    poi_kind : str, optional
        Kind of the points of interest whose file does not say it.

    Raises
    ------
    FileError, HeaderError, CrsError, ParameterError, DataError
        See the readers; a firm's customers are refused, since a workspace is made to be shared.
    """
    progress = progress or Progress()
    readings: dict[str, list[Reading]] = {}
    pairs = [(name, source) for name, each in sources.items() for source in each]
    for number, (name, source) in enumerate(pairs):
        progress.step(number / len(pairs), tr("Reading {name}", name=source.name if isinstance(source, RawTable) else source))
        raw = source if isinstance(source, RawTable) else read_raw(source)
        refuse_customers([raw])
        readings.setdefault(name, []).append(_read(name, raw, crs, poi_kind))
    return readings


def imports_of(readings: Mapping[str, Iterable[Reading]], licence: str = "") -> list[Import]:
    """What `readings` counted, to be kept in the workspace."""
    return [Import.of(name, reading, licence) for name, each in readings.items() for reading in each]


def _read(name: str, raw: RawTable, crs: str | None, poi_kind: str | None) -> Reading:
    if name == "bays":
        return bays_from_raw(raw, None, crs)
    if name == "perimeters":
        return perimeters_from_raw(raw, None, crs)
    if name == "access_points":
        return access_points_from_raw(raw, None, crs)
    if name == "points_of_interest":
        return points_of_interest_from_raw(raw, None, crs, poi_kind)
    if name == REGULATIONS:
        return regulations_from_raw(raw, None, crs)
    return delivery_point_table(raw, None, crs)


# -- making -------------------------------------------------------------------------------------------------------


def create_workspace(
    path: Path | str, tables: Mapping[str, pd.DataFrame] | None = None, imports: Iterable[Import] = (), overwrite: bool = False
) -> Path:
    """Make a workspace: the whole file appears at once, or nothing does.

    Parameters
    ----------
    path : path
        Ending .gpkg.
    tables : mapping, optional
        Rows by table (see `rows_for`): fields of the table, EPSG:4326. Tables that are not given are empty.
    imports : iterable of Import
        Where the rows came from.
    overwrite : bool
        Replace a file that exists.

    Raises
    ------
    OutputError
        The ending is not .gpkg, the file exists, or the folder cannot be written.
    WorkspaceError
        The disk is full.
    """
    path = check_output(path, overwrite, (".gpkg",))
    with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=path.parent) as folder:
        part = Path(folder) / path.name
        part.touch()
        with geopackage.connected(part, write=True) as connection, geopackage.transaction(connection):
            geopackage.create_base(connection)
            for name in TABLES:
                geopackage.create_layer(connection, layer_of(name), (tables or {}).get(name))
            _add_own_tables(connection, imports)
        put_in_place(part, path)
    return path


def add_rows(
    path: Path | str, name: str, table: pd.DataFrame, rules: pd.DataFrame | None = None, imports: Iterable[Import] = ()
) -> dict[str, int]:
    """Add rows to a workspace that is there: all of them or none.

    Parameters
    ----------
    path : path
    name : str
        Table, one of `SOURCES`.
    table : DataFrame
        What a reader gave, any CRS; lines among perimeters go to ``perimeter_roads``.
    rules : DataFrame, optional
        Of perimeters: their rules.
    imports : iterable of Import
        Where the rows came from.

    Returns
    -------
    dict of int
        Rows added by table.

    Raises
    ------
    WorkspaceError
        The workspace already has rows of the same source and table (they would stand in it twice); see also `open_workspace`.
    """
    path = Path(path)
    check_workspace(path)
    with geopackage.connected(path, write=True) as connection:
        geopackage.add_functions(connection)
        with geopackage.transaction(connection):
            _refuse_second_import(connection, name, table, path)
            taken = {str(key) for (key,) in connection.execute("SELECT cle FROM perimeters UNION SELECT cle FROM perimeter_roads")}
            reading = PerimeterReading(_source_of(table), table, [], rules=rules) if name == "perimeters" and rules is not None else None
            if reading is not None:
                table, rules = _keys_apart(reading, taken)
            parts = {**fitted(name, table), **({} if rules is None else {"perimeter_rules": rules})}
            for target, rows in parts.items():
                geopackage.append_rows(connection, layer_of(target), rows)
            own = [tuple(vars(each).values()) for each in imports]
            connection.executemany(_INSERT_IMPORT, own)
    return {target: len(rows) for target, rows in parts.items()}


def store_locations(path: Path | str, orders: gpd.GeoDataFrame, labels: Sequence[Any]) -> dict[str, int]:
    """Give orders of a workspace the geometry that was found for them: all of them or none.

    Parameters
    ----------
    path : path
    orders : GeoDataFrame
        What `read_table` gave, with new geometries.
    labels : sequence
        Index labels of the orders that have one now.

    Returns
    -------
    dict of int
        Orders by table: those on streets stay in theirs, those in areas go to ``regulation_areas``.

    Raises
    ------
    WorkspaceError
        See `open_workspace`.
    """
    path = Path(path)
    check_workspace(path)
    chosen = orders.loc[list(labels)]
    parts = fitted(REGULATIONS, chosen)
    streets, areas = parts[REGULATIONS], parts.get(REGULATION_AREAS)
    table = geopackage.quoted(REGULATIONS)
    with geopackage.connected(path, write=True) as connection:
        geopackage.add_functions(connection)
        with geopackage.transaction(connection):
            update = "UPDATE {table} SET {shape} = ?, geom_origine = ?, geom_source = ? WHERE {key} = ?"
            moved = statement(update, table=table, shape=GEOMETRY, key=KEY)
            values = zip(geopackage.blobs(streets.geometry), streets["geom_origine"], streets["geom_source"], map(int, streets[KEY]))
            connection.executemany(moved, list(values))
            geopackage.update_extent(connection, layer_of(REGULATIONS))
            if areas is not None:
                connection.executemany(statement("DELETE FROM {table} WHERE {key} = ?", table=table, key=KEY), [(int(key),) for key in areas[KEY]])
                geopackage.append_rows(connection, layer_of(REGULATION_AREAS), areas.drop(columns=KEY))
    return {REGULATIONS: len(streets), REGULATION_AREAS: 0 if areas is None else len(areas)}


def _source_of(table: pd.DataFrame) -> str:
    return str(table["source"].iloc[0]) if "source" in table and len(table) else ""


def _refuse_second_import(connection: sqlite3.Connection, name: str, table: pd.DataFrame, path: Path) -> None:
    counted = [statement("SELECT count(*) FROM {table} WHERE source = ?", table=geopackage.quoted(each)) for each in tables_of(name)]
    for source in table["source"].dropna().unique() if "source" in table else ():
        rows = sum(int(connection.execute(sql, (str(source),)).fetchone()[0]) for sql in counted)
        if rows:
            raise WorkspaceError(
                "The workspace “{name}” already holds {count} rows of “{source}”; adding it again would double them. Remove these rows first, "
                "or add the new ones to a file of their own to see what has changed.",
                name=path.name,
                count=count(rows),
                source=source,
            )


def put_in_place(part: Path, path: Path) -> None:
    """Let a complete file `part` (of the same folder's disk) take the place of `path`, with SQLite's companions of an older file gone."""
    try:
        part.replace(path)
        for ending in ("-wal", "-shm", "-journal"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
    except OSError as error:  # Windows: it is open somewhere
        raise geopackage.refusal(path, error) from error


def _add_own_tables(connection: sqlite3.Connection, imports: Iterable[Import] = ()) -> None:
    geopackage.run_script(connection, _OWN_TABLES)
    rows = [tuple(vars(each).values()) for each in imports]
    connection.executemany(_INSERT_IMPORT, rows)
    _set_version(connection, SCHEMA_VERSION)


def _set_version(connection: sqlite3.Connection, version: int) -> None:
    sql = statement("INSERT OR REPLACE INTO {table} VALUES ('schema_version', ?)", table=VERSION_TABLE)
    connection.execute(sql, (str(version),))


# -- opening ------------------------------------------------------------------------------------------------------


def open_workspace(path: Path | str) -> Workspace:
    """Check a workspace and bring it up to date where an older version of the plugin made it; a backup is made first.

    Parameters
    ----------
    path : path

    Returns
    -------
    Workspace
        As it is now; `backup` says where the file as it was lies.

    Raises
    ------
    WorkspaceError
        There is no such file, it is no workspace, a newer version of the plugin made it, a table is missing, or it cannot be read or
        changed (other program, read-only, full disk, damaged). Nothing was changed then.
    """
    path = Path(path)
    found = check_workspace(path)
    if found.version == SCHEMA_VERSION:
        return found
    backup = migrate_workspace(path)
    note = Message("“{name}” was brought up to date; the file as it was is kept as “{backup}”.", name=path.name, backup=backup.name)
    after = check_workspace(path)
    return Workspace(path, after.version, after.rows, after.imports, backup, [note, *after.notes])


def check_workspace(path: Path | str) -> Workspace:
    """What a workspace holds; only reads. Raises as `open_workspace`."""
    path = Path(path)
    if not path.is_file():
        raise WorkspaceError("There is no file “{path}”. Check the name and the folder, or make a new workspace.", path=path)
    with geopackage.connected(path) as connection:
        present = geopackage.tables_in(connection)
        version = version_of(connection, present, path)
        refuse_version(version, path.name)
        missing = [] if version < SCHEMA_VERSION else [name for name in TABLES if name not in present]
        if missing:
            raise WorkspaceError(
                "“{name}” lacks the table {tables}: it is damaged, or another program removed it. Take a backup of it, or make a new workspace.",
                name=path.name,
                tables=", ".join(missing),
            )
        rows = {name: _count(connection, name) for name in TABLES if name in present}
        imports = _imports(connection) if IMPORTS_TABLE in present else []
    return Workspace(path, version, rows, imports, notes=network_notes(path))


def network_notes(path: Path | str) -> list[Message]:
    """A sentence where `path` is on a network drive."""
    if not is_on_network(path):
        return []
    return [
        Message(
            "“{name}” is on a network drive, where a GeoPackage blocks or is damaged when two programs open it. Work on a copy on your own "
            "disk, or keep the workspace in a PostGIS database.",
            name=Path(path).name,
        )
    ]


def refuse_version(version: int, name: str) -> None:
    """Raise `WorkspaceError` for a version that this one does not know."""
    if version > SCHEMA_VERSION:
        raise WorkspaceError(
            "“{name}” was made by a newer version of JOPTIMIZ (tables of version {version}; this one knows {known}). Update the extension; "
            "the workspace was left as it is.",
            name=name,
            version=version,
            known=SCHEMA_VERSION,
        )


def version_of(connection: sqlite3.Connection, present: set[str], path: Path) -> int:
    """Version of the tables; 0 for a file that holds imported tables and no version."""
    if VERSION_TABLE in present:
        row = connection.execute(statement("SELECT value FROM {table} WHERE name = 'schema_version'", table=VERSION_TABLE)).fetchone()
        if row is not None and str(row[0]).isdigit():
            return int(row[0])
    elif {"gpkg_contents"} <= present and any(_looks_imported(connection, name) for name in set(TABLES) & present):
        return 0
    raise WorkspaceError(
        "“{name}” is not a workspace: it has none of its tables ({tables}). Choose the GeoPackage that “Create a workspace” made, or make one.",
        name=path.name,
        tables=", ".join(TABLES),
    )


def _looks_imported(connection: sqlite3.Connection, name: str) -> bool:
    """Whether a table of the right name is also one of ours: it has the fields that every import writes."""
    needed = {each.name for each in layer_of(name).table.fields if each.required} | {"source_ligne"}
    return needed <= set(geopackage.columns_in(connection, name))


def _count(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(statement("SELECT count(*) FROM {table}", table=geopackage.quoted(name))).fetchone()[0])


def _imports(connection: sqlite3.Connection) -> list[Import]:
    rows = connection.execute(statement("SELECT {columns} FROM {table} ORDER BY id", columns=_IMPORT_COLUMNS, table=IMPORTS_TABLE))
    return [Import(*row) for row in rows]


def read_table(path: Path | str, name: str) -> pd.DataFrame:
    """Rows of one table with their keys (``fid``); of perimeters the roads as well where `name` is ``perimeters``, of orders the areas.

    Returns
    -------
    DataFrame
        A GeoDataFrame in EPSG:4326 where the table has a geometry; columns of the fields' types.

    Raises
    ------
    WorkspaceError
        See `open_workspace`.
    """
    with geopackage.connected(Path(path)) as connection:
        frames = [geopackage.read_layer(connection, each) for each in tables_of(name)]
    return _joined([_typed(layer_of(name), frame) for frame in frames])


def _typed(layer: Layer, frame: pd.DataFrame) -> pd.DataFrame:
    """Columns of the fields' types; SQLite gives numbers for booleans."""
    typed = {}
    for each in layer.table.fields:
        if each.name not in frame.columns:
            continue
        column = frame[each.name]
        typed[each.name] = each.typed(column.map(bool, na_action="ignore") if each.type == "boolean" else column)
    return frame.assign(**typed)


# -- bringing up to date ------------------------------------------------------------------------------------------


def migrate_workspace(path: Path | str) -> Path:
    """Bring an older workspace up to date in one transaction; the backup made before lies beside it.

    Returns
    -------
    Path
        The backup.

    Raises
    ------
    WorkspaceError
        It cannot be changed, or a row would be lost; the file is as it was then.
    """
    path = Path(path)
    with geopackage.connected(path, write=True) as connection:
        version = version_of(connection, geopackage.tables_in(connection), path)
        refuse_version(version, path.name)
        backup = _free_name(path, version)
        try:
            with geopackage.transaction(connection):
                geopackage.back_up(path, backup)
                for step in range(version, SCHEMA_VERSION):
                    _MIGRATIONS[step](connection)
                    _set_version(connection, step + 1)
        except BaseException:
            backup.unlink(missing_ok=True)  # the file itself is as it was
            raise
    return backup


def _free_name(path: Path, version: int) -> Path:
    """Name of a backup that is not there yet: ``ville.avant-v1.gpkg``, ``ville.avant-v1.2.gpkg`` and so on."""
    first = path.with_name(f"{path.stem}.avant-v{version + 1}{path.suffix}")
    number = 1
    name = first
    while name.exists():
        number += 1
        name = first.with_name(f"{first.stem}.{number}{path.suffix}")
    return name


def _from_imports(connection: sqlite3.Connection) -> None:
    """0 → 1: imported layers in one file become the workspace's tables; columns of the user's own stay, other layers are not touched."""
    geopackage.ensure_systems(connection)
    present = geopackage.tables_in(connection)
    there = [name for name in TABLES if name in present and _looks_imported(connection, name)]
    before = {name: _count(connection, name) for name in there}
    tables: dict[str, pd.DataFrame] = {}
    kinds: dict[str, dict[str, str]] = {}
    for name in there:
        kinds[name] = geopackage.columns_in(connection, name)
        for part, rows in fitted(name, geopackage.read_layer(connection, name)).items():
            if part == name or len(rows):
                tables[part] = rows if part == name else rows.drop(columns=KEY)
        geopackage.drop_layer(connection, name)
    for name in TABLES:
        taken = tables.get(name)
        if name in present and name not in there:
            raise WorkspaceError("The table “{table}” has other fields than an imported one. Rename it, then try again.", table=name)
        geopackage.create_layer(connection, layer_of(name), taken, _own_columns(name, taken, kinds.get(described_by(name), {})))
    geopackage.run_script(connection, _OWN_TABLES)
    after = {name: _count(connection, name) for name in there}
    for other, name in _DESCRIBED_BY.items():
        if name in after and other not in there:
            after[name] += _count(connection, other)
    if before != after:
        raise WorkspaceError("Rows would be lost ({before} before, {after} after); the workspace was left as it is.", before=before, after=after)


def _with_regulations(connection: sqlite3.Connection) -> None:
    """1 → 2: the tables of goods-traffic orders."""
    present = geopackage.tables_in(connection)
    for name in (REGULATIONS, REGULATION_AREAS):
        if name not in present:
            geopackage.create_layer(connection, layer_of(name))
        elif not _looks_imported(connection, name):
            raise WorkspaceError("The table “{table}” has other fields than an imported one. Rename it, then try again.", table=name)


def _own_columns(name: str, rows: pd.DataFrame | None, kinds: Mapping[str, str]) -> list[tuple[str, str]]:
    """Columns of the old table that the new one has not."""
    if rows is None:
        return []
    known = {each.lower() for each in (*layer_of(name).table.names, KEY, "geometry")}
    return [(str(column), kinds.get(str(column), "TEXT")) for column in rows.columns if str(column).lower() not in known]


_MIGRATIONS: dict[int, Callable[[sqlite3.Connection], None]] = {0: _from_imports, 1: _with_regulations}
"""Version → what brings it to the next; runs in a transaction."""


