"""The history of a firm's import: the common one, with a log that holds no value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import history
from ..history import FOLDER_ENDING, LOG, Undone
from ..messages import Message

__all__ = ["FOLDER_ENDING", "LOG", "History", "Undone"]


class History(history.History):
    """Backups and log of the imports into the file `path`."""

    IN_USE = Message(
        "“{path}” is open in another program with changes that are not in the file yet. Close it there (in QGIS, remove the layer) "
        "and import again."
    )
    NOTHING = Message("There is no import of “{name}” to undo.")
    CHANGED = Message(
        "“{name}” was changed since its last import; an undo would lose those changes. Save a copy first, then undo with --even-if-changed."
    )

    def log(self, backup: str | None, counts: Mapping[str, Any], lines: Mapping[str, Sequence[int]]) -> None:
        """Add an import to the log: counts, and numbers of rows; a value has no way in."""
        self.record(backup, _plain(counts, lines))

    def amend_counts(self, counts: Mapping[str, Any], lines: Mapping[str, Sequence[int]]) -> None:
        """Say anew what the last entry counts: a review goes on decision by decision."""
        self.amend(_plain(counts, lines))


def _plain(counts: Mapping[str, Any], lines: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    """Numbers only."""
    return {
        "counts": {name: int(number) for name, number in counts.items() if isinstance(number, (int, bool))},
        "lines": {name: [int(line) for line in numbers] for name, numbers in lines.items()},
    }
