"""Figures as a Markdown table, and docs/benchmarks.md kept up to date section by section."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from .measure import Measure
from .points import ROOT, Size
from .runners import WITH_QGIS

DOCUMENT = ROOT / "docs" / "benchmarks.md"

_INTRODUCTION = """\
# Benchmarks

`make bench` runs them all; `.venv/bin/python -m benchmarks NAME` one (`--help` lists them). Each rewrites its section of this
page. `--runs N` takes more turns; do it on an idle machine.

How it is done: every program is a whole process, from its start to its end, and reads and writes GeoPackage. The layers
are the same for all (generated once into `build/bench`, EPSG:2154, the same at every place). The programs run in turns
(A B C A B C …) so that whatever else the machine does falls on all of them; a ratio is the median of the ratios within
a turn. The results are compared before a table is printed: the same number of points within 20 m, every distance the
same within 1 mm. Memory is the largest resident size of the process.
"""


def ratios(turns: Sequence[Measure], reference: Sequence[Measure]) -> list[float]:
    """Seconds relative to the reference in the same turn."""
    return [own.seconds / other.seconds for own, other in zip(turns, reference)]


def coverage_table(measures: Mapping[str, Sequence[Measure]]) -> str:
    """One row a program; the first is the reference of the ratios."""
    reference = next(iter(measures.values()))
    rows = ["| Program | Seconds (median) | Peak memory (MB) | Time against the first |", "|---|--:|--:|--:|"]
    for name, turns in measures.items():
        seconds, peak = median(turn.seconds for turn in turns), median(turn.peak_mb for turn in turns)
        rows.append(f"| `{name}` | {seconds:.2f} | {peak:.0f} | {median(ratios(turns, reference)):.2f} |")
    return "\n".join(rows)


def title_of(name: str, size: Size) -> str:
    counts = f"{size.points:,} points × {size.bays:,} bays".replace(",", " ")
    return f"Coverage, {name}: {counts}"


def machine() -> str:
    """The machine and the programs in words; no names of hosts or users."""
    cores = os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    processor = _found(r"model name\s*: *(.+)", Path("/proc/cpuinfo"))
    system = _found(r'PRETTY_NAME="?([^"\n]+)', Path("/etc/os-release"))
    shown = subprocess.run([WITH_QGIS, "qgis_process", "--version"], capture_output=True, text=True, check=True).stdout
    versions = [re.search(pattern, shown) for pattern in (r"QGIS [\d.]+", r"GDAL/OGR version [\d.]+", r"GEOS version [\d.]+")]
    programs = [match[0].replace(" version", "") for match in versions if match]
    return ", ".join([f"{cores} cores ({processor}), {memory:.0f} GB", system, f"Python {platform.python_version()}", *programs])


def _found(pattern: str, path: Path) -> str:
    match = re.search(pattern, path.read_text(encoding="utf-8")) if path.exists() else None
    return match[1].strip() if match else "unknown"


def put_section(title: str, body: str) -> None:
    """Replace or add the section `title` of the document."""
    text = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    sections = dict(part.split("\n", 1) for part in parts)
    sections[title] = f"\n{body.strip()}\n"
    DOCUMENT.parent.mkdir(exist_ok=True)
    pages = [f"## {name}\n\n{content.strip()}\n" for name, content in sorted(sections.items())]
    DOCUMENT.write_text("\n".join([_INTRODUCTION, *pages]), encoding="utf-8")
