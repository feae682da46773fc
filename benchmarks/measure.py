"""Wall time and peak memory of whole processes.

Nothing heavy is imported here: a child starts with the peak memory of the process that forked it.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .points import ROOT


@dataclass(frozen=True)
class Measure:
    """One run of one process (and of what it started)."""

    seconds: float
    peak_mb: float


class RunError(Exception):
    """A program that was to be measured failed."""


def measure(command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> Measure:
    """Run `command` from the checkout's folder, its messages into `log`."""
    with log.open("wb") as messages:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=messages, stderr=messages, env={**os.environ, **(environment or {})})
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RunError(f"{' '.join(command)}\nfailed with code {process.returncode}:\n{log.read_text(errors='replace')[-2000:]}")
    return Measure(seconds, usage.ru_maxrss / 1024)
