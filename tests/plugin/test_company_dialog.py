"""The dialog “Import a company file”, driven through its widgets: files of every kind, consent, next month, undo."""

from __future__ import annotations

import json
import random
import threading

import geopandas as gpd
import pandas as pd
import pytest
from addok_server import Address, addok
from builders import published_rows
from company_builders import COUNT, HEADER, VARIANTS, as_numbers, customers, in_crs, text_file, xlsx_file
from conftest import speak
from qgis.core import QgsApplication, QgsSettings, QgsVectorLayer
from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QFileDialog, QLabel, QMessageBox, QPushButton
from qgis_builders import finish, layer, said, saved
from shapely.geometry import Point

from joptimiz_qgis import __main__ as cli
from joptimiz_qgis.gui import company_import, dlg_company
from joptimiz_qgis.processing import company_settings
from joptimiz_qgis.toolkit.company import pipeline
from joptimiz_qgis.toolkit.company.history import History
from joptimiz_qgis.toolkit.company.review import Review
from joptimiz_qgis.toolkit.vehicles import Vehicle
from tests.web_server import Answer, web_server

FILE, COLUMNS, CHECKS, PLACES, MERGE, RESULT, ENRICHMENT = range(7)


@pytest.fixture(autouse=True)
def folders(monkeypatch, tmp_path):
    """Caches in the test's folder; no setting kept."""
    cache = tmp_path / "cache"
    cache.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setattr(company_settings.QgsApplication, "qgisSettingsDirPath", lambda: str(cache), raising=False)
    QgsSettings().remove("joptimiz/company")
    yield cache
    QgsSettings().remove("joptimiz/company")


@pytest.fixture
def out(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "clients.gpkg"


@pytest.fixture
def opened(dock, out):
    """``opened(path)``: the dialog as the panel opens it, with that file read and its result in the test's folder."""

    def show(path=None, recipe=None):
        dock.findChild(QPushButton, "importCompanyButton").click()
        dialog = dock.company.dialog
        dialog.merge_page.target.setFilePath(str(out))
        if recipe:
            dialog.file_page.recipe_file.setFilePath(str(recipe))
            ended(dialog)
        if path:
            dialog.file_page.file.setFilePath(str(path))
            ended(dialog)
        return dialog

    return show


def ended(dialog):
    finish(lambda: dialog.work is None)


def press(dialog, name):
    dialog.findChild(QPushButton, name).click()
    ended(dialog)


def forward(dialog, to):
    """Press “Next” until page `to`."""
    while dialog.page() < to:
        before = dialog.page()
        press(dialog, "nextButton")
        assert dialog.page() > before, told(dialog)


def told(dialog):
    return [item.text() for item in dialog.messages.items()]


def text_of(dialog, name):
    return dialog.findChild(QLabel, name).text()


def cells(view):
    model = view.model()
    return [[model.data(model.index(row, column)) for column in range(model.columnCount())] for row in range(model.rowCount())]


def kinds(dialog):
    tree = dialog.checks_page.kinds
    return [tuple(tree.topLevelItem(row).text(side) for side in range(3)) for row in range(tree.topLevelItemCount())]


def tables(path):
    """The firm's columns, ours, and the points of both layers, as text."""
    return {name: gpd.read_file(path, layer=name).astype(str) for name in ("clients", "clients_a_verifier")}


def same(one, other):
    for name, table in tables(one).items():
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(tables(other)[name]))


def yes(monkeypatch, answer="Yes"):
    monkeypatch.setattr(QMessageBox, "question", lambda *_: getattr(QMessageBox.StandardButton, answer))


# -- the whole journey -------------------------------------------------------------------------------------------------


def test_from_a_workbook_to_the_map_and_back(opened, tmp_path, out, project, monkeypatch):
    dialog = opened(xlsx_file(tmp_path / "mai.xlsx", [as_numbers(row) for row in customers()]))
    assert text_of(dialog, "readSaid").startswith("60 rows, 9 columns.")
    assert cells(dialog.file_page.rows)[0][:2] == ["2", "C0000"]
    forward(dialog, COLUMNS)
    assert dialog.columns_page.columns()["siret"] == "SIRET" and dialog.columns_page.columns()["longitude"] == "Longitude"
    assert dialog.columns_page.reasons["siret"].text().startswith("by its name")
    forward(dialog, CHECKS)
    assert kinds(dialog) == [("SIRET: leading zeros lost", "20", "20"), ("Postcode: leading zero lost", "16", "16")]
    press(dialog, "allButton")
    dialog.checks_page.kinds.topLevelItem(1).setCheckState(0, Qt.CheckState.Checked)
    assert "36 cells will be corrected" in text_of(dialog, "checksSaid")
    forward(dialog, PLACES)
    assert text_of(dialog, "placesSaid") == "<b>60 on the map, 0 to review, 0 without position.</b>"
    assert len(next(dialog.places_page.positions.getFeatures()).geometry().asMultiPoint()) == COUNT
    forward(dialog, MERGE)
    assert "60 new, 0 changed" in text_of(dialog, "mergeSaid") and not out.exists()
    forward(dialog, RESULT)
    assert [dialog.result_page.figures[name].text() for name in ("rows_read", "imported", "rejected", "placed", "corrected")] == ["60", "60", "0", "60", "30"]
    assert [layer.name() for layer in project.mapLayers().values()] == ["Customers"]
    first = out.read_bytes()
    yes(monkeypatch, "No")
    press(dialog, "undoButton")
    assert out.read_bytes() == first
    yes(monkeypatch)
    press(dialog, "undoButton")
    assert not out.exists() and project.mapLayers() == {}
    assert "is as it was before the last import" in told(dialog)[0]


