"""A firm's file, whatever wrote it: the same table, nothing lost, a sentence where it cannot be read."""

from __future__ import annotations

import importlib.util
import io
import random
import zipfile

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
from builders import attempt, csv_text
from company_builders import (
    COUNT,
    HEADER,
    RESTORED,
    VARIANTS,
    as_numbers,
    customers,
    in_crs,
    ods_file,
    text_file,
    xls_file,
    xlsx_file,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from joptimiz_qgis.toolkit.company.columns import HeaderMemory, suggest
from joptimiz_qgis.toolkit.company.pipeline import customers as imported
from joptimiz_qgis.toolkit.company.pipeline import locate, prepare
from joptimiz_qgis.toolkit.company.reading import ReadOptions, numbers, read_company_file
from joptimiz_qgis.toolkit.company.recipe import Recipe, load_recipe
from joptimiz_qgis.toolkit.errors import FileError, HeaderError, MissingDependencyError, ParameterError
from joptimiz_qgis.toolkit.read.text_table import unique_names

FIELDS = {"id": "N° client", "name": "Raison sociale", "siret": "SIRET", "address": "Adresse", "postcode": "Code postal", "town": "Ville", "volume": "Volume"}


def plain(cell):
    return " ".join(cell.split())


# -- the same customers in many forms -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_form_of_a_table_gives_the_same_customers(tmp_path, variant):
    rows = customers()
    prepared = prepare(VARIANTS[variant](tmp_path, rows))
    restoring = {code: count for code, count in prepared.checked.counts().items() if prepared.checked.of([code])}
    assert restoring == RESTORED.get(variant, {})
    prepared = prepared.with_corrections(restoring)
    assert len(prepared.applied) == sum(restoring.values())
    assert {name: prepared.recipe.columns.get(name) for name in FIELDS} == FIELDS
    table = imported(prepared, locate(prepared))
    for number, column in enumerate(HEADER[:6]):
        assert [plain(cell) for cell in table[column]] == [plain(row[number]) for row in rows], column
    assert numbers(table["Volume"]).tolist() == [float(row[8]) for row in rows]
    expected = np.array([[float(row[6]), float(row[7])] for row in rows])
    found = np.column_stack([table.geometry.x, table.geometry.y])
    # Lambert II étendu goes through the 2-digit NTF parameters or the grid, wherever PROJ has it: some metres
    assert np.abs(found - expected).max() < (1e-4 if "étendu" in variant else 1e-6)
    restored_rows = table["jz_remarques"].notna().sum()
    assert restored_rows == len({one.row for one in prepared.applied})


def test_lines_are_those_of_the_file(tmp_path):
    raw = read_company_file(text_file(tmp_path / "v.csv", customers())).raw
    assert raw.lines[:3].tolist() == [2, 4, 5]  # the first address has two lines


# -- what is found out, and told otherwise ----------------------------------------------------------------------------------


def test_titles_above_the_header_and_units_below_are_passed_over_and_counted(write_file):
    file = read_company_file(write_file("a.csv", "Export du 26/07;;\n\n;;\nCode;Nom;CP\n(texte);(texte);(texte)\nC1;Durand;75001\nC2;Petit;01000\n"), ReadOptions(skip_rows=1))
    assert file.sniffed.header_row == 4
    assert file.sniffed.skipped == (1, 5)
    assert file.raw.rows.to_numpy().tolist() == [["C1", "Durand", "75001"], ["C2", "Petit", "01000"]]
    assert file.raw.lines.tolist() == [6, 7]
    assert file.records == 5


def test_a_file_without_header_says_so_and_loses_no_row(write_file):
    file = read_company_file(write_file("a.csv", "C1;Durand;75001\nC2;Petit;01000\n"))
    assert (file.sniffed.header_row, len(file.raw.rows)) == (0, 2)
    assert "No row looks like a header" in " ".join(map(str, file.raw.notes))
    told = read_company_file(write_file("a.csv", "C1;Durand;75001\nC2;Petit;01000\n"), ReadOptions(header_row=1))
    assert told.raw.columns == ["C1", "Durand", "75001"]


def test_the_user_s_word_wins(write_file):
    path = write_file("a.csv", "nom|ville;x\nÉpi|Sète;y\n", "cp1252")
    assert read_company_file(path, ReadOptions(delimiter="|")).raw.columns == ["nom", "ville;x"]
    assert read_company_file(path, ReadOptions(delimiter=";", encoding="cp850")).raw.columns == ["nom|ville", "x"]
    with pytest.raises(FileError, match="cannot be read as ascii"):
        read_company_file(path, ReadOptions(encoding="ascii"))
    with pytest.raises(ParameterError, match="no row 9"):
        read_company_file(path, ReadOptions(header_row=9))


ROWS = "A{n};Café {n};{n} rue A;75001;2,35;48,85\n"
TITLE = "id;nom;adresse;cp;lon;lat\n"


@pytest.mark.parametrize("behind", ["", 'A9;"Deux\nlignes";9 rue A;75001;2,35;48,85\n'], ids=["to the end", "to the next quotation"])
def test_a_quotation_mark_that_is_never_closed_swallows_no_row(write_file, behind):
    """It took all rows behind it into one cell, and decimal commas for delimiters."""
    rows = [ROWS.format(n=n) for n in range(1, 8)]
    rows[2] = 'A3;"Le Zinc;3 rue A;75001;2,35;48,85\n'
    file = read_company_file(write_file("a.csv", (TITLE + "".join(rows) + behind).encode()))
    assert list(file.raw.rows["id"]) == [f"A{n}" for n in range(1, 8)] + ["A9"] * bool(behind)
    assert (file.raw.rows["nom"][2], file.raw.rejects, file.sniffed.delimiter) == ('"Le Zinc', [], ";")
    assert [note.values["lines"] for note in file.raw.notes if "never closed" in note.template] == ["4"]


def test_two_quotation_marks_that_are_never_closed_do_not_close_one_another(write_file):
    """From one to the other all rows became one cell of a row that looked right."""
    rows = ["A{n};{mark}Nom {n};{n} rue A;75001\n".format(n=n, mark='"' if n in (3, 6, 9, 10, 11, 19) else "") for n in range(20)]
    two_lines = 'B;"1 rue\n""A"" ; étage";c;75001\n'
    file = read_company_file(write_file("a.csv", "id;nom;adresse;cp\n" + "".join(rows[:15]) + two_lines + "".join(rows[15:])))
    assert list(file.raw.rows["id"]) == [*(f"A{n}" for n in range(15)), "B", *(f"A{n}" for n in range(15, 20))]
    assert [file.raw.rows["nom"][at] for at in (3, 15, 20)] == ['"Nom 3', '1 rue\n"A" ; étage', '"Nom 19']


def test_lines_of_two_encodings_are_each_read_in_their_own(write_file):
    """One line in Windows-1252 spoilt the accents of all the others; on the last line it had the file refused as cut short."""
    content = TITLE.encode() + ROWS.format(n=1).encode() + ROWS.format(n=2).encode("cp1252") + ROWS.format(n=3).encode() + "A4;é".encode("cp1252")
    file = read_company_file(write_file("a.csv", content))
    assert list(file.raw.rows["nom"]) == ["Café 1", "Café 2", "Café 3"]
    assert "Line 3, 5 is in Windows-1252" in " ".join(map(str, file.raw.notes))


def test_accents_encoded_twice_are_told(write_file):
    twice = (TITLE + ROWS.format(n=1)).encode().decode("cp1252").encode()
    assert any("accents look wrong" in str(note) for note in read_company_file(write_file("a.csv", twice)).raw.notes)
    right = (TITLE + "1;L’Œuvre « Müller », São Tomé – Ángel;;;;\n2;b;c;d;e;f\n").encode()
    assert not any("accents" in str(note) for note in read_company_file(write_file("b.csv", right)).raw.notes)


def test_codes_that_an_export_wrote_as_formulas_for_excel_are_codes(write_file):
    text = 'id;nom;cp;lon\n1;="L\'Œuvre";="01000";2,35\n2;"=""Müller""";"=""06000""";2,36\n3;=cmd|"a";="b"&"c";2,37\n'
    file = read_company_file(write_file("a.csv", text))
    assert file.raw.rows["cp"].tolist() == ["01000", "06000", '="b"&"c"']
    assert file.raw.rows["nom"].tolist() == ["L'Œuvre", "Müller", '=cmd|"a"']
    assert any(note.values.get("count") == 4 for note in file.raw.notes)


def test_totals_are_no_customers_but_a_firm_of_that_name_is(write_file):
    rows = [ROWS.format(n=1), "A2;Total;2 rue A;75001;2,35;48,85\n", ";;;Total général;2;\n", "Sous-total :;;;;1;\n"]
    file = read_company_file(write_file("a.csv", TITLE + "".join(rows)))
    assert list(file.raw.rows["id"]) == ["A1", "A2"]
    assert [str(reject) for reject in file.raw.rejects] == ["Line 4: it is a total, not a customer", "Line 5: it is a total, not a customer"]


def test_a_repeated_name_gets_none_that_another_column_has():
    assert unique_names(["nom", "nom", "nom (2)", "nom"]) == ["nom", "nom (3)", "nom (2)", "nom (4)"]


def test_what_a_file_is_goes_by_its_content(tmp_path, write_file):
    book = xlsx_file(tmp_path / "a.xlsx", customers()).rename(tmp_path / "a.csv")
    assert len(read_company_file(book).raw.rows) == 60
    for name, content in (("b.xls", b"<html><table><tr><td>id"), ("c.xls", b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">')):
        with pytest.raises(FileError, match=rf"“{name}” is a table written as a web page or as XML.* save it as \.xlsx"):
            read_company_file(write_file(name, content))
    with zipfile.ZipFile(tmp_path / "d.xlsb", "w") as archive:
        archive.writestr("xl/workbook.bin", b"x")
    with pytest.raises(FileError, match="is a binary workbook"):
        read_company_file(tmp_path / "d.xlsb")
    with pytest.raises(FileError, match="is a folder"):
        read_company_file(tmp_path)


def test_vector_files_that_lack_a_part_say_which(tmp_path, write_file):
    table = gpd.GeoDataFrame({"id": ["A1"], "nom": ["Café"]}, geometry=gpd.points_from_xy([2.35], [48.85]), crs=4326)
    for part in (".shx", ".dbf"):
        table.to_file(tmp_path / "a.shp")
        (tmp_path / "a.shp").with_suffix(part).unlink()
        with pytest.raises(FileError, match=rf"“a\.shp” came without “a\{part}”\. Copy all its parts"):
            read_company_file(tmp_path / "a.shp")
    bare = b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [2.35, 48.85]}}]}'
    with pytest.raises(FileError, match="holds shapes and no column"):
        read_company_file(write_file("b.geojson", bare))
    table.to_file(tmp_path / "c.gpkg", layer="mai")
    with pytest.raises(FileError, match=r"has no layer “juin”\. Its layers are: mai"):
        read_company_file(tmp_path / "c.gpkg", ReadOptions(sheet="juin"))


