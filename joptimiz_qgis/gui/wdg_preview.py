"""What will be imported, before it is: counts, first rows, positions on a map, what changes, what was rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import Qgis, QgsCoordinateReferenceSystem, QgsFeature, QgsGeometry, QgsRectangle, QgsVectorLayer, QgsWkbTypes
from qgis.gui import QgsMapCanvas, QgsMapToolPan
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QLabel,
    QListWidget,
    QPushButton,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ..layers.published import STYLES
from ..toolkit.errors import JoptimizError

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from .data_request import Preview

_LOCAL = {"ogr", "memory", "spatialite", "delimitedtext"}
"""Layers that may lie under the positions: drawing them sends nothing to anybody."""


class PreviewPanel(QWidget):
    """Shows a `Preview`; empty until there is one."""

    def __init__(self, iface: QgisInterface, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.iface = iface
        self.positions: QgsVectorLayer | None = None
        self.shown: Preview | None = None
        self.counts = QLabel()
        self.counts.setObjectName("counts")
        self.counts.setWordWrap(True)
        self.counts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.rows = _table("rows")
        self.rejects = _table("rejects")
        self.rejected = self._rejected_page()
        self.changes = QListWidget()
        self.changes.setObjectName("changes")
        self.changes.setWordWrap(True)
        self.changes.setAlternatingRowColors(True)
        self.notes = QListWidget()
        self.notes.setObjectName("notes")
        self.notes.setWordWrap(True)
        self.canvas = QgsMapCanvas(self)
        self.canvas.setObjectName("previewCanvas")
        self.canvas.setCanvasColor(Qt.GlobalColor.white)
        self.canvas.enableAntiAliasing(True)
        self.pan = QgsMapToolPan(self.canvas)
        self.canvas.setMapTool(self.pan)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("previewTabs")
        for widget, title in (
            (self.rows, self.tr("First rows")),
            (self.changes, self.tr("What changes")),
            (self.rejected, self.tr("Rejected rows")),
            (self.notes, self.tr("Remarks")),
        ):
            self.tabs.addTab(widget, title)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.tabs)
        split.addWidget(self.canvas)
        split.setSizes([430, 330])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.counts)
        layout.addWidget(split, 1)
        self.forget()

    def forget(self) -> None:
        """Show nothing."""
        self.canvas.setLayers([])
        self.positions = None
        self.shown = None
        self.counts.setText("")
        _fill(self.rows, [], [])
        _fill(self.rejects, [], [])
        self.changes.clear()
        self.notes.clear()
        self.setVisible(False)

    def show_preview(self, preview: Preview) -> None:
        """Fill all parts."""
        self.forget()
        self.counts.setText(f"<b>{preview.sentence()}</b>")
        _fill(self.rows, preview.columns, preview.rows)
        headers = [self.tr("Line"), self.tr("Column"), self.tr("Value"), self.tr("Reason"), self.tr("File")]
        _fill(self.rejects, headers[: len(preview.rejects[0])] if preview.rejects else [], preview.rejects)
        if preview.changes is not None:
            self.changes.addItems(preview.changes.sentences(most=500))
        self.notes.addItems(dict.fromkeys([*preview.said, *preview.notes]))
        self._tab(self.changes, preview.changes is not None)
        self._tab(self.rejected, bool(preview.rejects))
        self._tab(self.notes, self.notes.count() > 0)
        self.tabs.setCurrentWidget(self.changes if preview.changes is not None and preview.changes.any else self.rows)
        self.shown = preview
        self._draw(preview)
        self.setVisible(True)

    def _rejected_page(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        save = QPushButton(self.tr("Save all rejected rows…"))
        save.setObjectName("saveRejectsButton")
        save.setAutoDefault(False)
        save.clicked.connect(self.save_rejects)
        layout.addWidget(self.rejects, 1)
        layout.addWidget(save, 0, Qt.AlignmentFlag.AlignLeft)
        return page

    def save_rejects(self) -> None:
        """All rejected rows with their reasons into a file, to be put right at their source."""
        if self.shown is None:
            return
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Rejected rows"), "", "CSV (*.csv)")
        if not path:
            return
        from ..toolkit.write.tables import reject_file

        try:
            reject_file(self.shown.read.rejects, path if path.lower().endswith(".csv") else f"{path}.csv", overwrite=True)
        except JoptimizError as error:
            self.counts.setText(str(error))

    def _tab(self, widget: QWidget, shown: bool) -> None:
        self.tabs.setTabVisible(self.tabs.indexOf(widget), shown)

    def _draw(self, preview: Preview) -> None:
        """The positions on the project's own local layers, in the map's CRS."""
        layer = _layer_of(preview)
        STYLES[preview.request.table](layer)
        self.positions = layer
        below = [made for made in self.iface.mapCanvas().layers() if made.providerType() in _LOCAL]
        settings = self.iface.mapCanvas().mapSettings()
        crs = settings.destinationCrs()
        self.canvas.setDestinationCrs(crs if crs.isValid() else layer.crs())
        self.canvas.setLayers([layer, *below])
        extent = self.canvas.mapSettings().layerExtentToOutputExtent(layer, layer.extent())
        self.canvas.setExtent(wide(extent, self.canvas.mapUnits() == Qgis.DistanceUnit.Degrees))
        self.canvas.refresh()


def _layer_of(preview: Preview) -> QgsVectorLayer:
    geometries = []
    for shape in preview.positions:
        geometry = QgsGeometry()
        if shape is not None:
            geometry.fromWkb(shape)
        geometries.append(geometry)
    kinds = {QgsWkbTypes.geometryType(geometry.wkbType()) for geometry in geometries if not geometry.isNull()}
    known = {QgsWkbTypes.GeometryType.PolygonGeometry: "MultiPolygon", QgsWkbTypes.GeometryType.LineGeometry: "MultiLineString"}
    shape_type = known.get(next(iter(kinds)), "Point") if len(kinds) == 1 else "Point"
    layer = QgsVectorLayer(f"{shape_type}?field=type:string&field=type_peri:string&field=type_poi:string", "preview", "memory")
    layer.setCrs(QgsCoordinateReferenceSystem(preview.crs) if preview.crs else QgsCoordinateReferenceSystem())
    features = []
    for geometry, kind in zip(geometries, preview.kinds):
        feature = QgsFeature(layer.fields())
        feature.setAttributes([kind or None] * layer.fields().count())
        if shape_type == "Point" and not geometry.isNull() and geometry.type() != QgsWkbTypes.GeometryType.PointGeometry:
            geometry = geometry.pointOnSurface()  # footprints among points  # noqa: PLW2901
        elif shape_type != "Point":
            geometry.convertToMultiType()
        feature.setGeometry(geometry)
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    layer.updateExtents()
    return layer


def wide(extent: QgsRectangle, degrees: bool, least_m: float = 500.0) -> QgsRectangle:
    """`extent` with a margin; something to see around a single point: `least_m` metres each way."""
    least = least_m / 100_000 if degrees else least_m
    grown = QgsRectangle(extent)
    grown.grow(max(0.05 * max(extent.width(), extent.height()), least if extent.width() < least else 0.0))
    return grown


def _table(name: str) -> QTableWidget:
    table = QTableWidget()
    table.setObjectName(name)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setAlternatingRowColors(True)
    table.verticalHeader().setVisible(False)
    table.verticalHeader().setDefaultSectionSize(22)
    return table


def _fill(table: QTableWidget, headers: list[str], rows: list[list[str]]) -> None:
    table.clear()
    table.setColumnCount(len(headers))
    table.setHorizontalHeaderLabels(headers)
    table.setRowCount(len(rows))
    for line, row in enumerate(rows):
        for place, value in enumerate(row):
            table.setItem(line, place, QTableWidgetItem(value))
    table.resizeColumnsToContents()
    for place in range(len(headers)):
        table.setColumnWidth(place, min(table.columnWidth(place), 260))
