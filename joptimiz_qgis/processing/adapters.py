"""QGIS layers → the toolkit's tables, and the toolkit's tables → QGIS sinks.

Loads the libraries: algorithms import it when they run, never before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from osgeo import gdal, ogr
from qgis.core import (
    NULL,
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFeatureRequest,
    QgsFeatureSink,
    QgsField,
    QgsFields,
    QgsGeometry,
    QgsProcessingException,
    QgsProcessingFeatureSource,
    QgsProviderRegistry,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QDate, QDateTime, QMetaType, Qt, QTime

from ..toolkit.crs import require_crs
from ..toolkit.errors import DataError, OutputError
from ..toolkit.read.delivery_points import as_points
from ..toolkit.read.raw import RawTable
from ..toolkit.read.text_table import is_text_table, read_text_table
from ..toolkit.schema.table import with_none

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from qgis.core import QgsProcessingAlgorithm, QgsProcessingContext

    from ..toolkit.progress import Progress
    from ..toolkit.read.batches import BatchSource
    from ..toolkit.read.reading import Reading
    from ..toolkit.schema import Table

FIELD_TYPES = {
    "boolean": QMetaType.Type.Bool,
    "number": QMetaType.Type.Double,
    "integer": QMetaType.Type.LongLong,
}
_ROWS_BETWEEN_CHECKS = 2_000
_COLUMN_FORMATS = ("GPKG", "FlatGeobuf", "GeoJSON", "ESRI Shapefile")


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


def optional_frame(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], name: str, context: QgsProcessingContext, progress: Progress
) -> gpd.GeoDataFrame | None:
    """The layer of a parameter as a table with geometry; None where none was given."""
    import geopandas as gpd

    source = algorithm.parameterAsSource(parameters, name, context) if parameters.get(name) else None
    if source is None:
        return None
    raw = table_of(source, progress)
    require_crs(raw.geometry, raw.name)
    return gpd.GeoDataFrame(raw.rows.drop(columns="geometry", errors="ignore"), geometry=raw.geometry)


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


def whole_layer(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], name: str, context: QgsProcessingContext
) -> QgsVectorLayer | None:
    """The layer of a parameter if all of it is wanted; None for selected features only and the like."""
    value = parameters.get(name)
    return algorithm.parameterAsVectorLayer(parameters, name, context) if isinstance(value, (str, QgsVectorLayer)) else None


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
    for feature in checked(all_features(source), source.featureCount(), progress):
        for column, value in zip(columns, feature.attributes()):
            column.append(plain(value))
        shapes.append(well_known_binary(feature))
    rows = pd.DataFrame({name: pd.Series(column, dtype=object) for name, column in zip(names, columns)})
    geometry = series_of(objects(shapes), source.sourceCrs()) if source.wkbType() != QgsWkbTypes.Type.NoGeometry else None
    return RawTable(source.sourceName(), rows, np.arange(1, len(shapes) + 1), geometry)


def feature_columns(source: QgsProcessingFeatureSource, progress: Progress) -> tuple[list[int], np.ndarray]:
    """Feature ids and WKB geometries of any source, one feature after the other."""
    ids: list[int] = []
    shapes: list[bytes | None] = []
    request = QgsFeatureRequest().setSubsetOfAttributes([])
    for feature in checked(all_features(source, request), source.featureCount(), progress):
        ids.append(feature.id())
        shapes.append(well_known_binary(feature))
    return ids, objects(shapes)


def file_columns(layer: QgsVectorLayer | None, progress: Progress) -> tuple[list[int], np.ndarray] | None:
    """The same straight from the file, in columns; None where the layer is more or less than its file.

    QGIS's feature ids are those of OGR for these formats, and a filter, an edit or a part of the layer is QGIS's business.
    """
    table = None if layer is None else _file_table(layer)
    if table is None:
        return None
    definition = table.GetLayerDefn()
    table.SetIgnoredFields([definition.GetFieldDefn(number).GetName() for number in range(definition.GetFieldCount())])
    id_name, shape_name = table.GetFIDColumn() or "OGC_FID", table.GetGeometryColumn() or "wkb_geometry"
    ids: list[int] = []
    shapes: list[bytes | None] = []
    for batch in table.GetArrowStreamAsNumPy(["INCLUDE_FID=YES"]):
        progress.step(0)
        ids += batch[id_name].tolist()
        shapes += batch[shape_name].tolist()
    return ids, objects(shapes)


def batch_source(layer: QgsVectorLayer | None, crs: str | None) -> BatchSource | None:
    """The file behind `layer` for the toolkit to read in batches; None where the layer is more, less or other than its file."""
    from ..toolkit.read import batches

    parts = None if layer is None else _file_parts(layer)
    if layer is None or parts is None or QgsWkbTypes.flatType(layer.wkbType()) != QgsWkbTypes.Type.Point:
        return None
    fields = layer.fields()
    if any(fields.fieldOrigin(place) != Qgis.FieldOrigin.Provider for place in range(fields.count())):  # joins, virtual fields
        return None
    name = parts.get("layerName")
    source = batches.batch_source(parts["path"], crs, name if isinstance(name, str) else None)
    if source is None or not source.points_only or source.with_z != QgsWkbTypes.hasZ(layer.wkbType()):
        return None
    own = [name for name in source.schema.names if name not in {source.geometry, source.key}]
    if [name for name in fields.names() if name != source.key] != own:
        return None
    declared = QgsCoordinateReferenceSystem() if source.crs is None else QgsCoordinateReferenceSystem.fromWkt(source.crs.to_wkt())
    if layer.crs().isValid() and (not declared.isValid() or layer.crs().authid() != declared.authid()):  # chosen by the user
        return None
    return source


def _file_parts(layer: QgsVectorLayer) -> dict[str, Any] | None:
    """Path and table of the file behind `layer` if that is all that `layer` is; None where QGIS filters, edits or adds something."""
    if layer.providerType() != "ogr" or layer.storageType() not in _COLUMN_FORMATS:
        return None
    parts: dict[str, Any] = QgsProviderRegistry.instance().decodeUri("ogr", layer.source())
    special = {key for key, value in parts.items() if value not in (None, NULL, "")} - {"path", "layerName"}
    return None if special or layer.subsetString() or layer.isEditable() else parts


def _file_table(layer: QgsVectorLayer) -> Any:
    """OGR's layer behind `layer` if that is all that `layer` is (see `_file_parts`)."""
    parts = _file_parts(layer)
    if parts is None or not hasattr(ogr.Layer, "GetArrowStreamAsNumPy"):
        return None
    dataset = gdal.OpenEx(parts["path"], gdal.OF_VECTOR | gdal.OF_READONLY)
    if dataset is None:
        return None
    name = parts.get("layerName")
    table = dataset.GetLayerByName(name) if isinstance(name, str) else dataset.GetLayer(0)
    if table is not None:
        table.dataset = dataset  # OGR's layer does not keep its file open
    return table


