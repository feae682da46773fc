"""A made-up survey of real bays: moved, dropped, added, altered, without identifiers; and what is truly the same bay.

Used by the tests and by ``python -m benchmarks merge``. Nothing here looks at how bays are matched.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

SPELLINGS = (("RUE", "r."), ("BD", "Boulevard"), ("AV", "avenue"), ("AVENUE", "av."), ("PL", "Place"), ("BOULEVARD", "bd"))


@dataclass
class MadeSurvey:
    """A survey, and for each of its rows the label of the inventory's bay that it is; None for a bay that was added."""

    table: gpd.GeoDataFrame
    truth: dict[int, object]
    dropped: list[object]


def made_survey(
    inventory: gpd.GeoDataFrame, seed: int, moved_m: float = 6.0, dropped: float = 0.1, added: float = 0.1, altered: float = 0.2
) -> MadeSurvey:
    """Take bays, move each by 0–`moved_m` in any direction, drop some, add some, alter attributes of some; identifiers are removed.

    Added bays lie 8–60 m from a real one, in its street with another number, as a bay that was painted since would.
    """
    rng = np.random.default_rng(seed)
    bays = inventory.to_crs(2154)
    count = len(bays)
    gone = set(rng.choice(count, round(dropped * count), replace=False).tolist())
    stays = [place for place in range(count) if place not in gone]
    parts = [bays.iloc[stays].copy()]
    truth: list[object] = [bays.index[place] for place in stays]
    fresh = bays.iloc[rng.choice(count, round(added * count))].copy()
    fresh["adresse"] = [_renumbered(text, int(step)) for text, step in zip(fresh["adresse"], rng.choice([-6, -4, -2, 2, 4, 6], len(fresh)))]
    fresh["longueur"] = rng.uniform(700, 2000, len(fresh)).round()
    fresh["geometry"] = _moved(fresh.geometry, rng, 8, 60)
    parts[0]["geometry"] = _moved(parts[0].geometry, rng, 0, moved_m)
    table = gpd.GeoDataFrame(pd.concat([*parts, fresh], ignore_index=True), crs=2154)
    truth += [None] * len(fresh)
    for row in rng.choice(len(stays), round(altered * len(stays)), replace=False):
        _alter(table, int(row), rng)
    order = rng.permutation(len(table))
    table = table.iloc[order].reset_index(drop=True).to_crs(4326)
    table["uuid"], table["id"], table["nom"] = None, None, None
    table["longitude"], table["latitude"] = table.geometry.x.round(7), table.geometry.y.round(7)
    table["source"], table["source_ligne"] = "releve", np.arange(2, len(table) + 2)
    return MadeSurvey(table, {row: truth[place] for row, place in enumerate(order)}, [bays.index[place] for place in sorted(gone)])


def _moved(geometry: gpd.GeoSeries, rng: np.random.Generator, least: float, most: float) -> np.ndarray:
    distance, angle = rng.uniform(least, most, len(geometry)), rng.uniform(0, 2 * np.pi, len(geometry))
    return shapely.points(geometry.x + distance * np.cos(angle), geometry.y + distance * np.sin(angle))


def _renumbered(address: str, step: int) -> str:
    first, _, rest = str(address).partition(" ")
    return f"{max(1, int(first) + step)} {rest}" if first.isdigit() else address


def _alter(table: gpd.GeoDataFrame, row: int, rng: np.random.Generator) -> None:
    """One to three of what surveyors do: another spelling, a number, a street, a side, a length, a state, nothing at all."""
    for what in rng.choice(["spelling", "number", "street", "side", "length", "state", "no_address"], int(rng.integers(1, 4)), replace=False):
        address = str(table.loc[row, "adresse"])
        if what == "spelling":
            for long, short in SPELLINGS:
                address = address.replace(f"{long} ", f"{short} ")
            table.loc[row, "adresse"] = address.title() if rng.random() < 0.5 else address.lower()
        elif what == "number":
            table.loc[row, "adresse"] = _renumbered(address, int(rng.choice([-4, -2, 2, 4])))
        elif what == "street":
            table.loc[row, "adresse"] = str(table.loc[int(rng.integers(len(table))), "adresse"])
        elif what == "side":
            table.loc[row, "parite_trottoir"] = {"pair": "impair", "impair": "pair"}.get(table.loc[row, "parite_trottoir"], "inconnu")
        elif what == "length":
            table.loc[row, "longueur"] = round(float(table.loc[row, "longueur"]) + rng.normal(0, 150), 0)
        elif what == "state":
            table.loc[row, "marquage_etat"] = str(rng.choice(["bon état", "dégradé", "absent"]))
        elif what == "no_address":
            table.loc[row, "adresse"] = None
