"""What “Add data” was asked for, and what comes of it, away from its widgets: read, previewed, compared, written in the background."""

from __future__ import annotations

import dataclasses
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ..processing.source_settings import SourceSettings
from ..toolkit.errors import OutputError, not_written
from ..toolkit.messages import tr
from ..toolkit.sources import Area, Origin, Source, will_ask

if TYPE_CHECKING:
    from ..toolkit.changes import Changes
    from ..toolkit.progress import Progress
    from ..toolkit.sources.tables import SourceTable

PREVIEW_ROWS = 100
PREVIEW_POSITIONS = 5_000
_FIRST = ("cle", "id", "nom", "type", "type_peri", "type_poi", "adresse", "longueur", "largeur")
"""Fields by which a reader recognises a row; the others follow in their own order."""

_OF_QGIS = {"layer_styles", "qgis_projects"}


@dataclass(frozen=True)
class DataRequest:
    """What to read, and into which file it would go.

    Attributes
    ----------
    table : str
        Kind of table, one of `toolkit.sources.TABLES`.
    file : str
        A file, as the user chose it; empty where `source` is given.
    source : Source or None
        Of the catalogue, or at an address.
    mapping, crs, kind : str
        As for `table_from_raw`; empty to find out.
    area : Area or None
        None for everything.
    refresh : bool
        Ask for a newer copy.
    authcfg : str
        Of QGIS's authentications.
    target : Path or None
        The user's GeoPackage; None where the workspace takes the table.
    """

    table: str
    file: str = ""
    source: Source | None = None
    mapping: str = ""
    crs: str = ""
    kind: str = ""
    area: Area | None = None
    refresh: bool = False
    authcfg: str = ""
    target: Path | None = None


class ConsentNeeded(NamedTuple):
    """These servers would be asked; nothing was sent yet."""

    hosts: list[str]
    leads_on: bool


@dataclass
class Preview:
    """What was read, and what of it the dialog shows: `said` is about the fetch and the comparison, `notes` about the files."""

    request: DataRequest
    read: SourceTable
    origins: list[Origin] = field(default_factory=list)
    changes: Changes | None = None
    said: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    rejects: list[list[str]] = field(default_factory=list)
    positions: list[bytes] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    crs: str = ""

    @property
    def mapping(self) -> str:
        """The mapping that was used; empty where none was."""
        return next((reading.mapping for reading in self.read.readings if reading.mapping), "")

    def sentence(self) -> str:
        """The counts in words."""
        counts = self.read.counts()
        imported = counts["rows_read"] - counts["rejected"]
        corrected = self.read.rows_with("corrected")
        said = tr(
            "{read} rows read: {imported} imported, of which {corrected} with a value corrected; {rejected} rejected.",
            read=counts["rows_read"],
            imported=imported,
            corrected=corrected,
            rejected=counts["rejected"],
        )
        if not self.read.outside:
            return said
        return said + " " + tr("{outside} lie outside the area; {rows} remain.", outside=self.read.outside, rows=counts["rows"])


class Workspace(Protocol):
    """A place that keeps the tables of a project; the dialog offers the one that is open."""

    title: str

    def add_table(self, preview: Preview, progress: Progress) -> str:
        """Take the table over, in the background; the source by which QGIS opens it."""


def prepare(request: DataRequest, settings: SourceSettings, consented: set[str], progress: Progress) -> Preview | ConsentNeeded:
    """Read what was asked for, and compare it with the file that it would replace. Sends nothing to a server not in `consented`."""
    from ..toolkit.sources.refreshing import changes_against

    if request.source is not None:
        hosts = will_ask(request.source, settings.cache, request.area, request.refresh)
        if not set(hosts) <= consented:
            return ConsentNeeded(hosts, leads_on=request.source.service == "datagouv")
    preview = _from_source(request, settings, progress) if request.source else _from_file(request, progress)
    progress.step(0.9, tr("Comparing with the older file"))
    if request.target is not None and request.target.exists():
        refuse_others(request.target, request.table)
        preview.changes, notes = changes_against(request.target, preview.read.table, _key(request))
        preview.said += map(str, notes)
    _show(preview)
    return preview


