"""What the window knows beside the run that it follows: the runs there are, what one would cost."""

from __future__ import annotations

import contextlib
import threading

from PySide6.QtCore import QObject, Signal

from studio.errors import StudioError
from studio.training.run_list import RunList, RunSummary
from studio.training.run_process import RunRequest, estimate_run


class RunsViewModel(QObject):
    """Lists runs and asks for estimates, in the background."""

    listed = Signal(object)  # list of RunSummary, newest first
    estimated = Signal(object, object)  # RunRequest; what `--estimate --json` says, or why not
    estimating = Signal()
    _found = Signal(object)  # list of RunSummary; from the listing thread
    _cost = Signal(object, object)  # request, estimate or error; from the estimating thread

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs: list[RunSummary] = []
        self._list = RunList()
        self._is_listing = self._is_estimating = False
        self._asked: RunRequest | None = None
        self._found.connect(self._on_found)
        self._cost.connect(self._on_cost)

    def refresh(self) -> None:
        """Read the runs; `listed` follows."""
        if not self._is_listing:
            self._is_listing = True
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        found = self._list.read()
        with contextlib.suppress(RuntimeError):  # the window was closed meanwhile
            self._found.emit(found)

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
            threading.Thread(target=self._ask, args=(request,), daemon=True).start()

    def _ask(self, request: RunRequest) -> None:
        outcome: object
        try:
            outcome = estimate_run(request)
        except (StudioError, ValueError) as error:
            outcome = error
        with contextlib.suppress(RuntimeError):  # the window was closed meanwhile
            self._cost.emit(request, outcome)

    def _on_cost(self, request: RunRequest, outcome: object) -> None:
        self._is_estimating = False
        if request == self._asked:
            self.estimated.emit(request, outcome)
        elif self._asked is not None:
            self.estimate(self._asked)
