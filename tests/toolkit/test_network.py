"""Walking distance: by hand, against Floyd's algorithm on random street grids, against GEOS's own noding, and what is refused."""

from __future__ import annotations

import itertools
import math
import sys
from unittest import mock

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from builders import PARIS, around_paris, layer, series
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from joptimiz_qgis.toolkit import network as module
from joptimiz_qgis.toolkit.coverage import bay_coverage
from joptimiz_qgis.toolkit.errors import CancelledError, CrsError, DataError, MissingDependencyError, ParameterError
from joptimiz_qgis.toolkit.messages import set_language
from joptimiz_qgis.toolkit.network import WALKING_COLUMNS, sentences, walking_coverage, walking_network
from joptimiz_qgis.toolkit.progress import Progress
from joptimiz_qgis.toolkit.read.bays import read_bays
from joptimiz_qgis.toolkit.read.delivery_points import read_delivery_points


def street(*offsets):
    """A line through places so many metres east and north of `PARIS`."""
    return shapely.LineString(around_paris(*offsets))


def bays_at(*offsets):
    return layer(around_paris(*offsets), id=[f"B{number}" for number, _ in enumerate(offsets, 1)])


def walk(lines, points, bays, crossings="split", join=module.JOIN_M, **options):
    """A run whose points and bays are offsets from `PARIS` (or layers already)."""
    bays = bays if isinstance(bays, gpd.GeoDataFrame) else bays_at(*bays)
    return walking_coverage(series(around_paris(*points)), bays, walking_network(series(lines), crossings, join), **options)


def row(*arguments, **options):
    return walk(*arguments, **options).rows.iloc[0]


# -- by hand -----------------------------------------------------------------------------------------------------------

EAST = street((0, 0), (100, 0))


def test_a_walk_worked_out_by_hand_with_point_and_bay_on_the_same_line():
    found = row([EAST], [(10, 5)], [(70, 9), (30, -3)], max_distance=28)
    assert dict(found) == {
        "walking_covered": True,
        "walking_bay": "B2",
        "walking_bay_position": 1,
        "walking_m": 5 + 20 + 3,
        "along_m": 20,
        "snapped_straight_m": 20,
        "walking_bays_within": 1,
        "network_offset_m": 5,
        "straight_m": pytest.approx(math.hypot(20, 8), abs=1e-9),
    }


def test_the_walk_goes_round_the_corner_and_the_straight_line_does_not():
    found = row([street((0, 0), (40, 0), (40, 30))], [(10, 5)], [(45, 30)])
    assert (found["walking_m"], found["along_m"]) == (5 + 30 + 30 + 5, 60)
    assert found["snapped_straight_m"] == pytest.approx(math.hypot(30, 30), abs=1e-9)


def test_of_two_ways_the_shorter_is_taken_even_out_of_the_line_and_back():
    """A horseshoe of 210 m with its ends 10 m apart: between places on the same line, the short cut is shorter."""
    horseshoe = street((0, 0), (100, 0), (100, 10), (0, 10))
    assert row([horseshoe], [(5, 0)], [(5, 10)])["along_m"] == 200
    assert row([horseshoe, street((0, 0), (0, 10))], [(5, 0)], [(5, 10)])["along_m"] == 20


@pytest.mark.parametrize("line", [street((0, 0), (100, 0)), shapely.reverse(street((0, 0), (100, 0)))])
@pytest.mark.parametrize(("point", "bay", "along"), [((10, 0), (10, 3), 0), ((0, 0), (100, 0), 100), ((-4, 0), (104, 0), 100), ((25, 1), (75, 1), 50)])
def test_places_at_the_ends_of_a_line_and_at_the_same_place(line, point, bay, along):
    found = row([line], [point], [bay])
    assert (found["along_m"], found["snapped_straight_m"]) == (along, along)


