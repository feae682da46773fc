"""A vehicle as rules see it, and whether a rule's conditions are met by it.

Answers have three values that order themselves: NO < UNKNOWN < YES, so that "and" is the minimum and "or" the maximum.
"""

from __future__ import annotations

import functools
import math
import numbers
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from .errors import ParameterError
from .messages import LANGUAGES, Message, OwnWords
from .schema.table import kinds

NO, UNKNOWN, YES = 0, 1, 2

STICKERS = ("EL", "V1", "V2", "V3", "V4", "V5", "NC")
"""Crit'Air classes from the cleanest to none at all: the order that the national schema "zfe" gives."""

_STICKER_NAMES = {"100% électrique et véhicules à hydrogène": "EL", "véhicule non classé": "NC", **{str(n): f"V{n}" for n in range(1, 6)}}
_CATEGORY_SYNONYMS = {"bus": "autobus_autocars", "car": "autobus_autocars", "2rm": "deux_rm", "moto": "deux_rm", "velo": "velo_cargo"}
_MOTORS = {"electrique": "électrique", "gnv": "gaz naturel pour véhicules", "gaz": "gaz naturel pour véhicules", "hydrogene": "hydrogène"}
_EXAMPLE = "pl,V4,weight=12,length=8.5,use=Livraison"
_LIMITS = {"weight_t": 100.0, "length_m": 30.0, "width_m": 6.0, "height_m": 6.0}


@dataclass(frozen=True)
class Vehicle:
    """A vehicle; what is None is not known.

    Attributes
    ----------
    category : str or None
        ``vp`` car, ``vul`` van, ``pl`` lorry, ``autobus_autocars``, ``deux_rm``, ``velo_cargo``: the names of the schema "zfe".
    weight_t : float or None
        Gross weight, tonnes.
    length_m, width_m, height_m : float or None
        Metres.
    critair : str or None
        One of `STICKERS`.
    motor : str or None
        As the orders write it: ``Électrique``, ``Gaz Naturel pour Véhicules``, ``Hydrogène``, or any other.
    use : str or None
        As the orders write it (``Livraison``, ``Riverains``…). A vehicle of which none is said has no exemption.
    """

    category: str | None = None
    weight_t: float | None = None
    length_m: float | None = None
    width_m: float | None = None
    height_m: float | None = None
    critair: str | None = None
    motor: str | None = None
    use: str | None = None

    def __post_init__(self) -> None:
        if self.category is not None and self.category not in categories():
            raise ParameterError(
                "“{value}” is not a category of vehicles. Expected one of: {allowed}.", value=self.category, allowed=", ".join(categories())
            )
        if self.critair is not None and self.critair not in STICKERS:
            raise ParameterError("“{value}” is not a Crit’Air class. Expected one of: {allowed}.", value=self.critair, allowed=", ".join(STICKERS))
        for name, most in _LIMITS.items():
            value = getattr(self, name)
            if value is not None and not _is_size(value, most):
                raise ParameterError(
                    "The vehicle’s {name} is {value}. Expected: a number above 0 and up to {most:g}, in tonnes and metres.",
                    name=name,
                    value=value,
                    most=most,
                )

    @classmethod
    def parse(cls, text: str) -> Vehicle:
        """A vehicle out of text such as ``pl,V4,weight=12,length=8.5,use=Livraison``.

        Raises
        ------
        ParameterError
            A part is no category, no Crit'Air class and no known ``name=value``.
        """
        given: dict[str, Any] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            name, value = _part(part)
            given[name] = value
        if not given:
            raise ParameterError("The vehicle is empty. Write for example {example}.", example=_EXAMPLE)
        return cls(**given)

    def known(self) -> dict[str, Any]:
        """What is known of it, by name."""
        return {each.name: getattr(self, each.name) for each in fields(self) if getattr(self, each.name) is not None}


def _part(part: str) -> tuple[str, Any]:
    name, equals, value = (piece.strip() for piece in part.partition("="))
    if not equals:
        value, folded = name, name.lower()
        if folded in categories() or folded in _CATEGORY_SYNONYMS:
            return "category", _CATEGORY_SYNONYMS.get(folded, folded)
        name = "critair"
        if sticker(value) is None:
            raise _not_understood(part)
    plain = next((each.name for each in fields(Vehicle) if name.lower() in (each.name, each.name.rpartition("_")[0])), None)
    if plain is None:
        raise _not_understood(part)
    if plain in _LIMITS:
        try:
            return plain, float(value)
        except ValueError as error:
            raise _not_understood(part) from error
    if plain == "category":
        return plain, _CATEGORY_SYNONYMS.get(value.lower(), value.lower())
    return plain, (sticker(value) or value) if plain == "critair" else value


