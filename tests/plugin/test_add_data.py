"""The dialog “Add data” against real servers: consent before the first request, the preview's figures, what changes, what stays when it fails."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import time
from contextlib import closing

import geopandas as gpd
import pytest
from conftest import speak
from portals import BAYS_PATH, datagouv, dataset, national_bays, opendatasoft, resource
from pygeoapi_server import BAYS, pygeoapi
from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsCoordinateReferenceSystem, QgsRectangle, QgsSettings
from qgis.PyQt.QtWidgets import QFileDialog, QLabel, QPushButton
from qgis_builders import column, finish, layer, said

from joptimiz_qgis.layers.published import SOURCE_PROPERTY
from joptimiz_qgis.paths import SAMPLE
from joptimiz_qgis.processing import source_settings
from tests.web_server import Answer, signed_in, web_server

COUNTY = {
    "id": "county", "title": {"fr": "Département", "en": "County"}, "table": "bays", "service": "opendatasoft",
    "dataset": "aires-de-livraison", "format": "csv", "area_field": "geo_point_2d", "mapping": "hauts_de_seine", "key": ["id"],
    "licence": "Licence Ouverte 2.0", "attribution": "Le département",
}  # fmt: skip


@pytest.fixture
def server():
    with web_server() as running:
        opendatasoft(running)
        yield running


@pytest.fixture(autouse=True)
def settings(tmp_path, server):
    """A catalogue of one source, its portal being here; copies in the test's folder; nothing remembered."""
    QgsSettings().remove("joptimiz")
    path = tmp_path / "sources.json"
    path.write_text(json.dumps({"sources": [{**COUNTY, "url": server.url}]}), encoding="utf-8")
    QgsSettings().setValue(source_settings.CATALOGUE_KEY, str(path))
    QgsSettings().setValue(source_settings.CACHE_KEY, str(tmp_path / "cache"))
    QgsSettings().setValue(source_settings.AREA_KEY, "everything")
    yield path
    QgsSettings().remove("joptimiz")


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out" / "bays.gpkg"


@pytest.fixture
def opened_dialog(dock, out):
    """``opened_dialog("catalogue")``: the dialog as the panel opens it, on that origin, writing into the test's folder."""

    def show(origin: str = "catalogue", table: str = "bays"):
        dock.add_data()
        dialog = dock.data_dialog
        dialog.table.setCurrentIndex(dialog.table.findData(table))
        dialog.origin.choose(origin)
        dialog.target.setFilePath(str(out))
        return dialog

    return show


def press(dialog, name):
    dialog.findChild(QPushButton, name).click()


def ended(dialog):
    finish(lambda: dialog.work is None)
    assert dialog.work is None


def previewed(dialog, agree=True):
    """Press “Preview”, agree where asked, and wait for what comes."""
    press(dialog, "previewButton")
    ended(dialog)
    if agree and dialog.consent.isVisibleTo(dialog):
        press(dialog, "agreeButton")
        ended(dialog)
    return dialog.preview


def added(dialog):
    press(dialog, "addButton")
    ended(dialog)


def told(dialog):
    return [item.text() for item in dialog.messages.items()]


def counts(dialog):
    return dialog.findChild(QLabel, "counts").text().replace("<b>", "").replace("</b>", "")


def cells(table):
    """Headers and first row of a table widget."""
    headers = [table.horizontalHeaderItem(place).text() for place in range(table.columnCount())]
    return {header: table.item(0, place).text() for place, header in enumerate(headers)}


def listed(widget):
    return [widget.item(place).text() for place in range(widget.count())]


# -- consent -----------------------------------------------------------------------------------------------------------


def test_nothing_is_sent_before_the_host_was_named_and_agreed_to(opened_dialog, server):
    dialog = opened_dialog()
    press(dialog, "previewButton")
    ended(dialog)
    assert server.asked == [] and dialog.preview is None
    assert dialog.consent.isVisibleTo(dialog)
    assert f"<b>{server.host}</b>" in dialog.findChild(QLabel, "consentText").text()
    press(dialog, "declineButton")
    assert (server.asked, told(dialog)) == ([], ["Nothing was sent."])
    assert not dialog.consent.isVisibleTo(dialog)
    previewed(dialog)
    assert server.paths() == [BAYS_PATH]


