"""Which area: what the map shows, a polygon of a layer (a commune), a rectangle drawn on the map, or everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsGeometry,
    QgsMapLayerProxyModel,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.gui import QgsFeaturePickerWidget, QgsMapLayerComboBox, QgsMapToolExtent
from qgis.PyQt.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from ..processing.source_settings import AREAS
from ..toolkit.errors import ParameterError
from ..toolkit.sources import Area

if TYPE_CHECKING:
    from qgis.gui import QgisInterface, QgsMapTool

_DEGREES = "EPSG:4326"


class AreaChoice(QWidget):
    """Where an area comes from, and the area itself in degrees.

    Parameters
    ----------
    iface : QgisInterface
    window : QWidget
        Steps aside while the user draws on the map.
    """

    def __init__(self, iface: QgisInterface, window: QWidget) -> None:
        super().__init__(window)
        self.iface, self.stepping_aside = iface, window
        self.drawn: QgsGeometry | None = None
        self.tool: QgsMapToolExtent | None = None
        self.tool_before: QgsMapTool | None = None
        self.choice = QComboBox()
        self.choice.setObjectName("areaChoice")
        titles = {
            "canvas": self.tr("What the map shows"),
            "layer": self.tr("A polygon of a layer (a commune…)"),
            "rectangle": self.tr("A rectangle drawn on the map"),
            "everything": self.tr("Everything"),
        }
        for name in AREAS:
            self.choice.addItem(titles[name], name)
        self.pages = QStackedWidget()
        self.pages.addWidget(QWidget())
        self.pages.addWidget(self._layer_page())
        self.pages.addWidget(self._rectangle_page())
        self.pages.addWidget(QWidget())
        self.choice.currentIndexChanged.connect(self.pages.setCurrentIndex)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.choice)
        rows.addWidget(self.pages)
        self.choice.currentIndexChanged.connect(self._fold)
        self._fold()

    def choose(self, name: str) -> None:
        """Choose one of `AREAS`."""
        self.choice.setCurrentIndex(max(0, self.choice.findData(name)))

    def chosen(self) -> str:
        """Which of `AREAS` is chosen."""
        return str(self.choice.currentData())

    def area(self) -> Area | None:
        """The area in degrees; None for everything. Raises `ParameterError` where nothing was drawn or chosen yet."""
        name = self.chosen()
        if name == "everything":
            return None
        if name == "canvas":
            canvas = self.iface.mapCanvas()
            return _in_degrees(QgsGeometry.fromRect(canvas.extent()), canvas.mapSettings().destinationCrs(), outline=False)
        if name == "rectangle":
            if self.drawn is None:
                raise ParameterError("No rectangle was drawn yet. Press “Draw…”, then drag over the map.")
            return _in_degrees(self.drawn, QgsCoordinateReferenceSystem(_DEGREES), outline=False)
        return self._of_layer()

    def _of_layer(self) -> Area:
        layer = self.layers.currentLayer()
        if not isinstance(layer, QgsVectorLayer):
            raise ParameterError("There is no layer of polygons in the project. Add one with the commune, or choose another area.")
        if not self.whole_layer():
            return _in_degrees(self.feature.feature().geometry(), layer.crs(), outline=True)
        shapes = [feature.geometry() for feature in (layer.getSelectedFeatures() if layer.selectedFeatureCount() else layer.getFeatures())]
        return _in_degrees(QgsGeometry.unaryUnion(shapes), layer.crs(), outline=True)

    def whole_layer(self) -> bool:
        """Whether no single polygon is chosen: then all that are selected count, or all there are."""
        return not self.feature.feature().isValid()

    def _layer_page(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        self.layers = QgsMapLayerComboBox()
        self.layers.setObjectName("areaLayer")
        filters = getattr(QgsMapLayerProxyModel.Filter, "PolygonLayer", None)
        self.layers.setFilters(filters)
        self.feature = QgsFeaturePickerWidget()
        self.feature.setObjectName("areaFeature")
        self.feature.setAllowNull(True)
        self.feature.setToolTip(self.tr("Left empty: the selected polygons, or all of them"))
        self.layers.layerChanged.connect(self.feature.setLayer)
        self.feature.setLayer(self.layers.currentLayer())
        row.addWidget(self.layers, 1)
        row.addWidget(self.feature, 1)
        return page

    def _rectangle_page(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        self.rectangle = QLabel(self.tr("Not drawn yet"))
        self.rectangle.setObjectName("rectangle")
        draw = QPushButton(self.tr("Draw…"))
        draw.setObjectName("drawButton")
        draw.setAutoDefault(False)
        draw.clicked.connect(self.draw)
        row.addWidget(self.rectangle, 1)
        row.addWidget(draw)
        return page

    def _fold(self) -> None:
        self.pages.setVisible(self.chosen() in {"layer", "rectangle"})

    # -- drawing -------------------------------------------------------------------------------------------------------

    def draw(self) -> None:
        """Let the user drag a rectangle over the map; the dialog steps aside meanwhile."""
        canvas = self.iface.mapCanvas()
        self.tool_before = canvas.mapTool()
        self.tool = QgsMapToolExtent(canvas)
        self.tool.extentChanged.connect(self._drawn)
        self.tool.deactivated.connect(self._back)
        self.stepping_aside.hide()
        canvas.setMapTool(self.tool)

    def _drawn(self, extent: QgsRectangle) -> None:
        crs = self.iface.mapCanvas().mapSettings().destinationCrs()
        geometry = QgsGeometry.fromRect(extent)
        geometry.transform(QgsCoordinateTransform(crs, QgsCoordinateReferenceSystem(_DEGREES), QgsProject.instance()))
        self.drawn = geometry
        box = geometry.boundingBox()
        self.rectangle.setText(f"{box.xMinimum():.4f}, {box.yMinimum():.4f} – {box.xMaximum():.4f}, {box.yMaximum():.4f}")
        self.leave_map()

    def leave_map(self) -> None:
        """Give the map its own tool back; the dialog comes back with it."""
        canvas = self.iface.mapCanvas()
        if self.tool is not None and canvas.mapTool() is self.tool:
            canvas.unsetMapTool(self.tool)
            if self.tool_before is not None:
                canvas.setMapTool(self.tool_before)

    def _back(self) -> None:
        """The tool was put away, by a rectangle or by another tool."""
        self.stepping_aside.show()
        self.stepping_aside.raise_()


def _in_degrees(geometry: QgsGeometry, crs: QgsCoordinateReferenceSystem, outline: bool) -> Area:
    """`geometry` as an area; its rectangle only where `outline` is not wanted."""
    copy = QgsGeometry(geometry)
    if crs.isValid():
        copy.transform(QgsCoordinateTransform(crs, QgsCoordinateReferenceSystem(_DEGREES), QgsProject.instance()))
    box = copy.boundingBox()
    if copy.isEmpty() or not box.width() or not box.height():
        raise ParameterError("The area has no surface. Give polygons: the outline of a commune, for example.")
    shape = None
    if outline:
        import shapely

        shape = shapely.make_valid(shapely.from_wkb(copy.asWkb().data()))
    edges = (max(box.xMinimum(), -180), max(box.yMinimum(), -90), min(box.xMaximum(), 180), min(box.yMaximum(), 90))
    return Area(*edges, shape)
