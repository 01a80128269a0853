import json
import math
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from models.card import Card
from models.data_state import has_changed
from models.errors import ModelError
from models.locks import is_locked
from models.model_folder import load_network, load_state
from models.training.engine import train
from models.training.events import Event, read_events
from models.training.run import TrainOptions
from models.training.session import Session
from tests.models.training.run_ends import curve

Options = Callable[..., TrainOptions]


def stop_after(run: Path, step: int) -> Callable[[Event], None]:
    """A listener that asks for a stop once `step` batches are done."""

    def listen(event: Event) -> None:
        if event["event"] == "batch" and event["step"] >= step:
            (run / "stop").touch()

    return listen


@pytest.fixture
def all_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batch events for every batch, so that a test can act at one of them."""
    monkeypatch.setattr("models.training.events.MIN_BATCH_INTERVAL_S", 0.0)


def test_a_run_leaves_what_the_design_promises(options: Options) -> None:
    asked = options()
    told: list[Event] = []
    best = train(asked, told.append)
    run = asked.run
    assert best == run / "best"
    assert told == read_events(run)
    assert [e["event"] for e in told][:1] == ["start"]
    assert told[-1]["event"] == "end"
    assert told[-1]["reason"] == "epochs"
    keys = {"epoch", "step", "train_loss", "valid_loss", "metrics", "seconds", "eta_s"}
    assert all(keys < event.keys() for event in told)
    assert [row[0] for row in curve(run)] == [1, 2, 3, 4, 5, 6]
    assert json.loads((run / "config.json").read_text())["seed"] == 3
    report = json.loads((run / "report.json").read_text())
    assert report["metrics"] == Card.load(best).metrics
    pictures = sorted(path.name for path in (run / "figures").iterdir())
    assert pictures == ["learning_curve.png"]
    assert all((run / "figures" / p).read_bytes()[:4] == b"\x89PNG" for p in pictures)


def test_training_learns_and_the_same_seed_gives_the_same_curve(options: Options) -> None:
    train(options("a"), lambda event: None)
    train(options("b"), lambda event: None)
    train(options("c", seed=4), lambda event: None)
    root = options("a").run.parent
    assert curve(root / "a") == curve(root / "b")
    assert curve(root / "a") != curve(root / "c")
    assert curve(root / "a")[-1][3] < 0.8 * math.log(3)


def test_the_card_is_that_of_the_best_epoch(options: Options, toy: ModuleType) -> None:
    asked = options(epochs=12, settings={"learning_rate": 0.9})  # too fast: the last is not best
    best = train(asked, lambda event: None)
    epochs = [e for e in read_events(asked.run) if e["event"] == "epoch"]
    winner = min(epochs, key=lambda event: event["valid_loss"])
    assert winner["epoch"] < 12
    card, network = load_network(best)
    assert card.metrics["valid"] == pytest.approx(winner["metrics"])
    assert card.training["best_epoch"] == winner["epoch"]
    assert card.training["epochs"] == 12
    assert card.training["command"] == asked.command
    task = toy.make_task(
        asked.data, toy.Settings(), seed=3, limit_per_class=None, log=lambda text: None
    )
    with torch.no_grad():
        again = task.final_metrics(network)
    assert again["valid"]["valid_loss"] == pytest.approx(winner["valid_loss"])
    assert card.metrics["test"]["confusion"] == again["test"]["confusion"]


@pytest.mark.usefixtures("all_batches")
@pytest.mark.parametrize("step", [7, 12])  # within an epoch of 6 batches, and at its end
def test_a_resumed_run_has_the_curve_of_one_never_stopped(options: Options, step: int) -> None:
    whole, parted = options("whole"), options("parted")
    train(whole, lambda event: None)
    train(parted, stop_after(parted.run, step))
    assert read_events(parted.run)[-1]["reason"] == "stopped"
    assert len(curve(parted.run)) < 6
    train(replace(parted, resume=True, data=None, seed=0), lambda event: None)
    assert curve(parted.run) == curve(whole.run)
    assert [e["event"] for e in read_events(parted.run)].count("end") == 1
    first, second = Card.load(whole.run / "best"), Card.load(parted.run / "best")
    assert first.sha256 == second.sha256
    assert first.metrics == second.metrics


def test_a_run_that_was_killed_goes_on_from_its_last_state(
    options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.training.session.SAVE_EVERY_S", 0.0)
    whole, killed = options("whole"), options("killed")
    train(whole, lambda event: None)

    class KilledError(BaseException):
        pass

    def kill(event: Event) -> None:
        if event["event"] == "epoch" and event["epoch"] == 4:
            raise KilledError

    with pytest.raises(KilledError):
        train(killed, kill)
    assert len(curve(killed.run)) == 4  # told, but not saved: epoch 4 is done again
    train(replace(killed, resume=True), lambda event: None)
    assert curve(killed.run) == curve(whole.run)


def test_more_epochs_can_be_asked_of_a_run(options: Options) -> None:
    whole, longer = options("whole"), options("longer", epochs=4)
    train(whole, lambda event: None)
    train(longer, lambda event: None)
    train(replace(longer, resume=True, epochs=6), lambda event: None)
    assert curve(longer.run) == curve(whole.run)


@pytest.mark.usefixtures("all_batches")
def test_a_stop_keeps_the_best_until_then(options: Options) -> None:
    asked = options(epochs=500, settings={"patience": 0})
    best = train(asked, stop_after(asked.run, 20))
    end = read_events(asked.run)[-1]
    assert end["step"] == 20
    assert end["reason"] == "stopped"
    losses = [row[3] for row in curve(asked.run)]
    assert Card.load(best).metrics["valid"]["valid_loss"] == min(losses)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_a_wish_to_stop_and_later_ones_are_not_ours(
    options: Options, number: signal.Signals
) -> None:
    def interrupt(event: Event) -> None:
        if event["event"] == "epoch":
            signal.raise_signal(number)

    before = signal.getsignal(number)
    asked = options()
    train(asked, interrupt)
    assert (read_events(asked.run)[-1]["reason"], len(curve(asked.run))) == ("stopped", 1)
    assert signal.getsignal(number) is before


@pytest.mark.usefixtures("all_batches")
def test_a_stop_before_the_first_validation_is_told_on_the_card(options: Options) -> None:
    asked = options()
    card = Card.load(train(asked, stop_after(asked.run, 2)))
    assert card.metrics == {}
    assert "not measured" in card.notes


def test_a_stop_before_the_first_batch_leaves_no_model(options: Options) -> None:
    asked = options()
    asked.run.mkdir()
    (asked.run / "stop").touch()
    with pytest.raises(ModelError, match="before anything was learned"):
        train(asked, lambda event: None)
    assert not (asked.run / "best").exists()
    assert read_events(asked.run)[-1]["reason"] == "stopped"


def test_a_stop_is_heard_within_a_validation(
    options: Options, monkeypatch: pytest.MonkeyPatch, toy: ModuleType
) -> None:
    asked = options()
    validate = toy.ToyTask.validate

    def stop_then_validate(task: Any, network: torch.nn.Module) -> dict[str, float]:
        if task.n_seen > 10:
            (asked.run / "stop").touch()
        return dict(validate(task, network))

    monkeypatch.setattr(toy.ToyTask, "validate", stop_then_validate)
    train(asked, lambda event: None)
    assert len(curve(asked.run)) == 1
    assert read_events(asked.run)[-1]["reason"] == "stopped"


def test_a_loss_that_is_not_a_number_ends_the_run_with_the_best_kept(options: Options) -> None:
    asked = options(settings={"nan_from": "20"})
    best = train(asked, lambda event: None)
    events = read_events(asked.run)
    assert [e["event"] for e in events][-2:] == ["warning", "end"]
    assert events[-1]["reason"] == "diverged"
    assert len(curve(asked.run)) == 3
    card = Card.load(best)
    assert all(torch.isfinite(t).all() for t in load_state(best, card).values())
    assert "test" in card.metrics


def test_a_loss_that_never_was_a_number_is_told(options: Options) -> None:
    asked = options(settings={"nan_from": 1})
    with pytest.raises(ModelError, match="learning_rate"):
        train(asked, lambda event: None)
    assert read_events(asked.run)[-1]["event"] == "end"


def test_a_validation_loss_that_is_not_a_number_ends_the_run_too(
    options: Options, monkeypatch: pytest.MonkeyPatch, toy: ModuleType
) -> None:
    validate = toy.ToyTask.validate

    def validate_twice(task: Any, network: torch.nn.Module) -> dict[str, float]:
        is_late = task.n_seen > 12
        return {**validate(task, network), **({"valid_loss": math.nan} if is_late else {})}

    monkeypatch.setattr(toy.ToyTask, "validate", validate_twice)
    asked = options()
    card = Card.load(train(asked, lambda event: None))
    assert read_events(asked.run)[-1]["reason"] == "diverged"
    assert [row[3] is None for row in curve(asked.run)] == [False, False, True]
    assert card.training["best_epoch"] in (1, 2)


def test_patience_ends_a_run_that_gets_no_better(options: Options) -> None:
    asked = options(epochs=100, settings={"patience": 2, "learning_rate": 0.9})
    train(asked, lambda event: None)
    losses = [row[3] for row in curve(asked.run)]
    assert read_events(asked.run)[-1]["reason"] == "patience"
    assert losses.index(min(losses)) == len(losses) - 3


def test_a_budget_ends_a_run_measured(options: Options) -> None:
    asked = options(epochs=100_000, budget_min=0.0001, settings={"patience": 0})
    card = Card.load(train(asked, lambda event: None))
    assert read_events(asked.run)[-1]["reason"] == "budget"
    assert card.metrics["valid"]["valid_loss"] == curve(asked.run)[-1][3]


def test_a_run_whose_time_was_up_within_an_epoch_goes_on_exactly(options: Options) -> None:
    whole, short = options("whole"), options("short", budget_min=1e-9)
    train(whole, lambda event: None)
    train(short, lambda event: None)
    assert [row[:2] for row in curve(short.run)] == [(1, 1)]  # one batch, measured
    train(replace(short, resume=True, budget_min=None), lambda event: None)
    assert curve(short.run) == curve(whole.run)


@pytest.mark.usefixtures("all_batches")
def test_the_training_loss_is_the_mean_of_the_epochs_batches(options: Options) -> None:
    before = signal.getsignal(signal.SIGTERM)
    told: list[Event] = []
    train(options(epochs=3), told.append)
    for epoch, _, train_loss, _ in curve(options().run):
        losses = [e["train_loss"] for e in told if (e["event"], e["epoch"]) == ("batch", epoch)]
        assert len(losses) == 6
        assert train_loss == pytest.approx(sum(losses) / 6)
    assert signal.getsignal(signal.SIGTERM) is before


def test_no_data_is_told_before_anything_is_trained(options: Options, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    asked = replace(options(), data=tmp_path / "empty")
    with pytest.raises(ModelError, match="holds no points"):
        train(asked, lambda event: None)
    end = read_events(asked.run)[-1]
    assert (end["event"], end["reason"]) == ("end", "failed")
    with pytest.raises(ModelError, match="no such file"):
        train(replace(asked, data=tmp_path / "nowhere"), lambda event: None)


def test_a_cluster_that_is_not_there_is_told(options: Options) -> None:
    asked = options(scheduler="poem")
    with pytest.raises(ModelError, match="No Dask scheduler answers at 'poem'"):
        train(asked, lambda event: None)
    assert read_events(asked.run)[-1]["reason"] == "failed"


def test_an_earlier_run_is_not_written_over(options: Options) -> None:
    train(options(epochs=1), lambda event: None)
    before = Card.load(options().run / "best")
    with pytest.raises(ModelError, match="already holds a run"):
        train(options(seed=9), lambda event: None)
    assert Card.load(options().run / "best") == before


def test_a_resumed_run_keeps_its_settings(options: Options) -> None:
    train(options(epochs=1), lambda event: None)
    with pytest.raises(ModelError, match="width can't be changed"):
        train(options(resume=True, settings={"width": 3}), lambda event: None)
    with pytest.raises(ModelError, match="no run"):
        train(options("other", resume=True), lambda event: None)


def test_changed_data_is_told_when_a_run_goes_on(
    options: Options, toy: ModuleType, points: Path
) -> None:
    train(options(epochs=1), lambda event: None)
    toy.write_points(points, n=300)
    train(options(resume=True, epochs=2), lambda event: None)
    warnings = [e for e in read_events(options().run) if e["event"] == "warning"]
    assert len(warnings) == 1


def test_a_full_disk_is_one_sentence_and_keeps_the_best(
    options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = options(epochs=100)

    def fail(self: Session, metrics: dict[str, Any], *, note: str = "") -> None:
        raise OSError(28, os.strerror(28))

    def fill_the_disk(event: Event) -> None:
        if event["event"] == "epoch" and event["epoch"] == 2:
            monkeypatch.setattr(Session, "keep", fail)

    with pytest.raises(ModelError, match=r"No space left.*best model until then is in"):
        train(asked, fill_the_disk)
    load_network(asked.run / "best")
    assert read_events(asked.run)[-1]["reason"] == "failed"


@pytest.mark.parametrize("name", ["my run (1): jazz", "...", "x" * 200])
def test_whatever_the_run_is_called_its_model_can_be_used(options: Options, name: str) -> None:
    load_network(train(options(name, epochs=1), lambda event: None))


def test_a_finished_run_can_be_gone_on_with_and_is_finished_again(options: Options) -> None:
    train(options(), lambda event: None)
    before = Card.load(options().run / "best")
    train(options(resume=True), lambda event: None)
    after = Card.load(options().run / "best")
    assert (after.sha256, after.metrics) == (before.sha256, before.metrics)
    assert [e["event"] for e in read_events(options().run)].count("end") == 1


def test_the_card_tells_the_data_as_it_was_and_knows_when_it_changed(
    options: Options, points: Path
) -> None:
    card = Card.load(train(options(), lambda event: None))
    state = card.training["data_state"]
    assert state["folder"] == str(points)
    assert not has_changed(state)
    (points / "more.csv").write_text("1,2")
    assert has_changed(state)


def test_a_run_can_be_told_from_outside_and_belongs_to_one_process(options: Options) -> None:
    asked = options(epochs=2)
    held: list[bool] = []
    refused: list[str] = []

    def look(event: Event) -> None:
        held.append(is_locked(asked.run / "lock"))
        if event["event"] == "epoch" and not refused:
            with pytest.raises(ModelError) as error:
                train(replace(asked, resume=True), lambda event: None)
            refused.append(str(error.value))

    train(asked, look)
    assert all(held)
    assert not is_locked(asked.run / "lock")
    assert "under way already" in refused[0]
    assert [row[0] for row in curve(asked.run)] == [1, 2]
