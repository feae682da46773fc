"""Movements per week: METHODS.md's rates worked by hand, the tables that users edit, and what is refused."""

from __future__ import annotations

import csv
import math
import time

import numpy as np
import pandas as pd
import pytest
from builders import attempt, csv_text, published_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from joptimiz_qgis.toolkit.errors import DataError, FileError, HeaderError, ParameterError
from joptimiz_qgis.toolkit.messages import set_language
from joptimiz_qgis.toolkit.movement_tables import (
    CATEGORIES_FILE,
    RATES_FILE,
    WORKFORCE_FILE,
    Rate,
    load_categories,
    load_rates,
    load_workforce_classes,
)
from joptimiz_qgis.toolkit.movements import (
    DEFAULT_CATEGORY,
    DEFAULT_JOBS,
    FLAGS,
    MOVEMENT_COLUMNS,
    category_of,
    hourly_share,
    movements_by_hour,
    per_weekday,
    weekly_movements,
)


def points(activity, jobs, name="jobs", **more):
    return pd.DataFrame({"apet700": activity, name: jobs, **more})


def one(activity, jobs, **options):
    """The one row of one establishment."""
    return weekly_movements(points([activity], [jobs]), **options).rows.iloc[0]


def sentences(result) -> str:
    return "\n".join(map(str, result.notes))


# -- METHODS.md, worked by hand (natural logarithms from a table: ln 2 = 0.693147, ln 3 = 1.098612, ln 4 = 1.386294) ------------


@pytest.mark.parametrize(
    ("activity", "jobs", "category", "movements"),
    [
        ("1071C", 3, "17", 6.525233),  # 1.057 × 1.098612 + 5.364
        ("4722Z", 4, "15", 10.465372),  # 5.124 × 1.386294 + 3.362
        ("5610A", 4, "18", 5.593),  # 0.329 × 4 + 4.277
        ("4773Z", 2, "19", 15.505495),  # 4.437 × 0.693147 + 12.43
        ("4761Z", 1, "22", 16.764),  # 4.998 × 0 + 16.764
        ("4711C", 5, "13", 7.85),  # 1.57 × 5
        ("4711B", 2, "16", 3.10),  # 1.55 × 2
        ("4711D", 20, "11", 20.013),  # 0.961 × 20 + 0.793
        ("6920Z", 10, "25", 2.541),  # 0.074 × 10 + 1.801
        ("4771Z", 4, "14", 4.199085),  # LOG0: 3.029 × 1.386294
        ("4711F", 200, "10", 101.385),  # 0.108 × 200 + 79.785
        ("0811Z", 2, "30", 24.24),  # 12.12 × 2
    ],
)
def test_a_rate_worked_by_hand(activity, jobs, category, movements):
    row = one(activity, jobs)
    assert row["movements_per_week"] == pytest.approx(movements, abs=2e-5)
    assert (row["movements_category"], row["jobs"], row["movements_flag"]) == (category, jobs, "")


def test_the_wholesaler_of_the_methods_is_a_ratio():
    wholesaler = Rate("w", "RATIO", 3.5, 0.0, 1.0, {"fr": "Grossiste", "en": "Wholesaler"}, "METHODS.md")
    assert wholesaler.movements(6.2) == pytest.approx(21.7)


@pytest.mark.parametrize("rate", load_rates().values(), ids=lambda rate: rate.category)
def test_a_table_of_points_and_a_single_rate_agree(rate, write_file):
    path = write_file("own.csv", f"code;category\nX;{rate.category}\n")
    jobs = [1, 1.5, 7.5, 149.5, 10_000]
    rows = weekly_movements(points(["X"] * len(jobs), jobs), categories=path).rows
    assert rows["movements_per_week"].tolist() == pytest.approx([rate.movements(number) for number in jobs])


# -- the rates: the published table ---------------------------------------------------------------------------------------


def test_each_coefficient_is_that_of_the_published_table(shared_data):
    published = published_rows(shared_data / "movements/weekly_movements_st45.csv", delimiter=",")
    ours = [(rate.category, rate.form, rate.a, rate.b, rate.label["fr"]) for rate in load_rates().values()]
    assert ours == [(row["st45"], row["form"], float(row["a"]), float(row["b"]), row["label"]) for row in published]
    assert len(ours) == 45


