"""What the algorithms around coverage share: points and bays in, the parameters of the audit, the audit itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    Qgis,
    QgsFeatureRequest,
    QgsProcessing,
    QgsProcessingParameterDateTime,
    QgsProcessingParameterDistance,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.errors import ParameterError
from ..toolkit.parameters import (
    BANDS_M,
    CROSSINGS,
    MAX_DISTANCE_M,
    NETWORK_TOLERANCE_M,
    band_labels,
    check_distance,
    check_network_tolerance,
    check_stop_minutes,
    check_vehicle_length,
    parse_bands,
)
from .algorithm import FeedbackProgress, JoptimizAlgorithm, tell_notes, tell_reading

if TYPE_CHECKING:
    from datetime import datetime

    import geopandas as gpd
    import pandas as pd
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from ..toolkit.audit import Audit, AuditOptions
    from ..toolkit.progress import Progress
    from ..toolkit.read.reading import Reading
    from . import adapters


ONE_DECIMAL = {"widget_wrapper": {"decimals": 1}}
"""For distances in metres: QGIS would show six."""


class CoveringAlgorithm(JoptimizAlgorithm):
    """Base of the algorithms that measure coverage: subclasses say what they make of it."""

    POINTS = "POINTS"
    BAYS = "BAYS"
    MAX_DISTANCE = "MAX_DISTANCE"
    AT = "AT"
    VEHICLE_LENGTH = "VEHICLE_LENGTH"
    STOP_MINUTES = "STOP_MINUTES"
    BANDS = "BANDS"
    MAPPING = "MAPPING"
    POINTS_CRS = "POINTS_CRS"
    BAYS_CRS = "BAYS_CRS"
    OUTPUT = "OUTPUT"
    CATEGORY = "CATEGORY"
    MOVEMENTS = "MOVEMENTS"
    ACTIVITY = "ACTIVITY"
    WORKFORCE = "WORKFORCE"
    JOBS = "JOBS"
    MOVEMENT_CATEGORIES = "MOVEMENT_CATEGORIES"
    NETWORK = "NETWORK"
    CROSSINGS = "CROSSINGS"
    NETWORK_TOLERANCE = "NETWORK_TOLERANCE"

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
        distance.setMetadata(ONE_DECIMAL)
        self.addParameter(distance)
        moment = QCoreApplication.translate("BayCoverageAlgorithm", "Count only bays usable at this moment")
        self.addParameter(QgsProcessingParameterDateTime(self.AT, moment, optional=True))
        number = Qgis.ProcessingNumberParameterType.Double
        vehicle = QCoreApplication.translate("BayCoverageAlgorithm", "Count only bays long enough for a vehicle of this length (metres)")
        self.add_advanced(QgsProcessingParameterNumber(self.VEHICLE_LENGTH, vehicle, number, optional=True))
        stop = QCoreApplication.translate("BayCoverageAlgorithm", "Count only bays that allow a stop this long (minutes)")
        self.add_advanced(QgsProcessingParameterNumber(self.STOP_MINUTES, stop, number, optional=True))
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

    def add_movements(self) -> None:
        """Declare where the movements per week come from; folded away what is only needed where the columns' names do not tell."""
        kinds = Qgis.ProcessingFieldParameterDataType
        movements = QCoreApplication.translate("BayCoverageAlgorithm", "Field with the movements per week (estimated where none is chosen)")
        activity = QCoreApplication.translate("BayCoverageAlgorithm", "Field with the activity code (NAF, APE); recognised by its name by default")
        workforce = QCoreApplication.translate("BayCoverageAlgorithm", "Field with the workforce class; recognised by its name by default")
        jobs = QCoreApplication.translate("BayCoverageAlgorithm", "Field with the number of jobs; recognised by its name by default")
        for name, description, kind in (
            (self.MOVEMENTS, movements, kinds.Numeric),
            (self.ACTIVITY, activity, kinds.Any),
            (self.WORKFORCE, workforce, kinds.Any),
            (self.JOBS, jobs, kinds.Any),
        ):
            self.add_advanced(self.field(name, description, self.POINTS, kind))
        table = QCoreApplication.translate("BayCoverageAlgorithm", "Your own table of activity code → category of movements (CSV)")
        behaviour = QgsProcessingParameterFile.Behavior.File
        self.add_advanced(QgsProcessingParameterFile(self.MOVEMENT_CATEGORIES, table, behaviour, "csv", optional=True))

    def add_network(self) -> None:
        """Declare the network on which to walk."""
        lines = [QgsProcessing.SourceType.TypeVectorLine]
        network = QCoreApplication.translate("BayCoverageAlgorithm", "Streets and footways, to measure the walk as well")
        self.add_advanced(QgsProcessingParameterFeatureSource(self.NETWORK, network, lines, optional=True))
        split = QCoreApplication.translate("BayCoverageAlgorithm", "Connected wherever they cross")
        declared = QCoreApplication.translate("BayCoverageAlgorithm", "Connected only where they share a vertex (bridges and tunnels)")
        crossings = QCoreApplication.translate("BayCoverageAlgorithm", "Lines that cross")
        self.add_advanced(QgsProcessingParameterEnum(self.CROSSINGS, crossings, [split, declared], defaultValue=0, optional=True))
        farthest = QCoreApplication.translate("BayCoverageAlgorithm", "Farthest from the network that a point or a bay may be")
        tolerance = QgsProcessingParameterDistance(self.NETWORK_TOLERANCE, farthest, NETWORK_TOLERANCE_M, optional=True)
        tolerance.setDefaultUnit(Qgis.DistanceUnit.Meters)
        tolerance.setMetadata(ONE_DECIMAL)
        self.add_advanced(tolerance)

    @staticmethod
    def field(
        name: str,
        description: str,
        layer: str,
        kind: Qgis.ProcessingFieldParameterDataType = Qgis.ProcessingFieldParameterDataType.Any,
    ) -> QgsProcessingParameterField:
        """One optional field of the layer of parameter `layer`."""
        return QgsProcessingParameterField(name, description, None, layer, kind, allowMultiple=False, optional=True)

    def checkParameterValues(  # noqa: N802 - QGIS's name
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """Refuse impossible distances, vehicles and stops before anything is read."""
        try:
            distance: Any = parameters.get(self.MAX_DISTANCE)
            readable = self.parameterDefinition(self.MAX_DISTANCE).checkValueIsAcceptable(distance, context)
            check_distance(self.parameterAsDouble(parameters, self.MAX_DISTANCE, context) if readable else distance)
            band_labels(parse_bands(self.parameterAsString(parameters, self.BANDS, context)))
            check_vehicle_length(self._number(parameters, self.VEHICLE_LENGTH, context))
            check_stop_minutes(self._number(parameters, self.STOP_MINUTES, context))
            if self.parameterDefinition(self.NETWORK):
                check_network_tolerance(self.parameterAsDouble(parameters, self.NETWORK_TOLERANCE, context))
        except ParameterError as error:
            return False, str(error)
        return super().checkParameterValues(parameters, context)

    def _number(self, parameters: dict[str, Any], name: str, context: QgsProcessingContext) -> float | None:
        """A number that may be left out."""
        return None if parameters.get(name) in (None, "") else self.parameterAsDouble(parameters, name, context)

    def _field(self, parameters: dict[str, Any], name: str, context: QgsProcessingContext) -> str | None:
        """Name of a field that may be left out, or whose parameter this algorithm does not have."""
        return (self.parameterAsString(parameters, name, context) or None) if self.parameterDefinition(name) else None

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

    def _options(self, parameters: dict[str, Any], context: QgsProcessingContext) -> AuditOptions:
        """What the parameters that all these algorithms have ask for."""
        from ..toolkit.audit import AuditOptions

        table = self.MOVEMENT_CATEGORIES
        own = self.parameterAsFile(parameters, table, context) if self.parameterDefinition(table) else ""
        return AuditOptions(
            max_distance=self.parameterAsDouble(parameters, self.MAX_DISTANCE, context),
            bands=parse_bands(self.parameterAsString(parameters, self.BANDS, context)),
            at=self._moment(parameters, context),
            vehicle_length=self._number(parameters, self.VEHICLE_LENGTH, context),
            stop_minutes=self._number(parameters, self.STOP_MINUTES, context),
            movements=self._field(parameters, self.MOVEMENTS, context),
            activity=self._field(parameters, self.ACTIVITY, context),
            workforce=self._field(parameters, self.WORKFORCE, context),
            jobs=self._field(parameters, self.JOBS, context),
            movement_categories=Path(own) if own else None,
            category=self._field(parameters, self.CATEGORY, context),
        )

    def _walking(
        self, options: AuditOptions, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> AuditOptions:
        """`options` with the network, where one was given."""
        from . import adapters

        if not parameters.get(self.NETWORK):
            return options
        source = adapters.required_source(self, parameters, self.NETWORK, context)
        layer = adapters.whole_layer(self, parameters, self.NETWORK, context)
        progress = FeedbackProgress(feedback).part(0.25, 0.3)
        _, shapes = adapters.file_columns(layer, progress) or adapters.feature_columns(source, progress)
        return replace(
            options,
            network=adapters.series_of(shapes, source.sourceCrs()),
            crossings=CROSSINGS[self.parameterAsEnum(parameters, self.CROSSINGS, context)],
            network_tolerance=self.parameterAsDouble(parameters, self.NETWORK_TOLERANCE, context),
        )

    def _audit(
        self,
        points: adapters.LayerRows | adapters.FrameRows,
        bays: Reading,
        options: AuditOptions,
        feedback: QgsProcessingFeedback,
    ) -> Audit:
        """Measure, and tell what was found."""
        from ..toolkit.audit import run_audit

        progress = FeedbackProgress(feedback)
        audit = run_audit(_table(points, options, progress.part(0.3, 0.35)), bays.table, options, progress.part(0.35, 0.7))
        tell_notes([*audit.notes, *audit.sentences()], feedback)
        return audit


def _table(points: adapters.LayerRows | adapters.FrameRows, options: AuditOptions, progress: Progress) -> gpd.GeoDataFrame:
    """The points with the attributes that the audit needs, and no others: reading them is most of the work."""
    import geopandas as gpd

    from ..toolkit.movements import columns_read

    names = points.fields.names()
    given = [options.movements] if options.movements else columns_read(names, options.activity, options.workforce, options.jobs)
    wanted = list(dict.fromkeys(filter(None, [options.category, *given])))
    for name in wanted:
        if name not in names:
            raise ParameterError(
                "The delivery points have no field “{field}”. Choose one of: {fields}", field=name, fields=", ".join(names) or "–"
            )
    return gpd.GeoDataFrame(_point_values(points, wanted, progress), geometry=points.geometry)


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
    for feature in adapters.checked(adapters.all_features(points.source, request), len(points.geometry), progress):
        row = points.positions[feature.id()]
        for name, place in zip(names, places):
            columns[name][row] = adapters.plain(feature.attribute(place))
    return pd.DataFrame(columns, index=points.geometry.index)
