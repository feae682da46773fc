"""Walking distance along a network of lines that the user gives: the graph, and the nearest bay on foot of each point.

Every length is rounded to a whole multiple of `QUANTUM_M`. Sums of such numbers are exact in double precision, whatever
their order, so that a tie is a tie and the two searches below (nearest bay, bays within reach) never contradict each other.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .coverage import bay_ids
from .crs import check_crs, has_position, metric_crs, to_crs
from .errors import DataError, MissingDependencyError, ParameterError
from .messages import Message, count, decimal, percent
from .nearest import nearest_geometry
from .parameters import CROSSINGS, MAX_DISTANCE_M, NETWORK_TOLERANCE_M, check_distance, check_network_tolerance
from .progress import Progress

if TYPE_CHECKING:
    import pyproj

QUANTUM_M = 2.0**-30
"""About a nanometre: the last bit of a Lambert-93 northing (6.8e6 m) in double precision. Sums are exact up to 2**23 m."""

JOIN_M = 0.01
"""Vertices and lines this near touch: seven decimals of a degree, as OpenStreetMap keeps, move a position by up to 0.8 cm."""

# A batch takes a tenth of a second or so: that is how soon a cancel is answered.
_BATCH = 20_000
# Bays searched from together: few, so that they lie close and only a small part of the network is looked at.
_GROUP = 64
# Distances held at once by the search for bays within reach: 32 MB.
_CELLS = 4_000_000
# What lies within reach along the network lies within reach in a straight line; the metre is for rounding.
_MARGIN_M = 1.0


@dataclass(frozen=True)
class WalkingNetwork:
    """Lines as a graph: each vertex and crossing a node, each straight piece between two of them a segment.

    Attributes
    ----------
    crs : pyproj.CRS
        Metric; that of `nodes`.
    nodes : ndarray of float, shape (n, 2)
    ends : ndarray of int, shape (m, 2)
        Positions in `nodes` of the two ends of each segment.
    length_m : ndarray of float, shape (m,)
    lines : int
        Lines it was made of (parts of multi-part ones counted each).
    joined : int
        Places where lines that cross or touch without a common vertex were connected; 0 with declared crossings.
    components : int
        Parts between which there is no way.
    share_in_largest : float
        Share (0–1) of the length that the longest of them holds.
    notes : list of Message
    """

    crs: pyproj.CRS
    nodes: np.ndarray
    ends: np.ndarray
    length_m: np.ndarray
    lines: int
    joined: int
    components: int
    share_in_largest: float
    notes: list[Message] = field(default_factory=list)

    @cached_property
    def segments(self) -> np.ndarray:
        """The segments as shapely lines, in the order of `ends`."""
        return shapely.linestrings(self.nodes[self.ends])

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index of `segments`."""
        return shapely.STRtree(self.segments)


@dataclass(frozen=True)
class WalkingSummary:
    """Figures of one run; shares are fractions of `points_snapped`, for the walk and for the straight line alike.

    Attributes
    ----------
    points, bays : int
        Those with a position.
    points_snapped, bays_snapped : int
        Of these, no farther from the network than `tolerance_m`; the others are `…_beyond_tolerance`.
    points_without_way : int
        Snapped, and no bay is reached from them along the network (or none within the cut-off).
    covered, straight_covered : int
        Snapped points with a bay within `max_distance_m` on foot, and in a straight line (to any bay given).
    median_walking_m, median_straight_m : float or None
        Both over the same points, those that reach a bay on foot.
    components, share_in_largest
        Of the network.
    """

    points: int
    points_without_position: int
    points_snapped: int
    points_beyond_tolerance: int
    points_without_way: int
    bays: int
    bays_snapped: int
    bays_beyond_tolerance: int
    covered: int
    share_points: float
    straight_covered: int
    share_straight: float
    median_walking_m: float | None
    median_straight_m: float | None
    components: int
    share_in_largest: float
    max_distance_m: float
    tolerance_m: float
    cutoff_m: float | None
    crs: str


@dataclass
class Walking:
    """Result of one run: a row a delivery point, the figures, and what the user should know about them.

    Attributes
    ----------
    rows : DataFrame
        Index of the points; columns `WALKING_COLUMNS`.
    """

    rows: pd.DataFrame
    summary: WalkingSummary
    notes: list[Message]


WALKING_COLUMNS = (
    "walking_covered",
    "walking_bay",
    "walking_bay_position",
    "walking_m",
    "along_m",
    "snapped_straight_m",
    "walking_bays_within",
    "network_offset_m",
    "straight_m",
)

# -- the network -------------------------------------------------------------------------------------------------------


