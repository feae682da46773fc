<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr_FR" sourcelanguage="en">
<context>
    <name>AccessPointsLayer</name>
    <message>
        <source>Way in</source>
        <translation>Entrée</translation>
    </message>
    <message>
        <source>Way in and out</source>
        <translation>Entrée et sortie</translation>
    </message>
    <message>
        <source>Way not known</source>
        <translation>Sens non connu</translation>
    </message>
    <message>
        <source>Way out</source>
        <translation>Sortie</translation>
    </message>
</context>
<context>
    <name>AddDataDialog</name>
    <message>
        <source>A request will go to &lt;b&gt;{hosts}&lt;/b&gt;.</source>
        <translation>Une demande va partir vers &lt;b&gt;{hosts}&lt;/b&gt;.</translation>
    </message>
    <message>
        <source>Add data</source>
        <translation>Ajouter des données</translation>
    </message>
    <message>
        <source>Add to the project</source>
        <translation>Ajouter au projet</translation>
    </message>
    <message>
        <source>Adding data</source>
        <translation>Ajout de données</translation>
    </message>
    <message>
        <source>Area</source>
        <translation>Zone</translation>
    </message>
    <message>
        <source>As the file says</source>
        <translation>Selon le fichier</translation>
    </message>
    <message>
        <source>CRS, if the file does not say it</source>
        <translation>SCR, si le fichier ne le dit pas</translation>
    </message>
    <message>
        <source>Cancelled. Nothing was changed.</source>
        <translation>Annulé. Rien n’a été modifié.</translation>
    </message>
    <message>
        <source>Columns read as: {mapping}</source>
        <translation>Colonnes lues comme : {mapping}</translation>
    </message>
    <message>
        <source>GeoPackage for the data</source>
        <translation>GeoPackage pour les données</translation>
    </message>
    <message>
        <source>How the columns are read</source>
        <translation>Lecture des colonnes</translation>
    </message>
    <message>
        <source>Into</source>
        <translation>Vers</translation>
    </message>
    <message>
        <source>Its answer names the files, which may lie on other servers: they will be asked too.</source>
        <translation>Sa réponse désigne les fichiers, qui peuvent se trouver sur d’autres serveurs : ils seront interrogés aussi.</translation>
    </message>
    <message>
        <source>Kind of the places</source>
        <translation>Type des lieux</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Correspondance</translation>
    </message>
    <message>
        <source>Nothing to add: no row remains. See the rejected rows, or choose a larger area.</source>
        <translation>Rien à ajouter : il ne reste aucune ligne. Voyez les lignes rejetées, ou choisissez une zone plus grande.</translation>
    </message>
    <message>
        <source>Nothing was sent.</source>
        <translation>Rien n’a été envoyé.</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>Aperçu</translation>
    </message>
    <message>
        <source>Preview of data</source>
        <translation>Aperçu de données</translation>
    </message>
    <message>
        <source>Recognise from the header</source>
        <translation>Reconnaître d'après l'en-tête</translation>
    </message>
    <message>
        <source>Replace, and add to the project</source>
        <translation>Remplacer, et ajouter au projet</translation>
    </message>
    <message>
        <source>Send nothing</source>
        <translation>Ne rien envoyer</translation>
    </message>
    <message>
        <source>Send the request</source>
        <translation>Envoyer la demande</translation>
    </message>
    <message>
        <source>That server sees this computer’s network address, the dataset and the rectangle of the area; nothing else is sent.</source>
        <translation>Ce serveur voit l’adresse réseau de ce poste, le jeu de données et le rectangle de la zone ; rien d’autre n’est envoyé.</translation>
    </message>
    <message>
        <source>The choices have changed since the preview. Press “Preview” again.</source>
        <translation>Les choix ont changé depuis l’aperçu. Appuyez de nouveau sur « Aperçu ».</translation>
    </message>
    <message>
        <source>The open workspace “{title}”</source>
        <translation>L’espace de travail ouvert « {title} »</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Quoi</translation>
    </message>
    <message>
        <source>Where from</source>
        <translation>D’où</translation>
    </message>
    <message>
        <source>“Preview” shows what will be read, before anything is added.</source>
        <translation>« Aperçu » montre ce qui sera lu, avant tout ajout.</translation>
    </message>
</context>
<context>
    <name>AreaChoice</name>
    <message>
        <source>A polygon of a layer (a commune…)</source>
        <translation>Un polygone d’une couche (une commune…)</translation>
    </message>
    <message>
        <source>A rectangle drawn on the map</source>
        <translation>Un rectangle dessiné sur la carte</translation>
    </message>
    <message>
        <source>Draw…</source>
        <translation>Dessiner…</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>Tout</translation>
    </message>
    <message>
        <source>Left empty: the selected polygons, or all of them</source>
        <translation>Laissé vide : les polygones sélectionnés, ou tous</translation>
    </message>
    <message>
        <source>Not drawn yet</source>
        <translation>Pas encore dessiné</translation>
    </message>
    <message>
        <source>What the map shows</source>
        <translation>Ce que montre la carte</translation>
    </message>
</context>
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
        <source>Category of the points (optional)</source>
        <translation>Catégorie des points (facultatif)</translation>
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
    <message>
        <source>Bay out of service</source>
        <translation>Aire hors service</translation>
    </message>
    <message>
        <source>Periodic bay, hours not known</source>
        <translation>Aire périodique, horaires non connus</translation>
    </message>
</context>
<context>
    <name>ChecksPage</name>
    <message>
        <source>Apply to this row</source>
        <translation>Appliquer à cette ligne</translation>
    </message>
    <message>
        <source>Apply to {count} rows</source>
        <translation>Appliquer à {count} lignes</translation>
    </message>
    <message>
        <source>Column</source>
        <translation>Colonne</translation>
    </message>
    <message>
        <source>Column “{column}”</source>
        <translation>Colonne « {column} »</translation>
    </message>
    <message>
        <source>Correct</source>
        <translation>Corriger</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>Constats</translation>
    </message>
    <message>
        <source>Leave them as they are</source>
        <translation>Laisser tel quel</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>Ligne</translation>
    </message>
    <message>
        <source>Nothing is wrong with these rows.</source>
        <translation>Rien à signaler dans ces lignes.</translation>
    </message>
    <message>
        <source>Proposal</source>
        <translation>Proposition</translation>
    </message>
    <message>
        <source>Proposals</source>
        <translation>Propositions</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Valeur</translation>
    </message>
    <message>
        <source>What is the matter</source>
        <translation>Ce qui ne va pas</translation>
    </message>
    <message>
        <source>{found} findings. {agreed} cells will be corrected; the others are kept as they are, with a remark.</source>
        <translation>{found} constats. {agreed} cellules seront corrigées ; les autres restent telles quelles, avec une remarque.</translation>
    </message>
    <message>
        <source>A file with postcode, INSEE code and commune, such as La Poste’s table of postcodes. It is only read, on this computer.</source>
        <translation>Un fichier avec code postal, code INSEE et commune, comme la base officielle des codes postaux de La Poste. Il est seulement lu, sur ce poste.</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>Tous les fichiers</translation>
    </message>
    <message>
        <source>Check the towns too, by a table of communes (optional)</source>
        <translation>Contrôler aussi les communes, avec une table des communes (facultatif)</translation>
    </message>
    <message>
        <source>Table of communes</source>
        <translation>Table des communes</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>Tables</translation>
    </message>
</context>
<context>
    <name>ColumnsPage</name>
    <message>
        <source>Coordinates need two columns: choose both of them, or none.</source>
        <translation>Il faut deux colonnes de coordonnées : choisissez les deux, ou aucune.</translation>
    </message>
    <message>
        <source>Deliveries</source>
        <translation>Livraisons</translation>
    </message>
    <message>
        <source>Identifier, else SIRET, else name and address</source>
        <translation>Identifiant, sinon SIRET, sinon nom et adresse</translation>
    </message>
    <message>
        <source>Next month</source>
        <translation>Le mois prochain</translation>
    </message>
    <message>
        <source>Say which column holds what. Columns that serve for nothing here are kept as they are.</source>
        <translation>Dites ce que contient chaque colonne. Celles qui ne servent pas ici sont gardées telles quelles.</translation>
    </message>
    <message>
        <source>Tell customers apart by</source>
        <translation>Distinguer les clients par</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Où</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>Qui</translation>
    </message>
    <message>
        <source>so that the next file is compared customer by customer</source>
        <translation>pour comparer le prochain fichier client par client</translation>
    </message>
    <message>
        <source>your choice</source>
        <translation>votre choix</translation>
    </message>
    <message>
        <source>— none —</source>
        <translation>— aucune —</translation>
    </message>
</context>
<context>
    <name>CompanyDialog</name>
    <message>
        <source>1. File</source>
        <translation>1. Fichier</translation>
    </message>
    <message>
        <source>2. Columns</source>
        <translation>2. Colonnes</translation>
    </message>
    <message>
        <source>3. Checks</source>
        <translation>3. Contrôles</translation>
    </message>
    <message>
        <source>4. Positions</source>
        <translation>4. Positions</translation>
    </message>
    <message>
        <source>5. What changes</source>
        <translation>5. Changements</translation>
    </message>
    <message>
        <source>6. Result</source>
        <translation>6. Résultat</translation>
    </message>
    <message>
        <source>7. Enrichment</source>
        <translation>7. Enrichissement</translation>
    </message>
    <message>
        <source>As last time</source>
        <translation>Comme la dernière fois</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Retour</translation>
    </message>
    <message>
        <source>Cancelled. Nothing was changed.</source>
        <translation>Annulé. Rien n’a été modifié.</translation>
    </message>
    <message>
        <source>Checking the rows</source>
        <translation>Contrôle des lignes</translation>
    </message>
    <message>
        <source>Comparing with the last import</source>
        <translation>Comparaison avec l’import précédent</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>Constats</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Importer</translation>
    </message>
    <message>
        <source>Import a company file</source>
        <translation>Importer un fichier d’entreprise</translation>
    </message>
    <message>
        <source>Importing the customers</source>
        <translation>Import des clients</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Suivant</translation>
    </message>
    <message>
        <source>Placing the customers</source>
        <translation>Recherche des positions</translation>
    </message>
    <message>
        <source>Reading the file</source>
        <translation>Lecture du fichier</translation>
    </message>
    <message>
        <source>Rejected rows</source>
        <translation>Lignes rejetées</translation>
    </message>
    <message>
        <source>Save the recipe</source>
        <translation>Enregistrer la recette</translation>
    </message>
    <message>
        <source>Saved: {path}</source>
        <translation>Enregistré : {path}</translation>
    </message>
    <message>
        <source>The customers could not be enriched.</source>
        <translation>Les clients n’ont pas pu être enrichis.</translation>
    </message>
    <message>
        <source>The enriched customers are on the map.</source>
        <translation>Les clients enrichis sont sur la carte.</translation>
    </message>
    <message>
        <source>The enriched customers are on the map; the table for Excel is {path}.</source>
        <translation>Les clients enrichis sont sur la carte ; le tableau pour Excel est {path}.</translation>
    </message>
    <message>
        <source>The layer “Customers to review” holds them: look at the column of reasons.</source>
        <translation>Ils sont dans la couche « Clients à vérifier » : voyez la colonne des motifs.</translation>
    </message>
    <message>
        <source>The towns were not checked: {cause}</source>
        <translation>Les communes n’ont pas été contrôlées : {cause}</translation>
    </message>
</context>
<context>
    <name>CompanySection</name>
    <message>
        <source>A firm&apos;s file of customers: cleaned, placed on the map, and what applies to each.</source>
        <translation>Un fichier de clients : nettoyé, placé sur la carte, avec ce qui s’applique à chacun.</translation>
    </message>
    <message>
        <source>Customers</source>
        <translation>Clients</translation>
    </message>
    <message>
        <source>Import a company file…</source>
        <translation>Importer un fichier d’entreprise…</translation>
    </message>
    <message>
        <source>There is no import to undo.</source>
        <translation>Il n’y a pas d’import à annuler.</translation>
    </message>
    <message>
        <source>Undo the last import…</source>
        <translation>Annuler le dernier import…</translation>
    </message>
    <message>
        <source>Purge customers’ data…</source>
        <translation>Purger les données client…</translation>
    </message>
    <message>
        <source>Review positions…</source>
        <translation>Vérifier les positions…</translation>
    </message>
