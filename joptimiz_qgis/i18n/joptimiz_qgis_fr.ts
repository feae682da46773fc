<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr_FR" sourcelanguage="en">
<context>
    <name>AuditDialog</name>
    <message>
        <source>Activity code (NAF, APE)</source>
        <translation>Code d’activité (NAF, APE)</translation>
    </message>
    <message>
        <source>Audit of the delivery bays</source>
        <translation>Audit des aires de livraison</translation>
    </message>
    <message>
        <source>Audit the delivery bays</source>
        <translation>Auditer les aires de livraison</translation>
    </message>
    <message>
        <source>CRS of the bays</source>
        <translation>Système de coordonnées des aires</translation>
    </message>
    <message>
        <source>CRS of the delivery points</source>
        <translation>Système de coordonnées des points</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Category of the points (optional)</source>
        <translation>Catégorie des points (facultatif)</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message>
        <source>Columns of the bays</source>
        <translation>Colonnes des aires</translation>
    </message>
    <message>
        <source>Columns, coordinates, language</source>
        <translation>Colonnes, coordonnées, langue</translation>
    </message>
    <message>
        <source>Count only the bays usable on</source>
        <translation>Ne compter que les aires utilisables le</translation>
    </message>
    <message>
        <source>Data: layers of the project, or files (button “…”)</source>
        <translation>Données : couches du projet, ou fichiers (bouton « … »)</translation>
    </message>
    <message>
        <source>Delivery bays</source>
        <translation>Aires de livraison</translation>
    </message>
    <message>
        <source>Delivery points</source>
        <translation>Points de livraison</translation>
    </message>
    <message>
        <source>Folder of the results</source>
        <translation>Dossier des résultats</translation>
    </message>
    <message>
        <source>Gaps: radius</source>
        <translation>Manques : rayon</translation>
    </message>
    <message>
        <source>Gaps: uncovered points at least</source>
        <translation>Manques : points non couverts, au moins</translation>
    </message>
    <message>
        <source>Length of the stop (min)</source>
        <translation>Durée de l’arrêt (min)</translation>
    </message>
    <message>
        <source>Length of the vehicle (m)</source>
        <translation>Longueur du véhicule (m)</translation>
    </message>
    <message>
        <source>Moment</source>
        <translation>Moment</translation>
    </message>
    <message>
        <source>Movements per week</source>
        <translation>Mouvements par semaine</translation>
    </message>
    <message>
        <source>Name of the zones (optional)</source>
        <translation>Nom des zones (facultatif)</translation>
    </message>
    <message>
        <source>Number of jobs</source>
        <translation>Nombre d’emplois</translation>
    </message>
    <message>
        <source>Options: distance, vehicle, gaps, walk</source>
        <translation>Options : distance, véhicule, manques, marche à pied</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>Résultats</translation>
    </message>
    <message>
        <source>Run the audit</source>
        <translation>Lancer l’audit</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Arrêt en cours…</translation>
    </message>
    <message>
        <source>Streets, for the walk</source>
        <translation>Rues, pour la marche à pied</translation>
    </message>
    <message>
        <source>The audit could not be made.</source>
        <translation>L’audit n’a pas pu être fait.</translation>
    </message>
    <message>
        <source>The audit was cancelled; nothing was written.</source>
        <translation>L’audit a été annulé ; rien n’a été écrit.</translation>
    </message>
    <message>
        <source>The folder of the results cannot be used: {cause}. Choose another one.</source>
        <translation>Le dossier des résultats ne peut pas être utilisé : {cause}. Choisissez-en un autre.</translation>
    </message>
    <message>
        <source>Title of the report</source>
        <translation>Titre du rapport</translation>
    </message>
    <message>
        <source>Walk: farthest from a street</source>
        <translation>Marche : distance maximale à une rue</translation>
    </message>
    <message>
        <source>Walk: lines that cross</source>
        <translation>Marche : lignes qui se croisent</translation>
    </message>
    <message>
        <source>Without a moment every bay in service counts; the report shows the whole week in any case.</source>
        <translation>Sans moment, toute aire en service compte ; le rapport montre de toute façon la semaine entière.</translation>
    </message>
    <message>
        <source>Workforce class</source>
        <translation>Tranche d’effectif</translation>
    </message>
    <message>
        <source>Your own table of activities</source>
        <translation>Votre propre table des activités</translation>
    </message>
    <message>
        <source>Zones (optional)</source>
        <translation>Zones (facultatif)</translation>
    </message>
    <message>
        <source>Choose the delivery bays: a layer of the project, or a file (button “…”).</source>
        <translation>Choisissez les aires de livraison : une couche du projet, ou un fichier (bouton « … »).</translation>
    </message>
    <message>
        <source>Choose the delivery points: a layer of the project, or a file (button “…”).</source>
        <translation>Choisissez les points de livraison : une couche du projet, ou un fichier (bouton « … »).</translation>
    </message>
</context>
<context>
    <name>AuditLayers</name>
    <message>
        <source>Coverage through the week</source>
        <translation>Couverture au fil de la semaine</translation>
    </message>
    <message>
        <source>Day of the week (0 is Monday)</source>
        <translation>Jour de la semaine (0 = lundi)</translation>
    </message>
    <message>
        <source>Delivery points covered</source>
        <translation>Points de livraison couverts</translation>
    </message>
    <message>
        <source>Figures of the audit</source>
        <translation>Chiffres de l’audit</translation>
    </message>
    <message>
        <source>Hour</source>
        <translation>Heure</translation>
    </message>
    <message>
        <source>Moment</source>
        <translation>Date et heure</translation>
    </message>
    <message>
        <source>Movements per week at covered points</source>
        <translation>Mouvements par semaine aux points couverts</translation>
    </message>
    <message>
        <source>Share of the delivery points covered (0–1)</source>
        <translation>Part des points de livraison couverts (0–1)</translation>
    </message>
    <message>
        <source>Share of the movements covered (0–1)</source>
        <translation>Part des mouvements couverts (0–1)</translation>
    </message>
    <message>
        <source>Usable bays</source>
        <translation>Aires utilisables</translation>
    </message>
