"""``python -m joptimiz_qgis fetch`` as a shell sees it, against portals on this machine."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest
import shapely
from portals import opendatasoft

from tests.web_server import GEOJSON, Answer, web_server


@pytest.fixture
def server():
    with web_server() as running:
        yield running


@pytest.fixture
def catalogue(server, write_file):
    """The county's entry, its portal being here."""
    entry = {
        "id": "county", "title": {"fr": "Département", "en": "County"}, "table": "bays", "service": "opendatasoft", "url": server.url,
        "dataset": "aires-de-livraison", "format": "csv", "area_field": "geo_point_2d", "mapping": "hauts_de_seine", "key": ["id"],
    }  # fmt: skip
    opendatasoft(server)
    return write_file("sources.json", json.dumps({"sources": [entry]}))


@pytest.fixture
def fetch(cli, tmp_path):
    def run(*arguments, **options):
        return cli("fetch", *arguments, "--cache", tmp_path / "cache", **options)

    return run


def test_bays_by_the_name_of_their_source(fetch, catalogue, tmp_path):
    out = tmp_path / "bornes.gpkg"
    run = fetch("county", "--catalogue", catalogue, "-o", out, "--bbox", "2.29,48.84,2.32,48.87")
    result = run.json
    copy = result.pop("copies")[0]
    assert result == {"rows_read": 2, "rejected": 0, "outside": 0, "rows": 2, "changes": None, "written": True, "output": str(out), "notes": []}
    assert copy["new"] and copy["path"].startswith(str(tmp_path / "cache"))
    assert gpd.read_file(out, layer="bays")["id"].tolist() == ["2", "3"]
    assert "2 rows read: 2 imported" in run.err


def test_a_refresh_shows_what_changes_and_replaces_only_when_told(fetch, catalogue, server, tmp_path):
    out = tmp_path / "bornes.gpkg"
    arguments = ("county", "--catalogue", catalogue, "-o", out)
    fetch(*arguments)
    opendatasoft(server, {"3": "7.5"})
    shown = fetch(*arguments, "--refresh")
    assert (shown.json["written"], shown.json["changes"]["changed"]) == (False, 1)
    assert "3, longueur: 1000 → 750" in shown.err
    assert "was left as it is. Run again with --overwrite to replace it." in shown.err
    assert gpd.read_file(out)["longueur"].tolist() == [1000, 1000, 1000]
    replaced = fetch(*arguments, "--refresh", "--overwrite")
    assert (replaced.json["written"], replaced.json["changes"]["changed"]) == (True, 1)
    assert gpd.read_file(out)["longueur"].tolist() == [1000, 1000, 750]


def test_an_address_with_its_service(fetch, server, tmp_path, write_file):
    server.on("/collections/quais/items", Answer(body=GEOJSON))
    outline = tmp_path / "commune.geojson"
    gpd.GeoSeries([shapely.box(2.3, 48.8, 2.4, 48.9)], crs=4326).to_file(outline)
    out = tmp_path / "quais.geojson"
    run = fetch(server.url, "--service", "ogcapi", "--collection", "quais", "--table", "access_points", "--within", outline, "-o", out)
    assert run.json["rows"] == 1
    assert server.asked[0].query == {"limit": "1000", "bbox": "2.3,48.8,2.4,48.9"}
    assert gpd.read_file(out)["id"].tolist() == ["b1"]


def test_a_file_by_its_address_alone(fetch, server, tmp_path):
    server.on("/donnees/zones.geojson", Answer(body=GEOJSON))
    assert fetch(server.url + "/donnees/zones.geojson", "-o", tmp_path / "zones.gpkg").json["rows"] == 1


BAD = [
    ("nowhere -o {out}", "There is no source “nowhere”. There are: paris_bays"),
    ("county --catalogue {folder}/none.json -o {out}", "cannot be read"),
    ("county --catalogue {catalogue} -o {folder}/a.xyz", "has no known ending"),
    ("county --catalogue {catalogue} -o {out} --bbox 1,2", "is not a rectangle in degrees"),
    ("{url}/none.geojson -o {out}", "There is nothing at {url}/none.geojson (HTTP 404)"),
    ("{url}/x --service opendatasoft -o {out}", "“dataset” is missing"),
]


@pytest.mark.parametrize(("line", "sentence"), BAD)
def test_what_cannot_be_fetched_is_a_sentence_and_writes_nothing(fetch, catalogue, server, tmp_path, line, sentence):
    names = {"out": tmp_path / "out.gpkg", "folder": tmp_path, "catalogue": catalogue, "url": server.url}
    run = fetch(*line.format(**names).split())
    assert (run.code, run.out) == (1, "")
    assert sentence.format(**names) in run.err
    assert not list(tmp_path.glob("out*"))


def test_a_file_that_exists_is_left_alone(fetch, catalogue, server, write_file):
    out = write_file("out.gpkg", b"mine")
    run = fetch("county", "--catalogue", catalogue, "-o", out)
    assert (run.code, out.read_bytes(), server.asked) == (1, b"mine", [])
    assert "exists and was left as it is" in run.err


def test_a_file_that_cannot_be_compared_is_said(fetch, catalogue, tmp_path):
    out = tmp_path / "out.geojson"
    out.write_bytes(GEOJSON.replace(b'"id": "b1"', b'"nom": "b1"'))
    run = fetch("county", "--catalogue", catalogue, "-o", out, "--refresh", "--overwrite", lang="fr_FR.UTF-8")
    assert run.json["changes"] is None
    assert "Impossible de dire ce qui change dans" in run.json["notes"][0]


def test_help_says_that_something_is_sent(cli):
    run = cli("--help")
    assert "sends requests to its server" in " ".join(run.out.split())


def test_without_requests_it_says_what_to_type(run_python, tmp_path):
    code = "import sys; sys.modules['requests'] = None; from joptimiz_qgis.__main__ import main; sys.exit(main(sys.argv[1:]))"
    run = run_python("-c", code, "fetch", "paris_bays", "-o", tmp_path / "out.gpkg")
    assert (run.code, run.out) == (1, "")
    assert "needs the Python libraries requests, which are not installed here" in run.err
