"""Which windows of which clips a genre model learns from, and which it is checked with."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.data.audio_features import HeardClip
from models.data.spectra import hear_coarsely
from models.features import FeatureSettings, fit_frames, level_free
from models.training.genre_augment import STRETCH_ROOM
from models.training.row_draws import RowDraws

VALID_WINDOWS_PER_CLIP = 8
Part = tuple[Sequence[HeardClip], float]


def draw_chances(heard: Sequence[HeardClip], balance: float) -> NDArray[np.float64]:
    """How often each clip is drawn, shape (n,), adding up to 1.

    With `balance` 0 all alike; with 1 every genre equally often. Within a genre a source with
    n clips weighs as the root of n, so that a genre does not sound like its largest source.
    """
    genres = Counter(h.clip.genre for h in heard)
    sources = Counter((h.clip.genre, h.clip.source) for h in heard)
    roots: dict[str, float] = defaultdict(float)
    for (genre, _), count in sources.items():
        roots[genre] += math.sqrt(count)
    chances = []
    for h in heard:
        genre, count = h.clip.genre, sources[h.clip.genre, h.clip.source]
        within = 1 / math.sqrt(count) / roots[genre]
        chances.append(genres[genre] ** (1 - balance) * within)
    total = sum(chances)
    return np.array([chance / total for chance in chances])


def pool(parts: Sequence[Part], balance: float) -> tuple[list[HeardClip], NDArray[np.float64]]:
    """All clips of parts that each have a share of the windows, and how often each is drawn."""
    heard = [h for clips, _ in parts for h in clips]
    chances = np.concatenate([share * draw_chances(clips, balance) for clips, share in parts])
    return heard, chances / chances.sum()


def cut_windows(
    heard: Sequence[HeardClip], frames: int, draws: RowDraws
) -> tuple[Tensor, NDArray[np.int64]]:
    """A random window of each clip with room for stretching, (n, n_mels, longer), and its start."""
    longer = math.ceil(frames * STRETCH_ROOM)
    held = [h.frames for h in heard]
    starts = draws.below([max(1, each.shape[1] - longer + 1) for each in held])
    windows = [
        fit_frames(each[:, start : start + longer], longer)
        for each, start in zip(held, starts, strict=True)
    ]
    return torch.from_numpy(np.stack(windows).astype(np.float32)), np.array(starts)


def file_windows(
    heard: Sequence[HeardClip],
    settings: FeatureSettings,
    like: Sequence[HeardClip] | None = None,
) -> tuple[Tensor, NDArray[np.int64]]:
    """Level-free windows spread over each clip, (windows, n_mels, frames), and their clips.

    At most eight a clip: enough to rank epochs by. With `like`, at the places that they would
    have in those clips.
    """
    frames = settings.window_frames
    windows, owners = [], []
    for owner, (h, model) in enumerate(zip(heard, like or heard, strict=True)):
        last = max(0, model.frames.shape[1] - frames)
        count = min(VALID_WINDOWS_PER_CLIP, 1 + 2 * last // frames)
        for start in np.linspace(0, last, count).astype(int):
            part = h.frames[:, start : start + frames].astype(np.float32)
            windows.append(level_free(fit_frames(part, frames)))
            owners.append(owner)
    return torch.from_numpy(np.stack(windows)), np.array(owners, dtype=np.int64)


def heard_windows(
    heard: Sequence[HeardClip], settings: FeatureSettings
) -> tuple[Tensor, NDArray[np.int64]]:
    """`file_windows` as a network with these settings hears them: coarsely too, if it does."""
    windows, owners = file_windows(heard, settings)
    if not settings.coarse:
        return windows, owners
    coarse, _ = file_windows(hear_coarsely(heard, settings), settings, like=heard)
    return torch.stack([windows, coarse], dim=1), owners
