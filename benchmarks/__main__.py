"""Measure, print tables, write docs/benchmarks.md; exit code 1 where one of the limits is not kept.

python -m benchmarks                       all of them, one after the other
python -m benchmarks NAME… [--runs N]      these only
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from .measure import RunError
from .points import ROOT
from .registry import Benchmark, all_benchmarks

FOLDER = ROOT / "build" / "bench"


def main() -> int:
    known = all_benchmarks()
    listed = "\n".join(f"  {name:14} {entry.about}" for name, entry in known.items())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=f"{__doc__}\n{listed}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which (default: all)")
    parser.add_argument("--runs", type=int, help="turns; each benchmark has its own number unless given")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(known))
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are: {', '.join(known)}")
    if options.runs is not None and options.runs < 1:
        parser.error("--runs must be at least 1")
    FOLDER.mkdir(parents=True, exist_ok=True)
    failed = [name for name in options.names or known if not _passes(known[name], options.runs)]
    if failed:
        sys.stderr.write(f"benchmarks: not within their limits, or not run to the end: {', '.join(failed)}\n")
    return 1 if failed else 0


def _passes(benchmark: Benchmark, runs: int | None) -> bool:
    sys.stderr.write(f"\n== {benchmark.name}: {benchmark.about}\n")
    try:
        return benchmark.run(runs, FOLDER)
    except (RunError, subprocess.CalledProcessError) as error:  # the others are still run
        sys.stderr.write(f"benchmarks: {error}\n{getattr(error, 'stderr', None) or ''}\n")
        return False


if __name__ == "__main__":
    sys.exit(main())
