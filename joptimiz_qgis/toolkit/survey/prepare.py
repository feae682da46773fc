"""Preparing a survey: the bays of a territory as the surveyors get them, rounds, and the folder's files without the project itself."""

from __future__ import annotations

import re
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .. import geopackage
from ..crs import WGS84, has_position, metric_crs, to_crs
from ..errors import FileError, OutputError
from ..messages import Message, count, tr
from ..progress import Progress
from ..read.mapping import fold
from ..workspace import fitted
from ..zones import Areas, usable_areas
from .project import (
    AGENT,
    BASE_MAP,
    BASE_MAP_ENDINGS,
    BAYS,
    COMMUNES,
    EQUIPMENT,
    IN_METRES,
    KEY,
    LISTS,
    PHOTOS_FOLDER,
    PROJECT_FILE,
    README,
    SECTOR,
    SECTORS,
    STATUS,
    TO_SEE,
    SurveyLayer,
    survey_layers,
)
from .sectors import check_sectors, ground_of, places_in, split_evenly

AGENTS_LIST = "enquêteur"
"""In the table ``lists``: rows with the names of the surveyors."""
_CODES = {"code", "codeinsee", "insee", "inseecom", "codgeo", "codecommune", "codecom", "siren", "codeepci"}
_NAMESPACE = uuid.UUID("8f0a2f0e-6d2f-5c3b-9b54-6f4b0f2f7a11")
_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.\-]*")


@dataclass
class PreparedSurvey:
    """What goes to the field.

    Attributes
    ----------
    tables : dict of DataFrame
        Rows by name of the survey's layers; those that are not in it are empty.
    crs : str
        Metric, of the project's map.
    extent : tuple of float
        West, south, east, north of the territory, degrees.
    bays, sectors : int
    outside, unplaced : int
        Bays given that lie outside the territory, and those without position: not in the survey.
    """

    tables: dict[str, pd.DataFrame]
    crs: str
    extent: tuple[float, float, float, float]
    bays: int
    sectors: int
    outside: int = 0
    unplaced: int = 0
    notes: list[Message] = field(default_factory=list)

    @property
    def agents(self) -> bool:
        """Whether the surveyors are named."""
        return bool(len(self.tables[LISTS]))


def prepare_survey(
    territory: gpd.GeoDataFrame,
    bays: gpd.GeoDataFrame | None = None,
    sectors: int = 4,
    agents: Sequence[str] = (),
    name_field: str | None = None,
    progress: Progress | None = None,
) -> PreparedSurvey:
    """The tables of a survey.

    Parameters
    ----------
    territory : GeoDataFrame
        Polygons of the municipalities, any CRS.
    bays : GeoDataFrame, optional
        Known bays (`read.bays`), any CRS; those on the territory go along with their identifiers, to be seen. Without any the
        rounds are of equal ground.
    sectors : int
        Rounds; as many as there are bays where these are fewer.
    agents : sequence of str
        Names of the surveyors, who get the sectors in turn.
    name_field : str, optional
        Column of `territory` with the names; guessed where not given.

    Raises
    ------
    ParameterError, DataError, CrsError
        An impossible number of sectors; a territory without areas or without CRS.
    CancelledError
        `progress` says that the user asked to stop.
    """
    progress = progress or Progress()
    check_sectors(sectors)
    areas = usable_areas(territory, name_field)
    crs = metric_crs(areas.geometry)
    metric = to_crs(areas.geometry, crs)
    whole = shapely.union_all(metric.to_numpy())
    known, left_out = _known_bays(bays, whole, crs)
    notes = [*areas.notes, *_notes(known, left_out)]
    places = shapely.get_coordinates(to_crs(known.geometry, crs).to_numpy()) if len(known) else places_in(whole)
    if len(places) < sectors:
        notes.append(Message("There are {bays} bays for {sectors} sectors: {bays} sectors were made.", bays=len(places), sectors=sectors))
        sectors = len(places)
    progress.step(0.1, tr("Splitting the territory into sectors"))
    labels = split_evenly(places, sectors, progress.part(0.1, 0.8))
    progress.step(0.8)
    names = [name.strip() for name in agents if name.strip()]
    agent = [names[number % len(names)] if names else None for number in range(sectors)]
    ground = ground_of(places, labels, whole).reindex(range(sectors)).set_crs(crs)
    tables = {
        BAYS: _to_see(known, labels, agent),
        SECTORS: _sectors(ground, labels if len(known) else np.array([], dtype=int), agent),
        COMMUNES: _communes(territory, areas, metric, known),
        LISTS: pd.DataFrame({KEY: [_key("list", name) for name in names], "liste": AGENTS_LIST, "valeur": names}).drop_duplicates("valeur"),
    }
    progress.step(1)
    west, south, east, north = (float(value) for value in areas.geometry.to_crs(WGS84).total_bounds)
    return PreparedSurvey(tables, crs.to_string(), (west, south, east, north), len(known), sectors, *left_out, notes)


