"""Positions out of text columns: which columns, which CRS, which axis first."""

from __future__ import annotations

import pandas as pd
import pyproj
import pytest
import shapely
from builders import raw_table

from joptimiz_qgis.toolkit.crs import WGS84
from joptimiz_qgis.toolkit.errors import CrsError, HeaderError
from joptimiz_qgis.toolkit.read import positions
from joptimiz_qgis.toolkit.read.columns import locate, typed

NOTRE_DAME = (2.3499, 48.8530)


def text(*cells):
    return pd.Series(list(cells), dtype=object)


def projected(crs):
    """Notre-Dame in `crs`, as text."""
    x, y = pyproj.Transformer.from_crs(WGS84, crs, always_xy=True).transform(*NOTRE_DAME)
    return f"{x:.7f}", f"{y:.7f}"


def longitude_latitude(geometry):
    point = geometry.to_crs(WGS84).iloc[0]
    return pytest.approx((point.x, point.y), abs=1e-5)


@pytest.mark.parametrize(
    ("cell", "pair"),
    [
        ("48.85, 2.35", (48.85, 2.35)), ("48.85,2.35", (48.85, 2.35)), ("48,85;2,35", (48.85, 2.35)), ("48,85, 2,35", (48.85, 2.35)),
        ("48,85,2,35", (48.85, 2.35)), ("(48.85 2.35)", (48.85, 2.35)), ("[2.35 | 48.85]", (2.35, 48.85)), ("-20.88,55.45", (-20.88, 55.45)),
    ],
)  # fmt: skip
def test_a_pair_is_cut_where_it_should_be(cell, pair):
    first, second = positions.pairs(text(cell))
    assert (first[0], second[0]) == pair


@pytest.mark.parametrize("cell", [None, "", "48.85", "1,2,3", "a, b", "48.85, 2.35, 30"])
def test_what_is_no_pair_has_no_position(cell):
    first, second = positions.pairs(text(cell))
    assert not positions.points(first, second).any()


@pytest.mark.parametrize(
    ("wkt", "mended"),
    [
        ("POINT(2 48)", False), ("POLYGON((0 0, 1 0, 1 1, 0 0))", False), ("POLYGON(0 0, 1 0, 1 1, 0 0)", True),
        (" polygon ( 0 0,1 0,1 1,0 0 ) ", True),
    ],
)  # fmt: skip
def test_wkt_is_read_and_single_parentheses_are_mended(wkt, mended):
    geometry, changed = positions.from_wkt(text(wkt))
    assert changed.tolist() == [mended]
    assert geometry[0].area == (0 if wkt.startswith("POINT") else 0.5)


@pytest.mark.parametrize("wkt", [None, "POLYGON(0 0, 1 0)", "n/a", "POLYGON(("])
def test_unreadable_wkt_is_no_geometry(wkt):
    assert positions.from_wkt(text(wkt))[0].tolist() == [None]


def test_geojson_is_read_where_it_can_be_and_missing_elsewhere():
    good = '{"coordinates": [2.35, 48.85], "type": "Point"}'
    cells = text(good, None, "", "12", "{}", '{"type":"Point"', '{"type":"Point","coordinates":null}', '{"type":"Point","coordinates":["a"]}')
    geometry = positions.from_geojson(cells)
    assert geometry[0] == shapely.Point(2.35, 48.85)
    assert [shape for shape in geometry[1:] if shape is not None and not shape.is_empty] == []


@pytest.mark.parametrize("crs", ["EPSG:2154", "EPSG:27572", "EPSG:3949", "EPSG:3948", WGS84])
@pytest.mark.parametrize("names", [("x", "y"), ("X_L93", "Y_L93"), ("Coord. X", "Coord. Y")])
def test_the_crs_of_coordinate_columns_is_guessed_and_said(crs, names):
    cells = projected(crs)
    geometry, notes = locate(raw_table(dict(zip(names, ([cell] for cell in cells), strict=True))))
    assert geometry.crs == crs
    assert longitude_latitude(geometry) == NOTRE_DAME
    assert [str(note) for note in notes] == [f"Positions are read from the columns “{names[0]}, {names[1]}” as {crs}."]


