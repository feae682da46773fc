"""Tables of any length for views: a row is made into text when it is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, Qt
from qgis.PyQt.QtWidgets import QAbstractItemView, QHeaderView, QTableView

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDEST = 280
_NARROWEST_LAST = 80
_MEASURED_ROWS = 40


class RowsModel(QAbstractTableModel):
    """Rows that are asked for one by one.

    Parameters
    ----------
    headers : list of str
    count : int
        Number of rows.
    row : callable
        Number of a row → its cells.
    """

    def __init__(self, headers: Sequence[str], count: int, row: Callable[[int], Sequence[Any]]) -> None:
        super().__init__()
        self.headers = list(headers)
        self.count = count
        self.row = row

    def rowCount(self, parent: QModelIndex | None = None) -> int:  # noqa: N802 - Qt's names
        """Number of rows; cells have none."""
        return 0 if parent is not None and parent.isValid() else self.count

    def columnCount(self, parent: QModelIndex | None = None) -> int:  # noqa: N802
        """Number of columns."""
        return 0 if parent is not None and parent.isValid() else len(self.headers)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        """Title of a column."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self.headers[section]
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text of a cell; the whole of it as tool tip, since cells are cut."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole) and index.isValid():
            value = self.row(index.row())[index.column()]
            return "" if value is None else str(value)
        return None


class FindingsModel(RowsModel):
    """Findings with a box each: whether the proposal is to be applied.

    Parameters
    ----------
    headers : list of str
    findings : list of (int, Finding)
        Findings with their numbers among all.
    agreed : set of int
        Numbers of those whose proposals are agreed to; changed by the boxes.
    changed : callable
        Called after a box was changed.
    """

    def __init__(self, headers: Sequence[str], findings: Sequence[tuple[int, Any]], agreed: set[int], changed: Callable[[], None]) -> None:
        super().__init__(headers, len(findings), self._cells)
        self.findings = findings
        self.agreed = agreed
        self.changed = changed

    def _cells(self, row: int) -> Sequence[Any]:
        one = self.findings[row][1]
        return (one.line, one.column, one.value, one.proposal, one.expected)

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        """A box where there is a proposal."""
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        offered = index.isValid() and index.column() == 0 and self.findings[index.row()][1].proposal is not None
        return usual | Qt.ItemFlag.ItemIsUserCheckable if offered else usual

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See `RowsModel.data`."""
        if role == Qt.ItemDataRole.CheckStateRole and index.isValid() and index.column() == 0:
            number, one = self.findings[index.row()]
            if one.proposal is None:
                return None
            return Qt.CheckState.Checked if number in self.agreed else Qt.CheckState.Unchecked
        return super().data(index, role)

    def setData(self, index: QModelIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        """Tick or clear a box."""
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        number = self.findings[index.row()][0]
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            self.agreed.add(number)
        else:
            self.agreed.discard(number)
        self.dataChanged.emit(index, index, [role])
        self.changed()
        return True

    def look_again(self) -> None:
        """Show boxes that were changed elsewhere."""
        if self.count:
            self.dataChanged.emit(self.index(0, 0), self.index(self.count - 1, 0), [Qt.ItemDataRole.CheckStateRole])


def frame_model(table: Any, headers: Sequence[str] = (), lines: Sequence[Any] | None = None, line_title: str = "") -> RowsModel:
    """A DataFrame as a model; its columns' names as titles where none are given, `lines` as first column."""
    columns = [table[name].to_numpy(dtype=object) for name in table.columns]
    titles = list(headers) or [str(name) for name in table.columns]
    if lines is not None:
        columns, titles = [lines, *columns], [line_title, *titles]
    return RowsModel(titles, len(table), lambda row: [_plain(column[row]) for column in columns])


def _plain(value: Any) -> Any:
    return None if value is None or value != value else value  # noqa: PLR0124 - NaN


def rows_view(name: str) -> QTableView:
    """A table to look at."""
    view = QTableView()
    view.setObjectName(name)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setAlternatingRowColors(True)
    view.setWordWrap(False)
    view.verticalHeader().setVisible(False)
    view.verticalHeader().setDefaultSectionSize(22)
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.horizontalHeader().setResizeContentsPrecision(_MEASURED_ROWS)
    return view


def show_rows(view: QTableView, model: RowsModel, stretch_last: bool = False) -> None:
    """Show `model`, its columns as wide as their first rows need."""
    view.setModel(model)
    view.shown_rows = model  # Qt keeps none of its own
    view.resizeColumnsToContents()
    for column in range(len(model.headers)):
        view.setColumnWidth(column, min(view.columnWidth(column) + 8, _WIDEST))
    if stretch_last:  # what has no room there is cut, and told by its tool tip: better than a bar to pull
        view.setColumnWidth(len(model.headers) - 1, _NARROWEST_LAST)
    view.horizontalHeader().setStretchLastSection(stretch_last)
