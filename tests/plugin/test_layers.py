"""Styles: each feature drawn once, legends that say what they show, plain expressions only, and all of it in the project file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from qgis.core import (
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsMapLayer,
    QgsProject,
    QgsReadWriteContext,
    QgsRenderContext,
    QgsVectorLayer,
)
from qgis.PyQt.QtXml import QDomDocument
from qgis_builders import around_paris, bays, east, layer, opened, saved

from joptimiz_qgis.layers.bays import KIND_COLOURS, OUT_OF_SERVICE, WITHOUT_HOURS, style_bays
from joptimiz_qgis.layers.coverage import style_coverage
from joptimiz_qgis.layers.delivery_points import style_delivery_points
from joptimiz_qgis.layers.roles import bays_layer, points_layer
from joptimiz_qgis.layers.sample_town import add_sample_town, sample_files
from joptimiz_qgis.toolkit.messages import set_language
from joptimiz_qgis.toolkit.parameters import BANDS_M, parse_bands
from joptimiz_qgis.toolkit.schema import load_table

METRES = (0, 5, 10, 10.5, 15, 20, 20.5, 24, 25, 25.5, 29, 30, 30.5, 49, 51, 100, 101, 5000)


@pytest.fixture
def audited(run):
    """``audited(25, bands)``: the result of an audit with points in every band and one without position, styled."""

    def audit(distance=20.0, bands="10; 20; 30; 50; 100", places=None):
        shapes = [*around_paris(*((metre, 0) for metre in METRES)), None]
        points = layer(shapes, nom=[*map(str, METRES), "nowhere"])
        result = run("baycoverage", POINTS=points, BAYS=places or bays_at_zero(), MAX_DISTANCE=distance, BANDS=bands)["OUTPUT"]
        style_coverage(result, distance, parse_bands(bands))
        return result

    return audit


def bays_at_zero():
    return bays(0)


def leaves(result):
    return [rule for rule in result.renderer().rootRule().descendants() if not rule.children()]


def drawn(result):
    """Label of each leaf rule that draws a feature, by feature: parents' filters count, as QGIS evaluates them."""
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(result))
    found = {}
    for feature in result.getFeatures():
        context.setFeature(feature)
        found[feature["nom"]] = [rule.label() for rule in leaves(result) if all(holds(part, context) for part in ancestry(rule))]
    return found


def ancestry(rule):
    while rule:
        if rule.filterExpression():
            yield rule.filterExpression()
        rule = rule.parent()


def holds(text, context):
    expression = QgsExpression(text)
    value = expression.evaluate(context)
    assert not expression.hasEvalError(), expression.evalErrorString()
    return bool(value) if value is not None else False


# -- coverage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("distance", "bands"),
    [(20.0, "10; 20; 30; 50; 100"), (25.0, "10; 20; 30; 50; 100"), (5.0, "10; 20"), (200.0, "10; 20; 100"), (20.0, "20"), (15.0, "1; 2; 4; 8; 16; 32; 64; 128")],
)
def test_every_feature_is_drawn_by_exactly_one_rule(audited, distance, bands):
    result = audited(distance, bands)
    rules = drawn(result)
    assert len(rules) == len(METRES) + 1
    assert {nom: labels for nom, labels in rules.items() if len(labels) != 1} == {}
    assert rules["nowhere"] == ["No distance"]
    covered = {feature["nom"]: feature["covered"] for feature in result.getFeatures()}
    for nom, (label,) in rules.items():
        if nom != "nowhere":
            assert ("not covered" in label) == (not covered[nom]), nom


def test_the_legend_of_20_metres(audited):
    result = audited()
    assert [rule.label() for rule in leaves(result)] == [
        "0–10 m: covered",
        "10–20 m: covered",
        "20–30 m: not covered",
        "30–50 m: not covered",
        "50–100 m: not covered",
        "> 100 m: not covered",
        "No distance",
    ]


def test_a_band_that_the_distance_cuts_is_in_both_halves_of_the_legend(audited):
    result = audited(25)
    labels = [rule.label() for rule in leaves(result)]
    assert {"20–30 m: covered", "20–30 m: not covered"} <= set(labels)
    rules = drawn(result)
    assert (rules["25"], rules["25.5"]) == (["20–30 m: covered"], ["20–30 m: not covered"])


