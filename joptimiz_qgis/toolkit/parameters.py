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

MAX_VEHICLE_LENGTH_M = 30.0
"""No vehicle is longer: the longest that French roads admit is 18.75 m (Code de la route, art. R312-11), the modular ones of
northern Europe measure 25.25 m (Directive 96/53/EC, art. 4(4)). A greater number was meant in centimetres."""

NETWORK_TOLERANCE_M = 30.0
"""Farthest that a point or a bay may be from the network and still be tied to it; beyond, it is reported instead."""

CROSSINGS = ("split", "declared")
"""Lines that cross are connected where they cross, or only where they share a vertex."""

GAP_RADIUS_M = 20.0
"""Two uncovered points no farther apart are looked at together: the carrying distance, within which one bay could serve both.
Ours, for want of a published one; in the centre of Paris it gives stretches of a street, while 50 m chains whole districts."""

GAP_MINIMUM_POINTS = 5
"""Uncovered points within the radius (itself included) that make a point the heart of a gap. Ours, as the radius is."""


def check_distance(max_distance: float) -> None:
    """Raise `ParameterError` where `max_distance` (metres) is not a positive, finite number."""
    if not _is_positive(max_distance):
        raise ParameterError(
            "The distance is {value}. Expected: a number of metres greater than 0, for example 20.", value=max_distance
        )


def check_vehicle_length(vehicle_length: float | None) -> None:
    """Raise `ParameterError` where `vehicle_length` (metres) is given and is no vehicle's."""
    if vehicle_length is None:
        return
    if not _is_positive(vehicle_length):
        raise ParameterError(
            "The vehicle's length is {value}. Expected: a number of metres greater than 0, for example 12.", value=vehicle_length
        )
    if vehicle_length > MAX_VEHICLE_LENGTH_M:
        raise ParameterError(
            "The vehicle's length is {value} m, and no vehicle is longer than {maximum:g} m. Give it in metres, "
            "not in centimetres: for example 12.",
            value=vehicle_length,
            maximum=MAX_VEHICLE_LENGTH_M,
        )


def check_stop_minutes(stop_minutes: float | None) -> None:
    """Raise `ParameterError` where `stop_minutes` is given and is not a positive, finite number."""
    if stop_minutes is not None and not _is_positive(stop_minutes):
        raise ParameterError(
            "The stop lasts {value}. Expected: a number of minutes greater than 0, for example 15.", value=stop_minutes
        )


def check_gap_radius(radius: float) -> None:
    """Raise `ParameterError` where `radius` (metres) is not a positive, finite number."""
    try:
        check_distance(radius)
    except ParameterError as error:
        raise ParameterError(
            "The radius of a gap is {value}. Expected: a number of metres greater than 0, for example 20.", value=radius
        ) from error


def check_gap_minimum(minimum: int) -> None:
    """Raise `ParameterError` where `minimum` is not a whole number of at least 1."""
    if not isinstance(minimum, numbers.Integral) or isinstance(minimum, bool) or minimum < 1:
        raise ParameterError(
            "The smallest number of points of a gap is {value}. Expected: a whole number from 1 on, for example 5.", value=minimum
        )


def check_network_tolerance(tolerance: float) -> None:
    """Raise `ParameterError` where `tolerance` (metres) is not a finite number of at least 0."""
    if not (tolerance == 0 or _is_positive(tolerance)):
        raise ParameterError("The tolerance is {value}. Expected: metres, 0 or more, for example 30.", value=tolerance)


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


def _is_positive(value: float) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value) and value > 0
