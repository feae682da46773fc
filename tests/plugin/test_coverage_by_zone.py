"""joptimiz:coveragebyzone: Paris by IRIS and by arrondissement, a hand-worked street, both results or none, what is refused."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from conftest import algorithm, sha256, speak
from qgis.core import (
    NULL,
    QgsExpression,
    QgsExpressionContext,
    QgsFeature,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingOutputLayerDefinition,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QDateTime
from qgis_builders import PARIS, Feedback, around_paris, bays, layer, opened, saved

from joptimiz_qgis.layers.zones import style_categories, style_zones
from joptimiz_qgis.processing.coverage_by_zone import CoverageByZoneAlgorithm

FIGURES = ["points", "covered", "share_points", "movements", "movements_covered", "share_movements", "median_distance_m", "mean_distance_m"]
RESULT = ["zone", *FIGURES, "bays", "points_per_bay", "movements_per_bay"]


@pytest.fixture
def provider(provider):
    if provider.algorithm("coveragebyzone") is None:
        provider.addAlgorithm(CoverageByZoneAlgorithm())
    return provider


# -- Paris -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def paris(shared_data):
    return {
        "POINTS": str(shared_data / "delivery_points/paris_restaurants_2018.gpkg"),
        "BAYS": str(shared_data / "bays/paris_livraison_2026-01.csv"),
    }


@pytest.mark.parametrize(("file", "zones", "outside"), [("paris_iris.gpkg", 992, 0), ("paris_arrondissements.geojson", 20, 8)])
def test_paris_adds_up_to_the_reference_figures(run, paris, shared_data, tmp_path, file, zones, outside):
    source = shared_data / "zones" / file
    before = sha256(source)
    output, table = tmp_path / "zones.gpkg", tmp_path / "categories.gpkg"
    results = run("coveragebyzone", **paris, ZONES=str(source), CATEGORY="libapet", OUTPUT=str(output), BY_CATEGORY=str(table))
    rows = list(opened(output).getFeatures())
    assert len(rows) == zones + (outside > 0)
    assert [row["points"] for row in rows if row.geometry().isEmpty()] == ([outside] if outside else [])  # QGIS writes null as empty
    assert (sum(row["points"] for row in rows), sum(row["covered"] for row in rows)) == (23_348, 9_253)
    assert {name: results[name] for name in ("ZONES_COUNT", "POINTS_COUNT", "COVERED_COUNT", "POINTS_OUTSIDE")} == {
        "ZONES_COUNT": zones, "POINTS_COUNT": 23_348, "COVERED_COUNT": 9_253, "POINTS_OUTSIDE": outside,
    }  # fmt: skip
    assert round(100 * results["SHARE_POINTS"], 2) == 39.63
    assert results["SHARE_MOVEMENTS"] == pytest.approx(results["SHARE_POINTS"])  # restaurants without jobs: one rate for all
    categories = list(opened(table).getFeatures())
    assert (sum(row["points"] for row in categories), sum(row["covered"] for row in categories)) == (23_348, 9_253)
    assert sha256(source) == before


def test_paris_by_iris_has_the_counts_of_qgis_s_own_algorithm(run, paris, shared_data):
    """No restaurant lies on a border of IRIS (see the log), so that counting points in polygons gives the same."""
    import processing

    zones = str(shared_data / "zones/paris_iris.gpkg")
    feedback = Feedback()
    result = run("coveragebyzone", feedback=feedback, **paris, ZONES=zones)["OUTPUT"]
    assert not any("border" in said or "overlap" in said for said in feedback.said)
    counted = processing.run("native:countpointsinpolygon", {"POLYGONS": zones, "POINTS": paris["POINTS"], "FIELD": "n", "OUTPUT": "memory:"})["OUTPUT"]
    assert {row["CODE_IRIS"]: row["points"] for row in result.getFeatures()} == {row["CODE_IRIS"]: int(row["n"]) for row in counted.getFeatures()}
    assert all(row["zone"] == row["CODE_IRIS"] for row in result.getFeatures())


# -- a hand-worked street ----------------------------------------------------------------------------------------------


def box(start, end, y=(-50, 50)):
    (left, right), (low, high) = (PARIS[0] + start, PARIS[0] + end), (PARIS[1] + y[0], PARIS[1] + y[1])
    return f"(({left} {low}, {right} {low}, {right} {high}, {left} {high}, {left} {low}))"


def zones(*spans, kind="Polygon", names=("West", "East", "Far"), **options):
    return layer([f"{kind} {box(*span)}" if kind == "Polygon" else f"{kind} ({box(*span)})" for span in spans], kind, nom=list(names[: len(spans)]), **options)


def street(**changes):
    """Bays at 0 and 100 m; points at 10, 20, 50 (west), 90 (on the border) and 500 m (outside), with trade and movements."""
    points = layer(around_paris(*((metre, 0) for metre in (10, 20, 50, 90, 500))), trade=["bar", "shop", "bar", "shop", None], moved=["8", "1,5", "2,5", "4", "4"])
    return {"POINTS": points, "BAYS": bays(0, 100), "ZONES": zones((-10, 90), (90, 200)), **changes}


def figures(row, names=RESULT):
    return [None if row[name] == NULL else row[name] for name in names]


EXPECTED = [
    # points 10, 20, 90 covered at 10, 20, 10 m, 50 at 50 m
    ["West", 4, 3, 0.75, 16.0, 13.5, 0.84375, 15.0, 22.5, 1, 4.0, 16.0],
    ["East", 0, 0, None, 0.0, 0.0, None, None, None, 1, 0.0, 0.0],
    ["Outside every zone", 1, 0, 0.0, 4.0, 0.0, 0.0, 400.0, 400.0, 0, None, None],
]


def rows_of(source):
    return [figures(row) for row in opened(source).getFeatures()]


def test_a_street_worked_out_by_hand(run):
    feedback = Feedback()
    results = run("coveragebyzone", feedback=feedback, **street(), MOVEMENTS="moved", CATEGORY="trade", BY_CATEGORY="memory:")
    assert results["OUTPUT"].fields().names() == ["nom", *RESULT]
    assert rows_of(results["OUTPUT"]) == EXPECTED
    assert [row["nom"] for row in results["OUTPUT"].getFeatures()] == ["West", "East", NULL]
    assert results["OUTPUT"].wkbType() == QgsWkbTypes.Type.MultiPolygon
    assert [row.hasGeometry() for row in results["OUTPUT"].getFeatures()] == [True, True, False]
    table = results["BY_CATEGORY"]
    assert not table.isSpatial()
    assert [figures(row, ["category", *FIGURES]) for row in table.getFeatures()] == [
        ["bar", 2, 1, 0.5, 10.5, 8.0, 8 / 10.5, 30.0, 30.0],
        ["shop", 2, 2, 1.0, 5.5, 5.5, 1.0, 15.0, 15.0],
        ["Category not known", 1, 0, 0.0, 4.0, 0.0, 0.0, 400.0, 400.0],
    ]
    assert (results["SHARE_POINTS"], results["SHARE_MOVEMENTS"], results["POINTS_OUTSIDE"]) == (0.6, 0.675, 1)
    for sentence in ("1 delivery points lie on a border between zones", "1 delivery points lie outside every zone", "(67.5%) are at covered delivery points", "0–10 m: 2; 10–20 m: 1; "):
        assert any(sentence in said for said in feedback.said), sentence
    assert len(feedback.said) == len(set(feedback.said))


def test_without_movements_their_columns_are_null(run):
    rows = rows_of(run("coveragebyzone", **street())["OUTPUT"])
    assert [row[:4] for row in rows] == [row[:4] for row in EXPECTED]
    assert all(row[place] is None for row in rows for place in (4, 5, 6, 11))


def test_only_bays_open_at_the_moment_count_in_both_figures(run):
    blank = ["", ""]
    hours = ["Mo-Fr 06:00-11:00", "Mo-Fr 17:00-20:00"]
    places = layer(around_paris((0, 0), (100, 0)), id=["a", "b"], temporalite_osm=hours, parite_trottoir=blank, type=blank, longueur=blank, active=["oui", "oui"])
    rows = rows_of(run("coveragebyzone", **street(BAYS=places), AT=QDateTime(2026, 3, 2, 8, 0))["OUTPUT"])  # a Monday
    assert [(row[1], row[2], row[9]) for row in rows] == [(4, 2, 1), (0, 0, 0), (1, 0, 0)]


# -- inputs ------------------------------------------------------------------------------------------------------------


def test_a_csv_of_points_with_decimal_commas(run, tmp_path):
    lines = ["x;y;trade;moved"] + [f"{PARIS[0] + metre};{PARIS[1]};{trade};{moved}" for metre, trade, moved in ((10, "bar", "8"), (20, "shop", "1,5"), (50, "bar", "2,5"), (90, "shop", "4"), (500, "", "4"))]
    path = tmp_path / "points.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    results = run("coveragebyzone", **street(POINTS=str(path)), POINTS_CRS="EPSG:2154", MOVEMENTS="moved", CATEGORY="trade", BY_CATEGORY="memory:")
    assert rows_of(results["OUTPUT"]) == EXPECTED
    assert [row["category"] for row in results["BY_CATEGORY"].getFeatures()] == ["bar", "shop", "Category not known"]


def test_selected_points_and_zones_only(run, project):
    parts = street()
    points, areas = project.addMapLayer(parts["POINTS"]), project.addMapLayer(parts["ZONES"])
    points.selectByExpression("\"trade\" = 'shop'")
    areas.selectByExpression("\"nom\" = 'East'")
    chosen = {name: QgsProcessingFeatureSourceDefinition(made.id(), True) for name, made in (("POINTS", points), ("ZONES", areas))}
    rows = rows_of(run("coveragebyzone", **{**parts, **chosen}, MOVEMENTS="moved")["OUTPUT"])
    assert [(row[0], row[1], row[4]) for row in rows] == [("East", 1, 4.0), ("Outside every zone", 1, 1.5)]


def test_zones_of_any_kind_in_any_system_with_arcs_and_broken_outlines(run):
    import processing

    multi = zones((-10, 90), (90, 200), kind="MultiPolygon")
    assert rows_of(run("coveragebyzone", **street(ZONES=multi), MOVEMENTS="moved")["OUTPUT"]) == EXPECTED
    degrees = processing.run("native:reprojectlayer", {"INPUT": zones((-10, 95), (95, 200)), "TARGET_CRS": "EPSG:4326", "OUTPUT": "memory:"})["OUTPUT"]
    result = run("coveragebyzone", **street(ZONES=degrees), MOVEMENTS="moved")["OUTPUT"]
    assert rows_of(result) == EXPECTED
    assert result.crs().authid() == "EPSG:4326"
    x, y = PARIS
    arc = layer([f"CurvePolygon (CircularString ({x - 30} {y}, {x + 30} {y}, {x - 30} {y}))"], "CurvePolygon", nom=["Disc"])  # 30 m around 0
    assert [row[:3] for row in rows_of(run("coveragebyzone", **street(ZONES=arc))["OUTPUT"])] == [["Disc", 2, 2], ["Outside every zone", 3, 1]]
    bow = layer([f"Polygon (({x} {y - 5}, {x + 40} {y + 35}, {x + 40} {y - 5}, {x} {y + 35}, {x} {y - 5}))", None], "Polygon", nom=["Bow", "Null"])
    feedback = Feedback()
    result = run("coveragebyzone", feedback=feedback, **street(ZONES=bow))["OUTPUT"]
    assert all(row.geometry().isGeosValid() for row in result.getFeatures() if row.hasGeometry())
    assert any("invalid and were repaired: Bow" in said for said in feedback.said)
    assert any("were left out" in said and "Null" in said for said in feedback.said)
    assert [row["zone"] for row in result.getFeatures()] == ["Bow", "Outside every zone"]


def test_columns_of_the_zones_named_like_ours_stay_and_ours_are_numbered(run, tmp_path):
    areas = layer([f"Polygon {box(-10, 95)}"], "Polygon", nom=["West"], zone=["theirs"], Points=["many"])
    made = opened(run("coveragebyzone", **street(ZONES=areas), OUTPUT=str(tmp_path / "x.gpkg"))["OUTPUT"])
    first, last = made.getFeatures()
    assert (first["zone"], first["Points"], first["zone_2"], first["points_2"]) == ("theirs", "many", "West", 4)
    assert (last["zone"], last["zone_2"]) == (NULL, "Outside every zone")
    style_zones(made, 20)
    assert "share_points" in made.renderer().classAttribute()
    assert made.attributeAlias(made.fields().indexOf("points_2")) == "Delivery points"
    assert made.attributeAlias(made.fields().indexOf("Points")) == ""


def test_the_field_of_names_is_a_parameter(run):
    areas = layer([f"Polygon {box(-10, 95)}"], "Polygon", nom=["West"], code=["75101"])
    assert rows_of(run("coveragebyzone", **street(ZONES=areas), ZONE_FIELD="code")["OUTPUT"])[0][0] == "75101"


def test_the_audit_by_zone_in_french(run):
    speak("fr")
    feedback = Feedback()
    result = run("coveragebyzone", feedback=feedback, **street(), MOVEMENTS="moved")["OUTPUT"]
    assert rows_of(result)[-1][0] == "Hors de toute zone"
    assert any("Points de livraison hors de toute zone" in said for said in feedback.said)
    assert any("mouvements par semaine sur" in said for said in feedback.said)
    assert "Deux parts" in algorithm_help("fr")


def algorithm_help(language):
    speak(language)
    return CoverageByZoneAlgorithm().shortHelpString()


MEASURE = ("MAX_DISTANCE", "AT", "VEHICLE_LENGTH", "STOP_MINUTES", "BANDS", "MAPPING", "POINTS_CRS", "BAYS_CRS")
MOVEMENT = ("MOVEMENTS", "ACTIVITY", "WORKFORCE", "JOBS", "MOVEMENT_CATEGORIES")


def test_help_and_parameters(provider):
    assert "Two shares" in algorithm_help("en")
    made = algorithm("joptimiz:coveragebyzone")
    names = [parameter.name() for parameter in made.parameterDefinitions()]
    assert names == ["POINTS", "BAYS", "ZONES", "ZONE_FIELD", "CATEGORY", *MEASURE, *MOVEMENT, "OUTPUT", "BY_CATEGORY"]
    assert made.parameterDefinition("MAX_DISTANCE").defaultValue() == 20
    assert (made.groupId(), made.name()) == ("analyse", "coveragebyzone")


# -- refusals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"CATEGORY": "color"}, "The delivery points have no field “color”. Choose one of: trade, moved"),
        ({"MOVEMENTS": "weekly"}, "The delivery points have no field “weekly”. Choose one of: trade, moved"),
        ({"ZONE_FIELD": "quartier"}, "The zones have no field “quartier”. Choose one of: nom"),
        ({"MAX_DISTANCE": -5}, "Expected: a number of metres greater than 0"),
        ({"BANDS": "20; 10"}, "Expected: numbers of metres that increase"),
        ({"BY_CATEGORY": "memory:"}, "The table by category needs a field of categories"),
        ({"ZONES": zones()}, "There are no zone polygons in the layer: it is empty."),
        ({"ZONES": layer([None], "Polygon", nom=["x"])}, "None of the 1 zones is an area."),
        ({"ZONES": zones((0, 9), crs="")}, "“zone polygons” does not say its coordinate system"),
        ({"ZONES": zones((0, 9), crs="EPSG:4326")}, "they look like EPSG:2154"),
        ({"ZONES": "nowhere.gpkg"}, "nowhere.gpkg"),
    ],
)
def test_what_cannot_be_counted_is_refused(refusal, changes, sentence):
    assert sentence in refusal("coveragebyzone", **street(**changes))


@pytest.mark.parametrize("which", ["POINTS", "BAYS", "ZONES"])
@pytest.mark.parametrize("output", ["OUTPUT", "BY_CATEGORY"])
def test_a_result_over_its_own_source_is_refused(refusal, tmp_path, which, output):
    path = tmp_path / "mine.gpkg"
    parts = street(CATEGORY="trade")
    parts[which] = saved(parts[which], path)
    before = sha256(path)
    assert "sources are never modified" in refusal("coveragebyzone", **parts, **{output: str(path)})
    assert sha256(path) == before


def test_two_results_in_one_file_are_refused_and_two_tables_are_not(run, refusal, tmp_path, files_in):
    path = tmp_path / "audit.gpkg"
    told = refusal("coveragebyzone", **street(), CATEGORY="trade", OUTPUT=str(path), BY_CATEGORY=str(path))
    assert "was chosen for two results" in told
    assert files_in() == []
    table = f"ogr:dbname='{path}' table=\"by_trade\" (geom)"
    run("coveragebyzone", **street(), MOVEMENTS="moved", CATEGORY="trade", OUTPUT=str(path), BY_CATEGORY=table)
    assert rows_of(path) == EXPECTED
    assert opened(f"{path}|layername=by_trade").featureCount() == 3


# -- outputs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["gpkg", "geojson"])
def test_results_in_files(run, tmp_path, files_in, ending):
    output, table = tmp_path / f"zones.{ending}", tmp_path / "categories.csv"
    run("coveragebyzone", **street(), MOVEMENTS="moved", CATEGORY="trade", OUTPUT=str(output), BY_CATEGORY=str(table))
    assert rows_of(output) == EXPECTED
    assert table.read_text(encoding="utf-8").splitlines()[0].split(",") == ["category", *FIGURES]
    assert files_in() == ["categories.csv", output.name]


def test_a_format_that_would_lose_the_points_outside_is_refused(run, refusal, tmp_path, files_in):
    """GDAL leaves features without geometry out of a FlatGeobuf file and says nothing."""
    output = tmp_path / "zones.fgb"
    assert "A FlatGeobuf file cannot hold the row of the 1 delivery points outside every zone" in refusal("coveragebyzone", **street(), OUTPUT=str(output))
    assert files_in() == []
    run("coveragebyzone", **street(ZONES=zones((-10, 95), (95, 900))), OUTPUT=str(output))
    assert sorted(row[:3] for row in rows_of(output)) == [["East", 1, 0], ["West", 4, 3]]


def test_zones_with_a_key_of_their_own_and_the_outside_in_one_geopackage(run, tmp_path):
    source = saved(zones((-10, 90), (90, 200)), tmp_path / "zones.gpkg")
    made = opened(run("coveragebyzone", **street(ZONES=source), MOVEMENTS="moved", OUTPUT=str(tmp_path / "x.gpkg"))["OUTPUT"])
    assert rows_of(made) == EXPECTED
    assert [row["fid"] for row in made.getFeatures()] == [1, 2, 3]


def broken_run(how, run, monkeypatch, **ways):
    """A run that ends while the table by category is written, when the zones are complete."""
    from joptimiz_qgis.processing import adapters

    if how == "cancel":
        feedback = Feedback(cancel_at=96)
        written = adapters.features_of

        def slowly(rows, shapes):
            feedback.setProgress(97)
            return written(rows, shapes)

        with monkeypatch.context() as patch:
            patch.setattr(adapters, "features_of", slowly)
            assert not run("coveragebyzone", feedback=feedback, **ways).get("OUTPUT")
        assert feedback.isCanceled()
        return

    def failing(rows, shapes):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(adapters, "features_of", failing)
        with pytest.raises(QgsProcessingException, match="the disk is full"):
            run("coveragebyzone", **ways)


@pytest.mark.parametrize("how", ["cancel", "error"])
def test_both_results_or_none(run, monkeypatch, tmp_path, files_in, how):
    ways = street(CATEGORY="trade", OUTPUT=str(tmp_path / "zones.gpkg"), BY_CATEGORY=str(tmp_path / "categories.gpkg"))
    broken_run(how, run, monkeypatch, **ways)
    assert files_in() == []


@pytest.mark.parametrize("how", ["cancel", "error"])
def test_a_run_that_fails_gives_the_files_before_back_byte_for_byte(run, monkeypatch, tmp_path, how):
    ways = street(CATEGORY="trade", OUTPUT=str(tmp_path / "zones.gpkg"), BY_CATEGORY=str(tmp_path / "categories.gpkg"))
    run("coveragebyzone", **ways)
    before = {path.name: sha256(path) for path in tmp_path.iterdir()}
    assert set(before) == {"zones.gpkg", "categories.gpkg"}
    broken_run(how, run, monkeypatch, **ways)
    assert {path.name: sha256(path) for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("how", ["cancel", "error"])
def test_a_run_that_fails_gives_a_geopackage_of_two_results_its_tables_back(run, monkeypatch, tmp_path, how):
    store = tmp_path / "store.gpkg"
    saved(bays(1, 2, 3), store, "kept")
    saved(bays(4), store, "zones")
    tables = {name: f"ogr:dbname='{store}' table=\"{name}\" (geom)" for name in ("zones", "categories")}
    broken_run(how, run, monkeypatch, **street(CATEGORY="trade", OUTPUT=tables["zones"], BY_CATEGORY=tables["categories"]))
    assert {name: opened(f"{store}|layername={name}").featureCount() for name in ("kept", "zones")} == {"kept": 3, "zones": 1}
    assert not QgsVectorLayer(f"{store}|layername=categories", "x", "ogr").isValid()
    assert [path.name for path in tmp_path.iterdir()] == ["store.gpkg"]


@pytest.mark.parametrize("percent", [1, 22, 40, 55])
def test_cancel_is_answered_within_a_second_and_leaves_nothing(run, paris, shared_data, tmp_path, files_in, percent):
    feedback = Feedback(cancel_at=percent)
    results = run("coveragebyzone", feedback=feedback, **paris, ZONES=str(shared_data / "zones/paris_iris.gpkg"), OUTPUT=str(tmp_path / "x.gpkg"))
    assert feedback.cancelled_at and time.monotonic() - feedback.cancelled_at < 1
    assert not results.get("OUTPUT")
    assert files_in() == []


# -- style -------------------------------------------------------------------------------------------------------------


def shares(*values):
    """A layer with these shares, as the algorithm writes them."""
    made = QgsVectorLayer("MultiPolygon?crs=EPSG:2154&field=zone:string&field=share_points:double&field=share_movements:double", "x", "memory")
    for number, value in enumerate(values):
        feature = QgsFeature(made.fields())
        feature.setAttributes([str(number), value, 1.0])
        assert made.dataProvider().addFeatures([feature])[0]
    return made


def test_each_zone_is_in_one_class_of_the_legend_by_the_share_of_points():
    made = shares(0.0, 0.2, 0.21, 0.5, 0.7, 0.99, 1.0, None)
    style_zones(made, 25)
    renderer, context = made.renderer(), QgsExpressionContext()
    labels = []
    for feature in made.getFeatures():
        context.setFeature(feature)
        context.setFields(made.fields())
        labels.append(renderer.rangeForValue(QgsExpression(renderer.classAttribute()).evaluate(context)).label())
    percent = "{} to {}% of the delivery points covered"
    assert labels == [
        percent.format(0, 20), percent.format(0, 20), percent.format(20, 40), percent.format(40, 60), percent.format(60, 80),
        percent.format(80, 100), percent.format(80, 100), "No delivery point",
    ]  # fmt: skip
    assert made.name() == "Coverage by zone (25 m)"
    assert made.attributeAlias(1) != made.attributeAlias(2)
    assert "points" in made.attributeAlias(1) and "movements" in made.attributeAlias(2)


def test_results_are_styled_when_qgis_loads_them(provider, project):
    context = QgsProcessingContext()
    context.setProject(project)
    outputs = {name: QgsProcessingOutputLayerDefinition("memory:", project) for name in ("OUTPUT", "BY_CATEGORY")}
    results, done = algorithm("joptimiz:coveragebyzone").run({**street(CATEGORY="trade"), **outputs}, context, Feedback())
    assert done
    styled = {}
    for name in outputs:
        details = context.layerToLoadOnCompletionDetails(results[name])
        made = context.getMapLayer(results[name])
        details.postProcessor().postProcessLayer(made, context, Feedback())
        assert details.groupName == "Visualiz"
        styled[name] = made
    assert styled["OUTPUT"].name() == "Coverage by zone (20 m)"
    assert styled["OUTPUT"].renderer().type() == "graduatedSymbol"
    assert styled["BY_CATEGORY"].name() == "Coverage by category (20 m)"


def test_the_table_by_category_has_aliases():
    made = QgsVectorLayer("NoGeometry?field=category:string&field=share_movements:double", "x", "memory")
    style_categories(made, 20)
    assert [made.attributeAlias(place) for place in (0, 1)] == ["Category", "Share of the movements covered (0–1)"]


# -- the real program --------------------------------------------------------------------------------------------------


def test_the_real_program_gives_the_reference_figures(qgis_process, paris, shared_data, tmp_path):
    inputs = {**paris, "ZONES": str(shared_data / "zones/paris_arrondissements.geojson"), "OUTPUT": str(tmp_path / "x.gpkg")}
    results = json.loads(qgis_process("run", "joptimiz:coveragebyzone", inputs=inputs).stdout)["results"]
    assert (results["POINTS_COUNT"], results["COVERED_COUNT"], results["ZONES_COUNT"]) == (23_348, 9_253, 20)
    assert Path(results["OUTPUT"]).exists()
