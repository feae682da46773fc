"""Coverage of delivery points by bays, side by side with QGIS's own algorithm for the nearest feature."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from statistics import median

from .agreement import disagreements
from .measure import Measure, RunError, measure
from .points import SIZES, ready_files
from .registry import Benchmark
from .runners import NATIVE, OURS, RUNNERS
from .table import coverage_table, machine, put_section, ratios, title_of

_RUNS = 3


def run_coverage(name: str, runs: int | None, folder: Path) -> bool:
    """Measure all programs in turns, compare their results, print and document."""
    runs = runs or _RUNS
    files = ready_files(name, folder)
    outputs = {runner: folder / f"out_{number}.gpkg" for number, runner in enumerate(RUNNERS)}
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
    passed = median(ratios(measures[OURS.name], measures[NATIVE.name])) <= 1
    verdict = f"{'PASS' if passed else 'FAIL'}: {OURS.name} is no slower than {NATIVE.name}."
    agreed = f"All agree: {SIZES[name].within_20_m} points within 20 m, every distance the same within 1 mm."
    table = coverage_table(measures)
    print(f"{title_of(name, SIZES[name])}\n\n{table}\n\n{agreed}\n{verdict}")
    put_section(title_of(name, SIZES[name]), f"{table}\n\n{agreed}\n\n{verdict} Turns: {runs}.\n\nMachine: {machine()}.")
    return passed


def remove(output: Path) -> None:
    for path in (output, *(output.with_name(output.name + ending) for ending in ("-wal", "-shm", "-journal"))):
        path.unlink(missing_ok=True)


BENCHMARK = tuple(
    Benchmark(name, f"coverage of {size.points:,} points by {size.bays:,} bays beside its peers".replace(",", " "), partial(run_coverage, name), 10)
    for name, size in SIZES.items()
)
