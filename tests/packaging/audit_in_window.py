"""Run by QGIS itself (--code): press the panel's buttons as a user would, say what happened as JSON, leave."""

import json
import os
import traceback
from pathlib import Path

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QApplication, QPushButton
from qgis.utils import iface, plugins

OUT = Path(os.environ["JOPTIMIZ_SAID"])
said = {}


def leave():
    OUT.write_text(json.dumps(said), encoding="utf-8")
    os._exit(0)


def later(milliseconds, step):
    def guarded():
        try:
            step()
        except Exception:  # noqa: BLE001 - told to the test
            said["error"] = traceback.format_exc()
            leave()

    QTimer.singleShot(milliseconds, guarded)


def when(ready, step, tries=80):
    found = ready()
    if found:
        later(500, lambda: step(found))
    elif tries:
        later(250, lambda: when(ready, step, tries - 1))
    else:
        raise TimeoutError(step.__name__)


def layer(part):
    return next((found for found in QgsProject.instance().mapLayers().values() if part in found.name()), None)


def button(parent, text):
    return next((found for found in parent.findChildren(QPushButton) if found.text().replace("&", "").strip() == text), None)


def run_button():
    windows = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible() and widget != iface.mainWindow()]
    return next(filter(None, (button(window, "Exécuter") for window in windows)), None)


def start():
    dock = plugins["joptimiz_qgis"].dock
    said["panel"] = dock.isVisible()
    button(dock, "Ouvrir la ville exemple").click()
    when(lambda: layer("Aires de livraison"), lambda _: audit(dock))


def audit(dock):
    said["message"] = dock.message.text()
    button(dock, "Auditer les aires…").click()
    when(run_button, run)


def run(found):
    found.click()
    when(lambda: layer("Couverture par les aires (20 m)"), tell)


def tell(result):
    said["name"] = result.name()
    said["legend"] = [rule.label() for rule in result.renderer().rootRule().children()]
    said["covered"] = sum(bool(feature["covered"]) for feature in result.getFeatures())
    said["points"] = result.featureCount()
    group = QgsProject.instance().layerTreeRoot().findGroup("Visualiz")
    said["in_group"] = group.findLayer(result) is not None
    leave()


later(3000, start)
