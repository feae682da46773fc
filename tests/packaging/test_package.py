"""The zip: what is in it, what the plugin site would say of it, and whether it works in an empty QGIS profile.

It is built once, by ``scripts/package --working-tree``: a throw-away repository holding the tracked and the new files of
the checkout, so that the work at hand is tested and not the last commit. A release is built the same way from HEAD.
"""

from __future__ import annotations

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import urlparse
from xml.etree import ElementTree as ET

import pyogrio
import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = "joptimiz_qgis"
MEGABYTES = 25_000_000
REQUIRED = ("name", "description", "version", "qgisMinimumVersion", "author", "email", "about", "tracker", "repository")
BOOLEANS = {"experimental": ("True", "False"), "deprecated": ("True", "False"), "server": ("True", "False")}
CATEGORIES = ("Raster", "Vector", "Database", "Mesh", "Web")
PLACEHOLDERS = ("TODO", "FIXME", "XXX", "lorem", "example.", "http://bugs", "http://repo", "http://homepage", "{{", "<your")
ALGORITHMS = ("joptimiz:baycoverage", "joptimiz:coveragereport", "joptimiz:importbays", "joptimiz:importdeliverypoints")


def run(command, **options):
    done = subprocess.run([str(part) for part in command], check=False, capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done


@pytest.fixture(scope="session")
def package(tmp_path_factory):
    if shutil.which("git") is None:
        pytest.fail("git is needed to build the zip")
    output = tmp_path_factory.mktemp("package")
    before = (ROOT / PLUGIN / "metadata.txt").read_bytes()
    run([ROOT / "scripts" / "package", "--working-tree", "--output", output], cwd=ROOT)
    assert (ROOT / PLUGIN / "metadata.txt").read_bytes() == before, "packaging changed the checkout"
    (path,) = output.glob("*.zip")
    return path


@pytest.fixture(scope="session")
def names(package):
    with zipfile.ZipFile(package) as archive:
        assert archive.testzip() is None
        return archive.namelist()


@pytest.fixture(scope="session")
def metadata(package):
    """Read as QGIS and the site read it: with interpolation, so that a lone percent sign is an error here too."""
    parser = configparser.ConfigParser()
    parser.optionxform = str
    with zipfile.ZipFile(package) as archive:
        parser.read_string(archive.read(f"{PLUGIN}/metadata.txt").decode("utf-8"))
    assert parser.sections() == ["general"]
    return dict(parser.items("general"))


# What is inside


def test_name_and_size(package, metadata):
    assert package.name == f"{PLUGIN}.{metadata['version']}.zip"
    assert package.stat().st_size < MEGABYTES


def test_one_folder_and_nothing_that_the_site_refuses(names):
    assert {name.partition("/")[0] for name in names} == {PLUGIN}
    for name in names:
        parts = name.split("/")
        assert ".." not in name
        assert not name.endswith((".pyc", ".pyo", ".so", ".dll", ".exe", ".sh", ".bat", ".zip")), name
        assert not {"__pycache__", "__MACOSX", ".git", "tests", "build", "benchmarks"} & set(parts), name
        assert not any(part.startswith(".") for part in parts), name


def test_what_the_plugin_needs_at_run_time(names):
    needed = (
        "LICENSE",
        "metadata.txt",
        "__init__.py",
        "__main__.py",
        "plugin.py",
        "processing/provider.py",
        "i18n/joptimiz_qgis_fr.qm",
        "i18n/toolkit_fr.json",
        "toolkit/schema/bays.json",
        "resources/mappings/national_v1.json",
        "resources/sample/bays.csv",
        "resources/sample/establishments.csv",
    )
    missing = [name for name in needed if f"{PLUGIN}/{name}" not in names]
    assert not missing


def test_every_shipped_file_of_the_checkout_is_there(names):
    """Ignored by accident (*.zip, build/…) or by export-ignore, a resource would be missing for users only."""
    wanted = {
        str(path.relative_to(ROOT).as_posix())
        for path in (ROOT / PLUGIN).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".ts"
    }
    assert set(names) == wanted


def test_no_executable_file(package):
    with zipfile.ZipFile(package) as archive:
        modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
    assert [name for name, mode in modes.items() if mode & 0o111] == []


def test_licence_is_the_gpl_version_2(package):
    with zipfile.ZipFile(package) as archive:
        text = archive.read(f"{PLUGIN}/LICENSE")
    assert text == (ROOT / "LICENSE").read_bytes()
    assert b"GNU GENERAL PUBLIC LICENSE\n                       Version 2, June 1991" in text
    assert b"END OF TERMS AND CONDITIONS" in text


# Metadata


def test_required_metadata(metadata):
    for key in REQUIRED:
        assert metadata.get(key, "").strip(), key


def test_versions(metadata):
    project = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert re.fullmatch(r"\d+\.\d+\.\d+", metadata["version"])
    assert metadata["version"] == project.group(1)
    assert metadata["qgisMinimumVersion"] == "3.40"
    assert metadata["qgisMaximumVersion"] == "4.99"
    assert "supportsQt6" not in metadata


def test_changelog_holds_this_version(metadata):
    first, *lines = metadata["changelog"].strip().splitlines()
    assert first == f"Version {metadata['version']}:"
    assert lines
    assert all(line.strip() for line in lines)


def test_urls(metadata):
    for key in ("homepage", "repository", "tracker"):
        url = urlparse(metadata[key])
        assert url.scheme == "https", key
        assert "." in url.netloc, key
        assert url.path.startswith("/joptimiz/joptimiz_qgis"), key


def test_no_placeholder(metadata):
    for key, value in metadata.items():
        found = [mark for mark in PLACEHOLDERS if mark.lower() in value.lower()]
        assert not found, f"{key}: {found}"


def test_values_that_the_site_and_qgis_interpret(metadata):
    for key, allowed in BOOLEANS.items():
        assert metadata[key] in allowed
    assert metadata["hasProcessingProvider"] == "yes"
    assert metadata["category"] in CATEGORIES
    assert "/" not in metadata["author"]
    assert re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]+", metadata["email"])
    assert all(tag.strip() for tag in metadata["tags"].split(","))