def test_texts_of_vector_files_whose_encoding_is_not_told(tmp_path):
    """A MapInfo table in Windows-1252 was refused; a shapefile without .cpg could not be told to be UTF-8."""
    table = gpd.GeoDataFrame({"nom": ["Café"]}, geometry=gpd.points_from_xy([2.35], [48.85]), crs=4326)
    table.to_file(tmp_path / "a.tab", driver="MapInfo File", encoding="CP1252")
    assert read_company_file(tmp_path / "a.tab").raw.rows["nom"][0] == "Café"
    table.to_file(tmp_path / "b.shp", encoding="utf-8")
    (tmp_path / "b.cpg").unlink()
    assert any("accents look wrong" in str(note) for note in read_company_file(tmp_path / "b.shp").raw.notes)
    assert read_company_file(tmp_path / "b.shp", ReadOptions(encoding="utf-8")).raw.rows["nom"][0] == "Café"


def test_more_columns_than_the_result_can_hold_are_told_before_the_work(tmp_path):
    path = text_file(tmp_path / "a.csv", [["1"] * 2000], [f"c{number}" for number in range(2000)])
    with pytest.raises(FileError, match="has 2000 columns, and the result can hold 1900"):
        prepare(path)


def test_the_number_of_an_error_in_libreoffice_is_no_value(tmp_path):
    file = read_company_file(ods_file(tmp_path / "a.ods", [["A1", "Err:509"], ["A2", "b"]], ["id", "nom"]))
    assert list(file.raw.rows["nom"]) == [None, "b"]
    assert any("error of a formula" in str(note) for note in file.raw.notes)


