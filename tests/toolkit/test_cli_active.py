"""``python -m joptimiz_qgis active`` as a shell sees it."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest
from conftest import ROOT, sha256

from joptimiz_qgis.toolkit.read.perimeters import read_perimeters

BAD_DATA, USAGE = 1, 2
SAMPLE = ROOT / "joptimiz_qgis" / "resources" / "sample"
RING = [[2.34, 48.84], [2.36, 48.84], [2.36, 48.86], [2.34, 48.86], [2.34, 48.84]]
CLASSES = {"vp_critair": None, "vp_horaires": None, "vul_critair": "V4", "vul_horaires": "Mo-Fr 08:00-20:00", "pl_critair": "V3", "pl_horaires": "24/7"}


@pytest.fixture
def zones(write_file):
    """A low-emission zone, and a special road through it for dirtier vans."""
    features = [
        ({"id": "200046977-ZFE-001", "date_debut": "2019-07-01", **CLASSES}, {"type": "Polygon", "coordinates": [RING]}),
        (
            {"id": "TRONROUT0000000000176896", "date_debut": "2019-07-01", **CLASSES, "vul_critair": "NC"},
            {"type": "LineString", "coordinates": [[2.34, 48.855], [2.36, 48.855]]},
        ),
    ]
    content = [{"type": "Feature", "properties": properties, "geometry": geometry} for properties, geometry in features]
    return write_file("zfe.geojson", json.dumps({"type": "FeatureCollection", "features": content}))


@pytest.mark.parametrize(
    ("at", "active", "by_kind", "next_change"),
    [
        ("2024-07-26T12:59", 3, {"Rouge": 2, "Bleu": 1}, "2024-07-26T13:00"),
        ("2024-07-26T13:00", 37, {"Bleu": 19, "Rouge": 17, "Gris": 1}, "2024-07-27T02:00"),
        ("2024-07-26T11:00Z", 37, {"Bleu": 19, "Rouge": 17, "Gris": 1}, "2024-07-27T02:00"),
        ("2024-08-04T10:00", 25, {"Rouge": 13, "Bleu": 12}, "2024-08-04T11:30"),
    ],
)
def test_the_games_at_a_moment(cli, shared_data, at, active, by_kind, next_change):
    told = cli("active", "--perimeters", shared_data / "perimeters" / "jop2024_zones.geojson", "--at", at, "--quiet").json
    assert (told["rows_read"], told["rejected"], told["perimeters"]) == (881, 6, 875)
    assert (told["active"], told["by_kind"], told["next_change"]) == (active, by_kind, next_change)
    assert len(told["applies"]) == active
    assert (told["unknown"], told["unknown_by_kind"]) == (0, {})
    assert [reject.partition(":")[0] for reject in told["rejects"]] == [f"Line {line}" for line in range(195, 201)]


def test_only_some_kinds(cli, shared_data):
    path = shared_data / "perimeters" / "jop2024_zones.geojson"
    told = cli("active", "--perimeters", path, "--at", "2024-07-26T13:00", "--kinds", "rouge, Gris").json
    assert (told["active"], told["by_kind"], told["perimeters"]) == (18, {"Rouge": 17, "Gris": 1}, 461)
    run = cli("active", "--perimeters", path, "--kinds", "Violet", "--quiet")
    assert (run.code, run.out) == (BAD_DATA, "")
    assert run.err == "No perimeter is of the kind “Violet”. The file holds: Blanc, Bleu, Gris, Rouge.\n"


@pytest.mark.parametrize(
    ("vehicle", "at", "point", "access", "key"),
    [
        ("vul,V4", "2024-06-03T09:00", "2.35,48.85", "forbidden", "200046977-ZFE-001"),
        ("vul,EL", "2024-06-03T09:00", "2.35,48.85", "allowed", "200046977-ZFE-001"),
        ("vul,V4", "2024-06-03T20:00", "2.35,48.85", "allowed", "200046977-ZFE-001"),
        ("vul,V4", "2024-06-03T09:00", "2.35,48.855", "allowed", "TRONROUT0000000000176896"),
        ("vul,NC", "2024-06-03T09:00", "2.35,48.855", "forbidden", "TRONROUT0000000000176896"),
        ("pl,V4", "2024-06-03T22:00", "2.35,48.85", "forbidden", "200046977-ZFE-001"),
        ("pl,EL", "2024-06-03T22:00", "2.35,48.85", "allowed", "200046977-ZFE-001"),
        ("pl", "2024-06-03T22:00", "2.35,48.85", "unknown", "200046977-ZFE-001"),
    ],
)
def test_a_vehicle_at_a_point(cli, zones, vehicle, at, point, access, key):
    told = cli("active", "--perimeters", zones, "--at", at, "--vehicle", vehicle, "--point", point, "--quiet").json
    (found,) = told["points"]
    assert (found["access"], found["perimeters"], found["point"]) == (access, [key], point)
    assert bool(found["why"]) == (access != "allowed")
    assert told["vehicle"]["category"] == vehicle[: vehicle.find(",")] if "," in vehicle else vehicle


def test_points_of_a_file_and_the_table_that_is_written(cli, zones, write_file, tmp_path, folder_is_clean):
    customers = write_file("clients.csv", "client;longitude;latitude\na;2.35;48.85\nb;2.35;48.855\nc;2.40;48.85\nd;;\n")
    out = tmp_path / "acces.gpkg"
    before = sha256(zones), sha256(customers)
    told = cli("active", "--perimeters", zones, "--at", "2024-06-03T09:00", "--vehicle", "vul,V4", "--points", customers, "-o", out).json
    assert [(point["point"], point["access"]) for point in told["points"]] == [("a", "forbidden"), ("b", "allowed"), ("c", "allowed")]
    assert told["points"][1]["overridden"] == ["200046977-ZFE-001"]
    assert told["by_kind"] == {"ZFE": 1, "Voie spéciale": 1}
    written = gpd.read_file(out)
    assert written[["client", "access"]].to_numpy().tolist() == [["a", "forbidden"], ["b", "allowed"], ["c", "allowed"]]
    assert written["next_change"][0] == "2024-06-03T20:00"
    assert (sha256(zones), sha256(customers)) == before
    assert folder_is_clean(but=[zones, customers, out])


def test_the_perimeters_are_written_where_no_point_is_given(cli, zones, tmp_path):
    out = tmp_path / "perimetres.gpkg"
    told = cli("active", "--perimeters", zones, "--at", "2024-06-03T22:00", "-o", out, "--lang", "fr", "--quiet").json
    assert told["output"] == str(out)
    assert [row["why"] for row in told["applies"]] == [["interdit (24/7) pour poids lourds, vignette Crit’Air V3, V4, V5, NC"]] * 2
    assert [row["access"] for row in told["applies"]] == [None, None]
    written = gpd.read_file(out)
    assert written["active"].tolist() == [True, True]
    assert written["next_change"].isna().all()  # lorries are restricted at all hours


def test_rules_of_a_table_of_their_own(cli, zones, write_file):
    reading = read_perimeters(zones)
    rules = write_file("regles.csv", reading.rules[reading.rules["veh_types"] == "Poids lourds"].to_csv(index=False, sep=";"))
    ask = ("active", "--perimeters", zones, "--at", "2024-06-03T09:00", "--point", "2.35,48.85")
    assert cli(*ask, "--rules", rules, "--vehicle", "pl,V3").json["points"][0]["access"] == "forbidden"
    assert cli(*ask, "--rules", rules, "--vehicle", "vul,V4").json["points"][0]["access"] == "allowed"
    run = cli(*ask, "--rules", write_file("autre.csv", "a;b\n1;2\n"), "--quiet")
    assert (run.code, run.out) == (BAD_DATA, "")
    assert "“autre.csv” is no table of rules: it has no column “perimetre”." in run.err


def test_hours_that_cannot_be_read_are_shown_as_unknown(cli, write_file):
    feature = {"type": "Feature", "properties": {"id": "z", "type_peri": "ZTL", "horaires": "Lu-Ve 8h-12h"}, "geometry": {"type": "Polygon", "coordinates": [RING]}}
    path = write_file("ztl.geojson", json.dumps({"type": "FeatureCollection", "features": [feature]}))
    told = cli("active", "--perimeters", path, "--at", "2024-06-03T09:00", "--vehicle", "vul").json
    assert (told["active"], told["unknown"], told["unknown_by_kind"]) == (0, 1, {"ZTL": 1})
    assert (told["applies"][0]["active"], told["applies"][0]["access"]) == (None, "unknown")
    assert "its hours leave it open" in told["applies"][0]["why"][0]


def test_the_sample_town_now(cli):
    told = cli("active", "--perimeters", SAMPLE / "perimeters.geojson").json
    assert told["perimeters"] == 5
    assert len(told["at"]) == len("2024-07-26T13:00")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "the following arguments are required: --perimeters"),
        (["--perimeters", "z.geojson", "--at", "demain"], "'demain' is not a moment"),
        (["--perimeters", "z.geojson", "--vehicle", "camion"], "“camion” says nothing of a vehicle that is understood"),
        (["--perimeters", "z.geojson", "--vehicle", "pl,length=1200"], "up to 30, in tonnes and metres"),
        (["--perimeters", "z.geojson", "--point", "2.35"], "'2.35' is not a point; expected longitude,latitude"),
        (["--perimeters", "z.geojson", "--point", "652000,6862000"], "is not in degrees"),
        (["--perimeters", "z.geojson", "--point", "2,48", "--points", "p.csv"], "not allowed with argument"),
    ],
)
def test_wrong_usage_is_told(cli, arguments, said):
    run = cli("active", *arguments)
    assert (run.code, run.out) == (USAGE, "")
    assert said in run.err


def test_the_source_is_never_replaced(cli, zones):
    before = sha256(zones)
    run = cli("active", "--perimeters", zones, "-o", zones, "--overwrite", "--quiet")
    assert run.code == BAD_DATA
    assert "sources are never modified" in run.err
    assert sha256(zones) == before


def test_a_web_page_in_place_of_data_is_one_sentence(cli, write_file):
    run = cli("active", "--perimeters", write_file("zfe.geojson", "<!doctype html><title>503</title>"), "--quiet")
    assert (run.code, run.err.count("\n")) == (BAD_DATA, 1)
    assert "“zfe.geojson” is a web page (HTML), not data" in run.err
