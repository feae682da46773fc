"""The audit report in a real browser without network: charts drawn, tables sorted by keyboard, map zoomed, phone, paper."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "toolkit"))
from audit_builders import CODE, town, whole_town
from chromium import PROGRAM, Browser

from joptimiz_qgis.toolkit.messages import set_language
from joptimiz_qgis.toolkit.report.audit import audit_page

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no Chromium: sudo apt install chromium")

FIRST_COLUMN = "[...document.querySelectorAll('#table-zones tbody tr')].filter(row => !row.hidden).map(row => row.cells[{}].textContent)"


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    opened = Browser(tmp_path_factory.mktemp("chromium"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The town with all parts, in French; the least report; one whose every name is code."""
    folder = tmp_path_factory.mktemp("reports")
    set_language("fr")
    reports = {"whole": whole_town(), "least": town(), "code": whole_town(zones=(CODE, "b", "c"), title=CODE, sources=[CODE])}
    for name, report in reports.items():
        (folder / f"{name}.html").write_text(audit_page(report), encoding="utf-8")
    set_language("en")
    return folder


@pytest.fixture
def whole(browser, pages):
    browser.open(pages / "whole.html")
    return browser


def box(browser, selector):
    return json.loads(browser.run(f"JSON.stringify(document.querySelector('{selector}').getBoundingClientRect())"))


def column(browser, number):
    return browser.run(FIRST_COLUMN.format(number))


def colours(browser):
    """How many pixels of the map have each colour (dots are not blended in their middle)."""
    script = """(() => { const c = document.getElementById('canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data, n = {};
      for (let i = 0; i < d.length; i += 4) { const k = [d[i], d[i+1], d[i+2]].map(v => v.toString(16).padStart(2, '0')).join(''); n['#' + k] = (n['#' + k] || 0) + 1; }
      return n; })()"""
    return browser.run(script)


def test_nothing_is_complained_of_and_nothing_is_asked_for(whole):
    assert whole.complaints() == []
    assert whole.requests() == []


def test_every_chart_is_drawn(whole):
    bars = "document.querySelectorAll('#chart-{} .bars path').length"
    assert whole.run(bars.format("distance")) == 50  # 25 bars, covered and uncovered
    assert whole.run(bars.format("zones")) == 4  # two zones with something uncovered
    assert whole.run("document.querySelectorAll('#chart-week .hm image').length") == 1
    assert "mardi" in whole.run("document.getElementById('chart-week').textContent")


@pytest.mark.parametrize("name", ["least", "code"])
def test_other_reports_are_drawn_without_complaint(browser, pages, name):
    browser.open(pages / f"{name}.html")
    assert browser.complaints() == []
    assert browser.run("document.querySelectorAll('#chart-distance .bars path').length") == 50
    assert browser.run("document.querySelectorAll('script').length") == 3


def test_a_name_that_looks_like_code_is_shown_as_it_is(browser, pages):
    browser.open(pages / "code.html")
    assert browser.run("document.title") == CODE
    assert CODE in column(browser, 0)
    assert CODE[:31] in browser.run("document.getElementById('chart-zones').textContent")


def test_a_table_sorts_by_keyboard_with_missing_values_last(whole):
    whole.run("document.querySelectorAll('#table-zones th button')[3].focus()")  # share of points: 100 %, 10 %, –
    sort = "document.querySelectorAll('#table-zones th')[3].getAttribute('aria-sort')"
    assert whole.run(sort) == "none"
    whole.press("Enter")
    assert (column(whole, 0), whole.run(sort)) == (["Îlot", "Zone 10", "Zone 9"], "descending")
    whole.press("Enter")
    assert (column(whole, 0), whole.run(sort)) == (["Zone 10", "Îlot", "Zone 9"], "ascending")


def test_names_sort_as_in_french_and_numbers_by_value(whole):
    place = box(whole, "#table-zones th button")
    whole.run(f"window.scrollTo({{top: {place['top'] - 300}, behavior: 'instant'}})")
    place = box(whole, "#table-zones th button")
    whole.click(place["left"] + 10, place["top"] + 10)
    assert column(whole, 0) == ["Îlot", "Zone 9", "Zone 10"]
    whole.run("document.querySelectorAll('#table-zones th button')[4].click()")  # movements: 1234, 200, 0
    assert column(whole, 4) == ["1\u202f234", "200", "0"]


def test_focus_is_seen_and_the_table_s_buttons_are_reached_by_tab(whole):
    whole.run("document.querySelector('input[data-filter]').focus()")
    for _ in range(2):  # the scrolling region, then its first header
        whole.press("Tab")
    assert whole.run("document.activeElement.closest('th').cellIndex") == 0
    assert whole.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_names_are_found_without_accents(whole):
    whole.run("(i => { i.value = 'ILOT'; i.dispatchEvent(new Event('input')); })(document.querySelector('input[data-filter]'))")
    assert column(whole, 0) == ["Îlot"]


