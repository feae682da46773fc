"""The menu “Orders…” of the panel: each entry opens the dialog of an algorithm, with the orders of the project filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from qgis.core import Qgis, QgsProject
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QMenu

from ..layers.roles import regulations_layers
from ..paths import icon_path
from ..toolkit.dependencies import load_libraries
from ..toolkit.errors import JoptimizError

if TYPE_CHECKING:
    from qgis.PyQt.QtWidgets import QDialog, QWidget


class OrdersMenu(QMenu):
    """Import, locate, check, publish, compare.

    Parameters
    ----------
    say : callable
        Shows a sentence at the top of the panel.
    parent : QWidget, optional
    """

    def __init__(self, say: Callable[..., None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ordersMenu")
        self.say = say
        self.dialogs: list[QDialog] = []
        entries = (
            ("importregulations", _tr("Import orders…"), "import_regulations"),
            ("locateregulations", _tr("Locate orders…"), "locate_regulations"),
            ("validateregulations", _tr("Check orders…"), "validate_regulations"),
            ("exportregulations", _tr("Publish orders…"), "export_regulations"),
            ("harmonisationreport", _tr("Compare neighbouring municipalities…"), "harmonisation_report"),
        )
        for name, text, icon in entries:
            action = self.addAction(QIcon(icon_path(icon)), text)
            action.setObjectName(name)
            action.triggered.connect(lambda _checked=False, name=name: self.open(name))

    def open(self, name: str) -> QDialog | None:
        """Show the dialog of an algorithm; None where the libraries that it needs are not there."""
        from processing import createAlgorithmDialog

        try:
            load_libraries()
        except JoptimizError as error:
            self.say(str(error), Qgis.MessageLevel.Warning)
            return None
        dialog = createAlgorithmDialog(f"joptimiz:{name}", known_parameters(name, QgsProject.instance()))
        # Held, or Python forgets its part of the dialog, and Run does nothing.
        self.dialogs = [*(other for other in self.dialogs if not sip.isdeleted(other)), dialog]
        dialog.show()
        return dialog

    def leave(self) -> None:
        """Close the dialogs: the plugin is unloaded."""
        for dialog in self.dialogs:
            if not sip.isdeleted(dialog):
                dialog.close()
        self.dialogs = []


def known_parameters(name: str, project: QgsProject) -> dict[str, Any]:
    """What the project says of an algorithm's parameters: its workspace, its layers of orders."""
    from ..layers.workspace import workspace_in  # brings the tables' libraries, which QGIS is not to load at its start

    workspace = workspace_in(project)
    if name == "importregulations":
        return {"WORKSPACE": str(workspace)} if workspace else {}
    if name == "locateregulations" and workspace:
        return {"WORKSPACE": str(workspace)}
    layers = regulations_layers(project)
    areas = next((layer for layer in layers if layer.geometryType() == Qgis.GeometryType.Polygon), None)
    streets = next((layer for layer in layers if layer.geometryType() == Qgis.GeometryType.Line), areas)
    known = {"INPUT": streets} if streets is not None else {}
    return {**known, "INPUT_AREAS": areas} if areas is not None and areas is not streets else known


def _tr(text: str) -> str:
    return QCoreApplication.translate("OrdersMenu", text)
