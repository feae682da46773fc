"""What QGIS itself remembers of files: layers, recent files, history of processing, messages. All of it that names some files is removed."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qgis.core import QgsApplication, QgsMapLayer, QgsProject, QgsProviderRegistry, QgsSettings

from ..toolkit.company.purge import Purged, PurgePlan, forget_rows, names_one
from ..toolkit.errors import JoptimizError
from .customer_layers import Released, customer_layers

_HISTORY, _HISTORY_TABLE = "user-history.db", "history"


def let_go(project: QgsProject, plan: PurgePlan) -> tuple[int, list[Released]]:
    """Before a purge: the layers of what goes leave the project; the others of a file that stays only let it go.

    Returns
    -------
    removed : int
        Layers that left.
    released : list of Released
        To be restored when the purge has ended.

    Raises
    ------
    OutputError
        A layer that stays has changes that are not saved; the project is as it was.
    """
    released: list[Released] = []
    try:
        for path, tables in plan.tables:
            staying = [layer for layer in customer_layers(project, path) if _table(layer) not in tables]
            released.append(Released(project, path, staying))
    except JoptimizError:
        for held in released:
            held.restore()
        raise
    return remove_layers(project, plan.needles()), released


def _table(layer: QgsMapLayer) -> str:
    return str(QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source()).get("layerName") or "")


def remove_layers(project: QgsProject, needles: Sequence[str]) -> int:
    """Take the layers that read one of the files out of the project; their number."""
    gone = [layer.id() for layer in project.mapLayers().values() if reads_one(layer, needles)]
    project.removeMapLayers(gone)
    return len(gone)


def reads_one(layer: QgsMapLayer, needles: Sequence[str]) -> bool:
    """Whether a layer reads one of the files."""
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    return names_one(str(parts.get("path") or layer.source()), needles)


def forget_settings(needles: Sequence[str]) -> int:
    """Remove the settings of QGIS and of plugins that name one of the files: recent files, last folders' files; their number."""
    settings, number = QgsSettings(), 0
    for key in settings.allKeys():
        value = settings.value(key)
        if isinstance(value, (list, tuple)):
            kept = [one for one in value if not names_one(one, needles)]
            if len(kept) < len(value):
                settings.setValue(key, kept)
                number += 1
        elif names_one(key, needles) or names_one(value, needles):
            settings.remove(key)
            number += 1
    settings.sync()
    return number


def forget_history(needles: Sequence[str], purged: Purged | None = None) -> int:
    """Remove the entries of QGIS's history (of processing, of styles …) that name one of the files, its old text logs included; their number.

    Parameters
    ----------
    purged : Purged, optional
        Is told what could not be looked through: another QGIS holds it at this moment, or it cannot be read.
    """
    profile = Path(QgsApplication.qgisSettingsDirPath())
    number = 0
    logs = (profile / "processing" / "processing.log", profile / "history.txt", profile / "console_history.txt")
    for path in (profile / _HISTORY, *logs):
        try:
            number += forget_rows(path, _HISTORY_TABLE, needles) if path.name == _HISTORY else _forget_lines(path, needles)
        except (sqlite3.Error, OSError, UnicodeError) as error:
            if purged is not None:
                purged.left_in_history(path, error)
    return number


def _forget_lines(path: Path, needles: Sequence[str]) -> int:
    if not path.is_file():
        return 0
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not names_one(line, needles)]
    if len(kept) < len(lines):
        path.write_text("".join(kept), encoding="utf-8")
    return len(lines) - len(kept)


def forget_messages(window: Any, needles: Sequence[str]) -> int:
    """Remove the lines of QGIS's message log that name one of the files; their number.

    Parameters
    ----------
    window : QMainWindow
        Whose panels show the log.
    """
    from qgis.PyQt.QtWidgets import QPlainTextEdit

    number = 0
    for text in window.findChildren(QPlainTextEdit) if window is not None else ():
        if "MessageLog" not in _ancestors(text):
            continue
        lines = text.toPlainText().splitlines()
        kept = [line for line in lines if not names_one(line, needles)]
        if len(kept) < len(lines):
            text.setPlainText("\n".join(kept))
            number += len(lines) - len(kept)
    return number


def _ancestors(widget: Any) -> str:
    names = []
    while widget is not None:
        names += [widget.objectName(), type(widget).__name__]
        widget = widget.parent()
    return " ".join(names)
