"""``joptimiz:importdeliverypoints``: establishments or customers with coordinates → a layer of points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .importing import ImportAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsFields, QgsProcessingContext, QgsVectorLayer

    from ..toolkit.read.raw import RawTable
    from ..toolkit.read.reading import Reading


class ImportDeliveryPointsAlgorithm(ImportAlgorithm):
    """Adapter of `toolkit.read.delivery_points`."""

    NAME = "importdeliverypoints"
    ICON = "import_delivery_points"

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Import delivery points")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Reads establishments or customers from any file with coordinates; codes keep their zeros.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        self.add_input(self.tr("File or layer of delivery points"))
        self.add_outputs(self.tr("Delivery points"))

    def read(self, raw: RawTable, parameters: dict[str, Any], context: QgsProcessingContext) -> Reading:
        """Rows → points."""
        from ..toolkit.read.delivery_points import points_from_raw

        return points_from_raw(raw, self.crs(parameters, self.CRS, context))

    def fields(self, reading: Reading) -> QgsFields:
        """Fields as they were published."""
        from .adapters import fields_of_frame

        return fields_of_frame(reading.table.drop(columns=reading.table.geometry.name))

    def style(self, layer: QgsVectorLayer) -> None:
        """One symbol for all points."""
        from ..layers.delivery_points import style_delivery_points

        style_delivery_points(layer)
