"""joptimiz:baycoverage: the reference figures, QGIS's own nearest neighbours, every kind of input and output, what is refused."""

from __future__ import annotations

import itertools
import json
import math
import sqlite3
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from conftest import SHARED, sha256
from qgis.core import (
    NULL,
    QgsFeature,
    QgsField,
    QgsGeometry,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingOutputLayerDefinition,
    QgsVectorLayer,
    QgsVectorLayerJoinInfo,
)
from qgis.PyQt.QtCore import QDateTime, QMetaType
from qgis_builders import PARIS, RESULT_FIELDS, Feedback, around_paris, bays, column, east, layer, opened, saved

RESTAURANTS = "delivery_points/paris_restaurants_2018.gpkg"
PARIS_BAYS = "bays/paris_livraison_2026-01.csv"
FILES = {"gpkg": "GPKG", "geojson": "GeoJSON", "fgb": "FlatGeobuf", "shp": "ESRI Shapefile"}

# -- METHODS.md, "Reference values", and QGIS's own algorithm ----------------------------------------------------------


@pytest.fixture(scope="module")
def paris(shared_data):
    return {"POINTS": str(shared_data / RESTAURANTS), "BAYS": str(shared_data / PARIS_BAYS)}


def test_paris_has_the_reference_figures_and_the_distances_of_joinbynearest(run, paris):
    import processing

    results = run("baycoverage", **paris)
    assert (results["POINTS_COUNT"], results["COVERED_COUNT"], results["BAYS_COUNT"], results["BAYS_USABLE"]) == (23_348, 9_253, 9_198, 9_198)
    assert round(results["MEDIAN_DISTANCE"], 3) == 25.223
    assert round(100 * results["SHARE_POINTS"], 2) == 39.63

    bay_layer = run("importbays", INPUT=paris["BAYS"])["OUTPUT"]
    nearest = processing.run("native:joinbynearest", {"INPUT": paris["POINTS"], "INPUT_2": bay_layer, "NEIGHBORS": 1, "PREFIX": "bay_", "OUTPUT": "memory:"})
    expected = {feature["fid"]: feature["distance"] for feature in nearest["OUTPUT"].getFeatures()}  # of equals any row: same distance
    rows = {feature["fid"]: feature for feature in results["OUTPUT"].getFeatures()}
    assert len(rows) == results["OUTPUT"].featureCount() == 23_348
    assert rows.keys() == expected.keys()
    assert max(abs(row["distance_m"] - expected[fid]) for fid, row in rows.items()) < 0.001
    assert sum(row["covered"] for row in rows.values()) == sum(distance <= 20 for distance in expected.values()) == 9_253


def test_the_real_program_gives_the_reference_figures_with_json_parameters(qgis_process, paris, tmp_path):
    output = tmp_path / "coverage.gpkg"
    done = qgis_process("run", "joptimiz:baycoverage", inputs={**paris, "OUTPUT": str(output)})
    results = json.loads(done.stdout)["results"]
    assert (results["POINTS_COUNT"], results["COVERED_COUNT"]) == (23_348, 9_253)
    assert opened(output).featureCount() == 23_348


def test_the_real_program_refuses_in_french_and_with_an_exit_code(qgis_process, tmp_path):
    done = qgis_process("run", "joptimiz:baycoverage", language="fr", inputs={"POINTS": "a.gpkg", "BAYS": "b.gpkg", "MAX_DISTANCE": -5, "OUTPUT": str(tmp_path / "x.gpkg")})
    assert done.returncode == 1
    assert "La distance est -5" in done.stdout + done.stderr
    assert not list(tmp_path.iterdir())


# -- a hand-worked street ----------------------------------------------------------------------------------------------

POINTS = (10, 20, 20.01, 45, 500)
BAYS = (0, 30)
EXPECTED = [
    # point, nearest, distance, within 20 m, covered, band
    ("10", "B1", 10, 2, True, "0–10 m"),
    ("20", "B2", 10, 2, True, "0–10 m"),
    ("20.01", "B2", 9.99, 1, True, "0–10 m"),
    ("45", "B2", 15, 1, True, "10–20 m"),
    ("500", "B2", 470, 0, False, "> 100 m"),
]


def rows_of(source, prefix=""):
    return [
        (f"{float(row['nom']):g}", row["nearest_bay"], round(row["distance_m"], 6), row["bays_within"], bool(row["covered"]), row["band"])
        for row in sorted(opened(source).getFeatures(), key=lambda row: float(row["nom"]))
    ]


