"""What applies when and to whom: against the published files, cases worked by hand, and minute after minute."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from builders import around_paris, layer, series
from hypothesis import given, settings
from hypothesis import strategies as st

from joptimiz_qgis.toolkit import distinct_hours
from joptimiz_qgis.toolkit.errors import CrsError, DataError, ParameterError
from joptimiz_qgis.toolkit.messages import set_language
from joptimiz_qgis.toolkit.read.perimeters import read_perimeters
from joptimiz_qgis.toolkit.rules import applying
from joptimiz_qgis.toolkit.vehicles import STICKERS, Vehicle, stickers_from

MONDAY_9 = datetime(2022, 6, 20, 9, 0)
VAN_V4, VAN_EL = Vehicle("vul", critair="V4"), Vehicle("vul", critair="EL")
LORRY_V4, LORRY_EL = Vehicle("pl", critair="V4"), Vehicle("pl", critair="EL")


def box(west=-100, south=-100, east=100, north=100):
    (x, y), *_ = [(point.x, point.y) for point in around_paris((0, 0))]
    return shapely.box(x + west, y + south, x + east, y + north)


def road(*offsets):
    return shapely.LineString([(point.x, point.y) for point in around_paris(*offsets)])


def perimeters(*rows, shapes=None):
    """One perimeter a row of fields, with keys a, b, c…"""
    shapes = shapes or [box()] * len(rows)
    frame = pd.DataFrame([{"cle": chr(97 + number), "type_peri": "ZTL", "date_debut": None, "date_fin": None, **row} for number, row in enumerate(rows)])
    return gpd.GeoDataFrame(frame.astype(object), geometry=shapes, crs="EPSG:2154")


def rules(*rows):
    return pd.DataFrame([{"perimetre": "a", "regl_modalite": "Interdit", **row} for row in rows]).astype(object)


def access(rule_rows, vehicle, at=MONDAY_9):
    return applying(perimeters({}), rules(*rule_rows), at, vehicle).access.iloc[0]


# -- the Games -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def games(shared_data):
    return read_perimeters(shared_data / "perimeters" / "jop2024_zones.geojson")


@pytest.mark.parametrize(
    ("at", "by_kind"),
    [
        # FORMATS.md; the third counted beforehand from the file's own dates with another program.
        ("2024-07-26T12:59", {"Rouge": 2, "Bleu": 1}),
        ("2024-07-26T13:00", {"Bleu": 19, "Rouge": 17, "Gris": 1}),
        ("2024-08-04T10:00", {"Rouge": 13, "Bleu": 12}),
    ],
)
def test_the_games_perimeters_at_a_moment(games, at, by_kind):
    result = applying(games.table, games.rules, datetime.fromisoformat(at))
    assert result.by_kind() == by_kind
    assert result.by_kind(None) == {}
    assert sum(result.by_kind(False).values()) == 875 - sum(by_kind.values())


def test_the_windows_of_the_games_are_the_restriction_s_own(games):
    """No margin is taken off: the week before the ceremony ends at 12:59 and the ceremony's zones begin at 13:00."""
    for at, active in (("2024-07-26T12:58", 41), ("2024-07-26T12:59", 3), ("2024-07-26T13:00", 37)):
        assert sum(applying(games.table, games.rules, datetime.fromisoformat(at)).by_kind().values()) == active
    assert applying(games.table, games.rules, datetime(2024, 7, 26, 12, 59)).first_change() == datetime(2024, 7, 26, 13)
    assert applying(games.table, games.rules, datetime(2024, 7, 26, 13)).first_change() == datetime(2024, 7, 27, 2)