</context>
<context>
    <name>AuditLayout</name>
    <message>
        <source>Audit of {day}</source>
        <translation>Audit du {day}</translation>
    </message>
    <message>
        <source>Bay that does not count</source>
        <translation>Aire qui ne compte pas</translation>
    </message>
    <message>
        <source>Delivery bay</source>
        <translation>Aire de livraison</translation>
    </message>
    <message>
        <source>Delivery bays</source>
        <translation>Aires de livraison</translation>
    </message>
    <message>
        <source>Delivery points</source>
        <translation>Points de livraison</translation>
    </message>
    <message>
        <source>Delivery points covered</source>
        <translation>Points de livraison couverts</translation>
    </message>
    <message>
        <source>Delivery points per usable bay</source>
        <translation>Points de livraison par aire utilisable</translation>
    </message>
    <message>
        <source>Delivery points, covered or not</source>
        <translation>Points de livraison, couverts ou non</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>Chiffres</translation>
    </message>
    <message>
        <source>Gap, by rank</source>
        <translation>Manque, par rang</translation>
    </message>
    <message>
        <source>Gaps of the coverage</source>
        <translation>Manques de la couverture</translation>
    </message>
    <message>
        <source>Gaps that touch this zone: {gaps}, by rank:</source>
        <translation>Manques qui touchent la zone : {gaps}, par rang :</translation>
    </message>
    <message>
        <source>Limits of the zones</source>
        <translation>Limites des zones</translation>
    </message>
    <message>
        <source>Made by JOPTIMIZ</source>
        <translation>Réalisé avec JOPTIMIZ</translation>
    </message>
    <message>
        <source>Median distance to a usable bay</source>
        <translation>Distance médiane à une aire utilisable</translation>
    </message>
    <message>
        <source>Method and limits</source>
        <translation>Méthode et limites</translation>
    </message>
    <message>
        <source>Movements covered</source>
        <translation>Mouvements couverts</translation>
    </message>
    <message>
        <source>Movements per week</source>
        <translation>Mouvements par semaine</translation>
    </message>
    <message>
        <source>No gap touches this zone.</source>
        <translation>Aucun manque ne touche la zone.</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Paramètres</translation>
    </message>
    <message>
        <source>Rank {rank} of {zones} – not covered: delivery points, {points}</source>
        <translation>Rang {rank} sur {zones} – non couverts : points de livraison, {points}</translation>
    </message>
    <message>
        <source>Rank {rank} of {zones} – not covered: delivery points, {points}; movements per week, {movements}</source>
        <translation>Rang {rank} sur {zones} – non couverts : points de livraison, {points} ; mouvements par semaine, {movements}</translation>
    </message>
    <message>
        <source>Share of the delivery points covered, by zone</source>
        <translation>Part des points de livraison couverts, par zone</translation>
    </message>
    <message>
        <source>Sources</source>
        <translation>Sources</translation>
    </message>
    <message>
        <source>This zone</source>
        <translation>Zone</translation>
    </message>
    <message>
        <source>This zone (green) and the whole (grey)</source>
        <translation>La zone (vert) et l’ensemble (gris)</translation>
    </message>
    <message>
        <source>Usable bay</source>
        <translation>Aire utilisable</translation>
    </message>
    <message>
        <source>Usable bays</source>
        <translation>Aires utilisables</translation>
    </message>
    <message>
        <source>Whole</source>
        <translation>Ensemble</translation>
    </message>
    <message>
        <source>delivery points, {points}</source>
        <translation>points de livraison, {points}</translation>
    </message>
    <message>
        <source>{low} to {high}%</source>
        <translation>{low} à {high} %</translation>
    </message>
    <message>
        <source>{map}; the {gaps} heaviest gaps by rank</source>
        <translation>{map} ; les {gaps} manques les plus chargés, par rang</translation>
    </message>
</context>
<context>
    <name>AuditPdf</name>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>PDF of the audit</source>
        <translation>PDF de l’audit</translation>
    </message>
    <message>
        <source>The PDF could not be made.</source>
        <translation>Le PDF n’a pas pu être fait.</translation>
    </message>
    <message>
        <source>The PDF was cancelled; nothing was written.</source>
        <translation>Le PDF a été annulé ; rien n’a été écrit.</translation>
    </message>
    <message>
        <source>The pages are being drawn…</source>
        <translation>Dessin des pages…</translation>
    </message>
</context>
<context>
    <name>AuditResults</name>
    <message>
        <source>Open the report</source>
        <translation>Ouvrir le rapport</translation>
    </message>
    <message>
        <source>PDF</source>
        <translation>PDF</translation>
    </message>
    <message>
        <source>PDF of the audit</source>
        <translation>PDF de l’audit</translation>
    </message>
    <message>
        <source>The PDF is ready: {path}</source>
        <translation>Le PDF est prêt : {path}</translation>
    </message>
    <message>
        <source>The layer of gaps is no longer in the project. Run the audit again.</source>
        <translation>La couche des manques n’est plus dans le projet. Relancez l’audit.</translation>
    </message>
    <message>
        <source>The report is no longer where it was written. Run the audit again.</source>
        <translation>Le rapport n’est plus là où il a été écrit. Relancez l’audit.</translation>
    </message>
    <message>
        <source>This audit has found no gap.</source>
        <translation>Cet audit n’a trouvé aucun manque.</translation>
    </message>
    <message>
        <source>Zoom to the largest gap</source>
        <translation>Zoomer sur le plus grand manque</translation>
    </message>
