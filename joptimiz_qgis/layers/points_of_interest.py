"""Points of interest: an icon a kind, a colour a family."""

from __future__ import annotations

from qgis.core import QgsCategorizedSymbolRenderer, QgsRendererCategory, QgsSymbol, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.messages import language
from ..toolkit.schema.table import kinds
from .describe import describe
from .symbols import WHITE, mark

ENERGY, STOP, LOGISTICS, SERVICE = "#00795c", "#17375e", "#7a3f8f", "#8c510a"
FAMILIES = {
    "poi_charging": ENERGY,
    "poi_fuel": ENERGY,
    "poi_gas": ENERGY,
    "poi_hydrogen": ENERGY,
    "poi_lorry_park": STOP,
    "poi_rest_area": STOP,
    "poi_storage_area": STOP,
    "poi_urban_logistics": LOGISTICS,
    "poi_warehouse": LOGISTICS,
    "poi_wholesale": LOGISTICS,
    "poi_pickup": LOGISTICS,
    "poi_port": LOGISTICS,
    "poi_rail": LOGISTICS,
    "poi_customs": SERVICE,
    "poi_weighbridge": SERVICE,
    "poi_workshop": SERVICE,
}
_OTHER = "#4a4f57"
_SIZE_MM = 5.0


def style_points_of_interest(layer: QgsVectorLayer, form: bool = False) -> None:
    """Icons; the legend has the kinds that the layer holds, that of a workspace (`form`) or of an empty layer all of them."""
    rows = kinds("poi_kinds")
    found = {str(kind) for kind in layer.uniqueValues(layer.fields().indexOf("type_poi")) if kind}
    known = [row for row in rows if form or not found or row["key"] in found]
    categories = [QgsRendererCategory(row["key"], _mark(row["icon"]), row[language()]) for row in known]
    categories += [QgsRendererCategory(kind, _mark("poi_other"), kind) for kind in sorted(found - {row["key"] for row in rows})]
    categories.append(QgsRendererCategory(None, _mark("poi_other"), _tr("Kind not known")))
    layer.setRenderer(QgsCategorizedSymbolRenderer("type_poi", categories))
    describe(layer, "points_of_interest", form=form)
    layer.triggerRepaint()


def _mark(icon: str) -> QgsSymbol:
    return mark(f"poi/{icon}", _SIZE_MM, FAMILIES.get(icon, _OTHER), WHITE, 2.2)


def _tr(text: str) -> str:
    return QCoreApplication.translate("PointsOfInterestLayer", text)