def test_a_street_worked_out_by_hand(run):
    results = run("baycoverage", POINTS=east(*POINTS), BAYS=bays(*BAYS))
    assert results["OUTPUT"].fields().names() == ["nom", *RESULT_FIELDS]
    assert rows_of(results["OUTPUT"]) == EXPECTED
    assert (results["POINTS_COUNT"], results["COVERED_COUNT"], results["SHARE_POINTS"], results["BAYS_COUNT"]) == (5, 4, 0.8, 2)
    assert round(results["MEDIAN_DISTANCE"], 6) == 10


def test_a_point_exactly_between_two_bays_is_one_row_with_the_first(run):
    results = run("baycoverage", POINTS=east(15), BAYS=bays(*BAYS))
    assert rows_of(results["OUTPUT"]) == [("15", "B1", 15, 2, True, "10–20 m")]


# -- inputs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", FILES)
def test_files_of_any_format(run, tmp_path, ending):
    points = saved(east(*POINTS), tmp_path / f"points.{ending}", driver=FILES[ending])
    places = saved(bays(*BAYS), tmp_path / f"bays.{ending}", driver=FILES[ending])
    before = {path: sha256(path) for path in tmp_path.iterdir()}
    assert rows_of(run("baycoverage", POINTS=points, BAYS=places)["OUTPUT"]) == EXPECTED
    assert {path: sha256(path) for path in tmp_path.iterdir()} == before


def csv_files(folder):
    lines = {"points.csv": ["nom;code_postal;x;y"], "bays.csv": ["id;x;y"]}
    lines["points.csv"] += [f"{metre:g};01000;{PARIS[0] + metre};{PARIS[1]}" for metre in POINTS]
    lines["bays.csv"] += [f"B{number};{PARIS[0] + metre};{PARIS[1]}" for number, metre in enumerate(BAYS, 1)]
    for name, text in lines.items():
        (folder / name).write_text("\n".join(text), encoding="utf-8")
    return str(folder / "points.csv"), str(folder / "bays.csv")


def test_csv_files_with_lambert_coordinates_keep_the_zeros_of_postcodes(run, tmp_path):
    points, places = csv_files(tmp_path)
    results = run("baycoverage", POINTS=points, BAYS=places, MAPPING=mapping("generic"), BAYS_CRS="EPSG:2154")
    assert rows_of(results["OUTPUT"]) == EXPECTED
    assert set(column(results["OUTPUT"], "code_postal")) == {"01000"}
    assert results["OUTPUT"].crs().authid() == "EPSG:2154"


def mapping(name):
    from joptimiz_qgis.toolkit.read.mapping import mappings

    return 1 + list(mappings("bays")).index(name)


@pytest.mark.parametrize("kind", ["delimitedtext", "ogr"])
@pytest.mark.parametrize("given", ["id", "layer", "name"])
def test_a_csv_table_of_the_project_is_read_by_us(run, project, tmp_path, kind, given):
    """As a table without geometry, whichever of QGIS's two ways it was opened in."""
    folder = tmp_path / "été à Paris"
    folder.mkdir()
    points, _ = csv_files(folder)
    uri = f"{Path(points).as_uri()}?delimiter=;&geomType=none&detectTypes=yes" if kind == "delimitedtext" else points
    table = QgsVectorLayer(uri, "shops", kind)
    assert table.isValid() and not table.isSpatial()
    project.addMapLayer(table)
    value = {"id": table.id(), "layer": table, "name": "shops"}[given]
    results = run("baycoverage", POINTS=value, BAYS=bays(*BAYS))
    assert rows_of(results["OUTPUT"]) == EXPECTED
    assert set(column(results["OUTPUT"], "code_postal")) == {"01000"}


def test_selected_features_only(run, project):
    points, places = project.addMapLayer(east(*POINTS)), project.addMapLayer(bays(*BAYS))
    points.selectByExpression("\"nom\" in ('10', '45')")
    places.selectByExpression("\"id\" = 'B2'")
    chosen = {name: QgsProcessingFeatureSourceDefinition(made.id(), True) for name, made in (("POINTS", points), ("BAYS", places))}
    results = run("baycoverage", **chosen)
    assert rows_of(results["OUTPUT"]) == [("10", "B2", 20, 1, True, "10–20 m"), ("45", "B2", 15, 1, True, "10–20 m")]


