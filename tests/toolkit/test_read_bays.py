"""Four published dialects of delivery bays, row by row against the CSV module, and whatever else may be fed in."""

from __future__ import annotations

import csv
import json
from collections import Counter

import numpy as np
import pandas as pd
import pytest
import shapely
from builders import NATIONAL_V1, PARIS, attempt, csv_text, layer, national_csv, published_rows, raw_table, series
from conftest import sha256
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from joptimiz_qgis.toolkit.errors import CrsError, HeaderError
from joptimiz_qgis.toolkit.read.bays import bays_from_raw, read_bays
from joptimiz_qgis.toolkit.read.mapping import get_mapping
from joptimiz_qgis.toolkit.schema import load_table
from joptimiz_qgis.toolkit.write import write_table

FILES = {
    "paris_livraison_2026-01.csv": ("paris", ";", 9198, 9198),
    "hauts_de_seine.csv": ("hauts_de_seine", ";", 1007, 980),
    "cerema_v1_exemple_grand_lyon.csv": ("national_v1", ",", 16, 16),
    "antibes_v0_1.csv": ("national_v0_1", ",", 21, 0),
}


@pytest.fixture(scope="module")
def readings(shared_data):
    return {name: read_bays(shared_data / "bays" / name) for name in FILES}


@pytest.fixture(scope="module")
def published(shared_data):
    """Each file as the csv module reads it, by the line on which a row begins."""
    files = {name: published_rows(shared_data / "bays" / name, delimiter=delimiter) for name, (_, delimiter, _, _) in FILES.items()}
    return {name: dict(enumerate(rows, start=2)) for name, rows in files.items()}


def by_line(reading, column):
    """Values of a column by line of the source; None where missing."""
    return {line: None if pd.isna(value) else value for line, value in zip(reading.table["source_ligne"], reading.table[column])}


def only(reading, published, wanted):
    """What `wanted` says of the published row of each imported line."""
    return {line: wanted(published[line]) for line in reading.table["source_ligne"]}


# -- all four ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "mapping", "rows", "imported"), [(name, m, r, i) for name, (m, _, r, i) in FILES.items()])
def test_a_published_file_is_recognised_and_its_rows_add_up(readings, published, name, mapping, rows, imported):
    reading = readings[name]
    assert reading.mapping == mapping
    assert (reading.rows_read, reading.imported, reading.rejected) == (rows, imported, rows - imported)
    assert reading.rows_read == len(published[name])
    lines = [*reading.table["source_ligne"], *(reject.line for reject in reading.rejects)]
    assert sorted(lines) == sorted(published[name])


@pytest.mark.parametrize("name", FILES)
def test_the_table_has_the_schema_s_columns_types_and_values(readings, name):
    table, schema = readings[name].table, load_table("bays")
    assert list(table.columns) == [*schema.names, "geometry"]
    assert table.crs == "EPSG:4326"
    for field in schema.fields:
        assert table[field.name].dtype == field.pandas_type, field.name
        known = table[field.name].dropna()
        if field.enum and field.type == "string":
            assert set(known) <= set(field.enum)
        if field.pandas_type == "object":
            assert all(isinstance(value, str) and value for value in known), field.name
            assert all(value is None for value in table[field.name][table[field.name].isna()]), field.name


@pytest.mark.parametrize("name", FILES)
def test_longitude_and_latitude_are_those_of_the_geometry(readings, name):
    table = readings[name].table
    points = table.geometry.representative_point()
    assert np.allclose(table[["longitude", "latitude"]].to_numpy(float), np.c_[points.x, points.y], atol=2e-5)
    assert (table["source"] == name).all()


@pytest.mark.parametrize("name", FILES)
def test_reading_leaves_the_source_as_it_was(shared_data, tmp_path, name):
    copy = tmp_path / name
    copy.write_bytes((shared_data / "bays" / name).read_bytes())
    before = sha256(copy)
    read_bays(copy)
    assert sha256(copy) == before
    assert list(tmp_path.iterdir()) == [copy]


# -- Paris ---------------------------------------------------------------------------------------------------------------

