"""The programs that are compared: how each is started on the same files, and which column of its result is the distance."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from .points import ROOT, Files

WITH_QGIS = str(ROOT / "scripts" / "with-qgis")


@dataclass(frozen=True)
class Runner:
    """One program.

    Attributes
    ----------
    command : callable
        Files and the GeoPackage to write → the command line.
    distance : str
        Column of the result that holds the distance to the nearest bay, in metres.
    """

    name: str
    command: Callable[[Files, Path], list[str]]
    distance: str


def _qgis(algorithm: str, points: str, bays: str, *more: str) -> Callable[[Files, Path], list[str]]:
    def command(files: Files, output: Path) -> list[str]:
        values = [f"{points}={files.points}", f"{bays}={files.bays}", f"OUTPUT={output}"]
        return [WITH_QGIS, "qgis_process", "run", algorithm, "--", *values, *more]

    return command


def _shell(files: Files, output: Path) -> list[str]:
    layers = ["--points", str(files.points), "--bays", str(files.bays)]
    return [sys.executable, "-m", "joptimiz_qgis", "coverage", "--quiet", *layers, "--output", str(output)]


NATIVE = Runner("native:joinbynearest", _qgis("native:joinbynearest", "INPUT", "INPUT_2", "NEIGHBORS=1"), "distance")
OURS = Runner("joptimiz:baycoverage", _qgis("joptimiz:baycoverage", "POINTS", "BAYS"), "distance_m")
SHELL = Runner("python -m joptimiz_qgis coverage", _shell, "distance_m")

# Each measures the distance of every point, whatever the carrying distance. The first is what the others are compared with.
RUNNERS = (NATIVE, OURS, SHELL)
