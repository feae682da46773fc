"""A small town with every part of an audit, for the tests of its report."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from builders import PARIS, around_paris, layer, series

from joptimiz_qgis.toolkit.coverage import bay_coverage
from joptimiz_qgis.toolkit.messages import Message
from joptimiz_qgis.toolkit.report.audit import AuditReport, WalkingFigures

BANDS = (10.0, 20.0, 50.0)
CODE = "<script>alert(1)</script><!--"

# Metres east of the one bay: two points covered, three not; movements 1, 2, 3, 4 and 10 a week.
EAST = (5, 20, 20.5, 60, 200)
MOVEMENTS = (1.0, 2.0, 3.0, 4.0, 10.0)


def town(**changes) -> AuditReport:
    """Points, one usable bay and one that is not: what every report has."""
    points = series(around_paris(*((east, 0) for east in EAST)))
    bays = layer([*around_paris((0, 0)), shapely.box(PARIS[0] + 90, PARIS[1], PARIS[0] + 100, PARIS[1] + 2)], active=[True, False])
    coverage = bay_coverage(points, bays, 20, BANDS)
    bays["usable"] = [True, False]
    given = {"summary": coverage.summary, "bands": BANDS, "title": "Petite ville", "points": points, "rows": coverage.rows, "bays": bays}
    return AuditReport(**{**given, "day": date(2026, 11, 20), **changes})


def parts(name: str, names: list[str]) -> pd.DataFrame:
    """Three parts whose figures sort in three different orders; the last one has neither points nor bays."""
    return pd.DataFrame(
        {
            name: names,
            "points": [9, 100, 0],
            "covered": [9, 10, 0],
            "share_points": [1.0, 0.1, np.nan],
            "movements": [1234.0, 200.0, 0.0],
            "movements_covered": [34.0, 150.0, 0.0],
            "share_movements": [34 / 1234, 0.75, np.nan],
            "median_distance_m": [4.25, 31.04, np.nan],
            "mean_distance_m": [5.0, 40.0, np.nan],
            "bays": pd.array([3, 4, 0], dtype="Int64"),
            "points_per_bay": [3.0, 25.0, np.nan],
            "movements_per_bay": [411.3, 50.0, np.nan],
        }
    )


def week() -> pd.DataFrame:
    """Nothing at night, a quarter by day, all of it on Tuesday at 9."""
    rows = pd.DataFrame([(day, hour) for day in range(7) for hour in range(24)], columns=["day", "hour"])
    rows["share_points"] = np.where(rows["hour"].between(7, 19), 0.25, 0.0)
    rows.loc[(rows["day"] == 1) & (rows["hour"] == 9), "share_points"] = 1.0
    rows["share_movements"] = np.nan
    return rows


def gaps() -> gpd.GeoDataFrame:
    shapes = [shapely.box(PARIS[0] + east, PARIS[1] - 10, PARIS[0] + east + 30, PARIS[1] + 10) for east in (180, 50)]
    columns = {"rank": [1, 2], "label": ["1 point", "1 point"], "points": [1, 1], "movements": [10.0, 4.0], "spread_m": [0.0, 0.0]}
    return layer(shapes, **columns, median_distance_m=[200.0, 60.0], main_activities=["Boulangerie (1)", None])


def whole_town(zones=("Îlot", "Zone 10", "Zone 9"), **changes) -> AuditReport:
    """The small town with every optional part."""
    squares = [shapely.box(PARIS[0] + 80 * n, PARIS[1] - 40, PARIS[0] + 80 * (n + 1), PARIS[1] + 40) for n in range(3)]
    by_zone = gpd.GeoDataFrame(parts("zone", list(zones)), geometry=squares, crs=2154)
    given = {
        "movements": pd.Series(MOVEMENTS),
        "by_zone": by_zone,
        "by_category": parts("category", ["Boulangerie", "Café", "Autre"]).drop(columns=["bays", "points_per_bay", "movements_per_bay"]),
        "gaps": gaps(),
        "week": week(),
        "walking": WalkingFigures(points=4, covered=1, share_points=0.25, median_distance_m=71.5, points_off_network=1),
        "notes": [Message("{count} bays have no position and do not count.", count=3)],
        "sources": ["bays.csv"],
    }
    return town(**{**given, **changes})
