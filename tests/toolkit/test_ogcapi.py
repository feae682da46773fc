"""Features page by page, from a real pygeoapi: all of them, none twice, whole or not at all. Then servers that count wrong."""

from __future__ import annotations

import json
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely
from pygeoapi_server import BAYS, PAGE, bay_features, pygeoapi

from joptimiz_qgis.toolkit.errors import CancelledError, NetworkError, NotDataError, NotFoundError, UnreachableError
from joptimiz_qgis.toolkit.progress import Progress
from joptimiz_qgis.toolkit.read.bays import read_bays
from joptimiz_qgis.toolkit.sources import area_of, as_source, fetch, parse_area
from joptimiz_qgis.toolkit.sources.tables import read_copies
from joptimiz_qgis.toolkit.web.requests_client import RequestsClient
from tests.web_server import Answer, Asked, web_server


@pytest.fixture(scope="module")
def geoapi(tmp_path_factory):
    with pygeoapi(tmp_path_factory.mktemp("pygeoapi")) as running:
        yield running


def bays_of(url, service="ogcapi", **parts):
    return as_source({"id": "bays", "table": "delivery_points", "service": service, "url": url, "collection": "bays", **parts})


class Counting(RequestsClient):
    """The real client, which remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__(timeout=20)
        self.urls: list[str] = []

    def exchange(self, url, headers, timeout, sink, progress):
        self.urls.append(url)
        return super().exchange(url, headers, timeout, sink, progress)


class After(Progress):
    """Does something once, when so many features have come."""

    def __init__(self, features, act) -> None:
        self.features, self.act, self.done = features, act, False

    def show(self, fraction, text) -> None:
        count = text.partition(" ")[0].replace(",", "")
        if not self.done and count.isdigit() and int(count) >= self.features:
            self.done = True
            self.act()


def features_in(path):
    return json.loads(path.read_text(encoding="utf-8"))["features"]


def test_the_bays_of_paris_all_arrive_and_none_twice(tmp_path, shared_data):
    """9 198 real bays in pages of 100, from the reference server; positions and identifiers compared with the published file."""
    bays = read_bays(shared_data / "bays" / "paris_livraison_2026-01.csv").table
    given = [
        {"type": "Feature", "id": number, "properties": {"numero": name}, "geometry": shapely.geometry.mapping(place)}
        for number, (name, place) in enumerate(zip(bays["id"], bays.to_crs(4326).geometry))
    ]
    with pygeoapi(tmp_path / "server", given) as server:
        client = Counting()
        copies = fetch(bays_of(server.url), client, tmp_path / "cache").copies
    found = features_in(copies[0].path)
    assert len(found) == len(given) == 9_198
    assert sorted(each["id"] for each in found) == list(range(9_198))
    told = {each["id"]: (each["properties"]["numero"], each["geometry"]["coordinates"]) for each in found}
    assert all(told[each["id"]] == (each["properties"]["numero"], list(each["geometry"]["coordinates"])) for each in given)
    assert sum("/items" in url for url in client.urls) >= 92


# -- the reference server ----------------------------------------------------------------------------------------------------


def test_all_features_arrive_and_none_twice(geoapi, tmp_path):
    client = Counting()
    copy = fetch(bays_of(geoapi.url), client, tmp_path).copies[0]
    got = {feature["id"]: (feature["properties"], feature["geometry"]) for feature in features_in(copy.path)}
    assert got == {feature["id"]: (feature["properties"], feature["geometry"]) for feature in bay_features()}
    assert len(features_in(copy.path)) == BAYS == copy.origin.features
    assert len(client.urls) == -(-BAYS // PAGE)  # the server's page, not the one that we would like


def test_the_copy_is_a_table(geoapi, tmp_path):
    source = bays_of(geoapi.url)
    read = read_copies(source, fetch(source, RequestsClient(), tmp_path).copies)
    assert read.counts() == {"rows_read": BAYS, "rejected": 0, "outside": 0, "rows": BAYS}
    assert sorted(read.table["numero"]) == [f"B{number:04}" for number in range(BAYS)]
    assert read.table.crs.to_epsg() == 4326


def test_an_area_is_a_rectangle_for_the_server_and_an_outline_for_the_table(geoapi, tmp_path):
    triangle = shapely.Polygon([(2.2505, 48.8205), (2.3005, 48.8205), (2.2505, 48.8705)])
    source, area = bays_of(geoapi.url), area_of(gpd.GeoSeries([triangle], crs=4326).to_crs(2154))
    client = Counting()
    copies = fetch(source, client, tmp_path, area).copies
    positions = [shapely.Point(feature["geometry"]["coordinates"]) for feature in bay_features()]
    in_rectangle = sum(triangle.envelope.buffer(1e-9).intersects(point) for point in positions)
    in_triangle = sum(triangle.intersects(point) for point in positions)
    assert 0 < in_triangle < in_rectangle < BAYS
    assert copies[0].origin.features == in_rectangle
    assert read_copies(source, copies, area).counts() == {"rows_read": in_rectangle, "rejected": 0, "outside": in_rectangle - in_triangle, "rows": in_triangle}


def test_a_server_killed_in_the_middle_leaves_the_old_copy(tmp_path):
    with pygeoapi(tmp_path / "server") as server:
        cache = tmp_path / "cache"
        source = bays_of(server.url)
        old = fetch(source, RequestsClient(), cache).copies[0]
        before = {path.name: path.read_bytes() for path in cache.iterdir()}
        with pytest.raises(UnreachableError) as caught:
            fetch(source, RequestsClient(), cache, refresh=True, progress=After(500, server.kill))
    sentence = str(caught.value)
    assert "cannot be reached" in sentence
    assert "It stopped after 500 features." in sentence
    assert sentence.endswith(f"The copy of {old.day} was kept as it is.")
    assert {path.name: path.read_bytes() for path in cache.iterdir()} == before
    assert fetch(source, RequestsClient(), cache).copies == [replace(old, fresh=False)]  # and it can still be taken, the server being gone


def test_a_cancel_leaves_the_old_copy(geoapi, tmp_path):
    source = bays_of(geoapi.url)
    fetch(source, RequestsClient(), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    progress = After(300, lambda: setattr(progress, "cancelled", lambda: True))
    with pytest.raises(CancelledError):
        fetch(source, RequestsClient(), tmp_path, refresh=True, progress=progress)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_collection_that_is_not_there(geoapi, tmp_path, folder_is_clean):
    with pytest.raises(NotFoundError, match=r"nothing at http://127.0.0.1:\d+/collections/none/items \(HTTP 404\)"):
        fetch(bays_of(geoapi.url, collection="none"), RequestsClient(), tmp_path)
    assert folder_is_clean()


# -- servers that count wrong ------------------------------------------------------------------------------------------------


def point(number, **more):
    return {"type": "Feature", "id": number, "properties": {"n": number}, "geometry": {"type": "Point", "coordinates": [2.3, 48.8]}, **more}


def pages(server, *contents, path="/collections/bays/items", **common):
    """The server gives these lists of features in turn, each with a link to the next."""

    def answer(asked: Asked) -> Answer:
        number = int(asked.query.get("page", 0))
        last = number + 1 >= len(contents)
        links = [] if last else [{"rel": "next", "href": f"{path}?page={number + 1}"}]
        return Answer(body=json.dumps({"type": "FeatureCollection", "features": contents[number], "links": links, **common}).encode())

    server.on(path, answer)
    return bays_of(server.url)


@pytest.fixture
def server():
    with web_server() as running:
        yield running


@pytest.mark.parametrize("announced", [2, 900])
def test_the_number_announced_is_told_and_not_believed(server, tmp_path, announced):
    source = pages(server, [point(1), point(2)], [point(3)], [point(4), point(5)], numberMatched=announced)
    fetched = fetch(source, RequestsClient(), tmp_path)
    assert [feature["id"] for feature in features_in(fetched.copies[0].path)] == [1, 2, 3, 4, 5]
    assert [str(note) for note in fetched.notes] == [f"“{server.host}” announced {announced} features and gave 5."]


def test_pages_that_overlap_and_an_empty_one_between(server, tmp_path):
    fetched = fetch(pages(server, [point(1), point(2)], [point(2), point(3)], [], [point(4)]), RequestsClient(), tmp_path)
    assert [feature["id"] for feature in features_in(fetched.copies[0].path)] == [1, 2, 3, 4]
    assert [str(note) for note in fetched.notes] == [f"“{server.host}” gave 1 features more than once; each was taken once."]


def test_features_without_identifier_are_all_taken(server, tmp_path):
    same = {"type": "Feature", "properties": {}, "geometry": None}
    fetched = fetch(pages(server, [same, same], [same]), RequestsClient(), tmp_path)
    assert len(features_in(fetched.copies[0].path)) == 3


def endless(asked: Asked) -> Answer:
    """A server that does not know the offset that it puts into its own links."""
    following = {"rel": "next", "href": f"?offset={int(asked.query.get('offset', 0)) + 2}"}
    features = [{"type": "Feature", "properties": {"n": number}, "geometry": None} for number in (1, 2)]
    return Answer(body=json.dumps({"features": features, "links": [following]}).encode())


def with_identifiers(asked: Asked) -> Answer:
    content = json.loads(endless(asked).body)
    offset = int(asked.query.get("offset", 0))
    content["features"] = [point(1 + (number + offset) % 3) for number in (1, 2)]
    return Answer(body=json.dumps(content).encode())


def to_itself(asked: Asked) -> Answer:
    return Answer(body=json.dumps({"features": [point(1)], "links": [{"rel": "next", "href": asked.target}]}).encode())


@pytest.mark.parametrize("answer", [endless, with_identifiers, to_itself])
def test_pages_in_circles_end_in_a_sentence(server, tmp_path, folder_is_clean, answer):
    server.on("/collections/bays/items", answer)
    with pytest.raises(NotDataError, match="lead in circles"):
        fetch(bays_of(server.url), RequestsClient(), tmp_path)
    assert len(server.asked) < 10
    assert folder_is_clean()


@pytest.mark.parametrize("content", [{"code": "NotFound"}, {"type": "FeatureCollection", "features": None}, [1], "text"])
def test_what_is_not_a_page(server, tmp_path, folder_is_clean, content):
    server.on("/collections/bays/items", Answer(body=json.dumps(content).encode()))
    with pytest.raises(NetworkError, match="did not answer with a page of features"):
        fetch(bays_of(server.url), RequestsClient(), tmp_path)
    assert folder_is_clean()


# -- WFS, in the form of its standard (OGC 09-025r2): a server made for the tests ----------------------------------------------


def wfs(server, total, limit, knows_start=True, announces=True):
    def answer(asked: Asked) -> Answer:
        start = int(asked.query["startIndex"]) if knows_start else 0
        given = [point(f"bays.{number}") for number in range(total)][start : start + min(limit, int(asked.query["count"]))]
        return Answer(body=json.dumps({"features": given, **({"numberMatched": total} if announces else {})}).encode())

    return bays_of(server.on("/wfs", answer), "wfs")


@pytest.mark.parametrize(("total", "limit"), [(25, 10), (20, 10), (0, 10), (5, 5000)])
def test_a_wfs_gives_all_its_features(server, tmp_path, total, limit):
    fetched = fetch(wfs(server, total, limit), RequestsClient(), tmp_path, parse_area("2.25,48.81,2.42,48.91"))
    assert [feature["id"] for feature in features_in(fetched.copies[0].path)] == [f"bays.{number}" for number in range(total)]
    assert not fetched.notes
    asked = server.asked[0].query
    assert (asked["typeNames"], asked["version"], asked["request"]) == ("bays", "2.0.0", "GetFeature")
    assert asked["bbox"] == "48.81,2.25,48.91,2.42,urn:ogc:def:crs:EPSG::4326"


def test_a_wfs_that_gives_everything_at_once(server, tmp_path):
    fetched = fetch(wfs(server, 30, 5000, knows_start=False), RequestsClient(), tmp_path)
    assert len(features_in(fetched.copies[0].path)) == 30
    assert not fetched.notes


def test_a_wfs_that_cannot_give_the_rest_is_refused(server, tmp_path, folder_is_clean):
    with pytest.raises(NotDataError, match="lead in circles"):
        fetch(wfs(server, 30, 10, knows_start=False), RequestsClient(), tmp_path)
    assert folder_is_clean()
