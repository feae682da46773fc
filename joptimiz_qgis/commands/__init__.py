"""The commands of ``python -m joptimiz_qgis``, one module a command where it has more than a few lines."""
