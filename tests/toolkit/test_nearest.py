"""Both indexes give what comparing every pair gives, ties, coincident bays and exact reach included."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from joptimiz_qgis.toolkit.errors import CancelledError
from joptimiz_qgis.toolkit.nearest import _PointIndex, _ShapeIndex, nearest_geometry
from joptimiz_qgis.toolkit.progress import Progress

# Few whole numbers make many ties; a large origin makes rounding as it is in Lambert-93.
PLACES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=30)
ORIGIN = (652000.25, 6861000.75)


def places(cells):
    return np.array(cells, dtype=float) + ORIGIN


def every_pair(points, shapes, reach):
    gaps = np.sqrt(((points[:, None, :] - shapes[None, :, :]) ** 2).sum(axis=2))
    return gaps.argmin(axis=1), gaps.min(axis=1), (gaps <= reach).sum(axis=1)


@pytest.mark.parametrize("index", [_PointIndex, _ShapeIndex])
@given(points=PLACES, shapes=PLACES, reach=st.sampled_from([1.0, 2.0, 5.0, 13.0]))
@settings(deadline=None, max_examples=150)
def test_an_index_finds_what_comparing_every_pair_finds(index, points, shapes, reach):
    points, shapes = places(points), places(shapes)
    found = index(shapely.points(shapes)).find(np.asarray(points, dtype=float), reach)
    for got, expected in zip(found, every_pair(points, shapes, reach)):
        np.testing.assert_array_equal(got, expected)


def test_exactly_at_the_distance_is_within():
    point, bay = shapely.points([(650000.1, 6860000.1)]), shapely.points([(650012.1, 6860016.1)])  # 12, 16, 20
    for index in (_PointIndex, _ShapeIndex):
        _, distance, within = index(bay).find(shapely.get_coordinates(point), float(shapely.distance(point, bay)[0]))
        assert within.tolist() == [1]
        assert distance == pytest.approx(20, abs=1e-9)


def test_without_scipy_the_other_index_serves(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "scipy.spatial", None)
    nearest, distance, within = nearest_geometry(shapely.points([(0, 0)]), shapely.points([(3, 4), (30, 40)]), 20)
    assert (nearest.tolist(), distance.tolist(), within.tolist()) == ([0], [5.0], [1])


def test_nothing_to_find():
    nearest, distance, within = nearest_geometry(shapely.points([(0, 0)]), np.array([], dtype=object), 20)
    assert nearest.tolist() == [-1]
    assert np.isnan(distance).all()
    assert within.tolist() == [0]


def test_a_cancel_is_answered_between_two_batches():
    class Impatient(Progress):
        asked = 0

        def cancelled(self):
            self.asked += 1
            return self.asked > 2

    progress = Impatient()
    points = shapely.points(np.zeros((200_000, 2)))
    with pytest.raises(CancelledError):
        nearest_geometry(points, shapely.points([(1, 1)]), 20, progress)
    assert progress.asked == 3
