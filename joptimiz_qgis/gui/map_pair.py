"""Both positions of a pair on the map, with a line between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsWkbTypes,
)
from qgis.gui import QgsRubberBand, QgsVertexMarker
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor

if TYPE_CHECKING:
    import geopandas as gpd
    from qgis.gui import QgsMapCanvas

INVENTORY_COLOUR, SURVEY_COLOUR = "#17375e", "#d9480f"
_AROUND_M = 45.0


class PairOnMap:
    """Marks of one pair; the next takes their place."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        self.canvas = canvas
        self.marks: list[Any] = []

    def show(self, inventory: gpd.GeoSeries, survey: gpd.GeoSeries, look: bool = True) -> None:
        """Mark what there is of both; each of one row or none, in its CRS."""
        self.forget()
        first, second = self._points(inventory), self._points(survey)
        if first and second:
            line = QgsRubberBand(self.canvas, QgsWkbTypes.GeometryType.LineGeometry)
            line.setColor(QColor(SURVEY_COLOUR))
            line.setWidth(2)
            line.setLineStyle(Qt.PenStyle.DashLine)
            for point in (first[0], second[0]):
                line.addPoint(point)
            self.marks.append(line)
        for points, colour, icon in ((first, INVENTORY_COLOUR, "ICON_BOX"), (second, SURVEY_COLOUR, "ICON_CIRCLE")):
            for place, point in enumerate(points):
                mark = QgsVertexMarker(self.canvas)
                mark.setCenter(point)
                mark.setColor(QColor(colour))
                mark.setIconType(getattr(QgsVertexMarker.IconType, icon))
                mark.setIconSize(18 if not place else 12)
                mark.setPenWidth(4 if not place else 2)
                self.marks.append(mark)
        if look and (first or second):
            self._look([*first, *second])

    def _points(self, shapes: gpd.GeoSeries) -> list[QgsPointXY]:
        if not len(shapes):
            return []
        source = QgsCoordinateReferenceSystem.fromWkt(shapes.crs.to_wkt())
        transform = QgsCoordinateTransform(source, self.canvas.mapSettings().destinationCrs(), QgsProject.instance())
        found = []
        for shape in shapes.representative_point():
            try:
                found.append(transform.transform(QgsPointXY(shape.x, shape.y)))
            except QgsCsException:
                continue
        return found

    def _look(self, points: list[QgsPointXY]) -> None:
        """All points in sight, with what lies around: metres where the map is in metres, else degrees."""
        units = self.canvas.mapSettings().destinationCrs().isGeographic()
        margin = _AROUND_M / (111_000 if units else 1)
        x, y = [point.x() for point in points], [point.y() for point in points]
        self.canvas.setExtent(QgsRectangle(min(x) - margin, min(y) - margin, max(x) + margin, max(y) + margin))
        self.canvas.refresh()

    def forget(self) -> None:
        """Take the marks off the map."""
        for mark in self.marks:
            self.canvas.scene().removeItem(mark)
        self.marks = []
