"""Bays under control: what a schema cannot say, the real files, and corrections that lead back to the cells."""

from __future__ import annotations

from datetime import datetime

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from survey_builders import bays_csv

from joptimiz_qgis.toolkit.findings import apply
from joptimiz_qgis.toolkit.opening_hours import OpeningHours
from joptimiz_qgis.toolkit.read.raw import RawTable
from joptimiz_qgis.toolkit.read.vector import read_raw
from joptimiz_qgis.toolkit.survey.hours import always, cds_time_spans, same_hours, time_spans
from joptimiz_qgis.toolkit.survey.validate_bays import Limits, validate_bays

TODAY = datetime(2026, 1, 15, 12)
CDS = '[{"days_of_week":["mon"],"times_of_day":[["08:00","12:00"]]}]'


@pytest.fixture
def control(write_file):
    def run(*changes, **options):
        raw = read_raw(write_file("bays.csv", bays_csv(*changes)))
        return validate_bays(raw, limits=Limits(today=TODAY), **options).findings

    return run


def codes(findings):
    return sorted(item.code for item in findings.findings)


def test_a_sound_bay_has_no_finding(control):
    assert codes(control({})) == []


@pytest.mark.parametrize(
    ("change", "found", "mended"),
    [
        ({"TYPE": "aire permanente"}, ["hours_on_permanent"], {}),
        ({"TYPE": "aire permanente", "TEMPORALITE_OSM": "24/7", "TEMPORALITE_CDS": ""}, ["hours_on_permanent"], {"TEMPORALITE_OSM": None}),
        ({"TYPE": "aire permanente", "TEMPORALITE_OSM": "", "TEMPORALITE_CDS": ""}, [], {}),
        ({"TEMPORALITE_OSM": "", "TEMPORALITE_CDS": ""}, ["hours_missing"], {}),
        ({"TYPE": "zone marchandises", "TEMPORALITE_OSM": "", "TEMPORALITE_CDS": ""}, ["hours_missing"], {}),
        ({"TEMPORALITE_OSM": "8h à 12h"}, ["hours_unreadable"], {"TEMPORALITE_OSM": "Mo-Sa 08:00-19:00"}),
        ({"TEMPORALITE_CDS": "[{"}, ["cds_unreadable"], {"TEMPORALITE_CDS": '[{"days_of_week":["mon","tue","wed","thu","fri","sat"],"times_of_day":[["08:00","19:00"]]}]'}),
        ({"TEMPORALITE_CDS": CDS, "TEMPORALITE_OSM": "Mo 08:00-13:00"}, ["cds_differs"], {"TEMPORALITE_CDS": CDS.replace("12:00", "13:00")}),
        ({"TEMPORALITE_CDS": CDS, "TEMPORALITE_OSM": "Mo 08:00-10:00,10:00-12:00; PH off"}, [], {}),
        ({"PANNEAU_PRESENT": "non"}, ["sign_state"], {"PANNEAU_ETAT": "n/a"}),
        ({"PANNEAU_PRESENT": "non", "PANNEAU_ETAT": "n/a"}, [], {}),
        ({"PANNEAU_ETAT": ""}, ["sign_unknown"], {}),
        ({"MARQUAGE_ETAT": "absent"}, ["marking"], {"MARQUAGE_CONFORMITE": "non"}),
        ({"DATE_MAJ": "2026-01-15T12:00:01Z"}, ["date_future"], {}),
        ({"DATE_MAJ": "2026-01-15T10:59:00Z"}, [], {}),
        ({"IRVE_PUISSANCE": "22"}, ["charging"], {"EQUIPEMENTS": "borne recharge"}),
        ({"IRVE_PUISSANCE": "22", "EQUIPEMENTS": "candélabre,borne recharge"}, [], {}),
        ({"EQUIPEMENTS": "candélabre,pas d'équipement"}, ["equipment"], {"EQUIPEMENTS": "candélabre"}),
        ({"DUREE_MAX": "0"}, ["stay"], {}),
        ({"DUREE_CONTROLE": ""}, ["stay_control"], {"DUREE_CONTROLE": "autre"}),
        ({"LONGUEUR": "180", "LARGEUR": "960"}, ["wider_than_long"], {"LONGUEUR": "960", "LARGEUR": "180"}),
        ({"ARR_PRESENT": "non"}, ["order"], {"ARR_PRESENT": "oui"}),
        ({"NOM": "Lyon 12"}, ["name_form"], {}),
        ({"LARGEUR": "", "COMMUNE": ""}, ["incomplete"], {}),
        ({"LONGITUDE": "45.769656", "LATITUDE": "4.855184", "GEOM_WKT": ""}, ["position_swapped"], {"LONGITUDE": "4.855184", "LATITUDE": "45.769656"}),
        ({"GEOM_WKT": "POLYGON((4.855"}, ["footprint_unreadable"], {}),
        ({"GEOM_WKT": "POLYGON((4.85515 45.76966, 4.85518 45.76966, 4.85518 45.76958, 4.85515 45.76966))", "LONGUEUR": "", "LARGEUR": ""}, ["footprint_shape", "incomplete"], {}),
        ({"GEOM_WKT": "POLYGON((4.85515 45.76966, 4.85518 45.76966, 4.85515 45.76958, 4.85518 45.76958, 4.85515 45.76966))", "LONGUEUR": "", "LARGEUR": ""}, ["footprint_crossed", "incomplete"], {}),
        ({"LATITUDE": "45.7698"}, ["footprint_far"], {}),
        ({"LONGUEUR": "1500"}, ["footprint_size"], {"LONGUEUR": "950"}),
        ({"LONGITUDE": "", "LATITUDE": "", "GEOM_WKT": ""}, ["no_position", "schema_required", "schema_required"], {}),
    ],
)  # fmt: skip
def test_what_a_schema_cannot_say(control, write_file, change, found, mended):
    findings = control(change)
    assert codes(findings) == found
    offered = {part.column: part.after for item in findings.findings for part in item.corrections}
    assert offered == mended
    if mended:  # the correction leads back to the cells, and once made there is nothing left to say
        raw = read_raw(write_file("again.csv", bays_csv(change)))
        raw.rows, done = apply(raw.rows, findings.findings)
        assert len(done) == len(mended)
        assert codes(validate_bays(raw, limits=Limits(today=TODAY)).findings) == []