</context>
<context>
    <name>BayCoverageAlgorithm</name>
    <message>
        <source>Analysis</source>
        <translation>Analyse</translation>
    </message>
    <message>
        <source>CRS of the coordinates of the bays, if their file does not say it</source>
        <translation>Système de coordonnées des aires, si leur fichier ne le dit pas</translation>
    </message>
    <message>
        <source>CRS of the coordinates of the delivery points, if their file does not say it</source>
        <translation>Système de coordonnées des points de livraison, si leur fichier ne le dit pas</translation>
    </message>
    <message>
        <source>Carrying distance</source>
        <translation>Distance de portage</translation>
    </message>
    <message>
        <source>Count only bays usable at this moment</source>
        <translation>Ne compter que les aires utilisables à ce moment</translation>
    </message>
    <message>
        <source>Coverage by delivery bays</source>
        <translation>Couverture par les aires de livraison</translation>
    </message>
    <message>
        <source>Coverage of delivery points by bays</source>
        <translation>Couverture des points de livraison par les aires</translation>
    </message>
    <message>
        <source>Delivery bays</source>
        <translation>Aires de livraison</translation>
    </message>
    <message>
        <source>Delivery points</source>
        <translation>Points de livraison</translation>
    </message>
    <message>
        <source>Delivery points covered</source>
        <translation>Points de livraison couverts</translation>
    </message>
    <message>
        <source>Distance bands (metres)</source>
        <translation>Classes de distance (mètres)</translation>
    </message>
    <message>
        <source>Median distance to the nearest usable bay (m)</source>
        <translation>Distance médiane à l'aire utilisable la plus proche (m)</translation>
    </message>
    <message>
        <source>Nearest usable delivery bay of each delivery point, and the share within 20 m.</source>
        <translation>Aire utilisable la plus proche de chaque point de livraison, et part des points à 20 m ou moins.</translation>
    </message>
    <message>
        <source>Share of the delivery points covered (0–1)</source>
        <translation>Part des points de livraison couverts (0–1)</translation>
    </message>
    <message>
        <source>Usable delivery bays</source>
        <translation>Aires de livraison utilisables</translation>
    </message>
    <message>
        <source>Connected only where they share a vertex (bridges and tunnels)</source>
        <translation>Reliées seulement là où elles partagent un sommet (ponts et tunnels)</translation>
    </message>
    <message>
        <source>Connected wherever they cross</source>
        <translation>Reliées partout où elles se croisent</translation>
    </message>
    <message>
        <source>Count only bays long enough for a vehicle of this length (metres)</source>
        <translation>Ne compter que les aires assez longues pour un véhicule de cette longueur (mètres)</translation>
    </message>
    <message>
        <source>Count only bays that allow a stop this long (minutes)</source>
        <translation>Ne compter que les aires où l’on peut s’arrêter aussi longtemps (minutes)</translation>
    </message>
    <message>
        <source>Delivery points covered on foot</source>
        <translation>Points de livraison couverts à pied</translation>
    </message>
    <message>
        <source>Delivery points measured on foot</source>
        <translation>Points de livraison mesurés à pied</translation>
    </message>
    <message>
        <source>Farthest from the network that a point or a bay may be</source>
        <translation>Plus grande distance au réseau d’un point ou d’une aire</translation>
    </message>
    <message>
        <source>Field with the activity code (NAF, APE); recognised by its name by default</source>
        <translation>Champ du code d’activité (NAF, APE) ; par défaut, reconnu à son nom</translation>
    </message>
    <message>
        <source>Field with the movements per week (estimated where none is chosen)</source>
        <translation>Champ des mouvements par semaine (estimés si aucun n’est choisi)</translation>
    </message>
    <message>
        <source>Field with the number of jobs; recognised by its name by default</source>
        <translation>Champ du nombre d’emplois ; par défaut, reconnu à son nom</translation>
    </message>
    <message>
        <source>Field with the workforce class; recognised by its name by default</source>
        <translation>Champ de la tranche d’effectif ; par défaut, reconnu à son nom</translation>
    </message>
    <message>
        <source>Lines that cross</source>
        <translation>Lignes qui se croisent</translation>
    </message>
    <message>
        <source>Movements per week</source>
        <translation>Mouvements par semaine</translation>
    </message>
    <message>
        <source>Share of the movements covered (0–1)</source>
        <translation>Part des mouvements couverts (0–1)</translation>
    </message>
    <message>
        <source>Streets and footways, to measure the walk as well</source>
        <translation>Rues et chemins piétons, pour mesurer aussi le trajet à pied</translation>
    </message>
    <message>
        <source>Your own table of activity code → category of movements (CSV)</source>
        <translation>Votre propre table code d’activité → catégorie de mouvements (CSV)</translation>
    </message>
</context>
<context>
    <name>BaysLayer</name>
    <message>
        <source>Delivery bays</source>
        <translation>Aires de livraison</translation>
    </message>
    <message>
        <source>Goods area</source>
        <translation>Zone marchandises</translation>
    </message>
    <message>
        <source>Kind not known</source>
        <translation>Type inconnu</translation>
    </message>
    <message>
        <source>Periodic bay</source>
        <translation>Aire périodique</translation>
    </message>
    <message>
        <source>Permanent bay</source>
        <translation>Aire permanente</translation>
    </message>
