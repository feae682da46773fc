"""``joptimiz:importcompanyfile`` against the command of the same name, and what leaves the machine."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from company_builders import COUNT, HEADER, as_numbers, customers, text_file, xlsx_file
from qgis.core import QgsSettings
from qgis_builders import Feedback, finish

from joptimiz_qgis import __main__ as cli
from joptimiz_qgis.gui.tasks import AlgorithmRun
from joptimiz_qgis.layers.customer_layers import Released, show_customers
from joptimiz_qgis.processing import company_settings
from joptimiz_qgis.toolkit.company.history import History
from joptimiz_qgis.toolkit.errors import OutputError
from tests.web_server import Answer, web_server

LAYERS = ("clients", "clients_a_verifier")


@pytest.fixture(autouse=True)
def folders(monkeypatch, tmp_path):
    """Caches in the test's folder; no setting kept."""
    cache = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setattr(company_settings.QgsApplication, "qgisSettingsDirPath", lambda: str(cache), raising=False)
    QgsSettings().remove("joptimiz/company")
    yield cache
    QgsSettings().remove("joptimiz/company")


def shell(capsys, *arguments):
    code = cli.main([str(argument) for argument in arguments])
    out, _ = capsys.readouterr()
    assert code == 0
    return json.loads(out)


def tables(path):
    """The firm's columns, ours, and the points of both layers, as text."""
    return {name: gpd.read_file(path, layer=name).astype(str) for name in LAYERS}


def same(one, other):
    for name, table in tables(one).items():
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(tables(other)[name]))


def test_the_algorithm_and_the_command_give_the_same(run, tmp_path, capsys):
    path = xlsx_file(tmp_path / "mai.xlsx", [as_numbers(row) for row in customers()])
    told = run("importcompanyfile", FILE=str(path), FIX="all", OUTPUT=str(tmp_path / "a.gpkg"), SAVE_RECIPE=str(tmp_path / "r.json"), FINDINGS=str(tmp_path / "f.csv"))
    figures = {name: told[name] for name in ("ROWS_READ", "IMPORTED", "PLACED", "NEW", "REJECTED", "CORRECTED")}
    assert figures == {"ROWS_READ": COUNT, "IMPORTED": COUNT, "PLACED": COUNT, "NEW": COUNT, "REJECTED": 0, "CORRECTED": 30}
    shell(capsys, "import-company", path, "-o", tmp_path / "b.gpkg", "--fix", "all", "--save-recipe", tmp_path / "q.json")
    same(tmp_path / "a.gpkg", tmp_path / "b.gpkg")
    ours, theirs = (json.loads((tmp_path / name).read_text()) for name in ("r.json", "q.json"))
    assert {**ours, "name": ""} == {**theirs, "name": ""}
    again = run("importcompanyfile", FILE=str(path), RECIPE=str(tmp_path / "r.json"), OUTPUT=str(tmp_path / "a.gpkg"))
    assert (again["NEW"], again["UNCHANGED"]) == (0, COUNT)


def test_layers_are_loaded_into_the_group(provider, project, tmp_path):
    rows = [*customers(), ["C99", "Sans position", "", "", "", "", "", "", ""]]
    ended = []
    parameters = {"FILE": str(text_file(tmp_path / "a.csv", rows)), "OUTPUT": str(tmp_path / "c.gpkg")}
    made = AlgorithmRun("joptimiz:importcompanyfile", parameters, lambda *end: ended.append(end))
    made.start()
    finish(lambda: ended)
    assert ended[0][0], ended
    assert {ended[0][1][name].partition("|layername=")[2] for name in ("CUSTOMERS", "REVIEW")} == set(LAYERS)


def open_files(path):
    """How often this process holds `path` open."""
    there = Path("/proc/self/fd")
    return sum(1 for link in there.iterdir() if link.exists() and link.resolve() == path)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="Linux tells what is open")
