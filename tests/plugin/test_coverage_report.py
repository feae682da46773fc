"""joptimiz:coveragereport: Paris by IRIS, a street worked by hand, both files or none, what is refused; and the walk of baycoverage."""

from __future__ import annotations

import csv
import json
import math
import re
import sqlite3
import time
from collections import Counter
from pathlib import Path

import pytest
from conftest import algorithm, sha256, speak
from qgis.core import (
    QgsApplication,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
)
from qgis_builders import PARIS, Feedback, around_paris, bays, column, finish, layer, opened, saved

from joptimiz_qgis.layers.audit import TABLE_PROPERTY

RESTAURANTS = "delivery_points/paris_restaurants_2018.gpkg"
PARIS_BAYS = "bays/paris_livraison_2026-01.csv"


@pytest.fixture(scope="module")
def paris(shared_data):
    return {"POINTS": str(shared_data / RESTAURANTS), "BAYS": str(shared_data / PARIS_BAYS)}


@pytest.fixture
def files(tmp_path):
    """Where both results go, as parameters."""
    folder = tmp_path / "results"
    folder.mkdir()
    return {"REPORT": str(folder / "report.html"), "AUDIT": str(folder / "audit.gpkg")}


@pytest.fixture
def files_there(tmp_path):
    return lambda: sorted(path.name for path in (tmp_path / "results").iterdir())


@pytest.fixture
def report(run, files):
    """``report(POINTS=…)``: results of the algorithm, the text of the page, what was said."""

    def make(**parameters):
        feedback = Feedback()
        results = run("coveragereport", feedback=feedback, **{**files, **parameters})
        return results, Path(results["REPORT"]).read_text(encoding="utf-8"), feedback.said

    return make


def rows(source):
    return [dict(zip(row.fields().names(), (value if value is not None and str(value) != "NULL" else None for value in row.attributes()))) for row in opened(source).getFeatures()]


def tables(path):
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        found = {name for (name,) in connection.execute("SELECT table_name FROM gpkg_contents")}
    connection.close()
    return found


# -- Paris -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("file", "zones", "outside"), [("paris_iris.gpkg", 992, 0), ("paris_arrondissements.geojson", 20, 8)])
def test_paris_has_the_reference_figures_and_its_zones_add_up_to_them(report, paris, shared_data, file, zones, outside):
    """METHODS.md; inside and outside as QGIS's own count of points in polygons has them (test_coverage_by_zone)."""
    source = shared_data / "zones" / file
    before = {path: sha256(path) for path in (source, shared_data / RESTAURANTS, shared_data / PARIS_BAYS)}
    results, page, said = report(**paris, ZONES=str(source), CATEGORY="libapet")
    assert (results["POINTS_COUNT"], results["COVERED_COUNT"], results["BAYS_USABLE"]) == (23_348, 9_253, 9_198)
    by_zone = rows(results["ZONES"])
    assert len(by_zone) == zones + (outside > 0)
    assert (sum(row["points"] for row in by_zone), sum(row["covered"] for row in by_zone)) == (23_348, 9_253)
    assert [row["points"] for row in by_zone if row["zone"] == "Outside every zone"] == ([outside] if outside else [])
    categories = rows(results["CATEGORIES"])
    assert (sum(row["points"] for row in categories), sum(row["covered"] for row in categories)) == (23_348, 9_253)
    coverage = opened(results["COVERAGE"])
    assert (coverage.featureCount(), sum(bool(value) for value in column(coverage, "covered"))) == (23_348, 9_253)
    assert {"enseigne", "apet700", "libapet"} < set(coverage.fields().names()), "the points' own columns are kept"
    assert opened(results["BAYS"]).featureCount() == 9_198
    assert opened(results["WEEK"]).featureCount() == 168
    assert opened(results["GAPS"]).featureCount() == results["GAPS_COUNT"] > 0
    assert tables(results["AUDIT"]) == {"coverage", "bays", "zones", "categories", "gaps", "week", "figures"}
    assert "9,253 of 23,348" in page and "39.6%" in page
    assert any("9,253 of 23,348" in sentence for sentence in said)
    assert {path: sha256(path) for path in before} == before


