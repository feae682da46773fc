"""``enrich-customers`` as a shell sees it."""

from __future__ import annotations

import geopandas as gpd
import openpyxl
import pytest
from builders import published_rows
from conftest import ROOT, sha256

from joptimiz_qgis.__main__ import main

SAMPLE = ROOT / "joptimiz_qgis" / "resources" / "sample"
BAD_DATA, USAGE = 1, 2


def test_the_tutorial_s_journey(cli, tmp_path):
    """Import, then enrichment with a table, as the counts of both add up."""
    customers, out, table = tmp_path / "c.gpkg", tmp_path / "e.gpkg", tmp_path / "t.xlsx"
    imported = cli("import-company", SAMPLE / "clients.csv", "-o", customers, XDG_CACHE_HOME=str(tmp_path / "cache")).json
    before = sha256(customers)
    told = cli(
        "enrich-customers", customers, "--perimeters", SAMPLE / "perimeters.geojson", "--access-points", SAMPLE / "access_points.geojson",
        "--bays", SAMPLE / "bays.csv", "--date", "2026-11-23", "--vehicle", "pl,V4,weight=12", "--table", table, "-o", out, "--lang", "fr",
    ).json  # fmt: skip
    at_nought = [row for row in published_rows(SAMPLE / "clients.csv", encoding="cp1252") if row["Longitude"] and float(row["Longitude"].replace(",", ".")) == 0]
    assert len(at_nought) == 1  # no position: nothing is allowed or forbidden there
    assert (told["customers"], told["placed"], told["not_placed"]) == (imported["imported"], imported["placed"], imported["not_placed"])
    assert sum(told[name] for name in ("allowed", "restricted", "forbidden", "unknown")) == told["placed"]
    assert (told["first_day"], told["days"], told["vehicle"]) == ("2026-11-23", 7, {"category": "pl", "weight_t": 12.0, "critair": "V4"})
    made = gpd.read_file(out)
    assert (len(made), int((made["jz_acces"] == "restreint").sum())) == (99, told["restricted"])
    header, *rows = openpyxl.load_workbook(table).worksheets[0].iter_rows(values_only=True)
    firm = published_rows(SAMPLE / "clients.csv", encoding="cp1252")
    assert list(header[:13]) == list(firm[0])
    assert [row[0] for row in rows] == list(made["Code client"])
    siret = header.index("SIRET")
    assert {row[siret] for row in rows if row[siret]} == {row["SIRET"] for row in firm if row["SIRET"]}
    assert sha256(customers) == before


def test_a_csv_of_customers_and_a_csv_table(cli, write_file, tmp_path):
    path = write_file("c.csv", "nom;lon;lat;note\nA;1,985;45,8148;=1+1\nB;;;\n")
    told = cli("enrich-customers", path, "--bays", SAMPLE / "bays.csv", "--table", tmp_path / "t.csv", "-o", tmp_path / "o.geojson", "--lang", "fr").json
    assert (told["customers"], told["placed"], "in_perimeter" in told) == (2, 1, False)
    rows = published_rows(tmp_path / "t.csv")
    assert (rows[0]["lon"], rows[0]["note"]) == ("1,985", "'=1+1")
    assert rows[0]["Aire à 20 m ou moins"] in {"oui", "non"}
    assert rows[1]["Aire la plus proche"] == ""


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["c.csv", "-o", "o.gpkg", "--date", "demain"], USAGE, "'demain' is not a day"),
        (["c.csv", "-o", "o.gpkg", "--vehicle", "tank"], USAGE, "says nothing of a vehicle"),
        (["c.csv", "-o", "o.gpkg", "--bays", "b.csv", "--days", "0"], BAD_DATA, "from 1 to 366"),
        (["c.csv", "-o", "o.gpkg", "--bays", "b.csv", "--table", "t.doc"], BAD_DATA, "Expected: .xlsx, .csv"),
        (["c.csv", "-o", "c.csv", "--bays", "b.csv"], BAD_DATA, "sources are never modified"),
        (["c.csv", "-o", "o.gpkg"], BAD_DATA, "nothing to enrich"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_written(write_file, tmp_path, capsys, arguments, code, said):
    write_file("c.csv", "nom;lon;lat\nA;1,985;45,8148\n")
    given = ["enrich-customers", *(str(tmp_path / part) if "." in part else part for part in arguments), "--quiet"]
    try:
        ended = main(given)
    except SystemExit as stop:  # argparse
        ended = stop.code
    out, err = capsys.readouterr()
    assert (ended, out) == (code, "")
    assert said in err
    assert [path.name for path in tmp_path.iterdir()] == ["c.csv"]
