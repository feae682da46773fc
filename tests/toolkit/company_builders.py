"""A made-up table of customers, and every form in which a firm's programs may save it."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyproj
import xlwt
from builders import csv_text
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.teletype import addTextToElement
from odf.text import P

HEADER = ["N° client", "Raison sociale", "SIRET", "Adresse", "Code postal", "Ville", "Longitude", "Latitude", "Volume"]
COUNT = 60
_TOWNS = [
    ("01000", "Bourg-en-Bresse", 5.2256, 46.2052), ("06000", "Nice", 7.2661, 43.7034), ("75011", "Paris 11e Arrondissement", 2.3790, 48.8590),
    ("69003", "Lyon", 4.8500, 45.7590), ("13001", "Marseille 1er Arrondissement", 5.3810, 43.2980), ("59000", "Lille", 3.0573, 50.6292),
    ("29200", "Brest", -4.4860, 48.3904), ("67000", "Strasbourg", 7.7521, 48.5734),
]  # fmt: skip
_NAMES = ["Épicerie de l’Œuvre", "Café des Arts", "Boulangerie Müller", "Pharmacie; du Marché", "Garage, Durand", 'Librairie "Le Livre"', "Fleurs | Co"]


def with_key(body: str) -> str:
    """Digits with Luhn's key behind them, worked out the long way round: by trying the last digit."""
    for key in "0123456789":
        total = 0
        for place, digit in enumerate(reversed(body + key)):
            value = int(digit) * (2 if place % 2 else 1)
            total += value // 10 + value % 10
        if total % 10 == 0:
            return body + key
    raise AssertionError


def siret(number: int, leading: str) -> str:
    """A possible SIRET: SIREN of `leading` and the number's last seven digits, establishment 0001."""
    return with_key(with_key(f"{leading}{number % 10**7:07d}") + "0001")


def customers(count: int = COUNT) -> list[list[str]]:
    """Rows for `HEADER`, as text: a third of the SIRET begin with 0, an eighth of the postcodes do, one address has two lines."""
    chance = random.Random(5)
    rows = []
    for number in range(count):
        postcode, town, lon, lat = _TOWNS[number % len(_TOWNS)]
        street = f"{number + 1} rue de l’Église" if number else "1 place d’Armes\nBâtiment B"
        rows.append([
            f"C{number:04d}", f"{_NAMES[number % len(_NAMES)]} {number}", siret(1_029_715 + number * 7919, "0" if number % 3 == 0 else "4"), street,
            postcode, town, f"{lon + chance.uniform(-0.01, 0.01):.6f}", f"{lat + chance.uniform(-0.01, 0.01):.6f}", f"{number + 0.5:.1f}",
        ])  # fmt: skip
    return rows


def in_crs(rows: list[list[str]], code: str, names: tuple[str, str] = ("X", "Y")) -> tuple[list[str], list[list[str]]]:
    """The same with metres instead of degrees."""
    change = pyproj.Transformer.from_crs("EPSG:4326", code, always_xy=True)
    moved = []
    for row in rows:
        x, y = change.transform(float(row[6]), float(row[7]))
        moved.append([*row[:6], f"{x:.2f}", f"{y:.2f}", *row[8:]])
    return [*HEADER[:6], *names, *HEADER[8:]], moved


def text_file(path: Path, rows: list[list[str]], header: list[str] | None = None, delimiter: str = ";", line_end: str = "\n", encoding: str = "utf-8") -> Path:
    path.write_bytes(csv_text([header or HEADER, *rows], delimiter, line_end).encode(encoding))
    return path


def as_numbers(row: list[str]) -> list[object]:
    """A row as a spreadsheet keeps it when somebody opens a CSV in it: codes and SIRET are numbers, zeros lost."""
    number = float(row[2]) if row[2].isdigit() else row[2]
    return [*row[:2], number, row[3], int(row[4]), row[5], float(row[6]), float(row[7]), float(row[8])]


SCIENTIFIC = "0.00E+00"
"""How a spreadsheet shows a SIRET: what is stored has all digits."""


def _is_long(value: object) -> bool:
    return isinstance(value, float) and value > 1e9


def xlsx_file(path: Path, rows: list[list[object]], header: list[str] | None = None) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Clients"
    for number, row in enumerate([header or HEADER, *rows], 1):
        book.active.append(row)
        for column, value in enumerate(row, 1):
            if _is_long(value):
                book.active.cell(number, column).number_format = SCIENTIFIC
    book.create_sheet("Notes").sheet_state = "hidden"
    book.save(path)
    return path


def xls_file(path: Path, rows: list[list[object]], header: list[str] | None = None) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Clients")
    long = xlwt.easyxf(num_format_str=SCIENTIFIC)
    for number, row in enumerate([header or HEADER, *rows]):
        for column, value in enumerate(row):
            sheet.write(number, column, value, *([long] if _is_long(value) else []))
    book.save(str(path))
    return path


