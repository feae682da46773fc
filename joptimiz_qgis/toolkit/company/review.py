"""The rows of an import that wait for a person: accepted, moved or rejected, one transaction each, and taken back.

Works on the file while QGIS shows it: SQLite's own locks, no layer in between. What a person decided says so (``manuelle``, ``ecartee``),
so that the next import keeps it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..errors import DataError, OutputError
from ..geopackage import add_functions, blobs, connected, quoted, shapes_of, statement, tables_in, transaction
from ..messages import tr
from ..progress import Progress
from ..schema.table import with_none
from ..web import Client, host_of
from .geocoder import SENT_COLUMNS, Answer, Consent, check_consent, checked, cleaned, cleaned_town, search_endpoint
from .history import History
from .locate import NOWHERE, PLACED, addresses_of
from .merge import BY_HAND, KEY, LABEL, LAT, LINE, LON, ORIGIN, OWN_COLUMNS, REASON, REJECTED, SCORE, STATE, TYPE
from .pipeline import CUSTOMERS, TO_REVIEW

ACCEPTED, MOVED, PUT_ASIDE = "accepted", "moved", "rejected"
MOST_CANDIDATES = 6


@dataclass(frozen=True)
class Waiting:
    """A row that waits.

    Attributes
    ----------
    key : str
        Of the customer.
    line : int
        Of the firm's file.
    cells : dict
        The firm's columns.
    longitude, latitude : float or None
        The candidate; None where there is none.
    label, kind : str
        What the candidate is.
    score : float or None
        The geocoder's, 0–1.
    reason : str
        Why it waits.
    looked_at : bool
        Whether a person rejected its candidate.
    address : (str, str, str)
        Street, postcode and town as a geocoder is sent them.
    """

    key: str
    line: int
    cells: dict[str, str]
    longitude: float | None
    latitude: float | None
    label: str
    kind: str
    score: float | None
    reason: str
    looked_at: bool
    address: tuple[str, str, str] = ("", "", "")

    @property
    def has_candidate(self) -> bool:
        """Whether there is a position to accept."""
        return self.longitude is not None and self.latitude is not None


@dataclass
class _Act:
    kind: str
    key: str
    line: int
    table: str
    row: dict[str, Any]


@dataclass
class Review:
    """One sitting over the result of imports at `path`: decisions are written as they are taken.

    Before the first of them the file is backed up; the log has one entry for the sitting, with lines of the file and no value, so that “undo
    the last import” takes all of it back. After an undo, or an import, in the middle of it a new sitting begins: its own backup, its own entry.
    """

    path: Path
    acts: list[_Act] = field(default_factory=list)
    backup: str | None = None
    entry: dict[str, Any] | None = None
    """Ours in the log, as we wrote it; None before the first decision."""

    def __post_init__(self) -> None:
        self.path = Path(self.path)
        if not self.path.is_file():
            raise DataError("There is no file “{path}”. Check the name and the folder.", path=self.path)
        with connected(self.path) as base:
            there = tables_in(base)
        if not {CUSTOMERS, TO_REVIEW} <= there:
            raise DataError("“{name}” is not the result of an import of customers: it has no layer “{layer}”.", name=self.path.name, layer=TO_REVIEW)

    # -- what waits ----------------------------------------------------------------------------------------------------

    def waiting(self) -> list[Waiting]:
        """The rows of the review layer in the file's order; those that were rejected last. After an undo or an import the sitting is a new one."""
        self._begin_anew_if_not_last()
        with connected(self.path) as base:
            names = _columns(base, TO_REVIEW)
            rows = base.execute(statement("SELECT * FROM {table}", table=quoted(TO_REVIEW))).fetchall()
        given = [dict(zip(names, row)) for row in rows]
        found = [replace(_waiting(row), address=address) for row, address in zip(given, _addresses(given))]
        return sorted(found, key=lambda one: (one.looked_at, one.line, one.key))

    def counts(self) -> dict[str, int]:
        """Decisions of this sitting that stand, by kind."""
        return {kind: sum(1 for act in self.acts if act.kind == kind) for kind in (ACCEPTED, MOVED, PUT_ASIDE)}

    # -- decisions -----------------------------------------------------------------------------------------------------

    def accept(self, key: str) -> None:
        """The candidate is the position."""
        self._decide(ACCEPTED, key, _spot)

    def move(self, key: str, longitude: float, latitude: float, found: Answer | None = None) -> None:
        """The position is here (degrees); `found` is what a geocoder said of it, where one did."""
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise DataError("{x}, {y} is no position on the Earth in degrees.", x=longitude, y=latitude)
        said = {} if found is None else {SCORE: found.score, TYPE: found.type, LABEL: found.label}
        self._decide(MOVED, key, lambda _row: (longitude, latitude), said)

    def reject(self, key: str) -> None:
        """No position: the row stays where it is, marked as looked at; the candidate's degrees stay in its columns."""

        def put_aside(base: sqlite3.Connection, _act: _Act) -> None:
            changes: dict[str, Any] = {STATE: NOWHERE, ORIGIN: REJECTED, REASON: tr("looked at: no candidate is right")}
            shape = _shape(base, TO_REVIEW)
            _update(base, TO_REVIEW, key, {**changes, shape: None} if shape else changes)

        self._write(PUT_ASIDE, key, put_aside)

    def undo(self) -> str | None:
        """Take the last decision of this sitting back; the customer's key, None where there is none."""
        self._begin_anew_if_not_last()
        if not self.acts:
            return None
        act = self.acts[-1]
        with self._changing() as base:
            _delete(base, act.table, act.key)
            if act.table != TO_REVIEW:
                _delete(base, TO_REVIEW, act.key)
            _insert(base, TO_REVIEW, act.row)
        self.acts.pop()
        self._log()
        return act.key

    def _decide(
        self, kind: str, key: str, where: Callable[[dict[str, Any]], tuple[float, float]], said: Mapping[str, Any] | None = None
    ) -> None:
        def to_the_map(base: sqlite3.Connection, act: _Act) -> None:
            longitude, latitude = where(act.row)
            row = {name: value for name, value in act.row.items() if name not in {"fid", _shape(base, TO_REVIEW)}}
            row.update({STATE: PLACED, ORIGIN: BY_HAND, REASON: None, **(said or {})})
            row[_shape(base, CUSTOMERS)] = _blob(base, longitude, latitude)
            _insert(base, CUSTOMERS, row)
            _delete(base, TO_REVIEW, key)
            _widen(base, longitude, latitude)
            act.table = CUSTOMERS

        self._write(kind, key, to_the_map)

    def _write(self, kind: str, key: str, change: Callable[[sqlite3.Connection, _Act], None]) -> None:
        self._back_up()
        try:
            with self._changing() as base:
                row = _row(base, key, self.path)
                act = _Act(kind, key, int(row.get(LINE) or 0), TO_REVIEW, row)
                change(base, act)
        except BaseException:
            self._drop_unused_backup()
            raise
        self.acts.append(act)
        self._log()

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with connected(self.path, write=True) as base:
            add_functions(base)
            with transaction(base):
                yield base

    # -- backup and log ------------------------------------------------------------------------------------------------

    def _back_up(self) -> None:
        self._begin_anew_if_not_last()
        if self.backup is None:
            settle(self.path)
            self.backup = History(self.path).back_up()

    def _begin_anew_if_not_last(self) -> None:
        """What was decided before an undo or an import is no longer ours to change: its entry is gone, or another one stands behind it."""
        if self.entry is not None and History(self.path).entries()[-1:] != [self.entry]:
            self.acts, self.backup, self.entry = [], None, None

    def _drop_unused_backup(self) -> None:
        """A backup of a sitting that has decided nothing yet: by the next try the file may be another."""
        if self.entry is None and self.backup is not None:
            (History(self.path).folder / self.backup).unlink(missing_ok=True)
            self.backup = None

    def _log(self) -> None:
        settle(self.path)
        lines = {kind: sorted(act.line for act in self.acts if act.kind == kind) for kind in self.counts()}
        history, counts = History(self.path), {f"review_{kind}": number for kind, number in self.counts().items()}
        if self.entry is not None:
            history.amend_counts(counts, lines)
        else:
            history.log(self.backup, counts, lines)
        self.entry = history.entries()[-1]


