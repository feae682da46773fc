"""Positions decided by a person: written at once beside an open QGIS, undone, kept by the next import; more candidates with consent only."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date
from urllib.parse import parse_qs, urlsplit

import geopandas as gpd
import pyogrio
import pytest
import shapely
from company_builders import HEADER, customers, text_file

from joptimiz_qgis.toolkit.company.enrich import Question, enrich, read_customers, sheet
from joptimiz_qgis.toolkit.company.geocoder import SENT_COLUMNS, AddressCache, Consent, plan, search_endpoint
from joptimiz_qgis.toolkit.company.history import History
from joptimiz_qgis.toolkit.company.locate import addresses_of
from joptimiz_qgis.toolkit.company.pipeline import CUSTOMERS, TO_REVIEW, compared, locate, prepare, read_previous
from joptimiz_qgis.toolkit.company.recipe import Recipe
from joptimiz_qgis.toolkit.company.review import Review, candidates, question
from joptimiz_qgis.toolkit.company.titles import kind_of_address
from joptimiz_qgis.toolkit.errors import DataError, NetworkError, NotDataError, ParameterError, WorkspaceError
from joptimiz_qgis.toolkit.geopackage import add_functions
from joptimiz_qgis.toolkit.messages import set_language
from joptimiz_qgis.toolkit.period import Period
from joptimiz_qgis.toolkit.web.requests_client import RequestsClient
from tests.web_server import Answer, web_server

ROWS = [row[:6] for row in customers(6)]
ROWS[2][3] = "lieu-dit Perdu"


def street_answers(asked):
    """Every address is found to its street only, save those without a number."""
    import csv
    import email
    import io

    message = email.message_from_bytes(b"Content-Type: " + asked.headers["content-type"].encode() + b"\r\n\r\n" + asked.body)
    table = next(part.get_payload(decode=True).decode("utf-8") for part in message.get_payload() if part.get_param("name", header="content-disposition") == "data")
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, [*SENT_COLUMNS, "latitude", "longitude", "result_label", "result_score", "result_type", "result_postcode"])
    writer.writeheader()
    for row in csv.DictReader(io.StringIO(table, newline="")):
        number = (row["adresse"].split() or [""])[0]
        place = {} if not number.isdigit() else {"latitude": 48.8 + int(number) / 1000, "longitude": 2.3, "result_score": 0.7, "result_type": "street", "result_label": "Rue", "result_postcode": row["code_postal"]}
        writer.writerow({**row, **place})
    return Answer(body=out.getvalue().encode())


@pytest.fixture
def month(tmp_path):
    """``month(rows)``: an import of a month whose addresses a geocoder finds to the street: all of them wait."""

    def run(rows=ROWS):
        with web_server() as server:
            server.on("/search/csv/", street_answers)
            cache = AddressCache(tmp_path / "a.sqlite")
            prepared = prepare(text_file(tmp_path / "export.csv", rows, HEADER[:6]), Recipe(geocoder=server.url))
            asked = addresses_of(prepared.rows, prepared.recipe.columns)
            consent = plan(asked, server.url, cache).consent()
            located = locate(prepared, client=RequestsClient(), cache=cache, consent=consent)
        assert located.geocoded.failure is None, str(located.geocoded.failure)
        ready = compared(prepared, located, read_previous(tmp_path / "c.gpkg"))
        ready.write(tmp_path / "c.gpkg")
        return ready

    return run


@pytest.fixture
def result(month, tmp_path):
    month()
    return tmp_path / "c.gpkg"


def layers(path):
    return {name: gpd.read_file(path, layer=name).set_index("N° client") for name in (CUSTOMERS, TO_REVIEW)}


def keys(review):
    return [row.key for row in review.waiting()]


def test_what_waits_has_its_candidate_and_its_reason(result):
    rows = Review(result).waiting()
    assert [row.key for row in rows] == [row[0] for row in ROWS]
    assert [row.has_candidate for row in rows] == [True, True, False, True, True, True]
    first = rows[0]
    assert (first.score, first.kind, first.reason, first.looked_at) == (0.7, "street", "the geocoder found no house number: street", False)
    assert (first.longitude, first.cells["Ville"]) == (pytest.approx(2.3), ROWS[0][5])


def test_kinds_of_addresses_are_words_where_they_are_read_and_the_geocoder_s_in_the_file(month, result, tmp_path):
    """A result that still has addok's English words in its reasons is the same to the next import, which mends them."""
    set_language("fr")
    before = layers(result)[TO_REVIEW]
    assert set(before["jz_type"].dropna()) == {"street"}
    with closing(sqlite3.connect(result)) as base, base:
        add_functions(base)
        base.execute("UPDATE clients_a_verifier SET jz_motif = 'le géocodeur n’a pas trouvé de numéro : street' WHERE jz_type = 'street'")
    ready = month()
    assert ready.merged.counts() == {"new": 0, "changed": 0, "unchanged": len(ROWS), "missing": 0, "kept_by_hand": 0}
    after = layers(result)[TO_REVIEW]
    assert set(after.loc[after["jz_type"] == "street", "jz_motif"]) == {"le géocodeur n’a pas trouvé de numéro\u202f: rue"}
    assert set(after["jz_type"].dropna()) == {"street"}
    bays = gpd.GeoDataFrame({"id": ["B1"]}, geometry=gpd.points_from_xy([2.3], [48.8]), crs=4326)
    customers = read_customers(result)
    shown = {column.title: column.cells for column in sheet(customers, enrich(customers, Question(Period(date(2026, 11, 30))), bays=bays))}
    assert set(filter(None, shown["Type d’adresse trouvée"])) == {"rue"}
    assert not [cell for cells in shown.values() for cell in cells if isinstance(cell, str) and "street" in cell]


