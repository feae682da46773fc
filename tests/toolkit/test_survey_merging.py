"""A survey merged into an inventory: classes, fields, decisions replayed, identifiers kept, nothing deleted unasked, undone byte for byte."""

from __future__ import annotations

import json
import sqlite3

import geopandas as gpd
import numpy as np
import pytest
import shapely
from conftest import sha256
from survey_builder import at, bay, frame, inventory_file, survey_folder

from joptimiz_qgis.toolkit.errors import DataError, FileError, OutputError, ParameterError, WorkspaceError
from joptimiz_qgis.toolkit.geopackage import add_functions
from joptimiz_qgis.toolkit.progress import Progress
from joptimiz_qgis.toolkit.read.bays import read_bays
from joptimiz_qgis.toolkit.survey.decisions import Decision, load_decisions, save_decisions
from joptimiz_qgis.toolkit.survey.merge_file import open_merge, read_inventory, undo_merge, write_merge
from joptimiz_qgis.toolkit.survey.merging import MergeSettings
from joptimiz_qgis.toolkit.survey.prepare import prepare_survey, write_survey_files
from joptimiz_qgis.toolkit.workspace import check_workspace, create_workspace, read_table, rows_for
from joptimiz_qgis.toolkit.write.tables import write_layers, write_table
from tests.survey_builders import made_survey

STREET = {"adresse": "8 RUE MONSIGNY", "parite_trottoir": "pair", "code_postal": "75002", "commune": "Paris"}
INVENTORY = [
    bay("a", at(0), id="1", longueur=1000.0, largeur=200.0, marquage_etat="bon état", gestionnaire="Ville", **STREET),
    bay("b", at(100), id="2", longueur=1200.0, active=True, gestionnaire="Ville", **STREET),
    bay(None, at(200), id="3", longueur=900.0, gestionnaire="SEM", **STREET),
    bay("d", at(300), id="4", longueur=900.0, **STREET),
]
BACK = [
    bay("a", at(3), id="1", longueur_m=10.5, marquage_etat="absent", visite_statut="vue", **STREET),
    bay("b", at(100), id="2", longueur=1200.0, visite_statut="introuvable", **STREET),
    bay("c9", at(208), longueur=900.0, visite_statut="vue", **{**STREET, "parite_trottoir": "impair"}),
    bay("d", at(300), id="4", longueur=900.0, visite_statut="à voir", **STREET),
    bay("n1", at(500), longueur=1500.0, visite_statut="nouvelle", **{**STREET, "adresse": "40 RUE MONSIGNY"}),
]


@pytest.fixture
def inventory(tmp_path):
    return inventory_file(tmp_path / "inventaire.gpkg", INVENTORY)


@pytest.fixture
def survey(tmp_path):
    photos = [{"uuid": "p1", "aire_uuid": "c9", "chemin": "DCIM/c.jpg"}, {"uuid": "p2", "aire_uuid": "n1", "chemin": "DCIM/n.jpg"}]
    return survey_folder(tmp_path / "releve", BACK, photos)


def kinds(ready):
    return {item.key: item.kind for item in ready.merge.items}


def rows(path):
    return read_inventory(path).bays.set_index("id")


def raw(path, query):
    with sqlite3.connect(path) as connection:
        found = connection.execute(query).fetchall()
    connection.close()
    return found


def test_every_bay_is_in_one_class_and_the_changes_are_said_field_by_field(inventory, survey):
    ready = open_merge(inventory, [survey])
    assert kinds(ready) == {"a|a": "matched", "b|b": "missing", "3|c9": "review", "d|d": "not_visited", "|n1": "new"}
    matched = next(item for item in ready.merge.items if item.kind == "matched")
    found = {change.field: (change.old, change.new) for change in matched.changes if change.field != "geometry"}
    assert found == {"longueur": (1000.0, 1050.0), "marquage_etat": ("bon état", "absent")}
    moved = next(change for change in matched.changes if change.field == "geometry")
    assert moved.moved_m == pytest.approx(3, abs=0.05)
    review = next(item for item in ready.merge.items if item.kind == "review")
    assert review.reasons == ("side",)
    assert review.why() == ["they are on different sides of the street"]
    assert ready.merge.counts() | {"photos": 2, "photos_lost": 0, "not_found": 1} == ready.merge.counts()
    assert "1 bays matched (1 with changes), 1 to review, 1 new, 1 missing, 1 not visited." in ready.sentences()