def walking_network(
    lines: gpd.GeoSeries,
    crossings: str = "split",
    join: float = JOIN_M,
    crs: pyproj.CRS | None = None,
    progress: Progress | None = None,
) -> WalkingNetwork:
    """Graph of a layer of streets or footpaths, walked in both directions.

    Parameters
    ----------
    lines : GeoSeries
        LineString or MultiLineString in any CRS; Z and M are ignored, other geometries left out and counted in a note.
    crossings : {"split", "declared"}
        ``split``: lines connect wherever they cross or touch. ``declared``: only where both have a vertex, as in networks
        that model bridges and tunnels (OpenStreetMap does).
    join : float
        Metres, 0 or more: vertices (with ``split``, also a vertex and a line) this near touch. The gap counts as way.
    crs : pyproj.CRS, optional
        Metric CRS to measure in; by default that of the lines' place (see `metric_crs`).
    progress : Progress, optional

    Returns
    -------
    WalkingNetwork

    Raises
    ------
    ParameterError
        Another value of `crossings`; a `join` that is not a number of metres.
    CrsError
        No CRS, or coordinates that cannot be in it.
    DataError
        No line with a position and a length.
    MissingDependencyError
        scipy is not installed.
    CancelledError
        `progress` says that the user asked to stop.
    """
    _csgraph()
    progress = progress or Progress()
    if crossings not in CROSSINGS:
        raise ParameterError("The way to treat crossings is {value}. Expected: split or declared.", value=crossings)
    if not _is_length(join):
        raise ParameterError("The distance at which lines touch is {value}. Expected: metres, 0 or more, for example 0.01.", value=join)
    parts, metric, notes = _line_parts(lines, crs)
    nodes, ends = _straight_pieces(parts)
    length = _whole(_gap(nodes[ends[:, 0]], nodes[ends[:, 1]])).clip(QUANTUM_M)
    joined = 0
    if crossings == "split":
        nodes, ends, length, joined = _connect_crossings(nodes, ends, length, join, progress)
    else:
        ends, length = _connect_vertices(nodes, ends, length, join)
    if joined:
        notes.append(
            Message(
                "{count} places where lines of the network cross or touch without a common vertex were joined. "
                "If some of them are bridges or tunnels, use a network that declares its crossings, and say so.",
                count=count(joined),
            )
        )
    progress.step(1)
    components, share = _components(ends, length, len(nodes))
    if components > 1:
        notes.append(
            Message(
                "The network is in {count} parts without a way between them; the largest holds {share} of its length. "
                "From a point in one part no bay of another part is reached.",
                count=count(components),
                share=percent(share),
            )
        )
    return WalkingNetwork(metric, nodes, ends, length, len(parts), joined, components, share, notes)


def _csgraph() -> Any:
    """Graph algorithms of scipy, or the sentence that says how to install them."""
    try:
        from scipy.sparse import csgraph
    except ImportError as error:
        from .dependencies import install_command

        raise MissingDependencyError(
            "JOPTIMIZ needs the Python libraries {names}, which are not installed here. In a terminal, type: {command} "
            "— then start again.",
            names="scipy",
            command=install_command(["scipy"]),
        ) from error
    return csgraph


def _is_length(value: float) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value) and value >= 0


def _line_parts(lines: gpd.GeoSeries, crs: pyproj.CRS | None) -> tuple[np.ndarray, pyproj.CRS, list[Message]]:
    """LineStrings that have a length, in two dimensions and in the metric CRS."""
    if not len(lines):
        raise DataError("The network layer is empty. Choose another layer, or check its filter.")
    check_crs(lines, str(Message("network")))
    located = has_position(lines)
    if not located.any():
        raise DataError("None of the {count} lines of the network has a geometry. Choose another layer.", count=len(lines))
    metric = crs if crs is not None else metric_crs(lines[located])
    notes = []
    if lines.crs != metric:
        notes.append(
            Message(
                "The network is in {crs}; it was converted to {metric} to measure in metres.",
                crs=lines.crs.to_string(),
                metric=metric.to_string(),
            )
        )
    shapes = to_crs(lines[located], metric).to_numpy()
    parts, feature = _parts(shapes)
    is_line = np.isin(shapely.get_type_id(parts), (shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING))
    unplaced = int((~located).sum() + shapely.is_missing(shapes).sum()) + len(np.unique(feature[is_line & ~_finite(parts)]))
    usable = is_line & _finite(parts)
    long = usable & (shapely.length(parts) > 0)
    if not long.any():
        raise DataError(
            "The network layer has no line to walk along: its {count} geometries are points, areas or lines without length. "
            "Choose a layer of streets or footpaths.",
            count=len(lines),
        )
    other, short = len(np.unique(feature[~is_line])), int((usable & ~long).sum())
    left_out = (
        (unplaced, Message("{count} lines of the network have no usable position; they do not count.", count=count(unplaced))),
        (other, Message("{count} geometries of the network are not lines; they were left out.", count=count(other))),
        (short, Message("{count} lines of the network have no length; they were left out.", count=count(short))),
    )
    return parts[long], metric, notes + [note for number, note in left_out if number]


