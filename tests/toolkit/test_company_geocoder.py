"""Addresses sent in batches, with consent, once; whatever the server does. The server here is addok's form on this machine; a real one below."""

from __future__ import annotations

import csv
import email
import io
import sqlite3

import numpy as np
import pandas as pd
import pytest
from addok_server import Address, addok
from builders import published_rows

from joptimiz_qgis.toolkit.company.geocoder import (
    SENT_COLUMNS,
    AddressCache,
    Consent,
    cleaned,
    cleaned_town,
    endpoint,
    geocode,
    plan,
)
from joptimiz_qgis.toolkit.company.locate import addresses_of, nowhere, place_answers, same_street
from joptimiz_qgis.toolkit.company.pipeline import locate, prepare
from joptimiz_qgis.toolkit.company.recipe import Recipe
from joptimiz_qgis.toolkit.errors import CancelledError, FileError, ParameterError
from joptimiz_qgis.toolkit.progress import Progress
from joptimiz_qgis.toolkit.web import Client
from joptimiz_qgis.toolkit.web.requests_client import RequestsClient
from tests.web_server import Answer, web_server


def form_of(asked):
    """Fields and files of a multipart request, read by Python's own parser of such messages."""
    message = email.message_from_bytes(b"Content-Type: " + asked.headers["content-type"].encode() + b"\r\n\r\n" + asked.body)
    return [(part.get_param("name", header="content-disposition"), part.get_payload(decode=True).decode()) for part in message.get_payload()]


def rows_of(asked):
    return list(csv.DictReader(io.StringIO(dict(form_of(asked))["data"], newline="")))


class Service:
    """Answers in addok's form: the house number tells the position; a street that is not known has none."""

    def __init__(self, server, path="/search/csv/") -> None:
        self.url = server.url
        self.host = server.host
        self.server = server
        self.trouble: list[Answer] = []
        self.answered: list[tuple[str, ...]] = []
        server.on(path, self.answer)

    def answer(self, asked):
        if self.trouble:
            return self.trouble.pop(0)
        out = io.StringIO(newline="")
        names = [*SENT_COLUMNS, "latitude", "longitude", "result_label", "result_score", "result_type", "result_postcode"]
        writer = csv.DictWriter(out, names)
        writer.writeheader()
        for row in rows_of(asked):
            self.answered.append(tuple(row.values()))
            number = row["adresse"].split()[0]
            label = f"{row['adresse']} {row['code_postal']} {row['ville']}"
            told = {"result_label": label, "result_score": 0.9, "result_type": "housenumber", "result_postcode": row["code_postal"]}
            place = {"latitude": 48.8 + int(number) / 10000, "longitude": 2.3, **told} if number.isdigit() else {}
            writer.writerow({**row, **place})
        return Answer(body=out.getvalue().encode("utf-8-sig"), headers={"Content-Type": "text/csv"})


@pytest.fixture
def service():
    with web_server() as server:
        yield Service(server)


@pytest.fixture
def cache(tmp_path):
    return AddressCache(tmp_path / "cache" / "a.sqlite")


def addresses(count: int, start: int = 1) -> pd.DataFrame:
    cells = [(f"{number} rue de l’Église", "75001", "Paris 1er Arrondissement") for number in range(start, start + count)]
    return pd.DataFrame(cells, columns=list(SENT_COLUMNS), dtype=object)


def ask(service, cache, table, consent="given", progress=None, batch=10, **client):
    agreed = plan(table, service.url, cache).consent() if consent == "given" else consent
    return geocode(table, RequestsClient(**client), service.url, cache, agreed, progress, batch=batch, pause=0.01)


# -- what is sent ----------------------------------------------------------------------------------------------------------------


def test_address_columns_are_sent_in_batches_and_nothing_else(service, cache):
    found = ask(service, cache, addresses(25))
    assert (found.sent, found.known, found.failure, len(found.answers)) == (25, 0, None, 25)
    assert len(service.server.asked) == 3
    for asked in service.server.asked:
        form = form_of(asked)
        assert [value for name, value in form if name == "columns"] == list(SENT_COLUMNS)
        assert {name for name, _ in form} == {"data", "columns"}
        assert all(set(row) == set(SENT_COLUMNS) for row in rows_of(asked))
    assert rows_of(service.server.asked[0])[0] == {"adresse": "1 rue de l'Église", "code_postal": "75001", "ville": "Paris"}
    one = found.answers[4]
    assert (one.longitude, one.latitude, one.score, one.type) == (2.3, pytest.approx(48.8005), 0.9, "housenumber")