def test_without_a_decision_nothing_is_deleted_doubt_waits_and_identifiers_stay(inventory, survey):
    written = write_merge(open_merge(inventory, [survey]), {}, inventory)
    after = rows(inventory)
    assert list(after.index) == ["1", "2", "3", "4", "n-n1"]
    assert after["uuid"].tolist()[:2] == ["a", "b"]
    assert (after.loc["1", "longueur"], after.loc["1", "largeur"], after.loc["1", "marquage_etat"]) == (1050.0, 200.0, "absent")
    assert after.loc["1", "geometry"].distance(at(3)) < 1e-9
    assert after.loc["1", "longitude"] == pytest.approx(at(3).x, abs=1e-7)
    assert after.loc["3", "parite_trottoir"] == "pair"
    assert [item.key for item in written.applied.waiting] == ["3|c9"]
    assert (written.photos, written.photos_apart) == (1, 1)


def test_other_layers_columns_row_numbers_and_the_index_of_the_file_stay_right(inventory, survey):
    before = raw(inventory, "SELECT fid, id, gestionnaire FROM bays")
    write_merge(open_merge(inventory, [survey]), {}, inventory)
    assert raw(inventory, "SELECT fid, id, gestionnaire FROM bays")[:4] == before
    assert raw(inventory, "SELECT count(*) FROM zones") == [(1,)]
    boxes = {fid: (west, east) for fid, west, east in raw(inventory, "SELECT id, minx, maxx FROM rtree_bays_geom")}
    assert len(boxes) == 5
    assert boxes[1][0] <= at(3).x <= boxes[1][1]
    assert raw(inventory, "SELECT max_x FROM gpkg_contents WHERE table_name = 'bays'")[0][0] == pytest.approx(at(500).x, abs=1e-5)
    assert raw(inventory, "PRAGMA integrity_check") == [("ok",)]
    assert len(gpd.read_file(inventory, layer="bays")) == 5


def test_decisions_are_obeyed_field_by_field(inventory, survey):
    decided = {
        "a|a": Decision("accept", {"longueur": "inventory", "geometry": "inventory"}),
        "b|b": Decision("close"),
        "3|c9": Decision("accept"),
        "d|d": Decision("delete"),
        "|n1": Decision("leave"),
    }
    written = write_merge(open_merge(inventory, [survey]), decided, inventory)
    after = rows(inventory)
    assert list(after.index) == ["1", "2", "3"]
    assert (after.loc["1", "longueur"], after.loc["1", "marquage_etat"]) == (1000.0, "absent")
    assert after.loc["1", "geometry"].distance(at(0)) < 1e-9
    assert not after.loc["2", "active"]
    assert (after.loc["3", "parite_trottoir"], after.loc["3", "uuid"]) == ("impair", "c9")
    assert written.applied.counts() | {"deleted": 1, "left_out": 1, "added": 0, "waiting": 0} == written.applied.counts()
    photos = raw(inventory, "SELECT aire_uuid, chemin FROM photos")
    assert photos == [("c9", "releve/DCIM/c.jpg")]
    assert (inventory.parent / photos[0][1]).is_file()


def test_merging_the_same_survey_again_changes_nothing_more(inventory, survey):
    decided = {"3|c9": Decision("accept")}
    write_merge(open_merge(inventory, [survey]), decided, inventory)
    again = open_merge(inventory, [survey])
    assert again.preview({}).counts() | {"bays_changed": 0, "added": 0, "waiting": 0} == again.preview({}).counts()
    refused = {"3|c9": Decision("refuse")}
    undo_merge(inventory)
    write_merge(open_merge(inventory, [survey]), refused, inventory)
    assert open_merge(inventory, [survey]).preview({}).counts()["added"] == 0


