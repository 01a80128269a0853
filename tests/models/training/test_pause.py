"""A run that is paused or killed ends as if nothing had been."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import resources
from models.card import Card
from models.training.engine import train
from models.training.events import Event, read_events
from models.training.run import TrainOptions
from tests.models.genre_sounds import write_genres

Options = Callable[..., TrainOptions]
ROOT = Path(__file__).parents[3]
SCORES = {"batch_size": 2, "batches_per_epoch": 3, "valid_windows": 2, "repair_pieces": 1}
TINY: dict[str, dict[str, Any]] = {
    "ar-cnn": {**SCORES, "channels": 8, "bottleneck": 4, "blocks": 2},
    "lstm": {**SCORES, "hidden": 8, "embedding": 8, "n_bars": 4},
    "genre": {"batch_size": 8, "crops_per_epoch": 24, "width": 4, "dropout": 0.2, "mixup": 0.2},
}


class KilledError(BaseException):
    """Nothing in the engine catches it, as nothing does a kill."""


def curve(run: Path) -> list[tuple[Any, ...]]:
    keys = ("epoch", "step", "train_loss", "valid_loss")
    return [tuple(e[k] for k in keys) for e in read_events(run) if e["event"] == "epoch"]


def at_step(step: int, act: Callable[[], object]) -> Callable[[Event], None]:
    def listen(event: Event) -> None:
        if event["event"] == "batch" and event["step"] == step:
            act()

    return listen


def kill() -> None:
    raise KilledError


def assert_same_end(one: Path, other: Path) -> None:
    assert curve(one) == curve(other)
    first, second = Card.load(one / "best"), Card.load(other / "best")
    assert first.sha256 == second.sha256
    assert first.metrics["valid"]["valid_loss"] == second.metrics["valid"]["valid_loss"]
    assert [e["event"] for e in read_events(other)].count("end") == 1


@pytest.fixture
def every_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Told and saved after every batch."""
    monkeypatch.setattr("models.training.events.MIN_BATCH_INTERVAL_S", 0.0)
    monkeypatch.setattr("models.training.session.SAVE_WITHIN_EPOCH_EVERY_S", 0.0)


@pytest.mark.usefixtures("every_batch")
@pytest.mark.parametrize("step", [7, 12])  # within an epoch of 6 batches, and at its end
def test_a_paused_run_goes_on_as_if_it_never_was(options: Options, step: int) -> None:
    whole, paused = options("whole"), options("paused")
    train(whole, lambda event: None)
    train(paused, at_step(step, (paused.run / "pause").touch))
    end = read_events(paused.run)[-1]
    assert (end["event"], end["reason"], end["step"]) == ("end", "paused", step)
    assert not (paused.run / "report.json").exists()
    train(replace(paused, resume=True), lambda event: None)
    assert not (paused.run / "pause").exists()
    assert_same_end(whole.run, paused.run)


def test_a_run_paused_before_its_first_batch_begins_when_it_goes_on(options: Options) -> None:
    whole, paused = options("whole"), options("paused")
    train(whole, lambda event: None)
    paused.run.mkdir()
    (paused.run / "pause").touch()
    assert train(paused, lambda event: None) == paused.run / "best"
    assert read_events(paused.run)[-1]["reason"] == "paused"
    train(replace(paused, resume=True), lambda event: None)
    assert_same_end(whole.run, paused.run)


@pytest.mark.usefixtures("every_batch")
def test_to_stop_counts_more_than_to_pause(options: Options) -> None:
    asked = options()

    def both() -> None:
        (asked.run / "pause").touch()
        (asked.run / "stop").touch()

    train(asked, at_step(7, both))
    assert read_events(asked.run)[-1]["reason"] == "stopped"
    assert (asked.run / "report.json").exists()


def test_a_process_that_is_killed_goes_on_where_it_was(
    options: Options, points: Path, tmp_path: Path
) -> None:
    whole, killed = options("whole", epochs=3), tmp_path / "killed"
    train(whole, lambda event: None)
    command = [sys.executable, str(Path(__file__).with_name("toy.py")), "train", "toy", str(points)]
    command += ["-o", str(killed), "--epochs", "3", "--seed", "3", "--json", "--set", "is_slow=yes"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["event"] == "epoch":
                process.kill()
    assert process.returncode == -9
    train(options("killed", epochs=None, resume=True), lambda event: None)
    assert_same_end(whole.run, killed)


@pytest.mark.usefixtures("every_batch")
@pytest.mark.parametrize("kind", list(TINY))
def test_real_models_end_with_the_same_weights_to_the_bit(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.training.genre.export_onnx", lambda *_, **__: None)
    data = resources.path("demo", "training_scores")
    if kind == "genre":
        data = write_genres(tmp_path / "music", n_files=3, seconds=2.0)
    whole = TrainOptions(kind, data, tmp_path / "whole", "tiny", TINY[kind], epochs=2)
    killed = replace(whole, run=tmp_path / "killed")
    train(whole, lambda event: None)
    with pytest.raises(KilledError):
        train(killed, at_step(5, kill))  # within the second epoch
    train(replace(killed, resume=True, preset="", settings={}), lambda event: None)
    assert_same_end(whole.run, killed.run)
