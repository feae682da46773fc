"""The embedded sample: is it what its script makes, and is it sound data?"""

from __future__ import annotations

import csv
import importlib.util
import json
import re
import sys
import uuid
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import geopandas as gpd
import pytest
import shapely

from joptimiz_qgis.toolkit.company.enrich import Question, enrich, read_customers
from joptimiz_qgis.toolkit.company.pipeline import compared, locate, prepare
from joptimiz_qgis.toolkit.messages import set_language
from joptimiz_qgis.toolkit.period import Period
from joptimiz_qgis.toolkit.read.bays import read_bays
from joptimiz_qgis.toolkit.read.perimeters import read_perimeters
from joptimiz_qgis.toolkit.read.places import read_access_points
from joptimiz_qgis.toolkit.vehicles import Vehicle

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "joptimiz_qgis" / "resources" / "sample"
SCHEMA = ROOT.parent / "shared" / "data" / "schemas" / "aire_livraison_v1.0.0.json"
FILES = {
    "bays.csv", "establishments.csv", "perimeters.geojson", "access_points.geojson", "streets.geojson",
    "blocks.geojson", "districts.geojson", "LISEZMOI.md", "clients.csv",
}
# Coordinates are written with 7 decimals: up to half a centimetre on each axis, on each of two geometries.
ROUNDING_M = 0.03


