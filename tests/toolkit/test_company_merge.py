"""The second import: new, changed, unchanged, missing, exactly; positions corrected by hand survive; undone byte for byte."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
from contextlib import closing

import geopandas as gpd
import pytest
import shapely
from company_builders import HEADER, as_numbers, customers, text_file, xlsx_file

from joptimiz_qgis.toolkit.company import pipeline
from joptimiz_qgis.toolkit.company.history import History
from joptimiz_qgis.toolkit.company.pipeline import CUSTOMERS, TO_REVIEW, compared, locate, prepare, read_previous
from joptimiz_qgis.toolkit.company.recipe import Recipe
from joptimiz_qgis.toolkit.errors import DataError, OutputError, ParameterError
from joptimiz_qgis.toolkit.geopackage import add_functions
from joptimiz_qgis.toolkit.progress import Progress


def run(path, output, recipe=None, write=True):
    prepared = prepare(path, recipe)
    ready = compared(prepared, locate(prepared), read_previous(output))
    if write:
        ready.write(output)
    return ready


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def month(tmp_path):
    """``month(rows)``: the export of a month."""

    def write(rows, name="export.csv", header=None):
        return text_file(tmp_path / name, rows, header)

    return write


@pytest.fixture
def output(tmp_path):
    return tmp_path / "clients.gpkg"


# -- what changed ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_hundred_edits_fifty_additions_and_fifty_removals_are_said_exactly(month, output, seed):
    chance = random.Random(seed)
    rows = customers(600)
    run(month(rows), output)
    before = digest(output)
    numbers = list(range(600))
    chance.shuffle(numbers)
    edited, removed = numbers[:100], set(numbers[100:150])
    fields = 0
    new = [list(row) for row in rows]
    for number in edited:
        columns = chance.sample(range(1, 9), chance.randint(1, 3))
        fields += len(columns)
        for column in columns:
            new[number][column] = f"{float(new[number][column]) + 0.25:.6f}" if column >= 6 else new[number][column] + " X"
    new = [row for number, row in enumerate(new) if number not in removed] + customers(650)[600:]
    chance.shuffle(new)
    ready = run(month(new), output, write=False)
    assert ready.merged.counts() == {"new": 50, "changed": 100, "unchanged": 450, "missing": 50, "kept_by_hand": 0}
    assert len(ready.merged.changes.changed) == fields
    assert digest(output) == before  # a preview writes nothing
    ready.write(output)
    assert len(read_previous(output)) == 650
    assert run(month(new), output, write=False).merged.counts() == {"new": 0, "changed": 0, "unchanged": 600, "missing": 0, "kept_by_hand": 0}
    History(output).undo()
    assert digest(output) == before


@pytest.mark.parametrize(("told", "rows", "absent"), [("keep", 60, 0), ("mark", 60, 10), ("remove", 50, 0)])
def test_missing_customers_are_kept_marked_or_removed_as_told(month, output, told, rows, absent):
    run(month(customers()), output)
    run(month(customers()[:50]), output, Recipe(missing=told))
    table = read_previous(output)
    assert (len(table), int((table["jz_suivi"] == "absent").sum())) == (rows, absent)


def test_a_marked_customer_is_not_missing_twice_and_may_come_back(month, output):
    run(month(customers()), output)
    run(month(customers()[:50]), output)
    assert run(month(customers()[:50]), output).merged.counts()["missing"] == 0
    back = run(month(customers()), output)
    assert back.merged.counts()["new"] == 10
    assert (read_previous(output)["jz_suivi"] == "present").all()


def test_the_firm_s_columns_stay_in_order_and_as_they_were(month, output):
    run(month(customers()), output)
    table = gpd.read_file(output, layer=CUSTOMERS)
    assert list(table.columns[: len(HEADER)]) == HEADER
    assert [" ".join(cell.split()) for cell in table["Adresse"]] == [" ".join(row[3].split()) for row in customers()]
    assert table["SIRET"].tolist() == [row[2] for row in customers()]


def test_columns_that_a_geopackage_keeps_for_itself_are_renamed_and_still_compared(month, output):
    header = ["fid", "geom", *HEADER[2:]]
    run(month(customers(), header=header), output)
    assert run(month(customers(), header=header), output).merged.counts()["unchanged"] == 60


def test_a_number_written_otherwise_has_not_changed(month, output, tmp_path):
    run(month(customers()), output)
    workbook = xlsx_file(tmp_path / "juin.xlsx", [as_numbers(row) for row in customers()])
    prepared = prepare(workbook, Recipe(corrections=("siret_zeros", "postcode_zeros")))
    found = compared(prepared, locate(prepared), read_previous(output)).merged.counts()
    assert (found["unchanged"], found["changed"]) == (60, 0)
    commas = [[*row[:6], *(cell.replace(".", ",") + "0" for cell in row[6:])] for row in customers()]
    assert run(month(commas), output, write=False).merged.counts()["unchanged"] == 60


# -- keys ------------------------------------------------------------------------------------------------------------------------


def test_without_identifier_name_and_address_tell_customers_apart(month, output):
    header, rows = ["Raison sociale", "Adresse", "Code postal", "Ville"], [[row[1], *row[3:6]] for row in customers()]
    run(month([*rows, rows[0]], header=header), output)
    spelled = [[row[0].upper(), row[1].replace("rue de l’Église", "R. DE L'EGLISE"), *row[2:]] for row in rows]
    found = run(month([*spelled, spelled[0]], header=header), output, write=False).merged.counts()
    assert (found["new"], found["missing"], found["changed"]) == (0, 0, 61)


def test_the_user_chooses_the_key(month, output):
    run(month(customers()), output, Recipe(key=("SIRET",)))
    renumbered = [[f"N{row[0]}", *row[1:]] for row in customers()]
    assert run(month(renumbered), output, Recipe(key=("SIRET",)), write=False).merged.counts()["changed"] == 60
    with pytest.raises(ParameterError, match="“burn” is none of: keep, mark, remove"):
        run(month(renumbered), output, Recipe(missing="burn"))


# -- corrections by hand ---------------------------------------------------------------------------------------------------------


def edit(output, change, layer=CUSTOMERS):
    """What a person does in QGIS."""
    layers = {name: gpd.read_file(output, layer=name) for name in (CUSTOMERS, TO_REVIEW)}
    change(layers[layer])
    output.unlink()
    for name, table in layers.items():
        table.to_file(output, layer=name, driver="GPKG")


def change(output, *statements):
    """The same without QGIS's making the file anew."""
    with closing(sqlite3.connect(output)) as base, base:
        add_functions(base)
        for one in statements:
            base.execute(one)