def _known_bays(bays: gpd.GeoDataFrame | None, whole: shapely.Geometry, crs: Any) -> tuple[gpd.GeoDataFrame, tuple[int, int]]:
    """Bays on the territory as points in EPSG:4326; how many are outside, how many have no position."""
    names = [each.name for each in survey_layers()[BAYS].table.fields if each.name not in survey_layers()[BAYS].own]
    if bays is None:
        return gpd.GeoDataFrame({name: pd.Series(dtype=object) for name in names}, geometry=gpd.GeoSeries([], crs=WGS84)), (0, 0)
    points = gpd.GeoDataFrame(fitted("bays", bays)["bays"])
    placed = has_position(points.geometry)
    inside = placed.copy()
    shapely.prepare(whole)
    inside[placed] = shapely.intersects(whole, to_crs(points.geometry[placed], crs).to_numpy())
    taken = points[inside].reset_index(drop=True)
    missing = {name: pd.Series([None] * len(taken), dtype=object) for name in names if name not in taken.columns}
    taken = taken.assign(**missing)
    return taken, (int((placed & ~inside).sum()), int((~placed).sum()))


def _notes(known: gpd.GeoDataFrame, left_out: tuple[int, int]) -> list[Message]:
    outside, unplaced = left_out
    notes = [Message("{count} bays of the territory are in the survey, to be seen.", count=count(len(known)))]
    if outside:
        notes.append(Message("{count} bays lie outside the territory and are not in the survey.", count=count(outside)))
    if unplaced:
        notes.append(Message("{count} bays have no position and are not in the survey.", count=count(unplaced)))
    repeated = int(known["id"].dropna().duplicated().sum()) if len(known) else 0
    if repeated:
        notes.append(Message("{count} bays bear the identifier of another bay; both keep it.", count=count(repeated)))
    return notes


def _to_see(known: gpd.GeoDataFrame, labels: np.ndarray, agent: list[str | None]) -> gpd.GeoDataFrame:
    """The bays with the fields of the visit; what is known of a length or of equipment stands in the boxes of the form too."""
    if not len(known):
        return known
    rows = known.assign(**{KEY: _keys(known), STATUS: TO_SEE, SECTOR: labels + 1, AGENT: [agent[label] for label in labels]})
    table = survey_layers()[BAYS].table
    for metres, name in IN_METRES.items():
        low, high = table[metres].minimum or 0, table[metres].maximum or np.inf
        length = pd.to_numeric(rows[name], errors="coerce") / 100
        rows[metres] = length.where(length.between(low, high)).round(2)
    listed = [None if pd.isna(value) else {part.strip() for part in str(value).split(",")} for value in rows["equipements"]]
    for box, value in EQUIPMENT.items():
        rows[box] = pd.Series([None if values is None else value in values for values in listed], index=rows.index, dtype=object)
    return rows


