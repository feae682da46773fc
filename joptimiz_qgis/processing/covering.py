"""What the algorithms around coverage share: points and bays in, the parameters of the measure, the measure itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    Qgis,
    QgsFeatureRequest,
    QgsProcessing,
    QgsProcessingParameterDateTime,
    QgsProcessingParameterDistance,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.errors import ParameterError
from ..toolkit.parameters import BANDS_M, MAX_DISTANCE_M, band_labels, check_distance, parse_bands
from .algorithm import FeedbackProgress, JoptimizAlgorithm, tell_notes, tell_reading

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from ..toolkit.coverage import Coverage
    from ..toolkit.progress import Progress
    from ..toolkit.read.reading import Reading
    from . import adapters


class CoveringAlgorithm(JoptimizAlgorithm):
    """Base of the algorithms that measure coverage: subclasses say what they make of it."""

    POINTS = "POINTS"
    BAYS = "BAYS"
    MAX_DISTANCE = "MAX_DISTANCE"
    AT = "AT"
    BANDS = "BANDS"
    MAPPING = "MAPPING"
    POINTS_CRS = "POINTS_CRS"
    BAYS_CRS = "BAYS_CRS"
    OUTPUT = "OUTPUT"
    CATEGORY = "CATEGORY"
    MOVEMENTS = "MOVEMENTS"

    # The texts stand under the name of the algorithm that had them first: its catalogue has their French.

    def group(self) -> str:
        """Group in the toolbox."""
        return QCoreApplication.translate("BayCoverageAlgorithm", "Analysis")

    def groupId(self) -> str:  # noqa: N802 - QGIS's name
        """Identifier of the group."""
        return "analyse"

    def add_layers(self) -> None:
        """Declare the delivery points and the bays."""
        vector = [QgsProcessing.SourceType.TypeVector]
        points = QCoreApplication.translate("BayCoverageAlgorithm", "Delivery points")
        bays = QCoreApplication.translate("BayCoverageAlgorithm", "Delivery bays")
        self.addParameter(QgsProcessingParameterFeatureSource(self.POINTS, points, vector))
        self.addParameter(QgsProcessingParameterFeatureSource(self.BAYS, bays, vector))

    def add_measure(self) -> None:
        """Declare the distance, the moment and, folded away, the bands and how files are read."""
        carrying = QCoreApplication.translate("BayCoverageAlgorithm", "Carrying distance")
        distance = QgsProcessingParameterDistance(self.MAX_DISTANCE, carrying, MAX_DISTANCE_M)
        distance.setDefaultUnit(Qgis.DistanceUnit.Meters)
        self.addParameter(distance)
        moment = QCoreApplication.translate("BayCoverageAlgorithm", "Count only bays usable at this moment")
        self.addParameter(QgsProcessingParameterDateTime(self.AT, moment, optional=True))
        bands = QCoreApplication.translate("BayCoverageAlgorithm", "Distance bands (metres)")
        self.add_advanced(QgsProcessingParameterString(self.BANDS, bands, "; ".join(f"{band:g}" for band in BANDS_M)))
        self.add_mapping(self.MAPPING)
        points_crs = QCoreApplication.translate(
            "BayCoverageAlgorithm", "CRS of the coordinates of the delivery points, if their file does not say it"
        )
        bays_crs = QCoreApplication.translate(
            "BayCoverageAlgorithm", "CRS of the coordinates of the bays, if their file does not say it"
        )
        self.add_crs(self.POINTS_CRS, points_crs)
        self.add_crs(self.BAYS_CRS, bays_crs)

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

    def _columns(
        self,
        points: adapters.LayerRows | adapters.FrameRows,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        progress: Progress,
    ) -> dict[str, pd.Series]:
        """The categories and the movements of the points, by parameter; those that were chosen."""
        chosen = {name: self.parameterAsString(parameters, name, context) for name in (self.CATEGORY, self.MOVEMENTS)}
        chosen = {name: field for name, field in chosen.items() if field}
        known = points.fields.names()
        for field in chosen.values():
            if field not in known:
                raise ParameterError(
                    "The delivery points have no field “{field}”. Choose one of: {fields}", field=field, fields=", ".join(known) or "–"
                )
        values = _point_values(points, list(chosen.values()), progress)
        return {name: values[field] for name, field in chosen.items()}

    def _moment(self, parameters: dict[str, Any], context: QgsProcessingContext) -> datetime | None:
        chosen = self.parameterAsDateTime(parameters, self.AT, context)
        return chosen.toPyDateTime() if parameters.get(self.AT) and chosen.isValid() else None

    def _coverage(
        self,
        points: adapters.LayerRows | adapters.FrameRows,
        bays: Reading,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> Coverage:
        """Measure, and tell the figures of the whole."""
        from ..toolkit.coverage import bay_coverage, sentences

        coverage = bay_coverage(
            points.geometry,
            bays.table,
            self.parameterAsDouble(parameters, self.MAX_DISTANCE, context),
            parse_bands(self.parameterAsString(parameters, self.BANDS, context)),
            self._moment(parameters, context),
            FeedbackProgress(feedback).part(0.25, 0.5),
        )
        tell_notes([*coverage.notes, *sentences(coverage.summary)], feedback)
        return coverage


def _point_values(
    points: adapters.LayerRows | adapters.FrameRows, names: list[str], progress: Progress
) -> pd.DataFrame:
    """Attributes `names` of the points, on the index of their geometry."""
    import pandas as pd

    from . import adapters

    if isinstance(points, adapters.FrameRows):
        return pd.DataFrame(points.frame[names])
    columns = {name: adapters.objects([None] * len(points.geometry)) for name in names}
    if not names:
        return pd.DataFrame(index=points.geometry.index)
    places = [points.fields.lookupField(name) for name in names]
    request = QgsFeatureRequest().setSubsetOfAttributes(places).setFlags(QgsFeatureRequest.Flag.NoGeometry)
    for feature in adapters.checked(points.source.getFeatures(request), len(points.geometry), progress):
        row = points.positions[feature.id()]
        for name, place in zip(names, places):
            columns[name][row] = adapters.plain(feature.attribute(place))
    return pd.DataFrame(columns, index=points.geometry.index)
