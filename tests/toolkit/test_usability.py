"""Which bays count at a moment: in service, and reserved for deliveries then."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from builders import PARIS, layer
from shapely import Point

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
