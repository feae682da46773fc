"""Nearest of many geometries to each of many points: a KD-tree where all are points, an R-tree (STRtree) for the rest."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import shapely

from .progress import Progress

# At about 0.1 s a batch a cancel is answered at once and the index is still queried in bulk.
BATCH = 65_536
"""Points asked for between two looks at the Cancel button."""

Found = tuple[np.ndarray, np.ndarray, np.ndarray]
"""For each point: position of the nearest, its distance (metres), and how many lie within reach."""


def nearest_geometry(
    points: np.ndarray, shapes: np.ndarray, max_distance: float, progress: Progress | None = None
) -> Found:
    """Nearest of `shapes` to each of `points`, and how many lie within `max_distance`.

    Parameters
    ----------
    points : ndarray of shapely Point, shape (n,)
    shapes : ndarray of shapely Geometry, shape (m,)
        Same metric CRS as `points`; m may be 0.
    max_distance : float
        Metres, inclusive.

    Returns
    -------
    nearest : ndarray of int, shape (n,)
        Position in `shapes`, the first of equals; -1 where m is 0.
    distance : ndarray of float, shape (n,)
        Metres; NaN where m is 0.
    within : ndarray of int, shape (n,)
        Shapes no farther than `max_distance`.
    """
    progress = progress or Progress()
    nearest = np.full(len(points), -1, dtype=np.intp)
    distance = np.full(len(points), np.nan)
    within = np.zeros(len(points), dtype=np.int64)
    if not len(shapes):
        return nearest, distance, within
    index = nearest_index(shapes)
    for start in range(0, len(points), BATCH):
        progress.step(start / len(points))
        batch = slice(start, start + BATCH)
        nearest[batch], distance[batch], within[batch] = index.find(shapely.get_coordinates(points[batch]), max_distance)
    return nearest, distance, within


class NearestIndex(Protocol):
    """Shapes that can be asked, for each of n places (an array of n rows: x, y), what `nearest_geometry` tells; never for none."""

    def find(self, places: np.ndarray, max_distance: float) -> Found:
        """Position of the nearest shape, its distance, how many lie within `max_distance` of each place."""
        ...


def nearest_index(shapes: np.ndarray) -> NearestIndex:
    """Index over `shapes` (at least one), the faster one where all of them are points."""
    if (shapely.get_type_id(shapes) == shapely.GeometryType.POINT).all():
        try:
            return _PointIndex(shapes)
        except ImportError:  # scipy comes with QGIS for Windows; elsewhere the other index does as well, more slowly
            pass
    return _ShapeIndex(shapes)


class _PointIndex:
    """KD-tree over points: some six times faster than the R-tree for those."""

    def __init__(self, shapes: np.ndarray) -> None:
        from scipy.spatial import cKDTree

        # Coincident points are one in the tree, under the position of the first of them.
        places, self.first, self.count = np.unique(
            shapely.get_coordinates(shapes), axis=0, return_index=True, return_counts=True
        )
        self.tree = cKDTree(places)
        self.coincident = bool((self.count > 1).any())

    def find(self, places: np.ndarray, max_distance: float) -> Found:
        gaps, found = self.tree.query(places, k=min(2, self.tree.n), workers=-1)
        gaps, found = gaps.reshape(len(places), -1), found.reshape(len(places), -1)
        distance, nearest = gaps[:, 0], self.first[found[:, 0]]
        for row in np.flatnonzero(gaps[:, 0] == gaps[:, -1]) if self.tree.n > 1 else ():
            nearest[row] = self._first_of_equals(places[row], distance[row])
        return nearest, distance, self._count_within(places, gaps, found[:, 0], max_distance)

    def _first_of_equals(self, place: np.ndarray, distance: float) -> int:
        around = self.tree.query_ball_point(place, np.nextafter(distance, np.inf) * (1 + 1e-12))
        exact = np.hypot(*(self.tree.data[around] - place).T)
        return int(self.first[np.asarray(around)[exact <= exact.min()]].min())

    def _count_within(self, places: np.ndarray, gaps: np.ndarray, found: np.ndarray, max_distance: float) -> np.ndarray:
        # The tree compares squares: a hair more than the distance, so that an exact 20 m is not lost to rounding.
        radius = max_distance * (1 + 1e-12)
        within = np.where(gaps[:, 0] <= max_distance, self.count[found], 0)
        # Where the second place is out of reach, the first is all there is: most points are spared the second question.
        several = np.flatnonzero((gaps[:, 0] <= max_distance) & (gaps[:, -1] <= radius)) if self.tree.n > 1 else np.empty(0, dtype=np.intp)
        if not len(several):
            return within
        if self.coincident:
            around = self.tree.query_ball_point(places[several], radius, workers=-1)
            within[several] = [int(self.count[near].sum()) for near in around]
        else:
            within[several] = self.tree.query_ball_point(places[several], radius, workers=-1, return_length=True)
        return within


class _ShapeIndex:
    """R-tree over geometries of any type."""

    def __init__(self, shapes: np.ndarray) -> None:
        self.tree = shapely.STRtree(shapes, node_capacity=4)  # nearest takes a third less time than with the default of 10

    def find(self, places: np.ndarray, max_distance: float) -> Found:
        points = shapely.points(places)
        # All equals come back, unordered: of each point the lowest position is kept.
        (row, shape), gap = self.tree.query_nearest(points, return_distance=True, all_matches=True)
        order = np.lexsort((shape, row))
        row, shape, gap = row[order], shape[order], gap[order]
        first = np.flatnonzero(np.r_[True, row[1:] != row[:-1]])
        reached = self.tree.query(points, predicate="dwithin", distance=max_distance)[0]
        return shape[first], gap[first], np.bincount(reached, minlength=len(points))
