"""The result of an audit as a layer: covered or not, by distance, in a legend that one reads without help."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from qgis.core import (
    QgsExpression,
    QgsLayerMetadata,
    QgsMarkerSymbol,
    QgsRuleBasedRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.palette import COVERED_COLOURS, UNCOVERED_COLOURS, UNKNOWN_COLOUR, spread
from ..toolkit.parameters import band_labels

_MARKER_MM = "1.9"


def style_coverage(layer: QgsVectorLayer, max_distance: float, bands: Sequence[float]) -> None:
    """Rules by covered or not and by band, aliases, name and metadata.

    Parameters
    ----------
    layer : QgsVectorLayer
        With the columns of a coverage result; where one was numbered because its name was taken, the numbered one counts.
    max_distance : float
        Metres.
    bands : sequence of float
        Upper ends of the distance bands, metres, increasing.
    """
    field = {name: _last_of(layer, name) for name in ("covered", "nearest_bay", "distance_m", "bays_within", "band")}
    layer.setRenderer(_renderer(field, max_distance, bands))
    for name, alias in _aliases(max_distance).items():
        layer.setFieldAlias(layer.fields().indexOf(field[name]), alias)
    layer.setName(_tr("Coverage by delivery bays ({distance:g} m)").format(distance=max_distance))
    metadata = QgsLayerMetadata()
    metadata.setTitle(layer.name())
    metadata.setAbstract(_tr("Straight-line distance from each delivery point to the nearest usable delivery bay, computed by JOPTIMIZ."))
    layer.setMetadata(metadata)
    layer.triggerRepaint()


def _renderer(field: dict[str, str], max_distance: float, bands: Sequence[float]) -> QgsRuleBasedRenderer:
    """One flat list: QGIS folds nested rules in its legend, and the distances would be out of sight."""
    covered, band = (QgsExpression.quotedColumnRef(field[name]) for name in ("covered", "band"))
    labels = list(zip((0.0, *bands), (*bands, math.inf), band_labels(bands)))
    near = [label for start, _, label in labels if start < max_distance]
    far = [label for _, end, label in labels if end > max_distance]  # a band that the distance cuts is in both
    root = QgsRuleBasedRenderer.Rule(None)
    for condition, title, present, colours in (
        (covered, _tr("{band}: covered"), near, COVERED_COLOURS),
        (f"NOT {covered}", _tr("{band}: not covered"), far, UNCOVERED_COLOURS),
    ):
        for label, colour in zip(present, spread(colours, len(present))):
            expression = f"{condition} AND {QgsExpression.createFieldEqualityExpression(field['band'], label)}"
            root.appendChild(_rule(colour, expression, title.format(band=label)))
    root.appendChild(_rule(UNKNOWN_COLOUR, f"{covered} IS NULL OR {band} IS NULL", _tr("No distance")))
    return QgsRuleBasedRenderer(root)


def _rule(colour: str, expression: str, label: str) -> QgsRuleBasedRenderer.Rule:
    symbol = QgsMarkerSymbol.createSimple(
        {"name": "circle", "color": colour, "size": _MARKER_MM, "outline_color": "#ffffff", "outline_width": "0.15"}
    )
    return QgsRuleBasedRenderer.Rule(symbol, filterExp=expression, label=label)


def _last_of(layer: QgsVectorLayer, name: str) -> str:
    """The column of a result called `name`: the last of that name, with or without a number; a Shapefile keeps ten letters."""
    ours = re.compile(rf"{name}(_\d+)?|{name[:10]}")
    return next((field for field in reversed(layer.fields().names()) if ours.fullmatch(field)), name)


def _aliases(max_distance: float) -> dict[str, str]:
    return {
        "covered": _tr("Covered"),
        "nearest_bay": _tr("Nearest bay"),
        "distance_m": _tr("Distance (m)"),
        "bays_within": _tr("Bays within {distance:g} m").format(distance=max_distance),
        "band": _tr("Distance band"),
    }


def _tr(text: str) -> str:
    return QCoreApplication.translate("CoverageLayer", text)