def test_the_footprint_of_single_parentheses_is_mended_as_valid_wkt(control):
    text = "POLYGON(4.855154 45.769666, 4.855176 45.769668, 4.855190 45.769583, 4.855168 45.769581, 4.855154 45.769666)"
    (finding,) = control({"GEOM_WKT": text}).findings
    assert finding.code == "footprint_form"
    mended = finding.corrections[0].after
    assert mended == "POLYGON ((4.8551540 45.7696660, 4.8551760 45.7696680, 4.8551900 45.7695830, 4.8551680 45.7695810, 4.8551540 45.7696660))"
    assert shapely.from_wkt(mended).equals(shapely.from_wkt(text.replace("(", "((").replace(")", "))")))


def test_each_bay_at_the_place_of_another_is_told_of_with_the_others(control):
    near, far = "4.8552000", "4.8552400"  # 1.24 and 4.35 m east of 4.855184 at this latitude (77.9 km a degree)
    rows = [{"GEOM_WKT": ""}, {"GEOM_WKT": "", "LONGITUDE": near}, {"GEOM_WKT": "", "LONGITUDE": far}]
    findings = control(*rows).findings
    assert [(item.code, item.key, item.related) for item in findings] == [("duplicate", "A-1", ("A-2",)), ("duplicate", "A-2", ("A-1",))]
    assert "1.2 m from A-2" in str(findings[0].sentence)
    assert findings[0].position == pytest.approx((4.855184, 45.769656))


def test_footprints_that_overlap_are_told_of_once(control):
    shifted = "POLYGON((4.8551640 45.7696660, 4.8551860 45.7696680, 4.8552000 45.7695830, 4.8551780 45.7695810, 4.8551640 45.7696660))"
    findings = control({}, {"GEOM_WKT": shifted, "LONGITUDE": "4.8552300"}).findings
    assert [(item.code, item.key, item.related) for item in findings if item.code == "overlap"] == [("overlap", "A-1", ("A-2",))]


def test_communes_and_roads_are_compared_where_they_are_given(control):
    # A-2 lies 14 m beyond the border of Lyon, A-4 53 m beyond that of Caluire: outlines are taken as true to 30 m
    lyon = gpd.GeoDataFrame({"nom": ["Lyon 6e Arrondissement", "Caluire"]}, geometry=[shapely.box(4.8, 45.7, 4.856, 45.8), shapely.box(4.856, 45.7, 4.8575, 45.8)], crs=4326)
    roads = gpd.GeoSeries([shapely.LineString([(4.8, 45.76966), (4.8569, 45.76966)])], crs=4326)
    findings = control({}, {}, {}, {}, communes=lyon, roads=roads).findings
    assert [(item.key, item.code, item.proposal) for item in findings] == [
        ("A-3", "commune_differs", "Caluire"), ("A-4", "outside_commune", ""), ("A-4", "far_from_road", ""),
    ]  # fmt: skip


def test_a_layer_of_ours_keeps_its_types_and_its_shapes_when_it_is_mended(write_file):
    """As QGIS gives it: values, a point, and what the import remarked as text."""
    rows = pd.DataFrame({
        "id": ["a", "b"], "uuid": [None, None], "longitude": [48.83, 2.35], "latitude": [2.24, 48.86], "type": [None, None], "disposition": [None, None],
        "parite_trottoir": [None, None], "longueur": [9.5, 1200.0], "temporalite_osm": [None, None], "panneau_present": [False, None], "panneau_etat": ["dégradé", None],
        "remarques": ["temporalite_osm: « 00:00–00:00 » peut vouloir dire…", None],
    })  # fmt: skip
    geometry = gpd.GeoSeries(gpd.points_from_xy(rows["longitude"], rows["latitude"]), crs=4326)
    raw = RawTable("layer", rows, pd.Index([1, 2]).to_numpy(), geometry)
    findings = validate_bays(raw, limits=Limits(today=TODAY)).findings
    by_code = {item.code: item for item in findings.findings if item.key == "a"}
    assert set(by_code) == {"position_swapped", "hours_ambiguous", "schema_range", "sign_state", "key_to_make", "incomplete"}
    swap = by_code["position_swapped"]
    assert {part.column: part.after for part in swap.corrections if part.column != "geometry"} == {"longitude": 2.24, "latitude": 48.83}
    assert next(part.after for part in swap.corrections if part.column == "geometry").equals(shapely.Point(2.24, 48.83))
    mended, done = apply(gpd.GeoDataFrame(rows, geometry=geometry), [swap, by_code["schema_range"]])
    assert len(done) == 4 and mended["longueur"].tolist() == [950.0, 1200.0]


