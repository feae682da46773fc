"""A proxy on this machine for tests: answers as addok does, whatever host is asked for, and keeps every byte that it was sent."""

from __future__ import annotations

import csv
import email
import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from joptimiz_qgis.toolkit.company.geocoder import SENT_COLUMNS


class RecordingProxy:
    """A proxy that answers as addok does, whatever host is asked for, and keeps every byte that it was sent; `seen` has method, target, headers, body."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                proxy.seen.append((self.command, self.path, dict(self.headers), body))
                answer = proxy.answer(self.headers.get("content-type", ""), body)
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def do_GET(self) -> None:
                self.do_POST()

            def do_CONNECT(self) -> None:
                self.do_POST()

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def table(self, kind: str, body: bytes) -> list[dict[str, str]]:
        message = email.message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
        (data,) = [part for part in message.get_payload() if part.get_param("name", header="content-disposition") == "data"]
        return list(csv.DictReader(io.StringIO(data.get_payload(decode=True).decode("utf-8"), newline="")))

    def answer(self, kind: str, body: bytes) -> bytes:
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, [*SENT_COLUMNS, "latitude", "longitude", "result_label", "result_score", "result_type", "result_postcode"])
        writer.writeheader()
        for row in self.table(kind, body):
            found = {"latitude": 48.86, "longitude": 2.34, "result_label": row["adresse"], "result_score": 0.9, "result_type": "housenumber"}
            writer.writerow({**row, **found, "result_postcode": row["code_postal"]})
        return out.getvalue().encode()

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()
