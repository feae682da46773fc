"""SIRET, SIREN, postcodes and INSEE codes: their form, and what a spreadsheet did to them.

Loads no library.
"""

from __future__ import annotations

import functools
import re
from decimal import Decimal, InvalidOperation

from ..schema.table import kinds

LA_POSTE = "356000000"
"""Its establishments are more than Luhn's key can number: INSEE checks them by a digit sum that 5 divides."""
LA_POSTE_HEAD_OFFICE = "35600000000048"
_SPACES = re.compile(r"[\s\u00a0\u202f.\-_]")
_EXPONENT = re.compile(r"(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")


def luhn(digits: str) -> bool:
    """Whether the last digit is Luhn's key of the others (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def siren_is_right(siren: str) -> bool:
    """Whether nine digits are a possible SIREN."""
    return bool(re.fullmatch(r"[0-9]{9}", siren)) and luhn(siren)


def siret_is_right(siret: str) -> bool:
    """Whether fourteen digits are a possible SIRET: its SIREN and the whole by Luhn's key, those of La Poste by their own rule."""
    if not re.fullmatch(r"[0-9]{14}", siret) or not luhn(siret[:9]):
        return False
    if siret.startswith(LA_POSTE) and siret != LA_POSTE_HEAD_OFFICE:
        return sum(map(int, siret)) % 5 == 0
    return luhn(siret)


def compact(text: str) -> str:
    """An identifier without the marks that people put between its digits; ``75001.0`` is ``75001``."""
    return _SPACES.sub("", re.sub(r"^(\d+)[.,]0+$", r"\1", text.strip()))


def from_exponent(text: str) -> tuple[str, bool] | None:
    """``3,0297152800013E+13`` → its digits, and whether all of them are there; None where it is no such number."""
    match = _EXPONENT.fullmatch(text.strip())
    if not match:
        return None
    first, rest, exponent = match.groups()
    try:
        number = Decimal(f"{first}.{rest or '0'}E{exponent}")
    except InvalidOperation:
        return None
    return str(int(number)), len(rest or "") >= int(exponent)


def department_of_postcode(postcode: str) -> str:
    """``75``, ``2A``, ``974``…; empty where it is no French postcode."""
    if not re.fullmatch(r"\d{5}", postcode):
        return ""
    if postcode.startswith("20"):  # 200xx and 201xx Corse-du-Sud, the others Haute-Corse
        return "2A" if postcode[2] in "01" else "2B"
    code = postcode[:3] if postcode.startswith(("97", "98")) else postcode[:2]
    return code if code in departments() else ""


def department_of_insee(insee: str) -> str:
    """The same of a commune's code."""
    if not re.fullmatch(r"\d[\dAB]\d{3}", insee):
        return ""
    code = insee[:3] if insee.startswith("97") else insee[:2]
    return code if code in departments() else ""


@functools.cache
def departments() -> dict[str, tuple[str, float, float]]:
    """Code → name, longitude and latitude (degrees, to 0.01) of its prefecture."""
    return {row["code"]: (row["fr"], float(row["lon"]), float(row["lat"])) for row in kinds("departements")}
