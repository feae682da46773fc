"""The layout of a survey: what both field tools ask of names, and the fields that a form keeps in the schema's units."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from joptimiz_qgis.toolkit.schema import load_table
from joptimiz_qgis.toolkit.survey import project
from joptimiz_qgis.toolkit.survey.project import (
    EQUIPMENT,
    IN_METRES,
    KEY,
    STATES,
    in_schema_units,
    survey_layers,
    survey_relations,
)

LAYERS = survey_layers()


def test_a_layer_is_alone_in_a_file_of_an_ascii_name_that_is_not_the_projects():
    files = [layer.file for layer in LAYERS.values()]
    assert len(set(files)) == len(files)
    assert all(re.fullmatch(r"[a-z_]+\.gpkg", file) for file in files)
    assert project.PROJECT_FILE.partition(".")[0] not in {file.partition(".")[0] for file in files}


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_every_table_has_the_key_and_names_that_no_tool_refuses(layer):
    assert layer.table[KEY].unique
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in layer.table.names)
    assert len(set(layer.table.names)) == len(layer.table.names)


def test_bays_keep_every_field_of_the_schema_unchanged_and_in_order():
    schema = load_table("bays")
    assert LAYERS["bays"].table.fields[: len(schema.fields)] == schema.fields
    assert LAYERS["bays"].table.names[len(schema.fields) :] == list(LAYERS["bays"].own)


def test_relations_go_by_the_key_and_never_by_fid():
    for relation in survey_relations():
        assert relation.key == KEY
        assert relation.field in LAYERS[relation.child].table.names
        assert relation.key in LAYERS[relation.parent].table.names


def test_the_constants_are_those_of_the_tables():
    bays = LAYERS["bays"].table
    assert bays[project.STATUS].enum == STATES
    assert set(IN_METRES) | set(EQUIPMENT) | {project.AGENT, project.VISITED, project.SECTOR, project.NOTE} <= set(bays.names)
    assert tuple(EQUIPMENT.values()) == bays["equipements"].enum
    for metres, field in IN_METRES.items():  # the same range, in the other unit
        assert (bays[metres].minimum * 100, bays[metres].maximum * 100) == (bays[field].minimum, bays[field].maximum)


def test_metres_and_boxes_become_what_the_schema_wants():
    returned = pd.DataFrame(
        {
            "longueur_m": [12.345, None, 7.0, 11.69],
            "longueur": [900.0, 800.0, None, 1169.15],
            "eq_candelabre": [True, None, False, None],
            "eq_borne_recharge": [1, None, None, None],
            "equipements": [None, "candélabre", "candélabre", None],
        }
    )
    kept = in_schema_units(returned)
    assert list(kept["longueur"]) == [1235.0, 800.0, 700.0, 1169.15]  # 12.345 m is 1 234.5 cm, rounded as the form rounds
    assert list(kept["equipements"]) == ["candélabre,borne recharge", "candélabre", None, None]
    assert list(returned["longueur"])[:2] == [900.0, 800.0]
