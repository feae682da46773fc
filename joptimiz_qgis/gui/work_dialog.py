"""What our dialogs share: a message bar, a progress row with Cancel, one piece of work at a time, a clean way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from qgis.core import Qgis
from qgis.gui import QgsMessageBar
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ..paths import icon_path
from .background import BackgroundWork, Running
from .tasks import AlgorithmRun

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .background import Done, Work


class WorkDialog(QDialog):
    """A dialog that works in the background: beside the map, not in front of it; closed while at work, it goes on.

    `work` is what is at work, `cancelled` whether the last piece of work ended because somebody asked for it. Subclasses put `messages` and
    what `bottom` gives into their layout, and start work by `in_background` or `run_algorithm`.

    Parameters
    ----------
    name : str
        Its objectName.
    icon : str
        A file of resources/icons, without its ending.
    parent : QWidget, optional
    """

    def __init__(self, name: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowIcon(QIcon(icon_path(icon)))
        self.setWindowFlag(Qt.WindowType.WindowContextHelpButtonHint, False)
        self.work: Running | None = None
        self.cancelled = False
        self.messages = QgsMessageBar(self)
        self.step = QLabel()
        self.step.setObjectName("step")
        self.bar = QProgressBar()
        self.bar.setObjectName("progress")
        self.bar.setRange(0, 100)
        self.cancel_button = named_button("cancelButton", _tr("Cancel"), self.cancel)

    def bottom(self, buttons: Iterable[QPushButton], default: QPushButton | None = None) -> QVBoxLayout:
        """What is being done; below it progress and Cancel, the dialog's own `buttons`, and Close."""
        row = QHBoxLayout()
        row.addWidget(self.bar, 1)
        row.addStretch(0)
        self.close_button = named_button("closeButton", _tr("Close"), self.close)
        for button in (self.cancel_button, *buttons, self.close_button):
            row.addWidget(button)
        if default is not None:
            default.setAutoDefault(True)
            default.setDefault(True)
        whole = QVBoxLayout()
        whole.addWidget(self.step)
        whole.addLayout(row)
        self._show_working(False)
        return whole

    # -- work ----------------------------------------------------------------------------------------------------------

    def in_background(self, title: str, work: Work, done: Done) -> Running:
        """Have the toolkit work; see `BackgroundWork`. What is at work is returned."""
        return self._begin(BackgroundWork(title, work, self._then(done)))

    def run_algorithm(self, identifier: str, parameters: dict[str, Any], done: Callable[[bool, dict[str, Any], str], None]) -> Running:
        """Run an algorithm; see `AlgorithmRun`. Whether it was cancelled is in `cancelled` when `done` is called."""
        return self._begin(AlgorithmRun(identifier, parameters, self._then(done)))

    def _begin(self, work: Running) -> Running:
        self.work = work
        work.told.connect(self._told)
        self._show_working(True)
        work.start()
        return work

    def _then(self, done: Callable[..., None]) -> Callable[..., None]:
        def ended(*how: Any) -> None:
            work, self.work = self.work, None
            self.cancelled = bool(getattr(work, "cancelled", False))
            self._show_working(False)
            done(*how)

        return ended

    def _told(self, fraction: float, text: str) -> None:
        self.bar.setValue(round(100 * fraction))
        if text:
            self.step.setText(text)

    def cancel(self) -> None:
        """Stop what is at work; nothing is left of it."""
        if self.work is not None:
            self.step.setText(_tr("Stopping…"))
            self.work.cancel()

    def leave(self) -> None:
        """Stop and go away for good: the plugin is unloaded, or another dialog takes over."""
        if self.work is not None:
            self.work.abandon()
        self.let_go()
        self.close()
        sip.delete(self)  # its widgets refer to parts that Python owns: all go together

    def let_go(self) -> None:
        """Give back what is held outside the dialog; for subclasses, before they go away."""

    # -- what is shown -------------------------------------------------------------------------------------------------

    def say(self, text: str, level: Qgis.MessageLevel = Qgis.MessageLevel.Warning) -> None:
        """Show a sentence at the top of the dialog, until it is closed."""
        self.messages.clearWidgets()
        self.messages.pushMessage("", text, level, 0)

    def show_working(self, working: bool) -> None:
        """Enable and disable the dialog's own buttons; for subclasses."""

    def _show_working(self, working: bool) -> None:
        for widget in (self.bar, self.step, self.cancel_button):
            widget.setVisible(working)
        self.bar.setValue(0)
        self.step.setText("")
        self.show_working(working)


def named_button(name: str, text: str, slot: Callable[..., Any]) -> QPushButton:
    """A button that Enter does not press."""
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAutoDefault(False)
    button.clicked.connect(slot)
    return button


def _tr(text: str) -> str:
    return QCoreApplication.translate("WorkDialog", text)
