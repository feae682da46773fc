"""Which bays can be used: in service, and reserved for deliveries at a given moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd

from .messages import Message
from .opening_hours import OpeningHours, OpeningHoursError, open_at

if TYPE_CHECKING:
    import geopandas as gpd

PERMANENT = "aire permanente"


@dataclass(frozen=True)
class Usability:
    """Which bays count, and why the others do not; each a boolean Series on the bays' index.

    Attributes
    ----------
    hours_unknown : Series
        Among the usable ones: counted though their hours are not known.
    """

    usable: pd.Series
    inactive: pd.Series
    closed: pd.Series
    hours_unknown: pd.Series
    notes: list[Message]


def usable_bays(bays: gpd.GeoDataFrame, at: datetime | None = None) -> Usability:
    """Bays that count: in service and, at the moment `at`, reserved for deliveries.

    A bay's hours are its own (``temporalite_osm``), else those that the city's general rule gives it (``temporalite_defaut``);
    a permanent bay without hours is always reserved. A bay whose hours are not known counts, and is told apart.

    Parameters
    ----------
    bays : GeoDataFrame
        Columns of the bays table, any of which may be absent; a missing ``active`` means in service.
    at : datetime, optional
        Local time (Europe/Paris). Where not given, hours do not matter.
    """
    nothing = pd.Series(False, index=bays.index)
    inactive = ~bays["active"].astype("boolean").fillna(True).astype(bool) if "active" in bays else nothing
    if at is None:
        return Usability(~inactive, inactive, nothing, nothing, [])
    hours = _hours(bays)
    state = open_at(hours, at)
    closed = (state == False).fillna(False).astype(bool) & ~inactive  # noqa: E712 - NA is neither
    always = hours.isna() & (bays["type"] == PERMANENT if "type" in bays else nothing)
    unknown = state.isna() & ~always & ~inactive
    notes = []
    if unknown.any():
        notes.append(
            Message(
                "The hours of {count} bays are not known; they count as usable. Their share limits what the moment can tell.",
                count=int(unknown.sum()),
            )
        )
    unreadable = [text for text in hours[unknown].dropna().unique() if not _readable(text)]
    if unreadable:
        notes.append(Message("Hours that cannot be read: {examples}", examples="; ".join(map(str, unreadable[:5]))))
    return Usability(~inactive & ~closed, inactive, closed, unknown, notes)


def _hours(bays: gpd.GeoDataFrame) -> pd.Series:
    hours = pd.Series(None, index=bays.index, dtype=object)
    for column in ("temporalite_defaut", "temporalite_osm"):
        if column in bays:
            hours = bays[column].astype(object).where(bays[column].notna(), hours)
    return hours


def _readable(text: str) -> bool:
    try:
        OpeningHours.parse(text)
    except OpeningHoursError:
        return False
    return True
