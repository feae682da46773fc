"""The audit report: one HTML file with key figures, map, charts and tables, for people who decide; needs no network."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from ..dependencies import install_command
from ..errors import DataError, MissingDependencyError
from ..messages import Message, count, decimal, language, percent, tr
from ..movements import moved_share
from ..parameters import MAX_DISTANCE_M, band_labels
from ..progress import Progress
from . import charts, drawing, tables
from .summary import band_rows, long_day

if TYPE_CHECKING:
    from ..coverage import CoverageSummary
    from ..network import WalkingSummary

RESOURCES = Path(__file__).parents[2] / "resources" / "report"
ROWS_PRINTED = 40
"""Rows of a table that go to paper, in the order in which it stands sorted; a city has a thousand zones."""


@dataclass(frozen=True)
class WalkingFigures:
    """The same coverage measured on foot along a network.

    Attributes
    ----------
    points, covered : int
        Points that the network serves, and those with a usable bay within the distance on foot.
    share_points : float
        Of `points`, 0–1.
    median_distance_m : float or None
        On foot to the nearest usable bay.
    share_movements : float or None
        0–1; None where movements were not given.
    points_off_network, bays_off_network : int
        Farther from the network than the tolerance: reported, never moved to it.
    straight_covered : int or None
        Of the same `points`, those covered in a straight line: what the walk can be compared with, point by point.
    straight_median_m : float or None
        In a straight line, over the points of `median_distance_m`.
    """

    points: int
    covered: int
    share_points: float
    median_distance_m: float | None = None
    share_movements: float | None = None
    points_off_network: int = 0
    bays_off_network: int = 0
    straight_covered: int | None = None
    straight_median_m: float | None = None

    @classmethod
    def of(cls, walking: WalkingSummary, share_movements: float | None = None) -> WalkingFigures:
        """What a report says of `network.Walking.summary`."""
        return cls(
            points=walking.points_snapped,
            covered=walking.covered,
            share_points=walking.share_points,
            median_distance_m=walking.median_walking_m,
            share_movements=share_movements,
            points_off_network=walking.points_beyond_tolerance,
            bays_off_network=walking.bays_beyond_tolerance,
            straight_covered=walking.straight_covered,
            straight_median_m=walking.median_straight_m,
        )


@dataclass
class AuditReport:
    """What an audit found; a part that was not computed is None and leaves no trace in the page.

    Attributes
    ----------
    summary : CoverageSummary
        Figures of the straight-line coverage.
    bands : sequence of float
        Upper ends of its distance bands, metres.
    title : str
        What was audited, as the reader calls it.
    points : GeoSeries
        Delivery points, any CRS.
    rows : DataFrame
        `Coverage.rows`, on the index of `points`.
    bays : GeoDataFrame
        All bays, any geometry type and CRS; a boolean column ``usable`` tells those that count, where given.
    movements : Series, optional
        Movements per week of each point.
    by_zone : DataFrame or GeoDataFrame, optional
        `zones.coverage_by_zone(…).rows`; with geometry, the outlines are drawn on the map.
    by_category : DataFrame, optional
        `zones.coverage_by_category(…).rows`.
    gaps : GeoDataFrame, optional
        `gaps.coverage_gaps(…).rows`.
    week : DataFrame, optional
        `week_profile.week_profile(…).rows`: a row for each of the 168 hours.
    walking : WalkingFigures, optional
    notes : sequence of Message
        What the reader should know about the data.
    sources : sequence of str
        Where the data come from.
    day : date, optional
        Of the audit; today where not given.
    """

    summary: CoverageSummary
    bands: Sequence[float]
    title: str
    points: gpd.GeoSeries
    rows: pd.DataFrame
    bays: gpd.GeoDataFrame
    movements: pd.Series | None = None
    by_zone: pd.DataFrame | None = None
    by_category: pd.DataFrame | None = None
    gaps: gpd.GeoDataFrame | None = None
    week: pd.DataFrame | None = None
    walking: WalkingFigures | None = None
    notes: Sequence[Message] = ()
    sources: Sequence[str] = ()
    day: date | None = None
    share_movements: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Refuse results of other points; weigh the covered ones."""
        for other in (self.rows, self.movements):
            if other is not None and not other.index.equals(self.points.index):
                raise DataError(
                    "The results of the coverage ({rows} rows) are not those of these delivery points ({points}). Run the coverage again.",
                    rows=len(other),
                    points=len(self.points),
                )
        if self.movements is not None:
            self.share_movements = moved_share(self.rows["covered"], self.movements).share


