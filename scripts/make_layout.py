#!/usr/bin/env python3
"""Makes the printed audit's layout, joptimiz_qgis/resources/layouts/audit.qpt.

    scripts/with-qgis python scripts/make_layout.py

Run by hand after a change here; the file is committed, users open and edit it in QGIS's layout designer. It holds no word of any
language: words come as layout variables (see layers/audit_layout.py), which bear examples here, and figures as plain expressions on
the fields of the zone. Two pages of A4: the overview, exported once, and the page of a zone, exported for each of the atlas.
"""

from __future__ import annotations

import argparse
import base64
import re
import sys
from pathlib import Path

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsBasicNumericFormat,
    QgsCoordinateReferenceSystem,
    QgsExpressionContextUtils,
    QgsFillSymbol,
    QgsLayoutItem,
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemPage,
    QgsLayoutItemPicture,
    QgsLayoutItemScaleBar,
    QgsLayoutItemShape,
    QgsLayoutMeasurement,
    QgsLayoutObject,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsLegendStyle,
    QgsPrintLayout,
    QgsProject,
    QgsProperty,
    QgsReadWriteContext,
    QgsRectangle,
    QgsTextFormat,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor, QFont

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from joptimiz_qgis.toolkit.palette import COVERED_COLOUR  # noqa: E402

TEMPLATE = ROOT / "joptimiz_qgis" / "resources" / "layouts" / "audit.qpt"
# Colours of the report in HTML (resources/report/audit.css).
INK, SOFT, LINE, BLUE, PAPER = "#1d2733", "#56616e", "#d9dee5", "#17375e", "#f6f8fa"
# The first that the machine has; DejaVu Sans, the widest, must fit. None that QGIS would fetch from the network (Open Sans, Roboto).
FONTS = ["Segoe UI", "Arial", "Liberation Sans", "DejaVu Sans"]
LEFT, WIDTH = 15.0, 180.0
PAGE = 297.0
KEYS = 6
SCALES = (
    2000, 2500, 3000, 4000, 5000, 6000, 7500, 10_000, 12_500, 15_000, 20_000, 25_000, 30_000, 40_000, 50_000, 75_000, 100_000,
    150_000, 200_000, 300_000, 400_000, 500_000, 750_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000,
)  # fmt: skip
ROWS = (
    # text beside it, of the zone, of the whole, how it is written
    ("share_points", '"share_points"', "@audit_figure_share_points", "percent"),
    ("share_movements", '"share_movements"', "@audit_figure_share_movements", "percent"),
    ("points", '"points"', "@audit_figure_points", "count"),
    ("movements", '"movements"', "@audit_figure_movements", "count"),
    ("median", '"median_distance_m"', "@audit_figure_median_distance_m", "metres"),
    ("bays", '"bays"', "@audit_figure_bays_usable", "count"),
    ("points_per_bay", '"points_per_bay"', "@audit_figure_points / nullif(@audit_figure_bays_usable, 0)", "decimal"),
)
NOT_COVERED = ('"points" - "covered"', '"movements" - "movements_covered"')
NORTH = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 30"><path d="M10 10 L17 29 L10 24.5 L3 29 Z" fill="#17375e"/>'
    '<path d="M6.6 8 V0.8 H8.3 L11.9 5.6 V0.8 H13.4 V8 H11.7 L8.1 3.2 V8 Z" fill="#17375e"/></svg>'
)
EXAMPLES = {
    "audit_title": "audit_title",
    "audit_day": "audit_day",
    "audit_lead": "audit_lead",
    "audit_language": "en",
    "audit_percent": "%",
    "audit_zones": "1",
    **{f"audit_key_{number}_{part}": f"key_{number}_{part}" for number in range(1, KEYS + 1) for part in ("value", "label")},
}


def written(expression: str, kind: str) -> str:
    """An expression that writes a number as the audit's language does; an en dash where there is none."""
    decimals = 0 if kind == "count" else 1
    number = f"100 * ({expression})" if kind == "percent" else f"({expression})"
    unit = {"percent": " || @audit_percent", "metres": " || '\u202fm'"}.get(kind, "")
    return f"coalesce(format_number({number}, {decimals}, @audit_language){unit}, '–')"


