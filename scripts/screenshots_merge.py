"""What scripts/screenshots does inside QGIS: a made-up survey of the sample town, compared with its bays and reviewed."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import processing
import shapely
from guide_pictures import FOLDER, SAMPLE, end, later, layer, make_room, panel, picture, when
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QRect, Qt
from qgis.PyQt.QtGui import QColor, QFont, QImage, QPainter
from qgis.utils import iface

from joptimiz_qgis.toolkit.read.bays import read_bays
from joptimiz_qgis.toolkit.survey import project
from joptimiz_qgis.toolkit.write.tables import write_layers


def start() -> None:
    """The sample town, for its base map."""
    make_room()
    panel().open_sample()
    when(lambda: layer("Aires de livraison"), inventory)


def inventory() -> None:
    """A workspace as the inventory, in place of the layers that the sample town opened; a survey beside it."""
    root = QgsProject.instance().layerTreeRoot()
    group = root.findGroup("Visualiz")
    QgsProject.instance().removeMapLayers([node.layerId() for node in group.findLayers()])
    root.removeChildNode(group)
    processing.run("joptimiz:createworkspace", {"BAYS": str(SAMPLE / "bays.csv"), "OUTPUT": str(FOLDER / "inventaire.gpkg")})
    iface.messageBar().clearWidgets()
    panel().message.hide()
    survey(FOLDER / "releve_valorge")
    later(2500, compare)


def survey(folder: Path) -> None:
    """Bays of the town as surveyors might bring them back: moved a little, some altered, some missing, some new, with photos."""
    draw = random.Random(7)
    (folder / project.PHOTOS_FOLDER).mkdir(parents=True)
    town = read_bays(SAMPLE / "bays.csv").table.to_crs(2154)
    rows, photos = [], []
    for number, row in enumerate(town.to_dict("records")):
        if number % 9 == 4:
            continue
        place = row.pop("geometry").representative_point()
        moved = shapely.Point(place.x + draw.uniform(-5, 5), place.y + draw.uniform(-5, 5))
        changed = {"marquage_etat": "dégradé"} if number % 4 == 0 else {"parite_trottoir": "pair", "longueur": 1450.0} if number % 5 == 0 else {}
        seen = {"uuid": f"releve-{number}", "id": None, project.STATUS: project.SEEN, project.AGENT: "Camille"}
        rows.append({**row, **changed, **seen, "geometry": moved})
        photos.append(photo(folder, f"releve-{number}", str(row["adresse"])))
    beside = rows[3]["geometry"]
    fresh = {**rows[3], "uuid": "releve-neuve", "adresse": "3 Rue du Marché", "geometry": shapely.Point(beside.x + 60, beside.y + 35)}
    fields = project.survey_layers()[project.BAYS].table
    columns = {one.name: one.typed(pd.Series([row.get(one.name) for row in (*rows, fresh)], dtype=object)) for one in fields.fields}
    shapes = gpd.GeoSeries([row["geometry"] for row in (*rows, fresh)], crs=2154).to_crs(4326)
    write_layers({project.BAYS: gpd.GeoDataFrame(columns, geometry=shapes)}, folder / "bays.gpkg")
    write_layers({project.PHOTOS: pd.DataFrame(photos)}, folder / "photos.gpkg")
    write_layers({project.VISITS: pd.DataFrame({"uuid": ["v1"], "aire_uuid": ["releve-1"]})}, folder / "visits.gpkg")


def photo(folder: Path, uuid: str, address: str) -> dict[str, Any]:
    """A drawing in place of a photo: a road, a yellow bay."""
    image = QImage(480, 360, QImage.Format.Format_RGB32)
    image.fill(QColor("#9fb0bf"))
    painter = QPainter(image)
    painter.fillRect(QRect(0, 190, 480, 170), QColor("#5f6b7a"))
    painter.setPen(QColor("#f5b800"))
    painter.setFont(QFont("Sans", 30, QFont.Weight.Bold))
    painter.drawRect(QRect(60, 225, 360, 100))
    painter.drawText(QRect(60, 225, 360, 100), Qt.AlignmentFlag.AlignCenter, "LIVRAISON")
    painter.setPen(QColor("#17375e"))
    painter.setFont(QFont("Sans", 14))
    painter.drawText(QRect(10, 10, 460, 60), Qt.AlignmentFlag.AlignCenter, address.partition(",")[0])
    painter.end()
    path = f"{project.PHOTOS_FOLDER}/{uuid}.jpg"
    image.save(str(folder / path), "JPG", 85)
    return {"uuid": f"photo-{uuid}", project.BAY_OF: uuid, project.PHOTO_PATH: path}


def compare() -> None:
    """The dialog with what the comparison found."""
    panel().survey.merge.open()
    dialog = panel().survey.merge.dialog
    dialog.add_survey(str(FOLDER / "releve_valorge"))
    dialog.compare()
    when(lambda: dialog.ready is not None, compared)


def compared() -> None:
    """The dialog; then the review."""
    picture("fusionner_comparer")
    panel().survey.merge.dialog.review()
    later(3500, review)


def review() -> None:
    """A doubtful pair."""
    dock = panel().survey.merge.dock
    dock.filter.setCurrentIndex(dock.filter.findData("review"))
    dock.list.setCurrentIndex(dock.shown.index(0, 0))
    dock.decide("accept")
    later(2500, reviewed)


def reviewed() -> None:
    """The review."""
    picture("fusionner_revoir")
    end(0)


later(4000, start)
