"""The printed audit: its pages and their figures against the audit's file itself, templates of users, Cancel, refusals."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import unicodedata
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pytest
from conftest import sha256
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsLayoutItemLabel,
    QgsLayoutItemMap,
    QgsLayoutSize,
    QgsPointXY,
    QgsPrintLayout,
    QgsProject,
    QgsReadWriteContext,
)
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtXml import QDomDocument
from qgis_builders import Feedback, layer

from joptimiz_qgis.__main__ import main
from joptimiz_qgis.layers.audit import TABLE_PROPERTY, add_audit, audit_layers, figures, largest_gap_extent
from joptimiz_qgis.paths import AUDIT_LAYOUT, SAMPLE
from joptimiz_qgis.toolkit.errors import FileError

WORST, ALL, NONE = range(3)


@pytest.fixture(scope="module")
def audits(tmp_path_factory):
    """``audits("en", "--zones", …)``: the file that an audit of the sample town wrote, made once for each wish."""
    made = {}

    def audit(language="en", *more):
        key = (language, *more)
        if key not in made:
            folder = tmp_path_factory.mktemp("audit")
            files = ["--points", str(SAMPLE / "establishments.csv"), "--bays", str(SAMPLE / "bays.csv")]
            results = ["--report", str(folder / "report.html"), "-o", str(folder / "audit.gpkg")]
            assert main(["coverage", "--quiet", "--lang", language, *files, *results, *more]) == 0
            made[key] = folder / "audit.gpkg"
        return made[key]

    return audit


ZONES = ("--zones", str(SAMPLE / "perimeters.geojson"), "--zone-field", "nom")


@pytest.fixture
def audit(audits, english):
    return audits("en", *ZONES)


@pytest.fixture
def printed(run, tmp_path):
    """``printed(AUDIT, …)``: the texts of the pages of its PDF."""

    def pages(audit, feedback=None, **parameters):
        output = tmp_path / "audit.pdf"
        result = run("coveragepdf", feedback=feedback, AUDIT=str(audit), OUTPUT=str(output), **parameters)
        found = texts(output)
        assert result["PAGES_OF_ZONES"] == len(found) - 1
        return found

    return pages


def texts(pdf):
    """Text of each page, item by item; every kind of blank a plain one, ligatures as letters."""
    told = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], capture_output=True, encoding="utf-8", check=True).stdout
    return [re.sub(r"\s+", " ", unicodedata.normalize("NFKC", page)) for page in told.split("\f")[:-1]]


def rows(path, query):
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return database.execute(query).fetchall()


def zones_by_need(path):
    """Zones that a page is due, most movements not covered first."""
    return rows(
        path,
        "SELECT zone, points, share_points, movements, share_movements, median_distance_m, bays FROM zones"
        " WHERE points > 0 AND geom IS NOT NULL ORDER BY movements - movements_covered DESC",
    )


def plain(text):
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()



# -- pages and figures -------------------------------------------------------------------------------------------------


def test_there_is_a_page_for_the_whole_and_one_for_each_zone_with_points(printed, audit):
    zones = zones_by_need(audit)
    assert len(zones) == 4
    pages = printed(audit, ZONE_PAGES=ALL)
    assert len(pages) == 1 + len(zones)
    assert [name in page for page, (name, *_) in zip(pages[1:], zones)] == [True] * len(zones)
    assert [f"{number} / 5" in page for number, page in enumerate(pages, start=1)] == [True] * 5


def test_the_overview_says_what_the_audit_says(printed, audit):
    page = printed(audit, ZONE_PAGES=NONE)[0]
    said = rows(audit, "SELECT part, label, text FROM figures WHERE part IN ('title', 'day', 'lead', 'key', 'parameter', 'method', 'source')")
    assert {part for part, _, _ in said} == {"title", "day", "lead", "key", "parameter", "method", "source"}
    missing = [text for _, _, text in said if plain(text) not in page]
    missing += [label for part, label, _ in said if part in ("key", "parameter") and plain(label) not in page]
    assert missing == []
    outside = rows(audit, "SELECT points FROM zones WHERE geom IS NULL")
    assert outside and f"delivery points, {outside[0][0]}" in page


def test_the_page_of_a_zone_has_its_figures_beside_those_of_the_whole(printed, audit):
    whole = dict(rows(audit, "SELECT name, value FROM figures WHERE part = 'figure'"))
    pages = printed(audit, ZONE_PAGES=ALL)[1:]
    for rank, (page, zone) in enumerate(zip(pages, zones_by_need(audit)), start=1):
        _, points, share, movements, share_moved, median, bays = zone
        assert f"Rank {rank} of 4" in page
        for label, here, everywhere in (
            ("Delivery points covered", f"{100 * share:.1f}%", f"{100 * whole['share_points']:.1f}%"),
            ("Movements covered", f"{100 * share_moved:.1f}%", f"{100 * whole['share_movements']:.1f}%"),
            ("Delivery points", f"{points:,}", f"{whole['points']:,.0f}"),
            ("Movements per week", f"{movements:,.0f}", f"{whole['movements']:,.0f}"),
            ("Usable bays", str(bays), f"{whole['bays_usable']:.0f}"),
        ):
            assert f"{label} {here} {everywhere}" in page, (zone, label)
        assert f"{median:.1f} m {whole['median_distance_m']:.1f} m" in page


def test_the_gaps_that_touch_a_zone_are_counted_and_the_heaviest_told(printed, audit):
    zones = gpd.read_file(audit, layer="zones").dropna(subset=["geometry"]).set_index("zone").to_crs(2154)
    gaps = gpd.read_file(audit, layer="gaps").to_crs(2154)
    pages = printed(audit, ZONE_PAGES=ALL)[1:]
    for page, (name, *_) in zip(pages, zones_by_need(audit)):
        touching = gaps[gaps.intersects(zones.geometry[name])].sort_values("rank")
        assert len(touching)
        assert f"Gaps that touch this zone: {len(touching)}, by rank:" in page
        for rank, label in touching[["rank", "label"]].head(4).itertuples(index=False):
            assert f"{rank}. {plain(label)}" in page, name


def test_the_worst_zones_come_alone_and_first(printed, audit):
    pages = printed(audit, ZONE_PAGES=WORST, WORST=2)
    assert len(pages) == 3
    assert [name in page for page, (name, *_) in zip(pages[1:], zones_by_need(audit))] == [True, True]
    assert "Rank 2 of 4" in pages[2] and "3 / 3" in pages[2]


def test_without_zones_there_is_the_overview_only(printed, audits):
    pages = printed(audits("en"), ZONE_PAGES=ALL)
    assert len(pages) == 1
    assert "Delivery points, covered or not" in pages[0]
    assert "1 / 1" in pages[0]


def test_the_words_of_the_page_are_the_readers(audits, qgis_process, tmp_path):
    """In the real program, headless, in French."""
    audit = audits("fr", *ZONES)
    done = qgis_process(
        "run", "joptimiz:coveragepdf", language="fr", inputs={"AUDIT": str(audit), "ZONE_PAGES": ALL, "OUTPUT": str(tmp_path / "audit.pdf")}
    )
    assert done.returncode == 0, done.stderr
    overview, first, *_ = texts(tmp_path / "audit.pdf")
    points, covered = rows(audit, "SELECT sum(value * (name = 'points')), sum(value * (name = 'covered')) FROM figures")[0]
    assert f"{100 * covered / points:.1f} %".replace(".", ",") in overview
    assert "Méthode et limites" in overview and "Manque, par rang" in overview and "Aucun point de livraison" in overview
    assert "Rang 1 sur 4" in first and "Aire qui ne compte pas" in first
    english = re.compile(r"\b(zone of|delivery|bays?|gaps?|whole|covered|movements|points per)\b", re.IGNORECASE)
    assert english.findall((overview + first).replace("bays.csv", "")) == []


def test_layers_given_are_drawn_under_the_maps(run, audit, tmp_path):
    square = layer(["Polygon ((1.9 45.7, 2.1 45.7, 2.1 45.9, 1.9 45.9, 1.9 45.7))"], "Polygon", "EPSG:4326")
    square.renderer().symbol().setColor(QColor("#00ff00"))
    colours = {}
    for name, background in (("without", []), ("with", [square])):
        output = tmp_path / f"{name}.pdf"
        run("coveragepdf", AUDIT=str(audit), ZONE_PAGES=NONE, BACKGROUND=background, OUTPUT=str(output))
        picture = subprocess.run(["pdftoppm", "-r", "20", str(output)], capture_output=True, check=True).stdout
        pixels = picture.split(b"\n", 3)[3]
        colours[name] = sum(pixels[start : start + 3] == b"\x00\xff\x00" for start in range(0, len(pixels), 3))
    assert colours["without"] == 0
    assert colours["with"] > 500


# -- what is left behind -----------------------------------------------------------------------------------------------


def test_the_audit_and_the_project_are_left_alone(printed, audit, project, tmp_path):
    copy = shutil.copy(audit, tmp_path / "mine.gpkg")
    before = sha256(copy), copy.stat().st_mtime_ns
    printed(copy, ZONE_PAGES=ALL)
    assert (sha256(copy), copy.stat().st_mtime_ns) == before
    assert project.mapLayers() == {}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["audit.pdf", "mine.gpkg"]


@pytest.mark.parametrize("percent", [0, 25, 75])
def test_cancel_leaves_no_file_and_keeps_the_one_before(run, audit, tmp_path, files_in, percent):
    output = tmp_path / "audit.pdf"
    feedback = Feedback(cancel_at=percent)
    assert run("coveragepdf", feedback=feedback, AUDIT=str(audit), ZONE_PAGES=ALL, OUTPUT=str(output)) == {}
    assert files_in() == []
    output.write_text("the one before")
    run("coveragepdf", feedback=Feedback(cancel_at=percent), AUDIT=str(audit), ZONE_PAGES=ALL, OUTPUT=str(output))
    assert files_in() == ["audit.pdf"]
    assert output.read_text() == "the one before"


def test_progress_is_told_page_by_page(printed, audit):
    class Told(Feedback):
        def __init__(self):
            super().__init__()
            self.texts = []

        def setProgressText(self, text):  # noqa: N802 - QGIS’s name
            self.texts.append(text)

    feedback = Told()
    printed(audit, feedback=feedback, ZONE_PAGES=ALL)
    assert [text for text in feedback.texts if text.startswith("Page")][-1] == "Page 5 of 5"


# -- templates ---------------------------------------------------------------------------------------------------------


def template(path, with_map=True):
    """A template of a user's: one page with one text and, if wanted, one map."""
    project = QgsProject()
    layout = QgsPrintLayout(project)
    layout.initializeDefaults()
    text = QgsLayoutItemLabel(layout)
    text.setText("Mairie – [% @audit_key_1_value %] – [% @nothing_of_ours %]fin")
    layout.addLayoutItem(text)
    text.attemptResize(QgsLayoutSize(150, 10))
    if with_map:
        shown = QgsLayoutItemMap(layout)
        layout.addLayoutItem(shown)
        shown.attemptResize(QgsLayoutSize(100, 100))
    assert layout.saveAsTemplate(str(path), QgsReadWriteContext())
    return str(path)


