"""Tables for spreadsheets, read back by openpyxl, by pandas and by Python's csv module."""

from __future__ import annotations

import csv
import datetime as dt
import sys
import tempfile
from pathlib import Path

import openpyxl
import pandas as pd
import pyogrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from joptimiz_qgis.toolkit.company import spreadsheet
from joptimiz_qgis.toolkit.company.spreadsheet import Column, sheet_columns, write_spreadsheet
from joptimiz_qgis.toolkit.errors import MissingDependencyError, OutputError
from joptimiz_qgis.toolkit.messages import set_language

FIRM = pd.DataFrame({
    "Code client": ["C01", "C02", "C03"], "SIRET": ["00123456789012", "35600000012345", None], "Code postal": ["01000", "75001", "2A004"],
    "CP": ["75001", "75002", "75003"], "Téléphone": ["0123456789", "+33 1 23 45 67 89", ""], "Volume": ["12,5", "3", ""],
    "Colis": ["1", "20", "300"], "Créé le": ["05/01/2024", "31/12/2023", None], "Maj": ["2024-01-05", "2024-02-30", "2024-03-01"],
    "Passage": ["2024-01-05T08:30:00", None, "2024-01-06T00:00:00"], "Note": ["=cmd|' /C calc'!A0", "@SUM(A1)", "-3,5"],
    "Gros": ["12345678901234567890", "1", "2"], "Zéros": ["007", "1", "2"],
}, dtype=object)  # fmt: skip
OURS = pd.DataFrame({
    "jz_aire_m": [12.34, float("nan"), 0.0], "jz_nb_aires": pd.array([1, None, 0], dtype="Int64"),
    "jz_aire_proche": pd.array([True, None, False], dtype="boolean"), "jz_acces": ["interdit", "non_place", None],
})  # fmt: skip


@pytest.fixture
def columns():
    return [*sheet_columns(FIRM, {}), *sheet_columns(OURS, {"jz_aire_m": "Distance (m)"}, {"jz_acces": {"interdit": "forbidden", "non_place": "no position"}})]


def sheet_of(path, number=0):
    return openpyxl.load_workbook(path).worksheets[number]


