"""The last import taken back: QGIS lets its layers of the file go meanwhile, and shows them again as they were."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from qgis.core import QgsProject, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import QMessageBox, QWidget

from ..layers.customer_layers import LAYERS, Released
from ..toolkit.company.history import History
from ..toolkit.errors import JoptimizError
from ..toolkit.messages import tr
from .wdg_company_merge import TARGET

if TYPE_CHECKING:
    from .background import Work


def customers_file(project: QgsProject) -> Path | None:
    """The result of imports that is open in `project`, else that of the last import; None where there is none."""
    for layer in project.mapLayers().values():
        path, _, table = layer.source().partition("|layername=")
        if table.partition("|")[0] in LAYERS and Path(path).is_file():
            return Path(path)
    last = QgsSettings().value(TARGET, "", str)
    return Path(last) if last and History(last).entries() else None


def undo_last(path: Path, at_work: Callable[[str, Work, Any], None], done: Callable[[bool, str], None], parent: QWidget) -> None:
    """Take the last import of `path` back, after asking.

    Parameters
    ----------
    at_work : callable
        Does work in the background; see `WorkDialog.in_background`.
    done : callable
        Called with whether it was done, and a sentence.
    """
    history = History(path)
    entries = history.entries()
    if not entries:
        done(False, tr("There is no import of “{name}” to undo.", name=path.name))
        return
    changed = not history.unchanged()
    text = _tr("The last import into “{name}” will be undone: the file is then as it was before, byte for byte.").format(name=path.name)
    if changed:
        text += "\n\n" + _tr("It was changed since that import (positions moved by hand, for example): those changes will be lost.")
    if not agreed(parent, text):
        return
    try:
        released = Released(QgsProject.instance(), path)
    except JoptimizError as error:
        done(False, str(error))
        return

    undone: list[Any] = []

    def ended(_result: Any, sentence: str) -> None:
        released.restore()
        said = tr("“{path}” is as it was before the last import.", path=str(path)) if undone else sentence
        done(bool(undone), said)

    at_work(_tr("Undoing the import"), lambda _progress: undone.append(history.undo(even_if_changed=changed)), ended)


def agreed(parent: QWidget, text: str) -> bool:
    """Whether the user says yes."""
    buttons = QMessageBox.StandardButton
    return QMessageBox.question(parent, "JOPTIMIZ", text, buttons.Yes | buttons.No, buttons.No) == buttons.Yes


def _tr(text: str) -> str:
    return QCoreApplication.translate("CompanyUndo", text)
