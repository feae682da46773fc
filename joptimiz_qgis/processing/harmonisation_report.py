"""``joptimiz:harmonisationreport``: where rules for goods traffic change at the boundary of municipalities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterString,
    QgsWkbTypes,
)

from .algorithm import FeedbackProgress
from .regulation_layers import RegulationAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsVectorLayer


class HarmonisationReportAlgorithm(RegulationAlgorithm):
    """Adapter of `toolkit.survey.harmonisation`."""

    NAME = "harmonisationreport"
    ICON = "harmonisation_report"
    TITLE, PAIRS, REPORT = "TITLE", "PAIRS", "REPORT"

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Harmonisation of orders between municipalities")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Where weight, hours or exemptions change at the boundary on the same street: layer, table and page.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        self.add_orders()
        streets = self.tr("Streets with names and INSEE codes, to find those that go on without a rule")
        line = [QgsProcessing.SourceType.TypeVectorLine]
        self.addParameter(QgsProcessingParameterFeatureSource(self.STREETS, streets, line, optional=True))
        self.addParameter(QgsProcessingParameterString(self.TITLE, self.tr("Title of the report"), optional=True))
        self.addParameter(QgsProcessingParameterFeatureSink(self.OUTPUT, self.tr("Differences at the boundaries")))
        table = QgsProcessing.SourceType.TypeVector
        pairs = QgsProcessingParameterFeatureSink(self.PAIRS, self.tr("Pairs of municipalities"), table, optional=True, createByDefault=True)
        self.addParameter(pairs)
        page = self.tr("Report")
        self.addParameter(QgsProcessingParameterFileDestination(self.REPORT, page, "HTML (*.html)", optional=True, createByDefault=False))
        for name, text in self._numbers():
            self.addOutput(QgsProcessingOutputNumber(name, text))

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Read, compare, write layer, table and page."""
        from ..toolkit.report.harmonisation import harmonisation_page
        from ..toolkit.survey.harmonisation import harmonisation
        from ..toolkit.write.tables import check_output, write_page
        from . import adapters, results

        progress = FeedbackProgress(feedback)
        report = self.parameterAsFileOutput(parameters, self.REPORT, context)
        if report:
            check_output(report, overwrite=True, endings=(".html",))
        orders = self.orders(parameters, context, feedback)
        streets, _ = self.places({**parameters, self.MUNICIPALITIES: None}, context, feedback)
        found = harmonisation(orders, streets, progress=progress.part(0.4, 0.8))
        for sentence in found.sentences():
            feedback.pushInfo(str(sentence))
        inputs = (self.INPUT, self.INPUT_AREAS, self.STREETS)
        table = found.differences
        layout = (adapters.fields_of_frame(table.drop(columns="geometry")), QgsWkbTypes.Type.Point, adapters.crs_of(table.geometry))
        with results.result_sink(self, parameters, self.OUTPUT, inputs, context, layout) as (sink, destination):
            adapters.write_frame(table, sink, progress.part(0.8, 0.9))
        self.style_on_load(destination, _style, context)
        made: dict[str, Any] = {self.OUTPUT: destination}
        if parameters.get(self.PAIRS):
            flat = (adapters.fields_of_frame(found.pairs), QgsWkbTypes.Type.NoGeometry, QgsCoordinateReferenceSystem())
            with results.result_sink(self, parameters, self.PAIRS, inputs, context, flat) as (sink, destination):
                rows = adapters.features_of(adapters.python_rows(found.pairs), [None] * len(found.pairs))
                adapters.write(rows, len(found.pairs), sink, progress.part(0.9, 1))
            self.style_on_load(destination, _style_pairs, context)
            made[self.PAIRS] = destination
        if report:
            title = self.parameterAsString(parameters, self.TITLE, context).strip() or self.tr("Harmonisation of goods-traffic orders")
            write_page(harmonisation_page(found, title, sorted(set(orders["source"].dropna().astype(str)))), report, overwrite=True)
            made[self.REPORT] = report
        counts = found.counts()
        return {**made, **{name: counts[name.lower()] for name, _ in self._numbers()}}

    def _numbers(self) -> list[tuple[str, str]]:
        return [
            ("COMPARED", self.tr("Orders compared")),
            ("STREETS", self.tr("Streets with rules on both sides")),
            ("STREETS_THAT_DIFFER", self.tr("Streets on which the rules change")),
            ("DIFFERENCES", self.tr("Differences")),
        ]


def _style(layer: QgsVectorLayer) -> None:
    from ..layers.regulation_results import style_differences

    style_differences(layer)


def _style_pairs(layer: QgsVectorLayer) -> None:
    from ..layers.regulation_results import describe_pairs

    describe_pairs(layer)
