"""joptimiz:createworkspace and openworkspace: one group, styled from the file itself, forms, themes, what Lizmap asks for."""

from __future__ import annotations

import re
import shutil
import sqlite3
import zipfile
from contextlib import closing

import pytest
from conftest import ROOT, sha256, speak
from qgis.core import (
    QgsEditFormConfig,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsFeature,
    QgsFieldConstraints,
    QgsGeometry,
    QgsMapLayer,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsReadWriteContext,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorLayerUtils,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtXml import QDomDocument
from qgis_builders import Feedback, around_paris, column, layer, saved

from joptimiz_qgis.layers.bays import style_bays
from joptimiz_qgis.layers.perimeters import LOOKS, style_perimeters
from joptimiz_qgis.layers.points_of_interest import style_points_of_interest
from joptimiz_qgis.layers.workspace import ascii_name, open_workspace, style_workspace
from joptimiz_qgis.toolkit.schema.table import kinds
from joptimiz_qgis.toolkit.workspace import (
    SCHEMA_VERSION,
    TABLES,
    check_workspace,
    create_workspace,
    imports_of,
    readings_of,
    rows_for,
)

SAMPLE = ROOT / "joptimiz_qgis" / "resources" / "sample"
FILES = {"BAYS": "bays.csv", "DELIVERY_POINTS": "establishments.csv", "PERIMETERS": "perimeters.geojson", "ACCESS_POINTS": "access_points.geojson"}
COUNTS = {"BAYS": 63, "DELIVERY_POINTS": 1250, "PERIMETERS": 5, "REGULATIONS": 0, "REGULATION_AREAS": 0, "PERIMETER_ROADS": 0, "PERIMETER_RULES": 5, "ACCESS_POINTS": 12, "POINTS_OF_INTEREST": 0}


@pytest.fixture
def town(tmp_path):
    """The sample town's workspace, with its styles."""
    readings = readings_of({name.lower(): [SAMPLE / file] for name, file in FILES.items()})
    path = create_workspace(tmp_path / "ville.gpkg", rows_for(readings), imports_of(readings, "LO 2.0"))
    style_workspace(path)
    return path


@pytest.fixture
def opened_town(town, project):
    """Its layers by table."""
    return by_table(open_workspace(project, town))


def by_table(group):
    return {node.layer().serverProperties().shortName(): node.layer() for node in group.findLayers()}


def in_fields(path):
    return {name: str(SAMPLE / file) for name, file in path.items()}


# -- the algorithms ----------------------------------------------------------------------------------------------------


def test_the_algorithm_makes_the_file_and_opens_the_group(run, project, tmp_path):
    out = tmp_path / "ville.gpkg"
    results = run("createworkspace", **in_fields(FILES), OUTPUT=str(out), LICENCE="LO 2.0")
    assert {name: results[name] for name in COUNTS} == COUNTS
    assert check_workspace(out).rows == {name.lower(): count for name, count in COUNTS.items()}
    group = project.layerTreeRoot().findGroup("Visualiz")
    assert [node.layer().serverProperties().shortName() for node in group.findLayers()] == list(TABLES)
    assert all(node.layer().isValid() for node in group.findLayers())
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.endswith(("-wal", "-shm"))) == ["ville.gpkg"]


def test_an_empty_workspace_that_is_not_opened(run, project, tmp_path):
    results = run("createworkspace", OUTPUT=str(tmp_path / "vide.gpkg"), OPEN=False)
    assert {results[name] for name in COUNTS} == {0}
    assert project.mapLayers() == {}


def test_layers_of_the_project_are_taken_and_places_get_their_kind(run, project, tmp_path):
    places = project.addMapLayer(layer(around_paris((0, 0), (5, 5)), nom=["Tabac", "Gare"], name="relais"))
    key = 1 + [row["key"] for row in kinds("poi_kinds")].index("point relais")
    run("createworkspace", POINTS_OF_INTEREST=places.id(), POI_KIND=key, OUTPUT=str(tmp_path / "w.gpkg"))
    stored = by_table(project.layerTreeRoot().findGroup("Visualiz"))["points_of_interest"]
    assert column(stored, "type_poi") == ["point relais", "point relais"]
    assert all(abs(feature.geometry().asPoint().x() - 2.35) < 0.1 for feature in stored.getFeatures())


