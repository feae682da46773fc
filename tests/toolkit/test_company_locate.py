"""Where rows lie, by coordinates in whatever system they are written."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from joptimiz_qgis.toolkit.company.columns import angle
from joptimiz_qgis.toolkit.company.locate import addresses_of, coordinates, nowhere, place_coordinates, place_sirets
from joptimiz_qgis.toolkit.company.pipeline import customers as imported
from joptimiz_qgis.toolkit.company.pipeline import locate, prepare
from joptimiz_qgis.toolkit.company.recipe import Recipe
from joptimiz_qgis.toolkit.errors import CrsError, HeaderError

PLACES = {
    "EPSG:4326": (2.35, 48.85), "EPSG:2154": (2.35, 48.85), "EPSG:27572": (2.35, 48.85), "EPSG:2975": (55.45, -20.88), "EPSG:5490": (-61.53, 16.24),
    "EPSG:2972": (-52.33, 4.93), "EPSG:4471": (45.23, -12.78), "EPSG:3942": (3.0, 42.7), "EPSG:3945": (4.8, 45.1), "EPSG:3949": (2.35, 48.85), "EPSG:3950": (3.06, 50.6),
}  # fmt: skip


def table(longitude, latitude, code="EPSG:4326"):
    """Columns x and y in a CRS, by another library's own transformation of a cloud of points around a place."""
    chance = np.random.default_rng(4)
    lon, lat = longitude + chance.uniform(-0.02, 0.02, 50), latitude + chance.uniform(-0.02, 0.02, 50)
    x, y = pyproj.Transformer.from_crs("EPSG:4326", code, always_xy=True).transform(lon, lat)
    return pd.DataFrame({"a": [f"{value:.6f}" for value in x], "b": [f"{value:.6f}" for value in y]}, dtype=object), lon, lat


@pytest.mark.parametrize("code", PLACES)
def test_a_system_is_recognised_by_the_values(code):
    rows, lon, lat = table(*PLACES[code], code)
    places = nowhere(rows.index)
    found = coordinates(rows, {"longitude": "a", "latitude": "b"})
    if code == "EPSG:5490":  # metres of Guadeloupe are also metres off Narbonne in Lambert II étendu: the postcodes tell
        with pytest.raises(CrsError, match="EPSG:27572, EPSG:5490, EPSG:32620"):
            place_coordinates(places, found)
    place_coordinates(places, found, postcodes=pd.Series(["97110"] * 50, dtype=object) if code == "EPSG:5490" else None)
    assert places.crs == code
    assert np.abs(places.table["lon"].to_numpy() - lon).max() < 1e-6
    assert np.abs(places.table["lat"].to_numpy() - lat).max() < 1e-6


def test_where_the_values_cannot_tell_the_user_is_asked():
    """Two systems kilometres apart, both possible."""
    rows, _, _ = table(2.35, 48.85, "EPSG:2154")
    found = coordinates(rows, {"x": "a", "y": "b"})
    doubtful = replace(found, guesses=["EPSG:2154", "EPSG:27572"])
    with pytest.raises(CrsError, match="may be in: EPSG:2154, EPSG:27572"):
        place_coordinates(nowhere(rows.index), doubtful)
    place_coordinates(nowhere(rows.index), doubtful, "EPSG:2154")
    with pytest.raises(CrsError, match="may be in"):
        place_coordinates(nowhere(rows.index), replace(found, x=found.x * 50, guesses=[]))


def test_one_row_the_other_way_round_is_turned_and_said(write_file):
    path = write_file("a.csv", "code;lon;lat\nA;2.35;48.85\nB;48.86;2.36\nC;2.37;48.87\nD;;\nE;x;48\n" + "".join(f"F{number};2.3;48.8\n" for number in range(60)))
    located = locate(prepare(path))
    assert located.places.table.loc[1, ["lon", "lat"]].tolist() == [2.36, 48.86]
    assert str(located.places.reasons[1]) == "latitude and longitude were the other way round"
    assert located.places.counts()["non_place"] == 2


def test_two_numbers_in_one_cell_are_read(write_file):
    path = write_file("a.csv", "code;gps\nA;48.85, 2.35\nB;48.86, 2.36\n")
    located = locate(prepare(path))
    assert located.places.table[["lon", "lat"]].to_numpy().tolist() == [[2.35, 48.85], [2.36, 48.86]]


@pytest.mark.parametrize(("declared", "told", "crs"), [(None, "", "EPSG:2154"), ("EPSG:4326", "EPSG:2154", "EPSG:2154"), ("EPSG:2154", "", "EPSG:2154")])
def test_a_layer_without_its_system_or_with_a_wrong_one_is_put_right(tmp_path, declared, told, crs):
    frame = gpd.GeoDataFrame({"code": ["A", "B"]}, geometry=[shapely.Point(652_000, 6_862_000), shapely.box(652_100, 6_862_000, 652_200, 6_862_100)], crs=declared)
    frame.to_file(tmp_path / "v.gpkg")
    located = locate(prepare(tmp_path / "v.gpkg", Recipe(crs=told)))
    assert located.places.crs == crs
    there = gpd.GeoSeries([shapely.Point(652_000, 6_862_000), shapely.Point(652_150, 6_862_050)], crs=2154).to_crs(4326)
    assert located.places.table["lon"].tolist() == pytest.approx(there.x.tolist())


