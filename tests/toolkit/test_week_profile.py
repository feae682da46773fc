"""The week's profile: the audit of each hour, brute force, hours worked out by hand, and what is refused."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
import shapely
from builders import PARIS, around_paris, layer, series
from hypothesis import given, settings
from hypothesis import strategies as st

from joptimiz_qgis.toolkit import week_profile as module
from joptimiz_qgis.toolkit.coverage import bay_coverage
from joptimiz_qgis.toolkit.errors import CancelledError, CrsError, DataError, ParameterError
from joptimiz_qgis.toolkit.messages import set_language
from joptimiz_qgis.toolkit.progress import Progress
from joptimiz_qgis.toolkit.read.bays import read_bays
from joptimiz_qgis.toolkit.read.delivery_points import read_delivery_points
from joptimiz_qgis.toolkit.week_profile import WEEK_COLUMNS, hour_matrix, ordinary_week, week_profile, week_sentences

MONDAY = date(2026, 1, 5)
"""Of a week without public holiday or change of the clock."""
HOLIDAY_WEEK = date(2026, 5, 11)
"""Ascension is its Thursday."""

# -- the audit, hour by hour -----------------------------------------------------------------------------------------------


def same_as_audit(profile, hours, points, bays, movements=None, **asked):
    """Whether the profile's rows `hours` are what `bay_coverage` says at those moments."""
    for row in profile.rows.iloc[list(hours)].itertuples():
        audit = bay_coverage(points, bays, profile.max_distance_m, at=row.moment.to_pydatetime(), **asked)
        summary = audit.summary
        assert (row.covered, row.bays_usable) == (summary.covered, summary.bays_usable), row.moment
        assert row.share_points == summary.share_points
        if movements is not None:
            covered = audit.rows["covered"].to_numpy(dtype=bool, na_value=False)
            assert row.movements_covered == pytest.approx(movements[covered].sum())
            known = movements[audit.rows["covered"].notna().to_numpy()]
            assert row.share_movements == pytest.approx(movements[covered].sum() / known.sum())


@pytest.fixture(scope="module")
def paris(shared_data):
    bays = read_bays(shared_data / "bays/paris_livraison_2026-01.csv").table
    return read_delivery_points(shared_data / "delivery_points/paris_restaurants_2018.gpkg").table.geometry, bays


# Seven and 24 have no common divisor: these 24 moments meet each hour of the day once, and all days.
SAMPLE = range(0, 168, 7)


def test_paris_is_the_audit_of_each_moment(paris):
    points, bays = paris
    movements = pd.Series(np.random.default_rng(75).gamma(2.0, 4.0, len(points)), index=points.index)
    profile = week_profile(points, bays, 20, MONDAY, movements)
    same_as_audit(profile, SAMPLE, points, bays, movements)
    assert len({*profile.rows["covered"].iloc[list(SAMPLE)]}) > 10
    assert (profile.points, profile.bays, profile.crs) == (23_348, 9_198, "EPSG:2154")


def test_paris_with_a_vehicle_is_the_audit_with_that_vehicle(paris):
    points, bays = paris
    profile = week_profile(points, bays, 30, HOLIDAY_WEEK, vehicle_length=12, stop_minutes=15)
    same_as_audit(profile, range(3, 168, 33), points, bays, vehicle_length=12, stop_minutes=15)
    assert (profile.bays_too_short, profile.bays_stay_unknown) == (int((bays["longueur"] < 1200).sum()), int((bays["longueur"] >= 1200).sum()))


def test_paris_by_day_is_the_reference_less_the_bays_closed(paris):
    """METHODS.md: 9 253 restaurants have a bay within 20 m, at any hour; no hour of the week has more."""
    covered = week_profile(*paris, 20, MONDAY).rows["covered"]
    assert covered.max() <= 9_253
    always = week_profile(paris[0], paris[1].drop(columns=["temporalite_osm", "temporalite_defaut"]), 20, MONDAY)
    assert always.rows["covered"].unique().tolist() == [9_253]


# -- property: brute force -------------------------------------------------------------------------------------------------

