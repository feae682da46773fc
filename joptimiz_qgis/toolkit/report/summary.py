"""One page in HTML that says what an audit found; opens from disk, needs no network."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..messages import Message, count, decimal, language, percent, tr
from ..parameters import band_labels

if TYPE_CHECKING:
    from ..coverage import CoverageSummary

TEMPLATE = Path(__file__).parents[2] / "resources" / "report" / "summary.html"


def summary_page(
    summary: CoverageSummary,
    bands: Sequence[float],
    title: str,
    sources: Sequence[str],
    notes: Sequence[Message] = (),
    picture: bytes | None = None,
    day: date | None = None,
) -> str:
    """The page as text.

    Parameters
    ----------
    summary : CoverageSummary
        The figures; none is computed here.
    bands : sequence of float
        Upper ends of the distance bands of `summary`, metres.
    title : str
        What was audited, as the reader calls it.
    sources : sequence of str
        Where delivery points and bays come from.
    notes : sequence of Message
        What the reader should know about the data.
    picture : bytes, optional
        A map, PNG.
    day : date, optional
        Date of the audit; today where not given.

    Returns
    -------
    str
        A whole HTML document; whatever the texts hold is escaped.
    """
    import jinja2

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        language=language(),
        title=title,
        lead=tr(
            "{share} of the delivery points have a usable delivery bay within {distance:g} m.",
            share=percent(summary.share_points),
            distance=summary.max_distance_m,
        ),
        figures=_figures(summary),
        bands=band_rows(summary, bands),
        labels=_labels(),
        picture=base64.b64encode(picture).decode("ascii") if picture else "",
        method=[*_method(summary), *map(str, notes), *(tr("Source: {source}", source=source) for source in sources)],
        footer=tr("JOPTIMIZ, {day}", day=long_day(day or date.today())),  # noqa: DTZ011 - the reader's own date
    )


def _figures(summary: CoverageSummary) -> list[dict[str, str]]:
    values = [
        (percent(summary.share_points), tr("of the delivery points covered")),
        (count(summary.covered), tr("delivery points covered of {points}", points=count(summary.points))),
        (count(summary.bays_usable), tr("usable bays of {bays}", bays=count(summary.bays))),
    ]
    if summary.median_distance_m is not None:
        values.append((f"{decimal(summary.median_distance_m)} m", tr("median distance to the nearest usable bay")))
    return [{"value": value, "label": label} for value, label in values]


def band_rows(summary: CoverageSummary, bands: Sequence[float]) -> list[dict[str, Any]]:
    """The distance bands as lines of a table."""
    most = max(summary.bands.values(), default=0) or 1
    rows = []
    for label, low, high in zip(band_labels(bands), (0.0, *bands), (*bands, float("inf"))):
        points = summary.bands[label]
        state = "covered" if high <= summary.max_distance_m else "uncovered" if low >= summary.max_distance_m else "cut"
        share = percent(points / summary.points)
        rows.append(
            {"label": label, "points": count(points), "share": share, "width": round(100 * points / most, 1), "state": state}
        )
    return rows


def _labels() -> dict[str, str]:
    return {
        "map": tr("Map"),
        "picture": tr("Map of covered and uncovered delivery points and of the bays"),
        "bands": tr("Distance to the nearest usable bay"),
        "distance": tr("Distance band"),
        "points": tr("Delivery points"),
        "share": tr("Share"),
        "method": tr("Method and limits"),
    }


def _method(summary: CoverageSummary) -> list[str]:
    said = [
        tr(
            "Straight-line distance from each delivery point to the geometry of the nearest usable bay, in metres ({crs}); "
            "{distance:g} m is included. On foot, distances are longer.",
            crs=summary.crs,
            distance=summary.max_distance_m,
        )
    ]
    if summary.at:
        said.append(tr("Bays usable at {moment}, local time.", moment=summary.at.replace("T", " ")))
    return said


def long_day(day: date) -> str:
    """A date as readers of the language write it."""
    return f"{day:%d/%m/%Y}" if language() == "fr" else f"{day:%Y-%m-%d}"
