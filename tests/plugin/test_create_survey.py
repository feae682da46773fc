"""``createsurvey``: a survey of an arrondissement of Paris, made, opened, moved, filled in as a surveyor would."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from qgis.core import QgsFeature, QgsProject, QgsVectorLayer, QgsVectorLayerUtils
from qgis_builders import Feedback, layer, saved

from joptimiz_qgis.toolkit.survey.project import NEW, PROJECT_FILE, SEEN, STATES, TO_SEE, survey_layers

BAYS_FILE = "bays/paris_livraison_2026-01.csv"

OPEN = """
import json, sys
from pathlib import Path
from qgis.core import QgsApplication, QgsProject
said = []
QgsApplication.messageLog().messageReceived.connect(lambda text, tag, level: said.append([tag, text]))
project = QgsProject.instance()
read = project.read(sys.argv[1])
layers = {layer.id(): [layer.isValid(), layer.featureCount()] for layer in project.mapLayers().values()}
photos = project.mapLayer("joptimiz_photos")
paths = [str(Path(project.homePath(), row["chemin"])) for row in photos.getFeatures() if row["chemin"]]
relations = {name: [each.isValid(), len(list(each.getRelatedFeatures(next(project.mapLayer("joptimiz_bays").getFeatures()))))]
             for name, each in project.relationManager().relations().items()}
print(json.dumps({"read": read, "said": said, "layers": layers, "error": project.error(), "title": project.title(), "relations": relations,
                  "photos": [Path(path).is_file() for path in paths]}))
"""


@pytest.fixture(scope="module")
def eleventh(shared_data, tmp_path_factory) -> Path:
    """The outline of the 11th arrondissement."""
    zones = json.loads((shared_data / "zones/paris_arrondissements.geojson").read_text(encoding="utf-8"))
    zones["features"] = [each for each in zones["features"] if each["properties"]["Name"].startswith("11")]
    path = tmp_path_factory.mktemp("zones") / "onzieme.geojson"
    path.write_text(json.dumps(zones), encoding="utf-8")
    return path


@pytest.fixture
def survey(run, eleventh, shared_data, tmp_path) -> Path:
    made = run("createsurvey", TERRITORY=str(eleventh), BAYS=str(shared_data / BAYS_FILE), SECTORS=6, AGENTS="Anne, Bruno", OUTPUT=str(tmp_path / "releve"))
    assert (made["BAYS_COUNT"], made["SECTORS_COUNT"], made["OUTSIDE_COUNT"]) == (762, 6, 8436)
    return Path(made["PROJECT"])


def rows(project_file: Path, table: str, columns: str = "*", where: str = "1") -> list[tuple]:
    with closing(sqlite3.connect(project_file.parent / f"{table}.gpkg")) as connection:
        return connection.execute(f"SELECT {columns} FROM {table} WHERE {where}").fetchall()


def test_it_opens_in_a_fresh_qgis_without_a_warning(survey, python):
    found = python(OPEN, survey)
    assert found["read"]
    assert (found["said"], found["error"]) == ([], "")
    assert {name.removeprefix("joptimiz_") for name in found["layers"]} == set(survey_layers())
    assert all(valid for valid, _ in found["layers"].values())
    assert found["layers"]["joptimiz_bays"] == [True, 762]
    assert found["relations"] == {"joptimiz_photos": [True, 0], "joptimiz_visits": [True, 0]}


def test_moved_to_another_folder_it_works_and_the_photos_are_found(survey, python, tmp_path):
    key, = rows(survey, "bays", "uuid", "fid = 1")[0]
    (survey.parent / "DCIM" / "aire_1.jpg").write_bytes(b"photo")
    with closing(sqlite3.connect(survey.parent / "photos.gpkg")) as connection, connection:
        connection.execute("INSERT INTO photos (uuid, aire_uuid, chemin) VALUES ('p1', ?, 'DCIM/aire_1.jpg')", (key,))
    elsewhere = tmp_path / "tablette" / "Relevé é"
    elsewhere.parent.mkdir()
    shutil.move(survey.parent, elsewhere)
    found = python(OPEN, elsewhere / PROJECT_FILE)
    assert (found["said"], found["error"], found["photos"]) == ([], "", [True])
    assert found["relations"]["joptimiz_photos"] == [True, 1]


def test_known_bays_keep_their_identifiers_and_are_to_be_seen(survey, shared_data):
    import csv

    with (shared_data / BAYS_FILE).open(encoding="utf-8-sig", newline="") as file:
        published = {row["Nouvel identifiant"] or row["Ancien identifiant"] for row in csv.DictReader(file, delimiter=";")}
    found = rows(survey, "bays", "id, visite_statut, secteur")
    assert {name for name, _, _ in found} <= published
    assert {status for _, status, _ in found} == {TO_SEE}
    sizes = [sum(sector == number for _, _, sector in found) for number in range(1, 7)]
    assert sizes == [127] * 6
    assert rows(survey, "sectors", "secteur, agent, aires") == [(number, ("Anne", "Bruno")[(number - 1) % 2], 127) for number in range(1, 7)]
    assert len({key for key, in rows(survey, "bays", "uuid")}) == 762


def opened(survey: Path, project: QgsProject) -> QgsVectorLayer:
    assert project.read(str(survey))
    bays = project.mapLayer("joptimiz_bays")
    assert bays.startEditing()
    return bays


def test_what_is_typed_in_metres_and_ticked_is_kept_as_the_schema_wants_it(survey, project):
    """Values that the form fills by itself, by QGIS's own evaluation of its defaults."""
    bays = opened(survey, project)
    bay = next(bays.getFeatures())
    for name, value in {"longueur_m": 12.35, "eq_candelabre": True, "eq_borne_recharge": True, "visite_statut": SEEN}.items():
        assert bays.changeAttributeValue(bay.id(), bays.fields().indexOf(name), value)
    assert bays.commitChanges(), bays.commitErrors()
    length, equipment, day = rows(survey, "bays", "longueur, equipements, visite_date", f"fid = {bay.id()}")[0]
    assert (length, equipment) == (1235, "candélabre,borne recharge")
    assert day


