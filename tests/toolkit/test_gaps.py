"""Gaps: the clusters are DBSCAN's (every pair compared; scikit-learn's own), the figures are those worked by hand."""

from __future__ import annotations

import functools
import itertools
import sys
import tracemalloc

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from builders import around_paris, layer, series
from hypothesis import given, settings
from hypothesis import strategies as st

from joptimiz_qgis.paths import SAMPLE
from joptimiz_qgis.toolkit.coverage import bay_coverage
from joptimiz_qgis.toolkit.errors import CancelledError, CrsError, DataError, MissingDependencyError, ParameterError
from joptimiz_qgis.toolkit.gaps import GAP_COLUMNS, NOISE, OUTLINE_WIDTH_M, density_clusters, largest
from joptimiz_qgis.toolkit.gaps import coverage_gaps as gaps_of_a_coverage
from joptimiz_qgis.toolkit.messages import set_language
from joptimiz_qgis.toolkit.progress import Progress
from joptimiz_qgis.toolkit.read.bays import read_bays
from joptimiz_qgis.toolkit.read.delivery_points import read_delivery_points

ORIGIN = (652_000.25, 6_862_000.75)  # as far from nought as Lambert-93 is, and exact in binary

# Points 30 and 40 m apart make the sums below easy to follow: a wider radius than the default, unless a test says another.
coverage_gaps = functools.partial(gaps_of_a_coverage, radius=50)

# -- clusters ----------------------------------------------------------------------------------------------------------


def every_pair(places, radius, minimum):
    """DBSCAN as its definition reads: cores, what hangs together, and the nearest core of the others."""
    gaps = np.sqrt(((places[:, None] - places[None]) ** 2).sum(axis=2))
    core = (gaps <= radius).sum(axis=1) >= minimum
    reach = (gaps <= radius) & core[:, None] & core[None]
    cluster = np.full(len(places), NOISE)
    for number, start in enumerate(start for start in range(len(places)) if core[start]):
        todo = [start] if cluster[start] == NOISE else []
        while todo:
            place = todo.pop()
            if cluster[place] == NOISE:
                cluster[place] = number
                todo += np.flatnonzero(reach[place]).tolist()
    for place in np.flatnonzero(~core):
        to_cores = np.where(core, gaps[place], np.inf)
        if to_cores.min() <= radius:
            cluster[place] = cluster[to_cores.argmin()]
    return cluster


def in_order(cluster):
    """The same clusters, numbered as they appear."""
    numbers = {NOISE: NOISE}
    return [numbers.setdefault(name, len(numbers) - 1) for name in cluster.tolist()]


# Few whole metres: points that coincide, lie in a row, or lie exactly at the radius (3-4-5) come up all the time.
PLACES = st.lists(st.tuples(st.integers(0, 24), st.integers(0, 24)), min_size=1, max_size=60)


@settings(deadline=None, max_examples=300)
@given(PLACES, st.sampled_from([1.0, 2.0, 5.0, 7.5, 10.0, 100.0]), st.integers(1, 7))
def test_clusters_are_those_of_comparing_every_pair(cells, radius, minimum):
    places = np.array(cells, dtype=float) + ORIGIN
    assert density_clusters(places, radius, minimum).tolist() == in_order(every_pair(places, radius, minimum))


@pytest.mark.parametrize(("spread", "radius", "minimum"), [(2_000, 50, 5), (700, 20, 3), (300, 50, 40), (40_000, 50, 2), (500, 4, 1)])
def test_clusters_are_those_of_scikit_learn(spread, radius, minimum):
    cluster = pytest.importorskip("sklearn.cluster", reason="pip install scikit-learn: the independent DBSCAN")
    random = np.random.default_rng(spread)
    knots = random.uniform(0, spread, (40, 2))
    places = np.concatenate([random.uniform(0, spread, (1_500, 2)), knots[np.arange(1_500) % 40] + random.normal(0, radius / 2, (1_500, 2))])
    theirs = cluster.DBSCAN(eps=radius, min_samples=minimum).fit(places + ORIGIN)
    ours = density_clusters(places + ORIGIN, radius, minimum)
    core = theirs.core_sample_indices_
    assert len(core) > 100
    assert in_order(ours[core]) == in_order(theirs.labels_[core])
    assert ((ours == NOISE) == (theirs.labels_ == NOISE)).all()