def test_the_real_program_gives_the_reference_figures(qgis_process, paris, files, shared_data):
    inputs = {**paris, **files, "ZONES": str(shared_data / "zones/paris_arrondissements.geojson"), "TITLE": "Restaurants"}
    done = qgis_process("run", "joptimiz:coveragereport", language="fr", inputs=inputs)
    results = json.loads(done.stdout)["results"]
    assert (results["POINTS_COUNT"], results["COVERED_COUNT"]) == (23_348, 9_253)
    page = Path(results["REPORT"]).read_text(encoding="utf-8")
    assert "9\u202f253 sur 23\u202f348" in page and '<html lang="fr"' in page
    assert opened(f"{results['AUDIT']}|layername=coverage").featureCount() == 23_348


# -- a street worked by hand -------------------------------------------------------------------------------------------

# A bay at 0 and one at 100 m; five uncovered points 15 m apart in the west of nowhere.
EAST = [5, 15, 40, 95, 300, 315, 330, 345, 360]
ACTIVITIES = ["bar", "bar", "café", "café", "bar", "bar", "bar", "bar", "café"]
MOVED = ["1", "2", "3", "4", "10", "10", "10", "10", "10"]


def box(start, end):
    (left, right), (low, high) = (PARIS[0] + start, PARIS[0] + end), (PARIS[1] - 50, PARIS[1] + 50)
    return f"Polygon (({left} {low}, {right} {low}, {right} {high}, {left} {high}, {left} {low}))"


def street(**changes):
    points = layer(around_paris(*((metre, 0) for metre in EAST)), metier=ACTIVITIES, mouvements=MOVED)
    return {"POINTS": points, "BAYS": bays(0, 100), **changes}


def zones(*spans, **columns):
    return layer([box(*span) for span in spans], "Polygon", **columns)


def test_a_street_worked_by_hand(report):
    everything = {"ZONES": zones((-10, 50), (50, 400), nom=["Ouest", "Est"]), "ZONE_FIELD": "nom", "CATEGORY": "metier", "MOVEMENTS": "mouvements", "MINIMUM": 3}
    results, page, _ = report(**street(**everything))
    assert {name: results[name] for name in ("POINTS_COUNT", "COVERED_COUNT", "BAYS_USABLE", "GAPS_COUNT")} == {
        "POINTS_COUNT": 9, "COVERED_COUNT": 3, "BAYS_USABLE": 2, "GAPS_COUNT": 1,
    }  # fmt: skip
    assert results["SHARE_POINTS"] == pytest.approx(3 / 9)
    assert results["SHARE_MOVEMENTS"] == pytest.approx(7 / 60)
    assert [(row["zone"], row["points"], row["covered"], row["movements"], row["bays"]) for row in rows(results["ZONES"])] == [("Ouest", 3, 2, 6, 1), ("Est", 6, 1, 54, 1)]
    assert {row["category"]: (row["points"], row["covered"], row["movements_covered"]) for row in rows(results["CATEGORIES"])} == {"bar": (6, 2, 3), "café": (3, 1, 4)}
    ((gap),) = rows(results["GAPS"])
    assert (gap["points"], gap["movements"], round(gap["spread_m"], 6), gap["nearest_bay"], gap["main_activities"]) == (5, 50, 60, "B2", "bar (4), café (1)")
    assert {(row["covered"], row["share_points"]) for row in rows(results["WEEK"])} == {(3, 3 / 9)}
    assert "33.3%" in page and "11.7%" in page


def test_parts_that_were_not_asked_for_are_not_there(report):
    results, page, _ = report(**street())
    assert tables(results["AUDIT"]) == {"coverage", "bays", "gaps", "week", "figures"}
    assert not {"ZONES", "CATEGORIES"} & set(results)
    assert "movements_per_week" not in opened(results["COVERAGE"]).fields().names()
    assert results["SHARE_MOVEMENTS"] is None
    assert "Audit of the delivery bays" in page


def test_the_gap_s_radius_and_smallest_size_are_parameters(report):
    assert report(**street(), RADIUS=14)[0]["GAPS_COUNT"] == 0
    results, _, said = report(**street(), MINIMUM=6, RADIUS=20)
    assert results["GAPS_COUNT"] == 0 and opened(results["AUDIT"] + "|layername=gaps").featureCount() == 0
    assert any("close enough" in sentence or "no gap" in sentence.lower() for sentence in said)
    assert report(**street(), MINIMUM=2, RADIUS=15)[0]["GAPS_COUNT"] == 1


