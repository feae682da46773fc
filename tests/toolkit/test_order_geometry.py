"""Orders on the map: whole streets, parts of them, municipalities; names that are ambiguous or unknown are told and not guessed."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from joptimiz_qgis.toolkit.errors import CrsError, HeaderError
from joptimiz_qgis.toolkit.read.regulations import read_regulations
from joptimiz_qgis.toolkit.schema import load_table
from joptimiz_qgis.toolkit.survey.order_geometry import between, locate_orders
from joptimiz_qgis.toolkit.survey.street_names import is_municipality, normalised, normalised_town

X, Y = 1_000_000.0, 6_300_000.0  # Lambert-93, some place in Provence


def line(*xy):
    return shapely.LineString([(X + x, Y + y) for x, y in xy])


def streets(**named):
    """``streets(Rue_Haute=[line, …])``: pieces by name, Lambert-93."""
    rows = [(name.replace("_", " "), shape) for name, shapes in named.items() for shape in shapes]
    return gpd.GeoDataFrame({"nom": [name for name, _ in rows]}, geometry=[shape for _, shape in rows], crs=2154)


def orders(*rows):
    names = load_table("regulations").names
    plain = {"coll_nom": "Commune de Carros", "coll_insee": "06033", "geom_origine": "à localiser"}
    table = pd.DataFrame([{**dict.fromkeys(names), **plain, "cle": f"06033/{number}", **row} for number, row in enumerate(rows)], dtype=object)
    return gpd.GeoDataFrame(table, geometry=[None] * len(rows), crs=4326)


def wgs84(x, y):
    point = gpd.GeoSeries([shapely.Point(X + x, Y + y)], crs=2154).to_crs(4326).iloc[0]
    return f"{point.x:.8f},{point.y:.8f}"


def metric(located, row=0):
    return located.orders.geometry.to_crs(2154).iloc[row]


HIGH = [line((0, 0), (100, 0)), line((100, 0), (200, 0), (300, 0))]


@pytest.mark.parametrize("written", ["Rue Haute", "RUE HAUTE", "r. haute", "Rue  de la Haute", "rue haute (côté est)"])
def test_the_whole_street_whatever_the_spelling(written):
    located = locate_orders(orders({"emprise_designation": written}), streets(Rue_Haute=HIGH, Rue_Basse=[line((0, 50), (300, 50))]), source="BD TOPO")
    assert metric(located).length == pytest.approx(300, abs=0.01)
    assert located.orders[["geom_origine", "geom_source"]].iloc[0].tolist() == ["voie", "BD TOPO"]
    assert located.counts() == {"orders": 1, "streets": 1, "sections": 0, "municipalities": 0, "without_geometry": 0}
    assert located.told == {}


def test_the_part_between_two_points_by_hand():
    """From x = 50 to x = 180, both a little off the street."""
    order = {"emprise_designation": "Rue Haute", "geom_debut": wgs84(50, 5), "geom_fin": wgs84(180, -8)}
    located = locate_orders(orders(order), streets(Rue_Haute=HIGH))
    assert located.found.tolist() == ["section"]
    xs = [x - X for x, _ in metric(located).coords]
    assert sorted((xs[0], xs[-1])) == pytest.approx([50, 180], abs=0.05)
    assert metric(located).length == pytest.approx(130, abs=0.05)


def test_the_part_between_two_streets_that_it_names():
    crossing = {"Rue_du_4_Septembre": [line((100, -50), (100, 50))], "Rue_Sainte_Victoire": [line((300, -50), (300, 50))]}
    order = {"emprise_designation": "Rue Haute", "emprise_debut": "rue du 4 Septembre", "emprise_fin": "Rue Ste Victoire"}
    located = locate_orders(orders(order), streets(Rue_Haute=HIGH, **crossing))
    assert located.found.tolist() == ["section"]
    assert metric(located).length == pytest.approx(200, abs=0.05)


def test_ends_in_words_that_are_no_street_give_the_whole_street_and_are_told():
    order = {"emprise_designation": "Rue Haute", "emprise_debut": "giratoire Bagnis", "emprise_fin": "le moulin"}
    located = locate_orders(orders(order), streets(Rue_Haute=HIGH))
    assert metric(located).length == pytest.approx(300, abs=0.01)
    assert "giratoire Bagnis – le moulin" in str(located.told[0])


def test_two_streets_of_one_name_are_told_and_neither_is_taken():
    twice = streets(Rue_Haute=[line((0, 0), (100, 0)), line((5000, 0), (5100, 0))])
    located = locate_orders(orders({"emprise_designation": "Rue Haute"}), twice)
    assert located.orders.geometry.iloc[0] is None
    assert located.orders["geom_origine"].iloc[0] == "à localiser"
    assert "2 places in the layer bear this name" in str(located.told[0])


def test_two_ends_tell_streets_of_one_name_apart():
    twice = streets(Rue_Haute=[line((0, 0), (100, 0)), line((5000, 0), (5100, 0))])
    order = {"emprise_designation": "Rue Haute", "geom_debut": wgs84(5010, 0), "geom_fin": wgs84(5090, 0)}
    assert metric(locate_orders(orders(order), twice)).length == pytest.approx(80, abs=0.05)


def test_a_street_is_looked_for_in_its_own_municipality():
    twice = streets(Rue_Haute=[line((0, 0), (100, 0)), line((5000, 0), (5250, 0))])
    towns = gpd.GeoDataFrame({"insee": ["06157", "06033"]}, geometry=[shapely.box(X - 10, Y - 10, X + 1000, Y + 10), shapely.box(X + 4000, Y - 10, X + 6000, Y + 10)], crs=2154)
    assert metric(locate_orders(orders({"emprise_designation": "Rue Haute"}), twice, towns)).length == pytest.approx(250, abs=0.05)
    coded = twice.assign(code_insee=["06033", "06157"])
    assert metric(locate_orders(orders({"emprise_designation": "Rue Haute"}), coded)).length == pytest.approx(100, abs=0.05)


def test_an_unknown_name_is_told_with_the_nearest_ones():
    located = locate_orders(orders({"emprise_designation": "Chemin Saint Elisabeth"}, {"emprise_designation": "Quai Vert"}), streets(Chemin_Sainte_Elisabeth=HIGH))
    assert located.found.empty
    assert "chemin sainte elisabeth" in str(located.told[0])
    assert str(located.told[1]) == "no street of the layer bears this name"


def test_an_end_far_from_the_street_leaves_the_order_to_be_located():
    order = {"emprise_designation": "Rue Haute", "geom_debut": wgs84(50, 400), "geom_fin": wgs84(180, 0)}
    located = locate_orders(orders(order), streets(Rue_Haute=HIGH))
    assert located.found.empty
    assert "400 m from the street" in str(located.told[0])


def test_a_street_in_two_parts_has_no_way_from_one_to_the_other():
    order = {"emprise_designation": "Rue Haute", "geom_debut": wgs84(50, 0), "geom_fin": wgs84(250, 0)}
    located = locate_orders(orders(order), streets(Rue_Haute=[line((0, 0), (100, 0)), line((200, 0), (300, 0))]))
    assert "no way along the street" in str(located.told[0])


def test_the_way_takes_the_shorter_side_of_a_ring():
    ring = shapely.MultiLineString([[(0, 0), (100, 0)], [(100, 0), (100, 10), (0, 10), (0, 0)]])
    assert between(ring, shapely.Point(20, 0), shapely.Point(10, 10)).length == pytest.approx(20 + 10 + 10)


def test_the_whole_municipality_by_code_or_name():
    towns = gpd.GeoDataFrame({"NOM_COM": ["CARROS", "Vence"]}, geometry=[shapely.box(0, 43, 1, 44), shapely.box(1, 43, 2, 44)], crs=4326)
    both = orders({"emprise_designation": "Commune de Carros"}, {"emprise_designation": "Toute la commune", "coll_nom": "Commune de Vence"})
    located = locate_orders(both, None, towns)
    assert located.found.tolist() == ["commune", "commune"]
    assert [shape.equals(town) for shape, town in zip(located.orders.geometry, towns.geometry)] == [True, True]
    coded = towns.assign(code_insee=["06157", "06033"])
    assert locate_orders(both, None, coded).orders.geometry.iloc[0].equals(coded.geometry.iloc[1])


def test_what_has_a_geometry_keeps_it_and_what_was_located_can_be_located_anew():
    table = orders({"emprise_designation": "Rue Haute", "geom_origine": "publiée"}, {"emprise_designation": "Rue Haute", "geom_origine": "voie"})
    table = table.set_geometry(gpd.GeoSeries([shapely.LineString([(7, 43), (7.1, 43)])] * 2, crs=4326))
    assert locate_orders(table, streets(Rue_Haute=HIGH)).found.empty
    assert locate_orders(table, streets(Rue_Haute=HIGH), replace=True).found.to_dict() == {1: "voie"}


def test_the_four_towns_say_of_each_order_what_it_needs(shared_data):
    """25 real orders of three towns: 13 − 3 of Carros, 2 of Fuveau and 8 of Vence are on streets, 3 + 1 in whole towns, 1 names nothing."""
    tables = [read_regulations(shared_data / "regulations" / f"{name}.csv").table for name in ("carros", "fuveau", "vence")]
    located = locate_orders(gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), crs=4326))
    told = pd.Series({label: str(message) for label, message in located.told.items()})
    assert told.str.contains("layer of streets").sum() == 20
    assert told.str.contains("layer of municipalities").sum() == 4
    assert told.str.contains("EMPRISE_DESIGNATION is empty").sum() == 1


def test_layers_that_do_not_say_what_is_needed_are_refused():
    with pytest.raises(HeaderError, match="no column of names"):
        locate_orders(orders({"emprise_designation": "Rue Haute"}), streets(a=HIGH).rename(columns={"nom": "x"}))
    with pytest.raises(HeaderError, match="neither INSEE codes nor names"):
        locate_orders(orders({"emprise_designation": "Rue Haute"}), None, gpd.GeoDataFrame({"x": [1]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326))
    with pytest.raises(CrsError):
        locate_orders(orders({"emprise_designation": "Rue Haute"}), streets(a=HIGH).set_crs(None, allow_override=True))


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Chemin de l’Emigra", "chemin emigra"), ("Ch. de l'Émigra", "chemin emigra"), ("Bd. du Mal Foch", "boulevard marechal foch"),
        ("Av. St-Exupéry", "avenue saint exupery"), ("Allées de l'Œuvre", "allee oeuvre"), ("Rue R. Schuman", "rue r schuman"),
    ],
)  # fmt: skip
def test_names_in_one_form(written, name):
    assert normalised(written) == name


def test_what_is_a_whole_municipality():
    assert is_municipality("Commune de Carros")
    assert is_municipality("Toute la commune")
    assert is_municipality("Carros", "Commune de Carros")
    assert not is_municipality("Chemin de la Commune", "Commune de Carros")
    assert normalised_town("Commune d’Aix-en-Provence") == normalised_town("AIX EN PROVENCE") == "aix provence"
