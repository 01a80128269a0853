"""What a model expects of a score as it stands: how likely each note is, where one is missed."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from models.networks.ar_cnn import LENGTHS
from models.notes import Note
from models.piano_roll import (
    GridNotes,
    grid_notes,
    paint,
    piece_features,
    step_to_tick,
    tick_to_step,
)
from models.protocol import Piece

CORE = 64  # steps that a window speaks for: four bars of 4/4
CONTEXT = 32  # steps that it sees on either side
MAX_WINDOWS = 64  # at a time
KEPT_WINDOWS = 256
MISSED_FROM = 0.15  # a note less likely than this is not called missed
MOST_MISSED = 96
_OCTAVE = 12
_WINDOWS_A_PASS = 8

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class NoteOutlook:
    """A note that is there: how likely, as surprising as which, and what is likelier there.

    `likelihood` is the probability that it belongs, `rank` counts from the most surprising note
    (1) of those asked about, `other` is the pitch that the model would most like to add at the
    same time within an octave, `other_probability` how much (0 where there is none).
    """

    note: Note
    likelihood: float
    rank: int
    other: int
    other_probability: float


@dataclass(frozen=True, slots=True)
class Missed:
    """A note that is not there and might: exact ticks, the surest first."""

    start: int
    pitch: int
    duration: int
    probability: float


@dataclass(frozen=True, slots=True)
class Window:
    """The logits of one window's own steps, each (pitches, steps), and lengths in steps."""

    add: Floats
    remove: Floats
    length: NDArray[np.int64]


