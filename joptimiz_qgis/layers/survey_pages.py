"""What Qt gives a survey's report: photos made small, and a page as PDF."""

from __future__ import annotations

import re
from pathlib import Path

from qgis.PyQt.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QSizeF, Qt
from qgis.PyQt.QtGui import QColor, QImage, QImageReader, QPageLayout, QPageSize, QPainter, QPdfWriter, QTextDocument
from qgis.PyQt.QtSvg import QSvgRenderer

_SIDE = 640
_DPI = 96
_MAP_PX = 420
_STYLE = """
body { font-family: 'Segoe UI', Arial, 'DejaVu Sans', sans-serif; font-size: 9pt; color: #1d2733; }
h1 { color: #17375e; font-size: 18pt; } h2 { color: #17375e; font-size: 13pt; margin-top: 14px; } h3 { color: #17375e; font-size: 10pt; }
.brand, footer, span, .hint { color: #56616e; font-size: 8pt; } .lead { font-size: 11pt; } b { color: #17375e; font-size: 13pt; }
th { text-align: left; color: #56616e; font-weight: normal; } td.number, th.number { text-align: right; } td, th { padding: 2px 6px; }
.error { color: #a3231a; } .warn { color: #8a5300; }
"""


def shrunk(path: Path) -> bytes | None:
    """A photo of at most 640 pixels, upright and without what the camera wrote into it; None where it cannot be read."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    image = reader.read()
    if image.isNull():
        return None
    if max(image.width(), image.height()) > _SIDE:
        image = image.scaled(_SIDE, _SIDE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    image.setText("", "")
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG", 80)
    return kept.data()


def page_pdf(page: str, path: Path) -> None:
    """The text of a page as A4; bars and drawings, which only a browser shows, stay in the HTML."""
    writer = QPdfWriter(str(path))
    writer.setResolution(_DPI)
    layout = QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF(14, 14, 14, 14), QPageLayout.Unit.Millimeter)
    writer.setPageLayout(layout)
    document = QTextDocument()
    document.setDefaultStyleSheet(_STYLE)
    document.setPageSize(QSizeF(layout.paintRectPixels(_DPI).size()))
    document.setHtml(_for_paper(page))
    document.print(writer)


def _as_image(drawing: str) -> str:
    """A drawing in SVG as an image, which Qt's own HTML shows."""
    named = drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    renderer = QSvgRenderer(QByteArray(named.encode("utf-8")))
    size = renderer.defaultSize()
    if size.isEmpty():
        return ""
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(QColor("#f6f8fa"))
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return f'<img src="data:image/png;base64,{bytes(kept.toBase64()).decode("ascii")}" width="{min(size.width(), _MAP_PX)}">'


def _for_paper(page: str) -> str:
    """Without what Qt's own HTML would show as text or not at all."""
    bare = re.sub(r"<style>.*?</style>|<nav.*?</nav>|<meta[^>]*>", "", page, flags=re.DOTALL)
    bare = re.sub(r"<svg.*?</svg>", lambda found: _as_image(found.group()), bare, flags=re.DOTALL)
    bare = re.sub(r"<td class=\"bar\">.*?</td>|<i class=\"dot\"[^>]*></i>", "", bare, flags=re.DOTALL)
    bare = bare.replace("<table", '<table width="100%" cellspacing="0"').replace("</b><span>", "</b> <span>")
    return re.sub(r"<img alt=\"([^\"]*)\" src", r'<img alt="\1" width="300" src', bare)
