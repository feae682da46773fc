"""Two portals, by hand in the form that their documentation gives; no real answer was recorded.

Opendatasoft: Explore API v2.1, ``catalog/datasets/{id}/exports/{format}`` (help.opendatasoft.com). data.gouv.fr: API 1, ``datasets/`` with
``data`` and ``next_page``, and the resources of a dataset (guides.data.gouv.fr). The rows have the columns of the files that these portals
publish, with values of our own.
"""

from __future__ import annotations

import json
import re

from builders import csv_text, national_csv

from tests.web_server import Answer, Asked, WebServer

HAUTS_DE_SEINE = ["id", "type", "loc_num", "adresse", "cp", "commune", "code_insee", "longueur", "largeur", "lim_vitesse", "sens", "h_debut", "h_fin", "tonnage", "geo_shape", "geo_point_2d"]
BAYS = {"1": (2.20, 48.80), "2": (2.30, 48.85), "3": (2.31, 48.86)}
"""Identifier → longitude, latitude of the bays that the county publishes."""

BAYS_PATH = "/api/explore/v2.1/catalog/datasets/aires-de-livraison/exports/csv"


def bays_csv(lengths=None, only=tuple(BAYS)) -> bytes:
    """Bays as the county's portal exports them: semicolons, latitude before longitude in geo_point_2d."""
    rows = []
    for name in only:
        x, y = BAYS[name]
        shape = json.dumps({"coordinates": [x, y], "type": "Point"})
        length = (lengths or {}).get(name, "10.0")
        rows.append([name, "LIVRAISON", "DROIT", f"{name} RUE NEY", "92100", "BOULOGNE", "92012", length, "2.0", "50", "UNIQUE", "08:00", "19:00", "0.0", shape, f"{y}, {x}"])
    return b"\xef\xbb\xbf" + csv_text([HAUTS_DE_SEINE, *rows], ";").encode()


def opendatasoft(server: WebServer, lengths=None) -> None:
    """The county's portal: gives the bays in the rectangle asked for, says 304 to who has the newest."""
    etag = f'"{json.dumps(lengths)}"'.replace('""', '"')

    def export(asked: Asked) -> Answer:
        if asked.headers.get("if-none-match") == etag:
            return Answer(304, headers={"ETag": etag})
        box = re.search(r"in_bbox\(geo_point_2d, ([-\d.]+), ([-\d.]+), ([-\d.]+), ([-\d.]+)\)", asked.query.get("where", ""))
        south, west, north, east = map(float, box.groups()) if box else (-90, -180, 90, 180)
        only = [name for name, (x, y) in BAYS.items() if west <= x <= east and south <= y <= north]
        return Answer(body=bays_csv(lengths, only), headers={"ETag": etag, "Content-Type": "application/csv; charset=utf-8"}, chunked=True)

    server.on(BAYS_PATH, export)


def resource(server: WebServer, name: str, title: str, kind: str, schema: str = "") -> dict:
    return {
        "id": name, "title": title, "type": "main", "filetype": "file", "format": kind, "mime": "text/csv", "filesize": None,
        "url": f"{server.url}/static/{name}.{kind}", "latest": f"{server.url}/fr/datasets/r/{name}",
        "last_modified": "2026-09-01T10:00:00+00:00", "schema": {"name": schema, "version": "1.0.0", "url": None} if schema else None,
    }  # fmt: skip


def dataset(name: str, resources: list[dict], publisher: str | None = "Ville") -> dict:
    organization = {"id": "o", "name": publisher} if publisher else None
    return {"id": name, "slug": name, "title": f"Données {name}", "license": "lov2", "organization": organization, "resources": resources}


def datagouv(server: WebServer, datasets: list[dict], page_size: int = 2) -> None:
    """The national portal: a list by pages, each dataset by its name, and the permanent addresses of files, which redirect."""

    def listing(asked: Asked) -> Answer:
        page = int(asked.query.get("page", 1))
        some = [item for item in datasets if asked.query["schema"] in {(part["schema"] or {}).get("name") for part in item["resources"]}]
        following = f"{server.url}/api/1/datasets/?schema={asked.query['schema']}&page={page + 1}&page_size={page_size}"
        content = {
            "data": some[(page - 1) * page_size : page * page_size], "page": page, "page_size": page_size, "total": len(some),
            "next_page": following if page * page_size < len(some) else None, "previous_page": None,
        }  # fmt: skip
        return Answer(body=json.dumps(content).encode())

    server.on("/api/1/datasets/", listing)
    for item in datasets:
        server.on(f"/api/1/datasets/{item['slug']}/", Answer(body=json.dumps(item).encode()))
        for part in item["resources"]:
            server.on(f"/fr/datasets/r/{part['id']}", Answer(302, headers={"Location": part["url"]}))


def national_bays(*names: str) -> bytes:
    """A file of the national schema with these bays."""
    return national_csv(*({"ID": name, "UUID": f"u-{name}"} for name in names)).encode()