@pytest.mark.parametrize(("reach", "covered", "within"), [(20, True, 2), (19.999, False, 0)])
def test_the_distance_on_foot_is_inclusive(reach, covered, within):
    found = row([EAST], [(50, 2.5)], [(62.5, 5), (35.5, -3)], max_distance=reach)
    assert (found["walking_m"], found["walking_covered"], found["walking_bays_within"]) == (20, covered, within)


@pytest.mark.parametrize("order", list(itertools.permutations([(40, 0), (60, 0), (50, 10)])))
def test_of_equals_the_first_bay_is_taken(order):
    lines = [EAST, street((50, 0), (50, 40))]
    found = row(lines, [(50, 0)], order)
    assert (found["walking_bay"], found["walking_m"], found["walking_bays_within"]) == ("B1", 10, 3)


def test_the_first_of_equals_is_handed_on_along_the_line():
    """Both bays are 20 m from the crossing at 50 m; behind it every point has the tie."""
    for bays, first in (([(30, 0), (50, 20)], "B1"), ([(50, 20), (30, 0)], "B1")):
        rows = walk([EAST, street((50, 0), (50, 40))], [(50, 0), (60, 0), (90, 0), (100, 3)], bays).rows
        assert rows["walking_bay"].tolist() == [first] * 4
        assert rows["walking_m"].tolist() == [20, 30, 60, 73]


def test_bays_at_the_same_place_count_each_and_the_first_is_named():
    found = row([EAST], [(10, 0)], [(20, 4), (20, 4), (20, -4), (20, 3)])
    assert (found["walking_bay"], found["walking_m"], found["walking_bays_within"]) == ("B4", 13, 4)


def test_a_bay_nearer_in_a_straight_line_may_be_farther_on_foot():
    lines = [street((0, 0), (0, 50), (20, 50), (20, 0))]
    found = row(lines, [(0, 5)], [(19, 5), (0, 45)])
    assert (found["walking_bay"], found["walking_m"], found["straight_m"]) == ("B2", 40, 19)


@pytest.mark.parametrize(
    ("shape", "offset", "along"),
    [
        (shapely.box(30, 3, 42, 5), 3, 20),  # any place of its lower side is as near: GEOS takes its west corner or another
        (shapely.Polygon([(30, 8), (40, 3), (40, 8)]), 3, 30),
        (shapely.LineString([(25, 9), (35, 4)]), 4, 25),
    ],
)
def test_a_bay_that_is_an_area_or_a_line_is_reached_at_its_place_nearest_to_the_network(shape, offset, along):
    bay = layer([shapely.transform(shape, lambda xy: xy + PARIS)], id=["B1"])
    found = row([EAST], [(10, 0)], bay)
    assert found["walking_m"] == pytest.approx(found["along_m"] + offset, abs=1e-9)
    slack = 12 if shape.geom_type == "Polygon" and shape.bounds == (30, 3, 42, 5) else 1e-9
    assert along - 1e-9 <= found["along_m"] <= along + slack


def test_a_bay_that_the_network_crosses_is_reached_where_they_meet():
    bay = layer([shapely.transform(shapely.box(30, -2, 42, 2), lambda xy: xy + PARIS)], id=["B1"])
    found = row([EAST], [(10, 0)], bay)
    assert found["walking_m"] == found["along_m"]
    assert 20 <= found["along_m"] <= 32


# -- the tolerance -----------------------------------------------------------------------------------------------------


def test_a_point_farther_than_the_tolerance_is_reported_and_not_tied():
    result = walk([EAST], [(10, 30), (10, 30.01), (10, 0)], [(10, -30), (10, -30.01)])
    near, far, on = (dict(found) for _, found in result.rows.iterrows())
    assert (near["walking_m"], near["walking_covered"], near["network_offset_m"]) == (60, False, 30)
    assert (on["walking_m"], on["walking_bay"]) == (30, "B1")
    assert far["walking_covered"] is pd.NA and far["walking_bays_within"] is pd.NA and far["walking_bay_position"] is pd.NA
    assert math.isnan(far["walking_m"]) and math.isnan(far["along_m"]) and math.isnan(far["snapped_straight_m"])
    assert (far["walking_bay"], far["network_offset_m"]) == (None, pytest.approx(30.01, abs=1e-8))
    assert far["straight_m"] == pytest.approx(60.01, abs=1e-8)
    summary = result.summary
    assert (summary.points, summary.points_snapped, summary.points_beyond_tolerance) == (3, 2, 1)
    assert (summary.bays, summary.bays_snapped, summary.bays_beyond_tolerance) == (2, 1, 1)
    assert [str(note) for note in result.notes] == [
        "1 delivery points are farther than 30 m from the network: their walking distance is not known.",
        "1 bays are farther than 30 m from the network: they do not count on foot.",
    ]