def test_a_workspace_over_its_source_is_refused(refusal, tmp_path):
    source = saved(layer(around_paris((0, 0)), nom=["x"]), tmp_path / "bays.gpkg")
    before = sha256(tmp_path / "bays.gpkg")
    assert "sources are never modified" in refusal("createworkspace", BAYS=source, OUTPUT=source)
    assert sha256(tmp_path / "bays.gpkg") == before


def test_cancel_leaves_what_was_there(run, tmp_path):
    out = tmp_path / "w.gpkg"
    out.write_bytes(b"what was there")
    assert not run("createworkspace", feedback=Feedback(cancel_at=50), **in_fields(FILES), OUTPUT=str(out)).get("OUTPUT")
    assert out.read_bytes() == b"what was there"
    assert [path.name for path in tmp_path.iterdir()] == ["w.gpkg"]


def test_no_place_for_the_workspace_is_refused_before_the_run(provider):
    from conftest import algorithm
    from qgis.core import QgsProcessingContext

    for name in ("createworkspace", "openworkspace"):
        valid, said = algorithm(f"joptimiz:{name}").checkParameterValues({}, QgsProcessingContext())
        assert not valid and "Choose a GeoPackage file or a PostgreSQL connection" in said


def test_an_older_workspace_is_brought_up_to_date_and_opened(run, project, tmp_path):
    old = tmp_path / "old.gpkg"
    run("importperimeters", INPUT=str(SAMPLE / "perimeters.geojson"), OUTPUT=f"ogr:dbname='{old}' table=\"perimeters\" (geom)")
    feedback = Feedback()
    assert run("openworkspace", feedback=feedback, INPUT=str(old))["VERSION"] == SCHEMA_VERSION
    assert any("kept as “old.avant-v1.gpkg”" in said for said in feedback.said)
    layers = by_table(project.layerTreeRoot().findGroup("Visualiz"))
    assert layers["perimeters"].featureCount() == 5
    assert layers["perimeters"].renderer().type() == "categorizedSymbol"


def test_a_newer_workspace_is_refused(refusal, town, project):
    with closing(sqlite3.connect(town)) as connection, connection:
        connection.execute("UPDATE joptimiz_workspace SET value = '99' WHERE name = 'schema_version'")
    assert "was made by a newer version of JOPTIMIZ" in refusal("openworkspace", INPUT=str(town))
    assert project.mapLayers() == {}


def test_the_real_program_makes_a_workspace(qgis_process, tmp_path):
    out = tmp_path / "ville.gpkg"
    done = qgis_process("run", "joptimiz:createworkspace", inputs={"BAYS": str(SAMPLE / "bays.csv"), "OUTPUT": str(out)})
    assert done.returncode == 0, done.stdout + done.stderr
    assert check_workspace(out).rows["bays"] == 63
    with closing(sqlite3.connect(out)) as connection:
        assert connection.execute("SELECT count(*) FROM layer_styles WHERE useAsDefault").fetchone() == (len(TABLES),)


# -- the group ---------------------------------------------------------------------------------------------------------


def test_what_is_open_is_not_opened_twice_and_the_user_s_style_stays(town, project, opened_town):
    opened_town["bays"].setName("Mes aires")
    opened_town["bays"].setSubsetString("\"type\" = 'aire permanente'")
    again = by_table(open_workspace(project, town))
    assert {name: made.id() for name, made in again.items()} == {name: made.id() for name, made in opened_town.items()}
    assert again["bays"].name() == "Mes aires"
    assert len(project.relationManager().relations()) == 2