def test_every_rate_says_where_it_comes_from_and_what_it_is_called():
    rates = load_rates().values()
    assert all("LAET" in rate.source for rate in rates)
    assert len({rate.label["en"] for rate in rates}) == len(rates)


def test_a_minimum_never_overrides_a_straight_line_of_the_published_table():
    """1 movement a week, save where a line itself gives less to one job: 3.132 − 2.2 and 0.64."""
    assert {rate.category: rate.floor for rate in load_rates().values() if rate.floor != 1} == {"2-3": 0.932, "27-2": 0.64}
    for rate in load_rates().values():
        if rate.form in {"LIN", "RATIO"}:
            assert rate.a + (rate.b if rate.form == "LIN" else 0) >= rate.floor - 1e-9


@pytest.mark.parametrize(
    ("activity", "jobs", "movements"),
    [
        ("4771Z", 1, 1.0),  # LOG0 gives 0 at one job
        ("4771Z", 0, 1.0),  # no job at all: ln 0 has no value
        ("4622Z", 1, 1.0),  # 15.086 × 0 + 0.026
        ("4781Z", 5_000, 1.0),  # −0.681 × 8.517193 + 5.015 = −0.785: the slope is negative
    ],
)
def test_what_falls_below_the_minimum_gets_it_and_says_so(activity, jobs, movements):
    result = weekly_movements(points([activity], [jobs]))
    row = result.rows.iloc[0]
    assert (row["movements_per_week"], row["movements_flag"]) == (movements, "floored")
    assert "For 1 delivery points the rate gives less" in sentences(result)


@pytest.mark.parametrize(("activity", "jobs", "movements"), [("4781Z", 10, 3.446940), ("4334Z", 1, 0.932), ("4619B", 1, 0.64)])
def test_what_does_not_is_left_as_the_rate_gives_it(activity, jobs, movements):
    row = one(activity, jobs)
    assert (row["movements_per_week"], row["movements_flag"]) == (pytest.approx(movements, abs=1e-6), "")


# -- activities -----------------------------------------------------------------------------------------------------------

# NAF rev. 2 (decree 2007-1888): the divisions that there are.
DIVISIONS = [f"{number:02d}" for number in range(1, 100) if number not in {4, 34, 40, 44, 48, 54, 57, 67, 76, 83, 89}]


def test_every_division_of_the_naf_has_a_category():
    assert len(DIVISIONS) == 88
    prefixes = load_categories()
    assert [division for division in DIVISIONS if division not in prefixes] == []
    assert {code[:2] for code in prefixes} == set(DIVISIONS)


@pytest.mark.parametrize(
    ("category", "activities"),
    [
        ("18", "5610A 5610C 5630Z 5510Z 5621Z"),
        ("17", "1071C 1071D 4724Z"),
        ("15", "1013B 4722Z"),
        ("16", "4711A 4711B 4721Z 4725Z"),
        ("13", "4711C"),
        ("11", "4711D"),
        ("10", "4711F 4719A"),
        ("14", "4771Z 4772A 4772B"),
        ("19", "4773Z"),
        ("20", "4752A"),
        ("21", "4759A"),
        ("22", "4761Z 4762Z"),
        ("23", "4776Z 4775Z 4778A 4765Z"),
        ("29", "4781Z 4789Z"),
        ("9-2", "4631Z 4632A"),
        ("9-3", "4634Z 4639B"),
        ("7-3", "4673A"),
        ("28-3", "5210B"),
        ("6", "4941A 5320Z"),
        ("25", "6419Z 7022Z 8211Z"),
        ("26Fa", "9602A 8621Z"),
        ("5-2", "1071A 1013A"),
    ],
)
def test_what_matters_in_town_centres_has_its_own_category(category, activities):
    assert {category_of(activity, load_categories()) for activity in activities.split()} == {category}


@pytest.mark.parametrize("spelling", ["5610A", "56.10A", "5610", "56.10", "561", "56", "5610a", " 56.10 A ", 5610, 5610.0, 56.1])
def test_an_activity_may_be_spelt_in_many_ways(spelling):
    assert one(spelling, 4)["movements_category"] == "18"


