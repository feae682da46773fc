"""The review of customers through its widgets, and the purge: what QGIS shows, remembers, and forgets."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
from contextlib import closing

import geopandas as gpd
import pytest
import shapely
from company_builders import HEADER, customers, text_file
from conftest import speak
from qgis.core import (
    Qgis,
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsPointXY,
    QgsProcessingException,
    QgsSettings,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.gui import QgsDockWidget
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QMessageBox
from qgis_builders import Feedback, finish, layer
from recording_proxy import RecordingProxy

from joptimiz_qgis.gui import dck_review
from joptimiz_qgis.gui.purge_customers import purge_customers, results_known
from joptimiz_qgis.gui.wdg_company import CompanySection
from joptimiz_qgis.layers import traces
from joptimiz_qgis.layers.company_data import company_layers, refuse_company_layers
from joptimiz_qgis.layers.customer_layers import show_customers
from joptimiz_qgis.processing import company_settings
from joptimiz_qgis.toolkit.company.history import History
from joptimiz_qgis.toolkit.company.review import Review
from joptimiz_qgis.toolkit.errors import ParameterError
from joptimiz_qgis.toolkit.geopackage import add_functions
from tests.web_server import Answer, web_server

ROWS = [row[:6] for row in customers(5)]
NAMES = [row[1].encode() for row in ROWS]


@pytest.fixture(autouse=True)
def folders(monkeypatch, tmp_path):
    """Caches and QGIS's profile in the test's folder; no setting kept."""
    profile = tmp_path / "profile"
    profile.mkdir()
    monkeypatch.setattr(company_settings.QgsApplication, "qgisSettingsDirPath", lambda: str(profile), raising=False)
    QgsSettings().remove("joptimiz/company")
    yield profile
    QgsSettings().remove("joptimiz/company")


@pytest.fixture
def result(run, tmp_path):
    """An import without positions, in which three rows were given candidates."""
    out = tmp_path / "c.gpkg"
    run("importcompanyfile", FILE=str(text_file(tmp_path / "a.csv", ROWS, HEADER[:6])), OUTPUT=str(out))
    table = gpd.read_file(out, layer="clients_a_verifier")
    for row in range(3):
        table.loc[row, ["jz_lon", "jz_lat", "jz_score"]] = [2.3 + row / 100, 48.85, 0.5]
        table.loc[row, ["jz_etat", "jz_origine", "jz_type", "jz_libelle", "jz_motif"]] = ["a_verifier", "adresse", "street", "Rue", f"the geocoder is not sure: 0.{row}"]
    table.loc[3:, "jz_motif"] = None  # as imports left it that gave no reason yet
    points = [shapely.Point(2.3 + row / 100, 48.85) if row < 3 else None for row in range(5)]
    table.set_geometry(gpd.GeoSeries(points, crs=4326)).to_file(out, layer="clients_a_verifier", driver="GPKG")
    return out


@pytest.fixture
def review(qgis_iface, provider, project, result, monkeypatch):
    monkeypatch.setattr(qgis_iface, "removeDockWidget", lambda _dock: None, raising=False)
    monkeypatch.setattr(qgis_iface, "addDockWidget", lambda *_: None, raising=False)
    show_customers(project, result)
    dock = dck_review.open_review(qgis_iface)
    finish(lambda: dock.work is None)
    yield dock
    if not sip.isdeleted(dock):
        dock.leave()


def placed(path):
    return gpd.read_file(path, layer="clients").set_index("N° client")


def press(dock, name):
    dock.buttons[name].click()
    finish(lambda: dock.work is None)


def test_decisions_by_button_key_and_click_on_the_map(review, result, project):
    assert isinstance(review, QgsDockWidget)
    assert [review.filter.itemText(place) for place in range(3)] == ["All (5)", "the geocoder is not sure (3)", "— (2)"]
    review.filter.setCurrentIndex(1)
    assert [row.key for row in review.shown] == ["C0000", "C0001", "C0002"]
    assert len(review.marks) == 1
    press(review, "acceptButton")
    assert placed(result).loc["C0000", "geometry"].equals(shapely.Point(2.3, 48.85))
    QTest.keyClick(review.list, Qt.Key.Key_S)
    assert review.current().key == "C0002"
    QTest.keyClick(review.list, Qt.Key.Key_P)
    QTest.keyClick(review.list, Qt.Key.Key_R)
    finish(lambda: review.work is None)
    assert "1 wait" not in review.counts.text() and "3 wait; in this review: 1 accepted, 0 moved, 1 rejected" in review.counts.text()
    assert review.current().key == "C0002"
    press(review, "moveButton")
    canvas = review.iface.mapCanvas()
    assert canvas.mapTool() is review.tool
    spot = review._to_map().transform(QgsPointXY(2.4, 48.9))
    review.tool.show_at(spot)
    finish(lambda: review.work is None)
    there = placed(result).loc["C0002", "geometry"]
    assert (there.x, there.y) == (pytest.approx(2.4), pytest.approx(48.9))
    assert canvas.mapTool() is None and review.tool is None
    shown = next(found for found in project.mapLayers().values() if found.source().endswith("layername=clients"))
    assert shown.featureCount() == 2
    QTest.keyClick(review.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    finish(lambda: review.work is None)
    assert placed(result).index.tolist() == ["C0000"]
    assert [len(History(result).entries()), History(result).entries()[-1]["counts"]["review_moved"]] == [2, 0]


def test_rows_without_a_reason_are_a_kind_of_their_own(review):
    review.filter.setCurrentIndex(2)
    assert review.filter.currentText() == "— (2)"
    assert [row.key for row in review.shown] == ["C0003", "C0004"]
    review.load()
    finish(lambda: review.work is None)
    assert review.filter.currentText() == "— (2)" and len(review.shown) == 2


def test_the_list_speaks_the_user_s_language(review):
    speak("fr")
    cells = [review.model.data(review.model.index(0, column)) for column in range(5)]
    assert cells[1] == " ".join([ROWS[0][3].replace("’", "'").replace("\n", " "), *ROWS[0][4:6]])
    assert cells[3:] == ["0,50", "rue"]


def test_an_undo_while_the_review_is_open_is_seen_in_its_list(review, result, qgis_iface):
    imported = result.read_bytes()
    press(review, "acceptButton")
    assert len(review.rows) == 4
    History(result).undo(even_if_changed=True)
    dck_review.look_again(qgis_iface)
    finish(lambda: review.work is None)
    assert len(review.rows) == 5
    press(review, "acceptButton")
    History(result).undo(even_if_changed=True)
    assert result.read_bytes() == imported


def held(monkeypatch, name, where):
    """`where.name` waits until it may go on: events for “it has begun” and “go on”."""
    begun, go = threading.Event(), threading.Event()
    real = getattr(where, name)

    def waiting(*arguments, **options):
        begun.set()
        assert go.wait(20)
        return real(*arguments, **options)

    monkeypatch.setattr(where, name, waiting)
    return begun, go


@pytest.fixture
def section(qgis_iface, provider, monkeypatch):
    """The panel's section, that says and asks into lists."""
    told, asked = [], []
    made = CompanySection(qgis_iface, lambda text, *_: told.append(text))
    made.told, made.asked = told, asked
    monkeypatch.setattr(QMessageBox, "question", lambda *words: asked.append(words[2]) or QMessageBox.StandardButton.Yes)
    return made