def test_a_delivery_enters_the_blue_perimeter_and_not_the_red_one(games):
    result = applying(games.table, games.rules, datetime(2024, 7, 26, 13), Vehicle("vul", use="Livraison"))
    blue, red, white = (games.table["type_peri"] == kind for kind in ("Bleu", "Rouge", "Blanc"))
    assert set(result.access[blue]) == {"allowed"}
    assert set(result.access[red & result.active]) == {"forbidden"}
    # What a white perimeter means is in no rule: while it is valid that is not known.
    before = applying(games.table, games.rules, datetime(2024, 7, 20, 13), Vehicle("vul", use="Livraison"))
    assert set(before.access[white]) == {"unknown"}
    assert [str(reason) for reason in before.why(white.idxmax())] == ["the file holds no rule for it"]


# -- low-emission zones --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["zfe_exemple_zone", "zfe_exemple_voie_speciale", "zfe_paris_2023"])
@pytest.mark.parametrize(
    ("at", "vehicle", "wanted"),
    [
        (MONDAY_9, VAN_V4, "forbidden"),
        (MONDAY_9, VAN_EL, "allowed"),
        (MONDAY_9, LORRY_V4, "forbidden"),
        (MONDAY_9, LORRY_EL, "allowed"),
        (datetime(2022, 6, 20, 20, 0), VAN_V4, "allowed"),
        (datetime(2022, 6, 20, 7, 59), LORRY_V4, "allowed"),
        (datetime(2022, 6, 20, 22, 0), VAN_EL, "allowed"),
        (datetime(2022, 7, 14, 9, 0), LORRY_V4, "allowed"),  # a Thursday and a public holiday
        (datetime(2022, 6, 19, 9, 0), VAN_V4, "allowed"),  # a Sunday
        (datetime(2019, 6, 3, 9, 0), VAN_V4, "allowed"),  # before the first of them
    ],
)
def test_the_published_zones_for_vans_and_lorries(shared_data, name, at, vehicle, wanted):
    reading = read_perimeters(shared_data / "perimeters" / f"{name}.geojson")
    assert set(applying(reading.table, reading.rules, at, vehicle).access) == {wanted}


def test_in_paris_lorries_are_banned_on_sundays_too(shared_data):
    reading = read_perimeters(shared_data / "perimeters" / "zfe_paris_2023.geojson")
    at = datetime(2022, 6, 19, 9)
    assert applying(reading.table, reading.rules, at, LORRY_V4).access.tolist() == ["forbidden"]
    assert applying(reading.table, reading.rules, at, VAN_V4).access.tolist() == ["allowed"]


@pytest.mark.parametrize(("threshold", "banned"), [("V4", "V4 V5 NC"), ("NC", "NC"), ("V1", "V1 V2 V3 V4 V5 NC"), ("EL", "EL V1 V2 V3 V4 V5 NC")])
def test_a_class_bans_itself_and_the_dirtier_ones(threshold, banned):
    rule = {"veh_types": "Poids lourds", "critair": threshold}
    found = [sticker for sticker in STICKERS if access([rule], Vehicle("pl", critair=sticker)) == "forbidden"]
    assert found == banned.split() == list(stickers_from(threshold))
    assert access([rule], Vehicle("vul", critair="NC")) == "allowed"


def test_a_special_road_overrides_the_zones_and_the_last_zone_the_others():
    zones = perimeters(
        {"type_peri": "ZFE"}, {"type_peri": "ZFE"}, {"type_peri": "Voie spéciale"}, {"type_peri": "Rouge"},
        shapes=[box(), box(west=0), road((-100, 50), (100, 50)), box(south=80)],
    )  # fmt: skip
    texts = rules(
        {"perimetre": "a", "veh_types": "Poids lourds", "critair": "V4"},
        {"perimetre": "b", "veh_types": "Poids lourds", "critair": "V3"},
        {"perimetre": "c", "veh_types": "Poids lourds", "critair": "NC"},
        {"perimetre": "d", "veh_types": "Tous véhicules"},
    )
    #                         west      both     on the road  60 m: 10 m off it   11 m off it  under the red one  outside
    places = around_paris((-50, 0), (50, 0), (50, 50), (50, 60), (50, 61), (50, 90), (300, 0))
    found = applying(zones, texts, MONDAY_9, Vehicle("pl", critair="V3"), series(places)).points
    assert found["perimeters"].tolist() == [(0,), (1,), (2,), (2,), (1,), (1, 3), ()]
    assert found["overridden"].tolist() == [(), (0,), (0, 1), (0, 1), (0,), (0,), ()]
    assert found["access"].tolist() == ["allowed", "forbidden", "allowed", "allowed", "forbidden", "forbidden", "allowed"]
    assert found["decided_by"].tolist() == [(), (1,), (), (), (1,), (1, 3), ()]


