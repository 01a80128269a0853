"""How far figures on few clips can be trusted: 95 % intervals by drawing clips again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.evaluation.calibration import calibration_error, confidence_bins
from models.evaluation.predictions import Predictions

N_DRAWS = 1000
PORTION = 100  # draws at a time: ten thousand clips then take some megabytes
Array = NDArray[np.float64]


def bootstrap_intervals(predictions: Predictions, seed: int = 0) -> dict[str, Any]:
    """95 % intervals of the figures of `genre_metrics`, by drawing whole groups again.

    Clips drawn twice make any model look less calibrated than it is: the interval of the
    calibration error is moved by as much as the middle of the draws lies above the figure.

    Parameters
    ----------
    predictions : Predictions
        Clips of one group (an artist's, say) are alike: they are drawn together.
    seed : int

    Returns
    -------
    dict
        `macro_f1`, `log_loss`, `roc_auc_macro` and `ece`, each [low, high] or None, and
        `classes`, by label: `f1` and `roc_auc` likewise.

    Source
    ------
    Efron and Tibshirani 1993, An introduction to the bootstrap, chapter 13 (percentiles); groups
    as in Field and Welsh 2007, Bootstrapping clustered data.
    """
    names, members = np.unique(predictions.groups, return_inverse=True)
    generator = np.random.default_rng(seed)
    drawn: list[dict[str, Array]] = []
    for _ in range(0, N_DRAWS, PORTION):
        shares = np.full(len(names), 1 / len(names))
        counts = generator.multinomial(len(names), shares, size=PORTION)
        drawn.append(_figures(predictions, counts[:, members].astype(np.float64)))
    whole = {name: np.concatenate([part[name] for part in drawn]) for name in drawn[0]}
    is_one = len(names) < 2  # drawn again, one group is always the same
    found = {name: None if is_one else _interval(values) for name, values in whole.items()}
    if found["ece"] is not None:
        found["ece"] = _about(found["ece"], whole["ece"], predictions)
    averages = ("macro_f1", "log_loss", "roc_auc_macro", "ece")
    classes = {
        label: {"f1": found[f"f1 {label}"], "roc_auc": found[f"roc_auc {label}"]}
        for label in predictions.labels
    }
    return {**{name: found[name] for name in averages}, "classes": classes}


def _figures(predictions: Predictions, weights: Array) -> dict[str, Array]:
    """Each figure for each row of weights, (draws, clips) -> (draws,)."""
    labels, targets, chosen = predictions.labels, predictions.targets, predictions.chosen
    each = np.arange(len(labels))
    is_true, is_said = targets[:, None] == each, chosen[:, None] == each  # (clips, classes)
    n_true, n_said = weights @ is_true, weights @ is_said
    with np.errstate(invalid="ignore", divide="ignore"):
        f1 = np.where(n_true > 0, 2 * (weights @ (is_true & is_said)) / (n_true + n_said), np.nan)
    areas = np.stack(
        [weighted_area(predictions.probabilities[:, i], is_true[:, i], weights) for i in each], 1
    )
    total = weights.sum(axis=1)
    picked = predictions.probabilities[np.arange(len(targets)), targets]
    return {
        "macro_f1": _mean_of_known(f1),
        "log_loss": weights @ -np.log(np.clip(picked, 1e-12, 1)) / total,
        "roc_auc_macro": _mean_of_known(areas),
        "ece": _calibration_error(predictions, weights) / total,
        **{f"f1 {label}": f1[:, i] for i, label in enumerate(labels)},
        **{f"roc_auc {label}": areas[:, i] for i, label in enumerate(labels)},
    }


def weighted_area(scores: Array, truths: NDArray[np.bool_], weights: Array) -> Array:
    """The area under the ROC curve with each row of weights, (draws, clips) -> (draws,).

    Parameters
    ----------
    scores, truths : arrays, shape (clips,)
    weights : array, shape (draws, clips)

    Returns
    -------
    array, shape (draws,)
        NaN where one of the two sides weighs nothing.
    """
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.diff(scores[order], prepend=-np.inf))  # of equal scores
    ordered = weights[:, order]
    true = np.add.reduceat(ordered * truths[order], starts, axis=1)
    false = np.add.reduceat(ordered * ~truths[order], starts, axis=1)
    below = np.cumsum(false, axis=1) - false / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        area: Array = (true * below).sum(axis=1) / (true.sum(axis=1) * false.sum(axis=1))
    return area


def _calibration_error(predictions: Predictions, weights: Array) -> Array:
    confidence = predictions.probabilities.max(axis=1)
    gaps = confidence - (predictions.chosen == predictions.targets)
    bins = confidence_bins(confidence)
    sums = [np.abs(weights[:, bins == b] @ gaps[bins == b]) for b in np.unique(bins)]
    error: Array = np.sum(sums, axis=0)
    return error


def _about(interval: list[float], drawn: Array, predictions: Predictions) -> list[float]:
    """The interval of a calibration error, moved so that its middle is what was measured."""
    measured = calibration_error(predictions.targets, predictions.probabilities)
    excess = float(np.median(drawn)) - measured
    return [max(0.0, interval[0] - excess), min(1.0, interval[1] - excess)]


def _mean_of_known(values: Array) -> Array:
    """The mean of each row over what is a number; NaN of a row without any."""
    known = np.isfinite(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: Array = np.where(known, values, 0).sum(axis=1) / known.sum(axis=1)
    return mean


def _interval(values: Sequence[float] | Array) -> list[float] | None:
    known = np.asarray(values)[np.isfinite(values)]
    if not len(known):
        return None
    low, high = np.quantile(known, (0.025, 0.975))
    return [float(low), float(high)]
