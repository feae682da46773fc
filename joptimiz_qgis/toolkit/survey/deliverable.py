"""What a survey found, municipality by municipality: inventory, signs, sizes against Cerema's, coverage, progress, anomalies, photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..crs import has_position, metric_crs, to_crs
from ..errors import DataError
from ..messages import Message, tr
from ..progress import Progress
from ..schema import load_table
from ..zones import usable_areas
from .findings import NOTICE, SEVERITIES
from .project import STATES, TO_SEE

if TYPE_CHECKING:
    from ..coverage import CoverageSummary
    from .findings import Finding

USEFUL_LENGTH_M = 12.0
GREAT_LENGTH_M = 15.0
LEAST_WIDTH_M = 2.20
GOOD_WIDTH_M = 2.50
"""Cerema: 12 to 15 m of useful length (15 m are three cars), more than 2.20 m of width, 2.50 m recommended."""
PHOTOS_SHOWN = 24


@dataclass(frozen=True)
class Part:
    """One value of a field and how many bays have it; `share` is of the bays whose value is known, None for those where it is not."""

    label: str
    bays: int
    share: float | None


@dataclass(frozen=True)
class Sizes:
    """Sizes against Cerema's; shares are of the bays whose size is known (0–1, None where none is).

    Attributes
    ----------
    lengths, widths : int
        Bays with a known length, a known width.
    long_enough : int
        Of `lengths`, those of `USEFUL_LENGTH_M` or more.
    wide_enough, recommended : int
        Of `widths`, those wider than `LEAST_WIDTH_M`, and those of `GOOD_WIDTH_M` or more.
    conform, short_or_narrow, unknown : int
        Both sizes right; one of them known to be wrong; not known. They add up to all bays.
    """

    lengths: int
    median_length_m: float | None
    long_enough: int
    share_long_enough: float | None
    widths: int
    median_width_m: float | None
    wide_enough: int
    share_wide_enough: float | None
    recommended: int
    conform: int
    short_or_narrow: int
    unknown: int


@dataclass(frozen=True)
class Campaign:
    """How far the visits have come; None in `share` where there is nothing to see."""

    states: dict[str, int]
    share: float | None


@dataclass
class MunicipalityReport:
    """What a page says of one municipality.

    Attributes
    ----------
    parts : dict of list of Part
        By field: ``type``, ``active``, ``marquage_etat``, ``marquage_conformite``, ``panneau_present``, ``panneau_etat``.
    sizes : Sizes
    conform : Series of object
        Of each bay: True, False or None, as in `Sizes`.
    coverage : CoverageSummary or None
        Of its own delivery points, by the bays of the whole survey.
    campaign : Campaign or None
        Where the bays come from a survey.
    photos : list of (caption, path)
    """

    name: str
    bays: gpd.GeoDataFrame
    outline: shapely.Geometry | None
    parts: dict[str, list[Part]]
    sizes: Sizes
    conform: pd.Series
    coverage: CoverageSummary | None = None
    campaign: Campaign | None = None
    findings: list[Finding] = field(default_factory=list)
    photos: list[tuple[str, Path]] = field(default_factory=list)
    lost_photos: int = 0
    notes: list[Message] = field(default_factory=list)


FIELDS = ("type", "active", "marquage_etat", "marquage_conformite", "panneau_present", "panneau_etat")


def municipality_reports(
    bays: gpd.GeoDataFrame,
    communes: gpd.GeoDataFrame | None = None,
    name_field: str | None = None,
    points: gpd.GeoSeries | None = None,
    findings: Sequence[Finding] = (),
    photos: pd.DataFrame | None = None,
    status: pd.Series | None = None,
    progress: Progress | None = None,
) -> list[MunicipalityReport]:
    """A report for each municipality that has bays or delivery points, in the order of `communes`; one for all without them.

    Parameters
    ----------
    bays : GeoDataFrame
        Fields of the schema, any CRS.
    communes : GeoDataFrame, optional
        Polygons; a bay on a common border counts in the first. Bays outside all of them make a report of their own, last.
    points : GeoSeries, optional
        Delivery points, for the coverage.
    findings : sequence of Finding
        `validate_bays`, on the labels of `bays`; notices are no anomalies.
    photos : DataFrame, optional
        Columns ``aire_uuid``, ``file`` (path), ``found``, and captions where it has them.
    status : Series, optional
        State of the visit of each bay.

    Raises
    ------
    DataError, CrsError
        There is no bay; a layer cannot be used.
    """
    progress = progress or Progress()
    if not len(bays):
        raise DataError("There is no delivery bay to report on. Choose the folder of a survey, or a layer of bays.")
    names, shapes = _areas(communes, name_field, bays)
    place = _places(bays.geometry, shapes)
    point_place = None if points is None else _places(points, shapes)
    by_row: dict[object, list[Finding]] = {}
    for each in findings:
        by_row.setdefault(each.row, []).append(each)
    reports = []
    for number, name in enumerate([*names, tr("Outside the municipalities")]):
        progress.step(number / (len(names) + 1), str(name))
        area = number if number < len(names) else -1
        mine = bays[place == area]
        near = None if points is None or point_place is None else points[point_place == area]
        if not len(mine) and (near is None or not len(near) or area < 0):
            continue
        outline = shapes.iloc[area] if area >= 0 and shapes is not None else None
        report = _report(str(name), mine, outline, None if status is None else status.loc[mine.index])
        told = [finding for row in mine.index for finding in by_row.get(row, ()) if finding.severity != NOTICE]
        report.findings = sorted(told, key=lambda finding: SEVERITIES.index(finding.severity))  # errors first, else as the bays stand
        _add_photos(report, photos)
        _add_coverage(report, near, bays)
        reports.append(report)
    return reports


def _areas(communes: gpd.GeoDataFrame | None, name_field: str | None, bays: gpd.GeoDataFrame) -> tuple[list[str], gpd.GeoSeries | None]:
    if communes is None:
        return [tr("All delivery bays")], None
    areas = usable_areas(communes, name_field)
    return list(areas.names), to_crs(areas.geometry, metric_crs(bays.geometry))


def _places(geometry: gpd.GeoSeries, shapes: gpd.GeoSeries | None) -> np.ndarray:
    """Place of the first area in which each lies; -1 outside all; 0 where there are no areas."""
    if shapes is None:
        return np.zeros(len(geometry), dtype=int)
    found: np.ndarray = np.full(len(geometry), -1)
    placed = np.flatnonzero(has_position(geometry))
    spots = shapely.point_on_surface(to_crs(geometry.iloc[placed], shapes.crs).to_numpy())
    row, area = shapely.STRtree(shapes.to_numpy()).query(spots, predicate="intersects")
    first = pd.Series(area).groupby(row).min()
    found[placed[first.index.to_numpy(dtype=int)]] = first.to_numpy()
    return found


def _report(name: str, bays: gpd.GeoDataFrame, outline: shapely.Geometry | None, status: pd.Series | None) -> MunicipalityReport:
    sizes, conform = size_figures(bays)
    parts = {key: parts_of(bays, key) for key in FIELDS}
    return MunicipalityReport(name, bays, outline, parts, sizes, conform, campaign=None if status is None else campaign_of(status))


def parts_of(bays: pd.DataFrame, name: str) -> list[Part]:
    """Bays by the values of a field of the schema, in its order; those whose value is not known last."""
    described = load_table("bays")[name]
    column = bays[name] if name in bays else pd.Series([None] * len(bays), index=bays.index, dtype=object)
    values = column.astype(object).where(column.notna(), None)
    choices: list[tuple[Any, str]] = [(value, value) for value in described.enum]
    choices = choices or [(True, tr("yes")), (False, tr("no"))]
    known = int(values.notna().sum())
    made = []
    for value, label in choices:
        number = int((values == value).sum())
        made.append(Part(label, number, number / known if known else None))
    return [*made, Part(tr("not known"), len(bays) - known, None)]


def size_figures(bays: pd.DataFrame) -> tuple[Sizes, pd.Series]:
    """Lengths and widths (of the schema, in centimetres) against Cerema's dimensions; and of each bay whether it conforms."""
    length, width = (_metres(bays, name) for name in ("longueur", "largeur"))
    long_enough, wide_enough = length >= USEFUL_LENGTH_M, width > LEAST_WIDTH_M
    wrong = (length.notna() & ~long_enough) | (width.notna() & ~wide_enough)
    right = long_enough & wide_enough
    conform = pd.Series([True if good else False if bad else None for good, bad in zip(right, wrong)], index=bays.index, dtype=object)
    sizes = Sizes(
        lengths=int(length.notna().sum()),
        median_length_m=_median(length),
        long_enough=int(long_enough.sum()),
        share_long_enough=_share(long_enough, length),
        widths=int(width.notna().sum()),
        median_width_m=_median(width),
        wide_enough=int(wide_enough.sum()),
        share_wide_enough=_share(wide_enough, width),
        recommended=int((width >= GOOD_WIDTH_M).sum()),
        conform=int(right.sum()),
        short_or_narrow=int(wrong.sum()),
        unknown=int((~right & ~wrong).sum()),
    )
    return sizes, conform


