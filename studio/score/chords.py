"""The names of chords, from what sounds in each stretch of a piece."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.score.note_columns import NoteColumns

# suffix -> semitones above the root; of two that fit as well, the first one counts
CHORDS: dict[str, tuple[int, ...]] = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "m7": (0, 3, 7, 10),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "dim": (0, 3, 6),
    "m7♭5": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9),
    "aug": (0, 4, 8),
    "sus4": (0, 5, 7),
    "sus2": (0, 2, 7),
    "7sus4": (0, 5, 7, 10),
    "add9": (0, 2, 4, 7),
    "9": (0, 2, 4, 7, 10),
    "m9": (0, 2, 3, 7, 10),
    "maj9": (0, 2, 4, 7, 11),
}
NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
LEAST_SHARE = 0.08  # of what sounds: less is a passing note
BASS_BONUS = 0.1  # for the chord whose root is the lowest note
MISSING, FOREIGN, SIZE = 0.25, 1.2, 0.02  # what it costs that a note lacks, or is too many
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NamedChord:
    """A chord from one tick to another."""

    start: int
    end: int
    name: str


def chord_name(weights: Floats, bass: int) -> str:
    """The chord that fits pitch-class weights (shape (12,), any unit) best, '' where none does.

    `bass` is the lowest pitch class; where it is not the root, it stands after a slash.
    """
    total = float(weights.sum())
    if total <= 0:
        return ""
    share = weights / total
    share = np.where(share < LEAST_SHARE, 0.0, share)
    if np.count_nonzero(share) < 3:
        return ""
    scores = _TEMPLATES @ share - FOREIGN * ((1 - _TEMPLATES) @ share)
    scores -= MISSING * (_TEMPLATES @ (share == 0)) + SIZE * _TEMPLATES.sum(axis=1)
    scores[bass == _ROOTS] += BASS_BONUS
    best = int(np.argmax(scores))
    if scores[best] < 0.5:
        return ""
    root = int(_ROOTS[best])
    slash = f"/{NAMES[bass]}" if bass != root else ""
    return f"{NAMES[root]}{_SUFFIXES[best]}{slash}"


def chords_between(columns: NoteColumns, edges: Sequence[int]) -> list[NamedChord]:
    """The chords of the stretches between `edges` (ticks, ascending); equal neighbours are one."""
    found: list[NamedChord] = []
    for start, end in itertools.pairwise(edges):
        name = _name_within(columns, start, end)
        if name and found and found[-1].name == name and found[-1].end == start:
            found[-1] = NamedChord(found[-1].start, end, name)
        elif name:
            found.append(NamedChord(start, end, name))
    return found


def _name_within(columns: NoteColumns, start: int, end: int) -> str:
    rows = columns.sounding(start, end)
    if not len(rows):
        return ""
    pitch = columns.pitch[rows]
    length = np.minimum(columns.ends[rows], end) - np.maximum(columns.start[rows], start)
    weights: Floats = np.bincount(pitch % 12, length, 12).astype(np.float64)
    is_first = columns.start[rows] <= start + (end - start) / 4  # the bass that carries the chord
    bass = pitch[is_first] if is_first.any() else pitch
    return chord_name(weights, int(bass.min()) % 12)


def _templates() -> tuple[Floats, NDArray[np.int64], list[str]]:
    rows, roots, suffixes = [], [], []
    for suffix, steps in CHORDS.items():
        for root in range(12):
            row = np.zeros(12)
            row[[(root + step) % 12 for step in steps]] = 1
            rows.append(row)
            roots.append(root)
            suffixes.append(suffix)
    return np.array(rows), np.array(roots), suffixes


_TEMPLATES, _ROOTS, _SUFFIXES = _templates()
