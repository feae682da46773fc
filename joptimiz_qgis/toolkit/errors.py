"""What can go wrong, by kind. Each error is one sentence for the user: what, where, what was expected, what to do."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from .messages import Message

if TYPE_CHECKING:
    from .web import Response


class JoptimizError(Exception):
    """Base of the errors that are told to the user as a sentence.

    Parameters
    ----------
    template : str
        English sentence with ``{names}``; shown in the reader's language.
    **values
        What fills the names; kept in `message.values` for programs.
    """

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template)
        self.message = Message(template, **values)

    def __str__(self) -> str:
        return str(self.message)


class FileError(JoptimizError):
    """A file is missing, empty, truncated or not what its name says."""


class HeaderError(JoptimizError):
    """The columns of a table are not those of any known source."""


class CrsError(JoptimizError):
    """A layer has no CRS, or one that cannot be used."""


class DataError(JoptimizError):
    """The rows of a layer cannot be used for what was asked."""


class ParameterError(JoptimizError):
    """A value given by the user is impossible."""


class OutputError(JoptimizError):
    """A result cannot be written where it was asked for."""


class MissingDependencyError(JoptimizError):
    """A Python library that the toolkit needs is not installed."""


class NetworkError(JoptimizError):
    """A server could not be asked, or did not give what was asked for; `response` is its answer where there was one."""

    response: Response | None = None


class SignInError(NetworkError):
    """The server wants to know who asks, or does not let that user in (401, 403)."""


class NotFoundError(NetworkError):
    """There is nothing at that address (404, 410)."""


class BusyError(NetworkError):
    """The server is asked too much and wants to be left alone for longer than we wait (429, 503)."""


class ServerError(NetworkError):
    """The server failed (5xx)."""


class NoAnswerError(NetworkError):
    """The server did not answer in time."""


class UnreachableError(NetworkError):
    """No way to the server: unknown name, no network, a proxy in between."""


class CertificateError(UnreachableError):
    """The server's certificate is not one to trust."""


class CutShortError(NetworkError):
    """Less came than the server announced."""


class NotDataError(NetworkError):
    """What came is not data of the kind expected: a web page, a report of an error, broken JSON."""


class CancelledError(JoptimizError):
    """The user cancelled."""


class WorkspaceError(JoptimizError):
    """A workspace cannot be opened, made or changed."""


class OutOfMemoryError(JoptimizError):
    """The memory that is left is not enough."""


class ClusterError(JoptimizError):
    """A Dask cluster does not answer, or lost all that worked for us."""


_NO_ROOM = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_LEAST_ROOM = 1 << 20  # bytes: with less, GDAL's and SQLite's own words for it are about anything but the disk


def not_written(path: Path, error: BaseException, folder: Path | None = None) -> OutputError:
    """What to tell the user of a file that could not be written.

    Parameters
    ----------
    path : path
        As the user knows it.
    error : exception
        Of the system, or of the library that wrote.
    folder : path, optional
        Where it was being written; that of `path` where not given.
    """
    import sqlite3

    folder = folder or path.parent
    room = _room_left(folder)
    if getattr(error, "errno", None) in _NO_ROOM or "disk is full" in str(error) or "No space left" in str(error) or room < _LEAST_ROOM:
        return OutputError(
            "“{path}” cannot be written: the disk is full ({room} MB left), or the file would be larger than allowed there. "
            "Make room, or choose a folder on another disk.",
            path=path,
            room=room >> 20,
        )
    cause = getattr(error, "strerror", None) or error
    if isinstance(error, (OSError, sqlite3.Error)):
        text = "“{path}” cannot be written: {cause}. Choose another folder, or close the program that has the file open."
        return OutputError(text, path=path, cause=cause)
    return OutputError("“{name}” cannot be written: {cause}", name=path.name, cause=cause)


def _room_left(folder: Path) -> int:
    try:
        disk = shutil.disk_usage(folder)
    except OSError:
        return _LEAST_ROOM  # the folder is gone: that is said, not the room in it
    return disk.free if disk.total else _LEAST_ROOM  # no disk at all, as /proc