def _not_understood(part: str) -> ParameterError:
    return ParameterError("“{part}” says nothing of a vehicle that is understood. Write for example {example}.", part=part, example=_EXAMPLE)


def _is_size(value: object, most: float) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value) and 0 < float(value) <= most


@functools.cache
def categories() -> tuple[str, ...]:
    """The categories of vehicles that rules tell apart."""
    return tuple(row["category"] for row in kinds("vehicle_kinds") if row["category"])


@functools.cache
def _category_of() -> dict[str, str]:
    return {row["key"].casefold(): row["category"] for row in kinds("vehicle_kinds")}


def sticker(text: str) -> str | None:
    """The Crit'Air class that `text` names (``V4``, ``4``, ``Crit'Air 4``, ``Véhicule non classé``); None where it names none."""
    folded = text.strip().casefold()
    if folded in _STICKER_NAMES:
        return _STICKER_NAMES[folded]
    short = re.sub(r"^crit['’ ]?air\s*", "", folded)
    return next((each for each in STICKERS if short in (each.casefold(), each[1:] if each[0] == "V" else each.casefold())), None)


def stickers_from(threshold: str) -> tuple[str, ...]:
    """Classes that a threshold bans: ``V4`` bans V4, V5 and NC. Empty where it is none."""
    return STICKERS[STICKERS.index(threshold) :] if threshold in STICKERS else ()


def concerned(rule: Mapping[Any, Any], vehicle: Vehicle) -> int:
    """Whether a rule is made for a vehicle: NO, UNKNOWN or YES.

    Parameters
    ----------
    rule : mapping
        Fields of perimeter_rules, missing or None where the rule sets no such condition. All conditions must be met.
        Sizes are greatest ones: a rule that allows is made for vehicles up to them, one that forbids for those beyond.

    Notes
    -----
    A weight without a direction (``veh_tonnage_modalite``), a kind of vehicle or a class that cannot be read leave the answer open.
    """
    allows = rule.get("regl_modalite") == "Autorise"
    answers = [
        _of_type(_parts(rule.get("veh_types")), vehicle.category),
        _of_sticker(rule.get("critair"), vehicle.critair),
        _of_stickers(_parts(rule.get("veh_cqas")), vehicle.critair),
        _of_weight(rule.get("veh_tonnage_modalite"), rule.get("veh_tonnage"), vehicle.weight_t),
        _named(_parts(rule.get("veh_usages")), vehicle.use),
        _of_motor(_parts(rule.get("veh_motors")), vehicle.motor),
        *(
            _of_size(rule.get(field), size, allows)
            for field, size in (("veh_long", vehicle.length_m), ("veh_larg", vehicle.width_m), ("veh_haut", vehicle.height_m))
        ),
    ]
    return min(answers)


def exempted(rule: Mapping[Any, Any], vehicle: Vehicle) -> int:
    """Whether the vehicle's use is among those that the rule exempts: NO or YES."""
    uses = [use.casefold() for use in _parts(rule.get("sauf_veh_usages"))]
    return YES if vehicle.use is not None and vehicle.use.casefold() in uses else NO


def _parts(text: Any) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()] if isinstance(text, str) else []


def _of_type(types: list[str], category: str | None) -> int:
    if not types:
        return YES
    known = [_category_of().get(name.casefold()) for name in types]
    if "" in known:  # all vehicles
        return YES
    if category is None:
        return UNKNOWN
    if category in known:
        return YES
    return UNKNOWN if None in known else NO


def _of_sticker(threshold: Any, critair: str | None) -> int:
    if not isinstance(threshold, str):
        return YES
    banned = stickers_from(threshold)
    if not banned:
        return UNKNOWN
    if banned == STICKERS:
        return YES
    return UNKNOWN if critair is None else (YES if critair in banned else NO)


def _of_stickers(listed: list[str], critair: str | None) -> int:
    if not listed:
        return YES
    classes = [sticker(name) for name in listed]
    if critair is not None and critair in classes:
        return YES
    return UNKNOWN if critair is None or None in classes else NO


