"""A survey's files as a QGIS project for QField and Mergin Maps: forms out of the national schema, relations, styles, both tools' settings.

Their rules, each checked by tests/plugin/test_survey_rules.py: relative paths, every layer alone in a GeoPackage beside the project, keys that
are UUIDs, photos by a relative path, no expression that needs this plugin, no drawing that lies elsewhere, names that any system takes.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsAttributeEditorContainer,
    QgsAttributeEditorElement,
    QgsAttributeEditorField,
    QgsAttributeEditorRelation,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsDefaultValue,
    QgsEditFormConfig,
    QgsEditorWidgetSetup,
    QgsExpression,
    QgsFieldConstraints,
    QgsMapThemeCollection,
    QgsOptionalExpression,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsRelation,
    QgsRelationContext,
    QgsValueMapFieldFormatter,
    QgsVectorLayer,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.errors import OutputError
from ..toolkit.messages import language
from ..toolkit.schema import Field
from ..toolkit.survey.prepare import AGENTS_LIST, base_map_in
from ..toolkit.survey.project import (
    AGENT,
    BAY_OF,
    BAYS,
    COMMUNES,
    EQUIPMENT,
    IN_METRES,
    KEY,
    LISTS,
    NEW,
    NOT_FOUND,
    NOTE,
    PHOTO_PATH,
    PHOTOS,
    PHOTOS_FOLDER,
    PROJECT_FILE,
    ROUNDING_CM,
    SECTOR,
    SECTORS,
    SEEN,
    STATUS,
    TO_SEE,
    VISITED,
    VISITS,
    SurveyLayer,
    survey_layers,
    survey_relations,
)
from .survey_style import style_bays, style_communes, style_sectors

_EDITED = (BAYS, PHOTOS, VISITS)
_NOW = "format_date(now(), 'yyyy-MM-ddTHH:mm:ss')"
_PHOTO_NAME = "'aire_' || format_date(now(), 'yyyyMMdd_HHmmss_zzz')"
_PHOTO_PIXELS = 2_000
_USER = "coalesce(@mergin_full_name, @mergin_username, @cloud_username)"
_SEEN = f"\"{STATUS}\" IN ('{SEEN}', '{NEW}')"
_THERE = f"coalesce(\"{STATUS}\", '') <> '{NOT_FOUND}'"
_ASKED_WHEN_SEEN = ("type", "marquage_etat", "panneau_present")
_WISHED_WHEN_SEEN = ("disposition", "parite_trottoir", "localisation")  # a vehicle may stand on the bay: it cannot always be measured
_FIGURES = ("longueur", "largeur", "longitude", "latitude", KEY, "date_maj", SECTOR, VISITED, "equipements")
"""Filled by the form itself."""
_TEXTS = ("commentaire",)
_HOURS = "^(24/7|(Mo|Tu|We|Th|Fr|Sa|Su|PH|SH|[0-9]{2}:[0-9]{2})[^àèé]*$)"


def write_survey_project(folder: Path, title: str, crs: str, extent: tuple[float, float, float, float], agents: bool) -> Path:
    """Write the project into a folder with the survey's files (`toolkit.survey.prepare.write_survey_files`).

    It is made on a copy: QGIS keeps files open for a while, and on Windows a folder with open files cannot take its place.

    Parameters
    ----------
    title : str
        Of the project, in the user's words.
    crs : str
        Metric, of the map.
    extent : tuple of float
        West, south, east, north, degrees: what the map shows first.
    agents : bool
        The table ``lists`` names the surveyors.

    Raises
    ------
    OutputError
        QGIS cannot open a file or write the project.
    """
    target = folder / PROJECT_FILE
    with _own_copy(folder) as copy, _own_project() as project:
        project.setTitle(title)
        project.setFilePathStorage(Qgis.FilePathType.Relative)
        project.setCrs(QgsCoordinateReferenceSystem(crs))
        project.setFileName(str(copy / PROJECT_FILE))  # before the layers: paths are relative to it
        layers = {name: _open(layer, copy) for name, layer in survey_layers().items()}
        _add_to_tree(project, layers, base_map_in(copy))
        relations = _relate(project, layers)
        for name, layer in layers.items():
            _set_up(layer, survey_layers()[name], agents)
        _arrange_bays(layers[BAYS], relations)
        _arrange_child(layers[PHOTOS], (PHOTO_PATH, "sujet", "legende", "date_photo"))
        _arrange_child(layers[VISITS], ("resultat", "remarque", "agent", "date_visite"))
        style_bays(layers[BAYS])
        style_sectors(layers[SECTORS], layers[BAYS].name())
        style_communes(layers[COMMUNES], layers[BAYS].name())
        _for_the_tools(project, layers)
        _first_view(project, extent)
        _add_theme(project, layers)
        if not project.write():
            raise OutputError("“{path}” cannot be written: {cause}.", path=target, cause=project.error())
        shutil.copyfile(copy / PROJECT_FILE, target)
    return target


@contextmanager
def _own_copy(folder: Path) -> Iterator[Path]:
    work = Path(tempfile.mkdtemp(prefix="joptimiz-survey-"))
    try:
        yield Path(shutil.copytree(folder, work / folder.name))
    finally:
        shutil.rmtree(work, ignore_errors=True)  # Windows: what QGIS has not closed yet goes with the system's temporary files


@contextmanager
def _own_project() -> Iterator[QgsProject]:
    """A project that is never the user's; gone at the end, whoever still refers to it."""
    project = QgsProject()
    try:
        yield project
    finally:
        sip.delete(project)


