"""Delivery bays as OpenStreetMap tags, in a file for people to review: nothing is ever sent to OpenStreetMap.

Two ways to map a bay are given side by side: the bay itself (``amenity=parking_space``), and what the street would say of its side
(``parking:<side>:restriction``), where the side of the street in its drawing direction is for the reviewer to tell: ``<side>`` stays.
"""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import shapely

from ..findings import is_missing
from ..read.positions import from_wkt
from ..usability import PERMANENT
from .hours import cds_hours, read_hours

_ORIENTATION = {"bataille": "perpendicular", "épi": "diagonal", "parallèle": "parallel"}
_PLACE = {"chaussée": "lane", "encoche": "street_side", "aire piétonne": "on_kerb"}


def osm_points(bays: gpd.GeoDataFrame) -> dict[str, Any]:
    """A GeoJSON of bays (EPSG:4326) with their tags as properties; footprints where they are known, else points."""
    footprints, _ = from_wkt(bays["geom_wkt"])
    features = []
    records = bays.drop(columns=bays.geometry.name).astype(object).to_dict("records")
    for row, footprint, shape in zip(records, footprints, bays.geometry):
        bay = {name: None if is_missing(value) else value for name, value in row.items()}
        drawn = footprint if footprint is not None else shape
        geometry = None if drawn is None else json.loads(shapely.to_geojson(drawn))
        features.append({"type": "Feature", "id": str(bay["id"]), "geometry": geometry, "properties": osm_tags(bay)})
    return {"type": "FeatureCollection", "features": features}


def osm_tags(bay: dict[str, Any]) -> dict[str, str]:
    """Tags of one bay; only what is known."""
    hours = read_hours(bay["temporalite_osm"]) or cds_hours(bay["temporalite_cds"])
    permanent = bay["type"] == PERMANENT
    tags: dict[str, Any] = {
        "amenity": "parking_space",
        "parking_space": "delivery",
        "ref": bay["id"],
        "orientation": _ORIENTATION.get(bay["disposition"] or ""),
        "parking": _PLACE.get(bay["localisation"] or ""),
        "maxstay": None if bay["duree_max"] is None else f"{bay['duree_max']:g} minutes",
        "length": None if bay["longueur"] is None else f"{bay['longueur'] / 100:g}",
        "width": None if bay["largeur"] is None else f"{bay['largeur'] / 100:g}",
        "addr:full": bay["adresse"],
    }
    if permanent:
        tags["parking:<side>:restriction"] = "loading_only"
    elif hours is not None:
        tags["parking:<side>:restriction:conditional"] = f"loading_only @ ({hours.text})"
        tags["access:conditional"] = f"delivery @ ({hours.text})"
    if bay["active"] is False:
        tags = {f"disused:{name}" if name == "amenity" else name: value for name, value in tags.items()}
    return {name: str(value) for name, value in tags.items() if value is not None}
