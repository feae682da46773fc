"""The steps of an import as the dialog takes them, each in the background: what was answered, what came out. No widget is touched here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..processing.company_settings import CompanySettings, company_settings
from ..toolkit.company.importing import address_file, header_memory, towns_of
from ..toolkit.company.recipe import Recipe
from ..toolkit.errors import CrsError, HeaderError, JoptimizError
from ..toolkit.messages import tr
from ..toolkit.progress import Progress
from ..toolkit.web import host_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from ..toolkit.company.checks import Finding
    from ..toolkit.company.columns import Suggestion
    from ..toolkit.company.geocoder import Consent
    from ..toolkit.company.history import History
    from ..toolkit.company.pipeline import CompanyImport, Located, Prepared
    from ..toolkit.company.reading import CompanyFile

PREVIEW_ROWS = 100
MAP_POINTS = 2_000
_OUTLIERS, _ENOUGH_FOR_OUTLIERS = 5, 20
"""Per cent of the positions at each end that a map need not show; how many positions there must be for that."""


@dataclass
class Opened:
    """A file that was read.

    Attributes
    ----------
    suggestions : dict
        Field → column with a reason; those of the recipe where it fits.
    kinds : dict
        Column → what its values are.
    preview : DataFrame
        The first rows.
    fault : str
        Why the recipe does not fit; empty where it does.
    """

    file: CompanyFile
    suggestions: dict[str, Suggestion]
    kinds: dict[str, str]
    preview: pd.DataFrame
    fault: str = ""


@dataclass
class Found:
    """Positions of the rows.

    Attributes
    ----------
    columns : str
        Where coordinates stand; empty where the file has none.
    guesses : list of str
        CRS in which they may be.
    with_numbers : int
        Rows that have coordinates.
    located : Located or None
        None where the CRS must be chosen first.
    sentence : str
        Why it must.
    shapes : dict
        State → some positions (degrees) of rows in it, as WKB, for a map.
    why : list of (str, int)
        Why rows are not on the map, and how many; those without a reason are not among them.
    bounds : (float, float, float, float) or None
        Where nearly all of them are: west, south, east, north.
    """

    columns: str = ""
    guesses: list[str] = field(default_factory=list)
    with_numbers: int = 0
    located: Located | None = None
    sentence: str = ""
    shapes: dict[str, bytes] = field(default_factory=dict)
    why: list[tuple[str, int]] = field(default_factory=list)
    bounds: tuple[float, float, float, float] | None = None

    @property
    def to_send(self) -> int:
        """Addresses that a geocoder would have to be sent."""
        plan = self.located.plan if self.located else None
        return plan.rows if plan else 0


@dataclass
class Compared:
    """The import against the last one, with what the merge's page shows.

    Attributes
    ----------
    counts : dict
        Those of the import.
    sentences : list of str
        The same in words.
    changed, added, missing : DataFrame
        Field by field; and the rows that came and went.
    """

    ready: CompanyImport
    counts: dict[str, Any]
    sentences: list[str]
    changed: pd.DataFrame
    added: pd.DataFrame
    missing: pd.DataFrame


def open_file(path: str, recipe: Recipe, settings: CompanySettings, progress: Progress) -> Opened:
    """Read a file and look at its columns."""
    from ..toolkit.company.columns import suggest
    from ..toolkit.company.pipeline import open_file as read

    progress.step(0, tr("Reading {name}", name=Path(path.partition("|")[0]).name))
    file = read(path, recipe)
    progress.step(0.8)
    suggestions = suggest(file.raw.rows, header_memory(settings.cache))
    fault = ""
    if recipe.columns:
        try:
            suggestions = _of_recipe(recipe.fitted(file.raw.columns, file.raw.name))
        except HeaderError as error:
            fault = str(error)
    return Opened(file, suggestions, file.kinds(), file.preview(PREVIEW_ROWS), fault)


def _of_recipe(recipe: Recipe) -> dict[str, Suggestion]:
    from ..toolkit.company.columns import Suggestion
    from ..toolkit.messages import Message

    why = Message("as the recipe says")
    return {name: Suggestion(name, column, 1.0, why) for name, column in recipe.columns.items()}


@dataclass
class Kind:
    """Findings of one kind in one column.

    Attributes
    ----------
    findings : list of (int, Finding)
        With their numbers among all.
    offered : frozenset of int
        Numbers of those that have a proposal.
    """

    code: str
    column: str
    findings: list[tuple[int, Finding]]
    offered: frozenset[int]


@dataclass
class Checks:
    """Rows that were checked, with the recipe's corrections applied.

    Attributes
    ----------
    kinds : list of Kind
        The findings by kind, those with proposals first.
    fault : str
        Why the table of communes was not used; empty where it was, or where none was given.
    """

    prepared: Prepared
    kinds: list[Kind]
    fault: str = ""


def check_rows(opened: Opened, recipe: Recipe, towns: str, progress: Progress) -> Checks:
    """Check the rows, with the user's table of communes where there is one that can be used."""
    from ..toolkit.company.pipeline import prepare_rows

    progress.step(0, tr("Checking the rows"))
    table, fault = None, ""
    try:
        table = towns_of(towns)
    except JoptimizError as error:
        fault = str(error)
    prepared = prepare_rows(opened.file, recipe, towns=table, progress=progress)
    return Checks(prepared, kinds_of(prepared), fault)


