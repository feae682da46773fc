"""What all algorithms share: names and help out of files, the toolkit's errors as QGIS's, progress and cancel."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Callable

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingParameterCrs,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingUtils,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication, QThread
from qgis.PyQt.QtGui import QIcon, QTextDocument

from ..layers import GROUP
from ..paths import HELP, icon_path
from ..toolkit.dependencies import load_libraries
from ..toolkit.errors import CancelledError, JoptimizError
from ..toolkit.messages import language, tr
from ..toolkit.progress import Progress

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProject

    from ..toolkit.messages import Message
    from ..toolkit.read.reading import Reading

_SHOWN_REJECTS = 20


class JoptimizAlgorithm(QgsProcessingAlgorithm):
    """Base of the algorithms: subclasses say their `NAME`, their texts and what `compute` does."""

    NAME = ""
    ICON = ""
    MAPPED_TABLE = "bays"
    LEAVES = False
    """Whether the result is made to leave this machine (a package for the field, a publication): a firm's customers are refused."""

    project: QgsProject | None = None
    """What the layers to load on completion go into."""
    layers: Mapping[str, QgsVectorLayer] = MappingProxyType({})
    """Those of the project by the parameter that names them."""

    def createInstance(self) -> QgsProcessingAlgorithm:  # noqa: N802 - QGIS's name
        """Make a fresh algorithm for each run."""
        return type(self)()

    def name(self) -> str:
        """Identifier within the provider; never translated, never changed."""
        return self.NAME

    def icon(self) -> QIcon:
        """Icon in the toolbox."""
        return QIcon(icon_path(self.ICON))

    def tr(self, text: str) -> str:
        """`text` in the user's language, from the catalogue of the class that says it."""
        return QCoreApplication.translate(type(self).__name__, text)

    def shortHelpString(self) -> str:  # noqa: N802 - QGIS's name
        """Help beside the dialog, from resources/help."""
        path = HELP / language() / f"{self.NAME}.md"
        document = QTextDocument()
        document.setMarkdown(path.read_text(encoding="utf-8"))
        # Without the head: QGIS shows its style sheet as text.
        return document.toHtml().partition("<body")[2].partition(">")[2].partition("</body>")[0]

    def prepareAlgorithm(  # noqa: N802 - QGIS's name
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback  # noqa: ARG002 - QGIS's
    ) -> bool:
        """Look layers up in the project, in the main thread; see `_off_the_project`."""
        self.project = context.project()
        sources = [part.name() for part in self.parameterDefinitions() if isinstance(part, QgsProcessingParameterFeatureSource)]
        found = {name: _project_layer(parameters.get(name), context) for name in sources}
        self.layers = {name: layer for name, layer in found.items() if layer is not None}
        return True

    def processAlgorithm(  # noqa: N802 - QGIS's name
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Run; what the toolkit has to say to the user comes out as QGIS's own kind of error."""
        try:
            load_libraries()
            # QGIS takes “selected features only” by the layer's id alone: that needs the project.
            by_id = any(isinstance(value, QgsProcessingFeatureSourceDefinition) for value in parameters.values())
            with nullcontext() if by_id else _off_the_project(context):
                if self.LEAVES:
                    self._refuse_customers({**parameters, **self.layers}, context)
                return self.compute({**parameters, **self.layers}, context, feedback)
        except CancelledError:
            feedback.pushInfo(tr("Cancelled; nothing was written."))
            return {}
        except JoptimizError as error:
            raise QgsProcessingException(str(error)) from error

    def _refuse_customers(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        """Layers by their mark or their columns; files by their columns."""
        from ..layers.company_data import refuse_company_layers
        from ..toolkit.company.privacy import has_our_columns, refuse_company

        refuse_company_layers(self.layers.values())
        for part in self.parameterDefinitions():
            if isinstance(part, QgsProcessingParameterFeatureSource) and parameters.get(part.name()):
                source = self.parameterAsSource(parameters, part.name(), context)
                if source is not None and has_our_columns(source.fields().names()):
                    refuse_company([source.sourceName()])

    @abstractmethod
    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Do the work; may raise any `JoptimizError`."""

    def style_on_load(self, destination: str, style: Callable[[QgsVectorLayer], None], context: QgsProcessingContext) -> None:
        """Have the result `destination` styled by `style` and put into the plugin's group when QGIS loads it."""
        from ..layers.styler import LayerStyler

        if context.willLoadLayerOnCompletion(destination):
            details = context.layerToLoadOnCompletionDetails(destination)
            details.groupName = GROUP
            details.setPostProcessor(LayerStyler(style))

    # -- parameters that several algorithms have ------------------------------------------------------------------

    def add_advanced(self, parameter: QgsProcessingParameterDefinition) -> None:
        """Add `parameter`, folded away in the dialog."""
        parameter.setFlags(parameter.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
        self.addParameter(parameter)

    def add_crs(self, name: str, description: str) -> None:
        """Add a CRS for coordinates whose file does not say it."""
        self.add_advanced(QgsProcessingParameterCrs(name, description, optional=True))

    def add_mapping(self, name: str) -> None:
        """Add the choice of how the columns of the file are read."""
        automatic = QCoreApplication.translate("JoptimizAlgorithm", "Recognise from the header")
        titles = [automatic, *(mapping.title[language()] for mapping in _mappings(self.MAPPED_TABLE).values())]
        description = QCoreApplication.translate("JoptimizAlgorithm", "Mapping of the columns of the bays")
        if self.MAPPED_TABLE != "bays":
            description = QCoreApplication.translate("JoptimizAlgorithm", "Mapping of the columns")
        self.add_advanced(QgsProcessingParameterEnum(name, description, titles, defaultValue=0, optional=True))

    def mapping(self, parameters: dict[str, Any], name: str, context: QgsProcessingContext) -> str | None:
        """Name of the mapping chosen; None to recognise it."""
        choice = self.parameterAsEnum(parameters, name, context)
        return [None, *_mappings(self.MAPPED_TABLE)][choice]

    def crs(self, parameters: dict[str, Any], name: str, context: QgsProcessingContext) -> str | None:
        """The CRS given, as text; None where none was."""
        crs = self.parameterAsCrs(parameters, name, context)
        return (crs.authid() or crs.toWkt()) if crs.isValid() else None


def _project_layer(value: Any, context: QgsProcessingContext) -> Any:
    """The layer itself where `value` is the id, the name or the source of one of the project; else None."""
    if not isinstance(value, str) or not value or context.project() is None:
        return None
    layer = QgsProcessingUtils.mapLayerFromString(value, context, False)
    return layer if isinstance(layer, QgsVectorLayer) else None


@contextmanager
def _off_the_project(context: QgsProcessingContext) -> Iterator[None]:
    """In a background thread, `context` without its project meanwhile.

    Whenever QGIS looks for a layer in the project (`QgsProject.layerStore`), it drops the project's cached variables, without a
    lock; a map that is being drawn in the main thread at that moment may be putting them together, and QGIS crashes.
    """
    project = context.project()
    if project is None or QThread.currentThread() == project.thread():
        yield
        return
    context.setProject(None)
    try:
        yield
    finally:
        context.setProject(project)


class FeedbackProgress(Progress):
    """The toolkit's progress, shown by QGIS; its Cancel stops the toolkit."""

    def __init__(self, feedback: QgsProcessingFeedback) -> None:
        self.feedback = feedback

    def cancelled(self) -> bool:
        """Whether Cancel was pressed."""
        return bool(self.feedback.isCanceled())

    def show(self, fraction: float, text: str) -> None:
        """Move QGIS's bar."""
        self.feedback.setProgress(100 * fraction)
        if text:
            self.feedback.setProgressText(text)


def tell_notes(notes: Iterable[Message], feedback: QgsProcessingFeedback) -> None:
    """Show what a step found out."""
    for note in notes:
        feedback.pushInfo(str(note))


def tell_reading(reading: Reading, feedback: QgsProcessingFeedback) -> None:
    """Show what reading a file gave: notes, counts, and the first rejected rows."""
    tell_notes(reading.notes, feedback)
    feedback.pushInfo(f"{reading.source} : {reading.sentence()}")
    for reject in reading.rejects[:_SHOWN_REJECTS]:
        feedback.pushWarning(str(reject))
    if reading.rejected > _SHOWN_REJECTS:
        feedback.pushWarning(tr("… and {count} more rejected rows", count=reading.rejected - _SHOWN_REJECTS))


def _mappings(table: str) -> dict[str, Any]:
    from ..toolkit.read.mapping import mappings

    return mappings(table)
