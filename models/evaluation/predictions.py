"""What a genre model said of each clip: the table that every figure is computed from."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelError

FIXED = ("path", "group", "genre", "predicted", "confidence")
MAX_BYTES = 200 << 20


@dataclass(frozen=True)
class Predictions:
    """Clips with what is true and what was said of them.

    `paths` and `groups` are n_clips long; `targets`, shape (n_clips,), are indices into `labels`;
    `probabilities`, shape (n_clips, n_labels), has rows that add up to 1.
    """

    labels: tuple[str, ...]
    paths: tuple[Path, ...]
    groups: tuple[str, ...]
    targets: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    chosen: NDArray[np.int64] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "chosen", self.probabilities.argmax(axis=1))

    def __len__(self) -> int:
        return len(self.paths)

    def of_cell(self, true: str, predicted: str) -> list[int]:
        """The clips of one cell of the confusion matrix, the surest first."""
        row, column = self.labels.index(true), self.labels.index(predicted)
        found = np.flatnonzero((self.targets == row) & (self.chosen == column))
        return [int(i) for i in found[np.argsort(-self.probabilities[found, column])]]

    def without(self, paths: Sequence[Path]) -> Predictions:
        """The same without some clips."""
        left_out = set(paths)
        kept = [i for i, path in enumerate(self.paths) if path not in left_out]
        return Predictions(
            self.labels,
            tuple(self.paths[i] for i in kept),
            tuple(self.groups[i] for i in kept),
            self.targets[kept],
            self.probabilities[kept],
        )

    def save(self, path: Path) -> None:
        """Write a table (CSV), whole or not at all; raises OSError."""
        text = io.StringIO(newline="")
        table = csv.writer(text, lineterminator="\n")
        table.writerow([*FIXED, *self.labels])
        for i, row in enumerate(self.probabilities):
            true, said = self.labels[self.targets[i]], self.labels[self.chosen[i]]
            fixed = [self.paths[i], self.groups[i], true, said, f"{row.max():.4f}"]
            table.writerow([*fixed, *(f"{p:.6g}" for p in row)])
        fresh = path.with_name(f".{path.name}.new")
        with fresh.open("w", encoding="utf-8", newline="") as file:
            file.write(text.getvalue())
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)

    @classmethod
    def load(cls, path: Path) -> Predictions:
        """Read a table that `save` wrote.

        Raises
        ------
        ModelError
            If it is missing or not such a table.
        """
        try:
            if path.stat().st_size > MAX_BYTES:
                raise ModelError(f"{path} is too large for a table of predictions.")
            with path.open(encoding="utf-8", newline="") as file:
                header, *rows = list(csv.reader(file))
            labels = tuple(header[len(FIXED) :])
            shares = np.array([row[len(FIXED) :] for row in rows], dtype=np.float64)
            targets = np.array([labels.index(row[2]) for row in rows], dtype=np.int64)
        except (OSError, ValueError, IndexError, csv.Error) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise ModelError(f"{path} is no table of predictions ({reason:.80}).") from error
        fits = tuple(header[: len(FIXED)]) == FIXED and labels and rows
        if not fits or shares.shape[1] != len(labels) or not np.isfinite(shares).all():
            raise ModelError(f"{path} is no table of predictions: its columns are others.")
        paths, groups = tuple(Path(row[0]) for row in rows), tuple(row[1] for row in rows)
        return cls(labels, paths, groups, targets, shares)
