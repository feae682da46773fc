"""joptimiz:importperimeters, importaccesspoints, importpoi and whatapplies inside QGIS."""

from __future__ import annotations

import json

import pytest
from conftest import ROOT, sha256
from qgis.core import QgsWkbTypes
from qgis.PyQt.QtCore import QDate, QDateTime, QTime
from qgis_builders import column, layer, opened

from joptimiz_qgis.layers.access_points import style_access_points
from joptimiz_qgis.layers.applying import style_applying
from joptimiz_qgis.layers.perimeters import style_perimeters
from joptimiz_qgis.layers.points_of_interest import style_points_of_interest
from joptimiz_qgis.toolkit.schema import load_table

SAMPLE = ROOT / "joptimiz_qgis" / "resources" / "sample"
RING = [[2.34, 48.84], [2.36, 48.84], [2.36, 48.86], [2.34, 48.86], [2.34, 48.84]]
CLASSES = {"vp_critair": None, "vp_horaires": None, "vul_critair": "V4", "vul_horaires": "Mo-Fr 08:00-20:00", "pl_critair": "V3", "pl_horaires": "24/7"}
MONDAY_9 = QDateTime(QDate(2024, 6, 3), QTime(9, 0))


@pytest.fixture
def zone(tmp_path):
    """A low-emission zone in the form of the national schema."""
    feature = {"type": "Feature", "properties": {"id": "200046977-ZFE-001", "date_debut": "2019-07-01", **CLASSES}, "geometry": {"type": "Polygon", "coordinates": [RING]}}
    path = tmp_path / "zfe.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    return path


def test_the_games_perimeters_become_a_layer(run, shared_data, tmp_path):
    source = shared_data / "perimeters" / "jop2024_zones.geojson"
    before = sha256(source)
    results = run("importperimeters", INPUT=str(source), OUTPUT=str(tmp_path / "perimetres.gpkg"), RULES=str(tmp_path / "regles.gpkg"), REJECTS=str(tmp_path / "rejets.csv"))
    assert (results["MAPPING_USED"], results["ROWS_READ"], results["IMPORTED"], results["REJECTED"]) == ("games", 881, 875, 6)
    layer, rules = opened(results["OUTPUT"]), opened(results["RULES"])
    assert (layer.featureCount(), rules.featureCount()) == (875, 856)
    assert layer.fields().names() == ["fid", *load_table("perimeters").names]
    assert rules.fields().names() == ["fid", *load_table("perimeter_rules").names]
    assert len((tmp_path / "rejets.csv").read_text(encoding="utf-8-sig").splitlines()) == 7
    assert sha256(source) == before


@pytest.mark.parametrize(
    ("at", "active"), [(QDateTime(QDate(2024, 7, 26), QTime(12, 59)), 3), (QDateTime(QDate(2024, 7, 26), QTime(13, 0)), 37)]
)
def test_what_applies_in_the_games(run, shared_data, at, active):
    results = run("whatapplies", PERIMETERS=str(shared_data / "perimeters" / "jop2024_zones.geojson"), AT=at)
    assert (results["ACTIVE_COUNT"], results["UNKNOWN_COUNT"]) == (active, 0)
    assert results["NEXT_CHANGE"] == {3: "2024-07-26T13:00", 37: "2024-07-27T02:00"}[active]
    assert column(results["OUTPUT"], "active").count(True) == active


@pytest.mark.parametrize(("vehicle", "access"), [("vul,V4", "forbidden"), ("vul,EL", "allowed"), ("pl", "unknown")])
def test_a_vehicle_in_a_published_zone_and_in_the_imported_layer_and_table(run, zone, tmp_path, vehicle, access):
    direct = run("whatapplies", PERIMETERS=str(zone), AT=MONDAY_9, VEHICLE=vehicle)
    assert column(direct["OUTPUT"], "access") == [access]
    imported = run("importperimeters", INPUT=str(zone), OUTPUT=str(tmp_path / "p.gpkg"), RULES=str(tmp_path / "r.gpkg"))
    again = run("whatapplies", PERIMETERS=imported["OUTPUT"], RULES=imported["RULES"], AT=MONDAY_9, VEHICLE=vehicle)
    assert column(again["OUTPUT"], "access") == [access]
    assert column(again["OUTPUT"], "why") == column(direct["OUTPUT"], "why")
    assert again["NEXT_CHANGE"] == direct["NEXT_CHANGE"]


