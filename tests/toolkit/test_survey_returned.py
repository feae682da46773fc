"""What came back from the field: read whatever state it is in, each fault said, nothing changed."""

from __future__ import annotations

import json
import shutil
import sqlite3

import pandas as pd
import pytest
from conftest import sha256
from survey_builder import at, bay, frame, survey_folder

from joptimiz_qgis.toolkit.errors import DataError, FileError, WorkspaceError
from joptimiz_qgis.toolkit.geopackage import add_functions
from joptimiz_qgis.toolkit.survey.conflicts import find_conflicts
from joptimiz_qgis.toolkit.survey.returned import read_surveys
from joptimiz_qgis.toolkit.write.tables import write_layers

ROWS = [
    bay("a", at(0), id="1", visite_statut="vue", longueur_m=10.5, eq_candelabre=True, visite_note="gêné par un arbre"),
    bay("b", at(50), id="2", visite_statut="à voir", longueur=1200.0),
    bay("c", at(90), visite_statut="nouvelle"),
]
PHOTOS = [
    {"uuid": "p1", "aire_uuid": "a", "chemin": "DCIM/a1.jpg"},
    {"uuid": "p2", "aire_uuid": "a", "chemin": "DCIM/a2.jpg", "there": False},
]


@pytest.fixture
def folder(tmp_path):
    return survey_folder(tmp_path / "releve", ROWS, [dict(photo) for photo in PHOTOS])


def said(surveys):
    return "\n".join(surveys.sentences())


def test_a_survey_is_read_with_photos_and_visits_and_left_as_it_is(folder):
    before = {path.name: sha256(path) for path in folder.glob("*.gpkg")}
    part = read_surveys([folder]).parts[0]
    bays = part.bays.set_index("uuid")
    assert bays["longueur"].to_dict() == {"a": 1050.0, "b": 1200.0, "c": pytest.approx(float("nan"), nan_ok=True)}
    assert bays.loc["a", "equipements"] == "candélabre"
    assert bays["_status"].tolist() == ["vue", "à voir", "nouvelle"]
    assert bays.loc["a", "_note"] == "gêné par un arbre"
    assert part.photos["found"].tolist() == [True, False]
    assert part.visits["uuid"].tolist() == ["v1"]
    assert {path.name: sha256(path) for path in folder.glob("*.gpkg")} == before
    assert sorted(path.name for path in folder.iterdir()) == ["DCIM", "bays.gpkg", "photos.gpkg", "visits.gpkg"]


def test_photos_that_are_not_there_are_listed(folder):
    assert "1 photos are not in the folder: DCIM/a2.jpg" in said(read_surveys([folder]))


@pytest.mark.parametrize("given", ["releve", "releve/releve.qgz", "releve/bays.gpkg"])
def test_folder_project_or_geopackage_of_the_bays_all_name_the_survey(folder, tmp_path, given):
    (folder / "releve.qgz").write_bytes(b"")
    assert len(read_surveys([tmp_path / given]).parts[0].photos) == 2


def test_photos_and_visits_that_lack_are_said_and_the_rest_is_read(folder):
    (folder / "photos.gpkg").unlink()
    write_layers({"autre": pd.DataFrame({"uuid": ["x"]})}, folder / "visits.gpkg", overwrite=True)
    text = said(read_surveys([folder]))
    assert "“photos.gpkg” is missing" in text
    assert "“visits.gpkg” has no layer “visits” any more" in text
    assert "3 surveyed bays" in text


def test_a_folder_without_bays_or_with_another_layer_is_refused_with_what_is_in_it(folder):
    write_layers({"aires": frame(ROWS)}, folder / "bays.gpkg", overwrite=True)
    with pytest.raises(FileError, match=r"has no layer “bays”\. Its layers are: aires"):
        read_surveys([folder])
    (folder / "bays.gpkg").unlink()
    with pytest.raises(FileError, match=r"has no “bays\.gpkg”.*GeoPackages in it: photos\.gpkg, visits\.gpkg"):
        read_surveys([folder])


