"""QGIS's way to the network against the same misbehaving server as the toolkit's, in the main thread and in a task."""

from __future__ import annotations

import time

import pytest
from qgis.core import QgsApplication, QgsTask

from joptimiz_qgis.processing.algorithm import FeedbackProgress
from joptimiz_qgis.processing.web import QgisClient
from joptimiz_qgis.toolkit import errors
from joptimiz_qgis.toolkit.progress import Progress
from joptimiz_qgis.toolkit.sources import as_source, fetch
from joptimiz_qgis.toolkit.web import client as web
from tests.web_server import GEOJSON, REFUSALS, Answer, self_signed, web_server


@pytest.fixture
def server():
    with web_server() as running:
        yield running


@pytest.fixture
def client():
    return QgisClient(timeout=5)


class Stopped(Progress):
    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds

    def cancelled(self) -> bool:
        return time.monotonic() > self.end


class Told(Progress):
    def __init__(self) -> None:
        self.fractions = []

    def show(self, fraction, text) -> None:
        if self.fractions[-1:] != [1.0]:  # the last word is that the download is complete
            self.fractions.append(fraction)


def test_an_answer_with_its_parameters_and_headers(server, client):
    url = server.on("/data", Answer(body=GEOJSON, headers={"ETag": '"7"'}))
    response = client.get(url + "?a=1", {"where": 'régime="LIVRAISON" and x+y'}, {"Accept": "application/geo+json"})
    assert (response.status, response.body, response.headers["etag"], response.url.partition("?")[0]) == (200, GEOJSON, '"7"', url)
    assert server.asked[0].query == {"a": "1", "where": 'régime="LIVRAISON" and x+y'}
    assert server.asked[0].headers["accept"] == "application/geo+json"


@pytest.mark.parametrize("chunked", [False, True])
def test_a_download_is_the_file(server, client, tmp_path, chunked):
    body = bytes(range(256)) * 4000
    client.download(server.on("/big", Answer(body=body, chunked=chunked)), tmp_path / "big.bin")
    assert (tmp_path / "big.bin").read_bytes() == body


def test_the_server_is_asked_each_time(server, client):
    """QGIS keeps answers; a refresh must not be given yesterday's."""
    url = server.on("/data", Answer(body=b"one", headers={"Cache-Control": "max-age=9999"}), Answer(body=b"two"))
    assert [client.get(url).body, client.get(url).body] == [b"one", b"two"]


def test_redirections_absolute_and_relative(server, client):
    server.on("/new", Answer(body=GEOJSON))
    server.on("/newer", Answer(301, headers={"Location": server.url + "/new"}))
    server.on("/old", Answer(302, headers={"Location": "newer"}))
    response = client.get(server.url + "/old")
    assert (response.body, response.url) == (GEOJSON, server.url + "/new")
    with pytest.raises(errors.UnreachableError, match="leads in circles"):
        client.get(server.on("/loop", Answer(302, headers={"Location": "/loop"})))


def test_nothing_newer(server, client, tmp_path):
    path = tmp_path / "a.geojson"
    path.write_bytes(b"mine")
    assert client.download(server.on("/same", Answer(304)), path, headers={"If-None-Match": '"7"'}).unchanged
    assert (path.read_bytes(), server.asked[0].headers["if-none-match"]) == (b"mine", '"7"')


def test_a_busy_server_is_asked_again(server, client):
    url = server.on("/busy", Answer(429, b"slow down", {"Retry-After": "1"}), Answer(body=GEOJSON))
    assert client.get(url).body == GEOJSON
    assert server.paths() == ["/busy", "/busy"]


@pytest.mark.parametrize(("answer", "kind", "sentence"), REFUSALS, ids=lambda part: getattr(part, "status", None) or getattr(part, "__name__", ""))
def test_each_refusal_is_the_same_error_as_outside_qgis(server, client, tmp_path, files_in, answer, kind, sentence):
    path = tmp_path / "bays.geojson"
    path.write_bytes(b"of yesterday")
    url = server.on("/secret/data", answer)
    with pytest.raises(kind) as caught:
        client.download(url, path, {"apikey": "k0"})
    assert type(caught.value) is kind
    assert sentence.format(url=url) in str(caught.value)
    assert server.host in str(caught.value) and "k0" not in str(caught.value)
    assert path.read_bytes() == b"of yesterday"
    assert files_in() == ["bays.geojson"]


@pytest.mark.parametrize("answer", [Answer(silence=20), Answer(body=b"x" * 2000, pause=20)])
def test_a_silent_server(server, answer):
    with pytest.raises(errors.NoAnswerError, match=r"did not answer within 0.5 s"):
        QgisClient(timeout=0.5).get(server.on("/silent", answer))


def test_no_way_to_the_server(client):
    with pytest.raises(errors.UnreachableError, match=r"“no-such-host.invalid” cannot be reached \(Host no-such-host.invalid not found\)"):
        client.get("http://no-such-host.invalid/")


