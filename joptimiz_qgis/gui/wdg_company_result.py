"""The last page of an import: what came of it, and what one may do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QGridLayout, QGroupBox, QLabel, QVBoxLayout, QWidget

from ..toolkit.messages import count
from .section import paragraph
from .work_dialog import named_button

if TYPE_CHECKING:
    from pathlib import Path

    from .company_import import Compared


class ResultPage(QWidget):
    """Counts that add up, and buttons; `asked` says which one was pressed."""

    asked = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.said = paragraph("")
        self.said.setObjectName("resultSaid")
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.said)
        self.counts = self._counts()
        column.addWidget(self.counts)
        self.hint = paragraph("")
        self.hint.setObjectName("resultHint")
        column.addWidget(self.hint)
        column.addWidget(self._next())
        column.addStretch(1)

    def _counts(self) -> QGroupBox:
        group = QGroupBox(self.tr("Rows"))
        self.grid = QGridLayout(group)
        self.grid.setColumnStretch(2, 1)
        self.figures: dict[str, QLabel] = {}
        titles = {
            "rows_read": self.tr("rows in the file, below its header"),
            "imported": self.tr("= imported"),
            "rejected": self.tr("+ rejected: they cannot be read"),
            "placed": self.tr("imported, on the map"),
            "to_review": self.tr("imported, with a position to review"),
            "not_placed": self.tr("imported, without position"),
            "corrected": self.tr("with a correction that you agreed to"),
        }
        for row, (name, title) in enumerate(titles.items()):
            figure = QLabel()
            figure.setObjectName(f"figure_{name}")
            figure.setAlignment(Qt.AlignmentFlag.AlignRight)
            font = figure.font()
            font.setBold(name in {"rows_read", "imported", "rejected"})
            figure.setFont(font)
            self.figures[name] = figure
            self.grid.addWidget(figure, row, 0)
            self.grid.addWidget(QLabel(title), row, 1)
        return group

    def _next(self) -> QGroupBox:
        group = QGroupBox(self.tr("And now"))
        grid = QGridLayout(group)
        buttons = {
            "table": self.tr("Open the table"),
            "review": self.tr("Review the positions"),
            "enrich": self.tr("Enrich: perimeters, hours, bays…"),
            "recipe": self.tr("Save the recipe for next month…"),
            "rejects": self.tr("Save the rejected rows…"),
            "findings": self.tr("Save the findings…"),
            "undo": self.tr("Undo this import"),
        }
        self.buttons = {}
        for number, (name, title) in enumerate(buttons.items()):
            button = named_button(f"{name}Button", title, lambda _checked=False, what=name: self.asked.emit(what))
            button.setMinimumHeight(30)
            self.buttons[name] = button
            grid.addWidget(button, number // 3, number % 3)
        return group

    def show_result(self, compared: Compared, path: Path) -> None:
        """Show the figures of an import that was written."""
        counts = compared.counts
        for name, label in self.figures.items():
            label.setText(count(counts[name]))
        text = self.tr("The customers are in {path}, and on the map in the group “Visualiz”.")
        self.said.setText("\n".join([text.format(path=str(path)), *compared.sentences[:-1]]))
        self.counts.setVisible(True)
        self.hint.setText("\n".join(self._hints(counts)))
        self.buttons["review"].setEnabled(counts["placed"] < counts["imported"])
        self.buttons["rejects"].setEnabled(counts["rejected"] > 0)
        self.buttons["findings"].setEnabled(bool(counts["findings"]))
        for name in ("table", "enrich", "recipe", "undo"):
            self.buttons[name].setEnabled(True)

    def _hints(self, counts: dict[str, Any]) -> list[str]:
        """What to do about rows that are not where they should be."""
        said = []
        if not counts["imported"]:
            said.append(self.tr("No row could be imported: save the rejected rows, put them right in the firm’s file, and import it again."))
        elif counts["rejected"]:
            said.append(self.tr("Rejected rows: save them with their reasons, put them right in the firm’s file, and import it again."))
        if counts["imported"] > counts["placed"]:
            text = self.tr("{count} customers are not on the map yet: press “Review the positions”.")
            said.append(text.format(count=count(counts["imported"] - counts["placed"])))
        return said

    def show_undone(self) -> None:
        """The import was taken back: only its answers are left."""
        self.said.setText(self.tr("The import was undone. Your answers are still here: change them in steps 1 to 4 and import again, or close."))
        self.counts.setVisible(False)
        self.hint.setText("")
        for name, button in self.buttons.items():
            button.setEnabled(name == "recipe")
