"""The panel's section for a survey: prepare it, check it, merge it, publish it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from qgis.core import Qgis
from qgis.PyQt import sip

from ..toolkit.dependencies import require_libraries
from ..toolkit.errors import MissingDependencyError
from .merging import MergeJourney
from .section import Section

if TYPE_CHECKING:
    from qgis.gui import QgisInterface
    from qgis.PyQt.QtWidgets import QDialog, QWidget


class SurveySection(Section):
    """Buttons of the journey of a survey.

    Parameters
    ----------
    iface : QgisInterface
    say : callable
        Shows a sentence at the top of the panel.
    parent : QWidget, optional
    """

    def __init__(self, iface: QgisInterface, say: Callable[..., None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.introduce(self.tr("Survey"), self.tr("A DigiLog survey of delivery bays and orders: prepare, check, merge, publish."))
        self.iface = iface
        self.say = say
        self.dialogs: list[QDialog] = []
        self.add_button("createSurveyButton", self.tr("Prepare a survey…"), "create_survey", lambda: self._open("joptimiz:createsurvey"))
        self.merge = MergeJourney(iface, say)
        self.add_button("mergeSurveyButton", self.tr("Merge a survey…"), "merge_survey", self.merge.open)
        self.add_button("surveyReportButton", self.tr("Report of a survey…"), "survey_report", lambda: self._open("joptimiz:surveyreport"))

    def _open(self, identifier: str) -> None:
        """Show the dialog of an algorithm."""
        try:
            require_libraries()
        except MissingDependencyError as error:
            self.say(str(error), Qgis.MessageLevel.Warning)
            return
        from processing import createAlgorithmDialog

        dialog = createAlgorithmDialog(identifier, {})
        # Held, or Python forgets its part of the dialog, and Run does nothing.
        self.dialogs = [*(other for other in self.dialogs if not sip.isdeleted(other)), dialog]
        dialog.show()

    def leave(self) -> None:
        """Stop what is at work and close what is open: the plugin is unloaded."""
        self.merge.leave()
