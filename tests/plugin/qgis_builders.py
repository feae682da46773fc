"""Small QGIS layers for tests, with the values that matter in sight, and a feedback that remembers."""

# ruff: noqa: N802, N803 - QGIS's names

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from qgis.core import QgsApplication, QgsFeature, QgsGeometry, QgsProcessingFeedback, QgsVectorFileWriter, QgsVectorLayer

PARIS = (652_000.0, 6_862_000.0)
"""Lambert-93, near the town hall: what lies around it is in metres and in France."""

RESULT_FIELDS = ["covered", "nearest_bay", "distance_m", "bays_within", "band"]


def around_paris(*offsets: tuple[float, float]) -> list[str]:
    """WKT of points so many metres east and north of `PARIS`."""
    return [f"Point ({PARIS[0] + east} {PARIS[1] + north})" for east, north in offsets]


def layer(shapes: Iterable[str | None], kind: str = "Point", crs: str = "EPSG:2154", name: str = "layer", **columns: list[Any]) -> QgsVectorLayer:
    """A memory layer: WKT (None for a null geometry), text columns."""
    fields = "".join(f"&field={column}:string" for column in columns)
    made = QgsVectorLayer(f"{kind}?crs={crs}{fields}", name, "memory")
    features = []
    for number, shape in enumerate(shapes):
        feature = QgsFeature(made.fields())
        feature.setAttributes([values[number] for values in columns.values()])
        if shape is not None:
            feature.setGeometry(QgsGeometry.fromWkt(shape))
        features.append(feature)
    assert made.isValid()
    assert made.dataProvider().addFeatures(features)[0]
    made.updateExtents()
    return made


def east(*metres: float, **options: Any) -> QgsVectorLayer:
    """Points so many metres east of `PARIS`; a column ``nom`` says how many."""
    return layer(around_paris(*((metre, 0) for metre in metres)), nom=[f"{metre:g}" for metre in metres], **options)


def bays(*metres: float, **options: Any) -> QgsVectorLayer:
    """Bays so many metres east of `PARIS`, called B1, B2…"""
    return layer(around_paris(*((metre, 0) for metre in metres)), id=[f"B{number}" for number, _ in enumerate(metres, 1)], **options)


def saved(made: QgsVectorLayer, path: Path, table: str = "", driver: str = "GPKG") -> str:
    """`made` written to `path` by QGIS; the source to open it with."""
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = driver
    options.layerName = table or path.stem
    if path.exists():
        options.actionOnExistingFile = QgsVectorFileWriter.ActionOnExistingFile.CreateOrOverwriteLayer
    error = QgsVectorFileWriter.writeAsVectorFormatV3(made, str(path), made.transformContext(), options)
    assert error[0] == QgsVectorFileWriter.WriterError.NoError, error
    return f"{path}|layername={table}" if table else str(path)


def opened(source: Any) -> QgsVectorLayer:
    """What an algorithm returned, as a layer."""
    made = source if isinstance(source, QgsVectorLayer) else QgsVectorLayer(str(source), "opened", "ogr")
    assert made.isValid(), source
    return made


def column(source: Any, name: str) -> list[Any]:
    """Values of a field in the layer's order; None for NULL."""
    return [feature[name] or (None if not isinstance(feature[name], (int, float, str)) else feature[name]) for feature in opened(source).getFeatures()]


def finish(condition: Callable[[], Any], seconds: float = 30) -> None:
    """Let QGIS's event loop run until `condition()`."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        QgsApplication.processEvents()
        time.sleep(0.005)
    assert condition()


def said(dock: Any) -> str:
    """What the panel shows at its top."""
    return dock.message.text() if dock.message.isVisibleTo(dock) else ""


class Feedback(QgsProcessingFeedback):
    """Remembers what was said; cancels itself at a given progress."""

    def __init__(self, cancel_at: float | None = None) -> None:
        super().__init__(False)
        self.said: list[str] = []
        self.errors: list[str] = []
        self.cancelled_at = 0.0
        self._cancel_at = cancel_at
        self.progressChanged.connect(self._progressed)

    def pushInfo(self, text: str) -> None:
        self.said.append(text)

    def pushWarning(self, text: str) -> None:
        self.said.append(text)

    def reportError(self, text: str, fatalError: bool = False) -> None:
        self.errors.append(text)

    def _progressed(self, percent: float) -> None:
        if self._cancel_at is not None and percent >= self._cancel_at and not self.cancelled_at:
            self.cancelled_at = time.monotonic()
            self.cancel()
