"""Delivery points and bays clustered like streets; the same seed gives the same points everywhere.

Run as a program (``python -m benchmarks.points city FOLDER``), so that its memory is not counted with what is measured.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

ROOT = Path(__file__).resolve().parent.parent
CRS = 2154
_ORIGIN = (650_000, 6_858_000)


@dataclass(frozen=True)
class Size:
    """How many points and bays, over how many metres, and how many of the points lie within 20 m of a bay."""

    points: int
    bays: int
    extent_m: int
    seed: int
    within_20_m: int


SIZES = {
    "city": Size(200_000, 10_000, 10_000, 1, 89_946),
    "region": Size(2_000_000, 60_000, 60_000, 2, 575_557),
    "country": Size(15_000_000, 100_000, 500_000, 3, 1_080_375),
}


@dataclass(frozen=True)
class Files:
    """The two layers that every program reads, as GeoPackage and as GeoParquet."""

    points: Path
    bays: Path
    parquet_points: Path
    parquet_bays: Path


def generate(size: Size) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Points (n, 2) and bays (m, 2) in metres, an activity a point and a length a bay; the order of the draws matters."""
    import numpy as np

    rng = np.random.default_rng(size.seed)
    centres = rng.uniform(0, size.extent_m, (max(50, size.points // 400), 2))
    points = centres[rng.integers(0, len(centres), size.points)] + rng.normal(0, 60, (size.points, 2))
    bays = points[rng.integers(0, size.points, size.bays)] + rng.normal(0, 15, (size.bays, 2))
    return points + _ORIGIN, bays + _ORIGIN, rng.integers(0, 88, size.points), rng.integers(5, 30, size.bays)


def write_files(name: str, folder: Path) -> None:
    """Write the two layers of a size as GeoParquet, and as GeoPackage unless it is the country."""
    import geopandas as gpd
    import numpy as np
    import shapely

    points, bays, activity, length = generate(SIZES[name])
    files = files_of(name, folder)
    folder.mkdir(parents=True, exist_ok=True)
    tables = (
        (files.bays, files.parquet_bays, {"bay_id": np.arange(len(bays)), "len": length}, bays),
        (files.points, files.parquet_points, {"id": np.arange(len(points)), "naf": activity}, points),
    )
    for path, columnar, columns, places in tables:
        table = gpd.GeoDataFrame(columns, geometry=shapely.points(places), crs=CRS)
        part = path.with_suffix(".part")  # a run that was stopped leaves no half of a layer
        table.to_parquet(part, index=False)
        part.replace(columnar)
        if name != "country":
            part = path.with_suffix(".part.gpkg")
            table.to_file(part, layer=path.stem, engine="pyogrio")
            part.replace(path)


def files_of(name: str, folder: Path) -> Files:
    stems = (folder / f"points_{name}", folder / f"bays_{name}")
    return Files(*(stem.with_suffix(ending) for ending in (".gpkg", ".parquet") for stem in stems))


def ready_files(name: str, folder: Path) -> Files:
    """The layers of a size, made the first time."""
    files = files_of(name, folder)
    needed = (files.parquet_points, files.parquet_bays) + (() if name == "country" else (files.points, files.bays))
    if not all(path.exists() for path in needed):
        subprocess.run([sys.executable, "-m", "benchmarks.points", name, str(folder)], cwd=ROOT, check=True)
    return files


if __name__ == "__main__":
    write_files(sys.argv[1], Path(sys.argv[2]))
