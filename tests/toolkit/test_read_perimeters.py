"""Perimeters: the published files, small files of their forms, and what may be wrong with them."""

from __future__ import annotations

import json

import pytest
import shapely

from joptimiz_qgis.toolkit.errors import FileError, HeaderError
from joptimiz_qgis.toolkit.messages import set_language
from joptimiz_qgis.toolkit.read.perimeters import read_perimeters
from joptimiz_qgis.toolkit.schema import load_table

SQUARE = [[[2.30, 48.85], [2.31, 48.85], [2.31, 48.86], [2.30, 48.86], [2.30, 48.85]]]
BOW_TIE = [[[2.30, 48.85], [2.31, 48.86], [2.31, 48.85], [2.30, 48.86], [2.30, 48.85]]]
ZFE = {
    "id": "200046977-ZFE-001", "date_debut": "2019-07-01", "date_fin": None,
    **{f"{who}_{what}": None for who in ("vp", "vul", "pl", "autobus_autocars", "deux_rm") for what in ("critair", "horaires")},
}  # fmt: skip
GAMES = {
    "EVENEMENT": "STADE", "TYPE_PERI": "Rouge", "COMPE": "Oly", "TRI": "STA",
    "DATE_DEBUT": "2024/07/26 13:00:00.000", "DATE_FIN": "2024/07/27 02:00:00.000",
}  # fmt: skip


@pytest.fixture
def read(write_file):
    """``read((properties, geometry), …)``: these features as a GeoJSON file, read."""

    def features(*rows, mapping=None):
        content = {
            "type": "FeatureCollection",
            "features": [{"type": "Feature", "properties": properties, "geometry": geometry} for properties, geometry in rows],
        }
        return read_perimeters(write_file("perimetres.geojson", json.dumps(content)), mapping)

    return features


def polygon(rings=SQUARE):
    return {"type": "Polygon", "coordinates": rings}


def said(reading):
    return [(remark.kind, str(remark)) for remark in reading.remarks]


# -- the published files -------------------------------------------------------------------------------------------------


def test_the_games_file_is_read_whole(shared_data):
    reading = read_perimeters(shared_data / "perimeters" / "jop2024_zones.geojson")
    assert (reading.mapping, reading.rows_read, reading.imported, reading.rejected) == ("games", 881, 875, 6)
    assert [reject.line for reject in reading.rejects] == [195, 196, 197, 198, 199, 200]
    assert {str(reject.reason) for reject in reading.rejects} == {"no usable geometry: the row cannot be placed on the map"}
    # The invalid ones, as GEOS's own validity test finds them: features 18, 21, 23, 25 and 725.
    repaired = {reading.table["source_ligne"][remark.row] for remark in reading.remarks if remark.field == "geometry"}
    assert repaired == {18, 21, 23, 25, 725}
    assert reading.table.geometry.is_valid.all()
    assert set(reading.table.geom_type) == {"Polygon", "MultiPolygon"}
    assert not reading.table.has_z.any()
    # FORMATS.md: Rouge 442, Bleu 401, Gris 19, Blanc 19; the six without geometry are blue.
    assert reading.table["type_peri"].value_counts().to_dict() == {"Rouge": 442, "Bleu": 395, "Gris": 19, "Blanc": 19}
    assert reading.table["cle"].is_unique


def test_the_zone_and_the_roads_of_the_national_sample_are_read(shared_data):
    zone = read_perimeters(shared_data / "perimeters" / "zfe_exemple_zone.geojson")
    roads = read_perimeters(shared_data / "perimeters" / "zfe_exemple_voie_speciale.geojson")
    assert (zone.mapping, zone.imported, zone.table["type_peri"].tolist()) == ("zfe", 1, ["ZFE"])
    assert (roads.mapping, roads.imported, set(roads.table["type_peri"])) == ("zfe", 4, {"Voie spéciale"})
    assert not roads.table.has_z.any()
    assert (len(zone.rules), len(roads.rules)) == (5, 20)
    assert set(roads.rules["critair"]) == {"V4"}
    assert set(roads.rules["periode_jh"]) == {"Mo-Fr 08:00-20:00; PH off"}
    assert zone.remarks == roads.remarks == []


def test_orders_keep_their_conditions_and_lose_no_row_silently(shared_data):
    reading = read_perimeters(shared_data / "regulations" / "exemple-valide.csv")
    assert (reading.mapping, reading.rows_read, reading.imported, reading.rejected) == ("orders", 2, 1, 1)
    rule = reading.rules.iloc[0]
    assert (rule["regl_modalite"], rule["veh_types"], rule["veh_tonnage_modalite"], rule["veh_tonnage"]) == ("Interdit", "Poids lourds", "à partir de", 3.5)
    assert rule["periode_jh"] == "Mo-Sa 11:00-06:00; Su,PH 10:00-06:00"
    flagged = " ".join(text for kind, text in said(reading) if kind == "flagged")
    assert "Fin des vacances de la Toussaint is not a date" in flagged
    assert rule["periode_debut"] == "Fin des vacances de la Toussaint"
    vence = read_perimeters(shared_data / "regulations" / "vence.csv")
    assert (vence.rows_read, vence.rejected) == (9, 9)