def test_a_subset_string_counts(run, project, tmp_path):
    points = project.addMapLayer(opened(saved(east(*POINTS), tmp_path / "points.gpkg")))
    places = project.addMapLayer(opened(saved(bays(*BAYS), tmp_path / "bays.gpkg")))
    points.setSubsetString("nom <> '500'")
    places.setSubsetString("id = 'B2'")
    results = run("baycoverage", POINTS=points.id(), BAYS=places.id())
    assert [row[:3] for row in rows_of(results["OUTPUT"])] == [("10", "B2", 20), ("20", "B2", 10), ("20.01", "B2", 9.99), ("45", "B2", 15)]
    assert results["BAYS_COUNT"] == 1


def test_a_filter_expression_of_the_dialog_counts(run, project):
    points = project.addMapLayer(east(*POINTS))
    chosen = QgsProcessingFeatureSourceDefinition(points.id(), False, -1, filterExpression="\"nom\" = '45'")
    assert rows_of(run("baycoverage", POINTS=chosen, BAYS=bays(*BAYS))["OUTPUT"]) == EXPECTED[3:4]


def test_edits_that_are_not_saved_yet_count(run, project):
    points = project.addMapLayer(east(*POINTS[:-1]))
    added = QgsFeature(points.fields())
    added.setAttributes(["500"])
    added.setGeometry(QgsGeometry.fromWkt(around_paris((500, 0))[0]))
    assert points.startEditing() and points.addFeature(added)
    assert rows_of(run("baycoverage", POINTS=points, BAYS=bays(*BAYS))["OUTPUT"]) == EXPECTED
    points.rollBack()


def test_joined_and_virtual_fields_are_kept(run, project):
    points = project.addMapLayer(east(*POINTS))
    other = project.addMapLayer(east(*POINTS, name="other"))
    join = QgsVectorLayerJoinInfo()
    join.setJoinLayer(other)
    join.setJoinFieldName("nom")
    join.setTargetFieldName("nom")
    join.setPrefix("other_")
    assert other.addExpressionField("'joined'", QgsField("word", QMetaType.Type.QString)) >= 0
    assert points.addJoin(join)
    assert points.addExpressionField("\"nom\" || ' m'", QgsField("label", QMetaType.Type.QString)) >= 0
    result = run("baycoverage", POINTS=points, BAYS=bays(*BAYS))["OUTPUT"]
    assert result.fields().names() == ["nom", "other_word", "label", *RESULT_FIELDS]
    assert rows_of(result) == EXPECTED
    assert set(column(result, "other_word")) == {"joined"}
    assert column(result, "label")[0] == "10 m"


def test_null_and_empty_geometries_stay_as_rows_without_result(run):
    points = layer([None, *around_paris((10, 0)), "Point EMPTY"], nom=["none", "10", "empty"])
    feedback = Feedback()
    results = run("baycoverage", feedback=feedback, POINTS=points, BAYS=bays(*BAYS))
    rows = {row["nom"]: row for row in results["OUTPUT"].getFeatures()}
    assert rows["10"]["nearest_bay"] == "B1"
    for nom in ("none", "empty"):
        assert [rows[nom][name] for name in RESULT_FIELDS] == [NULL] * 5
        assert rows[nom].geometry().isEmpty()
    assert results["POINTS_COUNT"] == 1
    assert any("2 delivery points have no position" in said for said in feedback.said)


def square(metres, side=4.0):
    x, y = PARIS[0] + metres, PARIS[1]
    half = side / 2
    return f"(({x - half} {y - half}, {x + half} {y - half}, {x + half} {y + half}, {x - half} {y + half}, {x - half} {y - half}))"


@pytest.mark.parametrize(
    ("kind", "shape", "distance"),
    [
        ("PointZ", f"PointZ ({PARIS[0] + 10} {PARIS[1]} 35)", 10),
        ("PointM", f"PointM ({PARIS[0] + 10} {PARIS[1]} 7)", 10),
        ("PointZM", f"PointZM ({PARIS[0] + 10} {PARIS[1]} 35 7)", 10),
        ("MultiPoint", f"MultiPoint (({PARIS[0] + 10} {PARIS[1]}))", 10),
        ("Polygon", f"Polygon {square(10)}", 10),
        ("MultiPolygon", f"MultiPolygon ({square(10)})", 10),
        ("LineString", f"LineString ({PARIS[0] + 10} {PARIS[1] - 3}, {PARIS[0] + 10} {PARIS[1]}, {PARIS[0] + 10} {PARIS[1] + 3})", 10),
    ],
)
def test_points_of_any_kind_and_their_height_do_not_change_the_distance(run, kind, shape, distance):
    result = run("baycoverage", POINTS=layer([shape], kind, nom=["10"]), BAYS=bays(0))["OUTPUT"]
    (row,) = result.getFeatures()
    assert row["distance_m"] == pytest.approx(distance)
    assert row.geometry().wkbType() == result.wkbType()
    assert result.geometryType().name == "PointGeometry" or result.geometryType().name == "Point"
    if kind.startswith("Point"):
        assert row.geometry().asWkt(0) == QgsGeometry.fromWkt(shape).asWkt(0)