def test_a_layer_that_declares_degrees_and_holds_metres_is_refused_with_what_it_looks_like(tmp_path):
    frame = gpd.GeoDataFrame({"code": ["A", "B"]}, geometry=gpd.points_from_xy([652_000, 652_100], [6_862_000, 6_862_100]), crs="EPSG:4326")
    frame.to_file(tmp_path / "v.gpkg")
    with pytest.raises(CrsError, match="EPSG:2154"):
        locate(prepare(tmp_path / "v.gpkg"))


def test_only_address_columns_are_taken_for_the_geocoder():
    rows = pd.DataFrame({"nom": ["Secret"], "rue": ["1 rue A"], "cp": ["75001"], "tel": ["01"]}, dtype=object)
    assert addresses_of(rows, {"name": "nom", "address": "rue", "postcode": "cp"}).to_dict("list") == {"adresse": ["1 rue A"], "code_postal": ["75001"]}


def test_a_sirene_file_that_is_none_is_refused(write_file):
    path = write_file("a.csv", "siret;nom\n73282932000074;x\n")
    with pytest.raises(HeaderError, match="is no geolocated Sirene file"):
        locate(prepare(path), sirene=path)


ANGLES = [
    ("48°51'24\"N", 48.856667), ("2° 21′ 03″ E", 2.350833), ("48.85 N", 48.85), ("W 1,5°", -1.5), ("1°30’O", -1.5), ("21° 6' 57,6'' S", -21.116), ("-1°30'", -1.5),
    ("2.35", None), ("12 rue", None), ("", None), ("48°75'00\"N", None), ("1 E 2", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "degrees"), ANGLES)
def test_degrees_minutes_and_seconds_are_read(text, degrees):
    assert angle(text) == (degrees if degrees is None else pytest.approx(degrees, abs=1e-6))


@pytest.mark.parametrize("cells", [("48°51'24\"N", "2°21'03\"E"), ("48°51'24\"N 2°21'03\"E",), ("48°51'24\"N, 2°21'03\"E",), ("N 48.856667 E 2.350833",)])
def test_a_file_with_minutes_and_seconds_has_its_points(write_file, cells):
    """Its columns were not even suggested, and no point appeared."""
    header = ["latitude", "longitude"] if len(cells) == 2 else ["gps"]
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells]
    prepared = prepare(write_file("a.csv", ";".join(["id", "nom", *header]) + "\n" + ";".join(["1", "a", *quoted]) + "\n"))
    (place,) = locate(prepared).places.table[["lon", "lat"]].to_numpy()
    assert place == pytest.approx([2.350833, 48.856667], abs=1e-5)


def test_rows_at_zero_have_no_position_and_do_not_hide_the_system_of_the_others(write_file):
    rows = [f"A{n};n;{652000 + n if n % 4 else 0};{6862000 if n % 4 else '0,0'}" for n in range(20)]
    located = locate(prepare(write_file("a.csv", "id;nom;x;y\n" + "\n".join(rows))))
    assert (located.places.crs, located.places.counts()["place"]) == ("EPSG:2154", 15)
    assert [str(one) for one in located.places.why()] == ["5 without position: its coordinates are 0, which stands for none"]


def test_every_row_without_position_says_why(write_file):
    text = "id;nom;adresse;cp;lon;lat\n1;a;1 rue A;75001;2,35;48,85\n2;b;;75001;;\n3;c;1 rue A;75001;n/a;n/a\n4;d;1 rue A;75001;;\n"
    prepared = prepare(write_file("a.csv", text))
    located = locate(prepared)
    told = imported(prepared, located)["jz_motif"].tolist()
    assert told == [None, "it has no address", "its coordinates cannot be read", "its address was not asked of a geocoder"]
    assert len(located.places.why()) == 3
    assert [str(one) for one in locate(prepare(write_file("b.csv", "id;nom\n1;a\n2;b\n"))).places.why()] == ["2 without position: there is no column with its coordinates or its address"]


STOCK = pd.DataFrame({"siret": ["05550082200015", "21750001600373"], "x": [652000.0, 380000.0], "y": [6862000.0, 7640000.0], "epsg": ["2154", "2975"], "qualite_xy": ["11", "33"]})


@pytest.mark.parametrize("form", ["csv", "upper", "parquet", "numbers"])
def test_a_sirene_file_is_read_however_it_was_saved(tmp_path, form):
    """A Parquet file with numbers for SIRET ended in an error of its library, capital letters in “no Sirene file”."""
    path = tmp_path / ("s.csv" if form in {"csv", "upper"} else "s.parquet")
    table = STOCK.rename(columns=str.upper) if form == "upper" else STOCK.astype({"siret": "int64", "epsg": int}) if form == "numbers" else STOCK
    table.to_csv(path, index=False) if path.suffix == ".csv" else table.to_parquet(path)
    places = nowhere(pd.RangeIndex(3))
    assert place_sirets(places, pd.Series(["055 500 822 00015", "21750001600373", "x"]), path) == 1
    assert places.table["state"].tolist() == ["place", "a_verifier", "non_place"]
    assert places.table.loc[1, ["lon", "lat"]].tolist() == pytest.approx([55.85, -21.34], abs=0.5)


def test_one_row_that_is_mistyped_does_not_stop_the_others(write_file):
    text = 'id,nom,lon,lat\nA1,a,2.35,48.85\nA2,b,2.36,48.86\nA3,c,"1.234,5",48.86\nA4,d,48.87,2.37\n'
    located = locate(prepare(write_file("a.csv", text)))
    assert located.places.table["state"].tolist() == ["place", "place", "non_place", "place"]
    assert [str(one) for one in located.places.why()] == ["1 without position: its coordinates are no place in EPSG:4326"]
    assert "1 positions had latitude and longitude the other way round; they were swapped." in map(str, located.places.notes)
