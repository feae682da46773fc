"""``export-bays``: bays into the national schema, and into a folder ready for data.gouv.fr."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..toolkit.messages import count, tr
from .shell import ShellProgress, about_of, add_about, add_command, spare_sources, tell

_FORMATS = ("csv", "gpkg", "geojson", "cds", "osm")


def add_export_bays(commands: Any) -> None:
    """Add the command and its options."""
    bays = add_command(commands, "export-bays", export_bays_command, "publish delivery bays in the national schema, with CDS and OSM beside it")
    bays.add_argument("file", help="a file of bays of any known source, or any vector file (file.gpkg|layername=bays)")
    bays.add_argument("--mapping", help="how to read the columns; recognised from the header by default")
    bays.add_argument("--crs", help="coordinate system of the positions, where the file does not say")
    bays.add_argument("--formats", metavar="NAME,…", help=f"of a folder: {', '.join(_FORMATS)} (default: all)")
    add_about(bays)
    bays.add_argument("--changes", metavar="FILE.csv", help="what was adapted or left out, row by row (in a folder it is always there)")


def export_bays_command(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    """``export-bays``: OUT.csv for the schema's file alone, else OUT is a folder."""
    from ..toolkit.company.privacy import refuse_customers
    from ..toolkit.read.vector import read_raw
    from ..toolkit.survey.publish_bays import FILES, FORMATS, published_bays, write_csv, write_folder
    from ..toolkit.survey.validate_bays import validate_bays
    from ..toolkit.write.tables import check_output, reject_file

    spare_sources((options.file,), (options.output, options.changes))
    alone = Path(options.output).suffix.lower() == ".csv"
    if not alone:
        spare_sources((options.file,), [str(Path(options.output) / name) for name in FILES])
    for path in filter(None, (options.output if alone else None, options.changes)):
        check_output(path, options.overwrite, (".csv",))
    progress.step(0, tr("Reading {name}", name=options.file))
    raw = read_raw(options.file)
    refuse_customers([raw])
    control = validate_bays(raw, options.mapping, options.crs, progress=progress.part(0.1, 0.5))
    tell(control.reading, progress)
    published = published_bays(control.reading.table, options.publisher, progress.part(0.5, 0.8))
    for sentence in published.sentences():
        progress.say(sentence)
    if alone:
        files = [write_csv(published, options.output, options.overwrite)]
    else:
        quality = [(str(rule.title), count(number)) for rule, number in control.findings.rules()]
        formats = tuple(options.formats.split(",")) if options.formats else FORMATS
        files = write_folder(published, options.output, about_of(options), formats, quality, options.overwrite, progress.part(0.8, 1))
    if options.changes:
        files.append(reject_file(published.change_table(), options.changes, options.overwrite))
    progress.show(1, str(options.output))
    return {**control.reading.counts(), **published.counts(), "output": options.output, "files": [str(path) for path in files]}
