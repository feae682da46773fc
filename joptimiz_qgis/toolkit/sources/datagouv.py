"""The national portal data.gouv.fr: the files of a dataset, or all files that declare a schema."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin

from ..errors import DataError, NotDataError
from ..progress import Progress
from ..web import Client, host_of
from .catalogue import Source

_DATASETS = "/api/1/datasets/"
_PAGE_SIZE = "100"


@dataclass(frozen=True)
class RemoteFile:
    """A file of the portal: what it is called there, where it lies, and whose it is."""

    id: str
    title: str
    url: str
    format: str
    dataset: str
    licence: str = ""
    publisher: str = ""
    schema: str = ""


def find_files(source: Source, client: Client, progress: Progress) -> list[RemoteFile]:
    """The files that `source` means: one of a dataset, or all that declare its schema.

    Raises
    ------
    DataError
        There is none, or several fit where one is meant.
    NetworkError
        The portal could not be asked.
    """
    if source.schema:
        params = {"schema": source.schema, "page_size": _PAGE_SIZE}
        datasets = _listed(client, urljoin(source.url, _DATASETS), params, progress)
        files = [file for dataset in datasets for file in _files(dataset) if file.schema == source.schema and _fits(file, source)]
    else:
        address = urljoin(source.url, _DATASETS + quote(source.dataset, safe="") + "/")
        dataset = _document(client, address, None, progress)
        files = [file for file in _files(dataset) if _fits(file, source)]
    if not files or (len(files) > 1 and not source.schema):
        raise DataError(
            "Of “{source}” on {host}, {count} files fit “{wanted}”, where one is expected. Check “resource” in the catalogue of sources.",
            source=source.schema or source.dataset,
            host=host_of(source.url),
            count=len(files),
            wanted=", ".join(source.resource.values()) or source.format,
        )
    return files


def _listed(client: Client, address: str, params: dict[str, str], progress: Progress) -> Iterator[dict[str, Any]]:
    """All datasets of a list, page after page."""
    url: str | None = address
    visited: set[str] = set()
    while url:
        visited.add(url)
        content = _document(client, url, params, progress)
        yield from (dataset for dataset in content.get("data") or [] if isinstance(dataset, dict))
        following = content.get("next_page")
        url, params = (urljoin(url, following) if isinstance(following, str) and following else None), {}
        if url in visited:
            raise NotDataError("The pages of “{host}” lead in circles. Tell its publisher.", host=host_of(url))


def _document(client: Client, url: str, params: dict[str, str] | None, progress: Progress) -> dict[str, Any]:
    response = client.get(url, params, progress=progress)
    content = response.json()
    if not isinstance(content, dict):
        raise NotDataError(
            "“{host}” answered with something other than JSON: “{start}”. Check the address and the kind of service in the catalogue of sources.",
            host=host_of(response.url),
            start=str(content)[:80],
        )
    return content


def _files(dataset: dict[str, Any]) -> list[RemoteFile]:
    publisher = (dataset.get("organization") or {}).get("name") or ""
    return [
        RemoteFile(
            id=str(resource.get("id") or ""),
            title=str(resource.get("title") or ""),
            url=str(resource.get("latest") or resource.get("url") or ""),  # “latest” stays the same when the file is replaced
            format=str(resource.get("format") or "").lower(),
            dataset=str(dataset.get("title") or ""),
            licence=str(dataset.get("license") or ""),
            publisher=str(publisher),
            schema=str((resource.get("schema") or {}).get("name") or ""),
        )
        for resource in dataset.get("resources") or []
        if isinstance(resource, dict)
    ]


def _fits(file: RemoteFile, source: Source) -> bool:
    wanted = source.resource
    title = file.title.casefold().startswith(wanted.get("title", "").casefold())
    return bool(file.url) and title and file.format == wanted.get("format", file.format).lower()
