"""Which surveyed bay is which bay of the inventory: a one-to-one assignment at the least total cost, and how sure each pair is.

Costs are in metres: what speaks against a pair (another street, number, side, length) counts as so many metres of distance, so that the
numbers can be read and changed. Near and unambiguous pairs are automatic; all others are for a person, with the reasons.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..company.checks import address_key
from ..crs import metric_crs, to_crs
from ..dependencies import require_libraries
from ..messages import Message
from ..progress import Progress
from ..schema.table import with_none
from .match_settings import MatchSettings

AUTOMATIC, REVIEW = "automatic", "review"

_DENSE_CELLS = 1_000_000
_EXACT_MARGIN = 120
_BEFORE_NUMBERS = "face (?:au )?|devant (?:le )?|angle |vis a vis (?:du )?|n |no |au droit du "
_NUMBER = re.compile(rf"^(?:{_BEFORE_NUMBERS})*(\d{{1,4}})\b\s*(?:(?:bis|ter|quater|[a-d])\b)?")
_SMALL_WORDS = {"de", "du", "des", "d", "la", "le", "les", "l"}


@dataclass
class Matching:
    """What belongs together.

    Attributes
    ----------
    pairs : DataFrame
        One row a pair: `inventory`, `survey` (labels of the two tables), `distance_m`, `street` (likeness 0–1), `number_gap`, `side`
        (1 where they differ), `length_gap_m` (NaN where not known), `identifier` (``uuid``, ``id`` or None), `cost`, `margin` (metres),
        `decision` (`AUTOMATIC` or `REVIEW`) and `reasons` (tuple of keys of `REASONS`).
    only_inventory, only_survey : Index
        Labels of the rows without a partner.
    doubles : dict
        Label of a surveyed row without a partner → label of the inventory's bay that it may be a double of.
    notes : list of Message
        What was found out about the identifiers.
    """

    pairs: pd.DataFrame
    only_inventory: pd.Index
    only_survey: pd.Index
    doubles: dict[Any, Any] = field(default_factory=dict)
    notes: list[Message] = field(default_factory=list)


def match(
    inventory: gpd.GeoDataFrame,
    survey: gpd.GeoDataFrame,
    settings: MatchSettings | None = None,
    progress: Progress | None = None,
) -> Matching:
    """Pair the bays of a survey with those of an inventory, each with at most one.

    Parameters
    ----------
    inventory, survey : GeoDataFrame
        Tables of bays (fields of the national schema; those that are missing count as not known), each with a CRS and unique labels.
    settings : MatchSettings, optional
    progress : Progress, optional

    Returns
    -------
    Matching
        Equal uuids pair, then equal identifiers; the others so that the sum of all costs is the least possible.

    Raises
    ------
    CrsError
        A table does not say its CRS.
    MissingDependencyError
        scipy is not installed.
    """
    require_libraries(("scipy",))
    settings, progress = settings or MatchSettings(), progress or Progress()
    first, second = _Side(inventory), _Side(survey)
    if not len(inventory) or not len(survey):
        return Matching(_frame(first, second, _Pairs.empty()), inventory.index, survey.index)
    crs = metric_crs(inventory.geometry)
    first.place(crs)
    second.place(crs)
    notes: list[Message] = []
    known = _by_identifiers(first, second, settings, notes)
    progress.step(0.1)
    candidates = _candidates(first, second, settings.radius_m, known)
    _weigh(candidates, first, second, settings)
    progress.step(0.3)
    chosen = _assigned(candidates, settings.unmatched_m, progress.part(0.3, 0.9))
    left = _leftovers(first, second, (known, chosen), settings)
    pairs = _Pairs.joined([_judged_known(known, first, second, settings), _judged(chosen, settings), left])
    table = _frame(first, second, pairs)
    free = np.ones(len(inventory), dtype=bool), np.ones(len(survey), dtype=bool)
    free[0][pairs.one], free[1][pairs.other] = False, False
    doubles = _doubles(first, second, free, settings.double_m)
    return Matching(table, inventory.index[free[0]], survey.index[free[1]], doubles, notes)


# -- what is compared ----------------------------------------------------------------------------------------------------


@dataclass
class _Pairs:
    """Pairs by the positions of their rows, and what is known of each."""

    one: np.ndarray
    other: np.ndarray
    distance: np.ndarray
    parts: dict[str, np.ndarray] = field(default_factory=dict)
    reasons: list[tuple[str, ...]] = field(default_factory=list)

    @classmethod
    def empty(cls) -> _Pairs:
        return cls(np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp), np.empty(0))

    def __len__(self) -> int:
        return len(self.one)

    def part(self, name: str) -> np.ndarray:
        return self.parts.get(name, np.full(len(self), None if name == "identifier" else np.nan, dtype=object if name == "identifier" else float))

    def taken(self, rows: np.ndarray) -> _Pairs:
        return _Pairs(self.one[rows], self.other[rows], self.distance[rows], {name: values[rows] for name, values in self.parts.items()})

    @classmethod
    def joined(cls, groups: Iterable[_Pairs]) -> _Pairs:
        groups = list(groups)
        names = ("street", "number", "side", "length", "identifier", "cost", "margin")
        parts = {name: np.concatenate([group.part(name) for group in groups]) for name in names}
        one, other, distance = (np.concatenate([getattr(group, name) for group in groups]) for name in ("one", "other", "distance"))
        made = cls(one, other, distance, parts)
        made.reasons = [reasons for group in groups for reasons in group.reasons]
        return made


class _Side:
    """One of the two tables, with what is compared of it."""

    def __init__(self, table: gpd.GeoDataFrame) -> None:
        self.table = table
        address = self.text("adresse")
        keys = {text: street_and_number(text) for text in address.dropna().unique()}
        self.street = np.array([keys[text][0] if text is not None else None for text in address], dtype=object)
        self.number = np.array([keys[text][1] if text is not None else np.nan for text in address], dtype=float)
        self.side = self._sides()
        self.length = self.numbers("longueur") / 100

    def text(self, name: str) -> pd.Series:
        if name not in self.table.columns:
            return pd.Series([None] * len(self.table), index=self.table.index, dtype=object)
        return with_none(self.table[name].map(lambda value: str(value).strip() or None, na_action="ignore"))

    def numbers(self, name: str) -> np.ndarray:
        if name not in self.table.columns:
            return np.full(len(self.table), np.nan)
        values: np.ndarray = pd.to_numeric(self.table[name], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        return values

    def _sides(self) -> np.ndarray:
        """0 for even, 1 for odd; by the house number where the side is not said."""
        said = self.text("parite_trottoir").map({"pair": 0.0, "impair": 1.0}).to_numpy(dtype=float)
        sides: np.ndarray = np.where(np.isnan(said), self.number % 2, said)
        return sides

    def place(self, crs: Any) -> None:
        """Positions in metres: the middle of a footprint."""
        shapes = to_crs(self.table.geometry, crs).to_numpy()
        self.points = shapely.centroid(shapes)
        self.xy = np.c_[shapely.get_x(self.points), shapely.get_y(self.points)]


def street_and_number(address: str) -> tuple[str | None, float]:
    """The street as it is compared, and the first house number (NaN where there is none): ``12 bis, r. de l’Arbre-Sec`` → ``rue arbre sec``, 12."""
    key = re.sub(r" \d{5}\b.*$", "", address_key(_street_part(address)))
    found = _NUMBER.match(key)
    number = float(found.group(1)) if found else np.nan
    rest = key[found.end() :] if found else key
    words = [word for word in rest.split() if word not in _SMALL_WORDS and not word.isdigit()]
    return " ".join(words) or None, number


def _street_part(address: str) -> str:
    """What stands before the municipality: ``14 Rue de la République, 23999 Valorge``; a number may have a comma of its own."""
    first, comma, rest = address.partition(",")
    if comma and not re.sub(r"(?i)\b(bis|ter|quater|[a-d])\b|[^a-z]", "", first):
        return f"{first} {rest.partition(',')[0]}"
    return first


def _likeness(one: str | None, other: str | None) -> float:
    if one is None or other is None:
        return float("nan")
    if one == other:
        return 1.0
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


# -- identifiers ---------------------------------------------------------------------------------------------------------


def _by_identifiers(first: _Side, second: _Side, settings: MatchSettings, notes: list[Message]) -> _Pairs:
    """Pairs whose uuid is the same, then those whose identifier is; identifiers that agree by chance are found out and left alone."""
    found: list[tuple[int, int, str]] = []
    for name in ("uuid", "id"):
        done = {one for one, _, _ in found}, {other for _, other, _ in found}
        if name == "id" and (_line_numbers(first) or _line_numbers(second)):
            continue
        same = [(one, other, name) for one, other in _equal(first.text(name), second.text(name)) if one not in done[0] and other not in done[1]]
        if name == "id" and same:
            rows = np.array([pair[:2] for pair in same])
            near = np.hypot(*(first.xy[rows[:, 0]] - second.xy[rows[:, 1]]).T) <= settings.moved_far_m
            if near.mean() < 0.5:
                notes.append(Message("The identifiers of the survey agree with the inventory’s by chance only, and were not used."))
                same = []
        found += same
    if not found:
        return _Pairs.empty()
    one, other = (np.array([pair[place] for pair in found], dtype=np.intp) for place in (0, 1))
    distance = np.hypot(*(first.xy[one] - second.xy[other]).T)
    pairs = _Pairs(one, other, distance, {"identifier": np.array([pair[2] for pair in found], dtype=object)})
    _weigh(pairs, first, second, settings)
    return pairs


def _line_numbers(side: _Side) -> bool:
    """Whether the identifiers are the numbers of the lines: an import gave them, where the source has none."""
    lines = side.text("source_ligne")
    known = lines.notna()
    return bool(known.any() and (side.text("id")[known] == lines[known]).all())


def _equal(one: pd.Series, other: pd.Series) -> list[tuple[int, int]]:
    """Positions of rows whose text is the same and nobody else's on either side; letters' case does not count."""
    folded = [pd.Series(side.to_numpy(), dtype=object).dropna().map(str.casefold) for side in (one, other)]
    alone = [side[~side.duplicated(keep=False)] for side in folded]
    places = dict(zip(alone[0].to_numpy(), alone[0].index))
    return [(int(places[text]), int(place)) for place, text in zip(alone[1].index.to_numpy(), alone[1]) if text in places]


# -- candidates ----------------------------------------------------------------------------------------------------------


def _candidates(first: _Side, second: _Side, radius: float, known: _Pairs) -> _Pairs:
    """Pairs within the radius, of rows that no identifier has paired."""
    other, one = shapely.STRtree(first.points).query(second.points, predicate="dwithin", distance=radius)
    free = ~np.isin(one, known.one) & ~np.isin(other, known.other)
    one, other = one[free], other[free]
    order = np.lexsort((other, one))
    one, other = one[order], other[order]
    return _Pairs(one, other, np.hypot(*(first.xy[one] - second.xy[other]).T))


def _weigh(pairs: _Pairs, first: _Side, second: _Side, settings: MatchSettings) -> None:
    """What speaks against each pair, and its cost."""
    streets = list(zip(first.street[pairs.one], second.street[pairs.other]))
    alike = {both: _likeness(*both) for both in set(streets)}
    parts = {
        "street": np.array([alike[both] for both in streets], dtype=float),
        "number": np.abs(first.number[pairs.one] - second.number[pairs.other]),
        "side": np.abs(first.side[pairs.one] - second.side[pairs.other]),
        "length": np.abs(first.length[pairs.one] - second.length[pairs.other]),
    }
    costs = (
        (settings.street_m, settings.street_m * (1 - parts["street"])),
        (settings.number_m, np.minimum(parts["number"], settings.number_m)),
        (settings.side_m, settings.side_m * parts["side"]),
        (settings.length_m, np.minimum(parts["length"], settings.length_m)),
    )
    against = sum(np.where(np.isnan(cost), settings.unknown_share * worst, cost) for worst, cost in costs)
    pairs.parts |= {**parts, "cost": pairs.distance + against}


# -- assignment ----------------------------------------------------------------------------------------------------------


def _assigned(pairs: _Pairs, unmatched: float, progress: Progress) -> _Pairs:
    """The pairs of the cheapest assignment, with their margins."""
    usable = pairs.taken(pairs.part("cost") < unmatched)
    rows: list[int] = []
    margins: list[float] = []
    groups = _components(usable)
    for number, group in enumerate(groups):
        if number % 500 == 0:
            progress.step(number / len(groups))
        for place, margin in _solved(usable, group, unmatched):
            rows.append(place)
            margins.append(margin)
    chosen = usable.taken(np.array(rows, dtype=np.intp))
    chosen.parts["margin"] = np.array(margins, dtype=float)
    return chosen


def _components(pairs: _Pairs) -> list[np.ndarray]:
    """Positions of pairs, by groups that share no row with one another."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    if not len(pairs):
        return []
    offset = int(pairs.one.max()) + 1
    size = offset + int(pairs.other.max()) + 1
    graph = coo_matrix((np.ones(len(pairs)), (pairs.one, pairs.other + offset)), shape=(size, size))
    label = connected_components(graph, directed=False)[1][pairs.one]
    order = np.argsort(label, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(label[order])) + 1)


