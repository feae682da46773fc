"""What QGIS pays at its start: the plugin loads none of the libraries."""

from __future__ import annotations

LIBRARIES = ("numpy", "pandas", "geopandas", "shapely", "pyogrio", "pyproj", "fiona", "pyarrow", "scipy")


def test_loading_imports_no_library(python):
    """QGIS itself may have imported numpy and shapely by then: only what comes on top counts."""
    added = python("say(sorted(set(sys.modules) - before_plugin))")
    assert "joptimiz_qgis.processing.provider" in added
    assert [name for name in added if name.partition(".")[0] in LIBRARIES] == []


def test_the_panel_and_the_menu_import_no_library(python):
    """The whole start with a window: dock, menu, button, options page."""
    code = """
from benchmarks.start_probe import Window
plugin.iface = Window()
plugin.initGui()
say(sorted(set(sys.modules) - before_plugin))
"""
    added = python(code)
    assert "joptimiz_qgis.gui.dck_joptimiz" in added
    assert [name for name in added if name.partition(".")[0] in LIBRARIES] == []


def test_looking_at_the_algorithms_imports_no_library(python):
    """As the toolbox does: names, icons, help, parameters."""
    code = """
for made in plugin.provider.algorithms():
    fresh = made.create()
    assert made.displayName() and made.shortHelpString() and not made.icon().isNull() and fresh.parameterDefinitions()
say(sorted(set(sys.modules) - before_plugin))
"""
    assert [name for name in python(code) if name.partition(".")[0] in LIBRARIES] == []


def test_loading_imports_no_gui_of_ours_under_qgis_process(python):
    added = python("say(sorted(set(sys.modules) - before_plugin))")
    assert [name for name in added if name.startswith("joptimiz_qgis.gui")] == []


def test_importing_the_package_imports_no_qgis(python):
    code = "import subprocess; print(subprocess.check_output([sys.executable, '-c', 'import joptimiz_qgis, sys; print(int(any(n.startswith((\"qgis\", \"PyQt\")) for n in sys.modules)))'], text=True))"
    assert python(code.replace("print(subprocess", "say(int(subprocess").replace("text=True))", "text=True)))")) == 0
