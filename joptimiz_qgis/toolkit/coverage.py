"""Coverage of delivery points by delivery bays: the nearest usable bay of each point, and the figures of the whole."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .crs import check_crs, has_position, metric_crs, to_crs
from .errors import DataError
from .messages import Message, count, decimal, percent
from .nearest import BATCH, nearest_index
from .parameters import BANDS_M, MAX_DISTANCE_M, band_labels, check_distance
from .progress import Progress
from .usability import Usability, figure, usable_bays

if TYPE_CHECKING:
    import pyproj

@dataclass(frozen=True)
class CoverageSummary:
    """Figures of one coverage run; shares are fractions of the located points.

    Attributes
    ----------
    points, covered : int
        Delivery points with a position, and those with a usable bay within `max_distance_m`.
    points_without_position : int
        Not among `points`.
    median_distance_m, mean_distance_m : float or None
        To the nearest usable bay, over all located points; None where no bay is usable.
    bays_hours_unknown : int
        Of `bays_usable`, those counted as usable only because their hours are not known (with a moment given).
    bays_too_short, bays_stay_too_short : int
        In service, but shorter than the vehicle; else allowing too short a stay. A bay that does not count is under one of
        `bays_inactive`, `bays_too_short`, `bays_stay_too_short` and `bays_closed`.
    bays_length_unknown, bays_stay_unknown : int
        Of `bays_usable`, those counted as usable only because their length or longest stay is not known (with one asked).
    vehicle_length_m, stop_minutes : float or None
        What was asked of the bays; None where it did not matter.
    bands : dict
        Label of the band → points in it.
    """

    points: int
    covered: int
    share_points: float
    points_without_position: int
    median_distance_m: float | None
    mean_distance_m: float | None
    bays: int
    bays_usable: int
    bays_inactive: int
    bays_closed: int
    bays_hours_unknown: int
    max_distance_m: float
    at: str | None
    bands: dict[str, int]
    crs: str
    bays_too_short: int = 0
    bays_stay_too_short: int = 0
    bays_length_unknown: int = 0
    bays_stay_unknown: int = 0
    vehicle_length_m: float | None = None
    stop_minutes: float | None = None


@dataclass
class Coverage:
    """Result of one run: a row a delivery point, the figures, and what the user should know about them.

    Attributes
    ----------
    rows : DataFrame
        Index of the points; columns `COVERAGE_COLUMNS`.
    """

    rows: pd.DataFrame
    summary: CoverageSummary
    notes: list[Message]


COVERAGE_COLUMNS = ("covered", "nearest_bay", "distance_m", "bays_within", "band")


def bay_coverage(
    points: gpd.GeoSeries,
    bays: gpd.GeoDataFrame,
    max_distance: float = MAX_DISTANCE_M,
    bands: Sequence[float] = BANDS_M,
    at: datetime | None = None,
    progress: Progress | None = None,
    *,
    vehicle_length: float | None = None,
    stop_minutes: float | None = None,
) -> Coverage:
    """Nearest usable delivery bay of each delivery point, in a straight line.

    Distances are measured to the bay's geometry, in the metric CRS of the place (see `metric_crs`).

    Parameters
    ----------
    points : GeoSeries, n rows
        Point geometries in any CRS; missing and empty ones give a row without result.
    bays : GeoDataFrame, m rows
        Any geometry type and any CRS; the columns of the bays table that it has (``id``, ``active``, ``temporalite_osm``…) are used.
    max_distance : float
        Metres, inclusive.
    bands : sequence of float
        Increasing upper ends of the distance bands, metres, inclusive.
    at : datetime, optional
        Local time (Europe/Paris) at which a bay must be usable; every active bay counts where not given.
    vehicle_length, stop_minutes : float, optional
        Metres and minutes for which a bay must be long enough; see `usable_bays`.

    Returns
    -------
    Coverage
        `rows`: ``covered`` (boolean, NA without position), ``nearest_bay`` (the bay's id), ``distance_m`` (metres, NaN without
        position or usable bay), ``bays_within`` (usable bays within reach) and ``band`` (label). Of several bays at the
        same distance the one that comes first in `bays` is taken, so that runs repeat.

    Raises
    ------
    ParameterError
        A distance that is not a positive number; bands that do not increase; an impossible vehicle or stop.
    CrsError
        A layer without CRS, or with coordinates that cannot be in it.
    DataError
        No point or no bay has a position.
    CancelledError
        `progress` says that the user asked to stop.
    """
    progress = progress or Progress()
    band_labels(bands)
    check_distance(max_distance)
    located = check_layer(points, Message("delivery points"))
    ruler = CoverageRuler(bays, metric_crs(points[located]), max_distance, bands, at, vehicle_length=vehicle_length, stop_minutes=stop_minutes)
    points = to_crs(points, ruler.crs)
    located = has_position(points)
    places: np.ndarray = np.full((len(points), 2), np.nan)
    places[located] = shapely.get_coordinates(points[located].to_numpy())
    measured = ruler.measure(places, progress)
    tally = CoverageTally()
    tally.add(measured)
    return Coverage(ruler.frame(measured, points.index), ruler.summary(tally), ruler.notes(tally))


@dataclass(frozen=True)
class Measured:
    """What was measured of a batch of n points, as arrays.

    Attributes
    ----------
    nearest : ndarray of int
        Place among the usable bays; -1 where there is none, or no position.
    distance : ndarray of float
        Metres; NaN where there is no bay, or no position.
    within : ndarray of int
        Usable bays within reach.
    located : ndarray of bool
        Where the point has a position.
    """

    nearest: np.ndarray
    distance: np.ndarray
    within: np.ndarray
    located: np.ndarray


@dataclass
class CoverageTally:
    """What adds up over the batches of one run; of the distances all are kept, eight bytes each, for their median."""

    points: int = 0
    unlocated: int = 0
    distances: list[np.ndarray] = field(default_factory=list)

    def add(self, measured: Measured) -> None:
        """Count one batch."""
        located = int(measured.located.sum())
        self.points += located
        self.unlocated += len(measured.located) - located
        self.distances.append(measured.distance[~np.isnan(measured.distance)])

    def join(self, other: CoverageTally) -> None:
        """Count what another tally counted."""
        self.points += other.points
        self.unlocated += other.unlocated
        self.distances += other.distances


class CoverageRuler:
    """The usable bays of one run, ready to be asked by one batch of points after the other, here or on another machine.

    Attributes
    ----------
    crs : CRS
        Metric one in which the points are to be given.
    ids : ndarray of str
        What the usable bays are called in results.
    """

    def __init__(
        self,
        bays: gpd.GeoDataFrame,
        crs: pyproj.CRS,
        max_distance: float = MAX_DISTANCE_M,
        bands: Sequence[float] = BANDS_M,
        at: datetime | None = None,
        *,
        vehicle_length: float | None = None,
        stop_minutes: float | None = None,
    ) -> None:
        check_distance(max_distance)
        check_layer(bays.geometry, Message("bays"))
        self.crs, self.max_distance, self.bands, self.at = crs, max_distance, list(bands), at
        self.fit = (vehicle_length, stop_minutes)
        self.labels = band_labels(bands)
        shapes = to_crs(bays.geometry, crs)
        placed = has_position(shapes)
        usability = usable_bays(bays, at, vehicle_length, stop_minutes)
        counted = placed & usability.usable.to_numpy()
        self.ids = bay_ids(bays[counted])
        self._index = nearest_index(shapes[counted].to_numpy()) if counted.any() else None
        self._figures = _bay_figures(placed, usability)
        self._notes = usability.notes, _bay_notes(placed, len(self.ids), bays, at, self.fit)

    def measure(self, places: np.ndarray, progress: Progress | None = None) -> Measured:
        """Nearest usable bay of each of n `places` (x, y in `crs`; NaN without position)."""
        progress = progress or Progress()
        located: np.ndarray = np.isfinite(places).all(axis=1)
        nearest: np.ndarray = np.full(len(places), -1, dtype=np.intp)
        distance: np.ndarray = np.full(len(places), np.nan)
        within: np.ndarray = np.zeros(len(places), dtype=np.int64)
        rows = np.flatnonzero(located)
        if self._index is not None:
            for start in range(0, len(rows), BATCH):
                progress.step(start / len(rows))
                batch = rows[start : start + BATCH]
                nearest[batch], distance[batch], within[batch] = self._index.find(places[batch], self.max_distance)
        return Measured(nearest, distance, within, located)

    def frame(self, measured: Measured, index: pd.Index) -> pd.DataFrame:
        """What was measured as `COVERAGE_COLUMNS` on `index`."""
        bay: np.ndarray = np.full(len(index), None, dtype=object)
        found = measured.nearest >= 0
        bay[found] = self.ids[measured.nearest[found]]
        band = band_of(measured.distance, self.bands, self.labels)
        covered = measured.distance <= self.max_distance
        return pd.DataFrame(
            {
                "covered": pd.arrays.BooleanArray(covered, ~measured.located),
                "nearest_bay": pd.Series(bay, index=index, dtype=object),
                "distance_m": measured.distance,
                "bays_within": pd.arrays.IntegerArray(measured.within, ~measured.located),
                "band": pd.Series(band, index=index, dtype=object),
            },
            index=index,
        )

    def summary(self, tally: CoverageTally) -> CoverageSummary:
        """Figures of all that `tally` counted."""
        distances = np.concatenate(tally.distances) if tally.distances else np.empty(0)
        covered = int((distances <= self.max_distance).sum())
        places = np.searchsorted(np.asarray(self.bands, dtype=float), distances, side="left")
        counts = np.bincount(places, minlength=len(self.labels))
        return CoverageSummary(
            points=tally.points,
            covered=covered,
            share_points=covered / tally.points,
            points_without_position=tally.unlocated,
            median_distance_m=float(np.median(distances)) if len(distances) else None,
            mean_distance_m=float(distances.mean()) if len(distances) else None,
            max_distance_m=float(self.max_distance),
            at=self.at.isoformat(timespec="minutes") if self.at else None,
            bands={label: int(number) for label, number in zip(self.labels, counts)},
            crs=self.crs.to_string(),
            vehicle_length_m=None if self.fit[0] is None else float(self.fit[0]),
            stop_minutes=None if self.fit[1] is None else float(self.fit[1]),
            **self._figures,
        )

    def notes(self, tally: CoverageTally) -> list[Message]:
        """What the user should know about the bays, and about the points that `tally` counted."""
        lost = Message("{count} delivery points have no position; they are in the result without distance.", count=tally.unlocated)
        first, then = self._notes
        return [*first, *([lost] if tally.unlocated else []), *then]


def joined(points: gpd.GeoDataFrame, rows: pd.DataFrame) -> gpd.GeoDataFrame:
    """`points` with the columns of `rows` (same index); one whose name is taken gets a number, as QGIS does (``band_2``)."""
    names = dict(zip(rows.columns, free_names(list(points.columns), list(rows.columns))))
    return points.join(rows.rename(columns=names))


def free_names(taken: list[str], wanted: list[str]) -> list[str]:
    """`wanted`, with ``_2``, ``_3``… behind those that stand in `taken` (case does not count: GeoPackage)."""
    used = {name.lower() for name in taken}
    free = []
    for name in wanted:
        numbered = (f"{name}_{number}" for number in itertools.count(2))
        choice = name if name.lower() not in used else next(other for other in numbered if other.lower() not in used)
        used.add(choice.lower())
        free.append(choice)
    return free


def bay_ids(bays: gpd.GeoDataFrame) -> np.ndarray:
    """What each bay is called in results: its ``id``, else ``uuid``, else its label in the index (text)."""
    ids = pd.Series(bays.index, index=bays.index).astype(str).astype(object)
    for column in ("uuid", "id"):
        if column in bays:
            ids = bays[column].where(bays[column].notna(), ids)
    return ids.map(str).to_numpy(dtype=object)


def band_of(distance: np.ndarray, bands: Sequence[float], labels: Sequence[str]) -> np.ndarray:
    """Label of the band of each distance (metres); None where the distance is not known."""
    place = np.searchsorted(np.asarray(bands, dtype=float), distance, side="left")
    found = np.asarray(labels, dtype=object)[place.clip(max=len(bands))]
    found[np.isnan(distance)] = None
    return found


def check_layer(geometry: gpd.GeoSeries, what: Message) -> np.ndarray:
    """Where `geometry` has positions; the errors of a layer that cannot be used."""
    check_crs(geometry, str(what))
    located = has_position(geometry)
    if not len(geometry):
        raise DataError("There are no {what} in the layer: it is empty. Choose another layer, or check its filter.", what=what)
    if not located.any():
        raise DataError("None of the {count} {what} has a geometry. Locate them first.", count=len(geometry), what=what)
    return located


def sentences(summary: CoverageSummary) -> list[Message]:
    """The figures in words, for a log or a panel."""
    said = [
        Message(
            "{covered} of {points} delivery points ({share}) have a usable bay within {distance:g} m.",
            covered=count(summary.covered),
            points=count(summary.points),
            share=percent(summary.share_points),
            distance=summary.max_distance_m,
        ),
        Message(
            "{usable} of {bays} bays are usable ({inactive} out of service, {closed} not reserved for deliveries at that moment).",
            usable=count(summary.bays_usable),
            bays=count(summary.bays),
            inactive=count(summary.bays_inactive),
            closed=count(summary.bays_closed),
        ),
    ]
    bands = "; ".join(f"{label}: {count(points)}" for label, points in summary.bands.items())
    said.append(Message("Delivery points by distance: {bands}", bands=bands))
    if summary.median_distance_m is not None:
        said.insert(1, Message("Median distance to the nearest usable bay: {median} m.", median=decimal(summary.median_distance_m)))
    return said + _fit_sentences(summary)


def _fit_sentences(summary: CoverageSummary) -> list[Message]:
    """What the vehicle and the stop asked for take away."""
    said = []
    if summary.vehicle_length_m is not None:
        said.append(
            Message(
                "{short} bays are too short for a vehicle of {length} m; {unknown} usable ones have no known length.",
                short=count(summary.bays_too_short),
                length=figure(summary.vehicle_length_m),
                unknown=count(summary.bays_length_unknown),
            )
        )
    if summary.stop_minutes is not None:
        said.append(
            Message(
                "{short} bays do not allow a stop of {minutes} min; {unknown} usable ones have no known longest stay.",
                short=count(summary.bays_stay_too_short),
                minutes=figure(summary.stop_minutes),
                unknown=count(summary.bays_stay_unknown),
            )
        )
    return said


def _bay_figures(placed: np.ndarray, usability: Usability) -> dict[str, int]:
    """How many bays there are, count, or do not and why."""
    told = {
        "bays_usable": usability.usable,
        "bays_inactive": usability.inactive,
        "bays_closed": usability.closed,
        "bays_hours_unknown": usability.hours_unknown,
        "bays_too_short": usability.too_short,
        "bays_stay_too_short": usability.stay_too_short,
        "bays_length_unknown": usability.length_unknown,
        "bays_stay_unknown": usability.stay_unknown,
    }
    return {"bays": int(placed.sum()), **{name: int((those.to_numpy() & placed).sum()) for name, those in told.items()}}


def _bay_notes(
    placed: np.ndarray, candidates: int, bays: gpd.GeoDataFrame, at: datetime | None, fit: tuple[float | None, float | None]
) -> list[Message]:
    notes = []
    if not placed.all():
        notes.append(Message("{count} bays have no position and do not count.", count=int((~placed).sum())))
    if not candidates and fit != (None, None):
        notes.append(Message("No bay is usable for the vehicle, the stop and the moment chosen: no point is covered."))
    elif not candidates:
        notes.append(
            Message("No bay is usable at the moment chosen ({moment}): no point is covered.", moment=f"{at:%Y-%m-%d %H:%M}")
            if at
            else Message("No bay is in service: no point is covered.")
        )
    if "id" in bays:
        repeated = int(bays["id"].dropna().duplicated().sum())
        if repeated:
            notes.append(Message("{count} bays bear the identifier of another bay; distances are right, names are not unique.", count=repeated))
    return notes