@pytest.mark.parametrize(("kind", "shape", "distance"), [("Polygon", f"Polygon {square(0)}", 8), ("MultiPolygon", f"MultiPolygon ({square(0)}, {square(30)})", 8), ("PointZ", f"PointZ ({PARIS[0]} {PARIS[1]} 100)", 10)])
def test_bays_are_measured_to_their_footprint(run, kind, shape, distance):
    (row,) = run("baycoverage", POINTS=east(10), BAYS=layer([shape], kind, id=["B1"]))["OUTPUT"].getFeatures()
    assert row["distance_m"] == pytest.approx(distance)


def test_columns_named_like_ours_stay_and_ours_are_numbered(run, tmp_path):
    points = layer(around_paris((10, 0)), nom=["10"], covered=["theirs"], Distance_M=["far"])
    result = run("baycoverage", POINTS=points, BAYS=bays(0), OUTPUT=str(tmp_path / "x.gpkg"))["OUTPUT"]
    (row,) = opened(result).getFeatures()
    assert (row["covered"], row["Distance_M"], row["covered_2"], row["distance_m_2"]) == ("theirs", "far", True, 10)


def test_an_audit_of_an_audit(run):
    first = run("baycoverage", POINTS=east(*POINTS), BAYS=bays(*BAYS))["OUTPUT"]
    second = run("baycoverage", POINTS=first, BAYS=bays(*BAYS), MAX_DISTANCE=12)["OUTPUT"]
    assert second.fields().names() == ["nom", *RESULT_FIELDS, *(f"{name}_2" for name in RESULT_FIELDS)]
    assert [bool(row["covered_2"]) for row in second.getFeatures()] == [True, True, True, False, False]


def test_layers_in_degrees_and_in_other_systems_are_measured_in_metres(run):
    import processing

    def reprojected(made, crs):
        return processing.run("native:reprojectlayer", {"INPUT": made, "TARGET_CRS": crs, "OUTPUT": "memory:"})["OUTPUT"]

    result = run("baycoverage", POINTS=reprojected(east(*POINTS), "EPSG:4326"), BAYS=reprojected(bays(*BAYS), "EPSG:3857"))["OUTPUT"]
    assert result.crs().authid() == "EPSG:4326"
    assert [round(row["distance_m"], 3) for row in result.getFeatures()] == [10, 10, 9.99, 15, 470]


# -- parameters --------------------------------------------------------------------------------------------------------

def timed_bays(**hours):
    """Bays 10 m apart from 0, in the national schema's fields."""
    places = around_paris(*((10 * number, 0) for number in range(len(hours))))
    blank = [""] * len(hours)
    return layer(places, id=list(hours), temporalite_osm=list(hours.values()), parite_trottoir=blank, type=blank, longueur=blank, active=["oui"] * len(hours))


@pytest.mark.parametrize("moment", [QDateTime(2026, 3, 2, 8, 0), "2026-03-02T08:00:00"])  # a Monday
def test_only_bays_open_at_the_moment_count(run, moment):
    places = timed_bays(morning="Mo-Fr 06:00-11:00", evening="Mo-Fr 17:00-20:00")
    ways = {"POINTS": east(10), "BAYS": places}
    assert [row["nearest_bay"] for row in run("baycoverage", **ways)["OUTPUT"].getFeatures()] == ["evening"]
    results = run("baycoverage", AT=moment, **ways)
    assert [row["nearest_bay"] for row in results["OUTPUT"].getFeatures()] == ["morning"]
    assert (results["BAYS_COUNT"], results["BAYS_USABLE"]) == (2, 1)


def test_no_bay_open_is_a_result_without_distance(run):
    results = run("baycoverage", POINTS=east(10), BAYS=timed_bays(evening="Mo-Fr 17:00-20:00"), AT=QDateTime(2026, 3, 1, 8, 0))
    (row,) = results["OUTPUT"].getFeatures()
    assert (bool(row["covered"]), row["nearest_bay"], row["distance_m"], row["bays_within"], row["band"]) == (False, NULL, NULL, 0, NULL)
    assert results["MEDIAN_DISTANCE"] is None
    assert results["COVERED_COUNT"] == 0


