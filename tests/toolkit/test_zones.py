"""Figures by zone and by category: geopandas' own join, plain arithmetic on squares, sums that add up, and what is refused."""

from __future__ import annotations

import time
from statistics import mean, median

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from builders import PARIS, around_paris, layer, series
from hypothesis import given, settings
from hypothesis import strategies as st

from joptimiz_qgis.toolkit.coverage import bay_coverage
from joptimiz_qgis.toolkit.errors import CancelledError, CrsError, DataError, JoptimizError, ParameterError
from joptimiz_qgis.toolkit.messages import set_language
from joptimiz_qgis.toolkit.progress import Progress
from joptimiz_qgis.toolkit.read.bays import read_bays
from joptimiz_qgis.toolkit.read.delivery_points import read_delivery_points
from joptimiz_qgis.toolkit.zones import BAY_INDICATORS, OUTSIDE, POINT_INDICATORS, coverage_by_category, coverage_by_zone, totals

# -- Paris, against geopandas' spatial join ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def paris(shared_data):
    """Restaurants, their coverage, the bays, and a number of movements that differs from point to point."""
    bays = read_bays(shared_data / "bays/paris_livraison_2026-01.csv").table
    points = read_delivery_points(shared_data / "delivery_points/paris_restaurants_2018.gpkg").table
    rows = bay_coverage(points.geometry, bays).rows
    movements = pd.Series(np.arange(len(points)) % 7 / 2, index=points.index)
    return points, rows, bays, movements


def joined_once(points, zones):
    """Position of the zone of each point by ``geopandas.sjoin``, which gives a row per zone: the first one is kept."""
    ours = gpd.GeoDataFrame(geometry=points.to_crs(zones.crs).reset_index(drop=True))
    pairs = gpd.sjoin(ours, zones[[zones.geometry.name]].reset_index(drop=True), predicate="intersects", how="left")
    first = pairs["index_right"].groupby(pairs.index).min()
    return first.fillna(len(zones)).astype(int).to_numpy()


@pytest.mark.parametrize(
    ("file", "zones_count", "outside"), [("paris_iris.gpkg", 992, 0), ("paris_arrondissements.geojson", 20, 8), ("communes-75.geojson", 1, 5)]
)
def test_paris_by_zone_is_what_geopandas_joins(paris, shared_data, file, zones_count, outside):
    points, coverage, bays, movements = paris
    zones = gpd.read_file(shared_data / "zones" / file)
    rows = coverage_by_zone(points.geometry, coverage, zones, movements=movements, bays=bays).rows
    assert len(rows) == zones_count + (outside > 0)
    assert (rows["points"].sum(), rows["covered"].sum()) == (23_348, 9_253)  # METHODS.md, "Reference values"
    assert rows["points"][rows.geometry.isna()].sum() == outside
    assert rows["movements"].sum() == movements.sum()

    where = joined_once(points.geometry, zones)
    table = pd.DataFrame({"covered": coverage["covered"].to_numpy(dtype=bool), "metres": coverage["distance_m"].to_numpy(), "movements": movements.to_numpy()})
    expected = table.groupby(where).agg(points=("covered", "size"), covered=("covered", "sum"), movements=("movements", "sum"), median=("metres", "median"), mean=("metres", "mean"))
    expected["carried"] = table[table["covered"]].groupby(where[table["covered"]])["movements"].sum()
    there = rows.iloc[expected.index]
    assert rows.drop(there.index)["points"].sum() == 0
    for ours, theirs in (("points", "points"), ("covered", "covered"), ("movements", "movements"), ("median_distance_m", "median"), ("mean_distance_m", "mean")):
        np.testing.assert_allclose(there[ours].to_numpy(dtype=float), expected[theirs].to_numpy(dtype=float), rtol=1e-12)
    np.testing.assert_allclose(there["movements_covered"], expected["carried"].fillna(0), rtol=1e-12)

    bay_zone = np.bincount(joined_once(bays.geometry, zones), minlength=zones_count + 1)
    assert rows["bays"].tolist() == bay_zone[: len(rows)].tolist()


