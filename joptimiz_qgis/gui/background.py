"""Work in the background: QGIS stays alive, progress comes as a signal, Cancel takes effect at the next step."""

from __future__ import annotations

import sys
from typing import Any, Callable

from qgis.core import QgsApplication, QgsTask
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..toolkit.dependencies import load_libraries
from ..toolkit.errors import CancelledError, JoptimizError
from ..toolkit.messages import tr
from ..toolkit.progress import Progress

_at_work: set[Running] = set()
"""QGIS's thread uses a task, and what hangs on it, until it has ended, whoever else has forgotten it."""

_TURN_S = 0.0002
"""How long Python lets one thread go on while another waits, in seconds (Python's own choice is 0.005).

To draw a table, a window asks its model some hundred times; each question waits for the work in the background to end its turn. With
Python's own choice that stopped QGIS's windows for a third of a second. https://docs.python.org/3/library/sys.html#sys.setswitchinterval
"""
_usual_turn_s: list[float] = []
"""What it was before the first piece of work; empty while nothing is at work."""

Work = Callable[[Progress], Any]
Done = Callable[[Any, str], None]


class Running(QObject):
    """Something at work in a task of QGIS; it stays alive until it has ended. Subclasses make the `task` and know how to cancel it.

    Parameters
    ----------
    done : callable
        Called in the main thread with what `ended` is given.
    """

    told = pyqtSignal(float, str)
    """Share of the work done (0–1) and what is being done; an empty text where that has not changed."""

    task: QgsTask

    def __init__(self, done: Callable[..., None]) -> None:
        super().__init__()
        self.done: Callable[..., None] | None = done
        self.afterwards: list[Callable[[], None]] = []
        """Called last in the main thread, abandoned or not."""

    def start(self) -> None:
        """Hand the task to QGIS."""
        if not _usual_turn_s:
            _usual_turn_s.append(sys.getswitchinterval())
            sys.setswitchinterval(min(_TURN_S, _usual_turn_s[0]))
        _at_work.add(self)
        QgsApplication.taskManager().addTask(self.task)

    def cancel(self) -> None:
        """Ask it to stop; `done` is called when it has."""
        raise NotImplementedError

    def abandon(self) -> None:
        """Ask it to stop and tell nobody: who started it is going away."""
        self.done = None
        self.cancel()

    def end(self, *how: Any) -> None:
        """Called in the main thread when the task has ended."""
        _at_work.discard(self)
        if not _at_work and _usual_turn_s:
            sys.setswitchinterval(_usual_turn_s.pop())
        done, self.done = self.done, None
        if done is not None:
            done(*how)
        afterwards, self.afterwards = self.afterwards, []
        for one in afterwards:
            one()


class BackgroundWork(Running):
    """One piece of work of the toolkit.

    Parameters
    ----------
    title : str
        In QGIS's list of tasks.
    work : callable
        Called in another thread with a `Progress`; it touches no widget and no layer.
    done : callable
        Called in the main thread with what `work` returned and an empty text; with None and a sentence where it failed; with None and
        an empty text after a cancel.
    """

    def __init__(self, title: str, work: Work, done: Done) -> None:
        super().__init__(done)
        self.cancelled = False
        self.task = _Task(title, work, self)

    def cancel(self) -> None:
        """Ask it to stop."""
        self.cancelled = True
        self.task.cancel()

    def ended(self, result: Any, sentence: str) -> None:
        """Called by the task in the main thread."""
        self.end(None if self.cancelled else result, "" if self.cancelled else sentence)


class _Task(QgsTask):
    def __init__(self, title: str, work: Work, owner: BackgroundWork) -> None:
        super().__init__(title, QgsTask.Flag.CanCancel)
        self.work, self.owner = work, owner
        self.result: Any = None
        self.sentence = ""

    def run(self) -> bool:
        """Called by QGIS in the new thread."""
        try:
            load_libraries()
            self.result = self.work(_Told(self))
        except CancelledError:
            return False
        except JoptimizError as error:
            self.sentence = str(error)
            return False
        except Exception as error:  # noqa: BLE001 - an exception in QGIS's thread would end QGIS
            self.sentence = tr("Something that was not foreseen went wrong: {cause}. Please tell the plugin's authors.", cause=repr(error))
            return False
        return True

    def finished(self, result: bool) -> None:
        """Called by QGIS in the main thread."""
        if not result and not self.sentence:
            self.owner.cancelled = True  # here, or in QGIS's own list of tasks
        self.owner.ended(self.result if result else None, self.sentence)


class _Told(Progress):
    def __init__(self, task: _Task) -> None:
        self.task = task

    def cancelled(self) -> bool:
        return bool(self.task.isCanceled())

    def show(self, fraction: float, text: str) -> None:
        self.task.setProgress(100 * fraction)
        self.task.owner.told.emit(fraction, text)
