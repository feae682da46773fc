"""The second page of an import: which column holds what, with the reason of each proposal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QComboBox, QFrame, QGridLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ..toolkit.company.columns import FIELDS
from ..toolkit.messages import language
from .section import paragraph

if TYPE_CHECKING:
    from .company_import import Opened

_SAMPLES = 3
_GROUPS = {
    "who": ("id", "name", "siret", "siren", "category"),
    "where": ("address", "address2", "postcode", "town", "insee", "longitude", "latitude", "x", "y", "position"),
    "what": ("days", "hours", "volume", "vehicle"),
}


class ColumnsPage(QWidget):
    """A row for each field: its column, why, and some values."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.opened: Opened | None = None
        self.boxes: dict[str, QComboBox] = {}
        self.reasons: dict[str, QLabel] = {}
        self.samples: dict[str, QLabel] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(paragraph(self.tr("Say which column holds what. Columns that serve for nothing here are kept as they are.")))
        contents = QWidget()
        self.grid = QGridLayout(contents)
        self.grid.setColumnStretch(2, 1)
        self.grid.setHorizontalSpacing(12)
        self._fill_grid()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(contents)
        column.addWidget(scroll, 1)

    def _fill_grid(self) -> None:
        titles = {"who": self.tr("Who"), "where": self.tr("Where"), "what": self.tr("Deliveries")}
        labels = {one.name: one.label[language()] for one in FIELDS}
        row = 0
        for group, names in _GROUPS.items():
            self.grid.addWidget(QLabel(f"<b>{titles[group]}</b>"), row, 0, 1, 4)
            row += 1
            for name in names:
                self._add_field(name, labels[name], row)
                row += 1
        self.grid.addWidget(QLabel("<b>{}</b>".format(self.tr("Next month"))), row, 0, 1, 4)
        self.key = QComboBox()
        self.key.setObjectName("key")
        self.grid.addWidget(QLabel(self.tr("Tell customers apart by")), row + 1, 0)
        self.grid.addWidget(self.key, row + 1, 1, 1, 2)
        why = QLabel(self.tr("so that the next file is compared customer by customer"))
        self.grid.addWidget(why, row + 2, 1, 1, 3)
        self.grid.setRowStretch(row + 3, 1)

    def _add_field(self, name: str, label: str, row: int) -> None:
        box = QComboBox()
        box.setObjectName(f"column_{name}")
        box.setMinimumWidth(200)
        box.setMaximumWidth(240)
        box.activated.connect(lambda _index, field=name: self._chosen(field))
        self.boxes[name] = box
        self.reasons[name] = QLabel()
        self.samples[name] = QLabel()
        self.samples[name].setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # cut where there is no room; its tool tip has all
        for text in (self.samples[name], self.reasons[name]):
            text.setTextFormat(Qt.TextFormat.PlainText)
        for column, widget in enumerate((QLabel(label), box, self.samples[name], self.reasons[name])):
            self.grid.addWidget(widget, row, column)

    def show_file(self, opened: Opened, key: tuple[str, ...] = ()) -> None:
        """Offer the file's columns, the likeliest chosen."""
        self.opened = opened
        columns = opened.file.raw.columns
        for name, box in self.boxes.items():
            box.clear()
            box.addItem(self.tr("— none —"), "")
            for column in columns:
                box.addItem(column, column)
            found = opened.suggestions.get(name)
            box.setCurrentIndex(max(0, box.findData(found.column)) if found else 0)
            self.reasons[name].setText(str(found.reason) if found else "")
            self._sample(name)
        self.key.clear()
        self.key.addItem(self.tr("Identifier, else SIRET, else name and address"), "")
        for column in columns:
            self.key.addItem(column, column)
        self.key.setCurrentIndex(max(0, self.key.findData(key[0])) if key else 0)

    def _chosen(self, name: str) -> None:
        self.reasons[name].setText(self.tr("your choice") if self.boxes[name].currentData() else "")
        self._sample(name)
        for other, box in self.boxes.items():  # a column serves for one field
            if other != name and box.currentData() and box.currentData() == self.boxes[name].currentData():
                box.setCurrentIndex(0)
                self.reasons[other].setText("")
                self._sample(other)

    def _sample(self, name: str) -> None:
        column = self.boxes[name].currentData()
        values = self.opened.preview[column].dropna().head(_SAMPLES) if column and self.opened is not None else ()
        text = "  ·  ".join(" ".join(str(value).split()) for value in values)
        self.samples[name].setText(text)
        self.samples[name].setToolTip(text)

    def columns(self) -> dict[str, str]:
        """Field → column chosen."""
        return {name: str(box.currentData()) for name, box in self.boxes.items() if box.currentData()}

    def key_columns(self) -> tuple[str, ...]:
        """Column that tells customers apart; empty for the usual ones."""
        chosen = str(self.key.currentData() or "")
        return (chosen,) if chosen else ()

    def fault(self) -> str:
        """What is missing before the rows can be placed; empty where all is there."""
        columns = self.columns()
        for one, other in (("longitude", "latitude"), ("x", "y")):
            if (one in columns) != (other in columns):
                return self.tr("Coordinates need two columns: choose both of them, or none.")
        return ""
