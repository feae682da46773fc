"""Goods-traffic orders in QGIS: imported, located, checked, published, compared, shown by the moment, typed into a form."""

from __future__ import annotations

import csv
from datetime import datetime

import pytest
from qgis.core import QgsEditorWidgetSetup, QgsExpression, QgsExpressionContext, QgsFeature, QgsGeometry, QgsVectorLayer
from qgis_builders import Feedback, opened

from joptimiz_qgis.layers.moment import MomentMap
from joptimiz_qgis.layers.regulations import HOURS_WIDGET, LIST_WIDGET, style_regulations
from joptimiz_qgis.layers.roles import perimeters_layers, regulations_layers, rules_layer
from joptimiz_qgis.toolkit.moment_filter import Question
from joptimiz_qgis.toolkit.schema import load_table
from joptimiz_qgis.toolkit.vehicles import Vehicle
from joptimiz_qgis.toolkit.workspace import check_workspace, create_workspace, imports_of, read_table, readings_of, rows_for

FILES = {"carros.csv": 13, "fuveau.csv": 3, "vence.csv": 9, "exemple-valide.csv": 2}
HEADER = [field.name.upper() for field in load_table("regulations").fields if not field.own]
LORRY = Vehicle(category="pl", weight_t=26.0)
ROWS = (
    {"ID": "1", "VEH_TONNAGE": "19", "VEH_TONNAGE_MODALITE": "à partir de", "GEOM_WKT": "LINESTRING (7.18 43.79, 7.19 43.79)", "ARR_URL": "https://www.carros.fr/1.pdf"},
    {"ID": "2", "PERIODE_JH": "Mo-Fr 07:00-09:00", "GEOM_WKT": "LINESTRING (7.18 43.78, 7.19 43.78)"},
    {"ID": "3", "VEH_TYPES": "Vélo-cargos", "GEOM_WKT": "POLYGON ((7.1 43.7, 7.2 43.7, 7.2 43.8, 7.1 43.7))"},
    {"ID": "4", "EMPRISE_DESIGNATION": "Route Basse"},
    {"ID": "5", "EMPRISE_DESIGNATION": "Commune de Carros", "VEH_TONNAGE": "19t / 3,5t"},
)  # fmt: skip


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "arretes.csv"
    plain = {"COLL_NOM": "Commune de Carros", "COLL_INSEE": "06033", "ARR_DATE": "2018-04-11", "ARR_REF": "NC", "ARR_OBJET": "NC", "REGL_MODALITE": "Interdit", "VEH_TYPES": "Poids lourds", "EMPRISE_DESIGNATION": "Rue Haute"}
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, HEADER)
        writer.writeheader()
        writer.writerows({**plain, **row} for row in ROWS)
    return path


@pytest.fixture
def workspace(file, tmp_path):
    readings = readings_of({"regulations": [file]})
    return create_workspace(tmp_path / "ville.gpkg", rows_for(readings), imports_of(readings))


def memory(kind, field, *rows):
    made = QgsVectorLayer(f"{kind}?crs=EPSG:4326&field={field}:string", "places", "memory")
    features = []
    for name, wkt in rows:
        feature = QgsFeature(made.fields())
        feature.setAttributes([name])
        feature.setGeometry(QgsGeometry.fromWkt(wkt))
        features.append(feature)
    assert made.dataProvider().addFeatures(features)[0]
    return made


STREETS = (("Rue Haute", "LINESTRING (7.18 43.79, 7.19 43.79)"), ("Rte Basse", "LINESTRING (7.18 43.77, 7.19 43.77)"))
TOWNS = (("06033", "POLYGON ((7.1 43.7, 7.3 43.7, 7.3 43.9, 7.1 43.9, 7.1 43.7))"),)


# -- the algorithms ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_the_published_files_are_imported_with_counts_that_add_up(run, shared_data, name):
    results = run("importregulations", INPUT=str(shared_data / "regulations" / name), AREAS="memory:")
    assert (results["ROWS_READ"], results["IMPORTED"], results["REJECTED"]) == (FILES[name], FILES[name], 0)
    assert opened(results["OUTPUT"]).featureCount() + opened(results["AREAS"]).featureCount() == FILES[name]
    assert results["MAPPING_USED"] == "national"