def test_a_title_with_html_is_text(report):
    results, page, _ = report(**street(), TITLE="Ma ville <script>alert(1)</script> & Cie")
    assert "<script>alert(1)" not in page
    assert "Ma ville &lt;script&gt;alert(1)&lt;/script&gt; &amp; Cie" in page
    titles = [row["text"] for row in rows(results["AUDIT"] + "|layername=figures") if row["part"] == "title"]
    assert titles == ["Ma ville <script>alert(1)</script> & Cie"]


def test_a_moment_at_which_no_bay_is_usable_still_makes_the_report_and_says_it(report):
    timed = layer(around_paris((0, 0)), id=["B1"], temporalite_osm=["Mo-Fr 08:00-12:00"])
    results, page, said = report(**street(BAYS=timed), AT="2026-03-01T09:00:00")  # a Sunday
    assert (results["COVERED_COUNT"], results["BAYS_USABLE"], results["SHARE_POINTS"]) == (0, 0, 0)
    assert set(column(results["COVERAGE"], "distance_m")) == {None}
    assert "0 of 1 bays are usable (0 out of service, 1 not reserved for deliveries at that moment)." in said
    key = {row["label"]: row["text"] for row in rows(results["AUDIT"] + "|layername=figures") if row["part"] == "key"}
    assert key["usable bays of 1"] == "0"
    assert "2026-03-01 09:00" in page and "0.0%" in page
    week = {(row["day"], row["hour"]): row["covered"] for row in rows(results["WEEK"])}
    assert (week[0, 9], week[6, 9]) == (2, 0)


@pytest.mark.parametrize(("language", "start", "words"), [(1, "en", "of the delivery points covered"), (2, "fr", "des points de livraison couverts")])
def test_the_report_s_language_need_not_be_that_of_qgis(report, language, start, words):
    speak("fr" if start == "en" else "en")
    results, page, said = report(**street(), LANGUAGE=language)
    assert f'<html lang="{start}"' in page and words in page
    figures = rows(results["AUDIT"] + "|layername=figures")
    assert any(words in (row["label"] or "") for row in figures)
    from joptimiz_qgis.toolkit.messages import language as spoken

    assert spoken() == ("fr" if start == "en" else "en"), "only the report spoke another language"
    assert said


def test_without_a_choice_the_report_speaks_as_qgis_does(report):
    speak("fr")
    _, page, said = report(**street())
    assert '<html lang="fr"' in page
    assert any("points de livraison" in sentence for sentence in said)


# -- zones that are not as they should be ------------------------------------------------------------------------------


def test_zones_without_a_column_of_names_are_numbered(report):
    results, page, _ = report(**street(ZONES=zones((-10, 50), (50, 400))))
    named = rows(results["ZONES"])
    assert [(row["points"], row["covered"]) for row in named] == [(3, 2), (6, 1)]
    assert len({row["zone"] for row in named}) == 2 and all(row["zone"] for row in named)
    assert page


def test_points_in_overlapping_zones_count_once_and_it_is_told(report):
    results, page, said = report(**street(ZONES=zones((-10, 100), (80, 400), nom=["Ouest", "Est"]), ZONE_FIELD="nom"))
    assert [(row["zone"], row["points"]) for row in rows(results["ZONES"])] == [("Ouest", 4), ("Est", 5)]
    told = "1 delivery points lie in several zones, because 2 zones overlap"
    assert any(told in sentence for sentence in said) and told in page


def test_an_unknown_column_is_refused_with_those_there_are(refusal, files, files_there):
    told = refusal("coveragereport", **street(CATEGORY="naf9"), **files)
    assert "naf9" in told and "metier" in told
    assert files_there() == []


# -- the walk ----------------------------------------------------------------------------------------------------------


def lines(*ways, crs="EPSG:2154"):
    shapes = [f"LineString ({', '.join(f'{PARIS[0] + x} {PARIS[1] + y}' for x, y in way)})" for way in ways]
    return layer(shapes, "LineString", crs=crs)