PARIS_FILE = "paris_livraison_2026-01.csv"
PARIS_ENUMERATIONS = {
    ("disposition", "Type de stationnement"): {"Longitudinal": "parallèle"},
    ("parite_trottoir", "Parité"): {"Impair": "impair", "Pair": "pair", "Inconnu": "inconnu", "": None},
    ("localisation", "Localisation stationnement"): {
        "Chaussée": "chaussée", "Lincoln": "encoche", "Demi lincoln": "encoche", "Faux lincoln": "encoche", "Terre plein": "terre-plein",
        "Contre allée": None, "Contre terre plein": None, "Trottoir": None, "Place": None, "Autre": None,
    },
    ("type", "Régime particulier"): {"ZL périodique": "aire périodique", "ZL permanente": "aire permanente"},
    ("marquage_etat", "Signalisation horizontale"): {"Présente": "bon état", "Abimé": "dégradé", "Absente": "absent"},
    ("panneau_present", "Signalisation verticale"): {"Absente": False, "Avec panonceau": True, "Sans panonceau": True, "Abimé": True},
}  # fmt: skip


def paris_hours(row):
    """The schema's hours of a Paris row: its complete slots in their order, once each, as opening_hours ranges."""
    slots = [(row[f"Plage horaire {n}-Début"], row[f"Plage horaire {n}-Fin"]) for n in (1, 2, 3)]
    told = [f"{start}-{end}" for start, end in slots if start and end and (start, end) != ("00:00", "00:01")]
    return ",".join(sorted(set(told), key=told.index)) or None


def test_paris_hours_are_those_published(readings, published):
    assert by_line(readings[PARIS_FILE], "temporalite_osm") == only(readings[PARIS_FILE], published[PARIS_FILE], paris_hours)


def test_paris_periodic_bays_without_hours_get_the_city_s_rule_and_no_others(readings, published):
    def assumed(row):
        return "Mo-Sa 07:00-20:00" if row["Régime particulier"] == "ZL périodique" and not paris_hours(row) else None

    reading = readings[PARIS_FILE]
    assert by_line(reading, "temporalite_defaut") == only(reading, published[PARIS_FILE], assumed)
    assert reading.rows_with("completed") == sum(map(bool, map(assumed, published[PARIS_FILE].values())))


def test_paris_slots_without_an_end_are_left_out_and_said(readings, published):
    half = [
        line
        for line, row in published[PARIS_FILE].items()
        if any(bool(row[f"Plage horaire {n}-Début"]) != bool(row[f"Plage horaire {n}-Fin"]) for n in (1, 2, 3))
    ]
    reading = readings[PARIS_FILE]
    remarked = reading.table.loc[[remark.row for remark in reading.remarks if remark.kind == "corrected"], "source_ligne"]
    assert sorted(remarked) == half
    assert len(half) == 2


@pytest.mark.parametrize(("names", "values"), PARIS_ENUMERATIONS.items(), ids=lambda item: item[0] if isinstance(item, tuple) else "")
def test_paris_labels_become_the_schema_s_values(readings, published, names, values):
    field, column = names
    assert by_line(readings[PARIS_FILE], field) == only(readings[PARIS_FILE], published[PARIS_FILE], lambda row: values[row[column]])


@pytest.mark.parametrize(("field", "column"), [("longueur", "Longueur"), ("largeur", "Largeur")])
def test_paris_metres_become_centimetres(readings, published, field, column):
    wanted = only(readings[PARIS_FILE], published[PARIS_FILE], lambda row: float(row[column]) * 100)
    assert by_line(readings[PARIS_FILE], field) == pytest.approx(wanted, abs=0.0051)


def test_paris_identifiers_positions_and_postcodes_are_those_published(readings, published):
    reading, rows = readings[PARIS_FILE], published[PARIS_FILE]
    assert by_line(reading, "id") == only(reading, rows, lambda row: row["Nouvel identifiant"] or row["Ancien identifiant"])
    arrondissements = {str(number): f"750{number:02}" for number in range(1, 21)}
    assert by_line(reading, "code_postal") == only(reading, rows, lambda row: arrondissements.get(row["Arrondissement"]))
    positions = {line: tuple(json.loads(rows[line]["geo_shape"])["coordinates"]) for line in rows}
    assert {line: (point.x, point.y) for line, point in zip(reading.table["source_ligne"], reading.table.geometry)} == positions