@pytest.mark.parametrize("bands", ["12; 40", "12,40", "12 40"])
def test_bands_are_a_parameter(run, bands):
    result = run("baycoverage", POINTS=east(*POINTS), BAYS=bays(*BAYS), BANDS=bands)["OUTPUT"]
    assert column(result, "band") == ["0–12 m", "0–12 m", "0–12 m", "12–40 m", "> 40 m"]


@pytest.mark.parametrize(("distance", "covered"), [(9.99, 1), (10, 3), ("15", 4), (1e6, 5)])
def test_the_distance_is_a_parameter_and_inclusive(run, distance, covered):
    assert run("baycoverage", POINTS=east(*POINTS), BAYS=bays(*BAYS), MAX_DISTANCE=distance)["COVERED_COUNT"] == covered


# -- refusals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("distance", [0, -1, math.nan, math.inf, "twenty", "", "-0.5"])
def test_an_impossible_distance_is_refused_before_anything_is_read(refusal, distance):
    """The layers do not exist: were they read first, the sentence would be about them."""
    told = refusal("baycoverage", POINTS="nowhere.gpkg", BAYS="nowhere.gpkg", MAX_DISTANCE=distance)
    assert "Expected: a number of metres greater than 0, for example 20." in told


@pytest.mark.parametrize("text", ["20; 10", "0; 10", "10; 10", "ten", "nan", ""])
def test_impossible_bands_are_refused_before_anything_is_read(refusal, text):
    told = refusal("baycoverage", POINTS="nowhere.gpkg", BAYS="nowhere.gpkg", BANDS=text)
    assert "Expected: numbers of metres that increase from above 0" in told


def test_a_layer_without_crs_is_refused_unless_the_crs_is_given(run, refusal):
    lost = east(*POINTS, crs="")
    assert not lost.crs().isValid()
    assert "does not say its coordinate system" in refusal("baycoverage", POINTS=lost, BAYS=bays(*BAYS))
    assert rows_of(run("baycoverage", POINTS=lost, BAYS=bays(*BAYS), POINTS_CRS="EPSG:2154")["OUTPUT"]) == EXPECTED
    lost_bays = bays(*BAYS, crs="")
    assert "does not say its coordinate system" in refusal("baycoverage", POINTS=east(*POINTS), BAYS=lost_bays)
    assert rows_of(run("baycoverage", POINTS=east(*POINTS), BAYS=lost_bays, BAYS_CRS="EPSG:2154")["OUTPUT"]) == EXPECTED


def test_metres_declared_as_degrees_are_refused(refusal):
    assert "EPSG:4326" in refusal("baycoverage", POINTS=east(*POINTS, crs="EPSG:4326"), BAYS=bays(*BAYS))


@pytest.mark.parametrize(
    ("points", "places", "sentence"),
    [((), BAYS, "There are no delivery points"), (POINTS, (), "There are no bays in the layer")],
)
def test_empty_layers_are_refused(refusal, points, places, sentence):
    assert sentence in refusal("baycoverage", POINTS=east(*points), BAYS=bays(*places))


def test_layers_of_null_geometries_are_refused(refusal):
    assert "None of the 2 delivery points has a geometry" in refusal("baycoverage", POINTS=layer([None, None], nom=["a", "b"]), BAYS=bays(*BAYS))


def test_bays_with_an_unknown_header_are_refused_with_the_columns(refusal, tmp_path):
    (tmp_path / "bays.csv").write_text("alpha;beta\n1;2\n", encoding="utf-8")
    told = refusal("baycoverage", POINTS=east(*POINTS), BAYS=str(tmp_path / "bays.csv"))
    assert "The header of “bays.csv” is not that of any known source for “Delivery bays”." in told


def test_a_missing_file_is_refused(refusal, tmp_path):
    assert "nowhere.csv" in refusal("baycoverage", POINTS=east(*POINTS), BAYS=str(tmp_path / "nowhere.csv"))


# -- outputs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "fgb"])
def test_results_in_files(run, tmp_path, files_in, ending):
    output = tmp_path / f"coverage.{ending}"
    result = run("baycoverage", POINTS=east(*POINTS), BAYS=bays(*BAYS), OUTPUT=str(output))["OUTPUT"]
    assert [name for name in opened(result).fields().names() if name != "fid"] == ["nom", *RESULT_FIELDS]
    assert rows_of(result) == EXPECTED
    assert files_in() == [output.name]


