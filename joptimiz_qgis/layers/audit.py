"""The one file of an audit as layers: each table styled, what it says in words and figures, and the group in the layer tree."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from osgeo import gdal
from qgis.core import (
    QgsCoordinateTransform,
    QgsCsException,
    QgsFeatureRequest,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.errors import FileError
from . import GROUP
from .bays import style_bays
from .coverage import style_coverage
from .gaps import style_gaps
from .zones import style_categories, style_zones

if TYPE_CHECKING:
    from qgis.core import QgsCoordinateReferenceSystem, QgsLayerTreeGroup, QgsProject, QgsRectangle

TABLE_PROPERTY = "joptimiz/audit_table"
"""Custom property of each layer of an audit: the name of its table (``coverage``, ``gaps``…)."""

_COLUMNS = ("part", "name", "label", "text", "value")
_NEEDED = ("coverage", "bays", "figures")
_FROM_TOP = ("gaps", "bays", "coverage", "zones", "categories", "week")  # figures are for panels and pages, not for the tree
_MANY_BAYS = 500
_BAYS_FROM_SCALE = 25_000  # 1:25 000 and nearer, where there are many: farther their marks are one dark area
_ZONES_OPACITY = 0.45  # points on a zone of their own colours stay in sight


@dataclass(frozen=True)
class Labelled:
    """A text with what it is the value of."""

    label: str
    value: str


@dataclass(frozen=True)
class AuditFigures:
    """What an audit says in words and figures, in the language in which it was made.

    Attributes
    ----------
    title, day, lead : str
        What was audited, when (as a date is written), and the audit in one sentence.
    key : tuple of Labelled
        Key figures, the most important first.
    walking, parameters : tuple of Labelled
        Straight line and on foot side by side (empty where only one was measured); how was measured.
    method, notes, sources : tuple of str
        Sentences about the method, about the data, and where the data come from.
    numbers : dict
        Figures for programs by name: ``points``, ``covered``, ``share_points``, ``max_distance_m``…
    bands : tuple of float
        Upper ends of the distance bands, metres.
    crs : str
        In which distances were measured, ``EPSG:2154``; empty where the file does not say it.
    """

    title: str
    day: str
    lead: str
    key: tuple[Labelled, ...]
    walking: tuple[Labelled, ...]
    parameters: tuple[Labelled, ...]
    method: tuple[str, ...]
    notes: tuple[str, ...]
    sources: tuple[str, ...]
    numbers: dict[str, float]
    bands: tuple[float, ...]
    crs: str

    @property
    def max_distance(self) -> float:
        """The carrying distance, metres."""
        return self.numbers["max_distance_m"]


def figures(path: str | Path) -> AuditFigures:
    """Words and figures of the audit in the GeoPackage `path`.

    Raises
    ------
    FileError
        The file is missing, or not that of an audit.
    """
    rows = _read(path)
    numbers = {row["name"]: float(row["value"]) for row in rows if row["part"] == "figure" and row["value"] is not None}
    bands = next((row["text"] for row in rows if row["part"] == "figure" and row["name"] == "bands"), "")
    if "max_distance_m" not in numbers or not bands:
        raise _not_an_audit(path, "figures")
    parameters = _labelled(rows, "parameter")
    return AuditFigures(
        title=_first(rows, "title"),
        day=_first(rows, "day"),
        lead=_first(rows, "lead"),
        key=_labelled(rows, "key"),
        walking=_labelled(rows, "walking"),
        parameters=parameters,
        method=_texts(rows, "method"),
        notes=_texts(rows, "note"),
        sources=_texts(rows, "source"),
        numbers=numbers,
        bands=tuple(float(band) for band in bands.split(";")),
        crs=next((shown.value for shown in parameters if shown.value.startswith("EPSG:")), ""),
    )


def audit_layers(path: str | Path) -> dict[str, QgsVectorLayer]:
    """The tables of the audit in the GeoPackage `path` as styled layers, by the tables' names.

    Returns
    -------
    dict of QgsVectorLayer
        ``coverage``, ``bays`` and ``figures`` always; ``zones``, ``categories``, ``gaps`` and ``week`` as far as the audit has them.
        Tables that are not an audit's are left alone. Each layer bears its table's name as `TABLE_PROPERTY`.

    Raises
    ------
    FileError
        The file is missing, or not that of an audit.
    """
    found = figures(path)
    present = _tables(path)
    layers = {name: _table(path, name) for name in (*_FROM_TOP, "figures") if name in present}
    for name, style in _styles(found).items():
        if name in layers:
            style(layers[name])
    for name, layer in layers.items():
        layer.setCustomProperty(TABLE_PROPERTY, name)
    return layers


def style_table(layer: QgsVectorLayer, path: str | Path, table: str) -> None:
    """Style `layer`, which is the table `table` of the audit in the GeoPackage `path`."""
    _styles(figures(path))[table](layer)
    layer.setCustomProperty(TABLE_PROPERTY, table)
    _keep_readable(table, layer)


def add_audit(project: QgsProject, path: str | Path) -> QgsLayerTreeGroup:
    """Add the audit in the GeoPackage `path` to `project`: a group of its own, named by title and day, in the plugin's group.

    Raises
    ------
    FileError
        The file is missing, or not that of an audit; `project` is as before.
    """
    layers = audit_layers(path)
    said = figures(path)
    for name, layer in layers.items():
        _keep_readable(name, layer)
    root = project.layerTreeRoot()
    group = (root.findGroup(GROUP) or root.insertGroup(0, GROUP)).insertGroup(0, ", ".join(filter(None, (said.title, said.day))))
    for name in _FROM_TOP:
        if name in layers:
            project.addMapLayer(layers[name], False)
            group.addLayer(layers[name]).setExpanded(name in ("coverage", "gaps"))
    return group


def largest_gap_extent(gaps: QgsVectorLayer, crs: QgsCoordinateReferenceSystem, project: QgsProject) -> QgsRectangle | None:
    """Extent of the heaviest gap (rank 1) in `crs`; None where there is no gap or it cannot be seen in that CRS.

    Parameters
    ----------
    gaps : QgsVectorLayer
        The layer ``gaps`` of `audit_layers`.
    project : QgsProject
        Whose settings of coordinate transforms count.
    """
    request = QgsFeatureRequest().setFilterExpression('"rank" = 1').setLimit(1)
    extent = next((feature.geometry().boundingBox() for feature in gaps.getFeatures(request) if feature.hasGeometry()), None)
    if extent is None:
        return None
    try:
        return QgsCoordinateTransform(gaps.crs(), crs, project).transformBoundingBox(extent)
    except QgsCsException:
        return None


def _styles(found: AuditFigures) -> dict[str, Callable[[QgsVectorLayer], None]]:
    return {
        "coverage": partial(style_coverage, max_distance=found.max_distance, bands=found.bands),
        "bays": style_bays,
        "gaps": partial(style_gaps, max_distance=found.max_distance),
        "zones": partial(style_zones, max_distance=found.max_distance),
        "categories": partial(style_categories, max_distance=found.max_distance),
        "week": _style_week,
        "figures": lambda layer: layer.setName(_tr("Figures of the audit")),
    }


def _keep_readable(table: str, layer: QgsVectorLayer) -> None:
    """The layers of an audit lie over each other on the map: none is to hide the points."""
    if table == "zones":
        layer.setOpacity(_ZONES_OPACITY)
    if table == "bays" and layer.featureCount() > _MANY_BAYS:
        layer.setMinimumScale(_BAYS_FROM_SCALE)
        layer.setScaleBasedVisibility(True)


def _style_week(layer: QgsVectorLayer) -> None:
    aliases = {
        "day": _tr("Day of the week (0 is Monday)"),
        "hour": _tr("Hour"),
        "moment": _tr("Moment"),
        "bays_usable": _tr("Usable bays"),
        "covered": _tr("Delivery points covered"),
        "share_points": _tr("Share of the delivery points covered (0–1)"),
        "movements_covered": _tr("Movements per week at covered points"),
        "share_movements": _tr("Share of the movements covered (0–1)"),
    }
    for name, alias in aliases.items():
        place = layer.fields().indexOf(name)
        if place >= 0:
            layer.setFieldAlias(place, alias)
    layer.setName(_tr("Coverage through the week"))


# -- the file --------------------------------------------------------------------------------------------------------


def _read(path: str | Path) -> list[dict[str, Any]]:
    """Rows of the table of figures.

    By OGR, read only: QGIS changes the journal of a GeoPackage that it opens and closes, under the hands of layers that are open.
    """
    if not Path(path).is_file():
        raise FileError("The file “{path}” does not exist. Give the GeoPackage that an audit wrote.", path=path)
    dataset = _dataset(path)
    for name in _NEEDED:
        if dataset is None or dataset.GetLayerByName(name) is None:
            raise _not_an_audit(path, name)
    table = dataset.GetLayerByName("figures")
    definition = table.GetLayerDefn()
    present = {definition.GetFieldDefn(number).GetName() for number in range(definition.GetFieldCount())}
    if not present.issuperset(_COLUMNS):
        raise _not_an_audit(path, "figures")
    return [{name: row.GetField(name) for name in _COLUMNS} for row in table]


def _dataset(path: str | Path) -> Any:
    try:
        return gdal.OpenEx(str(path), gdal.OF_VECTOR | gdal.OF_READONLY, allowed_drivers=["GPKG"])
    except RuntimeError:  # where someone else in this QGIS has asked GDAL for exceptions
        return None


def _not_an_audit(path: str | Path, table: str) -> FileError:
    return FileError(
        "“{path}” is not the file of an audit: its table “{table}” is missing or was made by another version. Give the GeoPackage "
        "(.gpkg) that an audit wrote together with its report, or make the audit again.",
        path=Path(path).name,
        table=table,
    )


def _tables(path: str | Path) -> set[str]:
    dataset = _dataset(path)
    return {dataset.GetLayer(number).GetName() for number in range(dataset.GetLayerCount())}


def _table(path: str | Path, name: str) -> QgsVectorLayer:
    layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
    if not layer.isValid():
        raise _not_an_audit(path, name)
    return layer


def _texts(rows: list[dict[str, Any]], part: str) -> tuple[str, ...]:
    return tuple(row["text"] or "" for row in rows if row["part"] == part)


def _first(rows: list[dict[str, Any]], part: str) -> str:
    return next(iter(_texts(rows, part)), "")


def _labelled(rows: list[dict[str, Any]], part: str) -> tuple[Labelled, ...]:
    return tuple(Labelled(row["label"] or "", row["text"] or "") for row in rows if row["part"] == part)


def _tr(text: str) -> str:
    return QCoreApplication.translate("AuditLayers", text)
