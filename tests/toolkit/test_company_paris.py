"""The real customers of Paris in every form of a file, and what a recording proxy sees of their import."""

from __future__ import annotations

from urllib.parse import urlsplit

import numpy as np
import pytest
from builders import published_rows
from company_builders import HEADER, VARIANTS, text_file
from recording_proxy import RecordingProxy

from joptimiz_qgis.toolkit.company.geocoder import SENT_COLUMNS, AddressCache, plan
from joptimiz_qgis.toolkit.company.importing import ImportRequest, run_import, write_import
from joptimiz_qgis.toolkit.company.locate import addresses_of
from joptimiz_qgis.toolkit.company.pipeline import customers as imported
from joptimiz_qgis.toolkit.company.pipeline import locate, prepare
from joptimiz_qgis.toolkit.company.recipe import Recipe
from joptimiz_qgis.toolkit.progress import Progress
from joptimiz_qgis.toolkit.web.requests_client import RequestsClient

SOME = 250


@pytest.fixture(scope="module")
def paris(shared_data):
    """Customers of the first district with their published positions, in the columns of these tests."""
    folder = shared_data / "company"
    positions = {row["client_id"]: (row["lon"], row["lat"]) for row in published_rows(folder / "clients_paris_positions.csv", delimiter=",")}
    rows = published_rows(folder / "clients_paris.csv", delimiter=",")
    found = [
        [row["client_id"], row["activite"], row["siret"], row["adresse"], row["code_postal"], row["ville"], *positions[row["client_id"]], f"{number % 40 / 4 + 0.25}"]
        for number, row in enumerate(rows)
        if row["client_id"] in positions and all(row[name] for name in ("activite", "siret", "adresse", "code_postal", "ville"))
    ]
    lost = [row for row in found if row[2].startswith("0")][:10]  # those that a spreadsheet spoils
    return [*lost, *[row for row in found if row not in lost][:SOME]]


@pytest.mark.parametrize("variant", VARIANTS)
def test_real_customers_are_the_same_in_every_form(paris, tmp_path, variant):
    prepared = prepare(VARIANTS[variant](tmp_path, paris))
    numbers_lost = variant in {"zeros lost", "xlsx", "ods", "xls"}
    expected = {"siret_zeros": sum(row[2].startswith("0") for row in paris)} if numbers_lost else {}
    expected |= {"siret_exponent": len(paris)} if variant == "scientific" else {}
    counts = prepared.checked.counts()
    restored = {code: counts[code] for code in ("siret_zeros", "postcode_zeros", "siret_exponent") if code in counts}
    assert restored == {code: number for code, number in expected.items() if number}
    prepared = prepared.with_corrections(restored)
    assert len(prepared.applied) == sum(restored.values())
    table = imported(prepared, locate(prepared))
    for number, column in enumerate(HEADER[:6]):
        assert table[column].map(lambda cell: " ".join(cell.split())).tolist() == [" ".join(row[number].split()) for row in paris], column
    there = np.array([[float(row[6]), float(row[7])] for row in paris])
    found = np.column_stack([table.geometry.x, table.geometry.y])
    assert np.abs(found - there).max() < (1e-4 if "étendu" in variant else 2e-6)
    assert table["jz_remarques"].notna().sum() >= sum(restored.values())


# -- what leaves the machine -------------------------------------------------------------------------------------------------------


@pytest.fixture
def proxy(monkeypatch):
    made = RecordingProxy()
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, made.url)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "")
    yield made
    made.stop()


def request(tmp_path, paris, send):
    path = text_file(tmp_path / "clients.csv", [row[:6] for row in paris], HEADER[:6])
    recipe = Recipe(geocoder="http://geocodeur.example/search/csv/")
    return ImportRequest(str(path), str(tmp_path / "c.gpkg"), tmp_path / "cache", recipe, fix="all", send_addresses=send)


def test_the_proxy_sees_nothing_without_consent(paris, proxy, tmp_path):
    asked = request(tmp_path, paris, "")
    write_import(run_import(asked, RequestsClient, Progress()), asked, Progress())
    assert proxy.seen == []


def test_the_proxy_sees_address_columns_only_and_each_address_once(paris, proxy, tmp_path):
    for _ in range(2):  # the next import knows the answers
        asked = request(tmp_path, paris, "geocodeur.example")
        ready = run_import(asked, RequestsClient, Progress())
        assert ready.located.geocoded.failure is None
        write_import(ready, asked, Progress())
    prepared = prepare(asked.file)
    expected = plan(addresses_of(prepared.rows, prepared.recipe.columns), asked.recipe.geocoder, AddressCache(tmp_path / "none.sqlite")).rows
    sent = []
    for method, target, headers, body in proxy.seen:
        assert (method, urlsplit(target).netloc, urlsplit(target).query) == ("POST", "geocodeur.example", "")
        assert {name.lower() for name in headers} <= {"host", "user-agent", "accept", "accept-encoding", "connection", "proxy-connection", "content-length", "content-type"}
        rows = proxy.table(headers["Content-Type"], body)
        assert all(tuple(row) == SENT_COLUMNS for row in rows)
        sent += [tuple(row.values()) for row in rows]
    assert len(sent) == len(set(sent)) == expected
    everything = b"".join(target.encode() + repr(headers).encode() + body for _, target, headers, body in proxy.seen)
    secret = {cell for row in paris for cell in (row[0], row[2])}
    assert not [cell for cell in secret if cell.encode() in everything]
    assert not [row[1] for row in paris if len(row[1]) > 12 and row[1].encode() in everything]
