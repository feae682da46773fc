"""An import from end to end, in steps that a dialog may stop between: read, check, place, compare, write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from ..coverage import free_names
from ..crs import WGS84
from ..errors import DataError, FileError, HeaderError, OutputError, ParameterError
from ..history import mark_of
from ..messages import Message, count, tr
from ..progress import Progress
from ..read import positions
from ..read.vector import read_vector
from ..web import Client
from ..write.tables import check_output, write_layers
from . import merge as merging
from .checks import Applied, Checked, Finding, apply, check_names_at, check_positions, check_rows
from .columns import HeaderMemory, suggest
from .geocoder import AddressCache, Consent, Geocoded, Plan, geocode, plan
from .history import History
from .locate import Places, addresses_of, coordinates, nowhere, place_answers, place_coordinates, place_geometry, place_sirets
from .merge import Merged, keys_of, merge, placed_and_others
from .reading import CompanyFile, ReadOptions, read_company_file
from .recipe import Recipe

CUSTOMERS, TO_REVIEW = "clients", "clients_a_verifier"
"""Layers of the result: customers on the map, and those that wait for a person (with a candidate position where there is one)."""

PLACE_FIELDS = ("address", "postcode", "town", "longitude", "latitude", "x", "y", "position")
MOST_COLUMNS = 1_900
"""SQLite has 2 000; ours, those of an enrichment, and the geometry come beside them."""
NUMBER_FIELDS = ("longitude", "latitude", "x", "y", "volume")


@dataclass
class Prepared:
    """A file that was read and checked, with the consented corrections applied.

    Attributes
    ----------
    file : CompanyFile
        As it was read.
    recipe : Recipe
        With the columns of this file.
    rows : DataFrame
        Its rows with the corrections.
    checked : Checked
        What the checks found before the corrections.
    applied : list of Applied
        The corrections.
    """

    file: CompanyFile
    recipe: Recipe
    rows: pd.DataFrame
    checked: Checked
    applied: list[Applied] = field(default_factory=list)

    @property
    def lines(self) -> np.ndarray:
        """Line of the file of each row."""
        return self.file.raw.lines

    def with_corrections(self, codes: Iterable[str], single: Iterable[Finding] = ()) -> Prepared:
        """The same with the proposals of all findings of these codes, and of `single` ones, applied to the rows as they were read.

        A recipe keeps the codes; what was agreed to for one cell is for this file.
        """
        agreed = tuple(dict.fromkeys(codes))
        rows, applied = apply(self.file.raw.rows, [*self.checked.of(agreed), *single])
        return replace(self, recipe=replace(self.recipe, corrections=agreed), rows=rows, applied=applied)

    def open_findings(self) -> Checked:
        """The findings whose proposals were not applied."""
        done = {(one.row, one.column, one.code) for one in self.applied}
        return Checked([one for one in self.checked.findings if (one.row, one.column, one.code) not in done])


def prepare(
    path: Path | str,
    recipe: Recipe | None = None,
    memory: HeaderMemory | None = None,
    towns: pd.DataFrame | None = None,
    progress: Progress | None = None,
    chosen: Mapping[str, str] | None = None,
) -> Prepared:
    """Read and check a file; apply the corrections to which the recipe agrees.

    Parameters
    ----------
    recipe : Recipe, optional
        Its columns must all be in the file; where it has none, columns are suggested.
    memory : HeaderMemory, optional
        What was chosen for the same header before.
    towns : DataFrame, optional
        See `checks.check_rows`.
    chosen : mapping, optional
        Field → column that the user names beside those of the recipe, or beside the suggestions.

    Raises
    ------
    FileError, HeaderError, ParameterError
        The file cannot be read, or lost a column of the recipe.
    """
    progress = progress or Progress()
    recipe = recipe or Recipe()
    progress.step(0, tr("Reading {name}", name=Path(str(path)).name))
    file = open_file(path, recipe)
    progress.step(0.5, tr("Checking the rows"))
    return prepare_rows(file, recipe, memory, towns, progress.part(0.5, 1), chosen)


def open_file(path: Path | str, recipe: Recipe | None = None) -> CompanyFile:
    """Read a file as the recipe says; its columns have names that a GeoPackage keeps."""
    file = read_company_file(path, ReadOptions(**(recipe.read if recipe else {})))
    if len(file.raw.columns) > MOST_COLUMNS:
        raise FileError(
            "“{name}” has {count} columns, and the result can hold {most}. Save a copy with those that are needed, and import that.",
            name=file.raw.name,
            count=len(file.raw.columns),
            most=MOST_COLUMNS,
        )
    file.raw.rows.columns = pd.Index(_free(file.raw.columns))
    return file


def prepare_rows(
    file: CompanyFile,
    recipe: Recipe,
    memory: HeaderMemory | None = None,
    towns: pd.DataFrame | None = None,
    progress: Progress | None = None,
    chosen: Mapping[str, str] | None = None,
) -> Prepared:
    """`prepare` for a file that was read; `recipe.columns`, where there are any, are all of them."""
    columns = file.raw.columns
    named = dict(chosen or {})
    lacking = [column for column in named.values() if column not in columns]
    if lacking:
        raise HeaderError(
            "“{source}” has no column “{column}”. Its columns are: {columns}.",
            source=file.raw.name,
            column="”, “".join(lacking),
            columns=", ".join(columns[:25]),
        )
    known = recipe.columns or {name: found.column for name, found in suggest(file.raw.rows, memory).items()}
    others = {name: column for name, column in known.items() if name not in named and column not in named.values()}
    recipe = replace(replace(recipe, columns={**others, **named}).fitted(columns, file.raw.name), header=tuple(columns))
    checked = check_rows(file.raw.rows, file.raw.lines, recipe.columns, towns, progress)
    return Prepared(file, recipe, file.raw.rows, checked).with_corrections(recipe.corrections)


def _free(columns: list[str]) -> list[str]:
    """Names that a GeoPackage keeps, beside our own columns."""
    return free_names(["fid", "geom", "geometry", *merging.OWN_COLUMNS], columns)


@dataclass
class Located:
    """Positions of the rows, and what is to be asked of a geocoder.

    Attributes
    ----------
    plan : Plan or None
        What a consent would send; None where no geocoder was named or no row needs it.
    geocoded : Geocoded or None
        What the geocoder, or its cache, said.
    checked : Checked
        Findings about the positions.
    """

    places: Places
    plan: Plan | None = None
    geocoded: Geocoded | None = None
    checked: Checked = field(default_factory=Checked)


def locate(
    prepared: Prepared,
    sirene: Path | str | None = None,
    client: Client | None = None,
    cache: AddressCache | None = None,
    consent: Consent | None = None,
    progress: Progress | None = None,
) -> Located:
    """Place the rows: by coordinates, then by SIRET, then by address.

    Parameters
    ----------
    sirene : path, optional
        See `locate.place_sirets`.
    client, cache : optional
        To ask the recipe's geocoder; without a cache, or without a geocoder in the recipe, no address is looked at.
    consent : Consent, optional
        Without it nothing is sent: what the cache knows is taken.
    """
    progress = progress or Progress()
    recipe, rows = prepared.recipe, prepared.rows
    places = nowhere(rows.index)
    progress.step(0, tr("Placing the rows"))
    if prepared.file.raw.geometry is not None:
        place_geometry(places, prepared.file.raw.geometry, recipe.crs, prepared.file.raw.name)
    found = coordinates(rows, recipe.columns, prepared.file.sniffed.decimal)
    progress.step(0.1)
    if found is not None and prepared.file.raw.geometry is None:
        postcodes = rows[recipe.columns["postcode"]] if "postcode" in recipe.columns else None
        place_coordinates(places, found, recipe.crs, postcodes)
    progress.step(0.2)
    if sirene and "siret" in recipe.columns and len(places.unplaced):
        place_sirets(places, rows.loc[places.unplaced, recipe.columns["siret"]], sirene)
    located = Located(places)
    if recipe.geocoder and cache is not None and "address" in recipe.columns and len(places.unplaced):
        _ask_addresses(located, prepared, client, cache, consent, progress.part(0.2, 0.9))
    _say_why(located, prepared)
    lon, lat = (places.table[name].to_numpy(dtype=float) for name in ("lon", "lat"))
    progress.step(0.9)
    by_place = check_positions(rows, prepared.lines, recipe.columns, lon, lat, progress.part(0.9, 0.92))
    named = check_names_at(rows, prepared.lines, recipe.columns, lon, lat, progress.part(0.92, 1))
    known = {(one.row, one.code) for one in prepared.checked.findings}
    located.checked = Checked([*by_place.findings, *(one for one in named.findings if (one.row, one.code) not in known)])
    return located


def _say_why(located: Located, prepared: Prepared) -> None:
    """Give each row without position the reason for it."""
    places, rows, columns = located.places, prepared.rows, prepared.recipe.columns
    if prepared.file.raw.geometry is not None:
        places.say_why(rows.index, Message("it has no geometry"))
    given = [columns[name] for name in ("longitude", "latitude", "x", "y", "position") if name in columns]
    if given:
        zeros = rows[given].apply(lambda cells: cells.map(lambda text: bool(text) and not str(text).strip("0 .,;")))
        places.say_why(rows.index[zeros.all(axis=1).to_numpy()], Message("its coordinates are 0, which stands for none"))
        places.say_why(rows.index[rows[given].notna().any(axis=1).to_numpy()], Message("its coordinates cannot be read"))
    if "address" in columns:
        places.say_why(rows.index[rows[columns["address"]].isna().to_numpy()], Message("it has no address"))
        failed = located.geocoded is not None and located.geocoded.failure is not None
        places.say_why(rows.index, Message("the geocoder did not answer") if failed else Message("its address was not asked of a geocoder"))
    places.say_why(rows.index, Message("there is no column with its coordinates or its address") if not given else Message("it has no coordinates"))


def _ask_addresses(
    located: Located, prepared: Prepared, client: Client | None, cache: AddressCache, consent: Consent | None, progress: Progress
) -> None:
    recipe = prepared.recipe
    todo = addresses_of(prepared.rows.loc[located.places.unplaced], recipe.columns)
    located.plan = plan(todo, recipe.geocoder, cache)
    if consent is not None and client is None:
        raise ParameterError("There is no connection by which to send addresses.")
    located.geocoded = geocode(todo, client or _NoClient(), recipe.geocoder, cache, consent, progress)
    place_answers(located.places, located.geocoded, todo, recipe.threshold)


class _NoClient(Client):
    """For work without consent: it can ask nobody."""

    def exchange(self, *_: Any) -> Any:
        raise ParameterError("There is no connection by which to send addresses.")


def customers(prepared: Prepared, located: Located) -> gpd.GeoDataFrame:
    """The rows as they are imported: the firm's columns in their order, then `merge.OWN_COLUMNS`; points in EPSG:4326."""
    recipe, places = prepared.recipe, located.places.table
    table = prepared.rows.copy()
    keys, _ = keys_of(prepared.rows, recipe.columns, recipe.key)
    table[merging.KEY] = keys
    table[merging.LINE] = prepared.lines
    for name in ("state", "origin", "score", "type", "label"):
        table[getattr(merging, name.upper())] = places[name]
    reasons = located.places.reasons
    table[merging.REASON] = pd.Series([str(reasons[row]) if row in reasons else None for row in table.index], index=table.index, dtype=object)
    table[merging.REMARKS] = _remarks(prepared, located)
    table[merging.FOLLOW] = merging.PRESENT
    table[merging.LON], table[merging.LAT] = places["lon"], places["lat"]
    points = positions.points(places["lon"].to_numpy(dtype=float), places["lat"].to_numpy(dtype=float))
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(points, index=table.index, crs=WGS84))