def test_a_border_point_goes_to_its_nearest_core_and_of_equals_to_the_first():
    west, east = [(-step, 0) for step in range(6)], [(20 + step, 0) for step in range(6)]
    for between, expected in ((9, 0), (11, 1), (10, 0), (10.5, 1)):
        places = np.array([*west, *east, (between, 0)], dtype=float)
        assert density_clusters(places, 10.0, 6).tolist() == [0] * 6 + [1] * 6 + [expected]
    assert density_clusters(np.array([*east, *west, (10, 0)], dtype=float), 10.0, 6).tolist() == [0] * 6 + [1] * 6 + [0]
    assert density_clusters(np.array([*west, (10.001, 0)]), 10.0, 6).tolist() == [0] * 6 + [NOISE]


def test_dense_places_need_no_memory_for_their_pairs():
    """40 000 places within one radius are 800 million pairs: 13 GB of positions, were they listed."""
    places = np.random.default_rng(1).uniform(0, 35, (40_000, 2)) + ORIGIN
    far = places[:20_000] + np.array((65, 0))  # another group, 30 m away at the nearest: joined by the shortest of 400 million gaps
    tracemalloc.start()
    found = density_clusters(np.concatenate([places, far]), 50.0, 5)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (found == 0).all()
    assert peak < 60e6


def test_a_chain_of_any_length_is_one_cluster_and_a_step_too_long_cuts_it():
    steps = np.full(5_000, 50.0)
    assert set(density_clusters(np.column_stack([steps.cumsum(), np.zeros(5_000)]), 50.0, 2)) == {0}
    steps[2_000] = 50.001
    assert density_clusters(np.column_stack([steps.cumsum(), np.zeros(5_000)]), 50.0, 2).tolist() == [0] * 2_000 + [1] * 3_000


