"""``joptimiz:createsurvey``: a territory and its known bays → a folder with a project for QField and Mergin Maps."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    Qgis,
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.errors import JoptimizError
from ..toolkit.messages import tr
from .algorithm import FeedbackProgress, JoptimizAlgorithm, tell_notes, tell_reading

if TYPE_CHECKING:
    import geopandas as gpd
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from ..toolkit.survey.prepare import PreparedSurvey


class CreateSurveyAlgorithm(JoptimizAlgorithm):
    """Adapter of `toolkit.survey.prepare` and `layers.survey_project`."""

    NAME = "createsurvey"
    LEAVES = True
    ICON = "create_survey"

    TERRITORY = "TERRITORY"
    NAME_FIELD = "NAME_FIELD"
    BAYS = "BAYS"
    MAPPING = "MAPPING"
    BAYS_CRS = "BAYS_CRS"
    SECTORS = "SECTORS"
    AGENTS = "AGENTS"
    TITLE = "TITLE"
    BASE_MAP = "BASE_MAP"
    OUTPUT = "OUTPUT"

    def __init__(self) -> None:
        super().__init__()
        self._work: ExitStack | None = None
        self._made: tuple[Path, str, PreparedSurvey] | None = None

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Prepare a survey")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("A project for QField and Mergin Maps: forms of the national schema, photos, sectors, progress.")

    def group(self) -> str:
        """Group in the toolbox."""
        return QCoreApplication.translate("SurveyAlgorithm", "Survey")

    def groupId(self) -> str:  # noqa: N802 - QGIS's name
        """Identifier of the group."""
        return "survey"

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        polygons, vector = [QgsProcessing.SourceType.TypeVectorPolygon], [QgsProcessing.SourceType.TypeVector]
        whole = Qgis.ProcessingNumberParameterType.Integer
        self.addParameter(QgsProcessingParameterFeatureSource(self.TERRITORY, self.tr("Territory (municipalities)"), polygons))
        names = self.tr("Field with the names of the municipalities")
        self.addParameter(QgsProcessingParameterField(self.NAME_FIELD, names, None, self.TERRITORY, optional=True))
        self.addParameter(QgsProcessingParameterFeatureSource(self.BAYS, self.tr("Known delivery bays"), vector, optional=True))
        self.addParameter(QgsProcessingParameterNumber(self.SECTORS, self.tr("Sectors (rounds)"), whole, 4, minValue=1, maxValue=200))
        agents = self.tr("Surveyors, separated by commas")
        self.addParameter(QgsProcessingParameterString(self.AGENTS, agents, optional=True))
        self.addParameter(QgsProcessingParameterString(self.TITLE, self.tr("Title of the survey"), optional=True))
        base = self.tr("Base map for work without network (.mbtiles, .gpkg, .tif)")
        self.addParameter(QgsProcessingParameterFile(self.BASE_MAP, base, Qgis.ProcessingFileParameterBehavior.File, optional=True))
        self.add_mapping(self.MAPPING)
        self.add_crs(self.BAYS_CRS, self.tr("CRS of the coordinates of the bays, if the file does not say it"))
        folder = self.tr("Folder of the survey (new or empty)")
        self.addParameter(QgsProcessingParameterFolderDestination(self.OUTPUT, folder))
        self.addOutput(QgsProcessingOutputString("PROJECT", self.tr("Project of the survey")))
        self.addOutput(QgsProcessingOutputNumber("BAYS_COUNT", self.tr("Delivery bays to see")))
        self.addOutput(QgsProcessingOutputNumber("SECTORS_COUNT", self.tr("Sectors")))
        self.addOutput(QgsProcessingOutputNumber("OUTSIDE_COUNT", self.tr("Delivery bays outside the territory")))

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Read, split, write the data beside the folder; the project follows in the main thread."""
        from ..toolkit.survey.prepare import check_base_map, check_folder, prepare_survey, survey_part, write_survey_files
        from ..toolkit.survey.project import PROJECT_FILE
        from . import adapters

        progress = FeedbackProgress(feedback)
        target = check_folder(self.parameterAsString(parameters, self.OUTPUT, context))
        base = self.parameterAsFile(parameters, self.BASE_MAP, context)
        base_map = check_base_map(base) if base else None
        source = adapters.required_source(self, parameters, self.TERRITORY, context)
        territory = adapters.ZoneLayer.read(source, progress.part(0, 0.1)).frame
        bays = self._bays(parameters, context, feedback)
        agents = self.parameterAsString(parameters, self.AGENTS, context).split(",")
        sectors = self.parameterAsInt(parameters, self.SECTORS, context)
        names = self.parameterAsString(parameters, self.NAME_FIELD, context) or None
        survey = prepare_survey(territory, bays, sectors, agents, names, progress.part(0.3, 0.7))
        tell_notes(survey.notes, feedback)
        progress.step(0.7, tr("Writing {name}", name=target))
        title = self.parameterAsString(parameters, self.TITLE, context).strip() or self.tr("Survey of delivery bays")
        with ExitStack() as stack:
            part = stack.enter_context(survey_part(target))
            write_survey_files(survey, part, title, base_map, progress.part(0.7, 0.95))
            self._made = (part, title, survey)
            self._work = stack.pop_all()  # the folder takes its place when the project is in it
        counts = {"BAYS_COUNT": survey.bays, "SECTORS_COUNT": survey.sectors, "OUTSIDE_COUNT": survey.outside}
        return {self.OUTPUT: str(target), "PROJECT": str(target / PROJECT_FILE), **counts}

    def postProcessAlgorithm(self, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict[str, Any]:  # noqa: N802 - QGIS's
        """Write the project, in the main thread: QGIS's projects and layers live there; then the folder takes its place."""
        from ..layers.survey_project import write_survey_project

        if self._made is not None and self._work is not None:
            (part, title, survey), work = self._made, self._work
            self._made = self._work = None
            try:
                with work:
                    write_survey_project(part, title, survey.crs, survey.extent, survey.agents)
            except JoptimizError as error:
                raise QgsProcessingException(str(error)) from error
        return dict(super().postProcessAlgorithm(context, feedback))

    def _bays(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> gpd.GeoDataFrame | None:
        """The known bays, from any source."""
        if not parameters.get(self.BAYS):
            return None
        from ..toolkit.read.bays import bays_from_raw
        from . import adapters

        raw = adapters.raw_table(self, parameters, self.BAYS, context, FeedbackProgress(feedback).part(0.1, 0.25))
        reading = bays_from_raw(raw, self.mapping(parameters, self.MAPPING, context), self.crs(parameters, self.BAYS_CRS, context))
        tell_reading(reading, feedback)
        return reading.table
