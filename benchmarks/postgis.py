"""The same question asked of PostGIS: the nearest bay by its KNN operator, how many within reach by ST_DWithin; loading told apart.

A server of the distribution's packages, with its usual settings, gone afterwards (tests/plugin/postgres_server.py).
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from .agreement import TOLERANCE_M
from .measure import RunError, measure
from .points import ROOT, SIZES, ready_files
from .registry import Benchmark
from .runners import shell
from .table import machine, put_section

LOAD = """
CREATE TABLE {name} (id bigint, x float8, y float8);
"""
INDEX = """
ALTER TABLE {name} ADD geom geometry(Point, 2154); UPDATE {name} SET geom = ST_SetSRID(ST_MakePoint(x, y), 2154);
CREATE INDEX ON {name} USING gist (geom); ANALYZE {name};
"""
ASK = """
CREATE TABLE result AS SELECT p.id, near.id AS bay, near.distance,
  (SELECT count(*) FROM bays b WHERE ST_DWithin(p.geom, b.geom, 20)) AS within, p.geom
FROM points p CROSS JOIN LATERAL (SELECT b.id, p.geom <-> b.geom AS distance FROM bays b ORDER BY p.geom <-> b.geom LIMIT 1) near;
CREATE INDEX ON result USING gist (geom);
"""


def run_postgis(runs: int | None, folder: Path) -> bool:
    """Measure city and region, compare with ours, print and document."""
    rows = [_size(name, runs or 1, folder) for name in ("city", "region")]
    head = ["| | Loading and indexing (s) | The question (s) | Ours, GeoPackage to GeoPackage (s) |", "|---|--:|--:|--:|"]
    table = "\n".join([*head, *rows])
    agreed = "The same points within 20 m, every distance the same within 1 mm. The question: KNN (`<->`, lateral), ST_DWithin, the result's index."
    print(f"{table}\n\n{agreed}")
    put_section("Coverage beside PostGIS", f"{table}\n\n{agreed}\n\nMachine: {machine()}.")
    return True


def _server() -> Any:
    spec = importlib.util.spec_from_file_location("postgres_server", ROOT / "tests" / "plugin" / "postgres_server.py")
    if spec is None or spec.loader is None:
        raise RunError("tests/plugin/postgres_server.py is missing")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.postgres()


def _size(name: str, runs: int, folder: Path) -> str:
    import os

    files, output = ready_files(name, folder), folder / "out_ours.gpkg"
    code = (
        "import sys, pyarrow as pa, pyarrow.csv as c, geopandas as g; t = g.read_parquet(sys.argv[1]); "
        "c.write_csv(pa.table({'id': t.iloc[:, 0], 'x': t.geometry.x, 'y': t.geometry.y}), sys.argv[2], c.WriteOptions(include_header=False))"
    )
    texts = {table: folder / f"{table}.csv" for table in ("points", "bays")}
    for table, source in (("points", files.parquet_points), ("bays", files.parquet_bays)):
        subprocess.run([sys.executable, "-c", code, str(source), str(texts[table])], check=True)
    loading, asking, ours = [], [], []
    with _server() as server:
        server.make_database("bench")
        for _ in range(runs):
            server.sql("bench", "DROP TABLE IF EXISTS points, bays, result")
            start = time.perf_counter()
            for table, text in texts.items():
                place = ["-h", "127.0.0.1", "-p", str(server.port), "-U", "admin", "-d", "bench"]
                command = [server.programs / "psql", *place, "-Xq", "-v", "ON_ERROR_STOP=1"]
                steps = (LOAD.format(name=table), f"\\copy {table} FROM '{text}' WITH (FORMAT csv)", INDEX.format(name=table))
                script = [word for step in steps for word in ("-c", step)]
                subprocess.run([*command, *script], env={**os.environ, "PGPASSWORD": server.admin_password}, check=True)
            loading.append(time.perf_counter() - start)
            start = time.perf_counter()
            server.sql("bench", ASK)
            asking.append(time.perf_counter() - start)
            output.unlink(missing_ok=True)
            ours.append(measure(shell(files.points, files.bays, output), folder / "run.log").seconds)
        within = int(server.sql("bench", "SELECT count(*) FROM result WHERE distance <= 20"))
        answers = folder / "postgis.csv"
        answers.write_text(server.sql("bench", "SELECT id || ',' || distance FROM result ORDER BY id"), encoding="utf-8")
    _compare(name, within, answers, output)
    return f"| {name} | {median(loading):.2f} | {median(asking):.2f} | {median(ours):.2f} |"


def _compare(name: str, within: int, answers: Path, output: Path) -> None:
    code = (
        "import sys, pandas as pd, pyogrio; a = pd.read_csv(sys.argv[1], header=None, names=['id', 'd']).set_index('id')['d']; "
        "b = pyogrio.read_dataframe(sys.argv[2], columns=['id', 'distance_m'], read_geometry=False).set_index('id')['distance_m']; "
        "print((a - b).abs().max())"
    )
    gap = float(subprocess.run([sys.executable, "-c", code, str(answers), str(output)], check=True, capture_output=True, text=True).stdout)
    if within != SIZES[name].within_20_m or not gap <= TOLERANCE_M:
        raise RunError(f"PostGIS finds {within} points within 20 m, expected {SIZES[name].within_20_m}; a distance differs by {gap} m")


BENCHMARK = Benchmark("postgis", "the same question asked of PostGIS", run_postgis, 25)