def test_a_users_template_takes_the_place_of_ours(printed, audit, tmp_path):
    pages = printed(audit, ZONE_PAGES=NONE, TEMPLATE=template(tmp_path / "ours.qpt"))
    (share,) = rows(audit, "SELECT value FROM figures WHERE name = 'share_points'")[0]
    assert [page.strip() for page in pages] == [f"Mairie – {100 * share:.1f}% – fin"]


def test_the_template_that_ships_has_what_the_pages_need(qgis_app):
    text = AUDIT_LAYOUT.read_text(encoding="utf-8")
    document = QDomDocument()
    assert document.setContent(text)
    project = QgsProject()
    layout = QgsPrintLayout(project)
    _, loaded = layout.loadFromTemplate(document, QgsReadWriteContext())
    assert loaded
    assert layout.pageCollection().pageCount() == 2
    names = {item.id() for item in layout.items() if hasattr(item, "id")}
    assert {"title", "lead", "overview_map", "overview_legend", "method", "sources", "zone_name", "zone_map", "zone_legend", "gaps", "page_number"} <= names
    assert {f"key_{number}_{part}" for number in range(1, 7) for part in ("value", "label", "card")} <= names
    assert layout.itemById("zone_map").atlasDriven() and not layout.itemById("overview_map").atlasDriven()
    assert "LayoutHtml" not in text  # QtWebKit is gone
    assert str(Path(__file__).parents[2]) not in text
    for item in layout.items():
        if isinstance(item, QgsLayoutItemLabel):
            assert "[%" in item.text(), f"{item.id()} speaks one language"