def test_paris_by_category_is_what_counting_gives(paris):
    points, coverage, _, movements = paris
    rows = coverage_by_category(points["libapet"], coverage, movements).rows.set_index("category")
    assert (rows["points"].sum(), rows["covered"].sum()) == (23_348, 9_253)
    assert rows["points"].to_dict() == points["libapet"].value_counts().to_dict()
    for name, row in rows.iterrows():
        mine = (points["libapet"] == name).to_numpy()
        covered = mine & coverage["covered"].to_numpy(dtype=bool)
        assert row["covered"] == covered.sum()
        assert row["movements_covered"] == pytest.approx(movements[covered].sum())
        assert row["median_distance_m"] == median(coverage["distance_m"][mine])
    assert rows["points"].is_monotonic_decreasing


# -- properties: rectangles on whole metres, so that borders, overlaps and gaps come up all the time ---------------------

RECTANGLE = st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 5), st.integers(1, 5))
RECTANGLES = st.lists(RECTANGLE, min_size=1, max_size=7)
PLACE = st.tuples(st.integers(-1, 13), st.integers(-1, 13))
POINT = st.tuples(st.one_of(st.none(), PLACE, PLACE, PLACE), st.integers(0, 60), st.integers(0, 9))
POINTS = st.lists(POINT, min_size=1, max_size=25)


def rectangles(boxes, **columns):
    x, y = PARIS
    return layer([shapely.box(x + east, y + north, x + east + width, y + north + height) for east, north, width, height in boxes], **columns)


def run_of(points):
    """Geometry, coverage rows and movements of points given as (place or None, distance, movements)."""
    geometry = series([None if place is None else around_paris(place)[0] for place, _, _ in points])
    located = [place is not None for place, _, _ in points]
    distance = [metres if here else np.nan for (_, metres, _), here in zip(points, located)]
    covered = pd.array([metres <= 20 if here else pd.NA for (_, metres, _), here in zip(points, located)], dtype="boolean")
    return geometry, pd.DataFrame({"covered": covered, "distance_m": distance}), pd.Series([float(moved) for _, _, moved in points])


def holds(box, place):
    (east, north, width, height), (x, y) = box, place
    return east <= x <= east + width and north <= y <= north + height


def home(boxes, place):
    """Position of the first rectangle that holds `place`, their number where none does."""
    return next((number for number, box in enumerate(boxes) if holds(box, place)), len(boxes))


@settings(max_examples=100, deadline=None)
@given(RECTANGLES, POINTS, st.lists(PLACE, max_size=6))
def test_zones_are_those_of_plain_arithmetic_and_add_up(boxes, points, bay_places):
    geometry, rows, movements = run_of(points)
    bays = layer(around_paris(*bay_places))
    table = coverage_by_zone(geometry, rows, rectangles(boxes), movements=movements, bays=bays).rows
    members = [[point for point in points if point[0] is not None and home(boxes, point[0]) == number] for number in range(len(boxes) + 1)]
    homes = [home(boxes, place) for place in bay_places]
    assert table.index.tolist() == [*range(len(boxes)), *([OUTSIDE] if members[-1] else [])]
    for (_, row), mine, number in zip(table.iterrows(), members, range(len(members))):
        near = [point for point in mine if point[1] <= 20]
        assert (row["points"], row["covered"]) == (len(mine), len(near))
        assert (row["movements"], row["movements_covered"]) == (sum(p[2] for p in mine), sum(p[2] for p in near))
        assert same(row["share_points"], len(near), len(mine))
        assert same(row["share_movements"], sum(p[2] for p in near), sum(p[2] for p in mine))
        assert row["bays"] == homes.count(number)
        assert same(row["points_per_bay"], len(mine), homes.count(number))
        assert same(row["movements_per_bay"], sum(p[2] for p in mine), homes.count(number))
        if mine:
            assert row["median_distance_m"] == median(p[1] for p in mine)
            assert row["mean_distance_m"] == pytest.approx(mean(p[1] for p in mine))
        else:
            assert np.isnan(row["median_distance_m"]) and np.isnan(row["mean_distance_m"])
    located = [point for point in points if point[0] is not None]
    whole = totals(table)
    assert (whole["points"], whole["covered"]) == (len(located), sum(p[1] <= 20 for p in located))
    assert (whole["movements"], whole["movements_covered"]) == (sum(p[2] for p in located), sum(p[2] for p in located if p[1] <= 20))


