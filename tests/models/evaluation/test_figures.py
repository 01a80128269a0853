from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.image import imread

from models.evaluation.figures import TRAIN_COLOUR, draw_confusion, draw_learning_curve


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
