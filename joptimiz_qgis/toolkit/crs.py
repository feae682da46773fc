"""Coordinate reference systems: which metric one to measure in, and which one bare numbers seem to be in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely

from .errors import CrsError
from .messages import Message

if TYPE_CHECKING:
    import geopandas as gpd

WGS84 = "EPSG:4326"


@dataclass(frozen=True)
class Territory:
    """A part of France, its legal metric CRS and a coarse outline of it.

    Attributes
    ----------
    outline : tuple of (longitude, latitude)
        Degrees, some 10–20 km outside the coast and the borders.
    legal, historical : tuple of str
        The legal metric CRS first (décret 2006-272 and its successors), then others in which files circulate.
    """

    name: str
    outline: tuple[tuple[float, float], ...]
    legal: str
    others: tuple[str, ...] = ()

    def polygon(self) -> Any:
        """The outline as a shapely polygon in longitude, latitude."""
        return shapely.Polygon(self.outline)


def _box(west: float, south: float, east: float, north: float) -> tuple[tuple[float, float], ...]:
    return ((west, south), (east, south), (east, north), (west, north))


TERRITORIES = (
    Territory(
        "France métropolitaine",
        # Dunkerque, the Belgian border, the Rhine, Geneva, the Alps, Nice, Corsica, the Pyrenees, Brest, the Channel
        (
            (1.3, 51.05), (2.6, 51.25), (3.3, 50.75), (4.3, 50.25), (4.95, 50.3), (6.0, 49.65), (7.0, 49.4), (8.35, 49.1),
            (7.75, 47.45), (6.95, 47.2), (6.3, 46.4), (7.0, 46.45), (7.25, 45.3), (7.15, 44.65), (7.85, 44.15),
            (7.7, 43.65), (9.3, 43.2), (9.75, 42.2), (9.4, 41.2), (8.3, 41.5), (8.2, 42.6), (6.0, 42.7),
            (3.5, 43.0), (3.4, 42.3), (1.9, 42.25), (0.6, 42.55), (-1.0, 42.7), (-2.0, 43.2), (-1.7, 44.5), (-3.0, 46.9),
            (-5.4, 47.9), (-5.5, 48.7), (-2.3, 49.0), (-2.2, 49.95), (0.0, 49.9),
        ),
        "EPSG:2154",
        ("EPSG:27572", *(f"EPSG:{code}" for code in range(3942, 3951))),
    ),
    Territory("La Réunion", _box(54.9, -21.6, 56.1, -20.6), "EPSG:2975"),
    Territory("Antilles", _box(-63.3, 14.2, -60.6, 18.3), "EPSG:5490", ("EPSG:32620",)),
    Territory("Guyane", _box(-54.8, 2.0, -51.4, 6.1), "EPSG:2972"),
    Territory("Mayotte", _box(44.8, -13.2, 45.5, -12.4), "EPSG:4471"),
)  # fmt: skip
_LEGAL_CODES = {pyproj.CRS.from_user_input(territory.legal).to_epsg() for territory in TERRITORIES}


def metric_crs(geometry: gpd.GeoSeries) -> pyproj.CRS:
    """CRS in which distances around `geometry` are measured.

    Its own where that is a legal metric CRS of France; else the legal one of the French territory in which the median
    position lies; else the local UTM zone.

    Parameters
    ----------
    geometry : GeoSeries
        Any geometries, with a CRS; missing and empty ones do not count.

    Returns
    -------
    pyproj.CRS
        In metres.

    Raises
    ------
    CrsError
        The layer has no CRS, or its coordinates cannot be in the CRS that it declares.
    """
    check_crs(geometry, str(Message("layer")))
    x, y = _median_coordinates(geometry)
    if geometry.crs.to_epsg() in _LEGAL_CODES:
        return geometry.crs
    longitude, latitude = _degrees(geometry.crs, x, y)
    for territory in TERRITORIES:
        if territory.polygon().intersects(shapely.Point(longitude, latitude)):
            return pyproj.CRS.from_user_input(territory.legal)
    zone = min(int((longitude + 180) // 6) + 1, 60)
    return pyproj.CRS.from_epsg((32600 if latitude >= 0 else 32700) + zone)


def to_crs(geometry: gpd.GeoSeries, crs: pyproj.CRS) -> gpd.GeoSeries:
    """`geometry` in two dimensions and in `crs`; positions that cannot be converted become missing."""
    flat = geometry.force_2d() if geometry.has_z.any() else geometry
    if flat.crs == crs:
        return flat
    converted = flat.to_crs(crs)
    lost = np.isinf(_bounds(converted)).any(axis=1)
    return converted.mask(lost, None) if lost.any() else converted


def require_crs(geometry: gpd.GeoSeries, layer: str) -> None:
    """Raise `CrsError`, naming `layer`, where `geometry` has no CRS."""
    if geometry.crs is None:
        raise CrsError(
            "The layer “{layer}” does not say its coordinate system (CRS). Give it: in QGIS, right-click the layer, "
            "Layer CRS; on the command line, the option whose name ends in -crs (--points-crs, --customers-crs…), for example EPSG:2154.",
            layer=layer,
        )


def check_crs(geometry: gpd.GeoSeries, layer: str) -> None:
    """Raise `CrsError`, naming `layer`, where `geometry` has no CRS or its coordinates cannot be in the one it declares."""
    require_crs(geometry, layer)
    if not _finite(geometry).any():
        return
    x, y = _median_coordinates(geometry)
    if _possible(geometry.crs, x, y):
        return
    looks_like = guess_crs(np.array([x]), np.array([y]))
    raise CrsError(
        "The coordinates of “{layer}” (for example {x:.6g}; {y:.6g}) cannot be in the coordinate system that it declares, "
        "{crs}; they look like {guess}. Give the layer its true CRS and run again.",
        layer=layer,
        x=x,
        y=y,
        crs=geometry.crs.to_string(),
        guess=", ".join(looks_like) or "?",
    )


def _possible(crs: pyproj.CRS, x: float, y: float) -> bool:
    """Whether the position x, y can be in `crs`."""
    in_degrees = abs(x) <= 180 and abs(y) <= 90
    if crs.is_geographic:
        return in_degrees
    # Small numbers in a metric CRS are refused only where they are a place in France when taken for degrees.
    in_france = in_degrees and _share_in(TERRITORIES, np.array([x]), np.array([y]), None) > 0
    return not in_france and bool(np.isfinite(_degrees(crs, x, y)).all())


def known_crs(name: str) -> pyproj.CRS:
    """The CRS called `name`; `CrsError` where there is none."""
    try:
        return pyproj.CRS.from_user_input(name)
    except pyproj.exceptions.CRSError as error:
        raise CrsError(
            "“{crs}” is not a coordinate system. Expected: a code such as EPSG:2154 or EPSG:4326.", crs=name
        ) from error


def has_position(geometry: gpd.GeoSeries) -> np.ndarray:
    """Where `geometry` has coordinates that can be used: not missing, not empty, finite, and on the globe if in degrees."""
    usable = _finite(geometry)
    if geometry.crs is not None and geometry.crs.is_geographic:
        usable &= (np.abs(_bounds(geometry)) <= (180, 90, 180, 90)).all(axis=1)
    return usable


def _degrees(crs: pyproj.CRS, x: float, y: float) -> tuple[float, float]:
    longitude, latitude = pyproj.Transformer.from_crs(crs, WGS84, always_xy=True).transform(x, y)
    return longitude, latitude


def _finite(geometry: gpd.GeoSeries) -> np.ndarray:
    finite: np.ndarray = np.isfinite(_bounds(geometry)).all(axis=1)
    return finite


def _bounds(geometry: gpd.GeoSeries) -> np.ndarray:
    with np.errstate(invalid="ignore"):  # a coordinate that is not a number is dealt with here, not warned of
        bounds: np.ndarray = shapely.bounds(geometry.to_numpy())
    return bounds


def guess_crs(x: np.ndarray, y: np.ndarray) -> list[str]:
    """CRS in which bare numbers lie in France, the likeliest first.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Coordinates in an unknown CRS; NaN where unknown.

    Returns
    -------
    list of str
        Every CRS in which at least 95 % of the positions fall into its French territory; the names ``EPSG:…``, and
        ``EPSG:4326 swapped`` for latitude, longitude. Empty where none does; more than one where the numbers cannot tell.
    """
    known = np.isfinite(x) & np.isfinite(y)
    x, y = x[known], y[known]
    if not len(x):
        return []
    if len(x) == 1:  # pyproj takes arrays of one number for numbers, which NumPy will not allow any more
        x, y = x.repeat(2), y.repeat(2)
    found: list[tuple[float, str]] = []
    for name, crs, (first, second) in ((WGS84, None, (x, y)), (f"{WGS84} swapped", None, (y, x))):
        found.append((_share_in(TERRITORIES, first, second, crs), name))
    for territory in TERRITORIES:
        found += [(_share_in((territory,), x, y, code), code) for code in (territory.legal, *territory.others)]
    return [name for share, name in sorted(found, key=lambda item: -item[0]) if share >= 0.95]


def looks_swapped(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Where degrees lie outside France as they are, and in France with longitude and latitude exchanged.

    Parameters
    ----------
    longitude, latitude : ndarray, shape (n,)
        Degrees, NaN where unknown.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    swapped: np.ndarray = _in_france(latitude, longitude) & ~_in_france(longitude, latitude)
    return swapped


def _in_france(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    positions = shapely.points(np.where(np.isfinite(longitude), longitude, 999), np.where(np.isfinite(latitude), latitude, 999))
    inside: np.ndarray = np.zeros(len(positions), dtype=bool)
    for territory in TERRITORIES:
        inside |= shapely.intersects(territory.polygon(), positions)
    return inside


def _share_in(territories: tuple[Territory, ...], x: np.ndarray, y: np.ndarray, crs: str | None) -> float:
    if crs is not None:
        x, y = pyproj.Transformer.from_crs(crs, WGS84, always_xy=True).transform(x, y)
    positions = shapely.points(np.where(np.isfinite(x), x, 999), np.where(np.isfinite(y), y, 999))
    inside = np.zeros(len(positions), dtype=bool)
    for territory in territories:
        inside |= shapely.intersects(territory.polygon(), positions)
    return float(inside.mean())


def _median_coordinates(geometry: gpd.GeoSeries) -> tuple[float, float]:
    bounds = _bounds(geometry)[_finite(geometry)]
    # The median and not the centre of the extent: one wrong position must not move the whole layer.
    return float(np.median(bounds[:, [0, 2]])), float(np.median(bounds[:, [1, 3]]))
