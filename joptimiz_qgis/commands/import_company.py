"""``import-company`` and ``undo-import``: a firm's file of customers onto the map, again next month, and back."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..toolkit.company.columns import FIELD_NAMES
from ..toolkit.company.importing import ImportRequest, with_answers
from ..toolkit.company.recipe import MISSING_ROWS, Recipe, load_recipe
from ..toolkit.messages import tr
from ..toolkit.sources import default_cache
from .shell import ShellProgress, add_command, number, spare_sources

if TYPE_CHECKING:
    from ..toolkit.web import Client

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
    from ..toolkit.company.importing import report, run_import, save_recipe, sentences, write_import

    sources = list(filter(None, (options.file, options.sirene, options.towns, options.recipe)))
    spare_sources(sources, (options.output, options.rejects, options.findings))
    asked = _request(options)
    ready = run_import(asked, _client, progress)
    for text in (*sentences(ready), *(f"  {reject}" for reject in ready.prepared.file.raw.rejects[:10])):
        progress.say(text)
    told = {**report(ready), "dry_run": options.dry_run, "output": None}
    if not options.dry_run:
        write_import(ready, asked, progress.part(0.9, 1))
        told["output"] = options.output
    elif options.save_recipe:
        save_recipe(ready.prepared, options.save_recipe)
    if options.save_recipe:
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


def _request(options: argparse.Namespace) -> ImportRequest:
    """What the command line asks for; the recipe of a file, with what the command line says otherwise."""
    recipe = load_recipe(options.recipe) if options.recipe else Recipe()
    plain = {name: getattr(options, name) for name in ("crs", "missing", "geocoder", "threshold")}
    plain["key"] = tuple(name.strip() for name in options.key.split(",")) if options.key else None
    return ImportRequest(
        file=options.file,
        output=options.output,
        cache=default_cache(),
        recipe=with_answers(recipe, {name: getattr(options, name) for name in _READ}, **plain),
        chosen=dict(options.column or ()),
        fix=options.fix or "",
        sirene=options.sirene or "",
        towns=options.towns or "",
        send_addresses=options.send_addresses or "",
        overwrite=options.overwrite,
        rejects=options.rejects or "",
        findings=options.findings or "",
        save_recipe=options.save_recipe or "",
        answers=options.cache,
    )


def _client() -> Client:
    from ..toolkit.web.requests_client import RequestsClient

    return RequestsClient()
