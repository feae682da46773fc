"""A workspace as the group “Visualiz” of the layer tree: styled, with forms, relations, metadata and map themes."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Callable

from qgis.core import (
    Qgis,
    QgsAbstractMetadataBase,
    QgsLayerMetadata,
    QgsLayerTreeGroup,
    QgsMapThemeCollection,
    QgsProject,
    QgsProviderRegistry,
    QgsRelation,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication, QDateTime, Qt

from ..toolkit.errors import WorkspaceError
from ..toolkit.messages import language
from ..toolkit.workspace import REGULATION_AREAS, REGULATIONS, ROADS, TABLES, described_by, layer_of
from ..toolkit.workspace import open_workspace as checked_workspace
from . import GROUP
from .access_points import style_access_points
from .bays import style_bays
from .delivery_points import style_delivery_points
from .describe import add_relation_tab, describe
from .perimeters import style_perimeters
from .points_of_interest import style_points_of_interest
from .postgis import PostgisHome
from .regulations import style_regulations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..toolkit.messages import Message
    from ..toolkit.workspace import Import, Workspace

STYLE_NAME = "JOPTIMIZ"
_RULES = "perimeter_rules"
THEMES = {
    "audit": ("access_points", "bays", "delivery_points"),
    "perimeters": ("access_points", REGULATIONS, ROADS, REGULATION_AREAS, "perimeters"),
    "survey": ("points_of_interest", "bays"),
}


def open_workspace(project: QgsProject, home: str | Path | PostgisHome) -> QgsLayerTreeGroup:
    """Open a workspace in `project`, brought up to date where it was older; what is open already is not opened twice.

    Parameters
    ----------
    project : QgsProject
    home : path or PostgisHome
        A GeoPackage, or a schema of a PostGIS database.

    Returns
    -------
    QgsLayerTreeGroup
        The group “Visualiz”.

    Raises
    ------
    WorkspaceError
        See `toolkit.workspace.open_workspace`.
    """
    return show_workspace(project, home, prepare_workspace(home))


def prepare_workspace(home: str | Path | PostgisHome) -> Workspace:
    """Check a workspace and bring it up to date; needs no project and may run in the background."""
    return home.open() if isinstance(home, PostgisHome) else checked_workspace(home)


def show_workspace(project: QgsProject, home: str | Path | PostgisHome, found: Workspace) -> QgsLayerTreeGroup:
    """The layers of a workspace that was prepared; in the main thread."""
    root = project.layerTreeRoot()
    group = root.findGroup(GROUP) or root.insertGroup(0, GROUP)
    group.setCustomProperty("wmsShortName", "visualiz")
    layers: dict[str, QgsVectorLayer] = {}
    place = 0
    for name in TABLES:
        source = _source(home, name)
        layer = _opened_before(group, name, source)
        if layer is None:
            layer = _open(name, source, _provider(home), found)
            _name_for_server(project, layer, name)
            project.addMapLayer(layer, False)
            node = group.insertLayer(place, layer)
            node.setExpanded(name in ("bays", "perimeters"))
            node.setItemVisibilityChecked(name != "points_of_interest" or found.rows.get(name, 0) > 0)
            place += 1
        layers[name] = layer
    _relate(project, layers)
    _add_themes(project, group, layers)
    return group


def workspace_in(project: QgsProject) -> Path | None:
    """The GeoPackage of the workspace that is open in `project`; None where there is none, or it is in a database."""
    tables: dict[Path, set[str]] = {}
    for layer in project.mapLayers().values():
        path, _, table = layer.source().partition("|layername=")
        tables.setdefault(Path(path), set()).add(table)
    return next((path for path, found in tables.items() if found >= set(TABLES) and path.is_file()), None)


def style_workspace(home: str | Path | PostgisHome) -> list[Message]:
    """Write the styles and forms into a workspace that has none yet, as default: it then opens styled anywhere.

    Returns
    -------
    list of Message
        Why a database has not taken them: QGIS keeps styles in the schema ``public``, which not everybody may write. The layers
        are then styled in the project alone.

    Raises
    ------
    WorkspaceError
        They cannot be written into the file.
    """
    in_database = isinstance(home, PostgisHome)
    for name in TABLES:
        try:
            _store_style(_plain(name, _source(home, name), _provider(home)), name)
        except WorkspaceError as error:
            if not in_database:
                raise
            return [error.message]
    return []


def _source(home: str | Path | PostgisHome, name: str) -> str:
    return home.source(name) if isinstance(home, PostgisHome) else f"{Path(home).absolute().as_posix()}|layername={name}"


def _provider(home: str | Path | PostgisHome) -> str:
    return "postgres" if isinstance(home, PostgisHome) else "ogr"


# -- one layer ----------------------------------------------------------------------------------------------------


def _open(name: str, source: str, provider: str, found: Workspace) -> QgsVectorLayer:
    layer = QgsVectorLayer(source, layer_of(name).title[language()], provider)  # loads the default style of the file, which may be the user's
    if not layer.isValid():
        raise _not_readable(name, layer)
    if not _has_style(layer):
        _styles()[name](layer)
    layer.setName(layer_of(name).title[language()])
    layer.setMetadata(_metadata(layer, name, [each for each in found.imports if each.table == _read_as(name)]))
    return layer


def _plain(name: str, source: str, provider: str) -> QgsVectorLayer:
    options = QgsVectorLayer.LayerOptions()
    options.loadDefaultStyle = False
    layer = QgsVectorLayer(source, name, provider, options)
    if not layer.isValid():
        raise _not_readable(name, layer)
    return layer


def _not_readable(name: str, layer: QgsVectorLayer) -> WorkspaceError:
    cause = layer.error().summary() or layer.dataProvider().error().summary() if layer.dataProvider() else layer.error().summary()
    return WorkspaceError("The table “{table}” of the workspace cannot be opened: {cause}", table=name, cause=cause or "?")


def _store_style(layer: QgsVectorLayer, name: str) -> None:
    if _has_style(layer):
        return
    _styles()[name](layer)
    error = layer.saveStyleToDatabase(STYLE_NAME, layer_of(name).title[language()], True, "")
    if error:
        raise WorkspaceError("The styles cannot be written into the workspace: {cause}", cause=error)


def _has_style(layer: QgsVectorLayer) -> bool:
    """Whether the file or database holds a style of this layer."""
    related, *_ = layer.listStylesInDatabase()
    return int(related) > 0


def _styles() -> dict[str, Callable[[QgsVectorLayer], None]]:
    return {
        "access_points": lambda layer: style_access_points(layer, form=True),
        "points_of_interest": lambda layer: style_points_of_interest(layer, form=True),
        "bays": lambda layer: style_bays(layer, form=True),
        "delivery_points": lambda layer: style_delivery_points(layer, form=True),
        ROADS: lambda layer: style_perimeters(layer, form=True, title=layer_of(ROADS).title[language()]),
        "perimeters": lambda layer: style_perimeters(layer, form=True),
        REGULATIONS: lambda layer: style_regulations(layer, form=True, title=layer_of(REGULATIONS).title[language()]),
        REGULATION_AREAS: lambda layer: style_regulations(layer, form=True, title=layer_of(REGULATION_AREAS).title[language()]),
        _RULES: lambda layer: describe(layer, _RULES, form=True),
    }


def _read_as(name: str) -> str:
    return "perimeters" if name == _RULES else described_by(name)


def _metadata(layer: QgsVectorLayer, name: str, imports: Iterable[Import]) -> QgsLayerMetadata:
    """Sources, dates and licences of the rows."""
    table = layer_of(name)
    made = QgsLayerMetadata()
    made.setIdentifier(name)
    made.setType("dataset")
    made.setLanguage(language())
    made.setTitle(table.title[language()])
    made.setCrs(layer.crs())
    made.setAbstract(" ".join(filter(None, (_tr("Table “{name}” of a JOPTIMIZ workspace.").format(name=name), table.table.standard))))
    sentence = _tr("{source}: {imported} of {read} rows imported on {day}")
    listed = list(imports)
    for each in listed:
        made.addHistoryItem(
            sentence.format(source=each.source, imported=each.imported, read=each.rows_read, day=each.imported_at.replace("T", " "))
        )
    licences = sorted({each.licence for each in listed if each.licence})
    made.setLicenses(licences or ([_tr("Licence not given by the sources")] if listed else []))
    days = [QDateTime.fromString(each.imported_at, Qt.DateFormat.ISODate) for each in listed if each.imported_at]
    if days:
        made.setDateTime(Qgis.MetadataDateType.Revised, max(days))
    contact = QgsAbstractMetadataBase.Contact("JOPTIMIZ")
    contact.role = "processor"
    made.addContact(contact)
    return made


def _opened_before(group: QgsLayerTreeGroup, name: str, source: str) -> QgsVectorLayer | None:
    """The layer of the group that shows `source`, whatever its filter is."""
    for node in group.findLayers():
        layer = node.layer()
        if isinstance(layer, QgsVectorLayer) and layer.isValid() and _same(layer, name, source):
            return layer
    return None


def _same(layer: QgsVectorLayer, name: str, source: str) -> bool:
    registry = QgsProviderRegistry.instance()
    mine, theirs = (registry.decodeUri(layer.providerType(), each) for each in (layer.source(), source))
    if layer.providerType() == "ogr":
        try:
            same_file = Path(str(mine.get("path"))).samefile(str(theirs.get("path")))
        except OSError:
            return False
        return same_file and mine.get("layerName") == name
    keys = ("service", "host", "port", "dbname", "schema", "table")
    return all(mine.get(key) == theirs.get(key) for key in keys)


# -- the project --------------------------------------------------------------------------------------------------


def _name_for_server(project: QgsProject, layer: QgsVectorLayer, name: str) -> None:
    """A short name that Lizmap and QGIS Server take: ASCII, no blanks, no other layer's."""
    taken = {other.serverProperties().shortName() for other in project.mapLayers().values()}
    short, number = ascii_name(name), 1
    while short in taken:
        number += 1
        short = f"{ascii_name(name)}_{number}"
    layer.serverProperties().setShortName(short)


