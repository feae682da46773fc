"""The audit's dialog and what the panel shows afterwards: real tasks, real files, a project saved and opened again."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest
from conftest import speak
from qgis.core import QgsApplication, QgsCoordinateReferenceSystem, QgsRectangle, QgsSettings
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QDateTime, Qt
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QLabel, QPushButton
from qgis_builders import PARIS, around_paris, finish, layer, opened, said, saved
from test_plugin import Window

from joptimiz_qgis import classFactory
from joptimiz_qgis.gui.dck_joptimiz import JoptimizDock
from joptimiz_qgis.layers.audit import TABLE_PROPERTY

# A bay at 0; two points covered; five 15 m apart around 240 m east, three around 500 m: two gaps, the first the larger.
EAST = [5, 15, 210, 225, 240, 255, 270, 500, 510, 520]
TODAY = f"{date.today():%Y-%m-%d}"


@pytest.fixture(autouse=True)
def settings():
    """The folder chosen last is the user's: none before, none after."""
    QgsSettings().remove("joptimiz/results_folder")
    yield
    QgsSettings().remove("joptimiz/results_folder")


@pytest.fixture
def street(project, tmp_path):
    """Bays, shops and districts as files, as layers of the project; their ids."""
    folder = tmp_path / "sources"
    folder.mkdir()
    shops = layer(around_paris(*((metre, 0) for metre in EAST)), siret=[str(n) for n in range(10)], metier=["bar", "café"] * 5)
    places = layer(around_paris((0, 0)), id=["B1"], parite_trottoir=["pair"], temporalite_osm=["Mo-Fr 08:00-12:00"])
    districts = layer([square(-50, 400), square(400, 600)], "Polygon", code_iris=["1", "2"], nom_iris=["Ouest", "Est"])
    made = {"POINTS": shops, "BAYS": places, "ZONES": districts}
    return {name: project.addMapLayer(opened(saved(made[name], folder / f"{name.lower()}.gpkg"))).id() for name in made}


def square(start, end):
    (left, right), (low, high) = (PARIS[0] + start, PARIS[0] + end), (PARIS[1] - 50, PARIS[1] + 50)
    return f"Polygon (({left} {low}, {right} {low}, {right} {high}, {left} {high}, {left} {low}))"


@pytest.fixture
def results(tmp_path):
    return tmp_path / "results"


@pytest.fixture
def dialog(dock, street, results):
    """The dialog as the panel opens it, its results going to the test's folder."""
    dock.audit()
    dock.audit_dialog.folder.setFilePath(str(results))
    return dock.audit_dialog


def press(dialog, name):
    dialog.findChild(QPushButton, name).click()


def audited(dock, dialog):
    """Run the audit to its end; the GeoPackage and the report."""
    dock.results.audit = None
    press(dialog, "startButton")
    finish(lambda: dock.results.audit is not None or warnings(dialog))
    assert not warnings(dialog)
    return dock.results.audit, dock.results.report


def warnings(dialog):
    bar = dialog.messages
    return [item.text() for item in bar.items()]


def shown(dock):
    """The panel's key figures: value by label."""
    texts = [dock.results.figures.itemAt(place).widget().text() for place in range(dock.results.figures.count())]
    return {label: value.replace("<b>", "").replace("</b>", "") for value, label in zip(texts[::2], texts[1::2])}