def audit_page(report: AuditReport, progress: Progress | None = None) -> str:
    """The report as a whole HTML document, in the language in use.

    Everything stands in the file, Plotly's script included, and the page's own policy forbids it any connection.

    Returns
    -------
    str
        Whatever the texts hold is escaped.

    Raises
    ------
    MissingDependencyError
        Plotly or Jinja2 is not installed.
    CancelledError
        `progress` says that the user asked to stop.
    """
    progress = progress or Progress()
    plotly_script, jinja2 = _libraries()
    progress.step(0.3)
    figures = _charts(report)
    progress.step(0.4)
    drawn = drawing.map_data(
        report.points, report.rows, report.bays, report.summary.max_distance_m, report.bands, _filled(report.gaps), report.by_zone
    )
    progress.step(0.6)
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, loader=jinja2.FileSystemLoader(RESOURCES)
    )
    parts = environment.get_template("audit.html").generate(
        language=language(),
        title=report.title,
        lead=lead(report),
        day=tr("Audit of {day}", day=long_day(report.day or date.today())),  # noqa: DTZ011 - the reader's own date
        figures=key_figures(report),
        comparison=comparison(report),
        legend=drawing.legend(report.rows, report.summary.max_distance_m, report.bands),
        layers=_layers(report),
        other_bays="usable" in report.bays and not bool(report.bays["usable"].fillna(False).all()),
        bands=band_rows(report.summary, report.bands),
        zones=_part(report.by_zone, tables.ZONE_COLUMNS),
        categories=_part(report.by_category, tables.CATEGORY_COLUMNS),
        gaps=_part(report.gaps, tables.GAP_COLUMNS),
        week=_week(report),
        unit=_unit(report),
        charts={name: described for name, (_, described) in figures.items()},
        parameters=parameters(report),
        method=method(report),
        notes=[str(note) for note in report.notes],
        sources=list(report.sources),
        rows_printed=ROWS_PRINTED,
        text=_texts(report),
        style=(RESOURCES / "audit.css").read_text(encoding="utf-8"),
        script=(RESOURCES / "audit.js").read_text(encoding="utf-8"),
        plotly=plotly_script.replace("<!--", "<\\!--"),
        data=drawing.embedded(
            {
                "map": drawn,
                "charts": {name: figure for name, (figure, _) in figures.items()},
                "text": _script_texts(),
                "rowsPrinted": ROWS_PRINTED,
            }
        ),
    )
    page = []
    for part in parts:  # a table of a thousand zones takes its time
        progress.step(0.7)
        page.append(part)
    return "".join(page)


def _libraries() -> tuple[str, Any]:
    """Plotly's script and Jinja2; both come with QGIS on Windows, a Linux user may lack them."""
    try:
        jinja2 = importlib.import_module("jinja2")
        plotly = importlib.import_module("plotly.offline")
    except ImportError as error:
        name = (error.name or "plotly").partition(".")[0]
        raise MissingDependencyError(
            "JOPTIMIZ needs the Python libraries {names}, which are not installed here. In a terminal, type: {command} "
            "— then start again.",
            names=name,
            command=install_command([name]),
        ) from error
    return str(plotly.get_plotlyjs()), jinja2


def _filled(table: Any) -> Any:
    """A table that has rows; None else."""
    return None if table is None or not len(table) else table


# -- what the page says first ----------------------------------------------------------------------------------------


def lead(report: AuditReport) -> str:
    """The audit in one sentence."""
    distance = report.summary.max_distance_m
    if report.share_movements is None:
        return tr(
            "{share} of the delivery points have a usable delivery bay within {distance:g} m.",
            share=percent(report.summary.share_points),
            distance=distance,
        )
    return tr(
        "{share} of the delivery points, and {moved} of the movements, have a usable delivery bay within {distance:g} m.",
        share=percent(report.summary.share_points),
        moved=percent(report.share_movements),
        distance=distance,
    )


