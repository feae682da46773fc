"""joptimiz:enrichcustomers inside QGIS."""

from __future__ import annotations

import json
from datetime import date

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from conftest import sha256, speak
from qgis.core import QgsProject, QgsVectorLayer
from qgis_builders import Feedback, around_paris, bays, column, east, layer, opened, saved

from joptimiz_qgis.layers.customers import COMPANY_DATA, MARKS, is_company_data, mark_company_data, style_customers
from joptimiz_qgis.toolkit.company.enrich import Question, enrich, read_customers
from joptimiz_qgis.toolkit.company.pipeline import CUSTOMERS, TO_REVIEW
from joptimiz_qgis.toolkit.company.titles import ACCESS_VALUES, import_titles, titles
from joptimiz_qgis.toolkit.period import Period
from joptimiz_qgis.toolkit.read.perimeters import read_perimeters
from joptimiz_qgis.toolkit.vehicles import Vehicle
from joptimiz_qgis.toolkit.write.tables import write_layers

SQUARE = "Polygon ((651900 6861900, 652100 6861900, 652100 6862100, 651900 6862100, 651900 6861900))"


@pytest.fixture
def zone(tmp_path):
    """A square of 200 m around the middle of Paris, closed on weekday mornings."""
    shape = gpd.GeoSeries.from_wkt([SQUARE], crs=2154).to_crs(4326)
    fields = {"id": "Z1", "nom": "Centre", "type_peri": "ZTL", "horaires": "Mo-Fr 06:00-11:00", "regl_modalite": "Interdit"}
    return write_json(tmp_path / "zone.geojson", fields, shape[0].__geo_interface__)


def write_json(path, properties, geometry):
    feature = {"type": "Feature", "properties": properties, "geometry": geometry}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


def test_customers_as_a_layer_keep_their_fields_and_get_ours(run, zone):
    customers = east(0, 50, 500)
    results = run("enrichcustomers", CUSTOMERS=customers, PERIMETERS=str(zone), BAYS=bays(15, 520), DATE="2024-07-24", VEHICLE="pl,V4")
    made = opened(results["OUTPUT"])
    assert made.fields().names()[0] == "nom"
    assert column(made, "nom") == ["0", "50", "500"]
    assert column(made, "jz_heures_interdites") == ["Mon–Fri 6:00–11:00"] * 2 + ["none"]
    assert column(made, "jz_acces") == ["restreint", "restreint", "autorise"]
    assert [feature["jz_aire_m"] for feature in made.getFeatures()] == pytest.approx([15, 35, 20], abs=0.1)
    assert column(made, "jz_periode") == ["Wed 24/07/2024 – Tue 30/07/2024"] * 3
    assert made.crs().authid() == "EPSG:2154"
    wanted = {"CUSTOMER_COUNT": 3, "PLACED_COUNT": 3, "NOT_PLACED_COUNT": 0, "IN_PERIMETER_COUNT": 2, "ALLOWED_COUNT": 1, "RESTRICTED_COUNT": 2,
              "FORBIDDEN_COUNT": 0, "UNKNOWN_COUNT": 0, "WITH_BAY_COUNT": 2}  # fmt: skip
    assert {name: results[name] for name in wanted} == wanted


def test_it_is_the_toolkit_s_result_and_the_shell_s(run, tmp_path, shared_data):
    source = tmp_path / "clients.csv"
    rows = (shared_data / "company" / "clients_paris.csv").read_text(encoding="utf-8").splitlines()[:300]
    places = dict(line.split(",", 1) for line in (shared_data / "company" / "clients_paris_positions.csv").read_text(encoding="utf-8").splitlines())
    source.write_text("\n".join([f"{rows[0]},lon,lat", *(f"{row},{places[row.partition(',')[0]]}" for row in rows[1:])]), encoding="utf-8")
    before, games = sha256(source), shared_data / "perimeters" / "jop2024_zones.geojson"
    made = run("enrichcustomers", CUSTOMERS=str(source), PERIMETERS=str(games), DATE="2024-07-26", DAYS=1, VEHICLE="pl,V4,use=Livraison")
    reading = read_perimeters(games)
    question = Question(Period(date(2024, 7, 26), 1), Vehicle.parse("pl,V4,use=Livraison"))
    direct = enrich(read_customers(source), question, reading.table, reading.rules)
    for name in direct.columns:
        assert column(made["OUTPUT"], name) == [None if pd.isna(value) else value for value in direct.columns[name]]
    assert column(made["OUTPUT"], "siret")[0] == "21750001600373"
    assert sha256(source) == before


