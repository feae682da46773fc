"""The last audit in the panel: its key figures, and what one does with it next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Callable

from qgis.core import Qgis, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QDesktopServices, QIcon
from qgis.PyQt.QtWidgets import QFileDialog, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ..layers.audit import TABLE_PROPERTY, AuditFigures, figures, largest_gap_extent
from ..paths import icon_path
from ..toolkit.errors import JoptimizError
from .pdf import print_audit

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

_AROUND_GAP = 1.8
"""How much more than the gap itself is shown: the streets around it tell where it is."""

Say = Callable[..., None]


class AuditResults(QWidget):
    """Key figures of an audit and the buttons “Open the report”, “PDF” and “Zoom to the largest gap”; hidden until there is one.

    Parameters
    ----------
    iface : QgisInterface
    say : callable
        Shows a sentence (and a level) to the user.
    """

    def __init__(self, iface: QgisInterface, say: Say) -> None:
        super().__init__()
        self.setObjectName("auditResults")
        self.iface = iface
        self.say = say
        self.audit: Path | None = None
        self.report: Path | None = None
        self.heading = QLabel()
        self.heading.setObjectName("auditTitle")
        self.heading.setWordWrap(True)
        self.lead = QLabel()
        self.lead.setObjectName("auditLead")
        self.lead.setWordWrap(True)
        self.figures = QGridLayout()
        self.figures.setColumnStretch(1, 1)
        self.open_button = _button("openReportButton", self.tr("Open the report"), "report", self.open_report)
        self.pdf_button = _button("pdfButton", self.tr("PDF"), "pdf", self.make_pdf)
        self.gap_button = _button("zoomToGapButton", self.tr("Zoom to the largest gap"), "zoom_to_gap", self.zoom_to_largest_gap)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.addWidget(self.heading)
        column.addWidget(self.lead)
        column.addLayout(self.figures)
        for button in (self.open_button, self.pdf_button, self.gap_button):
            column.addWidget(button)
        self.hide()

    def show_audit(self, audit: Path, report: Path) -> None:
        """Show the figures of the audit in the GeoPackage `audit`; what cannot be read is said."""
        try:
            found = figures(audit)
        except JoptimizError as error:
            self.forget()
            self.say(str(error), Qgis.MessageLevel.Warning)
            return
        self.audit, self.report = audit, report
        self._fill(found)
        self.open_button.setEnabled(report.is_file())
        self.show()

    def forget(self) -> None:
        """Show nothing: another project, or no audit any more."""
        self.audit = self.report = None
        self.hide()

    def open_report(self) -> None:
        """Open the HTML report in the user's browser."""
        if self.report is None or not self.report.is_file():
            self.say(self.tr("The report is no longer where it was written. Run the audit again."), Qgis.MessageLevel.Warning)
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.report)))

    def make_pdf(self) -> None:
        """Ask where the PDF goes, make it, and open it."""
        if self.audit is None:
            return
        proposed = str(self.audit.with_suffix(".pdf"))
        path, _ = QFileDialog.getSaveFileName(self, self.tr("PDF of the audit"), proposed, "PDF (*.pdf)")
        if path:
            self.print_to(Path(path))

    def print_to(self, path: Path) -> None:
        """Make the PDF `path` and open it; an error or a cancel is said."""
        if self.audit is None:
            return
        made, sentence = print_audit(self.iface.mainWindow(), self.audit, path)
        if made:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
            self.say(self.tr("The PDF is ready: {path}").format(path=path))
        else:
            self.say(sentence, Qgis.MessageLevel.Warning)

    def zoom_to_largest_gap(self) -> None:
        """Show the heaviest gap on the map."""
        layer = self._gaps()
        if layer is None:
            self.say(self.tr("The layer of gaps is no longer in the project. Run the audit again."), Qgis.MessageLevel.Warning)
            return
        canvas = self.iface.mapCanvas()
        extent = largest_gap_extent(layer, canvas.mapSettings().destinationCrs(), QgsProject.instance())
        if extent is None:
            self.say(self.tr("This audit has found no gap."))
            return
        extent.scale(_AROUND_GAP)
        canvas.setExtent(extent)
        canvas.refresh()
        heaviest = [feature.id() for feature in layer.getFeatures('"rank" = 1')]
        canvas.flashFeatureIds(layer, heaviest)

    def _gaps(self) -> QgsVectorLayer | None:
        """The gaps of this audit, if its layer is still in the project."""
        layers = QgsProject.instance().mapLayers().values()
        gaps = [layer for layer in layers if layer.customProperty(TABLE_PROPERTY) == "gaps"]
        return next((layer for layer in gaps if Path(layer.source().partition("|")[0]) == self.audit), None)

    def _fill(self, found: AuditFigures) -> None:
        self.heading.setText(f"<b>{_escaped(found.title)}</b> – {_escaped(found.day)}")
        self.lead.setText(found.lead)
        while self.figures.count():
            self.figures.takeAt(0).widget().deleteLater()
        for row, shown in enumerate(found.key):
            value, label = QLabel(f"<b>{_escaped(shown.value)}</b>"), QLabel(shown.label)
            label.setWordWrap(True)
            self.figures.addWidget(value, row, 0)
            self.figures.addWidget(label, row, 1)


def _button(name: str, text: str, icon: str, slot: Callable[[], None]) -> QPushButton:
    button = QPushButton(QIcon(icon_path(icon)), f"  {text}")
    button.setObjectName(name)
    button.setStyleSheet("text-align: left; padding: 4px 8px;")
    button.clicked.connect(lambda _checked: slot())
    return button


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
