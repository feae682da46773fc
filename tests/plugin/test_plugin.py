"""Load and unload: nothing is left behind; without the libraries the plugin loads and says what to type."""

# ruff: noqa: N802 - QGIS's names

from __future__ import annotations

import pytest
from conftest import ALGORITHMS, ROOT, speak
from qgis.core import QgsApplication
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, QEvent, Qt
from qgis.PyQt.QtWidgets import QMainWindow, QMenu, QToolBar

from joptimiz_qgis import classFactory

MARKER = "Carrying distance"


class Window:
    """As much of QgisInterface as the plugin uses, on a real window: what stays behind can be counted."""

    def __init__(self):
        self.window = QMainWindow()
        self.menu = QMenu("Plugins", self.window)
        self.toolbar = QToolBar("Plugins", self.window)
        self.factories = []

    def mainWindow(self):
        return self.window

    def registerOptionsWidgetFactory(self, factory):
        self.factories.append(factory)

    def unregisterOptionsWidgetFactory(self, factory):
        self.factories.remove(factory)

    def addDockWidget(self, area, dock):
        self.window.addDockWidget(area, dock)

    def removeDockWidget(self, dock):
        self.window.removeDockWidget(dock)

    def addPluginToMenu(self, name, action):
        menu = next((found for found in self.menu.findChildren(QMenu) if found.title() == name), None) or self.menu.addMenu(name)
        menu.addAction(action)

    def removePluginMenu(self, name, action):
        for menu in self.menu.findChildren(QMenu):
            if menu.title() == name:
                menu.removeAction(action)
                if not menu.actions():  # as QGIS does
                    self.menu.removeAction(menu.menuAction())
                    sip.delete(menu)

    def addToolBarIcon(self, action):
        self.toolbar.addAction(action)

    def removeToolBarIcon(self, action):
        self.toolbar.removeAction(action)

    def left(self):
        """All that a plugin could leave behind."""
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()
        return {
            "children": sorted(type(child).__name__ for child in self.window.children()),
            "menu": [action.text() for action in self.menu.actions()],
            "toolbar": [action.text() for action in self.toolbar.actions()],
            "options": [type(factory).__name__ for factory in self.factories],
            "provider": QgsApplication.processingRegistry().providerById("joptimiz"),
            "translated": QCoreApplication.translate("BayCoverageAlgorithm", MARKER),
        }


@pytest.fixture
def window(qgis_processing):
    made = Window()
    yield made
    sip.delete(made.window)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_loading_and_unloading_twice_leaves_nothing(window, language):
    speak(language)
    before = window.left()
    assert before["provider"] is None and before["translated"] == MARKER
    for _ in range(2):
        plugin = classFactory(window)
        plugin.initGui()
        loaded = window.left()
        assert loaded["provider"].id() == "joptimiz"
        assert [*loaded["menu"], *loaded["toolbar"]] == ["JOPTIMIZ", {"en": "JOPTIMIZ panel", "fr": "Panneau JOPTIMIZ"}[language]]
        assert loaded["translated"] == {"en": MARKER, "fr": "Distance de portage"}[language]
        assert "JoptimizDock" in loaded["children"]
        assert loaded["options"] == ["OptionsFactory"]
        plugin.unload()
        assert window.left() == before


def test_unloading_twice_and_before_anything_was_loaded_is_harmless(window):
    plugin = classFactory(window)
    plugin.unload()
    plugin.initProcessing()
    plugin.unload()
    plugin.unload()
    assert window.left()["provider"] is None


def test_processing_that_qgis_started_first_is_not_started_twice(window):
    plugin = classFactory(window)
    plugin.initProcessing()
    first = plugin.provider
    plugin.initGui()
    assert plugin.provider is first
    plugin.unload()


def test_without_a_window_there_is_a_provider_and_no_dock(qgis_processing):
    plugin = classFactory(None)
    plugin.initGui()
    assert plugin.provider is not None and plugin.dock is None
    plugin.unload()


def test_the_dock_is_on_the_right_and_the_button_shows_it(window):
    plugin = classFactory(window)
    plugin.initGui()
    assert plugin.dock is not None and plugin.action is not None
    assert window.window.dockWidgetArea(plugin.dock) == Qt.DockWidgetArea.RightDockWidgetArea
    assert plugin.dock.objectName() == "JoptimizDock"
    assert plugin.action.objectName() and not plugin.action.icon().isNull()
    window.window.show()
    shown = plugin.dock.isVisible()
    plugin.action.trigger()
    assert plugin.dock.isVisible() is not shown
    plugin.unload()


# -- without the libraries ---------------------------------------------------------------------------------------------

BLOCK = """
import importlib.abc, sys
class Blocker(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] in ("pandas", "geopandas", "shapely"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Blocker())
"""


@pytest.mark.parametrize(("language", "words"), [("en", "needs the Python libraries pandas, shapely, geopandas"), ("fr", "pandas, shapely, geopandas")])
def test_without_the_libraries_an_algorithm_says_what_to_type(python, environment, language, words):
    code = """
listed = [made.id() for made in plugin.provider.algorithms()]
shown = [bool(made.shortHelpString()) and len(made.parameterDefinitions()) for made in plugin.provider.algorithms()]
told = []
for name, ways in (("baycoverage", {"POINTS": sys.argv[1], "BAYS": sys.argv[1]}), ("importbays", {"INPUT": sys.argv[1]}), ("importdeliverypoints", {"INPUT": sys.argv[1]})):
    try:
        processing.run(f"joptimiz:{name}", {**ways, "OUTPUT": "memory:"}, feedback=QgsProcessingFeedback(False))
    except QgsProcessingException as error:
        told.append(str(error))
say([sorted(listed), all(shown), told])
"""
    sample = ROOT / "joptimiz_qgis/resources/sample/bays.csv"
    listed, shown, told = python(code, sample, before=BLOCK, **environment(language))
    assert listed == sorted(ALGORITHMS)
    assert shown
    assert len(told) == 3
    for sentence in told:
        assert words in sentence and "Traceback" not in sentence and "\n" not in sentence.strip()
        assert "python3-pandas python3-shapely python3-geopandas" in sentence