def test_what_the_import_wrote_with_both_its_layers_or_one(run, zone, tmp_path):
    points = gpd.GeoSeries.from_wkt(around_paris((0, 0), (10, 0), (20, 0)), crs=2154)
    table = gpd.GeoDataFrame({"nom": ["A", "B", "C"], "jz_etat": ["place", "a_verifier", "non_place"]}, geometry=points).to_crs(4326)
    table.loc[2, "geometry"] = None
    path = write_layers({CUSTOMERS: table[:1], TO_REVIEW: table[1:]}, tmp_path / "c.gpkg")
    both = run("enrichcustomers", CUSTOMERS=str(path), PERIMETERS=str(zone), OUTPUT=str(tmp_path / "o.gpkg"), TABLE=str(tmp_path / "t.xlsx"))
    assert column(both["OUTPUT"], "nom") == ["A", "B", "C"]
    assert column(both["OUTPUT"], "jz_acces") == ["restreint", "non_place", "non_place"]
    assert (both["PLACED_COUNT"], both["NOT_PLACED_COUNT"], both["IN_PERIMETER_COUNT"]) == (1, 2, 1)
    header, *rows = openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets[0].iter_rows(values_only=True)
    assert (header[0], header[1], header[-1]) == ("nom", "Period", "State of the position")
    assert [row[-1] for row in rows] == ["on the map", "to review", "no position"]
    one = run("enrichcustomers", CUSTOMERS=f"{path}|layername={CUSTOMERS}", PERIMETERS=str(zone))
    assert column(one["OUTPUT"], "nom") == ["A"]
    project_layer = QgsVectorLayer(f"{path}|layername={TO_REVIEW}", "review", "ogr")
    QgsProject.instance().addMapLayer(project_layer)
    assert column(run("enrichcustomers", CUSTOMERS="review", PERIMETERS=str(zone))["OUTPUT"], "nom") == ["B", "C"]


def test_a_table_in_french(run, zone, tmp_path):
    speak("fr")
    run("enrichcustomers", CUSTOMERS=east(0), PERIMETERS=str(zone), BAYS=bays(15), DATE="2024-07-24", TABLE=str(tmp_path / "t.xlsx"))
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    header, row = book.worksheets[0].iter_rows(values_only=True)
    told = dict(zip(header, row))
    assert told["Heures interdites"] == "lun–ven 6 h–11 h"
    assert told["Accès du véhicule"] == "restreint (certaines heures)"
    assert (told["Aire à 20 m ou moins"], told["Distance à l’aire (m)"]) == ("oui", pytest.approx(15, abs=0.1))
    assert book.sheetnames == ["Clients", "À propos"]
    about = dict(book.worksheets[1].iter_rows(values_only=True))
    assert (about["Véhicule"], about["Période"]) == ("aucun indiqué", "mer 24/07/2024 – mar 30/07/2024")


def test_an_earlier_result_is_enriched_anew(run, zone):
    first = opened(run("enrichcustomers", CUSTOMERS=east(0), PERIMETERS=str(zone))["OUTPUT"])
    again = run("enrichcustomers", CUSTOMERS=first, BAYS=bays(15))
    assert opened(again["OUTPUT"]).fields().names() == ["nom", "jz_periode", "jz_aire", "jz_aire_m", "jz_aire_proche", "jz_nb_aires"]


def test_rules_of_their_own_and_ways_in(run, zone, tmp_path):
    imported = run("importperimeters", INPUT=str(zone), OUTPUT=str(tmp_path / "p.gpkg"), RULES=str(tmp_path / "r.gpkg"))
    ways = layer(around_paris((30, 40), (10, 0)), id=["A", "B"], nom=["Porte A", "Porte B"], perimetre=["Z1", "Z1"], type=["entrée", "sortie"])
    results = run("enrichcustomers", CUSTOMERS=east(0), PERIMETERS=imported["OUTPUT"], RULES=imported["RULES"], ACCESS_POINTS=ways, DATE="2024-07-24")
    assert column(results["OUTPUT"], "jz_points_acces") == ["Porte A (50 m)"]
    assert column(results["OUTPUT"], "jz_heures_interdites") == ["Mon–Fri 6:00–11:00"]


def test_refusals_are_sentences(refusal, zone, tmp_path):
    assert "nothing to enrich the customers with" in refusal("enrichcustomers", CUSTOMERS=east(0))
    assert "says nothing of a vehicle" in refusal("enrichcustomers", CUSTOMERS=east(0), PERIMETERS=str(zone), VEHICLE="tank")
    assert "greater than 0" in refusal("enrichcustomers", CUSTOMERS=east(0), PERIMETERS=str(zone), MAX_DISTANCE=0)
    assert ".xlsx, .csv" in refusal("enrichcustomers", CUSTOMERS=east(0), PERIMETERS=str(zone), TABLE=str(tmp_path / "t.ods"))
    path = tmp_path / "own.csv"
    path.write_text("nom;lon;lat\nA;2.35;48.85\n", encoding="utf-8")
    assert "sources are never modified" in refusal("enrichcustomers", CUSTOMERS=str(path), PERIMETERS=str(zone), TABLE=str(path))


