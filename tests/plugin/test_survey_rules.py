"""The rules that QField (libqfieldsync's project checker, its documentation) and Mergin Maps (its QGIS plugin's validation, its
documentation) publish for projects, one test a rule, checked in the .qgz that was written and not in what we meant to write.
"""

from __future__ import annotations

import json
import re
import sqlite3
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from qgis.core import QgsExpression, QgsFeature, QgsMapLayer, QgsProject, QgsRasterLayer, QgsRenderContext
from qgis.PyQt.QtGui import QColor, QImage
from qgis_builders import finish, layer, saved

from joptimiz_qgis.toolkit.survey.project import PHOTO_PATH, PROJECT_FILE, survey_layers

EDITED = ("joptimiz_bays", "joptimiz_photos", "joptimiz_visits")
BOTH_KNOW = {"TextEdit", "CheckBox", "ValueMap", "ValueRelation", "RelationReference", "ExternalResource", "Range", "DateTime", "Hidden", ""}
"""Widgets in QField's editorwidgets and in Mergin Maps' gallery; empty: chosen by the field's type, of a layer nobody edits."""
OURS = re.compile(r"joptimiz_\w+\(")


@pytest.fixture(scope="module")
def base_map(tmp_path_factory) -> Path:
    """A raster as a town would copy it along: a GeoTIFF of Paris with four pixels."""
    from osgeo import gdal, osr

    path = tmp_path_factory.mktemp("raster") / "Plan de ville été.tif"
    data = gdal.GetDriverByName("GTiff").Create(str(path), 2, 2, 3, gdal.GDT_Byte)
    data.SetGeoTransform((651_000, 1_000, 0, 6_863_000, 0, -1_000))
    system = osr.SpatialReference()
    system.ImportFromEPSG(2154)
    data.SetProjection(system.ExportToWkt())
    data.GetRasterBand(1).Fill(200)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory, base_map, qgis_processing) -> Path:
    """A survey with surveyors and a base map."""
    import processing
    from conftest import speak

    from joptimiz_qgis import classFactory

    speak("fr")
    plugin = classFactory(None)
    plugin.initProcessing()
    place = tmp_path_factory.mktemp("rules")
    square = layer(["Polygon ((651000 6861000, 653000 6861000, 653000 6863000, 651000 6863000, 651000 6861000))"], "Polygon", nom=["Valorge"])
    bays = layer(["Point (652000 6862000)", "Point (652100 6862000)"], id=["B1", "B2"], type=["aire périodique", "aire permanente"])
    target = place / "releve"
    processing.run(
        "joptimiz:createsurvey",
        {
            "TERRITORY": saved(square, place / "t.gpkg"),
            "BAYS": saved(bays, place / "b.gpkg"),
            "SECTORS": 2,
            "AGENTS": "Zoé, Noël",
            "BASE_MAP": str(base_map),
            "OUTPUT": str(target),
        },
    )
    plugin.unload()
    return target


@pytest.fixture
def made(folder, project) -> QgsProject:
    assert project.read(str(folder / PROJECT_FILE))
    return project


@pytest.fixture(scope="module")
def text(folder) -> str:
    """The project file as it is in the .qgz."""
    with zipfile.ZipFile(folder / PROJECT_FILE) as archive:
        name, = (each for each in archive.namelist() if each.endswith(".qgs"))
        return archive.read(name).decode("utf-8")


def vector(project: QgsProject) -> list[QgsMapLayer]:
    return [each for each in project.mapLayers().values() if each.type() == QgsMapLayer.LayerType.VectorLayer]


# -- both ---------------------------------------------------------------------------------------------------------


def test_one_project_in_the_folder(folder):
    """Mergin Maps: check_single_proj."""
    assert [path.name for path in folder.iterdir() if path.suffix in (".qgs", ".qgz")] == [PROJECT_FILE]


def test_paths_are_relative(made, text):
    """QField: check_no_absolute_filepaths; Mergin Maps: check_proj_paths_relative."""
    assert made.readEntry("Paths", "/Absolute")[0] == "false"
    sources = [each.text for each in ET.fromstring(text).iter("datasource") if each.text]
    assert len(sources) == 7
    assert all(source.startswith("./") for source in sources)


