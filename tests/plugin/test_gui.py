"""The panel: its buttons, the dialogs that they open, the sample town through real background tasks, and what it says."""

from __future__ import annotations

import importlib.util
import time

import pytest
from conftest import speak
from qgis.core import Qgis, QgsApplication
from qgis.PyQt.QtCore import QThread
from qgis.PyQt.QtWidgets import QPushButton
from qgis_builders import around_paris, bays, east, finish, layer, opened, said, saved

from joptimiz_qgis.gui.tasks import AlgorithmRun

BUTTONS = {
    "auditButton": "audit_bays",
    "addDataButton": "add_data",
    "createWorkspaceButton": "create_workspace",
    "openWorkspaceButton": "open_workspace",
    "importCompanyButton": "import_company",
    "sampleButton": "sample",
}
SURVEY_BUTTONS = {"createSurveyButton", "controlBaysButton", "mergeSurveyButton", "ordersButton", "publishBaysButton", "surveyReportButton"}
COMPANY_BUTTONS = {"reviewCustomersButton", "purgeCustomersButton"}
UNDO_BUTTONS = {"undoImportButton"}
"""They need no library before there is something to undo."""
RESULT_BUTTONS = {"openReportButton", "pdfButton", "zoomToGapButton"}


def test_every_button_has_a_name_a_text_and_an_icon(dock):
    found = {button.objectName(): button for button in dock.findChildren(QPushButton)}
    assert set(found) == set(BUTTONS) | RESULT_BUTTONS | UNDO_BUTTONS | SURVEY_BUTTONS | COMPANY_BUTTONS
    for button in found.values():
        assert button.text().strip() and not button.icon().isNull()


def test_the_button_opens_the_dialog_that_adds_data_and_a_second_press_shows_it_again(dock):
    dock.findChild(QPushButton, "addDataButton").click()
    dialog = dock.data_dialog
    assert dialog.isVisible()
    dock.findChild(QPushButton, "addDataButton").click()
    assert dock.data_dialog is dialog


def test_the_audit_begins_with_the_project_s_layers(dock, project):
    shops = project.addMapLayer(layer(around_paris((0, 0)), siret=["1"], name="shops"))
    places = project.addMapLayer(layer(around_paris((0, 0)), parite_trottoir=["pair"], temporalite_osm=[""], name="places"))
    dock.findChild(QPushButton, "auditButton").click()
    assert dock.audit_dialog.isVisible()
    proposed = dock.audit_dialog.parameters()
    assert (proposed["BAYS"], proposed["POINTS"], proposed["MAX_DISTANCE"]) == (places.id(), shops.id(), 20)
    assert said(dock) == ""


def test_an_empty_project_is_told_what_to_do_and_the_dialog_opens_all_the_same(dock):
    dock.audit()
    assert dock.audit_dialog.isVisible()
    assert "open the sample town first" in said(dock)


# -- the sample town ---------------------------------------------------------------------------------------------------


@pytest.fixture
def profile(tmp_path, monkeypatch):
    """The folder into which the sample town is imported: an empty one."""
    monkeypatch.setattr(QgsApplication, "qgisSettingsDirPath", lambda: str(tmp_path))
    return tmp_path / "joptimiz"


def test_the_sample_town_opens_through_background_tasks(dock, project, profile):
    dock.findChild(QPushButton, "sampleButton").click()
    assert not project.mapLayers(), "nothing is imported in the main thread"
    finish(project.mapLayers)
    layers = {made.name(): made for made in project.mapLayers().values()}
    assert set(layers) == {"Delivery bays", "Delivery points", "Access points", "Perimeters", "Districts", "Streets", "Blocks, parks and water"}
    assert all(made.isValid() and made.featureCount() for made in layers.values())
    assert "The sample town is open" in said(dock)
    assert sorted(path.name for path in profile.iterdir()) == ["sample_bays.gpkg", "sample_delivery_points.gpkg"]
    finish(lambda: project.crs().authid() == "EPSG:2154")


def test_a_second_time_the_town_is_there_at_once(dock, project, profile):
    dock.open_sample()
    finish(project.mapLayers)
    project.clear()
    dock.open_sample()
    assert len(project.mapLayers()) == 7


