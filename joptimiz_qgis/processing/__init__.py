"""The Processing provider: thin adapters from QGIS layers to toolkit calls, one file an algorithm."""
