"""The plugin's page in QGIS's options: the catalogue in use, the copies, the area that is proposed, how long to wait."""

from __future__ import annotations

import math
from pathlib import Path

from qgis.core import QgsSettings
from qgis.gui import QgsAuthConfigSelect, QgsFileWidget, QgsOptionsPageWidget, QgsOptionsWidgetFactory
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ..paths import icon_path
from ..processing.company_settings import AUTHCFG_KEY, GEOCODER_KEY, THRESHOLD_KEY, CompanySettings, company_settings
from ..processing.source_settings import (
    AREA_KEY,
    AREAS,
    CACHE_KEY,
    CATALOGUE_KEY,
    LONGEST_S,
    SHORTEST_S,
    TIMEOUT_KEY,
    default_cache_folder,
    source_settings,
)
from ..toolkit.company.recipe import GEOPLATEFORME
from ..toolkit.errors import JoptimizError
from ..toolkit.messages import decimal
from ..toolkit.sources import CATALOGUE, load_catalogue
from ..toolkit.sources.copies import cache_size, empty_cache

_MEGABYTE = 1_000_000


class OptionsFactory(QgsOptionsWidgetFactory):
    """Makes the page; keep a reference as long as it is registered."""

    def __init__(self) -> None:
        super().__init__("JOPTIMIZ", QIcon(icon_path("joptimiz")))

    def icon(self) -> QIcon:
        """Icon in the list of pages."""
        return QIcon(icon_path("joptimiz"))

    def createWidget(self, parent: QWidget | None) -> QgsOptionsPageWidget:  # noqa: N802 - QGIS's name
        """The page; QGIS owns it."""
        return OptionsPage(parent)


