"""Training as the window sees it: data looked over, a run followed, a model put to use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from models.errors import ModelError
from studio.errors import StudioError
from studio.training.registry import install_model
from studio.training.results import has_results
from studio.training.run_follower import RunFollower, RunState
from studio.training.run_list import RunSummary, is_running, running
from studio.training.run_process import (
    RunProcess,
    RunRequest,
    ask_to_pause,
    ask_to_stop,
    inspect_data,
)
from studio.ui.background import Background
from studio.ui.train.results_view_model import ResultsViewModel
from studio.ui.train.runs_view_model import RunsViewModel
from studio.ui.train.splits_view_model import SplitsViewModel

POLL_MS = 250
TrainState = Literal["idle", "inspecting", "ready", "running", "stopping", "ended"]

MODEL_KIND = {"genre": "genre", "ar-cnn": "score", "lstm": "score"}


class TrainViewModel(QObject):
    """Looks data over, starts and stops runs, follows their events. Never blocks."""

    state_changed = Signal(str)
    inspected = Signal(object)  # the report of `studio inspect`
    progressed = Signal(object)  # RunState: new events have come
    model_chosen = Signal(str, str)  # model kind, folder
    measuring_changed = Signal(bool)
    results_loaded = Signal(object)  # list of Results, by split
    notice = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state: TrainState = "idle"
        self.data: Path | None = None
        self.report: dict[str, Any] | None = None
        self.run: RunProcess | None = None
        self.follower: RunFollower | None = None
        self.kind = "genre"
        self.base_settings: Callable[[str], tuple[str, ...]] = lambda kind: ()  # from a model
        self.measured = ResultsViewModel(self)
        self.is_paused = False
        self.shelf = RunsViewModel(self)
        self.splits = SplitsViewModel(self)
        self._background = Background(self)
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._poll)
        self.measured.loaded.connect(self.results_loaded)
        self.measured.measuring_changed.connect(self.measuring_changed)
        for part_failed in (self.measured.failed, self.splits.refused):
            part_failed.connect(lambda text: self.notice.emit("error", text))
        self.inspected.connect(self.splits.show_report)
        self.splits.forgotten.connect(lambda: self.data and self.inspect(self.data))
        self.shelf.listed.connect(self._on_listed)

    @property
    def run_state(self) -> RunState:
        """What the run that is followed has told so far."""
        return self.follower.state if self.follower else RunState()

    def inspect(self, path: Path) -> None:
        """Look a folder over in the background; a run under way comes first."""
        if self.state in ("running", "stopping"):
            self.notice.emit("info", self.tr("Stop the training first, then choose other data."))
            return
        self.data = path
        self.report = None
        self._set_state("inspecting")
        self._background.attempt(
            lambda: inspect_data(path),
            lambda outcome: self._on_inspection(path, outcome),
            also=(ValueError,),
        )

    def _on_inspection(self, path: Path, outcome: object) -> None:
        if path != self.data:
            return  # another folder was chosen meanwhile
        if isinstance(outcome, dict):
            self.report = outcome
            self._set_state("ready")
            self.inspected.emit(outcome)
        else:
            self.data = None
            self._set_state("idle")
            self.notice.emit("error", str(outcome))

    def start(
        self,
        kind: str,
        preset: str = "default",
        epochs: int | None = None,
        settings: tuple[str, ...] = (),
    ) -> bool:
        """Train `kind` on the data that was looked over; True if the run was started."""
        if self.data is None:
            return False
        try:
            base = self.base_settings(kind)
        except StudioError as error:  # the model to begin from does not fit
            self.notice.emit("error", str(error))
            return False
        return self._launch(RunRequest(kind, self.data, preset, epochs, (*base, *settings)))

    def resume(self, run: RunSummary) -> bool:
        """Go on with a run that was stopped or killed; True if that was started."""
        return self._launch(RunRequest(run.kind, run.data, resume=True), run.folder)

    def _launch(self, request: RunRequest, run: Path | None = None) -> bool:
        if self.state in ("running", "stopping"):
            return False
        try:
            self.run = RunProcess(request, run)
        except StudioError as error:
            self.notice.emit("error", str(error))
            return False
        self.kind, self.data, self.is_paused = request.kind, request.data, False
        self._follow(self.run.folder)
        self._set_state("running")
        return True

    def adopt(self, run: RunSummary) -> None:
        """Follow a run that another process has started: before Studio was opened, or beside it."""
        if self.state in ("running", "stopping"):
            return
        self.run, self.kind, self.is_paused = None, run.kind, False
        self.data = run.data
        self._follow(run.folder)
        self._set_state("running")
        self.notice.emit("info", self.tr("The training {0} goes on.").format(run.name))

    def _on_listed(self, runs: list[RunSummary]) -> None:
        """Find the run that was left going on when Studio was closed."""
        alive = running(runs)
        if alive is not None and self.state in ("idle", "ready") and self.follower is None:
            self.adopt(alive)

    def _follow(self, folder: Path) -> None:
        if self.follower is not None:
            self.follower.close()
        self.follower = RunFollower(folder)
        self._timer.start()

    def pause(self) -> None:
        """End the run so that it can be gone on with: its state is kept as of the last batch."""
        self.is_paused = self.state == "running"
        self.stop()

    def stop(self) -> None:
        """End the run and keep its best model."""
        if self.follower is None or self.state != "running":
            return
        self._set_state("stopping")
        self._ask_to_stop()

    def _ask_to_stop(self) -> None:
        """Asked again at each poll, because a run that has just begun has no folder yet."""
        try:
            if self.follower is not None:
                ask = ask_to_pause if self.is_paused else ask_to_stop
                ask(self.follower.folder)
        except StudioError as error:
            self.notice.emit("error", str(error))

    def _poll(self) -> None:
        if self.follower is None:
            return
        is_over = not (self.run.is_running if self.run else is_running(self.follower.folder))
        if self.follower.poll():
            while is_over and self.follower.poll():
                pass  # all that the run has left, however much it is
            self.progressed.emit(self.follower.state)
        if is_over:
            self._on_ended()
        elif self.state == "stopping":
            self._ask_to_stop()

    def _on_ended(self) -> None:
        self._timer.stop()
        failure = self.run.failure if self.run else ""
        if failure and not (self.is_paused and self.run_state.has_ended):
            self.run_state.message = failure
            self.notice.emit("info" if self.state == "stopping" else "error", failure)
        self._set_state("ended")
        self.progressed.emit(self.run_state)
        self.shelf.refresh()
        if self.follower is not None and has_results(self.follower.folder):
            self.measured.load(self.follower.folder)

    @property
    def can_measure(self) -> bool:
        """Whether the run left a genre model that was not measured clip by clip: it was stopped."""
        if self.follower is None or self.follower.best is None or self.data is None:
            return False
        is_over = self.state == "ended" and self.kind == "genre" and not self.measured.is_measuring
        return is_over and not has_results(self.follower.folder)

    def measure(self) -> None:
        """Measure the run's model on what was held back, in a process; `results_loaded` follows."""
        if not self.can_measure or self.follower is None or self.report is None or not self.data:
            return
        split = "test" if self.report["splits"].get("test") else "valid"
        self.measured.measure(self.follower.folder, self.data, split)

    def use_model(self, name: str) -> Path | None:
        """Install the run's best model and choose it in its place; the folder, if that worked."""
        best = self.follower.best if self.follower else None
        if best is None:
            return None
        try:
            folder = install_model(best, name)
        except (StudioError, ModelError) as error:
            self.notice.emit("error", str(error))
            return None
        self.model_chosen.emit(MODEL_KIND[self.kind], str(folder))
        return folder

    def close(self) -> None:
        """Stop following; a run goes on by itself."""
        self._timer.stop()
        if self.follower is not None:
            self.follower.close()

    def _set_state(self, state: TrainState) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)