def test_a_recipe_of_the_dialog_replayed_in_the_shell_gives_the_same_table(opened, tmp_path, out, monkeypatch, capsys):
    header, rows = in_crs(customers(), "EPSG:3946", ("A1", "A2"))
    rows = [[*row[:6], *(cell.replace(".", ",") for cell in row[6:])] for row in rows[3::8]]
    rows[0][2] = rows[0][2].lstrip("0")
    path = text_file(tmp_path / "mai.csv", rows, header, delimiter="|", encoding="cp1252")
    dialog = opened(path)
    forward(dialog, COLUMNS)
    for field, column in (("x", "A1"), ("y", "A2")):
        box = dialog.columns_page.boxes[field]
        box.setCurrentIndex(box.findData(column))
    forward(dialog, CHECKS)
    forward(dialog, PLACES)
    box = dialog.places_page.crs
    if box.findData("EPSG:3946") < 0:
        pytest.fail("CC46 is not among the guesses")
    box.setCurrentIndex(box.findData("EPSG:3946"))
    box.activated.emit(box.currentIndex())
    ended(dialog)
    forward(dialog, RESULT)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "r"), ""))
    press(dialog, "recipeButton")
    recipe = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert (recipe["crs"], recipe["columns"]["x"]) == ("EPSG:3946", "A1")
    assert not any(row[1] in json.dumps(recipe, ensure_ascii=False) for row in rows), "no value of the file"
    assert cli.main(["import-company", str(path), "-o", str(tmp_path / "b.gpkg"), "--recipe", str(tmp_path / "r.json"), "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["placed"] == len(rows)
    same(out, tmp_path / "b.gpkg")


@pytest.mark.parametrize("variant", ["utf-16", "tab, CRLF", "ods", "xls", "lambert II étendu", "swapped", "scientific"])
def test_files_of_every_kind_give_the_same_customers(opened, tmp_path, out, variant):
    dialog = opened(VARIANTS[variant](tmp_path, customers()))
    forward(dialog, CHECKS)
    for row in range(dialog.checks_page.kinds.topLevelItemCount()):
        dialog.checks_page.kinds.topLevelItem(row).setCheckState(0, Qt.CheckState.Checked)
    forward(dialog, RESULT)
    found = gpd.read_file(out, layer="clients")
    assert list(found["SIRET"]) == [row[2] for row in customers()]
    assert list(found["Code postal"]) == [row[4] for row in customers()]
    for point, row in zip(found.geometry, customers()):
        assert abs(point.x - float(row[6])) < 1e-6 and abs(point.y - float(row[7])) < 1e-6


# -- next month --------------------------------------------------------------------------------------------------------


def imported(dialog, tmp_path, monkeypatch, name="r.json"):
    forward(dialog, RESULT)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / name), ""))
    press(dialog, "recipeButton")


def test_a_returning_user_needs_four_clicks(opened, dock, tmp_path, out, monkeypatch, project):
    imported(opened(text_file(tmp_path / "mai.csv", customers())), tmp_path, monkeypatch)
    dock.company.dialog.close()
    before = out.read_bytes()
    june = [[*row[:1], f"Nouveau nom {number}", *row[2:]] if number < 7 else row for number, row in enumerate(customers())]
    path = text_file(tmp_path / "juin.csv", [*june[:-5], *([f"N{number}", *customers()[number][1:]] for number in range(4))])
    clicks = []

    def click(button):
        clicks.append(button.objectName())
        button.click()

    click(dock.findChild(QPushButton, "importCompanyButton"))
    dialog = dock.company.dialog
    clicks.append("file chosen")
    dialog.file_page.file.setFilePath(str(path))
    ended(dialog)
    click(dialog.findChild(QPushButton, "fastButton"))
    ended(dialog)
    assert dialog.page() == MERGE, told(dialog)
    assert [dialog.merge_page.tabs.tabText(tab) for tab in range(3)] == ["Changed (7)", "New (4)", "Missing (5)"]
    assert cells(dialog.merge_page.changed_rows)[0] == ["C0000", "Raison sociale", customers()[0][1], "Nouveau nom 0"]
    assert [row[0] for row in cells(dialog.merge_page.missing_rows)] == [f"C{number:04d}" for number in range(55, 60)]
    assert out.read_bytes() == before, "nothing is written before it was agreed to"
    click(dialog.findChild(QPushButton, "nextButton"))
    ended(dialog)
    assert dialog.page() == RESULT and len(clicks) == 4
    assert gpd.read_file(out, layer="clients")["jz_suivi"].value_counts().to_dict() == {"present": 59, "absent": 5}
    (layer,) = project.mapLayers().values()
    assert layer.isValid() and layer.featureCount() == 64
    yes(monkeypatch)
    dock.findChild(QPushButton, "undoImportButton").click()
    finish(lambda: dock.company.work is None)
    assert out.read_bytes() == before and "is as it was before" in said(dock)
    assert layer.isValid() and layer.featureCount() == COUNT


