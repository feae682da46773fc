"""Goods-traffic orders: every row kept, what was mended told, what cannot be read not taken for “always” or “for all”."""

from __future__ import annotations

import csv
import json
from datetime import datetime

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from joptimiz_qgis.toolkit.errors import FileError, HeaderError
from joptimiz_qgis.toolkit.messages import set_language
from joptimiz_qgis.toolkit.moment_filter import Question, RegulationTable
from joptimiz_qgis.toolkit.read import order_values
from joptimiz_qgis.toolkit.read.perimeters import read_perimeters
from joptimiz_qgis.toolkit.read.regulations import read_regulations
from joptimiz_qgis.toolkit.regulations import as_perimeters
from joptimiz_qgis.toolkit.rules import applying
from joptimiz_qgis.toolkit.schema import load_table
from joptimiz_qgis.toolkit.vehicles import Vehicle

FILES = {"carros.csv": 13, "fuveau.csv": 3, "vence.csv": 9, "exemple-valide.csv": 2}
HEADER = [field.name.upper() for field in load_table("regulations").fields if not field.own]
LORRY = Vehicle(category="pl", weight_t=19.0)


@pytest.fixture
def file(tmp_path):
    """``file({"VEH_TONNAGE": "3,5 t"}, …)``: a published CSV with these rows, otherwise plain ones."""

    def written(*rows, encoding="utf-8", name="arretes.csv"):
        path = tmp_path / name
        with path.open("w", encoding=encoding, newline="") as target:
            writer = csv.DictWriter(target, HEADER)
            writer.writeheader()
            for number, row in enumerate(rows, start=1):
                writer.writerow({**plain(number), **row})
        return path

    return written


def plain(number):
    return {
        "ID": str(number), "COLL_NOM": "Commune de Carros", "COLL_INSEE": "06033", "ARR_DATE": "2018-04-11", "ARR_REF": "NC", "ARR_OBJET": "NC",
        "REGL_MODALITE": "Interdit", "VEH_TYPES": "Poids lourds", "EMPRISE_DESIGNATION": "Chemin du Claret",
    }  # fmt: skip


def first(path, field):
    return read_regulations(path).table[field].iloc[0]


# -- the table ---------------------------------------------------------------------------------------------------------


def test_the_table_is_that_of_the_national_schema(shared_data):
    schema = json.loads((shared_data / "schemas/arrete_circulation_marchandises.json").read_text(encoding="utf-8"))
    ours = [field for field in load_table("regulations").fields if not field.own and field.name not in ("source", "source_ligne", "remarques")]
    assert [field.name.upper() for field in ours] == [field["name"] for field in schema["fields"]]
    for field, theirs in zip(ours, schema["fields"]):
        rules = theirs["constraints"]
        assert (field.required, field.unique) == (rules.get("required", False), rules.get("unique", False)), field.name
        assert (field.minimum, field.maximum) == (rules.get("minimum"), rules.get("maximum")), field.name
        if "enum" in rules:
            assert [*field.enum] == rules["enum"]
        if field.name in ("veh_motors", "veh_cqas", "coll_insee"):
            assert field.pattern == rules["pattern"]


# -- reading -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_the_published_files_are_read_whole(shared_data, name):
    path = shared_data / "regulations" / name
    with path.open(encoding="utf-8-sig", newline="") as source:
        published = list(csv.DictReader(source))
    reading = read_regulations(path)
    assert (reading.rows_read, reading.imported, reading.rejected) == (FILES[name], FILES[name], 0) == (len(published), len(published), 0)
    table = reading.table
    for row, (_, read) in zip(published, table.iterrows()):
        for column in ("ID", "COLL_INSEE", "REGL_MODALITE", "EMPRISE_DESIGNATION", "VEH_TYPES", "SAUF_VEH_USAGES", "ARR_DATE"):
            assert (read[column.lower()] or "") == row[column]
        assert (row["VEH_TONNAGE"] == "") == pd.isna(read["veh_tonnage"])
        assert (read["geom_origine"] == "à localiser") == (row["GEOM_WKT"] == "")
    assert table["cle"].is_unique


