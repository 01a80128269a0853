"""A run of a search, and what watches over it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.training.events import Emit, Event, read_events
from models.training.run import PAUSE_FILE, STOP_FILE, Stopper


@dataclass
class Trial:
    """A run of the search.

    `state` is "running", "complete", "pruned", "paused", "stopped" or "failed".
    """

    number: int
    folder: str
    settings: dict[str, Any]
    epochs: int
    state: str = "running"
    valid_loss: float | None = None
    best_epoch: int = 0
    metrics: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    message: str = ""


class Watch:
    """Follows a trial: ends it when the search is to stop, or when it lags behind the others."""

    def __init__(
        self, trial: Trial, folder: Path, asked: Any, stopper: Stopper, emit: Emit
    ) -> None:
        self._trial = trial
        self._folder = folder
        self._asked = asked
        self._stopper = stopper
        self._emit = emit
        self._began = time.monotonic()
        self._before_s = 0.0  # what it had taken before it was interrupted
        self._is_pruned = False

    def listen(self, event: Event) -> None:
        """Take an event of the trial."""
        self._emit({**event, "trial": self._trial.number})
        kind, loss = event["event"], event["valid_loss"]
        trial = self._trial
        if kind == "start":
            self._began = time.monotonic()
            self._catch_up()
        elif kind == "epoch" and loss is not None and self._asked is not None:
            self._asked.report(loss, event["epoch"])
            if self._asked.should_prune() and event["epoch"] < trial.epochs:
                self._is_pruned = True
                (self._folder / STOP_FILE).touch()
        elif kind == "best":
            trial.valid_loss, trial.best_epoch = loss, event["epoch"]
            trial.metrics = event["metrics"]
        elif kind == "end":
            trial.seconds = round(self._before_s + time.monotonic() - self._began, 3)
            trial.message = event["message"]
            trial.state = self._state(event["reason"])
        if kind == "batch" and self._stopper.is_asked:
            (self._folder / (PAUSE_FILE if self._stopper.is_pause else STOP_FILE)).touch()

    def _catch_up(self) -> None:
        """Take what a trial that is gone on with had done before."""
        trial = self._trial
        trial.valid_loss = None
        for event in read_events(self._folder):
            if event["event"] == "epoch":
                self._before_s = event["seconds"]
                if event["valid_loss"] is not None and self._asked is not None:
                    self._asked.report(event["valid_loss"], event["epoch"])
            elif event["event"] == "best":
                trial.valid_loss, trial.best_epoch = event["valid_loss"], event["epoch"]
                trial.metrics = event["metrics"]

    def _state(self, reason: str) -> str:
        if self._is_pruned:
            return "pruned"
        return reason if reason in ("paused", "stopped", "failed") else "complete"
