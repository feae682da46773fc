"""The panel JOPTIMIZ: where each journey begins."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import Qgis, QgsProject, QgsVectorLayer
from qgis.gui import QgsDockWidget
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QDialog, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from ..layers.audit import TABLE_PROPERTY, add_audit
from ..layers.roles import bays_layer, points_layer
from ..toolkit.dependencies import require_libraries
from ..toolkit.errors import JoptimizError, MissingDependencyError
from .open_workspace import open_workspace
from .project_memory import recall_files
from .sample import SampleTown
from .section import heading, large_button, paragraph, rule
from .wdg_audit_results import AuditResults
from .wdg_company import CompanySection
from .wdg_moment import MomentSection
from .wdg_survey import SurveySection

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from .dlg_add_data import AddDataDialog
    from .dlg_audit import AuditDialog


class JoptimizDock(QgsDockWidget):
    """Buttons that lead to the algorithms with the project's own layers filled in."""

    def __init__(self, iface: QgisInterface, parent: QWidget | None = None) -> None:
        super().__init__("JOPTIMIZ", parent)
        self.setObjectName("JoptimizDock")
        self.iface = iface
        self.sample = SampleTown(iface)
        self.audit_dialog: AuditDialog | None = None
        self.data_dialog: AddDataDialog | None = None
        self.dialogs: list[QDialog] = []
        self.message = _message()
        self.results = AuditResults(iface, self.say)
        self.moment = MomentSection(iface)
        self.company = CompanySection(iface, self.say)
        self.survey = SurveySection(iface, self.say)
        self.audit_button = large_button("auditButton", self.tr("Audit the delivery bays…"), "audit_bays", self.audit)
        self.audit_button.setDefault(True)
        self.setWidget(self._contents())
        QgsProject.instance().readProject.connect(self.project_read)
        QgsProject.instance().cleared.connect(self.results.forget)
        self.project_read()  # the plugin may be enabled while a project is open

    def audit(self) -> None:
        """Open the audit's dialog on the bays, the delivery points and the zones of the project; the one at work if there is."""
        if not self.libraries_present():
            return
        if self.audit_dialog is None or not (self.audit_dialog.work or self.audit_dialog.isVisible()):
            self._close_audit_dialog()
            from .dlg_audit import AuditDialog

            self.audit_dialog = AuditDialog(self.iface, self.show_audit, self.iface.mainWindow())
        project = QgsProject.instance()
        if not bays_layer(project) and not points_layer(project):
            text = self.tr("No layer of bays or delivery points was found in the project. Choose files in the dialog, or open the sample town first.")
            self.say(text)
        self.audit_dialog.show()  # beside the map, not in front of it: one may look something up
        self.audit_dialog.raise_()

    def show_audit(self, audit: Path, report: Path) -> None:
        """Put the layers of an audit on the map and its figures into the panel."""
        try:
            group = add_audit(QgsProject.instance(), audit)
        except JoptimizError as error:
            self.say(str(error), Qgis.MessageLevel.Warning)
            return
        self.message.hide()
        self.results.show_audit(audit, report)
        self._fit()
        self.scroll.ensureWidgetVisible(self.results)
        coverage = next(node.layer() for node in group.findLayers() if node.layer().customProperty(TABLE_PROPERTY) == "coverage")
        self._look_at(coverage)

    def project_read(self) -> None:
        """Show the last audit of the project that was opened."""
        known = recall_files(QgsProject.instance())
        if known:
            self.results.show_audit(*known)
        else:
            self.results.forget()
        self._fit()

    def _look_at(self, layer: QgsVectorLayer) -> None:
        canvas = self.iface.mapCanvas()
        extent = canvas.mapSettings().layerExtentToOutputExtent(layer, layer.extent())
        if not canvas.extent().intersects(extent) or not canvas.extent().width() < 5 * extent.width():
            canvas.setExtent(extent.buffered(extent.width() * 0.03))
        canvas.refresh()

    def add_data(self) -> None:
        """Open the dialog that adds data; the one at work if there is."""
        if not self.libraries_present():
            return
        dialog = self.data_dialog
        if dialog is None or not (dialog.work or dialog.isVisible()):
            self._close_data_dialog()
            from .dlg_add_data import AddDataDialog

            dialog = self.data_dialog = AddDataDialog(self.iface, self.data_added, open_workspace(), self.iface.mainWindow())
        dialog.show()  # beside the map, not in front of it: one may draw on it
        dialog.raise_()

    def data_added(self, layers: list[QgsVectorLayer]) -> None:
        """Say what is on the map now, and look at it."""
        first = layers[0]
        self._look_at(first)
        text = self.tr("“{name}” is on the map: {count} rows.")
        self.say(text.format(name=first.name(), count=first.featureCount()))

    def open_algorithm(self, identifier: str) -> None:
        """Show the dialog of an algorithm."""
        if self.libraries_present():
            from processing import createAlgorithmDialog

            dialog = createAlgorithmDialog(identifier, {})
            # Held, or Python forgets its part of the dialog, and Run does nothing.
            self.dialogs = [*(other for other in self.dialogs if not sip.isdeleted(other)), dialog]
            dialog.show()

    def open_sample(self) -> None:
        """Load the sample town."""
        if self.libraries_present():
            self.sample.open(self.say)

    def leave(self) -> None:
        """Stop what is at work and listen to the project no more: the plugin is unloaded."""
        QgsProject.instance().readProject.disconnect(self.project_read)
        QgsProject.instance().cleared.disconnect(self.results.forget)
        self.moment.leave()
        self.company.leave()
        self.survey.leave()
        self._close_audit_dialog()
        self._close_data_dialog()

    def _close_data_dialog(self) -> None:
        dialog, self.data_dialog = self.data_dialog, None
        if dialog is not None and not sip.isdeleted(dialog):
            dialog.leave()

    def _close_audit_dialog(self) -> None:
        dialog, self.audit_dialog = self.audit_dialog, None
        if dialog is not None and not sip.isdeleted(dialog):
            dialog.leave()

    def libraries_present(self) -> bool:
        """Whether the toolkit can run; where not, say what to type."""
        try:
            require_libraries()
        except MissingDependencyError as error:
            self.say(str(error), Qgis.MessageLevel.Warning)
            return False
        return True

    def say(self, text: str, level: Qgis.MessageLevel = Qgis.MessageLevel.Info) -> None:
        """Show a sentence at the top of the panel."""
        warning = level != Qgis.MessageLevel.Info
        colours = "background: #fff3cd; color: #5c4400;" if warning else "background: #dcebf7; color: #17375e;"
        self.message.setStyleSheet(f"{colours} padding: 8px; border-radius: 3px;")
        self.message.setText(text)
        self.message.show()

    def _contents(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setSpacing(8)
        layout.addWidget(heading(self.tr("Delivery bays")))
        layout.addWidget(paragraph(self.tr("Which delivery points have a usable bay within 20 m, and where are the gaps?")))
        layout.addWidget(self.audit_button)
        layout.addWidget(self.results)
        layout.addWidget(rule())
        layout.addWidget(self.moment)
        layout.addWidget(rule())
        layout.addWidget(self.company)
        layout.addWidget(rule())
        layout.addWidget(self.survey)
        layout.addWidget(rule())
        layout.addWidget(heading(self.tr("Data")))
        layout.addWidget(paragraph(self.tr("Bays, perimeters, points: from a file or a public source. Shown before anything is added.")))
        layout.addWidget(large_button("addDataButton", self.tr("Add data…"), "add_data", self.add_data))
        make, show = self.tr("Create a workspace…"), self.tr("Open a workspace…")
        layout.addWidget(large_button("createWorkspaceButton", make, "create_workspace", lambda: self.open_algorithm("joptimiz:createworkspace")))
        layout.addWidget(large_button("openWorkspaceButton", show, "open_workspace", lambda: self.open_algorithm("joptimiz:openworkspace")))
        layout.addWidget(rule())
        layout.addWidget(heading(self.tr("Discover")))
        layout.addWidget(paragraph(self.tr("A small fictional town with its bays, establishments and perimeters, to try everything on.")))
        layout.addWidget(large_button("sampleButton", self.tr("Open the sample town"), "sample", self.open_sample))
        layout.addStretch(1)
        self.scroll = scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(page)
        self.page = page
        self._fit()
        outer = QWidget()
        stack = QVBoxLayout(outer)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.addWidget(self.message)
        stack.addWidget(scroll)
        return outer

    def _fit(self) -> None:
        """As wide as what is in sight needs: there is no bar to scroll sideways."""
        self.scroll.setMinimumWidth(self.page.minimumSizeHint().width() + self.scroll.verticalScrollBar().sizeHint().width())


def _message() -> QLabel:
    """A sentence at the top of the panel; QgsMessageBar would cut it to one line here."""
    label = paragraph("")
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setObjectName("messageLabel")
    label.hide()
    return label