@pytest.mark.parametrize("unknown", ["XX", "0000Z", "3", "34.10Z", "NAF", "521D", "[ND]"])
def test_an_unknown_activity_is_flagged_and_named(unknown):
    result = weekly_movements(points([unknown, "5610A"], [4, 4]))
    assert result.rows["movements_category"].tolist() == [DEFAULT_CATEGORY, "18"]
    assert result.rows["movements_flag"].tolist() == ["unknown_activity", ""]
    assert result.rows["movements_per_week"].iloc[0] == pytest.approx(7.328315, abs=2e-5)  # 3.304 × 1.386294 + 2.748
    assert f"1 delivery points have an activity code that is not in the table of categories: they get the rate of category 23 (Other shops). The commonest: {unknown} (1)." in sentences(result)


def test_the_naf_of_2003_is_not_taken_for_that_of_today():
    """521D was a mini-market; 52.1 is warehouses now."""
    assert one("521D", 4)["movements_flag"] == "unknown_activity"
    assert one("521", 4)["movements_category"] == "28-3"
    assert "of the NAF of 2003" in sentences(weekly_movements(points(["521D"], [4])))
    assert "of the NAF of 2003" not in sentences(weekly_movements(points(["XX"], [4])))


def test_the_ten_commonest_unknown_codes_are_named_by_their_numbers():
    codes = [f"X{letter}" for position, letter in enumerate("ABCDEFGHIJKL") for _ in range(position + 1)]
    text = sentences(weekly_movements(points(codes, 1)))
    assert "78 delivery points have an activity code that is not" in text
    assert "XL (12), XK (11), XJ (10), XI (9), XH (8), XG (7), XF (6), XE (5), XD (4), XC (3)…" in text
    assert "XB" not in text


@pytest.mark.parametrize("missing", [None, "", "  ", np.nan, pd.NA])
def test_a_missing_activity_is_told_from_an_unknown_one(missing):
    result = weekly_movements(points(["5610A", missing], [4, 4]))
    assert result.rows["movements_flag"].tolist() == ["", "unknown_activity"]
    assert "1 delivery points have no activity code" in sentences(result)
    assert "not in the table of categories" not in sentences(result)


def test_without_any_activity_every_point_gets_the_default_rate():
    result = weekly_movements(pd.DataFrame({"jobs": [4, 1]}))
    assert set(result.rows["movements_category"]) == {"23"}
    assert set(result.rows["movements_flag"]) == {"unknown_activity"}
    assert result.rows["movements_per_week"].tolist() == pytest.approx([7.328315, 2.748], abs=2e-5)
    assert "No column with an activity code was found" in sentences(result)
    assert weekly_movements(pd.DataFrame({"jobs": [4]}), default_category="25").rows["movements_per_week"].tolist() == pytest.approx([2.097])


# -- a table of the user's own ----------------------------------------------------------------------------------------------


