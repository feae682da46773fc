"""Orders checked and published: the same findings as frictionless, nothing invented, the same table when read again."""

from __future__ import annotations

import csv
import json
import random
from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from frictionless import Resource, Schema

from joptimiz_qgis.toolkit.errors import DataError, OutputError
from joptimiz_qgis.toolkit.findings import apply
from joptimiz_qgis.toolkit.read.regulations import read_regulations
from joptimiz_qgis.toolkit.read.text_table import read_text_table
from joptimiz_qgis.toolkit.read.vector import read_vector
from joptimiz_qgis.toolkit.schema import load_table
from joptimiz_qgis.toolkit.survey.national_form import published_names
from joptimiz_qgis.toolkit.survey.publication_folder import About
from joptimiz_qgis.toolkit.survey.regulation_checks import check_regulations
from joptimiz_qgis.toolkit.survey.regulation_export import FILES as PUBLISHED
from joptimiz_qgis.toolkit.survey.regulation_export import export_folder, export_regulations, publication

ORDERS = load_table("regulations")
FILES = ("carros", "fuveau", "vence", "exemple-valide")
TODAY = date(2026, 11, 28)


@pytest.fixture(scope="module")
def descriptor(shared_data):
    return json.loads((shared_data / "schemas/arrete_circulation_marchandises.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def published(shared_data):
    rows = []
    for name in FILES:
        with (shared_data / "regulations" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows += list(csv.DictReader(file))
    return rows


@pytest.fixture(scope="module")
def towns(shared_data):
    """The orders of all four files as one table."""
    tables = [read_regulations(shared_data / "regulations" / f"{name}.csv").table for name in FILES]
    return gpd.GeoDataFrame(pd.concat([table.dropna(axis=1, how="all") for table in tables], ignore_index=True).reindex(columns=tables[0].columns), geometry="geometry", crs=4326)


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(published_names(ORDERS).values()))
        writer.writeheader()
        writer.writerows(rows)
    return path


def by_frictionless(descriptor, path):
    report = Resource(path=path.name, basepath=str(path.parent), schema=Schema.from_descriptor(descriptor)).validate(limit_errors=100_000)
    found = set()
    for error in report.tasks[0].errors:
        field = "ID" if error.type == "primary-key" else getattr(error, "field_name", "")
        found.add((getattr(error, "row_number", 1), field, error.type))
    return found


def by_us(path):
    raw = read_text_table(path)
    rows = {line: number for number, line in enumerate(raw.lines, start=2)}
    findings = check_regulations(raw, today=TODAY, header=True).findings
    return {(1 if finding.line == 1 else rows[finding.line], finding.column, finding.code) for finding in findings if finding.code.startswith("schema_")}


def places(found):
    return {(row, field) for row, field, _ in found}


# -- as frictionless finds it --------------------------------------------------------------------------------------------

FAULTS = {
    "date": ["2018-4-11", "11/04/2018", "2018-02-30", "NC", "", "2018-04-11T00:00:00", " 2018-04-11", "20180411", "avril"],
    "uri": ["www.ville.fr/a.pdf", "https://ville.fr/a b.pdf", "arrêté 12", "http://", "ftp:x", ""],
    "number": ["3,5", "3.5 t", "-1", "45.01", "46", "0", "NaN", "trente", "1e1", " 19", "19 06:00-10:00; 3,5 10:00-19:00", "", "6.1", "31"],
    "time": ["3h", "03:00", "25:00:00", "03:00:00", "3:00:00", "03:00:00Z", "24:00:00", "03:61:00", "", "03.00.00", "03:00:00.5"],
    "geopoint": ["5.42101,43.53591", "43.55078,5.41201", "5.4", "5,42;43,5", "190,40", "5.4,91", "a,b", "", " 5.4 , 43.5 ", "5.4,43.5,0"],
    "text": ["", "NA", "N/A", "6033", "06 033", "20004", "2A004", "00000", "Rue A/B", "Rue du 8-Mai (côté est)", "Rue de l'Œuvre", "interdit", "Interdit ", "Autorise",
             "jusqu’à", "jusqu'à", "Jusqu'à", "à partir de", "Électrique|Hydrogène", "Electrique", "Électrique;Hydrogène", "|Électrique", "Électrique|", "1|2|3", "6", "1|",
             "100% électrique et Véhicules à hydrogène", "Véhicule non classé", "x" * 300, "Poids lourds|Vélo-cargos", "rue\nHaute"],
}  # fmt: skip


def faults_for(field):
    kind = field.published.get("format") or field.published.get("type") or field.type
    return FAULTS.get(kind, FAULTS["text"])


def mutated(published, number=500, seed=20261128):
    chance = random.Random(seed)
    names = {title: ORDERS[name] for name, title in published_names(ORDERS).items()}
    rows = []
    for at in range(number):
        row = {**chance.choice(published), "ID": f"A-{at:04d}"}
        for title in chance.sample(list(names), chance.choice((1, 1, 2, 3))):
            row[title] = chance.choice(faults_for(names[title]))
        if rows and chance.random() < 0.06:
            row["ID"] = chance.choice(rows)["ID"]
        rows.append(row)
    return rows


def test_500_mutated_rows_have_the_same_schema_findings_as_frictionless_gives(descriptor, published, tmp_path):
    path = write(tmp_path / "mutated.csv", mutated(published))
    theirs, ours = by_frictionless(descriptor, path), by_us(path)
    assert places(ours) == places(theirs)
    constrained = {
        "ID", "COLL_NOM", "COLL_INSEE", "ARR_DATE", "ARR_REF", "ARR_OBJET", "ARR_URL", "REGL_MODALITE", "VEH_TONNAGE_MODALITE", "VEH_TONNAGE", "VEH_LONG", "VEH_LARG",
        "VEH_HAUT", "VEH_MOTORS", "VEH_CQAS", "EMPRISE_DESIGNATION", "INTERV_DUREE", "INTERV_HMAX", "GEOM_DEBUT", "GEOM_FIN",
    }  # fmt: skip
    assert {field for _, field in places(theirs)} == constrained
    assert {kind for *_, kind in theirs} == {"type-error", "constraint-error", "unique-error", "primary-key"}
    assert len(places(theirs)) > 300 and len({row for row, _ in places(theirs)}) < 500


@pytest.mark.parametrize("name", FILES)
def test_the_published_files_have_the_same_findings_for_both(descriptor, shared_data, name):
    path = shared_data / "regulations" / f"{name}.csv"
    assert places(by_us(path)) == places(by_frictionless(descriptor, path))


# -- what a schema cannot say --------------------------------------------------------------------------------------------


def checked(tmp_path, *rows, **given):
    plain = {"COLL_NOM": "Commune de Carros", "COLL_INSEE": "06033", "ARR_DATE": "2018-04-11", "ARR_REF": "NC", "ARR_OBJET": "NC", "REGL_MODALITE": "Interdit", "EMPRISE_DESIGNATION": "Rue Haute", "GEOM_WKT": "LINESTRING (7.18 43.79, 7.19 43.79)"}
    path = write(tmp_path / "orders.csv", [{**plain, "ID": str(number), **row} for number, row in enumerate(rows, start=1)])
    return check_regulations(read_text_table(path), today=TODAY, **given)


def codes(findings):
    return {(finding.line, finding.column, finding.code) for finding in findings.findings}


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ({"VEH_TONNAGE": "19"}, "VEH_TONNAGE_MODALITE", "order_weight_direction"),
        ({"VEH_TONNAGE_MODALITE": "à partir de"}, "VEH_TONNAGE", "order_direction_weight"),
        ({"VEH_TYPES": "Camions à remorque"}, "VEH_TYPES", "order_vehicles"),
        ({"VEH_TYPES": "poids lourds | Vélo-cargos"}, "VEH_TYPES", "order_vehicles"),
        ({"PERIODE_JH": "du lundi au vendredi"}, "PERIODE_JH", "order_hours"),
        ({"PERIODE_DEBUT": "2026-05-01", "PERIODE_FIN": "2026-04-01"}, "PERIODE_FIN", "order_period"),
        ({"PERIODE_DEBUT": "Fin des vacances"}, "PERIODE_DEBUT", "order_period_text"),
        ({"ARR_DATE": "2027-01-01"}, "ARR_DATE", "order_future"),
        ({"GEOM_DEBUT": "43.79,7.18", "GEOM_FIN": "7.19,43.79"}, "GEOM_DEBUT", "order_swapped"),
        ({"GEOM_WKT": "LINESTRING (43.79 7.18, 43.79 7.19)"}, "GEOM_WKT", "order_swapped"),
        ({"GEOM_WKT": "LINESTRING (17.18 43.79, 17.19 43.79)"}, "GEOM_WKT", "order_abroad"),
        ({"GEOM_WKT": "LINESTRING (7.18"}, "GEOM_WKT", "order_geometry"),
        ({"GEOM_DEBUT": "7.18,43.79"}, "GEOM_FIN", "order_one_end"),
        ({"GEOM_WKT": ""}, "EMPRISE_DESIGNATION", "order_to_locate"),
    ],
)
def test_what_the_schema_takes_and_can_hardly_be_right(tmp_path, row, column, code):
    assert (3, column, code) in codes(checked(tmp_path, {}, row))
    assert not any(line == 2 for line, *_ in codes(checked(tmp_path, {}, row)))