def test_a_copy_needs_no_consent_and_its_day_is_shown(opened_dialog, server, dock):
    previewed(opened_dialog())
    dialog = dock.data_dialog
    dialog.close()
    dialog = opened_dialog()
    assert f"Copy on this computer: {time.strftime('%Y-%m-%d')}" in dialog.findChild(QLabel, "details").text()
    assert previewed(dialog, agree=False) is not None
    assert len(server.asked) == 1
    assert "the copy of" in told(dialog)[0]


def test_consent_is_for_the_host_that_was_named(opened_dialog, server):
    with web_server() as other:
        opendatasoft(other)
        dialog = opened_dialog()
        previewed(dialog)
        dialog.origin.choose("address")
        dialog.origin.parts["url"].setText(other.url)
        dialog.origin.parts["dataset"].setText("aires-de-livraison")
        assert previewed(dialog, agree=False) is None
        assert dialog.consent.isVisibleTo(dialog) and other.asked == []


def test_the_dialog_alone_sends_nothing(opened_dialog, server):
    dialog = opened_dialog()
    for origin in ("file", "catalogue", "address"):
        dialog.origin.choose(origin)
    for place in range(dialog.table.count()):
        dialog.table.setCurrentIndex(place)
    assert server.asked == []


# -- preview -----------------------------------------------------------------------------------------------------------


def test_the_preview_says_what_will_be_read(opened_dialog, out):
    dialog = opened_dialog()
    preview = previewed(dialog)
    assert counts(dialog) == "3 rows read: 3 imported, of which 0 with a value corrected; 0 rejected."
    first = cells(dialog.panel.rows)
    assert preview.rows[0][0] == "1" and {"1000", "1 RUE NEY", "92100"} <= set(first.values())
    assert dialog.panel.rows.rowCount() == 3
    assert dialog.mapping.currentData() == "hauts_de_seine"
    assert dialog.how.title() == f"Columns read as: {dialog.mapping.currentText()}"
    assert dialog.panel.positions.featureCount() == 3
    extent = dialog.panel.positions.extent()
    assert [round(edge, 2) for edge in (extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum())] == [2.2, 48.8, 2.31, 48.86]
    assert not out.exists() and dialog.findChild(QPushButton, "addButton").isEnabled()


def lost(lines):
    """The last bay once more, without its position."""
    header, last = csv.reader([lines[0], lines[-1]])
    line = io.StringIO()
    csv.writer(line).writerow("" if name in {"LONGITUDE", "LATITUDE", "GEOM_WKT"} else value for name, value in zip(header, last))
    return line.getvalue().strip()


def test_rejected_rows_stand_with_their_line_and_reason(opened_dialog, tmp_path, monkeypatch):
    path = tmp_path / "bays.csv"
    path.write_text((SAMPLE / "bays.csv").read_text(encoding="utf-8"), encoding="utf-8")
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lost(lines)]), encoding="utf-8")
    dialog = opened_dialog("file")
    dialog.origin.file.setFilePath(str(path))
    previewed(dialog)
    assert dialog.panel.rejects.rowCount() == 1
    assert cells(dialog.panel.rejects)["Line"] == str(len(lines) + 1)
    assert "no usable coordinates" in cells(dialog.panel.rejects)["Reason"]
    assert f"{len(lines)} rows read: {len(lines) - 1} imported" in counts(dialog)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "rejets"), ""))
    press(dialog, "saveRejectsButton")
    header, row = (tmp_path / "rejets.csv").read_text(encoding="utf-8-sig").splitlines()
    assert header == "line;column;value;reason" and row.startswith(f"{len(lines) + 1};")


def test_the_mapping_can_be_changed_and_is_read_again(opened_dialog, server):
    dialog = opened_dialog()
    previewed(dialog)
    dialog.mapping.setCurrentIndex(dialog.mapping.findData("generic"))
    dialog.mapping.activated.emit(dialog.mapping.currentIndex())
    ended(dialog)
    assert dialog.preview.mapping == "generic" and dialog.mapping.currentData() == "generic"
    assert len(server.asked) == 1


