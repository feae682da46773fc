"""A survey's folder as it comes back from tablets, with the names and types of the survey's layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from joptimiz_qgis.toolkit.survey import project
from joptimiz_qgis.toolkit.write.tables import write_layers

HERE = (2.3350, 48.8685)


def at(east: float, north: float = 0.0) -> shapely.Point:
    """A point so many metres from `HERE`, near enough."""
    return shapely.Point(HERE[0] + east / 73_300, HERE[1] + north / 111_200)


def bay(uuid: str | None, point: shapely.Point | None, **fields: Any) -> dict[str, Any]:
    return {"uuid": uuid, "geometry": point, **fields}


def frame(rows: list[dict[str, Any]], names: list[str] | None = None) -> gpd.GeoDataFrame:
    """Rows as a layer with all fields of the survey's layout (or `names`)."""
    table = project.survey_layers()[project.BAYS].table
    columns = {name: pd.Series([row.get(name) for row in rows], dtype=object) for name in names or table.names}
    columns = {name: table[name].typed(values) if name in table.names else values for name, values in columns.items()}
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([row["geometry"] for row in rows], crs=4326), crs=4326)


def survey_folder(folder: Path, rows: list[dict[str, Any]], photos: list[dict[str, Any]] | None = None, visits: bool = True) -> Path:
    """A folder with bays, photos (files too, those with ``there`` False excepted) and visits."""
    folder.mkdir(parents=True, exist_ok=True)
    write_layers({"bays": frame(rows)}, folder / "bays.gpkg", overwrite=True)
    names = project.survey_layers()[project.PHOTOS].table.names
    if photos is not None:
        for photo in photos:
            if photo.pop("there", True):
                (folder / photo["chemin"]).parent.mkdir(exist_ok=True)
                (folder / photo["chemin"]).write_bytes(b"jpeg")
        write_layers({"photos": pd.DataFrame(photos, columns=names)}, folder / "photos.gpkg", overwrite=True)
    if visits:
        write_layers({"visits": pd.DataFrame([{"uuid": "v1", "aire_uuid": "a"}])}, folder / "visits.gpkg", overwrite=True)
    return folder


def inventory_file(path: Path, rows: list[dict[str, Any]]) -> Path:
    """An inventory in the schema's fields with a column of the town's own and a second layer."""
    from joptimiz_qgis.toolkit.schema import load_table

    table = frame(rows, [*load_table("bays").names, "gestionnaire"])
    return write_layers({"bays": table, "zones": frame(rows[:1], ["uuid"])}, path, overwrite=True)
