"""Sources → local copies: portals in the form of their documentation, on this machine; what is asked, what is kept, what is said."""

from __future__ import annotations

import json
import socket
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely
from conftest import sha256
from portals import BAYS_PATH, bays_csv, datagouv, dataset, national_bays, opendatasoft, resource

from joptimiz_qgis.toolkit import errors
from joptimiz_qgis.toolkit.progress import Progress
from joptimiz_qgis.toolkit.read.perimeters import read_perimeters
from joptimiz_qgis.toolkit.sources import (
    Area,
    area_of,
    as_source,
    default_cache,
    fetch,
    get_source,
    inside,
    load_catalogue,
    parse_area,
    will_ask,
)
from joptimiz_qgis.toolkit.sources.copies import cache_size, empty_cache, find_copy, forget, origins
from joptimiz_qgis.toolkit.sources.refreshing import renew
from joptimiz_qgis.toolkit.sources.tables import joined, key_of, read_copies
from joptimiz_qgis.toolkit.web.requests_client import RequestsClient
from tests.web_server import GEOJSON, PAGE, Answer, web_server

SCHEMA = "CEREMA/schema-aire-livraison"


@pytest.fixture
def server():
    with web_server() as running:
        yield running


@pytest.fixture
def client():
    return RequestsClient(timeout=5)


def county(server, **parts):
    """The shipped entry, its portal being here."""
    return replace(get_source("hauts_de_seine_bays"), url=server.url, **parts)


def plain(server, **parts):
    return as_source({"id": "f", "table": "perimeters", "service": "file", "format": "geojson", "url": server.url + "/f.geojson", **parts})


# -- nothing is sent unless a fetch is called ---------------------------------------------------------------------------------


@pytest.fixture
def connections(monkeypatch):
    """Every connection that anything tries to make."""
    tried = []

    def refuse(_socket, address):
        tried.append(address)
        raise OSError("recorded")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *_, **__: tried.append(host) or [])
    return tried


def test_nothing_is_sent_unless_a_fetch_is_called(connections, tmp_path):
    client = RequestsClient(timeout=1)
    sources = load_catalogue()
    names = [source.name for source in sources.values()]
    assert all(names) and not list(tmp_path.iterdir()) and default_cache().name == "joptimiz_qgis"
    assert connections == []
    for source in sources.values():
        with pytest.raises(errors.UnreachableError):
            fetch(source, client, tmp_path)
    hosts = {"opendata.paris.fr", "opendata.hauts-de-seine.fr", "www.data.gouv.fr", "data.economie.gouv.fr"}
    assert {address if isinstance(address, str) else address[0] for address in connections} == hosts


def test_a_copy_that_is_there_is_taken_without_asking(server, client, tmp_path):
    opendatasoft(server)
    first = fetch(county(server), client, tmp_path)
    again = fetch(county(server), client, tmp_path)
    assert server.paths() == [BAYS_PATH]
    assert again.copies == [replace(first.copies[0], fresh=False)]
    assert [str(note) for note in again.notes] == [
        f"Hauts-de-Seine — delivery bays: the copy of {first.copies[0].day} was taken. Refresh it to ask for a newer one."
    ]


# -- Opendatasoft ------------------------------------------------------------------------------------------------------------


def test_an_export_is_kept_as_published_with_what_is_known_of_it(server, client, tmp_path):
    opendatasoft(server)
    copy = fetch(county(server), client, tmp_path).copies[0]
    assert copy.path.read_bytes() == bays_csv()
    assert copy.path.parent == tmp_path
    assert server.asked[0].query == {"lang": "fr", "timezone": "Europe/Paris"}
    beside = json.loads(copy.path.with_name(copy.path.name + ".source.json").read_text(encoding="utf-8"))
    assert beside["sha256"] == sha256(copy.path)
    assert (beside["etag"], beside["source"], beside["attribution"]) == ('"null"', "hauts_de_seine_bays", "Département des Hauts-de-Seine")
    assert sorted(path.name for path in tmp_path.iterdir()) == [copy.path.name, copy.path.name + ".source.json"]


