"""Coverage in batches from file to file: the rows of the run in memory, parts, a cluster, and what goes wrong half way."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from conftest import ROOT
from pyarrow import parquet

from joptimiz_qgis.toolkit import coverage_run
from joptimiz_qgis.toolkit.audit import run_audit
from joptimiz_qgis.toolkit.coverage import joined
from joptimiz_qgis.toolkit.coverage_run import cover_file
from joptimiz_qgis.toolkit.errors import CancelledError, ClusterError, FileError, OutputError
from joptimiz_qgis.toolkit.progress import Progress
from joptimiz_qgis.toolkit.read import batches
from joptimiz_qgis.toolkit.read.batches import batch_source, positions_of
from joptimiz_qgis.toolkit.read.bays import read_bays
from joptimiz_qgis.toolkit.read.delivery_points import read_delivery_points
from joptimiz_qgis.toolkit.write.batches import Layout, write_batches

RESULT = ["covered", "nearest_bay", "distance_m", "bays_within", "band_2"]  # “Band” is the points' own
ORIGIN = np.array([652_000.0, 6_862_000.0])


def shops(count=400, seed=3, crs=2154):
    """Points with every kind of column, and codes known, unknown and missing."""
    rng = np.random.default_rng(seed)
    table = gpd.GeoDataFrame(
        {
            "number": np.arange(count),
            "naf": rng.choice(np.array(["5610A", "4711B", "??", None], dtype=object), count),
            "tefet": rng.choice(np.array(["01", "11", "NN", None], dtype=object), count),
            "Band": rng.choice(np.array(["é", "", None], dtype=object), count),
            "small": rng.integers(0, 9, count).astype("int16"),
            "share": rng.uniform(size=count).astype("float32"),
            "open": rng.integers(0, 2, count).astype(bool),
            "seen": pd.to_datetime(rng.integers(0, 2_000_000_000_000, count), unit="ms", utc=True),
        },
        geometry=shapely.points(rng.uniform(0, 900, (count, 2)) + ORIGIN),
        crs=2154,
    )
    table.loc[5, "seen"] = pd.NaT
    return table.to_crs(crs)


@pytest.fixture
def bays(tmp_path):
    rng = np.random.default_rng(8)
    path = tmp_path / "bays.gpkg"
    table = gpd.GeoDataFrame({"id": [f"B{n}" for n in range(60)]}, geometry=shapely.points(rng.uniform(0, 900, (60, 2)) + ORIGIN), crs=2154)
    table.to_file(path)
    return read_bays(path).table


@pytest.fixture
def small_batches(monkeypatch):
    """Many batches, of a size that divides nothing."""
    monkeypatch.setattr(batches, "BATCH_ROWS", 37)


def in_memory(path, bays, options=None):
    audit = run_audit(read_delivery_points(path).table, bays, options)
    return audit, joined(audit.points, audit.columns()).reset_index(drop=True)


def read(path):
    return (gpd.read_parquet(path) if str(path).endswith("parquet") else gpd.read_file(path)).reset_index(drop=True)


def assert_same(found, expected):
    assert len(found) == len(expected)
    assert set(found.columns) - {"geometry"} == set(expected.columns) - {"geometry"}
    for name in expected.columns.drop(expected.geometry.name):
        one, other = (pd.Series(table[name].to_numpy(dtype=object, na_value=None) if hasattr(table[name], "to_numpy") else table[name]) for table in (found, expected))
        missing = one.isna().to_numpy()
        assert (missing == other.isna().to_numpy()).all(), name
        if pd.api.types.is_float_dtype(expected[name]):
            np.testing.assert_allclose(one[~missing].astype(float), other[~missing].astype(float), rtol=1e-12, err_msg=name)
        else:
            assert one[~missing].tolist() == other[~missing].tolist(), name
    assert (shapely.get_coordinates(found.geometry.to_numpy()) == shapely.get_coordinates(expected.geometry.to_numpy())).all()
    assert found.crs == expected.crs


# -- the same as in memory ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("crs", [2154, 4326])
@pytest.mark.parametrize("ending", ["gpkg", "parquet"])
@pytest.mark.parametrize("output", ["gpkg", "parquet"])
def test_the_rows_and_figures_are_those_of_the_run_in_memory(bays, tmp_path, small_batches, ending, output, crs):
    points = tmp_path / f"points.{ending}"
    table = shops(crs=crs)
    table.loc[[7, 100], "geometry"] = [None, shapely.Point()]
    table.to_parquet(points) if ending == "parquet" else table.to_file(points)
    audit, expected = in_memory(points, bays)
    run = cover_file(batch_source(points), bays, tmp_path / f"out.{output}")
    assert_same(read(tmp_path / f"out.{output}"), expected)
    figures, wanted = run.figures(), audit.figures()
    assert figures.keys() == wanted.keys()
    for name, value in wanted.items():
        assert figures[name] == (pytest.approx(value, rel=1e-12) if isinstance(value, float) else value), name
    assert {str(note) for note in run.notes} == {str(note) for note in audit.notes}
    assert (run.reading.imported, run.reading.rejected) == (len(expected), len(table) - len(expected))
    assert [reject.line for reject in run.reading.rejects] == [8, 101]


def test_types_keys_heights_and_moments_are_kept(bays, tmp_path):
    table = shops(50)
    table["geometry"] = shapely.force_3d(table.geometry.to_numpy(), np.arange(50.0))
    table["fid"] = np.arange(50) * 3 + 11
    points, out = tmp_path / "points.gpkg", tmp_path / "out.gpkg"
    table.to_file(points)
    cover_file(batch_source(points), bays, out)

    def declared(path, layer):
        with sqlite3.connect(path) as connection:
            columns = {row[1]: row[2] for row in connection.execute(f'PRAGMA table_info("{layer}")')}
            return columns, connection.execute(f'SELECT fid, seen, open, small FROM "{layer}" ORDER BY fid').fetchall()

    (before, values), (after, kept) = declared(points, "points"), declared(out, "out")
    assert values == kept and values[0][0] == 11
    assert {name: after[name] for name in before} == before
    assert shapely.get_coordinates(gpd.read_file(out).geometry.to_numpy(), include_z=True)[:, 2].tolist() == list(range(50))


def test_only_columns_that_repeat_are_written_with_a_dictionary(bays, tmp_path):
    shops(2_000).to_parquet(tmp_path / "points.parquet")
    cover_file(batch_source(tmp_path / "points.parquet"), bays, tmp_path / "out.parquet")
    group = parquet.ParquetFile(tmp_path / "out.parquet").metadata.row_group(0)
    columns = [group.column(number) for number in range(group.num_columns)]
    with_one = {column.path_in_schema for column in columns if column.has_dictionary_page}
    assert {"naf", "tefet", "nearest_bay", "band_2", "bays_within"} <= with_one
    assert not {"geometry", "number", "share", "distance_m"} & with_one


def test_a_file_without_rows_to_write_is_still_a_geoparquet_file(bays, tmp_path):
    layout = Layout(pa.schema([("number", pa.int64()), ("geometry", pa.binary())]), "geometry", None, bays.crs)
    write_batches(tmp_path / "out.parquet", "", layout, iter(()))
    found = gpd.read_parquet(tmp_path / "out.parquet")
    assert list(found.columns) == ["number", "geometry"] and not len(found) and found.crs == bays.crs


def test_moments_without_zone_stay_without(bays, tmp_path):
    """GDAL's columns take them for UTC: such a file is read as a whole."""
    from joptimiz_qgis.__main__ import main

    table = shops(20)
    table["seen"] = table["seen"].dt.tz_localize(None)
    table.to_file(tmp_path / "points.gpkg")
    assert batch_source(tmp_path / "points.gpkg") is None
    assert main(["coverage", "--quiet", "--points", str(tmp_path / "points.gpkg"), "--bays", str(tmp_path / "bays.gpkg"), "-o", str(tmp_path / "out.gpkg")]) == 0
    assert gpd.read_file(tmp_path / "out.gpkg")["seen"].dropna().tolist() == gpd.read_file(tmp_path / "points.gpkg")["seen"].dropna().tolist()


