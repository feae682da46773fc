"""The options page: what it shows, what it keeps, what it refuses with a sentence; only the copies are removed."""

from __future__ import annotations

import json

import pytest
from qgis.core import QgsSettings
from qgis.PyQt import sip
from qgis.PyQt.QtWidgets import QLabel, QPushButton

from joptimiz_qgis.gui.wdg_options import OptionsFactory
from joptimiz_qgis.processing.source_settings import default_cache_folder, source_settings
from joptimiz_qgis.toolkit.sources import CATALOGUE, as_source, fetch
from joptimiz_qgis.toolkit.web.requests_client import RequestsClient
from tests.web_server import GEOJSON, Answer, web_server

ENTRY = {"id": "a", "table": "bays", "service": "file", "url": "https://ville.fr/a.csv", "format": "csv"}


@pytest.fixture(autouse=True)
def settings():
    QgsSettings().remove("joptimiz")
    yield
    QgsSettings().remove("joptimiz")


@pytest.fixture
def page(qgis_app):
    made = OptionsFactory().createWidget(None)
    yield made
    sip.delete(made)


def text(page, name):
    return page.findChild(QLabel, name).text()


def test_what_was_never_set_has_its_default(page):
    assert (source_settings().catalogue, source_settings().cache, source_settings().timeout, source_settings().area) == (CATALOGUE, default_cache_folder(), 30, "canvas")
    assert page.catalogue.filePath() == page.cache.filePath() == ""
    assert text(page, "verdict") == "This catalogue can be used. Its sources: 7."
    page.apply()
    assert (source_settings().catalogue, source_settings().cache) == (CATALOGUE, default_cache_folder())


def test_what_is_chosen_is_kept_and_shown_again(page, tmp_path):
    path = tmp_path / "sources.json"
    path.write_text(json.dumps({"sources": [ENTRY]}))
    page.catalogue.setFilePath(str(path))
    page.cache.setFilePath(str(tmp_path))
    page.area.setCurrentIndex(page.area.findData("layer"))
    page.timeout.setValue(12)
    assert text(page, "verdict") == "This catalogue can be used. Its sources: 1." and page.isValid()
    page.apply()
    now = source_settings()
    assert (now.catalogue, now.cache, now.area, now.timeout) == (path, tmp_path, "layer", 12)
    again = OptionsFactory().createWidget(None)
    assert (again.catalogue.filePath(), again.area.currentData(), again.timeout.value()) == (str(path), "layer", 12)
    sip.delete(again)


@pytest.mark.parametrize(("content", "sentence"), [("{", "is not JSON"), (json.dumps({"sources": [{**ENTRY, "table": "trees"}]}), "“table” is “trees”")])
def test_a_catalogue_that_cannot_be_used_is_refused_with_a_sentence(page, tmp_path, content, sentence):
    path = tmp_path / "sources.json"
    path.write_text(content)
    page.catalogue.setFilePath(str(path))
    assert sentence in text(page, "verdict") and not page.isValid()
    page.apply()
    assert source_settings().catalogue == CATALOGUE


@pytest.mark.parametrize(("key", "value"), [("timeout", "soon"), ("timeout", "0"), ("area", "mars")])
def test_settings_that_make_no_sense_have_their_default_or_bound(key, value):
    QgsSettings().setValue(f"joptimiz/sources/{key}", value)
    now = source_settings()
    assert now.area == "canvas" and now.timeout == (5 if value == "0" else 30)


def test_the_copies_are_counted_and_removed_and_nothing_else(page, tmp_path):
    mine = tmp_path / "mine.txt"
    mine.write_text("kept")
    with web_server() as server:
        url = server.on("/a.geojson", Answer(body=GEOJSON + b" " * 2_000_000))
        fetch(as_source({**ENTRY, "url": url, "format": "geojson"}), RequestsClient(), tmp_path)
    page.cache.setFilePath(str(tmp_path))
    assert text(page, "size") == "They take 2.1 MB."
    page.findChild(QPushButton, "emptyButton").click()
    assert text(page, "size") == "Copies removed: 1."
    assert list(tmp_path.iterdir()) == [mine]
    assert not page.findChild(QPushButton, "emptyButton").isEnabled()
