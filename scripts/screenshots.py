"""What scripts/screenshots does inside QGIS: open the sample town, audit it, take pictures as a user would see it."""

from __future__ import annotations

import os
import subprocess
import traceback
from collections.abc import Callable
from pathlib import Path

from qgis.core import QgsMapLayer, QgsProject, QgsRectangle
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QApplication, QDockWidget, QPushButton, QWidget
from qgis.utils import iface, plugins

PICTURES = Path(os.environ["JOPTIMIZ_PICTURES"])
TRIES = 24
CENTRE = QgsRectangle(620650, 6524050, 621950, 6524900)


def picture(name: str) -> None:
    """The whole screen as a PNG of few colours (screens have few, and the repository keeps every version)."""
    QApplication.processEvents()
    command = ["import", "-window", "root", "+dither", "-colors", "200", "-define", "png:compression-level=9"]
    subprocess.run([*command, f"png8:{PICTURES / name}.png"], check=True)


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


def layer(part: str) -> QgsMapLayer | None:
    """The first layer whose name holds `part`."""
    return next((found for found in QgsProject.instance().mapLayers().values() if part in found.name()), None)


def start() -> None:
    """A town to look at: panel, layers, map."""
    iface.mainWindow().showMaximized()
    for dock in iface.mainWindow().findChildren(QDockWidget):
        if dock.objectName() == "Browser":
            dock.close()
    iface.mainWindow().findChild(QDockWidget, "Layers").setMinimumWidth(300)
    plugins["joptimiz_qgis"].dock.open_sample()
    when(lambda: layer("Aires de livraison"), sample)


def sample() -> None:
    """The town as it opens; then the audit."""
    iface.messageBar().clearWidgets()
    picture("ville_exemple")
    plugins["joptimiz_qgis"].dock.audit()
    later(2500, dialog)


def dialog() -> None:
    """The dialog with the layers filled in; then its Run."""
    picture("auditer_fenetre")
    windows = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible() and widget != iface.mainWindow()]
    window = next(widget for widget in windows if run_button(widget))
    run_button(window).click()
    when(lambda: layer("Couverture"), lambda: result(window))


def run_button(window: QWidget) -> QPushButton | None:
    """The button Run of an algorithm's dialog."""
    buttons = window.findChildren(QPushButton)
    return next((button for button in buttons if button.text().replace("&", "") == "Exécuter"), None)


def result(window: QWidget) -> None:
    """The log with the figures; then the map from near."""
    picture("auditer_journal")
    window.close()
    tree = QgsProject.instance().layerTreeRoot()
    tree.findLayer(layer("Points de livraison")).setItemVisibilityChecked(False)
    iface.layerTreeView().setCurrentLayer(None)
    iface.mapCanvas().setExtent(CENTRE)
    iface.mapCanvas().refresh()
    later(3000, last)


def last() -> None:
    """The map of the result."""
    picture("auditer_resultat")
    end(0)


later(4000, start)
