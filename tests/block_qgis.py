"""Keeps QGIS and Qt out of reach: the toolkit must work without them.

A plugin of pytest, loaded before any test: `python -m pytest -p tests.block_qgis -p no:pytest_qgis tests/toolkit`.
"""

from __future__ import annotations

import importlib.abc
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

BLOCKED = ("qgis", "PyQt5", "PyQt6", "PySide2", "PySide6", "sip")


class _Blocker(importlib.abc.MetaPathFinder):
    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname.partition(".")[0] in BLOCKED:
            message = f"{fullname} is out of bounds here: joptimiz_qgis/toolkit and its tests run without QGIS"
            raise ImportError(message, name=fullname)
        return None


def _install() -> None:
    loaded = sorted(name for name in sys.modules if name.partition(".")[0] in BLOCKED)
    if loaded:
        message = f"already imported before the tests: {loaded[0]}; run pytest with -p no:pytest_qgis"
        raise RuntimeError(message)
    sys.meta_path.insert(0, _Blocker())


_install()
