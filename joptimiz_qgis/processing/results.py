"""Where a result goes: whole or not at all, what it replaces kept until it is complete, never over its own source."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from qgis.core import (
    QgsDataSourceUri,
    QgsFieldConstraints,
    QgsFields,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingUtils,
    QgsProviderRegistry,
    QgsVectorFileWriter,
)
from qgis.PyQt import sip

from ..toolkit.coverage import free_names
from ..toolkit.errors import OutputError, not_written

if TYPE_CHECKING:
    from qgis.core import (
        QgsCoordinateReferenceSystem,
        QgsFeatureSink,
        QgsProcessingAlgorithm,
        QgsProcessingContext,
        QgsWkbTypes,
    )


@contextmanager
def result_sink(
    algorithm: QgsProcessingAlgorithm,
    parameters: dict[str, Any],
    name: str,
    inputs: Iterable[str],
    context: QgsProcessingContext,
    layout: tuple[QgsFields, QgsWkbTypes.Type, QgsCoordinateReferenceSystem],
) -> Iterator[tuple[QgsFeatureSink, str]]:
    """Sink of parameter `name` and the name of what it writes; closed at the end, complete or gone.

    QGIS writes sinks in place and asks the user before it replaces something; what it does not do is to keep the old result
    until the new one is complete, nor to refuse a result that would overwrite its own source.
    """
    fields, kind, crs = layout
    target = output_file(parameters, name, context)
    if target:
        refuse_source(target, algorithm, parameters, inputs, context)
        fields = _named_for(target.path, fields)
    with whole_or_nothing(target) if target else nullcontext():
        sink, destination = algorithm.parameterAsSink(parameters, name, context, fields, kind, crs)
        if sink is None:
            raise QgsProcessingException(algorithm.invalidSinkError(parameters, name))
        try:
            yield sink, str(destination)
        finally:
            sip.delete(sink)  # closes the file, whoever still refers to the sink: an error's traceback does


@contextmanager
def result_file(
    algorithm: QgsProcessingAlgorithm,
    parameters: dict[str, Any],
    name: str,
    inputs: Iterable[str],
    context: QgsProcessingContext,
    layout: tuple[QgsFields, QgsWkbTypes.Type, QgsCoordinateReferenceSystem],
) -> Iterator[tuple[Path, str]]:
    """The same for a result that the toolkit writes as a file (see `written_by_toolkit`): its path in place of the sink.

    QGIS makes its sink first, and so learns what to load at the end; the file then takes the place of the empty one.
    """
    target = output_file(parameters, name, context)
    if target is None:
        raise QgsProcessingException(algorithm.invalidSinkError(parameters, name))
    refuse_source(target, algorithm, parameters, inputs, context)
    with whole_or_nothing(target):
        sink, destination = algorithm.parameterAsSink(parameters, name, context, *layout)
        if sink is None:
            raise QgsProcessingException(algorithm.invalidSinkError(parameters, name))
        sip.delete(sink)
        yield target.path, str(destination)


def written_by_toolkit(parameters: dict[str, Any], name: str, context: QgsProcessingContext) -> bool:
    """Whether the result is a GeoPackage of its own, as which the toolkit writes it, without options that only QGIS knows."""
    value = parameters.get(name)
    if isinstance(value, QgsProcessingOutputLayerDefinition) and (value.createOptions or value.useRemapping()):
        return False
    target = output_file(parameters, name, context)
    return target is not None and not target.table and target.path.suffix.lower() == ".gpkg"


class Target(NamedTuple):
    """The file that a result goes into, and the table in it where the file may hold others (else empty)."""

    path: Path
    table: str


# What belongs to a file beside itself, by its ending.
_COMPANIONS = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg", ".qpj", ".qix"),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
}
_OF_DATABASES = ("-wal", "-shm", "-journal")


@contextmanager
def whole_or_nothing(target: Target) -> Iterator[None]:
    """While `target` is written: if that fails or is cancelled, what was there before comes back."""
    try:
        keep = _database_kept if target.table and target.path.exists() else _files_kept
        with keep(target.path):
            yield
    except (OSError, sqlite3.Error) as error:
        raise not_written(target.path, error) from error


@contextmanager
def _files_kept(path: Path) -> Iterator[None]:
    """A file and its companions are out of the way meanwhile; they come back where the new ones fail."""
    beside = [path.with_suffix(ending) for ending in _COMPANIONS.get(path.suffix.lower(), ())]
    parts = [path, *beside, *(path.with_name(path.name + ending) for ending in _OF_DATABASES)]
    with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=path.parent) as folder:
        for part in filter(Path.exists, parts):
            part.replace(Path(folder) / part.name)
        try:
            yield
        except BaseException:
            for part in filter(Path.exists, parts):
                shutil.rmtree(part) if part.is_dir() else part.unlink()  # some formats are folders
            for part in Path(folder).iterdir():
                part.replace(path.parent / part.name)
            raise


@contextmanager
def _database_kept(path: Path) -> Iterator[None]:
    """A GeoPackage that gets one table more; all its tables come back as they were where that fails."""
    with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=path.parent) as folder:
        before = Path(folder) / path.name
        copy_database(path, before)
        try:
            yield
        except BaseException:
            copy_database(before, path)
            raise


def copy_database(source: Path, target: Path) -> None:
    """By SQLite's own backup, which sees to the locks and the logs of layers that are open in QGIS."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def output_file(parameters: dict[str, Any], name: str, context: QgsProcessingContext) -> Target | None:
    """Where a sink parameter writes, if that is a file; None for memory layers and database servers."""
    value = parameters.get(name)
    if isinstance(value, QgsProcessingOutputLayerDefinition):
        value, _ = value.sink.valueAsString(context.expressionContext(), "")
    if not isinstance(value, str) or value in {"", QgsProcessing.TEMPORARY_OUTPUT}:
        return None
    if value.startswith("ogr:"):  # a table of a GeoPackage
        uri = QgsDataSourceUri(value[len("ogr:") :])
        return Target(Path(uri.database()), uri.table()) if uri.database() else None
    if ":" in value[2:]:
        return None
    known = Path(value).suffix[1:].lower() in QgsVectorFileWriter.supportedFormatExtensions()
    return Target(Path(value if known else f"{value}.{QgsProcessingUtils.defaultVectorExtension()}"), "")  # so does QGIS