@pytest.mark.parametrize("way", ["layer", "canvas", "rectangle"])
def test_only_the_area_is_asked_for(opened_dialog, server, project, way, qgis_iface):
    box = QgsRectangle(2.29, 48.84, 2.305, 48.87)
    commune = project.addMapLayer(layer(["Polygon ((2.29 48.84, 2.305 48.84, 2.305 48.87, 2.29 48.87, 2.29 48.84))"], "Polygon", "EPSG:4326"))
    canvas = qgis_iface.mapCanvas()
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    canvas.resize(300, 600)
    canvas.setExtent(QgsRectangle(2.2995, 48.8495, 2.3005, 48.8505))  # widened to the window's shape
    dialog = opened_dialog()
    dialog.area.choose(way)
    if way == "layer":
        dialog.area.layers.setLayer(commune)
    if way == "rectangle":
        dialog.area.draw()
        assert not dialog.isVisible()
        dialog.area.tool.extentChanged.emit(box)
        assert dialog.isVisible()
    preview = previewed(dialog)
    assert preview.read.table["id"].tolist() == ["2"]
    assert server.asked[0].query["where"].startswith("in_bbox(geo_point_2d, 48.8")


def test_no_rectangle_no_polygon_no_file_are_sentences(opened_dialog, server):
    dialog = opened_dialog()
    dialog.area.choose("rectangle")
    press(dialog, "previewButton")
    assert "No rectangle was drawn yet." in told(dialog)[0]
    dialog.area.choose("layer")
    press(dialog, "previewButton")
    assert "no layer of polygons" in told(dialog)[0]
    dialog.area.choose("everything")
    dialog.origin.choose("file")
    press(dialog, "previewButton")
    assert told(dialog) == ["Choose the file to read (button “…”)."]
    dialog.origin.choose("address")
    press(dialog, "previewButton")
    assert "Expected: https://…" in told(dialog)[0]
    assert server.asked == [] and dialog.work is None


def test_every_file_of_a_schema_of_the_national_portal(opened_dialog, server):
    """The list is asked for only after consent, which says that it leads on."""
    schema = "CEREMA/schema-aire-livraison"
    files = {city: [resource(server, city, f"Aires {city}", "csv", schema), resource(server, f"{city}-x", "Notice", "pdf", schema)] for city in ("lyon", "nice")}
    datagouv(server, [dataset(city, parts) for city, parts in files.items()])
    for city in files:
        server.on(f"/static/{city}.csv", Answer(body=national_bays(city.upper())))
    dialog = opened_dialog("address")
    dialog.origin.service.setCurrentIndex(dialog.origin.service.findData("datagouv"))
    assert dialog.origin.parts["url"].text() == "https://www.data.gouv.fr"
    dialog.origin.parts["url"].setText(server.url)
    dialog.origin.parts["schema"].setText(schema)
    press(dialog, "previewButton")
    ended(dialog)
    assert server.asked == [] and "may lie on other servers" in dialog.findChild(QLabel, "consentText").text()
    assert sorted(previewed(dialog).read.table["id"]) == ["LYON", "NICE"]


# -- adding ------------------------------------------------------------------------------------------------------------


def test_what_was_previewed_is_added_with_its_origin(opened_dialog, dock, project, out):
    dialog = opened_dialog()
    previewed(dialog)
    added(dialog)
    (made,) = project.mapLayers().values()
    assert (made.name(), made.featureCount(), made.customProperty(SOURCE_PROPERTY)) == ("Delivery bays", 3, "county")
    assert made.metadata().licenses() == ["Licence Ouverte 2.0"]
    assert project.layerTreeRoot().findGroup("Visualiz").findLayer(made.id()) is not None
    assert made.source() == f"{out}|layername=bays"
    assert said(dock) == "“Delivery bays” is on the map: 3 rows." and not dialog.isVisible()


def test_a_refresh_shows_what_changes_before_it_replaces(opened_dialog, server, project, out):
    dialog = opened_dialog()
    previewed(dialog)
    added(dialog)
    (made,) = project.mapLayers().values()
    opendatasoft(server, {"2": "12.5"})
    dialog = opened_dialog()
    dialog.origin.refresh.setChecked(True)
    previewed(dialog)
    shown = listed(dialog.panel.changes)
    assert shown[0] == "0 rows added, 1 changed, 0 removed, 2 unchanged."
    assert "2, longueur: 1000 → 1250" in shown
    assert column(str(out), "longueur") == [1000, 1000, 1000]
    assert dialog.findChild(QPushButton, "addButton").text() == "Replace, and add to the project"
    added(dialog)
    assert list(project.mapLayers().values()) == [made], "the layer that is open is filled anew"
    assert sorted(feature["longueur"] for feature in made.getFeatures()) == [1000, 1000, 1250]