def read_rows(name: str) -> list[dict[str, str]]:
    with (SAMPLE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_metric(name: str) -> gpd.GeoDataFrame:
    return gpd.read_file(SAMPLE / name).to_crs(2154)


def points_metric(rows: list[dict[str, str]], longitude: str, latitude: str) -> gpd.GeoSeries:
    points = [shapely.Point(float(row[longitude]), float(row[latitude])) for row in rows]
    return gpd.GeoSeries(points, crs=4326).to_crs(2154)


def passes_luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    return (sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])) % 10 == 0


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = ROOT / "scripts" / "make_sample.py"
    if not path.exists():
        pytest.skip(f"{path} is not part of this tree")
    spec = importlib.util.spec_from_file_location("make_sample", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def bays() -> list[dict[str, str]]:
    return read_rows("bays.csv")


@pytest.fixture(scope="module")
def bay_outlines(bays: list[dict[str, str]]) -> gpd.GeoSeries:
    outlines = gpd.GeoSeries([shapely.from_wkt(row["GEOM_WKT"] or None) for row in bays], crs=4326)
    return outlines.to_crs(2154)


@pytest.fixture(scope="module")
def establishments() -> list[dict[str, str]]:
    return read_rows("establishments.csv")


@pytest.fixture(scope="module")
def streets() -> gpd.GeoDataFrame:
    return read_metric("streets.geojson")


@pytest.fixture(scope="module")
def perimeters() -> gpd.GeoDataFrame:
    return read_metric("perimeters.geojson").set_index("id")


@pytest.fixture(scope="module")
def fields() -> dict[str, dict[str, Any]]:
    if not SCHEMA.exists():
        pytest.skip(f"the national schema is not at {SCHEMA}")
    return {field["name"]: field for field in json.loads(SCHEMA.read_text(encoding="utf-8"))["fields"]}


# --- the script -------------------------------------------------------------------------------------------------------

def test_script_makes_the_committed_bytes(script: ModuleType, tmp_path: Path) -> None:
    script.main(["--out", str(tmp_path / "new" / "folder")])
    made = {path.name: path.read_bytes() for path in (tmp_path / "new" / "folder").iterdir()}
    assert set(made) == FILES
    different = [name for name, content in made.items() if content != (SAMPLE / name).read_bytes()]
    assert different == []


def test_files_are_small_unix_utf8_text() -> None:
    assert {path.name for path in SAMPLE.iterdir()} == FILES
    contents = [(SAMPLE / name).read_bytes() for name in FILES - {"clients.csv"}]
    assert sum(map(len, contents)) < 1_000_000
    for content in contents:
        assert b"\r" not in content
        assert not content.startswith(b"\xef\xbb\xbf")
        content.decode("utf-8")


def test_the_customers_are_a_windows_file_with_the_faults_that_were_meant() -> None:
    content = (SAMPLE / "clients.csv").read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n")
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")
    with (SAMPLE / "clients.csv").open(encoding="cp1252", newline="") as file:
        clients = list(csv.DictReader(file, delimiter=";"))
    assert len({row["Code client"] for row in clients}) == len(clients) == 99
    assert all(None not in row and len(row) == 13 for row in clients)
    sirets = [row["SIRET"] for row in clients if row["SIRET"]]
    assert Counter(len(siret) for siret in sirets) == {14: 95, 13: 3}
    # None can be a real firm's: SIREN of 9999… and 0999… are not allotted, and no post office has so high a number.
    assert all(siret.startswith(("9999", "999", "35600000099995")) for siret in sirets)
    (post,) = [siret for siret in sirets if siret.startswith("356000000")]
    assert sum(map(int, post)) % 5 == 0 and not passes_luhn(post)
    assert sum(not passes_luhn(siret.zfill(14)) for siret in sirets) == 2  # La Poste, and a mistyped one
    assert sum(count - 1 for count in Counter(sirets).values()) == 2
    assert sum(row["Latitude"] == "" for row in clients) == 5
    assert all("." not in row["Latitude"] + row["Longitude"] + row["Volume (m3)"] for row in clients)
    assert [row["Commentaire"] for row in clients if row["Commentaire"]] == ["livrer par la cour,\r\nsonner deux fois", "=2+3", "fermé ; rappeler"]


def test_the_import_finds_those_faults_and_the_enrichment_answers(tmp_path: Path) -> None:
    """The tutorial's journey, against counts of the faults that the script puts in."""
    prepared = prepare(SAMPLE / "clients.csv")
    assert prepared.checked.counts() == {
        "siret_zeros": 3, "postcode_zeros": 1, "siret_key": 1, "date_impossible": 2, "hours_impossible": 1, "hours_reversed": 1, "days_form": 1,
        "duplicate_siret": 2, "duplicate_address": 3, "duplicate_name": 3,
    }  # fmt: skip
    ready = compared(prepared, locate(prepared), None)
    ready.write(tmp_path / "clients.gpkg")
    reading = read_perimeters(SAMPLE / "perimeters.geojson")
    question = Question(Period(date(2026, 11, 23)), Vehicle.parse("pl,V4,weight=12"))
    ways, bays = read_access_points(SAMPLE / "access_points.geojson").table, read_bays(SAMPLE / "bays.csv").table
    found = enrich(read_customers(tmp_path / "clients.gpkg"), question, reading.table, reading.rules, ways, bays)
    counts = found.counts()
    assert (counts["customers"], counts["not_placed"], counts["unknown"]) == (99, 6, 0)  # five without coordinates, one at 0, 0
    assert counts["in_perimeter"] == sum(counts[name] for name in ("restricted", "forbidden")) > 80
    set_language("fr")
    words = enrich(read_customers(tmp_path / "clients.gpkg"), question, reading.table, reading.rules, ways, bays).columns
    in_zone_only = words["jz_types"] == "Zone à faibles émissions"
    assert set(words.loc[in_zone_only, "jz_heures_interdites"]) == {"lun–ven 7 h–20 h"}
    assert set(words.loc[in_zone_only, "jz_heures_libres"]) == {"lun–ven 0 h–7 h, 20 h–24 h ; sam, dim 24 h/24"}
    assert words.loc[words["jz_types"].str.contains("Aire piétonne", na=False), "jz_point_acces"].notna().all()
    set_language("en")


def test_counts(bays: list[dict[str, str]], establishments: list[dict[str, str]], streets: gpd.GeoDataFrame) -> None:
    assert 55 <= len(bays) <= 65
    assert 1000 <= len(establishments) <= 1400
    assert 80 <= len(streets) <= 150
    assert len(read_metric("perimeters.geojson")) == 5
    assert len(read_metric("access_points.geojson")) == 12


# --- bays -------------------------------------------------------------------------------------------------------------

def test_bay_columns_are_those_of_the_schema(bays: list[dict[str, str]], fields: dict[str, dict[str, Any]]) -> None:
    assert list(bays[0]) == list(fields)
    assert len(fields) == 31


def test_bay_values_fit_the_schema(bays: list[dict[str, str]], fields: dict[str, dict[str, Any]]) -> None:
    faults = [
        (row["ID"], name, row[name])
        for row in bays for name, field in fields.items() if not fits(row[name], field)
    ]
    assert faults == []


def fits(value: str, field: dict[str, Any]) -> bool:
    constraints = field.get("constraints", {})
    if value in ("", "n/a"):  # the schema's own missing values
        return not constraints.get("required")
    if field["type"] == "boolean":
        return value in field["trueValues"] + field["falseValues"]
    if field["type"] == "number":
        number = float(value)
        return constraints.get("minimum", number) <= number <= constraints.get("maximum", number)
    if field["type"] == "datetime":
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value))
    if value not in constraints.get("enum", [value]):
        return False
    return bool(re.search(constraints.get("pattern", ""), value))


