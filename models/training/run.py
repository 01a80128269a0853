"""A run: what was asked for, the folder it lives in, and how it is told to stop."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from models.errors import ModelError
from models.locks import lock_soon
from models.training.events import EVENTS_FILE

CONFIG_FILE = "config.json"
REPORT_FILE = "report.json"
STOP_FILE, PAUSE_FILE = "stop", "pause"
LOCK_FILE = "lock"
LOG_FILE = "log.txt"
LAST, BEST, FIGURES = "last", "best", "figures"
MIN_FREE_BYTES = 100 << 20
_FORMAT = 1
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def _ignore(text: str) -> None:
    """Take a line of the log and do nothing."""


@dataclass(frozen=True)
class TrainOptions:
    """What to train, on what, how, and where the run is kept.

    `settings` are changes to the preset (text, or values of the right type); `epochs` None is the
    preset's; `budget_min` is for this session, data preparation included. With `resume`, `run`
    is an earlier run that is gone on with: its preset, settings and seed, and `data` None, are
    taken from it. `scheduler` is the address of a Dask cluster that hears the data. `command` is
    what the card says the model was made by. `trials` bounds a search; a run of it `is_trial`: it
    leaves the test split alone. `measure_only` completes one of them.
    """

    kind: str
    data: Path | None
    run: Path
    preset: str = "default"
    settings: Mapping[str, Any] = field(default_factory=dict)
    epochs: int | None = None
    budget_min: float | None = None
    limit_per_class: int | None = None
    resume: bool = False
    devices: int = 1
    nodes: int = 1
    scheduler: str | None = None
    trials: int | None = None
    is_trial: bool = False
    measure_only: bool = False
    seed: int = 0
    command: str = ""
    accelerator: str = "auto"
    log: Callable[[str], None] = _ignore


class StopRequestedError(Exception):
    """Someone asked the run to stop while it was busy with something long."""


class Stopper:
    """Hears the run's stop and pause files, SIGINT and SIGTERM.

    A second signal ends the process at once.
    """

    def __init__(self, run: Path) -> None:
        self._stop, self._pause = run / STOP_FILE, run / PAUSE_FILE
        self._is_pause = False
        self._is_asked = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Stopper:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._on_signal) for number in _SIGNALS}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._restore()

    @property
    def is_asked(self) -> bool:
        """Whether the run is to stop, or to pause."""
        if not self._is_asked:
            self._is_pause = self._pause.exists() and not self._stop.exists()
            self._is_asked = self._is_pause or self._stop.exists()
        return self._is_asked

    @property
    def is_pause(self) -> bool:
        """Whether it is to be gone on with later, so that nothing need be completed now."""
        return self._is_asked and self._is_pause

    def check(self, *_: Any) -> None:
        """Raise StopRequestedError if the run is to stop; takes whatever a hook is called with."""
        if self.is_asked:
            raise StopRequestedError

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._is_asked = True
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}


def open_run(run: Path, config: dict[str, Any]) -> None:
    """Make the folder of a new run and write its `config.json`.

    Raises
    ------
    ModelError
        If it holds a run already, can't be made, or the disk is nearly full.
    """
    if (run / LAST).exists() or (run / BEST).exists():
        raise ModelError(
            f"{run} already holds a run. Go on with it by --resume, or choose another folder."
        )
    try:
        run.mkdir(parents=True, exist_ok=True)
        (run / EVENTS_FILE).unlink(missing_ok=True)
        write_config(run, config)
        n_free = shutil.disk_usage(run).free
    except OSError as error:
        raise ModelError(f"{run}: the run's folder can't be written ({error.strerror}).") from error
    if n_free < MIN_FREE_BYTES:
        raise ModelError(f"{run}: only {n_free >> 20} MB are free there; a run needs 100 MB.")


@contextlib.contextmanager
def holding(run: Path) -> Iterator[None]:
    """Make the run's folder if need be and keep it: whoever looks can tell that it is under way.

    Raises
    ------
    ModelError
        If another process is at work on it, or the folder can't be written.
    """
    try:
        run.mkdir(parents=True, exist_ok=True)
        file = (run / LOCK_FILE).open("a+")
    except OSError as error:
        raise ModelError(f"{run}: the run's folder can't be written ({error.strerror}).") from error
    with file:
        try:
            lock_soon(file)
        except OSError as error:
            raise ModelError(f"{run} is under way already, in another process.") from error
        yield


def write_config(run: Path, config: dict[str, Any]) -> None:
    """Write `config.json`, whole or not at all; raises OSError."""
    content = json.dumps({"format": _FORMAT, **config}, indent=1, ensure_ascii=False)
    fresh = run / f".{CONFIG_FILE}.new"
    fresh.write_text(content + "\n", encoding="utf-8")
    os.replace(fresh, run / CONFIG_FILE)


def read_config(run: Path, kind: str) -> dict[str, Any]:
    """The `config.json` of an earlier run, its stop and pause files taken away.

    Raises
    ------
    ModelError
        If there is no run of this kind that could be gone on with.
    """
    try:
        config = json.loads((run / CONFIG_FILE).read_text(encoding="utf-8"))
        earlier = config["kind"]
        fits = config["format"] == _FORMAT and isinstance(config["settings"], dict)
        for name in (STOP_FILE, PAUSE_FILE):
            (run / name).unlink(missing_ok=True)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{run} is no run that could be gone on with.") from error
    if earlier != kind or not fits:
        raise ModelError(f"{run} is a run of {earlier!r:.60}; it can't be gone on with as {kind}.")
    return dict(config)
