"""What the scripts inside QGIS that take the guide's pictures share: the picture itself, and steps in the event loop."""

from __future__ import annotations

import os
import subprocess
import traceback
from collections.abc import Callable
from pathlib import Path

from qgis.core import QgsMapLayer, QgsProject
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QApplication, QDockWidget
from qgis.utils import iface, plugins

PICTURES = Path(os.environ["JOPTIMIZ_PICTURES"])
SAMPLE = Path(os.environ["JOPTIMIZ_SAMPLE"])
FOLDER = Path(os.environ["JOPTIMIZ_FOLDER"])
TRIES = 24
PALETTE = ["+dither", "-colors", "200", "-define", "png:compression-level=9"]  # screens have few, and every version is kept


def picture(name: str) -> None:
    """The whole screen as a PNG of few colours."""
    QApplication.processEvents()
    subprocess.run(["import", "-window", "root", *PALETTE, f"png8:{PICTURES / name}.png"], check=True)


def end(code: int) -> None:
    """Leave QGIS at once, without its questions about unsaved changes."""
    os._exit(code)


def later(milliseconds: int, step: Callable[[], None]) -> None:
    """`step` in the event loop, so that windows open and maps are drawn in between; an error ends the run."""

    def guarded() -> None:
        try:
            step()
        except Exception:  # noqa: BLE001 - whatever it is, it ends the run
            traceback.print_exc()
            end(1)

    QTimer.singleShot(milliseconds, guarded)


def when(ready: Callable[[], object], step: Callable[[], None], tries: int = TRIES) -> None:
    """`step` as soon as `ready()`, looked at twice a second."""
    if ready():
        later(1500, step)
    elif tries:
        later(500, lambda: when(ready, step, tries - 1))
    else:
        subprocess.run(["import", "-window", "root", "build/screenshot_timeout.png"], check=False)
        raise TimeoutError(step.__name__)


def panel() -> QDockWidget:
    """The panel JOPTIMIZ."""
    return plugins["joptimiz_qgis"].dock


def layer(part: str) -> QgsMapLayer | None:
    """The first layer whose name holds `part`."""
    return next((found for found in QgsProject.instance().mapLayers().values() if part in found.name()), None)


def make_room() -> None:
    """The window as large as the screen; the browser away, the layers readable."""
    iface.mainWindow().showMaximized()
    for dock in iface.mainWindow().findChildren(QDockWidget):
        if dock.objectName() == "Browser":
            dock.close()
    iface.mainWindow().findChild(QDockWidget, "Layers").setMinimumWidth(330)
