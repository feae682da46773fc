"""Figures of the deliverable: hand-worked, and by pandas and shapely on the published file of Hauts-de-Seine."""

from __future__ import annotations

import json
import re

import geopandas as gpd
import pandas as pd
import pytest

from joptimiz_qgis.toolkit.messages import Message, set_language
from joptimiz_qgis.toolkit.read.bays import read_bays
from joptimiz_qgis.toolkit.report.survey import page_names, pillow_shrink, survey_pages
from joptimiz_qgis.toolkit.survey.deliverable import campaign_of, municipality_reports, parts_of, size_figures
from joptimiz_qgis.toolkit.survey.findings import ERROR, NOTICE, WARNING, Finding, Rule
from joptimiz_qgis.toolkit.survey.reporting import file_subject, reports_of, write_survey_report


def squares(*names: str) -> gpd.GeoDataFrame:
    """Squares of 1 km in a row from west to east."""
    import shapely

    shapes = [shapely.box(652_000 + 1_000 * number, 6_862_000, 653_000 + 1_000 * number, 6_863_000) for number, _ in enumerate(names)]
    return gpd.GeoDataFrame({"nom": names}, geometry=shapes, crs="EPSG:2154")


def bays(*places: float, **columns: list) -> gpd.GeoDataFrame:
    """Bays so many metres east of the first square's west side."""
    points = gpd.points_from_xy([652_000 + place for place in places], [6_862_500] * len(places))
    base = {"uuid": [f"u{number}" for number, _ in enumerate(places)], "id": [f"B{number}" for number, _ in enumerate(places)]}
    return gpd.GeoDataFrame({**base, **columns}, geometry=points, crs="EPSG:2154")


def test_sizes_are_judged_by_hand():
    """12 m are enough, 2.20 m are not more than 2.20 m; one wrong size is enough, one right size is not."""
    table = pd.DataFrame({"longueur": [1200, 1199, 1500, None, None, 1300], "largeur": [250, 250, 220, 221, 200, None]}, dtype=float)
    sizes, conform = size_figures(table)
    assert list(conform) == [True, False, False, None, False, None]
    assert (sizes.lengths, sizes.long_enough, sizes.share_long_enough, sizes.median_length_m) == (4, 3, 0.75, 12.5)
    assert (sizes.widths, sizes.wide_enough, sizes.share_wide_enough, sizes.recommended, sizes.median_width_m) == (5, 3, 0.6, 2, 2.21)
    assert (sizes.conform, sizes.short_or_narrow, sizes.unknown) == (1, 3, 2)


def test_nothing_known_gives_no_share():
    sizes, _ = size_figures(pd.DataFrame({"longueur": [None, None]}, dtype=float))
    assert (sizes.lengths, sizes.median_length_m, sizes.share_long_enough, sizes.unknown) == (0, None, None, 2)


def test_shares_are_of_what_is_known():
    parts = parts_of(pd.DataFrame({"marquage_etat": ["bon état", "bon état", "absent", None]}), "marquage_etat")
    assert [(part.label, part.bays, part.share) for part in parts] == [
        ("bon état", 2, pytest.approx(2 / 3)),
        ("dégradé", 0, 0.0),
        ("absent", 1, pytest.approx(1 / 3)),
        ("not known", 1, None),
    ]
    signs = parts_of(pd.DataFrame({"panneau_present": pd.array([True, False, None], dtype="boolean")}), "panneau_present")
    assert [(part.bays, part.share) for part in signs] == [(1, 0.5), (1, 0.5), (1, None)]


def test_the_campaign_counts_known_bays_and_new_ones_apart():
    campaign = campaign_of(pd.Series(["à voir", "vue", "vue", "introuvable", "nouvelle", "nouvelle"]))
    assert campaign.states == {"à voir": 1, "vue": 2, "introuvable": 1, "nouvelle": 2}
    assert campaign.share == 0.75
    assert campaign_of(pd.Series(["nouvelle"])).share is None


def test_a_bay_counts_in_one_municipality_and_those_outside_have_a_report():
    reports = municipality_reports(bays(500, 1_000, 1_500, 9_000), squares("Ouest", "Est"))
    assert [(report.name, list(report.bays["id"])) for report in reports] == [
        ("Ouest", ["B0", "B1"]),  # the border's in the first
        ("Est", ["B2"]),
        ("Outside the municipalities", ["B3"]),
    ]


def test_anomalies_go_to_the_municipality_of_their_bay_errors_first_and_notices_are_none():
    rules = {severity: Rule(severity, severity, Message("Bays")) for severity in (ERROR, WARNING, NOTICE)}
    found = [Finding(row, row, f"B{row}", "type", "", rules[severity], Message("Bays")) for row, severity in ((0, WARNING), (0, ERROR), (1, NOTICE))]
    west, east = municipality_reports(bays(500, 1_500), squares("Ouest", "Est"), findings=found)
    assert [finding.severity for finding in west.findings] == [ERROR, WARNING]
    assert east.findings == []