def test_a_hundred_edits_fifty_additions_fifty_removals_and_the_undo(opened, dock, tmp_path, out, monkeypatch):
    """The page says which rows, cell by cell; after import and undo the file is byte for byte what it was."""
    chance = random.Random(20)
    may = customers(1_200)
    imported(opened(text_file(tmp_path / "mai.csv", may)), tmp_path, monkeypatch)
    dock.company.dialog.close()
    before = out.read_bytes()
    picked = chance.sample(range(len(may)), 150)
    edited, removed = set(picked[:100]), set(picked[100:])
    june, wanted = [], {}
    for number, row in enumerate(may):
        if number in edited:
            column = chance.choice([1, 3, 8])  # name, address, volume
            new = f"{chance.randrange(10**6)}.5" if column == 8 else f"{number} rue Neuve"
            wanted[row[0], HEADER[column]] = (row[column], new)
            row = [*row[:column], new, *row[column + 1 :]]  # noqa: PLW2901 - next month's row
        if number not in removed:
            june.append(row)
    added = [[f"N{number}", *row[1:]] for number, row in enumerate(customers(1_250)[1_200:])]
    june += added
    chance.shuffle(june)
    dialog = opened(text_file(tmp_path / "juin.csv", june))
    press(dialog, "fastButton")
    page = dialog.merge_page
    assert [page.tabs.tabText(tab) for tab in range(3)] == ["Changed (100)", "New (50)", "Missing (50)"]
    assert "50 new, 100 changed, 1,050 unchanged, 50 missing" in text_of(dialog, "mergeSaid")
    changed = {(key, column): (old, new) for key, column, old, new in cells(page.changed_rows)}
    assert len(cells(page.changed_rows)) == 100
    assert {place: (" ".join(old.split()), new) for place, (old, new) in changed.items()} == {
        place: (" ".join(old.split()), new) for place, (old, new) in wanted.items()
    }
    assert sorted(row[:2] for row in cells(page.added_rows)) == sorted(row[:2] for row in added)
    assert sorted(row[:2] for row in cells(page.missing_rows)) == sorted(may[number][:2] for number in removed)
    press(dialog, "nextButton")
    assert dialog.page() == RESULT and out.read_bytes() != before
    yes(monkeypatch)
    press(dialog, "undoButton")
    assert out.read_bytes() == before


def test_after_an_undo_the_answers_are_left_to_import_again(opened, tmp_path, out, monkeypatch):
    dialog = opened(text_file(tmp_path / "mai.csv", customers()))
    forward(dialog, RESULT)
    yes(monkeypatch)
    press(dialog, "undoButton")
    assert not dialog.result_page.counts.isVisibleTo(dialog) and "import again" in text_of(dialog, "resultSaid")
    dialog.list.itemClicked.emit(dialog.list.item(PLACES))
    assert dialog.page() == PLACES
    forward(dialog, RESULT)
    assert len(gpd.read_file(out, layer="clients")) == COUNT and dialog.result_page.counts.isVisibleTo(dialog)


def test_an_undo_after_a_review_takes_the_review_back_first(opened, tmp_path, out, monkeypatch):
    dialog = opened(text_file(tmp_path / "mai.csv", [*customers(), ["C99", "Sans position", *[""] * 7]]))
    forward(dialog, RESULT)
    first = tables(out)
    Review(out).move("C99", 2.35, 48.85)
    asked = []
    monkeypatch.setattr(QMessageBox, "question", lambda *words: asked.append(words[2]) or QMessageBox.StandardButton.Yes)
    press(dialog, "undoButton")
    assert "decisions of the last review" in asked[-1] and "before the last review" in told(dialog)[0]
    pd.testing.assert_frame_equal(pd.DataFrame(tables(out)["clients_a_verifier"]), pd.DataFrame(first["clients_a_verifier"]))
    assert dialog.written == out and dialog.result_page.buttons["undo"].isEnabled()
    press(dialog, "undoButton")
    assert "The last import" in asked[-1] and not out.exists() and dialog.written is None


def test_what_becomes_of_missing_customers_is_the_user_s_choice(opened, dock, tmp_path, out, monkeypatch):
    imported(opened(text_file(tmp_path / "mai.csv", customers())), tmp_path, monkeypatch)
    dock.company.dialog.close()
    dialog = opened(text_file(tmp_path / "juin.csv", customers()[:50]))
    forward(dialog, MERGE)
    box = dialog.merge_page.missing
    box.setCurrentIndex(box.findData("remove"))
    box.activated.emit(box.currentIndex())
    ended(dialog)
    forward(dialog, RESULT)
    assert len(gpd.read_file(out, layer="clients")) == 50


def test_a_recipe_that_does_not_fit_says_which_column_is_lost(opened, dock, tmp_path, monkeypatch):
    imported(opened(text_file(tmp_path / "mai.csv", customers())), tmp_path, monkeypatch)
    dock.company.dialog.close()
    dialog = opened(text_file(tmp_path / "juin.csv", customers(), ["N° client", "Nom", *HEADER[2:]]))
    assert "has no column “Raison sociale” any more" in told(dialog)[0]
    assert not dialog.file_page.fast_button.isEnabled()
    forward(dialog, COLUMNS)
    assert dialog.columns_page.columns()["name"] == "Nom"


