"""Time, kind and vehicle: the section of the panel that filters the map by a moment, plays a day, and says what applies at a click."""

from __future__ import annotations

import html
import json
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Callable

from qgis.core import QgsProject, QgsSettings
from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QDateTime, QLocale, QSize, Qt, QTime, QTimer
from qgis.PyQt.QtGui import QColor, QIcon, QPixmap
from qgis.PyQt.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QGridLayout,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QSizePolicy,
    QSlider,
    QTextBrowser,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..layers.bays import OTHER_COLOUR
from ..layers.moment import MomentMap, Shown
from ..layers.perimeters import PERIMETER_COLOURS
from ..paths import icon_path
from ..toolkit.dependencies import load_libraries
from ..toolkit.errors import JoptimizError
from ..toolkit.messages import language
from ..toolkit.schema.table import kinds
from .mtl_here import HereTool
from .wdg_vehicle import VehicleChoice

if TYPE_CHECKING:
    from qgis.core import QgsPointXY
    from qgis.gui import QgisInterface, QgsMapTool

    from ..toolkit.here import PerimeterHere
    from ..toolkit.moment_filter import Question

FRAME_MS = 200
"""A day plays at more than four hours a second where the machine keeps up."""

BUDGET_S = 0.02
"""Work in one turn of the event loop: QGIS stays alive between two of them."""

_SETTING = "joptimiz/moment/vehicle"
_SCOPE, _ENTRY = "joptimiz", "moment/state"
_HOUR, _DAY = 3600, 86400
_FORMAT = "ddd dd/MM/yyyy  HH:mm"


