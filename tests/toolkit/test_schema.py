"""The bays table against the national schema, and the conversion of published text."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from joptimiz_qgis.toolkit.messages import set_language
from joptimiz_qgis.toolkit.schema import load_table
from joptimiz_qgis.toolkit.schema.table import kinds, parse_number, table_names

OURS = load_table("bays")
NATIONAL_NAMES = [field.name.upper() for field in OURS.fields if not field.own]
EQUIPMENT = ("candélabre", "capteur sol", "capteur caméra", "borne recharge", "borne escamotable", "pas d'équipement")


@pytest.fixture(scope="module")
def national(shared_data):
    """Fields of the published schema, by name."""
    schema = json.loads((shared_data / "schemas/aire_livraison_v1.0.0.json").read_text(encoding="utf-8"))
    return {field["name"]: field for field in schema["fields"]}


def test_the_table_has_the_31_fields_of_the_national_schema_in_its_order(national):
    assert list(national) == NATIONAL_NAMES
    assert len(NATIONAL_NAMES) == 31


def test_fields_of_our_own_come_last():
    assert [field.own for field in OURS.fields] == [False] * 31 + [True] * 4


def test_the_key_is_that_of_the_national_schema(shared_data):
    schema = json.loads((shared_data / "schemas/aire_livraison_v1.0.0.json").read_text(encoding="utf-8"))
    assert OURS.key.upper() == schema["primaryKey"]


@pytest.mark.parametrize("name", NATIONAL_NAMES)
def test_a_field_has_the_type_and_the_rules_of_the_national_schema(national, name):
    ours, theirs = OURS[name.lower()], national[name]
    rules = theirs.get("constraints", {})
    if ours.type == "list":
        assert theirs["type"] == "string"
        assert all(value in rules["pattern"] for value in ours.enum)
    else:
        assert ours.type == theirs["type"]
        assert list(ours.enum) == rules.get("enum", [])
    assert (ours.minimum, ours.maximum) == (rules.get("minimum"), rules.get("maximum"))
    assert (ours.required, ours.unique) == (rules.get("required", False), rules.get("unique", False))
    if name != "ADRESSE":  # the pattern of addresses refuses "Œ", "/" and "&": real addresses are kept
        assert ours.pattern == (rules.get("pattern", "") if ours.type == "string" else "")


@pytest.mark.parametrize("name", [name for name in NATIONAL_NAMES if OURS[name.lower()].type == "boolean"])
def test_every_spelling_of_yes_and_no_in_the_national_schema_is_read(national, name):
    yes, no = national[name]["trueValues"], national[name]["falseValues"]
    values, problems = OURS[name.lower()].convert(pd.Series(yes + no, dtype=object))
    assert list(values) == [True] * len(yes) + [False] * len(no)
    assert problems.empty


def test_equipment_has_the_values_of_the_national_pattern():
    assert OURS["equipements"].enum == EQUIPMENT


@pytest.mark.parametrize("code", ["en", "fr"])
def test_every_field_has_a_title_in_both_languages(code):
    set_language(code)
    assert all(field.title for field in OURS.fields)


def test_sizes_say_that_they_are_in_centimetres():
    for name in ("longueur", "largeur"):
        assert OURS[name].unit == "cm"
        assert "cm" in OURS[name].title


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12), ("12.5", 12.5), ("12,5", 12.5), ("-3,25", -3.25), ("1 250", 1250), ("1\u202f250,5", 1250.5), ("1\u00a0250", 1250),
        ("1e3", 1000), ("", None), ("abc", None), ("nan", None), ("inf", None), ("1,2,3", None), ("12 m", None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_french_and_english_files_write_them(text, number):
    assert parse_number(text) == number


@pytest.mark.parametrize(
    ("field", "text", "value", "problem"),
    [
        ("longueur", "900", 900.0, None),
        ("longueur", "99", 99.0, "99 cm is outside the range 100–10000 (kept as it is)"),
        ("largeur", "1000", 1000.0, None),
        ("largeur", "1001", 1001.0, "1001 cm is outside the range 100–1000 (kept as it is)"),
        ("longueur", "long", None, "long is not a number"),
        ("disposition", "Épi", "épi", None),
        ("disposition", "BATAILLE", "bataille", None),
        ("disposition", "travers", None, "travers is not one of the values allowed: bataille, épi, parallèle"),
        ("panneau_etat", "N/A", "n/a", None),
        ("code_postal", "01000", "01000", None),
        ("code_postal", "2A004", "2A004", None),
        ("code_postal", "1000", "1000", "1000 does not have the form expected (kept as it is)"),
        ("equipements", "Candélabre, borne recharge", "candélabre,borne recharge", None),
        ("equipements", "candélabre, fontaine", "candélabre", f"fontaine is not one of the values allowed: {', '.join(EQUIPMENT)}"),
        ("date_maj", "2025-10-22T14:25:05Z", "2025-10-22T14:25:05Z", None),
        ("date_maj", "2025-10-22", "2025-10-22", None),
        ("date_maj", "22/10/2025", "2025-10-22", None),
        ("date_maj", "hier", None, "hier is not a date (expected: 2025-10-22 or 2025-10-22T14:25:05Z)"),
        ("active", "peut-être", None, "peut-être is neither yes nor no (oui/non, vrai/faux, true/false, 1/0)"),
    ],
)
def test_a_published_value_becomes_the_schema_s_or_a_sentence(field, text, value, problem):
    values, problems = OURS[field].convert(pd.Series([text, None], dtype=object))
    assert (None if pd.isna(values[0]) else values[0]) == value
    assert pd.isna(values[1])
    assert [str(each) for each in problems] == ([problem] if problem else [])


@pytest.mark.parametrize(
    ("field", "dtype"), [("active", "boolean"), ("longueur", "float64"), ("source_ligne", "Int64"), ("code_postal", "object")]
)
def test_a_column_has_the_type_of_its_field_even_when_empty(field, dtype):
    values, _ = OURS[field].convert(pd.Series([None, None], dtype=object))
    assert values.dtype == dtype
    assert values.isna().all()


# -- the tables of perimeters and places -----------------------------------------------------------------------------------

TABLES = ("access_points", "bays", "delivery_points", "perimeter_rules", "perimeters", "points_of_interest", "regulations")


def test_the_tables_are_those_that_are_described():
    assert table_names() == sorted(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_described_in_full(name):
    table = load_table(name)
    assert table.name == name
    assert set(table.title) == {"fr", "en"}
    assert table.key in table.names
    assert len(set(table.names)) == len(table.names)
    for field in table.fields:
        assert set(field.label) == {"fr", "en"}
        assert field.name == field.name.lower()
        assert not field.unit or field.unit in {"cm", "m", "t", "kW", "minute", "degree"}
    assert table.names[-3:] == ["source", "source_ligne", "remarques"]


def test_rules_use_the_names_and_the_limits_of_the_national_schema_of_orders(shared_data):
    schema = json.loads((shared_data / "schemas/arrete_circulation_marchandises.json").read_text(encoding="utf-8"))
    theirs = {field["name"].lower(): field.get("constraints", {}) for field in schema["fields"]}
    ours = load_table("perimeter_rules")
    shared = [field for field in ours.fields if field.name in theirs]
    assert {"regl_modalite", "veh_types", "veh_tonnage_modalite", "veh_tonnage", "veh_usages", "sauf_veh_usages", "veh_long", "veh_larg", "veh_haut", "veh_motors", "veh_cqas", "periode_jh", "periode_debut", "periode_fin"} < {field.name for field in shared}
    for field in shared:
        rules = theirs[field.name]
        assert (field.minimum, field.maximum) == (rules.get("minimum"), rules.get("maximum")), field.name
        if field.type == "string":
            assert [*field.enum] == rules.get("enum", []), field.name
        elif field.enum and "pattern" in rules:
            assert all(value in rules["pattern"] for value in field.enum), field.name
    assert set(ours["veh_types"].enum) >= {"Poids lourds", "Véhicules utilitaires légers", "Vélo-cargos", "Tous véhicules"}


def test_perimeters_use_the_names_of_the_national_schema_of_low_emission_zones(shared_data):
    schema = json.loads((shared_data / "schemas/zfe.json").read_text(encoding="utf-8"))
    theirs = schema["properties"]["features"]["items"]["properties"]["properties"]["properties"]
    general = [name for name in theirs if not name.endswith(("_critair", "_horaires"))]
    assert set(general) <= set(load_table("perimeters").names)
    assert set(load_table("perimeter_rules")["critair"].enum) == set(theirs["vp_critair"]["enum"]) - {None}
    categories = {row["category"] for row in kinds("vehicle_kinds")}
    assert {name.rpartition("_")[0] for name in theirs if name.endswith("_critair")} <= categories


@pytest.mark.parametrize("name", ["perimeter_kinds", "poi_kinds", "vehicle_kinds"])
def test_kinds_have_a_key_and_titles_in_both_languages(name):
    rows = kinds(name)
    assert len({row["key"] for row in rows}) == len(rows) >= 7
    assert all(row["fr"] and row["en"] for row in rows)


def test_there_are_some_fifteen_kinds_of_points_of_interest():
    assert 14 <= len(kinds("poi_kinds")) <= 18
    assert all(row["icon"] for row in kinds("poi_kinds"))


@pytest.mark.parametrize(
    ("table", "field", "text", "value", "problem"),
    [
        ("perimeters", "type_peri", "rouge", "Rouge", False),
        ("perimeters", "type_peri", "Violet", "Violet", True),
        ("perimeters", "date_debut", "26/07/2024 13:00", "2024-07-26T13:00:00", False),
        ("perimeters", "date_debut", "2024/07/26", "2024-07-26", False),
        ("perimeters", "date_debut", "demain", "demain", True),
        ("perimeter_rules", "veh_types", "poids lourds| Véhicules Utilitaires légers", "Poids lourds|Véhicules utilitaires légers", False),
        ("perimeter_rules", "veh_types", "Trains doubles|Poids lourds", "Trains doubles|Poids lourds", True),
        ("perimeter_rules", "veh_tonnage_modalite", "À partir de", "à partir de", False),
        ("perimeter_rules", "veh_tonnage_modalite", "jusqu’à", "jusqu'à", False),
        ("perimeter_rules", "veh_cqas", "1|Véhicule non classé", "1|Véhicule non classé", False),
        ("perimeter_rules", "sauf_veh_usages", "Livraison|Riverains", "Livraison|Riverains", False),
    ],
)
def test_a_field_that_is_open_keeps_what_it_does_not_know_and_says_so(table, field, text, value, problem):
    values, problems = load_table(table)[field].convert(pd.Series([text], dtype=object))
    assert values.tolist() == [value]
    assert len(problems) == problem
