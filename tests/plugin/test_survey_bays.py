"""The algorithms of a survey's bays: what they give is the toolkit's, whole or not at all."""

from __future__ import annotations

import pytest
from qgis.core import QgsProcessingException, QgsVectorLayer

from joptimiz_qgis.layers.findings import style_findings


@pytest.fixture
def hauts_de_seine(shared_data):
    return str(shared_data / "bays/hauts_de_seine.csv")


def test_the_control_gives_a_layer_and_a_table(run, hauts_de_seine, shared_data, tmp_path):
    result = run("validatebays", BAYS=hauts_de_seine, OUTPUT=str(tmp_path / "findings.gpkg"), CSV=str(tmp_path / "findings.csv"))
    assert (result["ROWS_CHECKED"], result["WARNINGS"]) == (1007, 678)
    layer = QgsVectorLayer(result["OUTPUT"], "findings")
    assert layer.featureCount() == result["ERRORS"] + result["WARNINGS"] + result["NOTICES"]
    assert len({feature["key"] for feature in layer.getFeatures("\"code\" = 'duplicate'")}) == 17
    assert (tmp_path / "findings.csv").read_text(encoding="utf-8-sig").count("\n") == layer.featureCount() + 1
    style_findings(layer)
    assert [rule.label() for rule in layer.renderer().rootRule().children()] == ["Notice", "To check", "Error"]


def test_communes_of_a_layer_are_compared(run, hauts_de_seine, shared_data, tmp_path):
    other = str(shared_data / "zones/communes-75.geojson")
    result = run("validatebays", BAYS=hauts_de_seine, COMMUNES=other, OUTPUT=str(tmp_path / "findings.gpkg"))
    layer = QgsVectorLayer(result["OUTPUT"], "findings")
    assert sum(1 for _ in layer.getFeatures("\"code\" = 'outside_commune'")) > 900


def test_the_publication_is_a_folder_with_its_figures(run, hauts_de_seine, tmp_path):
    result = run("exportbays", BAYS=hauts_de_seine, OUTPUT=str(tmp_path / "publication"), FORMATS=[0, 2], PUBLISHER="Hauts-de-Seine")
    assert (result["ROWS"], result["UUID_MADE"], result["SCHEMA_ERRORS"]) == (980, 980, 0)
    names = sorted(path.name for path in (tmp_path / "publication").iterdir())
    assert names == ["LISEZMOI.md", "aires-livraison.csv", "aires-livraison.gpkg", "cds-left-out.json", "cds-policies.json", "cds-zones.json", "datapackage.json", "modifications.csv"]
    assert QgsVectorLayer(str(tmp_path / "publication/aires-livraison.gpkg"), "bays").featureCount() == 980


def test_a_table_over_its_own_source_is_refused(run, hauts_de_seine, tmp_path):
    copy = tmp_path / "bays.csv"
    copy.write_bytes(open(hauts_de_seine, "rb").read())  # noqa: PTH123, SIM115
    with pytest.raises(QgsProcessingException, match="sources are never modified"):
        run("validatebays", BAYS=str(copy), OUTPUT=str(tmp_path / "findings.gpkg"), CSV=str(copy))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bays.csv"]


@pytest.mark.parametrize("name", ["aires-livraison.csv", "aires-livraison.gpkg"])
def test_a_publication_over_its_own_source_is_refused(run, hauts_de_seine, tmp_path, name):
    run("exportbays", BAYS=hauts_de_seine, OUTPUT=str(tmp_path), FORMATS=[0])
    before = (tmp_path / name).read_bytes()
    with pytest.raises(QgsProcessingException, match="sources are never modified"):
        run("exportbays", BAYS=str(tmp_path / name), OUTPUT=str(tmp_path))
    assert (tmp_path / name).read_bytes() == before
