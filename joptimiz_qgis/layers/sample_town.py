"""The sample town as layers: a base map of blocks and streets, perimeters, access points, bays and delivery points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

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
from .bays import style_bays, svg_marker
from .delivery_points import style_delivery_points

if TYPE_CHECKING:
    from pathlib import Path

GROUP = "Visualiz"
LAMBERT_93 = "EPSG:2154"
_BLOCK_COLOURS = {"ilot": "#e9e4da", "parc": "#cfe3c2", "eau": "#b5d3e7"}
_PERIMETER_COLOURS = {"Rouge": "#c8442f", "Bleu": "#2f6fc8", "ZFE": "#3c8d40", "ZTL": "#b07d12"}
_OTHER_PERIMETER = "#7a4fa3"


def add_sample_town(project: QgsProject, delivery_points: Path, bays: Path) -> list[QgsVectorLayer]:
    """Add the town to `project`, the map's subjects in the group “Visualiz” above its base map.

    Parameters
    ----------
    project : QgsProject
    delivery_points, bays : Path
        The imported tables (the town's own files are CSV, which importers read).

    Returns
    -------
    list of QgsVectorLayer
        Blocks (whose extent is the town's), streets, perimeters, access points, delivery points, bays.
    """
    base = [
        _layer(SAMPLE / "blocks.geojson", _tr("Blocks, parks and water"), _style_blocks),
        _layer(SAMPLE / "streets.geojson", _tr("Streets"), _style_streets),
    ]
    subjects = [
        _layer(SAMPLE / "perimeters.geojson", _tr("Perimeters"), _style_perimeters),
        _layer(SAMPLE / "access_points.geojson", _tr("Access points"), _style_access_points),
        _layer(delivery_points, _tr("Delivery points"), style_delivery_points),
        _layer(bays, _tr("Delivery bays"), style_bays),
    ]
    root = project.layerTreeRoot()
    base_group = root.findGroup(_tr("Base map")) or root.addGroup(_tr("Base map"))
    group = root.findGroup(GROUP) or root.insertGroup(0, GROUP)
    for layers, parent in ((base, base_group), (subjects, group)):
        for layer in layers:
            project.addMapLayer(layer, False)
            parent.insertLayer(0, layer)
    return [*base, *subjects]


def _layer(path: Path, name: str, style: Callable[[QgsVectorLayer], None]) -> QgsVectorLayer:
    layer = QgsVectorLayer(str(path), name, "ogr")
    style(layer)
    layer.setName(name)
    return layer


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


def _style_perimeters(layer: QgsVectorLayer) -> None:
    kinds = sorted(map(str, layer.uniqueValues(layer.fields().indexOf("type_peri"))))
    categories = []
    for kind in kinds:
        colour = _PERIMETER_COLOURS.get(kind, _OTHER_PERIMETER)
        symbol = QgsFillSymbol.createSimple({"style": "no", "outline_color": colour, "outline_width": "0.7", "outline_style": "dash"})
        categories.append(QgsRendererCategory(kind, symbol, kind))
    layer.setRenderer(QgsCategorizedSymbolRenderer("type_peri", categories))


def _style_access_points(layer: QgsVectorLayer) -> None:
    layer.setRenderer(QgsSingleSymbolRenderer(svg_marker("access_point", 3.6, "#c8442f", "#ffffff")))


def _tr(text: str) -> str:
    return QCoreApplication.translate("SampleTown", text)
