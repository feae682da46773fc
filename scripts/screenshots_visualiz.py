"""What scripts/screenshots does inside QGIS: a workspace, its map at three moments, a form, data added."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime

import processing
from guide_pictures import FOLDER, SAMPLE, end, later, layer, make_room, panel, picture, when
from qgis.core import QgsProject
from qgis.PyQt.QtWidgets import QDialog
from qgis.utils import iface

# The eve of the fair, the fair, and an ordinary morning, local time.
MOMENTS = (
    ("moment_vendredi", datetime(2026, 7, 3, 19, 30)),  # noqa: DTZ001
    ("moment_fete", datetime(2026, 7, 4, 12, 30)),  # noqa: DTZ001
    ("moment_mardi", datetime(2026, 7, 7, 8, 0)),  # noqa: DTZ001
)
TABLES = {"BAYS": "bays.csv", "DELIVERY_POINTS": "establishments.csv", "PERIMETERS": "perimeters.geojson", "ACCESS_POINTS": "access_points.geojson"}


def start() -> None:
    """The sample town, for its base map."""
    make_room()
    panel().open_sample()
    when(lambda: layer("Aires de livraison"), workspace)


def workspace() -> None:
    """A workspace of the town's own files in place of the layers that the sample town opened."""
    root = QgsProject.instance().layerTreeRoot()
    group = root.findGroup("Visualiz")
    QgsProject.instance().removeMapLayers([node.layerId() for node in group.findLayers()])
    root.removeChildNode(group)
    files = {name: str(SAMPLE / file) for name, file in TABLES.items()}
    processing.run("joptimiz:createworkspace", {**files, "OUTPUT": str(FOLDER / "valorge.gpkg")})
    iface.messageBar().clearWidgets()
    panel().message.hide()
    later(3000, opened)


def opened() -> None:
    """The workspace; then a bay's form."""
    picture("espace_de_travail")
    bays = layer("Aires de livraison")
    iface.openFeatureForm(bays, next(bays.getFeatures('"id" IS NOT NULL')), False, False)
    later(1500, form)


def form() -> None:
    """The form; then the panel of the moment."""
    picture("formulaire_aire")
    for dialog in iface.mainWindow().findChildren(QDialog):
        if dialog.isVisible():
            dialog.close()
    panel().moment.setCollapsed(False)
    panel().moment.filter_box.setChecked(True)
    later(2500, lambda: moment(MOMENTS))


def moment(left: Sequence[tuple[str, datetime]]) -> None:
    """The map at each moment."""
    if not left:
        panel().moment.filter_box.setChecked(False)
        panel().moment.setCollapsed(True)
        later(1500, add_data)
        return
    name, when_it_is = left[0]
    panel().moment.set_moment(when_it_is)
    later(3500, lambda: (picture(name), moment(left[1:])))


def add_data() -> None:
    """“Add data” with the preview of a file."""
    shutil.copy(SAMPLE / "bays.csv", FOLDER / "aires-de-livraison.csv")
    panel().add_data()
    dialog = panel().data_dialog
    dialog.origin.choose("file")
    dialog.origin.file.setFilePath(str(FOLDER / "aires-de-livraison.csv"))
    dialog.area.choose("everything")
    dialog.read()
    later(4000, previewed)


def previewed() -> None:
    """The preview."""
    picture("ajouter_des_donnees")
    end(0)


later(4000, start)
