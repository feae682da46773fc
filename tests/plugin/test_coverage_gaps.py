"""joptimiz:coveragegaps: the figures of a street worked by hand, QGIS's own DBSCAN, the layer and its style, what is refused."""

from __future__ import annotations

import csv
import itertools
import re

import pytest
from conftest import sha256, speak
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingOutputLayerDefinition,
    QgsProject,
    QgsRenderContext,
)
from qgis_builders import PARIS, Feedback, around_paris, bays, column, layer, opened, saved

from joptimiz_qgis.layers.gaps import COLOURS, class_ends, style_gaps
from joptimiz_qgis.paths import HELP, SAMPLE
from joptimiz_qgis.processing.coverage_gaps import CoverageGapsAlgorithm

FIELDS = [name for name, _ in CoverageGapsAlgorithm.FIELD_TYPES]
# A bay at (0, 0); five points in a row 40 m apart, a 30 × 40 m corner 400 m north, one alone, two covered.
OFFSETS = [(5, 0), (100, 0), (140, 0), (180, 0), (220, 0), (260, 0), (0, 400), (30, 400), (0, 440), (900, 900), (0, 20)]
ACTIVITIES = ["bar", "bar", "café", "bar", "café", None, "épicerie", "bar", None, "bar", "bar"]
MOVEMENTS = ["100", "1", "2", "3", "4", "5", "10", "20", "30,4", "70", "1"]


def street(**options):
    return layer(around_paris(*OFFSETS), metier=ACTIVITIES, mouvements=MOVEMENTS, **options)


@pytest.fixture
def run(qgis_processing, project, english):
    """``run(POINTS=…)``: results of the algorithm, wherever it is registered."""
    import processing

    def run_algorithm(feedback=None, **parameters):
        context = QgsProcessingContext()
        context.setProject(project)
        given = {"POINTS": street(), "BAYS": bays(0), "RADIUS": 50, "MINIMUM": 3, "OUTPUT": "memory:", **parameters}
        return processing.run(CoverageGapsAlgorithm().create(), given, feedback=feedback or Feedback(), context=context)

    return run_algorithm


@pytest.fixture
def refusal(run):
    def refused(**parameters):
        with pytest.raises(QgsProcessingException) as caught:
            run(feedback := Feedback(), **parameters)
        assert "Traceback" not in str(caught.value)
        return " ".join([str(caught.value), *feedback.errors])

    return refused


# -- figures -----------------------------------------------------------------------------------------------------------


def test_a_street_worked_by_hand(run):
    feedback = Feedback()
    results = run(feedback, CATEGORY="metier")
    gaps = results["OUTPUT"]
    assert gaps.fields().names() == FIELDS
    row, corner = gaps.getFeatures()
    assert (row["rank"], row["label"], row["points"], round(row["spread_m"], 6), round(row["median_distance_m"], 6)) == (1, "5 points", 5, 160, 180)
    assert (row["nearest_bay"], round(row["nearest_bay_distance_m"], 6), row["main_activities"]) == ("B1", 180, "bar (2), café (2)")
    assert (corner["rank"], corner["points"], round(corner["spread_m"], 6), corner["main_activities"]) == (2, 3, 50, "bar (1), épicerie (1)")
    assert column(gaps, "movements") == [None, None]
    assert {name: results[name] for name in ("GAPS_COUNT", "POINTS_IN_GAPS", "UNCOVERED_COUNT", "LARGEST_GAP_POINTS")} == {
        "GAPS_COUNT": 2,
        "POINTS_IN_GAPS": 8,
        "UNCOVERED_COUNT": 9,
        "LARGEST_GAP_POINTS": 5,
    }
    assert gaps.crs().authid() == "EPSG:2154"
    assert all(row.geometry().contains(QgsPointXY(PARIS[0] + offset, PARIS[1])) for offset in (91, 140, 269))
    assert any("Gaps: 2, with 8 of the 9 uncovered delivery points; isolated points: 1" in said for said in feedback.said)
    assert "Gap 1: 5 points, over 160 m; from its centre 180.0 m to the nearest bay (B1)." in feedback.said


def test_movements_rank_the_gaps_even_as_text_with_commas(run):
    gaps = run(MOVEMENTS="mouvements")["OUTPUT"]
    assert column(gaps, "label") == ["3 points, 60 movements/week", "5 points, 15 movements/week"]
    assert column(gaps, "movements") == [60.4, 15.0]


def test_the_moment_and_the_distance_are_those_of_the_coverage(run):
    assert run(MAX_DISTANCE=1000)["UNCOVERED_COUNT"] == 1
    closed = layer(around_paris((0, 0)), id=["B1"], temporalite_osm=["Mo-Fr 08:00-12:00"])
    assert run(BAYS=closed, AT="2024-07-26T11:00:00")["UNCOVERED_COUNT"] == 9
    assert run(BAYS=closed, AT="2024-07-26T13:00:00")["UNCOVERED_COUNT"] == 11


