"""Notes on a grid of sixteenths, and back: what the score networks see. Numpy only.

A roll keeps two facts a cell: a note starts here (`onset`), a note that started before still
sounds (`hold`). So a held note and a repeated one differ, and lengths survive the way back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.notes import Note
from models.protocol import Piece
from models.tempo_map import Metre, TimeSignature

STEPS_PER_BEAT = 4
N_PITCHES = 128
N_BAR_FEATURES = 8
ONSET, HOLD = 0, 1

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Roll = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class GridNotes:
    """Notes in steps, as three columns of equal length."""

    step: Ints
    pitch: Ints
    length: Ints

    @classmethod
    def from_rows(cls, rows: Sequence[Sequence[int]]) -> GridNotes:
        """Build from rows of (step, pitch, length)."""
        table = np.asarray(rows, dtype=np.int64).reshape(-1, 3)
        return cls(table[:, 0], table[:, 1], table[:, 2])

    def __len__(self) -> int:
        return len(self.step)

    @property
    def end(self) -> Ints:
        """The first step at which each note no longer sounds, shape (n,)."""
        return self.step + self.length

    def take(self, index: NDArray[Any]) -> GridNotes:
        """The rows that `index` (positions or truths) selects."""
        return GridNotes(self.step[index], self.pitch[index], self.length[index])

    def join(self, other: GridNotes) -> GridNotes:
        """These rows, then those of `other`."""
        return GridNotes(
            np.concatenate([self.step, other.step]),
            np.concatenate([self.pitch, other.pitch]),
            np.concatenate([self.length, other.length]),
        )


def tick_to_step(tick: int, ticks_per_beat: int) -> int:
    """The step nearest to `tick`; halves go to the later one."""
    return (2 * STEPS_PER_BEAT * tick + ticks_per_beat) // (2 * ticks_per_beat)


def step_to_tick(step: int, ticks_per_beat: int) -> int:
    """The tick nearest to the start of `step`; exact where a beat divides by four."""
    return (2 * step * ticks_per_beat + STEPS_PER_BEAT) // (2 * STEPS_PER_BEAT)


def grid_notes(notes: Iterable[Note], ticks_per_beat: int) -> GridNotes:
    """Put notes on the grid: row i is note i, moved to the nearest step.

    Parameters
    ----------
    notes : iterable of Note
    ticks_per_beat : int

    Returns
    -------
    GridNotes
        Columns of shape (n,), in steps; each note lasts at least one.
    """
    rows = []
    for note in notes:
        step = tick_to_step(note.start, ticks_per_beat)
        end = tick_to_step(note.end, ticks_per_beat)
        rows.append((step, note.pitch, max(1, end - step)))
    return GridNotes.from_rows(rows)


def paint(grid: GridNotes, start: int, n_steps: int) -> Roll:
    """Draw the notes that sound in a window.

    Parameters
    ----------
    grid : GridNotes
    start : int
        First step of the window; may be negative or past the end (those cells stay empty).
    n_steps : int

    Returns
    -------
    ndarray of uint8, shape (2, 128, n_steps)
        Channel `ONSET`, then channel `HOLD`.
    """
    changes = np.zeros((N_PITCHES, n_steps + 1), dtype=np.int32)
    first = np.clip(grid.step + 1 - start, 0, n_steps)
    last = np.clip(grid.end - start, 0, n_steps)
    np.add.at(changes, (grid.pitch, first), 1)
    np.add.at(changes, (grid.pitch, last), -1)
    roll = np.zeros((2, N_PITCHES, n_steps), dtype=np.uint8)
    roll[HOLD] = np.cumsum(changes[:, :-1], axis=1) > 0
    inside = (grid.step >= start) & (grid.step < start + n_steps)
    roll[ONSET, grid.pitch[inside], grid.step[inside] - start] = 1
    return roll


def read_roll(roll: Roll) -> GridNotes:
    """Read the notes back: each onset, held until the hold ends or the next onset comes.

    Parameters
    ----------
    roll : ndarray, shape (2, 128, n_steps)

    Returns
    -------
    GridNotes
        In order of pitch, then step. Holds without an onset (from before the window) are left.
    """
    n_steps = roll.shape[2]
    stops = (roll[ONSET] > 0) | (roll[HOLD] == 0)  # where no earlier note can sound on
    pitches, steps = np.nonzero(roll[ONSET])
    rows = []
    for pitch, step in zip(pitches.tolist(), steps.tolist(), strict=True):
        later = np.flatnonzero(stops[pitch, step + 1 :])
        length = int(later[0]) + 1 if len(later) else n_steps - step
        rows.append((step, pitch, length))
    return GridNotes.from_rows(rows)


def bar_features(
    time_signatures: Iterable[TimeSignature], ticks_per_beat: int, start: int, n_steps: int
) -> Floats:
    """Where each step lies in its bar, as numbers a network can use.

    Parameters
    ----------
    time_signatures : iterable of TimeSignature
    ticks_per_beat : int
    start : int
        First step; may be negative.
    n_steps : int

    Returns
    -------
    ndarray of float32, shape (8, n_steps)
        Inside the piece (not before its start), bar line, beat of the metre, sine and cosine of
        the position in the bar, the same at twice the speed, bar length in whole notes.
    """
    metre = Metre(ticks_per_beat, time_signatures)
    features = np.zeros((N_BAR_FEATURES, n_steps), dtype=np.float32)
    steps = np.arange(start, start + n_steps)
    firsts = [tick_to_step(s.tick, ticks_per_beat) for s in metre.signatures]
    for index, signature in enumerate(metre.signatures):
        last = firsts[index + 1] if index + 1 < len(firsts) else start + n_steps
        here = (steps >= firsts[index]) & (steps < last)
        bar = max(1.0, signature.numerator * 4 * STEPS_PER_BEAT / signature.denominator)
        beat = 4 * STEPS_PER_BEAT / signature.denominator
        features[:, here] = _position_features(steps[here] - firsts[index], bar, beat)
    return features


def _position_features(offset: Ints, bar: float, beat: float) -> Floats:
    """The eight features of steps `offset` after a bar line; `bar` and `beat` are in steps."""
    angle = 2 * np.pi * (offset % bar) / bar
    rows = [
        np.ones(len(offset)),
        offset % bar < 1,
        offset % bar % max(beat, 1.0) < 1,
        np.sin(angle),
        np.cos(angle),
        np.sin(2 * angle),
        np.cos(2 * angle),
        np.full(len(offset), bar / (4 * STEPS_PER_BEAT)),
    ]
    return np.stack(rows).astype(np.float32)


def piece_features(piece: Piece, start: int, n_steps: int) -> Floats:
    """`bar_features` of a piece's own metre, shape (8, n_steps)."""
    return bar_features(piece.time_signatures, piece.ticks_per_beat, start, n_steps)


def bar_windows(piece: Piece, n_bars: int = 8, hop_bars: int = 4) -> list[tuple[int, int]]:
    """Cut a piece into windows of whole bars that overlap.

    Parameters
    ----------
    piece : Piece
    n_bars, hop_bars : int
        Length of a window and distance between two, in bars of the piece's own metre.

    Returns
    -------
    list of (start_tick, end_tick)
        They cover the piece; the last one may be short. Empty for an empty piece.
    """
    if not piece.notes:
        return []
    metre = Metre(piece.ticks_per_beat, piece.time_signatures)
    total = metre.bar_of(piece.end - 1) + 1
    starts = range(0, max(1, total - n_bars + hop_bars), hop_bars)
    return [(metre.bar_start(bar), metre.bar_start(min(bar + n_bars, total))) for bar in starts]