def test_a_user_s_own_words_have_categories_and_the_longest_beginning_wins(write_file):
    path = write_file("own.csv", "code;category\nRestaur;18\nRestauration collective;26Mo\nÉpicerie;16\n")
    table = points(["Restaurant", "RESTAURATION COLLECTIVE", "epicerie fine", "5610A"], 2)
    rows = weekly_movements(table, categories=path).rows
    assert rows["movements_category"].tolist() == ["18", "26Mo", "16", "23"]  # the NAF is not in this table
    assert rows["movements_flag"].tolist() == ["", "", "", "unknown_activity"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_table_that_a_spreadsheet_saved_is_read(write_file, encoding):
    path = write_file("own.csv", "Code;Category;activité\n1;1;Élevage\n56;18;Café\n".encode(encoding))
    assert load_categories(path) == {"01": "1", "56": "18"}  # the zero that it took is back


def test_rates_of_a_user_s_own_are_read_with_decimal_commas(write_file):
    path = write_file("rates.csv", "category;form;a;b;floor\n23;LIN;0,5;1,25;0\n18;RATIO;2;0;0\n")
    rates = load_rates(path)
    assert (rates["23"].a, rates["23"].b, rates["23"].label) == (0.5, 1.25, {"fr": "23", "en": "23"})
    categories = write_file("own.csv", "code,category\n56,18\n")
    rows = weekly_movements(points(["5610A", "?"], 3), categories=categories, rates=path).rows
    assert rows["movements_per_week"].tolist() == [6.0, 2.75]


def test_workforce_classes_of_a_user_s_own_are_read(write_file):
    path = write_file("classes.csv", "code;minimum;maximum;jobs\n0;0;0;2\n1;1;2;1,2\nNN;;;\n")
    rows = weekly_movements(points("5610A", ["00", "01", "NN", "53"], "tefet"), classes=path, default_jobs=9).rows
    assert rows["jobs"].tolist() == [2, 1.2, 9, 9]


BROKEN = [
    (load_categories, "code;category\n56;18\n47;99\n", DataError, ["“own.csv”", "Line 3", "“category”", "“99”", "expected one of 1, 2-2"]),
    (load_categories, "code;category\n56;02-févr\n", DataError, ["Line 2", "“02-févr”", "a date"]),
    (load_categories, "code;category\n56;18\n56.;25\n", DataError, ["Line 3", "“code”", "“56.”", "a line above has it already"]),
    (load_categories, "code;category\n;18\n", DataError, ["Line 2", "“code”", "it is empty"]),
    (load_categories, "naf;categorie\n56;18\n", HeaderError, ["lacks the columns code, category", "Found: naf, categorie"]),
    (load_categories, "code;category\n56;18\n47;23;x;y\n", FileError, ["“own.csv”", "Line 3", "4 cells"]),
    (load_categories, "code;category\n", FileError, ["“own.csv”", "no row"]),
    (load_categories, "", FileError, ["empty"]),
    (load_rates, "category;form;a;b;floor\n23;LOG;x;1;1\n", DataError, ["Line 2", "“a”", "“x”", "expected a number"]),
    (load_rates, "category;form;a;b;floor\n23;EXP;1;1;1\n", DataError, ["“form”", "“EXP”", "LOG, LOG0, LIN, RATIO"]),
    (load_rates, "category;form;a;b;floor\n23;LOG;1;;1\n", DataError, ["“b”", "“”", "expected a number"]),
    (load_rates, "category;form;a;b;floor\n23;LOG;1;1;-1\n", DataError, ["“floor”", "“-1”", "at least 0"]),
    (load_rates, "category;form;a;b;floor\n23;LOG;1;1;1\n23;LIN;1;1;1\n", DataError, ["Line 3", "“23”", "a line above has it already"]),
    (load_workforce_classes, "code;minimum;maximum;jobs\n01;1;2;many\n", DataError, ["Line 2", "“jobs”", "“many”"]),
    (load_workforce_classes, "code;minimum\n01;1\n", HeaderError, ["lacks the columns maximum, jobs"]),
]


@pytest.mark.parametrize(("load", "content", "error", "told"), BROKEN)
def test_a_broken_table_is_refused_with_its_place(write_file, load, content, error, told):
    with pytest.raises(error) as caught:
        load(write_file("own.csv", content))
    assert [part for part in told if part not in str(caught.value)] == []
    set_language("fr")
    assert "cannot" not in str(caught.value) and "expected" not in str(caught.value)


def test_a_table_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FileError, match="There is no file"):
        weekly_movements(points(["5610A"], [1]), categories=tmp_path / "own.csv")


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="cod;category,\n\"56\t18é'x", max_size=60))
def test_a_wild_table_is_read_or_refused_with_a_sentence(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "wild.csv"
    path.write_text(f"code;category\n{content}", encoding="utf-8")
    categories, refused = attempt(load_categories, path)
    assert (categories is None) == bool(refused)
    assert set((categories or {}).values()) <= set(load_rates())


# -- jobs -----------------------------------------------------------------------------------------------------------------


# INSEE's bounds; the middle of 10 to 19 is 14.5. 00: the owner; 53 is open: its lower bound; NN: the default.
CLASSES = {"00": 1, "01": 1.5, "02": 4, "03": 7.5, "11": 14.5, "12": 34.5, "21": 74.5, "22": 149.5, "31": 224.5, "32": 374.5, "41": 749.5, "42": 1499.5, "51": 3499.5, "52": 7499.5, "53": 10_000, "NN": 2.5}  # fmt: skip


@pytest.mark.parametrize(("code", "jobs"), CLASSES.items())
def test_a_workforce_class_is_its_middle(code, jobs):
    row = weekly_movements(points(["5610A"], [code], "TEFET"), default_jobs=2.5).rows.iloc[0]
    assert row["jobs"] == jobs
    assert row["movements_flag"] == ("default_jobs" if code == "NN" else "")


def test_the_middles_are_those_of_the_bounds_and_no_class_is_lacking():
    classes = load_workforce_classes()
    assert [level.code for level in classes.values()] == list(CLASSES)
    bounded = [level for level in classes.values() if level.maximum]
    assert [level.jobs for level in bounded] == [(level.minimum + level.maximum) / 2 for level in bounded]
    assert [low.maximum + 1 for low in bounded] == [high.minimum for high in bounded[1:]] + [10_000]


@pytest.mark.parametrize(
    ("spelling", "jobs"),
    [("2", 4), (2, 4), (2.0, 4), (11, 14.5), ("3 à 5 salariés", 4), ("1 ou 2 salariés", 1.5), ("0 salarié", 1), ("1 000 à 1 999 salariés", 1499.5), ("10 000 salariés et plus", 10_000), ("nn", 1.5), ("Unités non employeuses", 1.5)],
)
def test_a_class_may_be_spelt_in_many_ways(spelling, jobs):
    assert weekly_movements(points(["5610A"], [spelling], "tefet")).rows["jobs"].tolist() == [jobs]


def test_missing_and_unknown_classes_get_the_default_and_are_counted():
    result = weekly_movements(points("5610A", ["02", None, "NN", "99", "", "10 salariés"], "tefet"))
    assert result.rows["jobs"].tolist() == [4, *[DEFAULT_JOBS] * 5]
    assert result.rows["movements_flag"].tolist() == ["", *["default_jobs"] * 5]
    assert "5 delivery points have no known workforce: they count as 1.5 jobs." in sentences(result)
    assert "Workforce classes that are not known, and count as missing: 10 salariés (1), 99 (1)." in sentences(result)


def test_without_any_workforce_every_point_has_the_default():
    result = weekly_movements(pd.DataFrame({"naf": ["5610A", "4722Z"]}), default_jobs=3)
    assert result.rows["jobs"].tolist() == [3, 3]
    assert set(result.rows["movements_flag"]) == {"default_jobs"}
    assert "every delivery point counts as 3.0 jobs" in sentences(result)


@pytest.mark.parametrize(
    ("value", "jobs", "flag"),
    [(7, 7, ""), ("7", 7, ""), ("12,5", 12.5, ""), (0, 1, ""), (0.4, 1, ""), ("0", 1, ""), (-3, 1.5, "default_jobs"), ("-3", 1.5, "default_jobs"), (np.inf, 1.5, "default_jobs"), ("many", 1.5, "default_jobs"), (None, 1.5, "default_jobs")],
)
def test_a_number_of_jobs_is_taken_as_it_is_where_it_can_be(value, jobs, flag):
    result = weekly_movements(points(["5610A"], [value]))
    row = result.rows.iloc[0]
    assert (row["jobs"], row["movements_flag"]) == (jobs, flag)
    assert ("are no number of jobs" in sentences(result)) == (value is not None and flag != "")


def test_a_number_of_jobs_goes_before_a_class_and_a_class_before_the_default():
    table = points("5610A", [7, None, None, 0], "effectif", tefet=["02", "02", None, "02"])
    assert weekly_movements(table).rows["jobs"].tolist() == [7, 4, 1.5, 1]


def test_an_owner_alone_is_one_job_and_is_counted():
    result = weekly_movements(points("5610A", ["00", "01", "00"], "tefet"))
    assert "2 delivery points have no employee" in sentences(result)
    assert "1 delivery points have no employee" in sentences(weekly_movements(points("5610A", [0, 3], "jobs")))


def test_a_column_called_effectif_may_hold_classes():
    assert weekly_movements(points("5610A", ["02", "11"], "effectif")).rows["jobs"].tolist() == [4, 14.5]
    assert weekly_movements(points("5610A", ["3 à 5 salariés", ""], "effectif")).rows["jobs"].tolist() == [4, 1.5]
    assert weekly_movements(points("5610A", ["2", "11"], "effectif")).rows["jobs"].tolist() == [2, 11]
    assert weekly_movements(points("5610A", ["02", "11"], "effectif"), jobs="effectif").rows["jobs"].tolist() == [2, 11]


# -- columns ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("activity", ["APET700", "apen700", "NAF", "code_naf", "Code APE", "activitePrincipaleEtablissement", "activité"])
@pytest.mark.parametrize(("workforce", "value", "jobs"), [("TEFET", "02", 4), ("trancheEffectifsEtablissement", "02", 4), ("effectif", "6", 6), ("jobs", 6, 6)])
def test_the_usual_names_are_found(activity, workforce, value, jobs):
    result = weekly_movements(pd.DataFrame({"nom": ["x"], activity: ["56.10A"], workforce: [value]}))
    assert result.rows[["movements_category", "jobs", "movements_flag"]].iloc[0].tolist() == ["18", jobs, ""]
    assert f"column “{activity}”" in sentences(result) and f"read from: {workforce}." in sentences(result)


def test_the_establishment_s_activity_goes_before_its_firm_s():
    table = pd.DataFrame({"apen700": ["6420Z"], "apet700": ["5610A"], "jobs": [4]})
    assert weekly_movements(table).rows["movements_category"].tolist() == ["18"]
    assert weekly_movements(table, activity="apen700").rows["movements_category"].tolist() == ["25"]


@pytest.mark.parametrize("role", ["activity", "workforce", "jobs"])
def test_a_column_that_is_not_there_is_refused(role):
    with pytest.raises(ParameterError, match=r"no column “siren”.*Found: apet700, jobs"):
        weekly_movements(points(["5610A"], [1]), **{role: "siren"})


@pytest.mark.parametrize("value", [0, 0.5, -1, math.nan, math.inf, True, "two"])
def test_a_default_number_of_jobs_below_one_is_refused(value):
    with pytest.raises(ParameterError, match="default number of jobs"):
        weekly_movements(points(["5610A"], [1]), default_jobs=value)


def test_a_default_category_without_rate_is_refused():
    with pytest.raises(ParameterError, match="no rate for the default category “99”"):
        weekly_movements(points(["5610A"], [1]), default_category="99")


# -- the whole --------------------------------------------------------------------------------------------------------------


def test_index_columns_and_types_are_those_promised():
    table = points(["5610A", None, "XX"], ["02", "NN", "?"], "tefet").set_axis(["b", "a", "b"])
    before = table.copy()
    rows = weekly_movements(table).rows
    assert tuple(rows.columns) == MOVEMENT_COLUMNS
    assert rows.index.tolist() == ["b", "a", "b"]
    assert [rows[name].dtype for name in ("movements_per_week", "jobs")] == [np.float64, np.float64]
    assert all(isinstance(value, str) for name in ("movements_category", "movements_flag") for value in rows[name])
    pd.testing.assert_frame_equal(table, before)
    empty = weekly_movements(table.iloc[:0])
    assert (len(empty.rows), tuple(empty.rows.columns)) == (0, MOVEMENT_COLUMNS)


@pytest.mark.parametrize("kind", ["object", "string", "category"])
def test_the_type_of_the_columns_does_not_matter(kind):
    table = points(["5610A", "4722Z", "5610A", None], ["02", "NN", "00", "11"], "tefet")
    expected = weekly_movements(table).rows
    pd.testing.assert_frame_equal(weekly_movements(table.astype(kind)).rows, expected)
    assert expected["jobs"].tolist() == [4, 1.5, 1, 14.5]


VALUES = st.one_of(st.none(), st.text(max_size=6), st.integers(-5, 9_999), st.floats(), st.sampled_from(["5610A", "47.71Z", "02", "NN", "00", "521D"]))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=8))
def test_whatever_the_values_every_point_has_movements(triples):
    table = pd.DataFrame(triples, columns=["naf", "tefet", "jobs"], dtype=object)
    result = weekly_movements(table)
    rows, rates = result.rows, load_rates()
    assert np.isfinite(rows["movements_per_week"]).all() and (rows["jobs"] >= 1).all()
    assert set(rows["movements_flag"]) <= {"", *FLAGS}
    expected = [rates[category].movements(jobs) for category, jobs in zip(rows["movements_category"], rows["jobs"])]
    assert rows["movements_per_week"].tolist() == pytest.approx(expected)
    assert sentences(result)


