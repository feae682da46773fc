"""The toolkit from a shell: ``python -m joptimiz_qgis``. One JSON object on standard output, progress on standard error."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, NoReturn

from .toolkit.errors import DataError, JoptimizError, OutputError
from .toolkit.messages import LANGUAGES, set_language, tr
from .toolkit.parameters import BANDS_M, CROSSINGS, MAX_DISTANCE_M, NETWORK_TOLERANCE_M, check_distance, parse_bands
from .toolkit.progress import Progress

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from .toolkit.read.reading import Reading

OK, BAD_DATA, USAGE = 0, 1, 2


class ShellProgress(Progress):
    """Progress as lines on standard error, at most a few a second."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet
        self.shown = 0.0

    def say(self, text: object) -> None:
        """One sentence, at once."""
        if not self.quiet:
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()

    def show(self, fraction: float, text: str) -> None:
        """Write a line where there is something to say, or half a second has passed."""
        now = time.monotonic()
        if text or now - self.shown > 0.5:
            self.shown = now
            self.say(f"{fraction:4.0%} {text}".rstrip())


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code: 0 done, 1 bad data (one sentence on standard error), 2 wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console in cp1252 must not break a sentence with “≤”
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = _parser().parse_args(arguments)
    if options.lang:
        set_language(options.lang)
    progress = ShellProgress(options.quiet)
    try:
        from .toolkit.dependencies import require_libraries

        require_libraries()
        result = options.command(options, progress)
    except JoptimizError as error:
        sys.stderr.write(f"{error}\n")
        return BAD_DATA
    except KeyboardInterrupt:
        sys.stderr.write(tr("Cancelled; nothing was written.") + "\n")
        return BAD_DATA
    sys.stdout.write(json.dumps(result, ensure_ascii=False, allow_nan=False) + "\n")
    return OK