def test_the_file_opens_styled_in_a_qgis_without_the_plugin(town):
    """Only QGIS's own reading of the file's default style."""
    for name in TABLES:
        made = QgsVectorLayer(f"{town}|layername={name}", name, "ogr")
        assert made.editFormConfig().layout() == QgsEditFormConfig.EditorLayout.TabLayout
        if made.isSpatial():
            renderer = made.renderer().embeddedRenderer() if name == "points_of_interest" else made.renderer()
            assert renderer.type() == "categorizedSymbol", name
            assert len(renderer.categories()) >= 3


def test_a_style_of_the_user_s_is_not_replaced(town, project):
    made = QgsVectorLayer(f"{town}|layername=bays", "bays", "ogr")
    made.setFieldAlias(made.fields().indexOf("nom"), "Mon alias")
    assert made.saveStyleToDatabase("JOPTIMIZ", "", True, "") == ""
    style_workspace(town)
    bays = by_table(open_workspace(project, town))["bays"]
    assert bays.attributeAlias(bays.fields().indexOf("nom")) == "Mon alias"


def test_everything_is_french_in_french(tmp_path, project, qgis_processing):
    from joptimiz_qgis import classFactory

    speak("fr")
    plugin = classFactory(None)
    path = create_workspace(tmp_path / "ville.gpkg")
    style_workspace(path)
    group = open_workspace(project, path)
    assert [node.name() for node in group.findLayers()] == ["Points d'accès", "Points d'intérêt", "Aires de livraison", "Points de livraison", "Arrêtés de circulation (voies, à localiser)", "Voies des périmètres", "Arrêtés de circulation (zones)", "Périmètres", "Règles des périmètres"]
    assert project.mapThemeCollection().mapThemes() == ["Audit", "Périmètres", "Relevé"]
    bays = by_table(group)["bays"]
    assert bays.attributeAlias(bays.fields().indexOf("longueur")) == "Longueur (cm)"
    assert [tab.name() for tab in bays.editFormConfig().tabs()] == ["Identité", "Emplacement", "Aménagement", "Signalisation", "Règles", "Équipements", "Origine"]
    assert {"Oui": "true"} in bays.editorWidgetSetup(bays.fields().indexOf("active")).config()["map"]
    plugin.unload()


def test_map_themes_show_what_the_task_needs(opened_town, project):
    collection = project.mapThemeCollection()
    shown = {name: {made for made, each in opened_town.items() if each.id() in collection.mapThemeVisibleLayerIds(name)} for name in collection.mapThemes()}
    assert shown == {
        "Audit": {"access_points", "bays", "delivery_points"},
        "Perimeters": {"access_points", "perimeter_roads", "perimeters", "regulations", "regulation_areas"},
        "Survey": {"points_of_interest", "bays"},
    }


def test_rules_stand_in_the_form_of_their_perimeter(opened_town, project):
    relations = {relation.referencedLayerId(): relation for relation in project.relationManager().relations().values()}
    perimeters = opened_town["perimeters"]
    relation = relations[perimeters.id()]
    assert relation.isValid()
    assert perimeters.editFormConfig().tabs()[-1].name() == "Rules"
    for feature in perimeters.getFeatures():
        assert [rule["perimetre"] for rule in relation.getRelatedFeatures(feature)] == [feature["cle"]]


def test_metadata_tell_source_date_and_licence(opened_town):
    metadata = opened_town["bays"].metadata()
    assert metadata.title() == "Delivery bays"
    assert metadata.licenses() == ["LO 2.0"]
    assert re.fullmatch(r"bays\.csv: 63 of 63 rows imported on \d{4}-\d\d-\d\d \d\d:\d\d:\d\d", metadata.history()[0])
    assert opened_town["points_of_interest"].metadata().history() == []


# -- forms -------------------------------------------------------------------------------------------------------------


