"""What scripts/screenshots does inside QGIS: a survey prepared, its project, a bay's form, the control of what came back."""

from __future__ import annotations

import shutil

import geopandas
import processing
from guide_pictures import FOLDER, SAMPLE, end, later, layer, make_room, panel, picture
from qgis.core import QgsFeatureRequest, QgsProject
from qgis.PyQt.QtWidgets import QDialog, QTabWidget
from qgis.utils import iface

FILES = {"TERRITORY": "communes.geojson", "BAYS": "aires-de-livraison.csv"}
SLIPS = {2: ("code_postal", "2399"), 9: ("temporalite_osm", "de 8 h à 10 h"), 11: ("panneau_etat", "n/a")}
"""What a surveyor may type on a bad day: number of the bay, field, value."""
SURVEY = FOLDER / "releve_valorge"


def start() -> None:
    """The dialog, filled in."""
    make_room()
    shutil.copy(SAMPLE / "bays.csv", FOLDER / FILES["BAYS"])
    town = geopandas.read_file(SAMPLE / "districts.geojson").dissolve()[["geometry"]]
    town.assign(code="23999", nom="Valorge-sur-Lisle").to_file(FOLDER / FILES["TERRITORY"], driver="GeoJSON")
    files = {name: str(FOLDER / file) for name, file in FILES.items()}
    shutil.rmtree(SURVEY, ignore_errors=True)
    parameters = {**files, "SECTORS": 3, "AGENTS": "Anne, Bruno, Chloé", "TITLE": "Relevé de Valorge-sur-Lisle", "OUTPUT": str(SURVEY)}
    dialog = processing.createAlgorithmDialog("joptimiz:createsurvey", parameters)
    dialog.resize(980, 760)
    dialog.show()
    later(2500, lambda: dialog_shown(dialog, parameters))


def dialog_shown(dialog: QDialog, parameters: dict) -> None:
    """The dialog; then the project as a tablet opens it."""
    picture("releve_preparer")
    dialog.close()
    processing.run("joptimiz:createsurvey", parameters)
    QgsProject.instance().read(str(SURVEY / "releve.qgz"))
    seen()
    later(4000, project)


def seen() -> None:
    """A morning's work: the first sector half seen, one bay not found."""
    bays = layer("Aires de livraison")
    bays.startEditing()
    place = bays.fields().indexOf("visite_statut")
    for number, bay in enumerate(bays.getFeatures(QgsFeatureRequest().setFilterExpression('"secteur" = 1'))):
        if number < 14:
            bays.changeAttributeValue(bay.id(), place, "introuvable" if number == 5 else "vue")
        if number in SLIPS:
            field, value = SLIPS[number]
            bays.changeAttributeValue(bay.id(), bays.fields().indexOf(field), value)
    bays.commitChanges()


def project() -> None:
    """The map of the survey; then a bay's form."""
    iface.messageBar().clearWidgets()
    picture("releve_carte")
    bays = layer("Aires de livraison")
    bays.startEditing()
    iface.openFeatureForm(bays, next(bays.getFeatures('"type" = \'aire périodique\'')), True, False)
    later(1500, form)


def form() -> None:
    """The form at its measures."""
    dialog = next(each for each in iface.mainWindow().findChildren(QDialog) if each.isVisible())
    dialog.resize(760, 480)
    dialog.findChild(QTabWidget).setCurrentIndex(3)
    later(800, lambda: form_shown(dialog))


def form_shown(dialog: QDialog) -> None:
    """The form; then the panel of findings."""
    picture("releve_formulaire")
    dialog.close()
    layer("Aires de livraison").rollBack()
    panel().survey.findings.open()
    later(6000, findings)


def findings() -> None:
    """The findings below the map; then the report for the browser."""
    iface.messageBar().clearWidgets()
    picture("releve_controle")
    processing.run("joptimiz:surveyreport", {"SURVEY": str(SURVEY), "TITLE": "Relevé de Valorge-sur-Lisle", "OUTPUT": str(FOLDER / "rapport_releve")})
    end(0)


later(4000, start)
