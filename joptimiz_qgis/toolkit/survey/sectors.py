"""Rounds of a survey: bays split into sectors of equal number and small extent, and the ground that belongs to each."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from ..errors import ParameterError
from ..progress import Progress

MOST_SECTORS = 200
_ROUNDS = 60
_GRID = 4_000
"""Places that stand for a territory in which no bay is known yet."""


def split_evenly(places: np.ndarray, sectors: int, progress: Progress | None = None) -> np.ndarray:
    """Balanced k-means: sectors whose sizes differ by one at most, as compact as exchanges between two of them can make them.

    Several straight cuts are the starts; then any two sectors share out their bays anew by the line between their centres, which
    never makes the sum of squares larger, until nothing moves.

    Parameters
    ----------
    places : ndarray, shape (n, 2)
        Metres.
    sectors : int
        1 to `MOST_SECTORS`, and no more than there are places.

    Returns
    -------
    ndarray of int, shape (n,)
        Sector of each place, 0 to `sectors` - 1, numbered from north to south.

    Raises
    ------
    ParameterError
        A number of sectors that is impossible.
    CancelledError
        `progress` says that the user asked to stop.
    """
    progress = progress or Progress()
    check_sectors(sectors, len(places))
    best, least = np.zeros(len(places), dtype=np.int64), np.inf
    starts = (_stripes(places[:, 0], sectors), _stripes(places[:, 1], sectors), _halves(places, sectors))
    for number, start in enumerate(starts):
        labels = _exchanged(places, start, sectors, progress.part(number / len(starts), (number + 1) / len(starts)))
        spread = spread_of(places, labels)
        if spread < least - 1e-9:
            best, least = labels, spread
    return _from_north(places, best, sectors)


def check_sectors(sectors: int, places: int | None = None) -> None:
    """Raise `ParameterError` for a number of sectors that is impossible."""
    if not 1 <= sectors <= MOST_SECTORS:
        raise ParameterError("{sectors} is not a number of sectors. Expected: 1 to {most}.", sectors=sectors, most=MOST_SECTORS)
    if places is not None and sectors > places:
        raise ParameterError(
            "{places} bays cannot be split into {sectors} sectors. Ask for at most {places} sectors, or choose a larger territory.",
            places=places,
            sectors=sectors,
        )


def spread_of(places: np.ndarray, labels: np.ndarray) -> float:
    """Sum of the squares of the distances (m²) of all places to the centre of their sector: small where sectors are compact."""
    return float(sum(((places[labels == label] - places[labels == label].mean(axis=0)) ** 2).sum() for label in np.unique(labels)))


def _sizes(number: int, sectors: int) -> np.ndarray:
    """Sizes that differ by one at most."""
    sizes: np.ndarray = np.full(sectors, number // sectors)
    sizes[: number % sectors] += 1
    return sizes


def _stripes(values: np.ndarray, sectors: int) -> np.ndarray:
    labels = np.empty(len(values), dtype=np.int64)
    labels[np.argsort(values, kind="stable")] = np.repeat(np.arange(sectors), _sizes(len(values), sectors))
    return labels


def _halves(places: np.ndarray, sectors: int) -> np.ndarray:
    """Cuts across the longer side, again and again."""
    labels = np.zeros(len(places), dtype=np.int64)
    sizes = _sizes(len(places), sectors)
    parts = [(np.arange(len(places)), 0, sectors)]
    while parts:
        rows, first, count = parts.pop()
        if count == 1:
            labels[rows] = first
            continue
        side = int(np.argmax(np.ptp(places[rows], axis=0)))
        order = rows[np.argsort(places[rows, side], kind="stable")]
        near = count // 2
        cut = int(sizes[first : first + near].sum())
        parts += [(order[:cut], first, near), (order[cut:], first + near, count - near)]
    return labels


def _exchanged(places: np.ndarray, labels: np.ndarray, sectors: int, progress: Progress) -> np.ndarray:
    labels = labels.copy()
    centres = np.array([places[labels == sector].mean(axis=0) for sector in range(sectors)])
    moved = np.ones(sectors, dtype=bool)
    for turn in range(_ROUNDS):
        progress.step(turn / _ROUNDS)
        again = np.zeros(sectors, dtype=bool)
        for one, other in _neighbours(centres):
            if (moved[one] or moved[other]) and _share_out(places, labels, centres, one, other):
                again[[one, other]] = True
        moved = again
        if not moved.any():
            break
    return labels


def _neighbours(centres: np.ndarray) -> list[tuple[int, int]]:
    """Pairs of sectors near each other, each once."""
    near = 8
    pairs = set()
    for one, centre in enumerate(centres):
        order = np.argsort(((centres - centre) ** 2).sum(axis=1), kind="stable")
        pairs |= {(min(one, int(other)), max(one, int(other))) for other in order[: near + 1] if other != one}
    return sorted(pairs)


def _share_out(places: np.ndarray, labels: np.ndarray, centres: np.ndarray, one: int, other: int) -> bool:
    """Two sectors anew; whether anything moved.

    With the centres held, the best shares of fixed size are the two sides of a line across the way from centre to centre. Where one of
    them has a place more, either may have it: three places of which two coincide are otherwise cut between these two.
    """
    rows = np.flatnonzero((labels == one) | (labels == other))
    size = int((labels[rows] == one).sum())
    along = (places[rows] - centres[one]) @ (centres[other] - centres[one])
    before = labels[rows]
    # Places at the same height stay where they were: nothing is to move for nothing.
    order = np.lexsort((before == other, along))
    best, least = before, _squares(places[rows], before, (one, other)) - 1e-6
    for near in dict.fromkeys((size, len(rows) - size)):
        after = np.full(len(rows), other)
        after[order[:near]] = one
        squares = _squares(places[rows], after, (one, other))
        if squares < least:
            best, least = after, squares
    if best is before:
        return False
    labels[rows] = best
    centres[one], centres[other] = (places[rows[best == sector]].mean(axis=0) for sector in (one, other))
    return True


def _squares(places: np.ndarray, labels: np.ndarray, sectors: tuple[int, int]) -> float:
    parts = [places[labels == sector] for sector in sectors]
    return float(sum(((part - part.mean(axis=0)) ** 2).sum() for part in parts))


def _from_north(places: np.ndarray, labels: np.ndarray, sectors: int) -> np.ndarray:
    centres = np.array([places[labels == sector].mean(axis=0) for sector in range(sectors)])
    rank = np.empty(sectors, dtype=np.int64)
    rank[np.lexsort((centres[:, 0], -centres[:, 1]))] = np.arange(sectors)
    numbered: np.ndarray = rank[labels]
    return numbered


# -- ground -------------------------------------------------------------------------------------------------------


def places_in(territory: shapely.Geometry) -> np.ndarray:
    """Places spread evenly over a territory (metres), to split it where no bay is known."""
    west, south, east, north = territory.bounds
    step = float(np.sqrt(territory.area / _GRID))
    x, y = np.meshgrid(np.arange(west + step / 2, east, step), np.arange(south + step / 2, north, step))
    spread = np.column_stack([x.ravel(), y.ravel()])
    shapely.prepare(territory)
    found: np.ndarray = spread[shapely.contains_xy(territory, spread[:, 0], spread[:, 1])]
    return found if len(found) else np.array([[territory.representative_point().x, territory.representative_point().y]])


def ground_of(places: np.ndarray, labels: np.ndarray, territory: shapely.Geometry) -> gpd.GeoSeries:
    """Polygon of each sector: the part of `territory` that is nearer to its places than to those of any other sector.

    Returns
    -------
    GeoSeries
        Index: the sectors' labels; without CRS. Together they cover the territory and do not overlap.
    """
    unique, first = np.unique(places.round(2), axis=0, return_index=True)
    owner = labels[first]
    if len(unique) == 1 or len(np.unique(owner)) == 1:
        return gpd.GeoSeries({int(label): territory if label == owner[0] else shapely.MultiPolygon() for label in np.unique(labels)})
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(unique), extend_to=territory))
    tree = shapely.STRtree(cells)
    point, cell = tree.query(shapely.points(unique), predicate="intersects")
    of_cell = np.full(len(cells), -1)
    of_cell[cell[::-1]] = owner[point[::-1]]
    joined = {int(label): shapely.union_all(cells[of_cell == label]) for label in np.unique(labels)}
    return gpd.GeoSeries({label: shapely.intersection(shape, territory) for label, shape in joined.items()})
