"""joptimiz:importbays and joptimiz:importdeliverypoints: every row imported or rejected, codes as text, footprints kept."""

from __future__ import annotations

import csv
import json

import pytest
from conftest import sha256
from qgis.core import QgsProcessingContext, QgsProcessingException, QgsWkbTypes
from qgis.PyQt.QtCore import QMetaType
from qgis_builders import Feedback, around_paris, bays, column, layer, opened, saved

from joptimiz_qgis.toolkit.messages import set_language
from joptimiz_qgis.toolkit.schema import load_table

# file: mapping, delimiter, rows, imported
BAY_FILES = {
    "paris_livraison_2026-01.csv": ("paris", ";", 9198, 9198),
    "hauts_de_seine.csv": ("hauts_de_seine", ";", 1007, 980),
    "cerema_v1_exemple_grand_lyon.csv": ("national_v1", ",", 16, 16),
    "antibes_v0_1.csv": ("national_v0_1", ",", 21, 0),
}
LYON, ANTIBES, HAUTS_DE_SEINE = "cerema_v1_exemple_grand_lyon.csv", "antibes_v0_1.csv", "hauts_de_seine.csv"
TYPES = {"boolean": QMetaType.Type.Bool, "number": QMetaType.Type.Double, "integer": QMetaType.Type.LongLong}


def published(path, delimiter):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return dict(enumerate(csv.DictReader(file, delimiter=delimiter), start=2))