def test_what_the_user_says_may_be_impossible(write_file):
    path = write_file("a.csv", "id\tnom\n1\ta\n2\tb\n")
    for named in ("tab", "\\t", "\t"):
        assert read_company_file(path, ReadOptions(delimiter=named)).raw.columns == ["id", "nom"]
    with pytest.raises(ParameterError, match="“;;” is no delimiter"):
        read_company_file(path, ReadOptions(delimiter=";;"))
    with pytest.raises(ParameterError, match="rows to skip is -1"):  # it took the last row for an explanation
        read_company_file(path, ReadOptions(skip_rows=-1))


def test_ragged_rows_totals_and_repeated_headers_are_rejected_with_their_reasons(write_file):
    text = "code;nom;cp;ville\nC1;Durand;75001;Paris\nC2;Petit;75002\nC3;Roux;75003;Paris;;\nC4;Blanc;75004;Paris;x\ncode;nom;cp;ville\nTotal;;;\n"
    file = read_company_file(write_file("a.csv", text))
    assert file.raw.rows["code"].tolist() == ["C1", "C3"]
    assert [(reject.line, str(reject.reason)) for reject in file.raw.rejects] == [
        (3, "it has 3 cells where the header has 4; look for a missing or unquoted “;”"),
        (5, "it has 5 cells where the header has 4; look for a missing or unquoted “;”"),
        (6, "it repeats the header"),
        (7, "it has one cell only: a title, a total or a comment"),
    ]