def test_paris_has_the_clusters_of_qgis_s_own_dbscan(run, shared_data):
    """native:dbscanclustering over the points that joptimiz does not cover: same number of clusters, same noise."""
    import processing

    paris = {"POINTS": str(shared_data / "delivery_points/paris_restaurants_2018.gpkg"), "BAYS": str(shared_data / "bays/paris_livraison_2026-01.csv")}
    ours = run(MINIMUM=5, **paris)
    assert ours["UNCOVERED_COUNT"] == 23_348 - 9_253  # METHODS.md
    context = QgsProcessingContext()
    covered = processing.run(_coverage(), {**paris, "OUTPUT": "memory:"}, feedback=Feedback(), context=context)["OUTPUT"]
    covered.setSubsetString("NOT covered")
    metric = processing.run("native:reprojectlayer", {"INPUT": covered, "TARGET_CRS": "EPSG:2154", "OUTPUT": "memory:"}, context=context)["OUTPUT"]
    theirs = processing.run("native:dbscanclustering", {"INPUT": metric, "MIN_SIZE": 5, "EPS": 50, "OUTPUT": "memory:"}, context=context)
    clusters = [feature["CLUSTER_ID"] for feature in theirs["OUTPUT"].getFeatures()]
    known = [number for number in clusters if isinstance(number, int)]
    assert (ours["GAPS_COUNT"], ours["POINTS_IN_GAPS"]) == (len(set(known)), len(known))


def _coverage():
    from joptimiz_qgis.processing.bay_coverage import BayCoverageAlgorithm

    return BayCoverageAlgorithm().create()


def test_the_sample_town_s_largest_gap_lies_along_its_street_without_bay(run):
    results = run(POINTS=str(SAMPLE / "establishments.csv"), BAYS=str(SAMPLE / "bays.csv"), CATEGORY="libelle_activite", RADIUS=20, MINIMUM=5)
    first = next(results["OUTPUT"].getFeatures())
    assert first["points"] == results["LARGEST_GAP_POINTS"]
    to_metres = QgsCoordinateTransform(QgsCoordinateReferenceSystem("EPSG:4326"), results["OUTPUT"].crs(), QgsProject.instance())
    inside = []
    with (SAMPLE / "establishments.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            place = to_metres.transform(QgsPointXY(float(row["longitude"]), float(row["latitude"])))
            if first.geometry().contains(QgsGeometry.fromPointXY(place)):
                inside.append("Rue Saint-Martial" in row["adresse"])
    assert sum(inside) > 0.7 * len(inside)


# -- files, nothing to find, cancel ------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["gpkg", "shp", "geojson"])
def test_a_file_holds_the_gaps(run, tmp_path, ending):
    output = tmp_path / f"gaps.{ending}"
    run(OUTPUT=str(output), MOVEMENTS="mouvements")
    assert column(output, "points") == [3, 5]


def test_where_all_is_covered_the_layer_is_empty_and_a_sentence_says_so(run, tmp_path):
    feedback = Feedback()
    results = run(feedback, MAX_DISTANCE=5000, OUTPUT=str(tmp_path / "gaps.gpkg"))
    assert opened(results["OUTPUT"]).featureCount() == 0
    assert (results["GAPS_COUNT"], results["UNCOVERED_COUNT"], results["LARGEST_GAP_POINTS"]) == (0, 0, 0)
    assert "Every delivery point that has a position is covered: there is no gap." in feedback.said


@pytest.mark.parametrize("percent", [0, 30, 60])
def test_a_cancel_leaves_the_file_before_as_it_was(run, tmp_path, percent):
    output = tmp_path / "gaps.gpkg"
    run(OUTPUT=str(output))
    before = sha256(output)
    assert not run(Feedback(cancel_at=percent), OUTPUT=str(output)).get("OUTPUT")
    assert sha256(output) == before
    assert [path.name for path in tmp_path.iterdir()] == ["gaps.gpkg"]


def test_a_run_that_fails_while_it_writes_leaves_the_file_before_as_it_was(run, monkeypatch, tmp_path):
    from joptimiz_qgis.processing import adapters

    def features_of(rows, shapes):
        yield from itertools.islice(given(rows, shapes), 1)
        raise OSError(28, "No space left on device")

    output = tmp_path / "gaps.gpkg"
    run(OUTPUT=str(output))
    before, given = sha256(output), adapters.features_of
    monkeypatch.setattr(adapters, "features_of", features_of)
    with pytest.raises(QgsProcessingException, match="cannot be written: the disk is full"):
        run(OUTPUT=str(output))
    assert sha256(output) == before


def test_a_result_never_goes_over_its_source(refusal, tmp_path):
    points = saved(street(), tmp_path / "points.gpkg")
    before = sha256(tmp_path / "points.gpkg")
    assert "is one of the inputs; sources are never modified" in refusal(POINTS=points, OUTPUT=points)
    assert sha256(tmp_path / "points.gpkg") == before


# -- refused -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"RADIUS": 0}, "The radius of a gap is 0.0. Expected: a number of metres greater than 0, for example 20."),
        ({"RADIUS": -3}, "The radius of a gap is -3.0. Expected"),
        ({"MINIMUM": 0}, "The smallest number of points of a gap is 0. Expected: a whole number from 1 on, for example 5."),
        ({"MAX_DISTANCE": -20}, "The distance is -20"),
        ({"MOVEMENTS": "poids"}, "The delivery points have no field “poids”. Choose one of: metier, mouvements"),
        ({"CATEGORY": "naf"}, "The delivery points have no field “naf”. Choose one of: metier, mouvements"),
    ],
)
def test_what_cannot_be_grouped_is_refused_with_the_way_out(refusal, change, said):
    assert said in refusal(**change)