def test_filter_area_and_options_are_sent_as_the_portal_writes_them(server, client, tmp_path):
    paris = replace(get_source("paris_bays"), url=server.url + "/")
    path = "/api/explore/v2.1/catalog/datasets/stationnement-voie-publique-emplacements/exports/csv"
    server.on(path, Answer(body=b"a;b\n1;2\n"))
    fetch(paris, client, tmp_path)
    fetch(paris, client, tmp_path, parse_area("2.25,48.81,2.42,48.91"))
    common = {"lang": "fr", "timezone": "Europe/Paris", "use_labels": "true"}
    assert [asked.query for asked in server.asked] == [
        {**common, "where": 'regpri="LIVRAISON"'},
        {**common, "where": '(regpri="LIVRAISON") and in_bbox(geo_point_2d, 48.81, 2.25, 48.91, 2.42)'},
    ]
    assert len({path.name for path in tmp_path.glob("*.csv")}) == 2  # one copy does not stand for the other


def test_bays_become_the_national_table(server, client, tmp_path):
    opendatasoft(server)
    area = Area(2.29, 48.84, 2.32, 48.87, shapely.Point(2.30, 48.85).buffer(0.005))
    source = county(server)
    copies = fetch(source, client, tmp_path, area).copies
    read = read_copies(source, copies, area)
    assert read.counts() == {"rows_read": 2, "rejected": 0, "outside": 1, "rows": 1}
    row = read.table.iloc[0]
    assert (row["id"], row["longueur"], row["commune"], row["source"]) == ("2", 1000, "BOULOGNE", f"{server.host} aires-de-livraison")


# -- refreshing --------------------------------------------------------------------------------------------------------------


def test_nothing_newer_costs_one_question(server, client, tmp_path):
    opendatasoft(server)
    first = fetch(county(server), client, tmp_path).copies[0]
    again = fetch(county(server), client, tmp_path, refresh=True)
    assert again.copies == [replace(first, fresh=False)]
    assert [str(note) for note in again.notes] == [f"“{server.host}” has nothing newer than the copy of {first.day}."]


def test_last_modified_is_sent_back_too(server, client, tmp_path):
    moment = "Wed, 21 Oct 2026 07:28:00 GMT"
    server.on("/f.geojson", Answer(body=GEOJSON, headers={"Last-Modified": moment}), Answer(304))
    fetch(plain(server), client, tmp_path)
    assert not fetch(plain(server), client, tmp_path, refresh=True).copies[0].fresh
    assert server.asked[1].headers["if-modified-since"] == moment
    assert "if-none-match" not in server.asked[1].headers


def test_a_newer_export_replaces_the_copy_and_says_what_changed(server, client, tmp_path):
    source, out = county(server), tmp_path / "bornes.gpkg"
    cache = tmp_path / "cache"
    opendatasoft(server)
    renew(source, client, cache).write(out)
    before = sha256(out)
    opendatasoft(server, {"2": "12.5"})
    renewal = renew(source, client, cache, out, refresh=True)
    assert renewal.changes.counts() == {"added": 0, "changed": 1, "removed": 0, "unchanged": 2, "not_compared": 0}
    assert renewal.changes.sentences()[-1] == "2, longueur: 1000 → 1250"
    assert sha256(out) == before  # shown before anything is replaced
    renewal.write(out, overwrite=True)
    assert dict(zip(*gpd.read_file(out)[["id", "longueur"]].to_numpy().T)) == {"1": 1000, "2": 1250, "3": 1000}


def test_footprints_that_are_written_as_points_have_not_moved(server, client, tmp_path):
    """Points and footprints do not fit into one layer: the file has points on them, and so has the comparison."""
    ring = [[2.3, 48.8], [2.3001, 48.8], [2.3001, 48.8002], [2.3, 48.8]]
    shapes = ({"type": "Polygon", "coordinates": [ring]}, {"type": "Point", "coordinates": [2.31, 48.8]})
    features = [{"type": "Feature", "properties": {"id": str(number)}, "geometry": shape} for number, shape in enumerate(shapes)]
    server.on("/f.geojson", Answer(body=json.dumps({"type": "FeatureCollection", "features": features}).encode()))
    source, out = plain(server, table="bays", key=["id"]), tmp_path / "out.gpkg"
    renew(source, client, tmp_path).write(out)
    assert renew(source, client, tmp_path, out).changes.counts() == {"added": 0, "changed": 0, "removed": 0, "unchanged": 2, "not_compared": 0}


