"""Build the embedded sample: Valorge-sur-Lisle, a town that does not exist.

Everything is drawn in metres around a market square, moved to Lambert-93 on an empty spot of the Creuse uplands and
written as WGS84. The same seed gives the same bytes, so that the committed files can always be checked against this
script (tests/toolkit/test_sample.py does). No real data goes in.

    python scripts/make_sample.py [--out DIR]
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import math
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import shapely
from pyproj import Transformer
from shapely import affinity
from shapely.geometry import LineString, MultiLineString, MultiPoint, Point, Polygon, mapping
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient
from shapely.ops import polygonize, unary_union

T = TypeVar("T")
XY = tuple[float, float]

SEED = 2024
TOWN = "Valorge-sur-Lisle"
# Both codes fit the pattern of the Creuse and neither is allotted: no commune, no post office.
INSEE_CODE = POSTCODE = "23999"
ORIGIN_L93 = (621_200.0, 6_524_400.0)
DEFAULT_OUT = Path(__file__).resolve().parent.parent / "joptimiz_qgis" / "resources" / "sample"
UUID_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "valorge-sur-lisle.example")


def words(text: str, separator: str = " ") -> list[str]:
    """A list written as running text, which reads better than a column of quotes."""
    return text.replace("\n", separator).replace(separator * 2, separator).split(separator)


# ---------------------------------------------------------------------------------------------------------------------
# The plan of the town: metres east and north of the market square
# ---------------------------------------------------------------------------------------------------------------------

GRID_ORIGIN = (390.0, 193.0)
GRID_ANGLE = math.radians(10)
GRID_STEP = (118.0, 105.0)

NODES: dict[str, XY] = {
    # market square, and the abbey close beside it
    "M1": (58, 38), "M2": (46, -30), "M3": (-30, -38), "M4": (-36, 26), "C1": (-97, -52),
    # lanes half-way to the ring
    "I0": (-14, 136), "I1": (104, 122), "I2": (168, 22), "I3": (128, -92),
    "I4": (14, -132), "I5": (-98, -128), "I6": (-176, -20), "I7": (-118, 92), "J1": (192, 152),
    # bends (lower case: no crossing there)
    "k1": (94, 76), "k2": (-205, 96), "k3": (204, -134), "k4": (-178, -142), "k5": (-76, 134), "k6": (14, 214),
    "k7": (240, 20), "k8": (-246, -42), "k9": (142, 206), "k10": (-116, 178), "k11": (90, -74), "k12": (186, 86),
    # boulevard ring, on the line of the old walls; the quay in the south
    "R0": (-6, 296), "R1": (148, 292), "R2": (266, 198), "R3": (318, 48), "R4": (278, -112), "R5": (150, -208),
    "R6": (2, -243), "R7": (-142, -243), "R8": (-264, -184), "R9": (-316, -28), "R10": (-286, 142), "R11": (-160, 256),
    # station
    "GN": (832, 341), "GA": (842, 272), "GS": (858, 206),
    # east and north
    "Q1": (302, -252), "E0": (432, -196), "E1": (645, -152), "E2": (432, -28), "E3": (622, 2), "E4": (905, -128),
    "N0": (22, 430), "N1": (34, 590), "N2": (66, 830), "NE0": (218, 385), "NW0": (-248, 405), "NW1": (-275, 548),
    # west
    "W0": (-482, 18), "W1": (-676, 42), "W2": (-462, 182), "W3": (-640, 204), "W4": (-438, 338), "W5": (-606, 368),
    "W6": (-468, -128), "W7": (-655, -108), "W8": (-915, 74),
    # faubourg south of the river
    "S0": (6, -338), "S1": (16, -452), "S2": (6, -600), "S3": (-34, -830), "SA": (-196, -372), "SB": (228, -356),
    "SC": (-190, -492), "SD": (-160, -612), "SE": (226, -474),
    # activity zone
    "Z0": (442, -462), "Z1": (640, -478), "Z2": (846, -492), "Z3": (446, -626), "Z4": (648, -640), "Z5": (856, -650),
}


def grid_node(column: int, row: int) -> XY:
    """Crossing of the station quarter; row 1 carries the avenue, row 0 lies south of it."""
    east, north = column * GRID_STEP[0], (row - 1) * GRID_STEP[1]
    cos, sin = math.cos(GRID_ANGLE), math.sin(GRID_ANGLE)
    return (GRID_ORIGIN[0] + east * cos - north * sin, GRID_ORIGIN[1] + east * sin + north * cos)


NODES.update({f"G{i}{j}": grid_node(i, j) for i in range(4) for j in range(5)})


@dataclass(frozen=True)
class Frontage:
    """What lines a street: how dense the establishments are, and what the buildings look like.

    Lengths are metres; `per_100m` counts establishments on both sides together. Buildings form a
    continuous front where `gap` is 0; lots are about `lot` wide, and up to the share `yard` of their depth
    is left open behind.
    """

    per_100m: float
    mix: str
    depth: float = 14.0
    setback: float = 0.0
    lot: float = 13.0
    gap: float = 0.0
    yard: float = 0.5


FRONTAGES = {
    "coeur": Frontage(31.0, "commerce", depth=34.0, yard=0.62),
    "commerce": Frontage(23.0, "commerce", depth=32.0, yard=0.62),
    "gare": Frontage(20.0, "gare", depth=15.0),
    "boulevard": Frontage(9.0, "boulevard", depth=19.0),
    "ruelle": Frontage(5.5, "quartier", depth=31.0, yard=0.62),
    "quartier": Frontage(4.2, "quartier", depth=13.0),
    "residence": Frontage(1.6, "quartier", depth=10.0, setback=4.0, lot=21.0, gap=7.0),
    "activite": Frontage(3.4, "activite", depth=34.0, setback=9.0, lot=62.0, gap=18.0),
    "route": Frontage(0.0, "quartier", depth=0.0),
}

SIDEWALK_M = {"boulevard": 4.5, "commerçante": 3.0, "desserte": 2.0, "piétonne": 1.0}


@dataclass(frozen=True)
class Street:
    """A named run of street from crossing to crossing; `lead` are the nodes before and after that bend it smoothly."""

    nom: str
    type: str
    largeur_m: float
    frontage: str
    nodes: str
    lead: tuple[str, str] = ("", "")


STREETS = [
    # the ring
    Street("Boulevard des Remparts", "boulevard", 15, "boulevard", "R10 R11 R0 R1 R2", ("R9", "R3")),
    Street("Boulevard de la Poterne", "boulevard", 15, "boulevard", "R2 R3 R4", ("R1", "R5")),
    Street("Quai des Gabares", "boulevard", 13, "boulevard", "R4 R5 R6 R7 R8", ("R3", "R9")),
    Street("Boulevard Saint-Roch", "boulevard", 15, "boulevard", "R8 R9 R10", ("R7", "R11")),
    # the heart: pedestrian around the square, shopping streets out to the ring
    Street("Place du Marché", "piétonne", 7, "coeur", "M1 M2 M3 M4 M1"),
    Street("Grande Rue", "commerçante", 9, "commerce", "R0 k6 I0", ("N0", "M4")),
    Street("Grande Rue", "piétonne", 7, "coeur", "I0 M4", ("R0", "")),
    Street("Rue du Pont-Vieux", "piétonne", 6, "coeur", "M3 I4"),
    Street("Rue du Pont-Vieux", "commerçante", 8.5, "commerce", "I4 R6", ("M3", "S0")),
    Street("Pont Vieux", "commerçante", 8.5, "route", "R6 S0"),
    Street("Rue de la République", "commerçante", 10, "commerce", "R9 k8 I6", ("W0", "M3")),
    Street("Rue de la République", "piétonne", 7, "coeur", "I6 M3", ("R9", "")),
    Street("Rue de l'Horloge", "piétonne", 6.5, "coeur", "M1 I2"),
    Street("Rue de l'Horloge", "commerçante", 9, "commerce", "I2 k7 R3", ("M1", "E2")),
    Street("Rue Saint-Martial", "commerçante", 8, "commerce", "R2 J1 I1 k1 M1", ("G01", "")),
    Street("Rue des Halles", "commerçante", 8, "commerce", "R10 k2 I7 M4"),
    Street("Rue des Tanneurs", "desserte", 7, "ruelle", "R4 k3 I3 k11 M2"),
    Street("Rue du Vieux-Moulin", "desserte", 7, "ruelle", "R8 k4 I5 C1 M3"),
    Street("Rue des Fossés", "desserte", 6.5, "ruelle", "I7 k5 I0 I1", ("I6", "I2")),
    Street("Rue du Puits-Neuf", "desserte", 6.5, "ruelle", "I1 I2 I3"),
    Street("Rue de la Tour-Carrée", "desserte", 6.5, "ruelle", "I3 I4 I5", ("I2", "")),
    Street("Rue de l'Abbaye", "desserte", 6.5, "ruelle", "C1 I6 I7", ("M3", "")),
    Street("Rue des Carmes", "desserte", 6.5, "ruelle", "R1 k9 I1"),
    Street("Rue du Chapitre", "desserte", 6.5, "ruelle", "R11 k10 I7"),
    Street("Rue du Lavoir", "desserte", 6, "ruelle", "J1 k12 I2"),
    Street("Rue des Teinturiers", "desserte", 6.5, "ruelle", "R5 I3"),
    Street("Rue de l'Abreuvoir", "desserte", 6.5, "ruelle", "R7 I5"),
    # the station quarter
    Street("Avenue de la Gare", "commerçante", 13, "gare", "R2 G01 G11 G21 G31 GA", ("I1", "")),
    Street("Place de la Gare", "boulevard", 16, "gare", "GN GA GS"),
    Street("Rue Gambetta", "commerçante", 10, "commerce", "NE0 G02 G12 G22 G32 GN"),
    Street("Rue Pasteur", "desserte", 9, "quartier", "G00 G10 G20 G30 GS"),
    Street("Rue de l'Avenir", "desserte", 9, "quartier", "NE0 G03 G13 G23 G33"),
    Street("Rue des Écoles", "desserte", 9, "quartier", "G04 G14 G24 G34"),
    Street("Rue Denfert", "desserte", 9, "quartier", "E2 G00 G01 G02 G03 G04"),
    Street("Rue George-Sand", "desserte", 9, "quartier", "G10 G11 G12 G13 G14"),
    Street("Rue Lamartine", "desserte", 9, "quartier", "E3 G20 G21 G22 G23 G24"),
    Street("Rue des Cheminots", "desserte", 9, "quartier", "G30 G31 G32 G33 G34"),
    # the rest of the town
    Street("Avenue de Paris", "boulevard", 12, "boulevard", "R0 N0 N1", ("I0", "N2")),
    Street("Avenue de Paris", "boulevard", 12, "route", "N1 N2", ("N0", "")),
    Street("Rue du Haut-Clos", "desserte", 8, "quartier", "NW0 N0 NE0"),
    Street("Rue du Chapitre", "desserte", 8, "residence", "R11 NW0"),
    Street("Rue des Carmes", "desserte", 8, "quartier", "R1 NE0"),
    Street("Chemin des Vignes", "desserte", 7.5, "residence", "W5 NW1 N1 G04"),
    Street("Allée des Tilleuls", "desserte", 7.5, "residence", "NW0 NW1"),
    Street("Rue du Haut-Clos", "desserte", 8, "residence", "NW0 W4"),
    Street("Avenue des Prés-Hauts", "boulevard", 12, "boulevard", "R9 W0 W1", ("I6", "W8")),
    Street("Avenue des Prés-Hauts", "boulevard", 12, "route", "W1 W8", ("W0", "")),
    Street("Rue des Lavandières", "desserte", 8, "residence", "R10 W2 W3"),
    Street("Rue de la Croix-Blanche", "desserte", 8, "residence", "W6 W0 W2 W4"),
    Street("Rue des Merles", "desserte", 7.5, "residence", "W7 W1 W3 W5"),
    Street("Rue du Verger", "desserte", 7.5, "residence", "W4 W5"),
    Street("Rue du Parc", "desserte", 8, "residence", "R8 W6 W7"),
    Street("Rue des Marronniers", "desserte", 9, "quartier", "R3 E2 E3", ("I2", "")),
    Street("Rue du Port", "desserte", 9, "quartier", "R5 Q1 E0", ("R6", "")),
    Street("Rue de Bellevue", "desserte", 9, "quartier", "R4 E0 E1"),
    Street("Avenue du Levant", "boulevard", 12, "route", "E1 E4"),
    Street("Rue de la Fonderie", "desserte", 9, "quartier", "E2 E0"),
    Street("Rue de Bellevue", "desserte", 8, "residence", "E1 E3"),
    Street("Pont Neuf", "desserte", 10, "route", "E0 Z0"),
    Street("Rue du Faubourg-Saint-Jean", "commerçante", 9, "commerce", "S0 S1", ("R6", "S2")),
    Street("Rue du Faubourg-Saint-Jean", "desserte", 9, "quartier", "S1 S2", ("S0", "S3")),
    Street("Route du Sud", "boulevard", 12, "route", "S2 S3", ("S1", "")),
    Street("Rue de la Rive", "desserte", 8, "quartier", "SC SA S0 SB SE"),
    Street("Rue des Mégissiers", "desserte", 8, "residence", "SD SC S1 SE Z0"),
    Street("Rue des Jardiniers", "desserte", 8, "residence", "SD S2 Z3"),
    Street("Rue des Entrepôts", "desserte", 11, "activite", "Z0 Z1 Z2"),
    Street("Rue de l'Industrie", "desserte", 11, "activite", "Z3 Z4 Z5"),
    Street("Rue de la Scierie", "desserte", 11, "activite", "Z0 Z3"),
    Street("Rue du Triage", "desserte", 11, "activite", "Z1 Z4"),
    Street("Rue des Grands-Prés", "desserte", 11, "activite", "Z2 Z5"),
]

RIVER = [(-1150, -196), (-880, -338), (-610, -388), (-330, -330), (-110, -292), (90, -288), (330, -322), (560, -372),
         (800, -330), (1150, -232)]
RIVER_WIDTH_M = 34.0
PARK = [(-665, -142), (-560, -150), (-462, -158), (-340, -172), (-262, -200), (-206, -255), (-250, -288), (-350, -312),
        (-480, -334), (-600, -346), (-690, -338), (-712, -240)]
PARK_POND = (-500.0, -245.0)
SQUARE_GARDEN = [(-78, 214), (-36, 214), (-30, 256), (-66, 254)]
STADIUM = [(505, -262), (640, -252), (646, -298), (508, -306)]
WOODS = {
    "Bois de la Garenne": [(-742, 396), (-690, 540), (-604, 566), (-566, 652), (-470, 700), (-520, 802), (-700, 842),
                           (-905, 790), (-1010, 610), (-968, 470), (-880, 486), (-846, 404)],
    "Bois des Loges": [(-420, -452), (-318, -470), (-262, -560), (-250, -680), (-300, -800), (-520, -846),
                       (-700, -770), (-760, -640), (-890, -590), (-860, -470), (-640, -486)],
    "Coteau du Levant": [(930, 40), (1010, 24), (1110, 60), (1150, 250), (1100, 470), (1010, 590), (900, 640),
                         (870, 560), (926, 470), (960, 300), (940, 170)],
    "Prairie des Gabares": [(700, -230), (905, -190), (1130, -150), (1140, -196), (960, -260), (800, -298),
                            (720, -300)],
    "Prairie du Gué": [(-760, -160), (-930, -130), (-1140, -60), (-1140, -160), (-900, -290), (-790, -330),
                       (-742, -250)],
    "Jardins familiaux": [(105, 660), (340, 600), (560, 640), (590, 720), (330, 740), (120, 770)],
}
MARKET_HALL = (9.0, 1.0, 34.0, 19.0, math.radians(6))
ABBEY_CLOSE = (-134.0, -88.0, 27.0)
STATION = (872.0, 276.0, 17.0, 128.0, math.radians(-6))

# ---------------------------------------------------------------------------------------------------------------------
# What there is to deliver
# ---------------------------------------------------------------------------------------------------------------------

# apet700: label, most frequent workforce classes, share in each mix (commerce, gare, boulevard, quartier, activite)
MIXES = ("commerce", "gare", "boulevard", "quartier", "activite")
TINY, SMALL, MEDIUM, LARGE = ("NN 00 01", "00 01 02", "01 02 03 11", "03 11 12")
ACTIVITIES: dict[str, tuple[str, str, tuple[float, ...]]] = {
    "5610A": ("Restauration traditionnelle", MEDIUM, (9, 9, 6, 3, 1)),
    "5610C": ("Restauration de type rapide", SMALL, (7, 8, 4, 3, 2)),
    "5630Z": ("Débits de boissons", SMALL, (4, 4, 3, 2, 0)),
    "5510Z": ("Hôtels et hébergement similaire", MEDIUM, (0.8, 3, 1.5, 0.3, 1)),
    "1071C": ("Boulangerie et boulangerie-pâtisserie", MEDIUM, (4, 3, 2, 2.5, 0.5)),
    "4722Z": ("Commerce de détail de viandes et de produits à base de viande", SMALL, (2, 1, 0.5, 1, 0)),
    "4721Z": ("Commerce de détail de fruits et légumes", SMALL, (1.5, 1, 0.5, 1, 0)),
    "4725Z": ("Commerce de détail de boissons", SMALL, (1, 0.7, 0.5, 0.3, 0.5)),
    "4711B": ("Commerce d'alimentation générale", SMALL, (1.5, 1.5, 1, 2, 0)),
    "4711C": ("Supérettes", MEDIUM, (1, 1, 1, 0.8, 0)),
    "4773Z": ("Commerce de détail de produits pharmaceutiques", MEDIUM, (2, 1.5, 1, 1, 0)),
    "4771Z": ("Commerce de détail d'habillement", SMALL, (13, 4, 2, 0.5, 0)),
    "4772A": ("Commerce de détail de la chaussure", SMALL, (3, 1, 0.5, 0, 0)),
    "4777Z": ("Commerce de détail d'articles d'horlogerie et de bijouterie", SMALL, (2.5, 0.5, 0.3, 0, 0)),
    "4775Z": ("Commerce de détail de parfumerie et de produits de beauté", SMALL, (2, 0.5, 0.2, 0, 0)),
    "4778A": ("Commerces de détail d'optique", SMALL, (2.5, 1, 0.8, 0.2, 0)),
    "4761Z": ("Commerce de détail de livres", SMALL, (1.5, 0.8, 0.3, 0.1, 0)),
    "4762Z": ("Commerce de détail de journaux et papeterie", SMALL, (1.2, 1.5, 0.6, 0.6, 0)),
    "4726Z": ("Commerce de détail de produits à base de tabac", SMALL, (1.2, 1.5, 1, 1, 0)),
    "4776Z": ("Commerce de détail de fleurs, plantes et animaux de compagnie", SMALL, (1.8, 1.2, 0.8, 0.8, 1)),
    "4759B": ("Commerce de détail d'autres équipements du foyer", SMALL, (2.5, 1, 1, 0.3, 3)),
    "4752A": ("Commerce de détail de quincaillerie, peintures et verres", SMALL, (0.8, 0.8, 1, 0.8, 1)),
    "4764Z": ("Commerce de détail d'articles de sport", MEDIUM, (1, 0.5, 0.5, 0.1, 2)),
    "4765Z": ("Commerce de détail de jeux et jouets", SMALL, (0.9, 0.3, 0.2, 0, 0.5)),
    "4779Z": ("Commerce de détail de biens d'occasion", TINY, (1.2, 0.5, 0.5, 0.6, 0.5)),
    "9602A": ("Coiffure", SMALL, (5, 3, 3, 5, 0)),
    "9602B": ("Soins de beauté", TINY, (2.5, 1.5, 1, 2, 0)),
    "9601B": ("Blanchisserie-teinturerie de détail", SMALL, (0.8, 0.8, 0.6, 0.6, 0)),
    "6419Z": ("Autres intermédiations monétaires", MEDIUM, (2.2, 2, 2.5, 0.2, 0)),
    "6622Z": ("Activités des agents et courtiers d'assurances", SMALL, (1.8, 2, 3, 1, 0)),
    "6831Z": ("Agences immobilières", SMALL, (2.5, 3, 3, 1, 0)),
    "7911Z": ("Activités des agences de voyage", SMALL, (0.8, 1, 0.3, 0, 0)),
    "6910Z": ("Activités juridiques", MEDIUM, (1, 3, 6, 3, 0)),
    "6920Z": ("Activités comptables", MEDIUM, (0.5, 3, 5, 2, 2)),
    "7111Z": ("Activités d'architecture", TINY, (0.4, 1.5, 2, 2, 0.3)),
    "7022Z": ("Conseil pour les affaires et autres conseils de gestion", TINY, (0.6, 3, 4, 5, 1)),
    "6201Z": ("Programmation informatique", SMALL, (0.3, 2, 2, 2.5, 1.5)),
    "8621Z": ("Activité des médecins généralistes", TINY, (0.6, 2, 3, 4, 0)),
    "8623Z": ("Pratique dentaire", SMALL, (0.5, 1.5, 2, 2, 0)),
    "8690E": ("Activités des professionnels de la rééducation", TINY, (0.5, 1.5, 2, 5, 0)),
    "9511Z": ("Réparation d'ordinateurs et d'équipements périphériques", TINY, (0.6, 0.8, 0.5, 0.8, 0.5)),
    "4322A": ("Travaux d'installation d'eau et de gaz en tous locaux", SMALL, (0, 0.3, 0.6, 3, 5)),
    "4321A": ("Travaux d'installation électrique dans tous locaux", SMALL, (0, 0.3, 0.4, 3, 5)),
    "4334Z": ("Travaux de peinture et vitrerie", TINY, (0, 0.1, 0.3, 2.5, 3)),
    "4520A": ("Entretien et réparation de véhicules automobiles légers", SMALL, (0, 0.8, 1.5, 1.2, 6)),
    "4532Z": ("Commerce de détail d'équipements automobiles", MEDIUM, (0, 0.1, 0.5, 0.1, 4)),
    "4639B": ("Commerce de gros alimentaire non spécialisé", LARGE, (0, 0, 0.2, 0.1, 5)),
    "4634Z": ("Commerce de gros de boissons", MEDIUM, (0, 0, 0.2, 0.1, 4)),
    "4673A": ("Commerce de gros de bois et de matériaux de construction", LARGE, (0, 0, 0, 0.1, 6)),
    "4674B": ("Commerce de gros de fournitures pour la plomberie et le chauffage", LARGE, (0, 0, 0, 0, 5)),
    "4941B": ("Transports routiers de fret de proximité", LARGE, (0, 0, 0, 0.3, 6)),
    "5210B": ("Entreposage et stockage non frigorifique", LARGE, (0, 0, 0, 0, 5)),
    "5229A": ("Messagerie, fret express", LARGE, (0, 0, 0, 0, 3)),
}

# One each, placed by hand: (code, label, name, workforce class, street)
ANCHORS = [
    ("8411Z", "Administration publique générale", f"Mairie de {TOWN}", "12", "Place du Marché"),
    ("5310Z", "Activités de poste dans le cadre d'une obligation de service universel", "Bureau de poste de Valorge",
     "11", "Boulevard des Remparts"),
    ("5914Z", "Projection de films cinématographiques", "Cinéma L'Étoile", "02", "Boulevard de la Poterne"),
    ("8531Z", "Enseignement secondaire général", "Lycée des Trois-Rivières", "12", "Rue des Écoles"),
    ("8520Z", "Enseignement primaire", "École élémentaire du Haut-Clos", "11", "Rue du Haut-Clos"),
    ("4711D", "Supermarchés", "Supermarché Le Panier d'Or", "12", "Avenue de Paris"),
    ("4711D", "Supermarchés", "Supermarché Bellevue", "12", "Rue de Bellevue"),
    ("4711D", "Supermarchés", "Supermarché des Remparts", "12", "Boulevard Saint-Roch"),
    ("4711F", "Hypermarchés", "Hypermarché Les Grands-Prés", "12", "Rue de l'Industrie"),
    ("9101Z", "Gestion des bibliothèques et des archives", "Médiathèque des Gabares", "03", "Quai des Gabares"),
]

NAME_PATTERNS: dict[str, Sequence[str]] = {
    "5610A": ("Le Bistrot {lieu}", "L'Auberge {lieu}", "La Table de {prenom}", "Restaurant {nom}", "Chez {prenom}",
              "Brasserie {lieu}", "L'Écuelle {lieu}", "Pizzeria {prenom}"),
    "5610C": ("Snack {lieu}", "La P'tite Faim {lieu}", "Sandwicherie {prenom}", "Le Kiosque {lieu}"),
    "5630Z": ("Café {lieu}", "Bar {lieu}", "Le Comptoir de {prenom}", "Au Rendez-vous {lieu}"),
    "5510Z": ("Hôtel {lieu}", "Hôtel {nom}", "Résidence {lieu}"),
    "1071C": ("Boulangerie {nom}", "Au Fournil {lieu}", "Le Pain d'{voyelle}", "L'Épi {lieu}"),
    "4722Z": ("Boucherie {nom}", "Boucherie-charcuterie {nom}", "Maison {nom}"),
    "4721Z": ("Primeur {nom}", "Le Verger {lieu}", "Aux Quatre Saisons {lieu}"),
    "4725Z": ("Cave {nom}", "Les Caves {lieu}"),
    "4711B": ("Épicerie {nom}", "L'Épicerie {lieu}", "Alimentation {lieu}"),
    "4711C": ("Supérette {lieu}", "Proxi'{voyelle}"),
    "4773Z": ("Pharmacie {lieu}", "Pharmacie {nom}"),
    "4771Z": ("Boutique {prenom}", "L'Atelier d'{voyelle}", "Prêt-à-porter {nom}", "Côté {prenom}", "Élégance {nom}"),
    "4772A": ("Chaussures {nom}", "Le Soulier {lieu}"),
    "4777Z": ("Bijouterie {nom}", "Horlogerie {nom}"),
    "4775Z": ("Parfumerie {prenom}", "Senteurs d'{voyelle}"),
    "4778A": ("Optique {nom}", "L'Œil {lieu}", "Les Lunettes de {prenom}"),
    "4761Z": ("Librairie {nom}", "La Page {lieu}", "Librairie L'Encrier d'{voyelle}"),
    "4762Z": ("Maison de la presse {lieu}", "Papeterie {nom}"),
    "4726Z": ("Tabac {lieu}", "Le Narval – tabac {nom}"),
    "4776Z": ("Fleurs {prenom}", "L'Églantine d'{voyelle}", "Fleuriste {nom}"),
    "4752A": ("Quincaillerie {nom}", "Droguerie {lieu}"),
    "9602A": ("Coiffure {prenom}", "Salon {prenom}", "L'Hair {lieu}", "Atelier de coiffure {nom}"),
    "9602B": ("Institut {prenom}", "L'Escale beauté d'{voyelle}"),
    "9601B": ("Pressing {lieu}", "Blanchisserie {nom}"),
    "6419Z": ("Crédit rural {lieu}", "Caisse d'épargne fictive – agence {nom}", "Banque {nom}"),
    "6622Z": ("Assurances {nom}", "Cabinet {nom} assurances"),
    "6831Z": ("Agence {lieu}", "Immobilière {nom}"),
    "7911Z": ("Voyages {nom}", "L'Évasion {lieu}"),
    "6910Z": ("Étude notariale {nom}", "Cabinet d'avocats {nom}", "Me {nom}, huissier"),
    "6920Z": ("Cabinet comptable {nom}", "Fiduciaire {nom}"),
    "7111Z": ("Atelier d'architecture {nom}",),
    "8621Z": ("Dr {prenom} {nom}",),
    "8623Z": ("Cabinet dentaire {nom}",),
    "8690E": ("{prenom} {nom}, kinésithérapeute", "{prenom} {nom}, orthophoniste"),
    "4322A": ("Plomberie {nom}", "{nom} Chauffage"),
    "4321A": ("Électricité {nom}", "{nom} Électricité générale"),
    "4334Z": ("Peintures {nom}",),
    "4520A": ("Garage {nom}", "Garage {lieu}"),
    "4532Z": ("Pneus {nom}", "Accessoires auto {nom}"),
    "4639B": ("{nom} Distribution alimentaire",),
    "4634Z": ("Boissons {nom}", "Brasseurs {lieu}"),
    "4673A": ("Matériaux {nom}", "Scierie et négoce {nom}"),
    "4674B": ("Comptoir sanitaire {nom}",),
    "4941B": ("Transports {nom}",),
    "5210B": ("Entrepôts {nom}",),
    "5229A": ("Messagerie {nom}",),
}
OTHER_NAMES = ("{nom} & Associés", "Maison {nom}", "Société {nom}", "L'Atelier {nom}", "{prenom} {nom}")

SURNAMES = words("""\
Aubrérie Barbazange Bellegrange Boisfleury Boudrigeon Brunécourt Chabrérie Champvert Chantelauze Clairefont
Combremont Coudrière Courtebrie Daubrival Delachênaie Desforgères Dubreuchet Escurolle Étevenard Faugerie
Fontbrune Fougeral Garrigeon Gouttenoire Grandvergne Hautefage Jalinière Lachaumette Lagrèze Lapeyronnie Lardinois
Laubépin Lavaugrande Malbosquet Marsaudon Maubrun Mazérat Montjourde Nadalou Noizerie Orcival Pérassou Peyrichoux
Pradelou Puymaury Queyrille Rebeyrou Rochebrault Roussillac Sagnevert Saulérie Sauvagnat Servolle Soubrérie
Tarnaudet Teillougue Thévenard Tourdonnet Vallérand Vareillaud Vergnolle Verlhacou Vignemale Villatorte""")
FIRST_NAMES = words("""\
Adèle Aimé Anaïs Andrée Basile Benoît Célestine Chloé Clémence Clovis Côme Édith Élodie Émilien Estelle Eugénie
Fernand Firmin François Françoise Gaëlle Geneviève Gisèle Hélène Héloïse Inès Irénée Jérôme Joëlle Josèphe Léonie
Loïc Lucie Maël Marcel Mathilde Noé Noémie Odile Pénélope Raphaël Régine Rémi Solène Suzanne Thérèse Timothée
Victoire Yvonne Zoé""")
VOWEL_NAMES = words("""\
Adèle Agathe Alice Antan Amélie Édith Élise Émile Éole Estelle Inès Irène Octave Odile Olympe Ursule""")
PLACES = words("""\
de l'Abbaye;des Arcades;de l'Aubépine;du Beffroi;des Bons Amis;de la Bascule;du Canal;des Carmes;du Cèdre;
du Chapitre;du Châtelet;de la Cité;du Cloître;de la Comète;du Commerce;du Coq;de l'Écluse;de l'Étang;de l'Étoile;
de l'Europe;de la Fontaine;des Forges;des Gabares;de la Gare;des Halles;du Hérisson;de l'Horloge;du Lavoir;
de la Lisle;du Lion d'Or;du Marché;du Moulin;des Oiseaux;de l'Octroi;du Passage;de la Passerelle;du Pont-Vieux;
de la Poterne;du Pré;des Quatre Vents;des Remparts;de la Source;des Tanneurs;des Tilleuls;de la Tour;
des Trois Clés;du Vieux Puits;du Voyageur""", ";")

# ---------------------------------------------------------------------------------------------------------------------
# Delivery bays
# ---------------------------------------------------------------------------------------------------------------------

BAY_FIELDS = words(
    "ARR_PRESENT ARR_URL ACTIVE UUID ID NOM DATE_MAJ LONGITUDE LATITUDE GEOM_WKT ADRESSE CODE_POSTAL COMMUNE "
    "DISPOSITION PARITE_TROTTOIR LOCALISATION LONGUEUR LARGEUR MARQUAGE_ETAT MARQUAGE_CONFORMITE TYPE PANNEAU_PRESENT "
    "PANNEAU_ETAT DUREE_MAX DUREE_CONTROLE TEMPORALITE_CDS TEMPORALITE_OSM EQUIPEMENTS IRVE_PUISSANCE "
    "ABAISSEMENT_TROTTOIR COMMENTAIRE"
)

# Rue de la République is well served, Rue Saint-Martial has nothing: that is the story the sample tells.
BAYS_PER_STREET = {
    "Rue de la République": 6, "Grande Rue": 4, "Rue de l'Horloge": 4, "Rue du Pont-Vieux": 3, "Rue des Halles": 3,
    "Place du Marché": 2, "Avenue de la Gare": 8, "Rue Gambetta": 6, "Place de la Gare": 2,
    "Boulevard des Remparts": 5, "Boulevard de la Poterne": 3, "Quai des Gabares": 3, "Boulevard Saint-Roch": 2,
    "Avenue de Paris": 2, "Avenue des Prés-Hauts": 1, "Rue Pasteur": 1, "Rue des Écoles": 1,
    "Rue des Fossés": 1, "Rue du Faubourg-Saint-Jean": 1, "Rue de Bellevue": 1,
    "Rue des Entrepôts": 2, "Rue de l'Industrie": 2,
}
# Bays out of the ordinary, by street and rank along it, with the comment they carry
FREIGHT_ZONES = {
    ("Place du Marché", 0): "Zone marchandises des jours de marché",
    ("Rue des Entrepôts", 0): "Zone d'attente des messageries",
}
INACTIVE_BAYS = {
    ("Rue des Halles", 1): "Neutralisée par une terrasse depuis 2025",
    ("Rue Gambetta", 5): "Supprimée lors des travaux de 2025, marquage effacé",
    ("Quai des Gabares", 0): "Suspendue pendant le chantier du quai",
}
BAYS_WITHOUT_OUTLINE = {4, 13, 21, 30, 38, 49, 56}
WEEK = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
CDS_DAYS = dict(zip(WEEK, ("mon", "tue", "wed", "thu", "fri", "sat", "sun")))

Slots = Sequence[tuple[str, Sequence[tuple[str, str]]]]
BAY_HOURS: Sequence[tuple[float, Slots]] = (
    (5, [("Mo-Sa", [("07:00", "11:00")])]),
    (4, [("Mo-Sa", [("06:00", "10:30")])]),
    (3, [("Mo-Fr", [("08:00", "12:00"), ("14:00", "17:30")]), ("Sa", [("08:00", "12:00")])]),
    (3, [("Mo-Sa", [("07:00", "20:00")])]),
    (2, [("Mo-Fr", [("07:00", "19:00")])]),
    (1, [("Tu-Su", [("05:30", "09:30")])]),
    (1, [("Mo,Th", [("04:00", "14:00")])]),
)
PEDESTRIAN_HOURS: Slots = [("Mo-Sa", [("06:00", "11:00")])]
MARKET_HOURS: Slots = [("We,Sa", [("05:00", "13:30")])]

# ---------------------------------------------------------------------------------------------------------------------
# Perimeters and access points
# ---------------------------------------------------------------------------------------------------------------------

PEDESTRIAN_AREA = [(-40, 118), (4, 122), (40, 72), (100, 46), (150, 44), (152, 4), (84, 2), (56, -64), (28, -112),
                   (-10, -122), (-44, -72), (-100, -36), (-156, -44), (-158, -2), (-84, 6), (-58, 62)]
LOW_EMISSION_ZONE = [(-470, 120), (-340, 300), (-160, 480), (90, 520), (250, 566), (700, 606), (880, 420), (900, 180),
                     (700, 70), (540, -90), (500, -230), (290, -292), (150, -400), (60, -520), (-110, -530),
                     (-230, -420), (-330, -240), (-420, -60)]
EVENT_RED = [(-70, 56), (80, 66), (84, -50), (56, -196), (62, -262), (48, -330), (50, -396), (-40, -400), (-46, -330),
             (-52, -262), (-30, -180), (-64, -70)]
EVENT_BLUE = [(-218, 70), (-120, 196), (20, 220), (160, 186), (224, 40), (236, -70), (216, -240), (250, -318),
              (190, -415), (110, -540), (-90, -545), (-165, -425), (-232, -330), (-226, -196), (-236, -60)]

# id, perimeter, name, kind, street that crosses the border, where about, hours when the passage is open
# Where each district has its heart: every place belongs to the nearest.
DISTRICTS = {
    "Cœur de ville": (20, 0), "La Gare": (780, 260), "Les Remparts": (-210, 110), "Rive gauche": (60, -430),
    "Le Grand Plan": (470, 330), "Saint-Roch": (140, 420), "Les Berges": (-470, -260), "La Tannerie": (430, -130),
}

ACCESS_POINTS = [
    ("PA01", "AP-CENTRE", "Borne Grande Rue", "entrée", "Grande Rue", (-16, 120), "Mo-Sa 06:00-11:00"),
    ("PA02", "AP-CENTRE", "Borne République", "entrée", "Rue de la République", (-157, -24), "Mo-Sa 06:00-11:00"),
    ("PA03", "AP-CENTRE", "Borne de l'Horloge", "sortie", "Rue de l'Horloge", (151, 24), "24/7"),
    ("PA04", "AP-CENTRE", "Borne du Pont-Vieux", "sortie", "Rue du Pont-Vieux", (8, -118), "24/7"),
    ("PA05", "ZTL-REMPARTS", "Porte Haute", "entrée-sortie", "Grande Rue", (-6, 284), "24/7"),
    ("PA06", "ZTL-REMPARTS", "Porte Saint-Roch", "entrée", "Rue de la République", (-300, -28), "Mo-Sa 05:00-11:30"),
    ("PA07", "ZTL-REMPARTS", "Porte de la Poterne", "sortie", "Rue de l'Horloge", (305, 45), "24/7"),
    ("PA08", "ZTL-REMPARTS", "Porte des Tanneurs", "entrée-sortie", "Rue des Tanneurs", (262, -114), "24/7"),
    ("PA09", "FETE-ROUGE", "Contrôle du quai ouest", "entrée", "Quai des Gabares", (-48, -240), "Sa 09:00-11:00"),
    ("PA10", "FETE-BLEU", "Contrôle République", "entrée-sortie", "Rue de la République", (-232, -36),
     "Sa 06:00-12:00"),
    ("PA11", "FETE-BLEU", "Contrôle de l'Horloge", "entrée", "Rue de l'Horloge", (230, 18), "Sa 06:00-12:00"),
    ("PA12", "FETE-BLEU", "Contrôle du faubourg", "entrée-sortie", "Rue du Faubourg-Saint-Jean", (10, -542),
     "Sa 06:00-12:00"),
]


# ---------------------------------------------------------------------------------------------------------------------
# Small tools
# ---------------------------------------------------------------------------------------------------------------------

def stream(purpose: int) -> np.random.Generator:
    """Random numbers of one file: a change to one must not reshuffle the others."""
    return np.random.Generator(np.random.PCG64([SEED, purpose]))


def pick(rng: np.random.Generator, items: Sequence[T], weights: Sequence[float] | None = None) -> T:
    """One of `items`. Built on `random()` alone, whose stream NumPy keeps stable, unlike that of `choice`."""
    cumulated = np.cumsum(weights if weights is not None else np.ones(len(items)))
    return items[int(np.searchsorted(cumulated, rng.random() * cumulated[-1], side="right"))]


def between(rng: np.random.Generator, low: float, high: float) -> float:
    return low + (high - low) * float(rng.random())


def luhn_digit(number: str) -> str:
    """Check digit that makes `number` followed by it pass Luhn's test."""
    total = 0
    for position, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def smooth_line(points: Sequence[XY], before: XY | None = None, after: XY | None = None) -> list[list[XY]]:
    """Catmull-Rom curve through `points`, one vertex list per span; its ends are the points themselves, exactly."""
    first = before or (2 * points[0][0] - points[1][0], 2 * points[0][1] - points[1][1])
    last = after or (2 * points[-1][0] - points[-2][0], 2 * points[-1][1] - points[-2][1])
    knots = [first, *points, last]
    spans = []
    for p0, p1, p2, p3 in zip(knots, knots[1:], knots[2:], knots[3:]):
        # Tangents are scaled to the span: a far neighbour would otherwise throw a short street off its line.
        length = math.dist(p1, p2)
        t1 = [0.5 * length * (b - a) / (math.dist(p0, p2) / 2) for a, b in zip(p0, p2)]
        t2 = [0.5 * length * (b - a) / (math.dist(p1, p3) / 2) for a, b in zip(p1, p3)]
        steps = max(2, round(length / 14))
        inner = [_hermite(p1, p2, t1, t2, k / steps) for k in range(1, steps)]
        line = LineString([p1, *inner, p2]).simplify(0.15)
        spans.append([(float(x), float(y)) for x, y in line.coords])
    return spans


