"""What is wrong or doubtful in a firm's rows, each with a proposal where there is one. Nothing is changed before somebody agrees.

Identifiers are checked by rules of a few lines (see ``identifiers``; the tests compare them with python-stdnum); near-same names by
rapidfuzz where it is installed, else by the standard library, which is slower and finds the same.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..crs import TERRITORIES
from ..findings import Applied, Correction, Found, apply
from ..messages import Message, count, tr
from ..progress import Progress
from ..schema.table import with_none
from .identifiers import (
    compact,
    department_of_insee,
    department_of_postcode,
    departments,
    from_exponent,
    siren_is_right,
    siret_is_right,
)

__all__ = [
    "FARTHEST_KM", "NEAR_NAME", "Applied", "Checked", "Finding", "address_key", "apply", "check_names_at", "check_positions", "check_rows",
    "departments_of", "folded", "km_from_prefecture", "name_key", "place_keys", "summary", "town_key",
]  # fmt: skip

FARTHEST_KM = 160.0
"""The farthest places of the large départements lie some 110 to 130 km from the prefecture; a third more for the coarse positions here."""
NEAR_NAME = 0.88
"""Likeness (0–1) from which two names at one place are told of as the same."""
_LARGEST_BLOCK = 60
_PAUSE_EVERY = 500
_EARTH_KM = 6371.0
_EXCEL_ZERO = dt.date(1899, 12, 30)


@dataclass(frozen=True)
class Finding:
    """Something wrong or doubtful in one cell.

    Attributes
    ----------
    row : int
        Label of the row in the table.
    line : int
        Line of the file.
    column, value : str
        The cell.
    code : str
        Kind of the finding: what “apply to all like it” goes by.
    expected : Message
        What is the matter and what was expected.
    proposal : str or None
        What would be right; None where only a person can tell.
    """

    row: int
    line: int
    column: str
    value: str
    code: str
    expected: Message
    proposal: str | None = None

    @property
    def corrections(self) -> tuple[Correction, ...]:
        """The proposal as a change of the cell."""
        return () if self.proposal is None else (Correction(self.column, self.value, self.proposal),)

    def __str__(self) -> str:
        said = tr(
            "Line {line}, column “{column}”: “{value}” {expected}.", line=self.line, column=self.column, value=self.value, expected=self.expected
        )
        return said if self.proposal is None else said + " " + tr("Proposed value: {proposal}.", proposal=self.proposal)


@dataclass
class Checked(Found[Finding]):
    """What the checks found, by line."""

    def table(self) -> pd.DataFrame:
        """One row a finding, in words: for the user's own report."""
        alike = self.alike()
        rows = [
            (item.line, item.column, item.value, str(item.expected), item.proposal, item.code, alike[item.code, item.column])
            for item in self.findings
        ]
        return pd.DataFrame(rows, columns=["line", "column", "value", "expected", "proposal", "code", "alike"])


def check_rows(
    rows: pd.DataFrame,
    lines: np.ndarray,
    columns: Mapping[str, str],
    towns: pd.DataFrame | None = None,
    progress: Progress | None = None,
) -> Checked:
    """Everything that can be said of the cells without knowing where the rows lie.

    Parameters
    ----------
    rows : DataFrame
        Text columns, None where empty.
    lines : ndarray of int, shape (n,)
        Line of the file of each row.
    columns : mapping
        Field → column.
    towns : DataFrame, optional
        The user's table of communes: columns ``postcode``, ``town`` and, where it has them, ``insee``, as text.
    """
    progress = progress or Progress()
    here = _Rows(rows, lines, columns, progress)
    parts: tuple[Callable[[], Iterator[Finding]], ...] = (
        lambda: here.each("siret", _siret),
        lambda: here.each("siren", _siren),
        lambda: here.each("postcode", _postcode),
        lambda: here.each("insee", _insee),
        lambda: here.each("hours", _hours),
        lambda: here.each("days", _days),
        lambda: _siret_of_siren(here),
        lambda: _areas(here),
        lambda: _towns(here, towns),
        lambda: _communes(here, towns),
        lambda: _dates(here),
        lambda: _same_siret(here),
        lambda: _same_address(here),
    )
    findings: list[Finding] = []
    for number, part in enumerate(parts):
        here.fraction = number / len(parts)
        here.pause()
        for found in part():
            findings.append(found)
            if not len(findings) % _PAUSE_EVERY:
                here.pause()
    return Checked(sorted(findings, key=lambda finding: (finding.line, finding.column)))


