"""The panel's section on time, kind and vehicle: what it asks, filters, plays, remembers and gives back."""

from __future__ import annotations

from datetime import datetime

import pytest
from conftest import speak
from qgis.core import QgsCoordinateReferenceSystem, QgsPointXY, QgsSettings, QgsVectorLayer
from qgis.PyQt.QtWidgets import QToolButton
from qgis_builders import PARIS, finish, saved
from test_moment import KINDS, named, table

FRIDAY = datetime(2026, 11, 20, 19, 30)


@pytest.fixture
def section(dock):
    QgsSettings().remove("joptimiz/moment")
    yield dock.moment
    QgsSettings().remove("joptimiz/moment")


@pytest.fixture
def town(project, tmp_path):
    """Bays, perimeters around `PARIS` and their rules in a GeoPackage."""
    bays = table([{"nom": "evening", "temporalite_osm": "19:00-21:00"}, {"nom": "morning", "temporalite_osm": "08:00-12:00"}, {"nom": "unread", "temporalite_osm": "?"}], KINDS)
    texts = dict.fromkeys(["nom", "cle", "type_peri", "date_debut", "date_fin"], "QString")
    perimeters = table([{"nom": "Stade", "cle": "r", "type_peri": "Rouge"}, {"nom": "Gare", "cle": "b", "type_peri": "Bleu", "date_fin": "2026-01-01"}], texts, "perimeters", "Polygon")
    rules = table(
        [{"nom": "lorries", "perimetre": "r", "regl_modalite": "Interdit", "veh_types": "Poids lourds", "periode_jh": "19:00-22:00"}],
        dict.fromkeys(["nom", "perimetre", "regl_modalite", "veh_types", "periode_jh"], "QString"),
        "rules",
        "",
    )
    sources = {made.name(): saved(made, tmp_path / "town.gpkg", made.name()) for made in (bays, perimeters, rules)}
    layers = {name: QgsVectorLayer(source, name, "ogr") for name, source in sources.items()}
    for made in layers.values():
        project.addMapLayer(made)
    return layers


def settled(section):
    finish(lambda: not section.busy() and not section.later.isActive() and section.result.text())


def opened(section, moment=FRIDAY):
    section.set_moment(moment)
    section.setCollapsed(False)
    settled(section)
    return section


def test_a_project_with_nothing_to_filter_is_told_what_to_do(section):
    opened(section)
    assert "open or import perimeters or delivery bays first" in section.result.text()
    section.filter_box.setChecked(True)
    settled(section)
    assert section.shown is None
    section.save_theme("nothing")
    assert "nothing to save" in section.notes.text()


def test_the_map_is_filtered_and_given_back(section, town):
    assert town["bays"].setSubsetString("\"nom\" <> 'unread'")
    opened(section)
    finish(lambda: "Active: 1 red perimeter ; 1 bays usable out of 2." in section.result.text())  # on a loaded machine one turn later
    assert named(town["bays"]) == ["evening", "morning"], "the map is left alone until it is asked for"
    section.filter_box.setChecked(True)
    settled(section)
    assert (named(town["bays"]), named(town["perimeters"])) == (["evening"], ["Stade"])
    section.step(-10 * 3600)
    settled(section)
    assert named(town["bays"]) == ["morning"]
    section.filter_box.setChecked(False)
    settled(section)
    assert town["bays"].subsetString() == "\"nom\" <> 'unread'" and named(town["perimeters"]) == ["Stade", "Gare"]


def test_kinds_range_vehicle_and_what_is_not_known(section, town):
    opened(section)
    assert {kind: box.text() for kind, box in section._kind_boxes.items()} == {"Rouge": "Red perimeter", "Bleu": "Blue perimeter"}
    section._kind_boxes["Rouge"].setChecked(False)
    section.unknown_box.setChecked(True)
    section.filter_box.setChecked(True)
    settled(section)
    assert "No active perimeter" in section.result.text()
    assert (named(town["bays"]), named(town["perimeters"]), named(town["rules"])) == (["evening"], [], [])
    section._kind_boxes["Rouge"].setChecked(True)
    section.set_moment(datetime(2026, 11, 20, 7))
    section.until_box.setChecked(True)
    settled(section)
    assert named(town["bays"]) == ["morning"], "07:00 to 09:00"
    section.until_box.setChecked(False)
    section.set_moment(FRIDAY)
    section.vehicle.preset.setCurrentIndex(section.vehicle.preset.findData("porteur12"))
    settled(section)
    assert "Forbidden to this vehicle: 1 red perimeter" in section.result.text()
    section.vehicle.preset.setCurrentIndex(section.vehicle.preset.findData("vul35"))
    settled(section)
    assert "No perimeter forbidden to this vehicle" in section.result.text()


