"""A source's table into a file of the user's: what would change is shown before anything is replaced."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd

from ..changes import Changes, compare
from ..errors import DataError, FileError
from ..messages import Message
from ..progress import Progress
from ..read.vector import read_vector
from ..write import write_table
from .fetching import fetch
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
        """Write the table to `path`, whole or not at all; see `write_table`."""
        return write_table(self.table, path, self.source.table, overwrite)


def renew(
    source: Source,
    client: Client,
    cache: Path,
    older: Path | None = None,
    area: Area | None = None,
    refresh: bool = False,
    progress: Progress | None = None,
) -> Renewal:
    """Fetch and read `source`, and compare it with the user's file `older`. Writes nothing but the cache.

    Parameters and errors as for `fetch` and `read_copies`; `older` is only read, and need not exist.
    """
    progress = progress or Progress()
    fetched = fetch(source, client, cache, area, refresh, progress.part(0, 0.7))
    progress.step(0.7)
    read = read_copies(source, fetched.copies, area)
    renewal = Renewal(source, fetched.copies, read, notes=[*fetched.notes, *read.notes])
    if older is not None and older.exists():
        progress.step(0.9)
        _compare(renewal, older)
    return renewal


def _compare(renewal: Renewal, older: Path) -> None:
    key = key_of(renewal.source)
    try:
        raw = read_vector(older)
        old = raw.rows if raw.geometry is None else gpd.GeoDataFrame(raw.rows, geometry=raw.geometry)
        renewal.changes = compare(old, renewal.table, key, ignore=NOT_COMPARED)
    except (DataError, FileError) as error:
        renewal.notes.append(Message("What changed in “{path}” cannot be told: {cause}", path=older, cause=error.message))
