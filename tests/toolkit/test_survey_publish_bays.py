"""What is published: valid for frictionless, complete in its list of what was not filled, and the same when it is read again."""

from __future__ import annotations

import json
import re
import uuid

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from frictionless import Resource, Schema
from survey_builders import bays_csv

from joptimiz_qgis.toolkit.errors import DataError, OutputError, ParameterError
from joptimiz_qgis.toolkit.read.bays import read_bays
from joptimiz_qgis.toolkit.survey.osm_tags import osm_tags
from joptimiz_qgis.toolkit.survey.publish_bays import CSV_NAME, About, published_bays, write_csv, write_folder

ABOUT = About("Aires de Lyon", "Ville de Lyon", "relevé 2026", day="2026-01-15")
OWN = ["source", "source_ligne", "remarques", "temporalite_defaut"]


@pytest.fixture(scope="module")
def schema(shared_data):
    return json.loads((shared_data / "schemas/aire_livraison_v1.0.0.json").read_text(encoding="utf-8"))


def errors(schema, path):
    report = Resource(path=path.name, basepath=str(path.parent), schema=Schema.from_descriptor(schema)).validate(limit_errors=100_000)
    return [error.message for error in report.tasks[0].errors], report.tasks[0].stats["rows"]


@pytest.mark.parametrize(
    ("name", "step", "rows"),
    [("hauts_de_seine.csv", 1, 980), ("cerema_v1_exemple_grand_lyon.csv", 1, 16), ("paris_livraison_2026-01.csv", 10, 920)],
)
def test_real_bays_are_published_without_an_error_of_frictionless_and_read_again_the_same(shared_data, schema, tmp_path, name, step, rows):
    bays = read_bays(shared_data / "bays" / name).table.iloc[::step]
    published = published_bays(bays)
    path = write_csv(published, tmp_path / "aires.csv")
    assert errors(schema, path) == ([], rows)
    assert published.left == []
    again = read_bays(path).table
    twice = write_csv(published_bays(again), tmp_path / "again.csv")
    assert twice.read_bytes() == path.read_bytes()
    # the same table as was published, but for what was made or adapted, which is listed
    changed = {(item.key, item.column.lower()) for item in published.changes}
    for field in [field for field in again.columns if field not in [*OWN, "geometry", "date_maj", "geom_wkt", "longitude", "latitude"]]:
        before, after = bays[field].reset_index(drop=True), again[field].reset_index(drop=True)
        differs = ~((before == after) | (before.isna() & after.isna())).fillna(False).to_numpy(dtype=bool)
        assert {(key, field) for key in again["id"][differs]} <= changed, field
    # 7 decimals of a degree: less than 2 cm
    points = [frame.geometry.representative_point().to_crs(2154).reset_index(drop=True) for frame in (bays, again)]
    assert points[0].distance(points[1]).max() < 0.02


def test_what_is_not_known_is_listed_and_not_invented(shared_data):
    bays = read_bays(shared_data / "bays/hauts_de_seine.csv").table
    figures = published_bays(bays).counts()
    assert figures["uuid_made"] == 980 and figures["schema_errors"] == 0
    assert {name: figures["empty"][name] for name in ("TYPE", "TEMPORALITE_OSM", "LONGUEUR")} == {"TYPE": 980, "TEMPORALITE_OSM": 661, "LONGUEUR": 80}
    assert not {"ID", "UUID", "LONGITUDE", "LATITUDE", "ADRESSE"} & set(figures["empty"])


def test_made_uuids_are_valid_repeat_and_tell_towns_apart(write_file):
    bays = read_bays(write_file("bays.csv", bays_csv({"UUID": ""}, {"UUID": ""}))).table
    first, again = (published_bays(bays).text["UUID"].tolist() for _ in range(2))
    assert first == again and len({uuid.UUID(text) for text in first}) == 2
    assert published_bays(bays, "Villeurbanne").text["UUID"].tolist() != first
    assert published_bays(bays).text["ID"].tolist() == ["A-1", "A-2"]


def test_two_bays_of_one_identifier_get_no_uuid_and_the_file_says_so(write_file):
    bays = read_bays(write_file("bays.csv", bays_csv({"UUID": "", "ID": "X"}, {"UUID": "", "ID": "X"}))).table
    published = published_bays(bays)
    assert published.text["UUID"].tolist() == ["", ""]
    assert sorted(item.code for item in published.left) == ["schema_key", "schema_key", "schema_unique"]