def _hermite(p1: XY, p2: XY, t1: Sequence[float], t2: Sequence[float], t: float) -> XY:
    h1, h2 = 2 * t**3 - 3 * t**2 + 1, -2 * t**3 + 3 * t**2
    h3, h4 = t**3 - 2 * t**2 + t, t**3 - t**2
    x, y = (h1 * p1[k] + h2 * p2[k] + h3 * t1[k] + h4 * t2[k] for k in (0, 1))
    return (x, y)


def smooth_outline(corners: Sequence[XY]) -> Polygon:
    spans = smooth_line([*corners, corners[0]], corners[-1], corners[1])
    return Polygon([xy for span in spans for xy in span[1:]])


def rectangle(x: float, y: float, length: float, width: float, angle: float = 0.0) -> Polygon:
    """Rectangle of 5 points around (x, y), its length along `angle` (radians)."""
    half_l, half_w = length / 2, width / 2
    corners = [(-half_l, -half_w), (half_l, -half_w), (half_l, half_w), (-half_l, half_w)]
    return affinity.translate(affinity.rotate(Polygon(corners), angle, origin=(0, 0), use_radians=True), x, y)


def corridor(line: LineString, radius: float, round_ends: bool = True) -> BaseGeometry:
    """Buffer of a line, put together from boxes and discs: GEOS's own outline of a curve changes with its version."""
    vertices = list(line.coords)
    boxes = []
    for (x1, y1), (x2, y2) in zip(vertices, vertices[1:]):
        angle = math.atan2(y2 - y1, x2 - x1)
        boxes.append(rectangle((x1 + x2) / 2, (y1 + y2) / 2, math.dist((x1, y1), (x2, y2)), 2 * radius, angle))
    joints = vertices if round_ends else vertices[1:-1]
    return unary_union([*boxes, *(Point(vertex).buffer(radius, quad_segs=4) for vertex in joints)])


