"""Colours of an audit, the same in QGIS and in reports."""

from __future__ import annotations

from collections.abc import Sequence

# Teal against orange and red: told apart by colour-blind readers, and dark or light enough to be so in grey.
COVERED_COLOURS = ("#00524a", "#12897c", "#6cc3b8")
UNCOVERED_COLOURS = ("#fdb863", "#f0803c", "#cf4030", "#7d0f26")
UNKNOWN_COLOUR = "#9e9e9e"
COVERED_COLOUR = COVERED_COLOURS[1]
UNCOVERED_COLOUR = UNCOVERED_COLOURS[2]
BAY_COLOUR = "#17375e"


def spread(colours: Sequence[str], count: int) -> list[str]:
    """`count` of `colours`, from the first to the last: the nearest band is always the darkest, the farthest too."""
    return [colours[round(number * (len(colours) - 1) / max(count - 1, 1))] for number in range(count)]
