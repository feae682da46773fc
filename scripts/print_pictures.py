#!/usr/bin/env python3
"""Pictures of the printed audit of the sample town, in French → docs/images/pdf-*.png.

    scripts/with-qgis python scripts/print_pictures.py

Needs pdftoppm (poppler-utils); the PDF stays in build/print/.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from qgis.core import QgsApplication, QgsProcessingContext, QgsProject, QgsSettings

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), "/usr/share/qgis/python/plugins"]

from joptimiz_qgis import classFactory  # noqa: E402
from joptimiz_qgis.__main__ import main as shell  # noqa: E402
from joptimiz_qgis.layers.sample_town import add_sample_town, sample_files  # noqa: E402
from joptimiz_qgis.paths import SAMPLE  # noqa: E402

FOLDER = ROOT / "build" / "print"
PICTURES = {1: "pdf-vue-ensemble", 2: "pdf-zone"}


def audit() -> Path:
    """The audit of the town by its perimeters."""
    path = FOLDER / "audit.gpkg"
    files = {"--points": SAMPLE / "establishments.csv", "--bays": SAMPLE / "bays.csv", "--zones": SAMPLE / "perimeters.geojson"}
    results = {"--report": FOLDER / "rapport.html", "-o": path, "--title": "Aires de livraison de Valorge-sur-Lisle"}
    arguments = [str(part) for pair in (*files.items(), *results.items()) for part in pair]
    if shell(["coverage", "--quiet", "--lang", "fr", *arguments]):
        raise SystemExit(1)
    return path


def printed(path: Path) -> Path:
    """The PDF, over the town's own base map."""
    import processing
    from processing.core.Processing import Processing

    Processing.initialize()
    plugin = classFactory(None)
    plugin.initProcessing()
    project = QgsProject.instance()
    sources = {"delivery_points": str(SAMPLE / "establishments.csv"), "bays": str(SAMPLE / "bays.csv"), **sample_files()}
    town = add_sample_town(project, sources)
    context = QgsProcessingContext()
    context.setProject(project)
    output = FOLDER / "audit.pdf"
    under = [town["streets"], town["blocks"]]
    processing.run("joptimiz:coveragepdf", {"AUDIT": str(path), "BACKGROUND": under, "OUTPUT": str(output)}, context=context)
    return output


def main() -> None:
    """Audit, print, take pictures."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    QgsSettings().setValue("locale/overrideFlag", True)
    QgsSettings().setValue("locale/userLocale", "fr")
    pdf = printed(audit())
    for page, name in PICTURES.items():
        picture = ROOT / "docs" / "images" / name
        subprocess.run(["pdftoppm", "-r", "80", "-f", str(page), "-l", str(page), "-singlefile", "-png", str(pdf), str(picture)], check=True)
        few_colours = ["convert", f"{picture}.png", "+dither", "-colors", "200", "-define", "png:compression-level=9", f"png8:{picture}.png"]
        subprocess.run(few_colours, check=True)


if __name__ == "__main__":
    application = QgsApplication([], True)
    application.initQgis()
    main()
