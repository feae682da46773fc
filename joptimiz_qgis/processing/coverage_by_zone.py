"""``joptimiz:coveragebyzone``: the figures of coverage by zone, and by category of the delivery points."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsField,
    QgsFields,
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QMetaType

from ..toolkit.errors import OutputError
from ..toolkit.messages import count
from .algorithm import FeedbackProgress
from .covering import CoveringAlgorithm

if TYPE_CHECKING:

    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from ..toolkit.progress import Progress
    from ..toolkit.zones import Breakdown
    from . import adapters, results

_COUNT, _NUMBER, _TEXT = QMetaType.Type.LongLong, QMetaType.Type.Double, QMetaType.Type.QString


class CoverageByZoneAlgorithm(CoveringAlgorithm):
    """Adapter of `toolkit.zones`."""

    NAME = "coveragebyzone"
    ICON = "bay_coverage"

    ZONES = "ZONES"
    ZONE_FIELD = "ZONE_FIELD"
    BY_CATEGORY = "BY_CATEGORY"
    POINT_FIELDS = (
        ("points", _COUNT),
        ("covered", _COUNT),
        ("share_points", _NUMBER),
        ("movements", _NUMBER),
        ("movements_covered", _NUMBER),
        ("share_movements", _NUMBER),
        ("median_distance_m", _NUMBER),
        ("mean_distance_m", _NUMBER),
    )
    ZONE_FIELDS = (
        ("zone", _TEXT),
        *POINT_FIELDS,
        ("bays", _COUNT),
        ("points_per_bay", _NUMBER),
        ("movements_per_bay", _NUMBER),
    )
    CATEGORY_FIELDS = (("category", _TEXT), *POINT_FIELDS)

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Coverage by zone and by category")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Share of the delivery points and of the movements covered, by zone and by category.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        polygons = QgsProcessing.SourceType.TypeVectorPolygon
        self.add_layers()
        self.addParameter(QgsProcessingParameterFeatureSource(self.ZONES, self.tr("Zones (polygons)"), [polygons]))
        self.addParameter(self.field(self.ZONE_FIELD, self.tr("Field with the names of the zones"), self.ZONES))
        self.addParameter(self.field(self.CATEGORY, self.tr("Field with the category of the delivery points"), self.POINTS))
        self.add_measure()
        self.add_movements()
        self.addParameter(QgsProcessingParameterFeatureSink(self.OUTPUT, self.tr("Coverage by zone"), polygons))
        table = QgsProcessingParameterFeatureSink(
            self.BY_CATEGORY,
            self.tr("Coverage by category"),
            QgsProcessing.SourceType.TypeVector,
            optional=True,
            createByDefault=False,
        )
        self.addParameter(table)
        for name, description in self._numbers():
            self.addOutput(QgsProcessingOutputNumber(name, description))

    def checkParameterValues(  # noqa: N802 - QGIS's name
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """Refuse a table by category without a field of categories, and impossible distances."""
        if parameters.get(self.BY_CATEGORY) and not self.parameterAsString(parameters, self.CATEGORY, context):
            return False, self.tr("The table by category needs a field of categories: choose it, or leave the table out.")
        return super().checkParameterValues(parameters, context)

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Measure and sum up, then write: nothing is written before all figures are known."""
        self._check_outputs(parameters, context)
        points = self._points(parameters, context, feedback)
        bays = self._bays(parameters, context, feedback)
        zones = self._zones(parameters, context, FeedbackProgress(feedback).part(0.25, 0.3))
        options = replace(
            self._options(parameters, context),
            zones=zones.frame,
            zone_field=self.parameterAsString(parameters, self.ZONE_FIELD, context) or None,
        )
        audit = self._audit(points, bays, options, feedback)
        by_zone = cast("Breakdown", audit.by_zone)  # asked for
        by_category = audit.by_category if parameters.get(self.BY_CATEGORY) else None
        progress = FeedbackProgress(feedback).part(0.7, 1)
        written = self._write(zones, by_zone, by_category, parameters, context, progress)
        return {**written, **self._figures(by_zone)}

    def _zones(self, parameters: dict[str, Any], context: QgsProcessingContext, progress: Progress) -> adapters.ZoneLayer:
        from . import adapters

        return adapters.ZoneLayer.read(adapters.required_source(self, parameters, self.ZONES, context), progress)

    # -- out -------------------------------------------------------------------------------------------------------

    def _inputs(self) -> tuple[str, ...]:
        return (self.POINTS, self.BAYS, self.ZONES)

    def _check_outputs(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        """Refuse results over their sources and over each other before anything is read."""
        from . import results

        targets = [results.output_file(parameters, name, context) for name in (self.OUTPUT, self.BY_CATEGORY)]
        for target in filter(None, targets):
            results.refuse_source(target, self, parameters, self._inputs(), context)
        zones, categories = targets
        if not zones or not categories or zones.path.resolve() != categories.path.resolve():
            return
        if not categories.table or categories.table == (zones.table or zones.path.stem):
            raise OutputError("“{path}” was chosen for two results. Choose another file for one of them.", path=zones.path)

    def _write(
        self,
        zones: adapters.ZoneLayer,
        by_zone: Breakdown,
        by_category: Breakdown | None,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        progress: Progress,
    ) -> dict[str, Any]:
        """Both results or none: the zones go again where the table by category cannot be written."""
        from . import results

        target = results.output_file(parameters, self.OUTPUT, context)
        both: AbstractContextManager[None] = nullcontext()
        if target and by_category:
            both = results.whole_or_nothing(target)
        with both:
            written: dict[str, Any] = {self.OUTPUT: self._write_zones(zones, by_zone, parameters, context, progress.part(0, 0.9))}
            if by_category:
                written[self.BY_CATEGORY] = self._write_table(by_category, parameters, context, progress.part(0.9, 1))
        self._style(written, parameters, context)
        return written

    def _write_zones(
        self,
        zones: adapters.ZoneLayer,
        by_zone: Breakdown,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        progress: Progress,
    ) -> str:
        from ..toolkit.coverage import free_names
        from . import adapters, results

        fields = QgsFields(zones.fields)
        names = free_names(zones.fields.names(), [name for name, _ in self.ZONE_FIELDS])
        for name, (_, kind) in zip(names, self.ZONE_FIELDS):
            fields.append(QgsField(name, kind))
        _check_format(results.output_file(parameters, self.OUTPUT, context), by_zone)
        layout = (fields, QgsWkbTypes.Type.MultiPolygon, zones.crs)
        with results.result_sink(self, parameters, self.OUTPUT, self._inputs(), context, layout) as (sink, destination):
            adapters.write(zones.features(by_zone.rows, [name for name, _ in self.ZONE_FIELDS]), len(by_zone.rows), sink, progress)
        return destination

    def _write_table(
        self, by_category: Breakdown, parameters: dict[str, Any], context: QgsProcessingContext, progress: Progress
    ) -> str:
        from . import adapters, results

        fields = QgsFields()
        for name, kind in self.CATEGORY_FIELDS:
            fields.append(QgsField(name, kind))
        layout = (fields, QgsWkbTypes.Type.NoGeometry, QgsCoordinateReferenceSystem())
        rows = by_category.rows[fields.names()]
        features = adapters.features_of(adapters.python_rows(rows), [None] * len(rows))
        with results.result_sink(self, parameters, self.BY_CATEGORY, self._inputs(), context, layout) as (sink, destination):
            adapters.write(features, len(rows), sink, progress)
        return destination

    def _style(self, written: dict[str, Any], parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        from ..layers.zones import style_categories, style_zones

        distance = self.parameterAsDouble(parameters, self.MAX_DISTANCE, context)
        for name, style in ((self.OUTPUT, style_zones), (self.BY_CATEGORY, style_categories)):
            if name in written:
                self.style_on_load(written[name], partial(style, max_distance=distance), context)

    # -- figures ---------------------------------------------------------------------------------------------------

    def _numbers(self) -> list[tuple[str, str]]:
        return [
            ("ZONES_COUNT", self.tr("Zones with figures")),
            ("POINTS_COUNT", self.tr("Delivery points")),
            ("COVERED_COUNT", self.tr("Delivery points covered")),
            ("SHARE_POINTS", self.tr("Share of the delivery points covered (0–1)")),
            ("SHARE_MOVEMENTS", self.tr("Share of the movements covered (0–1)")),
            ("POINTS_OUTSIDE", self.tr("Delivery points outside every zone")),
        ]

    def _figures(self, by_zone: Breakdown) -> dict[str, Any]:
        from ..toolkit.zones import totals

        rows, whole = by_zone.rows, totals(by_zone.rows)
        outside = rows.geometry.isna()
        values = (
            int((~outside).sum()),
            whole["points"],
            whole["covered"],
            whole["share_points"],
            whole["share_movements"],
            int(rows["points"][outside].sum()),
        )
        return {name: value for (name, _), value in zip(self._numbers(), values)}


def _check_format(target: results.Target | None, by_zone: Breakdown) -> None:
    """Refuse FlatGeobuf where there are points outside: GDAL leaves rows without geometry out of it and says nothing."""
    outside = by_zone.rows["points"][by_zone.rows.geometry.isna()]
    if target and target.path.suffix.lower() == ".fgb" and len(outside):
        raise OutputError(
            "A FlatGeobuf file cannot hold the row of the {count} delivery points outside every zone, which has no geometry. "
            "Choose another format for “{path}”, for example GeoPackage (.gpkg).",
            count=count(int(outside.sum())),
            path=target.path,
        )
