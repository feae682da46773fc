"""How long work tells where it is and learns that it was cancelled, whoever runs it: a shell, QGIS, a test."""

from __future__ import annotations

from .errors import CancelledError


class Progress:
    """Silent progress; subclasses show it.

    Long loops call `step` at least a few times a second: it is also where a cancel takes effect.
    """

    def show(self, fraction: float, text: str) -> None:
        """Show that `fraction` (0–1) of the work is done."""

    def cancelled(self) -> bool:
        """Whether the user asked to stop."""
        return False

    def part(self, start: float, end: float) -> Progress:
        """Progress of a piece of work that is the part from `start` to `end` (0–1) of this one."""
        return _Part(self, start, end)

    def step(self, fraction: float, text: str = "") -> None:
        """Report progress; raise `CancelledError` where the user asked to stop."""
        if self.cancelled():
            raise CancelledError("Cancelled; nothing was written.")
        self.show(fraction, text)


class _Part(Progress):
    def __init__(self, whole: Progress, start: float, end: float) -> None:
        self.whole = whole
        self.start = start
        self.end = end

    def show(self, fraction: float, text: str) -> None:
        self.whole.show(self.start + fraction * (self.end - self.start), text)

    def cancelled(self) -> bool:
        return self.whole.cancelled()
