"""``joptimiz:locateregulations``: geometry for orders that have none, by the street or the municipality that they name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterString,
)

from .algorithm import FeedbackProgress
from .regulation_layers import RegulationAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback


class LocateRegulationsAlgorithm(RegulationAlgorithm):
    """Adapter of `toolkit.survey.order_geometry`."""

    NAME = "locateregulations"
    ICON = "locate_regulations"
    REPLACE, SOURCE, WORKSPACE = "REPLACE", "SOURCE", "WORKSPACE"

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Locate goods-traffic orders")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Gives orders the street of their name, the part between two points, or the whole municipality.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        self.add_orders(optional=True)
        self.add_places()
        name = self.tr("Field of the streets' names, if it is not found by itself")
        self.add_advanced(QgsProcessingParameterField(self.STREET_NAME, name, parentLayerParameterName=self.STREETS, optional=True))
        self.addParameter(QgsProcessingParameterString(self.SOURCE, self.tr("Source of the geometry, for example BD TOPO 2026"), optional=True))
        replace = self.tr("Locate anew those that were located by name before")
        self.addParameter(QgsProcessingParameterBoolean(self.REPLACE, replace, defaultValue=False))
        workspace = self.tr("Workspace: locate its orders, in the file itself")
        self.addParameter(QgsProcessingParameterFile(self.WORKSPACE, workspace, extension="gpkg", optional=True))
        self.add_order_layers()
        for name, text in self._numbers():
            self.addOutput(QgsProcessingOutputNumber(name, text))

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:  # noqa: N802 - QGIS's
        """Refuse a run without orders."""
        if not parameters.get(self.INPUT) and not parameters.get(self.WORKSPACE):
            return False, self.tr("Choose a layer of orders, or a workspace.")
        valid, said = super().checkParameterValues(parameters, context)
        return bool(valid), str(said)

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Read, locate, write."""
        from ..toolkit.survey.order_geometry import locate_orders
        from ..toolkit.workspace import read_table, store_locations

        progress = FeedbackProgress(feedback)
        workspace = self.parameterAsFile(parameters, self.WORKSPACE, context)
        if not workspace and not parameters.get(self.INPUT):
            raise QgsProcessingException(self.tr("Choose a layer of orders, or a workspace."))
        orders = read_table(Path(workspace), "regulations") if workspace else self.orders(parameters, context, feedback)
        streets, municipalities = self.places(parameters, context, feedback)
        name = self.parameterAsString(parameters, self.STREET_NAME, context) or None
        source = self.parameterAsString(parameters, self.SOURCE, context).strip()
        replace = self.parameterAsBool(parameters, self.REPLACE, context) and not workspace
        located = locate_orders(orders, streets, municipalities, name, source, replace, progress.part(0.4, 0.8))
        for sentence in located.sentences():
            feedback.pushInfo(str(sentence))
        inputs = (self.INPUT, self.INPUT_AREAS, self.STREETS, self.MUNICIPALITIES)
        made: dict[str, Any] = {}
        if workspace:
            store_locations(Path(workspace), located.orders, list(located.found.index))
            self.changed = Path(workspace)
        else:
            made = self.write_orders(located.orders, parameters, inputs, context, progress.part(0.8, 1))
        counts = located.counts()
        return {**made, **{key: counts[key.lower()] for key, _ in self._numbers()}}

    def _numbers(self) -> list[tuple[str, str]]:
        return [
            ("STREETS", self.tr("Orders that got a whole street")),
            ("SECTIONS", self.tr("Orders that got a part of a street")),
            ("MUNICIPALITIES", self.tr("Orders that got a municipality")),
            ("WITHOUT_GEOMETRY", self.tr("Orders still to be located")),
        ]
