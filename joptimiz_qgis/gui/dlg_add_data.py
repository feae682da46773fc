"""The dialog “Add data”: what, where from, which area; a preview before anything is written; a request only with consent."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from qgis.core import Qgis, QgsCoordinateReferenceSystem, QgsProject, QgsSettings, QgsVectorLayer
from qgis.gui import QgsCollapsibleGroupBox, QgsFileWidget, QgsProjectionSelectionWidget
from qgis.PyQt.QtCore import QSize, QStandardPaths, Qt
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from ..layers import GROUP
from ..layers.published import note_origins, style_table
from ..processing.source_settings import source_settings
from ..toolkit.errors import JoptimizError
from ..toolkit.messages import language
from ..toolkit.read.mapping import PERIMETER_RULES, mappings
from ..toolkit.schema import load_table
from ..toolkit.schema.table import kinds
from ..toolkit.sources import TABLES
from .data_request import ConsentNeeded, DataRequest, Preview, Workspace, prepare, write
from .wdg_area import AreaChoice
from .wdg_origin import OriginChoice
from .wdg_preview import PreviewPanel
from .work_dialog import WorkDialog, named_button

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from ..toolkit.progress import Progress

_TABLE = "joptimiz/add_data/table"
_FOLDER = "joptimiz/add_data/folder"
_ORDER = ("bays", "perimeters", "access_points", "points_of_interest", "delivery_points")

Finished = Callable[[list[QgsVectorLayer]], None]


class AddDataDialog(WorkDialog):
    """Collects what is wanted, shows what would come, and adds it to the project or to the open workspace.

    Parameters
    ----------
    iface : QgisInterface
    finished : callable
        Called with the layers that were added or filled anew.
    workspace : Workspace, optional
        The one that is open; offered as the place for the data.
    parent : QWidget, optional
    """

    def __init__(
        self, iface: QgisInterface, finished: Finished, workspace: Workspace | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__("AddDataDialog", "add_data", parent)
        self.setWindowTitle(self.tr("Add data"))
        self.report_finished = finished
        self.workspace = workspace
        self.consented: set[str] = set()
        self.preview: Preview | None = None
        self.origin = OriginChoice()
        self.area = AreaChoice(iface, self)
        self.panel = PreviewPanel(iface)
        self._lay_out()
        self._recall()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide enough for the first rows beside the map."""
        return QSize(1020, 720)

    # -- what is asked -------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        asked = QWidget()
        column = QVBoxLayout(asked)
        for group in (self._what(), self._where(), self._which(), self._how(), self._into()):
            column.addWidget(group)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(asked)
        scroll.setMinimumWidth(400)
        right = QWidget()
        stack = QVBoxLayout(right)
        self.invitation = QLabel(self.tr("“Preview” shows what will be read, before anything is added."))
        self.invitation.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.invitation.setWordWrap(True)
        stack.addWidget(self.invitation, 1)
        stack.addWidget(self.panel, 8)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(scroll)
        split.addWidget(right)
        split.setSizes([400, 620])
        outer = QVBoxLayout(self)
        outer.addWidget(self.messages)
        outer.addWidget(self._consent())
        outer.addWidget(split, 1)
        outer.addLayout(self._bottom())

    def _what(self) -> QGroupBox:
        group = QGroupBox(self.tr("What"))
        rows = _rows(group)
        self.table = QComboBox()
        self.table.setObjectName("table")
        for name in _ORDER:
            self.table.addItem(load_table(name).title[language()], name)
        self.table.currentIndexChanged.connect(self._table_chosen)
        rows.addRow(self.table)
        return group

    def _where(self) -> QGroupBox:
        group = QGroupBox(self.tr("Where from"))
        QVBoxLayout(group).addWidget(self.origin)
        for signal in (self.origin.choice.currentIndexChanged, self.origin.source.currentIndexChanged, self.origin.file.fileChanged):
            signal.connect(self._origin_changed)
        for line in self.origin.parts.values():
            line.editingFinished.connect(self._origin_changed)
        return group

    def _which(self) -> QGroupBox:
        group = QGroupBox(self.tr("Area"))
        QVBoxLayout(group).addWidget(self.area)
        return group

    def _how(self) -> QgsCollapsibleGroupBox:
        self.how = group = QgsCollapsibleGroupBox(self.tr("How the columns are read"))
        group.setObjectName("columnsGroup")
        group.setMinimumWidth(60)  # its title names the mapping, which may be long
        group.setSaveCollapsedState(False)
        rows = _rows(group)
        self.mapping = QComboBox()
        self.mapping.setObjectName("mapping")
        self.mapping.activated.connect(self._read_again)
        self.kind = QComboBox()
        self.kind.setObjectName("kind")
        self.kind.addItem(self.tr("As the file says"), "")
        for row in kinds("poi_kinds"):
            self.kind.addItem(row[language()], row["key"])
        self.crs = QgsProjectionSelectionWidget()
        self.crs.setObjectName("crs")
        self.crs.setOptionVisible(QgsProjectionSelectionWidget.CrsOption.CrsNotSet, True)
        self.crs.setCrs(QgsCoordinateReferenceSystem())
        rows.addRow(self.tr("Mapping"), self.mapping)
        rows.addRow(self.tr("Kind of the places"), self.kind)
        rows.addRow(self.tr("CRS, if the file does not say it"), self.crs)
        group.setCollapsed(True)
        return group

    def _into(self) -> QGroupBox:
        group = QGroupBox(self.tr("Into"))
        rows = QVBoxLayout(group)
        self.to_workspace = QCheckBox()
        self.to_workspace.setObjectName("toWorkspace")
        if self.workspace is not None:
            self.to_workspace.setText(self.tr("The open workspace “{title}”").format(title=self.workspace.title))
            self.to_workspace.setChecked(True)
        self.to_workspace.setVisible(self.workspace is not None)
        self.target = QgsFileWidget()
        self.target.setObjectName("target")
        self.target.setStorageMode(QgsFileWidget.StorageMode.SaveFile)
        self.target.setFilter("GeoPackage (*.gpkg)")
        self.target.setConfirmOverwrite(False)  # what would change is shown instead
        self.target.setDialogTitle(self.tr("GeoPackage for the data"))
        self.target.setEnabled(self.workspace is None)
        self.to_workspace.toggled.connect(lambda chosen: self.target.setEnabled(not chosen))
        rows.addWidget(self.to_workspace)
        rows.addWidget(self.target)
        return group

    def _consent(self) -> QFrame:
        """The question before the first request to a server."""
        self.consent = QFrame()
        self.consent.setObjectName("consent")
        self.consent.setFrameShape(QFrame.Shape.StyledPanel)
        self.consent.setStyleSheet("#consent { background: #dcebf7; border: 1px solid #17375e; } #consent QLabel { color: #17375e; }")
        self.consent_text = QLabel()
        self.consent_text.setObjectName("consentText")
        self.consent_text.setWordWrap(True)
        self.agree = QPushButton(self.tr("Send the request"))
        self.agree.setObjectName("agreeButton")
        self.agree.clicked.connect(self._agreed)
        self.decline = QPushButton(self.tr("Send nothing"))
        self.decline.setObjectName("declineButton")
        self.decline.clicked.connect(self._declined)
        row = QHBoxLayout(self.consent)
        row.addWidget(self.consent_text, 1)
        for button in (self.agree, self.decline):
            button.setAutoDefault(False)
            row.addWidget(button)
        self.consent.hide()
        self.waiting: ConsentNeeded | None = None
        return self.consent

    def _bottom(self) -> QVBoxLayout:
        self.preview_button = named_button("previewButton", self.tr("Preview"), self.read)
        self.add_button = named_button("addButton", self.tr("Add to the project"), self.add)
        return self.bottom([self.preview_button, self.add_button], self.preview_button)

    # -- what depends on what ------------------------------------------------------------------------------------------

    def _recall(self) -> None:
        self.table.setCurrentIndex(max(0, self.table.findData(QgsSettings().value(_TABLE, _ORDER[0], str))))
        self._table_chosen()
        self.origin.recall()
        self.area.choose(source_settings().area)
        self._origin_changed()

    def _table_chosen(self) -> None:
        table = self.chosen_table()
        fault = self.origin.show_table(table)
        self.mapping.clear()
        self.mapping.addItem(self.tr("Recognise from the header"), "")
        for name, mapping in mappings(table).items() if table != "delivery_points" else ():
            self.mapping.addItem(mapping.title[language()], name)
        self.mapping.setEnabled(self.mapping.count() > 1)
        self.kind.setEnabled(table == "points_of_interest")
        self.kind.setCurrentIndex(0)
        self._origin_changed()
        if fault:
            self.say(fault)

    def _origin_changed(self) -> None:
        self.forget()
        try:
            self.target.setFilePath(str(self._proposed()))
        except JoptimizError:
            self.target.setFilePath("")
        self.mapping.setCurrentIndex(0)

    def _proposed(self) -> Path:
        """The GeoPackage of that source: the same each time, so that a second import shows what changed."""
        parts = self.origin.request()
        stem = parts["source"].id if "source" in parts else Path(parts["file"].split("|")[0]).stem
        name = re.sub(r"[^A-Za-z0-9]+", "_", f"{stem} {self.chosen_table()}").strip("_").lower()
        folder = QgsProject.instance().homePath() or QgsSettings().value(_FOLDER, "", str) or str(_documents())
        return Path(folder) / f"{name}.gpkg"

    def chosen_table(self) -> str:
        """Kind of table, one of `TABLES`."""
        name = str(self.table.currentData())
        return name if name in TABLES else _ORDER[0]

    def forget(self) -> None:
        """What was previewed is not what is asked for any more."""
        self.preview = None
        self.panel.forget()
        self.invitation.show()
        self.consent.hide()
        self.how.setTitle(self.tr("How the columns are read"))
        self.add_button.setEnabled(False)

    def request(self) -> DataRequest:
        """What the widgets say; raises `ParameterError` where something is missing."""
        crs = self.crs.crs()
        target = self.target.filePath().strip()
        inside = self.workspace is not None and self.to_workspace.isChecked()
        return DataRequest(
            self.chosen_table(),
            **self.origin.request(),
            mapping=str(self.mapping.currentData() or ""),
            crs=(crs.authid() or crs.toWkt()) if crs.isValid() else "",
            kind=str(self.kind.currentData() or "") if self.kind.isEnabled() else "",
            area=self.area.area(),
            target=None if inside else Path(target) if target else self._proposed(),
        )

    # -- preview -------------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read in the background and show it; first ask for consent where a server would be asked."""
        if self.work is not None:
            return
        self.messages.clearWidgets()
        self.forget()
        try:
            request = self.request()
        except JoptimizError as error:
            self.say(str(error))
            return
        QgsSettings().setValue(_TABLE, request.table)
        self.origin.remember()
        settings, consented = source_settings(), set(self.consented)
        self._start(self.tr("Preview of data"), lambda progress: prepare(request, settings, consented, progress), self._read)

    def _read_again(self) -> None:
        if self.preview is not None:
            self.read()

    def _read(self, found: Any, sentence: str) -> None:
        if isinstance(found, ConsentNeeded):
            self._ask(found)
        elif isinstance(found, Preview):
            self._show(found)
        else:
            self.say(sentence or self.tr("Cancelled. Nothing was changed."), Qgis.MessageLevel.Warning if sentence else Qgis.MessageLevel.Info)

    def _show(self, preview: Preview) -> None:
        self.preview = preview
        self.panel.show_preview(preview)
        self.invitation.hide()
        self.mapping.setCurrentIndex(max(0, self.mapping.findData(preview.mapping)))
        if preview.mapping:
            self.how.setTitle(self.tr("Columns read as: {mapping}").format(mapping=self.mapping.currentText()))
        self.origin._describe()  # noqa: SLF001 - the day of the copy may be another now
        empty = not preview.read.counts()["rows"]
        if empty:
            self.say(self.tr("Nothing to add: no row remains. See the rejected rows, or choose a larger area."))
        elif preview.said:
            self.say(preview.said[0], Qgis.MessageLevel.Info)
        replaced = preview.changes is not None or (preview.request.target is not None and preview.request.target.exists())
        self.add_button.setText(self.tr("Replace, and add to the project") if replaced else self.tr("Add to the project"))
        self.add_button.setEnabled(not empty)

    # -- consent -------------------------------------------------------------------------------------------------------

    def _ask(self, needed: ConsentNeeded) -> None:
        self.waiting = needed
        hosts = ", ".join(needed.hosts)
        text = self.tr("A request will go to <b>{hosts}</b>.") + " "
        text += self.tr("That server sees this computer’s network address, the dataset and the rectangle of the area; nothing else is sent.")
        if needed.leads_on:
            text += " " + self.tr("Its answer names the files, which may lie on other servers: they will be asked too.")
        self.consent_text.setText(text.format(hosts=hosts))
        self.consent.show()

    def _agreed(self) -> None:
        if self.waiting is not None:
            self.consented |= set(self.waiting.hosts)
        self.read()

    def _declined(self) -> None:
        self.consent.hide()
        self.say(self.tr("Nothing was sent."), Qgis.MessageLevel.Info)

    # -- adding --------------------------------------------------------------------------------------------------------

    def add(self) -> None:
        """Write what was previewed, in the background, and put it on the map."""
        preview, workspace = self.preview, self.workspace
        if preview is None or self.work is not None:
            return
        try:
            same = self._asked_again(preview) == preview.request
        except JoptimizError as error:
            self.say(str(error))
            return
        if not same:
            self.forget()
            self.say(self.tr("The choices have changed since the preview. Press “Preview” again."))
            return
        self.messages.clearWidgets()

        def work(progress: Progress) -> tuple[Preview, str]:
            into_workspace = preview.request.target is None and workspace is not None
            return preview, workspace.add_table(preview, progress) if into_workspace and workspace else write(preview, progress)

        self._start(self.tr("Adding data"), work, self._added)

    def _asked_again(self, preview: Preview) -> DataRequest:
        """What the widgets say now; the mapping that was recognised, and a map that was moved since, are no change."""
        now = self.request()
        if now.mapping in {preview.mapping, ""}:
            now = dataclasses.replace(now, mapping=preview.request.mapping)
        return dataclasses.replace(now, area=preview.request.area) if self.area.chosen() == "canvas" else now

    def _added(self, found: Any, sentence: str) -> None:
        if found is None:
            self.say(sentence or self.tr("Cancelled. Nothing was changed."), Qgis.MessageLevel.Warning if sentence else Qgis.MessageLevel.Info)
            return
        preview, source = found
        if preview.request.target is not None:
            QgsSettings().setValue(_FOLDER, str(preview.request.target.parent))
        layers = _shown(source, preview)
        self.forget()
        self.close()
        self.report_finished(layers)

    # -- work ----------------------------------------------------------------------------------------------------------

    def _start(self, title: str, work: Callable[[Progress], Any], done: Callable[[Any, str], None]) -> None:
        def ended(result: Any, sentence: str) -> None:
            self.show()  # it may have been closed meanwhile
            done(result, sentence)

        self.in_background(title, work, ended)

    def let_go(self) -> None:
        """The map has its own tool again, the preview its layers."""
        self.area.leave_map()
        self.panel.forget()

    def show_working(self, working: bool) -> None:
        """One piece of work at a time; nothing is added before it was previewed."""
        self.preview_button.setEnabled(not working)
        self.add_button.setEnabled(not working and self.preview is not None)