def test_without_consent_nothing_is_sent(service, cache):
    found = ask(service, cache, addresses(5), consent=None)
    assert (found.answers, service.server.asked) == ({}, [])
    intended = plan(addresses(5), service.url, cache)
    assert (intended.host, intended.columns, intended.rows, intended.known) == (service.host, SENT_COLUMNS, 5, 0)
    assert intended.sentence() == f"5 addresses would be sent to “{service.host}”: number and street, postcode, town, and nothing else of the file."
    ask(service, cache, addresses(2))
    assert plan(addresses(5), service.url, cache).sentence().startswith("3 addresses would be sent")
    assert plan(addresses(5), service.url, cache).sentence().endswith("nothing else of the file. 2 are known already.")


@pytest.mark.parametrize("change", [{"host": "other.example"}, {"columns": ("adresse",)}, {"rows": 4}])
def test_a_consent_to_something_else_is_none(service, cache, change):
    agreed = {"host": service.host, "columns": SENT_COLUMNS, "rows": 5, **change}
    with pytest.raises(ParameterError, match=r"Nothing was sent; ask again\."):
        ask(service, cache, addresses(5), Consent(**agreed))
    assert service.server.asked == []


def test_an_address_is_sent_once_however_often_it_comes_and_however_it_is_written(service, cache):
    twice = pd.DataFrame([("1 rue  de l’Église", "75001", "Paris"), ("1 RUE DE L'ÉGLISE", "75001", "Paris 1er arrondissement"), (None, "75001", "Paris"), ("1 rue", None, None)], columns=list(SENT_COLUMNS), dtype=object)
    found = ask(service, cache, twice)
    assert sorted(found.answers) == [0, 1]
    assert len(service.answered) == 1
    again = ask(service, cache, twice)
    assert (again.sent, again.known, sorted(again.answers), len(service.answered)) == (0, 1, [0, 1], 1)


def test_what_was_not_found_is_remembered_too(service, cache):
    table = pd.DataFrame([("lieu-dit Perdu", "75001", "Paris")], columns=list(SENT_COLUMNS), dtype=object)
    assert ask(service, cache, table).answers[0].longitude is None
    assert ask(service, cache, table).sent == 0


def test_texts_are_cleaned():
    assert cleaned("  12 rue\nde l’Œuvre ") == "12 rue de l'Œuvre"
    assert [cleaned_town(text) for text in ("Paris 1er Arrondissement", "LYON 3EME", "Paris 11e  Arrondissement", "Lille Cedex 9", "Saint-Ouen", None)] == ["Paris", "LYON", "Paris", "Lille", "Saint-Ouen", ""]


def test_the_service_s_address_is_found_from_its_root():
    assert endpoint("http://localhost:7878") == "http://localhost:7878/search/csv/"
    assert endpoint("https://data.geopf.fr/geocodage/") == "https://data.geopf.fr/geocodage/search/csv"
    assert endpoint("https://a.example/search/csv") == "https://a.example/search/csv"


# -- a server in trouble ---------------------------------------------------------------------------------------------------------


def test_a_busy_server_is_waited_for(service, cache):
    service.trouble = [Answer(429, headers={"Retry-After": "0"}), Answer(503, headers={"Retry-After": "0"})]
    found = ask(service, cache, addresses(25))
    assert (found.sent, found.failure, len(service.answered)) == (25, None, 25)


