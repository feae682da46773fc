"""The one-page summary: the figures that it is given, in the reader's language, and nothing that could run."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser

import pytest

from joptimiz_qgis.toolkit.coverage import CoverageSummary
from joptimiz_qgis.toolkit.messages import set_language
from joptimiz_qgis.toolkit.report import summary_page

BANDS = (10.0, 20.0, 50.0)
SUMMARY = CoverageSummary(
    points=23348,
    covered=9253,
    share_points=9253 / 23348,
    points_without_position=0,
    median_distance_m=25.223,
    mean_distance_m=35.1,
    bays=9198,
    bays_usable=9000,
    bays_inactive=198,
    bays_closed=0,
    bays_hours_unknown=0,
    max_distance_m=20.0,
    at="2024-07-26T13:00",
    bands={"0–10 m": 3276, "10–20 m": 5977, "20–50 m": 9623, "> 50 m": 4472},
    crs="EPSG:2154",
)


class _Reader(HTMLParser):
    """Text and tags as a browser would find them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.words.append(data)


def read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


def text(page: str) -> str:
    return re.sub(r"\s+", " ", " ".join(read(page).words))


def page(**changes) -> str:
    values = {"title": "Paris", "sources": ["bays.csv"], "day": date(2026, 11, 20), **changes}
    return summary_page(SUMMARY, BANDS, **values)


def test_english_page_says_the_figures():
    said = text(page())
    for figure in ("39.6%", "9,253", "23,348", "25.2 m", "9,000", "9,198", "2024-07-26 13:00", "EPSG:2154", "bays.csv", "2026-11-20"):
        assert figure in said


def test_french_page_writes_numbers_as_in_french():
    set_language("fr")
    said = text(page())
    for figure in ("39,6 %", "9 253", "25,2 m", "20/11/2026", "Méthode et limites"):
        assert figure in said
    assert not re.search(r"delivery|points covered|Source:", said)


def test_every_band_has_its_row_and_its_colour():
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th><td class=\"number\">(.*?)</td>.*?<div class=\"(\w+)\"", page())
    assert rows == [
        ("0–10 m", "3,276", "covered"),
        ("10–20 m", "5,977", "covered"),
        ("20–50 m", "9,623", "uncovered"),
        ("&gt; 50 m", "4,472", "uncovered"),
    ]


@pytest.mark.parametrize("field", ["title", "sources"])
def test_a_name_that_looks_like_code_is_shown_and_not_run(field):
    name = "<script>alert(1)</script>"
    reader = read(page(**{field: [name] if field == "sources" else name}))
    assert "script" not in reader.tags
    assert name in " ".join(reader.words)


def test_page_needs_no_network():
    reader = read(page(picture=b"\x89PNG"))
    assert reader.addresses == ["data:image/png;base64,iVBORw=="]
    assert "url(" not in page()
