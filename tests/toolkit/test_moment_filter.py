"""What stays on the map at a moment: against the evaluators of rules and bays, SQLite itself, an independent reader of hours, and cases by hand."""

from __future__ import annotations

import random
import sqlite3
from datetime import datetime, timedelta

import geopandas as gpd
import numpy as np
import opening_hours as oracle
import pandas as pd
import pytest
import shapely

from joptimiz_qgis.toolkit.errors import ParameterError
from joptimiz_qgis.toolkit.here import perimeters_here, point_columns
from joptimiz_qgis.toolkit.messages import set_language
from joptimiz_qgis.toolkit.moment_filter import AccessTable, Answer, BayTable, Found, PerimeterTable, Question, RuleTable
from joptimiz_qgis.toolkit.read.perimeters import read_perimeters
from joptimiz_qgis.toolkit.rules import applying
from joptimiz_qgis.toolkit.subset_strings import DIALECTS, Among, RowNumbers, subset_string
from joptimiz_qgis.toolkit.usability import PERMANENT, usable_bays
from joptimiz_qgis.toolkit.vehicles import Vehicle

FRIDAY_1930 = datetime(2026, 11, 20, 19, 30)


@pytest.fixture(autouse=True)
def _english():
    set_language("en")


LORRY_12 = Vehicle("pl", weight_t=12, length_m=8, critair="V3")
HOURS = [
    "Mo-Sa 07:00-20:00", "19:30-07:30,09:30-16:30", "24/7", "Mo-Fr 08:00-12:00; PH off", "Sa,Su 10:00-18:00", "week 01-53/2 Tu 08:00-20:00",
    "SH 08:00-10:00", "sur l'arrêté n° 12", 'Mo-Fr 08:00-20:00 "sauf l\'été"', "Apr-Sep 06:00-10:00", "22:00-02:00", "  ", None,
]  # fmt: skip


def text_or_number(frame):
    numbers = {name for name in frame if pd.api.types.is_numeric_dtype(frame[name])}
    return {name: "number" if name in numbers else "text" for name in frame}


def in_sqlite(frame, condition, key="fid"):
    """Numbers of the rows that SQLite keeps."""
    with sqlite3.connect(":memory:") as database:
        names = ", ".join(f'"{name}"' for name in frame)
        database.execute(f"CREATE TABLE rows ({names})")
        rows = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
        database.executemany(f"INSERT INTO rows VALUES ({', '.join('?' * frame.shape[1])})", rows)
        return [row[0] for row in database.execute(f'SELECT "{key}" FROM rows WHERE {condition or "1 = 1"} ORDER BY rowid')]


def random_bays(chance, size):
    return pd.DataFrame(
        {
            "fid": chance.sample(range(1, 3 * size), size),
            "active": chance.choices([True, False, None], [6, 1, 1], k=size),
            "type": chance.choices([PERMANENT, "aire périodique", None], k=size),
            "longueur": pd.Series(chance.choices([600.0, 800.0, 1000.0, 1250.0, 0.0, -1.0, None], k=size), dtype="float64"),
            "duree_max": pd.Series(chance.choices([20.0, 30.0, None], k=size), dtype="float64"),
            "temporalite_osm": pd.Series(chance.choices(HOURS, k=size), dtype=object),
            "temporalite_defaut": pd.Series(chance.choices(HOURS, k=size), dtype=object),
        }
    ).sort_values("fid", ignore_index=True)


@pytest.mark.parametrize("seed", range(12))
def test_bays_on_the_map_are_those_that_usable_bays_counts(seed):
    chance = random.Random(seed)
    bays = random_bays(chance, chance.choice([1, 7, 60, 400]))
    table = BayTable({name.upper(): bays[name] for name in bays}, {name.upper(): kind for name, kind in text_or_number(bays).items()})
    blank_is_none = bays.assign(**{name: bays[name].where(bays[name] != "  ", None) for name in ("temporalite_osm", "temporalite_defaut")})
    for _ in range(20):
        at = datetime(2026, 1, 1) + timedelta(minutes=chance.randrange(365 * 1440))
        length, stop, hide = chance.choice([None, 8.0, 10.0]), chance.choice([None, 25]), chance.random() < 0.3
        found = usable_bays(gpd.GeoDataFrame(blank_is_none), at, length, stop)
        unknown = found.hours_unknown | found.length_unknown | found.stay_unknown
        kept = found.usable & ~unknown if hide else found.usable
        answer = table.answer(Question(at, vehicle=Vehicle(length_m=length) if length else None, stop_minutes=stop, hide_unknown=hide))
        assert (answer.certain, answer.unknown) == (int((found.usable & ~unknown).sum()), int(unknown.sum()))
        for numbers in (RowNumbers("fid", bays["fid"].to_numpy()), RowNumbers("fid", bays["fid"].astype(str).to_numpy(dtype=object))):
            text = table.subset(answer, numbers, DIALECTS["sqlite"])
            frame = bays if numbers.rows.dtype != object else bays.assign(fid=bays["fid"].astype(str))
            assert list(map(int, in_sqlite(frame, text))) == bays["fid"][kept].tolist()


