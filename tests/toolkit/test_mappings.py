"""Mapping files: recognised by their headers, and told apart from what they are not."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from builders import NATIONAL_V1

from joptimiz_qgis.toolkit.crs import known_crs
from joptimiz_qgis.toolkit.errors import FileError, HeaderError, ParameterError
from joptimiz_qgis.toolkit.opening_hours import OpeningHours
from joptimiz_qgis.toolkit.read.mapping import (
    FOLDER,
    GENERIC,
    PERIMETER_RULES,
    fold,
    get_mapping,
    load_mapping,
    mappings,
    recognise,
)
from joptimiz_qgis.toolkit.schema import load_table

SHIPPED = mappings("bays")
OTHERS = {f"{table}/{name}": mapping for table in ("access_points", "delivery_points", "perimeters", "points_of_interest", "regulations") for name, mapping in mappings(table).items()}
WORKING = {"name": "x", "title": {}, "table": "bays", "fields": {"id": {"column": "ID"}}}


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("paris_livraison_2026-01.csv", "paris"),
        ("hauts_de_seine.csv", "hauts_de_seine"),
        ("cerema_v1_exemple_grand_lyon.csv", "national_v1"),
        ("antibes_v0_1.csv", "national_v0_1"),
    ],
)
def test_a_published_header_is_recognised_in_any_order_case_and_accent(shared_data, file, name):
    header = (shared_data / "bays" / file).read_text(encoding="utf-8-sig").splitlines()[0]
    columns = header.split(";" if ";" in header else ",")
    for variant in (columns, columns[::-1], [column.upper() for column in columns], [column.lower() for column in columns]):
        assert recognise("bays", variant, file, has_geometry=False).name == name
    unaccented = [column.replace("é", "e") for column in columns]
    assert recognise("bays", unaccented, file, has_geometry=False).name == name


def test_a_column_s_spelling_does_not_count():
    assert fold("Plage horaire 1-Début") == fold("plage_horaire_1_debut") == fold("PLAGE HORAIRE 1 DÉBUT")


def test_an_unknown_header_is_told_with_what_is_missing_and_the_way_out():
    columns = [column for column in NATIONAL_V1 if column not in ("DISPOSITION", "LONGUEUR")]
    with pytest.raises(HeaderError) as caught:
        recognise("bays", columns, "bornes.csv", has_geometry=False)
    sentence = str(caught.value)
    assert "“bornes.csv”" in sentence
    assert "Nearest: national_v1, of which it lacks: DISPOSITION, LONGUEUR." in sentence
    assert "--mapping generic" in sentence


def test_a_layer_with_a_geometry_is_read_with_the_generic_mapping():
    assert recognise("bays", ["gid", "nom"], "bornes.gpkg", has_geometry=True).name == GENERIC


def test_the_generic_mapping_is_offered_last():
    assert list(SHIPPED)[-1] == GENERIC
    assert set(SHIPPED) == {path.stem for path in FOLDER.glob("*.json")}


def test_a_mapping_that_does_not_exist_is_told_with_those_that_do():
    with pytest.raises(ParameterError) as caught:
        get_mapping("bays", "marseille")
    assert "There is no mapping “marseille”" in str(caught.value)
    assert all(name in str(caught.value) for name in SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_mapping_says_what_the_table_understands(name):
    mapping, table = SHIPPED[name], load_table("bays")
    assert mapping.name == name
    assert set(mapping.title) == {"fr", "en"}
    assert mapping.about
    assert set(mapping.fields) <= set(table.names)
    for field, source in mapping.fields.items():
        allowed = table[field].enum
        for value in (*source.get("values", {}).values(), source.get("other")):
            assert value is None or not allowed or value in allowed, (field, value)
    for kind, hours in mapping.assumed_hours.items():
        assert kind in table["type"].enum
        assert OpeningHours.parse(hours)
    if mapping.crs:
        assert known_crs(mapping.crs)


def test_each_table_has_its_own_generic_mapping_and_no_file_is_left_out():
    assert sorted(OTHERS) == sorted(str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.glob("*/*.json"))
    assert all(f"{table}/{GENERIC}" in OTHERS for table in ("access_points", "perimeters", "points_of_interest", "regulations"))
    assert {"perimeters/games", "perimeters/zfe", "perimeters/orders"} < set(OTHERS)


@pytest.mark.parametrize("name", OTHERS)
def test_a_mapping_of_another_table_says_what_its_tables_understand(name):
    mapping = OTHERS[name]
    assert f"{mapping.table}/{mapping.name}" == name
    assert set(mapping.title) == {"fr", "en"}
    assert mapping.about
    assert set(mapping.remark) in (set(), {"fr", "en"})
    made = [(load_table(mapping.table), mapping.fields), *((load_table(PERIMETER_RULES), rule["fields"]) for rule in mapping.rules)]
    for table, fields in made:
        for field, source in fields.items():
            constants = [source["constant"]] if "constant" in source else []
            values = [*source.get("values", {}).values(), *constants, source.get("other"), source.get("absent")]
            written = pd.Series([value for value in values if value is not None], dtype=object)
            assert table[field].convert(written)[1].empty, (field, values)
            if field == "periode_jh":
                assert all(OpeningHours.parse(value) for value in written)
    for rule in mapping.rules:
        assert set(rule.get("needs", ())) <= set(rule["fields"])
        assert set(rule.get("only", {}).get("type_peri", ())) <= set(load_table("perimeters")["type_peri"].enum)


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"rules": [{"fields": {"critere": {"constant": "V4"}}}]}, "“critere” is not a field of the table perimeter_rules"),
        ({"rules": [{"fields": {"critair": {}}}]}, "the source of the field “critair” is not one of"),
        ({"rules": [{"only": {}}]}, "“rules” is not written as it should be"),
        ({"rules": {}}, "“rules” is not written as it should be"),
    ],
)
def test_a_faulty_rule_of_a_mapping_is_told(write_file, change, cause):
    path = write_file("perimetres.json", json.dumps({**WORKING, "table": "perimeters", **change}))
    with pytest.raises(FileError) as caught:
        get_mapping("perimeters", str(path))
    assert cause in str(caught.value)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_columns_that_a_mapping_recognises_are_columns_that_it_reads(name):
    content = json.dumps([SHIPPED[name].fields, SHIPPED[name].positions, SHIPPED[name].keep], ensure_ascii=False)
    not_read = [column for column in SHIPPED[name].recognise if json.dumps(column, ensure_ascii=False) not in content]
    assert not_read in ([], ["code_insee"], ["COLL_INSEE"])  # kept to tell the source, not needed in the table


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"title": None}, "it is not an object with “name”, “title”, “table” and “fields”"),
        ({"fields": []}, "it is not an object with “name”, “title”, “table” and “fields”"),
        ({"table": "trees"}, "its “table” is not one of access_points, bays, "),
        ({"fields": {"longeur": {"column": "L"}}}, "“longeur” is not a field of the table bays"),
        ({"fields": {"longueur": {"colum": "L"}}}, "the source of the field “longueur” is not one of column, first_of, join"),
        ({"fields": {"longueur": {"column": "L", "factor": "100"}}}, "the source of the field “longueur” is not one of"),
        ({"fields": {"type": {"column": "T", "values": ["a"]}}}, "the source of the field “type” is not one of"),
        ({"keep": [{"values": ["a"], "reason": "r"}]}, "“keep” is not written as it should be"),
        ({"positions": [{"xy": "a"}]}, "“positions” is not written as it should be"),
        ({"positions": [{"longitude": "a"}]}, "“positions” is not written as it should be"),
        ({"positions": 3}, "“positions” is not written as it should be"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_faulty_mapping_file_is_told_before_any_row_is_read(write_file, change, cause):
    path = write_file("ma_ville.json", json.dumps({**WORKING, **change}))
    with pytest.raises(FileError) as caught:
        get_mapping("bays", str(path))
    assert "The mapping file “ma_ville.json” cannot be used: " in str(caught.value)
    assert cause in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"[]", b"3", b'{"name": ', b"\xff\xfe\x00"])
def test_a_file_that_is_no_mapping_at_all_is_told(write_file, content):
    with pytest.raises(FileError, match=r"The mapping file “ma_ville\.json” cannot be used: "):
        load_mapping(write_file("ma_ville.json", content))


def test_a_missing_mapping_file_is_told(tmp_path):
    with pytest.raises(FileError, match=r"“absente\.json” cannot be used"):
        get_mapping("bays", str(tmp_path / "absente.json"))
