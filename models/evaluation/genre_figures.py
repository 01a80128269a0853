"""The figures of a genre model's report, as PNG files that say what they were made from."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from models.evaluation.calibration import calibration_bins, calibration_error
from models.evaluation.curves import Curve, precision_recall_curves, roc_curves
from models.evaluation.figures import (
    MUTED,
    TRAIN_COLOUR,
    draw_confusion,
    save_figure,
)
from models.evaluation.predictions import Predictions

CURVE_COLOUR, OTHERS = "#0072B2", "#C8C8C8"
MAX_PANELS = 24  # of more genres, those that are told worst
COLUMNS = 4


def draw_genre_figures(
    folder: Path, predictions: Predictions, settings: str, suffix: str = ""
) -> list[Path]:
    """Draw confusion matrix, ROC and precision-recall curves and calibration.

    Parameters
    ----------
    folder : Path
        There already.
    predictions : Predictions
    settings : str
        What was measured how: written at the foot of each figure.
    suffix : str
        Of the files' names, such as "_valid".

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    OSError
        If one can't be written.
    """
    paths = {
        name: folder / f"{name}{suffix}.png"
        for name in ("confusion", "roc", "precision_recall", "calibration")
    }
    counts = np.zeros((len(predictions.labels),) * 2, dtype=np.int64)
    np.add.at(counts, (predictions.targets, predictions.chosen), 1)
    title = "Which genre is taken for which"
    draw_confusion(paths["confusion"], counts, predictions.labels, title=title, foot=settings)
    draw_curves(
        paths["roc"],
        roc_curves(predictions),
        title="ROC: each genre against all others",
        axes=("taken for it wrongly (false positive rate)", "found (true positive rate)"),
        area="AUC",
        foot=settings,
    )
    draw_curves(
        paths["precision_recall"],
        precision_recall_curves(predictions),
        title="Precision and recall: each genre against all others",
        axes=("recall", "precision"),
        area="AP",
        foot=settings,
    )
    draw_calibration(paths["calibration"], predictions, foot=settings)
    return list(paths.values())


def describe_settings(name: str, metrics: dict[str, Any], data: str, window_s: float) -> str:
    """The foot of a figure: which model, which clips, how an answer was made."""
    n, groups = metrics["n"], metrics["n_groups"]
    alike = f" of {groups} groups" if groups < n else ""
    return (
        f"{name}   ·   {data}, {metrics['split']}: {n} clips{alike}\n"
        f"an answer a clip: the mean over windows of {window_s:g} s that overlap by half"
    )


def draw_curves(
    path: Path,
    curves: Sequence[Curve],
    *,
    title: str,
    axes: tuple[str, str],
    area: str,
    foot: str,
) -> None:
    """Draw a panel for each genre, its curve in colour before all the others in grey.

    Raises OSError if it can't be written.
    """
    shown = sorted(sorted(curves, key=lambda c: c.area)[:MAX_PANELS], key=lambda c: c.label)
    columns = min(COLUMNS, max(1, len(shown)))
    rows = max(1, ceil(len(shown) / columns))
    figure = Figure(figsize=(2.1 * columns + 0.5, 2.15 * rows + 1.0), layout="constrained")
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for panel, curve in zip(grid.flat, shown, strict=False):
        _draw_panel(panel, curve, curves, area)
    for panel in grid.flat[len(shown) :]:
        panel.set_axis_off()
    figure.suptitle(title, fontsize=11)
    figure.supxlabel(f"{axes[0]}\n\n{foot}", fontsize=8, color=MUTED)
    figure.supylabel(axes[1], fontsize=8, color=MUTED)
    save_figure(figure, path)


def _draw_panel(panel: Axes, curve: Curve, others: Sequence[Curve], area: str) -> None:
    step = "steps-post" if area == "AUC" else "steps-pre"
    for other in others:
        panel.plot(other.x, other.y, color=OTHERS, linewidth=0.6, drawstyle=step)
    if area == "AUC":
        panel.plot((0, 1), (0, 1), color=MUTED, linewidth=0.8, linestyle=":")
    else:
        panel.axhline(curve.chance, color=MUTED, linewidth=0.8, linestyle=":")
    panel.plot(curve.x, curve.y, color=CURVE_COLOUR, linewidth=1.8, drawstyle=step)
    clips = "1 clip" if curve.n_clips == 1 else f"{curve.n_clips} clips"
    panel.set_title(curve.label, fontsize=9, loc="left")
    panel.set_title(f"{area} {curve.area:.2f}, {clips}", fontsize=7, loc="right", color=MUTED)
    panel.set_xlim(-0.02, 1.02)
    panel.set_ylim(-0.02, 1.02)
    panel.set_xticks((0, 0.5, 1), ("0", "½", "1"), fontsize=7)
    panel.set_yticks((0, 0.5, 1), ("0", "½", "1"), fontsize=7)
    panel.set_aspect("equal")
    for side in ("top", "right"):
        panel.spines[side].set_visible(False)


def draw_calibration(path: Path, predictions: Predictions, *, foot: str) -> None:
    """Draw how often the model was right against how sure it was, and how often it was so sure.

    Raises OSError if it can't be written.
    """
    bins = calibration_bins(predictions.targets, predictions.probabilities)
    error = calibration_error(predictions.targets, predictions.probabilities)
    figure = Figure(figsize=(4.8, 5.8), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    above.plot((0, 1), (0, 1), color=MUTED, linewidth=0.8, linestyle=":")
    above.text(0.03, 0.055, "as sure as right", fontsize=7, color=MUTED, rotation=42)
    sure = [row["confidence"] for row in bins]
    right = np.array([row["accuracy"] for row in bins])
    spans = np.array([row["accuracy_ci95"] for row in bins]).T
    above.errorbar(
        sure,
        right,
        yerr=np.maximum(np.abs(spans - right), 0),
        color=CURVE_COLOUR,
        ecolor=TRAIN_COLOUR,
        marker="o",
        markersize=4,
        linewidth=1.6,
        elinewidth=1,
        capsize=2,
    )
    above.set_ylabel("right (with 95 % intervals)", fontsize=8, color=MUTED)
    above.set_ylim(0, 1.02)
    above.set_xlim(0, 1)
    above.set_title(f"How sure, how often right: calibration error {error:.3f}", fontsize=11)
    left, counts = [row["from"] for row in bins], [row["n"] for row in bins]
    below.bar(left, counts, width=0.094, align="edge", color=TRAIN_COLOUR)
    for row in bins:
        middle = row["from"] + 0.047
        below.text(middle, row["n"], row["n"], ha="center", va="bottom", fontsize=7, color=MUTED)
    below.margins(y=0.3)
    below.set_ylabel("clips", fontsize=8, color=MUTED)
    below.set_xlabel(f"how sure the model was\n\n{foot}", fontsize=8, color=MUTED)
    for axes in (above, below):
        axes.tick_params(labelsize=7)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    save_figure(figure, path)
