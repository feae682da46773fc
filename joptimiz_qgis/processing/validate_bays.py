"""``joptimiz:validatebays``: delivery bays against the national schema and good sense."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import QgsProcessing, QgsProcessingParameterDistance, QgsProcessingParameterFeatureSource, QgsUnitTypes

from .algorithm import FeedbackProgress, tell_reading
from .survey_parameters import FindingsAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback


class ValidateBaysAlgorithm(FindingsAlgorithm):
    """Adapter of `toolkit.survey.validate_bays`."""

    NAME = "validatebays"
    ICON = "control_bays"

    BAYS = "BAYS"
    MAPPING = "MAPPING"
    CRS = "CRS"
    COMMUNES = "COMMUNES"
    ROADS = "ROADS"
    DUPLICATE_DISTANCE = "DUPLICATE_DISTANCE"
    ROAD_DISTANCE = "ROAD_DISTANCE"

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Check delivery bays")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Every rule of the national schema, and what a schema cannot say: hours, signs, footprints, duplicates, places.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        kinds = QgsProcessing.SourceType
        source = QgsProcessingParameterFeatureSource
        self.addParameter(source(self.BAYS, self.tr("File or layer of delivery bays"), [kinds.TypeVector]))
        self.addParameter(source(self.COMMUNES, self.tr("Communes (polygons)"), [kinds.TypeVectorPolygon], optional=True))
        self.addParameter(source(self.ROADS, self.tr("Roads (lines)"), [kinds.TypeVectorLine], optional=True))
        self.add_mapping(self.MAPPING)
        self.add_crs(self.CRS, self.tr("CRS of the coordinates, if the file does not say it"))
        for name, text, default in (
            (self.DUPLICATE_DISTANCE, self.tr("Bays nearer than this are taken for one"), 3.0),
            (self.ROAD_DISTANCE, self.tr("Farthest from a road's axis"), 30.0),
        ):
            distance = QgsProcessingParameterDistance(name, text, default, minValue=0.0)
            distance.setDefaultUnit(QgsUnitTypes.DistanceUnit.DistanceMeters)
            self.add_advanced(distance)
        self.add_findings()

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Read, check, write."""
        from ..toolkit.survey.validate_bays import Limits, validate_bays
        from . import adapters

        inputs = (self.BAYS, self.COMMUNES, self.ROADS)
        self.csv_path(parameters, inputs, context)
        progress = FeedbackProgress(feedback)
        raw = adapters.raw_table(self, parameters, self.BAYS, context, progress.part(0, 0.2))
        communes, roads = (adapters.optional_frame(self, parameters, name, context, progress) for name in (self.COMMUNES, self.ROADS))
        distances = (self.parameterAsDouble(parameters, name, context) for name in (self.DUPLICATE_DISTANCE, self.ROAD_DISTANCE))
        limits = Limits(**dict(zip(("duplicate_m", "road_m"), distances)))
        lines = None if roads is None else roads.geometry
        mapping, crs = self.mapping(parameters, self.MAPPING, context), self.crs(parameters, self.CRS, context)
        control = validate_bays(raw, mapping, crs, communes, lines, limits, progress.part(0.3, 0.8))
        tell_reading(control.reading, feedback)
        return self.write_findings(control.findings, parameters, inputs, context, feedback)
