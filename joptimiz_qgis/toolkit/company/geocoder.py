"""Addresses → positions by a geocoder of addok's kind (Géoplateforme, or one's own), in CSV batches, with consent.

Only three columns leave the machine, number and street, postcode, town; each distinct address once; none that the local cache knows.
An import that breaks off goes on where it was: every batch that came back is in the cache.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
import sqlite3
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ..errors import CutShortError, FileError, NetworkError, NoAnswerError, NotDataError, ParameterError, ServerError
from ..messages import count, tr
from ..progress import Progress
from ..web import Client, Response, host_of
from .recipe import GEOPLATEFORME

SENT_COLUMNS = ("adresse", "code_postal", "ville")
"""What leaves the machine. The postcode stands among the columns to search by: as a filter it fails in addok-csv 1.1 with addok 1.3."""

BATCH = 500
"""Rows a request: some seconds of a server's work, so that progress shows and a cut costs little."""

_PAUSE_S = 2.0
_WORTH_ANOTHER_TRY = (ServerError, NoAnswerError, CutShortError)


@dataclass(frozen=True)
class Consent:
    """What the user agreed to: these columns, of so many rows at most, to this host."""

    host: str
    columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class Plan:
    """What is to be sent.

    Attributes
    ----------
    host : str
        Who gets it.
    columns : tuple of str
        What of each row.
    rows : int
        Distinct addresses that the cache does not know.
    known : int
        Distinct addresses that it knows.
    """

    host: str
    columns: tuple[str, ...]
    rows: int
    known: int

    def sentence(self) -> str:
        """The question to the user."""
        told = tr(
            "{rows} {rows:?address|addresses} would be sent to “{host}”: number and street, postcode, town, and nothing else of the file.",
            rows=count(self.rows),
            host=self.host,
        )
        return f"{told} {tr('{known} {known:?is|are} known already.', known=count(self.known))}" if self.known else told

    def consent(self) -> Consent:
        """The user's yes to exactly this."""
        return Consent(self.host, self.columns, self.rows)


@dataclass(frozen=True)
class Answer:
    """What a geocoder says of an address.

    Attributes
    ----------
    longitude, latitude : float or None
        Degrees; None where it found nothing.
    score : float
        0–1, the geocoder's own.
    type : str
        ``housenumber``, ``street``, ``locality``, ``municipality``; empty where it found nothing.
    """

    longitude: float | None
    latitude: float | None
    score: float
    type: str
    label: str = ""
    postcode: str = ""


@dataclass
class Geocoded:
    """Answers by row.

    Attributes
    ----------
    answers : dict
        Label of the row → answer; rows without address, or not reached before a failure, are absent.
    sent : int
        Addresses that were sent and answered now.
    known : int
        Addresses that the cache had.
    failure : NetworkError or None
        What ended the work before its end; the next import goes on from there.
    """

    answers: dict[object, Answer] = field(default_factory=dict)
    sent: int = 0
    known: int = 0
    failure: NetworkError | None = None


class AddressCache:
    """Answers on this machine, in one SQLite file, by a hash of the address.

    Parameters
    ----------
    path : path
        Made where it does not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._open()) as base, base:
                base.execute(
                    "CREATE TABLE IF NOT EXISTS answers (mark TEXT PRIMARY KEY, longitude REAL, latitude REAL, score REAL NOT NULL, "
                    "type TEXT NOT NULL, label TEXT NOT NULL, postcode TEXT NOT NULL)"
                )
        except (OSError, sqlite3.Error) as error:
            raise FileError(
                "The cache of addresses “{path}” cannot be used: {cause}. Delete it, or choose another folder.", path=path, cause=error
            ) from error

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=30)

    def known(self, marks: Iterable[str]) -> dict[str, Answer]:
        """Answers to those of `marks` that are here."""
        wanted = list(dict.fromkeys(marks))
        found: dict[str, Answer] = {}
        with closing(self._open()) as base:
            for mark in wanted:
                row = base.execute("SELECT longitude, latitude, score, type, label, postcode FROM answers WHERE mark = ?", (mark,)).fetchone()
                if row is not None:
                    found[mark] = Answer(*row)
        return found

    def keep(self, answers: dict[str, Answer]) -> None:
        """Keep answers: all of them, on the disk, before this returns."""
        rows = [(mark, one.longitude, one.latitude, one.score, one.type, one.label, one.postcode) for mark, one in answers.items()]
        with closing(self._open()) as base, base:
            base.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def purge(self) -> None:
        """Remove every answer, and the file with what it may still hold between its pages."""
        for path in (self.path, *(self.path.with_name(self.path.name + ending) for ending in ("-wal", "-shm", "-journal"))):
            path.unlink(missing_ok=True)


def cleaned(text: str | None) -> str:
    """A cell as it is sent: straight apostrophes, single spaces, no line break."""
    return " ".join((text or "").replace("’", "'").replace("`", "'").split())


def cleaned_town(text: str | None) -> str:
    """A town as geocoders know it: the postcode says the district of Paris, Lyon and Marseille, and Cedex is the post's own."""
    plain = re.sub(r"(?i)\bcedex\b.*$", "", cleaned(text))
    return re.sub(r"(?i)\s+\d{1,2}\s*(?:er|e|[eè]me)?(?:\s+arrondissement)?\s*$", "", plain).strip()