</context>
<context>
    <name>CoverageByZoneAlgorithm</name>
    <message>
        <source>Coverage by category</source>
        <translation>Couverture par catégorie</translation>
    </message>
    <message>
        <source>Coverage by zone</source>
        <translation>Couverture par zone</translation>
    </message>
    <message>
        <source>Coverage by zone and by category</source>
        <translation>Couverture par zone et par catégorie</translation>
    </message>
    <message>
        <source>Delivery points</source>
        <translation>Points de livraison</translation>
    </message>
    <message>
        <source>Delivery points covered</source>
        <translation>Points de livraison couverts</translation>
    </message>
    <message>
        <source>Delivery points outside every zone</source>
        <translation>Points de livraison hors de toute zone</translation>
    </message>
    <message>
        <source>Field with the category of the delivery points</source>
        <translation>Champ de la catégorie des points de livraison</translation>
    </message>
    <message>
        <source>Field with the names of the zones</source>
        <translation>Champ du nom des zones</translation>
    </message>
    <message>
        <source>Share of the delivery points and of the movements covered, by zone and by category.</source>
        <translation>Part des points de livraison et part des mouvements couverts, par zone et par catégorie.</translation>
    </message>
    <message>
        <source>Share of the delivery points covered (0–1)</source>
        <translation>Part des points de livraison couverts (0–1)</translation>
    </message>
    <message>
        <source>Share of the movements covered (0–1)</source>
        <translation>Part des mouvements couverts (0–1)</translation>
    </message>
    <message>
        <source>The table by category needs a field of categories: choose it, or leave the table out.</source>
        <translation>La table par catégorie demande un champ de catégorie : choisissez-le, ou renoncez à la table.</translation>
    </message>
    <message>
        <source>Zones (polygons)</source>
        <translation>Zones (polygones)</translation>
    </message>
    <message>
        <source>Zones with figures</source>
        <translation>Zones chiffrées</translation>
    </message>
</context>
<context>
    <name>CoverageGapsAlgorithm</name>
    <message>
        <source>Delivery points of the largest gap</source>
        <translation>Points de livraison du plus grand manque</translation>
    </message>
    <message>
        <source>Field with the activity of the delivery points</source>
        <translation>Champ de l'activité des points de livraison</translation>
    </message>
    <message>
        <source>Gaps</source>
        <translation>Manques</translation>
    </message>
    <message>
        <source>Gaps of the coverage</source>
        <translation>Manques de la couverture</translation>
    </message>
    <message>
        <source>Groups of delivery points without a bay within reach, the heaviest first: where to look for a new bay.</source>
        <translation>Groupes de points de livraison sans aire à portée, le plus chargé en premier : où chercher une nouvelle aire.</translation>
    </message>
    <message>
        <source>Radius: uncovered points this close are looked at together</source>
        <translation>Rayon : les points non couverts aussi proches sont regroupés</translation>
    </message>
    <message>
        <source>Uncovered delivery points</source>
        <translation>Points de livraison non couverts</translation>
    </message>
    <message>
        <source>Uncovered delivery points in gaps</source>
        <translation>Points de livraison non couverts dans des manques</translation>
    </message>
    <message>
        <source>Uncovered points within the radius that make a gap</source>
        <translation>Points non couverts dans le rayon qui font un manque</translation>
    </message>
</context>
<context>
    <name>CoverageLayer</name>
    <message>
        <source>Bays within {distance:g} m</source>
        <translation>Aires à {distance:g} m ou moins</translation>
    </message>
    <message>
        <source>Coverage by delivery bays ({distance:g} m)</source>
        <translation>Couverture par les aires ({distance:g} m)</translation>
    </message>
    <message>
        <source>Covered</source>
        <translation>Couvert</translation>
    </message>
    <message>
        <source>Distance (m)</source>
        <translation>Distance (m)</translation>
    </message>
    <message>
        <source>Distance band</source>
        <translation>Classe de distance</translation>
    </message>
    <message>
        <source>Nearest bay</source>
        <translation>Aire la plus proche</translation>
    </message>
    <message>
        <source>Straight-line distance from each delivery point to the nearest usable delivery bay, computed by JOPTIMIZ.</source>
        <translation>Distance à vol d'oiseau de chaque point de livraison à l'aire utilisable la plus proche, calculée par JOPTIMIZ.</translation>
    </message>
    <message>
        <source>{band}: covered</source>
        <translation>{band} : couvert</translation>
    </message>
    <message>
        <source>{band}: not covered</source>
        <translation>{band} : non couvert</translation>
    </message>
    <message>
        <source>No distance</source>
        <translation>Sans distance</translation>
    </message>
</context>
<context>
    <name>CoveragePdfAlgorithm</name>
    <message>
        <source>All zones with delivery points</source>
        <translation>Toutes les zones qui ont des points de livraison</translation>
    </message>
    <message>
        <source>An audit as a PDF to hand round: key figures, maps and a page for each zone.</source>
        <translation>Un audit en PDF, à remettre : chiffres clés, cartes et une page par zone.</translation>
    </message>
    <message>
        <source>Audit (the GeoPackage that it wrote)</source>
        <translation>Audit (le GeoPackage qu’il a écrit)</translation>
    </message>
    <message>
        <source>How many of the worst zones</source>
        <translation>Nombre de zones les moins bien couvertes</translation>
    </message>
    <message>
        <source>Layers drawn under the maps (streets, a plan…)</source>
        <translation>Couches dessinées sous les cartes (rues, plan…)</translation>
    </message>
    <message>
        <source>Laying out</source>
        <translation>Mise en page</translation>
    </message>
    <message>
        <source>Layout template, if not the plugin’s own</source>
        <translation>Modèle de mise en page, si ce n’est pas celui de l’extension</translation>
    </message>
    <message>
        <source>No zone</source>
        <translation>Aucune zone</translation>
    </message>
    <message>
        <source>PDF files (*.pdf)</source>
        <translation>Fichiers PDF (*.pdf)</translation>
    </message>
    <message>
        <source>Page {number} of {pages}</source>
        <translation>Page {number} sur {pages}</translation>
    </message>
    <message>
        <source>Pages of zones</source>
        <translation>Pages de zones</translation>
    </message>
    <message>
        <source>Pages of zones that were made</source>
        <translation>Pages de zones réalisées</translation>
    </message>
    <message>
        <source>Print the audit (PDF)</source>
        <translation>Imprimer l’audit (PDF)</translation>
    </message>
    <message>
        <source>Printed audit</source>
        <translation>Audit imprimé</translation>
    </message>
    <message>
        <source>Resolution of images (dots per inch)</source>
        <translation>Résolution des images (points par pouce)</translation>
    </message>
    <message>
        <source>The worst zones</source>
        <translation>Les zones les moins bien couvertes</translation>
    </message>