def _solved(pairs: _Pairs, group: np.ndarray, unmatched: float) -> list[tuple[int, float]]:
    """Pairs of the best assignment of one group, each with what the best one without it would cost more."""
    gain = pairs.part("cost")[group] - unmatched
    if len(group) == 1:
        return [(int(group[0]), float(-gain[0]))]
    ones, row = np.unique(pairs.one[group], return_inverse=True)
    others, column = np.unique(pairs.other[group], return_inverse=True)
    place = {(one, other): number for number, (one, other) in enumerate(zip(row.tolist(), column.tolist()))}
    if len(ones) * len(others) > _DENSE_CELLS:
        found = assign_sparse(row, column, gain, (len(ones), len(others)))
        return [(int(group[place[pair]]), _local_margin(row, column, gain, place[pair])) for pair in found]
    matrix = np.zeros((len(ones), len(others)))
    matrix[row, column] = gain
    found = assign_dense(matrix)
    if len(found) > _EXACT_MARGIN:
        return [(int(group[place[pair]]), _local_margin(row, column, gain, place[pair])) for pair in found]
    best = sum(matrix[pair] for pair in found)
    return [(int(group[place[pair]]), _total_without(matrix, pair) - best) for pair in found]


def assign_dense(gain: np.ndarray) -> list[tuple[int, int]]:
    """Pairs of the least sum.

    Parameters
    ----------
    gain : ndarray, shape (n, m)
        Cost of each pair less the cost of leaving both alone: below 0 where a pair is worth while, 0 where there is none.

    Returns
    -------
    list of (row, column)
        Those below 0.
    """
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(gain)
    return [(int(row), int(column)) for row, column in zip(rows, columns) if gain[row, column] < 0]