def test_own_values_of_a_vehicle(section):
    choice = section.vehicle
    choice.preset.setCurrentIndex(choice.preset.findData("articule44"))
    choice.preset.setCurrentIndex(choice.preset.findData("own"))
    choice.critair.setCurrentIndex(choice.critair.findData("V3"))
    choice.use.setText(" Livraison ")
    found = choice.vehicle()
    assert (found.category, found.weight_t, found.length_m, found.width_m, found.height_m) == ("pl", 44, 16.5, 2.55, 4)
    assert (found.critair, found.use, found.motor) == ("V3", "Livraison", None)
    state = choice.state()
    choice.set_state({})
    assert choice.vehicle() is None
    choice.set_state(state)
    assert choice.vehicle() == found


def test_a_day_plays_hour_by_hour_and_pauses(section, town):
    opened(section, datetime(2026, 11, 20, 6))
    section.filter_box.setChecked(True)
    settled(section)
    seen = {}
    section.findChild(QToolButton, "playButton").click()

    def record():
        if not section.busy():
            seen[section.moment.time().hour()] = named(town["bays"])
        return len(seen) == 24

    finish(record)
    section.findChild(QToolButton, "playButton").click()
    assert not section.player.isActive()
    hours = {hour for hour, names in seen.items() if "evening" in names}, {hour for hour, names in seen.items() if "morning" in names}
    assert hours == ({19, 20}, {8, 9, 10, 11})
    assert section.moment.date().day() == 20, "it goes round within the day"


def test_a_saved_project_opens_as_it_was(section, project, town, tmp_path):
    opened(section)
    section._kind_boxes["Bleu"].setChecked(False)
    section.filter_box.setChecked(True)
    section.vehicle.preset.setCurrentIndex(section.vehicle.preset.findData("porteur19"))
    settled(section)
    bays = town["bays"].id()
    assert project.write(str(tmp_path / "town.qgz"))
    project.clear()
    assert not section.filter_box.isChecked() and section.result.text() == ""
    section.vehicle.set_state({})
    assert project.read(str(tmp_path / "town.qgz"))
    settled(section)
    assert section.filter_box.isChecked() and not section._kind_boxes["Bleu"].isChecked()
    assert section.vehicle.preset.currentData() == "porteur19"
    assert named(project.mapLayer(bays)) == ["evening", "unread"]
    section.filter_box.setChecked(False)
    settled(section)
    assert project.mapLayer(bays).subsetString() == ""


def test_what_applies_at_a_click(section, town, project):
    project.setCrs(QgsCoordinateReferenceSystem("EPSG:2154"))
    section.iface.mapCanvas().setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:2154"))
    section.vehicle.preset.setCurrentIndex(section.vehicle.preset.findData("porteur12"))
    opened(section)
    section.findChild(QToolButton, "hereButton").click()
    assert section.iface.mapCanvas().mapTool() is section._tool
    section._tool.show_at(QgsPointXY(PARIS[0] + 4, PARIS[1] + 1))
    settled(section)
    told = section.here_text.toPlainText()
    assert "Red perimeter – Stade" in told and "forbidden, until 2026-11-20 22:00" in told and "lorries" in told
    section._tool.show_at(QgsPointXY(PARIS[0] + 14, PARIS[1] + 1))
    settled(section)
    assert "No perimeter of these kinds is valid here" in section.here_text.toPlainText()
    section.findChild(QToolButton, "hereButton").click()
    assert section.iface.mapCanvas().mapTool() is not section._tool


def test_nothing_is_left_when_the_plugin_goes(dock, section, town):
    opened(section)
    section.filter_box.setChecked(True)
    settled(section)
    assert named(town["bays"]) == ["evening", "unread"]
    section.toggle_play()
    section.leave()
    assert all(layer.subsetString() == "" for layer in town.values())
    assert not section.player.isActive() and not section.busy()
    assert town["bays"].setSubsetString("1 = 1")
    assert not section.later.isActive()
    for signal, slot in section._links:
        signal.connect(slot)  # the dock's own end takes them off again


def test_a_range_that_is_none_is_said_in_the_panel(section, town):
    speak("fr")
    opened(section)
    section.until_box.setChecked(True)
    section.until.setDateTime(section.moment.dateTime().addDays(-1))
    settled(section)
    finish(lambda: "ne forment pas une plage" in section.result.text())