@pytest.mark.parametrize(
    "answer",
    [Answer(500), Answer(404), Answer(401), Answer(body=PAGE), Answer(body=b""), Answer(body=GEOJSON, announced=9999), Answer(body=GEOJSON[:-20])],
    ids=["500", "404", "401", "page", "empty", "cut short", "broken off"],
)
def test_whatever_goes_wrong_the_old_copy_is_kept_and_said(server, client, tmp_path, answer):
    server.on("/f.geojson", Answer(body=GEOJSON), answer)
    old = fetch(plain(server), client, tmp_path).copies[0]
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(errors.NetworkError) as caught:
        fetch(plain(server), client, tmp_path, refresh=True)
    assert str(caught.value).endswith(f"The copy of {old.day} was kept as it is.")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("spoil", [lambda path: path.write_bytes(b"{}"), lambda path: path.with_name(path.name + ".source.json").write_text("{")])
def test_a_copy_that_somebody_changed_is_fetched_again(server, client, tmp_path, spoil):
    server.on("/f.geojson", Answer(body=GEOJSON, headers={"ETag": '"1"'}))
    path = fetch(plain(server), client, tmp_path).copies[0].path
    spoil(path)
    assert find_copy(path) is None
    assert fetch(plain(server), client, tmp_path).copies[0].fresh
    assert path.read_bytes() == GEOJSON
    assert "if-none-match" not in server.asked[1].headers


def test_an_entry_that_was_edited_does_not_take_the_old_entry_s_copy(server, client, tmp_path):
    opendatasoft(server)
    fetch(county(server), client, tmp_path)
    fetch(county(server, where='type="LIVRAISON"'), client, tmp_path)
    assert len(server.asked) == 2


def test_a_cancel_before_anything_came(server, client, tmp_path, folder_is_clean):
    class Stopped(Progress):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(errors.CancelledError):
        fetch(plain(server), client, tmp_path, progress=Stopped())
    assert folder_is_clean()
    assert server.asked == []


@pytest.mark.parametrize("ending", ["parquet", "csv", "geojson"])
def test_an_empty_answer_is_no_copy(server, client, tmp_path, folder_is_clean, ending):
    server.on("/f.geojson", Answer(body=b" \n"))
    with pytest.raises(errors.NotDataError, match="empty file"):
        fetch(plain(server, format=ending), client, tmp_path)
    assert folder_is_clean()


# -- before and without the network ------------------------------------------------------------------------------------------


def test_who_will_be_asked_is_known_before(server, client, tmp_path):
    opendatasoft(server)
    area = parse_area("2.29,48.84,2.32,48.87")
    assert will_ask(county(server), tmp_path) == [server.host]
    fetch(county(server), client, tmp_path)
    assert will_ask(county(server), tmp_path) == []
    assert will_ask(county(server), tmp_path, area) == [server.host]  # the whole does not stand for a part
    assert will_ask(county(server), tmp_path, refresh=True) == [server.host]
    assert will_ask(plain(server), tmp_path, area) == [server.host]
    assert len(server.asked) == 1


def test_of_a_portal_first_the_list_then_the_servers_that_it_names(server, client, tmp_path):
    three_publishers(server)
    assert will_ask(national(server), tmp_path) == [server.host]
    fetched = fetch(national(server), client, tmp_path)
    assert will_ask(national(server), tmp_path) == []
    forget(fetched.copies[0].path)
    asked = len(server.asked)
    assert will_ask(national(server), tmp_path) == [server.host]
    assert len(server.asked) == asked


def test_a_refresh_without_a_way_to_the_server_takes_the_copy_and_says_its_day(client, tmp_path):
    with web_server() as server:
        opendatasoft(server)
        source = county(server)
        first = renew(source, RequestsClient(), tmp_path)
    again = renew(source, client, tmp_path, refresh=True, offline=True)
    assert again.table["id"].tolist() == first.table["id"].tolist() == ["1", "2", "3"]
    assert str(again.notes[0]).endswith(f"The copy of {first.copies[0].day} was kept as it is. It is the one that is used.")
    with pytest.raises(errors.UnreachableError):
        renew(source, client, tmp_path, refresh=True)
    with pytest.raises(errors.UnreachableError):
        renew(source, client, tmp_path / "empty", refresh=True, offline=True)