def test_communes_are_read_by_the_generic_mapping_without_rules(shared_data):
    reading = read_perimeters(shared_data / "zones" / "communes-92.geojson")
    assert (reading.mapping, reading.imported, len(reading.rules)) == ("generic", 36, 0)


# -- small files of their forms ------------------------------------------------------------------------------------------


def test_the_tables_have_the_fields_of_their_descriptions(read):
    reading = read((GAMES, polygon()))
    assert [*reading.table.columns] == [*load_table("perimeters").names, "geometry"]
    assert [*reading.rules.columns] == load_table("perimeter_rules").names
    empty = read((GAMES, None))
    assert [*empty.rules.columns] == load_table("perimeter_rules").names
    assert (len(empty.table), len(empty.rules), empty.rejected) == (0, 0, 1)


def test_a_category_without_a_class_has_no_rule(read):
    reading = read(({**ZFE, "vul_critair": "V4", "vul_horaires": "24/7"}, polygon()))
    assert reading.rules[["perimetre", "veh_types", "critair", "periode_jh", "regl_modalite"]].to_numpy().tolist() == [
        ["200046977-ZFE-001", "Véhicules utilitaires légers", "V4", "24/7", "Interdit"]
    ]


@pytest.mark.parametrize("published", ["V4", "v4", "4", "Crit'Air 4"])
def test_a_class_is_read_however_it_is_written(read, published):
    assert read(({**ZFE, "pl_critair": published, "pl_horaires": "24/7"}, polygon())).rules["critair"].tolist() == ["V4"]


def test_a_class_without_hours_has_unknown_hours_and_hours_without_a_class_make_no_rule(read):
    reading = read(({**ZFE, "pl_critair": "V4", "vp_horaires": "24/7"}, polygon()))
    assert reading.rules[["veh_types", "periode_jh"]].to_numpy().tolist() == [["Poids lourds", "unknown"]]
    assert said(reading) == [
        ("flagged", "vp_critair: vp_critair is not given, so that no rule is made of the rest"),
        ("flagged", "pl_horaires: it should be given and is not; taken as “unknown”"),
    ]


def test_hours_and_classes_that_cannot_be_read_are_kept_and_flagged(read):
    reading = read(({**ZFE, "pl_critair": "V9", "pl_horaires": "Lu-Ve 8h-20h"}, polygon()))
    assert reading.rules[["critair", "periode_jh"]].to_numpy().tolist() == [["V9", "Lu-Ve 8h-20h"]]
    assert [kind for kind, _ in said(reading)] == ["flagged", "flagged"]
    assert "V9 is not one of the values known (kept as it is): EL, V1" in reading.table["remarques"].iloc[0]
    assert "Lu-Ve 8h-20h cannot be read as opening hours (kept as it is; the hours count as unknown)" in reading.table["remarques"].iloc[0]


def test_repeated_and_malformed_identifiers_are_kept_reported_and_told_apart_by_a_key(read):
    rule = {"pl_critair": "V4", "pl_horaires": "24/7"}
    reading = read(({**ZFE, **rule}, polygon()), ({**ZFE, **rule, "pl_critair": "V3"}, polygon()), ({**ZFE, **rule, "id": "zfe-1"}, polygon()))
    assert reading.table["id"].tolist() == ["200046977-ZFE-001", "200046977-ZFE-001", "zfe-1"]
    assert reading.table["cle"].tolist() == ["200046977-ZFE-001#1", "200046977-ZFE-001#2", "zfe-1"]
    assert reading.rules[["perimetre", "critair"]].to_numpy().tolist() == [
        ["200046977-ZFE-001#1", "V4"], ["200046977-ZFE-001#2", "V3"], ["zfe-1", "V4"]
    ]  # fmt: skip
    assert [text for _, text in said(reading)] == [
        "id: zfe-1 does not have the form expected (kept as it is)",
        "id: 200046977-ZFE-001 is the identifier of several rows",
        "id: 200046977-ZFE-001 is the identifier of several rows",
    ]