def test_a_certificate_that_nobody_vouches_for(client, tmp_path):
    with web_server(self_signed(tmp_path)) as secure:
        with pytest.raises(errors.CertificateError, match="is not trusted"):
            client.get(secure.on("/data", Answer(body=GEOJSON)))
        assert secure.asked == []


def test_an_answer_too_large_is_stopped(server, client, monkeypatch):
    monkeypatch.setattr(web, "LARGEST_BYTES", 1_000_000)
    with pytest.raises(errors.NetworkError, match="larger than 1 MB"):
        client.get(server.on("/huge", Answer(body=b"x" * 9_000_000, pause=30)))
    assert server.answered == []  # it was not waited for


@pytest.mark.parametrize("answer", [Answer(silence=30), Answer(body=b"x" * 100_000, pause=30), Answer(503, headers={"Retry-After": "50"})])
def test_a_cancel_does_not_wait_for_the_server(server, client, answer):
    with pytest.raises(errors.CancelledError):
        client.get(server.on("/slow", answer), timeout=60, progress=Stopped(0.3))
    assert server.paths() == ["/slow"]
    assert answer.status == 503 or server.answered == []  # it is still silent


def in_a_task(work):
    """What `work` gives, run in QGIS's own thread pool as algorithms are, while QGIS's event loop goes on."""
    results = []

    def run(_task):
        try:
            results.append(work())
        except errors.JoptimizError as error:
            results.append(error)
        return True

    task = QgsTask.fromFunction("network", run)
    QgsApplication.taskManager().addTask(task)
    end = time.monotonic() + 60
    while not results and time.monotonic() < end:
        QgsApplication.processEvents()
        time.sleep(0.005)
    return results[0]


def test_in_a_task(server, client, tmp_path):
    body = b"x" * 3_000_000
    told = Told()
    assert in_a_task(lambda: client.get(server.on("/data", Answer(body=body)), progress=told).body) == body
    assert told.fractions == sorted(told.fractions) and told.fractions[-1] == 1.0  # how many steps between is Qt's affair
    error = in_a_task(lambda: client.get(server.on("/none", Answer(404))))
    assert type(error) is errors.NotFoundError
    stopped = in_a_task(lambda: client.get(server.on("/slow", Answer(silence=30)), timeout=60, progress=Stopped(0.3)))
    assert type(stopped) is errors.CancelledError
    source = as_source({"id": "f", "table": "perimeters", "service": "file", "format": "geojson", "url": server.on("/f.geojson", Answer(body=GEOJSON))})
    assert in_a_task(lambda: fetch(source, client, tmp_path)).copies[0].path.read_bytes() == GEOJSON


def test_qgis_s_own_cancel_reaches_the_request(server, client):
    from qgis.core import QgsProcessingFeedback

    feedback = QgsProcessingFeedback()
    feedback.cancel()
    with pytest.raises(errors.CancelledError):
        client.get(server.on("/data", Answer(body=GEOJSON)), progress=FeedbackProgress(feedback))
    assert server.asked == []


# -- QGIS's settings, each in a QGIS of its own with an empty profile -------------------------------------------------------------

SIGN_IN = """
import sys
from qgis.core import QgsAuthMethodConfig
from joptimiz_qgis.processing.web import QgisClient
from joptimiz_qgis.toolkit.errors import SignInError

manager = QgsApplication.authManager()
assert manager.setMasterPassword("master of the tests", True)
configuration = QgsAuthMethodConfig("Basic")
configuration.setName("portal")
configuration.setConfig("username", "agent")
configuration.setConfig("password", "m:ot de passe")
assert manager.storeAuthenticationConfig(configuration)[0]
own, other = sys.argv[1:3]
host = own.partition("//")[2]

def ask(client, url):
    try:
        return client.get(url).body.decode()
    except SignInError as error:
        return str(error)

signed = QgisClient(configuration.id(), host, timeout=5)
urls = [own + "/private", own + "/moved", own + "/moved-here", own + "/elsewhere", other + "/data"]
say([ask(signed, url) for url in urls] + [ask(QgisClient(timeout=5), urls[0]), ask(QgisClient("nosuch1", host, timeout=5), urls[0])]
    + [signed.post(urls[0], b"x").body.decode(), signed.post(other + "/data", b"x").body.decode()])
"""


def test_a_stored_sign_in_is_shown_to_its_server_and_to_no_other(python):
    from tests.web_server import signed_in

    with web_server() as own, web_server() as other:
        own.on("/private", lambda asked: Answer(body=b"welcome") if signed_in(asked, "agent", "m:ot de passe") else Answer(401))
        own.on("/moved", Answer(302, headers={"Location": "/private"}))
        own.on("/moved-here", Answer(302, headers={"Location": own.url + "/private"}))
        own.on("/elsewhere", Answer(302, headers={"Location": other.url + "/data"}))
        other.on("/data", Answer(body=b"public"))
        results = python(SIGN_IN, own.url, other.url)
        assert results[:5] == ["welcome", "welcome", "welcome", "public", "public"]
        assert "wants to know who asks, or does not know the user given (HTTP 401)" in results[5]
        assert "The authentication configuration “nosuch1” for" in results[6]
        assert results[7:] == ["welcome", "public"]
        assert len(other.asked) == 3
        assert not [asked for asked in other.asked if "authorization" in asked.headers]