def test_an_undo_tells_of_changes_that_it_would_lose(opened, tmp_path, out, project, monkeypatch):
    dialog = opened(text_file(tmp_path / "mai.csv", customers()))
    forward(dialog, RESULT)
    (layer,) = project.mapLayers().values()
    layer.startEditing()
    layer.changeAttributeValue(1, layer.fields().indexOf("Ville"), "Lyon")
    asked = []
    monkeypatch.setattr(QMessageBox, "question", lambda *words: asked.append(words[2]) or QMessageBox.StandardButton.Yes)
    press(dialog, "undoButton")
    assert "not saved" in told(dialog)[0] and out.exists()
    layer.commitChanges()
    press(dialog, "undoButton")
    assert "those changes will be lost" in asked[-1] and not out.exists()


# -- answers -----------------------------------------------------------------------------------------------------------


def test_what_was_found_out_of_a_file_can_be_told_otherwise(opened, tmp_path):
    path = text_file(tmp_path / "a.csv", customers(), delimiter="|", encoding="cp1252")
    dialog = opened(path)
    page = dialog.file_page
    assert (page.encoding.currentData(), page.delimiter.currentData(), page.decimal.currentData(), page.header_row.value()) == ("windows-1252", "|", ".", 1)
    page.delimiter.setCurrentIndex(page.delimiter.findData(","))
    page.delimiter.activated.emit(page.delimiter.currentIndex())
    ended(dialog)
    assert dialog.opened.file.sniffed.delimiter == ","
    page.delimiter.setCurrentIndex(page.delimiter.findData("|"))
    page.delimiter.activated.emit(page.delimiter.currentIndex())
    ended(dialog)
    page.skip_rows.setValue(2)
    ended(dialog)
    assert cells(page.rows)[0][1] == "C0002" and len(dialog.opened.file.raw.rows) == COUNT - 2


def headers(view):
    model = view.model()
    return [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]


def test_the_preview_says_what_each_column_is_read_as(opened, tmp_path):
    """A SIRET, a postcode, a long number of which nothing is known: none becomes a number because it looks like one."""
    rows = [[*row, "8", ""] for row in customers() if row[2][0] != "0" and row[4][0] != "0"]
    dialog = opened(text_file(tmp_path / "a.csv", rows, [*HEADER, "Note", "Vide"]))
    page = dialog.file_page
    assert headers(page.rows) == [
        "Line", "N° client\ntext (identifier)", "Raison sociale\ntext (name)", "SIRET\ntext (SIRET)", "Adresse\ntext (address)",
        "Code postal\ntext (postcode)", "Ville\ntext (town)", "Longitude\nnumber (longitude)", "Latitude\nnumber (latitude)",
        "Volume\nnumber (volume)", "Note\nnumber", "Vide\nempty",
    ]  # fmt: skip
    forward(dialog, COLUMNS)
    for field, column in (("volume", "Note"), ("siret", ""), ("siren", "SIRET")):
        box = dialog.columns_page.boxes[field]
        box.setCurrentIndex(box.findData(column))
    dialog.back()
    assert [headers(page.rows)[place] for place in (3, 9, 10)] == ["SIRET\ntext (SIREN)", "Volume\nnumber", "Note\nnumber (volume)"]
    speak("fr")
    dialog.turn(FILE)
    assert headers(page.rows)[5].partition("\n")[2].endswith("(code postal)")


def test_a_table_of_communes_is_used_remembered_and_no_obstacle(opened, dock, tmp_path):
    towns = tmp_path / "communes.csv"
    towns.write_text("code_postal;code_insee;nom_commune\n01000;01053;BOURG EN BRESSE\n06000;06088;NICE\n", encoding="utf-8")
    rows = [[*row[:5], "Laon", *row[6:]] if number == 8 else row for number, row in enumerate(customers())]
    dialog = opened(text_file(tmp_path / "a.csv", rows))
    forward(dialog, CHECKS)
    page = dialog.checks_page
    assert page.findChild(QgsCollapsibleGroupBox, "townsGroup").isCollapsed() and kinds(dialog) == []
    page.towns.setFilePath(str(towns))
    ended(dialog)
    assert [kind[1] for kind in kinds(dialog)] == ["1"] and dialog.page() == CHECKS
    assert "“Laon” is not a town of the postcode 01000, which has: bourg en bresse" in text_of(dialog, "findingSentence")
    dialog.close()
    dialog = opened(text_file(tmp_path / "b.csv", rows))
    assert dialog.checks_page.towns_file() == str(towns)
    forward(dialog, CHECKS)
    assert [kind[1] for kind in kinds(dialog)] == ["1"]
    towns.write_text("a;b\n1;2\n", encoding="utf-8")
    dialog.back()
    forward(dialog, CHECKS)
    assert kinds(dialog) == [] and "The towns were not checked: “communes.csv” is no table of communes" in told(dialog)[0]
    towns.unlink()
    forward(dialog, RESULT)
    dialog.close()
    assert opened().checks_page.towns_file() == ""


