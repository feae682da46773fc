"""The benchmarks there are: a module of this package with a `BENCHMARK` is one, nothing else has to be touched to add it.

All modules are imported to look, so that none may import a heavy library at its head (those named ``…_probe`` are programs
of their own and are left out).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Benchmark:
    """One benchmark.

    Attributes
    ----------
    name : str
        What is typed to run it alone.
    about : str
        One line for ``--help``.
    run : callable
        Number of turns (None: its own default) and the folder for generated files (below ``build``) → whether its limits are
        kept. It prints its table and puts its section into docs/benchmarks.md (`table.put_section`).
    place : int
        Where it comes when all are run: the small first.
    """

    name: str
    about: str
    run: Callable[[int | None, Path], bool]
    place: int = 50


def all_benchmarks() -> dict[str, Benchmark]:
    """Every benchmark by its name, in the order of a run."""
    folder = Path(__file__).parent
    names = [module.name for module in pkgutil.iter_modules([str(folder)]) if not module.name.endswith(("_probe", "__main__"))]
    modules = [importlib.import_module(f"{__package__}.{name}") for name in names]
    found = [entry for module in modules for entry in _entries(module)]
    return {entry.name: entry for entry in sorted(found, key=lambda entry: (entry.place, entry.name))}


def _entries(module: object) -> tuple[Benchmark, ...]:
    entry = getattr(module, "BENCHMARK", ())
    return (entry,) if isinstance(entry, Benchmark) else tuple(entry)
