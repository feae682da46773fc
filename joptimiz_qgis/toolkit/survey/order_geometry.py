"""Geometry for orders that have none: the street of their name, the part of it between two points, the whole municipality.

Nothing is guessed: a name that stands for several places, or that no street bears, leaves the order where it was and is told.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.ops import substring

from ..crs import WGS84, has_position, metric_crs, require_crs, to_crs
from ..errors import HeaderError
from ..messages import Message, count
from ..progress import Progress
from ..read import positions
from ..read.mapping import fold
from ..read.regulations import TO_LOCATE
from .street_names import is_municipality, likely, normalised, normalised_town

STREET, SECTION, MUNICIPALITY = "voie", "section", "commune"
"""Values of ``geom_origine``."""

APART_M = 300.0
"""Pieces of one name that lie farther apart are two streets of that name."""
NEAR_M = 100.0
"""A start or an end farther from its street is not on it."""
CROSSING_M = 30.0
"""Two streets that come so near to each other meet: half the width of a crossroads or a roundabout."""
_SAME_POINT_M = 0.5

_NAMES = (
    "nom", "name", "nomvoie", "nomdevoie", "nomrue", "libellevoie", "libvoie", "voie", "nom1gauche", "nomcollaboratifgauche", "toponyme", "libelle",
)  # fmt: skip
_STREET_CODES = ("codeinsee", "inseecom", "inseecommune", "inseecomg", "inseecommunegauche", "citycode", "refinsee")
_CODES = ("codeinsee", "inseecom", "insee", "codecom", "codecommune", "codegeo", "refinsee", "comm", "code", "cog")
_TOWNS = ("nom", "nomcom", "nomcommune", "libelle", "libgeo", "libcom", "commune", "name")


@dataclass(frozen=True)
class Located:
    """What locating has given.

    Attributes
    ----------
    orders : GeoDataFrame
        Those given, with the geometries found (EPSG:4326) and ``geom_origine``, ``geom_source``.
    found : Series of str
        Index of the orders that got a geometry: ``voie``, ``section`` or ``commune``.
    told : dict of Message
        Order → why it has none, or what was supposed.
    """

    orders: gpd.GeoDataFrame
    found: pd.Series
    told: dict[Any, Message] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """Orders, those that got a geometry by each way, and those that still have none."""
        by_way = self.found.value_counts()
        return {
            "orders": len(self.orders),
            "streets": int(by_way.get(STREET, 0)),
            "sections": int(by_way.get(SECTION, 0)),
            "municipalities": int(by_way.get(MUNICIPALITY, 0)),
            "without_geometry": int((~has_position(self.orders.geometry)).sum()),
        }

    def sentences(self) -> list[Message]:
        """The result in words, then what was told of each order."""
        figures = {name: count(number) for name, number in self.counts().items()}
        whole = Message(
            "{orders} orders: {streets} got the whole street, {sections} a part of it, {municipalities} the municipality; "
            "{without_geometry} are still to be located.",
            **figures,
        )
        rows = self.orders.loc[list(self.told)] if self.told else self.orders.iloc[:0]
        each = [
            Message("“{key}” ({place}): {told}", key=key, place=place or "?", told=self.told[label])
            for label, key, place in zip(rows.index, rows["cle"], rows["emprise_designation"])
        ]
        return [whole, *each]


def locate_orders(
    orders: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame | None = None,
    municipalities: gpd.GeoDataFrame | None = None,
    street_name: str | None = None,
    source: str = "",
    replace: bool = False,
    progress: Progress | None = None,
) -> Located:
    """Give orders the geometry of the place that they name.

    Parameters
    ----------
    orders : GeoDataFrame
        Fields of the table regulations; those that have a geometry keep it.
    streets : GeoDataFrame, optional
        Lines with names, any CRS; of the same street in several pieces or one.
    municipalities : GeoDataFrame, optional
        Areas with an INSEE code or a name, any CRS. With them, a street is looked for in the order's own municipality only.
    street_name : str, optional
        Column of the streets' names, where its name does not tell.
    source : str
        What to write into ``geom_source`` where that is empty.
    replace : bool
        Locate orders anew that were located by name before (``geom_origine`` other than published or drawn).

    Returns
    -------
    Located

    Raises
    ------
    HeaderError
        No column of the streets holds names, none of the municipalities codes or names.
    CrsError
        A layer has no CRS.
    """
    progress = progress or Progress()
    network = None if streets is None else _Streets.of(streets, street_name, municipalities)
    areas = None if municipalities is None else _Areas.of(municipalities)
    placed = orders.to_crs(WGS84) if orders.crs is not None else orders.set_crs(WGS84)
    again = placed["geom_origine"].isin([STREET, SECTION, MUNICIPALITY]) if replace else pd.Series(False, index=placed.index)
    wanted = np.flatnonzero(~has_position(placed.geometry) | again.to_numpy())
    shapes = placed.geometry.to_numpy().copy()
    found: dict[Any, str] = {}
    told: dict[Any, Message] = {}
    for number, row in enumerate(wanted):
        progress.step(number / max(len(wanted), 1))
        label, order = placed.index[row], placed.iloc[row]
        result = _located(order, network, areas)
        if result.shape is not None:
            shapes[row], found[label] = result.shape, result.way
        if result.told is not None:
            told[label] = result.told
    ways = pd.Series(found, dtype=object)
    origin = placed["geom_origine"].where(~placed.index.isin(ways.index), ways.reindex(placed.index))
    lost = shapely.is_missing(shapes)
    filled = placed["geom_source"].where(~(placed.index.isin(ways.index) & placed["geom_source"].isna()), source or None)
    table = placed.assign(geom_origine=origin.where(~lost, TO_LOCATE), geom_source=filled)
    return Located(table.set_geometry(gpd.GeoSeries(shapes, index=placed.index, crs=WGS84)), ways, told)


@dataclass(frozen=True)
class _Place:
    """A geometry in EPSG:4326 and the way it was found, or why there is none."""

    shape: Any = None
    way: str = ""
    told: Message | None = None


def _located(order: pd.Series, streets: _Streets | None, areas: _Areas | None) -> _Place:
    name = order["emprise_designation"]
    if not name:
        return _Place(told=Message("it names no street and no municipality (EMPRISE_DESIGNATION is empty)"))
    if is_municipality(name, order["coll_nom"] or ""):
        if areas is None:
            return _Place(told=Message("it holds in a whole municipality: give a layer of municipalities"))
        return areas.of_order(order)
    if streets is None:
        return _Place(told=Message("it holds on a street: give a layer of streets"))
    return streets.of_order(order, areas)


def street_columns(streets: gpd.GeoDataFrame) -> tuple[str, str | None]:
    """Columns of a layer of streets that hold their names and their INSEE codes.

    Raises
    ------
    HeaderError
        None holds names.
    """
    name = _column(streets, _NAMES)
    if name is None:
        raise _no_names(streets)
    return name, _column(streets, _STREET_CODES)


def _no_names(streets: gpd.GeoDataFrame) -> HeaderError:
    return HeaderError(
        "The layer of streets has no column of names. Expected: one like {names}; found: {columns}. Say which one it is.",
        names="nom, name, nom_voie",
        columns=", ".join(map(str, streets.columns)),
    )


# -- municipalities ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Areas:
    by_code: dict[str, Any]
    by_name: dict[str, list[Any]]

    @classmethod
    def of(cls, municipalities: gpd.GeoDataFrame) -> _Areas:
        require_crs(municipalities.geometry, "municipalities")
        code, name = _column(municipalities, _CODES), _column(municipalities, _TOWNS)
        if code is None and name is None:
            raise HeaderError(
                "The layer of municipalities has neither INSEE codes nor names. Expected: a column like {codes} or {names}; found: {columns}.",
                codes="code_insee", names="nom", columns=", ".join(map(str, municipalities.columns)),
            )  # fmt: skip
        shapes = municipalities.geometry.to_crs(WGS84).to_numpy()
        codes = [] if code is None else [str(value).strip().zfill(5) for value in municipalities[code]]
        names = [] if name is None else [normalised_town(str(value)) for value in municipalities[name]]
        by_name: dict[str, list[Any]] = {}
        for each, shape in zip(names, shapes):
            by_name.setdefault(each, []).append(shape)
        return cls(dict(zip(codes, shapes)), by_name)

    def of_order(self, order: pd.Series) -> _Place:
        """The municipality of an order: by its INSEE code, else by its name where only one bears it."""
        shape = self.by_code.get(order["coll_insee"] or "")
        if shape is None:
            named = self.by_name.get(normalised_town(order["coll_nom"] or order["emprise_designation"]), [])
            if len(named) > 1:
                return _Place(told=Message("{count} municipalities are called so: give their INSEE codes", count=len(named)))
            shape = named[0] if named else None
        if shape is None:
            missing = Message("the layer of municipalities has no {code} ({name})", code=order["coll_insee"] or "?", name=order["coll_nom"] or "?")
            return _Place(told=missing)
        return _Place(shape, MUNICIPALITY)

    def area(self, order: pd.Series) -> Any:
        """The municipality's shape; None where it is not in the layer."""
        return self.of_order(order).shape