def test_an_undo_waits_for_the_decision_that_is_just_being_written(review, section, result, monkeypatch, project):
    imported = result.read_bytes()
    begun, go = held(monkeypatch, "accept", Review)
    review.buttons["acceptButton"].click()
    finish(begun.is_set)
    section.undo()
    section.undo()  # pressed twice
    assert section.asked == [] and section.work is None and result.read_bytes() == imported
    go.set()
    finish(lambda: len(section.told) == 2 and section.work is None)
    assert section.asked[0].startswith("The decisions of the last review") and "before the last review" in section.told[0]
    assert section.asked[1].startswith("The last import"), "the second press is for the import itself, and is asked for too"
    assert not result.exists() and sip.isdeleted(review)


def test_one_undo_amid_a_decision_gives_the_import_back_byte_for_byte(review, section, result, monkeypatch, project):
    imported = result.read_bytes()
    begun, go = held(monkeypatch, "accept", Review)
    review.buttons["acceptButton"].click()
    finish(begun.is_set)
    section.undo()
    go.set()
    finish(lambda: section.told and section.work is None and review.work is None)
    assert result.read_bytes() == imported and len(History(result).entries()) == 1
    assert len(review.rows) == 5 and review.counts.text().startswith("5 wait; in this review: 0 accepted")
    assert len([shown for shown in project.mapLayers().values() if "clients" in shown.source()]) == 2, "no layer was opened twice"