def _open(layer: SurveyLayer, folder: Path) -> QgsVectorLayer:
    options = QgsVectorLayer.LayerOptions()
    options.loadDefaultStyle = False
    opened = QgsVectorLayer(f"{layer.path(folder).as_posix()}|layername={layer.name}", layer.title[language()], "ogr", options)
    if not opened.isValid():
        raise OutputError("“{path}” cannot be written: {cause}.", path=layer.file, cause=opened.error().summary())
    opened.setId(f"joptimiz_{layer.name}")
    opened.serverProperties().setShortName(layer.name)
    return opened


def _add_to_tree(project: QgsProject, layers: dict[str, QgsVectorLayer], base_map: Path | None) -> None:
    root = project.layerTreeRoot()
    for name in (BAYS, SECTORS, COMMUNES):
        project.addMapLayer(layers[name], False)
        root.addLayer(layers[name])
    if base_map is not None:
        raster = QgsRasterLayer(base_map.as_posix(), _tr("Base map"), "gdal")
        if not raster.isValid():
            raise OutputError("QGIS cannot show “{name}” as a base map: {cause}.", name=base_map.name, cause=raster.error().summary())
        raster.setId("joptimiz_base_map")
        _for_qfield(raster, edited=False)
        project.addMapLayer(raster, False)
        root.addLayer(raster)
    tables = root.addGroup(_tr("Tables"))
    tables.setExpanded(False)
    for name in (PHOTOS, VISITS, LISTS):
        project.addMapLayer(layers[name], False)
        tables.addLayer(layers[name])


def _relate(project: QgsProject, layers: dict[str, QgsVectorLayer]) -> dict[str, QgsRelation]:
    """Photos and visits belong to their bay, by its UUID, and go with it."""
    made = {}
    for each in survey_relations():
        relation = QgsRelation(QgsRelationContext(project))  # else its layers are looked for in the user's project
        relation.setId(each.name)
        relation.setName(layers[each.child].name())
        relation.setReferencedLayer(layers[each.parent].id())
        relation.setReferencingLayer(layers[each.child].id())
        relation.addFieldPair(each.field, each.key)
        relation.setStrength(Qgis.RelationshipStrength.Composition)
        project.relationManager().addRelation(relation)
        made[each.child] = project.relationManager().relation(relation.id())
    return made


# -- fields -------------------------------------------------------------------------------------------------------


def _set_up(layer: QgsVectorLayer, described: SurveyLayer, agents: bool) -> None:
    edited = described.name in _EDITED
    for field in described.table.fields:
        index = layer.fields().indexOf(field.name)
        layer.setFieldAlias(index, field.title)
        layer.setEditorWidgetSetup(index, _widget(field, described.name, agents))
        if edited:
            _constrain(layer, index, field)
    for name, value in _defaults(described.name).items():
        layer.setDefaultValueDefinition(layer.fields().indexOf(name), value)
    layer.setReadOnly(not edited)
    layer.setDisplayExpression(_display(described.name))
    _for_qfield(layer, edited)


