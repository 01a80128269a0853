"""Compares the presets of genre training by what they come to, and by their time.

    python tests/bench/bench_presets.py [DATA] [--share 0.05]

Each preset trains on the training clips of DATA with `--share` of its rounds, one thread, the rest
as it is; 1 is what a musician gets. Prints, of the best round, the accuracy on the validation clips
with its 95 % interval (of Wilson; these clips chose the round, so it is a little hopeful),
the windows learned from, and the processor's seconds from the first batch to the last validation,
which other work on the machine changes less than the clock's.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from genre_folders import say

import resources
from models.evaluation.genre import evaluate_genre
from models.settings.genre import PRESETS, GenreSettings
from models.training.engine import train
from models.training.events import Event
from models.training.run import BEST, TrainOptions

NAMES = ("quick", "balanced", "best")
SEED = 1


@dataclass
class Clock:
    """The processor's seconds that a training took."""

    began: float = 0.0
    seconds: float = 0.0
    losses: list[float] = field(default_factory=list)

    def listen(self, event: Event) -> None:
        """Take an event of a run."""
        if event["event"] == "start":
            self.began = time.process_time()
        elif event["event"] == "epoch":
            self.seconds = time.process_time() - self.began
            self.losses.append(event["valid_loss"])


def measure(data: Path, preset: str, share: float, run: Path) -> str:
    """Train, and say what came of it."""
    settings = GenreSettings(**PRESETS[preset])
    epochs = max(1, round(share * settings.epochs))
    clock = Clock()
    options = TrainOptions(
        "genre", data, run, preset=preset, settings={"patience": 0}, epochs=epochs, seed=SEED
    )
    train(options, clock.listen)
    report = evaluate_genre(run / BEST, data, "valid")
    accuracy, (low, high) = report["accuracy"], report["accuracy_ci95"]
    windows = epochs * settings.crops_per_epoch
    return (
        f"{preset:<9} {epochs:3d} rounds, {windows:6d} windows x {settings.members}: accuracy "
        f"{accuracy:.3f} ({low:.2f} to {high:.2f}) of {report['n']} clips, best loss "
        f"{min(clock.losses):.3f}, {clock.seconds:6.0f} s of processor"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "data", type=Path, nargs="?", default=resources.path("demo", "training_genre")
    )
    parser.add_argument("--share", type=float, default=0.05)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for preset in NAMES:
            say(measure(arguments.data, preset, arguments.share, Path(folder) / preset))


if __name__ == "__main__":
    main()
