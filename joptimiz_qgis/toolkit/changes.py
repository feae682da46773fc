"""What changed between two tables: rows that came, went or differ, field by field. Shown before anything is replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .crs import metric_crs, require_crs, to_crs
from .errors import DataError
from .messages import Message, count, decimal, tr
from .schema.table import with_none

GEOMETRY = "geometry"
"""What a change of position or shape is called in `Changes.changed`."""

TOLERANCE_M = 0.5
"""Portals round degrees to six or seven decimals: some 0.1 m."""

_NUMBER_TOLERANCE = 1e-9
_ROUNDING_M = 1e-6
"""What binary numbers and projections add to a distance."""


@dataclass
class Changes:
    """What two tables have in common and what they have not.

    Attributes
    ----------
    key : list of str
        The columns that tell rows from one another.
    added : Index
        Labels, in the new table, of rows whose key the old one has not.
    removed : Index
        Labels, in the old table, of rows whose key the new one has not.
    changed : DataFrame
        One row a changed field: `key` (text), `old_row`, `new_row` (labels in the two tables), `field`, `old`, `new` (values; None
        where missing) and `moved_m` (metres, for ``geometry`` only, NaN else or where one of the two has none).
    unchanged : int
        Rows that are the same in both.
    doubtful : DataFrame
        Rows that cannot be compared: `side` (``old``, ``new``), `row`, `key`, `reason` (``missing``, ``repeated``).
    gone_fields, new_fields : list of str
        Columns that only the old, only the new table has; they are not compared.
    """

    key: list[str]
    added: pd.Index
    removed: pd.Index
    changed: pd.DataFrame
    unchanged: int
    doubtful: pd.DataFrame
    gone_fields: list[str]
    new_fields: list[str]

    @property
    def changed_rows(self) -> int:
        """Rows with at least one changed field."""
        return int(self.changed["new_row"].nunique())

    @property
    def any(self) -> bool:
        """Whether the tables differ in anything."""
        parts = (self.added, self.removed, self.changed, self.doubtful, self.gone_fields, self.new_fields)
        return any(len(part) for part in parts)

    def counts(self) -> dict[str, int]:
        """The figures: added, changed, removed, unchanged, not compared."""
        return {
            "added": len(self.added),
            "changed": self.changed_rows,
            "removed": len(self.removed),
            "unchanged": self.unchanged,
            "not_compared": len(self.doubtful),
        }

    def by_field(self) -> dict[str, int]:
        """Field → in how many rows it changed, the commonest first."""
        return {str(name): int(rows) for name, rows in self.changed["field"].value_counts().items()}

    def sentences(self, most: int = 10) -> list[str]:
        """The changes in words: the counts, then fields, then the first `most` changed values."""
        figures = {name: count(number) for name, number in self.counts().items() if name != "not_compared"}
        said = [tr("{added} rows added, {changed} changed, {removed} removed, {unchanged} unchanged.", **figures)]
        for reason, template in (("missing", _MISSING), ("repeated", _REPEATED)):
            rows = int((self.doubtful["reason"] == reason).sum())
            if rows:
                said.append(tr(template, count=count(rows), key=", ".join(self.key)))
        if self.gone_fields:
            said.append(tr("Columns that are gone: {names}.", names=", ".join(self.gone_fields)))
        if self.new_fields:
            said.append(tr("New columns: {names}.", names=", ".join(self.new_fields)))
        if len(self.changed):
            fields = ", ".join(f"{name} ({count(rows)})" for name, rows in self.by_field().items())
            said.append(tr("Changed fields, with their number of rows: {fields}.", fields=fields))
        said += [_line(row) for row in self.changed.head(most).to_dict("records")]
        return said


_MISSING = Message("{count} rows have no value in “{key}” and cannot be compared.").template
_REPEATED = Message("{count} rows share their value of “{key}” with others and cannot be compared.").template


def compare(
    old: pd.DataFrame,
    new: pd.DataFrame,
    key: str | Sequence[str],
    tolerance: float = TOLERANCE_M,
    ignore: Sequence[str] = (),
) -> Changes:
    """What changed from `old` to `new`.

    Parameters
    ----------
    old, new : DataFrame or GeoDataFrame
        n and m rows, of any index.
    key : str or list of str
        Columns that both have and that tell rows from one another; compared as text, so that 12, 12.0 and “12” meet.
    tolerance : float
        Metres by which a geometry may differ and still be the same (Hausdorff distance, for points the plain one).
    ignore : list of str
        Columns that do not count.

    Returns
    -------
    Changes
        Every row of both tables is in exactly one of its parts. Missing is equal to missing; numbers and dates that are equal are so
        whatever type holds them.

    Raises
    ------
    DataError
        A table lacks a column of the key.
    CrsError
        A geometry has no CRS.
    """
    columns = [key] if isinstance(key, str) else list(key)
    for table in (old, new):
        lacking = [name for name in columns if name not in table.columns]
        if lacking or not columns:
            raise DataError(
                "The tables cannot be compared by “{key}”: one has no such column. Its columns are: {columns}.",
                key=", ".join(lacking),
                columns=", ".join(map(str, table.columns)),
            )
    before, after = _Keyed(old, columns), _Keyed(new, columns)
    doubtful = _doubtful(before, after)
    usable_old, usable_new = before.usable(after), after.usable(before)
    common = usable_new.intersection(usable_old, sort=False)
    changed = _changed(before, after, common, set(columns) | set(ignore), tolerance)
    return Changes(
        key=columns,
        added=after.labels(usable_new.difference(usable_old, sort=False)),
        removed=before.labels(usable_old.difference(usable_new, sort=False)),
        changed=changed,
        unchanged=len(common) - int(changed["new_row"].nunique()),
        doubtful=doubtful,
        gone_fields=_only_in(before, after),
        new_fields=_only_in(after, before),
    )


class _Keyed:
    """A table with its rows' keys as text."""

    def __init__(self, table: pd.DataFrame, columns: list[str]) -> None:
        self.table = table
        self.fields = [str(name) for name in table.columns if name != self.geometry_name]
        parts = [_key_text(table[name]) for name in columns]
        text = parts[0] if len(parts) == 1 else _joined(parts)
        self.keys = with_none(pd.Series(text.to_numpy(dtype=object), index=pd.RangeIndex(len(table)), dtype=object))
        self.missing = self.keys.isna()
        self.repeated = ~self.missing & self.keys.duplicated(keep=False)

    @property
    def geometry_name(self) -> str | None:
        if not isinstance(self.table, gpd.GeoDataFrame) or self.table._geometry_column_name not in self.table.columns:  # noqa: SLF001
            return None
        return str(self.table.geometry.name)

    def usable(self, other: _Keyed) -> pd.Index:
        """Keys that one row has and that are not in doubt in the other table."""
        in_doubt = set(other.keys[other.repeated])
        found = self.keys[~self.missing & ~self.repeated]
        return pd.Index(found[~found.isin(in_doubt)])

    def rows(self, keys: pd.Index) -> np.ndarray:
        """Positions of the rows that have these keys, each of which one row has."""
        known = self.keys[~self.missing & ~self.repeated]
        positions: np.ndarray = pd.Series(known.index, index=known.to_numpy()).reindex(keys).to_numpy(dtype=np.int64)
        return positions

    def labels(self, keys: pd.Index) -> pd.Index:
        return self.table.index[self.rows(keys)]


