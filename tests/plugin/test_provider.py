"""The provider: names, help, icons, parameters and outputs, in both languages, here and in the real qgis_process."""

from __future__ import annotations

import json
import re

import pytest
from conftest import ALGORITHMS, algorithm, speak
from qgis.core import QgsApplication, QgsProcessingParameterDefinition

from joptimiz_qgis import classFactory

REGULATION_GROUPS = {
    "exportregulations": "publication",
    "harmonisationreport": "survey",
    "importregulations": "import",
    "locateregulations": "survey",
    "validateregulations": "control",
}
GROUPS = {
    "baycoverage": "analyse",
    "coveragebyzone": "analyse",
    "coveragegaps": "analyse",
    "coveragereport": "analyse",
    "coveragepdf": "analyse",
    "surveyreport": "survey",
    "createsurvey": "survey",
    "createworkspace": "import",
    "enrichcustomers": "analyse",
    "fetchsource": "import",
    "importaccesspoints": "import",
    "importbays": "import",
    "importcompanyfile": "import",
    "importdeliverypoints": "import",
    "importperimeters": "import",
    "importpoi": "import",
    "mergesurvey": "survey",
    "purgecustomers": "import",
    "openworkspace": "import",
    "whatapplies": "analyse",
    "validatebays": "control",
    "exportbays": "publication",
    **REGULATION_GROUPS,
}
COVERING = ["MAX_DISTANCE", "AT", "VEHICLE_LENGTH", "STOP_MINUTES", "BANDS", "MAPPING", "POINTS_CRS", "BAYS_CRS"]
MOVEMENTS = ["MOVEMENTS", "ACTIVITY", "WORKFORCE", "JOBS", "MOVEMENT_CATEGORIES"]
WALKING = ["NETWORK", "CROSSINGS", "NETWORK_TOLERANCE"]
COMPANY_READING = ["SHEET", "ENCODING", "DELIMITER", "HEADER_ROW", "SKIP_ROWS", "DECIMAL", "COLUMNS"]
COMPANY_MORE = ["CRS", "KEY", "TOWNS", "GEOCODER", "THRESHOLD", "AUTHCFG", "OVERWRITE"]
NAMES = {
    "en": {
        "baycoverage": ("Coverage of delivery points by bays", "Analysis"),
        "coveragebyzone": ("Coverage by zone and by category", "Analysis"),
        "coveragegaps": ("Gaps of the coverage", "Analysis"),
        "coveragereport": ("Audit of the delivery bays, with report", "Analysis"),
        "coveragepdf": ("Print the audit (PDF)", "Analysis"),
        "surveyreport": ("Report of a survey, by municipality", "Survey"),
        "createsurvey": ("Prepare a survey", "Survey"),
        "createworkspace": ("Create a workspace", "Import"),
        "enrichcustomers": ("Enrich customers", "Analysis"),
        "fetchsource": ("Fetch a public source", "Import"),
        "importaccesspoints": ("Import access points", "Import"),
        "importbays": ("Import delivery bays", "Import"),
        "importcompanyfile": ("Import a company file", "Import"),
        "importdeliverypoints": ("Import delivery points", "Import"),
        "importperimeters": ("Import perimeters", "Import"),
        "importpoi": ("Import points of interest", "Import"),
        "mergesurvey": ("Merge a survey", "Survey"),
        "purgecustomers": ("Purge customers’ data", "Import"),
        "openworkspace": ("Open a workspace", "Import"),
        "whatapplies": ("What applies at a moment", "Analysis"),
        "validatebays": ("Check delivery bays", "Control"),
        "exportbays": ("Publish delivery bays", "Publication"),
        "exportregulations": ("Publish goods-traffic orders", "Publication"),
        "harmonisationreport": ("Harmonisation of orders between municipalities", "Survey"),
        "importregulations": ("Import goods-traffic orders", "Import"),
        "locateregulations": ("Locate goods-traffic orders", "Survey"),
        "validateregulations": ("Check goods-traffic orders", "Control"),
    },
    "fr": {
        "baycoverage": ("Couverture des points de livraison par les aires", "Analyse"),
        "coveragebyzone": ("Couverture par zone et par catégorie", "Analyse"),
        "coveragegaps": ("Manques de la couverture", "Analyse"),
        "coveragereport": ("Audit des aires de livraison, avec rapport", "Analyse"),
        "coveragepdf": ("Imprimer l’audit (PDF)", "Analyse"),
        "surveyreport": ("Rapport d’un relevé, par commune", "Relevé"),
        "createsurvey": ("Préparer un relevé", "Relevé"),
        "createworkspace": ("Créer un espace de travail", "Import"),
        "enrichcustomers": ("Enrichir des clients", "Analyse"),
        "fetchsource": ("Récupérer une source publique", "Import"),
        "importaccesspoints": ("Importer des points d’accès", "Import"),
        "importbays": ("Importer des aires de livraison", "Import"),
        "importcompanyfile": ("Importer un fichier d’entreprise", "Import"),
        "importdeliverypoints": ("Importer des points de livraison", "Import"),
        "importperimeters": ("Importer des périmètres", "Import"),
        "importpoi": ("Importer des points d’intérêt", "Import"),
        "mergesurvey": ("Fusionner un relevé", "Relevé"),
        "purgecustomers": ("Purger les données client", "Import"),
        "openworkspace": ("Ouvrir un espace de travail", "Import"),
        "whatapplies": ("Ce qui s’applique à un moment", "Analyse"),
        "validatebays": ("Contrôler des aires de livraison", "Contrôle"),
        "exportbays": ("Publier des aires de livraison", "Publication"),
        "exportregulations": ("Publier les arrêtés de circulation", "Publication"),
        "harmonisationreport": ("Harmonisation des arrêtés entre communes", "Relevé"),
        "importregulations": ("Importer des arrêtés de circulation", "Import"),
        "locateregulations": ("Localiser les arrêtés de circulation", "Relevé"),
        "validateregulations": ("Contrôler les arrêtés de circulation", "Contrôle"),
    },
}
PARAMETERS = {
    "baycoverage": ["POINTS", "BAYS", *COVERING, *MOVEMENTS, *WALKING, "OUTPUT"],
    "coveragebyzone": ["POINTS", "BAYS", "ZONES", "ZONE_FIELD", "CATEGORY", *COVERING, *MOVEMENTS, "OUTPUT", "BY_CATEGORY"],
    "coveragegaps": ["POINTS", "BAYS", "CATEGORY", "RADIUS", "MINIMUM", *COVERING, *MOVEMENTS, "OUTPUT"],
    "coveragereport": [
        "POINTS", "BAYS", "ZONES", "ZONE_FIELD", "CATEGORY", "TITLE", *COVERING, "RADIUS", "MINIMUM", *MOVEMENTS, *WALKING, "LANGUAGE",
        "REPORT", "AUDIT",
    ],
    "coveragepdf": ["AUDIT", "ZONE_PAGES", "WORST", "BACKGROUND", "TEMPLATE", "RESOLUTION", "OUTPUT"],
    "surveyreport": ["SURVEY", "BAYS", "COMMUNES", "NAME_FIELD", "POINTS", "TITLE", "PDF", "OUTPUT"],
    "createsurvey": ["TERRITORY", "NAME_FIELD", "BAYS", "SECTORS", "AGENTS", "TITLE", "BASE_MAP", "MAPPING", "BAYS_CRS", "OUTPUT"],
    "createworkspace": [
        "BAYS", "DELIVERY_POINTS", "PERIMETERS", "ACCESS_POINTS", "POINTS_OF_INTEREST", "REGULATIONS", "POI_KIND", "LICENCE", "CRS", "CONNECTION", "SCHEMA", "OPEN",
        "OUTPUT",
    ],
    "enrichcustomers": [
        "CUSTOMERS", "PERIMETERS", "ACCESS_POINTS", "BAYS", "DATE", "DAYS", "VEHICLE", "MAX_DISTANCE", "RULES", "MAPPING", "CRS", "CUSTOMERS_CRS",
        "OUTPUT", "TABLE",
    ],
    "mergesurvey": [
        "INVENTORY", "SURVEYS", "COMMUNES", "DECISIONS", "POSITION", "RADIUS", "AUTOMATIC", "MARGIN", "APPLY", "OVERWRITE", "OUTPUT",
    ],
    "openworkspace": ["INPUT", "CONNECTION", "SCHEMA"],
    "fetchsource": [
        "SOURCE", "EXTENT", "AREA", "REFRESH", "AUTHCFG", "TABLE", "SERVICE", "URL", "DATASET", "COLLECTION", "SCHEMA", "MAPPING", "OUTPUT", "RULES",
        "REJECTS",
    ],
    "importbays": ["INPUT", "MAPPING", "CRS", "OUTPUT", "REJECTS"],
    "importcompanyfile": [
        "FILE", "RECIPE", "FIX", "MISSING", "SIRENE", "SEND_ADDRESSES", *COMPANY_READING, *COMPANY_MORE, "OUTPUT", "REJECTS", "FINDINGS", "SAVE_RECIPE",
    ],
    "importdeliverypoints": ["INPUT", "CRS", "OUTPUT", "REJECTS"],
    "importaccesspoints": ["INPUT", "MAPPING", "CRS", "OUTPUT", "REJECTS"],
    "importperimeters": ["INPUT", "MAPPING", "CRS", "OUTPUT", "REJECTS", "RULES"],
    "importpoi": ["INPUT", "KIND", "MAPPING", "CRS", "OUTPUT", "REJECTS"],
    "whatapplies": ["PERIMETERS", "AT", "VEHICLE", "RULES", "MAPPING", "CRS", "POINTS", "OUTPUT", "OUTPUT_POINTS"],
    "validatebays": ["BAYS", "COMMUNES", "ROADS", "MAPPING", "CRS", "DUPLICATE_DISTANCE", "ROAD_DISTANCE", "OUTPUT", "CSV"],
    "purgecustomers": ["FILES", "RECIPE", "CACHE", "CONFIRM"],
    "exportbays": ["BAYS", "TITLE", "PUBLISHER", "SOURCE", "LICENCE", "CONTACT", "FORMATS", "MAPPING", "CRS", "OUTPUT"],
    "exportregulations": [
        "INPUT", "INPUT_AREAS", "PREFIX", "OUTPUT", "REST", "FOLDER", "TITLE", "PUBLISHER", "SOURCE", "LICENCE", "CONTACT",
    ],
    "harmonisationreport": ["INPUT", "INPUT_AREAS", "STREETS", "TITLE", "OUTPUT", "PAIRS", "REPORT"],
    "importregulations": ["INPUT", "MAPPING", "MAPPING_FILE", "CRS", "OUTPUT", "AREAS", "WORKSPACE", "REJECTS"],
    "locateregulations": [
        "INPUT", "INPUT_AREAS", "STREETS", "MUNICIPALITIES", "STREET_NAME", "SOURCE", "REPLACE", "WORKSPACE", "OUTPUT", "AREAS",
    ],
    "validateregulations": ["INPUT", "INPUT_AREAS", "STREETS", "MUNICIPALITIES", "OUTPUT", "REPORT"],
}
OUTPUTS = {
    "baycoverage": {
        "OUTPUT", "POINTS_COUNT", "COVERED_COUNT", "SHARE_POINTS", "MOVEMENTS", "SHARE_MOVEMENTS", "MEDIAN_DISTANCE", "BAYS_COUNT", "BAYS_USABLE",
        "WALKING_POINTS", "WALKING_COVERED",
    },
    "coveragebyzone": {"OUTPUT", "BY_CATEGORY", "ZONES_COUNT", "POINTS_COUNT", "COVERED_COUNT", "SHARE_POINTS", "SHARE_MOVEMENTS", "POINTS_OUTSIDE"},
    "coveragegaps": {"OUTPUT", "GAPS_COUNT", "POINTS_IN_GAPS", "UNCOVERED_COUNT", "LARGEST_GAP_POINTS"},
    "coveragepdf": {"OUTPUT", "PAGES_OF_ZONES"},
    "coveragereport": {
        "REPORT", "AUDIT", "COVERAGE", "BAYS", "ZONES", "CATEGORIES", "GAPS", "WEEK", "POINTS_COUNT", "COVERED_COUNT", "SHARE_POINTS",
        "SHARE_MOVEMENTS", "BAYS_USABLE", "GAPS_COUNT",
    },
    "surveyreport": {"OUTPUT", "INDEX", "MUNICIPALITIES_COUNT", "BAYS_COUNT", "FINDINGS_COUNT"},
    "createsurvey": {"OUTPUT", "PROJECT", "BAYS_COUNT", "SECTORS_COUNT", "OUTSIDE_COUNT"},
    "createworkspace": {
        "OUTPUT", "BAYS", "DELIVERY_POINTS", "PERIMETERS", "PERIMETER_ROADS", "PERIMETER_RULES", "ACCESS_POINTS", "POINTS_OF_INTEREST",
        "REGULATIONS", "REGULATION_AREAS",
    },
    "enrichcustomers": {
        "OUTPUT", "TABLE", "CUSTOMER_COUNT", "PLACED_COUNT", "NOT_PLACED_COUNT", "IN_PERIMETER_COUNT", "ALLOWED_COUNT", "RESTRICTED_COUNT",
        "FORBIDDEN_COUNT", "UNKNOWN_COUNT", "WITH_BAY_COUNT",
    },
    "mergesurvey": {
        "OUTPUT", "LOG", "MATCHED", "CHANGED", "REVIEW", "NEW", "MISSING", "NOT_VISITED", "CONFLICTS", "PHOTOS_LOST", "BAYS_CHANGED", "ADDED",
        "DELETED", "WAITING",
    },
    "openworkspace": {"VERSION"},
    "fetchsource": {
        "OUTPUT", "RULES", "REJECTS", "ROWS_READ", "IMPORTED", "CORRECTED", "REJECTED", "OUTSIDE", "ADDED", "CHANGED", "REMOVED", "UNCHANGED",
        "COPY_DAY", "MAPPING_USED",
    },
    "importbays": {"OUTPUT", "REJECTS", "ROWS_READ", "IMPORTED", "CORRECTED", "REJECTED", "MAPPING_USED"},
    "importcompanyfile": {
        "OUTPUT", "REJECTS", "FINDINGS", "SAVE_RECIPE", "CUSTOMERS", "REVIEW", "ROWS_READ", "IMPORTED", "CORRECTED", "REJECTED", "PLACED", "TO_REVIEW",
        "NOT_PLACED", "NEW", "CHANGED", "UNCHANGED", "MISSING",
    },
    "importdeliverypoints": {"OUTPUT", "REJECTS", "ROWS_READ", "IMPORTED", "CORRECTED", "REJECTED"},
    "importaccesspoints": {"OUTPUT", "REJECTS", "ROWS_READ", "IMPORTED", "CORRECTED", "REJECTED", "MAPPING_USED"},
    "importperimeters": {"OUTPUT", "RULES", "REJECTS", "ROWS_READ", "IMPORTED", "CORRECTED", "REJECTED", "MAPPING_USED"},
    "importpoi": {"OUTPUT", "REJECTS", "ROWS_READ", "IMPORTED", "CORRECTED", "REJECTED", "MAPPING_USED"},
    "whatapplies": {"OUTPUT", "OUTPUT_POINTS", "ACTIVE_COUNT", "UNKNOWN_COUNT", "NEXT_CHANGE"},
    "validatebays": {"OUTPUT", "CSV", "ERRORS", "WARNINGS", "NOTICES", "ROWS_CHECKED"},
    "purgecustomers": {"REMOVED", "FAILED", "TRACES"},
    "exportbays": {"OUTPUT", "CSV", "ROWS", "UUID_MADE", "ADAPTED", "LEFT_OUT", "SCHEMA_ERRORS"},
    "exportregulations": {"OUTPUT", "REST", "FOLDER", "ORDERS", "PUBLISHED", "KEPT_BACK", "WITHOUT_GEOMETRY"},
    "harmonisationreport": {"OUTPUT", "PAIRS", "REPORT", "COMPARED", "STREETS", "STREETS_THAT_DIFFER", "DIFFERENCES"},
    "importregulations": {
        "OUTPUT", "AREAS", "REJECTS", "ROWS_READ", "IMPORTED", "CORRECTED", "FLAGGED", "TO_LOCATE", "REJECTED", "MAPPING_USED",
    },
    "locateregulations": {"OUTPUT", "AREAS", "STREETS", "SECTIONS", "MUNICIPALITIES", "WITHOUT_GEOMETRY"},
    "validateregulations": {"OUTPUT", "REPORT", "ROWS", "ERRORS", "WARNINGS", "NOTICES"},
}
ADVANCED = {
    "AUTHCFG", "BANDS", "BAYS_CRS", "COLLECTION", "CONNECTION", "CRS", "CUSTOMERS_CRS", "DATASET", "DUPLICATE_DISTANCE", "LANGUAGE", "MAPPING", "MAPPING_FILE", "POINTS_CRS", "RESOLUTION", "ROAD_DISTANCE", "SCHEMA", "SERVICE", "STOP_MINUTES", "STREET_NAME", "TEMPLATE", "URL", "VEHICLE_LENGTH",
    *MOVEMENTS, *WALKING, *COMPANY_READING, *COMPANY_MORE,
}  # fmt: skip


