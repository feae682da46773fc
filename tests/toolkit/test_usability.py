"""Which bays count: in service, long enough for a vehicle and its stop, and reserved for deliveries at a moment."""

from __future__ import annotations

from datetime import datetime, timezone

import numpy as np
import pytest
from builders import PARIS, around_paris, layer, published_rows, series
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from joptimiz_qgis.toolkit.coverage import bay_coverage, sentences
from joptimiz_qgis.toolkit.errors import ParameterError
from joptimiz_qgis.toolkit.messages import set_language
from joptimiz_qgis.toolkit.read.bays import read_bays
from joptimiz_qgis.toolkit.usability import usable_bays

FRIDAY_13H = datetime(2024, 7, 26, 13)
SUNDAY_13H = datetime(2024, 7, 28, 13)
DAYTIME = "Mo-Sa 07:00-20:00"

USABLE, INACTIVE, CLOSED, UNKNOWN = "usable", "inactive", "closed", "usable, hours unknown"


def bay(**values):
    """A layer of one bay with these fields only."""
    return layer([Point(PARIS)], **{name: [value] for name, value in values.items()})


def verdict(bays, at):
    usability = usable_bays(bays, at)
    if usability.inactive.item():
        assert not usability.usable.item()
        return INACTIVE
    if usability.closed.item():
        assert not usability.usable.item()
        return CLOSED
    assert usability.usable.item()
    return UNKNOWN if usability.hours_unknown.item() else USABLE


@pytest.mark.parametrize(
    ("fields", "at", "wanted"),
    [
        ({}, None, USABLE),
        ({}, FRIDAY_13H, UNKNOWN),
        ({"active": True}, None, USABLE),
        ({"active": False}, None, INACTIVE),
        ({"active": None}, None, USABLE),
        ({"active": False, "temporalite_osm": DAYTIME}, FRIDAY_13H, INACTIVE),
        ({"active": False, "temporalite_osm": DAYTIME}, SUNDAY_13H, INACTIVE),
        ({"temporalite_osm": DAYTIME}, FRIDAY_13H, USABLE),
        ({"temporalite_osm": DAYTIME}, SUNDAY_13H, CLOSED),
        ({"temporalite_osm": DAYTIME}, None, USABLE),
        ({"temporalite_osm": "Mo-Fr 08:00-13:00"}, FRIDAY_13H, CLOSED),
        ({"temporalite_osm": "Mo-Fr 13:00-14:00"}, FRIDAY_13H, USABLE),
        ({"temporalite_osm": None, "temporalite_defaut": DAYTIME}, SUNDAY_13H, CLOSED),
        ({"temporalite_osm": None, "temporalite_defaut": DAYTIME}, FRIDAY_13H, USABLE),
        ({"temporalite_osm": "24/7", "temporalite_defaut": DAYTIME}, SUNDAY_13H, USABLE),
        ({"temporalite_osm": "Su off", "temporalite_defaut": "24/7"}, SUNDAY_13H, CLOSED),
        ({"type": "aire permanente"}, SUNDAY_13H, USABLE),
        ({"type": "aire permanente", "temporalite_osm": DAYTIME}, SUNDAY_13H, CLOSED),
        ({"type": "aire périodique"}, SUNDAY_13H, UNKNOWN),
        ({"type": "aire périodique", "temporalite_osm": None}, FRIDAY_13H, UNKNOWN),
        ({"temporalite_osm": "19 06:00-10:00; 3,5 10:00-19:00"}, FRIDAY_13H, UNKNOWN),
        ({"type": "aire permanente", "temporalite_osm": "matin"}, FRIDAY_13H, UNKNOWN),
    ],
)
def test_a_bay_counts_or_not(fields, at, wanted):
    assert verdict(bay(**fields), at) == wanted


def test_a_moment_with_a_time_zone_is_taken_to_paris():
    """11:30 UTC in July is 13:30 in Paris."""
    assert verdict(bay(temporalite_osm="13:00-14:00"), datetime(2024, 7, 26, 11, 30, tzinfo=timezone.utc)) == USABLE


def test_unknown_and_unreadable_hours_are_said_with_examples():
    bays = layer([Point(PARIS)] * 4, temporalite_osm=[None, "matin", "Mo 08:00-12:00", "le soir"])
    notes = [str(note) for note in usable_bays(bays, FRIDAY_13H).notes]
    assert notes[0].startswith("The hours of 3 bays are not known; they count as usable.")
    assert notes[1] == "Hours that cannot be read: matin; le soir"


def test_an_empty_layer_has_no_usable_bay():
    assert usable_bays(layer([], temporalite_osm=[]), FRIDAY_13H).usable.tolist() == []


