"""``joptimiz:validateregulations``: what is wrong or doubtful in goods-traffic orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFileDestination,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QCoreApplication

from .algorithm import FeedbackProgress
from .regulation_layers import RegulationAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsVectorLayer


class ValidateRegulationsAlgorithm(RegulationAlgorithm):
    """Adapter of `toolkit.survey.regulation_checks`."""

    NAME = "validateregulations"
    ICON = "validate_regulations"
    REPORT = "REPORT"

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Check goods-traffic orders")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Checks orders against the national schema and for what a schema cannot say; a layer and a table of findings.")

    def group(self) -> str:
        """Group in the toolbox."""
        return QCoreApplication.translate("RegulationAlgorithm", "Control")

    def groupId(self) -> str:  # noqa: N802 - QGIS's name
        """Identifier of the group."""
        return "control"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        self.add_orders()
        self.add_places()
        self.addParameter(QgsProcessingParameterFeatureSink(self.OUTPUT, self.tr("Findings on orders"), optional=True, createByDefault=True))
        table = self.tr("Findings as a table")
        self.addParameter(QgsProcessingParameterFileDestination(self.REPORT, table, "CSV (*.csv)", optional=True, createByDefault=False))
        counted = (self.tr("Orders checked"), self.tr("Errors"), self.tr("Points to check"), self.tr("Notices"))
        for name, text in zip(("ROWS", "ERRORS", "WARNINGS", "NOTICES"), counted):
            self.addOutput(QgsProcessingOutputNumber(name, text))

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Read, check, write."""
        from ..toolkit.survey.findings import Findings
        from ..toolkit.survey.regulation_checks import check_regulations
        from ..toolkit.write.tables import check_output
        from . import adapters, results

        progress = FeedbackProgress(feedback)
        report = self.parameterAsFileOutput(parameters, self.REPORT, context)
        if report:
            check_output(report, overwrite=True, endings=(".csv",))
        streets, municipalities = self.places(parameters, context, feedback)
        found: list[Findings] = []
        for name in (self.INPUT, self.INPUT_AREAS):
            if parameters.get(name):
                raw = self.raw(parameters, name, context, progress.part(0, 0.3))
                published = bool(adapters.text_file(self, parameters, name, context))
                found.append(check_regulations(raw, streets, municipalities, header=published, progress=progress.part(0.3, 0.8)))
        findings = Findings([finding for each in found for finding in each.findings], sum(each.rows for each in found))
        for sentence in findings.sentences():
            feedback.pushInfo(sentence)
        made: dict[str, Any] = {}
        if parameters.get(self.OUTPUT):
            table = findings.layer()
            fields = adapters.fields_of_frame(table.drop(columns="geometry"))
            layout = (fields, QgsWkbTypes.Type.Point, adapters.crs_of(table.geometry))
            inputs = (self.INPUT, self.INPUT_AREAS, self.STREETS, self.MUNICIPALITIES)
            with results.result_sink(self, parameters, self.OUTPUT, inputs, context, layout) as (sink, destination):
                adapters.write_frame(table, sink, progress.part(0.8, 1))
            self.style_on_load(destination, _style, context)
            made[self.OUTPUT] = destination
        if report:
            made[self.REPORT] = str(findings.write_csv(report, overwrite=True))
        counts = findings.by_severity()
        return {**made, "ROWS": findings.rows, "ERRORS": counts["error"], "WARNINGS": counts["warning"], "NOTICES": counts["notice"]}


def _style(layer: QgsVectorLayer) -> None:
    from ..layers.regulation_results import style_findings

    style_findings(layer)
