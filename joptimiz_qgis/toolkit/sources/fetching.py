"""Sources → local copies. The only way in which the plugin asks a portal for data, and only when this is called."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from ..errors import NetworkError
from ..messages import Message, tr
from ..progress import Progress
from ..web import Client, host_of, with_params
from .area import Area
from .catalogue import Source
from .copies import Copy, Origin, check_whole, copy_path, find_copy, keep, workshop
from .datagouv import RemoteFile, find_files
from .pages import gather

TIMEZONE = "Europe/Paris"


@dataclass
class Fetched:
    """What a fetch gave.

    Attributes
    ----------
    copies : list of Copy
        One file; several where a source means every file of a schema.
    notes : list of Message
        What the user should know: an older copy that was taken, files that could not be had…
    """

    copies: list[Copy]
    notes: list[Message] = field(default_factory=list)


def fetch(
    source: Source,
    client: Client,
    cache: Path,
    area: Area | None = None,
    refresh: bool = False,
    progress: Progress | None = None,
) -> Fetched:
    """A local copy of `source`, fetched where there is none yet or where a newer one is asked for.

    Parameters
    ----------
    source : Source
        Of a catalogue.
    client : Client
        The way to the network.
    cache : Path
        Folder of the copies; made where it is missing.
    area : Area, optional
        Its rectangle is sent to the services that can filter (opendatasoft, ogcapi, wfs); the others give everything, and what
        lies outside is left out when the copy is read (`area.inside`).
    refresh : bool
        Ask the server whether there is something newer. Otherwise nothing is sent where a copy is there.

    Raises
    ------
    NetworkError, DataError
        Nothing came; a copy that was there is still as it was, and the sentence says of which day it is.
    CancelledError
        The user cancelled; the same holds.
    OutputError
        The folder cannot be written.
    """
    progress = progress or Progress()
    if source.service == "datagouv":
        return _fetch_datagouv(source, client, cache, refresh, progress)
    fetch_one = _fetch_pages if source.service in {"ogcapi", "wfs"} else _fetch_file
    sent = sent_area(source, area)
    return fetch_one(source, client, _path(source, cache, sent), sent, refresh, progress)


def sent_area(source: Source, area: Area | None) -> Area | None:
    """What of `area` the server is told: nothing where it cannot filter, and gives everything."""
    if source.service in {"ogcapi", "wfs"} or (source.service == "opendatasoft" and source.area_field):
        return area
    return None


def will_ask(source: Source, cache: Path, area: Area | None = None, refresh: bool = False) -> list[str]:
    """The servers that `fetch` would ask first, by host and without doubles; none where the copies will do. Sends nothing.

    A portal's list may lead to further servers, and so may redirections.
    """
    if source.service != "datagouv":
        there = not refresh and find_copy(_path(source, cache, sent_area(source, area)))
        return [] if there else [host_of(source.url)]
    index = _index_path(source, cache)
    if refresh or not find_copy(index):
        return [host_of(source.url)]
    files = [RemoteFile(**entry) for entry in json.loads(index.read_text(encoding="utf-8"))]
    lacking = [file for file in (files if source.schema else files[:1]) if not find_copy(_listed_path(source, file, cache))]
    return list(dict.fromkeys(host_of(file.url) for file in lacking))


def _path(source: Source, cache: Path, sent: Area | None) -> Path:
    return copy_path(cache, source.id, _mark(source, sent), source.format)


def _index_path(source: Source, cache: Path) -> Path:
    return copy_path(cache, f"{source.id}-files", _mark(source, None), "json")


def _mark(source: Source, area: Area | None) -> str:
    """What, beside the source's name, makes one copy another: the area, and the entry itself, which an administrator may edit."""
    asked = {name: getattr(source, name) for name in ("service", "url", "dataset", "collection", "where", "options")}
    return json.dumps([asked, area.text() if area else ""], sort_keys=True)


def _fetch_file(source: Source, client: Client, path: Path, area: Area | None, refresh: bool, progress: Progress) -> Fetched:
    url = _export_address(source, area) if source.service == "opendatasoft" else with_params(source.url, source.options)
    return _renew(path, url, client, _origin(source, url, area), refresh, progress)


def _export_address(source: Source, area: Area | None) -> str:
    """Address of a whole export (Explore API v2.1): ``exports`` has no limit of rows, ``records`` stops at 10 000."""
    conditions = [f"({source.where})"] if source.where and area else [source.where] if source.where else []
    if area:
        west, south, east, north = area.text(" ").split()
        conditions.append(f"in_bbox({source.area_field}, {south}, {west}, {north}, {east})")
    params = {"lang": "fr", "timezone": TIMEZONE, **({"where": " and ".join(conditions)} if conditions else {}), **source.options}
    dataset = quote(source.dataset, safe="")
    return with_params(f"{source.url.rstrip('/')}/api/explore/v2.1/catalog/datasets/{dataset}/exports/{source.format}", params)


