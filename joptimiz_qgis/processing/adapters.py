"""QGIS layers → the toolkit's tables, and the toolkit's tables → QGIS sinks.

Loads the libraries: algorithms import it when they run, never before.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from qgis.core import (
    NULL,
    QgsCoordinateReferenceSystem,
    QgsDataSourceUri,
    QgsFeature,
    QgsFeatureRequest,
    QgsFeatureSink,
    QgsField,
    QgsFieldConstraints,
    QgsFields,
    QgsGeometry,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingUtils,
    QgsProviderRegistry,
    QgsVectorFileWriter,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QDate, QDateTime, QMetaType, Qt, QTime

from ..toolkit.crs import require_crs
from ..toolkit.errors import OutputError
from ..toolkit.read.delivery_points import as_points
from ..toolkit.read.raw import RawTable
from ..toolkit.read.text_table import is_text_table, read_text_table
from ..toolkit.schema.table import with_none

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from qgis.core import QgsProcessingAlgorithm, QgsProcessingContext, QgsProcessingFeatureSource

    from ..toolkit.progress import Progress
    from ..toolkit.read.reading import Reading
    from ..toolkit.schema import Table

FIELD_TYPES = {
    "boolean": QMetaType.Type.Bool,
    "number": QMetaType.Type.Double,
    "integer": QMetaType.Type.LongLong,
}
_ROWS_BETWEEN_CHECKS = 2_000


# -- in -----------------------------------------------------------------------------------------------------------


def raw_table(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], name: str, context: QgsProcessingContext, progress: Progress
) -> RawTable:
    """Rows of a parameter: a layer of the project, or a file; delimited text is read by the toolkit, not by QGIS.

    QGIS and GDAL guess types in delimited text and lose leading zeros of postcodes; the toolkit does not.
    """
    path = text_file(algorithm, parameters, name, context)
    if path:
        return read_text_table(path)
    source = required_source(algorithm, parameters, name, context)
    return table_of(source, progress)


def text_file(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], name: str, context: QgsProcessingContext
) -> Path | None:
    """The delimited text file behind a parameter; None where it is something else, or only a part of the file is wanted."""
    value = parameters.get(name)
    if isinstance(value, str) and is_text_table(value) and not _project_layers(value, context):
        return Path(value)
    if not isinstance(value, (str, QgsVectorLayer)):
        return None  # selected features only, an expression…: QGIS gives those
    layer = algorithm.parameterAsVectorLayer(parameters, name, context)
    if layer is None or layer.isSpatial() or layer.subsetString() or layer.isEditable():
        return None
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    path = str(parts.get("path") or "")
    return Path(path) if is_text_table(path) and Path(path).is_file() else None


def is_spatial_layer(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], name: str, context: QgsProcessingContext
) -> bool:
    """Whether a parameter is a layer with geometry (and not a delimited text file or a table)."""
    if text_file(algorithm, parameters, name, context):
        return False
    return required_source(algorithm, parameters, name, context).wkbType() != QgsWkbTypes.Type.NoGeometry


def required_source(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], name: str, context: QgsProcessingContext
) -> QgsProcessingFeatureSource:
    """The layer of a parameter; an error in QGIS's own words where there is none."""
    source = algorithm.parameterAsSource(parameters, name, context)
    if source is None:
        raise QgsProcessingException(algorithm.invalidSourceError(parameters, name))
    return source


def table_of(source: QgsProcessingFeatureSource, progress: Progress) -> RawTable:
    """All attributes and geometries of a layer."""
    import pandas as pd

    names = source.fields().names()
    columns: list[list[Any]] = [[] for _ in names]
    shapes: list[bytes | None] = []
    for feature in checked(source.getFeatures(), source.featureCount(), progress):
        for column, value in zip(columns, feature.attributes()):
            column.append(plain(value))
        shapes.append(well_known_binary(feature))
    rows = pd.DataFrame({name: pd.Series(column, dtype=object) for name, column in zip(names, columns)})
    geometry = series_of(shapes, source.sourceCrs()) if source.wkbType() != QgsWkbTypes.Type.NoGeometry else None
    return RawTable(source.sourceName(), rows, np.arange(1, len(shapes) + 1), geometry)


