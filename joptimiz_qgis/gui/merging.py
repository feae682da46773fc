"""The way of a merge through its windows: the dialog compares, the review dock decides and writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from qgis.core import Qgis
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt, QTimer

from ..toolkit.dependencies import require_libraries
from ..toolkit.errors import MissingDependencyError

if TYPE_CHECKING:
    from pathlib import Path

    from qgis.gui import QgisInterface

    from ..toolkit.survey.merge_file import SurveyMerge
    from .dck_merge_review import MergeReviewDock
    from .dlg_merge import MergeDialog

_LATER_MS = 600


class MergeJourney:
    """Keeps one dialog and one review.

    Parameters
    ----------
    iface : QgisInterface
    say : callable
        Shows a sentence in the panel.
    """

    def __init__(self, iface: QgisInterface, say: Callable[..., None]) -> None:
        self.iface, self.say = iface, say
        self.dialog: MergeDialog | None = None
        self.dock: MergeReviewDock | None = None

    def open(self) -> None:
        """Open the dialog; the one at work if there is."""
        try:
            require_libraries(("scipy",))
        except MissingDependencyError as error:
            self.say(str(error), Qgis.MessageLevel.Warning)
            return
        from .dlg_merge import MergeDialog

        if self.dialog is None or not (self.dialog.work or self.dialog.isVisible()):
            self._close_dialog()
            self.dialog = MergeDialog(self.iface, self.show_review, self.iface.mainWindow())
        self.dialog.show()
        self.dialog.raise_()

    def show_review(self, ready: SurveyMerge, output: Path) -> None:
        """Open the review of a merge that was compared."""
        from .dck_merge_review import MergeReviewDock

        self._close_dock()
        self.dock = MergeReviewDock(self.iface, ready, output, self.say, self.iface.mainWindow())
        self.iface.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.dock)
        self.dock.show()
        self.dock.list.setFocus()
        QTimer.singleShot(_LATER_MS, self.dock.look_again)

    def _close_dialog(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None and not sip.isdeleted(dialog):
            dialog.leave()

    def _close_dock(self) -> None:
        dock, self.dock = self.dock, None
        if dock is not None and not sip.isdeleted(dock):
            dock.leave()

    def leave(self) -> None:
        """Stop what is at work and close what is open."""
        self._close_dialog()
        self._close_dock()