def same(value, part, whole):
    """Whether `value` is `part` / `whole`, missing where there is nothing to divide by."""
    return value == part / whole if whole else np.isnan(value)


@settings(max_examples=70, deadline=None)
@given(RECTANGLES, POINTS)
def test_the_notes_count_what_lies_in_several_zones_outside_and_nowhere(boxes, points):
    geometry, rows, _ = run_of(points)
    notes = coverage_by_zone(geometry, rows, rectangles(boxes)).notes
    told = {note.template: vars(note)["values"] for note in notes}
    assert len(told) == len(notes)
    places = [place for place, _, _ in points if place is not None]
    several = [[box for box in boxes if holds(box, place)] for place in places]
    inner = [any(e < x < e + w and n < y < n + h for e, n, w, h in held) for (x, y), held in zip(places, several)]
    overlap = [place for place, held, strict in zip(places, several, inner) if len(held) > 1 and strict]
    border = [place for place, held, strict in zip(places, several, inner) if len(held) > 1 and not strict]
    zones = {number for place in overlap for number, box in enumerate(boxes) if holds(box, place)}
    assert value(told, "because {zones} zones overlap", "count") == len(overlap)
    assert value(told, "because {zones} zones overlap", "zones") == len(zones)
    assert value(told, "lie on a border between zones", "count") == len(border)
    assert value(told, "have no position", "count") == len(points) - len(places)
    outside = sum(not held for held in several)
    if outside and outside == len(places):
        assert any("No delivery point lies in a zone" in template for template in told)
    else:
        assert value(told, "lie outside every zone; they have a row", "count") == outside


def value(told, words, name):
    found = [values for template, values in told.items() if words in template]
    return int(found[0][name]) if found else 0


@settings(max_examples=100, deadline=None)
@given(POINTS, st.lists(st.sampled_from(["a", "b", " a ", "", None, 3.0, "3"]), min_size=25, max_size=25))
def test_categories_add_up(points, names):
    _, rows, movements = run_of(points)
    category = pd.Series(names[: len(points)], dtype=object)
    table = coverage_by_category(category, rows, movements).rows
    assert table.columns.tolist() == ["category", *POINT_INDICATORS]
    assert not table["category"].duplicated().any()
    clean = ["Category not known" if not str(name or "").strip() else "3" if name == 3.0 else name.strip() for name in category]
    for _, row in table.iterrows():
        mine = [p for p, name in zip(points, clean) if name == row["category"] and p[0] is not None]
        near = [p for p in mine if p[1] <= 20]
        assert (row["points"], row["covered"], row["movements"], row["movements_covered"]) == (len(mine), len(near), sum(p[2] for p in mine), sum(p[2] for p in near))
        assert row["points"] > 0
    assert table["points"].sum() == sum(p[0] is not None for p in points)
    assert "Category not known" not in table["category"].tolist()[:-1]


# -- by hand -------------------------------------------------------------------------------------------------------------

# Two squares of 10 m side by side. West: 3 points, 2 covered; east: 1 covered; one point outside.
SQUARES = [(0, 0, 10, 10), (10, 0, 10, 10)]
STREET = [((2, 5), 5, 8.0), ((4, 5), 15, 1.0), ((6, 5), 40, 3.0), ((15, 5), 20, 4.0), ((50, 5), 90, 4.0)]


def street(zones=None, points=STREET, **options):
    geometry, rows, movements = run_of(points)
    options = {"movements": movements, **options}
    return coverage_by_zone(geometry, rows, rectangles(SQUARES, nom=["West", "East"]) if zones is None else zones, **options)