def test_towns_that_number_their_rows_alike_have_keys_of_their_own(shared_data):
    keys = [set(read_regulations(shared_data / "regulations" / name).table["cle"]) for name in ("fuveau.csv", "vence.csv")]
    assert not keys[0] & keys[1]


def test_the_import_of_perimeters_rejects_what_this_one_keeps(shared_data):
    path = shared_data / "regulations/carros.csv"
    assert (read_perimeters(path).imported, read_regulations(path).imported) == (0, 13)


def test_latitude_before_longitude_is_put_right_and_told(shared_data):
    reading = read_regulations(shared_data / "regulations/exemple-valide.csv")
    assert reading.table[["geom_debut", "geom_fin"]].iloc[1].tolist() == ["5.41201,43.55078", "5.42101,43.53591"]
    assert {remark.field for remark in reading.remarks if remark.kind == "corrected"} == {"geom_debut", "geom_fin"}


def test_swapped_geometry_is_put_right(file):
    path = file({"GEOM_WKT": "LINESTRING (43.55 5.41, 43.54 5.42)"}, {"GEOM_WKT": "LINESTRING (5.41 43.55, 5.42 43.54)"})
    reading = read_regulations(path)
    assert reading.table.geometry.iloc[0].equals(reading.table.geometry.iloc[1])
    assert [remark.row for remark in reading.remarks] == [0]


@pytest.mark.parametrize("wkt", ["LINESTRING (5.4 43.5", "rue Pasteur", "POINT (5.4 43.5)"])
def test_a_geometry_that_cannot_be_used_is_kept_as_text_and_the_order_too(file, wkt):
    reading = read_regulations(file({"GEOM_WKT": wkt}))
    row = reading.table.iloc[0]
    assert row.geometry is None
    assert (row["geom_wkt"], row["geom_origine"]) == (wkt, "à localiser")
    assert "geom_wkt" in row["remarques"]


def test_a_file_in_windows_1252_is_read_and_its_encoding_told(file):
    reading = read_regulations(file({"EMPRISE_DESIGNATION": "Allée des Mûriers"}, encoding="cp1252"))
    assert reading.table["emprise_designation"].iloc[0] == "Allée des Mûriers"
    assert "windows-1252" in " ".join(map(str, reading.notes))


def test_a_list_of_uses_is_no_file_of_orders_and_says_what_it_lacks(shared_data):
    with pytest.raises(HeaderError, match="REGL_MODALITE"):
        read_regulations(shared_data / "regulations/VEH_USAGES.csv")


@pytest.mark.parametrize(
    ("text", "tonnes", "direction"),
    [
        ("3.5", 3.5, None), ("3,5 t", 3.5, None), ("19 tonnes", 19, None), ("3500 kg", 3.5, None), ("3 500 kg", 3.5, None), ("26T", 26, None),
        ("à partir de 7,5 t", 7.5, "à partir de"), ("jusqu'à 19 t de PTAC", 19, "jusqu'à"),
    ],
)  # fmt: skip
def test_weights_are_read_in_their_usual_spellings(file, text, tonnes, direction):
    row = read_regulations(file({"VEH_TONNAGE": text})).table.iloc[0]
    assert (row["veh_tonnage"], row["veh_tonnage_modalite"], row["tonnage_publie"]) == (tonnes, direction, None)


def test_a_direction_that_is_given_is_not_replaced_by_the_one_with_the_weight(file):
    row = read_regulations(file({"VEH_TONNAGE": "jusqu'à 19 t", "VEH_TONNAGE_MODALITE": "à partir de"})).table.iloc[0]
    assert row["veh_tonnage_modalite"] == "à partir de"


