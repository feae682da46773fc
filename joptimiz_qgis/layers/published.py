"""Any of the tables as a layer: its style by its kind, and where it came from in the layer's own metadata."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Callable

from qgis.core import QgsAbstractMetadataBase, QgsDateTimeRange, QgsLayerMetadata, QgsVectorLayer
from qgis.PyQt.QtCore import QDateTime, Qt

from ..toolkit.messages import tr
from .access_points import style_access_points
from .bays import style_bays
from .delivery_points import style_delivery_points
from .perimeters import style_perimeters
from .points_of_interest import style_points_of_interest

if TYPE_CHECKING:
    from ..toolkit.sources import Origin

SOURCE_PROPERTY = "joptimiz/source"
"""Custom property of a layer: the identifier of the source that it was fetched from."""

STYLES: dict[str, Callable[[QgsVectorLayer], None]] = {
    "access_points": style_access_points,
    "bays": style_bays,
    "delivery_points": style_delivery_points,
    "perimeters": style_perimeters,
    "points_of_interest": style_points_of_interest,
}


def style_table(layer: QgsVectorLayer, table: str, origins: Iterable[Origin] = ()) -> None:
    """Style `layer` as what it is, one of `STYLES`, and note where it came from."""
    STYLES[table](layer)
    origins = list(origins)
    if origins:
        note_origins(layer, origins)


def note_origins(layer: QgsVectorLayer, origins: list[Origin]) -> None:
    """Publisher, licence, address and day of the fetch, as QGIS's metadata of the layer: shown in its properties, kept with the project."""
    metadata = QgsLayerMetadata()
    metadata.setTitle(_listed(origin.title for origin in origins))
    metadata.setLicenses(list(_different(origin.licence for origin in origins)))
    metadata.setRights(list(_different(origin.attribution for origin in origins)))
    urls = _different(origin.url for origin in origins)
    metadata.setLinks([QgsAbstractMetadataBase.Link(origins[0].source, "WWW:LINK", url) for url in urls])
    days = sorted(origin.fetched for origin in origins if origin.fetched)
    metadata.setHistory([tr("Fetched from {url} on {day}", url=origin.url, day=_day(origin.fetched)) for origin in origins])
    if days:
        extent = metadata.extent()
        extent.setTemporalExtents([QgsDateTimeRange(*(QDateTime.fromString(day, Qt.DateFormat.ISODate) for day in (days[0], days[-1])))])
        metadata.setExtent(extent)
    layer.setMetadata(metadata)
    layer.setCustomProperty(SOURCE_PROPERTY, origins[0].source)


def _day(fetched: str) -> str:
    try:
        return datetime.fromisoformat(fetched).strftime("%Y-%m-%d")
    except ValueError:
        return fetched


def _different(values: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(value for value in values if value)


def _listed(values: Iterable[str]) -> str:
    return ", ".join(_different(values))
