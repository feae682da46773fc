"""What applies at points, row by row: for a click on the map and for tables of points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .crs import metric_crs, to_crs
from .messages import Message, language
from .rules import ROAD_DISTANCE_M, Applying, applying
from .schema.table import kinds

if TYPE_CHECKING:
    from .moment_filter import PerimeterTable, Question


@dataclass(frozen=True)
class PerimeterHere:
    """One perimeter that holds a point.

    Attributes
    ----------
    kind, title, name : str
        Its ``type_peri``, that in the reader's words, and its own name.
    state : str
        ``allowed``, ``forbidden`` or ``unknown`` for the vehicle; without one ``active``, ``inactive`` or ``unknown``.
    why : tuple of str
        Sentences.
    next_change : datetime or None
        When `state` next changes.
    overridden : bool
        Another low-emission zone speaks here in its place.
    """

    kind: str
    title: str
    name: str
    state: str
    why: tuple[str, ...]
    next_change: datetime | None
    overridden: bool = False

    def state_in_words(self) -> str:
        """The state as a word."""
        return str(_STATES[self.state])

    def change_in_words(self) -> str:
        """When it next changes; empty where it does not."""
        if self.next_change is None:
            return ""
        return str(Message("until {moment}", moment=_shown(self.next_change)))


_STATES = {
    "allowed": Message("allowed"),
    "forbidden": Message("forbidden"),
    "unknown": Message("not known"),
    "active": Message("active"),
    "inactive": Message("not active"),
}


def perimeters_here(
    table: PerimeterTable, shapes: gpd.GeoSeries, x: float, y: float, question: Question, road_distance: float = ROAD_DISTANCE_M
) -> list[PerimeterHere]:
    """Perimeters of the kinds asked for that hold a point and are valid (or may be) at the start of the question's hours.

    Parameters
    ----------
    table : PerimeterTable
    shapes : GeoSeries
        Of its rows.
    x, y : float
        The point, in the CRS of `shapes`.
    question : Question
    road_distance : float
        Metres within which a point is on a special road.

    Returns
    -------
    list of PerimeterHere
        In the table's order.
    """
    point = gpd.GeoSeries([shapely.Point(x, y)], crs=shapes.crs)
    near = _near(shapes, point, road_distance)
    positions = np.flatnonzero(near & table.wanted(question))
    if not len(positions):
        return []
    frame = gpd.GeoDataFrame(table.table.iloc[positions].reset_index(drop=True), geometry=shapes.iloc[positions].reset_index(drop=True))
    keys = frame.get("cle", pd.Series(dtype=object))
    rules = table.rules[table.rules["perimetre"].isin(keys)] if len(table.rules) else table.rules
    result = applying(frame, rules, question.start, question.vehicle, point, road_distance)
    if result.points is None:
        return []
    row = result.points.iloc[0]
    return [_here(frame, label, result, label in row["overridden"]) for label in sorted((*row["perimeters"], *row["overridden"]))]


def _near(shapes: gpd.GeoSeries, point: gpd.GeoSeries, distance: float) -> np.ndarray:
    """Perimeters whose bounds come near the point: few are worth a change of CRS."""
    if shapes.crs is None:
        return np.ones(len(shapes), dtype=bool)
    crs = metric_crs(point)
    around = to_crs(point, crs).buffer(2 * distance).to_crs(shapes.crs).total_bounds
    bounds = shapely.bounds(shapes.to_numpy())
    with np.errstate(invalid="ignore"):
        near: np.ndarray = (bounds[:, 0] <= around[2]) & (bounds[:, 2] >= around[0]) & (bounds[:, 1] <= around[3]) & (bounds[:, 3] >= around[1])
    return near


def _here(frame: gpd.GeoDataFrame, label: Any, result: Applying, overridden: bool) -> PerimeterHere:
    row = frame.loc[label]
    kind = _text(row.get("type_peri"))
    active = result.active.loc[label]
    state = str(result.access.loc[label]) if result.vehicle else "unknown" if pd.isna(active) else "active" if active else "inactive"
    change = result.next_change_of([label]).iloc[0]
    return PerimeterHere(
        kind=kind,
        title=next((each[language()] for each in kinds("perimeter_kinds") if each["key"] == kind), kind),
        name=_text(row.get("nom")) or _text(row.get("id")),
        state=state,
        why=tuple(str(reason) for reason in result.why(label)),
        next_change=None if pd.isna(change) else pd.Timestamp(change).to_pydatetime(),
        overridden=overridden,
    )


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)


def _shown(moment: datetime) -> str:
    """A moment as people write it: hours alone say nothing where another day is meant."""
    return f"{moment:%d/%m/%Y %H:%M}" if language() == "fr" else f"{moment:%Y-%m-%d %H:%M}"


def point_columns(result: Applying, keys: pd.Series) -> pd.DataFrame:
    """What applies at each of the points that `applying` was given.

    Parameters
    ----------
    result : Applying
        With points.
    keys : Series
        What the perimeters are called (``cle``), on their index.

    Returns
    -------
    DataFrame
        Index of the points; text columns ``perimeters``, ``overridden`` (keys, " ; " between them), ``access``, ``why`` and
        ``next_change`` (ISO 8601); None where there is nothing.
    """
    points = result.points
    if points is None:
        return pd.DataFrame(columns=["perimeters", "overridden", "access", "why", "next_change"], dtype=object)
    reasons: dict[Any, str] = {}

    def why(label: Any) -> str:
        if label not in reasons:
            reasons[label] = " ; ".join(map(str, result.why(label)))
        return reasons[label]

    columns = {
        "perimeters": [" ; ".join(str(keys.loc[label]) for label in labels) or None for labels in points["perimeters"]],
        "overridden": [" ; ".join(str(keys.loc[label]) for label in labels) or None for labels in points["overridden"]],
        "access": list(points["access"]),
        "why": [" ; ".join(map(why, labels)) or None for labels in points["decided_by"]],
        "next_change": [None if pd.isna(change) else pd.Timestamp(change).isoformat(timespec="minutes") for change in points["next_change"]],
    }
    return pd.DataFrame({name: pd.Series(values, index=points.index, dtype=object) for name, values in columns.items()})
