"""Map tool “What applies here?”: tells where the map was clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from qgis.gui import QgsMapToolEmitPoint, QgsVertexMarker
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor

if TYPE_CHECKING:
    from qgis.core import QgsPointXY
    from qgis.gui import QgsMapCanvas, QgsMapMouseEvent


class HereTool(QgsMapToolEmitPoint):
    """Calls `clicked` with the point in the map's CRS, and marks it.

    Parameters
    ----------
    canvas : QgsMapCanvas
    clicked : callable
    """

    def __init__(self, canvas: QgsMapCanvas, clicked: Callable[[QgsPointXY], None]) -> None:
        super().__init__(canvas)
        self.clicked = clicked
        self.mark: QgsVertexMarker | None = None
        self.setCursor(Qt.CursorShape.WhatsThisCursor)

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802 - QGIS's
        """Mark the point and tell it."""
        self.show_at(event.mapPoint())

    def show_at(self, point: QgsPointXY) -> None:
        """Mark a point and tell it."""
        if self.mark is None:
            self.mark = QgsVertexMarker(self.canvas())
            self.mark.setIconType(QgsVertexMarker.IconType.ICON_CROSS)
            self.mark.setColor(QColor("#17375e"))
            self.mark.setIconSize(16)
            self.mark.setPenWidth(3)
        self.mark.setCenter(point)
        self.clicked(point)

    def forget(self) -> None:
        """Take the mark off the map."""
        if self.mark is not None:
            self.canvas().scene().removeItem(self.mark)
            self.mark = None
