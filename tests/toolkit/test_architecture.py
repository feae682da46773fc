"""The rules that keep the house habitable (ARCHITECTURE.md), by reading the sources and by running without QGIS."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from builders import national_csv

import joptimiz_qgis

PACKAGE = Path(joptimiz_qgis.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))
UPPER_ROOMS = {"processing", "layers", "gui", "plugin"}
MAY_NOT_IMPORT = {"toolkit": UPPER_ROOMS, "processing": {"gui", "plugin"}, "layers": {"gui", "plugin"}, "gui": {"plugin"}}


def name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def in_room(room: str) -> list[Path]:
    return [path for path in SOURCES if path.relative_to(PACKAGE).parts[0] == room]


def imports(path: Path, nodes=None):
    """Full names of what a module imports, ``joptimiz_qgis.toolkit.crs`` for ``from .crs import …``; functions included."""
    package = ["joptimiz_qgis", *path.relative_to(PACKAGE).parent.parts]
    for node in nodes or ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def test_there_is_something_to_check():
    assert len(in_room("toolkit")) > 15


@pytest.mark.parametrize("path", in_room("toolkit"), ids=name)
def test_the_toolkit_knows_nothing_of_qgis(path):
    roots = {module.partition(".")[0] for module in imports(path)}
    assert not roots & {"qgis", "PyQt5", "PyQt6", "PySide2", "PySide6", "sip", "osgeo", "processing"}


@pytest.mark.parametrize(("room", "above"), MAY_NOT_IMPORT.items())
def test_arrows_go_downwards_only(room, above):
    upwards = [
        (name(path), module)
        for path in in_room(room)
        for module in imports(path)
        if module.startswith("joptimiz_qgis.") and module.split(".")[1] in above
    ]
    assert upwards == []


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_iface_at_module_level(path):
    top_level = ast.parse(path.read_text(encoding="utf-8")).body
    assert not [module for module in imports(path, top_level) if module.rpartition(".")[2] == "iface"]


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_shipped_code_prints_nothing_and_asserts_nothing(path):
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    assert [node.lineno for node in nodes if isinstance(node, ast.Assert)] == []
    prints = [node.lineno for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"]
    assert prints == [] or path == PACKAGE / "__main__.py"


NETWORK_ROOM = {"toolkit/web/requests_client.py", "processing/web.py", "toolkit/cluster.py"}  # the last: to the Dask scheduler that the user names
NETWORK = {"requests", "urllib3", "socket", "ssl", "http", "ftplib", "smtplib", "aiohttp", "httpx", "QtNetwork", "pycurl", "telnetlib", "xmlrpc"}
NETWORK_CLASSES = ("QgsNetwork", "QgsBlockingNetwork", "QgsFileDownloader", "QNetwork", "QgsRemote", "QTcpSocket", "QWebSocket")


def network_imports(source: str, path: Path = PACKAGE / "x.py") -> list[str]:
    """What a module imports to reach the network by itself; reading and writing addresses (urllib.parse) is no such thing."""
    found = []
    for module in imports(path, ast.walk(ast.parse(source))):
        parts = module.split(".")
        by_name = NETWORK & set(parts[:3]) and parts[0] != "joptimiz_qgis"
        if by_name or module.startswith(("urllib.request", "urllib.urlopen")) or parts[-1].startswith(NETWORK_CLASSES):
            found.append(module)
    return found


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_one_room_goes_to_the_network(path):
    found = network_imports(path.read_text(encoding="utf-8"), path)
    assert not found or name(path).replace("\\", "/") in NETWORK_ROOM


@pytest.mark.parametrize(
    "line",
    [
        "import requests", "from urllib.request import urlopen", "from urllib import request as r; import urllib.request", "import http.client", "import socket",
        "from qgis.core import QgsBlockingNetworkRequest", "from qgis.core import QgsNetworkAccessManager as m", "from qgis.PyQt.QtNetwork import QNetworkRequest",
    ],
)  # fmt: skip
def test_ways_to_the_network_are_recognised(line):
    assert network_imports(line)
    assert not network_imports("from urllib.parse import urlsplit\nfrom joptimiz_qgis.toolkit.web import Client")


HEAVY = ("requests", "qgis", "PyQt5", "PyQt6", "numpy", "pandas", "geopandas", "shapely", "pyproj", "pyogrio")


@pytest.mark.parametrize("module", ["joptimiz_qgis", "joptimiz_qgis.__main__", "joptimiz_qgis.toolkit.parameters", "joptimiz_qgis.toolkit.dependencies", "joptimiz_qgis.toolkit.sources", "joptimiz_qgis.toolkit.web"])
def test_importing_the_package_loads_nothing_heavy(run_python, module):
    run = run_python("-c", f"import sys, {module}; print(sorted(set(sys.modules) & set({HEAVY!r})))")
    assert (run.code, run.out) == (0, "[]\n")


WITHOUT_QGIS = (
    "import sys; sys.modules.update(dict.fromkeys(['qgis', 'PyQt5', 'PyQt6', 'osgeo']));"
    "from joptimiz_qgis.__main__ import main; sys.exit(main(sys.argv[1:]))"
)


@pytest.mark.parametrize("command", ["read-bays {bays} -o {folder}/out.gpkg", "coverage --points {points} --bays {bays} -o {folder}/out.geojson"])
def test_the_toolkit_works_where_qgis_cannot_be_imported(run_python, write_file, tmp_path, command):
    bays = write_file("bornes.csv", national_csv({}, {}))
    points = write_file("clients.csv", "lon,lat\n2.35,48.85\n")
    run = run_python("-c", WITHOUT_QGIS, *command.format(bays=bays, points=points, folder=tmp_path).split(), "--quiet")
    assert run.json["output"].startswith(str(tmp_path))
    assert run.err == ""