def told(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


# -- bays --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BAY_FILES)
def test_rows_read_are_rows_imported_and_rejected(run, shared_data, tmp_path, name):
    used, delimiter, read, imported = BAY_FILES[name]
    source = shared_data / "bays" / name
    before = sha256(source)
    results = run("importbays", INPUT=str(source), OUTPUT=str(tmp_path / "bays.gpkg"), REJECTS=str(tmp_path / "rejects.csv"))
    assert results["MAPPING_USED"] == used
    assert (results["ROWS_READ"], results["IMPORTED"], results["REJECTED"]) == (read, imported, read - imported)
    assert opened(results["OUTPUT"]).featureCount() == imported
    lines = [*column(results["OUTPUT"], "source_ligne"), *(int(row["line"]) for row in told(tmp_path / "rejects.csv"))]
    assert sorted(lines) == sorted(published(source, delimiter))
    assert sha256(source) == before


def test_the_layer_has_the_schema_s_fields_and_types(run, shared_data, tmp_path):
    result = opened(run("importbays", INPUT=str(shared_data / "bays" / LYON), OUTPUT=str(tmp_path / "bays.gpkg"))["OUTPUT"])
    schema = load_table("bays")
    assert result.fields().names() == ["fid", *schema.names]
    for field in schema.fields:
        found = result.fields().field(field.name)
        assert found.type() == TYPES.get(field.type, QMetaType.Type.QString), field.name


def test_rejects_are_told_by_line_with_a_reason_in_the_language(run, shared_data, tmp_path):
    reasons = {}
    for language in ("en", "fr"):
        set_language(language)
        run("importbays", INPUT=str(shared_data / "bays" / HAUTS_DE_SEINE), REJECTS=str(tmp_path / "rejects.csv"))
        rows = told(tmp_path / "rejects.csv")
        assert list(rows[0]) == ["line", "column", "value", "reason"]
        reasons[language] = {row["line"]: row["reason"] for row in rows}
    assert len(reasons["en"]) == 27
    assert reasons["en"].keys() == reasons["fr"].keys()
    assert all(reasons["en"][line] != reasons["fr"][line] for line in reasons["en"])


def test_the_first_rejects_are_told_in_the_log(run, shared_data):
    feedback = Feedback()
    run("importbays", feedback=feedback, INPUT=str(shared_data / "bays" / HAUTS_DE_SEINE))
    assert sum(said.startswith("Line ") for said in feedback.said) == 20
    assert "… and 7 more rejected rows" in feedback.said


def test_postcodes_are_text_and_keep_their_zeros(run, tmp_path):
    text = "ID,LONGITUDE,LATITUDE,CODE_POSTAL\nB1,4.83,45.76,01000\n"
    result = run("importbays", INPUT=national(tmp_path, text))["OUTPUT"]
    assert result.fields().field("code_postal").type() == QMetaType.Type.QString
    assert column(result, "code_postal") == ["01000"]


def national(folder, text):
    """A file of the national schema 1.0 with these cells and the schema's other columns empty."""
    names = [field.name.upper() for field in load_table("bays").fields if not field.own]
    with (folder / "national.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(csv.DictReader(text.splitlines()))
    return str(folder / "national.csv")


def test_points_and_footprints_mixed_become_points_and_the_footprint_is_kept(run, shared_data):
    source = shared_data / "bays" / LYON
    with_footprint = {row["ID"] for row in published(source, ",").values() if row["GEOM_WKT"].strip()}
    result = run("importbays", INPUT=str(source))["OUTPUT"]
    assert result.wkbType() == QgsWkbTypes.Type.Point
    rows = {row["id"]: row for row in result.getFeatures()}
    assert len(rows) == 16
    assert 0 < len(with_footprint) < 16
    assert {name for name, row in rows.items() if isinstance(row["geom_wkt"], str)} == with_footprint
    assert all(row.geometry().type() == 0 and not row.geometry().isEmpty() for row in rows.values())


def test_a_file_whose_rows_are_all_rejected_gives_an_empty_layer(run, shared_data, tmp_path):
    results = run("importbays", INPUT=str(shared_data / "bays" / ANTIBES), OUTPUT=str(tmp_path / "bays.gpkg"))
    result = opened(results["OUTPUT"])
    assert result.featureCount() == 0
    assert [name for name in result.fields().names() if name != "fid"] == load_table("bays").names


def test_an_imported_layer_is_imported_again_as_it_is(run, shared_data):
    first = run("importbays", INPUT=str(shared_data / "bays" / LYON))["OUTPUT"]
    again = run("importbays", INPUT=first)
    assert (again["ROWS_READ"], again["REJECTED"]) == (16, 0)
    for name in ("id", "uuid", "longueur", "type", "temporalite_osm", "code_postal", "active"):
        assert column(again["OUTPUT"], name) == column(first, name), name


def test_any_layer_with_geometry_is_read_by_the_generic_mapping(run):
    results = run("importbays", INPUT=bays(0, 30))
    assert results["MAPPING_USED"] == "generic"
    assert column(results["OUTPUT"], "id") == ["B1", "B2"]
    assert results["OUTPUT"].crs().authid() == "EPSG:2154"


def test_a_wrong_mapping_rejects_every_row(run, shared_data):
    from joptimiz_qgis.toolkit.read.mapping import mappings

    choice = 1 + list(mappings("bays")).index("paris")
    results = run("importbays", INPUT=str(shared_data / "bays" / LYON), MAPPING=choice)
    assert results["MAPPING_USED"] == "paris"
    assert (results["ROWS_READ"], results["IMPORTED"], results["REJECTED"]) == (16, 0, 16)


@pytest.mark.parametrize("name", ["importbays", "importdeliverypoints"])
def test_a_result_over_its_source_is_refused(refusal, tmp_path, name):
    source = saved(bays(0, 30), tmp_path / "bays.gpkg")
    before = sha256(tmp_path / "bays.gpkg")
    assert "sources are never modified" in refusal(name, INPUT=source, OUTPUT=source)
    assert sha256(tmp_path / "bays.gpkg") == before


@pytest.mark.parametrize("name", ["importbays", "importdeliverypoints"])
def test_cancel_leaves_nothing(run, shared_data, tmp_path, files_in, name):
    ways = {"INPUT": str(shared_data / "bays/paris_livraison_2026-01.csv"), "OUTPUT": str(tmp_path / "x.gpkg"), "REJECTS": str(tmp_path / "rejects.csv")}
    assert not run(name, feedback=Feedback(cancel_at=60), **ways).get("OUTPUT")
    assert files_in() == []


def test_rejects_over_the_source_are_refused(refusal, tmp_path):
    source = tmp_path / "shops.csv"
    source.write_text("siret;longitude;latitude\n00001;2,35;48,85\n", encoding="utf-8")
    before = sha256(source)
    assert "sources are never modified" in refusal("importdeliverypoints", INPUT=str(source), REJECTS=str(source))
    assert sha256(source) == before


def test_rejects_that_cannot_be_written_are_refused_before_the_result_is_replaced(refusal, tmp_path, files_in):
    told = refusal("importbays", INPUT=bays(0), OUTPUT=str(tmp_path / "x.gpkg"), REJECTS=str(tmp_path / "nowhere" / "rejects.csv"))
    assert "There is no folder" in told
    assert files_in() == []


# -- delivery points ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["paris_commerces_2022.geojson", "paris_pharmacies.geojson", "paris_supermarches_osm_2014.geojson"])
def test_delivery_points_out_of_geojson(run, shared_data, name):
    source = shared_data / "delivery_points" / name
    features = json.loads(source.read_text(encoding="utf-8"))["features"]
    results = run("importdeliverypoints", INPUT=str(source))
    located = sum(feature["geometry"] is not None for feature in features)
    assert (results["ROWS_READ"], results["IMPORTED"]) == (len(features), located)
    assert results["OUTPUT"].wkbType() == QgsWkbTypes.Type.Point
    assert results["OUTPUT"].featureCount() == located


def test_delivery_points_out_of_csv_keep_their_codes(run, shared_data):
    source = shared_data / "delivery_points" / "paris13_sirene_effectifs.csv"
    rows = published(source, ",")
    result = run("importdeliverypoints", INPUT=str(source))["OUTPUT"]
    assert result.crs().authid() == "EPSG:2154"
    assert result.featureCount() == len(rows) == 1066
    for name in ("TEFET", "CODPOS"):
        assert column(result, name) == [row[name] for row in rows.values()]
    (first, *_) = result.getFeatures()
    assert (first.geometry().asPoint().x(), first.geometry().asPoint().y()) == pytest.approx((652757.97, 6858959.40))


def test_rows_without_position_are_rejected_with_their_line(run, tmp_path):
    (tmp_path / "shops.csv").write_text("siret;longitude;latitude\n00001;2,35;48,85\n00002;;\n00003;2,36;48,86\n", encoding="utf-8")
    results = run("importdeliverypoints", INPUT=str(tmp_path / "shops.csv"), REJECTS=str(tmp_path / "rejects.csv"))
    assert (results["ROWS_READ"], results["IMPORTED"], results["REJECTED"]) == (3, 2, 1)
    assert column(results["OUTPUT"], "siret") == ["00001", "00003"]
    assert [row["line"] for row in told(tmp_path / "rejects.csv")] == ["3"]


def test_a_layer_of_the_project_is_imported(run, project):
    points = project.addMapLayer(layer([*around_paris((1, 0)), None], siret=["00012", "00013"], name="shops"))
    results = run("importdeliverypoints", INPUT=points.id())
    assert (results["IMPORTED"], results["REJECTED"]) == (1, 1)
    assert column(results["OUTPUT"], "siret") == ["00012"]


def test_column_names_that_a_geopackage_cannot_hold_are_numbered(run, tmp_path):
    """It keeps fid and geom for itself and does not tell Nom from NOM."""
    (tmp_path / "shops.csv").write_text("fid;Nom;NOM;geom;longitude;latitude\na;b;c;d;2.35;48.85\na;b;c;d;2.36;48.86\n", encoding="utf-8")
    result = run("importdeliverypoints", INPUT=str(tmp_path / "shops.csv"), OUTPUT=str(tmp_path / "shops.gpkg"))["OUTPUT"]
    assert opened(result).fields().names() == ["fid", "fid_2", "Nom", "NOM_2", "geom_2", "longitude", "latitude"]
    assert [column(result, name) for name in ("fid_2", "Nom", "NOM_2", "geom_2")] == [["a", "a"], ["b", "b"], ["c", "c"], ["d", "d"]]


def test_a_missing_file_is_told_by_its_name(refusal):
    assert "nowhere.csv" in refusal("importdeliverypoints", INPUT="nowhere.csv")


def test_results_are_loaded_into_the_plugin_s_group_and_styled(run, project, shared_data, tmp_path):
    """As the toolbox does it: `runAndLoadResults`."""
    import processing

    context = QgsProcessingContext()
    context.setProject(project)
    processing.runAndLoadResults("joptimiz:importbays", {"INPUT": str(shared_data / "bays" / LYON), "OUTPUT": str(tmp_path / "bays.gpkg")}, feedback=Feedback(), context=context)
    group = project.layerTreeRoot().findGroup("Visualiz")
    assert [node.name() for node in group.findLayers()] == ["Delivery bays"]
    assert group.findLayers()[0].layer().renderer().type() == "categorizedSymbol"


def test_an_error_is_an_exception_and_not_a_line_in_a_log(run):
    with pytest.raises(QgsProcessingException):
        run("importbays", INPUT="nowhere.gpkg")