def test_a_cancel_or_a_full_disk_leaves_nothing(run, zone, tmp_path, files_in, monkeypatch):
    before = files_in()
    targets = {"OUTPUT": str(tmp_path / "o.gpkg"), "TABLE": str(tmp_path / "t.xlsx")}
    assert run("enrichcustomers", feedback=Feedback(cancel_at=40), CUSTOMERS=east(*range(3000)), PERIMETERS=str(zone), **targets).get("OUTPUT") is None
    assert files_in() == before

    def full(*_, **__):
        from joptimiz_qgis.toolkit.errors import OutputError

        raise OutputError("“{path}” cannot be written: {cause}. Choose another folder, or close the program that has the file open.", path="t", cause="full")

    monkeypatch.setattr("joptimiz_qgis.toolkit.company.spreadsheet.write_spreadsheet", full)
    with pytest.raises(Exception, match="cannot be written"):
        run("enrichcustomers", CUSTOMERS=east(0), PERIMETERS=str(zone), **targets)
    assert files_in() == before


def test_only_the_selected_customers(run, zone):
    from qgis.core import QgsProcessingFeatureSourceDefinition

    customers = east(0, 50, 500)
    QgsProject.instance().addMapLayer(customers)
    customers.selectByIds([2])
    chosen = QgsProcessingFeatureSourceDefinition(customers.id(), selectedFeaturesOnly=True)
    assert column(run("enrichcustomers", CUSTOMERS=chosen, PERIMETERS=str(zone))["OUTPUT"], "nom") == ["50"]


# -- the layer -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def enriched(run, zone):
    return opened(run("enrichcustomers", CUSTOMERS=east(0, 500), PERIMETERS=str(zone), BAYS=bays(15))["OUTPUT"])


@pytest.mark.parametrize(
    ("language", "labels", "alias"),
    [
        ("en", ["Allowed", "Restricted (some hours)", "Forbidden", "Not known", "No position"], "Forbidden hours"),
        ("fr", ["Autorisé", "Restreint (certaines heures)", "Interdit", "Non connu", "Non placé"], "Heures interdites"),
    ],
)
def test_the_style_tells_access_by_shape_and_colour(enriched, language, labels, alias):
    speak(language)
    style_customers(enriched)
    categories = enriched.renderer().categories()
    assert [category.value() for category in categories] == list(ACCESS_VALUES)
    assert [category.label() for category in categories] == labels
    assert len({category.symbol().symbolLayer(0).shape() for category in categories}) == len({colour for _, colour, _ in MARKS.values()}) == 5
    index = enriched.fields().lookupField("jz_heures_interdites")
    assert enriched.fields()[index].alias() == alias
    assert all(enriched.fields()[number].alias() for number, name in enumerate(enriched.fields().names()) if name.startswith("jz_"))
    assert enriched.editorWidgetSetup(enriched.fields().lookupField("jz_acces")).type() == "ValueMap"
    assert enriched.editorWidgetSetup(index).config() == {"IsMultiline": True}


def test_without_perimeters_the_style_tells_who_has_a_bay(run):
    made = opened(run("enrichcustomers", CUSTOMERS=east(0, 500), BAYS=bays(15), MAX_DISTANCE=30)["OUTPUT"])
    style_customers(made, 30)
    assert [category.label() for category in made.renderer().categories()] == ["Bay within 30 m", "No bay within 30 m", "No position"]


def test_the_mark_of_company_data_lives_through_a_project_file(enriched, tmp_path, project):
    style_customers(enriched)
    plain = east(0)
    path = saved(enriched, tmp_path / "e.gpkg")
    marked = QgsVectorLayer(path, "marked", "ogr")
    mark_company_data(marked)
    project.addMapLayers([marked, plain])
    assert (is_company_data(enriched), is_company_data(plain), COMPANY_DATA) == (True, False, "joptimiz/company_data")
    assert project.write(str(tmp_path / "p.qgz"))
    project.clear()
    assert project.read(str(tmp_path / "p.qgz"))
    assert {made.name(): is_company_data(made) for made in project.mapLayers().values()} == {"marked": True, "layer": False}


def test_no_two_columns_have_the_same_title():
    assert len({*titles().values(), *import_titles().values()}) == len(titles()) + len(import_titles())
