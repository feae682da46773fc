"""Findings of a survey for a table: coloured by severity, filtered by severity, kind and words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtCore import QModelIndex, QPointF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QIcon, QPainter, QPixmap, QPolygonF

from ..layers.findings import COLOURS
from ..toolkit.survey.findings import ERROR, NOTICE, SEVERITY_TITLES, WARNING
from .mdl_rows import RowsModel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..toolkit.survey.findings import Finding

MARK = QSize(14, 14)
_SHAPES = {ERROR: ((7, 1), (13, 13), (1, 13)), WARNING: ((7, 0), (14, 7), (7, 14), (0, 7))}


class SurveyFindings(RowsModel):
    """Rows of the table.

    Parameters
    ----------
    headers : list of str
    findings : list of Finding
    titles : mapping
        Name of a field → what the layer's form calls it.
    """

    def __init__(self, headers: Sequence[str], findings: Sequence[Finding], titles: Mapping[str, str]) -> None:
        super().__init__(headers, len(findings), self._cells)
        self.findings = findings
        self.titles = titles
        self.icons = {severity: mark(severity) for severity in (ERROR, WARNING, NOTICE)}

    def _cells(self, row: int) -> Sequence[Any]:
        one = self.findings[row]
        field = self.titles.get(one.column, one.field_title)
        return (SEVERITY_TITLES[one.severity], one.rule.title, one.key, field, one.value, one.sentence, one.proposal)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The severity's mark beside its name."""
        if role == Qt.ItemDataRole.DecorationRole and index.isValid() and index.column() == 0:
            return self.icons[self.findings[index.row()].severity]
        return super().data(index, role)


def mark(severity: str) -> QIcon:
    """The shape that the map has for a severity."""
    picture = QPixmap(MARK)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(COLOURS[severity]))
    if severity in _SHAPES:
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in _SHAPES[severity]]))
    else:
        painter.drawEllipse(3, 3, 8, 8)
    painter.end()
    return QIcon(picture)