def test_a_point_moved_by_hand_stays_where_it_was_put(month, output):
    run(month(customers()), output)
    there = shapely.Point(2.5, 48.7)

    def move(table):
        table.loc[table["N° client"].isin(["C0003", "C0004"]), "geometry"] = there

    edit(output, move)
    new = [list(row) for row in customers()]
    new[4][3] = "99 rue Neuve"
    ready = run(month(new), output)
    assert (ready.merged.kept_by_hand, ready.merged.to_check) == (2, ["C0004"])
    table = read_previous(output).set_index("N° client")
    assert (table.loc[["C0003", "C0004"], "geometry"] == there).all()
    assert table.loc["C0003", "jz_origine"] == "manuelle"
    assert "the address changed since the position was corrected by hand" in table.loc["C0004", "jz_motif"]
    again = run(month(new), output)
    assert again.merged.kept_by_hand == 2
    assert (read_previous(output).set_index("N° client").loc[["C0003", "C0004"], "geometry"] == there).all()


def test_a_point_put_on_the_map_from_the_review_layer_is_placed_next_time(month, output):
    header, rows = HEADER[:6], [row[:6] for row in customers()]
    run(month(rows, header=header), output)
    assert len(gpd.read_file(output, layer=TO_REVIEW)) == 60

    def put(table):
        table["geometry"] = table["geometry"].astype(object)
        table.loc[0, "geometry"] = shapely.Point(2.35, 48.85)

    edit(output, put, TO_REVIEW)
    run(month(rows, header=header), output)
    assert gpd.read_file(output, layer=CUSTOMERS)["jz_origine"].tolist() == ["manuelle"]


def test_a_position_found_once_is_kept_where_the_address_is_the_same(month, output):
    """The Sirene file, or the geocoder, need not be there again."""
    header, rows = HEADER[:6], [row[:6] for row in customers()]
    stock = output.with_name("stock.csv")
    stock.write_text("siret,x,y,epsg\n" + "".join(f"{row[2]},652000,6862000,2154\n" for row in rows), encoding="utf-8")
    prepared = prepare(month(rows, header=header))
    compared(prepared, locate(prepared, sirene=stock), None).write(output)
    assert len(gpd.read_file(output, layer=CUSTOMERS)) == 60
    rows[7][3] = "1 rue Neuve"
    run(month(rows, header=header), output)
    assert len(gpd.read_file(output, layer=CUSTOMERS)) == 59


# -- backup, undo, log -----------------------------------------------------------------------------------------------------------


def test_undo_goes_back_import_by_import_to_nothing(month, output, tmp_path):
    states = []
    for count in (10, 20, 30):
        run(month(customers(count)), output)
        states.append(output.read_bytes())
    history = History(output)
    for state in (states[1], states[0]):
        assert history.undo().removed is False
        assert output.read_bytes() == state
    assert history.undo().removed is True
    assert not output.exists()
    with pytest.raises(DataError, match=r"There is no import of “clients\.gpkg” to undo"):
        history.undo()
    history.purge()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export.csv"]


def test_what_was_changed_since_is_not_lost_by_an_undo_unasked(month, output):
    run(month(customers()), output)
    first = output.read_bytes()
    run(month(customers()[:50]), output)
    edit(output, lambda table: table.drop(index=table.index[:5], inplace=True))
    with pytest.raises(DataError, match="was changed since its last import"):
        History(output).undo()
    History(output).undo(even_if_changed=True)
    assert output.read_bytes() == first


