from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.image import imread

from models.evaluation.curves import Curve
from models.evaluation.figures import TRAIN_COLOUR, draw_confusion, draw_learning_curve
from models.evaluation.genre_figures import draw_curves, draw_genre_figures
from models.evaluation.predictions import Predictions


def points(losses: list[float | None]) -> list[dict[str, Any]]:
    return [
        {"epoch": n, "train_loss": loss, "valid_loss": loss and loss + 1}
        for n, loss in enumerate(losses, start=1)
    ]


def count_of(colour: str, path: Path) -> int:
    """Pixels that are nearly of a colour."""
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return int((np.abs(imread(path)[..., :3] - rgb).max(axis=-1) < 0.02).sum())


def test_a_curve_is_seen_even_where_losses_are_missing(tmp_path: Path) -> None:
    draw_learning_curve(tmp_path / "none.png", points([]), 0)
    draw_learning_curve(tmp_path / "gap.png", points([3.0, 2.0, None, 1.0, 0.9]), 5)
    draw_learning_curve(tmp_path / "whole.png", points([3.0, 2.0, 1.5, 1.0, 0.9]), 5)
    none, gap, whole = (
        count_of(TRAIN_COLOUR, tmp_path / f"{n}.png") for n in ("none", "gap", "whole")
    )
    assert none < gap < whole


def test_a_confusion_matrix_is_shaded_by_row(tmp_path: Path) -> None:
    labels = [f"genre {n}" for n in range(8)]
    sure = np.diag(np.arange(1, 9)).tolist()
    unsure = np.ones((8, 8), dtype=int).tolist()
    draw_confusion(tmp_path / "sure.png", sure, labels)
    draw_confusion(tmp_path / "unsure.png", unsure, labels)
    draw_confusion(tmp_path / "empty_row.png", [[2, 0], [0, 0]], labels[:2])
    dark = [int((imread(tmp_path / f"{n}.png")[..., 0] < 0.1).sum()) for n in ("sure", "unsure")]
    assert dark[0] > 2 * dark[1]


def test_a_figure_that_can_t_be_written_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        draw_learning_curve(tmp_path / "nowhere" / "x.png", points([1.0]), 1)


def test_a_genre_report_has_four_figures_that_say_what_was_measured(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    labels, n = tuple(f"genre {i}" for i in range(6)), 60
    targets = rng.integers(0, 6, n)
    rows = rng.dirichlet(np.ones(6), n) * 0.6 + 0.4 * np.eye(6)[targets]
    names = tuple(Path(f"{i}.wav") for i in range(n))
    predictions = Predictions(labels, names, tuple(map(str, range(n))), targets, rows)
    plain = draw_genre_figures(tmp_path, predictions, "")
    told = draw_genre_figures(tmp_path, predictions, "my-model, my-data: 60 clips", "_told")
    assert [path.name for path in plain] == [
        "confusion.png",
        "roc.png",
        "precision_recall.png",
        "calibration.png",
    ]
    for before, after in zip(plain, told, strict=True):
        foot = slice(-40, None)  # where the settings stand
        ink = [(imread(path)[foot, :, :3] < 0.6).sum() for path in (before, after)]
        assert ink[1] > ink[0] + 100


def test_curves_of_many_genres_and_of_none_are_drawn(tmp_path: Path) -> None:
    x = np.array([0.0, 0.5, 1.0])
    many = [Curve(f"genre {i}", x, x, 0.5, 3, 0.5) for i in range(40)]
    for name, curves in (("none", []), ("one", many[:1]), ("many", many)):
        path = tmp_path / f"{name}.png"
        draw_curves(path, curves, title="ROC", axes=("x", "y"), area="AUC", foot="foot")
    one, most = (imread(tmp_path / f"{name}.png") for name in ("one", "many"))
    assert most.shape[0] < 8 * one.shape[0]
