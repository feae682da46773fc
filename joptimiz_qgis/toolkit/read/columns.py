"""Coordinates of a file that no mapping describes: which columns hold them, and in which CRS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from ..crs import WGS84, guess_crs, known_crs
from ..errors import CrsError, HeaderError
from ..messages import Message
from ..schema.table import with_none
from . import positions
from .mapping import fold

if TYPE_CHECKING:
    from .raw import RawTable

# Folded names, the surer ones first: degrees before metres, since a file that has both says so by its names.
_COORDINATE_NAMES = (
    ("longitude", "latitude"), ("lon", "lat"), ("lng", "lat"), ("long", "lat"), ("xlongitude", "ylatitude"), ("coordlon", "coordlat"),
    ("geolongitude", "geolatitude"), ("xwgs84", "ywgs84"), ("xl93", "yl93"), ("xlambert93", "ylambert93"), ("lambertx", "lamberty"),
    ("coordonneelambertabscisse", "coordonneelambertordonnee"), ("coordx", "coordy"), ("xcoord", "ycoord"), ("easting", "northing"), ("x", "y"),
)  # fmt: skip
_PAIR_NAMES = ("geopoint2d", "geopoint", "coordonneesgeo", "coordonnees", "latlon", "geolocalisation", "geomxy")
_GEOJSON_NAMES = ("geoshape", "geojson", "stasgeojson")
_WKT_NAMES = ("geomwkt", "wkt", "geometry", "geom", "thegeom")


def locate(raw: RawTable, crs: str | None = None) -> tuple[gpd.GeoSeries, list[Message]]:
    """Geometry of a table without one, from the columns that look like coordinates.

    Parameters
    ----------
    raw : RawTable
        Text columns.
    crs : str, optional
        What the user says the coordinates are in; guessed from the values where not given.

    Returns
    -------
    geometry : GeoSeries
        One a row, missing where the row has no readable coordinates.
    notes : list of Message
        Which columns and which CRS were taken.

    Raises
    ------
    HeaderError
        No column looks like coordinates.
    CrsError
        The values fit several CRS, or none: the user must say it.
    """
    if crs:
        known_crs(crs)
    by_name = {fold(column): column for column in reversed(raw.columns)}
    for x_name, y_name in _COORDINATE_NAMES:
        if x_name in by_name and y_name in by_name:
            x, y = (positions.numbers(raw.text(by_name[name])) for name in (x_name, y_name))
            return _points(raw, x, y, crs, f"{by_name[x_name]}, {by_name[y_name]}")
    for name in _PAIR_NAMES:
        if name in by_name:
            first, second = positions.pairs(raw.text(by_name[name]))
            x, y, _ = positions.in_longitude_first(first, second)
            return _points(raw, x, y, crs, by_name[name])
    for names, read in ((_GEOJSON_NAMES, positions.from_geojson), (_WKT_NAMES, lambda text: positions.from_wkt(text)[0])):
        for name in names:
            if name in by_name:
                geometry = read(raw.text(by_name[name]))
                note = Message("Positions are read from the column “{columns}” as {crs}.", columns=by_name[name], crs=crs or WGS84)
                return gpd.GeoSeries(geometry, crs=crs or WGS84), [note]
    raise HeaderError(
        "No column of “{source}” looks like coordinates. Expected: columns longitude and latitude, x and y, or a WKT column; "
        "found: {columns}.",
        source=raw.name,
        columns=", ".join(raw.columns[:25]),
    )


def _points(raw: RawTable, x: np.ndarray, y: np.ndarray, crs: str | None, columns: str) -> tuple[gpd.GeoSeries, list[Message]]:
    crs = crs or _only_guess(raw, x, y, columns)
    if crs.endswith(" swapped"):
        crs, x, y = crs.split(" ")[0], y, x
        note = Message("“{columns}” hold latitude and longitude the other way round; they were swapped.", columns=columns)
    else:
        note = Message("Positions are read from the columns “{columns}” as {crs}.", columns=columns, crs=crs)
    return gpd.GeoSeries(positions.points(x, y), crs=crs), [note]


def _only_guess(raw: RawTable, x: np.ndarray, y: np.ndarray, columns: str) -> str:
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        return WGS84  # every row is without position, and is reported as such
    guesses = guess_crs(x, y)
    if len(guesses) == 1:
        return guesses[0]
    in_degrees = bool((np.abs(x[known]) <= 180).all() and (np.abs(y[known]) <= 90).all())
    if not guesses and in_degrees:
        return WGS84
    first = int(np.flatnonzero(known)[0])
    raise CrsError(
        "The coordinates in “{columns}” (line {line}: {x}; {y}) may be in {guesses}. Say which coordinate system they are in: "
        "the option whose name ends in -crs on the command line, the parameter “CRS of the coordinates” in QGIS.",
        columns=columns,
        line=int(raw.lines[first]),
        x=f"{x[first]:.10g}",
        y=f"{y[first]:.10g}",
        guesses=", ".join(guesses) or "?",
    )


def typed(rows: pd.DataFrame, text_names: tuple[str, ...]) -> pd.DataFrame:
    """Text columns as numbers where all of their values are plainly numbers and none is an identifier.

    Leading zeros make a text (postcodes, SIRET), and so does a name that contains one of `text_names`.
    """
    whole = r"-?(?:0|[1-9]\d{0,14})"
    table = {}
    for column in rows.columns:
        values = with_none(rows[column].map(lambda value: value.strip() or None, na_action="ignore"))
        named_text = any(part in fold(str(column)) for part in text_names)
        known = values.dropna()
        if named_text or not len(known) or not known.str.fullmatch(rf"{whole}(?:[.,]\d+)?").all():
            table[column] = values
            continue
        numbers = pd.Series(positions.numbers(values), index=rows.index)
        table[column] = numbers.astype("Int64") if known.str.fullmatch(whole).all() else numbers
    return pd.DataFrame(table, index=rows.index)