def test_a_street_worked_out_by_hand():
    table = street(bays=layer(around_paris((1, 1), (2, 2), (60, 60)))).rows
    assert table.columns.tolist() == ["zone", *POINT_INDICATORS, *BAY_INDICATORS, "geometry"]
    assert table["zone"].tolist() == ["West", "East", "Outside every zone"]
    west, east, outside = (table.iloc[number].drop("geometry").tolist()[1:] for number in range(3))
    assert west == [3, 2, 2 / 3, 12.0, 9.0, 0.75, 15.0, 20.0, 2, 1.5, 6.0]  # the two shares differ
    assert east[:-2] == [1, 1, 1.0, 4.0, 4.0, 1.0, 20.0, 20.0, 0] and np.isnan(east[-2:]).all()  # no bay: nothing per bay
    assert outside == [1, 0, 0.0, 4.0, 0.0, 0.0, 90.0, 90.0, 1, 1.0, 4.0]
    assert table.geometry.isna().tolist() == [False, False, True]
    assert table.crs == "EPSG:2154"


def test_without_movements_and_bays_their_columns_are_there_and_empty():
    table = street(movements=None).rows
    for name in ("movements", "movements_covered", "share_movements", *BAY_INDICATORS):
        assert table[name].isna().all(), name
    assert table["share_points"].tolist() == [2 / 3, 1.0, 0.0]
    assert totals(table) == {"points": 5, "covered": 3, "share_points": 0.6, "movements": None, "movements_covered": None, "share_movements": None}
    assert coverage_by_category(pd.Series("a", index=range(5)), run_of(STREET)[1]).rows["movements"].isna().all()


def test_nothing_moved_has_no_share_of_movements():
    table = street(movements=pd.Series(0.0, index=range(5))).rows
    assert table["movements"].tolist() == [0, 0, 0]
    assert table["share_movements"].isna().all()
    assert totals(table)["share_movements"] is None


def test_there_is_no_row_for_the_outside_where_nothing_is_outside():
    table = street(points=STREET[:4]).rows
    assert table.index.tolist() == [0, 1]
    assert table.geometry.notna().all()


def test_a_zone_without_points_stays_with_nought_points_and_no_share():
    row = street(rectangles([*SQUARES, (20, 20, 1, 1)]), bays=layer(around_paris((20.5, 20.5)))).rows.iloc[2]
    assert (row["points"], row["covered"], row["movements"], row["bays"], row["points_per_bay"]) == (0, 0, 0, 1, 0)
    assert row[["share_points", "share_movements", "median_distance_m", "mean_distance_m"]].isna().all()


def test_a_corner_of_four_zones_counts_once_in_the_first_and_is_said():
    four = rectangles([(0, 0, 5, 5), (5, 0, 5, 5), (0, 5, 5, 5), (5, 5, 5, 5)])
    for order in ([0, 1, 2, 3], [3, 1, 2, 0]):
        done = street(four.iloc[order], points=[((5, 5), 1, 1.0)])
        assert done.rows["points"].tolist() == [1, 0, 0, 0]
        assert done.rows.index.tolist() == order
        assert said(done) == ["No field that names the zones was recognised; they are numbered in the order of the layer. Fields: –", "1 delivery points lie on a border between zones; each was counted once, in the first of them in the order of the layer."]


def test_zones_that_overlap_are_counted_and_said():
    done = street(rectangles([(0, 0, 20, 20), (5, 5, 5, 5), (30, 30, 1, 1)]), points=[((6, 6), 1, 1.0), ((7, 7), 1, 1.0), ((1, 1), 30, 1.0)])
    assert done.rows["points"].tolist() == [3, 0, 0]
    assert "2 delivery points lie in several zones, because 2 zones overlap; each was counted once, in the first of them in the order of the layer." in said(done)


def said(done):
    return [str(note) for note in done.notes]


def test_nothing_in_any_zone_is_a_result_with_a_hint():
    done = street(rectangles([(200, 200, 5, 5)]))
    assert done.rows["points"].tolist() == [0, 5]
    assert "No delivery point lies in a zone. Check that the two layers show the same place, each in its true CRS." in said(done)


def test_points_without_position_are_in_no_row_and_said():
    points = [*STREET[:4], (None, 3, 100.0)]
    done = street(points=points)
    assert totals(done.rows)["points"] == 4
    assert totals(done.rows)["movements"] == 16
    assert "1 delivery points have no position; they are in no row of the figures." in said(done)
    by_category = coverage_by_category(pd.Series(["a", "a", "b", "b", "lost"]), run_of(points)[1])
    assert by_category.rows["category"].tolist() == ["a", "b"]
    assert said(by_category) == ["1 delivery points have no position; they are in no row of the figures."]


