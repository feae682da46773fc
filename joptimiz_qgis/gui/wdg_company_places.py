"""The fourth page of an import: where the rows lie. Coordinates with their CRS on a map, a Sirene file, a geocoder with consent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    Qgis,
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsRectangle,
    QgsRendererCategory,
    QgsVectorLayer,
)
from qgis.gui import QgsFileWidget, QgsMapCanvas, QgsMapToolPan, QgsProjectionSelectionWidget
from qgis.PyQt.QtCore import QCoreApplication, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from ..layers.symbols import dot
from ..toolkit.company.finding_titles import finding_title
from ..toolkit.messages import count
from ..toolkit.web import host_of
from .section import paragraph
from .wdg_preview import wide
from .work_dialog import named_button

if TYPE_CHECKING:
    from qgis.core import QgsMapLayer
    from qgis.gui import QgisInterface

    from .company_import import Found

_LOCAL = {"ogr", "memory", "spatialite", "delimitedtext"}
"""Layers that may lie under the positions: drawing them sends nothing to anybody."""
_OTHER = "other"
_SHOWN = 4
_SWAPPED = " swapped"
_COLOURS = {"place": "#0f8a7e", "a_verifier": "#d55e00"}


class PlacesPage(QWidget):
    """`changed` asks to place the rows anew, `sending` to do so with the consent that was just given."""

    changed = pyqtSignal()
    sending = pyqtSignal()

    def __init__(self, iface: QgisInterface, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.iface = iface
        self.found: Found | None = None
        self.told_crs = ""
        self.positions: QgsVectorLayer | None = None
        asked = QWidget()
        column = QVBoxLayout(asked)
        column.setContentsMargins(0, 0, 6, 0)
        self.said = paragraph("")
        self.said.setObjectName("placesSaid")
        self.hint = paragraph("")
        self.hint.setObjectName("placesHint")
        for widget in (self.said, self.hint, self._coordinates(), self._sirene(), self._addresses()):
            column.addWidget(widget)
        self.doubts = paragraph("")
        self.doubts.setObjectName("placesDoubts")
        column.addWidget(self.doubts)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(asked)
        scroll.setMinimumWidth(380)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(scroll)
        split.addWidget(self._map())
        split.setSizes([480, 480])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)

    def _coordinates(self) -> QGroupBox:
        self.coordinates = QGroupBox(self.tr("1. Coordinates of the file"))
        rows = QFormLayout(self.coordinates)
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.coordinates_said = paragraph("")
        self.crs = QComboBox()
        self.crs.setObjectName("crs")
        self.crs.setMinimumContentsLength(16)
        self.crs.activated.connect(self._crs_chosen)
        self.other_crs = QgsProjectionSelectionWidget()
        self.other_crs.setObjectName("otherCrs")
        self.other_crs.crsChanged.connect(lambda _crs: self.changed.emit())
        self.other_crs.hide()
        rows.addRow(self.coordinates_said)
        self.crs_label = QLabel(self.tr("Coordinate system"))
        rows.addRow(self.crs_label, self.crs)
        rows.addRow(self.other_crs)
        return self.coordinates

    def _sirene(self) -> QGroupBox:
        self.by_siret = QGroupBox(self.tr("2. SIRET, by a Sirene file on this computer (optional)"))
        rows = QVBoxLayout(self.by_siret)
        self.sirene = QgsFileWidget()
        self.sirene.setObjectName("sirene")
        self.sirene.setDialogTitle(self.tr("Geolocated stock of establishments"))
        self.sirene.setFilter("Sirene (*.csv *.parquet)")
        self.sirene.lineEdit().setPlaceholderText(self.tr("Geolocated stock of establishments, CSV or Parquet"))
        self.sirene.fileChanged.connect(lambda _path: self.changed.emit())
        rows.addWidget(self.sirene)
        return self.by_siret

    def _addresses(self) -> QGroupBox:
        self.by_address = QGroupBox(self.tr("3. Addresses, by a geocoder"))
        rows = QVBoxLayout(self.by_address)
        self.geocode = QCheckBox()
        self.geocode.setObjectName("geocode")
        self.geocode.toggled.connect(lambda _on: self.changed.emit())
        self.consent = QFrame()
        self.consent.setObjectName("consent")
        self.consent.setFrameShape(QFrame.Shape.StyledPanel)
        self.consent.setStyleSheet("#consent { background: #dcebf7; border: 1px solid #17375e; } #consent QLabel { color: #17375e; }")
        self.consent_text = paragraph("")
        self.consent_text.setObjectName("consentText")
        self.agree = named_button("agreeButton", self.tr("Send these addresses"), self.sending.emit)
        self.decline = named_button("declineButton", self.tr("Send nothing"), lambda: self.geocode.setChecked(False))
        inside = QVBoxLayout(self.consent)
        inside.addWidget(self.consent_text)
        row = QHBoxLayout()
        row.addWidget(self.agree)
        row.addWidget(self.decline)
        row.addStretch(1)
        inside.addLayout(row)
        self.consent.hide()
        self.geocoded = paragraph("")
        self.geocoded.setObjectName("geocodedSaid")
        rows.addWidget(self.geocode)
        rows.addWidget(self.consent)
        rows.addWidget(self.geocoded)
        return self.by_address

    def _map(self) -> QgsMapCanvas:
        self.canvas = QgsMapCanvas(self)
        self.canvas.setObjectName("placesCanvas")
        self.canvas.setCanvasColor(Qt.GlobalColor.white)
        self.canvas.enableAntiAliasing(True)
        self.pan = QgsMapToolPan(self.canvas)
        self.canvas.setMapTool(self.pan)
        self.canvas.setMinimumWidth(260)
        return self.canvas

    # -- choices ---------------------------------------------------------------------------------------------------

    def begin(self, geocoder: str, by_address: bool, by_siret: bool, wanted: bool, crs: str) -> None:
        """What can be asked of this file; nothing is asked of a server yet."""
        self.geocode.blockSignals(True)
        self.geocode.setText(self.tr("Ask “{host}” where the addresses are").format(host=host_of(geocoder)))
        self.geocode.setChecked(wanted and by_address)
        self.geocode.blockSignals(False)
        self.by_address.setEnabled(by_address)
        self.by_siret.setEnabled(by_siret)
        self.told_crs = crs
        self.show_found(None)

    def chosen_crs(self) -> str:
        """The CRS of the coordinates as the user says; empty where it is to be told from their values."""
        data = self.crs.currentData()
        if data == _OTHER:
            crs = self.other_crs.crs()
            return str(crs.authid() or crs.toWkt()) if crs.isValid() else ""
        return str(data or "")

    def _crs_chosen(self) -> None:
        other = self.crs.currentData() == _OTHER
        self.other_crs.setVisible(other)
        self.told_crs = self.chosen_crs()
        if not other or self.told_crs:
            self.changed.emit()

    # -- what is shown ---------------------------------------------------------------------------------------------

    def show_found(self, found: Found | None) -> None:
        """Show where the rows lie; or what must be answered first."""
        self.found = found
        located = found.located if found else None
        self._show_coordinates(found)
        self.consent.setVisible(bool(found and located and located.plan and found.to_send and self.geocode.isChecked() and not _stopped(found)))
        if located is not None and located.plan is not None:
            self.consent_text.setText(located.plan.sentence())
        self._show_answers(found)
        if located is None:
            self.said.setText(found.sentence if found else "")
            self.doubts.setText("")
        else:
            numbers = located.places.counts()
            text = self.tr("<b>{placed} on the map, {review} to review, {nowhere} without position.</b>")
            said = text.format(placed=count(numbers["place"]), review=count(numbers["a_verifier"]), nowhere=count(numbers["non_place"]))
            self.said.setText(said)
            kinds = [f"{finding_title(code)} : {count(number)}" for code, number in located.checked.counts().items()]
            first = [str(one) for one in located.checked.findings[:_SHOWN]]
            self.doubts.setText("\n".join([self.tr("To be looked at:"), *kinds, "", *first]) if kinds else "")
        self.hint.setText("\n".join(filter(None, (self._why(found), self._next(found)))))
        self.hint.setVisible(bool(self.hint.text()))
        self._draw(found)

    def _why(self, found: Found | None) -> str:
        """Why rows are not on the map, the commonest reasons first."""
        numbers = found.located.places.counts() if found and found.located else None
        if found is None or numbers is None:
            return ""
        others = numbers["a_verifier"] + numbers["non_place"] - sum(number for _, number in found.why)
        rest = [(self.tr("no coordinates that can be read, no address that was asked for"), others)] if others else []
        told = [f"{reason} ({count(number)})" for reason, number in (*rest, *found.why)]
        if not told:
            return ""
        return self.tr("Why: {reasons}.").format(reasons=", ".join(told))

    def _next(self, found: Found | None) -> str:
        """What may be done where rows have no position; empty where all have one, or where something is being asked."""
        located = found.located if found else None
        if located is None or not self.consent.isHidden():
            return ""
        numbers = located.places.counts()
        if not numbers["a_verifier"] and not numbers["non_place"]:
            return ""
        if self.by_address.isEnabled() and not self.geocode.isChecked():
            return self.tr("To place those without position: tick “3. Addresses”, or choose a Sirene file. Or import and place them by hand.")
        if not (self.by_address.isEnabled() or self.by_siret.isEnabled() or found is None or found.columns):
            return self.tr("No column holds coordinates, an address or a SIRET: choose one in step 2. Or import the rows and place them by hand.")
        return self.tr("The others are imported too, into the layer “Customers to review”: there you accept, move or reject them one by one.")

    def _show_coordinates(self, found: Found | None) -> None:
        there = found is not None and bool(found.columns)
        self.coordinates.setEnabled(there)
        self.crs_label.setVisible(there)
        self.crs.setVisible(there)
        if found is None:
            self.coordinates_said.setText("")
            return
        if not there:
            self.coordinates_said.setText(self.tr("The file has no coordinates."))
        else:
            text = self.tr("{count} rows have numbers in “{columns}”. Do the points on the map lie where your customers are?")
            self.coordinates_said.setText(text.format(count=count(found.with_numbers), columns=found.columns))
        self.crs.clear()
        told = self.told_crs
        used = found.located.places.crs if found.located else ""
        names = dict.fromkeys(filter(None, (*found.guesses, used, told)))
        if not used and not told:
            self.crs.addItem(self.tr("Choose…"), "")
        for name in names:
            self.crs.addItem(crs_title(name, name in found.guesses), name)
        self.crs.addItem(self.tr("Another one…"), _OTHER)
        self.crs.setCurrentIndex(max(0, self.crs.findData(told or used)))

    def _show_answers(self, found: Found | None) -> None:
        geocoded = found.located.geocoded if found and found.located else None
        if geocoded is None:
            self.geocoded.setText("")
            return
        text = self.tr("{sent} addresses were sent and answered, {known} were known already.")
        if not geocoded.sent:
            text = self.tr("{known} addresses were known already, from earlier imports.")
        said = [text.format(sent=count(geocoded.sent), known=count(geocoded.known))] if geocoded.sent or geocoded.known else []
        if geocoded.failure is not None:
            said += [str(geocoded.failure), self.tr("What was answered is kept; sending again goes on from there.")]
        self.geocoded.setText("\n".join(said))

    def _draw(self, found: Found | None) -> None:
        self.canvas.setLayers([])
        self.positions = None
        if found is None or found.bounds is None:
            self.canvas.refresh()
            return
        layer = _layer_of(found)
        self.positions = layer
        below = [made for made in self.iface.mapCanvas().layers() if made.providerType() in _LOCAL and not _has_points(made)]
        crs = QgsCoordinateReferenceSystem("EPSG:2154" if _metropolitan(found) else "EPSG:4326")
        self.canvas.setDestinationCrs(crs)
        self.canvas.setLayers([layer, *below])
        extent = self.canvas.mapSettings().layerExtentToOutputExtent(layer, QgsRectangle(*found.bounds))
        self.canvas.setExtent(wide(extent, self.canvas.mapUnits() == Qgis.DistanceUnit.Degrees, 1000))
        self.canvas.refresh()

    def forget(self) -> None:
        """Let the map's layers go."""
        self.canvas.setLayers([])
        self.positions = None


