"""Opens input devices without holding the window up: a driver may take its time, or for ever."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from studio.analysis.hearing import Hearing
from studio.errors import StudioError

Make = Callable[[], Hearing]


class SourceOpener(QObject):
    """Opens one source at a time; one asked for later replaces one that is still opening."""

    opened = Signal(object)  # Hearing
    failed = Signal(object)  # StudioError
    _done = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: Make | None = None
        self._done.connect(self._on_done)

    def open(self, make: Make) -> None:
        """Make a hearing and start it, in a thread; `opened` or `failed` follows."""
        self._wanted = make
        threading.Thread(target=self._open, args=(make,), name="open", daemon=True).start()

    def forget(self) -> None:
        """What is still opening is not wanted any more."""
        self._wanted = None

    def _open(self, make: Make) -> None:
        refusal: StudioError | None = None
        hearing: Hearing | None = None
        try:
            hearing = make()
            hearing.start()
        except StudioError as error:
            refusal = error
        with contextlib.suppress(RuntimeError):  # the window was closed meanwhile
            self._done.emit((make, hearing), refusal)

    def _on_done(self, done: tuple[Make, Hearing | None], refusal: object) -> None:
        make, hearing = done
        if make is not self._wanted:
            if hearing is not None:
                hearing.stop()
            return
        self.forget()
        if refusal is not None:
            self.failed.emit(refusal)
        else:
            self.opened.emit(hearing)
