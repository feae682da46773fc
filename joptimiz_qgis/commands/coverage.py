"""``coverage``: the nearest usable bay of each delivery point, and the parts of the audit that are asked for."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..toolkit.errors import DataError, ParameterError
from ..toolkit.messages import tr
from ..toolkit.parameters import BANDS_M, CROSSINGS, MAX_DISTANCE_M, NETWORK_TOLERANCE_M, check_distance
from .shell import ShellProgress, add_command, bands, metres, moment, number, polygons, records, spare_sources, tell

if TYPE_CHECKING:
    import geopandas as gpd

    from ..toolkit.audit import AuditOptions
    from ..toolkit.cluster import Cluster
    from ..toolkit.read.batches import BatchSource


def add_coverage(commands: Any) -> None:
    """Add the command and its options."""
    coverage = add_command(commands, "coverage", coverage_command, "nearest usable bay of each delivery point, and the share covered")
    coverage.add_argument("--points", required=True, help="delivery points: any vector file, a CSV with coordinates, a folder of GeoParquet files")
    coverage.add_argument("--bays", required=True, help="delivery bays: any vector file, or a published CSV")
    coverage.add_argument("--max-distance", type=metres, default=MAX_DISTANCE_M, metavar="M", help="metres, inclusive (default 20)")
    coverage.add_argument("--bands", type=bands, default=list(BANDS_M), metavar="M,M,…", help="upper ends of the bands (default 10,20,30,50,100)")
    coverage.add_argument("--at", type=moment, metavar="ISO", help="count only bays usable at this local time, e.g. 2024-07-26T13:00")
    coverage.add_argument("--mapping", help="how to read the bays' columns; recognised from the header by default")
    coverage.add_argument("--points-crs", metavar="CRS", help="where the points do not say it, e.g. EPSG:2154")
    coverage.add_argument("--bays-crs", metavar="CRS", help="where the bays do not say it")
    coverage.add_argument("--vehicle-length", type=number, metavar="M", help="count only bays long enough for this vehicle, metres")
    coverage.add_argument("--stop", type=number, metavar="MIN", help="count only bays where one may stay so many minutes")
    scheduler = "work on a Dask cluster: its address (tcp://…), or “local” for one of this machine; points in GeoParquet"
    coverage.add_argument("--scheduler", metavar="ADDRESS", help=scheduler)
    coverage.add_argument("--workers", type=int, metavar="N", help="processes of a “local” cluster (default: one a core)")
    coverage.add_argument("--report", metavar="OUT.html", help="write the audit as a page for people who decide")
    coverage.add_argument("--title", help="title of the report")
    coverage.add_argument("--network", help="pedestrian lines along which to measure as well: any vector file")
    tolerance = "farthest from the network (default 30)"
    coverage.add_argument("--network-tolerance", type=metres, default=NETWORK_TOLERANCE_M, metavar="M", help=tolerance)
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


def coverage_command(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    """``coverage``: the nearest usable bay of each delivery point, and the parts of the audit that were asked for."""
    check_distance(options.max_distance)
    spare_sources(list(filter(None, (options.points, options.bays, options.zones, options.network))), (options.output, options.report))
    streamed = _streamed(options, progress)
    return streamed if streamed is not None else _whole(options, progress)


def _wanted(options: argparse.Namespace, **parts: Any) -> AuditOptions:
    """What is asked for, as the toolkit takes it."""
    from ..toolkit.audit import AuditOptions

    return AuditOptions(
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
        category=options.category,
        gaps=bool(options.report),
        week=bool(options.report),
        **parts,
    )


def _streamed(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any] | None:
    """From file to file in batches; None where a part is asked for, or a file given, that needs everything at once."""
    from ..toolkit.coverage_run import can_stream, check_folder, cover_file
    from ..toolkit.read.batches import batch_source
    from ..toolkit.read.bays import read_bays
    from ..toolkit.write import check_output

    wanted = _wanted(options)
    alone = can_stream(wanted, options.output) and not (options.zones or options.network or options.report)
    source = batch_source(options.points, options.points_crs) if alone else None
    if source is None:
        _refuse_whole(options)
        return None
    output = Path(options.output)
    if source.folder is not None or not output.suffix:
        check_folder(output, options.overwrite, source)
    else:
        check_output(output, options.overwrite)
    progress.step(0, tr("Reading {name}", name=options.bays))
    bays = read_bays(options.bays, options.mapping, options.bays_crs)
    tell(bays, progress)
    progress.step(0.05, tr("Measuring distances"))
    with _cluster(options, source, progress) as cluster:
        run = cover_file(source, bays.table, output, wanted, overwrite=options.overwrite, progress=progress.part(0.05, 1), cluster=cluster)
    tell(run.reading, progress)
    for note in (*run.notes, *run.sentences()):
        progress.say(note)
    progress.show(1, str(options.output))
    notes = [str(note) for note in (*run.reading.notes, *bays.notes, *run.notes)]
    counts = {"points_rejected": run.reading.rejected, "bays_rejected": bays.rejected, "mapping": bays.mapping}
    return {**run.figures(), **counts, "output": options.output, "notes": notes}


def _refuse_whole(options: argparse.Namespace) -> None:
    """What cannot be done with everything in memory."""
    if options.scheduler:
        raise ParameterError(
            "--scheduler measures coverage and movements of GeoParquet files, and writes .gpkg, .parquet or a folder. Give such files, and leave "
            "out --zones, --category, --movements, --network and --report."
        )
    if Path(options.points).is_dir() and Path(options.points).suffix.lower() != ".gdb":
        raise ParameterError(
            "“{path}” is a folder of parts: for those, coverage and movements alone are measured, and written into a folder. Leave out --zones, "
            "--category, --movements, --network and --report.",
            path=options.points,
        )


@contextmanager
def _cluster(options: argparse.Namespace, source: BatchSource, progress: ShellProgress) -> Iterator[Cluster | None]:
    """The cluster that was asked for; None where none was."""
    if not options.scheduler:
        yield None
        return
    from ..toolkit.cluster import opened_cluster

    if any(part.group is None for part in source.parts):
        _refuse_whole(options)
    with opened_cluster(options.scheduler, options.workers) as cluster:
        progress.say(cluster.sentence())
        yield cluster


def _whole(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    """With everything in memory: all parts of the audit, any kind of file."""
    from ..toolkit.audit import audit_tables, report_of, run_audit
    from ..toolkit.read.bays import read_bays
    from ..toolkit.read.delivery_points import read_delivery_points
    from ..toolkit.write import check_output, write_table
    from ..toolkit.write.tables import page_ready, write_layers

    check_output(options.output, options.overwrite)
    if options.report:
        check_output(options.report, options.overwrite, (".html",))
    progress.step(0, tr("Reading {name}", name=options.points))
    points = read_delivery_points(options.points, options.points_crs)
    tell(points, progress)
    progress.step(0.2, tr("Reading {name}", name=options.bays))
    bays = read_bays(options.bays, options.mapping, options.bays_crs)
    tell(bays, progress)
    wanted = _wanted(
        options,
        zones=polygons(options.zones, progress),
        zone_field=options.zone_field,
        network=_lines(options.network, progress),
        network_tolerance=options.network_tolerance,
        crossings=options.crossings,
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
        from ..toolkit.report.audit import audit_page

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
    tables = {name: records(part.rows) for name, part in parts.items() if part is not None}
    notes = [str(note) for note in (*reading_notes, *audit.notes)]
    files = {"output": options.output, **({"report": options.report} if options.report else {})}
    return {**audit.figures(), **counts, **tables, **files, "notes": notes}


def _lines(path: str | None, progress: ShellProgress) -> gpd.GeoSeries | None:
    """The lines of a file."""
    if not path:
        return None
    from ..toolkit.read.vector import read_vector

    progress.step(0.3, tr("Reading {name}", name=path))
    lines = read_vector(path).geometry
    if lines is None:
        raise DataError("“{name}” has no lines. Give a layer of streets and footways.", name=path)
    return lines