# -- refusals ----------------------------------------------------------------------------------------------------------


def test_what_is_no_audit_is_refused_in_a_sentence(refusal, audit, tmp_path, files_in):
    (tmp_path / "notes.gpkg").write_text("no database")
    assert "“notes.gpkg” is not the file of an audit: its table “coverage” is missing" in refusal(
        "coveragepdf", AUDIT=str(tmp_path / "notes.gpkg"), OUTPUT=str(tmp_path / "a.pdf")
    )
    older = tmp_path / "older.gpkg"
    shutil.copy(audit, older)
    with closing(sqlite3.connect(older)) as database, database:
        database.execute("DELETE FROM figures WHERE name = 'max_distance_m'")
    assert "its table “figures” is missing or was made by another version" in refusal(
        "coveragepdf", AUDIT=str(older), OUTPUT=str(tmp_path / "a.pdf")
    )
    assert "does not exist" in refusal("coveragepdf", AUDIT=str(tmp_path / "gone.gpkg"), OUTPUT=str(tmp_path / "a.pdf"))
    assert files_in() == ["notes.gpkg", "older.gpkg"]


def test_coverage_alone_is_no_audit_yet(refusal, tmp_path):
    alone = tmp_path / "coverage.gpkg"
    files = ["--points", str(SAMPLE / "establishments.csv"), "--bays", str(SAMPLE / "bays.csv")]
    assert main(["coverage", "--quiet", "--lang", "en", *files, "-o", str(alone)]) == 0
    said = refusal("coveragepdf", AUDIT=str(alone), OUTPUT=str(tmp_path / "a.pdf"))
    assert "its table “bays” is missing" in said and "together with its report" in said