def test_paris_with_only_the_columns_that_make_it_known_is_read(write_file, published):
    """The portal lets its users choose the columns of an export."""
    columns = [*get_mapping("bays", "paris").recognise, "Plage horaire 1-Fin"]
    rows = [[row[column] for column in columns] for row in list(published[PARIS_FILE].values())[:20]]
    reading = read_bays(write_file("extrait.csv", csv_text([columns, *rows], ";")))
    assert (reading.mapping, reading.imported) == ("paris", 20)
    assert reading.table[["adresse", "commentaire", "parite_trottoir"]].isna().all().all()
    assert (reading.counts()["corrected"], reading.counts()["flagged"]) == (0, 0)


# -- Hauts-de-Seine ------------------------------------------------------------------------------------------------------

HDS_FILE = "hauts_de_seine.csv"


def test_hauts_de_seine_rejects_what_is_no_delivery_bay_and_says_why(readings, published):
    reasons = Counter((reject.value, str(reject.reason)) for reject in readings[HDS_FILE].rejects)
    assert reasons == {
        ("FONDS", "reserved for cash transport: not a delivery bay"): 26,
        ("02", "not a kind of place that the source describes as a delivery bay"): 1,
    }
    for reject in readings[HDS_FILE].rejects:
        assert published[HDS_FILE][reject.line]["type"] == reject.value


def test_hauts_de_seine_unknown_hours_stay_empty_and_the_others_are_those_published(readings, published):
    def hours(row):
        span = f"{row['h_debut']}-{row['h_fin']}"
        return None if span == "00:00-00:00" else span

    reading, rows = readings[HDS_FILE], published[HDS_FILE]
    unknown = [row for row in rows.values() if hours(row) is None]
    assert len(unknown) == 680
    assert by_line(reading, "temporalite_osm") == only(reading, rows, hours)
    assert reading.table["temporalite_osm"].isna().sum() == sum(row["type"] == "LIVRAISON" for row in unknown)


@pytest.mark.parametrize("field", ["longueur", "largeur"])
def test_hauts_de_seine_metres_become_centimetres_and_zero_is_unknown(readings, published, field):
    def centimetres(row):
        return float(row[field]) * 100 or None

    assert by_line(readings[HDS_FILE], field) == pytest.approx(only(readings[HDS_FILE], published[HDS_FILE], centimetres))


def test_hauts_de_seine_codes_stay_text(readings, published):
    for field, column in (("id", "id"), ("code_postal", "cp"), ("adresse", "adresse"), ("commune", "commune")):
        assert by_line(readings[HDS_FILE], field) == only(readings[HDS_FILE], published[HDS_FILE], lambda row, c=column: row[c] or None)


@pytest.mark.parametrize(
    ("change", "encoding"),
    [
        (lambda header: [name.upper() for name in header], "utf-8-sig"),
        (lambda header: header, "cp1252"),
        (lambda header: [name.capitalize() for name in header], "utf-16"),
    ],
    ids=["upper case and byte order mark", "Windows-1252", "UTF-16"],
)
@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)], ids=["same order", "reversed"])
def test_the_same_file_in_another_dress_gives_the_same_table(readings, shared_data, write_file, change, encoding, order):
    with (shared_data / "bays" / HDS_FILE).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter=";")
    text = csv_text([change(header)[order], *(row[order] for row in rows)], ";", "\r\n")
    reading = read_bays(write_file(HDS_FILE, text, encoding))
    assert reading.mapping == "hauts_de_seine"
    pd.testing.assert_frame_equal(pd.DataFrame(reading.table), pd.DataFrame(readings[HDS_FILE].table))


# -- the national schema's own samples -----------------------------------------------------------------------------------

LYON_FILE = "cerema_v1_exemple_grand_lyon.csv"


def test_lyon_s_polygon_with_single_parentheses_is_mended_and_said(readings):
    reading = readings[LYON_FILE]
    (row,) = reading.table.index[reading.table.geom_type == "Polygon"]
    ring = [(4.855154, 45.769666), (4.855176, 45.769668), (4.855190, 45.769583), (4.855168, 45.769581), (4.855154, 45.769666)]
    assert reading.table.geometry[row].equals(shapely.Polygon(ring))
    assert reading.table["remarques"][row] == "geom_wkt: the footprint was not valid WKT (parentheses) and was mended"
    assert reading.counts()["corrected"] == 1


