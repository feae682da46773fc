"""The sample town in a project: imported once into the user's profile by the same algorithms as any city."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from qgis.core import Qgis, QgsApplication, QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsProject
from qgis.PyQt.QtCore import QCoreApplication, QTimer

from ..layers.sample_town import LAMBERT_93, add_sample_town, sample_files
from ..paths import SAMPLE
from .tasks import AlgorithmRun

if TYPE_CHECKING:
    from qgis.core import QgsRectangle
    from qgis.gui import QgisInterface

Say = Callable[..., None]


class SampleTown:
    """Opens the sample town; a first time through the import algorithms, in the background."""

    def __init__(self, iface: QgisInterface) -> None:
        self.iface = iface
        self.run: AlgorithmRun | None = None

    def open(self, say: Say) -> None:
        """Load the town; `say` shows a sentence (and a level) to the user."""
        if self.run is not None:
            return  # a second click while the first is at work
        folder = Path(QgsApplication.qgisSettingsDirPath()) / "joptimiz"
        folder.mkdir(parents=True, exist_ok=True)
        files = {"delivery_points": folder / "sample_delivery_points.gpkg", "bays": folder / "sample_bays.gpkg"}
        imports = [
            ("joptimiz:importdeliverypoints", SAMPLE / "establishments.csv", files["delivery_points"]),
            ("joptimiz:importbays", SAMPLE / "bays.csv", files["bays"]),
        ]
        self._next([item for item in imports if not item[2].exists()], files, say)

    def _next(self, waiting: list[tuple[str, Path, Path]], files: dict[str, Path], say: Say) -> None:
        self.run = None
        if not waiting:
            self._show(files, say)
            return
        identifier, source, target = waiting[0]

        def done(success: bool, results: dict[str, Any], errors: str) -> None:  # noqa: ARG001 - a task's end
            if success:
                self._next(waiting[1:], files, say)
            else:
                self.run = None
                say(errors or QCoreApplication.translate("SampleTown", "The sample town could not be opened."), Qgis.MessageLevel.Warning)

        self.run = AlgorithmRun(identifier, {"INPUT": str(source), "OUTPUT": str(target)}, done)
        self.run.start()

    def _show(self, files: dict[str, Path], say: Say) -> None:
        sources = {**sample_files(), **{name: str(path) for name, path in files.items()}}
        town = add_sample_town(QgsProject.instance(), sources)["blocks"]
        # QGIS gives an empty project the CRS and the extent of its first layer, in the next turn of the event loop.
        extent, crs = town.extent(), town.crs()
        QTimer.singleShot(0, lambda: self._zoom(extent, crs))
        say(QCoreApplication.translate("SampleTown", "The sample town is open. Now press “Audit the delivery bays”."))

    def _zoom(self, extent: QgsRectangle, crs: QgsCoordinateReferenceSystem) -> None:
        project = QgsProject.instance()
        project.setCrs(QgsCoordinateReferenceSystem(LAMBERT_93))
        extent = QgsCoordinateTransform(crs, project.crs(), project).transformBoundingBox(extent)
        self.iface.mapCanvas().setExtent(extent.buffered(extent.width() * 0.03))
        self.iface.mapCanvas().refresh()