def test_what_the_schema_refuses_is_adapted_or_left_out_and_listed(write_file, schema, tmp_path):
    change = {"ADRESSE": "12/14 rue du Cœur, 69006 Lyon", "LONGUEUR": "20000", "TYPE": "aire permanente", "TEMPORALITE_OSM": "24/7", "TEMPORALITE_CDS": "", "DATE_MAJ": "2025-10-22", "ARR_URL": "arrêté 12"}
    published = published_bays(read_bays(write_file("bays.csv", bays_csv(change))).table)
    listed = {(item.column, item.before, item.after) for item in published.changes}
    assert listed == {
        ("ADRESSE", "12/14 rue du Cœur, 69006 Lyon", "12-14 rue du Coeur, 69006 Lyon"), ("LONGUEUR", "20000", ""), ("TEMPORALITE_OSM", "24/7", ""), ("ARR_URL", "arrêté 12", ""),
    }  # fmt: skip
    assert published.text["DATE_MAJ"].tolist() == ["2025-10-22T00:00:00"]
    assert errors(schema, write_csv(published, tmp_path / "a.csv")) == ([], 1)


def test_the_file_has_the_schemas_form(write_file, tmp_path, schema):
    path = write_csv(published_bays(read_bays(write_file("bays.csv", bays_csv({}))).table), tmp_path / "a.csv")
    content = path.read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf") and b"\r" not in content
    header, row = content.decode("utf-8").splitlines()
    assert header.split(",") == [field["name"] for field in schema["fields"]]
    assert ",4.8551840,45.7696560," in row and "POLYGON ((4.8551540 45.7696660, " in row


# -- the folder ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(shared_data, tmp_path):
    bays = read_bays(shared_data / "bays/cerema_v1_exemple_grand_lyon.csv").table
    write_folder(published_bays(bays), tmp_path / "out", ABOUT, quality=[("Points à vérifier", "2")])
    return tmp_path / "out"


def test_the_folder_is_whole_and_its_data_package_is_valid(folder, schema):
    assert sorted(path.name for path in folder.iterdir()) == [
        "LISEZMOI.md", CSV_NAME, "aires-livraison.geojson", "aires-livraison.gpkg", "cds-left-out.json", "cds-policies.json", "cds-zones.json",
        "datapackage.json", "modifications.csv", "osm-a-relire.geojson",
    ]  # fmt: skip
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert (package["resources"][0]["path"], package["resources"][0]["schema"]) == (CSV_NAME, schema["path"])
    readme = (folder / "LISEZMOI.md").read_text(encoding="utf-8")
    for text in ("Ville de Lyon", "relevé 2026", "2026-01-15", "Licence Ouverte 2.0", "Aires publiées : **16**", "Points à vérifier : 2", schema["path"]):
        assert text in readme
    assert errors(schema, folder / CSV_NAME) == ([], 16)
    csv = pd.read_csv(folder / CSV_NAME, dtype=str, keep_default_na=False)
    for name in ("aires-livraison.gpkg", "aires-livraison.geojson"):
        layer = gpd.read_file(folder / name)
        assert layer["uuid"].tolist() == csv["UUID"].tolist() and layer.crs == 4326
    assert "POLYGON(4.855154" in (folder / "modifications.csv").read_text(encoding="utf-8-sig")


def test_a_folder_that_holds_something_is_left_alone(folder, shared_data):
    published = published_bays(read_bays(shared_data / "bays/cerema_v1_exemple_grand_lyon.csv").table)
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="not empty"):
        write_folder(published, folder, ABOUT)
    write_folder(published, folder, ABOUT, formats=("csv",), overwrite=True)
    assert (folder / "notes.txt").read_text() == "mine"
    with pytest.raises(ParameterError, match="csv, gpkg"):
        write_folder(published, folder.parent / "other", ABOUT, formats=("shp",))
    assert not (folder.parent / "other").exists()


def test_nothing_to_publish_is_said(shared_data):
    with pytest.raises(DataError, match="no delivery bay"):
        published_bays(read_bays(shared_data / "bays/cerema_v1_exemple_grand_lyon.csv").table.iloc[:0])


# -- CDS: what its Curbs API (1.0) asks, written down by hand from the specification's tables of fields ------------------

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DAYS = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
ZONE_REQUIRED = {"curb_zone_id", "geometry", "curb_policy_ids", "published_date", "last_updated_date", "start_date"}
ZONE_OPTIONAL = {"name", "user_zone_id", "length", "width", "parking_angle", "median"}
POLICY_REQUIRED = {"curb_policy_id", "published_date", "priority", "rules"}


