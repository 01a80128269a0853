"""What is measured at the end of a run, and of which weights."""

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import torch

from models.card import Card
from models.model_folder import load_state
from models.training.engine import train
from models.training.events import read_events
from models.training.run import TrainOptions

Options = Callable[..., TrainOptions]


def test_the_test_split_is_measured_once_with_the_best_weights(
    options: Options, toy: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = options(epochs=12, settings={"learning_rate": 0.9})  # too fast: the last is not best
    measure = toy.ToyTask.final_metrics
    weights: list[dict[str, torch.Tensor]] = []

    def count(task: Any, network: torch.nn.Module) -> dict[str, dict[str, Any]]:
        weights.append({name: w.clone() for name, w in network.state_dict().items()})
        return dict(measure(task, network))

    monkeypatch.setattr(toy.ToyTask, "final_metrics", count)
    best = train(asked, lambda event: None)
    kept = load_state(best, Card.load(best))
    assert len(weights) == 1
    assert all(torch.equal(weights[0][name], weight) for name, weight in kept.items())
    epochs = [e for e in read_events(asked.run) if e["event"] == "epoch"]
    assert all("test" not in name for epoch in epochs for name in epoch["metrics"])
    report = json.loads((asked.run / "report.json").read_text())
    winner = min(epochs, key=lambda event: event["valid_loss"])
    assert report["best_epoch"] == winner["epoch"] < 12
    assert report["metrics"]["valid"] == pytest.approx(winner["metrics"])
