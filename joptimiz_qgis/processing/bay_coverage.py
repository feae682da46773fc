"""``joptimiz:baycoverage``: the nearest usable delivery bay of each delivery point."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsField,
    QgsFields,
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
)
from qgis.PyQt.QtCore import QMetaType

from ..toolkit.parameters import parse_bands
from .algorithm import FeedbackProgress
from .covering import CoveringAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from ..toolkit.coverage import Coverage, CoverageSummary
    from ..toolkit.progress import Progress
    from . import adapters


class BayCoverageAlgorithm(CoveringAlgorithm):
    """Adapter of `toolkit.coverage.bay_coverage`."""

    NAME = "baycoverage"
    ICON = "bay_coverage"

    FIELD_TYPES = (
        ("covered", QMetaType.Type.Bool),
        ("nearest_bay", QMetaType.Type.QString),
        ("distance_m", QMetaType.Type.Double),
        ("bays_within", QMetaType.Type.Int),
        ("band", QMetaType.Type.QString),
    )

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Coverage of delivery points by bays")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Nearest usable delivery bay of each delivery point, and the share within 20 m.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        self.add_layers()
        self.add_measure()
        points = QgsProcessing.SourceType.TypeVectorPoint
        self.addParameter(QgsProcessingParameterFeatureSink(self.OUTPUT, self.tr("Coverage by delivery bays"), points))
        for name, description in self._numbers():
            self.addOutput(QgsProcessingOutputNumber(name, description))

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Measure, then write: nothing is written before all distances are known."""
        points = self._points(parameters, context, feedback)
        coverage = self._coverage(points, self._bays(parameters, context, feedback), parameters, context, feedback)
        destination = self._write(points, coverage, parameters, context, FeedbackProgress(feedback).part(0.5, 1))
        self._style(destination, parameters, context)
        return {self.OUTPUT: destination, **self._figures(coverage.summary)}

    def _write(
        self,
        points: adapters.LayerRows | adapters.FrameRows,
        coverage: Coverage,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        progress: Progress,
    ) -> str:
        from ..toolkit.coverage import free_names
        from . import adapters, results

        fields = QgsFields(points.fields)
        names = free_names(points.fields.names(), [name for name, _ in self.FIELD_TYPES])
        for name, (_, kind) in zip(names, self.FIELD_TYPES):
            fields.append(QgsField(name, kind))
        layout = (fields, points.wkb_type, points.crs)
        with results.result_sink(self, parameters, self.OUTPUT, (self.POINTS, self.BAYS), context, layout) as (sink, destination):
            adapters.write(points.features(coverage.rows), len(coverage.rows), sink, progress)
        return destination

    def _style(self, destination: str, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        from ..layers.coverage import style_coverage

        distance = self.parameterAsDouble(parameters, self.MAX_DISTANCE, context)
        bands = parse_bands(self.parameterAsString(parameters, self.BANDS, context))
        self.style_on_load(destination, partial(style_coverage, max_distance=distance, bands=bands), context)

    def _numbers(self) -> list[tuple[str, str]]:
        return [
            ("POINTS_COUNT", self.tr("Delivery points")),
            ("COVERED_COUNT", self.tr("Delivery points covered")),
            ("SHARE_POINTS", self.tr("Share of the delivery points covered (0–1)")),
            ("MEDIAN_DISTANCE", self.tr("Median distance to the nearest usable bay (m)")),
            ("BAYS_COUNT", self.tr("Delivery bays")),
            ("BAYS_USABLE", self.tr("Usable delivery bays")),
        ]

    def _figures(self, summary: CoverageSummary) -> dict[str, Any]:
        values = (
            summary.points,
            summary.covered,
            summary.share_points,
            summary.median_distance_m,
            summary.bays,
            summary.bays_usable,
        )
        return {name: value for (name, _), value in zip(self._numbers(), values)}