class MomentSection(QgsCollapsibleGroupBox):
    """Date and hour (or a range), steps, a day that plays, kinds, vehicle; filter, theme, and what applies at a click.

    Parameters
    ----------
    iface : QgisInterface
    """

    def __init__(self, iface: QgisInterface) -> None:
        super().__init__()
        self.iface = iface
        self.project = QgsProject.instance()
        self.map = MomentMap(self.project)
        self.shown: Shown | None = None
        self.place: QgsPointXY | None = None
        self.libraries = _Libraries()
        self._work: Iterator[None] | None = None
        self._kind_boxes: dict[str, QCheckBox] = {}
        self._kinds_off: set[str] = set()
        self._tool: HereTool | None = None
        self._tool_before: QgsMapTool | None = None
        self._silent = False
        self.setObjectName("momentSection")
        self.setTitle(self.tr("Time, kind and vehicle"))
        self._widgets()
        self._contents()
        self.worker = _timer(self, 0, self._turn)
        self.player = _timer(self, FRAME_MS, self._next_hour)
        self.later = _timer(self, 300, self.refresh)
        self.later.setSingleShot(True)
        self.vehicle.set_state(_read_json(QgsSettings().value(_SETTING, "")))
        self.setCollapsed(True)
        self.collapsedStateChanged.connect(self._folded)
        self._links = [
            (self.project.readProject, self._project_read), (self.project.cleared, self._cleared),
            (self.project.layersAdded, self._layers_changed), (self.project.layersRemoved, self._layers_changed),
        ]  # fmt: skip
        for signal, slot in self._links:
            signal.connect(slot)

    # -- what is shown -----------------------------------------------------------------------------------------------

    def _widgets(self) -> None:
        now = QDateTime.currentDateTime()
        now.setTime(QTime(now.time().hour(), 0))
        self.moment = _moment_edit("momentEdit", now)
        self.until_box = QCheckBox(self.tr("until"))
        self.until_box.setObjectName("rangeBox")
        self.until_box.setToolTip(self.tr("What applies at any moment of these hours"))
        self.until = _moment_edit("untilEdit", now.addSecs(2 * _HOUR))
        self.until.setEnabled(False)
        self.steps = [
            _tool_button("stepDayBack", "−1 j" if language() == "fr" else "−1 d", lambda: self.step(-_DAY)),
            _tool_button("stepHourBack", "−1 h", lambda: self.step(-_HOUR)),
            _tool_button("stepHourOn", "+1 h", lambda: self.step(_HOUR)),
            _tool_button("stepDayOn", "+1 j" if language() == "fr" else "+1 d", lambda: self.step(_DAY)),
        ]
        self.play_button = _tool_button("playButton", "▶", self.toggle_play)
        self.play_button.setToolTip(self.tr("Play the day, hour by hour"))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("hourSlider")
        self.slider.setRange(0, 23)
        self.slider.setPageStep(1)
        self.slider.setValue(now.time().hour())
        self.kinds_page = QWidget()
        self.kinds_layout = QGridLayout(self.kinds_page)
        self.kinds_layout.setContentsMargins(0, 0, 0, 0)
        self.vehicle = VehicleChoice()
        self.filter_box = QCheckBox(self.tr("Filter the map"))
        self.filter_box.setObjectName("filterBox")
        self.unknown_box = QCheckBox(self.tr("Hide what is not known"))
        self.unknown_box.setObjectName("hideUnknownBox")
        self.theme_button = _tool_button("themeButton", self.tr("Save as a theme…"), self.ask_theme)
        self.here_button = _tool_button("hereButton", self.tr("What applies here?"), self.toggle_tool)
        self.here_button.setIcon(QIcon(icon_path("what_applies")))
        self.here_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.here_button.setCheckable(True)
        self.result = _label("momentResult")
        self.notes = _label("momentNotes")
        self.notes.setStyleSheet("color: #5c4400;")
        self.here_text = QTextBrowser()
        self.here_text.setObjectName("hereText")
        self.here_text.setMinimumHeight(150)
        self.here_text.hide()
        self.moment.dateTimeChanged.connect(self._moment_changed)
        self.until.dateTimeChanged.connect(self._changed)
        self.until_box.toggled.connect(self.until.setEnabled)
        self.until_box.toggled.connect(self._changed)
        self.slider.valueChanged.connect(self._slid)
        self.vehicle.changed.connect(self._vehicle_changed)
        self.filter_box.toggled.connect(self._changed)
        self.unknown_box.toggled.connect(self._changed)

    def _contents(self) -> None:
        body = QWidget()  # the box shows all that it holds itself when it opens
        outer = QVBoxLayout(self)
        outer.addWidget(body)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.moment)
        column.addLayout(_row(*self.steps))
        column.addLayout(_row(self.play_button, wide=self.slider))
        column.addLayout(_row(self.until_box, wide=self.until))
        column.addWidget(self.kinds_page)
        column.addWidget(self.vehicle)
        column.addWidget(self.filter_box)
        column.addWidget(self.unknown_box)
        column.addWidget(self.result)
        column.addWidget(self.notes)
        column.addWidget(self.here_button)
        column.addWidget(self.theme_button)
        column.addWidget(self.here_text)
        for button in (self.here_button, self.theme_button):
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for field in (*body.findChildren(QComboBox), *body.findChildren(QAbstractSpinBox), *body.findChildren(QCheckBox)):
            field.setMinimumWidth(60)  # the panel stands beside the map: it may be made narrow

    # -- what one does -----------------------------------------------------------------------------------------------

    def question(self) -> Question:
        """What the fields ask.

        Raises
        ------
        ParameterError
            The hours are no range, or the vehicle is none.
        """
        from ..toolkit.moment_filter import Question

        off = {kind for kind, box in self._kind_boxes.items() if not box.isChecked()}
        return Question(
            start=_python(self.moment.dateTime()),
            end=_python(self.until.dateTime()) if self.until_box.isChecked() else None,
            vehicle=self.vehicle.vehicle(),
            kinds=frozenset(set(self._kind_boxes) - off) if off else None,
            hide_unknown=self.unknown_box.isChecked(),
        )

    def set_moment(self, moment: datetime) -> None:
        """Ask about another moment."""
        self.moment.setDateTime(QDateTime.fromString(moment.isoformat(timespec="seconds"), Qt.DateFormat.ISODate))

    def step(self, seconds: int) -> None:
        """Move the moment, and the range with it."""
        self._move(self.moment.dateTime().addSecs(seconds))

    def toggle_play(self) -> None:
        """Play from the hour shown, or pause."""
        if self.player.isActive():
            self.player.stop()
        else:
            self.player.start()
        self.play_button.setText("⏸" if self.player.isActive() else "▶")

    def refresh(self) -> None:
        """Work out what applies, in small steps; what was being worked out is dropped."""
        self._close_work()
        self._work = self._steps()
        self.worker.start()

    def busy(self) -> bool:
        """Whether something is being worked out."""
        return self._work is not None

    def ask_theme(self) -> None:
        """Ask for the name of a theme and save it."""
        proposed = self.moment.dateTime().toString("dd/MM/yyyy HH:mm" if language() == "fr" else "yyyy-MM-dd HH:mm")
        name, accepted = QInputDialog.getText(self, self.tr("Save as a theme"), self.tr("Name of the map theme"), text=proposed)
        if accepted and name.strip():
            self.save_theme(name.strip())

    def save_theme(self, name: str) -> None:
        """Save what is shown as the map theme `name`."""
        if self.shown is None:
            self.notes.setText(self.tr("There is nothing to save yet."))
            return
        self.map.save_theme(name, self.shown, self.iface.layerTreeView().layerTreeModel())
        self.notes.setText(self.tr("Saved as the map theme “{name}”.").format(name=name))

    def toggle_tool(self) -> None:
        """Take the map tool, or put it away."""
        canvas = self.iface.mapCanvas()
        if self._tool is None:
            self._tool = HereTool(canvas, self.show_here)
            self._tool.deactivated.connect(lambda: self.here_button.setChecked(False))
        if self.here_button.isChecked():
            self._tool_before = canvas.mapTool()
            canvas.setMapTool(self._tool)
        elif canvas.mapTool() is self._tool:
            self._put_tool_away()

    def show_here(self, point: QgsPointXY) -> None:
        """Say what applies at a point of the map."""
        self.place = point
        self.setCollapsed(False)
        self.refresh()

    def leave(self) -> None:
        """The plugin is unloaded: filters off, tool away, no more listening."""
        self._stop()
        for signal, slot in self._links:
            signal.disconnect(slot)
        self.map.restore()
        self.map.forget()
        self._put_tool_away()
        if self._tool is not None:
            self._tool.forget()
            self._tool = None

    # -- the work ----------------------------------------------------------------------------------------------------

    def _steps(self) -> Iterator[None]:
        self.libraries.load()
        while not self.libraries.ready():
            self.result.setText(self.tr("Getting ready…"))
            time.sleep(0.01)
            yield
        yield from self.map.prepare()
        self._show_kinds(self.map.kinds_present())
        if not self.map.layers():
            self.shown = None
            self.result.setText(self.tr("Nothing in the project depends on the hour: open or import perimeters or delivery bays first."))
            self.notes.clear()
            return
        question = self.question()
        for step in self.map.ask(question):
            self.shown = step or self.shown
            yield
        if self.filter_box.isChecked() and self.shown is not None:
            yield from self._filter(self.shown)
        elif self.map.filtering:
            self.map.restore()
        self._say()
        if self.place is not None:
            yield
            canvas = self.iface.mapCanvas()
            self._tell_here(self.map.here(question, self.place, canvas.mapSettings().destinationCrs()))
        self._keep()

    def _filter(self, shown: Shown) -> Iterator[None]:
        """Filter the layers; the map is drawn once, when all are: a source that is being drawn makes us wait for it."""
        canvas = self.iface.mapCanvas()
        canvas.freeze(True)
        try:
            yield from self.map.show(shown)
        finally:
            canvas.freeze(False)
            canvas.refresh()

    def _turn(self) -> None:
        """As much of the work as fits into one turn of the event loop."""
        end = time.perf_counter() + BUDGET_S
        try:
            while self._work is not None and time.perf_counter() < end:
                next(self._work)
        except StopIteration:
            self._close_work()
        except JoptimizError as error:
            self._close_work()
            self.result.setText(str(error))
        if self._work is None:
            self.worker.stop()

    def _close_work(self) -> None:
        if self._work is not None:
            self._work.close()  # type: ignore[attr-defined]
            self._work = None

    def _say(self) -> None:
        words = self.shown.found.words() if self.shown else ""
        self.result.setText(f"<b>{html.escape(words)}</b>")
        self.notes.setText(" ".join(self.map.problems))

    def _show_kinds(self, found: list[str]) -> None:
        if found == list(self._kind_boxes):
            return
        off = {kind for kind, box in self._kind_boxes.items() if not box.isChecked()} | self._kinds_off
        while self.kinds_layout.count():
            self.kinds_layout.takeAt(0).widget().deleteLater()
        self._kind_boxes = {}
        titles = {row["key"]: row[language()] for row in kinds("perimeter_kinds")}
        for place, kind in enumerate(found):
            box = QCheckBox(titles.get(kind, self.tr("Kind not known") if kind == "?" else kind))
            box.setObjectName(f"kind_{kind}")
            box.setIcon(_square(PERIMETER_COLOURS.get(kind, OTHER_COLOUR)))
            box.setIconSize(QSize(12, 12))
            box.setChecked(kind not in off)
            box.toggled.connect(self._changed)
            self.kinds_layout.addWidget(box, place, 0)
            self._kind_boxes[kind] = box
        self._kinds_off = off - set(found)

    # -- at a click --------------------------------------------------------------------------------------------------

    def _tell_here(self, found: list[PerimeterHere]) -> None:
        when = QLocale(language()).toString(self.moment.dateTime(), _FORMAT)
        parts = [f"<p><b>{html.escape(self.tr('What applies here, {moment}').format(moment=when))}</b></p>"]
        parts += [_here_in_words(one, self.tr("another low-emission zone speaks here in its place")) for one in found]
        if not found:
            parts.append(f"<p>{html.escape(self.tr('No perimeter of these kinds is valid here at this moment.'))}</p>")
        self.here_text.setHtml("".join(parts))
        self.here_text.show()

    def _put_tool_away(self) -> None:
        if self._tool is None:
            return
        canvas = self.iface.mapCanvas()
        if canvas.mapTool() is self._tool:
            canvas.unsetMapTool(self._tool)
            if self._tool_before is not None and not sip.isdeleted(self._tool_before):
                canvas.setMapTool(self._tool_before)
        self.here_button.setChecked(False)

    # -- when something changes --------------------------------------------------------------------------------------

    def _folded(self, collapsed: bool) -> None:
        if not collapsed:
            self.refresh()
        elif self.player.isActive():
            self.toggle_play()

    def _changed(self, *_value: Any) -> None:
        if not self._silent:
            self.later.start()

    def _vehicle_changed(self) -> None:
        QgsSettings().setValue(_SETTING, json.dumps(self.vehicle.state()))
        self._changed()

    def _moment_changed(self, moment: QDateTime) -> None:
        if self._silent:
            return
        self._silent = True
        self.slider.setValue(moment.time().hour())
        if not self.until_box.isChecked():
            self.until.setDateTime(moment.addSecs(2 * _HOUR))
        self._silent = False
        self._changed()

    def _slid(self, hour: int) -> None:
        if not self._silent:
            moment = self.moment.dateTime()
            self._move(QDateTime(moment.date(), QTime(hour, moment.time().minute())))

    def _move(self, moment: QDateTime) -> None:
        """Another moment at once, the range moved along."""
        self._silent = True
        length = self.moment.dateTime().secsTo(self.until.dateTime())
        self.moment.setDateTime(moment)
        self.until.setDateTime(moment.addSecs(length if self.until_box.isChecked() else 2 * _HOUR))
        self.slider.setValue(moment.time().hour())
        self._silent = False
        self.refresh()

    def _next_hour(self) -> None:
        """The next hour of the same day, when the one before is on the map."""
        if self.busy() or self.iface.mapCanvas().isDrawing():
            return
        moment = self.moment.dateTime()
        following = moment.addSecs(_HOUR)
        self._move(QDateTime(moment.date(), following.time()))

    def _layers_changed(self, *_layers: Any) -> None:
        if not self.isCollapsed():
            self.later.start()

    def _cleared(self) -> None:
        self._stop()
        self.map.forget()
        self.shown = self.place = None
        self._silent = True
        self.filter_box.setChecked(False)
        self._silent = False
        self.map.filtering = False
        self.here_text.hide()
        self.result.clear()
        self.notes.clear()

    def _stop(self) -> None:
        self._close_work()
        for timer in (self.worker, self.later):
            timer.stop()
        if self.player.isActive():
            self.toggle_play()

    # -- with the project --------------------------------------------------------------------------------------------

    def _keep(self) -> None:
        """Keep the fields with the project, only where a filter is on or the vehicle is one: looking does not change a project."""
        state = {
            "start": self.moment.dateTime().toString(Qt.DateFormat.ISODate),
            "end": self.until.dateTime().toString(Qt.DateFormat.ISODate) if self.until_box.isChecked() else None,
            "kinds_off": [kind for kind, box in self._kind_boxes.items() if not box.isChecked()],
            "hide_unknown": self.unknown_box.isChecked(),
            "filtering": self.filter_box.isChecked(),
            "vehicle": self.vehicle.state(),
        }
        before = self.project.readEntry(_SCOPE, _ENTRY, "")[0]
        if state["filtering"] or before:
            self.project.writeEntry(_SCOPE, _ENTRY, json.dumps(state))

    def _project_read(self) -> None:
        state = _read_json(self.project.readEntry(_SCOPE, _ENTRY, "")[0])
        if not state:
            self._layers_changed()
            return
        self._silent = True
        start = QDateTime.fromString(str(state.get("start")), Qt.DateFormat.ISODate)
        end = QDateTime.fromString(str(state.get("end")), Qt.DateFormat.ISODate)
        if start.isValid():
            self.moment.setDateTime(start)
            self.slider.setValue(start.time().hour())
        self.until_box.setChecked(end.isValid())
        if end.isValid():
            self.until.setDateTime(end)
        self._kinds_off = set(map(str, state.get("kinds_off") or []))
        self.unknown_box.setChecked(bool(state.get("hide_unknown")))
        self.filter_box.setChecked(bool(state.get("filtering")))
        vehicle = state.get("vehicle")
        self.vehicle.set_state(vehicle if isinstance(vehicle, dict) else {})
        self._silent = False
        if state.get("filtering"):
            self.map.filtering = True
            self.setCollapsed(False)
            self.refresh()


