"""Where data come from: a file, a source of the catalogue, or an address."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsSettings
from qgis.gui import QgsAuthConfigSelect, QgsCollapsibleGroupBox, QgsFileWidget
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ..processing.fetch_source import own_parts, service_title
from ..processing.source_settings import catalogue_or_fault, source_settings
from ..toolkit.errors import ParameterError
from ..toolkit.sources import Source
from ..toolkit.sources.catalogue import chosen_source
from ..toolkit.sources.copies import origins
from ..toolkit.web import host_of

ORIGINS = ("file", "catalogue", "address")
_KEY = "joptimiz/add_data"
_PORTAL = "https://www.data.gouv.fr"
_FIELDS = {
    "file": (),
    "ogcapi": ("collection",),
    "wfs": ("collection",),
    "opendatasoft": ("dataset",),
    "datagouv": ("dataset", "schema"),
}


class OriginChoice(QWidget):
    """What is asked depends on the kind of table, set by `show_table`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = ""
        self.sources: dict[str, Source] = {}
        self.choice = QComboBox()
        self.choice.setObjectName("originChoice")
        titles = {
            "file": self.tr("A file on this computer"),
            "catalogue": self.tr("A public source of the catalogue"),
            "address": self.tr("An address on the network"),
        }
        for name in ORIGINS:
            self.choice.addItem(titles[name], name)
        self.pages = QStackedWidget()
        for page in (self._file_page(), self._catalogue_page(), self._address_page()):
            self.pages.addWidget(page)
        self.choice.currentIndexChanged.connect(self._turn)
        self.refresh = QCheckBox(self.tr("Ask the server for a newer copy"))
        self.refresh.setObjectName("refresh")
        self.sign_in = QgsCollapsibleGroupBox(self.tr("Authentication"))
        self.sign_in.setObjectName("signInGroup")
        self.sign_in.setSaveCollapsedState(False)
        self.auth = QgsAuthConfigSelect()
        QVBoxLayout(self.sign_in).addWidget(self.auth)
        self.sign_in.setCollapsed(True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        for widget in (self.choice, self.pages, self.refresh, self.sign_in):
            rows.addWidget(widget)
        self._turn(0)

    # -- pages ---------------------------------------------------------------------------------------------------------

    def _file_page(self) -> QWidget:
        page = QWidget()
        rows = QVBoxLayout(page)
        rows.setContentsMargins(0, 0, 0, 0)
        self.file = QgsFileWidget()
        self.file.setObjectName("file")
        self.file.setStorageMode(QgsFileWidget.StorageMode.GetFile)
        self.file.setDialogTitle(self.tr("File to read"))
        self.file.setFilter(self.tr("Data (*.csv *.txt *.tsv *.gpkg *.geojson *.json *.shp *.fgb *.parquet);;All files (*)"))
        rows.addWidget(self.file)
        return page

    def _catalogue_page(self) -> QWidget:
        page = QWidget()
        rows = QVBoxLayout(page)
        rows.setContentsMargins(0, 0, 0, 0)
        self.source = QComboBox()
        self.source.setObjectName("source")
        self.source.currentIndexChanged.connect(self._describe)
        self.details = QLabel()
        self.details.setObjectName("details")
        self.details.setWordWrap(True)
        rows.addWidget(self.source)
        rows.addWidget(self.details)
        return page

    def _address_page(self) -> QWidget:
        page = QWidget()
        self.rows = QFormLayout(page)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.service = QComboBox()
        self.service.setObjectName("service")
        for name in ("opendatasoft", "datagouv", "ogcapi", "wfs", "file"):
            self.service.addItem(service_title(name), name)
        self.parts = {name: QLineEdit() for name in ("url", "dataset", "schema", "collection")}
        self.parts["url"].setPlaceholderText("https://…")
        self.parts["schema"].setPlaceholderText("CEREMA/schema-aire-livraison")
        self.rows.addRow(self.tr("Kind of service"), self.service)
        labels = {
            "url": self.tr("Address"),
            "dataset": self.tr("Dataset"),
            "schema": self.tr("or schema"),
            "collection": self.tr("Collection or layer"),
        }
        for name, line in self.parts.items():
            line.setObjectName(name)
            self.rows.addRow(labels[name], line)
        self.service.currentIndexChanged.connect(self._fold_parts)
        self._fold_parts()
        return page

    def _turn(self, page: int) -> None:
        self.pages.setCurrentIndex(page)
        for place in range(self.pages.count()):  # as high as the page that is shown
            height = QSizePolicy.Policy.Preferred if place == page else QSizePolicy.Policy.Ignored
            self.pages.widget(place).setSizePolicy(QSizePolicy.Policy.Preferred, height)
        self.pages.adjustSize()
        for widget in (self.refresh, self.sign_in):
            widget.setVisible(self.chosen() != "file")

    def _fold_parts(self) -> None:
        needed = ("url", *_FIELDS[str(self.service.currentData())])
        url = self.parts["url"]
        if "schema" in needed and not url.text().strip():
            url.setText(_PORTAL)
        elif "schema" not in needed and url.text() == _PORTAL:
            url.clear()
        for name, line in self.parts.items():
            line.setVisible(name in needed)
            self.rows.labelForField(line).setVisible(name in needed)

    # -- what is shown -------------------------------------------------------------------------------------------------

    def show_table(self, table: str) -> str:
        """Offer the catalogue's sources of that kind; the sentence where the catalogue cannot be used."""
        self.table = table
        sources, fault = catalogue_or_fault()
        self.sources = {name: source for name, source in sources.items() if source.table == table}
        self.source.blockSignals(True)
        self.source.clear()
        for name, source in self.sources.items():
            self.source.addItem(source.name, name)
        self.source.blockSignals(False)
        self._describe()
        return fault

    def _describe(self) -> None:
        """Server, publisher, licence, and the day of the copy that is here."""
        source = self.sources.get(str(self.source.currentData()))
        if source is None:
            self.details.setText(self.tr("The catalogue has no source of this kind. Choose a file or an address."))
            return
        days = [origin.fetched[:10] for _, origin in origins(source_settings().cache) if origin.source == source.id]
        lines = [
            self.tr("Server: {host}").format(host=host_of(source.url)),
            self.tr("Publisher: {publisher}").format(publisher=source.attribution or self.tr("see each dataset")),
            self.tr("Licence: {licence}").format(licence=source.licence or self.tr("to be read on the portal")),
            self.tr("Copy on this computer: {day}").format(day=max(days)) if days else self.tr("No copy on this computer yet"),
        ]
        self.details.setText("\n".join(lines))

    def chosen(self) -> str:
        """Which of `ORIGINS` is chosen."""
        return str(self.choice.currentData())

    def choose(self, name: str) -> None:
        """Choose one of `ORIGINS`."""
        self.choice.setCurrentIndex(max(0, self.choice.findData(name)))

    # -- what was chosen -----------------------------------------------------------------------------------------------

    def request(self) -> dict[str, Any]:
        """Parts of a `DataRequest`; raises `ParameterError` where something is missing."""
        name = self.chosen()
        if name == "file":
            path = self.file.filePath().strip()
            if not path:
                raise ParameterError("Choose the file to read (button “…”).")
            return {"file": path}
        asked = {"refresh": self.refresh.isChecked(), "authcfg": self.auth.configId()}
        if name == "catalogue":
            source = self.sources.get(str(self.source.currentData()))
            if source is None:
                raise ParameterError("The catalogue has no source of this kind. Choose a file or an address.")
            return {"source": source, **asked}
        return {"source": self._own(), **asked}

    def _own(self) -> Source:
        service = str(self.service.currentData())
        given = {part: self.parts[part].text().strip() for part in ("url", *_FIELDS[service])}
        url = given.pop("url")
        if "://" not in url:
            raise ParameterError("The address “{url}” is none. Expected: https://…", url=url)
        return chosen_source(url, None, own_parts({**given, "service": service, "table": self.table}))

    def remember(self) -> None:
        """Keep the choices for the next time; an address, never who signs in."""
        settings = QgsSettings()
        settings.setValue(f"{_KEY}/origin", self.chosen())
        settings.setValue(f"{_KEY}/source", self.source.currentData() or "")
        settings.setValue(f"{_KEY}/service", self.service.currentData())
        for name, line in self.parts.items():
            settings.setValue(f"{_KEY}/{name}", line.text().strip())

    def recall(self) -> None:
        """Show the choices of the last time."""
        settings = QgsSettings()
        self.choose(settings.value(f"{_KEY}/origin", ORIGINS[0], str))
        self.source.setCurrentIndex(max(0, self.source.findData(settings.value(f"{_KEY}/source", "", str))))
        self.service.setCurrentIndex(max(0, self.service.findData(settings.value(f"{_KEY}/service", "opendatasoft", str))))
        for name, line in self.parts.items():
            line.setText(settings.value(f"{_KEY}/{name}", "", str))
        self._fold_parts()
        self._describe()
