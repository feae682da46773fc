"""What a firm's file costs: fifty thousand customers with coordinates read, checked, placed, then enriched, as whole processes.

Run as a program (``python -m benchmarks.company make FOLDER``) it makes the files.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from .measure import Measure, RunError, measure
from .points import ROOT
from .registry import Benchmark
from .table import machine, put_section

CUSTOMERS, PERIMETERS, CORNERS, ACCESS_POINTS, BAYS = 50_000, 881, 150, 200, 9_198
_RUNS = 3
LIMITS = {"seconds": 30.0, "peak_mb": 1024.0}
"""What the project asks for: import, checks and enrichment in half a minute, in 1 GB."""

_WEST, _SOUTH, _EAST, _NORTH = 2.25, 48.81, 2.42, 48.91
_HOURS = (None, "Mo-Fr 06:00-11:00", "Mo-Sa 07:00-20:00", "22:00-06:00", "Mo-Fr 08:00-20:00; PH off")


def run_company_benchmark(runs: int | None, folder: Path) -> bool:
    """Measure, print and document; whether the limits are kept."""
    runs = runs or _RUNS
    town = folder / "company"
    if not (town / "bays.csv").exists():
        subprocess.run([sys.executable, "-m", "benchmarks.company", "make", str(town)], cwd=ROOT, check=True)
    turns = [_turn(town, folder / "run.log") for _ in range(runs)]
    rows = [
        ("Import and checks, seconds", median(turn[0].seconds for turn in turns), ""),
        ("Enrichment, seconds", median(turn[1].seconds for turn in turns), ""),
        ("Both, seconds", found_seconds := median(turn[0].seconds + turn[1].seconds for turn in turns), f"{LIMITS['seconds']:g}"),
        ("Greatest peak memory (MB)", found_mb := median(max(part.peak_mb for part in turn) for turn in turns), f"{LIMITS['peak_mb']:g}"),
        ("Enrichment with a workbook (XLSX) beside the layer, seconds", median(turn[2].seconds for turn in turns), ""),
    ]
    passed = found_seconds <= LIMITS["seconds"] and found_mb <= LIMITS["peak_mb"]
    table = "\n".join(["| Measured | Median | At most |", "|---|--:|--:|", *(f"| {name} | {value:.1f} | {limit} |" for name, value, limit in rows)])
    counts = (
        f"{CUSTOMERS} customers of 12 columns with coordinates, {PERIMETERS} perimeters of {CORNERS} corners with dates and hours, {ACCESS_POINTS} "
        f"access points, {BAYS} bays; `import-company`, then `enrich-customers` of its result, whole processes"
    )
    verdict = f"{'PASS' if passed else 'FAIL'}: a firm's file keeps its limits. Turns: {runs}."
    print(f"{table}\n\n{counts}\n{verdict}")
    put_section("A firm's customers", f"{table}\n\n{counts}.\n\n{verdict}\n\nMachine: {machine()}.")
    return passed


def _turn(town: Path, log: Path) -> tuple[Measure, Measure, Measure]:
    """Import, enrichment, and enrichment with a workbook."""
    made = [town / name for name in ("customers.gpkg", "enriched.gpkg", "again.gpkg", "again.xlsx")]
    for old in made:
        old.unlink(missing_ok=True)
    customers, enriched, again, workbook = map(str, made)
    command = [sys.executable, "-m", "joptimiz_qgis"]
    imported = measure([*command, "import-company", str(town / "customers.csv"), "-o", customers], log, {"XDG_CACHE_HOME": str(town / "cache")})
    _check(log, "placed", CUSTOMERS)
    data = ["--perimeters", str(town / "perimeters.geojson"), "--access-points", str(town / "access.csv"), "--bays", str(town / "bays.csv")]
    question = ["--date", "2024-07-26", "--vehicle", "pl,V4,weight=12", "--quiet"]
    plain = measure([*command, "enrich-customers", customers, *data, *question, "-o", enriched], log)
    _check(log, "placed", CUSTOMERS)
    with_table = measure([*command, "enrich-customers", customers, *data, *question, "--table", workbook, "-o", again], log)
    return imported, plain, with_table


def _check(log: Path, name: str, count: int) -> None:
    told = json.loads(next(line for line in reversed(log.read_text(encoding="utf-8").splitlines()) if line.startswith("{")))
    if told[name] != count:
        raise RunError(f"{told[name]} customers are {name} and not {count}, so that the times mean nothing")


def make(folder: Path) -> None:
    """The firm's file and the town's, the same every time."""
    import csv

    import numpy as np

    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(26)

    def places(count: int) -> np.ndarray:
        return chance.uniform((_WEST, _SOUTH), (_EAST, _NORTH), (count, 2)).round(6)

    def write(name: str, header: list[str], rows: list[list[object]], encoding: str = "utf-8") -> None:
        with (folder / name).open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerows([header, *rows])

    header = ["N° client", "Raison sociale", "SIRET", "Adresse", "CP", "Ville", "Longitude", "Latitude", "Jours", "Horaires", "Volume", "Créé le"]
    names = ("Épicerie", "Café", "Boulangerie", "Pharmacie", "Garage", "Librairie", "Fleurs")
    streets = ("rue des Lilas", "avenue Foch", "place de l’Église", "boulevard Voltaire", "impasse du Moulin")
    customers: list[list[object]] = [
        [
            f"C{number:05d}", f"{names[number % 7]} {number // 3}", f"{31_000_000_000_000 + number * 7919:014d}",
            f"{number % 180 + 1} {streets[number % 5]}", f"{75001 + number % 20}", "Paris", *(f"{value:.6f}".replace(".", ",") for value in place),
            "lun-ven", "6h-11h", f"{number % 90 / 2:.1f}".replace(".", ","), f"{number % 28 + 1:02d}/0{number % 9 + 1}/2023",
        ]
        for number, place in enumerate(places(CUSTOMERS))
    ]  # fmt: skip
    write("customers.csv", header, customers, "cp1252")
    write_places(write, places)
    write_perimeters(folder, places(PERIMETERS), chance)


def write_places(write: Any, places: Any) -> None:
    """Bays as the national schema has them, access points of the perimeters."""
    header = ["ID", "LONGITUDE", "LATITUDE", "LONGUEUR", "DISPOSITION", "PARITE_TROTTOIR", "TEMPORALITE_OSM"]
    write("bays.csv", header, [[f"B{number}", *place, 1000, "", "", "Mo-Sa 07:00-20:00"] for number, place in enumerate(places(BAYS))])
    rows = [[f"A{number}", f"P{number % PERIMETERS}", *place] for number, place in enumerate(places(ACCESS_POINTS))]
    write("access.csv", ["id", "perimetre", "longitude", "latitude"], rows)


def write_perimeters(folder: Path, centres: Any, chance: Any) -> None:
    """Stars of many corners with dates and hours."""
    import numpy as np

    angles = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    features = []
    for number, (x, y) in enumerate(centres):
        radius = chance.uniform(0.001, 0.012) * (1 + 0.2 * np.sin(5 * angles))
        ring = np.column_stack([x + radius * np.cos(angles), y + radius * np.sin(angles) * 0.66]).round(6).tolist()
        properties = {
            "id": f"P{number}", "nom": f"Périmètre {number}", "type_peri": ("Rouge", "Bleu", "ZTL", "ZFE")[number % 4],
            "horaires": _HOURS[number % 5], "regl_modalite": "Interdit", "date_debut": f"2024-07-{number % 28 + 1:02d}T0{number % 9}:00:00",
            "date_fin": f"2024-08-{number % 28 + 1:02d}T18:30:00",
        }  # fmt: skip
        geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    (folder / "perimeters.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


BENCHMARK = Benchmark("company", "fifty thousand customers imported, checked and enriched", run_company_benchmark, 40)

if __name__ == "__main__":
    make(Path(sys.argv[2]))