def test_streets_and_areas_go_to_two_layers_and_no_order_is_lost(run, file, tmp_path):
    results = run("importregulations", INPUT=str(file), OUTPUT=str(tmp_path / "a.gpkg"), AREAS=str(tmp_path / "b.gpkg"))
    streets, areas = opened(results["OUTPUT"]), opened(results["AREAS"])
    assert (streets.featureCount(), areas.featureCount(), results["TO_LOCATE"]) == (4, 1, 2)
    assert streets.fields().names() == ["fid", *load_table("regulations").names]
    # QGIS's own writer makes an empty geometry of none
    assert sorted(feature.geometry().isEmpty() for feature in streets.getFeatures()) == [False, False, True, True]


def test_areas_without_a_layer_for_them_are_not_dropped_in_silence(refusal, file):
    assert "nothing is lost" in refusal("importregulations", INPUT=str(file), AREAS=None)


def test_a_workbook_is_read_as_a_workbook(run, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["ID", "COLL_INSEE", "Rue", "Tonnage"])
    book.active.append([1, "06033", "Rue Haute", "3,5 t"])
    book.save(tmp_path / "a.xlsx")
    results = run("importregulations", INPUT=str(tmp_path / "a.xlsx"), MAPPING=2, AREAS="memory:")
    feature = next(opened(results["OUTPUT"]).getFeatures())
    assert (feature["coll_insee"], feature["veh_tonnage"], results["MAPPING_USED"]) == ("06033", 3.5, "generic")


def test_orders_are_added_to_a_workspace(run, file, tmp_path):
    path = create_workspace(tmp_path / "vide.gpkg")
    run("importregulations", INPUT=str(file), AREAS="memory:", WORKSPACE=str(path))
    found = check_workspace(path)
    assert (found.rows["regulations"], found.rows["regulation_areas"], found.imports[0].rows_read) == (4, 1, 5)


def test_orders_are_located_by_their_names(run, file):
    feedback = Feedback()
    results = run("locateregulations", feedback=feedback, INPUT=str(file), STREETS=memory("LineString", "nom", *STREETS), MUNICIPALITIES=memory("Polygon", "insee", *TOWNS), AREAS="memory:")
    assert (results["STREETS"], results["MUNICIPALITIES"], results["WITHOUT_GEOMETRY"]) == (1, 1, 0)
    found = {feature["id"]: feature["geom_origine"] for layer in ("OUTPUT", "AREAS") for feature in opened(results[layer]).getFeatures()}
    assert found == {"1": "publiée", "2": "publiée", "3": "publiée", "4": "voie", "5": "commune"}


def test_orders_of_a_workspace_are_located_in_it(run, workspace):
    before = read_table(workspace, "regulations").set_index("cle")
    run("locateregulations", WORKSPACE=str(workspace), STREETS=memory("LineString", "nom", *STREETS), MUNICIPALITIES=memory("Polygon", "insee", *TOWNS), SOURCE="BD TOPO", OUTPUT=None, AREAS=None)
    rows = check_workspace(workspace).rows
    assert (rows["regulations"], rows["regulation_areas"]) == (3, 2)
    after = read_table(workspace, "regulations").set_index("cle")
    assert after.geometry.notna().all()
    assert after.loc["06033/4", ["geom_origine", "geom_source"]].tolist() == ["voie", "BD TOPO"]
    kept = [name for name in before.columns if name not in ("geometry", "geom_origine", "geom_source", "fid")]
    for key in before.index:
        assert after.loc[key, kept].astype(str).tolist() == before.loc[key, kept].astype(str).tolist()
    layer = QgsVectorLayer(f"{workspace}|layername=regulations", "x", "ogr")
    assert layer.extent().yMinimum() == pytest.approx(43.77)


def test_orders_are_checked(run, file, tmp_path):
    results = run("validateregulations", INPUT=str(file), STREETS=memory("LineString", "nom", *STREETS), REPORT=str(tmp_path / "constats.csv"))
    assert (results["ROWS"], results["ERRORS"]) == (5, 1)
    with (tmp_path / "constats.csv").open(encoding="utf-8-sig", newline="") as source:
        told = {(row["key"], row["code"]) for row in csv.DictReader(source, delimiter=";")}
    assert ("5", "schema_type") in told and ("4", "order_to_locate") in told and ("5", "order_no_place") in told
    assert opened(results["OUTPUT"]).featureCount() == results["ERRORS"] + results["WARNINGS"] + results["NOTICES"]


