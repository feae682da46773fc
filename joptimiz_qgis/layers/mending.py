"""Corrections of findings made in a layer's edit buffer: one step of its undo each, nothing saved before the user saves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely
from qgis.core import NULL, QgsGeometry, QgsVectorLayer
from qgis.PyQt.QtCore import QDate, QDateTime, Qt, QTime

from ..toolkit.findings import same_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..toolkit.survey.findings import Finding


def mend(layer: QgsVectorLayer, findings: Sequence[Finding], features: Sequence[int], title: str) -> list[Finding]:
    """Make the corrections of `findings`; those whose cells hold something else by now are left alone.

    Parameters
    ----------
    layer : QgsVectorLayer
        In edit mode.
    features : sequence of int
        Number of the feature of each row that the findings name.
    title : str
        Of the step in the layer's undo.

    Returns
    -------
    list of Finding
        Those that were made.
    """
    layer.beginEditCommand(title)
    done = [finding for finding in findings if finding.corrections and _mend_one(layer, finding, features[finding.row])]
    if done:
        layer.endEditCommand()
    else:
        layer.destroyEditCommand()
    return done


def _mend_one(layer: QgsVectorLayer, finding: Finding, number: int) -> bool:
    """Whole or not at all."""
    feature = layer.getFeature(number)
    if not feature.isValid():
        return False
    for part in finding.corrections:
        now = _shape(feature.geometry()) if part.column == "geometry" else _cell(layer, feature, part.column)
        if not same_value(now, part.before):
            return False
    return all(_change(layer, feature, part.column, part.after) for part in finding.corrections)


def _cell(layer: QgsVectorLayer, feature: Any, column: str) -> Any:
    place = layer.fields().lookupField(column)
    value = feature.attributes()[place] if place >= 0 else None
    if value is None or value == NULL:
        return None
    return value.toString(Qt.DateFormat.ISODate) if isinstance(value, (QDateTime, QDate, QTime)) else value


def _shape(geometry: QgsGeometry) -> Any:
    return None if geometry.isNull() else shapely.from_wkb(geometry.asWkb().data())


def _change(layer: QgsVectorLayer, feature: Any, column: str, after: Any) -> bool:
    if column == "geometry":
        geometry = QgsGeometry()
        geometry.fromWkb(shapely.to_wkb(after))
        return bool(layer.changeGeometry(feature.id(), geometry))
    place = layer.fields().lookupField(column)
    return place >= 0 and bool(layer.changeAttributeValue(feature.id(), place, NULL if after is None else after, feature.attributes()[place]))
