"""``joptimiz:baycoverage``: the nearest usable delivery bay of each delivery point."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsFields,
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
)

from ..toolkit.parameters import parse_bands
from .algorithm import FeedbackProgress, tell_notes
from .covering import CoveringAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from ..toolkit.audit import Audit
    from ..toolkit.coverage import CoverageSummary
    from ..toolkit.movements import MovedShare
    from ..toolkit.network import WalkingSummary
    from ..toolkit.progress import Progress
    from . import adapters


class BayCoverageAlgorithm(CoveringAlgorithm):
    """Adapter of `toolkit.coverage.bay_coverage`."""

    NAME = "baycoverage"
    ICON = "bay_coverage"

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
        self.add_movements()
        self.add_network()
        points = QgsProcessing.SourceType.TypeVectorPoint
        self.addParameter(QgsProcessingParameterFeatureSink(self.OUTPUT, self.tr("Coverage by delivery bays"), points))
        for name, description in self._numbers():
            self.addOutput(QgsProcessingOutputNumber(name, description))

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Measure, then write: nothing is written before all distances are known; from file to file in batches where that will do."""
        return self._in_batches(parameters, context, feedback) or self._in_memory(parameters, context, feedback)

    def _in_batches(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any] | None:
        """By the toolkit alone where the points are a file and a GeoPackage is asked for; None where QGIS's features are needed."""
        from ..toolkit.coverage_run import can_stream, cover_file
        from . import adapters, results

        options = self._options(parameters, context)
        if parameters.get(self.NETWORK) or not results.written_by_toolkit(parameters, self.OUTPUT, context) or not can_stream(options, "x.gpkg"):
            return None
        layer = adapters.whole_layer(self, parameters, self.POINTS, context)
        source = adapters.batch_source(layer, self.crs(parameters, self.POINTS_CRS, context))
        if layer is None or source is None:
            return None
        bays = self._bays(parameters, context, feedback)
        layout = (QgsFields(), layer.wkbType(), layer.crs())
        progress = FeedbackProgress(feedback).part(0.25, 1)
        with results.result_file(self, parameters, self.OUTPUT, (self.POINTS, self.BAYS), context, layout) as (path, destination):
            run = cover_file(source, bays.table, path, options, keep_unlocated=True, overwrite=True, progress=progress)
        tell_notes([*run.reading.notes, *run.notes, *run.sentences()], feedback)
        self._style(destination, parameters, context)
        return {self.OUTPUT: destination, **self._figures(run.summary, run.moved, None)}

    def _in_memory(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """By QGIS's features: memory layers, databases, selections, edits, networks and the like."""
        points = self._points(parameters, context, feedback)
        bays = self._bays(parameters, context, feedback)
        options = self._walking(self._options(parameters, context), parameters, context, feedback)
        audit = self._audit(points, bays, options, feedback)
        destination = self._write(points, audit, parameters, context, FeedbackProgress(feedback).part(0.7, 1))
        self._style(destination, parameters, context)
        walk = audit.walking.summary if audit.walking else None
        return {self.OUTPUT: destination, **self._figures(audit.coverage.summary, audit.moved, walk)}

    def _write(
        self,
        points: adapters.LayerRows | adapters.FrameRows,
        audit: Audit,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        progress: Progress,
    ) -> str:
        from ..toolkit.coverage import free_names
        from . import adapters, results

        columns = audit.columns()
        names = free_names(points.fields.names(), [str(name) for name in columns])
        fields = QgsFields(points.fields)
        for field in adapters.fields_of_frame(columns.rename(columns=dict(zip(columns, names)))):
            fields.append(field)
        layout = (fields, points.wkb_type, points.crs)
        inputs = (self.POINTS, self.BAYS, self.NETWORK)
        with results.result_sink(self, parameters, self.OUTPUT, inputs, context, layout) as (sink, destination):
            adapters.write(points.features(columns), len(columns), sink, progress)
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
            ("MOVEMENTS", self.tr("Movements per week")),
            ("SHARE_MOVEMENTS", self.tr("Share of the movements covered (0–1)")),
            ("MEDIAN_DISTANCE", self.tr("Median distance to the nearest usable bay (m)")),
            ("BAYS_COUNT", self.tr("Delivery bays")),
            ("BAYS_USABLE", self.tr("Usable delivery bays")),
            ("WALKING_POINTS", self.tr("Delivery points measured on foot")),
            ("WALKING_COVERED", self.tr("Delivery points covered on foot")),
        ]

    def _figures(self, summary: CoverageSummary, moved: MovedShare | None, walk: WalkingSummary | None) -> dict[str, Any]:
        values = (
            summary.points,
            summary.covered,
            summary.share_points,
            moved.movements if moved else None,
            moved.share if moved else None,
            summary.median_distance_m,
            summary.bays,
            summary.bays_usable,
            walk.points_snapped if walk else None,
            walk.covered if walk else None,
        )
        return {name: value for (name, _), value in zip(self._numbers(), values)}
