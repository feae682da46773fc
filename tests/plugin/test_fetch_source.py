"""``joptimiz:fetchsource`` against real servers on this machine: what is asked, kept, written, said; whatever goes wrong, nothing is lost."""

from __future__ import annotations

import json
import threading
import time

import pytest
from portals import BAYS_PATH, opendatasoft
from pygeoapi_server import BAYS, bay_features, pygeoapi
from pygeoapi_server import PAGE as PAGE_SIZE
from qgis.core import QgsApplication, QgsAuthMethodConfig, QgsSettings
from qgis_builders import Feedback, column, layer, opened

from joptimiz_qgis.processing import source_settings
from tests.web_server import PAGE, Answer, signed_in, web_server

COUNTY = {
    "id": "county", "title": {"fr": "Département", "en": "County"}, "table": "bays", "service": "opendatasoft",
    "dataset": "aires-de-livraison", "format": "csv", "area_field": "geo_point_2d", "mapping": "hauts_de_seine", "key": ["id"],
    "licence": "Licence Ouverte 2.0", "attribution": "Le département",
}  # fmt: skip


@pytest.fixture
def server():
    with web_server() as running:
        yield running


@pytest.fixture(autouse=True)
def settings(tmp_path, server):
    """A catalogue of one source, its portal being here; copies in the test's folder."""
    path = tmp_path / "catalogue" / "sources.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"sources": [{**COUNTY, "url": server.url}]}), encoding="utf-8")
    for key, value in ((source_settings.CATALOGUE_KEY, str(path)), (source_settings.CACHE_KEY, str(tmp_path / "cache"))):
        QgsSettings().setValue(key, value)
    yield path
    QgsSettings().remove("joptimiz/sources")


@pytest.fixture
def out(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "bays.gpkg"


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_bays_of_the_catalogue_become_the_national_table(run, server, out, tmp_path):
    opendatasoft(server)
    result = run("fetchsource", SOURCE=1, OUTPUT=str(out), REJECTS=str(out.with_suffix(".csv")))
    assert (result["ROWS_READ"], result["IMPORTED"], result["REJECTED"], result["OUTSIDE"], result["MAPPING_USED"]) == (3, 3, 0, 0, "hauts_de_seine")
    assert (column(str(out), "id"), column(str(out), "longueur")) == (["1", "2", "3"], [1000, 1000, 1000])
    assert result["COPY_DAY"] == time.strftime("%Y-%m-%d")
    assert "ADDED" not in result
    assert out.with_suffix(".csv").read_text(encoding="utf-8-sig").strip() == "line;column;value;reason"
    assert server.paths() == [BAYS_PATH]


def test_the_second_time_nothing_is_sent(run, server, out):
    opendatasoft(server)
    run("fetchsource", SOURCE=1)
    feedback = Feedback()
    run("fetchsource", feedback=feedback, SOURCE=1)
    assert server.paths() == [BAYS_PATH]
    assert any("the copy of" in text and "was taken" in text for text in feedback.said)


def test_a_refresh_says_field_by_field_what_it_changes(run, server, out):
    opendatasoft(server)
    run("fetchsource", SOURCE=1, OUTPUT=str(out))
    opendatasoft(server, {"2": "12.5"})
    feedback = Feedback()
    result = run("fetchsource", feedback=feedback, SOURCE=1, REFRESH=True, OUTPUT=str(out))
    assert [result[name] for name in ("ADDED", "CHANGED", "REMOVED", "UNCHANGED")] == [0, 1, 0, 2]
    assert "2, longueur: 1000 → 1250" in feedback.said
    assert column(str(out), "longueur") == [1000, 1250, 1000]


@pytest.mark.parametrize("parameters", [{"EXTENT": "2.29,2.305,48.84,48.87 [EPSG:4326]"}, {"AREA": "layer"}], ids=["rectangle", "polygons"])
def test_only_the_area_is_asked_for_and_kept(run, server, project, parameters):
    opendatasoft(server)
    if "AREA" in parameters:
        outline = layer(["Polygon ((2.29 48.84, 2.305 48.84, 2.305 48.87, 2.29 48.87, 2.29 48.84))"], "Polygon", "EPSG:4326")
        parameters = {"AREA": project.addMapLayer(outline).id()}
    result = run("fetchsource", SOURCE=1, **parameters)
    assert column(result["OUTPUT"], "id") == ["2"]
    assert server.asked[0].query["where"] == "in_bbox(geo_point_2d, 48.84, 2.29, 48.87, 2.305)"


def test_without_a_network_the_copy_is_used_and_its_day_is_said(run, out):
    with web_server() as gone:
        opendatasoft(gone)
        path = source_settings.source_settings().catalogue
        path.write_text(json.dumps({"sources": [{**COUNTY, "url": gone.url}]}), encoding="utf-8")
        run("fetchsource", SOURCE=1, OUTPUT=str(out))
    feedback = Feedback()
    result = run("fetchsource", feedback=feedback, SOURCE=1, REFRESH=True, OUTPUT=str(out))
    assert (result["IMPORTED"], result["UNCHANGED"]) == (3, 3)
    told = " ".join(feedback.said)
    assert f"The copy of {result['COPY_DAY']} was kept as it is. It is the one that is used." in told


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [(Answer(500), "failed (HTTP 500)"), (Answer(body=PAGE), "answered with a web page"), (Answer(body=b"a;b\n1;2\n", announced=500), "was cut short")],
    ids=["500", "page", "cut short"],
)
def test_what_goes_wrong_is_a_sentence_and_nothing_is_written(refusal, server, out, tmp_path, answer, sentence):
    out.write_bytes(b"mine")
    server.on(BAYS_PATH, answer)
    assert sentence in refusal("fetchsource", SOURCE=1, OUTPUT=str(out))
    assert out.read_bytes() == b"mine" and names_in(out.parent) == ["bays.gpkg"]
    assert list((tmp_path / "cache").glob("*")) == []


