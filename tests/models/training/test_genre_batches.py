from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from models.data.audio_dataset import Clip, load_audio_dataset
from models.data.audio_features import HeardClip, hear
from models.data.audio_files import read_audio
from models.features import window_features
from models.training.genre import PRESETS, Settings
from models.training.genre_batches import (
    cut_windows,
    draw_chances,
    heard_windows,
    pool,
    window_cutter,
)
from models.training.row_draws import RowDraws
from tests.models.genre_sounds import write_genres

TINY = Settings(**PRESETS["tiny"])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_genres(tmp_path_factory.mktemp("data") / "music", n_files=5, seconds=2.0)


def heard(genre: str, source: str, n_frames: int = 300) -> HeardClip:
    clip = Clip(Path("x.wav"), "x.wav", genre, "train", "x", source)
    frames = np.random.default_rng(0).normal(-40, 10, (8, n_frames)).astype(np.float16)
    return HeardClip(clip, frames)


def test_parts_are_drawn_by_their_shares() -> None:
    parts = [([heard("pop", "a")] * 9, 0.25), ([heard("pop", "b"), heard("rock", "b")], 0.75)]
    clips, chances = pool(parts, 0.5)
    assert len(clips) == 11
    assert chances[:9].sum() == pytest.approx(0.25)
    assert chances.sum() == pytest.approx(1)


@pytest.mark.parametrize(("balance", "rare"), [(0.0, 0.1), (1.0, 0.5)])
def test_balance_goes_from_as_it_is_to_all_alike(balance: float, rare: float) -> None:
    clips = [heard("common", "s")] * 9 + [heard("rare", "s")]
    chances = draw_chances(clips, balance)
    assert chances.sum() == pytest.approx(1)
    assert chances[-1] == pytest.approx(rare)


def test_a_genre_does_not_sound_like_its_largest_source() -> None:
    clips = [heard("pop", "large")] * 16 + [heard("pop", "small")]
    assert draw_chances(clips, 1.0)[-1] == pytest.approx(1 / 5)


@pytest.mark.parametrize("n_frames", [1, 30, 45, 300])
def test_clips_of_any_length_give_windows(n_frames: int) -> None:
    x, starts = cut_windows([heard("pop", "s", n_frames)] * 3, 40, RowDraws.of([0], 0, range(3)))
    assert x.shape == (3, 8, 45)
    assert all(0 <= start <= max(0, n_frames - 45) for start in starts)


def test_validation_windows_are_heard_as_windows_of_sound_are(data: Path) -> None:
    features = replace(TINY, coarse=True, window_s=3.0).features
    clips = load_audio_dataset(data).clips[:2]
    counts, cut = window_cutter(hear(clips, features, lambda line: None), features)
    assert counts.tolist() == [1, 1]
    sound = read_audio(clips[0].path, features.sample_rate)
    np.testing.assert_allclose(cut(0)[0], window_features(sound, features), atol=0.02)


def test_validation_windows_know_their_clips() -> None:
    features = TINY.features
    clips = [heard("pop", "s", n) for n in (features.window_frames // 2, 5000)]
    counts, cut = window_cutter(clips, features)
    assert counts.tolist() == [1, 8]
    assert cut(1).shape == (8, 8, features.window_frames)
    windows, owners = heard_windows(clips, features)
    assert owners.tolist() == [0] + [1] * 8
    assert torch.equal(windows[1:], cut(1))