def _widget(field: Field, layer: str, agents: bool) -> QgsEditorWidgetSetup:
    """What a tablet shows for a field: widgets that both tools know."""
    if field.name == PHOTO_PATH:
        return QgsEditorWidgetSetup("ExternalResource", _photo_widget())
    if field.name == BAY_OF:
        relation = next(each.name for each in survey_relations() if each.child == layer)
        return QgsEditorWidgetSetup("RelationReference", {"Relation": relation, "AllowNULL": False, "ShowForm": False, "ReadOnly": True})
    if field.name in (AGENT, "agent") and agents and layer in _EDITED:
        return QgsEditorWidgetSetup("ValueRelation", _agents_widget())
    if field.name in EQUIPMENT:
        return QgsEditorWidgetSetup("CheckBox", {"CheckedState": "", "UncheckedState": ""})
    return _plain_widget(field)


def _plain_widget(field: Field) -> QgsEditorWidgetSetup:
    """By the field's type and values alone."""
    null = [] if field.name == STATUS else [{_tr("(not known)"): QgsValueMapFieldFormatter.NULL_VALUE}]
    if field.type == "boolean":
        return QgsEditorWidgetSetup("ValueMap", {"map": [*null, {_tr("Yes"): "true"}, {_tr("No"): "false"}]})
    if field.enum and field.type == "string":
        return QgsEditorWidgetSetup("ValueMap", {"map": [*null, *({value.capitalize(): value} for value in field.enum)]})
    if field.name in IN_METRES:
        steps = {"Style": "SpinBox", "Min": 0.0, "Max": float(field.maximum or 0), "Step": 0.1, "Precision": 2, "Suffix": " m", "AllowNull": True}
        return QgsEditorWidgetSetup("Range", steps)
    return QgsEditorWidgetSetup("TextEdit", {"IsMultiline": field.name in _TEXTS, "UseHtml": False})


def _photo_widget() -> dict[str, Any]:
    """Paths relative to the project, photos in their folder, shown in the form. No hyperlink: it would switch the camera off."""
    folder = {"active": True, "type": 3, "expression": f"@project_folder || '/{PHOTOS_FOLDER}'"}
    return {
        "DocumentViewer": 1,
        "DocumentViewerHeight": 0,
        "DocumentViewerWidth": 0,
        "FileWidget": True,
        "FileWidgetButton": True,
        "RelativeStorage": 1,
        "StorageMode": 0,
        "PropertyCollection": {"name": None, "type": "collection", "properties": {"propertyRootPath": folder}},
    }


def _agents_widget() -> dict[str, Any]:
    """The surveyors' names out of the table of lists; without its path, which would be that of this machine."""
    return {
        "Layer": f"joptimiz_{LISTS}",
        "LayerName": survey_layers()[LISTS].title[language()],
        "LayerProviderName": "ogr",
        "Key": "valeur",
        "Value": "valeur",
        "FilterExpression": f"\"liste\" = '{AGENTS_LIST}'",
        "AllowNull": True,
        "AllowMulti": False,
        "OrderByValue": True,
        "NofColumns": 1,
        "UseCompleter": False,
    }


def _defaults(layer: str) -> dict[str, QgsDefaultValue]:
    """Values of new rows, and those that follow from what is typed (renewed at each change)."""
    key = {KEY: QgsDefaultValue("uuid('WithoutBraces')")}
    if layer == PHOTOS:
        return {**key, "date_photo": QgsDefaultValue(_NOW)}
    if layer == VISITS:
        return {**key, "date_visite": QgsDefaultValue(_NOW), "agent": QgsDefaultValue(_USER)}
    if layer != BAYS:
        return {}
    sectors, communes = (survey_layers()[name].title[language()] for name in (SECTORS, COMMUNES))
    new = "'N-' || format_date(now(), 'yyyyMMdd-HHmmss') || '-' || substr(uuid('WithoutBraces'), 1, 4)"
    found = {
        **key,
        "id": QgsDefaultValue(new),
        "active": QgsDefaultValue("true"),
        "longitude": QgsDefaultValue("round($x, 7)", True),
        "latitude": QgsDefaultValue("round($y, 7)", True),
        "date_maj": QgsDefaultValue(_NOW, True),
        "commune": QgsDefaultValue(_where(communes, "nom")),
        "source": QgsDefaultValue(f"'{_tr('survey')}'"),
        STATUS: QgsDefaultValue(f"'{NEW}'"),
        SECTOR: QgsDefaultValue(_where(sectors, "secteur")),
        AGENT: QgsDefaultValue(f"coalesce({_where(sectors, 'agent')}, {_USER})"),
        VISITED: QgsDefaultValue(f"CASE WHEN \"{STATUS}\" = '{TO_SEE}' THEN \"{VISITED}\" ELSE {_NOW} END", True),
        "equipements": QgsDefaultValue(_equipment(), True),
    }
    for metres, name in IN_METRES.items():
        centimetres = f'round("{metres}" * 100)'
        same = f'"{metres}" IS NULL OR coalesce(abs("{name}" - {centimetres}) <= {ROUNDING_CM:g}, false)'
        found[name] = QgsDefaultValue(f'CASE WHEN {same} THEN "{name}" ELSE {centimetres} END', True)
    return found