</context>
<context>
    <name>CoverageReportAlgorithm</name>
    <message>
        <source>All layers and figures of the audit</source>
        <translation>Toutes les couches et tous les chiffres de l’audit</translation>
    </message>
    <message>
        <source>Audit of the delivery bays, with report</source>
        <translation>Audit des aires de livraison, avec rapport</translation>
    </message>
    <message>
        <source>Coverage, zones, categories, gaps and week in one file, and a report that opens in any browser.</source>
        <translation>Couverture, zones, catégories, manques et semaine dans un fichier, et un rapport qui s’ouvre dans tout navigateur.</translation>
    </message>
    <message>
        <source>Delivery points</source>
        <translation>Points de livraison</translation>
    </message>
    <message>
        <source>Delivery points covered</source>
        <translation>Points de livraison couverts</translation>
    </message>
    <message>
        <source>Field with the category of the delivery points</source>
        <translation>Champ de la catégorie des points de livraison</translation>
    </message>
    <message>
        <source>Field with the names of the zones</source>
        <translation>Champ du nom des zones</translation>
    </message>
    <message>
        <source>Gaps</source>
        <translation>Manques</translation>
    </message>
    <message>
        <source>Language of the report</source>
        <translation>Langue du rapport</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Rapport</translation>
    </message>
    <message>
        <source>Share of the delivery points covered (0–1)</source>
        <translation>Part des points de livraison couverts (0–1)</translation>
    </message>
    <message>
        <source>Share of the movements covered (0–1)</source>
        <translation>Part des mouvements couverts (0–1)</translation>
    </message>
    <message>
        <source>That of QGIS</source>
        <translation>Celle de QGIS</translation>
    </message>
    <message>
        <source>Title of the report</source>
        <translation>Titre du rapport</translation>
    </message>
    <message>
        <source>Usable delivery bays</source>
        <translation>Aires de livraison utilisables</translation>
    </message>
    <message>
        <source>Zones (polygons)</source>
        <translation>Zones (polygones)</translation>
    </message>
    <message>
        <source>Coverage by category</source>
        <translation>Couverture par catégorie</translation>
    </message>
    <message>
        <source>Coverage by zone</source>
        <translation>Couverture par zone</translation>
    </message>
    <message>
        <source>Coverage through the week</source>
        <translation>Couverture au fil de la semaine</translation>
    </message>
    <message>
        <source>Coverage by delivery bays</source>
        <translation>Couverture par les aires de livraison</translation>
    </message>
    <message>
        <source>Delivery bays</source>
        <translation>Aires de livraison</translation>
    </message>
</context>
<context>
    <name>DeliveryPointsLayer</name>
    <message>
        <source>Delivery points</source>
        <translation>Points de livraison</translation>
    </message>
</context>
<context>
    <name>GapsLayer</name>
    <message>
        <source>Distance from the centre to the nearest bay (m)</source>
        <translation>Distance du centre à l'aire la plus proche (m)</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>Chiffres</translation>
    </message>
    <message>
        <source>Gaps of the coverage ({distance:g} m)</source>
        <translation>Manques de la couverture ({distance:g} m)</translation>
    </message>
    <message>
        <source>Greatest distance between two points (m)</source>
        <translation>Plus grande distance entre deux points (m)</translation>
    </message>
    <message>
        <source>Groups of delivery points without a usable delivery bay within {distance:g} m, the heaviest first: where to look for a new bay. Computed by JOPTIMIZ.</source>
        <translation>Groupes de points de livraison sans aire de livraison utilisable à {distance:g} m, le plus chargé en premier : où chercher une nouvelle aire. Calculé par JOPTIMIZ.</translation>
    </message>
    <message>
        <source>Latitude of the centre</source>
        <translation>Latitude du centre</translation>
    </message>
    <message>
        <source>Longitude of the centre</source>
        <translation>Longitude du centre</translation>
    </message>
    <message>
        <source>Main activities</source>
        <translation>Activités principales</translation>
    </message>
    <message>
        <source>Median distance to the nearest bay (m)</source>
        <translation>Distance médiane à l'aire la plus proche (m)</translation>
    </message>
    <message>
        <source>Movements per week</source>
        <translation>Mouvements par semaine</translation>
    </message>
    <message>
        <source>Nearest bay</source>
        <translation>Aire la plus proche</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>Rang</translation>
    </message>
    <message>
        <source>Uncovered delivery points</source>
        <translation>Points de livraison non couverts</translation>
    </message>
    <message>
        <source>{values} movements/week</source>
        <translation>{values} mouvements/semaine</translation>
    </message>
    <message>
        <source>{values} points</source>
        <translation>{values} points</translation>
    </message>
</context>
<context>
    <name>ImportAccessPointsAlgorithm</name>
    <message>
        <source>Access points</source>
        <translation>Points d’accès</translation>
    </message>
    <message>
        <source>File or layer of access points</source>
        <translation>Fichier ou couche de points d’accès</translation>
    </message>
    <message>
        <source>Import access points</source>
        <translation>Importer des points d’accès</translation>
    </message>
    <message>
        <source>Mapping used</source>
        <translation>Correspondance utilisée</translation>
    </message>
    <message>
        <source>Reads where vehicles may enter or leave perimeters, with their hours.</source>
        <translation>Lit les passages par lesquels on entre dans les périmètres ou en sort, avec leurs horaires.</translation>
    </message>