class _Libraries:
    """The compiled libraries, loaded in a thread of their own: they take a second, and QGIS goes on."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._error: JoptimizError | None = None

    def load(self) -> None:
        """Begin, if it has not begun."""
        if self._thread is None or self._error is not None:
            self._error = None
            self._thread = threading.Thread(target=self._load, daemon=True)
            self._thread.start()

    def ready(self) -> bool:
        """Whether they are there; a missing one is an error."""
        if self._thread is not None and self._thread.is_alive():
            return False
        if self._error is not None:
            raise self._error
        return True

    def _load(self) -> None:
        try:
            load_libraries()
            from ..toolkit import here, moment_filter  # noqa: F401 - loaded here, used elsewhere
        except JoptimizError as error:
            self._error = error


def _here_in_words(one: PerimeterHere, instead: str) -> str:
    colour = PERIMETER_COLOURS.get(one.kind, OTHER_COLOUR)
    state = {"allowed": "#1b7a3d", "forbidden": "#b3261e", "active": "#b3261e"}.get(one.state, "#7a5b00")
    name = html.escape(f" – {one.name}" if one.name else "")
    change = html.escape(f", {one.change_in_words()}" if one.change_in_words() else "")
    why = html.escape(" ; ".join([*one.why, *([instead] if one.overridden else [])]))
    return (
        f"<p><span style='color:{colour}'>■</span> <b>{html.escape(one.title)}</b>{name}<br>"
        f"<span style='color:{state}'><b>{html.escape(one.state_in_words())}</b></span>{change}<br><i>{why}</i></p>"
    )


def _timer(parent: QWidget, milliseconds: int, slot: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setInterval(milliseconds)
    timer.timeout.connect(slot)
    return timer


def _moment_edit(name: str, moment: QDateTime) -> QDateTimeEdit:
    edit = QDateTimeEdit(moment)
    edit.setObjectName(name)
    edit.setCalendarPopup(True)
    edit.setLocale(QLocale(language()))
    edit.setDisplayFormat(_FORMAT)
    edit.setKeyboardTracking(False)
    return edit


def _tool_button(name: str, text: str, slot: Callable[[], None]) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setText(text)
    button.clicked.connect(lambda _checked: slot())
    return button


def _label(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _row(*widgets: QWidget, wide: QWidget | None = None) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget)
    if wide is None:
        row.addStretch(1)
    else:
        row.addWidget(wide, 1)
    return row


def _square(colour: str) -> QIcon:
    pixmap = QPixmap(12, 12)
    pixmap.fill(QColor(colour))
    return QIcon(pixmap)


def _python(moment: QDateTime) -> datetime:
    return datetime.fromisoformat(moment.toString("yyyy-MM-ddTHH:mm:00"))


def _read_json(text: Any) -> dict[str, Any]:
    try:
        found = json.loads(text) if text else {}
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
