"""From the hours of competitions to those of the restrictions around them, by the Games' rule."""

from __future__ import annotations

import numpy as np
import pandas as pd

END_MARGIN_MINUTES = 30
"""The Games' rule: a restriction runs from the competition's start to half an hour before its end."""


def restriction_periods(
    site: pd.Series, start: np.ndarray, end: np.ndarray, margin_minutes: int = END_MARGIN_MINUTES
) -> tuple[np.ndarray, np.ndarray]:
    """When the restriction around each competition holds: competitions of one site that overlap are one.

    Parameters
    ----------
    site : Series, n rows
        What tells sites apart; competitions of different sites are never united.
    start, end : ndarray of datetime64[s], shape (n,)
        Of each competition, local time, half-open; two that only touch do not overlap.
    margin_minutes : int
        How long before the end of the (united) competition the restriction ends.

    Returns
    -------
    start, end : ndarray of datetime64[s], shape (n,)
        Of each competition's restriction: that of the united one. A missing date stays missing, and a competition with one, or
        no longer than the margin, keeps its own.
    """
    margin = np.timedelta64(margin_minutes, "m")
    usable = ~np.isnat(start) & ~np.isnat(end) & (end > start)
    rows = pd.DataFrame({"site": site.to_numpy(), "start": start, "end": end, "row": np.arange(len(start))})[usable]
    rows = rows.sort_values(["site", "start"], kind="stable")
    latest = rows.groupby("site", sort=False, dropna=False)["end"].cummax()
    follows = rows["site"].eq(rows["site"].shift()).to_numpy() & (rows["start"] < latest.shift()).to_numpy()
    whole = rows.groupby(np.cumsum(~follows))
    first, last = whole["start"].transform("min").to_numpy(), whole["end"].transform("max").to_numpy()
    long = last - first > margin
    begins, ends = start.copy(), end.copy()
    place = rows["row"].to_numpy()[long]
    begins[place], ends[place] = first[long].astype("datetime64[s]"), (last[long] - margin).astype("datetime64[s]")
    return begins, ends
