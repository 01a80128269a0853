"""A training run as a process of its own: the very command `studio train`."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.errors import StudioError
from studio.settings import runs_dir
from studio.training.results import EVALUATION
from studio.training.run_follower import BEST_FOLDER

STOP_FILE, PAUSE_FILE = "stop", "pause"
LOW_PRIORITY = 10  # of `nice`: the sound and the window come first


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What is to be trained, as the arguments of `studio train` say it.

    With `resume`, the run's folder is that of a run that was paused, stopped or killed; its preset
    and settings stay as they are.
    """

    kind: str
    data: Path
    preset: str = "default"
    epochs: int | None = None
    settings: tuple[str, ...] = ()
    resume: bool = False

    def arguments(self, run: Path) -> list[str]:
        """The arguments after `studio`."""
        if self.resume:
            return [*self._asked("--resume", str(run)), "--json"]
        return [*self._asked("-o", str(run), "--preset", self.preset), "--json"]

    def estimate_arguments(self) -> list[str]:
        """The arguments after `studio` that tell what the run would cost."""
        return [*self._asked("--preset", self.preset), "--estimate", "--json"]

    def _asked(self, *how: str) -> list[str]:
        words = ["train", self.kind, str(self.data), *how]
        words += [] if self.epochs is None else ["--epochs", str(self.epochs)]
        for setting in self.settings:
            words += ["--set", setting]
        return words


class RunProcess:
    """A run under way. It goes on when the application is closed: it writes to files only."""

    def __init__(self, request: RunRequest, run: Path | None = None) -> None:
        self.request = request
        self.folder = run or new_run_folder(request.kind)
        self._log = _log_of(self.folder)
        command = [sys.executable, "-P", "-m", "studio", *request.arguments(self.folder)]
        try:
            with self._log.open("wb") as log:
                self._process = _start(command, stdout=subprocess.DEVNULL, stderr=log)
        except OSError as error:
            raise StudioError(f"The training can't be started: {error.strerror}.") from error

    @property
    def is_running(self) -> bool:
        """Whether the process is alive."""
        return self._process.poll() is None

    @property
    def failure(self) -> str:
        """What the process said when it could not go on; '' if it ended well or still runs."""
        if self._process.poll() in (None, 0):
            return ""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        told = [line for line in lines if line.startswith("studio: ")]
        if told:
            return told[-1].removeprefix("studio: ")
        last = lines[-1] if lines else f"exit status {self._process.returncode}"
        return f"The training ended unexpectedly ({last}). Its log is {self._log}."

    def stop(self) -> None:
        """Ask the run to end at the next batch, its best model kept."""
        ask_to_stop(self.folder)

    def pause(self) -> None:
        """Ask the run to end at the next batch, to be gone on with later."""
        ask_to_pause(self.folder)

    def wait(self, timeout_s: float) -> bool:
        """Wait for the end; True if it came in time."""
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return False
        return True


def ask_to_stop(folder: Path) -> bool:
    """Put the stop file into a run's folder; False if the run has not made its folder yet.

    Raises StudioError if the file can't be written.
    """
    return _ask(folder, STOP_FILE)


def ask_to_pause(folder: Path) -> bool:
    """Put the pause file into a run's folder; False if the run has not made its folder yet.

    Its process ends with the event "end", reason "paused"; `RunRequest(…, resume=True)` goes on.
    Raises StudioError if the file can't be written.
    """
    return _ask(folder, PAUSE_FILE)


def _ask(folder: Path, what: str) -> bool:
    if not folder.is_dir():
        return False
    try:
        (folder / what).touch()
    except OSError as error:
        reason = error.strerror
        raise StudioError(f"{folder}: the run can't be told to {what} ({reason}).") from error
    return True


def new_run_folder(kind: str) -> Path:
    """A folder for a new run, named after the moment and the kind; no other run has it."""
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{kind}"
    names = (name if number == 1 else f"{name}-{number}" for number in itertools.count(1))
    folders = (runs_dir() / name for name in names)
    return next(folder for folder in folders if not _is_taken(folder))


def _is_taken(folder: Path) -> bool:
    """A run that has just begun has a log before it has a folder."""
    return folder.exists() or _log_of(folder).exists()


def _log_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.log")


def list_runs() -> list[Path]:
    """The folders of earlier runs, newest first."""
    found = (folder for folder in runs_dir().iterdir() if (folder / "config.json").is_file())
    return sorted(found, key=lambda folder: folder.name, reverse=True)


def inspect_data(path: Path) -> dict[str, Any]:
    """What `studio inspect --json` says of a data set. Raises StudioError in its words."""
    return _told(["inspect", str(path)], f"{path} can't be looked over")


def estimate_run(request: RunRequest) -> dict[str, Any]:
    """What `studio train … --estimate` says of a run. Raises StudioError in its words."""
    return _told(request.estimate_arguments()[:-1], "The cost of the run can't be told")


def measure_run(run: Path, data: Path, split: str) -> Path:
    """Measure the best model of a run by `studio evaluate`; the folder with the results.

    Raises StudioError in the command's words.
    """
    out = run / EVALUATION
    words = ["evaluate", str(run / BEST_FOLDER), str(data), "--split", split, "-o", str(out)]
    _told(words, f"{run} can't be measured")
    return out


def import_model(source: Path) -> Path:
    """Check a model that somebody sent and add it, by `studio models import`; its folder.

    Raises StudioError in the command's words.
    """
    told = _told(["models", "import", str(source)], f"{source} can't be imported")
    return Path(told["folder"])


def _told(words: list[str], what_fails: str) -> dict[str, Any]:
    """What a command says with `--json`; StudioError in its words if it fails."""
    command = [sys.executable, "-P", "-m", "studio", *words, "--json"]
    try:
        process = _start(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except OSError as error:
        raise StudioError(f"{what_fails}: {error.strerror}.") from error
    output, errors = process.communicate()
    text = errors.decode(errors="replace").strip().splitlines()
    if process.returncode != 0:
        reason = text[-1].removeprefix("studio: ") if text else f"{what_fails}: it ended early."
        raise StudioError(reason)
    report: dict[str, Any] = json.loads(output)
    return report


def _start(command: list[str], **streams: Any) -> subprocess.Popen[bytes]:
    """A process that outlives the window, and gives way to it."""
    if sys.platform == "win32":
        flags = subprocess.BELOW_NORMAL_PRIORITY_CLASS | subprocess.CREATE_NEW_PROCESS_GROUP
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, creationflags=flags, **streams)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, **streams)
    # not by preexec_fn, which may hang in an application that has threads
    with contextlib.suppress(OSError):  # it may have ended already
        os.setpriority(os.PRIO_PROCESS, process.pid, LOW_PRIORITY)
    return process
