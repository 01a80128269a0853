"""Collects cyclic garbage where Qt objects may die: in the GUI thread, and nowhere else."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 500


class GarbageCollector(QObject):
    """Does in the GUI thread what Python does in whichever thread happens to allocate.

    A widget or signal that is destroyed by another thread, while events are on their way to it,
    takes the whole program with it.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = False
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.collect)

    def start(self) -> None:
        """From now on, until `close`."""
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._timer.start()

    def close(self) -> None:
        """Leave it to Python again, if it was."""
        self._timer.stop()
        if self._was_enabled:
            gc.enable()

    def collect(self) -> None:
        """Collect the generations that Python's own thresholds say are due."""
        for generation, threshold in enumerate(gc.get_threshold()):
            if gc.get_count()[generation] <= threshold:
                return
            gc.collect(generation)
