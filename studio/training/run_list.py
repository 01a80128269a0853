"""The runs there are: what each was asked, how far it came, whether it is still under way."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from models.locks import is_locked
from studio.settings import runs_dir
from studio.training.run_follower import CONFIG_FILE, EVENTS_FILE, RunState, read_state

LOCK_FILE = "lock"
RunStanding = Literal["running", "done", "paused", "stopped", "failed", "interrupted"]
MAIN_METRICS = ("accuracy", "removal_auc", "nll")


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run as a row of the table of runs."""

    folder: Path
    kind: str
    data: Path
    preset: str
    changes: dict[str, Any]
    settings: dict[str, Any]
    seed: int
    standing: RunStanding
    state: RunState
    parent: Path | None = None  # of a trial: the search that it belongs to
    is_search: bool = False

    @property
    def name(self) -> str:
        """What the run is called: its folder, and of a trial its search's as well."""
        if self.parent is None:
            return self.folder.name
        return f"{self.parent.name} / {self.folder.name}"

    @property
    def n_epochs(self) -> int:
        """The most epochs it may take."""
        return int(self.settings.get("epochs") or 0)

    @property
    def can_resume(self) -> bool:
        """Whether it ended before its end: even one that has kept no state yet can begin again."""
        has_more = self.state.epoch < self.n_epochs and self.state.end_reason != "patience"
        is_over = self.standing in ("paused", "stopped", "interrupted")
        return is_over and (has_more or self.is_search)

    @property
    def metric(self) -> tuple[str, float] | None:
        """The main figure of the best epoch on the validation data."""
        found = self.state.best_metrics
        names = [name for name in MAIN_METRICS if isinstance(found.get(name), int | float)]
        return (names[0], float(found[names[0]])) if names else None

    @property
    def changed_words(self) -> str:
        """The preset and what was changed in it: 'quick, width=8'."""
        changes = [f"{name}={value}" for name, value in sorted(self.changes.items())]
        return ", ".join([self.preset, *changes])


class RunList:
    """Reads the runs of a folder; those that have not changed since are not read again."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._known: dict[Path, tuple[tuple[int, int], RunSummary]] = {}
        self._lock = threading.Lock()

    def read(self) -> list[RunSummary]:
        """All runs and the trials of searches, newest first."""
        place = self._folder or runs_dir()
        with self._lock:
            found = [
                run for folder, parent in _run_folders(place) if (run := self._one(folder, parent))
            ]
        return sorted(found, key=lambda run: (run.parent or run.folder).name, reverse=True)

    def _one(self, folder: Path, parent: Path | None) -> RunSummary | None:
        stamp, known = _stamp(folder), self._known.get(folder)
        is_alive = is_locked(folder / LOCK_FILE)
        is_same = known is not None and known[0] == stamp
        if known is not None and is_same and (known[1].standing == "running") == is_alive:
            return known[1]
        summary = read_run(folder, parent)
        if summary is not None:
            self._known[folder] = stamp, summary
        return summary


def read_run(folder: Path, parent: Path | None = None) -> RunSummary | None:
    """A run's summary; None for a folder that holds none."""
    try:
        config = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
        state = read_state(folder)
        return RunSummary(
            folder,
            str(config["kind"]),
            Path(config["data"]),
            str(config["preset"]),
            _with_epochs(config),
            dict(config["settings"]),
            int(config["seed"]),
            _standing(folder, state),
            state,
            parent,
            "search" in config,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def running(runs: Iterable[RunSummary]) -> RunSummary | None:
    """The newest run that is under way, of searches the search's own."""
    alive = [run for run in runs if run.standing == "running"]
    return next((run for run in alive if run.parent is None), alive[0] if alive else None)


def is_running(folder: Path) -> bool:
    """Whether a process is at work on a run."""
    return is_locked(folder / LOCK_FILE)


def _with_epochs(config: dict[str, Any]) -> dict[str, Any]:
    """What was changed in the preset, the epochs among it."""
    epochs = {} if config.get("epochs") is None else {"epochs": config["epochs"]}
    return {**config["changes"], **epochs}


def _standing(folder: Path, state: RunState) -> RunStanding:
    if is_running(folder):
        return "running"
    if not state.has_ended:
        return "interrupted"
    others: dict[str, RunStanding] = {"paused": "paused", "stopped": "stopped", "failed": "failed"}
    return others.get(state.end_reason, "done")


def _run_folders(place: Path) -> Iterable[tuple[Path, Path | None]]:
    """Folders of runs, and with each search its trials."""
    for folder in place.iterdir() if place.is_dir() else ():
        if not folder.is_dir():
            continue
        yield folder, None
        for config in sorted(folder.glob(f"*/*/{CONFIG_FILE}")):
            yield config.parent, folder


def _stamp(folder: Path) -> tuple[int, int]:
    """What changes whenever the run tells something."""
    try:
        about = (folder / EVENTS_FILE).stat()
    except OSError:
        return 0, 0
    return about.st_mtime_ns, about.st_size
