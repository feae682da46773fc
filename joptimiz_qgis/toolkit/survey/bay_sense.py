"""What the cells of one delivery bay say against each other: hours, signs, sizes, dates, equipment."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..messages import Message
from ..opening_hours import as_local
from ..usability import PERMANENT
from .findings import ERROR, NOTICE, WARNING, Finding, Rule
from .hours import always, cds_hours, read_hours, same_hours, time_spans_text

if TYPE_CHECKING:
    from .validate_bays import Bays

TIMED = ("aire périodique", "zone marchandises")
NOTHING = "pas d'équipement"
CHARGER = "borne recharge"
LONGEST_STAY = 24 * 60
NEEDED = ("type", "active", "adresse", "commune", "longueur", "largeur", "date_maj")
"""Fields that the schema leaves to the publisher and that a bay can hardly be used without."""

HOURS_PERMANENT = Rule("hours_on_permanent", WARNING, Message("A permanent bay with hours"))
HOURS_MISSING = Rule("hours_missing", WARNING, Message("A bay reserved by hours, without hours"))
HOURS_UNREADABLE = Rule("hours_unreadable", ERROR, Message("Hours (OSM) that cannot be read"))
CDS_UNREADABLE = Rule("cds_unreadable", ERROR, Message("Hours (CDS) that cannot be read"))
CDS_DIFFERS = Rule("cds_differs", WARNING, Message("Hours that differ between OSM and CDS"))
SIGN_STATE = Rule("sign_state", WARNING, Message("State of a sign that is not there"))
SIGN_UNKNOWN = Rule("sign_unknown", NOTICE, Message("A sign without its state"))
MARKING = Rule("marking", WARNING, Message("Marking that is absent and conforms"))
FUTURE = Rule("date_future", WARNING, Message("A date in the future"))
CHARGING = Rule("charging", WARNING, Message("Charging power without a charger"))
EQUIPMENT = Rule("equipment", WARNING, Message("Equipment and none at once"))
STAY = Rule("stay", WARNING, Message("A longest stay that is hardly possible"))
CONTROL = Rule("stay_control", NOTICE, Message("A longest stay without its control"))
WIDER = Rule("wider_than_long", WARNING, Message("A bay wider than it is long"))
ORDER = Rule("order", WARNING, Message("An order's address where there is said to be no order"))
NAME = Rule("name_form", NOTICE, Message("A name that is not code_number"))
INCOMPLETE = Rule("incomplete", NOTICE, Message("Fields that a bay is hardly of use without"))


def hours_by_kind(bays: Bays) -> Iterator[Finding]:
    """Hours where there should be none, none where there should be some."""
    for row, (kind,) in bays.given("type"):
        osm, cds = bays.value(row, "temporalite_osm"), bays.value(row, "temporalite_cds")
        if kind == PERMANENT and (osm or cds):
            yield _permanent(bays, row, osm, cds)
        elif kind in TIMED and not (osm or cds or bays.value(row, "temporalite_defaut")):
            sentence = Message("The kind is “{kind}” and no hours are given.", kind=kind)
            expected = Message("the hours when it is reserved, for example Mo-Sa 08:00-19:00")
            yield bays.finding(row, "temporalite_osm", HOURS_MISSING, sentence, expected)


def _permanent(bays: Bays, row: Any, osm: str | None, cds: str | None) -> Finding:
    """A permanent bay is reserved at all times; only hours that say just this can be emptied without losing something."""
    hours = read_hours(osm) or cds_hours(cds)
    empty = {name: None for name, value in (("temporalite_osm", osm), ("temporalite_cds", cds)) if value}
    sentence = Message("The bay is permanent (reserved at any hour) and yet has hours: {hours}", hours=osm or cds)
    expected = Message("no hours, or another kind of bay")
    mended: dict[str, Any] = empty if hours is not None and always(hours) else {}
    return bays.finding(row, "temporalite_osm", HOURS_PERMANENT, sentence, expected, **mended)


def hours_read(bays: Bays) -> Iterator[Finding]:
    """Hours that cannot be read, and the two ways to write them against each other."""
    for row in bays.table.index:
        written, cds = _cell(bays, row, "temporalite_osm"), _cell(bays, row, "temporalite_cds")
        osm, spans = read_hours(written), cds_hours(cds)
        mended: dict[str, Any]
        if written and osm is None:
            mended = {"temporalite_osm": spans.text} if spans is not None else {}
            example = Message("the opening_hours syntax, for example {example}", example="Mo-Fr 08:00-12:00; Sa 10:00-18:00")
            yield bays.finding(row, "temporalite_osm", HOURS_UNREADABLE, Message("“{hours}” cannot be read.", hours=written), example, **mended)
        if cds and spans is None:
            yield _cds(bays, row, cds, None if osm is None else time_spans_text(osm))
        elif osm is not None and spans is not None and same_hours(osm, spans) is False:
            sentence = Message("OSM says “{osm}”, CDS says “{cds}”.", osm=written, cds=spans.text)
            rewritten = time_spans_text(osm)
            mended = {"temporalite_cds": rewritten} if rewritten else {}
            yield bays.finding(row, "temporalite_cds", CDS_DIFFERS, sentence, Message("the same hours in both"), **mended)


def _cds(bays: Bays, row: Any, cds: str, rewritten: str | None) -> Finding:
    example = Message("time spans as {example}", example='[{"days_of_week":["mon"],"times_of_day":[["08:00","12:00"]]}]')
    mended: dict[str, Any] = {"temporalite_cds": rewritten} if rewritten else {}
    return bays.finding(row, "temporalite_cds", CDS_UNREADABLE, Message("“{hours}” cannot be read.", hours=cds[:80]), example, **mended)


def _cell(bays: Bays, row: Any, field: str) -> str | None:
    """What the cell itself holds: an import builds the one kind of hours from the other."""
    value = bays.raw.rows[bays.columns[field]].loc[row] if field in bays.columns else bays.value(row, field)
    text = value.strip() if isinstance(value, str) else ""
    return text if text not in ("", "NA", "NaN", "N/A", "n/a") else None


def signs(bays: Bays) -> Iterator[Finding]:
    """Signs and marking whose presence and state contradict."""
    for row, (present,) in bays.given("panneau_present"):
        state = bays.value(row, "panneau_etat")
        if not present and state in ("bon état", "dégradé"):
            sentence = Message("There is no sign, and its state is “{state}”.", state=state)
            yield bays.finding(row, "panneau_etat", SIGN_STATE, sentence, Message("n/a, or a sign that is there"), panneau_etat="n/a")
        if present and state in (None, "n/a"):
            sentence = Message("There is a sign, and its state is not given.")
            yield bays.finding(row, "panneau_etat", SIGN_UNKNOWN, sentence, Message("bon état or dégradé"))
    for row, (state, conforms) in bays.given("marquage_etat", "marquage_conformite"):
        if state == "absent" and conforms:
            sentence = Message("The marking is absent and yet said to conform.")
            yield bays.finding(row, "marquage_conformite", MARKING, sentence, Message("non, or a marking that is there"), marquage_conformite=False)


def dates(bays: Bays) -> Iterator[Finding]:
    """Updates that have not happened yet."""
    for row, (text,) in bays.given("date_maj"):
        try:
            moment = as_local(datetime.fromisoformat(re.sub(r"Z$", "+00:00", str(text))))
        except ValueError:
            continue  # the schema's rules have told of it
        if moment > bays.today:
            yield bays.finding(row, "date_maj", FUTURE, Message("{date} is in the future.", date=text), Message("the day on which it was surveyed"))


def equipment(bays: Bays) -> Iterator[Finding]:
    """Equipment that contradicts itself or the charging power."""
    for row in bays.table.index:
        text, power = bays.value(row, "equipements"), bays.value(row, "irve_puissance")
        things = text.split(",") if text else []
        if NOTHING in things and len(things) > 1:
            kept = ",".join(thing for thing in things if thing != NOTHING)
            sentence = Message("“{none}” stands beside other equipment.", none=NOTHING)
            yield bays.finding(row, "equipements", EQUIPMENT, sentence, Message("one or the other"), equipements=kept)
        if power is not None and CHARGER not in things:
            mended = ",".join([*(thing for thing in things if thing != NOTHING), CHARGER])
            sentence = Message("A charging power of {power:g} kW is given, and no charger among the equipment.", power=float(power))
            yield bays.finding(row, "irve_puissance", CHARGING, sentence, Message("“{thing}” among the equipment", thing=CHARGER), equipements=mended)


def stays(bays: Bays) -> Iterator[Finding]:
    """The longest stay and how it is checked."""
    for row, (minutes,) in bays.given("duree_max"):
        if not 0 < minutes <= LONGEST_STAY:
            sentence = Message("A longest stay of {minutes:g} minutes.", minutes=float(minutes))
            yield bays.finding(row, "duree_max", STAY, sentence, Message("minutes, more than 0 and no more than a day"))
        if bays.value(row, "duree_controle") is None:
            sentence = Message("A longest stay is given and not how it is checked.")
            yield bays.finding(row, "duree_controle", CONTROL, sentence, Message("autre, where the sign does not say it"), duree_controle="autre")


def sizes(bays: Bays) -> Iterator[Finding]:
    """A bay along the kerb that is wider than long: the two were exchanged."""
    for row, (length, width, layout) in bays.given("longueur", "largeur", "disposition"):
        if layout == "parallèle" and width > length:
            sentence = Message("{width:g} cm wide and {length:g} cm long, along the kerb.", width=float(width), length=float(length))
            yield bays.finding(row, "largeur", WIDER, sentence, Message("the length along the kerb"), longueur=width, largeur=length)


def identity(bays: Bays) -> Iterator[Finding]:
    """The order's address and the name."""
    for row, (present, _) in bays.given("arr_present", "arr_url"):
        if not present:
            sentence = Message("The address of an order is given, and it is said that there is none.")
            yield bays.finding(row, "arr_present", ORDER, sentence, Message("oui, or no address"), arr_present=True)
    for row, (name,) in bays.given("nom"):
        if not re.fullmatch(r"\d[\dAB]\d{3}_\d+|\d{9}_\d+", str(name)):
            sentence = Message("“{name}” is not made of a code and a number.", name=name)
            yield bays.finding(row, "nom", NAME, sentence, Message("INSEE code or SIREN, then a number, for example 69386_12"))


def completeness(bays: Bays) -> Iterator[Finding]:
    """What is not given and should be; one finding a bay."""
    for row in bays.table.index:
        lacking = [name for name in NEEDED if bays.value(row, name) is None]
        if lacking:
            fields = ", ".join(lacking)
            yield bays.finding(row, lacking[0], INCOMPLETE, Message("Not given: {fields}.", fields=fields))


CHECKS: tuple[Callable[[Bays], Iterator[Finding]], ...] = (
    hours_by_kind,
    hours_read,
    signs,
    dates,
    equipment,
    stays,
    sizes,
    identity,
    completeness,
)
