"""What scripts/screenshots does inside QGIS: open the sample town, audit it, take pictures as a user would see it."""

import os
import subprocess
import traceback
from pathlib import Path

from qgis.core import QgsProject, QgsRectangle
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QApplication, QDockWidget, QPushButton
from qgis.utils import iface, plugins

PICTURES = Path(os.environ["JOPTIMIZ_PICTURES"])
TRIES = 24
CENTRE = QgsRectangle(620650, 6524050, 621950, 6524900)


def picture(name):
    """The whole screen as a PNG of few colours (screens have few, and the repository keeps every version)."""
    QApplication.processEvents()
    command = ["import", "-window", "root", "+dither", "-colors", "200", "-define", "png:compression-level=9"]
    subprocess.run([*command, f"png8:{PICTURES / name}.png"], check=True)


def end(code):
    """Leave QGIS at once, without its questions about unsaved changes."""
    os._exit(code)


def later(milliseconds, step):
    """`step` in the event loop, so that windows open and maps are drawn in between; an error ends the run."""

    def guarded():
        try:
            step()
        except Exception:
            traceback.print_exc()
            end(1)

    QTimer.singleShot(milliseconds, guarded)


def when(ready, step, tries=TRIES):
    """`step` as soon as `ready()`, looked at twice a second."""
    if ready():
        later(1500, step)
    elif tries:
        later(500, lambda: when(ready, step, tries - 1))
    else:
        subprocess.run(["import", "-window", "root", "build/screenshot_timeout.png"], check=False)
        raise TimeoutError(step.__name__)


def layer(part):
    """The first layer whose name holds `part`."""
    return next((found for found in QgsProject.instance().mapLayers().values() if part in found.name()), None)


def start():
    iface.mainWindow().showMaximized()
    for dock in iface.mainWindow().findChildren(QDockWidget):
        if dock.objectName() == "Browser":
            dock.close()
    iface.mainWindow().findChild(QDockWidget, "Layers").setMinimumWidth(300)
    plugins["joptimiz_qgis"].dock.open_sample()
    when(lambda: layer("Aires de livraison"), sample)


def sample():
    iface.messageBar().clearWidgets()
    picture("ville_exemple")
    plugins["joptimiz_qgis"].dock.audit()
    later(2500, dialog)


def dialog():
    picture("auditer_fenetre")
    windows = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible() and widget != iface.mainWindow()]
    window = next(widget for widget in windows if run_button(widget))
    run_button(window).click()
    when(lambda: layer("Couverture"), lambda: result(window))


def run_button(window):
    buttons = window.findChildren(QPushButton)
    return next((button for button in buttons if button.text().replace("&", "") == "Exécuter"), None)


def result(window):
    picture("auditer_journal")
    window.close()
    tree = QgsProject.instance().layerTreeRoot()
    tree.findLayer(layer("Points de livraison")).setItemVisibilityChecked(False)
    iface.layerTreeView().setCurrentLayer(None)
    iface.mapCanvas().setExtent(CENTRE)
    iface.mapCanvas().refresh()
    later(3000, last)


def last():
    picture("auditer_resultat")
    end(0)


later(4000, start)
