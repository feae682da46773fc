"""Docks and dialogs: they collect parameters, start algorithms as tasks and show results."""