def test_hours_against_an_independent_reader():
    """opening-hours-py holds that it knows the school holidays, and reads no French: texts with either are left out."""
    texts = [text for text in HOURS if text and text.strip() and "SH" not in text and "arrêté" not in text and '"' not in text]
    table = BayTable({"temporalite_osm": pd.Series(texts, dtype=object)}, {"temporalite_osm": "text"})
    chance = random.Random(5)
    for _ in range(300):
        at = datetime(2026, 1, 1) + timedelta(minutes=chance.randrange(365 * 1440))
        said = [oracle.OpeningHours(text, country="FR").is_open(at) for text in texts]
        assert (table.answer(Question(at)).state == 2).tolist() == said


def test_friday_evening_for_a_lorry_by_hand():
    bays = pd.DataFrame(
        {
            "longueur": [1000.0, 600.0, None, 1000.0, 1000.0],
            "temporalite_osm": ["Mo-Sa 07:00-20:00", "Mo-Sa 07:00-20:00", "19:30-07:30", "Mo-Sa 07:00-19:30", "d'après panneau"],
        }
    )
    table = BayTable(dict(bays.items()), text_or_number(bays))
    answer = table.answer(Question(FRIDAY_1930, vehicle=LORRY_12))
    assert answer.state.tolist() == [2, 0, 1, 0, 1], "too short; closed since 19:30; of an unknown length; hours that cannot be read"
    text = table.subset(answer, None, DIALECTS["sqlite"])
    assert text == """("longueur" IS NULL OR "longueur" <= 0 OR "longueur" >= 1000.0) AND ("temporalite_osm" IS NULL OR "temporalite_osm" NOT IN ('Mo-Sa 07:00-19:30'))"""
    assert table.answer(Question(FRIDAY_1930, vehicle=LORRY_12, hide_unknown=True)).keep.tolist() == [True, False, False, False, False]


# -- perimeters and their rules -----------------------------------------------------------------------------------------


def random_perimeters(chance, size):
    dates = [None, "2026-03-01T00:00:00", "2026-06-15", "2026-09-01T12:30", "bientôt", "2026-12-01"]
    frame = pd.DataFrame(
        {
            "fid": range(1, size + 1),
            "cle": [f"p'{number}" for number in range(size)],
            "type_peri": chance.choices(["Rouge", "Bleu", "ZFE", "Commune", "l'autre", None], k=size),
            "date_debut": chance.choices(dates, k=size),
            "date_fin": chance.choices(dates, k=size),
        }
    ).astype({"type_peri": object, "date_debut": object, "date_fin": object})
    count = 2 * size
    rules = pd.DataFrame(
        {
            "perimetre": chance.choices([*frame["cle"], "nowhere"], k=count),
            "regl_modalite": chance.choices(["Interdit", "Autorise", None], [5, 2, 1], k=count),
            "veh_types": chance.choices(["Poids lourds", "Tous véhicules", "Véhicules utilitaires légers", None], k=count),
            "critair": chance.choices(["V4", "V2", None], k=count),
            "sauf_veh_usages": chance.choices(["Livraison", None], k=count),
            "periode_jh": chance.choices([*HOURS[:-2], None], k=count),
            "periode_fin": chance.choices([None, "2026-07-01", "demain"], k=count),
        }
    ).astype(object)
    shapes = gpd.GeoSeries([shapely.box(0, 0, 1, 1)] * size, crs=2154)
    return frame, rules, gpd.GeoDataFrame(frame, geometry=shapes)


