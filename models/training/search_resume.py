"""A search that is gone on with: what it had tried when it was paused, stopped or killed."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from models.errors import ModelError
from models.training.events import read_events, rewind_events
from models.training.run import CONFIG_FILE, TrainOptions, read_config
from models.training.search_trial import Trial

SEARCH_FILE, TRIALS = "search.json", "trials"
_UNFINISHED = ("running", "paused", "stopped")


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a search had done: `trials` with the unfinished one, if any, as the last.

    `epochs` are those of each trial, `until_s` after how many seconds there are no more of them
    (None: when the time is up), `seconds` those that it has taken.
    """

    trials: tuple[Trial, ...] = ()
    epochs: int = 0
    until_s: float | None = None
    seconds: float = 0.0

    @property
    def n_finished(self) -> int:
        """How many trials need not be done again."""
        is_open = bool(self.trials) and self.trials[-1].state in _UNFINISHED
        return len(self.trials) - is_open


def is_search(run: Path) -> bool:
    """Whether there is a search in this folder."""
    try:
        return "search" in json.loads((run / CONFIG_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return False


def resumed(options: TrainOptions) -> tuple[TrainOptions, Earlier | None]:
    """The options of an earlier search, and what it had done: None if nothing that counts.

    `budget_min` is the time that is left of what it was given, unless the options say more;
    `trials` are counted from its beginning.

    Raises
    ------
    ModelError
        If there is no search that could be gone on with, or it would be another one.
    """
    config = read_config(options.run, options.kind)
    if "search" not in config:
        raise ModelError(f"{options.run} is a training, no search: leave out --search.")
    if options.settings or options.epochs is not None:
        raise ModelError("Settings and epochs can't be changed in a search that is gone on with.")
    earlier = _earlier(options.run)
    budget_min = config.get("budget_min")
    if budget_min is not None and earlier is not None:
        budget_min = max(0.0, budget_min - earlier.seconds / 60)
    if options.budget_min is not None and earlier is not None:
        earlier = replace(earlier, until_s=None)
    command = " && ".join(filter(None, (config["command"], options.command)))
    asked = replace(
        options,
        data=options.data or Path(config["data"]),
        preset=config["preset"],
        settings=config["changes"],
        epochs=config["epochs"],
        limit_per_class=config["limit_per_class"],
        seed=config["seed"],
        command=command,
        budget_min=budget_min if options.budget_min is None else options.budget_min,
        trials=options.trials or config.get("trials"),
    )
    return asked, earlier


def _earlier(run: Path) -> Earlier | None:
    try:
        found = json.loads((run / SEARCH_FILE).read_text(encoding="utf-8"))
        trials = tuple(Trial(**trial) for trial in found["trials"])
        plan = found["plan"]
        rewind_events(run, epochs=0, step=0)
        before = Earlier(trials, int(plan["epochs"]), plan["until_s"], float(found["seconds"]))
        return replace(before, seconds=before.seconds + _unfinished_seconds(run, before))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{run / SEARCH_FILE} can't be gone on with ({error!s:.120}).") from error


def _unfinished_seconds(run: Path, earlier: Earlier) -> float:
    """What has passed since the summary was last written, as far as the trial tells."""
    return sum(_seconds(run / trial.folder) for trial in earlier.trials[earlier.n_finished :])


def _seconds(run: Path) -> float:
    return max((float(event.get("seconds") or 0) for event in read_events(run)), default=0.0)
