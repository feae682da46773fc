"""What it costs to filter a map by a moment: one moment for 100 000 bays and 100 000 perimeters, a day hour by hour for a city.

Run as a program (``python -m benchmarks.filter measure FOLDER``, with QGIS) it makes the layers and measures.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from .measure import RunError
from .points import ROOT
from .registry import Benchmark
from .runners import WITH_QGIS
from .table import machine, put_section

MANY = {"bays": 100_000, "perimeters": 100_000}
CITY = {"bays": 9_198, "perimeters": 881}
_RUNS = 3
LIMITS = {"bays": 1.0, "perimeters": 1.0, "frames": 4.0}
"""Seconds at most for each table, frames a second at least."""

FRIDAY = datetime(2026, 11, 20)  # noqa: DTZ001 - local time


def run_filter_benchmark(runs: int | None, folder: Path) -> bool:
    """Measure, print and document; whether all limits are kept."""
    runs = runs or _RUNS
    town = folder / "filter"
    town.mkdir(parents=True, exist_ok=True)
    turns = [_turn(town, folder / "run.log") for _ in range(runs)]
    found = {name: median(turn[name] for turn in turns) for name in turns[0]}
    rows = [
        f"| Build and apply the filter of 100 000 {name}, seconds | {found[name]:.2f} | at most {LIMITS[name]:g} |" for name in ("bays", "perimeters")
    ]
    rows += [f"| Read 100 000 {name} once, in steps, seconds | {found['read_' + name]:.2f} | |" for name in ("bays", "perimeters")]
    rows += [
        f"| A day of a city: frames a second, filtered and drawn | {found['frames']:.1f} | at least {LIMITS['frames']:g} |",
        f"| … filtered only | {found['filtered']:.1f} | |",
        f"| … longest step between two turns of the event loop, milliseconds | {1000 * found['longest']:.0f} | |",
    ]
    passed = found["bays"] <= LIMITS["bays"] and found["perimeters"] <= LIMITS["perimeters"] and found["frames"] >= LIMITS["frames"]
    table = "\n".join(["| Measured | Median | Limit |", "|---|--:|--:|", *rows])
    counts = "GeoPackage; 1 200 distinct opening hours; the city: 9 198 bays and 881 perimeters with rules, 24 steps of an hour, drawn at 1200 × 900"
    verdict = f"{'PASS' if passed else 'FAIL'}: the filters keep their limits. Turns: {runs}."
    print(f"{table}\n\n{counts}\n{verdict}")
    put_section("Filter by a moment", f"{table}\n\n{counts}.\n\n{verdict}\n\nMachine: {machine()}.")
    return passed


def _turn(town: Path, log: Path) -> dict[str, float]:
    with log.open("w") as messages:
        done = subprocess.run(
            [WITH_QGIS, "python", "-m", "benchmarks.filter", "measure", str(town)], cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=messages
        )
    if done.returncode:
        raise RunError(log.read_text(errors="replace")[-2000:])
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def hours(number: int) -> str:
    """One of 1 200 opening hours."""
    days = ("Mo-Fr", "Mo-Sa", "Sa,Su", "Tu,Th", "Mo-Su")[number % 5]
    first, last = 5 + number // 5 % 6, 14 + number // 30 % 8
    minute = 5 * (number // 240 % 5)
    return f"{days} {first:02d}:{minute:02d}-12:00,13:00-{last:02d}:{minute:02d}"


def make(folder: Path, sizes: dict[str, int]) -> None:
    """Bays, perimeters and rules of the given sizes."""
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    import pyogrio
    import shapely

    rng = np.random.default_rng(7)
    texts = [hours(number) for number in range(1_200)]
    count = sizes["bays"]
    places = rng.uniform(0, 10_000, (count, 2)) + np.array([650_000, 6_858_000])
    bays = {"parite_trottoir": "pair", "active": True, "longueur": rng.integers(400, 1500, count).astype(float)}
    bays["temporalite_osm"] = rng.choice(np.array(texts, dtype=object), count)
    gpd.GeoDataFrame(bays, geometry=shapely.points(places), crs=2154).to_file(folder / "bays.gpkg", engine="pyogrio")
    count = sizes["perimeters"]
    corners = rng.uniform(0, 10_000, (count, 2)) + np.array([650_000, 6_858_000])
    starts = [FRIDAY + timedelta(days=int(day)) for day in rng.integers(-60, 30, count)]
    ends = [start + timedelta(days=int(days), hours=19.5) for start, days in zip(starts, rng.integers(1, 40, count))]
    columns = {
        "cle": [f"p{number}" for number in range(count)],
        "type_peri": rng.choice(["Rouge", "Bleu", "Gris", "Blanc"], count),
        "date_debut": [start.isoformat() for start in starts],
        "date_fin": [end.isoformat() for end in ends],
    }
    boxes = shapely.box(corners[:, 0], corners[:, 1], corners[:, 0] + 80, corners[:, 1] + 80)
    gpd.GeoDataFrame(columns, geometry=boxes, crs=2154).to_file(folder / "perimeters.gpkg", engine="pyogrio")
    rules = {"perimetre": columns["cle"], "regl_modalite": "Interdit", "periode_jh": rng.choice(np.array(texts, dtype=object), count)}
    pyogrio.write_dataframe(pd.DataFrame(rules), folder / "rules.gpkg")


def measure(folder: Path) -> dict[str, float]:
    """Seconds and frames of one turn."""
    from qgis.core import QgsApplication

    from joptimiz_qgis.toolkit.dependencies import load_libraries

    application = QgsApplication([], True)
    application.initQgis()
    load_libraries()
    for name, sizes in (("many", MANY), ("city", CITY)):
        place = folder / name
        if not (place / "rules.gpkg").exists():
            place.mkdir(exist_ok=True)
            make(place, sizes)
    found = {}
    for role, layers in (("bays", ("bays",)), ("perimeters", ("rules", "perimeters"))):
        found.update(_many(folder / "many", role, layers))
    found.update(_city(folder / "city"))
    return found


def _opened(folder: Path, names: tuple[str, ...]) -> tuple[Any, Any]:
    from qgis.core import QgsProject, QgsVectorLayer

    from joptimiz_qgis.layers.moment import MomentMap

    project = QgsProject.instance()
    project.clear()
    for name in names:
        project.addMapLayer(QgsVectorLayer(str(folder / f"{name}.gpkg"), name, "ogr"))
    return project, MomentMap(project)


def _many(folder: Path, role: str, names: tuple[str, ...]) -> dict[str, float]:
    """One moment for one large table, its rules read before."""
    from qgis.core import QgsFeatureRequest

    from joptimiz_qgis.toolkit.moment_filter import Question

    _, moment_map = _opened(folder, names)
    start = time.perf_counter()
    for _ in moment_map.prepare():
        pass
    read = time.perf_counter() - start
    if role == "perimeters":  # the rules' own filter is not what is measured
        moment_map.project.removeMapLayer(moment_map.layers()[-1][0].id())
        moment_map._layers = {key: known for key, known in moment_map._layers.items() if known.role == role}  # noqa: SLF001
    start = time.perf_counter()
    shown = list(moment_map.ask(Question(FRIDAY + timedelta(hours=19, minutes=30))))[-1]
    for _ in moment_map.show(shown):
        pass
    seconds = time.perf_counter() - start
    kept = {int(answer.keep.sum()) for answer in shown.answers.values()}
    request = QgsFeatureRequest().setSubsetOfAttributes([]).setFlags(QgsFeatureRequest.Flag.NoGeometry)  # QGIS counts 100 000 rows and more roughly
    counts = {sum(1 for _ in layer.getFeatures(request)) for layer, layer_role in moment_map.layers() if layer_role == role}
    if kept != counts or moment_map.problems:
        raise SystemExit(f"the filter keeps {counts} and not {kept}, so that the times mean nothing: {moment_map.problems}")
    moment_map.restore()
    moment_map.forget()
    return {role: seconds, f"read_{role}": read}


def _city(folder: Path) -> dict[str, float]:
    """A day of a city, hour by hour, each drawn."""
    from qgis.core import QgsMapRendererParallelJob, QgsMapSettings
    from qgis.PyQt.QtCore import QSize

    from joptimiz_qgis.toolkit.moment_filter import Question

    project, moment_map = _opened(folder, ("rules", "bays", "perimeters"))
    for _ in moment_map.prepare():
        pass
    settings = QgsMapSettings()
    layers = [layer for layer in project.mapLayers().values() if layer.isSpatial()]
    settings.setLayers(layers)
    settings.setDestinationCrs(layers[0].crs())
    settings.setOutputSize(QSize(1200, 900))
    settings.setExtent(layers[0].extent())
    filtering, longest = 0.0, 0.0
    start = time.perf_counter()
    for hour in range(24):
        frame = time.perf_counter()
        steps = moment_map.ask(Question(FRIDAY + timedelta(hours=hour)))
        shown = None
        for part in (steps, None):
            running = part if part is not None else moment_map.show(shown)
            before = time.perf_counter()
            for step in running:
                shown = step or shown
                longest, before = max(longest, time.perf_counter() - before), time.perf_counter()
        filtering += time.perf_counter() - frame
        job = QgsMapRendererParallelJob(settings)
        job.start()
        job.waitForFinished()
    seconds = time.perf_counter() - start
    moment_map.restore()
    moment_map.forget()
    return {"frames": 24 / seconds, "filtered": 24 / filtering, "longest": longest}


BENCHMARK = Benchmark("filter", "a map filtered by a moment, and a day that plays", run_filter_benchmark, 40)

if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[2]))))
