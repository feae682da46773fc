"""Which bays can be used: in service, fit for a vehicle and its stop, and reserved for deliveries at a given moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .messages import Message, language
from .opening_hours import OpeningHours, OpeningHoursError, open_at
from .parameters import check_stop_minutes, check_vehicle_length

if TYPE_CHECKING:
    import geopandas as gpd

PERMANENT = "aire permanente"


def _of_no_bay() -> pd.Series:
    return pd.Series(dtype=bool)


@dataclass(frozen=True)
class Usability:
    """Which bays count, and why the others do not; each a boolean Series on the bays' index.

    A bay that does not count is under one reason only, the first that holds: `inactive`, `too_short`, `stay_too_short`, `closed`.

    Attributes
    ----------
    too_short : Series
        Shorter than the vehicle.
    stay_too_short : Series
        Whose longest stay allowed is shorter than the stop.
    hours_unknown, length_unknown, stay_unknown : Series
        Among the usable ones: counted though their hours, their length or their longest stay are not known.
    """

    usable: pd.Series
    inactive: pd.Series
    closed: pd.Series
    hours_unknown: pd.Series
    notes: list[Message]
    too_short: pd.Series = field(default_factory=_of_no_bay)
    stay_too_short: pd.Series = field(default_factory=_of_no_bay)
    length_unknown: pd.Series = field(default_factory=_of_no_bay)
    stay_unknown: pd.Series = field(default_factory=_of_no_bay)


def usable_bays(
    bays: gpd.GeoDataFrame,
    at: datetime | None = None,
    vehicle_length: float | None = None,
    stop_minutes: float | None = None,
) -> Usability:
    """Bays that count: in service, long enough for the vehicle, for as long as it stops, and reserved for deliveries at `at`.

    A bay's hours are its own (``temporalite_osm``), else those that the city's general rule gives it (``temporalite_defaut``);
    a permanent bay without hours is always reserved. A bay whose hours, length or longest stay are not known counts, and is
    told apart.

    Parameters
    ----------
    bays : GeoDataFrame
        Columns of the bays table, any of which may be absent; a missing ``active`` means in service. ``longueur`` is in
        centimetres and ``duree_max`` in minutes, as in the national schema; a value that is not above 0 is not known.
    at : datetime, optional
        Local time (Europe/Paris). Where not given, hours do not matter.
    vehicle_length : float, optional
        Metres, at most `MAX_VEHICLE_LENGTH_M`; a bay of exactly that length is long enough. Where not given, length does
        not matter.
    stop_minutes : float, optional
        How long the vehicle stops; a bay that allows exactly that is enough. Where not given, the longest stay does not matter.

    Raises
    ------
    ParameterError
        An impossible vehicle or stop.
    """
    check_vehicle_length(vehicle_length)
    check_stop_minutes(stop_minutes)
    nothing = pd.Series(False, index=bays.index)
    inactive = ~bays["active"].astype("boolean").fillna(True).astype(bool) if "active" in bays else nothing
    lengths_cm = _known(bays, "longueur")
    # Divided and not multiplied: 110 cm are exactly 1.1 m, while 1.1 times 100 is a hair more than 110.
    short, length_unknown = _below(lengths_cm / 100, vehicle_length)
    brief, stay_unknown = _below(_known(bays, "duree_max"), stop_minutes)
    too_short = short & ~inactive
    stay_too_short = brief & ~inactive & ~too_short
    fit = ~inactive & ~too_short & ~stay_too_short
    closed, hours_unknown, notes = (nothing, nothing, []) if at is None else _at_moment(bays, at, fit)
    usable = fit & ~closed
    length_unknown, stay_unknown = length_unknown & usable, stay_unknown & usable
    notes = notes + _fit_notes(int(length_unknown.sum()), int(stay_unknown.sum()))
    if vehicle_length is not None:
        notes += _unit_notes(lengths_cm)
    return Usability(
        usable, inactive, closed, hours_unknown, notes, too_short, stay_too_short, length_unknown, stay_unknown
    )


def figure(number: float) -> str:
    """A number with as many decimals as it has: ``12``, ``7,5``, ``7.5``."""
    return f"{number:g}".replace(".", ",") if language() == "fr" else f"{number:g}"


def bay_hours(bays: gpd.GeoDataFrame) -> pd.Series:
    """Hours text that each bay goes by: its own, else the city's general rule; missing where it has neither."""
    hours = pd.Series(None, index=bays.index, dtype=object)
    for column in ("temporalite_defaut", "temporalite_osm"):
        if column in bays:
            hours = bays[column].astype(object).where(bays[column].notna(), hours)
    return hours


