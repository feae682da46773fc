"""Reading a file in columns gives what reading its features one after the other gives, or is not done at all."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
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


# -- from file to file -------------------------------------------------------------------------------------------------


@pytest.fixture
def in_batches(monkeypatch):
    """How many runs went from file to file."""
    from joptimiz_qgis.toolkit import coverage_run

    runs, given = [], coverage_run.cover_file

    def counted(*arguments, **options):
        runs.append(1)
        return given(*arguments, **options)

    monkeypatch.setattr(coverage_run, "cover_file", counted)
    return runs


def awkward(path):
    """Heights, holes in the keys, missing geometries, moments, a column named as a result."""
    table = gpd.read_file(saved(path))
    rng = np.random.default_rng(2)
    table["band"] = rng.choice(np.array(["a", None], dtype=object), len(table))
    table["naf"] = rng.choice(np.array(["5610A", "??"]), len(table))
    seen = np.datetime64("2024-05-06T07:08:09.125") + np.arange(len(table)) * np.timedelta64(1, "s")
    table["seen"] = pd.DatetimeIndex(seen).tz_localize("UTC")
    table["fid"] = np.arange(len(table)) * 2 + 5
    table["geometry"] = shapely.force_3d(table.geometry.to_numpy(), 12.0)
    path.unlink()
    table.to_file(path)
    return path


def places(path):
    table = gpd.GeoDataFrame({"id": [f"B{n}" for n in range(40)]}, geometry=shapely.points(np.random.default_rng(9).uniform((652000, 6861000), (653000, 6862000), (40, 2))), crs=2154)
    table.to_file(path)
    return str(path)


def content(path):
    layer = QgsVectorLayer(str(path), "result", "ogr")
    names = layer.fields().names()
    rows = {feature["fid"]: (feature.geometry().asWkt(4), [adapters.plain(value) for value in feature.attributes()]) for feature in layer.getFeatures()}
    return names, [(field.name(), field.type()) for field in layer.fields()], layer.crs().authid(), layer.wkbType(), rows


def test_a_file_goes_to_a_file_in_batches_with_what_features_give(run, project, tmp_path, in_batches):
    source, bay_file = awkward(tmp_path / "points.gpkg"), places(tmp_path / "bays.gpkg")
    fast = run("baycoverage", POINTS=str(source), BAYS=bay_file, OUTPUT=str(tmp_path / "fast.gpkg"))
    assert in_batches == [1]
    whole = project.addMapLayer(opened(source))
    whole.setSubsetString("fid > 0")
    slow = run("baycoverage", POINTS=whole.id(), BAYS=bay_file, OUTPUT=str(tmp_path / "slow.gpkg"))
    assert in_batches == [1]
    assert fast.keys() == slow.keys()
    for name in slow.keys() - {"OUTPUT"}:
        assert fast[name] == (None if slow[name] is None else pytest.approx(slow[name], rel=1e-12)), name
    (*heads, rows), (*wanted_heads, wanted) = content(tmp_path / "fast.gpkg"), content(tmp_path / "slow.gpkg")
    assert heads == wanted_heads and rows.keys() == wanted.keys()
    for key, (shape, values) in wanted.items():
        assert rows[key][1] == values
        assert rows[key][0] == ("" if shape == "Point EMPTY" else shape)  # QGIS's writer makes an empty point of a missing one
    published = {feature["fid"]: feature.geometry().asWkt(4) for feature in opened(source).getFeatures()}
    assert {key: shape for key, (shape, _) in rows.items()} == published


def joined_layer(layer, project):
    from qgis.core import QgsVectorLayerJoinInfo

    other = project.addMapLayer(QgsVectorLayer("NoGeometry?field=number:integer&field=more:string", "other", "memory"))
    join = QgsVectorLayerJoinInfo()
    join.setJoinLayer(other)
    join.setJoinFieldName("number")
    join.setTargetFieldName("number")
    layer.addJoin(join)


def virtual_field(layer, _project):
    from qgis.core import QgsField
    from qgis.PyQt.QtCore import QMetaType

    layer.addExpressionField("1 + 1", QgsField("two", QMetaType.Type.Int))


def edited(layer, _project):
    layer.startEditing()
    layer.deleteFeature(5)


def filtered(layer, _project):
    layer.setSubsetString("number < 10")


def another_crs(layer, _project):
    from qgis.core import QgsCoordinateReferenceSystem

    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:3949"))


@pytest.mark.parametrize(("change", "rows"), [(joined_layer, 500), (virtual_field, 500), (edited, 499), (filtered, 10), (another_crs, 500)])
def test_a_layer_that_is_not_its_file_goes_by_features(run, project, tmp_path, in_batches, change, rows):
    points, bay_file = project.addMapLayer(opened(awkward(tmp_path / "points.gpkg"))), places(tmp_path / "bays.gpkg")
    change(points, project)
    if change is another_crs:
        assert adapters.batch_source(points, None) is None
        return
    run("baycoverage", POINTS=points.id(), BAYS=bay_file, OUTPUT=str(tmp_path / "out.gpkg"))
    assert in_batches == []
    assert opened(tmp_path / "out.gpkg").featureCount() == rows
    points.rollBack()


def test_selected_features_memory_and_other_outputs_go_by_features(run, project, tmp_path, in_batches):
    from qgis.core import QgsProcessingFeatureSourceDefinition

    points, bay_file = project.addMapLayer(opened(awkward(tmp_path / "points.gpkg"))), places(tmp_path / "bays.gpkg")
    points.selectByIds([5, 7, 9])
    run("baycoverage", POINTS=QgsProcessingFeatureSourceDefinition(points.id(), True), BAYS=bay_file, OUTPUT=str(tmp_path / "chosen.gpkg"))
    assert opened(tmp_path / "chosen.gpkg").featureCount() == 3
    for output in ("memory:", str(tmp_path / "out.geojson"), f"ogr:dbname='{tmp_path / 'store.gpkg'}' table=\"t\" (geom)"):
        run("baycoverage", POINTS=points, BAYS=bay_file, OUTPUT=output)
    run("baycoverage", POINTS=east(20, 300), BAYS=bays(25), OUTPUT=str(tmp_path / "memory.gpkg"))
    assert in_batches == []


def test_a_cancel_between_batches_leaves_the_file_before_as_it_was(run, tmp_path, in_batches, monkeypatch):
    from joptimiz_qgis.toolkit.read import batches

    monkeypatch.setattr(batches, "BATCH_ROWS", 37)
    source, bay_file, output = awkward(tmp_path / "points.gpkg"), places(tmp_path / "bays.gpkg"), tmp_path / "out.gpkg"
    run("baycoverage", POINTS=str(source), BAYS=bay_file, OUTPUT=str(output))
    before = output.read_bytes()
    feedback = Feedback(cancel_at=60)
    assert not run("baycoverage", feedback=feedback, POINTS=str(source), BAYS=bay_file, OUTPUT=str(output)).get("OUTPUT")
    assert in_batches == [1, 1] and output.read_bytes() == before
    assert not list(tmp_path.glob(".joptimiz*"))
