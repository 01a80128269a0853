"""Several processes train one model."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from models.card import Card
from models.training.engine import train
from models.training.events import read_events
from models.training.run import TrainOptions

Options = Callable[..., TrainOptions]
ROOT = Path(__file__).parents[3]


def losses(run: Path) -> list[float]:
    return [
        value
        for event in read_events(run)
        if event["event"] == "epoch"
        for value in (event["train_loss"], event["valid_loss"])
    ]


def test_two_processes_of_torchrun_have_the_curve_of_one(
    options: Options, points: Path, tmp_path: Path
) -> None:
    """With batches half as large each, and nothing random in the network."""
    settings = {"batch_size": 40, "dropout": 0.0}
    train(options("one", settings=settings), lambda event: None)
    toy = str(Path(__file__).with_name("toy.py"))
    launcher = ["torch.distributed.run", "--standalone", "--nproc-per-node", "2", toy]
    words = ["train", "toy", str(points), "-o", str(tmp_path / "two"), "--devices", "2"]
    words += ["--epochs", "6", "--seed", "3", "--set", "batch_size=20", "--set", "dropout=0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    subprocess.run(
        [sys.executable, "-m", *launcher, *words],
        env=environment,
        check=True,
        capture_output=True,
        timeout=110,
    )
    assert losses(tmp_path / "two") == pytest.approx(losses(tmp_path / "one"), abs=1e-5)
    assert Card.load(tmp_path / "two" / "best").training["device"] == "2 x cpu"
