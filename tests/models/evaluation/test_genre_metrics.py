from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import log_loss, roc_auc_score

from models.evaluation.calibration import (
    calibration_bins,
    calibration_error,
    wilson_interval,
)
from models.evaluation.genre import genre_metrics
from models.evaluation.predictions import Predictions

LABELS = ("jazz", "pop", "rock")


def predicted(
    labels: tuple[str, ...],
    targets: NDArray[np.int64],
    probabilities: NDArray[np.float64],
    clips_a_group: int = 1,
) -> Predictions:
    paths = tuple(Path(f"{i}.wav") for i in range(len(targets)))
    groups = tuple(str(i // clips_a_group) for i in range(len(targets)))
    return Predictions(labels, paths, groups, targets, probabilities)


def test_figures_of_a_case_worked_by_hand() -> None:
    targets = np.array([0, 0, 1, 1])
    probabilities = np.array([[0.8, 0.1, 0.1], [0.3, 0.6, 0.1], [0.2, 0.7, 0.1], [0.1, 0.5, 0.4]])
    report = genre_metrics(predicted(LABELS, targets, probabilities))
    assert report["n"] == 4
    assert report["accuracy"] == 0.75
    assert report["confusion"] == [[1, 1, 0], [0, 2, 0], [0, 0, 0]]
    assert report["classes"]["jazz"]["precision"] == 1
    assert report["classes"]["jazz"]["recall"] == 0.5
    assert report["classes"]["pop"]["f1"] == pytest.approx(0.8)
    assert report["macro_f1"] == pytest.approx((2 / 3 + 0.8) / 2)  # no rock was there to find
    assert report["classes"]["rock"]["support"] == 0
    assert report["classes"]["rock"]["roc_auc"] is None
    assert report["log_loss"] == pytest.approx(-np.log([0.8, 0.3, 0.7, 0.5]).mean())


def test_probability_figures_are_sklearns() -> None:
    rng = np.random.default_rng(0)
    targets = rng.integers(0, 3, 200)
    probabilities = rng.dirichlet([1, 1, 1], 200) * 0.7 + 0.3 * np.eye(3)[targets]
    report = genre_metrics(predicted(LABELS, targets, probabilities))
    assert report["log_loss"] == pytest.approx(log_loss(targets, probabilities))
    area = roc_auc_score(targets, probabilities, multi_class="ovr")
    assert report["roc_auc_macro"] == pytest.approx(area)


def test_a_certain_mistake_costs_a_finite_loss() -> None:
    report = genre_metrics(predicted(("a", "b"), np.array([0]), np.array([[0.0, 1.0]])))
    assert np.isfinite(report["log_loss"])
    assert report["accuracy"] == 0


@pytest.mark.parametrize(
    ("share", "n", "expected"), [(0.5, 100, (0.4038, 0.5962)), (1.0, 10, (0.7225, 1.0))]
)
def test_wilson_interval(share: float, n: int, expected: tuple[float, float]) -> None:
    assert wilson_interval(share, n) == pytest.approx(expected, abs=1e-4)


def test_calibration_error_is_the_gap_between_confidence_and_truth() -> None:
    probabilities = np.tile([0.8, 0.2], (10, 1))
    truthful = np.array([0] * 8 + [1] * 2)
    assert calibration_error(truthful, probabilities) == pytest.approx(0, abs=1e-12)
    assert calibration_error(np.ones(10, np.int64), probabilities) == pytest.approx(0.8)


def guesses(n: int, seed: int = 0) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """True genres, and probabilities that know something of them."""
    rng = np.random.default_rng(seed)
    targets = rng.integers(0, 3, n)
    return targets, rng.dirichlet([1, 1, 1], n) * 0.6 + 0.4 * np.eye(3)[rng.permutation(3)[targets]]


FIGURES = ("accuracy", "macro_f1", "log_loss", "roc_auc_macro", "ece")


def test_every_figure_lies_in_its_interval_and_more_clips_narrow_it() -> None:
    few, many = (genre_metrics(predicted(LABELS, *guesses(n))) for n in (60, 1500))
    for name in FIGURES:
        widths = []
        for report in (few, many):
            low, high = report[f"{name}_ci95"]
            assert low <= report[name] <= high
            widths.append(high - low)
        assert widths[1] < 0.6 * widths[0], name
    for row in few["classes"].values():
        for name in ("precision", "recall", "f1", "roc_auc"):
            low, high = row[f"{name}_ci95"]
            assert low <= row[name] <= high


def test_an_interval_of_the_bootstrap_holds_the_truth_nearly_as_often_as_it_says() -> None:
    held = []
    for seed in range(40):
        report = genre_metrics(predicted(LABELS, *_drawn(seed)))
        low, high = report["log_loss_ci95"]
        held.append(low <= TRUE_LOSS <= high)
    assert np.mean(held) >= 0.85


TRUE_LOSS = float(-(0.7 * np.log(0.7) + 0.3 * np.log(0.15)))


def _drawn(seed: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Clips of a model that says 70 % and is right 70 % of the time."""
    rng = np.random.default_rng(seed)
    targets = rng.integers(0, 3, 100)
    said = np.where(rng.random(100) < 0.7, targets, (targets + rng.integers(1, 3, 100)) % 3)
    return targets, 0.15 + 0.55 * np.eye(3)[said]


def test_clips_of_one_group_count_as_one_witness() -> None:
    targets, probabilities = guesses(30)
    repeated = (np.repeat(targets, 10), np.repeat(probabilities, 10, axis=0))
    alone = genre_metrics(predicted(LABELS, *repeated))
    together = genre_metrics(predicted(LABELS, *repeated, clips_a_group=10))

    def width(report: dict[str, Any]) -> float:
        low, high = report["macro_f1_ci95"]
        return float(high - low)

    assert (alone["n_groups"], together["n_groups"]) == (300, 30)
    assert width(together) > 2 * width(alone)


def test_of_a_single_group_no_interval_is_made_up() -> None:
    report = genre_metrics(predicted(LABELS, *guesses(12), clips_a_group=12))
    assert report["macro_f1_ci95"] is None
    assert report["accuracy_ci95"] is not None


def test_calibration_bins_hold_every_clip_once() -> None:
    targets, probabilities = guesses(200)
    bins = calibration_bins(targets, probabilities)
    assert sum(row["n"] for row in bins) == 200
    right = sum(row["n"] * row["accuracy"] for row in bins)
    assert right == pytest.approx((probabilities.argmax(1) == targets).sum())
    assert all(row["from"] <= row["confidence"] <= row["to"] for row in bins)
