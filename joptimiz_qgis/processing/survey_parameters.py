"""What the algorithms of a survey share: their groups in the toolbox, rows of bays with their features' numbers, findings as a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFileDestination,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QCoreApplication

from .algorithm import FeedbackProgress, JoptimizAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from ..toolkit.survey.findings import Findings

_SHOWN = 20


class FindingsAlgorithm(JoptimizAlgorithm):
    """Base of the controls: a layer of findings and a table of them."""

    CSV = "CSV"
    OUTPUT = "OUTPUT"

    def group(self) -> str:
        """Group in the toolbox."""
        return QCoreApplication.translate("FindingsAlgorithm", "Control")

    def groupId(self) -> str:  # noqa: N802 - QGIS's name
        """Identifier of the group."""
        return "control"

    def add_findings(self) -> None:
        """Declare the layer, the table and the counts."""
        points = QgsProcessing.SourceType.TypeVectorPoint
        self.addParameter(QgsProcessingParameterFeatureSink(self.OUTPUT, QCoreApplication.translate("FindingsAlgorithm", "Findings"), points))
        csv = QgsProcessingParameterFileDestination(
            self.CSV, QCoreApplication.translate("FindingsAlgorithm", "Findings as a table"), "CSV (*.csv)", optional=True, createByDefault=False
        )
        self.addParameter(csv)
        for name, text in self._counts():
            self.addOutput(QgsProcessingOutputNumber(name, text))

    def _counts(self) -> list[tuple[str, str]]:
        return [
            ("ERRORS", QCoreApplication.translate("FindingsAlgorithm", "Errors")),
            ("WARNINGS", QCoreApplication.translate("FindingsAlgorithm", "Points to check")),
            ("NOTICES", QCoreApplication.translate("FindingsAlgorithm", "Notices")),
            ("ROWS_CHECKED", QCoreApplication.translate("FindingsAlgorithm", "Rows checked")),
        ]

    def csv_path(self, parameters: dict[str, Any], inputs: tuple[str, ...], context: QgsProcessingContext) -> str:
        """Where the table goes, known to be possible before the work; empty where none is wanted."""
        from ..toolkit.write.tables import check_output
        from . import results

        path = self.parameterAsFileOutput(parameters, self.CSV, context)
        if path:
            target = results.Target(check_output(path, overwrite=True, endings=(".csv",)), "")
            results.refuse_source(target, self, parameters, inputs, context)
        return path

    def write_findings(
        self, findings: Findings, parameters: dict[str, Any], inputs: tuple[str, ...], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Say the counts, write the layer and the table, both or none."""
        from ..layers.findings import style_findings
        from . import adapters, results

        for sentence in findings.sentences():
            feedback.pushInfo(sentence)
        for finding in findings.findings[:_SHOWN]:
            feedback.pushWarning(str(finding))
        layer = findings.layer()
        csv = self.csv_path(parameters, inputs, context)
        fields = adapters.fields_of_frame(layer.drop(columns="geometry"))
        layout = (fields, QgsWkbTypes.Type.Point, adapters.crs_of(layer.geometry))
        with results.result_sink(self, parameters, self.OUTPUT, inputs, context, layout) as (sink, destination):
            adapters.write_frame(layer, sink, FeedbackProgress(feedback).part(0.8, 1))
            if csv:
                findings.write_csv(csv, overwrite=True)
        self.style_on_load(destination, style_findings, context)
        numbers = (*findings.by_severity().values(), findings.rows)
        return {self.OUTPUT: destination, self.CSV: csv or None, **{name: number for (name, _), number in zip(self._counts(), numbers)}}
