"""What changed between two tables, against cases worked out by hand and against a row-by-row reading of the same tables."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from builders import around_paris, layer
from hypothesis import given
from hypothesis import strategies as st

from joptimiz_qgis.toolkit.changes import compare
from joptimiz_qgis.toolkit.errors import CrsError, DataError
from joptimiz_qgis.toolkit.messages import set_language


def bays(ids, offsets, crs="EPSG:2154", **columns):
    return layer(around_paris(*offsets), crs, id=ids, **columns)


def fields_of(changes):
    return [(row.key, row.field, row.old, row.new) for row in changes.changed.itertuples()]


def test_added_changed_removed_unchanged():
    old = bays(["a", "b", "c", "d"], [(0, 0)] * 4, longueur=[1000, 1200, 900, 800], type=["x", "y", None, "z"]).set_index(pd.Index([10, 11, 12, 13]))
    new = bays(["e", "d", "b", "a"], [(0, 0)] * 4, longueur=[500, 800, 1250, 1000], type=["x", "z", None, "x"])
    changes = compare(old, new, "id")
    assert changes.counts() == {"added": 1, "changed": 1, "removed": 1, "unchanged": 2, "not_compared": 0}
    assert (changes.added.tolist(), changes.removed.tolist()) == ([0], [12])
    assert fields_of(changes) == [("b", "longueur", 1200, 1250), ("b", "type", "y", None)]
    assert changes.changed[["old_row", "new_row"]].drop_duplicates().to_numpy().tolist() == [[11, 2]]
    assert changes.by_field() == {"longueur": 1, "type": 1}


def test_the_same_table_in_another_order_and_another_crs_is_unchanged():
    old = bays(["a", "b", None], [(0, 0), (50, 3), (9, 9)], longueur=[1, None, 3])
    new = old.to_crs(4326).iloc[::-1]
    changes = compare(old, new, "id")
    assert changes.counts() == {"added": 0, "changed": 0, "removed": 0, "unchanged": 2, "not_compared": 2}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([12], ["12"]), ([12.0], [12]), (["12"], [12.0]), ([True], ["true"]), ([None], [np.nan]), ([pd.NA], [None]), (["a "], ["a"]),
        ([0.1 + 0.2], [0.3]), (pd.array([5], dtype="Int64"), [5.0]), ([pd.Timestamp("2026-01-02")], ["2026-01-02T00:00:00"]),
    ],
)  # fmt: skip
def test_values_that_are_the_same_whatever_type_holds_them(old, new):
    changes = compare(pd.DataFrame({"id": ["a"], "v": old}), pd.DataFrame({"id": ["a"], "v": new}), "id")
    assert changes.unchanged == 1
    assert not changes.any


@pytest.mark.parametrize(("old", "new"), [([12], [13]), (["a"], ["A"]), ([None], [0]), ([""], [None]), ([1.5], ["1,5"]), ([True], [False])])
def test_values_that_differ(old, new):
    assert compare(pd.DataFrame({"id": ["a"], "v": old}), pd.DataFrame({"id": ["a"], "v": new}), "id").changed_rows == 1


def test_cells_with_lists():
    old = pd.DataFrame({"id": list("abc"), "v": [["x", "y"], ["x"], None]})
    new = pd.DataFrame({"id": list("abc"), "v": [np.array(["x", "y"]), ["z"], None]})
    assert fields_of(compare(old, new, "id")) == [("b", "v", ["x"], ["z"])]


def test_keys_meet_whatever_type_holds_them():
    changes = compare(pd.DataFrame({"id": [1, 2]}), pd.DataFrame({"id": ["2", "3"]}), "id")
    assert (changes.counts()["added"], changes.counts()["removed"], changes.unchanged) == (1, 1, 1)
    assert compare(pd.DataFrame({"id": [1.0, 2.0]}), pd.DataFrame({"id": [1, 2]}), "id").unchanged == 2


def test_rows_move_by_metres():
    offsets = [(0, 0), (100, 0), (200, 0)]
    old = bays(["a", "b", "c"], offsets)
    new = bays(["a", "b", "c"], [(0.3, 0.4), (100.3, 0.41), (203, 4)])  # 0.5 m: the tolerance; 0.508 m; 5 m
    changes = compare(old, new, "id")
    assert [(row.key, row.field) for row in changes.changed.itertuples()] == [("b", "geometry"), ("c", "geometry")]
    assert changes.changed["moved_m"].to_numpy() == pytest.approx([np.hypot(0.3, 0.41), 5.0], abs=1e-6)
    assert compare(old, new, "id", tolerance=5.1).unchanged == 3
    assert compare(old, new, "id", tolerance=0).changed_rows == 3


def test_shapes_are_compared_and_degrees_measured_in_metres():
    square = shapely.box(652_000, 6_862_000, 652_010, 6_862_010)
    longer = shapely.box(652_000, 6_862_000, 652_012, 6_862_010)
    old = layer([square, square], id=["a", "b"]).to_crs(4326)
    new = layer([longer, square], id=["a", "b"]).to_crs(4326)
    changes = compare(old, new, "id")
    assert (changes.unchanged, changes.changed["moved_m"].tolist()) == (1, [pytest.approx(2.0, abs=0.001)])


def test_a_geometry_that_came_or_went():
    old, new = layer([None, shapely.Point(652_000, 6_862_000)], id=["a", "b"]), layer([shapely.Point(652_000, 6_862_000), shapely.Point()], id=["a", "b"])
    changes = compare(old, new, "id")
    assert [(row.field, row.old, row.new) for row in changes.changed.itertuples()] == [
        ("geometry", None, "POINT (652000 6862000)"),
        ("geometry", "POINT (652000 6862000)", None),
    ]
    assert changes.changed["moved_m"].isna().all()


def test_a_geometry_without_crs_cannot_be_measured():
    with pytest.raises(CrsError, match="does not say its coordinate system"):
        compare(bays(["a"], [(0, 0)], crs=None), bays(["a"], [(5, 0)]), "id")


def test_rows_that_cannot_be_told_apart_are_named_and_never_dropped():
    old = pd.DataFrame({"id": ["a", "a", "b", None, "c"], "v": range(5)})
    new = pd.DataFrame({"id": ["a", "b", "b", "c"], "v": range(4)})
    changes = compare(old, new, "id")
    assert changes.doubtful.to_numpy().tolist() == [
        ["old", 3, None, "missing"],
        ["old", 0, "a", "repeated"], ["old", 1, "a", "repeated"], ["old", 2, "b", "repeated"],
        ["new", 0, "a", "repeated"], ["new", 1, "b", "repeated"], ["new", 2, "b", "repeated"],
    ]  # fmt: skip
    assert fields_of(changes) == [("c", "v", 4, 3)]
    assert "1 rows have no value in “id” and cannot be compared." in changes.sentences()


def test_several_columns_make_a_key():
    old = pd.DataFrame({"rue": ["Ney", "Ney", None], "numero": [1, 2, None], "v": [1, 2, 3]})
    new = pd.DataFrame({"rue": ["Ney", "Ney", "Foch"], "numero": [1, 2, None], "v": [1, 9, 3]})
    changes = compare(old, new, ["rue", "numero"])
    assert changes.counts() == {"added": 1, "changed": 1, "removed": 0, "unchanged": 1, "not_compared": 1}
    assert fields_of(changes) == [("Ney | 2.0", "v", 2, 9)] or fields_of(changes) == [("Ney | 2", "v", 2, 9)]


def test_columns_that_come_and_go_are_named_and_not_compared():
    changes = compare(bays(["a"], [(0, 0)], x=[1], line=[3]), pd.DataFrame({"id": ["a"], "y": [1], "line": [4]}), "id", ignore=["line"])
    assert (changes.gone_fields, changes.new_fields, changes.unchanged) == (["x", "geometry"], ["y"], 1)
    assert changes.any


@pytest.mark.parametrize("key", ["uuid", ["id", "uuid"]])
def test_a_key_that_is_not_there(key):
    with pytest.raises(DataError, match=r"cannot be compared by “uuid”: one has no such column. Its columns are: id"):
        compare(pd.DataFrame({"id": [1]}), pd.DataFrame({"id": [1]}), key)


def test_empty_tables():
    empty = pd.DataFrame({"id": pd.Series(dtype=object)})
    one = pd.DataFrame({"id": ["a"]})
    assert compare(empty, one, "id").added.tolist() == [0]
    assert compare(one, empty, "id").removed.tolist() == [0]
    assert not compare(empty, empty, ["id"]).any


def test_the_sentences():
    old = bays(["a", "b"], [(0, 0), (0, 0)], longueur=[1000.0, None])
    new = bays(["a", "b", "c"], [(0, 0), (30, 40), (0, 0)], longueur=[1200.0, 5.5, 1.0])
    changes = compare(old, new, "id")
    assert changes.sentences() == [
        "1 rows added, 2 changed, 0 removed, 0 unchanged.",
        "Changed fields, with their number of rows: longueur (2), geometry (1).",
        "a, longueur: 1000 → 1200",
        "b, longueur: — → 5.5",
        "b: moved by 50.0 m",
    ]
    set_language("fr")
    assert changes.sentences(most=0)[0] == "Lignes ajoutées\u202f: 1, modifiées\u202f: 2, supprimées\u202f: 0, inchangées\u202f: 0."


values = st.one_of(st.none(), st.integers(0, 3), st.sampled_from(["x", "y"]))
tables = st.lists(st.tuples(st.sampled_from(["a", "b", "c", "d", "e", None]), values, values), max_size=7)


@given(tables, tables)
def test_every_row_is_in_one_part_and_each_field_as_a_plain_reading_says(old_rows, new_rows):
    old, new = (pd.DataFrame(rows, columns=["id", "v", "w"], dtype=object) for rows in (old_rows, new_rows))
    changes = compare(old, new, "id")
    counts = changes.counts()
    common = counts["changed"] + counts["unchanged"]
    doubtful = changes.doubtful["side"].value_counts()
    assert counts["removed"] + common + doubtful.get("old", 0) == len(old)
    assert counts["added"] + common + doubtful.get("new", 0) == len(new)
    alone = [name for name in "abcde" if [row[0] for row in old_rows].count(name) == 1 == [row[0] for row in new_rows].count(name)]
    wanted = {
        (name, field, before, after)
        for name in alone
        for field, before, after in zip("vw", *(next(row[1:] for row in rows if row[0] == name) for rows in (old_rows, new_rows)))
        if before != after
    }
    assert set(fields_of(changes)) == wanted


def test_a_hundred_thousand_rows_give_what_a_merge_gives():
    """Against pandas' own outer merge of the same tables."""
    rows, chance = 100_000, np.random.default_rng(7)
    old = gpd.GeoDataFrame(
        {"id": np.arange(rows).astype(str), "longueur": chance.integers(100, 2000, rows)},
        geometry=shapely.points(2.3 + chance.random(rows) / 10, 48.8 + chance.random(rows) / 10), crs=4326,
    )  # fmt: skip
    new = old.sample(rows - 500, random_state=1).reset_index(drop=True)
    new.loc[:999, "longueur"] += 1
    new.loc[new.index[-300:], "id"] = [f"new{number}" for number in range(300)]
    merged = old.merge(new, on="id", how="outer", indicator=True, suffixes=("_old", "_new"))
    both = merged["_merge"] == "both"
    changes = compare(old, new, "id")
    assert changes.counts() == {
        "added": int((merged["_merge"] == "right_only").sum()),
        "removed": int((merged["_merge"] == "left_only").sum()),
        "changed": int((both & (merged["longueur_old"] != merged["longueur_new"])).sum()),
        "unchanged": int((both & (merged["longueur_old"] == merged["longueur_new"])).sum()),
        "not_compared": 0,
    }