def test_nul_bytes_are_left_out_and_said(write_file):
    file = read_company_file(write_file("a.csv", b"code;nom\nC1;Dur\0and\nC2;Petit" + b" " * 60 + b"\n"))
    assert file.raw.rows["nom"].tolist() == ["Durand", "Petit"]
    assert "1 NUL bytes were left out." in [str(note) for note in file.raw.notes]


def test_a_cell_of_ten_megabytes_is_read(write_file):
    file = read_company_file(write_file("a.csv", f'code;nom\nC1;"{"x" * 10_000_000}"\nC2;y\n'))
    assert file.raw.rows["nom"].str.len().tolist() == [10_000_000, 1]


def test_a_tab_file_is_text_or_mapinfo_by_what_it_holds(tmp_path):
    frame = gpd.GeoDataFrame({"code": ["C1", "C2"]}, geometry=gpd.points_from_xy([2.35, 2.36], [48.85, 48.86]), crs="EPSG:4326")
    frame.to_file(tmp_path / "m.tab", driver="MapInfo File")
    file = read_company_file(tmp_path / "m.tab")
    assert file.sniffed.kind == "vector"
    assert file.raw.rows["code"].tolist() == ["C1", "C2"]
    assert file.raw.geometry.x.tolist() == pytest.approx([2.35, 2.36])
    assert read_company_file(text_file(tmp_path / "t.tab", customers(), delimiter="\t")).sniffed.kind == "text"


