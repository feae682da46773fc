"""Algorithms as background tasks: QGIS stays alive, progress and Cancel are in its task manager and where the caller shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from qgis.core import (
    QgsApplication,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProject,
    QgsTask,
)
from qgis.PyQt.QtCore import pyqtSignal

from .background import Running

if TYPE_CHECKING:
    from qgis.core import QgsProcessingAlgorithm


class AlgorithmRun(Running):
    """One run of an algorithm in the background.

    Parameters
    ----------
    identifier : str
        Such as ``joptimiz:baycoverage``.
    parameters : dict
        As for `processing.run`.
    done : callable
        Called in the main thread with success, results and the text of the errors; after a cancel without success and results.
    """

    def __init__(
        self, identifier: str, parameters: dict[str, Any], done: Callable[[bool, dict[str, Any], str], None]
    ) -> None:
        super().__init__(done)
        self.algorithm: QgsProcessingAlgorithm = QgsApplication.processingRegistry().createAlgorithmById(identifier)
        self.context = QgsProcessingContext()
        self.context.setProject(QgsProject.instance())
        self.feedback = ErrorKeepingFeedback()
        self.fraction = 0.0
        self.task = QgsProcessingAlgRunnerTask(
            self.algorithm, parameters, self.context, self.feedback, QgsTask.Flag.CanCancel
        )
        self.task.executed.connect(self._executed)
        self.task.progressChanged.connect(self._progressed)
        self.feedback.told.connect(self._at_step)  # no lambda: a circle of Python and Qt is taken apart too late, and crashes

    def cancel(self) -> None:
        """Ask the algorithm to stop."""
        self.feedback.cancel()

    @property
    def cancelled(self) -> bool:
        """Whether someone asked it to stop, here or in QGIS's task manager."""
        return self.feedback.isCanceled()

    def _progressed(self, percent: float) -> None:
        self.fraction = percent / 100
        self.told.emit(self.fraction, "")

    def _at_step(self, text: str) -> None:
        self.told.emit(self.fraction, text)

    def _executed(self, success: bool, results: dict[str, Any]) -> None:
        if self.cancelled:
            success, results = False, {}
        self.end(success, results, self.feedback.errors())


class ErrorKeepingFeedback(QgsProcessingFeedback):
    """Feedback that remembers what went wrong, and tells what is going on, so that a panel can say it."""

    told = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__(False)
        self._errors: list[str] = []

    def setProgressText(self, text: str) -> None:  # noqa: N802 - QGIS's
        """Pass on `text`, from whatever thread."""
        super().setProgressText(text)
        self.told.emit(text)

    def reportError(self, error: str, fatalError: bool = False) -> None:  # noqa: N802, N803 - QGIS's
        """Keep `error`."""
        self._errors.append(error)
        super().reportError(error, fatalError)

    def errors(self) -> str:
        """All errors as one text."""
        return " ".join(dict.fromkeys(self._errors))
