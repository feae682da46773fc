"""Delivery points from CSV and vector files."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pyogrio
import pytest
import shapely
from builders import around_paris, layer, published_rows, raw_table, series
from conftest import sha256

from joptimiz_qgis.toolkit.errors import CrsError, DataError, FileError, HeaderError, ParameterError
from joptimiz_qgis.toolkit.read.delivery_points import as_points, points_from_raw, read_delivery_points

SIRENE = "delivery_points/paris13_sirene_effectifs.csv"
VECTOR_FILES = {
    "paris_restaurants_2018.gpkg": (23_348, "EPSG:2154"),
    "paris_commerces_2022.geojson": (2_503, "EPSG:4326"),
    "paris_pharmacies.geojson": (987, "EPSG:4326"),
    "paris_supermarches_osm_2014.geojson": (598, "EPSG:4326"),
}


@pytest.mark.parametrize(("name", "count", "crs"), [(name, *facts) for name, facts in VECTOR_FILES.items()])
def test_every_row_of_a_real_layer_is_read(shared_data, name, count, crs):
    path = shared_data / "delivery_points" / name
    before = sha256(path)
    reading = read_delivery_points(path)
    assert reading.rows_read == count == pyogrio.read_info(path)["features"]
    assert reading.table.crs == crs
    assert set(reading.table.geom_type) == {"Point"}
    assert sha256(path) == before


def test_a_sirene_file_is_read_row_by_row_in_lambert_93_with_its_codes_as_text(shared_data):
    rows = published_rows(shared_data / SIRENE, delimiter=",")
    reading = read_delivery_points(shared_data / SIRENE)
    assert reading.table.crs == "EPSG:2154"
    assert "Positions are read from the columns “X_L93, Y_L93” as EPSG:2154." in map(str, reading.notes)
    located = [row for row in rows if row["X_L93"]]
    assert (reading.rows_read, reading.imported) == (len(rows), len(located))
    assert [(point.x, point.y) for point in reading.table.geometry] == [(float(row["X_L93"]), float(row["Y_L93"])) for row in located]
    for code in ("CODPOS", "APET700", "TEFET"):
        assert reading.table[code].tolist() == [row[code] or None for row in located]


def test_areas_become_points_on_them_and_a_note_says_how_many(shared_data):
    path = shared_data / "delivery_points/paris_supermarches_osm_2014.geojson"
    shapes = shapely.from_wkb(pyogrio.raw.read(path)[2])
    areas = sum(kind != "Point" for kind in (shape.geom_type for shape in shapes))
    assert areas == 30
    reading = read_delivery_points(path)
    assert all(shape.covers(point) or shape.distance(point) < 1e-9 for shape, point in zip(shapes, reading.table.geometry))
    assert f"{areas} delivery points are lines, areas or groups of points; a point on each of them was taken." in map(str, reading.notes)


@pytest.mark.parametrize(
    ("wkt", "point", "noted"),
    [
        ("POINT (1 2)", "POINT (1 2)", False),
        ("POINT Z (1 2 3)", "POINT (1 2)", False),
        ("POINT ZM (1 2 3 4)", "POINT (1 2)", False),
        ("MULTIPOINT ((1 2))", "POINT (1 2)", False),
        ("POLYGON Z ((0 0 5, 2 0 5, 2 2 5, 0 2 5, 0 0 5))", "POINT (1 1)", True),
        ("MULTIPOLYGON (((0 0, 2 0, 2 2, 0 2, 0 0)))", "POINT (1 1)", True),
        ("LINESTRING (0 0, 1 1, 4 4)", "POINT (1 1)", True),
    ],
)
def test_any_geometry_becomes_one_flat_point(wkt, point, noted):
    geometry, note = as_points(series([shapely.from_wkt(wkt)]))
    assert geometry[0].equals(shapely.from_wkt(point))
    assert not geometry.has_z.any()
    assert (note is not None) == noted


def test_a_self_crossing_area_still_gives_a_point():
    bow_tie = shapely.from_wkt("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))")
    assert as_points(series([bow_tie]))[0][0].within(bow_tie.envelope)


def test_rows_without_position_are_rejected_and_the_others_keep_their_columns():
    reading = points_from_raw(raw_table({"nom": ["a", "b", "c"], "x": ["652000", "", "652010"], "y": ["6862000", "6862000", "abc"]}))
    assert reading.table["nom"].tolist() == ["a"]
    assert [str(reject) for reject in reading.rejects] == [
        f"Line {line}: no usable coordinates: the delivery point cannot be placed on the map" for line in (3, 4)
    ]
    assert reading.rows_read == 3


def test_a_short_row_of_a_csv_is_among_the_rejects(write_file):
    reading = read_delivery_points(write_file("clients.csv", "id;x;y\n1;652000;6862000\n2;652000\n"))
    assert (reading.imported, reading.rejected, reading.rejects[0].line) == (1, 1, 3)


def test_metres_where_degrees_are_declared_are_refused_by_name(tmp_path):
    layer(around_paris((0, 0)), "EPSG:4326").to_file(tmp_path / "clients.geojson")
    with pytest.raises(CrsError, match=r"“clients\.geojson” .* EPSG:4326; they look like EPSG:2154"):
        read_delivery_points(tmp_path / "clients.geojson")


def test_a_file_without_crs_is_refused_by_name_and_read_once_it_is_said(tmp_path):
    path = tmp_path / "clients.shp"
    layer(around_paris((0, 0)), None, nom=["a"]).to_file(path)
    with pytest.raises(CrsError, match=r"“clients\.shp” does not say its coordinate system"):
        read_delivery_points(path)
    assert read_delivery_points(path, "EPSG:2154").table.crs == "EPSG:2154"
    with pytest.raises(CrsError, match="“Lambert” is not a coordinate system"):
        read_delivery_points(path, "Lambert")


def test_a_declared_crs_is_not_overruled(tmp_path):
    path = tmp_path / "clients.gpkg"
    layer(around_paris((0, 0))).to_file(path)
    assert read_delivery_points(path, "EPSG:4326").table.crs == "EPSG:2154"


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("nom;adresse\na;b\n", HeaderError, "No column of “clients.csv” looks like coordinates"),
        ("nom;x;y\na;;\nb;;\n", DataError, "None of the 2 rows of “clients.csv” has a usable position. Check the coordinate columns"),
        ("nom;x;y\na;652000\n", DataError, "“clients.csv” holds no delivery point"),
        ("", FileError, "The file “clients.csv” is empty"),
    ],
)
def test_a_csv_that_cannot_be_used_is_told(write_file, text, error, said):
    with pytest.raises(error) as caught:
        read_delivery_points(write_file("clients.csv", text))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("shapes", "said"),
    [([], "“clients.gpkg” holds no delivery point"), ([None, None], "None of the 2 rows of “clients.gpkg” has a usable position")],
)
def test_a_layer_that_cannot_be_used_is_told(tmp_path, shapes, said):
    layer(shapes, nom=["a"] * len(shapes)).to_file(tmp_path / "clients.gpkg", geometry_type="Point")
    with pytest.raises(DataError) as caught:
        read_delivery_points(tmp_path / "clients.gpkg")
    assert said in str(caught.value)


# -- files that are not what their name says -----------------------------------------------------------------------------


def written(folder, ending):
    path = folder / f"whole.{ending}"
    layer(around_paris(*((east, 0) for east in range(400))), nom=["établissement"] * 400).to_file(path)
    return path.read_bytes()


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "fgb"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.97])
def test_a_truncated_vector_file_is_told_and_never_read_in_part(tmp_path, ending, share):
    content = written(tmp_path, ending)
    path = tmp_path / f"clients.{ending}"
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises((FileError, DataError)) as caught:
        read_delivery_points(path)
    assert f"“clients.{ending}”" in str(caught.value)


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "fgb", "shp", "parquet"])
@pytest.mark.parametrize(("content", "said"), [(b"", "is empty"), (b"\x00\x01 not this \xff" * 50, "Expected: an intact GeoPackage")])
def test_a_file_that_is_not_what_its_name_says_is_told(write_file, ending, content, said):
    with pytest.raises(FileError) as caught:
        read_delivery_points(write_file(f"clients.{ending}", content))
    assert f"“clients.{ending}”" in str(caught.value)
    assert said in str(caught.value)


def test_a_missing_vector_file_is_told_with_its_path(tmp_path):
    with pytest.raises(FileError, match="There is no file") as caught:
        read_delivery_points(tmp_path / "absent.gpkg")
    assert str(tmp_path / "absent.gpkg") in str(caught.value)


def test_a_file_of_several_layers_asks_which_one(tmp_path):
    path = tmp_path / "ville.gpkg"
    layer(around_paris((0, 0)), nom=["a"]).to_file(path, layer="clients")
    layer(around_paris((5, 0), (9, 0)), nom=["b", "c"]).to_file(path, layer="bornes")
    with pytest.raises(ParameterError) as caught:
        read_delivery_points(path)
    assert f"“ville.gpkg” holds several layers: clients, bornes. Name one, for example: {path}|layername=clients" in str(caught.value)
    assert read_delivery_points(f"{path}|layername=bornes").imported == 2
    assert read_delivery_points(path, layer="clients").imported == 1


def test_columns_of_any_type_survive(tmp_path):
    path = tmp_path / "clients.gpkg"
    columns = {"n": [1, 2], "x": [0.5, None], "t": ["é", None], "d": pd.to_datetime(["2024-07-26", "2024-07-27"]), "b": [True, False]}
    layer(around_paris((0, 0), (1, 0)), **columns).to_file(path)
    table = read_delivery_points(path).table
    assert Counter(table.columns) == Counter([*columns, "geometry"])
    assert table["n"].tolist() == [1, 2]