@pytest.mark.parametrize("ending", [".gpkg", ".shp", ".geojson"])
def test_vector_files_keep_codes_as_text_and_points_where_they_lie(tmp_path, ending):
    frame = gpd.GeoDataFrame({"siret": ["00012345600012", None], "cp": ["01000", "75001"]}, geometry=gpd.points_from_xy([652000, 653000], [6862000, 6863000]), crs="EPSG:2154")
    frame.to_file(tmp_path / f"v{ending}")
    prepared = prepare(tmp_path / f"v{ending}")
    assert prepared.rows["siret"].tolist() == ["00012345600012", None]
    assert prepared.rows["cp"].tolist() == ["01000", "75001"]
    table = imported(prepared, locate(prepared))
    assert table.geometry.x.tolist() == pytest.approx(frame.to_crs(4326).geometry.x.tolist(), abs=1e-7)


# -- workbooks -------------------------------------------------------------------------------------------------------------------


def saved(book, tmp_path, name="w.xlsx"):
    book.save(tmp_path / name)
    return tmp_path / name


def test_a_workbook_with_all_that_people_put_into_one(tmp_path):
    import datetime as dt

    book = openpyxl.Workbook()
    book.active.title = "Lisez-moi"
    book.active["A1"] = "Bonjour"
    hidden = book.create_sheet("Ancien")
    hidden.append(["code", "nom"])
    hidden.append(["X", "Y"])
    hidden.sheet_state = "hidden"
    sheet = book.create_sheet("Clients")
    sheet["A1"] = "Clients au 1er mai"
    sheet.merge_cells("A1:D1")
    for row in (["Zone", "Code", "CP", "Depuis", "Heure", "Total"], ["Nord", "C1", 1000, dt.date(2024, 7, 26), dt.time(6, 30), "=1+1"], [None, "C2", 75001, 45499, 0.25, "#N/A"]):
        sheet.append(row)
    sheet.merge_cells("A3:A4")
    sheet["C3"].number_format = "00000"
    file = read_company_file(saved(book, tmp_path))
    assert file.sniffed.sheet == "Clients"
    assert [(tab.name, tab.hidden) for tab in file.sniffed.sheets] == [("Lisez-moi", False), ("Ancien", True), ("Clients", False)]
    assert file.sniffed.header_row == 2
    assert file.raw.lines.tolist() == [3, 4]
    assert file.raw.rows.to_numpy().tolist() == [["Nord", "C1", "01000", "2024-07-26", "06:30", None], ["Nord", "C2", "75001", "45499", "0.25", None]]
    said = " ".join(map(str, file.raw.notes))
    for part in ("1 numbers have their leading zeros back", "1 merged cells", "1 formulas have no computed value", "1 cells hold an error", "not read: Lisez-moi, Ancien"):
        assert part in said
    assert read_company_file(tmp_path / "w.xlsx", ReadOptions(sheet="Ancien")).raw.columns == ["code", "nom"]
    with pytest.raises(ParameterError, match=r"no sheet “Autre”.*Lisez-moi, Ancien, Clients"):
        read_company_file(tmp_path / "w.xlsx", ReadOptions(sheet="Autre"))


def test_a_thousand_columns_are_read(tmp_path):
    book = openpyxl.Workbook()
    book.active.append([f"colonne {number}" for number in range(1000)])
    book.active.append([f"v{number}" for number in range(1000)])
    file = read_company_file(saved(book, tmp_path))
    assert len(file.raw.columns) == 1000
    assert file.raw.rows["colonne 999"].tolist() == ["v999"]