def test_cancel_does_not_wait_for_the_server_and_leaves_the_old_file(run, server, out):
    out.write_bytes(b"mine")
    server.on(BAYS_PATH, Answer(body=b"x" * 100_000, pause=30))
    feedback = Feedback()
    pressed = []

    def press():
        pressed.append(time.monotonic())
        feedback.cancel()

    timer = threading.Timer(0.5, press)
    timer.start()
    assert run("fetchsource", feedback=feedback, SOURCE=1, OUTPUT=str(out)) == {}
    assert time.monotonic() - pressed[0] < 5, "the server holds the answer back for half a minute"
    assert out.read_bytes() == b"mine" and names_in(out.parent) == ["bays.gpkg"]


def test_an_authentication_of_qgis_is_shown_to_the_source_s_server(run, refusal, server, qgis_processing):
    opendatasoft(server)
    portal = server.routes[BAYS_PATH]
    server.on(BAYS_PATH, lambda asked: portal(asked) if signed_in(asked, "agent", "mot de passe") else Answer(401))
    manager = QgsApplication.authManager()
    assert manager.setMasterPassword("test", True)
    config = QgsAuthMethodConfig("Basic")
    config.setName("portal")
    config.setConfigMap({"username": "agent", "password": "mot de passe", "realm": ""})
    assert manager.storeAuthenticationConfig(config)[0]
    assert "wants to know who asks" in refusal("fetchsource", SOURCE=1)
    assert run("fetchsource", SOURCE=1, AUTHCFG=config.id())["IMPORTED"] == 3


# -- addresses of one's own --------------------------------------------------------------------------------------------


def zone(name, shape):
    classes = {f"{who}_{what}": value for who in ("vp", "vul", "pl") for what, value in (("critair", "V3"), ("horaires", "24/7"))}
    return {"type": "Feature", "properties": {"id": name, "date_debut": "2023-01-01", "date_fin": None, **classes}, "geometry": shape}


ROAD = {"type": "LineString", "coordinates": [[2.3, 48.85], [2.4, 48.86]]}