</context>
<context>
    <name>CompanyUndo</name>
    <message>
        <source>It was changed since that import (positions moved by hand, for example): those changes will be lost.</source>
        <translation>Il a été modifié depuis cet import (positions déplacées à la main, par exemple) : ces modifications seront perdues.</translation>
    </message>
    <message>
        <source>The last import into “{name}” will be undone: the file is then as it was before, byte for byte.</source>
        <translation>Le dernier import dans « {name} » va être annulé : le fichier redevient ce qu’il était avant, à l’octet près.</translation>
    </message>
    <message>
        <source>Undoing the import</source>
        <translation>Annulation de l’import</translation>
    </message>
    <message>
        <source>The decisions of the last review of “{name}” will be undone; the import itself stays. Undo once more to take it back too.</source>
        <translation>Les décisions de la dernière revue de « {name} » seront annulées ; l’import lui-même reste. Annulez une fois de plus pour revenir aussi avant l’import.</translation>
    </message>
    <message>
        <source>“{path}” is as it was before the last review.</source>
        <translation>« {path} » est comme avant la dernière revue.</translation>
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
    <name>CreateSurveyAlgorithm</name>
    <message>
        <source>A project for QField and Mergin Maps: forms of the national schema, photos, sectors, progress.</source>
        <translation>Un projet pour QField et Mergin Maps : formulaires du schéma national, photos, secteurs, avancement.</translation>
    </message>
    <message>
        <source>Base map for work without network (.mbtiles, .gpkg, .tif)</source>
        <translation>Fond de plan pour travailler sans réseau (.mbtiles, .gpkg, .tif)</translation>
    </message>
    <message>
        <source>CRS of the coordinates of the bays, if the file does not say it</source>
        <translation>SCR des coordonnées des aires, si le fichier ne l’indique pas</translation>
    </message>
    <message>
        <source>Delivery bays outside the territory</source>
        <translation>Aires de livraison hors du territoire</translation>
    </message>
    <message>
        <source>Delivery bays to see</source>
        <translation>Aires de livraison à voir</translation>
    </message>
    <message>
        <source>Field with the names of the municipalities</source>
        <translation>Champ du nom des communes</translation>
    </message>
    <message>
        <source>Folder of the survey (new or empty)</source>
        <translation>Dossier du relevé (nouveau ou vide)</translation>
    </message>
    <message>
        <source>Known delivery bays</source>
        <translation>Aires de livraison connues</translation>
    </message>
    <message>
        <source>Prepare a survey</source>
        <translation>Préparer un relevé</translation>
    </message>
    <message>
        <source>Project of the survey</source>
        <translation>Projet du relevé</translation>
    </message>
    <message>
        <source>Sectors</source>
        <translation>Secteurs</translation>
    </message>
    <message>
        <source>Sectors (rounds)</source>
        <translation>Secteurs (tournées)</translation>
    </message>
    <message>
        <source>Survey of delivery bays</source>
        <translation>Relevé des aires de livraison</translation>
    </message>
    <message>
        <source>Surveyors, separated by commas</source>
        <translation>Enquêteurs, séparés par des virgules</translation>
    </message>
    <message>
        <source>Territory (municipalities)</source>
        <translation>Territoire (communes)</translation>
    </message>
    <message>
        <source>Title of the survey</source>
        <translation>Titre du relevé</translation>
    </message>
</context>
<context>
    <name>CreateWorkspaceAlgorithm</name>
    <message>
        <source>Access points in the workspace</source>
        <translation>Points d’accès dans l’espace de travail</translation>
    </message>
    <message>
        <source>Access points to import</source>
        <translation>Points d’accès à importer</translation>
    </message>
    <message>
        <source>CRS of the coordinates, if a file does not say it</source>
        <translation>SCR des coordonnées, si un fichier ne le dit pas</translation>
    </message>
    <message>
        <source>Choose a GeoPackage file or a PostgreSQL connection for the workspace.</source>
        <translation>Choisissez un fichier GeoPackage ou une connexion PostgreSQL pour l’espace de travail.</translation>
    </message>
    <message>
        <source>Create a workspace</source>
        <translation>Créer un espace de travail</translation>
    </message>
    <message>
        <source>Delivery bays in the workspace</source>
        <translation>Aires de livraison dans l’espace de travail</translation>
    </message>
    <message>
        <source>Delivery bays to import</source>
        <translation>Aires de livraison à importer</translation>
    </message>
    <message>
        <source>Delivery points in the workspace</source>
        <translation>Points de livraison dans l’espace de travail</translation>
    </message>
    <message>
        <source>Delivery points to import</source>
        <translation>Points de livraison à importer</translation>
    </message>
    <message>
        <source>Kind of the points of interest</source>
        <translation>Type des points d’intérêt</translation>
    </message>
    <message>
        <source>Licence of the data</source>
        <translation>Licence des données</translation>
    </message>
    <message>
        <source>One GeoPackage (or PostGIS schema) with bays, perimeters, access points, delivery points and points of interest, styled.</source>
        <translation>Un GeoPackage (ou un schéma PostGIS) avec aires, périmètres, points d’accès, points de livraison et points d’intérêt, stylé.</translation>
    </message>
    <message>
        <source>Open the workspace in the project</source>
        <translation>Ouvrir l’espace de travail dans le projet</translation>
    </message>
    <message>
        <source>Perimeters in the workspace</source>
        <translation>Périmètres dans l’espace de travail</translation>
    </message>
    <message>
        <source>Perimeters to import</source>
        <translation>Périmètres à importer</translation>
    </message>
    <message>
        <source>Points of interest in the workspace</source>
        <translation>Points d’intérêt dans l’espace de travail</translation>
    </message>
    <message>
        <source>Points of interest to import</source>
        <translation>Points d’intérêt à importer</translation>
    </message>
    <message>
        <source>PostgreSQL connection: keep the workspace in this database instead of a file</source>
        <translation>Connexion PostgreSQL : garder l’espace de travail dans cette base plutôt que dans un fichier</translation>
    </message>
    <message>
        <source>Roads of perimeters in the workspace</source>
        <translation>Voies des périmètres dans l’espace de travail</translation>
    </message>
    <message>
        <source>Rules in the workspace</source>
        <translation>Règles dans l’espace de travail</translation>
    </message>
    <message>
        <source>Said by the file</source>
        <translation>Celui que dit le fichier</translation>
    </message>
    <message>
        <source>Schema of the database</source>
        <translation>Schéma de la base de données</translation>
    </message>
    <message>
        <source>Workspace</source>
        <translation>Espace de travail</translation>
    </message>
    <message>
        <source>Goods-traffic orders to import</source>
        <translation>Arrêtés de circulation marchandises à importer</translation>
    </message>
    <message>
        <source>Orders in areas in the workspace</source>
        <translation>Arrêtés par zone dans l’espace de travail</translation>
    </message>
    <message>
        <source>Orders on streets or to be located in the workspace</source>
        <translation>Arrêtés par voie ou à localiser dans l’espace de travail</translation>
    </message>
</context>
<context>
    <name>CustomerLayers</name>
    <message>
        <source>Customers</source>
        <translation>Clients</translation>
    </message>
    <message>
        <source>Customers to review</source>
        <translation>Clients à vérifier</translation>
    </message>
</context>
<context>
    <name>CustomersLayer</name>
    <message>
        <source>Bay within {distance:g} m</source>
        <translation>Aire à {distance:g} m ou moins</translation>
    </message>
    <message>
        <source>Customers, enriched</source>
        <translation>Clients enrichis</translation>
    </message>
    <message>
        <source>No bay within {distance:g} m</source>
        <translation>Aucune aire à {distance:g} m ou moins</translation>
    </message>
</context>
<context>
    <name>DeliveryPointsLayer</name>
    <message>
        <source>Delivery points</source>
        <translation>Points de livraison</translation>
    </message>
    <message>
        <source>Activity not known</source>
        <translation>Activité non connue</translation>
    </message>
    <message>
        <source>Farming, industry, building</source>
        <translation>Agriculture, industrie, bâtiment</translation>
    </message>
    <message>
        <source>Health and care</source>
        <translation>Santé et action sociale</translation>
    </message>
    <message>
        <source>Hotels, cafés, restaurants</source>
        <translation>Hôtels, cafés, restaurants (CHR)</translation>
    </message>
    <message>
        <source>Offices and services</source>
        <translation>Bureaux et services</translation>
    </message>
    <message>
        <source>Retail trade</source>
        <translation>Commerce de détail</translation>
    </message>
    <message>
        <source>Wholesale, vehicles, transport</source>
        <translation>Commerce de gros, automobile, transport</translation>
    </message>
</context>
<context>
    <name>EnrichCustomersAlgorithm</name>
    <message>
        <source>A bay is near within</source>
        <translation>Une aire est proche jusqu’à</translation>
    </message>
    <message>
        <source>Access points of the perimeters</source>
        <translation>Points d’accès des périmètres</translation>
    </message>
    <message>
        <source>CRS of the customers’ coordinates, if their file does not say it</source>
        <translation>Système de coordonnées des clients, si leur fichier ne le dit pas</translation>
    </message>
    <message>
        <source>CRS of the perimeters, if their file does not say it</source>
        <translation>SCR des périmètres, si leur fichier ne le dit pas</translation>
    </message>
    <message>
        <source>Customers</source>
        <translation>Clients</translation>
    </message>
    <message>
        <source>Customers in a perimeter</source>
        <translation>Clients dans un périmètre</translation>
    </message>
    <message>
        <source>Customers of which that is not known</source>
        <translation>Clients pour lesquels on ne le sait pas</translation>
    </message>
    <message>
        <source>Customers that it may not reach</source>
        <translation>Clients qu’il ne peut pas atteindre</translation>
    </message>
    <message>
        <source>Customers that it may reach at some hours only</source>
        <translation>Clients qu’il ne peut atteindre qu’à certaines heures</translation>
    </message>
    <message>
        <source>Customers that the vehicle may reach at any time</source>
        <translation>Clients que le véhicule peut atteindre à toute heure</translation>
    </message>
    <message>
        <source>Customers with a bay near</source>
        <translation>Clients avec une aire proche</translation>
    </message>
    <message>
        <source>Customers with a usable position</source>
        <translation>Clients avec une position utilisable</translation>
    </message>
    <message>
        <source>Customers without a usable position</source>
        <translation>Clients sans position utilisable</translation>
    </message>
    <message>
        <source>Customers, enriched</source>
        <translation>Clients enrichis</translation>
    </message>
    <message>
        <source>Customers: a layer, a file, or what the import of a company’s file wrote</source>
        <translation>Clients : une couche, un fichier, ou ce que l’import d’un fichier d’entreprise a écrit</translation>
    </message>
    <message>
        <source>Delivery bays</source>
        <translation>Aires de livraison</translation>
    </message>
    <message>
        <source>Enrich customers</source>
        <translation>Enrichir des clients</translation>
    </message>
    <message>
        <source>First day (today, if not given)</source>
        <translation>Premier jour (aujourd’hui, si rien n’est donné)</translation>
    </message>
    <message>
        <source>For each customer of a firm: perimeters, rules, forbidden and free hours, ways in, the nearest bay.</source>
        <translation>Pour chaque client d’une entreprise : périmètres, règles, heures interdites et libres, points d’accès, aire la plus proche.</translation>
    </message>
    <message>
        <source>Number of days</source>
        <translation>Nombre de jours</translation>
    </message>
    <message>
        <source>Perimeters</source>
        <translation>Périmètres</translation>
    </message>
    <message>
        <source>Table for Excel or LibreOffice</source>
        <translation>Tableau pour Excel ou LibreOffice</translation>
    </message>
    <message>
        <source>Table of the perimeters’ rules, if they are not in their file</source>
        <translation>Table des règles des périmètres, si elles ne sont pas dans leur fichier</translation>
    </message>
    <message>
        <source>Vehicle, for example: pl,V4,weight=12,use=Livraison</source>
        <translation>Véhicule, par exemple : pl,V4,weight=12,use=Livraison</translation>
    </message>
</context>
<context>
    <name>EnrichPage</name>
    <message>
        <source>Access points</source>
        <translation>Points d’accès</translation>
    </message>
    <message>
        <source>Enrich the customers</source>
        <translation>Enrichir les clients</translation>
    </message>
    <message>
        <source>For each customer: perimeters with days and hours, ways in, whether a bay is near. Nothing leaves this computer.</source>
        <translation>Pour chaque client : périmètres avec jours et heures, accès, présence d’une aire proche. Rien ne quitte ce poste.</translation>
    </message>
    <message>
        <source>Rules of the perimeters</source>
        <translation>Règles des périmètres</translation>
    </message>
    <message>
        <source>Table for Excel or LibreOffice</source>
        <translation>Tableau pour Excel ou LibreOffice</translation>
    </message>
    <message>
        <source>Vehicle</source>
        <translation>Véhicule</translation>
    </message>
</context>
<context>
    <name>ExportBaysAlgorithm</name>
    <message>
        <source>Bays published</source>
        <translation>Aires publiées</translation>
    </message>
    <message>
        <source>Beside the national schema&apos;s CSV</source>
        <translation>En plus du CSV au schéma national</translation>
    </message>
    <message>
        <source>CDS 1.0.1 (zones and policies)</source>
        <translation>CDS 1.0.1 (zones et règles)</translation>
    </message>
    <message>
        <source>CRS of the coordinates, if the file does not say it</source>
        <translation>SCR des coordonnées, si le fichier ne le dit pas</translation>
    </message>
    <message>
        <source>CSV of the national schema</source>
        <translation>CSV au schéma national</translation>
    </message>
    <message>
        <source>Errors left</source>
        <translation>Erreurs restantes</translation>
    </message>
    <message>
        <source>File or layer of delivery bays</source>
        <translation>Fichier ou couche d’aires de livraison</translation>
    </message>
    <message>
        <source>Folder of the publication</source>
        <translation>Dossier de la publication</translation>
    </message>
    <message>
        <source>OSM tags, for review</source>
        <translation>Étiquettes OSM, à relire</translation>
    </message>
    <message>
        <source>Publication</source>
        <translation>Publication</translation>
    </message>
    <message>
        <source>Publish delivery bays</source>
        <translation>Publier des aires de livraison</translation>
    </message>
    <message>
        <source>The national schema&apos;s CSV, a GeoPackage, GeoJSON, CDS and OSM tags, in a folder ready for data.gouv.fr.</source>
        <translation>Le CSV au schéma national, un GeoPackage, du GeoJSON, du CDS et des étiquettes OSM, dans un dossier prêt pour data.gouv.fr.</translation>
    </message>
    <message>
        <source>UUID made</source>
        <translation>UUID créés</translation>
    </message>
    <message>
        <source>Values adapted</source>
        <translation>Valeurs mises en forme</translation>
    </message>
    <message>
        <source>Values left out</source>
        <translation>Valeurs laissées de côté</translation>
    </message>
