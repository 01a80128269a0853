from pathlib import Path

import numpy as np
import pytest

from models.errors import ModelError
from models.evaluation.curves import precision_recall_curves, roc_curves
from models.evaluation.intervals import weighted_area
from models.evaluation.predictions import Predictions
from models.evaluation.ranking import area_under_roc

LABELS = ("jazz", "pop, or so", "rock")


def predictions(n: int = 40, seed: int = 0) -> Predictions:
    rng = np.random.default_rng(seed)
    targets = rng.integers(0, 3, n)
    probabilities = rng.dirichlet([1, 1, 1], n) * 0.7 + 0.3 * np.eye(3)[targets]
    paths = tuple(Path("/music") / f"clip é {i}.wav" for i in range(n))
    return Predictions(LABELS, paths, tuple(str(i // 2) for i in range(n)), targets, probabilities)


def test_a_table_comes_back_as_it_was(tmp_path: Path) -> None:
    made = predictions()
    made.save(tmp_path / "p.csv")
    back = Predictions.load(tmp_path / "p.csv")
    assert (back.labels, back.paths, back.groups) == (made.labels, made.paths, made.groups)
    assert (back.targets == made.targets).all()
    np.testing.assert_allclose(back.probabilities, made.probabilities, rtol=1e-5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "path,genre\na,b\n",
        "path,group,genre,predicted,confidence,a\n",
        "path,group,genre,predicted,confidence,a,b\nx,g,a,a,1,1\n",
        "path,group,genre,predicted,confidence,a,b\nx,g,other,a,1,1,0\n",
        "path,group,genre,predicted,confidence,a,b\nx,g,a,a,1,nan,0\n",
    ],
)
def test_another_table_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "p.csv"
    path.write_text(text)
    with pytest.raises(ModelError, match=r"p\.csv is no table of predictions.*\.$"):
        Predictions.load(path)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.csv is no table of predictions \(No such file"):
        Predictions.load(tmp_path / "none.csv")


def test_the_cells_of_the_confusion_matrix_hold_every_clip_once_the_surest_first() -> None:
    made = predictions()
    cells = [made.of_cell(true, said) for true in LABELS for said in LABELS]
    assert sorted(i for cell in cells for i in cell) == list(range(len(made)))
    for true in LABELS:
        for said in LABELS:
            cell = made.of_cell(true, said)
            sure = made.probabilities[cell, LABELS.index(said)]
            assert (np.diff(sure) <= 0).all()
            assert all(made.targets[i] == LABELS.index(true) for i in cell)


def test_clips_can_be_left_out() -> None:
    made = predictions()
    less = made.without(made.paths[:5])
    assert less.paths == made.paths[5:]
    assert (less.chosen == made.chosen[5:]).all()


def test_curves_rise_to_the_right_and_have_the_area_of_their_ranking() -> None:
    made = predictions(200)
    for index, curve in enumerate(roc_curves(made)):
        assert (np.diff(curve.x) >= 0).all()
        assert (np.diff(curve.y) >= 0).all()
        truths = made.targets == index
        expected = area_under_roc(made.probabilities[:, index], truths)
        assert curve.area == pytest.approx(expected)
    for curve in precision_recall_curves(made):
        assert (np.diff(curve.x) > 0).all()
        assert (curve.x[0], curve.x[-1]) == (0, 1)
        assert curve.chance == pytest.approx(curve.n_clips / 200)
        assert (curve.y > 0).all()
        assert curve.area > curve.chance


def test_a_genre_without_clips_has_no_curve() -> None:
    made = predictions()
    without_jazz = made.without([made.paths[i] for i in np.flatnonzero(made.targets == 0)])
    assert [curve.label for curve in roc_curves(without_jazz)] == list(LABELS[1:])


def test_weights_count_like_copies() -> None:
    rng = np.random.default_rng(1)
    scores, truths = rng.integers(0, 6, 30).astype(float), rng.random(30) < 0.4
    weights = rng.integers(0, 4, (5, 30))
    found = weighted_area(scores, truths, weights.astype(float))
    for row, area in zip(weights, found, strict=True):
        assert area == pytest.approx(area_under_roc(np.repeat(scores, row), np.repeat(truths, row)))
