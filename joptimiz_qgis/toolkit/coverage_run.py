"""Coverage of a file of delivery points from file to file, batch after batch: a region in seconds, the country on one machine.

Twice over the file. First its positions and the few columns that movements need: they settle the metric CRS, which rows have
a position, and the movements of each distinct activity and workforce. Then each batch is measured and written. Both are made
of parts (see `BatchSource`), each of which can be worked on by itself, in this process or on a cluster (`cluster`).
"""

from __future__ import annotations

import tempfile
import time
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from .audit import AuditOptions, figures_of, sentences_of
from .coverage import CoverageRuler, CoverageSummary, CoverageTally, Measured, free_names
from .crs import check_crs, metric_crs, require_crs
from .errors import DataError, FileError, JoptimizError, OutOfMemoryError, OutputError, not_written
from .messages import Message
from .movements import MOVEMENT_COLUMNS, MovedShare, columns_read, weekly_movements
from .progress import Progress
from .read.batches import BatchSource, Part, Positions, point_wkb, positions_of, turned_note
from .read.raw import Reject
from .read.reading import Reading
from .write.batches import STREAMED, Batch, Layout, write_batches
from .write.tables import check_output

if TYPE_CHECKING:
    from .cluster import Cluster

_LISTED = 20  # of the rows without position, those that are named
_HEAD_START_S = 0.01
_LEAST = 1 / 3  # of the time: what the first look takes
Work = Callable[..., Any]


@dataclass
class FileReading(Reading):
    """What reading a file in batches gave: counts, and the first of the rejected rows."""

    rows_taken: int = 0
    rows_rejected: int = 0

    @property
    def imported(self) -> int:
        """Rows taken."""
        return self.rows_taken

    @property
    def rejected(self) -> int:
        """Rows not taken."""
        return self.rows_rejected


@dataclass
class FileCoverage:
    """What a run found; the rows are in the file."""

    reading: FileReading
    summary: CoverageSummary
    moved: MovedShare | None
    notes: list[Message]

    def figures(self) -> dict[str, Any]:
        """See `Audit.figures`."""
        return figures_of(self.summary, self.moved)

    def sentences(self) -> list[Message]:
        """See `Audit.sentences`."""
        return sentences_of(self.summary, self.moved)


def can_stream(options: AuditOptions, output: Path | str) -> bool:
    """Whether a run with these options needs no more than one batch at a time, and its result can be written so."""
    whole = (options.zones, options.category, options.network, options.movements)
    parts = options.gaps or options.week or any(part is not None for part in whole)
    return not parts and (Path(output).suffix.lower() in STREAMED or not Path(output).suffix)


def cover_file(
    source: BatchSource,
    bays: gpd.GeoDataFrame,
    output: Path | str,
    options: AuditOptions | None = None,
    *,
    keep_unlocated: bool = False,
    overwrite: bool = False,
    progress: Progress | None = None,
    cluster: Cluster | None = None,
) -> FileCoverage:
    """Coverage of the delivery points of `source`, written to `output`.

    Parameters
    ----------
    bays : GeoDataFrame
        The bays table; any geometry and CRS.
    output : path
        A .gpkg or a .parquet file; where `source` is a folder or `output` has no ending, a folder of .parquet files, one a part.
    options : AuditOptions, optional
        See `can_stream`.
    keep_unlocated : bool
        Whether rows without position are written too, without result; else they are rejects.
    cluster : Cluster, optional
        Where the parts are worked on; one after the other in this process where not given.

    Returns
    -------
    FileCoverage

    Raises
    ------
    CrsError, DataError, ParameterError
        As `bay_coverage`.
    FileError
        A part of the source cannot be read, or has other columns than the others.
    OutputError
        The result cannot be written: the disk is full, the folder is read-only…
    OutOfMemoryError
        Even one batch does not fit into the memory that is left.
    CancelledError
        `progress` says that the user asked to stop. Whatever happens: the result is whole, or what was there before is.
    """
    options, progress, output = options or AuditOptions(), progress or Progress(), Path(output)
    try:
        run = _Run(source, bays, options, keep_unlocated, cluster)
        run.look(progress.part(0, _LEAST))
        as_folder = source.folder is not None or not output.suffix
        (run.write_folder if as_folder else run.write_file)(output, overwrite, progress.part(_LEAST, 1))
    except JoptimizError:
        raise
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "thread" not in str(error):
            raise
        raise OutOfMemoryError(
            "There is not enough memory left for “{name}”. Nothing was written. Close other programs, or raise the limit; "
            "one batch needs about half a gigabyte.",
            name=source.name,
        ) from error
    return run.found()