def test_orders_of_the_two_layers_are_published_together(run, workspace, tmp_path):
    layers = {name: QgsVectorLayer(f"{workspace}|layername={name}", name, "ogr") for name in ("regulations", "regulation_areas")}
    places = {"OUTPUT": str(tmp_path / "pub.csv"), "REST": str(tmp_path / "reste.csv"), "FOLDER": str(tmp_path / "dossier"), "PUBLISHER": "Carros"}
    results = run("exportregulations", INPUT=layers["regulations"], INPUT_AREAS=layers["regulation_areas"], **places)
    assert (tmp_path / "dossier" / "arretes-circulation-marchandises.csv").read_bytes() == (tmp_path / "pub.csv").read_bytes()
    assert "Carros" in (tmp_path / "dossier" / "LISEZMOI.md").read_text(encoding="utf-8")
    assert (results["ORDERS"], results["PUBLISHED"], results["KEPT_BACK"]) == (5, 5, 0)
    with (tmp_path / "pub.csv").open(encoding="utf-8", newline="") as source:
        rows = {row["ID"]: row for row in csv.DictReader(source)}
    assert list(rows["1"]) == HEADER
    assert rows["3"]["GEOM_WKT"] == "POLYGON ((7.1 43.7, 7.2 43.7, 7.2 43.8, 7.1 43.7))"


def test_an_order_is_never_written_over_its_source(refusal, file):
    assert "sources are never modified" in refusal("exportregulations", INPUT=str(file), OUTPUT=str(file))


def test_neighbours_are_compared(run, file, tmp_path):
    other = tmp_path / "voisine.csv"
    text = file.read_text(encoding="utf-8").replace("06033", "06157").replace("Commune de Carros", "Commune de Gattières").replace(",19,", ",12,")
    other.write_text(text, encoding="utf-8")
    both = tmp_path / "deux.csv"
    both.write_text(file.read_text(encoding="utf-8") + "".join(text.splitlines(keepends=True)[1:]), encoding="utf-8")
    results = run("harmonisationreport", INPUT=str(both), PAIRS="memory:", REPORT=str(tmp_path / "page.html"))
    assert (results["STREETS_THAT_DIFFER"], results["DIFFERENCES"]) == (1, 1)
    assert [feature["aspect"] for feature in opened(results["OUTPUT"]).getFeatures()] == ["weight"]
    assert "from 12" in (tmp_path / "page.html").read_text(encoding="utf-8") or "à partir de 12 t" in (tmp_path / "page.html").read_text(encoding="utf-8")


# -- the map at a moment -----------------------------------------------------------------------------------------------


def drive(steps):
    return [found for found in steps if found is not None]


def test_the_map_shows_which_orders_forbid_the_vehicle_now(workspace, project):
    layers = {name: QgsVectorLayer(f"{workspace}|layername={name}", name, "ogr") for name in ("regulations", "regulation_areas")}
    project.addMapLayers(list(layers.values()))
    assert {layer.name() for layer in regulations_layers(project)} == set(layers)
    assert perimeters_layers(project) == [] and rules_layer(project) is None
    moments = MomentMap(project)
    drive(moments.prepare())
    assert moments.kinds_present() == ["Arrêté"]
    shown = drive(moments.ask(Question(datetime(2026, 3, 3, 8), vehicle=LORRY)))[-1]
    assert shown.found.perimeters == {"Arrêté": 3}  # 1, 2 and 4; 5 is not known
    assert shown.found.perimeters_unknown == {"Arrêté": 1}
    drive(moments.show(shown))
    assert sorted(feature["id"] for feature in layers["regulations"].getFeatures()) == ["1", "2", "4", "5"]
    assert list(layers["regulation_areas"].getFeatures()) == []
    at_ten = drive(moments.ask(Question(datetime(2026, 3, 3, 10), vehicle=LORRY, hide_unknown=True)))[-1]
    drive(moments.show(at_ten))
    assert sorted(feature["id"] for feature in layers["regulations"].getFeatures()) == ["1", "4"]
    moments.restore()
    assert (len(list(layers["regulations"].getFeatures())), layers["regulations"].subsetString()) == (4, "")
    moments.forget()


# -- the form ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def layer(workspace):
    made = QgsVectorLayer(f"{workspace}|layername=regulations", "regulations", "ogr")
    style_regulations(made, form=True)
    return made