def _remarks(prepared: Prepared, located: Located) -> pd.Series:
    """What was corrected in each row and what is still to check, as one text."""
    said: dict[Any, list[str]] = {}
    for one in prepared.applied:
        said.setdefault(one.row, []).append(tr("{column}: {before} → {after}", column=one.column, before=one.before, after=one.after))
    for finding in (*prepared.open_findings().findings, *located.checked.findings):
        said.setdefault(finding.row, []).append(f"{finding.column} : {finding.expected}")
    return pd.Series([" ; ".join(said[row]) if row in said else None for row in prepared.rows.index], index=prepared.rows.index, dtype=object)


def read_previous(path: Path | str) -> gpd.GeoDataFrame | None:
    """The customers of an earlier result; None where there is no file.

    Raises
    ------
    DataError
        The file is something else.
    """
    path = Path(path)
    if not path.exists():
        return None
    parts, mark = [], mark_of(path)
    for layer in (CUSTOMERS, TO_REVIEW):
        try:
            raw = read_vector(path, layer)
        except FileError:
            continue
        shapes = raw.geometry if raw.geometry is not None else gpd.GeoSeries([None] * len(raw.rows), crs=WGS84)
        part = gpd.GeoDataFrame(raw.rows, geometry=shapes.set_crs(WGS84) if shapes.crs is None else shapes)
        if set(merging.OWN_COLUMNS) <= set(part.columns):
            parts.append(part)
    if not parts:
        raise DataError(
            "“{name}” is not the result of an earlier import of customers. Choose another file, or --overwrite to replace it.", name=path.name
        )
    together = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    previous = gpd.GeoDataFrame(together, geometry="geometry", crs=WGS84)
    previous.attrs[merging.MARK] = mark
    return previous