# -- the vehicle and its stop ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("centimetres", "metres", "counts"),
    [
        (1200, 12, True),
        (1199.9, 12, False),
        (12, 12, False),  # centimetres, whatever it looks like
        (110, 1.1, True),  # 1.1 × 100 is more than 110 in floating point
        (820, 8.2, True),
        (1010, 10.1, True),
        ("1 200", 12, None),
        (None, 12, None),
        (float("nan"), 12, None),
        (float("inf"), 12, None),
        (0, 12, None),
        (-300, 12, None),
        (100, None, True),
    ],
)
def test_a_bay_is_at_least_as_long_as_the_vehicle_and_an_unknown_length_counts(centimetres, metres, counts):
    usability = usable_bays(bay(longueur=centimetres), vehicle_length=metres)
    unknown = counts is None
    assert (usability.usable.item(), usability.too_short.item(), usability.length_unknown.item()) == (
        unknown or counts,
        counts is False,
        unknown,
    )


@pytest.mark.parametrize(("allowed", "stop", "counts"), [(30, 30, True), (30, 30.5, False), (None, 15, None), (0, 15, None), (5, None, True)])
def test_a_bay_allows_at_least_the_stop_and_an_unknown_longest_stay_counts(allowed, stop, counts):
    usability = usable_bays(bay(duree_max=allowed), stop_minutes=stop)
    unknown = counts is None
    assert (usability.usable.item(), usability.stay_too_short.item(), usability.stay_unknown.item()) == (
        unknown or counts,
        counts is False,
        unknown,
    )


def test_bays_without_the_columns_count_as_unknown():
    usability = usable_bays(bay(), vehicle_length=12, stop_minutes=15)
    assert (usability.usable.item(), usability.length_unknown.item(), usability.stay_unknown.item()) == (True, True, True)


def test_a_bay_that_does_not_count_is_under_one_reason_only():
    bays = layer(
        [Point(PARIS)] * 6,
        active=[False, True, True, True, True, True],
        longueur=[600, 600, 1500, 1500, None, 1500],
        duree_max=[5, 5, 5, 30, 30, None],
        temporalite_osm=["Su", "Su", "Su", "Su", DAYTIME, None],
    )
    usability = usable_bays(bays, FRIDAY_13H, 12, 15)
    verdicts = np.column_stack([usability.inactive, usability.too_short, usability.stay_too_short, usability.closed, usability.usable])
    assert verdicts.argmax(axis=1).tolist() == [0, 1, 2, 3, 4, 4]
    assert verdicts.sum(axis=1).tolist() == [1] * 6
    assert np.flatnonzero(usability.length_unknown).tolist() == [4]
    assert np.flatnonzero(usability.stay_unknown).tolist() == [5]
    assert np.flatnonzero(usability.hours_unknown).tolist() == [5]


FIELDS = st.fixed_dictionaries({
    "active": st.sampled_from([True, False, None]),
    "longueur": st.sampled_from([None, 0.0, 600.0, 1200.0, 1500.0]),
    "duree_max": st.sampled_from([None, 10.0, 15.0, 30.0]),
    "temporalite_osm": st.sampled_from([None, DAYTIME, "Su", "matin"]),
})  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(FIELDS, min_size=1, max_size=8), st.sampled_from([None, 6, 12, 30]), st.sampled_from([None, 15]), st.sampled_from([None, FRIDAY_13H]))
def test_one_bay_at_a_time_gives_the_same(fields, vehicle, stop, at):
    bays = layer([Point(PARIS)] * len(fields), **{name: [bay[name] for bay in fields] for name in fields[0]})
    found = usable_bays(bays, at, vehicle, stop).usable.tolist()
    wanted = [
        one["active"] is not False
        and (vehicle is None or not one["longueur"] or one["longueur"] >= 100 * vehicle)
        and (stop is None or not one["duree_max"] or one["duree_max"] >= stop)
        and (at is None or one["temporalite_osm"] != "Su")  # the only hours that leave Friday out
        for one in fields
    ]
    assert found == wanted


def test_the_hauts_de_seine_have_the_published_share_of_long_bays(shared_data):
    """METHODS.md: of 900 bays with a length, 22.6 % are 12 m or longer (published in metres)."""
    path = shared_data / "bays/hauts_de_seine.csv"
    usability = usable_bays(read_bays(path).table, vehicle_length=12)
    known = ~usability.length_unknown
    assert (len(known), int(known.sum()), round(100 * usability.usable[known].mean(), 1)) == (980, 900, 22.6)
    metres = [float(row["longueur"]) for row in published_rows(path) if row["type"] == "LIVRAISON"]
    assert int(usability.usable.sum()) == sum(length >= 12 or length == 0 for length in metres)