def test_what_is_kept_can_be_counted_and_removed_and_nothing_else(server, client, tmp_path):
    opendatasoft(server)
    server.on("/f.geojson", Answer(body=GEOJSON))
    mine = tmp_path / "mine.csv"
    mine.write_text("kept")
    fetch(plain(server), client, tmp_path)
    fetch(county(server), client, tmp_path)
    assert {origin.source for _, origin in origins(tmp_path)} == {"f", "hauts_de_seine_bays"}
    assert cache_size(tmp_path) == len(GEOJSON) + len(bays_csv())
    assert empty_cache(tmp_path) == 2
    assert list(tmp_path.iterdir()) == [mine]
    assert cache_size(tmp_path / "none") == empty_cache(tmp_path / "none") == 0


# -- data.gouv.fr ------------------------------------------------------------------------------------------------------------


def zfe(server, **parts):
    return replace(get_source("zfe_areas"), url=server.url, **parts)


def test_one_file_of_a_dataset(server, client, tmp_path):
    files = [resource(server, "r1", "voies.geojson", "geojson"), resource(server, "r2", "aires.geojson", "geojson"), resource(server, "r3", "aires.pdf", "pdf")]
    datagouv(server, [dataset("base-nationale-consolidee-des-zones-a-faibles-emissions", files, "PAN")])
    server.on("/static/r2.geojson", Answer(body=GEOJSON))
    copy = fetch(zfe(server), client, tmp_path).copies[0]
    assert copy.path.read_bytes() == GEOJSON
    assert copy.origin.url == f"{server.url}/fr/datasets/r/r2"
    assert (copy.origin.licence, copy.origin.title) == ("Licence Ouverte 2.0", "Données base-nationale-consolidee-des-zones-a-faibles-emissions — aires.geojson")
    asked = len(server.asked)
    assert not fetch(zfe(server), client, tmp_path).copies[0].fresh
    assert len(server.asked) == asked


@pytest.mark.parametrize(("wanted", "count"), [({"title": "plan"}, 0), ({"format": "geojson"}, 2)])
def test_a_choice_that_fits_no_file_or_several(server, client, tmp_path, wanted, count):
    datagouv(server, [dataset("d", [resource(server, "r1", "voies", "geojson"), resource(server, "r2", "aires", "geojson")])])
    with pytest.raises(errors.DataError, match=rf"Of “d” on 127.0.0.1:\d+, {count} files fit “\w+”, where one is expected"):
        fetch(zfe(server, dataset="d", resource=wanted), client, tmp_path)


def national(server):
    return replace(get_source("national_bays"), url=server.url)


def three_publishers(server):
    cities = [dataset(city, [resource(server, city, f"Aires {city}", "csv", SCHEMA), resource(server, f"{city}-pdf", "notice", "pdf")], city.title()) for city in ("lyon", "nice", "brest")]
    other = dataset("irve", [resource(server, "irve", "bornes", "csv", "etalab/schema-irve-statique")])
    mixed = dataset("metz", [resource(server, "metz", "Aires", "csv", SCHEMA), resource(server, "metz-2", "Arrêtés", "csv", "CEREMA/autre")], None)
    datagouv(server, [*cities, other, mixed])
    for city, names in (("lyon", ("L1", "L2")), ("nice", ("N1",)), ("brest", ("B1",)), ("metz", ("M1",))):
        server.on(f"/static/{city}.csv", Answer(body=national_bays(*names)))


def test_every_file_of_a_schema_page_after_page(server, client, tmp_path):
    three_publishers(server)
    source = national(server)
    fetched = fetch(source, client, tmp_path)
    pages = [asked.query for asked in server.asked if asked.path == "/api/1/datasets/"]
    assert pages == [{"schema": SCHEMA, "page_size": "100"}, {"schema": SCHEMA, "page": "2", "page_size": "2"}]
    read = read_copies(source, fetched.copies)
    assert sorted(read.table["id"]) == ["B1", "L1", "L2", "M1", "N1"]
    assert read.table.index.tolist() == [0, 1, 2, 3, 4]
    assert read.table.set_index("id").loc["N1", "source"] == "Données nice — Aires nice"
    assert {copy.origin.attribution for copy in fetched.copies} == {"Lyon", "Nice", "Brest", ""}
    assert {copy.origin.licence for copy in fetched.copies} == {"lov2"}


