import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from models.evaluation.genre import calibration_error, genre_metrics, wilson_interval

LABELS = ("jazz", "pop", "rock")


def test_figures_of_a_case_worked_by_hand() -> None:
    targets = np.array([0, 0, 1, 1])
    probabilities = np.array([[0.8, 0.1, 0.1], [0.3, 0.6, 0.1], [0.2, 0.7, 0.1], [0.1, 0.5, 0.4]])
    report = genre_metrics(LABELS, targets, probabilities)
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
    report = genre_metrics(LABELS, targets, probabilities)
    assert report["log_loss"] == pytest.approx(log_loss(targets, probabilities))
    area = roc_auc_score(targets, probabilities, multi_class="ovr")
    assert report["roc_auc_macro"] == pytest.approx(area)


def test_a_certain_mistake_costs_a_finite_loss() -> None:
    report = genre_metrics(("a", "b"), np.array([0]), np.array([[0.0, 1.0]]))
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
