"""`studio train --search`: short runs with other settings each, and the best of them as `best/`."""

from __future__ import annotations

import json
import math
import shutil
import time
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from models.errors import ModelError
from models.model_folder import replace_folder
from models.settings.search import SEARCHED, Span
from models.spread import spread_over
from models.training.engine import train
from models.training.events import Emit, EventLog
from models.training.failures import PAUSED, told
from models.training.kinds import task_module
from models.training.presets import resolve
from models.training.report import write_json
from models.training.run import (
    BEST,
    FIGURES,
    LAST,
    REPORT_FILE,
    Stopper,
    TrainOptions,
    holding,
    open_run,
)
from models.training.search_resume import SEARCH_FILE, TRIALS, Earlier, resumed
from models.training.search_study import ask, make_study, repeat, tell
from models.training.search_trial import Trial, Watch

WANTED_TRIALS = 8  # so many must fit into the time, or each is given fewer epochs
TRIED_SHARE = 0.6  # of the time, where the best is then trained for longer
_FORMAT = 1


def search(options: TrainOptions, emit: Emit) -> Path:
    """Train with the settings as they are and then with others, and keep the best model.

    Which come next is chosen by what the earlier ones led to (tree-structured Parzen estimator);
    those that lag behind the median of the others are ended early. Chosen by the validation
    loss; the test split is measured once, with the best model.

    Parameters
    ----------
    options : TrainOptions
        `budget_min` is the time for all of it; `trials` the most runs. What `settings` fixes is
        not searched. With `resume`, a search that was paused, stopped or killed goes on: the
        trials that had ended are kept, and the unfinished one goes on from its last state.
    emit : callable
        Gets every event of the search, and those of each trial with its number as "trial".

    Returns
    -------
    Path
        The folder of the best model: `best` in `options.run`. `trials/` has the runs and
        `search.json` sums them up.

    Raises
    ------
    ModelError
        If there is nothing to search, or the first run can't be done.

    Source
    ------
    Optuna's `TPESampler` and `MedianPruner`.
    """
    with holding(options.run):
        options, earlier = resumed(options) if options.resume else (options, None)
        space = _space(options)
        _open(options, _config(options, space))
        before_s = earlier.seconds if earlier else 0.0
        events = EventLog(options.run, emit, seconds_before=before_s)
        with (
            closing(events),
            Stopper(options.run) as stopper,
            told(events, options.run, stopper),
            spread_over(options.scheduler),
        ):
            Search(options, space, events, emit, stopper, earlier or Earlier()).run()
    return options.run / BEST


def _open(options: TrainOptions, config: dict[str, Any]) -> None:
    """Make the folder of a new search; what an earlier one left before it had begun is dropped."""
    if not options.resume:
        open_run(options.run, config)
    elif not (options.run / SEARCH_FILE).exists():
        shutil.rmtree(options.run / TRIALS, ignore_errors=True)


def _space(options: TrainOptions) -> dict[str, Span]:
    """The settings that are tried: those of the kind that the user has not set."""
    if options.devices > 1 or options.nodes > 1:
        raise ModelError("A search is one process: no --devices, --nodes.")
    if options.budget_min is None and options.trials is None:
        raise ModelError("Say how long to search, such as --budget 30 (minutes), or --trials 10.")
    task_module(options.kind)
    spans = SEARCHED.get(options.kind, {})
    space = {name: span for name, span in spans.items() if name not in options.settings}
    if not space:
        raise ModelError(f"Nothing is left to search: {', '.join(spans)} are all set.")
    return space


def _config(options: TrainOptions, space: dict[str, Span]) -> dict[str, Any]:
    searched = {name: asdict(span) for name, span in space.items()}
    return {
        "kind": options.kind,
        "data": str(options.data),
        "preset": options.preset,
        "changes": dict(options.settings),
        "epochs": options.epochs,
        "budget_min": options.budget_min,
        "trials": options.trials,
        "limit_per_class": options.limit_per_class,
        "seed": options.seed,
        "command": options.command,
        "settings": dict(options.settings),
        "search": searched,
    }