def _where(layer: str, field: str) -> str:
    """The value of `field` of the area in which a new bay lies; by the layer's name, as both tools want it."""
    return f"aggregate('{layer}', 'max', \"{field}\", intersects($geometry, geometry(@parent)))"


def _equipment() -> str:
    """The boxes that are ticked, as the schema's list; as it was where none has been touched."""
    quoted = {box: value.replace("'", "''") for box, value in EQUIPMENT.items()}
    ticked = ", ".join(f"CASE WHEN \"{box}\" THEN '{value}' END" for box, value in quoted.items())
    untouched = " AND ".join(f'"{box}" IS NULL' for box in EQUIPMENT)
    chosen = f"nullif(array_to_string(array_filter(array({ticked}), @element IS NOT NULL), ','), '')"
    return f'CASE WHEN {untouched} THEN "equipements" ELSE {chosen} END'


def _display(layer: str) -> str:
    if layer == BAYS:
        return 'coalesce("adresse", "nom", "id")'
    if layer == PHOTOS:
        return "concat(coalesce(\"sujet\" || ' – ', ''), \"date_photo\")"
    if layer == VISITS:
        return "concat(substr(\"date_visite\", 1, 10), ' – ', \"resultat\")"
    return {SECTORS: '"secteur"', COMMUNES: '"nom"'}.get(layer, '"valeur"')


# -- constraints --------------------------------------------------------------------------------------------------


def _constrain(layer: QgsVectorLayer, index: int, field: Field) -> None:
    """Keys, names and states must be there; what a bay that was seen must have is asked for; ranges are warned of.

    What came from an inventory may break a range: that must not keep a surveyor from saving the rest.
    """
    hard = QgsFieldConstraints.ConstraintStrength.ConstraintStrengthHard
    soft = QgsFieldConstraints.ConstraintStrength.ConstraintStrengthSoft
    if field.name in (KEY, BAY_OF, "id", STATUS):
        layer.setFieldConstraint(index, QgsFieldConstraints.Constraint.ConstraintNotNull, hard)
    if field.unique and field.name == KEY:
        layer.setFieldConstraint(index, QgsFieldConstraints.Constraint.ConstraintUnique, soft)
    checks = _checks(field)
    if not checks:
        return
    expression = " AND ".join(f"({check})" for check, _ in checks)
    layer.setConstraintExpression(index, expression, " ".join(said for _, said in checks))
    layer.setFieldConstraint(index, QgsFieldConstraints.Constraint.ConstraintExpression, hard if field.name in _MUST else soft)


_MUST = (*_ASKED_WHEN_SEEN, *IN_METRES)


