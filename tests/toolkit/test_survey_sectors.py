"""Sectors: equal numbers, compact, the whole ground; against naive splits, brute force on small sets, and scipy's optimal assignment."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from joptimiz_qgis.toolkit.errors import CancelledError, ParameterError
from joptimiz_qgis.toolkit.progress import Progress
from joptimiz_qgis.toolkit.survey.sectors import ground_of, places_in, split_evenly, spread_of

coordinates = st.integers(0, 5_000).map(float)
some_places = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=60).map(np.array)


def sizes(labels: np.ndarray, sectors: int) -> np.ndarray:
    return np.bincount(labels, minlength=sectors)


@settings(max_examples=60, deadline=None)
@given(some_places, st.integers(1, 9))
def test_sizes_differ_by_one_at_most_and_no_naive_split_is_more_compact(places, sectors):
    sectors = min(sectors, len(places))
    labels = split_evenly(places, sectors)
    assert len(sizes(labels, sectors)) == sectors
    assert np.ptp(sizes(labels, sectors)) <= 1
    for axis in (0, 1):  # as a list sorted by an address or a coordinate would be cut
        naive = np.empty(len(places), dtype=int)
        naive[np.argsort(places[:, axis], kind="stable")] = np.repeat(np.arange(sectors), sizes(labels, sectors)[np.argsort(-sizes(labels, sectors))])
        assert spread_of(places, labels) <= spread_of(places, naive) + 1e-3


@pytest.mark.parametrize("seed", range(8))
def test_bays_given_out_in_turn_are_never_as_compact(seed):
    places = np.random.default_rng(seed).uniform(0, 5_000, (200, 2))
    in_turn = np.arange(len(places)) % 7
    assert spread_of(places, split_evenly(places, 7)) < 0.2 * spread_of(places, in_turn)


@pytest.mark.parametrize("places", list(itertools.permutations([(0.0, 0.0), (10.0, 0.0), (10.0, 0.0)])))
@pytest.mark.parametrize("turned", [False, True])
def test_the_larger_sector_is_where_the_places_are(places, turned):
    places = np.array(places)[:, ::-1] if turned else np.array(places)
    assert spread_of(places, split_evenly(places, 2)) == 0


@pytest.mark.parametrize("seed", range(8))
def test_two_sectors_are_nearly_as_compact_as_the_best_of_all_splits(seed):
    places = np.random.default_rng(seed).uniform(0, 1_000, (12, 2))
    best = min(
        spread_of(places, np.isin(np.arange(12), chosen).astype(int)) for chosen in itertools.combinations(range(12), 6)
    )
    assert spread_of(places, split_evenly(places, 2)) <= 1.1 * best


def test_groups_that_lie_apart_are_the_sectors():
    rng = np.random.default_rng(1)
    centres = np.array([(0, 0), (5_000, 0), (0, 5_000), (5_000, 5_000)])
    group = np.repeat(np.arange(4), 30)
    labels = split_evenly(centres[group] + rng.uniform(-200, 200, (120, 2)), 4)
    assert all(len(set(labels[group == each])) == 1 for each in range(4))


def test_no_better_assignment_to_the_centres_exists():
    """Scipy's optimal assignment to the same centres, each as often as its sector has places, gains next to nothing."""
    places = np.random.default_rng(7).uniform(0, 4_000, (160, 2))
    labels = split_evenly(places, 8)
    centres = np.array([places[labels == sector].mean(axis=0) for sector in range(8)])
    slots = np.repeat(np.arange(8), sizes(labels, 8))
    cost = ((places[:, None] - centres[slots]) ** 2).sum(axis=2)
    row, column = linear_sum_assignment(cost)
    assert spread_of(places, labels) <= 1.02 * cost[row, column].sum()


def test_sectors_are_numbered_from_north_to_south():
    labels = split_evenly(np.array([(0, 0), (0, 10), (0, 5_000), (0, 5_010)], dtype=float), 2)
    assert list(labels) == [1, 1, 0, 0]


def test_places_on_one_spot_are_shared_out_as_well():
    assert sorted(sizes(split_evenly(np.zeros((7, 2)), 3), 3)) == [2, 2, 3]


@pytest.mark.parametrize(("sectors", "said"), [(0, "Expected: 1 to 200"), (201, "Expected: 1 to 200"), (4, "at most 3 sectors")])
def test_impossible_numbers_are_refused(sectors, said):
    with pytest.raises(ParameterError, match=said):
        split_evenly(np.zeros((3, 2)), sectors)


def test_a_cancel_is_heard():
    class Cancelled(Progress):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(CancelledError):
        split_evenly(np.random.default_rng(0).uniform(size=(50, 2)), 5, Cancelled())


@settings(max_examples=25, deadline=None)
@given(some_places, st.integers(1, 6))
def test_the_ground_of_the_sectors_is_the_territory_once(places, sectors):
    territory = shapely.box(-500, -500, 5_500, 5_500)
    labels = split_evenly(places, min(sectors, len(places)))
    ground = ground_of(places, labels, territory)
    assert ground.area.sum() == pytest.approx(territory.area, rel=1e-6)
    assert shapely.union_all(ground.to_numpy()).area == pytest.approx(territory.area, rel=1e-6)
    spots, counted = np.unique(places, axis=0, return_counts=True)
    alone = {tuple(spot) for spot, number in zip(spots, counted) if number == 1}
    for place, label in zip(places, labels):
        if tuple(place) in alone:
            assert ground[label].distance(shapely.Point(place)) < 0.02


def test_a_territory_without_bays_is_split_by_its_ground():
    territory = shapely.box(0, 0, 4_000, 1_000).union(shapely.box(0, 0, 1_000, 4_000))
    places = places_in(territory)
    assert shapely.contains_xy(territory, places[:, 0], places[:, 1]).all()
    ground = ground_of(places, split_evenly(places, 5), territory)
    assert ground.area.max() / ground.area.min() < 1.05
