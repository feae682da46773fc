"""Kinds of findings in words. Loads no library."""

from __future__ import annotations

from types import MappingProxyType

from ..messages import Message

_TITLES = MappingProxyType({
    "siret_digits_lost": Message("SIRET: digits lost by a spreadsheet"),
    "siret_exponent": Message("SIRET: written as a number by a spreadsheet"),
    "siret_form": Message("SIRET: not a SIRET"),
    "siret_key": Message("SIRET: wrong check digit"),
    "siret_length": Message("SIRET: wrong length"),
    "siret_siren": Message("SIRET that does not begin with the SIREN"),
    "siret_written": Message("SIRET: other marks between its digits"),
    "siret_zeros": Message("SIRET: leading zeros lost"),
    "siren_digits_lost": Message("SIREN: digits lost by a spreadsheet"),
    "siren_exponent": Message("SIREN: written as a number by a spreadsheet"),
    "siren_form": Message("SIREN: not a SIREN"),
    "siren_key": Message("SIREN: wrong check digit"),
    "siren_length": Message("SIREN: wrong length"),
    "siren_written": Message("SIREN: other marks between its digits"),
    "siren_zeros": Message("SIREN: leading zeros lost"),
    "postcode_form": Message("Postcode: not a postcode"),
    "postcode_insee": Message("Postcode and INSEE code of two départements"),
    "postcode_unknown": Message("Postcode of no département"),
    "postcode_written": Message("Postcode: other marks around its digits"),
    "postcode_zeros": Message("Postcode: leading zero lost"),
    "insee_form": Message("INSEE code: not an INSEE code"),
    "insee_written": Message("INSEE code: written otherwise"),
    "insee_zeros": Message("INSEE code: leading zero lost"),
    "town_district": Message("Postcode of another district than the town’s"),
    "town_postcode": Message("Town that the postcode does not have"),
    "insee_postcode": Message("INSEE code that the postcode does not have"),
    "position_department": Message("Position far from the postcode’s département"),
    "position_outside": Message("Position outside France"),
    "date_form": Message("Date: not a date"),
    "date_impossible": Message("Date that does not exist"),
    "date_serial": Message("Date as a spreadsheet’s number"),
    "hours_empty": Message("Hours that begin and end at once"),
    "hours_form": Message("Hours that are not understood"),
    "hours_impossible": Message("Hours that do not exist"),
    "hours_reversed": Message("Hours that end before they begin"),
    "hours_serial": Message("Hours as a spreadsheet’s number"),
    "days_form": Message("Days that are not understood"),
    "duplicate_address": Message("Duplicates: same address"),
    "duplicate_name": Message("Duplicates: near-same name at the same place"),
    "duplicate_siret": Message("Duplicates: same SIRET"),
})  # fmt: skip
CODES = tuple(_TITLES)


def finding_title(code: str) -> str:
    """What users call findings of this kind; the code itself where it has no words yet."""
    return str(_TITLES[code]) if code in _TITLES else code
