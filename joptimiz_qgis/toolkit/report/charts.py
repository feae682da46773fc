"""Charts of the audit report, as Plotly figures in plain lists and dictionaries: what any version of Plotly draws.

Nothing here needs Plotly's Python: its objects differ between the versions that QGIS ships, its figures do not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..messages import count, language, percent, tr
from ..palette import COVERED_COLOUR, COVERED_COLOURS, UNCOVERED_COLOUR

INK = "#1d2733"
_LINE = "#e3e7ec"
_BARS_TO_REACH = 4  # bars between the door and the carrying distance: 5 m wide at 20 m
_BARS_SHOWN = 25
PARTS_SHOWN = 15
_NAME_LENGTH = 32


def distance_histogram(distance: pd.Series, max_distance: float) -> dict[str, Any]:
    """Points by distance (metres) to the nearest usable bay, in bars that never straddle the carrying distance.

    A bar includes its upper end, as coverage does; the last one holds whatever lies beyond.
    """
    width = max_distance / _BARS_TO_REACH
    # Ends are multiples of the very distance, not sums of widths: a point at exactly 20 m is in the bar that ends there.
    ends = max_distance * np.arange(1, _BARS_SHOWN) / _BARS_TO_REACH
    place = np.searchsorted(ends, distance.dropna().to_numpy(dtype=float), side="left")
    sizes = np.bincount(place, minlength=_BARS_SHOWN)
    labels = [tr("{low:g} to {high:g} m", low=high - width, high=high) for high in ends]
    labels.append(tr("more than {low:g} m", low=ends[-1]))
    near = [int(size) if number < _BARS_TO_REACH else 0 for number, size in enumerate(sizes)]
    far = [0 if number < _BARS_TO_REACH else int(size) for number, size in enumerate(sizes)]
    middles = [round(width * (number + 0.5), 6) for number in range(_BARS_SHOWN)]
    ticks = [round(width * number, 6) for number in range(0, _BARS_SHOWN, _BARS_TO_REACH)]
    data = [
        _bars(middles, values, colour, name, [f"{label}<br>{count(value)}" for label, value in zip(labels, values)])
        for values, colour, name in ((near, COVERED_COLOUR, tr("Covered")), (far, UNCOVERED_COLOUR, tr("Not covered")))
    ]
    layout = _layout(340)
    layout.update(barmode="stack", bargap=0.08)
    texts = [f"{tick:g}" for tick in ticks[:-1]] + [f"> {ticks[-1]:g}"]
    layout["xaxis"].update(tickvals=ticks, ticktext=texts, title={"text": tr("Metres to the nearest bay")})
    layout["yaxis"].update(title={"text": tr("Delivery points")}, tickformat=",d")
    return {"data": data, "layout": layout}


def worst_parts(data: pd.DataFrame, name: str, *, with_movements: bool) -> pd.DataFrame:
    """The parts in which most movements (else points) are not covered, the worst first; none where all is covered."""
    whole, covered = ("movements", "movements_covered") if with_movements else ("points", "covered")
    parts = pd.DataFrame(
        {
            "name": data[name].astype(str),
            "covered": data[covered].astype("float64").fillna(0.0),
            "uncovered": (data[whole].astype("float64") - data[covered].astype("float64")).fillna(0.0),
        }
    )
    parts = parts[parts["uncovered"] > 0]
    return parts.sort_values("uncovered", ascending=False, kind="stable").head(PARTS_SHOWN).reset_index(drop=True)


def part_bars(parts: pd.DataFrame) -> dict[str, Any]:
    """Covered and uncovered of each of the parts that `worst_parts` gives, the first on top."""
    places = list(range(len(parts)))
    share = parts["covered"] / (parts["covered"] + parts["uncovered"])
    data = []
    for column, colour, title in (("uncovered", UNCOVERED_COLOUR, tr("Not covered")), ("covered", COVERED_COLOUR, tr("Covered"))):
        values = [round(value, 1) for value in parts[column]]
        hover = [
            f"{_plain(name)}<br>{title}{_colon()}{count(round(value))}<br>{tr('{share} covered', share=percent(part))}"
            for name, value, part in zip(parts["name"], values, share)
        ]
        data.append({**_bars(values, places, colour, title, hover), "orientation": "h"})
    layout = _layout(110 + 27 * len(parts))
    layout.update(barmode="stack", bargap=0.25)
    layout["xaxis"].update(tickformat=",d", rangemode="tozero")
    layout["yaxis"].update(tickvals=places, ticktext=[_plain(_short(name)) for name in parts["name"]], autorange="reversed")
    return {"data": data, "layout": layout}


def week_heat_map(week: pd.DataFrame, column: str, days: list[str]) -> dict[str, Any]:
    """Share of `column` by day (0 is Monday) and hour."""
    grid = week_grid(week, column)
    cells = [[None if np.isnan(value) else round(100 * value, 2) for value in row] for row in grid]
    hover = [
        [f"{day} {hour} h<br>" + ("–" if np.isnan(value) else percent(value)) for hour, value in enumerate(row)]
        for day, row in zip(days, grid)
    ]
    highest = max((value for row in cells for value in row if value is not None), default=0.0)
    heat = {
        "type": "heatmap",
        "z": cells,
        "x": list(range(24)),
        "y": list(range(7)),
        "text": hover,
        "hovertemplate": "%{text}<extra></extra>",
        "colorscale": [[0, "#f4f1ea"], [0.35, COVERED_COLOURS[2]], [0.7, COVERED_COLOURS[1]], [1, COVERED_COLOURS[0]]],
        "zmin": 0,
        "zmax": max(highest, 1.0),
        "xgap": 1,
        "ygap": 1,
        "colorbar": {"thickness": 12, "outlinewidth": 0, "ticksuffix": " %", "len": 1},
    }
    layout = _layout(330)
    layout["xaxis"].update(title={"text": tr("Hour")}, tickvals=list(range(0, 24, 3)), ticktext=[f"{hour} h" for hour in range(0, 24, 3)])
    layout["yaxis"].update(tickvals=list(range(7)), ticktext=days, autorange="reversed")
    return {"data": [heat], "layout": layout}


def week_grid(week: pd.DataFrame, column: str) -> np.ndarray:
    """`column` of the week as 7 days by 24 hours; NaN where the hour is not among the rows."""
    grid = np.full((7, 24), np.nan)
    grid[week["day"].to_numpy(dtype=int), week["hour"].to_numpy(dtype=int)] = week[column].to_numpy(dtype=float)
    return grid


def _bars(x: list[Any], y: list[Any], colour: str, name: str, hover: list[str]) -> dict[str, Any]:
    texts = {"text": hover, "textposition": "none", "hovertemplate": "%{text}<extra></extra>"}
    return {"type": "bar", "x": x, "y": y, "name": name, "marker": {"color": colour}, **texts}


def _layout(height: int) -> dict[str, Any]:
    axis = {"gridcolor": _LINE, "zeroline": False, "automargin": True, "fixedrange": True}
    return {
        "height": height,
        "autosize": True,
        "margin": {"l": 10, "r": 10, "t": 10, "b": 10},
        "font": {"family": '"Open Sans", "Segoe UI", Helvetica, Arial, sans-serif', "size": 13, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "separators": ",\u202f" if language() == "fr" else ".,",
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "normal"},
        "xaxis": dict(axis),
        "yaxis": dict(axis),
    }


def _plain(name: str) -> str:
    """A name as Plotly shows it and does not obey it: it reads a few HTML tags in texts, and the dollar as TeX."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("$", "&#36;")


def _short(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH else name[: _NAME_LENGTH - 1].rstrip() + "…"


def _colon() -> str:
    return "\u202f: " if language() == "fr" else ": "
