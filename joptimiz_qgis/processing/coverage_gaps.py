"""``joptimiz:coveragegaps``: groups of uncovered delivery points, where to look for a new bay."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from qgis.core import (
    QgsField,
    QgsFields,
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QMetaType

from .algorithm import FeedbackProgress
from .gap_parameters import GapParameters

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from ..toolkit.gaps import Gaps
    from ..toolkit.progress import Progress


class CoverageGapsAlgorithm(GapParameters):
    """Adapter of `toolkit.gaps.coverage_gaps`."""

    NAME = "coveragegaps"
    ICON = "bay_coverage"

    FIELD_TYPES = (
        ("rank", QMetaType.Type.Int),
        ("label", QMetaType.Type.QString),
        ("points", QMetaType.Type.Int),
        ("movements", QMetaType.Type.Double),
        ("spread_m", QMetaType.Type.Double),
        ("median_distance_m", QMetaType.Type.Double),
        ("nearest_bay", QMetaType.Type.QString),
        ("nearest_bay_distance_m", QMetaType.Type.Double),
        ("main_activities", QMetaType.Type.QString),
        ("longitude", QMetaType.Type.Double),
        ("latitude", QMetaType.Type.Double),
    )

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Gaps of the coverage")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Groups of delivery points without a bay within reach, the heaviest first: where to look for a new bay.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        self.add_layers()
        self.addParameter(self.field(self.CATEGORY, self.tr("Field with the activity of the delivery points"), self.POINTS))
        self.add_gaps(folded=False)
        self.add_measure()
        self.add_movements()
        polygons = QgsProcessing.SourceType.TypeVectorPolygon
        self.addParameter(QgsProcessingParameterFeatureSink(self.OUTPUT, self.tr("Gaps of the coverage"), polygons))
        for name, description in self._numbers():
            self.addOutput(QgsProcessingOutputNumber(name, description))

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Measure and group, then write: nothing is written before all gaps are known."""
        options = replace(self._options(parameters, context), **self.gap_options(parameters, context))
        points = self._points(parameters, context, feedback)
        audit = self._audit(points, self._bays(parameters, context, feedback), options, feedback)
        gaps = cast("Gaps", audit.gaps)  # asked for
        destination = self._write(gaps, parameters, context, FeedbackProgress(feedback).part(0.8, 1))
        self._style(destination, parameters, context)
        return {self.OUTPUT: destination, **self._figures(gaps)}

    def _write(self, gaps: Gaps, parameters: dict[str, Any], context: QgsProcessingContext, progress: Progress) -> str:
        from . import adapters, results

        fields = QgsFields()
        for name, kind in self.FIELD_TYPES:
            fields.append(QgsField(name, kind))
        layout = (fields, QgsWkbTypes.Type.Polygon, adapters.crs_of(gaps.rows.geometry))
        with results.result_sink(self, parameters, self.OUTPUT, (self.POINTS, self.BAYS), context, layout) as (sink, destination):
            adapters.write_frame(gaps.rows[[*fields.names(), "geometry"]], sink, progress)
        return destination

    def _style(self, destination: str, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        from ..layers.gaps import style_gaps

        distance = self.parameterAsDouble(parameters, self.MAX_DISTANCE, context)
        self.style_on_load(destination, partial(style_gaps, max_distance=distance), context)

    def _numbers(self) -> list[tuple[str, str]]:
        return [
            ("GAPS_COUNT", self.tr("Gaps")),
            ("POINTS_IN_GAPS", self.tr("Uncovered delivery points in gaps")),
            ("UNCOVERED_COUNT", self.tr("Uncovered delivery points")),
            ("LARGEST_GAP_POINTS", self.tr("Delivery points of the largest gap")),
        ]

    def _figures(self, gaps: Gaps) -> dict[str, Any]:
        most = int(gaps.rows["points"].max()) if len(gaps.rows) else 0
        values = (len(gaps.rows), gaps.points, gaps.uncovered, most)
        return {name: value for (name, _), value in zip(self._numbers(), values)}
