"""``validate-bays``: a survey or a published file of bays under control."""

from __future__ import annotations

import argparse
from typing import Any

from ..toolkit.messages import tr
from .shell import ShellProgress, add_command, metres, polygons, spare_sources
from .survey import add_findings, chosen, tell_findings, told, write_findings


def add_validate_bays(commands: Any) -> None:
    """Add the command and its options."""
    bays = add_command(commands, "validate-bays", validate_bays_command, "check delivery bays against the national schema and good sense", False)
    bays.add_argument("file", help="a published CSV of any known source, or any vector file (file.gpkg|layername=bays)")
    bays.add_argument("--mapping", help="how to read the columns; recognised from the header by default")
    bays.add_argument("--crs", help="coordinate system of the positions, where the file does not say")
    bays.add_argument("--communes", metavar="FILE", help="polygons of the communes: bays outside them are told of")
    bays.add_argument("--roads", metavar="FILE", help="lines of the roads: bays far from any are told of")
    bays.add_argument("--duplicate-distance", type=metres, metavar="METRES", help="bays nearer than this are taken for one (default 3)")
    bays.add_argument("--road-distance", type=metres, metavar="METRES", help="farthest from a road's axis (default 30)")
    add_findings(bays)


def validate_bays_command(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    """``validate-bays``: a table of bays → what is wrong or doubtful in it."""
    from ..toolkit.read.vector import read_raw
    from ..toolkit.survey.validate_bays import Limits, validate_bays
    from ..toolkit.write import check_output

    spare_sources([part for part in (options.file, options.communes, options.roads) if part], (options.output, options.csv))
    if options.output:
        check_output(options.output, options.overwrite)
    if options.csv:
        check_output(options.csv, options.overwrite, (".csv",))
    progress.step(0, tr("Reading {name}", name=options.file))
    raw = read_raw(options.file)
    communes, roads = polygons(options.communes, progress), polygons(options.roads, progress)
    given = {"duplicate_m": options.duplicate_distance, "road_m": options.road_distance}
    limits = Limits(**{name: value for name, value in given.items() if value is not None})
    lines = None if roads is None else roads.geometry
    control = validate_bays(raw, options.mapping, options.crs, communes, lines, limits, progress.part(0.3, 0.9))
    findings = chosen(control.findings, options.only)
    tell_findings(findings, progress)
    write_findings(findings, options.output, options.csv, options.overwrite)
    progress.show(1, str(options.output or ""))
    return {"mapping": control.reading.mapping, **told(findings), "output": options.output, "csv": options.csv}
