"""Delivery points of a file in columns, batch after batch: as much in memory as one batch holds, however large the file.

Vector files come as Arrow streams of pyogrio's GDAL, GeoParquet by row groups, a folder of GeoParquet files one after the other.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from ..crs import WGS84, has_position, known_crs
from ..errors import FileError
from ..geopackage import connected, quoted, statement
from ..messages import Message
from .delivery_points import as_points
from .raw import refuse_web_page, source_name
from .text_table import is_text_table
from .vector import layer_of

BATCH_ROWS = 65_536
"""Rows a batch: a tenth of a second of measuring, some tens of megabytes."""

PARQUET = (".parquet", ".geoparquet")
STREAMED = (".gpkg",)
"""Of the vector files: what GDAL reads in columns and writes as it was. FlatGeobuf's moments lose their time zone on that way."""

_POINT, _POINT_Z = 21, 29  # bytes of a point in WKB
_HEADS = {_POINT: (1,), _POINT_Z: (1001, 0x80000001)}


@dataclass(frozen=True)
class Part:
    """A piece of the source that is read by itself: a vector file's layer, or one row group of a GeoParquet file."""

    path: str
    layer: str | None
    group: int | None
    rows: int


@dataclass
class BatchSource:
    """A file of delivery points that can be read in columns.

    Attributes
    ----------
    name : str
        What to call it in messages.
    schema : pyarrow.Schema
        Of the batches: columns as published and the geometry, as WKB.
    geometry : str
        Name of the geometry's column.
    key : str or None
        Name of the column with the rows' numbers in the file, where the file keeps such.
    crs : CRS or None
        Declared by the file.
    points_only : bool
        Whether the file declares that it holds single points; ``with_z`` that these have heights.
    folder : Path or None
        That of the parts, where it is one.
    """

    name: str
    schema: Any
    geometry: str
    key: str | None
    crs: pyproj.CRS | None
    points_only: bool
    with_z: bool
    parts: list[Part]
    folder: Path | None = None
    metadata: dict[bytes, bytes] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows it says it holds."""
        return sum(part.rows for part in self.parts)

    def read(self, part: Part, columns: Sequence[str] | None = None) -> Generator[Any, None, None]:
        """Record batches of `part`: all columns, or these only.

        Raises
        ------
        FileError
            The part cannot be read, or has other columns than the first.
        """
        return _parquet_batches(self, part, columns) if part.group is not None else _stream_batches(self, part, columns)


def batch_source(path: Path | str, crs: str | None = None, layer: str | None = None) -> BatchSource | None:
    """The source at `path`; None where it has to be read as a whole (text, unusual columns, missing libraries).

    Parameters
    ----------
    path : path
        As for `read_vector`; also a folder of GeoParquet files.
    crs : str, optional
        Where the file declares none.

    Raises
    ------
    FileError
        A folder without GeoParquet file; a GeoParquet file that is broken or has other columns than the others.
    """
    file = str(path).partition("|")[0]
    place = Path(file)
    if importlib.util.find_spec("pyarrow") is None or importlib.util.find_spec("pyogrio") is None or not place.exists() or is_text_table(file):
        return None
    if place.is_dir():
        if place.suffix.lower() == ".gdb":
            return None
        source = _parquet_source(place, _files_of(place))
    elif place.suffix.lower() in PARQUET:
        source = _parquet_source(place, [place])
    elif place.suffix.lower() in STREAMED:
        source = _stream_source(str(path), layer)
    else:
        return None
    if source is not None and crs and source.crs is None:
        source.crs = known_crs(crs)
    return source


# -- GeoParquet ----------------------------------------------------------------------------------------------------


def _files_of(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in PARQUET and not path.name.startswith((".", "_")))
    if not files:
        raise FileError("The folder “{folder}” holds no GeoParquet file (.parquet). Choose the folder with the parts.", folder=folder)
    return files


def _parquet_source(place: Path, files: list[Path]) -> BatchSource | None:
    parts: list[Part] = []
    source: BatchSource | None = None
    for path in files:
        with _readable(path):
            content = _opened(path)
            schema, groups = content.schema_arrow, [content.metadata.row_group(number).num_rows for number in range(content.num_row_groups)]
        made = _parquet_layout(place, schema)
        if source is None:
            if made is None and len(files) == 1:
                return None
            source = made
        if made is None or source is None or not _same_columns(made, source):
            raise _other_columns(path, files[0], made.schema if made else schema, source.schema if source else schema)
        parts += [Part(str(path), None, number, rows) for number, rows in enumerate(groups)]
    if source is not None:
        source.parts, source.folder = parts, place if place.is_dir() else None
    return source


def _opened(path: Path | str) -> Any:
    from pyarrow import parquet

    return parquet.ParquetFile(path)


def _parquet_layout(place: Path, schema: Any) -> BatchSource | None:
    """How the columns are to be read; None where GeoPandas has to: no WKB, or columns that few programs know."""
    metadata = schema.metadata or {}
    try:
        geo = json.loads(metadata.get(b"geo", b"null"))
        name = geo["primary_column"]
        column = geo["columns"][name]
        types = column.get("geometry_types", [])
        crs = pyproj.CRS.from_user_input(column["crs"]) if column.get("crs") else None if "crs" in column else pyproj.CRS.from_user_input(WGS84)
    except (ValueError, TypeError, KeyError, pyproj.exceptions.CRSError):
        return None
    if column.get("encoding") != "WKB" or name not in schema.names or len(geo["columns"]) > 1:
        return None
    if any(entry.get("name") in schema.names for entry in _index_columns(metadata)):
        return None  # a labelled index of pandas: GeoPandas knows what to do with it
    kept = {key: value for key, value in metadata.items() if key == b"geo"}
    bare = schema.remove_metadata()
    only, heights = set(types) in ({"Point"}, {"Point Z"}), types == ["Point Z"]
    return BatchSource(source_name(place), bare, name, None, crs, only, heights, [], metadata=kept)


def _index_columns(metadata: dict[bytes, bytes]) -> list[dict[str, Any]]:
    columns = json.loads(metadata.get(b"pandas", b"{}")).get("index_columns", [])
    return [{"name": column} for column in columns if isinstance(column, str)]


def _same_columns(one: BatchSource, other: BatchSource) -> bool:
    same_types = [(entry.name, entry.type) for entry in one.schema] == [(entry.name, entry.type) for entry in other.schema]
    return same_types and one.geometry == other.geometry and one.crs == other.crs


def _other_columns(path: Path, first: Path, found: Any, expected: Any) -> FileError:
    named = [{entry.name: str(entry.type) for entry in schema} for schema in (found, expected)]
    differing = [name for name in {**named[1], **named[0]} if named[0].get(name) != named[1].get(name)]
    told = ", ".join(f"{name}: {named[0].get(name, '–')} / {named[1].get(name, '–')}" for name in differing)
    return FileError(
        "The part “{name}” has other columns or another coordinate system than “{first}” ({columns}). Expected: the same in all parts. "
        "Write that part again, or take it out of the folder.",
        name=path.name,
        first=first.name,
        columns=told or "CRS",
    )


@contextmanager
def _readable(path: Path | str) -> Iterator[None]:
    """Errors of a GeoParquet file as a sentence that names it."""
    import pyarrow as pa

    try:
        yield
    except FileNotFoundError as error:
        raise FileError("There is no file “{path}”. Check the name and the folder.", path=path) from error
    except (OSError, pa.ArrowException, EOFError) as error:
        _refuse_page(path)
        raise broken(path, error) from error


def _refuse_page(path: Path | str) -> None:
    try:
        with Path(path).open("rb") as content:
            refuse_web_page(content.read(512), Path(path).name)
    except OSError:
        return


def broken(path: Path | str, error: BaseException) -> FileError:
    """The sentence about a file that cannot be read."""
    return FileError(
        "The file “{name}” cannot be read as a vector file ({cause}). Expected: an intact GeoPackage, GeoJSON, "
        "Shapefile, FlatGeobuf, GeoParquet or CSV file.",
        name=source_name(path),
        cause=str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__,
    )


def _parquet_batches(source: BatchSource, part: Part, columns: Sequence[str] | None) -> Generator[Any, None, None]:
    wanted = source.schema.names if columns is None else list(columns)
    with _readable(part.path):
        batches = _opened(part.path).iter_batches(BATCH_ROWS, row_groups=[part.group], columns=wanted)
    while True:
        with _readable(part.path):
            batch = next(batches, None)
        if batch is None:
            return
        found = [(name, batch.schema.field(name).type) for name in wanted if name in batch.schema.names]
        if found != [(name, source.schema.field(name).type) for name in wanted]:  # the file was replaced meanwhile
            raise _other_columns(Path(part.path), Path(source.parts[0].path), batch.schema, source.schema)
        yield batch.select(wanted).replace_schema_metadata(None)


# -- streams of GDAL -----------------------------------------------------------------------------------------------


def _stream_source(path: str, layer: str | None) -> BatchSource | None:
    import pyogrio
    import pyogrio.raw

    if pyogrio.__gdal_version__ < (3, 8, 0):
        return None
    file, layer = layer_of(path, layer)
    try:
        with pyogrio.raw.open_arrow(file, layer=layer, use_pyarrow=True, return_fids=True, batch_size=1) as (meta, reader):
            schema = reader.schema
        info = pyogrio.read_info(file, layer=layer, force_feature_count=True)
        if not _moments_in_utc(Path(file), info["layer_name"], schema):
            return None
    except Exception:  # noqa: BLE001 - reading it as a whole says what is wrong
        return None
    name = meta["geometry_name"] or "wkb_geometry"
    key = meta["fid_column"] or "OGC_FID"
    if name not in schema.names or schema.names.count(name) > 1:
        return None
    try:
        crs = pyproj.CRS.from_user_input(meta["crs"]) if meta["crs"] else None
    except pyproj.exceptions.CRSError:
        return None
    kept = meta["fid_column"] or None
    kind = meta["geometry_type"]
    columns = schema if kept else schema.remove(schema.get_field_index(key)) if key in schema.names else schema
    return BatchSource(
        source_name(file), columns, name, kept, crs, kind in {"Point", "Point Z"}, kind == "Point Z", [Part(file, layer, None, info["features"])]
    )


def _moments_in_utc(path: Path, layer: str, schema: Any) -> bool:
    """Whether all moments of a GeoPackage bear the zone UTC, as its standard wants: GDAL's columns say so of those without zone, too."""
    import pyarrow as pa

    moments = [entry.name for entry in schema if pa.types.is_timestamp(entry.type)]
    if not moments:
        return True
    other = " OR ".join(f"{quoted(name)} NOT LIKE '%Z'" for name in moments)
    with connected(path) as connection:
        found = connection.execute(statement("SELECT 1 FROM {table} WHERE {other} LIMIT 1", table=quoted(layer), other=other)).fetchone()
    return found is None


