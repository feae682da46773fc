"""What applies at a moment, on the map: filters of all perimeters, rules, bays and access points of a project at once.

The user's own filters are kept: ours is joined to them, and taken off again without a trace. What was whose is remembered in the
project and in a custom property of each layer, so that it survives saving and reopening.
"""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable

from qgis.core import QgsCoordinateTransform, QgsMapThemeCollection, QgsRuleBasedRenderer, QgsVectorLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.errors import JoptimizError
from .layer_rows import LayerRows, dialect_of, read_rows
from .roles import access_points_layer, bays_layers, perimeters_layers, regulations_layers, rules_layer

if TYPE_CHECKING:
    import geopandas as gpd
    from qgis.core import QgsCoordinateReferenceSystem, QgsLayerTreeModel, QgsPointXY, QgsProject

    from ..toolkit.here import PerimeterHere
    from ..toolkit.moment_filter import Answer, Found, MomentTable, PerimeterTable, Question

PROPERTY = "joptimiz/moment_filter"
"""Custom property of a filtered layer: JSON of the user's own filter (``user``) and of the whole one that we set (``ours``)."""

_SCOPE, _ENTRY = "joptimiz", "moment/filters"
_FIELDS = {
    "bays": ("active", "type", "longueur", "duree_max", "temporalite_osm", "temporalite_defaut"),
    "access_points": ("perimetre", "horaires", "veh_types", "veh_tonnage", "veh_haut", "veh_larg", "date_debut", "date_fin"),
}


_PLACES = ("perimeters", "regulations")
"""Roles of the layers that say where something applies."""


@dataclass
class FilteredLayer:
    """A layer, its role and its rows."""

    layer: QgsVectorLayer
    role: str
    rows: LayerRows
    table: MomentTable | None = None
    _shapes: Any = None

    def shapes(self) -> gpd.GeoSeries:
        """Geometries, decoded the first time."""
        if self._shapes is None:
            self._shapes = shapes_of(self.rows)
        return self._shapes


@dataclass(frozen=True)
class Shown:
    """What a question found.

    Attributes
    ----------
    found : Found
        Counts.
    answers : dict
        By layer id.
    """

    question: Question
    found: Found
    answers: dict[str, Answer]


