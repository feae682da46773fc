"""One fresh process with QGIS started: milliseconds that loading the plugin takes. ``python -m benchmarks.start_probe [window]``."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

# What QGIS has loaded before it comes to plugins is not the plugin's cost.
import qgis.gui
import qgis.utils
from qgis.core import QgsApplication
from qgis.PyQt import QtWidgets, uic  # noqa: F401


def loading_ms(iface: Any) -> float:
    """Import, classFactory and what QGIS calls then: initGui with a window, initProcessing without."""
    start = time.perf_counter()
    import joptimiz_qgis

    plugin = joptimiz_qgis.classFactory(iface)
    if iface is None:
        plugin.initProcessing()
    else:
        plugin.initGui()
    return 1000 * (time.perf_counter() - start)


def window_interface() -> Any:
    """A QgisInterface with a main window and a map canvas."""
    from pytest_qgis.mock_qgis_classes import MockMessageBar
    from pytest_qgis.qgis_interface import QgisInterface

    window = QtWidgets.QMainWindow()
    canvas = qgis.gui.QgsMapCanvas(window)
    window.setCentralWidget(canvas)
    return QgisInterface(canvas, MockMessageBar(), window)


def main() -> None:
    application = QgsApplication([], True)
    application.initQgis()
    # QGIS's own plugin Processing is loaded before any other; what it imports is not ours.
    sys.path.append(QgsApplication.pkgDataPath() + "/python/plugins")
    from processing.core.Processing import Processing

    Processing.initialize()
    iface = window_interface() if "window" in sys.argv[1:] else None
    print(json.dumps(loading_ms(iface)), flush=True)


if __name__ == "__main__":
    main()