def checked(features: Iterator[QgsFeature], count: int, progress: Progress) -> Iterator[QgsFeature]:
    """`features`, with progress and cancel every few thousand; `count` may be unknown (-1) or a lie."""
    for number, feature in enumerate(features):
        if number % _ROWS_BETWEEN_CHECKS == 0:
            progress.step(min(number / count, 1.0) if count > 0 else 0.0)
        yield feature


def well_known_binary(feature: QgsFeature) -> bytes | None:
    """Geometry as WKB; None where there is none."""
    geometry = feature.geometry()
    return None if geometry.isNull() else geometry.asWkb().data()


def series_of(shapes: list[bytes | None], crs: QgsCoordinateReferenceSystem) -> gpd.GeoSeries:
    """WKB geometries as a GeoSeries; one that cannot be decoded is missing."""
    import geopandas as gpd

    values = shapely.from_wkb(np.array([*shapes, None], dtype=object)[:-1], on_invalid="ignore")
    return gpd.GeoSeries(values, crs=(crs.authid() or crs.toWkt()) if crs.isValid() else None)


def plain(value: Any) -> Any:
    """A QGIS attribute as a Python value; None for NULL; dates and times as ISO text."""
    if value is None or value == NULL:
        return None
    if isinstance(value, (QDateTime, QDate, QTime)):
        return value.toString(Qt.DateFormat.ISODate) or None
    return value


def _project_layers(value: str, context: QgsProcessingContext) -> bool:
    project = context.project()
    return project is not None and bool(project.mapLayer(value) or project.mapLayersByName(value))


# -- in and out ---------------------------------------------------------------------------------------------------


class LayerRows:
    """Points of a layer: geometries are read first, attributes are copied feature by feature when the result is written.

    Attributes
    ----------
    geometry : GeoSeries
        One point a feature, in the order in which they were read.
    note : Message or None
        Where lines, areas or groups of points were turned into points.
    """

    def __init__(self, source: QgsProcessingFeatureSource, crs: str | None, progress: Progress) -> None:
        self.source = source
        self.positions: dict[int, int] = {}
        shapes: list[bytes | None] = []
        request = QgsFeatureRequest().setSubsetOfAttributes([])
        for feature in checked(source.getFeatures(request), source.featureCount(), progress):
            self.positions[feature.id()] = len(shapes)
            shapes.append(well_known_binary(feature))
        geometry = series_of(shapes, source.sourceCrs())
        if crs and geometry.crs is None:
            geometry = geometry.set_crs(crs)
        require_crs(geometry, source.sourceName())
        self.geometry, self.note = as_points(geometry)
        self.fields = source.fields()
        self.crs = source.sourceCrs() if source.sourceCrs().isValid() else crs_of(geometry)
        kind = source.wkbType()
        self.keeps_geometry = QgsWkbTypes.flatType(kind) == QgsWkbTypes.Type.Point
        self.wkb_type = kind if self.keeps_geometry else QgsWkbTypes.Type.Point

    def features(self, more: pd.DataFrame) -> Iterator[QgsFeature]:
        """The layer's features with the columns of `more` (same order as `geometry`) behind their own."""
        values = list(python_rows(more))
        shapes = None if self.keeps_geometry else shapely.to_wkb(self.geometry.to_numpy())
        for feature in self.source.getFeatures():
            row = self.positions[feature.id()]
            feature.setAttributes([*feature.attributes(), *values[row]])
            if shapes is not None:
                feature.setGeometry(geometry_of(shapes[row]))
            yield feature


class FrameRows:
    """Points that the toolkit read out of a delimited text file."""

    def __init__(self, reading: Reading) -> None:
        self.frame = reading.table
        self.geometry = reading.table.geometry
        self.note = None
        self.fields = fields_of_frame(self.frame.drop(columns=self.frame.geometry.name))
        self.wkb_type = QgsWkbTypes.Type.Point
        self.crs = crs_of(self.geometry)

    def features(self, more: pd.DataFrame) -> Iterator[QgsFeature]:
        """The rows with the columns of `more` (same index) behind their own."""
        own = python_rows(self.frame.drop(columns=self.frame.geometry.name))
        rows = ((*first, *second) for first, second in zip(own, python_rows(more)))
        return features_of(rows, shapely.to_wkb(self.geometry.to_numpy()))


# -- out ----------------------------------------------------------------------------------------------------------


