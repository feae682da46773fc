"""20 m coverage: published reference values, brute force, and what is refused."""

from __future__ import annotations

import bisect
import json
from datetime import datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from builders import PARIS, around_paris, layer, published_rows, series
from hypothesis import given, settings
from hypothesis import strategies as st

from joptimiz_qgis.toolkit.coverage import COVERAGE_COLUMNS, bay_coverage, free_names, joined
from joptimiz_qgis.toolkit.errors import CancelledError, CrsError, DataError, JoptimizError, ParameterError
from joptimiz_qgis.toolkit.parameters import BANDS_M, band_labels, parse_bands
from joptimiz_qgis.toolkit.progress import Progress
from joptimiz_qgis.toolkit.read.bays import read_bays
from joptimiz_qgis.toolkit.read.delivery_points import read_delivery_points

LABELS = ["0–10 m", "10–20 m", "20–30 m", "30–50 m", "50–100 m", "> 100 m"]

# -- METHODS.md, "Reference values": computed independently, all 9 198 Paris bays ------------------------------------------

REFERENCE = {
    "paris_restaurants_2018.gpkg": (23_348, 3_276, 9_253, 18_876, 25.223),
    "paris_commerces_2022.geojson": (2_503, 390, 1_054, 2_107, 23.886),
}


@pytest.fixture(scope="module")
def paris(shared_data):
    """Coverage of each reference layer, and its points."""
    bays = read_bays(shared_data / "bays/paris_livraison_2026-01.csv").table
    points = {name: read_delivery_points(shared_data / "delivery_points" / name).table.geometry for name in REFERENCE}
    return {name: (geometry, bay_coverage(geometry, bays)) for name, geometry in points.items()}


@pytest.mark.parametrize(("name", "reference"), REFERENCE.items())
def test_paris_has_the_reference_figures(paris, name, reference):
    _, coverage = paris[name]
    points, within_10, within_20, within_50, median = reference
    distance, summary = coverage.rows["distance_m"], coverage.summary
    assert (summary.points, summary.covered, summary.bays, summary.bays_usable) == (points, within_20, 9_198, 9_198)
    assert [int((distance <= reach).sum()) for reach in (10, 20, 50)] == [within_10, within_20, within_50]
    assert round(summary.median_distance_m, 3) == median
    assert summary.share_points == within_20 / points
    assert summary.bands["0–10 m"] == within_10
    assert summary.bands["0–10 m"] + summary.bands["10–20 m"] == within_20
    assert sum(summary.bands.values()) == points
    assert summary.crs == "EPSG:2154"


def test_the_share_of_paris_restaurants_is_that_published(paris):
    assert round(100 * paris["paris_restaurants_2018.gpkg"][1].summary.share_points, 2) == 39.63


@pytest.mark.parametrize("name", REFERENCE)
def test_paris_distances_are_those_of_a_k_d_tree_over_the_raw_file(paris, shared_data, name):
    spatial = pytest.importorskip("scipy.spatial", reason="pip install scipy: the independent nearest neighbours")
    rows = published_rows(shared_data / "bays/paris_livraison_2026-01.csv")
    degrees = np.array([json.loads(row["geo_shape"])["coordinates"] for row in rows])
    bays = np.column_stack(pyproj.Transformer.from_crs(4326, 2154, always_xy=True).transform(*degrees.T))
    points, coverage = paris[name]
    positions = shapely.get_coordinates(points.to_crs(2154).to_numpy())
    tree = spatial.cKDTree(bays)
    distance, nearest = tree.query(positions)
    np.testing.assert_allclose(coverage.rows["distance_m"], distance, atol=1e-6)
    ids = np.array([row["Nouvel identifiant"] or row["Ancien identifiant"] for row in rows])
    clear = tree.query(positions, k=2)[0][:, 1] - distance > 1e-6  # no second bay at the same place
    assert (coverage.rows["nearest_bay"].to_numpy()[clear] == ids[nearest][clear]).all()
    assert coverage.rows["bays_within"].tolist() == [len(found) for found in tree.query_ball_point(positions, 20)]


# -- property: brute force ---------------------------------------------------------------------------------------------

# Whole metres, so that ties and distances of exactly the reach come up all the time.
OFFSETS = st.tuples(st.integers(-40, 40), st.integers(-40, 40))
POINTS = st.lists(OFFSETS, min_size=1, max_size=12)


