"""The panel's section for a survey: prepare it, check it, merge it, publish it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from .algorithm_windows import AlgorithmWindows
from .findings_panel import FindingsPanel
from .merging import MergeJourney
from .mnu_orders import OrdersMenu
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
        self.windows = AlgorithmWindows(say)
        self.add_button("createSurveyButton", self.tr("Prepare a survey…"), "create_survey", self.windows.opener("joptimiz:createsurvey"))
        self.findings = FindingsPanel(iface, say)
        self.add_button("controlBaysButton", self.tr("Check the bays…"), "control_bays", self.findings.open)
        self.merge = MergeJourney(iface, say)
        self.add_button("mergeSurveyButton", self.tr("Merge a survey…"), "merge_survey", self.merge.open)
        self.orders = OrdersMenu(say, self)
        self.orders_button = self.add_button("ordersButton", self.tr("Traffic orders…"), "regulations", lambda: None)
        self.orders_button.setMenu(self.orders)
        self.add_button("publishBaysButton", self.tr("Publish the bays…"), "publish_bays", self.findings.publish)
        self.add_button("surveyReportButton", self.tr("Report of a survey…"), "survey_report", self.windows.opener("joptimiz:surveyreport"))

    def leave(self) -> None:
        """Stop what is at work and close what is open: the plugin is unloaded."""
        self.windows.leave()
        self.findings.leave()
        self.merge.leave()
        self.orders.leave()
