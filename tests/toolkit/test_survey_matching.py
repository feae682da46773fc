"""Which surveyed bay is which: the optimum against brute force, doubt told, real bays of Paris found again."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pytest
import shapely
from builders import around_paris
from hypothesis import given, settings
from hypothesis import strategies as st

from joptimiz_qgis.toolkit.errors import ParameterError
from joptimiz_qgis.toolkit.read.bays import read_bays
from joptimiz_qgis.toolkit.survey.match_settings import MatchSettings
from joptimiz_qgis.toolkit.survey.matching import AUTOMATIC, assign_dense, assign_sparse, match, street_and_number
from tests.survey_builders import made_survey


def bays(*places, **columns):
    return gpd.GeoDataFrame(columns, geometry=around_paris(*places), crs=2154)


def pairs(matching):
    return set(zip(matching.pairs["inventory"], matching.pairs["survey"]))


# -- the optimum ---------------------------------------------------------------------------------------------------------


def brute_force(gain):
    """The least sum over all ways to give each row a column of its own or none."""
    count, width = gain.shape
    best = 0.0
    for size in range(1, min(count, width) + 1):
        for rows in itertools.combinations(range(count), size):
            for columns in itertools.permutations(range(width), size):
                best = min(best, sum(gain[row, column] for row, column in zip(rows, columns)))
    return best


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.data())
def test_the_assignment_is_the_optimum_of_brute_force_dense_or_sparse(count, width, data):
    cells = data.draw(st.lists(st.floats(-25, 0), min_size=count * width, max_size=count * width))
    gain = np.round(np.array(cells).reshape(count, width), 3)
    best = brute_force(gain)
    dense = sum(gain[pair] for pair in assign_dense(gain))
    rows, columns = np.nonzero(gain < 0)
    sparse = sum(gain[pair] for pair in assign_sparse(rows, columns, gain[rows, columns], gain.shape)) if len(rows) else 0.0
    assert dense == pytest.approx(best)
    assert sparse == pytest.approx(best)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), min_size=1, max_size=4), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), min_size=1, max_size=4))
def test_whole_matchings_cost_what_brute_force_finds_and_margins_are_true(one, other):
    chosen = MatchSettings(leftover_m=0, double_m=0)
    inventory, survey = bays(*one), bays(*other)
    apart = shapely.distance(inventory.geometry.to_numpy()[:, None], survey.geometry.to_numpy()[None, :])
    unknown = chosen.unknown_share * (chosen.street_m + chosen.number_m + chosen.side_m + chosen.length_m)
    gain = np.where(apart <= chosen.radius_m, np.minimum(apart + unknown - chosen.unmatched_m, 0), 0)
    found = match(inventory, survey, chosen)
    best = brute_force(gain)
    assert sum(gain[row, column] for row, column in pairs(found)) == pytest.approx(best)
    for pair in found.pairs.itertuples():
        without = gain.copy()
        without[pair.inventory, pair.survey] = 0
        assert pair.margin == pytest.approx(brute_force(without) - best)


def test_the_nearest_is_not_taken_where_the_whole_would_suffer():
    """Greedy would pair the survey's first bay with the second of the inventory (4 m) and lose the other pair."""
    inventory, survey = bays((0, 0), (10, 0)), bays((6, 0), (16, 0))
    assert pairs(match(inventory, survey)) == {(0, 0), (1, 1)}


def test_a_street_that_differs_outweighs_a_few_metres():
    columns = {"adresse": ["12 RUE DE BUCI", "12 RUE DE SEINE"]}
    found = match(bays((0, 0), (6, 0), **columns), bays((4, 0), (2, 0), **columns))
    assert pairs(found) == {(0, 0), (1, 1)}


# -- doubt -----------------------------------------------------------------------------------------------------------------


SAME = {"adresse": ["8 RUE MONSIGNY"], "parite_trottoir": ["pair"], "longueur": [1000.0]}


@pytest.mark.parametrize(
    ("place", "changed", "reason"),
    [
        ((9, 0), {}, None),
        ((11, 0), {}, "far"),
        ((3, 0), {"adresse": ["8, r. Monsigny"]}, None),
        ((3, 0), {"adresse": ["8 RUE DE LA PAIX"]}, "street"),
        ((3, 0), {"adresse": ["10 RUE MONSIGNY"]}, None),
        ((3, 0), {"adresse": ["12 RUE MONSIGNY"]}, "number"),
        ((3, 0), {"parite_trottoir": ["impair"]}, "side"),
        ((3, 0), {"longueur": [1290.0]}, None),
        ((3, 0), {"longueur": [1310.0]}, "length"),
        ((4, 0), {"adresse": [None]}, None),
        ((6, 0), {"adresse": [None]}, "far"),
    ],
)
def test_near_and_alike_is_automatic_and_what_speaks_against_a_pair_is_said(place, changed, reason):
    found = match(bays((0, 0), **SAME), bays(place, **{**SAME, **changed})).pairs.iloc[0]
    assert (found["decision"] == AUTOMATIC) == (reason is None)
    assert reason is None or reason in found["reasons"]


def test_two_bays_that_fit_as_well_are_for_a_person():
    found = match(bays((0, 0), (8, 0)), bays((4, 0))).pairs
    assert found["reasons"].tolist() == [("ambiguous",)]


def test_what_is_left_near_each_other_is_a_doubtful_pair_and_what_is_far_is_new_and_missing():
    other = {"adresse": ["90 AVENUE FOCH"], "parite_trottoir": ["impair"], "longueur": [2000.0]}
    near, far = match(bays((0, 0), **SAME), bays((12, 0), **other)), match(bays((0, 0), **SAME), bays((20, 0), **other))
    assert near.pairs["reasons"].iloc[0][0] == "leftover"
    assert (len(far.pairs), list(far.only_inventory), list(far.only_survey)) == (0, [0], [0])


