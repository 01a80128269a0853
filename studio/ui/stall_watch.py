"""Notices when the window does not answer, and says in the log what it was doing."""

from __future__ import annotations

import sys
import threading
import time
import traceback

from PySide6.QtCore import QObject, Qt, QTimer

from studio.log import log

LIMIT_S = 0.1
BEAT_MS = 25
MOST_FRAMES = 30  # of the stack


class StallWatch(QObject):
    """A heartbeat of the GUI thread, and a thread that looks after it."""

    def __init__(self, parent: QObject | None = None, limit_s: float = LIMIT_S) -> None:
        super().__init__(parent)
        self._limit_s = limit_s
        self._beat_s = time.monotonic()
        self._watched = threading.get_ident()
        self._ended = threading.Event()
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_beat)
        self._thread = threading.Thread(target=self._watch, name="stall watch", daemon=True)

    def start(self) -> None:
        """Watch the thread that made this, which must be the GUI thread."""
        self._on_beat()
        self._timer.start()
        self._thread.start()

    def close(self) -> None:
        """Watch no more."""
        self._timer.stop()
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _on_beat(self) -> None:
        self._beat_s = time.monotonic()

    def _watch(self) -> None:
        while not self._ended.wait(BEAT_MS / 1000):
            beat_s = self._beat_s
            if time.monotonic() - beat_s > self._limit_s:
                stack = self._stack()
                if self._goes_on_after(beat_s):
                    lasted_ms = 1000 * (self._beat_s - beat_s)
                    log.warning("the window did not answer for %.0f ms:\n%s", lasted_ms, stack)

    def _goes_on_after(self, beat_s: float) -> bool:
        """Wait for the next beat; False if the watch ended before."""
        while self._beat_s == beat_s:
            if self._ended.wait(BEAT_MS / 1000):
                return False
        return True

    def _stack(self) -> str:
        frame = sys._current_frames().get(self._watched)
        return "".join(traceback.format_stack(frame, MOST_FRAMES)) if frame else ""
