"""What is wrong in a firm's rows: found, said with line and proposal, changed on consent only."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
import stdnum.fr.siren
import stdnum.fr.siret
from builders import published_rows
from company_builders import siret, with_key

from joptimiz_qgis.toolkit.company import checks
from joptimiz_qgis.toolkit.company.checks import address_key, apply, check_names_at, check_positions, check_rows, folded, town_key
from joptimiz_qgis.toolkit.company.export import safe_cell, write_csv
from joptimiz_qgis.toolkit.company.identifiers import (
    department_of_insee,
    department_of_postcode,
    departments,
    siren_is_right,
    siret_is_right,
)
from joptimiz_qgis.toolkit.company.importing import towns_of
from joptimiz_qgis.toolkit.crs import TERRITORIES
from joptimiz_qgis.toolkit.messages import set_language


def checked(columns: dict[str, list], **found):
    rows = pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in columns.items()})
    return rows, check_rows(rows, np.arange(2, len(rows) + 2), {name: name for name in columns}, **found)


def one(field: str, value: str):
    """Code and proposal of the only finding about a value; None where there is none."""
    findings = checked({field: [value]})[1].findings
    assert len(findings) <= 1
    return (findings[0].code, findings[0].proposal) if findings else None


# -- identifiers -----------------------------------------------------------------------------------------------------------------


def test_identifiers_are_judged_as_python_stdnum_does():
    chance = random.Random(11)
    numbers = [f"{chance.randrange(10**14):014d}" for _ in range(20_000)]
    numbers += [with_key(with_key(f"{chance.randrange(10**8):08d}") + f"{chance.randrange(10**4):04d}") for _ in range(500)]
    numbers += [f"356000000{chance.randrange(10**5):05d}" for _ in range(3000)] + ["35600000000048", "35600000049837"]
    assert [siret_is_right(number) for number in numbers] == [stdnum.fr.siret.is_valid(number) for number in numbers]
    assert [siren_is_right(number[:9]) for number in numbers] == [stdnum.fr.siren.is_valid(number[:9]) for number in numbers]
    assert 1000 < sum(map(siret_is_right, numbers)) < 3000


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("35600000000048", None),  # La Poste's head office
        ("35600000049837", None),  # one of its offices: 45 is divisible by 5, Luhn's key is wrong
        ("35600000049838", ("siret_key", None)),
        ("73282932000074", None),  # the example of INSEE's own page
        ("73282932000075", ("siret_key", None)),
        ("732 829 320 00074", ("siret_written", "73282932000074")),
        ("73282932000074.0", ("siret_written", "73282932000074")),
        ("7,3282932000074E+13", ("siret_exponent", "73282932000074")),
        ("7,32829E+13", ("siret_digits_lost", None)),
        ("123", ("siret_length", None)),
        ("en cours", ("siret_form", None)),
    ],
)
def test_a_siret_is_judged_by_the_real_rules(value, expected):
    assert one("siret", value) == expected


def test_zeros_lost_are_offered_back_only_where_the_key_proves_it():
    whole = siret(1_234_567, "0")
    assert one("siret", whole.lstrip("0")) == ("siret_zeros", whole)
    assert one("siret", whole.lstrip("0")[:-1] + str((int(whole[-1]) + 1) % 10)) == ("siret_length", None)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("postcode", "1000", ("postcode_zeros", "01000")), ("postcode", "01000", None), ("postcode", "F-75001", ("postcode_written", "75001")),
        ("postcode", "75 001", ("postcode_written", "75001")), ("postcode", "750011", ("postcode_form", None)), ("postcode", "99999", ("postcode_unknown", None)),
        ("postcode", "97400", None), ("postcode", "20200", None), ("insee", "2A004", None), ("insee", "2a004", ("insee_written", "2A004")),
        ("insee", "1053", ("insee_zeros", "01053")), ("insee", "ABCDE", ("insee_form", None)), ("siren", "732829320", None), ("siren", "732829321", ("siren_key", None)),
        ("hours", "6h-11h", None), ("hours", "06:30-25:00", ("hours_impossible", None)), ("hours", "11h-6h", ("hours_reversed", None)), ("hours", "8h-8h", ("hours_empty", None)),
        ("hours", "0,25", ("hours_serial", "06:00")), ("hours", "bientôt 3 fois", ("hours_form", None)), ("hours", "7h30 à 12h et 14h à 18h30", None),
        ("days", "lun-ven", None), ("days", "Lundi, mercredi et vendredi", None), ("days", "LMMJV", None), ("days", "luni", ("days_form", None)),
    ],
)  # fmt: skip
def test_one_value(field, value, expected):
    assert one(field, value) == expected


def test_dates_that_do_not_exist_and_numbers_of_days_are_found():
    _, found = checked({"date_maj": ["26/07/2024", "31/02/2024", "2024-07-26", "45499", "1/1/24", "2524-01-01"]})
    assert [(item.line, item.code, item.proposal) for item in found.findings] == [(3, "date_impossible", None), (5, "date_serial", "2024-07-26"), (7, "date_impossible", None)]


# -- places ----------------------------------------------------------------------------------------------------------------------


def test_departments_of_postcodes_and_communes():
    assert [department_of_postcode(code) for code in ("01000", "20000", "20600", "97410", "75116", "98000", "00100")] == ["01", "2A", "2B", "974", "75", "", ""]
    assert [department_of_insee(code) for code in ("2A004", "97411", "75101", "2C001")] == ["2A", "974", "75", ""]


def test_prefectures_lie_in_france_and_near_real_places_of_their_department(shared_data):
    places = departments()
    assert len(places) == 102  # 96 metropolitan, 5 overseas, Saint-Pierre-et-Miquelon
    outside = [code for code, (_, lon, lat) in places.items() if not any(part.polygon().contains(shapely.Point(lon, lat)) for part in TERRITORIES)]
    assert outside == ["975"]
    import geopandas as gpd

    for code in ("75", "92"):
        towns = gpd.read_file(shared_data / "zones" / f"communes-{code}.geojson")
        assert towns.union_all().buffer(0.02).contains(shapely.Point(places[code][1:]))


def test_postcode_town_and_insee_code_that_do_not_agree_are_told():
    _, found = checked({"postcode": ["75011", "75012", "75001", "69003", "1000"], "town": ["Paris 11e Arrondissement", "PARIS 11", "Paris", "Lyon 3ème", "Bourg"], "insee": ["75111", "75112", "92012", "69383", "01053"]})
    assert [(item.line, item.code) for item in found.findings] == [(3, "town_district"), (4, "postcode_insee"), (6, "postcode_zeros")]
    assert str(found.findings[0]) == "Line 3, column “postcode”: “75012” is not the postcode of “PARIS 11”, which has 75011."


def test_insee_codes_are_held_against_the_user_s_table_of_towns():
    towns = pd.DataFrame({"postcode": ["01000", "01000", "75001", "1400"], "town": ["BOURG EN BRESSE", "ST DENIS LES BOURG", "PARIS 01", "CHATILLON SUR CHALARONNE"], "insee": ["01053", "01344", "75056", "1093"]})
    rows = {
        "postcode": ["01000", "01000", "01000", "75001", "75001", "01400", "99999"],
        "town": ["Bourg-en-Bresse", "Saint-Denis-lès-Bourg", "Ailleurs", "Paris", "Paris", "Châtillon", "Bourg"],
        "insee": ["1053", "01345", "01345", "75101", "75056", "01093", "01345"],
    }
    _, found = checked(rows, towns=towns)
    assert [(item.line, item.proposal) for item in found.findings if item.code == "insee_postcode"] == [(3, "01344"), (4, None)]
    without = checked(rows, towns=towns.drop(columns="insee"))[1]
    assert not [item for item in without.findings if item.code == "insee_postcode"]


def test_a_table_of_towns_is_read_with_its_insee_codes(tmp_path):
    path = tmp_path / "communes.csv"
    path.write_text("Code_commune_INSEE;Nom_commune;Code_postal;Libelle\n01053;BOURG EN BRESSE;01000;BOURG EN BRESSE\n01344;ST DENIS LES BOURG;01000;ST DENIS\n", encoding="utf-8")
    table = towns_of(str(path))
    assert table.to_dict("list") == {"postcode": ["01000", "01000"], "town": ["BOURG EN BRESSE", "ST DENIS LES BOURG"], "insee": ["01053", "01344"]}


def test_the_user_s_table_of_towns_is_used():
    towns = pd.DataFrame({"postcode": ["01000", "01000"], "town": ["BOURG EN BRESSE", "ST DENIS LES BOURG"]})
    _, found = checked({"postcode": ["01000", "01000", "01000", "02000"], "town": ["Bourg-en-Bresse", "Saint-Denis-lès-Bourg Cedex 9", "Bourges", "Laon"]}, towns=towns)
    assert [(item.line, item.column, item.code) for item in found.findings] == [(4, "town", "town_postcode")]


def test_positions_outside_france_or_far_from_the_postcode_are_told():
    rows = pd.DataFrame({"cp": ["75001", "75001", "75001", "97400", "75001", None]}, dtype=object)
    lon, lat = np.array([2.35, 0.0, 5.4, 55.45, np.nan, 2.0]), np.array([48.86, 0.0, 43.3, -20.9, np.nan, 47.0])
    found = check_positions(rows, np.arange(2, 8), {"postcode": "cp"}, lon, lat)
    assert [(item.line, item.code) for item in found.findings] == [(3, "position_outside"), (4, "position_department")]
    assert "lies 66" in str(found.findings[1])  # Paris–Marseille as the crow flies: 661 km


# -- duplicates ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fast", [True, False])
def test_duplicates_are_found_whatever_compares_the_names(monkeypatch, fast):
    if not fast:
        import difflib

        monkeypatch.setattr(checks, "_likeness", lambda: lambda one, other: difflib.SequenceMatcher(None, one, other, autojunk=False).ratio())
    _, found = checked({
        "name": ["SARL Boulangerie Müller", "Boulangerie Muler", "Garage Roux", "Boulangerie Müller"],
        "siret": ["73282932000074", "73282932000074", None, None],
        "address": ["17 bis, r. de l’Arbre-Sec", "17 BIS RUE DE L'ARBRE SEC", "17 bis rue de l'arbre sec", "3 av. Foch"],
        "postcode": ["75001", "75001", "75001", "75001"],
    })  # fmt: skip
    assert [(item.line, item.code) for item in found.findings] == [(3, "duplicate_address"), (3, "duplicate_name"), (3, "duplicate_siret"), (4, "duplicate_address")]
    assert "looks like “SARL Boulangerie Müller” of line 2" in str(found.findings[1])


def test_near_names_at_one_position_are_found_where_addresses_are_not_given():
    rows = pd.DataFrame({"name": ["Café des Arts", "Cafe des arts", "Café des Arts"]}, dtype=object)
    found = check_names_at(rows, np.arange(2, 5), {"name": "name"}, np.array([2.35, 2.35, 5.0]), np.array([48.85, 48.85, 45.0]))
    assert [(item.line, item.code) for item in found.findings] == [(3, "duplicate_name")]


def test_fifty_thousand_customers_of_one_town_are_compared_by_their_place():
    """As many comparisons as pairs would be 1.25 billion; a crowd of one address counts too."""
    count = 50_000
    chance = random.Random(3)
    names = [f"Société {chance.randrange(10**6)}" for _ in range(count)]
    address = [f"{number % 20_000} rue de la Paix" if number >= 2_000 else "1 centre commercial" for number in range(count)]
    _, found = checked({"name": names, "address": address, "postcode": ["75002"] * count})
    assert found.counts()["duplicate_address"] == count - len(set(address))


def test_ways_of_writing_meet():
    assert address_key("17 bis, r. de l’Arbre-Sec") == address_key("17 BIS RUE DE L'ARBRE SEC")
    assert town_key("ST-ÉTIENNE CEDEX 1") == town_key("Saint Etienne")
    assert folded("Œuvre ÉPICÉE") == "oeuvre epicee"


# -- consent ---------------------------------------------------------------------------------------------------------------------


def test_nothing_is_changed_before_it_is_applied_and_only_what_was_agreed_to():
    rows, found = checked({"postcode": ["1000", "1000", "75 001"], "town": ["Bourg", "Bourg", "Paris"]})
    assert rows["postcode"].tolist() == ["1000", "1000", "75 001"]
    assert [item.line for item in found.like(found.findings[0])] == [2, 3]
    changed, done = apply(rows, found.of(["postcode_zeros"]))
    assert changed["postcode"].tolist() == ["01000", "01000", "75 001"]
    assert rows["postcode"].tolist() == ["1000", "1000", "75 001"]
    assert [(item.line, item.before, item.after) for item in done] == [(2, "1000", "01000"), (3, "1000", "01000")]
    assert apply(changed, found.of(["postcode_zeros"]))[1] == []  # the cells hold something else by now


def test_the_sentence_is_that_of_the_interface_conventions():
    set_language("fr")
    found = checked({"postcode": ["1000"]})[1].findings[0]
    assert str(found) == "Ligne 2, colonne « postcode » : « 1000 » n’a que 4 chiffres : un tableur a ôté le zéro initial du code postal. Valeur proposée : 01000.".replace(" :", "\u202f:").replace("« ", "«\u202f").replace(" »", "\u202f»")


def test_what_goes_into_logs_holds_no_value():
    found = checked({"postcode": ["1000"], "siret": ["73282932000075"], "town": ["Bourg"]})[1]
    assert checks.summary(found) == ["postcode_zeros: 1 findings, 1 with a proposal", "siret_key: 1 findings, 0 with a proposal"]


# -- export ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "+SUM(A1)", "-2+3+cmd", "@SUM(1)", "\t=1", " =1+1", '=HYPERLINK("http://x")'])
def test_formulas_are_neutralised(cell, tmp_path):
    assert safe_cell(cell) == "'" + cell
    path = write_csv(pd.DataFrame({cell: [cell, "x"]}, dtype=object), tmp_path / "r.csv")
    assert all(not value.lstrip().startswith(("=", "+", "-", "@")) for row in published_rows(path) for pair in row.items() for value in pair)


@pytest.mark.parametrize("cell", ["-3,5", "+33 1 23 45 67 89", "a=b", "", None, 3.5])
def test_numbers_and_telephones_stay(cell):
    assert safe_cell(cell) == cell


# -- the real file ---------------------------------------------------------------------------------------------------------------


def test_findings_of_the_real_customers_are_those_of_other_programs(shared_data):
    path = Path(shared_data / "company" / "clients_paris.csv")
    published = published_rows(path, delimiter=",")
    rows = pd.DataFrame(published, dtype=object).replace("", None)
    rows.columns = ["id", "siret", "category", "address", "postcode", "town"]
    found = check_rows(rows, np.arange(2, len(rows) + 2), {name: name for name in rows.columns})
    counts = found.counts()
    sirets = [row["siret"] for row in published if row["siret"]]
    # stdnum refuses what is no SIRET, for its form or for its key
    wrong = sum(not stdnum.fr.siret.is_valid(number) for number in sirets)
    assert sum(counts.get(f"siret_{code}", 0) for code in ("form", "length", "key", "zeros", "written")) == wrong
    assert counts["duplicate_siret"] == len(sirets) - len(set(sirets))
    # at least the addresses that are the same letter by letter
    addresses = [(row["adresse"], row["code_postal"]) for row in published if row["adresse"]]
    assert counts["duplicate_address"] >= len(addresses) - len(set(addresses)) > 0
    assert len(found.findings) == sum(counts.values())
    assert [finding.line for finding in found.findings] == sorted(finding.line for finding in found.findings)