def test_a_right_order_has_no_finding(tmp_path):
    right = {"VEH_TYPES": "Poids lourds|Vélo-cargos", "VEH_TONNAGE": "3.5", "VEH_TONNAGE_MODALITE": "jusqu'à", "PERIODE_JH": "Mo-Fr 08:00-12:00; PH off", "PERIODE_DEBUT": "2026-01-01", "PERIODE_FIN": "2026-01-01"}
    assert checked(tmp_path, {**right, "GEOM_DEBUT": "7.18,43.79", "GEOM_FIN": "7.19,43.79"}).findings == []


def test_the_same_rule_twice_is_told_once_with_the_other_row(tmp_path):
    found = checked(tmp_path, {}, {"VEH_TONNAGE": "19", "VEH_TONNAGE_MODALITE": "jusqu'à"}, {})
    assert [(item.line, item.code, item.related) for item in found.findings] == [(4, "order_repeated", ("1",))]


def test_corrections_mend_what_they_are_about(tmp_path):
    rows = ({"GEOM_WKT": "LINESTRING (43.79 7.18, 43.79 7.19)"}, {"GEOM_DEBUT": "43.79,7.18", "GEOM_FIN": "43.79,7.19"}, {"VEH_TYPES": "poids lourds | Vélo-cargos"}, {"VEH_TONNAGE": "à partir de 3,5 t"}, {"ARR_DATE": "11/04/2018", "EMPRISE_DESIGNATION": "Rue Basse"})
    found = checked(tmp_path, *rows)
    raw = read_text_table(tmp_path / "orders.csv")
    mended, done = apply(raw.rows, found.findings)
    raw.rows = mended
    assert {(part.line, part.column) for part in done} == {(2, "GEOM_WKT"), (3, "GEOM_DEBUT"), (3, "GEOM_FIN"), (4, "VEH_TYPES"), (5, "VEH_TONNAGE"), (5, "VEH_TONNAGE_MODALITE"), (6, "ARR_DATE")}
    assert check_regulations(raw, today=TODAY).findings == []


