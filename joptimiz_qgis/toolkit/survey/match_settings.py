"""The numbers by which surveyed bays are matched, each with its reason; and the reasons for which a person should look.

Loads no library: dialogs and the command line show them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..errors import ParameterError
from ..messages import Message

REASONS = {
    "far": Message("they are far from each other"),
    "street": Message("the streets differ"),
    "side": Message("they are on different sides of the street"),
    "number": Message("the house numbers differ"),
    "length": Message("the lengths differ"),
    "evidence": Message("several details differ"),
    "ambiguous": Message("another bay fits almost as well"),
    "leftover": Message("they are near, and nothing else fits either"),
    "moved_far": Message("the identifier is the same, but the bay was moved far"),
    "commune": Message("the bay is in another municipality now"),
    "copy": Message("several surveys have this bay, with different values"),
    "double": Message("it is very near a bay that another surveyed bay was matched with"),
    "conflict": Message("a conflict of the synchronisation is about this bay"),
}
"""Why a pair or a bay is for a person to judge, in words."""


@dataclass(frozen=True)
class MatchSettings:
    """How pairs are weighed; every number may be changed.

    Attributes
    ----------
    radius_m : float
        No pair lies farther apart. A phone in a street with high houses is off by 5–10 m, and a point may lie at the other end of a bay of
        12 m: 25 m is the sum, with a little more. Identifiers pair at any distance.
    automatic_m : float
        Up to here a pair may be accepted without a person; half of it where no street is known.
    street_m, number_m, side_m, length_m : float
        Cost of the worst disagreement, in metres. A street weighs most: its name is read from a plate. The number costs a metre for each
        by which it differs (two numbers of a side are some 10 m apart, but a long bay has several). Opposite kerbs are at least 5 m apart.
        A length costs a metre a metre.
    unknown_share : float
        Part of these costs where a side of the pair does not say: less than agreement, better than contradiction.
    unmatched_m : float
        A pair that costs more is none: the cost of leaving both without a partner.
    evidence_m : float
        Automatic pairs cost no more than that beside their distance: a small difference in one or two details.
    number_gap, length_gap_m : float
        House numbers (lengths) that differ by more are for a person: the next number of a side is 2 away.
    margin_m : float
        By how much the best assignment without an automatic pair must cost more: else another one fits almost as well.
    leftover_m : float
        What is left on both sides within that distance is shown as a doubtful pair rather than called new and missing.
    double_m : float
        A surveyed bay without a partner that lies so near a bay that has one is shown as a possible double.
    moved_far_m : float
        Bays with the same identifier that lie farther apart are for a person.
    """

    radius_m: float = 25.0
    automatic_m: float = 10.0
    street_m: float = 12.0
    number_m: float = 6.0
    side_m: float = 5.0
    length_m: float = 4.0
    unknown_share: float = 0.25
    unmatched_m: float = 25.0
    evidence_m: float = 8.0
    number_gap: float = 2.0
    length_gap_m: float = 3.0
    margin_m: float = 6.0
    leftover_m: float = 15.0
    double_m: float = 4.0
    moved_far_m: float = 50.0

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense."""
        for name, value in vars(self).items():
            if not math.isfinite(value) or value < 0 or (name == "radius_m" and value <= 0):
                raise ParameterError("“{name}” is {value}. Expected: a positive number.", name=name, value=value)
