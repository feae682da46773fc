"""Tables → QGIS layers: styles, forms, aliases. Plain expressions only, so that QGIS Server and Lizmap show the same."""
