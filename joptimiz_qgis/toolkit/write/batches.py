"""Record batches → GeoPackage or GeoParquet, while they are still being made; whole or not at all is the caller's business."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyproj

from ..coverage import free_names
from ..errors import OutputError, not_written
from ..geopackage import add_index, quoted, statement
from ..progress import Progress
from .tables import unsafe_but_fast

STREAMED = (".gpkg", ".parquet")
_ROWS_A_GROUP = 262_144
_FAST = ("PRAGMA synchronous = OFF", "PRAGMA journal_mode = OFF", "PRAGMA locking_mode = EXCLUSIVE", "PRAGMA cache_size = -65536")
KEY, GEOMETRY = "fid", "geom"


@dataclass
class Layout:
    """What the batches hold.

    Attributes
    ----------
    schema : pyarrow.Schema
        Of the batches.
    geometry : str
        Name of the geometry's column, points as WKB.
    key : str or None
        Name of the column with the rows' keys.
    with_z : bool
        Whether the points have heights.
    metadata : dict
        What the source's GeoParquet file says of its geometry, where it is one.
    """

    schema: Any
    geometry: str
    key: str | None
    crs: pyproj.CRS
    with_z: bool = False
    metadata: dict[bytes, bytes] = field(default_factory=dict)


@dataclass
class Batch:
    """Rows to write, and the positions of their points in the layer's CRS (NaN where there is none)."""

    columns: Any
    places: np.ndarray


def write_batches(path: Path, layer: str, layout: Layout, batches: Iterator[Batch], progress: Progress | None = None) -> None:
    """Write all `batches` to `path`, by the ending of its name; a GeoPackage has its spatial index.

    Raises
    ------
    OutputError
        The disk is full, the folder cannot be written…
    """
    try:
        (_geopackage if path.suffix.lower() == ".gpkg" else _parquet)(path, layer, layout, batches, progress or Progress())
    except (OSError, sqlite3.Error) as error:
        raise not_written(Path(path.name), error, path.parent) from error


# -- GeoPackage ----------------------------------------------------------------------------------------------------


class _Watched:
    """Batches on their way to GDAL, which asks for them: what it cannot pass on (errors, keys, positions) is kept here."""

    def __init__(self, batches: Iterator[Batch], key: str | None) -> None:
        self.batches = batches
        self.key = key
        self.error: BaseException | None = None
        self.keys: list[np.ndarray] = []
        self.places: list[np.ndarray] = []
        self.rows = 0

    def raise_own(self) -> None:
        """Raise what went wrong while the batches were made; not kept any longer, or the error and its frames would keep each other."""
        error, self.error = self.error, None
        if error is None:
            return
        try:
            raise error from None
        finally:
            del error

    def columns(self, schema: Any) -> Iterator[Any]:
        """The batches with the names of `schema`."""
        import pyarrow as pa

        try:
            for batch in self.batches:
                rows = batch.columns.num_rows
                counted = np.arange(self.rows + 1, self.rows + rows + 1)
                there = np.isfinite(batch.places).all(axis=1)
                self.keys.append((counted if self.key is None else np.asarray(batch.columns.column(self.key)))[there])
                self.places.append(batch.places[there])
                self.rows += rows
                yield pa.RecordBatch.from_arrays(batch.columns.columns, schema=schema)
        except BaseException as error:
            self.error = error  # Arrow's interface would make a word of it
            raise