def test_a_road_that_is_not_valid_yet_or_whose_dates_are_wrong_overrides_nothing():
    for dates in ({"date_debut": "2023-01-01"}, {"date_debut": "2023-01-01", "date_fin": "2021-01-01"}):
        zones = perimeters({"type_peri": "ZFE"}, {"type_peri": "Voie spéciale", **dates}, shapes=[box(), road((-100, 0), (100, 0))])
        texts = rules({"perimetre": "a", "critair": "V4"}, {"perimetre": "b", "critair": "NC"})
        found = applying(zones, texts, MONDAY_9, LORRY_V4, series(around_paris((0, 0)))).points
        assert (found["access"].tolist(), found["overridden"].tolist()) == (["forbidden"], [()])


def test_points_may_be_in_another_crs_and_without_position():
    zones, texts = perimeters({}), rules({})
    places = series([*around_paris((0, 0), (500, 0)), None]).to_crs("EPSG:4326")
    found = applying(zones, texts, MONDAY_9, VAN_EL, places).points
    assert found["access"].tolist() == ["forbidden", "allowed", "allowed"]
    with pytest.raises(CrsError):
        applying(zones, texts, MONDAY_9, VAN_EL, series(around_paris((0, 0)), None))
    with pytest.raises(ParameterError):
        applying(zones, texts, MONDAY_9, VAN_EL, places, road_distance=-1)


