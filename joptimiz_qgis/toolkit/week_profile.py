"""Coverage of delivery points hour by hour over a week: distances are measured once, hours are laid over them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd
import shapely

from .coverage import check_layer
from .crs import has_position, metric_crs, to_crs
from .errors import DataError, ParameterError
from .holidays import is_public_holiday
from .messages import Message, count, percent
from .movements import movement_weights
from .opening_hours import OpeningHours, OpeningHoursError
from .parameters import check_distance
from .progress import Progress
from .usability import always_reserved, bay_hours, figure, unreadable_hours, usable_bays

if TYPE_CHECKING:
    import geopandas as gpd

HOURS = 168
"""Hours of a week, from Monday 0:00 to Sunday 23:00."""

WEEK_COLUMNS = (
    "day",
    "hour",
    "moment",
    "bays_usable",
    "covered",
    "share_points",
    "movements_covered",
    "share_movements",
)

DAYS = (
    Message("Monday"),
    Message("Tuesday"),
    Message("Wednesday"),
    Message("Thursday"),
    Message("Friday"),
    Message("Saturday"),
    Message("Sunday"),
)

# Points × hours as float64 is 27 MB a batch; a cancel is answered after some 50 ms.
_BATCH = 20_000
# Pairs (point, bay within reach) held at once: some 200 MB with their distances and hours.
_PAIRS = 2_000_000


@dataclass(frozen=True)
class WeekProfile:
    """Coverage at each hour of one week.

    Attributes
    ----------
    rows : DataFrame
        168 rows in order of time, columns `WEEK_COLUMNS`: ``day`` (0 is Monday), ``hour`` (0–23), ``moment`` (start of the
        hour, local time), ``bays_usable``, ``covered`` (points with a usable bay within reach), ``share_points`` (0–1),
        ``movements_covered`` and ``share_movements`` (0–1), both NaN where movements are not given or come to nothing.
    points, bays : int
        Those with a position.
    points_without_position : int
        Not among `points`.
    movements : float or None
        Sum over `points`, per week; None where not given.
    bays_inactive, bays_too_short, bays_stay_too_short : int
        Bays that count at no hour; see `Usability`.
    bays_length_unknown, bays_stay_unknown : int
        Bays counted, when they are open, though their length or longest stay is not known.
    bays_hours_unknown : int
        Bays counted at one hour of the week at least only because it is not known whether they are open then.
    crs : str
        In which distances were measured.
    """

    rows: pd.DataFrame
    monday: date
    max_distance_m: float
    points: int
    points_without_position: int
    bays: int
    movements: float | None
    bays_inactive: int
    bays_too_short: int
    bays_stay_too_short: int
    bays_length_unknown: int
    bays_stay_unknown: int
    bays_hours_unknown: int
    vehicle_length_m: float | None
    stop_minutes: float | None
    crs: str
    notes: list[Message]


def week_profile(
    points: gpd.GeoSeries,
    bays: gpd.GeoDataFrame,
    max_distance: float,
    monday: date,
    movements: pd.Series | None = None,
    vehicle_length: float | None = None,
    stop_minutes: float | None = None,
    progress: Progress | None = None,
) -> WeekProfile:
    """Share of the delivery points that have a usable bay within reach, at each hour of a week.

    Each figure is that of `bay_coverage` with ``at`` at the start of the hour: an hour is judged at its first minute, and
    spans are half-open. A bay open 19:30–07:30 therefore counts at 20 h and at 7 h and not at 19 h. Hours are those on the
    clock; on the two Sundays of the year when it is changed they are taken as on any Sunday.

    Parameters
    ----------
    points : GeoSeries, n rows
        Point geometries in any CRS; missing and empty ones do not count.
    bays : GeoDataFrame, m rows
        See `bay_coverage` and `usable_bays`.
    max_distance : float
        Metres, inclusive, in a straight line to the bay's geometry.
    monday : date
        First day of the week; `ordinary_week` chooses one without public holidays.
    movements : Series, optional
        Movements per week of each point, on the index of `points`; a missing, negative or unreadable one counts as 0 and is told.
    vehicle_length, stop_minutes : float, optional
        Metres and minutes for which a bay must be long enough; see `usable_bays`.

    Returns
    -------
    WeekProfile

    Raises
    ------
    ParameterError
        An impossible distance, vehicle or stop; `monday` is another day.
    CrsError
        A layer without CRS, or with coordinates that cannot be in it.
    DataError
        No point or no bay has a position; movements of other points.
    CancelledError
        `progress` says that the user asked to stop.

    Notes
    -----
    The hours of each distinct text are read once as 168 bits. A point is covered at the hours at which any bay within
    reach is open: the bitwise or of their bits. Memory is bounded by `_BATCH` points and `_PAIRS` pairs at a time.
    """
    progress = progress or Progress()
    check_distance(max_distance)
    monday = _checked_monday(monday)
    located = check_layer(points, Message("delivery points"))
    check_layer(bays.geometry, Message("bays"))
    crs = metric_crs(points[located])
    points, shapes = to_crs(points, crs), to_crs(bays.geometry, crs)
    located, placed = has_position(points), has_position(shapes)
    weights, movement_notes = _weights(movements, points.index, located)
    usability = usable_bays(bays, None, vehicle_length, stop_minutes)
    usable = usability.usable.to_numpy()
    hours = _hours_of_the_week(bays, monday)
    counted = placed & usable
    sums = _covered_sums(
        points[located].to_numpy(), shapes[counted].to_numpy(), hours.bits[hours.codes[counted]], weights, max_distance, progress
    )
    open_bays = np.bincount(hours.codes[counted], minlength=len(hours.bits)) @ _unpacked(hours.bits)
    unknown = usable & hours.unknown
    notes = [_week_note(monday), *movement_notes, *usability.notes, *_hours_notes(bays, unknown)]
    return WeekProfile(
        rows=_rows(monday, open_bays, sums, weights),
        monday=monday,
        max_distance_m=float(max_distance),
        points=int(located.sum()),
        points_without_position=int((~located).sum()),
        bays=int(placed.sum()),
        movements=float(weights[1].sum()) if len(weights) > 1 else None,
        bays_inactive=_number(usability.inactive, placed),
        bays_too_short=_number(usability.too_short, placed),
        bays_stay_too_short=_number(usability.stay_too_short, placed),
        bays_length_unknown=_number(usability.length_unknown, placed),
        bays_stay_unknown=_number(usability.stay_unknown, placed),
        bays_hours_unknown=int((unknown & placed).sum()),
        vehicle_length_m=None if vehicle_length is None else float(vehicle_length),
        stop_minutes=None if stop_minutes is None else float(stop_minutes),
        crs=crs.to_string(),
        notes=notes + _position_notes(located, placed, counted),
    )


def ordinary_week(day: date, department: str = "") -> date:
    """Monday of the first week, from that of `day` on, without public holiday and without change of the clock.

    Parameters
    ----------
    day : date
        Such as today.
    department : str
        Whose own public holidays are avoided as well; see `public_holidays`.

    Notes
    -----
    Clocks change on the last Sundays of March and October (Directive 2000/84/EC, art. 2 and 3). School holidays are not
    known here.
    """
    monday = _day(day) - timedelta(days=day.weekday())
    while not _is_ordinary(monday, department):
        monday += timedelta(days=7)
    return monday


def hour_matrix(rows: pd.DataFrame, column: str = "share_points") -> pd.DataFrame:
    """One column of `WeekProfile.rows` as a table for a heat map: a row a day (0 is Monday), a column an hour (0–23)."""
    days, hours = pd.RangeIndex(7, name="day"), pd.RangeIndex(24, name="hour")
    return pd.DataFrame(rows[column].to_numpy().reshape(7, 24), index=days, columns=hours)


def week_sentences(profile: WeekProfile) -> list[Message]:
    """The week's worst and best hours in words; of equal ones the first of the week is named and the others are counted."""
    covered = profile.rows["covered"]
    worst, best = int(covered.argmin()), int(covered.argmax())
    if covered.iloc[worst] == covered.iloc[best]:
        return [
            Message(
                "At every hour of the week {covered} of {points} delivery points ({share}) have a usable bay within {distance} m.",
                **_figures(profile, worst),
            )
        ]
    said = [
        Message(
            "Worst hour of the week: {day} at {hour}:00. {covered} of {points} delivery points ({share}) have a usable bay "
            "within {distance} m; other hours alike: {alike}.",
            **_hour_figures(profile, worst),
        ),
        Message(
            "Best hour of the week: {day} at {hour}:00. {covered} of {points} delivery points ({share}) have a usable bay "
            "within {distance} m; other hours alike: {alike}.",
            **_hour_figures(profile, best),
        ),
    ]
    return said + _movement_sentences(profile)