def test_a_decision_amid_an_undo_is_refused_with_a_sentence(review, section, result, monkeypatch):
    press(review, "acceptButton")
    begun, go = held(monkeypatch, "undo", History)
    section.undo()
    finish(begun.is_set)
    there = result.read_bytes()
    review.buttons["rejectButton"].click()
    assert review.work is None and "is just being written" in review.messages.currentItem().text()
    assert result.read_bytes() == there
    go.set()
    finish(lambda: section.told and section.work is None and review.work is None)
    assert len(review.rows) == 5
    press(review, "rejectButton")
    assert History(result).entries()[-1]["counts"]["review_rejected"] == 1


def test_a_review_that_is_closed_amid_a_decision_still_makes_the_undo_wait(review, section, result, monkeypatch, qgis_iface):
    begun, go = held(monkeypatch, "accept", Review)
    review.buttons["acceptButton"].click()
    finish(begun.is_set)
    review.work.abandon()
    section.undo()
    assert section.asked == []
    go.set()
    finish(lambda: section.told and section.work is None)
    assert section.asked[0].startswith("The decisions of the last review") and len(placed(result)) == 0
    finish(lambda: review.work is None or review.work.done is None)
    review.work = None


def test_a_click_outside_france_is_told_of(review):
    for point, outside in (((-1.363, -5.98), True), ((2.4, 48.9), False), ((55.45, -20.88), False)):
        review.moved_to(review._to_map().transform(QgsPointXY(*point)))
        finish(lambda: review.work is None)
        shown = [item.text() for item in review.messages.items()]
        assert bool(shown) == outside and (not outside or "now lies outside France (-1.363; -5.980)" in shown[0])


def test_a_layer_that_waits_for_its_first_point_is_one_of_points(run, project, tmp_path):
    out = tmp_path / "first.gpkg"
    run("importcompanyfile", FILE=str(text_file(tmp_path / "first.csv", ROWS, HEADER[:6])), OUTPUT=str(out))
    assert {shown.wkbType() for shown in show_customers(project, out)} == {Qgis.WkbType.Point}


def test_a_review_says_what_to_do_about_each_row_and_when_all_is_done(review):
    speak("en")
    assert review.detail.text().startswith(" ".join(["1 place d'Armes Bâtiment B", *ROWS[0][4:6]]) + " → Rue (street, 0.50): the geocoder is not sure")
    review.go(4)
    assert "Ask for other candidates, or press “Move”" in review.detail.text()
    press(review, "rejectButton")
    review.go(4)
    assert "rejected, without position. Press “Move”" in review.detail.text()
    review.go(0)
    while review.rows:
        review.moved_to(review._to_map().transform(QgsPointXY(2.4, 48.9)))
        finish(lambda: review.work is None)
    assert review.detail.text() == "No customer of this import waits: all of them are on the map."
    assert not review.buttons["rejectButton"].isEnabled() and review.buttons["undoButton"].isEnabled()


def test_other_candidates_only_after_a_yes_that_named_the_host(review, result, monkeypatch):
    found = {"features": [{"geometry": {"coordinates": [2.5, 48.8]}, "properties": {"label": "1 Rue A", "score": 0.8, "type": "housenumber"}}]}
    asked_of_user = []
    with web_server() as server:
        server.on("/search/", Answer(body=json.dumps(found).encode()))
        QgsSettings().setValue(company_settings.GEOCODER_KEY, server.url)
        for answer in ("No", "Yes"):
            monkeypatch.setattr(QMessageBox, "question", lambda *told, answer=answer: (asked_of_user.append(told[2]), getattr(QMessageBox.StandardButton, answer))[1])
            review.ask_button.click()
            finish(lambda: review.work is None)
            assert len(server.asked) == (answer == "Yes")
        review.ask_button.click()  # what was answered is not asked for again
        finish(lambda: review.work is None)
        assert len(server.asked) == 1
        assert all(server.host in text for text in asked_of_user)
        assert ROWS[0][1] not in server.asked[0].target and ROWS[0][2] not in server.asked[0].target
    assert len(review.marks) == 2  # its own candidate and the other
    assert review.others.currentRow() == 0  # the likeliest, so that the button takes something
    review.take_button.click()
    finish(lambda: review.work is None)
    row = placed(result).loc["C0000"]
    assert (row.geometry.x, row["jz_libelle"], row["jz_origine"]) == (2.5, "1 Rue A", "manuelle")