def test_a_table_of_communes_leaves_the_corrections_that_were_agreed_to(opened, tmp_path, out):
    towns = tmp_path / "communes.csv"
    towns.write_text("code_postal;nom_commune\n01000;Bourg-en-Bresse\n", encoding="utf-8")
    dialog = opened(text_file(tmp_path / "a.csv", [[*row[:4], row[4].lstrip("0"), *row[5:]] for row in customers()]))
    forward(dialog, CHECKS)
    press(dialog, "allButton")
    dialog.checks_page.towns.setFilePath(str(towns))
    ended(dialog)
    forward(dialog, RESULT)
    assert list(gpd.read_file(out, layer="clients")["Code postal"]) == [row[4] for row in customers()]


@pytest.mark.parametrize(
    ("columns", "hint"),
    [([0, 1], "choose one in step 2"), ([0, 1, 3, 4, 5], "tick “3. Addresses”"), (list(range(9)), "")],
)
def test_rows_without_position_are_told_what_to_do(opened, tmp_path, columns, hint):
    rows = [[row[column] for column in columns] for row in customers()]
    dialog = opened(text_file(tmp_path / "a.csv", rows, [HEADER[column] for column in columns]))
    forward(dialog, PLACES)
    assert hint in text_of(dialog, "placesHint") and bool(hint) == bool(text_of(dialog, "placesHint"))
    forward(dialog, RESULT)
    assert ("60 customers are not on the map yet" in text_of(dialog, "resultHint")) == bool(hint)


def test_the_map_s_page_says_how_many_rows_are_not_on_it_and_why(opened, tmp_path):
    rows = [[*row[:6], "", "", *row[8:]] if number < 3 else [*row[:6], "5.x", *row[7:]] if number < 5 else row for number, row in enumerate(customers())]
    dialog = opened(text_file(tmp_path / "a.csv", rows))
    forward(dialog, PLACES)
    assert text_of(dialog, "placesSaid") == "<b>55 on the map, 0 to review, 5 without position.</b>"
    assert text_of(dialog, "placesHint").startswith("Why: its address was not asked of a geocoder (3), its coordinates cannot be read (2).\nTo place those without")


def test_only_some_proposals_are_applied(opened, tmp_path, out):
    rows = customers()
    without = [[*row[:4], row[4].lstrip("0"), *row[5:]] for row in rows]
    dialog = opened(text_file(tmp_path / "a.csv", without))
    forward(dialog, CHECKS)
    model = dialog.checks_page.model
    assert text_of(dialog, "findingSentence").startswith("Line 2, column “Code postal”: “1000” has only 4 digits")
    assert model.setData(model.index(1, 0), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    assert dialog.checks_page.kinds.topLevelItem(0).checkState(0) == Qt.CheckState.PartiallyChecked
    forward(dialog, RESULT)
    found = list(gpd.read_file(out, layer="clients")["Code postal"])
    wrong = [number for number, row in enumerate(rows) if row[4].startswith("0")]
    assert [found[number] for number in wrong[:3]] == ["1000", "06000", "1000"]


def test_coordinates_that_fit_several_systems_wait_for_an_answer(opened, tmp_path):
    header, rows = in_crs(customers(), "EPSG:3946", ("X", "Y"))
    dialog = opened(text_file(tmp_path / "a.csv", [[*row[:4], "", *row[5:]] for row in rows[3::8]], header))
    forward(dialog, CHECKS)
    press(dialog, "nextButton")
    assert dialog.page() == PLACES
    if dialog.found.located is None:
        assert "may be in" in told(dialog)[0] and not dialog.next_button.isEnabled()
    box = dialog.places_page.crs
    assert box.count() > 1 and box.itemData(box.count() - 1) == "other"


# -- consent -----------------------------------------------------------------------------------------------------------


def answered(server):
    """A geocoder that finds every address at the same place."""
    import csv
    import io

    def answer(asked):
        text = asked.body.decode()
        table = list(csv.reader(io.StringIO(text.split("\r\n\r\n", 1)[1].split("\r\n--")[0])))
        back = io.StringIO()
        write = csv.writer(back)
        write.writerow([*table[0], "latitude", "longitude", "result_score", "result_type", "result_label", "result_postcode"])
        write.writerows([*row, 48.85, 2.35, 0.9, "housenumber", f"{row[0]} {row[1]} {row[2]}", row[1]] for row in table[1:])
        return Answer(body=back.getvalue().encode())

    server.on("/search/csv/", answer)


def by_address(opened, tmp_path, server):
    QgsSettings().setValue(company_settings.GEOCODER_KEY, server.url)
    dialog = opened(text_file(tmp_path / "a.csv", [row[:6] for row in customers()], HEADER[:6]))
    forward(dialog, PLACES)
    assert not dialog.places_page.consent.isVisibleTo(dialog)
    dialog.places_page.geocode.setChecked(True)
    ended(dialog)
    return dialog


def test_nothing_is_sent_without_consent_and_address_columns_only_with_it(opened, tmp_path):
    with web_server() as server:
        answered(server)
        dialog = by_address(opened, tmp_path, server)
        assert dialog.places_page.consent.isVisibleTo(dialog)
        assert f"60 addresses would be sent to “{server.host}”: number and street, postcode, town" in text_of(dialog, "consentText")
        assert server.asked == []
        press(dialog, "declineButton")
        assert server.asked == [] and not dialog.places_page.consent.isVisibleTo(dialog)
        dialog.places_page.geocode.setChecked(True)
        ended(dialog)
        press(dialog, "agreeButton")
        assert len(server.asked) == 1
        sent = server.asked[0].body.decode()
        assert "rue de l'Église" in sent and not any(row[0] in sent or row[1] in sent or row[2] in sent for row in customers())
        assert text_of(dialog, "geocodedSaid").startswith("60 addresses were sent and answered")
        assert text_of(dialog, "placesSaid").startswith("<b>6")
        forward(dialog, RESULT)
        assert len(server.asked) == 1


def test_nothing_of_the_file_stands_in_what_the_dialog_leaves_behind(opened, tmp_path, out, folders, monkeypatch):
    """Messages, titles of tasks, log, recipe, choices of columns hold no value; the answers of the geocoder no customer."""
    heard: list[str] = []
    tasks = QgsApplication.taskManager()
    hear = lambda text, *_: heard.append(text)  # noqa: E731
    note = lambda number: heard.append(tasks.task(number).description())  # noqa: E731
    QgsApplication.messageLog().messageReceived.connect(hear)
    tasks.taskAdded.connect(note)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "recipe.json"), ""))
    with web_server() as server:
        answered(server)
        dialog = by_address(opened, tmp_path, server)
        press(dialog, "agreeButton")
        forward(dialog, RESULT)
        press(dialog, "recipeButton")
    QgsApplication.messageLog().messageReceived.disconnect(hear)
    tasks.taskAdded.disconnect(note)
    log = out.parent / "clients.gpkg.joptimiz" / "imports.jsonl"
    texts = [*heard, log.read_text(), (tmp_path / "recipe.json").read_text(), *(path.read_text() for path in folders.rglob("columns.json"))]
    values = [cell for row in customers() for cell in row[:6] if len(cell) > 4]
    assert heard and not [value for value in values for text in texts if value in text]
    (cache,) = folders.rglob("addresses.sqlite")
    whole = cache.read_bytes()
    assert not [cell for row in customers() for cell in row[:3] if cell.encode() in whole]


