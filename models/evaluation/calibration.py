"""Whether a model is right as often as it says that it is sure."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

N_BINS = 10
Z_95 = 1.959964
Probabilities = NDArray[np.float64]


def confidence_bins(confidence: NDArray[np.float64]) -> NDArray[np.intp]:
    """The tenth that each confidence, 0 to 1, lies in."""
    return np.minimum((confidence * N_BINS).astype(np.intp), N_BINS - 1)


def calibration_bins(
    targets: NDArray[np.int64], probabilities: Probabilities
) -> list[dict[str, Any]]:
    """How sure and how often right, by tenths of confidence; tenths without a clip are left out.

    Parameters
    ----------
    targets : array, shape (n,)
    probabilities : array, shape (n, n_classes)

    Returns
    -------
    list of dict
        `from`, `to`, `n`, mean `confidence`, `accuracy` and its `accuracy_ci95`.
    """
    confidence = probabilities.max(axis=1)
    is_right = probabilities.argmax(axis=1) == targets
    bins = confidence_bins(confidence)
    rows = []
    for b in np.unique(bins):
        inside = bins == b
        accuracy, n = float(is_right[inside].mean()), int(inside.sum())
        rows.append(
            {
                "from": float(b / N_BINS),
                "to": float((b + 1) / N_BINS),
                "n": n,
                "confidence": float(confidence[inside].mean()),
                "accuracy": accuracy,
                "accuracy_ci95": wilson_interval(accuracy, n),
            }
        )
    return rows


def calibration_error(targets: NDArray[np.int64], probabilities: Probabilities) -> float:
    """Expected gap between confidence and accuracy over ten bins of confidence, 0 to 1.

    Source
    ------
    Guo et al. 2017, arXiv:1706.04599, section 2.
    """
    rows = calibration_bins(targets, probabilities)
    gaps = sum(row["n"] * abs(row["confidence"] - row["accuracy"]) for row in rows)
    return float(gaps / len(targets))


def wilson_interval(share: float, n: int) -> list[float]:
    """The 95 % interval of a `share` of `n` trials, [low, high].

    Source
    ------
    Wilson 1927, Probable inference, the law of succession, and statistical inference.
    """
    z2 = Z_95**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return [max(0.0, centre - half), min(1.0, centre + half)]