def test_candidates_of_a_row_without_one_are_looked_at(review, monkeypatch):
    found = {"features": [{"geometry": {"coordinates": [5.5, 45.5]}, "properties": {"label": "1 Rue A", "score": 0.8, "type": "street"}}]}
    canvas = review.iface.mapCanvas()
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    monkeypatch.setattr(QMessageBox, "question", lambda *_told: QMessageBox.StandardButton.Yes)
    review.go(4)
    assert not review.current().has_candidate
    with web_server() as server:
        server.on("/search/", Answer(body=json.dumps(found).encode()))
        QgsSettings().setValue(company_settings.GEOCODER_KEY, server.url)
        review.ask_button.click()
        finish(lambda: review.work is None)
    assert canvas.extent().contains(QgsPointXY(5.5, 45.5)) and canvas.extent().width() < 1
    assert review.others.item(0).text() == "1. 0.80, street – 1 Rue A"


def test_without_an_import_a_sentence(qgis_iface, provider, project, monkeypatch):
    shown = []
    monkeypatch.setattr(qgis_iface.messageBar(), "pushMessage", lambda *told: shown.append(told[1]), raising=False)
    assert dck_review.open_review(qgis_iface) is None
    assert shown == ["There is no import of customers in the project. Import a company file first."]


# -- privacy -----------------------------------------------------------------------------------------------------------------------


def test_layers_of_an_import_are_marked_and_refused(result, project):
    plain = layer(["Point (1 1)"], name="bays")
    project.addMapLayer(plain)
    shown = show_customers(project, result)
    assert {found.id() for found in company_layers(project)} == {found.id() for found in shown}
    refuse_company_layers([plain])
    by_hand = QgsVectorLayer(f"{result}|layername=clients_a_verifier", "opened by hand", "ogr")
    with pytest.raises(ParameterError, match="opened by hand"):
        refuse_company_layers([by_hand])
    with pytest.raises(ParameterError, match="holds a firm’s customers, which go into no package"):
        refuse_company_layers(project.mapLayers().values())


def test_nothing_of_the_file_stands_in_logs_history_recipe_or_memory(run, tmp_path, folders):
    said = []
    received = lambda text, *_rest: said.append(text)  # noqa: E731
    QgsApplication.messageLog().messageReceived.connect(received)
    titles = []
    added = lambda number: titles.append(QgsApplication.taskManager().task(number).description())  # noqa: E731
    QgsApplication.taskManager().taskAdded.connect(added)
    feedback = Feedback()
    rows = [*ROWS, ["C0001", "Doublon SARL", "123", "x", "7500", "Nulle-Part"], ["C0099", "Ligne trop courte"]]
    from joptimiz_qgis.gui.tasks import AlgorithmRun

    parameters = {"FILE": str(text_file(tmp_path / "a.csv", rows, HEADER[:6])), "FIX": "all", "COLUMNS": "name=Raison sociale", "OUTPUT": str(tmp_path / "c.gpkg"), "SAVE_RECIPE": str(tmp_path / "r.json")}
    run("importcompanyfile", feedback=feedback, **parameters)
    ended = []
    work = AlgorithmRun("joptimiz:importcompanyfile", parameters, lambda *end: ended.append(end))
    work.start()
    finish(lambda: ended)
    QgsApplication.messageLog().messageReceived.disconnect(received)
    QgsApplication.taskManager().taskAdded.disconnect(added)
    kept = [(tmp_path / "r.json").read_text(), (tmp_path / "c.gpkg.joptimiz" / "imports.jsonl").read_text()]
    kept += [path.read_text(errors="replace") for path in folders.rglob("*.json")]
    assert len(kept) >= 3 and titles
    whole = "\n".join([*said, *titles, *kept])
    assert not [cell for row in rows for cell in row if len(cell) > 4 and cell in whole]


