"""One peer as a process of its own: ``python -m benchmarks.peers_probe sjoin|copy POINTS BAYS OUT``."""

from __future__ import annotations

import sys


def sjoin(points: str, bays: str, output: str) -> None:
    """What GeoPandas users do, in columns."""
    import geopandas as gpd

    read = {"engine": "pyogrio", "use_arrow": True}
    joined = gpd.sjoin_nearest(gpd.read_file(points, **read), gpd.read_file(bays, **read), distance_col="distance")
    joined.drop(columns="index_right").to_file(output, engine="pyogrio", use_arrow=True)


def copy(points: str, _bays: str, output: str) -> None:
    """The floor: the points read and written again with their spatial index by the same GDAL, in columns."""
    import pyogrio
    import pyogrio.raw

    pyogrio.set_gdal_config_options({"OGR_SQLITE_SYNCHRONOUS": "OFF", "OGR_SQLITE_JOURNAL": "OFF"})
    with pyogrio.raw.open_arrow(points, use_pyarrow=False) as (meta, reader):
        given = {"crs": meta["crs"], "geometry_name": meta["geometry_name"], "geometry_type": meta["geometry_type"]}
        pyogrio.raw.write_arrow(reader, output, layer="out", driver="GPKG", **given)


if __name__ == "__main__":
    {"sjoin": sjoin, "copy": copy}[sys.argv[1]](*sys.argv[2:])