class Maker:
    """Puts items on the pages of a layout; places are millimetres on the page."""

    def __init__(self) -> None:
        self.project = QgsProject()
        self.project.setCrs(QgsCoordinateReferenceSystem("EPSG:2154"))
        self.layout = QgsPrintLayout(self.project)
        self.layout.initializeDefaults()
        self.layout.setName("audit")
        self.page = 0

    def place(self, item: QgsLayoutItem, name: str, x: float, y: float, width: float, height: float) -> None:
        """Add `item` at a place of the page in work."""
        item.setId(name)
        self.layout.addLayoutItem(item)
        item.attemptMove(QgsLayoutPoint(x, y), page=self.page)
        item.attemptResize(QgsLayoutSize(width, height))

    def label(
        self,
        name: str,
        text: str,
        box: tuple[float, float, float, float],
        size: float = 9,
        colour: str = INK,
        bold: bool = False,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        middle: bool = False,
        bottom: bool = False,
        show: str = "",
    ) -> QgsLayoutItemLabel:
        """A text; `show` is an expression without which it is left out."""
        item = QgsLayoutItemLabel(self.layout)
        item.setText(text)
        item.setTextFormat(text_format(size, colour, bold))
        item.setHAlign(align)
        place = Qt.AlignmentFlag.AlignVCenter if middle else Qt.AlignmentFlag.AlignBottom if bottom else Qt.AlignmentFlag.AlignTop
        item.setVAlign(place)
        item.setMarginX(0)
        item.setMarginY(0)
        self.place(item, name, *box)
        hide_unless(item, show)
        return item

    def box(self, name: str, box: tuple[float, float, float, float], fill: str, line: str = "", show: str = "") -> QgsLayoutItemShape:
        """A rectangle."""
        item = QgsLayoutItemShape(self.layout)
        item.setShapeType(QgsLayoutItemShape.Shape.Rectangle)
        outline = {"outline_color": line, "outline_width": "0.2"} if line else {"outline_style": "no"}
        item.setSymbol(QgsFillSymbol.createSimple({"color": fill, **outline}))
        self.place(item, name, *box)
        hide_unless(item, show)
        return item

    def map(self, name: str, box: tuple[float, float, float, float]) -> QgsLayoutItemMap:
        """A map with its frame."""
        item = QgsLayoutItemMap(self.layout)
        self.place(item, name, *box)
        item.setExtent(QgsRectangle(652_000, 6_862_000, 652_000 + 10 * box[2], 6_862_000 + 10 * box[3]))
        item.setFrameEnabled(True)
        item.setFrameStrokeColor(QColor(LINE))
        item.setFrameStrokeWidth(QgsLayoutMeasurement(0.2))
        item.setBackgroundColor(QColor("#ffffff"))
        return item

    def furniture(self, name: str, shown: QgsLayoutItemMap, box: tuple[float, float, float, float]) -> None:
        """Scale bar and north arrow inside a map."""
        x, y, width, height = box
        bar = QgsLayoutItemScaleBar(self.layout)
        bar.setStyle("Single Box")
        bar.setLinkedMap(shown)
        bar.setUnits(Qgis.DistanceUnit.Meters)
        bar.setUnitLabel("m")
        bar.setSegmentSizeMode(Qgis.ScaleBarSegmentSizeMode.FitWidth)
        bar.setMinimumBarWidth(20)
        bar.setMaximumBarWidth(45)
        bar.setNumberOfSegments(2)
        bar.setNumberOfSegmentsLeft(0)
        bar.setHeight(1.5)
        bar.setLabelBarSpace(0.8)
        bar.setBoxContentSpace(1.2)
        bar.setTextFormat(text_format(7, INK))
        bar.setBackgroundEnabled(True)
        bar.setBackgroundColor(QColor(255, 255, 255, 230))
        plain = QgsBasicNumericFormat()
        plain.setShowThousandsSeparator(False)
        bar.setNumericFormat(plain)
        self.place(bar, f"{name}_scale_bar", x + 2, y + height - 10, 50, 8)
        bar.setReferencePoint(QgsLayoutItem.ReferencePoint.LowerLeft)
        bar.attemptMove(QgsLayoutPoint(x + 2, y + height - 2), page=self.page)
        arrow = QgsLayoutItemPicture(self.layout)
        arrow.setPicturePath("base64:" + base64.b64encode(NORTH.encode()).decode(), Qgis.PictureFormat.SVG)
        arrow.setResizeMode(QgsLayoutItemPicture.ResizeMode.Zoom)
        arrow.setLinkedMap(shown)
        self.place(arrow, f"{name}_north", x + width - 10, y + 3, 7, 10)

    def legend(self, name: str, shown: QgsLayoutItemMap, box: tuple[float, float, float, float], columns: int) -> None:
        """A legend in columns; the plugin tells it its layers, by itself it has those of the project."""
        item = QgsLayoutItemLegend(self.layout)
        item.setLinkedMap(shown)
        item.setColumnCount(columns)
        item.setSplitLayer(True)
        item.setEqualColumnWidth(False)
        item.setColumnSpace(4)
        item.setBoxSpace(0)
        item.setSymbolHeight(3.6)
        item.setSymbolWidth(5)
        item.setTitle("")
        kinds = QgsLegendStyle.Style
        for kind, size, bold in ((kinds.Title, 9, True), (kinds.Group, 8, True), (kinds.Subgroup, 7.5, True), (kinds.SymbolLabel, 7.5, False)):
            style = item.style(kind)
            style.setTextFormat(text_format(size, INK, bold))
            item.setStyle(kind, style)
        item.rstyle(kinds.Symbol).setMargin(QgsLegendStyle.Side.Top, 1.2)
        item.rstyle(kinds.SymbolLabel).setMargin(QgsLegendStyle.Side.Top, 1.2)
        item.rstyle(kinds.Subgroup).setMargin(QgsLegendStyle.Side.Top, 1.2)
        self.place(item, name, *box)

    def footer(self, number: str) -> None:
        """The last line of a page."""
        y = PAGE - 12
        self.box("footer_line", (LEFT, y - 2, WIDTH, 0.2), LINE)
        self.label("footer", "[% @audit_text_footer %]", (LEFT, y, 140, 4), 7, SOFT)
        text = f"[% {number} || '\u202f/\u202f' || (coalesce(@audit_zones, 0) + 1) %]"
        self.label("page_number", text, (LEFT + 140, y, 40, 4), 7, SOFT, align=Qt.AlignmentFlag.AlignRight)

    # -- pages ---------------------------------------------------------------------------------------------------------

    def overview(self) -> None:
        """Page 1: what was found, where, and how it was measured."""
        self.label("day", "[% @audit_day %]", (LEFT, 10, WIDTH, 5), 8.5, SOFT)
        # Two lines of a title fit above the lead; one stands at the foot of its box.
        self.label("title", "[% @audit_title %]", (LEFT, 14.5, WIDTH, 18), 19, BLUE, bold=True, bottom=True)
        self.label("lead", "[% @audit_lead %]", (LEFT, 34.5, WIDTH, 11), 11.5)
        self._cards(46.5)
        box = (LEFT, 93, WIDTH, 114.5)
        self.label("map_title", "[% @audit_text_overview %]", (LEFT, 87.5, WIDTH, 5), 9, BLUE, bold=True)
        shown = self.map("overview_map", box)
        self.furniture("overview", shown, box)
        self.legend("overview_legend", shown, (LEFT, 208.5, WIDTH, 10), 4)
        y, left, right, column = 225, LEFT, LEFT + 112, 68
        self.label("method_title", "[% @audit_text_method %]", (left, y, 106, 5), 9, BLUE, bold=True)
        self.label("method", "[% @audit_method %]", (left, y + 5.5, 106, 50), 7, SOFT)
        self.label("parameters_title", "[% @audit_text_parameters %]", (right, y, column, 5), 9, BLUE, bold=True)
        self.label("parameters", "[% @audit_parameters %]", (right, y + 5.5, column, 40), 7, SOFT)
        self.label("sources", "[% @audit_sources %]", (right, y + 45.5, column, 10), 7, SOFT, bottom=True)
        self.footer("1")

    def _cards(self, y: float) -> None:
        width, height, gap = 57.3, 18.0, 4.05
        for number in range(1, KEYS + 1):
            x = LEFT + (number - 1) % 3 * (width + gap)
            top = y + (number - 1) // 3 * (height + 2.5)
            value, label = f"@audit_key_{number}_value", f"@audit_key_{number}_label"
            given = f"{value} IS NOT NULL AND {value} <> ''"
            self.box(f"key_{number}_card", (x, top, width, height), "#ffffff", LINE, show=given)
            self.box(f"key_{number}_band", (x, top, width, 1), BLUE, show=given)
            self.label(f"key_{number}_value", f"[% {value} %]", (x + 3, top + 2, width - 6, 7), 15, BLUE, bold=True, middle=True, show=given)
            self.label(f"key_{number}_label", f"[% {label} %]", (x + 3, top + 9.4, width - 5, 8), 7.5, SOFT, show=given)

    def zone(self) -> None:
        """Page 2: one zone of the atlas."""
        self.label("zone_head", "[% @audit_title || ' – ' || @audit_day %]", (LEFT, 10, WIDTH, 5), 8.5, SOFT)
        self.label("zone_name", '[% "zone" %]', (LEFT, 14.5, WIDTH, 15), 16, BLUE, bold=True, bottom=True)
        points, movements = written(NOT_COVERED[0], "count"), written(NOT_COVERED[1], "count")
        values = "'{rank}', to_string(@atlas_featurenumber), '{zones}', @audit_zones_ranked, "
        values += f"'{{points}}', {points}, '{{movements}}', {movements}"
        self.label("zone_rank", f"[% replace(@audit_text_rank, map({values})) %]", (LEFT, 31, WIDTH, 6), 10)
        box = (LEFT, 38, WIDTH, 138)
        shown = self.map("zone_map", box)
        shown.setAtlasDriven(True)
        shown.setAtlasScalingMode(QgsLayoutItemMap.AtlasScalingMode.Auto)
        shown.setAtlasMargin(0.15)
        shown.dataDefinedProperties().setProperty(QgsLayoutObject.DataDefinedProperty.MapScale, QgsProperty.fromExpression(round_scale(box)))
        self.furniture("zone", shown, box)
        self.legend("zone_legend", shown, (LEFT, 179, WIDTH, 18), 4)
        self._table(204)
        self._bars(204)
        self._gaps(236)
        self.footer("(@atlas_featurenumber + 1)")

    def _table(self, y: float) -> None:
        right = Qt.AlignmentFlag.AlignRight
        columns = ((LEFT + 56, 25, "zone"), (LEFT + 83, 25, "whole"))
        self.label("table_title", "[% @audit_text_figures %]", (LEFT, y, 54, 6), 9, BLUE, bold=True, middle=True)
        for x, width, name in columns:
            self.label(f"table_{name}", f"[% @audit_text_{name} %]", (x, y, width, 6), 8, SOFT, bold=True, align=right, middle=True)
        for number, (name, of_zone, of_whole, kind) in enumerate(ROWS):
            top = y + 7 + 9.2 * number
            self.box(f"row_{name}_line", (LEFT, top - 0.3, 108, 0.2), LINE)
            self.label(f"row_{name}_label", f"[% @audit_text_{name} %]", (LEFT, top, 56, 8.6), 8.5, middle=True)
            for (x, width, which), value in zip(columns, (of_zone, of_whole)):
                bold, colour = (True, BLUE) if which == "zone" else (False, INK)
                text = f"[% {written(value, kind)} %]"
                self.label(f"row_{name}_{which}", text, (x, top, width, 8.6), 10, colour, bold, right, middle=True)

    def _bars(self, y: float) -> None:
        """Shares of the zone above those of the whole, as bars."""
        x, width = LEFT + 118, 62.0
        self.label("bars_title", "[% @audit_text_covered %]", (x, y, width, 6), 9, BLUE, bold=True, middle=True)
        for number, (name, of_zone, of_whole, _) in enumerate(ROWS[:2]):
            top = y + 8 + 12 * number
            known = f"({of_zone}) IS NOT NULL AND ({of_whole}) IS NOT NULL"
            self.label(f"bar_{name}_label", f"[% @audit_text_{name} %]", (x, top, width, 4), 7.5, SOFT, show=known)
            for offset, height, value, colour in ((4.4, 3.0, of_zone, COVERED_COLOUR), (7.8, 1.4, of_whole, "#8792a0")):
                which = "zone" if value == of_zone else "whole"
                self.box(f"bar_{name}_{which}_track", (x, top + offset, width, height), "#e9edf1", show=known)
                bar = self.box(f"bar_{name}_{which}", (x, top + offset, width, height), colour, show=f"{known} AND {value} > 0")
                length = QgsProperty.fromExpression(f"{width:g} * coalesce({value}, 0)")
                bar.dataDefinedProperties().setProperty(QgsLayoutObject.DataDefinedProperty.ItemWidth, length)

    def _gaps(self, y: float) -> None:
        """The gaps that touch the zone: how many, and the heaviest."""
        x, width = LEFT + 118, 62.0
        known = "@audit_zone_gaps IS NOT NULL"
        number, heaviest = (f"map_get(from_json({name}), to_string(@atlas_featureid))" for name in ("@audit_zone_gaps", "@audit_zone_heaviest"))
        self.label("gaps_title", "[% @audit_text_gaps %]", (x, y, width, 6), 9, BLUE, bold=True, middle=True, show=known)
        here = f"replace(@audit_text_gaps_here, '{{gaps}}', {number}) || '\\n' || {heaviest}"
        text = f"CASE WHEN {number} IS NULL THEN @audit_text_no_gap ELSE {here} END"
        self.label("gaps", f"[% {text} %]", (x, y + 7, width, 34), 8.5, show=known)