def test_a_shapefile_has_short_names_and_right_values(run, tmp_path):
    result = run("baycoverage", POINTS=east(*POINTS), BAYS=bays(*BAYS), OUTPUT=str(tmp_path / "coverage.shp"))["OUTPUT"]
    assert opened(result).fields().names() == ["nom", "covered", "nearest_ba", "distance_m", "bays_withi", "band"]
    assert column(result, "nearest_ba") == [row[1] for row in EXPECTED]
    assert column(result, "band") == [row[5] for row in EXPECTED]


def table_in(path, table):
    return f"ogr:dbname='{path}' table=\"{table}\" (geom)"


@pytest.fixture
def store(tmp_path):
    """A GeoPackage that holds the points and one table more."""
    path = tmp_path / "store.gpkg"
    saved(east(*POINTS), path, "points")
    saved(bays(*BAYS), path, "kept")
    return path


def test_a_table_added_to_a_geopackage_keeps_the_others(run, store):
    run("baycoverage", POINTS=f"{store}|layername=points", BAYS=f"{store}|layername=kept", OUTPUT=table_in(store, "coverage"))
    assert rows_of(f"{store}|layername=coverage") == EXPECTED
    assert column(f"{store}|layername=points", "nom") == ["10", "20", "20.01", "45", "500"]
    assert column(f"{store}|layername=kept", "id") == ["B1", "B2"]


def test_an_output_definition_with_a_project_is_understood(run, project, tmp_path):
    output = QgsProcessingOutputLayerDefinition(str(tmp_path / "x.gpkg"), project)
    assert rows_of(run("baycoverage", POINTS=east(*POINTS), BAYS=bays(*BAYS), OUTPUT=output)["OUTPUT"]) == EXPECTED


# -- sources are never changed -----------------------------------------------------------------------------------------


def as_path(made, _path, _project):
    return made


def as_layer(made, _path, project):
    return project.addMapLayer(opened(made)).id()


def as_selection(made, _path, project):
    chosen = project.addMapLayer(opened(made))
    chosen.selectAll()
    return QgsProcessingFeatureSourceDefinition(chosen.id(), True)


@pytest.mark.parametrize("given", [as_path, as_layer, as_selection])
@pytest.mark.parametrize("which", ["POINTS", "BAYS"])
@pytest.mark.parametrize("folder", ["plain", "été à Paris"])
def test_a_result_over_its_own_source_is_refused(refusal, project, tmp_path, given, which, folder):
    path = tmp_path / folder / "mine.gpkg"
    path.parent.mkdir()
    ways = {"POINTS": east(*POINTS), "BAYS": bays(*BAYS)}
    ways[which] = given(saved(ways[which], path), path, project)
    before = sha256(path)
    assert "sources are never modified" in refusal("baycoverage", **ways, OUTPUT=str(path))
    assert sha256(path) == before


@pytest.mark.parametrize("kind", ["delimitedtext", "ogr", "path"])
def test_a_result_over_a_csv_source_is_refused(refusal, project, tmp_path, kind):
    folder = tmp_path / "été à Paris"
    folder.mkdir()
    points, _ = csv_files(folder)
    value = points
    if kind != "path":
        uri = f"{Path(points).as_uri()}?delimiter=;&geomType=none" if kind == "delimitedtext" else points
        value = project.addMapLayer(QgsVectorLayer(uri, "shops", kind)).id()
    before = sha256(Path(points))
    assert "sources are never modified" in refusal("baycoverage", POINTS=value, BAYS=bays(*BAYS), OUTPUT=points)
    assert sha256(Path(points)) == before


@pytest.mark.parametrize("source", ["{store}|layername=points", "{store}"])
def test_a_table_over_its_own_source_is_refused(refusal, store, source):
    if source == "{store}":
        assert opened(str(store)).fields().names()[-1] == "nom", "the first table is what a bare path opens"
    told = refusal("baycoverage", POINTS=source.format(store=store), BAYS=bays(*BAYS), OUTPUT=table_in(store, "points"))
    assert "sources are never modified" in told
    assert column(f"{store}|layername=points", "nom") == ["10", "20", "20.01", "45", "500"]