def ascii_name(text: str) -> str:
    """`text` in small letters, figures and underscores, beginning with a letter."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = "_".join("".join(character if character.isalnum() else " " for character in plain).split())
    return name if name[:1].isalpha() else f"l_{name}"


def _relate(project: QgsProject, layers: dict[str, QgsVectorLayer]) -> None:
    """The rules in the form of their perimeter."""
    manager = project.relationManager()
    for parent in ("perimeters", ROADS):
        relation = QgsRelation()
        relation.setId(f"joptimiz_{layers[parent].id()}_{_RULES}")
        relation.setName(f"{layers[parent].name()} – {layers[_RULES].name()}")
        relation.setReferencedLayer(layers[parent].id())
        relation.setReferencingLayer(layers[_RULES].id())
        relation.addFieldPair("perimetre", "cle")
        if relation.id() not in manager.relations():
            manager.addRelation(relation)
        add_relation_tab(layers[parent], manager.relation(relation.id()), _tr("Rules"))


def _add_themes(project: QgsProject, group: QgsLayerTreeGroup, layers: dict[str, QgsVectorLayer]) -> None:
    """Map themes by task; one of the same name that the user has changed is left alone."""
    names = {"audit": _tr("Audit"), "perimeters": _tr("Perimeters"), "survey": _tr("Survey")}
    collection = project.mapThemeCollection()
    ours = {layer.id() for layer in layers.values()}
    around = [node.layer() for node in project.layerTreeRoot().findLayers() if node.isVisible() and node.layer() and node.layerId() not in ours]
    inside = {node.layerId() for node in group.findLayers()}
    for key, tables in THEMES.items():
        if collection.hasMapTheme(names[key]) and set(collection.mapThemeVisibleLayerIds(names[key])) & ours:
            continue
        theme = QgsMapThemeCollection.MapThemeRecord()
        shown = [layers[table] for table in tables]
        for layer in (*shown, *(layer for layer in around if layer.id() not in inside)):
            record = QgsMapThemeCollection.MapThemeLayerRecord(layer)
            record.usingCurrentStyle = True
            record.currentStyle = layer.styleManager().currentStyle()
            record.isVisible = True
            theme.addLayerRecord(record)
        theme.setCheckedGroupNodes({GROUP})
        theme.setHasCheckedStateInfo(True)
        collection.insert(names[key], theme)


def _tr(text: str) -> str:
    return QCoreApplication.translate("WorkspaceLayers", text)