def test_bay_identifiers_are_unique(bays: list[dict[str, str]]) -> None:
    for name in ("UUID", "ID", "NOM"):
        assert len({row[name] for row in bays}) == len(bays)
    assert {uuid.UUID(row["UUID"]).version for row in bays} == {5}


def test_bay_outlines_lie_on_their_point(bays: list[dict[str, str]], bay_outlines: gpd.GeoSeries) -> None:
    given = bay_outlines.notna()
    assert 0 < (~given).sum() < 10
    assert bay_outlines[given].is_valid.all()
    assert set(bay_outlines[given].count_coordinates()) == {5}
    assert bay_outlines[given].contains(points_metric(bays, "LONGITUDE", "LATITUDE")[given]).all()


def test_bay_outlines_have_the_stated_size(bays: list[dict[str, str]], bay_outlines: gpd.GeoSeries) -> None:
    for row, outline in zip(bays, bay_outlines):
        if outline is not None:
            sides = [shapely.Point(a).distance(shapely.Point(b)) for a, b in
                     zip(outline.exterior.coords[:2], outline.exterior.coords[1:3])]
            stated = sorted([float(row["LARGEUR"]) / 100, float(row["LONGUEUR"]) / 100])
            assert sorted(sides) == pytest.approx(stated, abs=0.03), row["ID"]


def test_bays_do_not_overlap(bay_outlines: gpd.GeoSeries) -> None:
    outlines = bay_outlines.dropna().reset_index(drop=True)
    left, right = outlines.sindex.query(outlines, predicate="intersects")
    assert (left == right).all()


def test_every_bay_lies_along_the_street_of_its_address(bays: list[dict[str, str]], streets: gpd.GeoDataFrame) -> None:
    points = points_metric(bays, "LONGITUDE", "LATITUDE")
    for row, point in zip(bays, points):
        match = re.fullmatch(r"\d+ (.+), 23999 Valorge-sur-Lisle", row["ADRESSE"])
        assert match, row["ADRESSE"]
        own = streets[streets.nom == match[1]]
        assert (own.distance(point) <= own.largeur_m / 2 + 6).any(), row["ID"]


def test_permanent_bays_have_no_hours_and_the_others_have(bays: list[dict[str, str]]) -> None:
    for row in bays:
        expected = row["TYPE"] != "aire permanente"
        assert bool(row["TEMPORALITE_OSM"]) is expected, row["ID"]
        assert bool(row["TEMPORALITE_CDS"]) is expected, row["ID"]


def test_both_ways_to_write_hours_agree(bays: list[dict[str, str]]) -> None:
    opening_hours = pytest.importorskip("opening_hours", reason="opening-hours-py (development) is not installed")
    monday = datetime(2026, 3, 2)
    week = [monday + timedelta(minutes=30 * step) for step in range(7 * 48)]
    pairs = {(row["TEMPORALITE_OSM"], row["TEMPORALITE_CDS"]) for row in bays if row["TEMPORALITE_OSM"]}
    assert len(pairs) >= 5
    for osm, cds in pairs:
        evaluated = opening_hours.OpeningHours(osm)
        spans = json.loads(cds)
        assert [evaluated.is_open(moment) for moment in week] == [within(spans, moment) for moment in week], osm


