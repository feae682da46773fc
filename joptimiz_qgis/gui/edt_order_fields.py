"""Widgets of our own in forms: a list between pipes as check boxes, opening hours with what is wrong with them in words.

QGIS keeps the factories as long as it runs (its registry takes none back), so each is registered once a session; a project that is
opened without the plugin shows a text field in their place. What is stored is the schema's own text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import NULL
from qgis.gui import QgsEditorConfigWidget, QgsEditorWidgetFactory, QgsEditorWidgetWrapper, QgsGui
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtWidgets import QAbstractItemView, QLabel, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ..layers.regulations import HOURS_WIDGET, LIST_WIDGET

if TYPE_CHECKING:
    from qgis.core import QgsVectorLayer

_kept: list[QgsEditorWidgetFactory] = []
"""QGIS owns the factories, and knows only their C++ half."""

_MOST_ROWS = 6


def register_widgets() -> None:
    """Have QGIS know our widgets; nothing where it does already."""
    registry = QgsGui.editorWidgetRegistry()
    for key, factory in ((LIST_WIDGET, ListFactory), (HOURS_WIDGET, HoursFactory)):
        if key not in registry.factories():
            made = factory()
            _kept.append(made)
            registry.registerWidget(key, made)


# -- lists ---------------------------------------------------------------------------------------------------------------


class PipeList(QWidget):
    """Check boxes for the values of a list, and a line for others where the list is open.

    Parameters
    ----------
    parent : QWidget or None
    """

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.separator = "|"
        self.read_only = False
        self.boxes = QListWidget(self)
        self.boxes.setObjectName("boxes")
        self.boxes.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.others = QLineEdit(self)
        self.others.setObjectName("others")
        self.others.setPlaceholderText(_tr("Others, separated by |"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.boxes)
        layout.addWidget(self.others)

    def offer(self, values: list[str], titles: list[str], separator: str, is_open: bool) -> None:
        """Say which values there are."""
        self.separator = separator
        for value, title in zip(values, titles or values):
            item = QListWidgetItem(title)
            item.setData(Qt.ItemDataRole.UserRole, value)
            item.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.boxes.addItem(item)
        row = max(self.boxes.sizeHintForRow(0), self.boxes.fontMetrics().height())
        self.boxes.setFixedHeight(row * min(max(len(values), 1), _MOST_ROWS) + 2 * self.boxes.frameWidth() + 2)
        self.others.setVisible(is_open)

    def text(self) -> str | None:
        """The list as it is stored; None where nothing is chosen."""
        chosen = [item.data(Qt.ItemDataRole.UserRole) for item in self._items() if item.checkState() == Qt.CheckState.Checked]
        more = [part.strip() for part in self.others.text().split(self.separator) if part.strip()]
        return self.separator.join(dict.fromkeys([*chosen, *more])) or None

    def show_text(self, text: str | None) -> None:
        """Tick the values of `text`; what the list does not know is shown in the line, so that it is not lost."""
        parts = [part.strip() for part in (text or "").split(self.separator) if part.strip()]
        known = {item.data(Qt.ItemDataRole.UserRole): item for item in self._items()}
        self.boxes.blockSignals(True)
        for value, item in known.items():
            item.setCheckState(Qt.CheckState.Checked if value in parts else Qt.CheckState.Unchecked)
        self.boxes.blockSignals(False)
        unknown = [part for part in parts if part not in known]
        self.others.blockSignals(True)
        self.others.setText(self.separator.join(unknown))
        self.others.blockSignals(False)
        if unknown:
            self.others.setVisible(True)

    def set_enabled(self, enabled: bool) -> None:
        """Let values be changed or only be read."""
        self.boxes.blockSignals(True)  # a change of flags counts as one of the item
        for item in self._items():
            flags = Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled
            item.setFlags(flags if enabled else Qt.ItemFlag.ItemIsEnabled)
        self.boxes.blockSignals(False)
        self.others.setReadOnly(not enabled)

    def _items(self) -> list[QListWidgetItem]:
        return [self.boxes.item(row) for row in range(self.boxes.count())]


class ListWrapper(QgsEditorWidgetWrapper):
    """A `PipeList` in a form of QGIS."""

    editor: PipeList | None = None

    def value(self) -> Any:
        """What the form stores; null, since a form takes nothing at all for “as it was”."""
        return NULL if self.editor is None else self.editor.text() or NULL

    def createWidget(self, parent: QWidget | None) -> QWidget:  # noqa: N802 - QGIS's name
        """Make the widget."""
        return PipeList(parent)

    def initWidget(self, editor: QWidget | None) -> None:  # noqa: N802 - QGIS's name
        """Fill it by the layer's configuration."""
        if not isinstance(editor, PipeList):
            return
        self.editor = editor
        editor.setProperty("field", self.field().name())
        config = self.config()
        values = [str(value) for value in config.get("values") or []]
        titles = [str(value) for value in config.get("titles") or []]
        editor.offer(values, titles, str(config.get("separator") or "|"), bool(config.get("open")))
        editor.boxes.itemChanged.connect(self._changed)
        editor.others.textEdited.connect(self._changed)

    def valid(self) -> bool:
        """Whether it has a widget of ours."""
        return self.editor is not None

    def setEnabled(self, enabled: bool) -> None:  # noqa: N802 - QGIS's name
        """Follow the layer's edit mode."""
        if self.editor is not None:
            self.editor.set_enabled(enabled)

    def updateValues(self, value: Any, additional: Any = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Show the row's value."""
        if self.editor is not None:
            self.editor.show_text(value if isinstance(value, str) else None)

    def setValue(self, value: Any) -> None:  # noqa: N802 - QGIS's name
        """What QGIS calls where its bindings do not show `updateValues` (3.40)."""
        self.updateValues(value)

    def _changed(self, *_: Any) -> None:
        self.emitValueChanged()


# -- hours ---------------------------------------------------------------------------------------------------------------


class HoursEdit(QWidget):
    """A line for opening hours, and below it what they are, or what is wrong with them.

    Parameters
    ----------
    parent : QWidget or None
    """

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.line = QLineEdit(self)
        self.line.setObjectName("hours")
        self.line.setPlaceholderText("Mo-Fr 08:00-12:00; Sa 08:00-10:00; PH off")
        self.said = QLabel(self)
        self.said.setObjectName("said")
        self.said.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.line)
        layout.addWidget(self.said)
        self.line.textChanged.connect(self._judge)
        self._judge(self.line.text())

    def _judge(self, text: str) -> None:
        """Say whether the hours can be read."""
        plain = text.strip()
        if not plain:
            self._say(_tr("No hours: at any time."), "#5f6b7a")
            return
        from ..toolkit.opening_hours import OpeningHours, OpeningHoursError

        try:
            OpeningHours.parse(plain)
        except OpeningHoursError as error:
            self._say(str(error), "#b3261e")
            return
        self._say(_tr("These hours can be read."), "#12897c")

    def _say(self, text: str, colour: str) -> None:
        self.said.setText(text)
        self.said.setStyleSheet(f"color: {colour};")


