"""The ways in which towns write what the national schema of orders wants otherwise: “3,5 t”, “11 octobre 2018”, “PL | vul”, “43.5,5.4”.

Each function takes one text and gives it as the schema writes it; None where it cannot tell.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Callable

from ..schema import load_table
from ..schema.table import kinds, parse_number
from .mapping import fold

NATIONAL_VEHICLES = ("Poids lourds", "Véhicules utilitaires légers", "Vélo-cargos", "Tous véhicules")
"""Kinds of vehicles that the schema names; `vehicle_kinds` has those of low-emission zones too."""

_SYNONYMS = {
    "veh_types": {
        "pl": "Poids lourds", "poidslourd": "Poids lourds", "camions": "Poids lourds", "camion": "Poids lourds",
        "vul": "Véhicules utilitaires légers", "vehiculeutilitaireleger": "Véhicules utilitaires légers",
        "utilitaires": "Véhicules utilitaires légers", "velocargo": "Vélo-cargos", "veloscargos": "Vélo-cargos",
        "velocargos": "Vélo-cargos", "tous": "Tous véhicules", "touslesvehicules": "Tous véhicules", "toutvehicule": "Tous véhicules",
    },
    "regl_modalite": {
        "interdiction": "Interdit", "interdite": "Interdit", "autorisation": "Autorise", "autorisee": "Autorise", "autorises": "Autorise",
        "autoriser": "Autorise",
    },
    "veh_tonnage_modalite": {
        "maximum": "jusqu'à", "max": "jusqu'à", "minimum": "à partir de", "min": "à partir de", "apartirde": "à partir de", "jusqua": "jusqu'à",
    },
    "veh_motors": {"electriques": "Électrique", "gnv": "Gaz Naturel pour Véhicules", "gaznaturel": "Gaz Naturel pour Véhicules"},
    "veh_cqas": {
        "electrique": "100% électrique et Véhicules à hydrogène", "nc": "Véhicule non classé", "nonclasse": "Véhicule non classé",
        **{f"critair{number}": str(number) for number in range(1, 6)}, **{f"v{number}": str(number) for number in range(1, 6)},
    },
}  # fmt: skip
_MONTHS = {
    "janvier": 1, "janv": 1, "fevrier": 2, "fevr": 2, "fev": 2, "mars": 3, "avril": 4, "avr": 4, "mai": 5, "juin": 6, "juillet": 7, "juil": 7,
    "aout": 8, "septembre": 9, "sept": 9, "octobre": 10, "oct": 10, "novembre": 11, "nov": 11, "decembre": 12, "dec": 12,
}  # fmt: skip
_LISTS = ("veh_types", "veh_motors", "veh_cqas", "veh_usages", "sauf_veh_usages", "regl_modalite", "veh_tonnage_modalite")
_SIZES = ("veh_long", "veh_larg", "veh_haut")
_DAYS = ("arr_date", "periode_debut", "periode_fin")
_CLOCKS = ("interv_duree", "interv_hmax")
_NUMBER = r"(\d[\d\s\u00a0\u202f]*(?:[.,]\d+)?)"
_WEIGHT = re.compile(
    rf"(?:(à partir de|jusqu['’]à)\s+)?{_NUMBER}\s*(t|tonnes?|kg|kilos?)?\s*(?:de\s+)?(?:ptac|ptra)?\.?", re.IGNORECASE
)
_SIZE = re.compile(rf"{_NUMBER}\s*(m|mètres?|metres?|cm)?\.?", re.IGNORECASE)


def tidier(field: str) -> Callable[[str], str | None] | None:
    """What writes a text of `field` as the schema does; None for fields that need none."""
    if field in _LISTS:
        return one_of_list(field)
    simple: dict[str, Callable[[str], str | None]] = {
        **dict.fromkeys(_SIZES, metres),
        **dict.fromkeys(_DAYS, day),
        **dict.fromkeys(_CLOCKS, clock),
        "coll_insee": insee,
        "veh_tonnage": lambda text: weight(text)[0],
    }
    return simple.get(field)


def one_of_list(field: str) -> Callable[[str], str | None]:
    """Values between pipes, each as the field's list writes it; what the list does not know stays."""
    known = _spellings(field)

    def tidy(text: str) -> str | None:
        parts = [part.strip() for part in text.split("|") if part.strip()]
        return "|".join(dict.fromkeys(known.get(fold(part), part) for part in parts)) or None

    return tidy


def _spellings(field: str) -> dict[str, str]:
    values = load_table("regulations")[field].enum or tuple(row["key"] for row in kinds("vehicle_uses"))
    return {**_SYNONYMS.get(field, {}), **{fold(value): value for value in values}}


def weight(text: str) -> tuple[str | None, str | None]:
    """Tonnes, and the direction where the text gives it; no tonnes for several weights at once (``19 06:00-10:00; 3,5 10:00-19:00``)."""
    match = _WEIGHT.fullmatch(text.strip())
    number = parse_number(match.group(2)) if match else None
    if match is None or number is None:
        return None, None
    tonnes = number / 1000 if (match.group(3) or "t").lower().startswith("k") else number
    direction = {"a": "à partir de", "j": "jusqu'à"}.get(fold(match.group(1) or "")[:1])
    return f"{tonnes:.10g}", direction


def metres(text: str) -> str | None:
    """A length in metres; what is plainly a number stays."""
    if plain_number(text) is not None:
        return text
    match = _SIZE.fullmatch(text.strip())
    number = parse_number(match.group(1)) if match else None
    if match is None or number is None:
        return None
    return f"{number / 100 if (match.group(2) or 'm').lower() == 'cm' else number:.10g}"


def day(text: str) -> str | None:
    """An ISO 8601 day."""
    for pattern, order in ((r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})", (1, 2, 3)), (r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})", (3, 2, 1))):
        match = re.fullmatch(pattern, text)
        if match:
            return _iso(*(int(match.group(group)) for group in order))
    match = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", text)
    if match:
        return _iso(*map(int, match.groups()))
    words = re.fullmatch(r"(?:le\s+)?(?:[^\W\d]+\s+)?(\d{1,2})(?:er)?\s+([^\W\d]+)\.?\s+(\d{4})", text.strip(), re.IGNORECASE)
    month = _MONTHS.get(fold(words.group(2))) if words else None
    return _iso(int(words.group(3)), month, int(words.group(1))) if words and month else None


def _iso(year: int, month: int, number: int) -> str | None:
    full = year + (2000 if year < 70 else 1900) if year < 100 else year
    try:
        return date(full, month, number).isoformat()
    except ValueError:
        return None


def clock(text: str) -> str | None:
    """A duration or an hour as HH:MM:SS."""
    plain = text.strip().lower().replace(" ", "")
    match = re.fullmatch(r"(\d{1,2})(?:h|:)(\d{2})?(?::(\d{2}))?(?:min|mn)?", plain)
    if match:
        hours, minutes, seconds = (int(group or 0) for group in match.groups())
    else:
        match = re.fullmatch(r"(\d{1,3})(?:min|mn|minutes?)", plain)
        if match is None:
            return None
        (hours, minutes), seconds = divmod(int(match.group(1)), 60), 0
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}" if hours < 24 and minutes < 60 and seconds < 60 else None


def insee(text: str) -> str | None:
    """An INSEE code with the zero that a spreadsheet took away."""
    return f"0{text}" if re.fullmatch(r"[1-9]\d{3}", text) else text


def plain_number(text: str) -> str | None:
    """A number written as the schema wants it (decimal point, no unit), in short."""
    number = parse_number(text) if "," not in text and " " not in text else None
    return None if number is None else f"{number:.10g}"