def round_scale(box: tuple[float, float, float, float]) -> str:
    """The scale at which the zone fills the map, up to the next round one."""
    _, _, width, height = box
    shape = "transform(@atlas_geometry, @layer_crs, @map_crs)"
    needed = f"1120 * max(bounds_width({shape}) / {width:g}, bounds_height({shape}) / {height:g})"
    steps = ", ".join(map(str, SCALES))
    return f"with_variable('needed', {needed}, coalesce(array_first(array_filter(array({steps}), @element >= @needed)), @needed))"


def text_format(size: float, colour: str, bold: bool = False) -> QgsTextFormat:
    """Our type in points."""
    text = QgsTextFormat()
    font = QFont(FONTS[0])
    font.setBold(bold)
    text.setFont(font)
    text.setFamilies(FONTS)
    text.setSize(size)
    text.setSizeUnit(Qgis.RenderUnit.Points)
    text.setColor(QColor(colour))
    text.setForcedBold(bold)
    return text


def hide_unless(item: QgsLayoutItem, show: str) -> None:
    """Leave `item` out of exports where `show` does not hold."""
    if show:
        hidden = QgsProperty.fromExpression(f"NOT coalesce({show}, false)")
        item.dataDefinedProperties().setProperty(QgsLayoutObject.DataDefinedProperty.ExcludeFromExports, hidden)


def make(path: Path) -> None:
    """Write the template."""
    maker = Maker()
    pages = maker.layout.pageCollection()
    first = pages.page(0)
    second = QgsLayoutItemPage(maker.layout)
    for page in (first, second):
        page.setPageSize("A4", QgsLayoutItemPage.Orientation.Portrait)
    pages.addPage(second)
    excluded = QgsLayoutObject.DataDefinedProperty.ExcludeFromExports
    first.dataDefinedProperties().setProperty(excluded, QgsProperty.fromExpression("coalesce(@atlas_featurenumber, 1) > 1"))
    maker.overview()
    maker.page = 1
    maker.zone()
    QgsExpressionContextUtils.setLayoutVariables(maker.layout, EXAMPLES)
    if not maker.layout.saveAsTemplate(str(path), QgsReadWriteContext()):
        raise SystemExit(f"make_layout: {path} cannot be written")
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"[ \t]+\n", "\n", text), encoding="utf-8")


def main() -> None:
    """Make the template."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=TEMPLATE)
    options = parser.parse_args()
    application = QgsApplication([], True)
    application.initQgis()
    make(options.out)
    application.exitQgis()


if __name__ == "__main__":
    main()
