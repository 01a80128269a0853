"""Edits, saves and records without end, beside a training; tells what it has done.

Each line is the time, what was done, and how much of it: edits since the beginning, saves since
the beginning with the edits in them, samples recorded.
"""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication

from models.notes import Note
from studio.audio.recorder import Recorder
from studio.score.score import Edit
from studio.ui.compose.score_view_model import ScoreViewModel

RATE, BLOCK = 48_000, 4800
STEP_S = 0.01
TICKS = 24
TRAINING = Path(__file__).with_name("long_training.py")


def actions(seed: int) -> Iterator[str]:
    """What the musician does, the same for the same seed."""
    rng = random.Random(seed)
    while True:
        yield rng.choices(("draw", "erase", "undo", "redo", "save", "save as"), (9, 2, 2, 1, 1, 1))[
            0
        ]


def act(score: ScoreViewModel, action: str, number: int) -> None:
    """One action on the score; saving is not among them."""
    notes = score.score.notes
    if action == "draw":
        note = Note(TICKS * number, 40 + number % 40, TICKS, 90, 0)
        score.request(Edit("Draw note", added=frozenset({note})))
    elif action == "erase" and notes:
        score.request(Edit("Erase note", removed=frozenset({notes[number % len(notes)]})))
    elif action in ("undo", "redo"):
        getattr(score, action)()


def tell(what: str, count: int) -> None:
    """One line for who watches."""
    sys.stdout.write(f"{time.monotonic()} {what} {count}\n")
    sys.stdout.flush()


def main() -> None:
    seed, folder = int(sys.argv[1]), Path(sys.argv[2])
    subprocess.Popen([sys.executable, str(TRAINING), str(folder / "run")])
    application = QCoreApplication([])
    score = ScoreViewModel()
    score.new_song()
    recorder = Recorder(folder / "take.wav", RATE, 1)
    n_recorded = 0
    for number, action in enumerate(actions(seed)):
        act(score, action, number)
        tell("edit", number + 1)
        if action.startswith("save"):
            name = "song.mid" if action == "save" else "song.studio"
            if not score.save(folder / name):
                sys.exit("could not save")
            tell(name, number + 1)
        sound = np.arange(n_recorded, n_recorded + BLOCK, dtype=np.float32)[:, None] / 2**24
        recorder.push_frames(sound, n_recorded)
        n_recorded += BLOCK
        tell("recorded", n_recorded)
        application.processEvents()
        time.sleep(STEP_S)


if __name__ == "__main__":
    main()
