"""``import-company`` and ``undo-import``: a firm's file of customers onto the map, again next month, and back."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..toolkit.company.columns import FIELD_NAMES, HeaderMemory
from ..toolkit.company.recipe import MISSING_ROWS, Recipe, load_recipe
from ..toolkit.errors import ParameterError
from ..toolkit.messages import tr
from ..toolkit.sources import default_cache
from .shell import ShellProgress, add_command, number, spare_sources

if TYPE_CHECKING:
    import pandas as pd

    from ..toolkit.company.pipeline import CompanyImport, Located, Prepared

_READ = ("encoding", "delimiter", "decimal", "sheet", "header_row", "skip_rows")


def add_import_company(commands: Any) -> None:
    """Add the commands and their options."""
    company = add_command(commands, "import-company", import_company_command, "import a firm's file of customers, and again next month")
    company.add_argument("file", help="CSV, TXT, XLSX, ODS, XLS, or any vector file; only read")
    company.add_argument("--recipe", metavar="R.json", help="how the file is read, as an earlier import saved it")
    company.add_argument("--save-recipe", metavar="R.json", help="keep how this file is read; no data in it")
    company.add_argument("--encoding", help="of a text file; found out by default")
    company.add_argument("--delimiter", help="of a text file; found out by default")
    company.add_argument("--decimal", choices=(",", "."), help="decimal sign; found out by default")
    company.add_argument("--sheet", help="of a workbook, or layer of a vector file; the first with rows by default")
    company.add_argument("--header-row", type=int, metavar="N", help="line of the header, 0 for none; found out by default")
    company.add_argument("--skip-rows", type=int, metavar="N", help="rows behind the header that hold no customer")
    fields = f"what a column holds; fields: {', '.join(FIELD_NAMES)}"
    company.add_argument("--column", action="append", type=_column, metavar="FIELD=COLUMN", help=fields)
    company.add_argument("--crs", help="of the coordinates; told from their values by default")
    company.add_argument("--fix", metavar="CODE,…", help="apply the proposals of findings of these codes, or of all")
    company.add_argument("--key", metavar="COLUMN,…", help="columns that tell customers apart")
    company.add_argument("--missing", choices=MISSING_ROWS, help="customers that the file has no more: keep, mark (default) or remove")
    company.add_argument("--sirene", metavar="FILE", help="geolocated stock of establishments, CSV or Parquet, to place by SIRET")
    company.add_argument("--towns", metavar="FILE", help="table of communes with postcode, town and INSEE code")
    company.add_argument("--geocoder", metavar="URL", help="a geocoder of addok's kind; nothing is sent without --send-addresses")
    company.add_argument("--send-addresses", metavar="HOST", help="agree to send address columns to the geocoder's host, named here")
    company.add_argument("--threshold", type=number, metavar="0–1", help="score under which an address goes to review (default 0.6)")
    company.add_argument("--cache", metavar="FILE", type=Path, help="answers of the geocoder on this machine (default: the user's cache folder)")
    company.add_argument("--rejects", metavar="FILE.csv", help="write the rejected rows, with their reasons")
    company.add_argument("--findings", metavar="FILE.csv", help="write what the checks found, with their proposals")
    company.add_argument("--dry-run", action="store_true", help="say what would change and write nothing")
    undo = commands.add_parser("undo-import", help="put back what was there before the last import-company", description="Undo an import.")
    undo.set_defaults(command=undo_import_command)
    undo.add_argument("output", help="the file that import-company wrote")
    undo.add_argument("--even-if-changed", action="store_true", help="also where the file was changed since; those changes are lost")
    undo.add_argument("--lang", help=argparse.SUPPRESS)
    undo.add_argument("--quiet", action="store_true", help="no progress on standard error")


def import_company_command(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    """``import-company``: a firm's file → customers on the map, merged with the last import."""
    from ..toolkit.company.export import write_csv
    from ..toolkit.company.pipeline import compared, prepare, recipe_of, writable
    from ..toolkit.write import check_output

    others = (options.rejects, options.findings)
    spare_sources(list(filter(None, (options.file, options.sirene, options.towns, options.recipe))), (options.output, *others))
    previous = writable(options.output, options.overwrite)
    for path in filter(None, others):
        check_output(path, options.overwrite, (".csv",))
    recipe = _recipe(options)
    memory = HeaderMemory(default_cache() / "columns.json")
    chosen = dict(options.column or ())
    prepared = prepare(options.file, recipe, memory, _towns(options.towns), progress.part(0, 0.3), chosen)
    if options.fix:
        found = prepared.checked.counts() if options.fix == "all" else [code.strip() for code in options.fix.split(",")]
        prepared = prepared.with_corrections(code for code in found if prepared.checked.of([code]))
    located = _located(prepared, options, progress)
    ready = compared(prepared, located, previous)
    _say(ready, progress)
    told = _told(ready, options)
    if not options.dry_run:
        progress.step(0.9, tr("Writing {name}", name=options.output))
        ready.write(options.output, options.overwrite)
        told["output"] = options.output
        if options.rejects:
            write_csv(ready.reject_table(), options.rejects, options.overwrite)
        if options.findings:
            write_csv(prepared.checked.table(), options.findings, options.overwrite)
        if chosen:
            memory.keep(prepared.recipe.header, prepared.recipe.columns)
    if options.save_recipe:
        recipe_of(prepared, Path(options.save_recipe).stem).save(options.save_recipe)
        told["recipe"] = options.save_recipe
    progress.show(1, str(options.output))  # not a step: what is written is not cancelled any more
    return told