class HoursWrapper(QgsEditorWidgetWrapper):
    """An `HoursEdit` in a form of QGIS."""

    editor: HoursEdit | None = None

    def value(self) -> Any:
        """What the form stores."""
        return NULL if self.editor is None else self.editor.line.text().strip() or NULL

    def createWidget(self, parent: QWidget | None) -> QWidget:  # noqa: N802 - QGIS's name
        """Make the widget."""
        return HoursEdit(parent)

    def initWidget(self, editor: QWidget | None) -> None:  # noqa: N802 - QGIS's name
        """Listen to what is typed."""
        if isinstance(editor, HoursEdit):
            self.editor = editor
            editor.setProperty("field", self.field().name())
            editor.line.textEdited.connect(self._changed)

    def valid(self) -> bool:
        """Whether it has a widget of ours."""
        return self.editor is not None

    def setEnabled(self, enabled: bool) -> None:  # noqa: N802 - QGIS's name
        """Follow the layer's edit mode."""
        if self.editor is not None:
            self.editor.line.setReadOnly(not enabled)

    def updateValues(self, value: Any, additional: Any = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Show the row's value."""
        if self.editor is not None:
            self.editor.line.setText(value if isinstance(value, str) else "")

    def setValue(self, value: Any) -> None:  # noqa: N802 - QGIS's name
        """What QGIS calls where its bindings do not show `updateValues` (3.40)."""
        self.updateValues(value)

    def _changed(self, *_: Any) -> None:
        self.emitValueChanged()


# -- factories -----------------------------------------------------------------------------------------------------------


class _Settings(QgsEditorConfigWidget):
    """The layer's properties have nothing to set for our widgets: their configuration stays as it is."""

    def __init__(self, layer: QgsVectorLayer, field: int, parent: QWidget | None) -> None:
        super().__init__(layer, field, parent)
        self.given: dict[str, Any] = {}

    def config(self) -> dict[str, Any]:
        """The configuration that the layer has."""
        return self.given

    def setConfig(self, config: dict[str, Any]) -> None:  # noqa: N802 - QGIS's name
        """Keep it."""
        self.given = dict(config)


class _Factory(QgsEditorWidgetFactory):
    """Makes widgets of one kind."""

    wrapper: type[QgsEditorWidgetWrapper]

    def create(self, layer: QgsVectorLayer, field: int, editor: QWidget | None, parent: QWidget | None) -> QgsEditorWidgetWrapper:
        """A wrapper for a field of a form."""
        return self.wrapper(layer, field, editor, parent)

    def configWidget(self, layer: QgsVectorLayer, field: int, parent: QWidget | None) -> QgsEditorConfigWidget:  # noqa: N802 - QGIS's name
        """The page in the layer's properties."""
        return _Settings(layer, field, parent)


class ListFactory(_Factory):
    """Lists as check boxes."""

    wrapper = ListWrapper

    def __init__(self) -> None:
        super().__init__(_tr("JOPTIMIZ: list as check boxes"))


class HoursFactory(_Factory):
    """Opening hours."""

    wrapper = HoursWrapper

    def __init__(self) -> None:
        super().__init__(_tr("JOPTIMIZ: opening hours"))


def _tr(text: str) -> str:
    return QCoreApplication.translate("OrderFields", text)
