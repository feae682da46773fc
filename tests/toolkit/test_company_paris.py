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


RESTORING = ("siret_zeros", "postcode_zeros", "siret_exponent")
ZEROS_LOST = ("zeros lost", "xlsx", "ods", "xls")
OWN = ("jz_cle", "jz_etat", "jz_origine", "jz_motif", "jz_suivi")
"""What the import adds and does not hang on how a file is written, as the lines do."""


@pytest.fixture(scope="module")
def all_of_paris(shared_data):
    """All customers with their published positions, in the columns of these tests; every hundredth address has two lines."""
    folder = shared_data / "company"
    positions = {row["client_id"]: (row["lon"], row["lat"]) for row in published_rows(folder / "clients_paris_positions.csv", delimiter=",")}
    return [
        [
            row["client_id"], row["activite"], row["siret"], row["adresse"] + ("\nBâtiment B" if number % 100 == 7 else ""), row["code_postal"], row["ville"],
            *positions[row["client_id"]], f"{number % 40 / 4 + 0.25}",
        ]
        for number, row in enumerate(published_rows(folder / "clients_paris.csv", delimiter=","))
    ]  # fmt: skip


@pytest.fixture(scope="module")
def paris(all_of_paris):
    """Some of them, each with an address."""
    return [row for row in all_of_paris if row[3]][:SOME]


@pytest.fixture(scope="module")
def in_plain_utf8(all_of_paris, tmp_path_factory):
    """What comes out of the simplest form, to compare the others with; that it is what went in, its own test says."""
    prepared = prepare(VARIANTS["utf-8"](tmp_path_factory.mktemp("utf8"), all_of_paris))
    return imported(prepared, locate(prepared))


@pytest.mark.parametrize("variant", VARIANTS)
def test_all_customers_are_the_same_in_every_form(all_of_paris, in_plain_utf8, tmp_path, variant):
    assert len(all_of_paris) == 7004
    sirets = [row[2] for row in all_of_paris if row[2].isdigit()]
    expected = {"siret_zeros": sum(siret.startswith("0") for siret in sirets)} if variant in ZEROS_LOST else {}
    expected |= {"siret_exponent": len(sirets)} if variant == "scientific" else {}
    prepared = prepare(VARIANTS[variant](tmp_path, all_of_paris))
    assert prepared.file.raw.rejects == []
    counts = prepared.checked.counts()
    restored = {code: counts[code] for code in RESTORING if code in counts}
    assert restored == expected
    prepared = prepared.with_corrections(restored)
    assert len(prepared.applied) == sum(restored.values())
    assert {one.after for one in prepared.applied} <= set(sirets)
    table = imported(prepared, locate(prepared))
    for number, column in enumerate(HEADER[:6]):
        found = [(cell or "").replace("\r", "\n") for cell in table[column]]
        assert [pair for pair in zip(found, (row[number] for row in all_of_paris)) if pair[0] != pair[1]][:5] == [], column
    assert [float(cell.replace(",", ".")) for cell in table["Volume"]] == [float(row[8]) for row in all_of_paris]
    there = np.array([[float(row[6]), float(row[7])] for row in all_of_paris])
    spots = np.column_stack([table.geometry.x, table.geometry.y])
    assert np.abs(spots - there).max() < (1e-4 if "étendu" in variant else 2e-6)
    assert np.abs(table[["jz_lon", "jz_lat"]].to_numpy(dtype=float) - spots).max() == 0
    for column in OWN:
        assert table[column].fillna("").tolist() == in_plain_utf8[column].fillna("").tolist(), column
    remarks = table["jz_remarques"].fillna("")
    assert remarks.str.contains(r"SIRET.{1,3}\S+ → \d{14}\b").sum() == sum(restored.values())


def test_what_a_spreadsheet_cut_off_is_told_of_and_never_made_up(all_of_paris, tmp_path):
    cut = [[*row[:2], f"{float(row[2]):.5E}".replace(".", ",") if row[2].isdigit() else row[2], *row[3:]] for row in all_of_paris]
    checked = prepare(text_file(tmp_path / "v.csv", cut)).checked
    lost = [one for one in checked.findings if one.code == "siret_digits_lost"]
    assert len(lost) == sum(row[2].isdigit() and not row[2].endswith("0" * 8) for row in all_of_paris)
    assert {one.proposal for one in lost} == {None}


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