PROXY = """
import sys
from qgis.core import QgsNetworkAccessManager, QgsSettings
from joptimiz_qgis.processing.web import QgisClient
from joptimiz_qgis.toolkit.errors import UnreachableError

settings = QgsSettings()
for name, value in {"Enabled": True, "Type": "HttpProxy", "Host": "127.0.0.1", "Port": sys.argv[1]}.items():
    settings.setValue("proxy/proxy" + name, value)
QgsNetworkAccessManager.instance().setupDefaultProxyAndCache()
answer = QgisClient(timeout=5).get("http://opendata.example/data").body.decode()
posted = QgisClient(timeout=5).post("http://opendata.example/csv", b"12 rue A").body.decode()
settings.setValue("proxy/proxyPort", "1")
QgsNetworkAccessManager.instance().setupDefaultProxyAndCache()
try:
    refusal = QgisClient(timeout=5).get("http://opendata.example/data").body.decode()
except UnreachableError as error:
    refusal = str(error)
say([answer, posted, refusal])
"""


def test_qgis_s_proxy_is_used(python):
    with web_server() as proxy:
        proxy.on("/data", Answer(body=b"through the proxy"))
        proxy.on("/csv", lambda asked: Answer(body=b"posted " + asked.body))
        answer, posted, refusal = python(PROXY, proxy.host.partition(":")[2])
        assert [asked.target for asked in proxy.asked] == ["http://opendata.example/data", "http://opendata.example/csv"]
        assert posted == "posted 12 rue A"
    assert answer == "through the proxy"
    assert refusal.startswith("“opendata.example” cannot be reached (") and "roxy" in refusal


# -- sending -----------------------------------------------------------------------------------------------------------


def test_what_is_posted_arrives_whole_once_and_is_answered(server, client):
    body = bytes(range(256)) * 400
    url = server.on("/csv", Answer(body=b"a;b", headers={"X-Kind": "1"}))
    response = client.post(url, body, {"Content-Type": "text/plain"})
    assert (response.status, response.body, response.headers["x-kind"]) == (200, b"a;b", "1")
    assert [(asked.body, asked.headers["content-type"]) for asked in server.asked] == [(body, "text/plain")]


@pytest.mark.parametrize("place", ["/elsewhere", "{other}/elsewhere"])
def test_a_redirection_does_not_carry_the_body_on(server, client, place):
    """Who agreed to a host agreed to no other."""
    with web_server() as other:
        other.on("/elsewhere", Answer(body=b"thanks"))
        server.on("/elsewhere", Answer(body=b"thanks"))
        for status in (301, 302, 307, 308):
            url = server.on("/csv", Answer(status, headers={"Location": place.format(other=other.url)}))
            with pytest.raises(errors.NetworkError, match=f"HTTP {status}"):
                client.post(url, b"12 rue A")
            with pytest.raises(errors.NetworkError, match=f"HTTP {status}"):
                client.get(url, {"q": "12 rue A"}, redirected=False)
        assert (other.asked, server.paths()) == ([], ["/csv"] * 8)
        assert client.get(server.on("/here", Answer(body=b"thanks")), {"q": "12 rue A"}, redirected=False).body == b"thanks"


@pytest.mark.parametrize(("answer", "kind", "sentence"), REFUSALS)
def test_each_refusal_of_a_post_is_the_same_error(server, client, answer, kind, sentence):
    url = server.on("/csv", answer)
    with pytest.raises(errors.NetworkError) as caught:
        client.post(url, b"12 rue A")
    assert type(caught.value) is kind
    assert sentence.format(url=url) in str(caught.value)


def test_a_busy_server_gets_the_post_again(server, client):
    url = server.on("/csv", Answer(429, headers={"Retry-After": "0"}), Answer(503, headers={"Retry-After": "0"}), Answer(body=b"ok"))
    assert client.post(url, b"12 rue A").body == b"ok"
    assert [asked.body for asked in server.asked] == [b"12 rue A"] * 3


@pytest.mark.parametrize("answer", [Answer(body=b"a", silence=60), Answer(body=GEOJSON, pause=60)])
def test_a_cancel_of_a_post_does_not_wait_for_the_server(server, client, answer):
    url = server.on("/csv", answer)
    start = time.monotonic()
    with pytest.raises(errors.CancelledError):
        client.post(url, b"12 rue A", progress=Stopped(0.3))
    assert time.monotonic() - start < 1.3


def test_a_silent_server_is_given_up_by_a_post(server):
    with pytest.raises(errors.NoAnswerError, match="did not answer within"):
        QgisClient(timeout=0.5).post(server.on("/csv", Answer(silence=60)), b"12 rue A")