def test_a_bay_typed_in_gets_its_key_and_its_place(opened_town):
    bays = opened_town["bays"]
    assert bays.startEditing()
    feature = QgsVectorLayerUtils.createFeature(bays, QgsGeometry.fromWkt("Point (2.3512345 48.8512345)"), {bays.fields().indexOf("id"): "N1", bays.fields().indexOf("active"): True})
    assert bays.addFeature(feature)
    assert bays.commitChanges(), bays.commitErrors()
    (stored,) = bays.getFeatures("\"id\" = 'N1'")
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", stored["uuid"])
    assert (stored["longitude"], stored["latitude"], stored["active"]) == (2.3512345, 48.8512345, True)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", stored["date_maj"])


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [("longueur", 900.0, 99.0), ("largeur", 210.0, 1001.0), ("code_postal", "01000", "1000"), ("irve_puissance", 22.0, 0.5)],
)
def test_odd_values_are_warned_of_and_never_refused(opened_town, field, good, bad):
    bays = opened_town["bays"]
    index = bays.fields().indexOf(field)
    constraint = QgsFieldConstraints.Constraint.ConstraintExpression
    assert bays.fieldConstraintsAndStrength(index)[constraint] == QgsFieldConstraints.ConstraintStrength.ConstraintStrengthSoft
    for value, holds in ((good, True), (bad, False), (None, True)):
        feature = QgsFeature(bays.fields())
        feature.setAttribute(index, value)
        assert QgsVectorLayerUtils.validateAttribute(bays, feature, index)[0] is holds, value


def test_what_the_import_says_is_not_typed_over(opened_town):
    for made in opened_town.values():
        config = made.editFormConfig()
        assert all(config.readOnly(made.fields().indexOf(name)) for name in ("source", "source_ligne", "remarques"))
        shown = [child.name() for tab in config.tabs() for child in tab.children() if child.name() in made.fields().names()]
        assert sorted(shown) == sorted(set(made.fields().names()) - {"fid"})


# -- the visual language -----------------------------------------------------------------------------------------------


def value_of(made, feature):
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(made))
    context.setFeature(feature)
    expression = QgsExpression(made.renderer().classAttribute())
    return QgsExpression(f'"{made.renderer().classAttribute()}"').evaluate(context) if made.fields().indexOf(made.renderer().classAttribute()) >= 0 else expression.evaluate(context)


@pytest.mark.parametrize(
    ("cells", "state"),
    [
        ({"type": "aire permanente", "active": True}, "aire permanente"),
        ({"type": "aire permanente", "active": None}, "aire permanente"),
        ({"type": "aire permanente", "active": False}, "hors service"),
        ({"type": "aire périodique", "temporalite_osm": "Mo-Fr 08:00-12:00"}, "aire périodique"),
        ({"type": "aire périodique", "temporalite_defaut": "Mo-Sa 07:00-20:00"}, "aire périodique"),
        ({"type": "aire périodique"}, "aire périodique, horaires non connus"),
        ({"type": "zone marchandises"}, "zone marchandises"),
        ({}, None),
    ],
)
def test_a_bay_is_drawn_by_kind_and_state(opened_town, cells, state):
    bays = opened_town["bays"]
    feature = QgsFeature(bays.fields())
    for name, value in cells.items():
        feature.setAttribute(name, value)
    found = value_of(bays, feature)
    assert (found if isinstance(found, str) else None) == state
    assert state in [category.value() if isinstance(category.value(), str) else None for category in bays.renderer().categories()]


@pytest.mark.parametrize(("code", "trade"), [("4711D", "retail"), ("47.11D", "retail"), ("5610A", "catering"), ("4690Z", "wholesale"), ("8621Z", "health"), ("4321A", "making"), ("0111Z", "making"), ("6920Z", "services"), ("9602A", "services"), ("8411Z", "services"), (None, None)])
def test_a_delivery_point_is_drawn_by_trade(opened_town, code, trade):
    points = opened_town["delivery_points"]
    feature = QgsFeature(points.fields())
    feature.setAttribute("apet700", code)
    found = value_of(points, feature)
    assert (found if isinstance(found, str) else None) == trade