def all_features(source: QgsProcessingFeatureSource, request: QgsFeatureRequest | None = None) -> Iterator[QgsFeature]:
    """Features of `source`, invalid geometries too: QGIS's own check would stop at the first, we repair or reject each and say so."""
    whole = QgsProcessingFeatureSource.Flag.FlagSkipGeometryValidityChecks
    return source.getFeatures(request or QgsFeatureRequest(), whole)


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


def objects(values: list[Any]) -> np.ndarray:
    """`values` as an array of objects, whatever they are (numpy would cut bytes that end in zeros)."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def series_of(shapes: np.ndarray, crs: QgsCoordinateReferenceSystem) -> gpd.GeoSeries:
    """WKB geometries as a GeoSeries; one that cannot be decoded is missing."""
    import geopandas as gpd

    values = shapely.from_wkb(shapes, on_invalid="ignore")
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

    def __init__(
        self, source: QgsProcessingFeatureSource, layer: QgsVectorLayer | None, crs: str | None, progress: Progress
    ) -> None:
        self.source = source
        ids, shapes = file_columns(layer, progress) or feature_columns(source, progress)
        self.positions = dict(zip(ids, range(len(ids))))
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
        for feature in all_features(self.source):
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


@dataclass(frozen=True)
class ZoneLayer:
    """The zones as QGIS has them, their attributes kept to be written again, and as a table for the toolkit."""

    fields: QgsFields
    crs: QgsCoordinateReferenceSystem
    attributes: list[list[Any]]
    frame: gpd.GeoDataFrame

    @classmethod
    def read(cls, source: QgsProcessingFeatureSource, progress: Progress) -> ZoneLayer:
        """All features of `source`."""
        import geopandas as gpd
        import pandas as pd

        attributes: list[list[Any]] = []
        shapes: list[bytes | None] = []
        for feature in checked(all_features(source), source.featureCount(), progress):
            attributes.append(feature.attributes())
            shapes.append(well_known_binary(_straight(feature)))
        names = source.fields().names()
        columns = {name: [plain(row[place]) for row in attributes] for place, name in enumerate(names)}
        rows = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()}, index=range(len(shapes)))
        rows = rows.drop(columns="geometry", errors="ignore")  # the name is the polygon's
        geometry = series_of(objects(shapes), source.sourceCrs())
        return cls(source.fields(), source.sourceCrs(), attributes, gpd.GeoDataFrame(rows, geometry=geometry))

    def features(self, rows: gpd.GeoDataFrame, names: list[str]) -> Iterator[QgsFeature]:
        """The zones of `rows` with their own attributes, then the columns `names`; repaired where they were invalid."""
        values = python_rows(rows[names])
        for label, figures, shape in zip(rows.index, values, shapely.to_wkb(rows.geometry.to_numpy())):
            feature = QgsFeature()
            if shape is None:  # the points outside every zone
                feature.setAttributes([None] * len(self.fields) + list(figures))
            else:
                feature.setAttributes([*self.attributes[label], *figures])
                geometry = geometry_of(shape)
                geometry.convertToMultiType()
                feature.setGeometry(geometry)
            yield feature


def _straight(feature: QgsFeature) -> QgsFeature:
    """`feature` with its arcs as lines of short segments: the toolkit knows no arcs."""
    geometry = feature.geometry()
    if not geometry.isNull() and geometry.constGet().hasCurvedSegments():
        feature.setGeometry(QgsGeometry(geometry.constGet().segmentize()))
    return feature


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


def refuse_mixed(geometry: gpd.GeoSeries, name: str) -> None:
    """Raise `DataError` where there are areas and lines: a layer of QGIS holds one of them."""
    if len(set(shapely.get_dimensions(geometry.dropna().to_numpy()))) > 1:
        raise DataError(
            "“{name}” holds areas and lines, which do not fit into one layer. Filter the layer by geometry and run it for each.", name=name
        )


def wkb_type(geometry: gpd.GeoSeries) -> QgsWkbTypes.Type:
    """QGIS's type for `geometry`: single where all are, multi where one is, of the commonest kind (see `one_geometry_type`)."""
    kinds = geometry.geom_type.dropna().unique()
    found = {QgsWkbTypes.parseType(kind) for kind in kinds}
    if not found:
        return QgsWkbTypes.Type.Point
    return next(iter(found)) if len(found) == 1 else QgsWkbTypes.multiType(QgsWkbTypes.singleType(max(found)))