@pytest.fixture(params=["en", "fr"])
def spoken(request, qgis_processing):
    """The provider started in one language, and that language."""
    speak(request.param)
    plugin = classFactory(None)
    plugin.initProcessing()
    yield plugin.provider, request.param
    plugin.unload()


def test_the_provider_is_registered_without_iface(provider):
    assert QgsApplication.processingRegistry().providerById("joptimiz") is provider
    assert provider.name() == "JOPTIMIZ"
    assert sorted(found.id() for found in provider.algorithms()) == sorted(ALGORITHMS)


def test_identifiers_are_the_same_in_every_language_and_names_are_not(spoken):
    provider, language = spoken
    found = {made.name(): made for made in provider.algorithms()}
    assert {name: made.groupId() for name, made in found.items()} == GROUPS
    assert {name: (made.displayName(), made.group()) for name, made in found.items()} == NAMES[language]


def test_help_is_text_in_the_language_without_style_sheet(spoken):
    provider, language = spoken
    word = {"en": "bays", "fr": "aires"}[language]
    for made in provider.algorithms():
        text = re.sub(r"<[^>]*>", " ", made.shortHelpString())
        assert len(text) > 300, made.name()
        assert "white-space" not in text and "{" not in text and "**" not in text
        assert made.shortDescription().strip()
        other = {"en": "orders", "fr": "arrêtés"}[language] if made.name() in REGULATION_GROUPS else word
        assert word in text or other in text or made.name() in {"importdeliverypoints", "importcompanyfile", "purgecustomers"}


