"""Run the audit without a window and leave something to look at: GeoPackage, styled project, map picture, HTML summary.

    scripts/with-qgis python scripts/make_demo.py [--bays FILE] [--points FILE] [--out build/demo]

Without files: the sample town. Everything goes through the same algorithms as in QGIS's toolbox.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsLayoutExporter,
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemScaleBar,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsPrintLayout,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProject,
    QgsRectangle,
    QgsSettings,
    QgsTextFormat,
    QgsUnitTypes,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QColor, QFont

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from joptimiz_qgis.layers.bays import style_bays
from joptimiz_qgis.layers.coverage import style_coverage
from joptimiz_qgis.layers.sample_town import LAMBERT_93, add_sample_town, sample_files
from joptimiz_qgis.paths import SAMPLE
from joptimiz_qgis.plugin import JoptimizPlugin
from joptimiz_qgis.toolkit.coverage import bay_coverage
from joptimiz_qgis.toolkit.messages import language
from joptimiz_qgis.toolkit.parameters import BANDS_M, MAX_DISTANCE_M
from joptimiz_qgis.toolkit.read.bays import read_bays
from joptimiz_qgis.toolkit.read.delivery_points import read_delivery_points
from joptimiz_qgis.toolkit.report import summary_page

OUTPUTS = ("demo.gpkg", "demo.qgz", "map.png", "summary.html")
TITLES = {"fr": "Audit des aires de livraison", "en": "Audit of the delivery bays"}
MM = QgsUnitTypes.LayoutUnit.LayoutMillimeters


def main() -> int:
    """Make the demo; 0 where all four files are there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bays", default="", help="a published file of bays (default: the sample town's)")
    parser.add_argument("--points", default="", help="delivery points (default: the sample town's)")
    parser.add_argument("--out", type=Path, default=Path("build/demo"))
    parser.add_argument("--lang", default="fr")
    options = parser.parse_args()
    if bool(options.bays) != bool(options.points):
        parser.error("give both files: make demo BAYS=… POINTS=… (or none, for the sample town)")
    application = start_qgis(options.lang)
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".demo-", dir=options.out.parent) as folder:
        try:
            figures = make(options, Path(folder))
        except QgsProcessingException as error:
            sys.stderr.write(f"{error}\n")
            return 1
        for name in OUTPUTS:
            (Path(folder) / name).replace(options.out / name)
    tell(figures, options.out)
    QgsProject.instance().clear()
    application.exitQgis()
    return 0


def start_qgis(language: str) -> QgsApplication:
    """QGIS without a window, with Processing and the plugin's provider."""
    application = QgsApplication([], True)
    application.initQgis()
    QgsSettings().setValue("locale/overrideFlag", True)
    QgsSettings().setValue("locale/userLocale", language)
    sys.path.append(str(Path(QgsApplication.pkgDataPath()) / "python" / "plugins"))
    from processing.core.Processing import Processing

    Processing.initialize()
    plugin = JoptimizPlugin(None)
    plugin.initProcessing()
    application.plugin = plugin  # the provider lives as long as the application
    return application