def test_without_scipy_it_says_what_to_type(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.spatial", None)
    with pytest.raises(MissingDependencyError, match=r"needs the Python libraries scipy, which .* type: .*scipy"):
        density_clusters(np.zeros((3, 2)), 50, 2)


# -- a street worked by hand -------------------------------------------------------------------------------------------

# Bay at (0, 0). Group A: five in a row 40 m apart, from 100 to 260 m east; group B: a 30 × 40 m corner, 400 m north; one alone.
ROW = [(100, 0), (140, 0), (180, 0), (220, 0), (260, 0)]
CORNER = [(0, 400), (30, 400), (0, 440)]
STREET = [(5, 0), *ROW, *CORNER, (900, 900), (0, 20)]
ACTIVITIES = ["bar", "bar", "café ", "bar", "café", None, "épicerie", "bar", " ", "bar", "bar"]
MOVEMENTS = [100, 1, 2, 3, 4, 5, 10, 20, 30.4, 70, 1]
BAY = layer(around_paris((0, 0)), id=["B1"])


def gaps_of(offsets, minimum=3, **options):
    points = series(around_paris(*offsets))
    for name in ("movements", "category"):
        if name in options:
            options[name] = pd.Series(options[name], index=points.index)
    return coverage_gaps(points, bay_coverage(points, BAY).rows, minimum=minimum, **options)


def test_the_figures_of_a_street_worked_by_hand():
    gaps = gaps_of(STREET, category=ACTIVITIES)
    assert list(gaps.rows.columns) == [*GAP_COLUMNS, "geometry"]
    assert {name: str(kind) for name, kind in gaps.rows.drop(columns="geometry").dtypes.items()} == GAP_COLUMNS
    row, corner = gaps.rows.itertuples(index=False)
    assert (row.rank, row.label, row.points, row.spread_m, row.median_distance_m) == (1, "5 points", 5, 160, 180)
    assert (row.nearest_bay, row.nearest_bay_distance_m, row.main_activities) == ("B1", 180, "bar (2), café (2)")
    assert (corner.rank, corner.label, corner.points, corner.spread_m) == (2, "3 points", 3, 50)
    assert corner.median_distance_m == pytest.approx(np.hypot(30, 400))
    assert (corner.nearest_bay_distance_m, corner.main_activities) == (400, "bar (1), épicerie (1)")
    assert gaps.rows["movements"].isna().all()
    assert gaps.membership.tolist() == [pd.NA, 1, 1, 1, 1, 1, 2, 2, 2, pd.NA, pd.NA]
    assert str(gaps.membership.dtype) == "Int64"
    assert (gaps.uncovered, gaps.points, gaps.isolated) == (9, 8, 1)
    assert [str(note) for note in gaps.notes] == [
        "Gaps: 2, with 8 of the 9 uncovered delivery points; isolated points: 1 (a gap needs 3 uncovered points within 50 m of one of them)."
    ]


def test_the_centre_is_a_point_of_the_gap_in_degrees():
    gaps = gaps_of(STREET)
    here = gpd.GeoSeries(gpd.points_from_xy(gaps.rows["longitude"], gaps.rows["latitude"]), crs=4326).to_crs(2154)
    expected = series(around_paris((180, 0), (0, 400)))  # the mean of the corner is (10, 413.3)
    assert here.distance(expected).max() < 0.001


def test_movements_rank_the_gaps_and_stand_in_their_labels():
    gaps = gaps_of(STREET, movements=MOVEMENTS)
    assert gaps.rows["label"].tolist() == ["3 points, 60 movements/week", "5 points, 15 movements/week"]
    assert gaps.rows["movements"].tolist() == [60.4, 15.0]
    assert gaps.membership.tolist() == [pd.NA, 2, 2, 2, 2, 2, 1, 1, 1, pd.NA, pd.NA]


def test_labels_and_sentences_in_french():
    set_language("fr")
    gaps = gaps_of(STREET, movements=MOVEMENTS)
    assert gaps.rows["label"].tolist() == ["3 points, 60 mouvements/semaine", "5 points, 15 mouvements/semaine"]
    assert str(gaps.notes[0]).startswith("Manques\u202f: 2, avec 8 des 9 points de livraison non couverts\u202f; points isolés\u202f: 1")
    assert str(largest(gaps)[1]) == "Manque 2\u202f: 5 points, 15 mouvements/semaine, sur 160 m\u202f; à 180,0 m de l’aire la plus proche (B1) depuis son centre."


def test_one_point_and_one_movement_are_singular():
    assert gaps_of([(100, 0)], minimum=1, movements=[1.2]).rows["label"].item() == "1 point, 1 movement/week"
    assert gaps_of([(100, 0)], minimum=1).rows["spread_m"].item() == 0


def test_movements_that_are_no_number_count_for_nought_and_are_said():
    movements = ["1", "2,5", "x", None, -3, float("inf"), "1 000", 0, 0, "bad", "bad"]
    gaps = gaps_of(STREET, movements=pd.Series(movements, dtype=object))
    assert gaps.rows["movements"].tolist() == [1000, 2.5]
    assert str(gaps.notes[0]) == (
        "5 delivery points have no usable number of movements (missing, negative or not a number); they count as 0 movements."
    )


def test_of_gaps_of_one_weight_the_one_with_more_points_then_the_first_comes_first():
    offsets = [(0, north + step) for north in (900, 600, 300) for step in (0, 10, 20)] + [(0, 630)]
    assert gaps_of(offsets).membership.tolist() == [2, 2, 2, 1, 1, 1, 3, 3, 3, 1]
    assert gaps_of(offsets, movements=[1.0] * 3 + [0.75] * 3 + [1.0] * 3 + [0.75]).membership.tolist() == [2, 2, 2, 1, 1, 1, 3, 3, 3, 1]


def test_the_outline_of_a_row_is_a_strip_of_the_stated_width():
    outline = gaps_of(ROW).rows.geometry.item()
    assert outline.bounds == pytest.approx(shapely.MultiPoint(around_paris((90, -10), (270, 10))).bounds)
    ends = np.pi * (OUTLINE_WIDTH_M / 2) ** 2
    assert outline.area == pytest.approx(160 * OUTLINE_WIDTH_M + ends, rel=0.01)


def test_at_most_three_activities_are_named_the_commonest_first():
    offsets = [(100 + number, 0) for number in range(10)]
    assert gaps_of(offsets, category=list("dccbbbaaea")).rows["main_activities"].item() == "a (3), b (3), c (2)"
    assert gaps_of(offsets, category=[None] * 10).rows["main_activities"].item() is None
    assert gaps_of(offsets, category=[5610, *[4711] * 9]).rows["main_activities"].item() == "4711 (9), 5610 (1)"


# -- property: everything adds up --------------------------------------------------------------------------------------

OFFSETS = st.lists(st.tuples(st.integers(-300, 300), st.integers(-300, 300)), min_size=1, max_size=80)


@settings(deadline=None, max_examples=80)
@given(OFFSETS, st.sampled_from([20.0, 50.0, 80.0]), st.integers(1, 5))
def test_gaps_and_isolated_points_are_the_uncovered_ones(offsets, radius, minimum):
    points = series(around_paris(*offsets))
    rows = bay_coverage(points, BAY).rows
    gaps = coverage_gaps(points, rows, radius=radius, minimum=minimum)
    uncovered = ~rows["covered"].astype(bool)
    assert gaps.uncovered == uncovered.sum() == gaps.rows["points"].sum() + gaps.isolated
    assert not gaps.membership[~uncovered].notna().any()
    assert gaps.membership.value_counts().to_dict() == dict(zip(gaps.rows["rank"], gaps.rows["points"]))
    assert gaps.rows["rank"].tolist() == list(range(1, len(gaps.rows) + 1))
    assert gaps.rows["points"].tolist() == sorted(gaps.rows["points"], reverse=True)
    for gap in gaps.rows.itertuples():
        members = points[(gaps.membership == gap.rank).fillna(False)]
        assert gap.geometry.is_valid and gap.geometry.geom_type == "Polygon"
        assert members.buffer(OUTLINE_WIDTH_M / 2 - 0.2).covered_by(gap.geometry).all()  # a disc is drawn with corners
        pairs = [one.distance(other) for one, other in itertools.combinations(members, 2)]
        assert gap.spread_m == pytest.approx(max(pairs, default=0))
        assert gap.median_distance_m == np.median(rows["distance_m"][members.index])


@settings(deadline=None, max_examples=40)
@given(OFFSETS, st.randoms(use_true_random=False))
def test_points_in_another_order_make_the_same_groups(offsets, random):
    """Cores at least; a border point between two equally near cores may change sides."""
    points = series(around_paris(*offsets))
    order = list(range(len(points)))
    random.shuffle(order)
    rows = bay_coverage(points, BAY).rows
    gaps, other = (coverage_gaps(points.iloc[way], rows.iloc[way], minimum=3) for way in (slice(None), order))
    assert (len(gaps.rows), gaps.points) == (len(other.rows), other.points)
    assert gaps.membership.isna().equals(other.membership.isna().sort_index())


# -- nothing to find ---------------------------------------------------------------------------------------------------


def test_where_all_is_covered_there_is_no_gap_and_a_sentence():
    gaps = gaps_of([(5, 0), (0, 5)])
    assert (len(gaps.rows), gaps.uncovered, gaps.points) == (0, 0, 0)
    assert list(gaps.rows.columns) == [*GAP_COLUMNS, "geometry"]
    assert gaps.rows.crs.to_epsg() == 2154
    assert [str(note) for note in gaps.notes] == ["Every delivery point that has a position is covered: there is no gap."]
    assert largest(gaps) == []


def test_where_uncovered_points_are_far_apart_there_is_no_gap_and_a_sentence():
    gaps = gaps_of([(100, 0), (200, 0)], minimum=2)
    assert (len(gaps.rows), gaps.uncovered, gaps.isolated) == (0, 2, 2)
    assert gaps.membership.isna().all()
    assert "none has 2 of them within 50 m, so there is no gap. A larger radius" in str(gaps.notes[0])


def test_a_gap_as_wide_as_a_district_is_said():
    gaps = gaps_of([(100 + 50 * step, 0) for step in range(30)])
    assert str(gaps.notes[1]).startswith("Gaps more than 1000 m across: 1, the widest 1,450 m; uncovered points follow each other")


def test_without_usable_bay_all_points_may_be_in_gaps_and_have_no_nearest_bay():
    points = series(around_paris((0, 0), (10, 0), (20, 0)))
    gaps = coverage_gaps(points, bay_coverage(points, layer(around_paris((0, 0)), active=[False])).rows, minimum=3)
    row = gaps.rows.iloc[0]
    assert (row["points"], row["nearest_bay"]) == (3, None)
    assert np.isnan(row["nearest_bay_distance_m"]) and np.isnan(row["median_distance_m"])
    assert str(largest(gaps)[0]) == "Gap 1: 3 points, over 20 m; no usable bay."


def test_points_without_position_are_in_no_gap_and_labels_are_kept():
    points = series([None, *around_paris(*ROW), shapely.Point()])
    points.index = list("abcdefg")
    gaps = coverage_gaps(points, bay_coverage(points, BAY).rows, minimum=3)
    assert gaps.membership.index.tolist() == list("abcdefg")
    assert gaps.membership.tolist() == [pd.NA, 1, 1, 1, 1, 1, pd.NA]
    assert gaps.uncovered == 5


def test_a_layer_in_degrees_gives_the_same_gaps_in_metres():
    points = series(around_paris(*STREET))
    rows = bay_coverage(points, BAY).rows
    here, there = coverage_gaps(points, rows, minimum=3), coverage_gaps(points.to_crs(4326), rows, minimum=3)
    assert there.rows.crs.to_epsg() == 2154
    assert there.membership.tolist() == here.membership.tolist()
    np.testing.assert_allclose(there.rows["spread_m"], here.rows["spread_m"], atol=1e-3)


# -- refused -----------------------------------------------------------------------------------------------------------

POINTS = series(around_paris(*ROW))
ROWS = bay_coverage(POINTS, BAY).rows


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"radius": 0}, ParameterError, "The radius of a gap is 0. Expected: a number of metres greater than 0, for example 20."),
        ({"radius": float("nan")}, ParameterError, "The radius of a gap is nan. Expected"),
        ({"radius": "50 m"}, ParameterError, "The radius of a gap is 50 m. Expected"),
        ({"minimum": 0}, ParameterError, "The smallest number of points of a gap is 0. Expected: a whole number from 1 on, for example 5."),
        ({"minimum": 2.5}, ParameterError, "The smallest number of points of a gap is 2.5. Expected"),
        ({"minimum": True}, ParameterError, "The smallest number of points of a gap is True. Expected"),
        ({"rows": ROWS.iloc[:3]}, DataError, "The results of the coverage (3 rows) are not those of these delivery points (5). Run"),
        ({"rows": ROWS.iloc[::-1]}, DataError, "The results of the coverage (5 rows) are not those of these delivery points (5). Run"),
        ({"movements": pd.Series([1.0])}, DataError, "The movements (1 rows) are not those of the delivery points (5 rows)"),
        ({"category": pd.Series(["bar"])}, DataError, "The activities (1 rows) are not those of the delivery points (5 rows)"),
        ({"points": POINTS.set_crs(None, allow_override=True)}, CrsError, "does not say its coordinate system (CRS). Give it"),
        ({"points": series([None] * 5)}, DataError, "None of the 5 delivery points has a geometry. Locate them first."),
    ],
)
def test_what_cannot_be_grouped_is_refused_with_the_way_out(change, error, said):
    with pytest.raises(error) as caught:
        coverage_gaps(**{"points": POINTS, "rows": ROWS, **change})
    assert said in str(caught.value)