def key_figures(report: AuditReport) -> list[dict[str, str]]:
    """The figures that come first, each a ``value`` with its ``label``."""
    summary = report.summary
    points = tr("of the delivery points covered: {covered} of {points}", covered=count(summary.covered), points=count(summary.points))
    values = [(percent(summary.share_points), points)]
    if report.share_movements is not None:
        values.append((percent(report.share_movements), tr("of the movements (deliveries and pick-ups) covered")))
    if summary.median_distance_m is not None:
        values.append((f"{decimal(summary.median_distance_m)}\u202fm", tr("median distance to the nearest usable bay")))
    values.append((count(summary.bays_usable), tr("usable bays of {bays}", bays=count(summary.bays))))
    if summary.bays_usable:
        values.append((decimal(summary.points / summary.bays_usable), tr("delivery points per usable bay")))
    if report.gaps is not None:
        values.append((count(len(report.gaps)), tr("gaps: groups of uncovered points close to each other")))
    return [{"value": value, "label": label} for value, label in values]


def comparison(report: AuditReport) -> list[dict[str, str]]:
    """Straight line and on foot side by side; nothing where only one was measured."""
    summary, walking = report.summary, report.walking
    if walking is None:
        return []
    measured = [
        (tr("Straight line"), summary.points, summary.covered, summary.share_points, report.share_movements, summary.median_distance_m),
        *_straight_on_network(walking),
        (tr("On foot"), walking.points, walking.covered, walking.share_points, walking.share_movements, walking.median_distance_m),
    ]
    return [
        {
            "name": name,
            "points": count(points),
            "covered": count(covered),
            "share": percent(share),
            "moved": "–" if moved is None else percent(moved),
            "median": "–" if median is None else f"{decimal(median)}\u202fm",
        }
        for name, points, covered, share, moved, median in measured
    ]


def _straight_on_network(walking: WalkingFigures) -> list[tuple[str, int, int, float, float | None, float | None]]:
    """Like for like: the straight line over the points that were measured on foot."""
    if walking.straight_covered is None or not walking.points:
        return []
    share = walking.straight_covered / walking.points
    name = tr("Straight line, points on the network")
    return [(name, walking.points, walking.straight_covered, share, None, walking.straight_median_m)]


# -- parts -----------------------------------------------------------------------------------------------------------


def _part(data: pd.DataFrame | None, columns: tuple[tables.Column, ...]) -> dict[str, Any] | None:
    return None if data is None else tables.table(data, columns)


def _charts(report: AuditReport) -> dict[str, tuple[dict[str, Any], str]]:
    """Figures by name, each with the words for those who do not see it."""
    summary = report.summary
    found: dict[str, tuple[dict[str, Any], str]] = {}
    if report.rows["distance_m"].notna().any():
        words = tr(
            "Bar chart of the delivery points by distance to the nearest usable bay; {covered} of {points} are within {distance:g} m. "
            "The table below has the figures.",
            covered=count(summary.covered),
            points=count(summary.points),
            distance=summary.max_distance_m,
        )
        found["distance"] = (charts.distance_histogram(report.rows["distance_m"], summary.max_distance_m), words)
    for name, data, column in (("zones", report.by_zone, "zone"), ("categories", report.by_category, "category")):
        if data is not None:
            found.update(_part_chart(name, data, column))
    if report.week is not None:
        column = _week_column(report.week)
        figure = charts.week_heat_map(report.week, column, _days())
        found["week"] = (figure, _week_words(report.week, column))
    return found


def _part_chart(name: str, data: pd.DataFrame, column: str) -> dict[str, tuple[dict[str, Any], str]]:
    worst = charts.worst_parts(data, column, with_movements=_moved(data))
    if not len(worst):
        return {}
    words = tr(
        "Bar chart of what is covered and not covered, the worst first: {names}. The table below has the figures.",
        names=", ".join(f"{part} ({count(round(value))})" for part, value in zip(worst["name"], worst["uncovered"])),
    )
    return {name: (charts.part_bars(worst), words)}