# What each text says, worked out by hand: is a bay with it to be counted on day d (0 = Monday) at hour h?
HOURS = {
    "24/7": lambda d, h: True,
    "Mo-Sa 07:00-20:00": lambda d, h: d < 6 and 7 <= h < 20,
    "19:30-07:30,09:30-16:30": lambda d, h: h >= 20 or h < 8 or 10 <= h < 17,
    "Su 10:00-11:00": lambda d, h: (d, h) == (6, 10),
    "Fr 22:00-26:00": lambda d, h: (d == 4 and h >= 22) or (d == 5 and h < 2),
    "We 05:01-05:59": lambda d, h: False,
    "matin": lambda d, h: True,  # cannot be read: not known
    "SH 08:00-12:00": lambda d, h: 8 <= h < 12,  # school holidays are not known
    None: lambda d, h: True,
}
OFFSETS = st.tuples(st.integers(-15, 15), st.integers(-15, 15))
BAYS = st.lists(
    st.fixed_dictionaries({
        "place": OFFSETS,
        "area": st.booleans(),
        "temporalite_osm": st.sampled_from(list(HOURS)),
        "active": st.sampled_from([True, True, True, False]),
        "longueur": st.sampled_from([None, 600.0, 1200.0]),
        "type": st.sampled_from(["aire permanente", "aire périodique"]),
    }),
    min_size=1,
    max_size=9,
)  # fmt: skip


def bays_of(fields, areas):
    shapes = around_paris(*(bay["place"] for bay in fields))
    shapes = [shape.buffer(2, cap_style="square") if areas and bay["area"] else shape for shape, bay in zip(shapes, fields)]
    names = ("temporalite_osm", "active", "longueur", "type")
    return layer(shapes, **{name: pd.Series([bay[name] for bay in fields], dtype=object) for name in names})


