"""Some of an algorithm's parameters as a form, each with QGIS's own widget: layers and files, fields, units, as users know them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import NULL, QgsProcessingContext, QgsProcessingParameterDefinition, QgsProject
from qgis.gui import QgsGui, QgsProcessingContextGenerator, QgsProcessingGui, QgsProcessingParameterWidgetContext
from qgis.PyQt.QtWidgets import QFormLayout

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qgis.core import QgsProcessingAlgorithm
    from qgis.gui import QgisInterface, QgsAbstractProcessingParameterWidgetWrapper, QgsMessageBar


class _Contexts(QgsProcessingContextGenerator):
    def __init__(self) -> None:
        super().__init__()
        self.context = QgsProcessingContext()
        self.context.setProject(QgsProject.instance())

    def processingContext(self) -> QgsProcessingContext:  # noqa: N802 - QGIS's name
        return self.context


class ParameterForm:
    """Widgets for parameters of `algorithm`; keep a reference as long as they are shown.

    Parameters
    ----------
    algorithm : QgsProcessingAlgorithm
    iface : QgisInterface
    messages : QgsMessageBar
        Where QGIS's widgets say what they have to say.
    """

    def __init__(self, algorithm: QgsProcessingAlgorithm, iface: QgisInterface, messages: QgsMessageBar) -> None:
        self.algorithm = algorithm
        self.contexts = _Contexts()
        self.definitions: list[QgsProcessingParameterDefinition] = []
        self.wrappers: dict[str, QgsAbstractProcessingParameterWidgetWrapper] = {}
        self.around = QgsProcessingParameterWidgetContext()
        self.around.setProject(QgsProject.instance())
        self.around.setMapCanvas(iface.mapCanvas())
        self.around.setMessageBar(messages)
        if hasattr(iface, "browserModel"):
            self.around.setBrowserModel(iface.browserModel())

    def add(self, names: Iterable[str], layout: QFormLayout, labels: dict[str, str] | None = None) -> None:
        """A row of `layout` for each parameter; `labels` says what the dialog calls it where the toolbox's text is too long."""
        for name in names:
            parameter = _that_may_be_empty(self.algorithm.parameterDefinition(name))
            self.definitions.append(parameter)
            wrapper = QgsGui.processingGuiRegistry().createParameterWidgetWrapper(parameter, QgsProcessingGui.WidgetType.Standard)
            wrapper.setWidgetContext(self.around)
            wrapper.registerProcessingContextGenerator(self.contexts)
            widget = wrapper.createWrappedWidget(self.contexts.context)
            widget.setObjectName(name)
            widget.setToolTip(parameter.description())
            layout.addRow((labels or {}).get(name) or parameter.description(), widget)
            self.wrappers[name] = wrapper

    def link(self) -> None:
        """Let widgets follow each other, fields their layer; once all are there."""
        for wrapper in self.wrappers.values():
            wrapper.postInitialize(list(self.wrappers.values()))

    def values(self) -> dict[str, Any]:
        """What the widgets hold; None for nothing chosen."""
        found = {name: wrapper.parameterValue() for name, wrapper in self.wrappers.items()}
        return {name: None if value == NULL else value for name, value in found.items()}

    def fill(self, parameters: dict[str, Any]) -> None:
        """Show `parameters`, as far as there are widgets for them; layers before the fields that depend on them."""
        for name, wrapper in self.wrappers.items():
            if name in parameters:
                wrapper.setParameterValue(parameters[name], self.contexts.context)


def _that_may_be_empty(parameter: QgsProcessingParameterDefinition) -> QgsProcessingParameterDefinition:
    """`parameter` as the form shows it: for a layer that must be given QGIS would choose any, shops as bays; the user chooses."""
    copy = parameter.clone()
    copy.setFlags(copy.flags() | QgsProcessingParameterDefinition.Flag.FlagOptional)
    return copy