def test_the_sample_town_s_own_layers_are_what_the_audit_proposes(dock, project, profile):
    dock.open_sample()
    finish(project.mapLayers)
    dock.audit()
    proposed = dock.audit_dialog.parameters()
    names = {name: project.mapLayer(proposed[name]).name() for name in ("BAYS", "POINTS", "ZONES")}
    assert names == {"BAYS": "Delivery bays", "POINTS": "Delivery points", "ZONES": "Districts"}, "perimeters of rules are no districts"


def test_a_town_that_cannot_be_imported_is_told(dock, project, profile, monkeypatch):
    from joptimiz_qgis.gui import sample

    monkeypatch.setattr(sample, "SAMPLE", profile / "nowhere")
    dock.open_sample()
    finish(lambda: said(dock))
    assert "establishments.csv" in said(dock)
    assert not project.mapLayers()
    assert list(profile.iterdir()) == []


def test_clicking_twice_opens_one_town(dock, project, profile):
    dock.open_sample()
    dock.open_sample()
    finish(project.mapLayers)
    for _ in range(20):
        QgsApplication.processEvents()
        time.sleep(0.01)
    assert len(project.mapLayers()) == 7


# -- tasks -------------------------------------------------------------------------------------------------------------


def test_a_task_gives_results_and_errors(provider, project):
    ended = []
    layers = {name: project.addMapLayer(made).id() for name, made in (("POINTS", east(10)), ("BAYS", bays(0)))}
    good = AlgorithmRun("joptimiz:baycoverage", {**layers, "OUTPUT": "memory:"}, lambda *end: ended.append(end))
    bad = AlgorithmRun("joptimiz:importbays", {"INPUT": "nowhere.csv", "OUTPUT": "memory:"}, lambda *end: ended.append(end))
    for run in (good, bad):
        run.start()
        finish(lambda run=run: len(ended) == 1 + (run is bad))
    assert (ended[0][0], ended[0][1]["COVERED_COUNT"], ended[0][2]) == (True, 1, "")
    assert not ended[1][0]
    assert "nowhere.csv" in ended[1][2]


@pytest.mark.parametrize("given", ["id", "name", "source"])
def test_no_layer_is_looked_up_in_the_project_from_a_background_thread(provider, project, monkeypatch, tmp_path, given):
    """QgsProject.layerStore drops a cache as it is asked: with the map being drawn meanwhile, QGIS crashed."""
    from joptimiz_qgis.processing.bay_coverage import BayCoverageAlgorithm

    points = project.addMapLayer(opened(saved(east(10), tmp_path / "points.gpkg")))
    points.setName("shops")
    places = project.addMapLayer(bays(0))
    seen, ended = [], []
    compute = BayCoverageAlgorithm.compute

    def watched(self, parameters, context, feedback):
        seen.append((parameters["POINTS"] is points, parameters["BAYS"] is places, context.project(), QThread.currentThread() == project.thread()))
        return compute(self, parameters, context, feedback)

    monkeypatch.setattr(BayCoverageAlgorithm, "compute", watched)
    value = {"id": points.id(), "name": "shops", "source": points.source()}[given]
    AlgorithmRun("joptimiz:baycoverage", {"POINTS": value, "BAYS": places.id(), "OUTPUT": "memory:"}, lambda *end: ended.append(end)).start()
    finish(lambda: ended)
    assert ended[0][0] and ended[0][1]["COVERED_COUNT"] == 1
    assert seen == [(True, True, None, False)]


# -- without the libraries ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "start"), [("en", "JOPTIMIZ needs"), ("fr", "JOPTIMIZ")])
@pytest.mark.parametrize("button", BUTTONS)
def test_every_button_says_what_is_missing(dock, monkeypatch, project, profile, button, language, start):
    speak(language)
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "geopandas" else found(name, *rest))
    dock.findChild(QPushButton, button).click()
    assert said(dock).startswith(start)
    assert "python3-geopandas" in said(dock)
    assert dock.data_dialog is None and dock.audit_dialog is None and not project.mapLayers()


def test_a_warning_looks_different_from_a_word(dock):
    dock.say("a word")
    plain = dock.message.styleSheet()
    dock.say("a warning", Qgis.MessageLevel.Warning)
    assert dock.message.styleSheet() != plain
    assert said(dock) == "a warning"


