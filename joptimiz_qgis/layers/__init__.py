"""Tables → QGIS layers: styles, forms, aliases. Plain expressions only, so that QGIS Server and Lizmap show the same."""

GROUP = "Visualiz"
"""Group of the layer tree into which the plugin's layers go."""
