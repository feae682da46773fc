"""QGIS layers → the toolkit's tables, and the toolkit's tables → QGIS sinks.

Loads the libraries: algorithms import it when they run, never before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from qgis.core import (
    NULL,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFeatureRequest,
    QgsFeatureSink,
    QgsField,
    QgsFields,
    QgsGeometry,
    QgsProcessingException,
    QgsProviderRegistry,
    QgsVectorLayer,
    QgsWkbTypes,
)
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
