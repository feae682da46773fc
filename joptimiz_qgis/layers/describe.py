"""What a table's description says, given to a layer: titles, lists of values, a form with its tabs, warnings for odd values."""

from __future__ import annotations

from qgis.core import (
    Qgis,
    QgsAttributeEditorContainer,
    QgsAttributeEditorField,
    QgsAttributeEditorRelation,
    QgsDefaultValue,
    QgsEditFormConfig,
    QgsEditorWidgetSetup,
    QgsFieldConstraints,
    QgsRelation,
    QgsValueMapFieldFormatter,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.messages import language
from ..toolkit.schema import Field, Table, load_table
from ..toolkit.schema.table import kinds

READ_ONLY = {"source", "source_ligne", "remarques", "tonnage_publie"}
"""What the import says of a row is not to be typed over."""
_LONG_TEXTS = {"description", "commentaire", "texte", "remarques", "temporalite_cds", "geom_wkt", "arr_considerant"}
_KINDS = {"type_peri": "perimeter_kinds", "type_poi": "poi_kinds", "geom_origine": "geometry_origins"}
_DEFAULTS = {
    "uuid": ("uuid('WithoutBraces')", False),
    "cle": ("uuid('WithoutBraces')", False),
    "longitude": ("round(x(@geometry), 7)", True),
    "latitude": ("round(y(@geometry), 7)", True),
    "date_maj": ("format_date(now(), 'yyyy-MM-ddTHH:mm:ss')", True),
}
"""Field → expression, and whether a change of the row renews it."""


def describe(layer: QgsVectorLayer, name: str, title: str = "", form: bool = False) -> None:
    """Give `layer` the titles and lists of table `name`; with `form` also the form of a workspace.

    Parameters
    ----------
    layer : QgsVectorLayer
        Fields that it lacks are passed over.
    name : str
        Of the table in toolkit/schema.
    title : str, optional
        Name of the layer; that of the table where not given.
    form : bool
        Tabs by the schema's groups, values of new rows, warnings. Needs the table's own types: for a workspace's layers.
    """
    table = load_table(name)
    for field in table.fields:
        index = layer.fields().indexOf(field.name)
        if index < 0:
            continue
        layer.setFieldAlias(index, field.title)
        layer.setEditorWidgetSetup(index, _widget(field, form))
        if form:
            _constrain(layer, index, field)
    if form:
        _arrange(layer, table)
    layer.setName(title or table.title[language()])
    layer.setDisplayExpression(_display(layer))


def _display(layer: QgsVectorLayer) -> str:
    names = [name for name in ("nom", "adresse", "texte", "id") if layer.fields().indexOf(name) >= 0]
    return "coalesce({})".format(", ".join(f'"{name}"' for name in names)) if names else ""


def _widget(field: Field, form: bool) -> QgsEditorWidgetSetup:
    """How a field is typed in: lists for enumerations, yes or no or not known for booleans."""
    null = [{_tr("(not known)"): QgsValueMapFieldFormatter.NULL_VALUE}] if form else []
    if field.name in _KINDS:
        return _list([*null, *({row[language()]: row["key"]} for row in kinds(_KINDS[field.name]))])
    if field.enum and field.type == "string" and (form or not field.open):
        return _list([*null, *({value: value} for value in field.enum)])
    if form and field.type == "boolean":
        return _list([*null, {_tr("Yes"): "true"}, {_tr("No"): "false"}])
    if form and field.name == "source_ligne":
        return QgsEditorWidgetSetup("TextEdit", {})
    return QgsEditorWidgetSetup("TextEdit", {"IsMultiline": field.name in _LONG_TEXTS}) if form else QgsEditorWidgetSetup()


def _list(choices: list[dict[str, str]]) -> QgsEditorWidgetSetup:
    return QgsEditorWidgetSetup("ValueMap", {"map": choices})


def _constrain(layer: QgsVectorLayer, index: int, field: Field) -> None:
    """Warnings, never refusals: published data break the rules, and are kept."""
    soft = QgsFieldConstraints.ConstraintStrength.ConstraintStrengthSoft
    if field.required:
        layer.setFieldConstraint(index, QgsFieldConstraints.Constraint.ConstraintNotNull, soft)
    checks, said = [], []
    if field.minimum is not None:
        checks.append(f'"{field.name}" >= {field.minimum:g}')
        said.append(f"≥ {field.minimum:g}")
    if field.maximum is not None:
        checks.append(f'"{field.name}" <= {field.maximum:g}')
        said.append(f"≤ {field.maximum:g}")
    if field.pattern:
        pattern = field.pattern.replace("\\", "\\\\")
        checks.append(f"regexp_match(\"{field.name}\", '{pattern}') > 0")
        said.append(_tr("form {pattern}").format(pattern=field.pattern))
    if checks:
        text = f'"{field.name}" IS NULL OR ({" AND ".join(checks)})'
        layer.setConstraintExpression(index, text, " ".join((*said, field.unit)).strip())
        layer.setFieldConstraint(index, QgsFieldConstraints.Constraint.ConstraintExpression, soft)
    if field.name in _DEFAULTS:
        layer.setDefaultValueDefinition(index, QgsDefaultValue(*_DEFAULTS[field.name]))


def _arrange(layer: QgsVectorLayer, table: Table) -> None:
    """One tab a group of the schema."""
    config: QgsEditFormConfig = layer.editFormConfig()
    config.setLayout(QgsEditFormConfig.EditorLayout.TabLayout)
    root = config.invisibleRootContainer()
    root.clear()
    for group in table.groups:
        tab = _tab(group.title, root)
        for name in group.fields:
            index = layer.fields().indexOf(name)
            if index >= 0:
                tab.addChildElement(QgsAttributeEditorField(name, index, tab))
                config.setReadOnly(index, name in READ_ONLY)
        root.addChildElement(tab)
    layer.setEditFormConfig(config)


def _tab(title: str, root: QgsAttributeEditorContainer) -> QgsAttributeEditorContainer:
    tab = QgsAttributeEditorContainer(title, root)
    tab.setType(Qgis.AttributeEditorContainerType.Tab)
    return tab


def add_relation_tab(layer: QgsVectorLayer, relation: QgsRelation, title: str) -> None:
    """A tab with the rows that belong to the one in the form."""
    config = layer.editFormConfig()
    root = config.invisibleRootContainer()
    if any(child.name() == title for child in root.children()):
        return
    tab = _tab(title, root)
    rows = QgsAttributeEditorRelation(relation.id(), relation, tab)
    rows.setRelationWidgetTypeId("relation_editor")
    tab.addChildElement(rows)
    root.addChildElement(tab)
    layer.setEditFormConfig(config)


def _tr(text: str) -> str:
    return QCoreApplication.translate("LayerForms", text)