def test_whether_a_geometry_can_be_made_is_said_with_the_streets(tmp_path):
    streets = gpd.GeoDataFrame({"nom": ["Rue Haute"]}, geometry=[shapely.LineString([(7.18, 43.79), (7.19, 43.79)])], crs=4326)
    found = checked(tmp_path, {"GEOM_WKT": ""}, {"GEOM_WKT": "", "EMPRISE_DESIGNATION": "Rue Basse"}, streets=streets)
    assert codes(found) == {(2, "EMPRISE_DESIGNATION", "order_to_locate"), (3, "EMPRISE_DESIGNATION", "order_no_place")}


def test_a_geometry_outside_its_municipality_is_found(tmp_path):
    municipalities = gpd.GeoDataFrame({"code_insee": ["06033"]}, geometry=[shapely.box(7.15, 43.75, 7.25, 43.85)], crs=4326)
    found = checked(tmp_path, {}, {"GEOM_WKT": "LINESTRING (7.4 43.79, 7.41 43.79)"}, municipalities=municipalities)
    assert codes(found) == {(3, "GEOM_WKT", "order_elsewhere")}


def test_the_real_files_by_hand(shared_data):
    """Carros: 10 weights without direction; Vence: 8; Fuveau: one order that names no street."""
    found = {name: check_regulations(read_text_table(shared_data / "regulations" / f"{name}.csv"), today=TODAY).counts() for name in FILES}
    assert found["carros"]["order_weight_direction"] == 10
    assert found["vence"]["order_weight_direction"] == 8
    assert found["fuveau"]["order_no_place"] == 1 == found["fuveau"]["schema_required"]
    assert found["exemple-valide"]["order_swapped"] == 2