def names_in(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


# -- what is proposed --------------------------------------------------------------------------------------------------


def test_the_project_s_layers_are_proposed(dialog, street):
    proposed = dialog.parameters()
    assert {name: proposed[name] for name in street} == street
    assert (proposed["MAX_DISTANCE"], proposed["RADIUS"], proposed["MINIMUM"], proposed["NETWORK_TOLERANCE"]) == (20, 20, 5, 30)
    assert "AT" not in proposed


def test_a_second_press_shows_the_dialog_that_is_open(dock, dialog):
    dialog.title.setText("half typed")
    dock.audit()
    assert dock.audit_dialog is dialog
    assert dialog.title.text() == "half typed"


def test_the_parameters_of_the_last_audit_are_proposed(dock, dialog, street, project):
    moment = QDateTime(2026, 3, 2, 9, 30)
    dialog.form.fill({"MAX_DISTANCE": 35, "VEHICLE_LENGTH": 7.5, "STOP_MINUTES": 15, "MINIMUM": 2, "RADIUS": 18, "BANDS": "15; 35", "LANGUAGE": 2})
    dialog.form.fill({"CATEGORY": "metier", "ZONE_FIELD": "nom_iris", "BAYS_CRS": QgsCoordinateReferenceSystem("EPSG:2154")})
    dialog.title.setText("Ma ville")
    dialog.at_moment.setChecked(True)
    dialog.moment.setDateTime(moment)
    before = dialog.parameters()
    audited(dock, dialog)
    dock.audit()
    again = dock.audit_dialog.parameters()
    assert again == before
    assert (again["AT"], again["TITLE"], again["CATEGORY"], again["ZONE_FIELD"]) == (moment, "Ma ville", "metier", "nom_iris")
    assert again["BAYS_CRS"].authid() == "EPSG:2154"


def test_zones_that_were_left_out_stay_out(dock, dialog):
    dialog.form.fill({"ZONES": None})
    audited(dock, dialog)
    dock.audit()
    assert dock.audit_dialog.parameters()["ZONES"] is None


def test_a_layer_that_has_left_the_project_is_not_proposed(dock, dialog, street, project):
    audited(dock, dialog)
    other = project.addMapLayer(layer(around_paris((0, 0)), siret=["1"], name="other"))
    project.removeMapLayer(street["POINTS"])
    dock.audit()
    proposed = dock.audit_dialog.parameters()
    assert (proposed["POINTS"], proposed["BAYS"]) == (other.id(), street["BAYS"])


# -- what is refused ---------------------------------------------------------------------------------------------------


def test_without_bays_nothing_runs_and_the_dialog_says_what_to_choose(dock, project, results):
    shops = project.addMapLayer(layer(around_paris((0, 0)), siret=["1"], name="shops"))
    dock.audit()
    dialog = dock.audit_dialog
    dialog.folder.setFilePath(str(results))
    assert dialog.parameters()["BAYS"] is None, "the shops are not proposed as bays"
    press(dialog, "startButton")
    assert dialog.work is None
    assert warnings(dialog) == ["Choose the delivery bays: a layer of the project, or a file (button “…”)."]
    dialog.form.fill({"BAYS": shops.id(), "POINTS": None})
    press(dialog, "startButton")
    assert dialog.work is None
    assert warnings(dialog) == ["Choose the delivery points: a layer of the project, or a file (button “…”)."]
    assert not results.exists()


@pytest.mark.parametrize(("name", "value", "sentence"), [("VEHICLE_LENGTH", 1200, "not in centimetres"), ("BANDS", "20; 10", "distance bands")])
def test_impossible_numbers_are_refused_in_the_dialog(dialog, results, name, value, sentence):
    dialog.form.fill({name: value})
    press(dialog, "startButton")
    assert dialog.work is None
    assert sentence in " ".join(warnings(dialog))
    assert names_in(results) == []


def test_a_folder_that_cannot_be_made_is_told(dialog, tmp_path):
    (tmp_path / "file").write_text("in the way")
    dialog.folder.setFilePath(str(tmp_path / "file" / "results"))
    press(dialog, "startButton")
    assert dialog.work is None
    (sentence,) = warnings(dialog)
    assert sentence.startswith("The folder of the results cannot be used: ")
    assert sentence.endswith("Choose another one.")


def test_what_goes_wrong_in_the_run_is_told_and_one_may_try_again(dock, dialog, street, results, tmp_path):
    (tmp_path / "trees.csv").write_text("essence;hauteur\nplatane;12\n", encoding="utf-8")
    dialog.form.fill({"BAYS": str(tmp_path / "trees.csv")})
    press(dialog, "startButton")
    dialog.close()
    finish(lambda: warnings(dialog))
    assert "is not that of any known source for “Delivery bays”" in " ".join(warnings(dialog))
    assert dialog.isVisible(), "who closed it meanwhile must learn of it"
    assert names_in(results) == []
    dialog.form.fill({"BAYS": street["BAYS"]})
    dialog.messages.clearWidgets()
    audit, _ = audited(dock, dialog)
    assert audit.exists()


# -- a run -------------------------------------------------------------------------------------------------------------


def test_a_run_gives_two_files_a_group_of_layers_and_the_figures(dock, dialog, project, results):
    dialog.form.fill({"CATEGORY": "metier", "ZONE_FIELD": "nom_iris", "MINIMUM": 3, "RADIUS": 20})
    dialog.title.setText("Été à Valorge <1>")
    assert not dock.results.isVisibleTo(dock)
    audit, report = audited(dock, dialog)
    assert names_in(results) == [f"ete_a_valorge_1_{TODAY}.gpkg", f"ete_a_valorge_1_{TODAY}.html"]
    assert (audit, report) == (results / f"ete_a_valorge_1_{TODAY}.gpkg", results / f"ete_a_valorge_1_{TODAY}.html")
    assert not dialog.isVisible()

    group = project.layerTreeRoot().findGroup("Visualiz")
    tables = {node.layer().customProperty(TABLE_PROPERTY): node.layer() for node in group.findLayers()}
    assert set(tables) == {"coverage", "bays", "zones", "categories", "gaps", "week"}
    assert [(row["zone"], row["points"], row["covered"]) for row in tables["zones"].getFeatures()] == [("Ouest", 7, 2), ("Est", 3, 0)]
    assert [(row["points"], round(row["spread_m"], 6)) for row in tables["gaps"].getFeatures()] == [(5, 60), (3, 20)]
    assert (tables["coverage"].featureCount(), tables["week"].featureCount()) == (10, 168)

    assert dock.results.isVisibleTo(dock)
    figures = shown(dock)
    assert figures["of the delivery points covered: 2 of 10"] == "20.0%"
    assert figures["gaps: groups of uncovered points close to each other"] == "2"
    assert figures["usable bays of 1"] == "1"
    assert "&lt;1>" in dock.results.heading.text()
    assert dock.results.lead.text() == "20.0% of the delivery points have a usable delivery bay within 20 m."
    for name in ("openReportButton", "pdfButton", "zoomToGapButton"):
        assert dock.findChild(QPushButton, name).isEnabled()
    assert said(dock) == ""


def test_the_figures_of_the_panel_are_those_of_the_file(dock, dialog):
    audit, _ = audited(dock, dialog)
    rows = [row for row in opened(f"{audit}|layername=figures").getFeatures() if row["part"] == "key"]
    assert shown(dock) == {row["label"]: row["text"] for row in rows}
    assert len(rows) >= 4


def test_progress_is_shown_and_cancel_is_there_only_meanwhile(dock, dialog):
    cancel, start = dialog.findChild(QPushButton, "cancelButton"), dialog.findChild(QPushButton, "startButton")
    assert not cancel.isVisible() and start.isEnabled()
    steps = []
    press(dialog, "startButton")
    dialog.work.feedback.told.connect(steps.append)
    assert cancel.isVisible() and dialog.bar.isVisible() and not start.isEnabled()
    finish(lambda: dialog.work is None)
    assert not cancel.isVisibleTo(dialog) and start.isEnabled()
    assert "Drawing the report" in steps


def test_a_second_run_gets_new_names_and_leaves_the_first(dock, dialog, results, project):
    first, _ = audited(dock, dialog)
    before = first.read_bytes()
    dock.audit()
    dock.audit_dialog.folder.setFilePath(str(results))
    second, page = audited(dock, dock.audit_dialog)
    stem = f"audit_of_the_delivery_bays_{TODAY}"
    assert (second.name, page.name) == (f"{stem}_2.gpkg", f"{stem}_2.html")
    assert names_in(results) == [f"{stem}.gpkg", f"{stem}.html", f"{stem}_2.gpkg", f"{stem}_2.html"]
    assert first.read_bytes() == before
    assert len([made for made in project.mapLayers().values() if made.customProperty(TABLE_PROPERTY) == "coverage"]) == 2


def test_a_name_of_which_only_the_report_is_left_is_not_taken(dock, dialog, results):
    results.mkdir()
    taken = results / f"audit_of_the_delivery_bays_{TODAY}.html"
    taken.write_text("mine")
    audit, report = audited(dock, dialog)
    assert report.name == f"audit_of_the_delivery_bays_{TODAY}_2.html" and audit.stem == report.stem
    assert taken.read_text() == "mine"


def test_everything_is_french_for_who_reads_french(qgis_iface, browser_model, monkeypatch, street, results, qgis_processing):
    speak("fr")
    window = Window()
    window.mapCanvas, window.browserModel = qgis_iface.mapCanvas, lambda: browser_model
    plugin = classFactory(window)
    plugin.initGui()
    try:
        plugin.dock.audit()
        dialog = plugin.dock.audit_dialog
        dialog.folder.setFilePath(str(results))
        assert dialog.findChild(QPushButton, "startButton").text() == "Lancer l’audit"
        audited(plugin.dock, dialog)
        assert shown(plugin.dock)["des points de livraison couverts\u202f: 2 sur 10"] == "20,0\u202f%"
        english = {"Delivery", "Bays", "points", "audit of"}
        labels = " ".join(label.text() for label in dialog.findChildren(QLabel))
        assert not [word for word in english if f" {word} " in f" {labels} " and word != "points"]
        assert names_in(results) == [f"audit_des_aires_de_livraison_{TODAY}.gpkg", f"audit_des_aires_de_livraison_{TODAY}.html"]
    finally:
        plugin.unload()
        sip.delete(window.window)


# -- cancel ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def held(monkeypatch):
    """The audit waits in the middle, as a large city would, until the test lets it go on."""
    from joptimiz_qgis.toolkit import audit

    given, entered, go = audit.run_audit, threading.Event(), threading.Event()

    def waiting(*arguments, **options):
        entered.set()
        assert go.wait(30)
        return given(*arguments, **options)

    monkeypatch.setattr(audit, "run_audit", waiting)
    yield entered, go
    go.set()


def test_cancel_says_so_leaves_nothing_and_the_dialog_can_run_again(dock, dialog, results, project, held):
    entered, go = held
    layers = set(project.mapLayers())
    press(dialog, "startButton")
    finish(entered.is_set)
    press(dialog, "cancelButton")
    assert dialog.step.text() == "Stopping…"
    go.set()
    finish(lambda: dialog.work is None)
    assert warnings(dialog) == ["The audit was cancelled; nothing was written."]
    assert names_in(results) == []
    assert set(project.mapLayers()) == layers
    assert not dock.results.isVisibleTo(dock)
    dialog.messages.clearWidgets()
    audit, report = audited(dock, dialog)
    assert audit.exists() and report.exists()


def test_cancel_in_qgis_s_own_list_of_tasks_is_a_cancel_too(dialog, results, held):
    entered, go = held
    press(dialog, "startButton")
    finish(entered.is_set)
    dialog.work.task.cancel()
    go.set()
    finish(lambda: dialog.work is None)
    assert warnings(dialog) == ["The audit was cancelled; nothing was written."]
    assert names_in(results) == []


def test_a_dialog_that_is_closed_goes_on_and_is_the_one_that_comes_back(dock, dialog, held):
    entered, go = held
    press(dialog, "startButton")
    finish(entered.is_set)
    dialog.close()
    dock.audit()
    assert dock.audit_dialog is dialog and dialog.isVisible()
    press(dialog, "startButton")  # not a second run
    dialog.close()
    go.set()
    finish(lambda: dock.results.audit is not None)
    assert dock.results.isVisibleTo(dock)


def test_the_plugin_may_be_unloaded_while_an_audit_runs(qgis_iface, browser_model, qgis_processing, street, results, held):
    entered, go = held
    window = Window()
    window.mapCanvas, window.browserModel = qgis_iface.mapCanvas, lambda: browser_model
    before = window.left()
    plugin = classFactory(window)
    plugin.initGui()
    plugin.dock.audit()
    plugin.dock.audit_dialog.folder.setFilePath(str(results))
    press(plugin.dock.audit_dialog, "startButton")
    finish(entered.is_set)
    plugin.unload()
    assert window.left() == before
    go.set()
    finish(lambda: QgsApplication.taskManager().count() == 0)
    assert names_in(results) == []
    sip.delete(window.window)


# -- the project -------------------------------------------------------------------------------------------------------


def test_a_project_that_is_opened_again_shows_its_audit_and_its_parameters(dock, dialog, street, project, tmp_path):
    dialog.form.fill({"MAX_DISTANCE": 25, "MINIMUM": 3})
    dialog.title.setText("Ma ville")
    audit, report = audited(dock, dialog)
    before = shown(dock)
    path = tmp_path / "ville.qgz"
    assert project.write(str(path))
    project.clear()
    assert not dock.results.isVisibleTo(dock)
    assert dock.results.audit is None
    assert project.read(str(path))
    assert dock.results.isVisibleTo(dock)
    assert (dock.results.audit, dock.results.report) == (audit, report)
    assert shown(dock) == before
    dock.audit()
    again = dock.audit_dialog.parameters()
    assert (again["MAX_DISTANCE"], again["TITLE"], again["POINTS"]) == (25, "Ma ville", street["POINTS"])
    dock.results.zoom_to_largest_gap()
    assert said(dock) == "", "the layer of gaps is found again"


def test_a_panel_that_comes_later_shows_the_audit_of_the_open_project(dock, dialog, qgis_iface):
    audit, _ = audited(dock, dialog)
    later = JoptimizDock(qgis_iface, None)
    assert later.results.audit == audit and shown(later) == shown(dock)
    later.leave()
    sip.delete(later)


def test_a_folder_that_was_moved_as_a_whole_shows_its_audit(dock, dialog, street, project, tmp_path):
    """Project, sources and results in one folder, as one sends it to a colleague."""
    home = tmp_path / "home"
    home.mkdir()
    assert project.write(str(home / "ville.qgz"))
    dialog.folder.setFilePath(str(home / "results"))
    audited(dock, dialog)
    assert project.write()
    project.clear()
    home.rename(tmp_path / "moved")
    assert project.read(str(tmp_path / "moved" / "ville.qgz"))
    assert dock.results.isVisibleTo(dock)
    assert dock.results.audit == next((tmp_path / "moved" / "results").glob("*.gpkg"))


def test_a_project_whose_audit_is_gone_shows_none(dock, dialog, project, tmp_path):
    audit, _ = audited(dock, dialog)
    assert project.write(str(tmp_path / "ville.qgz"))
    project.clear()
    audit.unlink()
    project.read(str(tmp_path / "ville.qgz"))
    assert not dock.results.isVisibleTo(dock)
    assert said(dock) == ""


def test_another_project_hides_the_results(dock, dialog, project, tmp_path):
    assert project.write(str(tmp_path / "empty.qgz"))
    audited(dock, dialog)
    assert dock.results.isVisibleTo(dock)
    assert project.read(str(tmp_path / "empty.qgz"))
    assert not dock.results.isVisibleTo(dock)


def test_the_results_are_proposed_beside_the_project(dock, street, project, tmp_path):
    assert project.write(str(tmp_path / "ville.qgz"))
    dock.audit()
    assert Path(dock.audit_dialog.folder.filePath()) == tmp_path


# -- afterwards --------------------------------------------------------------------------------------------------------


def test_zoom_to_the_largest_gap(dock, dialog, qgis_iface, project):
    """Five points from 210 to 270 m: their outline is 10 m wider at each end."""
    dialog.form.fill({"MINIMUM": 3})
    audited(dock, dialog)
    project.setCrs(QgsCoordinateReferenceSystem("EPSG:2154"))
    canvas = qgis_iface.mapCanvas()
    canvas.setDestinationCrs(project.crs())
    press(dock, "zoomToGapButton")
    extent = canvas.extent()
    gap = QgsRectangle(PARIS[0] + 200, PARIS[1] - 10, PARIS[0] + 280, PARIS[1] + 10)
    assert extent.contains(gap)
    assert round(extent.center().x() - PARIS[0]) == 240 and round(extent.center().y() - PARIS[1]) == 0
    assert extent.width() < 3 * gap.width() or extent.height() < 3 * gap.height()


def test_no_gap_and_no_layer_of_gaps_are_told(dock, dialog, project):
    dialog.form.fill({"MINIMUM": 9})
    audited(dock, dialog)
    press(dock, "zoomToGapButton")
    assert said(dock) == "This audit has found no gap."
    for made in list(project.mapLayers().values()):
        if made.customProperty(TABLE_PROPERTY) == "gaps":
            project.removeMapLayer(made.id())
    press(dock, "zoomToGapButton")
    assert said(dock) == "The layer of gaps is no longer in the project. Run the audit again."


def test_the_report_opens_in_the_browser(dock, dialog, monkeypatch):
    urls = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: urls.append(url) or True)
    dialog.title.setText("Été #1 à 100 %")
    _, report = audited(dock, dialog)
    press(dock, "openReportButton")
    (url,) = urls
    assert url.isLocalFile() and Path(url.toLocalFile()) == report and report.is_file()
    report.unlink()
    press(dock, "openReportButton")
    assert len(urls) == 1
    assert said(dock) == "The report is no longer where it was written. Run the audit again."


def test_the_moment_counts_only_when_it_is_ticked(dock, dialog, results):
    dialog.moment.setDateTime(QDateTime.fromString("2026-03-02T20:00:00", Qt.DateFormat.ISODate))  # the bay closes at 12
    audited(dock, dialog)
    assert shown(dock)["of the delivery points covered: 2 of 10"] == "20.0%"
    dock.audit()
    dock.audit_dialog.folder.setFilePath(str(results))
    dock.audit_dialog.moment.setDateTime(QDateTime.fromString("2026-03-02T20:00:00", Qt.DateFormat.ISODate))
    dock.audit_dialog.at_moment.setChecked(True)
    audited(dock, dock.audit_dialog)
    assert shown(dock)["of the delivery points covered: 0 of 10"] == "0.0%"