class _Run:
    """One run: what its two passes know."""

    def __init__(
        self, source: BatchSource, bays: gpd.GeoDataFrame, options: AuditOptions, keep_unlocated: bool, cluster: Cluster | None
    ) -> None:
        self.source, self.bays, self.options, self.keep = source, bays, options, keep_unlocated
        self.cluster = cluster
        self.tally = Tally()

    def each_part(self, work: Work, plan: Any, more: Iterable[Any], progress: Progress) -> Iterator[Any]:
        """What `work` gives for every part, in their order."""
        jobs = list(zip(self.source.parts, more))
        if self.cluster is not None:
            yield from self.cluster.run(work, plan, jobs, progress)
            return
        for number, (part, given) in enumerate(jobs):
            yield work(plan, part, given, progress.part(number / len(jobs), (number + 1) / len(jobs)))

    def look(self, progress: Progress) -> None:
        """The first pass; afterwards all is known that a batch needs to know of the whole."""
        source, options = self.source, self.options
        require_crs(gpd.GeoSeries([], crs=source.crs), source.name)
        own = [name for name in source.schema.names if name not in {source.geometry, source.key}]
        columns = columns_read(own, options.activity, options.workforce, options.jobs)
        for name in filter(None, (options.activity, options.workforce, options.jobs)):
            if name not in own:
                weekly_movements(pd.DataFrame(columns=own), options.activity, options.workforce, options.jobs)  # says which there are
        starts = np.concatenate([[0], np.cumsum([part.rows for part in source.parts])])
        first = _Look(source, columns, self.keep)
        looks = list(self.each_part(look_at, first, starts, progress))
        self.seen = seen = joined_looks(looks)
        if seen.rows != source.rows:
            raise FileError(
                "“{name}” says that it holds {expected} rows, but only {found} can be read: it is damaged. Get the file again.",
                name=source.name,
                expected=source.rows,
                found=seen.rows,
            )
        self._refuse_nothing(seen)
        middle = gpd.GeoSeries([shapely.Point(np.median(seen.places[:, 0]), np.median(seen.places[:, 1]))], crs=source.crs)
        check_crs(middle, source.name)
        vehicle = {"vehicle_length": options.vehicle_length, "stop_minutes": options.stop_minutes}
        self.ruler = CoverageRuler(self.bays, metric_crs(middle), options.max_distance, options.bands, options.at, **vehicle)
        seen.places = seen.places[:0]  # eight bytes twice for every row of a country
        self.movements = _Weights(seen.distinct, options) if columns and seen.distinct is not None else None
        self.plan = Plan(source, self.ruler, self.movements, self.keep)

    def _refuse_nothing(self, seen: Look) -> None:
        if not seen.rows:
            raise DataError("“{name}” holds no delivery point.", name=self.source.name)
        if not len(seen.places):
            raise DataError(
                "None of the {count} rows of “{name}” has a usable position. Check the coordinate columns, or locate the addresses first.",
                count=seen.rows,
                name=self.source.name,
            )

    def write_file(self, output: Path, overwrite: bool, progress: Progress) -> None:
        """The second pass, into one file."""
        output = check_output(output, overwrite, STREAMED)
        with _staging(output) as folder:
            part = folder / output.name
            # Closed here, whatever happens: an error keeps its frames, and GDAL's streams in them, for as long as it is looked at.
            packed = output.suffix.lower() == ".gpkg"
            with closing(self._from_cluster(folder, progress) if self.cluster else self._batches(progress, packed=packed)) as batches:
                write_batches(part, output.stem, self.plan.layout, batches, progress.part(0.95, 1))
            part.replace(output)

    def _batches(self, progress: Progress, *, packed: bool) -> Generator[Batch, None, None]:
        done = 0
        measured = (batch for part in self.source.parts for batch in self.plan.batches(part, self.tally))
        with closing(_ahead(measured, _HEAD_START_S if packed else 0)) as batches:
            for batch in batches:
                progress.step(0.95 * min(done / self.source.rows, 1))
                done += batch.columns.num_rows
                yield batch

    def _from_cluster(self, folder: Path, progress: Progress) -> Generator[Batch, None, None]:
        """The batches of the parts that the cluster wrote beside the result."""
        from pyarrow import parquet

        for path in self._parts(folder, progress.part(0, 0.7)):
            for columns in parquet.ParquetFile(path).iter_batches():
                progress.step(0.7)
                yield Batch(columns, positions_of(columns.column(self.plan.layout.geometry), self.source.crs).places)
            path.unlink()

    def write_folder(self, output: Path, overwrite: bool, progress: Progress) -> None:
        """The second pass, into a folder of one file a part."""
        check_folder(output, overwrite, self.source)
        with _staging(output) as folder:
            fresh = folder / "new"
            fresh.mkdir()
            self._parts(fresh, progress)
            for left in fresh.glob(".*"):  # by a worker that was lost
                left.unlink()
            if output.exists():
                output.replace(folder / "old")
            fresh.replace(output)

    def _parts(self, folder: Path, progress: Progress) -> list[Path]:
        names = [folder / f"part-{number:05d}.parquet" for number in range(len(self.source.parts))]
        for tally in self.each_part(write_part, self.plan, names, progress):
            self.tally.join(tally)
        return names

    def found(self) -> FileCoverage:
        """What the run found."""
        seen, tally = self.seen, self.tally
        turned = [turned_note(seen.turned)] if seen.turned else []
        reason = Message("no usable coordinates: the delivery point cannot be placed on the map")
        rejects = [] if self.keep else [Reject(int(line), "", "", reason) for line in seen.lost[:_LISTED]]
        rejected = 0 if self.keep else seen.unlocated
        empty = gpd.GeoDataFrame(geometry=[])
        reading = FileReading(self.source.name, empty, rejects, notes=turned, rows_taken=seen.rows - rejected, rows_rejected=rejected)
        said = self.movements.notes if self.movements else []
        moved = MovedShare(tally.moved, tally.carried) if self.movements else None
        return FileCoverage(reading, self.ruler.summary(tally.coverage), moved, [*self.ruler.notes(tally.coverage), *said])


