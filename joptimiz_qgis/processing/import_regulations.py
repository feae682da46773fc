"""``joptimiz:importregulations``: published orders, spreadsheets, layers → the table regulations, nothing rejected for want of geometry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
)
from qgis.PyQt.QtCore import QCoreApplication

from .algorithm import FeedbackProgress, tell_reading
from .regulation_layers import RegulationAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback


class ImportRegulationsAlgorithm(RegulationAlgorithm):
    """Adapter of `toolkit.read.regulations`."""

    NAME = "importregulations"
    ICON = "import_regulations"
    MAPPING, MAPPING_FILE, CRS, REJECTS, WORKSPACE = "MAPPING", "MAPPING_FILE", "CRS", "REJECTS", "WORKSPACE"

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Import goods-traffic orders")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Reads orders of the national schema, a town's spreadsheet or any layer; keeps those without geometry.")

    def group(self) -> str:
        """Group in the toolbox."""
        return QCoreApplication.translate("ImportAlgorithm", "Import")

    def groupId(self) -> str:  # noqa: N802 - QGIS's name
        """Identifier of the group."""
        return "import"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        vector = [QgsProcessing.SourceType.TypeVector]
        self.addParameter(QgsProcessingParameterFeatureSource(self.INPUT, self.tr("File or layer of orders"), vector))
        self.add_mapping(self.MAPPING)
        mapping = self.tr("Mapping file of your own for the columns")
        self.add_advanced(QgsProcessingParameterFile(self.MAPPING_FILE, mapping, extension="json", optional=True))
        self.add_crs(self.CRS, self.tr("CRS of the geometry, if the file does not say it"))
        self.add_order_layers()
        workspace = self.tr("Workspace to which to add them")
        self.addParameter(QgsProcessingParameterFile(self.WORKSPACE, workspace, extension="gpkg", optional=True))
        rejects = self.tr("Rejected rows with their reasons")
        self.addParameter(QgsProcessingParameterFileDestination(self.REJECTS, rejects, "CSV (*.csv)", optional=True, createByDefault=False))
        for name, text in self._numbers():
            self.addOutput(QgsProcessingOutputNumber(name, text))
        self.addOutput(QgsProcessingOutputString("MAPPING_USED", self.tr("Mapping used")))

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Read everything, then write."""
        from ..toolkit.crs import has_position
        from ..toolkit.read.regulations import regulations_from_raw
        from ..toolkit.workspace import Import, add_rows
        from ..toolkit.write.tables import check_output, reject_file

        progress = FeedbackProgress(feedback)
        rejects = self.parameterAsFileOutput(parameters, self.REJECTS, context)
        if rejects:
            check_output(rejects, overwrite=True, endings=(".csv",))
        chosen = self.parameterAsFile(parameters, self.MAPPING_FILE, context) or self.mapping(parameters, self.MAPPING, context)
        raw = self.raw(parameters, self.INPUT, context, progress.part(0, 0.4))
        reading = regulations_from_raw(raw, chosen, self.crs(parameters, self.CRS, context))
        tell_reading(reading, feedback)
        made = self.write_orders(reading.table, parameters, (self.INPUT,), context, progress.part(0.5, 0.8))
        workspace = self.parameterAsFile(parameters, self.WORKSPACE, context)
        if workspace:
            add_rows(Path(workspace), "regulations", reading.table, imports=[Import.of("regulations", reading)])
            self.changed = Path(workspace)
        if rejects:
            reject_file(reading.reject_table(), rejects, overwrite=True)
        lost = int((~has_position(reading.table.geometry)).sum())
        counts = (reading.rows_read, reading.imported, reading.rows_with("corrected"), reading.rows_with("flagged"), lost, reading.rejected)
        figures = {name: count for (name, _), count in zip(self._numbers(), counts)}
        return {**made, self.REJECTS: rejects or None, "MAPPING_USED": reading.mapping, **figures}

    def _numbers(self) -> list[tuple[str, str]]:
        return [
            ("ROWS_READ", self.tr("Rows read")),
            ("IMPORTED", self.tr("Rows imported")),
            ("CORRECTED", self.tr("Rows with a value written otherwise")),
            ("FLAGGED", self.tr("Rows to check")),
            ("TO_LOCATE", self.tr("Orders to be located")),
            ("REJECTED", self.tr("Rows rejected")),
        ]
