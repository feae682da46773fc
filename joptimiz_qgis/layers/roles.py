"""Which layers of a project are bays and which are delivery points, by their fields: what a dialog proposes first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from qgis.core import QgsProject, QgsVectorLayer, QgsWkbTypes

if TYPE_CHECKING:
    from qgis.core import QgsMapLayer

_BAY_FIELDS = {"parite_trottoir", "temporalite_osm"}
_POINT_FIELDS = {"siret", "apet700", "naf", "activite", "codeape", "apen700", "type_de_commerce"}
_ZONE_FIELDS = {"code_iris", "code_com", "nom_iris", "iris", "code_insee", "insee_com", "c_ar", "c_qu", "l_qu", "l_ar", "quartier", "nom_quartier"}
_COUNTED_FIELDS = {"points", "share_points"}
_PERIMETER_FIELDS = {"type_peri", "date_debut", "date_fin"}
_APPLYING_FIELDS = {"active", "next_change"}
_RULE_FIELDS = {"perimetre", "regl_modalite", "periode_jh"}
_REGULATION_FIELDS = {"regl_modalite", "emprise_designation", "coll_insee"}
_ACCESS_FIELDS = {"perimetre", "horaires"}
_CUSTOMER_FIELD = "jz_cle"
_RESULT_FIELDS = {"covered", "nearest_bay", "distance_m"}


def bays_layer(project: QgsProject) -> QgsVectorLayer | None:
    """The layer that has the national schema's fields of bays, the one added last."""
    return _last(layer for layer in _vector_layers(project) if _fields(layer) >= _BAY_FIELDS)


def bays_layers(project: QgsProject) -> list[QgsVectorLayer]:
    """All layers of bays."""
    return [layer for layer in _vector_layers(project) if _fields(layer) >= _BAY_FIELDS]


def perimeters_layers(project: QgsProject) -> list[QgsVectorLayer]:
    """All layers of perimeters, imported or as they were published; results of “What applies” are of one moment and none of them."""
    return [
        layer
        for layer in _vector_layers(project)
        if layer.isSpatial() and _fields(layer) >= _PERIMETER_FIELDS and not _fields(layer) >= _APPLYING_FIELDS
    ]


def regulations_layers(project: QgsProject) -> list[QgsVectorLayer]:
    """All layers of goods-traffic orders, tables without geometry left out."""
    return [
        layer
        for layer in _vector_layers(project)
        if layer.isSpatial() and _fields(layer) >= _REGULATION_FIELDS and not _fields(layer) >= _APPLYING_FIELDS
    ]


def rules_layer(project: QgsProject) -> QgsVectorLayer | None:
    """The table of the perimeters' rules."""
    nodes = [node.layer() for node in project.layerTreeRoot().findLayers()]  # the order of the map has no tables
    return _last(layer for layer in nodes if isinstance(layer, QgsVectorLayer) and layer.isValid() and _fields(layer) >= _RULE_FIELDS)


def access_points_layer(project: QgsProject) -> QgsVectorLayer | None:
    """The layer of access points."""
    return _last(layer for layer in _vector_layers(project) if _fields(layer) >= _ACCESS_FIELDS and not _fields(layer) >= _RULE_FIELDS)


def points_layer(project: QgsProject) -> QgsVectorLayer | None:
    """The layer of points that looks most like establishments: by its fields, else any that is neither bays nor a result."""
    candidates = [
        layer
        for layer in _vector_layers(project)
        if layer.geometryType() == QgsWkbTypes.GeometryType.PointGeometry
        and not _fields(layer) >= _BAY_FIELDS
        and not _fields(layer) >= _RESULT_FIELDS
        and _CUSTOMER_FIELD not in _fields(layer)  # a firm's customers are no establishments of a town, unless the user says so
    ]
    return _last(layer for layer in candidates if _POINT_FIELDS & _fields(layer)) or _last(candidates)


def zones_layer(project: QgsProject) -> QgsVectorLayer | None:
    """The layer of polygons that is named or numbered like districts: IRIS, communes, quarters; none rather than any other."""
    polygons = (layer for layer in _vector_layers(project) if layer.geometryType() == QgsWkbTypes.GeometryType.PolygonGeometry)
    return _last(layer for layer in polygons if _ZONE_FIELDS & _fields(layer) and not _fields(layer) >= _COUNTED_FIELDS)


def _vector_layers(project: QgsProject) -> list[QgsVectorLayer]:
    order: list[QgsMapLayer] = project.layerTreeRoot().layerOrder()
    return [layer for layer in order if isinstance(layer, QgsVectorLayer) and layer.isValid()]


def _fields(layer: QgsVectorLayer) -> set[str]:
    return {name.lower() for name in layer.fields().names()}


def _last(layers: Iterable[QgsVectorLayer]) -> QgsVectorLayer | None:
    """The first in the layer tree, which is where QGIS puts the one added last."""
    return next(iter(layers), None)
