"""The rows of a layer as columns, read in small steps, and how its data source wants to be filtered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qgis.core import NULL, QgsFeatureRequest, QgsVectorLayer
from qgis.PyQt.QtCore import QDate, QDateTime, QMetaType, Qt, QTime

if TYPE_CHECKING:
    import pandas as pd

    from ..toolkit.subset_strings import Dialect, RowNumbers

ROWS_IN_A_STEP = 2_000

_SQLITE_FILES = ("GPKG", "SQLite")
_TEXTS = (QMetaType.Type.QString,)
_NUMBERS = (QMetaType.Type.Int, QMetaType.Type.LongLong, QMetaType.Type.UInt, QMetaType.Type.ULongLong, QMetaType.Type.Double)
_PROVIDERS = {"memory": "expression", "delimitedtext": "expression", "spatialite": "sqlite", "postgres": "postgres"}


@dataclass
class LayerRows:
    """Rows of a layer.

    Attributes
    ----------
    columns : dict of Series
        Values by the layer's own names of fields; None where null, dates as ISO text.
    kinds : dict
        ``text``, ``number`` or ``boolean`` of the columns that a subset string can compare.
    features : list of int
        QGIS's numbers of the features.
    keys : list
        Values of the key column; empty where there is none.
    shapes : list of bytes or None
        WKB; empty unless asked for.
    name, crs : str
        The layer's name, and its CRS as text (empty without one): all that one needs to know of it elsewhere than in the main thread.
    """

    columns: dict[str, pd.Series]
    kinds: dict[str, str]
    features: list[int]
    key: str = ""
    keys: list[Any] = field(default_factory=list)
    shapes: list[bytes | None] = field(default_factory=list)
    name: str = ""
    crs: str = ""

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.features)

    def numbers(self, dialect: Dialect) -> RowNumbers | None:
        """What tells the rows apart in the layer's source."""
        import numpy as np

        from ..toolkit.subset_strings import RowNumbers

        if self.key and dialect.name != "expression":
            return RowNumbers(self.key, np.array(self.keys)) if None not in self.keys else None
        return RowNumbers("", np.array(self.features, dtype=np.int64)) if dialect.row else None

    def feature_numbers(self) -> RowNumbers:
        """QGIS's own numbers, for its expressions."""
        import numpy as np

        from ..toolkit.subset_strings import RowNumbers

        return RowNumbers("", np.array(self.features, dtype=np.int64))


def dialect_of(layer: QgsVectorLayer) -> Dialect:
    """The language of the layer's subset strings."""
    from ..toolkit.subset_strings import DIALECTS

    if layer.providerType() == "ogr":
        return DIALECTS["sqlite" if layer.storageType() in _SQLITE_FILES else "ogr"]
    return DIALECTS[_PROVIDERS.get(layer.providerType(), "sql")]


def read_rows(layer: QgsVectorLayer, names: Sequence[str] | None, shapes: bool = False) -> Iterator[LayerRows | None]:
    """Read a layer step by step: None after each few thousand rows, the rows at the end.

    Parameters
    ----------
    layer : QgsVectorLayer
    names : sequence of str or None
        Fields wanted, lower case; None for all.
    shapes : bool
        Whether geometries are wanted.
    """
    fields = layer.fields()
    wanted = [place for place, name in enumerate(fields.names()) if names is None or name.lower() in names]
    key = _key_of(layer)
    attributes = wanted if key is None else sorted({*wanted, key})
    request = QgsFeatureRequest().setSubsetOfAttributes(attributes)
    if not shapes:
        request.setFlags(QgsFeatureRequest.Flag.NoGeometry)
    columns: list[list[Any]] = [[] for _ in wanted]
    rows = LayerRows({}, _kinds(layer, wanted), [], "" if key is None else fields.at(key).name())
    rows.name = layer.name()
    rows.crs = (layer.crs().authid() or layer.crs().toWkt()) if layer.crs().isValid() else ""
    for number, feature in enumerate(layer.getFeatures(request), 1):
        values = feature.attributes()
        for column, place in zip(columns, wanted):
            column.append(_plain(values[place]))
        rows.features.append(feature.id())
        if key is not None:
            rows.keys.append(_plain(values[key]))
        if shapes:
            geometry = feature.geometry()
            rows.shapes.append(None if geometry.isNull() else geometry.asWkb().data())
        if number % ROWS_IN_A_STEP == 0:
            yield None
    rows.columns = _series(fields.names(), wanted, columns)
    yield rows


def _series(names: list[str], wanted: list[int], columns: list[list[Any]]) -> dict[str, pd.Series]:
    import pandas as pd

    return {names[place]: pd.Series(column, dtype=object) for place, column in zip(wanted, columns)}


def _key_of(layer: QgsVectorLayer) -> int | None:
    """The place of the only key field, if the source says that there is one."""
    keys = layer.primaryKeyAttributes()
    return keys[0] if len(keys) == 1 else None


def _kinds(layer: QgsVectorLayer, wanted: list[int]) -> dict[str, str]:
    provider = layer.dataProvider().fields()
    found = {}
    for place in wanted:
        if place >= provider.count():
            continue  # a virtual or joined field, of which the source knows nothing
        kind = provider.at(place).type()
        name = "text" if kind in _TEXTS else "number" if kind in _NUMBERS else "boolean" if kind == QMetaType.Type.Bool else ""
        if name:
            found[provider.at(place).name()] = name
    return found


def _plain(value: Any) -> Any:
    if value is None or value == NULL:
        return None
    if isinstance(value, (QDateTime, QDate, QTime)):
        return value.toString(Qt.DateFormat.ISODate) or None
    return value
