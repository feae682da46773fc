"""What every client does alike: waiting when asked to, telling data from everything else, saying it in sentences.

Loads no library: dialogs and algorithms import it freely.
"""

from __future__ import annotations

import io
import json
import re
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ..errors import (
    BusyError,
    CutShortError,
    NetworkError,
    NotDataError,
    NotFoundError,
    ServerError,
    SignInError,
    not_written,
)
from ..messages import tr
from ..progress import Progress

USER_AGENT = "joptimiz_qgis"
TIMEOUT_S = 30.0
"""Seconds without a byte after which a server is given up."""

RETRIES = 3
LONGEST_WAIT_S = 60.0
"""A server that asks for a longer wait than this is told of, not waited for."""

LARGEST_BYTES = 2_000_000_000
"""The national file of charging stations, the largest source known, has 570 MB as GeoJSON (2026)."""

_TICK_S = 0.1
_OK, _UNCHANGED = 200, 304
_BUSY = (429, 503)


@dataclass(frozen=True)
class Response:
    """A server's answer.

    Attributes
    ----------
    status : int
        HTTP status; 304 where the caller's copy is still the newest.
    url : str
        Where it came from in the end, redirections followed.
    headers : Mapping
        Names in lower case.
    body : bytes
        Decompressed; empty for a download.
    """

    status: int
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def unchanged(self) -> bool:
        """Whether the server says that nothing changed since the caller's copy."""
        return self.status == _UNCHANGED

    def json(self) -> Any:
        """The body as JSON; `NotDataError` where it is none."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise NotDataError(
                "“{host}” answered with something other than JSON: “{start}”. Check the address and the kind of service in the catalogue of sources.",
                host=host_of(self.url),
                start=_words(self.body),
            ) from error


class Client(ABC):
    """A way to servers. Subclasses carry the bytes; what they mean is decided here.

    Parameters
    ----------
    timeout : float
        Seconds without a byte after which a server is given up.
    retries : int
        How many times a server that says 429 or 503 is asked again.
    longest_wait : float
        Seconds; a server that asks for more is told of instead.
    """

    def __init__(self, timeout: float = TIMEOUT_S, retries: int = RETRIES, longest_wait: float = LONGEST_WAIT_S) -> None:
        self.timeout = timeout
        self.retries = retries
        self.longest_wait = longest_wait

    @abstractmethod
    def exchange(self, url: str, headers: Mapping[str, str], timeout: float, sink: BinaryIO, progress: Progress) -> Response:
        """Send one GET, follow redirections, put the decompressed body (of errors too) into `sink`.

        Calls `progress.step` at least a few times a second, waiting included.

        Raises
        ------
        UnreachableError, CertificateError, NoAnswerError, CutShortError
            There was no whole answer. Statuses are the caller's matter.
        """

    def upload(self, url: str, headers: Mapping[str, str], timeout: float, body: bytes, sink: BinaryIO, progress: Progress) -> Response:  # noqa: ARG002 - for those that can
        """Send one POST of `body`; otherwise as `exchange`, but redirections are not followed: who agreed to a host agreed to no other.

        Raises
        ------
        NetworkError
            This way to servers cannot send data.
        """
        raise NetworkError("Nothing can be sent to “{host}” by this connection; it only fetches.", host=host_of(url))

    def exchange_here(self, url: str, headers: Mapping[str, str], timeout: float, sink: BinaryIO, progress: Progress) -> Response:  # noqa: ARG002 - for those that can
        """As `exchange`, but redirections are not followed, as in `upload`: for addresses that say something of a user's data.

        Raises
        ------
        NetworkError
            This way to servers cannot.
        """
        raise NetworkError("Nothing can be sent to “{host}” by this connection; it only fetches.", host=host_of(url))

    def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        progress: Progress | None = None,
    ) -> Response:
        """What a server answers to `body`, in memory.

        Parameters
        ----------
        url : str
            http or https; a redirection is an error.
        body : bytes
            Sent as it is; its kind belongs into `headers`.

        Raises
        ------
        NetworkError, CancelledError
            As `get`.
        """
        sink = io.BytesIO()
        response = self._ask(url, headers, timeout, sink, progress or Progress(), body)
        return replace(response, body=sink.getvalue())

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        progress: Progress | None = None,
        redirected: bool = True,
    ) -> Response:
        """What a server answers, in memory: for pages of a service and small documents.

        Parameters
        ----------
        url : str
            http or https.
        params : mapping, optional
            Added to what `url` has after its ``?``.
        timeout : float, optional
            Seconds without a byte; that of the client where not given.
        redirected : bool
            False where `params` hold a user's data: a portal that sends on to itself often takes them along, and is then an error.

        Raises
        ------
        NetworkError
            Of a kind that says what happened; its text says what to do.
        CancelledError
            The user cancelled; within a second.
        """
        sink = io.BytesIO()
        response = self._ask(with_params(url, params), headers, timeout, sink, progress or Progress(), redirected=redirected)
        return replace(response, body=sink.getvalue())

    def download(
        self,
        url: str,
        path: Path,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        progress: Progress | None = None,
    ) -> Response:
        """What a server answers, as file `path`: whole or not at all; left as it was where the answer is 304.

        Parameters and errors as for `get`; `OutputError` where the folder cannot be written.
        """
        try:
            with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=path.parent) as folder:
                part = Path(folder) / path.name
                with part.open("w+b") as sink:
                    response = self._ask(with_params(url, params), headers, timeout, sink, progress or Progress())
                if not response.unchanged:
                    part.replace(path)
        except OSError as error:
            raise not_written(path, error) from error
        return response

    def _ask(
        self,
        url: str,
        headers: Mapping[str, str] | None,
        timeout: float | None,
        sink: BinaryIO,
        progress: Progress,
        body: bytes | None = None,
        redirected: bool = True,
    ) -> Response:
        check_address(url)
        sent = {"User-Agent": USER_AGENT, **(headers or {})}
        for attempt in range(self.retries + 1):
            sink.seek(0)
            sink.truncate()
            progress.step(0)
            if body is None:
                exchange = self.exchange if redirected else self.exchange_here
                response = exchange(url, sent, timeout or self.timeout, sink, progress)
            else:
                response = self.upload(url, sent, timeout or self.timeout, body, sink, progress)
            if response.status not in _BUSY:
                break
            wait = retry_after(response.headers.get("retry-after"), attempt)
            if attempt == self.retries or wait > self.longest_wait:
                raise _said(_busy(url, response.status, wait), response)
            self._wait(wait, url, progress)
        if not response.unchanged:
            _check_answer(response, sink)
        return response

    def _wait(self, seconds: float, url: str, progress: Progress) -> None:
        text = tr("“{host}” asks to wait {seconds:.0f} s", host=host_of(url), seconds=seconds)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            progress.step(0, text)
            text = ""
            time.sleep(min(_TICK_S, max(0.0, end - time.monotonic())))


# -- addresses -----------------------------------------------------------------------------------------------------------


def host_of(url: str) -> str:
    """The server of `url`, without a user's name: what sentences call it."""
    return urlsplit(url).netloc.rpartition("@")[2]