def _fetch_datagouv(source: Source, client: Client, cache: Path, refresh: bool, progress: Progress) -> Fetched:
    """The files of the portal; its lists are asked for only where the copies are not all there."""
    index = _index_path(source, cache)
    known = find_copy(index)
    if known and not refresh:
        files = [RemoteFile(**entry) for entry in json.loads(index.read_text(encoding="utf-8"))]
    else:
        with _old_copy_said(known):
            files = find_files(source, client, progress.part(0, 0.1))
        with workshop(index) as part:
            part.write_text(json.dumps([dataclasses.asdict(file) for file in files], ensure_ascii=False), encoding="utf-8")
            keep(part, index, _origin(source, source.url, None))
    if not source.schema:
        return _fetch_listed(source, files[0], client, cache, refresh, progress.part(0.1, 1))
    return _fetch_all(source, files, client, cache, refresh, progress)


def _fetch_all(
    source: Source, files: list[RemoteFile], client: Client, cache: Path, refresh: bool, progress: Progress
) -> Fetched:
    """Every file that can be had; what is wrong with one publisher's server does not keep the others' from coming."""
    fetched = Fetched([])
    refusals = []
    for number, file in enumerate(files):
        part = progress.part(0.1 + 0.9 * number / len(files), 0.1 + 0.9 * (number + 1) / len(files))
        try:
            one = _fetch_listed(source, file, client, cache, refresh, part)
        except NetworkError as error:
            refusals.append(error)
            old = find_copy(_listed_path(source, file, cache))
            fetched.copies += [old] if old else []
            fetched.notes.append(Message("“{title}” ({publisher}): {cause}", title=file.title, publisher=file.publisher, cause=error.message))
        else:
            fetched.copies += one.copies
            fetched.notes += one.notes
    if not fetched.copies:
        raise refusals[0]
    return fetched


def _fetch_listed(source: Source, file: RemoteFile, client: Client, cache: Path, refresh: bool, progress: Progress) -> Fetched:
    path = _listed_path(source, file, cache)
    origin = Origin(
        source.id,
        f"{file.dataset} — {file.title}" if file.dataset else file.title,
        file.url,
        source.licence or file.licence,
        source.attribution or file.publisher,
    )
    return _renew(path, file.url, client, origin, refresh, progress)


def _listed_path(source: Source, file: RemoteFile, cache: Path) -> Path:
    name = f"{source.id}-{file.id}" if source.schema else source.id
    return copy_path(cache, name, _mark(source, None) + file.url, source.format)


def _fetch_pages(source: Source, client: Client, path: Path, area: Area | None, refresh: bool, progress: Progress) -> Fetched:
    old = find_copy(path)
    if old and not refresh:
        return _still_good(old)
    with _old_copy_said(old), workshop(path) as part:
        gathered = gather(source, client, area, part, progress)
        origin = dataclasses.replace(_origin(source, source.url, area), features=gathered.features)
        return Fetched([keep(part, path, origin)], gathered.notes(host_of(source.url)))


def _renew(path: Path, url: str, client: Client, origin: Origin, refresh: bool, progress: Progress) -> Fetched:
    """The copy in `path` if it may be taken or the server says that it is still the newest; else a new one."""
    old = find_copy(path)
    if old and not refresh:
        return _still_good(old)
    progress.step(0, tr("Fetching {title} from {host}", title=origin.title or origin.source, host=host_of(url)))
    with _old_copy_said(old), workshop(path) as part:
        response = client.download(url, part, headers=_conditions(old), progress=progress)
        if response.unchanged and old:
            note = Message("“{host}” has nothing newer than the copy of {day}.", host=host_of(url), day=old.day)
            return Fetched([old], [note])
        check_whole(part, path.suffix.lstrip("."), host_of(url))
        etag, modified = (response.headers.get(name, "") for name in ("etag", "last-modified"))
        return Fetched([keep(part, path, dataclasses.replace(origin, etag=etag, last_modified=modified))])


def _conditions(old: Copy | None) -> Mapping[str, str]:
    """“Only if it changed since”, as RFC 9110 §13.1 writes it."""
    if old is None:
        return {}
    named = {"If-None-Match": old.origin.etag, "If-Modified-Since": old.origin.last_modified}
    return {name: value for name, value in named.items() if value}


def _still_good(old: Copy) -> Fetched:
    title = old.origin.title or old.origin.source
    return Fetched([old], [Message("{title}: the copy of {day} was taken. Refresh it to ask for a newer one.", title=title, day=old.day)])


def _origin(source: Source, url: str, area: Area | None) -> Origin:
    return Origin(source.id, source.name, url, source.licence, source.attribution, area=area.text() if area else "")


@contextmanager
def _old_copy_said(old: Copy | None) -> Iterator[None]:
    """Have an error of the network say that the old copy is still there."""
    try:
        yield
    except NetworkError as error:
        if old is not None:
            error.message = Message("{cause} The copy of {day} was kept as it is.", cause=error.message, day=old.day)
        raise