def test_no_path_of_this_machine_is_anywhere_in_the_project(folder, text):
    assert str(folder.parent) not in text
    assert not re.search(r"(/tmp/|/home/|/root/|[A-Z]:[\\/])", text)


def test_no_home_path(made):
    """QField: check_no_homepath."""
    assert made.presetHomePath() == ""


def test_every_layer_lies_in_the_projects_own_folder(made, folder):
    """QField: check_external_layers; Mergin Maps: check_saved_in_proj_dir, which takes no subfolder."""
    for each in made.mapLayers().values():
        assert Path(each.publicSource().partition("|")[0]).parent.resolve() == folder.resolve()


def test_layers_that_are_edited_are_geopackages_with_one_table_each(made, folder):
    """Mergin Maps: check_editable_vectors_format, best practice; QField: check_project_layers_sources_actions."""
    assert {each.dataProvider().storageType() for each in vector(made)} == {"GPKG"}
    files = [Path(each.publicSource().partition("|")[0]) for each in vector(made)]
    assert len(set(files)) == len(files) == 6
    for file in files:
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("SELECT count(*) FROM gpkg_contents").fetchone() == (1,)


def test_there_is_something_to_edit(made):
    """Mergin Maps: NO_EDITABLE_LAYERS; what is not to be edited is read-only."""
    assert {each.id() for each in vector(made) if not each.readOnly()} == set(EDITED)


def test_no_memory_and_no_network(made):
    """QField: check_layer_memory; Mergin Maps: check_offline."""
    assert {each.dataProvider().name() for each in made.mapLayers().values()} == {"ogr", "gdal"}


def test_file_names_are_ascii_and_of_characters_that_any_system_takes(folder):
    """QField: check_layer_has_ascii_filename, check_files_have_unsupported_characters."""
    for path in (folder, *folder.rglob("*")):
        assert path.name.isascii()
        assert re.fullmatch(r"[\w.\-]+", path.name)


def test_no_other_file_has_the_projects_name(folder):
    """QField: check_for_conflicting_base_filenames."""
    assert [path.name for path in folder.rglob("*") if path.stem == Path(PROJECT_FILE).stem] == [PROJECT_FILE]


def test_field_names_hold_no_character_that_is_refused(made):
    """Mergin Maps: check_field_names."""
    names = [field.name() for each in vector(made) for field in each.fields()]
    assert not [name for name in names if re.search(r'[\\/()\[\]{}"\n\r]', name)]


def test_relations_go_by_a_unique_uuid_and_never_by_fid(made):
    """Mergin Maps: check_project_relations, documentation of 1-N relations; QField: key handling."""
    relations = made.relationManager().relations()
    assert set(relations) == {"joptimiz_photos", "joptimiz_visits"}
    for relation in relations.values():
        assert relation.isValid()
        (child, parent), = relation.fieldPairs().items()
        assert (child, parent) == ("aire_uuid", "uuid")
        whole = relation.referencedLayer()
        assert len(whole.uniqueValues(whole.fields().indexOf(parent))) == whole.featureCount()


def test_photos_go_with_their_bay(made):
    """QField: strength composition."""
    assert {each.strength().name for each in made.relationManager().relations().values()} == {"Composition"}


def test_new_rows_get_a_uuid_without_braces(made):
    for name in EDITED:
        each = made.mapLayer(name)
        assert each.defaultValueDefinition(each.fields().indexOf("uuid")).expression() == "uuid('WithoutBraces')"


def test_the_key_of_the_bay_is_a_relation_reference_in_the_form_of_its_rows(made):
    """Mergin Maps: “How to attach multiple photos”, and docs issue 721: left out of the form it is not filled."""
    for name in EDITED[1:]:
        each = made.mapLayer(name)
        assert each.editorWidgetSetup(each.fields().indexOf("aire_uuid")).type() == "RelationReference"
        assert "aire_uuid" in [child.name() for child in each.editFormConfig().invisibleRootContainer().children()]