def _stream_batches(source: BatchSource, part: Part, columns: Sequence[str] | None) -> Generator[Any, None, None]:
    import pyogrio.raw

    wanted = source.schema.names if columns is None else list(columns)
    given = [name for name in wanted if name not in {source.geometry, source.key}]
    try:
        with pyogrio.raw.open_arrow(
            part.path, layer=part.layer, columns=given, use_pyarrow=True, return_fids=source.key is not None, batch_size=BATCH_ROWS
        ) as (_, reader):
            for batch in reader:
                yield batch.select(wanted)
    except (GeneratorExit, MemoryError):
        raise
    except Exception as error:
        raise broken(part.path, error) from error


# -- positions -----------------------------------------------------------------------------------------------------


@dataclass
class Positions:
    """Where the rows of one batch are.

    Attributes
    ----------
    places : ndarray, shape (n, 2)
        x, y in the file's CRS; NaN where there is no position that can be used (missing, empty, not finite, off the globe).
    shapes : list of bytes or None
        The geometry to write in place of the published one, where that is not a point.
    turned : int
        Lines, areas and groups of points that were turned into points.
    """

    places: np.ndarray
    shapes: Any | None = None
    turned: int = 0


def positions_of(column: Any, crs: pyproj.CRS | None) -> Positions:
    """Positions of a column of WKB: straight from its bytes where all are single points, else by way of shapely."""
    places = _point_bytes(column)
    if places is not None:
        usable = np.isfinite(places).all(axis=1)
        if crs is not None and crs.is_geographic:
            usable &= (np.abs(places) <= (180, 90)).all(axis=1)
        places[~usable] = np.nan
        return Positions(places)
    return _by_shapes(column, crs)


