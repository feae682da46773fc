"""``joptimiz:mergesurvey``: surveys that came back → compared with the inventory of bays, and merged into it if asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.survey.decisions import INVENTORY, SURVEY, load_decisions
from ..toolkit.survey.match_settings import MatchSettings
from .algorithm import FeedbackProgress, JoptimizAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

POSITIONS = (SURVEY, INVENTORY)


class MergeSurveyAlgorithm(JoptimizAlgorithm):
    """Adapter of `toolkit.survey.merge_file`."""

    NAME = "mergesurvey"
    ICON = "merge_survey"
    INVENTORY = "INVENTORY"
    SURVEYS = "SURVEYS"
    COMMUNES = "COMMUNES"
    DECISIONS = "DECISIONS"
    POSITION = "POSITION"
    RADIUS = "RADIUS"
    AUTOMATIC = "AUTOMATIC"
    MARGIN = "MARGIN"
    APPLY = "APPLY"
    OVERWRITE = "OVERWRITE"
    OUTPUT = "OUTPUT"
    LOG = "LOG"

    def group(self) -> str:
        """Group in the toolbox."""
        return QCoreApplication.translate("SurveyAlgorithm", "Survey")

    def groupId(self) -> str:  # noqa: N802 - QGIS's name
        """Identifier of the group."""
        return "survey"

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Merge a survey")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Pairs surveyed bays with those of the inventory, says what is new, changed, missing or doubtful, and merges with a backup.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        kinds = self.tr("Files of bays") + " (*.gpkg *.csv *.geojson *.json *.shp *.parquet *.fgb)"
        self.addParameter(QgsProcessingParameterFile(self.INVENTORY, self.tr("Inventory of bays"), fileFilter=kinds))
        files = QgsProcessing.SourceType.TypeFile
        self.addParameter(QgsProcessingParameterMultipleLayers(self.SURVEYS, self.tr("Surveys that came back: projects, folders or files"), files))
        self.addParameter(QgsProcessingParameterFile(self.COMMUNES, self.tr("Municipalities, to tell bays that changed theirs"), optional=True))
        self.addParameter(QgsProcessingParameterFile(self.DECISIONS, self.tr("Decisions of a review"), fileFilter="JSON (*.json)", optional=True))
        positions = [self.tr("That of the survey"), self.tr("That of the inventory")]
        self.addParameter(QgsProcessingParameterEnum(self.POSITION, self.tr("Position of a matched bay"), positions, defaultValue=0))
        double, defaults = QgsProcessingParameterNumber.Type.Double, MatchSettings()
        numbers: tuple[tuple[str, str, float], ...] = (
            (self.RADIUS, self.tr("Farthest that two bays of a pair may lie apart (m)"), defaults.radius_m),
            (self.AUTOMATIC, self.tr("Farthest for a pair without review (m)"), defaults.automatic_m),
            (self.MARGIN, self.tr("How much better than any other a pair without review must be (m)"), defaults.margin_m),
        )
        for name, text, value in numbers:
            self.add_advanced(QgsProcessingParameterNumber(name, text, double, value, minValue=0.1))
        self.addParameter(QgsProcessingParameterBoolean(self.APPLY, self.tr("Merge (else only say what would be done)"), defaultValue=False))
        self.add_advanced(QgsProcessingParameterBoolean(self.OVERWRITE, self.tr("Replace a result that exists, after a backup"), defaultValue=False))
        result = QgsProcessingParameterFileDestination(
            self.OUTPUT, self.tr("Result (empty: the inventory itself)"), "GeoPackage (*.gpkg)", optional=True, createByDefault=False
        )
        self.addParameter(result)
        self.addOutput(QgsProcessingOutputString(self.LOG, self.tr("Log of the merge")))
        for name, text in self._numbers():
            self.addOutput(QgsProcessingOutputNumber(name.upper(), text))

    def _numbers(self) -> list[tuple[str, str]]:
        return [
            ("matched", self.tr("Bays matched")),
            ("changed", self.tr("Matched bays with changes")),
            ("review", self.tr("Pairs to review")),
            ("new", self.tr("New bays")),
            ("missing", self.tr("Missing bays")),
            ("not_visited", self.tr("Bays not visited")),
            ("conflicts", self.tr("Conflict files")),
            ("photos_lost", self.tr("Photos not found")),
            ("bays_changed", self.tr("Bays that change")),
            ("added", self.tr("Bays added")),
            ("deleted", self.tr("Bays deleted")),
            ("waiting", self.tr("Pairs that wait for a decision")),
        ]

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Compare, say it, and merge if asked."""
        from ..toolkit.survey.merge_file import open_merge, write_merge
        from ..toolkit.survey.merging import MergeSettings

        progress = FeedbackProgress(feedback)
        numbers = {"radius_m": self.RADIUS, "automatic_m": self.AUTOMATIC, "margin_m": self.MARGIN}
        matching = MatchSettings(**{name: self.parameterAsDouble(parameters, key, context) for name, key in numbers.items()})
        settings = MergeSettings(matching, POSITIONS[self.parameterAsEnum(parameters, self.POSITION, context)])
        file, communes = (self.parameterAsFile(parameters, name, context) for name in (self.DECISIONS, self.COMMUNES))
        inventory = self.parameterAsFile(parameters, self.INVENTORY, context)
        surveys = self.parameterAsFileList(parameters, self.SURVEYS, context)
        ready = open_merge(inventory, surveys, settings, communes or None, None, progress.part(0, 0.8))
        for sentence in ready.sentences():
            feedback.pushInfo(sentence)
        decided = load_decisions(file) if file else {}
        applied, output, log = ready.preview(decided), None, None
        feedback.pushInfo(applied.sentence())
        if self.parameterAsBool(parameters, self.APPLY, context):
            target = self.parameterAsFileOutput(parameters, self.OUTPUT, context) or str(ready.inventory.path)
            overwrite = self.parameterAsBool(parameters, self.OVERWRITE, context)
            written = write_merge(ready, decided, target, overwrite, progress.part(0.8, 1))
            output, log = str(written.path), str(written.log)
        counts = {**ready.merge.counts(), **applied.counts()}
        return {self.OUTPUT: output, self.LOG: log, **{name.upper(): counts[name] for name, _ in self._numbers()}}
