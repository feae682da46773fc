"""The third page of an import: what the checks found, by kind; each proposal is applied with consent, to one row or to all like it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsSettings
from qgis.gui import QgsCollapsibleGroupBox, QgsFileWidget
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QHeaderView, QSplitter, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from ..toolkit.company.finding_titles import finding_title
from ..toolkit.messages import count
from .mdl_rows import FindingsModel, rows_view, show_rows
from .section import paragraph
from .work_dialog import named_button

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..toolkit.company.checks import Finding
    from .company_import import Kind

TOWNS = "joptimiz/company/towns"
_NUMBER = Qt.ItemDataRole.UserRole


class ChecksPage(QWidget):
    """Kinds at the left, their rows at the right; `changed` asks to check anew."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.groups: list[Kind] = []
        self.shown: Kind | None = None
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
        column.addWidget(self._towns())

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

    def _towns(self) -> QgsCollapsibleGroupBox:
        """The user's own table, remembered: few have one, and it tells what no rule can."""
        group = QgsCollapsibleGroupBox(self.tr("Check the towns too, by a table of communes (optional)"))
        group.setObjectName("townsGroup")
        column = QVBoxLayout(group)
        about = self.tr("A file with postcode, INSEE code and commune, such as La Poste’s table of postcodes. It is only read, on this computer.")
        column.addWidget(paragraph(about))
        self.towns = QgsFileWidget()
        self.towns.setObjectName("towns")
        self.towns.setDialogTitle(self.tr("Table of communes"))
        self.towns.setFilter(f"{self.tr('Tables')} (*.csv *.txt *.xlsx *.ods *.gpkg);;{self.tr('All files')} (*.*)")
        last = QgsSettings().value(TOWNS, "", str)
        if last and Path(last).is_file():
            self.towns.setFilePath(last)
        self.towns.fileChanged.connect(lambda _path: self.changed.emit())
        column.addWidget(self.towns)
        group.setCollapsed(True)
        return group

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

    def show_checked(self, groups: list[Kind], corrections: Iterable[str]) -> None:
        """Show all findings; those of codes that the recipe agrees to are ticked."""
        self.groups = groups
        codes = set(corrections)
        self.agreed = set().union(*(kind.offered for kind in groups if kind.code in codes))
        self.kinds.blockSignals(True)
        self.kinds.clear()
        for place, kind in enumerate(groups):
            title = finding_title(kind.code)
            item = QTreeWidgetItem([title, count(len(kind.findings)), count(len(kind.offered)) if kind.offered else "—"])
            item.setData(0, _NUMBER, place)
            item.setToolTip(0, title + "\n" + self.tr("Column “{column}”").format(column=kind.column))
            for side in (1, 2):
                item.setTextAlignment(side, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.kinds.addTopLevelItem(item)
        self.kinds.blockSignals(False)
        self._show_ticks()
        if groups:
            self.kinds.setCurrentItem(self.kinds.topLevelItem(0))
        else:
            self.rows.setModel(None)
            self.sentence.setText("")
        self._show_counts()

    def _show_counts(self) -> None:
        if not self.groups:
            self.said.setText(self.tr("Nothing is wrong with these rows."))
        else:
            text = self.tr("{found} findings. {agreed} cells will be corrected; the others are kept as they are, with a remark.")
            self.said.setText(text.format(found=count(sum(len(kind.findings) for kind in self.groups)), agreed=count(len(self.agreed))))
        for button in (self.all_button, self.none_button):
            button.setVisible(bool(self.groups and self.shown is not None and self.shown.offered))

    def _show_ticks(self) -> None:
        self.kinds.blockSignals(True)
        for place, kind in enumerate(self.groups):
            item = self.kinds.topLevelItem(place)
            if not kind.offered:
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                continue
            ticked = len(kind.offered & self.agreed)
            states = Qt.CheckState
            item.setCheckState(0, states.Checked if ticked == len(kind.offered) else states.PartiallyChecked if ticked else states.Unchecked)
        self.kinds.blockSignals(False)
        self._show_counts()

    def _kind_chosen(self, item: QTreeWidgetItem | None, _before: Any = None) -> None:
        if item is None:
            return
        self.shown = kind = self.groups[item.data(0, _NUMBER)]
        headers = [self.tr("Line"), self.tr("Column"), self.tr("Value"), self.tr("Proposal"), self.tr("What is the matter")]
        self.model = FindingsModel(headers, kind.findings, self.agreed, self._show_ticks)
        show_rows(self.rows, self.model, stretch_last=True)
        text = self.tr("Apply to {count} rows") if len(kind.offered) != 1 else self.tr("Apply to this row")
        self.all_button.setText(text.format(count=count(len(kind.offered))))
        self._explain(0)
        self._show_counts()

    def _explain(self, row: int) -> None:
        if self.model is not None and row < len(self.model.findings):
            self.sentence.setText(str(self.model.findings[row][1]))

    def towns_file(self) -> str:
        """The user's table of communes; empty for none."""
        return self.towns.filePath().strip().strip('"')

    # -- consent ---------------------------------------------------------------------------------------------------

    def _kind_ticked(self, item: QTreeWidgetItem, _column: int = 0) -> None:
        self._tick(self.groups[item.data(0, _NUMBER)], item.checkState(0) != Qt.CheckState.Unchecked)

    def _tick_group(self, agreed: bool) -> None:
        if self.shown is not None:
            self._tick(self.shown, agreed)

    def _tick(self, kind: Kind, agreed: bool) -> None:
        if agreed:
            self.agreed |= kind.offered  # in place: the model looks at the same set
        else:
            self.agreed -= kind.offered
        self._show_ticks()
        if self.model is not None:
            self.model.look_again()

    def corrections(self) -> tuple[list[str], list[Finding]]:
        """Codes all of whose proposals are agreed to, for the recipe; and the single findings beside them."""
        by_code: dict[str, list[Kind]] = {}
        for kind in self.groups:
            if kind.offered:
                by_code.setdefault(kind.code, []).append(kind)
        whole = [code for code, kinds in by_code.items() if all(self.agreed >= kind.offered for kind in kinds)]
        others = [kind for code, kinds in by_code.items() if code not in whole for kind in kinds if kind.offered & self.agreed]
        return whole, [one for kind in others for number, one in kind.findings if number in self.agreed]
