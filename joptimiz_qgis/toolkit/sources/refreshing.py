"""A source's table into a file of the user's: what would change is shown before anything is replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd

from ..changes import Changes, compare
from ..errors import DataError, FileError, NetworkError, ParameterError
from ..messages import Message, tr
from ..progress import Progress
from ..read.mapping import PERIMETER_RULES
from ..read.vector import read_vector
from ..write.tables import one_geometry_type, write_layers, write_table
from .fetching import Fetched, fetch, will_ask
from .tables import SourceTable, key_of, read_copies

if TYPE_CHECKING:
    from ..web import Client
    from .area import Area
    from .catalogue import Source
    from .copies import Copy

NOT_COMPARED = ("source", "source_ligne", "remarques")
"""Fields of the bays table that say how a row was read: a row inserted above would change them all."""


@dataclass
class Renewal:
    """A source's table as it is now, and what that changes in the user's file.

    Attributes
    ----------
    changes : Changes or None
        None where there is no older file, or where the two cannot be compared (a note says why).
    """

    source: Source
    copies: list[Copy]
    read: SourceTable
    changes: Changes | None = None
    notes: list[Message] = field(default_factory=list)

    @property
    def table(self) -> gpd.GeoDataFrame:
        """What would be written."""
        return self.read.table

    def write(self, path: Path, overwrite: bool = False) -> Path:
        """Write the table to `path`, whole or not at all; see `write_source_table`."""
        return write_source_table(self.read, self.source.table, path, overwrite)


def write_source_table(read: SourceTable, name: str, path: Path, overwrite: bool = False) -> Path:
    """Write what was read to `path`, whole or not at all: see `write_table`.

    A GeoPackage of perimeters holds their rules as a second table; other formats hold one table, the perimeters.
    """
    if read.rules is None or path.suffix.lower() != ".gpkg":
        return write_table(read.table, path, name, overwrite)
    return write_layers({name: read.table, PERIMETER_RULES: read.rules}, path, overwrite)


def renew(
    source: Source,
    client: Client,
    cache: Path,
    older: Path | None = None,
    area: Area | None = None,
    refresh: bool = False,
    progress: Progress | None = None,
    offline: bool = False,
) -> Renewal:
    """Fetch and read `source`, and compare it with the user's file `older`. Writes nothing but the cache.

    Parameters and errors as for `fetch` and `read_copies`; `older` is only read, and need not exist. With `offline` the copies that are
    there are taken where a refresh fails, and a note says why and of which day they are.
    """
    progress = progress or Progress()
    fetched = _fetched(source, client, cache, area, refresh, progress.part(0, 0.7), offline)
    progress.step(0.7, tr("Reading {title}", title=source.name))
    read = read_copies(source, fetched.copies, area)
    progress.step(0.85)
    renewal = Renewal(source, fetched.copies, read, notes=[*fetched.notes, *read.notes])
    if older is not None and older.exists():
        progress.step(0.9)
        renewal.changes, notes = changes_against(older, renewal.table, key_of(source))
        renewal.notes += notes
    return renewal


def _fetched(
    source: Source, client: Client, cache: Path, area: Area | None, refresh: bool, progress: Progress, offline: bool
) -> Fetched:
    try:
        return fetch(source, client, cache, area, refresh, progress)
    except NetworkError as error:
        if not (offline and refresh) or will_ask(source, cache, area):
            raise
        older = fetch(source, client, cache, area, refresh=False, progress=progress)
        return Fetched(older.copies, [Message("{cause} It is the one that is used.", cause=error.message)])


def changes_against(older: Path | str, table: gpd.GeoDataFrame, key: Sequence[str]) -> tuple[Changes | None, list[Message]]:
    """What `table` changes in the user's file `older`, which is only read; None, and why, where that cannot be told.

    `table` is compared as it would be written: where points and footprints are mixed, as points.
    """
    try:
        raw = read_vector(older)
        old = raw.rows if raw.geometry is None else gpd.GeoDataFrame(raw.rows, geometry=raw.geometry)
        return compare(old, one_geometry_type(table), key, ignore=NOT_COMPARED), []
    except (DataError, FileError, ParameterError) as error:
        return None, [Message("What changed in “{path}” cannot be told: {cause}", path=older, cause=error.message)]