</context>
<context>
    <name>ExportRegulationsAlgorithm</name>
    <message>
        <source>Orders</source>
        <translation>Arrêtés</translation>
    </message>
    <message>
        <source>Orders kept back</source>
        <translation>Arrêtés mis de côté</translation>
    </message>
    <message>
        <source>Orders published</source>
        <translation>Arrêtés publiés</translation>
    </message>
    <message>
        <source>Orders published without geometry</source>
        <translation>Arrêtés publiés sans géométrie</translation>
    </message>
    <message>
        <source>Orders that are kept back, with their reasons</source>
        <translation>Arrêtés mis de côté, avec leurs raisons</translation>
    </message>
    <message>
        <source>Orders to publish</source>
        <translation>Arrêtés à publier</translation>
    </message>
    <message>
        <source>Publish goods-traffic orders</source>
        <translation>Publier les arrêtés de circulation</translation>
    </message>
    <message>
        <source>Put the INSEE code in front of identifiers that several orders have</source>
        <translation>Faire précéder du code INSEE les identifiants que plusieurs arrêtés ont en commun</translation>
    </message>
    <message>
        <source>Writes orders in the national schema; those that do not follow it are kept back with their reasons.</source>
        <translation>Écrit les arrêtés au schéma national ; ceux qui ne le suivent pas sont mis de côté avec leurs raisons.</translation>
    </message>
    <message>
        <source>Folder ready for data.gouv.fr (data, schema, readme)</source>
        <translation>Dossier prêt pour data.gouv.fr (données, schéma, lisez-moi)</translation>
    </message>
</context>
<context>
    <name>FetchSourceAlgorithm</name>
    <message>
        <source>A file at an address</source>
        <translation>Un fichier à une adresse</translation>
    </message>
    <message>
        <source>An address of your own (below)</source>
        <translation>Une adresse à vous (plus bas)</translation>
    </message>
    <message>
        <source>Ask the server for a newer copy, even where one is here</source>
        <translation>Demander au serveur une copie plus récente, même s’il y en a déjà une ici</translation>
    </message>
    <message>
        <source>Asks the server of a public source for its data, and says what they change in the file that they replace.</source>
        <translation>Demande ses données au serveur d’une source publique, et dit ce qu’elles changent dans le fichier qu’elles remplacent.</translation>
    </message>
    <message>
        <source>Authentication at the server</source>
        <translation>Authentification auprès du serveur</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>Données</translation>
    </message>
    <message>
        <source>Day of the copy</source>
        <translation>Jour de la copie</translation>
    </message>
    <message>
        <source>Fetch a public source</source>
        <translation>Récupérer une source publique</translation>
    </message>
    <message>
        <source>Mapping used</source>
        <translation>Correspondance utilisée</translation>
    </message>
    <message>
        <source>Only within these polygons (a commune)</source>
        <translation>Seulement dans ces polygones (une commune)</translation>
    </message>
    <message>
        <source>Only within this rectangle</source>
        <translation>Seulement dans ce rectangle</translation>
    </message>
    <message>
        <source>Own address: collection or layer (OGC API Features, WFS)</source>
        <translation>Adresse à vous : collection ou couche (OGC API Features, WFS)</translation>
    </message>
    <message>
        <source>Own address: dataset (Opendatasoft, data.gouv.fr)</source>
        <translation>Adresse à vous : jeu de données (Opendatasoft, data.gouv.fr)</translation>
    </message>
    <message>
        <source>Own address: https://…</source>
        <translation>Adresse à vous : https://…</translation>
    </message>
    <message>
        <source>Own address: kind of service</source>
        <translation>Adresse à vous : type de service</translation>
    </message>
    <message>
        <source>Own address: mapping of the columns, by name or file</source>
        <translation>Adresse à vous : correspondance des colonnes, par son nom ou un fichier</translation>
    </message>
    <message>
        <source>Own address: schema, instead of a dataset (data.gouv.fr)</source>
        <translation>Adresse à vous : schéma, à la place d’un jeu de données (data.gouv.fr)</translation>
    </message>
    <message>
        <source>Own address: what its rows are</source>
        <translation>Adresse à vous : ce que sont ses lignes</translation>
    </message>
    <message>
        <source>Rejected rows with their reasons</source>
        <translation>Lignes rejetées, avec leurs raisons</translation>
    </message>
    <message>
        <source>Rows of the older file that are gone</source>
        <translation>Lignes de l’ancien fichier qui ont disparu</translation>
    </message>
    <message>
        <source>Rows outside the area</source>
        <translation>Lignes hors de la zone</translation>
    </message>
    <message>
        <source>Rows that are as in the older file</source>
        <translation>Lignes identiques à celles de l’ancien fichier</translation>
    </message>
    <message>
        <source>Rows that differ from the older file</source>
        <translation>Lignes différentes de celles de l’ancien fichier</translation>
    </message>
    <message>
        <source>Rows that the older file had not</source>
        <translation>Lignes absentes de l’ancien fichier</translation>
    </message>
    <message>
        <source>Rules of the perimeters</source>
        <translation>Règles des périmètres</translation>
    </message>
    <message>
        <source>Source of the catalogue</source>
        <translation>Source du catalogue</translation>
    </message>
</context>
<context>
    <name>FilePage</name>
    <message>
        <source>All files</source>
        <translation>Tous les fichiers</translation>
    </message>
    <message>
        <source>As last time: show what changes</source>
        <translation>Comme la dernière fois : voir les changements</translation>
    </message>
    <message>
        <source>CSV, Excel, LibreOffice, GeoPackage, Shapefile… it is only read</source>
        <translation>CSV, Excel, LibreOffice, GeoPackage, Shapefile… il n’est que lu</translation>
    </message>
    <message>
        <source>Choose the firm’s file, or drop it here. Nothing of it leaves this computer without your consent.</source>
        <translation>Choisissez le fichier de l’entreprise, ou déposez-le ici. Rien n’en quitte ce poste sans votre accord.</translation>
    </message>
    <message>
        <source>Decimal sign</source>
        <translation>Signe décimal</translation>
    </message>
    <message>
        <source>Delimiter</source>
        <translation>Séparateur</translation>
    </message>
    <message>
        <source>Encoding</source>
        <translation>Encodage</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Fichier</translation>
    </message>
    <message>
        <source>Files of customers</source>
        <translation>Fichiers de clients</translation>
    </message>
    <message>
        <source>Header in line</source>
        <translation>En-tête en ligne</translation>
    </message>
    <message>
        <source>How it is read: found out, and to be changed where it is wrong</source>
        <translation>Lecture : détectée, à corriger si besoin</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>Ligne</translation>
    </message>
    <message>
        <source>Optional: what was answered last time</source>
        <translation>Facultatif : les réponses de la dernière fois</translation>
    </message>
    <message>
        <source>Reads, checks, places and compares as the recipe says; nothing is written before you press Import.</source>
        <translation>Lit, contrôle, place et compare comme le dit la recette ; rien n’est écrit avant « Importer ».</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>Recette</translation>
    </message>
    <message>
        <source>Recipe of an earlier import</source>
        <translation>Recette d’un import précédent</translation>
    </message>
    <message>
        <source>Rows to skip below</source>
        <translation>Lignes à sauter dessous</translation>
    </message>
    <message>
        <source>Sheet</source>
        <translation>Feuille</translation>
    </message>
    <message>
        <source>The firm’s file</source>
        <translation>Fichier de l’entreprise</translation>
    </message>
    <message>
        <source>bar |</source>
        <translation>barre |</translation>
    </message>
    <message>
        <source>comma</source>
        <translation>virgule</translation>
    </message>
    <message>
        <source>comma ,</source>
        <translation>virgule ,</translation>
    </message>
    <message>
        <source>date</source>
        <translation>date</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>vide</translation>
    </message>
    <message>
        <source>no decimals</source>
        <translation>sans décimales</translation>
    </message>
    <message>
        <source>none</source>
        <translation>aucune</translation>
    </message>
    <message>
        <source>number</source>
        <translation>nombre</translation>
    </message>
    <message>
        <source>point</source>
        <translation>point</translation>
    </message>
    <message>
        <source>semicolon ;</source>
        <translation>point-virgule</translation>
    </message>
    <message>
        <source>tab</source>
        <translation>tabulation</translation>
    </message>
    <message>
        <source>text</source>
        <translation>texte</translation>
    </message>
    <message>
        <source>{rows} rows, {columns} columns.</source>
        <translation>{rows} lignes, {columns} colonnes.</translation>
    </message>
    <message>
        <source>Rows that cannot be read: {rejects}.</source>
        <translation>Lignes illisibles : {rejects}.</translation>
    </message>
    <message>
        <source>Below each name: what the column is read as. It follows from what the column holds; choose that in step 2.</source>
        <translation>Sous chaque nom : comment la colonne est lue. Cela dépend de ce qu’elle contient ; choisissez-le à l’étape 2.</translation>
    </message>
</context>
<context>
    <name>Findings</name>
    <message>
        <source>Code of the rule</source>
        <translation>Code de la règle</translation>
    </message>
    <message>
        <source>Expected</source>
        <translation>Attendu</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>Champ</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>Constats</translation>
    </message>
    <message>
        <source>Identifier</source>
        <translation>Identifiant</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Nature</translation>
    </message>
    <message>
        <source>Latitude</source>
        <translation>Latitude</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>Ligne</translation>
    </message>
    <message>
        <source>Longitude</source>
        <translation>Longitude</translation>
    </message>
    <message>
        <source>Other rows</source>
        <translation>Autres lignes</translation>
    </message>
    <message>
        <source>Proposal</source>
        <translation>Proposition</translation>
    </message>
    <message>
        <source>Severity</source>
        <translation>Gravité</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Valeur</translation>
    </message>
    <message>
        <source>What a control found wrong or doubtful, one point a finding. Computed by JOPTIMIZ.</source>
        <translation>Ce qu’un contrôle a trouvé de faux ou de douteux, un point par constat. Calculé par JOPTIMIZ.</translation>
    </message>
    <message>
        <source>What is the matter</source>
        <translation>Constat</translation>
    </message>
</context>
<context>
    <name>FindingsAlgorithm</name>
    <message>
        <source>Control</source>
        <translation>Contrôle</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>Erreurs</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>Constats</translation>
    </message>
    <message>
        <source>Findings as a table</source>
        <translation>Constats en tableau</translation>
    </message>
    <message>
        <source>Notices</source>
        <translation>Remarques</translation>
    </message>
    <message>
        <source>Points to check</source>
        <translation>Points à vérifier</translation>
    </message>
    <message>
        <source>Rows checked</source>
        <translation>Lignes contrôlées</translation>
    </message>
