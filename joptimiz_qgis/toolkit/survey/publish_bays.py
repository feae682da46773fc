"""Delivery bays as they are published: the national schema's CSV, GeoPackage, GeoJSON, CDS, OSM tags, a folder ready for data.gouv.fr.

Nothing is invented: what a bay lacks stays empty and is counted. What the schema would refuse is brought into its form where that loses
nothing, left out where it cannot be, and both are listed row by row. Identifiers stay as they are.
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..crs import WGS84
from ..errors import DataError, ParameterError
from ..messages import Message, count, percent, tr
from ..progress import Progress
from ..read import positions
from ..schema import load_table
from ..schema.table import with_none
from .bay_places import footprint_text
from .curb_data import cds_files
from .national_form import DEGREE_DECIMALS, published_names, published_table
from .osm_tags import osm_points
from .publication_folder import About, today, whole_folder, write_package, write_readme
from .schema_rules import Places, check_rows, faults_of, made_uuid, meant

FORMATS = ("csv", "gpkg", "geojson", "cds", "osm")
CSV_NAME = "aires-livraison.csv"
FILES = (
    CSV_NAME, "aires-livraison.gpkg", "aires-livraison.geojson", "cds-zones.json", "cds-policies.json", "cds-left-out.json", "osm-a-relire.geojson",
    "datapackage.json", "LISEZMOI.md", "modifications.csv",
)  # fmt: skip
"""All that a folder may get: none of them may be what is being published."""


@dataclass(frozen=True)
class Notice:
    """What was done to one cell on its way into the published form."""

    line: int
    key: str
    column: str
    before: str
    after: str
    reason: Message


@dataclass
class Published:
    """Bays in the published form.

    Attributes
    ----------
    text : DataFrame
        The schema's columns, text; same rows and labels as `bays`.
    bays : GeoDataFrame
        The bays (EPSG:4326) with the UUID and the footprint that they are published with.
    changes : list of Notice
        Cells that were brought into the schema's form, or left out.
    left : list
        Findings of the schema's rules that remain: the file is valid where there are none.
    """

    text: pd.DataFrame
    bays: gpd.GeoDataFrame
    changes: list[Notice] = field(default_factory=list)
    left: list[Any] = field(default_factory=list)

    def empty(self) -> dict[str, int]:
        """Column → bays that have no value in it, only columns that lack some, the emptiest first."""
        missing = (self.text == "").sum().sort_values(ascending=False, kind="stable")
        return {str(name): int(number) for name, number in missing.items() if number}

    def change_table(self) -> pd.DataFrame:
        """One row a changed cell."""
        rows = [(item.line, item.key, item.column, item.before, item.after, str(item.reason)) for item in self.changes]
        return pd.DataFrame(rows, columns=["line", "key", "column", "before", "after", "reason"], dtype=object)

    def counts(self) -> dict[str, Any]:
        """The figures."""
        reasons = Counter(item.reason.template for item in self.changes)
        made = reasons.pop(_MADE.template, 0)
        out = reasons.pop(_LEFT_OUT.template, 0)
        return {
            "rows": len(self.text), "uuid_made": made, "adapted": sum(reasons.values()), "left_out": out,
            "schema_errors": len(self.left), "empty": self.empty(),
        }  # fmt: skip

    def sentences(self) -> list[str]:
        """The figures in words."""
        figures = self.counts()
        numbers = {name: count(figures[name]) for name in ("rows", "uuid_made", "adapted", "left_out", "schema_errors")}
        said = [tr("{rows} bays: {uuid_made} UUID made, {adapted} values adapted, {left_out} left out, {schema_errors} errors left.", **numbers)]
        if figures["empty"]:
            rows = max(len(self.text), 1)
            lacking = ", ".join(f"{name} {percent(number / rows)}" for name, number in figures["empty"].items())
            said.append(tr("Not filled, since it is not known: {columns}.", columns=lacking))
        return said


_MADE = Message("no UUID was given: made from the identifier, always the same")
_ADAPTED = Message("written as the schema wants it")
_MENDED = Message("the footprint was not valid WKT and was mended")
_LEFT_OUT = Message("the schema refuses the value; left out")
_HOURS = Message("a permanent bay has no hours in the schema: 24/7 left out")


def published_bays(bays: gpd.GeoDataFrame, owner: str = "", progress: Progress | None = None) -> Published:
    """Bays of our table in the form of the national schema.

    Parameters
    ----------
    bays : GeoDataFrame
        The bays table, with a CRS.
    owner : str
        Of the data: what tells made UUIDs of one town from those of another that numbers its bays alike. The bay's commune where not given.

    Raises
    ------
    DataError
        There is no bay.
    """
    progress = progress or Progress()
    if not len(bays):
        raise DataError("There is no delivery bay to publish.")
    here = _Publishing(bays, owner)
    here.run(progress)
    return Published(here.text, here.whole(), here.changes, here.left())


class _Publishing:
    def __init__(self, bays: gpd.GeoDataFrame, owner: str) -> None:
        self.table = load_table("bays")
        self.names = published_names(self.table)
        self.bays = bays.to_crs(WGS84) if bays.crs is not None else bays
        self.owner = owner
        self.changes: list[Notice] = []
        self.text = published_table(self.table, pd.DataFrame(self.bays.drop(columns=self.bays.geometry.name)))
        self.places_of = {str(name): number for number, name in enumerate(self.text.columns)}
        self.lines = self._lines()

    def _lines(self) -> np.ndarray:
        own = self.bays["source_ligne"] if "source_ligne" in self.bays else pd.Series(pd.NA, index=self.bays.index)
        counted = pd.Series(np.arange(1, len(self.bays) + 1), index=self.bays.index)
        numbers: np.ndarray = pd.to_numeric(own, errors="coerce").astype("Float64").fillna(counted).to_numpy(dtype=int)
        return numbers

    def run(self, progress: Progress) -> None:
        """Every step, in order: what one fills the next may look at."""
        for number, step in enumerate((self.places, self.footprints, self.hours, self.cells, self.keys)):
            progress.step(number / 5)
            step()

    def change(self, at: int, column: str, after: str, reason: Message) -> None:
        """Change a cell and say so."""
        before = str(self.text[column].iloc[at])
        if before != after:
            self.changes.append(Notice(int(self.lines[at]), str(self.text["ID"].iloc[at]), column, before, after, reason))
            self.put(at, column, after)

    def put(self, at: int, column: str, after: str) -> None:
        """Fill a cell with what the bay itself says: nothing to tell of."""
        self.text.iloc[at, self.places_of[column]] = after

    def places(self) -> None:
        """Coordinates from the map where the table has none."""
        inside = self.bays.geometry.force_2d().representative_point()
        for column, values in (("LONGITUDE", inside.x), ("LATITUDE", inside.y)):
            missing = (self.text[column] == "").to_numpy() & np.isfinite(values.to_numpy())
            self.text.loc[missing, column] = [f"{value:.{DEGREE_DECIMALS}f}" for value in values[missing]]

    def footprints(self) -> None:
        """Valid WKT, whatever it was; a polygon that was drawn and is not in the table yet."""
        texts = with_none(self.text["GEOM_WKT"].where(self.text["GEOM_WKT"] != "", None))
        read, mended = positions.from_wkt(texts)
        drawn = self.bays.geometry.force_2d().to_numpy()
        for at, (written, shape) in enumerate(zip(texts, shapely.force_2d(read))):
            if written is None:
                if drawn[at] is not None and drawn[at].geom_type == "Polygon":
                    self.put(at, "GEOM_WKT", footprint_text(drawn[at]))
            elif shape is None or shape.is_empty or not shape.is_valid:
                self.change(at, "GEOM_WKT", "", _LEFT_OUT)
            elif mended[at]:
                self.change(at, "GEOM_WKT", footprint_text(shape), _MENDED)
            else:
                self.put(at, "GEOM_WKT", footprint_text(shape))

    def hours(self) -> None:
        """24/7 of permanent bays, which the schema leaves empty; other hours stay, contradictory or not: a control tells of them."""
        for at in np.flatnonzero((self.text["TYPE"] == "aire permanente") & (self.text["TEMPORALITE_OSM"] == "24/7")):
            self.change(int(at), "TEMPORALITE_OSM", "", _HOURS)

    def cells(self) -> None:
        """What the schema refuses: as it was meant, else left out — but never what it requires, nor an identifier."""
        for name, column in self.names.items():
            described = self.table[name]
            refused = [text for text in self.text[column].unique() if faults_of(self.table, described, text)]
            for at in np.flatnonzero(self.text[column].isin(refused).to_numpy()):
                text = self.text[column].iloc[at]
                right = meant(self.table, described, text)
                if right is not None and name != "id":
                    self.change(int(at), column, right, _ADAPTED)
                elif not described.required and name not in ("id", "uuid"):
                    self.change(int(at), column, "", _LEFT_OUT)

    def keys(self) -> None:
        """A UUID for bays without one, from an identifier that no other bay has."""
        known = self.text["ID"].value_counts()
        for at in np.flatnonzero(self.text["UUID"] == ""):
            identifier = self.text["ID"].iloc[at]
            if identifier and known[identifier] == 1:
                self.change(int(at), "UUID", made_uuid(identifier, self.owner or self.text["COMMUNE"].iloc[at]), _MADE)

    def whole(self) -> gpd.GeoDataFrame:
        """The bays with what was made for them: a layer that says the same as the file."""
        values = {}
        for name, column in self.names.items():
            described = self.table[name]
            values[name] = described.convert(with_none(self.text[column].where(self.text[column] != "", None)))[0]
        frame = pd.DataFrame(values, index=self.bays.index)
        return gpd.GeoDataFrame(frame, geometry=self.bays.geometry.force_2d(), crs=WGS84)

    def left(self) -> list[Any]:
        """What the schema still has against the text."""
        return check_rows(self.table, self.text, Places(self.lines, {}))


# -- files ---------------------------------------------------------------------------------------------------------------


def write_csv(published: Published, path: Path | str, overwrite: bool = False) -> Path:
    """The CSV of the national schema: UTF-8, commas, the schema's columns in its order."""
    from ..write.tables import check_output

    path = check_output(path, overwrite, (".csv",))
    with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=path.parent) as folder:
        part = Path(folder) / path.name
        _csv(published, part)
        part.replace(path)
    return path


