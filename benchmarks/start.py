"""What the plugin adds to the start of QGIS."""

from __future__ import annotations

import subprocess
from pathlib import Path
from statistics import median

from .measure import measure
from .points import ROOT
from .registry import Benchmark
from .runners import WITH_QGIS
from .table import machine, put_section

LIMIT_MS = 150
_RUNS = 7
_SETTINGS = "[PythonPlugins]\njoptimiz_qgis={enabled}\nprocessing=true\n\n[qgis]\ncheckVersion=false\n"


def run_start(runs: int | None, folder: Path) -> bool:
    """Measure, print and document; whether the plugin keeps within the limit."""
    runs = runs or _RUNS
    headless = [probe_ms() for _ in range(runs)]
    window = [probe_ms("window") for _ in range(runs)]
    added = whole_process_ms(runs, folder)
    passed = max(median(headless), median(window)) <= LIMIT_MS
    rows = (
        ("`import`, `classFactory`, `initProcessing` (as under `qgis_process`)", headless),
        ("`import`, `classFactory`, `initGui` (main window: dock, menu, button)", window),
        ("`qgis_process list` with the plugin, less without it (whole processes, in turns)", added),
    )
    lines = [f"| {what} | {median(times):.0f} | {min(times):.0f} – {max(times):.0f} |" for what, times in rows]
    table = "\n".join([f"| Milliseconds, {runs} fresh processes each | Median | Range |", "|---|--:|--:|", *lines])
    verdict = f"{'PASS' if passed else 'FAIL'}: loading the plugin takes at most {LIMIT_MS} ms."
    print(f"{table}\n\n{verdict}")
    put_section("Start of QGIS with the plugin", f"{table}\n\n{verdict}\n\nMachine: {machine()}.")
    return passed


def probe_ms(*arguments: str) -> float:
    """Milliseconds that loading takes in a fresh process."""
    command = [WITH_QGIS, "python", "-m", "benchmarks.start_probe", *arguments]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return float(shown.strip().splitlines()[-1])


def whole_process_ms(runs: int, folder: Path) -> list[float]:
    """Differences of pairs of `qgis_process list`, with and without the plugin, after one of each that counts for nothing."""
    profiles = {enabled: profile_with(enabled, folder) for enabled in ("false", "true")}
    seconds: dict[str, list[float]] = {"false": [], "true": []}
    for _ in range(runs + 1):
        for enabled, profile in profiles.items():
            command = [WITH_QGIS, "qgis_process", "list"]
            seconds[enabled].append(measure(command, folder / "list.log", {"JOPTIMIZ_PROFILE": str(profile)}).seconds)
            listed = "joptimiz:baycoverage" in (folder / "list.log").read_text(encoding="utf-8")
            if listed != (enabled == "true"):
                raise AssertionError(f"plugin enabled={enabled}, but its algorithms listed={listed}")
    return [1000 * (own - without) for own, without in zip(seconds["true"][1:], seconds["false"][1:])]


def profile_with(enabled: str, folder: Path) -> Path:
    """A profile folder in which the plugin is enabled or not."""
    profile = folder / f"profile-{enabled}"
    settings = profile / "profiles" / "default" / "QGIS" / "QGIS3.ini"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(_SETTINGS.format(enabled=enabled), encoding="utf-8")
    profile.chmod(0o700)  # it also serves as XDG_RUNTIME_DIR
    return profile


BENCHMARK = Benchmark("start", "what the plugin adds to the start of QGIS", run_start, 5)
