"""A teacher's outputs as targets: what it heard in a window, and which genres that speaks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from models.data.audio_features import HeardClip
from models.data.teacher import Heard, segment_at
from models.errors import ModelError

FOLDS = 5
FloatArray = NDArray[np.float32]


class Teaching:
    """Targets by clip and moment.

    `values` are the `size` strongest components of the teacher's outputs, shape (rows, size), of
    mean square 1 altogether; `genres` the genres that a logistic regression reads off all of
    them, shape (rows, n_classes). Of a clip with a genre they come from a regression that has not
    seen its group, so they tell what it sounds like and not what its label is.
    """

    def __init__(
        self,
        heard: Sequence[HeardClip],
        teacher: Heard,
        labels: Sequence[str],
        *,
        strength: float,
        size: int,
    ) -> None:
        taught = [teacher.get(h.clip.name) for h in heard]
        counts = np.array([0 if t is None else len(t) for t in taught], dtype=np.int64)
        self.n_segments = counts
        self._first = np.concatenate([[0], np.cumsum(counts)[:-1]])
        if not counts.any():
            raise ModelError("The teacher has not heard any of these clips: its names do not fit.")
        rows = np.concatenate([t for t in taught if t is not None])
        rows = (rows - rows.mean(axis=0)) / np.maximum(rows.std(axis=0), 1e-3)
        self.values = _strongest(rows, size)
        owners = np.repeat(np.arange(len(heard)), counts)
        genre = [h.clip.genre if h.clip.genre in labels else "" for h in heard]
        targets = np.array([labels.index(g) if g else -1 for g in genre], dtype=np.int64)[owners]
        groups = np.array([h.clip.group for h in heard])[owners]
        weights = 1 / counts[owners]
        self.genres = _read_off(rows, targets, groups, weights, len(labels), strength)

    @property
    def n_outputs(self) -> int:
        """How much the teacher says of a moment."""
        return int(self.values.shape[1])

    def rows(self, drawn: NDArray[np.int64], seconds: NDArray[Any]) -> NDArray[np.int64]:
        """The row for each clip drawn, at a moment of it; -1 where the teacher has not heard it."""
        counts = self.n_segments[drawn]
        rows = self._first[drawn] + segment_at(seconds, np.maximum(counts, 1))
        return np.where(counts > 0, rows, -1)


def _strongest(rows: FloatArray, size: int) -> FloatArray:
    """The principal components of `rows`, (rows, size), scaled together to mean square 1."""
    _, directions = np.linalg.eigh(rows.T @ rows)
    values = rows @ directions[:, ::-1][:, :size]
    return np.asarray(values / max(np.sqrt(np.square(values).mean()), 1e-6), dtype=np.float32)


def _read_off(
    values: FloatArray,
    targets: NDArray[np.int64],
    groups: NDArray[np.str_],
    weights: NDArray[np.float64],
    n_classes: int,
    strength: float,
) -> FloatArray:
    """Probabilities of genres, (rows, n_classes), each from a regression without its group."""
    found = np.zeros((len(values), n_classes), dtype=np.float32)
    known = np.flatnonzero(targets >= 0)

    def fill(fit: NDArray[np.int64], into: NDArray[np.int64]) -> None:
        model = LogisticRegression(C=strength, max_iter=500, class_weight="balanced")
        model.fit(values[fit], targets[fit], sample_weight=weights[fit])
        found[np.ix_(into, model.classes_)] = model.predict_proba(values[into])

    unknown = np.flatnonzero(targets < 0)
    if len(unknown):
        fill(known, unknown)
    per_class = [len(np.unique(groups[targets == index])) for index in range(n_classes)]
    n_folds = min(FOLDS, *per_class)
    if n_folds < 2:
        raise ModelError("To learn from a teacher, each genre needs clips of two groups or more.")
    folds = StratifiedGroupKFold(n_folds, shuffle=True, random_state=0)
    for fit, into in folds.split(values[known], targets[known], groups[known]):
        fill(known[fit], known[into])
    return found
