"""Access points and points of interest: published forms, the sample town, and what may be wrong with them."""

from __future__ import annotations

import json

import pytest
from builders import csv_text
from conftest import ROOT

from joptimiz_qgis.toolkit.errors import HeaderError, ParameterError
from joptimiz_qgis.toolkit.read.places import read_access_points, read_points_of_interest
from joptimiz_qgis.toolkit.schema import load_table

# The header of the national schema "IRVE statique" 2.3, of which the mapping reads some columns.
IRVE = ["nom_amenageur", "nom_operateur", "nom_enseigne", "id_station_itinerance", "nom_station", "adresse_station", "coordonneesXY", "nbre_pdc", "id_pdc_itinerance", "puissance_nominale", "condition_acces", "horaires"]
# The two headers under which the fuel prices circulate: names, and labels.
FUEL_NAMES = ["id", "latitude", "longitude", "cp", "pop", "adresse", "ville", "services", "horaires", "geom", "horaires_automate_24_24", "services_service"]
FUEL_LABELS = ["id", "latitude", "longitude", "Code postal", "pop", "Adresse", "Ville", "services", "horaires", "geom", "Automate 24-24 (oui/non)", "Services proposés"]


def said(reading):
    return [(remark.kind, str(remark)) for remark in reading.remarks]


def xy(reading):
    return [(round(point.x, 5), round(point.y, 5)) for point in reading.table.geometry]


def test_the_access_points_of_the_sample_town():
    reading = read_access_points(ROOT / "joptimiz_qgis" / "resources" / "sample" / "access_points.geojson")
    assert (reading.imported, reading.rejected, reading.remarks) == (12, 0, [])
    assert [*reading.table.columns] == [*load_table("access_points").names, "geometry"]
    assert set(reading.table["type"]) == {"entrée", "sortie", "entrée-sortie"}


def test_what_is_wrong_with_an_access_point_is_kept_and_said(write_file):
    rows = [
        ["id", "nom", "sens", "horaires", "date_debut", "date_fin", "longitude", "latitude"],
        ["A", "Porte", "Entree", "6h-11h", "", "", "48.85", "2.35"],
        ["A", "Porte", "tourniquet", "24/7", "2026-07-05", "2026-07-04", "48.86", "2.35"],
        ["B", "Nulle part", "sortie", "24/7", "", "", "", ""],
    ]
    reading = read_access_points(write_file("acces.csv", csv_text(rows)))
    assert xy(reading) == [(2.35, 48.85), (2.35, 48.86)]
    assert reading.table["type"].tolist() == ["entrée", "tourniquet"]
    assert [(reject.line, str(reject.reason)) for reject in reading.rejects] == [(4, "no usable coordinates: the place cannot be put on the map")]
    flagged = " / ".join(text for _, text in said(reading))
    assert "6h-11h cannot be read as opening hours (kept as it is; the hours count as unknown)" in flagged
    assert "tourniquet is not one of the values known (kept as it is)" in flagged
    assert "it ends before it starts" in flagged
    assert "A is the identifier of several rows" in flagged


def test_charging_stations_of_the_national_schema(write_file):
    rows = [IRVE, *([""] * 4 + ["Gare", "1 rue A", position, "2", f"FRE{number}", "22", "Accès libre", hours] for number, (position, hours) in enumerate((("[2.35, 48.85]", "24/7"), ("[2.36,48.86]", "Mo-Fr 08:00-20:00"))))]
    reading = read_points_of_interest(write_file("irve.csv", csv_text(rows)))
    assert (reading.mapping, reading.imported, reading.remarks) == ("irve", 2, [])
    assert xy(reading) == [(2.35, 48.85), (2.36, 48.86)]
    first = reading.table.iloc[0]
    assert (first["type_poi"], first["id"], first["capacite"], first["puissance"], first["horaires"]) == ("borne de recharge", "FRE0", 2, 22, "24/7")


def test_one_station_with_swapped_coordinates_is_put_right(write_file):
    rows = [IRVE, *([""] * 4 + ["Gare", "1 rue A", position, "2", "FRE", "22", "", "24/7"] for position in ("[2.35, 48.85]", "[48.86, 2.36]", "[2.37, 48.87]"))]
    reading = read_points_of_interest(write_file("irve.csv", csv_text(rows)))
    assert xy(reading) == [(2.35, 48.85), (2.36, 48.86), (2.37, 48.87)]
    assert ("corrected", "geometry: latitude and longitude were the other way round") in said(reading)


@pytest.mark.parametrize("header", [FUEL_NAMES, FUEL_LABELS])
def test_fuel_stations_under_both_their_headers(write_file, header):
    cells = ["1000001", "4620100", "519800", "01000", "R", "596 AVENUE DE TREVOUX", "SAINT-DENIS", "", "", "46.201, 5.198", "Oui", "Boutique"]
    closed = [*cells[:-3], "46.202, 5.199", "Non", ""]
    reading = read_points_of_interest(write_file("carburants.csv", csv_text([header, cells, closed], ";")))
    assert (reading.mapping, reading.imported) == ("prix_carburants", 2)
    assert xy(reading) == [(5.198, 46.201), (5.199, 46.202)]
    assert reading.table[["type_poi", "code_postal", "commune", "horaires"]].to_numpy().tolist() == [
        ["station-service", "01000", "SAINT-DENIS", "24/7"], ["station-service", "01000", "SAINT-DENIS", None]
    ]  # fmt: skip


def test_the_waiting_areas_for_lorries(shared_data):
    """270 rows, of which 16 have x and y; the others are placed by road and kilometre post only."""
    reading = read_points_of_interest(shared_data / "dialog" / "aires_de_stockage.csv")
    assert (reading.mapping, reading.rows_read, reading.imported, reading.rejected) == ("aires_stockage", 270, 16, 254)
    assert reading.table.crs.to_epsg() == 2154
    assert set(reading.table["type_poi"]) == {"aire de stockage"}
    first = reading.table.iloc[0]
    assert (first["id"], first.geometry.x, first.geometry.y) == ("PL_16_N0010_04_N0010", 481756, 6530248)


def test_any_file_is_read_with_a_kind(write_file):
    path = write_file("relais.csv", "nom;lon;lat\nTabac;2.35;48.85\n")
    with pytest.raises(HeaderError, match="--mapping generic"):
        read_points_of_interest(path)
    reading = read_points_of_interest(path, kind="point relais")
    assert (reading.table["type_poi"].tolist(), reading.table["id"].tolist()) == (["point relais"], ["2"])
    with pytest.raises(ParameterError, match="“relais” is not a kind of point of interest"):
        read_points_of_interest(path, kind="relais")
    assert [str(text) for _, text in said(read_points_of_interest(path, "generic"))] == ["type_poi: the kind of the place is not given"]


def test_an_area_is_taken_as_a_point_on_it(write_file):
    ring = [[2.30, 48.85], [2.31, 48.85], [2.31, 48.86], [2.30, 48.86], [2.30, 48.85]]
    feature = {"type": "Feature", "properties": {"type_poi": "parking poids lourds"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    reading = read_points_of_interest(write_file("parkings.geojson", json.dumps({"type": "FeatureCollection", "features": [feature]})))
    assert xy(reading) == [(2.305, 48.855)]