def test_several_activities_in_a_cell_are_the_first_of_them():
    assert one(["5610A", "4722Z"], 4)["movements_category"] == "18"
    assert one("5610A;4722Z", 4)["movements_category"] == "18"


def test_paris_13_adds_up(shared_data):
    """Counts by class from the csv module; the sum by hand: 0.329 × jobs + 4.277 a restaurant."""
    rows = published_rows(shared_data / "delivery_points/paris13_sirene_effectifs.csv", delimiter=",")
    classes = [row["TEFET"] for row in rows]
    jobs = {"00": 1, "01": 1.5, "02": 4, "03": 7.5, "11": 14.5, "12": 34.5, "21": 74.5, "NN": DEFAULT_JOBS}
    result = weekly_movements(pd.DataFrame(rows))
    assert len(rows) == 1_066 and set(result.rows["movements_category"]) == {"18"}
    assert result.rows["movements_flag"].value_counts().to_dict() == {"": 1_066 - classes.count("NN"), "default_jobs": classes.count("NN")}
    by_hand = sum(classes.count(code) * (0.329 * number + 4.277) for code, number in jobs.items())
    assert result.rows["movements_per_week"].sum() == pytest.approx(by_hand)
    assert round(by_hand, 3) == 6_190.464


def test_a_million_points_take_about_a_second():
    random = np.random.default_rng(13)
    codes = [*load_categories(), "XX", None]
    table = points(random.choice(np.array(codes, dtype=object), 1_000_000), random.choice([*CLASSES], 1_000_000), "tefet")
    start = time.perf_counter()
    result = weekly_movements(table)
    assert time.perf_counter() - start < 5  # 0.4 s on a free machine; a loop over the rows takes ten times the bound
    assert len(result.rows) == 1_000_000


