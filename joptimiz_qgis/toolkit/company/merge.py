"""A new export against what was imported before: what is new, changed, unchanged, missing; then one table of both.

Nothing is written here. Corrections of a position made by hand survive, whatever the new file says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..changes import Changes, compare
from ..crs import WGS84
from ..errors import ParameterError
from ..messages import Message, count, tr
from ..schema.table import with_none
from .checks import address_key, name_key, town_key
from .identifiers import compact
from .locate import NOWHERE, PLACED
from .reading import numbers
from .recipe import MISSING_ROWS

KEY, LINE, STATE, ORIGIN = "jz_cle", "jz_ligne", "jz_etat", "jz_origine"
SCORE, TYPE, LABEL, REASON = "jz_score", "jz_type", "jz_libelle", "jz_motif"
REMARKS, FOLLOW, LON, LAT = "jz_remarques", "jz_suivi", "jz_lon", "jz_lat"
OWN_COLUMNS = (KEY, LINE, STATE, ORIGIN, SCORE, TYPE, LABEL, REASON, REMARKS, FOLLOW, LON, LAT)
"""Columns that the import adds behind the firm's own; ``jz_lon``, ``jz_lat`` are the position as it was computed, in degrees."""

BY_HAND, REJECTED = "manuelle", "ecartee"
"""Origins that a person gave: a position, or the word that no candidate is right."""
MARK = "mark"
"""Attribute of an earlier result: what its file was like when it was read."""
PRESENT, ABSENT = "present", "absent"
_MOVED_DEG = 5e-6
"""Half a metre: a point that lies farther from its computed position was moved by somebody."""


@dataclass
class Merged:
    """Old and new as one.

    Attributes
    ----------
    table : GeoDataFrame
        The firm's columns, then `OWN_COLUMNS`; EPSG:4326; the new file's rows in its order, then those it has not.
    changes : Changes or None
        Against the last import; None at the first.
    kept_by_hand : int
        Positions that somebody had corrected, and that were kept.
    to_check : list
        Keys of those among them whose address changed meanwhile.
    missing : str
        What became of the missing rows.
    kept_columns : list of str
        Columns of the last result that the new file has not, a user's own among them: their values stay with their rows.
    before : str
        Mark of the last result's file, as it was compared; empty at the first import.
    """

    table: gpd.GeoDataFrame
    changes: Changes | None = None
    kept_by_hand: int = 0
    to_check: list[str] = field(default_factory=list)
    missing: str = "mark"
    kept_columns: list[str] = field(default_factory=list)
    before: str = ""

    def counts(self) -> dict[str, int]:
        """New, changed, unchanged and missing rows, and positions kept."""
        found = self.changes.counts() if self.changes else {"added": len(self.table), "changed": 0, "unchanged": 0, "removed": 0}
        return {
            "new": found["added"],
            "changed": found["changed"],
            "unchanged": found["unchanged"],
            "missing": found["removed"],
            "kept_by_hand": self.kept_by_hand,
        }

    def sentences(self) -> list[str]:
        """The counts in words; no value of the file."""
        figures = {name: count(number) for name, number in self.counts().items()}
        said = [tr("{new} new, {changed} changed, {unchanged} unchanged, {missing} missing.", **figures)]
        if self.kept_by_hand:
            said.append(tr("{kept_by_hand} {kept_by_hand:?position|positions} corrected by hand {kept_by_hand:?was|were} kept.", **figures))
        if self.to_check:
            said.append(tr("{count} of them {count:?has|have} another address now: check.", count=count(len(self.to_check))))
        if self.kept_columns:
            said.append(tr("Columns that the new file does not have stay as they were: {columns}.", columns=", ".join(self.kept_columns)))
        return said


def keys_of(rows: pd.DataFrame, columns: Mapping[str, str], key: Sequence[str] = ()) -> tuple[pd.Series, Message]:
    """A key for each row, the same next month, and what it is made of.

    Parameters
    ----------
    key : list of str
        Columns that the user chose; else the identifier, else the SIRET, where nine rows in ten have one of their own; else a mark of
        name and address. Rows without one get that mark; a repeated key gets ``#2``, ``#3`` in the file's order.

    Returns
    -------
    keys : Series of str
        Unique.
    said : Message
        What they are made of.
    """
    chosen, said = _chosen(rows, columns, key)
    parts = [rows[name].map(lambda text: " ".join(str(text).split()) or None, na_action="ignore") for name in chosen]
    if parts:
        texts = [" | ".join(cell or "" for cell in cells) if any(cells) else None for cells in zip(*parts)]
        joined = pd.Series(texts, index=rows.index, dtype=object)
        without = joined.isna()
        keys = joined.where(~without, _marks(rows[without], columns)) if without.any() else joined
    else:
        keys = _marks(rows, columns)
    return _numbered(keys), said