Verdict = tuple[str, Message, "str | None"]


class _Rows:
    """Rows with their lines and with the columns of fields."""

    def __init__(self, rows: pd.DataFrame, lines: np.ndarray, columns: Mapping[str, str], progress: Progress | None = None) -> None:
        self.rows = rows
        self.progress = progress or Progress()
        self.fraction = 0.0
        self.line = dict(zip(rows.index, (int(line) for line in lines)))
        self.cells: dict[str, dict[Any, Any]] = {}
        for name in rows.columns:
            self.pause()
            self.cells[str(name)] = dict(zip(rows.index, rows[name]))
        self.columns = {name: column for name, column in columns.items() if column in rows.columns}

    def pause(self) -> None:
        """Where a cancel takes effect; called at least every few hundred milliseconds."""
        self.progress.step(self.fraction)

    def text(self, name: str) -> pd.Series:
        """Values of a field; None where the file has no such column."""
        if name not in self.columns:
            return with_none(pd.Series(None, index=self.rows.index, dtype=object))
        return self.rows[self.columns[name]]

    def each(self, name: str, judge: Callable[[str], Verdict | None]) -> Iterator[Finding]:
        """A finding for each value of a field that `judge` objects to; each distinct value is judged once."""
        if name in self.columns:
            yield from self.column(self.columns[name], judge)

    def column(self, column: str, judge: Callable[[str], Verdict | None]) -> Iterator[Finding]:
        values = self.rows[column]
        verdicts = {}
        for number, value in enumerate(values.dropna().unique()):
            if not number % _PAUSE_EVERY:
                self.pause()
            verdict = judge(value)
            if verdict is not None:
                verdicts[value] = verdict
        if verdicts:
            for row, value in values[values.isin(list(verdicts))].items():
                code, expected, proposal = verdicts[value]
                yield self.finding(row, column, code, expected, proposal)

    def finding(self, row: Any, column: str, code: str, expected: Message, proposal: str | None = None) -> Finding:
        value = self.cells[column][row]
        return Finding(row, self.line[row], column, "" if value is None else str(value), code, expected, proposal)


# -- identifiers ---------------------------------------------------------------------------------------------------------


def _siret(text: str) -> Verdict | None:
    return _identifier(text, "SIRET", 14, siret_is_right)


def _siren(text: str) -> Verdict | None:
    return _identifier(text, "SIREN", 9, siren_is_right)


def _identifier(text: str, name: str, length: int, is_right: Callable[[str], bool]) -> Verdict | None:
    low = name.lower()
    exponent = from_exponent(text)
    if exponent is not None:
        digits, whole = exponent
        if not whole:
            return f"{low}_digits_lost", Message("lost digits when a spreadsheet shortened it; take it from the original export again"), None
        return f"{low}_exponent", Message("is a {name} that a spreadsheet wrote as a number", name=name), digits.zfill(length)
    plain = compact(text)
    if len(plain) != length or not plain.isdigit():
        return _wrong_length(plain, name, length, is_right)
    if not is_right(plain):
        return f"{low}_key", Message("has a wrong check digit: one digit is mistyped (a warning: it is kept)"), None
    if plain != text:
        return f"{low}_written", Message("is a {name} with other marks between its digits", name=name), plain
    return None


def _wrong_length(plain: str, name: str, length: int, is_right: Callable[[str], bool]) -> Verdict:
    low = name.lower()
    if not plain.isdigit():
        return f"{low}_form", Message("is not a {name}: {length} digits are expected", name=name, length=length), None
    if length - 3 <= len(plain) < length and is_right(plain.zfill(length)):
        missing = Message("has only {found} digits: a spreadsheet took the leading zeros of the {name}", found=len(plain), name=name)
        return f"{low}_zeros", missing, plain.zfill(length)
    return f"{low}_length", Message("has {found} digits; a {name} has {length}", found=len(plain), name=name, length=length), None