@pytest.mark.parametrize("column", ["ID", "UUID", "NOM", "CODE_POSTAL", "ADRESSE", "DISPOSITION", "TYPE", "TEMPORALITE_OSM", "TEMPORALITE_CDS"])
def test_lyon_s_texts_are_those_published(readings, published, column):
    reading = readings[LYON_FILE]
    assert by_line(reading, column.lower()) == only(reading, published[LYON_FILE], lambda row: row[column] or None)


@pytest.mark.parametrize("column", ["LONGUEUR", "LARGEUR", "DUREE_MAX", "IRVE_PUISSANCE", "LONGITUDE", "LATITUDE"])
def test_lyon_s_numbers_are_those_published(readings, published, column):
    reading = readings[LYON_FILE]
    assert by_line(reading, column.lower()) == only(reading, published[LYON_FILE], lambda row: float(row[column]) if row[column] else None)


def test_antibes_rows_without_position_are_rejected_with_the_column(readings):
    assert {(reject.column, str(reject.reason)) for reject in readings["antibes_v0_1.csv"].rejects} == {
        ("GEOM_XY", "no usable coordinates: the bay cannot be placed on the map")
    }


def test_the_first_national_schema_in_metres_with_its_order_of_coordinates(write_file, shared_data):
    header = (shared_data / "bays/antibes_v0_1.csv").read_text(encoding="utf-8").splitlines()[0].split(",")

    def row(**cells):
        return [cells.get(name, "NA") for name in header]

    size = {"EMPRISE_LONGUEUR": "12", "EMPRISE_LARGEUR": "2,5"}
    rows = [
        row(ID="1", GEOM_XY="43.58, 7.12", INTERV_JH="Mo-Sa 06:00-10:00", INTERV_DUREE="PT30M", INTERV_DISQUE="oui", **size),
        row(ID="2", GEOM_XY="43.59,7.13", INTERV_JH="19 06:00-10:00; 3,5 10:00-19:00", INTERV_REGIME="Mixte"),
        row(ID="3", GEOM_XY="1,1"),
        row(ID="4", GEOM_XY="43.57,7.11", INTERV_REGIME="Transport de fonds"),
    ]
    reading = read_bays(write_file("antibes.csv", csv_text([header, *rows])))
    assert reading.mapping == "national_v0_1"
    first, second = reading.table.to_dict("records")
    assert (first["longueur"], first["largeur"], first["duree_max"], first["duree_controle"]) == (1200, 250, 30, "disque horodateur")
    assert (first["geometry"], first["temporalite_osm"]) == (shapely.Point(7.12, 43.58), "Mo-Sa 06:00-10:00")
    assert second["type"] == "aire périodique"
    assert second["temporalite_osm"] == "19 06:00-10:00; 3,5 10:00-19:00"
    assert "cannot be read as opening hours (kept as it is" in second["remarques"]
    assert [(reject.line, reject.column) for reject in reading.rejects] == [(4, "GEOM_XY"), (5, "INTERV_REGIME")]
    assert "“GEOM_XY” holds latitude before longitude; read so." in map(str, reading.notes)


# -- single traits -------------------------------------------------------------------------------------------------------


def read_national(write_file, *bays, **common):
    return read_bays(write_file("bornes.csv", national_csv(*bays, **common)))


def test_hours_are_built_from_cds_where_there_are_no_others(write_file):
    cds = '[{"days_of_week":["mon","tue","wed","thu","fri"],"times_of_day":[["08:00","12:00"]]}]'
    reading = read_national(write_file, {"TEMPORALITE_CDS": cds}, {"TEMPORALITE_CDS": cds, "TEMPORALITE_OSM": "Sa 09:00-12:00"})
    assert reading.table["temporalite_osm"].tolist() == ["Mo-Fr 08:00-12:00", "Sa 09:00-12:00"]


def test_hours_that_cannot_be_built_are_left_out_with_a_remark(write_file):
    reading = read_national(write_file, {"TEMPORALITE_CDS": '[{"days_of_week":["lundi"]}]'})
    assert reading.table["temporalite_osm"].isna().all()
    assert reading.table["remarques"][0].startswith("temporalite_osm: hours left out: ")


def test_an_unreadable_footprint_leaves_the_point(write_file):
    reading = read_national(write_file, {"GEOM_WKT": "POLYGON((2.35 48.85, 2.36"})
    assert reading.table.geometry[0] == shapely.Point(2.35, 48.85)
    assert "the footprint cannot be read; the point is used instead" in reading.table["remarques"][0]