def test_every_kind_of_perimeter_and_place_has_a_look_of_its_own(opened_town):
    listed = {row["key"] for row in kinds("perimeter_kinds")}
    assert set(LOOKS) == listed
    looks = [(look.colour, look.angle, look.dots, look.dash) for look in LOOKS.values()]
    assert len(set(looks)) == len(looks)
    angles = [look.angle for look in LOOKS.values() if look.angle is not None]
    assert min(abs(a - b) % 180 for a in angles for b in angles if a != b) >= 20
    places = {category.value(): category.symbol().clone() for category in opened_town["points_of_interest"].renderer().embeddedRenderer().categories()}
    assert {row["key"] for row in kinds("poi_kinds")} < set(places)
    drawings = [symbol.symbolLayer(1).path() for symbol in places.values()]
    assert len(set(drawings)) == len(drawings)


def test_a_drawing_travels_with_its_style(opened_town):
    for name in ("bays", "access_points", "points_of_interest"):
        renderer = opened_town[name].renderer()
        for category in (renderer.embeddedRenderer() if name == "points_of_interest" else renderer).categories():
            assert category.symbol().symbolLayer(1).path().startswith("base64:")


def picture(made, colour, half=300, size=240, dpi=96):
    settings = QgsMapSettings()
    settings.setLayers([made])
    settings.setDestinationCrs(made.crs())
    settings.setExtent(QgsRectangle(-half, -half, half, half))
    settings.setOutputSize(QSize(size, size))
    settings.setOutputDpi(dpi)
    settings.setBackgroundColor(QColor(colour))
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(made))
    context.lastScope().setVariable("map_scale", settings.scale())  # as the canvas, the layout and QGIS Server do
    settings.setExpressionContext(context)
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage()


def pixels(image):
    return [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]


def perimeter_layer(*kinds_there):
    square = "Polygon ((-200 -200, 200 -200, 200 200, -200 200, -200 -200))"
    made = layer([square] * len(kinds_there), "Polygon", type_peri=list(kinds_there), nom=[""] * len(kinds_there))
    style_perimeters(made)
    return made


@pytest.mark.parametrize("background", ["#ffffff", "#20242b"])
@pytest.mark.parametrize("kind", [kind for kind, look in LOOKS.items() if look.angle is not None or look.dots])
def test_a_perimeter_is_seen_on_light_and_dark_maps_and_hides_little(qgis_app, kind, background):
    ground = QColor(background)
    inside = pixels(picture(perimeter_layer(kind), background).copy(50, 50, 140, 140))
    far = [colour for colour in inside if abs(colour.lightnessF() - ground.lightnessF()) > 0.2 or abs(colour.saturationF() - ground.saturationF()) > 0.3]
    assert len(far) > 0.01 * len(inside), kind
    assert sum(colour == ground for colour in inside) > 0.4 * len(inside), kind


def test_two_perimeters_upon_each_other_show_both_colours(qgis_app):
    hues = {"Rouge": (0, 25), "Bleu": (205, 230)}
    inside = pixels(picture(perimeter_layer("Rouge", "Bleu"), "#ffffff").copy(50, 50, 140, 140))
    for kind, (low, high) in hues.items():
        assert sum(colour.saturationF() > 0.35 and low <= colour.hue() <= high for colour in inside) > 0.02 * len(inside), kind


def test_the_same_perimeter_five_times_looks_like_once(qgis_app):
    """The Games' file holds a place once a day: hatches that did not meet would make a grey of it."""
    once, often = (picture(perimeter_layer(*["Rouge"] * count), "#ffffff") for count in (1, 5))
    differing = sum(a.rgb() != b.rgb() for a, b in zip(pixels(once), pixels(often)))
    assert differing < 0.25 * len(pixels(once))


def test_bays_are_dots_when_far_and_drawings_when_near(qgis_app):
    """The yellow of the marking is seen at 1:3 000 and not at 1:60 000, where the bay is a dot of its kind's blue."""
    places = layer(["Point (0 0)"], type=["aire permanente"], adresse=[""])
    style_bays(places)
    yellow, blue = [], []
    for half in (100, 2_000):
        seen = pixels(picture(places, "#ffffff", half))
        yellow.append(sum(40 <= colour.hue() <= 55 and colour.saturationF() > 0.5 for colour in seen))
        blue.append(sum(200 <= colour.hue() <= 225 and colour.saturationF() > 0.3 for colour in seen))  # the edges of a dot are paler
    assert yellow[0] > 10 and yellow[1] == 0
    assert blue[0] > blue[1] >= 2