def test_two_columns_of_the_same_name_are_told_apart(write_file):
    file = read_company_file(write_file("a.csv", "code;adresse;adresse\nC1;a;b\n"))
    assert file.raw.columns == ["code", "adresse", "adresse (2)"]
    assert "Several columns have the same name; they are told apart as adresse (2)." in map(str, file.raw.notes)


def encrypted_ooxml() -> bytes:
    """The head of what Excel makes of an XLSX with a password: an OLE file with a stream of that name."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)


def encrypted_ods() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
        archive.writestr("content.xml", b"\x93\x11")
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("c.xlsx", encrypted_ooxml(), "is protected by a password. Open it in its program, remove the password"),
        ("c.ods", encrypted_ods(), "is protected by a password"),
        ("c.xlsx", b"PK\x03\x04" + random.Random(2).randbytes(400), "is damaged"),
        ("c.xlsx", random.Random(3).randbytes(400) + b"\0", "is not the workbook that its ending promises"),
        ("c.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "is damaged"),
        ("~$c.xlsx", b"x", "only marks that a workbook is open in another program"),
        ("c.csv", b"code;nom\n", "holds a header and no row"),
        ("c.csv", b"", "is empty"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_told_by_name_with_what_to_do(write_file, name, content, said):
    with pytest.raises(FileError) as caught:
        read_company_file(write_file(name, content))
    assert f"“{name}”" in str(caught.value)
    assert said in str(caught.value)


def test_a_file_that_excel_holds_open_is_told_so(write_file, monkeypatch):
    """Windows refuses to open it; here the refusal is made."""
    path = write_file("c.csv", "code;nom\nC1;x\n")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", refuse)
    with pytest.raises(FileError, match=r"“c\.csv” cannot be opened \(Permission denied\)\. If it is open in Excel, close it there"):
        read_company_file(path)


def test_blanks_of_an_ods_stay(tmp_path):
    cells = ["19  RUE   DANIELLE", " devant", "deux\nlignes", "a\tb"]
    rows = [["C1", cells[0], "1", cells[1], "75001", cells[2], 2.35, 48.85, 1.0], ["C2", cells[3], "1", "x", "75001", "y", 2.35, 48.85, 1.0]]
    found = read_company_file(ods_file(tmp_path / "a.ods", rows)).raw.rows
    assert [found.loc[0, HEADER[1]], found.loc[0, HEADER[3]], found.loc[0, HEADER[5]], found.loc[1, HEADER[1]]] == [cells[0], "devant", cells[2], cells[3]]
    assert not list(tmp_path.glob("*joptimiz*"))


@pytest.mark.parametrize("make", [xlsx_file, ods_file, xls_file])
def test_a_workbook_with_only_a_header_says_so(tmp_path, make):
    with pytest.raises(FileError, match="holds a header and no row"):
        read_company_file(make(tmp_path / f"h.{make.__name__.split('_')[0]}", []))


def test_sources_are_left_as_they_are(tmp_path):
    for number, make in enumerate(VARIANTS.values()):
        (tmp_path / str(number)).mkdir()
        path = make(tmp_path / str(number), customers())
        before = path.read_bytes()
        prepare(path)
        assert path.read_bytes() == before
        assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(("ending", "make", "library"), [("xls", xls_file, "xlrd"), ("xlsx", xlsx_file, "openpyxl"), ("ods", ods_file, "pyogrio")])
def test_a_workbook_whose_library_is_not_there_says_what_to_do(tmp_path, monkeypatch, ending, make, library):
    """Where GDAL reads XLS, as QGIS's Windows build does, xlrd is not needed; the one of these tests does not."""
    path = make(tmp_path / f"w.{ending}", [as_numbers(row) for row in customers()])
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == library else find(name, *rest))
    with pytest.raises(MissingDependencyError, match=rf"Reading “w\.{ending}” needs the Python library {library}"):
        read_company_file(path)


# -- property: nothing crashes, nothing is lost -----------------------------------------------------------------------------------