def test_without_any_usable_bay_there_are_no_distances():
    geometry, rows, _ = run_of(STREET)
    rows["covered"], rows["distance_m"] = pd.array([False] * 5, dtype="boolean"), np.nan
    table = coverage_by_zone(geometry, rows, rectangles(SQUARES)).rows
    assert table["covered"].sum() == 0
    assert table["median_distance_m"].isna().all()


def test_bays_count_once_where_a_point_on_them_lies_and_only_in_service():
    x, y = PARIS
    mostly_east = shapely.box(x + 8, y + 1, x + 18, y + 2)
    places = [mostly_east, *around_paris((1, 1), (2, 2)), None]
    done = street(points=STREET[:4], bays=layer(places, active=[True, False, None, True]))
    assert done.rows["bays"].tolist() == [1, 1]
    elsewhere = street(points=STREET[:4], bays=layer(around_paris((1, 1), (90, 90))))
    assert elsewhere.rows["bays"].tolist() == [1, 0]
    assert "1 usable bays lie outside every zone; they are in no row of the figures." in said(elsewhere)
    assert street(bays=layer([])).rows["bays"].tolist() == [0, 0, 0]


def test_layers_in_different_systems_meet_and_the_zones_stay_in_theirs():
    expected = street(bays=layer(around_paris((1, 1)))).rows
    zones = rectangles(SQUARES, nom=["West", "East"]).to_crs(4326)
    found = street(zones, bays=layer(around_paris((1, 1))).to_crs("EPSG:3949")).rows
    assert found.crs == "EPSG:4326"
    pd.testing.assert_frame_equal(pd.DataFrame(found.drop(columns="geometry")), pd.DataFrame(expected.drop(columns="geometry")))


def test_labels_of_points_and_zones_are_kept():
    geometry, rows, movements = run_of(STREET)
    for part in (geometry, rows, movements):
        part.index = ["p", "q", "p", "r", "s"]  # labels may repeat
    zones = rectangles(SQUARES, nom=["West", "East"]).set_axis([70, 7])
    table = coverage_by_zone(geometry, rows, zones, movements=movements).rows
    assert table.index.tolist() == [70, 7, OUTSIDE]
    assert table["movements"].tolist() == [12, 4, 4]


def test_labels_for_what_is_outside_or_unknown_are_in_the_reader_s_language():
    set_language("fr")
    assert street().rows["zone"].iloc[-1] == "Hors de toute zone"
    assert coverage_by_category(pd.Series([None] * 5, dtype=object), run_of(STREET)[1]).rows["category"].tolist() == ["Catégorie inconnue"]


# -- movements -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "west", "bad"),
    [
        ([8, None, 3, 4, 4], 11, 1),
        ([8, -1, 3, float("inf"), 4], 11, 2),
        (["8", "1,5", "1 003", "four", ""], 1012.5, 2),
        (pd.array([8, pd.NA, 3, 4, 4], dtype="Int64"), 11, 1),
        (pd.array(["8", "1,5", None, "4", "4"], dtype="string"), 9.5, 1),
        ([8, 1, 3, 4, 4], 12, 0),
    ],
)
def test_movements_that_are_no_number_count_as_nought_and_are_said(values, west, bad):
    done = street(movements=pd.Series(values))
    assert done.rows["movements"].iloc[0] == west
    expected = f"{bad} delivery points have no usable number of movements (missing, negative or not a number); they count as 0 movements."
    assert [sentence for sentence in said(done) if "movements" in sentence] == ([expected] if bad else [])


