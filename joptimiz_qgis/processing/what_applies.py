"""``joptimiz:whatapplies``: which perimeters apply at a moment, and to a vehicle."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsFields,
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterDateTime,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtCore import QCoreApplication

from .algorithm import FeedbackProgress, JoptimizAlgorithm, tell_notes, tell_reading

if TYPE_CHECKING:
    import pandas as pd
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from ..toolkit.progress import Progress
    from ..toolkit.rules import Applying
    from .adapters import LayerRows


class WhatAppliesAlgorithm(JoptimizAlgorithm):
    """Adapter of `toolkit.rules.applying`."""

    NAME = "whatapplies"
    ICON = "what_applies"
    MAPPED_TABLE = "perimeters"
    PERIMETERS = "PERIMETERS"
    RULES = "RULES"
    AT = "AT"
    VEHICLE = "VEHICLE"
    MAPPING = "MAPPING"
    CRS = "CRS"
    POINTS = "POINTS"
    OUTPUT = "OUTPUT"
    OUTPUT_POINTS = "OUTPUT_POINTS"

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("What applies at a moment")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Which perimeters are active at a day and hour, whether a vehicle may enter, and when that changes.")

    def group(self) -> str:
        """Group in the toolbox."""
        return QCoreApplication.translate("BayCoverageAlgorithm", "Analysis")

    def groupId(self) -> str:  # noqa: N802 - QGIS's name
        """Identifier of the group."""
        return "analyse"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        vector = [QgsProcessing.SourceType.TypeVector]
        self.addParameter(QgsProcessingParameterFeatureSource(self.PERIMETERS, self.tr("File or layer of perimeters"), vector))
        moment = self.tr("At this day and hour (now, if not given)")
        self.addParameter(QgsProcessingParameterDateTime(self.AT, moment, optional=True))
        vehicle = self.tr("Vehicle, for example: pl,V4,weight=12,use=Livraison")
        self.addParameter(QgsProcessingParameterString(self.VEHICLE, vehicle, optional=True))
        rules = self.tr("Table of their rules, if they are not in the file")
        self.add_advanced(QgsProcessingParameterFeatureSource(self.RULES, rules, vector, optional=True))
        self.add_mapping(self.MAPPING)
        self.add_crs(self.CRS, self.tr("CRS of the perimeters, if their file does not say it"))
        points = self.tr("Points at which to say what applies")
        self.addParameter(QgsProcessingParameterFeatureSource(self.POINTS, points, [QgsProcessing.SourceType.TypeVectorPoint], optional=True))
        self.addParameter(QgsProcessingParameterFeatureSink(self.OUTPUT, self.tr("Perimeters with what applies")))
        at_points = self.tr("Points with what applies")
        self.addParameter(QgsProcessingParameterFeatureSink(self.OUTPUT_POINTS, at_points, optional=True, createByDefault=True))
        for name, text in (("ACTIVE_COUNT", self.tr("Active perimeters")), ("UNKNOWN_COUNT", self.tr("Perimeters of which it is not known"))):
            self.addOutput(QgsProcessingOutputNumber(name, text))
        self.addOutput(QgsProcessingOutputString("NEXT_CHANGE", self.tr("Next change")))

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Read, look up, write."""
        from ..toolkit.read.perimeters import perimeters_from_raw, rules_from_raw
        from ..toolkit.rules import applying
        from ..toolkit.vehicles import Vehicle
        from . import adapters, results

        text = self.parameterAsString(parameters, self.VEHICLE, context).strip()
        vehicle = Vehicle.parse(text) if text else None
        progress = FeedbackProgress(feedback)
        raw = adapters.raw_table(self, parameters, self.PERIMETERS, context, progress.part(0, 0.4))
        reading = perimeters_from_raw(raw, self.mapping(parameters, self.MAPPING, context), self.crs(parameters, self.CRS, context))
        tell_reading(reading, feedback)
        adapters.refuse_mixed(reading.table.geometry, reading.source)
        rules = reading.rules
        if parameters.get(self.RULES):
            rules = rules_from_raw(adapters.raw_table(self, parameters, self.RULES, context, progress.part(0.4, 0.5)))
        points = self._points(parameters, context, progress.part(0.5, 0.55))
        places = None if points is None else points.geometry
        result = applying(reading.table, rules, self._moment(parameters, context), vehicle, places)
        tell_notes(result.notes, feedback)
        table = result.table()
        fields = adapters.fields_of_frame(table.drop(columns=table.geometry.name))
        layout = (fields, adapters.wkb_type(table.geometry), adapters.crs_of(table.geometry))
        inputs = (self.PERIMETERS, self.RULES, self.POINTS)
        with results.result_sink(self, parameters, self.OUTPUT, inputs, context, layout) as (sink, destination):
            adapters.write_frame(table, sink, progress.part(0.6, 0.8))
        self._style(destination, context)
        more = {} if points is None else self._write_points(parameters, context, points, result, reading.table["cle"], progress.part(0.8, 1))
        return {self.OUTPUT: destination, **more, **self._figures(result)}

    def _points(self, parameters: dict[str, Any], context: QgsProcessingContext, progress: Progress) -> LayerRows | None:
        """The points asked about, with their own attributes."""
        from . import adapters

        if not parameters.get(self.POINTS):
            return None
        source = adapters.required_source(self, parameters, self.POINTS, context)
        return adapters.LayerRows(source, adapters.whole_layer(self, parameters, self.POINTS, context), None, progress)

    def _write_points(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        points: LayerRows,
        result: Applying,
        keys: pd.Series,
        progress: Progress,
    ) -> dict[str, Any]:
        """The points with what applies at each behind their own fields."""
        from ..toolkit.coverage import free_names
        from ..toolkit.here import point_columns
        from . import adapters, results

        if not parameters.get(self.OUTPUT_POINTS):
            return {}
        columns = point_columns(result, keys)
        names = free_names(points.fields.names(), [str(name) for name in columns])
        fields = QgsFields(points.fields)
        for field in adapters.fields_of_frame(columns.rename(columns=dict(zip(columns, names)))):
            fields.append(field)
        layout = (fields, points.wkb_type, points.crs)
        inputs = (self.PERIMETERS, self.RULES, self.POINTS)
        with results.result_sink(self, parameters, self.OUTPUT_POINTS, inputs, context, layout) as (sink, destination):
            adapters.write(points.features(columns), len(columns), sink, progress)
        return {self.OUTPUT_POINTS: destination}

    def _moment(self, parameters: dict[str, Any], context: QgsProcessingContext) -> datetime:
        chosen = self.parameterAsDateTime(parameters, self.AT, context)
        if parameters.get(self.AT) and chosen.isValid():
            return chosen.toPyDateTime()
        return datetime.now().replace(second=0, microsecond=0)  # noqa: DTZ005 - local time is what is meant

    def _figures(self, result: Applying) -> dict[str, Any]:
        change = result.first_change()
        return {
            "ACTIVE_COUNT": sum(result.by_kind().values()),
            "UNKNOWN_COUNT": sum(result.by_kind(None).values()),
            "NEXT_CHANGE": change.isoformat(timespec="minutes") if change else "",
        }

    def _style(self, destination: str, context: QgsProcessingContext) -> None:
        from ..layers.applying import style_applying

        self.style_on_load(destination, style_applying, context)
