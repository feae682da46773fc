"""The optional page after an import: what applies to each customer. The answers are parameters of ``joptimiz:enrichcustomers``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsApplication, QgsProject
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QFormLayout, QFrame, QScrollArea, QVBoxLayout, QWidget

from ..layers.roles import access_points_layer, bays_layer, perimeters_layers, rules_layer
from .section import paragraph
from .wdg_parameters import ParameterForm
from .wdg_vehicle import VehicleChoice
from .work_dialog import named_button

if TYPE_CHECKING:
    from qgis.gui import QgisInterface, QgsMessageBar

ALGORITHM = "joptimiz:enrichcustomers"
_LAYERS = ("PERIMETERS", "RULES", "ACCESS_POINTS", "BAYS")
_NUMBERS = ("MAX_DISTANCE", "DATE", "DAYS")


class EnrichPage(QWidget):
    """The form and its button; `start` is called by it."""

    def __init__(self, iface: QgisInterface, messages: QgsMessageBar, start: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        about = self.tr("For each customer: perimeters with days and hours, ways in, whether a bay is near. Nothing leaves this computer.")
        column.addWidget(paragraph(about))
        contents = QWidget()
        rows = QFormLayout(contents)
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form = ParameterForm(QgsApplication.processingRegistry().createAlgorithmById(ALGORITHM), iface, messages)
        self.form.add(_LAYERS, rows, {"RULES": self.tr("Rules of the perimeters"), "ACCESS_POINTS": self.tr("Access points")})
        self.form.add(_NUMBERS, rows)
        self.form.link()
        self.vehicle = VehicleChoice()
        rows.addRow(self.tr("Vehicle"), self.vehicle)
        self.table = QgsFileWidget()
        self.table.setObjectName("enrichTable")
        self.table.setStorageMode(QgsFileWidget.StorageMode.SaveFile)
        self.table.setFilter("Excel (*.xlsx);;CSV (*.csv)")
        rows.addRow(self.tr("Table for Excel or LibreOffice"), self.table)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(contents)
        column.addWidget(scroll, 1)
        self.start_button = named_button("enrichStartButton", self.tr("Enrich the customers"), start)
        self.start_button.setMinimumHeight(30)
        column.addWidget(self.start_button, 0, Qt.AlignmentFlag.AlignRight)

    def begin(self, target: Path) -> None:
        """Propose the project's own layers, and a table beside the customers."""
        project = QgsProject.instance()
        found = {
            "BAYS": bays_layer(project),
            "PERIMETERS": next(iter(perimeters_layers(project)), None),
            "ACCESS_POINTS": access_points_layer(project),
            "RULES": rules_layer(project),
        }
        now = self.form.values()
        self.form.fill({name: layer.id() for name, layer in found.items() if layer is not None and not now.get(name)})
        if not self.table.filePath():
            self.table.setFilePath(str(target.with_name(f"{target.stem}_enrichis.xlsx")))

    def parameters(self, target: Path) -> dict[str, Any]:
        """What was chosen, as the algorithm takes it."""
        table = self.table.filePath().strip()
        return {
            **{name: value for name, value in self.form.values().items() if value not in (None, "")},
            **self._told_vehicle(),
            "CUSTOMERS": f"{target.as_posix()}|layername=clients",
            "OUTPUT": str(free_name(target.with_name(f"{target.stem}_enrichis.gpkg"))),
            "TABLE": str(free_name(Path(table))) if table else None,
        }

    def _told_vehicle(self) -> dict[str, str]:
        """The vehicle as the algorithm is told of it; nothing for any vehicle."""
        vehicle = self.vehicle.vehicle()
        parts = [f"{name}={value}".replace(",", " ") for name, value in vehicle.known().items()] if vehicle else []
        return {"VEHICLE": ",".join(parts)} if parts else {}


def free_name(path: Path) -> Path:
    """`path`, or the same with a number where such a file exists: an earlier result may be open."""
    names = (path, *(path.with_name(f"{path.stem}_{number}{path.suffix}") for number in range(2, 1_000)))
    return next(name for name in names if not name.exists())
