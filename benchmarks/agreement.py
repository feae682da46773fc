"""Whether the programs found the same: a benchmark of wrong results is worth nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .points import Size

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from .runners import Runner

TOLERANCE_M = 0.001
_REACH_M = 20


def disagreements(results: Mapping[Runner, Path], size: Size) -> list[str]:
    """What is wrong with the results, in sentences; empty where they agree with each other and with the known count."""
    distances = {runner.name: distances_of(path, runner.distance) for runner, path in results.items() if runner.distance}
    (first, expected), *others = distances.items()
    problems = []
    for name, found in distances.items():
        within = int((found <= _REACH_M).sum())
        if len(found) != size.points or within != size.within_20_m:
            problems.append(f"{name}: {within} of {len(found)} points within {_REACH_M} m, expected {size.within_20_m} of {size.points}")
    for name, found in others:
        gap = (found - expected).abs().max()
        if not gap <= TOLERANCE_M:
            problems.append(f"{name}: a distance differs by {gap} m from {first}")
    return problems


def distances_of(path: Path, column: str) -> pd.Series:
    """Distance of each point by its id; several bays at the same distance (as many rows) count once."""
    import pyogrio

    if path.suffix == ".parquet":
        import pandas as pd

        rows = pd.read_parquet(path, columns=["id", column])
    else:
        rows = pyogrio.read_dataframe(path, columns=["id", column], read_geometry=False)
    return rows.drop_duplicates("id").set_index("id")[column].sort_index()
