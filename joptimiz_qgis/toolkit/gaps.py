"""Gaps of a coverage: groups of uncovered delivery points close to each other, where to look for a new bay."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .crs import has_position, metric_crs, to_crs
from .dependencies import install_command
from .errors import DataError, MissingDependencyError
from .messages import Message, count, decimal, tr
from .movements import movement_weights
from .nearest import nearest_geometry
from .parameters import GAP_MINIMUM_POINTS, GAP_RADIUS_M, check_gap_minimum, check_gap_radius
from .progress import Progress

if TYPE_CHECKING:
    import pyproj

OUTLINE_WIDTH_M = 20.0
"""Width at which a row of points along a street is drawn: the hull of the points grows by half of it. Drawing only."""

_CONCAVITY = 0.3  # 0 hugs the points, 1 is the convex hull: a gap along a bent street must not cover the blocks inside the bend
_WIDE_M = 1_000.0  # beyond this a gap is a district, not a place for a bay: the user is told how to split it
_CONCAVE_UP_TO = 20_000
_GAPS_AT_ONCE = 500
_ACTIVITIES_SHOWN = 3

NOISE = -1
"""Cluster of the points that are in none."""

# A tree compares squares: a hair more than the distance, so that an exact 50 m is not lost to rounding.
_HAIR = 1 + 1e-12
# Points a query: some 0.1 s of work, and what one answer holds in memory.
_BATCH = 20_000

GAP_COLUMNS = {
    "rank": "int64",
    "label": "object",
    "points": "int64",
    "movements": "float64",
    "spread_m": "float64",
    "median_distance_m": "float64",
    "nearest_bay": "object",
    "nearest_bay_distance_m": "float64",
    "main_activities": "object",
    "longitude": "float64",
    "latitude": "float64",
}
"""Columns of `Gaps.rows` beside the geometry, with their types."""


@dataclass
class Gaps:
    """Gaps of one coverage; the points in gaps and the isolated ones add up to the uncovered ones.

    Attributes
    ----------
    rows : GeoDataFrame
        One row a gap, in the metric CRS of the place; columns `GAP_COLUMNS`, ordered by ``rank`` (from 1: most movements
        first, most points where movements were not given). The polygon is the (concave) hull of the gap's points, grown by
        half of `OUTLINE_WIDTH_M`. ``movements`` a week, NaN where not given; ``spread_m`` the greatest distance between two
        of its points; ``median_distance_m`` of its points to their nearest bays; ``nearest_bay`` and
        ``nearest_bay_distance_m`` those of its central point, the point nearest to the mean position of all;
        ``main_activities`` up to three commonest categories with their counts; ``longitude`` and ``latitude`` of the
        central point (WGS84 degrees).
    membership : Series
        Index of the points; rank of the gap that each is in, NA for the others.
    uncovered, isolated : int
        Uncovered points with a position, and those of them that are in no gap.
    """

    rows: gpd.GeoDataFrame
    membership: pd.Series
    uncovered: int
    isolated: int
    notes: list[Message]

    @property
    def points(self) -> int:
        """Uncovered points in gaps."""
        return self.uncovered - self.isolated


def coverage_gaps(
    points: gpd.GeoSeries,
    rows: pd.DataFrame,
    movements: pd.Series | None = None,
    category: pd.Series | None = None,
    radius: float = GAP_RADIUS_M,
    minimum: int = GAP_MINIMUM_POINTS,
    progress: Progress | None = None,
) -> Gaps:
    """Groups of uncovered delivery points, the heaviest first.

    A group is a cluster of DBSCAN (see `density_clusters`) over the uncovered points: weights do not form groups, they rank
    them.

    Parameters
    ----------
    points : GeoSeries, n rows
        Point geometries in any CRS, as they were given to `bay_coverage`.
    rows : DataFrame, n rows
        `Coverage.rows` of these points.
    movements : Series, n rows, optional
        Movements per week of each point; a value that is missing, negative or no number counts for 0, and a note says so.
    category : Series, n rows, optional
        Activity of each point, code or label.
    radius : float
        Metres, inclusive.
    minimum : int
        Uncovered points within `radius` of a point, itself included, that make it the heart of a gap.

    Returns
    -------
    Gaps
        Without any row where nothing is uncovered, or nothing is close enough; a note says which.

    Raises
    ------
    ParameterError
        A radius that is not a positive number; a minimum that is not a whole number of at least 1.
    DataError
        `rows`, `movements` or `category` are not those of `points`.
    CrsError
        A layer without CRS, or with coordinates that cannot be in it.
    MissingDependencyError
        scipy is not installed.
    CancelledError
        `progress` says that the user asked to stop.
    """
    progress = progress or Progress()
    check_gap_radius(radius)
    check_gap_minimum(minimum)
    _check_rows(points.index, rows, movements, category)
    located = has_position(points)
    if not located.any():
        raise DataError(
            "None of the {count} {what} has a geometry. Locate them first.", count=len(points), what=Message("delivery points")
        )
    crs = metric_crs(points[located])
    metric = to_crs(points, crs)
    chosen = np.flatnonzero((rows["covered"] == False).fillna(False).to_numpy(dtype=bool) & has_position(metric))  # noqa: E712
    cluster = density_clusters(shapely.get_coordinates(metric.to_numpy()[chosen]), radius, minimum, progress.part(0, 0.8))
    weights, notes = _weights(movements, chosen)
    members = _members(metric, rows, category, chosen).assign(movements=weights)
    members = _ranked(members[cluster != NOISE], cluster[cluster != NOISE], movements is not None)
    table = _table(members, crs, movements is not None, progress.part(0.8, 1))
    membership = pd.Series(pd.array([pd.NA] * len(points), dtype="Int64"), index=points.index, name="gap")
    membership.iloc[members.index.to_numpy()] = members["rank"].to_numpy()
    gaps = Gaps(table, membership, len(chosen), len(chosen) - len(members), notes)
    gaps.notes += _notes(gaps, radius, minimum)
    return gaps


def _check_rows(index: pd.Index, rows: pd.DataFrame, movements: pd.Series | None, category: pd.Series | None) -> None:
    """Raise `DataError` where these are not the same points."""
    if not rows.index.equals(index):
        raise DataError(
            "The results of the coverage ({rows} rows) are not those of these delivery points ({points}). Run the coverage again.",
            rows=len(rows),
            points=len(index),
        )
    if movements is not None and not movements.index.equals(index):
        raise DataError(
            "The movements ({movements} rows) are not those of the delivery points ({points} rows): their row labels differ.",
            movements=len(movements),
            points=len(index),
        )
    if category is not None and not category.index.equals(index):
        raise DataError(
            "The activities ({activities} rows) are not those of the delivery points ({points} rows): their row labels differ.",
            activities=len(category),
            points=len(index),
        )


def _weights(movements: pd.Series | None, chosen: np.ndarray) -> tuple[np.ndarray, list[Message]]:
    """Movements per week of the uncovered points, 0 where there is no usable number."""
    return (np.zeros(len(chosen)), []) if movements is None else movement_weights(movements.iloc[chosen])


def _members(metric: gpd.GeoSeries, rows: pd.DataFrame, category: pd.Series | None, chosen: np.ndarray) -> pd.DataFrame:
    """What is known of the uncovered points, by their position among all."""
    of_bays = rows.iloc[chosen]
    x, y = shapely.get_coordinates(metric.to_numpy()[chosen]).T
    activity = None if category is None else category.iloc[chosen].to_numpy(dtype=object)
    distance, bay = of_bays["distance_m"].to_numpy(dtype=float), of_bays["nearest_bay"].to_numpy(dtype=object)
    return pd.DataFrame({"x": x, "y": y, "distance": distance, "bay": bay, "activity": activity}, index=chosen)


def _ranked(members: pd.DataFrame, cluster: np.ndarray, by_movements: bool) -> pd.DataFrame:
    """`members` with the ``rank`` of their gap, in the order of the ranks; of equals, the gap of the first point comes first."""
    sizes = pd.DataFrame({"movements": members["movements"].to_numpy(), "points": 1}).groupby(cluster).sum()
    # Clusters are numbered by their first points, so the stable sort keeps that order among equals.
    order = np.lexsort((-sizes["points"], -sizes["movements"])) if by_movements else np.argsort(-sizes["points"], kind="stable")
    rank = np.empty(len(sizes), dtype=np.int64)
    rank[order] = np.arange(1, len(sizes) + 1)
    return members.assign(rank=rank[cluster]).sort_values("rank", kind="stable")


def _table(members: pd.DataFrame, crs: pyproj.CRS, with_movements: bool, progress: Progress) -> gpd.GeoDataFrame:
    """One row a gap."""
    if members.empty:
        return gpd.GeoDataFrame({name: pd.Series(dtype=kind) for name, kind in GAP_COLUMNS.items()}, geometry=[], crs=crs)
    groups = members.groupby("rank")
    central = members.loc[_central(members)]
    places = gpd.GeoSeries(shapely.points(central[["x", "y"]].to_numpy()), crs=crs).to_crs(4326)
    together = shapely.multipoints(shapely.points(members[["x", "y"]].to_numpy()), indices=members["rank"].to_numpy() - 1)
    size, carried = groups.size().to_numpy(), groups["movements"].sum().to_numpy()
    spreads, outlines = _shapes(together, progress)
    activities = _main_activities(members)
    values = {
        "rank": np.arange(1, len(size) + 1),
        "label": [_label(int(number), weight if with_movements else None) for number, weight in zip(size, carried)],
        "points": size,
        "movements": carried if with_movements else np.nan,
        "spread_m": spreads,
        "median_distance_m": groups["distance"].median().to_numpy(),
        "nearest_bay": central["bay"].to_numpy(),
        "nearest_bay_distance_m": central["distance"].to_numpy(),
        "main_activities": [activities.get(rank) for rank in range(1, len(size) + 1)],
        "longitude": places.x.to_numpy(),
        "latitude": places.y.to_numpy(),
    }
    columns = {name: pd.Series(values[name], index=range(len(size)), dtype=kind) for name, kind in GAP_COLUMNS.items()}
    return gpd.GeoDataFrame(columns, geometry=outlines, crs=crs)


def _central(members: pd.DataFrame) -> np.ndarray:
    """Label of the point of each gap that is nearest to the mean position of all, the first of equals."""
    middle = members.groupby("rank")[["x", "y"]].transform("mean")
    off = np.hypot(members["x"].to_numpy() - middle["x"].to_numpy(), members["y"].to_numpy() - middle["y"].to_numpy())
    # To the micrometre: two points at the same distance must not change places with the rounding of the mean.
    nearest: np.ndarray = pd.Series(off, index=members.index).round(6).groupby(members["rank"]).idxmin().to_numpy()
    return nearest


def _shapes(together: np.ndarray, progress: Progress) -> tuple[np.ndarray, np.ndarray]:
    """Spread (metres) and outline of each of the groups of points."""
    spreads, outlines = np.empty(len(together)), np.empty(len(together), dtype=object)
    for start in range(0, len(together), _GAPS_AT_ONCE):
        progress.step(start / len(together))
        batch = slice(start, start + _GAPS_AT_ONCE)
        convex = shapely.convex_hull(together[batch])
        spreads[batch] = [_spread(shapely.get_coordinates(hull)) for hull in convex]
        # The concave hull of points on one line takes a time that grows with their square.
        many = shapely.get_num_geometries(together[batch]) > _CONCAVE_UP_TO
        hulls = shapely.concave_hull(np.where(many, convex, together[batch]), ratio=_CONCAVITY)
        outlines[batch] = shapely.buffer(np.where(many, convex, hulls), OUTLINE_WIDTH_M / 2)
    return spreads, outlines


def _spread(corners: np.ndarray) -> float:
    """Greatest distance between two corners of a convex hull, which is that between any two of its points."""
    return max(float(np.hypot(*(corners - corner).T).max()) for corner in corners)


def _main_activities(members: pd.DataFrame) -> dict[int, str]:
    """``Restaurant (12), Bakery (3)`` by rank: the commonest first, equals in alphabetical order; no entry where none is known."""
    counts: dict[int, Counter[str]] = {}
    known = members[members["activity"].notna()]
    for rank, activity in zip(known["rank"].tolist(), known["activity"].tolist()):
        name = str(activity).strip()
        if name:
            counts.setdefault(rank, Counter())[name] += 1
    return {rank: _commonest(names) for rank, names in counts.items()}


def _commonest(names: Counter[str]) -> str:
    first = sorted(names.items(), key=lambda item: (-item[1], item[0]))[:_ACTIVITIES_SHOWN]
    return ", ".join(f"{name} ({number})" for name, number in first)


def _label(points: int, movements: float | None) -> str:
    parts = ["1 point" if points == 1 else f"{count(int(points))} points"]  # the same words in French
    if movements is not None:
        weekly = round(movements)
        parts.append(tr("1 movement/week") if weekly == 1 else tr("{movements} movements/week", movements=count(weekly)))
    return ", ".join(parts)


def _notes(gaps: Gaps, radius: float, minimum: int) -> list[Message]:
    if not gaps.uncovered:
        return [Message("Every delivery point that has a position is covered: there is no gap.")]
    values = {
        "uncovered": count(gaps.uncovered),
        "isolated": count(gaps.isolated),
        "points": count(gaps.points),
        "gaps": count(len(gaps.rows)),
        "minimum": minimum,
        "radius": radius,
    }
    if not len(gaps.rows):
        return [
            Message(
                "The {uncovered} uncovered delivery points are too far apart: none has {minimum} of them within {radius:g} m, so there is "
                "no gap. A larger radius or a smaller number of points finds some.",
                **values,
            )
        ]
    notes = [
        Message(
            "Gaps: {gaps}, with {points} of the {uncovered} uncovered delivery points; isolated points: {isolated} "
            "(a gap needs {minimum} uncovered points within {radius:g} m of one of them).",
            **values,
        )
    ]
    wide = gaps.rows["spread_m"].to_numpy() > _WIDE_M
    if wide.any():
        notes.append(
            Message(
                "Gaps more than {width:g} m across: {count}, the widest {spread} m; uncovered points follow each other there. "
                "A smaller radius or a larger number of points splits them.",
                count=count(int(wide.sum())),
                width=_WIDE_M,
                spread=count(round(gaps.rows["spread_m"].max())),
            )
        )
    return notes


def largest(gaps: Gaps, number: int = 5) -> list[Message]:
    """The first gaps in words, for a log."""
    said = []
    for row in gaps.rows.head(number).itertuples():
        values = {"rank": row.rank, "label": row.label, "spread": count(round(row.spread_m))}
        if row.nearest_bay is None:
            said.append(Message("Gap {rank}: {label}, over {spread} m; no usable bay.", **values))
            continue
        values.update(bay=row.nearest_bay, distance=decimal(row.nearest_bay_distance_m))
        said.append(Message("Gap {rank}: {label}, over {spread} m; from its centre {distance} m to the nearest bay ({bay}).", **values))
    return said


# -- clusters by density ----------------------------------------------------------------------------------------------


def density_clusters(places: np.ndarray, radius: float, minimum: int, progress: Progress | None = None) -> np.ndarray:
    """Cluster of each place, as DBSCAN (Ester, Kriegel, Sander and Xu, 1996) defines it.

    A place with at least `minimum` places within `radius` (itself included) is a core; cores no farther apart than `radius`
    are in one cluster; another place within `radius` of a core is in the cluster of its nearest core, the first of equals.

    Pairs of places are never listed, so memory grows with their number only, however dense they are: cores that share a
    cell of a grid whose diagonal is shorter than `radius` are in one cluster (Gunawan, 2013), and two cells are compared by
    looking for one pair that is close enough.

    Parameters
    ----------
    places : ndarray, shape (n, 2)
        Metres.
    radius : float
        Metres, inclusive.
    minimum : int

    Returns
    -------
    ndarray of int, shape (n,)
        Numbers from 0 in the order of each cluster's first place; `NOISE` for places in no cluster.

    Raises
    ------
    MissingDependencyError
        scipy is not installed.
    CancelledError
        `progress` says that the user asked to stop.
    """
    progress = progress or Progress()
    _require_scipy()
    cluster = np.full(len(places), NOISE, dtype=np.intp)
    if not len(places):
        return cluster
    core = _cores(places, radius, minimum, progress.part(0, 0.4))
    if not core.any():
        return cluster
    cluster[core] = _components(places[core], radius, progress.part(0.4, 0.8))
    others = np.flatnonzero(~core)
    # No reach: how many cores lie around is not asked for, and would be costly to count.
    nearest, distance, _ = nearest_geometry(
        shapely.points(places[others]), shapely.points(places[core]), 0.0, progress.part(0.8, 1)
    )
    bordering = distance <= radius * _HAIR
    cluster[others[bordering]] = cluster[core][nearest[bordering]]
    return _numbered(cluster)


def _require_scipy() -> None:
    try:
        import scipy.sparse.csgraph
        import scipy.spatial  # noqa: F401
    except ImportError as error:
        raise MissingDependencyError(
            "JOPTIMIZ needs the Python libraries {names}, which are not installed here. In a terminal, type: {command} "
            "— then start again.",
            names="scipy",
            command=install_command(["scipy"]),
        ) from error


def _cells(places: np.ndarray, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Column and line of each cell that holds a place, and the cell of each place; places in one cell are within `radius`."""
    side = 0.999 * radius / np.sqrt(2)  # a thousandth less, which leaves room for rounding
    cells, cell = np.unique(np.floor((places - places.min(axis=0)) / side), axis=0, return_inverse=True)
    return cells, cell.reshape(-1)


