"""Reading a file in columns gives what reading its features one after the other gives, or is not done at all."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from qgis.core import QgsFeatureRequest, QgsProject, QgsVectorLayer
from qgis_builders import Feedback, bays, east, layer

from joptimiz_qgis.processing import adapters
from joptimiz_qgis.toolkit.progress import Progress

ENDINGS = ("gpkg", "geojson", "fgb", "shp")


def saved(path, count=500):
    shapes = shapely.points(np.random.default_rng(5).uniform((652000, 6861000), (653000, 6862000), (count, 2)))
    table = gpd.GeoDataFrame({"number": np.arange(count), "name": [f"é{i}" for i in range(count)]}, geometry=shapes, crs=2154)
    if path.suffix != ".fgb":  # FlatGeobuf's index takes no missing geometry
        table.loc[[3, 77], "geometry"] = None
    table.to_file(path)
    return path


def opened(path, options=""):
    layer = QgsVectorLayer(f"{path}{options}", "points", "ogr")
    assert layer.isValid()
    return layer


def by_features(layer):
    request = QgsFeatureRequest().setSubsetOfAttributes([])
    return {feature.id(): adapters.well_known_binary(feature) for feature in layer.getFeatures(request)}


@pytest.mark.parametrize("ending", ENDINGS)
def test_columns_are_the_features(qgis_app, tmp_path, ending):
    layer = opened(saved(tmp_path / f"points.{ending}"))
    ids, shapes = adapters.file_columns(layer, Progress())
    expected = by_features(layer)
    assert sorted(ids) == sorted(expected)
    for number, shape in zip(ids, shapes):
        wanted = expected[number]
        assert shapely.from_wkb(shape) == (None if wanted is None else shapely.from_wkb(wanted))


def test_ids_with_holes_stay_those_of_qgis(qgis_app, tmp_path):
    layer = opened(saved(tmp_path / "points.gpkg"))
    assert layer.dataProvider().deleteFeatures([1, 2, 250])
    ids, _ = adapters.file_columns(layer, Progress())
    assert set(ids) == set(by_features(layer)) == set(range(1, 501)) - {1, 2, 250}


def test_a_table_of_several_is_the_one_named(qgis_app, tmp_path):
    path = saved(tmp_path / "points.gpkg")
    gpd.GeoDataFrame(geometry=shapely.points([(1, 2)]), crs=2154).to_file(path, layer="other")
    ids, _ = adapters.file_columns(opened(path, "|layername=other"), Progress())
    assert ids == [1]


@pytest.mark.parametrize("options", ["|layername=points|subset=number < 10", "|layername=points|geometrytype=Point"])
def test_a_part_of_a_file_is_left_to_qgis(qgis_app, tmp_path, options):
    assert adapters.file_columns(opened(saved(tmp_path / "points.gpkg"), options), Progress()) is None


def test_a_filter_an_edit_and_memory_are_left_to_qgis(qgis_app, tmp_path):
    filtered, edited = (opened(saved(tmp_path / f"{name}.gpkg")) for name in ("filtered", "edited"))
    filtered.setSubsetString("number < 10")
    edited.startEditing()
    memory = QgsVectorLayer("Point?crs=EPSG:2154", "memory", "memory")
    assert [adapters.file_columns(layer, Progress()) for layer in (filtered, edited, memory, None)] == [None] * 4
    edited.rollBack()
    QgsProject.instance().clear()


def test_bytes_that_end_in_zeros_stay_whole():
    shape = shapely.to_wkb(shapely.Point(1, 0))
    assert adapters.objects([shape, None]).tolist() == [shape, None]


def test_an_invalid_geometry_does_not_stop_an_algorithm(run, project):
    """QGIS's dialogs refuse a layer at its first invalid geometry: ours are repaired, and the log says so."""
    from qgis.core import QgsProcessingContext

    bow_tie = "Polygon ((652000 6862000, 652100 6862100, 652100 6862000, 652000 6862100, 652000 6862000))"
    zones = layer([bow_tie], kind="Polygon", nom=["noeud"])
    context = QgsProcessingContext()
    context.setProject(project)
    context.setInvalidGeometryCheck(QgsFeatureRequest.InvalidGeometryCheck.GeometryAbortOnInvalid)
    import processing

    results = processing.run(
        "joptimiz:coveragebyzone",
        {"POINTS": east(20, 300), "BAYS": bays(25), "ZONES": zones, "OUTPUT": "memory:"},
        context=context,
        feedback=(feedback := Feedback()),
    )
    assert results["ZONES_COUNT"] == 1
    assert any("noeud" in said for said in feedback.said)