# -- streets -------------------------------------------------------------------------------------------------------------


@dataclass
class _Streets:
    """Lines by normalised name, in a metric CRS."""

    lines: gpd.GeoSeries
    codes: np.ndarray
    by_name: dict[str, list[int]]

    @classmethod
    def of(cls, streets: gpd.GeoDataFrame, name: str | None, municipalities: gpd.GeoDataFrame | None) -> _Streets:
        require_crs(streets.geometry, "streets")
        column = name or _column(streets, _NAMES)
        if column is None or column not in streets.columns:
            raise _no_names(streets)
        shapes = streets.geometry.reset_index(drop=True)
        named = pd.Series(streets[column].to_numpy(dtype=object))
        usable = has_position(shapes) & (shapely.get_dimensions(shapes.to_numpy()) == 1) & named.notna().to_numpy()
        code = _column(streets, _STREET_CODES)
        codes = np.full(len(shapes), "", dtype=object) if code is None else np.array([str(each or "") for each in streets[code]], dtype=object)
        crs = metric_crs(shapes if municipalities is None or usable.any() else municipalities.geometry)
        by_name: dict[str, list[int]] = {}
        for row in np.flatnonzero(usable):
            by_name.setdefault(normalised(str(named[row])), []).append(int(row))
        return cls(to_crs(shapes, crs), codes, by_name)

    def of_order(self, order: pd.Series, areas: _Areas | None) -> _Place:
        """The street of an order, or the part of it between its two ends."""
        key = normalised(order["emprise_designation"])
        rows = self._in_town(self.by_name.get(key, []), order, areas)
        if not rows:
            return _Place(told=self._unknown(key, order, areas))
        pieces = self._together(rows)
        ends = self._ends(order, rows, areas)
        if len(pieces) > 1:
            near = [piece for piece in pieces if ends and all(piece.distance(end) <= NEAR_M for end in ends)]
            if len(near) != 1:
                said = Message(
                    "{count} places in the layer bear this name, {metres:g} m and more apart: draw it, or give its two ends",
                    count=len(pieces),
                    metres=APART_M,
                )
                return _Place(told=said)
            pieces = near
        return self._part(pieces[0], ends, order)

    def _in_town(self, rows: Sequence[int], order: pd.Series, areas: _Areas | None) -> list[int]:
        """Lines of the order's own municipality, by their code, else by where they lie."""
        code = order["coll_insee"] or ""
        if code and any(self.codes[row] for row in rows):
            return [row for row in rows if self.codes[row] == code]
        area = areas.area(order) if areas is not None else None
        if area is None:
            return list(rows)
        inside = gpd.GeoSeries([area], crs=WGS84).to_crs(self.lines.crs).iloc[0]
        return [row for row in rows if self.lines.iloc[row].intersects(inside)]

    def _unknown(self, key: str, order: pd.Series, areas: _Areas | None) -> Message:
        near = [name for name in likely(key, self.by_name) if self._in_town(self.by_name[name], order, areas)]
        if near:
            return Message("no street of the layer bears this name; the nearest are: {names}", names=", ".join(near))
        return Message("no street of the layer bears this name")

    def _together(self, rows: Sequence[int]) -> list[Any]:
        """One shape for each place where lines of a name lie together."""
        lines = self.lines.iloc[list(rows)].to_numpy()
        around = shapely.get_parts(shapely.union_all(shapely.buffer(lines, APART_M / 2)))
        return [shapely.union_all(lines[shapely.intersects(part, lines)]) for part in around]

    def _ends(self, order: pd.Series, rows: Sequence[int], areas: _Areas | None) -> list[Any]:
        """Start and end of the section as points: by coordinates, else where the streets that they name meet this one; else none."""
        text = pd.Series([order["geom_debut"], order["geom_fin"]], dtype=object)
        first, second = positions.pairs(text)
        if np.isfinite(first).all() and np.isfinite(second).all():
            return list(gpd.GeoSeries(shapely.points(first, second), crs=WGS84).to_crs(self.lines.crs))
        street = shapely.union_all(self.lines.iloc[list(rows)].to_numpy())
        crossings = [self._crossing(street, order[name], order, areas) for name in ("emprise_debut", "emprise_fin")]
        return crossings if all(crossing is not None for crossing in crossings) else []

    def _crossing(self, street: Any, name: str | None, order: pd.Series, areas: _Areas | None) -> Any:
        """Where the street called `name` meets `street`; None where it does not, or at several places."""
        rows = self._in_town(self.by_name.get(normalised(name or ""), []), order, areas) if name else []
        if not rows:
            return None
        other = shapely.union_all(self.lines.iloc[rows].to_numpy())
        if street.distance(other) > CROSSING_M:
            return None
        meeting = street.intersection(other.buffer(CROSSING_M))
        places = shapely.get_parts(shapely.union_all(shapely.buffer(shapely.get_parts(meeting), CROSSING_M)))
        return shapely.shortest_line(street, other).interpolate(0) if len(places) == 1 else None

    def _part(self, street: Any, ends: list[Any], order: pd.Series) -> _Place:
        if not ends:
            partly = [order[name] for name in ("geom_debut", "geom_fin", "emprise_debut", "emprise_fin") if order[name]]
            told = Message("it holds on a part of the street ({ends}) that could not be found: the whole street was taken", ends=" – ".join(partly))
            return _Place(self._shown(street), STREET, told if partly else None)
        far = max(street.distance(end) for end in ends)
        if far > NEAR_M:
            return _Place(told=Message("its start or end lies {metres:.0f} m from the street of its name", metres=far))
        path = between(street, *ends)
        if path is None:
            return _Place(told=Message("no way along the street leads from its start to its end"))
        return _Place(self._shown(path), SECTION)

    def _shown(self, shape: Any) -> Any:
        return gpd.GeoSeries([shape], crs=self.lines.crs).to_crs(WGS84).iloc[0]