def test_a_second_bay_beside_a_matched_one_may_be_its_double():
    found = match(bays((0, 0)), bays((1, 0), (3, 0)))
    assert pairs(found) == {(0, 0)}
    assert found.doubles == {1: 0}


# -- identifiers -----------------------------------------------------------------------------------------------------------


def test_equal_uuids_pair_whatever_is_nearer_and_a_far_move_is_told():
    inventory = bays((0, 0), (300, 0), uuid=["a1", "b2"], commune=["Paris", "Paris"])
    found = match(inventory, bays((300, 1), (2, 0), uuid=["A1", "b2"], commune=["Paris", "Lyon"])).pairs.set_index("inventory")
    assert found["survey"].to_dict() == {0: 0, 1: 1}
    assert found["reasons"].to_dict() == {0: ("moved_far",), 1: ("moved_far", "commune")}


def test_identifiers_that_agree_by_chance_or_are_line_numbers_are_not_used():
    inventory = bays((0, 0), (500, 0), id=["1", "2"])
    turned = match(inventory, bays((500, 1), (0, 1), id=["1", "2"]))
    assert pairs(turned) == {(0, 1), (1, 0)}
    assert "by chance" in str(turned.notes[0])
    lines = match(inventory, bays((0, 1), (500, 1), id=["1", "2"], source_ligne=[1, 2]))
    assert lines.pairs["identifier"].isna().all()


def test_a_uuid_that_two_rows_have_pairs_nobody():
    found = match(bays((0, 0), (100, 0), uuid=["a", "b"]), bays((100, 1), (0, 1), uuid=["a", "a"]))
    assert pairs(found) == {(0, 1), (1, 0)}


@pytest.mark.parametrize(
    ("address", "street", "number"),
    [
        ("12 bis, r. de l’Arbre-Sec", "rue arbre sec", 12),
        ("BD DE REIMS", "boulevard reims", np.nan),
        ("face au 7 rue du 8 Mai 1945", "rue mai", 7),
        ("54 B RUE DU SIMPLON", "rue simplon", 54),
        ("14 Rue de la République, 23999 Valorge-sur-Lisle", "rue republique", 14),
        ("14, rue de la République, Valorge", "rue republique", 14),
        ("14 rue de la République 23999 Valorge", "rue republique", 14),
        ("", None, np.nan),
    ],
)
def test_addresses_are_compared_by_street_and_number(address, street, number):
    found = street_and_number(address)
    assert found[0] == street
    assert found[1] == pytest.approx(number, nan_ok=True)


def test_footprints_meet_points_and_nothing_meets_nothing():
    footprint = gpd.GeoDataFrame(geometry=[shapely.box(651_994, 6_861_999, 652_006, 6_862_001)], crs=2154)
    assert match(footprint, bays((2, 0)).to_crs(4326)).pairs["distance_m"].iloc[0] == pytest.approx(2, abs=0.01)
    empty = bays()
    assert (list(match(empty, bays((0, 0))).only_survey), list(match(bays((0, 0)), empty).only_inventory)) == ([0], [0])
    with pytest.raises(ParameterError, match="radius_m"):
        MatchSettings(radius_m=0)


# -- Paris -----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def paris(shared_data):
    return read_bays(shared_data / "bays" / "paris_livraison_2026-01.csv").table


@pytest.mark.parametrize(("arrondissement", "seed"), [("75002", 1), ("75008", 2), ("75011", 3)])
def test_bays_of_an_arrondissement_are_found_again(paris, arrondissement, seed):
    inventory = paris[paris["code_postal"] == arrondissement]
    made = made_survey(inventory, seed)
    found = match(inventory, made.table).pairs
    right = np.array([made.truth[row.survey] == row.inventory for row in found.itertuples()])
    automatic = (found["decision"] == AUTOMATIC).to_numpy()
    real = sum(label is not None for label in made.truth.values())
    assert right[automatic].mean() >= 0.99
    assert right.sum() / real >= 0.98
    assert automatic.sum() / real >= 0.75  # a person's time is not spent on what is plain
    assert not found["inventory"].duplicated().any()
    assert not found["survey"].duplicated().any()
    assert_doubt_is_in_review(inventory, made.table, found[automatic])


def assert_doubt_is_in_review(inventory, survey, automatic):
    """By plain loops over what anybody would call doubt: far, another street or side, or a bay that is nearer and fits as well."""
    near = inventory.to_crs(2154).geometry.to_numpy()
    labels, streets, sides = list(inventory.index), {}, inventory["parite_trottoir"].to_dict()
    for label in labels:
        streets[label] = street_and_number(inventory.loc[label, "adresse"])[0]
    points = survey.to_crs(2154).geometry.to_numpy()
    for pair in automatic.itertuples():
        distances = dict(zip(labels, shapely.distance(near, points[pair.survey])))
        row = survey.loc[pair.survey]
        street = street_and_number(row["adresse"])[0] if row["adresse"] else None
        assert distances[pair.inventory] <= 10.01
        assert {row["parite_trottoir"], sides[pair.inventory]} != {"pair", "impair"}
        assert street is None or street == streets[pair.inventory]
        rivals = [label for label in labels if distances[label] < distances[pair.inventory] and label != pair.inventory]
        for label in rivals:  # nearer ones must speak against themselves
            other = street_and_number(inventory.loc[label, "adresse"])
            number = street_and_number(row["adresse"])[1] if row["adresse"] else np.nan
            gap = abs(inventory.loc[label, "longueur"] - row["longueur"])
            assert other[0] != street or sides[label] != row["parite_trottoir"] or other[1] != number or gap > 10
