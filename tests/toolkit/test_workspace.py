"""The workspace: every row where it was read to, whole or not at all, brought up to date without loss, refusals in a sentence."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from builders import around_paris, layer, published_rows
from conftest import ROOT, sha256

from joptimiz_qgis.toolkit import workspace
from joptimiz_qgis.toolkit.drives import is_on_network
from joptimiz_qgis.toolkit.errors import OutputError, WorkspaceError
from joptimiz_qgis.toolkit.messages import set_language
from joptimiz_qgis.toolkit.read.bays import read_bays
from joptimiz_qgis.toolkit.read.perimeters import read_perimeters
from joptimiz_qgis.toolkit.schema import load_table
from joptimiz_qgis.toolkit.workspace import (
    REGULATION_AREAS,
    REGULATIONS,
    ROADS,
    SCHEMA_VERSION,
    TABLES,
    check_workspace,
    create_workspace,
    imports_of,
    open_workspace,
    read_table,
    readings_of,
    rows_for,
)

SAMPLE = ROOT / "joptimiz_qgis" / "resources" / "sample"
FILES = {
    "bays": [SAMPLE / "bays.csv"],
    "delivery_points": [SAMPLE / "establishments.csv"],
    "perimeters": [SAMPLE / "perimeters.geojson"],
    "access_points": [SAMPLE / "access_points.geojson"],
}
ROWS = {
    "access_points": 12, "points_of_interest": 0, "bays": 63, "delivery_points": 1250, REGULATIONS: 0, ROADS: 0, REGULATION_AREAS: 0,
    "perimeters": 5, "perimeter_rules": 5,
}  # fmt: skip
SQUARE = shapely.box(2.34, 48.84, 2.36, 48.86)


@pytest.fixture(scope="module")
def readings():
    return readings_of(FILES)


@pytest.fixture
def town(readings, tmp_path):
    """The sample town's workspace."""
    return create_workspace(tmp_path / "ville.gpkg", rows_for(readings), imports_of(readings, "Licence Ouverte 2.0"))


