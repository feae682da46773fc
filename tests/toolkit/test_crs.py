"""Which metric CRS to measure in, which CRS bare numbers are in, and coordinates that cannot be in theirs."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from builders import PARIS, series

from joptimiz_qgis.toolkit.crs import WGS84, check_crs, guess_crs, has_position, known_crs, metric_crs, to_crs
from joptimiz_qgis.toolkit.errors import CrsError

# Longitude and latitude of towns near the borders and the coasts (Wikipedia, two decimals).
FRENCH_TOWNS = {
    "Dunkerque": (2.38, 51.03), "Lille": (3.06, 50.63), "Strasbourg": (7.75, 48.57), "Annemasse": (6.23, 46.19), "Nice": (7.26, 43.70),
    "Menton": (7.50, 43.77), "Bonifacio": (9.16, 41.39), "Bastia": (9.45, 42.70), "Perpignan": (2.90, 42.70), "Hendaye": (-1.77, 43.36),
    "Brest": (-4.49, 48.39), "Cherbourg": (-1.62, 49.64), "Givet": (4.82, 50.14), "Lauterbourg": (8.18, 48.98),
}  # fmt: skip
OVERSEAS = {
    "Saint-Denis": ((55.45, -20.88), "EPSG:2975"),
    "Pointe-à-Pitre": ((-61.53, 16.24), "EPSG:5490"),
    "Fort-de-France": ((-61.07, 14.61), "EPSG:5490"),
    "Cayenne": ((-52.33, 4.94), "EPSG:2972"),
    "Mamoudzou": ((45.23, -12.78), "EPSG:4471"),
}
ABROAD = {
    "Bruxelles": ((4.35, 50.85), 32631),
    "London": ((-0.13, 51.51), 32630),
    "Torino": ((7.68, 45.07), 32632),
    "Barcelona": ((2.17, 41.39), 32631),
    "Buenos Aires": ((-58.38, -34.60), 32721),
}
# A projection's origin in degrees and in metres is its definition (IGN, NTG 71 and "Projections coniques conformes 9 zones").
ORIGINS = {
    "EPSG:2154": (700_000, 6_600_000),
    "EPSG:27572": (600_000, 2_200_000),
    **{f"EPSG:{3900 + zone}": (1_700_000, (zone - 41) * 1_000_000 + 200_000) for zone in range(43, 51)},
    "EPSG:3942": (1_700_000, 1_260_000),  # 60 km north of its origin, which lies in the sea
}
# WGS84 UTM differs from the overseas legal systems by centimetres at most.
UTM = {"EPSG:2975": 32740, "EPSG:5490": 32620, "EPSG:2972": 32622, "EPSG:4471": 32738}


def degrees(place):
    return series([shapely.Point(place)], WGS84)


@pytest.mark.parametrize("town", FRENCH_TOWNS)
def test_metropolitan_france_is_measured_in_lambert_93(town):
    assert metric_crs(degrees(FRENCH_TOWNS[town])) == "EPSG:2154"


@pytest.mark.parametrize(("place", "legal"), OVERSEAS.values(), ids=OVERSEAS)
def test_overseas_is_measured_in_its_legal_crs(place, legal):
    assert metric_crs(degrees(place)) == legal


@pytest.mark.parametrize(("place", "utm"), ABROAD.values(), ids=ABROAD)
def test_abroad_is_measured_in_the_local_utm_zone(place, utm):
    assert metric_crs(degrees(place)).to_epsg() == utm


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:27572", "EPSG:3949", "EPSG:4171", "EPSG:32631"])
def test_paris_is_measured_in_lambert_93_whatever_its_layer_is_in(crs):
    assert metric_crs(series([shapely.Point(PARIS)]).to_crs(crs)) == "EPSG:2154"


def test_a_legal_crs_is_kept():
    assert metric_crs(degrees((55.45, -20.88)).to_crs("EPSG:2975")) == "EPSG:2975"


def test_one_wrong_position_does_not_move_the_layer():
    assert metric_crs(series([shapely.Point(2.35, 48.85)] * 3 + [shapely.Point(-120, 10), None, shapely.Point()], WGS84)) == "EPSG:2154"


@pytest.mark.parametrize(("crs", "origin"), ORIGINS.items())
def test_bare_metres_are_told_by_where_they_lie_in_france(crs, origin):
    x, y = (np.array([value, value + 500.0]) for value in origin)
    assert guess_crs(x, y) == [crs]


@pytest.mark.parametrize(("place", "legal"), OVERSEAS.values(), ids=OVERSEAS)
def test_bare_metres_overseas_are_told(place, legal):
    x, y = pyproj.Transformer.from_crs(WGS84, UTM[legal], always_xy=True).transform(*place)
    assert legal in guess_crs(np.array([x]), np.array([y]))


@pytest.mark.parametrize("place", [*FRENCH_TOWNS.values(), *(place for place, _ in OVERSEAS.values())])
def test_degrees_are_told_from_degrees_the_other_way_round(place):
    longitude, latitude = (np.array([value]) for value in place)
    assert guess_crs(longitude, latitude) == [WGS84]
    assert guess_crs(latitude, longitude) == [f"{WGS84} swapped"]


def test_one_stray_row_in_twenty_does_not_spoil_the_guess():
    x, y = np.append(np.full(19, PARIS[0]), 0.0), np.append(np.full(19, PARIS[1]), 0.0)
    assert guess_crs(x, y) == ["EPSG:2154"]
    assert guess_crs(x[9:], y[9:]) == []


@pytest.mark.parametrize("numbers", [[], [np.nan], [5.0]])
def test_numbers_that_lie_nowhere_in_france_give_no_guess(numbers):
    assert guess_crs(np.array(numbers), np.array(numbers)) == []


@pytest.mark.parametrize(
    ("position", "declared", "looks_like"),
    [((2.35, 48.85), "EPSG:2154", WGS84), ((2.35, 48.85), "EPSG:3857", WGS84), (PARIS, WGS84, "EPSG:2154"), ((48.85, 2.35), "EPSG:2154", "?")],
)
def test_coordinates_that_cannot_be_in_the_declared_crs_are_refused(position, declared, looks_like):
    wrong = series([shapely.Point(position)], declared)
    if looks_like == "?":
        check_crs(wrong, "bornes")  # no place in France: a local system may have its origin there
        return
    for check in (lambda: check_crs(wrong, "bornes"), lambda: metric_crs(wrong)):
        with pytest.raises(CrsError) as caught:
            check()
        assert declared in str(caught.value)
        assert f"they look like {looks_like}. Give the layer its true CRS" in str(caught.value)
    with pytest.raises(CrsError, match="“bornes”"):
        check_crs(wrong, "bornes")


def test_a_layer_without_crs_is_refused_by_name_with_where_to_say_it():
    with pytest.raises(CrsError, match=r"“bornes” does not say its coordinate system .* whose name ends in -crs .*, for example EPSG:2154"):
        check_crs(series([shapely.Point(PARIS)], None), "bornes")


@pytest.mark.parametrize("name", ["EPSG:99999", "Lambert", ""])
def test_a_crs_that_does_not_exist_is_a_sentence(name):
    with pytest.raises(CrsError, match=r"is not a coordinate system. Expected: a code such as EPSG:2154"):
        known_crs(name)


def test_positions_that_cannot_be_used_are_told_apart():
    positions = [shapely.Point(2, 48), None, shapely.Point(), shapely.Point(np.nan, 1), shapely.Point(2, 200), shapely.Point(np.inf, 1)]
    assert has_position(series(positions, WGS84)).tolist() == [True, False, False, False, False, False]


def test_a_position_that_cannot_be_converted_becomes_missing():
    converted = to_crs(series([shapely.Point(2.35, 48.85, 30), shapely.Point(2.35, 200)], WGS84), known_crs("EPSG:2154"))
    assert converted.isna().tolist() == [False, True]
    assert not converted.has_z.any()