# -- names ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"id": [1, 2], "NOM": ["a", "b"]}, "NOM"),
        ({"INSEE_COM": ["75101", "75102"], "NOM_COM": ["a", "a"], "NOM_IRIS": ["b", "c"]}, "NOM_IRIS"),
        ({"c_ar": [1, 2], "l_ar": ["1er", "2e"]}, "l_ar"),
        ({"CODE_IRIS": ["751010101", "751010102"], "CODE_COM": ["75101", "75101"]}, "CODE_IRIS"),
        ({"nom": [None, " "], "Libellé": ["x", "y"]}, "Libellé"),
        ({"insee": [75101.0, 75102.0]}, "insee"),
    ],
)
def test_the_field_of_names_is_guessed_and_said(columns, field):
    done = street(rectangles(SQUARES, **columns))
    assert f"The zones are named after their field “{field}”." in said(done)
    assert done.rows["zone"].tolist()[:2] == [str(int(cell)) if isinstance(cell, float) else cell for cell in columns[field]]


def test_zones_without_names_are_numbered_and_said():
    done = street(rectangles(SQUARES, area=[1, 2]))
    assert done.rows["zone"].tolist()[:2] == ["Zone 1", "Zone 2"]
    assert "No field that names the zones was recognised; they are numbered in the order of the layer. Fields: area" in said(done)


def test_the_field_chosen_counts_whatever_its_case_and_blanks_are_numbered():
    done = street(rectangles(SQUARES, nom=["a", "b"], Quartier=["Gros-Caillou", "  "]), zone_field="quartier")
    assert done.rows["zone"].tolist()[:2] == ["Gros-Caillou", "Zone 2"]
    assert "1 zones have no name in “Quartier”; they bear their number in the layer: Zone 2" in said(done)


def test_zones_of_one_name_are_kept_apart_and_said():
    done = street(rectangles(SQUARES, nom=["Same", "Same"]))
    assert done.rows["points"].tolist() == [3, 1, 1]
    assert "1 zones bear the name of another zone; their figures are kept apart: Same" in said(done)


# -- zones that are broken -----------------------------------------------------------------------------------------------


def test_invalid_outlines_are_repaired_and_named():
    x, y = PARIS
    bow = shapely.Polygon([(x, y), (x + 10, y + 10), (x + 10, y), (x, y + 10)])  # two triangles that meet at (5, 5)
    spike = shapely.Polygon([(x + 20, y), (x + 30, y), (x + 30, y + 10), (x + 30, y + 50), (x + 30, y + 10), (x + 20, y + 10)])
    done = street(layer([bow, spike], nom=["Bow", "Spike"]), points=[((1, 5), 1, 1.0), ((5, 1), 1, 1.0), ((25, 5), 1, 1.0), ((30, 40), 1, 1.0)])
    assert "The outlines of 2 zones were invalid and were repaired: Bow, Spike" in said(done)
    assert done.rows["points"].tolist() == [1, 1, 2]  # left triangle; the square without its spike; between the triangles, on the spike
    assert done.rows.geometry.iloc[:2].is_valid.all()
    assert done.rows.geometry.iloc[:2].area.tolist() == pytest.approx([50, 100])
    assert set(done.rows.geometry.iloc[:2].geom_type) <= {"Polygon", "MultiPolygon"}


def test_zones_without_area_are_left_out_and_named():
    x, y = PARIS
    flat = shapely.Polygon([(x, y), (x + 5, y), (x + 9, y)])
    holds_a_line = shapely.GeometryCollection([shapely.box(x, y, x + 10, y + 10), shapely.LineString([(x, y), (x + 90, y)])])
    shapes = [None, shapely.Polygon(), shapely.LineString([(x, y), (x + 5, y)]), flat, holds_a_line, shapely.Polygon([(x, y), (np.nan, y), (x, y + 1)])]
    done = street(layer(shapes, nom=["Null", "Empty", "Line", "Flat", "Mixed", "Nan"]))
    assert done.rows["zone"].tolist() == ["Mixed", "Outside every zone"]
    assert done.rows.index.tolist() == [4, OUTSIDE]
    assert done.rows["points"].tolist() == [3, 2]
    assert "5 zones were left out, because they have no geometry, no area or impossible coordinates: Null, Empty, Line, Flat, Nan" in said(done)


def test_height_does_not_matter():
    x, y = PARIS
    raised = shapely.force_3d(shapely.box(x, y, x + 10, y + 10), 35.0)
    rows = street(layer([raised], nom=["Hill"])).rows
    assert rows["points"].tolist() == [3, 2]
    assert not rows.geometry.iloc[0].has_z


