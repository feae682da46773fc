"""Where a firm's rows lie: by coordinates in whatever CRS, by SIRET in a Sirene file of the user's, by address."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyproj

from ..crs import WGS84, check_crs, guess_crs, known_crs, looks_swapped
from ..errors import CrsError, FileError, HeaderError
from ..messages import Message, count, decimal
from ..read import positions
from ..read.raw import source_name
from .checks import FARTHEST_KM, address_key, departments_of, km_from_prefecture
from .columns import angle, angles
from .geocoder import SENT_COLUMNS
from .identifiers import compact
from .reading import numbers
from .titles import kind_of_address

if TYPE_CHECKING:
    import geopandas as gpd

    from .geocoder import Answer, Geocoded

PLACED, REVIEW, NOWHERE = "place", "a_verifier", "non_place"
"""States of a row: on the map; with a candidate that a person must accept; without any."""

SWAPPED = " swapped"
COMMUNE_GRADE = 33
"""`qualite_xy` of Sirene géolocalisé for the middle of a commune."""
_CHUNK = 200_000
_GUESSED_BY = 2_000
_SAME_DEG = 2e-5
_MOST = 0.5
_PAIRS = (("longitude", "latitude"), ("x", "y"))


@dataclass
class Places:
    """Positions by row, and how they were found.

    Attributes
    ----------
    table : DataFrame
        Index of the rows; ``lon``, ``lat`` (degrees, EPSG:4326, NaN where unknown), ``origin`` (``coordonnees``, ``sirene``, ``adresse``),
        ``score``, ``type``, ``label``, ``state`` (see `PLACED`).
    reasons : dict
        Label of the row → why it is not simply placed, or what was done to place it.
    crs : str
        CRS that the coordinates were read in; empty where there are none.
    notes : list of Message
        How they were read.
    """

    table: pd.DataFrame
    reasons: dict[Any, Message] = field(default_factory=dict)
    crs: str = ""
    notes: list[Message] = field(default_factory=list)

    @property
    def unplaced(self) -> pd.Index:
        """Labels of the rows that no way has placed yet."""
        return self.table.index[(self.table["state"] != PLACED).to_numpy()]

    def counts(self) -> dict[str, int]:
        """Rows by state, then placed rows by origin."""
        states = {state: int((self.table["state"] == state).sum()) for state in (PLACED, REVIEW, NOWHERE)}
        placed = self.table.loc[self.table["state"] == PLACED, "origin"]
        return {**states, **{str(name): int(number) for name, number in placed.value_counts().items()}}

    def say_why(self, rows: Any, reason: Message) -> None:
        """Give those of `rows` that lie nowhere, and of which nothing was said yet, a reason."""
        nowhere_yet = self.table.index[(self.table["state"] == NOWHERE).to_numpy()]
        for row in nowhere_yet.intersection(rows):
            self.reasons.setdefault(row, reason)

    def why(self) -> list[Message]:
        """How many rows have no position, by the reason."""
        states = dict(zip(self.table.index, self.table["state"]))
        told = {str(reason): reason for row, reason in self.reasons.items() if states[row] == NOWHERE}
        counts = Counter(str(reason) for row, reason in self.reasons.items() if states[row] == NOWHERE)
        return [Message("{count} without position: {reason}", count=count(number), reason=told[text]) for text, number in counts.most_common()]

    def set(self, rows: Any, lon: np.ndarray, lat: np.ndarray, origin: str, state: str) -> None:
        """Give positions to `rows`."""
        self.table.loc[rows, ["lon", "lat"]] = np.column_stack([lon, lat])
        self.table.loc[rows, "origin"] = origin
        self.table.loc[rows, "state"] = state


def nowhere(index: pd.Index) -> Places:
    """No row placed yet."""
    table = pd.DataFrame({"lon": np.nan, "lat": np.nan, "score": np.nan}, index=index)
    for name in ("origin", "type", "label"):
        table[name] = pd.Series(None, index=index, dtype=object)
    table["state"] = pd.Series(NOWHERE, index=index, dtype=object)
    return Places(table)


# -- coordinates ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Coordinates:
    """Bare numbers of a file and the CRS in which they lie in France.

    Attributes
    ----------
    x, y : ndarray, shape (n,)
        As written, NaN where they are no numbers.
    columns : str
        Where they stand.
    guesses : list of str
        See `crs.guess_crs`; the likeliest first.
    """

    x: np.ndarray
    y: np.ndarray
    columns: str
    guesses: list[str]


def coordinates(rows: pd.DataFrame, columns: Mapping[str, str], decimal: str = "") -> Coordinates | None:
    """The coordinates that a file holds; None where no column is for them."""
    for one, other in _PAIRS:
        if one in columns and other in columns:
            x, y = (_degrees_or_metres(rows[columns[name]], decimal) for name in (one, other))
            x, y = _without_zeros(x, y)
            return Coordinates(x, y, f"{columns[one]}, {columns[other]}", _guess(x, y))
    if "position" in columns:
        first, second = _without_zeros(*_both(rows[columns["position"]]))
        return Coordinates(first, second, columns["position"], _guess(first, second))
    return None


def _degrees_or_metres(cells: pd.Series, decimal: str) -> np.ndarray:
    """Numbers, and degrees with their minutes and seconds."""
    found = numbers(cells, decimal)
    texts = cells.to_numpy(dtype=object)
    for at in np.flatnonzero(np.isnan(found) & cells.notna().to_numpy()):
        degrees = angle(str(texts[at]))
        found[at] = np.nan if degrees is None else degrees
    return found


def _both(cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Two numbers of each cell, or two angles."""
    first, second = positions.pairs(cells)
    texts = cells.to_numpy(dtype=object)
    for at in np.flatnonzero((np.isnan(first) | np.isnan(second)) & cells.notna().to_numpy()):
        first[at], second[at] = angles(str(texts[at])) or (np.nan, np.nan)
    return first, second


