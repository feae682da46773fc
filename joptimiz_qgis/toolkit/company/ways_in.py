"""Access points by which customers in perimeters are reached: those that let a vehicle in, the nearest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..crs import has_position, metric_crs, to_crs
from ..hours_in_words import opening_hours_in_words
from ..messages import Message, count
from ..schema.table import with_none
from ..validity import Periods
from ..vehicles import NO, Vehicle, concerned

if TYPE_CHECKING:
    from ..period import Period

MOST_TOLD = 3
"""Ways in that are named for each customer."""

_WAY_OUT = "sortie"


class WaysIn:
    """Access points that are no mere way out, are valid at some time of a period (or may be) and surely refuse the vehicle not.

    Parameters
    ----------
    access_points : GeoDataFrame
        Fields of the table access_points.
    period : Period
    vehicle : Vehicle or None

    Attributes
    ----------
    notes : list of Message
    """

    def __init__(self, access_points: gpd.GeoDataFrame, period: Period, vehicle: Vehicle | None) -> None:
        self.notes: list[Message] = []
        lets_in = has_position(access_points.geometry) & _texts(access_points, "type").ne(_WAY_OUT).to_numpy()
        lets_in &= _meanwhile(access_points, period)
        if vehicle is not None:
            rules = access_points.drop(columns=access_points.geometry.name).astype(object).to_dict("records")
            lets_in &= np.array([concerned(_as_rule(rule), vehicle) > NO for rule in rules], dtype=bool)
        self.table = access_points[lets_in]
        self._owner = _texts(self.table, "perimetre").str.casefold()
        left = len(access_points) - len(self.table)
        if left:
            why = Message("{count} access points do not count: ways out, not valid in the period, or closed to the vehicle.", count=count(left))
            self.notes.append(why)
        if len(self.table) and not self._owner.ne("").any():
            everywhere = Message("The access points do not say of which perimeter they are: for each customer the nearest of all are taken.")
            self.notes.append(everywhere)

    def nearest(self, points: gpd.GeoSeries, names: Sequence[frozenset[str]], which: np.ndarray) -> tuple[list[Any], np.ndarray, list[Any]]:
        """Ways in of each point.

        Parameters
        ----------
        points : GeoSeries
        names : sequence of set of str
            What access points may call the perimeters of each set of perimeters, case folded.
        which : ndarray of int
            The set of each point.

        Returns
        -------
        nearest : list of str or None
        distance : ndarray of float
            Metres in a straight line; NaN without one.
        told : list of str or None
            The nearest ones with their distances and hours.
        """
        nearest: list[Any] = [None] * len(points)
        told: list[Any] = [None] * len(points)
        distance = np.full(len(points), np.nan)
        if not len(points) or not len(self.table):
            return nearest, distance, told
        crs = metric_crs(points)
        places = shapely.get_coordinates(to_crs(points, crs).to_numpy())
        ways = shapely.get_coordinates(to_crs(self.table.geometry, crs).to_numpy())
        of_owner: dict[str, list[int]] = {}
        for way, owner in enumerate(self._owner.tolist()):
            of_owner.setdefault(owner, []).append(way)
        everywhere = list(range(len(ways))) if set(of_owner) == {""} else []
        calls, hours = self._calls()
        order = np.argsort(which, kind="stable")
        bounds = np.searchsorted(which[order], np.arange(len(names) + 1))
        for called, first, last in zip(names, bounds[:-1], bounds[1:]):
            candidates = sorted({way for name in called for way in of_owner.get(name, everywhere)})
            if not candidates:
                continue
            rows = order[first:last]
            gaps = np.hypot(*(places[rows][:, None] - ways[candidates][None, :]).transpose(2, 0, 1))
            for row, ranked, own in zip(rows.tolist(), np.argsort(gaps, axis=1, kind="stable")[:, :MOST_TOLD].tolist(), gaps.tolist()):
                chosen = [(candidates[each], own[each]) for each in ranked]
                nearest[row], distance[row] = calls[chosen[0][0]], round(chosen[0][1], 1)
                told[row] = " ; ".join(f"{calls[way]} ({_told(gap, hours[way])})" for way, gap in chosen)
        return nearest, distance, told

    def _calls(self) -> tuple[list[str], list[str]]:
        """What each way in is called, and its hours in words."""
        name, key = _texts(self.table, "nom"), _texts(self.table, "id")
        calls = name.where(name.ne(""), key).tolist()
        return calls, [opening_hours_in_words(text) if text else "" for text in _texts(self.table, "horaires")]


def _told(gap: float, hours: str) -> str:
    return f"{gap:.0f} m, {hours}" if hours else f"{gap:.0f} m"


def _texts(table: pd.DataFrame, name: str) -> pd.Series:
    if name not in table:
        return pd.Series("", index=table.index, dtype=object)
    return pd.Series(["" if value is None else str(value) for value in with_none(table[name]).tolist()], index=table.index, dtype=object)


def _meanwhile(table: pd.DataFrame, period: Period) -> np.ndarray:
    """Rows that are valid at some time of a period, or may be."""
    if "date_debut" not in table or "date_fin" not in table:
        return np.ones(len(table), dtype=bool)
    dates = Periods(table["date_debut"], table["date_fin"])
    outside = (dates.start >= np.datetime64(period.end, "s")) | (dates.end <= np.datetime64(period.start, "s"))
    return np.asarray(dates.unclear | ~outside)


def _as_rule(row: dict[Any, Any]) -> dict[str, Any]:
    """Whom an access point admits, as a rule that allows."""
    given = {name: row.get(name) for name in ("veh_types", "veh_tonnage", "veh_haut", "veh_larg")}
    plain = {name: None if pd.isna(value) else value for name, value in given.items()}
    return {**plain, "regl_modalite": "Autorise", "veh_tonnage_modalite": "jusqu'à"}