def within(spans: list[dict[str, Any]], moment: datetime) -> bool:
    day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[moment.weekday()]
    return any(
        day in span["days_of_week"] and start <= f"{moment:%H:%M}" < end
        for span in spans for start, end in span["times_of_day"]
    )


def test_bays_are_a_realistic_mix(bays: list[dict[str, str]]) -> None:
    kinds = Counter(row["TYPE"] for row in bays)
    assert kinds["zone marchandises"] == 2
    assert kinds["aire périodique"] > kinds["aire permanente"] > 10
    assert Counter(row["ACTIVE"] for row in bays)["non"] == 3
    assert all(row["COMMENTAIRE"] for row in bays if row["ACTIVE"] == "non")
    assert all(row["IRVE_PUISSANCE"] == "" for row in bays if "borne recharge" not in row["EQUIPEMENTS"])


# --- establishments ---------------------------------------------------------------------------------------------------

def test_sirets_are_well_formed_and_fictional(establishments: list[dict[str, str]]) -> None:
    sirets = [row["siret"] for row in establishments]
    assert len(set(sirets)) == len(sirets)
    for siret in sirets:
        assert re.fullmatch(r"9999\d{10}", siret)
        assert passes_luhn(siret) and passes_luhn(siret[:9])


def test_luhn_on_published_numbers() -> None:
    assert passes_luhn("73282932000074")  # INSEE's own example
    assert not passes_luhn("73282932000075")


def test_establishment_values(establishments: list[dict[str, str]]) -> None:
    assert list(establishments[0]) == [
        "siret", "nom", "apet700", "libelle_activite", "tefet", "adresse", "code_postal", "commune", "longitude",
        "latitude",
    ]
    for row in establishments:
        assert re.fullmatch(r"\d{4}[A-Z]", row["apet700"])
        assert row["tefet"] in {"NN", "00", "01", "02", "03", "11", "12"}
        assert row["code_postal"] == "23999"
        assert all(row.values())
    assert len({row["nom"] for row in establishments}) == len(establishments)
    labels = {(row["apet700"], row["libelle_activite"]) for row in establishments}
    assert len(labels) == len({code for code, _ in labels}) > 40


def test_establishments_stand_in_buildings(establishments: list[dict[str, str]]) -> None:
    blocks = read_metric("blocks.geojson")
    built = shapely.union_all(blocks[blocks.kind == "ilot"].geometry.values)
    doors = points_metric(establishments, "longitude", "latitude")
    assert shapely.dwithin(doors.values, built, 0.3).all()


# --- the story --------------------------------------------------------------------------------------------------------

def test_coverage_tells_a_story(
    establishments: list[dict[str, str]], bays: list[dict[str, str]], bay_outlines: gpd.GeoSeries
) -> None:
    shapes = bay_outlines.where(bay_outlines.notna(), points_metric(bays, "LONGITUDE", "LATITUDE"))
    doors = points_metric(establishments, "longitude", "latitude")
    distances = shapely.distance(doors.values, shapely.union_all(shapes.values))
    assert 0.30 <= (distances <= 20).mean() <= 0.45
    usable = shapely.union_all(shapes[[row["ACTIVE"] == "oui" for row in bays]].values)
    assert 0.30 <= (shapely.distance(doors.values, usable) <= 20).mean() <= 0.45

    def share_of(street: str) -> float:
        along = [bool(re.fullmatch(rf"\d+ {street}", row["adresse"])) for row in establishments]
        assert sum(along) > 40
        return float((distances[along] <= 20).mean())

    assert share_of("Rue Saint-Martial") < 0.05
    assert share_of("Rue de la République") > 0.8


