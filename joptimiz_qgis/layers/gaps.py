"""Gaps of a coverage as a layer: outlines by weight that let the points through, each with its rank."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qgis.core import (
    QgsFillSymbol,
    QgsGraduatedSymbolRenderer,
    QgsLayerMetadata,
    QgsPalLayerSettings,
    QgsProperty,
    QgsRendererRange,
    QgsSingleSymbolRenderer,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QColor

from ..toolkit.messages import count

# Violet, which neither covered (teal) nor uncovered (orange, red) points have; dark where the gap is heavy.
COLOURS = ("#b39ddb", "#8e63c0", "#6a3aa2", "#3f1571")
_FILL_OPACITY = 56  # of 255: the points of the coverage layer stay readable under it
_SHARES = (0.5, 0.8, 0.95)  # of the gaps below each class end: most gaps are small and a few are not, so the top is cut finer
_TOLD = 10
"""Gaps that bear their figures on the map, beside their rank; the others would hide each other."""


def style_gaps(layer: QgsVectorLayer, max_distance: float) -> None:
    """Classes by movements (by points where those are not known), labels, aliases, name and metadata.

    Parameters
    ----------
    layer : QgsVectorLayer
        With the columns of `toolkit.gaps.GAP_COLUMNS`.
    max_distance : float
        Metres beyond which a point counts as uncovered.
    """
    movements = _values(layer, "movements")
    field, values = ("movements", movements) if movements else ("points", _values(layer, "points"))
    layer.setRenderer(_renderer(field, values))
    layer.setLabeling(_labels())
    layer.setLabelsEnabled(True)
    for name, alias in _aliases().items():
        layer.setFieldAlias(layer.fields().indexOf(name), alias)
    layer.setDisplayExpression('"label"')
    layer.setName(_tr("Gaps of the coverage ({distance:g} m)").format(distance=max_distance))
    metadata = QgsLayerMetadata()
    metadata.setTitle(layer.name())
    metadata.setAbstract(
        _tr(
            "Groups of delivery points without a usable delivery bay within {distance:g} m, the heaviest first: where to look for "
            "a new bay. Computed by JOPTIMIZ."
        ).format(distance=max_distance)
    )
    layer.setMetadata(metadata)
    layer.triggerRepaint()


def class_ends(values: Sequence[float]) -> list[tuple[float, float]]:
    """Lowest and highest value of each class of `values`: fewer classes than colours where values repeat; none for none."""
    ordered = sorted(values)
    if not ordered:
        return []
    ends = sorted({ordered[max(math.ceil(share * len(ordered)) - 1, 0)] for share in (*_SHARES, 1.0)})
    lows = [ordered[0], *(next(value for value in ordered if value > end) for end in ends[:-1])]
    return list(zip(lows, ends))


def _renderer(field: str, values: Sequence[float]) -> QgsGraduatedSymbolRenderer | QgsSingleSymbolRenderer:
    classes = class_ends(values)
    if not classes:
        return QgsSingleSymbolRenderer(_symbol(COLOURS[-1]))
    unit = _tr("{values} movements/week") if field == "movements" else _tr("{values} points")
    colours = COLOURS[-len(classes) :]
    ranges = []
    start = classes[0][0]
    for (low, high), colour in zip(classes, colours):
        shown = count(round(low)) if round(low) == round(high) else f"{count(round(low))}–{count(round(high))}"
        # From the end of the class before, so that a value edited later falls between no two classes; of two the first is taken.
        ranges.append(QgsRendererRange(start, high, _symbol(colour), unit.format(values=shown)))
        start = high
    return QgsGraduatedSymbolRenderer(field, ranges)


def _values(layer: QgsVectorLayer, name: str) -> list[float]:
    place = layer.fields().indexOf(name)
    found = [feature.attribute(place) for feature in layer.getFeatures()] if place >= 0 else []
    return [float(value) for value in found if isinstance(value, (int, float))]


def _symbol(colour: str) -> QgsFillSymbol:
    fill = QColor(colour)
    fill.setAlpha(_FILL_OPACITY)
    symbol = QgsFillSymbol.createSimple({"outline_color": colour, "outline_width": "0.6", "joinstyle": "round"})
    symbol.symbolLayer(0).setFillColor(fill)
    return symbol


def _labels() -> QgsVectorLayerSimpleLabeling:
    settings = QgsPalLayerSettings()
    settings.isExpression = True
    settings.fieldName = f"""CASE WHEN "rank" <= {_TOLD} THEN "rank" || '. ' || "label" ELSE to_string("rank") END"""
    text = QgsTextFormat()
    text.setColor(QColor(COLOURS[-1]))
    text.setSize(9)
    font = text.font()
    font.setBold(True)
    text.setFont(font)
    halo = QgsTextBufferSettings()
    halo.setEnabled(True)
    halo.setSize(0.8)
    halo.setColor(QColor("#ffffff"))
    text.setBuffer(halo)
    settings.setFormat(text)
    # Where labels collide the heavier gap keeps its own.
    weight = QgsProperty.fromExpression('10 - min("rank" - 1, 10)')
    settings.dataDefinedProperties().setProperty(QgsPalLayerSettings.Property.Priority, weight)
    return QgsVectorLayerSimpleLabeling(settings)


def _aliases() -> dict[str, str]:
    return {
        "rank": _tr("Rank"),
        "label": _tr("Figures"),
        "points": _tr("Uncovered delivery points"),
        "movements": _tr("Movements per week"),
        "spread_m": _tr("Greatest distance between two points (m)"),
        "median_distance_m": _tr("Median distance to the nearest bay (m)"),
        "nearest_bay": _tr("Nearest bay"),
        "nearest_bay_distance_m": _tr("Distance from the centre to the nearest bay (m)"),
        "main_activities": _tr("Main activities"),
        "longitude": _tr("Longitude of the centre"),
        "latitude": _tr("Latitude of the centre"),
    }


def _tr(text: str) -> str:
    return QCoreApplication.translate("GapsLayer", text)
