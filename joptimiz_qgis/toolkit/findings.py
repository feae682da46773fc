"""What checks have found in rows, whoever checks what: findings by kind, and their corrections applied with consent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Correction:
    """A cell as it is and as it would be; `after` is None for a cell that is to be emptied."""

    column: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Applied:
    """A cell that was changed with consent."""

    row: Any
    line: int
    column: str
    before: Any
    after: Any
    code: str


class Correctable(Protocol):
    """A finding: where it is, of which kind, and what would mend it (nothing where only a person can tell)."""

    @property
    def row(self) -> Any: ...  # noqa: D102 - label of the row in its table
    @property
    def line(self) -> int: ...  # noqa: D102 - of the file
    @property
    def column(self) -> str: ...  # noqa: D102
    @property
    def code(self) -> str: ...  # noqa: D102 - kind: what “apply to all like it” goes by
    @property
    def corrections(self) -> tuple[Correction, ...]: ...  # noqa: D102


F = TypeVar("F", bound=Correctable)


@dataclass
class Found(Generic[F]):
    """What the checks found.

    Attributes
    ----------
    findings : list
        By line.
    """

    findings: list[F] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Code → number of findings, the commonest first."""
        codes = pd.Series([finding.code for finding in self.findings], dtype=object).value_counts()
        return {str(code): int(number) for code, number in codes.items()}

    def like(self, finding: F) -> list[F]:
        """`finding` and all of its kind in the same column that have a correction: what one consent may cover."""
        kind = (finding.code, finding.column)
        return [other for other in self.findings if (other.code, other.column) == kind and other.corrections]

    def of(self, codes: Iterable[str]) -> list[F]:
        """Findings of these codes that have a correction."""
        wanted = set(codes)
        return [finding for finding in self.findings if finding.code in wanted and finding.corrections]

    def alike(self) -> dict[tuple[str, str], int]:
        """(code, column) → number of findings."""
        return dict(Counter((item.code, item.column) for item in self.findings))


def apply(rows: pd.DataFrame, findings: Iterable[Correctable]) -> tuple[pd.DataFrame, list[Applied]]:
    """`rows` with the corrections of `findings`, to which the user agreed; the table given is left as it is.

    A finding of which one cell holds another value by now, or that has no correction, changes nothing. Columns keep their types.
    """
    position = {row: at for at, row in enumerate(rows.index)}
    cells: dict[str, np.ndarray] = {}
    done: list[Applied] = []
    for finding in findings:
        at = position.get(finding.row)
        parts = finding.corrections
        if at is None or not parts or any(part.column not in rows.columns for part in parts):
            continue
        for part in parts:
            cells.setdefault(part.column, rows[part.column].to_numpy(dtype=object, copy=True))
        if not all(same_value(cells[part.column][at], part.before) for part in parts):
            continue
        for part in parts:
            cells[part.column][at] = part.after
            done.append(Applied(finding.row, finding.line, part.column, part.before, part.after, finding.code))
    changed = {part.column for part in done}
    return rows.assign(**{name: _typed(cells[name], rows[name]) for name in rows.columns if name in changed}), done


def same_value(one: Any, other: Any) -> bool:
    """Whether two cells hold the same; missing is equal to missing."""
    if is_missing(one) or is_missing(other):
        return is_missing(one) and is_missing(other)
    return bool(one == other)


def is_missing(value: Any) -> bool:
    """Whether a cell holds nothing, in whichever of pandas' ways."""
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)  # noqa: PLR0124 - NaN


def _typed(values: np.ndarray, column: pd.Series) -> pd.Series:
    cells = pd.Series(values, index=column.index, dtype=object)
    return cells if column.dtype == object or column.dtype.name == "geometry" else cells.astype(column.dtype)