def test_the_walk_stands_beside_the_straight_line_whatever_the_network_s_crs(report):
    import processing

    network = lines([(0, 0), (400, 0)])
    degrees = processing.run("native:reprojectlayer", {"INPUT": network, "TARGET_CRS": "EPSG:4326", "OUTPUT": "memory:"})["OUTPUT"]
    for given in (network, degrees):
        results, page, said = report(**street(), NETWORK=given)
        walked = rows(results["COVERAGE"])
        assert [round(row["walking_m"], 2) for row in walked] == [5, 15, 40, 5, 200, 215, 230, 245, 260]
        assert [bool(row["walking_covered"]) for row in walked] == [True, True, False, True, *[False] * 5]
        assert any("Along the network, 3 of the 9" in sentence for sentence in said)
        assert "On foot" in page


def test_points_far_from_the_network_are_told(report):
    results, page, said = report(**street(), NETWORK=lines([(0, 0), (110, 0)]))
    assert [row["walking_m"] is None for row in rows(results["COVERAGE"])] == [*[False] * 4, *[True] * 5]
    told = "5 delivery points are farther than 30 m from the network"
    assert any(told in sentence for sentence in said) and told in page


def test_a_network_of_another_town_is_refused_and_nothing_is_written(refusal, files, files_there):
    told = refusal("coveragereport", **street(), NETWORK=lines([(50_000, 0), (50_100, 0)]), **files)
    assert "lies within 30 m of the network: the nearest is 49640.0 m from it. Choose a network of the same area" in told
    assert files_there() == []


def test_a_moment_without_bays_has_a_walk_to_nowhere(report):
    timed = layer(around_paris((0, 0)), id=["B1"], temporalite_osm=["Mo-Fr 08:00-12:00"])
    results, page, _ = report(**street(BAYS=timed), AT="2026-03-01T09:00:00", NETWORK=lines([(0, 0), (400, 0)]))
    assert {row["walking_m"] for row in rows(results["COVERAGE"])} == {None}
    assert "On foot" in page


# -- baycoverage: vehicle, stop, walk ----------------------------------------------------------------------------------


def test_baycoverage_walks_the_streets_of_paris_16(run, paris, shared_data):
    results = run("baycoverage", **paris, NETWORK=str(shared_data / "osm/paris16_streets.gpkg"))
    fields = results["OUTPUT"].fields().names()
    wanted = ["walking_covered", "walking_bay", "walking_m", "along_m", "snapped_straight_m", "walking_bays_within", "network_offset_m"]
    assert [name for name in fields if name in wanted] == wanted
    walked = [row for row in rows(results["OUTPUT"]) if row["walking_m"] is not None]
    assert len(walked) > 600
    assert all(row["walking_m"] >= row["snapped_straight_m"] - 1e-6 for row in walked)
    assert all(row["walking_m"] >= row["distance_m"] - 1e-6 for row in walked)
    assert results["WALKING_COVERED"] == sum(bool(row["walking_covered"]) for row in walked) < sum(bool(row["covered"]) for row in walked)
    assert (results["POINTS_COUNT"], results["COVERED_COUNT"]) == (23_348, 9_253), "the straight line is as before"


def test_baycoverage_counts_the_bays_long_enough_for_the_vehicle(run, paris, shared_data):
    with (shared_data / PARIS_BAYS).open(encoding="utf-8-sig", newline="") as file:
        long_enough = sum(round(float(row["Longueur"]) * 100, 2) >= 1200 for row in csv.DictReader(file, delimiter=";"))
    results = run("baycoverage", **paris, VEHICLE_LENGTH=12)
    assert results["BAYS_USABLE"] == long_enough < results["BAYS_COUNT"] == 9_198
    assert results["COVERED_COUNT"] < 9_253