def test_a_kind_of_address_that_nobody_knows_is_said_as_it_is():
    assert (str(kind_of_address("poi")), str(kind_of_address("")), str(kind_of_address("municipality"))) == ("poi", "?", "municipality")


def test_accepted_moved_and_rejected_rows_are_where_they_belong(result):
    before = layers(result)[TO_REVIEW]
    review = Review(result)
    review.accept("C0000")
    review.move("C0002", 2.35, 48.85)
    review.reject("C0003")
    after = layers(result)
    placed, waiting = after[CUSTOMERS], after[TO_REVIEW]
    assert sorted(placed.index) == ["C0000", "C0002"]
    assert placed["jz_origine"].tolist() == ["manuelle", "manuelle"]
    assert placed["jz_etat"].tolist() == ["place", "place"]
    assert placed.loc["C0000", "geometry"].equals(before.loc["C0000", "geometry"])
    assert placed.loc["C0002", "geometry"] == shapely.Point(2.35, 48.85)
    assert placed.loc["C0000", HEADER[1:6]].tolist() == before.loc["C0000", HEADER[1:6]].tolist()
    assert sorted(waiting.index) == ["C0001", "C0003", "C0004", "C0005"]
    assert waiting.loc["C0003", "geometry"] is None
    assert (waiting.loc["C0003", "jz_origine"], waiting.loc["C0003", "jz_etat"]) == ("ecartee", "non_place")
    assert waiting.loc["C0003", "jz_lat"] == pytest.approx(before.loc["C0003", "jz_lat"])
    assert keys(review) == ["C0001", "C0004", "C0005", "C0003"]
    assert review.counts() == {"accepted": 1, "moved": 1, "rejected": 1}