def _movement_sentences(profile: WeekProfile) -> list[Message]:
    shares = profile.rows["share_movements"]
    if shares.isna().any():
        return []
    worst, best = profile.rows.iloc[int(shares.argmin())], profile.rows.iloc[int(shares.argmax())]
    return [
        Message(
            "Of the movements, {lowest} are covered at worst ({worst_day} at {worst_hour}:00) and {highest} at best "
            "({best_day} at {best_hour}:00).",
            lowest=percent(worst["share_movements"]),
            worst_day=DAYS[worst["day"]],
            worst_hour=worst["hour"],
            highest=percent(best["share_movements"]),
            best_day=DAYS[best["day"]],
            best_hour=best["hour"],
        )
    ]


def _figures(profile: WeekProfile, row: int) -> dict[str, object]:
    hour = profile.rows.iloc[row]
    return {
        "covered": count(int(hour["covered"])),
        "points": count(profile.points),
        "share": percent(hour["share_points"]),
        "distance": figure(profile.max_distance_m),
    }


def _hour_figures(profile: WeekProfile, row: int) -> dict[str, object]:
    hour = profile.rows.iloc[row]
    alike = int((profile.rows["covered"] == hour["covered"]).sum()) - 1
    return {"day": DAYS[hour["day"]], "hour": hour["hour"], "alike": alike, **_figures(profile, row)}