# -- refused -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zones", "options", "error", "sentence"),
    [
        (layer([]), {}, DataError, "There are no zone polygons in the layer: it is empty. Choose another layer"),
        (layer([None, None]), {}, DataError, "None of the 2 zones is an area. Choose a layer of polygons that have a geometry."),
        (layer(around_paris((0, 0))), {}, DataError, "None of the 1 zones is an area."),
        (rectangles(SQUARES, nom=["a", "b"]), {"zone_field": "quartier"}, ParameterError, "The zones have no field “quartier”. Choose one of: nom"),
        (rectangles(SQUARES), {"zone_field": "geometry"}, ParameterError, "The zones have no field “geometry”. Choose one of: –"),
        (rectangles(SQUARES).set_crs(None, allow_override=True), {}, CrsError, "“zone polygons” does not say its coordinate system (CRS). Give it"),
        (rectangles(SQUARES).set_crs(4326, allow_override=True), {}, CrsError, "they look like EPSG:2154. Give the layer its true CRS"),
        (rectangles(SQUARES), {"bays": layer(around_paris((0, 0)), None)}, CrsError, "“bays” does not say its coordinate system"),
        (rectangles(SQUARES), {"movements": pd.Series([1.0])}, DataError, "The results of the coverage (1 rows) are not those of these delivery points (5)."),
    ],
)
def test_what_cannot_be_counted_is_refused_with_the_way_out(zones, options, error, sentence):
    with pytest.raises(error) as caught:
        street(zones, **options)
    assert sentence in str(caught.value)
    assert isinstance(caught.value, JoptimizError)


def test_rows_of_other_points_are_refused():
    geometry, rows, _ = run_of(STREET)
    with pytest.raises(DataError, match="are not those of these delivery points"):
        coverage_by_zone(geometry, rows.iloc[::-1], rectangles(SQUARES))
    with pytest.raises(DataError, match="are not those of these delivery points"):
        coverage_by_category(pd.Series(["a"]), rows)


def test_a_cancel_stops_the_work():
    class Cancelled(Progress):
        def cancelled(self):
            return True

    with pytest.raises(CancelledError, match="Cancelled; nothing was written"):
        street(progress=Cancelled())


def test_the_layers_given_are_not_changed():
    geometry, rows, movements = run_of(STREET)
    zones, bays = rectangles(SQUARES, nom=["West", None]), layer(around_paris((1, 1)), active=[True])
    given_parts = (geometry, rows, movements, zones, bays)
    copies = [part.copy() for part in given_parts]
    coverage_by_zone(geometry, rows, zones, movements=movements, bays=bays)
    for part, copy in zip(given_parts, copies):
        assert part.equals(copy)


# -- speed ---------------------------------------------------------------------------------------------------------------


def test_200_000_points_in_1_000_zones_need_no_loop_over_points():
    """0.3 s where it was written; a loop over the points, or zones that are not prepared, takes tens of seconds."""
    random = np.random.default_rng(1)
    points = gpd.GeoSeries(shapely.points(PARIS + random.uniform(0, 20_000, (200_000, 2))), crs=2154)
    metres = random.exponential(30, len(points))
    rows = pd.DataFrame({"covered": pd.array(metres <= 20, dtype="boolean"), "distance_m": metres})
    x, y = np.meshgrid(PARIS[0] + np.arange(40) * 500, PARIS[1] + np.arange(25) * 800)
    detailed = shapely.segmentize(shapely.box(x.ravel(), y.ravel(), x.ravel() + 500, y.ravel() + 800), 13)
    zones = gpd.GeoDataFrame(geometry=detailed, crs=2154)
    started = time.perf_counter()
    table = coverage_by_zone(points, rows, zones).rows
    assert time.perf_counter() - started < 5
    assert (table["points"].sum(), table["covered"].sum()) == (200_000, (metres <= 20).sum())
    column, row = ((shapely.get_coordinates(points.to_numpy()) - PARIS) // (500, 800)).astype(int).T
    assert table["points"].tolist() == np.bincount(row * 40 + column, minlength=1000).tolist()