def test_a_geocoder_that_is_cut_is_asked_for_the_rest_only(opened, tmp_path, monkeypatch):
    monkeypatch.setattr("joptimiz_qgis.toolkit.company.geocoder.geocode.__defaults__", (None, 25, 0.01))
    with web_server() as server:
        answered(server)
        good = server.routes["/search/csv/"]
        failing = []
        server.on("/search/csv/", lambda asked: good(asked) if len(server.asked) < 2 or failing else Answer(500))
        dialog = by_address(opened, tmp_path, server)
        press(dialog, "agreeButton")
        assert "failed (HTTP 500)" in text_of(dialog, "geocodedSaid") and "goes on from there" in text_of(dialog, "geocodedSaid")
        assert "35 addresses would be sent" in text_of(dialog, "consentText")
        failing.append(True)
        press(dialog, "agreeButton")
        assert text_of(dialog, "geocodedSaid").startswith("35 addresses were sent and answered, 25 were known already.")


# -- what goes wrong ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", b"", "is empty"), ("a.csv", b"a;b\n", "holds a header and no row"), ("a.xlsx", b"PK\x03\x04broken", "a.xlsx"),
        ("~$a.xlsx", b"x", "only marks that a workbook is open"), ("absent.csv", None, "There is no file"),
    ],
)  # fmt: skip
def test_wrong_files_are_told_of_in_the_dialog(opened, tmp_path, name, content, sentence):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    dialog = opened(tmp_path / name)
    assert sentence in told(dialog)[0]
    assert not dialog.next_button.isEnabled() and dialog.page() == FILE


def test_what_was_told_wrongly_of_a_file_can_be_told_anew(opened, tmp_path):
    dialog = opened(text_file(tmp_path / "a.csv", customers()))
    dialog.file_page.skip_rows.setValue(500)
    ended(dialog)
    assert "Export it again with its rows" in told(dialog)[0] and dialog.opened is None
    assert dialog.file_page.skip_rows.isEnabledTo(dialog)
    dialog.file_page.skip_rows.setValue(0)
    ended(dialog)
    assert len(dialog.opened.file.raw.rows) == COUNT and told(dialog) == []


def test_a_wrong_recipe_and_a_wrong_target_are_told_of(opened, tmp_path, out):
    (tmp_path / "r.json").write_text("{}", encoding="utf-8")
    dialog = opened(text_file(tmp_path / "a.csv", customers()), tmp_path / "r.json")
    forward(dialog, MERGE)
    out.write_bytes(b"something else")
    dialog.merge_page.target.setFilePath(str(out.with_name("b.gpkg")))
    ended(dialog)
    dialog.merge_page.target.setFilePath(str(out))
    ended(dialog)
    assert "is not the result of an earlier import" in told(dialog)[0] or "clients.gpkg" in told(dialog)[0]
    assert not dialog.next_button.isEnabled() and out.read_bytes() == b"something else"


