"""The Games' rule, worked by hand: from the start to half an hour before the end, overlapping competitions of a site united."""

import numpy as np
import pandas as pd

from joptimiz_qgis.toolkit.competitions import restriction_periods


def hours(*texts):
    return np.array([f"2024-07-30T{text}:00" if text else "NaT" for text in texts], dtype="datetime64[s]")


def periods(sites, starts, ends):
    begin, end = restriction_periods(pd.Series(list(sites), dtype=object), hours(*starts), hours(*ends))
    return [f"{str(first)[11:16] or 'NaT'}-{str(last)[11:16]}" if not np.isnat(first) else None for first, last in zip(begin, end)]


def test_a_restriction_ends_half_an_hour_before_its_competition():
    assert periods("a", ["05:30"], ["11:30"]) == ["05:30-11:00"]


def test_overlapping_competitions_of_a_site_are_one_and_others_are_not():
    # a: 8–10 and 9–12 overlap, 11:30–13 hangs on; 13 only touches. b has its own hours.
    found = periods("aaaab", ["11:30", "08:00", "09:00", "13:00", "09:00"], ["13:00", "10:00", "12:00", "15:00", "10:00"])
    assert found == ["08:00-12:30", "08:00-12:30", "08:00-12:30", "13:00-14:30", "09:00-09:30"]


def test_one_within_another_does_not_shorten_it():
    assert periods("aaa", ["08:00", "09:00", "11:00"], ["12:00", "10:00", "13:00"]) == ["08:00-12:30"] * 3


def test_what_has_no_dates_or_is_shorter_than_the_margin_keeps_its_own():
    assert periods("aab", ["08:00", "", "10:00"], ["08:30", "09:00", "09:00"]) == ["08:00-08:30", None, "10:00-09:00"]
