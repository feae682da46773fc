"""``workspace``: one GeoPackage with the tables of Visualiz, empty or filled from files; or an older one brought up to date."""

from __future__ import annotations

import argparse
from typing import Any

from ..toolkit.messages import tr
from .shell import ShellProgress, add_command, spare_sources, tell

_ABOUT = {
    "bays": "delivery bays: published CSV or vector files",
    "delivery_points": "delivery points: vector files, or CSV with coordinates",
    "perimeters": "perimeters: vector files, or published CSV with WKT",
    "access_points": "access points: vector files, or CSV with coordinates",
    "points_of_interest": "points of interest: vector files, or CSV with coordinates",
    "regulations": "goods-traffic orders: CSV of the national schema, or vector files",
}


def add_workspace(commands: Any) -> None:
    """Add the command and its options."""
    workspace = add_command(commands, "workspace", workspace_command, "one GeoPackage with all tables, empty or filled from files")
    for name, about in _ABOUT.items():
        workspace.add_argument(f"--{name.replace('_', '-')}", nargs="+", default=[], metavar="F", help=about)
    workspace.add_argument("--crs", help="coordinate system of positions whose file does not say it")
    workspace.add_argument("--poi-kind", metavar="KIND", help="kind of the points of interest whose file does not say it")
    workspace.add_argument("--licence", default="", help="licence of the data, kept with them")
    workspace.add_argument("--update", action="store_true", help="check OUT, which exists, and bring it up to date")


def workspace_command(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    """Run ``workspace``."""
    from ..toolkit.workspace import (
        check_workspace,
        create_workspace,
        imports_of,
        network_notes,
        open_workspace,
        readings_of,
        rows_for,
    )
    from ..toolkit.write import check_output

    if options.update:
        found = open_workspace(options.output)
    else:
        files = {name: getattr(options, name) for name in _ABOUT if getattr(options, name)}
        spare_sources([path for each in files.values() for path in each], (options.output,))
        for note in network_notes(check_output(options.output, options.overwrite, (".gpkg",))):
            progress.say(note)
        readings = readings_of(files, options.crs, options.poi_kind, progress.part(0, 0.7))
        for each in readings.values():
            for reading in each:
                tell(reading, progress)
        progress.step(0.8, tr("Writing {name}", name=options.output))
        create_workspace(options.output, rows_for(readings), imports_of(readings, options.licence), options.overwrite)
        found = check_workspace(options.output)
    for note in found.notes:
        progress.say(note)
    progress.show(1, str(options.output))  # not a step: what is written is not cancelled any more
    return {
        "output": str(found.path),
        "version": found.version,
        "rows": found.rows,
        "imports": [vars(each) for each in found.imports],
        "backup": str(found.backup) if found.backup else None,
        "notes": [str(note) for note in found.notes],
    }