def test_the_spatial_index_and_the_extent_know_the_new_points(result):
    Review(result).move("C0002", 2.35, 48.85)
    inside = gpd.read_file(result, layer=CUSTOMERS, bbox=(2.349, 48.849, 2.351, 48.851))
    assert inside["N° client"].tolist() == ["C0002"]
    assert gpd.read_file(result, layer=TO_REVIEW, bbox=(2.2, 48, 2.4, 49))["N° client"].tolist() == ["C0000", "C0001", "C0003", "C0004", "C0005"]
    with sqlite3.connect(result) as base:
        assert base.execute("SELECT min_x, max_y FROM gpkg_contents WHERE table_name = 'clients'").fetchone() == (2.35, 48.85)
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_every_decision_can_be_taken_back(result):
    before = {name: table.sort_index().to_csv() for name, table in layers(result).items()}
    review = Review(result)
    review.accept("C0000")
    review.reject("C0003")
    review.move("C0003", 2.4, 48.9)  # somebody thinks again
    assert [review.undo() for _ in range(4)] == ["C0003", "C0003", "C0000", None]
    assert {name: table.sort_index().to_csv() for name, table in layers(result).items()} == before


def test_one_backup_and_one_entry_a_sitting_undone_byte_for_byte(result):
    first = result.read_bytes()
    review = Review(result)
    for key in ("C0000", "C0001"):
        review.accept(key)
    history = History(result)
    entries = history.entries()
    assert len(entries) == 2
    assert entries[-1]["counts"] == {"review_accepted": 2, "review_moved": 0, "review_rejected": 0}
    assert entries[-1]["lines"] == {"accepted": [2, 4], "moved": [], "rejected": []}
    text = json.dumps(entries)
    assert not [cell for row in ROWS for cell in row if len(cell) > 4 and cell in text]
    assert history.unchanged()
    history.undo()
    assert result.read_bytes() == first


def test_an_undo_in_the_middle_of_a_sitting_ends_it(month, result):
    """What is decided afterwards has a backup of its own: the undo of it must not reach the import, let alone remove the file."""
    imported = result.read_bytes()
    review = Review(result)
    review.accept("C0000")
    History(result).undo()
    review.move("C0001", 2.36, 48.86)
    assert [max(entry["counts"]) for entry in History(result).entries()] == ["to_review", "review_rejected"]
    assert review.counts() == {"accepted": 0, "moved": 1, "rejected": 0}
    History(result).undo()
    assert result.read_bytes() == imported
    assert review.undo() is None  # nothing of it is left to take back
    assert result.read_bytes() == imported


def test_an_import_in_the_middle_of_a_sitting_keeps_its_own_entry(month, result):
    review = Review(result)
    review.accept("C0000")
    month()
    imported = result.read_bytes()
    assert review.undo() is None  # the import stands behind it now
    review.accept("C0001")
    assert [entry["counts"].get("review_accepted") for entry in History(result).entries()] == [None, 1, None, 1]
    History(result).undo()
    assert result.read_bytes() == imported


def test_a_first_decision_that_fails_leaves_no_backup_of_a_file_that_may_change(month, result):
    review = Review(result)
    with pytest.raises(DataError, match="waits no more"):
        review.accept("C9999")
    assert list(History(result).folder.glob("*.gpkg")) == []
    month([*ROWS, customers(7)[6][:6]])
    imported = result.read_bytes()
    review.accept("C0000")
    History(result).undo()
    assert result.read_bytes() == imported


def test_the_columns_of_the_address_are_those_of_the_file_not_of_the_row(month, tmp_path):
    rows = [list(row) for row in ROWS]
    rows[5][3:5] = ["", ""]
    month(rows)
    found = {row.key: row.address for row in Review(tmp_path / "c.gpkg").waiting()}
    assert found["C0001"] == ("2 rue de l'Église", ROWS[1][4], ROWS[1][5])
    assert found["C0005"] == ("", "", ROWS[5][5])


