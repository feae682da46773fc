"""One fresh process: the import dialog on a made-up file, the event loop watched. ``python -m benchmarks.import_dialog_probe ROWS FOLDER``.

Prints JSON: step → seconds and the longest time for which the event loop did nothing (ms); how long a Cancel takes (ms); memory (MB).
"""

from __future__ import annotations

import csv
import json
import random
import resource
import sys
import time
from pathlib import Path
from typing import Any, Callable

from qgis.core import QgsApplication, QgsProject, QgsSettings
from qgis.PyQt.QtCore import QTimer

from .start_probe import Window

_TICK_MS = 2
_PAGES = {0: "columns", 1: "check", 2: "place", 3: "compare", 4: "write"}


class Watch:
    """The longest pause between two turns of the event loop."""

    def __init__(self) -> None:
        self.last = time.perf_counter()
        self.longest = 0.0
        self.timer = QTimer()
        self.timer.timeout.connect(self.turn)
        self.timer.start(_TICK_MS)

    def turn(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, now - self.last)
        self.last = now

    def begin(self) -> None:
        self.last, self.longest = time.perf_counter(), 0.0


def main() -> int:
    rows, folder = int(sys.argv[1]), Path(sys.argv[2])
    path = made_up(rows, folder / f"customers_{rows}.csv")
    application = QgsApplication([], True)
    QgsApplication.initQgis()
    QgsSettings().remove("joptimiz/company")
    window = Window()
    sys.path.append("/usr/share/qgis/python/plugins")
    import joptimiz_qgis

    plugin = joptimiz_qgis.classFactory(None)
    plugin.initProcessing()
    from joptimiz_qgis.toolkit.dependencies import load_libraries

    load_libraries()  # QGIS has them loaded after the first algorithm
    from joptimiz_qgis.gui.dlg_company import CompanyDialog

    watch = Watch()
    dialog = CompanyDialog(Interface(window))
    dialog.show()
    target = folder / "customers.gpkg"
    for old in (target, *Path(f"{target}.joptimiz").glob("*")):
        old.unlink(missing_ok=True)
    dialog.merge_page.target.setFilePath(str(target))
    told: dict[str, Any] = {"steps": {"open": timed(watch, dialog, lambda: dialog.file_page.file.setFilePath(str(path)))}}
    cancels = []
    while dialog.page() in _PAGES:
        page = dialog.page()
        if page:
            cancels.append(cancelled(dialog))
        told["steps"][_PAGES[page]] = timed(watch, dialog, dialog.next_button.click)
        if dialog.page() == page:
            raise RuntimeError(f"{told} {cancels} page {page}: {[item.text() for item in dialog.messages.items()]}")
    told["cancel_ms"] = max(cancels)
    told["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told["placed"] = dialog.compared.ready.counts()["placed"]
    print(json.dumps(told))
    sys.stdout.flush()
    dialog.leave()
    QgsProject.instance().clear()
    del application
    return 0


class Interface:
    """What the dialog asks QGIS's interface for."""

    def __init__(self, window: Window) -> None:
        from qgis.gui import QgsBrowserGuiModel

        self.window, self.model = window.window, QgsBrowserGuiModel()
        self.canvas = window.canvas

    def mainWindow(self) -> Any:  # noqa: N802 - QGIS's names
        return self.window

    def mapCanvas(self) -> Any:  # noqa: N802
        return self.canvas

    def browserModel(self) -> Any:  # noqa: N802
        return self.model


def timed(watch: Watch, dialog: Any, start: Callable[[], Any]) -> dict[str, float]:
    """Seconds until the dialog is at rest again, and the longest pause of the event loop meanwhile, in ms."""
    settle()
    watch.begin()
    began = time.perf_counter()
    start()
    while dialog.work is not None:
        QgsApplication.processEvents()
    took = time.perf_counter() - began
    settle()
    return {"seconds": took, "longest_ms": 1000 * watch.longest}


def cancelled(dialog: Any) -> float:
    """Milliseconds from Cancel to rest, in the middle of a step."""
    dialog.next_button.click()
    end = time.perf_counter() + 0.15
    while time.perf_counter() < end and dialog.work is not None:
        QgsApplication.processEvents()
    if dialog.work is None:  # it was faster
        dialog.back()
        return 0.0
    began = time.perf_counter()
    dialog.cancel()
    while dialog.work is not None:
        QgsApplication.processEvents()
    settle()
    return 1000 * (time.perf_counter() - began)


def settle(seconds: float = 0.3) -> None:
    """Let the map be drawn and what is queued be done."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        QgsApplication.processEvents()


def made_up(rows: int, path: Path) -> Path:
    """Customers in and around Paris, some cells wrong, some twice."""
    if path.exists():
        return path
    chance = random.Random(7)
    header = ["N° client", "Raison sociale", "SIRET", "Adresse", "Code postal", "Ville", "Longitude", "Latitude", "Jours", "Horaires", "Volume"]
    with path.open("w", encoding="cp1252", newline="") as file:
        write = csv.writer(file, delimiter=";")
        write.writerow(header)
        for number in range(rows):
            siret = f"{chance.randrange(10**8, 10**9)}{chance.randrange(10**4, 10**5)}"
            postcode = f"{chance.choice((75001, 75011, 93100, 1000)):d}"
            lon, lat = 2.35 + chance.gauss(0, 0.05), 48.86 + chance.gauss(0, 0.03)
            street = f"{chance.randrange(1, 100)} rue {chance.choice(('de Rivoli', 'Oberkampf', 'des Fleurs'))} {chance.randrange(400)}"
            place = [f"{lon:.6f}".replace(".", ","), f"{lat:.6f}".replace(".", ",")]
            name = f"Épicerie {chance.randrange(rows)}"
            write.writerow([f"C{number:06d}", name, siret, street, postcode, "Paris", *place, "lun-ven", "6h-11h", f"{number % 90},5"])
    return path


if __name__ == "__main__":
    sys.exit(main())
