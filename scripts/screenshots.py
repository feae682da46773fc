"""What scripts/screenshots does inside QGIS: the guide's audit, from two files to the printed report, as a user would see it."""

from __future__ import annotations

import shutil

from guide_pictures import FOLDER, SAMPLE, end, later, layer, make_room, panel, picture, when
from qgis.core import QgsProject
from qgis.gui import QgsCollapsibleGroupBox
from qgis.utils import iface

FILES = {"BAYS": "aires-de-livraison.csv", "POINTS": "etablissements.csv", "ZONES": "quartiers.geojson"}
SOURCES = {"BAYS": "bays.csv", "POINTS": "establishments.csv", "ZONES": "districts.geojson"}


def start() -> None:
    """A town to look at: panel, layers, map."""
    make_room()
    panel().open_sample()
    when(lambda: layer("Aires de livraison"), sample)


def sample() -> None:
    """The town as it opens; then the audit's dialog, which proposes the project's layers."""
    iface.messageBar().clearWidgets()
    picture("ville_exemple")
    panel().audit()
    later(1500, proposed)


def proposed() -> None:
    """The dialog with the project's layers; then with the files that one has downloaded."""
    picture("auditer_fenetre")
    for name, source in SOURCES.items():
        shutil.copy(SAMPLE / source, FOLDER / FILES[name])
    dialog = panel().audit_dialog
    dialog.form.fill({name: str(FOLDER / file) for name, file in FILES.items()})
    dialog.form.fill({"CATEGORY": "libelle_activite", "ZONE_FIELD": "quartier"})
    dialog.title.setText("Valorge-sur-Lisle")
    dialog.folder.setFilePath(str(FOLDER))
    later(1000, chosen)


def chosen() -> None:
    """The dialog with the files, its options folded away, then open."""
    picture("auditer_fichiers")
    dialog = panel().audit_dialog
    dialog.findChild(QgsCollapsibleGroupBox, "optionsGroup").setCollapsed(False)
    dialog.resize(dialog.width(), 840)
    later(1000, options)


def options() -> None:
    """The options; then the run."""
    picture("auditer_options")
    panel().audit_dialog.start()
    when(lambda: panel().results.audit, result)


def result() -> None:
    """The map and the figures: the town's own points and perimeters out of the way."""
    root = QgsProject.instance().layerTreeRoot()
    for name in ("Points de livraison", "Périmètres", "Points d’accès", "Points d'accès"):
        found = layer(name)
        if found:
            root.findLayer(found).setItemVisibilityChecked(False)
    iface.messageBar().clearWidgets()
    panel().results.zoom_to_largest_gap()
    iface.zoomFull()
    extent = layer("Couverture par les aires").extent()
    iface.mapCanvas().setExtent(iface.mapCanvas().mapSettings().layerExtentToOutputExtent(layer("Couverture par les aires"), extent))
    iface.mapCanvas().refresh()
    later(3500, map_of_the_town)


def map_of_the_town() -> None:
    """The whole town; then the largest gap."""
    iface.messageBar().clearWidgets()
    picture("auditer_resultat")
    panel().results.zoom_to_largest_gap()
    later(4000, gap)


def gap() -> None:
    """The largest gap from near; then the PDF."""
    picture("auditer_manque")
    panel().results.print_to(FOLDER / "valorge.pdf")
    shutil.copy(panel().results.report, FOLDER / "rapport.html")
    end(0)


later(4000, start)
