"""The audit as a PDF: QGIS draws layouts in the main thread only, so a window shows how far it is and can stop it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsApplication, QgsMapLayer, QgsMapLayerType, QgsProcessingContext, QgsProject, QgsVectorLayer, QgsWkbTypes
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtWidgets import QProgressDialog, QWidget

from ..layers.audit import TABLE_PROPERTY
from .tasks import ErrorKeepingFeedback

if TYPE_CHECKING:
    from collections.abc import Iterator

ALGORITHM = "joptimiz:coveragepdf"


def print_audit(parent: QWidget, audit: Path, path: Path) -> tuple[bool, str]:
    """Print the audit in the GeoPackage `audit` into the PDF `path`, over the project's visible base map.

    Returns
    -------
    tuple of bool and str
        Whether the PDF is there; if not, why.
    """
    window = QProgressDialog(_tr("The pages are being drawn…"), _tr("Cancel"), 0, 100, parent)
    window.setObjectName("pdfProgress")
    window.setWindowTitle(_tr("PDF of the audit"))
    window.setWindowModality(Qt.WindowModality.WindowModal)
    window.setMinimumDuration(0)
    feedback = ErrorKeepingFeedback()

    def show(percent: float) -> None:
        window.setValue(min(round(percent), 99))  # at 100 it would close itself before the last page
        QCoreApplication.processEvents()

    feedback.progressChanged.connect(show)
    feedback.told.connect(window.setLabelText)
    window.canceled.connect(feedback.cancel)
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    background = [layer.id() for layer in base_map(QgsProject.instance())]
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(ALGORITHM)
    try:
        _, made = algorithm.run({"AUDIT": str(audit), "BACKGROUND": background, "OUTPUT": str(path)}, context, feedback)
    finally:
        window.canceled.disconnect(feedback.cancel)
        window.close()
        window.deleteLater()
    if feedback.isCanceled():
        return False, _tr("The PDF was cancelled; nothing was written.")
    return bool(made), feedback.errors() or ("" if made else _tr("The PDF could not be made."))


def base_map(project: QgsProject) -> Iterator[QgsMapLayer]:
    """The visible layers of `project` that can lie under an audit: images, lines and areas, but no points and no audit."""
    for layer in project.layerTreeRoot().checkedLayers():
        if layer.customProperty(TABLE_PROPERTY):
            continue
        points = isinstance(layer, QgsVectorLayer) and layer.geometryType() not in (
            QgsWkbTypes.GeometryType.LineGeometry,
            QgsWkbTypes.GeometryType.PolygonGeometry,
        )
        if not points and layer.type() != QgsMapLayerType.PluginLayer:
            yield layer


def _tr(text: str) -> str:
    return QCoreApplication.translate("AuditPdf", text)
