"""A web server for tests, on this machine only: answers as it is told to, misbehaves on request, remembers what it was asked.

Used by the tests of both rooms that go to the network, the toolkit's and the plugin's.
"""

from __future__ import annotations

import base64
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from joptimiz_qgis.toolkit import errors

GEOJSON = b'{"type": "FeatureCollection", "features": [{"type": "Feature", "id": "b1", "properties": {"id": "b1"}, "geometry": {"type": "Point", "coordinates": [2.35, 48.85]}}]}'
PAGE = b"<!DOCTYPE html>\n<html><head><title>Connexion au r\xc3\xa9seau</title></head><body>Identifiez-vous</body></html>"


@dataclass
class Asked:
    """One request as it came."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    target: str
    body: bytes = b""


@dataclass
class Answer:
    """What to answer. `announced` is the length told, where it is not the true one; `silence` seconds pass before, `pause` in the middle."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    announced: int | None = None
    chunked: bool = False
    broken: bool = False
    silence: float = 0.0
    pause: float = 0.0


REFUSALS = [
    (Answer(401), errors.SignInError, "wants to know who asks"),
    (Answer(403), errors.SignInError, "does not allow access to {url}"),
    (Answer(404), errors.NotFoundError, "There is nothing at {url} (HTTP 404)"),
    (Answer(410), errors.NotFoundError, "(HTTP 410)"),
    (Answer(400, b'{"error_code": "ODSQLError", "message": "Unknown field: regpri."}'), errors.NetworkError, "(HTTP 400): Unknown field: regpri. Check"),
    (Answer(500, b"<h1>Internal error</h1>"), errors.ServerError, "failed (HTTP 500): Internal error. Try again later"),
    (Answer(429, headers={"Retry-After": "3600"}), errors.BusyError, "(HTTP 429) and wants a wait of 3600 s"),
    (Answer(body=PAGE), errors.NotDataError, "answered with a web page (“Connexion au réseau”)"),
    (Answer(body=b"<!-- portal --><body>Vous devez <b>accepter</b></body>", headers={"Content-Type": "text/html"}), errors.NotDataError, "(“Vous devez accepter”)"),
    (Answer(body=GEOJSON, announced=len(GEOJSON) + 50), errors.CutShortError, "was cut short"),
    (Answer(body=GEOJSON, chunked=True, broken=True), errors.CutShortError, "was cut short"),
]
"""What a server does, the kind of error that it is to the user, and a part of the sentence: the same in both rooms."""


class WebServer:
    """``server.on("/a", Answer(…), …)``: the answers in turn, the last one for ever; or a function of what was asked."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.routes: dict[str, list[Answer] | Callable[[Asked], Answer]] = {}
        self.asked: list[Asked] = []
        self.answered: list[str] = []
        self.stopping = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server._answer(self)

            def do_POST(self) -> None:
                server._answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
            self.scheme = "https"
        self.http.handle_error = lambda *_: None  # a client that leaves in the middle is what some tests are about

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.http.server_address[1]}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}"

    def on(self, path: str, *answers: Answer | Callable[[Asked], Answer]) -> str:
        """Set what `path` answers; its address."""
        self.routes[path] = answers[0] if callable(answers[0]) else list(answers)
        return self.url + path

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        asked = Asked(parts.path, query, {name.lower(): value for name, value in handler.headers.items()}, handler.path)
        asked.body = handler.rfile.read(int(asked.headers.get("content-length", 0)))
        self.asked.append(asked)
        route = self.routes.get(parts.path, [Answer(404, b"nothing here")])
        answer = route(asked) if callable(route) else route.pop(0) if len(route) > 1 else route[0]
        self.stopping.wait(answer.silence)
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        if answer.chunked:
            handler.send_header("Transfer-Encoding", "chunked")
        elif answer.status != 304:
            handler.send_header("Content-Length", str(len(answer.body) if answer.announced is None else answer.announced))
        handler.end_headers()
        half = len(answer.body) // 2
        for piece in (answer.body[:half], answer.body[half:]):
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if answer.chunked and piece else piece)
            handler.wfile.flush()
            self.stopping.wait(answer.pause)
        if answer.chunked and not answer.broken:
            handler.wfile.write(b"0\r\n\r\n")
        self.answered.append(parts.path)
        if answer.broken or answer.announced is not None:
            handler.close_connection = True

    def stop(self) -> None:
        self.stopping.set()
        self.http.shutdown()
        self.http.server_close()


@contextmanager
def web_server(certificate: Path | None = None) -> Iterator[WebServer]:
    server = WebServer(certificate)
    threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.stop()


def self_signed(folder: Path) -> Path:
    """A certificate that nobody vouches for, with its key, in one file."""
    path = folder / "server.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command, "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True)
    path.write_bytes((folder / "key.pem").read_bytes() + (folder / "cert.pem").read_bytes())
    return path


def signed_in(asked: Asked, user: str, word: str) -> bool:
    """Whether a request carries this user and this pass word (RFC 7617)."""
    return asked.headers.get("authorization") == "Basic " + base64.b64encode(f"{user}:{word}".encode()).decode()


