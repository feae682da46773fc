"""Rules that change at the boundary of two towns: exactly those that were put there, hours by what they mean."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from joptimiz_qgis.toolkit.schema import load_table
from joptimiz_qgis.toolkit.survey.harmonisation import harmonisation

X, Y = 900_000.0, 6_250_000.0  # Lambert-93; the boundary of A (west) and B (east) is at X
A, B = ("Commune d'Aval", "13001"), ("Commune de Bonnard", "13002")


def order(town, number, street, y, **fields):
    """A rule on a street that ends at the boundary (from the west in A, from the east in B)."""
    side = -1 if town is A else 1
    plain = {"coll_nom": town[0], "coll_insee": town[1], "id": str(number), "cle": f"{town[1]}/{number}", "emprise_designation": street, "regl_modalite": "Interdit"}
    return {**plain, **fields, "geometry": shapely.LineString([(X + side * 500, Y + y), (X + side * 2, Y + y)])}


def table(*rows):
    names = load_table("regulations").names
    frame = pd.DataFrame([{**dict.fromkeys(names), **{key: value for key, value in row.items() if key != "geometry"}} for row in rows], dtype=object)
    return gpd.GeoDataFrame(frame, geometry=[row.get("geometry") for row in rows], crs=2154).to_crs(4326)


def pair(number, street, in_a, in_b):
    """The same street in both towns, 1 km from the next one."""
    return [order(A, number, street, 1000 * number, **in_a), order(B, number, street, 1000 * number, **in_b)]


HEAVY = {"veh_types": "Poids lourds", "veh_tonnage_modalite": "à partir de"}
SAME = (
    ("Rue des Mêmes", {**HEAVY, "veh_tonnage": 19.0}, {**HEAVY, "veh_tonnage": 19.0}),
    ("Rue des Heures", {"periode_jh": "Mo-Fr 08:00-12:00,14:00-18:00"}, {"periode_jh": "Mo,Tu,We,Th,Fr 08:00-12:00; Mo-Fr 08:00-12:00, 14:00-18:00"}),
    ("Rue du Contraire", {"regl_modalite": "Autorise", "periode_jh": "Mo-Su 05:00-10:00"}, {"periode_jh": "00:00-05:00,10:00-24:00"}),
    ("Rue de Minuit", {"periode_jh": "22:00-06:00"}, {"periode_jh": "00:00-06:00,22:00-24:00"}),
    ("Rue des Listes", {"sauf_veh_usages": "Livraison|Riverains"}, {"sauf_veh_usages": "riverains|Livraison"}),
    ("Rue Toujours", {"periode_jh": "24/7"}, {}),
)
DIFFERENT = (
    ("Avenue de la Gare", {**HEAVY, "veh_tonnage": 19.0}, {**HEAVY, "veh_tonnage": 3.5}, {"weight"}),
    ("Boulevard du Midi", {"periode_jh": "Mo-Fr 08:00-12:00"}, {"periode_jh": "Mo-Fr 08:00-12:30"}, {"hours"}),
    ("Chemin Vert", {"sauf_veh_usages": "Riverains"}, {"sauf_veh_usages": "Riverains|Livraison"}, {"exemptions"}),
    ("Cours Mirabeau", {"veh_types": "Poids lourds"}, {"veh_types": "Poids lourds|Véhicules utilitaires légers"}, {"vehicles"}),
    ("Quai Neuf", {"regl_modalite": "Autorise"}, {}, {"rule"}),
    ("Route Haute", {"veh_haut": 3.0}, {"veh_haut": 3.5}, {"size"}),
    ("Route de l'Été", {"periode_jh": "Jun-Sep 08:00-20:00"}, {"periode_jh": "Jul-Aug 08:00-20:00"}, {"hours"}),
    ("Route des Fêtes", {"periode_jh": "Mo-Su 08:00-20:00"}, {"periode_jh": "Mo-Su 08:00-20:00; PH off"}, {"hours"}),
    ("Traverse Double", {**HEAVY, "veh_tonnage": 26.0, "periode_jh": "Sa 08:00-12:00"}, {**HEAVY, "veh_tonnage": 12.0, "periode_jh": "Su 08:00-12:00"}, {"weight", "hours"}),
)  # fmt: skip


@pytest.fixture(scope="module")
def two_towns():
    rows = [row for number, (street, a, b) in enumerate(SAME) for row in pair(number, street, a, b)]
    rows += [row for number, (street, a, b, _) in enumerate(DIFFERENT, start=50) for row in pair(number, street, a, b)]
    return table(*rows)


@pytest.fixture(scope="module")
def found(two_towns):
    return harmonisation(two_towns)


def by_street(found):
    return {street: set(rows["aspect"]) for street, rows in found.differences.groupby("voie")}


def test_exactly_the_known_differences_are_found(found):
    assert by_street(found) == {street: aspects for street, _, _, aspects in DIFFERENT}
    assert len(found.differences) == sum(len(aspects) for *_, aspects in DIFFERENT)


def test_the_pair_is_counted(found):
    assert len(found.pairs) == 1
    row = found.pairs.iloc[0]
    assert row[["commune_a", "commune_b", "voies", "voies_differentes", "differences"]].tolist() == [A[0], B[0], 15, 9, 10]
    assert row[["rule", "weight", "vehicles", "hours", "exemptions", "size", "one_side"]].tolist() == [1, 2, 1, 4, 1, 1, 0]
    assert found.counts() == {"orders": 30, "compared": 30, "pairs": 1, "streets": 15, "streets_that_differ": 9, "differences": 10}


def test_a_difference_says_both_sides_and_lies_at_the_boundary(found):
    row = found.differences.set_index("voie").loc["Avenue de la Gare"]
    assert row[["valeur_a", "valeur_b", "arretes_a", "arretes_b"]].tolist() == ["à partir de 19 t", "à partir de 3.5 t", "13001/50", "13002/50"]
    place = found.differences.set_index("voie").to_crs(2154).geometry["Avenue de la Gare"]
    assert (place.x, place.y) == pytest.approx((X, Y + 50_000), abs=0.01)
    assert found.differences.crs.to_epsg() == 4326


def test_spellings_of_a_street_meet_and_streets_apart_do_not():
    near = [order(A, 1, "Bd. du Mal Foch", 0, veh_tonnage=19.0, **HEAVY), order(B, 1, "Boulevard du Maréchal Foch", 0, veh_tonnage=26.0, **HEAVY)]
    far = [order(A, 2, "Rue Haute", 0), order(B, 2, "Rue Haute", 800, periode_jh="Mo 08:00-09:00")]
    assert by_street(harmonisation(table(*near, *far))) == {"Bd. du Mal Foch": {"weight"}}


def test_of_several_rules_equal_ones_go_together_and_one_that_is_left_stands_alone():
    rows = [
        order(A, 1, "Rue Haute", 0, veh_tonnage=19.0, **HEAVY), order(A, 2, "Rue Haute", 0, periode_jh="Mo-Fr 08:00-09:00"),
        order(B, 1, "Rue Haute", 0, periode_jh="Mo-Fr 08:00-09:00"),
    ]  # fmt: skip
    found = harmonisation(table(*rows))
    assert found.differences[["aspect", "arretes_a", "arretes_b", "valeur_b"]].to_numpy().tolist() == [["one_side", "13001/1", "", "–"]]


def test_rules_for_whole_neighbouring_towns_are_compared_and_those_apart_are_not():
    towns = [
        {"coll_nom": name, "coll_insee": code, "cle": code, "emprise_designation": name, "regl_modalite": "Interdit", "veh_tonnage": weight, "veh_tonnage_modalite": "à partir de", "geometry": shapely.box(X + west, Y, X + west + 1000, Y + 1000)}
        for (name, code), west, weight in ((A, 0, 19.0), (B, 1000, 12.0), (("Commune de Loin", "13003"), 5000, 3.5))
    ]
    found = harmonisation(table(*towns))
    assert found.differences[["insee_a", "insee_b", "aspect", "voie"]].to_numpy().tolist() == [["13001", "13002", "weight", "(whole municipality)"]]


def test_a_street_that_goes_on_without_a_rule_is_found_with_the_streets():
    rows = table(order(A, 1, "Rue Haute", 0), order(B, 9, "Rue Basse", 9000))
    assert harmonisation(rows).differences.empty
    shapes = [shapely.LineString([(X - 500, Y), (X, Y)]), shapely.LineString([(X, Y), (X + 500, Y)])]
    streets = gpd.GeoDataFrame({"nom": ["Rue Haute"] * 2, "code_insee": ["13001", "13002"]}, geometry=shapes, crs=2154)
    found = harmonisation(rows, streets)
    assert found.differences[["aspect", "insee_b", "valeur_b"]].to_numpy().tolist() == [["one_side", "13002", "–"]]


def test_the_pair_that_differs_most_comes_first():
    third = ("Commune de Cime", "13003")
    rows = [*pair(1, "Rue Un", {}, {"periode_jh": "Mo 08:00-09:00"}), *pair(2, "Rue Deux", {}, {"veh_haut": 3.0})]
    rows += [order(A, 3, "Rue Trois", 7000, periode_jh="Sa 01:00-02:00"), {**order(B, 3, "Rue Trois", 7000), "coll_nom": third[0], "coll_insee": third[1], "cle": "13003/3"}]
    assert harmonisation(table(*rows)).pairs[["insee_a", "insee_b", "differences"]].to_numpy().tolist() == [["13001", "13002", 2], ["13001", "13003", 1]]


def test_what_cannot_be_compared_is_told():
    lost = {**order(A, 1, "Rue Haute", 0), "geometry": None}
    odd = pair(2, "Rue Basse", {"periode_jh": "le matin"}, {"periode_jh": "Le matin"})
    found = harmonisation(table(lost, *odd))
    assert [str(note) for note in found.notes] == ["1 orders without geometry could not be compared: locate them first.", "Hours that cannot be read are compared as text: le matin ; Le matin"]
    assert found.differences.empty
    assert harmonisation(table(lost)).counts()["differences"] == 0