TROUBLES = [
    Answer(500, b"broken"), Answer(429, headers={"Retry-After": "3600"}), Answer(body=b"\x00\xff garbage"), Answer(body=b"adresse,latitude\nx,1\n"),
    Answer(body=b"<html><title>Portail</title></html>"), Answer(body=b"adresse,code_postal", announced=500), Answer(silence=1.5), Answer(307, headers={"Location": "http://other.example/"}), Answer(403),
]  # fmt: skip


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda answer: f"{answer.status} {answer.body[:9]!r} {answer.silence or answer.announced or ''}")
def test_a_server_cut_in_the_middle_loses_nothing_and_gets_nothing_twice(service, cache, trouble):
    table = addresses(30)
    consent = plan(table, service.url, cache).consent()
    asked = []

    class CutAfterOne(Progress):
        def step(self, fraction, text=""):
            if text and fraction > 0.3:  # the second batch and what would follow meet the trouble
                asked.append(fraction)
                service.trouble = [trouble, trouble]

    first = geocode(table, RequestsClient(timeout=0.4), service.url, cache, consent, CutAfterOne(), batch=10, pause=0.01)
    assert first.failure is not None
    assert service.host in str(first.failure)
    assert (first.sent, len(first.answers)) == (10, 10)
    service.trouble = []
    second = ask(service, cache, table)
    assert (second.failure, second.sent, second.known, len(second.answers)) == (None, 20, 10, 30)
    assert len(service.answered) == len(set(service.answered)) == 30
    assert plan(table, service.url, cache).rows == 0


def test_a_connection_that_only_fetches_says_so(service, cache):
    class Fetching(RequestsClient):
        upload = Client.upload

    table = addresses(1)
    found = geocode(table, Fetching(), service.url, cache, plan(table, service.url, cache).consent(), pause=0.01)
    assert str(found.failure) == f"Nothing can be sent to “{service.host}” by this connection; it only fetches."


def test_a_moment_s_failure_is_tried_once_more(service, cache):
    service.trouble = [Answer(500)]
    found = ask(service, cache, addresses(5))
    assert (found.failure, found.sent) == (None, 5)


def test_answers_to_other_addresses_are_not_taken(service, cache):
    body = b"adresse,code_postal,ville,latitude,longitude,result_label,result_score,result_type\n2 rue de l'Eglise,75001,Paris,48,2,x,0.9,housenumber\n"
    service.trouble = [Answer(body=body)]
    found = ask(service, cache, addresses(1))
    assert "answered with something other than the addresses asked for" in str(found.failure)
    assert found.answers == {}


@pytest.mark.parametrize("wrong", [{"result_score": "nan"}, {"result_score": "inf"}, {"latitude": "nan"}, {"longitude": "652000.5"}])
def test_answers_that_are_no_positions_or_no_scores_are_not_taken(service, cache, wrong):
    """“nan” is below no threshold: it would be placed without anybody looking."""
    row = dict(zip(SENT_COLUMNS, ("1 rue de l'Église", "75001", "Paris")))
    told = {**row, "latitude": "48.8", "longitude": "2.3", "result_score": "0.9", "result_type": "housenumber", "result_label": "1 rue de l'Église", **wrong}
    out = ",".join(told) + "\n" + ",".join(told.values()) + "\n"
    service.trouble = [Answer(body=out.encode())]
    found = ask(service, cache, addresses(1))
    assert found.answers == {}
    assert "something other than the addresses asked for" in str(found.failure)


def test_a_cancel_keeps_what_came(service, cache):
    class Cancelling(Progress):
        def cancelled(self):
            return len(service.answered) >= 10

    with pytest.raises(CancelledError):
        ask(service, cache, addresses(30), progress=Cancelling())
    assert ask(service, cache, addresses(30)).known in {0, 10}
    assert len(service.answered) <= 40


# -- the cache -------------------------------------------------------------------------------------------------------------------


def test_the_cache_holds_no_address_that_was_sent_and_purges_whole(service, cache):
    ask(service, cache, addresses(3))
    with sqlite3.connect(cache.path) as base:
        names = [row[1] for row in base.execute("PRAGMA table_info(answers)")]
    assert names == ["mark", "longitude", "latitude", "score", "type", "label", "postcode"]
    cache.purge()
    assert list(cache.path.parent.iterdir()) == []


def test_a_cache_that_is_none_is_told(write_file):
    with pytest.raises(FileError, match="cannot be used"):
        AddressCache(write_file("a.sqlite", b"no data base" * 200))


# -- what becomes of answers -----------------------------------------------------------------------------------------------------


