"""A firm's customers in the project: their layers found, opened, styled; let go while their file is written, and shown again."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from qgis.core import QgsSingleSymbolRenderer, QgsVectorLayer, QgsWkbTypes
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.errors import OutputError
from . import GROUP
from .customers import describe_customers
from .symbols import dot

if TYPE_CHECKING:
    from qgis.core import QgsProject

LAYERS = ("clients_a_verifier", "clients")
"""Tables of the result, from the top of the layer tree downwards."""
_COLOURS = MappingProxyType({"clients": "#0f8a7e", "clients_a_verifier": "#d55e00"})


def style_customer_layer(layer: QgsVectorLayer) -> None:
    """Name a layer of an import, and have it drawn as customers are."""
    table = _table(layer.source())
    layer.setRenderer(QgsSingleSymbolRenderer(dot(_COLOURS.get(table, _COLOURS["clients"]), 2.4, 0.9)))
    describe_customers(layer)
    layer.setName(_titles().get(table, layer.name()))
    layer.triggerRepaint()


def _titles() -> dict[str, str]:
    return {"clients": _tr("Customers"), "clients_a_verifier": _tr("Customers to review")}


def customer_layers(project: QgsProject, path: Path) -> list[QgsVectorLayer]:
    """The layers of the project that show tables of `path`."""
    there = path.resolve()
    return [
        layer
        for layer in project.mapLayers().values()
        if isinstance(layer, QgsVectorLayer) and layer.providerType() == "ogr" and Path(layer.source().partition("|")[0]).resolve() == there
    ]


def show_customers(project: QgsProject, path: Path) -> list[QgsVectorLayer]:
    """Open the tables of an import in the plugin's group; those that are open stay as they are."""
    open_already = {_table(layer.source()): layer for layer in customer_layers(project, path)}
    root = project.layerTreeRoot()
    group = root.findGroup(GROUP) or root.insertGroup(0, GROUP)
    shown: list[QgsVectorLayer] = []
    for place, table in enumerate(LAYERS):
        layer = open_already.get(table)
        if layer is None:
            layer = QgsVectorLayer(f"{path.as_posix()}|layername={table}", table, "ogr")
            if not layer.isValid() or (table != "clients" and not layer.featureCount()):
                continue
            style_customer_layer(layer)
            project.addMapLayer(layer, False)
            group.insertLayer(min(place, len(shown)), layer)
        shown.append(layer)
    return shown


class Released:
    """Layers of a file that were let go, so that it can be written: QGIS holds a GeoPackage open, with a journal beside it.

    Parameters
    ----------
    project : QgsProject
    path : Path
    layers : list of QgsVectorLayer, optional
        Which; those of customers where not given.

    Raises
    ------
    OutputError
        A layer of the file has changes that were not saved.
    """

    def __init__(self, project: QgsProject, path: Path, layers: list[QgsVectorLayer] | None = None) -> None:
        layers = customer_layers(project, path) if layers is None else layers
        edited = [layer.name() for layer in layers if layer.isEditable() and layer.isModified()]
        if edited:
            raise OutputError("The layer “{name}” has changes that are not saved. Save or discard them, then try again.", name=edited[0])
        self.project = project
        self.held = [(layer.id(), layer.source(), layer.name()) for layer in layers]
        for layer in layers:
            layer.rollBack()
            layer.dataProvider().reloadData()  # closes what QGIS keeps open for the next one who asks
            kind = QgsWkbTypes.displayString(layer.wkbType())  # of another kind it would lose how it is drawn
            layer.setDataSource(f"{kind}?crs=EPSG:4326", layer.name(), "memory", False)

    def restore(self) -> None:
        """Show the layers again, whatever the file holds now; those whose file or table is gone leave the project."""
        for ident, source, name in self.held:
            layer = self.project.mapLayer(ident)
            if layer is None:
                continue
            layer.setDataSource(source, name, "ogr", False)
            if layer.isValid():
                layer.updateExtents(True)
                layer.triggerRepaint()
            else:
                self.project.removeMapLayer(ident)
        self.held = []


def _table(source: str) -> str:
    return source.partition("|layername=")[2].partition("|")[0]


def _tr(text: str) -> str:
    return QCoreApplication.translate("CustomerLayers", text)
