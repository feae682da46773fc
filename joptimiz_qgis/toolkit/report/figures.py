"""What an audit says beside its maps, as a table: what stands with the layers in its file, for panels and printed pages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from ..messages import tr
from .audit import AuditReport, comparison, key_figures, lead, method, parameters
from .summary import long_day

FIGURE_COLUMNS = ("part", "name", "label", "text", "value")


def figure_table(report: AuditReport, figures: dict[str, Any]) -> pd.DataFrame:
    """Everything about the audit that is not a place, in the language in use.

    Parameters
    ----------
    report : AuditReport
        Whose words are those of the HTML report.
    figures : dict
        `Audit.figures()`.

    Returns
    -------
    DataFrame
        Columns `FIGURE_COLUMNS`, in the order in which one would read. ``part`` is one of ``title``, ``day``, ``lead``, ``key``
        (a key figure: ``text`` with its ``label``), ``walking``, ``parameter``, ``method``, ``note``, ``source`` and ``figure``
        (for programs: ``name`` and ``value``).
    """
    rows: list[tuple[str, str, str, str, float | None]] = [
        ("title", "", "", report.title, None),
        ("day", "", tr("Date"), long_day(report.day or date.today()), None),  # noqa: DTZ011 - the reader's own date
        ("lead", "", "", lead(report), None),
        *(("key", "", shown["label"], shown["value"], None) for shown in key_figures(report)),
        *(("walking", "", line["name"], f"{line['share']} ({line['covered']} / {line['points']})", None) for line in comparison(report)),
        *(("parameter", "", label, text, None) for label, text in parameters(report)),
        *(("method", "", "", text, None) for text in method(report)),
        *(("note", "", "", str(note), None) for note in report.notes),
        *(("source", "", "", source, None) for source in report.sources),
        *(("figure", name, "", "", value) for name, value in _numbers(figures)),
        ("figure", "bands", "", "; ".join(f"{band:g}" for band in report.bands), None),
    ]
    return pd.DataFrame(rows, columns=list(FIGURE_COLUMNS)).astype({"value": "float64"})


def _numbers(figures: dict[str, Any]) -> list[tuple[str, float]]:
    return [(name, float(value)) for name, value in figures.items() if isinstance(value, (int, float)) and not isinstance(value, bool)]