class Expectation:
    """Looks at a score with one network, and remembers what it saw.

    A window is computed again only where what it sees has changed: after an edit those are the
    one or two that hold it. Deterministic; the order of requests does not matter.

    Parameters
    ----------
    network : nn.Module
        AR-CNN or LSTM, in evaluation mode.
    """

    def __init__(self, network: nn.Module) -> None:
        self._network = network
        self._kept: OrderedDict[bytes, Window] = OrderedDict()
        self.n_computed = 0  # windows, since the beginning

    def look(
        self, piece: Piece, start_tick: int, end_tick: int
    ) -> tuple[list[NoteOutlook], list[Missed]]:
        """Judge the notes that start in a stretch of a piece, and find those that are missing.

        Parameters
        ----------
        piece : Piece
            At least the notes that sound from two bars before the stretch to two bars after.
        start_tick, end_tick : int
            The stretch; beyond `MAX_WINDOWS` windows it is cut.

        Returns
        -------
        (list of NoteOutlook, list of Missed)
            A row for each note in the stretch that is not drums, in the piece's order; the
            missed ones surest first, none where a note starts already.
        """
        tpb = piece.ticks_per_beat
        drums = {index for index, track in enumerate(piece.tracks) if track.is_drums}
        notes = [note for note in piece.notes if note.track not in drums]
        grid = grid_notes(notes, tpb)
        first = tick_to_step(max(0, start_tick), tpb) // CORE
        last = min(tick_to_step(max(0, end_tick - 1), tpb) // CORE + 1, first + MAX_WINDOWS)
        if not notes or end_tick <= max(0, start_tick):
            return [], []
        low, high = self._rows(grid)
        windows = self._windows(piece, grid, range(first, last), (low, high))
        maps = _Maps(
            first * CORE,
            low,
            np.concatenate([window.add for window in windows], axis=1),
            np.concatenate([window.remove for window in windows], axis=1),
            np.concatenate([window.length for window in windows], axis=1),
        )
        _close(maps, grid)
        here = [n for n in notes if start_tick <= n.start < end_tick and maps.holds(n, tpb)]
        return _judged(maps, here, tpb), _missed(maps, (start_tick, end_tick), tpb)

    def _rows(self, grid: GridNotes) -> tuple[int, int]:
        """The pitches to look at, in whole octaves, so that one high note changes little."""
        low, high = getattr(self._network, "low", None), getattr(self._network, "high", None)
        if low is not None and high is not None:
            return int(low), int(high)
        lowest = (int(grid.pitch.min()) - _OCTAVE // 2) // _OCTAVE * _OCTAVE
        highest = -(-(int(grid.pitch.max()) + _OCTAVE // 2) // _OCTAVE) * _OCTAVE
        return max(0, lowest), min(127, highest)

    def _windows(
        self, piece: Piece, grid: GridNotes, indices: range, rows: tuple[int, int]
    ) -> list[Window]:
        width = CORE + 2 * CONTEXT
        keys, rolls, bars = [], {}, {}
        for index in indices:
            at = index * CORE - CONTEXT
            roll = paint(grid, at, width)[:, rows[0] : rows[1] + 1]
            bar = piece_features(piece, at, width)
            key = _digest(rows, roll, bar)
            keys.append(key)
            if key in self._kept:
                self._kept.move_to_end(key)
            else:
                rolls[key], bars[key] = roll, bar
        missing = list(rolls)
        for at in range(0, len(missing), _WINDOWS_A_PASS):
            some = missing[at : at + _WINDOWS_A_PASS]
            self._compute(some, [rolls[k] for k in some], [bars[k] for k in some], rows)
        windows = [self._kept[key] for key in keys]
        while len(self._kept) > KEPT_WINDOWS:
            self._kept.popitem(last=False)
        return windows

    def _compute(
        self,
        keys: Sequence[bytes],
        rolls: Sequence[NDArray[np.uint8]],
        bars: Sequence[Floats],
        rows: tuple[int, int],
    ) -> None:
        pitches = torch.arange(rows[0], rows[1] + 1, dtype=torch.float32)
        with torch.inference_mode():
            add, remove, lengths = self._network(
                torch.from_numpy(np.stack(rolls).astype(np.float32)),
                torch.from_numpy(np.stack(bars)),
                pitches.expand(len(keys), -1),
            )
        classes = lengths.argmax(dim=1).numpy()
        core = slice(CONTEXT, CONTEXT + CORE)
        for index, key in enumerate(keys):
            self._kept[key] = Window(
                add[index].numpy()[:, core].copy(),
                remove[index].numpy()[:, core].copy(),
                np.array(LENGTHS)[classes[index][:, core]],
            )
        self.n_computed += len(keys)


@dataclass(frozen=True, slots=True)
class _Maps:
    """Windows side by side: logits (pitches, steps) from step `first` and pitch `low` on."""

    first: int
    low: int
    add: Floats
    remove: Floats
    length: NDArray[np.int64]

    def cell(self, note: Note, ticks_per_beat: int) -> tuple[int, int]:
        return note.pitch - self.low, tick_to_step(note.start, ticks_per_beat) - self.first

    def holds(self, note: Note, ticks_per_beat: int) -> bool:
        row, column = self.cell(note, ticks_per_beat)
        height, width = self.add.shape
        return bool(0 <= row < height and 0 <= column < width)


def _close(maps: _Maps, grid: GridNotes) -> None:
    """No note is missed where one starts."""
    rows, columns = grid.pitch - maps.low, grid.step - maps.first
    inside = (columns >= 0) & (columns < maps.add.shape[1])
    inside &= (rows >= 0) & (rows < maps.add.shape[0])
    maps.add[rows[inside], columns[inside]] = -np.inf


def _judged(maps: _Maps, notes: list[Note], ticks_per_beat: int) -> list[NoteOutlook]:
    cells = [maps.cell(note, ticks_per_beat) for note in notes]
    logits = np.array([maps.remove[cell] for cell in cells], dtype=np.float64)
    ranks = np.empty(len(notes), dtype=np.int64)
    ranks[np.argsort(-logits, kind="stable")] = np.arange(1, len(notes) + 1)
    rows = []
    for note, cell, logit, rank in zip(notes, cells, logits, ranks, strict=True):
        row, column = cell
        lowest = max(0, row - _OCTAVE)
        near = maps.add[lowest : row + _OCTAVE + 1, column]
        best = int(near.argmax())
        other = _probability(float(near[best]))
        likelihood = 1 - _probability(float(logit))
        rows.append(NoteOutlook(note, likelihood, int(rank), maps.low + lowest + best, other))
    return rows


def _missed(maps: _Maps, stretch: tuple[int, int], ticks_per_beat: int) -> list[Missed]:
    rows, columns = np.nonzero(maps.add >= _logit(MISSED_FROM))
    order = np.argsort(-maps.add[rows, columns], kind="stable")[: 2 * MOST_MISSED]
    found = []
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        step = maps.first + column
        start = step_to_tick(step, ticks_per_beat)
        end = step_to_tick(step + int(maps.length[row, column]), ticks_per_beat)
        if stretch[0] <= start < stretch[1]:
            probability = _probability(float(maps.add[row, column]))
            found.append(Missed(start, maps.low + row, max(1, end - start), probability))
    return found[:MOST_MISSED]


def _digest(rows: tuple[int, int], roll: NDArray[np.uint8], bar: Floats) -> bytes:
    digest = hashlib.blake2b(repr(rows).encode(), digest_size=16)
    digest.update(np.packbits(roll).tobytes())
    digest.update(bar.tobytes())
    return digest.digest()


def _probability(logit: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(logit, -60, 60))))


def _logit(probability: float) -> float:
    return float(np.log(probability / (1 - probability)))
