"""The journal: every edit on disk within a moment, so that a crash costs nothing.

A session's journal is a folder: `base` (the score as it was opened or saved), `about.json` and
`edits.jsonl`. The session holds a lock on it, which the system drops when the process dies,
however it dies: a journal without a lock is one to offer back.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from models.locks import is_locked, lock_file
from models.notes import NoteError
from studio.errors import StudioError
from studio.file_errors import reason_of
from studio.score.edits import edit_from_row, edit_to_row
from studio.score.midi_file import parse_midi
from studio.score.project import Project, is_project, parse_project
from studio.score.score import Edit, Score
from studio.settings import state_dir

Step = Edit | str  # an edit made, or "undo", or "redo"
SETTLE_S = 2.0  # a disk that hangs must not hold up the window for longer


def journals_dir() -> Path:
    """Where the journals lie."""
    return state_dir() / "journal"


class Journal:
    """Writes down what happens to one score, in a thread of its own.

    Nothing is on disk before the first edit, and nothing after `clear`.
    """

    def __init__(self, base: bytes, path: Path | None, *, suffix: str = ".mid") -> None:
        self._base, self._path, self._suffix = base, path, suffix
        self._folder: Path | None = None
        self._steps: queue.SimpleQueue[Step | threading.Event | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._n_done = self._n_undone = 0  # what a replay could undo, and redo, now
        self._is_beyond = False  # whether an edit was undone that is older than the base
        self.error: str | None = None

    def append_history(self, word: Literal["undo", "redo"], edit: Edit) -> None:
        """Have an undo or redo written, which did `edit`.

        An edit that is older than the base can't be undone by a replay: from then on what was done
        is written in its place.
        """
        if not (self._n_done if word == "undo" else self._n_undone):
            self._is_beyond = True
        self.append(edit if self._is_beyond else word)

    def append(self, step: Step) -> None:
        """Have `step` written; returns at once."""
        if isinstance(step, Edit):
            self._n_done, self._n_undone = self._n_done + 1, 0
        else:
            change = 1 if step == "redo" else -1
            self._n_done, self._n_undone = self._n_done + change, self._n_undone - change
        if self._thread is None:
            self._thread = threading.Thread(target=self._write, name="journal", daemon=True)
            self._thread.start()
        self._steps.put(step)

    def settle(self) -> bool:
        """Wait until all that was appended is on disk. False if it can't be, or not soon."""
        on_disk = threading.Event()
        if self._thread is None:
            on_disk.set()
        else:
            self._steps.put(on_disk)
        return on_disk.wait(SETTLE_S) and self.error is None

    def close(self) -> None:
        """Wait until all is written, and keep it."""
        if self._thread is not None:
            self._steps.put(None)
            self._thread.join()
            self._thread = None

    def clear(self) -> None:
        """Forget it all: the score is saved, or was given up on purpose."""
        self.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _write(self) -> None:
        try:
            with contextlib.ExitStack() as stack:
                self._write_steps(self._open(stack))
        except OSError as error:  # a full disk must not stop the music: it is told, once
            self.error = (
                f"The crash journal can't be written: {reason_of(error)}. "
                "See to that, then save: until then a crash would lose what you change."
            )
            while (step := self._steps.get()) is not None:
                if isinstance(step, threading.Event):
                    step.set()

    def _write_steps(self, file: IO[str]) -> None:
        while (step := self._steps.get()) is not None:
            if isinstance(step, threading.Event):
                step.set()
                continue
            row = step if isinstance(step, str) else edit_to_row(step)
            file.write(json.dumps(row, separators=(",", ":")) + "\n")
            file.flush()
            if self._steps.empty():
                os.fsync(file.fileno())  # it outlives the machine, too

    def _open(self, stack: contextlib.ExitStack) -> IO[str]:
        folder = journals_dir() / f"{time.time_ns()}-{os.getpid()}"
        folder.mkdir(parents=True)
        lock = stack.enter_context((folder / "lock").open("w"))
        lock_file(lock)
        (folder / f"base{self._suffix}").write_bytes(self._base)
        about = {"path": str(self._path) if self._path else None, "suffix": self._suffix}
        (folder / "about.json").write_text(json.dumps(about), encoding="utf-8")
        self._folder = folder
        return stack.enter_context((folder / "edits.jsonl").open("w", encoding="utf-8"))


@dataclass(frozen=True)
class Recovery:
    """What a session that died has left: the score it started from and what was done to it."""

    folder: Path
    path: Path | None
    base: bytes
    suffix: str
    steps: tuple[Step, ...]

    def project(self) -> Project:
        """The project as it was at the last edit. Raises StudioError if even the base is broken."""
        name = self.path.name if self.path else "The recovered score"
        if is_project(Path(f"base{self.suffix}")):
            project = parse_project(self.base, name)
        else:
            project = Project(parse_midi(self.base, name))
        score = project.song.score
        for step in self.steps:
            try:
                _replay(score, step)
            except NoteError as error:
                raise StudioError(
                    f"{name}: the journal does not fit its score ({error})."
                ) from error
        return project

    def discard(self) -> None:
        """Forget it."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _replay(score: Score, step: Step) -> None:
    if isinstance(step, Edit):
        score.apply(step)
    elif step == "undo":
        score.undo()
    elif step == "redo":
        score.redo()


def recoveries() -> list[Recovery]:
    """What sessions that died have left, the latest first; journals in use are not among it."""
    folders = sorted(journals_dir().glob("*/"), reverse=True)
    found = (_read(folder) for folder in folders if not is_locked(folder / "lock"))
    return [recovery for recovery in found if recovery is not None]


def _read(folder: Path) -> Recovery | None:
    try:
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        base = (folder / f"base{about['suffix']}").read_bytes()
        lines = (folder / "edits.jsonl").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError, KeyError, TypeError):
        return None
    steps: list[Step] = []
    for line in lines:
        try:
            row = json.loads(line)
            steps.append(row if isinstance(row, str) else edit_from_row(row))
        except (ValueError, KeyError, TypeError):
            break  # the line that was being written when the process died
    path = Path(about["path"]) if about["path"] else None
    return Recovery(folder, path, base, about["suffix"], tuple(steps)) if steps else None
