"""Bays as a survey gives them, for the tests: one sound row, and tables with changes to it."""

from __future__ import annotations

import csv
import io

SOUND = {
    "ARR_PRESENT": "oui", "ARR_URL": "https://ville.fr/arrete-12.pdf", "ACTIVE": "oui", "UUID": "11346768-d01a-434a-bf41-16a1bd7fd32d", "ID": "A-1",
    "NOM": "69386_1", "DATE_MAJ": "2025-10-22T12:50:21Z", "LONGITUDE": "4.8551840", "LATITUDE": "45.7696560",
    # 9.51 × 1.74 m: 8.5e-5° of latitude (111.1 km) by 1.4e-5° of longitude (77.9 km) along, 2.2e-5° by 0.2e-5° across
    "GEOM_WKT": "POLYGON((4.8551540 45.7696660, 4.8551760 45.7696680, 4.8551900 45.7695830, 4.8551680 45.7695810, 4.8551540 45.7696660))",
    "ADRESSE": "27 Rue Ney, 69006 Lyon", "CODE_POSTAL": "69006", "COMMUNE": "Lyon", "DISPOSITION": "parallèle", "PARITE_TROTTOIR": "impair",
    "LOCALISATION": "encoche", "LONGUEUR": "960", "LARGEUR": "180", "MARQUAGE_ETAT": "bon état", "MARQUAGE_CONFORMITE": "oui", "TYPE": "aire périodique",
    "PANNEAU_PRESENT": "oui", "PANNEAU_ETAT": "bon état", "DUREE_MAX": "30", "DUREE_CONTROLE": "disque horodateur",
    "TEMPORALITE_CDS": '[{"days_of_week":["mon","tue","wed","thu","fri","sat"],"times_of_day":[["08:00","19:00"]]}]',
    "TEMPORALITE_OSM": "Mo-Sa 08:00-19:00", "EQUIPEMENTS": "pas d'équipement", "IRVE_PUISSANCE": "", "ABAISSEMENT_TROTTOIR": "non", "COMMENTAIRE": "",
}  # fmt: skip


def bays_csv(*changes: dict[str, str]) -> str:
    """A published CSV of the national schema: the sound row with each of the changes; identities and places differ unless they are given."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(SOUND), lineterminator="\n")
    writer.writeheader()
    for number, change in enumerate(changes):
        shift = 0.001 * number
        own = {"ID": f"A-{number + 1}", "UUID": f"11346768-d01a-434a-bf41-{number:012x}", "LONGITUDE": f"{4.855184 + shift:.7f}"}
        corners = [(4.855154, 45.769666), (4.855176, 45.769668), (4.85519, 45.769583), (4.855168, 45.769581), (4.855154, 45.769666)]
        own["GEOM_WKT"] = "POLYGON((" + ", ".join(f"{x + shift:.7f} {y:.7f}" for x, y in corners) + "))"
        writer.writerow({**SOUND, **own, **change})
    return text.getvalue()
