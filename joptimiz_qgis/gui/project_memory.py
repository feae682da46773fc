"""What the plugin keeps with a project: the parameters of its last audit, and the files that it wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingFeatureSourceDefinition
from qgis.PyQt.QtCore import QDateTime, Qt

if TYPE_CHECKING:
    from qgis.core import QgsProject

_SCOPE = "joptimiz"
_PARAMETERS = "audit/parameters"
_FILES = {"audit": "audit/file", "report": "audit/report"}


def remember_parameters(project: QgsProject, parameters: dict[str, Any]) -> None:
    """Keep the parameters of an audit; of “selected features only” the layer is kept, a selection does not outlive its session."""
    project.writeEntry(_SCOPE, _PARAMETERS, json.dumps({name: _plain(value) for name, value in parameters.items()}))


def recall_parameters(project: QgsProject) -> dict[str, Any]:
    """The parameters of the last audit of `project`; none where there was none, or where they cannot be read."""
    text, _ = project.readEntry(_SCOPE, _PARAMETERS, "")
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def remember_files(project: QgsProject, audit: Path, report: Path) -> None:
    """Keep where the last audit was written, by the project's own rule for paths (beside it, or from the root)."""
    for name, path in (("audit", audit), ("report", report)):
        project.writeEntry(_SCOPE, _FILES[name], project.writePath(str(path)))


def recall_files(project: QgsProject) -> tuple[Path, Path] | None:
    """The files of the last audit of `project`, if its layers are still there."""
    entries = [project.readEntry(_SCOPE, key, "")[0] for key in _FILES.values()]
    paths = [Path(project.readPath(entry)) for entry in entries if entry]
    return (paths[0], paths[1]) if len(paths) == len(_FILES) and paths[0].is_file() else None


def _plain(value: Any) -> Any:
    if isinstance(value, QgsProcessingFeatureSourceDefinition):
        return value.source.staticValue()
    if isinstance(value, QgsCoordinateReferenceSystem):
        return (value.authid() or value.toWkt()) if value.isValid() else None
    if isinstance(value, QDateTime):
        return value.toString(Qt.DateFormat.ISODate) if value.isValid() else None
    return value if value is None or isinstance(value, (str, int, float, bool, list)) else str(value)
