"""Coverage of delivery points by bays, side by side with QGIS's own algorithm for the nearest feature."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from .agreement import disagreements
from .measure import Measure, RunError, measure
from .points import SIZES, ready_files
from .registry import Benchmark
from .runners import COLUMNS, COPY, NATIVE, OURS, RUNNERS, SHELL, SYSTEM_COPY, Runner, shell
from .table import coverage_table, machine, put_section, ratios, title_of

_RUNS = 3
Limit = tuple[str, Runner, Runner, Callable[[float], bool]]
LIMITS: dict[str, tuple[Limit, ...]] = {
    "city": (("in QGIS at least 2 times as fast as native:joinbynearest", OURS, NATIVE, lambda ratio: ratio <= 1 / 2),),
    "region": (
        ("by the shell at least 6 times as fast as native:joinbynearest", SHELL, NATIVE, lambda ratio: ratio <= 1 / 6),
        ("by the shell at most 1.25 times the copy in columns", SHELL, COPY, lambda ratio: ratio <= 1.25),
        ("GeoParquet at least 20 times as fast as native:joinbynearest", COLUMNS, NATIVE, lambda ratio: ratio <= 1 / 20),
        ("in QGIS at most 1.3 times the copy by its GDAL", OURS, SYSTEM_COPY, lambda ratio: ratio <= 1.3),
    ),
}
"""What the project asks for: median ratio of the seconds of two programs in the same turn."""


def run_coverage(name: str, runs: int | None, folder: Path) -> bool:
    """Measure all programs in turns, compare their results, print and document."""
    runs = runs or _RUNS
    files = ready_files(name, folder)
    outputs = {runner: folder / f"out_{number}{runner.ending}" for number, runner in enumerate(RUNNERS)}
    measures: dict[str, list[Measure]] = {runner.name: [] for runner in RUNNERS}
    for turn in range(1, runs + 1):
        for runner, output in outputs.items():
            remove(output)
            result = measure(runner.command(files, output), folder / "run.log")
            measures[runner.name].append(result)
            sys.stderr.write(f"{turn}/{runs}  {result.seconds:6.2f} s  {result.peak_mb:6.0f} MB  {runner.name}\n")
    problems = disagreements(outputs, SIZES[name])
    if problems:
        raise RunError("the results differ, so that the times mean nothing:\n" + "\n".join(problems))
    kept = {told: ok(median(ratios(measures[one.name], measures[other.name]))) for told, one, other, ok in LIMITS[name]}
    verdict = "\n".join(f"- {'PASS' if passed else 'FAIL'}: {told}." for told, passed in kept.items())
    agreed = f"All agree: {SIZES[name].within_20_m} points within 20 m, every distance the same within 1 mm."
    table = coverage_table(measures)
    print(f"{title_of(name, SIZES[name])}\n\n{table}\n\n{agreed}\n{verdict}")
    put_section(title_of(name, SIZES[name]), f"{table}\n\n{agreed}\n\n{verdict}\n\nTurns: {runs}.\n\nMachine: {machine()}.")
    return all(kept.values())


def run_country(runs: int | None, folder: Path) -> bool:
    """Fifteen million points in one process, from GeoParquet to GeoParquet, and a part of them, for the growth."""
    import math

    files, whole = ready_files("country", folder), SIZES["country"]
    million = folder / "points_country_1m.parquet"
    if not million.exists():
        code = "import sys, pyarrow.parquet as pq; f = pq.ParquetFile(sys.argv[1]); pq.write_table(f.read_row_group(0), sys.argv[2])"
        subprocess.run([sys.executable, "-c", code, str(files.parquet_points), str(million)], check=True)
    output, found = folder / "out_country.parquet", {}
    for points in (million, files.parquet_points):
        turns = []
        for _ in range(runs or 1):
            remove(output)
            turns.append(measure(shell(points, files.parquet_bays, output), folder / "run.log"))
        found[points] = Measure(median(turn.seconds for turn in turns), max(turn.peak_mb for turn in turns))
    within = json.loads((folder / "run.log").read_text(encoding="utf-8").splitlines()[-1])["covered"]
    if within != whole.within_20_m:
        raise RunError(f"{within} points within 20 m, expected {whole.within_20_m}")
    small, large = found.values()
    exponent = math.log(large.seconds / small.seconds) / math.log(15)
    checks = (large.seconds <= 60, large.peak_mb <= 4096, exponent <= 1.05)
    sizes = zip((1_000_000, whole.points), (small, large))
    rows = [f"| {points:,} | {turn.seconds:.2f} | {turn.peak_mb:.0f} |".replace(",", " ") for points, turn in sizes]
    table = "\n".join(["| Points | Seconds | Peak memory (MB) |", "|--:|--:|--:|", *rows])
    limits = zip(checks, ("under 60 s", "under 4 GB", f"time grows with the power {exponent:.2f}, at most 1.05"))
    told = "\n".join(f"- {'PASS' if passed else 'FAIL'}: {limit}." for passed, limit in limits)
    body = f"GeoParquet to GeoParquet by `coverage`, one process; {within} points within 20 m.\n\n{table}\n\n{told}"
    print(body)
    put_section(title_of("country", whole), f"{body}\n\nMachine: {machine()}.")
    return all(checks)


def remove(output: Path) -> None:
    for path in (output, *(output.with_name(output.name + ending) for ending in ("-wal", "-shm", "-journal"))):
        path.unlink(missing_ok=True)


BENCHMARK = (
    Benchmark("city", "coverage of 200 000 points by 10 000 bays beside its peers", partial(run_coverage, "city"), 10),
    Benchmark("region", "coverage of 2 000 000 points by 60 000 bays beside its peers", partial(run_coverage, "region"), 15),
    Benchmark("country", "coverage of 15 000 000 points by 100 000 bays, ours only", run_country, 20),
)