def _siret_of_siren(here: _Rows) -> Iterator[Finding]:
    siret, siren = here.text("siret"), here.text("siren")
    for row in siret.index[siret.notna().to_numpy() & siren.notna().to_numpy()]:
        one, other = compact(siret[row]), compact(siren[row])
        if len(one) == 14 and len(other) == 9 and not one.startswith(other):
            yield here.finding(row, here.columns["siret"], "siret_siren", Message("does not begin with the SIREN of the row, {siren}", siren=other))


# -- places --------------------------------------------------------------------------------------------------------------


def _postcode(text: str) -> Verdict | None:
    plain = re.sub(r"^F-?", "", compact(text), flags=re.IGNORECASE)
    if re.fullmatch(r"\d{4}", plain) and department_of_postcode(plain.zfill(5)):
        return "postcode_zeros", Message("has only 4 digits: a spreadsheet took the leading zero of the postcode"), plain.zfill(5)
    if not re.fullmatch(r"\d{5}", plain):
        return "postcode_form", Message("is not a French postcode: five digits are expected, for example 75001"), None
    if not department_of_postcode(plain):
        return "postcode_unknown", Message("is not a postcode of a French département"), None
    if plain != text:
        return "postcode_written", Message("is a postcode with other marks around its digits"), plain
    return None


def _insee(text: str) -> Verdict | None:
    plain = compact(text).upper()
    if re.fullmatch(r"\d{4}", plain) and department_of_insee(plain.zfill(5)):
        return "insee_zeros", Message("has only 4 digits: a spreadsheet took the leading zero of the INSEE code"), plain.zfill(5)
    if not department_of_insee(plain):
        return "insee_form", Message("is not the INSEE code of a commune: five characters are expected, for example 75101 or 2A004"), None
    if plain != text:
        return "insee_written", Message("is an INSEE code written otherwise"), plain
    return None


def _padded(values: pd.Series) -> pd.Series:
    return values.map(lambda text: compact(text).upper().zfill(5), na_action="ignore")


def _areas(here: _Rows) -> Iterator[Finding]:
    """Postcode and INSEE code of the same département; a few communes are served from the next one, hence a warning only."""
    postcode, insee = _padded(here.text("postcode")), _padded(here.text("insee"))
    for row in postcode.index[postcode.notna().to_numpy() & insee.notna().to_numpy()]:
        one, other = department_of_postcode(postcode[row]), department_of_insee(insee[row])
        if one and other and one != other:
            text = Message("is in the département {one}, the INSEE code {insee} in {other}", one=one, insee=insee[row], other=other)
            yield here.finding(row, here.columns["postcode"], "postcode_insee", text)


_DISTRICTS = {"paris": ("75", 20), "lyon": ("69", 9), "marseille": ("13", 16)}


def _district(town: str) -> tuple[str, int] | None:
    """``Paris 1er Arrondissement`` → paris, 1."""
    match = re.match(r"(paris|lyon|marseille)\D{0,4}?\s*(\d{1,2})\s*(?:e|er|eme|ème)?\b", folded(town))
    return (match[1], int(match[2])) if match else None


def _towns(here: _Rows, table: pd.DataFrame | None) -> Iterator[Finding]:
    if "town" not in here.columns or "postcode" not in here.columns:
        return
    postcode, town = _padded(here.text("postcode")), here.text("town")
    known = None if table is None else _towns_by_postcode(table)
    both = postcode.notna().to_numpy() & town.notna().to_numpy()
    pairs = [(str(code), str(name)) for code, name in zip(postcode[both], town[both])]
    verdicts = {pair: _town_verdict(*pair, known) for pair in set(pairs)}
    for row, pair in zip(postcode.index[both], pairs):
        verdict = verdicts[pair]
        if verdict is not None:
            code, text, _ = verdict
            yield here.finding(row, here.columns["postcode" if code == "town_district" else "town"], code, text)


def _town_verdict(postcode: str, town: str, known: dict[str, set[str]] | None) -> Verdict | None:
    """What is the matter with a town and its postcode."""
    district = _district(town)
    if district and "cedex" not in folded(town):
        start, most = _DISTRICTS[district[0]]
        right = f"{start}{district[1]:03d}"
        if district[1] <= most and postcode != right and (postcode, right) != ("75116", "75016"):
            # which of the two is wrong only a person can tell
            return "town_district", Message("is not the postcode of “{town}”, which has {right}", town=town, right=right), None
    if known is not None and postcode in known and town_key(town) not in known[postcode]:
        names = ", ".join(sorted(known[postcode])[:5])
        return "town_postcode", Message("is not a town of the postcode {postcode}, which has: {names}", postcode=postcode, names=names), None
    return None


