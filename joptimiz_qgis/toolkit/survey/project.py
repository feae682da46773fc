"""The layout of a survey as data: the folder's files, their tables, fields and keys (``layout.json``).

Whoever makes a survey, checks one that came back, merges or reports it goes by these names and by no others. A change of a field
is a new `VERSION`: tablets are out there with the old one.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..schema import Table, load_table
from ..schema.table import table_of, with_none

if TYPE_CHECKING:
    import pandas as pd

_LAYOUT: dict[str, Any] = json.loads((Path(__file__).parent / "layout.json").read_text(encoding="utf-8"))
VERSION: int = _LAYOUT["version"]
PROJECT_FILE: str = _LAYOUT["project"]
PHOTOS_FOLDER: str = _LAYOUT["photos_folder"]
"""Photos lie in it; ``photos.chemin`` is relative to the survey's folder (``DCIM/aire_….jpg``)."""
BASE_MAP: str = _LAYOUT["base_map"]
"""Stem of the raster that goes along for work without network; `BASE_MAP_ENDINGS` are what both tools read."""
BASE_MAP_ENDINGS = (".mbtiles", ".gpkg", ".tif", ".tiff")
README: str = _LAYOUT["readme"]

BAYS, PHOTOS, VISITS, SECTORS, COMMUNES, LISTS = "bays", "photos", "visits", "sectors", "communes", "lists"
KEY = "uuid"
"""Key of every table; ``fid`` is renumbered by synchronisation and relates nothing."""
BAY_OF = "aire_uuid"
"""In photos and visits: `KEY` of the bay."""

STATUS, AGENT, VISITED, SECTOR, NOTE = "visite_statut", "visite_agent", "visite_date", "secteur", "visite_note"
TO_SEE, SEEN, NOT_FOUND, NEW = "à voir", "vue", "introuvable", "nouvelle"
STATES = (TO_SEE, SEEN, NOT_FOUND, NEW)
PHOTO_PATH = "chemin"

IN_METRES = {"longueur_m": "longueur", "largeur_m": "largeur"}
"""Field typed in metres → field of the schema, in centimetres, that the form fills from it."""
ROUNDING_CM = 0.5
"""What was known to the millimetre is not changed by being shown in metres with two decimals."""
EQUIPMENT = {
    "eq_candelabre": "candélabre",
    "eq_capteur_sol": "capteur sol",
    "eq_capteur_camera": "capteur caméra",
    "eq_borne_recharge": "borne recharge",
    "eq_borne_escamotable": "borne escamotable",
    "eq_aucun": "pas d'équipement",
}
"""Box to tick → value of the schema's list ``equipements``, which the form fills from the boxes."""


@dataclass(frozen=True)
class SurveyLayer:
    """One layer of the survey, alone in its GeoPackage.

    Attributes
    ----------
    name : str
        Of the table in the file.
    file : str
        Name of the GeoPackage in the survey's folder, ASCII.
    geometry : str
        ``Point``, ``MultiPolygon``; empty for a table without.
    title : dict of str
        By language.
    own : tuple of str
        Fields that the survey adds to the schema's: of no meaning once it is merged.
    """

    name: str
    file: str
    table: Table
    geometry: str
    title: dict[str, str]
    own: tuple[str, ...] = ()

    def path(self, folder: Path | str) -> Path:
        """The GeoPackage in a survey's folder."""
        return Path(folder) / self.file


@dataclass(frozen=True)
class SurveyRelation:
    """Rows of `child` belong to the row of `parent` whose `key` stands in their `field`; they go with it (composition)."""

    name: str
    child: str
    field: str
    parent: str
    key: str


@functools.cache
def survey_layers() -> dict[str, SurveyLayer]:
    """The layers by name, from the top of the map to its bottom."""
    return {description["name"]: _layer(description) for description in _LAYOUT["layers"]}


def survey_relations() -> tuple[SurveyRelation, ...]:
    """How photos and visits belong to bays."""
    return tuple(SurveyRelation(**relation) for relation in _LAYOUT["relations"])


def _layer(description: dict[str, Any]) -> SurveyLayer:
    own = table_of(
        {
            "name": description["name"],
            "title": description["title"],
            "standard": "",
            "crs": "EPSG:4326",
            "key": KEY,
            "groups": description.get("groups", ()),
            "fields": description["fields"],
        }
    )
    table = own
    if "extends" in description:
        base = load_table(description["extends"])
        table = Table(base.name, base.title, base.standard, base.crs, base.key, (*base.fields, *own.fields), (*own.groups, *base.groups))
    names = tuple(own.names) if "extends" in description else ()
    return SurveyLayer(description["name"], description["file"], table, description["geometry"], description["title"], names)


def in_schema_units(bays: pd.DataFrame) -> pd.DataFrame:
    """`bays` of a returned survey with what was typed in metres and ticked in boxes in the schema's own fields.

    The form does it as a row is saved; a row that was written by other means may lack it. Fields that nobody filled stay.
    """
    import numpy as np
    import pandas as pd

    bays = bays.copy()
    for metres, field in IN_METRES.items():
        if metres in bays and field in bays:
            typed = pd.to_numeric(bays[metres], errors="coerce")
            known = pd.to_numeric(bays[field], errors="coerce")
            centimetres = np.floor(typed * 100 + 0.5)
            bays[field] = known.where(typed.isna() | ((known - centimetres).abs() <= ROUNDING_CM), centimetres)
    boxes = [box for box in EQUIPMENT if box in bays]
    if boxes and "equipements" in bays:
        ticked = [_ticked(row) for row in bays[boxes].itertuples(index=False)]
        told = bays[boxes].notna().any(axis=1).to_numpy()
        lists = [new if known else old for new, known, old in zip(ticked, told, bays["equipements"])]
        bays["equipements"] = with_none(pd.Series(lists, index=bays.index, dtype=object))
    return bays


def _ticked(row: Any) -> str | None:
    values = [EQUIPMENT[box] for box, value in zip(row._fields, row) if value is True or value == 1]
    return ",".join(values) or None
