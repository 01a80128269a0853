"""What a training that was killed leaves, and how it goes on."""

from dataclasses import replace
from pathlib import Path

import resources
from models.model_folder import load_network
from models.training.checkpoint import load_checkpoint
from models.training.engine import train
from models.training.run import BEST, CONFIG_FILE, LAST, TrainOptions
from tests.models.training.run_ends import TINY, assert_same_end, curve

EPOCHS = 12  # more than a session lasts: few are over when they are killed


def options(run: Path) -> TrainOptions:
    """A small LSTM on our own melodies."""
    data = resources.path("demo", "training_scores")
    return TrainOptions("lstm", data, run, "tiny", TINY["lstm"], epochs=EPOCHS)


def train_whole(run: Path) -> Path:
    """The run that is never killed; returns its folder."""
    train(options(run), lambda event: None)
    return run


def check_run(run: Path, whole: Path) -> str:
    """What a kill left of a run is read and goes on to the end of the `whole` one.

    Returns how far it was, in words. Raises AssertionError, or ModelError for what can't be read.
    """
    if not (run / CONFIG_FILE).exists():
        return "no training"
    n_told = len(curve(run))
    if n_told > 1:  # the state is saved once the epoch was told
        assert load_checkpoint(run / LAST)["progress"]["epochs"] >= n_told - 1
        load_network(run / BEST)  # checks its hash, too
    train(replace(options(run), resume=True, preset="", settings={}), lambda event: None)
    assert_same_end(whole, run)
    return f"{n_told} of {EPOCHS} epochs trained"
