"""``joptimiz:importpoi``: charging and fuel stations, lorry parks… → the table of points of interest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import QgsProcessingOutputString, QgsProcessingParameterEnum

from .importing import ImportAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsFields, QgsProcessingContext, QgsVectorLayer

    from ..toolkit.read.raw import RawTable
    from ..toolkit.read.reading import Reading


class ImportPoiAlgorithm(ImportAlgorithm):
    """Adapter of `toolkit.read.places`."""

    NAME = "importpoi"
    ICON = "import_poi"
    MAPPED_TABLE = "points_of_interest"
    MAPPING = "MAPPING"
    KIND = "KIND"
    MAPPING_USED = "MAPPING_USED"

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Import points of interest")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Reads charging stations, fuel stations, lorry parks and other places of use to drivers.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        self.add_input(self.tr("File or layer of points of interest"))
        titles = [self.tr("As the file says"), *_kinds().values()]
        self.addParameter(QgsProcessingParameterEnum(self.KIND, self.tr("Kind of the places"), titles, defaultValue=0, optional=True))
        self.add_mapping(self.MAPPING)
        self.add_outputs(self.tr("Points of interest"))
        self.addOutput(QgsProcessingOutputString(self.MAPPING_USED, self.tr("Mapping used")))

    def read(self, raw: RawTable, parameters: dict[str, Any], context: QgsProcessingContext) -> Reading:
        """Rows → table."""
        from ..toolkit.read.places import points_of_interest_from_raw

        choice = self.parameterAsEnum(parameters, self.KIND, context)
        return points_of_interest_from_raw(
            raw,
            self.mapping(parameters, self.MAPPING, context),
            self.crs(parameters, self.CRS, context),
            [None, *_kinds()][choice],
        )

    def fields(self, reading: Reading) -> QgsFields:  # noqa: ARG002 - the schema's, whatever was read
        """Fields of the table."""
        from ..toolkit.schema import load_table
        from .adapters import fields_of

        return fields_of(load_table(self.MAPPED_TABLE))

    def style(self, layer: QgsVectorLayer) -> None:
        """A colour a kind."""
        from ..layers.points_of_interest import style_points_of_interest

        style_points_of_interest(layer)

    def more_results(self, reading: Reading) -> dict[str, Any]:
        """Which mapping was recognised."""
        return {self.MAPPING_USED: reading.mapping}


def _kinds() -> dict[str, str]:
    """Titles of the kinds in the user's language, by key."""
    from ..toolkit.messages import language
    from ..toolkit.schema.table import kinds

    return {row["key"]: row[language()] for row in kinds("poi_kinds")}
