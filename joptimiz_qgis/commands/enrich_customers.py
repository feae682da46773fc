"""``enrich-customers``: for each customer of a firm the perimeters, rules and hours, the ways in, the nearest bay."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING, Any

from ..toolkit.errors import JoptimizError
from ..toolkit.messages import tr
from ..toolkit.parameters import MAX_DISTANCE_M
from ..toolkit.vehicles import Vehicle
from .shell import ShellProgress, add_command, metres, spare_sources, tell

if TYPE_CHECKING:
    from ..toolkit.company.enrich import Customers, Enrichment


def add_enrich_customers(commands: Any) -> None:
    """Add the command and its options."""
    about = "perimeters, rules and hours, ways in and the nearest bay of each customer"
    command = add_command(commands, "enrich-customers", enrich_customers_command, about)
    command.add_argument("customers", help="any vector file, a CSV with coordinates, or what import-company wrote; only read")
    command.add_argument("--perimeters", help="perimeters: any vector file, or a published CSV with WKT")
    command.add_argument("--rules", help="their rules, where they are in a table of their own")
    command.add_argument("--access-points", help="access points of the perimeters")
    command.add_argument("--bays", help="delivery bays, as any city publishes them")
    command.add_argument("--date", type=_day, metavar="YYYY-MM-DD", help="first day; today by default")
    command.add_argument("--days", type=int, default=7, metavar="N", help="length of the period (default 7)")
    command.add_argument("--vehicle", type=_vehicle, metavar="V", help="e.g. pl,V4,weight=12,length=8.5,use=Livraison")
    near = f"a bay is near within so many metres (default {MAX_DISTANCE_M:g})"
    command.add_argument("--max-distance", type=metres, default=MAX_DISTANCE_M, metavar="M", help=near)
    command.add_argument("--table", metavar="FILE", help="also as a table for a spreadsheet: .xlsx or .csv")
    command.add_argument("--mapping", help="how to read the perimeters' columns; recognised from the header by default")
    command.add_argument("--crs", help="coordinate system of the perimeters, where the file does not say")
    command.add_argument("--customers-crs", metavar="CRS", help="of the customers' coordinates, where the file does not say")


def enrich_customers_command(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    """Run ``enrich-customers``."""
    from ..toolkit.company.enrich import Question, enrich, enriched, read_customers
    from ..toolkit.company.spreadsheet import ENDINGS
    from ..toolkit.period import Period
    from ..toolkit.write import check_output, write_table

    given = (options.customers, options.perimeters, options.rules, options.access_points, options.bays)
    spare_sources(list(filter(None, given)), (options.output, options.table))
    check_output(options.output, options.overwrite)
    if options.table:
        check_output(options.table, options.overwrite, ENDINGS)
    first = options.date or date.today()  # noqa: DTZ011 - local time is what is meant
    question = Question(Period(first, options.days), options.vehicle, options.max_distance)
    progress.step(0, tr("Reading {name}", name=options.customers))
    customers = read_customers(options.customers, options.customers_crs)
    for note in customers.notes:
        progress.say(note)
    data = _data(options, progress)
    found = enrich(customers, question, **data, progress=progress.part(0.5, 0.8))
    for said in (*found.notes, *found.sentences()):
        progress.say(said)
    progress.step(0.8, tr("Writing {name}", name=options.output))
    if options.table:
        _write_table(customers, found, options, progress)
    write_table(enriched(customers, found), options.output, "clients_enrichis", options.overwrite)
    progress.show(1, str(options.output))  # not a step: what is written is not cancelled any more
    return _told(customers, found, options)


def _data(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    """The tables that were given, by what they are."""
    from ..toolkit.read.bays import read_bays
    from ..toolkit.read.perimeters import read_perimeters, read_rules
    from ..toolkit.read.places import read_access_points

    data: dict[str, Any] = {}
    if options.perimeters:
        progress.step(0.2, tr("Reading {name}", name=options.perimeters))
        reading = read_perimeters(options.perimeters, options.mapping, options.crs)
        tell(reading, progress)
        rules = read_rules(options.rules) if options.rules else reading.rules
        data |= {"perimeters": reading.table, "rules": rules}
    for key, path, read in (("access_points", options.access_points, read_access_points), ("bays", options.bays, read_bays)):
        if path:
            progress.step(0.35, tr("Reading {name}", name=path))
            places = read(path)
            tell(places, progress)
            data[key] = places.table
    return data


def _write_table(customers: Customers, found: Enrichment, options: argparse.Namespace, progress: ShellProgress) -> None:
    from ..toolkit.company.enrich import about, sheet
    from ..toolkit.company.spreadsheet import write_spreadsheet
    from ..toolkit.read.raw import source_name

    given = {"perimeters": options.perimeters, "access_points": options.access_points, "bays": options.bays}
    sources = {key: source_name(path) for key, path in given.items() if path}
    write_spreadsheet(sheet(customers, found), options.table, options.overwrite, about(customers, found, sources), progress.part(0.8, 0.95))


def _told(customers: Customers, found: Enrichment, options: argparse.Namespace) -> dict[str, Any]:
    """The result as JSON has it: counts and no value of the firm's file."""
    question = found.question
    return {
        **found.counts(),
        "first_day": question.period.first.isoformat(),
        "days": question.period.days,
        "vehicle": question.vehicle.known() if question.vehicle else None,
        "max_distance_m": question.max_distance,
        "columns": list(found.columns.columns),
        "output": options.output,
        "table": options.table,
        "notes": [str(note) for note in (*customers.notes, *found.notes)],
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; expected for example 2024-07-26") from error


def _vehicle(text: str) -> Vehicle:
    try:
        return Vehicle.parse(text)
    except JoptimizError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