@settings(max_examples=60, deadline=None)
@given(st.lists(OFFSETS, min_size=1, max_size=12), BAYS, st.integers(1, 20), st.sampled_from([None, 12]), st.booleans(), st.integers(0, 167))
def test_the_profile_is_that_of_brute_force(offsets, fields, reach, vehicle, areas, hour):
    points, bays = series(around_paris(*offsets)), bays_of(fields, areas)
    movements = pd.Series(np.arange(len(points)) / 2)
    profile = week_profile(points, bays, reach, MONDAY, movements, vehicle)
    near = shapely.distance(points.to_numpy()[:, None], bays.geometry.to_numpy()[None, :]) <= reach
    fit = np.array([bay["active"] and (vehicle is None or bay["longueur"] != 600.0) for bay in fields])
    usable = np.array([[fit[n] and HOURS[bay["temporalite_osm"]](h // 24, h % 24) for n, bay in enumerate(fields)] for h in range(168)])
    covered = (near[:, None, :] & usable[None, :, :]).any(axis=2)
    rows = profile.rows
    assert rows["bays_usable"].tolist() == usable.sum(axis=1).tolist()
    assert rows["covered"].tolist() == covered.sum(axis=0).tolist()
    assert rows["movements_covered"].tolist() == (movements.to_numpy() @ covered).tolist()
    same_as_audit(profile, [hour], points, bays, vehicle_length=vehicle)


@settings(max_examples=30, deadline=None)
@given(st.lists(OFFSETS, min_size=1, max_size=30), BAYS, st.integers(1, 7), st.integers(1, 9), st.booleans())
def test_small_batches_give_the_same(offsets, fields, batch, pairs, areas):
    points, bays = series(around_paris(*offsets)), bays_of(fields, areas)
    whole = week_profile(points, bays, 12, MONDAY).rows
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_BATCH", batch)
        patch.setattr(module, "_PAIRS", pairs)
        pd.testing.assert_frame_equal(week_profile(points, bays, 12, MONDAY).rows, whole)


def test_without_scipy_the_other_index_serves(paris, monkeypatch):
    points, bays = paris[0].iloc[::40], paris[1]
    whole = week_profile(points, bays, 20, MONDAY).rows
    monkeypatch.setitem(__import__("sys").modules, "scipy.spatial", None)
    pd.testing.assert_frame_equal(week_profile(points, bays, 20, MONDAY).rows, whole)


@pytest.mark.parametrize("index", [module._PointPairs, module._ShapePairs])
def test_no_more_pairs_are_held_than_said(index, monkeypatch):
    monkeypatch.setattr(module, "_PAIRS", 100)
    places = shapely.points(np.random.default_rng(1).uniform(0, 50, (200, 2)))
    found = list(index(places[:40]).pairs(places, 20))
    assert max(len(rows) for rows, _ in found) <= 100
    pairs = {(row, shape) for rows, shapes in found for row, shape in zip(rows.tolist(), shapes.tolist())}
    assert len(pairs) == sum(len(rows) for rows, _ in found)
    assert pairs == set(zip(*map(np.ndarray.tolist, np.nonzero(shapely.distance(places[:, None], places[None, :40]) <= 20))))


@pytest.mark.parametrize("index", [module._PointPairs, module._ShapePairs])
def test_exactly_at_the_distance_is_within(index):
    point, bay = shapely.points([(650000.1, 6860000.1)]), shapely.points([(650012.1, 6860016.1)])  # 12, 16, 20
    distance = float(shapely.distance(point, bay)[0])
    assert [len(rows) for rows, _ in index(bay).pairs(point, distance)] == [1]
    assert [len(rows) for rows, _ in index(bay).pairs(point, np.nextafter(distance, 0))] == [0]


# -- by hand ---------------------------------------------------------------------------------------------------------------


def one_bay(hours, **options):
    bays = layer(around_paris((5, 0)), temporalite_osm=[hours], **options)
    return week_profile(series(around_paris((0, 0), (50, 0))), bays, 20, MONDAY)


def test_an_hour_is_judged_at_its_first_minute():
    """Open from 19:30 to 07:30: counted at 20 h and at 7 h, neither at 19 h nor at 8 h."""
    covered = hour_matrix(one_bay("19:30-07:30").rows, "covered")
    assert (covered.loc[:, [*range(8), *range(20, 24)]] == 1).all(axis=None)
    assert (covered.loc[:, 8:19] == 0).all(axis=None)


def test_the_rows_are_the_hours_in_order():
    rows = one_bay("Tu 05:00-06:00").rows
    assert list(rows.columns) == list(WEEK_COLUMNS)
    assert rows["moment"].tolist() == [datetime(2026, 1, 5) + timedelta(hours=hour) for hour in range(168)]
    assert list(zip(rows["day"], rows["hour"])) == [(moment.weekday(), moment.hour) for moment in rows["moment"]]
    only = rows[rows["covered"] > 0]
    assert only[["day", "hour", "bays_usable", "covered", "share_points"]].to_numpy().tolist() == [[1, 5, 1, 1, 0.5]]
    assert rows[["movements_covered", "share_movements"]].isna().all(axis=None)


def test_the_matrix_has_days_as_rows_and_hours_as_columns():
    matrix = hour_matrix(one_bay("Tu 05:00-06:00").rows)
    assert (matrix.shape, matrix.index.name, matrix.columns.name) == ((7, 24), "day", "hour")
    assert matrix.loc[1, 5] == 0.5
    assert matrix.to_numpy().sum() == 0.5


def test_public_holidays_of_the_week_count_as_such_and_are_said():
    points, bays = series(around_paris((0, 0))), layer(around_paris((5, 0)), temporalite_osm=["Mo-Fr 08:00-19:00; PH off"])
    profile = week_profile(points, bays, 20, HOLIDAY_WEEK)
    assert hour_matrix(profile.rows, "covered")[8].tolist() == [1, 1, 1, 0, 1, 0, 0]
    assert "Week from Monday 2026-05-11, with public holidays (2026-05-14)" in str(profile.notes[0])
    same_as_audit(profile, range(168), points, bays)


def test_shares_of_points_and_of_movements_are_kept_apart():
    points = series([*around_paris((0, 0), (100, 0), (0, 0)), None])
    movements = pd.Series([3.0, 9.0, None, 100.0])
    profile = week_profile(points, layer(around_paris((1, 0))), 20, MONDAY, movements)
    row = profile.rows.iloc[0]
    assert (profile.points, profile.points_without_position, profile.movements) == (3, 1, 12.0)
    assert (row["covered"], row["share_points"], row["movements_covered"], row["share_movements"]) == (2, 2 / 3, 3.0, 0.25)
    assert any(str(note).startswith("1 delivery points have no usable number of movements") for note in profile.notes)


def test_movements_that_are_no_number_count_as_nought_and_are_said():
    points = series(around_paris(*[(0, 0)] * 6))
    profile = week_profile(points, layer(around_paris((1, 0))), 20, MONDAY, pd.Series(["2,5", 4, -3, "beaucoup", None, np.inf], dtype=object))
    assert profile.movements == 6.5
    assert str(profile.notes[1]).startswith("4 delivery points have no usable number of movements (missing, negative or not a number)")


def test_without_any_movement_there_is_no_share_of_movements():
    profile = week_profile(series(around_paris((0, 0))), layer(around_paris((1, 0))), 20, MONDAY, pd.Series([0.0]))
    assert profile.rows["share_movements"].isna().all()
    assert profile.movements == 0.0


def test_unknown_hours_count_and_are_said():
    bays = layer(
        around_paris((1, 0), (2, 0), (3, 0), (4, 0), (5, 0)),
        temporalite_osm=[None, "matin", "SH 08:00-12:00", None, "matin"],
        type=["aire périodique", None, None, "aire permanente", None],
        active=[True, True, True, True, False],
    )
    profile = week_profile(series(around_paris((0, 0))), bays, 20, MONDAY)
    notes = [str(note) for note in profile.notes]
    assert (profile.bays_hours_unknown, profile.bays_inactive) == (3, 1)
    assert notes[1] == "The hours of 3 bays are not known for all of the week; while they are not, these bays count as usable."
    assert notes[2] == "Hours that cannot be read: matin"
    assert hour_matrix(profile.rows, "bays_usable")[[7, 8]].to_numpy().tolist() == [[3, 4]] * 7


def test_places_missing_and_no_bay_fit_are_said():
    bays = layer([*around_paris((1, 0)), None], longueur=[600, 600])
    profile = week_profile(series([*around_paris((0, 0)), None]), bays, 20, MONDAY, vehicle_length=12)
    assert [str(note) for note in profile.notes] == [
        "Week from Monday 2026-01-05, without public holidays; each hour is judged at its first minute.",
        "1 delivery points have no position; they do not count.",
        "1 bays have no position and do not count.",
        "No bay is in service and fit for the vehicle and the stop: no point is covered at any hour.",
    ]
    assert profile.rows["covered"].eq(0).all()
    assert (profile.bays, profile.bays_too_short) == (1, 1)


def test_layers_in_different_systems_meet():
    points = series(around_paris((0, 0))).to_crs(4326)
    profile = week_profile(points, layer(around_paris((15, 0))).to_crs("EPSG:27572"), 20, MONDAY)
    assert (profile.rows["covered"].tolist(), profile.crs) == ([1] * 168, "EPSG:2154")


# -- in words --------------------------------------------------------------------------------------------------------------


def two_points(hours_of_first, hours_of_second, movements=None):
    points = series(around_paris((0, 0), (1000, 0)))
    bays = layer(around_paris((1, 0), (1001, 0)), temporalite_osm=[hours_of_first, hours_of_second])
    return week_profile(points, bays, 12.5, MONDAY, movements)


def test_the_worst_and_the_best_hours_are_said():
    profile = two_points("Mo 00:00-05:00,06:00-24:00; Tu-Su 00:00-24:00", "We 09:00-11:00", pd.Series([1.0, 3.0]))
    assert [str(sentence) for sentence in week_sentences(profile)] == [
        "Worst hour of the week: Monday at 5:00. 0 of 2 delivery points (0.0%) have a usable bay within 12.5 m; other hours alike: 0.",
        "Best hour of the week: Wednesday at 9:00. 2 of 2 delivery points (100.0%) have a usable bay within 12.5 m; other hours alike: 1.",
        "Of the movements, 0.0% are covered at worst (Monday at 5:00) and 100.0% at best (Wednesday at 9:00).",
    ]
    set_language("fr")
    worst, best, movements = map(str, week_sentences(profile))
    assert "le lundi à 5\u202fh. 0 point de livraison sur 2 (0,0\u202f%) a une aire utilisable à 12,5 m au plus" in worst
    assert "le mercredi à 9\u202fh." in best
    assert "0,0\u202f% au plus bas (le lundi à 5\u202fh), 100,0\u202f% au plus haut (le mercredi à 9\u202fh)" in movements


def test_movements_may_have_other_worst_and_best_hours():
    """Sunday at 3 only the point of 1 movement is covered, at other times only that of 9."""
    profile = two_points("Su 03:00-04:00", "Mo-Sa 00:00-24:00; Su 00:00-03:00,04:00-24:00", pd.Series([1.0, 9.0]))
    said = [str(sentence) for sentence in week_sentences(profile)]
    assert said == ["At every hour of the week 1 of 2 delivery points (50.0%) have a usable bay within 12.5 m."]
    more = two_points("Su 03:00-05:00", "Mo-Sa 00:00-24:00; Su 00:00-03:00,04:00-24:00", pd.Series([1.0, 9.0]))
    assert str(week_sentences(more)[-1]) == "Of the movements, 10.0% are covered at worst (Sunday at 3:00) and 100.0% at best (Sunday at 4:00)."


# -- ordinary week ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        (date(2026, 1, 7), date(2026, 1, 5)),  # its own week
        (date(2026, 1, 1), date(2026, 1, 5)),
        (date(2026, 4, 28), date(2026, 5, 18)),  # 1 May, 8 May, Ascension on 14 May; 25 May is the Monday after
        (date(2026, 3, 25), date(2026, 3, 30)),  # clocks change on 29 March
        (date(2026, 10, 20), date(2026, 11, 2)),  # clocks change on 25 October; 1 November is a Sunday
        (datetime(2026, 12, 24, 10), date(2027, 1, 4)),
    ],
)
def test_an_ordinary_week_has_no_public_holiday_and_keeps_its_clock(day, monday):
    assert ordinary_week(day) == monday


def test_an_ordinary_week_may_heed_the_department():
    """15–19 December 2025 is ordinary but in La Réunion, where the 20th is a holiday; then comes Christmas, then New Year."""
    assert (ordinary_week(date(2025, 12, 15)), ordinary_week(date(2025, 12, 15), "974")) == (date(2025, 12, 15), date(2026, 1, 5))


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2008, 1, 1), date(2035, 12, 1)))
def test_ordinary_weeks_are_those_of_the_calendar_and_of_the_time_zone(day):
    """From 2008 on: until then the library leaves out Whit Monday, which was worked as the day of solidarity."""
    holidays = pytest.importorskip("holidays", reason="pip install holidays: the independent calendar").country_holidays("FR")
    paris = ZoneInfo("Europe/Paris")

    def ordinary(monday):
        days = [monday + timedelta(days=number) for number in range(8)]
        offsets = {datetime.combine(day, datetime.min.time(), paris).utcoffset() for day in days}
        return not any(day in holidays for day in days[:7]) and len(offsets) == 1

    monday = day - timedelta(days=day.weekday())
    while not ordinary(monday):
        monday += timedelta(days=7)
    assert ordinary_week(day) == monday