def test_a_refusal_speaks_french(refusal):
    speak("fr")
    assert "Le rayon d’un manque est 0.0. Attendu\u202f: un nombre de mètres supérieur à 0, par exemple 20." in refusal(RADIUS=0)


def test_the_defaults_are_those_of_the_toolkit():
    from joptimiz_qgis.toolkit import gaps, parameters

    made = CoverageGapsAlgorithm().create()
    defaults = [made.parameterDefinition(name).defaultValue() for name in ("RADIUS", "MINIMUM")]
    assert defaults == [parameters.GAP_RADIUS_M, parameters.GAP_MINIMUM_POINTS] == [20, 5]
    assert [*gaps.GAP_COLUMNS] == FIELDS


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_help_names_every_field_of_the_result(language):
    text = (HELP / language / "coveragegaps.md").read_text(encoding="utf-8")
    assert set(FIELDS) <= set(re.findall(r"`(\w+)`", text))


# -- style -------------------------------------------------------------------------------------------------------------


def shown(gaps, feature):
    """Legend text and label of a feature, as QGIS evaluates them."""
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(gaps))
    context.setFeature(feature)
    drawing = QgsRenderContext()
    drawing.setExpressionContext(context)
    gaps.renderer().startRender(drawing, gaps.fields())
    keys = gaps.renderer().legendKeysForFeature(feature, drawing)
    gaps.renderer().stopRender(drawing)
    assert len(keys) == 1
    legend = {item.ruleKey(): item.label() for item in gaps.renderer().legendSymbolItems()}
    return legend[keys.pop()], QgsExpression(gaps.labeling().settings().fieldName).evaluate(context)


def test_gaps_are_drawn_by_points_or_by_movements_and_bear_their_rank(run):
    gaps = run()["OUTPUT"]
    style_gaps(gaps, 20)
    assert [shown(gaps, feature) for feature in gaps.getFeatures()] == [("5 points", "1. 5 points"), ("3 points", "2. 3 points")]
    assert gaps.name() == "Gaps of the coverage (20 m)"
    assert gaps.labelsEnabled()
    gaps = run(MOVEMENTS="mouvements")["OUTPUT"]
    style_gaps(gaps, 20)
    assert [shown(gaps, feature)[0] for feature in gaps.getFeatures()] == ["60 movements/week", "15 movements/week"]
    assert all(gaps.attributeAlias(place) for place in range(len(FIELDS)))


def test_the_fill_lets_the_points_through_and_the_heaviest_is_darkest(run):
    gaps = run()["OUTPUT"]
    style_gaps(gaps, 20)
    symbols = [item.symbol().clone() for item in gaps.renderer().ranges()]  # QGIS takes the ranges away with their list
    assert all(symbol.symbolLayer(0).fillColor().alphaF() < 0.3 for symbol in symbols)
    assert symbols[-1].symbolLayer(0).strokeColor().name() == COLOURS[-1]
    lightness = [symbol.symbolLayer(0).strokeColor().lightness() for symbol in symbols]
    assert lightness == sorted(lightness, reverse=True)


def test_an_empty_layer_is_styled_too(run):
    gaps = run(MAX_DISTANCE=5000)["OUTPUT"]
    style_gaps(gaps, 5000)
    assert gaps.renderer().type() == "singleSymbol"
    assert gaps.name() == "Gaps of the coverage (5000 m)"


def test_the_result_is_styled_when_qgis_loads_it(run, project, tmp_path):
    import processing

    context = QgsProcessingContext()
    context.setProject(project)
    target = QgsProcessingOutputLayerDefinition(str(tmp_path / "gaps.gpkg"), project)
    processing.run(CoverageGapsAlgorithm().create(), {"POINTS": street(), "BAYS": bays(0), "RADIUS": 50, "MINIMUM": 3, "OUTPUT": target}, feedback=Feedback(), context=context)
    (details,) = context.layersToLoadOnCompletion().values()
    assert details.groupName == "Visualiz"
    made = opened(tmp_path / "gaps.gpkg")
    details.postProcessor().postProcessLayer(made, context, Feedback())
    assert made.renderer().type() == "graduatedSymbol"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], []),
        ([5], [(5, 5)]),
        ([5, 5, 5], [(5, 5)]),
        ([3, 5], [(3, 3), (5, 5)]),
        (range(1, 101), [(1, 50), (51, 80), (81, 95), (96, 100)]),
        ([5] * 90 + [6] * 9 + [500], [(5, 5), (6, 6), (500, 500)]),
    ],
)
def test_classes_cut_the_top_finer(values, expected):
    assert class_ends(values) == expected
