"""The parameters of gaps, for the algorithms that look for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import Qgis, QgsProcessingParameterDistance, QgsProcessingParameterNumber
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.errors import ParameterError
from ..toolkit.parameters import GAP_MINIMUM_POINTS, GAP_RADIUS_M, check_gap_minimum, check_gap_radius
from .covering import ONE_DECIMAL, CoveringAlgorithm

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext


class GapParameters(CoveringAlgorithm):
    """Base of the algorithms that look for gaps."""

    RADIUS = "RADIUS"
    MINIMUM = "MINIMUM"

    # The texts stand under the name of the algorithm that had them first: its catalogue has their French.

    def add_gaps(self, *, folded: bool = True) -> None:
        """Declare how close, and how many, uncovered points make a gap."""
        close = QCoreApplication.translate("CoverageGapsAlgorithm", "Radius: uncovered points this close are looked at together")
        radius = QgsProcessingParameterDistance(self.RADIUS, close, GAP_RADIUS_M)
        radius.setDefaultUnit(Qgis.DistanceUnit.Meters)
        radius.setMetadata(ONE_DECIMAL)
        smallest = QCoreApplication.translate("CoverageGapsAlgorithm", "Uncovered points within the radius that make a gap")
        kind = Qgis.ProcessingNumberParameterType.Integer
        minimum = QgsProcessingParameterNumber(self.MINIMUM, smallest, kind, GAP_MINIMUM_POINTS)
        for parameter in (radius, minimum):
            self.add_advanced(parameter) if folded else self.addParameter(parameter)

    def gap_options(self, parameters: dict[str, Any], context: QgsProcessingContext) -> dict[str, Any]:
        """What `AuditOptions` takes."""
        radius = self.parameterAsDouble(parameters, self.RADIUS, context)
        return {"gaps": True, "gap_radius": radius, "gap_minimum": self.parameterAsInt(parameters, self.MINIMUM, context)}

    def checkParameterValues(  # noqa: N802 - QGIS's name
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """Refuse an impossible radius or number of points before anything is read."""
        try:
            check_gap_radius(self.parameterAsDouble(parameters, self.RADIUS, context))
            check_gap_minimum(self.parameterAsInt(parameters, self.MINIMUM, context))
        except ParameterError as error:
            return False, str(error)
        return super().checkParameterValues(parameters, context)
