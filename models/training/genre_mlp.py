"""Training of the baseline: a multilayer perceptron on summaries of windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from models.data.audio_dataset import (
    AudioDataset,
    Clip,
    describe_sources,
    load_audio_dataset,
)
from models.data.audio_features import HeardClip
from models.data.audio_files import read_audio
from models.data.leakage import choose_clips
from models.errors import ModelError
from models.features import FeatureSettings, window_features
from models.inference.genre import window_starts
from models.networks.mlp import GenreMlp
from models.summary_features import N_SUMMARY
from models.training.genre import Batch, GenreTask, check_genres
from models.training.genre_augment import mix
from models.training.genre_batches import draw_chances
from models.training.genre_settings import Settings
from models.training.shares import WHOLE, Share

Log = Callable[[str], None]
LEAST_SPREAD = 1e-4


class MlpTask(GenreTask):
    """Learns the genre of summaries of windows, standardised over the training windows.

    A clip's `frames` are here its summaries, (N_SUMMARY, windows).
    """

    def __init__(
        self,
        heard: dict[str, list[HeardClip]],
        sources: list[dict[str, Any]],
        settings: Settings,
        seed: int,
    ) -> None:
        self.heard, self.sources, self.settings, self.seed = heard, sources, settings, seed
        self.labels = sorted({h.clip.genre for h in heard["train"]})
        self._train = heard["train"]
        self._chances = draw_chances(self._train, settings.balance)
        self._targets = self._targets_of(self._train)
        network = GenreMlp(**self._config())
        windows = np.concatenate([h.frames.T for h in self._train]).astype(np.float32)
        network.mean.copy_(torch.from_numpy(windows.mean(axis=0)))
        network.spread.copy_(torch.from_numpy(np.maximum(windows.std(axis=0), LEAST_SPREAD)))
        self.network = network
        self._valid = self._checked(heard["valid"])

    def _cutter(
        self, heard: Sequence[HeardClip]
    ) -> tuple[NDArray[np.int64], Callable[[int], torch.Tensor]]:
        counts = np.array([h.n_frames for h in heard], dtype=np.int64)
        return counts, lambda index: torch.from_numpy(heard[index].frames.T.astype(np.float32))

    def _architecture(self) -> str:
        return "genre-mlp"

    def _config(self) -> dict[str, Any]:
        settings = self.settings
        return {
            "n_classes": len(self.labels),
            "n_inputs": N_SUMMARY,
            "width": settings.width,
            "dropout": settings.dropout,
        }

    def train_batches(self, epoch: int, share: Share = WHOLE, first: int = 0) -> Iterator[Batch]:
        """The batches of an epoch, the same for the same seed and epoch."""
        smoothing, n_classes = self.settings.label_smoothing, len(self.labels)
        for draws in self._draws(epoch, share, first):
            drawn = draws.choose(self._chances)
            held = [self._train[i].frames for i in drawn]
            places = draws.below([frames.shape[1] for frames in held])
            rows = [frames[:, at] for frames, at in zip(held, places, strict=True)]
            y = F.one_hot(torch.from_numpy(self._targets[drawn]), n_classes).float()
            y = y * (1 - smoothing) + smoothing / n_classes
            batch = {"x": torch.from_numpy(np.stack(rows).astype(np.float32)), "y": y}
            yield mix(batch, draws, self.settings.mixup)


def make_mlp_task(
    data: Path, settings: Settings, *, seed: int, limit_per_class: int | None, log: Log
) -> MlpTask:
    """As `models.training.genre.make_task`; of the unlabelled, spectra and teachers nothing."""
    dataset: AudioDataset = load_audio_dataset(data, seed=seed)
    for problem in dataset.problems:
        log(f"Left out: {problem}")
    chosen = choose_clips(dataset, limit_per_class, seed, log)
    heard = {
        split: hear_summaries(clips, settings.features, log)
        for split, clips in chosen.splits.items()
    }
    check_genres(data, heard)
    torch.manual_seed(seed)
    task = MlpTask(heard, describe_sources(dataset), settings, seed)
    task.files = chosen.files()
    return task


def hear_summaries(clips: Sequence[Clip], settings: FeatureSettings, log: Log) -> list[HeardClip]:
    """Summaries of each clip's windows, half a window apart, as `studio classify` cuts them."""
    heard = []
    for done, clip in enumerate(clips):
        try:
            y = read_audio(clip.path, settings.sample_rate)
        except ModelError as error:
            log(f"Left out: {error}")
            continue
        size = settings.window_samples
        starts = window_starts(len(y), size)
        rows = [window_features(y[at : at + size], settings) for at in starts]
        heard.append(HeardClip(clip, np.stack(rows, axis=1)))
        if done % 50 == 49:
            log(f"Heard {done + 1} of {len(clips)} clips.")
    return heard
