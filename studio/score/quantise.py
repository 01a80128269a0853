"""Notes to the grid: all the way or a part of it, straight or swung, starts and ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.notes import Note
from models.tempo_map import Metre
from studio.score.edits import replacing
from studio.score.note_batch import as_set, columns_of
from studio.score.note_columns import NoteColumns
from studio.score.note_keys import Ints
from studio.score.score import Edit, Score
from studio.score.transforms import with_fields


@dataclass(frozen=True, slots=True)
class Quantising:
    """How notes are pulled to a grid of `step` ticks that begins anew with each bar.

    `strength` (0..1) is how much of the way they go: below 1, doing it again brings them nearer.
    `swing` (0..1) puts every second line later: at 1 by half a step, at 2/3 as in triplets. Notes
    nearer to their line than `tolerance` ticks are left as they are.
    """

    step: float
    strength: float = 1.0
    swing: float = 0.0
    tolerance: int = 0
    has_starts: bool = True
    has_ends: bool = False


def quantise(score: Score, notes: Iterable[Note], metre: Metre, how: Quantising) -> Edit:
    """Pull the starts, the ends or both to the grid. A note moved by its start keeps its length."""
    before = columns_of(notes)
    start, end = before.start, before.ends
    if how.has_starts:
        start = _pulled(start, metre, how)
        end = end + start - before.start
    if how.has_ends:
        end = _pulled(end, metre, how)
    least = np.minimum(before.duration, max(1, round(how.step)))
    after = with_fields(before, start=start, duration=np.maximum(end - start, least))
    return replacing("Quantise", score, as_set(before), as_set(after))


def off_grid(columns: NoteColumns, metre: Metre, how: Quantising) -> NDArray[np.bool_]:
    """Which notes do not start on a line of the grid."""
    is_off: NDArray[np.bool_] = _lines(columns.start, metre, how) != columns.start
    return is_off


def _pulled(ticks: Ints, metre: Metre, how: Quantising) -> Ints:
    way = _lines(ticks, metre, how) - ticks
    moved = np.rint(ticks + how.strength * way).astype(np.int64)
    is_near = np.abs(way) <= how.tolerance
    return np.where(is_near, ticks, np.maximum(0, moved))


def _lines(ticks: Ints, metre: Metre, how: Quantising) -> Ints:
    """The grid line nearest to each tick. The next bar line is one too, whatever the step."""
    first, following = _bars(ticks, metre)
    place = (ticks - first) / how.step
    late = how.swing / 2
    pair = np.floor(place / 2) * 2
    candidates = np.stack([pair, pair + 1 + late, pair + 2])
    lines = np.concatenate([first + candidates * how.step, following[np.newaxis]])
    lines = np.minimum(np.rint(lines).astype(np.int64), following)
    nearest = np.argmin(np.abs(lines - ticks), axis=0)
    chosen: Ints = np.take_along_axis(lines, nearest[np.newaxis], axis=0)[0]
    return chosen


def _bars(ticks: Ints, metre: Metre) -> tuple[Ints, Ints]:
    """The bar line at or before each tick, and the one after it."""
    changes = np.array([signature.tick for signature in metre.signatures], dtype=np.int64)
    lengths = np.array(
        [s.bar_ticks(metre.ticks_per_beat) for s in metre.signatures], dtype=np.int64
    )
    index = np.maximum(0, np.searchsorted(changes, ticks, side="right") - 1)
    length = lengths[index]
    first = ticks - (ticks - changes[index]) % length
    after = np.append(changes, np.iinfo(np.int64).max)[index + 1]
    return first, np.minimum(first + length, after)