@pytest.mark.parametrize("seed", range(12))
def test_perimeters_on_the_map_are_those_that_apply(seed):
    chance = random.Random(seed)
    frame, rules, shaped = random_perimeters(chance, chance.choice([1, 9, 120]))
    table = PerimeterTable(dict(frame.items()), text_or_number(frame), rules)
    for _ in range(15):
        at = datetime(2026, 1, 1) + timedelta(minutes=chance.randrange(400 * 1440))
        vehicle = chance.choice([None, LORRY_12, Vehicle("vul", critair="V4", use="Livraison")])
        wanted = chance.choice([None, frozenset({"Rouge", "l'autre"}), frozenset({"?"})])
        result = applying(shaped, rules, at, vehicle)
        states = result.active.astype(object).map({True: 2, False: 0, pd.NA: 1}) if vehicle is None else result.access.map({"forbidden": 2, "allowed": 0, "unknown": 1})
        states = states.where(shaped["type_peri"].fillna("?").isin(wanted), 0) if wanted is not None else states
        answer = table.answer(Question(at, vehicle=vehicle, kinds=wanted))
        assert answer.state.tolist() == states.tolist()
        text = table.subset(answer, RowNumbers("fid", frame["fid"].to_numpy()), DIALECTS["sqlite"])
        assert in_sqlite(frame, text) == frame["fid"][states.to_numpy() > 0].tolist()


@pytest.mark.parametrize("seed", range(4))
def test_a_range_of_hours_keeps_what_applies_at_one_of_its_moments(seed):
    chance = random.Random(seed)
    frame, rules, _ = random_perimeters(chance, 40)
    bays = random_bays(chance, 60)
    access = pd.DataFrame({"horaires": chance.choices(HOURS, k=40), "perimetre": frame["cle"], "date_fin": frame["date_fin"]}).astype(object)
    perimeters = PerimeterTable(dict(frame.items()), {}, rules)
    tables = [perimeters, BayTable(dict(bays.items()), {}), RuleTable(dict(rules.items()), {}, perimeters), AccessTable(dict(access.items()), {}, perimeters)]
    for _ in range(3):
        start = datetime(2026, 5, 28) + timedelta(minutes=chance.randrange(40 * 1440))
        minutes = chance.choice([1, 45, 190])
        for table in tables:
            each = [table.answer(Question(start + timedelta(minutes=minute))).state for minute in range(minutes)]
            assert table.answer(Question(start, start + timedelta(minutes=minutes))).state.tolist() == np.max(each, axis=0).tolist()


def test_the_games_at_three_moments(shared_data):
    reading = read_perimeters(shared_data / "perimeters" / "jop2024_zones.geojson")
    frame = pd.DataFrame(reading.table.drop(columns="geometry")).reset_index(drop=True)
    table = PerimeterTable(dict(frame.items()), dict.fromkeys(frame, "text"), reading.rules)
    # FORMATS.md, and counted from the file's own dates with another program.
    for at, by_kind in (("2024-07-26T12:59", {"Rouge": 2, "Bleu": 1}), ("2024-07-26T13:00", {"Rouge": 17, "Bleu": 19, "Gris": 1}), ("2024-08-04T10:00", {"Rouge": 13, "Bleu": 12})):
        answer = table.answer(Question(datetime.fromisoformat(at)))
        assert table.by_kind(answer) == by_kind
        text = table.subset(answer, None, DIALECTS["sqlite"])
        assert in_sqlite(frame, text, "cle") == frame["cle"][answer.keep].tolist()
    assert table.kinds_present() == ["Rouge", "Bleu", "Gris", "Blanc"]


def test_rules_in_force_by_hand():
    perimeters = pd.DataFrame({"cle": ["a", "b"], "type_peri": ["Rouge", "Bleu"], "date_fin": [None, "2026-01-01"]}).astype(object)
    rules = pd.DataFrame(
        {
            "perimetre": ["a", "a", "a", "b", "gone", "a"],
            "regl_modalite": ["Interdit", "Interdit", "Autorise", "Interdit", "Interdit", "Interdit"],
            "veh_types": ["Poids lourds", "Poids lourds", "Poids lourds", "Poids lourds", "Poids lourds", "Véhicules utilitaires légers"],
            "periode_jh": ["19:00-21:00", "08:00-12:00", "08:00-12:00", None, None, None],
        }
    ).astype(object)
    owner = PerimeterTable(dict(perimeters.items()), {}, rules)
    table = RuleTable(dict(rules.items()), {}, owner)
    assert table.answer(Question(FRIDAY_1930)).state.tolist() == [2, 0, 2, 0, 1, 2]
    assert table.answer(Question(FRIDAY_1930, vehicle=LORRY_12)).state.tolist() == [2, 0, 2, 0, 1, 0]
    assert table.answer(Question(FRIDAY_1930, kinds=frozenset({"Bleu"}))).state.tolist() == [0, 0, 0, 0, 1, 0]