def _checks(field: Field) -> list[tuple[str, str]]:
    """Expressions that hold, each with what to do where it does not."""
    name = f'"{field.name}"'
    checks: list[tuple[str, str]] = []
    if field.name in (*_ASKED_WHEN_SEEN, *_WISHED_WHEN_SEEN):
        checks.append((f"NOT coalesce({_SEEN}, false) OR {name} IS NOT NULL", _tr("A bay that was seen needs this: choose a value.")))
    if field.minimum is not None or field.maximum is not None:
        low, high = field.minimum or 0, field.maximum or 0
        said = _tr("Between {low} and {high} {unit}.").format(low=f"{low:g}", high=f"{high:g}", unit=field.unit)
        checks.append((f"{name} IS NULL OR ({name} >= {low:g} AND {name} <= {high:g})", said))
    if field.name == "code_postal":
        pattern = field.pattern.replace("\\", "\\\\")
        checks.append((f"{name} IS NULL OR regexp_match({name}, '{pattern}') > 0", _tr("Five figures, for example 01000.")))
    if field.name == "temporalite_osm":
        checks.append((f"{name} IS NULL OR coalesce(\"type\", '') <> 'aire permanente'", _tr("A permanent bay has no hours: leave them empty.")))
        checks.append((f"{name} IS NULL OR regexp_match({name}, '{_HOURS}') > 0", _tr("As in OpenStreetMap, for example Mo-Sa 07:00-20:00.")))
    if field.name == "panneau_etat":
        absent = f"coalesce(\"panneau_present\", true) OR coalesce({name}, 'n/a') = 'n/a'"
        checks.append((absent, _tr("There is no sign: its state is “n/a”.")))
    if field.name == "eq_aucun":
        others = " OR ".join(f'coalesce("{box}", false)' for box in EQUIPMENT if box != field.name)
        checks.append((f"NOT coalesce({name}, false) OR NOT ({others})", _tr("“No equipment” and equipment are ticked together.")))
    return checks


# -- forms --------------------------------------------------------------------------------------------------------


def _arrange_bays(layer: QgsVectorLayer, relations: dict[str, QgsRelation]) -> None:
    """Tabs in the order of the work: the visit, photos, then what the schema asks; what has no object is not shown."""
    config = _form(layer)
    root = config.invisibleRootContainer()
    field = {name: layer.fields().indexOf(name) for name in layer.fields().names()}
    _tab(root, _tr("Visit"), field, (STATUS, AGENT, NOTE, VISITED, SECTOR))
    _relation_tab(root, relations[PHOTOS])
    _tab(root, _tr("Place"), field, ("adresse", "code_postal", "commune", "parite_trottoir", "longitude", "latitude"), _THERE)
    _tab(root, _tr("Layout"), field, ("disposition", "localisation", *IN_METRES, "longueur", "largeur", "abaissement_trottoir"), _THERE)
    signs = _tab(root, _tr("Signs"), field, ("marquage_etat", "marquage_conformite", "panneau_present"), _THERE)
    _group(signs, _tr("Sign"), field, ("panneau_etat",), '"panneau_present"')
    rules = _tab(root, _tr("Rules"), field, ("type", "duree_max"), _THERE)
    _group(rules, _tr("How the stay is checked"), field, ("duree_controle",), '"duree_max" IS NOT NULL')
    _group(rules, _tr("Hours"), field, ("temporalite_osm", "temporalite_defaut"), "coalesce(\"type\", '') <> 'aire permanente'")
    _group(rules, _tr("Order"), field, ("arr_present",))
    _group(rules, _tr("Text of the order"), field, ("arr_url",), '"arr_present"')
    equipment = _tab(root, _tr("Equipment"), field, (*EQUIPMENT, "equipements"), _THERE)
    _group(equipment, _tr("Charging point"), field, ("irve_puissance",), '"eq_borne_recharge"')
    _tab(root, _tr("Identity"), field, ("id", "nom", "active", "date_maj", KEY, "commentaire"))
    _relation_tab(root, relations[VISITS])
    for name in (*_FIGURES, "temporalite_defaut"):
        config.setReadOnly(field[name], True)
    layer.setEditFormConfig(config)


def _arrange_child(layer: QgsVectorLayer, names: Sequence[str]) -> None:
    """The key of the bay must be in the form, or Mergin Maps does not fill it."""
    config = _form(layer)
    root = config.invisibleRootContainer()
    for name in (*names, BAY_OF, KEY):
        index = layer.fields().indexOf(name)
        root.addChildElement(QgsAttributeEditorField(name, index, root))
        config.setReadOnly(index, name in (KEY, "date_photo", "date_visite"))
    layer.setEditFormConfig(config)


def _form(layer: QgsVectorLayer) -> QgsEditFormConfig:
    config = layer.editFormConfig()
    config.setLayout(QgsEditFormConfig.EditorLayout.TabLayout)
    config.invisibleRootContainer().clear()
    return config