_WITH_DISTRICTS = (("751", 1, 20, "75056"), ("6938", 1, 9, "69123"), ("132", 1, 16, "13055"))


def _commune(insee: str) -> str:
    """The INSEE code of the commune: Paris, Lyon and Marseille have one for each district besides, and tables give either."""
    for start, first, last, whole in _WITH_DISTRICTS:
        district = insee[len(start) :]
        if insee.startswith(start) and district.isdecimal() and first <= int(district) <= last:
            return whole
    return insee


def _communes(here: _Rows, table: pd.DataFrame | None) -> Iterator[Finding]:
    """INSEE codes that the table does not have for the postcode; the one that postcode and town have is proposed."""
    if table is None or "insee" not in table or not {"insee", "postcode"} <= set(here.columns):
        return
    known: dict[str, dict[str, set[str]]] = {}
    for code, name, insee in zip(_padded(table["postcode"]), table["town"].map(town_key), _padded(table["insee"])):
        if isinstance(insee, str):
            known.setdefault(code, {}).setdefault(insee, set()).add(name)
    postcode, insee, town = _padded(here.text("postcode")), _padded(here.text("insee")), here.text("town")
    for row in postcode.index[postcode.notna().to_numpy() & insee.notna().to_numpy()]:
        communes = known.get(postcode[row], {})
        if not communes or not department_of_insee(insee[row]) or _commune(insee[row]) in {_commune(one) for one in communes}:
            continue
        named = [one for one, names in communes.items() if town[row] is not None and town_key(town[row]) in names]
        codes = ", ".join(sorted(communes)[:5])
        text = Message("is not the INSEE code of a commune of the postcode {postcode}, which has: {codes}", postcode=postcode[row], codes=codes)
        yield here.finding(row, here.columns["insee"], "insee_postcode", text, named[0] if len(named) == 1 else None)


def _towns_by_postcode(table: pd.DataFrame) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    postcodes, towns = (list(map(str, table[name])) for name in ("postcode", "town"))
    for postcode, town in zip(postcodes, towns):
        found.setdefault(postcode.zfill(5), set()).add(town_key(town))
    return found


def town_key(town: str) -> str:
    """A town's name as all spellings of it are compared: without district, Cedex, accents; St is Saint."""
    plain = re.sub(r"[^a-z0-9]+", " ", folded(town)).strip()
    plain = re.sub(r"\bcedex\b.*|\b\d{1,2}\s*(?:er|e|eme)?(?:\s*arrondissement)?$", "", plain).strip()
    return re.sub(r"\bste\b", "sainte", re.sub(r"\bst\b", "saint", plain))


def check_positions(
    rows: pd.DataFrame,
    lines: np.ndarray,
    columns: Mapping[str, str],
    longitude: np.ndarray,
    latitude: np.ndarray,
    progress: Progress | None = None,
) -> Checked:
    """Positions outside France, or too far from the prefecture of their postcode's département to lie in it.

    Parameters
    ----------
    longitude, latitude : ndarray, shape (n,)
        Degrees (EPSG:4326), NaN where a row has no position.
    """
    here = _Rows(rows, lines, columns, progress)
    likely = [here.columns[name] for name in ("longitude", "x", "position", "postcode", "address") if name in here.columns]
    column = likely[0] if likely else str(rows.columns[0])
    known = np.isfinite(longitude) & np.isfinite(latitude)
    shapes = shapely.points(np.where(known, longitude, 999), np.where(known, latitude, 999))
    inside = np.zeros(len(rows), dtype=bool)
    for territory in TERRITORIES:
        inside |= shapely.intersects(territory.polygon(), shapes)
    findings = []
    for at in np.flatnonzero(known & ~inside):
        text = Message("lies outside France ({lon:.4f}; {lat:.4f})", lon=longitude[at], lat=latitude[at])
        findings.append(here.finding(rows.index[at], column, "position_outside", text))
    here.pause()
    code = departments_of(here.text("postcode"))
    here.pause()
    distance = km_from_prefecture(code, longitude, latitude)
    for at in np.flatnonzero(known & inside & (distance > FARTHEST_KM)):
        text = Message(
            "lies {km:.0f} km from the prefecture of the postcode’s département ({name})", km=distance[at], name=departments()[code[at]][0]
        )
        findings.append(here.finding(rows.index[at], column, "position_department", text))
    return Checked(sorted(findings, key=lambda finding: finding.line))


