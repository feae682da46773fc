"""Parameters of an audit: their defaults with their sources, and what is refused.

Needs no library, so that a dialog can show and check them before anything heavy is loaded.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Sequence

from .errors import ParameterError

MAX_DISTANCE_M = 20.0
"""Longest distance that drivers are asked to carry goods from a bay to the door: the platform's rule."""

BANDS_M = (10.0, 20.0, 30.0, 50.0, 100.0)
"""Upper ends, inclusive, of the distance bands; what lies beyond the last is a band of its own."""


def check_distance(max_distance: float) -> None:
    """Raise `ParameterError` where `max_distance` (metres) is not a positive, finite number."""
    if not (isinstance(max_distance, numbers.Real) and not isinstance(max_distance, bool) and math.isfinite(max_distance) and max_distance > 0):
        raise ParameterError(
            "The distance is {value}. Expected: a number of metres greater than 0, for example 20.", value=max_distance
        )


def band_labels(bands: Sequence[float]) -> list[str]:
    """Labels ``0–10 m`` … ``> 100 m`` of the bands whose upper ends are `bands` (metres, increasing)."""
    increasing = all(low < high for low, high in zip((0.0, *bands), bands))
    if not bands or not increasing or not all(math.isfinite(band) for band in bands):
        raise ParameterError(
            "The distance bands are {value}. Expected: numbers of metres that increase from above 0, for example 10, 20, 30, 50, 100.",
            value=", ".join(f"{band:g}" for band in bands),
        )
    starts = (0.0, *bands)
    return [f"{low:g}–{high:g} m" for low, high in zip(starts, bands)] + [f"> {bands[-1]:g} m"]


def parse_bands(text: str) -> list[float]:
    """Upper ends of distance bands (metres) out of text such as ``10; 20; 30`` or ``10,20,30``."""
    try:
        return [float(part) for part in text.replace(";", " ").replace(",", " ").split()]
    except ValueError as error:
        raise ParameterError(
            "The distance bands are {value}. Expected: numbers of metres that increase from above 0, for example 10, 20, 30, 50, 100.",
            value=text,
        ) from error