def test_perimeters_bring_their_rules(opened_dialog, project, out):
    dialog = opened_dialog("file", "perimeters")
    dialog.origin.file.setFilePath(str(SAMPLE / "perimeters.geojson"))
    dialog.target.setFilePath(str(out))
    preview = previewed(dialog)
    added(dialog)
    layers = {made.source().partition("layername=")[2]: made for made in project.mapLayers().values()}
    assert {name: made.featureCount() for name, made in layers.items()} == {"perimeters": len(preview.read.table), "perimeter_rules": len(preview.read.rules)}


@pytest.mark.parametrize(
    ("table", "file"), [("access_points", "access_points.geojson"), ("delivery_points", "establishments.csv"), ("points_of_interest", "access_points.geojson")]
)
def test_every_kind_of_table_comes_into_the_project(opened_dialog, project, table, file):
    dialog = opened_dialog("file", table)
    dialog.origin.file.setFilePath(str(SAMPLE / file))
    preview = previewed(dialog)
    added(dialog)
    (made,) = project.mapLayers().values()
    assert made.isValid() and made.featureCount() == len(preview.read.table) > 0


def test_choices_that_changed_since_the_preview_are_read_again(opened_dialog, out, project):
    dialog = opened_dialog()
    previewed(dialog)
    dialog.target.setFilePath(str(out.with_name("other.gpkg")))
    press(dialog, "addButton")
    assert told(dialog) == ["The choices have changed since the preview. Press “Preview” again."]
    assert not out.parent.exists() and not project.mapLayers()


def test_a_file_with_other_tables_is_not_replaced(opened_dialog, out):
    out.parent.mkdir()
    gpd.GeoDataFrame({"a": [1]}, geometry=gpd.points_from_xy([2.0], [48.0]), crs=4326).to_file(out, layer="mine")
    before = out.read_bytes()
    dialog = opened_dialog()
    assert previewed(dialog) is None
    assert "holds other tables (mine), which would be lost" in told(dialog)[0]
    assert out.read_bytes() == before


def test_the_choices_are_those_of_the_last_time(opened_dialog, dock):
    dialog = opened_dialog("address", "access_points")
    dialog.origin.service.setCurrentIndex(dialog.origin.service.findData("ogcapi"))
    dialog.origin.parts["url"].setText("https://nowhere.invalid")
    dialog.origin.parts["collection"].setText("quais")
    previewed(dialog, agree=False)
    dialog.close()
    dock.add_data()
    again = dock.data_dialog
    assert again is not dialog
    assert (again.chosen_table(), again.origin.chosen(), again.origin.service.currentData()) == ("access_points", "address", "ogcapi")
    assert (again.origin.parts["url"].text(), again.origin.parts["collection"].text()) == ("https://nowhere.invalid", "quais")


class Notebook:
    """A workspace that remembers what it was given."""

    title = "Lyon"

    def __init__(self, folder):
        self.folder, self.taken = folder, []

    def add_table(self, preview, progress):
        progress.step(0.5)
        self.taken.append((preview.request.table, len(preview.read.table)))
        path = self.folder / "workspace.gpkg"
        preview.read.table.to_file(path, layer="bays")
        return f"{path}|layername=bays"


def test_rows_go_into_the_workspace_that_is_open(opened_dialog, run, tmp_path, project, out):
    made = tmp_path / "ville.gpkg"
    run("createworkspace", OUTPUT=str(made))
    dialog = opened_dialog()
    assert dialog.to_workspace.text() == "The open workspace “ville”" and dialog.to_workspace.isChecked()
    previewed(dialog)
    added(dialog)
    (bays,) = (each for each in project.mapLayers().values() if each.source().endswith("|layername=bays"))
    assert bays.featureCount() == 3 and not out.exists()
    with closing(sqlite3.connect(made)) as database:
        assert database.execute("SELECT count(*) FROM bays").fetchone() == (3,)


def test_an_open_workspace_is_offered_and_takes_the_table(opened_dialog, monkeypatch, tmp_path, project, out):
    book = Notebook(tmp_path)
    monkeypatch.setattr("joptimiz_qgis.gui.dck_joptimiz.open_workspace", lambda: book)
    dialog = opened_dialog()
    assert dialog.to_workspace.text() == "The open workspace “Lyon”" and dialog.to_workspace.isChecked()
    previewed(dialog)
    added(dialog)
    assert book.taken == [("bays", 3)] and not out.exists()
    assert [made.featureCount() for made in project.mapLayers().values()] == [3]


