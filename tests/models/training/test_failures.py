"""Runs that fail for real: every one says why in a sentence, and what was best still works."""

import math
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from models.card import Card
from models.errors import ModelError
from models.model_folder import load_network, load_state
from models.training.engine import train
from models.training.events import Event, read_events
from models.training.run import TrainOptions
from tests.models.genre_sounds import write_genres

Options = Callable[..., TrainOptions]
ROOT = Path(__file__).parents[3]
LIMITED = """
import resource, runpy, sys
name, limit, *sys.argv = sys.argv[1:]
limit = int(limit)
resource.setrlimit(getattr(resource, name), (limit, limit))
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def train_limited(limit: str, size: int, points: Path, run: Path, *settings: str) -> str:
    """Train a toy in a process that may have no more than `size` of something; what it says."""
    toy = Path(__file__).with_name("toy.py")
    words = ["train", "toy", str(points), "-o", str(run), "--epochs", "100", "--set", "patience=0"]
    for setting in settings:
        words += ["--set", setting]
    process = subprocess.run(
        [sys.executable, "-c", LIMITED, limit, str(size), str(toy), *words],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=100,
        check=False,
    )
    assert process.returncode == 1
    assert process.stderr.count("\n") == 1, process.stderr
    return process.stderr


@pytest.mark.usefixtures("toy")
def test_a_file_that_can_grow_no_more_ends_the_run(points: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    told = train_limited("RLIMIT_FSIZE", 12_000, points, run)
    assert "File too large" in told
    assert f"The best model until then is in {run / 'best'}" in told
    load_network(run / "best")
    assert 5 < len(read_events(run)) < 100


@pytest.mark.usefixtures("toy")
def test_too_little_memory_ends_the_run(points: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    told = train_limited("RLIMIT_AS", 16 << 30, points, run, "hungry_from=20")
    assert "not enough memory" in told
    assert "batch_size" in told
    assert read_events(run)[-1]["reason"] == "failed"
    card, _ = load_network(run / "best")
    assert math.isfinite(card.metrics["valid"]["valid_loss"])


def test_a_learning_rate_far_too_large_is_told(options: Options) -> None:
    asked = options(settings={"learning_rate": 1e30})
    with pytest.raises(ModelError, match="smaller learning_rate"):
        train(asked, lambda event: None)
    assert read_events(asked.run)[-1]["reason"] == "failed"


def test_weights_that_become_useless_later_leave_the_best_as_it_was(
    options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.training.events.MIN_BATCH_INTERVAL_S", 0.0)
    asked = options(epochs=30)
    networks: list[torch.nn.Module] = []
    setup = torch.nn.Module.train

    def remember(self: torch.nn.Module, mode: bool = True) -> torch.nn.Module:
        networks.append(self)
        return setup(self, mode)

    monkeypatch.setattr(torch.nn.Module, "train", remember)

    def spoil(event: Event) -> None:
        if event["event"] == "batch" and event["step"] == 15:
            with torch.no_grad():
                for parameter in networks[-1].parameters():
                    parameter.mul_(torch.inf)

    best = train(asked, spoil)
    assert read_events(asked.run)[-1]["reason"] == "diverged"
    state = load_state(best, Card.load(best))
    assert all(torch.isfinite(values).all() for values in state.values())


def test_files_that_vanish_while_it_trains_leave_a_model(tmp_path: Path) -> None:
    data = write_genres(tmp_path / "music", n_files=3, seconds=2.0)

    def remove(event: Event) -> None:
        if event["event"] == "epoch":
            shutil.rmtree(data, ignore_errors=True)

    settings = {"crops_per_epoch": 32, "width": 4}
    asked = TrainOptions("genre", data, tmp_path / "run", "tiny", settings, epochs=2)
    card, _ = load_network(train(asked, remove))
    events = read_events(asked.run)
    assert events[-1]["reason"] == "epochs"
    assert "could not be measured" in [e for e in events if e["event"] == "warning"][-1]["message"]
    assert set(card.metrics) == {"valid"}
    assert "could not be read again" in card.notes
