"""The columns that an import and an enrichment of customers add: their names, their titles, what their values mean.

Needs no library, so that layers and dialogs can show them.
"""

from __future__ import annotations

from ..messages import Message, tr
from ..parameters import MAX_DISTANCE_M

PERIOD, ACCESS, PERIMETER_COUNT = "jz_periode", "jz_acces", "jz_nb_perimetres"
PERIMETERS, KINDS, DATES, SLOTS, RULES = "jz_perimetres", "jz_types", "jz_dates", "jz_creneaux", "jz_regles"
FORBIDDEN_HOURS, FREE_HOURS, UNKNOWN_HOURS = "jz_heures_interdites", "jz_heures_libres", "jz_heures_inconnues"
WAY_IN, WAY_IN_M, WAYS_IN = "jz_point_acces", "jz_point_acces_m", "jz_points_acces"
BAY, BAY_ADDRESS, BAY_M, BAY_NEAR, BAY_COUNT = "jz_aire", "jz_aire_adresse", "jz_aire_m", "jz_aire_proche", "jz_nb_aires"

ALLOWED, RESTRICTED, FORBIDDEN, NOT_KNOWN, NOT_PLACED = "autorise", "restreint", "interdit", "inconnu", "non_place"
ACCESS_VALUES = (ALLOWED, RESTRICTED, FORBIDDEN, NOT_KNOWN, NOT_PLACED)

ENRICHMENT_COLUMNS = (
    PERIOD, ACCESS, PERIMETER_COUNT, PERIMETERS, KINDS, DATES, SLOTS, RULES, FORBIDDEN_HOURS, FREE_HOURS, UNKNOWN_HOURS,
    WAY_IN, WAY_IN_M, WAYS_IN, BAY, BAY_ADDRESS, BAY_M, BAY_NEAR, BAY_COUNT,
)  # fmt: skip
"""In the order of the result."""

LONG_TEXTS = (PERIMETERS, DATES, SLOTS, RULES, FORBIDDEN_HOURS, FREE_HOURS, UNKNOWN_HOURS, WAYS_IN)
"""Which hold sentences: a form shows them in several lines."""


def titles(max_distance: float = MAX_DISTANCE_M) -> dict[str, str]:
    """Titles of all columns that an enrichment may have, in their order and in the reader's language."""
    return {
        PERIOD: tr("Period"),
        ACCESS: tr("Vehicle’s access"),
        PERIMETER_COUNT: tr("Number of perimeters"),
        PERIMETERS: tr("Perimeters"),
        KINDS: tr("Kinds of perimeters"),
        DATES: tr("Dates of the perimeters"),
        SLOTS: tr("Slots of the perimeters"),
        RULES: tr("Rules for the vehicle"),
        FORBIDDEN_HOURS: tr("Forbidden hours"),
        FREE_HOURS: tr("Free hours"),
        UNKNOWN_HOURS: tr("Hours not known"),
        WAY_IN: tr("Nearest way in"),
        WAY_IN_M: tr("Distance to the way in (m)"),
        WAYS_IN: tr("Ways in by distance"),
        BAY: tr("Nearest bay"),
        BAY_ADDRESS: tr("Address of the bay"),
        BAY_M: tr("Distance to the bay (m)"),
        BAY_NEAR: tr("Bay within {distance} m", distance=f"{max_distance:g}"),
        BAY_COUNT: tr("Bays within {distance} m", distance=f"{max_distance:g}"),
    }


def access_in_words() -> dict[str, str]:
    """What each value of the access means, in the reader's language."""
    return {
        ALLOWED: tr("allowed"),
        RESTRICTED: tr("restricted (some hours)"),
        FORBIDDEN: tr("forbidden"),
        NOT_KNOWN: tr("not known"),
        NOT_PLACED: tr("no position"),
    }


def column_meanings() -> dict[str, str]:
    """What to know of the columns whose title does not say all, in the reader's language."""
    return {
        ACCESS: tr("Over the period: allowed or forbidden all the time, restricted at some hours, not known where the data leave it open."),
        PERIMETERS: tr("Those that hold the customer and are valid at some time of the period; “ | ” stands between two."),
        SLOTS: tr("When a restriction is in force for some vehicle, within the period."),
        RULES: tr("Rules that bear on the vehicle; without a vehicle, all rules."),
        FORBIDDEN_HOURS: tr("When the vehicle may not enter, all perimeters together; without a vehicle, when any restriction is in force."),
        FREE_HOURS: tr("When the vehicle may enter."),
        UNKNOWN_HOURS: tr(
            "When the data do not say: hours that cannot be read, perimeters without rules, what is not known of the vehicle, "
            "customers without a position."
        ),
        WAYS_IN: tr("Access points of these perimeters, in a straight line."),
        BAY: tr("The nearest bay in service and long enough for the vehicle, in a straight line."),
    }


def import_titles() -> dict[str, str]:
    """Titles of the columns that an import adds (`merge.OWN_COLUMNS`), in the reader's language."""
    return {
        "jz_cle": tr("Customer key"),
        "jz_ligne": tr("Line of the file"),
        "jz_etat": tr("State of the position"),
        "jz_origine": tr("Origin of the position"),
        "jz_score": tr("Score of the address"),
        "jz_type": tr("Kind of address found"),
        "jz_libelle": tr("Address found"),
        "jz_motif": tr("Why to review"),
        "jz_remarques": tr("Remarks of the checks"),
        "jz_suivi": tr("Since the last import"),
        "jz_lon": tr("Computed longitude (°)"),
        "jz_lat": tr("Computed latitude (°)"),
    }


_KINDS_OF_ADDRESSES = {
    "housenumber": Message("house number"),
    "street": Message("street"),
    "locality": Message("place name"),
    "municipality": Message("municipality"),
}


def kind_of_address(kind: str) -> Message | str:
    """A geocoder's kind of address as a word; the kind itself where it is not known, ``?`` where it said none."""
    return _KINDS_OF_ADDRESSES.get(kind, kind or "?")


def kinds_in_words() -> dict[str, str]:
    """What a geocoder's kinds of addresses are, in the reader's language; files keep the kind as the geocoder writes it."""
    return {kind: str(words) for kind, words in _KINDS_OF_ADDRESSES.items()}


def import_values() -> dict[str, dict[str, str]]:
    """What the values of an import's columns mean, in the reader's language."""
    return {
        "jz_etat": {"place": tr("on the map"), "a_verifier": tr("to review"), "non_place": tr("no position")},
        "jz_origine": {
            "coordonnees": tr("coordinates of the file"),
            "sirene": tr("Sirene, by SIRET"),
            "adresse": tr("address"),
            "manuelle": tr("corrected by hand"),
            "ecartee": tr("candidate rejected by hand"),
        },
        "jz_type": kinds_in_words(),
        "jz_suivi": {"present": tr("in the last file"), "absent": tr("not in the last file")},
    }
