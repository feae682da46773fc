"""The review of customers: each address that waits, its candidate on the map; accepted, moved or rejected by button or key, and taken back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
)
from qgis.gui import QgsDockWidget, QgsMessageBar, QgsRubberBand, QgsVertexMarker
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtGui import QColor, QKeySequence
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ..layers.customer_layers import customer_layers, show_customers
from ..processing.company_settings import company_settings
from ..toolkit.company.titles import kind_of_address
from ..toolkit.errors import JoptimizError
from ..toolkit.messages import count, decimal
from ..toolkit.web import host_of
from .background import BackgroundWork
from .company_undo import customers_file
from .mdl_rows import RowsModel
from .mtl_here import HereTool
from .one_writer import claim, is_busy
from .section import paragraph
from .work_dialog import named_button

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qgis.gui import QgisInterface
    from qgis.PyQt.QtGui import QKeyEvent

    from ..toolkit.company.geocoder import Answer
    from ..toolkit.company.review import Review, Waiting

_NEAR_M = 250.0
_METRES_PER_DEGREE = 111_320.0
_DEGREES = "EPSG:4326"
_WAITING, _CURRENT, _OTHER = QColor("#e69f00"), QColor("#b2182b"), QColor("#0072b2")


def open_review(iface: QgisInterface, path: Path | str | None = None) -> ReviewDock | None:
    """Open the review of the import at `path`, or of that whose layers are in the project; None, and a sentence, where there is none."""
    from ..toolkit.company.review import Review

    found = Path(path) if path else customers_file(QgsProject.instance())
    if found is None:
        text = _tr("There is no import of customers in the project. Import a company file first.")
        iface.messageBar().pushMessage("JOPTIMIZ", text, Qgis.MessageLevel.Warning, 0)
        return None
    try:
        review = Review(found)
    except JoptimizError as error:
        iface.messageBar().pushMessage("JOPTIMIZ", str(error), Qgis.MessageLevel.Warning, 0)
        return None
    close_reviews(iface)
    dock = ReviewDock(iface, review, iface.mainWindow())
    iface.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
    dock.list.setFocus()
    return dock


def look_again(iface: QgisInterface) -> None:
    """The file of an open review was written by something else, an undo or an import: its list is read anew; none is left of a file that is gone."""
    for dock in iface.mainWindow().findChildren(ReviewDock):
        if not dock.review.path.is_file():
            dock.leave()
        elif dock.work is None:
            dock.load()
        else:
            dock.again = True


def close_reviews(iface: QgisInterface) -> None:
    """Close what is open: the plugin is unloaded, the data are purged, or another review begins."""
    for dock in iface.mainWindow().findChildren(ReviewDock):
        dock.leave()


class ReviewDock(QgsDockWidget):
    """Shows what waits in an import, takes decisions, and writes each at once.

    Parameters
    ----------
    iface : QgisInterface
    review : Review
    """

    def __init__(self, iface: QgisInterface, review: Review, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("JoptimizCustomerReview")
        self.setWindowTitle(self.tr("Customers to review – {name}").format(name=review.path.name))
        self.iface, self.review = iface, review
        self.rows: list[Waiting] = []
        self.shown: list[Waiting] = []
        self.answers: list[Answer] = []
        self.asked: dict[str, list[Answer]] = {}
        self.work: BackgroundWork | None = None
        self.remark = ""  # on the decision that is being written
        self.again = False  # the list is to be read once more, when what is at work has ended
        self.tool: HereTool | None = None
        self.tool_before: Any = None
        self.messages = QgsMessageBar(self)
        canvas = iface.mapCanvas()
        self.points = QgsRubberBand(canvas, Qgis.GeometryType.Point)
        self.points.setColor(_WAITING)
        self.points.setIconSize(7)
        self.marks: list[QgsVertexMarker] = []
        self.setWidget(self._contents())
        self.load()

    # -- what it looks like --------------------------------------------------------------------------------------------

    def _contents(self) -> QWidget:
        self.filter = QComboBox()
        self.filter.setObjectName("reasonFilter")
        self.filter.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.filter.currentIndexChanged.connect(self._filtered)
        self.counts = QLabel()
        self.counts.setObjectName("counts")
        self.list = _KeyedList(self.press)
        self.list.setObjectName("waiting")
        self.list.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.list.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.list.setWordWrap(False)
        self.list.setAlternatingRowColors(True)
        self.list.verticalHeader().setVisible(False)
        self.list.verticalHeader().setDefaultSectionSize(22)
        self.others = QListWidget()
        self.others.setObjectName("candidates")
        self.others.setMaximumWidth(260)
        self.others.setWordWrap(True)
        self.others.itemActivated.connect(lambda item: self.take(self.others.row(item)))
        self.others.itemClicked.connect(lambda item: self._look_at_answer(self.others.row(item)))
        self.others.currentRowChanged.connect(self._answer_chosen)
        self.detail = paragraph("")
        self.detail.setObjectName("detail")
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.ask_button = named_button("askButton", self.tr("Other candidates…"), self.ask)
        self.take_button = named_button("takeButton", self.tr("Take this candidate"), lambda: self.take(self.others.currentRow()))
        top, middle, below, page = QHBoxLayout(), QHBoxLayout(), QHBoxLayout(), QWidget()
        self.side = QWidget()  # takes room from the list only where there is something in it
        side = QVBoxLayout(self.side)
        side.setContentsMargins(0, 0, 0, 0)
        top.addWidget(QLabel(self.tr("Reason:")))
        top.addWidget(self.filter)
        top.addWidget(self.counts, 1)
        side.addWidget(self.others, 1)
        side.addWidget(self.take_button)
        middle.addWidget(self.list, 1)
        middle.addWidget(self.side)
        below.addWidget(self.detail, 1)
        below.addWidget(self.ask_button, 0, Qt.AlignmentFlag.AlignTop)
        whole = QVBoxLayout(page)
        whole.addWidget(self.messages)
        whole.addLayout(top)
        whole.addLayout(middle, 1)
        whole.addLayout(below)
        whole.addLayout(self._buttons())
        return page

    def _buttons(self) -> QHBoxLayout:
        """Letters of the French words, as the users read them."""
        row = QHBoxLayout()
        wanted: tuple[tuple[str, str, str, Callable[[], None]], ...] = (
            ("previousButton", self.tr("Previous"), "P", lambda: self.step(-1)),
            ("nextButton", self.tr("Next"), "S", lambda: self.step(1)),
            ("acceptButton", self.tr("Accept"), "A", self.accept),
            ("moveButton", self.tr("Move"), "D", self.move_on_map),
            ("rejectButton", self.tr("Reject"), "R", self.reject),
            ("undoButton", self.tr("Undo"), "Ctrl+Z", self.undo),
        )
        self.buttons: dict[str, QPushButton] = {}
        self.keys: dict[str, QPushButton] = {}
        for name, text, key, slot in wanted:
            button = named_button(name, f"{text} [{key}]", lambda _checked=False, act=slot: act())
            self.buttons[name] = button
            self.keys[key] = button
            row.addWidget(button)
        self.buttons["moveButton"].setCheckable(True)
        row.addStretch(1)
        return row

    def press(self, key: str) -> bool:
        """Press the button of a key; whether there is one."""
        button = self.keys.get(key)
        if button is None:
            return False
        button.click()
        return True

    # -- the list ------------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read what waits."""
        self._at_work(self.tr("Reading the customers to review"), lambda _progress: self.review.waiting(), self._loaded)
        self._hold()

    def _loaded(self, rows: list[Waiting] | None, sentence: str) -> None:
        if rows is None:
            self.say(sentence or self.tr("The list was not read."))
            return
        self.rows = rows
        kept = self.filter.currentData()
        reasons: dict[str, int] = {}
        for row in rows:
            reasons[_kind(row)] = reasons.get(_kind(row), 0) + 1
        self.filter.blockSignals(True)
        self.filter.clear()
        self.filter.addItem(self.tr("All ({count})").format(count=count(len(rows))), None)
        for reason, number in sorted(reasons.items(), key=lambda pair: -pair[1]):
            self.filter.addItem(f"{reason or '—'} ({count(number)})", reason)
        self.filter.setCurrentIndex(max(0, self.filter.findData(kept)))
        self.filter.blockSignals(False)
        self._filtered()

    def _filtered(self, *_how: Any) -> None:
        here = self.place()
        wanted = self.filter.currentData()
        self.shown = [row for row in self.rows if wanted is None or _kind(row) == wanted]
        titles = (self.tr("Line"), self.tr("Address of the file"), self.tr("Candidate"), self.tr("Score"), self.tr("Kind"), self.tr("Reason"))
        self.model = RowsModel(titles, len(self.shown), lambda number: _cells(self.shown[number]))
        self.list.setModel(self.model)
        modes, header = QHeaderView.ResizeMode, self.list.horizontalHeader()
        for column, width in enumerate((44, 230, 0, 46, 60, 0)):  # the others share what is left
            header.setSectionResizeMode(column, modes.Interactive if width else modes.Stretch)
            if width:
                self.list.setColumnWidth(column, width)
        self.list.selectionModel().currentRowChanged.connect(lambda *_rows: self._show_current())
        done = self.review.counts()
        text = self.tr("{waiting} wait; in this review: {accepted} accepted, {moved} moved, {rejected} rejected.")
        waiting = sum(1 for row in self.rows if not row.looked_at)
        self.counts.setText(text.format(waiting=count(waiting), **{name: count(number) for name, number in done.items()}))
        self._draw_points()
        self.go(min(max(here, 0), len(self.shown) - 1))
        self._show_current()

    def place(self) -> int:
        """Number of the row that is shown; -1 for none."""
        index = self.list.currentIndex()
        return index.row() if index.isValid() else -1

    def current(self) -> Waiting | None:
        """The row that is shown."""
        return self.shown[self.place()] if 0 <= self.place() < len(self.shown) else None

    def go(self, place: int) -> None:
        """Show a row."""
        if 0 <= place < len(self.shown):
            self.list.setCurrentIndex(self.model.index(place, 0))

    def step(self, by: int) -> None:
        """Show the next row, or the one before."""
        self.go(min(max(self.place() + by, 0), len(self.shown) - 1))

    def _show_current(self) -> None:
        row = self.current()
        self.answers = self.asked.get(row.key, []) if row else []
        self.others.clear()
        for number, one in enumerate(self.answers, start=1):
            text = f"{number}. {_score(one.score)}, {kind_of_address(one.type)} – {one.label}"
            item = QListWidgetItem(text)
            item.setToolTip(text)
            self.others.addItem(item)
        self.side.setVisible(bool(self.answers))
        self.detail.setText(self._told(row))
        self._mark_current()
        self.others.setCurrentRow(0 if self.answers else -1)
        self._enable()

    def _told(self, row: Waiting | None) -> str:
        """All of a row, since cells are cut, and what may be done about it."""
        if not self.rows:
            return self.tr("No customer of this import waits: all of them are on the map.")
        if row is None:
            return ""
        if row.looked_at:
            text = self.tr("{address}: rejected, without position. Press “Move” and click on the map if you know where it lies.")
            return text.format(address=_address(row))
        if not row.has_candidate:
            text = self.tr("{address}: {reason}. Ask for other candidates, or press “Move” and click on the map.")
            if self.answers:
                text = self.tr("{address}: {reason}. Take one of the candidates at the right, or press “Move” and click on the map.")
            return text.format(address=_address(row), reason=row.reason or self.tr("no candidate"))
        text = self.tr("{address} → {candidate} ({kind}, {score}): {reason}")
        found = _cells(row)
        return text.format(address=_address(row), candidate=row.label, kind=found[4], score=found[3], reason=row.reason)

    def _answer_chosen(self, number: int) -> None:
        for place, mark in enumerate(self.marks[: len(self.answers)]):
            mark.setIconSize(26 if place == number else 14)
        self._enable()

    def _enable(self) -> None:
        row, free = self.current(), self.work is None
        for name, button in self.buttons.items():
            button.setEnabled(free and row is not None)
            if name == "acceptButton":
                button.setEnabled(free and row is not None and row.has_candidate)
        self.buttons["undoButton"].setEnabled(free and bool(self.review.acts))
        self.ask_button.setEnabled(free and row is not None)
        self.take_button.setEnabled(free and 0 <= self.others.currentRow() < len(self.answers))

    # -- the map -------------------------------------------------------------------------------------------------------

    def _to_map(self) -> QgsCoordinateTransform:
        crs = self.iface.mapCanvas().mapSettings().destinationCrs()
        return QgsCoordinateTransform(QgsCoordinateReferenceSystem(_DEGREES), crs, QgsProject.instance())

    def _draw_points(self) -> None:
        self.points.reset(Qgis.GeometryType.Point)
        spots = [QgsPointXY(row.longitude, row.latitude) for row in self.shown if row.has_candidate]
        if spots:
            shape = QgsGeometry.fromMultiPointXY(spots)
            self.points.setToGeometry(shape, QgsCoordinateReferenceSystem(_DEGREES))

    def _mark_current(self) -> None:
        self._forget_marks()
        row = self.current()
        if row is None:
            return
        for one in self.answers:
            self._mark(one.longitude, one.latitude, _OTHER, QgsVertexMarker.IconType.ICON_CROSS)
        spots = [(one.longitude, one.latitude) for one in self.answers]
        if row.has_candidate:
            self._mark(row.longitude, row.latitude, _CURRENT, QgsVertexMarker.IconType.ICON_CIRCLE)
            spots.append((row.longitude, row.latitude))
        if spots:
            self._zoom(spots)

    def _mark(self, longitude: float | None, latitude: float | None, colour: QColor, kind: Any) -> None:
        mark = QgsVertexMarker(self.iface.mapCanvas())
        mark.setCenter(self._to_map().transform(QgsPointXY(longitude, latitude)))
        mark.setColor(colour)
        mark.setIconType(kind)
        mark.setIconSize(16)
        mark.setPenWidth(3)
        self.marks.append(mark)

    def _zoom(self, spots: Sequence[tuple[Any, Any]]) -> None:
        x, y = ([float(spot[side]) for spot in spots] for side in (0, 1))
        box = QgsRectangle(min(x), min(y), max(x), max(y))
        box.grow(_NEAR_M / _METRES_PER_DEGREE)
        canvas = self.iface.mapCanvas()
        canvas.setExtent(self._to_map().transformBoundingBox(box))
        canvas.refresh()

    def _look_at_answer(self, number: int) -> None:
        if 0 <= number < len(self.answers):
            self._zoom([(self.answers[number].longitude, self.answers[number].latitude)])

    def _forget_marks(self) -> None:
        for mark in self.marks:
            self.iface.mapCanvas().scene().removeItem(mark)
        self.marks = []

    # -- decisions -----------------------------------------------------------------------------------------------------

    def accept(self) -> None:
        """The candidate is the position."""
        row = self.current()
        if row is not None and row.has_candidate:
            self._write(lambda: self.review.accept(row.key))

    def reject(self) -> None:
        """No position."""
        row = self.current()
        if row is not None:
            self._write(lambda: self.review.reject(row.key))

    def undo(self) -> None:
        """Take the last decision back."""
        if self.review.acts:
            self._write(self.review.undo)

    def move_on_map(self) -> None:
        """Wait for a click on the map; pressed again, wait no more."""
        if self.tool is not None:
            self._tool_away()
            return
        canvas = self.iface.mapCanvas()
        self.tool_before = canvas.mapTool()
        self.tool = HereTool(canvas, self.moved_to)
        self.tool.setCursor(Qt.CursorShape.CrossCursor)
        canvas.setMapTool(self.tool)
        self.buttons["moveButton"].setChecked(True)
        self.say(self.tr("Click where this customer lies on the map."), Qgis.MessageLevel.Info)

    def moved_to(self, point: QgsPointXY) -> None:
        """The position is at a point of the map."""
        row = self.current()
        spot = self._to_map().transform(point, Qgis.TransformDirection.Reverse)
        self._tool_away()
        self.messages.clearWidgets()
        if row is not None:
            text = self.tr("{address} now lies outside France ({x}; {y}). If that was not meant: undo, zoom to the town, move it again.")
            self._write(lambda: self.review.move(row.key, spot.x(), spot.y()))
            self.remark = "" if _in_france(spot) else text.format(address=_address(row), x=decimal(spot.x(), 3), y=decimal(spot.y(), 3))

    def take(self, number: int) -> None:
        """One of the other candidates is the position."""
        row = self.current()
        if row is None or not 0 <= number < len(self.answers):
            return
        found = self.answers[number]
        longitude, latitude = found.longitude, found.latitude
        if longitude is not None and latitude is not None:
            self._write(lambda: self.review.move(row.key, longitude, latitude, found))

    def _write(self, change: Callable[[], Any]) -> None:
        if self.work is None and is_busy(self.review.path):
            self.say(self.tr("“{name}” is just being written. Decide again when that is done.").format(name=self.review.path.name))
        elif self.work is None:
            edited = [layer.name() for layer in customer_layers(QgsProject.instance(), self.review.path) if layer.isModified()]
            if edited:
                text = self.tr("The layer “{name}” has changes that are not saved. Save or discard them, then try again.")
                self.say(text.format(name=edited[0]))
                return
            self._at_work(self.tr("Writing a decision"), lambda _progress: (change(), self.review.waiting())[1], self._written)
            self._hold()

    def _written(self, rows: list[Waiting] | None, sentence: str) -> None:
        if rows is None:
            self.say(sentence)
            self._enable()
            return
        self.messages.clearWidgets()
        self._loaded(rows, "")
        remark, self.remark = self.remark, ""
        if remark:
            self.say(remark)
        show_customers(QgsProject.instance(), self.review.path)
        for layer in customer_layers(QgsProject.instance(), self.review.path):
            layer.dataProvider().reloadData()
            layer.updateExtents(True)
            layer.triggerRepaint()
        self.list.setFocus()  # from the map, where a point was moved to: the keys decide the next one

    # -- more candidates -----------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Ask the geocoder for other candidates of this address, after consent that names it."""
        from ..processing.web import QgisClient
        from ..toolkit.company.geocoder import SENT_COLUMNS, Consent
        from ..toolkit.company.review import candidates, question

        row = self.current()
        if row is None or self.work is not None:
            return
        settings, address = company_settings(), row.address
        url = settings.geocoder
        if not any(address):
            self.say(self.tr("This row has no address that could be asked for."))
            return
        buttons = QMessageBox.StandardButton
        if row.key in self.asked:
            return
        if QMessageBox.question(self, "JOPTIMIZ", question(address, url), buttons.Yes | buttons.No, buttons.No) != buttons.Yes:
            return
        consent, client = Consent(host_of(url), SENT_COLUMNS, 1), QgisClient(settings.authcfg, host_of(url))

        def answered(found: list[Answer] | None, sentence: str) -> None:
            if found is None:
                self.say(sentence)
            else:
                self.asked[row.key] = found
                if not found:
                    self.say(self.tr("The geocoder has no other candidate."), Qgis.MessageLevel.Info)
            self._show_current()

        self._at_work(self.tr("Asking for candidates"), lambda progress: candidates(address, client, url, consent, progress), answered)

    # -- work and end --------------------------------------------------------------------------------------------------

    def _at_work(self, title: str, work: Any, done: Callable[..., None]) -> None:
        def ended(result: Any, sentence: str) -> None:
            self.work = None
            if sip.isdeleted(self):
                return
            done(result, sentence)
            if self.again and self.work is None:
                self.again = False
                self.load()

        self.work = BackgroundWork(title, work, ended)
        self._enable()
        self.work.start()

    def _hold(self) -> None:
        """Nobody else writes the file, or puts another in its place, while this one looks into it."""
        if self.work is not None:
            claim(self.review.path, self.work)

    def say(self, text: str, level: Qgis.MessageLevel = Qgis.MessageLevel.Warning) -> None:
        """Show a sentence at the top."""
        self.messages.clearWidgets()
        self.messages.pushMessage("", text, level, 0)

    def _tool_away(self) -> None:
        tool, self.tool = self.tool, None
        self.buttons["moveButton"].setChecked(False)
        if tool is not None:
            tool.forget()
            canvas = self.iface.mapCanvas()
            if canvas.mapTool() is tool:
                canvas.setMapTool(self.tool_before) if self.tool_before is not None else canvas.unsetMapTool(tool)

    def leave(self) -> None:
        """Take everything off the map and go away for good."""
        if self.work is not None:
            self.work.abandon()
        self._tool_away()
        self._forget_marks()
        self.iface.mapCanvas().scene().removeItem(self.points)
        self.iface.removeDockWidget(self)
        sip.delete(self)

    def closeEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Nothing of the review stays on the map of who closes it."""
        self._tool_away()
        self._forget_marks()
        self.points.reset(Qgis.GeometryType.Point)
        super().closeEvent(event)


class _KeyedList(QTableView):
    """A list whose keys decide; arrows go up and down."""

    def __init__(self, press: Callable[[str], bool]) -> None:
        super().__init__()
        self.press = press

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Called by Qt: raises nothing."""
        letter = "Ctrl+Z" if event.matches(QKeySequence.StandardKey.Undo) else event.text().upper()
        if not self.press(letter):
            super().keyPressEvent(event)


def _kind(row: Waiting) -> str:
    """The reason without what differs from row to row."""
    return row.reason.partition(":")[0].strip()


def _cells(row: Waiting) -> list[str]:
    score = "" if row.score is None else _score(row.score)
    return [str(row.line or ""), _address(row), row.label, score, _in_words(row.kind), row.reason]


def _in_france(spot: QgsPointXY) -> bool:
    import shapely

    from ..toolkit.crs import TERRITORIES

    return any(territory.polygon().intersects(shapely.Point(spot.x(), spot.y())) for territory in TERRITORIES)


def _address(row: Waiting) -> str:
    return " ".join(filter(None, row.address)) or row.key


def _score(score: float) -> str:
    return decimal(score, 2)


def _in_words(kind: str) -> str:
    return str(kind_of_address(kind)) if kind else ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("ReviewDock", text)
