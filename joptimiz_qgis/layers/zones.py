"""Coverage by zone as a layer: from red to teal by the share of the delivery points covered, in a legend in percent."""

from __future__ import annotations

import re

from qgis.core import (
    QgsExpression,
    QgsFillSymbol,
    QgsGraduatedSymbolRenderer,
    QgsLayerMetadata,
    QgsRendererRange,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication

# The scale of the points' layer (layers/coverage.py): dark red is bad, dark teal is good, also for colour-blind readers.
SHARE_COLOURS = ("#cf4030", "#f0803c", "#fdb863", "#6cc3b8", "#12897c")
NO_POINT_COLOUR = "#d9d9d9"
_NO_POINT = -1.0  # what stands for a missing share: a graduated renderer leaves NULL out of map and legend
_STEPS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def style_zones(layer: QgsVectorLayer, max_distance: float) -> None:
    """Classes by share of the points covered, aliases, name and metadata.

    Parameters
    ----------
    layer : QgsVectorLayer
        With the columns of `toolkit.zones.coverage_by_zone`; where one was numbered because its name was taken, the numbered
        one counts.
    max_distance : float
        Metres.
    """
    layer.setRenderer(_renderer(_last_of(layer, "share_points")))
    _set_aliases(layer)
    layer.setDisplayExpression(QgsExpression.quotedColumnRef(_last_of(layer, "zone")))
    _set_name(layer, _tr("Coverage by zone ({distance:g} m)").format(distance=max_distance))
    layer.triggerRepaint()


def style_categories(layer: QgsVectorLayer, max_distance: float) -> None:
    """Aliases, name and metadata of the table by category; see `style_zones`."""
    _set_aliases(layer)
    layer.setDisplayExpression(QgsExpression.quotedColumnRef(_last_of(layer, "category")))
    _set_name(layer, _tr("Coverage by category ({distance:g} m)").format(distance=max_distance))


def _renderer(field: str) -> QgsGraduatedSymbolRenderer:
    """A share that is exactly a step belongs to the class below it, as QGIS takes the first class that fits."""
    title = _tr("{low} to {high}% of the delivery points covered")
    ranges = [
        QgsRendererRange(low, high, _fill(colour), title.format(low=round(100 * low), high=round(100 * high)))
        for low, high, colour in zip(_STEPS, _STEPS[1:], SHARE_COLOURS)
    ]
    ranges.append(QgsRendererRange(_NO_POINT, _NO_POINT, _fill(NO_POINT_COLOUR), _tr("No delivery point")))
    return QgsGraduatedSymbolRenderer(f"coalesce({QgsExpression.quotedColumnRef(field)}, {_NO_POINT:g})", ranges)


def _fill(colour: str) -> QgsFillSymbol:
    symbol: QgsFillSymbol = QgsFillSymbol.createSimple({"color": colour, "outline_color": "#ffffff", "outline_width": "0.2"})
    symbol.setOpacity(0.75)  # streets and points stay in sight
    return symbol


def _set_aliases(layer: QgsVectorLayer) -> None:
    for name, alias in _aliases().items():
        place = layer.fields().indexOf(_last_of(layer, name))
        if place >= 0:
            layer.setFieldAlias(place, alias)


def _set_name(layer: QgsVectorLayer, name: str) -> None:
    layer.setName(name)
    metadata = QgsLayerMetadata()
    metadata.setTitle(name)
    metadata.setAbstract(
        _tr("Delivery points with a usable delivery bay within reach in a straight line, each counted once, computed by JOPTIMIZ.")
    )
    layer.setMetadata(metadata)


def _last_of(layer: QgsVectorLayer, name: str) -> str:
    """The column of a result called `name`: the last of that name, with or without a number; a Shapefile keeps ten letters."""
    ours = re.compile(rf"{name}(_\d+)?|{name[:10]}")
    return next((field for field in reversed(layer.fields().names()) if ours.fullmatch(field)), name)


def _aliases() -> dict[str, str]:
    return {
        "zone": _tr("Zone name"),
        "category": _tr("Category"),
        "points": _tr("Delivery points"),
        "covered": _tr("Delivery points covered"),
        "share_points": _tr("Share of the delivery points covered (0–1)"),
        "movements": _tr("Movements per week"),
        "movements_covered": _tr("Movements per week at covered points"),
        "share_movements": _tr("Share of the movements covered (0–1)"),
        "median_distance_m": _tr("Median distance to the nearest usable bay (m)"),
        "mean_distance_m": _tr("Mean distance to the nearest usable bay (m)"),
        "bays": _tr("Usable bays"),
        "points_per_bay": _tr("Delivery points per usable bay"),
        "movements_per_bay": _tr("Movements per week per usable bay"),
    }


def _tr(text: str) -> str:
    return QCoreApplication.translate("ZonesLayer", text)