def _cores(places: np.ndarray, radius: float, minimum: int, progress: Progress) -> np.ndarray:
    """Which places have `minimum` places within `radius`."""
    from scipy.spatial import cKDTree

    _, cell = _cells(places, radius)
    core: np.ndarray = np.bincount(cell)[cell] >= minimum  # those need no counting, and they are where counting takes long
    tree = cKDTree(places)
    doubtful = np.flatnonzero(~core)
    for start in range(0, len(doubtful), _BATCH):
        progress.step(start / len(doubtful))
        batch = doubtful[start : start + _BATCH]
        core[batch] = tree.query_ball_point(places[batch], radius * _HAIR, return_length=True, workers=-1) >= minimum
    return core


def _components(places: np.ndarray, radius: float, progress: Progress) -> np.ndarray:
    """Which places hang together, each step no longer than `radius`."""
    from scipy.spatial import cKDTree

    cells, cell = _cells(places, radius)
    pairs = cKDTree(cells).query_pairs(2, p=np.inf, output_type="ndarray")  # farther cells are out of reach
    steps = ((cells[pairs[:, 0]] - cells[pairs[:, 1]]) ** 2).sum(axis=1)
    joined = np.empty((0, 2), dtype=np.intp)
    component = np.arange(len(cells))
    index = _ByCell(places, cell, radius)
    # The nearest cells first: most of the others then hang together already and need no look.
    for number, step in enumerate((1, 2, 4, 5, 8)):
        ring = pairs[steps == step]
        ring = ring[component[ring[:, 0]] != component[ring[:, 1]]]
        joined = np.concatenate([joined, ring[index.touch(ring, progress.part(number / 5, (number + 1) / 5))]])
        component = _connected(joined, len(cells))
    return component[cell]


