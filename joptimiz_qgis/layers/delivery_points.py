"""Delivery points as a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    QgsMarkerSymbol,
    QgsProcessingLayerPostProcessorInterface,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication

if TYPE_CHECKING:
    from qgis.core import QgsMapLayer, QgsProcessingContext, QgsProcessingFeedback

COLOUR = "#0f8a7e"


class DeliveryPointsStyler(QgsProcessingLayerPostProcessorInterface):
    """Styles the layer when QGIS loads it."""

    def postProcessLayer(  # noqa: N802 - QGIS's name
        self,
        layer: QgsMapLayer,
        context: QgsProcessingContext,  # noqa: ARG002
        feedback: QgsProcessingFeedback,  # noqa: ARG002
    ) -> None:
        """Style `layer` (QGIS calls this in the main thread)."""
        if isinstance(layer, QgsVectorLayer):
            style_delivery_points(layer)


def style_delivery_points(layer: QgsVectorLayer) -> None:
    """One plain symbol: thousands of points are to be seen, not each of them."""
    symbol = QgsMarkerSymbol.createSimple(
        {"name": "circle", "color": COLOUR, "size": "1.8", "outline_color": "#ffffff", "outline_width": "0.15"}
    )
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))
    layer.setName(QCoreApplication.translate("DeliveryPointsLayer", "Delivery points"))
    layer.triggerRepaint()