@pytest.mark.parametrize("asked", [1, 2, 3, 4])
def test_a_cancel_is_answered_in_every_part_of_the_work(asked):
    class Impatient(Progress):
        times = 0

        def cancelled(self):
            self.times += 1
            return self.times >= asked

    progress = Impatient()
    with pytest.raises(CancelledError):
        coverage_gaps(POINTS, ROWS, minimum=3, progress=progress)
    assert progress.times == asked


def test_what_was_given_is_not_changed():
    points, movements = series(around_paris(*STREET)), pd.Series(MOVEMENTS, dtype=float)
    rows = bay_coverage(points, BAY).rows
    copies = points.copy(), rows.copy(), movements.copy()
    coverage_gaps(points, rows, movements)
    pd.testing.assert_series_equal(points, copies[0])
    pd.testing.assert_frame_equal(rows, copies[1])
    pd.testing.assert_series_equal(movements, copies[2])


# -- real and sample data ----------------------------------------------------------------------------------------------


def test_paris_has_the_clusters_of_scikit_learn_over_its_uncovered_restaurants(shared_data):
    cluster = pytest.importorskip("sklearn.cluster", reason="pip install scikit-learn: the independent DBSCAN")
    bays = read_bays(shared_data / "bays/paris_livraison_2026-01.csv").table
    points = read_delivery_points(shared_data / "delivery_points/paris_restaurants_2018.gpkg").table.geometry
    rows = bay_coverage(points, bays).rows
    gaps = coverage_gaps(points, rows)
    assert gaps.uncovered == 23_348 - 9_253  # METHODS.md
    uncovered = (rows["distance_m"] > 20).to_numpy()
    theirs = cluster.DBSCAN(eps=50, min_samples=5).fit(shapely.get_coordinates(points.to_crs(2154).to_numpy())[uncovered])
    ours = gaps.membership[uncovered].fillna(NOISE).to_numpy(dtype=int)
    core = theirs.core_sample_indices_
    assert in_order(ours[core]) == in_order(theirs.labels_[core])
    assert ((ours == NOISE) == (theirs.labels_ == NOISE)).all()
    assert (len(gaps.rows), gaps.points) == (theirs.labels_.max() + 1, (theirs.labels_ != NOISE).sum())


@pytest.mark.parametrize(("radius", "minimum"), [(20, 5), (30, 5), (50, 10)])
def test_the_largest_gap_of_the_sample_town_is_its_street_without_bay(radius, minimum):
    points = read_delivery_points(SAMPLE / "establishments.csv").table
    rows = bay_coverage(points.geometry, read_bays(SAMPLE / "bays.csv").table).rows
    gaps = coverage_gaps(points.geometry, rows, category=points["libelle_activite"], radius=radius, minimum=minimum)
    streets = points["adresse"].str.replace(r"^\d+\s+(?:bis |ter )?", "", regex=True)
    first = streets[(gaps.membership == 1).fillna(False)].value_counts()
    assert first.index[0] == "Rue Saint-Martial"
    assert first.iloc[0] > 0.4 * gaps.rows["points"].iloc[0]
    assert gaps.rows["points"].iloc[0] > 1.5 * gaps.rows["points"].iloc[1]
