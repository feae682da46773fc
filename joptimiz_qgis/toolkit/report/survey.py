"""The report of a survey: one page a municipality and one that leads to them; each opens from disk and loads nothing.

Its charts are bars of the page itself and a drawing in SVG: a survey has a hundred municipalities, and Plotly's script would be in each.
"""

from __future__ import annotations

import base64
import importlib
import io
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Callable

import shapely

from ..crs import has_position, metric_crs, to_crs
from ..dependencies import install_command
from ..errors import MissingDependencyError
from ..messages import count, decimal, language, percent, tr
from ..palette import BAY_COLOUR, COVERED_COLOUR, UNCOVERED_COLOUR, UNKNOWN_COLOUR
from ..progress import Progress
from ..schema import load_table
from ..survey.deliverable import (
    FIELDS,
    GOOD_WIDTH_M,
    GREAT_LENGTH_M,
    LEAST_WIDTH_M,
    PHOTOS_SHOWN,
    USEFUL_LENGTH_M,
    MunicipalityReport,
    Part,
)
from ..survey.findings import SEVERITY_TITLES
from ..survey.project import NEW, NOT_FOUND, SEEN, TO_SEE
from .summary import long_day

RESOURCES = Path(__file__).parents[2] / "resources" / "report"
FINDINGS_SHOWN = 300
_SIDE = 640.0

Shrink = Callable[[Path], "bytes | None"]
"""A photo as a small JPEG; None where it cannot be read."""


def survey_pages(
    reports: Sequence[MunicipalityReport],
    title: str,
    sources: Sequence[str] = (),
    shrink: Shrink | None = None,
    day: date | None = None,
    progress: Progress | None = None,
) -> dict[str, str]:
    """File name → page; ``index.html`` leads to the others.

    Parameters
    ----------
    shrink : callable, optional
        Makes photos small; without it they are named and not shown.

    Raises
    ------
    MissingDependencyError
        Jinja2 is not installed.
    CancelledError
        `progress` says that the user asked to stop.
    """
    progress = progress or Progress()
    environment = _environment()
    said = {"title": title, "sources": list(sources), "day": long_day(day or date.today())}  # noqa: DTZ011 - the reader's own date
    files = page_names([report.name for report in reports])
    pages = {}
    for number, (name, report) in enumerate(zip(files, reports)):
        progress.step(number / len(reports), report.name)
        pages[name] = environment.get_template("survey.html").render(**_shared(), **said, **_of(report, shrink))
    rows = [_row(report, name) for name, report in zip(files, reports)]
    pages["index.html"] = environment.get_template("survey_index.html").render(**_shared(), **said, rows=rows)
    return pages


def page_names(names: Sequence[str]) -> list[str]:
    """ASCII file names, each alone."""
    taken: set[str] = {"index.html"}
    made = []
    for name in names:
        spelt = name.replace("œ", "oe").replace("Œ", "Oe").replace("æ", "ae")
        plain = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode().lower()
        stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or "commune"
        file, number = f"{stem}.html", 2
        while file in taken:
            file, number = f"{stem}_{number}.html", number + 1
        taken.add(file)
        made.append(file)
    return made


def _environment() -> Any:
    try:
        import jinja2
    except ImportError as error:
        raise MissingDependencyError(
            "JOPTIMIZ needs the Python libraries {names}, which are not installed here. In a terminal, type: {command} "
            "— then start again.",
            names="jinja2",
            command=install_command(["jinja2"]),
        ) from error
    return jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, loader=jinja2.FileSystemLoader(RESOURCES)
    )


def _shared() -> dict[str, Any]:
    return {"language": language(), "style": (RESOURCES / "audit.css").read_text(encoding="utf-8"), "text": _texts()}


def _of(report: MunicipalityReport, shrink: Shrink | None) -> dict[str, Any]:
    photos, broken = _photos(report, shrink)
    return {
        "name": report.name,
        "lead": lead(report),
        "figures": key_figures(report),
        "map": drawing(report),
        "tables": [_table(load_table("bays")[name].title, report.parts[name]) for name in FIELDS],
        "sizes": size_sentences(report),
        "conform": conform_parts(report),
        "coverage": _coverage(report),
        "campaign": campaign_rows(report),
        "findings": [_finding(finding) for finding in report.findings[:FINDINGS_SHOWN]],
        "findings_left": max(len(report.findings) - FINDINGS_SHOWN, 0),
        "photos": photos,
        "photos_left": max(len(report.photos) - PHOTOS_SHOWN, 0),
        "photos_lost": report.lost_photos + broken,
        "notes": [str(note) for note in report.notes],
    }


# -- words and figures ------------------------------------------------------------------------------------------------


