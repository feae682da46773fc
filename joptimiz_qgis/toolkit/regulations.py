"""Goods-traffic orders as `rules` evaluates them: each row is a place of its own with one rule."""

from __future__ import annotations

import pandas as pd

from .messages import tr
from .schema import load_table

KIND = "Arrêté"
_CONDITIONS = (
    "regl_modalite", "veh_types", "veh_cqas", "veh_tonnage_modalite", "veh_tonnage", "veh_usages", "sauf_veh_usages", "veh_long", "veh_larg",
    "veh_haut", "veh_motors", "periode_jh", "periode_debut", "periode_fin", "arr_ref", "arr_url", "remarques",
)  # fmt: skip


def as_perimeters(orders: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Orders as perimeters with rules, for `applying` and `Timetable`.

    Parameters
    ----------
    orders : DataFrame
        Fields of the table regulations; those that are missing count as not given.

    Returns
    -------
    perimeters : DataFrame
        Index of `orders`; fields of the table perimeters. ``cle`` is the row's number, since published identifiers repeat.
    rules : DataFrame
        One a row, in the same order.

    Notes
    -----
    A weight that the import could not read stays in ``tonnage_publie``; the rule's hours then hold it and cannot be read, so that
    what applies is not known, which is the truth, instead of “for any weight”.
    """
    keys = [f"#{number}" for number in range(len(orders))]
    perimeters = {each.name: each.typed(_column(orders, "")) for each in load_table("perimeters").fields}
    place = _first(orders, "emprise_designation", "emprise_zone", "coll_nom")
    made = pd.DataFrame({**perimeters, "cle": keys, "id": _column(orders, "id"), "nom": place, "type_peri": KIND}, index=orders.index)
    fields = load_table("perimeter_rules").fields
    values = {each.name: each.typed(_column(orders, each.name if each.name in _CONDITIONS else "")) for each in fields}
    rules = pd.DataFrame(values, index=orders.index).assign(id=keys, perimetre=keys, texte=_column(orders, "arr_objet"))
    unread = _column(orders, "tonnage_publie")
    doubtful = unread.notna() & rules["veh_tonnage"].isna()
    if doubtful.any():
        told = unread.map(lambda text: tr("weight published as “{text}”", text=text), na_action="ignore")
        hours = [f"{hour or ''} {words}".strip() for hour, words in zip(_column(rules, "periode_jh"), told)]
        rules["periode_jh"] = rules["periode_jh"].where(~doubtful, pd.Series(hours, index=rules.index, dtype=object))
    return made, rules.reset_index(drop=True)


def _column(orders: pd.DataFrame, name: str) -> pd.Series:
    found = orders[name] if name in orders else pd.Series([None] * len(orders), index=orders.index, dtype=object)
    return found.astype(object).where(found.notna(), None)


def _first(orders: pd.DataFrame, *names: str) -> pd.Series:
    found = _column(orders, names[0])
    for name in names[1:]:
        found = found.where(found.notna(), _column(orders, name))
    return found
