"""The journey of a control from the panel's buttons: the panel of findings opened and closed, the publication's dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from qgis.core import Qgis, QgsProject
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt

from ..layers.roles import bays_layer
from ..toolkit.dependencies import require_libraries
from ..toolkit.errors import MissingDependencyError

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from .dck_findings import FindingsDock


class FindingsPanel:
    """Opens the panel of findings on the project's bays.

    Parameters
    ----------
    iface : QgisInterface
    say : callable
        Shows a sentence at the top of the panel.
    """

    def __init__(self, iface: QgisInterface, say: Callable[..., None]) -> None:
        self.iface = iface
        self.say = say
        self.dock: FindingsDock | None = None
        self.dialog: Any = None

    def open(self) -> None:
        """Show the panel; the first time, check the layer of bays at once."""
        if not self._libraries():
            return
        if self.dock is None or sip.isdeleted(self.dock):
            from .dck_findings import FindingsDock

            self.dock = FindingsDock(self.iface, self.iface.mainWindow())
            self.iface.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.dock)
        self.dock.setUserVisible(True)
        bays = bays_layer(QgsProject.instance())
        if bays is not None and self.dock.layer is None:
            self.dock.layers.setLayer(bays)
            self.dock.check()

    def publish(self) -> None:
        """Show the dialog of the publication, on the layer of bays."""
        if not self._libraries():
            return
        from processing import createAlgorithmDialog

        bays = bays_layer(QgsProject.instance())
        self.dialog = createAlgorithmDialog("joptimiz:exportbays", {"BAYS": bays.id()} if bays is not None else {})
        self.dialog.show()

    def _libraries(self) -> bool:
        try:
            require_libraries()
        except MissingDependencyError as error:
            self.say(str(error), Qgis.MessageLevel.Warning)
            return False
        return True

    def leave(self) -> None:
        """Close the panel: the plugin is unloaded."""
        dock, self.dock = self.dock, None
        if dock is not None and not sip.isdeleted(dock):
            dock.leave()
            self.iface.removeDockWidget(dock)
            sip.delete(dock)
