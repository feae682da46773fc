"""What QGIS starts: provider, menu, toolbar button and dock; `unload` undoes all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, Qt, QTranslator
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction

from .paths import TRANSLATIONS, icon_path
from .processing.provider import JoptimizProvider
from .toolkit.messages import set_language

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from .gui.dck_joptimiz import JoptimizDock
    from .gui.wdg_options import OptionsFactory

MENU = "JOPTIMIZ"


class JoptimizPlugin:
    """The plugin, from load to unload.

    Parameters
    ----------
    iface : QgisInterface or None
        None under qgis_process, which only calls `initProcessing`.
    """

    def __init__(self, iface: QgisInterface | None) -> None:
        self.iface = iface
        self.provider: JoptimizProvider | None = None
        self.dock: JoptimizDock | None = None
        self.options: OptionsFactory | None = None
        self.action: QAction | None = None
        self.translator: QTranslator | None = None
        self._translate(QgsApplication.locale() or "en")

    def initProcessing(self) -> None:  # noqa: N802 - QGIS's name
        """Register the algorithms: all that qgis_process needs."""
        if self.provider is None:
            self.provider = JoptimizProvider()
            QgsApplication.processingRegistry().addProvider(self.provider)

    def initGui(self) -> None:  # noqa: N802 - QGIS's name
        """Add the button, the menu entry and the dock."""
        self.initProcessing()
        if self.iface is None:
            return
        from .gui.dck_joptimiz import JoptimizDock
        from .gui.edt_order_fields import register_widgets
        from .gui.wdg_options import OptionsFactory

        register_widgets()
        window = self.iface.mainWindow()
        self.dock = JoptimizDock(self.iface, window)
        self.iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.action = self.dock.toggleViewAction()
        self.action.setIcon(QIcon(icon_path("joptimiz")))
        self.action.setText(QCoreApplication.translate("JoptimizPlugin", "JOPTIMIZ panel"))
        self.action.setObjectName("joptimizPanelAction")
        self.iface.addPluginToMenu(MENU, self.action)
        self.iface.addToolBarIcon(self.action)
        self.options = OptionsFactory()
        self.iface.registerOptionsWidgetFactory(self.options)

    def unload(self) -> None:
        """Take everything back, so that the plugin can be loaded again in the same session."""
        if self.iface is not None and self.action is not None:
            self.iface.removePluginMenu(MENU, self.action)
            self.iface.removeToolBarIcon(self.action)
        if self.iface is not None and self.options is not None:
            self.iface.unregisterOptionsWidgetFactory(self.options)
        if self.iface is not None and self.dock is not None:
            self.dock.leave()
            self.iface.removeDockWidget(self.dock)
            self.dock.close()
            self.dock.deleteLater()
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
        if self.translator is not None:
            QCoreApplication.removeTranslator(self.translator)
        self.provider = self.dock = self.action = self.options = self.translator = None

    def _translate(self, locale: str) -> None:
        set_language(locale)
        catalogue = TRANSLATIONS / f"joptimiz_qgis_{locale[:2]}.qm"
        if catalogue.exists():
            translator = QTranslator()
            if translator.load(str(catalogue)):
                QCoreApplication.installTranslator(translator)
                self.translator = translator