def test_an_inventory_in_lambert_93_keeps_its_crs(tmp_path, survey):
    path = tmp_path / "l93.gpkg"
    write_table(frame(INVENTORY).to_crs(2154), path, "bays")
    write_merge(open_merge(path, [survey]), {}, path)
    after = gpd.read_file(path, layer="bays").set_index("id")
    assert after.crs.to_epsg() == 2154
    moved = gpd.GeoSeries([at(3)], crs=4326).to_crs(2154).iloc[0]
    assert after.loc["1", "geometry"].distance(moved) < 0.01
    assert after.loc["n-n1", "geometry"].distance(gpd.GeoSeries([at(500)], crs=4326).to_crs(2154).iloc[0]) < 0.01


def test_a_workspace_takes_a_survey_and_stays_a_workspace(tmp_path, survey):
    source = write_table(frame(INVENTORY), tmp_path / "aires.gpkg", "bays")
    path = create_workspace(tmp_path / "espace.gpkg", rows_for({"bays": [read_bays(source)]}))
    write_merge(open_merge(path, [survey]), {}, path)
    assert check_workspace(path).rows["bays"] == 5
    assert read_table(path, "bays").set_index("id").loc["1", "marquage_etat"] == "absent"
    assert raw(path, "SELECT chemin FROM photos") == [("releve/DCIM/n.jpg",)]


def test_the_point_that_a_surveyor_moved_counts_and_not_the_footprint_that_came_along(tmp_path):
    outline = at(0).buffer(3e-5, cap_style="square").wkt
    path = inventory_file(tmp_path / "i.gpkg", [{**INVENTORY[0], "geom_wkt": outline}])
    ready = open_merge(path, [survey_folder(tmp_path / "r", [{**BACK[0], "geom_wkt": outline, "geometry": at(4)}])])
    write_merge(ready, {}, path)
    assert rows(path).loc["1", "geometry"].distance(at(4)) < 1e-9
    assert rows(path).loc["1", "geom_wkt"] == outline


def test_a_refused_pair_is_two_bays(inventory, survey):
    write_merge(open_merge(inventory, [survey]), {"3|c9": Decision("refuse")}, inventory)
    after = rows(inventory)
    assert list(after.index) == ["1", "2", "3", "4", "n-c9", "n-n1"]
    assert after["parite_trottoir"].tolist()[2::2] == ["pair", "impair"]


def test_undo_is_exact_and_the_log_keeps_every_value(inventory, survey):
    first = inventory.read_bytes()
    written = write_merge(open_merge(inventory, [survey]), {"d|d": Decision("delete")}, inventory)
    second = inventory.read_bytes()
    write_merge(open_merge(inventory, [survey]), {}, inventory)
    assert undo_merge(inventory).removed is False
    assert inventory.read_bytes() == second
    undo_merge(inventory)
    assert inventory.read_bytes() == first
    with pytest.raises(DataError, match=r"There is no merge of “inventaire\.gpkg” to undo"):
        undo_merge(inventory)
    told = json.loads(written.log.read_text(encoding="utf-8"))
    assert {"id": "1", "field": "marquage_etat", "old": "bon état", "new": "absent"} in told["changes"]
    assert told["deleted"][0]["id"] == "4"
    assert told["waiting"][0]["surveyed"][0]["uuid"] == "c9"
    assert told["undone_at"]
    assert [path.name for path in inventory.parent.glob("*.joptimiz/[0-9]*.gpkg")] == []


def test_an_undo_does_not_lose_what_was_done_since_unasked(inventory, survey):
    write_merge(open_merge(inventory, [survey]), {}, inventory)
    with sqlite3.connect(inventory) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    with pytest.raises(DataError, match="was changed since its last merge"):
        undo_merge(inventory)


