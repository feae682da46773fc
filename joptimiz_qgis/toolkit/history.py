"""What every import and every merge leaves behind: the file as it was before, byte for byte, and a line in a log.

Loads no library. All of it lies in one folder beside the result, ``NAME.joptimiz``, so that a purge finds it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .errors import DataError, OutputError, not_written
from .messages import Message

FOLDER_ENDING = ".joptimiz"
LOG = "imports.jsonl"


@dataclass(frozen=True)
class Undone:
    """What an undo did: the file is as it was before, or gone where there was none."""

    path: Path
    removed: bool


class History:
    """Backups and log of the file `path`; who keeps one says its own sentences."""

    IN_USE = Message(
        "“{path}” is open in another program with changes that are not in the file yet. Close it there (in QGIS, remove the layer) and try again."
    )
    NOTHING = Message("There is no change of “{name}” to undo.")
    CHANGED = Message("“{name}” was changed since; an undo would lose those changes. Save a copy first, then undo with --even-if-changed.")

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.folder = self.path.with_name(self.path.name + FOLDER_ENDING)

    def entries(self) -> list[dict[str, Any]]:
        """The log, oldest first; a line that is broken is passed over."""
        try:
            lines = (self.folder / LOG).read_text(encoding="utf-8").splitlines()
        except OSError:
            return []
        found = []
        for line in lines:
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
        return [entry for entry in found if isinstance(entry, dict)]

    def back_up(self) -> str | None:
        """Keep the file as it is now; the backup's name, None where there is no file yet.

        Raises
        ------
        OutputError
            Another program has changes of the file open, or the folder cannot be written.
        """
        if not self.path.exists():
            return None
        waiting = self.path.with_name(self.path.name + "-wal")
        if waiting.exists() and waiting.stat().st_size:
            raise OutputError(self.IN_USE.template, path=self.path)
        try:
            self.folder.mkdir(exist_ok=True)
            number = 1 + max((int(found.stem) for found in self.folder.glob("[0-9]*" + self.path.suffix) if found.stem.isdigit()), default=0)
            backup = self.folder / f"{number:04d}{self.path.suffix}"
            shutil.copy2(self.path, backup)
        except OSError as error:
            raise not_written(self.folder, error) from error
        if mark_of(backup) != mark_of(self.path):
            raise OutputError("The backup of “{path}” is not the same as the file; nothing was changed. Try again.", path=self.path)
        return backup.name

    def withdraw(self, backup: str | None, written: bool) -> None:
        """As before `back_up`, where that which it was made for failed: the file, if it was `written` by then, and no backup."""
        if written and backup:
            self._put_back(self.folder / backup)
        elif written:
            self.path.unlink(missing_ok=True)
        if backup:
            (self.folder / backup).unlink(missing_ok=True)

    def check_free(self) -> None:
        """Raise `OutputError` where another program is writing into the file: it is to be replaced, and those changes would be lost."""
        if self.path.exists() and _being_edited(self.path):
            raise OutputError(self.IN_USE.template, path=self.path)

    def record(self, backup: str | None, told: Mapping[str, Any]) -> None:
        """Add a line to the log: when, which backup, what the file is now, and what is `told`."""
        entry = {"at": datetime.now(timezone.utc).isoformat(timespec="seconds"), "backup": backup, "result": mark_of(self.path), **told}
        try:
            self.folder.mkdir(exist_ok=True)
            with (self.folder / LOG).open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")
        except OSError as error:
            raise not_written(self.folder, error) from error

    def amend(self, told: Mapping[str, Any]) -> None:
        """Say anew what the last entry of the log stands for: its backup and its time stay."""
        entries = self.entries()
        if not entries:
            raise DataError(self.NOTHING.template, name=self.path.name)
        try:
            self._rewrite([*entries[:-1], {**entries[-1], "result": mark_of(self.path), **told}])
        except OSError as error:
            raise not_written(self.folder, error) from error

    def unchanged(self) -> bool:
        """Whether the file is as its last change in the log left it, or gone; opened and closed by QGIS it still is."""
        entries = self.entries()
        return not entries or not self.path.exists() or mark_of(self.path) == entries[-1].get("result")

    def undo(self, even_if_changed: bool = False) -> Undone:
        """Put back what was there before the last change that is in the log, byte for byte.

        Parameters
        ----------
        even_if_changed : bool
            Also where the file was changed since; those changes are lost.

        Raises
        ------
        DataError
            There is none to undo, its backup is gone, or the file was changed since.
        """
        entries = self.entries()
        if not entries:
            raise DataError(self.NOTHING.template, name=self.path.name)
        last = entries[-1]
        if not even_if_changed and not self.unchanged():
            raise DataError(self.CHANGED.template, name=self.path.name)
        backup = last.get("backup")
        kept = self.folder / str(backup)
        if backup and not kept.is_file():
            raise DataError("The backup “{backup}” of “{name}” is gone; nothing was undone.", backup=kept, name=self.path.name)
        try:
            if backup:
                self._put_back(kept)
            else:
                self.path.unlink(missing_ok=True)
            self._rewrite(entries[:-1])
            if backup:
                kept.unlink()
        except OSError as error:
            raise not_written(self.path, error) from error
        return Undone(self.path, removed=not backup)

    def purge(self) -> None:
        """Remove backups and log."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _put_back(self, kept: Path) -> None:
        with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=self.path.parent) as folder:
            part = Path(folder) / self.path.name
            shutil.copy2(kept, part)
            part.replace(self.path)

    def _rewrite(self, entries: list[dict[str, Any]]) -> None:
        with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=self.folder) as folder:
            part = Path(folder) / LOG
            part.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
            part.replace(self.folder / LOG)


def _being_edited(path: Path) -> bool:
    """Whether another program has begun to write into a database."""
    with path.open("rb") as file:
        if file.read(16) != b"SQLite format 3\0":
            return False
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as base:
            base.execute("BEGIN IMMEDIATE")
            base.execute("ROLLBACK")
    except sqlite3.Error as error:
        return "locked" in str(error).lower()
    return False


_COUNTERS = ((18, 20), (24, 28), (92, 100))
"""Bytes of an SQLite header (sqlite.org/fileformat2, 1.3) that change when a program such as QGIS opens and closes the file: how it keeps its
journal, two counters, and the version of SQLite. No data."""
_HEADER = 100


def mark_of(path: Path) -> str:
    """What the content of a file is told by: a hash, the same when QGIS merely opened and closed it."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        head = bytearray(file.read(_HEADER))
        for start, end in _COUNTERS if head.startswith(b"SQLite format 3") else ():
            head[start:end] = bytes(end - start)
        digest.update(head)
        for piece in iter(lambda: file.read(1 << 20), b""):
            digest.update(piece)
    return digest.hexdigest()