def _numbered(keys: pd.Series) -> pd.Series:
    """The keys with a number behind the repeated ones that no other key has."""
    taken, made = set(keys), []
    for text, earlier in zip(keys, keys.groupby(keys, sort=False).cumcount()):
        key, number = text, int(earlier) + 1
        while earlier and key in taken:
            key, number = f"{text}#{number}", number + 1
        taken.add(key)
        made.append(key)
    return pd.Series(made, index=keys.index, dtype=object)


def _chosen(rows: pd.DataFrame, columns: Mapping[str, str], key: Sequence[str]) -> tuple[list[str], Message]:
    if key:
        lacking = [name for name in key if name not in rows.columns]
        if lacking:
            raise ParameterError("The key column “{name}” is not in the file.", name=", ".join(lacking))
        return list(key), Message("Customers are told apart by the column “{column}”.", column=", ".join(key))
    for name in ("id", "siret"):
        if name in columns:
            values = rows[columns[name]]
            if len(values) and values.nunique() >= 0.9 * len(values):
                return [columns[name]], Message("Customers are told apart by the column “{column}”.", column=columns[name])
    return [], Message("No column tells customers apart: name and address do.")


def _marks(rows: pd.DataFrame, columns: Mapping[str, str]) -> pd.Series:
    """A short hash of name and address as all spellings of them are compared; of the whole row where it has neither."""
    folding = {"name": name_key, "siret": compact, "address": address_key, "postcode": lambda text: compact(text).zfill(5), "town": town_key}
    parts = [rows[columns[name]].map(fold, na_action="ignore") for name, fold in folding.items() if name in columns]
    parts = parts or [rows[name] for name in rows.columns]
    return pd.Series([_mark(cells) for cells in zip(*parts)], index=rows.index, dtype=object)


def _mark(cells: Sequence[object]) -> str:
    text = "|".join("" if cell is None else str(cell) for cell in cells)
    return "~" + hashlib.sha256(text.encode()).hexdigest()[:12]


def merge(
    old: gpd.GeoDataFrame | None,
    new: gpd.GeoDataFrame,
    missing: str = "mark",
    place_columns: Sequence[str] = (),
    number_columns: Sequence[str] = (),
) -> Merged:
    """One table of the last import and of a new one.

    Parameters
    ----------
    old : GeoDataFrame or None
        As `merge` gave it last time, EPSG:4326; None at the first import.
    new : GeoDataFrame
        The firm's columns and `OWN_COLUMNS`, EPSG:4326.
    missing : str
        What becomes of rows that the new file has not: ``keep``, ``mark`` (``jz_suivi`` says ``absent``) or ``remove``.
    place_columns : list of str
        Columns that say where a customer is: a change in them makes a position corrected by hand doubtful.
    number_columns : list of str
        Columns whose texts are compared as numbers: 2.350, 2,35 and 2.35 are the same.
    """
    if missing not in MISSING_ROWS:
        raise ParameterError("“{value}” is none of: {allowed}.", value=missing, allowed=", ".join(MISSING_ROWS))
    if old is None:
        return Merged(new, missing=missing)
    before = old.reset_index(drop=True)
    absent = (before[FOLLOW] == ABSENT).to_numpy()
    changes = compare(_comparable(before[~absent], number_columns), _comparable(new, number_columns), KEY)
    table, kept = _with_old_positions(before, new, place_columns)
    kept_columns = [str(name) for name in before.columns if name not in (*new.columns, *OWN_COLUMNS, before.geometry.name)]
    table = table.assign(**_old_values(before, new, kept_columns))
    gone = before[~before[KEY].isin(set(new[KEY]))]
    if missing == "remove":
        gone = gone.iloc[:0]
    elif missing == "mark":
        gone = gone.assign(**{FOLLOW: ABSENT})
    together = pd.concat([table, gone], ignore_index=True) if len(gone) else table.reset_index(drop=True)
    ordered = [name for name in together.columns if name not in (*OWN_COLUMNS, "geometry")]
    result = gpd.GeoDataFrame(together[[*ordered, *OWN_COLUMNS]], geometry=together["geometry"].to_numpy(), crs=WGS84)
    changed_places = set(changes.changed.loc[changes.changed["field"].isin(list(place_columns)), "key"])
    to_check = [key for key in kept if key in changed_places]
    return Merged(result, changes, len(kept), to_check, missing, kept_columns, old.attrs.get(MARK, ""))