def always_reserved(bays: gpd.GeoDataFrame, hours: pd.Series) -> pd.Series:
    """Permanent bays without `hours` (see `bay_hours`): reserved at any moment."""
    permanent = (bays["type"] == PERMANENT).fillna(False).astype(bool) if "type" in bays else pd.Series(False, index=bays.index)
    return hours.isna() & permanent


def unreadable_hours(hours: pd.Series) -> list[Message]:
    """A sentence with examples where some of the texts `hours` do not follow the syntax; else nothing."""
    unreadable = [text for text in hours.dropna().unique() if not _readable(text)]
    if not unreadable:
        return []
    return [Message("Hours that cannot be read: {examples}", examples="; ".join(map(str, unreadable[:5])))]


def _at_moment(bays: gpd.GeoDataFrame, at: datetime, fit: pd.Series) -> tuple[pd.Series, pd.Series, list[Message]]:
    """Among the bays that are `fit`: those closed, those whose hours are not known, and what to say of these."""
    hours = bay_hours(bays)
    state = open_at(hours, at)
    closed = (state == False).fillna(False).astype(bool) & fit  # noqa: E712 - NA is neither
    unknown = state.isna() & ~always_reserved(bays, hours) & fit
    notes = []
    if unknown.any():
        notes.append(
            Message(
                "The hours of {count} bays are not known; they count as usable. Their share limits what the moment can tell.",
                count=int(unknown.sum()),
            )
        )
    return closed, unknown, notes + unreadable_hours(hours[unknown])


def _known(bays: gpd.GeoDataFrame, column: str) -> pd.Series:
    """Numbers of a column; NaN where they are missing, infinite or not above 0."""
    if column not in bays:
        return pd.Series(np.nan, index=bays.index)
    values = pd.to_numeric(bays[column], errors="coerce").astype("float64")
    return values.where((values > 0) & (values < np.inf))


def _below(values: pd.Series, needed: float | None) -> tuple[pd.Series, pd.Series]:
    """Where `values` are less than what is `needed`, and where that is not known; nowhere if nothing is needed."""
    if needed is None:
        nothing = pd.Series(False, index=values.index)
        return nothing, nothing
    return values < needed, values.isna()


def _fit_notes(lengths: int, stays: int) -> list[Message]:
    notes = []
    if lengths:
        notes.append(
            Message(
                "The length of {count} bays is not known; they count as usable. Their share limits what the vehicle can tell.",
                count=lengths,
            )
        )
    if stays:
        notes.append(
            Message(
                "The longest stay of {count} bays is not known; they count as usable. Their share limits what the stop can tell.",
                count=stays,
            )
        )
    return notes


def _unit_notes(lengths_cm: pd.Series) -> list[Message]:
    """A warning where the lengths were meant in metres: the national schema has none under 100 cm."""
    median = lengths_cm.median()
    if not median < 100:
        return []
    return [
        Message(
            "The bays' lengths are read in centimetres, and half of them are no longer than {median} cm: were they meant in metres?",
            median=figure(median),
        )
    ]


def _readable(text: object) -> bool:
    try:
        OpeningHours.parse(str(text))
    except OpeningHoursError:
        return False
    return True
