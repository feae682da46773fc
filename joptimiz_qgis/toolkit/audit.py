"""The whole audit: coverage, and what the user asked for beside it, each part from the module that knows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from .coverage import Coverage, CoverageSummary, bay_coverage, joined, sentences
from .crs import metric_crs
from .errors import ParameterError
from .gaps import Gaps, coverage_gaps, largest
from .messages import Message, count, percent
from .movements import MovedShare, Movements, moved_share, movement_weights, tells_activity, weekly_movements
from .network import Walking, walking_coverage, walking_network
from .network import sentences as walking_sentences
from .parameters import BANDS_M, GAP_MINIMUM_POINTS, GAP_RADIUS_M, MAX_DISTANCE_M, NETWORK_TOLERANCE_M
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
    movements : str, optional
        Column of the points with their movements per week; estimated (see `weekly_movements`) where not given.
    activity, workforce, jobs : str, optional
        Columns of the points for that estimate; found by their names where not given.
    movement_categories : Path, optional
        The user's own table of activity code → category.
    zones, zone_field
        Polygons by which to break the figures down, and the column of their names.
    category : str, optional
        Column of the points by which to break the figures down.
    network : GeoSeries, optional
        Pedestrian lines, any CRS; with `network_tolerance` (metres) and `crossings` (see `walking_network`).
    gaps, week : bool
        Whether to look for gaps (with `gap_radius`, metres, and `gap_minimum`, points: see `coverage_gaps`), and to compute the
        week's profile.
    """

    max_distance: float = MAX_DISTANCE_M
    bands: Sequence[float] = BANDS_M
    at: datetime | None = None
    vehicle_length: float | None = None
    stop_minutes: float | None = None
    movements: str | None = None
    activity: str | None = None
    workforce: str | None = None
    jobs: str | None = None
    movement_categories: Path | None = None
    zones: gpd.GeoDataFrame | None = None
    zone_field: str | None = None
    category: str | None = None
    network: gpd.GeoSeries | None = None
    network_tolerance: float = NETWORK_TOLERANCE_M
    crossings: str = "split"
    gaps: bool = False
    gap_radius: float = GAP_RADIUS_M
    gap_minimum: int = GAP_MINIMUM_POINTS
    week: bool = False


@dataclass
class Audit:
    """What an audit found; parts that were not asked for are None."""

    points: gpd.GeoDataFrame
    bays: gpd.GeoDataFrame
    usable: pd.Series
    options: AuditOptions
    coverage: Coverage
    per_week: pd.Series | None = None
    movements: Movements | None = None
    by_zone: Breakdown | None = None
    by_category: Breakdown | None = None
    walking: Walking | None = None
    gaps: Gaps | None = None
    week: WeekProfile | None = None
    notes: list[Message] = field(default_factory=list)

    def columns(self) -> pd.DataFrame:
        """What was found about each point, on the points' index: coverage, and movements and the walk where asked for."""
        rows = self.coverage.rows
        if self.movements:
            rows = rows.join(self.movements.rows)
        if self.walking:
            rows = rows.join(self.walking.rows.drop(columns=["straight_m", "walking_bay_position"]))  # that is distance_m; an id tells more
        return rows

    def table(self) -> gpd.GeoDataFrame:
        """The points with `columns`."""
        return joined(self.points, self.columns())

    @property
    def moved(self) -> MovedShare | None:
        """The movements and those at covered points; None where they are not known."""
        return None if self.per_week is None else moved_share(self.coverage.rows["covered"], self.per_week)

    @property
    def moved_on_foot(self) -> MovedShare | None:
        """The same of the points on the network, covered on foot."""
        if self.per_week is None or self.walking is None:
            return None
        return moved_share(self.walking.rows["walking_covered"], self.per_week)

    def figures(self) -> dict[str, Any]:
        """The figures of the whole: those of the coverage, and the movements with a share of their own."""
        found = figures_of(self.coverage.summary, self.moved)
        if self.walking:
            found["walking"] = {**asdict(self.walking.summary), **_moved_figures(self.moved_on_foot)}
        return found

    def sentences(self) -> list[Message]:
        """The figures in words."""
        said = sentences_of(self.coverage.summary, self.moved)
        said += walking_sentences(self.walking.summary) if self.walking else []
        said += largest(self.gaps) if self.gaps else []
        return said + (week_sentences(self.week) if self.week else [])


def figures_of(summary: CoverageSummary, moved: MovedShare | None) -> dict[str, Any]:
    """The figures of a coverage and of the movements."""
    return {**asdict(summary), **_moved_figures(moved)}


