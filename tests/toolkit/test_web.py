"""The network room against a real server that misbehaves: every trouble is an error of its kind, in a sentence; nothing is half written."""

from __future__ import annotations

import socket
import threading
import time
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from joptimiz_qgis.toolkit import errors
from joptimiz_qgis.toolkit.progress import Progress
from joptimiz_qgis.toolkit.web import client as web
from joptimiz_qgis.toolkit.web.requests_client import RequestsClient
from tests.web_server import GEOJSON, REFUSALS, Answer, self_signed, web_server


@pytest.fixture
def server():
    with web_server() as running:
        yield running


@pytest.fixture
def client(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    return RequestsClient(timeout=5)


class Stopped(Progress):
    """A user who presses Cancel after so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds

    def cancelled(self) -> bool:
        return time.monotonic() > self.end


class Told(Progress):
    def __init__(self) -> None:
        self.texts: list[str] = []

    def show(self, fraction: float, text: str) -> None:
        if text:
            self.texts.append(text)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


# -- what goes well --------------------------------------------------------------------------------------------------------


def test_an_answer_with_its_parameters_and_headers(server, client):
    url = server.on("/data", Answer(body=GEOJSON, headers={"ETag": '"7"'}))
    response = client.get(url + "?a=1&where=old", {"where": 'régime="LIVRAISON"'}, {"Accept": "application/geo+json"})
    assert (response.status, response.body, response.headers["etag"], response.json()["features"][0]["id"]) == (200, GEOJSON, '"7"', "b1")
    asked = server.asked[0]
    assert asked.query == {"a": "1", "where": 'régime="LIVRAISON"'}
    assert (asked.headers["accept"], asked.headers["user-agent"]) == ("application/geo+json", "joptimiz_qgis")


@pytest.mark.parametrize("chunked", [False, True])
def test_a_download_is_the_file(server, client, tmp_path, chunked):
    body = bytes(range(256)) * 4000
    response = client.download(server.on("/big", Answer(body=body, chunked=chunked)), tmp_path / "big.bin")
    assert (tmp_path / "big.bin").read_bytes() == body
    assert (response.status, response.body) == (200, b"")


def test_a_compressed_answer_is_decompressed_and_its_length_still_checked(server, client):
    import gzip

    packed = gzip.compress(GEOJSON)
    assert client.get(server.on("/gz", Answer(body=packed, headers={"Content-Encoding": "gzip"}))).body == GEOJSON


def test_redirections_are_followed_and_the_last_address_is_told(server, client):
    server.on("/new", Answer(body=GEOJSON))
    server.on("/old", Answer(302, headers={"Location": "/newer"}))
    server.on("/newer", Answer(301, headers={"Location": server.url + "/new"}))
    response = client.get(server.url + "/old")
    assert (response.body, response.url) == (GEOJSON, server.url + "/new")


def test_nothing_newer_leaves_the_file_alone(server, client, tmp_path):
    path = tmp_path / "a.geojson"
    path.write_bytes(b"mine")
    response = client.download(server.on("/same", Answer(304)), path, headers={"If-None-Match": '"7"'})
    assert (response.unchanged, path.read_bytes()) == (True, b"mine")
    assert server.asked[0].headers["if-none-match"] == '"7"'


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_when_it_says(server, client, status):
    told = Told()
    url = server.on("/busy", Answer(status, b"slow down", {"Retry-After": "1"}), Answer(body=GEOJSON))
    start = time.monotonic()
    assert client.get(url, progress=told).body == GEOJSON
    assert time.monotonic() - start >= 1
    assert server.paths() == ["/busy", "/busy"]
    assert told.texts == [f"“{server.host}” asks to wait 1 s"]


def test_when_to_ask_again():
    in_a_minute = datetime.now(timezone.utc) + timedelta(seconds=60)
    assert web.retry_after("120", 0) == 120
    assert web.retry_after(format_datetime(in_a_minute, usegmt=True), 0) == pytest.approx(60, abs=2)
    assert web.retry_after("Wed, 21 Oct 2015 07:28:00 GMT", 0) == 0
    assert [web.retry_after(None, attempt) for attempt in range(3)] == [1, 2, 4]
    assert web.retry_after("soon", 1) == 2


# -- what goes wrong -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("answer", "kind", "sentence"), REFUSALS, ids=lambda part: getattr(part, "status", None) or getattr(part, "__name__", ""))
def test_each_refusal_is_a_sentence_and_leaves_the_old_file(server, client, tmp_path, folder_is_clean, answer, kind, sentence):
    path = tmp_path / "bays.geojson"
    path.write_bytes(b"of yesterday")
    url = server.on("/secret/data", answer)
    with pytest.raises(kind) as caught:
        client.download(url, path, {"apikey": "k0"})
    assert type(caught.value) is kind
    assert sentence.format(url=url) in str(caught.value)
    assert server.host in str(caught.value)
    assert "k0" not in str(caught.value)  # what follows the ? may be a secret
    assert path.read_bytes() == b"of yesterday"
    assert folder_is_clean(but=[path])


def test_a_server_that_stays_busy_is_given_up(server):
    url = server.on("/busy", Answer(503, headers={"Retry-After": "0"}))
    with pytest.raises(errors.BusyError, match=r"HTTP 503"):
        RequestsClient(retries=2).get(url)
    assert len(server.asked) == 3


def test_a_silent_server(server):
    with pytest.raises(errors.NoAnswerError, match=r"did not answer within 0.3 s"):
        RequestsClient().get(server.on("/silent", Answer(silence=20)), timeout=0.3)


def test_a_server_that_falls_silent_in_the_middle(server, tmp_path, folder_is_clean):
    with pytest.raises(errors.NoAnswerError, match=r"did not answer within 0.3 s"):
        RequestsClient(timeout=0.3).download(server.on("/tired", Answer(body=b"x" * 2000, pause=20)), tmp_path / "a.bin")
    assert folder_is_clean()


def test_redirections_without_end(server, client):
    with pytest.raises(errors.UnreachableError, match=r"leads in circles: more than 10 redirections"):
        client.get(server.on("/loop", Answer(302, headers={"Location": "/loop"})))


def test_a_certificate_that_nobody_vouches_for(client, tmp_path, monkeypatch):
    certificate = self_signed(tmp_path)
    with web_server(certificate) as secure:
        url = secure.on("/data", Answer(body=GEOJSON))
        with pytest.raises(errors.CertificateError, match=r"The certificate of “127.0.0.1:\d+” is not trusted \(self.signed certificate\)"):
            client.get(url)
        assert secure.asked == []  # not a byte of the request before the certificate is good
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "cert.pem"))  # what the sentence says to do
        assert RequestsClient().get(url).body == GEOJSON


def test_no_way_to_the_server(client):
    for url in (f"http://127.0.0.1:{free_port()}/", "http://no-such-host.invalid/"):
        with pytest.raises(errors.UnreachableError, match=r"cannot be reached \(.+\)\. Check the name, the network and the proxy") as caught:
            client.get(url)
        assert "0x" not in str(caught.value)  # no address of a Python object


def test_a_proxy_that_is_not_there(client, monkeypatch, server):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(errors.UnreachableError, match="proxy"):
        client.get("http://opendata.example/data")


def test_the_environment_s_proxy_is_used(client, monkeypatch, server):
    monkeypatch.setenv("http_proxy", server.url)
    server.on("/data", Answer(body=GEOJSON))
    assert client.get("http://opendata.example/data").body == GEOJSON
    assert server.asked[0].target == "http://opendata.example/data"


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://a.fr/b", "data.csv", "https:///data", ""])
def test_only_the_web_is_asked(client, url):
    with pytest.raises(errors.NetworkError, match="is not an address on the web"):
        client.get(url)


def test_what_is_not_json(server, client):
    with pytest.raises(errors.NotDataError, match="something other than JSON: “No such layer”"):
        client.get(server.on("/xml", Answer(body=b"<ows:Exception>No such layer</ows:Exception>"))).json()


def test_a_user_s_name_in_an_address_is_not_said():
    assert web.shown("https://me:word@host.fr/a/b?apikey=1#c") == "https://host.fr/a/b"
    assert web.host_of("https://me:word@host.fr:8080/a") == "host.fr:8080"


def test_an_answer_too_large_is_stopped(server, client, tmp_path, monkeypatch, folder_is_clean):
    monkeypatch.setattr(web, "LARGEST_BYTES", 1_000_000)
    with pytest.raises(errors.NetworkError, match="larger than 1 MB"):
        client.download(server.on("/huge", Answer(body=b"x" * 1_500_000)), tmp_path / "a.bin")
    assert folder_is_clean()


def test_a_folder_that_is_not_there(server, client, tmp_path):
    with pytest.raises(errors.OutputError, match="cannot be written"):
        client.download(server.on("/data", Answer(body=GEOJSON)), tmp_path / "none" / "a.geojson")


# -- cancel ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [Answer(silence=30), Answer(body=b"x" * 100_000, pause=30), Answer(503, headers={"Retry-After": "50"})],
    ids=["before the answer", "in its middle", "while waiting to ask again"],
)
def test_a_cancel_does_not_wait_for_the_server(server, client, tmp_path, folder_is_clean, answer):
    url = server.on("/slow", answer)
    with pytest.raises(errors.CancelledError):
        client.download(url, tmp_path / "a.bin", timeout=60, progress=Stopped(0.3))
    assert server.paths() == ["/slow"]
    assert answer.status == 503 or server.answered == []  # it is still silent
    assert folder_is_clean()


def test_the_client_works_after_a_cancel_and_no_thread_is_left(server, client):
    with pytest.raises(errors.CancelledError):
        client.get(server.on("/slow", Answer(body=b"x" * 3_000_000, pause=0.5)), progress=Stopped(0.1))
    assert client.get(server.on("/data", Answer(body=GEOJSON))).body == GEOJSON
    end = time.monotonic() + 5
    while any(thread.name == "joptimiz-network" for thread in threading.enumerate()) and time.monotonic() < end:
        time.sleep(0.05)
    assert not [thread for thread in threading.enumerate() if thread.name == "joptimiz-network"]


@pytest.mark.parametrize("form", ["http://{host}\\@agreed.example/csv", "http://{host}\t@agreed.example/csv", "http://{host}/a b"])
def test_an_address_that_names_two_servers_is_none(server, client, form):
    """The one is shown to the user, who agrees to it; the other got what was sent."""
    with pytest.raises(errors.NetworkError, match="is not an address on the web"):
        client.post(form.format(host=server.host), b"12 rue A")
    assert server.asked == []
