"""The panel's section for a firm's files: import customers, review their positions, remove them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from .section import Section

if TYPE_CHECKING:
    from qgis.gui import QgisInterface
    from qgis.PyQt.QtWidgets import QWidget


class CompanySection(Section):
    """Buttons of the journey of a firm.

    Parameters
    ----------
    iface : QgisInterface
    say : callable
        Shows a sentence at the top of the panel.
    parent : QWidget, optional
    """

    def __init__(self, iface: QgisInterface, say: Callable[..., None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.introduce(self.tr("Customers"), self.tr("A firm's file of customers: cleaned, placed on the map, and what applies to each."))
        self.iface = iface
        self.say = say

    def leave(self) -> None:
        """Stop what is at work and close what is open: the plugin is unloaded."""
