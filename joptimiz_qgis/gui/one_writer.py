"""One at a time works on a file of customers: an undo waits for the decision that is just being written, a decision does not come amid an undo.

SQLite would keep two writers of a file apart; but an undo puts another file in its place, and lets QGIS's layers of it go meanwhile.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from .background import Running

_at_work: dict[Running, Path | None] = {}
_waiting: list[tuple[Path | None, Callable[[], None]]] = []


def is_busy(path: Path | None) -> bool:
    """Whether something works on the file at `path`; on any file, where it is None."""
    wanted = path and path.resolve()
    return any(wanted is None or held is None or held == wanted for held in _at_work.values())


def claim(path: Path | None, work: Running) -> None:
    """`work`, which has just been started, has the file at `path` (all, where it is None) until it has ended, whoever has forgotten it meanwhile."""
    _at_work[work] = path and path.resolve()
    work.afterwards.append(lambda: _free(work))


def when_free(path: Path | None, act: Callable[[], None]) -> None:
    """Call `act` as soon as nothing works on the file (on any, where `path` is None): at once, or when that has ended."""
    if is_busy(path):
        _waiting.append((path, act))
    else:
        act()


def _free(work: Running) -> None:
    _at_work.pop(work, None)
    for one in list(_waiting):
        if one in _waiting and not is_busy(one[0]):  # what was called before may have begun to work, or asked a question meanwhile
            _waiting.remove(one)
            one[1]()
