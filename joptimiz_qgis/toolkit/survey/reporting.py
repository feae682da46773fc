"""From a survey's folder, or any bays, to the pages of its report in a folder: what the algorithm and the command line both do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Callable

import geopandas as gpd
import pandas as pd

from ..messages import tr
from ..progress import Progress
from ..read.raw import RawTable
from ..read.vector import read_raw, read_vector
from ..report.survey import Shrink, survey_pages
from ..write.tables import write_page
from . import project
from .deliverable import municipality_reports
from .prepare import survey_part
from .returned import STATUS, read_surveys
from .validate_bays import validate_bays

if TYPE_CHECKING:
    from .deliverable import MunicipalityReport


@dataclass
class Subject:
    """What is reported: bays as rows, and what a survey knows besides."""

    name: str
    raw: RawTable
    communes: gpd.GeoDataFrame | None = None
    photos: pd.DataFrame | None = None
    status: pd.Series | None = None


def survey_subject(folder: Path | str, progress: Progress | None = None) -> Subject:
    """The survey in a folder; conflicted copies are for the merge and not for a report.

    Raises
    ------
    FileError, WorkspaceError, DataError
        See `read_surveys`.
    """
    part = read_surveys([folder], progress).parts[0]
    status = part.bays[STATUS].reset_index(drop=True)
    names = [field.name for field in project.survey_layers()[project.BAYS].table.fields if field.name in part.bays]
    rows = pd.DataFrame(part.bays[names]).reset_index(drop=True)
    raw = RawTable(part.name, rows, pd.RangeIndex(1, len(rows) + 1).to_numpy(), part.bays.geometry.reset_index(drop=True))
    path = project.survey_layers()[project.COMMUNES].path(part.folder)
    return Subject(part.name, raw, _polygons(path) if path.is_file() else None, part.photos if len(part.photos) else None, status)


def file_subject(path: Path | str) -> Subject:
    """Bays of any file that is no survey."""
    raw = read_raw(path)
    return Subject(raw.name, raw)


def _polygons(path: Path) -> gpd.GeoDataFrame:
    raw = read_vector(path)
    return gpd.GeoDataFrame(raw.rows, geometry=raw.geometry)


def reports_of(
    subject: Subject,
    communes: gpd.GeoDataFrame | None = None,
    name_field: str | None = None,
    points: gpd.GeoSeries | None = None,
    mapping: str | None = None,
    crs: str | None = None,
    progress: Progress | None = None,
) -> list[MunicipalityReport]:
    """The figures of each municipality; `communes` goes before those of the survey."""
    progress = progress or Progress()
    areas = subject.communes if communes is None else communes
    control = validate_bays(subject.raw, mapping, crs, areas, progress=progress.part(0, 0.5))
    bays = control.reading.table
    status = None if subject.status is None else subject.status.reindex(bays.index)
    findings = control.findings.findings
    return municipality_reports(bays, areas, name_field, points, findings, subject.photos, status, progress.part(0.5, 1))


def write_survey_report(
    reports: list[MunicipalityReport],
    target: Path,
    title: str,
    sources: list[str],
    shrink: Shrink | None,
    printed: Callable[[str, Path], None] | None = None,
    progress: Progress | None = None,
) -> Path:
    """The pages in a folder that is new or empty: all of them or none; the page that leads to them.

    Parameters
    ----------
    printed : callable, optional
        Writes a page as PDF; the toolkit itself cannot.
    """
    progress = progress or Progress()
    pages = survey_pages(reports, title or tr("Survey of the delivery bays"), sources, shrink, progress=progress.part(0, 0.5))
    with survey_part(target) as part:
        for number, (name, text) in enumerate(pages.items()):
            progress.step(0.5 + 0.5 * number / len(pages))
            write_page(text, part / name)
            if printed is not None:
                printed(text, (part / name).with_suffix(".pdf"))
    return target / "index.html"
