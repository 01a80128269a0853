"""Measures genre settings by grouped cross-validation, each against the first ones.

    python tests/bench/bench_genre_cv.py [DATA] [--folds 4] [--set key=value …]
                                         [--variant "key=value …" …]

Every labelled clip of DATA is named once by a network that has heard no clip of its group (artist,
or track), so that choices need not be made on a genre's six validation clips. `--set` holds for
all; without a `--variant` the perceptron is compared. The network is the one after the last epoch:
a fold's clips choose its temperature and nothing else. Same folds and seed for all, each file is
read once. `±` is the deviation of the difference, clip by clip.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from genre_folders import make_folder, read_settings, say
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from models.data.audio_dataset import AudioDataset, Clip, load_audio_dataset
from models.data.audio_features import HeardClip
from models.evaluation.genre import genre_metrics
from models.evaluation.predictions import Predictions
from models.training import genre, genre_batches, genre_mlp
from models.training.genre_settings import Settings
from models.training.presets import resolve

Hearing = Callable[..., list[HeardClip]]
SEED = 1


def folds(dataset: AudioDataset, count: int) -> list[set[int]]:
    """The places of each fold's clips: groups stay together, genres are spread evenly."""
    genres = [clip.genre for clip in dataset.clips]
    groups = [clip.group for clip in dataset.clips]
    split = StratifiedGroupKFold(count, shuffle=True, random_state=0)
    return [set(held.tolist()) for _, held in split.split(genres, genres, groups)]


def remembering(hear: Hearing) -> Hearing:
    """As `hear`, but each clip and hearing only once."""
    known: dict[tuple[str, Any], HeardClip] = {}

    def recall(clips: Sequence[Any], settings: Any, *log: Any) -> list[HeardClip]:
        found = []
        for item in clips:
            clip = item.clip if isinstance(item, HeardClip) else item
            key = (clip.name, settings)
            if key not in known and (new := hear([item], settings, *log)):
                known[key] = new[0]
            if key in known:
                found.append(replace(known[key], clip=clip))
        return found

    return recall


def trained(task: genre.GenreTask) -> NDArray[np.float64]:
    """What the network after the last epoch says of the fold's clips, (clips, classes)."""
    network = task.network
    optimizer, scheduler = task.optimizer(network)
    for epoch in range(1, task.settings.epochs + 1):
        network.train()
        for batch in task.train_batches(epoch):
            optimizer.zero_grad()
            task.loss(network, batch).backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            if scheduler:
                scheduler.step()
    task.validate(network)
    return task.valid_probabilities(network)


def measured(
    data: Path, dataset: AudioDataset, count: int, settings: Settings
) -> tuple[dict[str, Any], NDArray[np.bool_]]:
    """Figures over all clips, each named by the network of its fold, and which were right."""
    clips: list[Clip] = []
    targets, probabilities = [], []
    with tempfile.TemporaryDirectory() as place:
        for number, held in enumerate(folds(dataset, count)):
            splits = ["valid" if index in held else "train" for index in range(len(dataset.clips))]
            folder = make_folder(
                data, Path(place) / str(number), zip(dataset.clips, splits, strict=True)
            )
            task = genre.make_task(
                folder, settings, seed=SEED, limit_per_class=None, log=lambda text: None
            )
            if task.labels != list(dataset.genres):
                raise SystemExit(f"Fold {number} lacks a genre; fewer folds may help.")
            torch.manual_seed(SEED)
            probabilities.append(trained(task))
            targets.append(task.valid_targets)
            clips += [h.clip for h in task.heard["valid"]]
    predictions = Predictions(
        dataset.genres,
        tuple(clip.path for clip in clips),
        tuple(clip.group for clip in clips),
        np.concatenate(targets),
        np.concatenate(probabilities),
    )
    return genre_metrics(predictions), predictions.chosen == predictions.targets


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path, nargs="?", default=Path("../shared/data/audio"))
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--variant", action="append", default=[])
    args = parser.parse_args()
    torch.set_num_threads(1)
    dataset = load_audio_dataset(args.data)
    variants = ["", *(args.variant or ["architecture=mlp width=96"])]
    first: NDArray[np.bool_] | None = None
    with (
        patch.object(genre, "hear", remembering(genre.hear)),
        patch.object(genre, "hear_coarsely", coarse := remembering(genre.hear_coarsely)),
        patch.object(genre_batches, "hear_coarsely", coarse),
        patch.object(genre_mlp, "hear_summaries", remembering(genre_mlp.hear_summaries)),
    ):
        for variant in variants:
            changes = read_settings([*args.set, *variant.split()])
            settings, _ = resolve(genre, "default", changes)
            began = time.process_time()
            figures, right = measured(args.data, dataset, args.folds, settings)
            first = right if first is None else first
            say(line(variant or "the settings as given", figures, right, first, began))


def line(
    name: str,
    figures: dict[str, Any],
    right: NDArray[np.bool_],
    first: NDArray[np.bool_],
    began: float,
) -> str:
    gain = right.astype(float) - first
    ratio = (~right).sum() / max(1, (~first).sum())
    return (
        f"{name}: accuracy {figures['accuracy']:.3f} ({gain.mean():+.3f} "
        f"± {gain.std() / np.sqrt(len(gain)):.3f}), {ratio:.2f} x the mistakes, macro F1 "
        f"{figures['macro_f1']:.3f}, log loss {figures['log_loss']:.3f}, calibration error "
        f"{figures['ece']:.3f}, {figures['n']} clips, {time.process_time() - began:.0f} s of CPU"
    )


if __name__ == "__main__":
    main()