# -- orders --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "vehicle", "wanted"),
    [
        # Both bounds are inclusive: "'jusqu'à 9T' équivaut à '<= 9T' (inclusif). 'à partir de 9T' équivaut à '>= 9T' (inclusif)".
        ({"veh_tonnage_modalite": "à partir de", "veh_tonnage": 9}, Vehicle(weight_t=9), "forbidden"),
        ({"veh_tonnage_modalite": "à partir de", "veh_tonnage": 9}, Vehicle(weight_t=8.9), "allowed"),
        ({"veh_tonnage_modalite": "jusqu'à", "veh_tonnage": 9}, Vehicle(weight_t=9), "forbidden"),
        ({"veh_tonnage_modalite": "jusqu'à", "veh_tonnage": 9}, Vehicle(weight_t=9.1), "allowed"),
        ({"veh_tonnage_modalite": "à partir de", "veh_tonnage": 9}, Vehicle("pl"), "unknown"),
        ({"veh_tonnage": 19, "veh_types": "Poids lourds"}, Vehicle("pl", weight_t=26), "unknown"),  # as Vence publishes it
        ({"veh_tonnage": 19, "veh_types": "Poids lourds"}, Vehicle("vul", weight_t=3), "allowed"),
        ({"veh_long": 8}, Vehicle(length_m=8), "allowed"),
        ({"veh_long": 8}, Vehicle(length_m=8.1), "forbidden"),
        ({"veh_haut": 2.5}, Vehicle(height_m=3), "forbidden"),
        ({"veh_larg": 2}, Vehicle(width_m=2.2), "forbidden"),
        ({"veh_larg": 2}, Vehicle("pl"), "unknown"),
        ({"veh_types": "Poids lourds|Véhicules utilitaires légers"}, Vehicle("vul"), "forbidden"),
        ({"veh_types": "Poids lourds|Véhicules utilitaires légers"}, Vehicle("vp"), "allowed"),
        ({"veh_types": "Trains doubles"}, Vehicle("pl"), "unknown"),
        ({"veh_types": "Tous véhicules", "sauf_veh_usages": "Livraison|Riverains"}, Vehicle("pl", use="livraison"), "allowed"),
        ({"veh_types": "Tous véhicules", "sauf_veh_usages": "Livraison|Riverains"}, Vehicle("pl"), "forbidden"),
        ({"veh_usages": "Transport de fonds"}, Vehicle("vul", use="Livraison"), "allowed"),
        ({"veh_usages": "Transport de fonds"}, Vehicle("vul"), "unknown"),
        ({"veh_motors": "Électrique"}, Vehicle("vul", motor="electrique"), "forbidden"),
        ({"veh_motors": "Électrique"}, Vehicle("vul", motor="diesel"), "allowed"),
        ({"veh_cqas": "5|Véhicule non classé"}, Vehicle("vul", critair="NC"), "forbidden"),
        ({"veh_cqas": "5|Véhicule non classé"}, Vehicle("vul", critair="V4"), "allowed"),
        ({"critair": "V9"}, Vehicle("vul", critair="V4"), "unknown"),
        ({"regl_modalite": None}, VAN_EL, "unknown"),
        ({"periode_jh": "Mo-Fr 08:00-12:00"}, VAN_EL, "forbidden"),
        ({"periode_jh": "Mo-Fr 10:00-12:00"}, VAN_EL, "allowed"),
        ({"periode_jh": "Lu-Ve 08:00-12:00"}, VAN_EL, "unknown"),
        ({"periode_jh": "SH 08:00-12:00"}, VAN_EL, "unknown"),
        ({"periode_fin": "31 Mars"}, VAN_EL, "unknown"),
        ({"periode_debut": "2022-06-21"}, VAN_EL, "allowed"),
        ({"periode_fin": "2022-06-20"}, VAN_EL, "forbidden"),  # the day is included
        ({"periode_fin": "2022-06-20T09:00"}, VAN_EL, "allowed"),  # the hour is not
    ],
)
def test_one_rule_that_forbids(rule, vehicle, wanted):
    assert access([rule], vehicle) == wanted


@pytest.mark.parametrize(
    ("rows", "vehicle", "wanted"),
    [
        ([{"regl_modalite": "Autorise", "veh_usages": "Livraison", "periode_jh": "Mo-Su 05:00-10:00"}], Vehicle(use="Livraison"), "allowed"),
        ([{"regl_modalite": "Autorise", "veh_usages": "Livraison", "periode_jh": "Mo-Su 05:00-09:00"}], Vehicle(use="Livraison"), "forbidden"),
        ([{"regl_modalite": "Autorise", "veh_usages": "Livraison"}], Vehicle(use="Riverains"), "unknown"),
        ([{"regl_modalite": "Autorise", "veh_long": 15}], Vehicle(length_m=15), "allowed"),
        ([{"regl_modalite": "Autorise", "veh_long": 15}], Vehicle(length_m=16), "unknown"),
        ([{"regl_modalite": "Autorise"}, {"veh_tonnage_modalite": "à partir de", "veh_tonnage": 19}], Vehicle(weight_t=26), "forbidden"),
        ([{"regl_modalite": "Autorise"}, {"veh_tonnage_modalite": "à partir de", "veh_tonnage": 19}], Vehicle(weight_t=12), "allowed"),
        ([{"regl_modalite": "Autorise", "periode_jh": "06:00-08:00"}, {"regl_modalite": "Autorise", "periode_jh": "08:00-10:00"}], VAN_EL, "allowed"),
    ],
)
def test_rules_that_allow(rows, vehicle, wanted):
    assert access(rows, vehicle) == wanted


def test_no_rule_is_no_permission_save_in_a_place_that_restricts_nothing():
    result = applying(perimeters({}, {"type_peri": "Commune"}), rules(), MONDAY_9, VAN_EL)
    assert result.access.tolist() == ["unknown", "allowed"]