# -- publishing ----------------------------------------------------------------------------------------------------------


def test_what_is_published_has_no_error_for_frictionless_and_the_rest_is_kept_with_its_reason(descriptor, towns, tmp_path):
    out, rest = tmp_path / "arretes.csv", tmp_path / "reste.csv"
    made = export_regulations(towns, out, rest)
    assert by_frictionless(descriptor, out) == set()
    assert Resource(path=out.name, basepath=str(tmp_path), schema=Schema.from_descriptor(descriptor)).validate().valid
    assert made.counts()["orders"] == 27 == made.counts()["published"] + made.counts()["kept_back"]
    with rest.open(encoding="utf-8-sig", newline="") as file:
        kept = list(csv.DictReader(file, delimiter=";"))
    # 51, 52 and 53 are numbers of Fuveau and of Vence; 11 one of Carros and of the example; 53 of Fuveau names no street
    assert sorted(row["ID"] for row in kept) == ["11", "11", "51", "51", "52", "52", "53", "53"]
    assert all(row["raison"] for row in kept)


def test_towns_that_number_alike_are_published_with_their_codes_in_front(descriptor, towns, tmp_path):
    out = tmp_path / "arretes.csv"
    made = export_regulations(towns, out, prefix_repeated=True)
    assert by_frictionless(descriptor, out) == set()
    assert made.kept_back["ID"].tolist() == ["13040-53"]
    assert "EMPRISE_DESIGNATION" in made.kept_back["raison"].iloc[0]
    assert made.counts()["published"] == 26


def test_the_file_is_what_the_schema_asks_for(towns, tmp_path):
    out = tmp_path / "arretes.csv"
    export_regulations(towns, out, prefix_repeated=True)
    content = out.read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(published_names(ORDERS).values())
    by_id = {row["ID"]: row for row in rows}
    assert by_id["38"]["GEOM_WKT"] == "LINESTRING (5.3934018 45.5653875, 5.4101722 45.5672293, 5.4251006 45.5679079)"
    assert (by_id["38"]["GEOM_DEBUT"], by_id["38"]["VEH_TONNAGE"]) == ("5.41201,43.55078", "3.5")
    assert by_id["4"]["VEH_TONNAGE"] == "19"


def test_read_again_it_is_the_same_table(towns, tmp_path):
    out = tmp_path / "arretes.csv"
    made = export_regulations(towns, out, prefix_repeated=True)
    again = read_regulations(out).table
    before = towns.loc[made.rows.index].reset_index(drop=True)
    for field in ORDERS.fields:
        if field.own or field.name in ("id", "arr_objet", "arr_ref"):
            continue
        old, new = (table[field.name].astype(object).where(table[field.name].notna(), None).tolist() for table in (before, again))
        assert old == new, field.name
    both = before.geometry.notna()
    assert both.tolist() == again.geometry.notna().tolist()
    assert shapely.equals_exact(before.geometry[both].to_numpy(), again.geometry[both].to_numpy(), 1e-7).all()
    assert made.filled == 0


