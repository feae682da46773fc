"""The one shape of findings: sorted, told, written, and applied with consent only."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from joptimiz_qgis.toolkit.messages import Message, set_language
from joptimiz_qgis.toolkit.survey.findings import ERROR, NOTICE, WARNING, Correction, Finding, Findings, Rule, apply

RANGE = Rule("range", ERROR, Message("Outside the range"))
HOURS = Rule("hours", WARNING, Message("To check"))
SIZE = Rule("size", NOTICE, Message("Notice"))


def finding(row, rule=RANGE, column="longueur", corrections=(), position=(2.35, 48.85)):
    said = Message("{value} is not a number", value="12 m")
    return Finding(row, row + 2, f"B{row}", column, "12 m", rule, said, None, tuple(corrections), position)


def bays():
    table = pd.DataFrame({"id": ["B0", "B1"], "longueur": [12.0, None], "active": pd.array([True, None], dtype="boolean")}, index=[7, 9])
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy([48.85, 2.36], [2.35, 48.86]), crs=4326)


def test_a_fix_changes_its_cells_and_nothing_else_and_columns_keep_their_types():
    table = bays()
    fixed, done = apply(table, [finding(7, corrections=[Correction("longueur", 12.0, 1200.0)]), finding(9, corrections=[Correction("active", None, False)])])
    assert fixed["longueur"].tolist()[0] == 1200.0 and pd.isna(fixed["longueur"].iloc[1])
    assert fixed["active"].tolist() == [True, False]
    assert list(fixed.dtypes) == list(table.dtypes) and list(fixed.index) == [7, 9]
    assert table["longueur"].iloc[0] == 12.0
    assert [(part.row, part.column, part.after) for part in done] == [(7, "longueur", 1200.0), (9, "active", False)]


def test_a_fix_of_several_cells_is_done_whole_or_not_at_all():
    table = bays()
    swapped = shapely.Point(2.35, 48.85)
    both = [Correction("geometry", table.geometry.iloc[0], swapped), Correction("longueur", 12.0, None)]
    fixed, done = apply(table, [finding(7, column="geometry", corrections=both)])
    assert fixed.geometry.iloc[0].equals(swapped) and fixed.crs == table.crs and pd.isna(fixed["longueur"].iloc[0])
    assert len(done) == 2
    changed_since = table.assign(longueur=[13.0, None])
    same, done = apply(changed_since, [finding(7, column="geometry", corrections=both)])
    assert done == [] and same.geometry.iloc[0].equals(table.geometry.iloc[0])


def test_a_row_that_is_gone_changes_nothing():
    assert apply(bays(), [finding(8, corrections=[Correction("longueur", 12.0, 1.0)])])[1] == []


def test_one_consent_covers_the_same_kind_in_the_same_column_only():
    mend = [Correction("longueur", 12.0, 1200.0)]
    first = finding(1, corrections=mend)
    found = Findings([first, finding(2, corrections=mend), finding(3), finding(4, column="largeur", corrections=mend), finding(5, HOURS, corrections=mend)])
    assert [item.row for item in found.like(first)] == [1, 2]


def test_counts_by_severity_and_kind_add_up():
    found = Findings([finding(1), finding(2, HOURS), finding(2, SIZE), finding(3, SIZE)], rows=10)
    assert found.by_severity() == {"error": 1, "warning": 1, "notice": 2}
    assert [(rule.code, number) for rule, number in found.rules()] == [("range", 1), ("hours", 1), ("size", 2)]
    assert (found.rows_with(), found.rows_with(ERROR), found.rows_with(WARNING, NOTICE)) == (3, 1, 2)
    assert [item.row for item in found.only(severities=[WARNING]).findings] == [2]
    assert len(found.only(codes=["size", "range"]).findings) == 3
    assert found.sentences()[0] == "10 rows checked: 1 errors, 1 points to check, 2 notices."


def test_the_table_and_the_layer_have_a_row_for_each_finding(tmp_path):
    found = Findings([finding(1, corrections=[Correction("longueur", 12.0, None)]), finding(2, position=None)], rows=2)
    set_language("fr")
    table = found.table()
    assert table["problem"].tolist() == ["12 m n’est pas un nombre"] * 2
    assert table["proposal"].tolist() == ["(vide)", None]
    layer = found.layer()
    assert layer.geometry.iloc[0].equals(shapely.Point(2.35, 48.85)) and layer.geometry.iloc[1] is None and layer.crs == 4326
    path = found.write_csv(tmp_path / "findings.csv")
    again = pd.read_csv(path, sep=";", encoding="utf-8-sig")
    assert len(again) == 2 and list(again.columns) == list(table.columns)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_no_findings_are_an_empty_table_and_an_empty_layer():
    assert len(Findings().table()) == 0 and len(Findings().layer()) == 0 and Findings().by_severity() == {"error": 0, "warning": 0, "notice": 0}


def test_a_finding_is_said_with_its_place_and_its_proposal():
    mend = finding(1, corrections=[Correction("longueur", 12.0, 1200.0)])
    assert str(mend) == "Line 3, “B1”, longueur: 12 m is not a number Proposed: 1200."
