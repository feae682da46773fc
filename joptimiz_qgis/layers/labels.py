"""Names on the map, near by only: hundreds of perimeters and orders lie upon each other in some places."""

from __future__ import annotations

from qgis.core import (
    Qgis,
    QgsPalLayerSettings,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsUnitTypes,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtGui import QColor

from .symbols import WHITE, is_line

LABELS_FROM = 12_500


def label_near(layer: QgsVectorLayer, field: str, expression: str = "", wrap: int = 0) -> None:
    """Write a field, or an expression, beside each shape; along it where it is a line. Nothing where the layer has no such field.

    Parameters
    ----------
    field : str
        What has to be there.
    expression : str
        A plain expression instead of the field itself.
    wrap : int
        Letters a line; 0 for as many as there are.
    """
    if layer.fields().indexOf(field) < 0:
        return
    buffer = QgsTextBufferSettings()
    buffer.setEnabled(True)
    buffer.setSize(0.9)
    buffer.setColor(QColor(WHITE))
    text = QgsTextFormat()
    text.setSize(8)
    text.setSizeUnit(QgsUnitTypes.RenderUnit.RenderPoints)
    text.setColor(QColor("#22262c"))
    text.setBuffer(buffer)
    settings = QgsPalLayerSettings()
    settings.isExpression = bool(expression)
    settings.fieldName = expression or field
    if expression and is_line(layer):
        settings.placement = Qgis.LabelPlacement.Curved
    settings.setFormat(text)
    settings.autoWrapLength = wrap
    settings.scaleVisibility = True
    settings.minimumScale = LABELS_FROM
    settings.maximumScale = 0
    layer.setLabeling(QgsVectorLayerSimpleLabeling(settings))
    layer.setLabelsEnabled(True)
