"""The third page of an import: what the checks found, by kind; each proposal is applied with consent, to one row or to all like it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QHBoxLayout, QHeaderView, QSplitter, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from ..toolkit.company.finding_titles import finding_title
from ..toolkit.messages import count
from .mdl_rows import FindingsModel, rows_view, show_rows
from .section import paragraph
from .work_dialog import named_button

if TYPE_CHECKING:
    from ..toolkit.company.checks import Checked, Finding
    from ..toolkit.company.pipeline import Prepared

_NUMBER = Qt.ItemDataRole.UserRole


class ChecksPage(QWidget):
    """Kinds at the left, their rows at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.findings: list[Finding] = []
        self.groups: list[list[tuple[int, Finding]]] = []
        self.agreed: set[int] = set()
        self.model: FindingsModel | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.said = paragraph("")
        self.said.setObjectName("checksSaid")
        column.addWidget(self.said)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self._kinds())
        split.addWidget(self._rows())
        split.setSizes([440, 560])
        column.addWidget(split, 1)

    def _kinds(self) -> QWidget:
        self.kinds = QTreeWidget()
        self.kinds.setObjectName("kinds")
        self.kinds.setRootIsDecorated(False)
        self.kinds.setAlternatingRowColors(True)
        self.kinds.setHeaderLabels([self.tr("Correct"), self.tr("Findings"), self.tr("Proposals")])
        self.kinds.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header, modes = self.kinds.header(), QHeaderView.ResizeMode
        header.setStretchLastSection(False)
        for side, mode in enumerate((modes.Stretch, modes.ResizeToContents, modes.ResizeToContents)):
            header.setSectionResizeMode(side, mode)
        self.kinds.currentItemChanged.connect(self._kind_chosen)
        self.kinds.itemChanged.connect(self._kind_ticked)
        return self.kinds

    def _rows(self) -> QWidget:
        page = QWidget()
        rows = QVBoxLayout(page)
        rows.setContentsMargins(0, 0, 0, 0)
        self.rows = rows_view("findingRows")
        self.rows.clicked.connect(lambda index: self._explain(index.row()))
        self.sentence = paragraph("")
        self.sentence.setObjectName("findingSentence")
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.sentence.setMinimumHeight(48)
        self.all_button = named_button("allButton", "", lambda: self._tick_group(True))
        self.none_button = named_button("noneButton", self.tr("Leave them as they are"), lambda: self._tick_group(False))
        buttons = QHBoxLayout()
        buttons.addWidget(self.all_button)
        buttons.addWidget(self.none_button)
        buttons.addStretch(1)
        rows.addWidget(self.rows, 1)
        rows.addWidget(self.sentence)
        rows.addLayout(buttons)
        return page

    # -- what is shown ---------------------------------------------------------------------------------------------

    def show_checked(self, prepared: Prepared) -> None:
        """Show all findings; those of codes that the recipe agrees to are ticked."""
        self.findings = prepared.checked.findings
        by_kind: dict[tuple[str, str], list[tuple[int, Any]]] = {}
        for number, one in enumerate(self.findings):
            by_kind.setdefault((one.code, one.column), []).append((number, one))
        self.groups = sorted(by_kind.values(), key=lambda group: (not _offered(group), -len(group)))
        codes = set(prepared.recipe.corrections)
        self.agreed = {number for number, one in enumerate(self.findings) if one.code in codes and one.proposal is not None}
        self.kinds.blockSignals(True)
        self.kinds.clear()
        for place, group in enumerate(self.groups):
            one = group[0][1]
            title = finding_title(one.code)
            item = QTreeWidgetItem([title, count(len(group)), count(_offered(group)) if _offered(group) else "—"])
            item.setData(0, _NUMBER, place)
            item.setToolTip(0, title + "\n" + self.tr("Column “{column}”").format(column=one.column))
            for side in (1, 2):
                item.setTextAlignment(side, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.kinds.addTopLevelItem(item)
        self.kinds.blockSignals(False)
        self._show_ticks()
        if self.groups:
            self.kinds.setCurrentItem(self.kinds.topLevelItem(0))
        else:
            self.rows.setModel(None)
            self.sentence.setText("")
        self._show_counts()

    def _show_counts(self) -> None:
        if not self.findings:
            self.said.setText(self.tr("Nothing is wrong with these rows."))
        else:
            text = self.tr("{found} findings. {agreed} cells will be corrected; the others are kept as they are, with a remark.")
            self.said.setText(text.format(found=count(len(self.findings)), agreed=count(len(self.agreed))))
        for button in (self.all_button, self.none_button):
            button.setVisible(bool(self.model is not None and self.groups and _offered(self.model.findings)))

    def _show_ticks(self) -> None:
        self.kinds.blockSignals(True)
        for place, group in enumerate(self.groups):
            item = self.kinds.topLevelItem(place)
            offered = [number for number, one in group if one.proposal is not None]
            if not offered:
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                continue
            ticked = sum(1 for number in offered if number in self.agreed)
            states = Qt.CheckState
            item.setCheckState(0, states.Checked if ticked == len(offered) else states.PartiallyChecked if ticked else states.Unchecked)
        self.kinds.blockSignals(False)
        self._show_counts()

    def _kind_chosen(self, item: QTreeWidgetItem | None, _before: Any = None) -> None:
        if item is None:
            return
        group = self.groups[item.data(0, _NUMBER)]
        headers = [self.tr("Line"), self.tr("Column"), self.tr("Value"), self.tr("Proposal"), self.tr("What is the matter")]
        self.model = FindingsModel(headers, group, self.agreed, self._show_ticks)
        show_rows(self.rows, self.model, stretch_last=True)
        text = self.tr("Apply to {count} rows") if _offered(group) != 1 else self.tr("Apply to this row")
        self.all_button.setText(text.format(count=count(_offered(group))))
        self._explain(0)
        self._show_counts()

    def _explain(self, row: int) -> None:
        if self.model is not None and row < len(self.model.findings):
            self.sentence.setText(str(self.model.findings[row][1]))

    # -- consent ---------------------------------------------------------------------------------------------------

    def _kind_ticked(self, item: QTreeWidgetItem, _column: int = 0) -> None:
        self._tick(self.groups[item.data(0, _NUMBER)], item.checkState(0) != Qt.CheckState.Unchecked)

    def _tick_group(self, agreed: bool) -> None:
        if self.model is not None:
            self._tick(list(self.model.findings), agreed)

    def _tick(self, group: list[tuple[int, Any]], agreed: bool) -> None:
        numbers = {number for number, one in group if one.proposal is not None}
        if agreed:
            self.agreed |= numbers  # in place: the model looks at the same set
        else:
            self.agreed -= numbers
        self._show_ticks()
        if self.model is not None:
            self.model.look_again()

    def corrections(self, checked: Checked) -> tuple[list[str], list[Finding]]:
        """Codes all of whose proposals are agreed to, for the recipe; and the single findings beside them."""
        offered: dict[str, list[int]] = {}
        for number, one in enumerate(checked.findings):
            if one.proposal is not None:
                offered.setdefault(one.code, []).append(number)
        whole = [code for code, numbers in offered.items() if self.agreed.issuperset(numbers)]
        single = [checked.findings[number] for number in sorted(self.agreed) if checked.findings[number].code not in set(whole)]
        return whole, single


def _offered(group: Any) -> int:
    return sum(1 for _, one in group if one.proposal is not None)