def read_bays_command(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    """``read-bays``: a published file of bays → the bays table."""
    from .toolkit.read.bays import read_bays
    from .toolkit.write import check_output, write_table
    from .toolkit.write.tables import reject_file

    _spare_sources((options.file,), (options.output, options.rejects))
    check_output(options.output, options.overwrite)
    if options.rejects:
        check_output(options.rejects, options.overwrite, (".csv",))
    progress.step(0, tr("Reading {name}", name=options.file))
    reading = read_bays(options.file, options.mapping, options.crs)
    _tell(reading, progress)
    write_table(reading.table, options.output, "bays", options.overwrite)
    if options.rejects:
        reject_file(reading.reject_table(), options.rejects, options.overwrite)
    progress.show(1, str(options.output))  # not a step: what is written is not cancelled any more
    return {**reading.counts(), "output": options.output, "rejects": [str(reject) for reject in reading.rejects]}


def coverage_command(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    """``coverage``: the nearest usable bay of each delivery point, and the parts of the audit that were asked for."""
    from .toolkit.audit import AuditOptions, audit_tables, report_of, run_audit
    from .toolkit.read.bays import read_bays
    from .toolkit.read.delivery_points import read_delivery_points
    from .toolkit.write import check_output, write_table
    from .toolkit.write.tables import page_ready, write_layers

    check_distance(options.max_distance)
    _spare_sources(list(filter(None, (options.points, options.bays, options.zones, options.network))), (options.output, options.report))
    check_output(options.output, options.overwrite)
    if options.report:
        check_output(options.report, options.overwrite, (".html",))
    progress.step(0, tr("Reading {name}", name=options.points))
    points = read_delivery_points(options.points, options.points_crs)
    _tell(points, progress)
    progress.step(0.2, tr("Reading {name}", name=options.bays))
    bays = read_bays(options.bays, options.mapping, options.bays_crs)
    _tell(bays, progress)
    wanted = AuditOptions(
        max_distance=options.max_distance,
        bands=options.bands,
        at=options.at,
        vehicle_length=options.vehicle_length,
        stop_minutes=options.stop,
        movements=options.movements,
        activity=options.activity,
        workforce=options.workforce,
        jobs=options.jobs,
        movement_categories=options.movement_categories,
        zones=_polygons(options.zones, progress),
        zone_field=options.zone_field,
        category=options.category,
        network=_lines(options.network, progress),
        network_tolerance=options.network_tolerance,
        crossings=options.crossings,
        gaps=bool(options.report),
        week=bool(options.report),
    )
    progress.step(0.4, tr("Measuring distances"))
    audit = run_audit(points.table, bays.table, wanted, progress.part(0.4, 0.8))
    for note in (*audit.notes, *audit.sentences()):
        progress.say(note)
    progress.step(0.8, tr("Writing {name}", name=options.output))
    reading_notes = [*points.notes, *bays.notes]
    report = None
    beside: AbstractContextManager[None] = nullcontext()
    if options.report:
        from .toolkit.report.audit import audit_page

        report = report_of(audit, options.title or tr("Audit of the delivery bays"), [points.source, bays.source], reading_notes)
        beside = page_ready(audit_page(report), options.report, options.overwrite)
    with beside:
        if Path(options.output).suffix.lower() == ".gpkg":
            write_layers(audit_tables(audit, report), options.output, options.overwrite)
        else:
            write_table(audit.table(), options.output, overwrite=options.overwrite)
    progress.show(1, str(options.output))  # not a step: what is written is not cancelled any more
    counts = {"points_rejected": points.rejected, "bays_rejected": bays.rejected, "mapping": bays.mapping}
    parts = {"by_zone": audit.by_zone, "by_category": audit.by_category, "gaps": audit.gaps}
    tables = {name: _records(part.rows) for name, part in parts.items() if part is not None}
    notes = [str(note) for note in (*reading_notes, *audit.notes)]
    files = {"output": options.output, **({"report": options.report} if options.report else {})}
    return {**audit.figures(), **counts, **tables, **files, "notes": notes}


def _polygons(path: str | None, progress: ShellProgress) -> gpd.GeoDataFrame | None:
    """The zones of a file, with their columns."""
    if not path:
        return None
    import geopandas as gpd

    from .toolkit.read.vector import read_vector

    progress.step(0.3, tr("Reading {name}", name=path))
    raw = read_vector(path)
    return gpd.GeoDataFrame(raw.rows, geometry=raw.geometry)


def _lines(path: str | None, progress: ShellProgress) -> gpd.GeoSeries | None:
    """The lines of a file."""
    if not path:
        return None
    from .toolkit.read.vector import read_vector

    progress.step(0.3, tr("Reading {name}", name=path))
    lines = read_vector(path).geometry
    if lines is None:
        raise DataError("“{name}” has no lines. Give a layer of streets and footways.", name=path)
    return lines


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON has them: plain values, null where missing, no geometry."""
    import pandas as pd

    plain = pd.DataFrame(rows.drop(columns="geometry", errors="ignore")).astype(object)
    return [{str(name): None if pd.isna(value) else value for name, value in row.items()} for row in plain.to_dict("records")]


def _spare_sources(sources: Sequence[str], outputs: Sequence[str | None]) -> None:
    """Raise `OutputError` where a result would replace what it is made of, --overwrite or not."""
    read = {Path(source.partition("|")[0]).resolve() for source in sources}
    for output in outputs:
        if output and Path(output).resolve() in read:
            raise OutputError(
                "“{path}” is one of the inputs; sources are never modified. Choose another file for the result.", path=output
            )


def _tell(reading: Reading, progress: ShellProgress) -> None:
    for note in reading.notes:
        progress.say(note)
    progress.say(f"{reading.source}: {reading.sentence()}")
    for reject in reading.rejects[:10]:
        progress.say(f"  {reject}")
    if reading.rejected > 10:
        progress.say("  " + tr("… and {count} more rejected rows (--rejects FILE.csv keeps them all)", count=reading.rejected - 10))


class _Parser(argparse.ArgumentParser):
    """A parser whose mistakes are sentences too."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def _moment(text: str) -> datetime:
    from .toolkit.opening_hours import as_local

    try:
        return as_local(datetime.fromisoformat(text.replace("Z", "+00:00")))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a moment; expected for example 2024-07-26T13:00") from error


def _metres(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of metres; expected for example 20") from error


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from error


def _bands(text: str) -> list[float]:
    try:
        return parse_bands(text)
    except JoptimizError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m joptimiz_qgis", description="Delivery bays and freight surveys without QGIS.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    bays = _command(commands, "read-bays", read_bays_command, "read a city's published delivery bays into the national schema")
    bays.add_argument("file", help="a published CSV or any vector file")
    bays.add_argument("--mapping", help="how to read the columns; recognised from the header by default")
    bays.add_argument("--crs", help="coordinate system of the positions, where the file does not say")
    bays.add_argument("--rejects", metavar="FILE.csv", help="write the rejected rows, with their reasons")
    coverage = _command(commands, "coverage", coverage_command, "nearest usable bay of each delivery point, and the share covered")
    coverage.add_argument("--points", required=True, help="delivery points: any vector file, or a CSV with coordinates")
    coverage.add_argument("--bays", required=True, help="delivery bays: any vector file, or a published CSV")
    coverage.add_argument("--max-distance", type=_metres, default=MAX_DISTANCE_M, metavar="M", help="metres, inclusive (default 20)")
    coverage.add_argument("--bands", type=_bands, default=list(BANDS_M), metavar="M,M,…", help="upper ends of the bands (default 10,20,30,50,100)")
    coverage.add_argument("--at", type=_moment, metavar="ISO", help="count only bays usable at this local time, e.g. 2024-07-26T13:00")
    coverage.add_argument("--mapping", help="how to read the bays' columns; recognised from the header by default")
    coverage.add_argument("--points-crs", metavar="CRS", help="where the points do not say it, e.g. EPSG:2154")
    coverage.add_argument("--bays-crs", metavar="CRS", help="where the bays do not say it")
    coverage.add_argument("--vehicle-length", type=_number, metavar="M", help="count only bays long enough for this vehicle, metres")
    coverage.add_argument("--stop", type=_number, metavar="MIN", help="count only bays where one may stay so many minutes")
    coverage.add_argument("--report", metavar="OUT.html", help="write the audit as a page for people who decide")
    coverage.add_argument("--title", help="title of the report")
    coverage.add_argument("--network", help="pedestrian lines along which to measure as well: any vector file")
    tolerance = "farthest from the network (default 30)"
    coverage.add_argument("--network-tolerance", type=_metres, default=NETWORK_TOLERANCE_M, metavar="M", help=tolerance)
    crossings = "connect lines wherever they cross, or only at common vertices"
    coverage.add_argument("--crossings", choices=CROSSINGS, default=CROSSINGS[0], help=crossings)
    coverage.add_argument("--zones", help="polygons by which to break the figures down: any vector file")
    coverage.add_argument("--zone-field", help="the zones' name column; guessed by default")
    coverage.add_argument("--category", help="column of the points by which to break the figures down")
    coverage.add_argument("--movements", help="column of the points with their movements per week; estimated by default")
    coverage.add_argument("--activity", help="column of the points with the activity code (NAF/APE); found by its name by default")
    coverage.add_argument("--workforce", help="column of the points with the workforce class; found by its name by default")
    coverage.add_argument("--jobs", help="column of the points with the number of jobs")
    coverage.add_argument("--movement-categories", metavar="FILE.csv", type=Path, help="your own table of activity code → category")
    return parser


def _command(commands: Any, name: str, run: Callable[..., dict[str, Any]], about: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    command.set_defaults(command=run)
    command.add_argument("-o", "--output", required=True, metavar="OUT", help="result: .gpkg, .parquet, .fgb or .geojson")
    command.add_argument("--overwrite", action="store_true", help="replace OUT if it exists")
    command.add_argument("--lang", choices=LANGUAGES, help="language of the sentences (default: the system's)")
    command.add_argument("--quiet", action="store_true", help="no progress on standard error")
    return command


if __name__ == "__main__":
    sys.exit(main())
