"""``joptimiz:coveragereport``: the whole audit, as one file with all its layers and as a report in HTML."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingOutputNumber,
    QgsProcessingOutputVectorLayer,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterString,
)

from ..toolkit.messages import LANGUAGES, speaking, tr
from .algorithm import FeedbackProgress, tell_notes, tell_reading
from .gap_parameters import GapParameters

if TYPE_CHECKING:
    from qgis.core import QgsProcessingFeedback

    from ..toolkit.audit import Audit, AuditOptions
    from ..toolkit.read.reading import Reading

TABLES = ("coverage", "bays", "zones", "categories", "gaps", "week")
"""Layers of the audit's file that a model or a script can go on from."""


class CoverageReportAlgorithm(GapParameters):
    """Adapter of `toolkit.audit` and its report."""

    NAME = "coveragereport"
    ICON = "audit_bays"

    ZONES = "ZONES"
    ZONE_FIELD = "ZONE_FIELD"
    TITLE = "TITLE"
    LANGUAGE = "LANGUAGE"
    REPORT = "REPORT"
    AUDIT = "AUDIT"

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Audit of the delivery bays, with report")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Coverage, zones, categories, gaps and week in one file, and a report that opens in any browser.")

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        polygons = [QgsProcessing.SourceType.TypeVectorPolygon]
        self.add_layers()
        self.addParameter(QgsProcessingParameterFeatureSource(self.ZONES, self.tr("Zones (polygons)"), polygons, optional=True))
        self.addParameter(self.field(self.ZONE_FIELD, self.tr("Field with the names of the zones"), self.ZONES))
        self.addParameter(self.field(self.CATEGORY, self.tr("Field with the category of the delivery points"), self.POINTS))
        self.addParameter(QgsProcessingParameterString(self.TITLE, self.tr("Title of the report"), optional=True))
        self.add_measure()
        self.add_gaps()
        self.add_movements()
        self.add_network()
        languages = [self.tr("That of QGIS"), "English", "Français"]
        self.add_advanced(QgsProcessingParameterEnum(self.LANGUAGE, self.tr("Language of the report"), languages, defaultValue=0, optional=True))
        self.addParameter(QgsProcessingParameterFileDestination(self.REPORT, self.tr("Report"), "HTML (*.html)"))
        self.addParameter(QgsProcessingParameterFileDestination(self.AUDIT, self.tr("All layers and figures of the audit"), "GeoPackage (*.gpkg)"))
        for name, description in zip(TABLES, self._table_names()):
            self.addOutput(QgsProcessingOutputVectorLayer(name.upper(), description))
        for name, description in self._numbers():
            self.addOutput(QgsProcessingOutputNumber(name, description))

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Read, measure, and write both files or none."""
        choice = self.parameterAsEnum(parameters, self.LANGUAGE, context)
        with speaking(LANGUAGES[choice - 1] if choice else None):
            report, store = (self._target(parameters, name, context) for name in (self.REPORT, self.AUDIT))
            points = self._points_table(parameters, context, feedback)
            bays = self._bays(parameters, context, feedback)
            audit = self._whole_audit(points, bays, self._wanted(parameters, context, feedback), feedback)
            title = self.parameterAsString(parameters, self.TITLE, context).strip() or tr("Audit of the delivery bays")
            self._write(audit, title, [points, bays], (report, store), FeedbackProgress(feedback))
        self._load(store, audit, context)
        layers = {name.upper(): f"{store}|layername={name}" for name in _written(audit)}
        return {self.REPORT: str(report), self.AUDIT: str(store), **layers, **self._figures(audit)}

    def _target(self, parameters: dict[str, Any], name: str, context: QgsProcessingContext) -> Path:
        """Where one of the files goes; known to be possible before the work."""
        from ..toolkit.write.tables import check_output
        from . import results

        ending = ".html" if name == self.REPORT else ".gpkg"
        path = check_output(self.parameterAsFileOutput(parameters, name, context), overwrite=True, endings=(ending,))
        results.refuse_source(results.Target(path, ""), self, parameters, (self.POINTS, self.BAYS, self.ZONES, self.NETWORK), context)
        return path

    def _points_table(self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> Reading:
        """All points with all their attributes: the audit's file keeps them."""
        from ..toolkit.read.delivery_points import points_from_raw
        from . import adapters

        raw = adapters.raw_table(self, parameters, self.POINTS, context, FeedbackProgress(feedback).part(0, 0.15))
        reading = points_from_raw(raw, self.crs(parameters, self.POINTS_CRS, context))
        tell_reading(reading, feedback)
        return reading

    def _wanted(self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> AuditOptions:
        from . import adapters

        options = replace(self._options(parameters, context), **self.gap_options(parameters, context), week=True)
        options = self._walking(options, parameters, context, feedback)
        if not parameters.get(self.ZONES):
            return options
        source = adapters.required_source(self, parameters, self.ZONES, context)
        zones = adapters.ZoneLayer.read(source, FeedbackProgress(feedback).part(0.25, 0.3)).frame
        return replace(options, zones=zones, zone_field=self._field(parameters, self.ZONE_FIELD, context))

    def _whole_audit(self, points: Reading, bays: Reading, options: AuditOptions, feedback: QgsProcessingFeedback) -> Audit:
        from ..toolkit.audit import run_audit

        audit = run_audit(points.table, bays.table, options, FeedbackProgress(feedback).part(0.3, 0.6))
        tell_notes([*audit.notes, *audit.sentences()], feedback)
        return audit

    def _write(self, audit: Audit, title: str, sources: list[Reading], targets: tuple[Path, Path], progress: FeedbackProgress) -> None:
        """Both files or none; between the steps the user may still cancel."""
        from ..toolkit.audit import audit_tables, report_of
        from ..toolkit.report.audit import audit_page
        from ..toolkit.write.tables import write_layers, write_page
        from . import results

        page, store = targets
        notes = [note for reading in sources for note in reading.notes]
        report = report_of(audit, title, [reading.source for reading in sources], notes)
        progress.step(0.6, tr("Drawing the report"))
        text = audit_page(report, progress.part(0.6, 0.8))
        progress.step(0.8, tr("Writing {name}", name=store))
        with ExitStack() as kept:
            for target in targets:
                kept.enter_context(results.whole_or_nothing(results.Target(target, "")))
            write_layers(audit_tables(audit, report), store, overwrite=True, progress=progress.part(0.8, 0.95))
            progress.step(0.95, tr("Writing {name}", name=page))
            write_page(text, page, overwrite=True)
            progress.step(1)

    def _load(self, store: Path, audit: Audit, context: QgsProcessingContext) -> None:
        """Have the audit's layers opened with the project's, styled, once the algorithm has ended."""
        from ..layers.audit import style_table

        for name in reversed(_written(audit)):
            layer = f"{store}|layername={name}"
            details = QgsProcessingContext.LayerDetails(name, self.project, name)
            context.addLayerToLoadOnCompletion(layer, details)
            self.style_on_load(layer, partial(style_table, path=store, table=name), context)

    def _table_names(self) -> list[str]:
        """What the layers of `TABLES` are called."""
        return [
            self.tr("Coverage by delivery bays"),
            self.tr("Delivery bays"),
            self.tr("Coverage by zone"),
            self.tr("Coverage by category"),
            self.tr("Gaps"),
            self.tr("Coverage through the week"),
        ]

    def _numbers(self) -> list[tuple[str, str]]:
        return [
            ("POINTS_COUNT", self.tr("Delivery points")),
            ("COVERED_COUNT", self.tr("Delivery points covered")),
            ("SHARE_POINTS", self.tr("Share of the delivery points covered (0–1)")),
            ("SHARE_MOVEMENTS", self.tr("Share of the movements covered (0–1)")),
            ("BAYS_USABLE", self.tr("Usable delivery bays")),
            ("GAPS_COUNT", self.tr("Gaps")),
        ]

    def _figures(self, audit: Audit) -> dict[str, Any]:
        summary, moved = audit.coverage.summary, audit.moved
        gaps = len(audit.gaps.rows) if audit.gaps else 0
        share = moved.share if moved else None
        values = (summary.points, summary.covered, summary.share_points, share, summary.bays_usable, gaps)
        return {name: value for (name, _), value in zip(self._numbers(), values)}


def _written(audit: Audit) -> list[str]:
    """The tables of `TABLES` that `audit` has."""
    parts = {"zones": audit.by_zone, "categories": audit.by_category, "gaps": audit.gaps, "week": audit.week}
    return [name for name in TABLES if parts.get(name, True) is not None]