@pytest.mark.parametrize(("page", "step"), [(FILE, "open_file"), (COLUMNS, "check_rows"), (CHECKS, "find_places"), (PLACES, "compare"), (MERGE, "write")])
def test_cancel_at_each_step_leaves_nothing(opened, tmp_path, out, monkeypatch, page, step):
    """The step waits half-way until Cancel was pressed."""
    path = text_file(tmp_path / "a.csv", customers())
    dialog = opened(path)
    forward(dialog, page)
    reached, go = threading.Event(), threading.Event()
    real = getattr(company_import, step)

    def held(*arguments):
        progress = arguments[-1]
        progress.step(0.1)
        reached.set()
        go.wait(20)
        return real(*arguments)

    monkeypatch.setattr(dlg_company.steps, step, held)
    if page == FILE:
        dialog.file_page.skip_rows.setValue(1)
    else:
        dialog.next_button.click()
    finish(reached.is_set)
    dialog.findChild(QPushButton, "cancelButton").click()
    go.set()
    ended(dialog)
    assert told(dialog) == ["Cancelled. Nothing was changed."]
    assert dialog.page() in {page, MERGE} and list(out.parent.iterdir()) == []
    monkeypatch.setattr(dlg_company.steps, step, real)
    if page not in {FILE, PLACES}:
        forward(dialog, RESULT)
        assert out.exists()


def test_what_was_worked_on_while_the_dialog_was_closed_is_there_when_it_is_opened_again(opened, dock, tmp_path):
    dialog = opened(text_file(tmp_path / "a.csv", customers()))
    forward(dialog, CHECKS)
    dialog.next_button.click()
    dialog.close()
    ended(dialog)
    assert dialog.isHidden() and dialog.found is not None
    dock.findChild(QPushButton, "importCompanyButton").click()
    assert dock.company.dialog is dialog and dialog.page() == PLACES and dialog.isVisible()
    dialog.close()
    dock.findChild(QPushButton, "importCompanyButton").click()
    assert dock.company.dialog is not dialog and dock.company.dialog.page() == FILE, "closed at rest, it begins anew"


def test_a_write_that_fails_leaves_the_layers_on_the_map(opened, tmp_path, out, project, monkeypatch):
    dialog = opened(text_file(tmp_path / "a.csv", customers()))
    forward(dialog, RESULT)
    (layer,) = project.mapLayers().values()
    before = out.read_bytes()
    dialog.close()
    dialog = opened(text_file(tmp_path / "b.csv", customers()[:10]))
    forward(dialog, MERGE)

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pipeline, "write_layers", full)
    press(dialog, "nextButton")
    assert dialog.page() == MERGE and told(dialog)
    assert layer.isValid() and layer.featureCount() == COUNT and out.read_bytes() == before
    assert len(History(out).entries()) == 1


def test_the_plugin_may_be_unloaded_in_the_middle(dock, opened, tmp_path, out):
    dialog = opened(text_file(tmp_path / "a.csv", customers()))
    forward(dialog, PLACES)
    dialog.next_button.click()
    dock.company.leave()
    assert dock.company.dialog is None and not out.exists()


def test_the_choice_of_columns_is_remembered_for_the_same_header(opened, dock, tmp_path):
    header = [*HEADER[:1], "Truc", *HEADER[2:]]
    dialog = opened(text_file(tmp_path / "a.csv", customers(), header))
    forward(dialog, COLUMNS)
    box = dialog.columns_page.boxes["name"]
    box.setCurrentIndex(box.findData("Truc"))
    forward(dialog, MERGE)
    dialog.close()
    dialog = opened(text_file(tmp_path / "b.csv", customers()[:9], header))
    forward(dialog, COLUMNS)
    assert dialog.columns_page.columns()["name"] == "Truc"
    assert dialog.columns_page.reasons["name"].text() == "chosen last time for a file with the same columns"


# -- the real customers ------------------------------------------------------------------------------------------------


def test_seven_thousand_real_customers(opened, shared_data, out):
    dialog = opened(shared_data / "company" / "clients_paris.csv")
    forward(dialog, CHECKS)
    found = {title: int(number.replace(" ", "").replace("\u202f", "").replace(",", "")) for title, number, _ in kinds(dialog)}
    assert sum(found.values()) == len(dialog.prepared.checked.findings) and found["Duplicates: same SIRET"] > 0
    forward(dialog, RESULT)
    counts = dialog.compared.ready.counts()
    assert counts["rows_read"] == counts["imported"] + counts["rejected"] == 7004
    assert len(gpd.read_file(out, layer="clients_a_verifier")) == 7004


# -- enrichment --------------------------------------------------------------------------------------------------------


