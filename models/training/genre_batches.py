"""Which windows of which clips a genre model learns from, and which it is checked with."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

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


def window_cutter(
    heard: Sequence[HeardClip], settings: FeatureSettings
) -> tuple[NDArray[np.int64], Callable[[int], Tensor]]:
    """How many windows each clip is checked with, (clips,), and what cuts those of one clip.

    They are level-free, spread over the clip, at most eight: enough to rank epochs by. Shape
    (windows, n_mels, frames); of a network that hears coarsely too (windows, 2, n_mels, frames).
    """
    coarse = hear_coarsely(heard, settings) if settings.coarse else None
    counts = [len(_starts(h.n_frames, settings)) for h in heard]

    def cut(index: int) -> Tensor:
        starts = _starts(heard[index].n_frames, settings)
        windows = _windows_at(heard[index], starts, settings.window_frames)
        if coarse is None:
            return windows
        again = _windows_at(coarse[index], starts, settings.window_frames)
        return torch.stack([windows, again], dim=1)

    return np.array(counts, dtype=np.int64), cut


def heard_windows(
    heard: Sequence[HeardClip], settings: FeatureSettings
) -> tuple[Tensor, NDArray[np.int64]]:
    """All windows of a few clips as `window_cutter` cuts them, and which clip each is of."""
    counts, cut = window_cutter(heard, settings)
    windows = torch.cat([cut(index) for index in range(len(heard))])
    return windows, np.repeat(np.arange(len(heard)), counts)


def _starts(n_frames: int, settings: FeatureSettings) -> NDArray[np.int64]:
    """Where the windows of a clip of so many frames begin."""
    last = max(0, n_frames - settings.window_frames)
    count = min(VALID_WINDOWS_PER_CLIP, 1 + 2 * last // settings.window_frames)
    return np.linspace(0, last, count).astype(np.int64)


def _windows_at(h: HeardClip, starts: NDArray[np.int64], frames: int) -> Tensor:
    held = h.frames
    parts = [held[:, start : start + frames].astype(np.float32) for start in starts]
    return torch.from_numpy(np.stack([level_free(fit_frames(part, frames)) for part in parts]))
