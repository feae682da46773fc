"""What the toolkit's tests share: the real data, the language, files made on the spot, the command line."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from joptimiz_qgis.toolkit.messages import set_language

# Elsewhere every run tries other examples; what the continuous integration says is to depend on the change alone.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

ROOT = Path(__file__).parents[2]
SHARED_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def project_root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real open data; nothing of it is copied into the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the real data are not at {SHARED_DATA} (see its SOURCES.md)")
    return SHARED_DATA


@pytest.fixture(autouse=True)
def english():
    """Sentences in English, whatever the machine and whatever the test before chose."""
    set_language("en")
    yield
    set_language("en")


@pytest.fixture
def write_file(tmp_path):
    """``write_file("a.csv", text_or_bytes)`` → its path."""

    def write(name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


@pytest.fixture
def folder_is_clean(tmp_path):
    """``folder_is_clean(but=[…])``: the test's folder holds nothing but these files, hidden ones included."""

    def check(but=()) -> bool:
        return sorted(path.name for path in tmp_path.iterdir()) == sorted(Path(name).name for name in but)

    return check


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Run:
    """One finished run of the command line."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> dict:
        """The one JSON object on standard output."""
        assert self.code == 0, self.err
        assert self.out.count("\n") == 1
        return json.loads(self.out)


@pytest.fixture(scope="session")
def run_python():
    """``run_python("-m", "joptimiz_qgis", …)`` in a process of its own; a traceback fails the test."""

    def run(*arguments: str | Path, lang: str = "C.UTF-8", **environment: str) -> Run:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=ROOT,
            env={**inherited, "LANG": lang, **environment},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Run(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def cli(run_python):
    """``cli("read-bays", file, "-o", out)``: a run of ``python -m joptimiz_qgis``."""

    def run(*arguments: str | Path, **options: str) -> Run:
        return run_python("-m", "joptimiz_qgis", *arguments, **options)

    return run