def _moved(data: pd.DataFrame) -> bool:
    return "movements" in data and bool(data["movements"].notna().any())


def _unit(report: AuditReport) -> str:
    """What the bars of the parts count."""
    parts = [data for data in (report.by_zone, report.by_category) if data is not None]
    return tr("Movements per week") if any(map(_moved, parts)) else tr("Delivery points")


def _days() -> list[str]:
    return [tr("Monday"), tr("Tuesday"), tr("Wednesday"), tr("Thursday"), tr("Friday"), tr("Saturday"), tr("Sunday")]


def _week_column(week: pd.DataFrame) -> str:
    return "share_movements" if "share_movements" in week and week["share_movements"].notna().any() else "share_points"


def _week_words(week: pd.DataFrame, column: str) -> str:
    shares = week[column].to_numpy(dtype=float).round(9)  # sums of movements differ by a hair between equal hours
    if np.isnan(shares).all():
        return ""
    best, worst = int(np.nanargmax(shares)), int(np.nanargmin(shares))
    names = {"best": best, "worst": worst}
    moments = {name: f"{_days()[int(week['day'].iloc[row])]} {int(week['hour'].iloc[row])}\u202fh" for name, row in names.items()}
    return tr(
        "Lowest share covered: {low} ({worst}); highest: {high} ({best}). Of several equal hours the first of the week is named.",
        low=percent(shares[worst]),
        high=percent(shares[best]),
        **moments,
    )


def _week(report: AuditReport) -> dict[str, Any] | None:
    """The week's shares as a table, for those who do not see the chart."""
    if report.week is None:
        return None
    column = _week_column(report.week)
    grid = charts.week_grid(report.week, column)
    rows = [{"day": day, "cells": ["–" if np.isnan(value) else percent(value) for value in row]} for day, row in zip(_days(), grid)]
    moved = tr("Share of the movements of the week at points that have a usable bay within reach at that hour.")
    counted = tr("Share of the delivery points that have a usable bay within reach at that hour.")
    return {"rows": rows, "what": moved if column == "share_movements" else counted, "words": _week_words(report.week, column)}


def _layers(report: AuditReport) -> list[dict[str, str]]:
    """What the reader may show and hide on the map."""
    layers = [("covered", tr("Covered points")), ("uncovered", tr("Points not covered")), ("bays", tr("Delivery bays"))]
    if _filled(report.gaps) is not None:
        layers.append(("gaps", tr("Gaps")))
    if isinstance(report.by_zone, gpd.GeoDataFrame):
        layers.append(("zones", tr("Outlines of the zones")))
    return [{"key": key, "text": text} for key, text in layers]


# -- how it was made -------------------------------------------------------------------------------------------------


def parameters(report: AuditReport) -> list[tuple[str, str]]:
    """What was asked for and what was left out: pairs of label and text."""
    summary = report.summary
    said = [
        (tr("Carrying distance"), tr("{distance:g} m, included", distance=summary.max_distance_m)),
        (tr("Distance bands"), ", ".join(band_labels(report.bands))),
        (tr("Moment"), summary.at.replace("T", " ") if summary.at else tr("any: hours were not taken into account")),
    ]
    if summary.vehicle_length_m is not None:
        said.append((tr("Vehicle length"), f"{decimal(summary.vehicle_length_m)}\u202fm"))
    if summary.stop_minutes is not None:
        said.append((tr("Length of the stop"), f"{decimal(summary.stop_minutes)}\u202fmin"))
    said.append((tr("Coordinate system of the measures"), summary.crs))
    left_out = [
        (tr("Bays out of service"), summary.bays_inactive),
        (tr("Bays not reserved at that moment"), summary.bays_closed),
        (tr("Bays too short for the vehicle"), summary.bays_too_short),
        (tr("Bays that allow too short a stay"), summary.bays_stay_too_short),
        (tr("Bays counted though their hours are not known"), summary.bays_hours_unknown),
        (tr("Bays counted though their length is not known"), summary.bays_length_unknown),
        (tr("Bays counted though their longest stay is not known"), summary.bays_stay_unknown),
        (tr("Delivery points without position, not counted"), summary.points_without_position),
    ]
    return said + [(label, count(number)) for label, number in left_out if number]