def shape_of(corners):
    """A point, a line or an area, by the number of corners."""
    places = [(PARIS[0] + east, PARIS[1] + north) for east, north in corners]
    if len(set(places)) == 1:
        return shapely.Point(places[0])
    return shapely.LineString(places) if len(set(places)) == 2 else shapely.MultiPoint(places).convex_hull


SHAPES = st.lists(st.lists(OFFSETS, min_size=1, max_size=4).map(shape_of), min_size=1, max_size=8)


def bays_of(shapes):
    return layer(shapes, id=[f"B{number}" for number in range(len(shapes))])


@settings(max_examples=150, deadline=None)
@given(POINTS, SHAPES, st.integers(1, 60))
def test_coverage_is_that_of_brute_force(offsets, shapes, reach):
    points = series(around_paris(*offsets))
    rows = bay_coverage(points, bays_of(shapes), reach).rows
    distances = shapely.distance(points.to_numpy()[:, None], np.array(shapes)[None, :])
    nearest, first = distances.min(axis=1), distances.argmin(axis=1)
    assert list(rows.columns) == list(COVERAGE_COLUMNS)
    assert rows["distance_m"].tolist() == nearest.tolist()
    assert rows["nearest_bay"].tolist() == [f"B{position}" for position in first]
    assert rows["covered"].tolist() == (nearest <= reach).tolist()
    assert rows["bays_within"].tolist() == (distances <= reach).sum(axis=1).tolist()
    assert rows["band"].tolist() == [LABELS[bisect.bisect_left(BANDS_M, distance)] for distance in nearest]


@settings(max_examples=40, deadline=None)
@given(POINTS, SHAPES, st.randoms(use_true_random=False))
def test_points_in_another_order_give_the_same_rows_in_that_order(offsets, shapes, random):
    points = series(around_paris(*offsets))
    order = list(range(len(points)))
    random.shuffle(order)
    rows = bay_coverage(points, bays_of(shapes)).rows
    pd.testing.assert_frame_equal(bay_coverage(points.iloc[order], bays_of(shapes)).rows, rows.iloc[order])


@settings(max_examples=40, deadline=None)
@given(POINTS, SHAPES, OFFSETS)
def test_one_more_bay_never_lowers_coverage(offsets, shapes, offset):
    points = series(around_paris(*offsets))
    before = bay_coverage(points, bays_of(shapes))
    after = bay_coverage(points, bays_of([*shapes, *around_paris(offset)]))
    assert after.summary.covered >= before.summary.covered
    assert (after.rows["distance_m"] <= before.rows["distance_m"]).all()
    assert (after.rows["bays_within"] >= before.rows["bays_within"]).all()


# -- by hand -----------------------------------------------------------------------------------------------------------


def one(point, bays, **options):
    """The row of one point, its offset from `PARIS` given."""
    return bay_coverage(series(around_paris(point)), bays, **options).rows.iloc[0]


@pytest.mark.parametrize(("metres", "covered", "within"), [(20, True, 1), (20.001, False, 0), (0, True, 1)])
def test_the_distance_is_inclusive(metres, covered, within):
    row = one((metres, 0), layer(around_paris((0, 0))))
    assert (row["covered"], row["bays_within"], row["distance_m"]) == (covered, within, pytest.approx(metres))


@pytest.mark.parametrize(("metres", "band"), [(0, 0), (10, 0), (10.5, 1), (20, 1), (30, 2), (50, 3), (50.5, 4), (100, 4), (100.5, 5)])
def test_a_band_includes_its_upper_end(metres, band):
    assert one((metres, 0), layer(around_paris((0, 0))))["band"] == LABELS[band]


def test_the_distance_to_an_area_is_to_its_edge_and_nought_inside():
    square = layer([shapely.box(PARIS[0], PARIS[1], PARIS[0] + 10, PARIS[1] + 2)])
    assert one((13, 6), square)["distance_m"] == 5.0
    assert one((5, 1), square)["distance_m"] == 0.0


@pytest.mark.parametrize("first", [0, 1])
def test_of_equals_the_first_bay_is_taken(first):
    bays = layer(around_paris((5, 0), (-5, 0)), id=["east", "west"]).iloc[[first, 1 - first]]
    assert one((0, 0), bays)["nearest_bay"] == ["east", "west"][first]
    assert one((0, 0), bays)["bays_within"] == 2


