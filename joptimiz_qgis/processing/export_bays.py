"""``joptimiz:exportbays``: delivery bays into the national schema and a folder ready for data.gouv.fr."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputFile,
    QgsProcessingOutputNumber,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFolderDestination,
)

from .algorithm import FeedbackProgress, JoptimizAlgorithm, tell_reading
from .publishing import about_of, add_about

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

FORMATS = ("gpkg", "geojson", "cds", "osm")


class ExportBaysAlgorithm(JoptimizAlgorithm):
    """Adapter of `toolkit.survey.publish_bays`."""

    NAME = "exportbays"
    LEAVES = True
    ICON = "publish_bays"

    BAYS = "BAYS"
    MAPPING = "MAPPING"
    CRS = "CRS"
    PARTS = "FORMATS"
    OUTPUT = "OUTPUT"
    CSV = "CSV"

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Publish delivery bays")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("The national schema's CSV, a GeoPackage, GeoJSON, CDS and OSM tags, in a folder ready for data.gouv.fr.")

    def group(self) -> str:
        """Group in the toolbox."""
        return self.tr("Publication")

    def groupId(self) -> str:  # noqa: N802 - QGIS's name
        """Identifier of the group."""
        return "publication"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        vector = [QgsProcessing.SourceType.TypeVector]
        self.addParameter(QgsProcessingParameterFeatureSource(self.BAYS, self.tr("File or layer of delivery bays"), vector))
        add_about(self)
        titles = ["GeoPackage", "GeoJSON", self.tr("CDS 1.0.1 (zones and policies)"), self.tr("OSM tags, for review")]
        everything = list(range(len(FORMATS)))
        parts = QgsProcessingParameterEnum(
            self.PARTS, self.tr("Beside the national schema's CSV"), titles, allowMultiple=True, defaultValue=everything, optional=True
        )
        self.addParameter(parts)
        self.add_mapping(self.MAPPING)
        self.add_crs(self.CRS, self.tr("CRS of the coordinates, if the file does not say it"))
        self.addParameter(QgsProcessingParameterFolderDestination(self.OUTPUT, self.tr("Folder of the publication")))
        self.addOutput(QgsProcessingOutputFile(self.CSV, self.tr("CSV of the national schema")))
        for name, text in self._counts():
            self.addOutput(QgsProcessingOutputNumber(name, text))

    def _counts(self) -> list[tuple[str, str]]:
        return [
            ("ROWS", self.tr("Bays published")),
            ("UUID_MADE", self.tr("UUID made")),
            ("ADAPTED", self.tr("Values adapted")),
            ("LEFT_OUT", self.tr("Values left out")),
            ("SCHEMA_ERRORS", self.tr("Errors left")),
        ]

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Read, check, publish."""
        from ..toolkit.messages import count
        from ..toolkit.survey.publish_bays import CSV_NAME, FILES, published_bays, write_folder
        from ..toolkit.survey.validate_bays import validate_bays
        from . import adapters, results

        folder = Path(self.parameterAsString(parameters, self.OUTPUT, context))
        for name in FILES:
            results.refuse_source(results.Target(folder / name, ""), self, parameters, (self.BAYS,), context)
        progress = FeedbackProgress(feedback)
        raw = adapters.raw_table(self, parameters, self.BAYS, context, progress.part(0, 0.2))
        mapping, crs = self.mapping(parameters, self.MAPPING, context), self.crs(parameters, self.CRS, context)
        control = validate_bays(raw, mapping, crs, progress=progress.part(0.2, 0.5))
        tell_reading(control.reading, feedback)
        about = about_of(self, parameters, context)
        published = published_bays(control.reading.table, about.publisher, progress.part(0.5, 0.7))
        for sentence in published.sentences():
            feedback.pushInfo(sentence)
        wanted = tuple(FORMATS[number] for number in self.parameterAsEnums(parameters, self.PARTS, context))
        quality = [(str(rule.title), count(number)) for rule, number in control.findings.rules()]
        write_folder(published, folder, about, wanted, quality, overwrite=True, progress=progress.part(0.7, 1))
        figures = published.counts()
        return {
            self.OUTPUT: str(folder),
            self.CSV: str(folder / CSV_NAME),
            **{name: figures[name.lower()] for name, _ in self._counts()},
        }
