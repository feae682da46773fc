"""The algorithm, the dialog and the review of a merge, as a person uses them: keys, fields, filters, merge, undo."""

from __future__ import annotations

import hashlib

import pytest
from qgis.core import QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QPushButton
from qgis_builders import finish
from survey_builder import inventory_file, survey_folder
from test_survey_merging import BACK, INVENTORY

from joptimiz_qgis.gui.dck_merge_review import MergeReviewDock
from joptimiz_qgis.gui.dlg_merge import MergeDialog
from joptimiz_qgis.gui.merging import MergeJourney
from joptimiz_qgis.toolkit.survey.decisions import Decision, load_decisions
from joptimiz_qgis.toolkit.survey.merge_file import open_merge, read_inventory


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def inventory(tmp_path):
    return inventory_file(tmp_path / "inventaire.gpkg", INVENTORY)


@pytest.fixture
def survey(tmp_path):
    photos = [{"uuid": "p1", "aire_uuid": "c9", "chemin": "DCIM/c.jpg"}, {"uuid": "p2", "aire_uuid": "c9", "chemin": "DCIM/x.jpg", "there": False}]
    return survey_folder(tmp_path / "releve", BACK, photos)


@pytest.fixture
def dock(inventory, survey, qgis_iface):
    made = MergeReviewDock(qgis_iface, open_merge(inventory, [survey]), inventory, lambda *_said: None)
    yield made
    made.leave()


def show(dock, name):
    dock.filter.setCurrentIndex(dock.filter.findData(name))
    dock.list.setCurrentIndex(dock.shown.index(0, 0))
    return dock.current()


# -- algorithm -------------------------------------------------------------------------------------------------------------


def test_the_algorithm_says_what_it_would_do_then_does_it(run, inventory, survey):
    before = digest(inventory)
    asked = {"INVENTORY": str(inventory), "SURVEYS": [str(survey)]}
    said = run("mergesurvey", None, OUTPUT=None, **asked)
    assert (said["MATCHED"], said["MISSING"], said["NEW"], said["NOT_VISITED"], said["OUTPUT"]) == (1, 1, 1, 1, None)
    assert digest(inventory) == before
    done = run("mergesurvey", None, OUTPUT=None, APPLY=True, **asked)
    assert done["OUTPUT"] == str(inventory)
    assert done["ADDED"] == 1
    assert len(read_inventory(inventory).bays) == 5


# -- review ----------------------------------------------------------------------------------------------------------------


def test_keys_decide_and_lead_to_the_next_and_decisions_are_kept_beside_the_file(dock, inventory):
    item = show(dock, "missing")
    QTest.keyClick(dock.list, Qt.Key.Key_H)
    assert dock.decisions[item.key] == Decision("close")
    QTest.keyClick(dock.list, Qt.Key.Key_Delete)
    assert dock.decisions[item.key] == Decision("delete")
    QTest.keyClick(dock.list, Qt.Key.Key_A)  # no decision for a missing bay
    assert dock.decisions[item.key] == Decision("delete")
    QTest.keyClick(dock.list, Qt.Key.Key_Backspace)
    assert dock.decisions == {}
    dock.buttons["keep"].click()
    dock.save()
    assert load_decisions(inventory.parent / "inventaire.gpkg.joptimiz" / "decisions.json") == {item.key: Decision("keep")}


def test_filters_count_and_the_search_narrows(dock):
    assert [dock.filter.itemText(dock.filter.findData(name)) for name in ("new", "missing", "all")] == ["New (1)", "Missing (1)", "All (5)"]
    dock.filter.setCurrentIndex(dock.filter.findData("all"))
    dock.search.setText("40 rue")
    assert [dock.shown.item(dock.shown.index(row, 0)).kind for row in range(dock.shown.rowCount())] == ["new"]


