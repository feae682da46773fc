"""``joptimiz:enrichcustomers``: for each customer the perimeters, rules and hours, the ways in, the nearest bay."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    Qgis,
    QgsFields,
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterDateTime,
    QgsProcessingParameterDistance,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.errors import ParameterError
from ..toolkit.messages import tr
from ..toolkit.parameters import MAX_DISTANCE_M, check_distance
from .algorithm import FeedbackProgress, JoptimizAlgorithm, tell_notes, tell_reading
from .covering import ONE_DECIMAL

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from ..toolkit.company.enrich import Customers, Enrichment, Question
    from ..toolkit.progress import Progress
    from .customer_rows import CustomerRows

_MOST_DAYS = 366


class EnrichCustomersAlgorithm(JoptimizAlgorithm):
    """Adapter of `toolkit.company.enrich`."""

    NAME = "enrichcustomers"
    ICON = "enrich_customers"
    MAPPED_TABLE = "perimeters"
    CUSTOMERS = "CUSTOMERS"
    PERIMETERS = "PERIMETERS"
    RULES = "RULES"
    ACCESS_POINTS = "ACCESS_POINTS"
    BAYS = "BAYS"
    DATE = "DATE"
    DAYS = "DAYS"
    VEHICLE = "VEHICLE"
    MAX_DISTANCE = "MAX_DISTANCE"
    MAPPING = "MAPPING"
    CRS = "CRS"
    CUSTOMERS_CRS = "CUSTOMERS_CRS"
    OUTPUT = "OUTPUT"
    TABLE = "TABLE"

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Enrich customers")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("For each customer of a firm: perimeters, rules, forbidden and free hours, ways in, the nearest bay.")

    def group(self) -> str:
        """Group in the toolbox."""
        return QCoreApplication.translate("BayCoverageAlgorithm", "Analysis")

    def groupId(self) -> str:  # noqa: N802 - QGIS's name
        """Identifier of the group."""
        return "analyse"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        vector = [QgsProcessing.SourceType.TypeVector]

        def source(name: str, text: str, optional: bool = True) -> QgsProcessingParameterFeatureSource:
            return QgsProcessingParameterFeatureSource(name, text, vector, optional=optional)

        self.addParameter(source(self.CUSTOMERS, self.tr("Customers: a layer, a file, or what the import of a company’s file wrote"), optional=False))
        self.addParameter(source(self.PERIMETERS, self.tr("Perimeters")))
        self.addParameter(source(self.ACCESS_POINTS, self.tr("Access points of the perimeters")))
        self.addParameter(source(self.BAYS, self.tr("Delivery bays")))
        day = Qgis.ProcessingDateTimeParameterDataType.Date
        self.addParameter(QgsProcessingParameterDateTime(self.DATE, self.tr("First day (today, if not given)"), day, optional=True))
        whole = Qgis.ProcessingNumberParameterType.Integer
        days = self.tr("Number of days")
        self.addParameter(QgsProcessingParameterNumber(self.DAYS, days, whole, 7, minValue=1, maxValue=_MOST_DAYS))
        vehicle = self.tr("Vehicle, for example: pl,V4,weight=12,use=Livraison")
        self.addParameter(QgsProcessingParameterString(self.VEHICLE, vehicle, optional=True))
        distance = QgsProcessingParameterDistance(self.MAX_DISTANCE, self.tr("A bay is near within"), MAX_DISTANCE_M)
        distance.setDefaultUnit(Qgis.DistanceUnit.Meters)
        distance.setMetadata(ONE_DECIMAL)
        self.addParameter(distance)
        self.add_advanced(source(self.RULES, self.tr("Table of the perimeters’ rules, if they are not in their file")))
        self.add_mapping(self.MAPPING)
        self.add_crs(self.CRS, self.tr("CRS of the perimeters, if their file does not say it"))
        self.add_crs(self.CUSTOMERS_CRS, self.tr("CRS of the customers’ coordinates, if their file does not say it"))
        self.addParameter(QgsProcessingParameterFeatureSink(self.OUTPUT, self.tr("Customers, enriched")))
        table = self.tr("Table for Excel or LibreOffice")
        kinds = "XLSX (*.xlsx);;CSV (*.csv)"
        self.addParameter(QgsProcessingParameterFileDestination(self.TABLE, table, kinds, optional=True, createByDefault=False))
        for name, text in self._numbers().values():
            self.addOutput(QgsProcessingOutputNumber(name, text))

    def checkParameterValues(  # noqa: N802 - QGIS's name
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """Refuse what is impossible before anything is read."""
        if not parameters.get(self.PERIMETERS) and not parameters.get(self.BAYS):
            return False, tr("There is nothing to enrich the customers with. Give perimeters, bays, or both.")
        try:
            distance: Any = parameters.get(self.MAX_DISTANCE)
            readable = self.parameterDefinition(self.MAX_DISTANCE).checkValueIsAcceptable(distance, context)
            check_distance(self.parameterAsDouble(parameters, self.MAX_DISTANCE, context) if readable else distance)
        except ParameterError as error:
            return False, str(error)
        return super().checkParameterValues(parameters, context)

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Read, look up, write both results or none."""
        from ..toolkit.company.enrich import enrich
        from .customer_rows import customer_rows

        question = self._question(parameters, context)
        table = self._table_file(parameters, context)
        progress = FeedbackProgress(feedback)
        crs = self.crs(parameters, self.CUSTOMERS_CRS, context)
        rows = customer_rows(self, parameters, self.CUSTOMERS, context, crs, progress.part(0, 0.2))
        tell_notes(rows.customers.notes, feedback)
        data = self._data(parameters, context, feedback, progress.part(0.2, 0.4))
        found = enrich(rows.customers, question, **data, progress=progress.part(0.4, 0.7))
        tell_notes([*found.notes, *found.sentences()], feedback)
        destination = self._write(rows, found, table, parameters, context, progress.part(0.7, 1))
        self._style(destination, found, context)
        counts = found.counts()
        figures = {name: counts.get(key) for key, (name, _) in self._numbers().items()}
        return {self.OUTPUT: destination, self.TABLE: str(table.path) if table else None, **figures}

    def _write(
        self,
        rows: CustomerRows,
        found: Enrichment,
        table: Any,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        progress: Progress,
    ) -> str:
        from ..toolkit.coverage import free_names
        from . import adapters, results
        from .main_thread import released

        columns = found.columns
        fields = QgsFields(rows.fields)
        names = free_names(fields.names(), [str(name) for name in columns])
        for field in adapters.fields_of_frame(columns.set_axis(names, axis=1)):
            fields.append(field)
        layout = (fields, QgsWkbTypes.Type.Point, adapters.crs_of(rows.customers.geometry))
        target = results.output_file(parameters, self.OUTPUT, context)
        with ExitStack() as stack:
            if target is not None and not target.table:  # QGIS sees to tables of a file that stays
                results.refuse_source(target, self, parameters, self._inputs(), context)
                stack.enter_context(released(self.project, target.path, progress))
            sink, destination = stack.enter_context(results.result_sink(self, parameters, self.OUTPUT, self._inputs(), context, layout))
            adapters.write(rows.features(columns), max(len(columns), 1), sink, progress.part(0, 0.5))
            if table:
                self._write_table(rows.customers, found, table.path, parameters, progress.part(0.5, 1))
        return destination

    def _write_table(self, customers: Customers, found: Enrichment, path: Path, parameters: dict[str, Any], progress: Progress) -> None:
        from ..toolkit.company.enrich import about, sheet
        from ..toolkit.company.spreadsheet import write_spreadsheet

        given = {"perimeters": self.PERIMETERS, "access_points": self.ACCESS_POINTS, "bays": self.BAYS}
        sources = {key: _called(parameters[name]) for key, name in given.items() if parameters.get(name)}
        write_spreadsheet(sheet(customers, found), path, True, about(customers, found, sources), progress)

    def _question(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Question:
        from ..toolkit.company.enrich import Question
        from ..toolkit.period import Period
        from ..toolkit.vehicles import Vehicle

        chosen = self.parameterAsDateTime(parameters, self.DATE, context)
        given = parameters.get(self.DATE) and chosen.isValid()
        first = chosen.date().toPyDate() if given else date.today()  # noqa: DTZ011 - local time is what is meant
        period = Period(first, self.parameterAsInt(parameters, self.DAYS, context))
        text = self.parameterAsString(parameters, self.VEHICLE, context).strip()
        distance = self.parameterAsDouble(parameters, self.MAX_DISTANCE, context)
        return Question(period, Vehicle.parse(text) if text else None, distance)

    def _table_file(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Any:
        """The file of the table, if one is wanted; none of the inputs."""
        from ..toolkit.company.spreadsheet import ENDINGS
        from ..toolkit.write.tables import check_output
        from . import results

        path = self.parameterAsFileOutput(parameters, self.TABLE, context)
        if not path:
            return None
        target = results.Target(check_output(path, overwrite=True, endings=ENDINGS), "")
        results.refuse_source(target, self, parameters, self._inputs(), context)
        return target

    def _data(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback, progress: Progress
    ) -> dict[str, Any]:
        """The tables that were given, by what they are."""
        from ..toolkit.read.bays import bays_from_raw
        from ..toolkit.read.perimeters import perimeters_from_raw, rules_from_raw
        from ..toolkit.read.places import access_points_from_raw
        from . import adapters

        def raw(name: str, start: float) -> Any:
            return adapters.raw_table(self, parameters, name, context, progress.part(start, start + 0.25))

        data: dict[str, Any] = {}
        if parameters.get(self.PERIMETERS):
            mapping, crs = self.mapping(parameters, self.MAPPING, context), self.crs(parameters, self.CRS, context)
            reading = perimeters_from_raw(raw(self.PERIMETERS, 0), mapping, crs)
            tell_reading(reading, feedback)
            data |= {"perimeters": reading.table, "rules": reading.rules}
            if parameters.get(self.RULES):
                data["rules"] = rules_from_raw(raw(self.RULES, 0.25))
        for name, key, read in ((self.ACCESS_POINTS, "access_points", access_points_from_raw), (self.BAYS, "bays", bays_from_raw)):
            if parameters.get(name):
                places = read(raw(name, 0.5))
                tell_reading(places, feedback)
                data[key] = places.table
        return data

    def _inputs(self) -> tuple[str, ...]:
        return (self.CUSTOMERS, self.PERIMETERS, self.RULES, self.ACCESS_POINTS, self.BAYS)

    def _style(self, destination: str, found: Enrichment, context: QgsProcessingContext) -> None:
        from ..layers.customers import style_customers

        self.style_on_load(destination, partial(style_customers, max_distance=found.question.max_distance), context)

    def _numbers(self) -> dict[str, tuple[str, str]]:
        """Count → name and text of its output."""
        return {
            "customers": ("CUSTOMER_COUNT", self.tr("Customers")),
            "placed": ("PLACED_COUNT", self.tr("Customers with a usable position")),
            "not_placed": ("NOT_PLACED_COUNT", self.tr("Customers without a usable position")),
            "in_perimeter": ("IN_PERIMETER_COUNT", self.tr("Customers in a perimeter")),
            "allowed": ("ALLOWED_COUNT", self.tr("Customers that the vehicle may reach at any time")),
            "restricted": ("RESTRICTED_COUNT", self.tr("Customers that it may reach at some hours only")),
            "forbidden": ("FORBIDDEN_COUNT", self.tr("Customers that it may not reach")),
            "unknown": ("UNKNOWN_COUNT", self.tr("Customers of which that is not known")),
            "with_bay": ("WITH_BAY_COUNT", self.tr("Customers with a bay near")),
        }


def _called(value: Any) -> str:
    """What to call an input in a table that leaves the firm's own machine, perhaps: a name, never a folder."""
    name = getattr(value, "name", None)
    if callable(name):
        return str(name())
    source = getattr(value, "source", value)
    text = getattr(source, "staticValue", lambda: source)()
    return Path(str(text).partition("|")[0]).name