def test_a_changed_schema_is_told_column_by_column_and_the_rest_is_read(folder):
    table = frame(ROWS).drop(columns=["largeur", "disposition"]).assign(couleur="bleu")
    table["longueur"], table["longueur_m"] = ["douze mètres", None, None], pd.Series([None] * 3, dtype=float)
    write_layers({"bays": table}, folder / "bays.gpkg", overwrite=True)
    surveys = read_surveys([folder])
    text = said(surveys)
    assert "columns that the survey had are gone: disposition, largeur" in text
    assert "columns that the survey did not have: couleur" in text
    assert "1 values could not be read as the field wants them; the first: longueur: douze mètres is not a number" in text
    assert len(surveys.parts[0].bays) == 3


def test_bays_without_any_identifier_column_are_no_survey_of_ours(folder):
    write_layers({"bays": frame(ROWS).drop(columns=["uuid", "id"])}, folder / "bays.gpkg", overwrite=True)
    with pytest.raises(FileError, match="has neither “uuid” nor “id” any more"):
        read_surveys([folder])


def test_a_locked_geopackage_is_said(folder):
    with sqlite3.connect(folder / "bays.gpkg", isolation_level=None) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        with pytest.raises(WorkspaceError, match="is being changed by another program"):
            read_surveys([folder])
        connection.execute("ROLLBACK")
    connection.close()


def test_edits_that_are_still_in_the_log_of_sqlite_are_read(folder):
    connection = sqlite3.connect(folder / "bays.gpkg", isolation_level=None)
    add_functions(connection)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("UPDATE bays SET adresse = '8 rue Monsigny' WHERE uuid = 'a'")
    assert read_surveys([folder]).parts[0].bays["adresse"].iloc[0] == "8 rue Monsigny"
    connection.close()


