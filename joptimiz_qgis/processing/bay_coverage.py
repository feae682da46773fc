"""``joptimiz:baycoverage``: the nearest usable delivery bay of each delivery point."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from qgis.core import (
    Qgis,
    QgsField,
    QgsFields,
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterDateTime,
    QgsProcessingParameterDistance,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtCore import QMetaType

from ..toolkit.errors import ParameterError
from ..toolkit.parameters import BANDS_M, MAX_DISTANCE_M, band_labels, check_distance, parse_bands
from .algorithm import FeedbackProgress, JoptimizAlgorithm, tell_notes, tell_reading

if TYPE_CHECKING:
    from datetime import datetime

    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from ..toolkit.coverage import Coverage, CoverageSummary
    from ..toolkit.progress import Progress
    from ..toolkit.read.reading import Reading
    from . import adapters


class BayCoverageAlgorithm(JoptimizAlgorithm):
    """Adapter of `toolkit.coverage.bay_coverage`."""

    NAME = "baycoverage"
    ICON = "bay_coverage"

    POINTS = "POINTS"
    BAYS = "BAYS"
    MAX_DISTANCE = "MAX_DISTANCE"
    AT = "AT"
    BANDS = "BANDS"
    MAPPING = "MAPPING"
    POINTS_CRS = "POINTS_CRS"
    BAYS_CRS = "BAYS_CRS"
    OUTPUT = "OUTPUT"
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

    def group(self) -> str:
        """Group in the toolbox."""
        return self.tr("Analysis")

    def groupId(self) -> str:  # noqa: N802 - QGIS's name
        """Identifier of the group."""
        return "analyse"

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Nearest usable delivery bay of each delivery point, and the share within 20 m.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        vector = [QgsProcessing.SourceType.TypeVector]
        self.addParameter(QgsProcessingParameterFeatureSource(self.POINTS, self.tr("Delivery points"), vector))
        self.addParameter(QgsProcessingParameterFeatureSource(self.BAYS, self.tr("Delivery bays"), vector))
        distance = QgsProcessingParameterDistance(self.MAX_DISTANCE, self.tr("Carrying distance"), MAX_DISTANCE_M)
        distance.setDefaultUnit(Qgis.DistanceUnit.Meters)
        self.addParameter(distance)
        moment = self.tr("Count only bays usable at this moment")
        self.addParameter(QgsProcessingParameterDateTime(self.AT, moment, optional=True))
        bands = "; ".join(f"{band:g}" for band in BANDS_M)
        self.add_advanced(QgsProcessingParameterString(self.BANDS, self.tr("Distance bands (metres)"), bands))
        self.add_mapping(self.MAPPING)
        self.add_crs(self.POINTS_CRS, self.tr("CRS of the coordinates of the delivery points, if their file does not say it"))
        self.add_crs(self.BAYS_CRS, self.tr("CRS of the coordinates of the bays, if their file does not say it"))
        points = QgsProcessing.SourceType.TypeVectorPoint
        self.addParameter(QgsProcessingParameterFeatureSink(self.OUTPUT, self.tr("Coverage by delivery bays"), points))
        for name, description in self._numbers():
            self.addOutput(QgsProcessingOutputNumber(name, description))

    def checkParameterValues(  # noqa: N802 - QGIS's name
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """Refuse impossible distances before anything is read."""
        try:
            distance: Any = parameters.get(self.MAX_DISTANCE)
            readable = self.parameterDefinition(self.MAX_DISTANCE).checkValueIsAcceptable(distance, context)
            check_distance(self.parameterAsDouble(parameters, self.MAX_DISTANCE, context) if readable else distance)
            band_labels(parse_bands(self.parameterAsString(parameters, self.BANDS, context)))
        except ParameterError as error:
            return False, str(error)
        return super().checkParameterValues(parameters, context)

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Measure, then write: nothing is written before all distances are known."""
        from ..toolkit.coverage import bay_coverage, sentences

        points = self._points(parameters, context, feedback)
        bays = self._bays(parameters, context, feedback)
        coverage = bay_coverage(
            points.geometry,
            bays.table,
            self.parameterAsDouble(parameters, self.MAX_DISTANCE, context),
            parse_bands(self.parameterAsString(parameters, self.BANDS, context)),
            self._moment(parameters, context),
            FeedbackProgress(feedback).part(0.25, 0.5),
        )
        tell_notes([*coverage.notes, *sentences(coverage.summary)], feedback)
        destination = self._write(points, coverage, parameters, context, FeedbackProgress(feedback).part(0.5, 1))
        self._style(destination, parameters, context)
        return {self.OUTPUT: destination, **self._figures(coverage.summary)}

    def _points(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> adapters.LayerRows | adapters.FrameRows:
        """Delivery points: a layer with geometry as it is, anything else through the toolkit's reader."""
        from ..toolkit.read.delivery_points import points_from_raw
        from . import adapters

        crs = self.crs(parameters, self.POINTS_CRS, context)
        progress = FeedbackProgress(feedback).part(0, 0.15)
        if adapters.is_spatial_layer(self, parameters, self.POINTS, context):
            source = adapters.required_source(self, parameters, self.POINTS, context)
            rows = adapters.LayerRows(source, adapters.whole_layer(self, parameters, self.POINTS, context), crs, progress)
            tell_notes([rows.note] if rows.note else [], feedback)
            return rows
        reading = points_from_raw(adapters.raw_table(self, parameters, self.POINTS, context, progress), crs)
        tell_reading(reading, feedback)
        return adapters.FrameRows(reading)

    def _bays(self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> Reading:
        from ..toolkit.read.bays import bays_from_raw
        from . import adapters

        raw = adapters.raw_table(self, parameters, self.BAYS, context, FeedbackProgress(feedback).part(0.15, 0.25))
        crs = self.crs(parameters, self.BAYS_CRS, context)
        reading = bays_from_raw(raw, self.mapping(parameters, self.MAPPING, context), crs)
        tell_reading(reading, feedback)
        return reading

    def _moment(self, parameters: dict[str, Any], context: QgsProcessingContext) -> datetime | None:
        chosen = self.parameterAsDateTime(parameters, self.AT, context)
        return chosen.toPyDateTime() if parameters.get(self.AT) and chosen.isValid() else None

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
