"""What a publisher says of its data, as parameters: shared by the algorithms that publish."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qgis.core import QgsProcessingParameterString
from qgis.PyQt.QtCore import QCoreApplication

if TYPE_CHECKING:
    from qgis.core import QgsProcessingContext

    from ..toolkit.survey.publication_folder import About
    from .algorithm import JoptimizAlgorithm


def _words() -> list[tuple[str, str, str]]:
    return [
        ("TITLE", QCoreApplication.translate("Publishing", "Title"), ""),
        ("PUBLISHER", QCoreApplication.translate("Publishing", "Publisher"), ""),
        ("SOURCE", QCoreApplication.translate("Publishing", "Source of the data"), ""),
        ("LICENCE", QCoreApplication.translate("Publishing", "Licence of the data"), "Licence Ouverte 2.0 (Etalab)"),
        ("CONTACT", QCoreApplication.translate("Publishing", "Whom to ask"), ""),
    ]


def add_about(algorithm: JoptimizAlgorithm, advanced: bool = False) -> None:
    """Add the parameters; folded away where they concern one of several outputs only."""
    for name, text, default in _words():
        parameter = QgsProcessingParameterString(name, text, default or None, optional=True)
        if advanced:
            algorithm.add_advanced(parameter)
        else:
            algorithm.addParameter(parameter)


def about_of(algorithm: JoptimizAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext) -> About:
    """What was said, as of today."""
    from ..toolkit.survey.publication_folder import About, today

    words = {name.lower(): algorithm.parameterAsString(parameters, name, context).strip() for name, *_ in _words()}
    return replace(About(day=today()), **{name: text for name, text in words.items() if text})