LINES = st.lists(st.text(st.sampled_from('ab1;,|\t"\n\r\0é 0€’=\ufeff'), max_size=30), max_size=12)


@settings(max_examples=400, deadline=None)
@given(LINES, st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"]), st.sampled_from(["\n", "\r\n", "\r"]))
@example(["a;b", "1;2;3", "4"], "utf-8", "\n")
def test_any_text_gives_rows_that_add_up_or_a_sentence(tmp_path_factory, lines, encoding, line_end):
    path = tmp_path_factory.getbasetemp() / "fuzz.csv"
    path.write_bytes(line_end.join(lines).encode(encoding, "replace"))
    file, sentence = attempt(read_company_file, path)
    if file is None:
        assert "fuzz.csv" in sentence
        return
    numbers_seen = [*file.raw.lines.tolist(), *(reject.line for reject in file.raw.rejects), *file.sniffed.skipped]
    numbers_seen += [file.sniffed.header_row] if file.sniffed.header_row else []
    assert len(numbers_seen) == len(set(numbers_seen)) == file.records
    if '"' not in "".join(lines):  # without quotes a line is a record: each that holds text is accounted for
        whole = line_end.join(lines).replace("\0", "")
        found = whole.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        delimiter = file.sniffed.delimiter
        filled = {number for number, line in enumerate(found, start=1) if any(cell.replace("\0", "").replace("\ufeff", "").strip() for cell in line.split(delimiter))}
        assert filled <= set(numbers_seen)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([".csv", ".xlsx", ".xls", ".ods", ".txt", ".tab"]), st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]))
def test_any_bytes_under_any_name_give_rows_or_a_sentence(tmp_path_factory, content, ending, start):
    path = tmp_path_factory.getbasetemp() / f"bytes{ending}"
    path.write_bytes(start + content)
    file, sentence = attempt(read_company_file, path)
    assert f"bytes{ending}" in sentence or file.records >= 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.one_of(st.none(), st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=6), st.integers(-(10**14), 10**14), st.floats(-1e6, 1e6), st.booleans()), min_size=1, max_size=5), min_size=1, max_size=8))