def test_the_map_shows_points_bays_and_gaps_and_hides_them(whole):
    seen = colours(whole)
    assert all(seen.get(colour, 0) > 3 for colour in ("#00524a", "#6cc3b8", "#fdb863", "#7d0f26", "#17375e"))
    whole.run("document.querySelector('[data-layer=covered]').click()")
    whole.frame()
    hidden = colours(whole)
    assert hidden.get("#00524a", 0) == 0
    assert hidden["#17375e"] > 3


def scale(browser):
    return float(browser.run("document.getElementById('canvas').dataset.scale"))


def middle(browser):
    return [float(value) for value in browser.run("document.getElementById('canvas').dataset.middle").split()]


def test_the_map_zooms_by_button_key_and_wheel_and_comes_back(whole):
    first = scale(whole)
    whole.run("document.getElementById('zoom-in').click()")
    whole.frame()
    assert scale(whole) == pytest.approx(1.6 * first, rel=1e-3)
    whole.run("document.getElementById('canvas').focus()")
    whole.press("+")
    assert scale(whole) == pytest.approx(2.4 * first, rel=1e-3)
    before = middle(whole)
    whole.press("ArrowRight")
    assert middle(whole)[0] == pytest.approx(before[0] + 60 / scale(whole), abs=0.2)
    whole.press("0")
    assert scale(whole) == pytest.approx(first)
    whole.run("document.getElementById('canvas').scrollIntoView({behavior: 'instant'})")
    place = box(whole, "#canvas")
    whole.mouse("mouseWheel", place["left"] + 100, place["top"] + 100, deltaX=0, deltaY=-300)
    whole.until(f"document.getElementById('canvas').dataset.scale > {1.3 * first}")


def test_the_map_does_not_catch_a_reader_who_scrolls_past(whole):
    first = scale(whole)
    whole.run("document.getElementById('canvas').scrollIntoView({behavior: 'instant'})")
    place, top = box(whole, "#canvas"), whole.run("scrollY")
    whole.mouse("mouseWheel", place["left"] + 100, place["top"] + 100, deltaX=0, deltaY=-200)
    whole.until(f"scrollY < {top}")
    assert scale(whole) == first


def test_the_mouse_moves_the_map_and_reads_a_point(whole):
    whole.run("document.getElementById('canvas').scrollIntoView({behavior: 'instant'})")
    place, before = box(whole, "#canvas"), middle(whole)
    x, y = place["left"] + place["width"] / 2, place["top"] + place["height"] / 2
    point = json.loads(whole.run("JSON.stringify(JSON.parse(document.getElementById('data').textContent).map)"))
    east = 195  # the last point: 200 m from the bay, 195 m from the first point, which is the origin
    assert point["unit"] == 0.1
    whole.mouse("mouseMoved", x + (east - before[0]) * scale(whole), y + before[1] * scale(whole))
    whole.frame()
    assert whole.run("document.getElementById('tip').textContent") == "Non couverts – 200,0 m"
    whole.mouse("mousePressed", x, y, button="left", clickCount=1)
    whole.mouse("mouseMoved", x - 80, y + 40, button="left", buttons=1)
    whole.mouse("mouseReleased", x - 80, y + 40, button="left", clickCount=1)
    whole.frame()
    after = middle(whole)
    assert (after[0] - before[0], after[1] - before[1]) == (pytest.approx(80 / scale(whole), abs=0.2), pytest.approx(40 / scale(whole), abs=0.2))


def test_a_gap_is_shown_on_the_map(whole):
    whole.run("document.querySelector('[data-gap=\"2\"]').click()")  # 50 to 80 m east of the bay: 60 m east of the first point
    whole.frame()
    assert middle(whole) == [60, 0]
    assert whole.run("document.activeElement.id") == "canvas"


def test_on_a_phone_nothing_sticks_out(browser, pages):
    browser.open(pages / "whole.html", 390, 844, mobile=True)
    assert browser.run("document.documentElement.scrollWidth") == 390
    assert browser.run("[...document.querySelectorAll('.chart svg')].every(svg => svg.getBoundingClientRect().right <= 391)")
    assert browser.complaints() == []


def test_paper_is_a4_and_the_screen_comes_back(whole):
    wide = whole.run("document.querySelector('#chart-distance .main-svg').getBoundingClientRect().width")
    paper = whole.print_pdf()
    assert paper.startswith(b"%PDF")
    sizes = {(float(width), float(height)) for width, height in re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)", paper)}
    assert [(pytest.approx(595.3, abs=1.5), pytest.approx(841.9, abs=1.5))] == list(sizes)  # 210 by 297 mm in points
    whole.until(f"Math.abs(document.querySelector('#chart-distance .main-svg').getBoundingClientRect().width - {wide}) < 2")
    assert whole.run("document.getElementById('canvas').style.width") == ""


def test_charts_and_map_are_as_wide_as_the_paper(whole):
    whole.run("window.dispatchEvent(new Event('beforeprint'))")
    assert whole.run("[...document.querySelectorAll('[data-chart] .main-svg')].map(svg => svg.getAttribute('width'))") == ["680"] * 12
    assert box(whole, "#canvas")["width"] == 680
    whole.run("window.dispatchEvent(new Event('afterprint'))")