def test_lines_and_groups_of_points_become_points_as_in_memory(bays, tmp_path):
    table = shops(30)
    table["geometry"] = [shape if n % 3 else shape.buffer(4) if n % 2 else shapely.MultiPoint([shape]) for n, shape in enumerate(table.geometry)]
    points = tmp_path / "points.gpkg"
    table.to_file(points)
    _, expected = in_memory(points, bays)
    run = cover_file(batch_source(points), bays, tmp_path / "out.gpkg")
    assert_same(read(tmp_path / "out.gpkg"), expected)
    assert [str(note).split()[0] for note in run.reading.notes] == ["5"]


def test_rows_without_position_are_kept_where_that_is_asked_for(bays, tmp_path):
    table = shops(20)
    table.loc[[0, 19], "geometry"] = None
    points, out = tmp_path / "points.gpkg", tmp_path / "out.gpkg"
    table.to_file(points)
    run = cover_file(batch_source(points), bays, out, keep_unlocated=True)
    found = read(out)
    assert found["number"].tolist() == list(range(20))
    assert found[RESULT].iloc[[0, 19]].isna().all(axis=None)
    assert (run.summary.points, run.summary.points_without_position) == (18, 2)


def test_the_geopackage_has_a_spatial_index_that_sqlite_finds_in_order(bays, tmp_path):
    points, out = tmp_path / "points.gpkg", tmp_path / "out.gpkg"
    shops(3_000).to_file(points)
    cover_file(batch_source(points), bays, out)
    with sqlite3.connect(out) as connection:
        assert connection.execute("SELECT rtreecheck('rtree_out_geom')").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM rtree_out_geom").fetchone() == (3_000,)
        assert connection.execute("SELECT extension_name FROM gpkg_extensions WHERE table_name = 'out'").fetchone() == ("gpkg_rtree_index",)
    box = (652_100, 6_862_100, 652_400, 6_862_300)
    whole = gpd.read_file(out)
    assert sorted(gpd.read_file(out, bbox=box)["number"]) == sorted(whole.cx[box[0] : box[2], box[1] : box[3]]["number"])


