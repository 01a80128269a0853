"""What a run has told so far, read from its folder while it goes on."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

EVENTS_FILE, CONFIG_FILE, BEST_FOLDER, REPORT_FILE = (
    "events.jsonl",
    "config.json",
    "best",
    "report.json",
)
BATCH_MARK = b'{"event": "batch"'
MAX_READ = 1 << 20  # bytes of new events at a time


@dataclass(slots=True)
class RunState:
    """The learning curve of a run and where it stands."""

    epochs: list[int] = field(default_factory=list)
    train_losses: list[float | None] = field(default_factory=list)
    valid_losses: list[float | None] = field(default_factory=list)
    epoch_metrics: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int | None = None
    best_loss: float | None = None
    batch_loss: float | None = None
    epoch: int = 0
    step: int = 0
    seconds: float = 0.0
    eta_s: float | None = None
    n_epochs: int = 0
    samples_per_s: float | None = None
    device: str = ""
    metrics: dict[str, float] = field(default_factory=dict)
    best_metrics: dict[str, float] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    has_ended: bool = False
    end_reason: str = ""
    message: str = ""

    def take(self, event: dict[str, Any]) -> None:
        """Learn from one event; what an event has not is left as it was."""
        kind = event.get("event")
        self.epoch = event.get("epoch") or self.epoch
        self.step = event.get("step") or self.step
        self.seconds = event.get("seconds") or self.seconds
        self.eta_s = event.get("eta_s")
        self.samples_per_s = event.get("samples_per_s") or self.samples_per_s
        if kind == "start":
            self.has_ended, self.end_reason, self.message = False, "", ""
            self.n_epochs = event.get("n_epochs") or 0
            self.device = str(event.get("device", ""))
        elif kind == "batch":
            self.batch_loss = event.get("train_loss")
        elif kind == "epoch":
            self._forget_from(self.epoch)
            self.epochs.append(self.epoch)
            self.train_losses.append(event.get("train_loss"))
            self.valid_losses.append(event.get("valid_loss"))
            self.metrics = event.get("metrics") or {}
            self.epoch_metrics.append(self.metrics)
        elif kind == "best":
            self.best_epoch, self.best_loss = self.epoch, event.get("valid_loss")
            self.best_metrics = event.get("metrics") or {}
        elif kind == "warning":
            self._warn(str(event.get("message", "")))
        elif kind == "end":
            self.has_ended = True
            self.end_reason = str(event.get("reason", ""))
            self.message = str(event.get("message", ""))

    @property
    def metric_names(self) -> list[str]:
        """The metrics that there is a curve of."""
        names = {name for row in self.epoch_metrics for name in row if name != "valid_loss"}
        return sorted(names)

    def metric_curve(self, name: str) -> list[float | None]:
        """A metric on the validation data, epoch by epoch."""
        return [row.get(name) for row in self.epoch_metrics]

    def _warn(self, message: str) -> None:
        """A run that is gone on with after a kill may say the same again."""
        if message not in self.warnings:
            self.warnings.append(message)

    def _forget_from(self, epoch: int) -> None:
        """A run that was taken up again learns the epochs after its last checkpoint anew."""
        while self.epochs and self.epochs[-1] >= epoch:
            self.epochs.pop()
            self.train_losses.pop()
            self.valid_losses.pop()
            self.epoch_metrics.pop()


class RunFollower:
    """Reads the events of a run folder as they are appended."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = RunState()
        self._file: BinaryIO | None = None
        self._rest = b""

    def poll(self) -> bool:
        """Take what has come since the last call; True if something has."""
        lines = list(self._new_lines())
        for line in lines:
            try:
                event = json.loads(line)
            except ValueError:
                continue  # a line that a crash cut short; what follows it is whole
            if isinstance(event, dict):
                self.state.take(event)
        return bool(lines)

    @property
    def best(self) -> Path | None:
        """The folder of the run's best model, once there is one."""
        folder = self.folder / BEST_FOLDER
        return folder if folder.is_dir() else None

    def report(self) -> dict[str, Any]:
        """The run's `report.json`; empty while there is none."""
        try:
            report = json.loads((self.folder / REPORT_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return report if isinstance(report, dict) else {}

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _new_lines(self) -> Iterable[bytes]:
        if self._file is None:
            try:
                self._file = (self.folder / EVENTS_FILE).open("rb")
            except OSError:
                return
        *lines, self._rest = (self._rest + self._file.read(MAX_READ)).split(b"\n")
        yield from lines


def read_state(folder: Path) -> RunState:
    """What a run has told so far, without its batches. Raises OSError if it can't be read."""
    state = RunState()
    with (folder / EVENTS_FILE).open("rb") as file:
        for line in file:
            if BATCH_MARK in line[: len(BATCH_MARK) + 1]:
                continue
            with contextlib.suppress(ValueError):  # a line that a crash cut short
                event = json.loads(line)
                if isinstance(event, dict):
                    state.take(event)
    return state