def test_a_rejected_row_lends_its_rules_to_no_other(read):
    rows = [({**ZFE, "id": f"20004697{n}-ZFE-001", "pl_critair": f"V{n}", "pl_horaires": "24/7"}, geometry) for n, geometry in enumerate((polygon(), None, polygon()), start=1)]
    reading = read(*rows)
    assert [reject.line for reject in reading.rejects] == [2]
    assert reading.rules[["perimetre", "critair", "source_ligne"]].to_numpy().tolist() == [["200046971-ZFE-001", "V1", 1], ["200046973-ZFE-001", "V3", 3]]


def test_lines_with_height_become_flat_special_roads(read):
    line = {"type": "LineString", "coordinates": [[2.30, 48.85, 50.9], [2.31, 48.85, 47.7]]}
    flat = {"type": "LineString", "coordinates": [[2.30, 48.85], [2.31, 48.85]]}
    for geometry in (line, flat):
        table = read((ZFE, geometry)).table
        assert table["type_peri"].tolist() == ["Voie spéciale"]
        assert shapely.get_coordinate_dimension(table.geometry.iloc[0]) == 2


def test_a_broken_area_is_repaired_and_a_point_is_no_perimeter(read):
    reading = read((GAMES, polygon(BOW_TIE)), (GAMES, {"type": "Point", "coordinates": [2.3, 48.85]}))
    shape = reading.table.geometry.iloc[0]
    # The bow tie encloses two triangles, a quarter of the square each.
    assert shape.area == pytest.approx(0.01 * 0.01 / 2)
    assert shape.is_valid
    assert ("corrected", "geometry: the geometry was invalid (Self-intersection) and was repaired") in said(reading)
    assert [(reject.line, str(reject.reason)) for reject in reading.rejects] == [(2, "a perimeter is an area or a road, and this is a point")]


def test_swapped_coordinates_are_put_right_and_said(read):
    swapped = [[[y, x] for x, y in SQUARE[0]]]
    reading = read((GAMES, polygon(swapped)), (GAMES, polygon()))
    assert reading.table.geometry.iloc[0].equals(reading.table.geometry.iloc[1])
    assert ("corrected", "geometry: latitude and longitude were the other way round") in said(reading)


@pytest.mark.parametrize(
    ("dates", "said_of_it"),
    [
        ({"date_debut": "2024-07-27", "date_fin": "2024-07-26"}, "it ends (2024-07-26) before it starts (2024-07-27)"),
        ({"date_debut": "2024-07-26T13:00:00", "date_fin": "2024-07-26T13:00:00"}, "before it starts"),
        ({"date_debut": "bientôt", "date_fin": "2024-07-26"}, "bientôt is not a date (kept as it is"),
    ],
)
def test_impossible_dates_are_kept_and_flagged(read, dates, said_of_it):
    reading = read(({"nom": "a", "type_peri": "ZTL", **dates}, polygon()))
    assert said_of_it in reading.table["remarques"].iloc[0]
    assert reading.table[["date_debut", "date_fin"]].iloc[0].tolist() == list(dates.values())


def test_an_unknown_kind_is_kept_and_flagged_and_a_known_one_is_written_as_we_do(read):
    reading = read(({"type_peri": "ZAPA"}, polygon()), ({"type_peri": "aire PIÉTONNE"}, polygon()))
    assert reading.table["type_peri"].tolist() == ["ZAPA", "Aire piétonne"]
    assert [kind for kind, _ in said(reading)] == ["flagged"]


def test_a_single_day_is_a_day_and_not_an_error(read):
    reading = read(({"type_peri": "ZTL", "date_debut": "2026-07-04", "date_fin": "2026-07-04"}, polygon()))
    assert reading.remarks == []


def test_what_the_file_does_not_say_of_the_games_is_marked_as_assumed(read):
    reading = read(*(({**GAMES, "TYPE_PERI": kind}, polygon()) for kind in ("Rouge", "Bleu", "Gris", "Blanc")))
    assert reading.rules["perimetre"].tolist() == ["1", "2", "3"]
    assert reading.rules["supposee"].all()
    assert reading.rows_with("completed") == 3
    assert "the order decides" in str(reading.notes[0])
    set_language("fr")
    assert "l’arrêté fait foi" in str(reading.notes[0])


@pytest.mark.parametrize("name", ["perimetres.geojson", "perimetres.csv"])
@pytest.mark.parametrize("page", [b"<!DOCTYPE html><html><body>Erreur 503</body></html>", b"\xef\xbb\xbf\n<HTML lang=fr>"])
def test_a_web_page_saved_as_data_is_told(write_file, name, page):
    with pytest.raises(FileError, match=r"is a web page \(HTML\), not data"):
        read_perimeters(write_file(name, page))


def test_a_table_of_something_else_is_refused_with_the_way_out(write_file):
    with pytest.raises(HeaderError, match=r"any known source for “Perimeters”.*--mapping generic"):
        read_perimeters(write_file("arbres.csv", "essence;hauteur\nplatane;12\n"))
