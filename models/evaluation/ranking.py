"""How well scores rank what is true above what is not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def area_under_roc(scores: NDArray[np.floating], truths: NDArray[np.bool_]) -> float | None:
    """The chance that a true item scores above a false one, ties half; None if either lacks."""
    n_true = int(truths.sum())
    n_false = len(truths) - n_true
    if not n_true or not n_false:
        return None
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    below = np.cumsum(counts) - counts
    ranks = below + (counts + 1) / 2  # the mean rank of each value, from 1
    total = float(ranks[inverse][truths].sum())
    return (total - n_true * (n_true + 1) / 2) / (n_true * n_false)