def _without_zeros(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Without 0, 0, by which programs write that there is no position: some of them would hide what system the others are in."""
    none = (x == 0) & (y == 0)
    return np.where(none, np.nan, x), np.where(none, np.nan, y)


def _guess(x: np.ndarray, y: np.ndarray) -> list[str]:
    """See `crs.guess_crs`; some thousand positions from all over the file tell as much as all of them."""
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    sample = known[:: max(1, len(known) // _GUESSED_BY)]
    return guess_crs(x[sample], y[sample])


def place_coordinates(places: Places, found: Coordinates, crs: str = "", postcodes: pd.Series | None = None) -> None:
    """Place the rows that have coordinates.

    Parameters
    ----------
    crs : str
        What the user says (``EPSG:4326 swapped`` for latitude first); the only guess where not given.
    postcodes : Series of str, optional
        Of the rows: where the numbers alone fit several CRS, the one that puts them into the postcodes' départements is taken.

    Raises
    ------
    CrsError
        The values fit several CRS, or none, and the user did not say which.
    """
    known = np.isfinite(found.x) & np.isfinite(found.y)
    if not known.any():
        return
    if not crs:
        found = replace(found, guesses=likely_crs(found, postcodes))
    chosen = crs or _only(found, known)
    swapped = chosen.endswith(SWAPPED)
    code = chosen[: -len(SWAPPED)] if swapped else chosen
    reference = known_crs(code)
    x, y = (found.y, found.x) if swapped else (found.x, found.y)
    lon, lat = _degrees(reference, x[known], y[known])
    if reference.is_geographic:
        turned = looks_swapped(lon, lat)
        lon, lat = np.where(turned, lat, lon), np.where(turned, lon, lat)
        _remark_turned(places, known, turned)
    usable = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    lost = places.table.index[np.flatnonzero(known)[~usable]]
    places.reasons.update(dict.fromkeys(lost, Message("its coordinates are no place in {crs}", crs=code)))
    rows = places.table.index[np.flatnonzero(known)[usable]]
    places.set(rows, lon[usable], lat[usable], "coordonnees", PLACED)
    places.crs = chosen
    if swapped:
        places.notes.append(Message("“{columns}” hold latitude and longitude the other way round; they were swapped.", columns=found.columns))
    else:
        places.notes.append(Message("Positions are read from the columns “{columns}” as {crs}.", columns=found.columns, crs=chosen))


def _remark_turned(places: Places, known: np.ndarray, turned: np.ndarray) -> None:
    rows = places.table.index[np.flatnonzero(known)[turned]]
    places.reasons.update(dict.fromkeys(rows, Message("latitude and longitude were the other way round")))
    if len(rows):
        places.notes.append(Message("{count} positions had latitude and longitude the other way round; they were swapped.", count=count(len(rows))))


def _only(found: Coordinates, known: np.ndarray) -> str:
    if found.guesses and _the_same_places(found, known):
        return found.guesses[0]
    in_degrees = (np.abs(found.x[known]) <= 180) & (np.abs(found.y[known]) <= 90)
    if not found.guesses and in_degrees.mean() > _MOST:  # the others, mistyped, have no position and a reason
        return WGS84
    raise CrsError(
        "The coordinates in “{columns}” may be in: {guesses}. Say which coordinate system it is: --crs on the command line, “CRS” in QGIS.",
        columns=found.columns,
        guesses=", ".join(found.guesses) or "?",
    )


def likely_crs(found: Coordinates, postcodes: pd.Series | None = None) -> list[str]:
    """The guesses that the postcodes do not speak against, the likeliest first."""
    if postcodes is None or len(found.guesses) < 2:
        return found.guesses
    return _near_postcodes(found, np.isfinite(found.x) & np.isfinite(found.y), postcodes)


def _near_postcodes(found: Coordinates, known: np.ndarray, postcodes: pd.Series) -> list[str]:
    """The guesses that put half of the rows near the prefecture of their postcode's département; all where none does."""
    codes = departments_of(postcodes)[known]
    near = []
    for name in found.guesses:
        code = name.partition(" ")[0]
        first, second = (found.y, found.x) if name.endswith(SWAPPED) else (found.x, found.y)
        distance = km_from_prefecture(codes, *_degrees(known_crs(code), first[known], second[known]))
        measured = distance[np.isfinite(distance)]
        if len(measured) and np.median(measured) <= FARTHEST_KM:
            near.append(name)
    return near or found.guesses


def _the_same_places(found: Coordinates, known: np.ndarray) -> bool:
    """Whether all guesses put the positions at the same places within a metre or two, as RGAF09 and WGS84 do in the Antilles."""
    if len(found.guesses) == 1:
        return True
    if any(name.endswith(SWAPPED) for name in found.guesses):
        return False
    x, y = found.x[known][:_GUESSED_BY], found.y[known][:_GUESSED_BY]
    spots = [np.column_stack(_degrees(known_crs(name), x, y)) for name in found.guesses]
    return all(float(np.abs(other - spots[0]).max()) < _SAME_DEG for other in spots[1:])


def place_geometry(places: Places, geometry: gpd.GeoSeries, crs: str = "", source: str = "") -> None:
    """Place the rows of a vector file: points where they lie, other shapes by a point on them.

    Parameters
    ----------
    crs : str
        What the user says, whatever the file declares.
    source : str
        What to call the file in errors.

    Raises
    ------
    CrsError
        The positions cannot be in the CRS that the file declares; or it declares none, and they fit several.
    """
    usable = (~geometry.isna() & ~geometry.is_empty).to_numpy()
    shapes = geometry[usable]
    spots = shapes.where(shapes.geom_type == "Point", shapes.representative_point())
    x, y = spots.x.to_numpy(), spots.y.to_numpy()
    if crs or geometry.crs is None:
        every_x, every_y = np.full(len(geometry), np.nan), np.full(len(geometry), np.nan)
        every_x[usable], every_y[usable] = x, y
        place_coordinates(places, Coordinates(every_x, every_y, source, _guess(every_x, every_y)), crs)
        return
    check_crs(geometry, source)
    lon, lat = _degrees(geometry.crs, x, y)
    places.set(places.table.index[usable], lon, lat, "coordonnees", PLACED)
    places.crs = geometry.crs.to_string()


def _degrees(crs: Any, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if not len(x):
        return np.empty(0), np.empty(0)
    lon, lat = pyproj.Transformer.from_crs(crs, WGS84, always_xy=True).transform(np.append(x, x[0]), np.append(y, y[0]))
    return lon[:-1], lat[:-1]  # one more: pyproj takes arrays of one number for numbers


# -- SIRET ---------------------------------------------------------------------------------------------------------------


def place_sirets(places: Places, sirets: pd.Series, path: Path | str) -> int:
    """Place rows by the geolocated stock of establishments that the user has.

    Parameters
    ----------
    sirets : Series of str
        Of the rows to place.
    path : path
        CSV or Parquet with ``siret`` and ``x``, ``y``, ``epsg`` of each row (each in the legal CRS of its territory), or ``x_longitude``,
        ``y_latitude``; ``qualite_xy`` where it has it.

    Returns
    -------
    int
        Rows placed; those known to the middle of their commune only go to review.
    """
    wanted = sirets.dropna().map(compact)
    if not len(wanted):
        return 0
    stock = _stock(Path(path), set(wanted))
    lon, lat = _stock_degrees(stock)
    known = dict(zip(stock["siret"], zip(lon, lat, stock.get("qualite_xy", pd.Series(None, index=stock.index, dtype=object)))))
    placed = 0
    for coarse in (False, True):
        rows, spots = [], []
        for row, siret in wanted.items():
            spot = known.get(siret)
            if spot is not None and np.isfinite(spot[0]) and np.isfinite(spot[1]) and (_coarse(spot[2]) == coarse):
                rows.append(row)
                spots.append(spot[:2])
        if not rows:
            continue
        there = np.array(spots, dtype=float)
        places.set(rows, there[:, 0], there[:, 1], "sirene", REVIEW if coarse else PLACED)
        if coarse:
            places.reasons.update(dict.fromkeys(rows, Message("Sirene knows only the middle of the commune")))
        else:
            placed = len(rows)
    return placed


def _coarse(quality: Any) -> bool:
    return str(quality).split(".")[0] == str(COMMUNE_GRADE)


def _stock(path: Path, wanted: set[str]) -> pd.DataFrame:
    """The rows of a Sirene file with these SIRET."""
    name = source_name(path)
    if not path.is_file():
        raise FileError("There is no file “{path}”. Check the name and the folder.", path=path)
    useful = ("siret", "x", "y", "epsg", "qualite_xy", "x_longitude", "y_latitude")
    try:
        if path.suffix.lower() == ".parquet":
            return _stock_of_parquet(path, wanted, useful, name)
        with path.open(encoding="utf-8-sig") as file:
            head = file.readline()
        delimiter = max(",;\t|", key=head.count)
        there = {column: column.strip().lower() for column in pd.read_csv(path, sep=delimiter, dtype=str, encoding="utf-8-sig", nrows=0).columns}
        _check_stock(list(there.values()), name)
        parts = pd.read_csv(
            path,
            sep=delimiter,
            dtype=str,
            encoding="utf-8-sig",
            chunksize=_CHUNK,
            usecols=[old for old, new in there.items() if new in useful],
            index_col=False,
        )
        found = [part[part["siret"].isin(wanted)] for part in (each.rename(columns=there) for each in parts)]
    except (OSError, ValueError, TypeError, NotImplementedError, ImportError) as error:
        raise FileError(
            "The Sirene file “{name}” cannot be read ({cause}). Expected: the geolocated stock of establishments, as CSV or Parquet.",
            name=name,
            cause=str(error).splitlines()[0][:200] if str(error) else type(error).__name__,
        ) from error
    return pd.concat(found, ignore_index=True)


def _stock_of_parquet(path: Path, wanted: set[str], useful: Sequence[str], name: str) -> pd.DataFrame:
    from pyarrow import parquet, types

    schema = parquet.read_schema(path)
    there = {column: column.lower() for column in schema.names if column.lower() in useful}
    _check_stock(list(there.values()), name)
    key = next(column for column, known in there.items() if known == "siret")
    asked: list[Any] = sorted(wanted)
    if types.is_integer(schema.field(key).type):  # written by programs that took the codes for numbers
        asked = [int(siret) for siret in asked if re.fullmatch("[0-9]{14}", siret)]
    if not asked:
        return pd.DataFrame({column: [] for column in there.values()})
    frame = pd.read_parquet(path, columns=list(there), filters=[(key, "in", asked)]).rename(columns=there)
    return frame.assign(siret=[str(siret).zfill(14) for siret in frame["siret"]])


def _check_stock(columns: Sequence[str], name: str) -> None:
    if "siret" not in columns or not ({"x", "y", "epsg"} <= set(columns) or {"x_longitude", "y_latitude"} <= set(columns)):
        raise HeaderError(
            "“{name}” is no geolocated Sirene file. Expected: columns siret, x, y and epsg (or x_longitude and y_latitude); found: {columns}.",
            name=name,
            columns=", ".join(columns[:25]),
        )


def _stock_degrees(stock: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Positions in degrees, each row's from its own CRS."""
    lon, lat = np.full(len(stock), np.nan), np.full(len(stock), np.nan)
    if {"x_longitude", "y_latitude"} <= set(stock.columns):
        lon, lat = (pd.to_numeric(stock[name], errors="coerce").to_numpy(dtype=float, copy=True) for name in ("x_longitude", "y_latitude"))
    if {"x", "y", "epsg"} <= set(stock.columns):
        x, y = (pd.to_numeric(stock[name], errors="coerce").to_numpy(dtype=float) for name in ("x", "y"))
        codes = pd.to_numeric(stock["epsg"], errors="coerce").to_numpy(dtype=float)
        for code in np.unique(codes[np.isfinite(codes)]):
            here = (codes == code) & np.isfinite(x) & np.isfinite(y)
            lon[here], lat[here] = _degrees(known_crs(f"EPSG:{int(code)}"), x[here], y[here])
    return lon, lat


# -- addresses -----------------------------------------------------------------------------------------------------------


def addresses_of(rows: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """The address columns of rows, named as they are sent."""
    fields = dict(zip(SENT_COLUMNS, ("address", "postcode", "town")))
    given = {name: rows[columns[field_name]] for name, field_name in fields.items() if field_name in columns}
    return pd.DataFrame(given, index=rows.index, dtype=object)


def place_answers(places: Places, geocoded: Geocoded, asked: pd.DataFrame, threshold: float) -> None:
    """Take a geocoder's answers: house numbers at or above `threshold` are placed, everything else waits for a person.

    Parameters
    ----------
    asked : DataFrame
        As `addresses_of` gives it: an answer in another postcode or in another street is for review, whatever its score.
    threshold : float
        0–1.
    """
    found: dict[Any, Answer] = {}
    cells = {name: dict(zip(asked.index, asked[name])) for name in asked.columns}
    for row, answer in geocoded.answers.items():
        if answer.longitude is None or answer.latitude is None:
            places.reasons[row] = Message("the geocoder found nothing")
            continue
        found[row] = answer
        street, postcode = (cells.get(name, {}).get(row) or "" for name in SENT_COLUMNS[:2])
        doubt = _doubt(answer, street, postcode, threshold)
        if doubt:
            places.reasons[row] = doubt
        else:
            places.reasons.pop(row, None)
    states = [REVIEW if row in places.reasons else PLACED for row in found]
    values = [(one.longitude, one.latitude, one.score, one.type, one.label) for one in found.values()]
    new = pd.DataFrame(values, columns=["lon", "lat", "score", "type", "label"], index=pd.Index(list(found))).assign(origin="adresse", state=states)
    for name in new.columns if found else ():
        places.table.loc[new.index, name] = new[name]


def _doubt(answer: Answer, street: str, postcode: str, threshold: float) -> Message | None:
    if answer.score < threshold:
        return Message("the geocoder is not sure: {score} of 1", score=decimal(answer.score, 2))
    if answer.type != "housenumber":
        return Message("the geocoder found no house number: {kind}", kind=kind_of_address(answer.type))
    if postcode and answer.postcode and compact(postcode).zfill(5) != answer.postcode:
        return Message("the geocoder found it in another postcode: {postcode}", postcode=answer.postcode)
    if not same_street(street, answer.label.partition(f" {answer.postcode} ")[0] if answer.postcode else answer.label):
        return Message("the geocoder found another street")
    return None


_SMALL_WORDS = {"de", "du", "des", "la", "le", "les", "l", "d", "bis", "ter", "quater", "a", "au", "aux", "et", "en", "sur"}
_KINDS_OF_WAYS = {
    "rue", "avenue", "boulevard", "place", "quai", "chemin", "route", "impasse", "allee", "cours", "passage", "square", "villa", "cite", "faubourg",
    "residence", "rond", "point", "galerie", "port", "promenade", "esplanade",
}  # fmt: skip


def same_street(asked: str, answered: str) -> bool:
    """Whether half of the words that name the street in `answered` are in `asked`, spelling mistakes forgiven.

    A geocoder that does not know a street gives one in the same town that sounds a little like it, with the same house number.
    """
    known, wanted = ([word for word in address_key(text).split() if word not in _SMALL_WORDS] for text in (asked, answered))
    names = [word for word in wanted if not word.isdigit()]
    names = names[1:] if len(names) > 1 and names[0] in _KINDS_OF_WAYS else names
    met = sum(1 for word in names if word in known or difflib.get_close_matches(word, known, 1, 0.8))
    return bool(names) and 2 * met >= len(names)