def _connected(pairs: np.ndarray, length: int) -> np.ndarray:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(length, length))
    component: np.ndarray = connected_components(graph, directed=False)[1]
    return component


class _ByCell:
    """Finds whether two cells hold places within `radius` of each other.

    The cell is a third coordinate, so far apart that the nearest place of a given cell is one question to one tree.
    """

    def __init__(self, places: np.ndarray, cell: np.ndarray, radius: float) -> None:
        from scipy.spatial import cKDTree

        self.radius = radius
        order = np.argsort(cell, kind="stable")
        self.places = places[order]
        self.sizes = np.bincount(cell)
        self.starts = np.cumsum(self.sizes) - self.sizes
        self.tree = cKDTree(self._lifted(self.places, cell[order]))

    def touch(self, pairs: np.ndarray, progress: Progress) -> np.ndarray:
        """For each of `pairs` of cells, whether one place of the first is within `radius` of one of the second."""
        swap = self.sizes[pairs[:, 0]] > self.sizes[pairs[:, 1]]  # the smaller one asks
        asking, asked = np.where(swap[:, None], pairs[:, ::-1], pairs).T
        touching = np.zeros(len(pairs), dtype=bool)
        ends = np.cumsum(self.sizes[asking])
        start = 0
        while start < len(pairs):
            progress.step(start / len(pairs))
            before = ends[start - 1] if start else 0
            end = max(start + 1, int(np.searchsorted(ends, before + _BATCH, side="right")))
            touching[start:end] = self._touch(asking[start:end], asked[start:end])
            start = end
        return touching

    def _touch(self, asking: np.ndarray, asked: np.ndarray) -> np.ndarray:
        sizes = self.sizes[asking]
        pair = np.repeat(np.arange(len(asking)), sizes)
        place = np.arange(len(pair)) + np.repeat(self.starts[asking] - (np.cumsum(sizes) - sizes), sizes)
        lifted = self._lifted(self.places[place], asked[pair])
        distance, _ = self.tree.query(lifted, distance_upper_bound=self.radius * (1 + 1e-9), workers=-1)
        return np.bincount(pair, weights=distance <= self.radius * _HAIR, minlength=len(asking)) > 0

    def _lifted(self, places: np.ndarray, cell: np.ndarray) -> np.ndarray:
        return np.column_stack([places, cell * (4.0 * self.radius)])


def _numbered(cluster: np.ndarray) -> np.ndarray:
    """The same clusters, numbered in the order of their first places."""
    found, first = np.unique(cluster[cluster != NOISE], return_index=True)
    number = np.empty(found.max() + 1, dtype=np.intp)
    number[found[np.argsort(first)]] = np.arange(len(found))
    return np.where(cluster == NOISE, NOISE, number[cluster])