</context>
<context>
    <name>FindingsDock</name>
    <message>
        <source>All kinds</source>
        <translation>Toutes les natures</translation>
    </message>
    <message>
        <source>All severities ({count})</source>
        <translation>Toutes les gravités ({count})</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>Appliquer</translation>
    </message>
    <message>
        <source>Apply to all</source>
        <translation>Appliquer à tous</translation>
    </message>
    <message>
        <source>Apply to all ({count})</source>
        <translation>Appliquer à tous ({count})</translation>
    </message>
    <message>
        <source>As a layer (GeoPackage)…</source>
        <translation>En couche (GeoPackage)…</translation>
    </message>
    <message>
        <source>As a table (CSV)…</source>
        <translation>En tableau (CSV)…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>Contrôler</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>Contrôler à nouveau</translation>
    </message>
    <message>
        <source>Communes:</source>
        <translation>Communes :</translation>
    </message>
    <message>
        <source>Control of a survey: findings</source>
        <translation>Contrôle d’un relevé : constats</translation>
    </message>
    <message>
        <source>Control of “{layer}”</source>
        <translation>Contrôle de « {layer} »</translation>
    </message>
    <message>
        <source>Correction: {kind}</source>
        <translation>Correction : {kind}</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exporter</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>Champ</translation>
    </message>
    <message>
        <source>Findings as a layer</source>
        <translation>Constats en couche</translation>
    </message>
    <message>
        <source>Findings as a table</source>
        <translation>Constats en tableau</translation>
    </message>
    <message>
        <source>Identifier</source>
        <translation>Identifiant</translation>
    </message>
    <message>
        <source>Identifier, field or words</source>
        <translation>Identifiant, champ ou mots</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Nature</translation>
    </message>
    <message>
        <source>Layer:</source>
        <translation>Couche :</translation>
    </message>
    <message>
        <source>Nothing was checked yet.</source>
        <translation>Rien n’a encore été contrôlé.</translation>
    </message>
    <message>
        <source>Nothing was found in {rows} rows.</source>
        <translation>Rien à signaler dans {rows} lignes.</translation>
    </message>
    <message>
        <source>Open the form</source>
        <translation>Ouvrir la fiche</translation>
    </message>
    <message>
        <source>Proposal</source>
        <translation>Proposition</translation>
    </message>
    <message>
        <source>Roads:</source>
        <translation>Rues :</translation>
    </message>
    <message>
        <source>Severity</source>
        <translation>Gravité</translation>
    </message>
    <message>
        <source>The layer is no longer there.</source>
        <translation>La couche n’est plus là.</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Valeur</translation>
    </message>
    <message>
        <source>What is the matter</source>
        <translation>Constat</translation>
    </message>
    <message>
        <source>Written: {path}</source>
        <translation>Écrit : {path}</translation>
    </message>
    <message>
        <source>Zoom to</source>
        <translation>Zoomer</translation>
    </message>
    <message>
        <source>findings</source>
        <translation>constats</translation>
    </message>
    <message>
        <source>no communes</source>
        <translation>sans communes</translation>
    </message>
    <message>
        <source>no roads</source>
        <translation>sans rues</translation>
    </message>
    <message>
        <source>{done} corrections made; Undo takes them back, saving the layer keeps them.</source>
        <translation>{done} corrections faites ; Annuler les défait, enregistrer la couche les garde.</translation>
    </message>
    <message>
        <source>{left} rows were changed since and were left alone: check again.</source>
        <translation>{left} lignes ont changé depuis et ont été laissées telles quelles : contrôlez à nouveau.</translation>
    </message>
    <message>
        <source>{shown} of {all}</source>
        <translation>{shown} sur {all}</translation>
    </message>
    <message>
        <source>“{layer}” cannot be edited. Save it as a GeoPackage, and check that one.</source>
        <translation>« {layer} » ne peut pas être modifiée. Enregistrez-la en GeoPackage, et contrôlez celle-là.</translation>
    </message>
    <message>
        <source>Choose a layer of bays or orders in the form of the national schema: import the file first, then check the layer.</source>
        <translation>Choisissez une couche d’aires ou d’arrêtés au schéma national : importez d’abord le fichier, puis contrôlez la couche.</translation>
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
    <name>HarmonisationReportAlgorithm</name>
    <message>
        <source>Differences</source>
        <translation>Différences</translation>
    </message>
    <message>
        <source>Differences at the boundaries</source>
        <translation>Différences aux limites</translation>
    </message>
    <message>
        <source>Harmonisation of goods-traffic orders</source>
        <translation>Harmonisation des arrêtés de circulation marchandises</translation>
    </message>
    <message>
        <source>Harmonisation of orders between municipalities</source>
        <translation>Harmonisation des arrêtés entre communes</translation>
    </message>
    <message>
        <source>Orders compared</source>
        <translation>Arrêtés comparés</translation>
    </message>
    <message>
        <source>Pairs of municipalities</source>
        <translation>Paires de communes</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Rapport</translation>
    </message>
    <message>
        <source>Streets on which the rules change</source>
        <translation>Voies où les règles changent</translation>
    </message>
    <message>
        <source>Streets with names and INSEE codes, to find those that go on without a rule</source>
        <translation>Voies avec noms et codes INSEE, pour trouver celles qui continuent sans règle</translation>
    </message>
    <message>
        <source>Streets with rules on both sides</source>
        <translation>Voies réglementées des deux côtés</translation>
    </message>
    <message>
        <source>Title of the report</source>
        <translation>Titre du rapport</translation>
    </message>
    <message>
        <source>Where weight, hours or exemptions change at the boundary on the same street: layer, table and page.</source>
        <translation>Où le tonnage, les horaires ou les exceptions changent à la limite, sur la même voie : couche, tableau et page.</translation>
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
    <name>ImportCompanyFileAlgorithm</name>
    <message>
        <source>Address of the geocoder (empty: that of the options)</source>
        <translation>Adresse du géocodeur (vide : celui des options)</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>Tous les fichiers</translation>
    </message>
    <message>
        <source>As the recipe says, else mark them</source>
        <translation>Comme le dit la recette, sinon les marquer</translation>
    </message>
    <message>
        <source>Authentication at the geocoder</source>
        <translation>Authentification auprès du géocodeur</translation>
    </message>
    <message>
        <source>CRS of the coordinates, if their values do not tell it</source>
        <translation>SCR des coordonnées, si leurs valeurs ne le disent pas</translation>
    </message>
    <message>
        <source>Changed customers</source>
        <translation>Clients modifiés</translation>
    </message>
    <message>
        <source>Columns that tell customers apart, with commas between</source>
        <translation>Colonnes qui distinguent les clients, séparées par des virgules</translation>
    </message>
    <message>
        <source>Columns, one a line: field=column</source>
        <translation>Colonnes, une par ligne : champ=colonne</translation>
    </message>
    <message>
        <source>Comma</source>
        <translation>Virgule</translation>
    </message>
    <message>
        <source>Corrections to apply: codes with commas between, or all</source>
        <translation>Corrections à appliquer : codes séparés par des virgules, ou all</translation>
    </message>
    <message>
        <source>Customers</source>
        <translation>Clients</translation>
    </message>
    <message>
        <source>Customers (GeoPackage)</source>
        <translation>Clients (GeoPackage)</translation>
    </message>
    <message>
        <source>Customers on the map</source>
        <translation>Clients sur la carte</translation>
    </message>
    <message>
        <source>Customers that the file has no more</source>
        <translation>Clients absents du nouveau fichier</translation>
    </message>
    <message>
        <source>Customers to review</source>
        <translation>Clients à vérifier</translation>
    </message>
    <message>
        <source>Customers with a position to review</source>
        <translation>Clients dont la position est à vérifier</translation>
    </message>
    <message>
        <source>Customers without position</source>
        <translation>Clients sans position</translation>
    </message>
    <message>
        <source>Decimal sign</source>
        <translation>Signe décimal</translation>
    </message>
    <message>
        <source>Delimiter of the text</source>
        <translation>Séparateur du texte</translation>
    </message>
    <message>
        <source>Encoding of the text</source>
        <translation>Encodage du texte</translation>
    </message>
    <message>
        <source>Files of customers</source>
        <translation>Fichiers de clients</translation>
    </message>
    <message>
        <source>Find out</source>
        <translation>Détecter</translation>
    </message>
    <message>
        <source>Import a company file</source>
        <translation>Importer un fichier d’entreprise</translation>
    </message>
    <message>
        <source>Keep them</source>
        <translation>Les garder</translation>
    </message>
    <message>
        <source>Line of the header (0: none)</source>
        <translation>Ligne d’en-tête (0 : aucune)</translation>
    </message>
    <message>
        <source>Mark them as absent</source>
        <translation>Les marquer comme absents</translation>
    </message>
    <message>
        <source>New customers</source>
        <translation>Nouveaux clients</translation>
    </message>
    <message>
        <source>Point</source>
        <translation>Point</translation>
    </message>
    <message>
        <source>Reads, checks and places a firm&apos;s customers, and merges them with the last import; nothing is sent without consent.</source>
        <translation>Lit, contrôle et place les clients d’une entreprise, et les fusionne avec l’import précédent ; rien n’est envoyé sans accord.</translation>
    </message>
    <message>
        <source>Recipe of an earlier import</source>
        <translation>Recette d’un import précédent</translation>
    </message>
    <message>
        <source>Rejected rows with their reasons</source>
        <translation>Lignes rejetées avec leur motif</translation>
    </message>
    <message>
        <source>Remove them</source>
        <translation>Les retirer</translation>
    </message>
    <message>
        <source>Replace the result instead of merging with it</source>
        <translation>Remplacer le résultat au lieu de fusionner</translation>
    </message>
    <message>
        <source>Rows below the header that hold no customer</source>
        <translation>Lignes sous l’en-tête qui ne sont pas des clients</translation>
    </message>
    <message>
        <source>Save the recipe</source>
        <translation>Enregistrer la recette</translation>
    </message>
    <message>
        <source>Score under which an address goes to review</source>
        <translation>Score au-dessous duquel une adresse est à vérifier</translation>
    </message>
    <message>
        <source>Send addresses to this server: its name is your consent; empty: nothing is sent</source>
        <translation>Envoyer les adresses à ce serveur : son nom vaut accord ; vide : rien n’est envoyé</translation>
    </message>
    <message>
        <source>Sheet of the workbook, or layer</source>
        <translation>Feuille du classeur, ou couche</translation>
    </message>
    <message>
        <source>Sirene file, to place by SIRET</source>
        <translation>Fichier Sirene, pour placer par SIRET</translation>
    </message>
    <message>
        <source>Table of communes: postcode, town</source>
        <translation>Table des communes : code postal, commune</translation>
    </message>
    <message>
        <source>The firm&apos;s file</source>
        <translation>Fichier de l’entreprise</translation>
    </message>
    <message>
        <source>Unchanged customers</source>
        <translation>Clients inchangés</translation>
    </message>
    <message>
        <source>What the checks found</source>
        <translation>Constats des contrôles</translation>
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
    <name>ImportRegulationsAlgorithm</name>
    <message>
        <source>CRS of the geometry, if the file does not say it</source>
        <translation>SCR de la géométrie, si le fichier ne le dit pas</translation>
    </message>
    <message>
        <source>File or layer of orders</source>
        <translation>Fichier ou couche d’arrêtés</translation>
    </message>
    <message>
        <source>Import goods-traffic orders</source>
        <translation>Importer des arrêtés de circulation</translation>
    </message>
    <message>
        <source>Mapping file of your own for the columns</source>
        <translation>Votre propre fichier de correspondance des colonnes</translation>
    </message>
    <message>
        <source>Mapping used</source>
        <translation>Correspondance utilisée</translation>
    </message>
    <message>
        <source>Orders to be located</source>
        <translation>Arrêtés à localiser</translation>
    </message>
    <message>
        <source>Reads orders of the national schema, a town&apos;s spreadsheet or any layer; keeps those without geometry.</source>
        <translation>Lit les arrêtés du schéma national, le tableur d’une commune ou toute couche ; garde ceux qui n’ont pas de géométrie.</translation>
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
        <source>Rows to check</source>
        <translation>Lignes à vérifier</translation>
    </message>
    <message>
        <source>Rows with a value written otherwise</source>
        <translation>Lignes dont une valeur a été mise en ordre</translation>
    </message>
    <message>
        <source>Workspace to which to add them</source>
        <translation>Espace de travail auquel les ajouter</translation>
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
    <message>
        <source>Add data…</source>
        <translation>Ajouter des données…</translation>
    </message>
    <message>
        <source>Bays, perimeters, points: from a file or a public source. Shown before anything is added.</source>
        <translation>Aires, périmètres, points : d’un fichier ou d’une source publique. Montrés avant tout ajout.</translation>
    </message>
    <message>
        <source>“{name}” is on the map: {count} rows.</source>
        <translation>« {name} » est sur la carte : {count} lignes.</translation>
    </message>
    <message>
        <source>Create a workspace…</source>
        <translation>Créer un espace de travail…</translation>
    </message>
    <message>
        <source>Open a workspace…</source>
        <translation>Ouvrir un espace de travail…</translation>
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
    <name>LayerForms</name>
    <message>
        <source>(not known)</source>
        <translation>(non connu)</translation>
    </message>
    <message>
        <source>No</source>
        <translation>Non</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>Oui</translation>
    </message>
    <message>
        <source>form {pattern}</source>
        <translation>forme {pattern}</translation>
    </message>
</context>
<context>
    <name>LocateRegulationsAlgorithm</name>
    <message>
        <source>Choose a layer of orders, or a workspace.</source>
        <translation>Choisissez une couche d’arrêtés, ou un espace de travail.</translation>
    </message>
    <message>
        <source>Field of the streets&apos; names, if it is not found by itself</source>
        <translation>Champ du nom des voies, s’il n’est pas trouvé tout seul</translation>
    </message>
    <message>
        <source>Gives orders the street of their name, the part between two points, or the whole municipality.</source>
        <translation>Donne aux arrêtés la voie de leur nom, la section entre deux points, ou toute la commune.</translation>
    </message>
    <message>
        <source>Locate anew those that were located by name before</source>
        <translation>Relocaliser ceux qui l’ont déjà été par leur nom</translation>
    </message>
    <message>
        <source>Locate goods-traffic orders</source>
        <translation>Localiser les arrêtés de circulation</translation>
    </message>
    <message>
        <source>Orders still to be located</source>
        <translation>Arrêtés encore à localiser</translation>
    </message>
    <message>
        <source>Orders that got a municipality</source>
        <translation>Arrêtés qui ont reçu une commune</translation>
    </message>
    <message>
        <source>Orders that got a part of a street</source>
        <translation>Arrêtés qui ont reçu une section de voie</translation>
    </message>
    <message>
        <source>Orders that got a whole street</source>
        <translation>Arrêtés qui ont reçu toute une voie</translation>
    </message>
    <message>
        <source>Source of the geometry, for example BD TOPO 2026</source>
        <translation>Source de la géométrie, par exemple BD TOPO 2026</translation>
    </message>
    <message>
        <source>Workspace: locate its orders, in the file itself</source>
        <translation>Espace de travail : localiser ses arrêtés, dans le fichier même</translation>
    </message>
