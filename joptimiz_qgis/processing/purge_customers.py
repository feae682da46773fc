"""``joptimiz:purgecustomers``: a firm's data removed for good, on this machine and in QGIS's memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    Qgis,
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFile,
    QgsProcessingParameterMultipleLayers,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.errors import ParameterError
from ..toolkit.messages import tr
from .algorithm import FeedbackProgress, JoptimizAlgorithm
from .company_settings import company_settings

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback


class PurgeCustomersAlgorithm(JoptimizAlgorithm):
    """Adapter of `toolkit.company.purge`, with what QGIS remembers."""

    NAME = "purgecustomers"
    ICON = "purge_customers"
    FILES = "FILES"
    RECIPE = "RECIPE"
    CACHE = "CACHE"
    CONFIRM = "CONFIRM"

    def group(self) -> str:
        """Group in the toolbox."""
        return QCoreApplication.translate("ImportAlgorithm", "Import")

    def groupId(self) -> str:  # noqa: N802 - QGIS's name
        """Identifier of the group."""
        return "import"

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Purge customers’ data")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Removes imported customers for good: results, backups, caches, and what QGIS remembers of them.")

    def flags(self) -> Any:
        """In the main thread: layers and settings of QGIS are touched."""
        return super().flags() | Qgis.ProcessingAlgorithmFlag.NoThreading

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        files = self.tr("Results of imports and other files to remove")
        self.addParameter(QgsProcessingParameterMultipleLayers(self.FILES, files, QgsProcessing.SourceType.TypeFile, optional=True))
        self.addParameter(QgsProcessingParameterFile(self.RECIPE, self.tr("Recipe to remove too"), fileFilter="JSON (*.json)", optional=True))
        cache = self.tr("Answers of geocoders and choices of columns, too")
        self.addParameter(QgsProcessingParameterBoolean(self.CACHE, cache, defaultValue=True))
        confirm = self.tr("Really remove (otherwise only listed)")
        self.addParameter(QgsProcessingParameterBoolean(self.CONFIRM, confirm, defaultValue=False))
        for name, text in (("REMOVED", self.tr("Files removed")), ("FAILED", self.tr("Files not removed")), ("TRACES", self.tr("Traces removed"))):
            self.addOutput(QgsProcessingOutputNumber(name, text))

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """List; where it was confirmed, remove."""
        from ..layers import traces
        from ..toolkit.company.purge import LIMITS, purge, purge_plan

        files = self.parameterAsFileList(parameters, self.FILES, context)
        recipe = self.parameterAsFile(parameters, self.RECIPE, context)
        cache = company_settings().cache if self.parameterAsBool(parameters, self.CACHE, context) else None
        results = [path for path in files if path.partition("|")[0].lower().endswith(".gpkg")]
        plan = purge_plan(results, [path for path in files if path not in results], cache, [recipe] if recipe else ())
        if plan.empty and not plan.gone:
            raise ParameterError("There is nothing to remove. Name the results of imports.")
        remembered = [tr("what QGIS remembers of {path}, which is gone already", path=path) for path in plan.gone]
        for sentence in (*plan.sentences(), *remembered):
            feedback.pushInfo(f"– {sentence}")
        for limit in LIMITS:
            feedback.pushInfo(self.tr("Not reached: {what}").format(what=str(limit)))
        if not self.parameterAsBool(parameters, self.CONFIRM, context):
            feedback.pushWarning(self.tr("Nothing was removed: “Really remove” was not ticked."))
            return {"REMOVED": 0, "FAILED": 0, "TRACES": 0}
        needles = plan.needles()
        forgotten, released = traces.let_go(self.project, plan) if self.project is not None else (0, [])
        done = purge(plan, FeedbackProgress(feedback))
        for held in released:
            held.restore()
        forgotten += traces.forget_settings(needles) + traces.forget_history(needles, done)
        (feedback.pushWarning if done.failed else feedback.pushInfo)(done.sentence())
        return {"REMOVED": done.removed, "FAILED": len(done.failed), "TRACES": forgotten}


