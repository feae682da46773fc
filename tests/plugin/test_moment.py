"""Filters by moment on real layers: every kind of source, the user's own filters, edited layers, saved projects, themes."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pandas as pd
import pytest
from qgis.core import NULL, QgsFeature, QgsField, QgsGeometry, QgsLayerTreeModel, QgsVectorLayer
from qgis.PyQt.QtCore import QMetaType
from qgis_builders import PARIS, saved

from joptimiz_qgis.layers.moment import PROPERTY, MomentMap
from joptimiz_qgis.paths import SAMPLE
from joptimiz_qgis.toolkit.moment_filter import BayTable, Question
from joptimiz_qgis.toolkit.vehicles import Vehicle

FRIDAY_1930 = datetime(2026, 11, 20, 19, 30)
KINDS = {"nom": "QString", "active": "Bool", "longueur": "Double", "parite_trottoir": "QString", "temporalite_osm": "QString", "type": "QString"}
HOURS = ["Mo-Sa 07:00-20:00", "19:30-07:30", "Mo-Fr 08:00-12:00", "d'après l’arrêté \"12\"", "mo-sa 07:00-20:00", "fermé\\", "24/7", None]


def table(rows, kinds, name="bays", shape="Point", table_crs="EPSG:2154"):
    """A memory layer of typed fields; rows are dictionaries."""
    made = QgsVectorLayer(f"{shape}?crs={table_crs}" if shape else "None", name, "memory")
    made.dataProvider().addAttributes([QgsField(field, getattr(QMetaType.Type, kind)) for field, kind in kinds.items()])
    made.updateFields()
    features = []
    for number, row in enumerate(rows):
        feature = QgsFeature(made.fields())
        feature.setAttributes([row.get(field) for field in kinds])
        x, y = PARIS[0] + 10 * number, PARIS[1]
        wkt = {"Point": f"Point ({x} {y})", "Polygon": f"Polygon (({x} {y}, {x + 5} {y}, {x + 5} {y + 5}, {x} {y}))"}.get(shape)
        if wkt:
            feature.setGeometry(QgsGeometry.fromWkt(wkt))
        features.append(feature)
    assert made.dataProvider().addFeatures(features)[0]
    made.updateExtents()
    return made


def bay_rows(seed, count):
    chance = random.Random(seed)
    return [
        {
            "nom": f"B{number}",
            "active": chance.choice([True, True, False, None]),
            "longueur": chance.choice([600.0, 1000.0, 0.0, None]),
            "temporalite_osm": chance.choice(HOURS),
            "type": chance.choice(["aire permanente", None]),
        }
        for number in range(count)
    ]


def named(layer):
    return [feature["nom"] for feature in layer.getFeatures()]


def ask(moment_map, question):
    for _ in moment_map.prepare():
        pass
    return list(moment_map.ask(question))[-1]


def show(moment_map, question):
    shown = ask(moment_map, question)
    for _ in moment_map.show(shown):
        pass
    return shown


@pytest.fixture
def moment_map(project):
    made = MomentMap(project)
    yield made
    made.forget()


# -- every kind of source ------------------------------------------------------------------------------------------------

SOURCES = {"GPKG": "gpkg", "GeoJSON": "geojson", "FlatGeobuf": "fgb", "SQLite": "sqlite", "CSV": "csv"}


def opened_as(driver, made, folder):
    if driver == "memory":
        return made
    path = folder / f"bays.{SOURCES[driver]}"
    if driver == "CSV":
        frame = pd.DataFrame([[None if value == NULL else value for value in feature.attributes()] for feature in made.getFeatures()], columns=made.fields().names())
        frame.assign(x=PARIS[0], y=PARIS[1]).to_csv(path, index=False)
        return QgsVectorLayer(f"file://{path}?delimiter=,&xField=x&yField=y&crs=EPSG:2154&detectTypes=yes", "bays", "delimitedtext")
    saved(made, path, driver=driver)
    return QgsVectorLayer(str(path), "bays", "ogr")


@pytest.mark.parametrize("driver", ["memory", *SOURCES])
@pytest.mark.parametrize("count", [9, 1500])
def test_every_source_keeps_exactly_the_bays_that_can_be_used(moment_map, project, tmp_path, driver, count):
    rows = bay_rows(3, count)
    layer = opened_as(driver, table(rows, KINDS), tmp_path)
    assert layer.isValid() and layer.featureCount() == count
    project.addMapLayer(layer)
    columns = {name: pd.Series([row[name] for row in rows], dtype=object) for name in KINDS if name != "parite_trottoir"}
    alone = BayTable(columns, {})
    for hours, vehicle, hide in ((0, None, False), (13, Vehicle(length_m=8), False), (30, Vehicle(length_m=8), True)):
        question = Question(FRIDAY_1930 + timedelta(hours=hours), vehicle=vehicle, hide_unknown=hide)
        found = show(moment_map, question)
        assert moment_map.problems == []
        expected = [row["nom"] for row, keep in zip(rows, alone.answer(question).keep) if keep]
        assert sorted(named(layer)) == sorted(expected)
        assert layer.featureCount() == len(expected)
        assert found.found.bays[2] == count
        assert found.found.bays[0] + found.found.bays[1] == len(expected) or hide
    moment_map.restore()
    assert layer.subsetString() == ""
    assert layer.featureCount() == count


# -- what belongs to the user ----------------------------------------------------------------------------------------------


@pytest.fixture
def town(project, tmp_path):
    """Bays, perimeters and their rules in one GeoPackage."""
    bays = table(
        [
            {"nom": "open", "longueur": 1000.0, "temporalite_osm": "Mo-Sa 07:00-20:00"},
            {"nom": "closed", "longueur": 1000.0, "temporalite_osm": "Mo-Fr 08:00-12:00"},
            {"nom": "short", "longueur": 500.0, "temporalite_osm": "Mo-Sa 07:00-20:00"},
            {"nom": "unread", "longueur": 1000.0, "temporalite_osm": "voir panneau"},
        ],
        KINDS,
    )
    texts = dict.fromkeys(["nom", "cle", "type_peri", "date_debut", "date_fin"], "QString")
    perimeters = table(
        [
            {"nom": "red", "cle": "r", "type_peri": "Rouge"},
            {"nom": "blue", "cle": "b", "type_peri": "Bleu"},
            {"nom": "past", "cle": "p", "type_peri": "Bleu", "date_fin": "2026-01-01"},
        ],
        texts,
        "perimeters",
        "Polygon",
    )
    rules = table(
        [
            {"nom": "lorries", "perimetre": "r", "regl_modalite": "Interdit", "veh_types": "Poids lourds", "periode_jh": "Mo-Fr 19:00-22:00"},
            {"nom": "vans", "perimetre": "b", "regl_modalite": "Interdit", "veh_types": "Véhicules utilitaires légers"},
            {"nom": "old", "perimetre": "p", "regl_modalite": "Interdit"},
        ],
        dict.fromkeys(["nom", "perimetre", "regl_modalite", "veh_types", "periode_jh"], "QString"),
        "rules",
        "",
    )
    sources = {made.name(): saved(made, tmp_path / "town.gpkg", made.name()) for made in (bays, perimeters, rules)}
    layers = {name: QgsVectorLayer(source, name, "ogr") for name, source in sources.items()}
    for made in layers.values():
        project.addMapLayer(made)
    return layers


def kept(town):
    return {name: named(layer) for name, layer in town.items()}


def test_friday_evening_on_all_layers_at_once(moment_map, town):
    found = show(moment_map, Question(FRIDAY_1930))
    assert kept(town) == {"bays": ["open", "short", "unread"], "perimeters": ["red", "blue"], "rules": ["lorries", "vans"]}
    assert found.found.words() == "Active: 1 red perimeter, 1 blue perimeter ; 3 bays usable out of 4, 1 of them perhaps."
    found = show(moment_map, Question(FRIDAY_1930, vehicle=Vehicle("pl", weight_t=12, length_m=8)))
    assert kept(town) == {"bays": ["open", "unread"], "perimeters": ["red"], "rules": ["lorries"]}
    assert found.found.words() == "Forbidden to this vehicle: 1 red perimeter ; 2 bays usable out of 4, 1 of them perhaps."
    show(moment_map, Question(FRIDAY_1930, kinds=frozenset({"Bleu"}), hide_unknown=True))
    assert kept(town) == {"bays": ["open", "short"], "perimeters": ["blue"], "rules": ["vans"]}
    assert moment_map.kinds_present() == ["Rouge", "Bleu"]
    moment_map.restore()
    assert [len(names) for names in kept(town).values()] == [4, 3, 3]


def test_the_user_s_own_filter_is_joined_and_given_back(moment_map, town):
    own = "\"nom\" <> 'open' -- my choice"
    assert town["bays"].setSubsetString(own)
    found = show(moment_map, Question(FRIDAY_1930))
    assert named(town["bays"]) == ["short", "unread"]
    assert found.found.bays == (1, 1, 3), "of those that the user wants to see"
    show(moment_map, Question(FRIDAY_1930 + timedelta(hours=2)))
    assert named(town["bays"]) == ["unread"]
    moment_map.restore()
    assert town["bays"].subsetString() == own
    assert town["bays"].customProperty(PROPERTY) is None


def test_a_filter_that_the_user_sets_meanwhile_is_theirs(moment_map, town):
    show(moment_map, Question(FRIDAY_1930))
    assert town["bays"].setSubsetString("\"nom\" = 'closed'")
    show(moment_map, Question(FRIDAY_1930))
    assert named(town["bays"]) == []
    moment_map.restore()
    assert town["bays"].subsetString() == "\"nom\" = 'closed'"


def test_a_project_saved_with_filters_gives_them_back_when_it_is_opened_again(moment_map, project, town, tmp_path):
    assert town["bays"].setSubsetString("\"nom\" <> 'short'")
    show(moment_map, Question(FRIDAY_1930))
    identifier = town["bays"].id()
    assert project.write(str(tmp_path / "town.qgz"))
    moment_map.forget()
    project.clear()
    assert project.read(str(tmp_path / "town.qgz"))
    again = MomentMap(project)
    bays = project.mapLayer(identifier)
    assert named(bays) == ["open", "unread"]
    assert again.user_filter(bays) == "\"nom\" <> 'short'"
    show(again, Question(datetime(2026, 11, 20, 9)))
    assert named(bays) == ["open", "closed", "unread"]
    again.restore()
    assert named(bays) == ["open", "closed", "unread"] and bays.subsetString() == "\"nom\" <> 'short'"
    assert all(layer.subsetString() == "" for layer in project.mapLayers().values() if layer is not bays)
    again.forget()


def test_a_layer_that_is_edited_is_left_alone_and_said(moment_map, town):
    show(moment_map, Question(FRIDAY_1930))
    before = town["bays"].subsetString()
    assert town["bays"].startEditing()
    show(moment_map, Question(datetime(2026, 11, 20, 9)))
    assert town["bays"].subsetString() == before
    assert [problem for problem in moment_map.problems if "bays" in problem and "being edited" in problem]
    moment_map.restore()
    assert town["bays"].subsetString() == before and town["perimeters"].subsetString() == ""
    town["bays"].rollBack()
    assert town["bays"].subsetString() == "", "given back when the editing ends"


def test_what_is_edited_counts_at_the_next_question(moment_map, town):
    assert ask(moment_map, Question(FRIDAY_1930)).found.bays == (2, 1, 4)
    bays = town["bays"]
    closed = next(feature for feature in bays.getFeatures() if feature["nom"] == "closed")
    assert bays.startEditing()
    assert bays.changeAttributeValue(closed.id(), bays.fields().indexOf("temporalite_osm"), "24/7")
    assert bays.commitChanges()
    assert ask(moment_map, Question(FRIDAY_1930)).found.bays == (3, 1, 4)


def test_a_filter_that_is_a_whole_query_is_left_as_it_is(moment_map, town):
    query = "SELECT * FROM \"bays\" WHERE \"nom\" <> 'open'"
    assert town["bays"].setSubsetString(query)
    show(moment_map, Question(FRIDAY_1930))
    assert town["bays"].subsetString() == query
    assert any("a whole query" in problem for problem in moment_map.problems)


def test_perimeters_as_they_were_published_are_understood(moment_map, project, shared_data):
    layer = QgsVectorLayer(str(shared_data / "perimeters" / "jop2024_zones.geojson"), "zones", "ogr")
    project.addMapLayer(layer)
    for at, counted in (("2024-07-26T12:59", 3), ("2024-07-26T13:00", 37), ("2024-08-04T10:00", 25)):
        found = show(moment_map, Question(datetime.fromisoformat(at)))
        assert (layer.featureCount(), sum(found.found.perimeters.values()), moment_map.problems) == (counted, counted, [])
    assert moment_map.kinds_present() == ["Rouge", "Bleu", "Gris", "Blanc"]
    moment_map.restore()
    assert layer.featureCount() == 881


def test_perimeters_and_bays_that_cannot_be_told_apart_are_said(moment_map, project):
    texts = dict.fromkeys(["nom", "cle", "type_peri", "date_debut", "date_fin"], "QString")
    project.addMapLayer(table([{"cle": "a"}, {"cle": "a"}], texts, "twice", "Polygon"))
    project.addMapLayer(table([{"perimetre": "a", "regl_modalite": "Interdit"}], dict.fromkeys(["perimetre", "regl_modalite", "periode_jh"], "QString"), "rules", ""))
    show(moment_map, Question(FRIDAY_1930, vehicle=Vehicle("pl")))
    assert any("have the key “a”" in problem for problem in moment_map.problems)


# -- themes ----------------------------------------------------------------------------------------------------------------


def test_a_theme_keeps_what_applies_when_the_filters_are_gone(moment_map, project, town, tmp_path):
    shown = show(moment_map, Question(FRIDAY_1930))
    model = QgsLayerTreeModel(project.layerTreeRoot())
    moment_map.save_theme("Friday 19:30", shown, model)
    moment_map.restore()
    assert project.mapThemeCollection().mapThemes() == ["Friday 19:30"]
    assert town["bays"].styleManager().currentStyle() == "default"
    assert town["bays"].subsetString() == ""
    project.mapThemeCollection().applyTheme("Friday 19:30", project.layerTreeRoot(), model)
    holder = town["bays"].renderer().rootRule().children()[0]
    drawn = [feature["nom"] for feature in town["bays"].getFeatures(holder.filterExpression())]
    assert drawn == ["open", "short", "unread"]
    moment_map.save_theme("Friday 19:30", shown, model)
    assert project.mapThemeCollection().mapThemes() == ["Friday 19:30"]


# -- the sample town -------------------------------------------------------------------------------------------------------


def test_the_pedestrian_area_of_the_sample_town_and_its_entrances(moment_map, project):
    """Deliveries enter from Monday to Saturday from 6 to 11 (its description): the area is closed, its entrances open, then."""
    layers = {name: QgsVectorLayer(str(SAMPLE / f"{name}.geojson"), name, "ogr") for name in ("perimeters", "access_points")}
    for made in layers.values():
        project.addMapLayer(made)
    entrances = {feature["id"] for feature in layers["access_points"].getFeatures("\"perimetre\" = 'AP-CENTRE' AND \"horaires\" = 'Mo-Sa 06:00-11:00'")}
    assert entrances
    for hour, restricted in ((10, False), (12, True)):
        show(moment_map, Question(datetime(2026, 11, 20, hour)))
        assert moment_map.problems == []
        assert ("AP-CENTRE" in {feature["id"] for feature in layers["perimeters"].getFeatures()}) is restricted
        passable = {feature["id"] for feature in layers["access_points"].getFeatures()}
        assert entrances & passable == (set() if restricted else entrances)
    moment_map.restore()
    assert (layers["perimeters"].featureCount(), layers["access_points"].featureCount()) == (5, 12)