# -- what is not known is never "always" ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "active"),
    [
        ({"date_debut": "2022-06-20T09:00:00", "date_fin": "2022-06-20T10:00:00"}, True),
        ({"date_debut": "2022-06-20T08:00:00", "date_fin": "2022-06-20T09:00:00"}, False),
        ({"date_debut": "2022-06-20T07:00:00Z", "date_fin": "2022-06-20T07:30:00Z"}, True),  # 9:00 in Paris
        ({"date_debut": "2022-06-20", "date_fin": "2022-06-20"}, True),
        ({"date_debut": "2022-06-21", "date_fin": "2022-06-20"}, None),
        ({"date_debut": "bientôt"}, None),
        ({"date_fin": "2022-02-30"}, None),
        ({}, True),
    ],
)
def test_when_a_perimeter_is_active(row, active):
    found = applying(perimeters(row), rules(), MONDAY_9).active.iloc[0]
    assert (None if pd.isna(found) else bool(found)) == active


@pytest.mark.parametrize(("hours", "active"), [("24/7", True), ("off", False), ("unknown", None), ("de 8h à 12h", None), (None, True)])
def test_hours_that_cannot_be_read_are_unknown(hours, active):
    result = applying(perimeters({}), rules({"periode_jh": hours}), MONDAY_9)
    found = result.active.iloc[0]
    assert (None if pd.isna(found) else bool(found)) == active
    assert [str(note) for note in result.notes] == (["Hours that cannot be read: de 8h à 12h"] if hours == "de 8h à 12h" else [])
    assert result.by_kind(active) == {"ZTL": 1}


def test_a_moment_with_a_time_zone_is_local_time():
    utc = datetime(2022, 6, 20, 7, 0, tzinfo=timezone.utc)
    assert applying(perimeters({}), rules({"periode_jh": "09:00-10:00"}), utc).active.tolist() == [True]


def test_rules_of_nobody_are_counted_and_keys_must_be_unique():
    result = applying(perimeters({}), rules({}, {"perimetre": "z"}), MONDAY_9)
    assert [str(note) for note in result.notes] == ["1 rules are of perimeters that are not there; they do not count."]
    with pytest.raises(DataError, match="key “a”"):
        applying(perimeters({}, {"cle": "a"}), rules({}), MONDAY_9)


def test_the_index_of_the_perimeters_is_that_of_the_answer():
    zones = perimeters({}, {}).set_index(pd.Index([30, 10]))
    result = applying(zones, rules({"perimetre": "b"}), MONDAY_9, VAN_EL, series(around_paris((0, 0))).set_axis(["here"]))
    assert result.access.to_dict() == {30: "unknown", 10: "forbidden"}
    assert result.points["perimeters"].to_dict() == {"here": (30, 10)}
    assert result.next_change.index.tolist() == [30, 10]


# -- when it changes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "rule_rows", "change"),
    [
        ({}, [{"periode_jh": "08:00-20:00"}], datetime(2022, 6, 20, 20)),
        ({}, [{"periode_jh": "10:00-20:00"}], datetime(2022, 6, 20, 10)),
        ({"date_fin": "2022-06-20T15:00:00"}, [{"periode_jh": "08:00-20:00"}], datetime(2022, 6, 20, 15)),
        ({"date_fin": "2022-06-20T09:30:00"}, [{"periode_jh": "10:00-20:00"}], None),
        ({"date_debut": "2022-06-21T09:00:00"}, [{"periode_jh": "10:00-20:00"}], datetime(2022, 6, 21, 10)),
        ({"date_debut": "2022-06-21T11:00:00"}, [{"periode_jh": "10:00-20:00"}], datetime(2022, 6, 21, 11)),
        ({}, [{"periode_jh": "08:00-12:00"}, {"periode_jh": "12:00-18:00"}], datetime(2022, 6, 20, 18)),
        ({}, [{"periode_jh": "24/7"}, {"periode_jh": "10:00-18:00"}], None),
        ({}, [], None),
        ({"date_debut": "2022-06-22", "date_fin": "2022-06-23"}, [], datetime(2022, 6, 22)),
        # Its dates are wrong: out of its hours it surely is inactive, in them that is not known.
        ({"date_debut": "2022-06-23", "date_fin": "2022-06-22"}, [{"periode_jh": "10:00-20:00"}], datetime(2022, 6, 20, 10)),
    ],
)
def test_the_next_change_by_hand(row, rule_rows, change):
    result = applying(perimeters(row), rules(*rule_rows), MONDAY_9)
    found = result.next_change.iloc[0]
    assert (None if pd.isna(found) else found.to_pydatetime()) == change
    assert result.first_change() == change


