"""`make demo`: what it leaves is whole, portable and says the same figures as the shell."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "joptimiz_qgis" / "resources" / "sample"


def run_demo(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "make_demo.py"), "--out", str(folder / "demo"), *more],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    ran = run_demo(folder)
    assert ran.returncode == 0, ran.stderr
    return folder / "demo", ran.stdout


def test_demo_leaves_four_files_and_nothing_else(demo):
    folder, printed = demo
    assert sorted(path.name for path in folder.iterdir()) == ["demo.gpkg", "demo.qgz", "map.png", "summary.html"]
    assert all(str(path) in printed for path in folder.iterdir())


def test_demo_prints_the_figures_of_the_shell(demo, tmp_path):
    _, printed = demo
    command = [sys.executable, "-m", "joptimiz_qgis", "coverage", "-o", str(tmp_path / "coverage.gpkg")]
    command += ["--points", str(SAMPLE / "establishments.csv"), "--bays", str(SAMPLE / "bays.csv")]
    figures = json.loads(subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout)
    shown = dict(line.split() for line in printed.splitlines() if line.startswith(" "))
    assert int(shown["POINTS_COUNT"]) == figures["points"] == 1250
    assert int(shown["COVERED_COUNT"]) == figures["covered"]
    assert int(shown["BAYS_USABLE"]) == figures["bays_usable"]


def test_demo_project_opens_after_it_was_moved(demo, tmp_path, qgis_app):
    from qgis.core import QgsProject

    moved = shutil.copytree(demo[0], tmp_path / "elsewhere")
    project = QgsProject()
    assert project.read(str(moved / "demo.qgz"))
    layers = list(project.mapLayers().values())
    assert len(layers) == 8
    assert all(layer.isValid() and layer.featureCount() > 0 for layer in layers)
    assert all(str(moved) in layer.source() for layer in layers)
    assert project.layerTreeRoot().findGroup("Visualiz") is not None
    with zipfile.ZipFile(moved / "demo.qgz") as archive:
        text = archive.read(next(name for name in archive.namelist() if name.endswith(".qgs"))).decode()
    assert str(ROOT / "build") not in text


def test_demo_says_in_one_sentence_what_is_wrong(tmp_path):
    ran = run_demo(tmp_path, "--bays", str(tmp_path / "missing.csv"), "--points", str(SAMPLE / "establishments.csv"))
    assert ran.returncode == 1
    assert "missing.csv" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not list((tmp_path / "demo").iterdir())


def test_demo_of_one_file_only_is_wrong_usage(tmp_path):
    assert run_demo(tmp_path, "--bays", str(SAMPLE / "bays.csv")).returncode == 2