def _named_for(path: Path, fields: QgsFields) -> QgsFields:
    """`fields` with a number behind the names that a GeoPackage keeps for itself or takes for the same (``Nom``, ``NOM``)."""
    if path.suffix.lower() != ".gpkg":
        return fields
    key = fields.lookupField("fid")
    unique = QgsFieldConstraints.Constraint.ConstraintUnique
    taken = ["geom"] if key >= 0 and fields[key].constraints().constraints() & unique else ["geom", "fid"]
    renamed = QgsFields(fields)
    for position, name in enumerate(free_names(taken, fields.names())):
        renamed.rename(position, name)
    return renamed


def refuse_source(
    target: Target, algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], inputs: Iterable[str], context: QgsProcessingContext
) -> None:
    """Raise `OutputError` where `target` is where the data of one of the parameters `inputs` come from."""
    if any(is_source(target, algorithm, parameters, name, context) for name in inputs):
        raise OutputError("“{path}” is one of the inputs; sources are never modified. Choose another file for the result.", path=target.path)


def is_source(
    target: Target, algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], name: str, context: QgsProcessingContext
) -> bool:
    """Whether the data of parameter `name` come from `target`."""
    value = parameters.get(name)
    if isinstance(value, QgsProcessingFeatureSourceDefinition):  # selected features only, a filter…
        value = value.source
    layer = algorithm.parameterAsVectorLayer({name: value}, name, context)
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source()) if layer else {"path": value}
    if not _same_file(target.path, parts.get("path")):
        return False
    return not target.table or target.table == (parts.get("layerName") or _first_table(target.path))


def _same_file(path: Path, other: Any) -> bool:
    try:
        return isinstance(other, str) and path.exists() and path.samefile(other)
    except OSError:
        return False


def _first_table(path: Path) -> str:
    """The table that a path without a table's name opens."""
    tables = QgsProviderRegistry.instance().querySublayers(str(path))
    return str(tables[0].name()) if tables else ""