def mark_of(address: Sequence[str], host: str) -> str:
    """The cache's key of an address that was cleaned: a hash, other for each geocoder."""
    return hashlib.sha256("\n".join([host, *(part.casefold() for part in address)]).encode()).hexdigest()


def plan(addresses: pd.DataFrame, url: str, cache: AddressCache) -> Plan:
    """What geocoding `addresses` would send; nothing is sent."""
    marks = _marks(_texts(addresses), host_of(url))
    known = cache.known(marks.values())
    distinct = set(marks.values())
    return Plan(host_of(url), SENT_COLUMNS, len(distinct - set(known)), len(known))


def geocode(
    addresses: pd.DataFrame,
    client: Client,
    url: str,
    cache: AddressCache,
    consent: Consent | None,
    progress: Progress | None = None,
    batch: int = BATCH,
    pause: float = _PAUSE_S,
) -> Geocoded:
    """Positions of addresses.

    Parameters
    ----------
    addresses : DataFrame
        Text columns `SENT_COLUMNS`, None where empty; rows without street and town have no answer.
    url : str
        Of the service: of its CSV endpoint, or its root.
    consent : Consent or None
        The user's, for this host, these columns and at least as many rows; None where nothing may be sent: what the cache knows is given.
    batch : int
        Rows a request.
    pause : float
        Seconds before a failed batch is tried once more.

    Returns
    -------
    Geocoded
        With a `failure` where the server failed; what it answered before is kept.

    Raises
    ------
    ParameterError
        The consent is for another host, for other columns, or for fewer rows.
    CancelledError
        The user cancelled; what was answered before is in the cache.
    """
    progress = progress or Progress()
    host = host_of(url)
    texts = _texts(addresses)
    marks = _marks(texts, host)
    known = cache.known(marks.values())
    todo = {mark: texts[row] for row, mark in marks.items() if mark not in known}
    result = Geocoded(known=len(known))
    if consent is not None and todo:
        check_consent(consent, host, len(todo))
        try:
            for answers in _batches(todo, client, endpoint(url), batch, pause, progress):
                cache.keep(answers)
                known |= answers
                result.sent += len(answers)
        except NetworkError as error:
            result.failure = error
    result.answers = {row: known[mark] for row, mark in marks.items() if mark in known}
    return result


def endpoint(url: str) -> str:
    """The address of the CSV service of a geocoder whose root, or whose CSV service itself, is `url`."""
    if re.search(r"/csv/?$", url):
        return url
    return url.rstrip("/") + ("/search/csv" if host_of(url) == host_of(GEOPLATEFORME) else "/search/csv/")


def search_endpoint(url: str) -> str:
    """The address that gives several answers for one address as JSON, of the geocoder at `url`."""
    root = re.sub(r"(/search)?/csv/?$", "", url).rstrip("/")
    return root + ("/search" if host_of(url) == host_of(GEOPLATEFORME) else "/search/")


def check_consent(consent: Consent, host: str, rows: int) -> None:
    """Raise `ParameterError` where the consent is not for this host, the address columns, and so many rows."""
    if consent.host != host or set(consent.columns) != set(SENT_COLUMNS) or consent.rows < rows:
        raise ParameterError(
            "The consent given is for {agreed_rows} addresses to “{agreed_host}”, and {rows} would go to “{host}”. Nothing was sent; ask again.",
            agreed_rows=consent.rows,
            agreed_host=consent.host,
            rows=rows,
            host=host,
        )