</context>
<context>
    <name>MergeDialog</name>
    <message>
        <source>Add a folder…</source>
        <translation>Ajouter un dossier…</translation>
    </message>
    <message>
        <source>Add files…</source>
        <translation>Ajouter des fichiers…</translation>
    </message>
    <message>
        <source>Better than any other pair by</source>
        <translation>Mieux que toute autre paire de</translation>
    </message>
    <message>
        <source>Cancelled. Nothing was changed.</source>
        <translation>Annulé. Rien n’a été modifié.</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Comparer</translation>
    </message>
    <message>
        <source>Comparison of a survey</source>
        <translation>Comparaison d’un relevé</translation>
    </message>
    <message>
        <source>Files of bays</source>
        <translation>Fichiers d’aires</translation>
    </message>
    <message>
        <source>Folder of a survey</source>
        <translation>Dossier d’un relevé</translation>
    </message>
    <message>
        <source>Inventory</source>
        <translation>Inventaire</translation>
    </message>
    <message>
        <source>Inventory of bays</source>
        <translation>Inventaire des aires</translation>
    </message>
    <message>
        <source>Inventory: the bays that the town has already</source>
        <translation>Inventaire : les aires que la ville a déjà</translation>
    </message>
    <message>
        <source>Merge a survey</source>
        <translation>Fusionner un relevé</translation>
    </message>
    <message>
        <source>Municipalities</source>
        <translation>Communes</translation>
    </message>
    <message>
        <source>Options: positions, distances, municipalities</source>
        <translation>Options : positions, distances, communes</translation>
    </message>
    <message>
        <source>Position of a matched bay</source>
        <translation>Position d’une aire appariée</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Retirer</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Résultat</translation>
    </message>
    <message>
        <source>Review and merge…</source>
        <translation>Revoir et fusionner…</translation>
    </message>
    <message>
        <source>Surveys</source>
        <translation>Relevés</translation>
    </message>
    <message>
        <source>Surveys and files of bays</source>
        <translation>Relevés et fichiers d’aires</translation>
    </message>
    <message>
        <source>Surveys that came back (QField, Mergin Maps, or any file of bays)</source>
        <translation>Relevés revenus du terrain (QField, Mergin Maps, ou tout fichier d’aires)</translation>
    </message>
    <message>
        <source>That of the inventory</source>
        <translation>Celle de l’inventaire</translation>
    </message>
    <message>
        <source>That of the survey</source>
        <translation>Celle du relevé</translation>
    </message>
    <message>
        <source>Two bays of a pair lie at most apart</source>
        <translation>Écart maximal entre les aires d’une paire</translation>
    </message>
    <message>
        <source>Undo a merge</source>
        <translation>Annulation d’une fusion</translation>
    </message>
    <message>
        <source>Undo the last merge</source>
        <translation>Annuler la dernière fusion</translation>
    </message>
    <message>
        <source>What the comparison found (nothing is written yet)</source>
        <translation>Ce que la comparaison a trouvé (rien n’est encore écrit)</translation>
    </message>
    <message>
        <source>Without review at most</source>
        <translation>Écart maximal sans revue</translation>
    </message>
    <message>
        <source>the inventory itself, after a backup</source>
        <translation>l’inventaire lui-même, après une sauvegarde</translation>
    </message>
    <message>
        <source>those of the survey’s folder</source>
        <translation>celles du dossier du relevé</translation>
    </message>
    <message>
        <source>“{name}” is as it was before the last merge.</source>
        <translation>« {name} » est tel qu’il était avant la dernière fusion.</translation>
    </message>
    <message>
        <source>“{name}” is no GeoPackage in the fields of the national schema and is only read. Name a file for the result.</source>
        <translation>« {name} » n’est pas un GeoPackage aux champs du schéma national et n’est que lu. Nommez un fichier pour le résultat.</translation>
    </message>
</context>
<context>
    <name>MergeItemView</name>
    <message>
        <source>A double click opens the photo.</source>
        <translation>Un double clic ouvre la photo.</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>Champ</translation>
    </message>
    <message>
        <source>Inventory</source>
        <translation>Inventaire</translation>
    </message>
    <message>
        <source>No photo</source>
        <translation>Aucune photo</translation>
    </message>
    <message>
        <source>Photos</source>
        <translation>Photos</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>Survey</source>
        <translation>Relevé</translation>
    </message>
    <message>
        <source>Survey {number}: {who}</source>
        <translation>Relevé {number} : {who}</translation>
    </message>
    <message>
        <source>as it is</source>
        <translation>inchangée</translation>
    </message>
    <message>
        <source>distance {metres} m</source>
        <translation>distance {metres} m</translation>
    </message>
    <message>
        <source>inventory</source>
        <translation>inventaire</translation>
    </message>
    <message>
        <source>moved by {metres} m</source>
        <translation>déplacée de {metres} m</translation>
    </message>
    <message>
        <source>no</source>
        <translation>non</translation>
    </message>
    <message>
        <source>note of the surveyor: {note}</source>
        <translation>note de l’enquêteur : {note}</translation>
    </message>
    <message>
        <source>same {identifier}</source>
        <translation>même {identifier}</translation>
    </message>
    <message>
        <source>streets alike at {percent} %</source>
        <translation>rues semblables à {percent} %</translation>
    </message>
    <message>
        <source>survey</source>
        <translation>relevé</translation>
    </message>
    <message>
        <source>the surveyor did not find it</source>
        <translation>l’enquêteur ne l’a pas trouvée</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>oui</translation>
    </message>
    <message>
        <source>{name}: not found</source>
        <translation>{name} : introuvable</translation>
    </message>
</context>
<context>
    <name>MergeItems</name>
    <message>
        <source>Add it</source>
        <translation>Nouvelle</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Bay</source>
        <translation>Aire</translation>
    </message>
    <message>
        <source>Decision</source>
        <translation>Décision</translation>
    </message>
    <message>
        <source>Delete it</source>
        <translation>Supprimer</translation>
    </message>
    <message>
        <source>Distance</source>
        <translation>Distance</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>Garder</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Classe</translation>
    </message>
    <message>
        <source>Leave it out</source>
        <translation>Ignorer</translation>
    </message>
    <message>
        <source>Matched</source>
        <translation>Appariée</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>Manquante</translation>
    </message>
    <message>
        <source>New</source>
        <translation>Nouvelle</translation>
    </message>
    <message>
        <source>Not visited</source>
        <translation>Non visitée</translation>
    </message>
    <message>
        <source>Out of service</source>
        <translation>Hors service</translation>
    </message>
    <message>
        <source>Same bay</source>
        <translation>Même aire</translation>
    </message>
    <message>
        <source>To review</source>
        <translation>À revoir</translation>
    </message>
    <message>
        <source>Two bays</source>
        <translation>Deux aires</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Pourquoi</translation>
    </message>
</context>
<context>
    <name>MergePage</name>
    <message>
        <source>Before</source>
        <translation>Avant</translation>
    </message>
    <message>
        <source>Changed ({count})</source>
        <translation>Modifiés ({count})</translation>
    </message>
    <message>
        <source>Column</source>
        <translation>Colonne</translation>
    </message>
    <message>
        <source>Compared with the last import:</source>
        <translation>Par rapport à l’import précédent :</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>Client</translation>
    </message>
    <message>
        <source>Customers are kept in</source>
        <translation>Clients enregistrés dans</translation>
    </message>
    <message>
        <source>GeoPackage of the customers</source>
        <translation>GeoPackage des clients</translation>
    </message>
    <message>
        <source>Missing ({count})</source>
        <translation>Absents ({count})</translation>
    </message>
    <message>
        <source>New ({count})</source>
        <translation>Nouveaux ({count})</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>Maintenant</translation>
    </message>
    <message>
        <source>There is no such file yet: this is the first import.</source>
        <translation>Ce fichier n’existe pas encore : c’est le premier import.</translation>
    </message>
    <message>
        <source>Those that the file has no more</source>
        <translation>Ceux que le fichier n’a plus</translation>
    </message>
    <message>
        <source>keep them as they are</source>
        <translation>les garder tels quels</translation>
    </message>
    <message>
        <source>keep them, marked as absent</source>
        <translation>les garder, marqués absents</translation>
    </message>
    <message>
        <source>remove them</source>
        <translation>les retirer</translation>
    </message>
</context>
<context>
    <name>MergeReviewDock</name>
    <message>
        <source>All</source>
        <translation>Toutes</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Cancelled. Nothing was changed.</source>
        <translation>Annulé. Rien n’a été modifié.</translation>
    </message>
    <message>
        <source>Del</source>
        <translation>Suppr</translation>
    </message>
    <message>
        <source>Matched, with changes</source>
        <translation>Appariées, avec changements</translation>
    </message>
    <message>
        <source>Merge of a survey</source>
        <translation>Fusion d’un relevé</translation>
    </message>
    <message>
        <source>Merge of a survey: review</source>
        <translation>Fusion d’un relevé : revue</translation>
    </message>
    <message>
        <source>Merged into “{name}”. The log is “{log}”.</source>
        <translation>Fusionné dans « {name} ». Le journal est « {log} ».</translation>
    </message>
    <message>
        <source>Merge…</source>
        <translation>Fusionner…</translation>
    </message>
    <message>
        <source>No decision [⌫]</source>
        <translation>Sans décision [⌫]</translation>
    </message>
    <message>
        <source>Search: address, identifier, reason…</source>
        <translation>Chercher : adresse, identifiant, raison…</translation>
    </message>
    <message>
        <source>Undo a merge</source>
        <translation>Annulation d’une fusion</translation>
    </message>
    <message>
        <source>Undo the merge</source>
        <translation>Annuler la fusion</translation>
    </message>
    <message>
        <source>Waiting for a decision</source>
        <translation>En attente d’une décision</translation>
    </message>
    <message>
        <source>{count} decisions of an earlier review were taken again.</source>
        <translation>{count} décisions d’une revue précédente ont été reprises.</translation>
    </message>
    <message>
        <source>{decided} decided, {waiting} waiting.</source>
        <translation>{decided} décidées, {waiting} en attente.</translation>
    </message>
    <message>
        <source>{what}

The result goes into “{path}”; a backup is kept and the merge can be undone. Merge now?</source>
        <translation>{what}

Le résultat va dans « {path} » ; une sauvegarde est gardée et la fusion peut être annulée. Fusionner maintenant ?</translation>
    </message>
    <message>
        <source>“{name}” is as it was before the merge. Your decisions are kept.</source>
        <translation>« {name} » est tel qu’il était avant la fusion. Vos décisions sont gardées.</translation>
    </message>
</context>
<context>
    <name>MergeSurveyAlgorithm</name>
    <message>
        <source>Bays added</source>
        <translation>Aires ajoutées</translation>
    </message>
    <message>
        <source>Bays deleted</source>
        <translation>Aires supprimées</translation>
    </message>
    <message>
        <source>Bays matched</source>
        <translation>Aires appariées</translation>
    </message>
    <message>
        <source>Bays not visited</source>
        <translation>Aires non visitées</translation>
    </message>
    <message>
        <source>Bays that change</source>
        <translation>Aires qui changent</translation>
    </message>
    <message>
        <source>Conflict files</source>
        <translation>Fichiers de conflit</translation>
    </message>
    <message>
        <source>Decisions of a review</source>
        <translation>Décisions d’une revue</translation>
    </message>
    <message>
        <source>Farthest for a pair without review (m)</source>
        <translation>Distance maximale d’une paire sans revue (m)</translation>
    </message>
    <message>
        <source>Farthest that two bays of a pair may lie apart (m)</source>
        <translation>Distance maximale entre les deux aires d’une paire (m)</translation>
    </message>
    <message>
        <source>Files of bays</source>
        <translation>Fichiers d’aires</translation>
    </message>
    <message>
        <source>How much better than any other a pair without review must be (m)</source>
        <translation>Avance d’une paire sans revue sur toute autre (m)</translation>
    </message>
    <message>
        <source>Inventory of bays</source>
        <translation>Inventaire des aires</translation>
    </message>
    <message>
        <source>Log of the merge</source>
        <translation>Journal de la fusion</translation>
    </message>
    <message>
        <source>Matched bays with changes</source>
        <translation>Aires appariées avec des changements</translation>
    </message>
    <message>
        <source>Merge (else only say what would be done)</source>
        <translation>Fusionner (sinon dire seulement ce qui serait fait)</translation>
    </message>
    <message>
        <source>Merge a survey</source>
        <translation>Fusionner un relevé</translation>
    </message>
    <message>
        <source>Missing bays</source>
        <translation>Aires manquantes</translation>
    </message>
    <message>
        <source>Municipalities, to tell bays that changed theirs</source>
        <translation>Communes, pour signaler les aires qui en changent</translation>
    </message>
    <message>
        <source>New bays</source>
        <translation>Aires nouvelles</translation>
    </message>
    <message>
        <source>Pairs surveyed bays with those of the inventory, says what is new, changed, missing or doubtful, and merges with a backup.</source>
        <translation>Apparie les aires relevées et celles de l’inventaire, dit ce qui est nouveau, changé, manquant ou douteux, et fusionne avec une sauvegarde.</translation>
    </message>
    <message>
        <source>Pairs that wait for a decision</source>
        <translation>Paires qui attendent une décision</translation>
    </message>
    <message>
        <source>Pairs to review</source>
        <translation>Paires à revoir</translation>
    </message>
    <message>
        <source>Photos not found</source>
        <translation>Photos introuvables</translation>
    </message>
    <message>
        <source>Position of a matched bay</source>
        <translation>Position d’une aire appariée</translation>
    </message>
    <message>
        <source>Replace a result that exists, after a backup</source>
        <translation>Remplacer un résultat existant, après une sauvegarde</translation>
    </message>
    <message>
        <source>Result (empty: the inventory itself)</source>
        <translation>Résultat (vide : l’inventaire lui-même)</translation>
    </message>
    <message>
        <source>Surveys that came back: projects, folders or files</source>
        <translation>Relevés revenus : projets, dossiers ou fichiers</translation>
    </message>
    <message>
        <source>That of the inventory</source>
        <translation>Celle de l’inventaire</translation>
    </message>
    <message>
        <source>That of the survey</source>
        <translation>Celle du relevé</translation>
    </message>
