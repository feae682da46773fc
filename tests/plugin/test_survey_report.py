"""``surveyreport``: a survey that was prepared, filled in, and came back; pages and PDF."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from qgis.PyQt.QtGui import QColor, QImage
from qgis_builders import layer, saved

from joptimiz_qgis.toolkit import geopackage

SQUARE = "Polygon ((651000 6861000, 653000 6861000, 653000 6863000, 651000 6863000, 651000 6861000))"


def returned(run, tmp_path: Path) -> Path:
    """Three bays sent out; one seen and photographed, one not found."""
    towns = saved(layer([SQUARE], "Polygon", nom=["Valorge"]), tmp_path / "t.gpkg")
    sent = layer([f"Point ({652_000 + 50 * number} 6862000)" for number in range(3)], id=["B1", "B2", "B3"], type=["aire permanente"] * 3)
    made = run("createsurvey", TERRITORY=towns, BAYS=saved(sent, tmp_path / "b.gpkg"), SECTORS=1, OUTPUT=str(tmp_path / "releve"))
    folder = Path(made["OUTPUT"])
    picture = QImage(1_600, 1_200, QImage.Format.Format_RGB32)
    picture.fill(QColor("#3d7ab8"))
    assert picture.save(str(folder / "DCIM" / "aire_1.jpg"))
    with geopackage.connected(folder / "bays.gpkg", write=True) as connection:
        geopackage.add_functions(connection)
        connection.execute("UPDATE bays SET visite_statut = 'vue', longueur_m = 12.5, largeur_m = 2.5, marquage_etat = 'dégradé' WHERE id = 'B1'")
        connection.execute("UPDATE bays SET visite_statut = 'introuvable' WHERE id = 'B2'")
        key, = connection.execute("SELECT uuid FROM bays WHERE id = 'B1'").fetchone()
    with closing(sqlite3.connect(folder / "photos.gpkg")) as connection, connection:
        connection.execute("INSERT INTO photos (uuid, aire_uuid, chemin, legende) VALUES ('p1', ?, 'DCIM/aire_1.jpg', 'Vue de la rue')", (key,))
        connection.execute("INSERT INTO photos (uuid, aire_uuid, chemin) VALUES ('p2', ?, 'DCIM/perdue.jpg')", (key,))
    return folder


def test_a_survey_that_came_back_becomes_a_page_and_a_pdf(run, tmp_path):
    folder = returned(run, tmp_path)
    points = saved(layer(["Point (652000 6862010)", "Point (652500 6862500)"]), tmp_path / "p.gpkg")
    made = run("surveyreport", SURVEY=str(folder), POINTS=points, TITLE="Relevé de Valorge", OUTPUT=str(tmp_path / "rapport"))
    assert (made["MUNICIPALITIES_COUNT"], made["BAYS_COUNT"]) == (1, 3)
    page = Path(made["OUTPUT"], "valorge.html").read_text(encoding="utf-8")
    assert "<b>66.7%</b><span>of the known bays were visited</span>" in page
    assert "3 delivery bays; 1 have Cerema&#39;s dimensions" in page
    assert "1 of 2 delivery points (50.0%) have a usable bay within 20 m." in page
    assert page.count("data:image/jpeg;base64,") == 1
    assert "Vue de la rue" in page
    assert "1 photos could not be found or read." in page
    text = subprocess.run(["pdftotext", "-layout", Path(made["OUTPUT"], "valorge.pdf"), "-"], capture_output=True, encoding="utf-8", check=True).stdout
    assert "Valorge" in text
    assert "dégradé" in text
    assert "font-family" not in text
    images = subprocess.run(["pdfimages", "-list", Path(made["OUTPUT"], "valorge.pdf")], capture_output=True, encoding="utf-8", check=True).stdout
    assert images.count(" image ") == 2  # the map and the photo
    assert Path(made["INDEX"]).is_file()


def test_it_is_one_or_the_other(refusal, tmp_path):
    bays = saved(layer(["Point (652000 6862000)"], id=["B1"]), tmp_path / "b.gpkg")
    assert "either the folder of a survey or a layer" in refusal("surveyreport", OUTPUT=str(tmp_path / "r"))
    assert "either the folder of a survey or a layer" in refusal("surveyreport", SURVEY=str(tmp_path), BAYS=bays, OUTPUT=str(tmp_path / "r"))
    assert "bays.gpkg" in refusal("surveyreport", SURVEY=str(tmp_path), OUTPUT=str(tmp_path / "r"))


def test_a_broken_survey_is_told_and_leaves_no_report(run, refusal, tmp_path, files_in):
    folder = returned(run, tmp_path)
    (folder / "bays.gpkg").write_bytes(b"no database")
    for name in ("-wal", "-shm"):
        (folder / f"bays.gpkg{name}").unlink(missing_ok=True)
    before = files_in()
    assert "bays.gpkg" in refusal("surveyreport", SURVEY=str(folder), OUTPUT=str(tmp_path / "r"))
    assert files_in() == before
    shutil.rmtree(folder)