def test_layers_let_the_file_go_and_take_it_up_again_without_a_trace(run, project, tmp_path):
    out = tmp_path / "c.gpkg"
    run("importcompanyfile", FILE=str(text_file(tmp_path / "a.csv", customers())), OUTPUT=str(out))
    (layer,) = show_customers(project, out)
    layer.setSubsetString("\"Ville\" = 'Nice'")
    shown = layer.featureCount()
    assert 0 < shown < COUNT and len(list(layer.getFeatures())) == shown and open_files(out)
    released = Released(project, out)
    assert open_files(out) == 0
    released.restore()
    assert layer.isValid() and layer.featureCount() == shown
    layer.startEditing()
    layer.changeAttributeValue(next(layer.getFeatures()).id(), 3, "x")
    with pytest.raises(OutputError, match="not saved"):
        Released(project, out)
    layer.rollBack()
    out.unlink()
    Released(project, out).restore()
    assert project.mapLayers() == {}


def in_the_background(name, **parameters):
    """Run an algorithm as the toolbox does; how it ended."""
    ended = []
    work = AlgorithmRun(f"joptimiz:{name}", {key: str(value) for key, value in parameters.items()}, lambda *end: ended.append(end))
    work.start()
    finish(lambda: ended)
    return ended[0]


@pytest.fixture
def watched(monkeypatch, project):
    """Who lets go and shows again, in which thread; and whether the file was open in this process when it was replaced."""
    from qgis.PyQt.QtCore import QCoreApplication, QThread

    seen = []
    for name in ("__init__", "restore"):
        done = getattr(Released, name)

        def told(self, *given, _name=name, _done=done):
            _done(self, *given)
            seen.append((_name, QThread.currentThread() == QCoreApplication.instance().thread()))

        monkeypatch.setattr(Released, name, told)
    replace = Path.replace

    def replaced(path, target):
        if Path(target).suffix == ".gpkg":
            seen.append(("replaced", open_files(Path(target))))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", replaced)
    return seen


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="Linux tells what is open")
@pytest.mark.parametrize("how", [in_the_background, None])
def test_an_open_result_is_let_go_while_it_is_written_and_shown_again(provider, run, project, tmp_path, watched, how):
    how = how or run
    out = tmp_path / "c.gpkg"
    run("importcompanyfile", FILE=str(text_file(tmp_path / "a.csv", customers())), OUTPUT=str(out))
    (layer,) = show_customers(project, out)
    list(layer.getFeatures())
    assert open_files(out)
    watched.clear()
    how("importcompanyfile", FILE=str(text_file(tmp_path / "b.csv", customers()[5:])), MISSING=3, OUTPUT=str(out))
    assert watched == [("__init__", True), ("replaced", 0), ("restore", True)]
    assert list(project.mapLayers().values()) == [layer]  # shown again, not a second time
    assert layer.isValid() and layer.featureCount() == COUNT - 5


def test_unsaved_changes_of_an_open_result_are_not_lost(provider, run, project, tmp_path):
    out = tmp_path / "c.gpkg"
    run("importcompanyfile", FILE=str(text_file(tmp_path / "a.csv", customers())), OUTPUT=str(out))
    before = out.read_bytes()
    (layer,) = show_customers(project, out)
    layer.startEditing()
    layer.changeAttributeValue(next(layer.getFeatures()).id(), 3, "à la main")
    done, _, sentence = in_the_background("importcompanyfile", FILE=text_file(tmp_path / "b.csv", customers()[5:]), OUTPUT=out)[:3]
    assert not done and "has changes that are not saved" in sentence
    assert layer.isModified() and "à la main" in [feature[3] for feature in layer.getFeatures()]
    layer.rollBack()
    assert gpd.read_file(out, layer="clients").shape[0] == COUNT and len(before)


