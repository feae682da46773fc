"""The spatial index of a GeoPackage's layer, packed in one go: GDAL needs three quarters of its time for inserting box after box.

An R-tree of SQLite keeps its nodes in three plain tables (https://www.sqlite.org/rtree.html, “Shadow Tables”): what is written
there is what its own inserts would write, only that the boxes are sorted first (Sort-Tile-Recursive, Leutenegger et al. 1997)
and every node is full. SQLite's `rtreecheck` finds it in order.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator

import numpy as np

from .progress import Progress

_CELL = np.dtype([("id", ">i8"), ("box", ">f4", 4)])
_HEAD = struct.Struct(">HH")
_ROOT = 1
_PAIRS = 250  # a statement: SQLite has had no fewer than 999 places in one
_ROWS_BETWEEN_CHECKS = 200 * _PAIRS


def pack(
    connection: sqlite3.Connection, index: str, ids: np.ndarray, boxes: np.ndarray, progress: Progress | None = None
) -> None:
    """Fill the empty R-tree `index` of two dimensions.

    Parameters
    ----------
    index : str
        Name of the virtual table.
    ids : ndarray of int, shape (n,)
        Keys, each once.
    boxes : ndarray of float, shape (n, 4)
        West, south, east, north; none of them missing.
    """
    if not len(ids):
        return
    node, rowid, parent = (f'"{index}_{part}"' for part in ("node", "rowid", "parent"))
    (size,) = connection.execute(f"SELECT length(data) FROM {node} WHERE nodeno = {_ROOT}").fetchone()  # noqa: S608 # nosec B608 - names of ours
    most = (size - _HEAD.size) // _CELL.itemsize
    cells = np.empty(len(ids), dtype=_CELL)
    cells["id"], cells["box"] = ids, _outward(boxes)
    depth, next_free = 0, _ROOT + 1
    while True:
        cells, starts = _tiled(cells, most)
        last = len(starts) == 1
        numbers = np.array([_ROOT]) if last else np.arange(next_free, next_free + len(starts))
        next_free += 0 if last else len(starts)
        below = np.repeat(numbers, np.diff(np.append(starts, len(cells))))
        order = np.argsort(cells["id"], kind="stable")  # a table grows fastest at its end
        _insert_pairs(connection, parent if depth else rowid, np.column_stack([cells["id"][order], below[order]]), progress or Progress())
        blobs = _nodes(cells, starts, size, depth if last else 0)
        connection.executemany(f"INSERT OR REPLACE INTO {node} VALUES (?, ?)", zip(numbers.tolist(), blobs))  # noqa: S608 # nosec B608
        if last:
            return
        cells, depth = _parents(cells, starts, numbers), depth + 1


def _insert_pairs(connection: sqlite3.Connection, table: str, pairs: np.ndarray, progress: Progress) -> None:
    """Rows of two numbers, many a statement (a third of the time of one a statement); a cancel takes effect every 50 000."""
    many = len(pairs) - len(pairs) % _PAIRS
    sql = f"INSERT INTO {table} VALUES (?, ?)"  # noqa: S608 # nosec B608 - names of ours
    for start in range(0, many, _ROWS_BETWEEN_CHECKS):
        progress.step(start / len(pairs))
        rows = pairs[start : min(start + _ROWS_BETWEEN_CHECKS, many)].reshape(-1, 2 * _PAIRS)
        connection.executemany(sql + ", (?, ?)" * (_PAIRS - 1), rows.tolist())
    connection.executemany(sql, pairs[many:].tolist())


def _outward(boxes: np.ndarray) -> np.ndarray:
    """West, east, south, north in single precision, rounded so that the box is never smaller than what it holds."""
    exact = boxes[:, [0, 2, 1, 3]]
    near = exact.astype("f4")
    for place, outward in enumerate((-np.inf, np.inf, -np.inf, np.inf)):
        inside = near[:, place] > exact[:, place] if outward < 0 else near[:, place] < exact[:, place]
        near[inside, place] = np.nextafter(near[inside, place], np.float32(outward))
    return near


def _tiled(cells: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """`cells` in an order in which every `most` of them lie together, and where each of these groups begins."""
    groups = -(-len(cells) // most)
    slices = int(np.ceil(np.sqrt(groups)))
    west, east, south, north = cells["box"].astype("f8").T
    by_x = np.argsort(west + east)
    band = np.arange(len(cells)) // (most * -(-groups // slices))
    middle = (south + north)[by_x]
    low, extent = middle.min(), float(np.ptp(middle)) or 1.0
    # One key for both: the band, and within it a fraction of less than one for the height.
    return cells[by_x[np.argsort(band + 0.99 * (middle - low) / extent)]], np.arange(0, len(cells), most)


def _nodes(cells: np.ndarray, starts: np.ndarray, size: int, depth: int) -> Iterator[bytes]:
    """What is stored of each node: depth of the tree (the root says it), number of its cells, the cells."""
    packed = cells.tobytes()
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(cells)]):
        content = packed[start * _CELL.itemsize : end * _CELL.itemsize]
        yield (_HEAD.pack(depth, end - start) + content).ljust(size, b"\0")


def _parents(cells: np.ndarray, starts: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """One cell a node: its number, and the box around its cells."""
    above = np.empty(len(starts), dtype=_CELL)
    above["id"] = numbers
    box = cells["box"].astype("f4")
    low, high = np.minimum.reduceat(box, starts, axis=0), np.maximum.reduceat(box, starts, axis=0)
    above["box"] = np.where([True, False, True, False], low, high)
    return above
