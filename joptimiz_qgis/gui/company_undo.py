"""The last import taken back: QGIS lets its layers of the file go meanwhile, and shows them again as they were."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from qgis.core import QgsProject, QgsSettings
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import QMessageBox, QWidget

from ..layers.customer_layers import LAYERS, Released
from ..toolkit.company.history import History
from ..toolkit.errors import JoptimizError
from ..toolkit.messages import tr
from .one_writer import claim, when_free
from .wdg_company_merge import TARGET

if TYPE_CHECKING:
    from .background import Running, Work


def customers_file(project: QgsProject) -> Path | None:
    """The result of imports that is open in `project`, else that of the last import; None where there is none."""
    for layer in project.mapLayers().values():
        path, _, table = layer.source().partition("|layername=")
        if table.partition("|")[0] in LAYERS and Path(path).is_file():
            return Path(path)
    last = QgsSettings().value(TARGET, "", str)
    return Path(last) if last and History(last).entries() else None


def undo_last(path: Path, at_work: Callable[[str, Work, Any], Running], done: Callable[[bool, str], None], parent: QWidget) -> None:
    """Take the last import of `path` back, after asking; a decision of a review that is just being written is waited for.

    Parameters
    ----------
    at_work : callable
        Does work in the background, and returns what is at work; see `WorkDialog.in_background`.
    done : callable
        Called with whether it was done, and a sentence.
    """
    when_free(path, lambda: _undo_now(path, at_work, done, parent) if _is_idle(parent) else None)


def _undo_now(path: Path, at_work: Callable[[str, Work, Any], Running], done: Callable[[bool, str], None], parent: QWidget) -> None:
    history = History(path)
    entries = history.entries()
    if not entries:
        done(False, tr("There is no import of “{name}” to undo.", name=path.name))
        return
    changed = not history.unchanged()
    text = _tr("The last import into “{name}” will be undone: the file is then as it was before, byte for byte.")
    if _is_review(entries[-1]):
        text = _tr("The decisions of the last review of “{name}” will be undone; the import itself stays. Undo once more to take it back too.")
    text = text.format(name=path.name)
    if changed:
        text += "\n\n" + _tr("It was changed since that import (positions moved by hand, for example): those changes will be lost.")
    if agreed(parent, text):
        when_free(path, lambda: _take_back(history, changed, at_work, done) if _is_idle(parent) else None)


def _take_back(history: History, changed: bool, at_work: Callable[[str, Work, Any], Running], done: Callable[[bool, str], None]) -> None:
    path = history.path
    try:
        released = Released(QgsProject.instance(), path)
    except JoptimizError as error:
        done(False, str(error))
        return

    undone: list[Any] = []
    review = _is_review(history.entries()[-1])

    def ended(_result: Any, sentence: str) -> None:
        released.restore()
        words = _tr("“{path}” is as it was before the last review.") if review else tr("“{path}” is as it was before the last import.")
        done(bool(undone), words.format(path=path) if undone else sentence)

    claim(path, at_work(_tr("Undoing the import"), lambda _progress: undone.append(history.undo(even_if_changed=changed)), ended))


def _is_review(entry: dict[str, Any]) -> bool:
    """Whether an entry of the log stands for decisions of a review: they have one of their own, behind that of the import."""
    return any(name.startswith("review_") for name in entry.get("counts", ()))


def _is_idle(asking: QWidget) -> bool:
    """Whether who asked is still there, and has begun nothing else meanwhile."""
    return not sip.isdeleted(asking) and getattr(asking, "work", None) is None


def agreed(parent: QWidget, text: str) -> bool:
    """Whether the user says yes."""
    buttons = QMessageBox.StandardButton
    return QMessageBox.question(parent, "JOPTIMIZ", text, buttons.Yes | buttons.No, buttons.No) == buttons.Yes


def _tr(text: str) -> str:
    return QCoreApplication.translate("CompanyUndo", text)
