"""A survey against the inventory: what is matched, new, missing or for a person to judge; decisions as data; the new inventory.

Nothing is written here. Identifiers of the inventory are always kept, and no bay leaves it without a decision that says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..changes import GEOMETRY, compare
from ..company.checks import address_key, folded
from ..crs import WGS84, metric_crs, to_crs
from ..errors import ParameterError
from ..messages import Message, count, tr
from ..progress import Progress
from ..schema import load_table
from ..schema.table import with_none
from . import project
from .conflicts import MERGIN_COPY, Edit
from .decisions import (
    ACCEPT,
    ACTIONS,
    ADD,
    CLOSE,
    DELETE,
    INVENTORY,
    LEAVE,
    MATCHED,
    MISSING,
    NEW,
    NOT_VISITED,
    REFUSE,
    REVIEW,
    SURVEY,
    Decision,
)
from .match_settings import REASONS, MatchSettings
from .matching import AUTOMATIC, match
from .returned import LINE, NOTE, OWN_COLUMNS, STATUS, VISITED, Surveys
from .returned import SURVEY as SURVEY_NAME

KINDS = (REVIEW, MATCHED, NEW, MISSING, NOT_VISITED)
KEPT_FIELDS = ("uuid", "id", "nom")
"""Identifiers: the inventory's stay; a survey's fill them only where the inventory has none."""
_NOT_COMPARED = (*KEPT_FIELDS, "longitude", "latitude", "source", "source_ligne", "remarques", "temporalite_defaut")


@dataclass(frozen=True)
class MergeSettings:
    """How a survey is merged.

    Attributes
    ----------
    matching : MatchSettings
    position : str
        Whose position a matched bay takes where nobody decided: ``survey`` or ``inventory``. A footprint is never replaced by a point.
    reach_m : float
        Bays of the inventory that lie farther from every surveyed one are outside the survey, and not missing, where the survey does not
        bring its territory: 250 m is the next street but one.
    """

    matching: MatchSettings = field(default_factory=MatchSettings)
    position: str = SURVEY
    reach_m: float = 250.0

    def __post_init__(self) -> None:
        """Refuse another position than these two."""
        if self.position not in (SURVEY, INVENTORY):
            raise ParameterError("“{value}” is none of: {allowed}.", value=self.position, allowed=f"{SURVEY}, {INVENTORY}")


@dataclass(frozen=True)
class FieldChange:
    """One field that the survey has otherwise; `moved_m` for the position."""

    field: str
    old: Any
    new: Any
    moved_m: float = float("nan")


@dataclass
class Item:
    """One bay, or one pair, and what is to be done with it.

    Attributes
    ----------
    key : str
        The same at every run on the same files: decisions refer to it.
    kind : str
        One of `KINDS`.
    inventory, survey : label or None
        Rows of `Merge.inventory` and `Merge.surveyed`.
    copies : tuple
        Other rows of `Merge.surveyed` that are the same bay with other values.
    near : label or None
        The inventory's bay of which a surveyed one without partner may be a double.
    reasons : tuple of str
        Keys of `matching.REASONS`: why a person should look.
    evidence : dict
        `distance_m`, `street` (0–1), `number_gap`, `side` (1 where they differ), `length_gap_m`, `margin`, `identifier`.
    changes : list of FieldChange
        Against the first of the survey's rows.
    conflicts : list of Edit
        What conflict files say of it.
    """

    key: str
    kind: str
    inventory: Any = None
    survey: Any = None
    copies: tuple[Any, ...] = ()
    near: Any = None
    reasons: tuple[str, ...] = ()
    evidence: dict[str, Any] = field(default_factory=dict)
    changes: list[FieldChange] = field(default_factory=list)
    conflicts: list[Edit] = field(default_factory=list)

    @property
    def actions(self) -> tuple[str, ...]:
        """What a person may decide, what happens without a decision first (a doubtful pair then waits)."""
        if self.kind == REVIEW:
            return ACTIONS[REVIEW] if self.inventory is not None else (ADD, LEAVE)
        return ACTIONS[self.kind]

    def why(self) -> list[str]:
        """The reasons in words."""
        return [str(REASONS[reason]) for reason in self.reasons]


@dataclass
class Merge:
    """A survey that was compared with an inventory.

    Attributes
    ----------
    inventory : GeoDataFrame
        As it was read; unique labels.
    surveyed : GeoDataFrame
        All rows of all surveys, with `returned.OWN_COLUMNS`; EPSG:4326.
    items : list of Item
        Every row of the inventory is in exactly one of them, and so is every surveyed one that was visited.
    """

    inventory: gpd.GeoDataFrame
    surveyed: gpd.GeoDataFrame
    items: list[Item]
    surveys: Surveys
    settings: MergeSettings
    notes: list[Message] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """The figures: rows of both, items by kind, those of the matched that change, copies, conflicts, photos."""
        kinds = [item.kind for item in self.items]
        return {
            "inventory": len(self.inventory),
            "surveyed": len(self.surveyed),
            **{kind: kinds.count(kind) for kind in KINDS},
            "changed": sum(item.kind == MATCHED and bool(item.changes) for item in self.items),
            "not_found": sum(item.kind == MISSING and item.survey is not None for item in self.items),
            "copies": sum(len(item.copies) for item in self.items),
            "conflicts": len(self.surveys.conflicts),
            "photos": sum(len(part.photos) for part in self.surveys.parts),
            "photos_lost": sum(len(part.lost_photos) for part in self.surveys.parts),
        }

    def by_field(self) -> dict[str, int]:
        """Field → how many matched or doubtful pairs have it otherwise."""
        names = pd.Series([change.field for item in self.items for change in item.changes], dtype=object)
        return {str(name): int(number) for name, number in names.value_counts().items()}

    def sentence(self) -> str:
        """The counts in words."""
        figures = {name: count(number) for name, number in self.counts().items()}
        return tr(
            "{matched} bays matched ({changed} with changes), {review} to review, {new} new, {missing} missing, {not_visited} not visited.", **figures
        )

    def changes(self, item: Item, copy: int = 0) -> list[FieldChange]:
        """Changes of an item against the `copy`-th of its surveyed rows."""
        if not copy or item.inventory is None:
            return item.changes
        return _changes(self.inventory, self.surveyed, [(item.inventory, item.copies[copy - 1])])[0]

    def default_source(self, item: Item, change: FieldChange) -> str:
        """Whose value a field takes where nobody decided."""
        if change.field != GEOMETRY or item.inventory is None:
            return SURVEY
        before, after = self.inventory.geometry[item.inventory], self.surveyed.geometry[item.survey]
        keeps_shape = shapely.get_dimensions(before) > shapely.get_dimensions(after)
        return INVENTORY if keeps_shape else self.settings.position


def compared(
    inventory: gpd.GeoDataFrame,
    surveys: Surveys,
    settings: MergeSettings | None = None,
    communes: gpd.GeoDataFrame | None = None,
    territory: gpd.GeoSeries | None = None,
    progress: Progress | None = None,
) -> Merge:
    """Compare surveys with an inventory.

    Parameters
    ----------
    inventory : GeoDataFrame
        Bays in the fields of the schema, with a CRS.
    communes : GeoDataFrame, optional
        Polygons with a name (``nom``, else the first text column): a bay that went from one into another is told.
    territory : GeoSeries, optional
        Polygons that were to be surveyed, with a CRS: what lies outside is not missing.
    """
    settings, progress = settings or MergeSettings(), progress or Progress()
    inventory = inventory.reset_index(drop=True) if not inventory.index.is_unique else inventory
    surveyed = _together(surveys)
    leaders, copies = _copies(surveyed, surveys, settings.matching)
    progress.step(0.2, tr("Matching the bays"))
    matching = match(inventory, surveyed.loc[leaders], settings.matching, progress.part(0.2, 0.7))
    made = _Items(inventory, surveyed, leaders, copies)
    made.add_pairs(matching.pairs)
    outside = _outside(inventory.geometry.loc[matching.only_inventory], surveyed.geometry, territory, settings.reach_m)
    made.add_alone(matching.only_inventory, matching.only_survey, matching.doubles, outside)
    progress.step(0.75, tr("Comparing the fields"))
    made.add_changes()
    merge = Merge(inventory, surveyed, made.items, surveys, settings, [*matching.notes, *made.notes])
    _tell_conflicts(merge)
    if communes is not None and len(communes):
        _tell_communes(merge, communes)
    merge.items.sort(key=lambda item: KINDS.index(item.kind))
    return merge


# -- several surveys -----------------------------------------------------------------------------------------------------


def _together(surveys: Surveys) -> gpd.GeoDataFrame:
    parts = [part.bays for part in surveys.parts if len(part.bays)]
    names = [*load_table("bays").names, *OWN_COLUMNS]
    frames = [pd.DataFrame({**{name: part[name] for name in names if name in part}, "geometry": part.geometry}) for part in parts]
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), geometry="geometry", crs=WGS84)


def _copies(surveyed: gpd.GeoDataFrame, surveys: Surveys, settings: MatchSettings) -> tuple[list[Any], dict[Any, tuple[Any, ...]]]:
    """The row that speaks for each bay, and those rows of other surveys that are the same bay with other values."""
    group = np.arange(len(surveyed))
    names = [part.name for part in surveys.parts if len(part.bays)]
    by_name = {name: surveyed.index[surveyed[SURVEY_NAME] == name] for name in names}
    seen: dict[str, int] = {}
    for name in names:
        own = surveyed.loc[by_name[name], "uuid"].dropna().map(lambda text: str(text).strip().casefold())
        own = own[~own.duplicated(keep=False)]
        for label, text in zip(own.index.to_numpy(), own):
            group[label] = group[seen.setdefault(text, int(label))]
    for place, name in enumerate(names[1:], 1):  # two people may have drawn the same new bay
        before = surveyed.loc[[label for other in names[:place] for label in by_name[other] if group[label] == label]]
        alone = surveyed.loc[[label for label in by_name[name] if group[label] == label]]
        pairs = match(before, alone, settings).pairs if len(before) and len(alone) else None
        if pairs is not None:
            sure = pairs[pairs["decision"] == AUTOMATIC]
            group[sure["survey"].to_numpy(dtype=int)] = group[sure["inventory"].to_numpy(dtype=int)]
    order = _precedence(surveyed, surveys)
    members: dict[int, list[Any]] = {}
    for label in order:
        members.setdefault(int(group[label]), []).append(label)
    leaders = sorted(rows[0] for rows in members.values())
    return leaders, {rows[0]: _different(surveyed, rows) for rows in members.values() if len(rows) > 1}


def _precedence(surveyed: gpd.GeoDataFrame, surveys: Surveys) -> list[Any]:
    """Rows in the order in which they speak for a bay: visited ones, no conflicted copies, the latest first."""
    conflicted = {part.name for part in surveys.parts if part.conflict is not None}
    waiting = (surveyed[STATUS] == project.TO_SEE).to_numpy()
    copied = surveyed[SURVEY_NAME].isin(conflicted).to_numpy()
    when = with_none(surveyed[VISITED].where(surveyed[VISITED].notna(), surveyed["date_maj"])).map(str, na_action="ignore").fillna("").to_numpy()
    latest = np.unique(when.astype(str), return_inverse=True)[1]
    return list(surveyed.index[np.lexsort((np.arange(len(surveyed)), -latest, copied, waiting))])


def _different(surveyed: gpd.GeoDataFrame, rows: list[Any]) -> tuple[Any, ...]:
    """Those of the other rows that say something else and were visited."""
    others = [label for label in rows[1:] if surveyed.loc[label, STATUS] != project.TO_SEE]
    changes = _changes(surveyed, surveyed, [(rows[0], label) for label in others])
    return tuple(label for label, found in zip(others, changes) if found)


# -- items ---------------------------------------------------------------------------------------------------------------


class _Items:
    """Pairs and rows without a partner → items with keys."""

    def __init__(
        self, inventory: gpd.GeoDataFrame, surveyed: gpd.GeoDataFrame, leaders: list[Any], copies: Mapping[Any, tuple[Any, ...]]
    ) -> None:
        self.inventory, self.surveyed, self.copies = inventory, surveyed, copies
        self.first = _row_keys(inventory, ("uuid", "id"), [f"#{label}" for label in inventory.index])
        speaking = surveyed.loc[leaders]
        lines = [f"{name}#{line}" for name, line in zip(speaking[SURVEY_NAME], speaking[LINE])]
        self.second = _row_keys(speaking, ("uuid",), lines)
        self.items: list[Item] = []
        self.notes: list[Message] = []

    def add(self, kind: str, inventory: Any = None, survey: Any = None, **parts: Any) -> None:
        key = f"{'' if inventory is None else self.first[inventory]}|{'' if survey is None else self.second[survey]}"
        copies = self.copies.get(survey, ())
        self.items.append(Item(key, kind, inventory, survey, copies, **parts))

    def add_pairs(self, pairs: pd.DataFrame) -> None:
        status = self.surveyed[STATUS].to_dict()
        names = ("distance_m", "street", "number_gap", "side", "length_gap_m", "margin", "identifier")
        for pair in pairs.to_dict("records"):
            one, other = pair["inventory"], pair["survey"]
            evidence = {name: None if pd.isna(pair[name]) else pair[name] for name in names}
            reasons = (*pair["reasons"], *(("copy",) if self.copies.get(other) else ()))
            if status[other] == project.TO_SEE:
                self.add(NOT_VISITED, one, other, evidence=evidence)
            elif status[other] == project.NOT_FOUND and not reasons:
                self.add(MISSING, one, other, evidence=evidence)
            else:
                self.add(REVIEW if reasons else MATCHED, one, other, reasons=reasons, evidence=evidence)

    def add_alone(self, only_inventory: Iterable[Any], only_survey: Iterable[Any], doubles: Mapping[Any, Any], outside: set[Any]) -> None:
        unseen = 0
        for other in only_survey:
            state = self.surveyed.loc[other, STATUS]
            if state in (project.TO_SEE, project.NOT_FOUND):
                unseen += 1
                continue
            reasons = (*(("double",) if other in doubles else ()), *(("copy",) if self.copies.get(other) else ()))
            self.add(REVIEW if reasons else NEW, None, other, near=doubles.get(other), reasons=reasons)
        for one in only_inventory:
            self.add(NOT_VISITED if one in outside else MISSING, one)
        if outside:
            self.notes.append(Message("{count} bays of the inventory lie outside the survey: they do not count as missing.", count=len(outside)))
        if unseen:
            self.notes.append(Message("{count} bays of the survey that nobody saw are not in the inventory any more: left out.", count=unseen))

    def add_changes(self) -> None:
        paired = [item for item in self.items if item.kind in (MATCHED, REVIEW) and item.inventory is not None]
        found = _changes(self.inventory, self.surveyed, [(item.inventory, item.survey) for item in paired])
        for item, changes in zip(paired, found):
            item.changes = changes


def _outside(alone: gpd.GeoSeries, surveyed: gpd.GeoSeries, territory: gpd.GeoSeries | None, reach: float) -> set[Any]:
    """Labels of bays without a partner that nobody was to look for."""
    if not len(alone):
        return set()
    if territory is not None and len(territory):
        area = shapely.union_all(shapely.make_valid(territory.to_crs(WGS84).to_numpy()))
        inside = shapely.intersects(area, alone.to_crs(WGS84).to_numpy())
        return set(alone.index[~inside])
    crs = metric_crs(surveyed)
    points = shapely.centroid(to_crs(surveyed, crs).to_numpy())
    near, _ = shapely.STRtree(points).query_nearest(shapely.centroid(to_crs(alone, crs).to_numpy()), max_distance=reach)
    return set(alone.index[np.setdiff1d(np.arange(len(alone)), near)])


def _row_keys(table: gpd.GeoDataFrame, names: tuple[str, ...], fallback: list[str]) -> dict[Any, str]:
    """A text for each row: the first identifier that is its alone."""
    keys = pd.Series(None, index=table.index, dtype=object)
    for name in names:
        if name in table.columns:
            text = with_none(table[name].map(lambda value: str(value).strip() or None, na_action="ignore"))
            alone = text.notna() & ~text.duplicated(keep=False) & ~text.isin(set(keys.dropna()))
            keys = keys.where(keys.notna() | ~alone, text)
    return dict(zip(table.index, keys.where(keys.notna(), pd.Series(fallback, index=table.index, dtype=object))))


def _changes(inventory: gpd.GeoDataFrame, surveyed: gpd.GeoDataFrame, pairs: list[tuple[Any, Any]]) -> list[list[FieldChange]]:
    """What the survey has otherwise, pair by pair; what it does not say, and other spellings of an address, are no change."""
    if not pairs:
        return []
    fields = [name for name in load_table("bays").names if name not in _NOT_COMPARED and name in inventory and name in surveyed]
    sides = []
    for table, place in ((inventory, 0), (surveyed, 1)):
        rows = table.loc[[pair[place] for pair in pairs]]
        frame = pd.DataFrame({name: rows[name].to_numpy() for name in fields}).astype(object).assign(_pair=range(len(pairs)))
        sides.append(gpd.GeoDataFrame(frame, geometry=rows.geometry.to_numpy(), crs=table.crs))
    told: list[list[FieldChange]] = [[] for _ in pairs]
    for row in compare(sides[0], sides[1], "_pair").changed.to_dict("records"):
        change = FieldChange(row["field"], row["old"], row["new"], row["moved_m"])
        if change.new is not None and not _same(change):
            told[int(row["new_row"])].append(change)
    return told


def _same(change: FieldChange) -> bool:
    if not isinstance(change.old, str) or not isinstance(change.new, str) or change.field == GEOMETRY:
        return False
    fold = address_key if change.field == "adresse" else folded
    return fold(change.old) == fold(change.new)


def _tell_conflicts(merge: Merge) -> None:
    """Bays that conflict files are about are for a person."""
    edits: dict[str, list[Edit]] = {}
    for conflict in merge.surveys.conflicts:
        for edit in conflict.edits if conflict.kind != MERGIN_COPY else ():
            edits.setdefault(str(edit.row).casefold(), []).append(edit)
    if not edits:
        return
    for item in merge.items:
        names = [merge.inventory["uuid"].get(item.inventory), merge.surveyed["uuid"].get(item.survey) if item.survey is not None else None]
        found = next((edits[str(name).casefold()] for name in names if name is not None and str(name).casefold() in edits), [])
        if found:
            item.conflicts = found
            item.reasons = (*item.reasons, "conflict")
            item.kind = REVIEW if item.kind in (MATCHED, NEW) else item.kind


def _tell_communes(merge: Merge, communes: gpd.GeoDataFrame) -> None:
    """Pairs whose two positions lie in different municipalities."""
    paired = [item for item in merge.items if item.kind in (MATCHED, REVIEW) and item.inventory is not None]
    name = next((one for one in ("nom", "NOM", "libelle") if one in communes), str(communes.columns[0]))
    areas = communes.to_crs(WGS84)
    tree = shapely.STRtree(areas.geometry.to_numpy())
    before = merge.inventory.geometry.loc[[item.inventory for item in paired]].to_crs(WGS84).representative_point().to_numpy()
    after = merge.surveyed.geometry.loc[[item.survey for item in paired]].representative_point().to_numpy()
    inside = [dict(zip(*tree.query(points, predicate="within"))) for points in (before, after)]
    for place, item in enumerate(paired):
        one, other = (areas[name].iloc[found[place]] if place in found else None for found in inside)
        if one is not None and other is not None and one != other:
            item.reasons = tuple(dict.fromkeys((*item.reasons, "commune")))
            item.kind = REVIEW
            merge.notes.append(Message("The bay {key} went from {one} to {other}.", key=item.key.split("|")[0], one=one, other=other))


# -- the new inventory ---------------------------------------------------------------------------------------------------


@dataclass
class Applied:
    """The new inventory, and what makes it differ.

    Attributes
    ----------
    table : GeoDataFrame
        Rows of the inventory in their order, without those deleted, then the added ones; CRS of the inventory.
    cells : list of (label, field, old, new)
        Values that change.
    shapes : dict
        Label → new geometry.
    added : GeoDataFrame
        Rows that come; labels are those of `Merge.surveyed`.
    deleted : list
        Labels of the rows that a person wants gone.
    waiting : list of Item
        Doubtful ones without a decision: their bays stay as they are, and their surveyed rows are not added.
    bay_of : dict
        Label of a surveyed row → uuid of the bay that it is in the new inventory.
    """

    table: gpd.GeoDataFrame
    cells: list[tuple[Any, str, Any, Any]]
    shapes: dict[Any, Any]
    added: gpd.GeoDataFrame
    deleted: list[Any]
    waiting: list[Item]
    bay_of: dict[Any, str]
    left_out: int = 0

    def counts(self) -> dict[str, int]:
        """Rows after it, bays changed, values changed, bays added, deleted, waiting, left out."""
        changed = {label for label, *_ in self.cells} | set(self.shapes)
        return {
            "rows": len(self.table),
            "bays_changed": len(changed),
            "values_changed": len(self.cells) + len(self.shapes),
            "added": len(self.added),
            "deleted": len(self.deleted),
            "waiting": len(self.waiting),
            "left_out": self.left_out,
        }

    def sentence(self) -> str:
        """The counts in words."""
        figures = {name: count(number) for name, number in self.counts().items()}
        return tr(
            "{bays_changed} bays change ({values_changed} values), {added} are added, {deleted} deleted; {waiting} wait for a decision and stay as "
            "they are; {left_out} surveyed bays are left out.",
            **figures,
        )


def apply(merge: Merge, decisions: Mapping[str, Decision] | None = None) -> Applied:
    """The new inventory by the decisions; what is plain and undecided follows the defaults (see `Item.actions`).

    Raises
    ------
    ParameterError
        A decision is not one that its item can take.
    """
    run = _Application(merge, decisions or {})
    for item in merge.items:
        run.take(item)
    return run.applied()


class _Application:
    """One run over all items."""

    def __init__(self, merge: Merge, decisions: Mapping[str, Decision]) -> None:
        self.merge, self.decisions = merge, decisions
        self.cells: list[tuple[Any, str, Any, Any]] = []
        self.shapes: dict[Any, Any] = {}
        self.add: list[Any] = []
        self.deleted: list[Any] = []
        self.waiting: list[Item] = []
        self.bay_of: dict[Any, str] = {}
        self.left_out = 0
        names = (*KEPT_FIELDS, "longitude", "latitude", "active")
        self.before = {name: merge.inventory[name].to_dict() for name in names if name in merge.inventory}
        self.after = {name: merge.surveyed[name].to_dict() for name in KEPT_FIELDS if name in merge.surveyed}
        self.placed = merge.surveyed.geometry.to_crs(merge.inventory.crs)
        inside = merge.surveyed.geometry.representative_point()
        self.degrees = {"longitude": inside.x.round(7).to_dict(), "latitude": inside.y.round(7).to_dict()}

    def take(self, item: Item) -> None:
        decision = self.decisions.get(item.key)
        action = decision.action if decision is not None else "" if item.kind == REVIEW else item.actions[0]
        if action and action not in item.actions:
            allowed = ", ".join(item.actions)
            raise ParameterError(
                "“{action}” is no decision for the bay {key}. Expected one of: {allowed}.", action=action, key=item.key, allowed=allowed
            )
        if not action:
            self.waiting.append(item)
        elif action == ACCEPT:
            self.update(item, decision)
        elif action in (ADD, REFUSE):
            self.add.append(_row_of(item, decision))
        elif action == LEAVE:
            self.left_out += 1
        elif action == DELETE:
            self.deleted.append(item.inventory)
        elif action == CLOSE:
            self.change(item.inventory, "active", self.before.get("active", {}).get(item.inventory), False)

    def update(self, item: Item, decision: Decision | None) -> None:
        copy = decision.copy if decision is not None else 0
        row = _row_of(item, decision)
        for change in self.merge.changes(item, copy):
            chosen = decision.fields.get(change.field) if decision is not None else None
            if (chosen or self.merge.default_source(item, change)) == SURVEY:
                if change.field == GEOMETRY:
                    self.move(item.inventory, row)
                else:
                    self.change(item.inventory, change.field, change.old, change.new)
        for name in ("uuid", "nom"):
            after = self.after.get(name, {}).get(row)
            if name in self.before and pd.isna(self.before[name][item.inventory]) and not pd.isna(after):
                self.change(item.inventory, name, None, after)
        uuid = self.before.get("uuid", {}).get(item.inventory)
        for label in (item.survey, *item.copies):
            self.bay_of[label] = str(self.after.get("uuid", {}).get(row) if pd.isna(uuid) else uuid)

    def change(self, label: Any, name: str, old: Any, new: Any) -> None:
        self.cells.append((label, name, None if pd.isna(old) else old, new))

    def move(self, label: Any, row: Any) -> None:
        self.shapes[label] = self.placed[row]
        for name, values in self.degrees.items():
            if name in self.before:
                self.change(label, name, self.before[name][label], values[row])

    def applied(self) -> Applied:
        added = self.added_rows()
        table = self.merge.inventory.copy()
        schema = load_table("bays")
        place = {label: number for number, label in enumerate(table.index)}
        columns = {name: with_none(table[name]).to_numpy(dtype=object, copy=True) for name in {cell[1] for cell in self.cells}}
        for label, name, _, new in self.cells:
            columns[name][place[label]] = new
        for name, values in columns.items():
            table[name] = schema[name].typed(pd.Series(values, index=table.index, dtype=object))
        shapes = table.geometry.to_numpy().copy()
        for label, shape in self.shapes.items():
            shapes[place[label]] = shape
        table = table.set_geometry(gpd.GeoSeries(shapes, index=table.index, crs=table.crs)).drop(index=self.deleted)
        if len(added):
            renamed = [pd.DataFrame(frame).rename(columns={frame.geometry.name: "geometry"}) for frame in (table, added)]
            both = [renamed[0].astype(object), renamed[1].reindex(columns=renamed[0].columns).astype(object)]
            joined = pd.concat(both, ignore_index=True)
            typed = {name: schema[name].typed(joined[name]) for name in schema.names if name in joined}
            named = {name: typed.get(str(name), joined[name]) for name in joined.columns if name != "geometry"}
            table = gpd.GeoDataFrame(named, geometry=joined["geometry"].to_list(), crs=self.merge.inventory.crs)
        return Applied(table, self.cells, self.shapes, added, self.deleted, self.waiting, self.bay_of, self.left_out)

    def added_rows(self) -> gpd.GeoDataFrame:
        """Surveyed rows as the inventory takes them: with a uuid, and an identifier that no other bay has."""
        rows = self.merge.surveyed.loc[self.add].drop(columns=list(OWN_COLUMNS))
        taken = {name: set(self.merge.inventory[name].dropna().astype(str)) if name in self.merge.inventory else set() for name in ("uuid", "id")}
        uuids, names = [], []
        for label in rows.index:
            row = self.merge.surveyed.loc[label]
            own = row["uuid"] if isinstance(row["uuid"], str) and row["uuid"] not in taken["uuid"] else None
            uuid = own or str(uuid5(NAMESPACE_URL, f"{row[SURVEY_NAME]}#{row[LINE]}#{row.geometry.wkt}"))
            given = row["id"] if isinstance(row["id"], str) and row["id"] not in taken["id"] and row["id"] != str(row[LINE]) else None
            name = given or f"n-{uuid[:8]}"
            taken["uuid"].add(uuid)
            taken["id"].add(name)
            uuids.append(uuid)
            names.append(name)
            self.bay_of[label] = uuid
        rows = rows.assign(uuid=pd.Series(uuids, index=rows.index, dtype=object), id=pd.Series(names, index=rows.index, dtype=object))
        return rows.set_geometry(self.placed.loc[rows.index])


def _row_of(item: Item, decision: Decision | None) -> Any:
    """The surveyed row that speaks: a copy where the person chose one."""
    if decision is None or not decision.copy:
        return item.survey
    if decision.copy > len(item.copies):
        raise ParameterError("The bay {key} has no copy number {number}.", key=item.key, number=decision.copy)
    return item.copies[decision.copy - 1]


def merged_photos(merge: Merge, applied: Applied) -> tuple[pd.DataFrame, int]:
    """Photos of the bays that are in the new inventory, under their uuids there; and how many belong to none of them yet."""
    names = project.survey_layers()[project.PHOTOS].table.names
    rows, apart = [], 0
    for part in merge.surveys.parts:
        if part.photos.empty:
            continue
        own = merge.surveyed[merge.surveyed[SURVEY_NAME] == part.name]
        bays = {str(uuid).casefold(): applied.bay_of[label] for label, uuid in own["uuid"].items() if label in applied.bay_of and uuid is not None}
        for photo in part.photos.to_dict("records"):
            bay = bays.get(str(photo.get(project.BAY_OF)).casefold())
            if bay is None:
                apart += 1
                continue
            rows.append({**{name: photo.get(name) for name in names}, project.BAY_OF: bay, "file": photo["file"]})
    return pd.DataFrame(rows, columns=[*names, "file"]), apart


def remarks(merge: Merge, item: Item) -> str | None:
    """What the surveyor noted for the office."""
    if item.survey is None:
        return None
    note = merge.surveyed.loc[item.survey, NOTE]
    return None if note is None or pd.isna(note) else str(note)