def test_the_tolerance_is_a_parameter():
    assert row([EAST], [(10, 40)], [(10, -40)], tolerance=40)["walking_m"] == 80
    assert row([EAST], [(10, 0)], [(30, 0)], tolerance=0)["walking_m"] == 20


# -- crossings ---------------------------------------------------------------------------------------------------------

CROSS = [EAST, street((50, -40), (50, 60))]


def test_lines_that_cross_connect_unless_crossings_are_declared():
    found = row(CROSS, [(30, 0)], [(50, 20)])
    assert (found["walking_m"], walking_network(series(CROSS)).joined) == (40, 1)
    result = walk(CROSS, [(30, 0)], [(50, 20)], "declared")
    assert result.rows["walking_covered"].tolist() == [False]
    assert result.rows["walking_bay"].tolist() == [None]
    assert math.isnan(result.rows["walking_m"].iloc[0])
    assert [str(note) for note in result.notes] == [
        "The network is in 2 parts without a way between them; the largest holds 50.0% of its length. From a point in one part no bay of another part is reached.",
        "From 1 delivery points no bay is reached along the network.",
    ]


@pytest.mark.parametrize(
    ("other", "connected"),
    [
        (street((50, 0), (50, 60)), True),  # ends on the line
        (street((40, 20), (50, 0), (60, 20)), True),  # a vertex on the line
        (street((50, 0.009), (50, 60)), True),  # as good as on it
        (street((50, 0.011), (50, 60)), False),
        (street((100.009, 0), (100, 60)), True),  # ends nearly meet
        (street((20, 0), (120, 0), (120, 60)), True),  # the same street for a while
    ],
)
def test_lines_that_touch(other, connected):
    network = walking_network(series([EAST, other]))
    assert (network.components == 1) is connected


def test_a_gap_that_was_bridged_counts_as_way():
    assert row([EAST, street((50, 0.008), (50, 60))], [(30, 0)], [(50, 20)])["along_m"] == pytest.approx(40, abs=1e-6)
    assert row([EAST, street((50, 0.008), (50, 60))], [(50, 0)], [(50, 0.008)], tolerance=0.001)["walking_m"] == pytest.approx(0.008, abs=1e-6)


def test_declared_crossings_connect_common_vertices_and_not_touching_lines():
    middle = street((0, 0), (50, 0), (100, 0))
    assert walking_network(series([middle, street((50, 0), (50, 60))]), "declared").components == 1
    assert walking_network(series([EAST, street((50, 0), (50, 60))]), "declared").components == 2
    assert walking_network(series([middle, street((50, 0.009), (50, 60))]), "declared").components == 1
    assert walking_network(series([middle, street((50, 0.009), (50, 60))]), "declared", join=0).components == 2


