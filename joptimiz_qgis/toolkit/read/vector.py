"""Vector files (GeoPackage, GeoJSON, Shapefile, FlatGeobuf, GeoParquet…) → rows and geometry."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from ..errors import FileError, ParameterError
from ..messages import Message
from .raw import RawTable, refuse_web_page, source_name
from .text_table import is_text_table, read_text_table


def read_raw(path: Path | str, layer: str | None = None) -> RawTable:
    """Rows of any file: delimited text by its ending, everything else as a vector file."""
    return read_text_table(path) if is_text_table(path) else read_vector(path, layer)


def read_vector(path: Path | str, layer: str | None = None, encoding: str | None = None) -> RawTable:
    """Rows and geometry of a vector file.

    Parameters
    ----------
    path : path
        The file; it is only read. ``file.gpkg|layername=bays`` names a layer as QGIS does.
    layer : str, optional
        The layer, where the file holds several.
    encoding : str, optional
        Of its texts, where the file does not say it; Windows-1252 where they cannot be what it says.

    Returns
    -------
    RawTable
        `geometry` is None where the file has none.

    Raises
    ------
    FileError
        The file is missing, empty, has no layer of that name, or cannot be read as a vector file.
    ParameterError
        The file holds several layers and none was named.
    """
    file, layer = named_layer(str(path), layer)
    name = source_name(file)
    if not Path(file).exists():
        raise FileError("There is no file “{path}”. Check the name and the folder.", path=file)
    if Path(file).is_file() and Path(file).stat().st_size == 0:
        raise FileError("The file “{name}” is empty.", name=name)
    if Path(file).is_file():
        with Path(file).open("rb") as content:
            refuse_web_page(content.read(512), name)
    if layer:
        _check_layer(file, layer, name)
    notes: list[Message] = []
    frame = _read_frame(file, layer or _only_layer(file), name, encoding, notes)
    geometry = None
    if isinstance(frame, gpd.GeoDataFrame):
        geometry = frame.geometry.reset_index(drop=True)
        frame = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    rows = frame.reset_index(drop=True)
    return RawTable(name, rows, np.arange(1, len(rows) + 1), geometry, notes=notes)


def _check_layer(file: str, layer: str, name: str) -> None:
    try:
        layers = [str(each) for each in gpd.list_layers(file)["name"]]
    except Exception:  # noqa: BLE001 - reading it says what is wrong
        return
    if layer not in layers:
        raise FileError("The file “{name}” has no layer “{layer}”. Its layers are: {layers}.", name=name, layer=layer, layers=", ".join(layers))


def named_layer(path: str, layer: str | None = None) -> tuple[str, str | None]:
    """The file, and the layer in it that is named beside or within `path` (``file.gpkg|layername=bays``)."""
    file, _, options = path.partition("|")
    named = dict(option.partition("=")[::2] for option in options.split("|") if option)
    return file, layer or named.get("layername")


def layer_of(path: str, layer: str | None = None) -> tuple[str, str | None]:
    """The same; the only layer that can be meant where none is named (see `read_vector`)."""
    file, layer = named_layer(path, layer)
    return file, layer or _only_layer(file)


def _read_frame(file: str, layer: str | None, name: str, encoding: str | None, notes: list[Message]) -> pd.DataFrame:
    named = {key: value for key, value in (("layer", layer), ("encoding", encoding)) if value}
    try:
        if file.lower().endswith((".parquet", ".geoparquet")):
            return gpd.read_parquet(file)
        try:
            return gpd.read_file(file, **named)
        except UnicodeDecodeError:
            frame = gpd.read_file(file, **{**named, "encoding": "cp1252"})
            notes.append(Message("{name}: encoding {encoding}", name=name, encoding="windows-1252"))
            return frame
    except LookupError as error:
        raise FileError(
            "The file “{name}” cannot be read as {encoding}. Choose another encoding; French programs write UTF-8 or Windows-1252.",
            name=name,
            encoding=encoding,
        ) from error
    except Exception as error:  # GDAL, pyogrio, fiona and pyarrow each have their own errors
        raise FileError(
            "The file “{name}” cannot be read as a vector file ({cause}). Expected: an intact GeoPackage, GeoJSON, "
            "Shapefile, FlatGeobuf, GeoParquet or CSV file.",
            name=name,
            cause=str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__,
        ) from error


def _only_layer(file: str) -> str | None:
    try:
        layers = gpd.list_layers(file)
    except Exception:  # noqa: BLE001 - not a container, or an engine without layers: reading it says what is wrong
        return None
    if len(layers) <= 1:
        return None
    spatial = layers[layers["geometry_type"].notna()]
    if len(spatial) == 1:
        return str(spatial["name"].iloc[0])
    raise ParameterError(
        "The file “{name}” holds several layers: {layers}. Name one, for example: {example}",
        name=source_name(file),
        layers=", ".join(layers["name"]),
        example=f"{file}|layername={layers['name'].iloc[0]}",
    )