@pytest.mark.parametrize("wkt", ["POINT (1 2)", "POINT Z (1 2 3)", "POINT EMPTY", "POINT (NaN 4)", "LINESTRING (0 0, 4 0)", None])
def test_positions_by_bytes_are_those_of_shapely(wkt):
    import pyarrow as pa

    shape = None if wkt is None else shapely.from_wkt(wkt)
    column = pa.array([b"x", *(None if one is None else shapely.to_wkb(one) for one in (shape, shapely.Point(7, 8)))], type=pa.binary())[1:]
    places = positions_of(column, None).places
    known = {"POINT (1 2)": [1, 2], "POINT Z (1 2 3)": [1, 2], "LINESTRING (0 0, 4 0)": [0, 0]}
    np.testing.assert_array_equal(places[1], [7, 8])
    if wkt == "LINESTRING (0 0, 4 0)":
        assert places[0].tolist()[1] == 0 and 0 <= places[0][0] <= 4
    else:
        np.testing.assert_array_equal(places[0], known.get(wkt, [np.nan, np.nan]))


@pytest.mark.parametrize("name", ["points.csv", "points.geojson"])
def test_text_is_read_as_a_whole(tmp_path, name):
    (tmp_path / name).write_text("x;y\n1;2\n", encoding="utf-8")
    assert batch_source(tmp_path / name) is None


# -- parts -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def parts(tmp_path):
    """A folder of three parts, and the same points in one file."""
    table, folder = shops(900), tmp_path / "parts"
    folder.mkdir()
    for number in range(3):
        table.iloc[number * 300 : (number + 1) * 300].to_parquet(folder / f"{number}.parquet", index=False)
    table.to_parquet(tmp_path / "whole.parquet", index=False, row_group_size=300)
    return folder


def test_a_folder_gives_a_folder_with_the_rows_of_the_whole(bays, parts, tmp_path, folder_is_clean):
    whole = cover_file(batch_source(tmp_path / "whole.parquet"), bays, tmp_path / "whole_out.parquet")
    run = cover_file(batch_source(parts), bays, tmp_path / "out")
    found = pd.concat([gpd.read_parquet(path) for path in sorted((tmp_path / "out").iterdir())], ignore_index=True)
    assert_same(found, read(tmp_path / "whole_out.parquet"))
    assert run.figures() == whole.figures()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["part-00000.parquet", "part-00001.parquet", "part-00002.parquet"]


def spoil_corrupt(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def spoil_inside(path):
    content = bytearray(path.read_bytes())
    content[20:3000] = b"\xff" * 2980
    path.write_bytes(content)


def spoil_columns(path):
    gpd.read_parquet(path).assign(naf=7).to_parquet(path, index=False)


def spoil_page(path):
    path.write_bytes(b"<!doctype html><html>403</html>")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (spoil_corrupt, "“1.parquet” cannot be read"),
        (spoil_inside, "“1.parquet” cannot be read"),
        (spoil_columns, "“1.parquet” has other columns or another coordinate system than “0.parquet” (naf: int64 / "),
        (spoil_page, "“1.parquet” is a web page"),
    ],
)
def test_a_part_that_cannot_be_used_is_named_and_nothing_is_written(bays, parts, tmp_path, spoil, said):
    spoil(parts / "1.parquet")
    with pytest.raises(FileError) as told:
        cover_file(batch_source(parts), bays, tmp_path / "out")
    assert said in str(told.value)
    assert not (tmp_path / "out").exists() and not list(tmp_path.glob(".joptimiz*"))