def _of_weight(direction: Any, limit: Any, weight: float | None) -> int:
    if not _is_number(limit):
        return YES
    if weight is None:
        return UNKNOWN
    if direction == "à partir de":
        return YES if weight >= limit else NO
    if direction == "jusqu'à":
        return YES if weight <= limit else NO
    return UNKNOWN


def _of_size(limit: Any, size: float | None, allows: bool) -> int:
    if not _is_number(limit):
        return YES
    if size is None:
        return UNKNOWN
    return YES if (size <= limit) == allows else NO


def _of_motor(listed: list[str], motor: str | None) -> int:
    return _named(listed, None if motor is None else _MOTORS.get(motor.casefold(), motor))


def _named(listed: list[str], value: str | None) -> int:
    if not listed:
        return YES
    if value is None:
        return UNKNOWN
    return YES if value.casefold() in [name.casefold() for name in listed] else NO


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real) and math.isfinite(value)


# -- in words ------------------------------------------------------------------------------------------------------------


class Listed:
    """Several sentences or words, put together when they are shown."""

    def __init__(self, parts: list[object], separator: str = ", ") -> None:
        self.parts, self.separator = parts, separator

    def __str__(self) -> str:
        return self.separator.join(map(str, self.parts))


def conditions_in_words(rule: Mapping[Any, Any]) -> Listed:
    """Whom a rule is made for."""
    allows = rule.get("regl_modalite") == "Autorise"
    types: list[object] = [_type_in_words(name) for name in _parts(rule.get("veh_types"))]
    parts: list[object] = [Listed(types) if types else Message("all vehicles")]
    threshold = rule.get("critair")
    if isinstance(threshold, str):
        parts.append(Message("Crit’Air {classes}", classes=", ".join(stickers_from(threshold)) or f"? ({threshold})"))
    if _parts(rule.get("veh_cqas")):
        parts.append(Message("Crit’Air {classes}", classes=", ".join(_parts(rule.get("veh_cqas")))))
    if _is_number(rule.get("veh_tonnage")):
        template = _WEIGHTS.get(str(rule.get("veh_tonnage_modalite")), _WEIGHT_EITHER_WAY).template
        parts.append(Message(template, tonnes=rule["veh_tonnage"]))
    for field, within, beyond in _SIZES:
        if _is_number(rule.get(field)):
            parts.append(Message((within if allows else beyond).template, metres=rule[field]))
    parts += [Listed(list(_parts(rule.get(field)))) for field in ("veh_usages", "veh_motors") if _parts(rule.get(field))]
    if _parts(rule.get("sauf_veh_usages")):
        parts.append(Message("save {uses}", uses=Listed(list(_parts(rule.get("sauf_veh_usages"))))))
    return Listed(parts)


def vehicle_in_words(vehicle: Vehicle) -> Listed:
    """What is known of a vehicle, for people: ``lorries, Crit’Air V4, of 12 t``."""
    row = next((row for row in kinds("vehicle_kinds") if row["category"] and row["category"] == vehicle.category), None)
    parts: list[object] = [OwnWords({code: row[code] for code in LANGUAGES})] if row else []
    if vehicle.critair:
        parts.append(Message("Crit’Air {classes}", classes=vehicle.critair))
    if vehicle.weight_t is not None:
        parts.append(Message("of {tonnes:g} t", tonnes=vehicle.weight_t))
    if vehicle.length_m is not None:
        parts.append(Message("{metres:g} m long", metres=vehicle.length_m))
    if vehicle.width_m is not None:
        parts.append(Message("{metres:g} m wide", metres=vehicle.width_m))
    if vehicle.height_m is not None:
        parts.append(Message("{metres:g} m high", metres=vehicle.height_m))
    return Listed([*parts, *filter(None, (vehicle.motor, vehicle.use))])


def _type_in_words(name: str) -> object:
    row = next((row for row in kinds("vehicle_kinds") if row["key"].casefold() == name.casefold()), None)
    return OwnWords({code: row[code] for code in LANGUAGES}) if row else name


_WEIGHTS = {"à partir de": Message("from {tonnes:g} t"), "jusqu'à": Message("up to {tonnes:g} t")}
_WEIGHT_EITHER_WAY = Message("{tonnes:g} t (the least or the greatest: it does not say)")
_SIZES = (
    ("veh_long", Message("no longer than {metres:g} m"), Message("longer than {metres:g} m")),
    ("veh_larg", Message("no wider than {metres:g} m"), Message("wider than {metres:g} m")),
    ("veh_haut", Message("no higher than {metres:g} m"), Message("higher than {metres:g} m")),
)
