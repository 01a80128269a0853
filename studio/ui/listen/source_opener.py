"""Opens input devices without holding the window up: a driver may take its time, or for ever."""

from __future__ import annotations

import contextlib
import threading

from PySide6.QtCore import QObject, Signal

from studio.analysis.hearing import Hearing
from studio.errors import StudioError


class SourceOpener(QObject):
    """Opens one source at a time; one asked for later replaces one that is still opening."""

    opened = Signal(object)  # Hearing
    failed = Signal(str)
    _done = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: Hearing | None = None
        self._done.connect(self._on_done)

    def open(self, hearing: Hearing) -> None:
        """Start `hearing` in a thread; `opened` or `failed` follows."""
        self._wanted = hearing
        threading.Thread(target=self._open, args=(hearing,), name="open", daemon=True).start()

    def forget(self) -> None:
        """What is still opening is not wanted any more."""
        self._wanted = None

    def _open(self, hearing: Hearing) -> None:
        reason = ""
        try:
            hearing.start()
        except StudioError as error:
            reason = str(error)
        with contextlib.suppress(RuntimeError):  # the window was closed meanwhile
            self._done.emit(hearing, reason)

    def _on_done(self, hearing: Hearing, reason: str) -> None:
        if hearing is not self._wanted:
            hearing.stop()
        elif reason:
            self.forget()
            self.failed.emit(reason)
        else:
            self.forget()
            self.opened.emit(hearing)