def test_the_customers_are_enriched_with_the_project_s_own_layers(opened, dock, tmp_path, out, project):
    """A perimeter around half of Paris's customers, a bay at the first one's door."""
    rows = [row for row in customers() if row[4] == "75011"]
    dialog = opened(text_file(tmp_path / "a.csv", rows))
    lon, lat = float(rows[0][6]), float(rows[0][7])
    inside = [row for row in rows if abs(float(row[6]) - lon) < 0.004]
    box = f"Polygon (({lon - 0.004} 48.8, {lon + 0.004} 48.8, {lon + 0.004} 48.9, {lon - 0.004} 48.9, {lon - 0.004} 48.8))"
    zone = layer([box], "Polygon", "EPSG:4326", id=["Z1"], nom=["Zone"], type_peri=["ZTL"])
    zone.setName("Périmètres")
    bay = layer([f"Point ({lon} {lat + 0.0001})"], "Point", "EPSG:4326", id=["B1"], longueur=["1000"])
    files = {"zones": saved(zone, tmp_path / "zones.gpkg"), "bays": saved(bay, tmp_path / "bays.gpkg")}
    shown = {name: project.addMapLayer(QgsVectorLayer(path, name, "ogr")).id() for name, path in files.items()}
    forward(dialog, RESULT)
    press(dialog, "enrichButton")
    assert dialog.page() == ENRICHMENT
    dialog.enrich_page.form.fill({"PERIMETERS": None, "BAYS": None, "ACCESS_POINTS": None})
    press(dialog, "enrichStartButton")
    assert "nothing to enrich" in told(dialog)[0]
    dialog.enrich_page.form.fill({"PERIMETERS": shown["zones"], "BAYS": shown["bays"]})
    vehicle = dialog.enrich_page.vehicle
    vehicle.set_state({"preset": "own", "category": "pl", "weight_t": 12, "critair": "V4", "use": "Livraison, Approvisionnement"})
    asked = Vehicle.parse(dialog.enrich_page.parameters(out)["VEHICLE"])
    assert asked == Vehicle(category="pl", weight_t=12.0, critair="V4", use="Livraison  Approvisionnement")
    vehicle.set_state({})
    assert "VEHICLE" not in dialog.enrich_page.parameters(out)
    press(dialog, "enrichStartButton")
    assert dialog.page() == RESULT and "The enriched customers are on the map" in told(dialog)[0], told(dialog)
    found = gpd.read_file(out.with_name("clients_enrichis.gpkg"))
    assert int(found["jz_nb_perimetres"].sum()) == len(inside) > 0
    assert round(float(found.set_index("N° client")["jz_aire_m"][rows[0][0]]), 1) == 11.1  # 0.0001 degree of latitude
    assert out.with_name("clients_enrichis.xlsx").exists()
    assert any("enriched" in made.name() for made in project.mapLayers().values())


def test_a_real_addok_through_qgis_s_network(opened, tmp_path, shared_data, out):
    """The customers of the first district by an addok of its own; four fifths at their doors, the others wait for a person."""
    bano = [
        Address(row["numero"], row["voie"], row["cp"], row["ville"], float(row["y"]), float(row["x"]))
        for row in published_rows(shared_data / "addresses" / "bano_paris_1_4.csv", delimiter=",")
    ]
    published = {row["client_id"]: Point(float(row["lon"]), float(row["lat"])) for row in _company(shared_data, "clients_paris_positions.csv")}
    rows = [row for row in _company(shared_data, "clients_paris.csv") if row["code_postal"] == "75001"]
    pd.DataFrame(rows).to_csv(tmp_path / "clients.csv", index=False)
    with addok(tmp_path / "addok", bano) as running:
        QgsSettings().setValue(company_settings.GEOCODER_KEY, running.url)
        dialog = opened(tmp_path / "clients.csv")
        forward(dialog, PLACES)
        dialog.places_page.geocode.setChecked(True)
        ended(dialog)
        press(dialog, "agreeButton")
    assert dialog.found.located.geocoded.failure is None, str(dialog.found.located.geocoded.failure)
    numbers = dialog.found.located.places.counts()
    why = dict(dialog.found.why)
    assert sum(why.values()) == numbers["a_verifier"] + numbers["non_place"] and "the geocoder found no house number" in why
    assert "the geocoder found no house number (" in text_of(dialog, "placesHint")
    forward(dialog, RESULT)
    placed, review = (gpd.read_file(out, layer=name) for name in ("clients", "clients_a_verifier"))
    assert len(placed) + len(review) == len(rows) and len(placed) >= 0.8 * len(rows)
    true = gpd.GeoSeries([published[client] for client in placed["client_id"]], crs=4326).to_crs(2154)
    assert (placed.geometry.to_crs(2154).distance(true) <= 50).mean() >= 0.97
    assert review["jz_motif"].notna().all()


def _company(shared_data, name):
    return published_rows(shared_data / "company" / name, delimiter=",")


def test_one_customer_in_the_ocean_does_not_make_the_town_a_dot(opened, tmp_path):
    rows = [row for row in customers() if row[4] == "75011"] * 4
    rows = [[f"C{number}", *row[1:]] for number, row in enumerate(rows)]
    rows[5] = [*rows[5][:6], "0.1", "0.1", *rows[5][8:]]
    dialog = opened(text_file(tmp_path / "a.csv", rows))
    forward(dialog, PLACES)
    west, south, east, north = dialog.found.bounds
    assert 2.3 < west < east < 2.45 and 48.8 < south < north < 48.95
    assert "Position outside France : 1" in text_of(dialog, "placesDoubts") and "Line 7, column" in text_of(dialog, "placesDoubts")
    forward(dialog, RESULT)
    assert dialog.compared.counts["findings"]["position_outside"] == 1


def test_the_doubtful_positions_are_reviewed_from_the_result(opened, tmp_path, monkeypatch):
    dck_review = pytest.importorskip("joptimiz_qgis.gui.dck_review")
    asked = []
    monkeypatch.setattr(dck_review, "open_review", lambda iface, path: asked.append((iface, path)))
    dialog = opened(text_file(tmp_path / "a.csv", [*customers(), ["C99", "Sans position", *[""] * 7]]))
    forward(dialog, RESULT)
    press(dialog, "reviewButton")
    assert asked == [(dialog.iface, dialog.written)]