hours = st.sampled_from([None, "24/7", "Mo-Fr 08:00-12:00", "Mo 08:00-10:00,11:00-12:00; Tu 09:00-11:00", "22:00-06:00", "10:00-14:00 unknown", "pas lisible", "off"])
moments = st.integers(0, 3 * 48).map(lambda half: (datetime(2022, 6, 20) + timedelta(minutes=30 * half)).isoformat())
dates = st.tuples(st.one_of(st.none(), moments), st.one_of(st.none(), moments))
some_rules = st.lists(st.tuples(hours, dates, st.sampled_from(["Interdit", "Autorise", None]), st.sampled_from([None, "Poids lourds", "Véhicules utilitaires légers"])), max_size=3)


@settings(max_examples=60, deadline=None)
@given(dates, some_rules, st.booleans())
def test_the_next_change_is_the_first_half_hour_at_which_the_answer_is_another_one(period, made, with_vehicle):
    zones = perimeters({"date_debut": period[0], "date_fin": period[1]})
    texts = rules(*({"periode_jh": text, "periode_debut": first, "periode_fin": last, "regl_modalite": modality, "veh_types": types} for text, (first, last), modality, types in made))
    vehicle = Vehicle("vul") if with_vehicle else None

    def answer(at):
        result = applying(zones, texts, at, vehicle)
        return result.access.iloc[0] if with_vehicle else str(result.active.iloc[0])

    start = datetime(2022, 6, 20, 9)
    after = (start + timedelta(minutes=30 * step) for step in range(1, 2 * 48))
    wanted = next((at for at in after if answer(at) != answer(start)), None)
    found = applying(zones, texts, start, vehicle).first_change()
    assert found == wanted or (wanted is None and found >= start + timedelta(days=2))