@pytest.mark.parametrize("text", ["19 06:00-10:00; 3,5 10:00-19:00", "19t / 3,5t", "léger"])
def test_several_weights_in_a_cell_are_kept_and_never_mean_any_weight(file, text):
    reading = read_regulations(file({"VEH_TONNAGE": text}, {"VEH_TONNAGE": ""}))
    assert reading.table["tonnage_publie"].tolist() == [text, None]
    assert [remark.kind for remark in reading.remarks] == ["flagged"]
    found = applying(*as_perimeters(reading.table), datetime(2026, 3, 3, 8), LORRY)
    assert found.access.tolist() == ["unknown", "forbidden"]


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("VEH_TYPES", "poids lourds | VUL", "Poids lourds|Véhicules utilitaires légers"),
        ("VEH_TYPES", "Vélo-Cargos|Poids lourds|", "Vélo-cargos|Poids lourds"),
        ("REGL_MODALITE", "INTERDICTION", "Interdit"),
        ("VEH_TONNAGE_MODALITE", "Jusqu’a", "jusqu'à"),
        ("VEH_MOTORS", "electrique|gnv", "Électrique|Gaz Naturel pour Véhicules"),
        ("VEH_CQAS", "Crit'Air 1 | 2", "1|2"),
        ("SAUF_VEH_USAGES", "livraison | Nos amis", "Livraison|Nos amis"),
        ("ARR_DATE", "11/04/2018", "2018-04-11"),
        ("ARR_DATE", "11.4.18", "2018-04-11"),
        ("ARR_DATE", "le 11 avril 2018", "2018-04-11"),
        ("ARR_DATE", "1er août 2019", "2019-08-01"),
        ("ARR_DATE", "20180411", "2018-04-11"),
        ("INTERV_DUREE", "3h", "03:00:00"),
        ("INTERV_DUREE", "30 min", "00:30:00"),
        ("INTERV_HMAX", "22:00", "22:00:00"),
        ("COLL_INSEE", "6033", "06033"),
    ],
)
def test_values_are_written_as_the_schema_writes_them_and_each_change_is_told(file, field, text, value):
    reading = read_regulations(file({field: text}))
    assert reading.table[field.lower()].iloc[0] == value
    assert [(remark.field, remark.kind) for remark in reading.remarks] == [(field.lower(), "corrected")]
    assert text in str(reading.remarks[0])


def test_values_that_are_right_are_left_alone(file):
    right = {"VEH_TYPES": "Poids lourds|Vélo-cargos", "VEH_TONNAGE": "3.5", "VEH_TONNAGE_MODALITE": "à partir de", "VEH_LONG": "8", "VEH_CQAS": "1|2"}
    assert read_regulations(file({**right, "INTERV_DUREE": "03:00:00", "SAUF_VEH_USAGES": "Livraison|Riverains"})).remarks == []


@pytest.mark.parametrize("text", ["31/02/2018", "2018-13-01", "avant Noël", "32 mars 2018"])
def test_what_is_no_day_is_none(text):
    assert order_values.day(text) is None


def test_a_day_that_cannot_be_read_is_kept(file):
    reading = read_regulations(file({"ARR_DATE": "31/02/2018"}))
    assert reading.table["arr_date"].iloc[0] == "31/02/2018"
    assert reading.rows_with("flagged") == 1


# -- workbooks ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def workbook(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["N°", "Commune", "Code INSEE", "Date", "N° arrêté", "Objet", "Règle", "Véhicules", "Tonnage", "Rue", "Horaires"])
    sheet.append([1, "Carros", 6033, datetime(2018, 4, 11), "12/2018", "Transit", "interdiction", "PL", "3,5 t", "Chemin du Claret", "Mo-Fr 07:00-09:00"])
    sheet.append([2, "Carros", 6033, datetime(2019, 5, 2), "13/2019", "Transit", "interdiction", "PL", 19, "Route de la Baronne", None])
    path = tmp_path / "arretes.xlsx"
    book.save(path)
    return path


def test_a_town_s_own_workbook_by_the_generic_mapping(workbook):
    table = read_regulations(workbook, "generic").table
    fields = ["id", "coll_nom", "coll_insee", "arr_date", "arr_ref", "regl_modalite", "veh_types", "veh_tonnage", "emprise_designation", "periode_jh"]
    assert table[fields].iloc[0].tolist() == ["1", "Carros", "06033", "2018-04-11", "12/2018", "Interdit", "Poids lourds", 3.5, "Chemin du Claret", "Mo-Fr 07:00-09:00"]
    assert table["veh_tonnage"].tolist() == [3.5, 19]
    assert table["source_ligne"].tolist() == [2, 3]