def _shown(source: str, preview: Preview) -> list[QgsVectorLayer]:
    """Layers of the file that are on the map are filled anew; where there is none, one is added, and the rules beside it."""
    project, table = QgsProject.instance(), preview.request.table
    open_already = [made for made in project.mapLayers().values() if isinstance(made, QgsVectorLayer) and _same_source(made.source(), source)]
    for made in open_already:
        made.dataProvider().reloadData()
        made.updateFields()
        made.updateExtents(True)
        if preview.origins:
            note_origins(made, preview.origins)  # its style may be the user's own by now
        made.triggerRepaint()
    if open_already:
        return open_already
    layer = QgsVectorLayer(source, load_table(table).title[language()], "ogr")
    style_table(layer, table, preview.origins)
    found = [layer]
    if preview.read.rules is not None:
        name = load_table(PERIMETER_RULES).title[language()]
        rules = QgsVectorLayer(source.replace(f"layername={table}", f"layername={PERIMETER_RULES}"), name, "ogr")
        found += [rules] if rules.isValid() else []
    root = project.layerTreeRoot()
    group = root.findGroup(GROUP) or root.insertGroup(0, GROUP)
    for place, made in enumerate(found):
        project.addMapLayer(made, False)
        group.insertLayer(place, made)
    return found


def _same_source(first: str, second: str) -> bool:
    def parts(source: str) -> tuple[Path, str]:
        path, _, options = source.partition("|")
        return Path(path), options.replace("layername=", "").split("|")[0]

    return parts(first) == parts(second)


def _rows(group: QWidget) -> QFormLayout:
    rows = QFormLayout(group)
    rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    rows.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
    return rows


def _documents() -> Path:
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)) / "JOPTIMIZ"
