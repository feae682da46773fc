"""A table as a vector file, by the ending of its name."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, TypeVar

import geopandas as gpd
import pandas as pd

from ..coverage import free_names
from ..crs import WGS84
from ..errors import OutputError, not_written
from ..progress import Progress
from ..schema.table import with_none

_SQLITE = {"OGR_SQLITE_SYNCHRONOUS": "OFF", "OGR_SQLITE_JOURNAL": "OFF"}

Table = TypeVar("Table", bound=pd.DataFrame)


def write_table(table: gpd.GeoDataFrame, path: Path | str, layer: str | None = None, overwrite: bool = False) -> Path:
    """Write `table` to `path`: the whole file appears at once, or nothing does.

    Parameters
    ----------
    table : GeoDataFrame
        Points and polygons mixed are written as points (the footprint stays in ``geom_wkt``): most programs want one type a layer.
    path : path
        Ending .gpkg, .parquet, .fgb or .geojson.
    layer : str, optional
        Name of the layer in a GeoPackage; that of the file where not given.
    overwrite : bool
        Replace a file that exists.

    Raises
    ------
    OutputError
        The ending is unknown, the file exists, or the folder cannot be written.
    """
    path = check_output(path, overwrite)
    with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=path.parent) as folder:
        part = Path(folder) / path.name
        try:
            FORMATS[path.suffix.lower()](one_geometry_type(table), part, layer or path.stem)
            part.replace(path)
        except OSError as error:
            raise not_written(path, error) from error
    return path


def write_layers(
    tables: Mapping[str, pd.DataFrame],
    path: Path | str,
    overwrite: bool = False,
    progress: Progress | None = None,
    *,
    keep_others: bool = False,
    empty_as: str = "",
) -> Path:
    """Write several tables into one GeoPackage: all of them appear at once, or nothing does.

    Parameters
    ----------
    tables : mapping
        Name of the layer → a GeoDataFrame (see `write_table`), or a DataFrame, which becomes a table without geometry.
    path : path
        Ending .gpkg.
    overwrite : bool
        Replace a file that exists, with all that is in it.
    keep_others : bool
        Save its layers of other names, and the styles that are kept in it.
    empty_as : str
        Type (``Point``…) of layers of which no row has a geometry: without one QGIS shows a table, also when geometries come later.

    Raises
    ------
    OutputError
        As `write_table`.
    CancelledError
        `progress` says that the user asked to stop.
    """
    progress = progress or Progress()
    path = check_output(path, overwrite, (".gpkg",))
    with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=path.parent) as folder:
        part = Path(folder) / path.name
        try:
            if keep_others and path.exists():
                _without_layers(path, part, list(tables))
            for number, (layer, table) in enumerate(tables.items()):
                _write_layer(table, part, layer, progress.part(number / len(tables), (number + 1) / len(tables)), empty_as)
            progress.step(1)  # the last chance: what is there is replaced next
            part.replace(path)
        except OSError as error:
            raise not_written(path, error) from error
    return path


def _without_layers(path: Path, part: Path, layers: list[str]) -> None:
    """Copy a GeoPackage without these layers to `part`; no copy where nothing else is in it."""
    from ..geopackage import add_functions, connected, drop_layer, tables_in, transaction

    with connected(path) as base:
        others = {name for name in tables_in(base) - set(layers) if not name.lower().startswith(("gpkg_", "rtree_", "sqlite_"))}
    if not others:
        return
    shutil.copyfile(path, part)
    with connected(part, write=True) as base:
        add_functions(base)
        with transaction(base):
            for layer in set(layers) & tables_in(base):
                drop_layer(base, layer)
        base.execute("VACUUM")  # rows that are to go are not left between its pages


_PIECE = 2_500
"""Rows written at a time: writing holds Python's interpreter, and with it QGIS's windows, some 50 ms for so many."""


def _write_layer(table: pd.DataFrame, path: Path, layer: str, progress: Progress, empty_as: str) -> None:
    progress.step(0)
    if isinstance(table, gpd.GeoDataFrame):
        _write_pieces(one_geometry_type(table), path, layer, progress, empty_as)
        return
    import pyogrio

    try:
        named = table.set_axis(free_names(["fid", "geom"], [str(name) for name in table.columns]), axis=1)
        with unsafe_but_fast():
            options = _in_columns()
            pyogrio.write_dataframe(_text_columns(named, as_objects=not options), path, layer=layer, driver="GPKG", **options)
    except OSError:
        raise
    except Exception as error:
        raise not_written(Path(path.name), error, path.parent) from error


def _write_pieces(table: gpd.GeoDataFrame, path: Path, layer: str, progress: Progress, empty_as: str) -> None:
    """A layer of a GeoPackage, piece by piece: a cancel waits for one of them only."""
    write = _write_ogr("GPKG")
    kinds = list(table.geom_type.dropna().unique())
    if not kinds and empty_as:
        write(table, path, layer, geometry_type=empty_as)
        return
    if len(kinds) != 1 or len(table) <= _PIECE:  # its type is that of all rows; a first piece could not tell it
        write(table, path, layer)
        return
    for start in range(0, len(table), _PIECE):
        progress.step(start / len(table))
        write(table.iloc[start : start + _PIECE], path, layer, mode="a" if start else "w", geometry_type=str(kinds[0]))


def check_output(path: Path | str, overwrite: bool = False, endings: tuple[str, ...] = ()) -> Path:
    """`path` if a result can be written there; said before the work, so that an hour of it is not lost at the end."""
    path = Path(path)
    endings = endings or tuple(FORMATS)
    if path.suffix.lower() not in endings:
        raise OutputError("“{name}” has no known ending. Expected: {endings}.", name=path.name, endings=", ".join(endings))
    if path.is_dir():
        raise OutputError("“{path}” is a folder. Give the name of a file in it.", path=path)
    if path.exists() and not overwrite:
        raise OutputError("The file “{path}” exists and was left as it is. Give another name, or --overwrite to replace it.", path=path)
    folder = path.parent
    if not folder.is_dir():
        raise OutputError("There is no folder “{folder}”. Create it, or choose another one.", folder=folder)
    try:
        with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=folder):
            pass
    except OSError as error:
        raise not_written(path, error) from error
    return path


def one_geometry_type(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """`table` in two dimensions, with points on the lines and areas where points and other types are mixed."""
    geometry = table.geometry.force_2d() if table.geometry.has_z.any() else table.geometry
    kinds = {kind.replace("Multi", "") for kind in geometry.geom_type.dropna().unique()}
    if len(kinds) > 1 and "Point" in kinds:
        geometry = geometry.where(geometry.geom_type == "Point", geometry.representative_point())
    return table.set_geometry(geometry)


def _write_ogr(driver: str) -> Callable[..., None]:
    def write(table: gpd.GeoDataFrame, path: Path, layer: str, **more: str) -> None:
        frame = table.to_crs(WGS84) if driver == "GeoJSON" and table.crs is not None else table
        options: dict[str, Any] = {"RFC7946": "YES"} if driver == "GeoJSON" else _in_columns() if driver == "GPKG" else {}
        try:
            with unsafe_but_fast():
                named = _text_columns(_named_for(driver, frame), as_objects=not options.get("use_arrow"))
                named.to_file(path, driver=driver, layer=layer, index=False, **options, **more)
        except OSError:
            raise
        except Exception as error:  # pyogrio and fiona each have their own errors
            raise not_written(Path(path.name), error, path.parent) from error

    return write


def _in_columns() -> dict[str, bool]:
    """Rows handed over as columns, where pyogrio, its GDAL (3.8) and pyarrow are there: half the time of one row after the other.

    Only for GeoPackage, the rule: FlatGeobuf takes ``Nom`` and ``NOM`` for one column that way.
    """
    if importlib.util.find_spec("pyarrow") is None or importlib.util.find_spec("pyogrio") is None:
        return {}
    import pyogrio

    return {"use_arrow": True} if pyogrio.__gdal_version__ >= (3, 8, 0) else {}


@contextmanager
def unsafe_but_fast() -> Iterator[None]:
    """SQLite without the care that a power cut would need: what is written is a file of its own that takes its place once whole."""
    try:
        import pyogrio
    except ImportError:
        yield
        return
    before = {name: pyogrio.get_gdal_config_option(name) for name in _SQLITE}
    pyogrio.set_gdal_config_options(_SQLITE)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


def _named_for(driver: str, table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """`table` with a number behind the names that a GeoPackage keeps for itself or takes for the same (``Nom``, ``NOM``)."""
    if driver != "GPKG":
        return table
    columns = [name for name in table.columns if name != table.geometry.name]
    return table.rename(columns=dict(zip(columns, free_names(["fid", "geom"], columns))))


def _text_columns(table: Table, as_objects: bool = False) -> Table:
    """`table` with object columns as plain text: a column of None alone has no type that a driver could guess."""
    shape = table.geometry.name if isinstance(table, gpd.GeoDataFrame) else None
    columns = [name for name in table.columns if name != shape and table[name].dtype == object]
    texts = {name: table[name].astype("string") for name in columns}
    return table.assign(**{name: with_none(text) for name, text in texts.items()} if as_objects else texts)


def _write_parquet(table: gpd.GeoDataFrame, path: Path, _layer: str) -> None:
    try:
        _text_columns(table).to_parquet(path, index=False)
    except ImportError as error:
        raise OutputError(
            "Writing GeoParquet needs the Python library pyarrow, which is not installed here. Install it, or choose .gpkg."
        ) from error


FORMATS: dict[str, Callable[[gpd.GeoDataFrame, Path, str], None]] = {
    ".gpkg": _write_ogr("GPKG"),
    ".parquet": _write_parquet,
    ".fgb": _write_ogr("FlatGeobuf"),
    ".geojson": _write_ogr("GeoJSON"),
}


def reject_file(rejects: pd.DataFrame, path: Path | str, overwrite: bool = False) -> Path:
    """Write the rejected rows as CSV (UTF-8 with byte order mark, semicolons: what a French spreadsheet opens)."""
    path = check_output(path, overwrite, (".csv",))
    with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=path.parent) as folder:
        part = Path(folder) / path.name
        try:
            rejects.to_csv(part, sep=";", index=False, encoding="utf-8-sig")
            part.replace(path)
        except OSError as error:  # a spreadsheet that has the file open
            raise not_written(path, error) from error
    return path


@contextmanager
def page_ready(text: str, path: Path | str, overwrite: bool = False) -> Iterator[None]:
    """Have the HTML page `text` on the disk meanwhile, and at `path` once all has gone well: for results that belong together.

    Raises
    ------
    OutputError
        As `write_table`; what is written meanwhile has not begun then.
    """
    path = check_output(path, overwrite, (".html",))
    with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=path.parent) as folder:
        ready = write_page(text, Path(folder) / path.name)
        yield
        ready.replace(path)


def write_page(text: str, path: Path | str, overwrite: bool = False) -> Path:
    """Write an HTML page: whole or not at all."""
    path = check_output(path, overwrite, (".html",))
    with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=path.parent) as folder:
        part = Path(folder) / path.name
        try:
            part.write_text(text, encoding="utf-8")
        except OSError as error:
            raise not_written(path, error) from error
        part.replace(path)
    return path