# -- the first look ------------------------------------------------------------------------------------------------


@dataclass
class _Look:
    """What the first look is to look at."""

    source: BatchSource
    columns: list[str]
    keep: bool


@dataclass
class Look:
    """What a first look at a part, or at all of them, saw.

    Attributes
    ----------
    places : ndarray, shape (n, 2)
        Of the rows that have a position.
    lost : list of int
        Numbers of the first rows without one; `unlocated` counts all of them.
    distinct : DataFrame or None
        Distinct values of the columns that movements need, with a column `_TIMES`.
    """

    rows: int = 0
    places: np.ndarray = field(default_factory=lambda: np.empty((0, 2)))
    unlocated: int = 0
    lost: list[int] = field(default_factory=list)
    turned: int = 0
    distinct: Any = None


_TIMES = "joptimiz_times"


def look_at(plan: _Look, part: Part, start: int, progress: Progress) -> Look:
    """The first look at one part, whose first row has the number `start` + 1."""
    import pyarrow as pa

    source, seen, found, tables = plan.source, Look(), [], []
    with closing(source.read(part, [*plan.columns, source.geometry])) as batches:
        for batch in batches:
            progress.step(seen.rows / max(part.rows, 1))
            positions = positions_of(batch.column(source.geometry), source.crs)
            there = np.isfinite(positions.places).all(axis=1)
            found.append(positions.places if there.all() else positions.places[there])
            if not there.all() and len(seen.lost) < _LISTED:
                seen.lost += (start + seen.rows + 1 + np.flatnonzero(~there)[:_LISTED]).tolist()
            seen.rows += len(there)
            seen.unlocated += int((~there).sum())
            seen.turned += positions.turned
            if plan.columns:
                wanted = pa.Table.from_batches([batch.select(plan.columns)])
                tables.append(_distinct(wanted if plan.keep or there.all() else wanted.filter(pa.array(there)), plan.columns))
    seen.places = np.concatenate(found) if found else seen.places
    seen.distinct = _summed(tables, plan.columns)
    return seen


def joined_looks(looks: list[Look]) -> Look:
    """Several looks as one."""
    columns = [name for look in looks[:1] if look.distinct is not None for name in look.distinct.schema.names if name != _TIMES]
    return Look(
        sum(look.rows for look in looks),
        np.concatenate([look.places for look in looks]),
        sum(look.unlocated for look in looks),
        [line for look in looks for line in look.lost][:_LISTED],
        sum(look.turned for look in looks),
        _summed([look.distinct for look in looks if look.distinct is not None], columns),
    )


def _distinct(table: Any, columns: list[str]) -> Any:
    counted = table.group_by(columns, use_threads=False).aggregate([([], "count_all")])
    return counted.rename_columns([_TIMES if name == "count_all" else name for name in counted.schema.names]).select([*columns, _TIMES])


def _summed(tables: list[Any], columns: list[str]) -> Any:
    import pyarrow as pa

    if not tables or not columns:
        return None
    summed = pa.concat_tables(tables).group_by(columns, use_threads=False).aggregate([(_TIMES, "sum")])
    return summed.rename_columns([_TIMES if name == f"{_TIMES}_sum" else name for name in summed.schema.names]).select([*columns, _TIMES])