@dataclass
class CompanyImport:
    """An import that is ready to be written."""

    prepared: Prepared
    located: Located
    merged: Merged

    def counts(self) -> dict[str, Any]:
        """The figures; `rows_read` is the sum of `imported` and `rejected`, `imported` of placed, to review and not placed."""
        raw = self.prepared.file.raw
        places = self.located.places.counts()
        return {
            "rows_read": raw.row_count,
            "imported": len(raw.rows),
            "corrected": len({one.row for one in self.prepared.applied}),
            "rejected": len(raw.rejects),
            "skipped": len(self.prepared.file.sniffed.skipped),
            "placed": places["place"],
            "to_review": places["a_verifier"],
            "not_placed": places["non_place"],
            "by_origin": {name: places.get(name, 0) for name in ("coordonnees", "sirene", "adresse")},
            "findings": self.findings().counts(),
            "merge": self.merged.counts(),
        }

    def findings(self) -> Checked:
        """What was found about the rows, and about their positions."""
        return Checked([*self.prepared.checked.findings, *self.located.checked.findings])

    def sentence(self) -> str:
        """The counts in words."""
        figures = {name: count(number) for name, number in self.counts().items() if isinstance(number, int)}
        return tr(
            "{rows_read} {rows_read:?row|rows} read: {imported} imported ({corrected} corrected), {rejected} rejected. {placed} on the map, "
            "{to_review} to review, {not_placed} without position.",
            **figures,
        )

    def reject_table(self) -> pd.DataFrame:
        """Rejected rows and their reasons."""
        rejects = [(one.line, one.value, str(one.reason)) for one in self.prepared.file.raw.rejects]
        return pd.DataFrame(rejects, columns=[tr("line"), tr("row"), tr("reason")])

    def write(self, path: Path | str, overwrite: bool = False, progress: Progress | None = None) -> History:
        """Write both layers, after a backup of what is there; then the log.

        Parameters
        ----------
        overwrite : bool
            Also where `path` holds something that is no earlier import: all of it is replaced. Otherwise its other layers stay.

        Raises
        ------
        OutputError
            The file was changed since it was compared, is being edited, or cannot be written.
        """
        history = History(path)
        if self.merged.before and not overwrite and history.path.exists() and mark_of(history.path) != self.merged.before:
            raise OutputError(
                "“{name}” was changed since it was compared with the new file; nothing was written. Import again.", name=history.path.name
            )
        history.check_free()
        backup = history.back_up()
        placed, others = placed_and_others(self.merged.table)
        layers = {CUSTOMERS: placed, TO_REVIEW: others}
        written = False
        try:
            write_layers(layers, path, overwrite or backup is not None, progress, keep_others=not overwrite, empty_as="Point")
            written = True
            history.log(backup, _flat(self.counts()), self._lines())
        except BaseException:
            history.withdraw(backup, written)
            raise
        return history

    def _lines(self) -> Mapping[str, list[int]]:
        """Numbers of rows for the log."""
        table, changes = self.merged.table, self.merged.changes
        raw = self.prepared.file.raw
        found = {"rejected": [one.line for one in raw.rejects], "corrected": sorted({one.line for one in self.prepared.applied})}
        if changes is not None:
            by_key = dict(zip(table[merging.KEY], table[merging.LINE]))
            found["changed"] = sorted({int(by_key[key]) for key in changes.changed["key"] if key in by_key})
        return found