def sql(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(statement, values).fetchall()


def zones(*kinds, road=False):
    """Perimeters as a published file of our own fields has them."""
    shapes = [SQUARE] * len(kinds) + ([shapely.LineString([(2.34, 48.85), (2.36, 48.85)])] if road else [])
    names = [*kinds, *(["Voie spéciale"] if road else [])]
    return layer(shapes, "EPSG:4326", id=[f"P{number}" for number, _ in enumerate(names)], type_peri=names, horaires=["24/7"] * len(names), regl_modalite=["Interdit"] * len(names))


# -- what is in the file -----------------------------------------------------------------------------------------------


def test_the_file_holds_every_row_that_was_read(readings, town):
    """Read back by GDAL, not by us."""
    assert check_workspace(town).rows == ROWS
    for name, (reading,) in readings.items():
        stored = pyogrio.read_dataframe(town, layer=name)
        assert stored.crs.to_epsg() == 4326
        for field in load_table(name).fields:
            expected = reading.table[field.name].astype(object).where(reading.table[field.name].notna(), None).tolist()
            found = stored[field.name].astype(object).where(stored[field.name].notna(), None).tolist()
            assert found == expected, (name, field.name)
        if name != "bays":
            assert shapely.equals(shapely.normalize(stored.geometry.to_numpy()), shapely.normalize(reading.table.geometry.to_numpy())).all()
    assert pyogrio.read_dataframe(town, layer="perimeter_rules")["perimetre"].tolist() == readings["perimeters"][0].rules["perimetre"].tolist()


def test_bays_become_points_and_their_footprints_stay_as_text(readings, town):
    read = readings["bays"][0].table
    stored = pyogrio.read_dataframe(town, layer="bays")
    assert set(stored.geom_type) == {"Point"}
    areas = (read.geom_type == "Polygon").to_numpy()
    published = published_rows(SAMPLE / "bays.csv", delimiter=",")
    assert [bool(row["GEOM_WKT"]) for row in published] == areas.tolist()
    footprints = gpd.GeoSeries.from_wkt(stored["geom_wkt"])
    assert shapely.equals(footprints[areas].to_numpy(), read.geometry[areas].to_numpy()).all()
    assert footprints[areas].intersects(gpd.GeoSeries(stored.geometry.to_numpy())[areas]).all()
    assert shapely.equals(stored.geometry[~areas].to_numpy(), read.geometry[~areas].to_numpy()).all()


def test_tables_have_types_titles_lists_of_values_and_a_spatial_index(town):
    assert dict(sql(town, "SELECT table_name, geometry_type_name FROM gpkg_geometry_columns")) == {
        "access_points": "POINT", "points_of_interest": "POINT", "bays": "POINT", "delivery_points": "POINT", ROADS: "MULTILINESTRING", "perimeters": "MULTIPOLYGON",
        REGULATIONS: "MULTILINESTRING", REGULATION_AREAS: "MULTIPOLYGON",
    }  # fmt: skip
    columns = {row[1]: row[2] for row in sql(town, "PRAGMA table_info(bays)")}
    assert (columns["active"], columns["longueur"], columns["source_ligne"], columns["code_postal"], columns["date_maj"]) == ("BOOLEAN", "DOUBLE", "INTEGER", "TEXT", "TEXT")
    assert sql(town, "SELECT title FROM gpkg_data_columns WHERE table_name = 'bays' AND column_name = 'longueur'") == [("Length (cm)",)]
    listed = "SELECT value FROM gpkg_data_column_constraints JOIN gpkg_data_columns USING (constraint_name) WHERE table_name = 'bays' AND column_name = 'disposition'"
    assert {row[0] for row in sql(town, listed)} == set(load_table("bays")["disposition"].enum)
    for name in TABLES:
        if name != "perimeter_rules":
            assert sql(town, f"SELECT count(*) FROM rtree_{name}_geom") == [(ROWS[name],)]


def test_the_titles_are_french_in_french(readings, tmp_path):
    set_language("fr")
    path = create_workspace(tmp_path / "v.gpkg")
    assert sql(path, "SELECT title FROM gpkg_data_columns WHERE table_name = 'bays' AND column_name = 'longueur'") == [("Longueur (cm)",)]
    assert sql(path, "SELECT identifier FROM gpkg_contents WHERE table_name = 'bays'") == [("Aires de livraison",)]


def test_gdal_edits_the_file_and_keeps_its_index(town):
    """The triggers are ours, the functions in them GDAL's: a row that GDAL adds is in the index."""
    more = gpd.GeoDataFrame({"id": ["PA99"]}, geometry=[shapely.Point(2.5, 48.5)], crs=4326)
    pyogrio.write_dataframe(more, town, layer="access_points", append=True)
    near = pyogrio.read_dataframe(town, layer="access_points", bbox=(2.4, 48.4, 2.6, 48.6))
    assert near["id"].tolist() == ["PA99"]
    assert sql(town, "SELECT count(*) FROM rtree_access_points_geom") == [(13,)]


def test_gdal_finds_nothing_to_complain_of(town):
    done = subprocess.run(["ogrinfo", "-q", "-so", "-al", str(town)], capture_output=True, encoding="utf-8", check=False, env={**os.environ, "CPL_DEBUG": "OFF"})
    assert done.returncode == 0
    assert done.stderr == ""
    assert sql(town, "PRAGMA integrity_check") == [("ok",)]
    assert sql(town, "PRAGMA foreign_key_check") == []


def test_lines_go_to_the_roads_and_rules_follow_both(tmp_path):
    source = tmp_path / "zones.geojson"
    zones("ZFE", "ZTL", road=True).to_file(source)
    readings = readings_of({"perimeters": [source]})
    path = create_workspace(tmp_path / "w.gpkg", rows_for(readings))
    rows = check_workspace(path).rows
    assert (rows["perimeters"], rows[ROADS], rows["perimeter_rules"]) == (2, 1, 3)
    keys = set(read_table(path, "perimeters")["cle"])
    assert len(keys) == 3
    assert set(read_table(path, "perimeter_rules")["perimetre"]) == keys


def test_keys_of_two_files_do_not_meet(tmp_path):
    for name in ("a", "b"):
        zones("ZTL").to_file(tmp_path / f"{name}.geojson")
    readings = readings_of({"perimeters": [tmp_path / "a.geojson", tmp_path / "b.geojson"]})
    path = create_workspace(tmp_path / "w.gpkg", rows_for(readings))
    perimeters, rules = read_table(path, "perimeters"), read_table(path, "perimeter_rules")
    assert perimeters["cle"].tolist() == ["P0", "P0@b.geojson"]
    assert rules["perimetre"].tolist() == perimeters["cle"].tolist()
    assert rules["id"].is_unique


def test_what_was_imported_is_told_with_its_licence(town):
    told = {each.table: each for each in check_workspace(town).imports}
    assert set(told) == set(FILES)
    bays = told["bays"]
    assert (bays.source, bays.mapping, bays.rows_read, bays.imported, bays.rejected, bays.licence) == ("bays.csv", "national_v1", 63, 63, 0, "Licence Ouverte 2.0")


def test_columns_of_customers_that_have_no_field_are_named(tmp_path):
    source = tmp_path / "clients.csv"
    source.write_text("code_client;enseigne;cp;tournee;lon;lat\nC01;Épicerie;01000;B7;2.35;48.85\nC02;Bar;75001;B8;;\n", encoding="utf-8")
    (reading,) = readings_of({"delivery_points": [source]})["delivery_points"]
    assert (reading.imported, reading.rejected) == (1, 1)
    assert reading.table[["id", "nom", "code_postal", "longitude", "latitude"]].to_numpy().tolist() == [["C01", "Épicerie", "01000", 2.35, 48.85]]
    assert any("tournee" in str(note) for note in reading.notes)


# -- whole or nothing --------------------------------------------------------------------------------------------------


def test_an_empty_workspace_has_all_tables(tmp_path):
    assert check_workspace(create_workspace(tmp_path / "vide.gpkg")).rows == dict.fromkeys(TABLES, 0)


def test_a_file_that_exists_is_kept_unless_it_is_to_be_replaced(town):
    before = sha256(town)
    with pytest.raises(OutputError, match="exists and was left as it is"):
        create_workspace(town)
    assert sha256(town) == before
    create_workspace(town, overwrite=True)
    assert check_workspace(town).rows["bays"] == 0


def test_a_failure_leaves_what_was_there_and_nothing_else(town, tmp_path, monkeypatch):
    before = sha256(town)
    monkeypatch.setattr(workspace, "_add_own_tables", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        create_workspace(town, overwrite=True)
    assert sha256(town) == before
    assert [path.name for path in tmp_path.iterdir()] == ["ville.gpkg"]


LIMITED = (
    "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000));"
    "from joptimiz_qgis.__main__ import main; sys.exit(main(sys.argv[1:]))"
)


def test_a_disk_that_takes_no_more_is_told_and_nothing_stays(run_python, tmp_path):
    """The system itself refuses to let a file grow over 300 kB."""
    run = run_python("-c", LIMITED, "workspace", "-o", tmp_path / "w.gpkg", "--delivery-points", SAMPLE / "establishments.csv", "--quiet")
    assert run.code == 1
    assert "is full or does not answer any more" in run.err
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_while_an_older_workspace_is_brought_up_to_date(run_python, old):
    sql(old, "CREATE TABLE filler (x)")
    sql(old, "INSERT INTO filler VALUES (zeroblob(250000))")
    before = rows_of(old)
    run = run_python("-c", LIMITED, "workspace", "-o", old, "--update", "--quiet")
    assert (run.code, "is full or does not answer any more" in run.err) == (1, True)
    assert rows_of(old) == before
    assert sorted(path.name for path in old.parent.iterdir()) == ["old.gpkg"]


# -- refusals ----------------------------------------------------------------------------------------------------------


def refused(path):
    before = sha256(path) if path.is_file() else None
    with pytest.raises(WorkspaceError) as caught:
        open_workspace(path)
    assert (sha256(path) if path.is_file() else None) == before
    return str(caught.value)


def test_a_newer_workspace_is_refused_and_left_alone(town):
    sql(town, "UPDATE joptimiz_workspace SET value = ? WHERE name = 'schema_version'", str(SCHEMA_VERSION + 1))
    assert "was made by a newer version of JOPTIMIZ (tables of version 3; this one knows 2)" in refused(town)


def test_what_is_no_workspace_is_refused(tmp_path):
    other = tmp_path / "other.gpkg"
    layer(around_paris((0, 0)), nom=["x"]).to_file(other, layer="rivers")
    assert "is not a workspace" in refused(other)
    other.write_bytes(b"PK\x03\x04 no database at all, but long enough to be read as one" * 40)
    assert "cannot be read as a GeoPackage" in refused(other)
    assert "There is no file" in refused(tmp_path / "nowhere.gpkg")


def test_a_workspace_without_one_of_its_tables_is_refused(town):
    sql(town, "DROP TABLE perimeter_rules")
    assert "lacks the table perimeter_rules" in refused(town)


def test_a_workspace_that_another_program_is_changing_is_told(old):
    with closing(sqlite3.connect(old, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "is being changed by another program" in refused(old)
    assert [path.name for path in old.parent.iterdir()] == ["old.gpkg"]
    assert open_workspace(old).version == SCHEMA_VERSION


def test_a_read_only_workspace_opens_where_it_is_up_to_date(town):
    town.chmod(0o444)
    assert check_workspace(town).rows == ROWS


AS_NOBODY = "import os, sys; os.getuid() or (os.setgid(65534), os.setuid(65534)); from joptimiz_qgis.__main__ import main; sys.exit(main(sys.argv[1:]))"


def test_a_read_only_older_workspace_is_told(run_python, old):
    """As a user without rights on the file: the administrator's tests would write anywhere."""
    old.chmod(0o444)
    old.parent.chmod(0o555)
    for folder in old.parents:
        if folder.stat().st_uid == os.getuid() and folder not in (old.parent, Path("/"), Path("/tmp")):
            folder.chmod(folder.stat().st_mode | 0o055)
    try:
        before = sha256(old)
        run = run_python("-c", AS_NOBODY, "workspace", "-o", old, "--update", "--quiet", PYTHONDONTWRITEBYTECODE="1")
        assert (run.code, "is read-only" in run.err) == (1, True), run.err
        assert sha256(old) == before
    finally:
        old.parent.chmod(0o755)


# -- bringing up to date -----------------------------------------------------------------------------------------------


@pytest.fixture
def old(tmp_path):
    """Version 0: imports written into one GeoPackage one by one, in a CRS of their own, with columns and a layer of the user's."""
    path = tmp_path / "old" / "old.gpkg"
    path.parent.mkdir()
    bays = read_bays(SAMPLE / "bays.csv").table.to_crs(2154)
    bays["vu_le"] = [f"jour {number}" for number in range(len(bays))]
    bays["note_perso"] = range(len(bays))
    bays.to_file(path, layer="bays", engine="pyogrio")
    source = tmp_path / "zones.geojson"
    zones("ZFE", "Violet", road=True).to_file(source)
    reading = read_perimeters(source)
    pyogrio.write_dataframe(reading.table, path, layer="perimeters", geometry_type="Unknown")
    pyogrio.write_dataframe(reading.rules.astype({"veh_tonnage": float}), path, layer="perimeter_rules")
    layer(around_paris((0, 0)), nom=["mine"]).to_file(path, layer="trees", engine="pyogrio")
    source.unlink()
    return path


def rows_of(path):
    """All rows of all layers, as GDAL reads them."""
    return {name: pyogrio.read_dataframe(path, layer=name).to_json() if kind else pyogrio.read_dataframe(path, layer=name).to_csv() for name, kind in pyogrio.list_layers(path)}


def test_an_older_workspace_is_brought_up_to_date_and_loses_nothing(old):
    before = {name: pyogrio.read_dataframe(old, layer=name, fid_as_index=True) for name, _ in pyogrio.list_layers(old)}
    bytes_before = rows_of(old)
    found = open_workspace(old)
    assert (found.version, found.backup.name) == (SCHEMA_VERSION, "old.avant-v1.gpkg")
    assert "the file as it was is kept as “old.avant-v1.gpkg”" in str(found.notes[0])
    assert rows_of(found.backup) == bytes_before
    after = pyogrio.read_dataframe(old, layer="bays", fid_as_index=True)
    assert after.index.tolist() == before["bays"].index.tolist()
    for name in before["bays"].columns.drop(["geometry", "geom_wkt"]):
        pd.testing.assert_series_equal(after[name], before["bays"][name], check_dtype=False)
    inside = before["bays"].geometry.to_crs(4326).representative_point()
    assert (abs(after.geometry.x - inside.x) < 1e-9).all() and (abs(after.geometry.y - inside.y) < 1e-9).all()
    both = pd.concat([pyogrio.read_dataframe(old, layer=name) for name in ("perimeters", ROADS)]).sort_values("cle")
    assert both["type_peri"].tolist() == before["perimeters"].sort_values("cle")["type_peri"].tolist()
    assert set(both.geom_type) == {"MultiPolygon", "MultiLineString"}
    assert pyogrio.read_dataframe(old, layer="perimeter_rules")["perimetre"].tolist() == before["perimeter_rules"]["perimetre"].tolist()
    assert pyogrio.read_dataframe(old, layer="trees")["nom"].tolist() == ["mine"]
    assert sql(old, "PRAGMA integrity_check") == [("ok",)]


@pytest.fixture
def first_version(town):
    """A workspace of version 1: without the tables of orders."""
    with closing(sqlite3.connect(town)) as connection, connection:
        for name in (REGULATIONS, REGULATION_AREAS):
            workspace.geopackage.drop_layer(connection, name)
        connection.execute("UPDATE joptimiz_workspace SET value = '1' WHERE name = 'schema_version'")
    return town


def test_a_workspace_of_version_1_gets_the_tables_of_orders_and_keeps_the_rest(first_version):
    before = rows_of(first_version)
    found = open_workspace(first_version)
    assert (found.version, found.rows, found.backup.name) == (2, ROWS, "ville.avant-v2.gpkg")
    assert {name: rows for name, rows in rows_of(first_version).items() if name in before} == before
    assert rows_of(found.backup) == before
    assert open_workspace(first_version).backup is None


def test_a_table_of_the_user_s_own_with_the_name_of_ours_is_not_taken_over(first_version):
    gpd.GeoDataFrame({"mine": [1]}, geometry=[shapely.Point(2, 48)], crs=4326).to_file(first_version, layer=REGULATIONS, engine="pyogrio")
    before = rows_of(first_version)
    with pytest.raises(WorkspaceError, match="has other fields than an imported one"):
        open_workspace(first_version)
    assert rows_of(first_version) == before


def test_orders_go_to_the_table_of_their_geometry_and_those_without_one_are_kept(tmp_path):
    source = tmp_path / "arretes.csv"
    header = "ID,COLL_NOM,COLL_INSEE,ARR_REF,REGL_MODALITE,VEH_TYPES,EMPRISE_DESIGNATION,GEOM_WKT"
    street, area = "LINESTRING (5.41 43.55, 5.42 43.54)", "POLYGON ((5.4 43.5, 5.5 43.5, 5.5 43.6, 5.4 43.5))"
    rows = [f'{number},Commune de Carros,06033,NC,Interdit,Poids lourds,Rue,"{wkt}"' for number, wkt in enumerate((street, "", area), start=1)]
    source.write_text("\n".join([header, *rows]), encoding="utf-8")
    readings = readings_of({REGULATIONS: [source]})
    path = create_workspace(tmp_path / "w.gpkg", rows_for(readings), imports_of(readings))
    found = check_workspace(path)
    assert (found.rows[REGULATIONS], found.rows[REGULATION_AREAS]) == (2, 1)
    assert (found.imports[0].table, found.imports[0].imported, found.imports[0].rejected) == (REGULATIONS, 3, 0)
    stored = read_table(path, REGULATIONS).sort_values("id")
    assert stored["geom_origine"].tolist() == ["publiée", "à localiser", "publiée"]
    assert stored.geometry.isna().tolist() == [False, True, False]
    with pytest.raises(WorkspaceError, match="already holds"):
        workspace.add_rows(path, REGULATIONS, readings[REGULATIONS][0].table)


def test_the_second_time_there_is_nothing_to_do(old):
    open_workspace(old)
    before = sha256(old)
    again = open_workspace(old)
    assert (again.backup, again.notes) == (None, [])
    assert sha256(old) == before


def test_a_backup_never_replaces_another(old):
    first = old.with_name("old.avant-v1.gpkg")
    first.write_text("mine")
    assert open_workspace(old).backup.name == "old.avant-v1.2.gpkg"
    assert first.read_text() == "mine"


def test_a_step_that_fails_leaves_the_file_as_it_was(old, monkeypatch):
    before = rows_of(old)
    monkeypatch.setitem(workspace._MIGRATIONS, 0, lambda connection: (workspace._from_imports(connection), 1 / 0))
    with pytest.raises(ZeroDivisionError):
        open_workspace(old)
    assert rows_of(old) == before
    assert [path.name for path in old.parent.iterdir()] == ["old.gpkg"]


def test_a_step_that_would_lose_a_row_is_refused(old, monkeypatch):
    real = workspace.fitted
    monkeypatch.setattr(workspace, "fitted", lambda name, table: {part: rows.iloc[1:] for part, rows in real(name, table).items()})
    assert "Rows would be lost" in str(refused_by_rows(old))


def refused_by_rows(path):
    before = rows_of(path)
    with pytest.raises(WorkspaceError) as caught:
        open_workspace(path)
    assert rows_of(path) == before
    return caught.value


FIELDS_OF_VERSION_2 = {
    "access_points": 16, "bays": 35, "delivery_points": 17, "perimeter_rules": 24, "perimeters": 13, "points_of_interest": 16, "regulations": 42,
}  # fmt: skip


def test_a_change_of_the_tables_needs_a_new_version():
    """Whoever adds a field raises SCHEMA_VERSION, writes the migration, and says here how many fields there are now."""
    assert SCHEMA_VERSION == 2
    assert {name: len(load_table(name).fields) for name in FIELDS_OF_VERSION_2} == FIELDS_OF_VERSION_2


def test_every_field_stands_in_one_group_of_the_form():
    for name in FIELDS_OF_VERSION_2:
        table = load_table(name)
        assert sorted(field for group in table.groups for field in group.fields) == sorted(table.names)
        assert all(set(group.label) == {"fr", "en"} for group in table.groups)


# -- drives and the shell ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "remote"),
    [
        (r"\\serveur\partage\ville.gpkg", True),
        ("//serveur/partage/ville.gpkg", True),
        ("/mnt/partage/ville.gpkg", True),
        ("/mnt/mes documents/ville.gpkg", True),
        ("/mnt/partage-local/ville.gpkg", False),
        ("/mnt/partage/disque/ville.gpkg", False),
        ("/home/moi/ville.gpkg", False),
    ],
)
def test_a_network_drive_is_known_by_its_name_or_its_mount(tmp_path, path, remote):
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/sda1 / ext4 rw 0 0\n//serveur/partage /mnt/partage cifs rw 0 0\nserveur:/docs /mnt/mes\\040documents nfs4 rw 0 0\n/dev/sdb1 /mnt/partage/disque ext4 rw 0 0\n"
    )
    assert is_on_network(path, mounts) is remote


def test_the_shell_makes_a_workspace_and_brings_an_older_one_up_to_date(run_python, tmp_path, old):
    out = tmp_path / "w.gpkg"
    told = run_python("-m", "joptimiz_qgis", "workspace", "-o", out, "--bays", SAMPLE / "bays.csv", "--perimeters", SAMPLE / "perimeters.geojson", "--licence", "LO 2.0", "--quiet").json
    assert (told["version"], told["rows"]["bays"], told["rows"]["perimeters"]) == (SCHEMA_VERSION, 63, 5)
    assert [each["licence"] for each in told["imports"]] == ["LO 2.0", "LO 2.0"]
    told = run_python("-m", "joptimiz_qgis", "workspace", "-o", old, "--update", "--quiet").json
    assert told["backup"].endswith("old.avant-v1.gpkg")
    assert json.loads(json.dumps(told)) == told


def test_the_shell_does_not_write_over_a_source(run_python, tmp_path):
    source = shutil.copy(SAMPLE / "bays.csv", tmp_path / "bays.gpkg")
    run = run_python("-m", "joptimiz_qgis", "workspace", "-o", source, "--bays", source, "--overwrite", "--quiet")
    assert (run.code, "sources are never modified" in run.err) == (1, True)


def test_importing_the_command_loads_nothing_heavy():
    done = subprocess.run([sys.executable, "-c", "import sys, joptimiz_qgis.commands.workspace; print({'pandas', 'geopandas', 'shapely', 'sqlite3'} & set(sys.modules))"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "set()\n"


# -- adding to a workspace that is there -------------------------------------------------------------------------------


def test_rows_are_added_to_a_workspace_once_and_all_or_none(tmp_path):
    from joptimiz_qgis.toolkit.read.perimeters import read_perimeters
    from joptimiz_qgis.toolkit.workspace import Import, add_rows

    made = create_workspace(tmp_path / "w.gpkg")
    bays, areas = read_bays(SAMPLE / "bays.csv"), read_perimeters(SAMPLE / "perimeters.geojson")
    assert add_rows(made, "bays", bays.table, imports=[Import.of("bays", bays)]) == {"bays": 63}
    added = add_rows(made, "perimeters", areas.table, areas.rules, [Import.of("perimeters", areas)])
    assert added == {"perimeters": 5, "perimeter_rules": len(areas.rules)}
    found = check_workspace(made)
    assert (found.rows["bays"], found.rows["perimeters"], found.rows["perimeter_rules"]) == (63, 5, len(areas.rules))
    assert [each.table for each in found.imports] == ["bays", "perimeters"]
    before = made.read_bytes()
    with pytest.raises(WorkspaceError, match=r"already holds 63 rows of “bays.csv”; adding it again would double them"):
        add_rows(made, "bays", bays.table)
    assert made.read_bytes() == before
    with closing(sqlite3.connect(made)) as database:
        indexed = database.execute("SELECT count(*) FROM rtree_bays_geom").fetchone()[0]
        places = database.execute("SELECT count(*) FROM bays WHERE geom IS NOT NULL").fetchone()[0]
    assert indexed == places == 63