@pytest.mark.parametrize(
    ("columns", "name"),
    [({}, "0"), ({"uuid": ["u"]}, "u"), ({"uuid": ["u"], "id": ["007"]}, "007"), ({"uuid": ["u"], "id": [None]}, "u"), ({"id": [7]}, "7")],
)
def test_a_bay_is_called_by_its_id_else_its_uuid_else_its_label(columns, name):
    assert one((0, 0), layer(around_paris((0, 0)), **columns))["nearest_bay"] == name


def test_layers_in_different_systems_meet():
    points = series(around_paris((0, 0))).to_crs(4326)
    bays = layer(around_paris((15, 0))).to_crs("EPSG:27572")
    coverage = bay_coverage(points, bays)
    assert coverage.rows["distance_m"].iloc[0] == pytest.approx(15, abs=1e-3)
    assert coverage.summary.crs == "EPSG:2154"


def test_metres_are_ground_metres_overseas_too():
    """At Saint-Denis Web Mercator stretches by 1/cos(20.88°) = 1.07: 100 m on the ellipsoid stay 100 m (UTM: ± 0.04 %)."""
    east, _, _ = pyproj.Geod(ellps="GRS80").fwd(55.45, -20.88, 90, 100)
    points = series([shapely.Point(55.45, -20.88)], 4326)
    row = bay_coverage(points, layer([shapely.Point(east, -20.88)], 4326)).rows.iloc[0]
    assert row["distance_m"] == pytest.approx(100, rel=6e-4)


def test_labels_of_the_points_are_kept_and_points_without_position_have_no_result():
    points = series([*around_paris((0, 0)), None, shapely.Point(), shapely.Point(np.nan, 1)])
    points.index = ["a", "b", "c", "d"]
    coverage = bay_coverage(points, layer([*around_paris((5, 0)), None]))
    assert coverage.rows.index.tolist() == ["a", "b", "c", "d"]
    assert coverage.rows.iloc[1:].isna().all().all()
    assert (coverage.summary.points, coverage.summary.points_without_position, coverage.summary.bays) == (1, 3, 1)
    assert coverage.summary.share_points == 1.0
    assert [str(note) for note in coverage.notes] == [
        "3 delivery points have no position; they are in the result without distance.",
        "1 bays have no position and do not count.",
    ]


def test_one_position_off_the_globe_has_no_result_and_spoils_no_other():
    points = series([shapely.Point(2.35, 48.85), shapely.Point(2.35, 200), shapely.Point(2.351, 48.85)], 4326)
    bays = layer([shapely.Point(2.35, 48.85), shapely.Point(2.35, 200), shapely.Point(2.36, 48.85)], 4326, id=["near", "lost", "far"])
    rows = bay_coverage(points, bays).rows
    assert rows["nearest_bay"].tolist() == ["near", None, "near"]
    assert rows["covered"].isna().tolist() == [False, True, False]


def test_only_bays_in_use_at_the_moment_count():
    bays = layer(
        around_paris((1, 0), (2, 0), (3, 0), (4, 0)),
        id=["out of service", "closed", "open", "unknown"],
        active=[False, True, True, None],
        temporalite_osm=["24/7", "Mo-Fr 08:00-12:00", "Mo-Fr 13:00-14:00", None],
    )
    coverage = bay_coverage(series(around_paris((0, 0))), bays, at=datetime(2024, 7, 26, 13))
    summary = coverage.summary
    assert coverage.rows["nearest_bay"].item() == "open"
    assert (summary.bays, summary.bays_usable, summary.bays_inactive, summary.bays_closed, summary.bays_hours_unknown) == (4, 2, 1, 1, 1)
    assert summary.at == "2024-07-26T13:00"


def test_without_any_usable_bay_no_point_is_covered_and_it_is_said():
    coverage = bay_coverage(series(around_paris((0, 0))), layer(around_paris((1, 0)), active=[False]))
    row = coverage.rows.iloc[0]
    assert (row["covered"], row["bays_within"], row["nearest_bay"], row["band"]) == (False, 0, None, None)
    assert np.isnan(row["distance_m"])
    assert coverage.summary.median_distance_m is None
    assert coverage.summary.mean_distance_m is None
    assert "No bay is in service" in str(coverage.notes[-1])


def test_repeated_identifiers_are_said():
    coverage = bay_coverage(series(around_paris((0, 0))), layer(around_paris((1, 0), (2, 0), (3, 0)), id=["a", "a", "b"]))
    assert str(coverage.notes[0]) == "1 bays bear the identifier of another bay; distances are right, names are not unique."