def holds(layer, field, **values):
    """Whether the constraint of `field` is met by a row with these values."""
    feature = QgsFeature(layer.fields())
    for name, value in values.items():
        feature.setAttribute(name, value)
    context = QgsExpressionContext()
    feature.setValid(True)
    context.setFeature(feature)
    expression = QgsExpression(layer.constraintExpression(layer.fields().indexOf(field)))
    found = expression.evaluate(context)
    assert not expression.hasEvalError(), expression.evalErrorString()
    return bool(found)


@pytest.mark.parametrize(
    ("field", "right", "wrong"),
    [
        ("veh_types", "Poids lourds|Vélo-cargos", "Poids lourds, Vélo-cargos"),
        ("veh_cqas", "1|2", "1|6"),
        ("periode_jh", "Mo-Fr 08:00-12:00; PH off", "lundi au vendredi 8h-12h"),
        ("periode_jh", "24/7", "tous les jours"),
        ("arr_url", "https://www.carros.fr/1.pdf", "C:\\arretes\\1.pdf"),
    ],
)
def test_the_form_says_what_it_expects_with_plain_expressions(layer, field, right, wrong):
    assert holds(layer, field, **{field: right})
    assert holds(layer, field)
    assert not holds(layer, field, **{field: wrong})


def test_a_weight_goes_with_a_direction(layer):
    assert holds(layer, "veh_tonnage", veh_tonnage=19.0, veh_tonnage_modalite="jusqu'à")
    assert not holds(layer, "veh_tonnage", veh_tonnage=19.0)
    assert not holds(layer, "veh_tonnage", veh_tonnage=46.0, veh_tonnage_modalite="jusqu'à")
    assert not holds(layer, "veh_tonnage_modalite", veh_tonnage_modalite="jusqu'à")


def test_an_order_that_is_drawn_is_no_longer_to_be_located(layer):
    default = QgsExpression(layer.defaultValueDefinition(layer.fields().indexOf("geom_origine")).expression())
    assert layer.defaultValueDefinition(layer.fields().indexOf("geom_origine")).applyOnUpdate()
    for wkt, before, after in ((None, None, "à localiser"), (ROWS[0]["GEOM_WKT"], "à localiser", "dessinée"), (ROWS[0]["GEOM_WKT"], "voie", "voie")):
        feature = QgsFeature(layer.fields())
        feature.setAttribute("geom_origine", before)
        if wkt:
            feature.setGeometry(QgsGeometry.fromWkt(wkt))
        context = QgsExpressionContext()
        feature.setValid(True)
        context.setFeature(feature)
        assert default.evaluate(context) == after


def test_lists_hours_and_the_text_of_the_order_have_widgets_of_their_own(layer):
    kinds = {name: layer.editorWidgetSetup(layer.fields().indexOf(name)) for name in ("veh_types", "veh_usages", "periode_jh", "arr_url", "regl_modalite")}
    assert {name: setup.type() for name, setup in kinds.items()} == {"veh_types": LIST_WIDGET, "veh_usages": LIST_WIDGET, "periode_jh": HOURS_WIDGET, "arr_url": "ExternalResource", "regl_modalite": "ValueMap"}
    assert kinds["veh_types"].config()["separator"] == "|"
    assert kinds["arr_url"].config()["UseLink"]
    assert [action.command() for action in layer.actions().actions()] == ['[% "arr_url" %]']
    style_regulations(layer, form=True)
    assert len(layer.actions().actions()) == 1
    assert isinstance(kinds["veh_types"], QgsEditorWidgetSetup)


def test_labels_and_tips_are_expressions_that_qgis_can_read(layer):
    feature = QgsFeature(layer.fields())
    feature.setValid(True)
    for name, value in {"emprise_designation": "Rue Haute", "veh_tonnage": 3.5, "regl_modalite": "Interdit"}.items():
        feature.setAttribute(name, value)
    context = QgsExpressionContext()
    context.setFeature(feature)
    label = QgsExpression(layer.labeling().settings().fieldName)
    assert label.evaluate(context) == "Rue Haute – 3,5 t", label.evalErrorString()
    tip = QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context)
    assert "Rue Haute" in tip and "Interdit" in tip and "3.5 t" in tip and "[%" not in tip
    assert QgsExpression(layer.displayExpression()).evaluate(context) == "Rue Haute"