class OptionsPage(QgsOptionsPageWidget):
    """Shows the settings as they are; `apply` keeps what was chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("JoptimizOptions")
        now = source_settings()
        page = QVBoxLayout(self)
        page.addWidget(self._catalogue(now.catalogue))
        page.addWidget(self._copies(now.cache))
        page.addWidget(self._requests(now.area, now.timeout))
        page.addWidget(self._geocoder(company_settings()))
        page.addStretch(1)
        self._check_catalogue()
        self._count()

    def _catalogue(self, path: Path) -> QGroupBox:
        group = QGroupBox(self.tr("Catalogue of sources"))
        rows = QVBoxLayout(group)
        self.catalogue = QgsFileWidget()
        self.catalogue.setObjectName("catalogue")
        self.catalogue.setFilter("JSON (*.json)")
        self.catalogue.setDialogTitle(self.tr("Catalogue of sources"))
        self.catalogue.lineEdit().setPlaceholderText(self.tr("Empty: the catalogue that comes with the plugin"))
        self.catalogue.setFilePath("" if path == CATALOGUE else str(path))
        self.verdict = QLabel()
        self.verdict.setObjectName("verdict")
        self.verdict.setWordWrap(True)
        self.catalogue.fileChanged.connect(self._check_catalogue)
        rows.addWidget(self.catalogue)
        rows.addWidget(self.verdict)
        return group

    def _copies(self, folder: Path) -> QGroupBox:
        group = QGroupBox(self.tr("Copies of what was fetched"))
        rows = QVBoxLayout(group)
        self.cache = QgsFileWidget()
        self.cache.setObjectName("cache")
        self.cache.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.cache.setDialogTitle(self.tr("Folder of the copies"))
        self.cache.lineEdit().setPlaceholderText(str(default_cache_folder()))
        self.cache.setFilePath("" if folder == default_cache_folder() else str(folder))
        self.cache.fileChanged.connect(self._count)
        self.size = QLabel()
        self.size.setObjectName("size")
        self.size.setWordWrap(True)
        self.empty = QPushButton(self.tr("Remove the copies"))
        self.empty.setObjectName("emptyButton")
        self.empty.setToolTip(self.tr("Files of yours in that folder stay"))
        self.empty.clicked.connect(self.remove_copies)
        row = QHBoxLayout()
        row.addWidget(self.size, 1)
        row.addWidget(self.empty)
        rows.addWidget(self.cache)
        rows.addLayout(row)
        return group

    def _requests(self, area: str, timeout: float) -> QGroupBox:
        group = QGroupBox(self.tr("Requests"))
        rows = QFormLayout(group)
        self.area = QComboBox()
        self.area.setObjectName("area")
        titles = {
            "canvas": self.tr("What the map shows"),
            "layer": self.tr("A polygon of a layer (a commune…)"),
            "rectangle": self.tr("A rectangle drawn on the map"),
            "everything": self.tr("Everything"),
        }
        for name in AREAS:
            self.area.addItem(titles[name], name)
        self.area.setCurrentIndex(AREAS.index(area))
        self.timeout = QSpinBox()
        self.timeout.setObjectName("timeout")
        self.timeout.setRange(SHORTEST_S, LONGEST_S)
        self.timeout.setSuffix(" s")
        self.timeout.setValue(round(timeout))
        rows.addRow(self.tr("Area that is proposed"), self.area)
        rows.addRow(self.tr("Give a silent server up after"), self.timeout)
        note = QLabel(self.tr("Proxy, certificates and authentications are those of QGIS (pages Network and Authentication)."))
        note.setWordWrap(True)
        rows.addRow(note)
        return group

    def _geocoder(self, now: CompanySettings) -> QGroupBox:
        group = QGroupBox(self.tr("Geocoder for customers’ addresses"))
        rows = QFormLayout(group)
        self.geocoder = QLineEdit()
        self.geocoder.setObjectName("geocoder")
        self.geocoder.setPlaceholderText(GEOPLATEFORME)
        self.geocoder.setText("" if now.geocoder == GEOPLATEFORME else now.geocoder)
        self.threshold = QDoubleSpinBox()
        self.threshold.setObjectName("threshold")
        self.threshold.setRange(0.0, 1.0)
        self.threshold.setSingleStep(0.05)
        self.threshold.setValue(now.threshold)
        self.geocoder_auth = QgsAuthConfigSelect()
        self.geocoder_auth.setObjectName("geocoderAuth")
        if now.authcfg:  # the master password is asked for late
            self.geocoder_auth.setConfigId(now.authcfg)
        rows.addRow(self.tr("Address (addok, Géoplateforme)"), self.geocoder)
        rows.addRow(self.tr("Review answers with a score below"), self.threshold)
        rows.addRow(self.tr("Authentication (optional)"), self.geocoder_auth)
        note = QLabel(self.tr("Nothing is sent before you agree, import by import."))
        note.setWordWrap(True)
        rows.addRow(note)
        return group

    def chosen_catalogue(self) -> Path:
        """The file that is typed in, or the one that comes with the plugin."""
        typed = self.catalogue.filePath().strip()
        return Path(typed) if typed else CATALOGUE

    def chosen_cache(self) -> Path:
        """The folder that is typed in, or the profile's."""
        typed = self.cache.filePath().strip()
        return Path(typed) if typed else default_cache_folder()

    def _check_catalogue(self) -> None:
        try:
            count = len(load_catalogue(self.chosen_catalogue()))
        except JoptimizError as error:
            self.verdict.setStyleSheet("color: #a02c1a;")
            self.verdict.setText(str(error))
            return
        self.verdict.setStyleSheet("")
        self.verdict.setText(self.tr("This catalogue can be used. Its sources: {count}.").format(count=count))

    def _count(self) -> None:
        size = cache_size(self.chosen_cache())
        self.size.setText(self.tr("They take {size} MB.").format(size=decimal(math.ceil(10 * size / _MEGABYTE) / 10)))
        self.empty.setEnabled(size > 0)

    def remove_copies(self) -> None:
        """Remove the copies; the next use of a source asks its server again."""
        try:
            removed = empty_cache(self.chosen_cache())
        except JoptimizError as error:
            self.size.setText(str(error))
            return
        self._count()
        self.size.setText(self.tr("Copies removed: {count}.").format(count=removed))

    def isValid(self) -> bool:  # noqa: N802 - QGIS's name
        """Whether the settings can be kept; a catalogue that cannot be used cannot."""
        try:
            load_catalogue(self.chosen_catalogue())
        except JoptimizError:
            return False
        return True

    def apply(self) -> None:
        """Keep what was chosen; called by QGIS after OK."""
        settings = QgsSettings()
        if self.isValid():  # where it is not, the one in use stays
            settings.setValue(CATALOGUE_KEY, self.catalogue.filePath().strip())
        settings.setValue(CACHE_KEY, self.cache.filePath().strip())
        settings.setValue(AREA_KEY, self.area.currentData())
        settings.setValue(TIMEOUT_KEY, self.timeout.value())
        settings.setValue(GEOCODER_KEY, self.geocoder.text().strip())
        settings.setValue(THRESHOLD_KEY, self.threshold.value())
        settings.setValue(AUTHCFG_KEY, self.geocoder_auth.configId())