def shown(url: str) -> str:
    """`url` as sentences show it: without what follows the ``?`` and without a user's name, where secrets may stand."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, host_of(url), parts.path, "", ""))


def with_params(url: str, params: Mapping[str, str] | None) -> str:
    """`url` with `params` added; those that it has of the same name are replaced."""
    if not params:
        return url
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in params]
    return urlunsplit(parts._replace(query=urlencode([*kept, *params.items()])))


def check_address(url: str) -> None:
    r"""Raise `NetworkError` where `url` is not one of the web (a local file, for one), or names a server in a way that libraries read differently.

    ``http://a\@b/`` is b's for `host_of`, to which somebody agreed, and a's for who connects.
    """
    parts = urlsplit(url)
    doubtful = "\\" in url.partition("?")[0] or any(ord(sign) <= 32 for sign in url.partition("?")[0])
    if parts.scheme not in {"http", "https"} or not parts.netloc or doubtful:
        raise NetworkError("“{url}” is not an address on the web. Expected: https://… with the name of a server.", url=url)


def retry_after(header: str | None, attempt: int) -> float:
    """Seconds to wait: what the server asks for (seconds or a date, RFC 9110 §10.2.3), else 1, then 2, then 4."""
    if header and header.strip().isdigit():
        return float(header)
    try:
        moment = parsedate_to_datetime(header or "")
    except (TypeError, ValueError):
        return float(2**attempt)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return max(0.0, (aware - datetime.now(timezone.utc)).total_seconds())


# -- what an answer means --------------------------------------------------------------------------------------------------


def check_length(url: str, announced: str | None, received: int) -> None:
    """Raise `CutShortError` where `received` bytes (as they travelled) are not those that the server announced."""
    if announced and announced.isdigit() and int(announced) != received:
        raise CutShortError(
            "The answer of “{host}” was cut short: {received} of {announced} bytes came. Try again; if it happens again, tell its publisher.",
            host=host_of(url),
            received=received,
            announced=announced,
        )


def check_size(url: str, received: int) -> None:
    """Raise `NetworkError` where an answer is larger than any source can be: no disk is to be filled by mistake."""
    if received > LARGEST_BYTES:
        raise NetworkError(
            "The answer of “{host}” is larger than {limit} MB; it was stopped. Choose a part of the data, by an area or a filter.",
            host=host_of(url),
            limit=LARGEST_BYTES // 1_000_000,
        )


def _check_answer(response: Response, sink: BinaryIO) -> None:
    sink.seek(0)
    start = sink.read(2048)
    sink.seek(0, io.SEEK_END)
    if response.status != _OK:
        raise _said(_refusal(response, start), response)
    if _is_page(start, response.headers.get("content-type", "")):
        title = re.search(rb"<title[^>]*>(.*?)</title", start, re.IGNORECASE | re.DOTALL)
        refusal = NotDataError(
            "“{host}” answered with a web page (“{title}”) where data were expected: a sign-in page, a notice of a proxy, or data that moved. "
            "Open {url} in a browser to see it.",
            host=host_of(response.url),
            title=_words(title[1] if title else start),
            url=shown(response.url),
        )
        raise _said(refusal, response)


def _is_page(start: bytes, kind: str) -> bool:
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return text.startswith((b"<!doctype html", b"<html")) or (text.startswith(b"<") and kind.lower().startswith("text/html"))


def _refusal(response: Response, start: bytes) -> NetworkError:
    status, host = response.status, host_of(response.url)
    if status == 401:
        return SignInError(
            "“{host}” wants to know who asks, or does not know the user given (HTTP 401). In QGIS, choose an authentication "
            "configuration for this source.",
            host=host,
        )
    if status == 403:
        return SignInError(
            "“{host}” does not allow access to {url} (HTTP 403). Ask its publisher for the right to read it, or choose another source.",
            host=host,
            url=shown(response.url),
        )
    if status in {404, 410}:
        return NotFoundError(
            "There is nothing at {url} (HTTP {status}). The publisher may have moved or renamed the data: check the catalogue of sources.",
            url=shown(response.url),
            status=status,
        )
    if 300 <= status < 400:
        return NetworkError(
            "“{host}” sends on to another address (HTTP {status}), and nothing was sent there. It may be the sign-in page of a network: open a page "
            "in a browser, sign in, and try again; else check the address.",
            host=host,
            status=status,
        )
    if status >= 500:
        return ServerError(
            "“{host}” failed (HTTP {status}): {cause}. Try again later; if it lasts, tell its publisher.",
            host=host,
            status=status,
            cause=_cause(start),
        )
    return NetworkError(
        "“{host}” did not accept the request (HTTP {status}): {cause}. Check dataset and filter in the catalogue of sources.",
        host=host,
        status=status,
        cause=_cause(start),
    )


def _busy(url: str, status: int, wait: float) -> BusyError:
    return BusyError(
        "“{host}” is asked too much at the moment (HTTP {status}) and wants a wait of {seconds:.0f} s. Try again later.",
        host=host_of(url),
        status=status,
        seconds=wait,
    )


def _said(error: NetworkError, response: Response) -> NetworkError:
    error.response = response
    return error


def _cause(body: bytes) -> str:
    """What a server says in an error's body: the message of a JSON one, else its first words."""
    try:
        content = json.loads(body)
    except ValueError:
        content = None
    if isinstance(content, dict):
        for name in ("message", "description", "detail", "error"):
            if isinstance(content.get(name), str):
                return str(content[name])[:200].rstrip(". ")
    return _words(body).rstrip(". ")


def _words(body: bytes) -> str:
    """The first words of a text or of a page, without its tags."""
    text = re.sub(r"<[^>]*>", " ", body[:2048].decode("utf-8", "replace"))
    return " ".join(text.split())[:80] or "?"
