"""The provider ``joptimiz``."""

from __future__ import annotations

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from ..paths import icon_path
from .bay_coverage import BayCoverageAlgorithm
from .coverage_by_zone import CoverageByZoneAlgorithm
from .coverage_gaps import CoverageGapsAlgorithm
from .coverage_pdf import CoveragePdfAlgorithm
from .coverage_report import CoverageReportAlgorithm
from .create_survey import CreateSurveyAlgorithm
from .create_workspace import CreateWorkspaceAlgorithm
from .enrich_customers import EnrichCustomersAlgorithm
from .export_bays import ExportBaysAlgorithm
from .export_regulations import ExportRegulationsAlgorithm
from .fetch_source import FetchSourceAlgorithm
from .harmonisation_report import HarmonisationReportAlgorithm
from .import_access_points import ImportAccessPointsAlgorithm
from .import_bays import ImportBaysAlgorithm
from .import_company_file import ImportCompanyFileAlgorithm
from .import_delivery_points import ImportDeliveryPointsAlgorithm
from .import_perimeters import ImportPerimetersAlgorithm
from .import_poi import ImportPoiAlgorithm
from .import_regulations import ImportRegulationsAlgorithm
from .locate_regulations import LocateRegulationsAlgorithm
from .merge_survey import MergeSurveyAlgorithm
from .open_workspace import OpenWorkspaceAlgorithm
from .purge_customers import PurgeCustomersAlgorithm
from .survey_report import SurveyReportAlgorithm
from .validate_bays import ValidateBaysAlgorithm
from .validate_regulations import ValidateRegulationsAlgorithm
from .what_applies import WhatAppliesAlgorithm

ALGORITHMS = (
    CreateWorkspaceAlgorithm,
    OpenWorkspaceAlgorithm,
    ImportBaysAlgorithm,
    ImportDeliveryPointsAlgorithm,
    ImportPerimetersAlgorithm,
    ImportAccessPointsAlgorithm,
    ImportPoiAlgorithm,
    ImportCompanyFileAlgorithm,
    FetchSourceAlgorithm,
    BayCoverageAlgorithm,
    CoverageByZoneAlgorithm,
    CoverageGapsAlgorithm,
    CoverageReportAlgorithm,
    CoveragePdfAlgorithm,
    WhatAppliesAlgorithm,
    CreateSurveyAlgorithm,
    SurveyReportAlgorithm,
    MergeSurveyAlgorithm,
    ImportRegulationsAlgorithm,
    LocateRegulationsAlgorithm,
    ValidateRegulationsAlgorithm,
    ExportRegulationsAlgorithm,
    HarmonisationReportAlgorithm,
    MergeSurveyAlgorithm,
    EnrichCustomersAlgorithm,
    ValidateBaysAlgorithm,
    ExportBaysAlgorithm,
    PurgeCustomersAlgorithm,
)


class JoptimizProvider(QgsProcessingProvider):
    """All algorithms of the plugin."""

    def loadAlgorithms(self) -> None:  # noqa: N802 - QGIS's name
        """Create the algorithms; QGIS calls this, and again after a change of settings."""
        for algorithm in ALGORITHMS:
            self.addAlgorithm(algorithm())

    def id(self) -> str:
        """Prefix of the algorithms' identifiers."""
        return "joptimiz"

    def name(self) -> str:
        """Name in the toolbox."""
        return "JOPTIMIZ"

    def icon(self) -> QIcon:
        """Icon in the toolbox."""
        return QIcon(icon_path("joptimiz"))
