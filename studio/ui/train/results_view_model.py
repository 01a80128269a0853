"""What was measured of a run's model: read from its folder, or measured now, in the background."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.errors import StudioError
from studio.training.results import Results, load_results
from studio.training.run_process import measure_run


class ResultsViewModel(QObject):
    """Reads results, and has a model measured that was not."""

    loaded = Signal(object)  # list of Results, by split
    measuring_changed = Signal(bool)
    failed = Signal(str)
    _outcome = Signal(object)  # list of Results or error; from a thread

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_measuring = False
        self._outcome.connect(self._on_outcome)

    def load(self, folder: Path) -> None:
        """Read what was measured; `loaded` follows."""
        self._do(lambda: load_results(folder))

    def measure(self, run: Path, data: Path, split: str) -> None:
        """Measure a run's model on what was held back, in a process; `loaded` follows."""
        self._set_measuring(True)
        self._do(lambda: load_results(measure_run(run, data, split)))

    def _do(self, work: Callable[[], list[Results]]) -> None:
        threading.Thread(target=self._work, args=(work,), daemon=True).start()

    def _work(self, work: Callable[[], list[Results]]) -> None:
        outcome: object
        try:
            outcome = work()
        except (StudioError, ValueError) as error:
            outcome = error
        with contextlib.suppress(RuntimeError):  # the window was closed meanwhile
            self._outcome.emit(outcome)

    def _on_outcome(self, outcome: object) -> None:
        if self.is_measuring:
            self._set_measuring(False)
        if isinstance(outcome, Exception):
            self.failed.emit(str(outcome))
        else:
            self.loaded.emit(outcome)

    def _set_measuring(self, is_measuring: bool) -> None:
        self.is_measuring = is_measuring
        self.measuring_changed.emit(is_measuring)
