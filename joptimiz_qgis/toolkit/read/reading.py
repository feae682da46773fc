"""What reading a file gave: the table, what was rejected and what was changed on the way, with counts that add up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from ..messages import Message, tr

if TYPE_CHECKING:
    import geopandas as gpd

    from .raw import Reject


@dataclass(frozen=True)
class Remark:
    """Something about one value of an imported row.

    Attributes
    ----------
    row : int
        Index label in the table.
    kind : str
        ``corrected``: what was published was changed or dropped; ``completed``: filled by the source's general rule;
        ``flagged``: kept as it was published, though outside the rules.
    """

    row: int
    field: str
    kind: str
    text: Message

    def __str__(self) -> str:
        return f"{self.field}: {self.text}"


@dataclass
class Reading:
    """A table read from a file.

    Attributes
    ----------
    table : GeoDataFrame
        The imported rows.
    rejects : list of Reject
        The rows that were not taken.
    mapping : str
        Name of the mapping; empty where none was used.
    notes : list of Message
        About the whole file: encoding, CRS, geometry turned into points…
    """

    source: str
    table: gpd.GeoDataFrame
    rejects: list[Reject]
    remarks: list[Remark] = field(default_factory=list)
    mapping: str = ""
    notes: list[Message] = field(default_factory=list)

    @property
    def imported(self) -> int:
        """Rows taken."""
        return len(self.table)

    @property
    def rejected(self) -> int:
        """Rows not taken."""
        return len(self.rejects)

    @property
    def rows_read(self) -> int:
        """Rows that the file holds."""
        return self.imported + self.rejected

    def rows_with(self, kind: str) -> int:
        """Imported rows that have at least one remark of `kind`."""
        return len({remark.row for remark in self.remarks if remark.kind == kind})

    def counts(self) -> dict[str, int | str]:
        """The figures shown before and after an import."""
        return {
            "mapping": self.mapping,
            "rows_read": self.rows_read,
            "imported": self.imported,
            "corrected": self.rows_with("corrected"),
            "completed": self.rows_with("completed"),
            "flagged": self.rows_with("flagged"),
            "rejected": self.rejected,
        }

    def reject_table(self) -> pd.DataFrame:
        """One row a reject: line, column, value, reason (in the reader's language)."""
        rows = [(reject.line, reject.column, reject.value, str(reject.reason)) for reject in self.rejects]
        return pd.DataFrame(rows, columns=["line", "column", "value", "reason"])

    def sentence(self) -> str:
        """The counts in words."""
        counts = self.counts()
        return tr(
            "{rows_read} rows read: {imported} imported ({corrected} with a value corrected, {completed} completed, {flagged} to check), "
            "{rejected} rejected.",
            **counts,
        )
