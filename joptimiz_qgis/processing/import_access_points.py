"""``joptimiz:importaccesspoints``: where vehicles may enter or leave a perimeter → the table of access points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import QgsProcessingOutputString

from .importing import ImportAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsFields, QgsProcessingContext, QgsVectorLayer

    from ..toolkit.read.raw import RawTable
    from ..toolkit.read.reading import Reading


class ImportAccessPointsAlgorithm(ImportAlgorithm):
    """Adapter of `toolkit.read.places`."""

    NAME = "importaccesspoints"
    ICON = "import_access_points"
    MAPPED_TABLE = "access_points"
    MAPPING = "MAPPING"
    MAPPING_USED = "MAPPING_USED"

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Import access points")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Reads where vehicles may enter or leave perimeters, with their hours.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        self.add_input(self.tr("File or layer of access points"))
        self.add_mapping(self.MAPPING)
        self.add_outputs(self.tr("Access points"))
        self.addOutput(QgsProcessingOutputString(self.MAPPING_USED, self.tr("Mapping used")))

    def read(self, raw: RawTable, parameters: dict[str, Any], context: QgsProcessingContext) -> Reading:
        """Rows → table."""
        from ..toolkit.read.places import access_points_from_raw

        return access_points_from_raw(
            raw, self.mapping(parameters, self.MAPPING, context), self.crs(parameters, self.CRS, context)
        )

    def fields(self, reading: Reading) -> QgsFields:  # noqa: ARG002 - the schema's, whatever was read
        """Fields of the table."""
        from ..toolkit.schema import load_table
        from .adapters import fields_of

        return fields_of(load_table(self.MAPPED_TABLE))

    def style(self, layer: QgsVectorLayer) -> None:
        """One mark for all of them."""
        from ..layers.access_points import style_access_points

        style_access_points(layer)

    def more_results(self, reading: Reading) -> dict[str, Any]:
        """Which mapping was recognised."""
        return {self.MAPPING_USED: reading.mapping}
