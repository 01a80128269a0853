"""Windows of scores, corrupted on purpose: what the score networks learn to mend."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.data.scores import GridPiece
from models.networks.ar_cnn import LENGTHS
from models.piano_roll import STEPS_PER_BEAT, GridNotes, bar_features, paint

Batch = dict[str, Tensor]
_LENGTH_EDGES = np.array([(a + b) / 2 for a, b in itertools.pairwise(LENGTHS)])
_MARGIN = 6


@dataclass(frozen=True, slots=True)
class Corruption:
    """A window with notes gone and wrong notes come. `is_wrong` marks rows of `notes`."""

    notes: GridNotes
    is_wrong: NDArray[np.bool_]
    removed: GridNotes


@dataclass(frozen=True, slots=True)
class Window:
    """One training example, before it becomes part of a batch."""

    corruption: Corruption
    clean: GridNotes
    bars: NDArray[np.float32]
    start: int
    held: GridNotes


def length_class(length: NDArray[np.int64]) -> NDArray[np.int64]:
    """The index of the nearest entry of `LENGTHS`, shape kept."""
    return np.searchsorted(_LENGTH_EDGES, length).astype(np.int64)


def corrupt(
    rng: np.random.Generator, notes: GridNotes, start: int, n_steps: int, gone: float, wrong: float
) -> Corruption:
    """Take away a share of the notes and put wrong ones in.

    Parameters
    ----------
    rng : numpy Generator
    notes : GridNotes
        The notes that start in the window; at least one.
    start, n_steps : int
        The window, in steps.
    gone, wrong : float
        Shares of the notes that leave, and that come (uniform over the notes' own range of
        pitches and over the window, with lengths drawn from the notes' own).

    Returns
    -------
    Corruption
        No wrong note starts where a right one did.
    """
    is_gone = np.zeros(len(notes), dtype=bool)
    n_gone = min(len(notes), round(gone * len(notes)))
    is_gone[rng.permutation(len(notes))[:n_gone]] = True
    n_wrong = round(wrong * len(notes))
    low, high = int(notes.pitch.min()), int(notes.pitch.max())
    added = GridNotes(
        rng.integers(start, start + n_steps, n_wrong),
        rng.integers(low, high + 1, n_wrong),
        rng.choice(notes.length, n_wrong),
    )
    taken = notes.step * 128 + notes.pitch
    _, first = np.unique(added.step * 128 + added.pitch, return_index=True)
    added = added.take(first)
    added = added.take(~np.isin(added.step * 128 + added.pitch, taken))
    kept = notes.take(~is_gone)
    is_wrong = np.arange(len(kept) + len(added)) >= len(kept)
    return Corruption(kept.join(added), is_wrong, notes.take(is_gone))


def blank(rng: np.random.Generator, notes: GridNotes, start: int, n_steps: int) -> Corruption:
    """Take away most of the notes of one stretch of one to four bars, as for filling a gap."""
    width = int(rng.integers(16, 65))
    first = start + int(rng.integers(0, max(1, n_steps - width + 1)))
    share = rng.choice([1.0, 1.0, 0.9, 0.7, 0.4])
    is_gone = (notes.step >= first) & (notes.step < first + width)
    is_gone &= rng.random(len(notes)) < share
    kept = notes.take(~is_gone)
    return Corruption(kept, np.zeros(len(kept), dtype=bool), notes.take(is_gone))


class WindowSampler:
    """Draws windows: first a set, by weight, then a piece of it, then a place in the piece."""

    def __init__(
        self, pieces: Sequence[GridPiece], n_steps: int, weights: Mapping[str, float]
    ) -> None:
        self.n_steps = n_steps
        self._sets: dict[str, list[GridPiece]] = {}
        for piece in pieces:
            self._sets.setdefault(piece.file.dataset, []).append(piece)
        self._names = sorted(self._sets)
        raw = np.array([weights.get(n, 1.0) * len(self._sets[n]) ** 0.25 for n in self._names])
        if raw.sum() <= 0:
            raw = np.ones(len(raw))
        self._shares = raw / raw.sum()

    def draw(self, rng: np.random.Generator) -> Window:
        """A corrupted window, transposed at random."""
        while True:
            name = self._names[int(rng.choice(len(self._names), p=self._shares))]
            members = self._sets[name]
            piece = members[int(rng.integers(len(members)))]
            window = self._cut(rng, piece)
            if window is not None:
                return window

    def _cut(self, rng: np.random.Generator, piece: GridPiece) -> Window | None:
        beats = max(1, (piece.n_steps - self.n_steps // 2) // STEPS_PER_BEAT)
        start = int(rng.integers(0, beats)) * STEPS_PER_BEAT
        if rng.random() < 0.2:
            start = 0
        notes = _transposed(rng, piece.notes)
        inside = (notes.step >= start) & (notes.step < start + self.n_steps)
        if not inside.any():
            return None
        clean = notes.take(inside)
        before = (notes.step < start) & (notes.end > start) & (rng.random() < 0.5)
        bars = bar_features(piece.time_signatures, piece.ticks_per_beat, start, self.n_steps)
        if rng.random() < 0.1:  # metres are often wrong or missing in the wild
            bars[1:] = 0
        extent = min(self.n_steps, int(clean.end.max()) - start)
        return Window(
            self._spoil(rng, clean, start, extent), clean, bars, start, notes.take(before)
        )

    def _spoil(
        self, rng: np.random.Generator, clean: GridNotes, start: int, extent: int
    ) -> Corruption:
        if rng.random() < 0.12:
            return blank(rng, clean, start, extent)
        gone = float(rng.choice([0.02, 0.1, 0.1, 0.2, 0.4]) * rng.uniform(0.5, 1.2))
        wrong = float(rng.choice([0.0, 0.1, 0.1, 0.1, 0.25]) * rng.uniform(0.5, 1.2))
        return corrupt(rng, clean, start, max(1, extent), gone, wrong)


def _transposed(rng: np.random.Generator, notes: GridNotes) -> GridNotes:
    """The notes up or down by at most six semitones, as far as MIDI's range lets them."""
    shift = int(rng.integers(-6, 7))
    shift = min(127 - int(notes.pitch.max()), max(-int(notes.pitch.min()), shift))
    return GridNotes(notes.step, notes.pitch + shift, notes.length)


def to_batch(
    windows: Sequence[Window],
    n_steps: int,
    low: int | None,
    high: int | None,
    own: range | None = None,
) -> Batch:
    """Stack windows into tensors; the rows are `low`..`high`, or as many as the notes need.

    With `own`, those windows alone are stacked, as high as all of them need.

    Returns
    -------
    dict of Tensor
        roll (batch, 2, pitches, steps), bars (batch, 8, steps), pitches (batch, pitches);
        add, present, wrong (batch, pitches, steps): where a note is missing, present, wrong;
        length (batch, pitches, steps): length class of the missing notes, else -1.
    """
    spans = [_span(window, low, high) for window in windows]
    height = max(top - bottom + 1 for bottom, top in spans)
    own = range(len(windows)) if own is None else own
    examples = [_example(windows[i], spans[i][0], height, n_steps) for i in own]
    return {
        name: torch.from_numpy(np.stack([example[name] for example in examples]))
        for name in examples[0]
    }


def _span(window: Window, low: int | None, high: int | None) -> tuple[int, int]:
    if low is not None and high is not None:
        return low, high
    pitches = np.concatenate([window.clean.pitch, window.corruption.notes.pitch])
    return max(0, int(pitches.min()) - _MARGIN), min(127, int(pitches.max()) + _MARGIN)


def _example(window: Window, low: int, height: int, n_steps: int) -> dict[str, NDArray[np.generic]]:
    low = min(low, 128 - height)
    rows = slice(low, low + height)
    start = window.start
    spoiled, removed = window.corruption, window.corruption.removed
    roll = paint(spoiled.notes.join(window.held), start, n_steps)
    roll[0] &= 1 - paint(window.held, start, n_steps)[0]
    add = paint(removed, start, n_steps)[0] & (1 - roll[0])
    length = np.full(add.shape, -1, dtype=np.int64)
    length[removed.pitch, removed.step - start] = length_class(removed.length)
    return {
        "roll": roll[:, rows].astype(np.float32),
        "bars": window.bars,
        "pitches": np.arange(low, low + height, dtype=np.float32),
        "add": add[rows].astype(np.float32),
        "present": roll[0, rows].astype(np.float32),
        "wrong": paint(spoiled.notes.take(spoiled.is_wrong), start, n_steps)[0, rows].astype(
            np.float32
        ),
        "length": np.where(add[rows] > 0, length[rows], -1),
        "clean": paint(window.clean.join(window.held), start, n_steps)[:, rows].astype(np.float32),
    }


class FixedBatches:
    """So many batches, the same each time: drawn once, painted when they are wanted.

    What is kept of a window are its notes; painted it takes a hundred times the memory.
    """

    def __init__(
        self,
        sampler: WindowSampler,
        n_batches: int,
        batch_size: int,
        seed: Sequence[int],
        bounds: tuple[int | None, int | None],
    ) -> None:
        rng = np.random.default_rng(seed)
        self._drawn = [[sampler.draw(rng) for _ in range(batch_size)] for _ in range(n_batches)]
        self._n_steps, self._bounds = sampler.n_steps, bounds

    def __len__(self) -> int:
        return len(self._drawn)

    def __iter__(self) -> Iterator[Batch]:
        for windows in self._drawn:
            yield to_batch(windows, self._n_steps, *self._bounds)


def own_batch(
    sampler: WindowSampler,
    generators: Sequence[np.random.Generator],
    own: range,
    bounds: tuple[int | None, int | None],
) -> Batch:
    """The `own` rows of a batch, each row drawn by a generator of its own.

    All rows are drawn, because the highest of them says how high the batch is; to paint them is
    what takes the time, and that is done for the own ones alone.
    """
    windows = [sampler.draw(rng) for rng in generators]
    return to_batch(windows, sampler.n_steps, *bounds, own)
