"""A firm's customers as a layer: enriched ones by their access, titles for all columns that we add, and the mark of company data."""

from __future__ import annotations

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsEditorWidgetSetup,
    QgsFeatureRenderer,
    QgsMapLayer,
    QgsMarkerSymbol,
    QgsRendererCategory,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.company.titles import (
    ACCESS,
    ALLOWED,
    BAY_NEAR,
    FORBIDDEN,
    LONG_TEXTS,
    NOT_KNOWN,
    NOT_PLACED,
    RESTRICTED,
    access_in_words,
    import_titles,
    import_values,
    titles,
)
from ..toolkit.parameters import MAX_DISTANCE_M

COMPANY_DATA = "joptimiz/company_data"
"""Custom property of layers that hold a firm's customers: they go into no survey package and no published project."""

MARKS = {
    ALLOWED: ("circle", "#0072b2", "2.4"),
    RESTRICTED: ("triangle", "#e69f00", "3.2"),
    FORBIDDEN: ("square", "#b2182b", "2.8"),
    NOT_KNOWN: ("diamond", "#6b7480", "3.2"),
    NOT_PLACED: ("cross2", "#4a4f57", "2.6"),
}
"""Access → shape, colour, size (mm): each tells it without the others, so that the colour-blind and black-and-white printers read it."""


def mark_company_data(layer: QgsMapLayer) -> None:
    """Say that `layer` holds data of a firm."""
    layer.setCustomProperty(COMPANY_DATA, True)


def is_company_data(layer: QgsMapLayer) -> bool:
    """Whether `layer` holds data of a firm."""
    return str(layer.customProperty(COMPANY_DATA, "")).lower() in {"true", "1"}  # a project file keeps it as text


def style_customers(layer: QgsVectorLayer, max_distance: float = MAX_DISTANCE_M) -> None:
    """Marks by access (by a bay near, where no perimeters were given), titles, lists of values, the mark of company data.

    Parameters
    ----------
    layer : QgsVectorLayer
        With the columns of an enrichment.
    max_distance : float
        Metres within which a bay is near.
    """
    renderer = _by_access() if layer.fields().lookupField(ACCESS) >= 0 else _by_bay(max_distance)
    layer.setRenderer(renderer)
    describe_customers(layer, max_distance)
    layer.setName(_tr("Customers, enriched"))
    layer.triggerRepaint()


def describe_customers(layer: QgsVectorLayer, max_distance: float = MAX_DISTANCE_M) -> None:
    """Titles and lists of values of the columns that an import or an enrichment added; the mark of company data."""
    mark_company_data(layer)
    values = {ACCESS: access_in_words(), **import_values()}
    for name, title in {**import_titles(), **titles(max_distance)}.items():
        index = layer.fields().lookupField(name)
        if index < 0:
            continue
        layer.setFieldAlias(index, title)
        if name in values:
            choices = [{words: value} for value, words in values[name].items()]
            layer.setEditorWidgetSetup(index, QgsEditorWidgetSetup("ValueMap", {"map": choices}))
        elif name in LONG_TEXTS:
            layer.setEditorWidgetSetup(index, QgsEditorWidgetSetup("TextEdit", {"IsMultiline": True}))


def _by_access() -> QgsFeatureRenderer:
    """The worst on top: levels are in the order of the legend from below."""
    words = access_in_words()
    categories = [QgsRendererCategory(value, _mark(*MARKS[value]), _capital(words[value])) for value in MARKS]
    renderer = QgsCategorizedSymbolRenderer(ACCESS, categories)
    renderer.setUsingSymbolLevels(True)
    for category, level in zip(renderer.categories(), (1, 2, 3, 0, 0)):
        symbol = category.symbol().clone()
        symbol.symbolLayer(0).setRenderingPass(level)
        renderer.updateCategorySymbol(renderer.categoryIndexForValue(category.value()), symbol)
    return renderer


def _by_bay(max_distance: float) -> QgsFeatureRenderer:
    near, far = _tr("Bay within {distance:g} m"), _tr("No bay within {distance:g} m")
    categories = [
        QgsRendererCategory("true", _mark(*MARKS[ALLOWED]), near.format(distance=max_distance)),
        QgsRendererCategory("false", _mark(*MARKS[RESTRICTED]), far.format(distance=max_distance)),
        QgsRendererCategory("", _mark(*MARKS[NOT_PLACED]), _capital(access_in_words()[NOT_PLACED])),
    ]
    expression = f"CASE WHEN \"{BAY_NEAR}\" IS NULL THEN '' WHEN \"{BAY_NEAR}\" THEN 'true' ELSE 'false' END"
    return QgsCategorizedSymbolRenderer(expression, categories)


def _mark(shape: str, colour: str, size: str) -> QgsMarkerSymbol:
    outline = {"outline_color": colour, "outline_width": "0.6"} if shape == "cross2" else {"outline_color": "#ffffff", "outline_width": "0.25"}
    return QgsMarkerSymbol.createSimple({"name": shape, "color": colour, "size": size, **outline})


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _tr(text: str) -> str:
    return QCoreApplication.translate("CustomersLayer", text)
