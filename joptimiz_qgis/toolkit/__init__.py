"""The QGIS-free toolkit: every figure that a user sees is computed here. Nothing below imports QGIS or Qt."""
