"""``joptimiz:surveyreport``: a survey, or any layer of bays → a report for each municipality, in HTML and as PDF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    Qgis,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.messages import tr
from .algorithm import FeedbackProgress, JoptimizAlgorithm

if TYPE_CHECKING:
    import geopandas as gpd
    from qgis.core import QgsProcessingFeedback

    from ..toolkit.survey.reporting import Subject


class SurveyReportAlgorithm(JoptimizAlgorithm):
    """Adapter of `toolkit.survey.reporting`."""

    NAME = "surveyreport"
    LEAVES = True
    ICON = "survey_report"

    SURVEY = "SURVEY"
    BAYS = "BAYS"
    COMMUNES = "COMMUNES"
    NAME_FIELD = "NAME_FIELD"
    POINTS = "POINTS"
    TITLE = "TITLE"
    PDF = "PDF"
    OUTPUT = "OUTPUT"

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Report of a survey, by municipality")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Inventory, signs, dimensions, coverage, progress, anomalies and photos: a page for each municipality, to hand over.")

    def group(self) -> str:
        """Group in the toolbox."""
        return QCoreApplication.translate("SurveyAlgorithm", "Survey")

    def groupId(self) -> str:  # noqa: N802 - QGIS's name
        """Identifier of the group."""
        return "survey"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        polygons, vector = [QgsProcessing.SourceType.TypeVectorPolygon], [QgsProcessing.SourceType.TypeVector]
        folder = Qgis.ProcessingFileParameterBehavior.Folder
        self.addParameter(QgsProcessingParameterFile(self.SURVEY, self.tr("Folder of the survey that came back"), folder, optional=True))
        self.addParameter(QgsProcessingParameterFeatureSource(self.BAYS, self.tr("or a layer of delivery bays"), vector, optional=True))
        towns = self.tr("Municipalities, if not those of the survey")
        self.addParameter(QgsProcessingParameterFeatureSource(self.COMMUNES, towns, polygons, optional=True))
        names = self.tr("Field with the names of the municipalities")
        self.addParameter(QgsProcessingParameterField(self.NAME_FIELD, names, None, self.COMMUNES, optional=True))
        points = self.tr("Delivery points, for the coverage within 20 m")
        self.addParameter(QgsProcessingParameterFeatureSource(self.POINTS, points, vector, optional=True))
        self.addParameter(QgsProcessingParameterString(self.TITLE, self.tr("Title of the report"), optional=True))
        self.addParameter(QgsProcessingParameterBoolean(self.PDF, self.tr("Write each page as PDF too"), defaultValue=True))
        self.addParameter(QgsProcessingParameterFolderDestination(self.OUTPUT, self.tr("Folder of the report (new or empty)")))
        self.addOutput(QgsProcessingOutputString("INDEX", self.tr("First page of the report")))
        self.addOutput(QgsProcessingOutputNumber("MUNICIPALITIES_COUNT", self.tr("Municipalities")))
        self.addOutput(QgsProcessingOutputNumber("BAYS_COUNT", self.tr("Delivery bays")))
        self.addOutput(QgsProcessingOutputNumber("FINDINGS_COUNT", self.tr("Findings of the control")))

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:  # noqa: N802 - QGIS's
        """Refuse a run without bays."""
        if bool(parameters.get(self.SURVEY)) == bool(parameters.get(self.BAYS)):
            return False, self.tr("Choose either the folder of a survey or a layer of delivery bays.")
        valid, said = super().checkParameterValues(parameters, context)
        return bool(valid), str(said)

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Read, count, write all pages or none."""
        from ..layers.survey_pages import page_pdf, shrunk
        from ..toolkit.survey.prepare import check_folder
        from ..toolkit.survey.reporting import reports_of, write_survey_report
        from . import adapters

        progress = FeedbackProgress(feedback)
        target = check_folder(self.parameterAsString(parameters, self.OUTPUT, context), for_tablets=False)
        subject = self._subject(parameters, context, progress)
        communes = None
        if parameters.get(self.COMMUNES):
            source = adapters.required_source(self, parameters, self.COMMUNES, context)
            communes = adapters.ZoneLayer.read(source, progress.part(0.1, 0.15)).frame
        names = self.parameterAsString(parameters, self.NAME_FIELD, context) or None
        points = self._points(parameters, context, progress)
        reports = reports_of(subject, communes, names, points, progress=progress.part(0.2, 0.6))
        title = self.parameterAsString(parameters, self.TITLE, context).strip()
        printed = page_pdf if self.parameterAsBool(parameters, self.PDF, context) else None
        progress.step(0.6, tr("Writing {name}", name=target))
        index = write_survey_report(reports, target, title, [subject.name], shrunk, printed, progress.part(0.6, 1))
        findings = sum(len(report.findings) for report in reports)
        counts = {"MUNICIPALITIES_COUNT": len(reports), "BAYS_COUNT": sum(len(report.bays) for report in reports), "FINDINGS_COUNT": findings}
        return {self.OUTPUT: str(target), "INDEX": str(index), **counts}

    def _subject(self, parameters: dict[str, Any], context: QgsProcessingContext, progress: FeedbackProgress) -> Subject:
        from ..toolkit.survey.reporting import Subject, survey_subject
        from . import adapters

        if parameters.get(self.SURVEY):
            return survey_subject(Path(self.parameterAsFile(parameters, self.SURVEY, context)), progress.part(0, 0.1))
        raw = adapters.raw_table(self, parameters, self.BAYS, context, progress.part(0, 0.1))
        return Subject(raw.name, raw)

    def _points(self, parameters: dict[str, Any], context: QgsProcessingContext, progress: FeedbackProgress) -> gpd.GeoSeries | None:
        if not parameters.get(self.POINTS):
            return None
        from ..toolkit.read.delivery_points import points_from_raw
        from . import adapters

        return points_from_raw(adapters.raw_table(self, parameters, self.POINTS, context, progress.part(0.15, 0.2))).table.geometry
