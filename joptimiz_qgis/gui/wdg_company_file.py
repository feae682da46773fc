"""The first page of an import: which file, how it is read, and its first rows as they will be read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsSettings
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QCoreApplication, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ..toolkit.company.columns import FIELDS
from ..toolkit.company.recipe import Recipe, load_recipe
from ..toolkit.errors import JoptimizError
from ..toolkit.messages import count, language
from .mdl_rows import frame_model, rows_view, show_rows
from .work_dialog import named_button

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .company_import import Opened

FOLDER = "joptimiz/company/folder"
RECIPE = "joptimiz/company/recipe"
_ENDINGS = "*.csv *.txt *.tsv *.tab *.xlsx *.xlsm *.xls *.ods *.gpkg *.shp *.geojson *.json *.mif *.parquet"
ENCODINGS = ("utf-8", "utf-8-sig", "windows-1252", "utf-16", "latin-1")
DELIMITERS = (";", ",", "\t", "|")


class FilePage(QWidget):
    """What is read is told anew with each change; `changed` says so."""

    changed = pyqtSignal()
    recipe_changed = pyqtSignal()
    straight_on = pyqtSignal()
    fault = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.recipe = Recipe()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.addWidget(self._files())
        self.column.addWidget(self._reading())
        self.said = QLabel()
        self.said.setObjectName("readSaid")
        self.said.setWordWrap(True)
        self.column.addWidget(self.said)
        self.rows = rows_view("previewRows")
        about = self.tr("Below each name: what the column is read as. It follows from what the column holds; choose that in step 2.")
        self.rows.horizontalHeader().setToolTip(about)
        self.column.addWidget(self.rows, 1)
        self.show_nothing()

    def _files(self) -> QGroupBox:
        group = QGroupBox(self.tr("File"))
        rows = QFormLayout(group)
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.file = QgsFileWidget()
        self.file.setObjectName("companyFile")
        self.file.setDialogTitle(self.tr("The firm’s file"))
        self.file.setFilter(f"{self.tr('Files of customers')} ({_ENDINGS});;{self.tr('All files')} (*.*)")
        self.file.setDefaultRoot(QgsSettings().value(FOLDER, "", str))
        self.file.lineEdit().setPlaceholderText(self.tr("CSV, Excel, LibreOffice, GeoPackage, Shapefile… it is only read"))
        self.file.fileChanged.connect(lambda _path: self._file_chosen())
        self.recipe_file = QgsFileWidget()
        self.recipe_file.setObjectName("recipeFile")
        self.recipe_file.setDialogTitle(self.tr("Recipe of an earlier import"))
        self.recipe_file.setFilter("JSON (*.json)")
        self.recipe_file.lineEdit().setPlaceholderText(self.tr("Optional: what was answered last time"))
        self.recipe_file.fileChanged.connect(lambda _path: self._recipe_chosen())
        self.fast_button = named_button("fastButton", self.tr("As last time: show what changes"), self.straight_on.emit)
        self.fast_button.setEnabled(False)
        self.fast_button.setToolTip(self.tr("Reads, checks, places and compares as the recipe says; nothing is written before you press Import."))
        row = QHBoxLayout()
        row.addWidget(self.recipe_file, 1)
        row.addWidget(self.fast_button)
        rows.addRow(self.tr("File"), self.file)
        rows.addRow(self.tr("Recipe"), row)
        return group

    def _reading(self) -> QGroupBox:
        self.reading = QGroupBox(self.tr("How it is read: found out, and to be changed where it is wrong"))
        row = QHBoxLayout(self.reading)
        self.sheet = _choice("sheet")
        self.encoding = _choice("encoding")
        self.encoding.setEditable(True)
        self.delimiter = _choice("delimiter")
        self.decimal = _choice("decimal")
        self.header_row = _number("headerRow")
        self.header_row.setSpecialValueText(self.tr("none"))
        self.skip_rows = _number("skipRows")
        parts = (
            (self.tr("Sheet"), self.sheet),
            (self.tr("Encoding"), self.encoding),
            (self.tr("Delimiter"), self.delimiter),
            (self.tr("Decimal sign"), self.decimal),
            (self.tr("Header in line"), self.header_row),
            (self.tr("Rows to skip below"), self.skip_rows),
        )
        self.labels = {}
        for text, widget in parts:
            pair = QVBoxLayout()
            label = QLabel(text)
            self.labels[widget.objectName()] = label
            pair.addWidget(label)
            pair.addWidget(widget)
            row.addLayout(pair)
            (widget.valueChanged if isinstance(widget, QSpinBox) else widget.activated).connect(self._told)
        row.addStretch(1)
        self.encoding.lineEdit().returnPressed.connect(self._told)
        self.told: dict[str, Any] = {}
        return self.reading

    # -- choices ---------------------------------------------------------------------------------------------------

    def recall(self) -> None:
        """Propose the recipe of the last time."""
        path = QgsSettings().value(RECIPE, "", str)
        if path and Path(path).is_file():
            self.recipe_file.setFilePath(path)

    def path(self) -> str:
        """The file chosen; empty where none is."""
        return self.file.filePath().strip().strip('"')

    def choose(self, path: str) -> None:
        """Choose a file, as a drop on the dialog does."""
        self.file.setFilePath(path)

    def _file_chosen(self) -> None:
        self.told = {}
        if self.path():
            QgsSettings().setValue(FOLDER, str(Path(self.path()).parent))
        self.changed.emit()

    def _recipe_chosen(self) -> None:
        path = self.recipe_file.filePath().strip()
        self.recipe, self.told = Recipe(), {}
        if path:
            try:
                self.recipe = load_recipe(path)
            except JoptimizError as error:
                self.fault.emit(str(error))
                return
            QgsSettings().setValue(RECIPE, path)
        self.recipe_changed.emit()
        self.changed.emit()

    def _told(self, *_: Any) -> None:
        """Something was changed by hand: from now on it is told, no more found out."""
        name = self.sender().objectName() if self.sender() is not None else "encoding"
        if name not in self.labels:
            name = "encoding"
        found = {
            "sheet": ("sheet", self.sheet.currentData()),
            "encoding": ("encoding", self.encoding.currentText().strip()),
            "delimiter": ("delimiter", self.delimiter.currentData()),
            "decimal": ("decimal", self.decimal.currentData()),
            "headerRow": ("header_row", self.header_row.value()),
            "skipRows": ("skip_rows", self.skip_rows.value()),
        }
        key, value = found[name]
        self.told[key] = value
        if key == "sheet":
            self.told.pop("header_row", None)
        self.changed.emit()

    def reading_options(self) -> dict[str, Any]:
        """What the recipe and the user say of the file; the rest is found out."""
        return {**self.recipe.read, **self.told}

    # -- what is shown ---------------------------------------------------------------------------------------------

    def show_nothing(self) -> None:
        """There is no file, or none that can be read."""
        self.rows.setModel(None)
        self.reading.setEnabled(False)
        self.fast_button.setEnabled(False)
        self.said.setText(self.tr("Choose the firm’s file, or drop it here. Nothing of it leaves this computer without your consent."))

    def show_file(self, opened: Opened) -> None:
        """Show what was found out, and the first rows."""
        sniffed, raw = opened.file.sniffed, opened.file.raw
        text, workbook = sniffed.kind == "text", bool(sniffed.sheets)
        _fill(self.sheet, [(sheet.name, sheet.name) for sheet in sniffed.sheets], sniffed.sheet)
        _fill(self.encoding, [(name, name) for name in dict.fromkeys((*ENCODINGS, sniffed.encoding)) if name], sniffed.encoding)
        signs = dict.fromkeys((*DELIMITERS, sniffed.delimiter))
        _fill(self.delimiter, [(_delimiter_title(sign), sign) for sign in signs if sign], sniffed.delimiter)
        decimals = [(self.tr("comma"), ","), (self.tr("point"), ".")]
        _fill(self.decimal, decimals if sniffed.decimal else [(self.tr("no decimals"), ""), *decimals], sniffed.decimal)
        for box, value in ((self.header_row, sniffed.header_row), (self.skip_rows, int(self.reading_options().get("skip_rows") or 0))):
            box.blockSignals(True)
            box.setValue(value)
            box.blockSignals(False)
        self.reading.setEnabled(True)
        shown = {"sheet": workbook, "encoding": text, "delimiter": text, "headerRow": sniffed.kind != "vector", "skipRows": sniffed.kind != "vector"}
        for name, visible in shown.items():
            self.labels[name].setVisible(visible)
            getattr(self, {"headerRow": "header_row", "skipRows": "skip_rows"}.get(name, name)).setVisible(visible)
        notes = [str(note) for note in raw.notes[1:] if text or workbook] or [str(note) for note in raw.notes]
        said = self.tr("{rows} rows, {columns} columns.").format(rows=count(len(raw.rows)), columns=len(raw.columns))
        if raw.rejects:
            said += " " + self.tr("Rows that cannot be read: {rejects}.").format(rejects=count(len(raw.rejects)))
        self.said.setText("\n".join([said, *notes[:3], *(str(reject) for reject in raw.rejects[:2])]))
        self.show_types(opened, {name: found.column for name, found in opened.suggestions.items()})
        self.fast_button.setEnabled(bool(self.recipe.columns) and not opened.fault)

    def show_types(self, opened: Opened, columns: Mapping[str, str]) -> None:
        """The first rows; above them what each column is read as, by the field that it was matched to.

        Parameters
        ----------
        columns : mapping
            Field → column.
        """
        fields = {column: name for name, column in columns.items()}
        titles = [f"{name}\n{read_as(opened.kinds.get(name, 'text'), fields.get(name, ''))}" for name in opened.file.raw.columns]
        show_rows(self.rows, frame_model(opened.preview, titles, list(opened.preview.index), self.tr("Line")))


def read_as(kind: str, field: str) -> str:
    """What a column is read as: a SIRET is text, however much it looks like a number; `kind` is what its values look like."""
    from ..toolkit.company.pipeline import NUMBER_FIELDS

    if not field or kind == "empty":
        return _kind_title(kind)
    label = next(one.label[language()] for one in FIELDS if one.name == field).partition(" (")[0]
    plain = label[0].lower() + label[1:] if label[1:2].islower() else label
    return f"{_kind_title('number' if field in NUMBER_FIELDS else 'text')} ({plain})"


def _choice(name: str) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    box.setMinimumContentsLength(8)
    return box


def _number(name: str) -> QSpinBox:
    box = QSpinBox()
    box.setObjectName(name)
    box.setRange(0, 9_999)
    box.setKeyboardTracking(False)
    return box


def _fill(box: QComboBox, items: list[tuple[str, str]], current: str) -> None:
    box.blockSignals(True)
    box.clear()
    for title, value in items:
        box.addItem(title, value)
    box.setCurrentIndex(max(0, box.findData(current)))
    box.blockSignals(False)


def _delimiter_title(sign: str) -> str:
    names = {
        ";": _tr("semicolon ;"),
        ",": _tr("comma ,"),
        "\t": _tr("tab"),
        "|": _tr("bar |"),
    }
    return names.get(sign, sign)


def _kind_title(kind: str) -> str:
    return {"number": _tr("number"), "date": _tr("date"), "empty": _tr("empty"), "text": _tr("text")}[kind]


def _tr(text: str) -> str:
    return QCoreApplication.translate("FilePage", text)
