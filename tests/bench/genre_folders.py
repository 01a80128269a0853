"""Genre data sets made of the clips of another one, and models trained on them, for benches."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from models.data.audio_dataset import Clip
from models.training.engine import train
from models.training.run import TrainOptions


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def make_folder(data: Path, folder: Path, clips: Iterable[tuple[Clip, str]]) -> Path:
    """A data set in `folder` of clips below `data`, each with its split ("": none)."""
    folder.mkdir(parents=True)
    for place in data.iterdir():
        if place.name != "manifest.csv":
            (folder / place.name).symlink_to(place.resolve())
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "genre", "split", "group", "dataset", "licence"])
        for c, split in clips:
            writer.writerow([c.name, c.genre, split, c.group, c.source, c.licence])
    return folder


def trained(
    data: Path, run: Path, settings: Mapping[str, Any], *, limit: int | None = None, seed: int = 1
) -> Path:
    """The folder of a genre model trained on `data` as `studio train genre` does it."""
    options = TrainOptions("genre", data, run, settings=settings, limit_per_class=limit, seed=seed)
    return train(options, lambda event: None)


def read_settings(assignments: Iterable[str]) -> dict[str, str]:
    """`key=value` as `studio train --set` has them."""
    return dict(text.split("=", 1) for text in assignments)
