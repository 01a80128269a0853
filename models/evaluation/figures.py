"""Figures for reports: learning curves and confusion matrices, as PNG files."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

DOTS_PER_INCH = 130
FOOT_WIDTH, FOOT_SIZE = 120, 6.5
TRAIN_COLOUR, VALID_COLOUR, MUTED = "#56B4E9", "#D55E00", "#666666"  # Okabe-Ito


def settings_foot(name: str, command: str, settings: Mapping[str, Any]) -> str:
    """The words below a figure: what was measured, how it was made, all its settings.

    Parameters
    ----------
    name, command : str
        Of the model.
    settings : mapping

    Returns
    -------
    str
        Lines of at most `FOOT_WIDTH` characters.
    """
    words = ", ".join(f"{key}={value}" for key, value in settings.items() if value != "")
    lines = [f"{name}: {command}", words]
    return "\n".join(part for line in lines for part in textwrap.wrap(line, FOOT_WIDTH))


def draw_learning_curve(
    path: Path, points: Sequence[dict[str, Any]], best_epoch: int, foot: str = ""
) -> None:
    """Draw training and validation loss by epoch, the best epoch marked.

    Parameters
    ----------
    path : Path
        The PNG file to write.
    points : sequence of dict
        `epoch`, `train_loss` and `valid_loss` (None where it was not finite).
    best_epoch : int
        0 if none is.
    foot : str
        The settings.

    Raises
    ------
    OSError
        If it can't be written.
    """
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    epochs = [point["epoch"] for point in points]
    marker = "o" if len(points) < 30 else ""
    for key, label, colour in (
        ("train_loss", "training", TRAIN_COLOUR),
        ("valid_loss", "validation", VALID_COLOUR),
    ):
        losses = [np.nan if point[key] is None else point[key] for point in points]
        axes.plot(epochs, losses, color=colour, marker=marker, markersize=4, label=label)
    if best_epoch:
        axes.axvline(best_epoch, color=MUTED, linewidth=1, linestyle=":")
        axes.set_title(f"best epoch: {best_epoch}", fontsize=10, color=MUTED)
    axes.set_xlabel("epoch")
    axes.set_ylabel("loss")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.25)
    axes.legend(frameon=False)
    if foot:
        figure.set_figheight(4 + 0.13 * (foot.count("\n") + 1))
        figure.supxlabel(foot, fontsize=FOOT_SIZE, color=MUTED)
    save_figure(figure, path)


def draw_confusion(
    path: Path,
    confusion: Sequence[Sequence[int]] | NDArray[np.int64],
    labels: Sequence[str],
    *,
    title: str = "",
    foot: str = "",
) -> None:
    """Draw a confusion matrix: counts written, shares of each row shaded.

    Parameters
    ----------
    path : Path
        The PNG file to write.
    confusion : sequence of sequence of int
        Counts, shape (n_labels, n_labels): a row is a true label, a column a predicted one.
    labels : sequence of str
    title, foot : str

    Raises
    ------
    OSError
        If it can't be written.
    """
    counts = np.asarray(confusion, dtype=float)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = 2.6 + 0.42 * len(labels)
    figure = Figure(figsize=(size + 0.6, size + 0.5), layout="constrained")
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(*counts.shape):
        if counts[row, column]:
            colour = "white" if shares[row, column] > 0.55 else "black"
            text = f"{counts[row, column]:g}"
            axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=8)
    names = [f"{name} ({total:g})" for name, total in zip(labels, counts.sum(axis=1), strict=True)]
    axes.set_xticks(range(len(labels)), labels, rotation=45, ha="right", fontsize=8)
    axes.set_yticks(range(len(labels)), names, fontsize=8)
    axes.set_xticks(np.arange(1, len(labels)) - 0.5, minor=True)
    axes.set_yticks(np.arange(1, len(labels)) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=1)
    axes.tick_params(which="both", length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_xlabel(f"said\n\n{foot}" if foot else "said", fontsize=8, color=MUTED)
    axes.set_ylabel("true (clips)", fontsize=8, color=MUTED)
    axes.set_title(title, fontsize=11)
    save_figure(figure, path)


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure as PNG; raises OSError."""
    FigureCanvasAgg(figure)
    figure.savefig(path, dpi=DOTS_PER_INCH)