</context>
<context>
    <name>ImportAlgorithm</name>
    <message>
        <source>CRS of the coordinates, if the file does not say it</source>
        <translation>Système de coordonnées, si le fichier ne le dit pas</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Import</translation>
    </message>
    <message>
        <source>Rejected rows with their reasons</source>
        <translation>Lignes rejetées, avec leurs raisons</translation>
    </message>
    <message>
        <source>Rows imported</source>
        <translation>Lignes importées</translation>
    </message>
    <message>
        <source>Rows read</source>
        <translation>Lignes lues</translation>
    </message>
    <message>
        <source>Rows rejected</source>
        <translation>Lignes rejetées</translation>
    </message>
    <message>
        <source>Rows with a value corrected</source>
        <translation>Lignes dont une valeur a été corrigée</translation>
    </message>
</context>
<context>
    <name>ImportBaysAlgorithm</name>
    <message>
        <source>Delivery bays</source>
        <translation>Aires de livraison</translation>
    </message>
    <message>
        <source>File or layer of delivery bays</source>
        <translation>Fichier ou couche d'aires de livraison</translation>
    </message>
    <message>
        <source>Import delivery bays</source>
        <translation>Importer des aires de livraison</translation>
    </message>
    <message>
        <source>Mapping used</source>
        <translation>Correspondance utilisée</translation>
    </message>
    <message>
        <source>Reads a city&apos;s published file of delivery bays into the national schema.</source>
        <translation>Lit le fichier d'aires publié par une ville et le range dans le schéma national.</translation>
    </message>
</context>
<context>
    <name>ImportDeliveryPointsAlgorithm</name>
    <message>
        <source>Delivery points</source>
        <translation>Points de livraison</translation>
    </message>
    <message>
        <source>File or layer of delivery points</source>
        <translation>Fichier ou couche de points de livraison</translation>
    </message>
    <message>
        <source>Import delivery points</source>
        <translation>Importer des points de livraison</translation>
    </message>
    <message>
        <source>Reads establishments or customers from any file with coordinates; codes keep their zeros.</source>
        <translation>Lit des établissements ou des clients depuis tout fichier avec coordonnées ; les codes gardent leurs zéros.</translation>
    </message>
</context>
<context>
    <name>ImportPerimetersAlgorithm</name>
    <message>
        <source>File or layer of perimeters</source>
        <translation>Fichier ou couche de périmètres</translation>
    </message>
    <message>
        <source>Import perimeters</source>
        <translation>Importer des périmètres</translation>
    </message>
    <message>
        <source>Mapping used</source>
        <translation>Correspondance utilisée</translation>
    </message>
    <message>
        <source>Perimeters</source>
        <translation>Périmètres</translation>
    </message>
    <message>
        <source>Reads perimeters of any kind and their rules: who, when, allowed or forbidden.</source>
        <translation>Lit des périmètres de toute nature et leurs règles : qui, quand, autorisé ou interdit.</translation>
    </message>
    <message>
        <source>Rules of the perimeters</source>
        <translation>Règles des périmètres</translation>
    </message>
</context>
<context>
    <name>ImportPoiAlgorithm</name>
    <message>
        <source>As the file says</source>
        <translation>Selon le fichier</translation>
    </message>
    <message>
        <source>File or layer of points of interest</source>
        <translation>Fichier ou couche de points d’intérêt</translation>
    </message>
    <message>
        <source>Import points of interest</source>
        <translation>Importer des points d’intérêt</translation>
    </message>
    <message>
        <source>Kind of the places</source>
        <translation>Type des lieux</translation>
    </message>
    <message>
        <source>Mapping used</source>
        <translation>Correspondance utilisée</translation>
    </message>
    <message>
        <source>Points of interest</source>
        <translation>Points d’intérêt</translation>
    </message>
    <message>
        <source>Reads charging stations, fuel stations, lorry parks and other places of use to drivers.</source>
        <translation>Lit les bornes de recharge, stations-service, parkings poids lourds et autres lieux utiles aux conducteurs.</translation>
    </message>
</context>
<context>
    <name>JoptimizAlgorithm</name>
    <message>
        <source>Mapping of the columns of the bays</source>
        <translation>Correspondance des colonnes des aires</translation>
    </message>
    <message>
        <source>Recognise from the header</source>
        <translation>Reconnaître d'après l'en-tête</translation>
    </message>
    <message>
        <source>Mapping of the columns</source>
        <translation>Correspondance des colonnes</translation>
    </message>
</context>
<context>
    <name>JoptimizDock</name>
    <message>
        <source>A small fictional town with its bays, establishments and perimeters, to try everything on.</source>
        <translation>Une petite ville imaginaire, avec ses aires, ses établissements et ses périmètres, pour tout essayer.</translation>
    </message>
    <message>
        <source>Audit the delivery bays…</source>
        <translation>Auditer les aires…</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>Données</translation>
    </message>
    <message>
        <source>Delivery bays</source>
        <translation>Aires de livraison</translation>
    </message>
    <message>
        <source>Discover</source>
        <translation>Découvrir</translation>
    </message>
    <message>
        <source>Files as cities publish them: CSV, GeoJSON, GeoPackage… They are only read, never changed.</source>
        <translation>Les fichiers tels que les villes les publient : CSV, GeoJSON, GeoPackage… Ils sont lus, jamais modifiés.</translation>
    </message>
    <message>
        <source>Import delivery bays…</source>
        <translation>Importer des aires…</translation>
    </message>
    <message>
        <source>Import delivery points…</source>
        <translation>Importer des points de livraison…</translation>
    </message>
    <message>
        <source>No layer of bays or delivery points was found in the project. Choose files in the dialog, or open the sample town first.</source>
        <translation>Le projet ne contient ni aires ni points de livraison. Choisissez des fichiers dans la fenêtre, ou ouvrez d'abord la ville exemple.</translation>
    </message>
    <message>
        <source>Open the sample town</source>
        <translation>Ouvrir la ville exemple</translation>
    </message>
    <message>
        <source>Which delivery points have a usable bay within 20 m, and where are the gaps?</source>
        <translation>Quels points de livraison ont une aire utilisable à 20 m ou moins, et où sont les manques ?</translation>
    </message>
