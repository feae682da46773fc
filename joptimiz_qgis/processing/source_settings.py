"""What the options page keeps about sources: which catalogue, where the copies lie, how long to wait. Loads no library."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qgis.core import QgsApplication, QgsSettings

from ..toolkit.errors import JoptimizError
from ..toolkit.sources import CATALOGUE, Source, load_catalogue
from ..toolkit.web.client import TIMEOUT_S

CATALOGUE_KEY = "joptimiz/sources/catalogue"
CACHE_KEY = "joptimiz/sources/cache"
TIMEOUT_KEY = "joptimiz/sources/timeout"
AREA_KEY = "joptimiz/sources/area"
AREAS = ("canvas", "layer", "rectangle", "everything")
"""Where the area of a fetch comes from; the first one unless the user says otherwise."""

SHORTEST_S, LONGEST_S = 5, 600


@dataclass(frozen=True)
class SourceSettings:
    """The settings as they are now."""

    catalogue: Path
    cache: Path
    timeout: float
    area: str


def source_settings() -> SourceSettings:
    """Read the settings; what was never set, or cannot be, has its default."""
    settings = QgsSettings()
    area = settings.value(AREA_KEY, AREAS[0], str)
    try:
        timeout = float(settings.value(TIMEOUT_KEY, TIMEOUT_S, float))
    except (TypeError, ValueError):
        timeout = TIMEOUT_S
    return SourceSettings(
        Path(settings.value(CATALOGUE_KEY, "", str) or CATALOGUE),
        Path(settings.value(CACHE_KEY, "", str) or default_cache_folder()),
        min(max(timeout, SHORTEST_S), LONGEST_S),
        area if area in AREAS else AREAS[0],
    )


def default_cache_folder() -> Path:
    """Where copies lie unless the user says otherwise: in QGIS's profile."""
    return Path(QgsApplication.qgisSettingsDirPath()) / "joptimiz" / "copies"


def catalogue_or_fault() -> tuple[dict[str, Source], str]:
    """The sources of the catalogue in use and an empty text; or none, and the sentence that says what is wrong with it."""
    try:
        return load_catalogue(source_settings().catalogue), ""
    except JoptimizError as error:
        return {}, str(error)
