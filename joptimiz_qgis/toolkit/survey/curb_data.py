"""Delivery bays as zones and policies of the Curb Data Specification 1.0.1 (Curbs API): centimetres, milliseconds, GeoJSON polygons.

A zone is a polygon: a bay of which only the point is known has none, and is listed as left out rather than drawn.
"""

from __future__ import annotations

import json
import re
import uuid
from datetime import datetime, timezone
from typing import Any

import geopandas as gpd
import shapely
from shapely.geometry.polygon import orient

from ..findings import is_missing
from ..read.positions import from_wkt
from ..usability import PERMANENT
from .hours import cds_hours, cds_time_spans, read_hours
from .schema_rules import UUID_SPACE

VERSION = "1.0.1"
TIME_ZONE = "Europe/Paris"
_ANGLES = {"bataille": "perpendicular", "épi": "angled", "parallèle": "parallel"}


def cds_files(bays: gpd.GeoDataFrame, author: str, day: str) -> dict[str, Any]:
    """Name → content of the three files: ``zones``, ``policies`` and ``left-out``, the bays that cannot be a zone and why.

    Parameters
    ----------
    bays : GeoDataFrame
        Published bays (EPSG:4326), in service or not known not to be.
    day : str
        ISO date of the publication.
    """
    published = _milliseconds(day)
    zones: list[dict[str, Any]] = []
    policies: dict[str, dict[str, Any]] = {}
    left: list[dict[str, str]] = []
    footprints, _ = from_wkt(bays["geom_wkt"])
    for row, footprint in zip(bays.drop(columns=bays.geometry.name).astype(object).to_dict("records"), footprints):
        bay = {name: None if is_missing(value) else value for name, value in row.items()}
        spans, reason = _spans(bay)
        reason = reason or _fault(bay, footprint)
        if reason:
            left.append({"id": str(bay["id"]), "reason": reason})
            continue
        policy = _policy(bay, spans, published)
        policies[policy["curb_policy_id"]] = policy
        zones.append(_zone(bay, footprint, policy["curb_policy_id"], published))
    return {
        "zones": {**_head(author, published), "data": {"zones": zones}},
        "policies": {**_head(author, published), "data": {"policies": list(policies.values())}},
        "left-out": left,
    }


def _head(author: str, published: int) -> dict[str, Any]:
    head = {"version": VERSION, "time_zone": TIME_ZONE, "last_updated": published, "currency": "EUR"}
    return {**head, "author": author} if author else head


def _fault(bay: dict[str, Any], footprint: Any) -> str:
    """Why a bay is no zone, in French: the file is for the publisher; empty where it is one."""
    if bay["active"] is False:
        return "aire hors service"
    if bay["uuid"] is None:
        return "pas d'UUID"
    if footprint is None or footprint.geom_type != "Polygon":
        return "pas d'emprise (polygone)"
    return ""


def _spans(bay: dict[str, Any]) -> tuple[list[dict[str, Any]] | None, str]:
    """Time spans of the reservation, None for any hour; a reason where the hours are not known or cannot be said."""
    if bay["type"] == PERMANENT:
        return None, ""
    hours = read_hours(bay["temporalite_osm"]) or cds_hours(bay["temporalite_cds"])
    if hours is None:
        return None, "horaires inconnus"
    spans = cds_time_spans(hours)
    if spans is None:
        return None, "horaires que CDS ne sait pas dire ainsi"
    return (None if spans == [{}] else spans), ""


def _policy(bay: dict[str, Any], spans: list[dict[str, Any]] | None, published: int) -> dict[str, Any]:
    """The rule of a bay; bays with the same rule share it, under an identifier made from it."""
    rule: dict[str, Any] = {"activity": "loading", "user_classes": ["delivery"]}
    if bay["duree_max"] is not None:
        rule |= {"max_stay": round(bay["duree_max"]), "max_stay_unit": "minute"}
    content: dict[str, Any] = {"priority": 1, "rules": [rule]}
    if spans is not None:
        content["time_spans"] = spans
    identifier = str(uuid.uuid5(UUID_SPACE, json.dumps(content, sort_keys=True)))
    return {"curb_policy_id": identifier, "published_date": published, **content}


def _zone(bay: dict[str, Any], footprint: Any, policy: str, published: int) -> dict[str, Any]:
    updated = _milliseconds(bay["date_maj"]) if bay["date_maj"] else published
    zone: dict[str, Any] = {
        "curb_zone_id": str(uuid.UUID(bay["uuid"])),
        "geometry": json.loads(shapely.to_geojson(orient(shapely.force_2d(footprint)))),
        "curb_policy_ids": [policy],
        "published_date": published,
        "last_updated_date": updated,
        "start_date": updated,
    }
    optional = {
        "name": bay["nom"] or bay["adresse"],
        "user_zone_id": bay["id"],
        "length": None if bay["longueur"] is None else round(bay["longueur"]),
        "width": None if bay["largeur"] is None else round(bay["largeur"]),
        "parking_angle": _ANGLES.get(bay["disposition"] or ""),
        "median": True if bay["localisation"] == "terre-plein" else None,
    }
    return {**zone, **{name: value for name, value in optional.items() if value is not None}}


def _milliseconds(text: str) -> int:
    """An ISO date or moment as milliseconds since 1970; local time where it names no zone."""
    moment = datetime.fromisoformat(re.sub(r"Z$", "+00:00", text))
    if moment.tzinfo is None:
        from zoneinfo import ZoneInfo

        moment = moment.replace(tzinfo=ZoneInfo(TIME_ZONE))
    return round(moment.astimezone(timezone.utc).timestamp() * 1000)