def _parts(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Single-part geometries and the position of the shape each comes from; twice, for collections of multi-part ones."""
    parts, outer = shapely.get_parts(shapes, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)
    return parts, outer[inner]


def _finite(parts: np.ndarray) -> np.ndarray:
    """Which geometries have finite coordinates only."""
    coordinates, part = shapely.get_coordinates(parts, return_index=True)
    finite = np.ones(len(parts), dtype=bool)
    finite[part[~np.isfinite(coordinates).all(axis=1)]] = False
    return finite


def _straight_pieces(parts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct vertices of the lines, and the distinct pairs of them that a line joins."""
    coordinates, part = shapely.get_coordinates(parts, return_index=True)
    follows = (part[1:] == part[:-1]) & (coordinates[1:] != coordinates[:-1]).any(axis=1)
    both = np.concatenate((coordinates[:-1][follows], coordinates[1:][follows]))
    # As complex numbers, which numpy sorts by x then y several times faster than rows of an array.
    places, node = np.unique(np.ascontiguousarray(both).view(np.complex128).ravel(), return_inverse=True)
    ends = np.sort(node.reshape(2, -1), axis=0).astype(np.int64)
    pairs = np.unique(ends[0] * len(places) + ends[1])
    return places.view(np.float64).reshape(-1, 2), np.column_stack(np.divmod(pairs, len(places)))


def _whole(length: np.ndarray) -> np.ndarray:
    """Lengths (metres) as whole multiples of `QUANTUM_M`."""
    rounded: np.ndarray = np.round(length / QUANTUM_M) * QUANTUM_M
    return rounded


def _gap(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    gap: np.ndarray = np.hypot(second[:, 0] - first[:, 0], second[:, 1] - first[:, 1])
    return gap


def _cross(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    product: np.ndarray = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    return product


def _foot(start: np.ndarray, end: np.ndarray, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Place on each segment nearest to a given one, as a share (0–1) of the segment, and its distance (metres)."""
    way = end - start
    share = (((place - start) * way).sum(axis=1) / (way**2).sum(axis=1)).clip(0, 1)
    return share, _gap(start + share[:, None] * way, place)


def _connect_crossings(
    nodes: np.ndarray, ends: np.ndarray, length: np.ndarray, join: float, progress: Progress
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Segments cut where they cross or where another's vertex lies on them; nodes, ends, lengths and how many places."""
    segments = shapely.linestrings(nodes[ends])
    tree = shapely.STRtree(segments)
    node, touched = _in_batches(tree, shapely.points(nodes), "dwithin", progress.part(0, 0.4), distance=join)
    foreign = (ends[touched] != node[:, None]).all(axis=1)
    node, touched = node[foreign], touched[foreign]
    first, second = _in_batches(tree, segments, "crosses", progress.part(0.4, 0.9))
    once = first < second
    first, second = _without_touch(nodes, ends, first[once], second[once], join)

    share, gap = _foot(nodes[ends[touched, 0]], nodes[ends[touched, 1]], nodes[node])
    place = _whole(share * length[touched])
    inside = (place > 0) & (place < length[touched])
    feet = _along(nodes, ends[touched[inside]], share[inside])
    foot = ends[touched, (share > 0.5).astype(np.int64)]
    foot[inside] = np.where(gap[inside] == 0, node[inside], len(nodes) + np.arange(len(feet)))

    on_first, on_second = _crossing(nodes, ends, first, second)
    met = len(nodes) + len(feet) + np.arange(len(first))
    cut = (
        np.concatenate((touched[inside], first, second)),
        np.concatenate((place[inside], _whole(on_first * length[first]), _whole(on_second * length[second]))),
        np.concatenate((foot[inside], met, met)),
    )
    nodes = np.concatenate((nodes, feet, _along(nodes, ends[first], on_first)))
    ends, length = _cut(ends, length, *cut)
    ends, length = _linked(ends, length, np.column_stack((node, foot)), gap)
    nodes, ends = _used(nodes, ends)
    return nodes, ends, length, len(first) + int(inside.sum())


def _in_batches(tree: shapely.STRtree, shapes: np.ndarray, predicate: str, progress: Progress, **options: float) -> np.ndarray:
    """Pairs (position in `shapes`, position in `tree`) for which `predicate` holds, shape (2, k)."""
    found = [np.empty((2, 0), dtype=np.int64)]
    for start in range(0, len(shapes), _BATCH):
        progress.step(start / len(shapes))
        row, other = tree.query(shapes[start : start + _BATCH], predicate=predicate, **options)
        found.append(np.array((start + row, other)))
    return np.concatenate(found, axis=1)


def _without_touch(
    nodes: np.ndarray, ends: np.ndarray, first: np.ndarray, second: np.ndarray, join: float
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of which neither has an end on the other: those with one are connected there already."""
    clear = np.ones(len(first), dtype=bool)
    for one, other in ((first, second), (second, first)):
        for end in (0, 1):
            clear &= _foot(nodes[ends[one, 0]], nodes[ends[one, 1]], nodes[ends[other, end]])[1] > join
    return first[clear], second[clear]


def _crossing(nodes: np.ndarray, ends: np.ndarray, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where two segments cross, as shares (0–1) of the one and of the other."""
    start, way = nodes[ends[first, 0]], nodes[ends[first, 1]] - nodes[ends[first, 0]]
    other, across = nodes[ends[second, 0]], nodes[ends[second, 1]] - nodes[ends[second, 0]]
    turn = _cross(way, across)
    turn[turn == 0] = np.finfo(float).tiny  # parallel but for rounding: anywhere they meet will do
    return (_cross(other - start, across) / turn).clip(0, 1), (_cross(other - start, way) / turn).clip(0, 1)


def _along(nodes: np.ndarray, ends: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Positions at the given shares of segments."""
    start: np.ndarray = nodes[ends[:, 0]]
    return start + share[:, None] * (nodes[ends[:, 1]] - start)


def _cut(
    ends: np.ndarray, length: np.ndarray, segment: np.ndarray, place: np.ndarray, node: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Segments cut at `place` (metres from their first end), where `node` then is; ends and lengths."""
    every = np.arange(len(ends))
    owner = np.concatenate((every, segment, every))
    position = np.concatenate((np.zeros(len(ends)), place, length))
    stop = np.concatenate((ends[:, 0], node, ends[:, 1]))
    turn = np.repeat((0, 1, 2), (len(ends), len(segment), len(ends)))
    order = np.lexsort((turn, position, owner))
    owner, position, stop = owner[order], position[order], stop[order]
    piece = (owner[1:] == owner[:-1]) & (stop[1:] != stop[:-1])
    pieces = np.column_stack((stop[:-1], stop[1:]))[piece]
    return pieces, np.diff(position)[piece].clip(QUANTUM_M)


def _connect_vertices(nodes: np.ndarray, ends: np.ndarray, length: np.ndarray, join: float) -> tuple[np.ndarray, np.ndarray]:
    """Ends and lengths with a link between vertices that are as near as `join`."""
    from scipy.spatial import cKDTree

    pairs = cKDTree(nodes).query_pairs(join, output_type="ndarray") if join else np.empty((0, 2), dtype=np.int64)
    return _linked(ends, length, pairs, _gap(nodes[pairs[:, 0]], nodes[pairs[:, 1]]))


def _linked(ends: np.ndarray, length: np.ndarray, pairs: np.ndarray, gap: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ends and lengths with links as long as the gaps that they bridge."""
    apart = pairs[:, 0] != pairs[:, 1]
    return np.concatenate((ends, pairs[apart])), np.concatenate((length, _whole(gap[apart]).clip(QUANTUM_M)))


def _used(nodes: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nodes that a segment has for an end, and the ends renumbered."""
    kept, renumbered = np.unique(ends, return_inverse=True)
    return nodes[kept], renumbered.reshape(-1, 2)


def _graph(ends: np.ndarray, length: np.ndarray, size: int) -> Any:
    """Symmetric sparse matrix of lengths; of several segments between the same nodes the shortest (scipy would add them)."""
    from scipy.sparse import csr_matrix

    low, high = ends.min(axis=1), ends.max(axis=1)
    order = np.lexsort((length, high, low))
    low, high, length = low[order], high[order], length[order]
    new = np.r_[True, (low[1:] != low[:-1]) | (high[1:] != high[:-1])]
    low, high, length = low[new], high[new], length[new]
    return csr_matrix((np.r_[length, length], (np.r_[low, high], np.r_[high, low])), shape=(size, size))


def _components(ends: np.ndarray, length: np.ndarray, size: int) -> tuple[int, float]:
    number, label = _csgraph().connected_components(_graph(ends, length, size), directed=False)
    held = np.bincount(label[ends[:, 0]], weights=length)
    return int(number), float(held.max() / held.sum())


# -- the walk ----------------------------------------------------------------------------------------------------------


def walking_coverage(
    points: gpd.GeoSeries,
    bays: gpd.GeoDataFrame,
    network: WalkingNetwork,
    max_distance: float = MAX_DISTANCE_M,
    tolerance: float = NETWORK_TOLERANCE_M,
    cutoff: float | None = None,
    progress: Progress | None = None,
) -> Walking:
    """Nearest delivery bay on foot of each delivery point, along a network.

    The walking distance has three pieces: in a straight line from the point to the nearest place of the network (anywhere on
    a line, not only at its vertices), along the lines, and in a straight line from the network to the bay. It is never
    shorter than the straight line from the point to the bay; ``along_m``, the middle piece, is never shorter than the
    straight line between the two places on the network (``snapped_straight_m``). Both hold to a nanometre a segment.

    A bay that is a line or an area is reached at its place nearest to the network; where the network crosses it, at one place
    where they meet.

    Parameters
    ----------
    points : GeoSeries, n rows
        Point geometries in any CRS; missing and empty ones give a row without result.
    bays : GeoDataFrame, m rows
        The usable bays (see `usable_bays`), any geometry type and any CRS; m may be 0.
    network : WalkingNetwork
        See `walking_network`.
    max_distance : float
        Metres on foot, inclusive.
    tolerance : float
        Metres, inclusive: a point or a bay farther from the network is not tied to it; points have no walking distance then,
        bays do not count, and notes say how many.
    cutoff : float, optional
        Metres on foot, inclusive, beyond which no bay is looked for; not less than `max_distance`. None looks everywhere.
    progress : Progress, optional

    Returns
    -------
    Walking
        `rows`: ``walking_covered`` (boolean), ``walking_bay`` (the bay's id), ``walking_bay_position`` (its row in `bays`, from
        0), ``walking_m``, ``along_m``, ``snapped_straight_m`` (metres; NaN where no bay is reached), ``walking_bays_within``
        (bays within `max_distance` on foot), ``network_offset_m`` (metres from the point to the network) and ``straight_m``
        (metres to the nearest of all `bays` in a straight line). ``walking_covered``, ``walking_bay_position`` and
        ``walking_bays_within`` are NA where the point has no position or is beyond `tolerance`. Of several bays at the same
        distance the one that comes first in `bays` is taken, so that runs repeat.

    Raises
    ------
    ParameterError
        A distance that is not a positive number of metres, a negative tolerance, a cut-off below `max_distance`.
    CrsError
        A layer without CRS, or with coordinates that cannot be in it.
    DataError
        No point has a position; no point, or no bay, lies within `tolerance` of the network.
    CancelledError
        `progress` says that the user asked to stop.
    """
    progress = progress or Progress()
    _check_parameters(max_distance, tolerance, cutoff)
    places = _located(points, Message("delivery points"), network)
    if not len(points):
        raise DataError("There are no {what} in the layer: it is empty. Choose another layer, or check its filter.", what=places.what)
    if not len(places.rows):
        raise DataError("None of the {count} {what} has a geometry. Locate them first.", count=len(points), what=places.what)
    stops = _tie(places, network, tolerance, progress.part(0, 0.2))
    goals = _tie(_located(bays.geometry, Message("bays"), network), network, tolerance, progress.part(0.2, 0.3))
    straight = nearest_geometry(places.shapes, goals.layer.shapes, max_distance, progress.part(0.3, 0.4))[1]
    graph = _graph_with_places(network, stops, goals)
    progress.step(0.4)
    walk = _nearest_on_foot(graph, stops, goals, math.inf if cutoff is None else float(cutoff))
    progress.step(0.6)
    within = _bays_within(graph, stops, goals, max_distance, progress.part(0.6, 1))
    rows = _rows(points.index, stops, goals, walk, straight, bay_ids(bays))
    rows["walking_covered"] = _column(len(rows), stops, walk.walking <= max_distance, "boolean").set_axis(rows.index)
    rows["walking_bays_within"] = _column(len(rows), stops, within, "Int64").set_axis(rows.index)
    summary = _summary(rows, stops, goals, network, max_distance, tolerance, cutoff)
    return Walking(rows[list(WALKING_COLUMNS)], summary, [*network.notes, *_notes(summary)])


def _check_parameters(max_distance: float, tolerance: float, cutoff: float | None) -> None:
    check_distance(max_distance)
    check_network_tolerance(tolerance)
    if cutoff is not None and not (_is_length(cutoff) and cutoff >= max_distance):
        raise ParameterError(
            "The longest walk looked for is {value}. Expected: metres, not less than the distance of {distance:g} m.",
            value=cutoff,
            distance=max_distance,
        )


@dataclass(frozen=True)
class _Layer:
    """Delivery points or bays in the network's CRS: `rows`, those of the layer that have a position, and their `shapes`."""

    what: Message
    length: int
    rows: np.ndarray
    shapes: np.ndarray


@dataclass(frozen=True)
class _Tied:
    """Where delivery points or bays are tied to the network.

    Attributes
    ----------
    gap : ndarray of float
        Metres to the network, of every row of `layer`.
    near : ndarray of int
        Positions among `layer.rows` of those within the tolerance; the arrays that follow have one value for each of these.
    rows : ndarray of int
        The same as rows of the whole layer.
    offset : ndarray of float
        Metres to the network.
    segment, place, xy : ndarray
        Segment, metres from its first end, and coordinates of the place on the network.
    """

    layer: _Layer
    gap: np.ndarray
    near: np.ndarray
    segment: np.ndarray
    place: np.ndarray
    xy: np.ndarray

    @property
    def rows(self) -> np.ndarray:
        rows: np.ndarray = self.layer.rows[self.near]
        return rows

    @property
    def offset(self) -> np.ndarray:
        offset: np.ndarray = self.gap[self.near]
        return offset


def _located(geometry: gpd.GeoSeries, what: Message, network: WalkingNetwork) -> _Layer:
    check_crs(geometry, str(what))
    shapes = to_crs(geometry[has_position(geometry)], network.crs)
    kept = has_position(shapes)
    return _Layer(what, len(geometry), np.flatnonzero(has_position(geometry))[kept], shapes.to_numpy()[kept])


def _tie(layer: _Layer, network: WalkingNetwork, tolerance: float, progress: Progress) -> _Tied:
    """Ties to the nearest place of the network; of segments at the same distance to the first."""
    segment = np.zeros(len(layer.rows), dtype=np.int64)
    gap = np.zeros(len(layer.rows))
    for start in range(0, len(layer.rows), _BATCH):
        progress.step(start / len(layer.rows))
        (row, found), distance = network.tree.query_nearest(layer.shapes[start : start + _BATCH], return_distance=True)
        order = np.lexsort((found, row))[::-1]
        segment[start + row[order]], gap[start + row[order]] = found[order], distance[order]  # the first is written last
    gap = _whole(gap)
    near = np.flatnonzero(gap <= tolerance)
    if len(gap) and not len(near):
        raise DataError(
            "None of the {count} {what} lies within {tolerance:g} m of the network: the nearest is {distance} m from it. Choose a "
            "network of the same area, check its CRS, or raise the tolerance.",
            count=count(len(gap)),
            what=layer.what,
            tolerance=tolerance,
            distance=decimal(float(gap.min())),
        )
    return _Tied(layer, gap, near, segment[near], *_places(network, segment[near], layer.shapes[near]))


def _places(network: WalkingNetwork, segment: np.ndarray, shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Place of each segment nearest to a shape: metres from the segment's first end, and coordinates."""
    touch = shapely.get_coordinates(shapely.get_point(shapely.shortest_line(network.segments[segment], shapes), 0))
    start, end = network.nodes[network.ends[segment, 0]], network.nodes[network.ends[segment, 1]]
    share, _ = _foot(start, end, touch)
    return np.minimum(_whole(share * network.length_m[segment]), network.length_m[segment]), touch


@dataclass(frozen=True)
class _Graph:
    """The network with the places of points and bays among its nodes; of these `matrix` has the lengths between them."""

    matrix: Any
    xy: np.ndarray
    stop_nodes: np.ndarray
    goal_nodes: np.ndarray


def _graph_with_places(network: WalkingNetwork, stops: _Tied, goals: _Tied) -> _Graph:
    """Segments cut at every place, so that a point and its bay on the same segment need no case of their own."""
    segment = np.concatenate((stops.segment, goals.segment))
    place = np.concatenate((stops.place, goals.place))
    xy = np.concatenate((stops.xy, goals.xy))
    at_end = place >= network.length_m[segment]
    node = network.ends[segment, at_end.astype(np.int64)]
    inside = np.flatnonzero((place > 0) & ~at_end)
    _, first, same = np.unique(segment[inside] + 1j * place[inside], return_index=True, return_inverse=True)
    new = len(network.nodes) + np.arange(len(first))
    node[inside] = new[same]
    cuts = inside[first]
    ends, length = _cut(network.ends, network.length_m, segment[cuts], place[cuts], new)
    nodes = np.concatenate((network.nodes, xy[cuts]))
    stop_nodes, goal_nodes = np.split(node, [len(stops.near)])
    return _Graph(_graph(ends, length, len(nodes)), nodes, stop_nodes, goal_nodes)


@dataclass(frozen=True)
class _Walk:
    """Of each tied point: its bay (position among the tied bays, -1 where none is reached) and the ways (metres, NaN)."""

    bay: np.ndarray
    walking: np.ndarray
    along: np.ndarray
    straight: np.ndarray


def _nearest_on_foot(graph: _Graph, stops: _Tied, goals: _Tied, cutoff: float) -> _Walk:
    if not len(goals.near):
        nothing = np.full(len(stops.near), np.nan)
        return _Walk(np.full(len(stops.near), -1), nothing, nothing, nothing)
    distance, nearest = _from_all_bays(graph, goals, cutoff)
    walking = distance[graph.stop_nodes] + stops.offset
    bay = np.where(walking <= cutoff, nearest[graph.stop_nodes], -1)
    bay[~np.isfinite(walking)] = -1
    reached = bay >= 0
    along = distance[graph.stop_nodes] - goals.offset[bay]
    straight = _gap(stops.xy, goals.xy[bay])
    return _Walk(bay, *(np.where(reached, metres, np.nan) for metres in (walking, along, straight)))


def _from_all_bays(graph: _Graph, goals: _Tied, cutoff: float) -> tuple[np.ndarray, np.ndarray]:
    """Of each node the way from its nearest bay, that bay's offset included, and the bay (of equals the first).

    One search that starts everywhere at once: each bay is a node of its own, joined to its place by a one-way edge as long as
    its offset. Of bays at one place only the nearest to it can be a node's nearest.
    """
    from scipy.sparse import csr_matrix

    size, order = len(graph.xy), np.lexsort((np.arange(len(goals.near)), goals.offset, graph.goal_nodes))
    at = graph.goal_nodes[order]
    bay = order[np.r_[True, at[1:] != at[:-1]]]
    source = size + np.arange(len(bay))
    ways = graph.matrix.tocoo()
    start, end = np.r_[ways.row, source], np.r_[ways.col, graph.goal_nodes[bay]]
    length = np.r_[ways.data, goals.offset[bay]]
    matrix = csr_matrix((length, (start, end)), shape=(size + len(bay), size + len(bay)))
    found = _csgraph().dijkstra(matrix, indices=source, min_only=True, return_predecessors=True, limit=cutoff)
    distance, origin = found[0], found[2]
    reached = np.isfinite(distance)
    nearest = np.full(len(distance), len(goals.near))
    nearest[reached] = bay[origin[reached] - size]
    return distance[:size], _first_of_equals(start, end, length, distance, nearest)[:size]


def _first_of_equals(start: np.ndarray, end: np.ndarray, length: np.ndarray, distance: np.ndarray, nearest: np.ndarray) -> np.ndarray:
    """`nearest` with the first bay wherever several are at the same distance: handed on along every edge of a shortest way."""
    reached = np.isfinite(distance[start])
    start, end, length = start[reached], end[reached], length[reached]
    shortest = distance[start] + length == distance[end]
    start, end = start[shortest], end[shortest]
    while True:
        better = nearest[start] < nearest[end]
        if not better.any():
            return nearest
        np.minimum.at(nearest, end[better], nearest[start[better]])


def _bays_within(graph: _Graph, stops: _Tied, goals: _Tied, reach: float, progress: Progress) -> np.ndarray:
    """Bays within `reach` (metres) of each tied point, both offsets included.

    Searched from the bays, a group of neighbours at a time and only in the part of the network around them.
    """
    within = np.zeros(len(stops.near), dtype=np.int64)
    by_x = np.argsort(graph.xy[:, 0])
    sorted_x = graph.xy[by_x, 0]
    local = np.full(len(graph.xy), -1)
    done = 0
    for group in _neighbours(goals.xy):
        low, high = goals.xy[group].min(axis=0) - reach - _MARGIN_M, goals.xy[group].max(axis=0) + reach + _MARGIN_M
        slab = by_x[np.searchsorted(sorted_x, low[0]) : np.searchsorted(sorted_x, high[0], side="right")]
        around = slab[(graph.xy[slab, 1] >= low[1]) & (graph.xy[slab, 1] <= high[1])]
        local[around] = np.arange(len(around))
        met = np.flatnonzero(local[graph.stop_nodes] >= 0)
        part = graph.matrix[around][:, around]
        some = max(1, _CELLS // max(len(around), len(met), 1))
        for start in range(0, len(group), some):
            progress.step((done + start) / len(goals.near))
            bays = group[start : start + some]
            way = _csgraph().dijkstra(part, indices=local[graph.goal_nodes[bays]], limit=reach)[:, local[graph.stop_nodes[met]]]
            within[met] += (way + goals.offset[bays, None] + stops.offset[met] <= reach).sum(axis=0)
        local[around] = -1
        done += len(group)
    return within


def _neighbours(xy: np.ndarray) -> Iterator[np.ndarray]:
    """Positions of the places in groups that lie close: halves of halves, across the longer side."""
    heap: list[np.ndarray] = [np.arange(len(xy))]
    while heap:
        group = heap.pop()
        if len(group) <= _GROUP:
            if len(group):
                yield group
            continue
        side = int(np.argmax(np.ptp(xy[group], axis=0)))
        order = group[np.argsort(xy[group, side], kind="stable")]
        heap += [order[: len(order) // 2], order[len(order) // 2 :]]


# -- the result --------------------------------------------------------------------------------------------------------


def _rows(index: pd.Index, stops: _Tied, goals: _Tied, walk: _Walk, straight: np.ndarray, ids: np.ndarray) -> pd.DataFrame:
    reached = walk.bay >= 0
    position = goals.rows[walk.bay[reached]]
    bay = np.full(len(index), None, dtype=object)
    bay[stops.rows[reached]] = ids[position]
    bay_position = pd.Series(pd.NA, index=range(len(index)), dtype="Int64")
    bay_position.iloc[stops.rows[reached]] = position
    columns = {
        "walking_bay": pd.Series(bay, dtype=object),
        "walking_bay_position": bay_position,
        "walking_m": _metres(len(index), stops.rows, walk.walking),
        "along_m": _metres(len(index), stops.rows, walk.along),
        "snapped_straight_m": _metres(len(index), stops.rows, walk.straight),
        "network_offset_m": _metres(len(index), stops.layer.rows, stops.gap),
        "straight_m": _metres(len(index), stops.layer.rows, straight),
    }
    return pd.DataFrame(columns).set_axis(index)


def _metres(length: int, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
    metres = np.full(length, np.nan)
    metres[rows] = values
    return metres


def _column(length: int, stops: _Tied, values: np.ndarray, kind: str) -> pd.Series:
    """A value of each tied point, NA for the others."""
    column = pd.Series(pd.NA, index=range(length), dtype=kind)
    column.iloc[stops.rows] = values
    return column


def _summary(
    rows: pd.DataFrame,
    stops: _Tied,
    goals: _Tied,
    network: WalkingNetwork,
    max_distance: float,
    tolerance: float,
    cutoff: float | None,
) -> WalkingSummary:
    snapped = rows.iloc[stops.rows]
    reached = snapped[snapped["walking_m"].notna()]
    covered = int(snapped["walking_covered"].sum())
    straight_covered = int((snapped["straight_m"] <= max_distance).sum())
    return WalkingSummary(
        points=len(stops.layer.rows),
        points_without_position=stops.layer.length - len(stops.layer.rows),
        points_snapped=len(snapped),
        points_beyond_tolerance=len(stops.layer.rows) - len(snapped),
        points_without_way=len(snapped) - len(reached),
        bays=len(goals.layer.rows),
        bays_snapped=len(goals.near),
        bays_beyond_tolerance=len(goals.layer.rows) - len(goals.near),
        covered=covered,
        share_points=covered / len(snapped),
        straight_covered=straight_covered,
        share_straight=straight_covered / len(snapped),
        median_walking_m=_median(reached["walking_m"]),
        median_straight_m=_median(reached["straight_m"]),
        components=network.components,
        share_in_largest=network.share_in_largest,
        max_distance_m=float(max_distance),
        tolerance_m=float(tolerance),
        cutoff_m=None if cutoff is None else float(cutoff),
        crs=network.crs.to_string(),
    )


def _median(metres: pd.Series) -> float | None:
    return float(metres.median()) if len(metres) else None


def _notes(summary: WalkingSummary) -> list[Message]:
    notes = []
    if summary.points_beyond_tolerance:
        notes.append(
            Message(
                "{count} delivery points are farther than {tolerance:g} m from the network: their walking distance is not known.",
                count=count(summary.points_beyond_tolerance),
                tolerance=summary.tolerance_m,
            )
        )
    if summary.bays_beyond_tolerance:
        notes.append(
            Message(
                "{count} bays are farther than {tolerance:g} m from the network: they do not count on foot.",
                count=count(summary.bays_beyond_tolerance),
                tolerance=summary.tolerance_m,
            )
        )
    if summary.points_without_way and summary.bays_snapped:
        notes.append(
            Message("From {count} delivery points no bay is reached along the network.", count=count(summary.points_without_way))
            if summary.cutoff_m is None
            else Message(
                "From {count} delivery points no bay is reached along the network within {cutoff:g} m.",
                count=count(summary.points_without_way),
                cutoff=summary.cutoff_m,
            )
        )
    return notes


def sentences(summary: WalkingSummary) -> list[Message]:
    """Both figures in words, and why they differ, for a log, a panel or a report."""
    said = [
        Message(
            "Along the network, {walking} of the {points} delivery points near it ({walking_share}) have a bay within {distance:g} m; "
            "in a straight line, {straight} of the same points ({straight_share}).",
            walking=count(summary.covered),
            walking_share=percent(summary.share_points),
            straight=count(summary.straight_covered),
            straight_share=percent(summary.share_straight),
            points=count(summary.points_snapped),
            distance=summary.max_distance_m,
        ),
        Message(
            "Both figures are right, they measure two things. The walk goes from the delivery point to the nearest line of the network, "
            "along the lines, and from there to the bay: it is never shorter than the straight line. Where the lines are the "
            "middles of streets, it counts the way to the middle and back even if point and bay are on the same side."
        ),
    ]
    if summary.median_walking_m is not None and summary.median_straight_m is not None:
        said.insert(
            1,
            Message(
                "Median distance to the nearest bay: {walking} m along the network, {straight} m in a straight line.",
                walking=decimal(summary.median_walking_m),
                straight=decimal(summary.median_straight_m),
            ),
        )
    return said
