"""A whole import at one go, as a command line or an algorithm asks for it; a dialog takes the steps of ``pipeline`` one by one.

Loads no library by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from ..errors import FileError, OutputError, ParameterError
from ..messages import tr
from ..progress import Progress
from ..web import host_of
from .columns import HeaderMemory
from .recipe import Recipe, load_recipe

if TYPE_CHECKING:
    import pandas as pd

    from ..web import Client
    from .history import History
    from .pipeline import CompanyImport, Located, Prepared

EVERY_CODE = "all"
_READ = ("kind", "encoding", "delimiter", "decimal", "sheet", "header_row")


@dataclass(frozen=True)
class ImportRequest:
    """What is asked for.

    Attributes
    ----------
    file, output : path
        The firm's file, and the GeoPackage of the result.
    cache : path
        Folder of what stays on this machine: answers of geocoders, choices of columns.
    recipe : Recipe
        How the file is read.
    chosen : mapping
        Field → column, beside those of the recipe.
    fix : str
        Codes of the findings whose proposals are applied, with commas between; ``all`` for all; empty for those of the recipe.
    sirene, towns : str
        Files of the user's; empty for none.
    send_addresses : str
        The geocoder's host: naming it is the consent. Empty where nothing may be sent.
    overwrite : bool
        Replace the result instead of merging with it.
    rejects, findings : str
        CSV files to write; empty for none.
    save_recipe : str
        File to keep how the firm's file was read; empty for none.
    answers : path, optional
        File of the geocoder's answers, where it is not the one in `cache`.
    """

    file: str
    output: str
    cache: Path
    recipe: Recipe = field(default_factory=Recipe)
    chosen: Mapping[str, str] = field(default_factory=dict)
    fix: str = ""
    sirene: str = ""
    towns: str = ""
    send_addresses: str = ""
    overwrite: bool = False
    rejects: str = ""
    findings: str = ""
    save_recipe: str = ""
    answers: Path | None = None

    @property
    def memory(self) -> HeaderMemory:
        """What was chosen for the same header before."""
        return header_memory(self.cache)

    def check(self) -> None:
        """Raise an error where a result would replace what it is made of, or cannot be written, or a value is impossible: said before the work."""
        from ..write.tables import check_output

        results = [path for path in (self.output, self.rejects, self.findings, self.save_recipe) if path]
        sources = {Path(path.partition("|")[0]).resolve() for path in (self.file, self.sirene, self.towns) if path}
        for number, path in enumerate(results):
            if Path(path).resolve() in sources:
                raise OutputError("“{path}” is one of the inputs; sources are never modified. Choose another file for the result.", path=path)
            if Path(path).resolve() in {Path(other).resolve() for other in results[:number]}:
                raise OutputError("“{path}” is named for two results. Give each its own file.", path=path)
        for path in filter(None, (self.rejects, self.findings)):
            check_output(path, self.overwrite, (".csv",))
        if self.save_recipe:
            check_recipe_file(self.save_recipe)
        if not 0 <= self.recipe.threshold <= 1:  # not a number is not between them either
            raise ParameterError("The threshold is {value}; expected: a score between 0 and 1, for example 0.6.", value=self.recipe.threshold)
        _check_codes(self.fix)


def header_memory(cache: Path) -> HeaderMemory:
    """The choices of columns that are kept in folder `cache`."""
    return HeaderMemory(cache / "columns.json")


def address_file(cache: Path) -> Path:
    """Where answers of geocoders are kept in folder `cache`."""
    return cache / "addresses.sqlite"


def run_import(asked: ImportRequest, make_client: Callable[[], Client], progress: Progress) -> CompanyImport:
    """Read, check, place and compare; nothing is written.

    Parameters
    ----------
    make_client : callable
        Makes a connection; called only where addresses may be sent.

    Raises
    ------
    JoptimizError
        Of a kind that says what is wrong with the file, the choices, or the result.
    """
    from .pipeline import compared, prepare, writable

    asked.check()
    previous = writable(asked.output, asked.overwrite)
    prepared = prepare(asked.file, asked.recipe, asked.memory, towns_of(asked.towns), progress.part(0, 0.3), asked.chosen)
    prepared = corrected(prepared, asked.fix)
    located = _located(prepared, asked, make_client, progress.part(0.3, 0.9))
    return compared(prepared, located, previous)


def check_recipe_file(path: Path | str) -> None:
    """Raise `OutputError` where a recipe cannot be kept at `path`: a recipe is replaced there, and nothing else is."""
    from ..write.tables import check_output

    check_output(path, overwrite=True, endings=(".json",))
    if Path(path).exists():
        try:
            load_recipe(path)
        except FileError as error:
            raise OutputError("“{path}” exists and is no recipe; it was left as it is. Give the recipe another name.", path=path) from error


def _check_codes(fix: str) -> None:
    """Raise `ParameterError` where a code in `fix` is none that a check gives."""
    from .finding_titles import CODES

    strange = [code for code in map(str.strip, fix.split(",")) if code and code != EVERY_CODE and code not in CODES]
    if strange:
        raise ParameterError(
            "“{codes}” is no kind of finding. Expected: {known}, or {all}.", codes="”, “".join(strange), known=", ".join(CODES), all=EVERY_CODE
        )


def corrected(prepared: Prepared, fix: str) -> Prepared:
    """`prepared` with the corrections of the codes in `fix`; see `ImportRequest`."""
    if not fix:
        return prepared
    found = prepared.checked.counts() if fix == EVERY_CODE else [code.strip() for code in fix.split(",")]
    return prepared.with_corrections(code for code in found if prepared.checked.of([code]))


def towns_of(path: str) -> pd.DataFrame | None:
    """The user's table of communes, by what its columns look like; None where no file is given."""
    if not path:
        return None
    from .columns import suggest
    from .reading import read_company_file

    rows = read_company_file(path).raw.rows
    found = {name: suggestion.column for name, suggestion in suggest(rows).items()}
    if not {"postcode", "town"} <= set(found):
        raise ParameterError("“{name}” is no table of communes. Expected: columns with the postcode and the town.", name=Path(path).name)
    wanted = [name for name in ("postcode", "town", "insee") if name in found]
    table = rows[[found[name] for name in wanted]].set_axis(wanted, axis=1)
    return table.dropna(subset=["postcode", "town"])