class Search:
    """The trials of a search, one after another."""

    def __init__(
        self,
        options: TrainOptions,
        space: dict[str, Span],
        events: EventLog,
        emit: Emit,
        stopper: Stopper,
        earlier: Earlier,
    ) -> None:
        self.options = options
        self.trials: list[Trial] = []
        self._earlier = earlier
        self._space = space
        self._events = events
        self._emit = emit
        self._stopper = stopper
        minutes = math.inf if options.budget_min is None else options.budget_min
        self._began, self._end = time.monotonic(), time.monotonic() + 60 * minutes
        self._most = options.trials or 10_000
        self._is_stopped = False
        self._plan_told: dict[str, Any] = {}
        self._defaults, self._engine = resolve(
            task_module(options.kind), options.preset, options.settings
        )

    def run(self) -> None:
        """Search until the time is up, and leave the best model, measured."""
        self._tell("start", kind=self.options.kind, run=str(self.options.run), search=True)
        epochs, until = self._go_on() if self._earlier.trials else self._plan()
        self._plan_told = {"epochs": epochs, "until_s": self._since_begin_s(until)}
        study = make_study(self.options.seed, epochs)
        study.enqueue_trial(self._as_they_are())
        self.trials = list(self._earlier.trials[: self._earlier.n_finished])
        repeat(study, self._space, self.trials, self.options.run, epochs)
        while len(self.trials) < self._most and not self._is_over(until):
            trial, asked = self._ask(study, epochs)
            self._try(trial, until, asked)
            if asked is not None:
                tell(study, asked, trial.valid_loss, is_pruned=trial.state == "pruned")
        if self._is_paused:
            self._tell("end", reason="paused", message=PAUSED)
            return
        self._train_longer(epochs)
        self._keep_best()

    def _ask(self, study: Any, epochs: int) -> tuple[Trial, Any]:
        """The next trial and what Optuna knows it by, None where it did not choose it.

        It is the one in which the earlier search was interrupted, until that is done.
        """
        left = self._earlier.trials[len(self.trials) :]
        if left and left[0].epochs != epochs:  # the best settings, trained for longer
            return left[0], None
        asked = ask(study, self._space, left[0].settings if left else None)
        return (left[0] if left else self._next(asked.params, epochs)), asked

    def _next(self, settings: dict[str, Any], epochs: int) -> Trial:
        number = len(self.trials) + 1
        return Trial(number, f"{TRIALS}/{number:02d}", settings, epochs)

    @property
    def _is_paused(self) -> bool:
        return self._stopper.is_asked and self._stopper.is_pause

    def _since_begin_s(self, until: float) -> float | None:
        """A moment in seconds of the search, all its sessions together; None for its end."""
        if until == self._end:
            return None
        return self._events.seconds + until - time.monotonic()

    def _go_on(self) -> tuple[int, float]:
        """Epochs for each trial and until when, as they were planned."""
        until_s = self._earlier.until_s
        if until_s is None:
            return self._earlier.epochs, self._end
        return self._earlier.epochs, time.monotonic() + until_s - self._events.seconds

    @property
    def best(self) -> Trial | None:
        """The trial with the least validation loss so far."""
        done = [trial for trial in self.trials if trial.valid_loss is not None]
        return min(done, key=lambda trial: trial.valid_loss or 0.0, default=None)

    def _plan(self) -> tuple[int, float]:
        """Epochs for each trial, and until when they may take."""
        wanted = self._engine.epochs if self.options.epochs is None else self.options.epochs
        if self.options.epochs is not None or math.isinf(self._end):
            return wanted, self._end
        epoch_s = self._epoch_s()
        left_s = self._end - time.monotonic()
        fitting = int(left_s / WANTED_TRIALS / epoch_s)
        if fitting >= wanted:
            return wanted, self._end
        fewer = max(1, int(TRIED_SHARE * left_s / WANTED_TRIALS / epoch_s))
        return min(wanted, fewer), time.monotonic() + TRIED_SHARE * left_s

    def _epoch_s(self) -> float:
        """Seconds that an epoch takes, from one with the settings as they are."""
        probe = Trial(0, f"{TRIALS}/00", self._as_they_are(), 1)
        self._train(probe, self._end, None)
        shutil.rmtree(self.options.run / probe.folder, ignore_errors=True)
        return max(0.01, probe.seconds)

    def _as_they_are(self) -> dict[str, Any]:
        """The searched settings as they would be without a search, moved into their ranges."""
        values = {name: getattr(self._defaults, name) for name in self._space}
        return {
            name: min(max(value, self._space[name].low), self._space[name].high)
            for name, value in values.items()
        }

    def _is_over(self, until: float) -> bool:
        return self._is_stopped or self._stopper.is_asked or time.monotonic() >= until

    def _try(self, trial: Trial, until: float, asked: Any) -> None:
        """Do a run, or go on with it, and see what came of it."""
        self.trials.append(trial)
        self._write()
        self._train(trial, until, asked)
        self._write()
        told = {**asdict(trial), "trial": trial.number, "is_best": self.best is trial}
        if trial.state != "paused":
            self._tell("trial", **told)

    def _train(self, trial: Trial, until: float, asked: Any) -> None:
        watch = Watch(trial, self.options.run / trial.folder, asked, self._stopper, self._emit)
        try:
            train(self._options_of(trial, until), watch.listen)
        except ModelError as error:
            if trial.number <= 1 and trial.state != "stopped":
                raise  # what can't be done with the settings as they are can't be done
            trial.message = str(error)
            trial.state = "failed" if trial.state == "running" else trial.state
        self._is_stopped = self._is_stopped or trial.state == "stopped"

    def _options_of(self, trial: Trial, until: float) -> TrainOptions:
        left_min = (until - time.monotonic()) / 60
        folder = self.options.run / trial.folder
        again = trial.state in ("running", "paused", "stopped") and (folder / LAST).exists()
        if not again:
            shutil.rmtree(folder, ignore_errors=True)
        trial.state = "running"
        return replace(
            self.options,
            run=folder,
            settings={} if again else {**self.options.settings, **trial.settings},
            resume=again,
            epochs=trial.epochs,
            budget_min=None if math.isinf(left_min) else max(1e-3, left_min),
            scheduler=None,  # this search has set it up
            is_trial=True,
        )

    def _train_longer(self, epochs: int) -> None:
        """Train the best settings for the rest of the time, if that is more."""
        best = self.best
        if best is None or self._is_over(self._end) or math.isinf(self._end):
            return
        epoch_s = best.seconds / max(1, best.epochs)
        fitting = int((self._end - time.monotonic()) / max(epoch_s, 0.01))
        longer = min(self._engine.epochs, fitting)
        if self.options.epochs is None and longer > epochs and len(self.trials) < self._most:
            self._try(self._next(best.settings, longer), self._end, None)

    def _keep_best(self) -> None:
        """Measure the best model and put it, and its report, where a run has them."""
        best = self.best
        if best is None:
            raise ModelError("The search ended before anything was learned: there is no model.")
        run, folder = self.options.run, self.options.run / best.folder
        if not self._stopper.is_asked and not self._is_stopped:
            self._measure(best)
        replace_folder(run / BEST, {f.name: f.read_bytes() for f in (folder / BEST).iterdir()})
        for file in folder.glob("*.csv"):
            shutil.copy(file, run)
        if (folder / FIGURES).is_dir():
            shutil.copytree(folder / FIGURES, run / FIGURES, dirs_exist_ok=True)
        report = json.loads((folder / REPORT_FILE).read_text(encoding="utf-8"))
        summary = [asdict(trial) for trial in self.trials]
        write_json(run / REPORT_FILE, {**report, "search": summary})
        self._write()
        self._tell_end(best)

    def _measure(self, best: Trial) -> None:
        name = str(
            self.options.settings.get("name", f"{self.options.kind}-{self.options.run.name}")
        )
        asked = replace(
            self.options,
            run=self.options.run / best.folder,
            preset="",
            settings={"name": name},
            epochs=None,
            budget_min=None,
            scheduler=None,
            resume=True,
            measure_only=True,
        )
        train(asked, lambda event: self._emit({**event, "trial": best.number}))

    def _tell_end(self, best: Trial) -> None:
        n_trials = len(self.trials)
        is_stopped = self._is_stopped or self._stopper.is_asked
        self._tell(
            "end",
            reason="stopped" if is_stopped else "searched",
            message=f"Trial {best.number} of {n_trials} was the best.",
            valid_loss=best.valid_loss,
            metrics=best.metrics,
            best_epoch=best.best_epoch,
            model=str(self.options.run / BEST),
        )

    def _tell(self, event: str, **values: Any) -> None:
        left_s = self._end - time.monotonic()
        values.setdefault("eta_s", None if math.isinf(left_s) else round(max(0.0, left_s), 1))
        self._events.write(event, **values)

    def _write(self) -> None:
        best = self.best
        told = {
            "format": _FORMAT,
            "kind": self.options.kind,
            "data": str(self.options.data),
            "preset": self.options.preset,
            "seed": self.options.seed,
            "budget_min": self.options.budget_min,
            "searched": {name: asdict(span) for name, span in self._space.items()},
            "sampler": "TPE",
            "pruner": "median",
            "plan": self._plan_told,
            "seconds": round(self._events.seconds, 3),
            "best": best and best.number,
            "trials": [asdict(trial) for trial in self.trials],
        }
        write_json(self.options.run / SEARCH_FILE, told)