def _only_in(one: _Keyed, other: _Keyed) -> list[str]:
    names = [name for name in one.fields if name not in other.fields]
    return [*names, GEOMETRY] if one.geometry_name and not other.geometry_name else names


def _key_text(values: pd.Series) -> pd.Series:
    if pd.api.types.is_float_dtype(values):
        return values.map(lambda number: f"{number:.15g}", na_action="ignore").astype(object)
    return values.map(lambda value: str(value).strip() or None, na_action="ignore").astype(object)


def _joined(parts: list[pd.Series]) -> pd.Series:
    """Composite keys; missing only where every part is, as “1, —” still tells a row."""
    frame = pd.concat([part.reset_index(drop=True) for part in parts], axis=1)
    text = frame.astype(object).where(frame.notna(), "").agg(" | ".join, axis=1) if len(frame) else pd.Series(dtype=object)
    return text.where(frame.notna().any(axis=1), None) if len(frame) else text


def _doubtful(before: _Keyed, after: _Keyed) -> pd.DataFrame:
    """Rows whose key is missing or not theirs alone, on either side."""
    parts = []
    for side, table, other in (("old", before, after), ("new", after, before)):
        shared = table.repeated | (~table.missing & table.keys.isin(set(other.keys[other.repeated])))
        for reason, rows in (("missing", table.missing), ("repeated", shared)):
            positions = np.flatnonzero(rows.to_numpy())
            parts.append(
                pd.DataFrame(
                    {"side": side, "row": table.table.index[positions], "key": table.keys.to_numpy()[positions], "reason": reason}, dtype=object
                )
            )
    return pd.concat(parts, ignore_index=True)