def test_unknown_lengths_and_stays_are_said_and_lengths_in_metres_are_suspected():
    bays = layer([Point(PARIS)] * 3, longueur=[12, 10, None], duree_max=[None, None, None])
    assert [str(note) for note in usable_bays(bays, vehicle_length=0.1, stop_minutes=15).notes] == [
        "The length of 1 bays is not known; they count as usable. Their share limits what the vehicle can tell.",
        "The longest stay of 3 bays is not known; they count as usable. Their share limits what the stop can tell.",
        "The bays' lengths are read in centimetres, and half of them are no longer than 11 cm: were they meant in metres?",
    ]
    assert usable_bays(layer([Point(PARIS)], longueur=[1200]), vehicle_length=12).notes == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"vehicle_length": 1200}, "The vehicle's length is 1200 m, and no vehicle is longer than 30 m. Give it in metres, not in centimetres"),
        ({"vehicle_length": 30.01}, "The vehicle's length is 30.01 m, and no vehicle is longer than 30 m"),
        ({"vehicle_length": 0}, "The vehicle's length is 0. Expected: a number of metres greater than 0, for example 12."),
        ({"vehicle_length": -12}, "The vehicle's length is -12. Expected"),
        ({"vehicle_length": float("nan")}, "The vehicle's length is nan. Expected"),
        ({"vehicle_length": float("inf")}, "The vehicle's length is inf. Expected"),
        ({"vehicle_length": "12 m"}, "The vehicle's length is 12 m. Expected"),
        ({"vehicle_length": True}, "The vehicle's length is True. Expected"),
        ({"stop_minutes": 0}, "The stop lasts 0. Expected: a number of minutes greater than 0, for example 15."),
        ({"stop_minutes": -5}, "The stop lasts -5. Expected"),
        ({"stop_minutes": float("inf")}, "The stop lasts inf. Expected"),
        ({"stop_minutes": "court"}, "The stop lasts court. Expected"),
    ],
)
def test_impossible_vehicles_and_stops_are_refused(given, said):
    for ask in (usable_bays, lambda bays, **asked: bay_coverage(series([Point(PARIS)]), bays, **asked)):
        with pytest.raises(ParameterError) as caught:
            ask(bay(), **given)
        assert said in str(caught.value)


def test_the_longest_vehicle_admitted():
    assert usable_bays(bay(longueur=3000), vehicle_length=30).usable.item()


def covered_by_long_bays(**asked):
    bays = layer(
        around_paris((1, 0), (2, 0), (3, 0), (30, 0)),
        id=["short", "brief", "unknown", "far"],
        longueur=[600, 1500, None, 1500],
        duree_max=[30, 10, None, 30],
    )
    return bay_coverage(series(around_paris((0, 0))), bays, **asked)


def test_coverage_counts_bays_fit_for_the_vehicle_only():
    coverage = covered_by_long_bays(vehicle_length=7.5, stop_minutes=15)
    summary = coverage.summary
    assert (coverage.rows["nearest_bay"].item(), coverage.rows["bays_within"].item()) == ("unknown", 1)
    assert (summary.bays, summary.bays_usable, summary.bays_too_short, summary.bays_stay_too_short) == (4, 2, 1, 1)
    assert (summary.bays_length_unknown, summary.bays_stay_unknown, summary.vehicle_length_m, summary.stop_minutes) == (1, 1, 7.5, 15.0)
    assert [str(sentence) for sentence in sentences(summary)[-2:]] == [
        "1 bays are too short for a vehicle of 7.5 m; 1 usable ones have no known length.",
        "1 bays do not allow a stop of 15 min; 1 usable ones have no known longest stay.",
    ]
    set_language("fr")
    assert "Aires trop courtes pour un véhicule de 7,5 m\u202f: 1\u202f;" in str(sentences(summary)[-2])


def test_coverage_without_vehicle_says_nothing_of_lengths():
    coverage = covered_by_long_bays()
    summary = coverage.summary
    assert (summary.bays_usable, summary.bays_too_short, summary.bays_length_unknown, summary.vehicle_length_m) == (4, 0, 0, None)
    assert coverage.notes == []
    said = [str(sentence) for sentence in sentences(summary)]
    assert said[1] == "Median distance to the nearest usable bay: 1.0 m."
    assert len(said) == 4 and not any("length" in sentence or "stay" in sentence for sentence in said)


def test_no_bay_long_enough_is_said():
    bays = layer(around_paris((1, 0)), longueur=[600])
    note = bay_coverage(series(around_paris((0, 0))), bays, vehicle_length=12).notes[-1]
    assert str(note) == "No bay is usable for the vehicle, the stop and the moment chosen: no point is covered."
