"""Delimited text: nothing lost, nothing invented, whatever wrote it."""

from __future__ import annotations

import csv
import random
import zipfile

import pytest
from builders import attempt, csv_text
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from joptimiz_qgis.toolkit.errors import FileError
from joptimiz_qgis.toolkit.read.text_table import DELIMITERS, read_text_table

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252")


def read(path):
    """Column names, rows and line numbers."""
    raw = read_text_table(path)
    return raw.columns, raw.rows.to_numpy().tolist(), raw.lines.tolist()


# -- property: what a CSV writer wrote is read back ----------------------------------------------------------------------

# A lone carriage return has a test of its own: Python's csv module writes it unquoted before 3.13.
CHARACTERS = st.characters(codec="utf-8", exclude_characters="\0\r\ufeff\ufffe", exclude_categories=["Cs"])
CELLS = st.text(st.one_of(CHARACTERS, st.sampled_from(' ";,|\t\né€œ’0')), max_size=12)
NAMES = st.text(st.characters(categories=["L", "Nd"], max_codepoint=0xFF), min_size=1, max_size=8)


@st.composite
def tables(draw):
    """A header (distinct names without delimiters, which would make the delimiter a matter of taste) and rows."""
    header = draw(st.lists(NAMES, min_size=2, max_size=5, unique=True))
    rows = draw(st.lists(st.lists(CELLS, min_size=len(header), max_size=len(header)), min_size=1, max_size=8))
    return header, rows


def written_lines(records, delimiter, line_end, quoting):
    """The line on which each record begins, by counting the line ends of what was written before it."""
    return [csv_text(records[:position], delimiter, line_end, quoting).count("\n") + 1 for position in range(len(records))]


@settings(max_examples=300, deadline=None)
@given(tables(), st.sampled_from(DELIMITERS), st.sampled_from(ENCODINGS), st.sampled_from(["\n", "\r\n"]), st.booleans())
@example((["a", "b"], [["1,5", "2,5"], ["3,5", "x;y"]]), ";", "cp1252", "\r\n", False)
@example((["nom", "adresse"], [["Épi", "ligne 1\nligne 2"], ["“", "€"]]), ",", "utf-16", "\n", True)
def test_what_was_written_is_read_back(tmp_path_factory, table, delimiter, encoding, line_end, quote_all):
    header, rows = table
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    text = csv_text([header, *rows], delimiter, line_end, quoting)
    try:
        content = text.encode(encoding)
    except UnicodeEncodeError:
        assume(False)
    if encoding == "cp1252" and not content.isascii():
        assume(not is_utf8(content))  # the bytes are then the same as those of another text in UTF-8
    path = tmp_path_factory.getbasetemp() / "round_trip.csv"
    path.write_bytes(content)
    filled = [position for position, row in enumerate(rows) if any(cell.strip() for cell in row)]
    assume(filled)
    lines = written_lines([header, *rows], delimiter, line_end, quoting)
    assert read(path) == (header, [rows[position] for position in filled], [lines[position + 1] for position in filled])


def is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@settings(max_examples=150, deadline=None)
@given(st.binary(min_size=0, max_size=300))
def test_any_bytes_give_rows_or_a_sentence(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any_bytes.csv"
    path.write_bytes(content)
    raw, sentence = attempt(read_text_table, path)
    assert "any_bytes.csv" in sentence or raw.row_count >= 1


# -- hand-made files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a;b\n1,5;2,5\n3,5;4,5\n", ";"),
        ("Longueur, en m;Largeur\n12,5;2,0\n9,0;2,2\n", ";"),
        ("a,b\n1;2,3\n4;5,6\n", ","),
        ("a\tb\n1,2\t3\n", "\t"),
        ("a|b\n1,2|3;4\n", "|"),
        ('id,wkt\n1,"POLYGON((1 2, 3 4, 5 6))"\n2,"POLYGON((1 2, 3 4))"\n', ","),
    ],
)
def test_the_delimiter_is_found_out(write_file, text, delimiter):
    raw = read_text_table(write_file("t.csv", text))
    assert f"delimiter “{delimiter}”" in str(raw.notes[0])
    assert len(raw.columns) == 2
    assert not raw.rejects


@pytest.mark.parametrize(
    ("encoding", "named"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("cp1252", "windows-1252")]
)
def test_the_encoding_is_found_out_and_said(write_file, encoding, named):
    raw = read_text_table(write_file("t.csv", "Régime;n°\nÉpi;l’œuvre à 5 €\n", encoding))
    assert raw.columns == ["Régime", "n°"]
    assert raw.rows.iloc[0].tolist() == ["Épi", "l’œuvre à 5 €"]
    assert f"encoding {named}," in str(raw.notes[0])


