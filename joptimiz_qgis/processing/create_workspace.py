"""``joptimiz:createworkspace``: all tables of Visualiz in one GeoPackage or in a PostGIS schema, styled, opened as a group."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterProviderConnection,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.errors import JoptimizError
from ..toolkit.messages import language
from ..toolkit.schema.table import kinds
from .algorithm import FeedbackProgress, JoptimizAlgorithm, tell_notes, tell_reading

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from ..layers.postgis import PostgisHome
    from ..toolkit.read.reading import Reading

DEFAULT_SCHEMA = "joptimiz"


class CreateWorkspaceAlgorithm(JoptimizAlgorithm):
    """Adapter of `toolkit.workspace`."""

    NAME = "createworkspace"
    LEAVES = True
    ICON = "create_workspace"
    SOURCES = ("BAYS", "DELIVERY_POINTS", "PERIMETERS", "ACCESS_POINTS", "POINTS_OF_INTEREST", "REGULATIONS")
    POI_KIND = "POI_KIND"
    LICENCE = "LICENCE"
    CRS = "CRS"
    CONNECTION = "CONNECTION"
    SCHEMA = "SCHEMA"
    OPEN = "OPEN"
    OUTPUT = "OUTPUT"

    def __init__(self) -> None:
        super().__init__()
        self._made: tuple[Any, Any] | None = None

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Create a workspace")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("One GeoPackage (or PostGIS schema) with bays, perimeters, access points, delivery points and points of interest, styled.")

    def group(self) -> str:
        """Group in the toolbox."""
        return QCoreApplication.translate("ImportAlgorithm", "Import")

    def groupId(self) -> str:  # noqa: N802 - QGIS's name
        """Identifier of the group."""
        return "import"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        titles = (
            self.tr("Delivery bays to import"),
            self.tr("Delivery points to import"),
            self.tr("Perimeters to import"),
            self.tr("Access points to import"),
            self.tr("Points of interest to import"),
            self.tr("Goods-traffic orders to import"),
        )
        vector = [QgsProcessing.SourceType.TypeVector]
        for name, title in zip(self.SOURCES, titles):
            self.addParameter(QgsProcessingParameterFeatureSource(name, title, vector, optional=True))
        none = self.tr("Said by the file")
        listed = [none, *(row[language()] for row in kinds("poi_kinds"))]
        self.addParameter(QgsProcessingParameterEnum(self.POI_KIND, self.tr("Kind of the points of interest"), listed, defaultValue=0, optional=True))
        self.addParameter(QgsProcessingParameterString(self.LICENCE, self.tr("Licence of the data"), optional=True))
        self.add_crs(self.CRS, self.tr("CRS of the coordinates, if a file does not say it"))
        connection = self.tr("PostgreSQL connection: keep the workspace in this database instead of a file")
        self.add_advanced(QgsProcessingParameterProviderConnection(self.CONNECTION, connection, "postgres", optional=True))
        self.add_advanced(QgsProcessingParameterString(self.SCHEMA, self.tr("Schema of the database"), defaultValue=DEFAULT_SCHEMA, optional=True))
        self.addParameter(QgsProcessingParameterBoolean(self.OPEN, self.tr("Open the workspace in the project"), defaultValue=True))
        file = QgsProcessingParameterFileDestination(self.OUTPUT, self.tr("Workspace"), "GeoPackage (*.gpkg)", optional=True)
        self.addParameter(file)
        for name, title in self._numbers():
            self.addOutput(QgsProcessingOutputNumber(name, title))

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:  # noqa: N802 - QGIS's
        """Refuse a run without a place for the result."""
        if not parameters.get(self.CONNECTION) and not parameters.get(self.OUTPUT):
            return False, self.tr("Choose a GeoPackage file or a PostgreSQL connection for the workspace.")
        valid, said = super().checkParameterValues(parameters, context)
        return bool(valid), str(said)

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Read everything, then write a file, and from it the tables of the database where one was chosen."""
        from ..layers.postgis import PostgisHome
        from ..layers.workspace import prepare_workspace, style_workspace
        from ..toolkit.workspace import network_notes
        from ..toolkit.write.tables import check_output
        from . import results

        progress = FeedbackProgress(feedback)
        connection = self.parameterAsConnectionName(parameters, self.CONNECTION, context)
        if connection:
            schema = self.parameterAsString(parameters, self.SCHEMA, context).strip() or DEFAULT_SCHEMA
            home: Path | PostgisHome = PostgisHome(connection, schema)
        else:
            home = check_output(self.parameterAsFileOutput(parameters, self.OUTPUT, context), overwrite=True, endings=(".gpkg",))
            results.refuse_source(results.Target(home, ""), self, parameters, self.SOURCES, context)
            tell_notes(network_notes(home), feedback)
        readings = self._readings(parameters, context, feedback)
        licence = self.parameterAsString(parameters, self.LICENCE, context).strip()
        self._write(home, readings, licence, progress)
        tell_notes(style_workspace(home), feedback)  # in its place: QGIS keeps a file open for a while, and Windows then moves it no more
        found = prepare_workspace(home)
        tell_notes(found.notes, feedback)
        self._made = (home, found) if self.parameterAsBool(parameters, self.OPEN, context) else None
        counts = {name: found.rows[name.lower()] for name, _ in self._numbers()}
        return {self.OUTPUT: str(home) if isinstance(home, Path) else f"{connection}.{schema}", **counts}

    def _readings(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, list[Reading]]:
        from ..toolkit.workspace import readings_of
        from . import adapters

        progress = FeedbackProgress(feedback)
        names = [name for name in self.SOURCES if parameters.get(name)]
        raw = {}
        for place, name in enumerate(names):
            part = progress.part(0.4 * place / len(names), 0.4 * (place + 1) / len(names))
            raw[name.lower()] = [adapters.raw_table(self, parameters, name, context, part)]
        choice = self.parameterAsEnum(parameters, self.POI_KIND, context)
        kind = [None, *(row["key"] for row in kinds("poi_kinds"))][choice]
        readings = readings_of(raw, self.crs(parameters, self.CRS, context), kind, progress.part(0.4, 0.7))
        for each in readings.values():
            for reading in each:
                tell_reading(reading, feedback)
        return readings

    def _write(self, home: Path | PostgisHome, readings: dict[str, list[Reading]], licence: str, progress: FeedbackProgress) -> None:
        """The file takes its place when it is complete; a database is filled from a file that goes away again."""
        from ..toolkit.workspace import create_workspace, imports_of, put_in_place, rows_for

        folder = home.parent if isinstance(home, Path) else None
        with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=folder) as work:
            part = create_workspace(Path(work) / "workspace.gpkg", rows_for(readings), imports_of(readings, licence))
            progress.step(0.8)
            if isinstance(home, Path):
                put_in_place(part, home)
            else:
                home.create(part, progress.part(0.8, 0.95))

    def postProcessAlgorithm(self, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict[str, Any]:  # noqa: N802 - QGIS's
        """Open the workspace, in the main thread."""
        from ..layers.workspace import show_workspace

        project = context.project()
        if self._made is not None and project is not None:
            home, found = self._made
            self._made = None
            try:
                show_workspace(project, home, found)
            except JoptimizError as error:
                raise QgsProcessingException(str(error)) from error
        return dict(super().postProcessAlgorithm(context, feedback))

    def _numbers(self) -> list[tuple[str, str]]:
        return [
            ("BAYS", self.tr("Delivery bays in the workspace")),
            ("DELIVERY_POINTS", self.tr("Delivery points in the workspace")),
            ("PERIMETERS", self.tr("Perimeters in the workspace")),
            ("PERIMETER_ROADS", self.tr("Roads of perimeters in the workspace")),
            ("PERIMETER_RULES", self.tr("Rules in the workspace")),
            ("ACCESS_POINTS", self.tr("Access points in the workspace")),
            ("POINTS_OF_INTEREST", self.tr("Points of interest in the workspace")),
            ("REGULATIONS", self.tr("Orders on streets or to be located in the workspace")),
            ("REGULATION_AREAS", self.tr("Orders in areas in the workspace")),
        ]
