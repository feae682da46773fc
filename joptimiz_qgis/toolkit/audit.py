"""The whole audit: coverage, and what the user asked for beside it, each part from the module that knows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from .coverage import Coverage, bay_coverage, joined, sentences
from .crs import metric_crs
from .errors import ParameterError
from .gaps import Gaps, coverage_gaps
from .messages import Message
from .movements import Movements, tells_activity, weekly_movements
from .network import Walking, walking_coverage, walking_network
from .network import sentences as walking_sentences
from .parameters import BANDS_M, MAX_DISTANCE_M
from .progress import Progress
from .usability import usable_bays
from .week_profile import WeekProfile, ordinary_week, week_profile, week_sentences
from .zones import Breakdown, coverage_by_category, coverage_by_zone

if TYPE_CHECKING:
    from .report.audit import AuditReport


@dataclass(frozen=True)
class AuditOptions:
    """What to measure, and what beside the coverage; a part that is not asked for is not computed.

    Attributes
    ----------
    max_distance : float
        Metres, inclusive.
    bands : sequence of float
        Upper ends of the distance bands, metres.
    at : datetime, optional
        Local time (Europe/Paris) at which a bay must be usable.
    vehicle_length, stop_minutes : float, optional
        Metres and minutes that a bay must offer.
    activity, workforce, jobs : str, optional
        Columns of the points for the movements; found by their names where not given.
    movement_categories : Path, optional
        The user's own table of activity code → category.
    zones, zone_field
        Polygons by which to break the figures down, and the column of their names.
    category : str, optional
        Column of the points by which to break the figures down.
    network : GeoSeries, optional
        Pedestrian lines, any CRS; with `network_tolerance` (metres) and `crossings` (see `walking_network`).
    gaps, week : bool
        Whether to look for gaps, and to compute the week's profile.
    """

    max_distance: float = MAX_DISTANCE_M
    bands: Sequence[float] = BANDS_M
    at: datetime | None = None
    vehicle_length: float | None = None
    stop_minutes: float | None = None
    activity: str | None = None
    workforce: str | None = None
    jobs: str | None = None
    movement_categories: Path | None = None
    zones: gpd.GeoDataFrame | None = None
    zone_field: str | None = None
    category: str | None = None
    network: gpd.GeoSeries | None = None
    network_tolerance: float = 30.0
    crossings: str = "split"
    gaps: bool = False
    week: bool = False


@dataclass
class Audit:
    """What an audit found; parts that were not asked for are None."""

    points: gpd.GeoDataFrame
    bays: gpd.GeoDataFrame
    usable: pd.Series
    options: AuditOptions
    coverage: Coverage
    movements: Movements | None = None
    by_zone: Breakdown | None = None
    by_category: Breakdown | None = None
    walking: Walking | None = None
    gaps: Gaps | None = None
    week: WeekProfile | None = None
    notes: list[Message] = field(default_factory=list)

    @property
    def per_week(self) -> pd.Series | None:
        """Movements per week of each point."""
        return None if self.movements is None else self.movements.rows["movements_per_week"]

    def table(self) -> gpd.GeoDataFrame:
        """The points with the columns of all that was found about each."""
        rows = self.coverage.rows
        if self.movements:
            rows = rows.join(self.movements.rows)
        if self.walking:
            rows = rows.join(self.walking.rows.drop(columns="straight_m"))  # that is distance_m
        return joined(self.points, rows)

    def figures(self) -> dict[str, Any]:
        """The figures of the whole: those of the coverage, and the movements with a share of their own."""
        total = covered = share = None
        if self.per_week is not None:
            total = float(self.per_week[self.coverage.rows["covered"].notna()].sum())
            covered = float(self.per_week[self.coverage.rows["covered"].fillna(False).astype(bool)].sum())
            share = covered / total
        movements = {"movements": total, "movements_covered": covered, "share_movements": share}
        walking = {"walking": asdict(self.walking.summary)} if self.walking else {}
        return {**asdict(self.coverage.summary), **movements, **walking}

    def sentences(self) -> list[Message]:
        """The figures in words."""
        said = sentences(self.coverage.summary)
        said += walking_sentences(self.walking.summary) if self.walking else []
        return said + (week_sentences(self.week) if self.week else [])


def run_audit(
    points: gpd.GeoDataFrame, bays: gpd.GeoDataFrame, options: AuditOptions | None = None, progress: Progress | None = None
) -> Audit:
    """Coverage of delivery points by bays, and the parts that `options` asks for.

    Parameters
    ----------
    points : GeoDataFrame
        Point geometries and the columns as published; any CRS.
    bays : GeoDataFrame
        The bays table; any geometry and CRS.

    Returns
    -------
    Audit
        All on the index of `points`.

    Raises
    ------
    ParameterError
        A column that the points do not have; see also the modules of the parts.
    """
    options = options or AuditOptions()
    progress = progress or Progress()
    if options.category and options.category not in points:
        raise ParameterError(
            "The delivery points have no column “{name}”. They have: {columns}.",
            name=options.category,
            columns=", ".join(map(str, points.columns.drop(points.geometry.name))),
        )
    vehicle = {"vehicle_length": options.vehicle_length, "stop_minutes": options.stop_minutes}
    coverage = bay_coverage(
        points.geometry, bays, options.max_distance, options.bands, options.at, progress.part(0, 0.4), **vehicle
    )
    usable = usable_bays(bays, options.at, **vehicle).usable
    audit = Audit(points, bays, usable, options, coverage, movements=_movements(points, options))
    _break_down(audit, progress.part(0.4, 0.55))
    if options.network is not None:
        audit.walking = _walk(audit, progress.part(0.55, 0.75))
    if options.gaps:
        category = points[options.category] if options.category else None
        audit.gaps = coverage_gaps(points.geometry, coverage.rows, audit.per_week, category, progress=progress.part(0.75, 0.85))
    if options.week:
        monday = ordinary_week(options.at.date() if options.at else date.today())  # noqa: DTZ011 - the reader's own date
        audit.week = week_profile(
            points.geometry, bays, options.max_distance, monday, audit.per_week, **vehicle, progress=progress.part(0.85, 1)
        )
    parts = (coverage, audit.movements, audit.by_zone, audit.by_category, audit.walking, audit.gaps, audit.week)
    audit.notes = _distinct([note for part in parts if part is not None for note in part.notes])
    return audit


def report_of(audit: Audit, title: str, sources: Sequence[str], notes: Sequence[Message] = ()) -> AuditReport:
    """What the HTML report needs of an audit.

    Parameters
    ----------
    title : str
        What was audited, as the reader calls it.
    sources : sequence of str
        Where points and bays come from.
    notes : sequence of Message
        What reading them said.
    """
    from .report.audit import AuditReport, WalkingFigures

    return AuditReport(
        summary=audit.coverage.summary,
        bands=audit.options.bands,
        title=title,
        points=audit.points.geometry,
        rows=audit.coverage.rows,
        bays=audit.bays.assign(usable=audit.usable),
        movements=audit.per_week,
        by_zone=audit.by_zone.rows if audit.by_zone else None,
        by_category=audit.by_category.rows if audit.by_category else None,
        gaps=audit.gaps.rows if audit.gaps else None,
        week=audit.week.rows if audit.week else None,
        walking=WalkingFigures.of(audit.walking.summary) if audit.walking else None,
        notes=[*notes, *audit.notes],
        sources=sources,
    )


def _movements(points: gpd.GeoDataFrame, options: AuditOptions) -> Movements | None:
    """Movements per week, where the points say what is done there; else none, rather than invented ones."""
    if not (options.activity or options.jobs or options.workforce or tells_activity(points)):
        return None
    return weekly_movements(points, options.activity, options.workforce, options.jobs, options.movement_categories)


def _break_down(audit: Audit, progress: Progress) -> None:
    options, rows = audit.options, audit.coverage.rows
    if options.zones is not None:
        bays = audit.bays[audit.usable]
        audit.by_zone = coverage_by_zone(
            audit.points.geometry, rows, options.zones, options.zone_field, audit.per_week, bays, progress
        )
    if options.category:
        audit.by_category = coverage_by_category(audit.points[options.category], rows, audit.per_week)


def _walk(audit: Audit, progress: Progress) -> Walking:
    """The same coverage along the user's network, in the CRS of the straight lines."""
    options, points = audit.options, audit.points.geometry
    crs = metric_crs(points)
    network = walking_network(options.network, options.crossings, crs=crs, progress=progress.part(0, 0.7))
    bays = audit.bays[audit.usable]
    return walking_coverage(
        points, bays, network, options.max_distance, options.network_tolerance, progress=progress.part(0.7, 1)
    )


def _distinct(notes: list[Message]) -> list[Message]:
    """`notes` without the ones that say what an earlier one said (the parts look at the same bays)."""
    return list({str(note): note for note in reversed(notes)}.values())[::-1]
