"""Rows of whatever kind of table → that table: the one place that knows which reader is whose."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..crs import WGS84, known_crs
from ..errors import HeaderError, ParameterError
from ..schema.table import with_none
from .bays import bays_from_raw
from .columns import locate
from .delivery_points import points_from_raw
from .perimeters import perimeters_from_raw
from .places import access_points_from_raw, points_of_interest_from_raw
from .raw import RawTable
from .reading import Reading

READERS = ("access_points", "bays", "delivery_points", "perimeters", "points_of_interest")


def table_from_raw(
    table: str,
    raw: RawTable,
    mapping: str | None = None,
    crs: str | None = None,
    kind: str | None = None,
    coordinates: Sequence[str] = (),
) -> Reading:
    """Rows as published → a table of the kind `table`, by its own reader.

    Parameters
    ----------
    table : str
        One of `READERS`.
    raw : RawTable
    mapping, crs : str, optional
        See the readers; delivery points keep their published columns and take no mapping.
    kind : str, optional
        Of points of interest of which the rows do not say it.
    coordinates : (str, str), optional
        Columns of x and y, where their names do not tell; in `crs`, or in degrees. They come before what a mapping says.

    Returns
    -------
    Reading
        Of perimeters a `PerimeterReading`, which holds their rules too.

    Raises
    ------
    HeaderError, CrsError, DataError, ParameterError
        See the readers.
    """
    raw = dataclasses.replace(raw, rows=_with_text_lists(raw.rows))
    if coordinates and raw.geometry is None:
        raw = _placed(raw, coordinates, crs)
    if table == "bays":
        return bays_from_raw(raw, mapping, crs)
    if table == "perimeters":
        return perimeters_from_raw(raw, mapping, crs)
    if table == "access_points":
        return access_points_from_raw(raw, mapping, crs)
    if table == "points_of_interest":
        return points_of_interest_from_raw(raw, mapping, crs, kind)
    if table == "delivery_points":
        return points_from_raw(raw, crs)
    raise ParameterError("“{key}” is “{value}”. Expected one of: {allowed}", key="table", value=table, allowed=", ".join(READERS))


def _placed(raw: RawTable, coordinates: Sequence[str], crs: str | None) -> RawTable:
    """`raw` with a point of each row out of two columns; missing where they hold none."""
    lacking = [name for name in coordinates if name not in raw.columns]
    if lacking:
        raise HeaderError(
            "“{source}” has no column “{names}”, which should hold the coordinates. Its columns are: {columns}.",
            source=raw.name,
            names="”, “".join(lacking),
            columns=", ".join(raw.columns),
        )
    named = RawTable(raw.name, raw.rows[list(coordinates)].set_axis(["longitude", "latitude"], axis=1), raw.lines)
    geometry, _ = locate(named, crs or WGS84)
    return dataclasses.replace(raw, geometry=geometry if geometry.crs else geometry.set_crs(known_crs(WGS84)))


def _with_text_lists(rows: pd.DataFrame) -> pd.DataFrame:
    """`rows` with lists as text, ``gonflage, DAB``: few formats hold lists, and each makes something else of them."""
    listed = {name: _plain(rows[name]) for name in rows.columns if rows[name].dtype == object}
    return rows.assign(**listed) if listed else rows


def _plain(values: pd.Series) -> pd.Series:
    return with_none(values.map(lambda value: _listed(value) if isinstance(value, (list, tuple, np.ndarray)) else value))


def _listed(values: Any) -> str | None:
    return ", ".join(str(value) for value in values if value is not None) or None
