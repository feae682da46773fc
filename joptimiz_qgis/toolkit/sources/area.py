"""The part of a source that is wanted: a rectangle for the server, the true outline afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import ParameterError

if TYPE_CHECKING:
    import geopandas as gpd


@dataclass(frozen=True)
class Area:
    """Where to fetch.

    Attributes
    ----------
    west, south, east, north : float
        Degrees, WGS 84: what servers are asked for.
    outline : shapely geometry or None
        Degrees, WGS 84: what is kept of their answers; the rectangle where None.
    """

    west: float
    south: float
    east: float
    north: float
    outline: Any = None

    def __post_init__(self) -> None:
        """Refuse what is no rectangle on the globe."""
        on_globe = -180 <= self.west < self.east <= 180 and -90 <= self.south < self.north <= 90
        if not on_globe:
            raise ParameterError(
                "The area {value} is not a rectangle in degrees. Expected: west,south,east,north, for example 2.25,48.81,2.42,48.91 for Paris.",
                value=",".join(f"{edge:g}" for edge in self.bbox),
            )

    @property
    def bbox(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        return (self.west, self.south, self.east, self.north)

    def text(self, separator: str = ",") -> str:
        """The rectangle as services write it: west, south, east, north."""
        return separator.join(_degrees(edge) for edge in self.bbox)


def _degrees(edge: float) -> str:
    return f"{edge:.7f}".rstrip("0").rstrip(".")


def parse_area(text: str) -> Area:
    """An area out of ``west,south,east,north`` in degrees."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise ParameterError(
            "The area {value} is not a rectangle in degrees. Expected: west,south,east,north, for example 2.25,48.81,2.42,48.91 for Paris.",
            value=text,
        ) from error
    return Area(west, south, east, north)


def area_of(polygons: gpd.GeoSeries) -> Area:
    """The area that `polygons` (a commune, several) cover.

    Parameters
    ----------
    polygons : GeoSeries
        In any CRS, which must be known.
    """
    from ..crs import WGS84, require_crs

    require_crs(polygons, "area")
    outline = polygons.to_crs(WGS84).make_valid().union_all()
    if outline.is_empty or outline.area == 0:
        raise ParameterError("The area has no surface. Give polygons: the outline of a commune, for example.")
    west, south, east, north = outline.bounds
    return Area(west, south, east, north, outline)


def inside(table: gpd.GeoDataFrame, area: Area) -> gpd.GeoDataFrame:
    """The rows of `table` that touch `area`; its index is kept. Rows without geometry are not in it."""
    import shapely

    from ..crs import WGS84

    outline = area.outline if area.outline is not None else shapely.box(*area.bbox)
    shapely.prepare(outline)
    degrees = table.geometry if table.crs is None else table.geometry.to_crs(WGS84)
    return table[shapely.intersects(outline, degrees.to_numpy())]