def test_differences_come_first_and_a_click_chooses_whose_value_is_taken(dock):
    item = show(dock, "changed")
    table = dock.view.table
    first = {table.item(row, 0).text(): [table.item(row, column).text() for column in (1, 2)] for row in range(3)}
    assert first["Length (cm)"] == ["1000", "✓ 1050"]
    assert first["Position"][1].startswith("✓ moved by 3.0 m")
    row = next(row for row in range(3) if table.item(row, 0).text() == "Length (cm)")
    dock.view._chosen(row, 1)
    assert dock.decisions[item.key] == Decision("accept", {"longueur": "inventory"})
    assert dock.view.table.item(row, 1).text() == "✓ 1000"
    assert dock.ready.preview(dock.decisions).table.set_index("id").loc["1", "longueur"] == 1000


def test_both_positions_and_a_line_are_on_the_map_and_go_with_the_dock(dock):
    show(dock, "changed")
    assert len(dock.on_map.marks) == 3
    show(dock, "new")
    assert len(dock.on_map.marks) == 1
    dock.on_map.forget()
    assert dock.on_map.marks == []


def test_photos_are_shown_and_those_that_lack_are_named(dock):
    dock.filter.setCurrentIndex(dock.filter.findData("all"))
    row = next(row for row in range(dock.shown.rowCount()) if "c9" in dock.shown.item(dock.shown.index(row, 0)).key)
    dock.list.setCurrentIndex(dock.shown.index(row, 0))
    assert sorted(dock.view.photos.item(place).text() for place in range(dock.view.photos.count())) == ["c.jpg", "x.jpg: not found"]


def test_merge_asks_first_then_writes_then_can_be_undone(dock, inventory):
    before, asked = inventory.read_bytes(), []
    dock.confirm = lambda question: asked.append(question) or False
    dock.apply()
    assert inventory.read_bytes() == before
    assert "1 are added, 0 deleted" in asked[0]
    dock.confirm = lambda _question: True
    layer = QgsVectorLayer(f"{inventory}|layername=bays", "inventaire", "ogr")
    QgsProject.instance().addMapLayer(layer)
    assert layer.featureCount() == 4
    dock.apply()
    finish(lambda: dock.work is None)
    assert dock.merged
    assert layer.featureCount() == 5
    assert not dock.apply_button.isEnabled()
    dock.undo()
    finish(lambda: dock.work is None)
    QgsProject.instance().removeAllMapLayers()
    assert inventory.read_bytes() == before
    assert dock.apply_button.isEnabled()


def test_a_review_goes_on_where_it_stopped(dock, inventory, survey, qgis_iface):
    item = show(dock, "missing")
    dock.decide("close")
    dock.save()
    again = MergeReviewDock(qgis_iface, open_merge(inventory, [survey]), inventory, lambda *_said: None)
    assert again.decisions == {item.key: Decision("close")}
    again.leave()


# -- dialog ----------------------------------------------------------------------------------------------------------------


def test_the_dialog_compares_and_opens_the_review(inventory, survey, qgis_iface):
    journey = MergeJourney(qgis_iface, lambda *_said: None)
    journey.open()
    dialog = journey.dialog
    dialog.compare()
    assert "Choose the inventory" in dialog.messages.currentItem().text()
    dialog.inventory.setFilePath(f"{inventory}|layername=bays")
    dialog.compare()
    assert "Add at least one survey" in dialog.messages.currentItem().text()
    dialog.add_survey(str(survey))
    dialog.findChild(QPushButton, "compareButton").click()
    finish(lambda: dialog.ready is not None)
    listed = [dialog.found.item(row).text() for row in range(dialog.found.count())]
    assert any("photos are not in the folder" in text for text in listed)
    dialog.findChild(QPushButton, "reviewButton").click()
    assert journey.dock.shown.rowCount() == 1
    assert [layer.name() for layer in QgsProject.instance().mapLayers().values()] == ["Delivery bays"]
    journey.leave()
    QgsProject.instance().removeAllMapLayers()


def test_what_cannot_be_read_is_said_in_the_dialog(tmp_path, inventory, qgis_iface):
    dialog = MergeDialog(qgis_iface, lambda *_how: None)
    dialog.inventory.setFilePath(str(inventory))
    dialog.add_survey(str(tmp_path / "nowhere"))
    dialog.compare()
    finish(lambda: dialog.work is None)
    assert "There is no file" in dialog.messages.currentItem().text()
    assert not dialog.review_button.isEnabled()
    dialog.leave()