# --- geography --------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", sorted(name for name in FILES if name.endswith(".geojson")))
def test_geojson_follows_rfc_7946(name: str) -> None:
    collection = json.loads((SAMPLE / name).read_text(encoding="utf-8"))
    assert set(collection) == {"type", "features"}
    shapes = shapely.from_geojson(json.dumps(collection), on_invalid="raise").geoms
    assert all(shape.is_valid and not shape.is_empty for shape in shapes)
    rings = [shape for shape in shapes if shape.geom_type == "Polygon"]
    assert all(ring.exterior.is_ccw and not any(hole.is_ccw for hole in ring.interiors) for ring in rings)
    longitudes, latitudes = shapely.get_coordinates(list(shapes)).T
    assert ((longitudes > 1.9) & (longitudes < 2.1) & (latitudes > 45.7) & (latitudes < 45.9)).all()


def test_street_graph_is_connected(streets: gpd.GeoDataFrame) -> None:
    raw = gpd.read_file(SAMPLE / "streets.geojson").geometry
    group: dict[tuple[float, ...], tuple[float, ...]] = {}

    def root(node: tuple[float, ...]) -> tuple[float, ...]:
        while group.setdefault(node, node) != node:
            node = group[node]
        return node

    for line in raw:
        group[root(line.coords[0])] = root(line.coords[-1])
    assert len({root(node) for node in list(group)}) == 1
    assert streets.is_simple.all()
    assert set(streets["type"]) == {"commerçante", "desserte", "boulevard", "piétonne"}


def test_streets_meet_at_their_ends_only(streets: gpd.GeoDataFrame) -> None:
    left, right = streets.sindex.query(streets.geometry, predicate="crosses")
    assert list(zip(left, right)) == []


def test_districts_share_the_town_out(establishments: list[dict[str, str]]) -> None:
    districts = read_metric("districts.geojson")
    assert len(districts) == 8 and districts.quartier.is_unique and districts.code.is_unique and districts.is_valid.all()
    inside = [int(districts.contains(place).sum()) for place in points_metric(establishments, "longitude", "latitude")]
    assert set(inside) == {1}, "each place lies in one district"
    whole = shapely.union_all(districts.geometry.values)
    assert whole.area == pytest.approx(districts.area.sum(), rel=1e-6), "no overlap"
    assert len(getattr(whole, "geoms", [whole])) == 1


def test_perimeters(perimeters: gpd.GeoDataFrame) -> None:
    assert perimeters.is_valid.all()
    assert perimeters.index.is_unique
    assert set(perimeters.type_peri) == {"Aire piétonne", "ZTL", "ZFE", "Rouge", "Bleu"}
    shapes = perimeters.geometry
    assert shapes["ZTL-REMPARTS"].contains(shapes["AP-CENTRE"])
    assert shapes["FETE-BLEU"].contains(shapes["FETE-ROUGE"])
    event = perimeters[perimeters.type_peri.isin(["Rouge", "Bleu"])]
    assert (event.date_debut < event.date_fin).all()


def test_hours_can_be_read(perimeters: gpd.GeoDataFrame) -> None:
    opening_hours = pytest.importorskip("opening_hours", reason="opening-hours-py (development) is not installed")
    access = read_metric("access_points.geojson")
    for text in [*perimeters.horaires, *access.horaires]:
        opening_hours.OpeningHours(text)
    centre = opening_hours.OpeningHours(perimeters.horaires["AP-CENTRE"])
    assert not centre.is_open(datetime(2026, 3, 2, 10, 59))  # Monday, delivery time: no restriction
    assert centre.is_open(datetime(2026, 3, 2, 11, 0))
    assert centre.is_open(datetime(2026, 3, 8, 9, 0))  # Sunday


def test_access_points_lie_on_a_border_and_on_a_street(
    perimeters: gpd.GeoDataFrame, streets: gpd.GeoDataFrame
) -> None:
    access = read_metric("access_points.geojson")
    assert access.id.is_unique
    assert set(access["type"]) == {"entrée", "sortie", "entrée-sortie"}
    borders = perimeters.boundary[access.perimetre]
    assert (access.distance(borders.reset_index(drop=True)) < ROUNDING_M).all()
    assert all(streets.distance(point).min() < ROUNDING_M for point in access.geometry)