def test_a_new_bay_gets_key_name_state_sector_and_agent_by_itself(survey, project):
    bays = opened(survey, project)
    geometry = next(bays.getFeatures('"secteur" = 3')).geometry()
    made = QgsVectorLayerUtils.createFeature(bays, geometry, {}, bays.createExpressionContext())
    assert made["visite_statut"] == NEW
    assert (made["secteur"], made["visite_agent"]) == (3, "Anne")
    assert len(made["uuid"]) == 36
    assert "{" not in made["uuid"]
    assert made["id"].startswith("N-")
    assert (made["longitude"], made["latitude"]) == (round(geometry.asPoint().x(), 7), round(geometry.asPoint().y(), 7))
    project.clear()


BAD_AND_GOOD = [
    ("visite_statut", None, TO_SEE),
    ("id", None, "A1"),
    ("longueur_m", 200.0, 12.5),
    ("largeur_m", 0.2, 2.3),
    ("longueur", 50.0, 1200.0),
    ("code_postal", "1000", "01000"),
    ("temporalite_osm", "de 8h à 10h", "Mo-Sa 08:00-10:00"),
    ("panneau_etat", "dégradé", "n/a"),
    ("eq_aucun", True, False),
    ("type", None, "aire permanente"),
]


@pytest.mark.parametrize(("name", "bad", "good"), BAD_AND_GOOD, ids=[case[0] for case in BAD_AND_GOOD])
def test_constraints_hold_what_is_right_and_stop_what_is_wrong(small_survey, project, name, bad, good):
    assert project.read(str(small_survey))
    bays = project.mapLayer("joptimiz_bays")
    bay = QgsFeature(next(bays.getFeatures()))
    bay["visite_statut"], bay["panneau_present"], bay["eq_candelabre"], bay["type"] = SEEN, False, True, "aire périodique"
    index = bays.fields().indexOf(name)
    for value, right in ((good, True), (bad, False)):
        bay[name] = value
        held, said = QgsVectorLayerUtils.validateAttribute(bays, bay, index)
        assert held == right, (value, said)
    assert said
    project.clear()


@pytest.fixture
def small_survey(run, tmp_path):
    square = layer(["Polygon ((651000 6861000, 653000 6861000, 653000 6863000, 651000 6863000, 651000 6861000))"], "Polygon", nom=["Valorge"])
    bay = layer(["Point (652000 6862000)"], id=["B1"], type=["aire périodique"])
    made = run("createsurvey", TERRITORY=saved(square, tmp_path / "t.gpkg"), BAYS=saved(bay, tmp_path / "b.gpkg"), SECTORS=1, OUTPUT=str(tmp_path / "petit"))
    return Path(made["PROJECT"])


