"""Findings of a control as a layer: by severity, each with its sentence."""

from __future__ import annotations

from qgis.core import (
    QgsLayerMetadata,
    QgsMarkerSymbol,
    QgsRuleBasedRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..toolkit.survey.findings import ERROR, NOTICE, SEVERITY_TITLES, WARNING

COLOURS = {ERROR: "#c62828", WARNING: "#ef8a17", NOTICE: "#5b7fa6"}
_SHAPES = {ERROR: "triangle", WARNING: "diamond", NOTICE: "circle"}
_SIZES = {ERROR: "4", WARNING: "3.6", NOTICE: "2.4"}


def style_findings(layer: QgsVectorLayer) -> None:
    """Shapes and colours by severity (readable without colours too), aliases, map tips, name and metadata."""
    root = QgsRuleBasedRenderer.Rule(None)
    # Notices first: what is grave is drawn over them.
    for severity in (NOTICE, WARNING, ERROR):
        symbol = QgsMarkerSymbol.createSimple(
            {"name": _SHAPES[severity], "color": COLOURS[severity], "outline_color": "#ffffff", "outline_width": "0.3", "size": _SIZES[severity]}
        )
        title = str(SEVERITY_TITLES[severity])
        condition = "\"severity\" = '{title}'".format(title=title.replace("'", "''"))
        root.appendChild(QgsRuleBasedRenderer.Rule(symbol, 0, 0, condition, title))
    layer.setRenderer(QgsRuleBasedRenderer(root))
    for name, alias in _aliases().items():
        layer.setFieldAlias(layer.fields().indexOf(name), alias)
    layer.setDisplayExpression("\"key\" || ' – ' || \"kind\"")
    layer.setMapTipTemplate('<b>[% "key" %]</b> – [% "kind" %]<br>[% "problem" %]')
    layer.setName(_tr("Findings"))
    metadata = QgsLayerMetadata()
    metadata.setTitle(layer.name())
    metadata.setAbstract(_tr("What a control found wrong or doubtful, one point a finding. Computed by JOPTIMIZ."))
    layer.setMetadata(metadata)
    layer.triggerRepaint()


def _aliases() -> dict[str, str]:
    return {
        "severity": _tr("Severity"),
        "kind": _tr("Kind"),
        "key": _tr("Identifier"),
        "line": _tr("Line"),
        "field": _tr("Field"),
        "value": _tr("Value"),
        "problem": _tr("What is the matter"),
        "expected": _tr("Expected"),
        "proposal": _tr("Proposal"),
        "code": _tr("Code of the rule"),
        "related": _tr("Other rows"),
        "longitude": _tr("Longitude"),
        "latitude": _tr("Latitude"),
    }


def _tr(text: str) -> str:
    return QCoreApplication.translate("Findings", text)