def test_places_that_would_hide_each_other_are_a_disc_with_their_number(qgis_app):
    """Two places 100 m apart: two icons at 1:3 000, one disc (its grey, no icon's green) at 1:60 000."""
    places = layer(["Point (-50 0)", "Point (50 0)"], type_poi=["station-service", "station-service"])
    style_points_of_interest(places)
    green, grey = [], []
    for half in (100, 2_000):
        seen = pixels(picture(places, "#ffffff", half))
        green.append(sum(150 <= colour.hue() <= 175 and colour.saturationF() > 0.5 for colour in seen))
        grey.append(sum(colour == QColor("#4a4f57") for colour in seen))
    assert green[0] > 50 and green[1] == 0
    assert grey[0] == 0 and grey[1] > 20


# -- what Lizmap and QGIS Server ask for -------------------------------------------------------------------------------


def style_of(made):
    document = QDomDocument("qgis")
    made.exportNamedStyle(document, QgsReadWriteContext(), QgsMapLayer.StyleCategory.AllStyleCategories)
    return document.toString()


def test_the_project_passes_lizmap_s_checks(town, project, opened_town, tmp_path):
    """Unique ASCII short names, relative paths only, valid layers, no Python in expressions, no drawing outside the project."""
    target = tmp_path / "projet"
    target.mkdir()
    copy = target / "ville.gpkg"
    project.clear()
    shutil.copy(town, copy)
    open_workspace(project, copy)
    assert project.write(str(target / "ville.qgz"))
    with zipfile.ZipFile(target / "ville.qgz") as archive:
        text = archive.read(next(name for name in archive.namelist() if name.endswith(".qgs"))).decode()
    shorts = [made.serverProperties().shortName() for made in project.mapLayers().values()]
    assert len(set(shorts)) == len(shorts) == len(TABLES)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", short) for short in shorts)
    sources = re.findall(r"<datasource>([^<]+)</datasource>", text)
    assert sources and all(source.startswith("./ville.gpkg|") for source in sources)
    assert str(tmp_path) not in re.sub(r"<(homePath|saveUser)[^>]*>", "", text)
    assert not re.search(r'value="[^"]*\.svg"', text)
    native = {function.name() for function in QgsExpression.Functions() if type(function).__module__.startswith(("_core", "qgis."))}
    for made in project.mapLayers().values():
        for text in (made.displayExpression(), *re.findall(r'(?:expression|attr)="([^"]+)"', style_of(made))):
            expression = QgsExpression(text.replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("&apos;", "'"))
            if not expression.hasParserError():
                assert expression.referencedFunctions() <= native, text
    moved = tmp_path / "ailleurs"
    target.rename(moved)
    fresh = QgsProject()
    assert fresh.read(str(moved / "ville.qgz"))
    assert all(made.isValid() for made in fresh.mapLayers().values())
    assert fresh.mapThemeCollection().mapThemes() == ["Audit", "Perimeters", "Survey"]


def test_two_workspaces_in_a_project_have_short_names_of_their_own(town, project, opened_town, tmp_path):
    second = shutil.copy(town, tmp_path / "autre.gpkg")
    open_workspace(project, second)
    shorts = [made.serverProperties().shortName() for made in project.mapLayers().values()]
    assert len(shorts) == len(set(shorts)) == 2 * len(TABLES)
    assert "bays_2" in shorts


@pytest.mark.parametrize(("text", "name"), [("Aires de livraison", "aires_de_livraison"), ("Périmètres – ZFE", "perimetres_zfe"), ("2024", "l_2024")])
def test_short_names_are_ascii(text, name):
    assert ascii_name(text) == name
