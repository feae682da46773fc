"""Run by QGIS itself (--code): press the buttons of the panel and of the audit's dialog as a user would, say what happened, leave."""

import json
import os
import traceback
from pathlib import Path

from qgis.core import QgsProject
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPushButton
from qgis.utils import plugins

OUT = Path(os.environ["JOPTIMIZ_SAID"])
RESULTS = Path(os.environ["JOPTIMIZ_RESULTS"])
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


def when(ready, step, tries=160):
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


def audit_dialog():
    return next((widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QDialog) and widget.isVisible() and button(widget, "Lancer l’audit")), None)


def start():
    dock = plugins["joptimiz_qgis"].dock
    said["panel"] = dock.isVisible()
    button(dock, "Ouvrir la ville exemple").click()
    when(lambda: layer("Aires de livraison"), lambda _: audit(dock))


def audit(dock):
    said["message"] = dock.message.text()
    button(dock, "Auditer les aires…").click()
    when(audit_dialog, lambda dialog: run(dock, dialog))


def run(dock, dialog):
    dialog.findChild(QgsFileWidget, "folder").findChild(QLineEdit).setText(str(RESULTS))
    said["dialog"] = dialog.windowTitle()
    button(dialog, "Lancer l’audit").click()
    lead = dock.findChild(QLabel, "auditLead")
    when(lambda: lead.isVisible() and lead.text(), lambda _: tell(dock, dialog))


def tell(dock, dialog):
    result = layer("Couverture par les aires (20 m)")
    said["dialog_closed"] = not dialog.isVisible()
    said["lead"] = dock.findChild(QLabel, "auditLead").text()
    said["figures"] = [label.text() for label in dock.findChild(QLabel, "auditLead").parent().findChildren(QLabel) if label.isVisible()]
    said["buttons"] = [found.text().strip() for found in dock.findChildren(QPushButton) if found.isVisibleTo(dock) and found.isEnabled()]
    said["name"] = result.name()
    said["legend"] = [rule.label() for rule in result.renderer().rootRule().children()]
    said["covered"] = sum(bool(feature["covered"]) for feature in result.getFeatures())
    said["points"] = result.featureCount()
    group = QgsProject.instance().layerTreeRoot().findGroup("Visualiz")
    said["in_group"] = group.findLayer(result) is not None
    said["layers"] = [node.layer().name() for node in group.findLayers()]
    said["files"] = sorted(path.suffix for path in RESULTS.iterdir())
    leave()


later(3000, start)