CORNERS = st.tuples(st.integers(0, 40), st.integers(0, 40))
LINES = st.lists(st.lists(CORNERS, min_size=2, max_size=4, unique=True), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(LINES)
def test_parts_are_those_of_lines_that_meet(corners):
    """Whole metres: what does not touch is more than 1 cm apart, the distance at which lines are joined."""
    lines = [street(*places) for places in corners]
    flat = [shapely.LineString(places) for places in corners]  # exact around the origin
    parts = list(range(len(flat)))
    for one, other in itertools.combinations(range(len(flat)), 2):
        if flat[one].intersects(flat[other]):
            parts = [parts[one] if part == parts[other] else part for part in parts]
    network = walking_network(series(lines))
    assert network.components == len(set(parts))
    # GEOS merges a stretch that lines share, the graph need not.
    assert shapely.union_all(flat).length - 1e-6 < network.length_m.sum() < sum(line.length for line in flat) + 1e-6


@settings(max_examples=40, deadline=None)
@given(LINES)
def test_the_walk_over_split_lines_is_that_over_lines_noded_by_geos(corners):
    """Between vertices, so that every place is tied to itself in both."""
    lines, places = [street(*places) for places in corners], sorted({place for places in corners for place in places})
    noded = shapely.get_parts(shapely.node(shapely.union_all(lines)))
    ours = walk(lines, places, [corners[0][0]]).rows
    theirs = walk(noded, places, [corners[0][0]], "declared").rows
    assert ours["network_offset_m"].max() < 1e-6
    np.testing.assert_allclose(ours["along_m"], theirs["along_m"], atol=1e-5)


# -- property: Floyd's algorithm on street grids -----------------------------------------------------------------------

SIDE, STEP = 4, 10
NODES = list(itertools.product(range(SIDE), range(SIDE)))
EDGES = [((x, y), (x + 1, y)) for x, y in NODES if x + 1 < SIDE] + [((x, y), (x, y + 1)) for x, y in NODES if y + 1 < SIDE]
STREETS = st.lists(st.sampled_from(EDGES), min_size=1, max_size=len(EDGES), unique=True)
# Quarters of a metre north-south only: few places lie as near to two streets, and distances on foot are often equal.
OFFSETS = st.tuples(st.integers(-3, 33).filter(lambda east: east % STEP != STEP // 2), st.integers(-3, 33).map(lambda north: north + 0.25))


def on_street(edge, place):
    """Nearest place of a street of the grid: its distance, and metres from the street's first end."""
    (x, y), (to_x, _) = edge
    forward, aside = (place[0] - STEP * x, place[1] - STEP * y) if to_x > x else (place[1] - STEP * y, place[0] - STEP * x)
    along = min(max(forward, 0), STEP)
    return math.hypot(forward - along, aside), along


def tied(streets, place):
    """Distance to the nearest street, the street and the metres along it; None where two different places are as near."""
    found = sorted((*on_street(edge, place), edge) for edge in streets)
    positions = {(x + (to_x - x) * along / STEP, y + (to_y - y) * along / STEP) for gap, along, ((x, y), (to_x, to_y)) in found if gap - found[0][0] < 1e-6}
    return found[0] if len(positions) == 1 else None


def floyd(streets):
    way = {(a, b): 0 if a == b else math.inf for a in NODES for b in NODES}
    for a, b in streets:
        way[a, b] = way[b, a] = STEP
    for via, a, b in itertools.product(NODES, repeat=3):
        way[a, b] = min(way[a, b], way[a, via] + way[via, b])
    return way


def on_foot(way, one, other):
    """Metres between two tied places, both offsets included."""
    (gap, along, (a, b)), (other_gap, other_along, (c, d)) = one, other
    ways = [way[end, start] + there + here for end, here in ((a, along), (b, STEP - along)) for start, there in ((c, other_along), (d, STEP - other_along))]
    if (a, b) == (c, d):
        ways.append(abs(along - other_along))
    return gap + other_gap + min(ways)


def long_lines(streets):
    """The same streets with those that follow each other in a row as one line, so that crossings have no vertex."""
    joined = shapely.line_merge(shapely.MultiLineString([edge for edge in streets if edge[0][1] == edge[1][1]] or [EDGES[0]]))
    upright = shapely.line_merge(shapely.MultiLineString([edge for edge in streets if edge[0][0] == edge[1][0]] or [EDGES[0]]))
    has = (any(edge[0][1] == edge[1][1] for edge in streets), any(edge[0][0] == edge[1][0] for edge in streets))
    parts = [part for wanted, lines in zip(has, (joined, upright)) if wanted for part in shapely.get_parts(lines)]
    return [street(*(tuple(STEP * np.array(part.coords[end])) for end in (0, -1))) for part in parts]


@pytest.mark.parametrize("crossings", ["split", "declared"])
@given(
    streets=STREETS,
    points=st.lists(OFFSETS, min_size=1, max_size=5),
    bays=st.lists(OFFSETS, min_size=1, max_size=5),
    reach=st.sampled_from([4.5, 10, 20, 35.25]),
    group=st.sampled_from([1, 2, 64]),
    flip=st.randoms(use_true_random=False),
)
@settings(max_examples=60, deadline=None)
def test_a_grid_of_streets_gives_floyd_s_distances(crossings, streets, points, bays, reach, group, flip):
    stops, goals = ([tied(streets, place) for place in places] for places in (points, bays))
    assume(all((*stops, *goals)))
    way = floyd(streets)
    lines = long_lines(streets) if crossings == "split" else [street(*(tuple(STEP * np.array(end)) for end in edge)) for edge in streets]
    lines = [shapely.reverse(line) if flip.random() < 0.5 else line for line in lines]
    flip.shuffle(lines)
    with mock.patch.object(module, "_GROUP", group), mock.patch.object(module, "_CELLS", 10 * group), mock.patch.object(module, "_BATCH", 2):
        rows = walk(lines, points, bays, crossings, max_distance=reach, tolerance=60).rows
    distances = np.array([[on_foot(way, stop, goal) for goal in goals] for stop in stops])
    least = distances.min(axis=1)
    reached = np.isfinite(least)
    np.testing.assert_allclose(rows["walking_m"].to_numpy(), np.where(reached, least, np.nan), atol=1e-6)
    first = [f"B{1 + int(np.argmax(line <= line.min() + 1e-6))}" if some else None for line, some in zip(distances, reached)]
    assert rows["walking_bay"].tolist() == first
    assert rows["walking_bays_within"].tolist() == (distances <= reach + 1e-6).sum(axis=1).tolist()
    assert rows["walking_covered"].tolist() == (least <= reach + 1e-6).tolist()
    assert (rows["along_m"] >= rows["snapped_straight_m"] - 1e-6)[reached].all()
    assert (rows["walking_m"] >= rows["straight_m"] - 1e-6)[reached].all()


# -- the streets of the 16th arrondissement ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trocadero(shared_data):
    """Streets, and the restaurants and bays within 200 m of them."""
    streets = gpd.read_file(shared_data / "osm/paris16_streets.gpkg").geometry
    west, south, east, north = streets.to_crs(2154).total_bounds + np.array((-200, -200, 200, 200))
    points = read_delivery_points(shared_data / "delivery_points/paris_restaurants_2018.gpkg").table.geometry.to_crs(2154).cx[west:east, south:north]
    bays = read_bays(shared_data / "bays/paris_livraison_2026-01.csv").table.to_crs(2154).cx[west:east, south:north]
    return streets, points, bays


@pytest.fixture(scope="module", params=["split", "declared"])
def around_trocadero(request, trocadero):
    streets, points, bays = trocadero
    return walking_coverage(points, bays, walking_network(streets, request.param), max_distance=100)


def test_no_walk_in_paris_is_shorter_than_the_straight_line(around_trocadero):
    rows = around_trocadero.rows.dropna(subset="walking_m")
    assert len(rows) > 600
    assert (rows["along_m"] >= rows["snapped_straight_m"] - 1e-6).all()
    assert (rows["walking_m"] >= rows["straight_m"] - 1e-6).all()
    assert around_trocadero.summary.covered < around_trocadero.summary.straight_covered


def test_the_straight_line_beside_the_walk_is_that_of_the_coverage(around_trocadero, trocadero):
    _, points, bays = trocadero
    np.testing.assert_allclose(around_trocadero.rows["straight_m"], bay_coverage(points, bays).rows["distance_m"], atol=1e-9)


def test_the_figures_of_paris_hold_together(around_trocadero, trocadero):
    rows, summary = around_trocadero.rows, around_trocadero.summary
    assert rows.index.equals(trocadero[1].index)
    assert summary.points == len(rows) == summary.points_snapped + summary.points_beyond_tolerance
    assert summary.points_beyond_tolerance == int((rows["network_offset_m"] > 30).sum()) > 0
    assert rows["walking_covered"].isna().equals(rows["network_offset_m"] > 30)
    known = rows[rows["walking_covered"].notna()]
    assert summary.covered == int((known["walking_m"] <= 100).sum())
    assert ((known["walking_bays_within"] > 0) == known["walking_covered"]).all()
    assert summary.straight_covered == int((known["straight_m"] <= 100).sum())


def test_bays_one_by_one_give_the_bays_within(trocadero):
    """The count over all bays at once is the sum of what each bay gives alone."""
    streets, points, bays = trocadero
    network, some = walking_network(streets), bays.iloc[::20]
    alone = [walking_coverage(points, some.iloc[[number]], network, 300).rows for number in range(len(some)) if _near(network, some.iloc[[number]])]
    together = walking_coverage(points, some, network, 300).rows
    known = together["walking_covered"].notna()
    assert together["walking_bays_within"][known].tolist() == sum((rows["walking_m"] <= 300).astype(int) for rows in alone)[known].tolist()
    np.testing.assert_array_equal(together["walking_m"], np.fmin.reduce([rows["walking_m"].to_numpy() for rows in alone]))


def _near(network, bay):
    return shapely.distance(shapely.multilinestrings(list(network.segments)), bay.geometry.iloc[0]) <= 30


# -- layers as they come -----------------------------------------------------------------------------------------------


def test_layers_in_other_crs_are_measured_in_metres_and_the_network_s_is_said():
    lines = series([EAST]).to_crs(4326)
    network = walking_network(lines)
    found = walking_coverage(series(around_paris((10, 5))).to_crs(3857), bays_at((30, 3)).to_crs(4326), network)
    assert found.rows["walking_m"].iloc[0] == pytest.approx(28, abs=1e-4)
    assert found.summary.crs == "EPSG:2154"
    assert str(found.notes[0]) == "The network is in EPSG:4326; it was converted to EPSG:2154 to measure in metres."


def test_the_crs_to_measure_in_may_be_given():
    lambert_zone = series([]).set_crs(3949, allow_override=True).crs
    assert walking_network(series([EAST]), crs=lambert_zone).crs.to_epsg() == 3949


def test_heights_parts_repeated_vertices_and_two_way_streets_change_nothing():
    (x, y) = PARIS
    multi = shapely.MultiLineString([[(x, y, 5), (x, y, 9), (x + 60, y, 700)], [(x + 60, y, 0), (x + 100, y, 3)]])
    back = street((60, 0), (0, 0))
    network = walking_network(series([multi, back]))
    assert (network.lines, len(network.nodes), len(network.ends), network.components) == (3, 3, 2, 1)
    assert row([multi, back], [(10, 5)], [(90, 3)])["walking_m"] == 5 + 80 + 3


def test_what_is_no_line_is_left_out_and_counted():
    x, y = PARIS
    crooked = shapely.LineString([(x, y), (float("nan"), y), (x + 5, y)])
    collection = shapely.GeometryCollection([street((60, 0), (70, 0)), shapely.MultiPoint(around_paris((1, 1), (2, 2)))])
    odd = [EAST, None, shapely.LineString(), crooked, *around_paris((0, 0)), shapely.box(x, y, x + 1, y + 1), street((3, 3), (3, 3)), collection]
    network = walking_network(series(odd), "declared")
    assert network.lines == 2
    assert [str(note) for note in network.notes][:3] == [
        "3 lines of the network have no usable position; they do not count.",
        "3 geometries of the network are not lines; they were left out.",
        "1 lines of the network have no length; they were left out.",
    ]


def test_joined_crossings_are_said_with_bridges_in_mind():
    (note,) = walking_network(series(CROSS)).notes
    assert str(note).startswith("1 places where lines of the network cross or touch without a common vertex were joined. If some of them are bridges")


def test_points_and_bays_without_position_have_no_result():
    points = gpd.GeoSeries([None, *around_paris((10, 0)), shapely.Point()], index=["a", "b", "c"], crs=2154)
    bays = layer([None, *around_paris((20, 0))], id=["B1", "B2"])
    result = walking_coverage(points, bays, walking_network(series([EAST])))
    assert result.rows.index.tolist() == ["a", "b", "c"]
    assert result.rows["walking_covered"].tolist() == [pd.NA, True, pd.NA]
    assert result.rows.loc["b", ["walking_bay", "walking_bay_position"]].tolist() == ["B2", 1]
    assert (result.summary.points, result.summary.points_without_position, result.summary.bays) == (1, 2, 1)


def test_without_any_bay_no_point_is_covered():
    result = walk([EAST], [(10, 0)], layer([]))
    assert result.rows["walking_covered"].tolist() == [False]
    assert result.rows["walking_bays_within"].tolist() == [0]
    assert result.summary.median_walking_m is None
    assert len(sentences(result.summary)) == 2


def test_beyond_the_cut_off_no_bay_is_looked_for():
    result = walk([EAST], [(10, 0), (20, 0), (20, 0.5)], [(70, 0)], cutoff=50)
    assert result.rows["walking_bay"].tolist() == [None, "B1", None]
    assert result.rows["walking_covered"].tolist() == [False] * 3
    assert str(result.notes[-1]) == "From 2 delivery points no bay is reached along the network within 50 m."
    assert (result.summary.points_without_way, result.summary.cutoff_m) == (2, 50)


def test_the_columns_are_those_announced_and_the_order_of_points_does_not_matter():
    points = [(10, 5), (40, 60), (80, -2), (50, 10)]
    rows = walk(CROSS, points, [(20, 0), (50, 30)]).rows
    assert tuple(rows.columns) == WALKING_COLUMNS
    turned = walk(CROSS, points[::-1], [(20, 0), (50, 30)]).rows
    pd.testing.assert_frame_equal(turned.iloc[::-1].reset_index(drop=True), rows)


def test_both_figures_are_said_with_the_reason_of_their_difference():
    result = walk([street((0, 0), (0, 50), (20, 50), (20, 0))], [(0, 5), (0, 40)], [(19, 5), (0, 45)])
    figures, medians, reason = (str(sentence) for sentence in sentences(result.summary))
    assert [figures, medians] == [
        "Along the network, 1 of the 2 delivery points near it (50.0%) have a bay within 20 m; in a straight line, 2 of the same points (100.0%).",
        "Median distance to the nearest bay: 22.5 m along the network, 12.0 m in a straight line.",
    ]
    assert reason.startswith("Both figures are right, they measure two things. The walk goes from the delivery point to the nearest line")
    set_language("fr")
    assert "à vol d’oiseau, 2 des mêmes points (100,0\u202f%)" in str(sentences(result.summary)[0])


# -- refused -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "options", "error", "said"),
    [
        (series([]), {}, DataError, "The network layer is empty. Choose another layer, or check its filter."),
        (series([None, shapely.LineString()]), {}, DataError, "None of the 2 lines of the network has a geometry. Choose another layer."),
        (series(around_paris((0, 0))), {}, DataError, "has no line to walk along: its 1 geometries are points, areas or lines without length. Choose"),
        (series([street((1, 1), (1, 1))]), {}, DataError, "The network layer has no line to walk along: its 1 geometries"),
        (series([EAST], None), {}, CrsError, "“network” does not say its coordinate system (CRS). Give it"),
        (series([EAST], 4326), {}, CrsError, "cannot be in the coordinate system that it declares, EPSG:4326; they look like EPSG:2154"),
        (series([EAST]), {"crossings": "bridges"}, ParameterError, "The way to treat crossings is bridges. Expected: split or declared."),
        (series([EAST]), {"join": -1}, ParameterError, "The distance at which lines touch is -1. Expected: metres, 0 or more"),
        (series([EAST]), {"join": float("nan")}, ParameterError, "The distance at which lines touch is nan."),
    ],
)
def test_a_network_that_cannot_be_walked_is_refused_with_the_way_out(lines, options, error, said):
    with pytest.raises(error) as caught:
        walking_network(lines, **options)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("points", "bays", "options", "error", "said"),
    [
        (series(around_paris((0, 900), (0, 500))), bays_at((0, 0)), {}, DataError, "None of the 2 delivery points lies within 30 m of the network: the nearest is 500.0 m from it. Choose a network of the same area"),
        (series(around_paris((0, 0))), bays_at((0, 700)), {}, DataError, "None of the 1 bays lies within 30 m of the network: the nearest is 700.0 m from it."),
        (series([None]), bays_at((0, 0)), {}, DataError, "None of the 1 delivery points has a geometry. Locate them first."),
        (series([]), bays_at((0, 0)), {}, DataError, "There are no delivery points in the layer: it is empty."),
        (series(around_paris((0, 0)), None), bays_at((0, 0)), {}, CrsError, "“delivery points” does not say its coordinate system"),
        (series(around_paris((0, 0))), layer(around_paris((0, 0)), 4326), {}, CrsError, "“bays” (for example 652000; 6.862e+06) cannot be in"),
        (series(around_paris((0, 0))), bays_at((0, 0)), {"max_distance": 0}, ParameterError, "The distance is 0. Expected"),
        (series(around_paris((0, 0))), bays_at((0, 0)), {"tolerance": -1}, ParameterError, "The tolerance is -1. Expected: metres, 0 or more, for example 30."),
        (series(around_paris((0, 0))), bays_at((0, 0)), {"tolerance": float("inf")}, ParameterError, "The tolerance is inf."),
        (series(around_paris((0, 0))), bays_at((0, 0)), {"cutoff": 19}, ParameterError, "The longest walk looked for is 19. Expected: metres, not less than the distance of 20 m."),
    ],
)
def test_layers_and_distances_that_cannot_be_measured_are_refused(points, bays, options, error, said):
    with pytest.raises(error) as caught:
        walking_coverage(points, bays, walking_network(series([EAST])), **options)
    assert said in str(caught.value)


def test_without_scipy_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.sparse", None)
    with pytest.raises(MissingDependencyError, match="needs the Python libraries scipy, which are not installed here"):
        walking_network(series([EAST]))


class Impatient(Progress):
    """Says stop at the n-th question."""

    def __init__(self, questions):
        self.left = questions

    def cancelled(self):
        self.left -= 1
        return self.left < 0


@pytest.mark.parametrize("questions", range(5))
def test_a_cancel_stops_the_work_wherever_it_comes(questions):
    network = walking_network(series(CROSS))
    with pytest.raises(CancelledError):
        walking_coverage(series(around_paris((0, 0))), bays_at((1, 0)), network, progress=Impatient(questions))
    if questions < 3:
        with pytest.raises(CancelledError):
            walking_network(series(CROSS), progress=Impatient(questions))


def test_the_layers_given_are_not_changed():
    points, bays, lines = series(around_paris((0, 0))).to_crs(4326), bays_at((1, 0)), series(CROSS).to_crs(4326)
    copies = points.copy(), bays.copy(), lines.copy()
    walking_coverage(points, bays, walking_network(lines))
    pd.testing.assert_series_equal(points, copies[0])
    pd.testing.assert_frame_equal(bays, copies[1])
    pd.testing.assert_series_equal(lines, copies[2])


def test_points_may_share_labels_in_their_index():
    points = series(around_paris((10, 0), (40, 0), (500, 0))).set_axis(["a", "a", "b"])
    rows = walking_coverage(points, bays_at((20, 0)), walking_network(series([EAST]))).rows
    assert rows.index.tolist() == ["a", "a", "b"]
    assert rows["walking_m"].tolist()[:2] == [10, 20]
    assert rows["walking_covered"].tolist() == [True, True, pd.NA]