# -- real files ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hauts_de_seine(shared_data):
    return validate_bays(read_raw(shared_data / "bays/hauts_de_seine.csv")).findings


def test_hauts_de_seine_the_coincident_bays_and_the_hours_that_can_mean_two_things(hauts_de_seine, shared_data):
    """Against the file itself: 17 rows lie within 3 m of another; 680 have 00:00–00:00, 19 of them on rows that are no delivery bay."""
    published = pd.read_csv(shared_data / "bays/hauts_de_seine.csv", sep=";", dtype=str)
    open_hours = published[(published["h_debut"] == "00:00") & (published["h_fin"] == "00:00")]
    assert len(open_hours) == 680
    counts = hauts_de_seine.counts()
    assert (counts["duplicate"], counts["not_a_bay"]) == (17, 27)
    flagged = {item.key for item in hauts_de_seine.findings if item.code == "hours_ambiguous"}
    assert flagged == set(open_hours.loc[open_hours["type"] == "LIVRAISON", "id"]) and len(flagged) == 661
    assert all(not item.corrections for item in hauts_de_seine.findings if item.code == "hours_ambiguous")
    points = gpd.GeoSeries(shapely.from_geojson(published["geo_shape"].to_numpy()), crs=4326).to_crs(2154)
    distances = [points.drop(at).distance(point).min() for at, point in points.items()]
    assert set(published["id"][[distance <= 3 for distance in distances]]) == {item.key for item in hauts_de_seine.findings if item.code == "duplicate"}


def test_hauts_de_seine_lies_in_its_communes(shared_data):
    communes = gpd.read_file(shared_data / "zones/communes-92.geojson")
    found = validate_bays(read_raw(shared_data / "bays/hauts_de_seine.csv"), communes=communes).findings
    outside = [item for item in found.findings if item.code in ("outside_commune", "commune_differs")]
    bays = {item.key for item in outside}
    assert len(bays) < 12  # outlines of 2018, simplified: a bay on a border
    names = gpd.read_file(shared_data / "zones/communes-92.geojson")["nom"]
    assert all(item.code == "outside_commune" or item.proposal in set(names) | {""} for item in outside)


def test_the_lyon_sample_its_malformed_footprint_and_its_contradictions(shared_data):
    findings = validate_bays(read_raw(shared_data / "bays/cerema_v1_exemple_grand_lyon.csv")).findings
    assert [(item.key, item.code) for item in findings.findings] == [
        ("GL-2300", "footprint_form"), ("GL-2305", "hours_on_permanent"), ("GL-2306", "hours_missing"), ("GL-2309", "stay_control"),
    ]  # fmt: skip


# -- hours ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Mo-Fr 08:00-12:00", "Mo,Tu,We,Th,Fr 08:00-12:00", True),
        ("Mo-Su 00:00-24:00", "24/7", True),
        ("22:00-06:00", "Mo-Su 22:00-24:00,00:00-06:00", True),
        ("Mo-Fr 08:00-12:00; PH off", "Mo-Fr 08:00-12:00", True),
        ("Mo-Fr 08:00-12:00", "Mo-Fr 08:00-12:30", False),
        ("Jul-Aug 08:00-12:00", "08:00-12:00", False),
        ("sunrise-12:00", "08:00-12:00", None),
    ],
)
def test_hours_are_compared_by_what_they_mean(one, other, same):
    assert same_hours(OpeningHours.parse(one), OpeningHours.parse(other)) is same


def test_hours_as_time_spans():
    hours = OpeningHours.parse("Mo-Fr 08:00-12:00,14:00-18:00; Sa 22:00-06:00")
    assert time_spans(hours) == [
        {"days_of_week": ["mon", "tue", "wed", "thu", "fri"], "times_of_day": [["08:00", "12:00"], ["14:00", "18:00"]]},
        {"days_of_week": ["sat"], "times_of_day": [["22:00", "24:00"]]},
        {"days_of_week": ["sun"], "times_of_day": [["00:00", "06:00"]]},
    ]
    assert cds_time_spans(OpeningHours.parse("24/7")) == [{}]
    assert cds_time_spans(OpeningHours.parse("Sa 22:00-24:00")) == [{"days_of_week": ["sat"], "time_of_day_start": "22:00"}]
    assert time_spans(OpeningHours.parse("Jul-Aug 08:00-12:00")) is None
    assert always(OpeningHours.parse("24/7")) and not always(hours)