def test_a_link_to_the_source_is_seen_through(refusal, tmp_path):
    source = saved(east(*POINTS), tmp_path / "points.gpkg")
    (tmp_path / "link.gpkg").symlink_to(source)
    assert "sources are never modified" in refusal("baycoverage", POINTS=source, BAYS=bays(*BAYS), OUTPUT=str(tmp_path / "link.gpkg"))


# -- an output is replaced only by a complete one ----------------------------------------------------------------------

MANY = [(1.0 * number, 0.0) for number in range(9000)]
ENDINGS = ["gpkg", "geojson", "shp"]


@pytest.fixture(scope="module")
def many():
    return layer(around_paris(*MANY), nom=[str(number) for number in range(len(MANY))])


@pytest.fixture(params=["cancel", "error"])
def broken(request, run, monkeypatch, many):
    """Runs that end in the middle of writing: by Cancel, by an error."""
    from joptimiz_qgis.processing import adapters

    def cancelled(**ways):
        feedback = Feedback(cancel_at=60)
        assert not run("baycoverage", feedback=feedback, **ways).get("OUTPUT")
        assert feedback.isCanceled()

    def failing(**ways):
        given = adapters.LayerRows.features

        def features(self, more):
            yield from itertools.islice(given(self, more), 5000)
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(adapters.LayerRows, "features", features)
            with pytest.raises(QgsProcessingException, match="cannot be written: the disk is full"):
                run("baycoverage", **ways)

    end_badly = {"cancel": cancelled, "error": failing}[request.param]
    return lambda **ways: end_badly(**{"POINTS": many, "BAYS": bays(*BAYS), **ways})


def test_a_feature_that_the_sink_refuses_is_an_error():
    from joptimiz_qgis.processing import adapters
    from joptimiz_qgis.toolkit.errors import OutputError
    from joptimiz_qgis.toolkit.progress import Progress

    class Full:
        def addFeature(self, feature, flags):  # noqa: N802 - QGIS's name
            return False

        def lastError(self):  # noqa: N802 - QGIS's name
            return "disk full"

    with pytest.raises(OutputError, match="disk full"):
        adapters.write(iter([QgsFeature()]), 1, Full(), Progress())


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_run_that_fails_leaves_no_file(broken, tmp_path, files_in, ending):
    broken(OUTPUT=str(tmp_path / f"coverage.{ending}"))
    assert files_in() == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_run_that_fails_gives_the_file_before_back_byte_for_byte(run, broken, tmp_path, ending):
    output = tmp_path / f"coverage.{ending}"
    run("baycoverage", POINTS=east(*POINTS), BAYS=bays(*BAYS), OUTPUT=str(output))
    before = {path.name: sha256(path) for path in tmp_path.iterdir()}
    broken(OUTPUT=str(output))
    assert {path.name: sha256(path) for path in tmp_path.iterdir()} == before


def test_a_run_that_fails_leaves_a_geopackage_without_the_new_table(broken, store, files_in):
    broken(OUTPUT=table_in(store, "coverage"))
    assert tables(store) == {"points", "kept"}
    assert column(f"{store}|layername=kept", "id") == ["B1", "B2"]
    assert files_in() == [store.name]


def test_a_run_that_fails_gives_the_table_before_back(broken, store, project):
    watched = project.addMapLayer(opened(f"{store}|layername=kept"))
    broken(OUTPUT=table_in(store, "kept"))
    assert tables(store) == {"points", "kept"}
    assert column(f"{store}|layername=kept", "id") == ["B1", "B2"]
    assert watched.featureCount() == 2


