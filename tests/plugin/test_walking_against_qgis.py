"""Walking distances are those of QGIS's own network analysis on the same lines, between the same places."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from qgis.analysis import QgsGraphAnalyzer, QgsGraphBuilder, QgsNetworkDistanceStrategy, QgsVectorLayerDirector
from qgis.core import QgsCoordinateReferenceSystem, QgsFeature, QgsGeometry, QgsPointXY, QgsVectorLayer

from joptimiz_qgis.toolkit.network import walking_coverage, walking_network
from joptimiz_qgis.toolkit.read.bays import read_bays
from joptimiz_qgis.toolkit.read.delivery_points import read_delivery_points


@pytest.fixture(scope="module")
def trocadero(shared_data):
    """Streets in Lambert-93, and the restaurants and bays within 25 m of one."""
    streets = gpd.read_file(shared_data / "osm/paris16_streets.gpkg").geometry.to_crs(2154)
    points = read_delivery_points(shared_data / "delivery_points/paris_restaurants_2018.gpkg").table.geometry.to_crs(2154)
    bays = read_bays(shared_data / "bays/paris_livraison_2026-01.csv").table.to_crs(2154)
    area = streets.buffer(25).union_all()
    shapely.prepare(area)
    return streets, points[shapely.intersects(area, points.to_numpy())], bays[shapely.intersects(area, bays.geometry.to_numpy())]


def lines_layer(lines):
    """A memory layer with the very coordinates of `lines`."""
    made = QgsVectorLayer("LineString?crs=EPSG:2154", "streets", "memory")
    features = []
    for shape in lines:
        feature = QgsFeature()
        feature.setGeometry(QgsGeometry.fromPolylineXY([QgsPointXY(x, y) for x, y in shapely.get_coordinates(shape)]))
        features.append(feature)
    assert made.dataProvider().addFeatures(features)[0]
    return made


class QgisNetwork:
    """QGIS's graph of `lines`, with `places` tied to it."""

    def __init__(self, lines, places):
        layer = lines_layer(lines)
        director = QgsVectorLayerDirector(layer, -1, "", "", "", QgsVectorLayerDirector.Direction.DirectionBoth)
        director.addStrategy(QgsNetworkDistanceStrategy())
        builder = QgsGraphBuilder(QgsCoordinateReferenceSystem("EPSG:2154"), True, 0, "NONE")
        self.tied = director.makeGraph(builder, [QgsPointXY(shape.x, shape.y) for shape in places])
        self.graph = builder.graph()
        self.vertices = [self.graph.findVertex(place) for place in self.tied]

    def from_place(self, number):
        """Metres from one place to each, NaN where there is no way."""
        _, cost = QgsGraphAnalyzer.dijkstra(self.graph, self.vertices[number], 0)
        metres = np.array([cost[vertex] for vertex in self.vertices])
        return np.where(np.isinf(metres) | (metres > 1e300), np.nan, metres)


@pytest.fixture(scope="module", params=["declared", "split"])
def both(request, trocadero):
    """Our network, and QGIS's of the same lines: QGIS does not split lines that cross, it is given them split."""
    streets, points, bays = trocadero
    ours = walking_network(streets, request.param)
    # The file holds most streets there and back. QGIS takes them for two streets without a way across: from a place on the one
    # to the same place on the other it goes round by the corner. To it, too, they are one here.
    lines = streets.normalize().drop_duplicates() if request.param == "declared" else ours.segments
    return ours, QgisNetwork(lines, [*points, *bays.geometry])


def test_places_are_tied_as_far_away_as_by_qgis(both, trocadero):
    ours, theirs = both
    _, points, bays = trocadero
    offsets = walking_coverage(points, bays, ours).rows["network_offset_m"]
    tied = [shapely.Point(place.x(), place.y()) for place in theirs.tied[: len(points)]]
    np.testing.assert_allclose(offsets, shapely.distance(points.to_numpy(), tied), atol=1e-6)


def test_the_way_to_the_nearest_bay_is_qgis_s_within_a_centimetre(both, trocadero):
    """Each point with its own bay: the way, and that no other bay is nearer by QGIS's reckoning."""
    ours, theirs = both
    _, points, bays = trocadero
    rows = walking_coverage(points, bays, ours).rows
    assert rows["walking_bay_position"].notna().sum() >= 200
    gaps = shapely.distance(bays.geometry.to_numpy(), [shapely.Point(place.x(), place.y()) for place in theirs.tied[len(points) :]])
    # From the bays, half as many searches: there and back are as far.
    ways = np.array([theirs.from_place(len(points) + number)[: len(points)] for number in range(len(bays))])
    position = rows["walking_bay_position"].to_numpy(dtype=int)
    np.testing.assert_allclose(rows["along_m"], ways[position, np.arange(len(points))], atol=0.01)
    least = np.nanmin(ways + gaps[:, None], axis=0) + rows["network_offset_m"]
    np.testing.assert_allclose(rows["walking_m"], least, atol=0.01)
    within = (ways + gaps[:, None] + rows["network_offset_m"].to_numpy() <= 20).sum(axis=0)
    assert rows["walking_bays_within"].tolist() == within.tolist()


def test_long_ways_across_the_area_are_qgis_s_within_a_centimetre(both, trocadero):
    ours, theirs = both
    _, points, bays = trocadero
    compared = 0
    for number in range(0, len(bays), len(bays) // 5):
        along = walking_coverage(points, bays.iloc[[number]], ours).rows["along_m"].to_numpy()
        expected = theirs.from_place(len(points) + number)[: len(points)]
        np.testing.assert_allclose(along, expected, atol=0.01)
        compared += int((along > 500).sum())
    assert compared >= 1_000