def settle(path: Path) -> None:
    """Have what waits in SQLite's journal beside `path` (QGIS keeps one while it edits) written into the file, as far as nobody reads it."""
    if path.with_name(path.name + "-wal").exists():
        with connected(path, write=True) as base:
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)")


# -- more candidates -----------------------------------------------------------------------------------------------------------------


def _addresses(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """Street, postcode and town of rows as they are sent; the import's choice of columns is not kept, so it is found again, from all rows."""
    from .columns import suggest

    frame = pd.DataFrame([_cells(row) for row in rows], dtype=object)
    found = addresses_of(frame, {name: suggestion.column for name, suggestion in suggest(frame).items()} if len(frame) else {})
    columns = [with_none(found[name]).tolist() if name in found.columns else [None] * len(rows) for name in SENT_COLUMNS]
    return [(cleaned(street), cleaned(postcode), cleaned_town(town)) for street, postcode, town in zip(*columns)]


def question(address: Sequence[str], url: str) -> str:
    """What is asked of the user before `candidates` sends an address."""
    return tr(
        "One address would be sent to “{host}”: “{address}”, and nothing else of the file. It answers with other candidates.",
        host=host_of(url),
        address=" ".join(filter(None, address)),
    )


def candidates(
    address: Sequence[str], client: Client, url: str, consent: Consent, progress: Progress | None = None, most: int = MOST_CANDIDATES
) -> list[Answer]:
    """Several positions that a geocoder proposes for one address, the likeliest first.

    Parameters
    ----------
    address : (str, str, str)
        Street, postcode, town (see `Waiting`): what is sent, and all that is sent.
    url : str
        Of the geocoder: its root, or its CSV service.
    consent : Consent
        The user's, for this host, these columns and one row.

    Raises
    ------
    ParameterError
        The consent is for something else; nothing was sent.
    NetworkError
        The geocoder did not answer, or with something else.
    """
    check_consent(consent, host_of(url), 1)
    asked = " ".join(filter(None, address))
    response = client.get(search_endpoint(url), {"q": asked, "limit": str(most)}, {"Accept": "application/json"}, progress=progress, redirected=False)
    return _answers(response.json(), response.url)[:most]


def _answers(content: Any, url: str) -> list[Answer]:
    from ..errors import NotDataError

    try:
        return [_answer(feature) for feature in content["features"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotDataError(
            "“{host}” answered with something other than the addresses asked for. Check the address of the geocoder in the options.",
            host=host_of(url),
        ) from error


def _answer(feature: Mapping[str, Any]) -> Answer:
    told = feature["properties"]
    longitude, latitude = (float(number) for number in feature["geometry"]["coordinates"][:2])
    kind, label, postcode = (str(told.get(name) or "") for name in ("type", "label", "postcode"))
    return checked(Answer(longitude, latitude, float(told.get("score") or 0), kind, label, postcode))


# -- rows ----------------------------------------------------------------------------------------------------------------------------


def _columns(base: sqlite3.Connection, table: str) -> list[str]:
    return [str(row[1]) for row in base.execute(statement("PRAGMA table_info({table})", table=quoted(table)))]


def _shape(base: sqlite3.Connection, table: str) -> str:
    """The column of the points; empty where no row has any, which makes a plain table."""
    found = base.execute("SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (table,)).fetchone()
    return str(found[0]) if found else ""


def _row(base: sqlite3.Connection, key: str, path: Path) -> dict[str, Any]:
    """The row that waits, as it is in the file."""
    found = base.execute(statement("SELECT * FROM {table} WHERE {key} = ?", table=quoted(TO_REVIEW), key=quoted(KEY)), (key,)).fetchone()
    if found is None:
        raise DataError("This customer waits no more in “{name}”: somebody decided, or a new import came. Load the list again.", name=path.name)
    return dict(zip(_columns(base, TO_REVIEW), found))


def _spot(row: Mapping[str, Any]) -> tuple[float, float]:
    longitude, latitude = row.get(LON), row.get(LAT)
    shapes = [value for name, value in row.items() if name not in OWN_COLUMNS and isinstance(value, bytes)]
    if shapes:
        point = shapes_of(shapes[:1])[0]
        return float(shapely.get_x(point)), float(shapely.get_y(point))
    if longitude is None or latitude is None:
        raise DataError("This customer has no candidate to accept. Move it: click where it lies on the map.")
    return float(longitude), float(latitude)


def _waiting(row: Mapping[str, Any]) -> Waiting:
    shapes = [value for value in row.values() if isinstance(value, bytes)]
    longitude, latitude = _number(row.get(LON)), _number(row.get(LAT))
    if shapes:
        point = shapes_of(shapes[:1])[0]
        longitude, latitude = float(shapely.get_x(point)), float(shapely.get_y(point))
    texts = {name: str(row.get(name) or "") for name in (LABEL, TYPE, REASON)}
    return Waiting(
        key=str(row[KEY]),
        line=int(row.get(LINE) or 0),
        cells=_cells(row),
        longitude=longitude,
        latitude=latitude,
        label=texts[LABEL],
        kind=texts[TYPE],
        score=_number(row.get(SCORE)),
        reason=texts[REASON],
        looked_at=row.get(ORIGIN) == REJECTED,
    )


def _cells(row: Mapping[str, Any]) -> dict[str, str]:
    """The firm's columns, those that are filled."""
    given = {name: value for name, value in row.items() if name not in OWN_COLUMNS and name != "fid"}
    return {name: str(value) for name, value in given.items() if value is not None and not isinstance(value, bytes)}


def _number(value: Any) -> float | None:
    number = float(pd.to_numeric(value, errors="coerce")) if value is not None else np.nan
    return number if np.isfinite(number) else None


def _insert(base: sqlite3.Connection, table: str, row: Mapping[str, Any]) -> None:
    """Add a row; columns that the other layer has and this one lacks are added, so that nothing is lost."""
    there = _columns(base, table)
    for name in row:
        if name not in there:
            base.execute(statement("ALTER TABLE {table} ADD COLUMN {name} TEXT", table=quoted(table), name=quoted(name)))
    names = ", ".join(quoted(name) for name in row)
    marks = ", ".join("?" * len(row))
    base.execute(f"INSERT INTO {quoted(table)} ({names}) VALUES ({marks})", list(row.values()))  # noqa: S608 - quoted names, marks  # nosec B608


def _update(base: sqlite3.Connection, table: str, key: str, changes: Mapping[str, Any]) -> None:
    told = ", ".join(f"{quoted(name)} = ?" for name in changes)
    base.execute(f"UPDATE {quoted(table)} SET {told} WHERE {quoted(KEY)} = ?", [*changes.values(), key])  # noqa: S608 - quoted names  # nosec B608


def _delete(base: sqlite3.Connection, table: str, key: str) -> None:
    base.execute(statement("DELETE FROM {table} WHERE {key} = ?", table=quoted(table), key=quoted(KEY)), (key,))


def _blob(base: sqlite3.Connection, longitude: float, latitude: float) -> bytes | None:
    import geopandas as gpd

    found = base.execute("SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = ?", (CUSTOMERS,)).fetchone()
    if found is None:
        raise OutputError("The layer “{layer}” has no geometry; import the file again.", layer=CUSTOMERS)
    return blobs(gpd.GeoSeries([shapely.Point(longitude, latitude)]), int(found[0]))[0]


def _widen(base: sqlite3.Connection, longitude: float, latitude: float) -> None:
    """The layer's extent, which programs read from the contents."""
    base.execute(
        "UPDATE gpkg_contents SET min_x = min(coalesce(min_x, ?1), ?1), max_x = max(coalesce(max_x, ?1), ?1), min_y = min(coalesce(min_y, ?2), ?2), "
        "max_y = max(coalesce(max_y, ?2), ?2), last_change = strftime('%Y-%m-%dT%H:%M:%fZ','now') WHERE table_name = ?3",
        (longitude, latitude, CUSTOMERS),
    )