def test_a_second_round_writes_the_same_file(towns, tmp_path):
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    export_regulations(towns, first, prefix_repeated=True)
    export_regulations(read_regulations(first).table, second)
    assert first.read_bytes() == second.read_bytes()


def test_what_the_schema_says_is_none_is_written_so_and_counted():
    names = ORDERS.names
    row = {**dict.fromkeys(names), "id": "1", "coll_nom": "Commune de Carros", "coll_insee": "06033", "arr_date": "2018-04-11", "regl_modalite": "Interdit", "emprise_designation": "Rue Haute"}
    made = publication(gpd.GeoDataFrame([row], geometry=[None], crs=4326))
    assert made.rows[["ARR_REF", "ARR_OBJET"]].iloc[0].tolist() == ["NC", "NC"]
    assert made.counts() == {"orders": 1, "published": 1, "kept_back": 0, "without_geometry": 1, "filled": 2}


def test_geojson_and_geopackage_hold_the_same_rows(towns, tmp_path):
    export_regulations(towns, tmp_path / "a.geojson", prefix_repeated=True)
    export_regulations(towns, tmp_path / "a.gpkg", prefix_repeated=True)
    for path in (tmp_path / "a.geojson", tmp_path / "a.gpkg"):
        raw = read_vector(path, "regulations" if path.suffix == ".gpkg" else None)
        assert len(raw.rows) == 26
        assert raw.geometry.notna().sum() == 1
        assert set(published_names(ORDERS).values()) - {"GEOM_WKT"} <= set(raw.columns)


def test_an_output_of_another_kind_is_refused(towns, tmp_path):
    with pytest.raises(OutputError, match=r"\.csv, \.geojson, \.gpkg"):
        export_regulations(towns, tmp_path / "a.shp")


@pytest.fixture
def folder(towns, tmp_path):
    made = export_folder(towns, tmp_path / "publication", About("Arrêtés", "Ville de Vence", "Relevé", day="2026-11-28"), prefix_repeated=True)
    assert made.counts() == {**made.counts(), "orders": 27, "published": 26, "kept_back": 1}
    return tmp_path / "publication"


def test_a_folder_for_data_gouv_is_whole_and_valid(folder, descriptor):
    assert {path.name for path in folder.iterdir()} == set(PUBLISHED)
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    (resource,) = package["resources"]
    assert resource["schema"].endswith("schema.json") and "arrete" in resource["schema"]
    report = Resource(path=resource["path"], basepath=str(folder), schema=Schema.from_descriptor(descriptor)).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])
    assert report.tasks[0].stats["rows"] == 26
    assert len(gpd.read_file(folder / "arretes-circulation-marchandises.geojson")) == 26
    assert sum(len(gpd.read_file(folder / "arretes-circulation-marchandises.gpkg", layer=name)) for name in gpd.list_layers(folder / "arretes-circulation-marchandises.gpkg")["name"]) == 26
    with (folder / "non-publies.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file, delimiter=";"))) == 1
    readme = (folder / "LISEZMOI.md").read_text(encoding="utf-8")
    assert all(words in readme for words in ("Ville de Vence", "2026-11-28", "Licence Ouverte 2.0", "Arrêtés publiés, conformes au schéma : **26**", "Arrêtés non publiés : **1**"))
    with (folder / resource["path"]).open(encoding="utf-8", newline="") as file:
        given = sum(1 for row in csv.DictReader(file) if row["VEH_TONNAGE"])
    assert f"| VEH_TONNAGE | {ORDERS['veh_tonnage'].title} | {given} |" in readme


def test_a_folder_that_holds_something_is_left_alone_and_one_of_nothing_is_not_made(folder, towns, tmp_path):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(OutputError, match="is not empty"):
        export_folder(towns, folder, About())
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    with pytest.raises(DataError, match="None of the 27 orders follows"):
        export_folder(towns.assign(regl_modalite=None), tmp_path / "none", About())
    assert not (tmp_path / "none").exists()
