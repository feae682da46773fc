"""What the algorithms on goods-traffic orders share: layers of orders in, layers of streets and of areas out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProviderRegistry,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.errors import OutputError
from .algorithm import FeedbackProgress, JoptimizAlgorithm

if TYPE_CHECKING:
    import geopandas as gpd
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback

    from ..toolkit.progress import Progress
    from ..toolkit.read.raw import RawTable

STREETS, AREAS = "regulations", "regulation_areas"


class RegulationAlgorithm(JoptimizAlgorithm):
    """Base of the algorithms on orders."""

    MAPPED_TABLE = "regulations"
    INPUT, INPUT_AREAS = "INPUT", "INPUT_AREAS"
    OUTPUT, OUTPUT_AREAS = "OUTPUT", "AREAS"
    STREETS, STREET_NAME, MUNICIPALITIES = "STREETS", "STREET_NAME", "MUNICIPALITIES"

    def group(self) -> str:
        """Group in the toolbox."""
        return _tr("Survey")

    def groupId(self) -> str:  # noqa: N802 - QGIS's name
        """Identifier of the group."""
        return "survey"

    # -- in ----------------------------------------------------------------------------------------------------------

    def add_orders(self, optional: bool = False) -> None:
        """Declare the orders: a layer or file, and the layer of those that hold in areas beside it."""
        vector = [QgsProcessing.SourceType.TypeVector]
        self.addParameter(QgsProcessingParameterFeatureSource(self.INPUT, _tr("Goods-traffic orders"), vector, optional=optional))
        beside = _tr("Orders that hold in areas, if they are in a layer of their own")
        self.addParameter(QgsProcessingParameterFeatureSource(self.INPUT_AREAS, beside, vector, optional=True))

    def add_places(self) -> None:
        """Declare the layers by which orders are located."""
        line, polygon = [QgsProcessing.SourceType.TypeVectorLine], [QgsProcessing.SourceType.TypeVectorPolygon]
        self.addParameter(QgsProcessingParameterFeatureSource(self.STREETS, _tr("Streets with their names"), line, optional=True))
        municipalities = _tr("Municipalities with their INSEE codes or names")
        self.addParameter(QgsProcessingParameterFeatureSource(self.MUNICIPALITIES, municipalities, polygon, optional=True))

    def raw(self, parameters: dict[str, Any], name: str, context: QgsProcessingContext, progress: Progress) -> RawTable:
        """Rows of a layer, a text file or a workbook; text and workbooks are read by the toolkit."""
        from ..toolkit.read.workbook_table import read_workbook_table
        from . import adapters

        workbook = self._workbook(parameters.get(name))
        return read_workbook_table(workbook) if workbook else adapters.raw_table(self, parameters, name, context, progress)

    def _workbook(self, value: Any) -> Path | None:
        """The workbook behind a parameter; None where it is something else."""
        from ..toolkit.read.workbook_table import is_workbook

        if isinstance(value, QgsVectorLayer) and not value.isSpatial() and not value.subsetString():
            value = str(QgsProviderRegistry.instance().decodeUri(value.providerType(), value.source()).get("path") or "")
        return Path(value) if isinstance(value, str) and is_workbook(value) and Path(value).is_file() else None

    def orders(self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> gpd.GeoDataFrame:
        """The orders of both layers as one table, EPSG:4326."""
        import geopandas as gpd
        import pandas as pd

        from ..toolkit.crs import WGS84
        from ..toolkit.read.regulations import regulations_from_raw

        progress = FeedbackProgress(feedback)
        tables = []
        for name in (self.INPUT, self.INPUT_AREAS):
            if parameters.get(name):
                table = regulations_from_raw(self.raw(parameters, name, context, progress.part(0, 0.3)), "national").table
                tables.append(table.set_crs(WGS84) if table.crs is None else table.to_crs(WGS84))
        if len(tables) == 1:
            return tables[0].reset_index(drop=True)
        return gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), crs=WGS84)

    def places(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> tuple[gpd.GeoDataFrame | None, gpd.GeoDataFrame | None]:
        """Streets and municipalities; None where they were not given."""
        import geopandas as gpd

        from . import adapters

        found: list[gpd.GeoDataFrame | None] = []
        for name in (self.STREETS, self.MUNICIPALITIES):
            if not parameters.get(name):
                found.append(None)
                continue
            raw = adapters.raw_table(self, parameters, name, context, FeedbackProgress(feedback).part(0.3, 0.4))
            found.append(gpd.GeoDataFrame(raw.rows, geometry=raw.geometry))
        return found[0], found[1]

    # -- a workspace -------------------------------------------------------------------------------------------------

    changed: Path | None = None
    """The workspace in which rows were changed; its layers are to be drawn again."""

    def postProcessAlgorithm(self, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict[str, Any]:  # noqa: N802 - QGIS's name
        """Have the project's layers of a changed workspace read again, in the main thread."""
        project = context.project()
        if self.changed is not None and project is not None:
            for layer in project.mapLayers().values():
                if isinstance(layer, QgsVectorLayer) and _is_in(layer, self.changed):
                    layer.dataProvider().reloadData()
                    layer.updateExtents()
                    layer.triggerRepaint()
        self.changed = None
        return dict(super().postProcessAlgorithm(context, feedback))

    # -- out ---------------------------------------------------------------------------------------------------------

    def add_order_layers(self) -> None:
        """Declare the two layers of orders: one of QGIS holds one type of geometry."""
        streets = _tr("Orders on streets or to be located")
        self.addParameter(QgsProcessingParameterFeatureSink(self.OUTPUT, streets, optional=True, createByDefault=True))
        areas = _tr("Orders in areas")
        self.addParameter(QgsProcessingParameterFeatureSink(self.OUTPUT_AREAS, areas, optional=True, createByDefault=True))

    def write_orders(
        self, table: gpd.GeoDataFrame, parameters: dict[str, Any], inputs: tuple[str, ...], context: QgsProcessingContext, progress: Progress
    ) -> dict[str, Any]:
        """Both layers; orders without geometry are among the streets."""
        import geopandas as gpd
        import pandas as pd

        from ..toolkit.crs import WGS84
        from ..toolkit.schema import load_table
        from ..toolkit.workspace import fitted
        from . import adapters, results

        schema = load_table("regulations")
        parts = fitted(STREETS, table)
        kinds = {
            self.OUTPUT: (STREETS, QgsWkbTypes.Type.MultiLineString),
            self.OUTPUT_AREAS: (AREAS, QgsWkbTypes.Type.MultiPolygon),
        }
        self._refuse_one_file(parameters, context)
        made: dict[str, Any] = {}
        for name, (part, kind) in kinds.items():
            rows = parts.get(part)
            if not parameters.get(name):
                if rows is not None and len(rows):
                    raise OutputError("No layer was chosen for “{part}”, and there are rows for it. Choose one, so that nothing is lost.", part=part)
                continue
            if rows is None:
                rows = parts[STREETS].iloc[:0]
            frame = gpd.GeoDataFrame(pd.DataFrame(rows)[schema.names], geometry=rows["geometry"].to_numpy(), crs=WGS84)
            layout = (adapters.fields_of(schema), kind, adapters.crs_of(frame.geometry))
            with results.result_sink(self, parameters, name, inputs, context, layout) as (sink, destination):
                adapters.write_frame(frame, sink, progress)
            self.style_on_load(destination, _styler(part), context)
            made[name] = destination
        return made

    def _refuse_one_file(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        from . import results

        given = [name for name in (self.OUTPUT, self.OUTPUT_AREAS) if parameters.get(name)]
        files = [target for target in (results.output_file(parameters, name, context) for name in given) if target]
        if len(files) == 2 and files[0].path.resolve() == files[1].path.resolve() and not files[1].table:
            raise OutputError("“{path}” was chosen for two results. Choose another file for one of them.", path=files[1].path)


def _is_in(layer: QgsVectorLayer, path: Path) -> bool:
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    file = Path(str(parts.get("path") or ""))
    return file.is_file() and file.resolve() == path.resolve()


def _styler(part: str) -> Any:
    def style(layer: QgsVectorLayer) -> None:
        from ..layers.regulations import style_regulations
        from ..toolkit.messages import language
        from ..toolkit.workspace import layer_of

        style_regulations(layer, form=True, title=layer_of(part).title[language()])

    return style


def _tr(text: str) -> str:
    return QCoreApplication.translate("RegulationAlgorithm", text)
