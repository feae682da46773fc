"""Begins every script of the `python` fixture: QGIS and Processing started as qgis_process does, then the plugin."""

import atexit
import json
import sys
import time

from qgis.core import *  # noqa: F403
from qgis.core import QgsApplication

app = QgsApplication([], True)
app.initQgis()
# As QGIS’s own programs end: what QGIS caches needs PROJ, which is gone by the time that the process drops it by itself.
atexit.register(app.exitQgis)
sys.path.append(QgsApplication.pkgDataPath() + "/python/plugins")
from processing.core.Processing import Processing  # noqa: E402

Processing.initialize()
import processing  # noqa: E402, F401

before_plugin = set(sys.modules)
from joptimiz_qgis import classFactory  # noqa: E402

plugin = classFactory(None)
plugin.initProcessing()


def say(result):
    sys.stdout.write(json.dumps(result) + "\n")


def finish(condition, seconds=60):
    """Let QGIS's event loop run until `condition()`."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        app.processEvents()
        time.sleep(0.005)