def undo_import_command(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    """``undo-import``: the file as it was before the last import, byte for byte."""
    from ..toolkit.company.history import History

    undone = History(options.output).undo(options.even_if_changed)
    progress.say(tr("“{path}” is as it was before the last import.", path=undone.path))
    return {"output": str(undone.path), "removed": undone.removed}


def _column(text: str) -> tuple[str, str]:
    field, _, column = text.partition("=")
    if field not in FIELD_NAMES or not column:
        raise argparse.ArgumentTypeError(f"{text!r} is not FIELD=COLUMN; fields: {', '.join(FIELD_NAMES)}")
    return field, column


def _recipe(options: argparse.Namespace) -> Recipe:
    """The recipe of a file, with what the command line says otherwise."""
    recipe = load_recipe(options.recipe) if options.recipe else Recipe()
    read = {name: getattr(options, name) for name in _READ if getattr(options, name) is not None}
    plain = ("crs", "missing", "geocoder", "threshold")
    given: dict[str, Any] = {name: getattr(options, name) for name in plain if getattr(options, name) is not None}
    if options.key:
        given["key"] = tuple(name.strip() for name in options.key.split(","))
    return replace(recipe, read={**recipe.read, **read}, **given)


def _towns(path: str | None) -> pd.DataFrame | None:
    """The user's table of communes, by what its columns look like."""
    if not path:
        return None
    from ..toolkit.company.columns import suggest
    from ..toolkit.company.reading import read_company_file

    rows = read_company_file(path).raw.rows
    found = {name: suggestion.column for name, suggestion in suggest(rows).items()}
    if not {"postcode", "town"} <= set(found):
        raise ParameterError("“{name}” is no table of communes. Expected: columns with the postcode and the town.", name=Path(path).name)
    return rows[[found["postcode"], found["town"]]].dropna().set_axis(["postcode", "town"], axis=1)


def _located(prepared: Prepared, options: argparse.Namespace, progress: ShellProgress) -> Located:
    """Positions; addresses are sent only where the geocoder's host was named."""
    from ..toolkit.company.geocoder import AddressCache, plan
    from ..toolkit.company.locate import addresses_of
    from ..toolkit.company.pipeline import locate
    from ..toolkit.web import host_of

    url = prepared.recipe.geocoder
    host = host_of(url) if url else "—"
    if options.send_addresses and options.send_addresses != host:
        raise ParameterError(
            "--send-addresses names “{host}”; the geocoder is at “{other}”. Nothing was sent.", host=options.send_addresses, other=host
        )
    cache = AddressCache(options.cache or default_cache() / "addresses.sqlite") if url else None
    client, consent = None, None
    if options.send_addresses and cache is not None:
        from ..toolkit.web.requests_client import RequestsClient

        client = RequestsClient()
        consent = plan(addresses_of(prepared.rows, prepared.recipe.columns), url, cache).consent()
    return locate(prepared, options.sirene, client, cache, consent, progress.part(0.3, 0.9))


def _say(ready: CompanyImport, progress: ShellProgress) -> None:
    """Notes, findings by kind and counts: never a value of the file."""
    from ..toolkit.company.checks import summary

    raw = ready.prepared.file.raw
    said = [*raw.notes, *ready.located.places.notes, *summary(ready.prepared.checked), *summary(ready.located.checked), ready.sentence()]
    located = ready.located
    if located.plan is not None and located.plan.rows and located.geocoded is not None and not located.geocoded.sent:
        said.append(located.plan.sentence())
    if located.geocoded is not None and located.geocoded.failure is not None:
        said.append(located.geocoded.failure)
    for text in (*said, *ready.merged.sentences(), *(f"  {reject}" for reject in raw.rejects[:10])):
        progress.say(text)


def _told(ready: CompanyImport, options: argparse.Namespace) -> dict[str, Any]:
    """The result as JSON has it."""
    prepared, located = ready.prepared, ready.located
    sniffed = prepared.file.sniffed
    read = {name: getattr(sniffed, name) for name in ("kind", "encoding", "delimiter", "decimal", "sheet", "header_row")}
    geocoder = None
    if located.plan is not None and located.geocoded is not None:
        failure = located.geocoded.failure
        geocoder = {
            "host": located.plan.host,
            "columns": list(located.plan.columns),
            "to_send": located.plan.rows,
            "sent": located.geocoded.sent,
            "known": located.geocoded.known,
            "failure": None if failure is None else str(failure),
        }
    changes = ready.merged.changes
    return {
        **ready.counts(),
        "read": read,
        "columns": prepared.recipe.columns,
        "crs": located.places.crs,
        "corrections": list(prepared.recipe.corrections),
        "geocoder": geocoder,
        "changed_fields": changes.by_field() if changes is not None else {},
        "dry_run": options.dry_run,
        "output": None,
        "notes": [str(note) for note in (*prepared.file.raw.notes, *located.places.notes)],
        "rejects": [str(reject) for reject in prepared.file.raw.rejects],
    }