def lead(report: MunicipalityReport) -> str:
    """The municipality in one sentence."""
    sizes = report.sizes
    return tr(
        "{bays} delivery bays; {conform} have Cerema's dimensions, {wrong} are too short or too narrow, the dimensions of {unknown} are not known.",
        bays=count(len(report.bays)),
        conform=count(sizes.conform),
        wrong=count(sizes.short_or_narrow),
        unknown=count(sizes.unknown),
    )


def key_figures(report: MunicipalityReport) -> list[dict[str, str]]:
    """The figures that come first."""
    sizes, campaign = report.sizes, report.campaign
    shown = [(count(len(report.bays)), tr("delivery bays"))]
    if sizes.median_length_m is not None:
        shown.append((f"{decimal(sizes.median_length_m)}\u202fm", tr("median length, of {bays} measured bays", bays=count(sizes.lengths))))
    if sizes.share_long_enough is not None:
        shown.append((percent(sizes.share_long_enough), tr("of the measured bays are {length:g} m long or more", length=USEFUL_LENGTH_M)))
    if sizes.share_wide_enough is not None:
        wide = tr("are wider than {width} m, of {bays} measured", width=_two(LEAST_WIDTH_M), bays=count(sizes.widths))
        shown.append((percent(sizes.share_wide_enough), wide))
    if report.coverage is not None:
        near = tr("of the delivery points have a bay within {distance:g} m", distance=report.coverage.max_distance_m)
        shown.append((percent(report.coverage.share_points), near))
    if campaign is not None and campaign.share is not None:
        shown.append((percent(campaign.share), tr("of the known bays were visited")))
    shown.append((count(len(report.findings)), tr("anomalies to look at")))
    return [{"value": value, "label": label} for value, label in shown]


def size_sentences(report: MunicipalityReport) -> list[str]:
    """How the bays stand against Cerema's dimensions."""
    sizes = report.sizes
    said = [
        tr(
            "Cerema asks for {length:g} to {great:g} m of useful length and more than {width} m of width; {good} m are recommended.",
            length=USEFUL_LENGTH_M,
            great=GREAT_LENGTH_M,
            width=_two(LEAST_WIDTH_M),
            good=_two(GOOD_WIDTH_M),
        )
    ]
    if sizes.lengths:
        known, right = count(sizes.lengths), count(sizes.long_enough)
        said.append(tr("Length known: {known} bays; {right} of {length:g} m or more.", known=known, right=right, length=USEFUL_LENGTH_M))
    if sizes.widths:
        said.append(
            tr(
                "Width known: {known} bays; {right} wider than {width} m, {good} of {recommended} m or more.",
                known=count(sizes.widths),
                right=count(sizes.wide_enough),
                width=_two(LEAST_WIDTH_M),
                good=count(sizes.recommended),
                recommended=_two(GOOD_WIDTH_M),
            )
        )
    return said


def _two(number: float) -> str:
    text = f"{number:.2f}"
    return text.replace(".", ",") if language() == "fr" else text


def conform_parts(report: MunicipalityReport) -> list[dict[str, Any]]:
    """Bays by their dimensions, with the colours of the map."""
    sizes, whole = report.sizes, max(len(report.bays), 1)
    shown = (
        (tr("Cerema's dimensions"), sizes.conform, COVERED_COLOUR),
        (tr("Too short or too narrow"), sizes.short_or_narrow, UNCOVERED_COLOUR),
        (tr("Dimensions not known"), sizes.unknown, UNKNOWN_COLOUR),
    )
    return [{"label": label, "bays": count(number), "width": round(100 * number / whole, 1), "colour": colour} for label, number, colour in shown]


def campaign_rows(report: MunicipalityReport) -> list[dict[str, Any]]:
    """States of the visits."""
    if report.campaign is None:
        return []
    titles = {TO_SEE: tr("To see"), SEEN: tr("Seen"), NOT_FOUND: tr("Not found"), NEW: tr("New")}
    whole = max(sum(report.campaign.states.values()), 1)
    return [
        {"label": titles[state], "bays": count(number), "width": round(100 * number / whole, 1), "colour": BAY_COLOUR}
        for state, number in report.campaign.states.items()
    ]


def _table(title: str, parts: Sequence[Part]) -> dict[str, Any]:
    rows = []
    for part in parts:
        share = "–" if part.share is None else percent(part.share)
        rows.append({"label": part.label, "bays": count(part.bays), "share": share, "width": round(100 * (part.share or 0), 1)})
    return {"title": title, "rows": rows}


def _coverage(report: MunicipalityReport) -> list[str]:
    if report.coverage is None:
        return []
    from ..coverage import sentences

    return [str(each) for each in sentences(report.coverage)]


def _finding(finding: Any) -> dict[str, str]:
    return {
        "severity": finding.severity,
        "kind": str(SEVERITY_TITLES[finding.severity]),
        "key": finding.key,
        "title": str(finding.rule.title),
        "sentence": str(finding.sentence),
        "proposal": finding.proposal,
    }


