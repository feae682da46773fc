"""A firm's data removed for good: results, backups, logs, what a geocoder answered, what was chosen; listed first, then done.

What stays (a GeoPackage with other tables) is rewritten, so that no byte of the removed rows is left between its pages. What lies elsewhere,
exports that were sent away or the spare cells of a disk, no program reaches: `LIMITS` says so.
"""

from __future__ import annotations

import glob
import shutil
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import DataError, OutputError
from ..history import FOLDER_ENDING
from ..messages import Message, count, tr
from ..progress import Progress
from .privacy import has_our_columns

_BESIDE = ("-wal", "-shm", "-journal")
_OF_THE_FORMAT = ("gpkg_", "rtree_", "sqlite_", "layer_styles")

LIMITS = (
    Message("the firm’s own file, and exports or copies that were made elsewhere or sent to somebody;"),
    Message("tables in a database server: have its administrator drop and vacuum them;"),
    Message("backups of the computer, and what a solid-state disk keeps of deleted files: only an encrypted disk protects from that."),
)
"""What a purge does not reach."""


@dataclass(frozen=True)
class PurgePlan:
    """What is to go.

    Attributes
    ----------
    files : tuple of Path
        Removed whole.
    folders : tuple of Path
        Backups and logs beside them.
    tables : tuple of (Path, tuple of str)
        Emptied out of a file that stays.
    spared : tuple of Path
        Named, but without customers: nothing of them is touched.
    gone : tuple of Path
        Named, but not there any more: what other records say of them may be.
    """

    files: tuple[Path, ...] = ()
    folders: tuple[Path, ...] = ()
    tables: tuple[tuple[Path, tuple[str, ...]], ...] = ()
    spared: tuple[Path, ...] = ()
    gone: tuple[Path, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to remove."""
        return not (self.files or self.folders or self.tables)

    def sentences(self) -> list[str]:
        """What goes, a line each."""
        said = [tr("the file {path}", path=path) for path in self.files]
        said += [tr("backups and log: {path}", path=path) for path in self.folders]
        said += [tr("the tables {tables} of {path}, which stays", tables=", ".join(tables), path=path) for path, tables in self.tables]
        return said + [tr("nothing of {path}: it holds no customers of an import", path=path) for path in self.spared]

    def needles(self) -> list[str]:
        """Texts by which other records name these files."""
        names = [*self.files, *(path for path, _ in self.tables), *self.gone]
        return sorted({form for path in names for form in (str(path), path.as_posix())})


@dataclass
class Purged:
    """What went, and what could not."""

    removed: int = 0
    failed: list[str] = field(default_factory=list)

    def left_in_history(self, path: Path, error: Exception) -> None:
        """Say that what QGIS remembers in `path` could not be looked through."""
        self.failed.append(tr("what QGIS’s history {path} says of these files ({cause})", path=path, cause=error))

    def sentence(self) -> str:
        """The end in words."""
        if self.failed:
            failed = " ; ".join(self.failed)
            return tr(
                "{count} {count:?file|files} removed. Not removed: {failed}. Close the programs that have them open, then purge again.",
                count=count(self.removed),
                failed=failed,
            )
        return tr("{count} {count:?file|files} removed; nothing of the customers is left.", count=count(self.removed))


def purge_plan(
    results: Iterable[Path | str], others: Iterable[Path | str] = (), cache: Path | None = None, recipes: Iterable[Path | str] = ()
) -> PurgePlan:
    """What a purge would remove; nothing is touched.

    Parameters
    ----------
    results : paths
        GeoPackages of imports and enrichments, or ``file|layername=table`` for a table of customers without our columns; a file with
        tables of other subjects stays, without those of customers.
    others : paths
        Files to remove whole: exports, lists of rejects.
    cache : Path, optional
        Folder with the answers of geocoders and the choices of columns.
    recipes : paths
        Recipes, where they are to go too.

    Raises
    ------
    DataError
        A result is no GeoPackage.
    """
    named: dict[Path, set[str]] = {}
    others, recipes = list(others), list(recipes)
    for result in results:
        name, _, table = str(result).partition("|layername=")
        named.setdefault(Path(name), set()).update(filter(None, [table.partition("|")[0]]))
    files: list[Path] = []
    folders: list[Path] = []
    tables: list[tuple[Path, tuple[str, ...]]] = []
    spared: list[Path] = []
    for path, asked in named.items():
        there = _subjects(path) if path.is_file() and path.suffix.lower() == ".gpkg" else {}
        going = {name for name, ours in there.items() if ours or name in asked}
        beside = _beside(path, bool(going))
        folders += beside
        if not path.is_file():
            continue
        if path.suffix.lower() != ".gpkg" or (going and going == set(there)):
            files.append(path)
        elif going:
            tables.append((path, tuple(sorted(going))))
        elif not beside:
            spared.append(path)
    files += [path for path in map(Path, [*others, *recipes]) if path.is_file()]
    if cache is not None:
        files += [path for path in (cache / "addresses.sqlite", cache / "columns.json") if path.is_file()]
    gone = [path for path in (*named, *map(Path, [*others, *recipes])) if not path.exists()]
    return PurgePlan(tuple(dict.fromkeys(files)), tuple(dict.fromkeys(folders)), tuple(tables), tuple(spared), tuple(dict.fromkeys(gone)))


def purge(plan: PurgePlan, progress: Progress | None = None) -> Purged:
    """Remove what `plan` names. A file that another program holds is told of, the rest goes; once begun it is not cancelled."""
    progress = progress or Progress()
    progress.step(0, tr("Removing the customers’ data"))
    done = Purged()
    for path, tables in plan.tables:
        try:
            empty_out(path, tables)
            done.removed += 1
        except OutputError as error:
            done.failed.append(str(error))
    for path in (*plan.files, *plan.folders):
        try:
            _remove(path)
            done.removed += 1
        except OSError as error:
            done.failed.append(f"{path} ({error.strerror or error})")
    return done


def empty_out(path: Path, tables: Sequence[str]) -> None:
    """Take tables out of a GeoPackage and rewrite the file, its journals too: what they held is nowhere in it any more.

    Raises
    ------
    OutputError
        Another program uses the file; nothing was changed, or (while it is rewritten) the tables are gone and the file is to be purged again.
    """
    from ..geopackage import add_functions, drop_layer, tables_in, transaction

    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=5)) as base:
            base.execute("PRAGMA secure_delete = ON")
            add_functions(base)
            with transaction(base):
                for table in tables:
                    if table in tables_in(base):
                        drop_layer(base, table)
                        if "layer_styles" in tables_in(base):
                            base.execute("DELETE FROM layer_styles WHERE f_table_name = ?", (table,))
            rewrite(base)
    except sqlite3.Error as error:
        raise OutputError(
            "“{path}” is open in another program ({cause}): close it there, or remove its layers in QGIS, then purge again.", path=path, cause=error
        ) from error


def rewrite(base: sqlite3.Connection) -> None:
    """VACUUM, and the journal with it: no page of before is left."""
    base.execute("PRAGMA secure_delete = ON")
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    base.execute("VACUUM")
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def forget_rows(path: Path, table: str, needles: Sequence[str]) -> int:
    """Remove the rows of an SQLite table (QGIS's history) of which any text names one of `needles`; the file is rewritten.

    Returns
    -------
    int
        Rows removed; 0 where there is no such file or table.

    Raises
    ------
    sqlite3.Error
        Another program holds the file, or it is no database: rows may be left.
    """
    from ..geopackage import quoted

    if not path.is_file() or not needles:
        return 0
    with closing(sqlite3.connect(path, isolation_level=None, timeout=1)) as base:
        base.execute("PRAGMA secure_delete = ON")
        name = quoted(table)
        columns = [str(row[1]) for row in base.execute(f"PRAGMA table_info({name})")]
        if not columns:
            return 0
        rows = base.execute(f"SELECT rowid, * FROM {name}").fetchall()  # noqa: S608 - a quoted name  # nosec B608
        named = [row[0] for row in rows if any(names_one(cell, needles) for cell in row[1:])]
        base.executemany(f"DELETE FROM {name} WHERE rowid = ?", [(number,) for number in named])  # noqa: S608 - a quoted name  # nosec B608
        if named:
            rewrite(base)
    return len(named)


def names_one(value: object, needles: Sequence[str]) -> bool:
    """Whether a text names one of the files, however its slashes are written."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return False
    plain = _plain(value)
    return any(_plain(needle) in plain for needle in needles)


def _plain(text: str) -> str:
    """Slashes of one kind, case and JSON's escapes left aside."""
    return text.replace("\\\\", "/").replace("\\/", "/").replace("\\", "/").casefold()


def _subjects(path: Path) -> dict[str, bool]:
    """Tables of a GeoPackage that are somebody's data, and whether they hold customers."""
    from ..geopackage import quoted

    try:
        with closing(sqlite3.connect(path.absolute().as_uri() + "?mode=ro", uri=True, timeout=5)) as base:
            names = [str(row[0]) for row in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            own = [name for name in names if not name.lower().startswith(_OF_THE_FORMAT)]
            columns = {name: [str(row[1]).lower() for row in base.execute(f"PRAGMA table_info({quoted(name)})")] for name in own}
    except sqlite3.Error as error:
        raise DataError(
            "“{name}” cannot be read ({cause}): it is no GeoPackage, or another program holds it.", name=path.name, cause=error
        ) from error
    return {name: has_our_columns(columns[name]) for name in own}


def _beside(path: Path, holds: bool) -> list[Path]:
    """Backups and log of `path` where it `holds` customers or one of them does, and what an import left that was cut off while it wrote.

    Backups of a survey, which undo its merge, stay.
    """
    folder = path.with_name(path.name + FOLDER_ENDING)
    backups = sorted(folder.glob(f"[0-9]*{path.suffix}"))
    ours = holds or any(map(_holds_customers, backups)) or not (backups or path.is_file())
    if not ours:
        return []
    cut = [part.parent for part in sorted(path.parent.glob(f".joptimiz-*/{glob.escape(path.name)}"))]
    return [*([folder] if folder.is_dir() else []), *cut]


def _holds_customers(path: Path) -> bool:
    try:
        return any(_subjects(path).values())
    except DataError:
        return False


_PARTS = {
    ".shp": (".dbf", ".shx", ".prj", ".cpg", ".cst", ".qpj", ".qix", ".sbn", ".sbx", ".qmd", ".qml"),
    ".tab": (".dat", ".map", ".id", ".ind", ".qmd", ".qml"),
    ".mif": (".mid", ".qmd", ".qml"),
}


def _parts(path: Path) -> list[Path]:
    """The other files of a shapefile or of a MapInfo table: the rows are in one of them."""
    endings = _PARTS.get(path.suffix.lower(), ())
    beside = path.parent.iterdir() if endings else ()
    return [part for part in beside if part.stem == path.stem and part.suffix.lower() in endings and part.is_file()]


def _remove(path: Path) -> None:
    """A folder, or a file with its journals and its other parts."""
    if path.is_dir():
        for part in sorted(path.rglob("*")):
            if part.is_file():
                _overwrite(part)
        shutil.rmtree(path)
        return
    for part in (*(path.with_name(path.name + ending) for ending in _BESIDE), *_parts(path), path):
        if part.exists():
            _overwrite(part)
            part.unlink()


def _overwrite(path: Path) -> None:
    """Zeros over a file before it goes: on a plain disk its sectors hold nothing any more."""
    with path.open("r+b") as file:
        left = path.stat().st_size
        while left > 0:
            piece = min(left, 1 << 20)
            file.write(bytes(piece))
            left -= piece
        file.flush()
