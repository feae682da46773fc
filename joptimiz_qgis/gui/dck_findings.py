"""The panel of findings: what a control found in a layer, the way to each, the corrections offered, and the control again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsMapLayerProxyModel,
    QgsPointXY,
    QgsProject,
    QgsVectorLayer,
)
from qgis.gui import QgsDockWidget, QgsMapLayerComboBox, QgsMessageBar
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..layers.findings import style_findings
from ..layers.layer_rows import LayerRows, read_rows
from ..layers.mending import mend
from ..paths import icon_path
from ..toolkit.errors import JoptimizError
from ..toolkit.messages import count
from ..toolkit.survey.findings import SEVERITIES, SEVERITY_TITLES, Finding, Findings
from .background import BackgroundWork
from .controls import checkable, control_of, frame_of, raw_rows
from .mdl_findings import SurveyFindings, mark
from .mdl_rows import rows_view, show_rows
from .section import paragraph
from .work_dialog import named_button

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qgis.gui import QgisInterface

    from ..toolkit.progress import Progress

_PROBLEM = 5
"""The column that takes the room that is left: it holds sentences."""
_WIDEST = {1: 230, 3: 150, 4: 140, 6: 220}
"""Column → pixels; the whole text is in the tool tip."""
_SCALE = 500.0
"""Of the map on a bay: the kerbs are told apart."""


class FindingsDock(QgsDockWidget):
    """Checks a layer and shows what is wrong or doubtful in it.

    Parameters
    ----------
    iface : QgisInterface
    parent : QWidget, optional
    """

    def __init__(self, iface: QgisInterface, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("JoptimizFindings")
        self.setWindowTitle(self.tr("Control of a survey: findings"))
        self.iface = iface
        self.layer: QgsVectorLayer | None = None
        self.features: list[int] = []
        self.findings = Findings()
        self.work: BackgroundWork | None = None
        self.reading: Iterator[LayerRows | None] | None = None
        self.to_read: list[tuple[str, QgsVectorLayer]] = []
        self.read: dict[str, LayerRows] = {}
        self.model: SurveyFindings | None = None
        self.made: list[tuple[int, list[Finding]]] = []
        self.turn = QTimer(self)
        self.turn.setInterval(0)
        self.turn.timeout.connect(self._read_on)
        self.messages = QgsMessageBar(self)
        self.setWidget(self._contents())
        self._show_working(False)
        self._show()

    # -- what it looks like --------------------------------------------------------------------------------------------

    def _contents(self) -> QWidget:
        self.view = rows_view("findings")
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.view.doubleClicked.connect(lambda _index: self.zoom())
        self.sentence = paragraph("")
        self.sentence.setObjectName("findingSentence")
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        page = QWidget()
        column = QVBoxLayout(page)
        column.addWidget(self.messages)
        column.addLayout(self._sources())
        column.addLayout(self._filters())
        column.addWidget(self.view, 1)
        column.addWidget(self.sentence)
        column.addLayout(self._buttons())
        return page

    def _sources(self) -> QHBoxLayout:
        """What is checked, and against what."""
        project = QgsProject.instance()
        self.layers = QgsMapLayerComboBox()
        self.layers.setObjectName("checkedLayer")
        self.layers.setFilters(QgsMapLayerProxyModel.Filter.VectorLayer)
        self.communes = _optional_layers("communesLayer", QgsMapLayerProxyModel.Filter.PolygonLayer, self.tr("no communes"))
        self.roads = _optional_layers("roadsLayer", QgsMapLayerProxyModel.Filter.LineLayer, self.tr("no roads"))
        likely = checkable(project)
        if likely:
            self.layers.setLayer(likely[0])
        self.check_button = named_button("checkButton", self.tr("Check"), self.check)
        self.check_button.setIcon(QIcon(icon_path("control_bays")))
        self.bar = QProgressBar()
        self.bar.setMaximumWidth(160)
        self.cancel_button = named_button("cancelButton", self.tr("Cancel"), self.cancel)
        row = QHBoxLayout()
        for text, widget in ((self.tr("Layer:"), self.layers), (self.tr("Communes:"), self.communes), (self.tr("Roads:"), self.roads)):
            row.addWidget(QLabel(text))
            row.addWidget(widget, 1)
        for widget in (self.check_button, self.bar, self.cancel_button):
            row.addWidget(widget)
        return row

    def _filters(self) -> QHBoxLayout:
        self.severity = QComboBox()
        self.severity.setObjectName("severity")
        self.severity.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.kind = QComboBox()
        self.kind.setObjectName("kind")
        self.kind.setMinimumContentsLength(30)
        self.words = QLineEdit()
        self.words.setObjectName("words")
        self.words.setPlaceholderText(self.tr("Identifier, field or words"))
        self.words.setClearButtonEnabled(True)
        self.shown = QLabel()
        self.shown.setObjectName("shownCount")
        self.severity.currentIndexChanged.connect(lambda _index: self._severity_chosen())
        self.kind.currentIndexChanged.connect(lambda _index: self._filter())
        self.words.textChanged.connect(lambda _text: self._filter())
        row = QHBoxLayout()
        row.addWidget(self.severity)
        row.addWidget(self.kind, 1)
        row.addWidget(self.words, 1)
        row.addWidget(self.shown)
        return row

    def _buttons(self) -> QHBoxLayout:
        self.zoom_button = named_button("zoomButton", self.tr("Zoom to"), self.zoom)
        self.form_button = named_button("formButton", self.tr("Open the form"), self.open_form)
        self.apply_button = named_button("applyButton", self.tr("Apply"), self.apply_selected)
        self.all_button = named_button("applyAllButton", self.tr("Apply to all"), self.apply_alike)
        self.export_button = QPushButton(self.tr("Export"))
        self.export_button.setObjectName("exportButton")
        menu = QMenu(self.export_button)
        menu.addAction(self.tr("As a table (CSV)…"), self.export_table)
        menu.addAction(self.tr("As a layer (GeoPackage)…"), self.export_layer)
        self.export_button.setMenu(menu)
        row = QHBoxLayout()
        for button in (self.zoom_button, self.form_button, self.apply_button, self.all_button):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.export_button)
        return row

    def say(self, text: str, level: Qgis.MessageLevel = Qgis.MessageLevel.Warning) -> None:
        """Show a sentence at the top."""
        self.messages.clearWidgets()
        self.messages.pushMessage("", text, level, 0)

    # -- the control ---------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Read the layers in small turns, then check in the background."""
        layer = self.layers.currentLayer()
        if self.work is not None or self.reading is not None:
            return
        if layer is None or control_of(layer, QgsProject.instance()) is None:
            self.say(self.tr("Choose a layer of bays or orders in the form of the national schema: import the file first, then check the layer."))
            return
        self.messages.clearWidgets()
        others = (("communes", self.communes.currentLayer()), ("roads", self.roads.currentLayer()))
        self.to_read = [("rows", layer), *((name, other) for name, other in others if other is not None)]
        self.read = {}
        self._show_working(True)
        self._read_next()
        self.turn.start()

    def _read_next(self) -> None:
        _, layer = self.to_read[0]
        self.reading = read_rows(layer, None, shapes=True)

    def _read_on(self) -> None:
        """One turn of reading: a few thousand rows."""
        if self.reading is None:
            self.turn.stop()
            return
        try:
            rows = next(self.reading)
        except (StopIteration, RuntimeError):  # the layer is gone
            self._end(None, self.tr("The layer is no longer there."))
            return
        if rows is None:
            return
        name, _ = self.to_read.pop(0)
        self.read[name] = rows
        if self.to_read:
            self._read_next()
            return
        self.turn.stop()
        self.reading = None
        self._begin()

    def _begin(self) -> None:
        layer = self.layers.currentLayer()
        control = None if layer is None else control_of(layer, QgsProject.instance())
        if control is None:
            self._end(None, self.tr("The layer is no longer there."))
            return
        read, check = self.read, control.check

        def work(progress: Progress) -> Findings:
            communes, roads = (frame_of(read[name]) if name in read else None for name in ("communes", "roads"))
            return check(raw_rows(read["rows"]), communes, roads, progress)

        title = self.tr("Control of “{layer}”").format(layer=layer.name())
        self.work = BackgroundWork(title, work, lambda found, said: self._checked(layer, found, said))
        self.work.told.connect(lambda fraction, _text: self.bar.setValue(round(100 * fraction)))
        self.work.start()

    def _checked(self, layer: QgsVectorLayer, findings: Findings | None, sentence: str) -> None:
        self.work = None
        if findings is not None and not sip.isdeleted(layer):
            self._listen_to(layer)
            self.features = self.read["rows"].features
        self._end(findings, sentence)

    def _end(self, findings: Findings | None, sentence: str) -> None:
        self.turn.stop()
        self.reading, self.read = None, {}
        self._show_working(False)
        if findings is not None:
            self.show_findings(findings)
        elif sentence:
            self.say(sentence)

    def cancel(self) -> None:
        """Stop reading or checking; what was found before stays."""
        if self.work is not None:
            self.work.cancel()
        elif self.reading is not None:
            self._end(None, "")

    def _listen_to(self, layer: QgsVectorLayer | None) -> None:
        """Follow the layer that was checked, and no other any more."""
        if self.layer is not None and not sip.isdeleted(self.layer):
            self.layer.willBeDeleted.disconnect(self._layer_gone)
            self.layer.undoStack().indexChanged.disconnect(self._undone)
        self.layer, self.made = layer, []
        if layer is not None:
            layer.willBeDeleted.connect(self._layer_gone)
            layer.undoStack().indexChanged.connect(self._undone)

    def _undone(self, index: int) -> None:
        """Findings whose corrections were taken back are findings again."""
        back = [item for at, findings in self.made if at > index for item in findings]
        self.made = [(at, findings) for at, findings in self.made if at <= index]
        if back and self.layer is not None and self.layer.isEditable() and index < self.layer.undoStack().count():
            self.show_findings(Findings([*self.findings.findings, *back], self.findings.rows))

    def _layer_gone(self) -> None:
        self.layer, self.features, self.made = None, [], []
        self.show_findings(Findings())

    def _show_working(self, working: bool) -> None:
        self.bar.setVisible(working)
        self.cancel_button.setVisible(working)
        self.bar.setValue(0)
        self.check_button.setEnabled(not working)
        self.check_button.setText(self.tr("Check again") if self.layer is not None else self.tr("Check"))

    # -- what was found ------------------------------------------------------------------------------------------------

    def show_findings(self, findings: Findings) -> None:
        """Show these findings, whoever found them; the filters stay as far as they can."""
        gravest = sorted(findings.findings, key=lambda item: (SEVERITIES.index(item.severity), item.line))
        self.findings = Findings(gravest, findings.rows)
        self._show()

    def _show(self) -> None:
        chosen = self.severity.currentData()
        figures = self.findings.by_severity()
        self.severity.blockSignals(True)
        self.severity.clear()
        self.severity.addItem(self.tr("All severities ({count})").format(count=count(len(self.findings.findings))), "")
        for name in SEVERITIES:
            self.severity.addItem(mark(name), f"{SEVERITY_TITLES[name]} ({count(figures[name])})", name)
        self.severity.setCurrentIndex(max(self.severity.findData(chosen), 0))
        self.severity.blockSignals(False)
        self._severity_chosen()

    def _severity_chosen(self) -> None:
        chosen, severity = self.kind.currentData(), self.severity.currentData()
        self.kind.blockSignals(True)
        self.kind.clear()
        self.kind.addItem(self.tr("All kinds"), "")
        for rule, number in self.findings.rules():
            if not severity or rule.severity == severity:
                self.kind.addItem(mark(rule.severity), f"{rule.title} ({count(number)})", rule.code)
        self.kind.setCurrentIndex(max(self.kind.findData(chosen), 0))
        self.kind.blockSignals(False)
        self._filter()

    def filtered(self) -> Findings:
        """The findings that the filters let through."""
        severity, kind = self.severity.currentData(), self.kind.currentData()
        found = self.findings.only([severity] if severity else None, [kind] if kind else None)
        words = self.words.text().casefold().split()
        kept = [item for item in found.findings if all(word in _text_of(item) for word in words)] if words else found.findings
        return Findings(kept, found.rows)

    def _filter(self) -> None:
        headers = [
            self.tr("Severity"), self.tr("Kind"), self.tr("Identifier"), self.tr("Field"),
            self.tr("Value"), self.tr("What is the matter"), self.tr("Proposal"),
        ]  # fmt: skip
        found = self.filtered().findings
        fields = [] if self.layer is None else self.layer.fields()
        self.model = SurveyFindings(headers, found, {field.name(): field.alias() or field.name() for field in fields})
        show_rows(self.view, self.model)
        for column, widest in _WIDEST.items():
            self.view.setColumnWidth(column, min(self.view.columnWidth(column), widest))
        self.view.horizontalHeader().setSectionResizeMode(_PROBLEM, QHeaderView.ResizeMode.Stretch)
        self.view.selectionModel().selectionChanged.connect(lambda *_change: self._selected())
        self.shown.setText(self.tr("{shown} of {all}").format(shown=count(len(found)), all=count(len(self.findings.findings))))
        if found:
            self.view.selectRow(0)
        self._selected()

    def selected(self) -> list[Finding]:
        """The findings that are selected."""
        if self.model is None or self.view.selectionModel() is None:
            return []
        return [self.model.findings[index.row()] for index in self.view.selectionModel().selectedRows()]

    def _selected(self) -> None:
        chosen = self.selected()
        first = chosen[0] if chosen else None
        if first is not None:
            self.sentence.setText(str(first))
        elif self.layer is None:
            self.sentence.setText(self.tr("Nothing was checked yet."))
        else:
            found = self.tr("Nothing was found in {rows} rows.") if not self.findings.findings else ""
            self.sentence.setText(found.format(rows=count(self.findings.rows)))
        on_layer = self.layer is not None and first is not None and first.row is not None
        alike = self.findings.like(first) if first is not None else []
        self.zoom_button.setEnabled(on_layer)
        self.form_button.setEnabled(on_layer)
        self.apply_button.setEnabled(on_layer and any(item.corrections for item in chosen))
        self.all_button.setEnabled(on_layer and bool(alike))
        self.all_button.setText(self.tr("Apply to all ({count})").format(count=count(len(alike))) if alike else self.tr("Apply to all"))
        self.export_button.setEnabled(bool(self.findings.findings))

    # -- the way to it -------------------------------------------------------------------------------------------------

    def zoom(self) -> None:
        """Show the row of the first selected finding on the map, and flash it."""
        chosen = self.selected()
        if self.layer is None or not chosen or chosen[0].row is None:
            return
        canvas, number = self.iface.mapCanvas(), self.features[chosen[0].row]
        if chosen[0].position is not None:
            to_map = QgsCoordinateTransform(
                QgsCoordinateReferenceSystem("EPSG:4326"), canvas.mapSettings().destinationCrs(), QgsProject.instance()
            )
            canvas.setCenter(to_map.transform(QgsPointXY(*chosen[0].position)))
            canvas.zoomScale(_SCALE)
        else:
            canvas.zoomToFeatureIds(self.layer, [number])
        canvas.refresh()
        canvas.flashFeatureIds(self.layer, [number])

    def open_form(self) -> None:
        """Open the form of the row of the first selected finding."""
        chosen = self.selected()
        if self.layer is None or not chosen or chosen[0].row is None:
            return
        feature = self.layer.getFeature(self.features[chosen[0].row])
        if feature.isValid():
            self.iface.openFeatureForm(self.layer, feature, False, False)

    # -- corrections ---------------------------------------------------------------------------------------------------

    def apply_selected(self) -> None:
        """Make the corrections of the selected findings."""
        self._apply([item for item in self.selected() if item.corrections])

    def apply_alike(self) -> None:
        """Make the corrections of all findings of the kind and field of the first selected one."""
        chosen = self.selected()
        if chosen:
            self._apply(self.findings.like(chosen[0]))

    def _apply(self, findings: list[Finding]) -> None:
        if self.layer is None or not findings:
            return
        if not self.layer.isEditable() and not self.layer.startEditing():
            self.say(self.tr("“{layer}” cannot be edited. Save it as a GeoPackage, and check that one.").format(layer=self.layer.name()))
            return
        title = self.tr("Correction: {kind}").format(kind=findings[0].rule.title)
        done = mend(self.layer, findings, self.features, title)
        if done:
            self.made.append((self.layer.undoStack().index(), done))
        gone = {id(item) for item in done}
        left = [item for item in self.findings.findings if id(item) not in gone]
        row = self.view.currentIndex().row()
        self.show_findings(Findings(left, self.findings.rows))
        if self.model is not None and self.model.count:
            self.view.selectRow(min(max(row, 0), self.model.count - 1))
        self.layer.triggerRepaint()
        self._tell_applied(len(done), len(findings))

    def _tell_applied(self, done: int, wanted: int) -> None:
        text = self.tr("{done} corrections made; Undo takes them back, saving the layer keeps them.").format(done=count(done))
        if done < wanted:
            text += " " + self.tr("{left} rows were changed since and were left alone: check again.").format(left=count(wanted - done))
        self.say(text, Qgis.MessageLevel.Info if done == wanted else Qgis.MessageLevel.Warning)

    # -- export --------------------------------------------------------------------------------------------------------

    def export_table(self) -> None:
        """Ask where the table goes and write what is shown."""
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Findings as a table"), self._proposed("csv"), "CSV (*.csv)")
        if path:
            self.write_table_to(Path(path))

    def export_layer(self) -> None:
        """Ask where the layer goes, write what is shown and put it on the map."""
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Findings as a layer"), self._proposed("gpkg"), "GeoPackage (*.gpkg)")
        if path:
            self.write_layer_to(Path(path))

    def write_table_to(self, path: Path) -> None:
        """Write the findings that are shown as CSV."""
        self._written(lambda: self.filtered().write_csv(path.with_suffix(".csv"), overwrite=True))

    def write_layer_to(self, path: Path) -> None:
        """Write the findings that are shown as a GeoPackage, and add it to the project."""
        from ..toolkit.write import write_table

        path = path.with_suffix(".gpkg")
        if self._written(lambda: write_table(self.filtered().layer(), path, "findings", overwrite=True)):
            layer = QgsVectorLayer(f"{path}|layername=findings", path.stem, "ogr")
            style_findings(layer)
            QgsProject.instance().addMapLayer(layer)

    def _written(self, write: Any) -> bool:
        try:
            path = write()
        except JoptimizError as error:
            self.say(str(error))
            return False
        self.say(self.tr("Written: {path}").format(path=path), Qgis.MessageLevel.Info)
        return True

    def _proposed(self, ending: str) -> str:
        source = Path(self.layer.source().partition("|")[0]) if self.layer is not None else Path("findings")
        return str(source.with_name(f"{source.stem}_{self.tr('findings')}.{ending}"))

    def leave(self) -> None:
        """Stop what is at work: the plugin is unloaded."""
        self.turn.stop()
        if self.work is not None:
            self.work.abandon()
        self._listen_to(None)


def _optional_layers(name: str, kind: QgsMapLayerProxyModel.Filter, nothing: str) -> QgsMapLayerComboBox:
    combo = QgsMapLayerComboBox()
    combo.setObjectName(name)
    combo.setFilters(kind)
    combo.setAllowEmptyLayer(True, nothing)
    combo.setLayer(None)
    return combo


def _text_of(finding: Finding) -> str:
    return f"{finding.key} {finding.column} {finding.value} {finding.rule.title} {finding.sentence} {finding.code}".casefold()