def test_columns_whose_names_are_taken_get_a_number():
    points = layer(around_paris((0, 0)), band=["rock"], Covered=["yes"])
    table = joined(points, bay_coverage(points.geometry, layer(around_paris((1, 0)))).rows)
    assert list(table.columns) == ["band", "Covered", "geometry", "covered_2", "nearest_bay", "distance_m", "bays_within", "band_2"]
    assert isinstance(table, gpd.GeoDataFrame)


def test_free_names_do_not_meet_each_other():
    assert free_names(["a", "A_2"], ["a", "a", "b"]) == ["a_3", "a_4", "b"]


# -- refused -------------------------------------------------------------------------------------------------------------

HERE = {"points": series(around_paris((0, 0))), "bays": layer(around_paris((1, 0)))}


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"points": series([])}, DataError, "There are no delivery points in the layer: it is empty. Choose another layer"),
        ({"bays": layer([])}, DataError, "There are no bays in the layer: it is empty. Choose another layer, or check its filter"),
        ({"points": series([None, None])}, DataError, "None of the 2 delivery points has a geometry. Locate them first"),
        ({"bays": layer([None, shapely.Point()])}, DataError, "None of the 2 bays has a geometry. Locate them first"),
        ({"points": series(around_paris((0, 0)), None)}, CrsError, "“delivery points” does not say its coordinate system (CRS). Give it"),
        ({"bays": layer(around_paris((0, 0)), None)}, CrsError, "“bays” does not say its coordinate system (CRS). Give it"),
        ({"points": series([shapely.Point(2.35, 48.85)])}, CrsError, "“delivery points” (for example 2.35; 48.85) cannot be in"),
        ({"bays": layer([shapely.Point(2.35, 48.85)])}, CrsError, "“bays” (for example 2.35; 48.85) cannot be in"),
        ({"points": series(around_paris((0, 0)), 4326)}, CrsError, "that it declares, EPSG:4326; they look like EPSG:2154. Give the layer"),
        ({"bays": layer(around_paris((0, 0)), 4326)}, CrsError, "“bays” (for example 652000; 6.862e+06) cannot be in"),
        ({"max_distance": 0}, ParameterError, "The distance is 0. Expected: a number of metres greater than 0, for example 20"),
        ({"max_distance": -20}, ParameterError, "The distance is -20. Expected"),
        ({"max_distance": float("nan")}, ParameterError, "The distance is nan. Expected"),
        ({"max_distance": float("inf")}, ParameterError, "The distance is inf. Expected"),
        ({"max_distance": "vingt"}, ParameterError, "The distance is vingt. Expected"),
        ({"bands": []}, ParameterError, "The distance bands are . Expected: numbers of metres that increase"),
        ({"bands": [10, 10]}, ParameterError, "The distance bands are 10, 10. Expected"),
        ({"bands": [0, 10]}, ParameterError, "The distance bands are 0, 10. Expected"),
        ({"bands": [10, float("nan")]}, ParameterError, "The distance bands are 10, nan. Expected"),
    ],
)
def test_what_cannot_be_measured_is_refused_with_the_way_out(change, error, said):
    with pytest.raises(error) as caught:
        bay_coverage(**{**HERE, **change})
    assert said in str(caught.value)
    assert isinstance(caught.value, JoptimizError)


def test_bands_may_be_others():
    assert one((14, 0), layer(around_paris((0, 0))), bands=[12.5, 40])["band"] == "12.5–40 m"
    assert band_labels([12.5, 40]) == ["0–12.5 m", "12.5–40 m", "> 40 m"]


@pytest.mark.parametrize("text", ["10,20,30", "10; 20; 30", "10 20 30"])
def test_bands_are_read_from_text(text):
    assert parse_bands(text) == [10, 20, 30]


def test_a_cancel_stops_the_work():
    class Cancelled(Progress):
        def cancelled(self):
            return True

    with pytest.raises(CancelledError, match="Cancelled; nothing was written"):
        bay_coverage(**HERE, progress=Cancelled())


def test_the_layers_given_are_not_changed():
    points, bays = series(around_paris((0, 0))).to_crs(4326), layer(around_paris((1, 0)), id=["a"])
    copies = points.copy(), bays.copy()
    bay_coverage(points, bays)
    pd.testing.assert_series_equal(points, copies[0])
    pd.testing.assert_frame_equal(bays, copies[1])
