"""The import of a large company file through the dialog: seconds, memory, and whether QGIS stays alive meanwhile."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from statistics import median
from typing import Any

from .points import ROOT
from .registry import Benchmark
from .runners import WITH_QGIS
from .table import machine, put_section

ROWS = 50_000
_RUNS = 3
LIMIT_S, LIMIT_GAP_MS, LIMIT_CANCEL_MS, LIMIT_MB = 30, 100, 1_000, 1_024
_TITLES = {
    "open": "Read, preview, columns recognised",
    "columns": "Page of the columns",
    "check": "Checks",
    "place": "Positions, on the small map",
    "compare": "Comparison with the last import",
    "write": "Written, layers on the map",
}


def run_import_dialog(runs: int | None, folder: Path) -> bool:
    """Measure, print and document; whether all limits are kept."""
    runs = runs or _RUNS
    told = [probe(folder) for _ in range(runs)]
    steps = {name: [one["steps"][name] for one in told] for name in _TITLES}
    rows = [
        f"| {title} | {median(one['seconds'] for one in steps[name]):.1f} | {max(one['longest_ms'] for one in steps[name]):.0f} |"
        for name, title in _TITLES.items()
    ]
    seconds = median(sum(step["seconds"] for step in one["steps"].values()) for one in told)
    gap = max(step["longest_ms"] for one in told for step in one["steps"].values())
    cancel, memory = max(one["cancel_ms"] for one in told), max(one["memory_mb"] for one in told)
    table = "\n".join([f"| {ROWS} customers through the dialog | Seconds | Longest pause of the event loop (ms) |", "|---|--:|--:|", *rows])
    passed = seconds <= LIMIT_S and gap <= LIMIT_GAP_MS and cancel <= LIMIT_CANCEL_MS and memory <= LIMIT_MB
    whole = (
        f"All steps: {seconds:.1f} s. Cancel in the middle of a step: at rest after {cancel:.0f} ms at most. "
        f"Memory of the process, QGIS included: {memory:.0f} MB."
    )
    limits = f"within {LIMIT_S} s, {LIMIT_MB} MB, no pause over {LIMIT_GAP_MS} ms, Cancel within a second"
    verdict = f"{'PASS' if passed else 'FAIL'}: {limits}."
    print(f"{table}\n\n{whole}\n\n{verdict}")
    put_section("A firm’s file through the dialog", f"{table}\n\n{whole}\n\n{verdict} Turns: {runs}.\n\nMachine: {machine()}.")
    return passed


def probe(folder: Path) -> dict[str, Any]:
    """One run in a fresh process."""
    command = [WITH_QGIS, "python", "-m", "benchmarks.import_dialog_probe", str(ROWS), str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found: dict[str, Any] = json.loads(done.strip().splitlines()[-1])
    return found


BENCHMARK = Benchmark("dialog", "fifty thousand customers through the import dialog: do QGIS's windows answer meanwhile?", run_import_dialog, 41)
