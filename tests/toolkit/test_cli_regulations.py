"""The commands for orders: counts in JSON, sentences on standard error, nothing written over."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest
import shapely

ORDERS = ("carros", "fuveau", "vence", "exemple-valide")


@pytest.fixture
def shell(run_python):
    return lambda *arguments: run_python("-m", "joptimiz_qgis", *arguments, "--quiet", "--lang", "en")


def test_the_four_files_from_reading_to_publication(shell, shared_data, tmp_path):
    files = [shared_data / "regulations" / f"{name}.csv" for name in ORDERS]
    out = tmp_path / "vence.gpkg"
    told = shell("read-regulations", files[2], "-o", out).json
    assert (told["rows_read"], told["imported"], told["rejected"], told["to_locate"]) == (9, 9, 0, 9)
    assert len(gpd.read_file(out, layer="regulations")) == 9
    published = shell("export-regulations", *files, "-o", tmp_path / "p.csv", "--rest", tmp_path / "r.csv", "--prefix-repeated").json
    assert (published["orders"], published["published"], published["kept_back"]) == (27, 26, 1)
    assert shell("export-regulations", files[0], "-o", tmp_path / "p.csv").code == 1


def test_orders_are_located_checked_and_compared(shell, shared_data, tmp_path):
    shape = shapely.LineString([(7.18, 43.79), (7.19, 43.79)])
    streets = tmp_path / "voies.geojson"
    gpd.GeoDataFrame({"nom": ["Chemin du Claret"]}, geometry=[shape], crs=4326).to_file(streets)
    carros = shared_data / "regulations" / "carros.csv"
    located = shell("locate-regulations", carros, "--streets", streets, "-o", tmp_path / "l.gpkg").json
    assert (located["streets"], located["without_geometry"]) == (1, 12)
    checked = shell("validate-regulations", carros, "--streets", streets, "-o", tmp_path / "c.csv").json
    assert (checked["rows"], checked["error"], checked["by_code"]["order_weight_direction"]) == (13, 0, 10)
    assert checked["by_code"]["order_to_locate"] == 1
    page = tmp_path / "h.html"
    compared = shell("harmonisation", f"{tmp_path / 'l.gpkg'}|layername=regulations", "-o", tmp_path / "h.gpkg", "--report", page).json
    assert compared["orders"] == 13
    assert "<html" in page.read_text(encoding="utf-8")


def test_what_is_no_file_of_orders_is_one_sentence(shell, shared_data, tmp_path):
    run = shell("read-regulations", shared_data / "regulations" / "VEH_USAGES.csv", "-o", tmp_path / "x.gpkg")
    assert run.code == 1
    assert "REGL_MODALITE" in run.err and "Traceback" not in run.err
    assert json.dumps(list(tmp_path.iterdir())) == "[]"
