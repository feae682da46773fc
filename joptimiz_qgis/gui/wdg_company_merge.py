"""The fifth page of an import: what it changes in the result, field by field, before anything is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsProject, QgsSettings
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QStandardPaths, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QFormLayout, QTabWidget, QVBoxLayout, QWidget

from ..toolkit.company.recipe import MISSING_ROWS
from ..toolkit.messages import count
from .mdl_rows import frame_model, rows_view, show_rows
from .section import paragraph

if TYPE_CHECKING:
    from .company_import import Compared

TARGET = "joptimiz/company/target"


class MergePage(QWidget):
    """`changed` asks to compare anew."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        rows = QFormLayout()
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.target = QgsFileWidget()
        self.target.setObjectName("companyTarget")
        self.target.setStorageMode(QgsFileWidget.StorageMode.SaveFile)
        self.target.setFilter("GeoPackage (*.gpkg)")
        self.target.setConfirmOverwrite(False)  # what would change is shown instead
        self.target.setDialogTitle(self.tr("GeoPackage of the customers"))
        self.target.fileChanged.connect(lambda _path: self.changed.emit())
        self.missing = QComboBox()
        self.missing.setObjectName("missing")
        titles = {"keep": self.tr("keep them as they are"), "mark": self.tr("keep them, marked as absent"), "remove": self.tr("remove them")}
        for name in MISSING_ROWS:
            self.missing.addItem(titles[name], name)
        self.missing.activated.connect(lambda _index: self.changed.emit())
        rows.addRow(self.tr("Customers are kept in"), self.target)
        rows.addRow(self.tr("Those that the file has no more"), self.missing)
        column.addLayout(rows)
        self.said = paragraph("")
        self.said.setObjectName("mergeSaid")
        column.addWidget(self.said)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("mergeTabs")
        self.changed_rows, self.added_rows, self.missing_rows = (rows_view(name) for name in ("changedRows", "addedRows", "missingRows"))
        for view in (self.changed_rows, self.added_rows, self.missing_rows):
            self.tabs.addTab(view, "")
        column.addWidget(self.tabs, 1)
        self.show_compared(None)

    def begin(self, missing: str) -> None:
        """Propose the result of the last time."""
        self.missing.setCurrentIndex(max(0, self.missing.findData(missing)))
        if not self.target.filePath():
            self.target.blockSignals(True)
            self.target.setFilePath(str(proposed_target()))
            self.target.blockSignals(False)

    def path(self) -> str:
        """The GeoPackage of the result."""
        text = self.target.filePath().strip()
        return text if not text or text.lower().endswith(".gpkg") else f"{text}.gpkg"

    def chosen_missing(self) -> str:
        """What becomes of customers that the file has no more."""
        return str(self.missing.currentData())

    def show_compared(self, compared: Compared | None) -> None:
        """Show what changes; nothing where it is not known."""
        self.tabs.setVisible(compared is not None)
        if compared is None:
            self.said.setText("")
            return
        ready = compared.ready
        first = ready.merged.changes is None
        head = self.tr("There is no such file yet: this is the first import.") if first else self.tr("Compared with the last import:")
        self.said.setText("\n".join([head, *compared.sentences]))
        numbers = compared.counts["merge"]
        titles = self.tr("Changed ({count})"), self.tr("New ({count})"), self.tr("Missing ({count})")
        names = ("changed", "new", "missing")
        for place, (title, name) in enumerate(zip(titles, names)):
            self.tabs.setTabText(place, title.format(count=count(numbers[name])))
            self.tabs.setTabEnabled(place, bool(numbers[name]))
        headers = [self.tr("Customer"), self.tr("Column"), self.tr("Before"), self.tr("Now")]
        show_rows(self.changed_rows, frame_model(compared.changed, headers[: len(compared.changed.columns)]), stretch_last=True)
        for view, table in ((self.added_rows, compared.added), (self.missing_rows, compared.missing)):
            show_rows(view, frame_model(table, [self.tr("Customer"), *map(str, table.columns[1:])]))
        self.tabs.setCurrentIndex(next((place for place, name in enumerate(names) if numbers[name]), 1))


def proposed_target() -> Path:
    """The file of the last import; else one beside the project, or among the documents."""
    last = QgsSettings().value(TARGET, "", str)
    if last and Path(last).parent.is_dir():
        return Path(last)
    documents = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    return Path(QgsProject.instance().homePath() or documents) / "clients.gpkg"