def _csv(published: Published, path: Path) -> None:
    published.text.to_csv(path, index=False, encoding="utf-8", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)


def write_folder(
    published: Published,
    folder: Path | str,
    about: About,
    formats: tuple[str, ...] = FORMATS,
    quality: list[tuple[str, str]] | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> list[Path]:
    """A folder ready for data.gouv.fr: the data, a reference to the schema, a readme, and what was not filled.

    Parameters
    ----------
    folder : path
        Made whole or not at all; it may exist and be empty. With `overwrite` its files of the same names are replaced, others stay.
    formats : tuple of str
        Of `FORMATS`; the CSV is always there.
    quality : list of (figure, value), optional
        More lines for the readme, such as those of a control.

    Raises
    ------
    OutputError
        The folder holds something, or cannot be written.
    ParameterError
        An unknown format.
    """
    progress = progress or Progress()
    unknown = sorted(set(formats) - set(FORMATS))
    if unknown:
        raise ParameterError("“{key}” is “{value}”. Expected one of: {allowed}", key="formats", value=unknown[0], allowed=", ".join(FORMATS))
    folder = Path(folder)
    with whole_folder(folder, overwrite) as part:
        for number, name in enumerate(["csv", *(name for name in FORMATS[1:] if name in formats)]):
            progress.step(number / (len(FORMATS) + 1))
            _WRITERS[name](published, part, about)
        write_package(part, "aires-livraison", CSV_NAME, load_table("bays"), about)
        _readme(published, part, about, quality or [])
        published.change_table().to_csv(part / "modifications.csv", sep=";", index=False, encoding="utf-8-sig")
        progress.step(1)
        names = sorted(path.name for path in part.iterdir())
    return [folder / name for name in names]


def _write_csv(published: Published, folder: Path, _about: About) -> None:
    _csv(published, folder / CSV_NAME)


def _write_gpkg(published: Published, folder: Path, _about: About) -> None:
    from ..write import write_table

    write_table(published.bays, folder / "aires-livraison.gpkg", "aires_livraison")


def _write_geojson(published: Published, folder: Path, _about: About) -> None:
    from ..write import write_table

    write_table(published.bays, folder / "aires-livraison.geojson")


def _write_cds(published: Published, folder: Path, about: About) -> None:
    for name, content in cds_files(published.bays, about.publisher, about.day).items():
        (folder / f"cds-{name}.json").write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def _write_osm(published: Published, folder: Path, _about: About) -> None:
    (folder / "osm-a-relire.geojson").write_text(json.dumps(osm_points(published.bays), ensure_ascii=False, indent=1), encoding="utf-8")


_WRITERS: dict[str, Callable[[Published, Path, About], None]] = {
    "csv": _write_csv,
    "gpkg": _write_gpkg,
    "geojson": _write_geojson,
    "cds": _write_cds,
    "osm": _write_osm,
}


def _readme(published: Published, folder: Path, about: About, quality: list[tuple[str, str]]) -> None:
    described = load_table("bays")
    rows = len(published.text)
    empty = published.empty()
    write_readme(
        folder,
        "readme.md",
        about,
        rows=count(rows),
        counts={name: count(value) for name, value in published.counts().items() if name != "empty"},
        schema=described.published,
        filled=[
            (column, described[name].title, count(rows - empty.get(column, 0)), percent(1 - empty.get(column, 0) / rows))
            for name, column in published_names(described).items()
        ],
        quality=quality,
    )


__all__ = ["CSV_NAME", "FILES", "FORMATS", "About", "Notice", "Published", "published_bays", "today", "write_csv", "write_folder"]