def test_coverage_is_by_the_bays_of_all_municipalities():
    """A delivery point 10 m on the other side of the border is covered by the bay of the neighbour."""
    points = gpd.GeoSeries(gpd.points_from_xy([652_990, 652_500], [6_862_500] * 2), crs="EPSG:2154")
    west = municipality_reports(bays(1_005), squares("Ouest", "Est"), points=points)[0]
    assert (west.coverage.points, west.coverage.covered, len(west.bays)) == (2, 1, 0)


def test_photos_are_small_and_told_where_they_are_lost(tmp_path):
    image = pytest.importorskip("PIL.Image")
    image.new("RGB", (3_000, 2_000), "red").save(tmp_path / "a.jpg")
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    photos = pd.DataFrame(
        {
            "aire_uuid": ["u0", "u0", "u1"],
            "file": [tmp_path / "a.jpg", tmp_path / "broken.jpg", tmp_path / "gone.jpg"],
            "found": [True, True, False],
            "legende": ["<b>Vue</b>", None, None],
        }
    )
    west, east = municipality_reports(bays(500, 1_500), squares("Ouest", "Est"), photos=photos)
    pages = survey_pages([west, east], "Relevé", shrink=pillow_shrink)
    assert set(pages) == {"ouest.html", "est.html", "index.html"}
    assert pages["ouest.html"].count("data:image/jpeg;base64,") == 1
    assert "B0 – &lt;b&gt;Vue&lt;/b&gt;" in pages["ouest.html"]
    assert "1 photos could not be found or read." in pages["ouest.html"]
    assert "1 photos could not be found or read." in pages["est.html"]
    assert len(pages["ouest.html"]) < 100_000


def test_pages_load_nothing_and_escape_what_the_data_hold():
    table = bays(500, adresse=["<script>alert(1)</script>"], type=["aire permanente"])
    page = survey_pages(municipality_reports(table, squares("A & B")), "T")["a_b.html"]
    assert "<script" not in page
    assert "A &amp; B" in page
    assert not re.search(r"(src|href)=\"(?!data:|#|index\.html)", page)


def test_file_names_are_ascii_and_alone():
    assert page_names(["Cœuvres", "Asnières-sur-Seine", "Asnieres sur Seine", "Index", "…"]) == [
        "coeuvres.html", "asnieres_sur_seine.html", "asnieres_sur_seine_2.html", "index_2.html", "commune.html",
    ]  # fmt: skip


def test_hauts_de_seine_as_pandas_counts_it(shared_data):
    """METHODS: of 900 bays with a length the median is 10 m, and 22.6 % have 12 m or more."""
    published = pd.read_csv(shared_data / "bays/hauts_de_seine.csv", sep=";", dtype=str, encoding="utf-8-sig")
    published = published[published["type"] == "LIVRAISON"]
    metres = pd.to_numeric(published["longueur"].str.replace(",", "."), errors="coerce")
    metres = metres[metres > 0]
    sizes, _ = size_figures(read_bays(shared_data / "bays/hauts_de_seine.csv").table)
    assert sizes.lengths == len(metres)
    assert sizes.median_length_m == metres.median() == 10
    assert sizes.long_enough == (metres >= 12).sum()
    assert sizes.share_long_enough == pytest.approx((metres >= 12).mean())
    assert sizes.share_long_enough == pytest.approx(0.226, abs=0.0006)


def test_hauts_de_seine_by_municipality_adds_up(shared_data, tmp_path):
    communes = gpd.read_file(shared_data / "zones/communes-92.geojson")
    subject = file_subject(shared_data / "bays/hauts_de_seine.csv")
    reports = reports_of(subject, communes)
    table = read_bays(shared_data / "bays/hauts_de_seine.csv").table
    joined = gpd.sjoin(table.to_crs(2154), communes.to_crs(2154)[["nom", "geometry"]].rename(columns={"nom": "ville"}), predicate="intersects")
    counted = joined[~joined.index.duplicated()]["ville"].value_counts().to_dict()
    assert {report.name: len(report.bays) for report in reports if report.outline is not None} == counted
    assert sum(len(report.bays) for report in reports) == len(table) == 980
    set_language("fr")
    index = write_survey_report(reports, tmp_path / "rapport", "Hauts-de-Seine", [subject.name], None)
    page = (index.parent / "clichy.html").read_text(encoding="utf-8")
    assert "aires de livraison" in page
    assert "Le Cerema demande 12 à 15 m" in page
    assert len(list(index.parent.glob("*.html"))) == len(reports) + 1


def test_the_shell_writes_the_pages_and_counts(cli, shared_data, tmp_path):
    out = tmp_path / "rapport"
    done = cli("survey-report", shared_data / "bays/hauts_de_seine.csv", "--communes", shared_data / "zones/communes-92.geojson", "-o", out)
    towns = {each["name"]: each["bays"] for each in done.json["municipalities"]}
    assert towns["Clichy"] == 180
    assert json.dumps(str(out / "index.html")) == json.dumps(done.json["output"])
    again = cli("survey-report", shared_data / "bays/hauts_de_seine.csv", "-o", out)
    assert again.code == 1
    assert "not empty" in again.err