def _keys(known: gpd.GeoDataFrame) -> list[str]:
    """The bays' own keys; where one is missing or not alone, one made out of identifier and position: the same in every survey."""
    own = known[KEY] if KEY in known else pd.Series([None] * len(known), dtype=object)
    taken: set[str] = set()
    keys = []
    for number, (key, name, point) in enumerate(zip(own, known["id"], known.geometry)):
        made = None if pd.isna(key) or str(key) in taken else str(key)
        if made is None:
            made = _key("bay", name, f"{point.x:.7f}", f"{point.y:.7f}")
            made = made if made not in taken else _key("bay", name, f"{point.x:.7f}", f"{point.y:.7f}", number)
        taken.add(made)
        keys.append(made)
    return keys


def _key(*parts: object) -> str:
    return str(uuid.uuid5(_NAMESPACE, "|".join(map(str, parts))))


def _sectors(ground: gpd.GeoSeries, labels: np.ndarray, agent: list[str | None]) -> gpd.GeoDataFrame:
    sizes = np.bincount(labels, minlength=len(ground)) if len(labels) else np.zeros(len(ground), dtype=int)
    rows = {KEY: [_key("sector", number, shape.wkt[:200]) for number, shape in enumerate(ground)], "secteur": ground.index + 1}
    frame = gpd.GeoDataFrame({**rows, "agent": agent, "aires": sizes}, geometry=ground.to_crs(WGS84).to_numpy(), crs=WGS84)
    return _as_areas(frame)