def _point_bytes(column: Any) -> np.ndarray | None:
    """x, y of little-endian points of one and the same size; None where something else is among them."""
    import pyarrow as pa

    wide = pa.types.is_large_binary(column.type)
    if not wide and not pa.types.is_binary(column.type):
        return None
    _, ends, content = column.buffers()
    if ends is None or content is None:
        return None
    offsets = np.frombuffer(ends, dtype="<i8" if wide else "<i4")[column.offset : column.offset + len(column) + 1]
    sizes = np.diff(offsets)
    there = ~np.asarray(column.is_null())
    if not there.any():
        return np.full((len(column), 2), np.nan)
    size = int(sizes[there][0])
    if size not in _HEADS or (sizes[there] != size).any() or sizes[~there].any():
        return None
    raw = np.frombuffer(content, dtype="u1")[offsets[0] : offsets[-1]]
    points = raw.view(np.dtype([("order", "u1"), ("kind", "<u4"), ("place", "<f8", 2), ("rest", "V", size - _POINT)]))
    if (points["order"] != 1).any() or not np.isin(points["kind"], _HEADS[size]).all():
        return None
    places: np.ndarray = np.full((len(column), 2), np.nan)
    places[there] = points["place"]
    return places


def _by_shapes(column: Any, crs: pyproj.CRS | None) -> Positions:
    values = np.array(column.to_pylist(), dtype=object)
    shapes = gpd.GeoSeries(shapely.from_wkb(values, on_invalid="ignore"), crs=crs)
    kinds = shapely.get_type_id(shapes.to_numpy())
    turned, note = as_points(shapes)
    places: np.ndarray = np.full((len(column), 2), np.nan)
    usable = has_position(turned)
    places[usable] = shapely.get_coordinates(turned[usable].to_numpy())
    changed = bool((kinds > 0).any())
    return Positions(places, shapely.to_wkb(turned.to_numpy()) if changed else None, int(str(note.values["count"])) if note else 0)


def point_wkb(places: np.ndarray) -> Any:
    """Points as a column of WKB; missing where a coordinate is."""
    import pyarrow as pa

    there = np.isfinite(places).all(axis=1)
    points = np.zeros(int(there.sum()), dtype=np.dtype([("order", "u1"), ("kind", "<u4"), ("place", "<f8", 2)]))
    points["order"], points["kind"], points["place"] = 1, 1, places[there]
    ends = np.concatenate([[0], np.cumsum(there, dtype="<i4") * _POINT]).astype("<i4")
    mask = None if there.all() else pa.py_buffer(np.packbits(there, bitorder="little").tobytes())
    return pa.Array.from_buffers(pa.binary(), len(places), [mask, pa.py_buffer(ends.tobytes()), pa.py_buffer(points.tobytes())])


def turned_note(turned: int) -> Message:
    """What is said where geometries were turned into points."""
    return Message("{count} delivery points are lines, areas or groups of points; a point on each of them was taken.", count=turned)