def test_the_purge_leaves_no_byte_of_a_customer_in_what_stays(run, result, project, tmp_path, folders):
    shared = tmp_path / "shared.gpkg"
    shutil.copy(result, shared)
    gpd.GeoDataFrame({"a": ["stays"]}, geometry=[shapely.Point(1, 1)], crs=4326).to_file(shared, layer="bays", driver="GPKG")
    for number in range(30):  # pages that were used and are free: where bytes stay
        with sqlite3.connect(shared) as base:
            add_functions(base)
            base.execute("UPDATE clients_a_verifier SET jz_remarques = ?", ("x" * number * 50,))
    assert any(name in shared.read_bytes() for name in NAMES)
    run("importcompanyfile", FILE=str(text_file(tmp_path / "b.csv", ROWS[1:], HEADER[:6])), OUTPUT=str(result))
    assert History(result).folder.is_dir()
    history = folders / "user-history.db"
    with sqlite3.connect(history) as base:
        base.execute("CREATE TABLE history (id INTEGER PRIMARY KEY, provider_id TEXT, entry TEXT, timestamp TEXT)")
        base.execute("INSERT INTO history (entry) VALUES (?)", (json.dumps({"parameters": {"OUTPUT": str(result)}}),))
        base.execute("INSERT INTO history (entry) VALUES ('{\"other\": 1}')")
    QgsSettings().setValue("UI/recentFiles", [str(result), "/other.gpkg"])
    QgsSettings().setValue("joptimiz/company/target", str(result))
    show_customers(project, result)
    show_customers(project, shared)
    listed = run("purgecustomers", FILES=[str(result), str(shared)])
    assert (listed["REMOVED"], result.exists(), len(company_layers(project))) == (0, True, 4)
    told = run("purgecustomers", FILES=[str(result), str(shared)], CONFIRM=True)
    assert (told["FAILED"], result.exists(), History(result).folder.exists(), company_layers(project)) == (0, False, False, [])
    for path in (tmp_path / "a.csv", tmp_path / "b.csv"):
        path.unlink()
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert shared in left and history in left
    assert not [(path.name, name) for path in left for name in NAMES if name in path.read_bytes()]
    assert gpd.read_file(shared, layer="bays")["a"].tolist() == ["stays"]
    assert str(result).encode() not in history.read_bytes()
    assert QgsSettings().value("UI/recentFiles") in (["/other.gpkg"], "/other.gpkg")
    assert QgsSettings().value("joptimiz/company/target") is None
    QgsSettings().remove("UI/recentFiles")


def test_a_history_that_another_qgis_holds_is_told_of(run, result, project, folders):
    history, log = folders / "user-history.db", folders / "processing" / "processing.log"
    log.parent.mkdir()
    log.write_bytes(b"\xff\xfe " + str(result).encode())
    entry = json.dumps({"parameters": {"OUTPUT": str(result)}})
    with closing(sqlite3.connect(history, isolation_level=None)) as other:
        other.execute("CREATE TABLE history (id INTEGER PRIMARY KEY, provider_id TEXT, entry TEXT, timestamp TEXT)")
        other.execute("INSERT INTO history (entry) VALUES (?)", (entry,))
        other.execute("BEGIN EXCLUSIVE")
        feedback = Feedback()
        told = run("purgecustomers", feedback=feedback, FILES=[str(result)], CONFIRM=True)
        other.execute("ROLLBACK")
        assert (told["FAILED"], result.exists()) == (2, False)
        said = " ".join(feedback.said)
        assert f"what QGIS’s history {history} says of these files (database is locked)" in said and str(log) in said
        assert "Close the programs that have them open, then purge again." in said
        assert other.execute("SELECT entry FROM history").fetchall() == [(entry,)]
    log.unlink()
    again = run("purgecustomers", FILES=[str(result)], CACHE=False, CONFIRM=True)  # the other has ended; the file is gone, its name is not
    assert (again["FAILED"], again["TRACES"]) == (0, 1)
    assert str(result).encode() not in history.read_bytes()


def test_other_layers_of_a_file_that_stays_are_shown_as_before(run, result, project):
    zones = layer(["Polygon ((0 0, 0 9, 9 9, 0 0))"], kind="Polygon", name="zones")
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.layerName, options.actionOnExistingFile = "zones", QgsVectorFileWriter.ActionOnExistingFile.CreateOrOverwriteLayer
    assert QgsVectorFileWriter.writeAsVectorFormatV3(zones, str(result), project.transformContext(), options)[0] == QgsVectorFileWriter.WriterError.NoError
    show_customers(project, result)
    shown = QgsVectorLayer(f"{result}|layername=zones", "zones", "ogr")
    shown.renderer().symbol().setColor(QColor("#123456"))
    project.addMapLayer(shown)
    shown.startEditing()
    shown.deleteFeature(next(shown.getFeatures()).id())
    with pytest.raises(QgsProcessingException, match="not saved"):
        run("purgecustomers", FILES=[str(result)], CONFIRM=True)
    assert company_layers(project)
    shown.rollBack()
    assert run("purgecustomers", FILES=[str(result)], CONFIRM=True)["FAILED"] == 0
    assert list(project.mapLayers().values()) == [shown]
    assert (shown.isValid(), shown.featureCount(), shown.renderer().symbol().color().name()) == (True, 1, "#123456")