def fields_of(table: Table) -> QgsFields:
    """Fields of one of the toolkit's tables, with the titles as aliases."""
    fields = QgsFields()
    for field in table.fields:
        made = QgsField(field.name, FIELD_TYPES.get(field.type, QMetaType.Type.QString))
        made.setAlias(field.title)
        fields.append(made)
    return fields


def fields_of_frame(frame: pd.DataFrame) -> QgsFields:
    """Fields of any table, by the types of its columns."""
    fields = QgsFields()
    for name in frame.columns:
        fields.append(QgsField(str(name), _field_type(frame[name])))
    return fields


def _field_type(column: pd.Series) -> QMetaType.Type:
    from pandas.api import types

    if types.is_bool_dtype(column):
        return QMetaType.Type.Bool
    if types.is_integer_dtype(column):
        return QMetaType.Type.LongLong
    return QMetaType.Type.Double if types.is_float_dtype(column) else QMetaType.Type.QString


def python_rows(frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Rows of `frame` as QGIS takes them: Python values, None where missing."""
    return zip(*(with_none(frame[name]).tolist() for name in frame.columns)) if len(frame.columns) else iter([()] * len(frame))


def write_frame(frame: gpd.GeoDataFrame, sink: QgsFeatureSink, progress: Progress) -> None:
    """All rows of `frame` into `sink`, whose fields are its columns in order."""
    rows = python_rows(frame.drop(columns=frame.geometry.name))
    write(features_of(rows, shapely.to_wkb(frame.geometry.to_numpy())), len(frame), sink, progress)


def features_of(rows: Iterable[tuple[Any, ...]], shapes: Iterable[bytes | None]) -> Iterator[QgsFeature]:
    """Features out of attributes and WKB geometries."""
    for values, shape in zip(rows, shapes):
        feature = QgsFeature()
        feature.setAttributes(list(values))
        if shape is not None:
            feature.setGeometry(geometry_of(shape))
        yield feature


def geometry_of(shape: bytes | None) -> QgsGeometry:
    """WKB as a QGIS geometry; a null one for None."""
    geometry = QgsGeometry()
    if shape is not None:
        geometry.fromWkb(shape)
    return geometry


def write(features: Iterator[QgsFeature], count: int, sink: QgsFeatureSink, progress: Progress) -> None:
    """Put `features` into `sink`; a feature that it refuses is an error, never a silent loss."""
    fast = QgsFeatureSink.Flag.FastInsert  # looking it up costs as much as a feature's attributes
    for number, feature in enumerate(features):
        if number % _ROWS_BETWEEN_CHECKS == 0:
            progress.step(number / count)
        if not sink.addFeature(feature, fast):
            raise OutputError("The result cannot be written: {cause}", cause=sink.lastError())
    if not sink.flushBuffer():
        raise OutputError("The result cannot be written: {cause}", cause=sink.lastError())


def crs_of(geometry: gpd.GeoSeries) -> QgsCoordinateReferenceSystem:
    """CRS of `geometry` as QGIS knows it; an invalid one where there is none."""
    if geometry.crs is None:
        return QgsCoordinateReferenceSystem()
    named = QgsCoordinateReferenceSystem(geometry.crs.to_string())
    return named if named.isValid() else QgsCoordinateReferenceSystem.fromWkt(geometry.crs.to_wkt())


def wkb_type(geometry: gpd.GeoSeries) -> QgsWkbTypes.Type:
    """QGIS's type for `geometry`: single where all are, multi where one is, of the commonest kind (see `one_geometry_type`)."""
    kinds = geometry.geom_type.dropna().unique()
    found = {QgsWkbTypes.parseType(kind) for kind in kinds}
    if not found:
        return QgsWkbTypes.Type.Point
    return next(iter(found)) if len(found) == 1 else QgsWkbTypes.multiType(QgsWkbTypes.singleType(max(found)))


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
        raise OutputError(
            "“{path}” cannot be written: {cause}. Choose another folder, or close the program that has the file open.",
            path=target.path,
            cause=getattr(error, "strerror", None) or error,
        ) from error


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
        _copy_database(path, before)
        try:
            yield
        except BaseException:
            _copy_database(before, path)
            raise


def _copy_database(source: Path, target: Path) -> None:
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
    from ..toolkit.coverage import free_names

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
