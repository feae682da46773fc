"""Dialogs of algorithms, opened from the panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from qgis.core import Qgis
from qgis.PyQt import sip

from ..toolkit.dependencies import require_libraries
from ..toolkit.errors import MissingDependencyError

if TYPE_CHECKING:
    from qgis.PyQt.QtWidgets import QDialog


class AlgorithmWindows:
    """The dialogs of algorithms that one section of the panel has opened.

    Parameters
    ----------
    say : callable
        Shows a sentence at the top of the panel.
    """

    def __init__(self, say: Callable[..., None]) -> None:
        self.say = say
        self.dialogs: list[QDialog] = []

    def opener(self, identifier: str) -> Callable[..., None]:
        """A slot that opens the dialog of an algorithm."""
        return lambda *_clicked: self.open(identifier)

    def open(self, identifier: str) -> None:
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
        """Close what is open."""
        for dialog in self.dialogs:
            if not sip.isdeleted(dialog):
                dialog.close()
        self.dialogs = []
