"""``joptimiz:importbays``: a city's published bays → the table of the national schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import QgsProcessingOutputString

from .importing import ImportAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsFields, QgsProcessingContext, QgsVectorLayer

    from ..toolkit.read.raw import RawTable
    from ..toolkit.read.reading import Reading


class ImportBaysAlgorithm(ImportAlgorithm):
    """Adapter of `toolkit.read.bays`."""

    NAME = "importbays"
    ICON = "import_bays"
    MAPPING = "MAPPING"
    MAPPING_USED = "MAPPING_USED"

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Import delivery bays")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Reads a city's published file of delivery bays into the national schema.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        self.add_input(self.tr("File or layer of delivery bays"))
        self.add_mapping(self.MAPPING)
        self.add_outputs(self.tr("Delivery bays"))
        self.addOutput(QgsProcessingOutputString(self.MAPPING_USED, self.tr("Mapping used")))

    def read(self, raw: RawTable, parameters: dict[str, Any], context: QgsProcessingContext) -> Reading:
        """Rows → bays."""
        from ..toolkit.read.bays import bays_from_raw

        return bays_from_raw(
            raw, self.mapping(parameters, self.MAPPING, context), self.crs(parameters, self.CRS, context)
        )

    def fields(self, reading: Reading) -> QgsFields:  # noqa: ARG002 - the schema's, whatever was read
        """Fields of the bays table."""
        from ..toolkit.schema import load_table
        from .adapters import fields_of

        return fields_of(load_table("bays"))

    def style(self, layer: QgsVectorLayer) -> None:
        """Bays by kind, with forms in French."""
        from ..layers.bays import style_bays

        style_bays(layer)

    def more_results(self, reading: Reading) -> dict[str, Any]:
        """Which mapping was recognised."""
        return {self.MAPPING_USED: reading.mapping}