def assign_sparse(row: np.ndarray, column: np.ndarray, gain: np.ndarray, shape: tuple[int, int]) -> list[tuple[int, int]]:
    """The same for many rows with few pairs each: every row may also take a partner of its own, which is none."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    count, width = shape
    # A weight of 0 is no edge for scipy: all are moved up alike, which changes no comparison, as each row has exactly one.
    shift = 1 - min(float(gain.min()), 0.0)
    alone = np.arange(count)
    weights = np.r_[gain + shift, np.full(count, shift)]
    graph = coo_matrix((weights, (np.r_[row, alone], np.r_[column, width + alone])), shape=(count, width + count)).tocsr()
    rows, columns = min_weight_full_bipartite_matching(graph)
    return [(int(one), int(other)) for one, other in zip(rows, columns) if other < width]


def _total_without(matrix: np.ndarray, pair: tuple[int, int]) -> float:
    kept = matrix[pair]
    matrix[pair] = 0
    total = sum(matrix[other] for other in assign_dense(matrix))
    matrix[pair] = kept
    return float(total)


def _local_margin(row: np.ndarray, column: np.ndarray, gain: np.ndarray, pair: int) -> float:
    """By how much the next best partner of either costs more: less than the true margin or as much, so that doubt is told sooner."""
    around = (row == row[pair]) | (column == column[pair])
    around[pair] = False
    others = float(gain[around].min()) if around.any() else 0.0
    return float(min(others, 0.0) - gain[pair])


# -- judgement -----------------------------------------------------------------------------------------------------------


def _judged(pairs: _Pairs, settings: MatchSettings) -> _Pairs:
    """`pairs` with the reasons for which a person should look; none for those that are automatic."""
    street, reach = pairs.part("street"), np.full(len(pairs), settings.automatic_m)
    reach[np.isnan(street)] /= 2
    tests = {
        "far": pairs.distance > reach,
        "street": street < 0.85,
        "side": pairs.part("side") == 1,
        "number": pairs.part("number") > settings.number_gap,
        "length": pairs.part("length") > settings.length_gap_m,
        "evidence": pairs.part("cost") - pairs.distance > settings.evidence_m,
        "ambiguous": pairs.part("margin") < settings.margin_m,
    }
    pairs.reasons = [tuple(name for name, rows in tests.items() if rows[place]) for place in range(len(pairs))]
    return pairs


def _judged_known(pairs: _Pairs, first: _Side, second: _Side, settings: MatchSettings) -> _Pairs:
    """Pairs by identifier: for a person where the bay went far, or into another municipality."""
    names = ("commune", "code_postal")
    moved = np.zeros(len(pairs), dtype=bool)
    for name in names:
        before, after = (side.text(name).map(str.casefold, na_action="ignore").to_numpy(dtype=object) for side in (first, second))
        both = list(zip(before[pairs.one], after[pairs.other]))
        moved |= np.array([one is not None and other is not None and one != other for one, other in both], dtype=bool)
    tests = {"moved_far": pairs.distance > settings.moved_far_m, "commune": moved}
    pairs.reasons = [tuple(name for name, rows in tests.items() if rows[place]) for place in range(len(pairs))]
    return pairs


def _leftovers(first: _Side, second: _Side, done: tuple[_Pairs, _Pairs], settings: MatchSettings) -> _Pairs:
    """What is left on both sides, near each other: doubtful pairs, so that no bay is called new beside one called missing."""
    used = _Pairs.joined(done)
    near = _candidates(first, second, min(settings.leftover_m, settings.radius_m), used)
    _weigh(near, first, second, settings)
    chosen = _assigned(near, 1e6, Progress())
    chosen.reasons = [("leftover", *reasons) for reasons in _judged(chosen, settings).reasons]
    return chosen


def _doubles(first: _Side, second: _Side, free: tuple[np.ndarray, np.ndarray], reach: float) -> dict[Any, Any]:
    taken, alone = np.flatnonzero(~free[0]), np.flatnonzero(free[1])
    if not len(taken) or not len(alone):
        return {}
    tree = shapely.STRtree(first.points[taken])
    (row, found), distance = tree.query_nearest(second.points[alone], max_distance=max(reach, 1e-9), return_distance=True)
    order = np.argsort(-distance, kind="stable")  # the nearest is written last
    return {second.table.index[alone[row[place]]]: first.table.index[taken[found[place]]] for place in order}


def _frame(first: _Side, second: _Side, pairs: _Pairs) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "inventory": first.table.index[pairs.one],
            "survey": second.table.index[pairs.other],
            "distance_m": pairs.distance,
            "street": pairs.part("street"),
            "number_gap": pairs.part("number"),
            "side": pairs.part("side"),
            "length_gap_m": pairs.part("length"),
            "identifier": pairs.part("identifier"),
            "cost": pairs.part("cost"),
            "margin": pairs.part("margin"),
            "decision": [REVIEW if reasons else AUTOMATIC for reasons in pairs.reasons] if len(pairs) else np.empty(0, dtype=object),
            "reasons": pd.Series(pairs.reasons, dtype=object),
        }
    )