def _geopackage(path: Path, layer: str, layout: Layout, batches: Iterator[Batch], progress: Progress) -> None:
    import pyarrow as pa
    import pyogrio.raw

    schema = geopackage_schema(layout)
    watched = _Watched(batches, layout.key)
    try:
        with unsafe_but_fast():
            pyogrio.raw.write_arrow(
                pa.RecordBatchReader.from_batches(schema, watched.columns(schema)),
                path,
                layer=layer,
                driver="GPKG",
                crs=layout.crs.to_string() if layout.crs.to_authority() else layout.crs.to_wkt(),
                geometry_name=GEOMETRY,
                geometry_type="Point Z" if layout.with_z else "Point",
                layer_options={"SPATIAL_INDEX": "NO", "FID": KEY, "GEOMETRY_NAME": GEOMETRY},
            )
    except Exception as error:
        watched.raise_own()
        raise not_written(Path(path.name), error, path.parent) from error
    watched.raise_own()
    with closing(sqlite3.connect(path)) as connection:
        for pragma in _FAST:
            connection.execute(pragma)
        (written,) = connection.execute(statement("SELECT count(*) FROM {table}", table=quoted(layer))).fetchone()
        if written != watched.rows:
            raise OutputError("“{name}” cannot be written: {cause}", name=path.name, cause=f"{written} / {watched.rows}")
        keys = np.concatenate(watched.keys) if watched.keys else np.empty(0, dtype=np.int64)
        places = np.concatenate(watched.places) if watched.places else np.empty((0, 2))
        add_index(connection, layer, GEOMETRY, KEY, keys, np.hstack([places, places]), progress)
        connection.commit()


def geopackage_schema(layout: Layout) -> Any:
    """The columns as a GeoPackage may call them: a number behind names that it keeps for itself or takes for the same."""
    import pyarrow as pa

    own = [name for name in layout.schema.names if name not in {layout.geometry, layout.key}]
    names = {**dict(zip(own, free_names([KEY, GEOMETRY], own))), layout.geometry: GEOMETRY, layout.key or "": KEY}
    fields = [entry.with_name(names[entry.name]) for entry in layout.schema]
    return pa.schema([entry.remove_metadata() if entry.name == GEOMETRY else entry for entry in fields])


# -- GeoParquet ----------------------------------------------------------------------------------------------------


def _parquet(path: Path, _layer: str, layout: Layout, batches: Iterator[Batch], _progress: Progress) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    schema = parquet_schema(layout)

    def published() -> Iterator[Any]:
        for batch in batches:
            columns = batch.columns.drop_columns([layout.key]) if layout.key else batch.columns
            yield pa.RecordBatch.from_arrays(columns.columns, schema=schema)

    coming = published()
    first = next(coming, None)
    waiting = [] if first is None else [first]
    with parquet.ParquetWriter(path, schema, use_dictionary=_repeating(first)) as writer:

        def put() -> None:
            if waiting:
                writer.write_table(pa.Table.from_batches(waiting), row_group_size=_ROWS_A_GROUP)
                waiting.clear()

        for batch in coming:
            waiting.append(batch)
            if sum(part.num_rows for part in waiting) >= _ROWS_A_GROUP:
                put()
        put()


def _repeating(batch: Any) -> list[str]:
    """Columns whose values come again and again: only these are worth a dictionary, which else is made and thrown away."""
    return [] if batch is None else [name for name, column in zip(batch.schema.names, batch.columns) if _repeats(column)]


def _repeats(column: Any) -> bool:
    import pyarrow as pa
    from pyarrow import compute

    kinds = pa.types
    if kinds.is_binary(column.type) or kinds.is_large_binary(column.type):  # geometries
        return False
    counted = (kinds.is_string, kinds.is_large_string, kinds.is_integer, kinds.is_floating, kinds.is_boolean, kinds.is_temporal)
    if not any(is_of_kind(column.type) for is_of_kind in counted):
        return True  # as pyarrow does where it is told nothing
    return bool(compute.count_distinct(column).as_py() <= len(column) // 2)


def parquet_schema(layout: Layout) -> Any:
    """The columns with what GeoParquet says of the geometry."""
    import pyarrow as pa

    fields = [entry.remove_metadata() for entry in layout.schema if entry.name != layout.key]
    names = [entry.name for entry in fields]
    shape = layout.geometry if layout.metadata or "geometry" in names else "geometry"
    if shape != layout.geometry:
        fields = [entry.with_name(shape) if entry.name == layout.geometry else entry for entry in fields]
    column = {"encoding": "WKB", "geometry_types": ["Point Z" if layout.with_z else "Point"], "crs": json.loads(layout.crs.to_json())}
    geo = {"version": "1.0.0", "primary_column": shape, "columns": {shape: column}}
    return pa.schema(fields, metadata={b"geo": json.dumps(geo).encode()})