def test_access_points_by_hand():
    perimeters = pd.DataFrame({"cle": ["a", "b"], "id": ["A", "B"], "date_fin": [None, "2026-01-01"], "type_peri": ["ZTL", "ZTL"]}).astype(object)
    access = pd.DataFrame(
        {
            "horaires": [None, "Mo-Sa 06:00-11:00", "24/7", "24/7", "24/7", "on verra"],
            "perimetre": ["A", "A", "B", "elsewhere", "a", "a"],
            "veh_tonnage": [None, None, None, None, 3.5, None],
        }
    )
    owner = PerimeterTable(dict(perimeters.items()), {}, pd.DataFrame())
    table = AccessTable(dict(access.items()), text_or_number(access), owner)
    assert table.answer(Question(FRIDAY_1930)).state.tolist() == [2, 0, 0, 2, 2, 1]
    assert table.answer(Question(FRIDAY_1930, vehicle=LORRY_12)).state.tolist() == [2, 0, 0, 2, 0, 1]
    assert table.answer(Question(FRIDAY_1930, vehicle=Vehicle("pl"))).state.tolist() == [2, 0, 0, 2, 1, 1], "of a weight that is not known"


@pytest.mark.parametrize("end", [FRIDAY_1930, FRIDAY_1930 - timedelta(hours=1), FRIDAY_1930 + timedelta(days=32)])
def test_a_range_that_is_none_is_refused(end):
    with pytest.raises(ParameterError, match="no range"):
        Question(FRIDAY_1930, end)


# -- strings -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("share", [0.02, 0.5, 0.97])
def test_any_choice_of_rows_can_be_said(seed, share):
    chance = random.Random(seed)
    size = chance.choice([1, 3, 50, 3000])
    numbers = np.array(chance.sample(range(10 * size), size))
    keep = np.array([chance.random() < share for _ in range(size)])
    text = subset_string(keep, [], RowNumbers('the "key"', numbers), DIALECTS["sqlite"])
    with sqlite3.connect(":memory:") as database:
        database.execute('CREATE TABLE rows ("the ""key""" INTEGER)')
        database.executemany("INSERT INTO rows VALUES (?)", [(int(number),) for number in numbers])
        found = {row[0] for row in database.execute(f"SELECT * FROM rows WHERE {text or '1 = 1'}")}
    assert found == set(numbers[keep].tolist())


def test_numbers_that_follow_each_other_are_a_range_across_those_that_are_gone():
    numbers = RowNumbers("fid", np.array([*range(1, 40), *range(100, 140), 200, 201]))
    keep = np.isin(numbers.rows, [*range(20, 40), *range(100, 120), 201])
    assert subset_string(keep, [], numbers, DIALECTS["sqlite"]) == '("fid" BETWEEN 20 AND 119 OR "fid" IN (201))'


def test_what_a_language_cannot_say_goes_by_number_or_not_at_all():
    texts = pd.Series(["Mo-Fr", "mo-fr", "back\\", "plain"], dtype=object)
    numbers = RowNumbers("", np.arange(4))
    first, third = np.array([True, False, False, False]), np.array([False, False, True, False])
    by_text = [Among(["h"], [texts])]
    assert subset_string(first, by_text, numbers, DIALECTS["sqlite"]) == "(\"h\" IS NULL OR \"h\" IN ('Mo-Fr'))"
    assert subset_string(first, by_text, numbers, DIALECTS["ogr"]) == "FID IN (0)", "OGR takes them for the same text"
    assert subset_string(third, by_text, numbers, DIALECTS["ogr"]) == "FID IN (2)", "OGR does not see where such a text ends"
    assert subset_string(first, by_text, None, DIALECTS["ogr"]) is None
    assert subset_string(third, by_text, numbers, DIALECTS["expression"]) == "(\"h\" IS NULL OR \"h\" IN ('back\\\\'))"


# -- in words ------------------------------------------------------------------------------------------------------------