def _texts(addresses: pd.DataFrame) -> dict[object, tuple[str, ...]]:
    """Label of the row → its cleaned address; without rows that say too little (a geocoder refuses less than 3 letters)."""
    empty = pd.Series(None, index=addresses.index, dtype=object)
    columns = [addresses.get(name, empty) for name in SENT_COLUMNS]
    cleaners = (cleaned, cleaned, cleaned_town)
    texts = {row: tuple(clean(cell) for clean, cell in zip(cleaners, cells)) for row, *cells in zip(addresses.index, *columns)}
    return {row: text for row, text in texts.items() if len(text[0]) >= 3 and (text[1] or text[2])}


def _marks(texts: dict[object, tuple[str, ...]], host: str) -> dict[object, str]:
    return {row: mark_of(text, host) for row, text in texts.items()}


def _batches(
    todo: dict[str, tuple[str, ...]], client: Client, url: str, size: int, pause: float, progress: Progress
) -> Iterator[dict[str, Answer]]:
    marks = list(todo)
    for start in range(0, len(marks), size):
        progress.step(start / len(marks), tr("Address {number} of {total}", number=count(start), total=count(len(marks))))
        part = marks[start : start + size]
        rows = [todo[mark] for mark in part]
        share = progress.part(start / len(marks), min(1.0, (start + size) / len(marks)))
        try:
            answers = _ask(rows, client, url, share)
        except _WORTH_ANOTHER_TRY:
            _sleep(pause, share)
            answers = _ask(rows, client, url, share)
        yield dict(zip(part, answers))


def _sleep(seconds: float, progress: Progress) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        progress.step(0)
        time.sleep(min(0.1, max(0.0, end - time.monotonic())))


def _ask(rows: list[tuple[str, ...]], client: Client, url: str, progress: Progress) -> list[Answer]:
    body, kind = _form(rows)
    response = client.post(url, body, {"Content-Type": kind, "Accept": "text/csv"}, progress=progress)
    return _read(response, rows)


def _form(rows: list[tuple[str, ...]]) -> tuple[bytes, str]:
    """Multipart form (RFC 7578) with the table and, repeated, the columns to search by."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([SENT_COLUMNS, *rows])
    mark = uuid.uuid4().hex
    head = f'--{mark}\r\nContent-Disposition: form-data; name="data"; filename="adresses.csv"\r\nContent-Type: text/csv; charset=utf-8\r\n\r\n'
    parts = [head.encode(), text.getvalue().encode(), b"\r\n"]
    parts += [f'--{mark}\r\nContent-Disposition: form-data; name="columns"\r\n\r\n{name}\r\n'.encode() for name in SENT_COLUMNS]
    parts.append(f"--{mark}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={mark}"


def _read(response: Response, rows: list[tuple[str, ...]]) -> list[Answer]:
    """Answers in the order of `rows`; that they are to these rows is checked by what they repeat of them."""
    repeated: list[tuple[str, ...]] = []
    try:
        found = list(csv.DictReader(io.StringIO(response.body.decode("utf-8-sig"), newline="")))
        repeated = [tuple(cleaned(row[name]) for name in SENT_COLUMNS) for row in found]
        answers = [_answer(row) for row in found]
    except (csv.Error, KeyError, TypeError, ValueError, AttributeError):
        answers = []
    if not answers or repeated != rows:
        raise NotDataError(
            "“{host}” answered with something other than the addresses asked for. Check the address of the geocoder in the options.",
            host=host_of(response.url),
        )
    return answers


def _answer(row: dict[str, str]) -> Answer:
    latitude, longitude = row["latitude"], row["longitude"]
    if not latitude or not longitude:
        return Answer(None, None, 0.0, "")
    kind, label, postcode = (row.get(f"result_{name}") or "" for name in ("type", "label", "postcode"))
    return checked(Answer(float(longitude), float(latitude), float(row["result_score"] or 0), kind, label, postcode))


def checked(answer: Answer) -> Answer:
    """`answer` where its position is on the Earth and its score a number; `ValueError` else: “nan” passes every threshold."""
    on_earth = abs(answer.longitude or 0.0) <= 180 and abs(answer.latitude or 0.0) <= 90
    if not on_earth or not math.isfinite(answer.score):
        raise ValueError(answer.score)
    return answer
