"""What an algorithm has to do in QGIS's main thread while it runs in another: layers let a file go that is written, and take it up again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from qgis.PyQt.QtCore import QCoreApplication, QObject, Qt, QThread, pyqtSignal

from ..toolkit.errors import CancelledError

if TYPE_CHECKING:
    from qgis.core import QgsProject

    from ..toolkit.progress import Progress

_LOOK_S = 0.05


class MainThread(QObject):
    """Has work done by the main thread; where that is the thread at work, at once."""

    asked = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        application = QCoreApplication.instance()
        if application is not None:
            self.moveToThread(application.thread())
        self.asked.connect(self.do, Qt.ConnectionType.QueuedConnection)

    def do(self, work: Callable[[], Any]) -> None:
        """In the main thread, by the signal."""
        work()

    def here(self) -> bool:
        """Whether this is the main thread."""
        return bool(QThread.currentThread() == self.thread())

    def run(self, work: Callable[[], Any], cancelled: Callable[[], bool]) -> Any:
        """What `work` gives, or its error; a cancel before it began raises `CancelledError`, so that a QGIS that ends waits for nobody."""
        if self.here():
            return work()
        lock, ended = threading.Lock(), threading.Event()
        state: dict[str, Any] = {"begun": False, "given_up": False, "result": None, "error": None}

        def once() -> None:
            with lock:
                if state["given_up"]:
                    return
                state["begun"] = True
            try:
                state["result"] = work()
            except Exception as error:  # noqa: BLE001 - raised again where it was asked for
                state["error"] = error
            ended.set()

        self.asked.emit(once)
        while not ended.wait(_LOOK_S):
            if cancelled():
                with lock:
                    if not state["begun"]:
                        state["given_up"] = True
                        raise CancelledError("Cancelled; nothing was written.")
        if state["error"] is not None:
            raise state["error"]
        return state["result"]

    def later(self, work: Callable[[], Any]) -> None:
        """Have `work` done without waiting: before anything that the end of the algorithm brings about."""
        if self.here():
            work()
            return
        kept = [self]  # until then: a signal to an object that is gone is lost

        def once() -> None:
            work()
            kept.clear()

        self.asked.emit(once)


@contextmanager
def released(project: QgsProject | None, path: Path, progress: Progress) -> Iterator[list[str]]:
    """Have the project's layers of `path` let it go while it is written: QGIS holds a GeoPackage open, and Windows replaces no open file.

    Yields
    ------
    list of str
        Sources of the layers, which show the file again at the end, however that comes.

    Raises
    ------
    OutputError
        One of the layers has changes that are not saved.
    """
    if project is None or not path.exists():
        yield []
        return
    from ..layers.customer_layers import Released

    main = MainThread()
    held = main.run(lambda: Released(project, path), progress.cancelled)
    try:
        yield [source for _, source, _ in held.held]
    finally:
        main.later(held.restore)