def kinds_of(prepared: Prepared) -> list[Kind]:
    """The findings by kind and column."""
    by_kind: dict[tuple[str, str], list[tuple[int, Finding]]] = {}
    for number, one in enumerate(prepared.checked.findings):
        by_kind.setdefault((one.code, one.column), []).append((number, one))
    kinds = [
        Kind(code, column, group, frozenset(number for number, one in group if one.proposal is not None)) for (code, column), group in by_kind.items()
    ]
    return sorted(kinds, key=lambda kind: (not kind.offered, -len(kind.findings)))


def find_places(
    prepared: Prepared, sirene: str, settings: CompanySettings, consent: Consent | None, progress: Progress
) -> tuple[Prepared, Found]:
    """Place the rows; addresses are sent with `consent` only. Coordinates that fit several CRS are told of, not placed."""
    import numpy as np
    import shapely

    from ..toolkit.company.geocoder import AddressCache, plan
    from ..toolkit.company.locate import PLACED, addresses_of, coordinates, likely_crs
    from ..toolkit.company.pipeline import locate

    recipe, rows = prepared.recipe, prepared.rows
    found = Found()
    if prepared.file.raw.geometry is None:
        numbers = coordinates(rows, recipe.columns, prepared.file.sniffed.decimal)
        if numbers is not None:
            postcodes = rows[recipe.columns["postcode"]] if "postcode" in recipe.columns else None
            found.columns, found.guesses = numbers.columns, likely_crs(numbers, postcodes)
            found.with_numbers = int((np.isfinite(numbers.x) & np.isfinite(numbers.y)).sum())
    else:
        found.columns, found.with_numbers = tr("geometry"), int((~prepared.file.raw.geometry.isna()).sum())
    client = None
    if consent is not None:
        from ..processing.web import QgisClient

        client = QgisClient(settings.authcfg, host_of(recipe.geocoder))
    cache = AddressCache(address_file(settings.cache)) if recipe.geocoder else None
    try:
        found.located = locate(prepared, sirene or None, client, cache, consent, progress)
    except CrsError as error:
        found.sentence = str(error)
        return prepared, found
    if found.located.geocoded is not None and found.located.geocoded.failure is not None and cache is not None:
        todo = addresses_of(rows, recipe.columns)
        found.located.plan = plan(todo, recipe.geocoder, cache)  # what is left to send
    table = found.located.places.table
    placed = table[table["lon"].notna()]
    shown = placed.iloc[:: max(1, len(placed) // MAP_POINTS)]
    for state, rows_of_state in shown.groupby("state"):
        found.shapes[str(state)] = shapely.to_wkb(shapely.MultiPoint(rows_of_state[["lon", "lat"]].to_numpy(dtype=float)))
    reasons = found.located.places.reasons
    found.why = Counter(_kind_of(reasons[row]) for row in table.index[table["state"] != PLACED] if row in reasons).most_common()
    found.bounds = _where_most_are(placed["lon"].to_numpy(dtype=float), placed["lat"].to_numpy(dtype=float))
    return prepared, found


def _kind_of(reason: object) -> str:
    """A reason without what differs from row to row."""
    return str(reason).partition(":")[0].strip()


def _where_most_are(lon: np.ndarray, lat: np.ndarray) -> tuple[float, float, float, float] | None:
    """West, south, east, north of nearly all positions: one customer in the ocean is not to make a town a dot."""
    import numpy as np

    if not len(lon):
        return None
    share = _OUTLIERS if len(lon) >= _ENOUGH_FOR_OUTLIERS else 0
    (west, east), (south, north) = (
        (np.percentile(values, share, method="higher"), np.percentile(values, 100 - share, method="lower")) for values in (lon, lat)
    )
    beside, above = (share / 20 * (high - low) for low, high in ((west, east), (south, north)))
    return float(west - beside), float(south - above), float(east + beside), float(north + above)


def compare(prepared: Prepared, found: Found, target: str, progress: Progress) -> Compared:
    """What would change in the result at `target`."""
    from ..toolkit.company.pipeline import compared, read_previous
    from ..toolkit.write.tables import check_output

    progress.step(0, tr("Comparing with the last import"))
    path = check_output(target, overwrite=True, endings=(".gpkg",))
    previous = read_previous(path)
    progress.step(0.3)
    if found.located is None:
        raise CrsError(found.sentence)
    ready = compared(prepared, found.located, previous, progress.part(0.3, 0.9))
    progress.step(0.9)
    return Compared(ready, ready.counts(), [*ready.merged.sentences(), ready.sentence()], *_differences(ready, previous))


def _differences(ready: CompanyImport, previous: Any) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    import pandas as pd

    from ..toolkit.company.merge import FOLLOW, KEY, PRESENT

    columns = ready.prepared.recipe.columns
    named = [columns[name] for name in ("name", "address", "postcode", "town") if name in columns]
    table, changes = ready.merged.table, ready.merged.changes
    if changes is None:
        nothing = pd.DataFrame(columns=[KEY])
        return nothing, pd.DataFrame(table[[KEY, *named]]), nothing
    changed = changes.changed[["key", "field", "old", "new"]]
    new = ready.merged.table[ready.merged.table[FOLLOW] == PRESENT]
    known = set(previous[KEY])
    added = pd.DataFrame(new[~new[KEY].isin(known)][[KEY, *named]])
    here = [name for name in named if name in previous.columns]
    gone = pd.DataFrame(previous[~previous[KEY].isin(set(new[KEY]))][[KEY, *here]])
    return changed, added, gone


def at_one_go(
    opened: Opened, recipe: Recipe, towns: str, sirene: str, target: str, settings: CompanySettings, progress: Progress
) -> tuple[Checks, Prepared, Found, Compared | None]:
    """All steps up to the merge, as the recipe says; it stops at the positions where somebody must answer."""
    checks = check_rows(opened, recipe, towns, progress.part(0, 0.4))
    prepared, found = find_places(checks.prepared, sirene, settings, None, progress.part(0.4, 0.8))
    if found.located is None or found.to_send:
        return checks, prepared, found, None
    return checks, prepared, found, compare(prepared, found, target, progress.part(0.8, 1))


def write(ready: CompanyImport, target: str, progress: Progress) -> History:
    """Write the result, after a backup; remember the columns for the next file with the same header."""
    progress.step(0, tr("Writing {name}", name=target))
    return ready.write(target, progress=progress)


def remember_columns(prepared: Prepared) -> None:
    """Keep the choice of columns for files with the same header."""
    header_memory(company_settings().cache).keep(prepared.recipe.header, prepared.recipe.columns)


def with_columns(recipe: Recipe, columns: dict[str, str], key: tuple[str, ...]) -> Recipe:
    """`recipe` with the columns chosen."""
    return replace(recipe, columns=columns, key=key)
