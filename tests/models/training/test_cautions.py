from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from torch import nn

from models.training.cautions import Cautions, Seen, few_items, learnt_by_heart, one_class
from models.training.engine import train
from models.training.events import Event, read_events
from models.training.run import TrainOptions

MANY = Seen(200, "clips", {"a": 90, "b": 110})


def curve(*losses: tuple[float | None, float | None], **metrics: float) -> list[Event]:
    return [
        {"event": "epoch", "epoch": n, "train_loss": a, "valid_loss": b, "metrics": metrics}
        for n, (a, b) in enumerate(losses, 1)
    ]


def codes(points: list[Event], seen: Seen | None = MANY) -> list[str]:
    cautions = Cautions()
    told = [*cautions.begin(seen)]
    for point in points:
        told += cautions.take(point, seen)
    return [each.code for each in told]


def test_an_ordinary_curve_gives_no_warning() -> None:
    falling = [(1.0 / n, 1.2 / n) for n in range(1, 40)]
    assert codes(curve(*falling, accuracy=0.7)) == []
    noisy = [(1.0, 1.1 + 0.01 * (n % 3)) for n in range(40)]
    assert codes(curve(*noisy, accuracy=0.7)) == []
    plateau = [(1 / n, 0.5) for n in range(1, 40)]  # no better, but no worse either
    assert codes(curve(*plateau)) == []


def test_little_validation_data_is_told_with_its_margin() -> None:
    told = few_items(Seen(4, "pieces"))
    assert told is not None
    assert "Only 4 pieces" in told.message
    assert "49 points" in told.message  # 0.98 / sqrt(4)
    assert few_items(Seen(20, "pieces")) is None
    assert few_items(None) is None


def test_overfitting_names_the_epoch_since_when() -> None:
    points = curve((1.0, 1.0), (0.8, 0.9), *((0.7 - n / 20, 0.9 + n / 20) for n in range(1, 8)))
    found = [learnt_by_heart(points[:n]) for n in range(len(points) + 1)]
    assert [each is not None for each in found].index(True) == 7  # five epochs after the second
    told = found[-1]
    assert told is not None
    assert told.since == 2
    assert "Since epoch 2 it learns by heart" in told.message
    both_rise = curve((0.5, 0.9), *((0.6 + n, 1 + n) for n in range(8)))  # it diverges
    assert learnt_by_heart(both_rise) is None
    gaps = curve((None, None), (1.0, None), (0.9, 1.0))
    assert learnt_by_heart(gaps) is None


def test_one_class_for_everything_is_told_after_a_few_epochs() -> None:
    same = Seen(40, "clips", {"rock": 40, "jazz": 0})
    assert one_class(curve((1.0, 1.0), (1.0, 1.0)), same) is None
    told = one_class(curve(*[(1.0, 1.0)] * 3), same)
    assert told is not None
    assert "'rock'" in told.message
    assert one_class(curve(*[(1.0, 1.0)] * 3), MANY) is None
    only = Seen(40, "clips", {"rock": 40})
    assert one_class(curve(*[(1.0, 1.0)] * 3), only) is None


def test_too_good_is_told_unless_there_are_too_few_to_tell() -> None:
    assert codes(curve((1.0, 0.99), accuracy=1.0)) == ["nearly_all"]
    assert codes(curve((1.0, 0.99), removal_auc=0.999)) == ["nearly_all"]
    assert codes(curve((1.0, 0.99), accuracy=1.0), Seen(5, "clips")) == ["few_items"]


def test_validation_is_compared_only_after_it_has_been_better_for_long() -> None:
    cautions = Cautions()
    wanted = []
    for point in curve(*[(1.0, 0.5)] * 13):
        cautions.take(point, MANY)
        wanted.append(cautions.wants_comparison)
    assert [n for n, is_wanted in enumerate(wanted, 1) if is_wanted] == [3, 6, 12]
    assert cautions.compare(0.5, 0.5) == []  # dropout and blending had made the difference
    (told,) = cautions.compare(1.0, 0.5)
    assert "easier" in told.message
    assert cautions.compare(1.0, 0.5) == []


@pytest.fixture
def watched(toy: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[nn.Module]:
    """The toy, telling too much of one class on little data; the networks it compared."""
    compared: list[nn.Module] = []

    def compare(task: Any, network: nn.Module) -> tuple[float, float]:
        compared.append(network)
        return 2.0, 1.0

    seen = Seen(7, "points", {"a": 7, "b": 0, "c": 0})
    monkeypatch.setattr(toy.ToyTask, "seen", lambda task: seen, raising=False)
    monkeypatch.setattr(toy.ToyTask, "compare", compare, raising=False)
    easy = lambda task, network: {"valid_loss": 0.01, "accuracy": 0.4}  # noqa: E731
    monkeypatch.setattr(toy.ToyTask, "validate", easy)
    return compared


def test_a_run_tells_each_warning_once_and_a_resumed_one_not_again(
    options: Callable[..., TrainOptions], watched: list[nn.Module]
) -> None:
    asked = options(epochs=4)
    train(asked, lambda event: None)
    expected = [("few_items", 0), ("one_class", 3), ("validation_better", 3)]
    assert len(watched) == 1
    assert not watched[0].training
    train(replace(asked, resume=True, data=None, seed=0, epochs=8), lambda event: None)
    events = read_events(asked.run)
    told = [(e["code"], e["epoch"]) for e in events if e["event"] == "warning"]
    assert [code for code, _ in told] == [code for code, _ in expected]
    assert events[-1]["reason"] == "epochs"


def test_a_run_tells_how_fast_it_learns(options: Callable[..., TrainOptions]) -> None:
    asked = options()
    train(asked, lambda event: None)
    epochs = [e for e in read_events(asked.run) if e["event"] == "epoch"]
    assert all(epoch["samples_per_s"] > 0 for epoch in epochs)