def test_a_byte_order_mark_does_not_stick_to_the_first_column(write_file):
    assert read_text_table(write_file("t.csv", b"\xef\xbb\xbfid;nom\n1;x\n")).columns == ["id", "nom"]


def test_codes_stay_text(write_file):
    raw = read_text_table(write_file("t.csv", "siret;cp\n00012345600012;01000\n"))
    assert raw.rows.iloc[0].tolist() == ["00012345600012", "01000"]


def test_a_quoted_carriage_return_and_newline_count_as_one_line(write_file):
    _, rows, lines = read(write_file("t.csv", 'a;b\r\n"x\r\ny";1\r\nz;2\r\n'))
    assert rows == [["x\r\ny", "1"], ["z", "2"]]
    assert lines == [2, 4]


def test_empty_lines_are_passed_over_and_counted(write_file):
    _, rows, lines = read(write_file("t.csv", "a;b\n\n1;2\n;\n\n3;4\n"))
    assert rows == [["1", "2"], ["3", "4"]]
    assert lines == [3, 6]


def test_nameless_and_repeated_columns_get_names_of_their_own(write_file):
    assert read_text_table(write_file("t.csv", "a;;a;b\n1;2;3;4\n")).columns == ["a", "column_2", "a (2)", "b"]


def test_a_row_with_too_few_or_too_many_cells_is_rejected_with_its_line(write_file):
    raw = read_text_table(write_file("t.csv", "a;b;c\n1;2;3\n4;5\n6;7;8;9\n"))
    assert raw.rows.to_numpy().tolist() == [["1", "2", "3"]]
    assert [reject.line for reject in raw.rejects] == [3, 4]
    assert str(raw.rejects[0]) == "Line 3: it has 2 cells where the header has 3; look for a missing or unquoted “;”"
    assert raw.row_count == 3


def test_a_cell_of_a_megabyte_is_read(write_file):
    outline = "1 2, " * 300_000
    raw = read_text_table(write_file("t.csv", f'id;wkt\n1;"{outline}"\n2;x\n'))
    assert raw.rows["wkt"].str.len().tolist() == [len(outline), 1]


def test_reading_leaves_the_csv_module_s_limit_as_it_was(write_file):
    limit = csv.field_size_limit()
    read_text_table(write_file("t.csv", "a;b\n1;2\n"))
    assert csv.field_size_limit() == limit


# -- files that cannot be read -------------------------------------------------------------------------------------------


def zipped(tmp_path) -> bytes:
    path = tmp_path / "workbook.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>" * 20)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \r\n\t\n", "is empty"),
        (b"\xef\xbb\xbf\n", "is empty"),
        (b"id;nom;commune\n", "holds a header and no row"),
        (b'id;nom\n1;"jamais ferm', "a quotation mark opened at line 2 is never closed. Download it again"),
        (b'id;nom\n1;a\n2;"b\nc;d\ne;f\n', "a quotation mark opened at line 3 is never closed"),
        ("id;nom\n1;Épi\n2;Chaussé".encode()[:-1], "its last character is incomplete. Download it again"),
        ("id;nom\n1;a\n".encode("utf-16")[:-1], "its last character is incomplete"),
        (random.Random(1).randbytes(5000) + b"\0", "is not a text file (it holds binary data). Expected: a CSV file"),
    ],
)
def test_an_unusable_file_is_told_by_name_with_what_to_do(write_file, content, said):
    with pytest.raises(FileError) as caught:
        read_text_table(write_file("bornes.csv", content))
    assert "“bornes.csv”" in str(caught.value)
    assert said in str(caught.value)


def test_a_workbook_named_csv_is_told_to_be_saved_as_csv(write_file, tmp_path):
    with pytest.raises(FileError, match=r"“bornes\.csv” is not a text file .* save it as CSV"):
        read_text_table(write_file("bornes.csv", zipped(tmp_path)))


def test_a_missing_file_is_told_with_its_whole_path(tmp_path):
    with pytest.raises(FileError, match="There is no file") as caught:
        read_text_table(tmp_path / "absent.csv")
    assert str(tmp_path / "absent.csv") in str(caught.value)


def test_a_folder_named_csv_is_no_file(tmp_path):
    (tmp_path / "dossier.csv").mkdir()
    with pytest.raises(FileError, match="There is no file"):
        read_text_table(tmp_path / "dossier.csv")


def test_accents_in_the_wrong_encoding_do_not_stop_the_reading(write_file):
    """UTF-8 with a few cp1252 bytes in it: what two programs wrote in turn."""
    raw = read_text_table(write_file("t.csv", "id;nom\n1;Épi\n".encode() + "2;Épi\n3;fin\n".encode("cp1252")))
    assert len(raw.rows) == 3
    assert raw.rows["nom"][2] == "fin"
