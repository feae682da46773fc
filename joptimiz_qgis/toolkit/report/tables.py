"""Tables of the audit report: cells with the text that is read and the value by which a click on the header sorts."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..messages import Message, count, decimal, percent


@dataclass(frozen=True)
class Column:
    """One column: its place in the data, its header and how its values are written."""

    key: str
    header: Message
    write: Callable[[Any], str]
    number: bool = True


def _whole(value: float) -> str:
    return count(round(value))


INDICATORS = (
    Column("points", Message("Delivery points"), _whole),
    Column("covered", Message("Points covered"), _whole),
    Column("share_points", Message("Share of points"), percent),
    Column("movements", Message("Movements per week"), _whole),
    Column("movements_covered", Message("Movements covered"), _whole),
    Column("share_movements", Message("Share of movements"), percent),
    Column("median_distance_m", Message("Median distance (m)"), decimal),
    Column("mean_distance_m", Message("Mean distance (m)"), decimal),
    Column("bays", Message("Usable bays"), _whole),
    Column("points_per_bay", Message("Points per bay"), decimal),
    Column("movements_per_bay", Message("Movements per bay"), decimal),
)
ZONE_COLUMNS = (Column("zone", Message("Zone"), str, number=False), *INDICATORS)
CATEGORY_COLUMNS = (Column("category", Message("Category"), str, number=False), *INDICATORS)
GAP_COLUMNS = (
    Column("rank", Message("Rank"), _whole),
    Column("points", Message("Points not covered"), _whole),
    Column("movements", Message("Movements per week"), _whole),
    Column("spread_m", Message("Extent (m)"), _whole),
    Column("median_distance_m", Message("Median distance (m)"), decimal),
    Column("main_activities", Message("Main activities"), str, number=False),
)


def table(data: pd.DataFrame, columns: tuple[Column, ...]) -> dict[str, Any]:
    """Header and rows for the template; columns that `data` lacks, or in which it has no value, are left out."""
    kept = [column for column in columns if column.key in data and data[column.key].notna().any()]
    written = [[_cell(column, value) for value in data[column.key]] for column in kept]
    header = [{"key": column.key, "text": str(column.header), "number": column.number} for column in kept]
    return {"header": header, "rows": list(zip(*written))}


def _cell(column: Column, value: Any) -> dict[str, Any]:
    """Text of a value and what it sorts by; an en dash and nothing where there is no value."""
    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return {"text": "–", "sort": "", "number": column.number}
    return {"text": column.write(value), "sort": f"{float(value):.6g}" if column.number else str(value), "number": column.number}
