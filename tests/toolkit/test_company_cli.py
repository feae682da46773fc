"""``import-company`` and ``undo-import`` as a shell sees them."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from builders import published_rows
from company_builders import COUNT, HEADER, customers, in_crs, text_file, xlsx_file
from company_builders import as_numbers as as_spreadsheet

from joptimiz_qgis import __main__ as cli_module
from joptimiz_qgis.toolkit.errors import OutputError
from tests.web_server import Answer, web_server

BAD_DATA = 1


@pytest.fixture
def shell(capsys, tmp_path, monkeypatch):
    """A run in this process, with a cache folder of its own; ``(code, JSON or None, standard error)``."""
    import json

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def run(*arguments):
        code = cli_module.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, json.loads(out) if out else None, err

    return run


def test_real_customers_are_imported_and_counts_add_up(cli, shared_data, tmp_path):
    told = cli("import-company", shared_data / "company" / "clients_paris.csv", "-o", tmp_path / "c.gpkg", "--findings", tmp_path / "f.csv", XDG_CACHE_HOME=str(tmp_path)).json
    assert told["rows_read"] == told["imported"] + told["rejected"] == 7004
    assert told["placed"] + told["to_review"] + told["not_placed"] == told["imported"]
    assert told["placed"] == 0  # the file has no coordinates, and nobody agreed to send addresses
    assert sum(told["findings"].values()) == len(published_rows(tmp_path / "f.csv"))
    assert told["findings"]["duplicate_siret"] > 0
    assert len(gpd.read_file(tmp_path / "c.gpkg", layer="clients_a_verifier")) == 7004


def test_a_recipe_is_saved_replayed_and_undone(shell, tmp_path):
    out, recipe = tmp_path / "c.gpkg", tmp_path / "r.json"
    code, told, _ = shell("import-company", xlsx_file(tmp_path / "mai.xlsx", [as_spreadsheet(row) for row in customers()]), "-o", out, "--fix", "all", "--save-recipe", recipe)
    assert (code, told["corrections"], told["placed"]) == (0, ["siret_zeros", "postcode_zeros"], COUNT)
    before = out.read_bytes()
    june = [[*row[:1], "Nouveau nom", *row[2:]] if number == 3 else row for number, row in enumerate(customers())]
    code, told, err = shell("import-company", xlsx_file(tmp_path / "juin.xlsx", [as_spreadsheet(row) for row in june]), "-o", out, "--recipe", recipe, "--lang", "en")
    assert (code, told["merge"]) == (0, {"new": 0, "changed": 1, "unchanged": 59, "missing": 0, "kept_by_hand": 0})
    assert told["changed_fields"] == {"Raison sociale": 1}
    assert "0 new, 1 changed, 59 unchanged, 0 missing." in err
    assert "Nouveau nom" not in err
    assert shell("undo-import", out)[1] == {"output": str(out), "removed": False}
    assert out.read_bytes() == before


def test_a_recipe_is_not_saved_over_anything_else(shell, tmp_path):
    path, out, other = text_file(tmp_path / "a.csv", customers()), tmp_path / "c.gpkg", tmp_path / "data.json"
    other.write_text('{"mine": 1}')
    before = path.read_bytes()
    for recipe, said in ((path, "is one of the inputs"), (other, "is no recipe; it was left as it is"), (tmp_path / "no" / "r.json", "There is no folder")):
        code, _, err = shell("import-company", path, "-o", out, "--save-recipe", recipe, "--lang", "en")
        assert (code, said in err, out.exists()) == (BAD_DATA, True, False)
    assert (path.read_bytes(), other.read_text()) == (before, '{"mine": 1}')
    for _ in range(2):  # a recipe itself may be saved anew
        assert shell("import-company", path, "-o", out, "--save-recipe", tmp_path / "r.json")[0] == 0


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (["--threshold", "nan"], "The threshold is nan"),
        (["--threshold", "60"], "The threshold is 60"),
        (["--fix", "siret_zero"], "“siret_zero” is no kind of finding. Expected: siret_digits_lost, "),
        (["--rejects", "same.csv", "--findings", "same.csv"], "is named for two results"),
    ],
)
def test_impossible_choices_are_said_before_anything_is_written(shell, tmp_path, told, said):
    told = [str(tmp_path / text) if text.endswith(".csv") else text for text in told]
    code, _, err = shell("import-company", text_file(tmp_path / "a.csv", customers()), "-o", tmp_path / "c.gpkg", *told, "--lang", "en")
    assert code == BAD_DATA
    assert said in err
    assert [path.name for path in tmp_path.iterdir() if path.name != "cache"] == ["a.csv"]


def test_a_list_of_rejects_that_excel_holds_open_leaves_the_result_as_it_was(shell, tmp_path, monkeypatch):
    from pathlib import Path

    def locked(self, target):
        raise PermissionError(13, "Permission denied")

    path, out, rejects = text_file(tmp_path / "a.csv", customers()), tmp_path / "c.gpkg", tmp_path / "r.csv"
    monkeypatch.setattr(Path, "replace", locked)
    code, _, err = shell("import-company", path, "-o", out, "--rejects", rejects, "--lang", "en")
    assert (code, out.exists(), rejects.exists()) == (BAD_DATA, False, False)
    assert "cannot be written: Permission denied. Choose another folder, or close the program that has the file open." in err


def test_a_key_that_looks_like_a_repeated_one_is_still_its_own():
    from joptimiz_qgis.toolkit.company.merge import keys_of

    rows = pd.DataFrame({"id": ["A", "A", "A#2", "A", "A#2"]}, dtype=object)
    keys, _ = keys_of(rows, {}, ["id"])
    assert keys.is_unique
    assert keys[0] == "A"
BESIDE = ("rejects.csv", "findings.csv", "r.json")


@pytest.fixture
def two_months(shell, tmp_path):
    """A first import with all its files, and how a second one is asked for that replaces them."""
    paths = [part for name, option in zip(BESIDE, ("--rejects", "--findings", "--save-recipe")) for part in (option, tmp_path / name)]
    june = [[*row[:1], "Nouveau nom", *row[2:]] for row in customers()[:30]]
    sources = [text_file(tmp_path / "mai.csv", customers()), text_file(tmp_path / "juin.csv", [*june, ["Total 30"]])]
    assert shell("import-company", sources[0], "-o", tmp_path / "c.gpkg", *paths)[0] == 0
    return ("import-company", sources[1], "-o", tmp_path / "c.gpkg", "--overwrite", "--lang", "en", *paths)


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and "cache" not in path.parts}


@pytest.mark.parametrize("locked", ["c.gpkg", *BESIDE])
def test_all_files_of_an_import_are_written_or_none(shell, two_months, tmp_path, monkeypatch, locked):
    before = contents(tmp_path)
    replace = type(tmp_path).replace

    def refuse(path, target):
        if path == tmp_path / locked or (target == tmp_path / locked and path.parent != tmp_path and not path.name.startswith("before-")):
            raise PermissionError(13, "The process cannot access the file because it is being used by another process")
        return replace(path, target)

    monkeypatch.setattr(type(tmp_path), "replace", refuse)  # as Windows does with a file that Excel or QGIS has open
    code, told, err = shell(*two_months)
    assert (code, told) == (BAD_DATA, None)
    assert locked in err and "close the program that has the file open" in err
    assert contents(tmp_path) == before
    monkeypatch.undo()
    assert shell(*two_months)[0] == 0
    assert all((tmp_path / name).read_bytes() != before[name] for name in ("c.gpkg", "rejects.csv"))


def test_a_log_that_cannot_be_written_takes_the_import_back(shell, two_months, tmp_path, monkeypatch):
    from joptimiz_qgis.toolkit.company.history import History

    def full(*_):
        raise OutputError("“{path}” cannot be written: {cause}", path="imports.jsonl", cause="No space left")

    before = contents(tmp_path)
    monkeypatch.setattr(History, "record", full)
    code, _, err = shell(*two_months)
    assert (code, "No space left" in err) == (BAD_DATA, True)
    assert contents(tmp_path) == before


def test_a_dry_run_writes_nothing(shell, tmp_path):
    code, told, _ = shell("import-company", text_file(tmp_path / "a.csv", customers()), "-o", tmp_path / "c.gpkg", "--dry-run")
    assert (code, told["merge"]["new"], told["output"]) == (0, COUNT, None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv"]


def test_rejects_and_findings_are_files_that_a_spreadsheet_opens_without_running_them(shell, tmp_path):
    rows = [["C1", "=cmd|' /C calc'!A0", "1", "1 rue A", "1000", "Bourg", "5.2", "46.2", "1"], ["=HYPERLINK(1)", "x"], *customers()]
    shell("import-company", text_file(tmp_path / "a.csv", rows), "-o", tmp_path / "c.gpkg", "--rejects", tmp_path / "r.csv", "--findings", tmp_path / "f.csv", "--lang", "en")
    rejects = published_rows(tmp_path / "r.csv")
    assert [(row["line"], row["row"]) for row in rejects] == [("3", "'=HYPERLINK(1);x")]
    assert "it has 2 cells where the header has 9" in rejects[0]["reason"]
    found = published_rows(tmp_path / "f.csv")
    assert ("2", "Code postal", "1000", "01000") in [(row["line"], row["column"], row["value"], row["proposal"]) for row in found]


def test_what_the_user_says_of_columns_and_crs_is_taken_and_remembered(shell, tmp_path):
    header, rows = in_crs(customers(), "EPSG:3946", ("A1", "A2"))
    path = text_file(tmp_path / "a.csv", rows[3:4], header)
    code, told, _ = shell("import-company", path, "-o", tmp_path / "c.gpkg", "--column", "x=A1", "--column", "y=A2", "--crs", "EPSG:3946")
    assert (code, told["placed"], told["crs"], told["columns"]["id"]) == (0, 1, "EPSG:3946", "N° client")
    assert shell("import-company", path, "-o", tmp_path / "d.gpkg", "--crs", "EPSG:3946")[1]["columns"]["x"] == "A1"


def test_sirets_are_placed_from_the_user_s_stock_in_the_crs_of_each_row(shell, tmp_path):
    rows = [row[:6] for row in customers()[:4]]
    stock = pd.DataFrame({"siret": [row[2] for row in rows[:3]], "x": [652_000, 340_000, 700_000], "y": [6_862_000, 7_650_000, 6_600_000], "epsg": [2154, 2975, 2154], "qualite_xy": [11, 11, 33]})
    stock.to_parquet(tmp_path / "s.parquet")
    stock.to_csv(tmp_path / "s.csv", index=False)
    path = text_file(tmp_path / "a.csv", rows, HEADER[:6])
    for number, ending in enumerate((".parquet", ".csv")):
        out = tmp_path / f"{number}.gpkg"
        code, told, _ = shell("import-company", path, "-o", out, "--sirene", tmp_path / f"s{ending}")
        assert (code, told["placed"], told["to_review"], told["not_placed"], told["by_origin"]["sirene"]) == (0, 2, 1, 1, 2)
        points = gpd.read_file(out, layer="clients").geometry
        there = {2154: (652_000, 6_862_000), 2975: (340_000, 7_650_000)}
        expected = [gpd.GeoSeries.from_xy([x, x], [y, y], crs=crs).to_crs(4326)[0] for crs, (x, y) in there.items()]
        assert [point.distance(other) < 1e-7 for point, other in zip(points, expected)] == [True, True]
        assert told["not_placed"] == 1
        assert len(gpd.read_file(out, layer="clients_a_verifier")["jz_motif"].dropna()) == 2  # the middle of a commune, and none


def test_addresses_go_nowhere_unless_the_host_is_named(shell, tmp_path):
    path = text_file(tmp_path / "a.csv", [row[:6] for row in customers()], HEADER[:6])
    with web_server() as server:
        server.on("/search/csv/", Answer(500))
        code, told, err = shell("import-company", path, "-o", tmp_path / "c.gpkg", "--geocoder", server.url, "--lang", "en")
        assert (code, told["geocoder"]["to_send"], told["geocoder"]["sent"], server.asked) == (0, COUNT, 0, [])
        assert f"{COUNT} addresses would be sent to “{server.host}”" in err
        code, _, err = shell("import-company", path, "-o", tmp_path / "d.gpkg", "--geocoder", server.url, "--send-addresses", "data.geopf.fr", "--lang", "en")
        assert (code, server.asked) == (BAD_DATA, [])
        assert "Nothing was sent." in err
        code, told, _ = shell("import-company", path, "-o", tmp_path / "e.gpkg", "--geocoder", server.url, "--send-addresses", server.host, "--lang", "en")
        assert code == 0
        assert "failed (HTTP 500)" in told["geocoder"]["failure"]
        assert told["not_placed"] == COUNT


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a.csv", "-o", "out.xlsx"], "has no known ending"), (["absent.csv", "-o", "c.gpkg"], "There is no file"), (["a.csv", "-o", "c.gpkg", "--recipe", "a.csv"], "is not a recipe"),
        (["a.csv", "-o", "c.gpkg", "--key", "Couleur"], "Couleur"), (["a.csv", "-o", "c.gpkg", "--column", "id=Couleur"], "has no column “Couleur”"), (["a.csv", "-o", "c.gpkg", "--crs", "EPSG:1"], "is not a coordinate system"),
        (["a.csv", "-o", "c.gpkg", "--rejects", "a.csv"], "sources are never modified"), (["a.csv", "-o", "c.gpkg", "--towns", "a.csv", "--sheet", "x", "--encoding", "ascii"], "cannot be read as ascii"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_a_sentence(shell, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    text_file(tmp_path / "a.csv", customers())
    code, told, err = shell("import-company", *arguments, "--lang", "en")
    assert (code, told) == (BAD_DATA, None)
    assert said in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv"]