# -- the week


def _checked_monday(monday: date) -> date:
    day = _day(monday)
    if day.weekday() != 0:
        raise ParameterError("A week starts on a Monday, and {day} is none.", day=day.isoformat())
    return day


def _day(day: date) -> date:
    return day.date() if isinstance(day, datetime) else day


def _is_ordinary(monday: date, department: str) -> bool:
    days = [monday + timedelta(days=number) for number in range(7)]
    return not any(is_public_holiday(day, department) for day in days) and not _clock_changes(days[6])


def _clock_changes(sunday: date) -> bool:
    return sunday.month in (3, 10) and (sunday + timedelta(days=7)).month != sunday.month


def _week_note(monday: date) -> Message:
    days = [monday + timedelta(days=number) for number in range(7)]
    holidays = [f"{day:%Y-%m-%d}" for day in days if is_public_holiday(day)]
    if holidays:
        return Message(
            "Week from Monday {monday}, with public holidays ({days}); each hour is judged at its first minute.",
            monday=f"{monday:%Y-%m-%d}",
            days=", ".join(holidays),
        )
    return Message(
        "Week from Monday {monday}, without public holidays; each hour is judged at its first minute.", monday=f"{monday:%Y-%m-%d}"
    )


# -- hours of the bays


@dataclass(frozen=True)
class _WeekHours:
    """Hours of the bays at the 168 hours.

    Attributes
    ----------
    codes : ndarray of int, shape (m,)
        Row of `bits` that each bay goes by.
    bits : ndarray of uint64, shape (texts + 1, 3)
        Hours at which a bay with that text is not closed, packed; the last row is that of bays without hours.
    unknown : ndarray of bool, shape (m,)
        Bays of which it is not known, at one hour at least, whether they are open.
    """

    codes: np.ndarray
    bits: np.ndarray
    unknown: np.ndarray


