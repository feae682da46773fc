"""Delivery points as a layer."""

from __future__ import annotations

from qgis.core import (
    QgsMarkerSymbol,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication

COLOUR = "#0f8a7e"


def style_delivery_points(layer: QgsVectorLayer) -> None:
    """One plain symbol: thousands of points are to be seen, not each of them."""
    symbol = QgsMarkerSymbol.createSimple(
        {"name": "circle", "color": COLOUR, "size": "1.8", "outline_color": "#ffffff", "outline_width": "0.15"}
    )
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))
    layer.setName(QCoreApplication.translate("DeliveryPointsLayer", "Delivery points"))
    layer.triggerRepaint()