class MomentMap:
    """The layers of a project to which moments matter.

    Parameters
    ----------
    project : QgsProject

    Attributes
    ----------
    problems : list of str
        Sentences on layers that could not be read or filtered the last time.
    """

    def __init__(self, project: QgsProject) -> None:
        self.project = project
        self.problems: list[str] = []
        self.filtering = False
        self._layers: dict[str, FilteredLayer] = {}
        self._tables_made: tuple[str, ...] = ()
        self._listening: dict[str, list[tuple[Any, Callable[..., None]]]] = {}
        self._setting = False

    # -- reading -----------------------------------------------------------------------------------------------------

    def layers(self) -> list[tuple[QgsVectorLayer, str]]:
        """Layers to which moments matter, and the role of each."""
        rules, access = rules_layer(self.project), access_points_layer(self.project)
        found = [(layer, "perimeters") for layer in perimeters_layers(self.project)]
        found += [(layer, "regulations") for layer in regulations_layers(self.project)]
        found += [(rules, "rules")] if rules is not None else []
        found += [(layer, "bays") for layer in bays_layers(self.project)]
        found += [(access, "access_points")] if access is not None else []
        return found

    def prepare(self) -> Iterator[None]:
        """Read what has not been read, step by step; a layer in edit mode is read when its editing has ended."""
        there = self.layers()
        for gone in set(self._layers) - {layer.id() for layer, _ in there}:
            self._forget(gone)
        for layer, role in there:
            known = self._layers.get(layer.id())
            if known is not None and known.role == role and self._unchanged(layer):
                continue
            if layer.isEditable():
                continue
            yield from self._read(layer, role)
        made = tuple(f"{identifier}:{id(known.rows)}" for identifier, known in self._layers.items())
        if made != self._tables_made:
            yield from self._make_tables()
            self._tables_made = made

    def kinds_present(self) -> list[str]:
        """Kinds of perimeters that the layers hold."""
        found = [kind for known in self._places() for kind in self._perimeters(known).kinds_present()]
        return list(dict.fromkeys(found))

    def _read(self, layer: QgsVectorLayer, role: str) -> Iterator[None]:
        user = self.user_filter(layer)
        if layer.subsetString() != user and not self._set(layer, user):
            return
        for rows in read_rows(layer, _FIELDS.get(role), shapes=role in _PLACES):
            if rows is not None:
                self._layers[layer.id()] = FilteredLayer(layer, role, rows)
                self._listen(layer)
            yield None

    def _make_tables(self) -> Iterator[None]:
        """Tables of all layers: perimeters need their rules, rules and access points their perimeters."""
        from ..toolkit.moment_filter import AccessTable, BayTable, PerimeterTable, RegulationTable, RuleTable, table_of

        self.problems = []
        rules_of = next(iter(self._of_role("rules")), None)
        rules = _no_rules() if rules_of is None else table_of("perimeter_rules", rules_of.rows.columns)
        for known in self._of_role("perimeters"):
            yield from self._make(known, functools.partial(self._perimeter_table, known.rows, rules))
        perimeters = [self._perimeters(known) for known in self._of_role("perimeters")]
        together = perimeters[0] if len(perimeters) == 1 else PerimeterTable(_joined(perimeters), {}, rules)
        for known in self._of_role("rules"):
            own = together if together.rules is rules else PerimeterTable(_columns(together.table), {}, rules)
            yield from self._make(known, functools.partial(RuleTable, known.rows.columns, known.rows.kinds, own))
        for known in self._of_role("access_points"):
            yield from self._make(known, functools.partial(AccessTable, known.rows.columns, known.rows.kinds, together))
        for known in self._of_role("regulations"):
            yield from self._make(known, functools.partial(RegulationTable, known.rows.columns, known.rows.kinds))
        for known in self._of_role("bays"):
            yield from self._make(known, functools.partial(BayTable, known.rows.columns, known.rows.kinds))

    def _make(self, known: FilteredLayer, make: Callable[[], MomentTable]) -> Iterator[None]:
        """A layer's table, made in a thread of its own: an import of published perimeters takes half a second."""
        found: list[MomentTable | JoptimizError] = []

        def made() -> None:
            try:
                found.append(make())
            except JoptimizError as error:
                found.append(error)

        thread = threading.Thread(target=made, daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(0.005)
            yield
        known.table = None
        if not found:
            self.problems.append(_tr("“{name}” could not be read.").format(name=known.rows.name))
        elif isinstance(found[0], JoptimizError):
            self.problems.append(f"{known.rows.name} : {found[0]}")
        else:
            known.table = found[0]

    def _perimeter_table(self, rows: LayerRows, rules: Any) -> PerimeterTable:
        from ..toolkit.moment_filter import PerimeterTable

        if "cle" in {name.lower() for name in rows.columns}:
            return PerimeterTable(rows.columns, rows.kinds, rules)
        table, own_rules, taken = _imported(rows)
        return PerimeterTable(rows.columns, rows.kinds, own_rules, table, taken)

    def _of_role(self, role: str) -> list[FilteredLayer]:
        return [known for known in self._layers.values() if known.role == role]

    def _places(self) -> list[FilteredLayer]:
        return [known for role in _PLACES for known in self._of_role(role)]

    def _perimeters(self, known: FilteredLayer) -> PerimeterTable:
        from ..toolkit.moment_filter import PerimeterTable

        return known.table if isinstance(known.table, PerimeterTable) else PerimeterTable({}, {}, _no_rules())

    # -- asking ------------------------------------------------------------------------------------------------------

    def ask(self, question: Question) -> Iterator[Shown | None]:
        """Work out the states of all rows, step by step: None after each layer, the result at the end."""
        from ..toolkit.moment_filter import Found, PerimeterTable

        answers: dict[str, Answer] = {}
        sure: dict[str, int] | None = None
        unknown: dict[str, int] = {}
        bays: tuple[int, int, int] | None = None
        for identifier, known in self._layers.items():
            if known.table is None or sip.isdeleted(known.layer):
                continue
            try:
                answer = answers[identifier] = known.table.answer(question)
            except JoptimizError as error:
                self._say(f"{known.layer.name()} : {error}")
                continue
            if isinstance(known.table, PerimeterTable):
                sure = _sum(sure or {}, known.table.by_kind(answer))
                unknown = _sum(unknown, known.table.by_kind(answer, 1))
            elif known.role == "bays":
                before = bays or (0, 0, 0)
                bays = (before[0] + answer.certain, before[1] + answer.unknown, before[2] + len(answer.state))
            yield None
        yield Shown(question, Found(sure, unknown, bays, question.vehicle is not None), answers)

    def show(self, shown: Shown) -> Iterator[None]:
        """Filter the layers, step by step; those that cannot be are among `problems`."""
        self.filtering = True
        for identifier, answer in shown.answers.items():
            known = self._layers.get(identifier)
            if known is None or known.table is None or sip.isdeleted(known.layer):
                continue
            self._filter(known, answer)
            yield None
        for layer, _ in self.layers():
            if layer.isEditable():
                self._say(_tr("“{name}” is being edited: its filter stays as it is until its changes are saved.").format(name=layer.name()))

    def restore(self) -> None:
        """Give every layer of the project the filter back that its user had set; one in edit mode gets it when that ends."""
        self.filtering = False
        self.problems = []
        for layer in self.project.mapLayers().values():
            if isinstance(layer, QgsVectorLayer) and self._whose(layer) is not None:
                self._set(layer, self.user_filter(layer))

    def _filter(self, known: FilteredLayer, answer: Answer) -> None:
        layer = known.layer
        if layer.isEditable():
            return
        user = self.user_filter(layer)
        if user.lstrip()[:6].lower() == "select":
            self._say(_tr("“{name}” has a filter of its own that is a whole query: it is left as it is.").format(name=layer.name()))
            return
        dialect = dialect_of(layer)
        text = None if known.table is None else known.table.subset(answer, known.rows.numbers(dialect), dialect)
        if text is None or not layer.dataProvider().supportsSubsetString():
            self._say(_tr("The source of “{name}” cannot be filtered by moments. Import it into a GeoPackage.").format(name=layer.name()))
            return
        self._set(layer, joined_filter(user, text))

    def _set(self, layer: QgsVectorLayer, text: str) -> bool:
        """Set a filter, and remember whose it is."""
        user = self.user_filter(layer)
        if layer.subsetString() != text:
            self._setting = True
            try:
                if not layer.setSubsetString(text):
                    if not layer.isEditable():
                        self._say(_tr("“{name}” does not accept the filter; it stays as it is.").format(name=layer.name()))
                    return False
            finally:
                self._setting = False
        self._remember(layer, user, text)
        return True

    def _say(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    # -- at a point --------------------------------------------------------------------------------------------------

    def here(self, question: Question, point: QgsPointXY, crs: QgsCoordinateReferenceSystem) -> list[PerimeterHere]:
        """What applies at a point of the map, the filters notwithstanding."""
        from ..toolkit.here import perimeters_here
        from ..toolkit.moment_filter import PerimeterTable

        found: list[PerimeterHere] = []
        for known in self._places():
            if not isinstance(known.table, PerimeterTable) or sip.isdeleted(known.layer) or not len(known.rows):
                continue
            place = QgsCoordinateTransform(crs, known.layer.crs(), self.project).transform(point)
            shapes = known.shapes()
            found += perimeters_here(known.table, shapes, place.x(), place.y(), question)
        return found

    # -- whose filter it is ------------------------------------------------------------------------------------------

    def user_filter(self, layer: QgsVectorLayer) -> str:
        """The filter that the layer's user has set, without ours."""
        whose = self._whose(layer)
        return layer.subsetString() if whose is None else whose["user"]

    def _whose(self, layer: QgsVectorLayer) -> dict[str, str] | None:
        """What is remembered of the layer's present filter; None where it is not ours (any more)."""
        present = layer.subsetString()
        # A style or a theme brings back the property of its day: the entry in the project counts then; a copied layer has the property only.
        for text in (json.dumps(self._entries().get(layer.id())), layer.customProperty(PROPERTY, "")):
            found = _dictionary(text)
            if found.get("ours") == present and found.get("user") != present:
                return found
        return None

    def _remember(self, layer: QgsVectorLayer, user: str, ours: str) -> None:
        entries = self._entries()
        if user == ours:
            layer.removeCustomProperty(PROPERTY)
            if entries.pop(layer.id(), None) is None:
                return
        else:
            entries[layer.id()] = {"user": user, "ours": ours}
            layer.setCustomProperty(PROPERTY, json.dumps(entries[layer.id()]))
        if entries:
            self.project.writeEntry(_SCOPE, _ENTRY, json.dumps(entries))
        else:
            self.project.removeEntry(_SCOPE, _ENTRY)

    def _entries(self) -> dict[str, Any]:
        return _dictionary(self.project.readEntry(_SCOPE, _ENTRY, "")[0])

    # -- changes -----------------------------------------------------------------------------------------------------

    def _listen(self, layer: QgsVectorLayer) -> None:
        if layer.id() in self._listening:
            return
        stale = functools.partial(self._stale, layer.id())
        edited = functools.partial(self._edited, layer.id())
        links: list[tuple[Any, Callable[..., None]]] = [(layer.editingStopped, edited)]
        links += [(signal, stale) for signal in (layer.afterCommitChanges, layer.dataChanged, layer.subsetStringChanged)]
        for signal, slot in links:
            signal.connect(slot)
        self._listening[layer.id()] = links

    def _stale(self, identifier: str) -> None:
        if not self._setting:
            self._layers.pop(identifier, None)

    def _edited(self, identifier: str) -> None:
        """A layer that was left alone while it was edited gets its own filter back, if that is what was wanted meanwhile."""
        layer = self.project.mapLayer(identifier)
        if not self.filtering and isinstance(layer, QgsVectorLayer) and self._whose(layer) is not None:
            self._set(layer, self.user_filter(layer))

    def _unchanged(self, layer: QgsVectorLayer) -> bool:
        known = self._layers[layer.id()]
        return known.layer is layer and not sip.isdeleted(known.layer)

    def _forget(self, identifier: str) -> None:
        known = self._layers.pop(identifier, None)
        links = self._listening.pop(identifier, [])
        layer = self.project.mapLayer(identifier)
        if layer is None and (known is None or sip.isdeleted(known.layer)):
            return
        for signal, slot in links:
            signal.disconnect(slot)

    def forget(self) -> None:
        """Drop all that was read and listen no more; filters stay as they are."""
        for identifier in {*self._layers, *self._listening}:
            self._forget(identifier)
        self._tables_made = ()
        self.problems = []

    # -- themes ------------------------------------------------------------------------------------------------------

    def save_theme(self, name: str, shown: Shown, model: QgsLayerTreeModel) -> None:
        """Keep what applies as the map theme `name`: each layer gets a style of that name which draws only these rows.

        A theme keeps styles and no filters; a rule of a style is a plain expression, which QGIS Server understands too.
        """
        previous: dict[QgsVectorLayer, str] = {}
        for identifier, answer in shown.answers.items():
            known = self._layers.get(identifier)
            if known is None or known.table is None or not known.layer.isSpatial() or known.layer.renderer() is None:
                continue
            previous[known.layer] = known.layer.styleManager().currentStyle()
            self._add_style(name, known, answer)
        theme = QgsMapThemeCollection.createThemeFromCurrentState(self.project.layerTreeRoot(), model)
        collection = self.project.mapThemeCollection()
        if collection.hasMapTheme(name):
            collection.update(name, theme)
        else:
            collection.insert(name, theme)
        for layer, style in previous.items():
            layer.styleManager().setCurrentStyle(style)
            layer.triggerRepaint()

    def _add_style(self, name: str, known: FilteredLayer, answer: Answer) -> None:
        from ..toolkit.subset_strings import DIALECTS

        manager = known.layer.styleManager()
        if name in manager.styles() and manager.currentStyle() != name:
            manager.removeStyle(name)
        if name not in manager.styles():
            manager.addStyleFromLayer(name)
        manager.setCurrentStyle(name)
        table = known.table
        text = "" if table is None else table.subset(answer, known.rows.feature_numbers(), DIALECTS["expression"])
        if text:
            known.layer.setRenderer(_only(known.layer, text))


def joined_filter(user: str, ours: str) -> str:
    """Both conditions; the user's ends its line where it may end in a comment."""
    if not user or not ours:
        return user or ours
    end = "\n" if "--" in user else ""
    return f"({user}{end}) AND ({ours})"


def _only(layer: QgsVectorLayer, condition: str) -> QgsRuleBasedRenderer:
    """The layer's renderer, for the rows that meet `condition` only."""
    rules = QgsRuleBasedRenderer.convertFromRenderer(layer.renderer(), layer)
    root = QgsRuleBasedRenderer.Rule(None)
    holder = QgsRuleBasedRenderer.Rule(None, 0, 0, condition)
    for rule in rules.rootRule().children():
        holder.appendChild(rule.clone())
    root.appendChild(holder)
    return QgsRuleBasedRenderer(root)


def shapes_of(rows: LayerRows) -> gpd.GeoSeries:
    """Geometries that were read with the rows."""
    import geopandas as gpd
    import numpy as np
    import shapely

    shapes = np.empty(len(rows), dtype=object)
    shapes[:] = rows.shapes
    return gpd.GeoSeries(shapely.from_wkb(shapes, on_invalid="ignore"), crs=rows.crs or None)


def _imported(rows: LayerRows) -> tuple[Any, Any, Any]:
    """Perimeters as they were published: the fields of our table, their rules, and which rows are perimeters at all."""
    import numpy as np
    import pandas as pd

    from ..toolkit.read.perimeters import perimeters_from_raw
    from ..toolkit.read.raw import RawTable

    reading = perimeters_from_raw(RawTable(rows.name, pd.DataFrame(rows.columns), np.arange(1, len(rows) + 1), shapes_of(rows)))
    taken: np.ndarray = np.zeros(len(rows), dtype=bool)
    taken[reading.table.index.to_numpy()] = True
    table = pd.DataFrame(reading.table.drop(columns="geometry")).reindex(range(len(rows)))
    table["cle"] = table["cle"].astype(object).where(taken, [f"#{row}" for row in range(len(rows))])
    return table, reading.rules, taken


def _joined(perimeters: list[PerimeterTable]) -> dict[str, Any]:
    """Perimeters of several layers as one table; of those with the same key the first."""
    import pandas as pd

    if not perimeters:
        return {}
    table = pd.concat([each.table for each in perimeters], ignore_index=True)
    if "cle" in table:
        table = table[table["cle"].notna() & ~table["cle"].duplicated()]
    return _columns(table.reset_index(drop=True))


def _columns(table: Any) -> dict[str, Any]:
    return {str(name): table[name] for name in table}


def _no_rules() -> Any:
    import pandas as pd

    return pd.DataFrame({"perimetre": pd.Series(dtype=object)})


def _sum(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {kind: one.get(kind, 0) + other.get(kind, 0) for kind in {**one, **other}}


def _dictionary(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text) if text else None
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _tr(text: str) -> str:
    return QCoreApplication.translate("MomentLayer", text)