def tidy(geometry: BaseGeometry, tolerance: float, smallest: float) -> list[Polygon]:
    """Polygon parts above `smallest` m² with simpler outlines, in map order.

    Rings are simplified as lines from a fixed corner on: what GEOS does to a polygon's ring depends on its version.
    """

    def simpler(ring: LineString) -> list[tuple[float, ...]]:
        return list(LineString(ring.coords).simplify(tolerance).coords)

    parts = polygons_of(geometry.normalize(), smallest)
    return [Polygon(simpler(part.exterior), [simpler(ring) for ring in part.interiors]) for part in parts]


def map_order(part: Polygon) -> tuple[float, ...]:
    """Sort key: from south to north, then west to east."""
    return (round(part.bounds[1], 3), round(part.bounds[0], 3), round(part.area, 3))


def polygons_of(geometry: BaseGeometry, smallest: float = 0.0) -> list[Polygon]:
    """Polygon parts above `smallest` m², in map order."""
    parts = [part for part in getattr(geometry, "geoms", [geometry]) if isinstance(part, Polygon)]
    return sorted((part for part in parts if part.area > smallest), key=map_order)


_TO_WGS84 = Transformer.from_crs("EPSG:2154", "EPSG:4326", always_xy=True)


def to_wgs84(geometry: BaseGeometry) -> BaseGeometry:
    """Local metres to longitude and latitude, rounded to 7 decimals (1 cm)."""

    def project(local: np.ndarray) -> np.ndarray:
        east, north = (local + ORIGIN_L93).T.tolist()  # lists: pyproj mistakes an array of one for a number
        return np.round(np.column_stack(_TO_WGS84.transform(east, north)), 7)

    return shapely.transform(geometry, project)