@pytest.mark.parametrize("name", ["createworkspace", "exportbays", "createsurvey", "surveyreport"])
def test_customers_are_refused_in_what_leaves_the_machine(refusal, result, project, tmp_path, name):
    shown = show_customers(project, result)[0]
    square = layer(["Polygon ((650000 6860000, 650000 6864000, 654000 6864000, 650000 6860000))"], kind="Polygon", name="town")
    others = {"createsurvey": {"TERRITORY": square}}.get(name, {})
    given = "DELIVERY_POINTS" if name == "createworkspace" else "BAYS"
    for source, called in ((shown.id(), shown.name()), (f"{result}|layername=clients_a_verifier", "")):
        out = tmp_path / ("w.gpkg" if name == "createworkspace" else "folder")
        said = refusal(name, **others, **{given: source, "OUTPUT": str(out)})
        assert "holds a firm’s customers, which go into no package" in said and called in said
        assert not out.exists()
        project.removeAllMapLayers()


def test_the_panel_s_purge_asks_and_a_no_leaves_all(result, project, qgis_iface, monkeypatch):
    show_customers(project, result)
    assert {found.partition("|")[0] for found in results_known(project)} == {str(result)}
    ended = []
    texts = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: texts.append(box.informativeText()))
    purge_customers(qgis_iface.mainWindow(), lambda *_: ended.append("at work"), lambda *end: ended.append(end))
    assert ended == [(False, "")]
    assert str(result) in texts[0] and "Not reached:" in texts[0]
    assert result.exists() and company_layers(project)
    done = []
    monkeypatch.setattr(QMessageBox, "clickedButton", lambda box: next(one for one in box.buttons() if one.text() == "Remove for good"))
    purge_customers(qgis_iface.mainWindow(), lambda _title, work, then: then(work(None), ""), lambda *end: done.append(end))
    assert done[0][0] is True
    assert not result.exists() and not company_layers(project)


def test_lines_of_the_message_log_that_name_the_file_go(qgis_iface):
    from qgis.PyQt.QtWidgets import QPlainTextEdit, QWidget

    window, log = QWidget(), None
    holder = QWidget(window)
    holder.setObjectName("MessageLog")
    log = QPlainTextEdit(holder)
    log.setPlainText("opened /data/Clients.gpkg\nother")
    assert traces.forget_messages(window, ["/data/clients.gpkg"]) == 1
    assert log.toPlainText() == "other"


IMPORT = """
import sys
import processing
from qgis.core import QgsNetworkAccessManager, QgsProcessingContext, QgsProject, QgsSettings

settings = QgsSettings()
for name, value in {"Enabled": True, "Type": "HttpProxy", "Host": "127.0.0.1", "Port": sys.argv[1]}.items():
    settings.setValue("proxy/proxy" + name, value)
QgsNetworkAccessManager.instance().setupDefaultProxyAndCache()
told = []
for send in ("", "geocodeur.example", "geocodeur.example"):
    done = processing.run("joptimiz:importcompanyfile", {"FILE": sys.argv[2], "OUTPUT": sys.argv[3], "GEOCODER": "http://geocodeur.example", "SEND_ADDRESSES": send})
    told.append(done["PLACED"] + done["TO_REVIEW"])
say(told)
"""


def test_a_recording_proxy_sees_address_columns_only_through_qgis_s_network(python, tmp_path):
    proxy = RecordingProxy()
    try:
        path = text_file(tmp_path / "a.csv", ROWS, HEADER[:6])
        told = python(IMPORT, proxy.url.rpartition(":")[2], path, tmp_path / "c.gpkg", XDG_CACHE_HOME=str(tmp_path / "cache"))
    finally:
        proxy.stop()
    assert told == [0, len(ROWS), len(ROWS)]  # nothing without consent, all with it, and the third import asks nothing again
    ((method, target, headers, body),) = proxy.seen
    assert (method, target) == ("POST", "http://geocodeur.example/search/csv/")
    rows = proxy.table(headers["Content-Type"], body)
    assert len(rows) == len(ROWS) and all(tuple(row) == ("adresse", "code_postal", "ville") for row in rows)
    everything = target.encode() + repr(headers).encode() + body
    assert not [cell for row in ROWS for cell in row[:3] if cell.encode() in everything]