def method(report: AuditReport) -> list[str]:
    """How it was measured and what the figures do not say, in sentences."""
    summary = report.summary
    said = [
        tr(
            "Distances are straight lines from each delivery point to the geometry of the nearest usable bay; a point at exactly "
            "{distance:g} m is covered.",
            distance=summary.max_distance_m,
        ),
        tr("A bay is usable if it is in service, and fit for the moment, the vehicle and the stop where these are given below."),
    ]
    if summary.max_distance_m == MAX_DISTANCE_M:
        rule = tr("{distance:g} m is the platform’s rule: the longest distance that drivers are asked to carry goods.", distance=MAX_DISTANCE_M)
        said.insert(1, rule)
    if report.movements is not None:
        said.append(
            tr(
                "The two shares are different figures: one counts each delivery point once, the other weighs it by its movements per week, "
                "which are estimated."
            )
        )
    if report.walking is None:
        said.append(tr("On foot, along streets, distances are longer than in a straight line: the coverage shown is the upper limit."))
    else:
        said.append(_walking_sentence(report.walking))
    if report.gaps is not None:
        said.append(tr("A gap is a group of uncovered points close to each other: a place to look at, not yet a place for a bay."))
    return said


def _walking_sentence(walking: WalkingFigures) -> str:
    return tr(
        "On foot, distances follow the network: they are never shorter than the straight line, and no more points are within reach. The two "
        "figures differ by nature, neither is an error. {points} delivery points and {bays} bays are too far from the network to be measured.",
        points=count(walking.points_off_network),
        bays=count(walking.bays_off_network),
    )


def _texts(report: AuditReport) -> dict[str, str]:
    """The page's own words."""
    return {
        "figures": tr("Key figures"),
        "comparison": tr("Straight line and on foot"),
        "measure": tr("Measure"),
        "points": tr("Delivery points"),
        "covered": tr("Points covered"),
        "share": tr("Share of points"),
        "moved": tr("Share of movements"),
        "median": tr("Median distance"),
        "map": tr("Map"),
        "map_words": tr(
            "Map of {points} delivery points, {covered} of them covered, and of {bays} bays. The tables below give the same by zone and by gap.",
            points=count(report.summary.points),
            covered=count(report.summary.covered),
            bays=count(report.summary.bays),
        ),
        "map_help": tr(
            "Click on the map, then zoom with the wheel, two fingers or the keys + and −, and move with the mouse or the arrows; 0 shows the whole."
        ),
        "zoom_in": tr("Zoom in"),
        "zoom_out": tr("Zoom out"),
        "whole": tr("Whole map"),
        "usable_bay": tr("Usable bay"),
        "other_bay": tr("Bay that does not count"),
        "distance": tr("Distance to the nearest usable bay"),
        "band": tr("Distance band"),
        "zones": tr("Coverage by zone"),
        "zones_chart": tr("Zones where most is not covered"),
        "categories": tr("Coverage by category"),
        "categories_chart": tr("Categories where most is not covered"),
        "find": tr("Find a name"),
        "sorting": tr("A click on a header sorts the table."),
        "printed": tr("On paper: the first {rows} rows. The file on screen has them all.", rows=ROWS_PRINTED),
        "week": tr("Coverage through the week"),
        "hours": tr("The figures hour by hour"),
        "day": tr("Day"),
        "gaps": tr("Gaps: where to look for a new bay"),
        "no_gap": tr("No group of uncovered points was found."),
        "show": tr("Show gap {rank} on the map", rank="{rank}"),
        "method": tr("Method and limits"),
        "parameters": tr("Parameters"),
        "notes": tr("About the data"),
        "sources": tr("Sources"),
        "no_script": tr("Map and charts need JavaScript; the figures and the tables do not."),
        "footer": tr("Made by JOPTIMIZ on the reader’s own machine; this file loads nothing from the network."),
        "contents": tr("Contents"),
    }


def _script_texts() -> dict[str, str]:
    return {
        "covered": tr("Covered"),
        "uncovered": tr("Not covered"),
        "far": tr("No distance"),
        "gap": tr("Gap"),
        "decimal": "," if language() == "fr" else ".",
    }
