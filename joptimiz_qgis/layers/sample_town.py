"""The sample town as layers: a base map of blocks and streets, perimeters, access points, bays and delivery points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Callable

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsFillSymbol,
    QgsLineSymbol,
    QgsProject,
    QgsRendererCategory,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..paths import SAMPLE
from . import GROUP
from .access_points import style_access_points
from .bays import style_bays
from .delivery_points import style_delivery_points
from .perimeters import style_perimeters

LAMBERT_93 = "EPSG:2154"
_BLOCK_COLOURS = {"ilot": "#e9e4da", "parc": "#cfe3c2", "eau": "#b5d3e7"}


def sample_files() -> dict[str, str]:
    """The town's base map, perimeters and access points as they ship: name → data source."""
    return {name: str(SAMPLE / f"{name}.geojson") for name in ("blocks", "streets", "districts", "perimeters", "access_points")}


def add_sample_town(project: QgsProject, sources: Mapping[str, str]) -> dict[str, QgsVectorLayer]:
    """Add the town to `project`, the map's subjects in the group “Visualiz” above its base map.

    Parameters
    ----------
    project : QgsProject
    sources : mapping
        Data sources by name: those of `sample_files`, and ``delivery_points`` and ``bays``, which were imported.

    Returns
    -------
    dict of QgsVectorLayer
        By the same names; the extent of ``blocks`` is the town's.
    """
    layers = {name: QgsVectorLayer(sources[name], title, "ogr") for name, title in _titles().items()}
    for name, layer in layers.items():
        _STYLES[name](layer)
        layer.setName(_titles()[name])
    root = project.layerTreeRoot()
    base_group = root.findGroup(_tr("Base map")) or root.addGroup(_tr("Base map"))
    group = root.findGroup(GROUP) or root.insertGroup(0, GROUP)
    for name, layer in layers.items():
        project.addMapLayer(layer, False)
        (base_group if name in ("blocks", "streets", "districts") else group).insertLayer(0, layer)
    return layers


def _titles() -> dict[str, str]:
    """Names of the layers, from the bottom of the map to its top."""
    return {
        "blocks": _tr("Blocks, parks and water"),
        "streets": _tr("Streets"),
        "districts": _tr("Districts"),
        "perimeters": _tr("Perimeters"),
        "access_points": _tr("Access points"),
        "delivery_points": _tr("Delivery points"),
        "bays": _tr("Delivery bays"),
    }


def _style_blocks(layer: QgsVectorLayer) -> None:
    labels = {"ilot": _tr("Block"), "parc": _tr("Park"), "eau": _tr("Water")}
    categories = [
        QgsRendererCategory(kind, QgsFillSymbol.createSimple({"color": colour, "outline_style": "no"}), labels[kind])
        for kind, colour in _BLOCK_COLOURS.items()
    ]
    layer.setRenderer(QgsCategorizedSymbolRenderer("kind", categories))


def _style_streets(layer: QgsVectorLayer) -> None:
    symbol = QgsLineSymbol.createSimple({"color": "#d5cfc4", "width": "0.25"})
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))


def _style_districts(layer: QgsVectorLayer) -> None:
    symbol = QgsFillSymbol.createSimple({"style": "no", "outline_color": "#8a8f98", "outline_width": "0.4", "outline_style": "dot"})
    layer.setRenderer(QgsSingleSymbolRenderer(symbol))


_STYLES: dict[str, Callable[[QgsVectorLayer], None]] = {
    "blocks": _style_blocks,
    "streets": _style_streets,
    "districts": _style_districts,
    "perimeters": style_perimeters,
    "access_points": style_access_points,
    "delivery_points": style_delivery_points,
    "bays": style_bays,
}


def _tr(text: str) -> str:
    return QCoreApplication.translate("SampleTown", text)
