"""The audit report as text: its figures, its parts, its language, and nothing in it that could run or reach out."""

from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
import shapely
from audit_builders import BANDS, CODE, EAST, parts, town, week, whole_town
from builders import PARIS, around_paris, layer, series
from hypothesis import given, settings
from hypothesis import strategies as st

from joptimiz_qgis.toolkit.coverage import bay_coverage
from joptimiz_qgis.toolkit.errors import DataError, MissingDependencyError
from joptimiz_qgis.toolkit.messages import set_language
from joptimiz_qgis.toolkit.network import walking_coverage, walking_network
from joptimiz_qgis.toolkit.palette import COVERED_COLOURS, UNCOVERED_COLOURS, UNKNOWN_COLOUR, spread
from joptimiz_qgis.toolkit.report import audit, charts, drawing
from joptimiz_qgis.toolkit.report.audit import AuditReport, WalkingFigures, audit_page

VOID = {"meta", "img", "input", "br"}
SECTIONS = {"comparison", "map", "distance", "by-zone", "by-category", "week", "gaps", "method"}


class Reader(HTMLParser):
    """What a browser would find: elements, texts, scripts; an element that is not closed fails."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.scripts: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] == ["script"]:
            self.scripts.append(data)
        elif self.open[-1:] != ["style"]:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

    @property
    def data(self) -> dict:
        return json.loads(self.scripts[0])

    @property
    def sections(self) -> set[str]:
        return {attrs["id"] for tag, attrs in self.elements if tag == "section" and "id" in attrs}

    def values(self, name: str) -> list[str]:
        return [attrs[name] for _, attrs in self.elements if name in attrs]


@pytest.fixture(autouse=True)
def short_plotly(monkeypatch):
    """Plotly's script is Plotly's: a word in its place, so that a test reads the page and not nine megabytes."""
    _, jinja2 = audit._libraries()
    monkeypatch.setattr(audit, "_libraries", lambda: ("window.Plotly = {};", jinja2))


def read(report: AuditReport) -> Reader:
    return Reader(audit_page(report))


def numbers(text: str, kind: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), dtype=kind)


# -- figures -------------------------------------------------------------------------------------------------------------


def test_both_shares_are_said_each_under_its_name():
    """2 of 5 points; 1 + 2 of 1 + 2 + 3 + 4 + 10 movements."""
    said = read(whole_town()).text
    assert "40.0% of the delivery points, and 15.0% of the movements, have a usable delivery bay within 20 m." in said
    assert "40.0% of the delivery points covered: 2 of 5" in said
    assert "15.0% of the movements (deliveries and pick-ups) covered" in said


def test_without_movements_only_the_share_of_points_is_said():
    said = read(town()).text
    assert "40.0% of the delivery points have a usable delivery bay within 20 m." in said
    assert "movement" not in said


@pytest.mark.parametrize(
    ("movements", "share"),
    [((1, 1, 1, 1, 1), 0.4), ((1, np.nan, -5, 1, np.inf), 0.5), ((0, 0, 0, 0, 0), None), ((None, 3, 1, 0, 0), 0.75)],
)
def test_movements_that_are_no_number_weigh_nothing(movements, share):
    assert town(movements=pd.Series(movements)).share_movements == share


def test_points_without_position_are_in_neither_share():
    points = series([*around_paris((1, 0), (100, 0)), None])
    bays = layer(around_paris((0, 0)))
    coverage = bay_coverage(points, bays, 20, BANDS)
    report = town(points=points, rows=coverage.rows, summary=coverage.summary, movements=pd.Series([1.0, 3.0, 96.0]))
    assert report.share_movements == 0.25
    assert "Delivery points without position, not counted 1" in read(report).text


def test_french_page_is_in_french_and_counts_as_french_does():
    set_language("fr")
    reader = read(whole_town())
    for words in ("40,0 % des points de livraison", "15,0 % des mouvements", "1 234", "20/11/2026", "À vol d’oiseau et à pied", "mardi 9 h"):
        assert words in reader.text
    assert not re.search(r"\b(delivery|covered|the|zone by|Points per)\b", reader.text)
    assert dict(reader.elements[0][1])["lang"] == "fr"
    assert reader.data["charts"]["distance"]["layout"]["separators"] == ",\u202f"


def test_walking_and_straight_line_stand_side_by_side_and_are_explained():
    said = read(whole_town()).text
    assert "Straight line 5 2 40.0% 15.0% 20.5" in said.replace("\u202f", " ").replace("  ", " ")
    assert "On foot 4 1 25.0% – 71.5" in said.replace("\u202f", " ").replace("  ", " ")
    assert "1 delivery points and 0 bays are too far from the network" in said
    assert "On foot, along streets, distances are longer" in read(town()).text


def test_the_walk_of_a_network_is_compared_over_the_same_points():
    """A street along the points and the bay, but for the last point, 140 m beyond its end."""
    report = town()
    street = series([shapely.LineString(around_paris((-10, 3), (60, 3)))])
    walking = walking_coverage(report.points, report.bays[["geometry"]].iloc[:1], walking_network(street), max_distance=20).summary
    figures = WalkingFigures.of(walking, share_movements=0.1)
    assert (figures.points, figures.points_off_network, figures.straight_covered) == (4, 1, 2)
    said = read(town(walking=figures)).text.replace("\u202f", " ")
    assert re.search(r"Straight line, points on the network 4 2 50\.0 ?% –", said)
    assert re.search(rf"On foot 4 {walking.covered} ", said)


def test_every_cell_of_a_table_has_its_text_and_what_it_sorts_by():
    page = audit_page(whole_town())
    rows = re.findall(r"<tr>(<td.*?)</tr>", page.partition('id="table-zones"')[2].partition("</table>")[0])
    cells = [re.findall(r'data-v="(.*?)">(.*?)</td>', row) for row in rows]
    assert cells[0][:6] == [("Îlot", "Îlot"), ("9", "9"), ("9", "9"), ("1", "100.0%"), ("1234", "1,234"), ("34", "34")]
    assert cells[2] == [("Zone 9", "Zone 9"), ("0", "0"), ("0", "0"), ("", "–"), ("0", "0"), ("0", "0"), *[("", "–")] * 3, ("0", "0"), *[("", "–")] * 2]


def test_columns_that_were_not_computed_are_left_out():
    without = parts("zone", ["a", "b", "c"]).assign(movements=np.nan, movements_covered=np.nan, share_movements=np.nan, movements_per_bay=np.nan)
    said = read(town(by_zone=without)).text
    assert "Points per bay" in said
    assert "ovements" not in said


# -- parts -------------------------------------------------------------------------------------------------------------------


def test_all_parts_are_there():
    reader = read(whole_town())
    assert reader.sections == SECTIONS
    assert set(reader.values("data-chart")) == set(reader.data["charts"]) == {"distance", "zones", "categories", "week"}
    assert "3 bays have no position and do not count." in reader.text
    assert "bays.csv" in reader.text


OPTIONAL = {"by_zone": "by-zone", "by_category": "by-category", "gaps": "gaps", "week": "week", "walking": "comparison"}


@pytest.mark.parametrize(("part", "section"), OPTIONAL.items())
def test_a_part_that_was_not_computed_leaves_no_trace(part, section):
    reader = read(whole_town(**{part: None}))
    assert reader.sections == SECTIONS - {section}
    assert f"#{section}" not in reader.values("href")
    assert f"table-{section}" not in reader.values("id")


def test_the_least_report_has_map_distances_and_method():
    assert read(town()).sections == {"map", "distance", "method"}


def test_every_link_has_its_place_and_every_chart_its_words():
    reader = read(whole_town())
    assert {address[1:] for address in reader.values("href")} <= set(reader.values("id"))
    figures = [attrs for tag, attrs in reader.elements if tag == "figure"]
    assert len(figures) == 4
    assert all(attrs["role"] == "img" and len(attrs["aria-label"]) > 40 for attrs in figures)


def test_headers_are_buttons_that_say_how_the_table_is_sorted():
    page = audit_page(whole_town())
    headers = re.findall(r'<th scope="col" aria-sort="none".*?</th>', page)
    assert len(headers) == 12 + 9 + 6
    assert all('<button type="button">' in header for header in headers)


def test_no_gap_is_said():
    said = read(whole_town(gaps=whole_town().gaps.iloc[:0])).text
    assert " 0 gaps: groups of uncovered points" in said
    assert "No group of uncovered points was found." in said


# -- charts and map ---------------------------------------------------------------------------------------------------------


REACHES = (10.0, 20.0, 12.5, 33.0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(REACHES) | st.integers(0, 4000).map(lambda n: n / 10), min_size=1, max_size=40), st.sampled_from(REACHES))
def test_bars_add_up_to_the_covered_and_the_uncovered(metres, reach):
    near, far = charts.distance_histogram(pd.Series(metres), reach)["data"]
    assert sum(near["y"]) == sum(distance <= reach for distance in metres)
    assert sum(far["y"]) == sum(distance > reach for distance in metres)


def test_the_worst_parts_come_first_and_the_covered_ones_do_not_come():
    """Movements not covered: 1 200, 50, 0; points not covered: 0, 90, 0."""
    data = parts("zone", ["a", "b", "c"])
    assert charts.worst_parts(data, "zone", with_movements=True)["name"].tolist() == ["a", "b"]
    assert charts.worst_parts(data, "zone", with_movements=False)["name"].tolist() == ["b"]


def test_the_week_s_heat_map_has_monday_on_top_and_hours_across():
    figure = read(whole_town()).data["charts"]["week"]
    heat = figure["data"][0]
    assert (heat["z"][1][9], heat["z"][0][7], heat["z"][0][6]) == (100, 25, 0)
    assert (figure["layout"]["yaxis"]["ticktext"][0], figure["layout"]["yaxis"]["autorange"]) == ("Monday", "reversed")
    assert "Lowest share covered: 0.0% (Monday 0 h); highest: 100.0% (Tuesday 9 h)" in read(whole_town()).text.replace("\u202f", " ")


def test_hours_of_the_week_may_come_in_any_order():
    shuffled = week().sample(frac=1, random_state=1)
    assert (charts.week_grid(shuffled, "share_points") == charts.week_grid(week(), "share_points")).all()


def test_the_map_has_every_position_to_the_decimetre_and_every_colour_of_qgis():
    drawn = read(whole_town()).data["map"]
    east_north = numbers(drawn["points"], "<i4").reshape(-1, 2) * drawn["unit"]
    assert (east_north - east_north[0]).round(6).tolist() == [[east - EAST[0], 0] for east in EAST]
    assert (numbers(drawn["distance"], "<u2") * drawn["unit"]).round(6).tolist() == list(EAST)
    bays = numbers(drawn["bays"], "<i4").reshape(-1, 2) * drawn["unit"]
    assert (bays - east_north[0]).round(6).tolist() == [[-5, 0], [90, 1]]
    assert numbers(drawn["usable"], "u1").tolist() == [1, 0]
    kinds = [drawn["classes"][kind] for kind in numbers(drawn["kind"], "u1")]
    near, far = spread(COVERED_COLOURS, 2), spread(UNCOVERED_COLOURS, 2)
    assert [kind["colour"] for kind in kinds] == [near[0], near[1], far[0], far[1], far[1]]
    assert [kind["covered"] for kind in kinds] == [True, True, False, False, False]


def test_gaps_and_zones_are_drawn_where_they_lie():
    drawn = read(whole_town()).data["map"]
    gap = np.array(drawn["gaps"][1]["rings"][0]).reshape(-1, 2) * drawn["unit"]
    assert (gap.min(axis=0).tolist(), gap.max(axis=0).tolist()) == ([50 - EAST[0], -10], [80 - EAST[0], 10])
    assert len(drawn["zones"]) == 3


def test_layers_in_other_systems_are_drawn_at_the_same_place():
    report = whole_town()
    moved = whole_town(points=report.points.to_crs(4326), bays=report.bays.to_crs(4326), gaps=report.gaps.to_crs(4326), by_zone=report.by_zone.to_crs(4326))
    here, there = (read(each).data["map"] for each in (report, moved))
    shift = numbers(there["points"], "<i4") - numbers(here["points"], "<i4")
    assert abs(shift).max() <= 10  # the origin may fall on the next metre
    assert abs((numbers(there["bays"], "<i4") - numbers(here["bays"], "<i4")) - shift[:4]).max() <= 1


def test_a_zone_with_a_hole_and_one_in_two_pieces_have_all_their_rings():
    ring = shapely.Point(PARIS).buffer(50).difference(shapely.Point(PARIS).buffer(20))
    two = shapely.MultiPolygon([shapely.box(652000, 6862000, 652010, 6862010), shapely.box(652050, 6862000, 652060, 6862010)])
    by_zone = layer([ring, two, None], zone=["ring", "two", "outside"])
    assert len(drawing._rings(by_zone, 2154, np.array(PARIS))) == 4


# -- odd cases --------------------------------------------------------------------------------------------------------------


def page_of(points, bays):
    coverage = bay_coverage(points, bays)
    return read(AuditReport(coverage.summary, (10, 20, 30, 50, 100), "t", points, coverage.rows, bays, movements=pd.Series(1.0, index=points.index)))


def test_a_report_of_no_covered_point():
    assert "0.0% of the delivery points, and 0.0% of the movements" in page_of(series(around_paris((50, 0), (90, 0))), layer(around_paris((0, 0)))).text


def test_a_report_of_one_point():
    reader = page_of(series(around_paris((5, 0))), layer(around_paris((0, 0))))
    assert "100.0% of the delivery points" in reader.text
    west, south, east, north = reader.data["map"]["view"]
    assert east - west >= 200 and north - south >= 200


def test_a_report_of_no_usable_bay():
    reader = page_of(series(around_paris((5, 0))), layer(around_paris((0, 0)), active=[False]))
    assert "distance" not in reader.data["charts"]
    assert "per usable bay" not in reader.text
    classes = reader.data["map"]["classes"]
    assert classes[numbers(reader.data["map"]["kind"], "u1")[0]] == {"colour": UNKNOWN_COLOUR, "covered": False}
    assert "No distance" in reader.text


@pytest.mark.parametrize("change", [{"rows": town().rows.iloc[:3]}, {"movements": pd.Series([1.0])}])
def test_results_of_other_points_are_refused(change):
    with pytest.raises(DataError, match=r"are not those of these delivery points \(5\)\. Run the coverage again"):
        town(**change)


def test_without_plotly_the_reader_is_told_what_to_type(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setitem(__import__("sys").modules, "plotly.offline", None)
    with pytest.raises(MissingDependencyError, match="plotly"):
        audit_page(town())


# -- nothing that could run or reach out -----------------------------------------------------------------------------------


def test_names_that_look_like_code_are_shown_and_not_run():
    by_category = parts("category", [CODE, "$x$", "</td>"])
    named = whole_town().gaps.assign(main_activities=CODE, label=CODE)
    reader = read(whole_town(zones=(CODE, "b", "c"), title=CODE, sources=[CODE], by_category=by_category, gaps=named))
    scripts = [tag for tag, _ in reader.elements if tag == "script"]
    assert len(scripts) == 3
    assert reader.text.count(CODE) >= 5
    assert "<" not in reader.scripts[0]
    assert reader.data["map"]["gaps"][0]["label"] == CODE
    assert "<script" not in json.dumps(reader.data["charts"])
    assert "&#36;x&#36;" in json.dumps(reader.data["charts"])


def test_the_page_asks_for_nothing_and_forbids_it():
    page = audit_page(whole_town())
    reader = Reader(page)
    assert reader.values("src") == []
    assert all(address.startswith("#") for address in reader.values("href"))
    assert not re.search(r"https?://|url\(|@import", page)
    policy = next(attrs["content"] for tag, attrs in reader.elements if attrs.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none';")


def test_plotly_s_own_script_is_in_the_page_once(monkeypatch):
    monkeypatch.undo()
    page = audit_page(town())
    assert len(re.findall(r"plotly\.js v\d", page)) == 1
    assert "<!--" not in page
    assert len(page.encode()) < 15_000_000


def test_the_input_is_not_changed():
    report = whole_town()
    before = report.rows.copy(), report.by_zone.copy(), report.bays.copy()
    audit_page(report)
    for table, copy in zip((report.rows, report.by_zone, report.bays), before):
        pd.testing.assert_frame_equal(table, copy)


@pytest.mark.parametrize(("reach", "said"), [(20.0, True), (50.0, False)])
def test_only_the_platform_s_distance_is_called_its_rule(reach, said):
    points, bays = series(around_paris((5, 0))), layer(around_paris((0, 0)))
    coverage = bay_coverage(points, bays, reach, BANDS)
    text = read(town(points=points, bays=bays, rows=coverage.rows, summary=coverage.summary)).text
    assert ("is the platform’s rule" in text) == said