class _Weights:
    """Movements of each distinct combination of activity, workforce and jobs, and which rows of a batch have which."""

    def __init__(self, distinct: Any, options: AuditOptions) -> None:
        import pyarrow as pa

        self.columns = [name for name in distinct.schema.names if name != _TIMES]
        times = np.asarray(distinct.column(_TIMES)).astype(np.int64)
        frame = distinct.select(self.columns).to_pandas()
        given = (options.activity, options.workforce, options.jobs, options.movement_categories)
        movements = weekly_movements(frame, *given, times=times)
        self.notes = movements.notes
        self.per_week = movements.rows["movements_per_week"].to_numpy(dtype=float)
        rows = pa.RecordBatch.from_pandas(movements.rows[list(MOVEMENT_COLUMNS)], preserve_index=False)
        self.rows = pa.RecordBatch.from_arrays([_plain_text(column) for column in rows.columns], names=rows.schema.names)
        self.values = [distinct.column(name).combine_chunks().unique() for name in self.columns]
        self.keys = pd.Index(self._keys(distinct))

    def _keys(self, table: Any) -> np.ndarray:
        from pyarrow import compute

        keys = np.zeros(table.num_rows, dtype=np.int64)
        for name, values in zip(self.columns, self.values):
            place = compute.index_in(table.column(name), value_set=values)
            keys = keys * (len(values) + 1) + np.asarray(compute.fill_null(place, len(values)), dtype=np.int64)
        return keys

    def places(self, batch: Any) -> np.ndarray:
        """Of each row the place in `rows`."""
        place: np.ndarray = self.keys.get_indexer(pd.Index(self._keys(batch)))
        return place


def _plain_text(column: Any) -> Any:
    import pyarrow as pa

    return column.cast(pa.string()) if pa.types.is_large_string(column.type) or pa.types.is_string_view(column.type) else column


# -- measuring and writing -----------------------------------------------------------------------------------------


@dataclass
class Tally:
    """What adds up over the parts."""

    coverage: CoverageTally = field(default_factory=CoverageTally)
    moved: float = 0.0
    carried: float = 0.0

    def join(self, other: Tally) -> None:
        """Count what another tally counted."""
        self.coverage.join(other.coverage)
        self.moved += other.moved
        self.carried += other.carried


class Plan:
    """All that is needed to measure one part, wherever that is done."""

    def __init__(self, source: BatchSource, ruler: CoverageRuler, movements: _Weights | None, keep: bool) -> None:
        import pyarrow as pa

        self.source, self.ruler, self.movements, self.keep = source, ruler, movements, keep
        added = [("covered", pa.bool_()), ("nearest_bay", pa.string()), ("distance_m", pa.float64())]
        added += [("bays_within", pa.int64()), ("band", pa.string())]
        added += [(entry.name, entry.type) for entry in movements.rows.schema] if movements else []
        own = {name: "geometry_text" if name == "geometry" != source.geometry else name for name in source.schema.names}
        published = [entry.with_name(own[entry.name]) for entry in source.schema]
        names = free_names([*own.values()], [name for name, _ in added])
        fields = [*published, *(pa.field(name, kind) for name, (_, kind) in zip(names, added))]
        heights = source.points_only and source.with_z
        self.layout = Layout(pa.schema(fields), source.geometry, source.key, source.crs or ruler.crs, heights, source.metadata)
        self.ids = pa.array([*ruler.ids, None], type=pa.string())
        self.labels = pa.array([*ruler.labels, None], type=pa.string())

    def batches(self, part: Part, tally: Tally) -> Generator[Batch, None, None]:
        """What is written of `part`."""
        transformer = None
        if self.source.crs != self.ruler.crs:
            transformer = pyproj.Transformer.from_crs(self.source.crs, self.ruler.crs, always_xy=True)
        with closing(self.source.read(part)) as read:
            for batch in read:
                yield self._batch(batch, transformer, tally)

    def _batch(self, batch: Any, transformer: pyproj.Transformer | None, tally: Tally) -> Batch:
        import pyarrow as pa

        positions = positions_of(batch.column(self.source.geometry), self.source.crs)
        there = np.isfinite(positions.places).all(axis=1)
        places, shapes = positions.places, self._shapes(positions)
        if not self.keep and not there.all():
            batch, places = batch.filter(pa.array(there)), places[there]
            shapes = shapes.filter(pa.array(there)) if shapes is not None else None
        metric = places
        if transformer is not None:
            metric = np.column_stack(transformer.transform(places[:, 0], places[:, 1]))
            metric[~np.isfinite(metric).all(axis=1)] = np.nan
        measured = self.ruler.measure(metric)
        tally.coverage.add(measured)
        columns = list(batch.columns)
        if shapes is not None:
            columns[batch.schema.get_field_index(self.source.geometry)] = shapes
        columns += self._coverage(measured)
        if self.movements is not None:
            which = self.movements.places(batch)
            columns += [column.take(pa.array(which)) for column in self.movements.rows.columns]
            weights = np.where(measured.located, self.movements.per_week[which], 0.0)
            tally.moved += float(weights.sum())
            tally.carried += float(weights[measured.distance <= self.ruler.max_distance].sum())
        return Batch(pa.RecordBatch.from_arrays(columns, schema=self.layout.schema), places)

    def _shapes(self, positions: Positions) -> Any:
        """Points to write in place of the published geometry, where the file does not say that it holds nothing else."""
        import pyarrow as pa

        if self.source.points_only and positions.shapes is None:
            return None
        shapes = point_wkb(positions.places)
        kind = self.source.schema.field(self.source.geometry).type
        return shapes if shapes.type == kind else shapes.cast(kind if kind != pa.binary_view() else pa.binary())

    def _coverage(self, measured: Measured) -> list[Any]:
        import pyarrow as pa

        lost = None if measured.located.all() else ~measured.located
        band = np.searchsorted(np.asarray(self.ruler.bands, dtype=float), measured.distance, side="left").clip(max=len(self.ruler.bands))
        band[np.isnan(measured.distance)] = len(self.labels) - 1
        return [
            pa.array(measured.distance <= self.ruler.max_distance, mask=lost),
            self.ids.take(pa.array(np.where(measured.nearest < 0, len(self.ids) - 1, measured.nearest))),
            pa.array(measured.distance, from_pandas=True),
            pa.array(measured.within, mask=lost),
            self.labels.take(pa.array(band)),
        ]


