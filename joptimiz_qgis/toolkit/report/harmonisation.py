"""One page in HTML that says where rules change between neighbouring municipalities; opens from disk, needs no network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..messages import Message, count, language, tr
from ..survey.harmonisation import ASPECT_TITLES, ASPECTS
from .summary import long_day
from .tables import Column, table

if TYPE_CHECKING:
    from ..survey.harmonisation import Harmonisation

TEMPLATE = Path(__file__).parents[2] / "resources" / "report" / "harmonisation.html"

_PAIRS = (
    Column("commune_a", Message("Municipality"), str, number=False),
    Column("commune_b", Message("Neighbour"), str, number=False),
    Column("voies", Message("Streets compared"), lambda value: count(round(value))),
    Column("voies_differentes", Message("Streets that differ"), lambda value: count(round(value))),
    Column("differences", Message("Differences"), lambda value: count(round(value))),
    *(Column(aspect, ASPECT_TITLES[aspect], lambda value: count(round(value)) if value else "–") for aspect in ASPECTS),
)
_DIFFERENCES = (
    Column("voie", Message("Street"), str, number=False),
    Column("sujet", Message("What changes"), str, number=False),
    Column("a", Message("On one side"), str, number=False),
    Column("b", Message("On the other side"), str, number=False),
)


def harmonisation_page(found: Harmonisation, title: str, sources: Sequence[str] = (), day: date | None = None) -> str:
    """The page as text.

    Parameters
    ----------
    found : Harmonisation
    title : str
        What was compared, as the reader calls it.
    sources : sequence of str
        Where the orders come from.
    day : date, optional
        Of the report; today where not given.

    Returns
    -------
    str
        A whole HTML document; whatever the texts hold is escaped.
    """
    import jinja2

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    sentences = [str(sentence) for sentence in found.sentences()]
    counts = found.counts()
    figures = (
        (counts["pairs"], tr("pairs of neighbouring municipalities")),
        (counts["streets"], tr("streets with rules on both sides")),
        (counts["streets_that_differ"], tr("streets on which the rules change")),
        (counts["differences"], tr("differences")),
    )
    pairs = found.pairs[found.pairs["differences"] > 0] if len(found.pairs) else found.pairs
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        language=language(),
        title=title,
        lead=sentences[0],
        figures=[{"value": count(value), "label": label} for value, label in figures],
        pairs=table(pairs, _PAIRS),
        differences=table(_sides(found.differences), _DIFFERENCES),
        labels={
            "pairs": tr("Pairs of municipalities that differ most"),
            "differences": tr("What changes, street by street"),
            "none": tr("No difference was found on the streets that neighbours share."),
            "method": tr("How it was compared"),
        },
        method=[*sentences[1:], *_method(), *(tr("Source: {source}", source=source) for source in sources)],
        footer=tr("JOPTIMIZ, {day}", day=long_day(day or date.today())),  # noqa: DTZ011 - the reader's own date
    )


def _sides(differences: Any) -> pd.DataFrame:
    """Each side with the town's name in front."""
    frame = pd.DataFrame(differences.drop(columns="geometry"))
    sides = {side: [f"{town} : {value}" for town, value in zip(frame[f"commune_{side}"], frame[f"valeur_{side}"])] for side in ("a", "b")}
    return frame.assign(**sides)


def _method() -> list[str]:
    return [
        tr("Streets are one where their names are the same (abbreviations written out) and their parts in the two towns touch or nearly do (50 m)."),
        tr("Hours are compared minute by minute over a week of each month, one of school holidays and one of public holidays, not as text."),
        tr("Of several rules on a street, equal ones are set against each other first, then those that differ least."),
    ]