def test_photos_are_stored_by_a_path_relative_to_the_project(made, folder):
    """QField: attachments; Mergin Maps: check_attachment_widget, all five of its points."""
    photos = made.mapLayer("joptimiz_photos")
    setup = photos.editorWidgetSetup(photos.fields().indexOf(PHOTO_PATH))
    config = setup.config()
    assert setup.type() == "ExternalResource"
    assert config["RelativeStorage"] == 1
    assert not config.get("DefaultRoot")
    assert "UseLink" not in config
    assert config["PropertyCollection"]["properties"]["propertyRootPath"]["expression"] == "@project_folder || '/DCIM'"
    assert config["DocumentViewer"] == 1  # an image: the camera is offered
    assert (folder / "DCIM").is_dir()


def test_photos_get_a_name_of_their_own_in_the_folder_of_photos(made):
    """QField: attachment_naming; Mergin Maps: photo names."""
    photos = made.mapLayer("joptimiz_photos")
    naming = json.loads(photos.customProperty("QFieldSync/attachment_naming"))[PHOTO_PATH]
    name = QgsExpression(naming.replace(".{extension}", ".jpg")).evaluate()
    assert re.fullmatch(r"DCIM/aire_\d{8}_\d{6}_\d{3}\.jpg", name)
    assert re.fullmatch(r"aire_\d{8}_\d{6}_\d{3}", QgsExpression(made.readEntry("Mergin", f"PhotoNaming/{photos.id()}/{PHOTO_PATH}")[0]).evaluate())


def test_layers_are_configured_for_cable_and_cloud(made):
    """QField: check_layer_configured."""
    for each in made.mapLayers().values():
        assert each.customProperty("QFieldSync/action") == "copy"
        assert each.customProperty("QFieldSync/cloud_action") == ("offline" if each.id() in EDITED else "no_action")


def test_text_is_utf_8(made):
    """QField: check_layer_has_utf8_datasources."""
    assert {each.dataProvider().encoding() for each in vector(made)} == {"UTF-8"}


def test_primary_keys_are_those_that_both_accept(made):
    """QField: check_layer_primary_key: one column."""
    for each in vector(made):
        assert [each.fields()[place].name() for place in each.primaryKeyAttributes()] == ["fid"]


def test_lists_of_values_are_value_maps_and_widgets_are_known_to_both(made):
    """UX: ValueMap for enumerations; QField: table of widgets; Mergin Maps: widget gallery."""
    for name in EDITED:
        each = made.mapLayer(name)
        table = survey_layers()[name.removeprefix("joptimiz_")].table
        for field in table.fields:
            widget = each.editorWidgetSetup(each.fields().indexOf(field.name)).type()
            assert widget in BOTH_KNOW
            if field.enum and field.type == "string":
                assert widget == "ValueMap"


def test_value_relations_name_a_layer_of_the_project_by_a_unique_key(made):
    """Mergin Maps: check_value_relation."""
    bays = made.mapLayer("joptimiz_bays")
    config = bays.editorWidgetSetup(bays.fields().indexOf("visite_agent")).config()
    lists = made.mapLayer(config["Layer"])
    place = lists.fields().indexOf(config["Key"])
    assert "LayerSource" not in config
    assert lists.uniqueValues(place) == {"Zoé", "Noël"}
    assert lists.featureCount() == 2


def test_drawings_are_embedded(made):
    """Mergin Maps: check_svgs_embedded."""
    found = 0
    for each in vector(made):
        for symbol in each.renderer().symbols(QgsRenderContext()) if each.renderer() else ():
            for part in symbol.symbolLayers():
                if part.layerType() == "SvgMarker":
                    found += 1
                    assert part.path().startswith("base64:")
    assert found


def test_no_snapping_that_one_of_them_does_not_know(made):
    """Mergin Maps: check_snapping."""
    assert not made.snappingConfig().enabled()


def test_no_datum_shift_grid_is_needed(made):
    """Mergin Maps: check_datum_shift_grids: WGS 84 and Lambert-93 need none."""
    assert {each.crs().authid() for each in vector(made) if each.isSpatial()} == {"EPSG:4326"}
    assert made.crs().authid() == "EPSG:2154"


def expressions_of(project: QgsProject) -> Iterator[str]:
    for each in vector(project):
        for place in range(each.fields().count()):
            yield each.defaultValueDefinition(place).expression()
            yield each.constraintExpression(place)
        if each.labelsEnabled():
            yield each.labeling().settings().fieldName
        yield each.displayExpression()