def test_baycoverage_counts_the_bays_that_allow_the_stop(run):
    """The national schema: duree_max in minutes; one that is not known is counted, and told."""
    made = layer(around_paris((0, 0), (30, 0), (60, 0)), id=["a", "b", "c"], duree_max=["15", "30", ""], parite_trottoir=[""] * 3, temporalite_osm=[""] * 3)
    points = layer(around_paris((0, 0), (30, 0), (60, 0)), nom=["a", "b", "c"])
    counted = {minutes: run("baycoverage", POINTS=points, BAYS=made, STOP_MINUTES=minutes)["BAYS_USABLE"] for minutes in (15, 16, 30, 31)}
    assert counted == {15: 3, 16: 2, 30: 2, 31: 1}


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("VEHICLE_LENGTH", 1200, "Give it in metres, not in centimetres"),
        ("STOP_MINUTES", 0, "The stop lasts 0"),
        ("RADIUS", 0, "The radius of a gap is 0"),
        ("MINIMUM", 0, "The smallest number of points of a gap is 0"),
        ("NETWORK_TOLERANCE", -1, "The tolerance is -1"),
        ("MAX_DISTANCE", -5, "The distance is -5"),
        ("BANDS", "20; 10", "The distance bands are 20, 10"),
    ],
)
def test_impossible_numbers_are_refused_before_anything_is_read(refusal, files, files_there, name, value, sentence):
    """The layers do not exist: were they read first, the sentence would be about them."""
    assert sentence in refusal("coveragereport", POINTS="nowhere.gpkg", BAYS="nowhere.gpkg", **files, **{name: value})
    assert files_there() == []


@pytest.mark.parametrize(("name", "path", "sentence"), [("REPORT", "report.pdf", "has no known ending. Expected: .html"), ("AUDIT", "audit.shp", "has no known ending. Expected: .gpkg"), ("AUDIT", "nowhere/audit.gpkg", "There is no folder")])
def test_places_that_cannot_be_written_are_refused_before_the_work(refusal, files, files_there, tmp_path, name, path, sentence):
    told = refusal("coveragereport", POINTS=street()["POINTS"], BAYS=bays(0), **{**files, name: str(tmp_path / "results" / path)})
    assert sentence in told
    assert files_there() == []


def as_path(source, _project):
    return source


def as_layer(source, project):
    return project.addMapLayer(opened(source)).id()


def as_selection(source, project):
    chosen = project.addMapLayer(opened(source))
    chosen.selectAll()
    return QgsProcessingFeatureSourceDefinition(chosen.id(), True)


@pytest.mark.parametrize("given", [as_path, as_layer, as_selection])
@pytest.mark.parametrize("which", ["POINTS", "BAYS", "ZONES", "NETWORK"])
def test_a_source_is_never_replaced(refusal, files, files_there, project, tmp_path, which, given):
    made = {**street(), "ZONES": zones((-10, 400), nom=["Ouest"]), "NETWORK": lines([(0, 0), (400, 0)])}
    path = tmp_path / "mine.gpkg"
    made[which] = given(saved(made[which], path), project)
    before = sha256(path)
    assert "sources are never modified" in refusal("coveragereport", **made, **{**files, "AUDIT": str(path)})
    assert sha256(path) == before
    assert files_there() == []


# -- both files or none ------------------------------------------------------------------------------------------------


@pytest.fixture(params=["full disk at the page", "full disk at a table", "cancel"])
def failing(request, run, files, monkeypatch):
    """A run that ends badly while it writes."""
    from joptimiz_qgis.toolkit.write import tables as module

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    def third(given):
        calls = Counter()

        def write(*arguments):
            calls["tables"] += 1
            return full() if calls["tables"] == 3 else given(*arguments)

        return write

    def fail(**parameters):
        if request.param == "cancel":
            feedback = Feedback(cancel_at=94)
            assert run("coveragereport", feedback=feedback, **files, **parameters).get("AUDIT") is None
            assert feedback.isCanceled()
            return
        with monkeypatch.context() as patch:
            if "page" in request.param:
                patch.setattr("pathlib.Path.write_text", full)
            else:
                patch.setattr(module, "_write_layer", third(module._write_layer))
            with pytest.raises(QgsProcessingException, match="cannot be written: the disk is full"):
                run("coveragereport", **files, **parameters)

    return fail


def test_both_files_or_none(failing, files_there):
    failing(**street())
    assert files_there() == []


def test_the_files_before_come_back_byte_for_byte(report, failing, tmp_path):
    report(**street(), TITLE="Before")
    before = {path.name: sha256(path) for path in (tmp_path / "results").iterdir()}
    assert len(before) == 2
    failing(**street(), TITLE="After")
    assert {path.name: sha256(path) for path in (tmp_path / "results").iterdir()} == before


