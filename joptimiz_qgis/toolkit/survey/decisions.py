"""What a person decided, bay by bay: data that can be stored beside the result, read again and replayed.

Loads no library by itself: the review panel and the command line use it.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..errors import FileError, OutputError, ParameterError

MATCHED, REVIEW, NEW, MISSING, NOT_VISITED = "matched", "review", "new", "missing", "not_visited"
ACCEPT, REFUSE, ADD, LEAVE, KEEP, DELETE, CLOSE = "accept", "refuse", "add", "leave", "keep", "delete", "close"
SURVEY, INVENTORY = "survey", "inventory"
ACTIONS = {
    MATCHED: (ACCEPT, REFUSE),
    REVIEW: (ACCEPT, REFUSE, LEAVE),
    NEW: (ADD, LEAVE),
    MISSING: (KEEP, CLOSE, DELETE),
    NOT_VISITED: (KEEP, CLOSE, DELETE),
}
"""By kind of item, what happens without a decision first (a doubtful pair waits).

``accept``: the same bay, its fields take the survey's values unless told otherwise; ``refuse``: two bays, the surveyed one is added and the
inventory's stays; ``leave``: the surveyed one is not taken over; ``close``: out of service; ``delete``: out of the inventory.
"""
_ALL = f"{ACCEPT}, {REFUSE}, {ADD}, {LEAVE}, {KEEP}, {CLOSE}, {DELETE}"
_FORMAT, _VERSION = "joptimiz-merge-decisions", 1


@dataclass(frozen=True)
class Decision:
    """What becomes of one item.

    Attributes
    ----------
    action : str
        One of those that `ACTIONS` has for its kind.
    fields : dict of str
        Field → whose value it takes, ``survey`` or ``inventory``; the others follow the default.
    copy : int
        Which of several surveyed rows speaks: 0 is the first.
    """

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    copy: int = 0

    def __post_init__(self) -> None:
        """Refuse what is no decision at all."""
        if not any(self.action in actions for actions in ACTIONS.values()) or self.copy < 0:
            raise ParameterError("“{value}” is none of: {allowed}.", value=self.action, allowed=_ALL)
        wrong = set(self.fields.values()) - {SURVEY, INVENTORY}
        if wrong:
            raise ParameterError("“{value}” is none of: {allowed}.", value=", ".join(sorted(map(str, wrong))), allowed=f"{SURVEY}, {INVENTORY}")


def save_decisions(decisions: Mapping[str, Decision], path: Path | str, about: Mapping[str, Any] | None = None) -> Path:
    """Write decisions as JSON: whole or not at all.

    Parameters
    ----------
    about : mapping, optional
        What else to keep with them: names of the files, settings.
    """
    path = Path(path)
    content = {"format": _FORMAT, "version": _VERSION, **(about or {}), "decisions": {key: asdict(one) for key, one in decisions.items()}}
    try:
        with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=path.parent) as folder:
            part = Path(folder) / path.name
            part.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
            part.replace(path)
    except OSError as error:
        raise OutputError(
            "“{path}” cannot be written: {cause}. Choose another folder, or close the program that has the file open.",
            path=path,
            cause=error.strerror or error,
        ) from error
    return path


def load_decisions(path: Path | str) -> dict[str, Decision]:
    """Decisions as `save_decisions` wrote them.

    Raises
    ------
    FileError
        The file is missing or something else.
    """
    path = Path(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        listed: Any = content["decisions"] if content["format"] == _FORMAT and content["version"] <= _VERSION else None
        return {str(key): Decision(**one) for key, one in listed.items()}
    except FileNotFoundError as error:
        raise FileError("There is no file “{path}”. Check the name and the folder.", path=path) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FileError(
            "“{name}” holds no decisions of a merge ({cause}). Expected: a JSON file that the review or merge-survey wrote.",
            name=path.name,
            cause=error,
        ) from error