def test_every_text_of_a_dialog_has_its_french(qgis_processing):
    english, french = texts("en"), texts("fr")
    assert all(text.strip() for text in english | french)
    assert not english & french


def texts(language):
    """Descriptions of all parameters and outputs in one language."""
    speak(language)
    plugin = classFactory(None)
    plugin.initProcessing()
    assert plugin.provider is not None
    found = {part.description() for made in plugin.provider.algorithms() for part in (*made.parameterDefinitions(), *made.outputDefinitions())}
    plugin.unload()
    return found


@pytest.mark.parametrize("name", GROUPS)
def test_parameters_and_outputs_are_those_documented(provider, name):
    made = algorithm(f"joptimiz:{name}")
    parameters = {parameter.name(): parameter for parameter in made.parameterDefinitions()}
    assert list(parameters) == PARAMETERS[name]
    assert {output.name() for output in made.outputDefinitions()} == OUTPUTS[name]
    # What coveragegaps is about stands in sight there.
    more = {"whatapplies": {"RULES"}, "enrichcustomers": {"RULES"}, "fetchsource": {"TABLE"}, "coveragereport": {"RADIUS", "MINIMUM"}}
    more["exportregulations"] = {"TITLE", "PUBLISHER", "SOURCE", "LICENCE", "CONTACT"}
    more["mergesurvey"] = {"RADIUS", "AUTOMATIC", "MARGIN", "OVERWRITE"}
    folded = {key for key, parameter in parameters.items() if parameter.flags() & QgsProcessingParameterDefinition.Flag.FlagAdvanced}
    assert folded == (ADVANCED | more.get(name, set())) & set(parameters)


