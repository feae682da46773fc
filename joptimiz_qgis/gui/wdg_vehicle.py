"""The vehicle that one asks about: common ones to choose from, and values of one's own."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QDoubleSpinBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from ..toolkit.messages import language
from ..toolkit.schema.table import kinds
from ..toolkit.vehicles import STICKERS, Vehicle, categories

ANY, OWN = "", "own"
_SIZES = {"weight_t": (100.0, " t"), "length_m": (30.0, " m"), "width_m": (6.0, " m"), "height_m": (6.0, " m")}
_MOTORS = ("Électrique", "Gaz Naturel pour Véhicules", "Hydrogène", "Thermique")


class VehicleChoice(QWidget):
    """A list of vehicles; “other values” opens the fields, which a chosen vehicle fills."""

    changed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.preset = QComboBox()
        self.preset.setObjectName("vehiclePreset")
        self.preset.addItem(self.tr("Any vehicle"), ANY)
        for row in kinds("vehicle_presets"):
            self.preset.addItem(row[language()], row["key"])
        self.preset.addItem(self.tr("Own values…"), OWN)
        self.category = _choice("vehicleCategory", categories(), _titles())
        self.sizes = {name: _size(name, most, unit) for name, (most, unit) in _SIZES.items()}
        self.critair = _choice("vehicleCritair", STICKERS, {})
        self.motor = _choice("vehicleMotor", _MOTORS, {})
        self.use = QLineEdit()
        self.use.setObjectName("vehicleUse")
        self.use.setPlaceholderText(self.tr("for example Livraison"))
        self.fields = QWidget()
        form = QFormLayout(self.fields)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(self.tr("Category"), self.category)
        for name, title in zip(_SIZES, (self.tr("Gross weight"), self.tr("Length"), self.tr("Width"), self.tr("Height"))):
            form.addRow(title, self.sizes[name])
        form.addRow(self.tr("Motor"), self.motor)
        self.always = QWidget()
        both = QFormLayout(self.always)
        both.setContentsMargins(0, 0, 0, 0)
        both.addRow(self.tr("Crit’Air"), self.critair)
        both.addRow(self.tr("Use"), self.use)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (self.preset, self.always, self.fields):
            column.addWidget(part)
        self.preset.currentIndexChanged.connect(self._chosen)
        for box in (self.category, self.critair, self.motor):
            box.currentIndexChanged.connect(self._edited)
        for spin in self.sizes.values():
            spin.valueChanged.connect(self._edited)
        self.use.editingFinished.connect(self._edited)
        self._silent = False
        self._arrange()

    def vehicle(self) -> Vehicle | None:
        """The vehicle; None for any."""
        if self.preset.currentData() == ANY:
            return None
        sizes = {name: spin.value() or None for name, spin in self.sizes.items()}
        chosen: dict[str, Any] = {
            "category": self.category.currentData() or None,
            "critair": self.critair.currentData() or None,
            "motor": self.motor.currentData() or None,
            "use": self.use.text().strip() or None,
        }
        return Vehicle(**chosen, **sizes)

    def state(self) -> dict[str, Any]:
        """What was chosen, to be kept."""
        found = self.vehicle()
        return {"preset": self.preset.currentData(), **(found.known() if found else {})}

    def set_state(self, state: dict[str, Any]) -> None:
        """Choose what was kept; what is not understood is left out."""
        self._silent = True
        self.preset.setCurrentIndex(max(self.preset.findData(state.get("preset", ANY)), 0))
        self._fill(state)
        self._arrange()
        self._silent = False

    def _fill(self, values: dict[str, Any]) -> None:
        for box, name in ((self.category, "category"), (self.critair, "critair"), (self.motor, "motor")):
            box.setCurrentIndex(max(box.findData(values.get(name) or ""), 0))
        for name, spin in self.sizes.items():
            try:
                spin.setValue(float(values.get(name) or 0))
            except (TypeError, ValueError):
                spin.setValue(0)
        self.use.setText(str(values.get("use") or ""))

    def _chosen(self) -> None:
        if self._silent:
            return
        row = next((row for row in kinds("vehicle_presets") if row["key"] == self.preset.currentData()), None)
        self._silent = True
        if row is not None:
            kept = {"critair": self.critair.currentData(), "use": self.use.text()}
            self._fill({**row, **kept})
        self._silent = False
        self._arrange()
        self.changed.emit()

    def _edited(self) -> None:
        if not self._silent:
            self.changed.emit()

    def _arrange(self) -> None:
        self.always.setVisible(self.preset.currentData() != ANY)
        self.fields.setVisible(self.preset.currentData() == OWN)


def _titles() -> dict[str, str]:
    return {row["category"]: row[language()] for row in kinds("vehicle_kinds")}


def _choice(name: str, values: tuple[str, ...], titles: dict[str, str]) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.addItem("–", "")
    for value in values:
        box.addItem(titles.get(value, value), value)
    return box


def _size(name: str, most: float, unit: str) -> QDoubleSpinBox:
    spin = QDoubleSpinBox()
    spin.setObjectName(name)
    spin.setRange(0, most)
    spin.setDecimals(2)
    spin.setSuffix(unit)
    spin.setSpecialValueText("–")
    spin.setKeyboardTracking(False)
    return spin