def crs_title(name: str, recognised: bool = False) -> str:
    """A CRS as users know it."""
    code = name.removesuffix(_SWAPPED)
    crs = QgsCoordinateReferenceSystem(code)
    title = crs.description() or code
    if name.endswith(_SWAPPED):
        title += " – " + _tr("latitude and longitude the other way round")
    return f"{title} ({code})" + (" ✓" if recognised else "")


def _stopped(found: Found) -> bool:
    """Whether everything that could be answered was."""
    geocoded = found.located.geocoded if found.located else None
    return bool(geocoded and geocoded.sent and geocoded.failure is None)


def _has_points(layer: QgsMapLayer) -> bool:
    """Whether its symbols would hide the positions that are to be looked at."""
    return isinstance(layer, QgsVectorLayer) and layer.geometryType() == Qgis.GeometryType.Point


def _metropolitan(found: Found) -> bool:
    west, south, east, north = found.bounds or (0.0, 0.0, 0.0, 0.0)
    return west > -6 and south > 41 and east < 10.5 and north < 52


def _layer_of(found: Found) -> QgsVectorLayer:
    layer = QgsVectorLayer("MultiPoint?crs=EPSG:4326&field=state:string", "positions", "memory")
    features = []
    for state, shape in found.shapes.items():
        feature = QgsFeature(layer.fields())
        feature.setAttributes([state])
        geometry = QgsGeometry()
        geometry.fromWkb(shape)
        feature.setGeometry(geometry)
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    layer.updateExtents()
    categories = [QgsRendererCategory(state, dot(colour, 2.2, 0.8), state) for state, colour in _COLOURS.items()]
    layer.setRenderer(QgsCategorizedSymbolRenderer("state", categories))
    return layer


def _tr(text: str) -> str:
    return QCoreApplication.translate("PlacesPage", text)
