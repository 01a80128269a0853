"""Norms set from windows as in listening: what a network says no longer hangs on how it learned."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from models.training.genre import PRESETS, GenreTask, Settings, make_task
from models.training.genre_batches import heard_windows
from models.training.genre_norms import BATCH, norm_windows, settle_norms
from tests.models.genre_sounds import write_genres

TINY = Settings(**PRESETS["tiny"])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_genres(tmp_path_factory.mktemp("data") / "music", n_files=5, seconds=2.0)


def make(data: Path, settings: Settings = TINY) -> GenreTask:
    return make_task(data, settings, seed=0, limit_per_class=None, log=lambda line: None)


def norms_of(network: nn.Module) -> list[nn.BatchNorm2d]:
    return [layer for layer in network.modules() if isinstance(layer, nn.BatchNorm2d)]


def spoil(network: nn.Module) -> None:
    for norm in norms_of(network):
        assert norm.running_mean is not None
        assert norm.running_var is not None
        norm.running_mean.fill_(3.0)
        norm.running_var.fill_(0.1)


def test_norms_are_the_mean_over_all_whole_parts() -> None:
    network = nn.Sequential(nn.BatchNorm2d(2)).eval()
    weights = {name: value.clone() for name, value in network[0].named_parameters()}
    windows = torch.randn(3 * BATCH + 7, 2, 4, 5) * 3 + 1
    settle_norms(nn.Sequential(network, nn.Conv2d(2, 1, 1)), windows)
    norm = norms_of(network)[0]
    parts = windows[: 3 * BATCH].split(BATCH)
    means = torch.stack([part.mean((0, 2, 3)) for part in parts]).mean(0)
    variances = torch.stack([part.var((0, 2, 3)) for part in parts]).mean(0)
    torch.testing.assert_close(norm.running_mean, means)
    torch.testing.assert_close(norm.running_var, variances)
    assert norm.momentum == 0.1
    assert not norm.training
    for name, value in network[0].named_parameters():
        assert torch.equal(value, weights[name])


def learn(task: GenreTask, epochs: int) -> None:
    """Until it tells beeps from thumps, somewhat."""
    optimizer, _ = task.optimizer(task.network)
    for epoch in range(epochs):
        for batch in task.train_batches(epoch):
            optimizer.zero_grad()
            task.loss(task.network.train(), batch).backward()
            optimizer.step()
    task.network.eval()


def test_a_check_does_not_hang_on_norms_that_saw_something_else(data: Path) -> None:
    task = make(data)
    learn(task, epochs=2)
    with torch.no_grad():
        spoil(task.network)
        first = task.validate(task.network)
        spoil(task.network)
        assert task.validate(task.network) == pytest.approx(first)
    assert not any((norm.running_mean == 3).any() for norm in norms_of(task.network))


def test_norms_that_do_better_stay(data: Path) -> None:
    task = make(data)
    learn(task, epochs=2)
    network = task.network
    with torch.no_grad():
        first = task.validate(network)
        before = {name: value.clone() for name, value in network.state_dict().items()}
        task._norm_windows = torch.full_like(norm_windows_of(task), 50.0)  # of no use
        assert task.validate(network)["valid_loss"] <= first["valid_loss"]
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name]), name


def norm_windows_of(task: GenreTask) -> torch.Tensor:
    assert task._norm_windows is not None
    return task._norm_windows


def test_without_windows_the_norms_stay(data: Path) -> None:
    task = make(data, replace(TINY, norm_windows=0))
    task.network.eval()
    spoil(task.network)
    with torch.no_grad():
        task.validate(task.network)
    assert all((norm.running_mean == 3).all() for norm in norms_of(task.network))
    only_head = replace(TINY, head_only=True, base="a model")
    assert norm_windows(task.heard["train"], only_head, 0) is None


def test_the_windows_are_training_windows_as_they_are_heard(data: Path) -> None:
    task = make(data)
    clips = task.heard["train"]
    known = {window.numpy().tobytes() for window in heard_windows(clips, TINY.features)[0]}
    for wanted in (1, 6, 40):
        windows = norm_windows(clips, replace(TINY, norm_windows=wanted), 0)
        assert windows is not None
        assert 1 <= len(windows) <= wanted
        assert {window.numpy().tobytes() for window in windows} <= known
    again, other = norm_windows(clips, TINY, 0), norm_windows(clips, TINY, 1)
    assert again is not None
    assert torch.equal(again, norm_windows(clips, TINY, 0))
    assert not np.array_equal(again, other)
