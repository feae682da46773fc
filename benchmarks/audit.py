"""What a whole audit costs: the report of a town the size of Paris, and the week's profile beside one audit at one moment.

Run as a program (``python -m benchmarks.audit make|week FOLDER``) it makes the files, or measures inside a process of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from .measure import Measure, measure
from .points import ROOT, Size, generate
from .registry import Benchmark
from .table import machine, put_section

TOWN = Size(23_348, 9_198, 9_000, 3, 0)
ZONES = (31, 32)
HOURS = ("Mo-Sa 07:00-20:00", "Mo-Fr 06:00-11:00", "19:30-07:30,09:30-16:30", "Mo-Su 00:00-24:00", "Tu,Th 08:00-12:00; PH off", None)
_RUNS = 3
LIMITS = {"seconds": 60, "peak_mb": 1536, "report_mb": 15, "week_ratio": 3}
"""What the project asks for: a report in a minute, in 1.5 GB, of 15 MB at most; a week for less than three audits."""


def run_audit_benchmark(runs: int | None, folder: Path) -> bool:
    """Measure, print and document; whether all limits are kept."""
    runs = runs or _RUNS
    town = folder / "town"
    if not (town / "zones.gpkg").exists():
        subprocess.run([sys.executable, "-m", "benchmarks.audit", "make", str(town)], cwd=ROOT, check=True)
    reports = [_report(town, folder / "run.log") for _ in range(runs)]
    week = json.loads(subprocess.run([sys.executable, "-m", "benchmarks.audit", "week", str(town)], cwd=ROOT, check=True, capture_output=True).stdout)
    found = {
        "seconds": median(turn.seconds for turn in reports),
        "peak_mb": median(turn.peak_mb for turn in reports),
        "report_mb": (town / "report.html").stat().st_size / 1e6,
        "week_ratio": week["ratio"],
    }
    names = ("Report, seconds", "Report, peak memory (MB)", "Report, HTML file (MB)", "Week profile (168 hours) against one audit at one moment")
    rows = [f"| {name} | {found[key]:.2f} | {LIMITS[key]} |" for name, key in zip(names, LIMITS)]
    passed = all(found[key] <= limit for key, limit in LIMITS.items())
    table = "\n".join(["| Measured | Median | At most |", "|---|--:|--:|", *rows])
    counts = f"{TOWN.points} points, {TOWN.bays} bays with hours, {ZONES[0] * ZONES[1]} zones; `coverage --zones --category --report`, whole process"
    verdict = f"{'PASS' if passed else 'FAIL'}: the audit keeps its limits. Turns: {runs}."
    print(f"{table}\n\n{counts}\n{verdict}")
    put_section("Audit with report", f"{table}\n\n{counts}.\n\n{verdict}\n\nMachine: {machine()}.")
    return passed


def _report(town: Path, log: Path) -> Measure:
    for old in (town / "report.html", town / "audit.gpkg"):
        old.unlink(missing_ok=True)
    given = {name: str(town / f"{name}.gpkg") for name in ("points", "bays", "zones")}
    options = [part for name, path in given.items() for part in (f"--{name}", path)]
    outputs = ["--report", str(town / "report.html"), "-o", str(town / "audit.gpkg"), "--quiet"]
    return measure([sys.executable, "-m", "joptimiz_qgis", "coverage", *options, "--category", "naf", *outputs], log)


def make(folder: Path) -> None:
    """The town's layers, the same every time."""
    import geopandas as gpd
    import numpy as np
    import shapely

    folder.mkdir(parents=True, exist_ok=True)
    points, bays, activity, length = generate(TOWN)
    codes = np.array(["5610A", "4711B", "1071C", "4771Z", "4773Z", "9602A", "6910Z", "4520A"])
    hours = np.array(HOURS, dtype=object)
    shops = gpd.GeoDataFrame({"naf": codes[activity % len(codes)]}, geometry=shapely.points(points), crs=2154)
    columns = {"id": np.arange(len(bays)).astype(str), "longueur": length * 100, "temporalite_osm": hours[np.arange(len(bays)) % len(hours)]}
    places = gpd.GeoDataFrame(columns, geometry=shapely.points(bays), crs=2154)
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    x, y = np.linspace(west, east, ZONES[0] + 1), np.linspace(south, north, ZONES[1] + 1)
    cells = [shapely.box(x[i], y[j], x[i + 1], y[j + 1]) for i in range(ZONES[0]) for j in range(ZONES[1])]
    zones = gpd.GeoDataFrame({"nom": [f"Zone {number}" for number in range(len(cells))]}, geometry=cells, crs=2154)
    for name, table in (("points", shops), ("bays", places), ("zones", zones)):
        table.to_file(folder / f"{name}.gpkg", engine="pyogrio")


def week(folder: Path, turns: int = 5) -> dict[str, float]:
    """Seconds of one audit at a moment and of the week's profile, in turns, and the median of their ratios."""
    from datetime import date, datetime

    from joptimiz_qgis.toolkit.coverage import bay_coverage
    from joptimiz_qgis.toolkit.read.bays import read_bays
    from joptimiz_qgis.toolkit.read.delivery_points import read_delivery_points
    from joptimiz_qgis.toolkit.week_profile import week_profile

    points, bays = read_delivery_points(folder / "points.gpkg").table, read_bays(folder / "bays.gpkg").table
    moment = datetime(2026, 11, 17, 10)  # noqa: DTZ001 - local time
    once, all_week = [], []
    for _ in range(turns + 1):
        start = time.perf_counter()
        at_once = bay_coverage(points.geometry, bays, at=moment)
        middle = time.perf_counter()
        profile = week_profile(points.geometry, bays, 20.0, date(2026, 11, 16))
        once.append(middle - start)
        all_week.append(time.perf_counter() - middle)
        row = profile.rows.query("day == 1 and hour == 10").iloc[0]
        if int(row["covered"]) != at_once.summary.covered:
            raise SystemExit("the week's profile and the audit differ, so that the times mean nothing")
    ratio = median(whole / single for whole, single in zip(all_week[1:], once[1:]))  # the first turn loads what is loaded late
    return {"audit": median(once[1:]), "week": median(all_week[1:]), "ratio": ratio}


BENCHMARK = Benchmark("audit", "the report of a town, and the week beside one audit", run_audit_benchmark, 30)

if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(Path(sys.argv[2]))
    else:
        print(json.dumps(week(Path(sys.argv[2]))))
