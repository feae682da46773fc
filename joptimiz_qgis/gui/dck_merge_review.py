"""The review of a merge: each doubtful pair with both records, on the map and with photos; decisions by button or key; then the merge."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from qgis.core import Qgis, QgsProject, QgsVectorLayer
from qgis.gui import QgsDockWidget, QgsMessageBar
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ..layers.customer_layers import Released
from ..paths import icon_path
from ..toolkit.errors import JoptimizError
from ..toolkit.messages import count
from ..toolkit.survey.decisions import (
    ACCEPT,
    ADD,
    CLOSE,
    DELETE,
    INVENTORY,
    KEEP,
    LEAVE,
    REFUSE,
    SURVEY,
    Decision,
    load_decisions,
    save_decisions,
)
from .background import BackgroundWork
from .map_pair import PairOnMap
from .mdl_merge_items import CHANGED, EVERY, FILTERS, WAITING, MergeItems, ShownItems, action_title, kind_title
from .wdg_merge_item import MergeItemView
from .work_dialog import named_button

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qgis.gui import QgisInterface
    from qgis.PyQt.QtGui import QKeyEvent

    from ..toolkit.survey.merge_file import SurveyMerge, Written
    from ..toolkit.survey.merging import Item

KEYS = {ACCEPT: "A", REFUSE: "D", ADD: "N", LEAVE: "I", KEEP: "G", CLOSE: "H", DELETE: "Del"}
"""Keys of the decisions: initials in French (même Aire, Deux, Nouvelle, Ignorer, Garder, Hors service), as the users read it."""
_DECISIONS = "decisions.json"
_SAVE_MS = 700


class MergeReviewDock(QgsDockWidget):
    """Shows a merge that was compared, takes decisions, writes the result and undoes it.

    Parameters
    ----------
    iface : QgisInterface
    ready : SurveyMerge
    output : Path
        Where the result goes.
    say : callable
        Shows a sentence in the panel.
    """

    def __init__(self, iface: QgisInterface, ready: SurveyMerge, output: Path, say: Callable[..., None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from ..toolkit.survey.merge_file import MergeHistory

        self.setObjectName("JoptimizMergeReview")
        self.setWindowTitle(self.tr("Merge of a survey: review"))
        self.iface, self.ready, self.output, self.say_in_panel = iface, ready, output, say
        self.history = MergeHistory(output)
        self.decisions: dict[str, Decision] = {}
        self.picks: dict[str, dict[str, str]] = {}
        self.copy: dict[str, int] = {}
        self.work: BackgroundWork | None = None
        self.merged = False
        self.on_map = PairOnMap(iface.mapCanvas())
        self.messages = QgsMessageBar(self)
        self.items = MergeItems(ready.merge, self.decisions)
        self.shown = ShownItems(self.items)
        self.view = MergeItemView(ready.merge, self.pick, self.choose_copy)
        self.saving = QTimer(self)
        self.saving.setSingleShot(True)
        self.saving.setInterval(_SAVE_MS)
        self.saving.timeout.connect(self.save)
        self.setWidget(self._contents())
        self._recall()
        self.filter.setCurrentIndex(self.filter.findData(WAITING))
        self._filtered()

    # -- what it looks like --------------------------------------------------------------------------------------------

    def _contents(self) -> QWidget:
        self.filter = QComboBox()
        self.filter.setObjectName("filter")
        for name in FILTERS:
            self.filter.addItem("", name)
        self.filter.currentIndexChanged.connect(self._filtered)
        self.search = QLineEdit()
        self.search.setObjectName("search")
        self.search.setPlaceholderText(self.tr("Search: address, identifier, reason…"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filtered)
        self.list = _KeyedList(self.decide)
        self.list.setObjectName("items")
        self.list.setModel(self.shown)
        self.list.setSortingEnabled(True)
        self.list.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.list.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.verticalHeader().setVisible(False)
        self.list.verticalHeader().setDefaultSectionSize(22)
        self.list.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in enumerate((76, 86, 160, 66, 190, 80)):
            self.list.setColumnWidth(column, width)
        self.list.horizontalHeader().setStretchLastSection(True)
        self.list.selectionModel().currentRowChanged.connect(lambda *_rows: self._show_current())
        top = QHBoxLayout()
        top.addWidget(self.filter)
        top.addWidget(self.search, 1)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(self.list, 1)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view, 1)
        column.addLayout(self._decision_row())
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(right)
        split.setSizes([620, 760])
        page = QWidget()
        whole = QVBoxLayout(page)
        whole.setContentsMargins(6, 4, 6, 4)
        whole.addWidget(self.messages)
        whole.addWidget(split, 1)
        whole.addLayout(self._bottom())
        return page

    def _decision_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.buttons: dict[str, QPushButton] = {}
        for action, key in KEYS.items():
            shown = self.tr("Del") if key == "Del" else key
            self.buttons[action] = named_button(f"{action}Button", f"{action_title(action)} [{shown}]", lambda _c=False, a=action: self.decide(a))
            row.addWidget(self.buttons[action])
        self.undecide_button = named_button("undecideButton", self.tr("No decision [⌫]"), lambda: self.decide(""))
        row.addWidget(self.undecide_button)
        row.addStretch(1)
        return row

    def _bottom(self) -> QHBoxLayout:
        self.counts = QLabel()
        self.counts.setObjectName("counts")
        self.counts.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setObjectName("progress")
        self.bar.setRange(0, 100)
        self.bar.setMaximumWidth(160)
        self.cancel_button = named_button("cancelButton", self.tr("Cancel"), self.cancel)
        self.apply_button = named_button("applyButton", self.tr("Merge…"), self.apply)
        self.apply_button.setIcon(QIcon(icon_path("merge_survey")))
        self.undo_button = named_button("undoButton", self.tr("Undo the merge"), self.undo)
        row = QHBoxLayout()
        row.addWidget(self.counts, 1)
        for widget in (self.bar, self.cancel_button, self.undo_button, self.apply_button):
            row.addWidget(widget)
        self._show_working(False)
        return row

    # -- the list ------------------------------------------------------------------------------------------------------

    def _filtered(self, *_how: Any) -> None:
        self.shown.show_only(str(self.filter.currentData()), self.search.text())
        self._tell_counts()
        if self.shown.rowCount() and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.shown.index(0, 0))
        self._show_current()

    def _tell_counts(self) -> None:
        titles = {WAITING: self.tr("Waiting for a decision"), CHANGED: self.tr("Matched, with changes"), EVERY: self.tr("All")}
        found = self.items.counts()
        for place, name in enumerate(FILTERS):
            title = titles[name] if name in titles else kind_title(name)
            self.filter.setItemText(place, f"{title} ({count(found[name])})")
        decided = self.tr("{decided} decided, {waiting} waiting.")
        told = decided.format(decided=count(len(self.decisions)), waiting=count(found[WAITING]))
        self.counts.setText(f"{self.ready.merge.sentence()} {told}")

    def current(self) -> Item | None:
        """The item that is shown."""
        return self.shown.item(self.list.currentIndex())

    def look_again(self) -> None:
        """Go to the pair once more: QGIS zooms to the first layer of a project after it was added."""
        if not sip.isdeleted(self):
            self._show_current()

    def _show_current(self) -> None:
        item = self.current()
        fields = {} if item is None else self.fields_of(item.key)
        copy = 0 if item is None else self.copy_of(item.key)
        self.view.show_item(item, fields, copy)
        for action, button in self.buttons.items():
            button.setVisible(item is not None and action in item.actions)
            button.setEnabled(self.work is None and not self.merged)
        self.undecide_button.setVisible(item is not None and item.key in self.decisions)
        if item is None:
            self.on_map.forget()
            return
        merge = self.ready.merge
        first = item.inventory if item.inventory is not None else item.near
        labels = [label for label in (item.survey, *item.copies) if label is not None]
        self.on_map.show(merge.inventory.geometry.loc[[] if first is None else [first]], merge.surveyed.geometry.loc[labels])

    # -- decisions -----------------------------------------------------------------------------------------------------

    def fields_of(self, key: str) -> dict[str, str]:
        """Whose values were chosen for an item."""
        return self.decisions[key].fields if key in self.decisions else self.picks.get(key, {})

    def copy_of(self, key: str) -> int:
        """Which of several surveyed rows speaks for an item."""
        return self.decisions[key].copy if key in self.decisions else self.copy.get(key, 0)

    def decide(self, action: str) -> None:
        """Take a decision about the item that is shown (empty: none), and go on to the next."""
        item = self.current()
        if item is None or self.work is not None or self.merged or (action and action not in item.actions):
            return
        if action:
            fields = self.fields_of(item.key) if action == ACCEPT else {}
            self.decisions[item.key] = Decision(action, dict(fields), self.copy_of(item.key))
        else:
            self.decisions.pop(item.key, None)
        self._decided(item)
        if action:
            self._next()

    def pick(self, name: str, side: str) -> None:
        """Choose whose value a field takes; of a matched bay at once, of a doubtful one with its decision."""
        item = self.current()
        if item is None or self.work is not None or self.merged or side not in (SURVEY, INVENTORY):
            return
        fields = {**self.fields_of(item.key), name: side}
        self.picks[item.key] = fields
        known = self.decisions.get(item.key)
        if known is not None:
            self.decisions[item.key] = replace(known, fields=fields)
        elif item.actions[0] == ACCEPT and item.kind != "review":
            self.decisions[item.key] = Decision(ACCEPT, fields, self.copy_of(item.key))
        self._decided(item)
        self._show_current()

    def choose_copy(self, number: int) -> None:
        """Choose which of several surveyed rows speaks."""
        item = self.current()
        if item is None:
            return
        self.copy[item.key] = number
        if item.key in self.decisions:
            self.decisions[item.key] = replace(self.decisions[item.key], copy=number)
            self._decided(item)
        self._show_current()

    def _decided(self, item: Item) -> None:
        self.items.decided(item.key)
        self._tell_counts()
        self.undecide_button.setVisible(item.key in self.decisions)
        self.saving.start()

    def _next(self) -> None:
        """The next item without a decision in the list, from the one that is shown."""
        here = self.list.currentIndex().row()
        rows = [*range(here + 1, self.shown.rowCount()), *range(here)]
        for row in rows:
            item = self.shown.item(self.shown.index(row, 0))
            if item is not None and item.key not in self.decisions:
                self.list.setCurrentIndex(self.shown.index(row, 0))
                return
        self._show_current()

    def save(self) -> None:
        """Keep the decisions beside the result, so that a review may go on tomorrow."""
        try:
            self.history.folder.mkdir(exist_ok=True)
            about = {"inventory": str(self.ready.inventory.path), "surveys": [part.name for part in self.ready.merge.surveys.parts]}
            save_decisions(self.decisions, self.history.folder / _DECISIONS, about)
        except (OSError, JoptimizError) as error:
            self.say(str(error), Qgis.MessageLevel.Warning)

    def _recall(self) -> None:
        """Decisions of an earlier review of the same bays."""
        path = self.history.folder / _DECISIONS
        if not path.is_file():
            return
        try:
            self.take(load_decisions(path))
        except JoptimizError as error:
            self.say(str(error), Qgis.MessageLevel.Warning)

    def take(self, found: Mapping[str, Decision]) -> None:
        """Take decisions again, as far as their bays are there and can take them."""
        actions = {item.key: item.actions for item in self.ready.merge.items}
        known = {key: one for key, one in found.items() if one.action in actions.get(key, ())}
        self.decisions.update(known)
        if known:
            self.say(self.tr("{count} decisions of an earlier review were taken again.").format(count=len(known)), Qgis.MessageLevel.Info)

    # -- merging -------------------------------------------------------------------------------------------------------

    def apply(self) -> None:
        """Show what would be written, and write it if the person says yes."""
        if self.work is not None or self.merged:
            return
        try:
            applied = self.ready.preview(self.decisions)
        except JoptimizError as error:
            self.say(str(error), Qgis.MessageLevel.Warning)
            return
        question = self.tr("{what}\n\nThe result goes into “{path}”; a backup is kept and the merge can be undone. Merge now?")
        if not self.confirm(question.format(what=applied.sentence(), path=self.output)):
            return
        from ..toolkit.survey.merge_file import write_merge

        self.saving.stop()
        self.save()
        decided, ready, output = dict(self.decisions), self.ready, self.output
        self._begin(self.tr("Merge of a survey"), lambda progress: write_merge(ready, decided, output, True, progress), self._written)

    def confirm(self, question: str) -> bool:
        """Ask the person."""
        yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
        return bool(QMessageBox.question(self, self.tr("Merge of a survey"), question, yes | no, no) == yes)

    def _written(self, written: Written | None, sentence: str) -> None:
        if written is None:
            text = sentence or self.tr("Cancelled. Nothing was changed.")
            self.say(text, Qgis.MessageLevel.Warning if sentence else Qgis.MessageLevel.Info)
            return
        self.merged = True
        text = self.tr("Merged into “{name}”. The log is “{log}”.").format(name=written.path.name, log=written.log)
        self.say(text, Qgis.MessageLevel.Success)
        self.say_in_panel(f"{text} {written.applied.sentence()}")
        self._show_working(False)
        self._show_current()

    def undo(self) -> None:
        """Put the file back as it was before the last merge."""
        if self.work is None:
            from ..toolkit.survey.merge_file import undo_merge

            self._begin(self.tr("Undo a merge"), lambda _progress: undo_merge(self.output), self._undone)

    def _undone(self, undone: Any, sentence: str) -> None:
        if undone is None:
            self.say(sentence or self.tr("Cancelled. Nothing was changed."), Qgis.MessageLevel.Warning)
            return
        self.merged = False
        self.say(self.tr("“{name}” is as it was before the merge. Your decisions are kept.").format(name=undone.path.name), Qgis.MessageLevel.Success)
        self._show_working(False)
        self._show_current()

    def _begin(self, title: str, work: Callable[..., Any], done: Callable[[Any, str], None]) -> None:
        """Work on the file while the project's layers of it are let go."""
        try:
            released = let_go(self.output)
        except JoptimizError as error:
            self.say(str(error), Qgis.MessageLevel.Warning)
            return

        def ended(result: Any, sentence: str) -> None:
            self.work = None
            released.restore()
            self._show_working(False)
            done(result, sentence)

        self.messages.clearWidgets()
        self.work = BackgroundWork(title, work, ended)
        self.work.told.connect(lambda fraction, _text: self.bar.setValue(round(100 * fraction)))
        self._show_working(True)
        self.work.start()

    def cancel(self) -> None:
        """Stop what is at work; nothing is changed."""
        if self.work is not None:
            self.work.cancel()

    def _show_working(self, working: bool) -> None:
        self.bar.setVisible(working)
        self.bar.setValue(0)
        self.cancel_button.setVisible(working)
        self.apply_button.setEnabled(not working and not self.merged)
        self.undo_button.setEnabled(not working)
        self.undo_button.setVisible(bool(self.history.entries()))

    def say(self, text: str, level: Qgis.MessageLevel = Qgis.MessageLevel.Info) -> None:
        """Show a sentence at the top of the dock."""
        self.messages.clearWidgets()
        self.messages.pushMessage("", text, level, 0)

    def leave(self) -> None:
        """Stop and let go of the map: the plugin is unloaded, or another merge takes over."""
        if self.saving.isActive():
            self.saving.stop()
            self.save()
        if self.work is not None:
            self.work.abandon()
        self.on_map.forget()
        self.iface.removeDockWidget(self)
        self.close()
        self.deleteLater()


class _KeyedList(QTableView):
    """A list whose keys decide; in the search field they are letters."""

    def __init__(self, decide: Callable[[str], None]) -> None:
        super().__init__()
        self.decide = decide
        self.deciding = {getattr(Qt.Key, f"Key_{'Delete' if key == 'Del' else key}"): action for action, key in KEYS.items()}
        self.deciding[Qt.Key.Key_Backspace] = ""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's
        """Decide, or move as lists do."""
        if event.key() in self.deciding and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.decide(self.deciding[event.key()])
        else:
            super().keyPressEvent(event)


def let_go(path: Path) -> Released:
    """Let the project's layers of a file go while it is written; `restore` shows them again.

    Raises
    ------
    OutputError
        One has changes that were not saved.
    """
    project = QgsProject.instance()
    layers = [made for made in project.mapLayers().values() if isinstance(made, QgsVectorLayer) and Path(made.source().partition("|")[0]) == path]
    return Released(project, path, layers)
