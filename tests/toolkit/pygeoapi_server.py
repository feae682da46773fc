"""A real pygeoapi, the reference server of OGC API Features, with generated bays; started for tests on this machine only."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
BAYS = 2_537
PAGE = 100
"""The most that this server gives at once, whatever it is asked for."""

_CONFIGURATION = """\
server:
  bind: {{host: 127.0.0.1, port: {port}}}
  url: http://127.0.0.1:{port}
  mimetype: application/json; charset=UTF-8
  encoding: utf-8
  language: en-US
  gzip: false
  pretty_print: false
  limits: {{default_items: {page}, max_items: {page}, on_exceed: throttle}}
  map: {{url: "https://tile.invalid/{{z}}/{{x}}/{{y}}.png", attribution: none}}
logging: {{level: ERROR}}
metadata:
  identification:
    title: test
    description: test
    keywords: [test]
    keywords_type: theme
    terms_of_service: none
    url: http://127.0.0.1
  license: {{name: none, url: http://127.0.0.1}}
  provider: {{name: test, url: http://127.0.0.1}}
  contact: {{name: test, email: test@example.org, url: http://127.0.0.1}}
resources:
  bays:
    type: collection
    title: bays
    description: generated bays
    keywords: [bays]
    links: []
    extents: {{spatial: {{bbox: [2.2, 48.8, 2.5, 48.95], crs: "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}}}}
    providers:
      - {{type: feature, name: GeoJSON, data: "{data}", id_field: id}}
"""


def bay_features() -> list[dict]:
    """Bays on a grid, 0.002 degrees apart, 59 in a row; their number is their identifier."""
    return [
        {
            "type": "Feature",
            "id": number,
            "properties": {"numero": f"B{number:04}", "longueur": 8 + number % 5},
            "geometry": {"type": "Point", "coordinates": [round(2.25 + 0.002 * (number % 59), 6), round(48.82 + 0.002 * (number // 59), 6)]},
        }
        for number in range(BAYS)
    ]


class Running:
    """The server's process and its address."""

    def __init__(self, url: str, process: subprocess.Popen) -> None:
        self.url, self.process = url, process

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def pygeoapi(folder: Path, features: list[dict] | None = None) -> Iterator[Running]:
    subprocess.run([ROOT / "scripts" / "servers", "pygeoapi"], check=True, timeout=600)
    folder.mkdir(exist_ok=True)
    (folder / "bays.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": bay_features() if features is None else features}))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "config.yml").write_text(_CONFIGURATION.format(port=port, page=PAGE, data=folder / "bays.geojson"))
    program = ROOT / ".servers" / "pygeoapi" / "bin"
    foreign = ("PYTHONPATH", "PROJ_DATA", "GDAL_DATA")  # a QGIS around us
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy") and name not in foreign}
    environment |= {"PYGEOAPI_CONFIG": str(folder / "config.yml"), "PYGEOAPI_OPENAPI": str(folder / "openapi.yml")}
    generate = [program / "pygeoapi", "openapi", "generate", folder / "config.yml", "--output-file", folder / "openapi.yml"]
    subprocess.run(generate, check=True, env=environment, capture_output=True, timeout=120)
    serve = "import sys; from pygeoapi.flask_app import APP; APP.run(host='127.0.0.1', port=int(sys.argv[1]), threaded=True)"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program / "python", "-c", serve, str(port)], env=environment, stdout=log, stderr=log, cwd=folder)
        try:
            _wait(f"http://127.0.0.1:{port}/conformance?f=json", process, folder / "log")
            yield Running(f"http://127.0.0.1:{port}", process)
        finally:
            process.kill()
            process.wait()


def _wait(url: str, process: subprocess.Popen, log: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            with opener.open(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(log.read_text(errors="replace")[-3000:])
