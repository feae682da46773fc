"""What leaves the machine refuses a firm's customers in the shell, by the same rule as in QGIS."""

from __future__ import annotations

import geopandas as gpd
import pytest
from company_builders import HEADER, customers, text_file

from joptimiz_qgis import __main__ as cli_module
from joptimiz_qgis.toolkit.company.privacy import has_our_columns, refuse_company
from joptimiz_qgis.toolkit.errors import ParameterError

BAD_DATA = 1


@pytest.fixture
def shell(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def run(*arguments):
        code = cli_module.main([*map(str, arguments), "--lang", "fr"])
        return code, capsys.readouterr().err

    return run


@pytest.fixture
def imported(shell, tmp_path):
    out = tmp_path / "clients.gpkg"
    assert shell("import-company", text_file(tmp_path / "a.csv", customers(), HEADER), "-o", out)[0] == 0
    return f"{out}|layername=clients"


def copied(imported, tmp_path):
    """The same as somebody saves it under another name."""
    path, _, layer = imported.partition("|layername=")
    gpd.read_file(path, layer=layer).to_file(tmp_path / "copie.geojson")
    return tmp_path / "copie.geojson"


@pytest.mark.parametrize(
    ("command", "out"),
    [
        (["workspace", "--delivery-points", "{customers}"], "w.gpkg"),
        (["workspace", "--bays", "{customers}"], "w.gpkg"),
        (["export-bays", "{customers}"], "bays.csv"),
        (["export-bays", "{customers}"], "folder"),
        (["survey-report", "{customers}"], "report"),
    ],
)
def test_customers_are_refused_in_what_leaves_the_machine(shell, imported, tmp_path, command, out):
    for source in (imported, copied(imported, tmp_path)):
        code, err = shell(*(part.format(customers=source) for part in command), "-o", tmp_path / out)
        assert code == BAD_DATA
        assert "contient les clients d’une entreprise, qui n’entrent dans aucun paquet" in err
        assert ("copie.geojson" if "copie" in str(source) else "clients.gpkg") in err
        assert not (tmp_path / out).exists()


def test_customers_as_points_of_a_report_are_refused(shell, imported, tmp_path):
    bays = tmp_path / "bays.geojson"
    gpd.GeoDataFrame({"id": ["1"]}, geometry=gpd.points_from_xy([2.35], [48.85]), crs=4326).to_file(bays)
    code, err = shell("survey-report", bays, "--points", imported, "-o", tmp_path / "report")
    assert (code, "contient les clients d’une entreprise" in err) == (BAD_DATA, True)


def test_the_rule_is_about_columns_in_any_case():
    assert has_our_columns(["nom", "JZ_Cle"]) and not has_our_columns(["nom", "cle_jz", "fid"])
    refuse_company([])
    with pytest.raises(ParameterError, match="“a”, “b” holds a firm’s customers"):
        refuse_company(["a", "b"])
