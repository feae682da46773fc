"""``joptimiz:exportregulations``: orders as the national schema wants them published."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterFolderDestination,
)
from qgis.PyQt.QtCore import QCoreApplication

from .algorithm import FeedbackProgress
from .publishing import about_of, add_about
from .regulation_layers import RegulationAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback


class ExportRegulationsAlgorithm(RegulationAlgorithm):
    """Adapter of `toolkit.survey.regulation_export`."""

    NAME = "exportregulations"
    ICON = "export_regulations"
    PREFIX, REST, FOLDER = "PREFIX", "REST", "FOLDER"

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Publish goods-traffic orders")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Writes orders in the national schema; those that do not follow it are kept back with their reasons.")

    def group(self) -> str:
        """Group in the toolbox."""
        return QCoreApplication.translate("RegulationAlgorithm", "Publication")

    def groupId(self) -> str:  # noqa: N802 - QGIS's name
        """Identifier of the group."""
        return "publication"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        self.add_orders()
        prefix = self.tr("Put the INSEE code in front of identifiers that several orders have")
        self.addParameter(QgsProcessingParameterBoolean(self.PREFIX, prefix, defaultValue=False))
        kinds = "CSV (*.csv);;GeoJSON (*.geojson);;GeoPackage (*.gpkg)"
        self.addParameter(QgsProcessingParameterFileDestination(self.OUTPUT, self.tr("Orders to publish"), kinds))
        rest = self.tr("Orders that are kept back, with their reasons")
        self.addParameter(QgsProcessingParameterFileDestination(self.REST, rest, "CSV (*.csv)", optional=True, createByDefault=False))
        folder = self.tr("Folder ready for data.gouv.fr (data, schema, readme)")
        self.addParameter(QgsProcessingParameterFolderDestination(self.FOLDER, folder, optional=True, createByDefault=False))
        add_about(self, advanced=True)
        for name, text in self._numbers():
            self.addOutput(QgsProcessingOutputNumber(name, text))

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Read, write what follows the schema, tell what does not."""
        from ..toolkit.survey.regulation_export import FILES, export_folder, export_regulations, in_words
        from . import results

        out = self.parameterAsFileOutput(parameters, self.OUTPUT, context)
        rest = self.parameterAsFileOutput(parameters, self.REST, context) or None
        for target in filter(None, (results.output_file(parameters, name, context) for name in (self.OUTPUT, self.REST))):
            results.refuse_source(target, self, parameters, (self.INPUT, self.INPUT_AREAS), context)
        folder = self.parameterAsString(parameters, self.FOLDER, context) if parameters.get(self.FOLDER) else None
        for name in FILES if folder else ():
            results.refuse_source(results.Target(Path(folder or "") / name, ""), self, parameters, (self.INPUT, self.INPUT_AREAS), context)
        orders = self.orders(parameters, context, feedback)
        FeedbackProgress(feedback).step(0.5)
        prefix = self.parameterAsBool(parameters, self.PREFIX, context)
        made = export_regulations(orders, out, rest, True, prefix)
        if folder:
            export_folder(orders, folder, about_of(self, parameters, context), True, prefix)
        for sentence in in_words(made):
            feedback.pushInfo(sentence)
        if len(made.kept_back):
            feedback.pushWarning(str(made.sentences()[0]))
        counts = made.counts()
        return {self.OUTPUT: out, self.REST: rest, self.FOLDER: folder, **{name: counts[name.lower()] for name, _ in self._numbers()}}

    def _numbers(self) -> list[tuple[str, str]]:
        return [
            ("ORDERS", self.tr("Orders")),
            ("PUBLISHED", self.tr("Orders published")),
            ("KEPT_BACK", self.tr("Orders kept back")),
            ("WITHOUT_GEOMETRY", self.tr("Orders published without geometry")),
        ]