def test_colours_tell_the_rules_apart(audited):
    result = audited()
    colours = [rule.symbol().color().name() for rule in leaves(result)]
    assert len(set(colours)) == len(colours)


def test_no_usable_bay_is_drawn_as_unknown(audited):
    closed = layer(around_paris((0, 0)), id=["B1"], active=["non"], parite_trottoir=[""], temporalite_osm=[""])
    result = audited(places=closed)
    assert set(map(tuple, drawn(result).values())) == {("No distance",)}


def test_the_columns_that_count_are_the_numbered_ones_where_the_names_were_taken(run):
    first = run("baycoverage", POINTS=east(*METRES), BAYS=bays(0))["OUTPUT"]
    second = run("baycoverage", POINTS=first, BAYS=bays(0), MAX_DISTANCE=12)["OUTPUT"]
    style_coverage(second, 12, BANDS_M)
    assert {nom: labels for nom, labels in drawn(second).items() if len(labels) != 1} == {}
    assert drawn(second)["15"] == ["10–20 m: not covered"]
    assert second.attributeAlias(second.fields().indexOf("covered_2")) == "Covered"
    assert second.attributeAlias(second.fields().indexOf("covered")) != "Covered"


def test_columns_that_only_look_numbered_are_not_taken_for_ours(run):
    points = layer(around_paris((10, 0)), nom=["10"], band_name=["theirs"], band_2020=["theirs"])
    result = run("baycoverage", POINTS=points, BAYS=bays(0))["OUTPUT"]
    style_coverage(result, 20, BANDS_M)
    assert drawn(result) == {"10": ["0–10 m: covered"]}


def test_a_shapefile_s_short_names_are_styled(run, tmp_path):
    result = opened(run("baycoverage", POINTS=east(*METRES), BAYS=bays(0), OUTPUT=str(tmp_path / "x.shp"))["OUTPUT"])
    style_coverage(result, 20, BANDS_M)
    assert {nom: labels for nom, labels in drawn(result).items() if len(labels) != 1} == {}


# -- bays, delivery points ---------------------------------------------------------------------------------------------


@pytest.fixture
def lyon(run, shared_data):
    result = run("importbays", INPUT=str(shared_data / "bays/cerema_v1_exemple_grand_lyon.csv"))["OUTPUT"]
    style_bays(result)
    return result


def test_bays_are_drawn_by_kind(lyon):
    categories = {category.value(): category.label() for category in lyon.renderer().categories()}
    kinds = load_table("bays")["type"].enum
    assert set(kinds) == set(KIND_COLOURS)
    assert {value for value in categories if isinstance(value, str)} == {*kinds, OUT_OF_SERVICE, WITHOUT_HOURS}
    assert "Kind not known" in categories.values()
    symbols = lyon.renderer()
    context = QgsRenderContext()
    symbols.startRender(context, lyon.fields())
    assert all(symbols.symbolForFeature(feature, context) for feature in lyon.getFeatures())
    symbols.stopRender(context)


def test_value_lists_are_the_schema_s(lyon):
    for field in load_table("bays").fields:
        setup = lyon.editorWidgetSetup(lyon.fields().indexOf(field.name))
        listed = [value for choice in setup.config().get("map", []) for value in choice.values()]
        assert listed == (list(field.enum) if field.enum and field.type == "string" else []), field.name
        assert lyon.attributeAlias(lyon.fields().indexOf(field.name)) == field.title


def test_titles_of_bays_are_french_in_french(lyon):
    set_language("fr")
    style_bays(lyon)
    assert lyon.attributeAlias(lyon.fields().indexOf("longueur")) == "Longueur (cm)"
    assert lyon.attributeAlias(lyon.fields().indexOf("adresse")) == "Adresse"


def test_bays_without_a_kind_are_drawn_too():
    plain = bays(0, 1)
    style_bays(plain)
    assert plain.isValid()


# -- what styles may hold ----------------------------------------------------------------------------------------------


@pytest.fixture
def styled(audited, lyon, project, tmp_path):
    """Every layer that the plugin styles, in a project, out of files."""
    points = opened(saved(east(*METRES), tmp_path / "points.gpkg"))
    style_delivery_points(points)
    coverage = opened(saved(audited(25), tmp_path / "coverage.gpkg"))
    style_coverage(coverage, 25, BANDS_M)
    places = opened(saved(lyon, tmp_path / "bays.gpkg"))
    style_bays(places)
    town = add_sample_town(project, {**sample_files(), "delivery_points": str(tmp_path / "points.gpkg"), "bays": str(tmp_path / "bays.gpkg")})
    layers = [*town.values(), points, coverage, places]
    project.addMapLayers([points, coverage, places])
    return layers