def test_templates_that_are_none_are_refused(refusal, audit, tmp_path):
    (tmp_path / "words.qpt").write_text("not XML")
    (tmp_path / "bytes.qpt").write_bytes(b"\xff\xfe\x00\x81")
    template(tmp_path / "mapless.qpt", with_map=False)
    for name, said in (("words", "is not a layout template"), ("bytes", "cannot be read"), ("gone", "cannot be read"), ("mapless", "has no map")):
        told = refusal("coveragepdf", AUDIT=str(audit), TEMPLATE=str(tmp_path / f"{name}.qpt"), OUTPUT=str(tmp_path / "a.pdf"))
        assert said in told and f"{name}.qpt" in told
    assert not (tmp_path / "a.pdf").exists()


def test_a_place_that_cannot_be_written_is_told(refusal, audit, tmp_path):
    (tmp_path / "file").write_text("")
    said = refusal("coveragepdf", AUDIT=str(audit), ZONE_PAGES=NONE, OUTPUT=str(tmp_path / "file" / "a.pdf"))
    assert "a.pdf" in said and "cannot be written" in said


# -- the layers of an audit --------------------------------------------------------------------------------------------


def test_an_audit_opens_as_a_group_with_what_is_read_first_on_top(audit, project):
    group = add_audit(project, audit)
    assert group.parent().name() == "Visualiz"
    title, day = (rows(audit, f"SELECT text FROM figures WHERE part = '{part}'")[0][0] for part in ("title", "day"))
    assert group.name() == f"{title}, {day}"
    assert [node.layer().customProperty(TABLE_PROPERTY) for node in group.findLayers()] == ["gaps", "bays", "coverage", "zones", "week"]
    assert all(node.layer().isValid() and node.layer().featureCount() > 0 for node in group.findLayers())
    add_audit(project, audit)
    assert len(project.layerTreeRoot().findGroup("Visualiz").children()) == 2


def test_figures_are_those_of_the_file(audit, audits):
    said = figures(audit)
    assert [(shown.value, shown.label) for shown in said.key] == rows(audit, "SELECT text, label FROM figures WHERE part = 'key' ORDER BY fid")
    assert said.max_distance == 20 and said.bands == (10, 20, 30, 50, 100) and said.crs == "EPSG:2154"
    assert said.numbers["points"] == 1250
    assert set(audit_layers(audits("en"))) == {"coverage", "bays", "gaps", "week", "figures"}
    with pytest.raises(FileError):
        figures(audit.with_name("report.html"))


def test_the_largest_gap_can_be_shown_in_any_crs(audit, project):
    gaps = audit_layers(audit)["gaps"]
    longitude, latitude = rows(audit, "SELECT longitude, latitude FROM gaps WHERE rank = 1")[0]
    extent = largest_gap_extent(gaps, QgsCoordinateReferenceSystem("EPSG:4326"), project)
    assert extent.contains(QgsPointXY(longitude, latitude))
    assert 0 < extent.width() < 0.01
    gaps.setSubsetString("rank > 1")
    assert largest_gap_extent(gaps, QgsCoordinateReferenceSystem("EPSG:4326"), project) is None