</context>
<context>
    <name>MomentLayer</name>
    <message>
        <source>The source of “{name}” cannot be filtered by moments. Import it into a GeoPackage.</source>
        <translation>La source de « {name} » ne peut pas être filtrée par moment. Importez-la dans un GeoPackage.</translation>
    </message>
    <message>
        <source>“{name}” could not be read.</source>
        <translation>« {name} » n’a pas pu être lue.</translation>
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
        <translation>Type inconnu</translation>
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
    <name>OpenWorkspaceAlgorithm</name>
    <message>
        <source>Choose a GeoPackage file or a PostgreSQL connection.</source>
        <translation>Choisissez un fichier GeoPackage ou une connexion PostgreSQL.</translation>
    </message>
    <message>
        <source>Open a workspace</source>
        <translation>Ouvrir un espace de travail</translation>
    </message>
    <message>
        <source>Opens a workspace as the group Visualiz; an older one is brought up to date, with a backup.</source>
        <translation>Ouvre un espace de travail comme groupe Visualiz ; un plus ancien est mis à jour, avec une sauvegarde.</translation>
    </message>
    <message>
        <source>PostgreSQL connection of a workspace in a database</source>
        <translation>Connexion PostgreSQL d’un espace de travail en base</translation>
    </message>
    <message>
        <source>Schema of the workspace</source>
        <translation>Schéma de l’espace de travail</translation>
    </message>
    <message>
        <source>Version of the tables</source>
        <translation>Version des tables</translation>
    </message>
    <message>
        <source>Workspace to open</source>
        <translation>Espace de travail à ouvrir</translation>
    </message>
</context>
<context>
    <name>OptionsPage</name>
    <message>
        <source>A polygon of a layer (a commune…)</source>
        <translation>Un polygone d’une couche (une commune…)</translation>
    </message>
    <message>
        <source>A rectangle drawn on the map</source>
        <translation>Un rectangle dessiné sur la carte</translation>
    </message>
    <message>
        <source>Area that is proposed</source>
        <translation>Zone proposée</translation>
    </message>
    <message>
        <source>Catalogue of sources</source>
        <translation>Catalogue de sources</translation>
    </message>
    <message>
        <source>Copies of what was fetched</source>
        <translation>Copies de ce qui a été récupéré</translation>
    </message>
    <message>
        <source>Copies removed: {count}.</source>
        <translation>Copies supprimées : {count}.</translation>
    </message>
    <message>
        <source>Empty: the catalogue that comes with the plugin</source>
        <translation>Vide : le catalogue livré avec l’extension</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>Tout</translation>
    </message>
    <message>
        <source>Files of yours in that folder stay</source>
        <translation>Vos propres fichiers dans ce dossier restent</translation>
    </message>
    <message>
        <source>Folder of the copies</source>
        <translation>Dossier des copies</translation>
    </message>
    <message>
        <source>Give a silent server up after</source>
        <translation>Abandonner un serveur muet après</translation>
    </message>
    <message>
        <source>Proxy, certificates and authentications are those of QGIS (pages Network and Authentication).</source>
        <translation>Mandataire (proxy), certificats et authentifications sont ceux de QGIS (pages Réseau et Authentification).</translation>
    </message>
    <message>
        <source>Remove the copies</source>
        <translation>Vider le cache</translation>
    </message>
    <message>
        <source>Requests</source>
        <translation>Demandes</translation>
    </message>
    <message>
        <source>They take {size} MB.</source>
        <translation>Elles occupent {size} Mo.</translation>
    </message>
    <message>
        <source>This catalogue can be used. Its sources: {count}.</source>
        <translation>Ce catalogue est utilisable. Ses sources : {count}.</translation>
    </message>
    <message>
        <source>What the map shows</source>
        <translation>Ce que montre la carte</translation>
    </message>
    <message>
        <source>Address (addok, Géoplateforme)</source>
        <translation>Adresse (addok, Géoplateforme)</translation>
    </message>
    <message>
        <source>Authentication (optional)</source>
        <translation>Authentification (facultative)</translation>
    </message>
    <message>
        <source>Geocoder for customers’ addresses</source>
        <translation>Géocodeur des adresses de clients</translation>
    </message>
    <message>
        <source>Nothing is sent before you agree, import by import.</source>
        <translation>Rien n’est envoyé sans votre accord, import par import.</translation>
    </message>
    <message>
        <source>Review answers with a score below</source>
        <translation>Vérifier les réponses de score inférieur à</translation>
    </message>
</context>
<context>
    <name>OrderFields</name>
    <message>
        <source>JOPTIMIZ: list as check boxes</source>
        <translation>JOPTIMIZ : liste à cocher</translation>
    </message>
    <message>
        <source>JOPTIMIZ: opening hours</source>
        <translation>JOPTIMIZ : horaires</translation>
    </message>
    <message>
        <source>No hours: at any time.</source>
        <translation>Pas d’horaires : à toute heure.</translation>
    </message>
    <message>
        <source>Others, separated by |</source>
        <translation>Autres, séparés par |</translation>
    </message>
    <message>
        <source>These hours can be read.</source>
        <translation>Ces horaires sont lisibles.</translation>
    </message>
</context>
<context>
    <name>OrdersMenu</name>
    <message>
        <source>Check orders…</source>
        <translation>Contrôler les arrêtés…</translation>
    </message>
    <message>
        <source>Compare neighbouring municipalities…</source>
        <translation>Comparer les communes voisines…</translation>
    </message>
    <message>
        <source>Import orders…</source>
        <translation>Importer des arrêtés…</translation>
    </message>
    <message>
        <source>Locate orders…</source>
        <translation>Localiser les arrêtés…</translation>
    </message>
    <message>
        <source>Publish orders…</source>
        <translation>Publier les arrêtés…</translation>
    </message>
</context>
<context>
    <name>OriginChoice</name>
    <message>
        <source>A file on this computer</source>
        <translation>Un fichier de ce poste</translation>
    </message>
    <message>
        <source>A public source of the catalogue</source>
        <translation>Une source publique du catalogue</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>An address on the network</source>
        <translation>Une adresse sur le réseau</translation>
    </message>
    <message>
        <source>Ask the server for a newer copy</source>
        <translation>Demander au serveur une copie plus récente</translation>
    </message>
    <message>
        <source>Authentication</source>
        <translation>Authentification</translation>
    </message>
    <message>
        <source>Collection or layer</source>
        <translation>Collection ou couche</translation>
    </message>
    <message>
        <source>Copy on this computer: {day}</source>
        <translation>Copie sur ce poste : {day}</translation>
    </message>
    <message>
        <source>Data (*.csv *.txt *.tsv *.gpkg *.geojson *.json *.shp *.fgb *.parquet);;All files (*)</source>
        <translation>Données (*.csv *.txt *.tsv *.gpkg *.geojson *.json *.shp *.fgb *.parquet);;Tous les fichiers (*)</translation>
    </message>
    <message>
        <source>Dataset</source>
        <translation>Jeu de données</translation>
    </message>
    <message>
        <source>File to read</source>
        <translation>Fichier à lire</translation>
    </message>
    <message>
        <source>Kind of service</source>
        <translation>Type de service</translation>
    </message>
    <message>
        <source>Licence: {licence}</source>
        <translation>Licence : {licence}</translation>
    </message>
    <message>
        <source>No copy on this computer yet</source>
        <translation>Pas encore de copie sur ce poste</translation>
    </message>
    <message>
        <source>Publisher: {publisher}</source>
        <translation>Producteur : {publisher}</translation>
    </message>
    <message>
        <source>Server: {host}</source>
        <translation>Serveur : {host}</translation>
    </message>
    <message>
        <source>The catalogue has no source of this kind. Choose a file or an address.</source>
        <translation>Le catalogue n’a pas de source de ce type. Choisissez un fichier ou une adresse.</translation>
    </message>
    <message>
        <source>or schema</source>
        <translation>ou schéma</translation>
    </message>
    <message>
        <source>see each dataset</source>
        <translation>voir chaque jeu de données</translation>
    </message>
    <message>
        <source>to be read on the portal</source>
        <translation>à lire sur le portail</translation>
    </message>
</context>
<context>
    <name>PerimetersLayer</name>
    <message>
        <source>Kind not known</source>
        <translation>Type non connu</translation>
    </message>
</context>
<context>
    <name>PlacesPage</name>
    <message>
        <source>1. Coordinates of the file</source>
        <translation>1. Coordonnées du fichier</translation>
    </message>
    <message>
        <source>2. SIRET, by a Sirene file on this computer (optional)</source>
        <translation>2. SIRET, par un fichier Sirene de ce poste (facultatif)</translation>
    </message>
    <message>
        <source>3. Addresses, by a geocoder</source>
        <translation>3. Adresses, par un géocodeur</translation>
    </message>
    <message>
        <source>&lt;b&gt;{placed} on the map, {review} to review, {nowhere} without position.&lt;/b&gt;</source>
        <translation>&lt;b&gt;{placed} sur la carte, {review} à vérifier, {nowhere} sans position.&lt;/b&gt;</translation>
    </message>
    <message>
        <source>Another one…</source>
        <translation>Un autre…</translation>
    </message>
    <message>
        <source>Ask “{host}” where the addresses are</source>
        <translation>Demander à « {host} » où sont les adresses</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Choisir…</translation>
    </message>
    <message>
        <source>Coordinate system</source>
        <translation>Système de coordonnées</translation>
    </message>
    <message>
        <source>Geolocated stock of establishments</source>
        <translation>Stock géolocalisé des établissements</translation>
    </message>
    <message>
        <source>Geolocated stock of establishments, CSV or Parquet</source>
        <translation>Stock géolocalisé des établissements, CSV ou Parquet</translation>
    </message>
    <message>
        <source>Send nothing</source>
        <translation>Ne rien envoyer</translation>
    </message>
    <message>
        <source>Send these addresses</source>
        <translation>Envoyer ces adresses</translation>
    </message>
    <message>
        <source>The file has no coordinates.</source>
        <translation>Le fichier n’a pas de coordonnées.</translation>
    </message>
    <message>
        <source>To be looked at:</source>
        <translation>À regarder :</translation>
    </message>
    <message>
        <source>What was answered is kept; sending again goes on from there.</source>
        <translation>Les réponses reçues sont gardées ; un nouvel envoi reprend à cet endroit.</translation>
    </message>
    <message>
        <source>latitude and longitude the other way round</source>
        <translation>latitude et longitude inversées</translation>
    </message>
    <message>
        <source>{count} rows have numbers in “{columns}”. Do the points on the map lie where your customers are?</source>
        <translation>{count} lignes ont des nombres dans « {columns} ». Les points de la carte sont-ils bien là où sont vos clients ?</translation>
    </message>
    <message>
        <source>{sent} addresses were sent and answered, {known} were known already.</source>
        <translation>{sent} adresses envoyées, avec réponse ; {known} déjà connues.</translation>
    </message>
    <message>
        <source>The others are imported too, into the layer “Customers to review”: there you accept, move or reject them one by one.</source>
        <translation>Les autres sont importés aussi, dans la couche « Clients à vérifier » : vous les y acceptez, déplacez ou rejetez un par un.</translation>
    </message>
    <message>
        <source>{known} addresses were known already, from earlier imports.</source>
        <translation>{known} adresses étaient déjà connues, par des imports précédents.</translation>
    </message>
    <message>
        <source>No column holds coordinates, an address or a SIRET: choose one in step 2. Or import the rows and place them by hand.</source>
        <translation>Aucune colonne ne contient coordonnées, adresse ou SIRET : choisissez-en une à l’étape 2. Ou importez les lignes et placez-les à la main.</translation>
    </message>
    <message>
        <source>To place those without position: tick “3. Addresses”, or choose a Sirene file. Or import and place them by hand.</source>
        <translation>Pour placer ceux qui n’ont pas de position : cochez « 3. Adresses », ou choisissez un fichier Sirene. Ou importez-les et placez-les à la main.</translation>
    </message>
    <message>
        <source>Why: {reasons}.</source>
        <translation>Motifs : {reasons}.</translation>
    </message>
    <message>
        <source>no coordinates that can be read, no address that was asked for</source>
        <translation>ni coordonnées lisibles, ni adresse demandée au géocodeur</translation>
    </message>
</context>
<context>
    <name>PointsOfInterestLayer</name>
    <message>
        <source>Kind not known</source>
        <translation>Type non connu</translation>
    </message>
