"""The visual language: white casings that hold on light and dark maps, hatches by angle, marks that grow when one comes nearer.

Marks are written into the style itself (``base64:``), so that a project, a GeoPackage's style and QGIS Server find them anywhere.
"""

from __future__ import annotations

import base64
from pathlib import Path

from qgis.core import (
    Qgis,
    QgsFillSymbol,
    QgsLinePatternFillSymbolLayer,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsPointPatternFillSymbolLayer,
    QgsProperty,
    QgsSimpleLineSymbolLayer,
    QgsSimpleMarkerSymbolLayer,
    QgsSvgMarkerSymbolLayer,
    QgsSymbolLayer,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor

from ..paths import ICONS

WHITE = "#ffffff"
NEAR = 10_000
"""Denominator of the scale up to which marks are drawn in full; farther out they are dots."""


def embedded_icon(name: str) -> str:
    """Icon `name` (``bay``, ``poi/charging``) as a path that holds the drawing itself."""
    drawing = Path(ICONS, f"{name}.svg").read_bytes()
    return "base64:" + base64.b64encode(drawing).decode("ascii")


def svg_marker(icon: str, size_mm: float, fill: str, outline: str) -> QgsMarkerSymbol:
    """One of the plugin's marks as a marker symbol."""
    symbol = QgsMarkerSymbol()
    symbol.changeSymbolLayer(0, _svg(icon, size_mm, fill, outline))  # takes ownership, which the constructor with a list does not
    return symbol


def mark(icon: str, size_mm: float, fill: str, outline: str, far_mm: float = 1.8, near: int = NEAR) -> QgsMarkerSymbol:
    """A mark near by, a square of the same colour far off, smaller still beyond; round are the delivery points alone."""
    drawing, dot = _svg(icon, size_mm, fill, outline), _dot(fill, far_mm)
    dot.setShape(Qgis.MarkerShape.Square)
    smaller = f"CASE WHEN @map_scale > {4 * near} THEN {far_mm * 0.6:g} ELSE {far_mm:g} END"
    dot.setDataDefinedProperty(QgsSymbolLayer.Property.Size, QgsProperty.fromExpression(smaller))
    dot.setStrokeWidth(0.15)
    drawing.setDataDefinedProperty(QgsSymbolLayer.Property.LayerEnabled, QgsProperty.fromExpression(f"@map_scale <= {near} OR @map_scale IS NULL"))
    dot.setDataDefinedProperty(QgsSymbolLayer.Property.LayerEnabled, QgsProperty.fromExpression(f"@map_scale > {near}"))
    symbol = QgsMarkerSymbol()
    symbol.changeSymbolLayer(0, dot)
    symbol.appendSymbolLayer(drawing)
    return symbol


def dot(colour: str, near_mm: float, far_mm: float, near: int = NEAR) -> QgsMarkerSymbol:
    """A dot for thousands of points: smaller and without casing when far."""
    layer = _dot(colour, near_mm)
    size = f"CASE WHEN @map_scale > {4 * near} THEN {far_mm} WHEN @map_scale > {near} THEN {(near_mm + far_mm) / 2:g} ELSE {near_mm} END"
    width = f"CASE WHEN @map_scale > {near} THEN 0.05 ELSE 0.25 END"
    layer.setDataDefinedProperty(QgsSymbolLayer.Property.Size, QgsProperty.fromExpression(size))
    layer.setDataDefinedProperty(QgsSymbolLayer.Property.StrokeWidth, QgsProperty.fromExpression(width))
    symbol = QgsMarkerSymbol()
    symbol.changeSymbolLayer(0, layer)
    return symbol


def _svg(icon: str, size_mm: float, fill: str, outline: str) -> QgsSvgMarkerSymbolLayer:
    marker = QgsSvgMarkerSymbolLayer(embedded_icon(icon), size_mm)
    marker.setFillColor(QColor(fill))
    marker.setStrokeColor(QColor(outline))
    return marker


def _dot(colour: str, size_mm: float) -> QgsSimpleMarkerSymbolLayer:
    layer = QgsSimpleMarkerSymbolLayer(Qgis.MarkerShape.Circle, size_mm)
    layer.setColor(QColor(colour))
    layer.setStrokeColor(QColor(WHITE))
    layer.setStrokeWidth(0.25)
    return layer


def cased_line(colour: str, width_mm: float, casing: str = WHITE, casing_mm: float = 0.7, dash: tuple[float, ...] = ()) -> QgsLineSymbol:
    """A line upon a wider one."""
    under, over = QgsSimpleLineSymbolLayer(QColor(casing), width_mm + casing_mm), QgsSimpleLineSymbolLayer(QColor(colour), width_mm)
    for layer in (under, over):
        layer.setPenJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dash:
        over.setUseCustomDashPattern(True)
        over.setCustomDashVector(list(dash))
    symbol = QgsLineSymbol()
    symbol.changeSymbolLayer(0, under)
    symbol.appendSymbolLayer(over)
    return symbol


def hatched_area(
    colour: str, angle: float | None, spacing_mm: float = 3.0, casing: str = WHITE, dots: bool = False, dash: tuple[float, ...] = ()
) -> QgsFillSymbol:
    """An area that hides nothing under it: hatches of one angle, an outline upon a casing.

    Hatches are anchored to the map and not to each area, so that areas of one kind upon each other make one hatch and not a grey.

    Parameters
    ----------
    angle : float or None
        Degrees; None for no hatch.
    dots : bool
        Dots instead of hatches.
    """
    symbol = QgsFillSymbol()
    lines = cased_line(colour, 0.6, casing, 0.8, dash)
    outline = [lines.symbolLayer(number).clone() for number in range(lines.symbolLayerCount())]
    layers = []
    if dots:
        layers.append(_dotted(colour, spacing_mm, casing))
    elif angle is not None:
        layers.append(_hatches(colour, angle, spacing_mm, casing))
    for number, layer in enumerate([*layers, *outline]):
        if number == 0:
            symbol.changeSymbolLayer(0, layer)
        else:
            symbol.appendSymbolLayer(layer)
    return symbol


def _hatches(colour: str, angle: float, spacing_mm: float, casing: str) -> QgsLinePatternFillSymbolLayer:
    pattern = QgsLinePatternFillSymbolLayer()
    pattern.setLineAngle(angle)
    pattern.setDistance(spacing_mm)
    pattern.setCoordinateReference(Qgis.SymbolCoordinateReference.Viewport)
    pattern.setSubSymbol(cased_line(colour, 0.3, casing, 0.35))
    return pattern


def _dotted(colour: str, spacing_mm: float, casing: str) -> QgsPointPatternFillSymbolLayer:
    pattern = QgsPointPatternFillSymbolLayer()
    pattern.setDistanceX(spacing_mm)
    pattern.setDistanceY(spacing_mm)
    pattern.setCoordinateReference(Qgis.SymbolCoordinateReference.Viewport)
    point = QgsMarkerSymbol.createSimple({"name": "circle", "color": colour, "size": "1.0", "outline_color": casing, "outline_width": "0.2"})
    pattern.setSubSymbol(point)
    return pattern


def is_line(layer: object) -> bool:
    """Whether a layer holds lines."""
    return bool(layer.geometryType() == Qgis.GeometryType.Line)  # type: ignore[attr-defined]


