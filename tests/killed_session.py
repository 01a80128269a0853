"""Kills a session of editing, saving, recording and training, and looks what is left."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile

from models.notes import Note
from models.training.run import LAST
from studio.score.midi_file import read_midi
from studio.score.project import read_project
from studio.ui.compose.score_view_model import ScoreViewModel
from tests.killed_training import check_run
from tests.programs.long_session import RATE, act, actions

PROGRAM = Path(__file__).parent / "programs" / "long_session.py"
ROOT = Path(__file__).parents[1]
LOST_S = 1.0  # what may be lost, at most
LONGEST_S = 1.5  # of a session, after its first edit or the first state of its training
PATIENCE_S = 60.0
TOLD = "told.txt"

Notes = list[Note]


@dataclass(frozen=True)
class Left:
    """What was there after the kill, counted in actions and samples."""

    told: dict[str, int]  # of each kind of line, the last count
    due: dict[str, int]  # the same, of what was told a second before the kill
    folder: Path

    def recovered(self) -> Notes | None:
        """What the next session brings back; None if it is offered nothing."""
        score = ScoreViewModel()
        return list(score.score.notes) if score.recover() else None


def states(seed: int, count: int) -> list[Notes]:
    """The notes after each of the first `count` actions of a session, from none on."""
    score = ScoreViewModel()
    score.new_song()
    found = [list(score.score.notes)]
    for number, action in enumerate(islice(actions(seed), count)):
        act(score, action, number)
        found.append(list(score.score.notes))
    score.close()
    return found


def kill_session(seed: int, folder: Path) -> Left:
    """Run a session in `folder`, its settings there too, and SIGKILL all of it somewhere.

    Every second session is killed early, the others once the training has saved its first state.
    """
    rng = random.Random(seed)
    command = [sys.executable, str(PROGRAM), str(seed), str(folder)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    first = folder / (TOLD if seed % 2 else f"run/{LAST}")
    with (folder / TOLD).open("w") as told_to:
        program = subprocess.Popen(command, env=env, stdout=told_to, start_new_session=True)
    try:
        _wait_for(lambda: first.exists() and first.stat().st_size > 0)
        time.sleep(rng.uniform(0, LONGEST_S))
    finally:
        killed_s = time.monotonic()
        os.killpg(program.pid, signal.SIGKILL)
        program.wait()
    lines = (folder / TOLD).read_text().splitlines()
    told: dict[str, int] = {}
    due: dict[str, int] = {}
    for line in lines:
        words = line.rsplit(maxsplit=2)
        if len(words) == 3:  # the last line may be half a line
            at_s, what, count = words
            told[what] = int(count)
            if float(at_s) < killed_s - LOST_S:
                due[what] = int(count)
    return Left(told, due, folder)


def _wait_for(is_so: Callable[[], bool]) -> None:
    ends_s = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < ends_s, "the session never began"
        time.sleep(0.005)


def check(seed: int, whole: Path) -> str:
    """Kill one session and check all it left against the `whole` run of its training.

    Returns what was there, in words. Raises AssertionError.
    """
    before = os.environ.get("STUDIO_HOME")
    with TemporaryDirectory() as place:
        os.environ["STUDIO_HOME"] = place
        try:
            left = kill_session(seed, Path(place))
            return f"{_checked(seed, left)}, {check_run(left.folder / 'run', whole)}"
        finally:
            if before is None:
                del os.environ["STUDIO_HOME"]
            else:
                os.environ["STUDIO_HOME"] = before


def _checked(seed: int, left: Left) -> str:
    most = left.told.get("edit", 0) + 2  # the one in work may have been done, and not told
    expected = states(seed, most)
    saved = max(left.told.get("song.mid", 0), left.told.get("song.studio", 0))
    for name in ("song.mid", "song.studio"):
        _check_file(left.folder / name, expected[left.told.get(name, 0) :], name in left.told)
    recovered = left.recovered()
    due = left.due.get("edit", 0)
    if recovered is not None:
        assert recovered in expected[max(due, 0) :], f"{due} edits were due"
    else:  # nothing was offered: then all that was due is in the file that was saved last
        assert expected[saved] in expected[due:], f"{due} edits were due, {saved} saved"
    n_samples = _check_take(left.folder / "take.wav", left.due.get("recorded", 0))
    return f"{most - 2} edits, {saved} saved, {n_samples / RATE:.1f} s recorded"


def _check_file(path: Path, may_be: list[Notes], is_told: bool) -> None:
    """A file that was told to be saved holds that, or what was saved after it."""
    if not path.exists():
        assert not is_told, f"{path.name} was saved, and is not there"
        return
    song = read_midi(path) if path.suffix == ".mid" else read_project(path).song
    assert list(song.score.notes) in may_be, f"{path.name} is not what was saved"
    leftovers = [p.name for p in path.parent.glob(f".{path.name}.*")]
    assert len(leftovers) <= 1, leftovers  # of the save that was killed


def _check_take(path: Path, due: int) -> int:
    """The recording is valid and has all that was due."""
    if not path.exists() or path.stat().st_size == 0:
        assert due == 0
        return 0
    sound, rate = soundfile.read(path, dtype="float32")
    assert rate == RATE
    assert len(sound) >= due, f"{due} samples were due, {len(sound)} are there"
    np.testing.assert_array_equal(sound, np.arange(len(sound), dtype=np.float32) / 2**24)
    return len(sound)