def test_the_result_in_words():
    found = Found({"Rouge": 3, "Bleu": 1, "Inconnu": 2}, {}, (41, 0, 52))
    set_language("fr")
    assert found.words() == "Actifs\u202f: 3 périmètres rouges, 1 périmètre bleu, 2 Inconnu\u202f; 41 aires utilisables sur 52."
    assert Found({}, {"Blanc": 2}, None, for_vehicle=True).words() == "Aucun périmètre interdit à ce véhicule\u202f; non connus\u202f: 2 périmètres blancs."
    assert Found(None, None, (9000, 12, 9198)).words() == "9\u202f012 aires utilisables sur 9\u202f198, dont 12 peut-être."
    set_language("en")
    assert found.words() == "Active: 3 red perimeters, 1 blue perimeter, 2 Inconnu ; 41 bays usable out of 52."
    assert Found().words() == ""


def test_an_answer_counts():
    answer = Answer(np.array([0, 1, 2, 2], dtype=np.int8), np.array([False, True, True, True]))
    assert (answer.certain, answer.unknown) == (2, 1)


# -- at a point ----------------------------------------------------------------------------------------------------------


def here(table, shapes, x, y, **asked):
    return perimeters_here(table, shapes, x, y, Question(FRIDAY_1930, **asked))


def test_what_applies_at_a_point_by_hand():
    frame = pd.DataFrame({"cle": ["a", "b", "c", "d"], "type_peri": ["Rouge", "Bleu", "Rouge", "Blanc"], "nom": ["Stade", None, "loin", None], "date_fin": [None, None, None, "2026-01-01"]}).astype(object)
    rules = pd.DataFrame(
        {
            "perimetre": ["a", "b", "b"],
            "regl_modalite": "Interdit",
            "veh_types": ["Poids lourds", "Poids lourds", None],
            "sauf_veh_usages": [None, "Livraison", "Livraison"],
            "periode_jh": ["19:00-22:00", None, None],
        }
    ).astype(object)
    boxes = [shapely.box(652_000 + west, 6_862_000, 652_100 + west, 6_862_100) for west in (0, 50, 5_000, 0)]
    shapes = gpd.GeoSeries(boxes, crs=2154)
    table = PerimeterTable(dict(frame.items()), {}, rules)
    found = here(table, shapes, 652_075, 6_862_050, vehicle=Vehicle("pl", weight_t=12, use="Livraison"))
    assert [(one.kind, one.name, one.state, one.next_change) for one in found] == [
        ("Rouge", "Stade", "forbidden", datetime(2026, 11, 20, 22)),
        ("Bleu", "", "allowed", None),
    ]
    assert found[0].why == ("forbidden (19:00-22:00) for lorries",)
    assert found[0].change_in_words() == "until 2026-11-20 22:00" and found[1].change_in_words() == ""
    assert [one.state_in_words() for one in here(table, shapes, 652_010, 6_862_050)] == ["active"]
    assert here(table, shapes, 652_010, 6_862_050, kinds=frozenset({"Bleu"})) == []
    assert here(table, shapes, 660_000, 6_862_050) == []
    in_degrees = shapes.to_crs(4326)
    place = gpd.GeoSeries([shapely.Point(652_075, 6_862_050)], crs=2154).to_crs(4326).iloc[0]
    assert [one.name for one in here(table, in_degrees, place.x, place.y)] == ["Stade", ""]


def test_points_get_columns_of_what_applies():
    boxes = [shapely.box(652_000, 6_862_000, 652_100, 6_862_100), shapely.box(652_050, 6_862_000, 652_150, 6_862_100)]
    perimeters = gpd.GeoDataFrame({"cle": ["a", "b"], "type_peri": ["Rouge", "Bleu"]}, geometry=boxes, crs=2154)
    rules = pd.DataFrame({"perimetre": ["a"], "regl_modalite": ["Interdit"], "periode_jh": ["19:00-22:00"]})
    points = gpd.GeoSeries(gpd.points_from_xy([652_075, 652_125, 652_900], [6_862_050] * 3), index=["both", "blue", "none"], crs=2154)
    result = applying(perimeters, rules, FRIDAY_1930, Vehicle("pl"), points)
    columns = point_columns(result, perimeters["cle"])
    assert columns.index.tolist() == ["both", "blue", "none"]
    assert columns["perimeters"].tolist() == ["a ; b", "b", None]
    assert columns["access"].tolist() == ["forbidden", "unknown", "allowed"]
    assert columns["why"].tolist() == ["forbidden (19:00-22:00) for all vehicles", "the file holds no rule for it", None]
    assert columns["next_change"].tolist() == ["2026-11-20T22:00", None, None]