def test_any_sheet_gives_rows_that_add_up_or_a_sentence(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "sheet.xlsx"
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([f"'{cell}" if isinstance(cell, str) and cell.startswith("=") else cell for cell in row])
    book.save(path)
    file, sentence = attempt(read_company_file, path)
    filled = sum(1 for row in rows if any(cell is not None and str(cell).strip() for cell in row))
    assert "sheet.xlsx" in sentence or file.records == filled


# -- columns ---------------------------------------------------------------------------------------------------------------------


def test_columns_are_suggested_by_what_they_hold_where_the_name_says_nothing(tmp_path):
    rows = [[row[0], row[2], row[3], row[4], row[5], "lun-ven", "6h-11h"] for row in customers()]
    path = text_file(tmp_path / "a.csv", rows, ["A", "B", "C", "D", "Localité", "F", "G"])
    found = suggest(read_company_file(path).raw.rows)
    assert {name: one.column for name, one in found.items()} == {"siret": "B", "address": "C", "town": "Localité", "days": "F", "hours": "G"}
    assert str(found["siret"].reason) == "its values look like it (100 of 100)"


def test_a_name_whose_values_contradict_it_is_not_suggested(write_file):
    file = read_company_file(write_file("a.csv", "siret;code postal\nbonjour à tous;Paris\nau revoir;Lyon\n"))
    assert not {"siret", "postcode"} & set(suggest(file.raw.rows))


def test_the_choice_for_a_header_is_remembered_without_any_value(tmp_path):
    memory = HeaderMemory(tmp_path / "m.json")
    raw = read_company_file(text_file(tmp_path / "a.csv", customers())).raw
    memory.keep(raw.columns, {"id": "SIRET", "name": "Ville"})
    again = suggest(raw.rows, HeaderMemory(tmp_path / "m.json"))
    assert {name: one.column for name, one in again.items()} == {"id": "SIRET", "name": "Ville"}
    kept = (tmp_path / "m.json").read_text(encoding="utf-8")
    assert not [cell for row in customers() for cell in row if len(cell) > 4 and cell in kept]
    other = read_company_file(text_file(tmp_path / "b.csv", customers(), [*HEADER[:8], "Poids"])).raw
    assert suggest(other.rows, memory)["id"].column == "N° client"


# -- recipes ---------------------------------------------------------------------------------------------------------------------


def test_a_recipe_replays_and_refuses_a_file_that_lost_a_column(tmp_path):
    from joptimiz_qgis.toolkit.company.pipeline import recipe_of

    first = prepare(text_file(tmp_path / "mai.csv", customers()), Recipe(read={"delimiter": ";"})).with_corrections(["siret_zeros"])
    recipe_of(first, "Clients").save(tmp_path / "r.json")
    text = (tmp_path / "r.json").read_text(encoding="utf-8")
    assert not [cell for row in customers() for cell in row if len(cell) > 4 and cell in text]
    recipe = load_recipe(tmp_path / "r.json")
    assert (recipe.name, recipe.read, recipe.corrections) == ("Clients", {"delimiter": ";"}, ("siret_zeros",))
    renamed = ["n° CLIENT", *HEADER[1:]]
    assert prepare(text_file(tmp_path / "juin.csv", customers(), renamed), recipe).recipe.columns["id"] == "n° CLIENT"
    without = [[*row[:2], *row[3:]] for row in customers()]
    with pytest.raises(HeaderError, match=r"“juil.csv” has no column “SIRET” any more, which the recipe “Clients” needs. New columns: —"):
        prepare(text_file(tmp_path / "juil.csv", without, [*HEADER[:2], *HEADER[3:]]), recipe)


@pytest.mark.parametrize(
    "content",
    ["{", "[]", "{}", '{"joptimiz_recipe": 9}', '{"joptimiz_recipe": 1, "columns": {"couleur": "x"}}', '{"joptimiz_recipe": 1, "missing": "burn"}', '{"joptimiz_recipe": 1, "read": {"sheet": 3}}',
     '{"joptimiz_recipe": 1, "columns": {"id": 5}}', '{"joptimiz_recipe": 1, "key": [["a"]]}', '{"joptimiz_recipe": 1, "corrections": [1]}', '{"joptimiz_recipe": 1, "threshold": NaN}',
     '{"joptimiz_recipe": 1, "threshold": true}', '{"joptimiz_recipe": 1, "threshold": 60}', '{"joptimiz_recipe": 1, "read": {"delimiter": "ab"}}', '{"joptimiz_recipe": 1, "read": {"skip_rows": -1}}',
     '{"joptimiz_recipe": 1, "read": {"skip_rows": null}}', '{"joptimiz_recipe": 1, "read": {"decimal": "x"}}', "[" * 100_000],
    ids=lambda text: text[:60],
)  # fmt: skip
def test_what_is_no_recipe_is_refused(write_file, content):
    with pytest.raises(FileError, match=r"“r\.json” is not a recipe of an import"):
        load_recipe(write_file("r.json", content))


def test_real_customers_are_read_whole(shared_data):
    file = read_company_file(shared_data / "company" / "clients_paris.csv")
    assert (len(file.raw.rows), file.raw.rejects, file.records) == (7004, [], 7005)
    found = {name: one.column for name, one in suggest(file.raw.rows).items()}
    assert found == {"id": "client_id", "siret": "siret", "address": "adresse", "postcode": "code_postal", "town": "ville", "category": "activite"}


def test_helpers_of_these_tests_are_themselves_right():
    assert len(customers()) == COUNT
    assert csv_text([["a", "b"]], ";") == "a;b\n"
    assert in_crs(customers(), "EPSG:2154")[0][6:8] == ["X", "Y"]