def tables(path):
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        found = {name for (name,) in connection.execute("SELECT table_name FROM gpkg_contents")}
    connection.close()
    return found


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_run_that_succeeds_replaces_the_file_before(run, tmp_path, ending):
    output = tmp_path / f"coverage.{ending}"
    run("baycoverage", POINTS=east(1, 2, 3), BAYS=bays(*BAYS), OUTPUT=str(output))
    names = sorted(path.name for path in tmp_path.iterdir())
    run("baycoverage", POINTS=east(*POINTS), BAYS=bays(*BAYS), OUTPUT=str(output))
    assert column(output, "nom") == ["10", "20", "20.01", "45", "500"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def test_a_geopackage_that_the_project_shows_is_replaced_whole(run, project, tmp_path):
    """QGIS keeps such a file open, in write-ahead logging while it is edited."""
    output = tmp_path / "coverage.gpkg"
    run("baycoverage", POINTS=east(*range(300)), BAYS=bays(*BAYS), OUTPUT=str(output))
    shown = project.addMapLayer(opened(output))
    assert shown.startEditing() and shown.changeAttributeValue(1, shown.fields().indexOf("nom"), "edited") and shown.commitChanges(False)
    run("baycoverage", POINTS=east(*POINTS), BAYS=bays(*BAYS), OUTPUT=str(output))
    shown.rollBack()
    project.clear()
    assert tables(output) == {"coverage"}
    assert rows_of(output) == EXPECTED


# -- cancel, and the background ----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def city(tmp_path_factory):
    """200 000 points and 10 000 bays, as the benchmarks' generator makes them."""
    tool = SHARED / "tools" / "generate_points.py"
    if not tool.exists():
        pytest.skip(f"the generator of benchmark points is not at {tool}")
    folder = tmp_path_factory.mktemp("city")
    subprocess.run([sys.executable, str(tool), "city", str(folder)], check=True, timeout=120, capture_output=True)
    return {"POINTS": str(folder / "points_city.gpkg"), "BAYS": str(folder / "bays_city.gpkg")}


@pytest.mark.parametrize("percent", [1, 17, 30, 55])
def test_cancel_on_200_000_points_is_answered_within_a_second(run, city, tmp_path, files_in, percent):
    feedback = Feedback(cancel_at=percent)
    results = run("baycoverage", feedback=feedback, OUTPUT=str(tmp_path / "city.gpkg"), **city)
    assert time.monotonic() - feedback.cancelled_at < 1
    assert not results.get("OUTPUT")
    assert files_in() == []


def test_cancel_late_in_the_writing_leaves_nothing(run, city, tmp_path, files_in):
    """Not within a second: GDAL indexes the rows already in a GeoPackage, 1.4 s for 160 000, before it lets go of the file."""
    results = run("baycoverage", feedback=Feedback(cancel_at=90), OUTPUT=str(tmp_path / "city.gpkg"), **city)
    assert not results.get("OUTPUT")
    assert files_in() == []


def test_the_city_has_the_generator_s_figure_and_asks_for_cancel_every_second(run, city, monkeypatch, tmp_path):
    """Up to the last row; closing the GeoPackage after it takes longer (see above)."""
    from joptimiz_qgis.processing.algorithm import FeedbackProgress

    asked = [time.monotonic()]
    monkeypatch.setattr(FeedbackProgress, "cancelled", lambda self: asked.append(time.monotonic()))
    results = run("baycoverage", OUTPUT=str(tmp_path / "city.gpkg"), **city)
    assert (results["POINTS_COUNT"], results["COVERED_COUNT"]) == (200_000, 89_946)
    assert max(later - earlier for earlier, later in zip(asked, asked[1:])) < 1


IN_THE_BACKGROUND = """
runs, logged = [], []
points, bays, output = sys.argv[1:4]
for number in range(3):
    feedback, context = QgsProcessingFeedback(), QgsProcessingContext()
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("joptimiz:baycoverage")
    task = QgsProcessingAlgRunnerTask(algorithm, {"POINTS": points, "BAYS": bays, "OUTPUT": output}, context, feedback)
    task.executed.connect(lambda success, results: runs.append([success, results.get("COVERED_COUNT")]))
    QgsApplication.taskManager().addTask(task)
    finish(lambda: len(runs) > number)
say(runs)
"""


def test_three_runs_in_a_row_in_qgis_s_own_threads(python, paris, tmp_path):
    """pyproj 3.7 crashed QGIS at the second (toolkit/dependencies.py); in a process of its own, which may die."""
    assert python(IN_THE_BACKGROUND, paris["POINTS"], paris["BAYS"], tmp_path / "x.gpkg") == [[True, 9_253]] * 3


def test_a_task_that_is_cancelled_in_the_background_leaves_nothing(python, paris, tmp_path, files_in):
    code = """
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("joptimiz:baycoverage")
    feedback, context, ended = QgsProcessingFeedback(), QgsProcessingContext(), []
    task = QgsProcessingAlgRunnerTask(algorithm, dict(zip(("POINTS", "BAYS", "OUTPUT"), sys.argv[1:4])), context, feedback, QgsTask.CanCancel)
    task.executed.connect(lambda success, results: ended.append(success))
    feedback.progressChanged.connect(lambda percent: percent > 60 and task.cancel())
    QgsApplication.taskManager().addTask(task)
    finish(lambda: ended)
    say(ended)
    """
    assert python(textwrap.dedent(code), paris["POINTS"], paris["BAYS"], tmp_path / "x.gpkg") == [False]
    assert files_in() == []
