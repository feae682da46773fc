"""The packed spatial index: in order for SQLite itself, and finding what comparing every box finds."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest

from joptimiz_qgis.toolkit.spatial_index import pack


@pytest.fixture
def tree():
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE tree USING rtree(id, minx, maxx, miny, maxy)")
    return connection


def boxes_of(count, extent=1_000.0):
    rng = np.random.default_rng(count)
    corner = rng.uniform(6.5e5, 6.5e5 + extent, (count, 2))
    return np.hstack([corner, corner + rng.uniform(0, 5, (count, 2))])


@pytest.mark.parametrize("count", [1, 2, 51, 52, 2_601, 2_602, 20_000])  # 51 cells fill a node: one level, two, three
def test_sqlite_finds_it_in_order_and_finds_every_box(tree, count):
    boxes = boxes_of(count)
    ids = np.random.default_rng(1).permutation(count * 3)[:count] + 1
    pack(tree, "tree", ids, boxes)
    assert tree.execute("SELECT rtreecheck('tree')").fetchone() == ("ok",)
    assert tree.execute("SELECT count(*) FROM tree").fetchone() == (count,)
    for west, south in [(6.5e5, 6.5e5), (650_300, 650_300), (650_990, 650_990)]:
        east, north = west + 120, south + 80
        found = {row[0] for row in tree.execute("SELECT id FROM tree WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?", (west, east, south, north))}
        meets = (boxes[:, 2] >= west) & (boxes[:, 0] <= east) & (boxes[:, 3] >= south) & (boxes[:, 1] <= north)
        assert set(ids[meets].tolist()) <= found
        roughly = (boxes[:, 2] >= west - 0.1) & (boxes[:, 0] <= east + 0.1) & (boxes[:, 3] >= south - 0.1) & (boxes[:, 1] <= north + 0.1)
        assert found <= set(ids[roughly].tolist())  # single precision: a few centimetres


def test_a_box_is_never_smaller_than_what_it_holds(tree):
    boxes = boxes_of(500)
    pack(tree, "tree", np.arange(500), boxes)
    kept = np.array(tree.execute("SELECT minx, miny, maxx, maxy FROM tree ORDER BY id").fetchall())
    assert (kept[:, :2] <= boxes[:, :2]).all() and (kept[:, 2:] >= boxes[:, 2:]).all()
    assert np.abs(kept - boxes).max() < 0.13


def test_it_takes_rows_more_and_fewer_like_any_other(tree):
    boxes = boxes_of(3_000)
    pack(tree, "tree", np.arange(3_000), boxes)
    tree.execute("DELETE FROM tree WHERE id % 3 = 0")
    tree.executemany("INSERT INTO tree VALUES (?, ?, ?, ?, ?)", [(9_000 + n, *boxes[n][[0, 2, 1, 3]].tolist()) for n in range(500)])
    assert tree.execute("SELECT rtreecheck('tree')").fetchone() == ("ok",)
    assert tree.execute("SELECT count(*) FROM tree").fetchone() == (2_500,)


def test_nothing_to_index_is_an_empty_tree(tree):
    pack(tree, "tree", np.empty(0, dtype=np.int64), np.empty((0, 4)))
    assert tree.execute("SELECT rtreecheck('tree'), (SELECT count(*) FROM tree)").fetchone() == ("ok", 0)