def test_one_publisher_s_trouble_does_not_keep_the_others_away(server, client, tmp_path):
    three_publishers(server)
    server.on("/static/nice.csv", Answer(500, b"out of order"))
    server.on("/static/brest.csv", Answer(body=b"colonne\nrien\n"))
    source = national(server)
    renewal = renew(source, client, tmp_path)
    assert sorted(renewal.table["id"]) == ["L1", "L2", "M1"]
    first, second = (str(note) for note in renewal.notes)
    assert first.startswith("“Aires nice” (Nice): “127.0.0.1:") and "HTTP 500" in first
    assert second.startswith("“Données brest — Aires brest” cannot be read: The header of")


def test_a_publisher_s_older_file_is_taken_where_the_newer_one_does_not_come(server, client, tmp_path):
    three_publishers(server)
    source = national(server)
    fetch(source, client, tmp_path)
    server.on("/static/nice.csv", Answer(503, headers={"Retry-After": "9999"}))
    fetched = fetch(source, client, tmp_path, refresh=True)
    assert sorted(read_copies(source, fetched.copies).table["id"]) == ["B1", "L1", "L2", "M1", "N1"]
    assert "was kept as it is." in str(fetched.notes[0])


def test_a_list_that_leads_in_circles(server, client, tmp_path):
    server.on("/api/1/datasets/", Answer(body=json.dumps({"data": [], "next_page": server.url + "/api/1/datasets/?page=1"}).encode()))
    with pytest.raises(errors.NotDataError, match="lead in circles"):
        fetch(national(server), client, tmp_path)


# -- tables ------------------------------------------------------------------------------------------------------------------


MIXED = [
    {"id": 1, "nom": "Rue d’Été", "ouvert": True, "prix": 1.789, "maj": "2026-11-20T08:15:00+00:00", "jour": "2026-11-20", "services": ["gonflage", "DAB"], "n": 3},
    {"id": 2, "nom": None, "ouvert": False, "prix": None, "maj": None, "jour": None, "services": None, "n": None},
    {"id": 3, "nom": "007", "ouvert": None, "prix": 2.0, "maj": "2026-11-19T23:59:59+00:00", "jour": "2026-01-01", "services": [], "n": 4},
]


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "parquet", "fgb"])
def test_a_table_that_was_written_is_unchanged_when_it_is_fetched_again(server, client, tmp_path, ending):
    """Whatever a format makes of dates, lists and whole numbers with gaps, that is no change at the source."""
    features = [{"type": "Feature", "properties": row, "geometry": {"type": "Point", "coordinates": [2.3 + 0.01 * row["id"], 48.8]}} for row in MIXED]
    server.on("/f.geojson", Answer(body=json.dumps({"type": "FeatureCollection", "features": features}).encode()))
    source, out = plain(server, table="delivery_points", key=["id"]), tmp_path / f"out.{ending}"  # which keep their published columns
    renew(source, client, tmp_path).write(out)
    changes = renew(source, client, tmp_path, out).changes
    assert changes.sentences() == ["0 rows added, 0 changed, 0 removed, 3 unchanged."]
    assert not changes.any
    other = [{**feature, "properties": {**feature["properties"], "services": ["lavage"]}} for feature in features]
    server.on("/f.geojson", Answer(body=json.dumps({"type": "FeatureCollection", "features": other}).encode()))
    assert renew(source, client, tmp_path, out, refresh=True).changes.by_field() == {"services": 3}


IRVE = "id_pdc_itinerance,nom_station,coordonneesXY,puissance_nominale,nbre_pdc,consolidated_longitude,consolidated_latitude\n"


def test_columns_named_by_the_entry_give_the_positions(server, client, tmp_path):
    """The consolidated file of charging stations has better positions in two columns of its own."""
    text = IRVE + 'FR1,Mairie,"[0,0]",22,2,2.35,48.85\nFR2,Gare,"[0,0]",7,1,,\n'
    server.on("/f.geojson", Answer(body=text.encode()))
    entry = get_source("charging_stations")
    source = plain(server, format="csv", table=entry.table, mapping=entry.mapping, coordinates=list(entry.coordinates))
    read = read_copies(source, fetch(source, client, tmp_path).copies)
    assert read.counts() == {"rows_read": 2, "rejected": 1, "outside": 0, "rows": 1}
    assert read.rejects[["line", "reason"]].to_numpy().tolist() == [[3, "no usable coordinates: the place cannot be put on the map"]]
    assert read.table.geometry.iloc[0].equals(shapely.Point(2.35, 48.85))
    assert read.table[["id", "nom", "type_poi", "puissance", "capacite"]].to_numpy().tolist() == [["FR1", "Mairie", "borne de recharge", 22, 2]]