</context>
<context>
    <name>JoptimizPlugin</name>
    <message>
        <source>JOPTIMIZ panel</source>
        <translation>Panneau JOPTIMIZ</translation>
    </message>
</context>
<context>
    <name>MomentLayer</name>
    <message>
        <source>The source of “{name}” cannot be filtered by moments. Import it into a GeoPackage.</source>
        <translation>La source de « {name} » ne peut pas être filtrée par moment. Importez-la dans un GeoPackage.</translation>
    </message>
    <message>
        <source>“{name}” does not accept the filter; it stays as it is.</source>
        <translation>« {name} » n’accepte pas le filtre ; la couche reste telle quelle.</translation>
    </message>
    <message>
        <source>“{name}” has a filter of its own that is a whole query: it is left as it is.</source>
        <translation>« {name} » a déjà un filtre, qui est une requête entière : la couche reste telle quelle.</translation>
    </message>
    <message>
        <source>“{name}” is being edited: its filter stays as it is until its changes are saved.</source>
        <translation>« {name} » est en cours d’édition : son filtre reste tel quel jusqu’à l’enregistrement des modifications.</translation>
    </message>
    <message>
        <source>“{name}” could not be read.</source>
        <translation>« {name} » n’a pas pu être lue.</translation>
    </message>
</context>
<context>
    <name>MomentSection</name>
    <message>
        <source>Filter the map</source>
        <translation>Filtrer la carte</translation>
    </message>
    <message>
        <source>Getting ready…</source>
        <translation>Préparation…</translation>
    </message>
    <message>
        <source>Hide what is not known</source>
        <translation>Masquer ce qui n’est pas connu</translation>
    </message>
    <message>
        <source>Kind not known</source>
        <translation>Type non connu</translation>
    </message>
    <message>
        <source>Name of the map theme</source>
        <translation>Nom du thème de carte</translation>
    </message>
    <message>
        <source>No perimeter of these kinds is valid here at this moment.</source>
        <translation>Aucun périmètre de ces types n’est en vigueur ici à ce moment.</translation>
    </message>
    <message>
        <source>Nothing in the project depends on the hour: open or import perimeters or delivery bays first.</source>
        <translation>Rien dans le projet ne dépend de l’heure : ouvrez ou importez d’abord des périmètres ou des aires de livraison.</translation>
    </message>
    <message>
        <source>Play the day, hour by hour</source>
        <translation>Faire défiler la journée, heure par heure</translation>
    </message>
    <message>
        <source>Save as a theme</source>
        <translation>Enregistrer comme thème</translation>
    </message>
    <message>
        <source>Save as a theme…</source>
        <translation>Enregistrer comme thème…</translation>
    </message>
    <message>
        <source>Saved as the map theme “{name}”.</source>
        <translation>Enregistré comme thème de carte « {name} ».</translation>
    </message>
    <message>
        <source>There is nothing to save yet.</source>
        <translation>Il n’y a encore rien à enregistrer.</translation>
    </message>
    <message>
        <source>Time, kind and vehicle</source>
        <translation>Moment, type et véhicule</translation>
    </message>
    <message>
        <source>What applies at any moment of these hours</source>
        <translation>Ce qui s’applique à un moment quelconque de cette plage</translation>
    </message>
    <message>
        <source>What applies here, {moment}</source>
        <translation>Ce qui s’applique ici, {moment}</translation>
    </message>
    <message>
        <source>What applies here?</source>
        <translation>Qu’est-ce qui s’applique ici ?</translation>
    </message>
    <message>
        <source>another low-emission zone speaks here in its place</source>
        <translation>une autre zone à faibles émissions l’emporte ici</translation>
    </message>
    <message>
        <source>until</source>
        <translation>jusqu’à</translation>
    </message>
</context>
<context>
    <name>SampleTown</name>
    <message>
        <source>The sample town could not be opened.</source>
        <translation>La ville exemple n'a pas pu être ouverte.</translation>
    </message>
    <message>
        <source>The sample town is open. Now press “Audit the delivery bays”.</source>
        <translation>La ville exemple est ouverte. Cliquez maintenant sur « Auditer les aires ».</translation>
    </message>
    <message>
        <source>Access points</source>
        <translation>Points d'accès</translation>
    </message>
    <message>
        <source>Base map</source>
        <translation>Fond de plan</translation>
    </message>
    <message>
        <source>Block</source>
        <translation>Îlot</translation>
    </message>
    <message>
        <source>Blocks, parks and water</source>
        <translation>Îlots, parcs et eau</translation>
    </message>
    <message>
        <source>Delivery bays</source>
        <translation>Aires de livraison</translation>
    </message>
    <message>
        <source>Delivery points</source>
        <translation>Points de livraison</translation>
    </message>
    <message>
        <source>Park</source>
        <translation>Parc</translation>
    </message>
    <message>
        <source>Perimeters</source>
        <translation>Périmètres</translation>
    </message>
    <message>
        <source>Streets</source>
        <translation>Rues</translation>
    </message>
    <message>
        <source>Water</source>
        <translation>Eau</translation>
    </message>
    <message>
        <source>Districts</source>
        <translation>Quartiers</translation>
    </message>
