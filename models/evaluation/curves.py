"""ROC and precision-recall curves of one genre against all others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_curve

from models.evaluation.predictions import Predictions


@dataclass(frozen=True)
class Curve:
    """The points of a curve, the area under it, and where a guesser would be (`chance`).

    `x` and `y`, shape (n,): false and true positive rate, or recall and precision; `x` rises.
    For precision and recall the `area` is the average precision.
    """

    label: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    area: float
    n_clips: int
    chance: float


def roc_curves(predictions: Predictions) -> list[Curve]:
    """A curve for each genre that has clips and is not all there is.

    Source
    ------
    Fawcett 2006, An introduction to ROC analysis.
    """
    curves = []
    for label, truths, scores in _each(predictions):
        x, y, _ = roc_curve(truths, scores)
        curves.append(Curve(label, x, y, float(auc(x, y)), int(truths.sum()), 0.5))
    return curves


def precision_recall_curves(predictions: Predictions) -> list[Curve]:
    """A curve for each genre that has clips and is not all there is.

    Source
    ------
    Davis and Goadrich 2006, The relationship between precision-recall and ROC curves.
    """
    curves = []
    for label, truths, scores in _each(predictions):
        precision, recall, _ = precision_recall_curve(truths, scores)
        area = float(average_precision_score(truths, scores))
        x, y = _best_at_each(recall[:-1], precision[:-1])  # the last is a convention, no result
        curves.append(Curve(label, x, y, area, int(truths.sum()), float(truths.mean())))
    return curves


def _best_at_each(
    recall: NDArray[np.float64], precision: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The highest precision of each recall, and from no recall on that of the first."""
    x, place = np.unique(recall, return_inverse=True)
    y = np.zeros(len(x))
    np.maximum.at(y, place, precision)
    x, y = x[x > 0], y[x > 0]
    return np.concatenate([[0.0], x]), np.concatenate([y[:1], y])


def _each(
    predictions: Predictions,
) -> list[tuple[str, NDArray[np.bool_], NDArray[np.float64]]]:
    """Label, whether each clip is of it, and how likely the model finds that."""
    found = []
    for index, label in enumerate(predictions.labels):
        truths = predictions.targets == index
        if truths.any() and not truths.all():
            found.append((label, truths, predictions.probabilities[:, index]))
    return found