def departments_of(postcodes: pd.Series) -> np.ndarray:
    """Département of each postcode, as text written by people; None or empty where there is none."""
    codes: np.ndarray = _padded(postcodes).map(department_of_postcode, na_action="ignore").to_numpy(dtype=object)
    return codes


def km_from_prefecture(code: np.ndarray, longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Kilometres as the crow flies (haversine); NaN where unknown, and for Guyane, which is as large as Portugal."""
    places = departments()
    usable = np.array([bool(one) and one in places and one != "973" for one in code])
    prefecture = np.array([places[one][1:] if good else (np.nan, np.nan) for one, good in zip(code, usable)], dtype=float).reshape(-1, 2)
    lon1, lat1, lon2, lat2 = map(np.radians, (longitude, latitude, prefecture[:, 0], prefecture[:, 1]))
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    distance: np.ndarray = 2 * _EARTH_KM * np.arcsin(np.sqrt(half))
    return distance


# -- dates and hours -----------------------------------------------------------------------------------------------------


def _dates(here: _Rows) -> Iterator[Finding]:
    for column in here.rows.columns:
        values = here.rows[column].dropna()
        if len(values) and _is_date_column(str(column), values.head(300)):
            yield from here.column(str(column), _date)


def _is_date_column(column: str, values: pd.Series) -> bool:
    written = float(values.map(lambda text: bool(re.match(r"\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d{1,2}-\d{1,2}", text))).mean())
    return written > 0.8 or (bool(re.match(r"date(?![a-z])|date_|dat_", folded(column))) and written > 0.2) or _serials(column, values)


def _serials(column: str, values: pd.Series) -> bool:
    return folded(column).startswith("date") and float(values.map(lambda text: bool(re.fullmatch(r"[2-5]\d{4}(?:[.,]\d+)?", text))).mean()) > 0.5


def _date(text: str) -> Verdict | None:
    if re.fullmatch(r"[2-5]\d{4}(?:[.,]\d+)?", text):
        day = _EXCEL_ZERO + dt.timedelta(days=int(text[:5]))
        return "date_serial", Message("is the number by which a spreadsheet counts days"), day.isoformat()
    french = re.match(r"(\d{1,2})/(\d{1,2})/(\d{2,4})(?:\D|$)", text)
    iso = re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:\D|$)", text)
    if not french and not iso:
        return "date_form", Message("is not a date; expected for example 26/07/2024 or 2024-07-26"), None
    groups = french.groups()[::-1] if french else iso.groups() if iso else ()
    year, month, day_number = map(int, groups)
    try:
        found = dt.date(year + 2000 if year < 70 else year + 1900 if year < 100 else year, month, day_number)
    except ValueError:
        return "date_impossible", Message("is a day that does not exist"), None
    if not 1950 <= found.year <= 2100:
        return "date_impossible", Message("is not a day of our times"), None
    return None


_TIME = re.compile(r"(?<![\d.,])(\d{1,2})\s*(?:h(?:eures?)?|:)\s*(\d{2})?(?!\d)", re.IGNORECASE)


def _hours(text: str) -> Verdict | None:
    if re.fullmatch(r"0?[.,]\d+", text):
        minutes = round(float(text.replace(",", ".").replace("..", ".")) * 1440)
        return "hours_serial", Message("is the number by which a spreadsheet counts hours"), f"{minutes // 60:02d}:{minutes % 60:02d}"
    times = [(int(hour), int(minute or 0)) for hour, minute in _TIME.findall(text)]
    if any(hour > 24 or minute > 59 or (hour == 24 and minute) for hour, minute in times):
        return "hours_impossible", Message("holds an hour that does not exist"), None
    spans = re.findall(rf"{_TIME.pattern}\s*(?:-|–|à|a|au)\s*{_TIME.pattern}", text, re.IGNORECASE)
    for first_hour, first_minute, last_hour, last_minute in spans:
        first, last = (int(hour) * 60 + int(minute or 0) for hour, minute in ((first_hour, first_minute), (last_hour, last_minute)))
        if first == last:
            return "hours_empty", Message("begins and ends at the same hour"), None
        if first > last:
            return "hours_reversed", Message("ends before it begins, or goes on past midnight: check"), None
    if not times and re.search(r"\d", text) and not re.search(r"\b\d{1,2}\s*[-–]\s*\d{1,2}\b", text):
        return "hours_form", Message("is not understood as hours; expected for example 6h-11h"), None
    return None


_DAY_WORDS = {
    "l", "m", "me", "j", "v", "s", "d", "lu", "ma", "je", "ve", "sa", "di", "lun", "mar", "mer", "jeu", "ven", "sam", "dim",
    "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "lundis", "mardis", "mercredis", "jeudis",
    "vendredis", "samedis", "dimanches", "mo", "tu", "we", "th", "fr", "su", "ph", "mon", "tue", "wed", "thu", "fri", "sat",
    "sun", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "du", "au", "a", "et", "ou", "sauf",
    "le", "les", "tous", "jours", "jour", "ouvres", "ouvrables", "feries", "semaine", "week", "end", "to", "and", "except",
    "7j", "6j", "5j", "7", "6", "5",
}  # fmt: skip


def _days(text: str) -> Verdict | None:
    words = re.findall(r"[a-z0-9]+", folded(text))
    strange = [word for word in words if word not in _DAY_WORDS and not re.fullmatch(r"[lmjvsd]{2,7}|[1-7]{1,7}", word)]
    if not strange:
        return None
    return "days_form", Message("is not understood as days of the week: {words}; expected for example lun-ven", words=", ".join(strange[:3])), None


# -- duplicates ----------------------------------------------------------------------------------------------------------


def _same_siret(here: _Rows) -> Iterator[Finding]:
    siret = here.text("siret").map(lambda text: compact(text).zfill(14), na_action="ignore")
    for row, first in _repeats(siret):
        yield here.finding(row, here.columns["siret"], "duplicate_siret", Message("is also the SIRET of line {line}", line=here.line[first]))


def _same_address(here: _Rows) -> Iterator[Finding]:
    """Rows at one address, and those of them whose names are near-same."""
    if "address" not in here.columns:
        return
    place = place_keys(here.text("address"), here.text("postcode"), here.text("town"))
    for row, first in _repeats(place):
        text = Message("is also the address of line {line}", line=here.line[first])
        yield here.finding(row, here.columns["address"], "duplicate_address", text)
    yield from _near_names(here, place)


def check_names_at(
    rows: pd.DataFrame,
    lines: np.ndarray,
    columns: Mapping[str, str],
    longitude: np.ndarray,
    latitude: np.ndarray,
    progress: Progress | None = None,
) -> Checked:
    """Near-same names within some 10 m of each other, for rows whose positions are known (degrees, NaN where not)."""
    here = _Rows(rows, lines, columns, progress)
    known = np.isfinite(longitude) & np.isfinite(latitude)
    place = pd.Series(None, index=rows.index, dtype=object)
    place[known] = [f"{lon:.4f} {lat:.4f}" for lon, lat in zip(longitude[known], latitude[known])]
    return Checked(list(_near_names(here, with_none(place))))


def _repeats(keys: pd.Series) -> Iterator[tuple[Any, Any]]:
    """Each row whose key an earlier row has, and that earlier row."""
    known = keys.dropna()
    first = known[~known.duplicated()]
    first_row = dict(zip(first.to_numpy(), first.index))
    for row, key in known[known.duplicated()].items():
        yield row, first_row[key]


def _near_names(here: _Rows, place: pd.Series) -> Iterator[Finding]:
    if "name" not in here.columns:
        return
    names = here.text("name").map(name_key, na_action="ignore")
    both = names.notna().to_numpy() & place.notna().to_numpy() & place.duplicated(keep=False).to_numpy()
    alike, known, shown = _likeness(), dict(zip(names.index, names)), here.cells[here.columns["name"]]  # a Series is slow cell by cell
    for number, (_, rows) in enumerate(pd.Series(names.index[both], index=names.index[both]).groupby(place[both], sort=False)):
        if not number % _PAUSE_EVERY:
            here.pause()
        if len(rows) > 1:
            for row, other in _alike_in(list(rows), known, alike):
                text = Message("looks like “{name}” of line {line}, at the same place", name=shown[other], line=here.line[other])
                yield here.finding(row, here.columns["name"], "duplicate_name", text)


def _alike_in(rows: list[Any], names: Mapping[Any, str], alike: Callable[[str, str], float]) -> Iterator[tuple[Any, Any]]:
    """Rows of one place with an earlier one of a near-same name; in a crowd, only neighbours in alphabetical order are compared."""
    crowd = len(rows) > _LARGEST_BLOCK
    ordered = sorted(rows, key=lambda row: (names[row], row)) if crowd else rows
    for position, row in enumerate(ordered):
        earlier = ordered[max(0, position - 10) : position] if crowd else ordered[:position]
        for other in earlier:
            if alike(names[row], names[other]) >= NEAR_NAME:
                yield row, other
                break


def _likeness() -> Callable[[str, str], float]:
    try:
        from rapidfuzz.fuzz import ratio
    except ImportError:
        return lambda one, other: difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()
    return lambda one, other: float(ratio(one, other)) / 100


# -- texts as they are compared ------------------------------------------------------------------------------------------

_SHORT = {
    "avenue": ("av", "ave"), "boulevard": ("bd", "bld", "bvd"), "place": ("pl",), "rue": ("r",), "route": ("rte",),
    "chemin": ("che", "chem"), "impasse": ("imp",), "allee": ("all",), "square": ("sq",), "faubourg": ("fbg", "fg"),
    "cours": ("crs",), "passage": ("pass", "psg"), "residence": ("res",), "saint": ("st",), "sainte": ("ste",),
    "general": ("gal",), "marechal": ("mal",), "docteur": ("dr",), "president": ("pdt",), "professeur": ("prof",),
    "commandant": ("cdt",), "colonel": ("col",), "capitaine": ("cap",), "quai": ("q",), "rond point": ("rpt",),
}  # fmt: skip
_WAYS = {short: whole for whole, shorts in _SHORT.items() for short in shorts}
_LEGAL_FORMS = {
    "sa", "sas", "sasu", "sarl", "eurl", "sci", "snc", "scop", "ets", "etablissements", "societe", "ste", "cie", "et", "la", "le", "les", "l",
}  # fmt: skip


def folded(text: str) -> str:
    """Lower case without accents, apostrophes straight."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").replace("œ", "oe").replace("Œ", "oe").casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))