def between(street: Any, start: Any, end: Any) -> Any:
    """The shortest way along `street` from where `start` is nearest to it to where `end` is.

    Parameters
    ----------
    street : LineString or MultiLineString
        Metric; its pieces are joined where they touch or cross.
    start, end : Point

    Returns
    -------
    LineString, MultiLineString or None
        None where the street is in parts that do not touch, or start and end are the same place.
    """
    lines = list(shapely.get_parts(shapely.line_merge(shapely.union_all(shapely.node(shapely.MultiLineString(list(shapely.get_parts(street))))))))
    edges: list[tuple[Any, Any, Any]] = []
    marks = {"start": start, "end": end}
    holders = {name: int(np.argmin([line.distance(point) for line in lines])) for name, point in marks.items()}
    for number, line in enumerate(lines):
        cuts: list[tuple[float, Any]] = [(0.0, _node(line.coords[0])), (line.length, _node(line.coords[-1]))]
        cuts += [(line.project(marks[name]), name) for name, holder in holders.items() if holder == number]
        cuts.sort(key=lambda cut: cut[0])
        for (before, one), (after, other) in zip(cuts, cuts[1:]):
            edges.append((one, other, substring(line, before, after) if after > before else None))
    path = _shortest(edges, "start", "end")
    parts = [part for part in path or [] if part is not None and part.length > 0]
    if not parts:
        return None
    return shapely.line_merge(shapely.MultiLineString(parts)) if len(parts) > 1 else parts[0]


