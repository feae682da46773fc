"""Orders as the national schema wants them published: rows that follow it, and beside them those that do not yet, with the reason."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..crs import WGS84, has_position
from ..errors import DataError
from ..messages import Message, count, percent, tr
from ..schema import load_table
from ..workspace import REGULATIONS, fitted
from ..write.tables import check_output, reject_file, write_layers, write_table
from .findings import Finding
from .national_form import DEGREE_DECIMALS, published_names, published_table
from .publication_folder import About, whole_folder, write_package, write_readme
from .schema_rules import Places, check_rows

ENDINGS = (".csv", ".geojson", ".gpkg")
_STEM = "arretes-circulation-marchandises"
FILES = (f"{_STEM}.csv", f"{_STEM}.gpkg", f"{_STEM}.geojson", "non-publies.csv", "datapackage.json", "LISEZMOI.md")
"""All that a folder may get: none of them may be what is being published."""

NONE_GIVEN = "NC"
"""What the schema itself asks for where an order has no reference or no subject."""

_NONE_GIVEN_IN = ("ARR_REF", "ARR_OBJET")


@dataclass(frozen=True)
class Publication:
    """Orders in the form of the national schema.

    Attributes
    ----------
    rows : DataFrame
        Text, the schema's columns in its order: the rows that follow it. Index of the orders.
    kept_back : DataFrame
        The others, with the column ``raison``.
    findings : list of Finding
        What the schema has against those.
    filled : int
        Cells of the reference and the subject that were empty and say ``NC`` now.
    """

    rows: pd.DataFrame
    kept_back: pd.DataFrame
    findings: list[Finding]
    filled: int

    def counts(self) -> dict[str, int]:
        """Orders, those published, those kept back, those published without geometry."""
        return {
            "orders": len(self.rows) + len(self.kept_back),
            "published": len(self.rows),
            "kept_back": len(self.kept_back),
            "without_geometry": int((self.rows["GEOM_WKT"] == "").sum()),
            "filled": self.filled,
        }

    def sentences(self) -> list[Message]:
        """The counts in words."""
        figures = {name: count(number) for name, number in self.counts().items()}
        said = [
            Message(
                "{orders} orders: {published} follow the national schema and are published ({without_geometry} of them without geometry), "
                "{kept_back} do not and are kept back.",
                **figures,
            )
        ]
        if self.filled:
            said.append(Message("{filled} empty references and subjects are written “NC”, as the schema asks.", **figures))
        return said


def publication(orders: gpd.GeoDataFrame, prefix_repeated: bool = False) -> Publication:
    """What of `orders` can be published, in the form of the national schema.

    Parameters
    ----------
    orders : GeoDataFrame
        Fields of the table regulations, any CRS; the geometry becomes ``GEOM_WKT``, EPSG:4326 with 7 decimals.
    prefix_repeated : bool
        Put the INSEE code in front of identifiers that several rows have: towns that number alike can then be published together.

    Returns
    -------
    Publication
        Nothing is invented: what the schema requires and the order does not give keeps the row back.
    """
    table = load_table("regulations")
    rows = published_table(table, pd.DataFrame(orders.drop(columns=orders.geometry.name)))
    rows["GEOM_WKT"] = _wkt(orders)
    filled = 0
    for name in _NONE_GIVEN_IN:
        empty = rows[name].isin(table.published["missing"])
        rows[name] = rows[name].where(~empty, NONE_GIVEN)
        filled += int(empty.sum())
    if prefix_repeated:
        repeated = rows["ID"].duplicated(keep=False) & (rows["ID"] != "")
        rows["ID"] = rows["ID"].where(~repeated, rows["COLL_INSEE"] + "-" + rows["ID"])
    given = orders["source_ligne"] if "source_ligne" in orders else pd.Series(np.nan, index=orders.index)
    lines = pd.to_numeric(given, errors="coerce").fillna(0).to_numpy(dtype=int)
    findings = _faults(table, rows, lines)
    reasons: dict[object, list[str]] = {}
    for finding in findings:
        reasons.setdefault(finding.row, []).append(f"{finding.column}: {finding.sentence}")
    bad = rows.index.isin(list(reasons))
    kept_back = rows[bad].assign(raison=[" ".join(reasons[label]) for label in rows.index[bad]])
    return Publication(rows[~bad], kept_back, findings, filled)


def _faults(table: object, rows: pd.DataFrame, lines: np.ndarray) -> list[Finding]:
    """What the schema has against the rows; of rows with the same identifier all are at fault, not only the later ones."""
    findings = check_rows(table, rows, Places(lines, {}))  # type: ignore[arg-type]
    at_fault = {finding.row for finding in findings if finding.code == "schema_unique"}
    shared = set(rows.loc[list(at_fault), "ID"])
    first = [finding for finding in findings if finding.code == "schema_unique"][:1]
    for row in rows.index[rows["ID"].isin(shared)]:
        if row not in at_fault and first:
            template = first[0]
            findings.append(Finding(row, 0, str(rows.loc[row, "ID"]), "ID", str(rows.loc[row, "ID"]), template.rule, _SHARED))
    return findings


_SHARED = Message("Several rows have this identifier: publish with the INSEE code in front, or number them anew.")


def _wkt(orders: gpd.GeoDataFrame) -> pd.Series:
    """Geometries as the schema writes them: one line or area as such, degrees with 7 decimals; empty where there is none."""
    placed = orders.geometry if orders.crs is None else orders.geometry.to_crs(WGS84)
    shapes = shapely.force_2d(placed.to_numpy())
    known = has_position(placed)
    texts = ["" if not here else shapely.to_wkt(_single(shape), rounding_precision=DEGREE_DECIMALS) for shape, here in zip(shapes, known)]
    return pd.Series(texts, index=orders.index, dtype=object)


def _single(shape: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(shape)
    return parts[0] if len(parts) == 1 else shape


def export_regulations(
    orders: gpd.GeoDataFrame,
    path: Path | str,
    rest: Path | str | None = None,
    overwrite: bool = False,
    prefix_repeated: bool = False,
) -> Publication:
    """Write the orders that can be published.

    Parameters
    ----------
    orders : GeoDataFrame
        Fields of the table regulations.
    path : path
        .csv (the national schema: UTF-8, its columns in its order), .geojson or .gpkg (streets and areas as two layers).
    rest : path, optional
        CSV for the rows that are kept back, with the reason.
    overwrite : bool
        Replace files that exist.
    prefix_repeated : bool
        See `publication`.

    Returns
    -------
    Publication

    Raises
    ------
    OutputError
        See `check_output`.
    """
    path = check_output(path, overwrite, ENDINGS)
    if rest:
        check_output(rest, overwrite, (".csv",))
    made = publication(orders, prefix_repeated)
    if path.suffix.lower() == ".csv":
        write_national_csv(made.rows, path)
    else:
        _write_layer(orders, made, path, overwrite)
    if rest:
        reject_file(made.kept_back, rest, overwrite)
    return made


def write_national_csv(rows: pd.DataFrame, path: Path | str) -> Path:
    """Write text rows as the national schemas want a file: UTF-8 without mark, commas, whole or not at all."""
    path = Path(path)
    with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=path.parent) as folder:
        part = Path(folder) / path.name
        rows.to_csv(part, index=False, encoding="utf-8", lineterminator="\n")
        part.replace(path)
    return path


def export_folder(
    orders: gpd.GeoDataFrame, folder: Path | str, about: About, overwrite: bool = False, prefix_repeated: bool = False
) -> Publication:
    """A folder ready for data.gouv.fr: CSV, GeoPackage and GeoJSON, a reference to the schema, a readme with the figures, what is kept back.

    Parameters
    ----------
    orders : GeoDataFrame
        Fields of the table regulations.
    folder : path
        Made whole or not at all; see `whole_folder`.
    about : About
        What the publisher says.
    prefix_repeated : bool
        See `publication`.

    Raises
    ------
    DataError
        No order follows the schema: there is nothing to publish.
    OutputError
        See `whole_folder`.
    """
    made = publication(orders, prefix_repeated)
    if not len(made.rows):
        raise DataError(
            "None of the {orders} orders follows the national schema: there is nothing to publish. Check the orders first.", **made.counts()
        )
    with whole_folder(Path(folder), overwrite) as part:
        write_national_csv(made.rows, part / f"{_STEM}.csv")
        _write_layer(orders, made, part / f"{_STEM}.gpkg", overwrite=False)
        _write_layer(orders, made, part / f"{_STEM}.geojson", overwrite=False)
        if len(made.kept_back):
            reject_file(made.kept_back, part / "non-publies.csv", overwrite=False)
        write_package(part, _STEM, f"{_STEM}.csv", load_table("regulations"), about)
        _readme(made, part, about)
    return made


def _readme(made: Publication, folder: Path, about: About) -> None:
    table, rows = load_table("regulations"), len(made.rows)
    given = (made.rows != "").sum()
    filled = [
        (column, table[name].title, count(int(given[column])), percent(int(given[column]) / rows)) for name, column in published_names(table).items()
    ]
    counts = {name: count(number) for name, number in made.counts().items()}
    write_readme(folder, "arretes.md", about, counts=counts, schema=table.published, filled=filled)


def _write_layer(orders: gpd.GeoDataFrame, made: Publication, path: Path, overwrite: bool) -> None:
    """The published rows with their geometry; numbers as numbers."""
    schema = load_table("regulations")
    names = {field.name: field.name.upper() for field in schema.fields if not field.own and field.name != "geom_wkt"}
    chosen = orders.loc[made.rows.index]
    columns = {title: schema[name].convert(made.rows[title].where(made.rows[title] != "", None))[0] for name, title in names.items()}
    table = gpd.GeoDataFrame(columns, geometry=chosen.geometry.to_numpy(), index=chosen.index, crs=orders.crs or WGS84)
    if path.suffix.lower() == ".geojson":
        write_table(table, path, overwrite=overwrite)
        return
    parts = {name: part for name, part in fitted(REGULATIONS, table).items() if len(part) or name == REGULATIONS}
    write_layers(parts, path, overwrite)


def in_words(made: Publication) -> list[str]:
    """Counts and the first rows that were kept back, as sentences."""
    shown = [tr("Line {line}: {reason}", line=finding.line, reason=f"{finding.column}: {finding.sentence}") for finding in made.findings[:20]]
    return [*(str(sentence) for sentence in made.sentences()), *shown]