def _located(prepared: Prepared, asked: ImportRequest, make_client: Callable[[], Client], progress: Progress) -> Located:
    """Positions; addresses are sent only where the geocoder's host was named."""
    from .geocoder import AddressCache, plan
    from .locate import addresses_of
    from .pipeline import locate

    url = prepared.recipe.geocoder
    host = host_of(url) if url else "—"
    if asked.send_addresses and asked.send_addresses != host:
        raise ParameterError(
            "The consent names “{host}”; the geocoder is at “{other}”. Nothing was sent.", host=asked.send_addresses, other=host
        )
    cache = AddressCache(asked.answers or address_file(asked.cache)) if url else None
    client, consent = None, None
    if asked.send_addresses and cache is not None:
        client = make_client()
        consent = plan(addresses_of(prepared.rows, prepared.recipe.columns), url, cache).consent()
    return locate(prepared, asked.sirene or None, client, cache, consent, progress)


def write_import(ready: CompanyImport, asked: ImportRequest, progress: Progress) -> History:
    """Write the result and what was asked for beside it, all of it or nothing; remember the columns that the user chose.

    Raises
    ------
    OutputError
        One of the files cannot be written: all are as they were.
    """
    from .export import in_place, write_csv

    asked.check()
    progress.step(0, tr("Writing {name}", name=asked.output))
    with ExitStack() as beside:
        for table, path in ((ready.reject_table, asked.rejects), (ready.findings().table, asked.findings)):
            if path:
                beside.enter_context(in_place(partial(write_csv, table()), path))
        if asked.save_recipe:
            beside.enter_context(in_place(partial(save_recipe, ready.prepared, name=Path(asked.save_recipe).stem), asked.save_recipe))
        history = ready.write(asked.output, asked.overwrite, progress)  # the last: it is there at once, or not at all
    if asked.chosen:
        asked.memory.keep(ready.prepared.recipe.header, ready.prepared.recipe.columns)
    return history


def save_recipe(prepared: Prepared, path: Path | str, name: str = "") -> None:
    """Keep how this file is read, in a file that is named after itself; see `check_recipe_file`."""
    from .pipeline import recipe_of

    check_recipe_file(path)
    recipe_of(prepared, name or Path(path).stem).save(path)


def sentences(ready: CompanyImport) -> Iterator[str]:
    """Notes, findings by kind and counts: never a value of the file."""
    from .checks import summary

    raw, located = ready.prepared.file.raw, ready.located
    yield from map(str, (*raw.notes, *located.places.notes))
    yield from (*summary(ready.prepared.checked), *summary(located.checked), ready.sentence())
    yield from map(str, located.places.why())
    if located.plan is not None and located.plan.rows and located.geocoded is not None and not located.geocoded.sent:
        yield located.plan.sentence()
    if located.geocoded is not None and located.geocoded.failure is not None:
        yield str(located.geocoded.failure)
    yield from ready.merged.sentences()


def report(ready: CompanyImport) -> dict[str, Any]:
    """The import in figures and names of columns, as JSON has it."""
    prepared, located, changes = ready.prepared, ready.located, ready.merged.changes
    sniffed = prepared.file.sniffed
    return {
        **ready.counts(),
        "read": {name: getattr(sniffed, name) for name in _READ},
        "columns": prepared.recipe.columns,
        "crs": located.places.crs,
        "corrections": list(prepared.recipe.corrections),
        "geocoder": _asked_of_geocoder(located),
        "changed_fields": changes.by_field() if changes is not None else {},
        "notes": [str(note) for note in (*prepared.file.raw.notes, *located.places.notes)],
        "rejects": [str(reject) for reject in prepared.file.raw.rejects],
    }


def _asked_of_geocoder(located: Located) -> dict[str, Any] | None:
    if located.plan is None or located.geocoded is None:
        return None
    failure = located.geocoded.failure
    return {
        "host": located.plan.host,
        "columns": list(located.plan.columns),
        "to_send": located.plan.rows,
        "sent": located.geocoded.sent,
        "known": located.geocoded.known,
        "failure": None if failure is None else str(failure),
    }


def with_answers(recipe: Recipe, read: Mapping[str, Any], **given: Any) -> Recipe:
    """`recipe` with what was said otherwise; None and empty texts say nothing."""
    told = {name: value for name, value in read.items() if value not in (None, "")}
    others = {name: value for name, value in given.items() if value not in (None, "", ())}
    return replace(recipe, read={**recipe.read, **told}, **others)
