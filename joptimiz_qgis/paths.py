"""Where the files that ship with the plugin lie."""

from __future__ import annotations

from pathlib import Path

PLUGIN_FOLDER = Path(__file__).parent
RESOURCES = PLUGIN_FOLDER / "resources"
ICONS = RESOURCES / "icons"
HELP = RESOURCES / "help"
SAMPLE = RESOURCES / "sample"
TRANSLATIONS = PLUGIN_FOLDER / "i18n"
AUDIT_LAYOUT = RESOURCES / "layouts" / "audit.qpt"


def icon_path(name: str) -> str:
    """Path of icon `name` (``bay_coverage``), as QIcon wants it."""
    return str(ICONS / f"{name}.svg")
