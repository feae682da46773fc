"""``survey-report``: a survey, or any file of bays, as pages for those who ordered it."""

from __future__ import annotations

import argparse
from typing import Any

from ..toolkit.messages import tr
from .shell import ShellProgress, add_command, polygons


def add_survey_report(commands: Any) -> None:
    """Add the command and its options."""
    report = add_command(commands, "survey-report", survey_report_command, "a page for each municipality: inventory, signs, sizes, anomalies, photos")
    report.add_argument("survey", help="folder of a survey that came back, or any file of bays")
    report.add_argument("--communes", metavar="FILE", help="polygons of the municipalities (default: those of the survey)")
    report.add_argument("--name-field", help="the municipalities' name column; guessed by default")
    report.add_argument("--points", metavar="FILE", help="delivery points, for the coverage within 20 m")
    report.add_argument("--mapping", help="how to read the columns of the bays; recognised by default")
    report.add_argument("--crs", help="CRS of the bays, where the file does not say it")
    report.add_argument("--title", default="", help="title of the report")


def survey_report_command(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    """``survey-report``: figures, then pages."""
    from pathlib import Path

    from ..toolkit.company.privacy import refuse_customers
    from ..toolkit.read.delivery_points import points_from_raw
    from ..toolkit.read.vector import read_raw
    from ..toolkit.report.survey import pillow_shrink
    from ..toolkit.survey.prepare import check_folder
    from ..toolkit.survey.reporting import file_subject, reports_of, survey_subject, write_survey_report

    target = check_folder(options.output, for_tablets=False)
    given = Path(options.survey)
    progress.step(0, tr("Reading {name}", name=options.survey))
    subject = survey_subject(given) if given.is_dir() or given.suffix.lower() in (".qgz", ".qgs") else file_subject(options.survey)
    points = read_raw(options.points) if options.points else None
    refuse_customers([subject.raw, *([points] if points else [])])
    communes = polygons(options.communes, progress)
    there = points_from_raw(points).table.geometry if points else None
    reports = reports_of(subject, communes, options.name_field, there, options.mapping, options.crs, progress.part(0.2, 0.8))
    index = write_survey_report(reports, target, options.title, [subject.name], pillow_shrink, progress=progress.part(0.8, 1))
    found = [{"name": report.name, "bays": len(report.bays), "anomalies": len(report.findings)} for report in reports]
    return {"output": str(index), "municipalities": found}