def _from_source(request: DataRequest, settings: SourceSettings, progress: Progress) -> Preview:
    from ..processing.web import QgisClient
    from ..toolkit.sources.refreshing import renew
    from ..toolkit.web import host_of

    asked = request.source
    if asked is None:
        raise TypeError
    source = dataclasses.replace(
        asked, mapping=request.mapping or asked.mapping, crs=request.crs or asked.crs, kind=request.kind or asked.kind
    )
    client = QgisClient(request.authcfg, host_of(source.url), timeout=settings.timeout)
    renewal = renew(source, client, settings.cache, None, request.area, request.refresh, progress.part(0, 0.9), offline=True)
    return Preview(request, renewal.read, [copy.origin for copy in renewal.copies], said=list(map(str, renewal.notes)))


def _from_file(request: DataRequest, progress: Progress) -> Preview:
    from ..toolkit.read.tables import table_from_raw
    from ..toolkit.read.vector import read_raw
    from ..toolkit.sources.tables import joined

    progress.step(0.1, tr("Reading {title}", title=Path(request.file.split("|")[0]).name))
    raw = read_raw(request.file)
    progress.step(0.4)
    reading = table_from_raw(request.table, raw, request.mapping or None, request.crs or None, request.kind or None)
    return Preview(request, joined([reading], request.area))


def _key(request: DataRequest) -> list[str]:
    from ..toolkit.schema import load_table
    from ..toolkit.sources.tables import key_of

    return key_of(request.source) if request.source else [load_table(request.table).key]


def _show(preview: Preview) -> None:
    """What the dialog needs of the tables, as plain values: it touches no table itself."""
    import shapely

    from ..toolkit.schema import load_table

    table = preview.read.table
    schema = load_table(preview.request.table)
    titles = {each.name: each.title for each in schema.fields}
    filled = [name for name in table.columns if name != table.geometry.name and table[name].notna().any()]
    filled.sort(key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))
    preview.columns = [titles.get(name, str(name)) for name in filled]
    preview.rows = [[_text(value) for value in row] for row in table[filled].head(PREVIEW_ROWS).itertuples(index=False)]
    preview.rejects = [[_text(value) for value in row] for row in preview.read.rejects.head(PREVIEW_ROWS).itertuples(index=False)]
    preview.positions = list(shapely.to_wkb(table.geometry.force_2d().to_numpy()[:PREVIEW_POSITIONS]))
    kind = next((name for name in ("type", "type_peri", "type_poi") if name in schema.names and name in table.columns), None)
    preview.kinds = [_text(value) for value in table[kind].head(PREVIEW_POSITIONS)] if kind else [""] * len(preview.positions)
    preview.crs = (table.crs.to_string() if table.crs.to_authority() else table.crs.to_wkt()) if table.crs is not None else ""
    for reading in preview.read.readings:
        preview.notes += [str(note) for note in reading.notes]


def _text(value: Any) -> str:
    import pandas as pd

    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:.10g}"
    return "" if value is None or value is pd.NA or value is pd.NaT else str(value)


def write(preview: Preview, progress: Progress) -> str:
    """Write the table into the GeoPackage that was chosen, whole or not at all; the source by which QGIS opens it.

    A file that is there is filled by SQLite itself, so that layers of it may be open meanwhile, on Windows too.
    """
    from ..processing.results import Target, copy_database, whole_or_nothing
    from ..toolkit.sources.refreshing import write_source_table

    target, table = preview.request.target, preview.request.table
    if target is None:
        raise TypeError
    progress.step(0.1, tr("Writing {name}", name=target.name))
    refuse_others(target, table)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=target.parent) as folder:
            made = write_source_table(preview.read, table, Path(folder) / target.name)
            progress.step(0.8)
            if not target.exists():
                made.replace(target)
            else:
                with whole_or_nothing(Target(target, table)):
                    copy_database(made, target)
    except OSError as error:
        raise not_written(target, error) from error
    return f"{target}|layername={table}"


def refuse_others(target: Path, table: str) -> None:
    """Raise `OutputError` where `target` is no GeoPackage, or holds tables that replacing it would lose."""
    if target.suffix.lower() != ".gpkg":
        raise OutputError("“{name}” has no known ending. Expected: {endings}.", name=target.name, endings=".gpkg")
    if not target.exists():
        return
    try:
        with closing(sqlite3.connect(target)) as database:
            found = {row[0] for row in database.execute("SELECT table_name FROM gpkg_contents")}
    except sqlite3.Error as error:
        raise OutputError("“{path}” is no GeoPackage and was left as it is. Choose another file.", path=target) from error
    others = sorted(found - {table, "perimeter_rules"} - _OF_QGIS)
    if others:
        raise OutputError(
            "“{path}” holds other tables ({names}), which would be lost. Choose another file.", path=target, names=", ".join(others)
        )
