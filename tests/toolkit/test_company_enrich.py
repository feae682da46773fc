"""Customers enriched: against spatial joins and plain comparisons of dates of the tests' own, and against the evaluator of moments."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from builders import around_paris
from hypothesis import given, settings
from hypothesis import strategies as st
from test_hours_in_words import minutes_of

from joptimiz_qgis.toolkit.company import enrich as module
from joptimiz_qgis.toolkit.company.enrich import Question, customers_of, enrich, enriched, read_customers
from joptimiz_qgis.toolkit.company.pipeline import CUSTOMERS, TO_REVIEW
from joptimiz_qgis.toolkit.errors import ParameterError
from joptimiz_qgis.toolkit.messages import set_language
from joptimiz_qgis.toolkit.period import Period, PeriodTable, without_blinks
from joptimiz_qgis.toolkit.read.bays import read_bays
from joptimiz_qgis.toolkit.read.perimeters import read_perimeters
from joptimiz_qgis.toolkit.read.raw import RawTable
from joptimiz_qgis.toolkit.rules import applying, held_by
from joptimiz_qgis.toolkit.usability import usable_bays
from joptimiz_qgis.toolkit.vehicles import NO, YES, Vehicle
from joptimiz_qgis.toolkit.write.tables import write_layers

DAY = date(2024, 7, 26)
LORRY, DELIVERY = Vehicle("pl", critair="V4"), Vehicle("pl", critair="V4", use="Livraison")


@pytest.fixture(scope="module")
def paris(request):
    """The 7 004 customers of Paris with their published positions, as one table."""
    folder = request.getfixturevalue("shared_data") / "company"
    rows = pd.read_csv(folder / "clients_paris.csv", dtype=str).merge(pd.read_csv(folder / "clients_paris_positions.csv", dtype=str), on="client_id", how="left")
    assert len(rows) == 7004
    return customers_of([RawTable("clients_paris.csv", rows, np.arange(len(rows)) + 2)])


@pytest.fixture(scope="module")
def games(request):
    return read_perimeters(request.getfixturevalue("shared_data") / "perimeters" / "jop2024_zones.geojson")


@pytest.fixture(scope="module")
def published(request):
    """The Games' perimeters as geopandas reads them, each with its window by the published rule, and the customers that it holds."""
    shapes = gpd.read_file(request.getfixturevalue("shared_data") / "perimeters" / "jop2024_zones.geojson")
    shapes = shapes[shapes.geometry.notna()].to_crs(2154)
    shapes["geometry"] = shapes.geometry.make_valid()
    competition = shapes["COMPE"].isin(["Oly", "Para"])
    shapes["start"] = pd.to_datetime(shapes["DATE_DEBUT"])
    shapes["end"] = pd.to_datetime(shapes["DATE_FIN"]) - pd.to_timedelta(competition * 30, unit="min")
    shapes = shapes[(shapes["start"] < "2024-07-27") & (shapes["end"] > "2024-07-26")]
    points = request.getfixturevalue("paris").geometry
    found = gpd.sjoin(gpd.GeoDataFrame(geometry=points).to_crs(2154), shapes, predicate="intersects")
    midnight = pd.Timestamp(DAY)
    for name in ("start", "end"):
        found[name] = ((found[name] - midnight).dt.total_seconds() // 60).clip(0, 1440).astype(int)
    return found


def forbidden_minutes(found: pd.DataFrame, kinds: list[str]) -> set[int]:
    """Minutes of the day in windows of these kinds; 12:59 goes with what stands before and after it."""
    here = found[found["TYPE_PERI"].isin(kinds)]
    minutes = {minute for start, end in zip(here["start"], here["end"]) for minute in range(start, end)}
    return minutes | {minute + 1 for minute in minutes if minute + 2 in minutes}


@pytest.mark.parametrize(("vehicle", "bans"), [(LORRY, ["Rouge", "Gris", "Bleu"]), (DELIVERY, ["Rouge", "Gris"])])
def test_the_day_of_the_ceremony_against_a_spatial_join(paris, games, published, vehicle, bans):
    set_language("fr")
    found = enrich(paris, Question(Period(DAY, 1), vehicle), games.table, games.rules).columns
    here = {row: tuple(numbers) for row, numbers in published["index_right"].groupby(level=0).agg(sorted).items()}
    windows = published.drop_duplicates("index_right").set_index("index_right")
    assert found["jz_nb_perimetres"].tolist() == [len(here.get(row, ())) for row in found.index]
    columns = ["jz_acces", "jz_types", "jz_heures_interdites", "jz_heures_libres"]
    expected = {numbers: expected_of(windows.loc[list(numbers)], bans) for numbers in set(here.values())}
    told = found[columns].itertuples(index=True, name=None)
    read: dict[str, set[int]] = {}
    for row, access, kinds, forbidden, free in told:
        for text in {forbidden, free} - set(read):
            read[text] = minutes_of(text.removeprefix("aucune"), DAY, 1)
        if row in here:
            assert (access, set(kinds.split(" | ")), read[forbidden], read[free]) == expected[here[row]], row
    outside = found[found["jz_nb_perimetres"] == 0]
    assert set(outside["jz_heures_interdites"]) == {"aucune"}
    assert set(outside["jz_heures_libres"]) == {"ven 26/07 24 h/24"}
    assert outside[["jz_perimetres", "jz_types", "jz_dates", "jz_creneaux", "jz_regles", "jz_heures_inconnues"]].isna().all(axis=None)


def expected_of(here: pd.DataFrame, bans: list[str]) -> tuple[str, set[str], set[int], set[int]]:
    """Access, kinds, forbidden and free minutes where these windows hold a customer."""
    titles = {"Rouge": "Périmètre rouge", "Bleu": "Périmètre bleu", "Blanc": "Périmètre blanc", "Gris": "Périmètre gris (protection)"}
    everything, forbidden = set(range(1440)), forbidden_minutes(here, bans)
    unknown = forbidden_minutes(here, ["Blanc"]) - forbidden
    access = "interdit" if forbidden == everything else "restreint" if forbidden else "inconnu" if unknown else "autorise"
    return access, {titles[kind] for kind in here["TYPE_PERI"]}, forbidden, everything - forbidden - unknown


def test_counts_add_up(paris, games):
    counts = enrich(paris, Question(Period(DAY, 1), LORRY), games.table, games.rules).counts()
    assert counts["customers"] == counts["placed"] + counts["not_placed"] == 7004
    assert counts["placed"] == sum(counts[name] for name in ("allowed", "restricted", "forbidden", "unknown"))
    assert "with_bay" not in counts


@pytest.mark.parametrize("vehicle", [LORRY, DELIVERY, None])
def test_a_week_is_what_applies_at_each_of_its_moments(paris, games, vehicle):
    set_language("fr")
    chosen = np.random.default_rng(7).choice(7004, 500, replace=False)
    points = paris.geometry.iloc[chosen].reset_index(drop=True)
    few = module.Customers("c", paris.rows.iloc[chosen].reset_index(drop=True), points, paris.usable[chosen])
    found = enrich(few, Question(Period(DAY, 7), vehicle), games.table, games.rules).columns
    columns = {"forbidden": "jz_heures_interdites", "allowed": "jz_heures_libres", "unknown": "jz_heures_inconnues"}
    told = {text: minutes_of(text, DAY) for name in columns.values() for text in found[name].dropna().unique() if text != "aucune"}
    minute_sets = {state: [told.get(text, set()) for text in found[name]] for state, name in columns.items()}
    for minute in (30, 470, 775, 1_000, 1_530, 3_000, 4_333, 5_000, 7_775, 10_079):
        at = datetime(2024, 7, 26) + timedelta(minutes=minute)
        result = applying(games.table, games.rules, at, vehicle, points)
        if vehicle:
            access = result.points["access"]
        else:  # a restriction in force for anyone
            active = set(result.active.index[result.active.fillna(False).astype(bool)])
            access = result.points["perimeters"].map(lambda labels, active=active: "forbidden" if active & set(labels) else "allowed")
        for row, state in enumerate(access):
            assert minute in minute_sets[state][row], (minute, row, state)


# -- any perimeters ------------------------------------------------------------------------------------------------------


def square(half: float, east: float = 0) -> shapely.Polygon:
    (x, y), *_ = [(point.x, point.y) for point in around_paris((0, 0))]
    return shapely.box(x + east - half, y - half, x + east + half, y + half)


def road(north: float) -> shapely.LineString:
    return shapely.LineString([(point.x, point.y) for point in around_paris((-500, north), (500, north))])


HOURS = [None, "Mo-Fr 08:00-20:00", "22:00-06:00", "Mo-Fr 08:00-20:00; PH off", "Sa,Su", "chaque matin", "Jul 27 06:00-12:00"]
DATES = [None, "2024-07-01", "2024-07-27", "2024-07-27T13:00:00", "2024-07-28T23:59:59", "demain", "2024-08-30"]
perimeter = st.fixed_dictionaries({
    "type_peri": st.sampled_from(["ZFE", "ZTL", "Voie spéciale", "Commune"]), "date_debut": st.sampled_from(DATES), "date_fin": st.sampled_from(DATES),
    "shape": st.sampled_from([square(200), square(50), square(120, 40), road(4), road(9)]),
})  # fmt: skip
rule = st.fixed_dictionaries({
    "owner": st.integers(0, 3), "regl_modalite": st.sampled_from(["Interdit", "Interdit", "Autorise", None]),
    "critair": st.sampled_from([None, "V3", "V5"]), "periode_jh": st.sampled_from(HOURS), "sauf_veh_usages": st.sampled_from([None, "Livraison"]),
    "periode_debut": st.sampled_from(DATES), "veh_tonnage": st.sampled_from([None, 3.5]), "veh_tonnage_modalite": st.just("à partir de"),
})  # fmt: skip
POINTS = gpd.GeoSeries(around_paris((0, 0), (100, 5), (0, 10), (300, 300)), crs=2154)


@settings(max_examples=15, deadline=None)
@given(st.lists(perimeter, min_size=1, max_size=4), st.lists(rule, max_size=5), st.sampled_from([LORRY, DELIVERY, Vehicle("vul", critair="V2", weight_t=3)]))
def test_sets_of_perimeters_over_a_period_are_what_applies_at_each_moment(given_perimeters, given_rules, vehicle):
    """Special roads override zones, later zones earlier ones, and what is not known stays so, at every moment of three days."""
    table = gpd.GeoDataFrame(
        [{"cle": str(number), **{name: value for name, value in one.items() if name != "shape"}} for number, one in enumerate(given_perimeters)],
        geometry=[one["shape"] for one in given_perimeters], crs=2154,
    )  # fmt: skip
    rules = pd.DataFrame([{**one, "perimetre": str(one["owner"])} for one in given_rules if one["owner"] < len(table)], columns=[*next(iter(given_rules), {}), "perimetre"])
    period = Period(date(2024, 7, 26), 3)
    course_of = PeriodTable(table, rules, period, vehicle)
    point, perimeter_of = held_by(table, POINTS)
    sets = [tuple(perimeter_of[point == number]) for number in range(len(POINTS))]
    courses = [course_of.course(positions) for positions in sets]
    for minute in (0, 359, 360, 481, 1300, 1439, 1441, 2219, 2220, 2221, 4000):
        at = period.start + timedelta(minutes=minute, seconds=30)
        result = applying(table, rules, at, vehicle, POINTS)
        for number, course in enumerate(courses):
            place = np.searchsorted(np.array(course.moments[1:], dtype="datetime64[s]"), np.datetime64(at, "s"), side="right")
            assert ["allowed", "unknown", "forbidden"][course.states[place]] == result.points["access"].iloc[number]
            valid = [position for position in sets[number] if course_of.valid[position]]
            assert {*result.points["perimeters"].iloc[number], *result.points["overridden"].iloc[number]} <= set(valid)


def test_states_of_a_minute_are_none_and_longer_ones_are():
    noon = datetime(2024, 7, 26, 12)

    def after(*minutes):
        return [noon + timedelta(minutes=minute) for minute in minutes]

    assert without_blinks(after(0, 59, 60, 90), [YES, NO, YES]) == (after(0, 90), [YES])
    assert without_blinks(after(0, 58, 60, 90), [YES, NO, YES]) == (after(0, 58, 60, 90), [YES, NO, YES])
    assert without_blinks(after(0, 59, 60), [YES, NO]) == (after(0, 60), [YES])
    assert without_blinks(after(0, 59, 60, 90), [YES, NO, 1]) == (after(0, 59, 60, 90), [YES, NO, 1])


def zone(**fields):
    return gpd.GeoDataFrame([{"cle": "z", "id": "Z1", "nom": "Centre", "type_peri": "ZTL", "date_debut": None, "date_fin": None, **fields}], geometry=[square(200)], crs=2154)


def ban(**fields):
    return pd.DataFrame([{"perimetre": "z", "regl_modalite": "Interdit", "periode_jh": None, **fields}])


def customers_at(*offsets, **columns):
    shapes = gpd.GeoSeries([None if offset is None else around_paris(offset)[0] for offset in offsets], crs=2154)
    rows = pd.DataFrame({"nom": [f"C{number}" for number in range(len(offsets))], **columns})
    return customers_of([RawTable("clients", rows, np.arange(len(rows)) + 1, shapes)])


def one(perimeters, rules, vehicle=LORRY, first=date(2024, 7, 24), days=7, **more):
    return enrich(customers_at((0, 0)), Question(Period(first, days), vehicle), perimeters, rules, **more).columns.iloc[0]


@pytest.mark.parametrize(
    ("fields", "rule_fields", "access", "forbidden", "free", "unknown"),
    [
        ({}, {"periode_jh": "Mo-Fr 06:00-11:00"}, "restreint", "lun–ven 6 h–11 h", "lun–ven 0 h–6 h, 11 h–24 h ; sam, dim 24 h/24", None),
        ({}, {}, "interdit", "tous les jours 24 h/24", "aucune", None),
        ({}, {"periode_jh": "24/7"}, "interdit", "tous les jours 24 h/24", "aucune", None),
        ({}, {"periode_jh": "le matin"}, "inconnu", "aucune", "aucune", "tous les jours 24 h/24"),
        ({}, {"veh_tonnage": 3.5, "veh_tonnage_modalite": "à partir de"}, "inconnu", "aucune", "aucune", "tous les jours 24 h/24"),
        ({}, {"critair": "V5"}, "autorise", "aucune", "tous les jours 24 h/24", None),
        ({"date_debut": "2024-08-30", "date_fin": "2024-07-01"}, {}, "inconnu", "aucune", "aucune", "tous les jours 24 h/24"),
        ({"date_fin": "2024-07-25"}, {}, "restreint", "mer 24/07, jeu 25/07 24 h/24", "ven 26/07–mar 30/07 24 h/24", None),
        ({}, {"periode_jh": "22:00-05:00"}, "restreint", "tous les jours 22 h–5 h", "tous les jours 5 h–22 h", None),
        ({}, {"regl_modalite": "Autorise", "periode_jh": "Mo-Sa 06:00-11:00"}, "restreint", "lun–sam 0 h–6 h, 11 h–24 h ; dim 24 h/24", "lun–sam 6 h–11 h", None),
    ],
)  # fmt: skip
def test_hours_worked_by_hand(fields, rule_fields, access, forbidden, free, unknown):
    set_language("fr")
    row = one(zone(**fields), ban(**rule_fields))
    assert row[["jz_acces", "jz_heures_interdites", "jz_heures_libres"]].tolist() == [access, forbidden, free]
    assert (row["jz_heures_inconnues"] if isinstance(row["jz_heures_inconnues"], str) else None) == unknown
    assert row["jz_periode"] == "mer 24/07/2024 – mar 30/07/2024"


def test_a_public_holiday_is_told_by_its_date_and_an_ordinary_week_by_weekdays():
    set_language("fr")
    rules = ban(periode_jh="Mo-Fr 08:00-20:00; PH off")
    assert one(zone(), rules)["jz_heures_interdites"] == "lun–ven 8 h–20 h"
    assert one(zone(), rules, first=date(2025, 7, 14))["jz_heures_interdites"] == "mar 15/07–ven 18/07 8 h–20 h"
    assert one(zone(), rules)["jz_regles"] == "interdit (lun–ven 8 h–20 h, sauf jours fériés) pour tous véhicules"


def test_a_perimeter_without_rules_is_not_known_and_a_place_restricts_nothing():
    assert one(zone(), ban()[:0])["jz_acces"] == "inconnu"
    assert one(zone(), None)["jz_acces"] == "inconnu"
    assert one(zone(type_peri="Commune"), None)["jz_acces"] == "autorise"


def test_what_is_said_of_the_perimeters():
    set_language("fr")
    two = pd.concat([zone(date_debut="2024-01-01", date_fin="2024-12-31T12:00:00"), zone(cle="p", id="P", nom=None, type_peri="Aire piétonne")], ignore_index=True)
    rules = pd.concat([ban(periode_jh="Mo-Sa 10:00-19:00"), ban(perimetre="p", supposee=True, sauf_veh_usages="Livraison")], ignore_index=True)
    row = one(gpd.GeoDataFrame(two, crs=2154), rules, DELIVERY)
    assert row["jz_nb_perimetres"] == 2
    assert row["jz_perimetres"] == "Zone à trafic limité : Centre | Aire piétonne : P"
    assert row["jz_types"] == "Zone à trafic limité | Aire piétonne"
    assert row["jz_dates"] == "Centre : du 01/01/2024 au 31/12/2024 12:00 | P : sans dates"
    assert row["jz_creneaux"] == "Centre : lun–sam 10 h–19 h | P : tous les jours 24 h/24"
    assert row["jz_regles"] == (
        "Zone à trafic limité : interdit (lun–sam 10 h–19 h) pour tous véhicules | Aire piétonne : excepté par son usage\u202f: interdit (à toute heure) "
        "pour tous véhicules, sauf Livraison (règle supposée\u202f: l’arrêté fait foi)"
    )


# -- who has no position -------------------------------------------------------------------------------------------------


def test_a_customer_without_position_has_no_values_and_is_told():
    result = enrich(customers_at((0, 0), None), Question(Period(DAY, 7), LORRY), zone(), ban(), bays=bay_table((5, 0)))
    row = result.columns.iloc[1]
    assert row["jz_acces"] == "non_place"
    assert row["jz_heures_inconnues"] == "at any time: the customer has no position"
    assert row.drop(["jz_periode", "jz_acces", "jz_heures_inconnues"]).isna().all()
    assert result.counts() == {
        "customers": 2, "placed": 1, "not_placed": 1, "in_perimeter": 1, "allowed": 0, "restricted": 0, "forbidden": 1, "unknown": 0, "with_bay": 1,
    }  # fmt: skip
    assert str(result.sentences()[0]) == "2 customers, of which 1 without a usable position."


def test_nobody_has_a_position():
    result = enrich(customers_at(None, None), Question(Period(DAY, 7), LORRY), zone(), ban(), access_table({}), bay_table((5, 0)))
    assert result.columns["jz_acces"].tolist() == ["non_place", "non_place"]
    assert result.columns.drop(columns=["jz_periode", "jz_acces", "jz_heures_inconnues"]).isna().all(axis=None)
    assert (result.counts()["placed"], result.counts()["with_bay"]) == (0, 0)


def test_a_position_that_waits_for_a_review_does_not_count(tmp_path):
    table = gpd.GeoDataFrame({"nom": ["A", "B"], "jz_etat": ["place", "a_verifier"]}, geometry=around_paris((0, 0), (1, 1)), crs=2154).to_crs(4326)
    path = write_layers({CUSTOMERS: table[:1], TO_REVIEW: table[1:]}, tmp_path / "c.gpkg")
    found = read_customers(path)
    assert (found.rows["nom"].tolist(), found.usable.tolist()) == (["A", "B"], [True, False])
    columns = enrich(found, Question(Period(DAY)), zone(), ban()).columns
    assert columns["jz_acces"].tolist() == ["interdit", "non_place"]
    assert columns["jz_heures_inconnues"].tolist() == [None, "at any time: the customer’s position waits for a review"]
    assert read_customers(path, layer=TO_REVIEW).rows["nom"].tolist() == ["B"]
    assert read_customers(f"{path}|layername={CUSTOMERS}").rows["nom"].tolist() == ["A"]


@pytest.mark.parametrize("crs", [4326, 2154, 27572, 3857])
def test_a_position_at_nought_is_none_and_nothing_is_allowed_there(crs):
    set_language("fr")
    inside = gpd.GeoSeries(around_paris((0, 0), (900, 0)), crs=2154).to_crs(crs)
    points = pd.concat([inside, gpd.GeoSeries([shapely.Point(0, 0)], crs=crs), gpd.GeoSeries([shapely.Point(0, 0)], crs=4326).to_crs(crs)], ignore_index=True)
    raw = RawTable("clients.gpkg", pd.DataFrame({"nom": list("ABCD")}), np.arange(4) + 1, gpd.GeoSeries(points, crs=crs))
    result = enrich(customers_of([raw]), Question(Period(DAY), LORRY), zone(), ban(), bays=bay_table((5, 0)))
    assert result.columns["jz_acces"].tolist() == ["interdit", "autorise", "non_place", "non_place"]
    assert result.columns["jz_heures_inconnues"].tolist() == [None, None] + ["à toute heure\u202f: la position du client est 0, 0, ce qui veut dire aucune"] * 2
    assert result.columns["jz_heures_libres"].isna().tolist() == [False, False, True, True]
    assert result.columns["jz_aire"].isna().tolist() == [False, False, True, True]
    assert result.counts()["not_placed"] == 2


def test_an_earlier_enrichment_is_made_again():
    first = enrich(customers_at((0, 0)), Question(Period(DAY), LORRY), zone(), ban())
    again = enriched(customers_at((0, 0)), first)
    raw = RawTable("c", pd.DataFrame(again.drop(columns="geometry")), np.array([1]), again.geometry)
    assert list(customers_of([raw]).rows.columns) == ["nom"]


def test_what_is_asked_for_makes_sense():
    with pytest.raises(ParameterError, match="nothing to enrich"):
        enrich(customers_at((0, 0)), Question(Period(DAY)))
    with pytest.raises(ParameterError, match="distance"):
        enrich(customers_at((0, 0)), Question(Period(DAY), max_distance=-1), zone(), ban())
    for days in (0, 367):
        with pytest.raises(ParameterError, match="from 1 to 366"):
            Period(DAY, days)


def test_what_is_the_same_for_many_is_worked_out_once(monkeypatch):
    asked = []
    row = module._Words.row
    monkeypatch.setattr(module._Words, "row", lambda self, positions: asked.append(positions) or row(self, positions))
    many = customers_at(*((number % 100, 0) for number in range(300)), (900, 0), None)
    result = enrich(many, Question(Period(DAY), LORRY), zone(), ban())
    assert sorted(asked) == [(), (0,)]
    assert result.columns["jz_acces"].tolist() == ["interdit"] * 300 + ["autorise", "non_place"]


# -- bays ----------------------------------------------------------------------------------------------------------------


def bay_table(*offsets, **columns):
    return gpd.GeoDataFrame({"id": [f"B{number}" for number in range(len(offsets))], **columns}, geometry=around_paris(*offsets), crs=2154)


def test_the_bays_of_paris_against_another_search(paris, shared_data):
    bays = read_bays(shared_data / "bays" / "paris_livraison_2026-01.csv").table
    found = enrich(paris, Question(Period(DAY)), bays=bays).columns
    usable = bays[usable_bays(bays).usable.to_numpy()].to_crs(2154)
    points = gpd.GeoDataFrame(geometry=paris.geometry).to_crs(2154)
    nearest = gpd.sjoin_nearest(points, usable[["id", "geometry"]], distance_col="gap")
    assert np.allclose(found["jz_aire_m"], nearest.groupby(level=0)["gap"].first(), atol=0.051)
    ids = nearest.groupby(level=0)["id"].agg(set)
    assert all(bay in among for bay, among in zip(found["jz_aire"], ids))
    around = gpd.GeoDataFrame(geometry=points.buffer(20, resolution=64))
    within = gpd.sjoin(around, usable[["id", "geometry"]], predicate="intersects").groupby(level=0).size().reindex(points.index, fill_value=0)
    differing = np.flatnonzero(found["jz_nb_aires"].to_numpy(dtype=int) != within.to_numpy())
    assert len(differing) < 5  # a circle of 256 corners is no circle
    assert (found["jz_aire_proche"] == (nearest.groupby(level=0)["gap"].first() <= 20)).all()
    addresses = dict(zip(bays["id"], bays["adresse"]))
    assert found["jz_aire_adresse"].iloc[0] == addresses[found["jz_aire"].iloc[0]]


def test_a_bay_too_short_for_the_vehicle_is_passed_over():
    bays = bay_table((5, 0), (15, 0), (40, 0), longueur=[500, 1200, 1200], adresse=["1 rue A", None, "3 rue C"])
    long = enrich(customers_at((0, 0)), Question(Period(DAY), Vehicle("pl", length_m=9)), bays=bays).columns.iloc[0]
    assert (long["jz_aire"], long["jz_aire_m"], long["jz_aire_proche"], long["jz_nb_aires"], long["jz_aire_adresse"]) == ("B1", 15.0, True, 1, None)
    any_vehicle = enrich(customers_at((0, 0)), Question(Period(DAY), max_distance=4), bays=bays).columns.iloc[0]
    assert (any_vehicle["jz_aire"], any_vehicle["jz_aire_proche"], any_vehicle["jz_nb_aires"], any_vehicle["jz_aire_adresse"]) == ("B0", False, 0, "1 rue A")


# -- ways in -------------------------------------------------------------------------------------------------------------


def access_table(*rows):
    fields = {"id": None, "nom": None, "perimetre": "z", "type": "entrée", "horaires": None, "date_debut": None, "date_fin": None, "veh_haut": None}
    made = [{**fields, "id": f"A{number}", **{key: value for key, value in row.items() if key != "at"}} for number, row in enumerate(rows)]
    return gpd.GeoDataFrame(made, geometry=around_paris(*(row.get("at", (0, 0)) for row in rows)), crs=2154)


def ways_of(table, vehicle=LORRY):
    result = enrich(customers_at((0, 0), (900, 0)), Question(Period(DAY), vehicle), zone(), ban(), table)
    assert result.columns.loc[1, ["jz_point_acces", "jz_point_acces_m", "jz_points_acces"]].isna().all()  # outside the perimeter
    return result.columns.iloc[0], [str(note) for note in result.notes]


@pytest.mark.parametrize("owner", ["z", "Z1", "Centre", "CENTRE"])
def test_ways_in_by_distance(owner):
    set_language("fr")
    table = access_table(
        {"at": (60, 0), "perimetre": owner, "nom": "Porte B"}, {"at": (30, 40), "perimetre": owner, "nom": "Porte A", "horaires": "Mo-Fr 06:00-11:00"},
        {"at": (10, 0), "perimetre": "ailleurs"}, {"at": (1, 0), "perimetre": owner, "type": "sortie"}, {"at": (0, 90), "perimetre": owner, "type": "entrée-sortie"},
        {"at": (0, 150), "perimetre": owner}, {"at": (2, 0), "perimetre": owner, "date_fin": "2024-07-25"},
    )  # fmt: skip
    row, notes = ways_of(table)
    assert (row["jz_point_acces"], row["jz_point_acces_m"]) == ("Porte A", 50.0)
    assert row["jz_points_acces"] == "Porte A (50 m, lun–ven 6 h–11 h) ; Porte B (60 m) ; A4 (90 m)"
    assert notes[0].startswith("2 points d’accès ne comptent pas")


def test_a_way_in_too_low_for_the_vehicle_is_none():
    table = access_table({"at": (10, 0), "veh_haut": 2.5}, {"at": (20, 0), "veh_haut": 4.0})
    assert ways_of(table, Vehicle("pl", height_m=3.5))[0]["jz_point_acces"] == "A1"
    assert ways_of(table)[0]["jz_point_acces"] == "A0"  # a height that is not known keeps nobody out


def test_ways_in_that_do_not_say_of_which_perimeter_they_are():
    row, notes = ways_of(access_table({"at": (10, 0), "perimetre": None}))
    assert row["jz_point_acces"] == "A0"
    assert notes == ["The access points do not say of which perimeter they are: for each customer the nearest of all are taken."]


def test_ways_in_without_perimeters_are_not_looked_at():
    result = enrich(customers_at((0, 0)), Question(Period(DAY)), access_points=access_table({}), bays=bay_table((1, 0)))
    assert "jz_point_acces" not in result.columns
    assert [str(note) for note in result.notes] == ["Ways in are those of perimeters: without perimeters they are not looked at."]
