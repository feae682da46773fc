"""``merge-survey`` and ``undo-merge``: a dry run by default, decisions from a file, back byte for byte."""

from __future__ import annotations

from conftest import sha256
from survey_builder import inventory_file, survey_folder
from test_survey_merging import BACK, INVENTORY

from joptimiz_qgis.toolkit.survey.decisions import Decision, save_decisions


def test_a_dry_run_says_the_classes_then_it_is_applied_by_decisions_and_undone(cli, tmp_path):
    inventory, survey = inventory_file(tmp_path / "inventaire.gpkg", INVENTORY), survey_folder(tmp_path / "releve", BACK)
    before = sha256(inventory)
    said = cli("merge-survey", inventory, survey).json
    assert [said[name] for name in ("matched", "review", "new", "missing", "not_visited")] == [1, 1, 1, 1, 1]
    assert (said["dry_run"], said["output"], sha256(inventory)) == (True, None, before)
    doubtful = next(item for item in said["items"] if item["kind"] == "review")
    assert (doubtful["key"], doubtful["reasons"], doubtful["actions"]) == ("3|c9", ["side"], ["accept", "refuse", "leave"])
    decisions = save_decisions({"3|c9": Decision("accept")}, tmp_path / "d.json")
    done = cli("merge-survey", inventory, survey, "--apply", "--decisions", decisions).json
    assert (done["applied"]["waiting"], done["applied"]["rows"]) == (0, 5)
    assert sha256(inventory) != before
    assert cli("undo-merge", inventory).json == {"output": str(inventory), "removed": False}
    assert sha256(inventory) == before


def test_what_is_wrong_is_a_sentence(cli, tmp_path):
    inventory = inventory_file(tmp_path / "inventaire.gpkg", INVENTORY)
    assert "There is no file" in cli("merge-survey", inventory, tmp_path / "rien").err
    assert cli("merge-survey", inventory, inventory, "--set", "radius=3").code == 2
    assert "“radius_m” is -3.0" in cli("merge-survey", inventory, inventory, "--set", "radius_m=-3").err
    assert "Il n’y a aucune fusion de" in cli("undo-merge", inventory, "--lang", "fr").err
