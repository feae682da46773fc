"""``joptimiz:coveragegaps``: groups of uncovered delivery points, where to look for a new bay."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from qgis.core import (
    Qgis,
    QgsField,
    QgsFields,
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterDistance,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterField,
    QgsProcessingParameterNumber,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QMetaType

from ..toolkit.parameters import GAP_MINIMUM_POINTS, GAP_RADIUS_M, check_gap_minimum, check_gap_radius
from .algorithm import FeedbackProgress, tell_notes
from .covering import CoveringAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from ..toolkit.gaps import Gaps
    from ..toolkit.progress import Progress


class CoverageGapsAlgorithm(CoveringAlgorithm):
    """Adapter of `toolkit.gaps.coverage_gaps`."""

    NAME = "coveragegaps"
    ICON = "bay_coverage"

    RADIUS = "RADIUS"
    MINIMUM = "MINIMUM"
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
        kinds = Qgis.ProcessingFieldParameterDataType
        self.add_layers()
        self._add_field(self.MOVEMENTS, self.tr("Field with the movements per week of the delivery points"), kinds.Numeric)
        self._add_field(self.CATEGORY, self.tr("Field with the activity of the delivery points"), kinds.Any)
        radius = QgsProcessingParameterDistance(self.RADIUS, self.tr("Radius: uncovered points this close are looked at together"), GAP_RADIUS_M)
        radius.setDefaultUnit(Qgis.DistanceUnit.Meters)
        self.addParameter(radius)
        smallest = self.tr("Uncovered points within the radius that make a gap")
        self.addParameter(QgsProcessingParameterNumber(self.MINIMUM, smallest, Qgis.ProcessingNumberParameterType.Integer, GAP_MINIMUM_POINTS))
        self.add_measure()
        polygons = QgsProcessing.SourceType.TypeVectorPolygon
        self.addParameter(QgsProcessingParameterFeatureSink(self.OUTPUT, self.tr("Gaps of the coverage"), polygons))
        for name, description in self._numbers():
            self.addOutput(QgsProcessingOutputNumber(name, description))

    def _add_field(self, name: str, description: str, kind: Qgis.ProcessingFieldParameterDataType) -> None:
        self.addParameter(QgsProcessingParameterField(name, description, None, self.POINTS, kind, allowMultiple=False, optional=True))

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Measure and group, then write: nothing is written before all gaps are known."""
        from ..toolkit.gaps import coverage_gaps, largest

        radius = self.parameterAsDouble(parameters, self.RADIUS, context)
        minimum = self.parameterAsInt(parameters, self.MINIMUM, context)
        check_gap_radius(radius)
        check_gap_minimum(minimum)
        points = self._points(parameters, context, feedback)
        columns = self._columns(points, parameters, context, FeedbackProgress(feedback).part(0.1, 0.15))
        coverage = self._coverage(points, self._bays(parameters, context, feedback), parameters, context, feedback)
        gaps = coverage_gaps(
            points.geometry,
            coverage.rows,
            columns.get(self.MOVEMENTS),
            columns.get(self.CATEGORY),
            radius,
            minimum,
            FeedbackProgress(feedback).part(0.5, 0.8),
        )
        tell_notes([*gaps.notes, *largest(gaps)], feedback)
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
