"""Rolls before and after a repair, as a picture: pieces and places are drawn by a seed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from models.data.scores import ScoreFile, load_piece
from models.evaluation.figures import MUTED, save_figure
from models.evaluation.repair import SpoiltWindow, repair_events, spoil
from models.inference.score import ScoreModel
from models.notes import EditEvent, Note
from models.piano_roll import bar_windows
from models.tempo_map import Metre

N_WINDOWS = 10
KINDS: dict[str, dict[str, Any]] = {
    "right": {"facecolor": "#9AA5B1", "edgecolor": "#9AA5B1"},
    "wrong": {"facecolor": "#D55E00", "edgecolor": "#D55E00"},
    "missing": {"facecolor": "none", "edgecolor": "#0072B2", "linestyle": (0, (2, 1))},
    "put back": {"facecolor": "#009E73", "edgecolor": "#009E73"},
    "added, not in the original": {"facecolor": "#F0E442", "edgecolor": "#B8860B"},
}


def choose_windows(
    files: Sequence[ScoreFile], seed: int, count: int = N_WINDOWS
) -> list[tuple[str, SpoiltWindow]]:
    """Draw pieces, none twice, and in each a spoilt window: by the seed and nothing else.

    Parameters
    ----------
    files : sequence of ScoreFile
    seed : int
    count : int
        At most so many.

    Returns
    -------
    list of (name of the piece, SpoiltWindow)

    Raises
    ------
    ModelError
        If a piece that was drawn can't be read.
    """
    rng = np.random.default_rng(seed)
    found: list[tuple[str, SpoiltWindow]] = []
    for index in rng.permutation(len(files)).tolist():
        if len(found) == count:
            break
        piece = load_piece(files[index].path)
        windows = bar_windows(piece)
        if not windows:
            continue
        start, end = windows[int(rng.integers(len(windows)))]
        window = spoil(rng, piece, start, end)
        if window is not None:
            found.append((files[index].path.stem, window))
    return found


def draw_repairs(
    path: Path, windows: Sequence[tuple[str, SpoiltWindow]], model: ScoreModel
) -> None:
    """Draw each window spoilt and, beside it, as the model repaired it.

    Parameters
    ----------
    path : Path
        The PNG file to write.
    windows : sequence of (name, SpoiltWindow)
        At least one.
    model : ScoreModel

    Raises
    ------
    OSError
        If it can't be written.
    """
    figure = Figure(figsize=(11, 1.5 * len(windows) + 0.6), layout="constrained")
    rows = figure.subplots(len(windows), 2, squeeze=False)
    for (name, window), (before, after) in zip(windows, rows, strict=True):
        events = repair_events(model, window)
        _draw(before, window, ())
        _draw(after, window, events)
        before.set_ylabel(name, fontsize=7, color=MUTED)
        after.sharey(before)
    rows[0][0].set_title("before", fontsize=10)
    rows[0][1].set_title("after", fontsize=10)
    patches = [Patch(label=kind, **style) for kind, style in KINDS.items()]
    figure.legend(handles=patches, loc="outside lower center", ncols=len(KINDS), frameon=False)
    save_figure(figure, path)


def sort_notes(window: SpoiltWindow, events: Iterable[EditEvent]) -> dict[str, list[Note]]:
    """The notes of a window after some edits, by what they are: a key of `KINDS`."""
    taken = {event.note for event in events if event.action == "remove"}
    added = [event.note for event in events if event.action == "add"]
    starts = {(note.start, note.pitch) for note in window.removed}
    back = [note for note in added if (note.start, note.pitch) in starts]
    there = {(note.start, note.pitch) for note in back}
    gone = [note for note in window.clean if note in taken]
    return {
        "right": [n for n in window.spoilt.notes if n not in window.wrong and n not in taken],
        "wrong": [note for note in window.wrong if note not in taken],
        "missing": [n for n in (*window.removed, *gone) if (n.start, n.pitch) not in there],
        "put back": back,
        "added, not in the original": [note for note in added if note not in back],
    }


def _draw(axes: Axes, window: SpoiltWindow, events: Sequence[EditEvent]) -> None:
    for kind, notes in sort_notes(window, events).items():
        for note in notes:
            box = (note.start, note.pitch - 0.4), note.duration * 0.95, 0.8
            axes.add_patch(Rectangle(*box, linewidth=0.8, **KINDS[kind]))
    pitches = [note.pitch for note in (*window.clean, *window.wrong)]
    end = max(note.end for note in window.clean)
    piece = window.spoilt
    metre = Metre(piece.ticks_per_beat, piece.time_signatures)
    axes.set_xlim(0, end)
    axes.set_ylim(min(pitches) - 1, max(pitches) + 1)
    axes.set_xticks([metre.bar_start(bar) for bar in range(metre.bar_of(end - 1) + 1)], [])
    axes.set_yticks([p for p in range(128) if p % 12 == 0 and min(pitches) <= p <= max(pitches)])
    axes.set_yticklabels([f"C{p // 12 - 1}" for p in axes.get_yticks()], fontsize=7)
    axes.grid(alpha=0.3)
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_color("#CCCCCC")