def make(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """All files, in `folder`; the figures of the audit."""
    sample = not options.bays
    database = folder / "demo.gpkg"
    bays = options.bays or str(SAMPLE / "bays.csv")
    points = options.points or str(SAMPLE / "establishments.csv")
    run("joptimiz:importbays", {"INPUT": bays, "OUTPUT": table(database, "bays")})
    run("joptimiz:importdeliverypoints", {"INPUT": points, "OUTPUT": table(database, "delivery_points")})
    figures = run(
        "joptimiz:baycoverage",
        {
            "POINTS": layer_source(database, "delivery_points"),
            "BAYS": layer_source(database, "bays"),
            "OUTPUT": table(database, "coverage"),
        },
    )
    project = QgsProject.instance()
    coverage = build_project(project, database, sample=sample)
    layout = map_layout(project, coverage)
    project.write(str(folder / "demo.qgz"))
    picture = folder / "map.png"
    settings = QgsLayoutExporter.ImageExportSettings()
    settings.dpi = 150
    QgsLayoutExporter(layout).exportToImage(str(picture), settings)
    tables = [read(layer_source(database, name)).table for read, name in ((read_delivery_points, "delivery_points"), (read_bays, "bays"))]
    summary = bay_coverage(tables[0].geometry, tables[1]).summary
    title = TITLES[language()] + (" — Valorge-sur-Lisle" if sample else "")
    page = summary_page(summary, BANDS_M, title, [Path(points).name, Path(bays).name], picture=picture.read_bytes())
    (folder / "summary.html").write_text(page, encoding="utf-8")
    return figures


def run(identifier: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """One algorithm, its messages on standard error."""
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(identifier)
    context, feedback = QgsProcessingContext(), ShellFeedback()
    context.setProject(QgsProject.instance())
    acceptable, reason = algorithm.checkParameterValues(parameters, context)
    if not acceptable:
        raise QgsProcessingException(reason)
    results, done = algorithm.run(parameters, context, feedback, catchExceptions=False)
    if not done:
        raise QgsProcessingException(identifier)
    return results


class ShellFeedback(QgsProcessingFeedback):
    """Messages as lines on standard error."""

    def pushInfo(self, info: str) -> None:  # noqa: N802 - QGIS's name
        """Show `info`."""
        sys.stderr.write(f"{info}\n")

    def pushWarning(self, warning: str) -> None:  # noqa: N802 - QGIS's name
        """Show `warning`."""
        self.pushInfo(warning)


def table(database: Path, name: str) -> str:
    """A layer of a GeoPackage as a sink."""
    return f"ogr:dbname='{database}' table=\"{name}\" (geom)"


def layer_source(database: Path, name: str) -> str:
    """A layer of a GeoPackage as a source."""
    return f"{database}|layername={name}"


def build_project(project: QgsProject, database: Path, *, sample: bool) -> QgsVectorLayer:
    """Styled layers in `project`; returns the layer of the result."""
    if sample:
        sources = {}
        for name, path in sample_files().items():
            run("native:savefeatures", {"INPUT": path, "OUTPUT": str(database), "LAYER_NAME": name, "ACTION_ON_EXISTING_FILE": 1})
            sources[name] = layer_source(database, name)
        sources.update({name: layer_source(database, name) for name in ("delivery_points", "bays")})
        layers = add_sample_town(project, sources)
        project.layerTreeRoot().findLayer(layers["delivery_points"]).setItemVisibilityChecked(False)
    else:
        bays = QgsVectorLayer(layer_source(database, "bays"), "bays", "ogr")
        style_bays(bays)
        group = project.layerTreeRoot().insertGroup(0, "Visualiz")
        project.addMapLayer(bays, False)
        group.addLayer(bays)
    coverage = QgsVectorLayer(layer_source(database, "coverage"), "coverage", "ogr")
    style_coverage(coverage, MAX_DISTANCE_M, BANDS_M)
    project.addMapLayer(coverage, False)
    group = project.layerTreeRoot().findGroup("Visualiz")
    group.insertLayer(1, coverage)
    project.setCrs(QgsCoordinateReferenceSystem(LAMBERT_93))
    project.setTitle("JOPTIMIZ")
    return coverage


def map_layout(project: QgsProject, coverage: QgsVectorLayer) -> QgsPrintLayout:
    """A4 landscape: title, map, legend, scale."""
    layout = QgsPrintLayout(project)
    layout.initializeDefaults()
    layout.setName("Audit")
    item = QgsLayoutItemMap(layout)
    place(layout, item, 8, 20, 213, 182)
    item.setFrameEnabled(True)
    item.setBackgroundColor(QColor("#faf8f4"))
    item.zoomToExtent(extent_of(project, coverage))
    title = QgsLayoutItemLabel(layout)
    title.setText(coverage.name())
    style = QgsTextFormat()
    style.setFont(QFont("DejaVu Sans", 18, QFont.Weight.Bold))
    style.setSize(18)
    title.setTextFormat(style)
    place(layout, title, 8, 7, 280, 11)
    legend = QgsLayoutItemLegend(layout)
    legend.setLinkedMap(item)
    legend.setAutoUpdateModel(False)
    root = legend.model().rootGroup()
    for node in root.children():
        if node.name() != "Visualiz":
            root.removeChildNode(node)
    for node in root.findLayers():
        if not project.layerTreeRoot().findLayer(node.layerId()).isVisible():
            node.parent().removeChildNode(node)
    place(layout, legend, 224, 20, 66, 150)
    scale = QgsLayoutItemScaleBar(layout)
    scale.setLinkedMap(item)
    scale.applyDefaultSize()
    place(layout, scale, 226, 185, 62, 14)
    project.layoutManager().addLayout(layout)
    return layout


def place(layout: QgsPrintLayout, item: Any, x: float, y: float, width: float, height: float) -> None:
    """Put `item` on the page (millimetres)."""
    layout.addLayoutItem(item)
    item.attemptMove(QgsLayoutPoint(x, y, MM))
    item.attemptResize(QgsLayoutSize(width, height, MM))


def extent_of(project: QgsProject, coverage: QgsVectorLayer) -> QgsRectangle:
    """The points and a margin, in the project's CRS."""
    extent = QgsCoordinateTransform(coverage.crs(), project.crs(), project).transformBoundingBox(coverage.extent())
    return extent.buffered(max(extent.width(), extent.height()) * 0.04)


def tell(figures: dict[str, Any], out: Path) -> None:
    """The figures and the files, on standard output."""
    for name, value in figures.items():
        if isinstance(value, (int, float)):
            sys.stdout.write(f"{name:>16}  {value:g}\n")
    for name in OUTPUTS:
        sys.stdout.write(f"{out / name}\n")


if __name__ == "__main__":
    sys.exit(main())