def sentences_of(summary: CoverageSummary, moved: MovedShare | None) -> list[Message]:
    """The same in words."""
    said = sentences(summary)
    if moved:
        said.insert(1, _moved_sentence(moved))
    return said


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
    for column in (options.category, options.movements):
        _check_column(points, column)
    vehicle = {"vehicle_length": options.vehicle_length, "stop_minutes": options.stop_minutes}
    coverage = bay_coverage(
        points.geometry, bays, options.max_distance, options.bands, options.at, progress.part(0, 0.4), **vehicle
    )
    usable = usable_bays(bays, options.at, **vehicle).usable
    audit = Audit(points, bays, usable, options, coverage)
    weighing = _weigh(audit)
    progress.step(0.4)
    _break_down(audit, progress.part(0.4, 0.55))
    progress.step(0.55)
    if options.network is not None:
        audit.walking = _walk(audit, progress.part(0.55, 0.75))
    progress.step(0.75)
    if options.gaps:
        audit.gaps = _gaps(audit, progress.part(0.75, 0.85))
    progress.step(0.85)
    if options.week:
        monday = ordinary_week(options.at.date() if options.at else date.today())  # noqa: DTZ011 - the reader's own date
        audit.week = week_profile(
            points.geometry, bays, options.max_distance, monday, audit.per_week, **vehicle, progress=progress.part(0.85, 1)
        )
    parts = (audit.by_zone, audit.by_category, audit.walking, audit.gaps, audit.week)
    found = [*coverage.notes, *weighing, *(note for part in parts if part is not None for note in part.notes)]
    audit.notes = _distinct(found)
    progress.step(1)
    return audit


def audit_tables(audit: Audit, report: AuditReport | None = None) -> dict[str, pd.DataFrame]:
    """Everything that an audit found, as the layers of one file.

    Parameters
    ----------
    report : AuditReport, optional
        Made of `audit` by `report_of`; with it come the bays and the words.

    Returns
    -------
    dict
        ``coverage`` (the points, see `Audit.columns`) and, as far as they were asked for, ``zones``, ``categories``, ``gaps`` and
        ``week``; with `report`, ``bays`` (a boolean column ``usable`` tells those that count) and ``figures`` (see `figure_table`).
    """
    tables: dict[str, pd.DataFrame] = {"coverage": audit.table()}
    parts = {"zones": audit.by_zone, "categories": audit.by_category, "gaps": audit.gaps, "week": audit.week}
    tables.update({name: part.rows for name, part in parts.items() if part is not None})
    if report is not None:
        from .report.figures import figure_table

        tables["bays"] = joined(audit.bays, pd.DataFrame({"usable": audit.usable}))
        tables["figures"] = figure_table(report, audit.figures())
    return tables


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

    moved = audit.moved_on_foot
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
        walking=WalkingFigures.of(audit.walking.summary, moved.share if moved else None) if audit.walking else None,
        notes=[*notes, *audit.notes],
        sources=sources,
    )


def _check_column(points: gpd.GeoDataFrame, name: str | None) -> None:
    if name and name not in points:
        raise ParameterError(
            "The delivery points have no column “{name}”. They have: {columns}.",
            name=name,
            columns=", ".join(map(str, points.columns.drop(points.geometry.name))),
        )


def _weigh(audit: Audit) -> list[Message]:
    """Movements per week: those given, else estimated where the points say what is done there; else none, rather than invented."""
    points, options = audit.points, audit.options
    if options.movements:
        weights, notes = movement_weights(points[options.movements])
        audit.per_week = pd.Series(weights, index=points.index)
        return notes
    if not (options.activity or options.jobs or options.workforce or tells_activity(points)):
        return []
    audit.movements = weekly_movements(points, options.activity, options.workforce, options.jobs, options.movement_categories)
    audit.per_week = audit.movements.rows["movements_per_week"]
    return audit.movements.notes


def _gaps(audit: Audit, progress: Progress) -> Gaps:
    options, points = audit.options, audit.points
    category = points[options.category] if options.category else None
    return coverage_gaps(
        points.geometry, audit.coverage.rows, audit.per_week, category, options.gap_radius, options.gap_minimum, progress
    )


def _moved_figures(moved: MovedShare | None) -> dict[str, Any]:
    return {
        "movements": moved.movements if moved else None,
        "movements_covered": moved.covered if moved else None,
        "share_movements": moved.share if moved else None,
    }


def _moved_sentence(moved: MovedShare) -> Message:
    return Message(
        "{covered} of {movements} movements per week ({share}) are at covered delivery points.",
        covered=count(round(moved.covered)),
        movements=count(round(moved.movements)),
        share="–" if moved.share is None else percent(moved.share),
    )


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
