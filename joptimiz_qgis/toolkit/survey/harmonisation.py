"""Where the rules for goods traffic change at the boundary of two municipalities: on the same street, and between whole towns.

Rules are compared by what they mean: hours as the minutes of weeks in which driving is forbidden, so that “Autorise 05:00-10:00” and
“Interdit 10:00-05:00” are the same; lists whatever their order and case.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..crs import WGS84, has_position, metric_crs, to_crs
from ..messages import Message, count, language
from ..opening_hours import OpeningHours, OpeningHoursError
from ..opening_hours.evaluate import DAY, HolidayCalendar, State, change_minutes, evaluate
from ..progress import Progress
from .street_names import is_municipality, normalised

RULE, WEIGHT, VEHICLES, HOURS, EXEMPTIONS, SIZE, ONE_SIDE = ASPECTS = ("rule", "weight", "vehicles", "hours", "exemptions", "size", "one_side")
ASPECT_TITLES = {
    RULE: Message("Allowed or forbidden"),
    WEIGHT: Message("Weight"),
    VEHICLES: Message("Kinds of vehicles"),
    HOURS: Message("Hours"),
    EXEMPTIONS: Message("Uses and exemptions"),
    SIZE: Message("Size"),
    ONE_SIDE: Message("Rule on one side only"),
}
WHOLE_TOWN = "*"
"""Place of the rules that hold in whole municipalities."""

REACH_M = 50.0
"""Parts of a street in two towns that come so near to each other are one street."""

_FIRST_WEEKS = tuple(date(2026, month, 1) + timedelta(days=-date(2026, month, 1).weekday() % 7 + 7) for month in range(1, 13))
_NO_HOLIDAY = HolidayCalendar.of(lambda _: False, lambda _: False)
_EVERY_DAY_A_HOLIDAY = HolidayCalendar.of(lambda _: True, lambda _: False)
_SCHOOL_HOLIDAY = HolidayCalendar.of(lambda _: False, lambda _: True)
_STATES = {State.CLOSED: 0, State.OPEN: 1, State.UNKNOWN: 2}


@dataclass(frozen=True)
class Harmonisation:
    """What differs between neighbours.

    Attributes
    ----------
    differences : GeoDataFrame
        One row a difference: ``voie``, ``commune_a``, ``insee_a``, ``commune_b``, ``insee_b``, ``aspect`` (one of `ASPECTS`), ``sujet`` (in
        words), ``valeur_a``, ``valeur_b``, ``arretes_a``, ``arretes_b`` (keys), and the point where it changes (EPSG:4326).
    pairs : DataFrame
        One row a pair of neighbours that share a street (or rules for whole towns), those that differ most first: ``commune_a``,
        ``insee_a``, ``commune_b``, ``insee_b``, ``voies`` compared, ``voies_differentes``, ``differences`` and one column an aspect.
    orders, compared : int
        Orders given, and those that stand on a street (or hold in a town) which a neighbour has rules for too.
    notes : list of Message
    """

    differences: gpd.GeoDataFrame
    pairs: pd.DataFrame
    orders: int
    compared: int
    notes: list[Message]

    def counts(self) -> dict[str, int]:
        """Orders, those compared, pairs of towns, streets compared, streets that differ, differences."""
        return {
            "orders": self.orders,
            "compared": self.compared,
            "pairs": len(self.pairs),
            "streets": int(self.pairs["voies"].sum()) if len(self.pairs) else 0,
            "streets_that_differ": int(self.pairs["voies_differentes"].sum()) if len(self.pairs) else 0,
            "differences": len(self.differences),
        }

    def sentences(self) -> list[Message]:
        """The result in words."""
        figures = {name: count(number) for name, number in self.counts().items()}
        said = [
            Message(
                "{pairs} pairs of neighbouring municipalities share {streets} streets with rules; on {streets_that_differ} of them the rules "
                "change at the boundary ({differences} differences).",
                **figures,
            )
        ]
        if len(self.pairs) and self.pairs["differences"].iloc[0]:
            most = self.pairs.iloc[0]
            said.append(
                Message(
                    "Most of them lie between {one} and {other} ({differences}).",
                    one=most["commune_a"],
                    other=most["commune_b"],
                    differences=count(int(most["differences"])),
                )
            )
        return [*said, *self.notes]


@dataclass(frozen=True)
class _Rule:
    """One order as it is compared; `hours` and `weight` are what they mean, `shown` what was written."""

    key: str
    rule: Any
    weight: Any
    vehicles: Any
    hours: Any
    exemptions: Any
    size: Any
    shown: tuple[tuple[str, str], ...]

    def meaning(self, aspect: str) -> Any:
        """What it means for one of `ASPECTS`."""
        return getattr(self, aspect)

    def in_words(self, aspect: str) -> str:
        """What was written for one of `ASPECTS`."""
        return dict(self.shown)[aspect]

    def differs(self, other: _Rule) -> list[str]:
        """Aspects in which two rules differ."""
        return [aspect for aspect in ASPECTS if aspect != ONE_SIDE and self.meaning(aspect) != other.meaning(aspect)]


@dataclass(frozen=True)
class _Side:
    """The rules of one town on one street (or in the whole town), and where they hold."""

    insee: str
    town: str
    place: str
    rules: tuple[_Rule, ...]
    shape: Any


def harmonisation(
    orders: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame | None = None,
    reach: float = REACH_M,
    progress: Progress | None = None,
) -> Harmonisation:
    """Where rules change at the boundary of municipalities.

    Parameters
    ----------
    orders : GeoDataFrame
        Fields of the table regulations, of several municipalities; those without geometry are not compared, and counted.
    streets : GeoDataFrame, optional
        Lines with names and INSEE codes (see `locate_orders`): with them, a street that goes on in a town that has no rule for it is a
        difference too.
    reach : float
        Metres; see `REACH_M`.

    Returns
    -------
    Harmonisation

    Raises
    ------
    CrsError
        Orders have no CRS.
    """
    progress = progress or Progress()
    located = orders[has_position(orders.geometry)]
    notes: list[Message] = []
    if len(located) < len(orders):
        notes.append(Message("{count} orders without geometry could not be compared: locate them first.", count=count(len(orders) - len(located))))
    unread = [text for text in _texts(orders, "periode_jh") if _hours(text, True) is None]
    if unread:
        notes.append(Message("Hours that cannot be read are compared as text: {hours}", hours=" ; ".join(dict.fromkeys(unread))))
    if not len(located):
        return _result([], [], orders, set(), notes)
    crs = metric_crs(located.geometry)
    sides = _sides(located, to_crs(located.geometry, crs))
    if streets is not None:
        sides += _without_rules(sides, streets, crs)
    found: list[dict[str, Any]] = []
    pairs: list[dict[str, Any]] = []
    compared: set[str] = set()
    by_place: dict[str, list[_Side]] = {}
    for side in sides:
        by_place.setdefault(side.place, []).append(side)
    for number, (place, here) in enumerate(by_place.items()):
        progress.step(number / len(by_place))
        for one, other in itertools.combinations(sorted(here, key=lambda side: side.insee), 2):
            if not (one.rules or other.rules) or one.shape.distance(other.shape) > reach:
                continue
            compared |= {rule.key for side in (one, other) for rule in side.rules}
            rows = list(_compared(one, other))
            where = shapely.shortest_line(one.shape, other.shape).interpolate(0.5, normalized=True)
            found += [{**_names(one, other), "voie": _shown_place(place, located), **row, "geometry": where} for row in rows]
            pairs.append({**_names(one, other), "place": place, "aspects": [row["aspect"] for row in rows]})
    return _result(found, pairs, orders, compared, notes, crs)


# -- what is compared ----------------------------------------------------------------------------------------------------


def _sides(orders: gpd.GeoDataFrame, shapes: gpd.GeoSeries) -> list[_Side]:
    """The rules of each town on each street."""
    towns = orders["coll_insee"].fillna(orders["coll_nom"]).fillna("").astype(str)
    whole = [is_municipality(name or "", town or "") for name, town in zip(orders["emprise_designation"], orders["coll_nom"])]
    places = [WHOLE_TOWN if all_of_it else normalised(name or "") for all_of_it, name in zip(whole, orders["emprise_designation"])]
    sides = []
    for (insee, place), rows in pd.Series(range(len(orders))).groupby([towns.to_numpy(), np.array(places, dtype=object)]):
        if not place:
            continue
        chosen = orders.iloc[rows.to_numpy()]
        rules = tuple(_rule(row) for row in chosen.to_dict("records"))
        name = next((name for name in chosen["coll_nom"] if name), insee)
        sides.append(_Side(str(insee), str(name), str(place), rules, shapely.union_all(shapes.iloc[rows.to_numpy()].to_numpy())))
    return sides


def _without_rules(sides: Sequence[_Side], streets: gpd.GeoDataFrame, crs: Any) -> list[_Side]:
    """Streets that go on in another town without a rule there."""
    from .order_geometry import street_columns

    name, code = street_columns(streets)
    if code is None:
        return []
    ruled = {side.place for side in sides} - {WHOLE_TOWN}
    there = {(side.insee, side.place) for side in sides}
    towns = {side.insee: side.town for side in sides}
    places = np.array([normalised(str(each or "")) for each in streets[name]], dtype=object)
    codes = np.array([str(each or "") for each in streets[code]], dtype=object)
    shapes = to_crs(streets.geometry, crs).to_numpy()
    made = []
    for place in sorted(ruled):
        rows = np.flatnonzero((places == place) & (codes != ""))
        without = [insee for insee in sorted(set(codes[rows]) & set(towns)) if (insee, place) not in there]
        made += [_Side(insee, towns[insee], place, (), shapely.union_all(shapes[rows[codes[rows] == insee]])) for insee in without]
    return made


def _rule(order: dict[Any, Any]) -> _Rule:
    forbids = _text(order.get("regl_modalite")) != "Autorise"
    written = _text(order.get("periode_jh"))
    meaning = _hours(written, forbids)
    weight = _number(order.get("veh_tonnage"))
    direction = _text(order.get("veh_tonnage_modalite")) if weight is not None else ""
    uses, save = _set(order.get("veh_usages")), _set(order.get("sauf_veh_usages"))
    sizes = tuple(_number(order.get(name)) for name in ("veh_long", "veh_larg", "veh_haut"))
    vehicles = (_set(order.get("veh_types")) or frozenset({"tous véhicules"}), _set(order.get("veh_motors")), _set(order.get("veh_cqas")))
    hours = f"? {written.casefold()}" if meaning is None else meaning
    never_restricts = not isinstance(hours, str) and not np.frombuffer(hours, dtype=np.int8).any()
    shown = (
        (RULE, _text(order.get("regl_modalite"))),
        (WEIGHT, " ".join(filter(None, (direction, "" if weight is None else f"{_shown(weight)} t")))),
        (VEHICLES, _joined(order, "veh_types", "veh_motors", "veh_cqas")),
        (HOURS, " ".join(filter(None, (_text(order.get("regl_modalite")), written or "24/7")))),
        (EXEMPTIONS, _joined(order, "veh_usages", "sauf_veh_usages")),
        (SIZE, _joined(order, "veh_long", "veh_larg", "veh_haut")),
    )
    key = _text(order.get("cle")) or _text(order.get("id"))
    return _Rule(key, "free" if never_restricts else "restricted", (direction, weight), vehicles, hours, (uses, save), sizes, shown)


@functools.lru_cache(maxsize=4096)
def _hours(text: str, forbids: bool) -> bytes | None:
    """Minutes in which driving is restricted: a week of each month, one of school holidays and one of public holidays; None if unread.

    0 free, 1 restricted, 2 not known; “Autorise” restricts outside its hours.
    """
    if not text:
        return np.full((len(_FIRST_WEEKS) + 2) * 7 * DAY, int(forbids), dtype=np.int8).tobytes()
    try:
        rules = OpeningHours.parse(text).rules
    except OpeningHoursError:
        return None
    minutes = [*change_minutes(rules), DAY]
    weeks = [*((monday, _NO_HOLIDAY) for monday in _FIRST_WEEKS), (_FIRST_WEEKS[6], _SCHOOL_HOLIDAY), (_FIRST_WEEKS[0], _EVERY_DAY_A_HOLIDAY)]
    parts = []
    for monday, holidays in weeks:
        for day in range(7):
            for start, end in zip(minutes, minutes[1:]):
                state = _STATES[evaluate(rules, monday + timedelta(days=day), start, holidays)]
                parts.append(np.full(end - start, state if forbids or state == _STATES[State.UNKNOWN] else 1 - state, dtype=np.int8))
    return np.concatenate(parts).tobytes()


def _texts(orders: pd.DataFrame, name: str) -> list[str]:
    return [text for text in map(_text, orders[name]) if text] if name in orders else []


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _shown(number: float | None) -> str:
    text = "" if number is None else f"{number:g}"
    return text.replace(".", ",") if language() == "fr" else text


def _set(value: Any) -> frozenset[str]:
    return frozenset(part.strip().casefold() for part in _text(value).split("|") if part.strip())


def _joined(order: dict[Any, Any], *names: str) -> str:
    """Several fields in words; exemptions with “sauf” in front."""
    words = []
    for name in names:
        value = order.get(name)
        text = _text(value).replace("|", ", ") if isinstance(value, str) else "" if _number(value) is None else f"{_shown(_number(value))} m"
        if text:
            words.append(str(Message("save {uses}", uses=text)) if name == "sauf_veh_usages" else text)
    return " ; ".join(words)


# -- comparing -----------------------------------------------------------------------------------------------------------


def _compared(one: _Side, other: _Side) -> Iterator[dict[str, Any]]:
    """Differences of two sides: equal rules go together, of the others those that differ least; what is left stands alone."""
    left, right = list(one.rules), list(other.rules)
    for rule in list(left):
        same = next((each for each in right if not rule.differs(each)), None)
        if same is not None:
            left.remove(rule)
            right.remove(same)
    while left and right:
        rule, match = min(((a, b) for a in left for b in right), key=lambda pair: (len(pair[0].differs(pair[1])), pair[0].key, pair[1].key))
        left.remove(rule)
        right.remove(match)
        for aspect in _told(rule.differs(match)):
            values = {"valeur_a": rule.in_words(aspect) or "–", "valeur_b": match.in_words(aspect) or "–"}
            yield {"aspect": aspect, **values, "arretes_a": rule.key, "arretes_b": match.key}
    for rules, mine, theirs in ((left, "a", "b"), (right, "b", "a")):
        for rule in rules:
            words = ", ".join(filter(None, (rule.in_words(aspect) for aspect in (RULE, VEHICLES, WEIGHT, HOURS))))
            yield {"aspect": ONE_SIDE, f"valeur_{mine}": words, f"valeur_{theirs}": "–", f"arretes_{mine}": rule.key, f"arretes_{theirs}": ""}


def _told(aspects: list[str]) -> list[str]:
    """Where one side restricts and the other never does, their hours differ of course: that is told once."""
    return [aspect for aspect in aspects if not (aspect == HOURS and RULE in aspects)]


def _names(one: _Side, other: _Side) -> dict[str, str]:
    return {"commune_a": one.town, "insee_a": one.insee, "commune_b": other.town, "insee_b": other.insee}


def _shown_place(place: str, orders: pd.DataFrame) -> str:
    """The street as the orders write it."""
    if place == WHOLE_TOWN:
        return str(Message("(whole municipality)"))
    return next((name for name in orders["emprise_designation"] if name and normalised(name) == place), place)


_COLUMNS = ("voie", "commune_a", "insee_a", "commune_b", "insee_b", "aspect", "sujet", "valeur_a", "valeur_b", "arretes_a", "arretes_b")


def _result(
    found: list[dict[str, Any]], pairs: list[dict[str, Any]], orders: gpd.GeoDataFrame, compared: set[str], notes: list[Message], crs: Any = WGS84
) -> Harmonisation:
    rows = [{**row, "sujet": str(ASPECT_TITLES[row["aspect"]])} for row in found]
    table = pd.DataFrame(rows, columns=[*_COLUMNS, "geometry"], dtype=object)
    differences = gpd.GeoDataFrame(table[list(_COLUMNS)], geometry=gpd.GeoSeries(list(table["geometry"]), crs=crs).to_crs(WGS84))
    by_pair: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for pair in pairs:
        by_pair.setdefault((pair["commune_a"], pair["insee_a"], pair["commune_b"], pair["insee_b"]), []).append(pair)
    counted = []
    for names, group in by_pair.items():
        aspects = [aspect for pair in group for aspect in pair["aspects"]]
        figures = {"voies": len(group), "voies_differentes": sum(bool(pair["aspects"]) for pair in group), "differences": len(aspects)}
        each = {aspect: aspects.count(aspect) for aspect in ASPECTS}
        counted.append({**dict(zip(("commune_a", "insee_a", "commune_b", "insee_b"), names)), **figures, **each})
    frame = pd.DataFrame(counted, columns=["commune_a", "insee_a", "commune_b", "insee_b", "voies", "voies_differentes", "differences", *ASPECTS])
    frame = frame.sort_values(["differences", "voies_differentes", "insee_a", "insee_b"], ascending=[False, False, True, True], ignore_index=True)
    return Harmonisation(differences, frame, len(orders), len(compared), notes)
