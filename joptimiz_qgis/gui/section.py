"""What the sections of the panel look like: a title, a sentence, large buttons."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from ..paths import icon_path

_ICON = QSize(28, 28)


class Section(QWidget):
    """One subject of the panel: a title, what it is for, and what is put below them.

    Parameters
    ----------
    parent : QWidget, optional
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(8)

    def introduce(self, title: str, about: str) -> None:
        """Begin with a title and a sentence, in the user's language."""
        self.column.addWidget(heading(title))
        self.column.addWidget(paragraph(about))

    def add_button(self, name: str, text: str, icon: str, slot: Any) -> QPushButton:
        """Add a large button.

        Parameters
        ----------
        name : str
            Its objectName.
        text : str
            In the user's language.
        icon : str
            A file of resources/icons, without its ending.
        slot : callable
            What a click does.
        """
        button = large_button(name, text, icon, slot)
        self.column.addWidget(button)
        return button


def large_button(name: str, text: str, icon: str, slot: Any) -> QPushButton:
    """A button as the panel has them: icon and words, from the left."""
    button = QPushButton(QIcon(icon_path(icon)), f"  {text}")
    button.setObjectName(name)
    button.setIconSize(_ICON)
    button.setMinimumHeight(_ICON.height() + 12)
    button.setStyleSheet("text-align: left; padding: 4px 8px;")
    button.clicked.connect(slot)
    return button


def heading(text: str) -> QLabel:
    """The title of a section."""
    label = QLabel(text)
    font = label.font()
    font.setBold(True)
    font.setPointSizeF(font.pointSizeF() * 1.15)
    label.setFont(font)
    return label


def paragraph(text: str) -> QLabel:
    """A sentence that takes as many lines as it needs."""
    label = QLabel(text)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    return label


def rule() -> QFrame:
    """A line between two sections."""
    line = QFrame()
    line.setFrameShape(QFrame.Shape.HLine)
    line.setFrameShadow(QFrame.Shadow.Sunken)
    return line