def _flat(counts: Mapping[str, Any]) -> dict[str, int]:
    plain = {name: number for name, number in counts.items() if isinstance(number, int)}
    return {**plain, **{f"{name}_{part}": number for name in ("merge", "by_origin") for part, number in counts[name].items()}}


def compared(
    prepared: Prepared, located: Located, previous: gpd.GeoDataFrame | None, progress: Progress | None = None
) -> CompanyImport:
    """The import against the last one: what `counts` and `merged.sentences` say is shown before anything is written."""
    columns = prepared.recipe.columns
    where, amounts = ([columns[name] for name in fields if name in columns] for fields in (PLACE_FIELDS, NUMBER_FIELDS))
    new = customers(prepared, located)
    (progress or Progress()).step(0.5)
    merged = merge(previous, new, prepared.recipe.missing, where, amounts)
    return CompanyImport(prepared, located, merged)


def recipe_of(prepared: Prepared, name: str = "") -> Recipe:
    """The recipe to save: how this file was read, which encodings and sheets of it are left to be found out again."""
    told = {key: value for key, value in asdict(prepared.file.options).items() if value not in (None, 0)}
    return replace(prepared.recipe, name=name or prepared.recipe.name, read=told)


def writable(path: Path | str, overwrite: bool) -> gpd.GeoDataFrame | None:
    """The earlier import at `path`, None where there is none or where it is to be replaced; said before the work."""
    check_output(path, overwrite=True, endings=(".gpkg",))
    if overwrite:
        return None
    return read_previous(path)
