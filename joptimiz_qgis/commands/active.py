"""``active``: which perimeters apply at a moment, to a vehicle, at points."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..toolkit.errors import JoptimizError, ParameterError
from ..toolkit.messages import tr
from ..toolkit.vehicles import Vehicle
from .shell import ShellProgress, add_command, metres, moment, spare_sources, tell

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from ..toolkit.read.perimeters import PerimeterReading
    from ..toolkit.rules import Applying


def add_active(commands: Any) -> None:
    """Add the command and its options."""
    active = add_command(commands, "active", active_command, "perimeters that apply at a moment, to a vehicle, at points", needs_output=False)
    active.add_argument("--perimeters", required=True, help="perimeters: any vector file, or a published CSV with WKT")
    active.add_argument("--rules", help="their rules, where they are in a table of their own")
    active.add_argument("--at", type=moment, metavar="ISO", help="local time, e.g. 2024-07-26T13:00; now by default")
    active.add_argument("--vehicle", type=_vehicle, metavar="V", help="e.g. pl,V4,weight=12,length=8.5,height=3.2,use=Livraison")
    where = active.add_mutually_exclusive_group()
    where.add_argument("--point", type=_point, metavar="LON,LAT", help="only what applies at this point, degrees")
    where.add_argument("--points", help="what applies at each of these points: any vector file, or a CSV with coordinates")
    active.add_argument("--points-crs", metavar="CRS", help="where the points do not say it, e.g. EPSG:2154")
    active.add_argument("--kinds", metavar="K,K,…", help="only these kinds of perimeters, e.g. Rouge,Bleu")
    road = "how near to a special road a point is on it (default 10)"
    active.add_argument("--road-distance", type=metres, default=10.0, metavar="M", help=road)
    active.add_argument("--mapping", help="how to read the perimeters' columns; recognised from the header by default")
    active.add_argument("--crs", help="coordinate system of the perimeters, where the file does not say")


def active_command(options: argparse.Namespace, progress: ShellProgress) -> dict[str, Any]:
    """Run ``active``."""
    from ..toolkit.read.perimeters import read_perimeters, read_rules
    from ..toolkit.rules import applying
    from ..toolkit.write import check_output, write_table

    if options.output:
        spare_sources(list(filter(None, (options.perimeters, options.rules, options.points))), (options.output,))
        check_output(options.output, options.overwrite)
    progress.step(0, tr("Reading {name}", name=options.perimeters))
    reading = read_perimeters(options.perimeters, options.mapping, options.crs)
    tell(reading, progress)
    perimeters = _of_kinds(reading.table, options.kinds)
    points = _points(options, progress)
    progress.step(0.5, tr("Looking up what applies"))
    at = options.at or datetime.now().replace(second=0, microsecond=0)  # noqa: DTZ005 - local time is what is meant
    rules = read_rules(options.rules) if options.rules else reading.rules
    if options.kinds:
        rules = rules[rules["perimetre"].isin(perimeters["cle"])]
    places = None if points is None else points.geometry
    result = applying(perimeters, rules, at, options.vehicle, places, options.road_distance)
    for note in result.notes:
        progress.say(note)
    told = _told(reading, perimeters, result, None if points is None else points.drop(columns=points.geometry.name))
    if options.output:
        progress.step(0.8, tr("Writing {name}", name=options.output))
        table = result.table() if points is None else _point_table(points, perimeters, result)
        write_table(table, options.output, "applying", options.overwrite)
        told["output"] = options.output
    progress.show(1, str(options.output or ""))  # not a step: what is written is not cancelled any more
    return told


def _vehicle(text: str) -> Vehicle:
    try:
        return Vehicle.parse(text)
    except JoptimizError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _point(text: str) -> tuple[float, float]:
    try:
        longitude, latitude = map(float, text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a point; expected longitude,latitude, for example 2.35,48.85") from error
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise argparse.ArgumentTypeError(f"{text!r} is not in degrees; expected longitude,latitude, for example 2.35,48.85")
    return longitude, latitude


def _points(options: argparse.Namespace, progress: ShellProgress) -> gpd.GeoDataFrame | None:
    """The points that were asked about."""
    if options.point:
        import geopandas as gpd

        return gpd.GeoDataFrame({"id": [",".join(map(str, options.point))]}, geometry=gpd.points_from_xy(*zip(options.point)), crs="EPSG:4326")
    if not options.points:
        return None
    from ..toolkit.read.delivery_points import read_delivery_points

    progress.step(0.3, tr("Reading {name}", name=options.points))
    points = read_delivery_points(options.points, options.points_crs)
    tell(points, progress)
    return points.table


def _of_kinds(perimeters: gpd.GeoDataFrame, kinds: str | None) -> gpd.GeoDataFrame:
    """The perimeters of the kinds that were asked for."""
    if not kinds:
        return perimeters
    there = {str(kind).casefold(): kind for kind in perimeters["type_peri"].dropna().unique()}
    wanted = [kind.strip() for kind in kinds.split(",") if kind.strip()]
    unknown = [kind for kind in wanted if kind.casefold() not in there]
    if unknown:
        raise ParameterError(
            "No perimeter is of the kind “{kind}”. The file holds: {kinds}.",
            kind=", ".join(unknown),
            kinds=", ".join(sorted(map(str, there.values()))) or "?",
        )
    return perimeters[perimeters["type_peri"].isin([there[kind.casefold()] for kind in wanted])]


def _told(reading: PerimeterReading, perimeters: gpd.GeoDataFrame, result: Applying, points: pd.DataFrame | None) -> dict[str, Any]:
    """The answer as JSON has it; with points, the counts and the list are of the perimeters that hold one of them."""
    here = perimeters.index if result.points is None else sorted({label for labels in result.points["perimeters"] for label in labels})
    shown = perimeters.loc[here]
    active = result.active.loc[here]
    certain, open_ = active[active.fillna(False).astype(bool)].index, active[active.isna()].index
    listed = [*certain, *open_]
    changes = result.next_change_of(listed)
    first = result.first_change() if result.points is None else result.points["next_change"].min()
    told: dict[str, Any] = {
        "at": result.at.isoformat(timespec="minutes"),
        "vehicle": result.vehicle.known() if result.vehicle else None,
        "mapping": reading.mapping,
        "rows_read": reading.rows_read,
        "rejected": reading.rejected,
        "repaired": reading.rows_with("corrected"),
        "perimeters": len(perimeters),
        "active": len(certain),
        "by_kind": _counts(shown["type_peri"].loc[certain]),
        "unknown": len(open_),
        "unknown_by_kind": _counts(shown["type_peri"].loc[open_]),
        "applies": [_perimeter(shown.loc[label], label, changes.loc[label], result) for label in listed],
        "next_change": _iso(first),
    }
    if result.points is not None and points is not None:
        told["points"] = [_point_told(number, points, perimeters, result) for number in range(len(points))]
    told["notes"] = [str(note) for note in (*reading.notes, *result.notes)]
    told["rejects"] = [str(reject) for reject in reading.rejects]
    return told


def _counts(kind: pd.Series) -> dict[str, int]:
    return {str(name): int(count) for name, count in kind.fillna("?").value_counts().items()}


def _perimeter(row: pd.Series, label: Any, change: Any, result: Applying) -> dict[str, Any]:
    import pandas as pd

    state = result.active.loc[label]
    return {
        "key": row["cle"],
        "kind": row["type_peri"],
        "name": row["nom"],
        "active": None if pd.isna(state) else bool(state),
        "access": result.access.loc[label],
        "why": [str(reason) for reason in result.why(label)],
        "next_change": _iso(change),
    }


def _point_told(number: int, points: pd.DataFrame, perimeters: gpd.GeoDataFrame, result: Applying) -> dict[str, Any]:
    """One point; it is called by its first column."""
    found = result.points
    if found is None:
        return {}
    row = found.iloc[number]
    keys = perimeters["cle"]
    return {
        "point": None if points.shape[1] == 0 else str(points.iloc[number, 0]),
        "perimeters": [keys.loc[label] for label in row["perimeters"]],
        "overridden": [keys.loc[label] for label in row["overridden"]],
        "access": row["access"],
        "why": [str(reason) for label in row["decided_by"] for reason in result.why(label)],
        "next_change": _iso(row["next_change"]),
    }


def _point_table(points: gpd.GeoDataFrame, perimeters: gpd.GeoDataFrame, result: Applying) -> gpd.GeoDataFrame:
    """The points with what was found."""
    from ..toolkit.here import point_columns

    columns = point_columns(result, perimeters["cle"])
    return points.assign(**{str(name): columns[name] for name in columns})


def _iso(moment: Any) -> str | None:
    import pandas as pd

    return None if pd.isna(moment) else pd.Timestamp(moment).isoformat(timespec="minutes")
