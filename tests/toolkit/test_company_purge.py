"""A firm's data removed: what goes, what stays, and no byte of a customer in what stays."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing

import geopandas as gpd
import pytest
import shapely
from company_builders import HEADER, customers, text_file

from joptimiz_qgis.__main__ import main
from joptimiz_qgis.toolkit.company.columns import HeaderMemory
from joptimiz_qgis.toolkit.company.geocoder import AddressCache
from joptimiz_qgis.toolkit.company.geocoder import Answer as Found
from joptimiz_qgis.toolkit.company.history import History
from joptimiz_qgis.toolkit.company.pipeline import compared, locate, prepare, read_previous
from joptimiz_qgis.toolkit.company.purge import forget_rows, names_one, purge, purge_plan
from joptimiz_qgis.toolkit.company.review import Review
from joptimiz_qgis.toolkit.errors import DataError

ROWS = customers(80)
NAMES = [row[1].encode() for row in ROWS]


@pytest.fixture
def imported(tmp_path):
    """Two imports and a review; the exports of the firm are elsewhere."""
    out = tmp_path / "c.gpkg"
    source = tmp_path / "source"
    source.mkdir()
    for rows in (ROWS, [*ROWS[5:70], ["C9", *ROWS[0][1:6], "", "", "1"]]):
        prepared = prepare(text_file(source / "a.csv", rows, HEADER))
        compared(prepared, locate(prepared), read_previous(out)).write(out)
    Review(out).move("C9", 2.3, 48.8)
    for path in source.iterdir():
        path.unlink()
    source.rmdir()
    cache = tmp_path / "cache"
    AddressCache(cache / "addresses.sqlite").keep({"x": Found(2.3, 48.8, 0.9, "housenumber", "12 rue Secrète")})
    HeaderMemory(cache / "columns.json").keep(HEADER, {"id": HEADER[0]})
    return out


def test_files_backups_and_caches_go(imported, tmp_path):
    (tmp_path / "r.json").write_text("{}")
    plan = purge_plan([imported], cache=tmp_path / "cache", recipes=[tmp_path / "r.json"])
    assert {path.name for path in plan.files} == {"c.gpkg", "addresses.sqlite", "columns.json", "r.json"}
    assert [path.name for path in plan.folders] == ["c.gpkg.joptimiz"]
    assert len(plan.sentences()) == 5
    assert imported.exists()
    done = purge(plan)
    assert (done.removed, done.failed) == (5, [])
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert purge_plan([imported], cache=tmp_path / "cache").empty


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_a_file_that_is_shared_stays_without_a_byte_of_a_customer(imported, tmp_path, mode):
    gpd.GeoDataFrame({"a": ["stays"]}, geometry=[shapely.Point(1, 1)], crs=4326).to_file(imported, layer="bays", driver="GPKG")
    base = sqlite3.connect(imported)
    base.execute(f"PRAGMA journal_mode={mode}")
    base.execute("CREATE TABLE IF NOT EXISTS layer_styles (id INTEGER PRIMARY KEY, f_table_name TEXT, styleQML TEXT)")
    base.execute("INSERT INTO layer_styles (f_table_name, styleQML) VALUES ('clients', ?), ('bays', 'plain')", (ROWS[7][1],))
    base.commit()
    base.close()
    assert any(name in imported.read_bytes() for name in NAMES)
    plan = purge_plan([imported])
    assert (plan.files, [tables for _, tables in plan.tables]) == ((), [("clients", "clients_a_verifier")])
    assert purge(plan).failed == []
    left = [path for path in tmp_path.iterdir() if path.is_file()]
    assert imported in left
    assert not [(path.name, name) for path in left for name in NAMES if name in path.read_bytes()]
    assert gpd.read_file(imported, layer="bays")["a"].tolist() == ["stays"]
    with sqlite3.connect(imported) as base:
        assert base.execute("SELECT f_table_name FROM layer_styles").fetchall() == [("bays",)]
        assert base.execute("SELECT table_name FROM gpkg_contents").fetchall() == [("bays",)]
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert not History(imported).folder.exists()


def test_a_file_in_use_is_told_and_the_rest_goes(imported, tmp_path):
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 1)], crs=4326).to_file(imported, layer="bays", driver="GPKG")
    other = sqlite3.connect(imported, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    done = purge(purge_plan([imported], cache=tmp_path / "cache"))
    other.execute("ROLLBACK")
    other.close()
    assert len(done.failed) == 1
    assert "is open in another program" in done.sentence()
    assert not (tmp_path / "cache" / "addresses.sqlite").exists()
    assert "clients" in set(gpd.list_layers(imported)["name"])


def test_what_is_no_geopackage_is_not_touched(write_file):
    path = write_file("x.gpkg", b"something else" * 50)
    with pytest.raises(DataError, match="is no GeoPackage"):
        purge_plan([path])


def test_the_shell_lists_first_and_removes_with_yes(imported, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert main(["purge-customers", str(imported), "--lang", "en"]) == 0
    told, said = capsys.readouterr()
    assert (json.loads(told)["removed"], len(json.loads(told)["listed"])) == (0, 2)
    assert "Nothing was removed. Add --yes" in said
    assert imported.exists()
    assert main(["purge-customers", str(imported), "--yes", "--lang", "en"]) == 0
    assert json.loads(capsys.readouterr()[0])["removed"] == 2
    assert not imported.exists()


def test_history_rows_that_name_a_file_go_with_their_bytes(tmp_path):
    path = tmp_path / "h.db"
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE history (id INTEGER PRIMARY KEY, entry TEXT)")
        base.executemany("INSERT INTO history (entry) VALUES (?)", [(json.dumps({"f": r"C:\Data\Clients.gpkg", "n": number}),) for number in range(300)])
        base.execute("INSERT INTO history (entry) VALUES ('other')")
    assert forget_rows(path, "history", ["C:/data/clients.gpkg"]) == 300
    assert b"Clients" not in path.read_bytes()
    assert forget_rows(path, "history", ["C:/data/clients.gpkg"]) == 0
    assert forget_rows(tmp_path / "none.db", "history", ["x"]) == 0


def test_a_file_is_named_however_its_slashes_are_written():
    needles = [r"C:\d\c.gpkg"]
    assert all(names_one(text, needles) for text in (r"C:\d\c.gpkg|layername=clients", "file:///C:/d/c.gpkg", '{"a": "C:\\\\d\\\\c.gpkg"}', b"c:/d/C.gpkg"))
    assert not any(names_one(value, needles) for value in ("C:/d/other.gpkg", None, 3))


# -- what is whose -----------------------------------------------------------------------------------------------------------------


def table(path, name, /, **columns):
    gpd.GeoDataFrame({name: [value] for name, value in columns.items()}, geometry=[shapely.Point(1, 1)], crs=4326).to_file(path, layer=name, driver="GPKG")


def test_customers_are_told_by_their_columns_and_not_by_the_name_of_the_table(tmp_path):
    own, mixed = tmp_path / "own.gpkg", tmp_path / "mixed.gpkg"
    table(own, "clients", owner="somebody else")
    table(mixed, "enriched", name="Café Untel", jz_acces="interdit")
    table(mixed, "bays", a=1)
    plan = purge_plan([own, mixed])
    assert (plan.files, plan.tables, plan.spared) == ((), ((mixed, ("enriched",)),), (own,))
    before = own.read_bytes()
    assert purge(plan).failed == []
    assert own.read_bytes() == before
    assert b"Untel" not in mixed.read_bytes()
    assert purge_plan([f"{own}|layername=clients"]).files == (own,)  # where the user marked the layer as a firm's


def test_backups_of_a_survey_stay_and_those_with_customers_go(tmp_path):
    survey = tmp_path / "bays.gpkg"
    table(survey, "bays", a=1)
    folder = History(survey).folder
    folder.mkdir()
    shutil.copy(survey, folder / "0001.gpkg")
    assert purge_plan([survey]).empty
    survey.rename(tmp_path / "elsewhere.gpkg")
    assert purge_plan([survey]).empty
    table(folder / "0002.gpkg", "clients", jz_cle="1")
    assert purge_plan([survey]).folders == (folder,)


def test_what_a_write_that_was_cut_off_left_goes_too(imported, tmp_path):
    cut, other = tmp_path / ".joptimiz-x1", tmp_path / ".joptimiz-x2"
    for folder, name in ((cut, "c.gpkg"), (other, "d.gpkg")):
        folder.mkdir()
        shutil.copy(imported, folder / name)
    assert purge(purge_plan([imported])).failed == []
    assert (cut.exists(), other.exists()) == (False, True)


def test_the_shell_ends_with_an_error_where_something_stays(imported, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    table(imported, "bays", a=1)
    with closing(sqlite3.connect(imported, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert main(["purge-customers", str(imported), "--yes", "--lang", "en"]) == 1
        other.execute("ROLLBACK")
    told, said = capsys.readouterr()
    assert told == ""
    assert "Not removed:" in said and "purge again" in said


@pytest.mark.parametrize(("ending", "driver"), [(".shp", "ESRI Shapefile"), (".tab", "MapInfo File"), (".mif", "MapInfo File")])
def test_an_export_of_several_files_goes_whole(tmp_path, ending, driver):
    """The rows of a MapInfo table are not in the file that was named."""
    gpd.GeoDataFrame({"nom": ["Durand"]}, geometry=gpd.points_from_xy([2.3], [48.8]), crs=4326).to_file(tmp_path / f"e{ending}", driver=driver)
    (tmp_path / "autre.dat").write_text("stays")
    purge(purge_plan([], [tmp_path / f"e{ending}"]))
    assert [path.name for path in tmp_path.iterdir()] == ["autre.dat"]
