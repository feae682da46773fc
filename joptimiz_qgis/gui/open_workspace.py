"""The workspace that is open in the project, as a place to which “Add data” can add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsProject

from ..toolkit.messages import tr

if TYPE_CHECKING:
    from pathlib import Path

    from ..toolkit.progress import Progress
    from .data_request import Preview


class GeoPackageWorkspace:
    """A workspace in a GeoPackage.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.title = path.stem

    def add_table(self, preview: Preview, progress: Progress) -> str:
        """Add the rows previewed; the source by which QGIS opens their table."""
        from ..toolkit.workspace import Import, add_rows

        table, read = preview.request.table, preview.read
        progress.step(0.1, tr("Writing {name}", name=self.path.name))
        add_rows(self.path, table, read.table, read.rules, [Import.of(table, reading) for reading in read.readings])
        return f"{self.path.as_posix()}|layername={table}"


def open_workspace() -> GeoPackageWorkspace | None:
    """The workspace of the project; None where there is none to which files can be added."""
    from ..layers.workspace import workspace_in  # brings the tables' libraries, which QGIS is not to load at its start

    path = workspace_in(QgsProject.instance())
    return GeoPackageWorkspace(path) if path else None
