"""Customers of a parameter: a layer with its fields as they are, a delimited text file, or both layers of an import's result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely
from qgis.core import QgsFeature, QgsFieldConstraints, QgsFields, QgsProcessingFeatureSource, QgsProviderRegistry, QgsVectorLayer

from ..toolkit.company.enrich import Customers, customers_of, is_import
from ..toolkit.company.pipeline import CUSTOMERS, TO_REVIEW
from ..toolkit.company.titles import ENRICHMENT_COLUMNS
from ..toolkit.read.raw import RawTable
from ..toolkit.read.text_table import read_text_table
from . import adapters

if TYPE_CHECKING:
    from qgis.core import QgsProcessingAlgorithm, QgsProcessingContext

    from ..toolkit.progress import Progress


@dataclass(frozen=True)
class CustomerRows:
    """Customers for the toolkit, and their attributes as QGIS has them, to be written again."""

    customers: Customers
    fields: QgsFields
    attributes: list[list[Any]]

    def features(self, more: pd.DataFrame) -> Iterator[QgsFeature]:
        """The customers with the columns of `more` (same order) behind their own."""
        rows = (([*own, *added]) for own, added in zip(self.attributes, adapters.python_rows(more)))
        return adapters.features_of((tuple(row) for row in rows), shapely.to_wkb(self.customers.geometry.to_numpy()))


def customer_rows(
    algorithm: QgsProcessingAlgorithm,
    parameters: dict[str, Any],
    name: str,
    context: QgsProcessingContext,
    crs: str | None,
    progress: Progress,
) -> CustomerRows:
    """Customers of parameter `name`; of a file that an import wrote, those on the map and those that wait for a review."""
    path = adapters.text_file(algorithm, parameters, name, context)
    if path:
        raw = read_text_table(path)
        customers = customers_of([raw], crs)
        fields = adapters.fields_of_frame(customers.rows)
        return CustomerRows(customers, fields, [list(row) for row in adapters.python_rows(customers.rows)])
    whole = _whole_file(parameters.get(name))
    values = [f"{whole}|layername={layer}" for layer in (CUSTOMERS, TO_REVIEW)] if is_import(whole) else [parameters.get(name)]
    sources = [adapters.required_source(algorithm, {**parameters, name: each}, name, context) for each in values]
    fields = _fields(sources)
    attributes: list[list[Any]] = []
    tables = []
    for number, source in enumerate(sources):
        part = progress.part(number / len(sources), (number + 1) / len(sources))
        rows, shapes = _read(source, fields, part)
        attributes += rows
        tables.append(_raw(source, fields, rows, shapes))
    filled = [table for table in tables if len(table.rows)] or tables[:1]
    return CustomerRows(customers_of(filled, crs), fields, attributes)


def _whole_file(value: Any) -> str:
    """The file behind a parameter that names no layer of it; QGIS may have opened its first layer meanwhile. Else empty."""
    if isinstance(value, QgsVectorLayer):
        parts = QgsProviderRegistry.instance().decodeUri(value.providerType(), value.source())
        return "" if parts.get("layerName") or parts.get("layerId") or parts.get("subset") else str(parts.get("path") or "")
    return value if isinstance(value, str) and "|" not in value else ""


def _fields(sources: list[QgsProcessingFeatureSource]) -> QgsFields:
    """Fields of all sources, without those of an earlier enrichment, which is made again, and the numbers of a GeoPackage's rows."""
    fields = QgsFields()
    unique = QgsFieldConstraints.Constraint.ConstraintUnique
    for source in sources:
        for field in source.fields():
            is_number = field.name().lower() == "fid" and bool(field.constraints().constraints() & unique)
            if not is_number and field.name() not in ENRICHMENT_COLUMNS and fields.lookupField(field.name()) < 0:
                fields.append(field)
    return fields


def _read(source: QgsProcessingFeatureSource, fields: QgsFields, progress: Progress) -> tuple[list[list[Any]], list[bytes | None]]:
    places = [source.fields().lookupField(field.name()) for field in fields]
    rows: list[list[Any]] = []
    shapes: list[bytes | None] = []
    for feature in adapters.checked(adapters.all_features(source), source.featureCount(), progress):
        values = feature.attributes()
        rows.append([values[place] if place >= 0 else None for place in places])
        shapes.append(adapters.well_known_binary(feature))
    return rows, shapes


def _raw(source: QgsProcessingFeatureSource, fields: QgsFields, rows: list[list[Any]], shapes: list[bytes | None]) -> RawTable:
    columns = {
        name: pd.Series([adapters.plain(row[place]) for row in rows], dtype=object, index=range(len(rows)))
        for place, name in enumerate(fields.names())
    }
    frame = pd.DataFrame(columns, index=range(len(rows)))
    spatial = any(shape is not None for shape in shapes) or source.sourceCrs().isValid()
    geometry = adapters.series_of(adapters.objects(shapes), source.sourceCrs()) if spatial else None
    return RawTable(source.sourceName(), frame, adapters.np.arange(1, len(rows) + 1), geometry)
