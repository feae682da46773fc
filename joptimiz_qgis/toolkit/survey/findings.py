"""What a control of a survey has found: one shape for bays and orders, for the shell, the layer of findings and the panel."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..findings import Applied, Correction, Found, apply
from ..messages import Message, count, tr

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["ERROR", "NOTICE", "SEVERITIES", "SEVERITY_TITLES", "WARNING", "Applied", "Correction", "Finding", "Findings", "Rule", "apply"]

ERROR, WARNING, NOTICE = SEVERITIES = ("error", "warning", "notice")
SEVERITY_TITLES = {
    ERROR: Message("Error"),  # the national schema refuses it
    WARNING: Message("To check"),  # the schema takes it, and it can hardly be true
    NOTICE: Message("Notice"),  # it is incomplete
}
SEPARATOR = ", "


@dataclass(frozen=True)
class Rule:
    """A kind of finding.

    Attributes
    ----------
    code : str
        What programs call it; never translated.
    severity : str
        One of `SEVERITIES`.
    title : Message
        What people call it: a few words.
    """

    code: str
    severity: str
    title: Message


@dataclass(frozen=True)
class Finding:
    """Something wrong or doubtful in one row.

    Attributes
    ----------
    row : object
        Label of the row in its table (QGIS: the number of the feature).
    line : int
        Line of the file, or number of the feature.
    key : str
        The row's own identifier; empty where it has none.
    column : str
        The field, as the table calls it (``geometry`` for the shape); empty where it is the whole row.
    value : str
        What the field holds.
    rule : Rule
    sentence : Message
        What is the matter: a whole sentence.
    expected : Message or None
        What was expected.
    corrections : tuple of Correction
        What would mend it, cell by cell; empty where only a person can tell.
    position : (float, float) or None
        Longitude and latitude (EPSG:4326) of where to look.
    related : tuple of str
        Identifiers of the other rows that it is about.
    """

    row: Any
    line: int
    key: str
    column: str
    value: str
    rule: Rule
    sentence: Message
    expected: Message | None = None
    corrections: tuple[Correction, ...] = ()
    position: tuple[float, float] | None = None
    related: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """Code of the rule."""
        return self.rule.code

    @property
    def severity(self) -> str:
        """Severity of the rule."""
        return self.rule.severity

    @property
    def field(self) -> str:
        """The column, as surveys call it."""
        return self.column

    @property
    def field_title(self) -> str:
        """The field as people are told of it."""
        return tr("place on the map") if self.column == "geometry" else self.column

    @property
    def proposal(self) -> str:
        """The corrections in words; empty where there is none."""
        if len(self.corrections) == 1 and self.corrections[0].column == self.column:
            return _shown(self.corrections[0].after)
        cells = (part for part in self.corrections if part.column != "geometry")
        return SEPARATOR.join(f"{part.column} = {_shown(part.after)}" for part in cells)

    def __str__(self) -> str:
        where = tr("Line {line}, “{key}”, {field}: ", line=self.line, key=self.key, field=self.field_title or "—")
        said = where + str(self.sentence)
        if self.expected is not None:
            said += " " + tr("Expected: {expected}.", expected=self.expected)
        return said + " " + tr("Proposed: {proposal}.", proposal=self.proposal) if self.corrections else said


def _shown(value: Any) -> str:
    if value is None:
        return tr("(empty)")
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)


COLUMNS = ("severity", "kind", "key", "line", "field", "value", "problem", "expected", "proposal", "code", "related", "longitude", "latitude")
"""Of the table of findings, in order."""


@dataclass
class Findings(Found[Finding]):
    """What a control found.

    Attributes
    ----------
    rows : int
        Rows that were looked at.
    """

    rows: int = 0

    def by_severity(self) -> dict[str, int]:
        """Severity → number of findings, all three, the gravest first."""
        found = pd.Series([finding.severity for finding in self.findings], dtype=object).value_counts()
        return {severity: int(found.get(severity, 0)) for severity in SEVERITIES}

    def rows_with(self, *severities: str) -> int:
        """Rows that have a finding of one of these severities (of any, where none is named)."""
        wanted = severities or SEVERITIES
        return len({finding.row for finding in self.findings if finding.severity in wanted and finding.row is not None})

    def rules(self) -> list[tuple[Rule, int]]:
        """The kinds that were found and how often, the gravest first, then the commonest."""
        counts = self.counts()
        kinds = {finding.code: finding.rule for finding in self.findings}
        return sorted(
            ((rule, counts[code]) for code, rule in kinds.items()), key=lambda item: (SEVERITIES.index(item[0].severity), -item[1], item[0].code)
        )

    def only(self, severities: Collection[str] | None = None, codes: Collection[str] | None = None) -> Findings:
        """The findings of these severities and codes; None for any."""
        kept = [
            finding
            for finding in self.findings
            if (severities is None or finding.severity in severities) and (codes is None or finding.code in codes)
        ]
        return Findings(kept, self.rows)

    def sentences(self) -> list[str]:
        """The result in words: the counts, then the kinds."""
        figures = {name: count(number) for name, number in self.by_severity().items()}
        said = [tr("{rows} rows checked: {error} errors, {warning} points to check, {notice} notices.", rows=count(self.rows), **figures)]
        return said + [f"{SEVERITY_TITLES[rule.severity]} – {rule.title} ({rule.code}): {count(number)}" for rule, number in self.rules()]

    def table(self) -> pd.DataFrame:
        """One row a finding, in words; columns `COLUMNS`, RangeIndex."""
        rows = [
            (
                str(SEVERITY_TITLES[item.severity]),
                str(item.rule.title),
                item.key,
                item.line,
                item.column,
                item.value,
                str(item.sentence),
                None if item.expected is None else str(item.expected),
                item.proposal or None,
                item.code,
                SEPARATOR.join(item.related) or None,
                *(item.position or (float("nan"), float("nan"))),
            )
            for item in self.findings
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object).astype({"longitude": float, "latitude": float})

    def layer(self) -> gpd.GeoDataFrame:
        """The table with a point for each finding (EPSG:4326; missing where the row cannot be placed)."""
        import geopandas as gpd
        import numpy as np

        from ..crs import WGS84

        table = self.table()
        places = gpd.GeoSeries.from_xy(table["longitude"], table["latitude"], crs=WGS84)
        known = np.isfinite(table["longitude"].to_numpy())
        return gpd.GeoDataFrame(table, geometry=places.where(known, None))

    def write_csv(self, path: Path | str, overwrite: bool = False) -> Path:
        """Write the table as CSV (UTF-8 with byte order mark, semicolons: what a French spreadsheet opens)."""
        from ..write.tables import reject_file

        return reject_file(self.table(), path, overwrite)
