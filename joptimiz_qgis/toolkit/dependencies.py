"""The libraries that QGIS's Windows installer ships and that a Linux user may lack: looked for before they are needed."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import os
import sys
import threading

from .errors import MissingDependencyError

REQUIRED = ("numpy", "pandas", "shapely", "geopandas")
FILE_ENGINES = ("pyogrio", "fiona")
# Wheels of these carry their own GEOS, PROJ and GDAL.
_WITH_OWN_LIBRARIES = ("shapely", "pyproj", "pyogrio", "fiona")
_thread = threading.local()


def missing_libraries(also: tuple[str, ...] = ()) -> list[str]:
    """Names of the libraries that the toolkit needs, and of those in `also`, that cannot be imported here."""
    missing = [name for name in (*REQUIRED, *also) if not _importable(name)]
    if not any(_importable(name) for name in FILE_ENGINES):
        missing.append(FILE_ENGINES[0])
    return missing


def install_command(libraries: list[str]) -> str:
    """What to type in a terminal to install `libraries` for the Python that runs now."""
    if sys.platform.startswith("linux"):
        return "sudo apt install " + " ".join(f"python3-{name}" for name in libraries)
    return "python3 -m pip install " + " ".join(libraries)


def require_libraries(also: tuple[str, ...] = ()) -> None:
    """Raise `MissingDependencyError`, saying what to type, where a library (of `also` too) is missing."""
    missing = missing_libraries(also)
    if missing:
        raise MissingDependencyError(
            "JOPTIMIZ needs the Python libraries {names}, which are not installed here. In a terminal, type: {command} "
            "— then start again.",
            names=", ".join(missing),
            command=install_command(missing),
        )


def load_libraries() -> None:
    """Import the compiled libraries in a way that is safe inside QGIS, in whatever thread it runs an algorithm.

    On Linux the QGIS program itself is linked to the system's GEOS, PROJ and GDAL, and the loader would bind the wheels'
    code to those, of another version. RTLD_DEEPBIND (see dlopen(3)) makes each library find its own copy first. Elsewhere
    each library does so anyway.

    Raises
    ------
    MissingDependencyError
        A library is missing, or QGIS itself loaded (it does, at its start) a shapely that does not fit it.
    """
    require_libraries()
    _keep_thread_state()
    if not hasattr(os, "RTLD_DEEPBIND") or not hasattr(sys, "setdlopenflags"):
        return
    _refuse_mixed_geos()
    before = sys.getdlopenflags()
    sys.setdlopenflags(before | os.RTLD_DEEPBIND)
    try:
        for name in _WITH_OWN_LIBRARIES:
            if _importable(name):
                importlib.import_module(name)
    finally:
        sys.setdlopenflags(before)


def _keep_thread_state() -> None:
    """Keep Python's state of a thread that QGIS started, for as long as the thread lives.

    QGIS drops that state each time it leaves Python. pyproj 3.7 then frees its PROJ context but finds it again, freed,
    when the same thread comes back, and QGIS crashes (pyproj issues 1509 and 1622). One reference more to the state
    (PyGILState_Ensure without its Release) keeps both alive: a few kilobytes for each thread of QGIS's pool.
    """
    started_by_python = not isinstance(threading.current_thread(), threading._DummyThread)  # noqa: SLF001 - the one way to tell
    if not started_by_python and not getattr(_thread, "kept", False):
        ctypes.pythonapi.PyGILState_Ensure()
        _thread.kept = True


def _refuse_mixed_geos() -> None:
    """A sentence instead of a crash, where shapely is already loaded and bound to a GEOS that it was not built for."""
    shapely = sys.modules.get("shapely")
    version = getattr(ctypes.CDLL(None), "GEOSversion", None)
    if shapely is None or version is None:
        return
    version.restype = ctypes.c_char_p
    in_program = version().decode().split("-")[0]
    if in_program != shapely.geos_version_string.split("-")[0]:
        raise MissingDependencyError(
            "The Python library shapely that is installed here brings GEOS {own}, which does not go with the GEOS {system} of "
            "this QGIS. In a terminal, type: {command} — then restart QGIS.",
            own=shapely.geos_version_string,
            system=in_program,
            command="python3 -m pip install --force-reinstall --no-deps --no-binary shapely shapely",
        )


def _importable(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):  # a name blocked in sys.modules
        return False
