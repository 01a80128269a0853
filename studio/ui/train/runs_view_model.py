"""What the window knows beside the run that it follows: the runs there are, what one would cost."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from studio.training.run_list import RunList, RunSummary
from studio.training.run_process import RunRequest, estimate_run
from studio.ui.background import Background


class RunsViewModel(QObject):
    """Lists runs and asks for estimates, in the background."""

    listed = Signal(object)  # list of RunSummary, newest first
    estimated = Signal(object, object)  # RunRequest; what `--estimate --json` says, or why not
    estimating = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs: list[RunSummary] = []
        self._list = RunList()
        self._is_listing = self._is_estimating = False
        self._asked: RunRequest | None = None
        self._background = Background(self)

    def refresh(self) -> None:
        """Read the runs; `listed` follows."""
        if not self._is_listing:
            self._is_listing = True
            self._background.do(self._list.read, self._on_found)

    def _on_found(self, runs: list[RunSummary]) -> None:
        self._is_listing = False
        self.runs = runs
        self.listed.emit(runs)

    def estimate(self, request: RunRequest) -> None:
        """Ask what a run would cost; `estimated` follows. Of several questions the last counts."""
        self._asked = request
        if not self._is_estimating and request.data.exists():
            self._is_estimating = True
            self.estimating.emit()
            self._background.attempt(
                lambda: estimate_run(request),
                lambda outcome: self._on_cost(request, outcome),
                also=(ValueError,),
            )

    def _on_cost(self, request: RunRequest, outcome: object) -> None:
        self._is_estimating = False
        if request == self._asked:
            self.estimated.emit(request, outcome)
        elif self._asked is not None:
            self.estimate(self._asked)