# -- when it goes wrong ------------------------------------------------------------------------------------------------


def test_cancel_does_not_wait_for_the_server_and_the_dialog_can_go_on(opened_dialog, server, out):
    server.on(BAYS_PATH, Answer(body=b"x" * 100_000, pause=30))
    dialog = opened_dialog()
    press(dialog, "previewButton")
    ended(dialog)
    press(dialog, "agreeButton")
    finish(lambda: server.asked)
    pressed = time.monotonic()
    press(dialog, "cancelButton")
    ended(dialog)
    assert time.monotonic() - pressed < 5, "the server holds the answer back for half a minute"
    assert told(dialog) == ["Cancelled. Nothing was changed."] and dialog.preview is None
    opendatasoft(server)
    assert previewed(dialog) is not None


def test_a_server_killed_in_the_middle_is_a_sentence_and_old_data_stay(opened_dialog, project, tmp_path, out):
    with pygeoapi(tmp_path / "pygeoapi") as geoapi:
        dialog = opened_dialog("address", "access_points")
        dialog.origin.service.setCurrentIndex(dialog.origin.service.findData("ogcapi"))
        dialog.origin.parts["url"].setText(geoapi.url)
        dialog.origin.parts["collection"].setText("bays")
        dialog.target.setFilePath(str(out))
        assert previewed(dialog).read.counts()["rows"] == BAYS
        added(dialog)
        before = out.read_bytes()
        dialog = opened_dialog("address", "access_points")
        dialog.target.setFilePath(str(out))
        dialog.origin.refresh.setChecked(True)
        press(dialog, "previewButton")
        ended(dialog)
        press(dialog, "agreeButton")
        finish(lambda: dialog.bar.value() > 0)
        geoapi.kill()
        ended(dialog)
        assert "It is the one that is used." in told(dialog)[0]
        assert dialog.preview.read.counts()["rows"] == BAYS
        assert listed(dialog.panel.changes) == [f"0 rows added, 0 changed, 0 removed, {BAYS:,} unchanged."]
        dialog.area.choose("rectangle")
        dialog.area._drawn(QgsRectangle(2.25, 48.82, 2.27, 48.84))
        assert previewed(dialog) is None
        assert "cannot be reached" in told(dialog)[0]
        assert out.read_bytes() == before


def test_an_authentication_of_qgis_is_used(opened_dialog, server):
    portal = server.routes[BAYS_PATH]
    server.on(BAYS_PATH, lambda asked: portal(asked) if signed_in(asked, "agent", "mot de passe") else Answer(401))
    manager = QgsApplication.authManager()
    assert manager.setMasterPassword("test", True)
    config = QgsAuthMethodConfig("Basic")
    config.setName("portal")
    config.setConfigMap({"username": "agent", "password": "mot de passe", "realm": ""})
    assert manager.storeAuthenticationConfig(config)[0]
    dialog = opened_dialog()
    assert previewed(dialog) is None and "wants to know who asks" in told(dialog)[0]
    dialog.origin.auth.setConfigId(config.id())
    assert previewed(dialog).read.counts()["rows"] == 3


def test_a_catalogue_that_cannot_be_used_is_said(opened_dialog, settings):
    settings.write_text("{", encoding="utf-8")
    dialog = opened_dialog()
    assert "is not JSON" in told(dialog)[0]
    press(dialog, "previewButton")
    assert "has no source of this kind" in told(dialog)[0]


def test_closing_the_panel_in_the_middle_is_harmless(opened_dialog, dock, server):
    server.on(BAYS_PATH, Answer(body=b"x", silence=5))
    dialog = opened_dialog()
    press(dialog, "previewButton")
    ended(dialog)
    press(dialog, "agreeButton")
    finish(lambda: server.asked)
    dock._close_data_dialog()
    finish(lambda: not QgsApplication.taskManager().activeTasks())
    assert dock.data_dialog is None


def test_the_counts_are_french_for_who_reads_french(opened_dialog):
    speak("fr")
    dialog = opened_dialog()
    preview = previewed(dialog)
    assert preview.sentence() == "3 lignes lues\u202f: 3 importées, dont 0 avec une valeur corrigée\u202f; 0 rejetée."