def _communes(territory: gpd.GeoDataFrame, areas: Areas, metric: gpd.GeoSeries, known: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    code = next((column for column in territory.columns if fold(str(column)) in _CODES), None)
    codes = [None] * len(metric) if code is None else [None if pd.isna(value) else str(value) for value in territory.loc[metric.index, code]]
    sizes = np.zeros(len(metric), dtype=int)
    if len(known):
        points = to_crs(known.geometry, metric.crs).to_numpy()
        row, place = shapely.STRtree(metric.to_numpy()).query(points, predicate="intersects")
        first = pd.Series(place).groupby(row).min()  # on a common border: once
        sizes = np.bincount(first.to_numpy(), minlength=len(metric))
    rows = {KEY: [_key("commune", name, shape.wkt[:200]) for name, shape in zip(areas.names, metric)], "code": codes, "nom": list(areas.names)}
    return _as_areas(gpd.GeoDataFrame({**rows, "aires": sizes}, geometry=metric.to_crs(WGS84).to_numpy(), crs=WGS84))


def _as_areas(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Each geometry as a group of polygons, lines and points at the seams left away."""
    shapes = []
    for shape in frame.geometry:
        polygons = [part for part in shapely.get_parts(shapely.make_valid(shape)) if part.geom_type in ("Polygon", "MultiPolygon")]
        shapes.append(shapely.multipolygons([each for part in polygons for each in shapely.get_parts(part)]))
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))


# -- files --------------------------------------------------------------------------------------------------------


def check_folder(path: Path | str, for_tablets: bool = True) -> Path:
    """`path` if a survey can be written there: a folder that is new or empty, `for_tablets` with a name that both tools take.

    Raises
    ------
    OutputError
        Why it cannot.
    """
    path = Path(path)
    if for_tablets and not _FOLDER.fullmatch(path.name):
        raise OutputError(
            "The folder “{name}” has a name that tablets do not take. Use letters without accents, figures, “-” and “_”, for example {example}.",
            name=path.name,
            example="releve_valorge",
        )
    if path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise OutputError("“{path}” is not empty. What is written needs a folder of its own: give the name of a new one.", path=path)
    if not path.parent.is_dir():
        raise OutputError("There is no folder “{folder}”. Create it, or choose another one.", folder=path.parent)
    return path


def check_base_map(path: Path | str) -> Path:
    """`path` if it is a raster that both tools can show without network."""
    path = Path(path)
    if not path.is_file():
        raise FileError("There is no file “{path}”. Check the name and the folder.", path=path)
    if path.suffix.lower() not in BASE_MAP_ENDINGS:
        endings = ", ".join(BASE_MAP_ENDINGS)
        raise FileError("“{name}” cannot be the base map of a survey. Expected: a raster file {endings}.", name=path.name, endings=endings)
    return path


@contextmanager
def survey_part(target: Path) -> Iterator[Path]:
    """A folder beside `target` to work in, which takes its place once all has gone well; else nothing is left.

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".joptimiz-", dir=target.parent) as work:
            part = Path(work) / target.name
            part.mkdir()
            yield part
            if target.is_dir():
                target.rmdir()
            part.replace(target)
    except OSError as error:
        raise OutputError(
            "“{path}” cannot be written: {cause}. Choose another folder, or close the program that has the file open.",
            path=target,
            cause=error.strerror or error,
        ) from error


def write_survey_files(survey: PreparedSurvey, folder: Path, title: str, base_map: Path | None = None, progress: Progress | None = None) -> None:
    """The GeoPackages, the folder of the photos, the base map and a note for whoever opens the folder.

    Parameters
    ----------
    folder : path
        Exists and is empty.
    base_map : path, optional
        Raster file, copied as ``fond_de_plan``.
    """
    progress = progress or Progress()
    layers = survey_layers()
    for number, layer in enumerate(layers.values()):
        progress.step(0.8 * number / len(layers))
        _write_layer(layer, layer.path(folder), survey.tables.get(layer.name))
    (folder / PHOTOS_FOLDER).mkdir()
    if base_map is not None:
        shutil.copyfile(base_map, folder / f"{BASE_MAP}{base_map.suffix.lower()}")
    (folder / README).write_text(_readme(survey, title), encoding="utf-8-sig")  # for Windows' notepad
    progress.step(1)


def _write_layer(layer: SurveyLayer, path: Path, rows: pd.DataFrame | None) -> None:
    path.touch()
    described = geopackage.Layer(layer.name, layer.table, layer.geometry, layer.title)
    with geopackage.connected(path, write=True) as connection, geopackage.transaction(connection):
        geopackage.create_base(connection)
        geopackage.create_layer(connection, described, rows)


def base_map_in(folder: Path) -> Path | None:
    """The base map that lies in a survey's folder."""
    return next((found for ending in BASE_MAP_ENDINGS if (found := folder / f"{BASE_MAP}{ending}").is_file()), None)


def _readme(survey: PreparedSurvey, title: str) -> str:
    """How the folder goes to the tablets and comes back; plain text."""
    lines = [
        title,
        "=" * len(title),
        "",
        tr("Made by JOPTIMIZ on {day}: {bays} bays to see, {sectors} sectors.", day=_today(), bays=count(survey.bays), sectors=survey.sectors),
        "",
        tr("QField: copy the whole folder to the tablet (cable, QFieldSync or QFieldCloud) and open {project}.", project=PROJECT_FILE),
        tr("Mergin Maps: open {project} in QGIS and create a Mergin Maps project from this folder.", project=PROJECT_FILE),
        "",
        tr("One row a bay; begin with its state: seen, not found; a bay that is not on the map is a new one."),
        tr("Lengths and widths are typed in metres; the form keeps them in centimetres, as the national schema wants them."),
        tr("Photos are kept in {folder}.", folder=PHOTOS_FOLDER),
        "",
        tr("Base map without network: put one raster file here, named {names}, then add it to the project below the other layers and save it.",
           names=", ".join(f"{BASE_MAP}{ending}" for ending in BASE_MAP_ENDINGS[:3])),
        "",
        tr("Do not rename files, layers or fields: synchronisation and merging go by these names."),
        tr("When it comes back: in QGIS, panel JOPTIMIZ, section Survey."),
    ]  # fmt: skip
    return "\r\n".join(lines) + "\r\n"


def _today() -> str:
    return datetime.now().date().isoformat()  # noqa: DTZ005 - the user's own clock