def write_part(plan: Plan, part: Part, path: Path, progress: Progress) -> Tally:
    """Measure one part and write it as a GeoParquet file."""
    tally, done = Tally(), 0

    def watched() -> Generator[Batch, None, None]:
        nonlocal done
        with closing(plan.batches(part, tally)) as batches:
            for batch in batches:
                progress.step(min(done / max(part.rows, 1), 1))
                done += batch.columns.num_rows
                yield batch

    path = Path(path)
    # Under a name of its own first: where a worker is lost in the middle, another one may already be writing the same part.
    own = path.with_name(f".{path.stem}-{uuid.uuid4().hex}.parquet")
    try:
        with closing(watched()) as batches:
            write_batches(own, "", plan.layout, batches)
        own.replace(path)
    finally:
        own.unlink(missing_ok=True)
    return tally


def _ahead(batches: Generator[Batch, None, None], head_start: float) -> Generator[Batch, None, None]:
    """The same batches, the next of which is measured while one is written."""
    with closing(batches), ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = pool.submit(next, batches, None)
            # pyogrio's writer keeps Python's lock (pyarrow's does not): the other thread is let as far as the tree, which needs none.
            time.sleep(head_start)
            yield batch


# -- where it goes -------------------------------------------------------------------------------------------------


@contextmanager
def _staging(output: Path) -> Iterator[Path]:
    """A folder beside `output` in which it is made; gone afterwards, with all that is in it."""
    try:
        made = tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=output.parent)
    except OSError as error:
        raise not_written(output, error) from error
    with made as folder:
        try:
            yield Path(folder)
        except OSError as error:
            raise not_written(output, error) from error


def check_folder(output: Path, overwrite: bool, source: BatchSource) -> None:
    """Raise `OutputError` where a folder of parts cannot be written to `output`; what is there and is no such folder stays."""
    inside = {Path(part.path).resolve() for part in source.parts}
    around = source.folder is not None and source.folder.resolve() in output.resolve().parents
    if around or any(output.resolve() in (path, *path.parents) for path in inside):
        raise OutputError("“{path}” is one of the inputs; sources are never modified. Choose another file for the result.", path=output)
    if not output.parent.is_dir():
        raise OutputError("There is no folder “{folder}”. Create it, or choose another one.", folder=output.parent)
    if not output.exists():
        return
    ours = output.is_dir() and all(path.suffix == ".parquet" for path in output.iterdir())
    if not (overwrite and ours):
        raise OutputError(
            "“{path}” exists and was left as it is. Give the name of a new folder; --overwrite replaces only a folder that holds "
            "nothing but .parquet files.",
            path=output,
        )