def _row(report: MunicipalityReport, file: str) -> dict[str, str]:
    """Of the page that leads to the others."""
    sizes, campaign = report.sizes, report.campaign
    return {
        "name": report.name,
        "file": file,
        "bays": count(len(report.bays)),
        "median": "–" if sizes.median_length_m is None else f"{decimal(sizes.median_length_m)}\u202fm",
        "long": "–" if sizes.share_long_enough is None else percent(sizes.share_long_enough),
        "conform": count(sizes.conform),
        "covered": "–" if report.coverage is None else percent(report.coverage.share_points),
        "visited": "–" if campaign is None or campaign.share is None else percent(campaign.share),
        "findings": count(len(report.findings)),
    }


# -- drawing and photos -----------------------------------------------------------------------------------------------


def drawing(report: MunicipalityReport) -> dict[str, Any] | None:
    """The outline and the bays, in the units of an SVG; None where no bay has a position."""
    placed = report.bays[has_position(report.bays.geometry)]
    if not len(placed):
        return None
    crs = metric_crs(placed.geometry)
    spots = shapely.get_coordinates(shapely.point_on_surface(to_crs(placed.geometry, crs).to_numpy()))
    shapes = [] if report.outline is None else [report.outline]
    west, south, east, north = shapely.total_bounds([*shapes, shapely.multipoints(spots)])
    scale = (_SIDE - 20) / max(east - west, north - south, 100.0)

    def place(xy: Any) -> list[tuple[float, float]]:
        return [(round(10 + (x - west) * scale, 1), round(10 + (north - y) * scale, 1)) for x, y in xy]

    rings = [ring for shape in shapes for part in shapely.get_parts(shapely.simplify(shape, 2 / scale)) for ring in shapely.get_rings(part)]
    colours = {True: COVERED_COLOUR, False: UNCOVERED_COLOUR, None: UNKNOWN_COLOUR}
    kinds = [colours[report.conform[row]] for row in placed.index]
    return {
        "width": round((east - west) * scale + 20),
        "height": round((north - south) * scale + 20),
        "rings": [" ".join(f"{x},{y}" for x, y in place(shapely.get_coordinates(ring))) for ring in rings],
        "bays": [{"x": x, "y": y, "colour": colour} for (x, y), colour in zip(place(spots), kinds)],
    }


def _photos(report: MunicipalityReport, shrink: Shrink | None) -> tuple[list[dict[str, str]], int]:
    """Photos as they stand in the page, and how many of them could not be read."""
    shown, broken = [], 0
    for caption, path in report.photos[:PHOTOS_SHOWN]:
        small = shrink(path) if shrink is not None else None
        if small is None:
            broken += shrink is not None
            continue
        shown.append({"caption": caption, "data": base64.b64encode(small).decode("ascii")})
    return shown, broken


def pillow_shrink(path: Path) -> bytes | None:
    """A photo of at most 640 pixels, upright, without what the camera wrote into it (place, names); None where it cannot be read."""
    try:
        image, turning = (importlib.import_module(f"PIL.{name}") for name in ("Image", "ImageOps"))
        with image.open(path) as opened:
            picture = turning.exif_transpose(opened).convert("RGB")
            picture.thumbnail((_SIDE, _SIDE))
            kept = io.BytesIO()
            picture.save(kept, "JPEG", quality=80)
            return kept.getvalue()
    except Exception:  # noqa: BLE001 - Pillow is missing, or has its own errors for each format
        return None


def _texts() -> dict[str, str]:
    return {
        "contents": tr("Contents"),
        "figures": tr("Key figures"),
        "inventory": tr("Inventory and signs"),
        "value": tr("Value"),
        "bays": tr("Bays"),
        "share": tr("Share of the known"),
        "sizes": tr("Sizes of the bays"),
        "map": tr("Map"),
        "coverage": tr("Coverage"),
        "campaign": tr("Progress of the campaign"),
        "findings": tr("Findings of the control"),
        "no_finding": tr("Nothing to look at was found."),
        "bay": tr("Bay"),
        "kind": tr("Severity"),
        "problem": tr("What is the matter"),
        "proposal": tr("Proposal"),
        "more": tr("and {number} more", number="{number}"),
        "photos": tr("Photos of the bays"),
        "lost": tr("{number} photos could not be found or read.", number="{number}"),
        "sources": tr("Sources"),
        "back": tr("All municipalities"),
        "municipality": tr("Municipality"),
        "median": tr("Median length"),
        "long": tr("12 m or more"),
        "conform": tr("Cerema's dimensions"),
        "covered": tr("Points covered"),
        "visited": tr("Visited"),
        "footer": tr("Made by JOPTIMIZ on the reader’s own machine; this file loads nothing from the network."),
    }
