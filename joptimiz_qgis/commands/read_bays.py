"""``read-bays``: a published file of bays into the bays table."""

from __future__ import annotations

import argparse
from typing import Any

from ..toolkit.messages import tr
from .shell import ShellProgress, add_command, spare_sources, tell


def add_read_bays(commands: Any) -> None:
    """Add the command and its options."""
    bays = add_command(commands, "read-bays", read_bays_command, "read a city's published delivery bays into the national schema")
    bays.add_argument("file", help="a published CSV or any vector file")
    bays.add_argument("--mapping", help="how to read the columns; recognised from the header by default")
    bays.add_argument("--crs", help="coordinate system of the positions, where the file does not say")
    bays.add_argument("--rejects", metavar="FILE.csv", help="write the rejected rows, with their reasons")


def read_bays_command(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    """``read-bays``: a published file of bays → the bays table."""
    from ..toolkit.read.bays import read_bays
    from ..toolkit.write import check_output, write_table
    from ..toolkit.write.tables import reject_file

    spare_sources((options.file,), (options.output, options.rejects))
    check_output(options.output, options.overwrite)
    if options.rejects:
        check_output(options.rejects, options.overwrite, (".csv",))
    progress.step(0, tr("Reading {name}", name=options.file))
    reading = read_bays(options.file, options.mapping, options.crs)
    tell(reading, progress)
    write_table(reading.table, options.output, "bays", options.overwrite)
    if options.rejects:
        reject_file(reading.reject_table(), options.rejects, options.overwrite)
    progress.show(1, str(options.output))  # not a step: what is written is not cancelled any more
    return {**reading.counts(), "output": options.output, "rejects": [str(reject) for reject in reading.rejects]}