def test_a_failing_import_shows_an_open_result_as_it_was(provider, run, project, tmp_path, monkeypatch):
    out = tmp_path / "c.gpkg"
    run("importcompanyfile", FILE=str(text_file(tmp_path / "a.csv", customers())), OUTPUT=str(out))
    (layer,) = show_customers(project, out)
    monkeypatch.setattr(History, "back_up", lambda self: (_ for _ in ()).throw(OutputError("The disk is full.")))
    done, _, sentence = in_the_background("importcompanyfile", FILE=text_file(tmp_path / "b.csv", customers()[5:]), OUTPUT=out)[:3]
    assert not done and "The disk is full." in sentence
    assert layer.isValid() and layer.providerType() == "ogr" and layer.featureCount() == COUNT


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="Linux tells what is open")
def test_an_open_enrichment_is_let_go_while_it_is_made_again(provider, run, project, tmp_path, watched):
    from qgis_builders import bays, east

    out = tmp_path / "e.gpkg"
    run("enrichcustomers", CUSTOMERS=east(0, 50), BAYS=bays(15), OUTPUT=str(out))
    from qgis.core import QgsVectorLayer

    layer = QgsVectorLayer(f"{out}|layername=e", "enrichis", "ogr")
    project.addMapLayer(layer)
    list(layer.getFeatures())
    assert open_files(out)
    watched.clear()
    run("enrichcustomers", CUSTOMERS=east(0, 50, 500), BAYS=bays(15), OUTPUT=str(out))
    assert watched[0] == ("__init__", True) and watched[-1] == ("restore", True)
    assert layer.isValid() and layer.featureCount() == 3


def test_an_undo_is_possible_after_qgis_edited_nothing(run, project, tmp_path):
    """QGIS writes to the header of a GeoPackage when it merely opens it for editing."""
    out = tmp_path / "c.gpkg"
    run("importcompanyfile", FILE=str(text_file(tmp_path / "a.csv", customers())), OUTPUT=str(out))
    first = out.read_bytes()
    run("importcompanyfile", FILE=str(text_file(tmp_path / "b.csv", customers()[5:])), OUTPUT=str(out))
    (layer,) = show_customers(project, out)
    layer.startEditing()
    layer.rollBack()
    Released(project, out)
    History(out).undo()
    assert out.read_bytes() == first


def test_nothing_is_sent_unless_the_host_is_named(run, refusal, tmp_path):
    path = text_file(tmp_path / "a.csv", [row[:6] for row in customers()], HEADER[:6])
    out = str(tmp_path / "c.gpkg")
    with web_server() as server:
        server.on("/search/csv/", Answer(429, headers={"Retry-After": "0"}), Answer(500))
        feedback = Feedback()
        told = run("importcompanyfile", feedback=feedback, FILE=str(path), GEOCODER=server.url, OUTPUT=out)
        assert (server.asked, told["NOT_PLACED"]) == ([], COUNT)
        assert any(f"{COUNT} addresses would be sent to “{server.host}”" in text for text in feedback.said)
        assert "Nothing was sent" in refusal("importcompanyfile", FILE=str(path), GEOCODER=server.url, SEND_ADDRESSES="example.org", OUTPUT=out)
        assert server.asked == []
        run("importcompanyfile", feedback=feedback, FILE=str(path), GEOCODER=server.url, SEND_ADDRESSES=server.host, OUTPUT=out)
        assert b"C0001" not in server.asked[0].body and "Église".encode() in server.asked[0].body
        assert any("failed (HTTP 500)" in text for text in feedback.said)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"FILE": "absent.csv"}, "There is no file"), ({"COLUMNS": "colour=Ville"}, "is not field=column"), ({"COLUMNS": "id=Couleur"}, "has no column “Couleur”"),
        ({"KEY": "Couleur"}, "Couleur"), ({"SHEET": "x", "ENCODING": "ascii"}, "cannot be read as ascii"), ({"OUTPUT": "a.csv"}, "is one of the inputs"), ({"RECIPE": "r.json"}, "is not a recipe"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_a_sentence(refusal, tmp_path, monkeypatch, files_in, parameters, said):
    monkeypatch.chdir(tmp_path)
    text_file(tmp_path / "a.csv", customers())
    (tmp_path / "r.json").write_text("{}")
    before = files_in()
    assert said in refusal("importcompanyfile", **{"FILE": "a.csv", "OUTPUT": str(tmp_path / "c.gpkg"), **parameters})
    assert files_in() == before


def test_a_cancel_leaves_nothing(run, tmp_path, files_in):
    path = text_file(tmp_path / "a.csv", customers())
    run("importcompanyfile", feedback=Feedback(cancel_at=40), FILE=str(path), OUTPUT=str(tmp_path / "c.gpkg"))
    assert files_in() == ["a.csv"]
