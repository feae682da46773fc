"""The network inside QGIS: its proxy, its certificates and its stored sign-ins apply (Settings, Options, Network and Authentication)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO, Callable
from urllib.parse import urljoin, urlsplit

from qgis.core import QgsApplication, QgsBlockingNetworkRequest, QgsNetworkAccessManager, QgsNetworkReplyContent
from qgis.PyQt.QtCore import QCoreApplication, QEventLoop, Qt, QThread, QTimer, QUrl
from qgis.PyQt.QtNetwork import QNetworkReply, QNetworkRequest

from ..toolkit.errors import CertificateError, CutShortError, NetworkError, NoAnswerError, SignInError, UnreachableError
from ..toolkit.progress import Progress
from ..toolkit.web import client
from ..toolkit.web.client import Client, Response, check_size, host_of, shown

_Error = QNetworkReply.NetworkError
_TICK_MS = 100
_PAUSE_MS = 5
_MOST_REDIRECTIONS = 10
_LEAST_HTTP_ERROR = 200
"""Qt numbers the errors that are statuses of HTTP from here on; those below are of the connection and of the proxy."""


class QgisClient(Client):
    """`Client` by QGIS's network; may be used in any thread.

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

    def upload(self, url: str, headers: Mapping[str, str], timeout: float, body: bytes, sink: BinaryIO, progress: Progress) -> Response:
        """See `Client.upload`."""
        return _received(self._send(url, headers, timeout, progress, body), url, timeout, sink)

    def exchange_here(self, url: str, headers: Mapping[str, str], timeout: float, sink: BinaryIO, progress: Progress) -> Response:
        """See `Client.exchange_here`."""
        return _received(self._send(url, headers, timeout, progress, redirected=False), url, timeout, sink)

    def _onwards(self, address: str, last: str, reply: Any) -> str | None:
        """Where to ask next, if QGIS stopped on the way: it takes no relative redirection, and shows the sign-in to the first only."""
        if not urlsplit(last).scheme:
            return urljoin(address, last)
        asked_again = _status(reply) == 401 and self._signs_in(last) and last != address
        return last if asked_again else None

    def _signs_in(self, url: str) -> bool:
        return bool(self.authcfg) and host_of(url) == self.auth_host

    def _send(
        self, url: str, headers: Mapping[str, str], timeout: float, progress: Progress, body: bytes | None = None, redirected: bool = True
    ) -> Any:
        request = QNetworkRequest(QUrl(url))
        for name, value in headers.items():
            request.setRawHeader(name.encode(), value.encode())
        request.setTransferTimeout(int(1000 * timeout))
        if self._signs_in(url):
            request = self._signed(request, url)
        conversation = _Conversation(request, progress, body, redirected and body is None)
        conversation.hold()
        progress.step(0)  # where the user pressed Cancel, this says so
        check_size(url, conversation.received)
        return conversation.reply

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


class _Conversation:
    """One request and its reply, in a thread that is not the main one; ends within a second where the user cancels.

    QgsBlockingNetworkRequest takes a QgsFeedback for that, but sometimes never returns when it is cancelled (3.40): it deletes the reply,
    and the reply's own end, which it waits for, is lost where the deletion comes first. So the reply is aborted, in its own thread.
    """

    def __init__(self, request: QNetworkRequest, progress: Progress, body: bytes | None, redirected: bool) -> None:
        self.request, self.progress, self.body, self.redirected = request, progress, body, redirected
        self.received = 0
        self.reply: Any = None
        self.failure: BaseException | None = None

    def hold(self) -> None:
        """Talk; QGIS's windows (a sign-in, a certificate to accept) go on meanwhile, as they do in its own blocking requests."""
        if QThread.currentThread() != QCoreApplication.instance().thread():
            self._talk()
            return
        worker = _Worker(self._talk_aside)
        worker.start()
        while not worker.wait(_PAUSE_MS):
            QCoreApplication.processEvents()
        if self.failure is not None:
            raise self.failure

    def _talk_aside(self) -> None:
        try:
            self._talk()
        except Exception as error:  # noqa: BLE001 - raised again in the thread that asked
            self.failure = error

    def _talk(self) -> None:
        timer = QTimer()
        timer.timeout.connect(self._look)
        timer.start(_TICK_MS)
        self.reply = self._fetched() if self.redirected else self._sent()
        timer.stop()
        self.received = max(self.received, self.reply.content().size())

    def _fetched(self) -> QgsNetworkReplyContent:
        sending = QgsBlockingNetworkRequest()
        sending.downloadProgress.connect(self._tell, Qt.ConnectionType.DirectConnection)
        sending.get(self.request, True)
        return sending.reply()

    def _sent(self) -> QgsNetworkReplyContent:
        """Not by QgsBlockingNetworkRequest: it would send the body, or what the address says, on to wherever a redirection leads."""
        self.request.setAttribute(QNetworkRequest.Attribute.RedirectPolicyAttribute, QNetworkRequest.RedirectPolicy.ManualRedirectPolicy)
        manager = QgsNetworkAccessManager.instance()
        reply = manager.get(self.request) if self.body is None else manager.post(self.request, self.body)
        loop = QEventLoop()
        reply.downloadProgress.connect(self._tell, Qt.ConnectionType.DirectConnection)
        reply.finished.connect(loop.quit)
        if not reply.isFinished():
            loop.exec()
        content = QgsNetworkReplyContent(reply)
        content.setContent(reply.readAll())
        reply.deleteLater()
        return content

    def _tell(self, received: int, total: int) -> None:
        """Show how far it is. Like `_look`, called by Qt: raises nothing."""
        self.received = max(self.received, received)
        self.progress.show(min(1.0, received / total) if total > 0 else 0.0, "")

    def _look(self) -> None:
        """End a reply that nobody wants any more; this thread has no other."""
        if self.progress.cancelled() or self.received > client.LARGEST_BYTES:
            for reply in QgsNetworkAccessManager.instance().findChildren(QNetworkReply):
                reply.abort()


class _Worker(QThread):
    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self.work = work

    def run(self) -> None:
        """Called by Qt in the new thread."""
        self.work()


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
