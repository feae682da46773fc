"""The dialog “Audit the delivery bays”: data in sight, options folded away; the audit itself is an algorithm in the background."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from qgis.core import Qgis, QgsApplication, QgsProcessingContext, QgsProject, QgsSettings
from qgis.gui import QgsCollapsibleGroupBox, QgsDateTimeEdit, QgsFileWidget
from qgis.PyQt.QtCore import QDate, QDateTime, QLocale, QSize, QStandardPaths, Qt, QTime
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QFrame,
    QGroupBox,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ..layers.roles import bays_layer, points_layer, zones_layer
from ..paths import icon_path
from .project_memory import recall_parameters, remember_files, remember_parameters
from .wdg_parameters import ParameterForm
from .work_dialog import WorkDialog, named_button

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

ALGORITHM = "joptimiz:coveragereport"
_FOLDER = "joptimiz/results_folder"
_DATA = ("BAYS", "POINTS", "ZONES", "ZONE_FIELD", "CATEGORY")
_OPTIONS = ("MAX_DISTANCE", "VEHICLE_LENGTH", "STOP_MINUTES", "RADIUS", "MINIMUM", "NETWORK", "CROSSINGS", "NETWORK_TOLERANCE")
_COLUMNS = ("MOVEMENTS", "ACTIVITY", "WORKFORCE", "JOBS", "MOVEMENT_CATEGORIES", "MAPPING", "BAYS_CRS", "POINTS_CRS", "BANDS", "LANGUAGE")

Finished = Callable[[Path, Path], None]


class AuditDialog(WorkDialog):
    """Collects the parameters of an audit, runs it in the background, and tells `finished` where the results are.

    Parameters
    ----------
    iface : QgisInterface
    finished : callable
        Called with the GeoPackage and the report of a complete audit.
    parent : QWidget, optional
    """

    def __init__(self, iface: QgisInterface, finished: Finished, parent: QWidget | None = None) -> None:
        super().__init__("AuditDialog", "audit_bays", parent)
        self.setWindowTitle(self.tr("Audit the delivery bays"))
        self.report_finished = finished
        algorithm = QgsApplication.processingRegistry().createAlgorithmById(ALGORITHM)
        self.form = ParameterForm(algorithm, iface, self.messages)
        self._lay_out()
        self.form.link()
        self._propose()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide enough for the names of layers, high enough for all that is not folded away."""
        return QSize(700, 640)

    # -- what is asked -------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        contents = QWidget()
        column = QVBoxLayout(contents)
        column.addWidget(self._data())
        column.addWidget(self._when())
        column.addWidget(self._results())
        column.addWidget(self._folded("optionsGroup", self.tr("Options: distance, vehicle, gaps, walk"), _OPTIONS, self._short_labels()))
        column.addWidget(self._folded("columnsGroup", self.tr("Columns, coordinates, language"), _COLUMNS, self._short_labels()))
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(contents)
        outer = QVBoxLayout(self)
        outer.addWidget(self.messages)
        outer.addWidget(scroll, 1)
        outer.addLayout(self._bottom())

    def _data(self) -> QGroupBox:
        group = QGroupBox(self.tr("Data: layers of the project, or files (button “…”)"))
        self.form.add(_DATA, _rows(group), self._short_labels())
        return group

    def _when(self) -> QGroupBox:
        group = QGroupBox(self.tr("Moment"))
        row = QHBoxLayout(group)
        self.at_moment = QCheckBox(self.tr("Count only the bays usable on"))
        self.at_moment.setObjectName("atMoment")
        self.moment = QgsDateTimeEdit()
        self.moment.setObjectName("moment")
        self.moment.setDisplayFormat("dddd d MMMM yyyy, HH:mm")
        self.moment.setLocale(QLocale(QgsApplication.locale()))  # Qt would take the system's
        self.moment.setAllowNull(False)
        self.moment.setDateTime(QDateTime(_next_tuesday(), QTime(10, 0)))
        self.moment.setEnabled(False)
        self.at_moment.toggled.connect(self.moment.setEnabled)
        row.addWidget(self.at_moment)
        row.addWidget(self.moment, 1)
        group.setToolTip(self.tr("Without a moment every bay in service counts; the report shows the whole week in any case."))
        return group

    def _results(self) -> QGroupBox:
        group = QGroupBox(self.tr("Results"))
        rows = _rows(group)
        self.title = QLineEdit()
        self.title.setObjectName("title")
        self.title.setPlaceholderText(self.tr("Audit of the delivery bays"))
        self.folder = QgsFileWidget()
        self.folder.setObjectName("folder")
        self.folder.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.folder.setDialogTitle(self.tr("Folder of the results"))
        rows.addRow(self.tr("Title of the report"), self.title)
        rows.addRow(self.tr("Folder of the results"), self.folder)
        return group

    def _folded(self, name: str, title: str, parameters: tuple[str, ...], labels: dict[str, str]) -> QgsCollapsibleGroupBox:
        group = QgsCollapsibleGroupBox(title)
        group.setObjectName(name)
        group.setSaveCollapsedState(False)
        self.form.add(parameters, _rows(group), labels)
        group.setCollapsed(True)
        return group

    def _bottom(self) -> QVBoxLayout:
        self.start_button = named_button("startButton", self.tr("Run the audit"), self.start)
        self.start_button.setIcon(QIcon(icon_path("audit_bays")))
        return self.bottom([self.start_button], self.start_button)

    def _short_labels(self) -> dict[str, str]:
        return {
            "BAYS": self.tr("Delivery bays"),
            "POINTS": self.tr("Delivery points"),
            "ZONES": self.tr("Zones (optional)"),
            "ZONE_FIELD": self.tr("Name of the zones (optional)"),
            "CATEGORY": self.tr("Category of the points (optional)"),
            "VEHICLE_LENGTH": self.tr("Length of the vehicle (m)"),
            "STOP_MINUTES": self.tr("Length of the stop (min)"),
            "RADIUS": self.tr("Gaps: radius"),
            "MINIMUM": self.tr("Gaps: uncovered points at least"),
            "NETWORK": self.tr("Streets, for the walk"),
            "CROSSINGS": self.tr("Walk: lines that cross"),
            "NETWORK_TOLERANCE": self.tr("Walk: farthest from a street"),
            "MOVEMENTS": self.tr("Movements per week"),
            "ACTIVITY": self.tr("Activity code (NAF, APE)"),
            "WORKFORCE": self.tr("Workforce class"),
            "JOBS": self.tr("Number of jobs"),
            "MOVEMENT_CATEGORIES": self.tr("Your own table of activities"),
            "MAPPING": self.tr("Columns of the bays"),
            "BAYS_CRS": self.tr("CRS of the bays"),
            "POINTS_CRS": self.tr("CRS of the delivery points"),
        }

    # -- what is proposed ----------------------------------------------------------------------------------------------

    def _propose(self) -> None:
        """What the project's last audit used, else its layers that look the part."""
        project = QgsProject.instance()
        found = {"BAYS": bays_layer(project), "POINTS": points_layer(project), "ZONES": zones_layer(project)}
        self.form.fill({name: layer.id() for name, layer in found.items() if layer})
        known = recall_parameters(project)
        self.form.fill({name: value for name, value in known.items() if _still_there(value, project)})
        self.title.setText(known.get("TITLE") or "")
        moment = QDateTime.fromString(known.get("AT") or "", Qt.DateFormat.ISODate)
        if moment.isValid():
            self.moment.setDateTime(moment)
            self.at_moment.setChecked(True)
        self.folder.setFilePath(project.homePath() or QgsSettings().value(_FOLDER, "", str) or str(_documents()))

    def parameters(self) -> dict[str, Any]:
        """What was chosen, as the algorithm takes it, but for the files of the result."""
        chosen = {**self.form.values(), "TITLE": self.title.text().strip()}
        if self.at_moment.isChecked():
            chosen["AT"] = self.moment.dateTime()
        return chosen

    # -- the run -------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Run the audit in the background, or say what is missing."""
        if self.work is not None:
            return
        self.messages.clearWidgets()
        chosen = self.parameters()
        for name, sentence in self._needed().items():
            if not chosen[name]:
                self.say(sentence)
                return
        try:
            report, audit = self._targets(chosen["TITLE"] or self.title.placeholderText())
        except OSError as error:
            self.say(self.tr("The folder of the results cannot be used: {cause}. Choose another one.").format(cause=error.strerror or error))
            return
        everything = {**chosen, "REPORT": str(report), "AUDIT": str(audit)}
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        possible, sentence = self.form.algorithm.checkParameterValues(everything, context)
        if not possible:
            self.say(sentence)
            return
        remember_parameters(QgsProject.instance(), chosen)
        self.run_algorithm(ALGORITHM, everything, self._done)

    def _needed(self) -> dict[str, str]:
        """What cannot be left out, with what to say where it was: QGIS would speak of its parameters."""
        return {
            "BAYS": self.tr("Choose the delivery bays: a layer of the project, or a file (button “…”)."),
            "POINTS": self.tr("Choose the delivery points: a layer of the project, or a file (button “…”)."),
        }

    def _targets(self, title: str) -> tuple[Path, Path]:
        """The report and the GeoPackage: new names each time, so that no earlier audit is lost, nor open layers replaced."""
        folder = Path(self.folder.filePath() or _documents())
        folder.mkdir(parents=True, exist_ok=True)
        QgsSettings().setValue(_FOLDER, str(folder))
        stem = f"{_file_name(title)}_{date.today():%Y-%m-%d}"  # noqa: DTZ011 - the reader's own date
        names = (stem, *(f"{stem}_{number}" for number in range(2, 1_000)))
        free = next(name for name in names if not any((folder / f"{name}{end}").exists() for end in (".html", ".gpkg")))
        return folder / f"{free}.html", folder / f"{free}.gpkg"

    def _done(self, success: bool, results: dict[str, Any], errors: str) -> None:
        if success:
            audit, report = Path(results["AUDIT"]), Path(results["REPORT"])
            remember_files(QgsProject.instance(), audit, report)
            self.close()
            self.report_finished(audit, report)
        elif self.cancelled:
            self.say(self.tr("The audit was cancelled; nothing was written."), Qgis.MessageLevel.Info)
        else:
            self.say(errors or self.tr("The audit could not be made."))
            self.show()  # it may have been closed meanwhile

    def show_working(self, working: bool) -> None:
        """One audit at a time."""
        self.start_button.setEnabled(not working)


def _rows(group: QWidget) -> QFormLayout:
    rows = QFormLayout(group)
    rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    rows.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
    return rows


def _next_tuesday() -> QDate:
    """An ordinary working day to begin with."""
    today = QDate.currentDate()
    return today.addDays((2 - today.dayOfWeek()) % 7 or 7)


def _documents() -> Path:
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)) / "JOPTIMIZ"


def _still_there(value: Any, project: QgsProject) -> bool:
    """Whether a remembered value can be shown: a layer that has left the project since cannot."""
    looks_like_layer = isinstance(value, str) and re.search(r"_[0-9a-f]{8}(_[0-9a-f]{4}){3}_[0-9a-f]{12}$", value)
    return not looks_like_layer or project.mapLayer(value) is not None


def _file_name(title: str) -> str:
    """`title` as a name that every system takes: ``Aires de Lyon 3ᵉ`` → ``aires_de_lyon_3e``."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:60] or "audit"