# -- refused ---------------------------------------------------------------------------------------------------------------

HERE = {"points": series(around_paris((0, 0))), "bays": layer(around_paris((1, 0))), "max_distance": 20, "monday": MONDAY}


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"monday": date(2026, 1, 6)}, ParameterError, "A week starts on a Monday, and 2026-01-06 is none."),
        ({"max_distance": 0}, ParameterError, "The distance is 0. Expected"),
        ({"vehicle_length": 1200}, ParameterError, "no vehicle is longer than 30 m"),
        ({"stop_minutes": 0}, ParameterError, "The stop lasts 0. Expected"),
        ({"points": series([])}, DataError, "There are no delivery points in the layer"),
        ({"bays": layer([None])}, DataError, "None of the 1 bays has a geometry"),
        ({"bays": layer(around_paris((0, 0)), None)}, CrsError, "“bays” does not say its coordinate system"),
        ({"movements": pd.Series([1.0, 2.0])}, DataError, "The movements (2 rows) are not those of the delivery points (1 rows)"),
        ({"movements": pd.Series([1.0], index=["a"])}, DataError, "their row labels differ"),
    ],
)
def test_what_cannot_be_profiled_is_refused_with_the_way_out(change, error, said):
    with pytest.raises(error) as caught:
        week_profile(**{**HERE, **change})
    assert said in str(caught.value)


def test_a_cancel_is_answered_between_two_batches(monkeypatch):
    class Impatient(Progress):
        asked = 0

        def cancelled(self):
            self.asked += 1
            return self.asked > 2

    monkeypatch.setattr(module, "_BATCH", 10)
    progress = Impatient()
    with pytest.raises(CancelledError):
        week_profile(**{**HERE, "points": series([shapely.Point(PARIS)] * 100)}, progress=progress)
    assert progress.asked == 3


def test_the_layers_given_are_not_changed():
    points, bays = series(around_paris((0, 0))).to_crs(4326), layer(around_paris((1, 0)), temporalite_osm=["24/7"], longueur=[1200])
    movements = pd.Series([2.0])
    copies = points.copy(), bays.copy(), movements.copy()
    week_profile(points, bays, 20, MONDAY, movements, 12, 15)
    pd.testing.assert_series_equal(points, copies[0])
    pd.testing.assert_frame_equal(bays, copies[1])
    pd.testing.assert_series_equal(movements, copies[2])
