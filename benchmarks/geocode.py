"""The customers of four districts of Paris through a real addok on this machine: what is placed, how far from the published positions."""

from __future__ import annotations

import importlib
import sys
import tempfile
import time
from pathlib import Path

from .measure import RunError
from .points import ROOT
from .registry import Benchmark
from .table import machine, put_section

DATA = ROOT.parent / "shared" / "data"
DISTRICTS = ("75001", "75002", "75003", "75004")
PLACED, NEAR, NEAR_M = 0.80, 0.97, 50


def run_geocode(_runs: int | None, _folder: Path) -> bool:
    """Geocode, print and document; whether the limits are kept."""
    if not DATA.is_dir():
        raise RunError(f"the real data are not at {DATA}")
    figures = geocoded()
    rows, placed, near = figures["rows"], figures["placed"], figures["near"]
    passed = placed >= PLACED * rows and near >= NEAR * placed and placed + figures["review"] + figures["nowhere"] == rows
    lines = [
        f"{rows} customers, {figures['sent']} distinct addresses sent in {figures['seconds']:.1f} s.",
        f"At a house number: {placed} ({100 * placed / rows:.1f} %).",
        f"Of these within {NEAR_M} m of the published position: {near} ({100 * near / placed:.1f} %).",
        f"In review: {figures['review']}; without position: {figures['nowhere']}.",
        f"{'PASS' if passed else 'FAIL'}: at least {PLACED:.0%} at a house number, {NEAR:.0%} of them within {NEAR_M} m, all others in review.",
    ]
    print("\n".join(lines))
    put_section("Geocoding customers", "\n\n".join([*lines, f"Machine: {machine()}."]))
    return passed


def geocoded() -> dict[str, float]:
    """The figures."""
    import numpy as np
    import pandas as pd

    from joptimiz_qgis.toolkit.company.geocoder import AddressCache, plan
    from joptimiz_qgis.toolkit.company.locate import addresses_of
    from joptimiz_qgis.toolkit.company.pipeline import locate, prepare
    from joptimiz_qgis.toolkit.company.recipe import Recipe
    from joptimiz_qgis.toolkit.web.requests_client import RequestsClient

    sys.path.append(str(ROOT / "tests" / "toolkit"))
    server = importlib.import_module("addok_server")
    bano, customers, published = (
        pd.read_csv(DATA / name, dtype=str, keep_default_na=False)
        for name in ("addresses/bano_paris_1_4.csv", "company/clients_paris.csv", "company/clients_paris_positions.csv")
    )
    addresses = [server.Address(one.numero, one.voie, one.cp, one.ville, float(one.y), float(one.x)) for one in bano.itertuples()]
    customers = customers[customers["code_postal"].isin(DISTRICTS)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clients.csv"
        customers.to_csv(path, index=False)
        with server.addok(Path(folder) / "addok", addresses) as running:
            prepared = prepare(path, Recipe(geocoder=running.url))
            cache = AddressCache(Path(folder) / "cache.sqlite")
            consent = plan(addresses_of(prepared.rows, prepared.recipe.columns), running.url, cache).consent()
            start = time.perf_counter()
            located = locate(prepared, client=RequestsClient(), cache=cache, consent=consent)
            seconds = time.perf_counter() - start
    table = located.places.table
    placed = (table["state"] == "place").to_numpy()
    true = published.set_index("client_id").loc[prepared.rows["client_id"][placed], ["lon", "lat"]].astype(float).to_numpy()
    east = (table["lon"][placed].to_numpy() - true[:, 0]) * 111_320 * np.cos(np.radians(48.86))
    north = (table["lat"][placed].to_numpy() - true[:, 1]) * 111_320
    states = table["state"].value_counts()
    return {
        "rows": len(table), "placed": int(placed.sum()), "near": int((np.hypot(east, north) <= NEAR_M).sum()), "sent": consent.rows,
        "review": int(states.get("a_verifier", 0)), "nowhere": int(states.get("non_place", 0)), "seconds": seconds,
    }  # fmt: skip


BENCHMARK = Benchmark("geocode", "customers of four districts of Paris through a real addok", run_geocode, 20)