def _old_values(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Columns of `old` for the rows of `new`; None where a customer is new."""
    position = {key: at for at, key in enumerate(old[KEY])}
    at = np.array([position.get(key, -1) for key in new[KEY]], dtype=int)
    values = {name: with_none(old[name]).to_numpy(dtype=object) for name in names}
    return {name: np.array([cells[place] if place >= 0 else None for place in at], dtype=object) for name, cells in values.items()}


def _comparable(table: gpd.GeoDataFrame, number_columns: Sequence[str]) -> pd.DataFrame:
    """The firm's own columns and the key, numbers in one writing."""
    plain = pd.DataFrame(table).drop(columns=[name for name in (*OWN_COLUMNS, table.geometry.name) if name != KEY])
    for name in number_columns:
        if name in plain.columns:
            values = numbers(with_none(plain[name]))
            text = plain[name].astype(object).to_numpy(copy=True)
            known = np.isfinite(values)
            text[known] = [f"{value:.15g}" for value in values[known]]
            plain[name] = pd.Series(text, index=plain.index, dtype=object)
    return plain


def moved_by_hand(table: gpd.GeoDataFrame) -> np.ndarray:
    """Rows whose point somebody placed, accepted or moved: said so, or lying elsewhere than it was computed."""
    shapes = table.geometry.to_numpy()
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    x, y = np.full(len(table), np.nan), np.full(len(table), np.nan)
    x[there], y[there] = shapely.get_x(shapes[there]), shapely.get_y(shapes[there])
    lon, lat = (pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=float) for name in (LON, LAT))
    elsewhere = ~((np.abs(x - lon) <= _MOVED_DEG) & (np.abs(y - lat) <= _MOVED_DEG))
    by_hand: np.ndarray = there & (elsewhere | (table[ORIGIN] == BY_HAND).to_numpy())
    return by_hand


def _with_old_positions(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, place_columns: Sequence[str]
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """`new` with the positions that somebody corrected; and with old ones where it has none and the address is the same."""
    position = {key: at for at, key in enumerate(old[KEY])}
    at = np.array([position.get(key, -1) for key in new[KEY]], dtype=int)
    by_hand = moved_by_hand(old)
    hand = (at >= 0) & by_hand[at]
    same = at >= 0
    for name in place_columns:
        if name in old.columns and name in new.columns:
            before, after = with_none(old[name]).to_numpy(dtype=object)[at], with_none(new[name]).to_numpy(dtype=object)
            same &= before == after
    unplaced = (new[STATE] != PLACED).to_numpy()
    was_placed = (old[STATE] == PLACED).to_numpy()[at]
    again = same & unplaced & was_placed & ~hand
    table = new.copy()
    geometry = table.geometry.to_numpy().copy()
    taken = hand | again
    geometry[taken] = old.geometry.to_numpy()[at[taken]]
    looked_at = same & unplaced & ~taken & _same_candidate(old, new, at)
    geometry[looked_at] = None
    for name in (STATE, ORIGIN, SCORE, TYPE, LABEL, LON, LAT):
        values = with_none(table[name]).to_numpy(dtype=object, copy=True)
        values[taken] = with_none(old[name]).to_numpy(dtype=object)[at[taken]]
        if name in {STATE, ORIGIN}:
            values[hand] = PLACED if name == STATE else BY_HAND
            values[looked_at] = NOWHERE if name == STATE else REJECTED
        table[name] = pd.Series(values, index=table.index, dtype=object)
    reasons = table[REASON].to_numpy(dtype=object, copy=True)
    reasons[taken] = None
    reasons[looked_at] = with_none(old[REASON]).to_numpy(dtype=object)[at[looked_at]]
    changed_place = hand & ~same
    reasons[changed_place] = str(Message("the address changed since the position was corrected by hand: check it"))
    table[REASON] = pd.Series(reasons, index=table.index, dtype=object)
    for name in (SCORE, LON, LAT):
        table[name] = pd.to_numeric(table[name], errors="coerce")
    table = table.set_geometry(gpd.GeoSeries(geometry, index=table.index, crs=WGS84))
    return table, [str(key) for key in new[KEY].to_numpy()[hand]]


def _same_candidate(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, at: np.ndarray) -> np.ndarray:
    """Rows whose candidate somebody rejected, and that come with it again, or with none."""
    rejected = (old[ORIGIN] == REJECTED).to_numpy()[at]
    unknown, near = np.isnan(pd.to_numeric(new[LON], errors="coerce").to_numpy(dtype=float)), np.ones(len(new), dtype=bool)
    for name in (LON, LAT):
        before, after = (pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=float) for table in (old, new))
        near &= np.abs(before[at] - after) <= _MOVED_DEG
    same: np.ndarray = rejected & (unknown | near)
    return same


def placed_and_others(table: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """The rows on the map, and those that wait for a person."""
    placed = (table[STATE] == PLACED).to_numpy()
    return table[placed], table[~placed]