</context>
<context>
    <name>PreviewPanel</name>
    <message>
        <source>Column</source>
        <translation>Colonne</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Fichier</translation>
    </message>
    <message>
        <source>First rows</source>
        <translation>Premières lignes</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>Ligne</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Raison</translation>
    </message>
    <message>
        <source>Rejected rows</source>
        <translation>Lignes rejetées</translation>
    </message>
    <message>
        <source>Remarks</source>
        <translation>Remarques</translation>
    </message>
    <message>
        <source>Save all rejected rows…</source>
        <translation>Enregistrer toutes les lignes rejetées…</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Valeur</translation>
    </message>
    <message>
        <source>What changes</source>
        <translation>Ce qui change</translation>
    </message>
</context>
<context>
    <name>Publishing</name>
    <message>
        <source>Licence of the data</source>
        <translation>Licence des données</translation>
    </message>
    <message>
        <source>Publisher</source>
        <translation>Producteur</translation>
    </message>
    <message>
        <source>Source of the data</source>
        <translation>Source des données</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Titre</translation>
    </message>
    <message>
        <source>Whom to ask</source>
        <translation>Contact</translation>
    </message>
</context>
<context>
    <name>PurgeCustomers</name>
    <message>
        <source>Also the recipe {path}</source>
        <translation>Aussi la recette {path}</translation>
    </message>
    <message>
        <source>Not reached:</source>
        <translation>Hors de portée :</translation>
    </message>
    <message>
        <source>Remove for good</source>
        <translation>Supprimer définitivement</translation>
    </message>
    <message>
        <source>Removing the customers’ data</source>
        <translation>Suppression des données client</translation>
    </message>
    <message>
        <source>The layer “{name}” has changes that are not saved. Save or discard them, then try again.</source>
        <translation>La couche « {name} » a des modifications non enregistrées. Enregistrez-les ou abandonnez-les, puis réessayez.</translation>
    </message>
    <message>
        <source>There is nothing of customers to purge: no layer of them in the project, no last import.</source>
        <translation>Il n’y a pas de données client à purger : aucune couche de clients dans le projet, aucun import connu.</translation>
    </message>
    <message>
        <source>These data will be removed for good. This cannot be undone.</source>
        <translation>Ces données seront supprimées définitivement. Ce n’est pas annulable.</translation>
    </message>
    <message>
        <source>– recent files, history and messages of QGIS that name them</source>
        <translation>– les fichiers récents, l’historique et les messages de QGIS qui les nomment</translation>
    </message>
    <message>
        <source>– {count} layers of this project</source>
        <translation>– {count} couches de ce projet</translation>
    </message>
</context>
<context>
    <name>PurgeCustomersAlgorithm</name>
    <message>
        <source>Answers of geocoders and choices of columns, too</source>
        <translation>Aussi les réponses des géocodeurs et les choix de colonnes</translation>
    </message>
    <message>
        <source>Files not removed</source>
        <translation>Fichiers non supprimés</translation>
    </message>
    <message>
        <source>Files removed</source>
        <translation>Fichiers supprimés</translation>
    </message>
    <message>
        <source>Not reached: {what}</source>
        <translation>Hors de portée : {what}</translation>
    </message>
    <message>
        <source>Nothing was removed: “Really remove” was not ticked.</source>
        <translation>Rien n’a été supprimé : « Vraiment supprimer » n’était pas coché.</translation>
    </message>
    <message>
        <source>Purge customers’ data</source>
        <translation>Purger les données client</translation>
    </message>
    <message>
        <source>Really remove (otherwise only listed)</source>
        <translation>Vraiment supprimer (sinon, seulement lister)</translation>
    </message>
    <message>
        <source>Recipe to remove too</source>
        <translation>Recette à supprimer aussi</translation>
    </message>
    <message>
        <source>Removes imported customers for good: results, backups, caches, and what QGIS remembers of them.</source>
        <translation>Supprime définitivement les clients importés : résultats, sauvegardes, caches, et ce que QGIS en garde en mémoire.</translation>
    </message>
    <message>
        <source>Results of imports and other files to remove</source>
        <translation>Résultats d’imports et autres fichiers à supprimer</translation>
    </message>
    <message>
        <source>Traces removed</source>
        <translation>Traces supprimées</translation>
    </message>
</context>
<context>
    <name>RegulationAlgorithm</name>
    <message>
        <source>Control</source>
        <translation>Contrôle</translation>
    </message>
    <message>
        <source>Goods-traffic orders</source>
        <translation>Arrêtés de circulation marchandises</translation>
    </message>
    <message>
        <source>Municipalities with their INSEE codes or names</source>
        <translation>Communes avec leurs codes INSEE ou leurs noms</translation>
    </message>
    <message>
        <source>Orders in areas</source>
        <translation>Arrêtés par zone</translation>
    </message>
    <message>
        <source>Orders on streets or to be located</source>
        <translation>Arrêtés par voie ou à localiser</translation>
    </message>
    <message>
        <source>Orders that hold in areas, if they are in a layer of their own</source>
        <translation>Arrêtés par zone, s’ils sont dans une couche à part</translation>
    </message>
    <message>
        <source>Publication</source>
        <translation>Publication</translation>
    </message>
    <message>
        <source>Streets with their names</source>
        <translation>Voies avec leurs noms</translation>
    </message>
    <message>
        <source>Survey</source>
        <translation>Relevé</translation>
    </message>
