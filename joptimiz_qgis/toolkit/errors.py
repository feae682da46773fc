"""What can go wrong, by kind. Each error is one sentence for the user: what, where, what was expected, what to do."""

from __future__ import annotations

from .messages import Message


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


class CancelledError(JoptimizError):
    """The user cancelled."""
