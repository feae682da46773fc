"""A survey of bays and orders in the national schemas: validated, merged with an inventory, published. No QGIS."""
