"""The list of a merge's bays: one row an item, filtered by what is to be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QSortFilterProxyModel, Qt
from qgis.PyQt.QtGui import QBrush, QColor

from ..toolkit.messages import decimal
from ..toolkit.survey.decisions import ACCEPT, ADD, CLOSE, DELETE, KEEP, LEAVE, MATCHED, MISSING, NEW, NOT_VISITED, REFUSE, REVIEW

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..toolkit.survey.decisions import Decision
    from ..toolkit.survey.merging import Item, Merge

WAITING, CHANGED, EVERY = "waiting", "changed", "all"
FILTERS = (WAITING, REVIEW, NEW, MISSING, CHANGED, MATCHED, NOT_VISITED, EVERY)
COLOURS = {REVIEW: "#fff3cd", NEW: "#dff3e4", MISSING: "#fbe3e0", MATCHED: "#ffffff", NOT_VISITED: "#eceff3"}


def kind_title(kind: str) -> str:
    """What an item is, in the user's language."""
    titles = {
        REVIEW: _tr("To review"),
        MATCHED: _tr("Matched"),
        NEW: _tr("New"),
        MISSING: _tr("Missing"),
        NOT_VISITED: _tr("Not visited"),
    }
    return titles[kind]


def action_title(action: str) -> str:
    """What a decision does, in the user's language."""
    titles = {
        ACCEPT: _tr("Same bay"),
        REFUSE: _tr("Two bays"),
        ADD: _tr("Add it"),
        LEAVE: _tr("Leave it out"),
        KEEP: _tr("Keep it"),
        CLOSE: _tr("Out of service"),
        DELETE: _tr("Delete it"),
    }
    return titles[action]


class MergeItems(QAbstractTableModel):
    """Items of a `Merge` with the decisions about them."""

    def __init__(self, merge: Merge, decisions: Mapping[str, Decision]) -> None:
        super().__init__()
        self.merge, self.decisions = merge, decisions
        self.rows = merge.items
        self.places = {item.key: place for place, item in enumerate(self.rows)}
        addresses = (merge.inventory.get("adresse"), merge.surveyed.get("adresse"))
        self.addresses = [{} if column is None else column.to_dict() for column in addresses]
        self.headers = (self.tr("Kind"), self.tr("Decision"), self.tr("Address"), self.tr("Distance"), self.tr("Why"), self.tr("Bay"))

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's
        """Items."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's
        """Columns."""
        return 0 if parent.isValid() else len(self.headers)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802 - Qt's
        """Titles of the columns."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self.headers[section]
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, colour by kind, and the distance as a number to sort by."""
        item = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.text(item, index.column())
        if role == Qt.ItemDataRole.UserRole:
            return item.evidence.get("distance_m") or 0.0 if index.column() == 3 else self.text(item, index.column())
        if role == Qt.ItemDataRole.BackgroundRole:
            return QBrush(QColor(COLOURS[item.kind]))
        if role == Qt.ItemDataRole.ForegroundRole:
            return QBrush(QColor("#1d2733"))
        return None

    def text(self, item: Item, column: int) -> str:
        """What a cell says."""
        if column == 0:
            return kind_title(item.kind)
        if column == 5:
            first, _, second = item.key.partition("|")
            return first or second
        if column == 2:
            found = [place.get(label) for place, label in zip(self.addresses, (item.inventory, item.survey)) if label is not None]
            return next((text for text in found if isinstance(text, str)), "")
        if column == 3:
            distance = item.evidence.get("distance_m")
            return "" if distance is None else f"{decimal(distance)} m"
        if column == 4:
            return " · ".join(item.why())
        decision = self.decisions.get(item.key)
        return "" if decision is None else action_title(decision.action)

    def decided(self, key: str) -> None:
        """A decision has changed."""
        place = self.places[key]
        self.dataChanged.emit(self.index(place, 0), self.index(place, len(self.headers) - 1))

    def counts(self) -> dict[str, int]:
        """How many items each of `FILTERS` shows."""
        return {name: sum(self.shows(item, name) for item in self.rows) for name in FILTERS}

    def shows(self, item: Item, name: str) -> bool:
        """Whether a filter shows an item."""
        if name == WAITING:
            return item.kind == REVIEW and item.key not in self.decisions
        if name == CHANGED:
            return item.kind == MATCHED and bool(item.changes)
        return name in (EVERY, item.kind)


class ShownItems(QSortFilterProxyModel):
    """The items that a filter and a text let through; one that was just decided stays until the filter is chosen again."""

    def __init__(self, items: MergeItems) -> None:
        super().__init__()
        self.items = items
        self.name, self.words = REVIEW, ""
        self.setSourceModel(items)
        self.setSortRole(Qt.ItemDataRole.UserRole)
        self.setDynamicSortFilter(False)

    def show_only(self, name: str, words: str) -> None:
        """Filter anew."""
        self.name, self.words = name, words.strip().casefold()
        self.invalidateFilter()

    def filterAcceptsRow(self, row: int, _parent: QModelIndex) -> bool:  # noqa: N802 - Qt's
        """Whether a row is shown."""
        item = self.items.rows[row]
        if not self.items.shows(item, self.name):
            return False
        return not self.words or any(self.words in self.items.text(item, column).casefold() for column in range(6))

    def item(self, index: QModelIndex) -> Item | None:
        """The item of a row that is shown."""
        return self.items.rows[self.mapToSource(index).row()] if index.isValid() else None


def _tr(text: str) -> str:
    return QCoreApplication.translate("MergeItems", text)