def _hours_of_the_week(bays: gpd.GeoDataFrame, monday: date) -> _WeekHours:
    hours = bay_hours(bays)
    found, texts = pd.factorize(hours)
    codes: np.ndarray = np.where(found < 0, len(texts), found)  # a bay without text has the last row, which is never closed
    grids = [_grid(text, monday) for text in texts] + [[None] * HOURS]
    closed = np.array([[state is False for state in grid] for grid in grids], dtype=bool)
    uncertain = np.array([None in grid for grid in grids], dtype=bool)
    return _WeekHours(codes, _packed(~closed), uncertain[codes] & ~always_reserved(bays, hours).to_numpy())


def _grid(text: object, monday: date) -> list[bool | None]:
    try:
        return OpeningHours.parse(str(text)).weekly_grid(monday)
    except OpeningHoursError:
        return [None] * HOURS


def _packed(hours: np.ndarray) -> np.ndarray:
    """Rows of 168 booleans as rows of three integers of 64 bits."""
    packed = np.zeros((len(hours), 24), dtype=np.uint8)
    packed[:, : HOURS // 8] = np.packbits(hours, axis=1)
    return packed.view(np.uint64)


def _unpacked(bits: np.ndarray) -> np.ndarray:
    """Rows of 168 zeros and ones (uint8) again."""
    return np.unpackbits(np.ascontiguousarray(bits).view(np.uint8), axis=1, count=HOURS)


# -- points


def _weights(movements: pd.Series | None, index: pd.Index, located: np.ndarray) -> tuple[np.ndarray, list[Message]]:
    """What each located point counts for, a row for points (1) and one for movements if given; and what to say."""
    ones = np.ones(int(located.sum()))
    if movements is None:
        return ones[None, :], []
    if not movements.index.equals(index):
        raise DataError(
            "The movements ({movements} rows) are not those of the delivery points ({points} rows): their row labels differ.",
            movements=len(movements),
            points=len(index),
        )
    values, notes = movement_weights(movements[located])
    return np.stack([ones, values]), notes


def _covered_sums(
    points: np.ndarray,
    shapes: np.ndarray,
    bits: np.ndarray,
    weights: np.ndarray,
    max_distance: float,
    progress: Progress,
) -> np.ndarray:
    """Sums of `weights` over the points covered at each hour, shape (rows of `weights`, 168)."""
    sums = np.zeros((len(weights), HOURS))
    if not len(shapes):
        return sums
    index = _index(shapes)
    for start in range(0, len(points), _BATCH):
        progress.step(start / len(points))
        batch = slice(start, start + _BATCH)
        found = np.zeros((len(points[batch]), bits.shape[1]), dtype=np.uint64)
        for rows, bays in index.pairs(points[batch], max_distance):
            _merge(found, rows, bits[bays])
        # The product of whole numbers is exact in float64, and much faster than in integers.
        sums += weights[:, batch] @ _unpacked(found).astype(np.float64)
    return sums


def _merge(found: np.ndarray, rows: np.ndarray, bits: np.ndarray) -> None:
    """Add to the hours of each point (`rows`, any order) those of a bay within its reach (`bits`)."""
    if not len(rows):
        return
    order = np.argsort(rows, kind="stable")
    rows = rows[order]
    first = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
    found[rows[first]] |= np.bitwise_or.reduceat(bits[order], first, axis=0)


# -- pairs (point, bay within reach)


Pairs = Iterator[tuple[np.ndarray, np.ndarray]]
"""Positions of points, and beside them of shapes within their reach; no more than some `_PAIRS` at a time."""


class _Index(Protocol):
    def pairs(self, points: np.ndarray, max_distance: float) -> Pairs: ...


def _index(shapes: np.ndarray) -> _Index:
    # As in `nearest`: a KD-tree where all are points and scipy is there, else the R-tree.
    if (shapely.get_type_id(shapes) == shapely.GeometryType.POINT).all():
        try:
            return _PointPairs(shapes)
        except ImportError:
            pass
    return _ShapePairs(shapes)


# Both trees compare with rounding of their own: they look a hair farther, and the distance itself decides.
_HAIR = 1 + 1e-12


class _PointPairs:
    def __init__(self, shapes: np.ndarray) -> None:
        from scipy.spatial import cKDTree

        self.grow = cKDTree
        self.tree = cKDTree(shapely.get_coordinates(shapes))

    def pairs(self, points: np.ndarray, max_distance: float) -> Pairs:
        return self._split(shapely.get_coordinates(points), 0, max_distance)

    def _split(self, places: np.ndarray, start: int, max_distance: float) -> Pairs:
        """Pairs of the points `places`, the first of which is the batch's point `start`; in halves where they are too many."""
        own = self.grow(places)
        radius = max_distance * _HAIR
        if len(places) > 1 and own.count_neighbors(self.tree, radius) > _PAIRS:
            half = len(places) // 2
            yield from self._split(places[:half], start, max_distance)
            yield from self._split(places[half:], start + half, max_distance)
            return
        found = own.sparse_distance_matrix(self.tree, radius, output_type="ndarray")
        found = found[found["v"] <= max_distance]
        yield found["i"] + start, found["j"]


class _ShapePairs:
    def __init__(self, shapes: np.ndarray) -> None:
        self.shapes = shapes
        self.tree = shapely.STRtree(shapes)

    def pairs(self, points: np.ndarray, max_distance: float) -> Pairs:
        # How many there are is not known before: as many points at a time as could all reach every shape.
        step = max(1, _PAIRS // len(self.shapes))
        for start in range(0, len(points), step):
            part = points[start : start + step]
            rows, shapes = self.tree.query(part, predicate="dwithin", distance=max_distance * _HAIR)
            near = shapely.distance(part[rows], self.shapes[shapes]) <= max_distance
            yield rows[near] + start, shapes[near]


# -- results


def _rows(monday: date, open_bays: np.ndarray, sums: np.ndarray, weights: np.ndarray) -> pd.DataFrame:
    hours = np.arange(HOURS)
    movements = sums[1] if len(sums) > 1 else np.full(HOURS, np.nan)
    total = weights[1].sum() if len(weights) > 1 else np.nan
    return pd.DataFrame(
        {
            "day": hours // 24,
            "hour": hours % 24,
            "moment": pd.Timestamp(monday) + pd.to_timedelta(hours, unit="h"),
            "bays_usable": open_bays.astype(np.int64),
            "covered": sums[0].round().astype(np.int64),
            "share_points": sums[0] / weights.shape[1],
            "movements_covered": movements,
            "share_movements": movements / total if total > 0 else np.full(HOURS, np.nan),
        },
        columns=list(WEEK_COLUMNS),
    )


def _number(which: pd.Series, placed: np.ndarray) -> int:
    return int((which.to_numpy() & placed).sum())


def _hours_notes(bays: gpd.GeoDataFrame, unknown: np.ndarray) -> list[Message]:
    if not unknown.any():
        return []
    note = Message(
        "The hours of {count} bays are not known for all of the week; while they are not, these bays count as usable.",
        count=int(unknown.sum()),
    )
    return [note, *unreadable_hours(bay_hours(bays)[unknown])]


def _position_notes(located: np.ndarray, placed: np.ndarray, counted: np.ndarray) -> list[Message]:
    notes = []
    if not located.all():
        notes.append(Message("{count} delivery points have no position; they do not count.", count=int((~located).sum())))
    if not placed.all():
        notes.append(Message("{count} bays have no position and do not count.", count=int((~placed).sum())))
    if not counted.any():
        notes.append(Message("No bay is in service and fit for the vehicle and the stop: no point is covered at any hour."))
    return notes