def test_only_house_numbers_above_the_threshold_are_placed():
    from joptimiz_qgis.toolkit.company.geocoder import Answer as Found
    from joptimiz_qgis.toolkit.company.geocoder import Geocoded

    asked = pd.DataFrame([("12 rue de la Paix", "75002", "Paris")] * 6, columns=list(SENT_COLUMNS), dtype=object)
    good = {"longitude": 2.33, "latitude": 48.87, "score": 0.9, "type": "housenumber", "label": "12 Rue de la Paix 75002 Paris", "postcode": "75002"}
    changes = [{}, {"score": 0.59}, {"type": "street"}, {"postcode": "75001"}, {"label": "12 Rue Pasteur 75002 Paris"}, {"longitude": None, "latitude": None}]
    places = nowhere(asked.index)
    place_answers(places, Geocoded({row: Found(**{**good, **change}) for row, change in enumerate(changes)}), asked, 0.6)
    assert places.table["state"].tolist() == ["place", *["a_verifier"] * 4, "non_place"]
    assert [str(places.reasons[row]) for row in range(1, 6)] == [
        "the geocoder is not sure: 0.59 of 1", "the geocoder found no house number: street", "the geocoder found it in another postcode: 75001",
        "the geocoder found another street", "the geocoder found nothing",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "answered", "same"),
    [
        ("17 BIS RUE DE L'ARBRE SEC", "17 Rue de l'Arbre Sec", True), ("30, r. de Montorgueil", "30 Rue Montorgueil", True), ("9 RUE D ARGENTEUIL", "9 Rue d'Argenteuil", True),
        ("6 RUE DE JARENTE", "6 Rue de la Cité", False), ("1, RUE MASSILLON", "1 Rue Crillon", False), ("24 RUE DE LA VERRERIE", "24 Rue de la Cerisaie", False), ("", "", False),
    ],
)  # fmt: skip
def test_a_street_is_compared_by_its_name(asked, answered, same):
    assert same_street(asked, answered) is same


# -- a real addok ----------------------------------------------------------------------------------------------------------------


def test_a_real_addok_places_the_customers_of_four_districts(shared_data, tmp_path, cache):
    bano = [
        Address(row["numero"], row["voie"], row["cp"], row["ville"], float(row["y"]), float(row["x"]))
        for row in published_rows(shared_data / "addresses" / "bano_paris_1_4.csv", delimiter=",")
    ]
    published = {row["client_id"]: (float(row["lon"]), float(row["lat"])) for row in published_rows(shared_data / "company" / "clients_paris_positions.csv", delimiter=",")}
    rows = [row for row in published_rows(shared_data / "company" / "clients_paris.csv", delimiter=",") if row["code_postal"] in {"75001", "75002", "75003", "75004"}]
    pd.DataFrame(rows).to_csv(tmp_path / "clients.csv", index=False)
    assert len(rows) == 861
    with addok(tmp_path / "addok", bano) as running:
        prepared = prepare(tmp_path / "clients.csv", Recipe(geocoder=running.url))
        asked = addresses_of(prepared.rows, prepared.recipe.columns)
        consent = plan(asked, running.url, cache).consent()
        located = locate(prepared, client=RequestsClient(), cache=cache, consent=consent)
        again = locate(prepared, client=RequestsClient(), cache=cache, consent=consent)
    table = located.places.table
    assert located.geocoded.failure is None
    assert (again.geocoded.sent, again.geocoded.known) == (0, consent.rows)
    placed = table["state"] == "place"
    assert placed.sum() >= 0.8 * 861
    assert (table["type"][placed] == "housenumber").all()
    true = np.array([published[client] for client in prepared.rows["client_id"][placed]])
    east = (table["lon"][placed].to_numpy() - true[:, 0]) * 111_320 * np.cos(np.radians(48.86))
    north = (table["lat"][placed].to_numpy() - true[:, 1]) * 111_320
    assert (np.hypot(east, north) <= 50).mean() >= 0.97
    others = table[~placed]
    assert others["state"].isin(["a_verifier", "non_place"]).all()
    without_reason = [row for row in others.index if row not in located.places.reasons and asked["adresse"][row]]
    assert without_reason == []
