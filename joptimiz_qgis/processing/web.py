"""The network inside QGIS: its proxy, its certificates and its stored sign-ins apply (Settings, Options, Network and Authentication)."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO
from urllib.parse import urljoin, urlsplit

from qgis.core import QgsApplication, QgsBlockingNetworkRequest, QgsFeedback
from qgis.PyQt.QtCore import Qt, QUrl
from qgis.PyQt.QtNetwork import QNetworkReply, QNetworkRequest

from ..toolkit.errors import CertificateError, CutShortError, NetworkError, NoAnswerError, SignInError, UnreachableError
from ..toolkit.progress import Progress
from ..toolkit.web import client
from ..toolkit.web.client import Client, Response, check_size, host_of, shown

_Error = QNetworkReply.NetworkError
_TICK_S = 0.1
_MOST_REDIRECTIONS = 10
_LEAST_HTTP_ERROR = 200
"""Qt numbers the errors that are statuses of HTTP from here on; those below are of the connection and of the proxy."""


class QgisClient(Client):
    """`Client` by QgsBlockingNetworkRequest; may be used in any thread.

    Parameters
    ----------
    authcfg : str
        Identifier of a configuration in QGIS's authentication database; empty for none.
    auth_host : str
        The server that it is for (as `host_of` gives it): no other one is shown it, wherever links and redirections lead.
    **options
        See `Client`.
    """

    def __init__(self, authcfg: str = "", auth_host: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.authcfg = authcfg
        self.auth_host = auth_host

    def exchange(self, url: str, headers: Mapping[str, str], timeout: float, sink: BinaryIO, progress: Progress) -> Response:
        """See `Client.exchange`."""
        address = url
        for _ in range(_MOST_REDIRECTIONS):
            reply = self._send(address, headers, timeout, progress)
            last = reply.request().url().toString()
            onwards = self._onwards(address, last, reply)
            if onwards is None:
                return _received(reply, last, timeout, sink)
            address = onwards
        raise UnreachableError(
            "{url} leads in circles: more than {count} redirections. Check the address in the catalogue of sources.",
            url=shown(url),
            count=_MOST_REDIRECTIONS,
        )

    def _onwards(self, address: str, last: str, reply: Any) -> str | None:
        """Where to ask next, if QGIS stopped on the way: it takes no relative redirection, and shows the sign-in to the first only."""
        if not urlsplit(last).scheme:
            return urljoin(address, last)
        asked_again = _status(reply) == 401 and self._signs_in(last) and last != address
        return last if asked_again else None

    def _signs_in(self, url: str) -> bool:
        return bool(self.authcfg) and host_of(url) == self.auth_host

    def _send(self, url: str, headers: Mapping[str, str], timeout: float, progress: Progress) -> Any:
        request = QNetworkRequest(QUrl(url))
        for name, value in headers.items():
            request.setRawHeader(name.encode(), value.encode())
        request.setTransferTimeout(int(1000 * timeout))
        if self._signs_in(url):
            request = self._signed(request, url)
        sending = QgsBlockingNetworkRequest()
        with _watched(progress) as feedback:
            arrivals = _Arrivals(sending, progress)
            sending.downloadProgress.connect(arrivals.tell, Qt.ConnectionType.DirectConnection)  # this thread waits meanwhile
            sending.get(request, True, feedback)
        progress.step(0)  # where the user pressed Cancel, this says so
        reply = sending.reply()
        check_size(url, max(arrivals.received, reply.content().size()))
        return reply

    def _signed(self, request: QNetworkRequest, url: str) -> QNetworkRequest:
        """`request` with the sign-in. Not by `setAuthCfg`: QGIS would show it to every server that a redirection leads to."""
        done, signed = QgsApplication.authManager().updateNetworkRequest(request, self.authcfg)
        if not done:
            raise SignInError(
                "The authentication configuration “{name}” for “{host}” cannot be used. Check it in QGIS under Settings, Options, Authentication.",
                name=self.authcfg,
                host=host_of(url),
            )
        return signed


@contextmanager
def _watched(progress: Progress) -> Iterator[QgsFeedback]:
    """A feedback that is cancelled when the user cancels: the request itself does not ask."""
    feedback, done = QgsFeedback(), threading.Event()

    def watch() -> None:
        while not done.wait(_TICK_S):
            if progress.cancelled():
                feedback.cancel()
                return

    watcher = threading.Thread(target=watch, name="joptimiz-network", daemon=True)
    watcher.start()
    try:
        yield feedback
    finally:
        done.set()
        watcher.join()


class _Arrivals:
    """Follows a download; ends one that has no end."""

    def __init__(self, sending: QgsBlockingNetworkRequest, progress: Progress) -> None:
        self.sending, self.progress, self.received = sending, progress, 0

    def tell(self, received: int, total: int) -> None:
        """Show how far it is. Raises nothing: Qt calls it."""
        self.received = max(self.received, received)
        if received > client.LARGEST_BYTES:
            self.sending.abort()
        self.progress.show(min(1.0, received / total) if total > 0 else 0.0, "")


def _status(reply: Any) -> int:
    return int(reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute) or 0)


def _received(reply: Any, url: str, timeout: float, sink: BinaryIO) -> Response:
    """A whole answer, of whatever status; or what kept it from being one."""
    content = bytes(reply.content())
    if (reply.error() != _Error.NoError and _number(reply.error()) < _LEAST_HTTP_ERROR) or not _status(reply):
        raise _translated(reply, url, timeout, len(content))
    sink.write(content)
    headers = {bytes(name).decode("latin-1").lower(): bytes(reply.rawHeader(name)).decode("latin-1") for name in reply.rawHeaderList()}
    return Response(_status(reply), url, headers)


def _number(error: Any) -> int:
    """Number of an error; Qt 5 and Qt 6 differ in what their enumerations are."""
    return int(getattr(error, "value", error))


def _translated(reply: Any, url: str, timeout: float, received: int) -> NetworkError:
    host, error = host_of(url), reply.error()
    if error in {_Error.OperationCanceledError, _Error.TimeoutError}:
        return NoAnswerError(
            "“{host}” did not answer within {seconds:g} s. Check the connection, or try again later.", host=host, seconds=timeout
        )
    if error == _Error.SslHandshakeFailedError:
        return CertificateError(
            "The certificate of “{host}” is not trusted ({cause}). Behind a proxy that inspects the traffic, its certificate must be known: in QGIS "
            "under Settings, Options, Authentication; on the command line by the variable REQUESTS_CA_BUNDLE.",
            host=host,
            cause=reply.errorString(),
        )
    if _status(reply):
        return CutShortError(
            "The answer of “{host}” was cut short after {received} bytes. Try again; if it happens again, tell its publisher.",
            host=host,
            received=received,
        )
    return UnreachableError(
        "“{host}” cannot be reached ({cause}). Check the name, the network and the proxy.", host=host, cause=reply.errorString()
    )
