"""``joptimiz:fetchsource``: a public source of data, of the catalogue or at an address, → its table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterAuthConfig,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterString,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.errors import OutputError, ParameterError
from ..toolkit.messages import language
from ..toolkit.progress import Progress
from ..toolkit.sources import SERVICES, TABLES, Area, Source
from .algorithm import FeedbackProgress, JoptimizAlgorithm, tell_notes, tell_reading
from .source_settings import catalogue_or_fault, source_settings

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsVectorLayer

    from ..toolkit.sources.refreshing import Renewal
    from .results import Target


class FetchSourceAlgorithm(JoptimizAlgorithm):
    """Adapter of `toolkit.sources`."""

    NAME = "fetchsource"
    ICON = "fetch_source"
    SOURCE = "SOURCE"
    EXTENT = "EXTENT"
    AREA = "AREA"
    REFRESH = "REFRESH"
    AUTHCFG = "AUTHCFG"
    TABLE = "TABLE"
    SERVICE = "SERVICE"
    URL = "URL"
    DATASET = "DATASET"
    COLLECTION = "COLLECTION"
    SCHEMA = "SCHEMA"
    MAPPING = "MAPPING"
    OUTPUT = "OUTPUT"
    RULES = "RULES"
    REJECTS = "REJECTS"

    def group(self) -> str:
        """Group in the toolbox."""
        return QCoreApplication.translate("ImportAlgorithm", "Import")

    def groupId(self) -> str:  # noqa: N802 - QGIS's name
        """Identifier of the group."""
        return "import"

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Fetch a public source")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Asks the server of a public source for its data, and says what they change in the file that they replace.")

    # -- parameters ------------------------------------------------------------------------------------------------

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        sources, self.fault = catalogue_or_fault()
        self.sources = list(sources.values())
        titles = [self.tr("An address of your own (below)"), *(source.name for source in self.sources)]
        self.addParameter(QgsProcessingParameterEnum(self.SOURCE, self.tr("Source of the catalogue"), titles, defaultValue=min(1, len(self.sources))))
        self.addParameter(QgsProcessingParameterExtent(self.EXTENT, self.tr("Only within this rectangle"), optional=True))
        polygons = [QgsProcessing.SourceType.TypeVectorPolygon]
        area = QgsProcessingParameterFeatureSource(self.AREA, self.tr("Only within these polygons (a commune)"), polygons, optional=True)
        self.addParameter(area)
        refresh = self.tr("Ask the server for a newer copy, even where one is here")
        self.addParameter(QgsProcessingParameterBoolean(self.REFRESH, refresh, defaultValue=False))
        self.add_advanced(QgsProcessingParameterAuthConfig(self.AUTHCFG, self.tr("Authentication at the server"), optional=True))
        self._add_address()
        self.addParameter(QgsProcessingParameterFeatureSink(self.OUTPUT, self.tr("Data")))
        rules = self.tr("Rules of the perimeters")
        vector = QgsProcessing.SourceType.TypeVector
        self.addParameter(QgsProcessingParameterFeatureSink(self.RULES, rules, vector, optional=True, createByDefault=False))
        rejects = self.tr("Rejected rows with their reasons")
        csv = "CSV (*.csv)"
        self.addParameter(QgsProcessingParameterFileDestination(self.REJECTS, rejects, csv, optional=True, createByDefault=False))
        for name, text in (*self._numbers(), *self._differences()):
            self.addOutput(QgsProcessingOutputNumber(name, text))
        self.addOutput(QgsProcessingOutputString("COPY_DAY", self.tr("Day of the copy")))
        self.addOutput(QgsProcessingOutputString("MAPPING_USED", self.tr("Mapping used")))

    def _add_address(self) -> None:
        """What an address of one's own needs."""
        from ..toolkit.schema import load_table

        tables = [load_table(table).title[language()] for table in TABLES]
        first = TABLES.index("bays")
        self.add_advanced(QgsProcessingParameterEnum(self.TABLE, self.tr("Own address: what its rows are"), tables, defaultValue=first))
        services = [service_title(service) for service in SERVICES]
        own = SERVICES.index("file")
        self.add_advanced(QgsProcessingParameterEnum(self.SERVICE, self.tr("Own address: kind of service"), services, defaultValue=own))
        texts: tuple[tuple[str, str], ...] = (
            (self.URL, self.tr("Own address: https://…")),
            (self.DATASET, self.tr("Own address: dataset (Opendatasoft, data.gouv.fr)")),
            (self.COLLECTION, self.tr("Own address: collection or layer (OGC API Features, WFS)")),
            (self.SCHEMA, self.tr("Own address: schema, instead of a dataset (data.gouv.fr)")),
            (self.MAPPING, self.tr("Own address: mapping of the columns, by name or file")),
        )
        for name, text in texts:
            self.add_advanced(QgsProcessingParameterString(name, text, optional=True))

    def _numbers(self) -> list[tuple[str, str]]:
        return [
            ("ROWS_READ", QCoreApplication.translate("ImportAlgorithm", "Rows read")),
            ("IMPORTED", QCoreApplication.translate("ImportAlgorithm", "Rows imported")),
            ("CORRECTED", QCoreApplication.translate("ImportAlgorithm", "Rows with a value corrected")),
            ("REJECTED", QCoreApplication.translate("ImportAlgorithm", "Rows rejected")),
            ("OUTSIDE", self.tr("Rows outside the area")),
        ]

    def _differences(self) -> list[tuple[str, str]]:
        return [
            ("ADDED", self.tr("Rows that the older file had not")),
            ("CHANGED", self.tr("Rows that differ from the older file")),
            ("REMOVED", self.tr("Rows of the older file that are gone")),
            ("UNCHANGED", self.tr("Rows that are as in the older file")),
        ]

    def source(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Source:
        """The source chosen: of the catalogue, or at an address."""
        from ..toolkit.sources.catalogue import chosen_source

        choice = self.parameterAsEnum(parameters, self.SOURCE, context)
        if choice > 0:
            return self.sources[choice - 1]
        url = self.parameterAsString(parameters, self.URL, context).strip()
        if self.fault and not url:
            raise QgsProcessingException(self.fault)
        if "://" not in url:
            raise ParameterError("The address “{url}” is none. Expected: https://…", url=url)
        keys = {"dataset": self.DATASET, "collection": self.COLLECTION, "schema": self.SCHEMA, "mapping": self.MAPPING}
        parts = {key: self.parameterAsString(parameters, name, context).strip() for key, name in keys.items()}
        parts["table"] = TABLES[self.parameterAsEnum(parameters, self.TABLE, context)]
        parts["service"] = SERVICES[self.parameterAsEnum(parameters, self.SERVICE, context)]
        return chosen_source(url, None, own_parts(parts))

    def area(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Area | None:
        """The polygons given, else the rectangle; None for everything."""
        from ..toolkit.sources import area_of
        from . import adapters

        if parameters.get(self.AREA) not in (None, ""):
            polygons = adapters.table_of(adapters.required_source(self, parameters, self.AREA, context), Progress()).geometry
            return None if polygons is None else area_of(polygons.dropna())
        if parameters.get(self.EXTENT) in (None, ""):
            return None
        box = self.parameterAsExtent(parameters, self.EXTENT, context, QgsCoordinateReferenceSystem("EPSG:4326"))
        return None if box.isNull() else Area(box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum())

    # -- work ------------------------------------------------------------------------------------------------------

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Fetch and read everything, say what changes, then write."""
        from ..toolkit.sources.refreshing import renew
        from ..toolkit.web import host_of
        from ..toolkit.write.tables import check_output
        from . import results
        from .web import QgisClient

        source, settings = self.source(parameters, context), source_settings()
        rejects = self.parameterAsFileOutput(parameters, self.REJECTS, context)
        if rejects:
            check_output(rejects, overwrite=True, endings=(".csv",))
        target = results.output_file(parameters, self.OUTPUT, context)
        older = older_table(target)
        authcfg = self.parameterAsString(parameters, self.AUTHCFG, context)
        client = QgisClient(authcfg, host_of(source.url), timeout=settings.timeout)
        refresh = self.parameterAsBool(parameters, self.REFRESH, context)
        progress = FeedbackProgress(feedback).part(0, 0.7)
        area = self.area(parameters, context)
        renewal = renew(source, client, settings.cache, None, area, refresh, progress, offline=True)
        differences = self._compared(renewal, older, feedback)
        self._tell(renewal, feedback)
        destinations = self._write(renewal, parameters, context, feedback)
        origins = [copy.origin for copy in renewal.copies]
        self.style_on_load(destinations[self.OUTPUT], lambda layer: _style(layer, source.table, origins), context)
        read = renewal.read
        counts = (read.counts()["rows_read"], len(read.table), read.rows_with("corrected"), read.counts()["rejected"], read.outside)
        mappings = dict.fromkeys(reading.mapping for reading in read.readings if reading.mapping)
        return {
            **destinations,
            **{name: count for (name, _), count in zip(self._numbers(), counts)},
            **differences,
            "COPY_DAY": max(copy.day for copy in renewal.copies),
            "MAPPING_USED": ", ".join(mappings),
        }

    def _compared(self, renewal: Renewal, older: Path | str | None, feedback: QgsProcessingFeedback) -> dict[str, int]:
        """What differs from the file that will be replaced, told before it is."""
        from ..toolkit.sources.refreshing import changes_against
        from ..toolkit.sources.tables import key_of

        if older is None:
            return {}
        renewal.changes, notes = changes_against(older, renewal.table, key_of(renewal.source))
        tell_notes(notes, feedback)
        if renewal.changes is None:
            return {}
        for sentence in renewal.changes.sentences():
            feedback.pushInfo(sentence)
        counts = renewal.changes.counts()
        return {name: counts[name.lower()] for name, _ in self._differences()}

    def _tell(self, renewal: Renewal, feedback: QgsProcessingFeedback) -> None:
        tell_notes(renewal.notes, feedback)
        for reading in renewal.read.readings:
            tell_reading(reading, feedback)

    def _write(
        self, renewal: Renewal, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """All results, or none of them."""
        from ..toolkit.write.tables import one_geometry_type, reject_file
        from . import adapters, results

        table = one_geometry_type(renewal.table)
        adapters.refuse_mixed(table.geometry, renewal.source.name)
        layout = (_fields(renewal), adapters.wkb_type(table.geometry), adapters.crs_of(table.geometry))
        rejects = self.parameterAsFileOutput(parameters, self.REJECTS, context)
        with results.result_sink(self, parameters, self.OUTPUT, (self.AREA,), context, layout) as (sink, destination):
            adapters.write_frame(table, sink, FeedbackProgress(feedback).part(0.75, 1))
            more = self._write_rules(renewal, parameters, context)
            if rejects:
                reject_file(renewal.read.rejects, rejects, overwrite=True)
        return {self.OUTPUT: destination, self.REJECTS: rejects or None, **more}

    def _write_rules(self, renewal: Renewal, parameters: dict[str, Any], context: QgsProcessingContext) -> dict[str, Any]:
        from ..toolkit.schema import load_table
        from . import adapters, results

        rules = renewal.read.rules
        if not parameters.get(self.RULES) or rules is None:
            return {}
        places = [results.output_file(parameters, name, context) for name in (self.OUTPUT, self.RULES)]
        if all(places) and places[0].path.resolve() == places[1].path.resolve() and not places[1].table:  # type: ignore[union-attr]
            raise OutputError("“{path}” was chosen for two results. Choose another file for one of them.", path=places[1].path)  # type: ignore[union-attr]
        layout = (adapters.fields_of(load_table("perimeter_rules")), QgsWkbTypes.Type.NoGeometry, QgsCoordinateReferenceSystem())
        features = adapters.features_of(adapters.python_rows(rules), [None] * len(rules))
        with results.result_sink(self, parameters, self.RULES, (self.AREA,), context, layout) as (sink, destination):
            adapters.write(features, len(rules), sink, Progress())
        return {self.RULES: destination}


def service_title(service: str) -> str:
    """What users call a kind of service."""
    return {
        "datagouv": "data.gouv.fr",
        "file": QCoreApplication.translate("FetchSourceAlgorithm", "A file at an address"),
        "ogcapi": "OGC API Features",
        "opendatasoft": "Opendatasoft",
        "wfs": "WFS",
    }[service]


def own_parts(parts: dict[str, str]) -> dict[str, Any]:
    """The keys of an entry for an address of one's own, with the format that portals give that kind of table best."""
    given: dict[str, Any] = {key: value for key, value in parts.items() if value}
    if given.get("service") in {"opendatasoft", "datagouv"}:
        given["format"] = "geojson" if given.get("table") == "perimeters" else "csv"  # a CSV has areas and a point of each
    if given.get("service") == "datagouv":
        given["resource"] = {"format": given["format"]}
    return given


def older_table(target: Target | None) -> Path | str | None:
    """What `target` holds now, as the toolkit opens it; None where there is nothing yet."""
    if target is None or not target.path.exists():
        return None
    return f"{target.path}|layername={target.table}" if target.table else target.path


def _fields(renewal: Renewal) -> Any:
    from ..toolkit.schema import load_table
    from . import adapters

    table = renewal.table
    if renewal.source.table == "delivery_points":  # as they were published
        return adapters.fields_of_frame(table.drop(columns=table.geometry.name))
    return adapters.fields_of(load_table(renewal.source.table))


def _style(layer: QgsVectorLayer, table: str, origins: list[Any]) -> None:
    from ..layers.published import style_table

    style_table(layer, table, origins)