def test_columns_that_the_file_has_not_are_named(server, client, tmp_path):
    server.on("/f.geojson", Answer(body=b"id,x,y\n1,2,48\n"))
    source = plain(server, format="csv", table="access_points", coordinates=["lon", "lat"])
    with pytest.raises(errors.HeaderError, match=r"has no column “lon”, “lat”, which should hold the coordinates. Its columns are: id, x, y."):
        read_copies(source, fetch(source, client, tmp_path).copies)


CLASSES = {f"{who}_{what}": value for who in ("vp", "vul", "pl", "deux_rm", "autobus_autocars") for what, value in (("critair", "V3"), ("horaires", "24/7"))}
RING = [[2.30, 48.84], [2.36, 48.84], [2.36, 48.88], [2.30, 48.88], [2.30, 48.84]]


def zones(*features) -> bytes:
    made = [{"type": "Feature", "properties": {"date_debut": "2023-01-01", "date_fin": None, **CLASSES, **row}, "geometry": shape} for row, shape in features]
    return json.dumps({"type": "FeatureCollection", "features": made}).encode()


def test_low_emission_zones_and_their_special_roads_are_perimeters_with_rules(server, client, tmp_path):
    server.on("/f.geojson", Answer(body=zones(({"id": "200054781-ZFE-001"}, {"type": "Polygon", "coordinates": [RING]}))))
    server.on("/v.geojson", Answer(body=zones(({"id": "200054781-ZFE-001"}, {"type": "LineString", "coordinates": RING[:2]}))))
    kinds, rules = [], []
    for name in ("f", "v"):
        source = plain(server, id=name, url=f"{server.url}/{name}.geojson", mapping=get_source("zfe_roads").mapping)
        out = tmp_path / f"{name}.gpkg"
        renewal = renew(source, client, tmp_path / "cache")
        renewal.write(out)
        kinds += gpd.read_file(out, layer="perimeters")["type_peri"].tolist()
        written = gpd.read_file(out, layer="perimeter_rules")
        rules.append(set(written["perimetre"]))
        assert renew(source, client, tmp_path / "cache", out).changes.sentences() == ["0 rows added, 0 changed, 0 removed, 1 unchanged."]
    assert kinds == ["ZFE", "Voie spéciale"]
    assert rules == [{"200054781-ZFE-001"}] * 2


def test_rules_follow_their_perimeters_into_the_area(server, client, tmp_path):
    far = [[x + 3, y] for x, y in RING]
    server.on("/f.geojson", Answer(body=zones(({"id": "1"}, {"type": "Polygon", "coordinates": [RING]}), ({"id": "2"}, {"type": "Polygon", "coordinates": [far]}))))
    source = plain(server)
    read = read_copies(source, fetch(source, client, tmp_path).copies, parse_area("2.2,48.8,2.4,48.9"))
    assert read.table["cle"].tolist() == ["1"] and set(read.rules["perimetre"]) == {"1"}


def test_two_files_that_use_one_key_for_two_perimeters(tmp_path):
    """Keys stay apart, and each rule with its own perimeter."""
    shape = {"type": "Polygon", "coordinates": [RING]}
    readings = []
    for name in ("a", "b"):
        path = tmp_path / f"{name}.geojson"
        path.write_bytes(zones(({"id": "1", "vp_critair": {"a": "V2", "b": "V4"}[name]}, shape)))
        readings.append(read_perimeters(path))
    read = joined(readings)
    cars = read.rules[read.rules["veh_types"].map(lambda kinds: "Véhicules particuliers" in str(kinds))]
    assert read.table["cle"].tolist() == ["1", "1@2"]
    assert cars[["perimetre", "critair"]].to_numpy().tolist() == [["1", "V2"], ["1@2", "V4"]]
    assert read.rules["id"].is_unique