def test_a_town_s_own_workbook_by_a_mapping_file_of_its_own(workbook, tmp_path):
    mapping = tmp_path / "carros.json"
    fields = {"id": {"column": "N°"}, "coll_nom": {"constant": "Commune de Carros"}, "coll_insee": {"constant": "06033"}, "emprise_designation": {"column": "Rue"}}
    mapping.write_text(json.dumps({"name": "carros", "title": {"fr": "Carros", "en": "Carros"}, "table": "regulations", "fields": fields}), encoding="utf-8")
    table = read_regulations(workbook, str(mapping)).table
    assert table["coll_nom"].tolist() == ["Commune de Carros"] * 2
    assert table["emprise_designation"].tolist() == ["Chemin du Claret", "Route de la Baronne"]


def test_a_workbook_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(FileError, match="There is no file"):
        read_regulations(tmp_path / "absent.xlsx")


# -- what applies ------------------------------------------------------------------------------------------------------


def test_which_orders_forbid_a_vehicle_now():
    """By hand: the Tuesday of 3 March 2026 at 08:00, a lorry of 19 t."""
    rows = [
        ({"regl_modalite": "Interdit", "veh_types": "Poids lourds", "veh_tonnage_modalite": "à partir de", "veh_tonnage": 19.0}, 2),
        ({"regl_modalite": "Interdit", "veh_types": "Poids lourds", "veh_tonnage_modalite": "à partir de", "veh_tonnage": 26.0}, 0),
        ({"regl_modalite": "Interdit", "veh_types": "Poids lourds", "veh_tonnage": 19.0}, 1),
        ({"regl_modalite": "Interdit", "periode_jh": "Mo-Fr 07:00-09:00"}, 2),
        ({"regl_modalite": "Interdit", "periode_jh": "Sa 07:00-09:00"}, 0),
        ({"regl_modalite": "Autorise", "veh_types": "Poids lourds", "periode_jh": "05:00-07:00"}, 2),
        ({"regl_modalite": "Autorise", "veh_types": "Poids lourds", "periode_jh": "05:00-10:00"}, 0),
        ({"regl_modalite": "Interdit", "veh_types": "Vélo-cargos"}, 0),
        ({"regl_modalite": "Interdit", "periode_debut": "2027-01-01"}, 0),
    ]
    table = pd.DataFrame([row for row, _ in rows]).astype(object).where(lambda frame: frame.notna(), None)
    columns = {name: table[name] for name in table}
    orders = RegulationTable(columns, {name: "number" if name == "veh_tonnage" else "text" for name in columns})
    answer = orders.answer(Question(datetime(2026, 3, 3, 8), vehicle=LORRY))
    assert answer.state.tolist() == [state for _, state in rows]
    assert orders.kinds_present() == ["Arrêté"]


def test_an_order_in_words_names_the_street(file):
    set_language("en")
    orders = read_regulations(file({"VEH_TONNAGE": "19", "VEH_TONNAGE_MODALITE": "à partir de"})).table
    perimeters, rules = as_perimeters(orders)
    found = applying(perimeters, rules, datetime(2026, 3, 3, 8), LORRY)
    assert perimeters["nom"].tolist() == ["Chemin du Claret"]
    assert "from 19 t" in " ".join(map(str, found.why(0)))


def test_layers_of_any_source_are_read_again_as_they_are(file, tmp_path):
    """A table of orders that was written to a GeoPackage and read again is the same."""
    from joptimiz_qgis.toolkit.write import write_table

    path = file({"GEOM_WKT": "LINESTRING (5.41 43.55, 5.42 43.54)", "VEH_TONNAGE": "19t/3,5t"}, {"VEH_TONNAGE": "19"})
    table = read_regulations(path).table
    written = write_table(table, tmp_path / "arretes.gpkg", "regulations")
    again = read_regulations(written).table
    for name in load_table("regulations").names[:-1]:
        assert again[name].astype(object).where(again[name].notna(), None).tolist() == table[name].astype(object).where(table[name].notna(), None).tolist(), name
    assert shapely.equals(again.geometry.to_numpy(), table.geometry.to_numpy())[0]
    assert isinstance(again, gpd.GeoDataFrame)
