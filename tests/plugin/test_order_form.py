"""The form of an order: lists as check boxes that store pipes, hours judged as they are typed, nothing lost of what the lists do not know."""

from __future__ import annotations

import pytest
from qgis.core import QgsFeature, QgsVectorLayer
from qgis.gui import QgsAttributeForm, QgsGui
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QLabel, QLineEdit, QListWidget

from joptimiz_qgis.gui.edt_order_fields import HoursEdit, PipeList, register_widgets
from joptimiz_qgis.layers.regulations import HOURS_WIDGET, LIST_WIDGET, style_regulations
from joptimiz_qgis.toolkit.workspace import create_workspace

CHECKED, UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


@pytest.fixture
def layer(qgis_iface, tmp_path, project):
    register_widgets()
    path = create_workspace(tmp_path / "ville.gpkg")
    made = QgsVectorLayer(f"{path}|layername=regulations", "regulations", "ogr")
    style_regulations(made, form=True)
    project.addMapLayer(made)
    assert made.startEditing()
    yield made
    made.rollBack()


@pytest.fixture
def form(layer):
    """``form(veh_types="…")``: the form of a row with these values."""
    made = []

    def opened(**values):
        feature = QgsFeature(layer.fields())
        for name, value in values.items():
            feature.setAttribute(name, value)
        assert layer.addFeature(feature)
        shown = QgsAttributeForm(layer, feature)
        made.append(shown)
        return shown

    yield opened
    for shown in made:
        sip.delete(shown)


def editor_of(form, kind, field):
    """The widget of `kind` for a field."""
    return next(editor for editor in form.findChildren(kind) if editor.property("field") == field)


def ticked(editor):
    boxes = editor.findChild(QListWidget, "boxes")
    return [boxes.item(row).data(Qt.ItemDataRole.UserRole) for row in range(boxes.count()) if boxes.item(row).checkState() == CHECKED]


def tick(editor, value, state=CHECKED):
    boxes = editor.findChild(QListWidget, "boxes")
    next(boxes.item(row) for row in range(boxes.count()) if boxes.item(row).data(Qt.ItemDataRole.UserRole) == value).setCheckState(state)


def test_qgis_knows_the_widgets_once(qgis_iface):
    register_widgets()
    known = QgsGui.editorWidgetRegistry().factories()
    first = known[LIST_WIDGET]
    register_widgets()
    assert QgsGui.editorWidgetRegistry().factories()[LIST_WIDGET] is first
    assert {LIST_WIDGET, HOURS_WIDGET} <= set(known)


def test_a_list_is_shown_as_check_boxes_and_stored_with_pipes(form, layer):
    shown = form(veh_types="Poids lourds|Vélo-cargos")
    editor = editor_of(shown, PipeList, "veh_types")
    assert ticked(editor) == ["Poids lourds", "Vélo-cargos"]
    tick(editor, "Véhicules utilitaires légers")
    tick(editor, "Vélo-cargos", UNCHECKED)
    assert shown.save()
    assert next(layer.getFeatures())["veh_types"] == "Poids lourds|Véhicules utilitaires légers"


def test_what_the_list_does_not_know_is_kept(form, layer):
    shown = form(sauf_veh_usages="Riverains|Nos amis", veh_types="Trains doubles|Poids lourds")
    uses, kinds = (editor_of(shown, PipeList, name) for name in ("sauf_veh_usages", "veh_types"))
    assert (ticked(uses), uses.findChild(QLineEdit, "others").text()) == (["Riverains"], "Nos amis")
    assert kinds.findChild(QLineEdit, "others").text() == "Trains doubles"
    tick(uses, "Livraison")
    assert shown.save()
    row = next(layer.getFeatures())
    assert set(row["sauf_veh_usages"].split("|")) == {"Riverains", "Livraison", "Nos amis"}
    assert set(row["veh_types"].split("|")) == {"Trains doubles", "Poids lourds"}


def test_a_list_that_is_emptied_is_null(form, layer):
    shown = form(veh_cqas="1")
    tick(editor_of(shown, PipeList, "veh_cqas"), "1", UNCHECKED)
    assert shown.save()
    assert not next(layer.getFeatures())["veh_cqas"]


def test_a_row_that_is_only_looked_at_does_not_change(form, layer):
    shown = form(veh_types="poids lourds", periode_jh="le matin")
    assert shown.save()
    row = next(layer.getFeatures())
    assert (row["veh_types"], row["periode_jh"]) == ("poids lourds", "le matin")


@pytest.mark.parametrize(("text", "said"), [("Mo-Fr 08:00-12:00", "These hours can be read."), ("", "No hours: at any time."), ("lundi matin", "lundi matin")])
def test_hours_are_judged_as_they_are_typed(form, layer, text, said):
    editor = editor_of(form(), HoursEdit, "periode_jh")
    editor.findChild(QLineEdit, "hours").setText(text)
    assert said in editor.findChild(QLabel, "said").text()


def test_hours_are_stored_without_the_blanks_around(form, layer):
    shown = form()
    line = editor_of(shown, HoursEdit, "periode_jh").findChild(QLineEdit, "hours")
    line.setText(" 24/7 ")
    line.textEdited.emit(line.text())
    assert shown.save()
    assert next(layer.getFeatures())["periode_jh"] == "24/7"


# -- the panel's menu ----------------------------------------------------------------------------------------------------


def test_the_menu_opens_each_dialog_with_the_orders_of_the_project(provider, browser_model, qgis_iface, monkeypatch, tmp_path, project):
    from joptimiz_qgis.gui.mnu_orders import OrdersMenu, known_parameters
    from joptimiz_qgis.layers.workspace import open_workspace

    monkeypatch.setattr(qgis_iface, "browserModel", lambda: browser_model, raising=False)
    assert known_parameters("exportregulations", project) == {}
    path = create_workspace(tmp_path / "ville.gpkg")
    group = open_workspace(project, path)
    layers = {node.layer().serverProperties().shortName(): node.layer() for node in group.findLayers()}
    assert known_parameters("importregulations", project) == {"WORKSPACE": str(path)}
    assert known_parameters("locateregulations", project) == {"WORKSPACE": str(path)}
    known = known_parameters("exportregulations", project)
    assert {name: layer.id() for name, layer in known.items()} == {"INPUT": layers["regulations"].id(), "INPUT_AREAS": layers["regulation_areas"].id()}
    menu = OrdersMenu(lambda *_: None)
    assert [action.objectName() for action in menu.actions()] == ["importregulations", "locateregulations", "validateregulations", "exportregulations", "harmonisationreport"]
    menu.actions()[3].trigger()
    assert [dialog.algorithm().name() for dialog in menu.dialogs] == ["exportregulations"]
    assert menu.dialogs[0].isVisible()
    menu.leave()
    assert menu.dialogs == []
    sip.delete(menu)