STATION = {"id": 75001, "latitude": "4885000", "longitude": 235000, "cp": "75001", "pop": "R", "adresse": "1 RUE NEY", "ville": "Paris",
           "horaires_automate_24_24": "Oui", "services_service": ["Gonflage", "DAB"], "geom": {"lon": 2.35, "lat": 48.85}}  # fmt: skip


def test_fuel_stations_of_the_portal(server, client, tmp_path):
    feature = {"type": "Feature", "properties": STATION, "geometry": {"type": "Point", "coordinates": [2.35, 48.85]}}
    server.on("/f.geojson", Answer(body=json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()))
    source = replace(get_source("fuel_stations"), service="file", url=server.url + "/f.geojson")
    row = read_copies(source, fetch(source, client, tmp_path).copies).table.iloc[0]
    assert (row["id"], row["type_poi"], row["code_postal"], row["horaires"], row["services"]) == ("75001", "station-service", "75001", "24/7", "Gonflage, DAB")
    assert (row.geometry.x, row.geometry.y) == (2.35, 48.85)


def test_waiting_areas_in_lambert_93_are_known_by_their_header(server, client, tmp_path):
    text = "id2,type_categorie,code_objet,libelle,id_route,nom_plo,abscisse,code_gestionnaire,x,y\n7,A,B,C,A0006,PR1,10,DIRIDF,652000,6862000\n"
    server.on("/f.geojson", Answer(body=text.encode()))
    source = plain(server, format="csv", table="points_of_interest")
    table = read_copies(source, fetch(source, client, tmp_path).copies).table
    assert table[["id", "type_poi"]].to_numpy().tolist() == [["7", "aire de stockage"]]
    assert table.crs.to_epsg() == 2154 and table.geometry.iloc[0].equals(shapely.Point(652000, 6862000))


def test_the_kind_that_an_entry_gives_and_access_points(server, client, tmp_path):
    server.on("/f.geojson", Answer(body=GEOJSON))
    lorry = plain(server, table="points_of_interest", kind="parking poids lourds")
    table = read_copies(lorry, fetch(lorry, client, tmp_path).copies).table
    assert table[["id", "type_poi"]].to_numpy().tolist() == [["b1", "parking poids lourds"]]
    gates = plain(server, table="access_points")
    assert read_copies(gates, fetch(gates, client, tmp_path).copies).table["id"].tolist() == ["b1"]


def test_a_file_in_parquet(server, client, tmp_path):
    made = tmp_path / "made.parquet"
    gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=gpd.points_from_xy([2.3, 2.4], [48.8, 48.9]), crs=4326).to_parquet(made)
    server.on("/f.geojson", Answer(body=made.read_bytes()))
    source = plain(server, format="parquet", table="access_points")
    read = read_copies(source, fetch(source, client, tmp_path / "cache").copies, parse_area("2.25,48.7,2.35,49"))
    assert read.table["id"].tolist() == ["a"]


def test_the_key_of_a_table():
    sources = load_catalogue()
    assert key_of(sources["national_bays"]) == ["uuid"]
    assert key_of(sources["hauts_de_seine_bays"]) == ["id"]
    assert key_of(replace(sources["fuel_stations"], key=())) == ["id"]  # that of the table


# -- areas -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "1,2,3", "a,b,c,d", "2.4,48.8,2.3,48.9", "2.3,48.9,2.4,48.8", "-190,0,0,1", "0,0,0,0", "nan,0,1,1"])
def test_what_is_no_area(text):
    with pytest.raises(errors.ParameterError, match=r"Expected: west,south,east,north, for example 2.25"):
        parse_area(text)


def test_an_area_without_surface_or_crs():
    with pytest.raises(errors.ParameterError, match="has no surface"):
        area_of(gpd.GeoSeries([shapely.Point(2.3, 48.8)], crs=4326))
    with pytest.raises(errors.CrsError):
        area_of(gpd.GeoSeries([shapely.box(0, 0, 1, 1)]))


def test_rows_without_geometry_are_in_no_area():
    table = gpd.GeoDataFrame({"id": [1, 2, 3]}, geometry=[shapely.Point(2.3, 48.8), None, shapely.Point(3, 48)], crs=4326, index=[7, 8, 9])
    assert inside(table.to_crs(2154), parse_area("2.2,48.7,2.4,48.9")).index.tolist() == [7]