@pytest.mark.parametrize("damage", ["cut", "not", "empty"])
def test_a_damaged_geopackage_is_said(folder, damage):
    path = folder / "bays.gpkg"
    content = path.read_bytes()
    path.write_bytes({"cut": content[: len(content) // 3], "not": b"\0" * 5000, "empty": b""}[damage])
    with pytest.raises(FileError, match=r"“bays\.gpkg” is (damaged|empty)"):
        read_surveys([folder])
    assert path.read_bytes() == {"cut": content[: len(content) // 3], "not": b"\0" * 5000, "empty": b""}[damage]


def test_an_empty_survey_is_no_reason_to_call_all_bays_missing(tmp_path):
    with pytest.raises(DataError, match="There is no surveyed bay in vide"):
        read_surveys([survey_folder(tmp_path / "vide", [])])


def test_rows_without_a_point_are_listed(tmp_path):
    folder = survey_folder(tmp_path / "releve", [*ROWS, bay("d", None, id="9")])
    assert "no usable coordinates" in said(read_surveys([folder]))


def test_two_folders_of_the_same_name_are_told_apart(tmp_path):
    one, other = (survey_folder(tmp_path / place / "releve", ROWS) for place in ("anne", "paul"))
    assert [part.name for part in read_surveys([one, other]).parts] == ["releve", "releve (2)"]


# -- conflicts -------------------------------------------------------------------------------------------------------------

GEODIFF = {
    "geodiff": [
        {
            "changes": [
                {
                    "base": "R1AAAeYQAAABAQAAAAAAAAAAAABAAAAAAAAASEA=",
                    "column": 1,
                    "new": "R1AAAeYQAAABAQAAAM3MzMzMzABAAAAAAABASEA=",
                    "old": "R1AAAeYQAAABAQAAAM3MzMzMzABAAAAAAAAASEA=",
                },
                {"base": 1000.0, "column": 3, "new": 1300.0, "old": 1100.0},
            ],
            "fid": "1",
            "table": "bays",
            "type": "conflict",
        }
    ]
}
"""As geodiff 2.3.2 wrote it for a GeoPackage of fid, geom, uuid, longueur: two rebased edits of one row."""


def geodiff_package(path):
    table = frame([bay("u1", at(0), longueur=1000.0), bay("u2", at(9), longueur=1200.0)], ["uuid", "longueur"])
    return write_layers({"bays": table.astype({"longueur": float})}, path)


@pytest.mark.parametrize("name", ["bays (edit conflict, jeanne v12).json", "bays_conflict.json", "bays.gpkg_rebase_conflicts.json"])
def test_edit_conflicts_of_mergin_maps_are_read_with_names_and_uuids(tmp_path, name):
    geodiff_package(tmp_path / "bays.gpkg")
    (tmp_path / name).write_text(json.dumps(GEODIFF), encoding="utf-8")
    conflict = find_conflicts(tmp_path)[0]
    place, length = conflict.edits
    assert (place.row, place.field, place.base, place.theirs, place.ours) == ("u1", "geom", "POINT (2 48)", "POINT (2.1 48)", "POINT (2.1 48.5)")
    assert (length.row, length.field, length.base, length.theirs, length.ours) == ("u1", "longueur", 1000.0, 1100.0, 1300.0)
    assert "2 values of “bays.gpkg”" in conflict.sentence()
    assert conflict.user == ("jeanne" if "jeanne" in name else "")


@pytest.mark.parametrize(
    ("name", "user", "version"),
    [
        ("bays (conflicted copy, jack v10).gpkg", "jack", "10"),
        ("bays (conflicted copy,  v10).gpkg", "", "10"),
        ("bays (conflicted copy, jack v-1).gpkg", "jack", "-1"),
        ("bays.gpkg_conflict_jill_v6", "jill", "6"),
        ("bays.gpkg_conflict_copy", "", ""),
    ],
)
def test_conflicted_copies_are_found_by_the_names_that_mergin_maps_gives(folder, name, user, version):
    shutil.copy(folder / "bays.gpkg", folder / name)
    surveys = read_surveys([folder])
    conflict = surveys.conflicts[0]
    assert (conflict.about, conflict.user, conflict.version) == ("bays.gpkg", user, version)
    assert [part.name for part in surveys.parts] == ["releve", name]
    assert "is a conflicted copy of “bays.gpkg”" in said(surveys)


DELTA = {
    "uuid": "11111111-1111-1111-1111-111111111111",
    "clientId": "22222222-2222-2222-2222-222222222222",
    "localLayerId": "bays_897d5ed7",
    "localLayerName": "bays",
    "localPk": "1",
    "sourcePk": "1",
    "method": "patch",
    "old": {"attributes": {"uuid": "a", "longueur": 1050}},
    "new": {"attributes": {"uuid": "a", "longueur": 1500}},
}


def test_deltas_of_qfield_and_those_that_its_cloud_refused_are_read(folder):
    whole = {"deltas": [DELTA], "files": [], "id": "x", "project": "y", "version": "1.0"}
    (folder / "deltafile.json").write_text(json.dumps(whole), encoding="utf-8")
    listed = {"count": 2, "results": [{"status": "STATUS_CONFLICT", "content": DELTA}, {"status": "STATUS_APPLIED", "content": DELTA}]}
    (folder / "deltas_cloud.json").write_text(json.dumps(listed), encoding="utf-8")
    found = read_surveys([folder]).conflicts
    assert [(conflict.kind, len(conflict.edits)) for conflict in found] == [("qfield_edits", 1), ("qfield_edits", 1)]
    edit = found[0].edits[0]
    assert (edit.table, edit.row, edit.field, edit.base, edit.ours) == ("bays", "a", "longueur", 1050, 1500)


def test_a_copy_that_qfield_edited_offline_is_a_survey_of_its_own(folder):
    write_layers({"bays_offline": frame(ROWS[:1]), "log_layer_ids": pd.DataFrame({"id": [1]})}, folder / "data.gpkg")
    surveys = read_surveys([folder])
    assert [(part.name, len(part.bays)) for part in surveys.parts] == [("releve", 3), ("releve/data.gpkg", 1)]
    assert "QField made for work without network" in said(surveys)


def test_what_only_looks_like_a_conflict_is_said_or_left_alone(folder):
    (folder / "bays (edit conflict, x v1).json").write_text("{", encoding="utf-8")
    (folder / "autre.json").write_text('{"type": "FeatureCollection"}', encoding="utf-8")
    (folder / "bays (conflicted copy, x v1).gpkg").write_bytes(b"\1" * 500)
    text = said(read_surveys([folder]))
    assert "“bays (edit conflict, x v1).json” cannot be read" in text
    assert "“bays (conflicted copy, x v1).gpkg” cannot be read" in text
    assert "autre.json" not in text
