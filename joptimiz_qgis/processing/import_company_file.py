"""``joptimiz:importcompanyfile``: a firm's file of customers → cleaned, on the map, merged with the last import."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingOutputNumber,
    QgsProcessingOutputVectorLayer,
    QgsProcessingParameterAuthConfig,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterCrs,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.company.recipe import MISSING_ROWS
from ..toolkit.errors import ParameterError
from .algorithm import FeedbackProgress, JoptimizAlgorithm
from .company_settings import company_settings

if TYPE_CHECKING:
    from qgis.core import QgsProcessingFeedback

    from ..toolkit.company.importing import ImportRequest
    from ..toolkit.company.pipeline import CompanyImport

DECIMALS = ("", ",", ".")
_SHOWN_REJECTS = 20


class ImportCompanyFileAlgorithm(JoptimizAlgorithm):
    """Adapter of `toolkit.company.importing`."""

    NAME = "importcompanyfile"
    ICON = "import_company"
    FILE = "FILE"
    SHEET = "SHEET"
    HEADER_ROW = "HEADER_ROW"
    SKIP_ROWS = "SKIP_ROWS"
    ENCODING = "ENCODING"
    DELIMITER = "DELIMITER"
    DECIMAL = "DECIMAL"
    COLUMNS = "COLUMNS"
    RECIPE = "RECIPE"
    SAVE_RECIPE = "SAVE_RECIPE"
    FIX = "FIX"
    CRS = "CRS"
    KEY = "KEY"
    MISSING = "MISSING"
    SIRENE = "SIRENE"
    TOWNS = "TOWNS"
    GEOCODER = "GEOCODER"
    SEND_ADDRESSES = "SEND_ADDRESSES"
    THRESHOLD = "THRESHOLD"
    AUTHCFG = "AUTHCFG"
    OVERWRITE = "OVERWRITE"
    OUTPUT = "OUTPUT"
    REJECTS = "REJECTS"
    FINDINGS = "FINDINGS"
    CUSTOMERS = "CUSTOMERS"
    REVIEW = "REVIEW"

    def group(self) -> str:
        """Group in the toolbox."""
        return QCoreApplication.translate("ImportAlgorithm", "Import")

    def groupId(self) -> str:  # noqa: N802 - QGIS's name
        """Identifier of the group."""
        return "import"

    def displayName(self) -> str:  # noqa: N802 - QGIS's name
        """Name in the toolbox."""
        return self.tr("Import a company file")

    def shortDescription(self) -> str:  # noqa: N802 - QGIS's name
        """Tool tip in the toolbox."""
        return self.tr("Reads, checks and places a firm's customers, and merges them with the last import; nothing is sent without consent.")

    # -- parameters ------------------------------------------------------------------------------------------------

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802, ARG002 - QGIS's
        """Declare parameters and outputs."""
        kinds = self.tr("Files of customers") + " (*.csv *.txt *.tsv *.tab *.xlsx *.xlsm *.xls *.ods *.gpkg *.shp *.geojson *.json *.parquet)"
        every = self.tr("All files") + " (*.*)"
        self.addParameter(QgsProcessingParameterFile(self.FILE, self.tr("The firm's file"), fileFilter=f"{kinds};;{every}"))
        self.addParameter(QgsProcessingParameterFile(self.RECIPE, self.tr("Recipe of an earlier import"), fileFilter="JSON (*.json)", optional=True))
        self.addParameter(QgsProcessingParameterString(self.FIX, self.tr("Corrections to apply: codes with commas between, or all"), optional=True))
        missing = [self.tr("As the recipe says, else mark them"), self.tr("Keep them"), self.tr("Mark them as absent"), self.tr("Remove them")]
        self.addParameter(QgsProcessingParameterEnum(self.MISSING, self.tr("Customers that the file has no more"), missing, defaultValue=0))
        self.addParameter(QgsProcessingParameterFile(self.SIRENE, self.tr("Sirene file, to place by SIRET"), optional=True))
        send = self.tr("Send addresses to this server: its name is your consent; empty: nothing is sent")
        self.addParameter(QgsProcessingParameterString(self.SEND_ADDRESSES, send, optional=True))
        self._add_reading()
        self._add_more()
        self._add_results()

    def _add_reading(self) -> None:
        texts: tuple[tuple[str, str], ...] = (
            (self.SHEET, self.tr("Sheet of the workbook, or layer")),
            (self.ENCODING, self.tr("Encoding of the text")),
            (self.DELIMITER, self.tr("Delimiter of the text")),
        )
        for name, text in texts:
            self.add_advanced(QgsProcessingParameterString(name, text, optional=True))
        integer = QgsProcessingParameterNumber.Type.Integer
        header = self.tr("Line of the header (0: none)")
        self.add_advanced(QgsProcessingParameterNumber(self.HEADER_ROW, header, integer, None, optional=True, minValue=0))
        skip = self.tr("Rows below the header that hold no customer")
        self.add_advanced(QgsProcessingParameterNumber(self.SKIP_ROWS, skip, integer, None, optional=True, minValue=0))
        signs = [self.tr("Find out"), self.tr("Comma"), self.tr("Point")]
        self.add_advanced(QgsProcessingParameterEnum(self.DECIMAL, self.tr("Decimal sign"), signs, defaultValue=0))
        columns = self.tr("Columns, one a line: field=column")
        self.add_advanced(QgsProcessingParameterString(self.COLUMNS, columns, multiLine=True, optional=True))

    def _add_more(self) -> None:
        crs = self.tr("CRS of the coordinates, if their values do not tell it")
        self.add_advanced(QgsProcessingParameterCrs(self.CRS, crs, optional=True))
        self.add_advanced(QgsProcessingParameterString(self.KEY, self.tr("Columns that tell customers apart, with commas between"), optional=True))
        self.add_advanced(QgsProcessingParameterFile(self.TOWNS, self.tr("Table of communes: postcode, town"), optional=True))
        self.add_advanced(QgsProcessingParameterString(self.GEOCODER, self.tr("Address of the geocoder (empty: that of the options)"), optional=True))
        double = QgsProcessingParameterNumber.Type.Double
        threshold = self.tr("Score under which an address goes to review")
        self.add_advanced(QgsProcessingParameterNumber(self.THRESHOLD, threshold, double, None, optional=True, minValue=0, maxValue=1))
        self.add_advanced(QgsProcessingParameterAuthConfig(self.AUTHCFG, self.tr("Authentication at the geocoder"), optional=True))
        replace = self.tr("Replace the result instead of merging with it")
        self.add_advanced(QgsProcessingParameterBoolean(self.OVERWRITE, replace, defaultValue=False))

    def _add_results(self) -> None:
        self.addParameter(QgsProcessingParameterFileDestination(self.OUTPUT, self.tr("Customers (GeoPackage)"), "GeoPackage (*.gpkg)"))
        optional: tuple[tuple[str, str, str], ...] = (
            (self.REJECTS, self.tr("Rejected rows with their reasons"), "CSV (*.csv)"),
            (self.FINDINGS, self.tr("What the checks found"), "CSV (*.csv)"),
            (self.SAVE_RECIPE, self.tr("Save the recipe"), "JSON (*.json)"),
        )
        for name, text, ending in optional:
            self.addParameter(QgsProcessingParameterFileDestination(name, text, ending, optional=True, createByDefault=False))
        points = QgsProcessing.SourceType.TypeVectorPoint
        self.addOutput(QgsProcessingOutputVectorLayer(self.CUSTOMERS, self.tr("Customers"), points))
        self.addOutput(QgsProcessingOutputVectorLayer(self.REVIEW, self.tr("Customers to review"), points))
        for name, text in self._numbers():
            self.addOutput(QgsProcessingOutputNumber(name.upper(), text))

    def _numbers(self) -> list[tuple[str, str]]:
        return [
            ("rows_read", QCoreApplication.translate("ImportAlgorithm", "Rows read")),
            ("imported", QCoreApplication.translate("ImportAlgorithm", "Rows imported")),
            ("corrected", QCoreApplication.translate("ImportAlgorithm", "Rows with a value corrected")),
            ("rejected", QCoreApplication.translate("ImportAlgorithm", "Rows rejected")),
            ("placed", self.tr("Customers on the map")),
            ("to_review", self.tr("Customers with a position to review")),
            ("not_placed", self.tr("Customers without position")),
            ("new", self.tr("New customers")),
            ("changed", self.tr("Changed customers")),
            ("unchanged", self.tr("Unchanged customers")),
            ("missing", self.tr("Customers that the file has no more")),
        ]

    def request(self, parameters: dict[str, Any], context: QgsProcessingContext) -> ImportRequest:
        """What is asked for; the recipe with what the parameters say otherwise."""
        from ..toolkit.company.importing import ImportRequest, with_answers
        from ..toolkit.company.recipe import Recipe, load_recipe

        def text(name: str) -> str:
            return self.parameterAsString(parameters, name, context).strip()

        def number(name: str) -> float | None:
            return None if parameters.get(name) in (None, "") else self.parameterAsDouble(parameters, name, context)

        settings, path = company_settings(), self.parameterAsFile(parameters, self.RECIPE, context)
        recipe = load_recipe(path) if path else Recipe()
        read: dict[str, Any] = {name.lower(): text(name) for name in (self.SHEET, self.ENCODING)}
        read["delimiter"] = self.parameterAsString(parameters, self.DELIMITER, context).replace("\\t", "\t")
        read["decimal"] = DECIMALS[self.parameterAsEnum(parameters, self.DECIMAL, context)]
        for name in (self.HEADER_ROW, self.SKIP_ROWS):
            found = number(name)
            read[name.lower()] = None if found is None else int(found)
        send, missing = text(self.SEND_ADDRESSES), self.parameterAsEnum(parameters, self.MISSING, context)
        recipe = with_answers(
            recipe,
            read,
            crs=self.crs(parameters, self.CRS, context),
            key=tuple(part.strip() for part in text(self.KEY).split(",") if part.strip()),
            missing=MISSING_ROWS[missing - 1] if missing else None,
            geocoder=text(self.GEOCODER) or (settings.geocoder if send and not recipe.geocoder else None),
            threshold=number(self.THRESHOLD) if number(self.THRESHOLD) is not None else None if path else settings.threshold,
        )
        return ImportRequest(
            file=self.parameterAsFile(parameters, self.FILE, context),
            output=self.parameterAsFileOutput(parameters, self.OUTPUT, context),
            cache=settings.cache,
            recipe=recipe,
            chosen=_chosen(text(self.COLUMNS)),
            fix=text(self.FIX),
            sirene=self.parameterAsFile(parameters, self.SIRENE, context),
            towns=self.parameterAsFile(parameters, self.TOWNS, context),
            send_addresses=send,
            overwrite=self.parameterAsBool(parameters, self.OVERWRITE, context),
            rejects=self.parameterAsFileOutput(parameters, self.REJECTS, context),
            findings=self.parameterAsFileOutput(parameters, self.FINDINGS, context),
            save_recipe=self.parameterAsFileOutput(parameters, self.SAVE_RECIPE, context),
        )

    # -- work ------------------------------------------------------------------------------------------------------

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Import, say what was found and what changes, then write."""
        from ..toolkit.company.importing import run_import, sentences, write_import
        from ..toolkit.web import host_of
        from .main_thread import released
        from .web import QgisClient

        asked = self.request(parameters, context)
        authcfg = self.parameterAsString(parameters, self.AUTHCFG, context) or company_settings().authcfg
        progress = FeedbackProgress(feedback)
        ready = run_import(asked, lambda: QgisClient(authcfg, host_of(asked.recipe.geocoder)), progress.part(0, 0.9))
        for sentence in sentences(ready):
            feedback.pushInfo(sentence)
        for reject in ready.prepared.file.raw.rejects[:_SHOWN_REJECTS]:
            feedback.pushWarning(str(reject))
        with released(self.project, Path(asked.output), progress) as shown:
            write_import(ready, asked, progress.part(0.9, 1))
        layers = self._load(asked.output, ready, shown, context)
        counts = {**ready.counts(), **ready.counts()["merge"]}
        figures = {name.upper(): counts[name] for name, _ in self._numbers()}
        files = {self.OUTPUT: asked.output, self.REJECTS: asked.rejects or None, self.FINDINGS: asked.findings or None}
        return {**files, self.SAVE_RECIPE: asked.save_recipe or None, **layers, **figures}

    def _load(self, path: str, ready: CompanyImport, shown: list[str], context: QgsProcessingContext) -> dict[str, str]:
        """Have both layers opened in the group, where a project is there to take them and does not show them already."""
        from ..layers.customer_layers import style_customer_layer
        from ..toolkit.company.pipeline import CUSTOMERS, TO_REVIEW

        counts = ready.counts()
        open_already = {source.partition("|layername=")[2].partition("|")[0] for source in shown}
        sources = {}
        for name, table, wanted in ((self.REVIEW, TO_REVIEW, counts["imported"] > counts["placed"]), (self.CUSTOMERS, CUSTOMERS, True)):
            sources[name] = f"{Path(path).as_posix()}|layername={table}"
            if wanted and table not in open_already and self.project is not None:
                context.addLayerToLoadOnCompletion(sources[name], QgsProcessingContext.LayerDetails(table, self.project, name))
                self.style_on_load(sources[name], style_customer_layer, context)
        return sources


def _chosen(text: str) -> dict[str, str]:
    """``field=column`` lines → field → column."""
    from ..toolkit.company.columns import FIELD_NAMES

    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        field, _, column = line.partition("=")
        if field.strip() not in FIELD_NAMES or not column.strip():
            raise ParameterError("“{value}” is not field=column. Fields: {fields}.", value=line, fields=", ".join(FIELD_NAMES))
        found[field.strip()] = column.strip()
    return found