def ods_file(path: Path, rows: list[list[object]], header: list[str] | None = None) -> Path:
    book = OpenDocumentSpreadsheet()
    table = Table(name="Clients")
    for row in [header or HEADER, *rows]:
        line = TableRow()
        for value in row:
            line.addElement(_ods_cell(value))
        table.addElement(line)
    book.spreadsheet.addElement(table)
    book.save(str(path))
    return path


def _ods_cell(value: object) -> TableCell:
    if isinstance(value, dt.date):
        cell = TableCell(valuetype="date", datevalue=value.isoformat())
        cell.addElement(P(text=value.strftime("%d/%m/%Y")))
    elif isinstance(value, (int, float)):
        cell = TableCell(valuetype="float", value=f"{value:.15g}")  # as LibreOffice writes it
        cell.addElement(P(text=f"{value:.5E}" if _is_long(value) else f"{value:g}"))  # what is shown is not what is stored
    else:
        cell = TableCell(valuetype="string")
        for part in str(value).split("\n"):
            paragraph = P()
            addTextToElement(paragraph, part)  # several blanks are an element of their own, as LibreOffice writes them
            cell.addElement(paragraph)
    return cell


def _decimal_comma(row: list[str]) -> list[str]:
    return [*row[:6], *(cell.replace(".", ",") for cell in row[6:])]


def _scientific(row: list[str]) -> list[str]:
    if not row[2].isdigit():
        return row
    digits = row[2].lstrip("0")
    return [*row[:2], f"{digits[0]},{digits[1:]}E+{len(digits) - 1}", *row[3:]]


def _without_zeros(row: list[str]) -> list[str]:
    return [*row[:2], row[2].lstrip("0"), row[3], row[4].lstrip("0"), *row[5:]]


def _swapped(row: list[str]) -> list[str]:
    return [*row[:6], row[7], row[6], *row[8:]]


ZEROS = {"siret_zeros": 20, "postcode_zeros": 15 + 1}
"""Of 60 customers every third SIRET begins with 0; of eight towns in turn 01000 comes 8 times and 06000 as often."""

VARIANTS: dict[str, Callable[[Path, list[list[str]]], Path]] = {
    "utf-8": lambda path, rows: text_file(path / "v.csv", rows),
    "bom": lambda path, rows: text_file(path / "v.csv", rows, encoding="utf-8-sig"),
    "cp1252": lambda path, rows: text_file(path / "v.txt", rows, encoding="cp1252"),
    "utf-16": lambda path, rows: text_file(path / "v.csv", rows, encoding="utf-16"),
    "utf-16 without its mark": lambda path, rows: text_file(path / "v.csv", rows, encoding="utf-16-le"),
    "comma": lambda path, rows: text_file(path / "v.csv", rows, delimiter=","),
    "tab, CRLF": lambda path, rows: text_file(path / "v.tab", rows, delimiter="\t", line_end="\r\n"),
    "bar, CR": lambda path, rows: text_file(path / "v.txt", [[cell.replace("\n", "\r") for cell in row] for row in rows], delimiter="|", line_end="\r"),
    "decimal comma": lambda path, rows: text_file(path / "v.csv", [_decimal_comma(row) for row in rows]),
    "zeros lost": lambda path, rows: text_file(path / "v.csv", [_without_zeros(row) for row in rows]),
    "scientific": lambda path, rows: text_file(path / "v.csv", [_scientific(row) for row in rows]),
    "xlsx": lambda path, rows: xlsx_file(path / "v.xlsx", [as_numbers(row) for row in rows]),
    "ods": lambda path, rows: ods_file(path / "v.ods", [as_numbers(row) for row in rows]),
    "xls": lambda path, rows: xls_file(path / "v.xls", [as_numbers(row) for row in rows]),
    "csv called xls": lambda path, rows: text_file(path / "v.xls", rows, delimiter="\t", encoding="cp1252"),
    "lambert-93": lambda path, rows: text_file(path / "v.csv", in_crs(rows, "EPSG:2154")[1], in_crs(rows, "EPSG:2154")[0]),
    "lambert II étendu": lambda path, rows: text_file(path / "v.csv", in_crs(rows, "EPSG:27572")[1], in_crs(rows, "EPSG:27572")[0]),
    "swapped": lambda path, rows: text_file(path / "v.csv", [_swapped(row) for row in rows]),
}
RESTORED: dict[str, dict[str, int]] = {
    "zeros lost": ZEROS, "xlsx": ZEROS, "ods": ZEROS, "xls": ZEROS,
    "scientific": {"siret_exponent": 60},
}  # fmt: skip
"""Variant → what the checks must offer to restore, and in how many cells; nothing elsewhere."""