def test_french_texts(metadata):
    for key in ("description", "about"):
        assert metadata[f"{key}[fr]"].strip()
        assert metadata[f"{key}[fr]"] != metadata[key]
    assert len(metadata["about"].splitlines()) == len(metadata["about[fr]"].splitlines())


def test_icon_is_a_picture_in_the_zip(package, metadata):
    with zipfile.ZipFile(package) as archive:
        icon = archive.read(f"{PLUGIN}/{metadata['icon']}")
    assert ET.fromstring(icon).tag == "{http://www.w3.org/2000/svg}svg"


# The site's scan


def test_scan_of_the_unzipped_plugin(package):
    done = run([sys.executable, ROOT / "scripts" / "scan", package])
    assert done.stdout.rstrip().endswith("0 finding(s)")


@pytest.mark.parametrize(
    ("name", "content", "finding"),
    [
        ("bad.py", "assert True\n", "B101"),
        ("bad.py", "try:\n    x = 1\nexcept Exception:\n    pass\n", "B110"),
        ("keys.json", '{"aws": "AKIA' + "QQQQWWWWEEEERRRR" + '"}\n', "AWS Access Key"),
        ("run.sh", "true\n", "refused"),
    ],
)
def test_scan_finds_what_it_must(tmp_path, name, content, finding):
    """The scan itself: a clean exit of the tools behind it does not mean that they found nothing."""
    folder = tmp_path / "plugin"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / name).write_text(content)
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "scan"), str(folder)], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert finding in done.stdout


# In an empty profile