def address_key(text: str) -> str:
    """An address as its spellings are compared: ``17 bis, r. de l’Arbre-Sec`` and ``17 BIS RUE DE L'ARBRE SEC`` are the same."""
    words = re.findall(r"[a-z]+|\d+", folded(text))
    return " ".join(_WAYS.get(word, word) for word in words)


def place_keys(address: pd.Series, postcode: pd.Series, town: pd.Series) -> pd.Series:
    """Address, and postcode or town, as one text to compare; None where there is no address."""
    street = {text: address_key(text) for text in address.dropna().unique()}
    where = {text: town_key(text) for text in town.dropna().unique()}
    keys = []
    for one, code, name in zip(address, postcode, town):
        known = street.get(one) if one is not None else None
        keys.append(f"{known}|{compact(code).zfill(5) if code else where.get(name, '')}" if known else None)
    return pd.Series(keys, index=address.index, dtype=object)


def name_key(text: str) -> str:
    """A firm's name as it is compared: without legal form, articles, accents and punctuation."""
    words = [word for word in re.findall(r"[a-z0-9]+", folded(text)) if word not in _LEGAL_FORMS]
    return " ".join(words) or folded(text)


def summary(checked: Checked) -> list[str]:
    """The findings in words, a line a kind with how many of them could be corrected: no value in it."""
    said = []
    for code, number in checked.counts().items():
        offered = len(checked.of([code]))
        said.append(tr("{code}: {count} findings, {offered} with a proposal", code=code, count=count(number), offered=count(offered)))
    return said
