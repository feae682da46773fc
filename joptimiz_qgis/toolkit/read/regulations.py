"""Goods-traffic orders of any published dialect → the table regulations, with the national schema's fields.

Unlike a perimeter, an order without geometry is kept: most published ones have none, and are located afterwards.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..crs import WGS84, looks_swapped
from ..messages import Message
from ..schema import Field
from ..schema.table import with_none
from . import order_values, positions
from .importing import TableImport, mapping_for
from .perimeters import LINE, repaired
from .raw import RawTable
from .reading import Reading
from .vector import read_raw
from .workbook_table import is_workbook, read_workbook_table

TO_LOCATE, PUBLISHED = "à localiser", "publiée"
"""Values of ``geom_origine``."""

_ENDS = ("geom_debut", "geom_fin")
_WEIGHT = "veh_tonnage"


def read_regulations(
    path: Path | str, mapping: str | None = None, crs: str | None = None, layer: str | None = None, sheet: str | None = None
) -> Reading:
    """Orders from a file.

    Parameters
    ----------
    path : path
        A CSV of the national schema, a workbook (.xlsx, .ods, .xls), or any vector file.
    mapping : str, optional
        Name of a shipped mapping (``national``, ``generic``) or path of a mapping file; recognised from the header where not given.
    crs : str, optional
        CRS of the geometry, where the file declares none.
    layer : str, optional
        Of a vector file that holds several.
    sheet : str, optional
        Of a workbook.

    Returns
    -------
    Reading
        `table` has the fields of the table regulations. Orders without a geometry that can be read are kept with none
        (``geom_origine`` “à localiser”); a weight that cannot be read stays in ``tonnage_publie``, a geometry in ``geom_wkt``. All
        that was written otherwise than the schema writes it is mended and told in ``remarques``.

    Raises
    ------
    FileError, HeaderError, CrsError, ParameterError
        See `read_raw` and `recognise`.
    """
    file = Path(str(path).partition("|")[0])
    raw = read_workbook_table(file, sheet) if is_workbook(file) else read_raw(path, layer)
    return regulations_from_raw(raw, mapping, crs)


def regulations_from_raw(raw: RawTable, mapping: str | None = None, crs: str | None = None) -> Reading:
    """Orders from rows that are already in memory; see `read_regulations`."""
    return _RegulationImport(raw, mapping_for("regulations", raw, mapping), crs).run()


class _RegulationImport(TableImport):
    """Orders: values as the schema writes them, geometry where there is one, a key over all towns."""

    directions: pd.Series
    weights: pd.Series

    # -- values --------------------------------------------------------------------------------------------------

    def tidied(self, field: Field, text: pd.Series) -> pd.Series:
        """`text` as the schema writes it, and a remark on each value that was written otherwise."""
        if field.name == _WEIGHT:
            return self.weights_of(field, text)
        if field.name in _ENDS:
            return self.ends_of(field, text)
        tidy = order_values.tidier(field.name)
        if tidy is None:
            return text
        found = {value: tidy(value) for value in text.dropna().unique()}
        values = with_none(text.map(lambda value: found.get(value) or value, na_action="ignore"))
        self.tell_changes(field, text, values)
        return values

    def tell_changes(self, field: Field, before: pd.Series, after: pd.Series) -> None:
        """A remark where a value is written in another way now."""
        for row in np.flatnonzero((before.notna() & (before != after)).to_numpy()):
            self.remark(row, field.name, "corrected", Message("“{before}” is written as “{after}”", before=before.iloc[row], after=after.iloc[row]))

    def weights_of(self, field: Field, text: pd.Series) -> pd.Series:
        """Tonnes; what gives several weights or hours is kept aside, so that nobody takes it for “any weight”."""
        read = {value: order_values.weight(value) for value in text.dropna().unique()}
        values = with_none(text.map(lambda value: read[value][0], na_action="ignore"))
        self.directions = with_none(text.map(lambda value: read[value][1], na_action="ignore"))
        self.weights = with_none(text.where(values.isna()))
        for row in np.flatnonzero(self.weights.notna().to_numpy()):
            problem = Message(
                "“{value}” is not one weight: it is kept in “tonnage_publie”, and whom the order concerns counts as unknown. Write one row for "
                "each weight and its hours.",
                value=self.weights.iloc[row],
            )
            self.remark(row, field.name, "flagged", problem)
        same = np.array([bool(old) and bool(new) and order_values.plain_number(old) == new for old, new in zip(text, values)])
        self.tell_changes(field, text.where(values.notna() & ~same), values)
        return values

    def ends_of(self, field: Field, text: pd.Series) -> pd.Series:
        """``longitude,latitude``, whichever came first."""
        first, second = positions.pairs(text)
        swapped = looks_swapped(first, second)
        values = text.copy()
        for row in np.flatnonzero(text.notna().to_numpy()):
            if not (np.isfinite(first[row]) and np.isfinite(second[row])):
                self.remark(row, field.name, "flagged", Message("{value} is no pair longitude,latitude (kept as it is)", value=text.iloc[row]))
                continue
            x, y = (second[row], first[row]) if swapped[row] else (first[row], second[row])
            values.iloc[row] = f"{x:.10g},{y:.10g}"
            if swapped[row]:
                self.remark(row, field.name, "corrected", Message("latitude and longitude were the other way round"))
        return values

    # -- geometry ------------------------------------------------------------------------------------------------

    def geometry(self) -> gpd.GeoSeries:
        """Streets and areas in two dimensions, repaired where invalid; missing where nothing can be read."""
        geometry = self.unswapped(self.base_geometry())
        values = shapely.force_2d(geometry.to_numpy().copy())
        for row in np.flatnonzero(~shapely.is_missing(values) & ~shapely.is_valid(values)):
            cause = shapely.is_valid_reason(values[row]).partition("[")[0]
            values[row] = repaired(values[row])
            self.remark(row, "geometry", "corrected", Message("the geometry was invalid ({cause}) and was repaired", cause=cause))
        useless = ~shapely.is_missing(values) & (shapely.is_empty(values) | (shapely.get_dimensions(values) < LINE))
        for row in np.flatnonzero(useless & ~shapely.is_empty(values)):
            self.remark(row, "geometry", "flagged", Message("an order holds on a street or in an area, and this is a point: it is to be located"))
        values[useless] = None
        return gpd.GeoSeries(values, index=geometry.index, crs=geometry.crs)

    def base_geometry(self) -> gpd.GeoSeries:
        """The published geometry; none at all where no column holds one."""
        if self.raw.geometry is None and not self.mapping.positions:
            return gpd.GeoSeries([None] * len(self.raw.rows), crs=self.crs or WGS84)
        return super().base_geometry()

    def reject_unlocated(self, geometry: gpd.GeoSeries) -> None:
        """Nothing is rejected; a published geometry that cannot be read is told."""
        column, _ = self.position_cells()
        unread = self.unread_geometry(geometry)
        for row in np.flatnonzero(unread.notna().to_numpy()):
            problem = Message("the geometry cannot be read (kept in “geom_wkt”); the order is to be located")
            self.remark(row, column or "geometry", "flagged", problem)

    def unread_geometry(self, geometry: gpd.GeoSeries) -> pd.Series:
        """The published text of geometries that gave none."""
        _, published = self.position_cells()
        if published is None:
            return self.text("GEOM_WKT").where(shapely.is_missing(geometry.to_numpy()))
        return with_none(published.where(shapely.is_missing(geometry.to_numpy())))

    # -- fields that follow from others --------------------------------------------------------------------------

    def complete(self, table: pd.DataFrame, geometry: gpd.GeoSeries) -> None:
        """Where the geometry comes from; weights and geometries that could not be read; directions that stand with the weight."""
        missing = shapely.is_missing(geometry.to_numpy())
        table["geom_wkt"] = self.unread_geometry(geometry)
        origin = table["geom_origine"].where(table["geom_origine"].notna() & (table["geom_origine"] != TO_LOCATE), PUBLISHED)
        table["geom_origine"] = origin.where(~missing, TO_LOCATE)
        if _WEIGHT in self.mapping.fields:
            table["tonnage_publie"] = with_none(table["tonnage_publie"].where(table["tonnage_publie"].notna(), self.weights))
            given = self.directions.notna() & table["veh_tonnage_modalite"].isna()
            table["veh_tonnage_modalite"] = with_none(table["veh_tonnage_modalite"].where(~given, self.directions))

    def identify(self, table: pd.DataFrame, geometry: gpd.GeoSeries) -> None:
        """A key that no other row of any town has: INSEE code and identifier, with the line where that is not enough."""
        super().identify(table, geometry)
        key = table["coll_insee"].astype("string").fillna("") + "/" + table["id"].astype("string").fillna("")
        lines = pd.Series([str(line) for line in self.raw.lines], index=table.index)
        alone = table["id"].notna() & ~key.duplicated(keep=False)
        table["cle"] = table["cle"].where(table["cle"].notna(), key.where(alone, key + "#" + lines).astype(object))

    def repeated(self, value: str) -> Message:
        """What to say of an identifier that several orders have."""
        return Message("{value} is the identifier of several rows", value=value)