</context>
<context>
    <name>RegulationsLayer</name>
    <message>
        <source>A direction goes with a weight.</source>
        <translation>Un sens (« jusqu’à », « à partir de ») va avec un tonnage.</translation>
    </message>
    <message>
        <source>Allows</source>
        <translation>Autorise</translation>
    </message>
    <message>
        <source>An address that begins with https:// or http://.</source>
        <translation>Une adresse qui commence par https:// ou http://.</translation>
    </message>
    <message>
        <source>Forbids</source>
        <translation>Interdit</translation>
    </message>
    <message>
        <source>From 0 to 45 t; a weight goes with a direction (“jusqu'à” or “à partir de”).</source>
        <translation>De 0 à 45 t ; un tonnage va avec un sens (« jusqu'à » ou « à partir de »).</translation>
    </message>
    <message>
        <source>In the syntax of OpenStreetMap: Mo-Fr 08:00-12:00; Sa 08:00-10:00; PH off (Mo Monday … Su Sunday, PH public holidays).</source>
        <translation>Écrivez les horaires comme OpenStreetMap : Mo-Fr 08:00-12:00; Sa 08:00-10:00; PH off (Mo lundi, Tu mardi, We mercredi, Th jeudi, Fr vendredi, Sa samedi, Su dimanche, PH jours fériés).</translation>
    </message>
    <message>
        <source>Not said</source>
        <translation>Non précisé</translation>
    </message>
    <message>
        <source>Open the order&apos;s text</source>
        <translation>Ouvrir le texte de l’arrêté</translation>
    </message>
    <message>
        <source>Values of the list, separated by |: {values}</source>
        <translation>Valeurs de la liste, séparées par | : {values}</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>Code</translation>
    </message>
    <message>
        <source>Differences</source>
        <translation>Différences</translation>
    </message>
    <message>
        <source>Differences at the boundaries</source>
        <translation>Différences aux limites</translation>
    </message>
    <message>
        <source>Expected</source>
        <translation>Attendu</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>Champ</translation>
    </message>
    <message>
        <source>Findings on orders</source>
        <translation>Constats sur les arrêtés</translation>
    </message>
    <message>
        <source>INSEE code</source>
        <translation>Code INSEE</translation>
    </message>
    <message>
        <source>INSEE code of the neighbour</source>
        <translation>Code INSEE de la voisine</translation>
    </message>
    <message>
        <source>Latitude (°)</source>
        <translation>Latitude (°)</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>Ligne</translation>
    </message>
    <message>
        <source>Longitude (°)</source>
        <translation>Longitude (°)</translation>
    </message>
    <message>
        <source>Municipality</source>
        <translation>Commune</translation>
    </message>
    <message>
        <source>Neighbour</source>
        <translation>Commune voisine</translation>
    </message>
    <message>
        <source>On one side</source>
        <translation>D’un côté</translation>
    </message>
    <message>
        <source>On the other side</source>
        <translation>De l’autre côté</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>Arrêté</translation>
    </message>
    <message>
        <source>Order on one side</source>
        <translation>Arrêté d’un côté</translation>
    </message>
    <message>
        <source>Order on the other side</source>
        <translation>Arrêté de l’autre côté</translation>
    </message>
    <message>
        <source>Other orders</source>
        <translation>Autres arrêtés</translation>
    </message>
    <message>
        <source>Pairs of municipalities</source>
        <translation>Paires de communes</translation>
    </message>
    <message>
        <source>Proposed</source>
        <translation>Proposé</translation>
    </message>
    <message>
        <source>Severity</source>
        <translation>Gravité</translation>
    </message>
    <message>
        <source>Street</source>
        <translation>Voie</translation>
    </message>
    <message>
        <source>Streets compared</source>
        <translation>Voies comparées</translation>
    </message>
    <message>
        <source>Streets that differ</source>
        <translation>Voies différentes</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Valeur</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Constat</translation>
    </message>
    <message>
        <source>What changes</source>
        <translation>Ce qui change</translation>
    </message>
    <message>
        <source>What is the matter</source>
        <translation>Ce qui ne va pas</translation>
    </message>
</context>
<context>
    <name>ResultPage</name>
    <message>
        <source>+ rejected: they cannot be read</source>
        <translation>+ rejetées : illisibles</translation>
    </message>
    <message>
        <source>= imported</source>
        <translation>= importées</translation>
    </message>
    <message>
        <source>And now</source>
        <translation>Et maintenant</translation>
    </message>
    <message>
        <source>Enrich: perimeters, hours, bays…</source>
        <translation>Enrichir : périmètres, heures, aires…</translation>
    </message>
    <message>
        <source>Open the table</source>
        <translation>Ouvrir la table</translation>
    </message>
    <message>
        <source>Review the positions</source>
        <translation>Vérifier les positions</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>Lignes</translation>
    </message>
    <message>
        <source>Save the findings…</source>
        <translation>Enregistrer les constats…</translation>
    </message>
    <message>
        <source>Save the recipe for next month…</source>
        <translation>Enregistrer la recette pour le mois prochain…</translation>
    </message>
    <message>
        <source>Save the rejected rows…</source>
        <translation>Enregistrer les lignes rejetées…</translation>
    </message>
    <message>
        <source>The customers are in {path}, and on the map in the group “Visualiz”.</source>
        <translation>Les clients sont dans {path}, et sur la carte dans le groupe « Visualiz ».</translation>
    </message>
    <message>
        <source>Undo this import</source>
        <translation>Annuler cet import</translation>
    </message>
    <message>
        <source>imported, on the map</source>
        <translation>importées, sur la carte</translation>
    </message>
    <message>
        <source>imported, with a position to review</source>
        <translation>importées, position à vérifier</translation>
    </message>
    <message>
        <source>imported, without position</source>
        <translation>importées, sans position</translation>
    </message>
    <message>
        <source>with a correction that you agreed to</source>
        <translation>avec une correction que vous avez acceptée</translation>
    </message>
    <message>
        <source>rows in the file, below its header</source>
        <translation>lignes dans le fichier, sous l’en-tête</translation>
    </message>
    <message>
        <source>No row could be imported: save the rejected rows, put them right in the firm’s file, and import it again.</source>
        <translation>Aucune ligne n’a pu être importée : enregistrez les lignes rejetées, corrigez-les dans le fichier de l’entreprise, puis importez-le de nouveau.</translation>
    </message>
    <message>
        <source>Rejected rows: save them with their reasons, put them right in the firm’s file, and import it again.</source>
        <translation>Lignes rejetées : enregistrez-les avec leurs motifs, corrigez-les dans le fichier de l’entreprise, puis importez-le de nouveau.</translation>
    </message>
    <message>
        <source>The import was undone. Your answers are still here: change them in steps 1 to 4 and import again, or close.</source>
        <translation>L’import est annulé. Vos réponses sont toujours là : changez-les aux étapes 1 à 4 et importez de nouveau, ou fermez.</translation>
    </message>
    <message>
        <source>{count} customers are not on the map yet: press “Review the positions”.</source>
        <translation>{count} clients ne sont pas encore sur la carte : cliquez sur « Vérifier les positions ».</translation>
    </message>
</context>
<context>
    <name>ReviewDock</name>
    <message>
        <source>Accept</source>
        <translation>Accepter</translation>
    </message>
    <message>
        <source>Address of the file</source>
        <translation>Adresse du fichier</translation>
    </message>
    <message>
        <source>All ({count})</source>
        <translation>Tous ({count})</translation>
    </message>
    <message>
        <source>Asking for candidates</source>
        <translation>Demande de candidats</translation>
    </message>
    <message>
        <source>Candidate</source>
        <translation>Candidat</translation>
    </message>
    <message>
        <source>Click where this customer lies on the map.</source>
        <translation>Cliquez sur la carte, là où se trouve ce client.</translation>
    </message>
    <message>
        <source>Customers to review – {name}</source>
        <translation>Clients à vérifier – {name}</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Type</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>Ligne</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>Déplacer</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Suivant</translation>
    </message>
    <message>
        <source>Other candidates…</source>
        <translation>Autres candidats…</translation>
    </message>
    <message>
        <source>Previous</source>
        <translation>Précédent</translation>
    </message>
    <message>
        <source>Reading the customers to review</source>
        <translation>Lecture des clients à vérifier</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Motif</translation>
    </message>
    <message>
        <source>Reason:</source>
        <translation>Motif :</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>Rejeter</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>Score</translation>
    </message>
    <message>
        <source>Take this candidate</source>
        <translation>Prendre ce candidat</translation>
    </message>
    <message>
        <source>The geocoder has no other candidate.</source>
        <translation>Le géocodeur n’a pas d’autre candidat.</translation>
    </message>
    <message>
        <source>The layer “{name}” has changes that are not saved. Save or discard them, then try again.</source>
        <translation>La couche « {name} » a des modifications non enregistrées. Enregistrez-les ou abandonnez-les, puis réessayez.</translation>
    </message>
    <message>
        <source>The list was not read.</source>
        <translation>La liste n’a pas été lue.</translation>
    </message>
    <message>
        <source>There is no import of customers in the project. Import a company file first.</source>
        <translation>Il n’y a pas d’import de clients dans le projet. Importez d’abord un fichier d’entreprise.</translation>
    </message>
    <message>
        <source>This row has no address that could be asked for.</source>
        <translation>Cette ligne n’a pas d’adresse à demander.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Writing a decision</source>
        <translation>Écriture d’une décision</translation>
    </message>
    <message>
        <source>{waiting} wait; in this review: {accepted} accepted, {moved} moved, {rejected} rejected.</source>
        <translation>{waiting} en attente ; dans cette revue : {accepted} acceptés, {moved} déplacés, {rejected} rejetés.</translation>
    </message>
    <message>
        <source>No customer of this import waits: all of them are on the map.</source>
        <translation>Aucun client de cet import n’attend : tous sont sur la carte.</translation>
    </message>
    <message>
        <source>no candidate</source>
        <translation>aucun candidat</translation>
    </message>
    <message>
        <source>{address} → {candidate} ({kind}, {score}): {reason}</source>
        <translation>{address} → {candidate} ({kind}, {score}) : {reason}</translation>
    </message>
    <message>
        <source>{address}: {reason}. Ask for other candidates, or press “Move” and click on the map.</source>
        <translation>{address} : {reason}. Demandez d’autres candidats, ou cliquez sur « Déplacer », puis sur la carte.</translation>
    </message>
    <message>
        <source>“{name}” is just being written. Decide again when that is done.</source>
        <translation>« {name} » est en cours d’écriture. Décidez de nouveau quand ce sera fini.</translation>
    </message>
    <message>
        <source>{address}: rejected, without position. Press “Move” and click on the map if you know where it lies.</source>
        <translation>{address} : rejeté, sans position. Si vous savez où il se trouve, cliquez sur « Déplacer », puis sur la carte.</translation>
    </message>
    <message>
        <source>{address}: {reason}. Take one of the candidates at the right, or press “Move” and click on the map.</source>
        <translation>{address} : {reason}. Prenez un des candidats à droite, ou cliquez sur « Déplacer », puis sur la carte.</translation>
    </message>
    <message>
        <source>{address} now lies outside France ({x}; {y}). If that was not meant: undo, zoom to the town, move it again.</source>
        <translation>{address} se trouve maintenant hors de France ({x} ; {y}). Si c’est une erreur : annulez, zoomez la carte sur la commune et déplacez de nouveau.</translation>
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
    <name>SurveyAlgorithm</name>
    <message>
        <source>Survey</source>
        <translation>Relevé</translation>
    </message>
</context>
<context>
    <name>SurveyProject</name>
    <message>
        <source>(not known)</source>
        <translation>(inconnu)</translation>
    </message>
    <message>
        <source>A bay that was seen needs this: choose a value.</source>
        <translation>Une aire qui a été vue doit l’avoir : choisissez une valeur.</translation>
    </message>
    <message>
        <source>A permanent bay has no hours: leave them empty.</source>
        <translation>Une aire permanente n’a pas d’horaires : laissez-les vides.</translation>
    </message>
    <message>
        <source>As in OpenStreetMap, for example Mo-Sa 07:00-20:00.</source>
        <translation>Comme dans OpenStreetMap, par exemple Mo-Sa 07:00-20:00.</translation>
    </message>
    <message>
        <source>Base map</source>
        <translation>Fond de plan</translation>
    </message>
    <message>
        <source>Between {low} and {high} {unit}.</source>
        <translation>Entre {low} et {high} {unit}.</translation>
    </message>
    <message>
        <source>Charging point</source>
        <translation>Borne de recharge</translation>
    </message>
    <message>
        <source>Equipment</source>
        <translation>Équipements</translation>
    </message>
    <message>
        <source>Five figures, for example 01000.</source>
        <translation>Cinq chiffres, par exemple 01000.</translation>
    </message>
    <message>
        <source>Hours</source>
        <translation>Horaires</translation>
    </message>
    <message>
        <source>How the stay is checked</source>
        <translation>Contrôle de la durée</translation>
    </message>
    <message>
        <source>Identity</source>
        <translation>Identité</translation>
    </message>
    <message>
        <source>Layout</source>
        <translation>Aménagement</translation>
    </message>
    <message>
        <source>No</source>
        <translation>Non</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>Arrêté</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>Emplacement</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>Règles</translation>
    </message>
    <message>
        <source>Sign</source>
        <translation>Panneau</translation>
    </message>
    <message>
        <source>Signs</source>
        <translation>Signalisation</translation>
    </message>
    <message>
        <source>Survey</source>
        <translation>Relevé</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>Tables</translation>
    </message>
    <message>
        <source>Text of the order</source>
        <translation>Texte de l’arrêté</translation>
    </message>
    <message>
        <source>There is no sign: its state is “n/a”.</source>
        <translation>Il n’y a pas de panneau : son état est « n/a ».</translation>
    </message>
    <message>
        <source>Visit</source>
        <translation>Visite</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>Oui</translation>
    </message>
    <message>
        <source>survey</source>
        <translation>relevé</translation>
    </message>
    <message>
        <source>“No equipment” and equipment are ticked together.</source>
        <translation>« Aucun équipement » et des équipements sont cochés à la fois.</translation>
    </message>
</context>
<context>
    <name>SurveyReportAlgorithm</name>
    <message>
        <source>Choose either the folder of a survey or a layer of delivery bays.</source>
        <translation>Choisissez soit le dossier d’un relevé, soit une couche d’aires de livraison.</translation>
    </message>
    <message>
        <source>Delivery bays</source>
        <translation>Aires de livraison</translation>
    </message>
    <message>
        <source>Delivery points, for the coverage within 20 m</source>
        <translation>Points de livraison, pour la couverture à 20 m</translation>
    </message>
    <message>
        <source>Field with the names of the municipalities</source>
        <translation>Champ du nom des communes</translation>
    </message>
    <message>
        <source>First page of the report</source>
        <translation>Première page du rapport</translation>
    </message>
    <message>
        <source>Folder of the report (new or empty)</source>
        <translation>Dossier du rapport (nouveau ou vide)</translation>
    </message>
    <message>
        <source>Folder of the survey that came back</source>
        <translation>Dossier du relevé revenu des tablettes</translation>
    </message>
    <message>
        <source>Inventory, signs, dimensions, coverage, progress, anomalies and photos: a page for each municipality, to hand over.</source>
        <translation>Inventaire, signalisation, dimensions, couverture, avancement, anomalies et photos : une page par commune, à remettre.</translation>
    </message>
    <message>
        <source>Municipalities</source>
        <translation>Communes</translation>
    </message>
    <message>
        <source>Municipalities, if not those of the survey</source>
        <translation>Communes, si ce ne sont pas celles du relevé</translation>
    </message>
    <message>
        <source>Report of a survey, by municipality</source>
        <translation>Rapport d’un relevé, par commune</translation>
    </message>
    <message>
        <source>Title of the report</source>
        <translation>Titre du rapport</translation>
    </message>
    <message>
        <source>Write each page as PDF too</source>
        <translation>Écrire aussi chaque page en PDF</translation>
    </message>
    <message>
        <source>or a layer of delivery bays</source>
        <translation>ou une couche d’aires de livraison</translation>
    </message>
    <message>
        <source>Findings of the control</source>
        <translation>Anomalies relevées</translation>
    </message>
</context>
<context>
    <name>SurveySection</name>
    <message>
        <source>A DigiLog survey of delivery bays and orders: prepare, check, merge, publish.</source>
        <translation>Un relevé DigiLog des aires et des arrêtés : préparer, contrôler, fusionner, publier.</translation>
    </message>
    <message>
        <source>Survey</source>
        <translation>Relevé</translation>
    </message>
    <message>
        <source>Merge a survey…</source>
        <translation>Fusionner un relevé…</translation>
    </message>
    <message>
        <source>Prepare a survey…</source>
        <translation>Préparer un relevé…</translation>
    </message>
    <message>
        <source>Report of a survey…</source>
        <translation>Rapport d’un relevé…</translation>
    </message>
    <message>
        <source>Traffic orders…</source>
        <translation>Arrêtés de circulation…</translation>
    </message>
    <message>
        <source>Check the bays…</source>
        <translation>Contrôler les aires…</translation>
    </message>
    <message>
        <source>Publish the bays…</source>
        <translation>Publier les aires…</translation>
    </message>
</context>
<context>
    <name>SurveyStyle</name>
    <message>
        <source>Half of the sector seen</source>
        <translation>Moitié du secteur vue</translation>
    </message>
    <message>
        <source>Municipality</source>
        <translation>Commune</translation>
    </message>
    <message>
        <source>New</source>
        <translation>Nouvelle</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>Introuvable</translation>
    </message>
    <message>
        <source>Sector</source>
        <translation>Secteur</translation>
    </message>
    <message>
        <source>Sector finished</source>
        <translation>Secteur terminé</translation>
    </message>
    <message>
        <source>Sector to see</source>
        <translation>Secteur à voir</translation>
    </message>
    <message>
        <source>Seen</source>
        <translation>Vue</translation>
    </message>
    <message>
        <source>To see</source>
        <translation>À voir</translation>
    </message>
</context>
<context>
    <name>ValidateBaysAlgorithm</name>
    <message>
        <source>Bays nearer than this are taken for one</source>
        <translation>Des aires plus proches que cela sont prises pour une seule</translation>
    </message>
    <message>
        <source>CRS of the coordinates, if the file does not say it</source>
        <translation>SCR des coordonnées, si le fichier ne le dit pas</translation>
    </message>
    <message>
        <source>Check delivery bays</source>
        <translation>Contrôler des aires de livraison</translation>
    </message>
    <message>
        <source>Communes (polygons)</source>
        <translation>Communes (polygones)</translation>
    </message>
    <message>
        <source>Every rule of the national schema, and what a schema cannot say: hours, signs, footprints, duplicates, places.</source>
        <translation>Toutes les règles du schéma national, et ce qu’un schéma ne sait pas dire : horaires, panneaux, emprises, doublons, lieux.</translation>
    </message>
    <message>
        <source>Farthest from a road&apos;s axis</source>
        <translation>Distance maximale à l’axe d’une rue</translation>
    </message>
    <message>
        <source>File or layer of delivery bays</source>
        <translation>Fichier ou couche d’aires de livraison</translation>
    </message>
    <message>
        <source>Roads (lines)</source>
        <translation>Rues (lignes)</translation>
    </message>
</context>
<context>
    <name>ValidateRegulationsAlgorithm</name>
    <message>
        <source>Check goods-traffic orders</source>
        <translation>Contrôler les arrêtés de circulation</translation>
    </message>
    <message>
        <source>Checks orders against the national schema and for what a schema cannot say; a layer and a table of findings.</source>
        <translation>Contrôle les arrêtés au regard du schéma national et de ce qu’un schéma ne peut pas dire ; une couche et un tableau de constats.</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>Erreurs</translation>
    </message>
    <message>
        <source>Findings as a table</source>
        <translation>Constats en tableau</translation>
    </message>
    <message>
        <source>Findings on orders</source>
        <translation>Constats sur les arrêtés</translation>
    </message>
    <message>
        <source>Notices</source>
        <translation>Informations</translation>
    </message>
    <message>
        <source>Orders checked</source>
        <translation>Arrêtés contrôlés</translation>
    </message>
    <message>
        <source>Points to check</source>
        <translation>Points à vérifier</translation>
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
    <name>WorkDialog</name>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Arrêt en cours…</translation>
    </message>
</context>
<context>
    <name>WorkspaceLayers</name>
    <message>
        <source>Audit</source>
        <translation>Audit</translation>
    </message>
    <message>
        <source>Licence not given by the sources</source>
        <translation>Licence non précisée par les sources</translation>
    </message>
    <message>
        <source>Perimeters</source>
        <translation>Périmètres</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>Règles</translation>
    </message>
    <message>
        <source>Survey</source>
        <translation>Relevé</translation>
    </message>
    <message>
        <source>Table “{name}” of a JOPTIMIZ workspace.</source>
        <translation>Table « {name} » d’un espace de travail JOPTIMIZ.</translation>
    </message>
    <message>
        <source>{source}: {imported} of {read} rows imported on {day}</source>
        <translation>{source} : {imported} lignes importées sur {read}, le {day}</translation>
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