def test_a_second_run_replaces_both(report, files_there):
    report(**street(), TITLE="Ville d’hier", CATEGORY="metier")
    results, page, _ = report(**street(), TITLE="Ville d’aujourd’hui")
    assert "Ville d’aujourd’hui" in page and "Ville d’hier" not in page
    assert "categories" not in tables(results["AUDIT"])
    assert files_there() == ["audit.gpkg", "report.html"]


@pytest.mark.parametrize("percent", [1, 16, 31, 45, 55, 60, 70, 80, 85])
def test_cancel_is_answered_within_a_second_and_leaves_nothing(run, paris, shared_data, files, files_there, percent):
    feedback = Feedback(cancel_at=percent)
    zones_of_paris = str(shared_data / "zones/paris_iris.gpkg")
    results = run("coveragereport", feedback=feedback, **paris, **files, ZONES=zones_of_paris, NETWORK=str(shared_data / "osm/paris16_streets.gpkg"))
    assert feedback.cancelled_at
    assert time.monotonic() - feedback.cancelled_at < 1
    assert not results.get("AUDIT")
    assert files_there() == []


# -- in the project ----------------------------------------------------------------------------------------------------


def test_the_layers_land_styled_in_the_group_when_processing_loads_them(provider, project, files):
    """As Processing's dialog does: it loads what the algorithm asks for, and what the user ticks."""
    import processing
    from processing.gui.Postprocessing import handleAlgorithmResults

    made = algorithm("joptimiz:coveragereport")
    feedback, context = Feedback(), QgsProcessingContext()
    context.setProject(project)
    parameters = {**street(ZONES=zones((-10, 400), nom=["Ouest"]), CATEGORY="metier"), **files}
    results = processing.run(made, parameters, feedback=feedback, context=context, onFinish=lambda *_: None)
    assert results
    handleAlgorithmResults(made, context, feedback)
    found = {layer.customProperty(TABLE_PROPERTY): layer for layer in project.mapLayers().values()}
    assert set(found) == {"coverage", "bays", "zones", "categories", "gaps", "week"}
    group = project.layerTreeRoot().findGroup("Visualiz")
    assert {node.layer().customProperty(TABLE_PROPERTY) for node in group.findLayers()} == set(found)
    legend = [rule.label() for rule in found["coverage"].renderer().rootRule().children()]
    assert legend[:2] == ["0–10 m: covered", "10–20 m: covered"]
    assert found["coverage"].name() == "Coverage by delivery bays (20 m)"


def test_it_runs_in_a_background_task_from_files_and_loads_its_layers(provider, project, files, tmp_path):
    given = {name: saved(made, tmp_path / f"{name}.gpkg") for name, made in street().items()}
    feedback, context, ended = Feedback(), QgsProcessingContext(), []
    context.setProject(project)
    task = QgsProcessingAlgRunnerTask(algorithm("joptimiz:coveragereport"), {**given, **files}, context, feedback)
    task.executed.connect(lambda success, results: ended.append((success, results)))
    QgsApplication.taskManager().addTask(task)
    finish(lambda: ended)
    ((success, results),) = ended
    assert success and results["COVERED_COUNT"] == 3


# -- the figures of the file -------------------------------------------------------------------------------------------


def test_the_figures_of_the_file_are_those_of_the_algorithm(report):
    results, _, _ = report(**street(), MOVEMENTS="mouvements", NETWORK=lines([(0, 0), (400, 0)]))
    numbers = {row["name"]: row["value"] for row in rows(results["AUDIT"] + "|layername=figures") if row["part"] == "figure" and row["value"] is not None}
    assert (numbers["points"], numbers["covered"], numbers["max_distance_m"]) == (9, 3, 20)
    assert numbers["share_movements"] == pytest.approx(7 / 60)
    assert math.isclose(numbers["share_points"], results["SHARE_POINTS"])
    walking = [row for row in rows(results["AUDIT"] + "|layername=figures") if row["part"] == "walking"]
    assert [row["text"] for row in walking] == ["33.3% (3 / 9)"] * 3
    assert re.fullmatch(r"\w+", walking[0]["label"].split()[0])