def test_an_impossible_vehicle_is_refused_with_a_sentence(refusal, zone):
    assert "“camion” says nothing of a vehicle that is understood" in refusal("whatapplies", PERIMETERS=str(zone), VEHICLE="camion")


def test_areas_and_roads_in_one_file_are_refused_with_the_way_out(refusal, zone):
    content = json.loads(zone.read_text(encoding="utf-8"))
    road = {"type": "LineString", "coordinates": [[2.34, 48.85], [2.36, 48.85]]}
    content["features"].append({**content["features"][0], "geometry": road})
    zone.write_text(json.dumps(content), encoding="utf-8")
    for name, parameter in (("importperimeters", "INPUT"), ("whatapplies", "PERIMETERS")):
        assert "holds areas and lines, which do not fit into one layer. Filter the layer" in refusal(name, **{parameter: str(zone)})


def test_one_file_for_two_results_is_refused_and_nothing_is_left(refusal, zone, tmp_path, files_in):
    out = str(tmp_path / "tout.gpkg")
    assert "was chosen for two results" in refusal("importperimeters", INPUT=str(zone), OUTPUT=out, RULES=out)
    assert files_in() == ["zfe.geojson"]


def test_the_access_points_of_the_sample_town(run):
    results = run("importaccesspoints", INPUT=str(SAMPLE / "access_points.geojson"))
    layer = results["OUTPUT"]
    assert (results["IMPORTED"], results["REJECTED"], results["MAPPING_USED"]) == (12, 0, "generic")
    assert layer.wkbType() == QgsWkbTypes.Type.Point
    style_access_points(layer)
    assert layer.name() == "Access points"


def test_places_get_the_kind_that_was_chosen(run, tmp_path):
    source = tmp_path / "relais.csv"
    source.write_text("nom;lon;lat\nTabac;2.35;48.85\n", encoding="utf-8")
    keys = load_table("points_of_interest")["type_poi"].enum
    layer = run("importpoi", INPUT=str(source), KIND=1 + keys.index("point relais"))["OUTPUT"]
    assert column(layer, "type_poi") == ["point relais"]
    style_points_of_interest(layer)
    assert [category.label() for category in layer.renderer().categories()] == ["Pick-up point or parcel locker", "Kind not known"]


def test_perimeters_are_drawn_by_kind_and_by_what_is_known_of_the_moment(run, zone):
    layer = run("importperimeters", INPUT=str(zone))["OUTPUT"]
    style_perimeters(layer)
    assert [category.value() for category in layer.renderer().categories()][:1] == ["ZFE"]
    found = run("whatapplies", PERIMETERS=str(zone), AT=MONDAY_9)["OUTPUT"]
    style_applying(found)
    assert [category.value() for category in found.renderer().categories()] == ["true", "false", ""]


def test_points_get_what_applies_at_each_behind_their_own_fields(run, zone):
    points = layer(["Point (2.35 48.85)", "Point (2.4 48.85)"], crs="EPSG:4326", nom=["inside", "outside"], access=["theirs", "theirs"])
    given = {"PERIMETERS": str(zone), "AT": MONDAY_9, "VEHICLE": "vul,V4", "POINTS": points, "OUTPUT_POINTS": "memory:"}
    made = opened(run("whatapplies", **given)["OUTPUT_POINTS"])
    assert made.fields().names() == ["nom", "access", "perimeters", "overridden", "access_2", "why", "next_change"]
    assert column(made, "access_2") == ["forbidden", "allowed"]
    assert column(made, "perimeters") == ["200046977-ZFE-001", None]
    assert column(made, "next_change") == ["2024-06-03T20:00", None]
    assert made.crs().authid() == "EPSG:4326"
    assert "OUTPUT_POINTS" not in run("whatapplies", PERIMETERS=str(zone), AT=MONDAY_9)
