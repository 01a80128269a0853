import numpy as np
import pytest
import torch
from torch import Tensor

from models.features import level_free
from models.training.genre_augment import (
    Augmentation,
    _add_noise,
    _neighbours,
    _room,
    augment,
    level_free_batch,
    mix,
)
from models.training.row_draws import RowDraws

FRAMES = 20
NOTHING = Augmentation().scaled(0.0, degraded=0.0, mixup=0.0)


def decibels(n: int = 3, frames: int = FRAMES) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return 20 * torch.randn(n, 12, frames, generator=generator) - 40


def draws(seed: int = 0, n: int = 3) -> RowDraws:
    return RowDraws.of([seed], 0, range(n))


def test_a_batch_loses_its_level_as_a_window_does() -> None:
    x = decibels()
    x[1] = -160.0
    for ours, window in zip(level_free_batch(x), x, strict=True):
        np.testing.assert_allclose(ours, level_free(window.numpy()), atol=1e-5)


def test_no_strength_changes_nothing_but_the_level() -> None:
    x = decibels()
    torch.testing.assert_close(
        augment(x, FRAMES, draws(), NOTHING), level_free_batch(x), atol=1e-4, rtol=1e-4
    )


def test_a_longer_window_is_cut_to_the_frames_asked_for() -> None:
    assert augment(decibels(frames=26), FRAMES, draws(), Augmentation()).shape == (3, 12, FRAMES)


def test_changes_are_the_same_for_the_same_seed_only() -> None:
    one, again, other = (augment(decibels(), FRAMES, draws(s), Augmentation()) for s in (1, 1, 2))
    assert torch.equal(one, again)
    assert (one - other).abs().max() > 0.1


@pytest.mark.parametrize("n_windows", [1, 5])
def test_any_change_leaves_finite_values(n_windows: int) -> None:
    strong = Augmentation().scaled(3.0, degraded=1.0, mixup=0.0)
    x = torch.cat([decibels(n_windows), torch.full((1, 12, FRAMES), -160.0)])
    assert torch.isfinite(augment(x, FRAMES, draws(n=n_windows + 1), strong)).all()


def test_mixup_blends_windows_and_targets_alike() -> None:
    targets = torch.eye(4)
    x = targets[:, :, None].expand(4, 4, 5)  # window i says its target in every frame
    batch = mix({"x": x, "y": targets}, draws(n=4), 0.5)
    mixed, blended = batch["x"], batch["y"]
    torch.testing.assert_close(mixed[:, :, 0], blended)
    torch.testing.assert_close(blended.sum(1), torch.ones(4))
    assert (blended.diagonal() >= 0.5).all()
    assert (blended.diagonal() < 1).any()


@pytest.mark.parametrize("n", [1, 2, 3, 8, 9])
def test_each_window_is_blended_into_one_other(n: int) -> None:
    others = _neighbours(n).tolist()
    assert sorted(others) == list(range(n))
    assert all(other != row for row, other in enumerate(others)) == (n > 1)
    pairs = others[: n - n % 2 - 2]
    assert [pairs[other] for other in pairs] == list(range(len(pairs)))


def test_a_row_is_changed_alike_whoever_changes_the_others() -> None:
    strong = Augmentation().scaled(1.0, degraded=0.7, mixup=0.0)
    x = decibels(7)
    whole = augment(x, FRAMES, draws(n=7), strong)
    for rows in (range(4), range(4, 7)):
        part = augment(x[rows.start : rows.stop], FRAMES, RowDraws.of([0], 0, rows), strong)
        torch.testing.assert_close(part, whole[rows.start : rows.stop], atol=1e-5, rtol=1e-5)


def test_without_mixup_nothing_is_mixed() -> None:
    batch = {"x": decibels(), "y": torch.eye(3)}
    assert mix(batch, draws(), 0.0) is batch


def test_a_room_lets_sound_fade_slowly_and_leaves_what_was_before() -> None:
    x = torch.full((2, 4, 40), -100.0)
    x[:, :, 10] = 0
    roomy = _room(x, draws(n=2), 1.0)
    torch.testing.assert_close(roomy[:, :, :10], x[:, :, :10], atol=13, rtol=0)
    assert roomy[:, :, 10].abs().max() < 1e-3
    tail = roomy[:, :, 11:]
    assert (tail[:, :, :5] > -60).all()
    assert (tail.diff(dim=2) < 0).all()
    assert _room(x, draws(), 0.0) is x


def test_noise_is_grainier_in_the_low_bands_which_have_few_bins() -> None:
    x = torch.full((64, 48, 40), -120.0)
    x[:, 0, 0] = 0.0  # so that the noise has something to be below
    deviation = _add_noise(x, draws(n=64), 1.0)[:, 1:].std(dim=2).mean(dim=0)
    assert deviation[:12].mean() > 1.5 * deviation[-12:].mean()