def test_a_footprint_places_a_bay_without_longitude(write_file):
    square = "POLYGON((2.35 48.85, 2.3502 48.85, 2.3502 48.8502, 2.35 48.8502, 2.35 48.85))"
    reading = read_national(write_file, {"GEOM_WKT": square, "LONGITUDE": "", "LATITUDE": ""})
    assert reading.table[["longitude", "latitude"]].to_numpy().tolist() == [[2.3501, 48.8501]]


def test_identifiers_that_repeat_are_kept_and_flagged(write_file):
    reading = read_national(write_file, {"ID": "07"}, {"ID": "8"}, {"ID": "07"})
    assert reading.table["id"].tolist() == ["07", "8", "07"]
    assert [remark.row for remark in reading.remarks] == [0, 2]
    assert {str(remark) for remark in reading.remarks} == {"id: 07 is the identifier of several bays"}
    assert reading.counts()["flagged"] == 2


def test_a_row_without_position_is_rejected_and_the_others_are_not(write_file):
    reading = read_national(write_file, {}, {"LONGITUDE": ""}, {"LATITUDE": "200"}, {"LONGITUDE": "deux"}, {})
    assert reading.table["id"].tolist() == ["B1", "B5"]
    assert [reject.line for reject in reading.rejects] == [3, 4, 5]
    assert str(reading.rejects[1]) == (
        "Line 4, column “LONGITUDE”, value “2.35”: no usable coordinates: the bay cannot be placed on the map"
    )


def test_geojson_and_a_missing_cell_in_the_same_column(write_file):
    text = csv_text(
        [
            ["id", "type", "loc_num", "adresse", "cp", "code_insee", "h_debut", "h_fin", "geo_shape", "geo_point_2d"],
            ["1", "LIVRAISON", "DROIT", "", "", "", "", "", '{"type":"Point","coordinates":[2.24,48.83]}', ""],
            ["2", "LIVRAISON", "DROIT", "", "", "", "", "", "", "48.84,2.25"],
            ["3", "LIVRAISON", "DROIT", "", "", "", "", "", '{"type":"Point","coordinates":[200,48.83]}', ""],
        ],
        ";",
    )
    reading = read_bays(write_file("hds.csv", text))
    assert reading.table.geometry.tolist() == [shapely.Point(2.24, 48.83), shapely.Point(2.25, 48.84)]
    assert [reject.line for reject in reading.rejects] == [4]


def test_the_reject_table_has_line_column_value_and_reason(readings):
    table = readings[HDS_FILE].reject_table()
    assert list(table.columns) == ["line", "column", "value", "reason"]
    assert len(table) == 27


def test_the_counts_are_said_in_one_sentence(readings):
    assert readings[HDS_FILE].sentence() == (
        "1007 rows read: 980 imported (0 with a value corrected, 0 completed, 661 to check), 27 rejected."
    )


# -- layers with a geometry ----------------------------------------------------------------------------------------------


def test_any_layer_is_read_with_the_generic_mapping_in_its_own_crs():
    points = series([shapely.Point(PARIS), None, shapely.Point()])
    reading = bays_from_raw(raw_table({"gid": ["007", "8", "9"], "Longueur": ["900", "", ""]}, points))
    assert reading.mapping == "generic"
    assert reading.table.crs == "EPSG:2154"
    assert reading.table[["id", "longueur"]].to_numpy().tolist() == [["007", 900.0]]
    assert (reading.table["longitude"].round(2).item(), reading.table["latitude"].round(2).item()) == (2.35, 48.86)
    assert [reject.line for reject in reading.rejects] == [3, 4]


def test_a_layer_without_identifiers_gets_its_line_numbers():
    assert bays_from_raw(raw_table({}, series([shapely.Point(PARIS)] * 2))).table["id"].tolist() == ["2", "3"]


def test_a_layer_without_crs_is_refused_unless_it_is_said():
    raw = raw_table({"gid": ["1"]}, series([shapely.Point(PARIS)], None))
    with pytest.raises(CrsError, match="“memory” does not say its coordinate system"):
        bays_from_raw(raw)
    assert bays_from_raw(raw, crs="EPSG:2154").table.crs == "EPSG:2154"


def test_a_layer_with_metres_declared_as_degrees_is_refused():
    with pytest.raises(CrsError, match=r"“memory” .* EPSG:4326; they look like EPSG:2154"):
        bays_from_raw(raw_table({"gid": ["1"]}, series([shapely.Point(PARIS)], "EPSG:4326")))


