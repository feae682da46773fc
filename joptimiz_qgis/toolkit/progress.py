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

    def step(self, fraction: float, text: str = "") -> None:
        """Report progress; raise `CancelledError` where the user asked to stop."""
        if self.cancelled():
            raise CancelledError("Cancelled; nothing was written.")
        self.show(fraction, text)