def test_defaults_are_the_rule_of_20_metres(provider):
    made = algorithm("joptimiz:baycoverage")
    assert made.parameterDefinition("MAX_DISTANCE").defaultValue() == 20
    assert made.parameterDefinition("BANDS").defaultValue() == "10; 20; 30; 50; 100"


@pytest.mark.parametrize("identifier", ALGORITHMS)
def test_icons_are_drawn(provider, identifier):
    for icon in (algorithm(identifier).icon(), provider.icon()):
        assert not icon.isNull()
        picture = icon.pixmap(24, 24).toImage()
        assert any(picture.pixelColor(x, y).alpha() for x in range(24) for y in range(24))


@pytest.mark.parametrize("identifier", ALGORITHMS)
def test_nothing_of_qgis_is_hidden_by_a_method_of_ours(provider, identifier):
    """QGIS calls `run` and its like on our object: `processing.run` fails where a method of ours bears the name."""
    from qgis.core import QgsProcessingAlgorithm

    virtual = {"createInstance", "prepareAlgorithm", "name", "displayName", "shortDescription", "shortHelpString", "icon", "group", "groupId", "flags", "tr", "initAlgorithm", "processAlgorithm", "postProcessAlgorithm", "checkParameterValues"}
    ours = {name for kind in type(algorithm(identifier)).__mro__ if kind.__module__.startswith("joptimiz_qgis") for name in vars(kind)}
    hidden = {name for name in ours & set(dir(QgsProcessingAlgorithm)) if not name.startswith("__")}
    assert hidden <= virtual


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_real_program_lists_the_algorithms(qgis_process, language):
    listed = json.loads(qgis_process("list", "--json", language=language).stdout)["providers"]["joptimiz"]["algorithms"]
    assert {made["name"]: name for name, made in listed.items()} == {NAMES[language][name][0]: f"joptimiz:{name}" for name in GROUPS}


def test_the_real_program_prints_the_help_as_text(qgis_process):
    told = qgis_process("help", "joptimiz:baycoverage", language="fr").stdout
    assert "Distance de portage" in told
    assert "white-space" not in told