def test_special_roads_at_an_address_with_their_rules(run, server, out):
    url = server.on("/voies.geojson", Answer(body=json.dumps({"type": "FeatureCollection", "features": [zone("200054781-ZFE-001", ROAD)]}).encode()))
    rules = out.with_name("rules.gpkg")
    result = run("fetchsource", SOURCE=0, URL=url, TABLE=3, SERVICE=1, OUTPUT=str(out), RULES=str(rules))
    assert (column(str(out), "type_peri"), result["MAPPING_USED"]) == (["Voie spéciale"], "zfe")
    assert set(column(str(rules), "perimetre")) == {"200054781-ZFE-001"}


def test_two_results_in_one_file_are_refused(refusal, server, out):
    url = server.on("/voies.geojson", Answer(body=json.dumps({"type": "FeatureCollection", "features": [zone("1", ROAD)]}).encode()))
    said = refusal("fetchsource", SOURCE=0, URL=url, TABLE=3, SERVICE=1, OUTPUT=str(out), RULES=str(out))
    assert "was chosen for two results" in said and names_in(out.parent) == []


def test_the_reference_server_of_ogc_api_features_page_after_page(run, tmp_path):
    with pygeoapi(tmp_path / "pygeoapi") as geoapi:
        box = "2.25,2.27,48.82,48.84 [EPSG:4326]"
        expected = [feature for feature in bay_features() if feature["geometry"]["coordinates"][0] <= 2.27 and feature["geometry"]["coordinates"][1] <= 48.84]
        own = {"SOURCE": 0, "URL": geoapi.url, "SERVICE": 2, "COLLECTION": "bays", "TABLE": 2}
        assert run("fetchsource", **own, EXTENT=box)["IMPORTED"] == len(expected)
        result = run("fetchsource", **own)
        assert (result["IMPORTED"], BAYS > PAGE_SIZE) == (BAYS, True)
        assert sorted(column(result["OUTPUT"], "numero")) == [f"B{number:04}" for number in range(BAYS)]
        feedback = Feedback()
        geoapi.kill()
        assert run("fetchsource", feedback=feedback, **own, REFRESH=True)["IMPORTED"] == BAYS
        assert any("cannot be reached" in text and "It is the one that is used." in text for text in feedback.said)


@pytest.mark.parametrize("url", ["", "ville.fr/aires.csv"])
def test_an_address_that_is_none(refusal, url):
    assert f"The address “{url}” is none. Expected: https://…" in refusal("fetchsource", SOURCE=0, URL=url)


def test_a_catalogue_that_cannot_be_read_is_said_and_addresses_still_work(refusal, run, server, settings):
    settings.write_text("{", encoding="utf-8")
    assert "is not JSON" in refusal("fetchsource", SOURCE=0)
    opendatasoft(server)
    assert run("fetchsource", SOURCE=0, URL=server.url, SERVICE=3, DATASET="aires-de-livraison", TABLE=1)["IMPORTED"] == 3


def test_the_layer_says_where_it_came_from(server, project):
    from joptimiz_qgis.layers.published import SOURCE_PROPERTY, style_table
    from joptimiz_qgis.toolkit.sources import Origin

    made = layer(["Point (2 48)"], id=["1"], parite_trottoir=["pair"])
    origin = Origin("county", "County", "https://x.fr/a.csv", "Licence Ouverte 2.0", "Le département", "2026-11-20T10:00:00+01:00")
    style_table(made, "bays", [origin, origin])
    metadata = made.metadata()
    assert (metadata.title(), metadata.licenses(), metadata.rights()) == ("County", ["Licence Ouverte 2.0"], ["Le département"])
    assert metadata.history()[0] == "Fetched from https://x.fr/a.csv on 2026-11-20"
    assert [link.url for link in metadata.links()] == ["https://x.fr/a.csv"]
    assert metadata.extent().temporalExtents()[0].begin().date().toString("yyyy-MM-dd") == "2026-11-20"
    assert (made.customProperty(SOURCE_PROPERTY), made.name()) == ("county", "Delivery bays")
    assert opened(made).featureCount() == 1