def _tab(
    root: QgsAttributeEditorContainer, title: str, field: dict[str, int], names: Sequence[str], when: str = ""
) -> QgsAttributeEditorContainer:
    return _container(root, title, field, names, when, Qgis.AttributeEditorContainerType.Tab)


def _group(parent: QgsAttributeEditorContainer, title: str, field: dict[str, int], names: Sequence[str], when: str = "") -> None:
    _container(parent, title, field, names, when, Qgis.AttributeEditorContainerType.GroupBox)


def _container(
    parent: QgsAttributeEditorElement,
    title: str,
    field: dict[str, int],
    names: Sequence[str],
    when: str,
    kind: Qgis.AttributeEditorContainerType,
) -> QgsAttributeEditorContainer:
    made = QgsAttributeEditorContainer(title, parent)
    made.setType(kind)
    for name in names:
        made.addChildElement(QgsAttributeEditorField(name, field[name], made))
    if when:
        made.setVisibilityExpression(QgsOptionalExpression(QgsExpression(when)))
    parent.addChildElement(made)
    return made


def _relation_tab(root: QgsAttributeEditorContainer, relation: QgsRelation) -> None:
    tab = QgsAttributeEditorContainer(relation.name(), root)
    tab.setType(Qgis.AttributeEditorContainerType.Tab)
    rows = QgsAttributeEditorRelation(relation.id(), relation, tab)
    rows.setRelationWidgetTypeId("relation_editor")
    rows.setLabel(relation.name())
    tab.addChildElement(rows)
    root.addChildElement(tab)


# -- the two tools ------------------------------------------------------------------------------------------------


def _for_qfield(layer: Any, edited: bool) -> None:
    """By cable the files are copied as they are, so that the folder that comes back is the one that went; in the cloud edits are merged."""
    layer.setCustomProperty("QFieldSync/action", "copy")
    layer.setCustomProperty("QFieldSync/cloud_action", "offline" if edited else "no_action")


def _for_the_tools(project: QgsProject, layers: dict[str, QgsVectorLayer]) -> None:
    photos = layers[PHOTOS]
    naming = json.dumps({PHOTO_PATH: f"'{PHOTOS_FOLDER}/' || {_PHOTO_NAME} || '.{{extension}}'"})
    photos.setCustomProperty("QFieldSync/attachment_naming", naming)
    photos.setCustomProperty("QFieldSync/photo_naming", naming)
    project.writeEntry("qfieldsync", "/maximumImageWidthHeight", _PHOTO_PIXELS)
    project.writeEntry("qfieldsync", "/initialActiveLayer", layers[BAYS].id())
    project.writeEntry("Mergin", f"PhotoNaming/{photos.id()}/{PHOTO_PATH}", _PHOTO_NAME)
    project.writeEntry("Mergin", "PhotoQuality", 1)


def _first_view(project: QgsProject, extent: tuple[float, float, float, float]) -> None:
    degrees = QgsCoordinateReferenceSystem("EPSG:4326")
    transform = QgsCoordinateTransform(degrees, project.crs(), project.transformContext())
    shown = transform.transformBoundingBox(QgsRectangle(*extent))
    shown.scale(1.05)
    view = QgsReferencedRectangle(shown, project.crs())
    project.viewSettings().setDefaultViewExtent(view)
    project.viewSettings().setPresetFullExtent(view)


def _add_theme(project: QgsProject, layers: dict[str, QgsVectorLayer]) -> None:
    """Both tools let the surveyor choose a theme; without one they show nothing to choose."""
    theme = QgsMapThemeCollection.MapThemeRecord()
    for name in (BAYS, SECTORS, COMMUNES):
        record = QgsMapThemeCollection.MapThemeLayerRecord(layers[name])
        record.isVisible = True
        record.usingCurrentStyle = True
        record.currentStyle = layers[name].styleManager().currentStyle()
        theme.addLayerRecord(record)
    base = project.mapLayer("joptimiz_base_map")
    if base is not None:
        record = QgsMapThemeCollection.MapThemeLayerRecord(base)
        record.isVisible = True
        theme.addLayerRecord(record)
    project.mapThemeCollection().insert(_tr("Survey"), theme)


def _tr(text: str) -> str:
    return QCoreApplication.translate("SurveyProject", text)
