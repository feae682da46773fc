"""One bay of a merge: both records side by side with their differences, whose value is taken, why it is doubtful, photos."""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from qgis.PyQt.QtCore import QSize, Qt, QUrl
from qgis.PyQt.QtGui import QBrush, QColor, QDesktopServices, QIcon, QImageReader, QPixmap
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..toolkit.messages import decimal, language
from ..toolkit.schema import load_table
from ..toolkit.survey.decisions import INVENTORY, SURVEY
from .map_pair import INVENTORY_COLOUR, SURVEY_COLOUR

if TYPE_CHECKING:
    from ..toolkit.survey.merging import FieldChange, Item, Merge

_GEOMETRY = "geometry"
_HIDDEN = ("longitude", "latitude", "source", "source_ligne", "remarques", "geom_wkt")
_THUMBNAIL = QSize(150, 112)
_TAKEN, _DIFFERENT = "#cfe8d5", "#fff3cd"


class MergeItemView(QWidget):
    """Shows an item; calls `picked` with field and side when a value is chosen, `copied` with the number of a copy."""

    def __init__(self, merge: Merge, picked: Callable[[str, str], None], copied: Callable[[int], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.merge, self.picked, self.copied = merge, picked, copied
        self.changes: list[FieldChange] = []
        self.why = QLabel()
        self.why.setObjectName("why")
        self.why.setWordWrap(True)
        self.why.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copies = QComboBox()
        self.copies.setObjectName("copies")
        self.copies.activated.connect(self.copied)
        self.table = QTableWidget(0, 3)
        self.table.setObjectName("records")
        self.table.setHorizontalHeaderLabels([self.tr("Field"), self.tr("Inventory"), self.tr("Survey")])
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.table.setColumnWidth(0, 130)
        self.table.verticalHeader().setVisible(False)
        self.table.verticalHeader().setDefaultSectionSize(22)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.cellActivated.connect(self._chosen)
        self.table.cellClicked.connect(self._chosen)
        self.photos = QListWidget()
        self.photos.setObjectName("photos")
        self.photos.setViewMode(QListWidget.ViewMode.IconMode)
        self.photos.setIconSize(_THUMBNAIL)
        self.photos.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.photos.setToolTip(self.tr("A double click opens the photo."))
        self.photos.itemActivated.connect(self._open)
        left, right = QWidget(), QWidget()
        for page, widgets in ((left, (self.why, self.copies, self.table)), (right, (QLabel(self.tr("Photos")), self.photos))):
            column = QVBoxLayout(page)
            column.setContentsMargins(0, 0, 0, 0)
            for widget in widgets:
                column.addWidget(widget, 1 if widget in (self.table, self.photos) else 0)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(right)
        split.setSizes([600, 172])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)

    def show_item(self, item: Item | None, fields: dict[str, str], copy: int) -> None:
        """Fill all parts; `fields` are the sides that were chosen."""
        self.table.setRowCount(0)
        self.photos.clear()
        self.copies.clear()
        self.copies.setVisible(item is not None and bool(item.copies))
        self.why.setText("" if item is None else self._reasons(item))
        self.changes = []
        if item is None:
            return
        rows = (item.survey, *item.copies)
        for number, label in enumerate(rows if item.copies else ()):
            row = self.merge.surveyed.loc[label]
            who = " · ".join(str(part) for part in (row["_survey"], row["_agent"], row["_visited"] or row["date_maj"]) if _there(part))
            self.copies.addItem(self.tr("Survey {number}: {who}").format(number=number + 1, who=who))
        self.copies.setCurrentIndex(copy)
        self.changes = self.merge.changes(item, copy)
        self._fill(item, rows[copy] if item.survey is not None else None, fields)
        self._show_photos(item)

    # -- records -------------------------------------------------------------------------------------------------------

    def _fill(self, item: Item, label: Any, fields: dict[str, str]) -> None:
        """Differences first, then what both have."""
        before = self.merge.inventory.loc[item.inventory] if item.inventory is not None else None
        after = self.merge.surveyed.loc[label] if label is not None else None
        schema = load_table("bays")
        changed = {change.field: change for change in self.changes}
        names = [*changed, *(name for name in schema.names if name not in changed and name not in _HIDDEN)]
        for name in names:
            change = changed.get(name)
            if name == _GEOMETRY and change is not None:
                texts = (self.tr("as it is"), self.tr("moved by {metres} m").format(metres=decimal(change.moved_m)))
                title = self.tr("Position")
            else:
                values = [None if row is None or name not in row else row[name] for row in (before, after)]
                if not any(_there(value) for value in values):
                    continue
                texts, title = (self._text(values[0]), self._text(values[1])), schema[name].title
            chosen = "" if change is None else fields.get(name) or self.merge.default_source(item, change)
            self._add(name, (title, *texts), chosen)

    def _add(self, name: str, texts: tuple[str, str, str], chosen: str) -> None:
        place = self.table.rowCount()
        self.table.insertRow(place)
        for column, text in enumerate(texts):
            cell = QTableWidgetItem(text)
            cell.setData(Qt.ItemDataRole.UserRole, name)
            cell.setToolTip(text)
            if chosen:
                taken = (column == 1 and chosen == INVENTORY) or (column == 2 and chosen == SURVEY)
                cell.setBackground(QBrush(QColor(_TAKEN if taken else _DIFFERENT)))
                cell.setForeground(QBrush(QColor("#1d2733")))
                if taken:
                    font = cell.font()
                    font.setBold(True)
                    cell.setFont(font)
                    cell.setText(f"✓ {text}")
            self.table.setItem(place, column, cell)

    def _chosen(self, row: int, column: int) -> None:
        name = self.table.item(row, 0).data(Qt.ItemDataRole.UserRole)
        if column and any(change.field == name for change in self.changes):
            self.picked(name, INVENTORY if column == 1 else SURVEY)

    def _text(self, value: Any) -> str:
        if not _there(value):
            return "—"
        if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
            return self.tr("yes") if value else self.tr("no")
        if isinstance(value, float):
            return f"{value:.10g}".replace(".", "," if language() == "fr" else ".")
        return str(value)

    # -- reasons -------------------------------------------------------------------------------------------------------

    def _reasons(self, item: Item) -> str:
        from ..toolkit.survey.merging import remarks

        parts = []
        if item.reasons:
            parts.append(f"<b>{html.escape(' · '.join(item.why()))}</b>")
        if item.kind == "missing" and item.survey is not None:
            parts.append(f"<b>{html.escape(self.tr('the surveyor did not find it'))}</b>")
        distance, alike = item.evidence.get("distance_m"), item.evidence.get("street")
        if distance is not None:
            parts.append(html.escape(self.tr("distance {metres} m").format(metres=decimal(distance))))
        if item.evidence.get("identifier"):
            parts.append(html.escape(self.tr("same {identifier}").format(identifier=item.evidence["identifier"])))
        if alike is not None:
            parts.append(html.escape(self.tr("streets alike at {percent} %").format(percent=round(100 * alike))))
        note = remarks(self.merge, item)
        if note:
            parts.append(html.escape(self.tr("note of the surveyor: {note}").format(note=note)))
        parts += [html.escape(str(edit)) for edit in item.conflicts[:4]]
        legend = f"<span style='color:{INVENTORY_COLOUR}'>■</span> {html.escape(self.tr('inventory'))} "
        legend += f"<span style='color:{SURVEY_COLOUR}'>●</span> {html.escape(self.tr('survey'))}"
        return " · ".join([*parts, legend])

    # -- photos --------------------------------------------------------------------------------------------------------

    def _show_photos(self, item: Item) -> None:
        labels = [label for label in (item.survey, *item.copies) if label is not None]
        bays = {(self.merge.surveyed.loc[label, "_survey"], self.merge.surveyed.loc[label, "uuid"]) for label in labels}
        for part in self.merge.surveys.parts:
            for photo in part.photos.to_dict("records") if len(part.photos) else ():
                if (part.name, photo.get("aire_uuid")) in bays:
                    self._add_photo(photo)
        if not self.photos.count():
            none = QListWidgetItem(self.tr("No photo"))
            none.setFlags(Qt.ItemFlag.NoItemFlags)
            self.photos.addItem(none)

    def _add_photo(self, photo: dict[Any, Any]) -> None:
        name = Path(str(photo["chemin"])).name
        if not photo["found"]:
            lost = QListWidgetItem(self.tr("{name}: not found").format(name=name))
            lost.setFlags(Qt.ItemFlag.NoItemFlags)
            self.photos.addItem(lost)
            return
        reader = QImageReader(photo["file"])
        reader.setAutoTransform(True)
        size = reader.size()
        if size.isValid():
            reader.setScaledSize(size.scaled(_THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatio))  # a photo of 12 million points is not read whole
        image = reader.read()
        entry = QListWidgetItem(QIcon(QPixmap.fromImage(image)), name)
        entry.setData(Qt.ItemDataRole.UserRole, photo["file"])
        self.photos.addItem(entry)

    def _open(self, entry: QListWidgetItem) -> None:
        path = entry.data(Qt.ItemDataRole.UserRole)
        if path:
            QDesktopServices.openUrl(QUrl.fromLocalFile(path))


def _there(value: Any) -> bool:
    return value is not None and type(value).__name__ != "NAType" and value == value  # noqa: PLR0124 - NaN is not equal to itself