# ---------------------------------------------------------------------------------------------------------------------
# Streets
# ---------------------------------------------------------------------------------------------------------------------

@dataclass
class Edge:
    """One piece of street between two crossings; `start_m` counts from the beginning of the named street."""

    street: Street
    line: LineString
    start_m: float
    end_clearances: tuple[float, float] = (0.0, 0.0)

    @property
    def half_width(self) -> float:
        return self.street.largeur_m / 2

    @property
    def front(self) -> float:
        """Distance from the centre line to the facades."""
        return self.half_width + SIDEWALK_M[self.street.type] + FRONTAGES[self.street.frontage].setback

    def offset_point(self, along: float, offset: float) -> tuple[Point, float]:
        """Point `offset` metres left of the line (right if negative), and the direction of the street there."""
        on_line = self.line.interpolate(along)
        a, b = self.line.interpolate(max(0, along - 4)), self.line.interpolate(min(self.line.length, along + 4))
        angle = math.atan2(b.y - a.y, b.x - a.x)
        return Point(on_line.x - offset * math.sin(angle), on_line.y + offset * math.cos(angle)), angle

    def address(self, along: float, side: int) -> str:
        """House number by distance, odd on the left (`side` 1) and even on the right (-1), then the street."""
        rank = int((self.start_m + along) // 5)
        return f"{2 * rank + (1 if side > 0 else 2)} {self.street.nom}"


def join_bends(names: Sequence[str], spans: Sequence[list[XY]]) -> list[list[XY]]:
    """One vertex list from crossing to crossing: spans that meet at a mere bend (lower case) become one."""
    joined: list[list[XY]] = []
    for name, span in zip(names, spans):
        if name.islower():
            joined[-1] += span[1:]
        else:
            joined.append(list(span))
    return joined


def build_edges() -> list[Edge]:
    """The whole network; two edges that meet share the very same end point."""
    edges: list[Edge] = []
    reached: dict[str, float] = {}
    ends: dict[XY, list[float]] = {}
    for street in STREETS:
        names = street.nodes.split()
        before, after = (NODES.get(name) for name in street.lead)
        for vertices in join_bends(names, smooth_line([NODES[name] for name in names], before, after)):
            line = LineString(vertices)
            edges.append(Edge(street, line, reached.get(street.nom, 0.0)))
            reached[street.nom] = reached.get(street.nom, 0.0) + line.length
            for end in (vertices[0], vertices[-1]):
                ends.setdefault(end, []).append(edges[-1].half_width)
    for edge in edges:
        first, last = edge.line.coords[0], edge.line.coords[-1]
        edge.end_clearances = (max(ends[first]), max(ends[last]))
    return edges


# ---------------------------------------------------------------------------------------------------------------------
# Base map
# ---------------------------------------------------------------------------------------------------------------------

@dataclass
class Town:
    """Everything drawn in local metres."""

    edges: list[Edge]
    rng: np.random.Generator = field(default_factory=lambda: stream(1))

    @cached_property
    def river(self) -> Polygon:
        spans = smooth_line(RIVER)
        line = LineString([RIVER[0], *(xy for span in spans for xy in span[1:])])
        return line.buffer(RIVER_WIDTH_M / 2, cap_style="flat").simplify(0.4)

    @cached_property
    def parks(self) -> dict[str, Polygon]:
        park = smooth_outline(PARK).difference(self.river.buffer(4)).difference(self.pond)
        woods = {name: Polygon(corners).difference(self.river.buffer(4)) for name, corners in WOODS.items()}
        return {
            "Parc des Berges": max(polygons_of(park), key=lambda part: part.area),
            "Square Irénée-Puymaury": Polygon(SQUARE_GARDEN),
            "Stade de la Lisle": Polygon(STADIUM),
            **woods,
        }

    @cached_property
    def pond(self) -> Polygon:
        return affinity.rotate(affinity.scale(Point(PARK_POND).buffer(1, quad_segs=6), 46, 21), -8)

    @cached_property
    def open_ground(self) -> BaseGeometry:
        """Where nothing is built: streets up to the facades, squares, river banks, parks."""
        streets = [corridor(edge.line, edge.front) for edge in self.edges]
        market = Polygon([NODES[name] for name in ("M1", "M2", "M3", "M4")])
        close = Point(ABBEY_CLOSE[:2]).buffer(ABBEY_CLOSE[2])
        parks = [park.buffer(3) for park in self.parks.values()]
        return unary_union([*streets, market, close, self.river.buffer(24), *parks])

    @cached_property
    def fronts(self) -> BaseGeometry:
        return unary_union([self._front(edge) for edge in self.edges]).difference(self.open_ground)

    @cached_property
    def buildings(self) -> list[Polygon]:
        """Built fronts along the streets, then the few buildings that stand free."""
        x, y, _ = ABBEY_CLOSE
        abbey = unary_union([rectangle(x, y, 42, 13, 0.2), rectangle(x + 6, y + 1, 9, 28, 0.2)])
        parts = [self._fill_small_courts(part) for part in tidy(self.fronts, 0.25, smallest=70)]
        return [*parts, rectangle(*MARKET_HALL), rectangle(*STATION), *polygons_of(abbey)]

    @cached_property
    def gardens(self) -> list[Polygon]:
        """Green hearts of the blocks, save in the activity zone where the ground is tarmac."""
        working = unary_union([edge.line for edge in self.edges if edge.street.frontage == "activite"])
        taken = unary_union([self.open_ground, self.fronts])
        gardens = []
        for block in polygonize([edge.line for edge in self.edges]):
            if block.boundary.intersection(working).length < 0.3 * block.length:
                gardens += tidy(block.difference(taken), 0.4, smallest=500)
        return sorted(gardens, key=map_order)

    def _front(self, edge: Edge) -> BaseGeometry:
        frontage = FRONTAGES[edge.street.frontage]
        if not frontage.depth:
            return Polygon()
        strip = corridor(edge.line, edge.front + frontage.depth, round_ends=not frontage.gap)
        return strip.difference(unary_union(list(self._cuts(edge, frontage))))

    def _cuts(self, edge: Edge, frontage: Frontage) -> Iterator[Polygon]:
        """Slits between detached buildings, and yards behind those that are less deep than their neighbours."""
        for side in (1, -1):
            along = between(self.rng, 0, frontage.lot)
            while along < edge.line.length:
                if frontage.gap:
                    gap = frontage.gap * between(self.rng, 0.7, 1.5)
                    middle, angle = edge.offset_point(along, side * (edge.front + frontage.depth / 2))
                    yield rectangle(middle.x, middle.y, gap, frontage.depth * 1.6, angle)
                lot = frontage.lot * between(self.rng, 0.75, 1.35)
                yard = frontage.depth * between(self.rng, 0.0, frontage.yard)
                behind = edge.front + frontage.depth - yard / 2 + 1
                middle, angle = edge.offset_point(min(along + lot / 2, edge.line.length), side * behind)
                yield rectangle(middle.x, middle.y, lot, yard + 2, angle)
                along += lot

    @staticmethod
    def _fill_small_courts(part: Polygon) -> Polygon:
        return Polygon(part.exterior, [ring for ring in part.interiors if Polygon(ring).area > 350])


# ---------------------------------------------------------------------------------------------------------------------
# Establishments
# ---------------------------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Establishment:
    """A shop, office or workshop: what it does (`code`, `label`) and where it stands."""

    code: str
    label: str
    name: str
    workforce: str
    address: str
    point: Point


class NameMaker:
    """Fictional names, no two alike."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.used = {anchor[2] for anchor in ANCHORS}

    def __call__(self, code: str) -> str:
        while True:
            name = pick(self.rng, NAME_PATTERNS.get(code, OTHER_NAMES)).format(
                lieu=pick(self.rng, PLACES), nom=pick(self.rng, SURNAMES),
                prenom=pick(self.rng, FIRST_NAMES), voyelle=pick(self.rng, VOWEL_NAMES),
            )
            if name not in self.used:
                self.used.add(name)
                return name
            if self.rng.random() < 0.1:  # a small stock of patterns may be used up: add the owner
                name = f"{name} – {pick(self.rng, FIRST_NAMES)} {pick(self.rng, SURNAMES)}"
                if name not in self.used:
                    self.used.add(name)
                    return name


def facade_spots(town: Town, rng: np.random.Generator) -> Iterator[tuple[Edge, float, int, Point]]:
    """Doors along the streets, as dense as the frontage says and always inside a building."""
    built = unary_union(town.buildings)
    for edge in town.edges:
        frontage = FRONTAGES[edge.street.frontage]
        if not frontage.per_100m:
            continue
        step = 200 / frontage.per_100m  # each side carries half of them
        for side in (1, -1):
            along = edge.end_clearances[0] + between(rng, 3, 3 + step)
            while along < edge.line.length - edge.end_clearances[1] - 3:
                point, _ = edge.offset_point(along, side * (edge.front + between(rng, 0.8, 3.2)))
                if built.contains(point):
                    yield edge, along, side, point
                along += step * between(rng, 0.45, 1.55)


def build_establishments(town: Town) -> list[Establishment]:
    """Every establishment of the town, street by street.

    Parameters
    ----------
    town : Town
        Its streets say how many establishments there are and of which trades, its buildings where they can stand.

    Returns
    -------
    list of Establishment
        Points in local metres. Each of `ANCHORS` is there once, on its own street.
    """
    rng = stream(2)
    make_name = NameMaker(rng)
    anchors = list(ANCHORS)
    found = []
    for edge, along, side, point in facade_spots(town, rng):
        anchor = next((a for a in anchors if a[4] == edge.street.nom and along > edge.line.length / 2), None)
        if anchor:
            anchors.remove(anchor)
            code, label, name, workforce = anchor[:4]
        else:
            column = MIXES.index(FRONTAGES[edge.street.frontage].mix)
            code = pick(rng, list(ACTIVITIES), [row[2][column] for row in ACTIVITIES.values()])
            label, classes, _ = ACTIVITIES[code]
            name, workforce = make_name(code), pick(rng, classes.split())
        found.append(Establishment(code, label, name, workforce, edge.address(along, side), point))
    return found


def build_sirets(count: int) -> list[str]:
    """Fictional SIRETs: both the SIREN and the whole pass Luhn's test; about one firm in twelve has several."""
    rng = stream(3)
    sirets: list[str] = []
    firm = int(between(rng, 1000, 1100))
    rank = 1
    for _ in range(count):
        if rng.random() < 0.92:
            firm, rank = firm + 1 + int(between(rng, 0, 6)), 1
        else:
            rank += 1
        siren = f"9999{firm:04d}"
        siren += luhn_digit(siren)
        body = f"{siren}{rank:04d}"
        sirets.append(body + luhn_digit(body))
    order = np.argsort(rng.random(count), kind="stable")  # neighbours in a street are not neighbours in the register
    return [sirets[k] for k in order]


def establishment_rows(establishments: Sequence[Establishment]) -> Iterator[dict[str, str]]:
    for siret, item in zip(build_sirets(len(establishments)), establishments):
        position = to_wgs84(item.point)
        yield {
            "siret": siret, "nom": item.name, "apet700": item.code, "libelle_activite": item.label,
            "tefet": item.workforce, "adresse": item.address, "code_postal": POSTCODE, "commune": TOWN,
            "longitude": f"{position.x:.7f}", "latitude": f"{position.y:.7f}",
        }


# ---------------------------------------------------------------------------------------------------------------------
# Delivery bays
# ---------------------------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Bay:
    """A delivery bay beside the street edge on which it lies."""

    edge: Edge
    along: float
    side: int
    rank: int
    layout: str
    place: str
    length_cm: int
    width_cm: int
    outline: Polygon

    @property
    def freight_zone(self) -> str:
        return FREIGHT_ZONES.get((self.edge.street.nom, self.rank), "")

    @property
    def inactive(self) -> str:
        return INACTIVE_BAYS.get((self.edge.street.nom, self.rank), "")


def osm_hours(slots: Slots) -> str:
    """The slots in opening_hours syntax."""
    return "; ".join(f"{days} " + ",".join(f"{start}-{end}" for start, end in times) for days, times in slots)


def cds_hours(slots: Slots) -> str:
    """The same slots as the national schema writes CDS time spans."""
    spans = []
    for days, times in slots:
        names: list[str] = []
        for part in days.split(","):
            first, _, last = part.partition("-")
            names += WEEK[WEEK.index(first): WEEK.index(last or first) + 1]
        spans.append({"days_of_week": [CDS_DAYS[name] for name in names], "times_of_day": [list(t) for t in times]})
    return json.dumps(spans, separators=(",", ":"))


def bay_shape(edge: Edge, rng: np.random.Generator) -> tuple[str, str, int, int]:
    """Layout, place, length and width in cm that fit the street."""
    kind = edge.street.type
    if edge.street.nom == "Place du Marché":
        return "bataille", "aire piétonne", 900, 350
    if kind == "piétonne":
        return "parallèle", "aire piétonne", int(pick(rng, (800, 1000))), 220
    if edge.street.nom == "Place de la Gare":
        return "épi", "parking", 700, 300
    if edge.street.frontage == "activite":
        return "parallèle", "chaussée", int(pick(rng, (1500, 1800))), 300
    place = pick(rng, ("chaussée", "encoche"), (1, 1.2)) if kind == "boulevard" else "chaussée"
    length = int(pick(rng, (700, 800, 900, 1000, 1100, 1200, 1250, 1500), (1, 2, 2, 6, 2, 3, 1, 2)))
    return "parallèle", place, length, int(pick(rng, (190, 200, 210, 220, 250), (1, 3, 2, 3, 3)))


def bay_at(edge: Edge, along: float, side: int, rank: int, rng: np.random.Generator) -> Bay:
    """Outline along the kerb: inside the carriageway, or let into the sidewalk for an `encoche`."""
    layout, place, length_cm, width_cm = bay_shape(edge, rng)
    length, width = length_cm / 100, width_cm / 100
    turn = {"parallèle": 0.0, "épi": math.radians(45), "bataille": math.radians(90)}[layout]
    across = length * math.sin(turn) + width * math.cos(turn)
    offset = edge.half_width - across / 2 if place != "encoche" else edge.half_width + across / 2
    if edge.street.nom == "Place du Marché":
        offset = edge.half_width + across / 2 + 0.5  # on the square itself
    middle, angle = edge.offset_point(along, side * offset)
    outline = rectangle(middle.x, middle.y, length, width, angle + side * turn)
    return Bay(edge, along, side, rank, layout, place, length_cm, width_cm, outline)


def street_positions(edges: Sequence[Edge]) -> list[tuple[Edge, float]]:
    """Places for a bay: every few metres, clear of the crossings."""
    spots = []
    for edge in edges:
        first, last = edge.end_clearances[0] + 12, edge.line.length - edge.end_clearances[1] - 12
        spots += [(edge, float(along)) for along in np.arange(first, last, 5.0)]
    return spots


def build_bays(town: Town) -> list[Bay]:
    """Bays spread evenly over the length of each street that has any, one side then the other.

    Parameters
    ----------
    town : Town
        Its edges carry the bays that `BAYS_PER_STREET` counts.

    Returns
    -------
    list of Bay
        Outlines in local metres, sizes in cm; the order gives the bays their numbers.
    """
    rng = stream(4)
    bays: list[Bay] = []
    for name, count in BAYS_PER_STREET.items():
        spots = street_positions([
            edge for edge in town.edges if edge.street.nom == name and edge.street.frontage != "route"
        ])
        side = pick(rng, (1, -1))
        for rank in range(count):
            share = (rank + between(rng, 0.3, 0.7)) / count
            edge, along = spots[min(int(share * len(spots)), len(spots) - 1)]
            if name == "Place du Marché":
                side = -1  # the square lies to the right of its streets, drawn clockwise
            bays.append(bay_at(edge, along, side, rank, rng))
            side = -side
    return bays


def bay_rules(bay: Bay, rng: np.random.Generator) -> dict[str, str]:
    """Type, hours and control of the stay. A permanent bay is reserved round the clock and has no hours to give."""
    if bay.freight_zone:
        kind, slots = "zone marchandises", MARKET_HOURS if bay.place == "aire piétonne" else BAY_HOURS[4][1]
    elif bay.place == "aire piétonne":
        kind, slots = "aire périodique", PEDESTRIAN_HOURS
    elif rng.random() < 0.36:
        kind, slots = "aire permanente", []
    else:
        kind, slots = "aire périodique", pick(rng, [row[1] for row in BAY_HOURS], [row[0] for row in BAY_HOURS])
    stay = pick(rng, ("", "15", "20", "30", "45"), (2, 1, 3, 8, 1))
    control = pick(rng, ("disque horodateur", "autre", "capteur", "caméra"), (9, 3, 1, 0.5)) if stay else ""
    return {
        "TYPE": kind, "DUREE_MAX": stay, "DUREE_CONTROLE": control,
        "TEMPORALITE_CDS": cds_hours(slots) if slots else "", "TEMPORALITE_OSM": osm_hours(slots),
        "COMMENTAIRE": bay.inactive or bay.freight_zone,
    }


def bay_signs(bay: Bay, rng: np.random.Generator) -> dict[str, str]:
    marking = pick(rng, ("bon état", "dégradé", "absent"), (13, 6, 1)) if not bay.inactive else "absent"
    conforming = pick(rng, ("oui", "non"), {"bon état": (9, 1), "dégradé": (1, 1)}.get(marking, (0, 1)))
    panel = pick(rng, ("oui", "non"), (6, 1))
    return {
        "MARQUAGE_ETAT": marking, "MARQUAGE_CONFORMITE": conforming, "PANNEAU_PRESENT": panel,
        "PANNEAU_ETAT": pick(rng, ("bon état", "dégradé"), (5, 1)) if panel == "oui" else "n/a",
    }


def bay_equipment(control: str, rng: np.random.Generator) -> dict[str, str]:
    items = {"capteur": ["capteur sol"], "caméra": ["capteur caméra"]}.get(control, [])
    items += ["candélabre"] if rng.random() < 0.3 else []
    charger = rng.random() < 0.06
    items += ["borne recharge"] if charger else []
    lowered = pick(rng, ("oui", "non", ""), (5, 4, 2))
    power = pick(rng, ("7", "22")) if charger else ""
    return {
        "EQUIPEMENTS": ",".join(items) or pick(rng, ("pas d'équipement", ""), (2, 1)),
        "IRVE_PUISSANCE": power, "ABAISSEMENT_TROTTOIR": lowered,
    }


def bay_rows(bays: Sequence[Bay]) -> Iterator[dict[str, str]]:
    """The 31 fields of the national schema v1.0.0, numbers in its units."""
    rng = stream(5)
    for number, bay in enumerate(bays, start=1):
        identifier = f"VSL-{number:03d}"
        point = to_wgs84(bay.outline.centroid)
        corners = to_wgs84(orient(bay.outline)).exterior.coords
        wkt = "POLYGON((" + ", ".join(f"{x:.7f} {y:.7f}" for x, y in corners) + "))"
        order = pick(rng, ("2019-041", "2021-118", "2023-007", ""), (3, 3, 3, 2))
        rules = bay_rules(bay, rng)
        yield {
            "ARR_PRESENT": "oui" if order else "non",
            "ARR_URL": f"https://www.valorge-sur-lisle.example/arretes/{order}.pdf" if order else "",
            "ACTIVE": "non" if bay.inactive else "oui",
            "UUID": str(uuid.uuid5(UUID_NAMESPACE, identifier)), "ID": identifier, "NOM": f"{INSEE_CODE}_{number}",
            "DATE_MAJ": f"2026-0{1 + number % 4}-{1 + number * 7 % 28:02d}T{8 + number % 9:02d}:30:00Z",
            "LONGITUDE": f"{point.x:.7f}", "LATITUDE": f"{point.y:.7f}",
            "GEOM_WKT": "" if number in BAYS_WITHOUT_OUTLINE else wkt,
            "ADRESSE": f"{bay.edge.address(bay.along, bay.side)}, {POSTCODE} {TOWN}",
            "CODE_POSTAL": POSTCODE, "COMMUNE": TOWN, "DISPOSITION": bay.layout,
            "PARITE_TROTTOIR": "inconnu" if bay.place == "parking" else "impair" if bay.side > 0 else "pair",
            "LOCALISATION": bay.place, "LONGUEUR": str(bay.length_cm), "LARGEUR": str(bay.width_cm),
            **bay_signs(bay, rng), **rules, **bay_equipment(rules["DUREE_CONTROLE"], rng),
        }


# ---------------------------------------------------------------------------------------------------------------------
# Perimeters and access points
# ---------------------------------------------------------------------------------------------------------------------

def walled_town(town: Town) -> Polygon:
    """Inside of the boulevard ring, its carriageway left out."""
    ring = {"Boulevard des Remparts", "Boulevard de la Poterne", "Quai des Gabares", "Boulevard Saint-Roch"}
    vertices = [xy for edge in town.edges if edge.street.nom in ring for xy in edge.line.coords[:-1]]
    return Polygon(vertices).buffer(-12).simplify(0.3)


PERIMETER_FIELDS = (
    "id", "nom", "type_peri", "horaires", "date_debut", "date_fin", "description", "regl_modalite", "veh_types", "critair", "sauf_veh_usages",
)


def build_perimeters(town: Town) -> list[tuple[dict[str, Any], Polygon]]:
    """Perimeters, the lasting ones first; `horaires` says when the restriction holds, dates are local time."""
    described: list[tuple[tuple[Any, ...], Polygon]] = [
        (("AP-CENTRE", "Aire piétonne du Cœur de ville", "Aire piétonne",
          "Mo-Sa 00:00-06:00,11:00-24:00; Su 00:00-24:00", "2019-06-01T00:00:00", None,
          "Livraisons admises du lundi au samedi de 6 h à 11 h, par les bornes d'entrée.", "Interdit", None, None, None),
         Polygon(PEDESTRIAN_AREA)),
        (("ZTL-REMPARTS", "Zone à trafic limité des Remparts", "ZTL", "Mo-Sa 11:30-20:00",
          "2023-09-01T00:00:00", None, "Transit interdit l'après-midi ; livraisons le matin et le soir.",
          "Interdit", None, None, None),
         walled_town(town)),
        (("ZFE-VALORGE", "Zone à faibles émissions de Valorge", "ZFE", "Mo-Fr 07:00-20:00",
          "2025-01-01T00:00:00", None, "Poids lourds et utilitaires légers Crit'Air 4, 5 et non classés exclus.",
          "Interdit", "Poids lourds|Véhicules utilitaires légers", "V4", None),
         Polygon(LOW_EMISSION_ZONE)),
        (("FETE-ROUGE", "Fête de la Lisle – périmètre rouge", "Rouge", "24/7",
          "2026-07-04T09:00:00", "2026-07-05T02:00:00", "Circulation motorisée interdite, sauf dérogation.",
          "Interdit", None, None, "Véhicules munis d'une autorisation"),
         Polygon(EVENT_RED)),
        (("FETE-BLEU", "Fête de la Lisle – périmètre bleu", "Bleu", "24/7",
          "2026-07-04T06:00:00", "2026-07-05T03:00:00",
          "Circulation réglementée : livraisons sur justificatif.", "Interdit", None, None, "Livraison|Riverains"),
         Polygon(EVENT_BLUE)),
    ]
    return [(dict(zip(PERIMETER_FIELDS, values)), polygon) for values, polygon in described]


def build_districts(town: Town, places: Sequence[Point]) -> Iterator[tuple[dict[str, Any], Polygon]]:
    """The town cut into districts without gap or overlap, each with its name; all of `places` lie in one."""
    hearts = MultiPoint(list(DISTRICTS.values()))
    outline = shapely.union_all([*town.buildings, *places]).convex_hull.buffer(40, join_style="mitre")
    cells = shapely.voronoi_polygons(hearts, extend_to=outline).geoms
    for number, (name, heart) in enumerate(DISTRICTS.items(), 1):
        cell = next(cell for cell in cells if cell.contains(Point(heart)))
        yield {"code": f"{INSEE_CODE}{number:02}", "quartier": name}, cell.intersection(outline)


def build_access_points(
    town: Town, perimeters: Sequence[tuple[dict[str, Any], Polygon]]
) -> Iterator[tuple[dict[str, Any], Point]]:
    """Where the named street really crosses the border, nearest to where it was drawn."""
    borders = {attributes["id"]: polygon.exterior for attributes, polygon in perimeters}
    for identifier, perimeter, name, kind, street, about, hours in ACCESS_POINTS:
        lines = MultiLineString([edge.line for edge in town.edges if edge.street.nom == street])
        crossing = lines.intersection(borders[perimeter])
        candidates = [part for part in getattr(crossing, "geoms", [crossing]) if isinstance(part, Point) and part]
        point = min(candidates, key=lambda part: part.distance(Point(about)))
        yield {"id": identifier, "nom": name, "perimetre": perimeter, "type": kind, "horaires": hours}, point


# ---------------------------------------------------------------------------------------------------------------------
# A firm's customers, as its software exports them: everything that goes wrong in such files is in it, on purpose
# ---------------------------------------------------------------------------------------------------------------------

CLIENT_FIELDS = (
    "Code client", "Raison sociale", "SIRET", "Adresse", "CP", "Ville", "Latitude", "Longitude", "Jours livraison", "Horaires", "Volume (m3)",
    "Dernière livraison", "Commentaire",
)
CLIENTS = 96
CLIENTS_WITHOUT_POSITION = (8, 23, 41, 66, 90)
SIRETS_WITHOUT_ZERO = (5, 30, 62)
POST_OFFICE = 17
"""Its SIRET follows La Poste's own rule (the digits' sum is a multiple of 5) and not Luhn's; no post office bears it."""

CLIENT_FAULTS: dict[tuple[int, str], str] = {
    (12, "Dernière livraison"): "31/02/2026", (35, "Dernière livraison"): "2026-13-05", (20, "Horaires"): "25h-11h", (48, "Horaires"): "11h-6h",
    (27, "Jours livraison"): "lundredi", (55, "CP"): "2399", (71, "SIRET"): "99991234500011", (80, "Longitude"): "0", (80, "Latitude"): "0",
    (44, "Commentaire"): "livrer par la cour,\nsonner deux fois", (59, "Commentaire"): "=2+3", (76, "Commentaire"): "fermé ; rappeler",
}


def build_clients(rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """A firm's customers among the establishments `rows`, and some that are twice in its file."""
    rng = stream(6)
    chosen = sorted(range(len(rows)), key=lambda _: rng.random())[:CLIENTS]
    clients = [client(number, rows[place], rng) for number, place in enumerate(chosen, 1)]
    for number in SIRETS_WITHOUT_ZERO:
        clients[number - 1]["SIRET"] = siret_of(f"0999{number:04d}").lstrip("0")
    clients[POST_OFFICE - 1] |= {"Raison sociale": "La Poste - Valorge", "SIRET": "35600000099995"}
    for number in CLIENTS_WITHOUT_POSITION:
        clients[number - 1] |= {"Latitude": "", "Longitude": ""}
    for (number, name), value in CLIENT_FAULTS.items():
        clients[number - 1][name] = value
    twice = [{**clients[number - 1], "Code client": f"C{CLIENTS + rank:04d}"} for rank, number in enumerate((3, 14, 52), 1)]
    twice[1]["Raison sociale"] = twice[1]["Raison sociale"].upper()
    twice[2] |= {"SIRET": "", "Adresse": twice[2]["Adresse"].replace("Rue", "r.").replace("Boulevard", "bd")}
    return clients + twice


def client(number: int, row: dict[str, str], rng: np.random.Generator) -> dict[str, str]:
    """One customer as the firm wrote it down."""
    day = 1 + int(between(rng, 0, 28))
    values = (
        f"C{number:04d}", row["nom"], row["siret"], row["adresse"], row["code_postal"],
        pick(rng, (TOWN, TOWN.upper(), "Valorge s/ Lisle"), (8, 3, 1)),
        row["latitude"].replace(".", ","), row["longitude"].replace(".", ","), pick(rng, ("lun-ven", "lun-sam", "mar,jeu", "LMMJV", "")),
        pick(rng, ("6h-11h", "08:00-12:00", "7h30-10h", "14h-17h", "")), f"{between(rng, 0.1, 6):.1f}".replace(".", ","),
        f"{day:02d}/{1 + int(between(rng, 0, 6)):02d}/2026", "",
    )  # fmt: skip
    return dict(zip(CLIENT_FIELDS, values))


def siret_of(firm: str) -> str:
    """A SIRET of eight digits of a firm, its first establishment."""
    body = f"{firm}{luhn_digit(firm)}0001"
    return body + luhn_digit(body)


# ---------------------------------------------------------------------------------------------------------------------
# Writing
# ---------------------------------------------------------------------------------------------------------------------

def geojson(features: Iterable[tuple[dict[str, Any], BaseGeometry]]) -> str:
    """RFC 7946 text, one feature a line: WGS84, outer rings anticlockwise, no `crs` member."""
    lines = []
    for properties, geometry in features:
        shape = to_wgs84(orient(geometry) if isinstance(geometry, Polygon) else geometry)
        feature = {"type": "Feature", "properties": properties, "geometry": mapping(shape)}
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"


def csv_text(fields: Sequence[str], rows: Iterable[dict[str, str]], delimiter: str = ",") -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, fields, lineterminator="\n", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def street_features(edges: Sequence[Edge]) -> Iterator[tuple[dict[str, Any], LineString]]:
    for edge in edges:
        street = edge.street
        yield {"nom": street.nom, "type": street.type, "largeur_m": float(street.largeur_m)}, edge.line


def block_features(town: Town) -> Iterator[tuple[dict[str, Any], Polygon]]:
    """From the bottom of the map to its top: water, green, buildings."""
    yield {"kind": "eau", "nom": "La Lisle"}, town.river
    for name, park in town.parks.items():
        yield {"kind": "parc", "nom": name}, park
    yield {"kind": "eau", "nom": "Étang des Berges"}, town.pond
    for garden in town.gardens:
        yield {"kind": "parc", "nom": None}, garden
    for building in town.buildings:
        yield {"kind": "ilot", "nom": None}, building


README = """# {town} : le jeu d'essai

**Tout est fictif.** {town} n'existe pas : ni la commune (code {code}, non attribué), ni ses rues, ni ses
établissements (SIRET commençant par 9999, fabriqués), ni ses arrêtés (adresses en `.example`). Le jeu est dessiné par
`scripts/make_sample.py`, sans aucune donnée réelle, et se refait à l'octet près ; ne pas le corriger à la main.
Licence : celle du projet, GPL-2.0-or-later.

| Fichier | Contenu | Colonnes |
|---|---|---|
{table}

- Coordonnées : WGS84 (EPSG:4326), longitude d'abord ; mesurer en Lambert-93 (EPSG:2154). Fichiers en UTF-8,
  sauf `clients.csv`.
- `bays.csv` suit le schéma national « aires de livraison » v1.0.0 : LONGUEUR et LARGEUR en **centimètres** ; une aire
  permanente n'a pas d'horaires ; GEOM_WKT vide pour {without} aires ; {inactive} aires inactives.
- `horaires` des périmètres : quand la restriction s'applique (syntaxe opening_hours, heure de Paris) ; `horaires` des
  points d'accès : quand le passage est ouvert. `date_debut` et `date_fin` sont en heure locale.
- `clients.csv` ressemble à l'export d'un logiciel de gestion : Windows-1252, points-virgules, virgules décimales, zéros
  perdus, doublons, dates et horaires impossibles, clients sans coordonnées, un SIRET de La Poste. Chaque défaut est voulu.
- À essayer : l'analyse à 20 m. La rue Saint-Martial, très commerçante, n'a aucune aire ; la rue de la République est
  bien servie.
"""


def readme(texts: dict[str, str], bays: Sequence[Bay]) -> str:
    contents = {
        "bays.csv": "aires de livraison",
        "establishments.csv": "établissements à livrer",
        "perimeters.geojson": "périmètres (aire piétonne, ZTL, ZFE, fête)",
        "access_points.geojson": "points d'accès aux périmètres",
        "streets.geojson": "tronçons de rue, d'un carrefour à l'autre ; réseau connexe",
        "blocks.geojson": "fond de plan : bâti, parcs et jardins, eau",
        "districts.geojson": "quartiers, pour les chiffres par zone",
        "clients.csv": "clients d'une entreprise fictive, en désordre exprès",
    }
    lines = []
    for name, content in contents.items():
        if name.endswith(".csv"):
            columns = "les 31 du schéma" if name == "bays.csv" else re.sub("[,;]", ", ", texts[name].partition("\n")[0])
            count = len(list(csv.reader(io.StringIO(texts[name]), delimiter=";" if name == "clients.csv" else ","))) - 1
        else:
            features = json.loads(texts[name])["features"]
            columns, count = ", ".join(features[0]["properties"]), len(features)
        lines.append(f"| {name} | {count} {content} | {columns} |")
    return README.format(
        town=TOWN, code=INSEE_CODE, table="\n".join(lines), inactive=len(INACTIVE_BAYS),
        without=len([n for n in BAYS_WITHOUT_OUTLINE if n <= len(bays)]),
    )


def build_sample() -> dict[str, str]:
    """Every file of the sample.

    Returns
    -------
    dict of str to str
        File name to text, LF line ends, the same at every call.
    """
    town = Town(build_edges())
    bays = build_bays(town)
    perimeters = build_perimeters(town)
    built = build_establishments(town)
    establishments = list(establishment_rows(built))
    texts = {
        "bays.csv": csv_text(BAY_FIELDS, bay_rows(bays)),
        "establishments.csv": csv_text(list(establishments[0]), establishments),
        "perimeters.geojson": geojson(perimeters),
        "access_points.geojson": geojson(build_access_points(town, perimeters)),
        "streets.geojson": geojson(street_features(town.edges)),
        "blocks.geojson": geojson(block_features(town)),
        "districts.geojson": geojson(build_districts(town, [place.point for place in built])),
        "clients.csv": csv_text(CLIENT_FIELDS, build_clients(establishments), ";"),
    }
    texts["LISEZMOI.md"] = readme(texts, bays)
    return texts


def write_sample(out: Path) -> None:
    """Write `build_sample` into the folder `out`, made where it is missing."""
    out.mkdir(parents=True, exist_ok=True)
    for name, text in build_sample().items():
        (out / name).write_bytes(text.replace("\n", "\r\n").encode("cp1252") if name == "clients.csv" else text.encode("utf-8"))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Rebuild the fictional sample town.")
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT, metavar="DIR", help="folder to write (%(default)s)")
    write_sample(parser.parse_args(arguments).out)


if __name__ == "__main__":
    main()