def test_without_known_bays_the_ground_is_split(run, tmp_path):
    square = layer(["Polygon ((651000 6861000, 653000 6861000, 653000 6863000, 651000 6863000, 651000 6861000))"], "Polygon", nom=["Valorge"])
    made = run("createsurvey", TERRITORY=saved(square, tmp_path / "t.gpkg"), SECTORS=3, OUTPUT=str(tmp_path / "neuf"))
    assert (made["BAYS_COUNT"], made["SECTORS_COUNT"]) == (0, 3)
    assert rows(Path(made["PROJECT"]), "communes", "nom, aires") == [("Valorge", 0)]


def test_selected_municipalities_alone_are_the_territory(run, project, tmp_path):
    from qgis.core import QgsProcessingFeatureSourceDefinition

    squares = [f"Polygon (({x} 6861000, {x + 1000} 6861000, {x + 1000} 6863000, {x} 6863000, {x} 6861000))" for x in (651000, 652000)]
    towns = layer(squares, "Polygon", nom=["A", "B"])
    towns.selectByIds([2])
    project.addMapLayer(towns)
    chosen = QgsProcessingFeatureSourceDefinition(towns.id(), selectedFeaturesOnly=True)
    made = run("createsurvey", TERRITORY=chosen, SECTORS=1, OUTPUT=str(tmp_path / "choisi"))
    assert rows(Path(made["PROJECT"]), "communes", "nom") == [("B",)]


def test_bad_input_is_told_and_leaves_nothing(refusal, tmp_path, files_in):
    square = saved(layer(["Polygon ((651000 6861000, 653000 6861000, 653000 6863000, 651000 6861000))"], "Polygon", nom=["V"]), tmp_path / "t.gpkg")
    (tmp_path / "plein").mkdir()
    (tmp_path / "plein" / "x").write_text("")
    bays = saved(layer(["Point (652000 6862000)"], id=["B1"], jz_lon=["2"]), tmp_path / "clients.gpkg")
    before = files_in()
    assert "not empty" in refusal("createsurvey", TERRITORY=square, OUTPUT=str(tmp_path / "plein"))
    assert "releve_valorge" in refusal("createsurvey", TERRITORY=square, OUTPUT=str(tmp_path / "relevé été"))
    assert "customers" in refusal("createsurvey", TERRITORY=square, BAYS=bays, OUTPUT=str(tmp_path / "r"))
    (tmp_path / "plan.pdf").write_text("x")
    assert ".mbtiles" in refusal("createsurvey", TERRITORY=square, BASE_MAP=str(tmp_path / "plan.pdf"), OUTPUT=str(tmp_path / "r"))
    assert files_in() == sorted([*before, "plan.pdf"])


def test_a_layer_that_is_marked_as_a_firms_is_refused_whatever_its_columns(refusal, project, tmp_path):
    from joptimiz_qgis.layers.customers import mark_company_data

    square = saved(layer(["Polygon ((651000 6861000, 653000 6861000, 653000 6863000, 651000 6861000))"], "Polygon", nom=["V"]), tmp_path / "t.gpkg")
    customers = layer(["Point (652000 6862000)"], id=["C1"], name="clients")
    mark_company_data(customers)
    project.addMapLayer(customers)
    assert "customers" in refusal("createsurvey", TERRITORY=square, BAYS=customers.id(), OUTPUT=str(tmp_path / "r"))
    assert not (tmp_path / "r").exists()


def test_a_cancel_leaves_nothing(run, tmp_path, files_in):
    square = layer(["Polygon ((651000 6861000, 653000 6861000, 653000 6863000, 651000 6861000))"], "Polygon", nom=["V"])
    source = saved(square, tmp_path / "t.gpkg")
    before = files_in()
    run("createsurvey", feedback=Feedback(cancel_at=60), TERRITORY=source, OUTPUT=str(tmp_path / "r"))
    assert files_in() == before


def test_states_are_the_forms_first_question(small_survey, project):
    assert project.read(str(small_survey))
    bays = project.mapLayer("joptimiz_bays")
    setup = bays.editorWidgetSetup(bays.fields().indexOf("visite_statut"))
    assert [next(iter(choice.values())) for choice in setup.config()["map"]] == list(STATES)
    first = bays.editFormConfig().invisibleRootContainer().children()[0].children()[0]
    assert first.name() == "visite_statut"
    project.clear()
