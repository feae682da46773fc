"""A real addok, the engine of the Géoplateforme's geocoder, with a Redis of its own; started for tests on this machine only.

It is fed with addresses one a line: identifier, number, street, postcode, town, latitude, longitude.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
import unicodedata
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Address(NamedTuple):
    """A house number."""

    number: str
    street: str
    postcode: str
    town: str
    lat: float
    lon: float


class Running:
    """The geocoder's process and its address."""

    def __init__(self, url: str, process: subprocess.Popen) -> None:
        self.url, self.process = url, process


def documents(addresses: Iterable[Address]) -> Iterator[dict]:
    """Streets as addok loads them: one document a street, with its house numbers; then the towns."""
    streets: dict[tuple[str, str, str], dict[str, dict[str, float]]] = {}
    for one in addresses:
        # « 17 bis » is one token of the number in BANO, two in addok's index: "17 bis"
        number = re.sub(r"^(\d+)\s*(\D.*)$", r"\1 \2", one.number).strip().lower()
        streets.setdefault((one.postcode, one.town, one.street), {})[number] = {"lat": one.lat, "lon": one.lon}
    for (postcode, town, street), numbers in streets.items():
        middle = list(numbers.values())[len(numbers) // 2]
        ident = re.sub(r"\W+", "_", unicodedata.normalize("NFKD", f"{postcode}_{street}").encode("ascii", "ignore").decode().lower())
        yield {"id": ident, "type": "street", "name": street, "postcode": postcode, "city": town, "importance": 0.5, **middle, "housenumbers": numbers}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def addok(folder: Path, addresses: Iterable[Address]) -> Iterator[Running]:
    """An addok with these addresses, as long as it is needed."""
    subprocess.run([ROOT / "scripts" / "servers", "addok"], check=True, timeout=600)
    redis_program = shutil.which("redis-server")
    if redis_program is None:
        raise RuntimeError("addok needs redis-server: apt-get install redis-server")
    folder.mkdir(exist_ok=True)
    redis_port, port = _free_port(), _free_port()
    data, config = folder / "streets.ndjson", folder / "config.py"
    data.write_text("".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents(addresses)), encoding="utf-8")
    config.write_text(f"REDIS = {{'host': '127.0.0.1', 'port': {redis_port}}}\nSQLITE_DB_PATH = {str(folder / 'addok.db')!r}\nLOG_DIR = {str(folder)!r}\nBATCH_WORKERS = 1\n")
    program = ROOT / ".servers" / "addok" / "bin"
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    environment |= {"ADDOK_CONFIG_MODULE": str(config), "SQLITE_DB_PATH": str(folder / "addok.db")}
    log_path = folder / "log"
    with log_path.open("wb") as log:
        redis = subprocess.Popen(
            [redis_program, "--port", str(redis_port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)], stdout=log, stderr=log
        )
        server = None
        try:
            _wait_port(redis_port, redis, log_path)
            for command in (["batch", str(data)], ["ngrams"]):
                done = subprocess.run([program / "addok", *command], env=environment, stdout=log, stderr=log, cwd=folder, timeout=300, check=False)
                if done.returncode:
                    raise RuntimeError(log_path.read_text(errors="replace")[-3000:])
            gunicorn = [program / "gunicorn", "-w", "1", "--timeout", "120", "-b", f"127.0.0.1:{port}", "addok.http.wsgi"]
            server = subprocess.Popen(gunicorn, env=environment, stdout=log, stderr=log, cwd=folder)
            _wait_answer(f"http://127.0.0.1:{port}/search/?q=rue", server, log_path)
            yield Running(f"http://127.0.0.1:{port}", server)
        finally:
            for process in filter(None, (server, redis)):
                process.terminate()
                process.wait()


def _wait_port(port: int, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(log.read_text(errors="replace")[-3000:])


def _wait_answer(url: str, process: subprocess.Popen, log: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            with opener.open(url, timeout=10):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(log.read_text(errors="replace")[-3000:])
