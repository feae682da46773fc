"""What the import algorithms share: one file or layer in, a table and its rejected rows out."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsFields,
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFileDestination,
)
from qgis.PyQt.QtCore import QCoreApplication

from .algorithm import FeedbackProgress, JoptimizAlgorithm, tell_reading

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsVectorLayer

    from ..toolkit.read.raw import RawTable
    from ..toolkit.read.reading import Reading


class ImportAlgorithm(JoptimizAlgorithm):
    """Base of the importers: subclasses say how rows are read, which fields the result has and how it is styled."""

    INPUT = "INPUT"
    CRS = "CRS"
    REJECTS = "REJECTS"
    OUTPUT = "OUTPUT"

    def group(self) -> str:
        """Group in the toolbox."""
        return QCoreApplication.translate("ImportAlgorithm", "Import")

    def groupId(self) -> str:  # noqa: N802 - QGIS's name
        """Identifier of the group."""
        return "import"

    def add_input(self, description: str) -> None:
        """Declare the file or layer to import."""
        vector = [QgsProcessing.SourceType.TypeVector]
        self.addParameter(QgsProcessingParameterFeatureSource(self.INPUT, description, vector))

    def add_outputs(self, description: str) -> None:
        """Declare the CRS, the result, the rejected rows and the counts."""
        self.add_crs(self.CRS, QCoreApplication.translate("ImportAlgorithm", "CRS of the coordinates, if the file does not say it"))
        self.addParameter(QgsProcessingParameterFeatureSink(self.OUTPUT, description))
        rejects = QgsProcessingParameterFileDestination(
            self.REJECTS,
            QCoreApplication.translate("ImportAlgorithm", "Rejected rows with their reasons"),
            "CSV (*.csv)",
            optional=True,
            createByDefault=False,
        )
        self.addParameter(rejects)
        for name, text in self._numbers():
            self.addOutput(QgsProcessingOutputNumber(name, text))

    @abstractmethod
    def read(self, raw: RawTable, parameters: dict[str, Any], context: QgsProcessingContext) -> Reading:
        """Rows → table."""

    @abstractmethod
    def fields(self, reading: Reading) -> QgsFields:
        """Fields of the result: the columns of the table, in order."""

    @abstractmethod
    def style(self, layer: QgsVectorLayer) -> None:
        """Make the loaded layer readable."""

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Read everything, then write."""
        from ..toolkit.write.tables import check_output, one_geometry_type, reject_file
        from . import adapters, results

        rejects = self.parameterAsFileOutput(parameters, self.REJECTS, context)
        if rejects:
            target = results.Target(check_output(rejects, overwrite=True, endings=(".csv",)), "")
            results.refuse_source(target, self, parameters, (self.INPUT,), context)
        raw = adapters.raw_table(self, parameters, self.INPUT, context, FeedbackProgress(feedback).part(0, 0.4))
        reading = self.read(raw, parameters, context)
        tell_reading(reading, feedback)
        table = one_geometry_type(reading.table)
        adapters.refuse_mixed(table.geometry, reading.source)
        layout = (self.fields(reading), adapters.wkb_type(table.geometry), adapters.crs_of(table.geometry))
        with results.result_sink(self, parameters, self.OUTPUT, (self.INPUT,), context, layout) as (sink, destination):
            adapters.write_frame(table, sink, FeedbackProgress(feedback).part(0.5, 1))
            more = self.write_more(reading, parameters, context)
            if rejects:
                reject_file(reading.reject_table(), rejects, overwrite=True)
        self.style_on_load(destination, self.style, context)
        counts = (reading.rows_read, reading.imported, reading.rows_with("corrected"), reading.rejected)
        figures = {name: count for (name, _), count in zip(self._numbers(), counts)}
        return {self.OUTPUT: destination, self.REJECTS: rejects or None, **figures, **more, **self.more_results(reading)}

    def write_more(self, reading: Reading, parameters: dict[str, Any], context: QgsProcessingContext) -> dict[str, Any]:  # noqa: ARG002
        """Write what only one importer has beside its layer; if that fails, the layer is not written either."""
        return {}

    def more_results(self, reading: Reading) -> dict[str, Any]:  # noqa: ARG002 - for subclasses
        """Results that only one importer has."""
        return {}

    def _numbers(self) -> list[tuple[str, str]]:
        return [
            ("ROWS_READ", QCoreApplication.translate("ImportAlgorithm", "Rows read")),
            ("IMPORTED", QCoreApplication.translate("ImportAlgorithm", "Rows imported")),
            ("CORRECTED", QCoreApplication.translate("ImportAlgorithm", "Rows with a value corrected")),
            ("REJECTED", QCoreApplication.translate("ImportAlgorithm", "Rows rejected")),
        ]