def test_a_part_that_goes_away_meanwhile_is_told(bays, parts, tmp_path):
    source = batch_source(parts)
    (parts / "2.parquet").unlink()
    with pytest.raises(FileError, match=r"There is no file “.*2.parquet”"):
        cover_file(source, bays, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_without_parts_is_told(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileError, match="holds no GeoParquet file"):
        batch_source(tmp_path / "empty")


def test_a_folder_of_other_things_is_never_replaced(bays, parts, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    for output, overwrite in ((tmp_path / "mine", True), (parts, True), (parts / "inside", False), (parts.parent, True)):
        with pytest.raises(OutputError):
            cover_file(batch_source(parts), bays, output, overwrite=overwrite)
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear" and len(list(parts.iterdir())) == 3


# -- cancel, disk and memory -------------------------------------------------------------------------------------------


class CancelAt(Progress):
    def __init__(self, step):
        self.left = step

    def cancelled(self):
        self.left -= 1
        return self.left < 0


@pytest.mark.parametrize("output", ["out.gpkg", "out.parquet", "out"])
def test_a_cancel_at_any_step_leaves_nothing_but_what_was_there(bays, parts, tmp_path, small_batches, output):
    steps = 0
    while steps < 200:
        try:
            cover_file(batch_source(parts if output == "out" else tmp_path / "whole.parquet"), bays, tmp_path / output, progress=CancelAt(steps))
        except CancelledError:
            assert not (tmp_path / output).exists() and not list(tmp_path.glob(".joptimiz*"))
            steps += 7
            continue
        break
    assert steps > 14 and (tmp_path / output).exists()




@pytest.mark.parametrize("output", ["out.gpkg", "out.parquet"])
def test_a_disk_that_is_full_in_the_middle_is_told_and_the_old_result_stays(bays, tmp_path, output):
    table = shops(20_000)
    table.to_file(tmp_path / "points.gpkg")
    (tmp_path / output).write_bytes(b"old")
    code = (
        f"import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, {resource.RLIM_INFINITY})); "
        "from joptimiz_qgis.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    command = ["coverage", "--overwrite", "--quiet", "--points", tmp_path / "points.gpkg", "--bays", tmp_path / "bays.gpkg", "-o", tmp_path / output]
    done = subprocess.run([sys.executable, "-c", code, *map(str, command)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert f"{output}” cannot be written" in done.stderr and "Traceback" not in done.stderr
    assert (tmp_path / output).read_bytes() == b"old" and not list(tmp_path.glob(".joptimiz*"))


@pytest.fixture
def tiny_disk(tmp_path):
    """A command's beginning that has it see a folder of its own on a disk of two megabytes, and that folder."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["unshare", "--map-root-user", "--mount", "sh", "-c", f'mount -t tmpfs -o size=2m tmpfs "{folder}" && "$@"; code=$?; ls -A "{folder}"; exit $code', "sh"]
    try:
        subprocess.run([*mount, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this system lets nobody mount a small disk (the limit on the size of files is tested everywhere)")
    return mount, folder


@pytest.mark.parametrize("output", ["out.gpkg", "out.parquet", "parts"])
def test_a_disk_without_room_is_told_as_that_and_nothing_stays(bays, tmp_path, tiny_disk, output):
    mount, folder = tiny_disk
    shops(60_000).to_parquet(tmp_path / "points.parquet")
    command = ["coverage", "--quiet", "--points", tmp_path / "points.parquet", "--bays", tmp_path / "bays.gpkg", "-o", folder / output]
    done = subprocess.run([*mount, sys.executable, "-m", "joptimiz_qgis", *map(str, command)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "the disk is full (0 MB left)" in done.stderr and "Traceback" not in done.stderr
    assert done.stdout == ""  # the folder is empty


def test_memory_that_is_used_up_is_told(bays, tmp_path, monkeypatch, capsys):
    from joptimiz_qgis.__main__ import main

    shops(2_000).to_file(tmp_path / "points.gpkg")
    limit = [0]

    def limited(*arguments):  # all that is loaded is loaded: now there is hardly any room left for a batch
        used = int(next(line for line in open("/proc/self/status") if line.startswith("VmSize")).split()[1]) * 1024  # noqa: SIM115, PTH123
        limit[0] = used + 30_000_000
        resource.setrlimit(resource.RLIMIT_AS, (limit[0], before[1]))
        return np.full((10_000_000, 2), np.nan)

    before = resource.getrlimit(resource.RLIMIT_AS)
    monkeypatch.setattr(coverage_run.Plan, "_coverage", limited)
    try:
        code = main(["coverage", "--quiet", "--points", str(tmp_path / "points.gpkg"), "--bays", str(tmp_path / "bays.gpkg"), "-o", str(tmp_path / "out.gpkg")])
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
    assert code == 1
    assert "not enough memory left for “points.gpkg”" in capsys.readouterr().err
    assert not (tmp_path / "out.gpkg").exists() and not list(tmp_path.glob(".joptimiz*"))


# -- a cluster ---------------------------------------------------------------------------------------------------------


def children():
    return {int(pid) for pid in subprocess.run(["pgrep", "-P", str(os.getpid())], capture_output=True, text=True, check=False).stdout.split()}


@pytest.fixture
def cluster():
    from joptimiz_qgis.toolkit.cluster import opened_cluster

    before = children()
    with opened_cluster("local", 2) as cluster:
        yield cluster
    time.sleep(0.5)
    assert not {pid for pid in children() - before if "spawn_main" in open(f"/proc/{pid}/cmdline").read()}, "a worker was left behind"  # noqa: SIM115, PTH123


def slowly(plan, part, path, progress):
    """`write_part`, with time to be killed in."""
    time.sleep(0.6)
    return coverage_run.write_part(plan, part, path, progress)


def test_a_cluster_gives_the_same_table_even_if_a_worker_is_killed(bays, parts, tmp_path, cluster, monkeypatch):
    alone = cover_file(batch_source(tmp_path / "whole.parquet"), bays, tmp_path / "alone.parquet")
    together = cover_file(batch_source(tmp_path / "whole.parquet"), bays, tmp_path / "together.parquet", cluster=cluster)
    assert (tmp_path / "alone.parquet").exists()
    assert gpd.read_parquet(tmp_path / "together.parquet").equals(gpd.read_parquet(tmp_path / "alone.parquet"))
    assert together.figures() == alone.figures()
    workers = list(cluster.client.run(os.getpid).values())
    cover_file(batch_source(parts), bays, tmp_path / "calm")
    killer = threading.Timer(0.3, os.kill, (workers[0], signal.SIGKILL))
    killer.start()
    cover_file(batch_source(parts), bays, tmp_path / "lost", cluster=_Slow(cluster))
    killer.join()
    for name in sorted(path.name for path in (tmp_path / "calm").iterdir()):
        assert gpd.read_parquet(tmp_path / "lost" / name).equals(gpd.read_parquet(tmp_path / "calm" / name))
    assert len(list((tmp_path / "lost").iterdir())) == 3


class _Slow:
    def __init__(self, cluster):
        self.cluster = cluster

    def run(self, work, plan, jobs, progress):
        return self.cluster.run(slowly if work is coverage_run.write_part else work, plan, jobs, progress)


def test_a_broken_part_on_a_cluster_is_the_same_sentence(bays, parts, tmp_path, cluster):
    source = batch_source(parts)
    spoil_inside(parts / "1.parquet")
    with pytest.raises(FileError, match=r"“1.parquet” cannot be read"):
        cover_file(source, bays, tmp_path / "out", cluster=cluster)
    assert not (tmp_path / "out").exists()


def test_an_address_that_does_not_answer_is_told_in_time(monkeypatch):
    from joptimiz_qgis.toolkit import cluster as module

    monkeypatch.setattr(module, "_TIMEOUT_S", 1)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        start = time.monotonic()
        with pytest.raises(ClusterError, match="does not answer within 1 s"), module.opened_cluster(f"tcp://127.0.0.1:{silent.getsockname()[1]}"):
            pass
        assert time.monotonic() - start < 20


def test_the_shell_says_what_a_cluster_cannot_do(bays, tmp_path, capsys):
    from joptimiz_qgis.__main__ import main

    shops(20).to_file(tmp_path / "points.gpkg")
    given = ["coverage", "--quiet", "--points", str(tmp_path / "points.gpkg"), "--bays", str(tmp_path / "bays.gpkg"), "-o", str(tmp_path / "o.parquet")]
    assert main([*given, "--scheduler", "local"]) == 1
    assert "--scheduler measures coverage and movements of GeoParquet files" in capsys.readouterr().err
    shops(20).to_parquet(tmp_path / "points.parquet")
    given[3] = str(tmp_path / "points.parquet")
    assert main([*given, "--scheduler", "nowhere"]) == 1
    assert "is not the address of a Dask scheduler" in capsys.readouterr().err
    assert main(given) == 0
    assert json.loads(capsys.readouterr().out)["points"] == 20