def _metres(bays: pd.DataFrame, name: str) -> pd.Series:
    if name not in bays:
        return pd.Series(np.nan, index=bays.index)
    return pd.to_numeric(bays[name], errors="coerce").astype("float64") / 100


def _median(metres: pd.Series) -> float | None:
    return float(metres.median()) if metres.notna().any() else None


def _share(right: pd.Series, metres: pd.Series) -> float | None:
    known = int(metres.notna().sum())
    return int(right.sum()) / known if known else None


def campaign_of(status: pd.Series) -> Campaign:
    """States of the visits, and the share of the known bays that were dealt with; new ones are no part of it."""
    states = {state: int((status == state).sum()) for state in STATES}
    known = sum(number for state, number in states.items() if state != STATES[-1])
    return Campaign(states, (known - states[TO_SEE]) / known if known else None)


def _add_photos(report: MunicipalityReport, photos: pd.DataFrame | None) -> None:
    if photos is None or not len(photos) or "uuid" not in report.bays:
        return
    titles = {str(row["uuid"]): str(row.get("adresse") or row.get("id") or "") for _, row in report.bays.iterrows()}
    mine = photos[photos["aire_uuid"].astype(str).isin(list(titles))]
    report.lost_photos = int((~mine["found"].astype(bool)).sum())
    for _, row in mine[mine["found"].astype(bool)].iterrows():
        subject = row.get("legende") or row.get("sujet") or ""
        caption = " – ".join(filter(None, (titles[str(row["aire_uuid"])], str(subject))))
        report.photos.append((caption, Path(str(row["file"]))))


def _add_coverage(report: MunicipalityReport, points: gpd.GeoSeries | None, bays: gpd.GeoDataFrame) -> None:
    from ..coverage import bay_coverage

    if points is not None and has_position(points).any():
        result = bay_coverage(points, bays)
        report.coverage = result.summary
        report.notes += result.notes
