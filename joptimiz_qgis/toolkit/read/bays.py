"""Delivery bays of any published dialect → the bays table of the national schema."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..crs import WGS84
from ..messages import Message
from . import positions
from .importing import TableImport, mapping_for
from .raw import RawTable
from .reading import Reading
from .vector import read_raw


def read_bays(path: Path | str, mapping: str | None = None, crs: str | None = None, layer: str | None = None) -> Reading:
    """Delivery bays from a file.

    Parameters
    ----------
    path : path
        A published CSV or any vector file.
    mapping : str, optional
        Name of a shipped mapping or path of a mapping file; recognised from the header where not given.
    crs : str, optional
        CRS of the coordinates (of the geometry, where the file declares none), where it cannot be found out.
    layer : str, optional
        Of a file that holds several.

    Returns
    -------
    Reading
        `table` has the fields of the schema's bays table. Geometry: EPSG:4326 out of text, else the layer's CRS; the
        footprint where the source gives one, else the point.

    Raises
    ------
    FileError, HeaderError, CrsError, ParameterError
        See `read_raw`, `recognise` and `locate`.
    """
    return bays_from_raw(read_raw(path, layer), mapping, crs)


def bays_from_raw(raw: RawTable, mapping: str | None = None, crs: str | None = None) -> Reading:
    """Delivery bays from rows that are already in memory; see `read_bays`."""
    return _BayImport(raw, mapping_for("bays", raw, mapping), crs).run()


class _BayImport(TableImport):
    """Bays: a footprint beside the point, hours that the city assumes."""

    UNLOCATED = Message("no usable coordinates: the bay cannot be placed on the map")

    def geometry(self) -> gpd.GeoSeries:
        """Footprint where there is one, else the published position."""
        base = self.base_geometry()
        spec = self.mapping.fields.get("geom_wkt")
        if not spec or "column" not in spec:
            return base
        footprint, mended = positions.from_wkt(self.text(spec["column"]))
        usable = ~(shapely.is_missing(footprint) | shapely.is_empty(footprint))
        for row in np.flatnonzero(self.text(spec["column"]).notna().to_numpy() & ~usable):
            self.remark(row, "geom_wkt", "corrected", Message("the footprint cannot be read; the point is used instead"))
        for row in np.flatnonzero(mended & usable):
            self.remark(row, "geom_wkt", "corrected", Message("the footprint was not valid WKT (parentheses) and was mended"))
        if not usable.any():
            return base
        footprints = gpd.GeoSeries(footprint, crs=WGS84).to_crs(base.crs or WGS84)
        return base.where(~usable, footprints)

    def complete(self, table: pd.DataFrame, geometry: gpd.GeoSeries) -> None:
        """The city's hours where a bay has none of its own; longitude and latitude."""
        for kind, hours in self.mapping.assumed_hours.items():
            without = (table["type"] == kind) & table["temporalite_osm"].isna()
            table.loc[without, "temporalite_defaut"] = hours
            note = Message("no hours of its own; the city's general rule {hours} is assumed", hours=hours)
            for row in np.flatnonzero(without.to_numpy()):
                self.remark(row, "temporalite_defaut", "completed", note)
        inside = geometry[self.taken].force_2d().representative_point().to_crs(WGS84)
        table["longitude"] = table["longitude"].fillna(inside.x.round(7))
        table["latitude"] = table["latitude"].fillna(inside.y.round(7))

    def repeated(self, value: str) -> Message:
        """What to say of an identifier that several bays have."""
        return Message("{value} is the identifier of several bays", value=value)