def test_the_next_import_keeps_what_was_decided(month, result):
    review = Review(result)
    review.accept("C0000")
    review.move("C0002", 2.35, 48.85)
    review.reject("C0003")
    review.reject("C0004")
    june = [list(row) for row in ROWS]
    june[4][3] = "77 rue Neuve"  # another address: the rejection was of another candidate
    ready = month(june)
    assert ready.merged.kept_by_hand == 2
    after = layers(result)
    assert after[CUSTOMERS]["jz_origine"].tolist() == ["manuelle", "manuelle"]
    assert after[CUSTOMERS].loc["C0002", "geometry"] == shapely.Point(2.35, 48.85)
    assert after[TO_REVIEW]["jz_origine"].to_dict() == {"C0001": "adresse", "C0003": "ecartee", "C0004": "adresse", "C0005": "adresse"}
    assert after[TO_REVIEW].loc["C0003", "geometry"] is None
    assert [row.looked_at for row in Review(result).waiting()] == [False, False, False, True]


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_a_reader_that_has_the_file_open_is_no_obstacle(result, mode):
    """QGIS keeps GeoPackages in WAL while it edits them, and has readers open all the time."""
    reader = sqlite3.connect(result)
    reader.execute(f"PRAGMA journal_mode={mode}")
    cursor = reader.execute("SELECT * FROM clients_a_verifier")
    cursor.fetchone()
    review = Review(result)
    if mode == "WAL":  # a reader sees its own moment, and the writer goes on
        review.accept("C0000")
    cursor.fetchall()
    cursor.close()
    review.accept("C0001")
    assert reader.execute("SELECT count(*) FROM clients").fetchone()[0] == (2 if mode == "WAL" else 1)
    reader.close()
    assert gpd.read_file(result, layer=CUSTOMERS)["N° client"].tolist()[-1] == "C0001"


def test_edits_that_somebody_else_has_open_are_not_written_over(result):
    other = sqlite3.connect(result, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    review = Review(result)
    before = layers(result)
    with pytest.raises(WorkspaceError, match="is being changed by another program"):
        review.accept("C0000")
    assert review.counts() == {"accepted": 0, "moved": 0, "rejected": 0}
    other.execute("ROLLBACK")
    other.close()
    assert layers(result)[TO_REVIEW].equals(before[TO_REVIEW])
    review.accept("C0000")
    assert len(list(History(result).folder.glob("*.gpkg"))) == 1


def test_a_decision_that_fails_half_way_is_none(result):
    with sqlite3.connect(result) as base:
        base.execute("CREATE TRIGGER no BEFORE DELETE ON clients_a_verifier BEGIN SELECT RAISE(ABORT, 'no'); END")
    review = Review(result)
    with pytest.raises(WorkspaceError):
        review.accept("C0000")
    assert len(layers(result)[CUSTOMERS]) == 0
    assert len(layers(result)[TO_REVIEW]) == 6


def test_what_cannot_be_decided_is_a_sentence(result, tmp_path):
    review = Review(result)
    with pytest.raises(DataError, match="has no candidate to accept"):
        review.accept("C0002")
    with pytest.raises(DataError, match="waits no more"):
        review.accept("C9999")
    with pytest.raises(DataError, match="is no position on the Earth"):
        review.move("C0002", 652000, 6862000)
    with pytest.raises(DataError, match="There is no file"):
        Review(tmp_path / "absent.gpkg")
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(0, 0)], crs=4326).to_file(tmp_path / "other.gpkg")
    with pytest.raises(DataError, match="is not the result of an import of customers"):
        Review(tmp_path / "other.gpkg")


def test_rows_of_which_none_has_a_point_are_decided_too(tmp_path):
    """Both layers are layers of points all the same: what is moved is then seen on the map."""
    prepared = prepare(text_file(tmp_path / "export.csv", ROWS, HEADER[:6]))
    compared(prepared, locate(prepared), None).write(tmp_path / "c.gpkg")
    assert pyogrio.list_layers(tmp_path / "c.gpkg").tolist() == [[CUSTOMERS, "Point"], [TO_REVIEW, "Point"]]
    review = Review(tmp_path / "c.gpkg")
    review.reject("C0001")
    review.move("C0002", 2.35, 48.85)
    review.undo()
    review.move("C0003", 2.36, 48.86)
    assert gpd.read_file(tmp_path / "c.gpkg", layer=CUSTOMERS)["N° client"].tolist() == ["C0003"]
    assert keys(review) == ["C0000", "C0002", "C0004", "C0005", "C0001"]
    assert len(read_previous(tmp_path / "c.gpkg")) == 6


