"""What the options page keeps about firms' files: the geocoder, its threshold and who signs in there; where answers are kept. Loads no library."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qgis.core import QgsApplication, QgsSettings

from ..toolkit.company.recipe import GEOPLATEFORME, THRESHOLD

GEOCODER_KEY = "joptimiz/company/geocoder"
THRESHOLD_KEY = "joptimiz/company/threshold"
AUTHCFG_KEY = "joptimiz/company/authcfg"


@dataclass(frozen=True)
class CompanySettings:
    """The settings as they are now.

    Attributes
    ----------
    geocoder : str
        Address of the service.
    threshold : float
        Score (0–1) under which its answers go to review.
    authcfg : str
        Identifier in QGIS's authentication database; empty for none.
    cache : Path
        Folder of the answers and of the choices of columns.
    """

    geocoder: str
    threshold: float
    authcfg: str
    cache: Path


def company_settings() -> CompanySettings:
    """Read the settings; what was never set, or cannot be, has its default."""
    settings = QgsSettings()
    try:
        threshold = float(settings.value(THRESHOLD_KEY, THRESHOLD, float))
    except (TypeError, ValueError):
        threshold = THRESHOLD
    return CompanySettings(
        settings.value(GEOCODER_KEY, "", str).strip() or GEOPLATEFORME,
        min(max(threshold, 0.0), 1.0),
        settings.value(AUTHCFG_KEY, "", str),
        Path(QgsApplication.qgisSettingsDirPath()) / "joptimiz" / "company",
    )