# -- day and hours -----------------------------------------------------------------------------------------------------------


def test_a_weekday_has_nineteen_hundredths_of_the_week():
    assert per_weekday(100.0) == pytest.approx(19)
    assert per_weekday(pd.Series([100.0, 0.0], index=["a", "b"])).to_dict() == {"a": 19, "b": 0}


def test_the_hours_are_those_published_made_to_add_up(shared_data):
    published = published_rows(shared_data / "movements/hourly_profile_weekday.csv", delimiter=",")
    assert round(sum(float(row["share_pct"]) for row in published), 1) == 100.2
    shares = [hourly_share(int(row["hour"])) for row in published]
    assert shares == pytest.approx([float(row["share_pct"]) / 100.2 for row in published])
    assert sum(shares) == pytest.approx(1)


def test_the_morning_carries_fifty_nine_per_cent():
    assert round(sum(hourly_share(hour) for hour in range(8, 12)), 2) == 0.59


def test_movements_by_hour_are_those_of_a_weekday():
    hours = movements_by_hour(100.0)
    assert (hours.index.name, hours.index.tolist()) == ("hour", list(range(24)))
    assert hours.sum() == pytest.approx(19)
    assert hours[10] == pytest.approx(19 * 18.6 / 100.2)
    assert hours.idxmax() == 10


@pytest.mark.parametrize("hour", [-1, 24, 8.5, "8", True, None])
def test_an_hour_that_is_none_is_refused(hour):
    with pytest.raises(ParameterError, match="from 0 to 23"):
        hourly_share(hour)


# -- the files that ship ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [RATES_FILE, CATEGORIES_FILE, WORKFORCE_FILE], ids=lambda path: path.name)
def test_a_spreadsheet_in_french_opens_the_tables_as_they_are(path):
    """A byte order mark for the accents, semicolons between cells, and the same number of them on every line."""
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(content.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert csv_text(rows, delimiter=";") == content.decode("utf-8-sig").replace("\r\n", "\n")
