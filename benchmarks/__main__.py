"""Measure, print a table, write docs/benchmarks.md; exit code 1 where the plugin is slower than it may be.

python -m benchmarks [coverage] [--size city] [--runs N]    coverage beside QGIS's own nearest-feature join
python -m benchmarks audit [--runs N]                       the report of a town, and the week beside one audit
python -m benchmarks filter [--runs N]                      a map filtered by a moment, and a day that plays
python -m benchmarks merge [--runs N]                       a made-up survey of Paris against its inventory
python -m benchmarks company [--runs N]                     50 000 customers through the import dialog
python -m benchmarks start [--runs N]                       what the plugin adds to the start of QGIS
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import median

from .agreement import disagreements
from .audit import run_audit_benchmark
from .company import run_company
from .filter import run_filter_benchmark
from .measure import Measure, RunError, measure
from .merge import run_merge_benchmark
from .points import ROOT, SIZES, ready_files
from .runners import NATIVE, OURS, RUNNERS
from .start import run_start
from .table import coverage_table, machine, put_section, ratios, title_of

FOLDER = ROOT / "build" / "bench"
_RUNS = 3


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = ("coverage", "audit", "filter", "company", "merge", "start")
    parser.add_argument("what", nargs="?", choices=kinds, default="coverage")
    parser.add_argument("--size", choices=SIZES, default="city")
    parser.add_argument("--runs", type=int, help=f"turns, {_RUNS} for coverage and 7 for start unless given")
    options = parser.parse_args()
    if options.runs is not None and options.runs < 1:
        parser.error("--runs must be at least 1")
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        if options.what == "start":
            passed = run_start(options.runs, FOLDER)
        elif options.what == "filter":
            passed = run_filter_benchmark(options.runs or _RUNS, FOLDER)
        elif options.what == "merge":
            passed = run_merge_benchmark(options.runs or _RUNS, FOLDER)
        elif options.what == "company":
            passed = run_company(options.runs or _RUNS, FOLDER)
        elif options.what == "audit":
            passed = run_audit_benchmark(options.runs or _RUNS, FOLDER)
        else:
            passed = run_coverage(options.size, options.runs or _RUNS)
    except RunError as error:
        sys.stderr.write(f"benchmarks: {error}\n")
        return 1
    return 0 if passed else 1


def run_coverage(name: str, runs: int) -> bool:
    """Measure all programs in turns, compare their results, print and document."""
    files = ready_files(name, FOLDER)
    outputs = {runner: FOLDER / f"out_{number}.gpkg" for number, runner in enumerate(RUNNERS)}
    measures: dict[str, list[Measure]] = {runner.name: [] for runner in RUNNERS}
    for turn in range(1, runs + 1):
        for runner, output in outputs.items():
            remove(output)
            result = measure(runner.command(files, output), FOLDER / "run.log")
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


if __name__ == "__main__":
    sys.exit(main())