def test_a_workbook_read_back(columns, tmp_path):
    sheet = sheet_of(write_spreadsheet(columns, tmp_path / "t.xlsx"))
    header, *rows = sheet.iter_rows(values_only=True)
    assert list(header) == [*FIRM.columns, "Distance (m)", "jz_nb_aires", "jz_aire_proche", "jz_acces"]
    assert rows[0] == (
        "C01", "00123456789012", "01000", "75001", "0123456789", 12.5, 1, dt.datetime(2024, 1, 5), "2024-01-05", dt.datetime(2024, 1, 5, 8, 30),
        "'=cmd|' /C calc'!A0", "12345678901234567890", "007", 12.34, 1, "yes", "forbidden",
    )  # fmt: skip
    assert rows[2][1] is None
    assert rows[1][-4:] == (None, None, None, "no position")
    assert rows[2][5:7] == (None, 300)
    assert rows[2][-4:] == (0, 0, "no", None)
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:Q4")
    assert all(cell.font.bold for cell in sheet[1])
    assert [sheet.cell(2, place).number_format for place in (8, 10)] == ["dd/mm/yyyy", "dd/mm/yyyy hh:mm"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    widths = [sheet.column_dimensions[letter].width for letter in "ABQ"]
    assert all(9 <= width <= 48 for width in widths) and widths[1] >= 14


def test_pandas_reads_the_same(columns, tmp_path):
    read = pd.read_excel(write_spreadsheet(columns, tmp_path / "t.xlsx"), dtype={"SIRET": str, "Code postal": str})
    assert read["SIRET"].tolist()[:2] == ["00123456789012", "35600000012345"]
    assert read["Distance (m)"].dtype == float and read["Volume"].sum() == 15.5


def test_rows_written_in_several_parts_are_all_there_with_their_blanks_and_marks(tmp_path):
    texts = ["  devant", 'a & b <c> "d"', "deux\nlignes", "deux\r\nlignes", "été œuvre 🚚", None, "", "]]>", "#N/A"]
    count = 2 * spreadsheet._ROWS_BETWEEN_CHECKS + 3
    frame = pd.DataFrame({
        "note": [texts[number % len(texts)] for number in range(count)], "n": range(count), "x": [None if number % 3 else number / 7 for number in range(count)],
        "le": [None if number % 2 else pd.Timestamp("2024-07-26 13:00") + pd.Timedelta(number, "min") for number in range(count)],
    })  # fmt: skip
    path = write_spreadsheet(sheet_columns(frame, {}), tmp_path / "t.xlsx")
    rows = list(sheet_of(path).iter_rows(min_row=2, values_only=True))
    assert len(rows) == count
    for number, (note, whole, part, moment) in enumerate(rows):
        assert (note or "") == (texts[number % len(texts)] or "")
        assert (whole, part or 0) == (number, 0 if number % 3 else number / 7)
        assert moment == (None if number % 2 else dt.datetime(2024, 7, 26, 13) + dt.timedelta(minutes=number))
    assert [each.name for each in tmp_path.iterdir()] == ["t.xlsx"]


def test_gdal_reads_the_same_types(columns, tmp_path):
    read = pyogrio.read_dataframe(write_spreadsheet(columns, tmp_path / "t.xlsx"), layer="Customers", read_geometry=False)
    assert read["SIRET"].tolist()[:2] == ["00123456789012", "35600000012345"]
    assert (read["Volume"].tolist()[:2], read["Distance (m)"].tolist()[0]) == ([12.5, 3.0], 12.34)
    assert str(read["Créé le"][0]) == "2024-01-05 00:00:00" and read["Note"][0] == "'=cmd|' /C calc'!A0"


def test_a_csv_keeps_the_firm_s_cells_and_writes_ours_the_french_way(columns, tmp_path):
    set_language("fr")
    path = write_spreadsheet(columns, tmp_path / "t.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf") and b"\r\n" in path.read_bytes()
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file, delimiter=";")
    assert header[:3] == ["Code client", "SIRET", "Code postal"]
    for number, (_, row) in enumerate(FIRM.iterrows()):
        for place, value in enumerate(row):
            assert rows[number][place] == ("" if pd.isna(value) else "'" + value if value.startswith(("=", "@")) else value)
    assert [row[-4:] for row in rows] == [["12,34", "1", "oui", "forbidden"], ["", "", "", "no position"], ["0", "0", "non", ""]]


def test_our_dates_in_a_csv():
    days = pd.DataFrame({"a": pd.to_datetime(["2024-07-26", None]), "b": pd.to_datetime(["2024-07-26 13:00", None])})
    made = sheet_columns(days, {})
    assert [column.kind for column in made] == ["date", "moment"]


def test_our_dates_as_a_csv_writes_them(tmp_path):
    days = pd.DataFrame({"a": pd.to_datetime(["2024-07-26", None]), "b": pd.to_datetime(["2024-07-26 13:00", None])})
    path = write_spreadsheet(sheet_columns(days, {}), tmp_path / "t.csv")
    assert path.read_text(encoding="utf-8-sig").split() == ["a;b", "26/07/2024;26/07/2024", "13:00", ";"]


def test_a_sheet_says_what_the_table_is(columns, tmp_path):
    path = write_spreadsheet(columns, tmp_path / "t.xlsx", about=[("Period", "Fri 26/07/2024"), ("Customers", "=1+1")])
    assert openpyxl.load_workbook(path).sheetnames == ["Customers", "About"]
    assert list(sheet_of(path, 1).iter_rows(values_only=True)) == [("Period", "Fri 26/07/2024"), ("Customers", "'=1+1")]


text = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=12), st.sampled_from(["=1", "\t=1", "+A1", "a\x00b", "a\x0bb", "x" * 40_000, "\ufffe"]))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(text, text), min_size=1, max_size=6))
def test_no_text_breaks_a_workbook_or_becomes_a_formula(tmp_path_factory, cells):
    frame = pd.DataFrame([(*row, "x") for row in cells], columns=["note", "=titre", "x"], dtype=object)
    sheet = sheet_of(write_spreadsheet(sheet_columns(frame, {}), tmp_path_factory.mktemp("x") / "t.xlsx"))
    assert sheet.max_row == len(cells) + 1
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    for (first, _), row in zip(cells, sheet.iter_rows(min_row=2, values_only=True)):
        plain = first is not None and first.isalnum() and len(first) < 100
        assert not plain or str(row[0]) == first or row[0] == float(first)


@pytest.mark.parametrize("name", ["t.xlsx", "t.csv"])
def test_a_table_is_written_whole_or_not_at_all(columns, tmp_path, folder_is_clean, monkeypatch, name):
    (tmp_path / name).write_bytes(b"before")
    with pytest.raises(OutputError, match="exists"):
        write_spreadsheet(columns, tmp_path / name)

    def full(*_):
        raise OSError(28, "No space left on device")

    before = temporary_files()
    monkeypatch.setattr(spreadsheet, "_rows", full)
    with pytest.raises(OutputError, match="the disk is full"):
        write_spreadsheet(columns, tmp_path / name, overwrite=True)
    assert (tmp_path / name).read_bytes() == b"before"
    assert folder_is_clean([name])
    assert temporary_files() == before  # nothing of the firm's stays behind


def temporary_files():
    return set(Path(tempfile.gettempdir()).glob("openpyxl*"))


def test_a_file_that_excel_holds_open(columns, tmp_path, monkeypatch):
    def locked(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.replace", locked)
    with pytest.raises(OutputError, match="close the program that has the file open"):
        write_spreadsheet(columns, tmp_path / "t.xlsx")


def test_no_more_than_a_sheet_holds(tmp_path):
    many = [Column("a", "text", ["x"] * spreadsheet.MOST_ROWS)]
    with pytest.raises(OutputError, match=r"Choose a \.csv file"):
        write_spreadsheet(many, tmp_path / "t.xlsx")
    with pytest.raises(OutputError, match="1 rows and 16385 columns"):
        write_spreadsheet([Column("a", "text", ["x"])] * (spreadsheet.MOST_COLUMNS + 1), tmp_path / "t.xlsx")


def test_an_ending_that_is_none_of_ours(columns, tmp_path):
    with pytest.raises(OutputError, match=r"Expected: \.xlsx, \.csv"):
        write_spreadsheet(columns, tmp_path / "t.ods")


def test_without_openpyxl_a_sentence(columns, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingDependencyError, match=r"or choose a \.csv file"):
        write_spreadsheet(columns, tmp_path / "t.xlsx")


@pytest.mark.parametrize(
    ("name", "cells", "kind"),
    [
        ("Volume", ["1,5", "2", None], "number"), ("Volume", ["1.5", "2"], "number"), ("Palettes", ["9999"], "number"), ("Palettes", ["10000"], "text"),
        ("Palettes", ["1", "environ 2"], "text"), ("N° client", ["1", "2"], "number"), ("Code", ["1", "2"], "text"), ("INSEE", ["1001"], "text"),
        ("Livré le", ["26/07/2024", " "], "date"), ("Livré le", ["26/07/2024", "2024-07-26"], "text"), ("Livré le", ["31/02/2024"], "text"),
        ("Né le", ["01/01/1850"], "text"), ("Rien", [None, ""], "text"), ("Exposant", ["1e5"], "text"), ("Volume", ["-0,5"], "number"),
    ],
)  # fmt: skip
def test_which_texts_are_numbers_or_dates(name, cells, kind):
    (made,) = sheet_columns(pd.DataFrame({name: pd.Series(cells, dtype=object)}), {})
    assert (made.kind, made.as_given) == (kind, cells)
