"""What a training or `studio evaluate` found out about a genre model, read from its folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.plain_file import read_file
from studio.errors import StudioError

SPLIT_ORDER = ("test", "valid")  # what the model never saw comes first
EVALUATION = "evaluation"  # of a run that was measured after it was stopped
MAX_BYTES = 100 << 20


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip that was measured: what it is, what the model said and how sure it was."""

    path: Path
    genre: str
    predicted: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A genre against all others: points, area, how many clips, and where guessing lies."""

    label: str
    points: tuple[tuple[float, float], ...]
    area: float
    n_clips: int
    chance: float


@dataclass(frozen=True, slots=True)
class Results:
    """All that was measured on one split. `metrics` is what `studio evaluate --json` prints."""

    split: str
    settings: str
    labels: tuple[str, ...]
    metrics: dict[str, Any]
    clips: tuple[Clip, ...]
    roc: tuple[Curve, ...]
    precision_recall: tuple[Curve, ...]

    @property
    def confusion(self) -> list[list[int]]:
        """Counts; a row is a true label, a column what was said."""
        counts: list[list[int]] = self.metrics["confusion"]
        return counts

    def of_cell(self, genre: str, predicted: str) -> list[Clip]:
        """The clips of one cell of the confusion matrix, the surest first."""
        return [c for c in self.clips if (c.genre, c.predicted) == (genre, predicted)]


def load_results(folder: Path) -> list[Results]:
    """The results of each split in a run's folder, or one that `studio evaluate -o` wrote.

    Raises
    ------
    StudioError
        If there are none, or they are damaged.
    """
    found = [_read(path) for path in _files(folder)]
    if not found:
        raise StudioError(
            f"{folder} holds no results of a genre model. Choose the folder of a training that "
            "has ended, or one that 'studio evaluate -o' wrote."
        )
    order = {split: rank for rank, split in enumerate(SPLIT_ORDER)}
    return sorted(found, key=lambda results: order.get(results.split, len(order)))


def has_results(folder: Path) -> bool:
    """Whether a run has left results, or was measured later."""
    return bool(_files(folder))


def _files(folder: Path) -> list[Path]:
    names = sorted(folder.glob("results*.json"))
    return names or sorted((folder / EVALUATION).glob("results*.json"))


def _read(path: Path) -> Results:
    try:
        results = _made(json.loads(read_file(path, MAX_BYTES)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StudioError(f"{path} holds no results that can be read ({error!s:.80}).") from error
    n = len(results.labels)
    if len(results.confusion) != n or any(len(row) != n for row in results.confusion):
        raise StudioError(f"{path} holds no results that can be read (its table has gaps).")
    return results


def _made(found: dict[str, Any]) -> Results:
    metrics = found["metrics"]
    clips = [
        Clip(Path(c["path"]), str(c["genre"]), str(c["predicted"]), float(c["confidence"]))
        for c in found["clips"]
    ]
    return Results(
        str(found["split"]),
        str(found["settings"]),
        tuple(map(str, metrics["labels"])),
        metrics,
        tuple(clips),
        _curves(found["roc"]),
        _curves(found["precision_recall"]),
    )


def _curves(rows: list[dict[str, Any]]) -> tuple[Curve, ...]:
    return tuple(
        Curve(
            str(row["label"]),
            tuple(zip(map(float, row["x"]), map(float, row["y"]), strict=True)),
            float(row["area"]),
            int(row["n"]),
            float(row["chance"]),
        )
        for row in rows
    )


def find_clip(path: Path, data: Path | None) -> Path:
    """Where a clip is now: where it was, or at the same place below `data`.

    Raises
    ------
    StudioError
        If it is in neither.
    """
    if path.is_file():
        return path
    for count in range(min(6, len(path.parts) - 1), 0, -1):
        moved = data / Path(*path.parts[-count:]) if data else None
        if moved and moved.is_file():
            return moved
    raise StudioError(
        f"{path.name} is no longer in {path.parent}. Put it back, or choose the folder that "
        "the music is in now under 1 Data."
    )
