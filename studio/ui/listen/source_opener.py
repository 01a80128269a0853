"""Opens input devices without holding the window up: a driver may take its time, or for ever."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from studio.analysis.hearing import Hearing
from studio.ui.background import Background

Make = Callable[[], Hearing]


class SourceOpener(QObject):
    """Opens one source at a time; one asked for later replaces one that is still opening."""

    opened = Signal(object)  # Hearing
    failed = Signal(object)  # StudioError

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: Make | None = None
        self._background = Background(self)

    def open(self, make: Make) -> None:
        """Make a hearing and start it, in a thread; `opened` or `failed` follows."""
        self._wanted = make
        self._background.attempt(
            lambda: _started(make), lambda outcome: self._on_done(make, outcome), "open"
        )

    def forget(self) -> None:
        """What is still opening is not wanted any more."""
        self._wanted = None

    def _on_done(self, make: Make, outcome: Hearing | Exception) -> None:
        if make is not self._wanted:
            if isinstance(outcome, Hearing):
                outcome.stop()
            return
        self.forget()
        if isinstance(outcome, Hearing):
            self.opened.emit(outcome)
        else:
            self.failed.emit(outcome)


def _started(make: Make) -> Hearing:
    hearing = make()
    hearing.start()
    return hearing
