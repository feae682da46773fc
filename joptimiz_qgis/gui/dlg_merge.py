"""The dialog “Merge a survey”: the inventory, what came back, how to match; it compares in the background and opens the review."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from qgis.core import Qgis, QgsProject, QgsSettings, QgsVectorLayer
from qgis.gui import QgsCollapsibleGroupBox, QgsFileWidget
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from ..layers import GROUP
from ..layers.bays import style_bays
from ..layers.roles import bays_layer
from ..toolkit.errors import JoptimizError, ParameterError
from ..toolkit.survey.decisions import INVENTORY, SURVEY
from ..toolkit.survey.match_settings import MatchSettings
from .dck_merge_review import let_go
from .work_dialog import WorkDialog, named_button

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from ..toolkit.survey.merge_file import SurveyMerge

_FOLDER = "joptimiz/merge/folder"

Compared = Callable[["SurveyMerge", Path], None]


class MergeDialog(WorkDialog):
    """Collects the files of a merge, compares them, and tells `compared` what came of it and where the result goes.

    Parameters
    ----------
    iface : QgisInterface
    compared : callable
        Called with the merge and the path of the result.
    parent : QWidget, optional
    """

    def __init__(self, iface: QgisInterface, compared: Compared, parent: QWidget | None = None) -> None:
        super().__init__("MergeDialog", "merge_survey", parent)
        self.setWindowTitle(self.tr("Merge a survey"))
        self.iface, self.report_compared = iface, compared
        self.ready: SurveyMerge | None = None
        self._lay_out()
        self._propose()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """High enough for the list of what was found."""
        return QSize(720, 640)

    # -- what is asked -------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.compare_button = named_button("compareButton", self.tr("Compare"), self.compare)
        self.review_button = named_button("reviewButton", self.tr("Review and merge…"), self.review)
        self.undo_button = named_button("undoButton", self.tr("Undo the last merge"), self.undo)
        self.found = QListWidget()
        self.found.setObjectName("found")
        self.found.setWordWrap(True)
        self.found.setAlternatingRowColors(True)
        found = QGroupBox(self.tr("What the comparison found (nothing is written yet)"))
        QVBoxLayout(found).addWidget(self.found)
        whole = QVBoxLayout(self)
        whole.addWidget(self.messages)
        whole.addWidget(self._inventory())
        whole.addWidget(self._surveys())
        whole.addWidget(self._options())
        whole.addWidget(found, 1)
        whole.addLayout(self.bottom((self.undo_button, self.compare_button, self.review_button), self.compare_button))

    def _inventory(self) -> QGroupBox:
        group = QGroupBox(self.tr("Inventory: the bays that the town has already"))
        rows = QFormLayout(group)
        kinds = self.tr("Files of bays") + " (*.gpkg *.csv *.geojson *.json *.shp *.parquet *.fgb)"
        self.inventory = _file("inventory", kinds, self.tr("Inventory of bays"))
        self.inventory.fileChanged.connect(self._changed)
        self.output = _file("output", "GeoPackage (*.gpkg)", self.tr("Result"))
        self.output.setStorageMode(QgsFileWidget.StorageMode.SaveFile)
        self.output.setConfirmOverwrite(False)  # a backup is kept
        self.output.lineEdit().setPlaceholderText(self.tr("the inventory itself, after a backup"))
        rows.addRow(self.tr("Inventory"), self.inventory)
        rows.addRow(self.tr("Result"), self.output)
        return group

    def _surveys(self) -> QGroupBox:
        group = QGroupBox(self.tr("Surveys that came back (QField, Mergin Maps, or any file of bays)"))
        row = QHBoxLayout(group)
        self.surveys = QListWidget()
        self.surveys.setObjectName("surveys")
        self.surveys.setMaximumHeight(84)
        column = QVBoxLayout()
        column.addWidget(named_button("addFolderButton", self.tr("Add a folder…"), self.choose_folder))
        column.addWidget(named_button("addFileButton", self.tr("Add files…"), self.choose_files))
        column.addWidget(named_button("removeButton", self.tr("Remove"), self.remove))
        row.addWidget(self.surveys, 1)
        row.addLayout(column)
        return group

    def _options(self) -> QgsCollapsibleGroupBox:
        group = QgsCollapsibleGroupBox(self.tr("Options: positions, distances, municipalities"))
        group.setObjectName("optionsGroup")
        group.setSaveCollapsedState(False)
        rows = QFormLayout(group)
        self.position = QComboBox()
        self.position.setObjectName("position")
        self.position.addItem(self.tr("That of the survey"), SURVEY)
        self.position.addItem(self.tr("That of the inventory"), INVENTORY)
        rows.addRow(self.tr("Position of a matched bay"), self.position)
        texts = {
            "radius_m": self.tr("Two bays of a pair lie at most apart"),
            "automatic_m": self.tr("Without review at most"),
            "margin_m": self.tr("Better than any other pair by"),
        }
        self.numbers: dict[str, QDoubleSpinBox] = {}
        for name, text in texts.items():
            box = self.numbers[name] = QDoubleSpinBox()
            box.setObjectName(name)
            box.setRange(0.5, 500)
            box.setDecimals(1)
            box.setSuffix(" m")
            box.setValue(getattr(MatchSettings(), name))
            rows.addRow(text, box)
        self.communes = _file("communes", "", self.tr("Municipalities"))
        self.communes.lineEdit().setPlaceholderText(self.tr("those of the survey’s folder"))
        rows.addRow(self.tr("Municipalities"), self.communes)
        group.setCollapsed(True)
        return group

    def _propose(self) -> None:
        """The layer of bays of the project, where it is a file."""
        layer = bays_layer(QgsProject.instance())
        if layer is not None and layer.providerType() == "ogr":
            self.inventory.setFilePath(layer.source())
        self._changed()

    def _changed(self, *_how: Any) -> None:
        from ..toolkit.survey.merge_file import MergeHistory

        path = self.inventory_path()
        self.undo_button.setVisible(path is not None and bool(MergeHistory(self.result_path() or path).entries()))
        self.forget()

    def forget(self) -> None:
        """What was compared is not what is asked for any more."""
        self.ready = None
        self.found.clear()
        self.show_working(self.work is not None)

    def inventory_path(self) -> Path | None:
        """The inventory's file."""
        text = self.inventory.filePath().partition("|")[0].strip()
        return Path(text) if text else None

    def result_path(self) -> Path | None:
        """Where the result goes."""
        return Path(self.output.filePath()) if self.output.filePath().strip() else self.inventory_path()

    # -- surveys -------------------------------------------------------------------------------------------------------

    def add_survey(self, path: str) -> None:
        """Add one to the list."""
        if path and path not in self.survey_paths():
            self.surveys.addItem(path)
            QgsSettings().setValue(_FOLDER, str(Path(path).parent))
            self.forget()

    def survey_paths(self) -> list[str]:
        """Those of the list."""
        return [self.surveys.item(place).text() for place in range(self.surveys.count())]

    def choose_folder(self) -> None:
        """Ask for the folder of a survey."""
        self.add_survey(QFileDialog.getExistingDirectory(self, self.tr("Folder of a survey"), QgsSettings().value(_FOLDER, "", str)))

    def choose_files(self) -> None:
        """Ask for projects of surveys, or files of bays."""
        kinds = self.tr("Surveys and files of bays") + " (*.qgz *.qgs *.gpkg *.csv *.geojson *.json *.shp *.parquet *.fgb)"
        for path in QFileDialog.getOpenFileNames(self, self.tr("Surveys"), QgsSettings().value(_FOLDER, "", str), kinds)[0]:
            self.add_survey(path)

    def remove(self) -> None:
        """Take the chosen one off the list."""
        self.surveys.takeItem(self.surveys.currentRow())
        self.forget()

    # -- work ----------------------------------------------------------------------------------------------------------

    def compare(self) -> None:
        """Read and compare in the background."""
        if self.work is not None:
            return
        self.messages.clearWidgets()
        self.forget()
        try:
            work = self._work()
        except JoptimizError as error:
            self.say(str(error))
            return
        self.in_background(self.tr("Comparison of a survey"), work, self._compared)

    def _work(self) -> Callable[..., Any]:
        from ..toolkit.survey.merge_file import open_merge
        from ..toolkit.survey.merging import MergeSettings

        inventory, surveys = self.inventory.filePath().strip(), self.survey_paths()
        if not inventory:
            raise ParameterError("Choose the inventory: a layer of bays, or a file.")
        if not surveys:
            raise ParameterError("Add at least one survey: the folder that came back, its project, or a file of bays.")
        matching = MatchSettings(**{name: box.value() for name, box in self.numbers.items()})
        settings, communes = MergeSettings(matching, str(self.position.currentData())), self.communes.filePath().strip() or None
        return lambda progress: open_merge(inventory, surveys, settings, communes, None, progress)

    def _compared(self, ready: SurveyMerge | None, sentence: str) -> None:
        if ready is None:
            self.say(sentence or self.tr("Cancelled. Nothing was changed."), Qgis.MessageLevel.Warning if sentence else Qgis.MessageLevel.Info)
            return
        self.ready = ready
        self.found.addItems(dict.fromkeys(ready.sentences()))
        last = self.found.item(self.found.count() - 1)
        font = last.font()
        font.setBold(True)
        last.setFont(font)
        self.show_working(False)
        self.review_button.setFocus()

    def review(self) -> None:
        """Go on to the review."""
        output = self.result_path()
        if self.ready is None or output is None:
            return
        if not self.ready.inventory.in_place and output == self.ready.inventory.path:
            text = self.tr("“{name}” is no GeoPackage in the fields of the national schema and is only read. Name a file for the result.")
            self.say(text.format(name=output.name))
            return
        show_inventory(self.ready)
        self.report_compared(self.ready, output)
        self.close()

    def undo(self) -> None:
        """Put the result back as it was before its last merge."""
        path = self.result_path()
        if path is not None and self.work is None:
            from ..toolkit.survey.merge_file import undo_merge

            try:
                released = let_go(path)
            except JoptimizError as error:
                self.say(str(error))
                return

            def ended(undone: Any, sentence: str) -> None:
                released.restore()
                self._undone(undone, sentence)

            self.in_background(self.tr("Undo a merge"), lambda _progress: undo_merge(path), ended)

    def _undone(self, undone: Any, sentence: str) -> None:
        if undone is None:
            self.say(sentence or self.tr("Cancelled. Nothing was changed."))
            return
        self._changed()
        self.say(self.tr("“{name}” is as it was before the last merge.").format(name=undone.path.name), Qgis.MessageLevel.Success)

    def show_working(self, working: bool) -> None:
        """One thing at a time."""
        for button in (self.compare_button, self.undo_button):
            button.setEnabled(not working)
        self.review_button.setEnabled(not working and self.ready is not None)


def _file(name: str, kinds: str, title: str) -> QgsFileWidget:
    widget = QgsFileWidget()
    widget.setObjectName(name)
    widget.setFilter(kinds)
    widget.setDialogTitle(title)
    return widget


def show_inventory(ready: SurveyMerge) -> None:
    """The inventory on the map, where it is a GeoPackage that is not there yet."""
    project, path = QgsProject.instance(), ready.inventory.path
    there = [made for made in project.mapLayers().values() if isinstance(made, QgsVectorLayer) and Path(made.source().partition("|")[0]) == path]
    if there or not ready.inventory.layer:
        return
    layer = QgsVectorLayer(f"{path.as_posix()}|layername={ready.inventory.layer}", path.stem, "ogr")
    if not layer.isValid():
        return
    style_bays(layer)
    root = project.layerTreeRoot()
    group = root.findGroup(GROUP) or root.insertGroup(0, GROUP)
    project.addMapLayer(layer, False)
    group.insertLayer(0, layer)