def _node(xy: tuple[float, ...]) -> tuple[int, int]:
    return round(xy[0] / _SAME_POINT_M), round(xy[1] / _SAME_POINT_M)


def _shortest(edges: Sequence[tuple[Any, Any, Any]], start: Any, end: Any) -> list[Any] | None:
    """Geometries of the edges of the shortest path (Dijkstra: a street has few edges)."""
    around: dict[Any, list[tuple[Any, Any]]] = {}
    for one, other, shape in edges:
        around.setdefault(one, []).append((other, shape))
        around.setdefault(other, []).append((one, shape))
    queue: list[tuple[float, int, Any, list[Any]]] = [(0.0, 0, start, [])]
    done, number = set(), 0
    while queue:
        length, _, node, path = heapq.heappop(queue)
        if node == end:
            return path
        if node in done:
            continue
        done.add(node)
        for other, shape in around.get(node, []):
            number += 1
            heapq.heappush(queue, (length + (0.0 if shape is None else shape.length), number, other, [*path, shape]))
    return None


def _column(table: pd.DataFrame, names: Sequence[str]) -> str | None:
    """The first column of one of these names, whatever its case, accents and punctuation."""
    by_name = {fold(str(column)): str(column) for column in reversed(list(table.columns))}
    return next((by_name[name] for name in names if name in by_name), None)