def test_many_perimeters_are_as_each_by_itself():
    chance = np.random.default_rng(7)
    starts = pd.Timestamp("2022-06-18") + pd.to_timedelta(chance.integers(0, 96, 300), unit="h")
    rows = [{"cle": str(number), "date_debut": str(start), "date_fin": str(start + pd.Timedelta(hours=int(hours)))} for number, (start, hours) in enumerate(zip(starts, chance.integers(1, 90, 300)))]
    texts = chance.choice(["Mo-Fr 08:00-12:00", "09:00-17:00", "24/7", "illisible"], 600)
    made = rules(*({"perimetre": str(number // 2), "periode_jh": text} for number, text in enumerate(texts)))
    zones = perimeters(*rows)
    result = applying(zones, made, MONDAY_9)
    for label in range(0, 300, 7):
        alone = applying(zones.iloc[[label]], made[made["perimetre"] == str(label)], MONDAY_9)
        assert str(alone.active.loc[label]) == str(result.active.loc[label])
        assert str(alone.next_change.loc[label]) == str(result.next_change.loc[label])
    assert result.first_change() == result.next_change.min().to_pydatetime()
    some = [3, 299, 5]
    pd.testing.assert_series_equal(result.next_change_of(some), result.next_change.loc[some], check_freq=False)


def test_each_distinct_text_is_evaluated_once(monkeypatch):
    asked = []
    original = distinct_hours.evaluate

    def counting(rules_read, day, minute, holidays):
        asked.append((len(rules_read[0].spans), day, minute))
        return original(rules_read, day, minute, holidays)

    monkeypatch.setattr(distinct_hours, "evaluate", counting)
    zones = perimeters(*({"cle": str(number)} for number in range(2000)))
    made = rules(*({"perimetre": str(number), "periode_jh": ("08:00-12:00", "10:00-12:00,14:00-16:00")[number % 2]} for number in range(2000)))
    assert applying(zones, made, MONDAY_9).by_kind() == {"ZTL": 1000}
    assert sorted(asked) == [(1, MONDAY_9.date(), 540), (2, MONDAY_9.date(), 540)]


# -- in words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "rule_rows", "vehicle", "said"),
    [
        ({}, [{"veh_types": "Poids lourds", "critair": "V4", "periode_jh": "Mo-Fr 08:00-20:00"}], LORRY_V4, "interdit (Mo-Fr 08:00-20:00) pour poids lourds, vignette Crit’Air V4, V5, NC"),
        ({}, [{"veh_types": "Poids lourds"}], VAN_V4, "aucune de ses règles ne s’oppose à ce véhicule à ce moment"),
        ({}, [{"sauf_veh_usages": "Livraison"}], Vehicle(use="Livraison"), "excepté par son usage\u202f: interdit (à toute heure) pour tous véhicules, sauf Livraison"),
        ({}, [{"veh_tonnage": 19}], LORRY_V4, "cela dépend de ce qu’on ne sait pas du véhicule ou de la règle\u202f: interdit (à toute heure) pour tous véhicules, 19 t (minimum ou maximum\u202f: ce n’est pas dit)"),
        ({}, [{"periode_jh": "illisible"}], VAN_V4, "ses horaires ne permettent pas de savoir si la règle s’applique\u202f: interdit (illisible) pour tous véhicules"),
        ({"date_debut": "2022-07-01"}, [{}], VAN_V4, "pas en vigueur à ce moment\u202f: à partir du 2022-07-01 00:00"),
        ({"date_debut": "2022-07-01", "date_fin": "2022-06-01"}, [{}], VAN_EL, "ses dates ne sont pas fiables\u202f: on ne sait pas s’il est en vigueur"),
        ({}, [{"veh_haut": 2.5}], None, "interdit (à toute heure) pour tous véhicules, de plus de 2.5 m de haut"),
    ],
)  # fmt: skip
def test_why_is_said_in_the_reader_s_language(row, rule_rows, vehicle, said):
    result = applying(perimeters(row), rules(*rule_rows), MONDAY_9, vehicle)
    set_language("fr")
    assert str(result.why(0)[0]) == said


@pytest.mark.parametrize(
    ("text", "vehicle"),
    [
        ("vul,V4", VAN_V4),
        ("PL, nc", Vehicle("pl", critair="NC")),
        ("bus,Crit'Air 2", Vehicle("autobus_autocars", critair="V2")),
        ("2rm", Vehicle("deux_rm")),
        ("category=pl,weight=12.5,length=8,width=2.5,height=3.2,critair=4,motor=GNV,use=Livraison", Vehicle("pl", 12.5, 8, 2.5, 3.2, "V4", "GNV", "Livraison")),
    ],
)
def test_a_vehicle_is_read(text, vehicle):
    assert Vehicle.parse(text) == vehicle


@pytest.mark.parametrize("text", ["", "camion", "pl,V6", "weight=lourd", "pl,couleur=rouge", "length=1200", "weight=-1", "height=nan", "critair=rose", "category=avion"])
def test_an_impossible_vehicle_is_a_sentence(text):
    with pytest.raises(ParameterError):
        Vehicle.parse(text)


def test_layers_of_any_origin_need_only_their_geometry():
    assert applying(layer([box()], nom=["a"]), pd.DataFrame(), MONDAY_9).active.tolist() == [True]
