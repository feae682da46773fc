"""Files written whole or not at all."""

from __future__ import annotations

import importlib.util

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from builders import PARIS, around_paris, layer
from conftest import sha256

from joptimiz_qgis.toolkit.errors import OutputError
from joptimiz_qgis.toolkit.write import FORMATS, check_output, write_table
from joptimiz_qgis.toolkit.write.tables import one_geometry_type, reject_file


def can_write_parquet() -> bool:
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:  # missing, or built for another NumPy
        return False
    return True


ENDINGS = [
    pytest.param(ending, marks=pytest.mark.skipif(ending == ".parquet" and not can_write_parquet(), reason="pyarrow cannot be imported"))
    for ending in FORMATS
]


@pytest.fixture
def table():
    return layer(
        around_paris((0, 0), (10, 0)),
        nom=["Épicerie", None],
        code_postal=["01000", "75004"],
        vide=pd.Series([None, None], dtype=object),
        covered=pd.array([True, None], dtype="boolean"),
        bays_within=pd.array([3, None], dtype="Int64"),
        distance_m=[12.5, np.nan],
    )


def read_back(path):
    frame = gpd.read_parquet(path) if path.suffix == ".parquet" else gpd.read_file(path)
    return frame.sort_values("code_postal", ignore_index=True)  # a FlatGeobuf orders its rows by their place


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_table_is_read_back_as_it_was_written(table, tmp_path, ending):
    path = write_table(table, tmp_path / f"résultat{ending}")
    again = read_back(path)
    assert again["code_postal"].tolist() == ["01000", "75004"]
    assert [None if pd.isna(value) else value for value in again["nom"]] == ["Épicerie", None]
    assert again["vide"].isna().all()
    assert bool(again["covered"][0])
    assert pd.isna(again["covered"][1])
    assert again["bays_within"][0] == 3
    assert pd.isna(again["bays_within"][1])
    assert again["distance_m"][0] == 12.5
    assert again.to_crs(2154).geom_equals_exact(table.geometry, 0.02).all()  # GeoJSON keeps seven decimals of a degree
    assert again.crs == ("EPSG:4326" if ending == ".geojson" else "EPSG:2154")


def test_a_geopackage_s_layer_bears_the_name_asked_for(table, tmp_path):
    assert gpd.list_layers(write_table(table, tmp_path / "a.gpkg", "bays"))["name"].tolist() == ["bays"]
    assert gpd.list_layers(write_table(table, tmp_path / "b.gpkg"))["name"].tolist() == ["b"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_but_the_result_is_left_in_the_folder(table, tmp_path, folder_is_clean, ending):
    write_table(table, tmp_path / f"out{ending}")
    assert folder_is_clean(but=[f"out{ending}"])


@pytest.mark.parametrize("columns", [["fid"], ["FID"], ["geom"], ["Nom", "NOM"], ["fid", "fid_2", "Fid"]])
@pytest.mark.parametrize("ending", [".gpkg", ".fgb", ".geojson"])
def test_any_column_name_can_be_written(tmp_path, ending, columns):
    """A GeoPackage keeps `fid` and `geom` for itself and takes `Nom` and `NOM` for the same."""
    frame = layer(around_paris((0, 0), (1, 0)), **{name: [f"{name} a", f"{name} a"] for name in columns})
    again = gpd.read_file(write_table(frame, tmp_path / f"out{ending}"))
    assert again.drop(columns="geometry").iloc[0].tolist() == [f"{name} a" for name in columns]


def test_points_and_areas_mixed_become_points():
    mixed = one_geometry_type(layer([*around_paris((0, 0)), shapely.box(*PARIS, PARIS[0] + 2, PARIS[1] + 2)]))
    assert set(mixed.geom_type) == {"Point"}
    assert mixed.geometry[1].within(shapely.box(*PARIS, PARIS[0] + 2, PARIS[1] + 2))


def test_areas_alone_stay_areas_and_heights_are_dropped():
    area = shapely.force_3d(shapely.box(0, 0, 1, 1))
    flat = one_geometry_type(layer([area, shapely.MultiPolygon([area])]))
    assert set(flat.geom_type) == {"Polygon", "MultiPolygon"}
    assert not flat.has_z.any()


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_that_exists_is_left_byte_for_byte(table, tmp_path, ending):
    path = tmp_path / f"out{ending}"
    path.write_bytes(b"what was there")
    before = sha256(path)
    with pytest.raises(OutputError, match=r"exists and was left as it is\. Give another name, or --overwrite") as caught:
        write_table(table, path)
    assert str(path) in str(caught.value)
    assert sha256(path) == before
    assert read_back(write_table(table, path, overwrite=True))["code_postal"].tolist() == ["01000", "75004"]


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("missing/out.gpkg", "There is no folder “{folder}”. Create it, or choose another one."),
        ("file/out.gpkg", "There is no folder “{folder}”. Create it, or choose another one."),
        ("out.xlsx", "“out.xlsx” has no known ending. Expected: .gpkg, .parquet, .fgb, .geojson."),
        ("out", "“out” has no known ending. Expected: .gpkg"),
        ("folder.gpkg", "“{path}” is a folder. Give the name of a file in it."),
    ],
)
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_place_that_cannot_be_written_is_told_with_the_way_out(table, tmp_path, place, said, overwrite):
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder.gpkg").mkdir()
    path = tmp_path / place
    for attempt in (lambda: check_output(path, overwrite), lambda: write_table(table, path, overwrite=overwrite)):
        with pytest.raises(OutputError) as caught:
            attempt()
        assert said.format(folder=path.parent, path=path) in str(caught.value)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "folder.gpkg"]


def test_a_folder_that_refuses_is_told_with_the_cause(table):
    """/proc refuses root too."""
    with pytest.raises(OutputError, match=r"“/proc/out\.gpkg” cannot be written: .+\. Choose another folder"):
        write_table(table, "/proc/out.gpkg")


def test_what_breaks_off_in_the_middle_leaves_nothing(table, tmp_path, folder_is_clean, monkeypatch):
    def half(_frame, path, _layer):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(FORMATS, ".gpkg", half)
    with pytest.raises(OutputError, match=r"cannot be written: the disk is full .* choose a folder on another disk"):
        write_table(table, tmp_path / "out.gpkg")
    assert folder_is_clean()


def test_the_table_given_is_not_changed(table, tmp_path):
    copy = table.copy()
    write_table(table, tmp_path / "out.gpkg")
    pd.testing.assert_frame_equal(table, copy)


def test_parquet_without_pyarrow_is_told(table, tmp_path, folder_is_clean, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    with pytest.raises(OutputError, match=r"needs the Python library pyarrow, .* choose \.gpkg"):
        write_table(table, tmp_path / "out.parquet")
    assert folder_is_clean()
    assert importlib.util.find_spec("geopandas")


def test_rejects_are_written_for_a_french_spreadsheet(tmp_path, folder_is_clean):
    rejects = pd.DataFrame({"line": [3], "column": ["type"], "value": ["FONDS; “x”"], "reason": ["réservé"]})
    path = reject_file(rejects, tmp_path / "rejets.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert path.read_text(encoding="utf-8-sig").splitlines() == ["line;column;value;reason", '3;type;"FONDS; “x”";réservé']
    assert folder_is_clean(but=["rejets.csv"])
    with pytest.raises(OutputError, match="exists and was left as it is"):
        reject_file(rejects, path)
