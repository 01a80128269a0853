from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import resources
from models.errors import ModelError
from models.settings.genre import GenreSettings
from models.settings.score import ArCnnSettings
from models.training import estimate as module
from models.training.estimate import estimate
from models.training.item_counts import ItemCounts, count_items
from models.training.run import TrainOptions

SOUNDS = resources.path("demo", "training_genre")
SCORES = resources.path("demo", "training_scores")
Options = Callable[..., TrainOptions]


def quiet(text: str) -> None:
    pass


def test_an_estimate_is_the_sum_of_its_parts_and_leaves_no_run(options: Options) -> None:
    asked = options(epochs=50)
    found = estimate(asked, quiet)
    parts = found.prepare_s + found.measure_s
    parts += found.epochs * (found.n_batches * found.batch_s + found.validate_s)
    assert found.total_s == pytest.approx(parts)
    assert (found.epochs, found.n_batches) == (50, 6)
    assert found.n_parameters == 2 * 16 + 16 + 16 * 3 + 3
    assert found.samples_per_s == pytest.approx(20 / found.batch_s)
    assert not asked.run.exists()
    assert estimate(replace(asked, budget_min=1e-6), quiet).total_s == pytest.approx(6e-5)


def test_slower_batches_and_more_epochs_cost_more(options: Options) -> None:
    fast = estimate(options(), quiet)
    slow = estimate(options(settings={"is_slow": True}), quiet)
    assert slow.batch_s > fast.batch_s + 0.015  # the toy waits 0.02 s in each of them
    longer = estimate(options(settings={"is_slow": True}, epochs=12), quiet)
    assert longer.total_s > 1.5 * slow.total_s


def test_memory_grows_with_the_data_and_not_with_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    assert module._scaled_memory(400.0, 450.0, 500.0, 1.0) == 500.0
    assert module._scaled_memory(400.0, 450.0, 500.0, 10.0) == 950.0
    assert module._scaled_memory(None, 450.0, 500.0, 10.0) is None
    monkeypatch.setattr(module.sys, "platform", "win32")
    assert module._peak_mb() is None


@pytest.mark.parametrize(
    ("data", "settings", "limit", "expected"),
    [
        (SOUNDS, GenreSettings(), None, ItemCounts(24, 3, 6)),
        (SOUNDS, GenreSettings(), 2, ItemCounts(12, 3, 6)),
        (SCORES, ArCnnSettings(repair_pieces=9), None, ItemCounts(14, 192, 2)),
        (SCORES, ArCnnSettings(repair_pieces=1), 3, ItemCounts(5, 192, 2)),
    ],
)
def test_items_are_counted_by_their_names(
    data: Path, settings: Any, limit: int | None, expected: ItemCounts
) -> None:
    assert count_items(data, settings, seed=0, limit=limit) == expected


def test_a_sample_stands_for_all_items() -> None:
    asked = TrainOptions("genre", SOUNDS, Path("nowhere"), preset="tiny")
    whole = estimate(asked, quiet)
    assert whole.n_items == 24
    assert estimate(replace(asked, limit_per_class=1), quiet).n_items == 9
    assert ItemCounts(24, 3, 6).times(ItemCounts(12, 3, 2)) == (2.0, 1.0, 3.0)


def test_what_can_t_be_trained_can_t_be_estimated(options: Options, toy: ModuleType) -> None:
    with pytest.raises(ModelError, match="no such file"):
        estimate(replace(options(), data=Path("/none")), quiet)
    with pytest.raises(ModelError, match="no setting 'wdith'"):
        estimate(options(settings={"wdith": 3}), quiet)