# -- more candidates ---------------------------------------------------------------------------------------------------------------

FOUND = {"type": "FeatureCollection", "features": [
    {"geometry": {"type": "Point", "coordinates": [2.35, 48.85]}, "properties": {"label": "1 Rue A 75001 Paris", "score": 0.9, "type": "housenumber", "postcode": "75001"}},
    {"geometry": {"type": "Point", "coordinates": [2.36, 48.86]}, "properties": {"label": "Rue A 75002 Paris", "score": 0.5, "type": "street"}},
]}  # fmt: skip


def test_more_candidates_send_the_address_and_nothing_else(result):
    row = Review(result).waiting()[0]
    address = row.address
    with web_server() as server:
        server.on("/search/", Answer(body=json.dumps(FOUND).encode(), headers={"Content-Type": "application/json"}))
        assert question(address, server.url).startswith(f"One address would be sent to “{server.host}”")
        for bad in (Consent("other.example", SENT_COLUMNS, 1), Consent(server.host, ("adresse",), 1), Consent(server.host, SENT_COLUMNS, 0)):
            with pytest.raises(ParameterError, match="Nothing was sent"):
                candidates(address, RequestsClient(), server.url, bad)
        assert server.asked == []
        found = candidates(address, RequestsClient(), server.url, Consent(server.host, SENT_COLUMNS, 1))
        (asked,) = server.asked
    assert [(one.longitude, one.latitude, one.score, one.type) for one in found] == [(2.35, 48.85, 0.9, "housenumber"), (2.36, 48.86, 0.5, "street")]
    sent = parse_qs(urlsplit(asked.target).query)
    assert sorted(sent) == ["limit", "q"]
    assert sent["q"] == [" ".join(address)]
    name, siret = ROWS[0][1], ROWS[0][2]
    assert name not in asked.target and siret not in asked.target and row.key not in asked.target


@pytest.mark.parametrize("body", [b"{}", b'{"features": [{}]}', b"[]", b'{"features": 3}'])
def test_an_answer_that_is_none_is_told(body):
    with web_server() as server:
        server.on("/search/", Answer(body=body))
        with pytest.raises(NotDataError, match="something other than the addresses asked for"):
            candidates(("1 rue A", "75001", "Paris"), RequestsClient(), server.url, Consent(server.host, SENT_COLUMNS, 1))


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://data.geopf.fr/geocodage/search/csv", "https://data.geopf.fr/geocodage/search"),
        ("https://data.geopf.fr/geocodage/", "https://data.geopf.fr/geocodage/search"),
        ("http://localhost:7878", "http://localhost:7878/search/"),
        ("http://localhost:7878/search/csv/", "http://localhost:7878/search/"),
    ],
)
def test_the_service_for_one_address_is_beside_that_for_many(url, found):
    assert search_endpoint(url) == found


def test_a_portal_that_sends_on_to_itself_is_not_shown_the_address():
    """Sign-in pages of networks take the address asked for along, and with it the customer's."""
    with web_server() as portal, web_server() as server:
        server.on("/search/", lambda asked: Answer(302, headers={"Location": f"{portal.url}/login?url={asked.target}"}))
        with pytest.raises(NetworkError, match=r"sends on to another address \(HTTP 302\), and nothing was sent there"):
            candidates(("1 rue A", "75001", "Paris"), RequestsClient(), server.url, Consent(server.host, SENT_COLUMNS, 1))
        assert (len(server.asked), portal.asked) == (1, [])