def test_cds_zones_and_policies_have_what_the_specification_asks(write_file, tmp_path):
    rows = [{}, {}, {"TYPE": "aire permanente", "TEMPORALITE_OSM": "", "TEMPORALITE_CDS": ""}, {"GEOM_WKT": ""}, {"ACTIVE": "non"}, {"TEMPORALITE_OSM": "", "TEMPORALITE_CDS": ""}]
    published = published_bays(read_bays(write_file("bays.csv", bays_csv(*rows))).table)
    write_folder(published, tmp_path / "out", ABOUT, formats=("cds",))
    read = {name: json.loads((tmp_path / f"out/cds-{name}.json").read_text(encoding="utf-8")) for name in ("zones", "policies", "left-out")}
    zones, policies = read["zones"]["data"]["zones"], read["policies"]["data"]["policies"]
    for head in (read["zones"], read["policies"]):
        assert (head["version"], head["time_zone"], head["currency"], head["author"]) == ("1.0.1", "Europe/Paris", "EUR", "Ville de Lyon")
        assert head["last_updated"] == 1768431600000  # 15 January 2026, 00:00 in Paris
    assert [zone["user_zone_id"] for zone in zones] == ["A-1", "A-2", "A-3"]
    assert [item["id"] for item in read["left-out"]] == ["A-4", "A-5", "A-6"]
    known = {policy["curb_policy_id"] for policy in policies}
    for zone in zones:
        assert set(zone) >= ZONE_REQUIRED and set(zone) <= ZONE_REQUIRED | ZONE_OPTIONAL
        assert UUID.fullmatch(zone["curb_zone_id"]) and set(zone["curb_policy_ids"]) <= known
        assert all(isinstance(zone[name], int) for name in ("published_date", "last_updated_date", "start_date", "length", "width"))
        assert (zone["length"], zone["width"], zone["parking_angle"]) == (960, 180, "parallel")
        assert zone["last_updated_date"] == 1761137421000  # 2025-10-22T12:50:21Z
        ring = zone["geometry"]["coordinates"][0]
        assert zone["geometry"]["type"] == "Polygon" and ring[0] == ring[-1] and shapely.LinearRing(ring).is_ccw
    assert len(policies) == 2  # bays with the same rule share it
    timed, permanent = sorted(policies, key=lambda policy: "time_spans" not in policy)
    for policy in policies:
        assert set(policy) >= POLICY_REQUIRED and set(policy) <= POLICY_REQUIRED | {"time_spans"} and UUID.fullmatch(policy["curb_policy_id"])
        assert policy["rules"] == [{"activity": "loading", "user_classes": ["delivery"], "max_stay": 30, "max_stay_unit": "minute"}]
    assert timed["time_spans"] == [{"days_of_week": ["mon", "tue", "wed", "thu", "fri", "sat"], "time_of_day_start": "08:00", "time_of_day_end": "19:00"}]
    assert set(timed["time_spans"][0]["days_of_week"]) <= DAYS and "time_spans" not in permanent


def test_osm_tags_say_what_is_known_and_leave_the_side_to_the_reviewer(write_file):
    bays = published_bays(read_bays(write_file("bays.csv", bays_csv({}, {"TYPE": "aire permanente", "TEMPORALITE_OSM": "", "TEMPORALITE_CDS": ""}))).table).bays
    timed, permanent = (osm_tags({name: None if pd.isna(value) else value for name, value in row.items()}) for row in bays.drop(columns="geometry").astype(object).to_dict("records"))
    assert timed["amenity"] == "parking_space" and timed["parking_space"] == "delivery"
    assert timed["parking:<side>:restriction:conditional"] == "loading_only @ (Mo-Sa 08:00-19:00)" and "parking:<side>:restriction" not in timed
    assert permanent["parking:<side>:restriction"] == "loading_only" and "parking:<side>:restriction:conditional" not in permanent
    assert (timed["length"], timed["width"], timed["maxstay"], timed["orientation"], timed["parking"]) == ("9.6", "1.8", "30 minutes", "parallel", "street_side")


# -- the shell -----------------------------------------------------------------------------------------------------------


def test_the_shell_controls_and_publishes_hauts_de_seine(cli, shared_data, schema, tmp_path):
    source = shared_data / "bays/hauts_de_seine.csv"
    told = cli("validate-bays", source, "-o", tmp_path / "findings.gpkg", "--csv", tmp_path / "findings.csv", "--only", "warning").json
    assert told["rows"] == 1007 and told["codes"] == {"hours_ambiguous": 661, "duplicate": 17}
    layer = gpd.read_file(tmp_path / "findings.gpkg")
    assert len(layer) == 678 and layer.geometry.notna().all() and len(pd.read_csv(tmp_path / "findings.csv", sep=";")) == 678
    told = cli("export-bays", source, "-o", tmp_path / "aires.csv", "--changes", tmp_path / "changes.csv").json
    assert (told["rows"], told["uuid_made"], told["schema_errors"]) == (980, 980, 0)
    assert errors(schema, tmp_path / "aires.csv") == ([], 980)
    refused = cli("export-bays", source, "-o", tmp_path / "aires.csv")
    written = tmp_path / "publication" / CSV_NAME
    assert written.name in {path.rpartition("/")[2] for path in cli("export-bays", source, "-o", written.parent, "--formats", "csv").json["files"]}
    assert refused.code == 1 and "exists and was left as it is" in refused.err
    assert cli("validate-bays", source, "--only", "colour").code == 1
    assert "sources are never modified" in cli("export-bays", written, "-o", tmp_path / "publication", "--overwrite").err