def test_decisions_are_kept_read_again_and_replay_to_the_same_file(inventory, survey, tmp_path):
    ready = open_merge(inventory, [survey])
    decided = {"a|a": Decision("accept", {"longueur": "inventory"}), "3|c9": Decision("refuse"), "gone|x": Decision("accept")}
    again = load_decisions(save_decisions(decided, tmp_path / "decisions.json", {"surveys": ["releve"]}))
    assert again == decided
    results = []
    for name in ("un.gpkg", "deux.gpkg"):
        written = write_merge(ready, again, tmp_path / name)
        results.append(raw(tmp_path / name, "SELECT id, uuid, longueur, adresse FROM bays ORDER BY fid"))
        assert json.loads(written.log.read_text(encoding="utf-8"))["decisions_without_bay"] == ["gone|x"]
    assert results[0] == results[1]
    with pytest.raises(ParameterError, match=r"is no decision for the bay b\|b"):
        ready.preview({"b|b": Decision("add")})
    with pytest.raises(ParameterError, match="is none of"):
        Decision("burn")
    (tmp_path / "x.json").write_text('{"decisions": []}', encoding="utf-8")
    with pytest.raises(FileError, match="holds no decisions"):
        load_decisions(tmp_path / "x.json")


def test_what_the_survey_does_not_say_and_other_spellings_are_no_change(tmp_path, inventory):
    same = bay("a", at(0), id="1", adresse="8, r. Monsigny", commune="PARIS", longueur=1000.0)
    ready = open_merge(inventory, [survey_folder(tmp_path / "r", [same])])
    assert [item.changes for item in ready.merge.items if item.kind == "matched"] == [[]]


def test_a_footprint_is_not_replaced_by_a_point_and_the_position_may_stay_the_inventory_s(tmp_path, survey):
    outline = [{**one, "geometry": one["geometry"].buffer(3e-5, cap_style="square")} for one in INVENTORY]
    path = inventory_file(tmp_path / "emprises.gpkg", outline)
    with pytest.raises(OutputError, match="holds footprints, and 1 surveyed bays are points"):
        write_merge(open_merge(path, [survey]), {}, path)
    write_merge(open_merge(path, [survey]), {}, tmp_path / "melange.gpkg")
    mixed = gpd.read_file(tmp_path / "melange.gpkg", layer="bays").set_index("id")
    assert set(mixed.geom_type) == {"Point"}
    assert shapely.from_wkt(mixed.loc["1", "geom_wkt"]).equals_exact(outline[0]["geometry"], 1e-6)
    assert mixed.loc["n-n1", "geometry"].distance(at(500)) < 1e-9
    write_merge(open_merge(path, [survey]), {"|n1": Decision("leave")}, path)
    after = rows(path)
    assert after.loc["1", "geometry"].geom_type == "Polygon"
    assert after.loc["1", "longueur"] == 1050.0
    points = inventory_file(tmp_path / "points.gpkg", INVENTORY)
    write_merge(open_merge(points, [survey], MergeSettings(position="inventory")), {}, points)
    assert rows(points).loc["1", "geometry"].distance(at(0)) < 1e-9


def test_an_inventory_that_is_no_geopackage_of_ours_is_only_read(tmp_path, survey, shared_data):
    city = shared_data / "bays" / "cerema_v1_exemple_grand_lyon.csv"
    ready = open_merge(city, [survey])
    before = sha256(city)
    with pytest.raises(OutputError, match="is only read"):
        write_merge(ready, {}, city)
    write_merge(ready, {}, tmp_path / "resultat.gpkg")
    kept = read_bays(city).table["id"].tolist()
    assert rows(tmp_path / "resultat.gpkg").index.tolist()[: len(kept)] == kept
    assert sha256(city) == before
    assert undo_merge(tmp_path / "resultat.gpkg").removed is True


def test_a_result_does_not_replace_another_file_unasked_nor_a_survey(tmp_path, inventory, survey):
    ready = open_merge(inventory, [survey])
    other = tmp_path / "autre.gpkg"
    other.write_bytes(b"precious")
    with pytest.raises(OutputError, match="exists and was left as it is"):
        write_merge(ready, {}, other)
    write_merge(ready, {}, other, overwrite=True)
    undo_merge(other)
    assert other.read_bytes() == b"precious"
    with pytest.raises(OutputError, match="is one of the inputs"):
        write_merge(ready, {}, survey / "bays.gpkg", overwrite=True)


