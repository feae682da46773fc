"""The panel of findings: checks in the background, filters, leads to the bay, corrects undoably, exports, and leaves nothing behind."""

from __future__ import annotations

import pandas as pd
import pytest
from qgis.core import QgsProject, QgsVectorLayer
from qgis.PyQt.QtWidgets import QDockWidget
from qgis_builders import finish

from joptimiz_qgis.gui.controls import CONTROLS, check_bays, checkable, control_of, raw_rows
from joptimiz_qgis.gui.dck_findings import FindingsDock
from joptimiz_qgis.layers.layer_rows import read_rows
from joptimiz_qgis.toolkit.progress import Progress


@pytest.fixture
def bays(run, shared_data, project, tmp_path):
    """Lyon's sample as a layer, with a length in metres and a sign that is not there."""
    path = run("importbays", INPUT=str(shared_data / "bays/cerema_v1_exemple_grand_lyon.csv"), OUTPUT=str(tmp_path / "bays.gpkg"))["OUTPUT"]
    layer = QgsVectorLayer(path, "bays", "ogr")
    layer.startEditing()
    first, second = list(layer.getFeatures())[:2]
    layer.changeAttributeValue(first.id(), layer.fields().lookupField("longueur"), 9.0)
    layer.changeAttributeValue(second.id(), layer.fields().lookupField("panneau_present"), False)
    assert layer.commitChanges()
    project.addMapLayer(layer)
    return layer


@pytest.fixture
def panel(qgis_iface, bays):
    dock = FindingsDock(qgis_iface)
    dock.layers.setLayer(bays)
    dock.check()
    finish(lambda: dock.layer is not None and dock.work is None)
    yield dock
    dock.leave()
    dock.deleteLater()


def codes(dock):
    return sorted(item.code for item in dock.findings.findings)


def value(layer, row, name):
    return list(layer.getFeatures())[row][name]


FOUND = ["footprint_form", "hours_missing", "hours_on_permanent", "schema_range", "sign_state", "stay_control"]


def test_it_shows_what_the_toolkit_finds_in_the_layer(panel, bays):
    rows = next(rows for rows in read_rows(bays, None, shapes=True) if rows is not None)
    assert codes(panel) == sorted(item.code for item in check_bays(raw_rows(rows), None, None, Progress()).findings)
    assert set(FOUND) <= set(codes(panel))
    severities = [item.severity for item in panel.findings.findings]
    assert severities == sorted(severities, key=["error", "warning", "notice"].index)  # the gravest first
    assert panel.model.count == len(panel.findings.findings)
    assert panel.check_button.text() == "Check again"


def test_filters_by_severity_kind_and_words(panel):
    panel.severity.setCurrentIndex(panel.severity.findData("error"))
    assert {item.severity for item in panel.filtered().findings} == {"error"} and panel.kind.findData("sign_state") < 0
    panel.severity.setCurrentIndex(0)
    panel.kind.setCurrentIndex(panel.kind.findData("sign_state"))
    assert [item.code for item in panel.filtered().findings] == ["sign_state"]
    panel.kind.setCurrentIndex(0)
    panel.words.setText("gl-2305 permanent")
    assert [item.code for item in panel.filtered().findings] == ["hours_on_permanent"]
    assert panel.shown.text() == f"1 of {len(panel.findings.findings)}"


def test_a_correction_goes_into_the_edit_buffer_and_undo_takes_it_back(panel, bays):
    panel.kind.setCurrentIndex(panel.kind.findData("schema_range"))
    before = len(panel.findings.findings)
    panel.apply_button.click()
    assert value(bays, 0, "longueur") == 900.0 and bays.isEditable() and bays.undoStack().count() == 1
    assert len(panel.findings.findings) == before - 1 and "schema_range" not in codes(panel)
    bays.undoStack().undo()
    assert value(bays, 0, "longueur") == 9.0
    assert len(panel.findings.findings) == before and "schema_range" in codes(panel)
    bays.rollBack()