</context>
<context>
    <name>VehicleChoice</name>
    <message>
        <source>Any vehicle</source>
        <translation>Sans véhicule particulier</translation>
    </message>
    <message>
        <source>Category</source>
        <translation>Catégorie</translation>
    </message>
    <message>
        <source>Crit’Air</source>
        <translation>Vignette Crit’Air</translation>
    </message>
    <message>
        <source>Gross weight</source>
        <translation>PTAC</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>Hauteur</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Longueur</translation>
    </message>
    <message>
        <source>Motor</source>
        <translation>Motorisation</translation>
    </message>
    <message>
        <source>Own values…</source>
        <translation>Autres valeurs…</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>Usage</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>Largeur</translation>
    </message>
    <message>
        <source>for example Livraison</source>
        <translation>par exemple Livraison</translation>
    </message>
</context>
<context>
    <name>VisualizLayer</name>
    <message>
        <source>Active</source>
        <translation>Actif</translation>
    </message>
    <message>
        <source>Kind not known</source>
        <translation>Type inconnu</translation>
    </message>
    <message>
        <source>Not active</source>
        <translation>Inactif</translation>
    </message>
    <message>
        <source>Not known</source>
        <translation>Inconnu</translation>
    </message>
    <message>
        <source>What applies</source>
        <translation>Ce qui s’applique</translation>
    </message>
</context>
<context>
    <name>WhatAppliesAlgorithm</name>
    <message>
        <source>Active perimeters</source>
        <translation>Périmètres actifs</translation>
    </message>
    <message>
        <source>At this day and hour (now, if not given)</source>
        <translation>À ce jour et cette heure (maintenant, si rien n’est donné)</translation>
    </message>
    <message>
        <source>CRS of the perimeters, if their file does not say it</source>
        <translation>Système de coordonnées des périmètres, si leur fichier ne le dit pas</translation>
    </message>
    <message>
        <source>File or layer of perimeters</source>
        <translation>Fichier ou couche de périmètres</translation>
    </message>
    <message>
        <source>Next change</source>
        <translation>Prochain changement</translation>
    </message>
    <message>
        <source>Perimeters of which it is not known</source>
        <translation>Périmètres dont on ne le sait pas</translation>
    </message>
    <message>
        <source>Perimeters with what applies</source>
        <translation>Périmètres avec ce qui s’applique</translation>
    </message>
    <message>
        <source>Table of their rules, if they are not in the file</source>
        <translation>Table de leurs règles, si elles ne sont pas dans le fichier</translation>
    </message>
    <message>
        <source>Vehicle, for example: pl,V4,weight=12,use=Livraison</source>
        <translation>Véhicule, par exemple : pl,V4,weight=12,use=Livraison</translation>
    </message>
    <message>
        <source>What applies at a moment</source>
        <translation>Ce qui s’applique à un moment</translation>
    </message>
    <message>
        <source>Which perimeters are active at a day and hour, whether a vehicle may enter, and when that changes.</source>
        <translation>Quels périmètres sont actifs à un jour et une heure, si un véhicule peut y entrer, et quand cela change.</translation>
    </message>
    <message>
        <source>Points at which to say what applies</source>
        <translation>Points où dire ce qui s’applique</translation>
    </message>
    <message>
        <source>Points with what applies</source>
        <translation>Points avec ce qui s’applique</translation>
    </message>
</context>
<context>
    <name>ZonesLayer</name>
    <message>
        <source>Category</source>
        <translation>Catégorie</translation>
    </message>
    <message>
        <source>Coverage by category ({distance:g} m)</source>
        <translation>Couverture par catégorie ({distance:g} m)</translation>
    </message>
    <message>
        <source>Coverage by zone ({distance:g} m)</source>
        <translation>Couverture par zone ({distance:g} m)</translation>
    </message>
    <message>
        <source>Delivery points</source>
        <translation>Points de livraison</translation>
    </message>
    <message>
        <source>Delivery points covered</source>
        <translation>Points de livraison couverts</translation>
    </message>
    <message>
        <source>Delivery points per usable bay</source>
        <translation>Points de livraison par aire utilisable</translation>
    </message>
    <message>
        <source>Delivery points with a usable delivery bay within reach in a straight line, each counted once, computed by JOPTIMIZ.</source>
        <translation>Points de livraison ayant une aire utilisable à portée, à vol d'oiseau, chacun compté une seule fois ; calcul JOPTIMIZ.</translation>
    </message>
    <message>
        <source>Mean distance to the nearest usable bay (m)</source>
        <translation>Distance moyenne à l'aire utilisable la plus proche (m)</translation>
    </message>
    <message>
        <source>Median distance to the nearest usable bay (m)</source>
        <translation>Distance médiane à l'aire utilisable la plus proche (m)</translation>
    </message>
    <message>
        <source>Movements per week</source>
        <translation>Mouvements par semaine</translation>
    </message>
    <message>
        <source>Movements per week at covered points</source>
        <translation>Mouvements par semaine aux points couverts</translation>
    </message>
    <message>
        <source>Movements per week per usable bay</source>
        <translation>Mouvements par semaine et par aire utilisable</translation>
    </message>
    <message>
        <source>No delivery point</source>
        <translation>Aucun point de livraison</translation>
    </message>
    <message>
        <source>Share of the delivery points covered (0–1)</source>
        <translation>Part des points de livraison couverts (0–1)</translation>
    </message>
    <message>
        <source>Share of the movements covered (0–1)</source>
        <translation>Part des mouvements couverts (0–1)</translation>
    </message>
    <message>
        <source>Usable bays</source>
        <translation>Aires utilisables</translation>
    </message>
    <message>
        <source>Zone name</source>
        <translation>Nom de la zone</translation>
    </message>
    <message>
        <source>{low} to {high}% of the delivery points covered</source>
        <translation>{low} à {high} % des points de livraison couverts</translation>
    </message>
</context>
</TS>