def test_heights_and_measures_do_not_disturb():
    solid = series([shapely.from_wkt(f"POINT ZM ({PARIS[0]} {PARIS[1]} 35 1)"), shapely.Point(*PARIS, 3)])
    assert bays_from_raw(raw_table({}, solid)).imported == 2


def test_a_bays_table_that_was_written_is_read_back_the_same(readings, tmp_path):
    for name in (PARIS_FILE, LYON_FILE):
        table = readings[name].table
        again = read_bays(write_table(table, tmp_path / f"{name}.gpkg", "bays"))
        assert again.mapping == "national_v1"
        columns = [column for column in table.columns if column not in ("geometry", "remarques")]
        pd.testing.assert_frame_equal(
            pd.DataFrame(again.table[columns]).reset_index(drop=True), pd.DataFrame(table[columns]).reset_index(drop=True)
        )


def test_unknown_columns_without_geometry_are_refused_and_the_generic_mapping_reads_them(write_file):
    path = write_file("ville.csv", "nom;longueur;lon;lat\nA;900;2.35;48.85\n")
    with pytest.raises(HeaderError, match="--mapping generic"):
        read_bays(path)
    table = read_bays(path, "generic").table
    assert table[["id", "nom", "longueur"]].to_numpy().tolist() == [["2", "A", 900.0]]


# -- property: any mutation gives rows or sentences ----------------------------------------------------------------------

JUNK = st.one_of(
    st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=15),
    st.sampled_from([
        "", "NA", "0", "0.0", "-1", "1e400", "nan", "12,5", "1 200", "oui", "24:00", "25:99", "00:00", "2.35", "48.85", "48.85, 2.35", "1,1",
        "POLYGON(1 2, 3 4, 5 6, 1 2)", "POLYGON((", "POINT EMPTY", '{"type":"Point","coordinates":[1,2]}', '{"type":"Point"}', "[[]]", "null",
        '[{"days_of_week":["mon"],"times_of_day":[["08:00"]]}]', '[{"times_of_day":[[8,9]]}]', "Mo-Su", "PT90M", "P1D", "31/12/2025", "99/99/9999",
        "2025-13-45", "LIVRAISON", "FONDS", "ZL périodique", "aire périodique", "É",
    ]),
)  # fmt: skip
CHANGES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 50), JUNK), max_size=25)


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(changes=CHANGES, cut=st.integers(0, 40), repeated=st.booleans())
def test_a_file_damaged_anywhere_gives_rows_or_a_sentence(shared_data, tmp_path_factory, name, changes, cut, repeated):
    delimiter = FILES[name][1]
    with (shared_data / "bays" / name).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        records = [record for record, _ in zip(reader, range(13))]
    for row, column, cell in changes:
        record = records[row]
        if column < len(record):
            record[column] = cell
        elif row:
            record.append(cell)
    records += records[1:4] * repeated
    path = tmp_path_factory.getbasetemp() / name
    text = csv_text(records, delimiter)
    path.write_text(text[: len(text) - cut], encoding="utf-8", newline="")
    reading, sentence = attempt(read_bays, path)
    if not reading:
        assert name in sentence
        return
    assert reading.rows_read == reading.imported + reading.rejected
    assert 0 < reading.rows_read <= len(records)
    assert sum(reading.counts()[kind] > reading.imported for kind in ("corrected", "completed", "flagged")) == 0
    assert all(str(reject) for reject in reading.rejects)
    lines = [*reading.table["source_ligne"], *(reject.line for reject in reading.rejects)]
    if "SOURCE_LIGNE" not in map(str.upper, records[0]):
        assert len(set(lines)) == len(lines)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(NATIONAL_V1), JUNK, max_size=8), min_size=1, max_size=5))
def test_any_cells_of_the_national_schema_give_rows_or_reasons(tmp_path_factory, bays):
    path = tmp_path_factory.getbasetemp() / "cells.csv"
    path.write_text(national_csv(*bays), encoding="utf-8", newline="")
    reading, sentence = attempt(read_bays, path)
    if not reading:
        assert "cells.csv" in sentence
        return
    assert reading.rows_read == reading.imported + reading.rejected == len(bays)
    assert layer(reading.table.geometry, "EPSG:4326").geometry.notna().all()
