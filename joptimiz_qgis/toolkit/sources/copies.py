"""Local copies of what was fetched: the file as it was published, and beside it a JSON file that says where it came from.

A copy is replaced by a newer one at once and whole; whatever goes wrong before leaves the old one as it was.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path

from ..errors import NotDataError, OutputError

_BESIDE = ".source.json"
_WHOLE = {"geojson": (b"{[", b"}]"), "json": (b"{[", b"}]"), "parquet": (b"P", b"1"), "gpkg": (b"S", None)}


@dataclass(frozen=True)
class Origin:
    """What is known of a copy.

    Attributes
    ----------
    source, title, url, licence, attribution : str
        The catalogue's, and where the file came from.
    fetched : str
        Local time of the fetch, ISO 8601 with the offset.
    etag, last_modified : str
        What the server said; sent back to learn whether there is something newer.
    area : str
        West, south, east, north in degrees; empty for everything.
    features : int or None
        How many were fetched, where the service gives features one by one.
    sha256 : str
        Of the file: a copy that was changed since is not taken for the published one.
    """

    source: str
    title: str
    url: str
    licence: str = ""
    attribution: str = ""
    fetched: str = ""
    etag: str = ""
    last_modified: str = ""
    area: str = ""
    features: int | None = None
    sha256: str = ""


@dataclass(frozen=True)
class Copy:
    """A local copy.

    Attributes
    ----------
    path : Path
        The file as published.
    origin : Origin
    fresh : bool
        True where it was fetched now, False where it is an older one that was still good.
    """

    path: Path
    origin: Origin
    fresh: bool

    @property
    def day(self) -> str:
        """Day of the fetch: ``2026-11-20``."""
        return self.origin.fetched[:10]


def default_cache() -> Path:
    """Where copies lie unless someone says otherwise: the user's own cache folder."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "joptimiz_qgis"


def copy_path(cache: Path, name: str, area: str, ending: str) -> Path:
    """File of the copy of source `name`, for that area."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", name)
    suffix = f"-{hashlib.sha256(area.encode()).hexdigest()[:10]}" if area else ""
    return cache / f"{safe}{suffix}.{ending}"


def find_copy(path: Path) -> Copy | None:
    """The copy in file `path`; None where there is none, or where it is not as it was fetched."""
    origin = _noted(_beside(path))
    try:
        whole = origin is not None and origin.sha256 == sha256_of(path)
    except OSError:
        return None
    if origin is None:
        return None
    return Copy(path, origin, fresh=False) if whole else None


def origins(cache: Path) -> list[tuple[Path, Origin]]:
    """File and origin of everything kept in `cache`, the oldest first; whether a file is still as it was fetched is not looked at."""
    found = []
    for note in sorted(cache.glob(f"*{_BESIDE}")):
        path = note.with_name(note.name[: -len(_BESIDE)])
        origin = _noted(note)
        if origin is not None and path.is_file():
            found.append((path, origin))
    return sorted(found, key=lambda item: item[1].fetched)


def cache_size(cache: Path) -> int:
    """Bytes of the copies in `cache`."""
    return sum(path.stat().st_size for path, _ in origins(cache))


def empty_cache(cache: Path) -> int:
    """Remove the copies in `cache`, and nothing else that lies there; how many they were.

    Raises
    ------
    OutputError
        One is in use, or may not be removed.
    """
    found = origins(cache)
    try:
        for path, _ in found:
            forget(path)
    except OSError as error:
        raise OutputError(
            "“{path}” cannot be removed: {cause}. Close the program that has the file open.",
            path=error.filename or cache,
            cause=error.strerror or error,
        ) from error
    return len(found)


def _noted(note: Path) -> Origin | None:
    try:
        content = json.loads(note.read_text(encoding="utf-8"))
        known = {field.name for field in fields(Origin)}
        return Origin(**{name: value for name, value in content.items() if name in known})
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def keep(part: Path, path: Path, origin: Origin) -> Copy:
    """Make the fetched file `part` the copy `path`."""
    stamped = Origin(**{**asdict(origin), "fetched": datetime.now().astimezone().isoformat(timespec="seconds"), "sha256": sha256_of(part)})
    note = part.with_name(part.name + _BESIDE)
    note.write_text(json.dumps(asdict(stamped), ensure_ascii=False, indent=1), encoding="utf-8")
    part.replace(path)
    note.replace(_beside(path))
    return Copy(path, stamped, fresh=True)


@contextmanager
def workshop(path: Path) -> Iterator[Path]:
    """A file to write the new copy of `path` into; nothing is left of it afterwards."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=path.parent) as folder:
            yield Path(folder) / path.name
    except OSError as error:
        raise OutputError(
            "“{path}” cannot be written: {cause}. Choose another folder, or close the program that has the file open.",
            path=path,
            cause=error.strerror or error,
        ) from error


def check_whole(part: Path, ending: str, host: str) -> None:
    """Raise `NotDataError` where a file does not begin and end as its format does.

    Servers that write while they read can break off without the connection showing it.
    """
    first, last = _edges(part)
    begin, end = _WHOLE.get(ending, (None, None))
    if not first:
        raise NotDataError("“{host}” answered with an empty file. Check dataset and filter in the catalogue of sources.", host=host)
    if (begin and first not in begin) or (end and last not in end):
        raise NotDataError(
            "What “{host}” sent is not a whole {format} file. Try again; if it happens again, tell its publisher.", host=host, format=ending
        )


def _edges(path: Path) -> tuple[bytes, bytes]:
    """The first and the last byte that are not blank; a byte order mark does not count."""
    with path.open("rb") as file:
        start = file.read(64)
        file.seek(max(0, path.stat().st_size - 64))
        end = file.read()
    start, end = start.replace(b"\xef\xbb\xbf", b"").strip(), end.strip()
    return start[:1], end[-1:]


def sha256_of(path: Path) -> str:
    """Hash of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest()


def forget(path: Path) -> None:
    """Remove the copy in `path`, if there is one."""
    for file in (path, _beside(path)):
        with contextlib.suppress(FileNotFoundError):
            file.unlink()


def _beside(path: Path) -> Path:
    return path.with_name(path.name + _BESIDE)
