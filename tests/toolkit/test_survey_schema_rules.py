"""The national schema's rules: derived from our own description, the same as the schema's file, the same findings as frictionless."""

from __future__ import annotations

import csv
import json
import random
import uuid

import numpy as np
import pandas as pd
import pytest
from frictionless import Resource, Schema

from joptimiz_qgis.toolkit.findings import apply
from joptimiz_qgis.toolkit.read.text_table import read_text_table
from joptimiz_qgis.toolkit.schema import load_table
from joptimiz_qgis.toolkit.survey.national_form import published_names
from joptimiz_qgis.toolkit.survey.schema_rules import _FORMS, Places, check_header, check_rows, faults_of, made_uuid, meant

BAYS = load_table("bays")


@pytest.fixture(scope="module")
def descriptor(shared_data):
    return json.loads((shared_data / "schemas/aire_livraison_v1.0.0.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sample(shared_data):
    with (shared_data / "bays/cerema_v1_exemple_grand_lyon.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def by_frictionless(descriptor, path):
    """(row, field) of each error that frictionless finds; row 1 is the header."""
    report = Resource(path=path.name, basepath=str(path.parent), schema=Schema.from_descriptor(descriptor)).validate(limit_errors=100_000)
    found = set()
    for error in report.tasks[0].errors:
        field = "UUID" if error.type == "primary-key" else getattr(error, "field_name", "")
        found.add((getattr(error, "row_number", 1), field, error.type))
    return found


def by_us(path):
    raw = read_text_table(path)
    findings = [*check_header(BAYS, raw.columns), *check_rows(BAYS, raw.rows, Places(raw.lines, {}))]
    rows = {line: number for number, line in enumerate(raw.lines, start=2)}
    return {(1 if finding.line == 1 else rows[finding.line], finding.column, finding.code) for finding in findings}


def places_of(found):
    return {(row, field) for row, field, _ in found}


# -- the description agrees with the schema's file ------------------------------------------------------------------------


def test_the_columns_are_the_schemas_in_its_order(descriptor):
    assert list(published_names(BAYS).values()) == [field["name"] for field in descriptor["fields"]]
    assert BAYS.published["key"].upper() == descriptor["primaryKey"]
    assert BAYS.published["missing"] == descriptor["missingValues"]
    assert f"v{BAYS.published['version']}" == descriptor["version"] and BAYS.published["schema"] == descriptor["path"]


def test_every_rule_of_every_field_is_in_our_description(descriptor):
    for theirs in descriptor["fields"]:
        ours = BAYS[theirs["name"].lower()]
        rules = theirs.get("constraints", {})
        kind = "string" if ours.type == "list" else ours.type
        assert kind == theirs["type"], theirs["name"]
        assert ours.published.get("format", "default") == theirs.get("format", "default"), theirs["name"]
        assert bool(ours.published.get("float")) == theirs.get("floatNumber", False), theirs["name"]
        assert (ours.required, ours.unique) == (rules.get("required", False), rules.get("unique", False)), theirs["name"]
        assert (ours.minimum, ours.maximum) == (rules.get("minimum"), rules.get("maximum")), theirs["name"]
        assert (() if ours.type == "list" else ours.enum) == tuple(rules.get("enum", ())), theirs["name"]
        assert (ours.published.get("pattern") or ours.pattern or None) == rules.get("pattern"), theirs["name"]
        lengths = (ours.published.get("min_length"), ours.published.get("max_length"))
        assert lengths == (rules.get("minLength"), rules.get("maxLength")), theirs["name"]
        if theirs["type"] == "boolean":
            assert (BAYS.published["true"], BAYS.published["false"]) == (theirs["trueValues"], theirs["falseValues"]), theirs["name"]


def test_every_example_of_the_schema_is_judged_as_its_own_rules_do(descriptor):
    """The examples of the enumerations are capitalised, which the schema itself does not take."""
    refused = [field["name"] for field in descriptor["fields"] if "example" in field and faults_of(BAYS, BAYS[field["name"].lower()], field["example"])]
    assert refused == ["DISPOSITION", "PARITE_TROTTOIR", "LOCALISATION", "MARQUAGE_ETAT", "TYPE", "PANNEAU_ETAT", "DUREE_CONTROLE"]


# -- the same findings as frictionless -----------------------------------------------------------------------------------

FAULTS = {
    "boolean": ["peut-être", "yes", "OuI", " oui", "2", "vrai ", "t", "-", "non,", "NA", "FALSE", "0", "Faux", "True", "o", "N", ""],
    "number": ["12,5", "douze", "1 200", "-1", "0", "99.99", "100", "10000.01", "1e3", "NaN", "nan", "inf", "950 cm", " 950 ", "1_000", "", "99999", "1000", "4500.5", "0x10", "٣٠٠", "--5", "1e400"],
    "datetime": ["22/10/2025", "2025-10-22", "2025-10-22T12:50", "2025-10-22T25:00:00Z", "2025-02-30T10:00:00Z", "2025-10-22 12:50:21", "2025-10-22T12:50:21", "2025-10-22T12:50:21+02:00", "hier", "20251022T125021Z", "", "2025-W43-3T12:50:21Z", "2025-10-22T24:00:00", "2025-10-22T12:50:21.123Z"],
    "uri": ["www.lyon.fr/a.pdf", "https://lyon.fr/a.pdf", "http://", "ftp:x", "C:\\a.pdf", "mailto:a@b.fr", "/a.pdf", "https://lyon.fr/a b.pdf", "arrêté 12", "://x", ""],
    "uuid": ["828e1140", "828e1140-523c-4a41-b466-ab1b64a4a4bg", "{828e1140-523c-4a41-b466-ab1b64a4a4bd}", "828e1140523c4a41b466ab1b64a4a4bd", "urn:uuid:828e1140-523c-4a41-b466-ab1b64a4a4bd", "", "n/a", " 828e1140-523c-4a41-b466-ab1b64a4a4bd", "AIRE-1"],
    "enum": ["Bataille", "épi ", "EPI", "autre chose", "bon etat", "Bon état", "n/a", "N/A", "", "inconnu", "dégradé", "chausse\u0301e"],
    "text": ["", "NA", "12/14 rue Ney", "Rue du Cœur", "5, place de l'Œuvre; bât. B", "R&D", "Rue «Ney» n°5", "rue\nNey", "69", "690066", "6900A", "2A004", "20004", "00000", " 69006", "69006 ", "candélabre;capteur sol", "candélabre, capteur sol", "Candélabre", "candélabre,,capteur sol", "borne recharge,", "pas d’équipement", "pas d'équipement", "x" * 400],
}  # fmt: skip


def faults_for(name):
    field = BAYS[name.lower()]
    if field.published.get("format"):
        return FAULTS[field.published["format"]]
    if field.enum and field.type != "list":
        return FAULTS["enum"] + list(field.enum)
    return FAULTS[{"boolean": "boolean", "number": "number", "datetime": "datetime"}.get(field.type, "text")]


def mutated_rows(sample, number=500, seed=20261128):
    """Rows of the published sample, each with an identity of its own and one to three cells changed; some repeat another's identity."""
    chance = random.Random(seed)
    rows = []
    for at in range(number):
        row = dict(chance.choice(sample))
        row.update(ID=f"GL-{at:04d}", UUID=str(uuid.UUID(int=chance.getrandbits(128), version=4)))
        for name in chance.sample(list(row), chance.choice((1, 1, 2, 3))):
            row[name] = chance.choice(faults_for(name))
        if rows and chance.random() < 0.06:
            name = chance.choice(["UUID", "ID"])
            row[name] = chance.choice(rows)[name]
        rows.append(row)
    return rows


def write(path, rows, columns=None):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns or list(rows[0]), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_500_mutated_rows_have_the_same_findings_as_frictionless_gives(descriptor, sample, tmp_path):
    path = write(tmp_path / "mutated.csv", mutated_rows(sample))
    theirs, ours = by_frictionless(descriptor, path), by_us(path)
    assert places_of(ours) == places_of(theirs)
    # The corpus is worth something: every field but those that take any text is found at fault, by every kind of rule.
    free = {"NOM", "GEOM_WKT", "COMMUNE", "TEMPORALITE_CDS", "TEMPORALITE_OSM", "COMMENTAIRE"}
    assert {field for _, field in places_of(theirs)} == set(published_names(BAYS).values()) - free
    assert {kind for *_, kind in theirs} == {"type-error", "constraint-error", "unique-error", "primary-key"}
    assert len(places_of(theirs)) > 300 and len({row for row, _ in places_of(theirs)}) < 500
    kinds = {"type-error": {"schema_type"}, "unique-error": {"schema_unique"}, "primary-key": {"schema_key", "schema_type", "schema_unique"}}
    for row, field, kind in theirs:
        codes = {code for other_row, other_field, code in ours if (other_row, other_field) == (row, field)}
        wanted = kinds.get(kind, {"schema_required", "schema_enum", "schema_range", "schema_pattern", "schema_length"})
        assert codes & wanted, (row, field, kind, codes)


def test_the_published_sample_has_no_finding_for_either(descriptor, shared_data):
    path = shared_data / "bays/cerema_v1_exemple_grand_lyon.csv"
    assert by_frictionless(descriptor, path) == set() == by_us(path)


@pytest.mark.parametrize("change", ["gone", "more", "moved", "lower"])
def test_a_wrong_header_is_found_by_both(descriptor, sample, tmp_path, change):
    names = list(published_names(BAYS).values())
    columns = {"gone": names[:-1], "more": [*names, "NOTE"], "moved": [names[1], names[0], *names[2:]], "lower": [name.lower() for name in names]}[change]
    rows = [{**row, "NOTE": "x", **{name.lower(): value for name, value in row.items()}} for row in sample]
    path = write(tmp_path / "header.csv", rows, columns)
    theirs, ours = by_frictionless(descriptor, path), by_us(path)
    assert any(row == 1 or kind.endswith("label") for row, _, kind in theirs)
    assert any(code == "schema_header" for *_, code in ours)


# -- what was meant ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "right"),
    [
        ("disposition", " Bataille", "bataille"), ("localisation", "chausse\u0301e", "chaussée"), ("active", "OuI", "oui"), ("active", "peut-être", None),
        ("longueur", "9,5", "950"), ("longueur", "9.5 m", "950"), ("longueur", "950 cm", "950"), ("longueur", "120000", None), ("longueur", "0", None),
        ("largeur", "2", "200"), ("code_postal", "1000", "01000"), ("code_postal", " 69006", "69006"), ("code_postal", "69", None),
        ("date_maj", "22/10/2025", "2025-10-22T00:00:00"), ("date_maj", "2025-10-22T12:50", "2025-10-22T12:50:00"), ("date_maj", "hier", None),
        ("equipements", "candélabre;Capteur sol", "candélabre,capteur sol"), ("equipements", "pas d’équipement", "pas d'équipement"), ("equipements", "grue", None),
        ("adresse", "12/14 rue du Cœur", "12-14 rue du Coeur"), ("arr_url", "www.lyon.fr/a.pdf", "https://www.lyon.fr/a.pdf"), ("arr_url", "arrêté 12", None),
        ("longitude", "4,855184", "4.8551840"), ("uuid", "AIRE-1", None), ("id", "", None), ("irve_puissance", "0", None), ("duree_max", "30 min", None),
    ],
)  # fmt: skip
def test_what_was_meant_is_proposed_and_nothing_is_guessed(name, text, right):
    assert faults_of(BAYS, BAYS[name], text)
    assert meant(BAYS, BAYS[name], text) == right
    assert right is None or not faults_of(BAYS, BAYS[name], right)


def test_all_proposals_applied_leave_only_what_a_person_must_tell(descriptor, sample, tmp_path):
    path = write(tmp_path / "mutated.csv", mutated_rows(sample))
    raw = read_text_table(path)
    findings = check_rows(BAYS, raw.rows, Places(raw.lines, {}))
    mended, done = apply(raw.rows, findings)
    again = check_rows(BAYS, mended, Places(raw.lines, {}))
    cells = {(part.row, part.column) for part in done}
    assert len(cells) > 60
    assert {(item.row, item.column) for item in again if item.code != "schema_unique"} == {
        (item.row, item.column) for item in findings if item.code != "schema_unique" and (item.row, item.column) not in cells
    }
    target = tmp_path / "mended.csv"
    mended.to_csv(target, index=False)
    assert places_of(by_frictionless(descriptor, target)) == places_of(by_us(target))


def test_a_layer_of_values_is_judged_as_the_text_that_it_would_be(sample):
    """A QGIS layer has numbers and booleans: the finding's correction keeps the column's type."""
    rows = pd.DataFrame({"id": ["a", "b"], "uuid": [made_uuid("a"), None], "longitude": [2.3, 2.4], "latitude": [48.8, 48.9], "longueur": [9.5, 1200.0], "active": [True, None]})
    findings = check_rows(BAYS, rows, Places(np.array([1, 2]), {0: (2.3, 48.8)}))
    assert [(item.row, item.column, item.code, item.position) for item in findings] == [(0, "longueur", "schema_range", (2.3, 48.8)), (1, "uuid", "schema_key", None)]
    own = check_rows(BAYS, rows.assign(date_maj="2025-10-22"), Places(np.array([1, 2]), {}), published=False)
    assert [(item.code, item.severity) for item in own] == [("schema_range", "error"), ("key_to_make", "notice")]
    mended, _ = apply(rows, findings)
    assert mended["longueur"].tolist() == [950.0, 1200.0] and mended["longueur"].dtype == float
    assert mended["uuid"].tolist() == [made_uuid("a"), made_uuid("b")]


def test_a_made_uuid_repeats_and_two_rows_never_get_the_same():
    assert made_uuid("GL-1") == made_uuid("GL-1") != made_uuid("GL-2")
    assert made_uuid("1", "Lyon") != made_uuid("1", "Paris")
    rows = pd.DataFrame({"id": ["a", "a"], "uuid": [None, None]})
    assert [item.corrections for item in check_rows(BAYS, rows, Places(np.array([1, 2]), {})) if item.code == "schema_key"] == [(), ()]


@pytest.mark.parametrize(
    ("table", "name", "text", "expected"),
    [
        ("bays", "code_postal", "2399", "five digits, for example 75001"),
        ("regulations", "coll_insee", "1O1", "five characters, for example 75101 or 2A004"),
        ("bays", "adresse", "1 rue A; B_C", "a text without these characters: ; _"),
        ("regulations", "emprise_designation", "Rue {A}", "a text without these characters: { }"),
        ("regulations", "veh_motors", "Vapeur", "one or more of: Électrique, Gaz Naturel pour Véhicules, Hydrogène, with “|” between them"),
    ],
)
def test_a_form_is_told_in_words_and_not_as_a_regular_expression(table, name, text, expected):
    described = load_table(table)
    assert [str(fault.expected) for fault in faults_of(described, described[name], text) if fault.rule.code == "schema_pattern"] == [expected]


def test_every_form_of_the_national_schemas_has_words():
    for table in map(load_table, ("bays", "regulations")):
        for field in table.fields:
            pattern = field.published.get("pattern") or field.pattern
            if pattern and field.type != "list" and not field.own and not pattern.startswith("^[a-zA-Z0-9"):
                assert field.name in _FORMS
