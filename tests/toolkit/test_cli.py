"""``python -m joptimiz_qgis`` as a shell sees it: exit codes, one JSON object, sentences and never a traceback."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil

import geopandas as gpd
import pytest
from builders import around_paris, layer, national_csv
from conftest import ROOT, Run

from joptimiz_qgis import __main__ as cli_module
from joptimiz_qgis.toolkit.errors import CancelledError
from joptimiz_qgis.toolkit.progress import Progress

OK, BAD_DATA, USAGE = 0, 1, 2
LAMBERT_GEOJSON = (
    b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},'
    b'"geometry":{"type":"Point","coordinates":[652000,6862000]}}]}'
)


@pytest.fixture
def shell(capsys):
    """The same as ``cli`` without a process of its own: for lists of cases, each of which would cost a start of pandas."""

    def run(*arguments) -> Run:
        code = cli_module.main([str(argument) for argument in arguments])
        return Run(code, *capsys.readouterr())

    return run


@pytest.fixture
def bays(write_file):
    """Three bays around Notre-Dame: one by day, one out of service, one without position."""
    return write_file(
        "bornes.csv",
        national_csv(
            {"ID": "007", "TEMPORALITE_OSM": "Mo-Sa 07:00-20:00"},
            {"LONGITUDE": 2.3502, "ACTIVE": "non"},
            {"LONGITUDE": "", "LATITUDE": ""},
        ),
    )


@pytest.fixture
def points(write_file):
    """A customer at the first bay, one 3 km away, one without position."""
    return write_file("clients.csv", "client;longitude;latitude\na;2.35;48.85\nb;2.39;48.85\nc;;\n")


# -- what goes well ------------------------------------------------------------------------------------------------------


def test_read_bays_writes_the_table_and_the_rejects_and_prints_the_counts(cli, bays, tmp_path, folder_is_clean):
    out, rejects = tmp_path / "bornes.gpkg", tmp_path / "rejets.csv"
    run = cli("read-bays", bays, "-o", out, "--rejects", rejects)
    assert run.json == {
        "mapping": "national_v1", "rows_read": 3, "imported": 2, "corrected": 0, "completed": 0, "flagged": 0, "rejected": 1,
        "output": str(out),
        "rejects": ["Line 4, column “LONGITUDE”, value “”: no usable coordinates: the bay cannot be placed on the map"],
    }  # fmt: skip
    assert gpd.read_file(out, layer="bays")["id"].tolist() == ["007", "B2"]
    assert len(rejects.read_text(encoding="utf-8-sig").splitlines()) == 2
    assert "3 rows read: 2 imported" in run.err
    assert folder_is_clean(but=[bays, out, rejects])


def test_coverage_writes_a_row_a_point_and_prints_the_figures(cli, bays, points, tmp_path, folder_is_clean):
    out = tmp_path / "couverture.gpkg"
    run = cli("coverage", "--points", points, "--bays", bays, "-o", out, "--at", "2024-07-26T13:00", "--bands", "50;5000")
    figures = run.json
    wanted = {
        "points": 2, "covered": 1, "share_points": 0.5, "points_without_position": 0, "bays": 2, "bays_usable": 1, "bays_inactive": 1,
        "bays_closed": 0, "bays_hours_unknown": 0, "max_distance_m": 20.0, "at": "2024-07-26T13:00", "crs": "EPSG:2154",
        "bands": {"0–50 m": 1, "50–5000 m": 1, "> 5000 m": 0}, "points_rejected": 1, "bays_rejected": 1, "mapping": "national_v1",
    }  # fmt: skip
    assert {name: figures[name] for name in wanted} == wanted
    table = gpd.read_file(out)
    assert table["nearest_bay"].tolist() == ["007", "007"]
    assert table["covered"].tolist() == [True, False]
    assert folder_is_clean(but=[bays, points, out])


def test_the_reference_figures_of_paris(cli, shared_data, tmp_path):
    sources = shared_data / "delivery_points/paris_commerces_2022.geojson", shared_data / "bays/paris_livraison_2026-01.csv"
    before = [hashlib.sha256(source.read_bytes()).hexdigest() for source in sources]
    run = cli("coverage", "--points", sources[0], "--bays", sources[1], "-o", tmp_path / "out.fgb", "--quiet")
    assert (run.json["points"], run.json["covered"], round(run.json["median_distance_m"], 3)) == (2503, 1054, 23.886)
    assert run.err == ""
    assert [hashlib.sha256(source.read_bytes()).hexdigest() for source in sources] == before


def test_a_moment_out_of_hours_leaves_no_bay(cli, bays, points, tmp_path):
    """22:30 UTC on a July Friday is Saturday 00:30 in Paris."""
    run = cli("coverage", "--points", points, "--bays", bays, "-o", tmp_path / "o.gpkg", "--at", "2024-07-26T22:30Z", "--max-distance", "5,5")
    assert (run.json["at"], run.json["covered"], run.json["bays_closed"], run.json["max_distance_m"]) == ("2024-07-27T00:30", 0, 1, 5.5)


@pytest.mark.parametrize("how", [{"lang": "fr_FR.UTF-8"}, {"LANGUAGE": "fr"}, {"option": "fr"}])
def test_everything_is_said_in_french_to_who_reads_french(cli, bays, tmp_path, how):
    option = ["--lang", how.pop("option")] if "option" in how else []
    run = cli("read-bays", bays, "-o", tmp_path / "out.gpkg", *option, **how)
    assert "Lignes lues\u202f: 3, dont importées\u202f: 2" in run.err
    assert "rows read" not in run.err
    assert run.json["rejects"][0].startswith("Ligne 4, colonne «\u202fLONGITUDE\u202f»")
    assert run.json["imported"] == 2


# -- what goes wrong: exit 1 and one sentence ----------------------------------------------------------------------------


def fails(run, *said):
    """One sentence on standard error, nothing on standard output."""
    assert (run.code, run.out) == (BAD_DATA, "")
    assert run.err.count("\n") == 1, run.err
    for words in said:
        assert words in run.err


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("vide.csv", b"", "The file “vide.csv” is empty."),
        ("coupe.csv", b'ID;NOM\n1;"Rue', "“coupe.csv” is cut short: a quotation mark opened at line 2 is never closed. Download it again"),
        ("arbres.csv", b"essence;hauteur\nplatane;12\n", "Nearest: "),
        ("classeur.csv", b"PK\x03\x04\x00\x00", "“classeur.csv” is not a text file"),
        ("couche.gpkg", b"SQLite format 3\0" + b"\0" * 50, "“couche.gpkg” cannot be read as a vector file"),
        ("lambert.geojson", LAMBERT_GEOJSON, "they look like EPSG:2154. Give the layer its true CRS"),
    ],
)
def test_a_file_that_cannot_be_used(shell, write_file, tmp_path, folder_is_clean, name, content, said):
    source = write_file(name, content)
    fails(shell("read-bays", source, "-o", tmp_path / "out.gpkg", "--quiet"), name, said)
    assert source.read_bytes() == content
    assert folder_is_clean(but=[source])


def test_an_output_that_exists_is_left_byte_for_byte_unless_it_may_be_replaced(cli, bays, write_file):
    out = write_file("out.gpkg", b"precious")
    fails(cli("read-bays", bays, "-o", out, "--quiet"), str(out), "--overwrite to replace it")
    assert out.read_bytes() == b"precious"
    assert cli("read-bays", bays, "-o", out, "--overwrite").json["imported"] == 2
    assert len(gpd.read_file(out)) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "{folder}/absent/out.gpkg"], "There is no folder “{folder}/absent”"),
        (["-o", "{bays}/out.gpkg"], "There is no folder “{bays}”"),
        (["-o", "/proc/out.gpkg"], "“/proc/out.gpkg” cannot be written"),
        (["-o", "{folder}/out.xlsx"], "“out.xlsx” has no known ending. Expected: .gpkg"),
        (["-o", "{folder}/out.gpkg", "--rejects", "{folder}/rejets.txt"], "“rejets.txt” has no known ending. Expected: .csv"),
        (["-o", "{folder}/out.gpkg", "--rejects", "{bays}", "--overwrite"], "“{bays}” is one of the inputs; sources are never modified"),
        (["-o", "{folder}/out.gpkg", "--mapping", "marseille"], "There is no mapping “marseille”. Choose one of: hauts_de_seine, "),
        (["-o", "{folder}/out.gpkg", "--crs", "Lambert"], "“Lambert” is not a coordinate system"),
    ],
)
def test_options_that_cannot_be_followed(shell, bays, tmp_path, folder_is_clean, arguments, said):
    places = {"folder": tmp_path, "bays": bays}
    before = bays.read_bytes()
    run = shell("read-bays", bays, "--quiet", *(argument.format(**places) for argument in arguments))
    fails(run, said.format(**places))
    assert bays.read_bytes() == before
    assert folder_is_clean(but=[bays])


@pytest.mark.parametrize(("text", "said"), [("0", "0.0"), ("-5", "-5.0"), ("nan", "nan")])
def test_an_impossible_distance(shell, bays, points, tmp_path, text, said):
    run = shell("coverage", "--points", points, "--bays", bays, "-o", tmp_path / "o.gpkg", f"--max-distance={text}", "--quiet")
    fails(run, f"The distance is {said}. Expected: a number of metres greater than 0, for example 20.")


def test_a_layer_without_crs_is_asked_for_it_and_then_read(cli, bays, tmp_path):
    clients = tmp_path / "clients.shp"
    layer(around_paris((0, 0)), None, nom=["a"]).to_file(clients)
    arguments = ["coverage", "--points", clients, "--bays", bays, "-o", tmp_path / "out.gpkg", "--quiet"]
    fails(cli(*arguments), "“clients.shp” does not say its coordinate system", "the option whose name ends in -crs (--points-crs, --customers-crs…), for example EPSG:2154")
    assert cli(*arguments, "--points-crs", "EPSG:2154").json["points"] == 1


def test_a_source_is_never_replaced_even_if_overwriting_is_allowed(cli, bays, tmp_path):
    clients = tmp_path / "clients.gpkg"
    layer(around_paris((0, 0)), nom=["a"]).to_file(clients)
    before = clients.read_bytes()
    run = cli("coverage", "--points", f"{clients}|layername=clients", "--bays", bays, "-o", clients, "--overwrite", "--quiet")
    fails(run, "is one of the inputs; sources are never modified. Choose another file for the result.")
    assert clients.read_bytes() == before


def test_errors_are_said_in_french_too(cli, tmp_path):
    run = cli("read-bays", tmp_path / "absent.csv", "-o", tmp_path / "out.gpkg", "--quiet", "--lang", "fr")
    fails(run, f"Le fichier «\u202f{tmp_path / 'absent.csv'}\u202f» n’existe pas. Vérifiez le nom et le dossier.")


BLOCKED = "import sys; sys.modules.update(dict.fromkeys({names!r})); from joptimiz_qgis.__main__ import main; sys.exit(main(sys.argv[1:]))"


@pytest.mark.parametrize("names", [["geopandas"], ["shapely"], ["numpy", "pandas"], ["pyogrio", "fiona"]])
@pytest.mark.parametrize("command", [["read-bays", "x.csv"], ["coverage", "--points", "x.csv", "--bays", "y.csv"]])
def test_a_missing_library_is_one_sentence_with_what_to_type(run_python, tmp_path, names, command):
    run = run_python("-c", BLOCKED.format(names=names), *command, "-o", tmp_path / "out.gpkg")
    wanted = names[:1] if "pyogrio" in names else names
    fails(run, f"JOPTIMIZ needs the Python libraries {', '.join(wanted)}, which are not installed here. In a terminal, type: ")
    assert " ".join(f"python3-{name}" for name in wanted) in run.err or "pip install" in run.err


# -- wrong usage: exit 2 -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "usage: "),
        (["import"], "invalid choice: 'import'"),
        (["read-bays"], "the following arguments are required: "),
        (["read-bays", "a.csv", "-o", "b.gpkg", "--colour"], "unrecognized arguments: --colour"),
        (["read-bays", "a.csv", "-o", "b.gpkg", "--lang", "de"], "invalid choice: 'de'"),
        (["coverage", "-o", "b.gpkg", "--points", "a.csv"], "required: --bays"),
        (["coverage", "--max-distance", "vingt"], "'vingt' is not a number of metres; expected for example 20"),
        (["coverage", "--at", "demain"], "'demain' is not a moment; expected for example 2024-07-26T13:00"),
        (["coverage", "--bands", "10,vingt"], "The distance bands are 10,vingt. Expected: numbers of metres"),
    ],
)
def test_wrong_usage_is_told(cli, arguments, said):
    run = cli(*arguments)
    assert (run.code, run.out) == (USAGE, "")
    assert said in run.err


def test_help_is_no_error(cli):
    run = cli("coverage", "--help")
    assert run.code == OK
    assert "--max-distance" in run.out


# -- cancelled -----------------------------------------------------------------------------------------------------------


class CancelAt(Progress):
    """Cancels at the given step; counts the steps."""

    def __init__(self, step):
        self.last, self.steps = step, 0

    def cancelled(self):
        self.steps += 1
        return self.steps == self.last

    def say(self, text):
        """Notes are not what is tested here."""


@pytest.mark.parametrize("command", ["read-bays {bays}", "coverage --points {points} --bays {bays}"])
def test_a_cancel_at_any_step_leaves_nothing_behind(bays, points, tmp_path, folder_is_clean, command):
    out = tmp_path / "out.gpkg"
    arguments = [*command.format(bays=bays, points=points).split(), "-o", str(out)]
    options = cli_module._parser().parse_args(arguments)
    for step in range(1, 20):
        progress = CancelAt(step)
        try:
            options.command(options, progress)
        except CancelledError:
            assert folder_is_clean(but=[bays, points])
        else:
            break
    assert step == progress.steps + 1 > 1
    assert folder_is_clean(but=[bays, points, out])


def test_an_interrupt_is_a_cancel(bays, tmp_path, folder_is_clean, monkeypatch, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("joptimiz_qgis.toolkit.read.bays.bays_from_raw", interrupted)
    assert cli_module.main(["read-bays", str(bays), "-o", str(tmp_path / "out.gpkg"), "--quiet"]) == BAD_DATA
    assert capsys.readouterr().err == "Cancelled; nothing was written.\n"
    assert folder_is_clean(but=[bays])


def test_the_sources_and_their_folder_stay_as_they_were(cli, shared_data, tmp_path):
    """Vector formats with side files: reading must not leave a -wal or an .idx beside them."""
    folder = tmp_path / "sources"
    folder.mkdir()
    for name in ("delivery_points/paris_restaurants_2018.gpkg", "bays/hauts_de_seine.csv"):
        shutil.copy(shared_data / name, folder)
    before = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    restaurants, bays = folder / "paris_restaurants_2018.gpkg", folder / "hauts_de_seine.csv"
    run = cli("coverage", "--points", restaurants, "--bays", bays, "-o", tmp_path / "out.gpkg", "--quiet")
    assert json.loads(run.out)["points"] == 23_348
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()} == before


# -- movements, zones, categories, vehicle -------------------------------------------------------------------------------


@pytest.fixture
def paris(cli, shared_data, tmp_path):
    """``paris("--zones", file)``: the coverage of the Paris restaurants, with more asked for."""
    points = shared_data / "delivery_points" / "paris_restaurants_2018.gpkg"
    bays = shared_data / "bays" / "paris_livraison_2026-01.csv"
    return lambda *more: cli("coverage", "--points", points, "--bays", bays, "-o", tmp_path / "out.gpkg", *more).json


@pytest.mark.parametrize(("zones", "rows"), [("paris_iris.gpkg", 992), ("paris_arrondissements.geojson", 20)])
def test_zones_add_up_to_the_whole(paris, shared_data, zones, rows):
    told = paris("--zones", shared_data / "zones" / zones)
    assert len(told["by_zone"]) >= rows
    assert sum(part["points"] for part in told["by_zone"]) == told["points"] == 23348
    assert sum(part["covered"] for part in told["by_zone"]) == told["covered"] == 9253
    assert sum(part["movements"] for part in told["by_zone"]) == pytest.approx(told["movements"])


def test_categories_add_up_and_each_share_is_its_own(cli, tmp_path):
    sample = ROOT / "joptimiz_qgis" / "resources" / "sample"
    layers = ("--points", sample / "establishments.csv", "--bays", sample / "bays.csv")
    told = cli("coverage", *layers, "--category", "apet700", "-o", tmp_path / "out.gpkg").json
    assert sum(part["covered"] for part in told["by_category"]) == told["covered"] == 407
    assert sum(part["movements"] for part in told["by_category"]) == pytest.approx(told["movements"])
    assert told["share_movements"] == pytest.approx(told["movements_covered"] / told["movements"])
    assert told["share_movements"] != pytest.approx(told["share_points"], abs=1e-3)


def test_a_long_vehicle_has_fewer_bays(paris, shared_data):
    told = paris("--vehicle-length", "12")
    with (shared_data / "bays" / "paris_livraison_2026-01.csv").open(encoding="utf-8-sig", newline="") as file:
        long_enough = sum(round(float(row["Longueur"]) * 100, 2) >= 1200 for row in csv.DictReader(file, delimiter=";"))
    assert told["bays_usable"] == long_enough < told["bays"] == 9198
    assert told["covered"] < 9253


def test_movements_are_not_invented(cli, points, bays, tmp_path):
    told = cli("coverage", "--points", points, "--bays", bays, "-o", tmp_path / "out.gpkg").json
    assert (told["covered"], told["movements"], told["share_movements"]) == (1, None, None)
    assert "movements_per_week" not in gpd.read_file(tmp_path / "out.gpkg")


def test_an_unknown_category_names_the_columns_there_are(cli, points, bays, tmp_path):
    run = cli("coverage", "--points", points, "--bays", bays, "--category", "naf9", "-o", tmp_path / "out.gpkg")
    assert run.code == BAD_DATA
    assert "naf9" in run.err
    assert "client" in run.err
    assert not (tmp_path / "out.gpkg").exists()


def test_walking_stands_beside_the_straight_line(paris, shared_data, tmp_path):
    told = paris("--network", shared_data / "osm" / "paris16_streets.gpkg")
    rows = gpd.read_file(tmp_path / "out.gpkg")
    walked = rows[rows["walking_m"].notna()]
    assert len(walked) > 600
    assert (walked["walking_m"] >= walked["distance_m"] - 1e-6).all()
    assert told["covered"] == 9253
    assert told["walking"]["covered"] == int(rows["walking_covered"].fillna(False).sum()) < len(walked)


def test_the_report_is_one_page_with_the_figures_of_the_shell(cli, tmp_path):
    sample = ROOT / "joptimiz_qgis" / "resources" / "sample"
    page = tmp_path / "rapport.html"
    layers = ("--points", sample / "establishments.csv", "--bays", sample / "bays.csv")
    told = cli("coverage", *layers, "--report", page, "--title", "Valorge <b>", "-o", tmp_path / "out.gpkg", "--lang", "fr").json
    text = page.read_text(encoding="utf-8")
    assert "Valorge &lt;b&gt;" in text
    assert "32,6" in text
    assert sum(gap["points"] for gap in told["gaps"]) <= told["points"] - told["covered"] == 843
    again = cli("coverage", *layers, "--report", page, "-o", tmp_path / "other.gpkg")
    assert again.code == BAD_DATA
    assert "rapport.html" in again.err
    assert page.read_text(encoding="utf-8") == text
    assert not (tmp_path / "other.gpkg").exists()
