"""Positions out of text: longitude and latitude, "lat, lon", WKT, GeoJSON; and what may be wrong with them."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..crs import WGS84, guess_crs
from ..schema.table import parse_number, with_none

# Written by the national schema's own sample; the standard wants POLYGON((…)).
_SINGLE_PARENTHESES = re.compile(r"^\s*(POLYGON)\s*\(\s*([^()]+)\)\s*$", re.IGNORECASE)


def numbers(text: pd.Series) -> np.ndarray:
    """Text → float64, NaN where it is no number (decimal commas are understood)."""
    parsed = (parse_number(value) if value else None for value in text)
    return np.array([np.nan if number is None else number for number in parsed], dtype=float)


def pairs(text: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """First and second number of cells such as ``48.85, 2.35``, ``48.85,2.35`` or ``48,85;2,35``."""
    cut = [_split_pair(value) for value in text]
    first, second = (pd.Series([cell[i] for cell in cut], dtype=object) for i in (0, 1))
    return numbers(first), numbers(second)


def _split_pair(value: str | None) -> tuple[str | None, str | None]:
    cells = re.split(r"\s*[;|]\s*|\s*,\s+|\s+", (value or "").strip("()[] "))
    if len(cells) == 1:
        digits = cells[0].split(",")
        half = len(digits) // 2  # 48.85,2.35 has one comma; 48,85,2,35 has three and its middle one parts the numbers
        cells = [",".join(digits[:half]), ",".join(digits[half:])] if len(digits) in (2, 4) else []
    return (cells[0], cells[1]) if len(cells) == 2 else (None, None)


def in_longitude_first(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
    """Degrees in the order longitude, latitude, whichever came first; True where they were swapped.

    The order that puts the positions in France wins; where neither does, the numbers stay as they are.
    """
    if guess_crs(first, second)[:1] == [f"{WGS84} swapped"]:
        return second, first, True
    return first, second, False


def points(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Point geometries, None where a coordinate is unknown."""
    known = np.isfinite(x) & np.isfinite(y)
    geometry = np.full(len(x), None, dtype=object)
    geometry[known] = shapely.points(x[known], y[known])
    return geometry


def from_wkt(text: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """WKT text → geometries (None where unreadable), and where it had to be mended to be read."""
    mended = with_none(text.map(lambda value: _SINGLE_PARENTHESES.sub(r"\1((\2))", value), na_action="ignore"))
    geometry = shapely.from_wkt(mended.to_numpy(dtype=object), on_invalid="ignore")
    changed = (mended != text).to_numpy() & text.notna().to_numpy()
    return geometry, changed


def from_geojson(text: pd.Series) -> np.ndarray:
    """GeoJSON geometry text → geometries, None where unreadable."""
    return shapely.from_geojson(with_none(text.map(_geometry_text)).to_numpy(dtype=object), on_invalid="ignore")


def _geometry_text(value: Any) -> str | None:
    try:
        content = json.loads(value)
    except (TypeError, ValueError):
        return None
    return value if isinstance(content, dict) and "type" in content else None