def _changed(before: _Keyed, after: _Keyed, common: pd.Index, ignore: set[str], tolerance: float) -> pd.DataFrame:
    old_rows, new_rows = before.rows(common), after.rows(common)
    parts = []
    for name in after.fields:
        if name in before.fields and name not in ignore:
            old, new = before.table[name].iloc[old_rows], after.table[name].iloc[new_rows]
            differs = np.flatnonzero(_differ(old, new))
            parts.append(_part(name, differs, with_none(old.iloc[differs]), with_none(new.iloc[differs])))
    if before.geometry_name and after.geometry_name and GEOMETRY not in ignore:
        parts.append(_moved(before.table.geometry.iloc[old_rows], after.table.geometry.iloc[new_rows], tolerance))
    columns = ["key", "old_row", "new_row", "field", "old", "new", "moved_m"]
    together = pd.concat(parts, ignore_index=True) if parts else _part("", np.empty(0, dtype=np.int64), [], [])
    order = np.argsort(together["at"].to_numpy(dtype=np.int64), kind="stable")  # row by row, as the new table has them
    together = together.iloc[order].reset_index(drop=True)
    at = together["at"].to_numpy(dtype=np.int64)
    together["key"] = common.to_numpy(dtype=object)[at]
    together["old_row"] = before.table.index.to_numpy(dtype=object)[old_rows[at]]
    together["new_row"] = after.table.index.to_numpy(dtype=object)[new_rows[at]]
    return together[columns]


def _part(name: str, at: np.ndarray, old: Any, new: Any, moved: Any = None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "at": at,
            "field": pd.Series([name] * len(at), dtype=object),
            "old": pd.Series(list(old), dtype=object),
            "new": pd.Series(list(new), dtype=object),
            "moved_m": np.full(len(at), np.nan) if moved is None else moved,
        }
    )


def _differ(old: pd.Series, new: pd.Series) -> np.ndarray:
    """Where two columns of the same length differ; equal values of different types do not."""
    missing_old, missing_new = old.isna().to_numpy(), new.isna().to_numpy()
    both = ~missing_old & ~missing_new
    differs: np.ndarray = missing_old != missing_new
    first, second = old.to_numpy(dtype=object)[both], new.to_numpy(dtype=object)[both]
    if pd.api.types.is_numeric_dtype(old) and pd.api.types.is_numeric_dtype(new):
        apart = ~np.isclose(first.astype(float), second.astype(float), rtol=_NUMBER_TOLERANCE, atol=0)
    else:
        apart = _unequal(first, second)
        doubt = np.flatnonzero(apart)  # 12 and “12”, a date and its text: looked at one by one, where they are not plainly equal
        apart[doubt] = [_plain(one) != _plain(other) for one, other in zip(first[doubt], second[doubt])]
    differs[both] = apart
    return differs


def _unequal(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    try:
        return np.asarray(first != second, dtype=bool)
    except ValueError:  # lists in the cells: none is plainly equal
        return np.ones(len(first), dtype=bool)


def _plain(value: Any) -> str:
    """A value as text, the same for every type that may hold it."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value)).lower()
    if isinstance(value, (float, np.floating)):
        return f"{value:.15g}"
    if isinstance(value, np.ndarray):
        return str(value.tolist())
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return str(value).strip()


def _moved(old: gpd.GeoSeries, new: gpd.GeoSeries, tolerance: float) -> pd.DataFrame:
    """Where geometry came, went or lies elsewhere by more than `tolerance` metres."""
    one, other = old.to_numpy(), new.to_numpy()
    gone_old = shapely.is_missing(one) | shapely.is_empty(one)
    gone_new = shapely.is_missing(other) | shapely.is_empty(other)
    distance = np.full(len(one), np.nan)
    both = ~gone_old & ~gone_new
    if both.any():
        require_crs(old, str(Message("old table")))
        require_crs(new, str(Message("new table")))
        same = both.copy()
        if old.crs == new.crs:  # most rows are the same to the last digit: only the others are worth a projection
            same[both] = shapely.equals_exact(one[both], other[both], 0)
            distance[same] = 0.0
            both &= ~same
        distance[both] = _hausdorff(old[both], new[both])
    differs = np.flatnonzero((gone_old != gone_new) | (distance > tolerance + _ROUNDING_M))
    as_text = [[_wkt(shape) for shape in shapes[differs]] for shapes in (one, other)]
    return _part(GEOMETRY, differs, as_text[0], as_text[1], distance[differs])


def _hausdorff(old: gpd.GeoSeries, new: gpd.GeoSeries) -> np.ndarray:
    if not len(new):
        return np.empty(0)
    crs = metric_crs(new)
    first, second = (shapely.force_2d(to_crs(shapes, crs).to_numpy()) for shapes in (old, new))
    distance: np.ndarray = shapely.hausdorff_distance(first, second)
    return distance


def _wkt(shape: Any) -> str | None:
    return None if shape is None or shape.is_empty else str(shapely.to_wkt(shape, rounding_precision=7))


def _line(row: dict[Any, Any]) -> str:
    if row["field"] == GEOMETRY and not np.isnan(row["moved_m"]):
        return tr("{key}: moved by {metres} m", key=row["key"], metres=decimal(row["moved_m"]))
    shown = {name: "—" if row[name] is None else _plain(row[name])[:60] for name in ("old", "new")}
    return tr("{key}, {field}: {old} → {new}", key=row["key"], field=row["field"], **shown)

