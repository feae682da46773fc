"""The panel's section for a survey: prepare it, check it, merge it, publish it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from .merging import MergeJourney
from .section import Section

if TYPE_CHECKING:
    from qgis.gui import QgisInterface
    from qgis.PyQt.QtWidgets import QWidget


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
        self.merge = MergeJourney(iface, say)
        self.add_button("mergeSurveyButton", self.tr("Merge a survey…"), "merge_survey", self.merge.open)

    def leave(self) -> None:
        """Stop what is at work and close what is open: the plugin is unloaded."""
        self.merge.leave()
