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


class Window:
    """The part of QGIS's interface that plugins use at their start, on a real main window (QGIS's own needs the whole program)."""

    def __init__(self) -> None:
        self.window = QtWidgets.QMainWindow()
        self.canvas = qgis.gui.QgsMapCanvas(self.window)
        self.window.setCentralWidget(self.canvas)
        self.bar = self.window.addToolBar("Plugins")

    def mainWindow(self) -> Any:  # noqa: N802 - QGIS's names
        return self.window

    def mapCanvas(self) -> Any:  # noqa: N802
        return self.canvas

    def addDockWidget(self, area: Any, dock: Any) -> None:  # noqa: N802
        self.window.addDockWidget(area, dock)

    def addPluginToMenu(self, menu: str, action: Any) -> None:  # noqa: N802
        self.window.menuBar().addMenu(menu).addAction(action)

    def registerOptionsWidgetFactory(self, factory: Any) -> None:  # noqa: N802
        self.factory = factory

    def addToolBarIcon(self, action: Any) -> None:  # noqa: N802
        self.bar.addAction(action)


def main() -> None:
    application = QgsApplication([], True)
    application.initQgis()
    # QGIS's own plugin Processing is loaded before any other; what it imports is not ours.
    sys.path.append(QgsApplication.pkgDataPath() + "/python/plugins")
    from processing.core.Processing import Processing

    Processing.initialize()
    print(json.dumps(loading_ms(Window() if "window" in sys.argv[1:] else None)), flush=True)


if __name__ == "__main__":
    main()
