"""What the panel of findings can check: kinds of layers, each with its control. A new kind is one entry of `CONTROLS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..layers.roles import bays_layers, regulations_layers

if TYPE_CHECKING:
    import geopandas as gpd
    from qgis.core import QgsProject, QgsVectorLayer

    from ..layers.layer_rows import LayerRows
    from ..toolkit.progress import Progress
    from ..toolkit.read.raw import RawTable
    from ..toolkit.survey.findings import Findings


@dataclass(frozen=True)
class Control:
    """A kind of layer and how it is checked.

    Attributes
    ----------
    layers : callable
        The layers of a project that are of this kind, the likeliest first.
    check : callable
        Rows, communes and roads (None where not given), progress → findings, whose rows are labels of the rows. Called in a thread.
    """

    layers: Callable[[QgsProject], list[QgsVectorLayer]]
    check: Callable[[RawTable, gpd.GeoDataFrame | None, gpd.GeoDataFrame | None, Progress], Findings]


def check_bays(rows: RawTable, communes: gpd.GeoDataFrame | None, roads: gpd.GeoDataFrame | None, progress: Progress) -> Findings:
    """Delivery bays in the national form."""
    from ..toolkit.survey.validate_bays import validate_bays

    lines = None if roads is None else roads.geometry
    return validate_bays(rows, communes=communes, roads=lines, progress=progress).findings


def check_orders(rows: RawTable, communes: gpd.GeoDataFrame | None, roads: gpd.GeoDataFrame | None, progress: Progress) -> Findings:
    """Goods-traffic orders in the national form."""
    from ..toolkit.survey.regulation_checks import check_regulations

    return check_regulations(rows, roads, communes, progress=progress)


CONTROLS: tuple[Control, ...] = (Control(bays_layers, check_bays), Control(regulations_layers, check_orders))


def control_of(layer: QgsVectorLayer, project: QgsProject) -> Control | None:
    """The control of a layer's kind; None for a layer that none is for."""
    return next((control for control in CONTROLS if layer in control.layers(project)), None)


def checkable(project: QgsProject) -> list[QgsVectorLayer]:
    """All layers that can be checked, those of the first kind first."""
    return [layer for control in CONTROLS for layer in control.layers(project)]


def raw_rows(rows: LayerRows) -> RawTable:
    """Rows of a layer as the toolkit's readers take them; the line of each is the number of its feature."""
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    import shapely

    from ..toolkit.read.raw import RawTable

    columns = {name: values for name, values in rows.columns.items() if name != "geometry"}
    table = pd.DataFrame(columns, index=range(len(rows)))
    geometry = None
    if any(shape is not None for shape in rows.shapes):
        shapes = np.empty(len(rows), dtype=object)
        shapes[:] = rows.shapes
        geometry = gpd.GeoSeries(shapely.from_wkb(shapes, on_invalid="ignore"), crs=rows.crs or None)
    return RawTable(rows.name, table, np.array(rows.features, dtype=np.int64), geometry)


def frame_of(rows: LayerRows) -> gpd.GeoDataFrame:
    """Rows of a layer as a table with geometry."""
    import geopandas as gpd

    raw = raw_rows(rows)
    return gpd.GeoDataFrame(raw.rows, geometry=raw.geometry)
