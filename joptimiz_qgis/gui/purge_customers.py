"""“Purge customers' data”: what will go is listed, agreed to, removed; then whatever QGIS remembers of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from qgis.core import QgsProject, QgsProviderRegistry, QgsSettings, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import QCheckBox, QMessageBox, QWidget

from ..layers import traces
from ..layers.company_data import company_layers
from ..processing.company_settings import company_settings
from ..toolkit.errors import JoptimizError
from .wdg_company_merge import TARGET

if TYPE_CHECKING:
    from .background import Work

RECIPE = "joptimiz/company/recipe"
_FILES = (".gpkg", ".csv", ".xlsx", ".ods", ".geojson", ".shp", ".parquet", ".fgb")


def results_known(project: QgsProject) -> list[str]:
    """Files of the layers with a firm's data in `project`, as ``file|layername=table``, and the result of the last import."""
    found = []
    for layer in company_layers(project):
        if isinstance(layer, QgsVectorLayer) and layer.providerType() in ("ogr", "delimitedtext"):
            parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
            path, table = str(parts.get("path") or ""), str(parts.get("layerName") or "")
            if Path(path).suffix.lower() in _FILES:
                found.append(f"{path}|layername={table}" if table else path)
    last = QgsSettings().value(TARGET, "", str)
    return list(dict.fromkeys([*found, *([last] if last else [])]))


def purge_customers(window: QWidget, at_work: Callable[[str, Work, Any], None], done: Callable[[bool, str], None]) -> None:
    """List, ask, remove.

    Parameters
    ----------
    window : QWidget
        QGIS's main window.
    at_work : callable
        Does work in the background; see `WorkDialog.in_background`.
    done : callable
        Called with whether it was done, and a sentence.
    """
    from ..toolkit.company.purge import LIMITS, purge, purge_plan

    project = QgsProject.instance()
    unsaved = [layer for layer in company_layers(project) if isinstance(layer, QgsVectorLayer) and layer.isModified()]
    if unsaved:
        text = _tr("The layer “{name}” has changes that are not saved. Save or discard them, then try again.")
        done(False, text.format(name=unsaved[0].name()))
        return
    recipe = QgsSettings().value(RECIPE, "", str)
    try:
        plan = purge_plan(results_known(project), cache=company_settings().cache)
        with_recipe = purge_plan(results_known(project), cache=company_settings().cache, recipes=[recipe] if recipe else [])
    except JoptimizError as error:
        done(False, str(error))
        return
    layers = [layer.id() for layer in company_layers(project)]
    if with_recipe.empty and not layers:
        done(False, _tr("There is nothing of customers to purge: no layer of them in the project, no last import."))
        return
    box = QMessageBox(QMessageBox.Icon.Warning, "JOPTIMIZ", _tr("These data will be removed for good. This cannot be undone."), parent=window)
    listed = [f"– {one}" for one in plan.sentences()] + [_tr("– {count} layers of this project").format(count=len(layers))]
    limits = "\n".join(f"– {one}" for one in LIMITS)
    traced = _tr("– recent files, history and messages of QGIS that name them")
    box.setInformativeText("\n".join([*listed, traced]) + "\n\n" + _tr("Not reached:") + "\n" + limits)
    also = QCheckBox(_tr("Also the recipe {path}").format(path=recipe))
    if with_recipe != plan:
        box.setCheckBox(also)
    yes = box.addButton(_tr("Remove for good"), QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.exec()
    if box.clickedButton() is not yes:
        done(False, "")
        return
    chosen = with_recipe if also.isChecked() else plan
    needles = chosen.needles()
    try:
        _, released = traces.let_go(project, chosen)
    except JoptimizError as error:
        done(False, str(error))
        return
    project.removeMapLayers(layers)

    def ended(purged: Any, sentence: str) -> None:
        for held in released:
            held.restore()
        traces.forget_settings(needles)
        traces.forget_history(needles, purged)
        traces.forget_messages(window, needles)
        done(purged is not None and not purged.failed, purged.sentence() if purged is not None else sentence)

    at_work(_tr("Removing the customers’ data"), lambda progress: purge(chosen, progress), ended)


def _tr(text: str) -> str:
    return QCoreApplication.translate("PurgeCustomers", text)
