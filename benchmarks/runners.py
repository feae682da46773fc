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
        Column of the result that holds the distance to the nearest bay, in metres; empty for a mere copy.
    ending : str
        Of the result.
    """

    name: str
    command: Callable[[Files, Path], list[str]]
    distance: str
    ending: str = ".gpkg"


def _qgis(algorithm: str, points: str, bays: str, *more: str) -> Callable[[Files, Path], list[str]]:
    def command(files: Files, output: Path) -> list[str]:
        values = [f"{points}={files.points}", f"{bays}={files.bays}", f"OUTPUT={output}"]
        return [WITH_QGIS, "qgis_process", "run", algorithm, "--", *values, *more]

    return command


def shell(points: Path, bays: Path, output: Path, *more: str) -> list[str]:
    layers = ["--points", str(points), "--bays", str(bays)]
    return [sys.executable, "-m", "joptimiz_qgis", "coverage", "--quiet", *layers, "--output", str(output), *more]


def _shell(files: Files, output: Path) -> list[str]:
    return shell(files.points, files.bays, output)


def _columns(files: Files, output: Path) -> list[str]:
    return shell(files.parquet_points, files.parquet_bays, output)


def _peer(name: str) -> Callable[[Files, Path], list[str]]:
    def command(files: Files, output: Path) -> list[str]:
        return [sys.executable, "-m", "benchmarks.peers_probe", name, str(files.points), str(files.bays), str(output)]

    return command


def _system_copy(files: Files, output: Path) -> list[str]:
    return ["ogr2ogr", "--config", "OGR_SQLITE_SYNCHRONOUS", "OFF", "-f", "GPKG", str(output), str(files.points)]


NATIVE = Runner("native:joinbynearest", _qgis("native:joinbynearest", "INPUT", "INPUT_2", "NEIGHBORS=1"), "distance")
OURS = Runner("joptimiz:baycoverage", _qgis("joptimiz:baycoverage", "POINTS", "BAYS"), "distance_m")
SHELL = Runner("python -m joptimiz_qgis coverage", _shell, "distance_m")
COLUMNS = Runner("python -m joptimiz_qgis coverage, GeoParquet", _columns, "distance_m", ".parquet")
SJOIN = Runner("geopandas.sjoin_nearest", _peer("sjoin"), "distance")
COPY = Runner("copy: Arrow, the wheel's GDAL", _peer("copy"), "")
SYSTEM_COPY = Runner("copy: ogr2ogr, QGIS's GDAL", _system_copy, "")

# Each measures the distance of every point, whatever the carrying distance. The first is what the others are compared with.
RUNNERS = (NATIVE, OURS, SHELL, COLUMNS, SJOIN, COPY, SYSTEM_COPY)
