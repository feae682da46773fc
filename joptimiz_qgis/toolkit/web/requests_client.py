"""The network outside QGIS, by the library requests: proxy and certificates are those of the environment."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Mapping
from typing import Any, BinaryIO, Union

import requests
from urllib3.exceptions import ReadTimeoutError

from ..errors import CertificateError, CutShortError, NetworkError, NoAnswerError, UnreachableError
from ..progress import Progress
from .client import Client, Response, check_length, check_size, host_of, shown

_CHUNK = 1 << 16
_TICK_S = 0.1
_MOST_REDIRECTIONS = 10


class RequestsClient(Client):
    """`Client` by requests; see there for the parameters.

    The network is listened to in a thread of its own, so that a cancel does not wait for a silent server.
    """

    _session: requests.Session | None = None

    def exchange(self, url: str, headers: Mapping[str, str], timeout: float, sink: BinaryIO, progress: Progress) -> Response:
        """See `Client.exchange`."""
        return self._talk(url, headers, timeout, sink, progress)

    def upload(self, url: str, headers: Mapping[str, str], timeout: float, body: bytes, sink: BinaryIO, progress: Progress) -> Response:
        """See `Client.upload`."""
        return self._talk(url, headers, timeout, sink, progress, body)

    def exchange_here(self, url: str, headers: Mapping[str, str], timeout: float, sink: BinaryIO, progress: Progress) -> Response:
        """See `Client.exchange_here`."""
        return self._talk(url, headers, timeout, sink, progress, redirected=False)

    def _talk(
        self,
        url: str,
        headers: Mapping[str, str],
        timeout: float,
        sink: BinaryIO,
        progress: Progress,
        body: bytes | None = None,
        redirected: bool = True,
    ) -> Response:
        if self._session is None:
            self._session = requests.Session()
            self._session.max_redirects = _MOST_REDIRECTIONS
        talk = _Talk(self._session, url, headers, timeout, body, redirected)
        try:
            return talk.listen(sink, progress)
        except BaseException:
            self._session = None  # its connection may still be in use by the thread that is left behind
            raise
        finally:
            talk.leave()


class _End:
    """All bytes came; how many of them travelled."""

    def __init__(self, travelled: int) -> None:
        self.travelled = travelled


_News = Union[Response, bytes, _End, Exception]


class _Talk:
    """One request, in a thread; what comes is handed over piece by piece."""

    def __init__(
        self,
        session: requests.Session,
        url: str,
        headers: Mapping[str, str],
        timeout: float,
        body: bytes | None,
        redirected: bool,
    ) -> None:
        self.session, self.url, self.headers, self.timeout, self.body = session, url, headers, timeout, body
        self.redirected = redirected
        self.news: queue.Queue[_News] = queue.Queue(maxsize=16)
        self.left = threading.Event()
        threading.Thread(target=self._run, name="joptimiz-network", daemon=True).start()

    def leave(self) -> None:
        """Stop listening; the thread ends by itself."""
        self.left.set()

    def listen(self, sink: BinaryIO, progress: Progress) -> Response:
        """Put what comes into `sink` until it ends."""
        response, received = Response(0, self.url), 0
        while True:
            expected = response.headers.get("content-length", "")
            progress.step(min(1.0, received / int(expected)) if expected.isdigit() and int(expected) else 0.0)
            try:
                news = self.news.get(timeout=_TICK_S)
            except queue.Empty:
                continue
            if isinstance(news, Response):
                response = news
            elif isinstance(news, bytes):
                received += len(news)
                check_size(self.url, received)
                sink.write(news)
            elif isinstance(news, _End):
                check_length(response.url, expected, news.travelled)
                return response
            else:
                raise _translated(news, self.url, self.timeout, received) from news

    def _run(self) -> None:
        try:
            with self._sent() as answer:
                names = {name.lower(): value for name, value in answer.headers.items()}
                self._tell(Response(answer.status_code, answer.url, names))
                for chunk in answer.iter_content(_CHUNK):
                    if not self._tell(chunk):
                        return
                self._tell(_End(answer.raw.tell()))
        except Exception as error:  # noqa: BLE001 - told in the thread that asked
            self._tell(error)

    def _sent(self) -> requests.Response:
        headers = dict(self.headers)
        if self.body is None:
            return self.session.get(self.url, headers=headers, timeout=self.timeout, stream=True, allow_redirects=self.redirected)
        return self.session.post(
            self.url, data=self.body, headers=headers, timeout=self.timeout, stream=True, allow_redirects=False
        )

    def _tell(self, news: _News) -> bool:
        """Hand `news` over; False where nobody listens any more."""
        while not self.left.is_set():
            with contextlib.suppress(queue.Full):
                self.news.put(news, timeout=_TICK_S)
                return True
        return False


def _translated(error: Exception, url: str, timeout: float, received: int) -> Exception:
    """The library's error as one of ours; one that is none of the network's stays itself."""
    host = host_of(url)
    if _timed_out(error):
        return NoAnswerError(
            "“{host}” did not answer within {seconds:g} s. Check the connection, or try again later.", host=host, seconds=timeout
        )
    if isinstance(error, requests.exceptions.SSLError):
        return CertificateError(
            "The certificate of “{host}” is not trusted ({cause}). Behind a proxy that inspects the traffic, its certificate must be known: in QGIS "
            "under Settings, Options, Authentication; on the command line by the variable REQUESTS_CA_BUNDLE.",
            host=host,
            cause=_reason(error),
        )
    if isinstance(error, requests.exceptions.TooManyRedirects):
        return UnreachableError(
            "{url} leads in circles: more than {count} redirections. Check the address in the catalogue of sources.",
            url=shown(url),
            count=_MOST_REDIRECTIONS,
        )
    if isinstance(error, (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError)):
        return CutShortError(
            "The answer of “{host}” was cut short after {received} bytes. Try again; if it happens again, tell its publisher.",
            host=host,
            received=received,
        )
    if isinstance(error, requests.exceptions.RequestException):
        return UnreachableError(
            "“{host}” cannot be reached ({cause}). Check the name, the network and the proxy.", host=host, cause=_reason(error)
        )
    return error if isinstance(error, NetworkError) else _unknown(error, host)


def _unknown(error: Exception, host: str) -> Exception:
    if isinstance(error, (OSError, ValueError)):  # urllib3 has errors that requests lets through
        return UnreachableError(
            "“{host}” cannot be reached ({cause}). Check the name, the network and the proxy.", host=host, cause=_reason(error)
        )
    return error


def _timed_out(error: BaseException) -> bool:
    inner = error.args[0] if error.args else None
    return isinstance(error, requests.exceptions.Timeout) or isinstance(inner, ReadTimeoutError)


def _reason(error: Any) -> str:
    """The innermost cause, in a few words: requests wraps urllib3's errors, which wrap the system's."""
    inner = error
    for _ in range(8):
        nearer = getattr(inner, "reason", None)
        if not isinstance(nearer, BaseException):
            nearer = next((part for part in getattr(inner, "args", ()) if isinstance(part, BaseException)), None)
        if nearer is None:
            break
        inner = nearer
    text = getattr(inner, "verify_message", None) or getattr(inner, "strerror", None) or str(inner) or type(inner).__name__
    return " ".join(str(text).split()).rpartition(">: ")[2][:200].rstrip(".")
