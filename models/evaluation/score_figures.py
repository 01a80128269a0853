"""Figures of a score model's report: what it mends, and how likely it finds the music."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from models.evaluation.figures import FOOT_SIZE, MUTED, TRAIN_COLOUR, save_figure

COLUMNS = {
    "n_pieces": ("pieces", "{:.0f}"),
    "removal_auc": ("wrong notes\nfound, AUC", "{:.3f}"),
    "addition_hit_at_k": ("missing notes\nfound", "{:.3f}"),
    "corrupted_f1": ("F1 before\nrepair", "{:.3f}"),
    "repair_f1": ("F1 after\nrepair", "{:.3f}"),
    "nll": ("nats a\nframe", "{:.2f}"),
}
"""What the repair table shows: the name in the metrics, the heading, the form of a number."""
SPLITS = ("test", "valid")
N_BINS = 12


def score_rows(metrics: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Split, set and figures of each set that was measured, the test split first."""
    return [(split, name, found) for split in SPLITS for name, found in _sets(metrics.get(split))]


def draw_repair_table(path: Path, metrics: dict[str, Any], foot: str) -> bool:
    """Draw the repair table of all splits and sets.

    Parameters
    ----------
    path : Path
        The PNG file to write.
    metrics : dict
        By split and set, as `models.evaluation.score.repair_by_set` gives them.
    foot : str
        The settings.

    Returns
    -------
    bool
        False where nothing was measured; then nothing is written.

    Raises
    ------
    OSError
        If it can't be written.
    """
    rows = score_rows(metrics)
    if not rows:
        return False
    figure = Figure(
        figsize=(9, 0.9 + 0.36 * len(rows) + 0.13 * foot.count("\n")), layout="constrained"
    )
    axes = figure.subplots()
    axes.axis("off")
    cells = [[split, name, *(_cell(found, key) for key in COLUMNS)] for split, name, found in rows]
    heads = ["split", "set", *(words for words, _ in COLUMNS.values())]
    table = axes.table(
        cells, colLabels=heads, loc="upper center", cellLoc="right", edges="horizontal"
    )
    table.auto_set_font_size(False)
    table.set_fontsize(8)
    table.scale(1, 1.5)
    for (row, column), cell in table.get_celld().items():
        cell.set_edgecolor("#cccccc")
        if row == 0:
            cell.set_height(cell.get_height() * 1.6)
        if column < 2:
            cell.set_text_props(ha="left")
    figure.supxlabel(foot, fontsize=FOOT_SIZE, color=MUTED)
    save_figure(figure, path)
    return True


def draw_likelihoods(path: Path, metrics: dict[str, Any], foot: str) -> bool:
    """Draw a histogram of the pieces' nats a frame, a panel for each split.

    Parameters
    ----------
    path : Path
        The PNG file to write.
    metrics : dict
        By split and set; `nll_by_piece` is what is drawn.
    foot : str
        The settings.

    Returns
    -------
    bool
        False where the model tells no likelihood; then nothing is written.

    Raises
    ------
    OSError
        If it can't be written.
    """
    drawn = {}
    for split in SPLITS:
        sets = [found for _, found in _sets(metrics.get(split))]
        pieces = [value for found in sets for value in found.get("nll_by_piece", [])]
        if pieces:
            drawn[split] = pieces
    if not drawn:
        return False
    figure = Figure(figsize=(7, 3.6), layout="constrained")
    panels = figure.subplots(1, len(drawn), squeeze=False, sharex=True, sharey=True)[0]
    every = [value for pieces in drawn.values() for value in pieces]
    span = (min(every), max(every) + 1e-6)
    for axes, (split, pieces) in zip(panels, drawn.items(), strict=True):
        axes.hist(pieces, bins=N_BINS, range=span, color=TRAIN_COLOUR, edgecolor="white")
        axes.axvline(sum(pieces) / len(pieces), color=MUTED, linestyle=":")
        axes.set_title(f"{split}, {len(pieces)} pieces; dotted: the mean", fontsize=9, color=MUTED)
        axes.set_xlabel("nats a frame (less: likelier)")
    panels[0].set_ylabel("pieces")
    figure.supxlabel(foot, fontsize=FOOT_SIZE, color=MUTED)
    save_figure(figure, path)
    return True


def _sets(values: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, found in sorted(values.items()) if isinstance(values, dict) else ():
        if isinstance(found, dict) and "n_pieces" in found:
            yield name, found


def _cell(found: dict[str, Any], key: str) -> str:
    value = found.get(key)
    return "\N{EN DASH}" if value is None else COLUMNS[key][1].format(value)
