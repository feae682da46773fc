"""The parts of an audit that have limits of their own: figures by zone for a region, the walk along a dense network.

Run as a program (``python -m benchmarks.parts zones|walking``) it measures inside a process of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from .measure import RunError
from .points import ROOT, SIZES, Size, generate
from .registry import Benchmark
from .table import machine, put_section

_RUNS = 3
LIMITS = {"zones": 10.0, "walking": 20.0}
"""Seconds at most."""

ZONES = (100, 50)
TOWN = Size(23_348, 9_198, 9_000, 3, 0)
STREETS = 223  # each way: their crossings make 100 000 edges
NAMES = {
    "zones": "By zone: 2 000 000 points × 5 000 polygons, seconds",
    "walking": "Walking distance: 23 348 points, 9 198 bays, a network of 100 000 edges, seconds",
}


def run_parts(runs: int | None, folder: Path) -> bool:
    """Measure, print and document; whether both limits are kept."""
    runs = runs or _RUNS
    found = {name: median(_turn(name, folder) for _ in range(runs)) for name in LIMITS}
    rows = [f"| {NAMES[name]} | {seconds:.2f} | {LIMITS[name]:g} |" for name, seconds in found.items()]
    passed = all(found[name] <= limit for name, limit in LIMITS.items())
    table = "\n".join(["| Measured, without reading and writing | Median | At most |", "|---|--:|--:|", *rows])
    verdict = f"{'PASS' if passed else 'FAIL'}: the parts keep their limits. Turns: {runs}."
    print(f"{table}\n\n{verdict}")
    put_section("Parts of an audit", f"{table}\n\n{verdict}\n\nMachine: {machine()}.")
    return passed


def _turn(name: str, folder: Path) -> float:
    with (folder / "run.log").open("w") as messages:
        done = subprocess.run([sys.executable, "-m", "benchmarks.parts", name], cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=messages)
    if done.returncode:
        raise RunError((folder / "run.log").read_text(errors="replace")[-2000:])
    return float(json.loads(done.stdout))


def zones() -> float:
    """Seconds of `coverage_by_zone`, the points being measured already."""
    import geopandas as gpd
    import numpy as np
    import shapely

    from joptimiz_qgis.toolkit.coverage import bay_coverage
    from joptimiz_qgis.toolkit.zones import coverage_by_zone, totals

    points, bays, _, _ = generate(SIZES["region"])
    shops, places = gpd.GeoSeries(shapely.points(points), crs=2154), gpd.GeoDataFrame(geometry=shapely.points(bays), crs=2154)
    rows = bay_coverage(shops, places).rows
    (west, south), (east, north) = points.min(axis=0) - 1, points.max(axis=0) + 1
    x, y = np.linspace(west, east, ZONES[0] + 1), np.linspace(south, north, ZONES[1] + 1)
    cells = [shapely.box(x[i], y[j], x[i + 1], y[j + 1]) for i in range(ZONES[0]) for j in range(ZONES[1])]
    areas = gpd.GeoDataFrame({"nom": [f"Zone {number}" for number in range(len(cells))]}, geometry=cells, crs=2154)
    start = time.perf_counter()
    found = totals(coverage_by_zone(shops, rows, areas, bays=places).rows)
    seconds = time.perf_counter() - start
    if (found["points"], found["covered"]) != (len(points), SIZES["region"].within_20_m):
        raise SystemExit(f"the zones do not add up to the whole, so that the time means nothing: {found}")
    return seconds


def walking() -> float:
    """Seconds of making the network out of crossing lines, and of walking on it."""
    import geopandas as gpd
    import numpy as np
    import shapely

    from joptimiz_qgis.toolkit.network import walking_coverage, walking_network

    points, bays, _, _ = generate(TOWN)
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    across = [shapely.LineString([(west, height), (east, height)]) for height in np.linspace(south, north, STREETS)]
    along = [shapely.LineString([(place, south), (place, north)]) for place in np.linspace(west, east, STREETS)]
    lines = gpd.GeoSeries([*across, *along], crs=2154)
    shops, places = gpd.GeoSeries(shapely.points(points), crs=2154), gpd.GeoDataFrame(geometry=shapely.points(bays), crs=2154)
    start = time.perf_counter()
    network = walking_network(lines, "split", crs=lines.crs)
    walk = walking_coverage(shops, places, network, 20.0, 30.0)
    seconds = time.perf_counter() - start
    if walk.summary.points_snapped < len(points) / 2:
        raise SystemExit("most points are off the network, so that the time means nothing")
    return seconds


BENCHMARK = Benchmark("parts", "by zone for a region, the walk on a dense network", run_parts, 35)

if __name__ == "__main__":
    print(json.dumps({"zones": zones, "walking": walking}[sys.argv[1]]()))
