"""A run that is paused or killed ends as if nothing had been."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import resources
from models.training.engine import train
from models.training.events import Event, read_events
from models.training.run import TrainOptions
from tests.models.genre_sounds import write_genres
from tests.models.training.run_ends import TINY, assert_same_end

Options = Callable[..., TrainOptions]
ROOT = Path(__file__).parents[3]


class KilledError(BaseException):
    """Nothing in the engine catches it, as nothing does a kill."""


def at_step(step: int, act: Callable[[], object]) -> Callable[[Event], None]:
    def listen(event: Event) -> None:
        if event["event"] == "batch" and event["step"] == step:
            act()

    return listen


def kill() -> None:
    raise KilledError


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