def test_an_import_that_fails_or_is_cancelled_leaves_all_as_it_was(month, output, monkeypatch):
    run(month(customers()), output)
    before, entries = output.read_bytes(), History(output).entries()

    class Cancelled(Progress):
        def cancelled(self):
            return True

    prepared = prepare(month(customers()[:50]))
    ready = compared(prepared, locate(prepared), read_previous(output))
    with pytest.raises(Exception, match="Cancelled; nothing was written"):
        ready.write(output, progress=Cancelled())
    monkeypatch.setattr(pipeline, "write_layers", lambda *_, **__: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        ready.write(output)
    assert (output.read_bytes(), History(output).entries()) == (before, entries)
    assert [path.name for path in History(output).folder.iterdir()] == ["imports.jsonl"]


def test_a_file_with_changes_in_another_program_is_not_imported_over(month, output):
    run(month(customers()), output)
    base = sqlite3.connect(output)
    base.execute("PRAGMA journal_mode=WAL")
    base.execute("CREATE TABLE t (a)")
    base.commit()
    prepared = prepare(month(customers()[:50]))
    ready = compared(prepared, locate(prepared), None)
    with pytest.raises(OutputError, match="open in another program"):
        ready.write(output)
    base.close()


@pytest.mark.parametrize("lock", ["EXCLUSIVE", "IMMEDIATE"])
def test_a_file_that_somebody_is_writing_into_is_not_replaced(month, output, lock):
    run(month(customers()), output)
    prepared = prepare(month(customers()[:50]))
    ready = compared(prepared, locate(prepared), read_previous(output))
    before = output.read_bytes()
    base = sqlite3.connect(output, isolation_level=None)
    base.execute(f"BEGIN {lock}")
    with pytest.raises(OutputError, match="open in another program"):
        ready.write(output)
    base.execute("ROLLBACK")
    base.close()
    assert output.read_bytes() == before
    ready.write(output)


def test_what_was_changed_between_comparison_and_writing_is_not_lost(month, output):
    """Somebody moves a point on the map while the import waits for a yes."""
    run(month(customers()), output)
    prepared = prepare(month(customers()[:50]))
    ready = compared(prepared, locate(prepared), read_previous(output))
    change(output, "UPDATE clients SET jz_libelle = 'par moi'")
    with pytest.raises(OutputError, match="was changed since it was compared"):
        ready.write(output)
    assert set(gpd.read_file(output, layer=CUSTOMERS)["jz_libelle"]) == {"par moi"}


def test_layers_styles_and_columns_of_the_user_s_own_survive_an_import(month, output):
    run(month(customers()), output)
    gpd.GeoDataFrame({"nom": ["Ma zone"]}, geometry=[shapely.box(2, 48, 3, 49)], crs=4326).to_file(output, layer="zones", driver="GPKG")
    change(output, "CREATE TABLE layer_styles (f_table_name TEXT, styleQML TEXT)", "INSERT INTO layer_styles VALUES ('clients', 'mine')")
    change(output, "ALTER TABLE clients ADD COLUMN commentaire TEXT", "UPDATE clients SET commentaire = 'vu ' || jz_cle")
    before = output.read_bytes()
    ready = run(month(customers()[1:]), output, Recipe(missing="remove"))
    assert (ready.merged.counts()["changed"], ready.merged.kept_columns) == (0, ["commentaire"])
    found = gpd.read_file(output, layer=CUSTOMERS)
    assert found["commentaire"].tolist() == [f"vu {key}" for key in found["jz_cle"]]
    assert gpd.read_file(output, layer="zones")["nom"].tolist() == ["Ma zone"]
    with closing(sqlite3.connect(output)) as base:
        assert base.execute("SELECT * FROM layer_styles").fetchall() == [("clients", "mine")]
    assert customers()[0][1].encode() not in output.read_bytes()  # removed is removed
    History(output).undo()
    assert output.read_bytes() == before


def test_the_log_holds_numbers_of_rows_and_no_value(month, output):
    run(month([*customers(), ["C9", "x"]]), output)
    new = [list(row) for row in customers()]
    new[5][1] = "Secret SA"
    run(month(new), output)
    text = (History(output).folder / "imports.jsonl").read_text(encoding="utf-8")
    entries = [json.loads(line) for line in text.splitlines()]
    assert entries[0]["lines"]["rejected"] == [63]
    assert entries[1]["lines"]["changed"] == [8]  # the header, a first address of two lines, five customers
    assert (entries[1]["backup"], entries[1]["counts"]["merge_changed"]) == ("0001.gpkg", 1)
    assert "Secret" not in text
    assert not [cell for row in customers() for cell in row if len(cell) > 4 and cell in text]


def test_another_file_is_not_taken_for_an_earlier_import(month, output):
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(0, 0)], crs="EPSG:4326").to_file(output, driver="GPKG")
    with pytest.raises(DataError, match="is not the result of an earlier import of customers"):
        run(month(customers()), output)