@pytest.fixture(scope="session")
def qgis_process(tmp_path_factory):
    """Runs qgis_process from a profile of its own, outside the checkout, with the libraries of .venv but not the plugin path."""
    binary = shutil.which("qgis_process")
    if binary is None:
        pytest.fail("qgis_process is not installed: run 'make setup'")
    profile = tmp_path_factory.mktemp("profile")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    packages = Path(pyogrio.__file__).parents[1]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("QGIS_", "JOPTIMIZ_", "PYTEST_"))}
    environment = {
        **inherited,
        "QGIS_CUSTOM_CONFIG_PATH": str(profile),
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(profile),
        "PYTHONPATH": str(packages),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    profile.chmod(0o700)

    def call(*arguments):
        return run([binary, *arguments], cwd=elsewhere, env=environment, timeout=300)

    call.profile = profile
    return call


@pytest.fixture(scope="session")
def installed(qgis_process, package):
    """The plugin, unzipped where QGIS's own installer puts it, and enabled; not there before."""
    assert PLUGIN not in qgis_process("plugins").stdout
    default = qgis_process.profile / "profiles" / "default"
    with zipfile.ZipFile(package) as archive:
        archive.extractall(default / "python" / "plugins")
    (default / "QGIS").mkdir(parents=True, exist_ok=True)
    (default / "QGIS" / "QGIS3.ini").write_text(f"[PythonPlugins]\n{PLUGIN}=true\nprocessing=true\n\n[qgis]\ncheckVersion=false\n")
    return default / "python" / "plugins" / PLUGIN


def test_qgis_lists_the_plugin_as_enabled(qgis_process, installed):
    assert f"* {PLUGIN}" in qgis_process("plugins").stdout.replace("\t", " ")
    assert installed.is_dir()


@pytest.mark.usefixtures("installed")
def test_qgis_lists_the_algorithms(qgis_process):
    providers = json.loads(qgis_process("list", "--json").stdout)["providers"]
    assert set(providers["joptimiz"]["algorithms"]) >= set(ALGORITHMS)


def test_coverage_of_the_sample_town(qgis_process, installed, tmp_path):
    """The figures told are those of the layer written, and those of the command line without QGIS."""
    sample = installed / "resources" / "sample"
    output = tmp_path / "coverage.gpkg"
    points, bays = sample / "establishments.csv", sample / "bays.csv"
    told = qgis_process(
        "run", "joptimiz:baycoverage", "--json", "--", f"POINTS={points}", f"BAYS={bays}", "MAX_DISTANCE=20", f"OUTPUT={output}"
    )
    results = json.loads(told.stdout)["results"]
    rows = pyogrio.read_dataframe(output)
    assert results["POINTS_COUNT"] == len(rows) > 0
    assert results["COVERED_COUNT"] == int((rows["distance_m"] <= 20).sum()) > 0
    assert results["SHARE_POINTS"] == pytest.approx(results["COVERED_COUNT"] / results["POINTS_COUNT"])
    shell = run(
        [sys.executable, "-m", PLUGIN, "coverage", "--points", points, "--bays", bays, "--quiet", "-o", tmp_path / "shell.gpkg"],
        cwd=installed.parent,
    )
    figures = json.loads(shell.stdout)
    assert (figures["points"], figures["covered"]) == (results["POINTS_COUNT"], results["COVERED_COUNT"])
    assert "Traceback" not in told.stderr


def test_a_user_installs_the_zip_and_audits_the_sample_town_in_a_window(package, tmp_path):
    """A real QGIS window in French, on a virtual screen: sample town, audit, result; by the buttons, not by the code."""
    profile = tmp_path / "profile"
    default = profile / "profiles" / "default"
    with zipfile.ZipFile(package) as archive:
        archive.extractall(default / "python" / "plugins")
    (default / "QGIS").mkdir(parents=True)
    settings = f"[PythonPlugins]\n{PLUGIN}=true\nprocessing=true\n\n[locale]\noverrideFlag=true\nuserLocale=fr\n\n[qgis]\ncheckVersion=false\n"
    (default / "QGIS" / "QGIS3.ini").write_text(settings)
    profile.chmod(0o700)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("QGIS_", "QT_", "JOPTIMIZ_", "PYTEST_"))}
    environment = {
        **inherited,
        "QGIS_CUSTOM_CONFIG_PATH": str(profile),
        "XDG_RUNTIME_DIR": str(profile),
        "PYTHONPATH": str(Path(pyogrio.__file__).parents[1]),
        "JOPTIMIZ_SAID": str(tmp_path / "said.json"),
        "JOPTIMIZ_RESULTS": str(tmp_path / "Résultats d’audit"),
    }
    scenario = Path(__file__).with_name("audit_in_window.py")
    screen = ["xvfb-run", "-a", "-s", "-screen 0 1280x900x24"]
    run([*screen, "qgis", "--noversioncheck", "--nologo", "--code", scenario], cwd=tmp_path, env=environment, timeout=180)
    said = json.loads((tmp_path / "said.json").read_text(encoding="utf-8"))
    assert "error" not in said, said["error"]
    assert said["panel"]
    assert "ville exemple est ouverte" in said["message"]
    assert said["dialog"] == "Auditer les aires de livraison"
    assert said["dialog_closed"]
    assert said["lead"].startswith("32,6\u202f% des points de livraison, et ")
    assert "des points de livraison couverts\u202f: 407 sur 1\u202f250" in said["figures"]
    assert {"Ouvrir le rapport", "PDF", "Zoomer sur le plus grand manque"} < set(said["buttons"])
    assert said["files"] == [".gpkg", ".html"]
    assert said["name"] == "Couverture par les aires (20 m)"
    assert said["in_group"]
    assert said["legend"][:2] == ["0–10 m : couvert", "10–20 m : couvert"]
    assert (said["points"], said["covered"]) == (1250, 407)  # 407: computed with shapely alone on the same files
