"""``joptimiz:coveragepdf``: an audit as a PDF, an overview and a page for each zone, through a layout that users may replace."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    Qgis,
    QgsFeedback,
    QgsLayoutExporter,
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingOutputNumber,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingUtils,
    QgsProject,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.errors import CancelledError, OutputError
from .algorithm import JoptimizAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsPrintLayout, QgsProcessingContext, QgsProcessingFeedback

_RESOLUTION_DPI = 200
_WORST = 20


class CoveragePdfAlgorithm(JoptimizAlgorithm):
    """Adapter of `layers.audit_layout`."""

    NAME = "coveragepdf"
    ICON = "bay_coverage"

    AUDIT = "AUDIT"
    ZONE_PAGES = "ZONE_PAGES"
    WORST = "WORST"
    BACKGROUND = "BACKGROUND"
    TEMPLATE = "TEMPLATE"
    RESOLUTION = "RESOLUTION"
    OUTPUT = "OUTPUT"
    WORST_ZONES, ALL_ZONES, NO_ZONE = range(3)

    def flags(self) -> Qgis.ProcessingAlgorithmFlags:
        """Layouts are scenes of Qt's: they live in the main thread."""
        return QgsProcessingAlgorithm.flags(self) | Qgis.ProcessingAlgorithmFlag.NoThreading

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Print the audit (PDF)")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("An audit as a PDF to hand round: key figures, maps and a page for each zone.")

    def group(self) -> str:
        """Group in the toolbox."""
        return QCoreApplication.translate("BayCoverageAlgorithm", "Analysis")

    def groupId(self) -> str:  # noqa: N802 - QGIS's name
        """Identifier of the group."""
        return "analyse"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        whole = Qgis.ProcessingNumberParameterType.Integer
        files = Qgis.ProcessingFileParameterBehavior.File
        # Without a filter of endings: what is no GeoPackage is told in a sentence that says what is.
        self.addParameter(QgsProcessingParameterFile(self.AUDIT, self.tr("Audit (the GeoPackage that it wrote)"), files))
        choices = [self.tr("The worst zones"), self.tr("All zones with delivery points"), self.tr("No zone")]
        self.addParameter(QgsProcessingParameterEnum(self.ZONE_PAGES, self.tr("Pages of zones"), choices, defaultValue=self.WORST_ZONES))
        self.addParameter(QgsProcessingParameterNumber(self.WORST, self.tr("How many of the worst zones"), whole, _WORST, minValue=1))
        maps = QgsProcessing.SourceType.TypeMapLayer
        background = self.tr("Layers drawn under the maps (streets, a plan…)")
        self.addParameter(QgsProcessingParameterMultipleLayers(self.BACKGROUND, background, maps, optional=True))
        template = self.tr("Layout template, if not the plugin’s own")
        self.add_advanced(QgsProcessingParameterFile(self.TEMPLATE, template, files, "qpt", optional=True))
        resolution = self.tr("Resolution of images (dots per inch)")
        self.add_advanced(QgsProcessingParameterNumber(self.RESOLUTION, resolution, whole, _RESOLUTION_DPI, minValue=50, maxValue=1200))
        self.addParameter(QgsProcessingParameterFileDestination(self.OUTPUT, self.tr("Printed audit"), self.tr("PDF files (*.pdf)")))
        self.addOutput(QgsProcessingOutputNumber("PAGES_OF_ZONES", self.tr("Pages of zones that were made")))

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Lay out, then export: what was at the destination stays until the new file is whole."""
        from ..layers.audit_layout import ZONES_ALL, ZONES_NONE, audit_layout
        from .results import Target, whole_or_nothing

        output = self.parameterAsFileOutput(parameters, self.OUTPUT, context)
        choice = self.parameterAsEnum(parameters, self.ZONE_PAGES, context)
        worst = self.parameterAsInt(parameters, self.WORST, context)
        feedback.setProgressText(self.tr("Laying out"))
        with _own_project(context) as project:
            layout = audit_layout(
                project,
                _own_copy(self.parameterAsFile(parameters, self.AUDIT, context), context),
                self.parameterAsFile(parameters, self.TEMPLATE, context) or None,
                self.parameterAsLayerList(parameters, self.BACKGROUND, context),
                {self.ALL_ZONES: ZONES_ALL, self.NO_ZONE: ZONES_NONE}.get(choice, worst),
            )
            if feedback.isCanceled():
                raise CancelledError("Cancelled; nothing was written.")
            with whole_or_nothing(Target(Path(output), "")):
                pages = self._export(layout, output, self.parameterAsInt(parameters, self.RESOLUTION, context), feedback)
        return {self.OUTPUT: output, "PAGES_OF_ZONES": pages}

    def _export(self, layout: QgsPrintLayout, output: str, resolution: int, feedback: QgsProcessingFeedback) -> int:
        """Pages of zones that were made."""
        settings = QgsLayoutExporter.PdfExportSettings()
        settings.dpi = resolution
        settings.textRenderFormat = Qgis.TextRenderFormat.AlwaysText  # searchable, and a fraction of the size of outlines
        atlas = layout.atlas()
        if not atlas.enabled():
            result, cause = QgsLayoutExporter(layout).exportToPdf(output, settings), ""
            pages = 0
        else:
            pages = atlas.updateFeatures()
            with _pages(feedback, pages, self.tr("Page {number} of {pages}")) as inner:
                result, cause = QgsLayoutExporter.exportToPdf(atlas, output, settings, inner)
        if feedback.isCanceled() or result == QgsLayoutExporter.ExportResult.Canceled:
            raise CancelledError("Cancelled; nothing was written.")
        if result != QgsLayoutExporter.ExportResult.Success or not Path(output).is_file():
            raise OutputError("The result cannot be written: {cause}", cause=cause or output)
        return int(pages)


@contextmanager
def _own_project(context: QgsProcessingContext) -> Iterator[QgsProject]:
    """A project to lay out in, never the user's; gone at the end, whoever still refers to it: an error's traceback does.

    Left to Python it may outlive QGIS's own libraries, and crash the program as it ends.
    """
    project = QgsProject()
    project.setTransformContext(context.transformContext())
    try:
        yield project
    finally:
        sip.delete(project)


def _own_copy(path: str, context: QgsProcessingContext) -> str:
    """A copy of the audit to draw from: QGIS writes into a GeoPackage that it reads, and one on a network drive may hold it up."""
    from .results import copy_database

    if not Path(path).is_file():
        return path  # whoever opens it says so
    copy = QgsProcessingUtils.generateTempFilename(Path(path).name, context)
    try:
        copy_database(Path(path), Path(copy))
    except sqlite3.Error:
        return path  # likewise
    return copy


@contextmanager
def _pages(feedback: QgsProcessingFeedback, zones: int, text: str) -> Iterator[QgsFeedback]:
    """QGIS's feedback of an atlas: its progress is shown as pages, and Cancel reaches it."""
    inner = QgsFeedback()

    def show(percent: float) -> None:
        feedback.setProgress(percent)
        feedback.setProgressText(text.format(number=min(round(percent * zones / 100), zones) + 1, pages=zones + 1))

    inner.progressChanged.connect(show)
    feedback.canceled.connect(inner.cancel)
    if feedback.isCanceled():
        inner.cancel()
    try:
        yield inner
    finally:
        inner.progressChanged.disconnect(show)
        feedback.canceled.disconnect(inner.cancel)
