"""How many items a training would prepare and measure, told from names, before any is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.data.audio_dataset import limit_clips, load_audio_dataset
from models.data.scores import assign_splits, list_files, parse_sets
from models.settings.genre import GenreSettings
from models.settings.score import ScoreSettings

SPLITS = ("train", "valid", "test")


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """Items prepared, those validated on, and those measured at the end."""

    prepared: int
    validated: int
    measured: int

    def times(self, other: ItemCounts) -> tuple[float, float, float]:
        """How many times as many as in `other`: prepared, validated, measured."""
        pairs = (
            (self.prepared, other.prepared),
            (self.validated, other.validated),
            (self.measured, other.measured),
        )
        prepared, validated, measured = (mine / max(1, its) for mine, its in pairs)
        return prepared, validated, measured


def count_items(data: Path, settings: Any, *, seed: int, limit: int | None) -> ItemCounts | None:
    """Count the items of a data set.

    Parameters
    ----------
    data : Path
    settings : object
        A kind's settings; of a kind that is not known here, None is returned.
    seed : int
        Of the split, where none is given.
    limit : int, optional
        At most so many of each class or set in each split.

    Raises
    ------
    ModelError
        If there is nothing to learn from.
    """
    if isinstance(settings, GenreSettings):
        return _of_clips(data, seed, limit)
    if isinstance(settings, ScoreSettings) and data.suffix != ".npz":
        return _of_pieces(data, settings, seed, limit)
    return None


def _of_clips(data: Path, seed: int, limit: int | None) -> ItemCounts:
    dataset = load_audio_dataset(data, seed=seed)
    n = {split: len(limit_clips(dataset.split(split), limit, seed=seed)) for split in SPLITS}
    return ItemCounts(sum(n.values()), n["valid"], n["valid"] + n["test"])


def _of_pieces(data: Path, settings: ScoreSettings, seed: int, limit: int | None) -> ItemCounts:
    files = list_files(data, parse_sets(settings.sets))
    prepared = measured = 0
    for split, members in assign_splits(files, seed).items():
        by_set: dict[str, int] = {}
        for file in members:
            by_set[file.dataset] = by_set.get(file.dataset, 0) + 1
        kept = [n if limit is None else min(n, limit) for n in by_set.values()]
        prepared += sum(kept)
        if split != "train":
            measured += sum(min(n, settings.repair_pieces) for n in kept)
    return ItemCounts(prepared, settings.valid_windows, measured)
