"""Python's collector of circular garbage, kept from stopping QGIS's windows while much is read."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """No collection meanwhile, and what was made is not looked through later.

    A full collection holds the interpreter, whichever thread it happens in: with the findings of 50 000 rows a third of a second, in
    which no window answers. What is not circular goes as always.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


def look_through_again() -> None:
    """Have the collector see what was kept from it; once the large tables are gone."""
    gc.unfreeze()