def test_an_inventory_in_use_is_refused_and_a_cancelled_merge_leaves_nothing(inventory, survey):
    ready = open_merge(inventory, [survey])
    before = inventory.read_bytes()

    class Cancelled(Progress):
        def cancelled(self):
            return True

    with pytest.raises(Exception, match="Cancelled"):
        write_merge(ready, {}, inventory, progress=Cancelled())
    assert inventory.read_bytes() == before
    assert list(inventory.parent.glob("*.joptimiz/[0-9]*")) == []
    connection = sqlite3.connect(inventory, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    with pytest.raises(WorkspaceError, match="is being changed by another program"):
        open_merge(inventory, [survey])
    connection.execute("ROLLBACK")
    connection.close()


# -- several surveys, municipalities, conflicts ----------------------------------------------------------------------------


def test_two_surveyors_copies_of_a_bay_are_one_and_what_they_disagree_on_is_for_a_person(tmp_path, inventory):
    one = survey_folder(tmp_path / "anne", [BACK[0], bay("n1", at(500), longueur=1500.0, **STREET), BACK[3]])
    other = [
        {**BACK[0], "marquage_etat": "dégradé", "visite_date": "2026-11-20T10:00:00"},
        bay("zz", at(502), longueur=1500.0, **STREET),  # the same new bay, drawn by both
        {**BACK[3], "visite_statut": "vue", "largeur": 250.0},  # seen by one only: no conflict
    ]
    ready = open_merge(inventory, [one, survey_folder(tmp_path / "paul", other)])
    found = {item.key: item for item in ready.merge.items}
    assert (found["a|a"].kind, found["a|a"].reasons, len(found["a|a"].copies)) == ("review", ("copy",), 1)
    assert found["d|d"].kind == "matched"
    new = [item for item in ready.merge.items if item.inventory is None]
    assert [(item.reasons, len(item.copies)) for item in new] == [(("copy",), 1)]
    later = ready.preview({"a|a": Decision("accept")}).table.set_index("id").loc["1", "marquage_etat"]
    first = ready.preview({"a|a": Decision("accept", copy=1)}).table.set_index("id").loc["1", "marquage_etat"]
    assert (later, first) == ("dégradé", "absent")


def test_what_nobody_was_to_survey_is_not_missing(tmp_path, inventory):
    path = inventory_file(tmp_path / "grand.gpkg", [*INVENTORY, bay("far", at(5000), id="9", **STREET)])
    folder = survey_folder(tmp_path / "r", BACK[:1])
    ready = open_merge(path, [folder])
    assert kinds(ready) == {"a|a": "matched", "b|": "missing", "3|": "missing", "d|": "not_visited", "far|": "not_visited"}
    assert "2 bays of the inventory lie outside the survey" in "\n".join(ready.sentences())
    around = shapely.box(at(-900).x, 48, at(350).x, 49)  # the survey says its territory: 300 m away is in it
    write_layers({"communes": gpd.GeoDataFrame({"nom": ["Ici"]}, geometry=[around], crs=4326)}, folder / "communes.gpkg")
    assert kinds(open_merge(path, [folder])) | {"d|": "missing", "far|": "not_visited"} == kinds(open_merge(path, [folder]))


def test_a_survey_that_we_prepared_comes_back(tmp_path, shared_data):
    town = read_bays(shared_data / "bays" / "paris_livraison_2026-01.csv").table
    town = town[town["code_postal"] == "75002"]
    path, folder = write_table(town, tmp_path / "i.gpkg", "bays"), tmp_path / "releve"
    folder.mkdir()
    area = gpd.GeoDataFrame({"nom": ["Paris"]}, geometry=[shapely.box(2.2, 48.8, 2.5, 48.95)], crs=4326)
    write_survey_files(prepare_survey(area, town, 2, ["Anne"]), folder, "Paris 2")
    untouched = open_merge(path, [folder]).merge.counts()
    assert (untouched["not_visited"], untouched["matched"], untouched["missing"]) == (len(town), 0, 0)
    with sqlite3.connect(folder / "bays.gpkg") as connection:
        add_functions(connection)
        connection.execute("UPDATE bays SET visite_statut = 'vue', longueur_m = 12.34 WHERE rowid <= 20")
        connection.execute("UPDATE bays SET visite_statut = 'introuvable' WHERE rowid BETWEEN 21 AND 23")
    connection.close()
    ready = open_merge(path, [folder])
    counts = ready.merge.counts()
    assert (counts["matched"], counts["missing"], counts["not_found"], counts["review"], counts["new"]) == (20, 3, 3, 0, 0)
    write_merge(ready, {}, path)
    after = rows(path)
    assert int((after["longueur"] == 1234).sum()) == 20
    assert set(after.index) == set(town["id"])


def test_a_bay_that_went_into_another_municipality_is_told(tmp_path, inventory):
    folder = survey_folder(tmp_path / "r", [{**BACK[0], "geometry": at(12)}])
    sides = [shapely.box(at(-900).x, 48, at(6).x, 49), shapely.box(at(6).x, 48, at(900).x, 49)]
    write_layers({"communes": gpd.GeoDataFrame({"nom": ["Ouest", "Est"]}, geometry=sides, crs=4326)}, folder / "communes.gpkg")
    ready = open_merge(inventory, [folder])
    assert "The bay a went from Ouest to Est." in ready.sentences()
    assert next(item for item in ready.merge.items if item.key == "a|a").reasons == ("commune",)


def test_bays_in_conflict_files_are_for_a_person(inventory, survey):
    delta = {"deltas": [{"method": "patch", "old": {"attributes": {"uuid": "a", "largeur": 200}}, "new": {"attributes": {"uuid": "a", "largeur": 240}}}]}
    (survey / "deltafile.json").write_text(json.dumps(delta), encoding="utf-8")
    item = next(item for item in open_merge(inventory, [survey]).merge.items if item.key == "a|a")
    assert (item.kind, item.reasons) == ("review", ("conflict",))
    assert str(item.conflicts[0]) == "a, largeur: 200, then — by one and 240 by the other"


def test_a_conflicted_copy_is_compared_as_another_surveyor_s(inventory, survey):
    copied = [{**BACK[0], "marquage_etat": "dégradé"}, BACK[1]]
    write_layers({"bays": frame(copied)}, survey / "bays (conflicted copy, jeanne v3).gpkg")
    ready = open_merge(inventory, [survey])
    item = next(item for item in ready.merge.items if item.key == "a|a")
    assert (item.kind, item.reasons, len(item.copies)) == ("review", ("copy",), 1)
    assert ready.merge.counts()["copies"] == 1


# -- Paris -----------------------------------------------------------------------------------------------------------------


def test_paris_is_merged_and_undone_with_all_identifiers_kept(tmp_path, shared_data):
    paris = read_bays(shared_data / "bays" / "paris_livraison_2026-01.csv").table
    town = paris[paris["code_postal"] == "75002"]
    made = made_survey(town, 1)
    path, back = tmp_path / "inventaire.gpkg", tmp_path / "releve.gpkg"
    write_table(town, path, "bays")
    write_table(made.table.drop(columns=["uuid", "id"]), back, "bays")
    before = path.read_bytes()
    ready = open_merge(path, [back])
    written = write_merge(ready, {}, path)
    after = rows(path)
    assert set(town["id"]) <= set(after.index)
    assert len(after) == len(town) + ready.merge.counts()["new"]
    lines = {int(line): label for label, line in made.table["source_ligne"].items()}
    for item in ready.merge.items:
        if item.kind == "matched":  # the values are those of the survey, on the bay that it truly is
            label = lines[int(ready.merge.surveyed.loc[item.survey, "source_ligne"])]
            name = ready.merge.inventory.loc[item.inventory, "id"]
            assert town.loc[made.truth[label], "id"] == name
            assert np.isclose(after.loc[name, "longueur"], made.table.loc[label, "longueur"])
    assert written.applied.counts()["deleted"] == 0
    undo_merge(path)
    assert path.read_bytes() == before
