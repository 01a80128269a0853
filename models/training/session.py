"""One session of a run: epochs until there is a reason to end, the best model kept as it comes."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from models.card import Card
from models.model_folder import save_model_folder
from models.settings.engine import EngineSettings
from models.training.cautions import Caution, Cautions
from models.training.checkpoint import load_checkpoint, save_checkpoint
from models.training.events import Event, EventLog, finite, read_events
from models.training.loop import Loop
from models.training.report import make_card
from models.training.run import BEST, LAST, Stopper, StopRequestedError, TrainOptions
from models.training.task import WatchedTask

SAVE_EVERY_S = 5.0  # at the end of an epoch
SAVE_WITHIN_EPOCH_EVERY_S = 120.0


@dataclass
class Progress:
    """How far a run is; all of it is saved.

    `epochs` are whole ones; `step` counts batches over all, `batch` those of the unfinished epoch
    and `loss_sum` adds up their losses. `stale` epochs have passed without a new best.
    """

    epochs: int = 0
    step: int = 0
    batch: int = 0
    loss_sum: float = 0.0
    best_loss: float = math.inf
    best_epoch: int = 0
    best_metrics: dict[str, Any] = field(default_factory=dict)
    stale: int = 0
    seconds: float = 0.0


class Session:
    """Runs a loop epoch by epoch and keeps the run's folder true."""

    def __init__(
        self,
        options: TrainOptions,
        settings: EngineSettings,
        loop: Loop,
        events: EventLog,
        stopper: Stopper,
        deadline: float = math.inf,
    ) -> None:
        self.options = options
        self.settings = settings
        self.loop = loop
        self.events = events
        self.progress = Progress()
        self.warnings: list[str] = []
        self.fields = loop.task.card_fields()
        self.lineage: dict[str, Any] = {}  # what the card's training says of data and parent
        self._stopper = stopper
        self._deadline = deadline
        self._began, self._first_epochs = time.monotonic(), 0.0
        self._saved_at = time.monotonic()
        self._cautions = Cautions()
        self._epoch_began, self._samples_before = time.monotonic(), 0

    @property
    def best(self) -> Path:
        """The folder of the best model."""
        return self.options.run / BEST

    def restore(self) -> None:
        """Go on from the run's last state; raises ModelError if it does not fit."""
        state = load_checkpoint(self.options.run / LAST)
        self.progress = Progress(**state["progress"])
        self.loop.load_state(state)
        self._first_epochs = self._epochs_done()
        if state["data"] != finite(self.fields.get("data")):
            self.warn("The data is not what this run began with: the curve has a seam here.")

    def run(self) -> str:
        """Train until there is a reason to end, and return it."""
        task = self.loop.task
        seen = task.seen() if isinstance(task, WatchedTask) else None
        self._cautions = Cautions(read_events(self.options.run))
        self._warn_of(self._cautions.begin(seen))
        while self.progress.epochs < self.settings.epochs:
            try:
                reason = self._train_epoch() or self._end_epoch()
            except StopRequestedError:
                return self._asked
            if reason:
                return reason
        return "epochs"

    @property
    def _asked(self) -> str:
        """What was asked for: in any process, a pause is one only if all have seen it."""
        return "stopped" if self.loop.agree(not self._stopper.is_pause) else "paused"

    def save(self) -> None:
        """Keep the state that a resumed run goes on from; raises OSError."""
        self._saved_at = time.monotonic()
        self.progress.seconds = self.events.seconds
        state = self.loop.state()
        if self.loop.fabric.is_global_zero:
            data = finite(self.fields.get("data"))
            state.update(progress=asdict(self.progress), data=data)
            save_checkpoint(self.options.run / LAST, state)

    def keep(self, metrics: dict[str, Any], *, note: str = "") -> None:
        """Make the weights as they are the run's best model; raises OSError."""
        if not self.loop.fabric.is_global_zero:
            return
        card = self.card({"valid": metrics} if metrics else {}, note=note)
        state = self.loop.network.state_dict()
        files = self.fields.get("files")
        save_model_folder(self.best, state, card, half=self.settings.half, beside=files)

    def card(self, metrics: dict[str, dict[str, Any]], *, note: str = "") -> Card:
        """The card of the best model so far."""
        progress = self.progress
        training = {
            "command": self.options.command,
            "seed": self.options.seed,
            "epochs": progress.epochs + (1 if progress.batch else 0),
            "best_epoch": progress.best_epoch,
            "seconds": round(self.events.seconds, 1),
            "device": self.loop.device_name,
            "settings": self.fields.get("settings", {}),
            **self.lineage,
        }
        notes = " ".join(text for text in (self.fields.get("notes", ""), note) if text)
        name = self.settings.name or f"{self.options.kind}-{self.options.run.name}"
        fields = {**self.fields, "notes": notes}
        return make_card(name, self.loop.task.kind, fields, training, metrics)

    def warn(self, message: str, code: str = "", since: int = 0) -> None:
        """Tell the user of something odd: in words and, for programs, in a word."""
        self.warnings.append(message)
        progress = self.progress
        told: dict[str, Any] = {"message": message, "code": code}
        told |= {"since": since} if since else {}
        epoch = min(progress.epochs + 1, self.settings.epochs)
        self.events.write("warning", epoch=epoch, step=progress.step, **told)

    def _warn_of(self, found: list[Caution]) -> None:
        for each in found:
            self.warn(each.message, each.code, each.since)

    def _look(self, epoch: Event) -> None:
        """Warn of what the epoch that has just ended gives reason to."""
        task = self.loop.task
        if not self.loop.fabric.is_global_zero:
            return
        watched = task if isinstance(task, WatchedTask) else None
        self._warn_of(self._cautions.take(epoch, watched.seen() if watched else None))
        if watched and self._cautions.wants_comparison:
            with self.loop.evaluating():
                losses = watched.compare(self.loop.network)
            self._warn_of(self._cautions.compare(*losses))

    def tell_end(self, reason: str, message: str, **more: Any) -> None:
        """Write the run's last event."""
        progress = self.progress
        self.events.write(
            "end",
            epoch=progress.epochs,
            step=progress.step,
            valid_loss=progress.best_loss,
            metrics=progress.best_metrics,
            eta_s=0.0,
            reason=reason,
            message=message,
            best_epoch=progress.best_epoch,
            **more,
        )

    def _train_epoch(self) -> str:
        progress = self.progress
        self._epoch_began, self._samples_before = time.monotonic(), self.loop.n_samples
        for loss in self.loop.losses(progress.epochs + 1, progress.batch):
            if not math.isfinite(loss):
                self.warn(f"The loss became {loss}. A smaller learning_rate may help.")
                return "diverged"
            progress.step += 1
            progress.batch += 1
            progress.loss_sum += loss
            self._tell_batch(loss)
            if self.loop.agree(self._stopper.is_asked):
                return self._asked
            if self.loop.agree(time.monotonic() > self._deadline):
                self._measure()
                return "budget"
            self._save_if_due(SAVE_WITHIN_EPOCH_EVERY_S)
        return ""

    def _end_epoch(self) -> str:
        is_finite = self._measure()
        progress = self.progress
        is_better = progress.best_epoch == progress.epochs + 1
        progress.stale = 0 if is_better else progress.stale + 1
        progress.epochs += 1
        progress.batch, progress.loss_sum = 0, 0.0
        if not is_finite:
            self.warn("The validation loss is not a number. A smaller learning_rate may help.")
            return "diverged"
        self._save_if_due(SAVE_EVERY_S)
        is_stale = 0 < self.settings.patience <= progress.stale
        return "patience" if is_stale and progress.epochs < self.settings.epochs else ""

    def _measure(self) -> bool:
        """Validate, tell, keep what is best; whether the loss is a number."""
        progress = self.progress
        rate = self._samples_per_s()
        metrics = self.loop.validate()
        valid_loss = metrics["valid_loss"]
        told: dict[str, Any] = {
            "epoch": progress.epochs + 1,
            "step": progress.step,
            "train_loss": progress.loss_sum / max(1, progress.batch),
            "valid_loss": valid_loss,
            "metrics": metrics,
            "eta_s": self._eta_s(),
            "samples_per_s": rate,
            "waiting_share": self.loop.waiting_share,
        }
        self.events.write("epoch", **told)
        if valid_loss < progress.best_loss:
            progress.best_loss, progress.best_epoch = valid_loss, progress.epochs + 1
            progress.best_metrics = metrics
            self.keep(metrics)
            self.events.write("best", **told)
        self._look(told)
        return math.isfinite(valid_loss)

    def _tell_batch(self, loss: float) -> None:
        if self.events.is_batch_due():
            progress = self.progress
            self.events.write(
                "batch",
                epoch=progress.epochs + 1,
                step=progress.step,
                train_loss=loss,
                eta_s=self._eta_s(),
                samples_per_s=self._samples_per_s(),
            )

    def _save_if_due(self, interval_s: float) -> None:
        if self.loop.agree(time.monotonic() - self._saved_at >= interval_s):
            self.save()

    def _epochs_done(self) -> float:
        return self.progress.epochs + self.progress.batch / self.loop.n_batches

    def _samples_per_s(self) -> float | None:
        """How many examples a second this epoch has learned from."""
        seconds = time.monotonic() - self._epoch_began
        n_samples = self.loop.n_samples - self._samples_before
        return round(n_samples / seconds, 1) if seconds > 0 and n_samples else None

    def _eta_s(self) -> float | None:
        """Seconds until the last epoch or the budget ends, as far as this session can tell."""
        done = self._epochs_done() - self._first_epochs
        if done <= 0:
            return None
        now = time.monotonic()
        left = (self.settings.epochs - self._epochs_done()) * (now - self._began) / done
        return round(max(0.0, min(left, self._deadline - now)), 1)
