"""What was measured of a run's model: read from its folder, or measured now, in the background."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.training.results import Results, load_results
from studio.training.run_process import measure_run
from studio.ui.background import Background


class ResultsViewModel(QObject):
    """Reads results, and has a model measured that was not."""

    loaded = Signal(object)  # list of Results, by split
    measuring_changed = Signal(bool)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_measuring = False
        self._background = Background(self)

    def load(self, folder: Path) -> None:
        """Read what was measured; `loaded` follows."""
        self._do(lambda: load_results(folder))

    def measure(self, run: Path, data: Path, split: str) -> None:
        """Measure a run's model on what was held back, in a process; `loaded` follows."""
        self._set_measuring(True)
        self._do(lambda: load_results(measure_run(run, data, split)))

    def _do(self, work: Callable[[], list[Results]]) -> None:
        self._background.attempt(work, self._on_outcome, also=(ValueError,))

    def _on_outcome(self, outcome: list[Results] | Exception) -> None:
        if self.is_measuring:
            self._set_measuring(False)
        if isinstance(outcome, Exception):
            self.failed.emit(str(outcome))
        else:
            self.loaded.emit(outcome)

    def _set_measuring(self, is_measuring: bool) -> None:
        self.is_measuring = is_measuring
        self.measuring_changed.emit(is_measuring)
