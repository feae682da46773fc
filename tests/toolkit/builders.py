"""Small layers and files for tests, with the values that matter in sight."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from joptimiz_qgis.toolkit.errors import JoptimizError
from joptimiz_qgis.toolkit.read.raw import RawTable

PARIS = (652_000.0, 6_862_000.0)
"""Lambert-93, near the town hall: what lies around it is in metres and in France."""

NATIONAL_V1 = ["ARR_PRESENT", "ARR_URL", "ACTIVE", "UUID", "ID", "NOM", "DATE_MAJ", "LONGITUDE", "LATITUDE", "GEOM_WKT", "ADRESSE", "CODE_POSTAL", "COMMUNE", "DISPOSITION", "PARITE_TROTTOIR", "LOCALISATION", "LONGUEUR", "LARGEUR", "MARQUAGE_ETAT", "MARQUAGE_CONFORMITE", "TYPE", "PANNEAU_PRESENT", "PANNEAU_ETAT", "DUREE_MAX", "DUREE_CONTROLE", "TEMPORALITE_CDS", "TEMPORALITE_OSM", "EQUIPEMENTS", "IRVE_PUISSANCE", "ABAISSEMENT_TROTTOIR", "COMMENTAIRE"]


def around_paris(*offsets: tuple[float, float]) -> list[shapely.Point]:
    """Points so many metres east and north of `PARIS`."""
    return [shapely.Point(PARIS[0] + east, PARIS[1] + north) for east, north in offsets]


def layer(geometry: Sequence[Any], crs: Any = "EPSG:2154", **columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=list(geometry), crs=crs)


def series(geometry: Sequence[Any], crs: Any = "EPSG:2154") -> gpd.GeoSeries:
    return gpd.GeoSeries(list(geometry), crs=crs)


def csv_text(rows: Iterable[Sequence[Any]], delimiter: str = ",", line_end: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(rows)
    return text.getvalue()


def national_csv(*bays: dict[str, Any], **common: Any) -> str:
    """A file of the national schema 1.0: each bay has the cells given, an ID and a position in Paris unless it gives its own."""
    rows = []
    for number, bay in enumerate(bays, start=1):
        cells = {"ID": f"B{number}", "LONGITUDE": 2.35, "LATITUDE": 48.85, **common, **bay}
        rows.append([cells.get(column, "") for column in NATIONAL_V1])
    return csv_text([NATIONAL_V1, *rows])


def raw_table(columns: dict[str, Sequence[str | None]], geometry: Any = None) -> RawTable:
    """Published rows already in memory, lines counted from 2 as in a file with a header."""
    count = len(geometry if geometry is not None else next(iter(columns.values())))
    rows = pd.DataFrame({name: pd.Series(list(cells), dtype=object) for name, cells in columns.items()}, index=range(count))
    return RawTable("memory", rows, pd.RangeIndex(2, count + 2).to_numpy(), geometry)


def attempt(read: Callable[[Path], Any], path: Path) -> tuple[Any, str]:
    """What `read` makes of `path`, or the sentence with which it refuses; any other error is a failure."""
    try:
        return read(path), ""
    except JoptimizError as error:
        return None, str(error)


def published_rows(path: Path, encoding: str = "utf-8-sig", delimiter: str = ";") -> list[dict[str, str]]:
    """The rows of a published file as Python's csv module reads them: the tests' own view of it."""
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))