def test_expressions_are_plain_and_name_layers_by_their_names(made):
    """UX: expressions refer to layer names; no function of a plugin, which tablets do not have."""
    names = {each.name() for each in vector(made)}
    named = set()
    for expression in filter(None, expressions_of(made)):
        assert not QgsExpression(expression).hasParserError(), expression
        assert not OURS.search(expression)
        named |= set(re.findall(r"aggregate\('([^']+)'", expression))
    assert named == {"Aires de livraison", "Secteurs", "Communes"} <= names


def test_visibility_is_by_expressions_on_groups_and_tabs(made):
    """Both: conditional visibility."""
    root = made.mapLayer("joptimiz_bays").editFormConfig().invisibleRootContainer()
    groups = [*root.children(), *(child for tab in root.children() for child in tab.children() if hasattr(child, "visibilityExpression"))]
    shown = {each.name(): each.visibilityExpression().data().expression() for each in groups if each.visibilityExpression().enabled()}
    assert shown["Panneau"] == '"panneau_present"'
    assert shown["Horaires"] == "coalesce(\"type\", '') <> 'aire permanente'"
    assert all("introuvable" in shown[name] for name in ("Emplacement", "Règles"))


def test_there_is_a_theme_to_choose(made):
    assert made.mapThemeCollection().mapThemes() == ["Relevé"]


def test_the_base_map_goes_along_below_all_others(made, folder):
    """Both: raster files beside the project; the name is ours, whatever that of the source was."""
    raster = made.mapLayer("joptimiz_base_map")
    assert isinstance(raster, QgsRasterLayer)
    assert raster.isValid()
    assert (folder / "fond_de_plan.tif").is_file()
    assert [node.layerId() for node in made.layerTreeRoot().children() if hasattr(node, "layerId")][-1] == "joptimiz_base_map"


def test_everything_is_in_french(made):
    words = [made.mapLayer("joptimiz_bays").attributeAlias(place) for place in range(40)]
    tabs = [tab.name() for tab in made.mapLayer("joptimiz_bays").editFormConfig().invisibleRootContainer().children()]
    assert tabs == ["Visite", "Photos", "Emplacement", "Aménagement", "Signalisation", "Règles", "Équipements", "Identité", "Passages"]
    assert "Longueur (cm)" in words
    readme = Path(made.homePath(), "LISEZMOI.txt").read_text(encoding="utf-8-sig")
    assert "Mergin Maps : ouvrez releve.qgz" in readme.replace("\u202f", " ")


def test_progress_is_counted_on_the_spot(made):
    """The label of a sector says how many of its bays were dealt with, before and after an edit."""
    bays, sectors = made.mapLayer("joptimiz_bays"), made.mapLayer("joptimiz_sectors")
    expression = QgsExpression(sectors.labeling().settings().fieldName)

    def label() -> str:
        context = sectors.createExpressionContext()  # a fresh one: a context keeps what it has counted
        sector = QgsFeature(next(sectors.getFeatures('"secteur" = 1')))
        context.setFeature(sector)
        return str(expression.evaluate(context))

    assert label().endswith("0 / 1")
    assert bays.startEditing()
    bay = next(bays.getFeatures('"secteur" = 1'))
    bays.changeAttributeValue(bay.id(), bays.fields().indexOf("visite_statut"), "introuvable")
    assert label().endswith("1 / 1")
    bays.rollBack()


def test_the_map_is_drawn(made):
    from qgis.core import QgsMapRendererSequentialJob, QgsMapSettings
    from qgis.PyQt.QtCore import QSize

    settings = QgsMapSettings()
    settings.setLayers([made.mapLayer(name) for name in ("joptimiz_bays", "joptimiz_sectors")])
    settings.setDestinationCrs(made.crs())
    settings.setExtent(made.viewSettings().defaultViewExtent())
    settings.setOutputSize(QSize(200, 200))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    finish(lambda: not job.isActive())  # in QGIS's loop: counting rows of another layer asks the main thread
    image: QImage = job.renderedImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, 200, 2) for y in range(0, 200, 2)}
    assert QColor("#e66101").name() in colours  # to see
    assert len(colours) > 5
