"""``joptimiz:importperimeters``: perimeters of the Games, low-emission zones, orders → the tables of perimeters and of their rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessing,
    QgsProcessingOutputString,
    QgsProcessingParameterFeatureSink,
    QgsWkbTypes,
)

from ..toolkit.errors import OutputError
from ..toolkit.progress import Progress
from .importing import ImportAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsFields, QgsProcessingContext, QgsVectorLayer

    from ..toolkit.read.raw import RawTable
    from ..toolkit.read.reading import Reading


class ImportPerimetersAlgorithm(ImportAlgorithm):
    """Adapter of `toolkit.read.perimeters`."""

    NAME = "importperimeters"
    ICON = "import_perimeters"
    MAPPED_TABLE = "perimeters"
    MAPPING = "MAPPING"
    RULES = "RULES"
    MAPPING_USED = "MAPPING_USED"

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Import perimeters")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Reads perimeters of any kind and their rules: who, when, allowed or forbidden.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        self.add_input(self.tr("File or layer of perimeters"))
        self.add_mapping(self.MAPPING)
        self.add_outputs(self.tr("Perimeters"))
        rules = QgsProcessingParameterFeatureSink(
            self.RULES,
            self.tr("Rules of the perimeters"),
            QgsProcessing.SourceType.TypeVector,
            optional=True,
            createByDefault=False,
        )
        self.addParameter(rules)
        self.addOutput(QgsProcessingOutputString(self.MAPPING_USED, self.tr("Mapping used")))

    def read(self, raw: RawTable, parameters: dict[str, Any], context: QgsProcessingContext) -> Reading:
        """Rows → table."""
        from ..toolkit.read.perimeters import perimeters_from_raw

        return perimeters_from_raw(
            raw, self.mapping(parameters, self.MAPPING, context), self.crs(parameters, self.CRS, context)
        )

    def fields(self, reading: Reading) -> QgsFields:  # noqa: ARG002 - the schema's, whatever was read
        """Fields of the table."""
        from ..toolkit.schema import load_table
        from .adapters import fields_of

        return fields_of(load_table(self.MAPPED_TABLE))

    def style(self, layer: QgsVectorLayer) -> None:
        """Outlines by kind."""
        from ..layers.perimeters import style_perimeters

        style_perimeters(layer)

    def write_more(self, reading: Reading, parameters: dict[str, Any], context: QgsProcessingContext) -> dict[str, Any]:
        """The rules, as a table without geometry."""
        from ..toolkit.schema import load_table
        from . import adapters, results

        if not parameters.get(self.RULES):
            return {}
        perimeters, rules = (results.output_file(parameters, name, context) for name in (self.OUTPUT, self.RULES))
        if perimeters and rules and perimeters.path.resolve() == rules.path.resolve() and not rules.table:
            raise OutputError("“{path}” was chosen for two results. Choose another file for one of them.", path=rules.path)
        table = reading.rules  # type: ignore[attr-defined]
        layout = (adapters.fields_of(load_table("perimeter_rules")), QgsWkbTypes.Type.NoGeometry, QgsCoordinateReferenceSystem())
        features = adapters.features_of(adapters.python_rows(table), [None] * len(table))
        with results.result_sink(self, parameters, self.RULES, (self.INPUT,), context, layout) as (sink, destination):
            adapters.write(features, len(table), sink, Progress())
        return {self.RULES: destination}

    def more_results(self, reading: Reading) -> dict[str, Any]:
        """Which mapping was recognised."""
        return {self.MAPPING_USED: reading.mapping}
