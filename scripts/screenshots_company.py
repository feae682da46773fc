"""What scripts/screenshots does inside QGIS: the made-up firm's file from its preview to the map, and the review of positions."""

from __future__ import annotations

import shutil

from guide_pictures import FOLDER, SAMPLE, end, later, layer, make_room, panel, picture, when
from qgis.core import QgsProject, QgsSettings
from qgis.PyQt.QtWidgets import QDialog, QDockWidget
from qgis.utils import iface

FILE, COLUMNS, CHECKS, PLACES, MERGE, RESULT = range(6)
NAMES = {FILE: "clients_fichier", CHECKS: "clients_controles", PLACES: "clients_positions", RESULT: "clients_resultat"}


def start() -> None:
    """The sample town, for its base map; then the dialog."""
    make_room()
    QgsSettings().remove("joptimiz/company")
    panel().open_sample()
    when(lambda: layer("Aires de livraison"), opened)


def opened() -> None:
    """The file of the firm, as somebody has it in a folder."""
    iface.messageBar().clearWidgets()
    panel().message.hide()
    shutil.copy(SAMPLE / "clients.csv", FOLDER / "clients.csv")
    panel().company.import_file()
    dialog = panel().company.dialog
    dialog.merge_page.target.setFilePath(str(FOLDER / "resultat.gpkg"))
    dialog.file_page.file.setFilePath(str(FOLDER / "clients.csv"))
    when(lambda: dialog.work is None and dialog.opened is not None, page)


def page() -> None:
    """A picture of the page, then the next one."""
    dialog = panel().company.dialog
    here = dialog.page()
    if here in NAMES:
        picture(NAMES[here])
    if here >= RESULT:
        later(500, closed)
        return
    dialog.go_on()
    when(lambda: dialog.work is None and dialog.page() > here, page)


def closed() -> None:
    """The map; then the review, over a result whose rows without coordinates wait."""
    panel().company.dialog.close()
    for found in iface.mainWindow().findChildren(QDialog):
        found.close()
    for name in ("Points de livraison", "Périmètres", "Points d’accès", "Points d'accès"):
        other = layer(name)
        node = QgsProject.instance().layerTreeRoot().findLayer(other) if other else None
        if node is not None:
            node.setItemVisibilityChecked(False)
    panel().company.open_review()
    when(review, reviewed)


def review() -> QDockWidget | None:
    """The review's panel, once it has read its list."""
    dock = iface.mainWindow().findChild(QDockWidget, "JoptimizCustomerReview")
    return dock if dock is not None and dock.work is None else None


def reviewed() -> None:
    """The list of what waits."""
    iface.messageBar().clearWidgets()
    review().step(1)
    town = layer("Rues")
    iface.mapCanvas().setExtent(iface.mapCanvas().mapSettings().layerExtentToOutputExtent(town, town.extent()))
    iface.mapCanvas().refresh()
    later(3500, pictured)


def pictured() -> None:
    """The review beside the map."""
    picture("clients_verifier")
    end(0)


later(4000, start)