# -- the catalogue -----------------------------------------------------------------------------------------------------------


def test_the_shipped_catalogue():
    sources = load_catalogue()
    assert {source.table for source in sources.values()} == {"bays", "perimeters", "points_of_interest"}
    for source in sources.values():
        assert source.url.startswith("https://") and source.origin
        assert set(source.title) == {"fr", "en"}


@pytest.fixture
def catalogue(tmp_path):
    def write(*entries):
        path = tmp_path / "sources.json"
        path.write_text(json.dumps({"sources": list(entries)}, ensure_ascii=False), encoding="utf-8-sig")
        return path

    return write


GOOD = {"id": "a", "table": "bays", "service": "file", "url": "https://ville.fr/a.csv", "format": "csv"}


def test_an_administrator_s_catalogue(catalogue):
    path = catalogue(GOOD, {**GOOD, "id": "b", "service": "ogcapi", "collection": "c", "format": "csv", "key": ["id", "date"], "checked": "2026-11-20"})
    sources = load_catalogue(path)
    assert (list(sources), sources["b"].format, sources["b"].key, sources["a"].name) == (["a", "b"], "geojson", ("id", "date"), "a")
    with pytest.raises(errors.ParameterError, match=r"There is no source “paris”. There are: a, b."):
        get_source("paris", path)


FAULTS = [
    ("text", "it is not an object with"),
    ({**GOOD, "uRL": "x"}, "“uRL” is not one of the keys: id, table, service"),
    ({key: value for key, value in GOOD.items() if key != "url"}, "“url” is missing."),
    ({**GOOD, "id": "À 1"}, "“id” may have lower-case letters"),
    ({**GOOD, "id": 7}, '“id” has the form 7. Expected: "text"'),
    ({**GOOD, "table": "trees"}, "“table” is “trees”. Expected one of: access_points, bays"),
    ({**GOOD, "service": "ftp"}, "“service” is “ftp”. Expected one of: datagouv, file"),
    ({**GOOD, "format": "xls"}, "“format” is “xls”. Expected one of: csv"),
    ({**GOOD, "format": ""}, "“format” is “”. Expected one of: csv"),
    ({**GOOD, "url": "file:///etc/passwd"}, "“url” is “file:///etc/passwd”. Expected one of: https://…"),
    ({**GOOD, "service": "opendatasoft"}, "“dataset” is missing, which the service opendatasoft needs"),
    ({**GOOD, "service": "wfs"}, "“collection” is missing, which the service wfs needs"),
    ({**GOOD, "service": "datagouv"}, "either “dataset” or “schema”"),
    ({**GOOD, "service": "datagouv", "dataset": "a", "schema": "b"}, "either “dataset” or “schema”"),
    ({**GOOD, "title": "Aires"}, '“title” has the form "Aires". Expected: {"name": "text"}'),
    ({**GOOD, "key": "id"}, '“key” has the form "id". Expected: ["column", …]'),
    ({**GOOD, "coordinates": ["x"]}, "“coordinates” names two columns"),
    ({**GOOD, "checked": "hier"}, '“checked” has the form "hier". Expected: 2026-11-20, null'),
    ({**GOOD, "id": "first"}, "another entry has the same “id”"),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "fault"), FAULTS, ids=[fault[:40] for _, fault in FAULTS])
def test_a_fault_names_the_file_and_the_entry(catalogue, entry, fault):
    path = catalogue({**GOOD, "id": "first"}, entry)
    with pytest.raises(errors.FileError) as caught:
        load_catalogue(path)
    name = entry.get("id") if isinstance(entry, dict) else "?"
    assert str(caught.value).startswith(f"The catalogue of sources “{path}”, entry 2 ({name}): ")
    assert fault in str(caught.value)


@pytest.mark.parametrize(("content", "fault"), [("{", "is not JSON"), ("[]", "has no list “sources”"), ('{"sources": {}}', "has no list “sources”")])
def test_a_file_that_is_no_catalogue(write_file, content, fault):
    with pytest.raises(errors.FileError, match=fault):
        load_catalogue(write_file("sources.json", content))
    with pytest.raises(errors.FileError, match="cannot be read: No such file"):
        load_catalogue(write_file("a.json", "{}").with_name("none.json"))