def test_one_consent_covers_all_of_the_kind_and_the_control_again_finds_none(panel, bays):
    panel.kind.setCurrentIndex(panel.kind.findData("stay_control"))
    number = codes(panel).count("stay_control")
    assert panel.all_button.text() == f"Apply to all ({number})"
    panel.all_button.click()
    assert bays.undoStack().count() == 1
    panel.check()
    finish(lambda: panel.work is None and panel.reading is None)
    assert "stay_control" not in codes(panel) and "sign_state" in codes(panel)
    bays.rollBack()


def test_a_row_that_was_changed_since_is_left_alone_and_this_is_said(panel, bays):
    bays.startEditing()
    first = next(bays.getFeatures())
    bays.changeAttributeValue(first.id(), bays.fields().lookupField("longueur"), 1234.0)
    panel.kind.setCurrentIndex(panel.kind.findData("schema_range"))
    panel.apply_button.click()
    assert value(bays, 0, "longueur") == 1234.0
    assert "changed since" in panel.messages.currentItem().text()
    bays.rollBack()


def test_it_leads_to_the_bay_on_the_map_and_to_its_form(panel, bays, qgis_iface, monkeypatch):
    opened = []
    monkeypatch.setattr(type(qgis_iface), "openFeatureForm", lambda _self, layer, feature, *_more: opened.append((layer, feature["id"])), raising=False)
    qgis_iface.mapCanvas().setDestinationCrs(bays.crs())
    qgis_iface.mapCanvas().setExtent(bays.extent())
    panel.kind.setCurrentIndex(panel.kind.findData("sign_state"))
    panel.zoom_button.click()
    centre = qgis_iface.mapCanvas().center()
    assert (round(centre.x(), 4), round(centre.y(), 4)) == (4.8488, 45.773)  # GL-2301, as published
    panel.form_button.click()
    assert opened == [(bays, "GL-2301")]


def test_what_is_shown_is_exported_as_table_and_as_layer(panel, tmp_path):
    panel.severity.setCurrentIndex(panel.severity.findData("warning"))
    number = len(panel.filtered().findings)
    panel.write_table_to(tmp_path / "findings.csv")
    panel.write_layer_to(tmp_path / "findings.gpkg")
    assert len(pd.read_csv(tmp_path / "findings.csv", sep=";")) == number
    layer = QgsProject.instance().mapLayersByName("Findings")[0]
    assert layer.featureCount() == number


def test_another_layer_is_refused_in_a_sentence(panel, project):
    other = QgsVectorLayer("Point?field=name:string", "other", "memory")
    project.addMapLayer(other)
    panel.layers.setLayer(other)
    panel.check()
    assert panel.work is None and "national schema" in panel.messages.currentItem().text()
    assert control_of(other, project) is None and len(checkable(project)) == 1 and CONTROLS


def test_a_layer_that_is_removed_takes_its_findings_along(panel, bays, project):
    project.removeMapLayer(bays.id())
    assert panel.layer is None and panel.findings.findings == [] and not panel.apply_button.isEnabled()


def test_a_cancel_leaves_what_was_found_before(panel, bays):
    before = codes(panel)
    panel.check()
    panel.cancel()
    finish(lambda: panel.work is None and panel.reading is None)
    assert codes(panel) == before and panel.check_button.isEnabled()


def test_the_button_opens_the_panel_and_unloading_takes_it_away(dock, bays, qgis_iface):
    dock.survey.findings.open()
    panel = dock.survey.findings.dock
    finish(lambda: panel.layer is not None and panel.work is None)
    assert panel.layer == bays
    dock.survey.leave()
    assert dock.survey.findings.dock is None
    assert not [found for found in qgis_iface.mainWindow().findChildren(QDockWidget) if found.objectName() == "JoptimizFindings"]


def test_orders_are_checked_in_the_same_panel(qgis_iface, run, shared_data, project, tmp_path):
    imported = run("importregulations", INPUT=str(shared_data / "regulations/vence.csv"), OUTPUT=str(tmp_path / "orders.gpkg"))
    orders = QgsVectorLayer(imported["OUTPUT"], "orders", "ogr")
    project.addMapLayer(orders)
    dock = FindingsDock(qgis_iface)
    dock.layers.setLayer(orders)
    dock.check()
    finish(lambda: dock.layer is not None and dock.work is None)
    assert dock.findings.rows == orders.featureCount()
    assert dock.findings.findings and dock.zoom_button.isEnabled()
    dock.leave()
    dock.deleteLater()