def style_of(made):
    document = QDomDocument("qgis")
    made.exportNamedStyle(document, QgsReadWriteContext(), QgsMapLayer.StyleCategory.AllStyleCategories)
    return document.toString()


def test_expressions_use_functions_of_qgis_only(styled):
    """QGIS Server and Lizmap have no plugin's Python function."""
    native = {function.name() for function in QgsExpression.Functions() if type(function).__module__.startswith(("_core", "qgis."))}
    for made in styled:
        assert made.isValid(), made.name()
        texts = [rule.filterExpression() for rule in made.renderer().rootRule().descendants()] if made.renderer().type() == "RuleRenderer" else []
        for text in [*texts, made.displayExpression(), *re.findall(r'expression="([^"]+)"', style_of(made))]:
            expression = QgsExpression(text)
            assert not expression.hasParserError(), text
            assert expression.referencedFunctions() <= native


def test_styles_come_back_with_the_project(styled, project, tmp_path):
    before = {made.id(): (made.renderer().dump(), made.name(), [made.attributeAlias(index) for index in range(made.fields().count())]) for made in styled}
    assert project.write(str(tmp_path / "town.qgz"))
    project.clear()
    assert project.read(str(tmp_path / "town.qgz"))
    after = {
        made.id(): (made.renderer().dump(), made.name(), [made.attributeAlias(index) for index in range(made.fields().count())])
        for made in project.mapLayers().values()
    }
    assert len(before) == 10
    assert after == before


def test_the_sample_town_s_layers_lie_in_two_groups(styled, project):
    groups = {group.name(): [node.name() for node in group.findLayers()] for group in project.layerTreeRoot().findGroups()}
    assert groups == {
        "Visualiz": ["Delivery bays", "Delivery points", "Access points", "Perimeters"],
        "Base map": ["Districts", "Streets", "Blocks, parks and water"],
    }


# -- roles -------------------------------------------------------------------------------------------------------------


def test_roles_are_told_by_fields(project):
    places = layer(around_paris((0, 0)), parite_trottoir=["pair"], temporalite_osm=[""], name="places")
    shops = layer(around_paris((0, 0)), SIRET=["1"], name="shops")
    other = layer(around_paris((0, 0)), nom=["x"], name="other")
    result = layer(around_paris((0, 0)), siret=["1"], covered=["t"], nearest_bay=["B"], distance_m=["1"], name="result")
    area = layer([], "Polygon", siret=[], name="area")
    assert (bays_layer(project), points_layer(project)) == (None, None)
    project.addMapLayers([result, area])
    assert (bays_layer(project), points_layer(project)) == (None, None)
    project.addMapLayer(other)
    assert points_layer(project) == other
    project.addMapLayers([shops, places])
    assert (bays_layer(project), points_layer(project)) == (places, shops)


def test_of_several_layers_the_one_on_top_is_chosen(project):
    first, second = (layer(around_paris((0, 0)), siret=["1"], name=name) for name in ("first", "second"))
    project.addMapLayer(first)
    project.layerTreeRoot().insertLayer(0, second)
    project.addMapLayer(second, False)
    assert points_layer(project) == second


def test_layers_that_are_broken_are_passed_over(project):
    project.addMapLayer(QgsVectorLayer("nowhere.gpkg", "broken", "ogr"))
    assert (bays_layer(project), points_layer(project)) == (None, None)


def test_the_project_of_the_tests_is_qgis_s(project):
    assert project is QgsProject.instance()


def test_no_font_is_asked_for_that_qgis_would_fetch_from_the_network():
    """QGIS downloads these families where a style or a layout names them first and the machine has them not: nothing leaves unasked."""
    fetched = ("Open Sans", "Roboto")
    plugin = Path(__file__).parents[2] / "joptimiz_qgis"
    texts = [path for room in ("layers", "gui", "resources") for pattern in ("*.qpt", "*.qml", "*.py") for path in (plugin / room).rglob(pattern)]
    named = [path.name for path in texts if any(f'"{family}"' in path.read_text(encoding="utf-8") for family in fetched)]
    assert texts and not named
