"""Services that give features page by page (OGC API Features, WFS) → one GeoJSON file: all of them, none twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from ..errors import NetworkError, NotDataError
from ..messages import Message, tr
from ..progress import Progress
from ..web import Client, Response, host_of, with_params
from .area import Area
from .catalogue import Source

PAGE_SIZE = 1000
"""Features asked for at once; a server gives fewer where its own limit is lower."""

_IDLE_PAGES = 3
"""Pages in a row that bring nothing new: an end where they are empty, a circle where they are not."""

_GEOJSON = {"Accept": "application/geo+json, application/json"}


@dataclass
class Gathered:
    """What the pages gave.

    Attributes
    ----------
    features : int
        Written, each once.
    announced : int or None
        The number that the server said there are; some say what is not so.
    repeated : int
        Features that came again and were left out.
    """

    features: int = 0
    announced: int | None = None
    repeated: int = 0
    seen: set[str] = field(default_factory=set)

    def take(self, feature: dict[str, Any]) -> bool:
        """Whether `feature` is a new one; one without identifier always is."""
        name = feature.get("id")
        if name is not None:
            mark = json.dumps(name)
            if mark in self.seen:
                self.repeated += 1
                return False
            self.seen.add(mark)
        self.features += 1
        return True

    def notes(self, host: str) -> list[Message]:
        """What the user should know of the server's manners."""
        notes = []
        if self.announced is not None and self.announced != self.features:
            notes.append(
                Message("“{host}” announced {announced} features and gave {count}.", host=host, announced=self.announced, count=self.features)
            )
        if self.repeated:
            notes.append(Message("“{host}” gave {count} features more than once; each was taken once.", host=host, count=self.repeated))
        return notes


def gather(source: Source, client: Client, area: Area | None, path: Path, progress: Progress) -> Gathered:
    """Write all features of `source` into `path` as GeoJSON.

    Raises
    ------
    NetworkError
        A page did not come, or is not one; says how many features had come. `path` is then of no use.
    """
    pages = _ogcapi_pages if source.service == "ogcapi" else _wfs_pages
    gathered = Gathered()
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        try:
            for page in pages(source, client, area, progress, gathered):
                for feature in page:
                    if gathered.take(feature):
                        file.write(",\n" if gathered.features > 1 else "\n")
                        json.dump(feature, file, ensure_ascii=False)
        except NetworkError as error:
            if gathered.features:
                error.message = Message("{cause} It stopped after {count} features.", cause=error.message, count=gathered.features)
            raise
        file.write("\n]}\n")
    return gathered


def _ogcapi_pages(
    source: Source, client: Client, area: Area | None, progress: Progress, gathered: Gathered
) -> Iterator[list[dict[str, Any]]]:
    """Follow the ``next`` links (OGC 17-069r4 §7.15): they, and not the numbers announced, say whether there is more.

    JSON is asked for by the header that the standard has for it; a server that wants ``f=json`` gets it by the entry's ``options``.
    """
    params = {"limit": str(PAGE_SIZE), **({"bbox": area.text()} if area else {}), **source.options}
    url: str | None = with_params(f"{source.url.rstrip('/')}/collections/{source.collection}/items", params)
    visited: set[str] = set()
    last: list[dict[str, Any]] = []
    idle = 0
    while url and idle < _IDLE_PAGES:
        visited.add(url)
        response, content = _page(client, url, progress, gathered)
        before, features = gathered.features, content["features"]
        yield features
        url = _next(content, response)
        idle = idle + 1 if gathered.features == before else 0
        if url in visited or (features and (features == last or idle == _IDLE_PAGES)):
            raise NotDataError("The pages of “{host}” lead in circles. Tell its publisher.", host=host_of(response.url))
        last = features


def _next(content: dict[str, Any], response: Response) -> str | None:
    links = content.get("links") or []
    found = next((link.get("href") for link in links if isinstance(link, dict) and link.get("rel") == "next"), None)
    return urljoin(response.url, found) if isinstance(found, str) and found else None


def _wfs_pages(
    source: Source, client: Client, area: Area | None, progress: Progress, gathered: Gathered
) -> Iterator[list[dict[str, Any]]]:
    """Ask for the features from the first not yet given (OGC 09-025r2 §7.7.4); the end is where no new one comes."""
    params = {
        "service": "WFS", "version": "2.0.0", "request": "GetFeature", "typeNames": source.collection,
        "outputFormat": "application/json", "srsName": "EPSG:4326", "count": str(PAGE_SIZE),
    }  # fmt: skip
    if area:  # in this form of the name, and only in it, every server takes latitude first
        params["bbox"] = ",".join(area.text(" ").split()[index] for index in (1, 0, 3, 2)) + ",urn:ogc:def:crs:EPSG::4326"
    first: list[dict[str, Any]] = []
    given = 0
    while True:
        url = with_params(source.url, {**params, "startIndex": str(given), **source.options})
        response, content = _page(client, url, progress, gathered)
        features = content["features"]
        if given and features == first:  # the server does not know startIndex
            if given == PAGE_SIZE or (gathered.announced or 0) > given:
                raise NotDataError("The pages of “{host}” lead in circles. Tell its publisher.", host=host_of(response.url))
            return
        if not features:
            return
        first = first or features
        given += len(features)
        yield features


def _page(client: Client, url: str, progress: Progress, gathered: Gathered) -> tuple[Response, dict[str, Any]]:
    done = min(1.0, gathered.features / gathered.announced) if gathered.announced else 0.0
    progress.step(done, tr("{count} features", count=gathered.features) if gathered.features else "")
    response = client.get(url, headers=_GEOJSON, progress=progress.part(done, done))
    content = response.json()
    if not isinstance(content, dict) or not isinstance(content.get("features"), list):
        raise NotDataError(
            "“{host}” did not answer with a page of features. Check the address, the kind of service and the collection in the catalogue of sources.",
            host=host_of(response.url),
        )
    announced = content.get("numberMatched", content.get("totalFeatures"))
    gathered.announced = announced if isinstance(announced, int) else gathered.announced
    return response, content