def test_swapped_longitude_and_latitude_are_put_right_and_said():
    geometry, notes = locate(raw_table({"longitude": ["48.8530", "48.8600"], "latitude": ["2.3499", "2.3400"]}))
    assert longitude_latitude(geometry) == NOTRE_DAME
    assert str(notes[0]) == "“longitude, latitude” hold latitude and longitude the other way round; they were swapped."


@pytest.mark.parametrize(("place", "crs"), [((55.45, -20.88), "EPSG:2975"), ((-52.33, 4.94), "EPSG:2972"), ((45.23, -12.78), "EPSG:4471")])
def test_overseas_metres_are_recognised(place, crs):
    x, y = pyproj.Transformer.from_crs(WGS84, crs, always_xy=True).transform(*place)
    assert locate(raw_table({"x": [f"{x}"], "y": [f"{y}"]}))[0].crs == crs


def test_numbers_that_fit_two_systems_are_asked_about():
    """Pointe-à-Pitre in UTM 20N (WGS84 and RGAF09 are centimetres apart) is also a place near Perpignan in Lambert II étendu."""
    with pytest.raises(CrsError) as caught:
        locate(raw_table({"x": ["657000"], "y": ["1796000"]}))
    assert "“x, y” (line 2: 657000; 1796000) may be in EPSG:27572, EPSG:5490, EPSG:32620. Say which" in str(caught.value)


def test_numbers_that_fit_no_system_are_asked_about_and_taken_as_said():
    table = raw_table({"x": ["100000"], "y": ["100000"]})
    with pytest.raises(CrsError, match=r"may be in \?\. Say which coordinate system"):
        locate(table)
    assert locate(table, "EPSG:32631")[0].crs == "EPSG:32631"


def test_degrees_outside_france_are_degrees():
    assert locate(raw_table({"lon": ["4.35"], "lat": ["50.85"]}))[0].crs == WGS84


def test_a_crs_that_does_not_exist_is_a_sentence():
    with pytest.raises(CrsError, match="“EPSG:99999” is not a coordinate system"):
        locate(raw_table({"x": ["1"], "y": ["2"]}), "EPSG:99999")


def test_degrees_win_over_metres_in_a_file_that_has_both():
    x, y = projected("EPSG:2154")
    table = raw_table({"x": [x], "y": [y], "x_longitude": ["2.3499"], "y_latitude": ["48.8530"]})
    assert locate(table)[0].crs == WGS84


@pytest.mark.parametrize(
    "columns",
    [
        {"geo_point_2d": ["48.8530, 2.3499"]}, {"Géolocalisation": ["2.3499, 48.8530"]}, {"the_geom": ["POINT(2.3499 48.8530)"]},
        {"geo_shape": ['{"type":"Point","coordinates":[2.3499,48.8530]}']}, {"Lon": ["2,3499"], "Lat": ["48,8530"]},
    ],
)  # fmt: skip
def test_every_way_to_write_a_position_leads_to_notre_dame(columns):
    assert longitude_latitude(locate(raw_table(columns))[0]) == NOTRE_DAME


def test_a_table_without_coordinates_lists_what_it_has_and_what_was_expected():
    with pytest.raises(HeaderError) as caught:
        locate(raw_table({"nom": ["a"], "adresse": ["b"]}))
    assert "“memory”" in str(caught.value)
    assert "Expected: columns longitude and latitude, x and y, or a WKT column; found: nom, adresse." in str(caught.value)


@pytest.mark.parametrize(
    ("name", "cells", "is_number"),
    [
        ("effectif", ["12", None, "3,5"], True), ("surface", ["-1.25", "0"], True), ("effectif", ["12", "n/a"], False),
        ("numero", ["012", "13"], False), ("code_postal", ["75001", "75002"], False), ("SIRET", ["12345678900012"], False),
        ("Tranche effectif", ["11", "12"], False), ("vide", [None, None], False), ("long", ["1234567890123456"], False),
    ],
)  # fmt: skip
def test_columns_become_numbers_only_where_nothing_is_lost(name, cells, is_number):
    column = typed(pd.DataFrame({name: text(*cells)}), ("siret", "postal", "trancheeffectif"))[name]
    assert pd.api.types.is_float_dtype(column) == is_number
    if not is_number:
        assert column.tolist() == cells
