"""``joptimiz:openworkspace``: a workspace that exists, brought up to date where it is older, opened as a group."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFile,
    QgsProcessingParameterProviderConnection,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.errors import JoptimizError
from .algorithm import JoptimizAlgorithm, tell_notes
from .create_workspace import DEFAULT_SCHEMA

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback


class OpenWorkspaceAlgorithm(JoptimizAlgorithm):
    """Adapter of `layers.workspace`."""

    NAME = "openworkspace"
    ICON = "open_workspace"
    INPUT = "INPUT"
    CONNECTION = "CONNECTION"
    SCHEMA = "SCHEMA"
    VERSION = "VERSION"

    def __init__(self) -> None:
        super().__init__()
        self._found: tuple[Any, Any] | None = None

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Open a workspace")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Opens a workspace as the group Visualiz; an older one is brought up to date, with a backup.")

    def group(self) -> str:
        """Group in the toolbox."""
        return QCoreApplication.translate("ImportAlgorithm", "Import")

    def groupId(self) -> str:  # noqa: N802 - QGIS's name
        """Identifier of the group."""
        return "import"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        self.addParameter(QgsProcessingParameterFile(self.INPUT, self.tr("Workspace to open"), extension="gpkg", optional=True))
        connection = self.tr("PostgreSQL connection of a workspace in a database")
        self.add_advanced(QgsProcessingParameterProviderConnection(self.CONNECTION, connection, "postgres", optional=True))
        self.add_advanced(QgsProcessingParameterString(self.SCHEMA, self.tr("Schema of the workspace"), defaultValue=DEFAULT_SCHEMA, optional=True))
        self.addOutput(QgsProcessingOutputNumber(self.VERSION, self.tr("Version of the tables")))

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:  # noqa: N802 - QGIS's
        """Refuse a run without a workspace."""
        if not parameters.get(self.CONNECTION) and not parameters.get(self.INPUT):
            return False, self.tr("Choose a GeoPackage file or a PostgreSQL connection.")
        valid, said = super().checkParameterValues(parameters, context)
        return bool(valid), str(said)

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Check it, bring it up to date, give it styles where it has none."""
        from ..layers.postgis import PostgisHome
        from ..layers.workspace import prepare_workspace, style_workspace

        connection = self.parameterAsConnectionName(parameters, self.CONNECTION, context)
        schema = self.parameterAsString(parameters, self.SCHEMA, context).strip() or DEFAULT_SCHEMA
        home = PostgisHome(connection, schema) if connection else Path(self.parameterAsFile(parameters, self.INPUT, context))
        found = prepare_workspace(home)
        tell_notes(found.notes, feedback)
        try:
            tell_notes(style_workspace(home), feedback)
        except JoptimizError as error:  # a read-only workspace is styled in the project alone
            feedback.pushWarning(str(error))
        self._found = (home, found)
        return {self.VERSION: found.version}

    def postProcessAlgorithm(self, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict[str, Any]:  # noqa: N802 - QGIS's
        """Open the workspace, in the main thread."""
        from ..layers.workspace import show_workspace

        project = context.project()
        if self._found is not None and project is not None:
            home, found = self._found
            self._found = None
            try:
                show_workspace(project, home, found)
            except JoptimizError as error:
                raise QgsProcessingException(str(error)) from error
        return dict(super().postProcessAlgorithm(context, feedback))
