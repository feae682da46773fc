"""A style that waits for its layer: algorithms run in the background, layers are styled when QGIS has loaded them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from qgis.core import QgsProcessingLayerPostProcessorInterface, QgsVectorLayer

if TYPE_CHECKING:
    from qgis.core import QgsMapLayer, QgsProcessingContext, QgsProcessingFeedback

# QGIS keeps a bare pointer, and drops the algorithm and its context before it loads the layer: someone must hold these.
_waiting: set[LayerStyler] = set()


class LayerStyler(QgsProcessingLayerPostProcessorInterface):
    """Styles one result when QGIS loads it.

    Parameters
    ----------
    style : callable
        Takes the layer; called in the main thread.
    """

    def __init__(self, style: Callable[[QgsVectorLayer], None]) -> None:
        super().__init__()
        self.style = style
        _waiting.add(self)

    def postProcessLayer(  # noqa: N802 - QGIS's name
        self,
        layer: QgsMapLayer,
        context: QgsProcessingContext,  # noqa: ARG002
        feedback: QgsProcessingFeedback,  # noqa: ARG002
    ) -> None:
        """Style `layer`."""
        _waiting.discard(self)
        if isinstance(layer, QgsVectorLayer):
            self.style(layer)
